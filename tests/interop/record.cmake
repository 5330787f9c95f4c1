# The recorder of tests/data/sdp/recorded (README.md there): run by hand, `cmake --build BUILD --target record_descriptions`.
add_executable(recorded_parley EXCLUDE_FROM_ALL record/parley/main.cpp peers/parley/acts.cpp)
target_link_libraries(recorded_parley PRIVATE parley::parley_static parley_warnings nlohmann_json::nlohmann_json)

set(recorded_pion ${CMAKE_CURRENT_BINARY_DIR}/recorded_pion)
if(PARLEY_GO AND EXISTS ${PARLEY_GOPATH}/src/github.com/pion/webrtc)
  add_custom_command(OUTPUT ${recorded_pion}
    COMMAND ${CMAKE_COMMAND} -E env GO111MODULE=off GOPATH=${PARLEY_GOPATH} GOCACHE=${CMAKE_CURRENT_BINARY_DIR}/gocache
      ${PARLEY_GO} build -o ${recorded_pion} ${CMAKE_CURRENT_SOURCE_DIR}/record/pion/main.go
    DEPENDS record/pion/main.go COMMENT "Building the recorded pion peer" VERBATIM)
  set(recorded_pion_built ${recorded_pion})
endif()

set(PARLEY_RECORD "" CACHE STRING "The peers to record, of tests/interop/record/peers.mjs; all if empty")
set(chosen)
foreach(peer IN LISTS PARLEY_RECORD)
  list(APPEND chosen --peer ${peer})
endforeach()
add_custom_target(record_descriptions
  COMMAND ${PARLEY_NODE} ${CMAKE_CURRENT_SOURCE_DIR}/record/fetch.mjs ${CMAKE_CURRENT_BINARY_DIR}/recorded ${PARLEY_RECORD}
  COMMAND ${CMAKE_COMMAND} -E env PARLEY_NODE=${PARLEY_NODE} ${CMAKE_CURRENT_SOURCE_DIR}/record/record.sh
    --out ${PROJECT_SOURCE_DIR}/tests/data/sdp/recorded --fetched ${CMAKE_CURRENT_BINARY_DIR}/recorded --modules ${modules}
    --parley $<TARGET_FILE:recorded_parley> --pion ${recorded_pion} --python ${PARLEY_PYTHON} ${chosen}
  DEPENDS ${modules}/package-lock.json ${recorded_pion_built} USES_TERMINAL VERBATIM)
add_dependencies(record_descriptions recorded_parley)
