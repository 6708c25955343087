# libsqli, shared and static, with its export list, its installation, and what makes it findable.

set(parts base value protocol sql net client)
foreach(part ${parts})
  get_target_property(type sqli_${part} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND objects $<TARGET_OBJECTS:sqli_${part}>)
  endif()
endforeach()

# include/exports.txt numbers the public names; everything else stays inside.
set(export_list ${PROJECT_SOURCE_DIR}/include/exports.txt)
set(version_script ${PROJECT_BINARY_DIR}/parts/libsqli.map)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${export_list})
file(STRINGS ${export_list} export_lines REGEX "^sqli_")
list(TRANSFORM export_lines REPLACE " +[0-9]+$" "")
list(JOIN export_lines ";\n    " export_names)
configure_file(${PROJECT_SOURCE_DIR}/cmake/libsqli.map.in ${version_script} @ONLY)

add_library(sqli_shared SHARED ${objects})
target_link_options(sqli_shared PRIVATE -Wl,--version-script=${version_script})
set_target_properties(sqli_shared PROPERTIES
                      OUTPUT_NAME sqli EXPORT_NAME sqli LINKER_LANGUAGE C
                      VERSION ${PROJECT_VERSION} SOVERSION 0 LINK_DEPENDS ${version_script})

add_library(sqli_static STATIC ${objects})
set_target_properties(sqli_static PROPERTIES OUTPUT_NAME sqli LINKER_LANGUAGE C)

foreach(library sqli_shared sqli_static)
  target_include_directories(${library} INTERFACE
                             $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

# The shared library brings OpenSSL along by itself; who links the static one has to be told.
set(pc_requires_private "")
find_package(Threads REQUIRED)
target_link_libraries(sqli_shared PRIVATE Threads::Threads)
target_link_libraries(sqli_static INTERFACE Threads::Threads)
if(sqli_tls_used)
  target_link_libraries(sqli_shared PRIVATE OpenSSL::SSL OpenSSL::Crypto)
  target_link_libraries(sqli_static INTERFACE OpenSSL::SSL OpenSSL::Crypto)
  set(pc_requires_private openssl)
endif()

add_library(sqli::sqli ALIAS sqli_shared)
add_library(sqli::sqli_static ALIAS sqli_static)
add_dependencies(programs sqli_shared sqli_static)

install(TARGETS sqli_shared sqli_static EXPORT sqli)
install(FILES ${PROJECT_SOURCE_DIR}/include/sqli.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(program sqlid sqli)
  if(TARGET ${program})
    install(TARGETS ${program})
  endif()
endforeach()

# A manual page for each function, made from the header when it is installed.
find_package(Python3 QUIET COMPONENTS Interpreter)
if(Python3_FOUND)
  install(CODE "execute_process(COMMAND ${Python3_EXECUTABLE}
    ${PROJECT_SOURCE_DIR}/scripts/man-pages.py
    \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)")
endif()

# find_package(sqli)
include(CMakePackageConfigHelpers)
set(config_place ${CMAKE_INSTALL_LIBDIR}/cmake/sqli)
install(EXPORT sqli NAMESPACE sqli:: FILE sqli-targets.cmake DESTINATION ${config_place})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sqli-config.cmake.in
                              ${PROJECT_BINARY_DIR}/parts/sqli-config.cmake
                              INSTALL_DESTINATION ${config_place})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/parts/sqli-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/parts/sqli-config.cmake
              ${PROJECT_BINARY_DIR}/parts/sqli-config-version.cmake
        DESTINATION ${config_place})

# pkg-config; relative to the file itself, so that an installed tree may be moved.
file(RELATIVE_PATH to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/libsqli.pc.in ${PROJECT_BINARY_DIR}/parts/libsqli.pc
               @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/parts/libsqli.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
