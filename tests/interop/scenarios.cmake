# parley_interop(TESTED AGAINST PREFIX LABEL): the tests PREFIX.ROLE.SCENARIO, and PREFIX.run that does the work for them.
set(interop_scenarios channels messages reopen flush goodbye half-trickle media call lossy fec cryptex layers statistics sequences perfect-negotiation relay-udp relay-tcp)

function(parley_interop tested against prefix label)
  set(report ${CMAKE_CURRENT_BINARY_DIR}/reports/${tested}-${against})
  set(emulator)
  if(TARGET link_emulator)
    set(emulator --emulator $<TARGET_FILE:link_emulator>)
  endif()
  add_test(NAME ${prefix}.run
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/run.sh --tested ${tested} --against ${against} --report ${report}
      --modules ${modules} --python ${PARLEY_PYTHON} --pion ${CMAKE_CURRENT_BINARY_DIR}/peer_pion
      --parley ${CMAKE_CURRENT_BINARY_DIR}/peer_parley ${emulator})
  set(needed)
  if(NOT against STREQUAL parley)
    list(APPEND needed interop_peers)
  endif()
  if(tested STREQUAL parley)
    list(APPEND needed peer_parley)
  endif()
  set(processors 1)  # the others mostly wait
  if(against MATCHES "chromium|firefox")
    set(processors 2)
  endif()
  set_tests_properties(${prefix}.run PROPERTIES FIXTURES_SETUP ${prefix} FIXTURES_REQUIRED "${needed}"
    LABELS ${label} PROCESSORS ${processors} TIMEOUT 1500 SKIP_RETURN_CODE 77
    ENVIRONMENT "PARLEY_NODE=${PARLEY_NODE};PARLEY_CHROMIUM=${PARLEY_CHROMIUM};PARLEY_FIREFOX=${PARLEY_FIREFOX}")
  foreach(role offerer answerer)
    foreach(scenario IN LISTS interop_scenarios)
      add_test(NAME ${prefix}.${role}.${scenario}
        COMMAND ${PARLEY_NODE} ${CMAKE_CURRENT_SOURCE_DIR}/show.mjs ${report} ${role}.${scenario})
      set_tests_properties(${prefix}.${role}.${scenario} PROPERTIES FIXTURES_REQUIRED ${prefix} LABELS ${label}
        SKIP_RETURN_CODE 77)
    endforeach()
  endforeach()
endfunction()
