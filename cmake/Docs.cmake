# The target `docs`: the documentation of the public API, in build/…/docs/html. The test unit.docs makes it, too.
find_package(Doxygen QUIET)
if(NOT Doxygen_FOUND)
  message(STATUS "documentation: left out, it needs doxygen (cmake/packages.txt)")
  return()
endif()
find_package(Python3 QUIET COMPONENTS Interpreter)
if(Python3_FOUND)
  set(PARLEY_DOCS_FILTER
    "FILTER_PATTERNS = \"*.hpp=${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tests/surface/links.py\"")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
add_custom_target(docs COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/Doxyfile COMMENT "Documentation" VERBATIM)
