#include "tests/peer/reel.h"

#include "base/alloc.h"
#include "protocol/conversation.h"

enum { MESSAGE_LIMIT = 2 * SQLI_WIRE_LENGTH_MAX, FIRST_ENDS = 64 };
static const size_t reel_limit = (size_t)1 << 32;

struct preparation {
    struct peer_reel *reel;
    struct sqli_conversation conversation;
    size_t parsed; /* bytes of the server that were whole messages */
    bool exiting;  /* the last reply was the one to EXIT; an EOT may follow, but need not */
};

bool peer_ends_request(const struct sqli_message *message)
{
    return message->id == SQLI_MSG_EOT || message->id == SQLI_MSG_EXIT ||
           message->id == SQLI_MSG_LOGIN_REQUEST || message->id == SQLI_MSG_LOGIN_REPLY;
}

static enum sqli_status add_end(struct peer_reel *reel, size_t end, struct sqli_error *error)
{
    if (reel->count == reel->capacity) {
        size_t capacity = reel->capacity ? reel->capacity * 2 : FIRST_ENDS;
        size_t *ends = sqli__realloc(reel->ends, capacity * sizeof *ends);
        if (!ends)
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        reel->ends = ends;
        reel->capacity = capacity;
    }
    reel->ends[reel->count++] = end;
    return SQLI_OK;
}

static enum sqli_status from_server(struct preparation *p, const struct sqli_message *message,
                                    struct sqli_error *error)
{
    struct peer_reel *reel = p->reel;
    if (message->id == SQLI_MSG_PROTOCOLS)
        reel->offer = sqli__caps_from_mask(message->as.bytes);
    if (!peer_ends_request(message))
        return SQLI_OK;
    if (p->exiting) {
        reel->ends[reel->count - 1] = p->parsed;
        return SQLI_OK;
    }
    p->exiting = message->id == SQLI_MSG_EXIT;
    reel->hangs_up = p->exiting || (message->id == SQLI_MSG_LOGIN_REPLY &&
                                    message->as.login_reply.header.type != SQLI_LOGIN_ACCEPT);
    return add_end(reel, p->parsed, error);
}

static enum sqli_status on_message(void *context, enum sqli_direction direction,
                                   const struct sqli_message *message, struct sqli_span bytes,
                                   const struct sqli_caps *caps, struct sqli_error *error)
{
    struct preparation *p = context;
    (void)caps;
    if (direction == SQLI_TO_CLIENT) {
        p->parsed += bytes.length;
        return from_server(p, message, error);
    }
    p->reel->asked += peer_ends_request(message);
    return SQLI_OK;
}

static enum sqli_status add_entry(struct preparation *p, const struct peer_recording *recording,
                                  const struct peer_entry *entry, struct sqli_error *error)
{
    struct sqli_error why;
    struct sqli_buffer *all =
        entry->direction == SQLI_TO_SERVER ? &p->reel->requests : &p->reel->replies;
    sqli__buffer_span(all, entry->bytes);
    SQLI_TRY(sqli__buffer_status(all, error));
    if (sqli__conversation_feed(&p->conversation, entry->direction, entry->bytes, &why) == SQLI_OK)
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_ARGUMENT, "%s:%zu: %s", recording->name, entry->line,
                      why.message);
}

/* A recording that was cut in the middle of a reply is played to its last byte. */
static enum sqli_status close_reel(struct peer_reel *reel, struct sqli_error *error)
{
    size_t end = reel->count ? reel->ends[reel->count - 1] : 0;
    if (end == reel->replies.length)
        return SQLI_OK;
    reel->hangs_up = true;
    return add_end(reel, reel->replies.length, error);
}

static enum sqli_status prepare(const struct peer_recording *recording, uint32_t number,
                                struct peer_reel *reel, struct sqli_error *error)
{
    struct preparation p = {.reel = reel};
    enum sqli_status status = SQLI_OK;
    sqli__buffer_init(&reel->requests, reel_limit);
    sqli__buffer_init(&reel->replies, reel_limit);
    sqli__conversation_init(&p.conversation, MESSAGE_LIMIT, on_message, &p);
    for (size_t i = 0; i < recording->count && status == SQLI_OK; i++) {
        const struct peer_entry *entry = &recording->entries[i];
        if (entry->connection == number && entry->kind == PEER_ENTRY_BYTES)
            status = add_entry(&p, recording, entry, error);
    }
    sqli__conversation_free(&p.conversation);
    return status == SQLI_OK ? close_reel(reel, error) : status;
}

enum sqli_status peer_reels_prepare(const struct peer_recording *recording, int64_t only,
                                    struct peer_reel **reels, struct sqli_error *error)
{
    enum sqli_status status = SQLI_OK;
    *reels = sqli__alloc_zeroed(recording->connections, sizeof **reels);
    if (!*reels)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (uint32_t i = 0; i < recording->connections && status == SQLI_OK; i++)
        if (only == 0 || only == i + 1)
            status = prepare(recording, i + 1, &(*reels)[i], error);
    if (status != SQLI_OK) {
        peer_reels_free(*reels, recording->connections);
        *reels = NULL;
    }
    return status;
}

void peer_reels_free(struct peer_reel *reels, uint32_t count)
{
    for (uint32_t i = 0; reels && i < count; i++) {
        sqli__buffer_free(&reels[i].requests);
        sqli__buffer_free(&reels[i].replies);
        sqli__free(reels[i].ends);
    }
    sqli__free(reels);
}
