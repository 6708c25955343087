# sqli_folder(NAME [USES FOLDER...] [LIBRARIES TARGET...])
#                                      the library of one folder, sqli_NAME; of a folder within a
#                                      folder, server/store, it is sqli_server_store
# sqli_program(PROGRAM FOLDER)         the program whose main.c stands in FOLDER, if there is one
#
# Sources are found by glob, generated ones in generated/ below. A folder without sources is an
# empty library, so that the picture of who uses whom is whole before the code is.

add_library(sqli_options INTERFACE)
target_include_directories(sqli_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(sqli_options INTERFACE _GNU_SOURCE)
target_compile_options(sqli_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<BOOL:${SQLI_WERROR}>:-Werror>)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(SQLI_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(LANGUAGES C)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

function(sqli_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 folder "" "" "USES;LIBRARIES")
  list(TRANSFORM folder_USES PREPEND sqli_)
  list(TRANSFORM folder_USES REPLACE / _)
  set(directory ${PROJECT_SOURCE_DIR}/${name})
  string(REPLACE / _ name ${name})
  file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.c ${directory}/generated/*.c)
  list(REMOVE_ITEM sources ${directory}/main.c)
  if(sources)
    add_library(sqli_${name} STATIC ${sources})
    set_target_properties(sqli_${name} PROPERTIES
                          ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/parts/${name})
    target_link_libraries(sqli_${name} PUBLIC sqli_options ${folder_USES} ${folder_LIBRARIES})
  else()
    add_library(sqli_${name} INTERFACE)
    target_link_libraries(sqli_${name} INTERFACE sqli_options ${folder_USES} ${folder_LIBRARIES})
  endif()
endfunction()

function(sqli_program program folder)
  file(GLOB main CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/main.c)
  if(main)
    string(REPLACE "tests/peer" peer library ${folder})
    add_executable(${program} ${main})
    target_link_libraries(${program} PRIVATE sqli_${library})
    add_dependencies(programs ${program})
  endif()
endfunction()
