/* Executing what gives no rows. */
#include "server/engine/state.h"
#include "value/scan.h"

typedef enum sqli_status runner(struct sqli_statement *s, struct sqli_result *result,
                                struct sqli_error *error);

/* --- rows into and out of tables --- */

enum sqli_status sqli__statement_run(struct sqli_statement *s, sqlite3_stmt *compiled, int *code,
                                     struct sqli_error *error)
{
    sqlite3 *db = sqli__store_sqlite(s->engine->store);
    bool before = s->engine->keep_going;
    s->engine->keep_going = s->engine->in_transaction;
    if (s->engine->runtime.error.code) /* what failed here, and nothing before */
        sqli__error_clear(&s->engine->runtime.error);
    do {
        *code = sqlite3_step(compiled);
    } while (*code == SQLITE_ROW);
    s->engine->keep_going = before;
    if (*code != SQLITE_DONE) /* finding the name of a constraint asks SQLite again */
        *code = sqlite3_extended_errcode(db);
    enum sqli_status status =
        *code == SQLITE_DONE ? SQLI_OK : sqli__statement_fail(s, *code, error);
    sqlite3_reset(compiled);
    return status;
}

static enum sqli_status run_to_end(struct sqli_statement *s, sqlite3_stmt *compiled,
                                   struct sqli_error *error)
{
    int code;
    return sqli__statement_run(s, compiled, &code, error);
}

static void clear_last_insert(struct sqli_runtime *runtime)
{
    runtime->last_serial = 0;
    runtime->last_serial8 = 0;
    runtime->last_bigserial = 0;
}

static void take_counts(struct sqli_statement *s, struct sqli_result *result)
{
    struct sqli_runtime *runtime = &s->engine->runtime;
    sqlite3 *db = sqli__store_sqlite(s->engine->store);
    result->rows = sqlite3_changes64(db);
    runtime->last_rows = result->rows;
    if (s->tree->kind != SQLI_STMT_INSERT)
        return;
    result->rowid = sqlite3_last_insert_rowid(db);
    result->serial = runtime->last_serial;
    result->serial8 = runtime->last_serial8;
    result->bigserial = runtime->last_bigserial;
}

/* WHERE CURRENT OF: the row that the cursor stands on is one more parameter. */
static enum sqli_status bind_current(struct sqli_statement *s, struct sqli_cursor **cursor,
                                     struct sqli_error *error)
{
    *cursor = NULL;
    if (s->tree->kind != SQLI_STMT_UPDATE_CURRENT && s->tree->kind != SQLI_STMT_DELETE_CURRENT)
        return SQLI_OK;
    SQLI_TRY(sqli__cursor_current(s, cursor, error));
    sqlite3_bind_int64(s->compiled, (int)s->info.parameter_count + 1, (*cursor)->rowid);
    return SQLI_OK;
}

/* Another statement may have deleted the row meanwhile. */
static enum sqli_status check_current(const struct sqli_statement *s, struct sqli_cursor *cursor,
                                      const struct sqli_result *result, struct sqli_error *error)
{
    bool gone = result->rows == 0;
    if (gone || s->tree->kind == SQLI_STMT_DELETE_CURRENT)
        cursor->rowid = 0;
    return gone ? sqli__fail(error, SQLI_E_NO_CURRENT_ROW, "%s", cursor->name) : SQLI_OK;
}

static bool removes_and_inserts(const struct sqli_statement *s)
{
    return s->tree->kind == SQLI_STMT_MERGE && s->tree->as.merge->remove &&
           s->tree->as.merge->insert;
}

/* May change many rows, and fail at any of them. */
static bool changes_many(const struct sqli_statement *s)
{
    switch (s->tree->kind) {
    case SQLI_STMT_INSERT: return s->tree->as.insert->select != NULL;
    case SQLI_STMT_UPDATE:
    case SQLI_STMT_UPDATE_ALL:
    case SQLI_STMT_DELETE:
    case SQLI_STMT_DELETE_ALL: return true;
    default: return removes_and_inserts(s);
    }
}

static bool is_update(const struct sqli_statement *s)
{
    return s->tree->kind == SQLI_STMT_UPDATE || s->tree->kind == SQLI_STMT_UPDATE_ALL;
}

