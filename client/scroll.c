/* Cursors that move in any direction. The position is kept here and every fetch names its row, for
 * that is the one way that servers were seen to be asked; a fetch brings one row. */
#include "client/statement.h"

static enum sqli_status on_row(void *context, const struct sqli_message *message,
                               struct sqli_error *error)
{
    struct sqli_rows *rows = context; /* its first member is the task */
    struct sqli_stmt *stmt = rows->task.owner;
    if (message->id == SQLI_MSG_TUPID)
        rows->number = message->as.row_number;
    if (message->id != SQLI_MSG_TUPLE)
        return sqli__execute_reply(&stmt->task, message, error);
    if (rows->count++)
        return SQLI_OK; /* what follows the row was not asked for */
    sqli__buffer_clear(&rows->bytes);
    sqli__buffer_span(&rows->bytes, message->as.tuple.payload);
    return sqli__buffer_status(&rows->bytes, error);
}

static enum sqli_status submit(struct sqli_stmt *stmt, enum sqli_scroll_kind kind, int32_t target)
{
    struct sqli_rows *rows = &stmt->rows[0];
    struct sqli_fetch fetch = {
        .kind = (int16_t)kind,
        .target = target,
        .buffer = stmt->prepared->tuple_size > 4096 ? stmt->prepared->tuple_size : 4096};
    rows->count = 0;
    rows->number = 0;
    sqli__link_id(&stmt->conn->link, stmt->prepared->id);
    sqli__link_add(&stmt->conn->link,
                   &(struct sqli_message){.id = SQLI_MSG_SFETCH, .as.fetch = fetch});
    sqli__files_alone(stmt);
    SQLI_TRY(sqli__task_submit(&rows->task, on_row));
    stmt->scrolling = true;
    return SQLI_OK;
}

/* Off the end or the beginning the position stays there, as if on a row that is not. */
static enum sqli_status arrive(struct sqli_stmt *stmt, int64_t wanted, bool *end)
{
    struct sqli_rows *rows = &stmt->rows[0];
    SQLI_TRY(sqli__task_settle(&rows->task));
    stmt->scrolling = false;
    stmt->row_number = wanted;
    *end = rows->count == 0;
    if (*end)
        return SQLI_OK;
    if (rows->number)
        stmt->row_number = rows->number;
    stmt->has_row = true;
    return sqli__row_bind(&stmt->prepared->shape, sqli__buffer_view(&rows->bytes), &stmt->row,
                          &stmt->conn->error);
}

static enum sqli_status go(struct sqli_stmt *stmt, enum sqli_scroll_kind kind, int64_t target,
                           bool *end)
{
    sqli__statement_leave_row(stmt);
    if (!stmt->scrolling && kind == SQLI_SCROLL_ABSOLUTE && (target < 1 || target > INT32_MAX)) {
        stmt->row_number = target < 1 ? 0 : stmt->row_number;
        *end = true;
        return SQLI_OK;
    }
    if (!stmt->scrolling)
        SQLI_TRY(submit(stmt, kind, (int32_t)target));
    return arrive(stmt, target, end);
}

enum sqli_status sqli__scroll_next(struct sqli_stmt *stmt, bool *end)
{
    return go(stmt, SQLI_SCROLL_ABSOLUTE, stmt->row_number + 1, end);
}

/* --- sqli_scroll --- */

struct scroll {
    struct sqli_stmt *stmt;
    int to;
    int64_t offset;
    bool row;
};

/* The row that a move ends at; false where only the server knows how many there are. */
static bool target_row(const struct scroll *s, int64_t *row)
{
    int64_t at = s->stmt->row_number;
    switch (s->to) {
    case SQLI_TO_NEXT: *row = at + 1; return true;
    case SQLI_TO_PRIOR: *row = at - 1; return true;
    case SQLI_TO_FIRST: *row = 1; return true;
    case SQLI_TO_RELATIVE: *row = at + s->offset; return true;
    case SQLI_TO_ABSOLUTE: *row = s->offset; return s->offset >= 0;
    default: return false;
    }
}

/* From the end: to the last row, whose number says where the wanted one is. */
static enum sqli_status from_end(struct scroll *s, bool *end)
{
    struct sqli_stmt *stmt = s->stmt;
    if (!stmt->last_seen) {
        SQLI_TRY(go(stmt, SQLI_SCROLL_LAST, 0, end));
        stmt->last_seen = true;
        if (*end || s->to == SQLI_TO_LAST || s->offset == -1) {
            stmt->last_seen = false;
            return SQLI_OK;
        }
        stmt->last_row = stmt->row_number;
    }
    SQLI_TRY(go(stmt, SQLI_SCROLL_ABSOLUTE, stmt->last_row + 1 + s->offset, end));
    stmt->last_seen = false;
    return SQLI_OK;
}

static enum sqli_status advance(void *context)
{
    struct scroll *s = context;
    struct sqli_stmt *stmt = s->stmt;
    int64_t row;
    bool end = false;
    if (stmt->state != SQLI_STATE_RUNNING || stmt->task.waiting || stmt->task.failed)
        SQLI_TRY(sqli__statement_open(stmt));
    SQLI_TRY(target_row(s, &row) ? go(stmt, SQLI_SCROLL_ABSOLUTE, row, &end) : from_end(s, &end));
    s->row = !end;
    return SQLI_OK;
}

int sqli_scroll(sqli_stmt *stmt, int to, int64_t offset)
{
    struct scroll s = {.stmt = stmt, .to = to, .offset = offset};
    SQLI_TRY_ENTER(sqli_connection(stmt), true);
    struct sqli_error *error = &stmt->conn->error;
    enum sqli_status status;
    if (!(stmt->flags & SQLI_SCROLL))
        status = sqli__fail(error, SQLI_E_STATE, "the statement was prepared without SQLI_SCROLL");
    else if (to < SQLI_TO_NEXT || to > SQLI_TO_ABSOLUTE)
        status = sqli__fail(error, SQLI_E_ARGUMENT, "to %d", to);
    else
        status = sqli__drive(stmt->conn, advance, &s);
    if (status == SQLI_FAIL)
        sqli__result_reset(stmt);
    int result = sqli__leave(stmt->conn, status);
    return result != SQLI_OK ? result : s.row ? SQLI_ROW : SQLI_DONE;
}
