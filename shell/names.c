#include "shell/names.h"

#include "base/alloc.h"
#include "shell/text.h"

enum { NAMES_MAX = 100000 };

static void add(struct sqli_sh_name_list *list, const char *name, const char *table)
{
    void *room = sqli__sh_room(list->name, list->count, &list->capacity, sizeof *list->name);
    if (!room)
        return;
    list->name = room;
    list->name[list->count++] =
        (struct sqli_sh_name){sqli__sh_copy(name), table ? sqli__sh_copy(table) : NULL};
}

static void take_row(sqli_stmt *stmt, struct sqli_sh_name_list *list)
{
    const char *text;
    size_t length;
    char *table = NULL;
    if (sqli_column_count(stmt) > 1 && sqli_get_text(stmt, 2, &text, &length) == SQLI_OK)
        table = sqli__sh_copy_span(sqli__sh_trim(sqli__span(text, length)));
    if (sqli_get_text(stmt, 1, &text, &length) == SQLI_OK) {
        char *name = sqli__sh_copy_span(sqli__sh_trim(sqli__span(text, length)));
        add(list, name, table);
        sqli__free(name);
    }
    sqli__free(table);
}

static void ask(struct sqli_sh *sh, const char *sql, struct sqli_sh_name_list *list)
{
    sqli_stmt *stmt;
    if (sqli_prepare(sh->db, sql, -1, SQLI_NO_NAMES, &stmt) != SQLI_OK)
        return;
    sqli__sh_cancel_begin(sh);
    while (list->count < NAMES_MAX && sqli_step(stmt) == SQLI_ROW)
        take_row(stmt, list);
    sqli__sh_cancel_end(sh);
    sqli_finalize(stmt);
}

static void release(struct sqli_sh_name_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        sqli__free(list->name[i].name);
        sqli__free(list->name[i].table);
    }
    sqli__free(list->name);
}

void sqli__sh_names_forget(struct sqli_sh *sh)
{
    if (!sh->names)
        return;
    release(&sh->names->tables);
    release(&sh->names->columns);
    release(&sh->names->routines);
    release(&sh->names->databases);
    sqli__free(sh->names);
    sh->names = NULL;
}

const struct sqli_sh_names *sqli__sh_names(struct sqli_sh *sh)
{
    if (sh->names || !sh->db || !sqli_is_open(sh->db))
        return sh->names;
    sh->names = sqli__alloc_zeroed(1, sizeof *sh->names);
    if (!sh->names)
        return NULL;
    bool quiet = sqli_in_transaction(sh->db) || sqli_autocommit(sh->db);
    ask(sh, "SELECT name FROM sysmaster:\"informix\".sysdatabases", &sh->names->databases);
    if (*sqli_info(sh->db, "database")) {
        ask(sh, "SELECT tabname FROM \"informix\".systables WHERE tabid <> 99 AND tabtype <> ''",
            &sh->names->tables);
        ask(sh,
            "SELECT c.colname, t.tabname FROM \"informix\".systables t, \"informix\".syscolumns c "
            "WHERE t.tabid = c.tabid ORDER BY t.tabid DESC, c.colno",
            &sh->names->columns);
        ask(sh, "SELECT DISTINCT procname FROM \"informix\".sysprocedures", &sh->names->routines);
    }
    /* Reading the catalog began a transaction that nobody asked for. */
    if (!quiet && sqli_in_transaction(sh->db))
        sqli_rollback(sh->db);
    return sh->names;
}
