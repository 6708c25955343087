/* A TUPLE written in place: the head first, the payload appended by whoever makes the row, then
 * size and pad. Rows leave by the million, so they do not go through the table of messages. */
#ifndef SQLI_PROTOCOL_TUPLE_WRITE_H
#define SQLI_PROTOCOL_TUPLE_WRITE_H

#include "base/buffer.h"

enum { SQLI_TUPLE_TAG = 14, SQLI_TUPLE_HEAD = 8 };

/* Where the message begins: for the two functions below, and to drop it by truncating. */
static inline size_t sqli__tuple_begin(struct sqli_buffer *out)
{
    static const uint8_t head[SQLI_TUPLE_HEAD] = {0, SQLI_TUPLE_TAG};
    size_t at = out->length;
    sqli__buffer_append(out, head, sizeof head);
    return at;
}

/* Bytes of the payload so far. */
static inline size_t sqli__tuple_size(const struct sqli_buffer *out, size_t at)
{
    return out->failed ? 0 : out->length - at - SQLI_TUPLE_HEAD;
}

static inline void sqli__tuple_end(struct sqli_buffer *out, size_t at)
{
    size_t size = sqli__tuple_size(out, at);
    if (out->failed)
        return;
    sqli__store32(out->data + at + 4, (uint32_t)size);
    if (size % 2)
        sqli__buffer_byte(out, 0);
}

#endif