/* --- MERGE with INSERT and DELETE: the rows that match are noted, then the others come, and then
 * those go --- */

static enum sqli_status note_matches(struct sqli_statement *s, struct sqli_buffer *rowids,
                                     struct sqli_error *error)
{
    struct sqli_buffer sql;
    sqlite3_stmt *matched = NULL;
    int code = SQLITE_DONE;
    sqli__buffer_init(&sql, SQLI_STATEMENT_SQL);
    enum sqli_status status =
        sqli__emit_merge_matched(s->tree->as.merge, s->info.parameter_count, &sql, error);
    if (status == SQLI_OK)
        status = sqli__statement_compile(s, &sql, &matched, error);
    sqli__buffer_free(&sql);
    SQLI_TRY(status);
    sqlite3_transfer_bindings(s->compiled, matched);
    while (status == SQLI_OK && (code = sqlite3_step(matched)) == SQLITE_ROW) {
        int64_t rowid = sqlite3_column_int64(matched, 0);
        sqli__buffer_append(rowids, &rowid, sizeof rowid);
        status = sqli__buffer_status(rowids, error);
    }
    if (status == SQLI_OK && code != SQLITE_DONE)
        status = sqli__statement_fail(s, code, error);
    sqlite3_transfer_bindings(matched, s->compiled);
    sqlite3_finalize(matched);
    return status;
}

static enum sqli_status remove_noted(struct sqli_statement *s, const struct sqli_buffer *rowids,
                                     struct sqli_error *error)
{
    struct sqli_buffer sql;
    sqlite3_stmt *remove = NULL;
    sqli__buffer_init(&sql, SQLI_STATEMENT_SQL);
    sqli__buffer_text(&sql, "DELETE FROM ");
    sqli__buffer_span(&sql, s->target);
    sqli__buffer_text(&sql, " WHERE rowid = ?1");
    enum sqli_status status = sqli__statement_compile(s, &sql, &remove, error);
    sqli__buffer_free(&sql);
    for (size_t at = 0; at < rowids->length && status == SQLI_OK; at += sizeof(int64_t)) {
        int64_t rowid;
        memcpy(&rowid, rowids->data + at, sizeof rowid);
        sqlite3_bind_int64(remove, 1, rowid);
        status = run_to_end(s, remove, error);
    }
    sqlite3_finalize(remove);
    return status;
}

static enum sqli_status run_both(struct sqli_statement *s, int64_t *rows, int *code,
                                 struct sqli_error *error)
{
    struct sqli_buffer rowids;
    *code = SQLITE_DONE;
    sqli__buffer_init(&rowids, SQLI_STATEMENT_ARENA);
    enum sqli_status status = note_matches(s, &rowids, error);
    if (status == SQLI_OK)
        status = sqli__statement_run(s, s->compiled, code, error);
    *rows = sqlite3_changes64(sqli__store_sqlite(s->engine->store));
    if (status == SQLI_OK)
        status = remove_noted(s, &rowids, error);
    *rows += (int64_t)(rowids.length / sizeof(int64_t));
    sqli__buffer_free(&rowids);
    return status;
}

/* Runs between a savepoint and its end. Unless SQLite sees in a statement that a constraint may
 * end it, it keeps what the statement has done before a function fails. */
static enum sqli_status run_guarded(struct sqli_statement *s, struct sqli_result *result,
                                    struct sqli_error *error)
{
    struct sqli_store *store = s->engine->store;
    int code;
    SQLI_TRY(sqli__store_run(store, NULL, NULL, error, "SAVEPOINT one_statement", ""));
    int64_t rows = -1;
    enum sqli_status status = removes_and_inserts(s)
                                  ? run_both(s, &rows, &code, error)
                                  : sqli__statement_run(s, s->compiled, &code, error);
    if (status == SQLI_OK)
        take_counts(s, result);
    if (status == SQLI_OK && rows >= 0)
        result->rows = s->engine->runtime.last_rows = rows;
    else if (status != SQLI_OK && sqli__store_in_transaction(store))
        sqli__store_run(store, NULL, NULL, NULL, "ROLLBACK TO one_statement", "");
    if (status != SQLI_OK && code == SQLITE_CONSTRAINT_UNIQUE && is_update(s)) {
        status = sqli__update_deferred(s, &result->rows, error);
        if (status == SQLI_OK)
            s->engine->runtime.last_rows = result->rows;
        else
            sqli__store_run(store, NULL, NULL, NULL, "ROLLBACK TO one_statement", "");
    }
    if (sqli__store_in_transaction(store))
        sqli__store_run(store, NULL, NULL, NULL, "RELEASE one_statement", "");
    return status;
}

