# sqli_unit_test(SOURCE)   a cmocka program tests/<folder>/test_<name>.c, as test <folder>/<name>
# sqli_probe(SOURCE)       a program tests/<folder>/probe_<name>.c that a Python check talks to
# sqli_check(SCRIPT)       tests/<folder>/check_<name>.py, as test <folder>/<name>.py
# sqli_long(SCRIPT)        tests/<folder>/long_<name>.py, as test <folder>/long-<name>.py; ./test --long
# sqli_tree_check(NAME COMMAND...)  a look at the sources, as test NAME
#
# Labels say what kind a test is; the test presets choose by them. Exit status 77 means skipped,
# and what such a test printed is the reason.

find_program(SQLI_PYTHON python3 REQUIRED)

set(test_environment
    LC_ALL=C.UTF-8
    PYTHONDONTWRITEBYTECODE=1
    ASAN_OPTIONS=detect_stack_use_after_return=1
    UBSAN_OPTIONS=print_stacktrace=1
    TSAN_OPTIONS=halt_on_error=1
    SQLI_BIN=${PROJECT_BINARY_DIR}/bin
    SQLI_SOURCE=${PROJECT_SOURCE_DIR}
    SQLI_TEST_DATA=${PROJECT_SOURCE_DIR}/tests/data)

# A Python that loads a library with ASan needs its runtime in front of everything.
if(CMAKE_C_FLAGS MATCHES "fsanitize=address" AND CMAKE_C_COMPILER_ID STREQUAL GNU)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so
                  OUTPUT_VARIABLE sanitizer OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(APPEND test_environment SQLI_SANITIZER_LIBRARY=${sanitizer})
endif()

function(sqli_test name label seconds)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${seconds} SKIP_RETURN_CODE 77
                       ENVIRONMENT "${test_environment}")
endfunction()

# tests/value/test_decimal.c -> folder "value", name "decimal"
function(sqli_split_name source folder name)
  cmake_path(GET source PARENT_PATH directory)
  cmake_path(GET directory FILENAME last)
  cmake_path(GET source STEM stem)
  string(REGEX REPLACE "^[a-z]+_" "" stem ${stem})
  set(${folder} ${last} PARENT_SCOPE)
  set(${name} ${stem} PARENT_SCOPE)
endfunction()

function(sqli_unit_test source)
  sqli_split_name(${source} folder name)
  set(target test-${folder}-${name})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE sqli_test_support)
  # The lower folders are in the support library; a higher one is linked alone, so that a test says
  # what its subject needs.
  foreach(library sqli_${folder} sqli_server_${folder})
    if(TARGET ${library})
      target_link_libraries(${target} PRIVATE ${library})
    endif()
  endforeach()
  if(folder STREQUAL client)
    target_link_libraries(${target} PRIVATE sqli_server) # in the same process
  endif()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME test_${name}
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/${folder})
  sqli_test(${folder}/${name} unit 300 $<TARGET_FILE:${target}>)
endfunction()

function(sqli_probe source)
  sqli_split_name(${source} folder name)
  set(target probe-${folder}-${name})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE sqli_everything)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME probe_${name})
endfunction()

# How a script is run: one that mentions SQLI_PEER_PYTHON wants the packages of
# tests/requirements.txt, one that mentions SQLI_JDBC the vendor's JDBC client. One that mentions
# TSan is run by the preset tsan, too.
function(sqli_script_command script result)
  set(command ${SQLI_PYTHON} ${script})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
  foreach(need SQLI_PEER_PYTHON=python-env SQLI_JDBC=jdbc-env)
    string(REPLACE "=" ";" need ${need})
    list(GET need 0 word)
    list(GET need 1 wrapper)
    file(STRINGS ${script} wants REGEX ${word} LIMIT_COUNT 1)
    if(wants)
      list(PREPEND command ${PROJECT_SOURCE_DIR}/scripts/${wrapper})
    endif()
  endforeach()
  set(${result} ${command} PARENT_SCOPE)
endfunction()

function(sqli_check script)
  sqli_split_name(${script} folder name)
  sqli_script_command(${script} command)
  sqli_test(${folder}/${name}.py check 600 ${command})
  file(STRINGS ${script} races REGEX TSan LIMIT_COUNT 1)
  if(races)
    set_tests_properties(${folder}/${name}.py PROPERTIES LABELS "check;races")
  endif()
endfunction()

function(sqli_long script)
  sqli_split_name(${script} folder name)
  sqli_script_command(${script} command)
  sqli_test(${folder}/long-${name}.py long 5400 ${command} --long)
endfunction()

function(sqli_tree_check name)
  sqli_test(${name} tree 1500 ${ARGN})
endfunction()
