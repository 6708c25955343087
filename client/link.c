/* The conversation with a server, without sockets. */
#include "client/link.h"

#include "base/alloc.h"
#include "value/codeset.h"

enum { SINKS_FIRST = 16 };

void sqli__link_init(struct sqli_link *link, size_t message_limit)
{
    *link = (struct sqli_link){.offer = sqli__caps_client, .login = true};
    sqli__decoder_init(&link->decoder, SQLI_TO_CLIENT, true);
    if (message_limit)
        link->decoder.limit = message_limit;
    sqli__buffer_init(&link->out, SQLI_LINK_OUT_MAX);
    sqli__buffer_init(&link->inner, SQLI_LINK_OUT_MAX);
    sqli__buffer_init(&link->in, 2 * link->decoder.limit);
}

void sqli__link_free(struct sqli_link *link)
{
    if (!link->closed) {
        struct sqli_error error;
        sqli__fail(&error, SQLI_E_CONNECTION_CLOSED, NULL);
        sqli__link_close(link, &error);
    }
    sqli__decoder_free(&link->decoder);
    sqli__buffer_free(&link->out);
    sqli__buffer_free(&link->inner);
    sqli__buffer_free(&link->in);
    sqli__free(link->sinks);
    link->sinks = NULL;
}

/* --- requests --- */

static void add(struct sqli_link *link, const struct sqli_message *message, struct sqli_buffer *out)
{
    if (link->closed || out->failed)
        return;
    struct sqli_error error;
    if (sqli__encode(message, SQLI_TO_SERVER, &link->decoder.caps, out, &error)) {
        if (!out->failed)
            out->failed = error.code;
    }
}

void sqli__link_add(struct sqli_link *link, const struct sqli_message *message)
{
    add(link, message, &link->out);
}

void sqli__link_tag(struct sqli_link *link, enum sqli_message_id id)
{
    sqli__link_add(link, &(struct sqli_message){.id = (uint16_t)id});
}

void sqli__link_id(struct sqli_link *link, int16_t statement)
{
    sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_ID, .as.id_number = statement});
}

static enum sqli_status grow_ring(struct sqli_link *link, struct sqli_error *error)
{
    if (link->sink_count < link->sink_room)
        return SQLI_OK;
    if (link->sink_room >= SQLI_LINK_SINKS_MAX)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "%d requests without an answer",
                          (int)SQLI_LINK_SINKS_MAX);
    uint32_t room = link->sink_room ? 2 * link->sink_room : SINKS_FIRST;
    struct sqli_request *sinks = sqli__alloc_zeroed(room, sizeof *sinks);
    if (!sinks)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (uint32_t i = 0; link->sink_room && i < link->sink_count; i++)
        sinks[i] = link->sinks[(link->sink_first + i) % link->sink_room];
    sqli__free(link->sinks);
    link->sinks = sinks;
    link->sink_room = room;
    link->sink_first = 0;
    return SQLI_OK;
}

/* What was added since the last request. */
static void drop_request(struct sqli_link *link)
{
    link->out.failed = 0;
    link->alone = false;
    sqli__buffer_truncate(&link->out, link->request);
}

static enum sqli_status queue(struct sqli_link *link, const struct sqli_sink *sink,
                              struct sqli_error *error)
{
    enum sqli_status status = SQLI_OK;
    if (link->closed) {
        if (error)
            *error = link->error;
        status = SQLI_FAIL;
    }
    if (status == SQLI_OK)
        status = sqli__buffer_status(&link->out, error);
    if (status == SQLI_OK)
        status = grow_ring(link, error);
    if (status) {
        drop_request(link);
        return status;
    }
    link->request = link->out.length;
    link->sinks[(link->sink_first + link->sink_count++) % link->sink_room] = (struct sqli_request){
        .sink = *sink, .end = link->gone + link->request, .alone = link->alone};
    link->alone_count += link->alone;
    link->alone = false;
    link->requests++;
    return SQLI_OK;
}

enum sqli_status sqli__link_submit(struct sqli_link *link, const struct sqli_sink *sink,
                                   struct sqli_error *error)
{
    sqli__link_tag(link, SQLI_MSG_EOT);
    return queue(link, sink, error);
}

enum sqli_status sqli__link_login(struct sqli_link *link, const struct sqli_login_request *request,
                                  const struct sqli_sink *sink, struct sqli_error *error)
{
    sqli__link_add(
        link, &(struct sqli_message){.id = SQLI_MSG_LOGIN_REQUEST, .as.login_request = *request});
    return queue(link, sink, error);
}