/* Temporary tables belong to the session alone, so outside a transaction of the client they need
 * none of SQLite's, and inside one they keep no other writer out. In any case what cursors of the
 * connection still read goes aside: SQLite drops no table below them. */
static enum sqli_status begin_change(struct sqli_engine *engine, bool writes,
                                     struct sqli_error *error)
{
    if (writes)
        return sqli__transaction_write(engine, error);
    return engine->in_transaction ? sqli__transaction_write_temp(engine, error)
                                  : sqli__transaction_detach(engine, error);
}

static enum sqli_status run_rows(struct sqli_statement *s, struct sqli_result *result,
                                 struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    struct sqli_cursor *cursor;
    enum sqli_status status;
    SQLI_TRY(bind_current(s, &cursor, error));
    if (s->tree->kind == SQLI_STMT_INSERT)
        clear_last_insert(&engine->runtime);
    bool writes = s->writes || sqli__lob_parameters_any(s);
    bool transaction = writes || engine->in_transaction;
    if (s->large && !s->writes)
        sqli__lob_hold(engine->store, &engine->lob_hold);
    SQLI_TRY(begin_change(engine, writes, error));
    /* Waiting for the writer may have taken a while: it is refreshed once more. */
    status = sqli__statement_refresh(s, error);
    if (status == SQLI_OK)
        status = sqli__lob_parameters_settle(s, error);
    if (status) {
        /* The transaction ends below. */
    } else if (changes_many(s)) {
        status = run_guarded(s, result, error);
    } else {
        status = run_to_end(s, s->compiled, error);
        if (status == SQLI_OK)
            take_counts(s, result);
        if (status == SQLI_OK && cursor)
            status = check_current(s, cursor, result, error);
    }
    if (s->large && s->tree->kind != SQLI_STMT_INSERT)
        sqli__lob_suspect(engine->store, result->rows);
    if (transaction && sqli__transaction_done(engine, status != SQLI_OK, error))
        return SQLI_FAIL;
    sqli__lob_parameters_done(s, status != SQLI_OK);
    return status;
}

/* --- definitions --- */

static struct sqli_definition_context definition_context(struct sqli_engine *engine)
{
    return (struct sqli_definition_context){
        .store = engine->store,
        .catalog = engine->catalog,
        .user = sqli__span_text(engine->runtime.user),
    };
}

/* INSERT INTO the new table what the SELECT gives, with the parameters that are bound to it. */
static enum sqli_status fill_table(struct sqli_statement *s, const struct sqli_table *table,
                                   const struct sqli_buffer *query, struct sqli_error *error)
{
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, SQLI_STATEMENT_SQL);
    sqli__buffer_text(&sql, "INSERT INTO ");
    sqli__buffer_span(&sql, table->physical);
    sqli__buffer_text(&sql, " ");
    sqli__buffer_span(&sql, sqli__buffer_view(query));
    sqlite3_stmt *compiled = NULL;
    enum sqli_status status = sqli__statement_compile(s, &sql, &compiled, error);
    sqli__buffer_free(&sql);
    if (status)
        return status;
    sqlite3_transfer_bindings(s->compiled, compiled);
    status = run_to_end(s, compiled, error);
    sqlite3_transfer_bindings(compiled, s->compiled);
    sqlite3_finalize(compiled);
    return status;
}

