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

# With sanitizers, or BATON_UNITY, four files of a target are compiled as one: the build takes a third of the time. ALONE are those
# whose names, or headers, do not go with their neighbours'.
function(baton_compile_together target)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  if(BATON_UNITY OR BATON_SANITIZE AND NOT BATON_FUZZ)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 4)
  endif()
endfunction()

# baton_library(NAME SOURCES a.cpp ... LINKS target ... ALONE a.cpp ...): the static library baton_NAME.
function(baton_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;ALONE" ${ARGN})
  add_library(baton_${name} STATIC ${arg_SOURCES})
  target_link_libraries(baton_${name} PUBLIC ${arg_LINKS})
  baton_compile(baton_${name})
  baton_compile_together(baton_${name} ${arg_ALONE})
endfunction()

# baton_program(NAME SOURCES a.cpp ... LINKS target ...): a program in build/bin.
function(baton_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS})
  baton_compile(${name})
endfunction()

# baton_test(NAME SOURCES a.cpp ... LINKS target ... LABELS label ... ALONE a.cpp ...): a doctest program, run by ctest.
function(baton_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;LABELS;ALONE" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} baton_doctest_main)
  baton_compile(${name})
  baton_compile_together(${name} ${arg_ALONE})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 900)
endfunction()