void sqli__link_orphan(struct sqli_link *link, const void *context)
{
    for (uint32_t i = 0; i < link->sink_count; i++) {
        struct sqli_sink *sink = &link->sinks[(link->sink_first + i) % link->sink_room].sink;
        if (sink->context == context)
            *sink = (struct sqli_sink){0};
    }
}

void sqli__link_late(struct sqli_link *link, const void *context,
                     void (*end)(void *context, enum sqli_status status,
                                 const struct sqli_error *error))
{
    for (uint32_t i = link->sink_count; i-- > 0;) {
        struct sqli_sink *sink = &link->sinks[(link->sink_first + i) % link->sink_room].sink;
        if (sink->context == context) {
            sink->end = end;
            return;
        }
    }
}

void sqli__link_exit(struct sqli_link *link)
{
    drop_request(link);
    sqli__link_tag(link, SQLI_MSG_EXIT);
    link->request = link->out.length;
}

/* --- requests that travel alone --- */

void sqli__link_alone(struct sqli_link *link)
{
    link->alone = true;
}

enum sqli_status sqli__link_submit_part(struct sqli_link *link, const struct sqli_sink *sink,
                                        struct sqli_error *error)
{
    link->alone = true;
    SQLI_TRY(queue(link, sink, error));
    link->speaker = sink->context;
    link->speaker_at = link->gone + link->request;
    return SQLI_OK;
}

bool sqli__link_speaking(const struct sqli_link *link)
{
    return link->speaker != NULL;
}

bool sqli__link_may_say(struct sqli_link *link, const void *context)
{
    if (link->speaker != context || link->gone + link->taken != link->speaker_at)
        return false;
    if (sqli__link_unsent(link) && link->inner_at != link->speaker_at)
        return false;
    link->inner_at = link->speaker_at;
    return true;
}

void sqli__link_say(struct sqli_link *link, const struct sqli_message *message)
{
    add(link, message, &link->inner);
}

size_t sqli__link_unsent(const struct sqli_link *link)
{
    return link->inner.length - link->inner_taken;
}

void sqli__link_finish(struct sqli_link *link)
{
    sqli__link_say(link, &(struct sqli_message){.id = SQLI_MSG_EOT});
    link->speaker = NULL;
}

/* Where in `out` what may be sent ends. */
static size_t sendable(const struct sqli_link *link)
{
    uint64_t end = link->gone + link->request;
    if (link->speaker && link->speaker_at < end)
        end = link->speaker_at;
    for (uint32_t i = 0; link->alone_count && i < link->sink_count; i++) {
        const struct sqli_request *r = &link->sinks[(link->sink_first + i) % link->sink_room];
        if (!r->alone)
            continue;
        if (r->end < end)
            end = r->end;
        break;
    }
    return (size_t)(end - link->gone);
}

static bool inner_is_due(const struct sqli_link *link)
{
    return sqli__link_unsent(link) && link->gone + link->taken == link->inner_at;
}

/* The server asks for a file. What was sent behind the request it would take for the answer. */
static enum sqli_status on_file(struct sqli_link *link, struct sqli_error *error)
{
    struct sqli_request *r = &link->sinks[link->sink_first];
    if (link->gone + link->taken > r->end || sqli__link_unsent(link))
        return sqli__fail(error, SQLI_E_FILE_REFUSED, "other requests were sent meanwhile");
    link->alone_count += !r->alone;
    r->alone = true;
    link->asked = true;
    link->inner_at = r->end;
    return SQLI_OK;
}

/* It is our turn; the sink answers. */
static enum sqli_status on_turn(struct sqli_link *link, const struct sqli_message *message,
                                struct sqli_error *error)
{
    const struct sqli_sink *sink = &link->sinks[link->sink_first].sink;
    link->asked = false;
    SQLI_TRY(sink->message ? sink->message(sink->context, message, error) : SQLI_OK);
    SQLI_TRY(sqli__buffer_status(&link->inner, error));
    return sqli__link_unsent(link)
               ? SQLI_OK
               : sqli__fail(error, SQLI_E_FILE_REFUSED, "nobody is there to answer");
}

/* --- replies --- */

static void end_reply(struct sqli_link *link, enum sqli_status status,
                      const struct sqli_error *error)
{
    struct sqli_sink sink = link->sinks[link->sink_first].sink;
    link->alone_count -= link->sinks[link->sink_first].alone;
    link->asked = false;
    link->sink_first = (link->sink_first + 1) % link->sink_room;
    link->sink_count--;
    link->replies++;
    link->reply_failed = false;
    if (sink.end)
        sink.end(sink.context, status, error);
}

