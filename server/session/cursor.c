/* Cursors: OPEN, the ways to fetch, CLOSE. */
#include "base/alloc.h"
#include "protocol/tuple_write.h"
#include "server/session/reply.h"

/* --- what comes before OPEN --- */

/* Begins the declaration of a cursor; HOLD and SCROLL of an earlier one mean nothing any more. */
enum sqli_status sqli__on_curname(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    struct sqli_span name = message->as.bytes;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    if (name.length > SQLI_CURSOR_NAME_MAX)
        return sqli__fail(error, SQLI_E_NAME_TOO_LONG, NULL);
    if (name.length)
        memcpy(slot->cursor_name, name.data, name.length);
    slot->cursor_name[name.length] = '\0';
    slot->scroll = false;
    slot->hold = false;
    return SQLI_OK;
}

static enum sqli_status set_flag(struct sqli_session *session, size_t flag,
                                 struct sqli_error *error)
{
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    *(bool *)((char *)slot + flag) = true;
    return SQLI_OK;
}

enum sqli_status sqli__on_hold(struct sqli_session *session, const struct sqli_message *message,
                               struct sqli_error *error)
{
    (void)message;
    return set_flag(session, offsetof(struct sqli_slot, hold), error);
}

enum sqli_status sqli__on_scroll(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    (void)message;
    return set_flag(session, offsetof(struct sqli_slot, scroll), error);
}

enum sqli_status sqli__on_autofree(struct sqli_session *session, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    (void)message;
    return set_flag(session, offsetof(struct sqli_slot, autofree), error);
}

/* Lets a server keep what an earlier OPEN made; ours does so anyway. */
enum sqli_status sqli__on_reopen(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    (void)message;
    return sqli__session_slot(session, error) ? SQLI_OK : SQLI_FAIL;
}

/* --- OPEN --- */

/* In an ANSI database every cursor may be updated through, unless it says that it is not. */
static bool gives_single_rows(const struct sqli_session *session,
                              const struct sqli_statement_info *info)
{
    const struct sqli_database_info *database = sqli__engine_database_info(session->engine);
    return info->for_update ||
           (database && database->logging == SQLI_LOGGING_ANSI && !info->read_only);
}

static size_t fixed_row_size(const struct sqli_statement_info *info)
{
    size_t size = 0;
    for (uint32_t i = 0; i < info->column_count; i++) {
        int32_t width = sqli__type_width(&info->columns[i].type);
        if (width < 0)
            return 0;
        size += (size_t)width;
    }
    return size;
}

static void rewind_slot(struct sqli_slot *slot)
{
    slot->ended = false;
    slot->rows = 0;
    slot->position = 0;
    sqli__buffer_clear(&slot->held);
    sqli__put_shape_free(&slot->put);
}

enum sqli_status sqli__on_open(struct sqli_session *session, const struct sqli_message *message,
                               struct sqli_error *error)
{
    (void)message;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    const struct sqli_statement_info *info = sqli__statement_info(slot->statement);
    bool inserts = !info->rows;
    const struct sqli_cursor_options options = {.name = sqli__span_text(slot->cursor_name),
                                                .scroll = slot->scroll,
                                                .hold = slot->hold,
                                                .binary = slot->binary};
    if (info->for_update && slot->scroll)
        return sqli__fail(error, SQLI_E_SCROLL_UPDATE, NULL);
    if (!inserts)
        SQLI_TRY(sqli__bind_complete(slot, error));
    sqli__cursor_close(slot->statement);
    rewind_slot(slot);
    SQLI_TRY(sqli__cursor_open(slot->statement, &options, error));
    slot->scrolls = slot->scroll;
    slot->single = gives_single_rows(session, info);
    slot->row_size = fixed_row_size(info);
    return SQLI_OK;
}

/* --- fetching --- */

static struct sqli_slot *open_slot(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot || sqli__cursor_is_open(slot->statement))
        return slot;
    sqli__fail(error, SQLI_E_CURSOR_NOT_OPEN, "%s", slot->cursor_name);
    return NULL;
}

static size_t buffer_size(int32_t wanted)
{
    if (wanted < 0)
        return 0;
    return wanted < SQLI_FETCH_BUFFER_MAX ? (size_t)wanted : SQLI_FETCH_BUFFER_MAX;
}

/* The row that the last fetch had no room for, or else the next one. */
static enum sqli_status next_row(struct sqli_slot *slot, struct sqli_buffer *out,
                                 struct sqli_error *error)
{
    if (slot->ended)
        return SQLI_MORE;
    if (slot->held.length == 0)
        return sqli__cursor_fetch(slot->statement, out, &slot->rows, error);
    sqli__buffer_span(out, sqli__buffer_view(&slot->held));
    sqli__buffer_clear(&slot->held);
    return SQLI_OK;
}

/* The row that begins at `at` goes into the next reply. */
static enum sqli_status hold_row(struct sqli_slot *slot, struct sqli_buffer *out, size_t at,
                                 struct sqli_error *error)
{
    sqli__buffer_append(&slot->held, out->data + at + SQLI_TUPLE_HEAD, sqli__tuple_size(out, at));
    sqli__buffer_truncate(out, at);
    return sqli__buffer_status(&slot->held, error);
}

