/* Who may log in. */
#ifndef SQLI_SERVER_USERS_H
#define SQLI_SERVER_USERS_H

#include "net/address.h"
#include "server/log.h"

#define SQLI_DEFAULT_USER     "informix"
#define SQLI_DEFAULT_PASSWORD "in4mix"

struct sqli_users;

/* `user`, "NAME:PASSWORD", or `file`, or neither: then the default user may come, and only from the
 * same machine. */
enum sqli_status sqli__users_open(const char *user, const char *file, struct sqli_logger *logger,
                                  struct sqli_users **users, struct sqli_error *error);
void sqli__users_close(struct sqli_users *users);

bool sqli__users_local_only(const struct sqli_users *users);

/* 0, or the code of the reject. From any thread. Takes its time, and after failures from the same
 * address more of it. */
int32_t sqli__users_check(struct sqli_users *users, const struct sqli_address *peer,
                          struct sqli_span name, struct sqli_span password);

/* Wakes those who are made to wait: the server ends. */
void sqli__users_stop(struct sqli_users *users);

#endif
