/* Statements: preparing, executing, fetching. Each function that may have to wait says SQLI_MORE
 * and is called again; nothing is done twice. */
#include "client/statement.h"

#include "base/alloc.h"

#include <stdio.h>

enum { STATEMENT_ARENA = 64 << 20, FETCH_SMALL_MAX = 32767 };

/* --- replies --- */

static void on_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_stmt *stmt = context;
    stmt->waiting--;
    if (status && !stmt->failed) {
        stmt->failed = true;
        stmt->error = *error;
    }
}

/* Names are in the code set of the database. */
static enum sqli_status keep_name(struct sqli_stmt *stmt, struct sqli_span name,
                                  struct sqli_span *kept, struct sqli_error *error)
{
    struct sqli_codeset *codeset = stmt->conn->codeset;
    if (!codeset || sqli__codeset_same(codeset, name)) {
        *kept = sqli__arena_copy(&stmt->arena, name);
        return sqli__arena_status(&stmt->arena, error);
    }
    struct sqli_buffer text;
    sqli__buffer_init(&text, 4 * name.length + 16);
    enum sqli_status status = sqli__codeset_to_utf8(codeset, name, &text, error);
    if (status == SQLI_OK)
        *kept = sqli__arena_copy(&stmt->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    return status;
}

static enum sqli_status on_describe(struct sqli_stmt *stmt, const struct sqli_describe *describe,
                                    struct sqli_error *error)
{
    stmt->id = describe->statement_id;
    stmt->type = describe->statement_type;
    stmt->column_count = 0;
    sqli__arena_reset(&stmt->arena);
    sqli__shape_free(&stmt->shape);
    sqli__free(stmt->segments);
    SQLI_TRY(sqli__shape_init(&stmt->shape, describe, &stmt->conn->link.decoder.caps, error));
    stmt->segments = sqli__alloc_zeroed(stmt->shape.varying + 1, sizeof *stmt->segments);
    stmt->names = sqli__arena_alloc(&stmt->arena, describe->count, sizeof *stmt->names);
    if (!stmt->segments || (!stmt->names && describe->count))
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (uint32_t i = 0; i < describe->count; i++)
        SQLI_TRY(keep_name(stmt, sqli__describe_name(describe, i), &stmt->names[i], error));
    stmt->column_count = describe->count;
    return SQLI_OK;
}

static void on_done(struct sqli_stmt *stmt, const struct sqli_done *done)
{
    if (done->rows >= 0)
        stmt->row_count = done->rows;
    if (done->serial)
        stmt->serial = done->serial;
}

static enum sqli_status on_prepare(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_stmt *stmt = context;
    return message->id == SQLI_MSG_DESCRIBE ? on_describe(stmt, &message->as.describe, error)
                                            : SQLI_OK;
}

static enum sqli_status on_execute(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_stmt *stmt = context;
    (void)error;
    if (message->id == SQLI_MSG_DONE)
        on_done(stmt, &message->as.done);
    if (message->id == SQLI_MSG_INSERTDONE) {
        const struct sqli_insertdone *done = &message->as.insertdone;
        if (!done->serial8_null && done->serial8)
            stmt->serial = done->serial8;
        else if (done->bigserial)
            stmt->serial = done->bigserial;
    }
    return SQLI_OK;
}

/* --- rows --- */

static struct sqli_rows *coming(struct sqli_stmt *stmt)
{
    struct sqli_rows *rows = stmt->rows;
    return rows[stmt->present].requested ? &rows[stmt->present] : &rows[1 - stmt->present];
}

static enum sqli_status add_row(struct sqli_rows *rows, struct sqli_span payload,
                                struct sqli_error *error)
{
    if (rows->count == rows->room) {
        uint32_t room = rows->room ? 2 * rows->room : 64;
        uint32_t *ends = sqli__realloc(rows->ends, room * sizeof *ends);
        if (!ends)
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        rows->ends = ends;
        rows->room = room;
    }
    sqli__buffer_span(&rows->bytes, payload);
    rows->ends[rows->count++] = (uint32_t)rows->bytes.length;
    return sqli__buffer_status(&rows->bytes, error);
}

static enum sqli_status on_rows(void *context, const struct sqli_message *message,
                                struct sqli_error *error)
{
    struct sqli_stmt *stmt = context;
    struct sqli_rows *rows = coming(stmt);
    if (message->id == SQLI_MSG_TUPLE)
        return add_row(rows, message->as.tuple.payload, error);
    if (message->id == SQLI_MSG_DONE) {
        rows->last = true;
        on_done(stmt, &message->as.done);
    }
    return SQLI_OK;
}

/* A reply without rows and without DONE is the end as well. */
static void on_rows_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_stmt *stmt = context;
    struct sqli_rows *rows = coming(stmt);
    rows->requested = false;
    if (rows->count == 0 || status)
        rows->last = true;
    on_end(context, status, error);
}

