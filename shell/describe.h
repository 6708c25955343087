/* What the catalog says: lists of things, and all about one table. */
#ifndef SQLI_SHELL_DESCRIBE_H
#define SQLI_SHELL_DESCRIBE_H

#include "shell/shell.h"

enum sqli_sh_listing {
    SQLI_SH_LIST_TABLES, /* of users, with views, synonyms and sequences */
    SQLI_SH_LIST_ONLY_TABLES,
    SQLI_SH_LIST_VIEWS,
    SQLI_SH_LIST_ALL_INDEXES,
    SQLI_SH_LIST_ROUTINES,
    SQLI_SH_LIST_SEQUENCES,
    SQLI_SH_LIST_USERS,
    SQLI_SH_LIST_GRANTS,
    SQLI_SH_LIST_DATABASES,
    /* Of one table: */
    SQLI_SH_LIST_COLUMNS,
    SQLI_SH_LIST_INDEXES,
    SQLI_SH_LIST_STATUS,
    SQLI_SH_LIST_REFERENCES,
    SQLI_SH_LIST_PRIVILEGES,
    SQLI_SH_LIST_FRAGMENTS,
    SQLI_SH_LIST_TRIGGERS,
};

/* A list as a result; `pattern`: names with * and ?, "" for all; of one table, its name. */
bool sqli__sh_list(struct sqli_sh *sh, enum sqli_sh_listing listing, const char *pattern);

/* Columns, keys, indexes, checks and triggers of the tables that a pattern names, the text of
 * views. */
bool sqli__sh_describe(struct sqli_sh *sh, const char *pattern);

/* What a statement would give, which is not run: its columns and their types. */
bool sqli__sh_describe_query(struct sqli_sh *sh, struct sqli_span sql);

/* The text of a routine. */
bool sqli__sh_source(struct sqli_sh *sh, const char *name);

#endif