void sqli__link_close(struct sqli_link *link, const struct sqli_error *error)
{
    if (link->closed)
        return;
    link->closed = true;
    link->error = *error;
    sqli__buffer_clear(&link->out);
    link->request = link->taken = 0;
    sqli__buffer_clear(&link->inner);
    link->inner_taken = 0;
    link->speaker = NULL;
    link->asked = link->alone = false;
    while (link->sink_count)
        end_reply(link, SQLI_FAIL, &link->error);
}

/* The text of an error is in the code set of the database. */
static void keep_error(struct sqli_link *link, const struct sqli_err *err)
{
    struct sqli_buffer text;
    struct sqli_span near = err->text;
    sqli__buffer_init(&text, 4 * near.length + 16);
    if (link->codeset && !sqli__codeset_same(link->codeset, near) &&
        sqli__codeset_to_utf8(link->codeset, near, &text, NULL) == SQLI_OK)
        near = sqli__buffer_view(&text);
    sqli__fail_server(&link->reply_error, err->code, err->isam, err->offset, near);
    sqli__buffer_free(&text);
    link->reply_failed = true;
}

static enum sqli_status on_message(struct sqli_link *link, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    if (message->id == SQLI_MSG_XACTSTAT)
        return SQLI_OK;
    if (message->id == SQLI_MSG_EXIT)
        return sqli__fail(error, SQLI_E_CONNECTION_LOST, "the server has ended it");
    if (link->sink_count == 0)
        return sqli__fail(error, SQLI_E_PROTOCOL, "%s without a request",
                          sqli__message_info((enum sqli_message_id)message->id)->name);
    struct sqli_sink *sink = &link->sinks[link->sink_first].sink;
    if (message->id == SQLI_MSG_EOT && link->asked)
        return on_turn(link, message, error);
    if (message->id == SQLI_MSG_FILE)
        SQLI_TRY(on_file(link, error));
    if (message->id == SQLI_MSG_EOT) {
        struct sqli_error copy = link->reply_error;
        bool failed = link->reply_failed;
        end_reply(link, failed ? SQLI_FAIL : SQLI_OK, failed ? &copy : NULL);
        return SQLI_OK;
    }
    if (message->id == SQLI_MSG_ERR) {
        keep_error(link, &message->as.err);
        return SQLI_OK;
    }
    SQLI_TRY(sink->message ? sink->message(sink->context, message, error) : SQLI_OK);
    if (message->id == SQLI_MSG_LOGIN_REPLY)
        end_reply(link, SQLI_OK, NULL);
    return SQLI_OK;
}

/* --- bytes --- */

struct sqli_span sqli__link_take(const struct sqli_link *link)
{
    if (inner_is_due(link))
        return sqli__span(link->inner.data + link->inner_taken, sqli__link_unsent(link));
    return sqli__span(link->out.data ? link->out.data + link->taken : NULL,
                      sendable(link) - link->taken);
}

/* What is sent leaves the buffer when that is cheap. */
void sqli__link_taken(struct sqli_link *link, size_t size)
{
    if (inner_is_due(link)) {
        link->inner_taken += size;
        if (link->inner_taken >= link->inner.length / 2) {
            sqli__buffer_consume(&link->inner, link->inner_taken);
            link->inner_taken = 0;
        }
        return;
    }
    link->taken += size;
    if (link->taken < link->request && link->taken < link->out.length / 2)
        return;
    sqli__buffer_consume(&link->out, link->taken);
    link->request -= link->taken;
    link->gone += link->taken;
    link->taken = 0;
}

uint8_t *sqli__link_room(struct sqli_link *link, size_t size)
{
    if (link->decoded) {
        sqli__buffer_consume(&link->in, link->decoded);
        link->decoded = 0;
    }
    return sqli__buffer_reserve(&link->in, size);
}

/* Whole messages from what has come. */
static enum sqli_status decode_all(struct sqli_link *link, struct sqli_error *error)
{
    while (link->decoded < link->in.length && !link->closed) {
        struct sqli_message message;
        size_t used;
        struct sqli_span rest =
            sqli__span(link->in.data + link->decoded, link->in.length - link->decoded);
        enum sqli_status status = sqli__decode(&link->decoder, rest, &message, &used, error);
        if (status)
            return status == SQLI_MORE ? SQLI_OK : status;
        link->decoded += used;
        SQLI_TRY(on_message(link, &message, error));
    }
    return SQLI_OK;
}

enum sqli_status sqli__link_received(struct sqli_link *link, size_t size, struct sqli_error *error)
{
    sqli__buffer_advance(&link->in, size);
    enum sqli_status status = decode_all(link, error);
    if (status)
        sqli__link_close(link, error);
    return status;
}
