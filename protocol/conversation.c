#include "protocol/conversation.h"

void sqli__conversation_init(struct sqli_conversation *conversation, size_t limit,
                             sqli_on_message *on_message, void *context)
{
    *conversation = (struct sqli_conversation){.on_message = on_message, .context = context};
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++) {
        sqli__decoder_init(&conversation->decoders[d], d, true);
        conversation->decoders[d].limit = limit;
        sqli__buffer_init(&conversation->pending[d], limit);
    }
}

void sqli__conversation_free(struct sqli_conversation *conversation)
{
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++) {
        sqli__decoder_free(&conversation->decoders[d]);
        sqli__buffer_free(&conversation->pending[d]);
    }
}

/* The answer to PROTOCOLS settles the framing of everything behind it. */
static void learn(struct sqli_conversation *c, enum sqli_direction direction,
                  const struct sqli_message *message)
{
    if (message->id != SQLI_MSG_PROTOCOLS)
        return;
    c->offers[direction] = sqli__caps_from_mask(message->as.bytes);
    if (direction == SQLI_TO_SERVER)
        return;
    struct sqli_caps agreed =
        sqli__caps_both(&c->offers[SQLI_TO_SERVER], &c->offers[SQLI_TO_CLIENT]);
    c->decoders[SQLI_TO_SERVER].caps = agreed;
    c->decoders[SQLI_TO_CLIENT].caps = agreed;
}

static enum sqli_status next_message(struct sqli_conversation *c, enum sqli_direction direction,
                                     struct sqli_span bytes, size_t *used, struct sqli_error *error)
{
    struct sqli_message message;
    struct sqli_decoder *decoder = &c->decoders[direction];
    SQLI_TRY(sqli__decode(decoder, bytes, &message, used, error));
    struct sqli_caps caps = decoder->caps;
    learn(c, direction, &message);
    return c->on_message(c->context, direction, &message, sqli__span(bytes.data, *used), &caps,
                         error);
}

/* All messages that are whole. */
static enum sqli_status drain(struct sqli_conversation *c, enum sqli_direction direction,
                              struct sqli_error *error)
{
    struct sqli_buffer *pending = &c->pending[direction];
    size_t done = 0;
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && done < pending->length) {
        size_t used = 0;
        struct sqli_span rest = sqli__span(pending->data + done, pending->length - done);
        status = next_message(c, direction, rest, &used, error);
        done += used;
    }
    sqli__buffer_consume(pending, done);
    return status == SQLI_MORE ? SQLI_OK : status;
}

/* In pieces that fit, so that the limit is one of messages and not of feeds. */
enum sqli_status sqli__conversation_feed(struct sqli_conversation *conversation,
                                         enum sqli_direction direction, struct sqli_span bytes,
                                         struct sqli_error *error)
{
    struct sqli_buffer *pending = &conversation->pending[direction];
    while (bytes.length > 0) {
        size_t room = pending->limit - pending->length;
        size_t size = room > 0 && room < bytes.length ? room : bytes.length;
        sqli__buffer_append(pending, bytes.data, size);
        SQLI_TRY(sqli__buffer_status(pending, error));
        SQLI_TRY(drain(conversation, direction, error));
        bytes = sqli__span(bytes.data + size, bytes.length - size);
    }
    return SQLI_OK;
}