/* The query is emitted first: a definition makes the catalog forget the tables of the tree. */
static enum sqli_status table_from_select(struct sqli_statement *s,
                                          const struct sqli_object_name *name, bool temp,
                                          struct sqli_error *error)
{
    struct sqli_definition_context context = definition_context(s->engine);
    struct sqli_emit_options options = {.polls = true};
    const struct sqli_table *table;
    struct sqli_buffer query;
    sqli__buffer_init(&query, SQLI_STATEMENT_SQL);
    enum sqli_status status = sqli__emit_select(sqli__statement_select(s), &options, &query, error);
    if (status == SQLI_OK)
        status = sqli__define_from_columns(&context, name, temp, s->info.columns,
                                           s->info.column_count, &table, error);
    if (status == SQLI_OK)
        status = fill_table(s, table, &query, error);
    sqli__buffer_free(&query);
    return status;
}

static enum sqli_status end_definition(struct sqli_engine *engine, bool transaction,
                                       enum sqli_status status, struct sqli_error *error)
{
    if (!transaction)
        return status;
    engine->definitions = true;
    if (sqli__transaction_done(engine, status != SQLI_OK, error))
        return SQLI_FAIL;
    return status;
}

/* One unit: without its rows the table must not be there either. */
static enum sqli_status run_into(struct sqli_statement *s, struct sqli_result *result,
                                 struct sqli_error *error)
{
    static const char *const savepoint = "SAVEPOINT into_table";
    static const char *const undo = "ROLLBACK TO into_table";
    struct sqli_engine *engine = s->engine;
    const struct sqli_select *select = sqli__statement_select(s);
    bool into = s->tree->kind == SQLI_STMT_SELECT_INTO_TEMP;
    const struct sqli_object_name *name =
        into ? &select->into_temp : &s->tree->as.create_table->name;
    bool temp = into || s->tree->as.create_table->temp;
    bool transaction = !temp || engine->in_transaction;
    if (temp && sqli__lob_in_columns(s->info.columns, s->info.column_count))
        sqli__lob_hold(engine->store, &engine->lob_hold);
    SQLI_TRY(begin_change(engine, !temp, error));
    enum sqli_status status = sqli__store_run(engine->store, NULL, NULL, error, savepoint, "");
    if (status == SQLI_OK)
        status = table_from_select(s, name, temp, error);
    if (status == SQLI_OK)
        take_counts(s, result);
    else
        sqli__store_run(engine->store, NULL, NULL, NULL, undo, "");
    sqli__store_run(engine->store, NULL, NULL, NULL, "RELEASE into_table", "");
    sqli__catalog_forget(engine->catalog);
    return end_definition(engine, transaction, status, error);
}

static enum sqli_status run_definition(struct sqli_statement *s, struct sqli_result *result,
                                       struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    if (sqli__statement_select(s))
        return run_into(s, result, error);
    struct sqli_definition_context context = definition_context(engine);
    bool writes = sqli__definition_writes(&context, s->tree);
    bool transaction = writes || engine->in_transaction;
    SQLI_TRY(begin_change(engine, writes, error));
    enum sqli_status status = sqli__define(&context, s->tree, error);
    sqli__lob_suspect(engine->store, 1); /* it may have dropped a table */
    return end_definition(engine, transaction, status, error);
}

/* --- databases, transactions, settings --- */

static enum sqli_status run_database(struct sqli_statement *s, struct sqli_result *result,
                                     struct sqli_error *error)
{
    const struct sqli_object *object = s->tree->as.object;
    result->database_changed = true;
    return sqli__engine_database(s->engine, object->name.name.text, object->exclusive, error);
}

static enum sqli_status run_close_database(struct sqli_statement *s, struct sqli_result *result,
                                           struct sqli_error *error)
{
    result->database_changed = true;
    return sqli__engine_close_database(s->engine, error);
}

/* The new database is the open one afterwards. */
static enum sqli_status run_create_database(struct sqli_statement *s, struct sqli_result *result,
                                            struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    const struct sqli_object *object = s->tree->as.object;
    if (sqli__transaction_pending(engine))
        return sqli__fail(error, SQLI_E_CLOSE_IN_TRANSACTION, NULL);
    SQLI_TRY(sqli__transaction_writable(engine, error));
    const char *locale = engine->db_locale[0] ? engine->db_locale : "en_US.8859-1";
    struct sqli_error own;
    enum sqli_status status = sqli__databases_create(
        engine->databases, object->name.name.text, (enum sqli_logging)object->logging,
        sqli__span_text(engine->runtime.user), sqli__span_text(locale), &own);
    if (status && !(own.code == SQLI_E_DATABASE_CREATE && object->if_exists)) {
        if (error)
            *error = own;
        return status;
    }
    result->database_changed = true;
    return sqli__engine_database(engine, object->name.name.text, false, error);
}

