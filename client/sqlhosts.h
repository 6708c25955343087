/* sqlhosts files: which host and port belong to the name of a server, and which servers to that of
 * a group. */
#ifndef SQLI_CLIENT_SQLHOSTS_H
#define SQLI_CLIENT_SQLHOSTS_H

#include "client/hosts.h"

enum {
    SQLI_SQLHOSTS_FILE_MAX = 4 << 20, /* bytes of the file */
    SQLI_SQLHOSTS_LINE_MAX = 4096,    /* and of a line that is no comment */
};

/* Fills the list with the server, or with the members of the group. `rotate`: the group wants to be
 * begun with any of them. */
enum sqli_status sqli__sqlhosts_find(const char *file, const char *server, struct sqli_hosts *hosts,
                                     bool *rotate, struct sqli_error *error);

#endif
