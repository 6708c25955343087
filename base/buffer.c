#include "base/buffer.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>

enum { FIRST_CAPACITY = 256 };

void sqli__buffer_init(struct sqli_buffer *buffer, size_t limit)
{
    *buffer = (struct sqli_buffer){.limit = limit};
}

void sqli__buffer_free(struct sqli_buffer *buffer)
{
    sqli__free(buffer->data);
    sqli__buffer_init(buffer, buffer->limit);
}

/* Doubles, so that n appends cost O(n) copies, but never past the limit. */
static size_t grown_capacity(const struct sqli_buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    if (capacity > buffer->limit)
        capacity = buffer->limit;
    while (capacity < needed)
        capacity = capacity > buffer->limit / 2 ? buffer->limit : capacity * 2;
    return capacity;
}

static bool grow(struct sqli_buffer *buffer, size_t size)
{
    if (size > buffer->limit - buffer->length) {
        buffer->failed = SQLI_E_TOO_LARGE;
        return false;
    }
    size_t capacity = grown_capacity(buffer, buffer->length + size);
    uint8_t *data = sqli__realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = SQLI_E_NO_MEMORY;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

uint8_t *sqli__buffer_reserve(struct sqli_buffer *buffer, size_t size)
{
    if (buffer->failed)
        return NULL;
    if (size > buffer->capacity - buffer->length || !buffer->data)
        if (!grow(buffer, size))
            return NULL;
    return buffer->data + buffer->length;
}

void sqli__buffer_advance(struct sqli_buffer *buffer, size_t size)
{
    if (!buffer->failed)
        buffer->length += size;
}

void sqli__buffer_append(struct sqli_buffer *buffer, const void *data, size_t size)
{
    if (size == 0)
        return;
    uint8_t *room = sqli__buffer_reserve(buffer, size);
    if (!room)
        return;
    memcpy(room, data, size);
    buffer->length += size;
}

void sqli__buffer_span(struct sqli_buffer *buffer, struct sqli_span span)
{
    sqli__buffer_append(buffer, span.data, span.length);
}

void sqli__buffer_text(struct sqli_buffer *buffer, const char *text)
{
    sqli__buffer_append(buffer, text, strlen(text));
}

void sqli__buffer_fill(struct sqli_buffer *buffer, int byte, size_t count)
{
    uint8_t *room = sqli__buffer_reserve(buffer, count);
    if (!room)
        return;
    memset(room, byte, count);
    buffer->length += count;
}

void sqli__buffer_byte(struct sqli_buffer *buffer, uint8_t v)
{
    sqli__buffer_append(buffer, &v, 1);
}

void sqli__buffer_16(struct sqli_buffer *buffer, uint16_t v)
{
    uint8_t *room = sqli__buffer_reserve(buffer, 2);
    if (!room)
        return;
    sqli__store16(room, v);
    buffer->length += 2;
}

void sqli__buffer_32(struct sqli_buffer *buffer, uint32_t v)
{
    uint8_t *room = sqli__buffer_reserve(buffer, 4);
    if (!room)
        return;
    sqli__store32(room, v);
    buffer->length += 4;
}

void sqli__buffer_64(struct sqli_buffer *buffer, uint64_t v)
{
    sqli__buffer_32(buffer, (uint32_t)(v >> 32));
    sqli__buffer_32(buffer, (uint32_t)v);
}

/* Through a block of its own: vsnprintf wants a byte more than the buffer's limit may have left. */
static void format_long(struct sqli_buffer *buffer, size_t length, const char *format, va_list args)
{
    if (buffer->failed)
        return;
    char *text = sqli__alloc(length + 1);
    if (!text) {
        buffer->failed = SQLI_E_NO_MEMORY;
        return;
    }
    vsnprintf(text, length + 1, format, args);
    sqli__buffer_append(buffer, text, length);
    sqli__free(text);
}

void sqli__buffer_format(struct sqli_buffer *buffer, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (wanted >= 0 && (size_t)wanted < sizeof text) {
        sqli__buffer_append(buffer, text, (size_t)wanted);
    } else if (wanted >= 0) {
        va_start(args, format);
        format_long(buffer, (size_t)wanted, format, args);
        va_end(args);
    } else if (!buffer->failed) {
        buffer->failed = SQLI_E_ARGUMENT;
    }
}

void sqli__buffer_truncate(struct sqli_buffer *buffer, size_t length)
{
    if (length < buffer->length)
        buffer->length = length;
}

void sqli__buffer_clear(struct sqli_buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = 0;
}

void sqli__buffer_consume(struct sqli_buffer *buffer, size_t size)
{
    if (size > buffer->length)
        size = buffer->length;
    buffer->length -= size;
    if (size && buffer->length)
        memmove(buffer->data, buffer->data + size, buffer->length);
}

enum sqli_status sqli__buffer_status(const struct sqli_buffer *buffer, struct sqli_error *error)
{
    if (!buffer->failed)
        return SQLI_OK;
    return sqli__fail(error, buffer->failed, "a buffer of at most %zu bytes", buffer->limit);
}