static enum sqli_status refuse_current(const struct sqli_engine *engine, struct sqli_span name,
                                       struct sqli_error *error)
{
    if (!engine->store ||
        !sqli__span_equal(name, sqli__span_text(sqli__store_info(engine->store)->name)))
        return SQLI_OK;
    return sqli__fail_server(error, SQLI_E_DATABASE_CURRENT, 0, 0, name);
}

static enum sqli_status run_drop_database(struct sqli_statement *s, struct sqli_result *result,
                                          struct sqli_error *error)
{
    (void)result;
    struct sqli_engine *engine = s->engine;
    const struct sqli_object *object = s->tree->as.object;
    struct sqli_span name = object->name.name.text;
    SQLI_TRY(sqli__transaction_writable(engine, error));
    SQLI_TRY(refuse_current(engine, name, error));
    struct sqli_error own;
    enum sqli_status status = sqli__databases_drop(engine->databases, name, &own);
    if (status && own.code == SQLI_E_DATABASE_NOT_FOUND && object->if_exists)
        return SQLI_OK;
    if (status && error)
        *error = own;
    return status;
}

static enum sqli_status run_rename_database(struct sqli_statement *s, struct sqli_result *result,
                                            struct sqli_error *error)
{
    (void)result;
    struct sqli_engine *engine = s->engine;
    const struct sqli_object *object = s->tree->as.object;
    struct sqli_span name = object->name.name.text;
    SQLI_TRY(sqli__transaction_writable(engine, error));
    SQLI_TRY(refuse_current(engine, name, error));
    return sqli__databases_rename(engine->databases, name, object->new_name.text, error);
}

static enum sqli_status run_begin(struct sqli_statement *s, struct sqli_result *result,
                                  struct sqli_error *error)
{
    SQLI_TRY(sqli__engine_begin(s->engine, error));
    result->began = true;
    return SQLI_OK;
}

static enum sqli_status run_commit(struct sqli_statement *s, struct sqli_result *result,
                                   struct sqli_error *error)
{
    SQLI_TRY(sqli__engine_commit(s->engine, error));
    result->committed = true;
    return SQLI_OK;
}

static enum sqli_status run_rollback(struct sqli_statement *s, struct sqli_result *result,
                                     struct sqli_error *error)
{
    SQLI_TRY(sqli__engine_rollback(s->engine, error));
    result->rolled_back = true;
    return SQLI_OK;
}

static enum sqli_status run_savepoint(struct sqli_statement *s, struct sqli_result *result,
                                      struct sqli_error *error)
{
    (void)result;
    const struct sqli_savepoint *savepoint = s->tree->as.savepoint;
    return sqli__engine_savepoint(s->engine, savepoint->name.text, savepoint->unique, error);
}

static enum sqli_status run_release_savepoint(struct sqli_statement *s, struct sqli_result *result,
                                              struct sqli_error *error)
{
    (void)result;
    return sqli__engine_savepoint_release(s->engine, s->tree->as.savepoint->name.text, error);
}

static enum sqli_status run_rollback_to(struct sqli_statement *s, struct sqli_result *result,
                                        struct sqli_error *error)
{
    (void)result;
    return sqli__engine_savepoint_rollback(s->engine, s->tree->as.savepoint->name.text, error);
}

static enum sqli_status run_setting(struct sqli_statement *s, struct sqli_result *result,
                                    struct sqli_error *error)
{
    (void)s;
    (void)result;
    (void)error;
    return SQLI_OK;
}

/* Isolation is accepted: reads see what is committed, and writers wait for each other
 * (docs/sqlid.md says so). The access mode of SET TRANSACTION is set. */
