/* Both directions of one connection, as somebody who listens hears them.
 *
 * Takes bytes of either side in any split and gives whole messages. It knows the login messages by
 * their place and learns from the two PROTOCOLS messages how the rest is framed. The two engines
 * have a decoder of their own; this is for traces, recordings and tests. */
#ifndef SQLI_PROTOCOL_CONVERSATION_H
#define SQLI_PROTOCOL_CONVERSATION_H

#include "protocol/message.h"

/* A whole message and its bytes; both hold during the call. `caps` is what framed it. Anything but
 * SQLI_OK is SQLI_FAIL (with *error filled) and ends the feed. */
typedef enum sqli_status sqli_on_message(void *context, enum sqli_direction direction,
                                         const struct sqli_message *message, struct sqli_span bytes,
                                         const struct sqli_caps *caps, struct sqli_error *error);

struct sqli_conversation {
    sqli_on_message *on_message;
    void *context;
    struct sqli_decoder decoders[2]; /* by enum sqli_direction */
    struct sqli_buffer pending[2];
    struct sqli_caps offers[2]; /* what each side announced */
};

/* `limit` bounds the bytes of one message. */
void sqli__conversation_init(struct sqli_conversation *conversation, size_t limit,
                             sqli_on_message *on_message, void *context);
void sqli__conversation_free(struct sqli_conversation *conversation);

/* After SQLI_FAIL that direction is out of step for good. */
enum sqli_status sqli__conversation_feed(struct sqli_conversation *conversation,
                                         enum sqli_direction direction, struct sqli_span bytes,
                                         struct sqli_error *error);

/* Bytes of a direction that are no whole message yet. */
static inline size_t sqli__conversation_pending(const struct sqli_conversation *conversation,
                                                enum sqli_direction direction)
{
    return conversation->pending[direction].length;
}

#endif
