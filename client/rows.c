/* Rows as they come: fetches, the rows of each reply, and the next reply while the present one is
 * read. */
#include "client/statement.h"

#include "base/alloc.h"

enum {
    FETCH_SMALL_MAX = 32767,
    FETCH_LONG_MAX = 1 << 20,
    FETCH_OPTION_MAX = 1 << 26,
    ROWS_AT_ONCE = 256, /* that a fetch should bring */
};

/* --- replies --- */

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
    struct sqli_rows *rows = context; /* its first member is the task */
    struct sqli_stmt *stmt = rows->task.owner;
    switch (message->id) {
    case SQLI_MSG_TUPLE:
        return rows->task.failed ? SQLI_OK : add_row(rows, message->as.tuple.payload, error);
    case SQLI_MSG_TUPID: rows->number = message->as.row_number; return SQLI_OK;
    case SQLI_MSG_DONE: rows->last = true; return sqli__execute_reply(&stmt->task, message, error);
    default: return sqli__execute_reply(&stmt->task, message, error);
    }
}

/* --- fetches --- */

/* Large enough for many rows of this shape, as far as both sides go. */
static int32_t fetch_buffer(const struct sqli_stmt *stmt)
{
    int64_t size = 65536;
    sqli__option_number(&stmt->conn->options, SQLI_OPT_FETCH_BUFFER, 1024, FETCH_OPTION_MAX, &size,
                        NULL);
    if (!sqli__caps_has(&stmt->conn->link.decoder.caps, SQLI_CAP_LONG_FETCH))
        return (int32_t)(size < FETCH_SMALL_MAX ? size : FETCH_SMALL_MAX);
    int64_t wanted = (int64_t)stmt->prepared->tuple_size * ROWS_AT_ONCE;
    if (wanted > FETCH_LONG_MAX)
        wanted = FETCH_LONG_MAX;
    return (int32_t)(size > wanted ? size : wanted);
}

static void clear_rows(struct sqli_rows *rows)
{
    sqli__buffer_clear(&rows->bytes);
    rows->count = rows->next = 0;
    rows->number = 0;
    rows->last = false;
}

enum sqli_status sqli__result_fetch(struct sqli_stmt *stmt, struct sqli_rows *rows)
{
    if (stmt->fetch_buffer == 0)
        stmt->fetch_buffer = fetch_buffer(stmt);
    clear_rows(rows);
    sqli__link_id(&stmt->conn->link, stmt->prepared->id);
    sqli__link_add(
        &stmt->conn->link,
        &(struct sqli_message){.id = SQLI_MSG_NFETCH, .as.fetch.buffer = stmt->fetch_buffer});
    sqli__files_alone(stmt);
    return sqli__task_submit(&rows->task, on_rows);
}

void sqli__result_reset(struct sqli_stmt *stmt)
{
    for (int i = 0; i < 2; i++) {
        sqli__task_drop(&stmt->rows[i].task);
        clear_rows(&stmt->rows[i]);
    }
    stmt->present = 0;
    stmt->scrolling = stmt->last_seen = false;
    sqli__statement_leave_row(stmt);
}

static bool may_prefetch(struct sqli_stmt *stmt)
{
    bool on = true;
    sqli__option_switch(&stmt->conn->options, SQLI_OPT_PREFETCH, &on, NULL);
    return on && stmt->read_only && !sqli__asks_files(stmt);
}

/* --- the next row --- */

/* When all rows are empty, there are no bytes to point into. */
struct sqli_span sqli__result_payload(const struct sqli_rows *rows, uint32_t at)
{
    uint32_t start = at ? rows->ends[at - 1] : 0;
    return sqli__span(sqli__rows_data(rows) + start, rows->ends[at] - start);
}

static enum sqli_status take_row(struct sqli_stmt *stmt, struct sqli_rows *rows)
{
    struct sqli_span payload = sqli__result_payload(rows, rows->next++);
    SQLI_TRY(sqli__row_bind(&stmt->prepared->shape, payload, &stmt->row, &stmt->conn->error));
    stmt->has_row = true;
    stmt->row_number++;
    return SQLI_OK;
}

static bool is_fetched(const struct sqli_rows *rows)
{
    return rows->task.waiting || rows->task.failed || rows->count || rows->last;
}

/* The rows in front are read; those behind them are on their way, or are asked for now. */
static enum sqli_status turn(struct sqli_stmt *stmt, struct sqli_rows *rows)
{
    struct sqli_rows *other = &stmt->rows[1 - stmt->present];
    clear_rows(rows);
    stmt->present = 1 - stmt->present;
    return is_fetched(other) ? SQLI_OK : sqli__result_fetch(stmt, other);
}

/* A reply without a row ends the result, with or without DONE. */
enum sqli_status sqli__result_next(struct sqli_stmt *stmt, bool *end)
{
    sqli__statement_leave_row(stmt);
    struct sqli_rows *rows = &stmt->rows[stmt->present];
    bool read = rows->task.waiting == 0 && !rows->task.failed && rows->next == rows->count;
    if (read && rows->count && !rows->last) {
        SQLI_TRY(turn(stmt, rows));
        rows = &stmt->rows[stmt->present];
    }
    SQLI_TRY(sqli__task_wait(&rows->task));
    if (rows->next < rows->count) {
        struct sqli_rows *other = &stmt->rows[1 - stmt->present];
        bool more = rows->next == 0 && !rows->last && !rows->task.failed && !is_fetched(other);
        if (more && may_prefetch(stmt))
            SQLI_TRY(sqli__result_fetch(stmt, other));
        return take_row(stmt, rows);
    }
    SQLI_TRY(sqli__task_settle(&rows->task));
    *end = stmt->exhausted = true;
    return SQLI_OK;
}