static enum sqli_status run_isolation(struct sqli_statement *s, struct sqli_result *result,
                                      struct sqli_error *error)
{
    const struct sqli_set *set = s->tree->as.set;
    (void)result;
    (void)error;
    if (set->access != SQLI_ACCESS_SAME)
        sqli__transaction_restrict(s->engine, set->access == SQLI_ACCESS_READ_ONLY);
    return SQLI_OK;
}

/* Which ones are named makes no difference to DEFERRED: SQLite defers all foreign keys or none, and
 * no other constraint. */
static enum sqli_status run_constraints(struct sqli_statement *s, struct sqli_result *result,
                                        struct sqli_error *error)
{
    const struct sqli_set *set = s->tree->as.set;
    struct sqli_scan scan = {.text = set->value};
    if (set->setting != SQLI_SETTING_CONSTRAINTS)
        return SQLI_OK;
    while (sqli__scan_peek(&scan) >= 0) {
        struct sqli_span word = sqli__scan_word(&scan);
        if (sqli__span_is_word(word, "deferred") || sqli__span_is_word(word, "immediate"))
            return sqli__transaction_defer(s->engine, sqli__span_is_word(word, "deferred"), error);
        if (sqli__span_is_word(word, "disabled") || sqli__span_is_word(word, "enabled"))
            return run_definition(s, result, error);
        if (sqli__span_is_word(word, "filtering"))
            return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "SET CONSTRAINTS %.*s",
                              (int)word.length, (const char *)word.data);
        if (!word.length)
            scan.at++;
    }
    return SQLI_OK;
}

/* NOT WAIT waits as long as the server always does: its lock is that of all tables. */
static enum sqli_status run_lock_mode(struct sqli_statement *s, struct sqli_result *result,
                                      struct sqli_error *error)
{
    (void)result;
    (void)error;
    s->engine->runtime.lock_wait = s->tree->as.set->number;
    return SQLI_OK;
}

static enum sqli_status find_locked(struct sqli_statement *s, const struct sqli_table **table,
                                    struct sqli_error *error)
{
    const struct sqli_object_name *name = &s->tree->as.object->name;
    SQLI_TRY(sqli__catalog_table(s->engine->catalog, name->database.text, name->owner.text,
                                 name->name.text, table, error));
    if (*table && (*table)->system)
        return sqli__fail(error, SQLI_E_CATALOG_LOCK, NULL);
    if (*table && (*table)->kind == 'V')
        return sqli__fail(error, SQLI_E_LOCK_VIEW, NULL);
    if (*table)
        return SQLI_OK;
    return sqli__fail_server(error, SQLI_E_TABLE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD, 0,
                             name->name.text);
}

/* The one writer's lock serves for the table. Where there are no transactions it would end with the
 * statement, so there nothing is locked. */
static enum sqli_status run_lock_table(struct sqli_statement *s, struct sqli_result *result,
                                       struct sqli_error *error)
{
    (void)result;
    struct sqli_engine *engine = s->engine;
    const struct sqli_table *table;
    SQLI_TRY(find_locked(s, &table, error));
    if (sqli__store_info(engine->store)->logging == SQLI_LOGGING_NONE)
        return SQLI_OK;
    if (!engine->in_transaction)
        return sqli__fail(error, SQLI_E_LOCK_OUTSIDE_TRANSACTION, NULL);
    if (table->temp)
        return SQLI_OK;
    struct sqli_error why;
    if (sqli__transaction_write(engine, &why) == SQLI_OK)
        return SQLI_OK;
    if (why.code == SQLI_E_READ_NEXT)
        why.code = SQLI_E_TABLE_LOCK;
    if (error)
        *error = why;
    return SQLI_FAIL;
}

/* Locks of a transaction end with it. */
static enum sqli_status run_unlock_table(struct sqli_statement *s, struct sqli_result *result,
                                         struct sqli_error *error)
{
    (void)result;
    const struct sqli_table *table;
    SQLI_TRY(find_locked(s, &table, error));
    if (sqli__store_info(s->engine->store)->logging == SQLI_LOGGING_NONE)
        return SQLI_OK;
    return sqli__fail(
        error, s->engine->in_transaction ? SQLI_E_UNLOCK_TRANSACTION : SQLI_E_TABLE_NOT_LOCKED,
        NULL);
}

