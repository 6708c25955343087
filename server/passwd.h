/* sqlid passwd FILE USER. */
#ifndef SQLI_SERVER_PASSWD_H
#define SQLI_SERVER_PASSWD_H

#include "base/error.h"

/* Asks for the password, twice and without showing it; where standard input is no terminal, its
 * first line is the password. */
enum sqli_status sqli__passwd(const char *file, const char *user, struct sqli_error *error);

#endif
