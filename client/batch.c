/* Many rows of one statement. Each row is a request of its own here; bulk.c is the other way. */
#include "client/batch.h"

#include "base/alloc.h"
#include "client/lob.h"
#include "client/stream.h"

enum {
    WINDOW = 4096,           /* rows that may be without an answer */
    UNSENT_MAX = 1 << 20,    /* bytes that may wait to be sent */
    SEND_AT = 32 << 10,      /* bytes that are worth a system call */
    ROWS_LIMIT = 256 << 20,  /* of one block */
    SCRATCH_LIMIT = 1 << 28, /* texts of one row */
};

/* --- replies --- */

void sqli__batch_stop(struct sqli_batch *batch, const struct sqli_error *error)
{
    if (batch->stopped)
        return;
    batch->stopped = true;
    batch->error = *error;
}

enum sqli_status sqli__batch_pause(struct sqli_batch *batch, bool over)
{
    batch->pause.waiting = !over;
    return sqli__task_settle(&batch->pause);
}

/* Where there is no memory for it, a failure is counted all the same. */
static void keep_failure(struct sqli_batch *batch, int64_t row, const struct sqli_error *error)
{
    if (batch->failures++ == 0 && !batch->stopped)
        batch->error = *error;
    if (batch->kept_count == SQLI_BATCH_KEPT)
        return;
    if (batch->kept_count == batch->kept_room) {
        uint32_t room = batch->kept_room ? 4 * batch->kept_room : 4;
        struct sqli_batch_failure *kept = sqli__realloc(batch->kept, room * sizeof *kept);
        if (!kept)
            return;
        batch->kept = kept;
        batch->kept_room = room;
    }
    batch->kept[batch->kept_count++] = (struct sqli_batch_failure){row, *error};
}

enum sqli_status sqli__batch_reply(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_batch *batch = context;
    if (message->id == SQLI_MSG_DONE && message->as.done.rows > 0)
        batch->changed += message->as.done.rows;
    return sqli__execute_reply(context, message, error);
}

/* Replies come in the order of the rows. A row that was cancelled ends the batch: the program wants
 * it to. */
static void on_row_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_batch *batch = context;
    int64_t row = batch->answered++;
    batch->waiting--;
    if (!status)
        return;
    keep_failure(batch, row, error);
    if (error->code == SQLI_E_INTERRUPTED || batch->task.conn->link.closed)
        sqli__batch_stop(batch, error);
}

/* --- life --- */

/* Nobody waits for its answers any more. */
static void abandon(struct sqli_batch *batch)
{
    const struct sqli_stmt *stmt = batch->task.owner;
    struct sqli_conn *conn = stmt->conn;
    sqli__link_orphan(&conn->link, batch);
    sqli__task_drop(&batch->task);
    sqli__task_drop(&batch->pause);
    batch->waiting = 0;
    if (batch->own && conn->open) {
        sqli__link_tag(&conn->link, SQLI_MSG_ROLLBACK);
        sqli__link_submit(&conn->link, &(struct sqli_sink){0}, NULL);
        conn->in_transaction = false;
    } else if (batch->open && conn->open) {
        sqli__cleanup_later(conn, stmt->prepared->id, true, false);
    }
    batch->own = batch->open = false;
}

void sqli__batch_free(struct sqli_stmt *stmt)
{
    struct sqli_batch *batch = stmt->batch;
    if (!batch)
        return;
    abandon(batch);
    sqli__buffer_free(&batch->rows);
    sqli__buffer_free(&batch->scratch);
    sqli__free(batch->kept);
    sqli__free(batch);
    stmt->batch = NULL;
}

static enum sqli_status begin(struct sqli_stmt *stmt, int kind)
{
    struct sqli_error *error = &stmt->conn->error;
    if (kind != SQLI_BATCH_EACH && kind != SQLI_BATCH_BULK)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a batch of kind %d", kind);
    if (stmt->batch && !stmt->batch->ended)
        return sqli__fail(error, SQLI_E_STATE, "a batch is under way");
    if (stmt->state == SQLI_STATE_RUNNING)
        return sqli__fail(error, SQLI_E_STATE, "the statement runs; reset it first");
    sqli__batch_free(stmt);
    struct sqli_batch *batch = stmt->batch = sqli__alloc_zeroed(1, sizeof *batch);
    if (!batch)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    sqli__task_init(&batch->task, stmt->conn, stmt);
    sqli__task_init(&batch->pause, stmt->conn, stmt);
    sqli__buffer_init(&batch->rows, ROWS_LIMIT);
    sqli__buffer_init(&batch->scratch, SCRATCH_LIMIT);
    batch->kind = kind;
    stmt->serial = 0;
    return SQLI_OK;
}

int sqli_batch_begin(sqli_stmt *stmt, int kind)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), true);
    return sqli__leave(stmt->conn, begin(stmt, kind));
}

