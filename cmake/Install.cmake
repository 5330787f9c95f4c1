# What `cmake --install` puts where: libraries, headers, the CMake package (components static, signaling and av) and the
# pkg-config files.
include(CMakePackageConfigHelpers)
option(PARLEY_INSTALL "Install the library with this project" ${PROJECT_IS_TOP_LEVEL})
if(NOT PARLEY_INSTALL)
  return()
endif()

# The .pc files find the prefix from where they are.
file(RELATIVE_PATH PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")

# parley_pc_libs(VAR file...): those libraries as Libs.private has them, for `pkg-config --static`. They are named there and not
# in Requires.private, which would bring along all that they themselves are linked with: they stay shared libraries (Debian
# has no archive of libnice) which find their own, and half of the archives further below are in no package.
function(parley_pc_libs var)
  set(flags)
  foreach(file ${ARGN})
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET file STEM LAST_ONLY name)
    string(REGEX REPLACE "^lib" "-l" name ${name})
    # What the linker searches anyway would only come before the folders that a program adds.
    if(folder AND NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
      list(APPEND flags -L${folder})
    endif()
    list(APPEND flags ${name})
  endforeach()
  list(REMOVE_DUPLICATES flags)
  list(JOIN flags " " flags)
  set(${var} ${flags} PARENT_SCOPE)
endfunction()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/parley)
# Of one library: `kind` shared or static, each with an export of its own, so that a program against the shared library
# does not need the packages that the static one is linked with.
function(parley_install_library name)
  foreach(kind shared static)
    install(TARGETS ${name}_${kind}_library EXPORT ${name}-${kind} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
      ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(EXPORT ${name}-${kind} NAMESPACE parley:: DESTINATION ${package_dir})
  endforeach()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

set(signaling_headers stdio_signaling.hpp websocket_signaling.hpp signaling_server.hpp)
list(TRANSFORM signaling_headers PREPEND ${PROJECT_SOURCE_DIR}/include/parley/ OUTPUT_VARIABLE signaling_paths)
file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/parley/*.hpp)
list(REMOVE_ITEM headers ${signaling_paths})
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/parley)
parley_pc_libs(PC_LIBS ${NICE_LINK_LIBRARIES} ${GLIB_LINK_LIBRARIES} ${USRSCTP_LINK_LIBRARIES} ${SRTP_LINK_LIBRARIES}
  ${OPENSSL_SSL_LIBRARY} ${OPENSSL_CRYPTO_LIBRARY})
parley_install_library(parley)
if(PARLEY_SIGNALING)
  install(FILES ${signaling_paths} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/parley)
  parley_pc_libs(PC_LIBS ${SOUP_LINK_LIBRARIES})
  parley_install_library(parley-signaling)
endif()
if(PARLEY_AV)
  file(GLOB av_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/parley/av/*.hpp)
  install(FILES ${av_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/parley/av)
  parley_pc_libs(PC_LIBS ${FFMPEG_LINK_LIBRARIES} ${VPX_LINK_LIBRARIES} ${AOM_LINK_LIBRARIES} ${OPUS_LINK_LIBRARIES})
  parley_install_library(parley-av)
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/parleyConfig.cmake.in
  ${PROJECT_BINARY_DIR}/parleyConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/parleyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/parleyConfig.cmake ${PROJECT_BINARY_DIR}/parleyConfigVersion.cmake
  DESTINATION ${package_dir})
