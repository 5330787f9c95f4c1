# The peer programs. They are built when the tests run, not with the library: npm fetches from the network.
set(modules ${CMAKE_CURRENT_BINARY_DIR}/modules)
add_custom_command(OUTPUT ${modules}/package-lock.json
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/package.json ${modules}/package.json
  COMMAND ${PARLEY_NPM} install --prefix ${modules} --no-audit --no-fund --ignore-scripts
  DEPENDS package.json COMMENT "Fetching the browsers' drivers and peers that run in Node" VERBATIM)
set(built_peers ${modules}/package-lock.json)
set(foreign_peers werift datachannel)

if(PARLEY_CHROMIUM)
  list(APPEND foreign_peers chromium)
endif()
if(PARLEY_FIREFOX)
  list(APPEND foreign_peers firefox)
endif()

execute_process(COMMAND ${PARLEY_PYTHON} -c "import aiortc" RESULT_VARIABLE no_aiortc OUTPUT_QUIET ERROR_QUIET)
if(NOT no_aiortc)
  list(APPEND foreign_peers aiortc)
endif()

if(PARLEY_GO AND EXISTS ${PARLEY_GOPATH}/src/github.com/pion/webrtc)
  file(GLOB pion_sources CONFIGURE_DEPENDS peers/pion/*.go)
  set(pion_peer ${CMAKE_CURRENT_BINARY_DIR}/peer_pion)
  add_custom_command(OUTPUT ${pion_peer}
    COMMAND ${CMAKE_COMMAND} -E env GO111MODULE=off GOPATH=${PARLEY_GOPATH} GOCACHE=${CMAKE_CURRENT_BINARY_DIR}/gocache
      ${PARLEY_GO} build -o ${pion_peer} ${pion_sources}
    DEPENDS ${pion_sources} COMMENT "Building the pion peer" VERBATIM)
  list(APPEND built_peers ${pion_peer})
  list(APPEND foreign_peers pion)
endif()

add_custom_target(interop_peers DEPENDS ${built_peers})

add_executable(peer_parley EXCLUDE_FROM_ALL peers/parley/main.cpp peers/parley/acts.cpp peers/parley/connection.cpp peers/parley/contents.cpp
  peers/parley/echo.cpp peers/parley/negotiated.cpp peers/parley/peer.cpp peers/parley/recording.cpp)
target_include_directories(peer_parley PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(peer_parley PRIVATE parley::parley_static parley_warnings nlohmann_json::nlohmann_json OpenSSL::Crypto)

if(TARGET link_emulator)
  add_dependencies(peer_parley link_emulator)
endif()

foreach(target interop_peers peer_parley)
  add_test(NAME interop.prepare.${target} COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target ${target})
  set_tests_properties(interop.prepare.${target} PROPERTIES FIXTURES_SETUP ${target} LABELS interop TIMEOUT 900
    RESOURCE_LOCK interop_build)
endforeach()