/* --- rows --- */

/* Statements whose meaning for the connection somebody would have to look at after each row, and
 * those that give rows, are none for a batch. */
static enum sqli_status check_statement(struct sqli_batch *batch)
{
    static const int types[] = {
        SQLI_STATEMENT_INSERT,         SQLI_STATEMENT_UPDATE,          SQLI_STATEMENT_UPDATE_ALL,
        SQLI_STATEMENT_UPDATE_CURRENT, SQLI_STATEMENT_DELETE,          SQLI_STATEMENT_DELETE_ALL,
        SQLI_STATEMENT_DELETE_CURRENT, SQLI_STATEMENT_EXECUTE_ROUTINE, SQLI_STATEMENT_MERGE,
    };
    struct sqli_stmt *stmt = batch->task.owner;
    struct sqli_error *error = &stmt->conn->error;
    int type = sqli_statement_type(stmt);
    if (sqli__statement_gives_rows(stmt))
        return sqli__fail(error, SQLI_E_UNSUPPORTED,
                          "a batch of a SELECT, or what else gives rows");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (type == types[i])
            return batch->kind == SQLI_BATCH_BULK ? sqli__bulk_begin(batch) : SQLI_OK;
    const char *name = sqli__statement_type_name(type);
    return sqli__fail(error, SQLI_E_UNSUPPORTED, "a batch of %s", name ? name : "such a statement");
}

/* A statement that the server has known for longer may be from a time when its tables were others;
 * then every row on its way would fail. So it is prepared anew. */
static enum sqli_status get_ready(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    if (batch->ready)
        return SQLI_OK;
    SQLI_TRY(sqli__statement_describe(stmt));
    while (stmt->prepared && stmt->prepared->older) {
        sqli__statement_unprepare(stmt);
        SQLI_TRY(sqli__statement_describe(stmt));
    }
    SQLI_TRY(check_statement(batch));
    SQLI_TRY(sqli__cleanup_flush(stmt->conn, &stmt->conn->error));
    batch->ready = true;
    return SQLI_OK;
}

/* A row that the server may ask for files in the middle of travels alone. */
static enum sqli_status each_room(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    size_t unsent = sqli__link_take(&stmt->conn->link).length;
    uint32_t window = sqli__asks_files(stmt) ? 1 : WINDOW;
    SQLI_TRY(sqli__file_advance(stmt));
    if (batch->waiting >= window || unsent >= UNSENT_MAX)
        batch->full = true;
    if (batch->waiting <= window / 2 && unsent <= UNSENT_MAX / 2)
        batch->full = false;
    return sqli__batch_pause(batch, !batch->full);
}

static enum sqli_status each_row(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    struct sqli_conn *conn = stmt->conn;
    const struct sqli_sink sink = {sqli__batch_reply, on_row_end, batch};
    size_t before = sqli__link_take(&conn->link).length;
    SQLI_TRY(sqli__begin_if_due(stmt));
    sqli__link_id(&conn->link, stmt->prepared->id);
    sqli__bind_add(stmt);
    sqli__files_alone(stmt);
    sqli__link_tag(&conn->link, SQLI_MSG_EXECUTE);
    SQLI_TRY(sqli__link_submit(&conn->link, &sink, &conn->error));
    sqli__lobs_made_drop(stmt);
    batch->given++;
    batch->waiting++;
    batch->added += sqli__link_take(&conn->link).length - before;
    if (batch->added < SEND_AT)
        return SQLI_OK;
    batch->added = 0;
    sqli__send(conn);
    return SQLI_OK;
}

static enum sqli_status check_open(const struct sqli_stmt *stmt)
{
    if (stmt->batch && !stmt->batch->ending)
        return SQLI_OK;
    return sqli__fail(&stmt->conn->error, SQLI_E_STATE, "no batch was begun");
}

/* A BEGIN that failed stops it, too. */
static enum sqli_status check_stopped(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    if (sqli__task_settle(&stmt->task) == SQLI_FAIL)
        sqli__batch_stop(batch, &stmt->conn->error);
    if (batch->stopped)
        stmt->conn->error = batch->error;
    return batch->stopped ? SQLI_FAIL : SQLI_OK;
}

/* Who cancels wants no further row. Those under way are cancelled one by one, so all have to be
 * waited for. */
static enum sqli_status check_cancelled(struct sqli_batch *batch)
{
    struct sqli_error error;
    if (!sqli__is_cancelled(batch->task.conn))
        return SQLI_OK;
    SQLI_TRY(sqli__batch_pause(batch, batch->waiting == 0));
    sqli__fail(&error, SQLI_E_INTERRUPTED, NULL);
    sqli__batch_stop(batch, &error);
    return SQLI_OK;
}

