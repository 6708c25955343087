/* Parameters that are read from streams while the statement is being sent.
 *
 * The values go in chunks, and EXECUTE comes behind them. When a stream gives up or ends early, its
 * value is ended where it is and EXECUTE is left out, so that the server has nothing to do: nothing
 * is changed, and the connection is as good as before. (That a real server takes a BIND which
 * nothing executes was not seen: no client of the captures has sent one.) The bytes of a TEXT go as
 * they are, in the code set of the database. */
#include "client/stream.h"

#include "base/alloc.h"

enum {
    CHUNK = 1024,      /* the longest that clients were seen to send */
    ROOM = 64 << 10,   /* that a stream is asked to fill */
    AHEAD = 256 << 10, /* bytes that are said, but not sent */
};

struct sqli_sending {
    size_t place;  /* of the placeholder whose value is being said */
    uint64_t done; /* bytes of it that are */
    bool failed;   /* EXECUTE is not to be said */
    uint8_t room[ROOM];
};

/* --- binding --- */

enum sqli_status sqli__stream_copy(const struct sqli_stream *from, struct sqli_stream *to,
                                   struct sqli_error *error)
{
    *to = (struct sqli_stream){0};
    if (!from || from->size < sizeof *from)
        return sqli__fail(error, SQLI_E_ARGUMENT, "the size of struct sqli_stream");
    *to = *from;
    return SQLI_OK;
}

static enum sqli_status bind_stream(struct sqli_stmt *stmt, int parameter, int type,
                                    uint64_t length, const struct sqli_stream *given)
{
    struct sqli_error *error = &stmt->conn->error;
    struct sqli_stream stream;
    struct sqli_binding *b = sqli__binding_of(stmt, parameter);
    if (!b)
        return SQLI_FAIL;
    SQLI_TRY(sqli__stream_copy(given, &stream, error));
    if (!stream.read)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a stream that cannot be read");
    if (type != SQLI_BYTE && type != SQLI_TEXT)
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "a stream for type %d", type);
    if (length > INT32_MAX)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "BYTE and TEXT have up to %d bytes", INT32_MAX);
    struct sqli_simple_lob descriptor;
    sqli__simple_lob_make_bind(&descriptor, (uint32_t)length);
    sqli__buffer_append(&b->data, descriptor.bytes, sizeof descriptor.bytes);
    SQLI_TRY(sqli__buffer_status(&b->data, error));
    b->type = (struct sqli_type){.code = type == SQLI_BYTE ? SQLI_TYPE_BYTE : SQLI_TYPE_TEXT};
    b->length = sizeof descriptor.bytes;
    b->stream = stream;
    b->stream_length = length;
    b->set = true;
    return SQLI_OK;
}

int sqli_bind_stream(sqli_stmt *stmt, int parameter, int type, uint64_t length,
                     const struct sqli_stream *stream)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    return sqli__leave(stmt->conn, bind_stream(stmt, parameter, type, length, stream));
}

/* --- beginning --- */

static const struct sqli_binding *binding_at(const struct sqli_stmt *stmt, size_t place)
{
    return &stmt->bindings[stmt->placeholders.items[place].parameter];
}

bool sqli__streams_any(const struct sqli_stmt *stmt)
{
    for (size_t i = 0; i < stmt->placeholders.parameters; i++)
        if (stmt->bindings[i].stream.read)
            return true;
    return false;
}

/* A stream can be read once. */
static enum sqli_status check(const struct sqli_stmt *stmt)
{
    struct sqli_error *error = &stmt->conn->error;
    if (sqli__statement_gives_rows(stmt))
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "a stream for a statement that gives rows");
    for (size_t i = 0; i < stmt->placeholders.count; i++)
        for (size_t j = 0; binding_at(stmt, i)->stream.read && j < i; j++)
            if (binding_at(stmt, i) == binding_at(stmt, j))
                return sqli__fail(error, SQLI_E_UNSUPPORTED,
                                  "a stream for a parameter that stands several times");
    return SQLI_OK;
}

enum sqli_status sqli__stream_ready(const struct sqli_stmt *stmt)
{
    if (!sqli__streams_any(stmt))
        return SQLI_OK;
    SQLI_TRY(check(stmt));
    return sqli__link_speaking(&stmt->conn->link) ? SQLI_MORE : SQLI_OK;
}

enum sqli_status sqli__stream_submit(struct sqli_stmt *stmt)
{
    struct sqli_sending *s = sqli__alloc_zeroed(1, sizeof *s);
    if (!s)
        stmt->conn->link.out.failed = SQLI_E_NO_MEMORY;
    enum sqli_status status = sqli__task_submit_part(&stmt->task, sqli__execute_reply);
    if (status)
        sqli__free(s);
    else
        stmt->sending = s;
    return status;
}

/* --- saying --- */