/* --- requests --- */

static enum sqli_status submit(struct sqli_stmt *stmt, const struct sqli_sink *sink)
{
    struct sqli_sink own = *sink;
    own.context = stmt;
    SQLI_TRY(sqli__link_submit(&stmt->conn->link, &own, &stmt->conn->error));
    stmt->waiting++;
    return SQLI_OK;
}

/* SQL text goes in the code set of the database, with `?` for every placeholder. */
static enum sqli_status server_text(struct sqli_stmt *stmt, struct sqli_buffer *text)
{
    struct sqli_codeset *codeset = stmt->conn->codeset;
    struct sqli_buffer own;
    sqli__buffer_init(&own, SQLI_WIRE_LENGTH_MAX);
    sqli__placeholders_rewrite(stmt->sql, &stmt->placeholders, &own);
    enum sqli_status status = sqli__buffer_status(&own, &stmt->conn->error);
    if (status == SQLI_OK && codeset && !sqli__codeset_same(codeset, sqli__buffer_view(&own)))
        status =
            sqli__codeset_from_utf8(codeset, sqli__buffer_view(&own), text, &stmt->conn->error);
    else if (status == SQLI_OK)
        sqli__buffer_span(text, sqli__buffer_view(&own));
    sqli__buffer_free(&own);
    return status;
}

static enum sqli_status submit_prepare(struct sqli_stmt *stmt)
{
    struct sqli_link *link = &stmt->conn->link;
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_WIRE_LENGTH_MAX);
    enum sqli_status status = server_text(stmt, &text);
    if (status == SQLI_OK)
        status = sqli__cleanup_flush(stmt->conn, &stmt->conn->error);
    if (status == SQLI_OK) {
        sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_PREPARE,
                                                    .as.sql = {(uint32_t)stmt->placeholders.count,
                                                               sqli__buffer_view(&text)}});
        sqli__link_tag(link, SQLI_MSG_NDESCRIBE);
        sqli__link_tag(link, SQLI_MSG_WANTDONE);
        status = submit(stmt, &(struct sqli_sink){on_prepare, on_end, NULL});
    }
    sqli__buffer_free(&text);
    return status;
}

static void add_bind(struct sqli_stmt *stmt)
{
    size_t count = stmt->placeholders.count;
    if (count == 0)
        return;
    struct sqli_bind_value *values = sqli__alloc_zeroed(count, sizeof *values);
    for (size_t i = 0; values && i < count; i++) {
        const struct sqli_binding *b = &stmt->bindings[stmt->placeholders.items[i].parameter];
        values[i] = (struct sqli_bind_value){
            .type = b->null ? 0 : b->type.code,
            .owner = b->type.owner,
            .name = b->type.name,
            .indicator = b->null ? SQLI_INDICATOR_NULL : SQLI_INDICATOR_VALUE,
            .precision = b->null ? 0 : (int16_t)b->precision,
            .data = sqli__buffer_view(&b->data),
        };
    }
    if (values)
        sqli__link_add(
            &stmt->conn->link,
            &(struct sqli_message){.id = SQLI_MSG_BIND, .as.bind = {(uint32_t)count, values}});
    else
        stmt->conn->link.out.failed = SQLI_E_NO_MEMORY;
    sqli__free(values);
}

static int32_t fetch_buffer(const struct sqli_stmt *stmt)
{
    int64_t size = 65536;
    sqli__option_number(&stmt->conn->options, SQLI_OPT_FETCH_BUFFER, 1024, 1 << 30, &size, NULL);
    if (!sqli__caps_has(&stmt->conn->link.decoder.caps, SQLI_CAP_LONG_FETCH) &&
        size > FETCH_SMALL_MAX)
        size = FETCH_SMALL_MAX;
    return (int32_t)size;
}

static enum sqli_status submit_fetch(struct sqli_stmt *stmt, struct sqli_rows *rows)
{
    sqli__buffer_clear(&rows->bytes);
    rows->count = rows->next = 0;
    rows->last = false;
    rows->requested = true;
    sqli__link_id(&stmt->conn->link, stmt->id);
    sqli__link_add(
        &stmt->conn->link,
        &(struct sqli_message){.id = SQLI_MSG_NFETCH, .as.fetch.buffer = fetch_buffer(stmt)});
    return submit(stmt, &(struct sqli_sink){on_rows, on_rows_end, NULL});
}

