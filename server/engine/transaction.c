/* Transactions: the client's, and SQLite's below it.
 *
 * BEGIN WORK is only remembered. SQLite's transaction begins with the first write, because it takes
 * the one writer's lock of the file; until then each SELECT reads what is committed. Savepoints
 * that were set before that are set in SQLite when it begins. */
#include "server/engine/state.h"

#include "sql/text.h"

#include <stdio.h>

static bool logged(const struct sqli_engine *engine)
{
    return sqli__store_info(engine->store)->logging != SQLI_LOGGING_NONE;
}

/* Savepoints go by their place, as a name may be used twice. */
static enum sqli_status run_savepoint(struct sqli_engine *engine, const char *verb, uint32_t place,
                                      struct sqli_error *error)
{
    char sql[64];
    snprintf(sql, sizeof sql, "%s sp%u", verb, place);
    return sqli__store_run(engine->store, NULL, NULL, error, sql, "");
}

static bool follows_ansi(const struct sqli_engine *engine)
{
    return sqli__store_info(engine->store)->logging == SQLI_LOGGING_ANSI;
}

void sqli__transaction_enter(struct sqli_engine *engine)
{
    if (engine->in_transaction || !engine->store || !follows_ansi(engine))
        return;
    engine->in_transaction = true;
    engine->implicit = true;
}

bool sqli__transaction_pending(const struct sqli_engine *engine)
{
    return engine->in_transaction &&
           !(engine->implicit && !sqli__store_in_transaction(engine->store));
}

enum sqli_status sqli__transaction_detach(struct sqli_engine *engine, struct sqli_error *error)
{
    for (struct sqli_statement *s = engine->statements; s && engine->open_cursors; s = s->next)
        SQLI_TRY(sqli__cursor_detach(s, error));
    return SQLI_OK;
}

static enum sqli_status set_savepoints(struct sqli_engine *engine, struct sqli_error *error)
{
    for (uint32_t i = 0; i < engine->savepoint_count; i++)
        if (run_savepoint(engine, "SAVEPOINT", i, error)) {
            sqli__store_rollback(engine->store);
            return SQLI_FAIL;
        }
    return SQLI_OK;
}

static enum sqli_status begin_writer(struct sqli_engine *engine, struct sqli_error *error)
{
    SQLI_TRY(sqli__store_begin(engine->store, error));
    /* Definitions that others committed while this one waited for its turn. */
    sqli__catalog_refresh(engine->catalog);
    if (engine->deferred)
        SQLI_TRY(sqli__store_defer(engine->store, true, error));
    return set_savepoints(engine, error);
}

enum sqli_status sqli__transaction_defer(struct sqli_engine *engine, bool defer,
                                         struct sqli_error *error)
{
    if (!engine->in_transaction)
        return SQLI_OK; /* each statement is its own, and ends with them met */
    if (sqli__store_in_transaction(engine->store)) {
        if (!defer && sqli__catalog_deferred_error(engine->catalog, error))
            return SQLI_FAIL;
        SQLI_TRY(sqli__store_defer(engine->store, defer, error));
    }
    engine->deferred = defer;
    return SQLI_OK;
}

/* The transaction has changed temporary tables until now. Where what it has read is old by now, it
 * cannot write on top of that: those changes are settled, and it begins again. */
static enum sqli_status become_writer(struct sqli_engine *engine, struct sqli_error *error)
{
    if (sqli__store_has_writer(engine->store))
        return SQLI_OK;
    enum sqli_status status = sqli__store_take_writer(engine->store, error);
    if (status == SQLI_OK)
        sqli__catalog_refresh(engine->catalog);
    if (status != SQLI_MORE)
        return status;
    SQLI_TRY(sqli__store_commit(engine->store, error));
    sqli__catalog_refresh(engine->catalog);
    engine->call_savepoint = false;
    return begin_writer(engine, error);
}

void sqli__transaction_restrict(struct sqli_engine *engine, bool read_only)
{
    sqli__transaction_enter(engine);
    engine->runtime.read_only = read_only && engine->in_transaction;
}