static void give_up(struct sqli_stmt *stmt, int code, const char *what)
{
    struct sqli_error error;
    int parameter = stmt->placeholders.items[stmt->sending->place].parameter + 1;
    stmt->sending->failed = true;
    sqli__fail(&error, code, "parameter %d: %s", parameter, what);
    sqli__task_fail(&stmt->task, &error);
}

static void say_chunk(struct sqli_link *link, struct sqli_span bytes)
{
    sqli__link_say(link, &(struct sqli_message){.id = SQLI_MSG_BLOB, .as.bytes = bytes});
}

/* The next bytes of a value, from the stream or from memory; 0 when it has no more, or gave up. */
static size_t next_bytes(struct sqli_stmt *stmt, const struct sqli_binding *b)
{
    struct sqli_sending *s = stmt->sending;
    uint64_t length = b->stream.read ? b->stream_length : b->data.length - b->length;
    size_t size = length - s->done < ROOM ? (size_t)(length - s->done) : ROOM;
    if (size == 0)
        return 0;
    if (!b->stream.read) {
        memcpy(s->room, b->data.data + b->length + s->done, size);
        return size;
    }
    ptrdiff_t got = b->stream.read(b->stream.context, s->room, size);
    if (got > 0 && (size_t)got <= size)
        return (size_t)got;
    give_up(stmt, SQLI_E_INPUT_OUTPUT,
            got == 0 ? "the stream ended early" : "the program's stream gave up");
    return 0;
}

/* Says some of the present value; at its end the empty chunk, and the next one begins. */
static void say_some(struct sqli_stmt *stmt)
{
    struct sqli_sending *s = stmt->sending;
    struct sqli_link *link = &stmt->conn->link;
    const struct sqli_binding *b = binding_at(stmt, s->place);
    size_t size = 0;
    if (!sqli__is_simple_lob(b)) {
        s->place++;
        return;
    }
    if (!s->failed)
        size = next_bytes(stmt, b);
    for (size_t at = 0; at < size; at += CHUNK)
        say_chunk(link, sqli__span(s->room + at, size - at < CHUNK ? size - at : CHUNK));
    s->done += size;
    if (size == 0) {
        say_chunk(link, sqli__span(s->room, 0));
        s->place++;
        s->done = 0;
    }
}

static enum sqli_status finish(struct sqli_stmt *stmt)
{
    struct sqli_link *link = &stmt->conn->link;
    if (!stmt->sending->failed)
        sqli__link_say(link, &(struct sqli_message){.id = SQLI_MSG_EXECUTE});
    sqli__link_finish(link);
    sqli__free(stmt->sending);
    stmt->sending = NULL;
    return sqli__buffer_status(&link->inner, &stmt->conn->error);
}

/* The connection cannot go on without the rest. */
static void break_off(struct sqli_stmt *stmt)
{
    struct sqli_error error;
    sqli__fail(&error, SQLI_E_CONNECTION_CLOSED, "a parameter was sent in part");
    sqli__free(stmt->sending);
    stmt->sending = NULL;
    sqli__link_close(&stmt->conn->link, &error);
}

enum sqli_status sqli__stream_advance(struct sqli_stmt *stmt)
{
    struct sqli_sending *s = stmt->sending;
    struct sqli_link *link = &stmt->conn->link;
    if (link->closed) {
        sqli__free(s);
        stmt->sending = NULL;
        return SQLI_OK;
    }
    if (!sqli__link_may_say(link, &stmt->task))
        return stmt->task.waiting ? sqli__task_settle(&stmt->task) : SQLI_MORE;
    if (stmt->task.waiting == 0)
        s->failed = true; /* the server has answered already: it does not want the rest */
    if (!s->failed && sqli__is_cancelled(stmt->conn))
        give_up(stmt, SQLI_E_INTERRUPTED, "cancelled");
    while (s->place < stmt->placeholders.count) {
        if (sqli__link_unsent(link) >= AHEAD)
            return stmt->task.waiting ? sqli__task_settle(&stmt->task) : SQLI_MORE;
        say_some(stmt);
    }
    enum sqli_status status = finish(stmt);
    if (status)
        sqli__link_close(link, &stmt->conn->error);
    return status;
}

void sqli__stream_stop(struct sqli_stmt *stmt)
{
    struct sqli_link *link = &stmt->conn->link;
    if (!stmt->sending)
        return;
    stmt->sending->failed = true;
    if (!link->closed && !sqli__link_may_say(link, &stmt->task)) {
        break_off(stmt);
        return;
    }
    while (!link->closed && stmt->sending->place < stmt->placeholders.count)
        say_some(stmt);
    if (link->closed) {
        sqli__free(stmt->sending);
        stmt->sending = NULL;
    } else if (finish(stmt)) {
        sqli__link_close(link, &stmt->conn->error);
    }
}
