# What the library stands on. Each is found once, here; src/ names which folder may see which.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.72 gio-2.0 gobject-2.0)
pkg_check_modules(NICE REQUIRED IMPORTED_TARGET nice>=0.1.21)
pkg_check_modules(USRSCTP REQUIRED IMPORTED_TARGET usrsctp>=0.9.5)
if(PARLEY_TESTS OR PARLEY_BENCHMARKS)
  pkg_check_modules(SRTP REQUIRED IMPORTED_TARGET libsrtp2>=2.5)  # what our SRTP is compared with
endif()
if(PARLEY_SIGNALING)
  pkg_check_modules(SOUP REQUIRED IMPORTED_TARGET libsoup-3.0)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
