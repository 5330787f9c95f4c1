# interop.nat.CASE: two parley peers behind routers (nat/). Cases take seconds, so interop.nat.run does them all in one network and
# the others read what it recorded.
find_program(PARLEY_NFT nft PATHS /usr/sbin /sbin)
if(NOT PARLEY_NFT)
  message(STATUS "NAT tests: left out, they need nftables (cmake/packages.txt)")
  return()
endif()

set(nat_cases routers turn-down.refused turn-down.silent no-udp.public symmetric.no-udp no-udp.no-udp relay-only.trickle
  relay-only.half-trickle same-network ipv6.public ipv6.firewalls ipv6.relay
  restart.same-address restart.offerer-moves restart.answerer-moves)
foreach(left public full-cone port-restricted symmetric)
  foreach(right public full-cone port-restricted symmetric)
    list(APPEND nat_cases ${left}.${right})
  endforeach()
endforeach()

set(report ${CMAKE_CURRENT_BINARY_DIR}/reports/nat)
add_test(NAME interop.nat.run COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/apart.sh ${PARLEY_NODE} ${CMAKE_CURRENT_SOURCE_DIR}/nat.mjs
  --report ${report} --parley ${CMAKE_CURRENT_BINARY_DIR}/peer_parley)
set_tests_properties(interop.nat.run PROPERTIES FIXTURES_SETUP interop_nat FIXTURES_REQUIRED peer_parley LABELS interop
  PROCESSORS 2 TIMEOUT 600 SKIP_RETURN_CODE 77)
foreach(case IN LISTS nat_cases)
  add_test(NAME interop.nat.${case} COMMAND ${PARLEY_NODE} ${CMAKE_CURRENT_SOURCE_DIR}/show.mjs ${report} ${case})
  set_tests_properties(interop.nat.${case} PROPERTIES FIXTURES_REQUIRED interop_nat LABELS interop SKIP_RETURN_CODE 77)
endforeach()