static enum sqli_status submit_open(struct sqli_stmt *stmt)
{
    char name[SQLI_CURSOR_NAME];
    struct sqli_link *link = &stmt->conn->link;
    snprintf(name, sizeof name, "_ifxc%013llu",
             (unsigned long long)++stmt->conn->cursor_number % 10000000000000u);
    sqli__link_id(link, stmt->id);
    sqli__link_add(
        link, &(struct sqli_message){.id = SQLI_MSG_CURNAME, .as.bytes = sqli__span_text(name)});
    add_bind(stmt);
    sqli__link_tag(link, SQLI_MSG_OPEN);
    stmt->open = true;
    stmt->present = 0;
    stmt->rows[1].count = stmt->rows[1].next = 0;
    return submit_fetch(stmt, &stmt->rows[0]);
}

static enum sqli_status submit_execute(struct sqli_stmt *stmt)
{
    sqli__link_id(&stmt->conn->link, stmt->id);
    add_bind(stmt);
    sqli__link_tag(&stmt->conn->link, SQLI_MSG_EXECUTE);
    return submit(stmt, &(struct sqli_sink){on_execute, on_end, NULL});
}

bool sqli__statement_gives_rows(const struct sqli_stmt *stmt)
{
    return stmt->type == SQLI_STATEMENT_SELECT ||
           (stmt->type == SQLI_STATEMENT_EXECUTE_ROUTINE && stmt->column_count > 0);
}

/* --- what happens to the transaction --- */

/* With autocommit off a transaction begins with the first statement, unless that is one itself. */
static enum sqli_status begin_if_due(struct sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    if (conn->autocommit || conn->in_transaction || !conn->logged || conn->ansi)
        return SQLI_OK;
    if (stmt->type == SQLI_STATEMENT_BEGIN_WORK || stmt->type == SQLI_STATEMENT_COMMIT_WORK ||
        stmt->type == SQLI_STATEMENT_ROLLBACK_WORK || stmt->type == SQLI_STATEMENT_DATABASE)
        return SQLI_OK;
    sqli__link_tag(&conn->link, SQLI_MSG_BEGIN);
    SQLI_TRY(submit(stmt, &(struct sqli_sink){NULL, on_end, NULL}));
    conn->in_transaction = true;
    return SQLI_OK;
}

static void after_execute(struct sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    if (stmt->type == SQLI_STATEMENT_BEGIN_WORK)
        conn->in_transaction = true;
    else if (stmt->type == SQLI_STATEMENT_COMMIT_WORK || stmt->type == SQLI_STATEMENT_ROLLBACK_WORK)
        conn->in_transaction = false;
}

/* --- the machine --- */

/* The reply to all that this statement asked for is there. */
static enum sqli_status settle(struct sqli_stmt *stmt)
{
    if (stmt->waiting)
        return SQLI_MORE;
    if (!stmt->failed)
        return SQLI_OK;
    stmt->failed = false;
    stmt->conn->error = stmt->error;
    return SQLI_FAIL;
}

enum sqli_status sqli__statement_describe(struct sqli_stmt *stmt)
{
    if (stmt->state == SQLI_STATE_NEW) {
        SQLI_TRY(submit_prepare(stmt));
        stmt->state = SQLI_STATE_PREPARING;
    }
    if (stmt->state != SQLI_STATE_PREPARING)
        return SQLI_OK;
    enum sqli_status status = settle(stmt);
    if (status != SQLI_MORE)
        stmt->state = status ? SQLI_STATE_NEW : SQLI_STATE_PREPARED;
    return status;
}

static enum sqli_status require_bindings(const struct sqli_stmt *stmt)
{
    for (size_t i = 0; i < stmt->placeholders.parameters; i++)
        if (!stmt->bindings[i].set)
            return sqli__fail(&stmt->conn->error, SQLI_E_PARAMETER_UNBOUND, "%zu", i + 1);
    return SQLI_OK;
}

static enum sqli_status run(struct sqli_stmt *stmt)
{
    stmt->row_count = stmt->serial = 0;
    stmt->has_row = false;
    SQLI_TRY(require_bindings(stmt));
    SQLI_TRY(sqli__cleanup_flush(stmt->conn, &stmt->conn->error));
    SQLI_TRY(begin_if_due(stmt));
    SQLI_TRY(sqli__statement_gives_rows(stmt) ? submit_open(stmt) : submit_execute(stmt));
    stmt->state = SQLI_STATE_RUNNING;
    return SQLI_OK;
}

/* After a failure the cursor is closed with the next request. */
static void close_cursor(struct sqli_stmt *stmt)
{
    if (stmt->open)
        sqli__cleanup_later(stmt->conn, stmt->id, true, false);
    stmt->open = false;
    stmt->has_row = false;
}

