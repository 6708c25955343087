/* Password files: lines host:port:server:user:password. A star fits anything; a backslash takes the
 * character behind it as it is. The first line that fits counts. */
#ifndef SQLI_CLIENT_PASSWORDS_H
#define SQLI_CLIENT_PASSWORDS_H

#include "client/hosts.h"

enum { SQLI_PASSWORDS_FILE_MAX = 1 << 20 };

/* `password` has room for SQLI_OPTION_MAX + 1 bytes; it is "" when no line fits. A file that others
 * than its owner may read is refused. */
enum sqli_status sqli__password_find(const char *file, const struct sqli_host *host,
                                     const char *user, char *password, struct sqli_error *error);

#endif
