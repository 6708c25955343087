/* The server's own SQL: prepared once, bound, run. */
#include "server/store/database_inside.h"

int sqli__bind_all(sqlite3_stmt *statement, const char *format, va_list args)
{
    int code = SQLITE_OK;
    for (int i = 1; format[i - 1] && code == SQLITE_OK; i++) {
        struct sqli_span span;
        switch (format[i - 1]) {
        case 'i': code = sqlite3_bind_int(statement, i, va_arg(args, int32_t)); break;
        case 'l': code = sqlite3_bind_int64(statement, i, va_arg(args, int64_t)); break;
        case 't':
            code =
                sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 's':
            span = va_arg(args, struct sqli_span);
            code = sqlite3_bind_text64(statement, i, (const char *)span.data, span.length,
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
            break;
        case 'n': code = sqlite3_bind_null(statement, i); break;
        default: code = SQLITE_MISUSE; break;
        }
    }
    return code;
}

/* Worth keeping: what reads and changes rows. Definitions are run once. */
static bool is_kept(const char *sql)
{
    return sql[0] == 'S' || sql[0] == 'I' || sql[0] == 'U' || strncmp(sql, "DELETE", 6) == 0 ||
           sql[0] == 'B' || strncmp(sql, "COMMIT", 6) == 0;
}

static struct sqli_cached_statement *find_kept(struct sqli_store *store, const char *sql)
{
    for (size_t i = 0; i < SQLI_STATEMENT_CACHE; i++) {
        struct sqli_cached_statement *kept = &store->cache[i];
        if (kept->statement && !kept->running && strcmp(sqlite3_sql(kept->statement), sql) == 0)
            return kept;
    }
    return NULL;
}

/* An empty place, or that of the one that was not used for longest; NULL when all are running. */
static struct sqli_cached_statement *make_place(struct sqli_store *store)
{
    struct sqli_cached_statement *oldest = NULL;
    for (size_t i = 0; i < SQLI_STATEMENT_CACHE; i++) {
        struct sqli_cached_statement *kept = &store->cache[i];
        if (!kept->statement)
            return kept;
        if (!kept->running && (!oldest || kept->used < oldest->used))
            oldest = kept;
    }
    if (oldest) {
        sqlite3_finalize(oldest->statement);
        oldest->statement = NULL;
    }
    return oldest;
}

static int prepare(struct sqli_store *store, const char *sql, struct sqli_cached_statement **kept,
                   sqlite3_stmt **statement)
{
    *kept = is_kept(sql) ? find_kept(store, sql) : NULL;
    if (*kept) {
        *statement = (*kept)->statement;
        return SQLITE_OK;
    }
    int code = sqlite3_prepare_v3(store->db, sql, -1, is_kept(sql) ? SQLITE_PREPARE_PERSISTENT : 0,
                                  statement, NULL);
    if (code == SQLITE_OK && is_kept(sql))
        *kept = make_place(store);
    if (*kept)
        (*kept)->statement = *statement;
    return code;
}

static enum sqli_status step_all(struct sqli_store *store, sqlite3_stmt *statement,
                                 sqli_on_row *on_row, void *context, struct sqli_error *error)
{
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        if (on_row)
            SQLI_TRY(on_row(context, statement, error));
    return code == SQLITE_DONE
               ? SQLI_OK
               : sqli__store_fail(store, sqlite3_extended_errcode(store->db), error);
}

static void finish(struct sqli_store *store, struct sqli_cached_statement *kept,
                   sqlite3_stmt *statement)
{
    if (!kept) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    kept->running = false;
    kept->used = ++store->clock;
}

enum sqli_status sqli__store_run_list(struct sqli_store *store, sqli_on_row *on_row, void *context,
                                      struct sqli_error *error, const char *sql, const char *format,
                                      va_list args)
{
    struct sqli_cached_statement *kept;
    sqlite3_stmt *statement = NULL;
    store->trusted++;
    int code = prepare(store, sql, &kept, &statement);
    if (kept)
        kept->running = true;
    if (code == SQLITE_OK)
        code = sqli__bind_all(statement, format, args);
    enum sqli_status status =
        code == SQLITE_OK ? step_all(store, statement, on_row, context, error)
                          : sqli__store_fail(store, sqlite3_extended_errcode(store->db), error);
    store->trusted--;
    finish(store, kept, statement);
    return status;
}

enum sqli_status sqli__store_run(struct sqli_store *store, sqli_on_row *on_row, void *context,
                                 struct sqli_error *error, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum sqli_status status =
        sqli__store_run_list(store, on_row, context, error, sql, format, args);
    va_end(args);
    return status;
}

void sqli__statements_free(struct sqli_store *store)
{
    for (size_t i = 0; i < SQLI_STATEMENT_CACHE; i++)
        sqlite3_finalize(store->cache[i].statement);
    sqlite3_finalize(store->serial_insert);
    sqlite3_finalize(store->pin);
}
