/* Unique constraints at the end of a statement.
 *
 * SQLite looks at them row by row, so that `UPDATE t SET a = a + 1` fails on rows that would have
 * moved out of the way. Where that happens, and only there, the statement runs again without the
 * unique indexes of its table, which are then made anew: a value that is there twice in the end
 * fails then. The caller's savepoint takes all of it back. A key that others refer to cannot be
 * treated so, as SQLite needs its index to find them; there the first failure stands. */
#include "server/engine/state.h"

#include <stdio.h>

static const char create_unique[] = "CREATE UNIQUE INDEX ";

/* The names and definitions of the unique indexes, each with a NUL behind it. */
static enum sqli_status on_index(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sqli_buffer *list = context;
    for (int i = 0; i < 2; i++)
        sqli__buffer_append(list, sqlite3_column_text(row, i),
                            (size_t)sqlite3_column_bytes(row, i) + 1);
    return sqli__buffer_status(list, error);
}

static enum sqli_status list_indexes(struct sqli_store *store, const struct sqli_table *table,
                                     const char *schema, struct sqli_buffer *list,
                                     struct sqli_error *error)
{
    struct sqli_span name = table->physical;
    size_t skip = sqli__physical_schema(name).length + 1;
    char sql[SQLI_NAME_MAX + 160];
    snprintf(sql, sizeof sql,
             "SELECT name, sql FROM %s.sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql "
             "LIKE 'CREATE UNIQUE INDEX %%'",
             schema);
    name = sqli__span(name.data + skip, name.length - skip);
    return sqli__store_run(store, on_index, list, error, sql, "s", name);
}

/* `drop`, or else make each of them again. */
static enum sqli_status each_index(struct sqli_statement *s, const struct sqli_buffer *list,
                                   const char *schema, bool drop, struct sqli_error *error)
{
    struct sqli_buffer sql;
    enum sqli_status status = SQLI_OK;
    sqli__buffer_init(&sql, SQLI_STATEMENT_SQL);
    for (size_t at = 0; at < list->length && status == SQLI_OK;) {
        const char *name = (const char *)list->data + at;
        const char *definition = name + strlen(name) + 1;
        at += strlen(name) + 1 + strlen(definition) + 1;
        sqli__buffer_clear(&sql);
        if (drop)
            sqli__buffer_format(&sql, "DROP INDEX %s.%s", schema, name);
        else
            sqli__buffer_format(&sql, "%s%s.%s", create_unique, schema,
                                definition + sizeof create_unique - 1);
        sqli__buffer_byte(&sql, 0);
        status = sqli__buffer_status(&sql, error);
        if (status == SQLI_OK)
            status =
                sqli__store_run(s->engine->store, NULL, NULL, NULL, (const char *)sql.data, "");
        if (status == SQLI_FAIL && sql.length)
            status = sqli__statement_fail(
                s, sqlite3_extended_errcode(sqli__store_sqlite(s->engine->store)), error);
    }
    sqli__buffer_free(&sql);
    return status;
}

static enum sqli_status run_without(struct sqli_statement *s, const struct sqli_buffer *list,
                                    const char *schema, int64_t *rows, struct sqli_error *error)
{
    int code;
    SQLI_TRY(each_index(s, list, schema, true, error));
    SQLI_TRY(sqli__statement_run(s, s->compiled, &code, error));
    *rows = sqlite3_changes64(sqli__store_sqlite(s->engine->store));
    return each_index(s, list, schema, false, error);
}

enum sqli_status sqli__update_deferred(struct sqli_statement *s, int64_t *rows,
                                       struct sqli_error *error)
{
    const struct sqli_table *table = s->tree->as.update->target->table;
    struct sqli_error own = {.code = SQLI_E_ROUTINE_INTERNAL};
    struct sqli_buffer list;
    sqli__buffer_init(&list, 1 << 20);
    SQLI_TRY(sqli__transaction_detach(s->engine, error));
    struct sqli_span place = sqli__physical_schema(table->physical);
    char schema[SQLI_NAME_MAX + 8];
    snprintf(schema, sizeof schema, "%.*s", (int)place.length, (const char *)place.data);
    enum sqli_status status = list_indexes(s->engine->store, table, schema, &list, error);
    if (status == SQLI_OK)
        status = run_without(s, &list, schema, rows, &own);
    /* What else went wrong is of no interest: it is due to the missing indexes. */
    if (status == SQLI_FAIL && error && own.code != SQLI_E_ROUTINE_INTERNAL)
        *error = own;
    sqli__buffer_free(&list);
    return status;
}
