/* A growing buffer with a hard maximum that remembers its failure.
 *
 * Once an append fails (no memory, or the limit reached) every later append does nothing, so a
 * writer appends a whole message without checking and asks once at the end. What was appended
 * before the failure is still there, but is not a whole message any more. */
#ifndef SQLI_BASE_BUFFER_H
#define SQLI_BASE_BUFFER_H

#include "base/bytes.h"
#include "base/error.h"

struct sqli_buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t limit;   /* length never exceeds it */
    int32_t failed; /* 0, or the error code of the first failure */
};

void sqli__buffer_init(struct sqli_buffer *buffer, size_t limit);
void sqli__buffer_free(struct sqli_buffer *buffer); /* and ready for use again, same limit */

/* Room for `size` bytes behind the present end, or NULL. The bytes count once they are added with
 * sqli__buffer_advance; what is not advanced over is lost at the next append. */
uint8_t *sqli__buffer_reserve(struct sqli_buffer *buffer, size_t size);
void sqli__buffer_advance(struct sqli_buffer *buffer, size_t size);

void sqli__buffer_append(struct sqli_buffer *buffer, const void *data, size_t size);
void sqli__buffer_span(struct sqli_buffer *buffer, struct sqli_span span);
void sqli__buffer_text(struct sqli_buffer *buffer, const char *text);
void sqli__buffer_fill(struct sqli_buffer *buffer, int byte, size_t count);
void sqli__buffer_byte(struct sqli_buffer *buffer, uint8_t v);
void sqli__buffer_16(struct sqli_buffer *buffer, uint16_t v);
void sqli__buffer_32(struct sqli_buffer *buffer, uint32_t v);
void sqli__buffer_64(struct sqli_buffer *buffer, uint64_t v);
void sqli__buffer_format(struct sqli_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void sqli__buffer_truncate(struct sqli_buffer *buffer, size_t length); /* clears no failure */
void sqli__buffer_clear(struct sqli_buffer *buffer);                /* empties, forgets failure */
void sqli__buffer_consume(struct sqli_buffer *buffer, size_t size); /* drops from the front */

/* SQLI_OK, or the remembered failure put into *error. */
enum sqli_status sqli__buffer_status(const struct sqli_buffer *buffer, struct sqli_error *error);

static inline struct sqli_span sqli__buffer_view(const struct sqli_buffer *buffer)
{
    return sqli__span(buffer->data, buffer->length);
}

#endif