/* The functions of a row may talk to the client first (file.c), and so move it. */
static void begin_row(struct sqli_session *session)
{
    session->in_row = true;
    session->row_at = sqli__tuple_begin(session->out);
}

static size_t end_row(struct sqli_session *session)
{
    session->in_row = false;
    return session->row_at;
}

/* Rows while they fit, at least one. SQLI_MORE: that were all. */
static enum sqli_status fetch_rows(struct sqli_session *session, struct sqli_slot *slot,
                                   size_t room, struct sqli_error *error)
{
    struct sqli_buffer *out = session->out;
    size_t sum = 0;
    do {
        begin_row(session);
        enum sqli_status status = next_row(slot, out, error);
        size_t at = end_row(session);
        if (status != SQLI_OK) {
            sqli__buffer_truncate(out, at);
            return status;
        }
        size_t size = sqli__tuple_size(out, at);
        if (sum > 0 && sum + size > room)
            return hold_row(slot, out, at, error);
        sqli__tuple_end(out, at);
        sum += size;
    } while (!slot->single && !out->failed && sum + slot->row_size <= room && sum < room);
    return SQLI_OK;
}

enum sqli_status sqli__on_nfetch(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    struct sqli_slot *slot = open_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    size_t room = buffer_size(message->as.fetch.buffer);
    enum sqli_status status = fetch_rows(session, slot, room, error);
    if (status != SQLI_MORE)
        return status;
    slot->ended = true;
    return sqli__reply_outcome(session, &(struct sqli_result){.rows = slot->rows}, error);
}

/* The row that is meant: 0 for the last, negative where there can be none. */
static int64_t wanted_row(const struct sqli_slot *slot, const struct sqli_fetch *fetch)
{
    int64_t target = fetch->target;
    switch (fetch->kind) {
    case SQLI_SCROLL_NEXT: return target > 0 ? target : slot->position + 1;
    case SQLI_SCROLL_PRIOR: target = slot->position - 1; break;
    case SQLI_SCROLL_FIRST: return 1;
    case SQLI_SCROLL_LAST: return 0;
    case SQLI_SCROLL_RELATIVE: target += slot->position; break;
    case SQLI_SCROLL_ABSOLUTE: break;
    default: return -1;
    }
    return target > 0 ? target : -1;
}

/* One row and its number. */
static enum sqli_status fetch_at(struct sqli_session *session, struct sqli_slot *slot,
                                 int64_t number, struct sqli_error *error)
{
    struct sqli_buffer *out = session->out;
    int64_t row = 0;
    begin_row(session);
    enum sqli_status status =
        number < 0 ? SQLI_MORE : sqli__cursor_fetch_at(slot->statement, number, out, &row, error);
    size_t at = end_row(session);
    if (status != SQLI_OK) {
        sqli__buffer_truncate(out, at);
        return status;
    }
    sqli__tuple_end(out, at);
    slot->position = row;
    if (row > slot->rows)
        slot->rows = row;
    struct sqli_message m = {.id = SQLI_MSG_TUPID};
    m.as.row_number = (int32_t)(row > INT32_MAX ? INT32_MAX : row);
    return sqli__reply(session, &m, error);
}

/* NEXT without a row number wants as many as there is room for. */
static enum sqli_status fetch_following(struct sqli_session *session, struct sqli_slot *slot,
                                        size_t room, struct sqli_error *error)
{
    size_t start = session->out->length;
    do
        SQLI_TRY(fetch_at(session, slot, slot->position + 1, error));
    while (session->out->length - start < room && !session->out->failed);
    return SQLI_OK;
}

enum sqli_status sqli__on_sfetch(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    const struct sqli_fetch *fetch = &message->as.fetch;
    struct sqli_slot *slot = open_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    if (!slot->scrolls)
        return sqli__fail(error, SQLI_E_NOT_SCROLL, "%s", slot->cursor_name);
    int64_t number = wanted_row(slot, fetch);
    enum sqli_status status =
        fetch->kind == SQLI_SCROLL_NEXT && fetch->target <= 0
            ? fetch_following(session, slot, buffer_size(fetch->buffer), error)
            : fetch_at(session, slot, number, error);
    if (status != SQLI_MORE)
        return status;
    if (number > 0)
        slot->position = number;
    struct sqli_result beyond = {.rows = slot->rows, .warnings = SQLI_DONE_NOT_FOUND};
    return sqli__reply_done(session, &beyond, error);
}

/* --- CLOSE --- */

/* Of a cursor that is closed already, by COMMIT for instance, it means nothing. */
enum sqli_status sqli__on_close(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    (void)message;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return sqli__fail(error, SQLI_E_CURSOR_RELEASED, NULL);
    sqli__cursor_close(slot->statement);
    rewind_slot(slot);
    if (slot->autofree)
        sqli__slot_release(session, slot);
    return SQLI_OK;
}
