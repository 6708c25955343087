/* The file of --users: a line `name:scrypt:N:r:p:salt:hash` for each user, salt and hash in hex.
 * Written by `sqlid passwd`, read again whenever it has changed. It must belong to its owner alone.
 *
 * Without OpenSSL (SQLI_TLS=OFF) there is no scrypt, and no such file can be used. */
#ifndef SQLI_SERVER_USERS_FILE_H
#define SQLI_SERVER_USERS_FILE_H

#include "server/log.h"

struct sqli_users_file;

enum sqli_status sqli__users_file_open(const char *path, struct sqli_logger *logger,
                                       struct sqli_users_file **file, struct sqli_error *error);
void sqli__users_file_close(struct sqli_users_file *file); /* NULL is fine */

/* From any thread. Somebody unknown takes as long as a wrong password. */
bool sqli__users_file_check(struct sqli_users_file *file, struct sqli_span name,
                            struct sqli_span password);

/* Puts the user into the file, or changes the password, in one step: who reads meanwhile gets the
 * old file or the new one. Makes the file when it is not there, readable for its owner only. */
enum sqli_status sqli__users_file_set(const char *path, struct sqli_span name,
                                      struct sqli_span password, struct sqli_error *error);

#endif
