/* TABLE(FUNCTION f(...)): x_rows(procid, 'which arguments are given', argument, ...) is a table
 * whose columns c1, c2, ... are what the routine returns. */
#include "server/engine/routine.h"

#include "base/alloc.h"
#include "server/front/tree.h"

enum { PROCID = SQLI_ROWS_COLUMNS, FIRST_ARGUMENT = PROCID + 2, DECLARATION = 4096 };

struct rows_table {
    sqlite3_vtab base;
    struct sqli_engine *engine;
};

struct rows_cursor {
    sqlite3_vtab_cursor base;
    sqlite3_stmt *row; /* the present one */
    struct sqli_buffer bytes;
    uint32_t spool_id;
    int64_t count, at; /* from 1 */
};

static struct sqli_engine *engine_of(const sqlite3_vtab_cursor *cursor)
{
    return ((const struct rows_table *)cursor->pVtab)->engine;
}

static void declare(struct sqli_buffer *sql)
{
    sqli__buffer_text(sql, "CREATE TABLE x(");
    for (int i = 1; i <= SQLI_ROWS_COLUMNS; i++)
        sqli__buffer_format(sql, "c%d, ", i);
    sqli__buffer_text(sql, "procid HIDDEN, given HIDDEN");
    for (int i = 1; i <= SQLI_ROWS_ARGUMENTS; i++)
        sqli__buffer_format(sql, ", a%d HIDDEN", i);
    sqli__buffer_append(sql, ")", 2);
}

static int rows_connect(sqlite3 *db, void *context, int count, const char *const *words,
                        sqlite3_vtab **table, char **message)
{
    struct sqli_buffer sql;
    (void)count;
    (void)words;
    (void)message;
    sqli__buffer_init(&sql, DECLARATION);
    declare(&sql);
    int code = sql.failed ? SQLITE_NOMEM : sqlite3_declare_vtab(db, (const char *)sql.data);
    sqli__buffer_free(&sql);
    if (code != SQLITE_OK)
        return code;
    struct rows_table *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    made->engine = context;
    *table = &made->base;
    return SQLITE_OK;
}

static int rows_disconnect(sqlite3_vtab *table)
{
    sqli__free(table);
    return SQLITE_OK;
}

/* All that is given must be there, in the order of the columns. */
static int rows_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    int found = 0;
    (void)table;
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
        if (constraint->iColumn < PROCID || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!constraint->usable)
            return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = constraint->iColumn - PROCID + 1;
        info->aConstraintUsage[i].omit = 1;
        found++;
    }
    info->estimatedCost = 1000;
    info->estimatedRows = 100;
    return found >= FIRST_ARGUMENT - PROCID ? SQLITE_OK : SQLITE_CONSTRAINT;
}

static int rows_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    struct rows_cursor *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    sqli__buffer_init(&made->bytes, SQLI_STATEMENT_SQL);
    *cursor = &made->base;
    return SQLITE_OK;
}

static void drop_rows(struct rows_cursor *rows, struct sqli_engine *engine)
{
    if (rows->spool_id && engine->spool)
        sqli__spool_drop(engine->spool, rows->spool_id);
    rows->spool_id = 0;
    rows->count = rows->at = 0;
}

static int rows_close(sqlite3_vtab_cursor *cursor)
{
    struct rows_cursor *rows = (struct rows_cursor *)cursor;
    drop_rows(rows, engine_of(cursor));
    sqlite3_finalize(rows->row);
    sqli__buffer_free(&rows->bytes);
    sqli__free(rows);
    return SQLITE_OK;
}

static enum sqli_status keep_row(void *context, sqlite3_value **values, uint32_t count,
                                 struct sqli_error *error)
{
    struct rows_cursor *rows = context;
    struct sqli_engine *engine = engine_of(&rows->base);
    if (!rows->row)
        SQLI_TRY(sqli__call_row(engine, count, &rows->row, error));
    SQLI_TRY(sqli__values_pack(values, count, &rows->bytes, error));
    return sqli__spool_put(engine->spool, rows->spool_id, ++rows->count,
                           sqli__buffer_view(&rows->bytes), error);
}

static int failed(struct sqli_engine *engine, const struct sqli_error *error)
{
    engine->runtime.error = *error;
    return SQLITE_ERROR;
}

/* Makes `at` the present row. */
static int show(struct rows_cursor *rows)
{
    struct sqli_engine *engine = engine_of(&rows->base);
    struct sqli_span bytes;
    struct sqli_error error;
    if (rows->at > rows->count)
        return SQLITE_OK;
    if (sqli__spool_get(engine->spool, rows->spool_id, rows->at, &bytes, &error) != SQLI_OK)
        return failed(engine, &error);
    sqlite3_reset(rows->row);
    sqli__values_bind(bytes, rows->row);
    return sqlite3_step(rows->row) == SQLITE_ROW ? SQLITE_OK : SQLITE_ERROR;
}

static enum sqli_status call(struct rows_cursor *rows, int count, sqlite3_value **values,
                             struct sqli_error *error)
{
    struct sqli_engine *engine = engine_of(&rows->base);
    struct sqli_sink sink = {.on_row = keep_row, .context = rows};
    struct sqli_arguments arguments = {.values = values + 2,
                                       .given = (const char *)sqlite3_value_text(values[1]),
                                       .count = (uint32_t)count - 2};
    if (!engine->spool)
        SQLI_TRY(sqli__spool_open(&engine->spool, error));
    rows->spool_id = sqli__spool_id(engine->spool);
    return sqli__call_for_rows(engine, sqlite3_value_int(values[0]), &arguments, &sink, error);
}

static int rows_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int count,
                       sqlite3_value **values)
{
    struct rows_cursor *rows = (struct rows_cursor *)cursor;
    struct sqli_error error;
    (void)index;
    (void)name;
    drop_rows(rows, engine_of(cursor));
    if (count < 2)
        return SQLITE_ERROR;
    if (call(rows, count, values, &error) != SQLI_OK)
        return failed(engine_of(cursor), &error);
    rows->at = 1;
    return show(rows);
}

static int rows_next(sqlite3_vtab_cursor *cursor)
{
    struct rows_cursor *rows = (struct rows_cursor *)cursor;
    rows->at++;
    return show(rows);
}

static int rows_eof(sqlite3_vtab_cursor *cursor)
{
    const struct rows_cursor *rows = (const struct rows_cursor *)cursor;
    return rows->at > rows->count;
}

static int rows_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    const struct rows_cursor *rows = (const struct rows_cursor *)cursor;
    if (column < sqlite3_column_count(rows->row))
        sqlite3_result_value(context, sqlite3_column_value(rows->row, column));
    return SQLITE_OK;
}

static int rows_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    *rowid = ((const struct rows_cursor *)cursor)->at;
    return SQLITE_OK;
}

static const sqlite3_module rows_module = {
    .xConnect = rows_connect,
    .xBestIndex = rows_best_index,
    .xDisconnect = rows_disconnect,
    .xOpen = rows_open,
    .xClose = rows_close,
    .xFilter = rows_filter,
    .xNext = rows_next,
    .xEof = rows_eof,
    .xColumn = rows_column,
    .xRowid = rows_rowid,
};

/* The first statement that names it declares its columns, which SQL of users may not. */
void sqli__rows_install(struct sqli_engine *engine)
{
    sqlite3_create_module_v2(sqli__store_sqlite(engine->store), "x_rows", &rows_module, engine,
                             NULL);
    sqli__store_run(engine->store, NULL, NULL, NULL, "SELECT c1 FROM x_rows(0, '') WHERE 0", "");
}
