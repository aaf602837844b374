# How every target of baton is built.

# All warnings are errors; the project's root is the only include path of its own.
function(baton_compile target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
  if(BATON_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
  if(BATON_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link) # the engine comes with the targets alone
  endif()
endfunction()

# baton_library(NAME SOURCES a.cpp ... LINKS target ...): the static library baton_NAME.
function(baton_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(baton_${name} STATIC ${arg_SOURCES})
  target_link_libraries(baton_${name} PUBLIC ${arg_LINKS})
  baton_compile(baton_${name})
endfunction()

# baton_program(NAME SOURCES a.cpp ... LINKS target ...): a program in build/bin.
function(baton_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS})
  baton_compile(${name})
endfunction()

# baton_test(NAME SOURCES a.cpp ... LINKS target ... LABELS label ...): a doctest program, run by ctest.
function(baton_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} baton_doctest_main)
  baton_compile(${name})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
endfunction()
