# Language level, warnings and sanitizers for everything we compile ourselves.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
if(NOT CMAKE_BUILD_TYPE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

add_library(parley_warnings INTERFACE)
target_compile_options(parley_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor
  # GCC 12 warns on every omitted designated initializer, which C++20 code uses as a feature.
  -Wno-missing-field-initializers
  $<$<BOOL:${PARLEY_WERROR}>:-Werror>)
if(PARLEY_SANITIZE)
  add_compile_options(-fsanitize=${PARLEY_SANITIZE} -fno-omit-frame-pointer -g1 -gz)
  add_link_options(-fsanitize=${PARLEY_SANITIZE} -gz)
  if(PARLEY_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
      # Clang 14 cannot put what this check needs in front of the parts of a coroutine ("difference across sections").
      add_compile_options(-fno-sanitize=function)
    endif()
  endif()
endif()
