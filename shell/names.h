/* Names of the catalog, for completion: asked for at the first Tab, and again once a statement may
 * have changed them. */
#ifndef SQLI_SHELL_NAMES_H
#define SQLI_SHELL_NAMES_H

#include "shell/shell.h"

struct sqli_sh_name {
    char *name;
    char *table; /* of a column, else NULL */
};

struct sqli_sh_name_list {
    struct sqli_sh_name *name;
    size_t count, capacity;
};

struct sqli_sh_names {
    struct sqli_sh_name_list tables, columns, routines, databases;
};

/* NULL: there is no connection, or the catalog could not be read; no error is told. */
const struct sqli_sh_names *sqli__sh_names(struct sqli_sh *sh);
void sqli__sh_names_forget(struct sqli_sh *sh);

#endif