static enum sqli_status advance_row(void *context)
{
    struct sqli_stmt *stmt = context;
    SQLI_TRY(check_open(stmt));
    struct sqli_batch *batch = stmt->batch;
    SQLI_TRY(get_ready(batch));
    SQLI_TRY(check_cancelled(batch));
    SQLI_TRY(check_stopped(batch));
    SQLI_TRY(batch->kind == SQLI_BATCH_BULK ? sqli__bulk_room(batch) : each_room(batch));
    SQLI_TRY(sqli__require_bindings(stmt));
    if (sqli__streams_any(stmt))
        return sqli__fail(&stmt->conn->error, SQLI_E_UNSUPPORTED, "a stream in a batch");
    SQLI_TRY(sqli__lobs_make(stmt));
    return batch->kind == SQLI_BATCH_BULK ? sqli__bulk_row(batch) : each_row(batch);
}

/* Rows go in larger pieces, see each_row. */
int sqli_batch_row(sqli_stmt *stmt)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    SQLI_TRY_ENTER(conn, true);
    enum sqli_status status = sqli__drive(conn, advance_row, stmt);
    return status ? sqli__leave(conn, status) : sqli__leave_unsent(conn, status);
}

/* --- the end --- */

static enum sqli_status settle(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    SQLI_TRY(sqli__file_advance(stmt));
    SQLI_TRY(sqli__task_settle(&stmt->task));
    SQLI_TRY(sqli__task_settle(&batch->task));
    return sqli__batch_pause(batch, batch->waiting == 0);
}

/* The failure that the program is told of is the one that stopped the batch, whatever becomes of
 * the ROLLBACK. A cancel was meant for the rows. */
static enum sqli_status end_transaction(struct sqli_batch *batch)
{
    struct sqli_conn *conn = batch->task.conn;
    enum sqli_status status = SQLI_OK;
    int cancelled = SQLI_CANCELLED;
    if (!batch->own)
        return SQLI_OK;
    atomic_compare_exchange_strong(&conn->control.waiting, &cancelled, SQLI_WAITING);
    if (!batch->stopped)
        status = sqli__commit(conn);
    else if (conn->open)
        status = sqli__rollback(conn) == SQLI_MORE ? SQLI_MORE : SQLI_OK;
    if (status == SQLI_MORE)
        return status;
    batch->own = false;
    if (status)
        sqli__batch_stop(batch, &conn->error);
    if (batch->stopped)
        batch->changed = 0;
    return SQLI_OK;
}

/* Never fails: what goes wrong stops the batch. */
static enum sqli_status advance_end(void *context)
{
    struct sqli_stmt *stmt = context;
    struct sqli_batch *batch = stmt->batch;
    enum sqli_status status = SQLI_OK;
    if (!batch->ending && batch->ready && batch->kind == SQLI_BATCH_BULK && !batch->stopped)
        status = sqli__bulk_flush(batch);
    batch->ending = true;
    while (status == SQLI_FAIL || (status = settle(batch)) == SQLI_FAIL) {
        sqli__batch_stop(batch, &stmt->conn->error);
        status = SQLI_OK;
    }
    return status ? status : end_transaction(batch);
}

static enum sqli_status finish(struct sqli_batch *batch, int64_t *rows)
{
    struct sqli_stmt *stmt = batch->task.owner;
    batch->ended = true;
    stmt->row_count = batch->changed;
    if (stmt->prepared)
        stmt->prepared->older = true;
    if (rows)
        *rows = batch->kind == SQLI_BATCH_BULK ? batch->changed : batch->given - batch->failures;
    if (!batch->stopped && !batch->failures)
        return SQLI_OK;
    stmt->conn->error = batch->error;
    return SQLI_FAIL;
}

/* Also on a connection that was lost: how far the batch came is known then, too. */
int sqli_batch_end(sqli_stmt *stmt, int64_t *rows)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    SQLI_TRY_ENTER(conn, false);
    struct sqli_batch *batch = stmt->batch;
    if (!batch || batch->ended)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_STATE, "no batch was begun"));
    enum sqli_status status = sqli__drive(conn, advance_end, stmt);
    if (status == SQLI_MORE)
        return sqli__leave(conn, status);
    if (status == SQLI_FAIL) { /* waiting did */
        sqli__batch_stop(batch, &conn->error);
        abandon(batch);
    }
    return sqli__leave(conn, finish(batch, rows));
}

/* --- failures --- */

int64_t sqli_batch_failures(const sqli_stmt *stmt)
{
    return stmt && stmt->batch ? stmt->batch->failures : 0;
}

int sqli_batch_failure(const sqli_stmt *stmt, int index, int64_t *row, const sqli_error **error)
{
    const struct sqli_batch *batch = stmt ? stmt->batch : NULL;
    if (!batch || index < 0 || (uint32_t)index >= batch->kept_count)
        return SQLI_FAIL;
    if (row)
        *row = batch->kept[index].row;
    if (error)
        *error = &batch->kept[index].error;
    return SQLI_OK;
}
