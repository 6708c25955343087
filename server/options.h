/* The command line of sqlid. */
#ifndef SQLI_SERVER_OPTIONS_H
#define SQLI_SERVER_OPTIONS_H

#include "server/server.h"

enum sqli_command {
    SQLI_COMMAND_SERVE,
    SQLI_COMMAND_PASSWD,
    SQLI_COMMAND_HELP,
    SQLI_COMMAND_VERSION
};

struct sqli_command_line {
    enum sqli_command command;
    struct sqli_server_options server;
    const char *ready_file;
    const char *passwd_file;
    const char *passwd_user;
};

/* `words` without the program's name. SQLI_FAIL: what is wrong stands in error->near, in one line.
 */
enum sqli_status sqli__command_line_read(int count, char *const *words,
                                         struct sqli_command_line *line, struct sqli_error *error);
void sqli__command_line_help(void); /* on standard output */

#endif