enum sqli_status sqli__transaction_writable(const struct sqli_engine *engine,
                                            struct sqli_error *error)
{
    if (engine->runtime.read_only)
        return sqli__fail(error, SQLI_E_READ_ONLY_TRANSACTION, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__transaction_write(struct sqli_engine *engine, struct sqli_error *error)
{
    SQLI_TRY(sqli__transaction_writable(engine, error));
    SQLI_TRY(sqli__transaction_detach(engine, error));
    SQLI_TRY(sqli__store_in_transaction(engine->store) ? become_writer(engine, error)
                                                       : begin_writer(engine, error));
    return sqli__call_savepoint(engine, error);
}

enum sqli_status sqli__transaction_write_temp(struct sqli_engine *engine, struct sqli_error *error)
{
    SQLI_TRY(sqli__transaction_detach(engine, error));
    if (!sqli__store_in_transaction(engine->store)) {
        SQLI_TRY(sqli__store_begin_temp(engine->store, error));
        SQLI_TRY(set_savepoints(engine, error));
    }
    return sqli__call_savepoint(engine, error);
}

static void forget_definitions(struct sqli_engine *engine)
{
    if (!engine->definitions)
        return;
    engine->definitions = false;
    sqli__catalog_forget(engine->catalog);
}

enum sqli_status sqli__transaction_done(struct sqli_engine *engine, bool failed,
                                        struct sqli_error *error)
{
    if (engine->in_transaction && sqli__store_in_transaction(engine->store))
        return SQLI_OK;
    if (engine->in_transaction) {
        sqli__transaction_abandon(engine); /* SQLite dropped it: the disk is full, ... */
        return SQLI_OK;
    }
    if (engine->calls && sqli__store_in_transaction(engine->store))
        return SQLI_OK; /* the outermost call ends it */
    enum sqli_status status = SQLI_OK;
    if (!failed)
        status = sqli__store_commit(engine->store, error);
    if (failed || status) {
        sqli__store_rollback(engine->store);
        forget_definitions(engine);
    }
    engine->definitions = false;
    sqli__lobs_sweep(engine->store, SQLI_SWEEP_ROWS);
    return status;
}

/* Cursors end with the transaction, but for those WITH HOLD. */
static enum sqli_status end_cursors(struct sqli_engine *engine, struct sqli_error *error)
{
    for (struct sqli_statement *s = engine->statements; s; s = s->next)
        if (s->cursor.open && !s->cursor.hold)
            sqli__cursor_close(s);
    return sqli__transaction_detach(engine, error);
}

enum sqli_status sqli__engine_begin(struct sqli_engine *engine, struct sqli_error *error)
{
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    if (!logged(engine))
        return sqli__fail(error, SQLI_E_NO_TRANSACTIONS, NULL);
    if (engine->in_transaction)
        return sqli__fail(error, SQLI_E_ALREADY_IN_TRANSACTION, NULL);
    if (sqli__store_in_transaction(engine->store)) /* what a routine changed before its BEGIN */
        SQLI_TRY(sqli__store_commit(engine->store, error));
    engine->in_transaction = true;
    return SQLI_OK;
}

static enum sqli_status require_transaction(struct sqli_engine *engine, struct sqli_error *error)
{
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    if (!logged(engine))
        return sqli__fail(error, SQLI_E_NO_TRANSACTIONS, NULL);
    if (!engine->in_transaction && !follows_ansi(engine))
        return sqli__fail(error, SQLI_E_NOT_IN_TRANSACTION, NULL);
    return SQLI_OK;
}

static void leave(struct sqli_engine *engine)
{
    engine->in_transaction = false;
    engine->implicit = false;
    engine->call_savepoint = false;
    engine->deferred = false;
    engine->runtime.read_only = false;
    engine->savepoint_count = 0;
}

enum sqli_status sqli__engine_commit(struct sqli_engine *engine, struct sqli_error *error)
{
    SQLI_TRY(require_transaction(engine, error));
    SQLI_TRY(end_cursors(engine, error));
    if (sqli__store_in_transaction(engine->store) &&
        (sqli__catalog_deferred_error(engine->catalog, error) ||
         sqli__store_commit(engine->store, error))) {
        sqli__transaction_abandon(engine);
        return SQLI_FAIL;
    }
    leave(engine);
    engine->definitions = false;
    sqli__lobs_sweep(engine->store, SQLI_SWEEP_ROWS);
    return SQLI_OK;
}

/* The row that a hold cursor stands on may be one that never was. */
static void lose_positions(struct sqli_engine *engine)
{
    for (struct sqli_statement *s = engine->statements; s; s = s->next)
        s->cursor.rowid = 0;
}

enum sqli_status sqli__engine_rollback(struct sqli_engine *engine, struct sqli_error *error)
{
    SQLI_TRY(require_transaction(engine, error));
    SQLI_TRY(end_cursors(engine, error));
    lose_positions(engine);
    if (sqli__store_in_transaction(engine->store))
        sqli__store_rollback(engine->store);
    leave(engine);
    forget_definitions(engine);
    return SQLI_OK;
}

void sqli__transaction_abandon(struct sqli_engine *engine)
{
    for (struct sqli_statement *s = engine->statements; s; s = s->next)
        sqli__cursor_close(s);
    if (sqli__store_in_transaction(engine->store))
        sqli__store_rollback(engine->store);
    leave(engine);
    forget_definitions(engine);
}

/* --- savepoints --- */

/* The newest of this name; an absent name is the newest of all. */
static int32_t find_savepoint(const struct sqli_engine *engine, struct sqli_span name)
{
    for (uint32_t i = engine->savepoint_count; i > 0; i--)
        if (!name.data || sqli__span_equal(name, sqli__span_text(engine->savepoints[i - 1].name)))
            return (int32_t)i - 1;
    return -1;
}

enum sqli_status sqli__engine_savepoint(struct sqli_engine *engine, struct sqli_span name,
                                        bool unique, struct sqli_error *error)
{
    SQLI_TRY(require_transaction(engine, error));
    sqli__transaction_enter(engine);
    char folded[SQLI_NAME_MAX + 1] = "";
    if (name.length > SQLI_NAME_MAX)
        return sqli__fail(error, SQLI_E_SAVEPOINT_NOT_FOUND, "%.128s", (const char *)name.data);
    sqli__sql_fold(name, folded);
    int32_t same = find_savepoint(engine, sqli__span(folded, name.length));
    if (same >= 0 && engine->savepoints[same].unique)
        return sqli__fail(error, SQLI_E_SAVEPOINT_EXISTS, "%s", folded);
    if (engine->savepoint_count == SQLI_SAVEPOINTS_MAX)
        return sqli__fail(error, SQLI_E_SAVEPOINT_LEVELS, "%s", folded);
    if (sqli__store_in_transaction(engine->store))
        SQLI_TRY(run_savepoint(engine, "SAVEPOINT", engine->savepoint_count, error));
    struct sqli_savepoint_mark *mark = &engine->savepoints[engine->savepoint_count++];
    memcpy(mark->name, folded, sizeof folded);
    mark->unique = unique;
    return SQLI_OK;
}

static enum sqli_status require_savepoint(struct sqli_engine *engine, struct sqli_span name,
                                          uint32_t *place, struct sqli_error *error)
{
    SQLI_TRY(require_transaction(engine, error));
    char folded[SQLI_NAME_MAX + 1] = "";
    size_t length = name.length > SQLI_NAME_MAX ? SQLI_NAME_MAX : name.length;
    if (length)
        sqli__sql_fold(sqli__span(name.data, length), folded);
    int32_t found = find_savepoint(engine, sqli__span(name.data ? folded : NULL, length));
    if (found < 0)
        return sqli__fail(error, SQLI_E_SAVEPOINT_NOT_FOUND, "%s", folded);
    *place = (uint32_t)found;
    return SQLI_OK;
}

enum sqli_status sqli__engine_savepoint_release(struct sqli_engine *engine, struct sqli_span name,
                                                struct sqli_error *error)
{
    uint32_t place = 0;
    SQLI_TRY(require_savepoint(engine, name, &place, error));
    if (sqli__store_in_transaction(engine->store))
        SQLI_TRY(run_savepoint(engine, "RELEASE", place, error));
    engine->savepoint_count = place;
    return SQLI_OK;
}

enum sqli_status sqli__engine_savepoint_rollback(struct sqli_engine *engine, struct sqli_span name,
                                                 struct sqli_error *error)
{
    uint32_t place = 0;
    SQLI_TRY(require_savepoint(engine, name, &place, error));
    if (sqli__store_in_transaction(engine->store)) {
        SQLI_TRY(sqli__transaction_detach(engine, error));
        SQLI_TRY(run_savepoint(engine, "ROLLBACK TO", place, error));
        if (engine->definitions)
            sqli__catalog_forget(engine->catalog);
    }
    engine->savepoint_count = place + 1;
    return SQLI_OK;
}