static const struct {
    enum sqli_statement_kind kind;
    runner *run;
} runners[] = {
    {SQLI_STMT_INSERT, run_rows},
    {SQLI_STMT_UPDATE, run_rows},
    {SQLI_STMT_UPDATE_ALL, run_rows},
    {SQLI_STMT_UPDATE_CURRENT, run_rows},
    {SQLI_STMT_DELETE, run_rows},
    {SQLI_STMT_DELETE_ALL, run_rows},
    {SQLI_STMT_DELETE_CURRENT, run_rows},
    {SQLI_STMT_MERGE, run_rows},
    {SQLI_STMT_SELECT_INTO_TEMP, run_into},
    {SQLI_STMT_EXECUTE_ROUTINE, sqli__call_execute},
    {SQLI_STMT_BEGIN, run_begin},
    {SQLI_STMT_COMMIT, run_commit},
    {SQLI_STMT_ROLLBACK, run_rollback},
    {SQLI_STMT_SAVEPOINT, run_savepoint},
    {SQLI_STMT_RELEASE_SAVEPOINT, run_release_savepoint},
    {SQLI_STMT_ROLLBACK_TO_SAVEPOINT, run_rollback_to},
    {SQLI_STMT_DATABASE, run_database},
    {SQLI_STMT_CLOSE_DATABASE, run_close_database},
    {SQLI_STMT_CREATE_DATABASE, run_create_database},
    {SQLI_STMT_DROP_DATABASE, run_drop_database},
    {SQLI_STMT_RENAME_DATABASE, run_rename_database},
    {SQLI_STMT_LOCK_TABLE, run_lock_table},
    {SQLI_STMT_UNLOCK_TABLE, run_unlock_table},
    {SQLI_STMT_SET_LOCK_MODE, run_lock_mode},
    {SQLI_STMT_SET_ISOLATION, run_isolation},
    {SQLI_STMT_SET_LOG, run_setting},
    {SQLI_STMT_SET_EXPLAIN, run_setting},
    {SQLI_STMT_SET_OPTIMIZATION, run_setting},
    {SQLI_STMT_SET_CONSTRAINTS, run_constraints},
    {SQLI_STMT_SET_ENVIRONMENT, run_setting},
};

static runner *find_runner(enum sqli_statement_kind kind)
{
    for (size_t i = 0; i < sizeof runners / sizeof runners[0]; i++)
        if (runners[i].kind == kind)
            return runners[i].run;
    return sqli__is_definition(kind) ? run_definition : NULL;
}

/* These begin none by themselves. */
static bool ends_transaction(enum sqli_statement_kind kind)
{
    return kind == SQLI_STMT_BEGIN || kind == SQLI_STMT_COMMIT || kind == SQLI_STMT_ROLLBACK ||
           kind == SQLI_STMT_CLOSE_DATABASE;
}

enum sqli_status sqli__statement_execute(struct sqli_statement *s, struct sqli_result *result,
                                         struct sqli_error *error)
{
    *result = (struct sqli_result){0};
    sqli__engine_start(s->engine);
    if (s->info.rows)
        return sqli__fail(error, SQLI_E_EXECUTE_SELECT, NULL);
    if (s->cursor.open && !s->cursor.insert)
        sqli__cursor_close(s);
    SQLI_TRY(sqli__statement_ready(s, error));
    if (s->database_bound && !ends_transaction(s->tree->kind))
        sqli__transaction_enter(s->engine);
    runner *run = find_runner(s->tree->kind);
    if (!run)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, NULL);
    return run(s, result, error);
}

enum sqli_status sqli__statement_run_inside(struct sqli_statement *s, struct sqli_result *result,
                                            struct sqli_error *error)
{
    *result = (struct sqli_result){0};
    runner *run = find_runner(s->tree->kind);
    if (!run || s->info.rows)
        return sqli__fail(error, SQLI_E_SPL_STATEMENT, NULL);
    s->bound = s->info.parameter_count;
    return run(s, result, error);
}