static bool may_prefetch(const struct sqli_stmt *stmt)
{
    bool on = true;
    sqli__option_switch(&stmt->conn->options, SQLI_OPT_PREFETCH, &on, NULL);
    return on && !stmt->conn->ansi;
}

static enum sqli_status take_row(struct sqli_stmt *stmt, struct sqli_rows *rows)
{
    uint32_t start = rows->next ? rows->ends[rows->next - 1] : 0;
    struct sqli_span payload = sqli__span(rows->bytes.data + start, rows->ends[rows->next] - start);
    rows->next++;
    stmt->row.segments = stmt->segments;
    SQLI_TRY(sqli__row_bind(&stmt->shape, payload, &stmt->row, &stmt->conn->error));
    stmt->has_row = true;
    return SQLI_OK;
}

/* SQLI_OK: a row; SQLI_MORE: wait; *end: there is none. */
static enum sqli_status next_row(struct sqli_stmt *stmt, bool *end)
{
    struct sqli_rows *rows = &stmt->rows[stmt->present];
    struct sqli_rows *other = &stmt->rows[1 - stmt->present];
    stmt->has_row = false;
    if (rows->requested)
        return SQLI_MORE;
    if (rows->next == rows->count && !rows->last) {
        if (!other->requested && other->next == other->count && !other->last)
            SQLI_TRY(submit_fetch(stmt, other));
        stmt->present = 1 - stmt->present;
        return next_row(stmt, end);
    }
    if (stmt->failed && !rows->count)
        return settle(stmt);
    if (rows->next == rows->count) {
        *end = true;
        return SQLI_OK;
    }
    if (rows->next == 0 && !rows->last && may_prefetch(stmt))
        SQLI_TRY(submit_fetch(stmt, other));
    return take_row(stmt, rows);
}

static enum sqli_status finish(struct sqli_stmt *stmt)
{
    if (stmt->open)
        sqli__cleanup_later(stmt->conn, stmt->id, true, false);
    stmt->open = false;
    stmt->state = SQLI_STATE_ENDED;
    return SQLI_OK;
}

/* SQLI_OK with *row telling whether there is one. */
static enum sqli_status advance(struct sqli_stmt *stmt, bool *row)
{
    *row = false;
    SQLI_TRY(sqli__statement_describe(stmt));
    if (stmt->state == SQLI_STATE_PREPARED || stmt->state == SQLI_STATE_ENDED)
        SQLI_TRY(run(stmt));
    if (!sqli__statement_gives_rows(stmt)) {
        SQLI_TRY(settle(stmt));
        after_execute(stmt);
        return finish(stmt);
    }
    bool end = false;
    SQLI_TRY(next_row(stmt, &end));
    if (end) {
        SQLI_TRY(settle(stmt));
        return finish(stmt);
    }
    *row = true;
    return SQLI_OK;
}

int sqli_step(sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    if (sqli__enter(conn, true))
        return SQLI_FAIL;
    bool row = false;
    enum sqli_status status;
    while ((status = advance(stmt, &row)) == SQLI_MORE) {
        status = sqli__pump(conn);
        if (status)
            break;
    }
    if (status == SQLI_FAIL) {
        close_cursor(stmt);
        if (stmt->state == SQLI_STATE_RUNNING)
            stmt->state = SQLI_STATE_PREPARED;
    }
    if (status == SQLI_OK)
        return sqli__leave(conn, SQLI_OK), row ? SQLI_ROW : SQLI_DONE;
    return sqli__leave(conn, status);
}

/* --- life --- */

static enum sqli_status make(struct sqli_conn *conn, struct sqli_span sql, struct sqli_stmt **made)
{
    struct sqli_stmt *stmt = sqli__alloc_zeroed(1, sizeof *stmt);
    *made = stmt;
    if (!stmt)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    stmt->conn = conn;
    sqli__arena_init(&stmt->arena, STATEMENT_ARENA);
    sqli__buffer_init(&stmt->text, SQLI_BATCH_LIMIT);
    for (int i = 0; i < 2; i++)
        sqli__buffer_init(&stmt->rows[i].bytes, SQLI_BATCH_LIMIT);
    uint8_t *copy = sqli__alloc(sql.length + 1);
    if (!copy)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    if (sql.length)
        memcpy(copy, sql.data, sql.length);
    copy[sql.length] = '\0';
    stmt->sql = sqli__span(copy, sql.length);
    SQLI_TRY(sqli__placeholders_scan(stmt->sql, SQLI_SQL_NAMED_PLACEHOLDERS, &stmt->placeholders,
                                     &conn->error));
    stmt->bindings = sqli__alloc_zeroed(stmt->placeholders.parameters, sizeof *stmt->bindings);
    if (!stmt->bindings)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    for (size_t i = 0; i < stmt->placeholders.parameters; i++)
        sqli__buffer_init(&stmt->bindings[i].data, SQLI_BINDINGS_LIMIT);
    return SQLI_OK;
}

