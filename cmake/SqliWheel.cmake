# A wheel needs nothing but the C library where it is installed: OpenSSL and SQLite are linked into
# it, where their archives are there, and their licences go along. Included before anybody looks
# for them.
find_library(SQLI_SQLITE_ARCHIVE libsqlite3.a)
if(SQLI_SQLITE_ARCHIVE)
  set(SQLite3_LIBRARY ${SQLI_SQLITE_ARCHIVE} CACHE FILEPATH "SQLite, as an archive" FORCE)
endif()

find_library(SQLI_SSL_ARCHIVE libssl.a)
find_library(SQLI_CRYPTO_ARCHIVE libcrypto.a)
if(NOT SQLI_SSL_ARCHIVE OR NOT SQLI_CRYPTO_ARCHIVE)
  return()
endif()
set(OPENSSL_USE_STATIC_LIBS ON)
set(places /usr/share/common-licenses/Apache-2.0=OpenSSL-LICENSE
           /usr/share/doc/libssl-dev/copyright=OpenSSL-copyright)
foreach(place ${places})
  string(REPLACE "=" ";" place ${place})
  list(GET place 0 file)
  list(GET place 1 name)
  if(EXISTS ${file} AND SKBUILD_METADATA_DIR)
    file(REAL_PATH ${file} file)
    install(FILES ${file} DESTINATION ${SKBUILD_METADATA_DIR}/licenses RENAME ${name}
            COMPONENT python)
  endif()
endforeach()