static void destroy(struct sqli_stmt *stmt)
{
    for (size_t i = 0; stmt->bindings && i < stmt->placeholders.parameters; i++)
        sqli__buffer_free(&stmt->bindings[i].data);
    for (int i = 0; i < 2; i++) {
        sqli__buffer_free(&stmt->rows[i].bytes);
        sqli__free(stmt->rows[i].ends);
    }
    sqli__free(stmt->bindings);
    sqli__placeholders_free(&stmt->placeholders);
    sqli__free((void *)(uintptr_t)stmt->sql.data);
    sqli__buffer_free(&stmt->text);
    sqli__shape_free(&stmt->shape);
    sqli__free(stmt->segments);
    sqli__arena_free(&stmt->arena);
    sqli__free(stmt);
}

int sqli_prepare(sqli_conn *conn, const char *sql, ptrdiff_t length, sqli_stmt **stmt)
{
    *stmt = NULL;
    if (sqli__enter(conn, true))
        return SQLI_FAIL;
    struct sqli_span text = length < 0 ? sqli__span_text(sql) : sqli__span(sql, (size_t)length);
    struct sqli_stmt *made = NULL;
    enum sqli_status status = make(conn, text, &made);
    if (status) {
        if (made)
            destroy(made);
        return sqli__leave(conn, status);
    }
    made->next = conn->statements;
    if (made->next)
        made->next->previous = made;
    conn->statements = made;
    *stmt = made;
    return sqli__leave(conn, SQLI_OK);
}

static void drop_replies(struct sqli_stmt *stmt)
{
    if (stmt->waiting)
        sqli__link_orphan(&stmt->conn->link, stmt);
    stmt->waiting = 0;
    stmt->failed = false;
    for (int i = 0; i < 2; i++)
        stmt->rows[i].requested = false;
}

/* A PREPARE whose answer is dropped leaves a statement at the server that nobody can name, so that
 * one is waited for; it is the only wait here, and the answer is on its way. */
static void settle_prepare(struct sqli_stmt *stmt)
{
    if (stmt->state != SQLI_STATE_PREPARING)
        return;
    bool nonblocking = stmt->conn->nonblocking;
    stmt->conn->nonblocking = false;
    while (stmt->waiting && sqli__pump(stmt->conn) == SQLI_OK)
        ;
    stmt->conn->nonblocking = nonblocking;
    stmt->state = stmt->failed ? SQLI_STATE_NEW : SQLI_STATE_PREPARED;
    stmt->failed = false;
}

int sqli_reset(sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    if (sqli__enter(conn, false))
        return SQLI_FAIL;
    settle_prepare(stmt);
    drop_replies(stmt);
    close_cursor(stmt);
    if (stmt->state != SQLI_STATE_NEW)
        stmt->state = SQLI_STATE_PREPARED;
    return sqli__leave(conn, SQLI_OK);
}

void sqli_finalize(sqli_stmt *stmt)
{
    if (!stmt)
        return;
    struct sqli_conn *conn = stmt->conn;
    if (conn->open)
        settle_prepare(stmt);
    drop_replies(stmt);
    if (conn->open && stmt->state != SQLI_STATE_NEW)
        sqli__cleanup_later(conn, stmt->id, stmt->open, true);
    if (stmt->previous)
        stmt->previous->next = stmt->next;
    else
        conn->statements = stmt->next;
    if (stmt->next)
        stmt->next->previous = stmt->previous;
    destroy(stmt);
}

int64_t sqli_rows(const sqli_stmt *stmt)
{
    return stmt->row_count;
}

int64_t sqli_serial(const sqli_stmt *stmt)
{
    return stmt->serial;
}

int sqli_exec(sqli_conn *conn, const char *sql, int64_t *rows)
{
    sqli_stmt *stmt;
    if (sqli_prepare(conn, sql, -1, &stmt) || !stmt)
        return SQLI_FAIL;
    int result;
    do {
        result = sqli_step(stmt);
    } while (result == SQLI_ROW);
    if (rows)
        *rows = stmt->row_count;
    struct sqli_error error = conn->error;
    sqli_finalize(stmt);
    conn->error = error;
    return result == SQLI_DONE ? SQLI_OK : result;
}
