#include "protocol/wire.h"

#include "protocol/wire_print.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

void sqli__wire_fail(struct sqli_wire *w, const char *what, ...)
{
    if (w->status != SQLI_OK)
        return;
    char text[200];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    unsigned long long at = w->base ? w->stream_offset + (unsigned long long)(w->at - w->base) : 0;
    w->status = sqli__fail(w->error, SQLI_E_PROTOCOL, "%s, byte %llu: %s", w->message, at, text);
}

/* --- decoding --- */

static void out_of_bytes(struct sqli_wire *w, size_t wanted)
{
    size_t left = (size_t)(w->end - w->at);
    if (w->whole) {
        sqli__wire_fail(w, "%zu bytes wanted, %zu left in the message", wanted, left);
        return;
    }
    w->need = (size_t)(w->at - w->base) + wanted;
    w->status = SQLI_MORE;
}

static inline const uint8_t *take(struct sqli_wire *w, size_t size)
{
    if (w->status != SQLI_OK)
        return NULL;
    if ((size_t)(w->end - w->at) < size) {
        out_of_bytes(w, size);
        return NULL;
    }
    const uint8_t *bytes = w->at;
    w->at += size;
    return bytes;
}

/* --- numbers: big-endian integers of 1, 2, 4 and 8 bytes, through one pair of functions --- */

static uint64_t load(const uint8_t *p, size_t size)
{
    switch (size) {
    case 1: return p[0];
    case 2: return sqli__load16(p);
    case 4: return sqli__load32(p);
    default: return sqli__load64(p);
    }
}

static void store(struct sqli_buffer *out, uint64_t v, size_t size)
{
    switch (size) {
    case 1: sqli__buffer_byte(out, (uint8_t)v); break;
    case 2: sqli__buffer_16(out, (uint16_t)v); break;
    case 4: sqli__buffer_32(out, (uint32_t)v); break;
    default: sqli__buffer_64(out, v); break;
    }
}

/* True when *v was set from the wire. `v` is the value to write, as it would be sign-extended. */
static inline bool number(struct sqli_wire *w, const char *name, uint64_t *v, size_t size)
{
    if (w->mode == SQLI_WIRE_DECODE) {
        const uint8_t *p = take(w, size);
        if (!p)
            return false;
        *v = load(p, size);
        return true;
    }
    if (w->status != SQLI_OK)
        return false;
    if (w->mode == SQLI_WIRE_ENCODE)
        store(w->out, *v, size);
    else
        sqli__buffer_format(w->out, " %s=%lld", name, (long long)*v);
    return false;
}

void sqli__wire_u8(struct sqli_wire *w, const char *name, uint8_t *v)
{
    uint64_t raw = *v;
    if (number(w, name, &raw, 1))
        *v = (uint8_t)raw;
}

void sqli__wire_16(struct sqli_wire *w, const char *name, int16_t *v)
{
    uint64_t raw = (uint64_t)*v;
    if (number(w, name, &raw, 2))
        *v = (int16_t)(uint16_t)raw;
}

void sqli__wire_u16(struct sqli_wire *w, const char *name, uint16_t *v)
{
    uint64_t raw = *v;
    if (number(w, name, &raw, 2))
        *v = (uint16_t)raw;
}

void sqli__wire_32(struct sqli_wire *w, const char *name, int32_t *v)
{
    uint64_t raw = (uint64_t)*v;
    if (number(w, name, &raw, 4))
        *v = (int32_t)(uint32_t)raw;
}

void sqli__wire_64(struct sqli_wire *w, const char *name, int64_t *v)
{
    uint64_t raw = (uint64_t)*v;
    if (number(w, name, &raw, 8))
        *v = (int64_t)raw;
}

/* A value that the narrow form cannot hold must not be cut without a word. */
static bool fits(struct sqli_wire *w, const char *name, int64_t v, int64_t low, int64_t high)
{
    if (w->mode != SQLI_WIRE_ENCODE || (v >= low && v <= high))
        return true;
    sqli__wire_fail(w, "%s is %lld, too large for the agreed framing", name, (long long)v);
    return false;
}

void sqli__wire_32_or_16(struct sqli_wire *w, const char *name, int32_t *v, bool wide)
{
    if (wide) {
        sqli__wire_32(w, name, v);
        return;
    }
    int16_t narrow = (int16_t)*v;
    if (!fits(w, name, *v, INT16_MIN, INT16_MAX))
        return;
    sqli__wire_16(w, name, &narrow);
    if (sqli__wire_decoding(w))
        *v = narrow;
}

void sqli__wire_64_or_32(struct sqli_wire *w, const char *name, int64_t *v, bool wide)
{
    if (wide) {
        sqli__wire_64(w, name, v);
        return;
    }
    int32_t narrow = (int32_t)*v;
    if (!fits(w, name, *v, INT32_MIN, INT32_MAX))
        return;
    sqli__wire_32(w, name, &narrow);
    if (sqli__wire_decoding(w))
        *v = narrow;
}

void sqli__wire_int8(struct sqli_wire *w, const char *name, int64_t *v, bool *null)
{
    if (w->mode == SQLI_WIRE_PRINT) {
        if (*null)
            sqli__buffer_format(w->out, " %s=NULL", name);
        else
            sqli__buffer_format(w->out, " %s=%lld", name, (long long)*v);
        return;
    }
    uint64_t magnitude = *v < 0 ? 0 - (uint64_t)*v : (uint64_t)*v;
    uint64_t sign = *null ? 0 : *v < 0 ? 0xffff : 1;
    uint64_t low = *null ? 0 : magnitude & 0xffffffff;
    uint64_t high = *null ? 0 : magnitude >> 32;
    number(w, name, &sign, 2);
    number(w, name, &low, 4);
    if (!number(w, name, &high, 4))
        return;
    magnitude = high << 32 | low;
    *null = sign == 0;
    *v = sign == 0 ? 0 : (int64_t)(sign == 1 ? magnitude : 0 - magnitude);
}

/* A number of 2 or 4 bytes from 0 to `most`. */
static void bounded(struct sqli_wire *w, const char *name, uint32_t *v, size_t size, uint32_t most)
{
    uint64_t raw = *v;
    if (w->mode == SQLI_WIRE_ENCODE && raw > most)
        sqli__wire_fail(w, "%s is %llu", name, (unsigned long long)raw);
    if (!number(w, name, &raw, size))
        return;
    if (raw > most)
        sqli__wire_fail(w, "%s is %lld", name, (long long)(int32_t)(uint32_t)raw);
    else
        *v = (uint32_t)raw;
}

void sqli__wire_count(struct sqli_wire *w, const char *name, uint32_t *count)
{
    bounded(w, name, count, 2, SQLI_WIRE_COUNT_MAX);
}

void sqli__wire_length(struct sqli_wire *w, const char *name, uint32_t *length)
{
    bounded(w, name, length, 4, SQLI_WIRE_LENGTH_MAX);
}

void sqli__wire_total(struct sqli_wire *w, const char *name, uint32_t *total)
{
    bounded(w, name, total, 4, INT32_MAX);
}

void sqli__wire_marker(struct sqli_wire *w, const char *name, uint16_t marker)
{
    uint64_t raw = marker;
    if (w->mode == SQLI_WIRE_PRINT)
        return;
    if (number(w, name, &raw, 2) && raw != marker)
        sqli__wire_fail(w, "%s should be %u, not %llu", name, marker, (unsigned long long)raw);
}

/* --- bytes --- */

void sqli__wire_bytes(struct sqli_wire *w, const char *name, struct sqli_span *v, size_t length)
{
    if (w->mode == SQLI_WIRE_DECODE) {
        const uint8_t *bytes = take(w, length);
        if (bytes)
            *v = sqli__span(bytes, length);
        return;
    }
    if (w->status != SQLI_OK)
        return;
    if (w->mode == SQLI_WIRE_PRINT)
        sqli__print_bytes(w->out, name, *v, w->print_limit);
    else if (v->length != length)
        sqli__wire_fail(w, "%s has %zu bytes, not %zu", name, v->length, length);
    else
        sqli__buffer_span(w->out, *v);
}

void sqli__wire_array(struct sqli_wire *w, const char *name, uint8_t *v, size_t length)
{
    struct sqli_span span = sqli__span(v, length);
    if (w->mode == SQLI_WIRE_PRINT) /* names in arrays are filled up with NULs */
        while (span.length > 0 && v[span.length - 1] == 0)
            span.length--;
    sqli__wire_bytes(w, name, &span, length);
    if (w->mode == SQLI_WIRE_DECODE && w->status == SQLI_OK)
        memcpy(v, span.data, length);
}

void sqli__wire_pad(struct sqli_wire *w, size_t length)
{
    if (length % 2 == 0 || w->status != SQLI_OK)
        return;
    if (w->mode == SQLI_WIRE_DECODE)
        take(w, 1);
    else if (w->mode == SQLI_WIRE_ENCODE)
        sqli__buffer_byte(w->out, 0);
}

/* The bytes behind a length that has been read or is about to be printed as part of the value. */
static void padded(struct sqli_wire *w, const char *name, struct sqli_span *v, size_t length)
{
    sqli__wire_bytes(w, name, v, length);
    sqli__wire_pad(w, length);
}

/* A 2-byte length of at most `most`, then the bytes and their pad. */
static void short_string(struct sqli_wire *w, const char *name, struct sqli_span *v, size_t most)
{
    uint64_t length = v->length;
    if (w->mode == SQLI_WIRE_ENCODE && length > most)
        sqli__wire_fail(w, "%s has %zu bytes", name, v->length);
    if (w->mode != SQLI_WIRE_PRINT && number(w, name, &length, 2) && length > most)
        sqli__wire_fail(w, "the length of %s is %d", name, (int)(int16_t)(uint16_t)length);
    padded(w, name, v, (size_t)length);
}

void sqli__wire_char(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    short_string(w, name, v, INT16_MAX);
}

void sqli__wire_char4(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    uint32_t length = v->length > UINT32_MAX ? UINT32_MAX : (uint32_t)v->length;
    char what[64];
    if (w->mode != SQLI_WIRE_PRINT) {
        snprintf(what, sizeof what, "the length of %s", name);
        sqli__wire_length(w, what, &length);
    }
    padded(w, name, v, length);
}

void sqli__wire_sql(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    if (w->mode == SQLI_WIRE_PRINT && w->status == SQLI_OK)
        sqli__print_sql(w->out, name, *v, w->print_limit);
    else if (sqli__caps_has(w->caps, SQLI_CAP_LONG_TEXT))
        sqli__wire_char4(w, name, v);
    else
        short_string(w, name, v, UINT16_MAX);
}

static void asc_decode(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    uint64_t length = 0;
    *v = sqli__span(NULL, 0);
    if (!number(w, name, &length, 2) || length == 0)
        return;
    if (length > INT16_MAX) {
        sqli__wire_fail(w, "the length of %s is %d", name, (int)(int16_t)(uint16_t)length);
        return;
    }
    const uint8_t *bytes = take(w, (size_t)length);
    if (!bytes)
        return;
    if (bytes[length - 1] != 0)
        sqli__wire_fail(w, "%s does not end in NUL", name);
    else
        *v = sqli__span(bytes, (size_t)length - 1);
}

void sqli__wire_asc(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    if (w->mode == SQLI_WIRE_DECODE) {
        asc_decode(w, name, v);
    } else if (w->mode == SQLI_WIRE_PRINT) {
        if (v->data)
            sqli__print_bytes(w->out, name, *v, w->print_limit);
    } else if (!v->data) {
        sqli__buffer_16(w->out, 0);
    } else if (v->length >= INT16_MAX) {
        sqli__wire_fail(w, "%s has %zu bytes", name, v->length);
    } else {
        sqli__buffer_16(w->out, (uint16_t)(v->length + 1));
        sqli__buffer_span(w->out, *v);
        sqli__buffer_byte(w->out, 0);
    }
}

static bool print_secret(struct sqli_wire *w, const char *name, const struct sqli_span *v)
{
    if (w->mode != SQLI_WIRE_PRINT)
        return false;
    if (v->data)
        sqli__buffer_format(w->out, " %s=***", name);
    return true;
}

void sqli__wire_asc_secret(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    if (!print_secret(w, name, v))
        sqli__wire_asc(w, name, v);
}

void sqli__wire_char_secret(struct sqli_wire *w, const char *name, struct sqli_span *v)
{
    if (!print_secret(w, name, v))
        sqli__wire_char(w, name, v);
}

/* --- lists --- */

static void mark_checkpoint(struct sqli_wire *w, uint32_t list, uint32_t item, const uint8_t *start)
{
    if (w->status == SQLI_MORE && w->depth == 0 && w->checkpoint)
        *w->checkpoint = (struct sqli_wire_checkpoint){true, list, item, (size_t)(start - w->base)};
}

/* Moves to where the last scan of this list stopped, and tells which item that is. */
static uint32_t resume(struct sqli_wire *w, uint32_t list)
{
    const struct sqli_wire_checkpoint *mark = w->checkpoint;
    if (!w->scanning || w->depth != 0 || !mark || !mark->active || mark->list != list)
        return 0;
    w->at = w->base + mark->offset;
    return mark->item;
}

static void list_item(struct sqli_wire *w, uint32_t list, uint32_t index, void *slot,
                      sqli_wire_item *item)
{
    const uint8_t *start = w->at;
    w->depth++;
    item(w, slot);
    w->depth--;
    mark_checkpoint(w, list, index, start);
}

static void *allocate_items(struct sqli_wire *w, size_t count, size_t item_size)
{
    void *array = sqli__arena_alloc(w->arena, count, item_size);
    if (!array)
        w->status = sqli__arena_status(w->arena, w->error);
    return array;
}

static void list_decode(struct sqli_wire *w, void *items, uint32_t count, size_t item_size,
                        size_t minimum, sqli_wire_item *item)
{
    alignas(max_align_t) uint8_t scratch[SQLI_WIRE_ITEM_MAX] = {0};
    uint32_t list = ++w->lists;
    if ((size_t)(w->end - w->at) < count * minimum) {
        out_of_bytes(w, count * minimum);
        return;
    }
    uint8_t *array = w->scanning ? NULL : allocate_items(w, count, item_size);
    for (uint32_t i = resume(w, list); i < count && w->status == SQLI_OK; i++)
        list_item(w, list, i, array ? array + i * item_size : scratch, item);
    memcpy(items, &array, sizeof array);
}

static void print_item(struct sqli_wire *w, void *slot, sqli_wire_item *item, bool first)
{
    sqli__buffer_text(w->out, first ? "{" : " {");
    size_t start = w->out->length;
    item(w, slot);
    sqli__print_close(w->out, start, "}");
}

/* Encoding and printing go over an array that is there. */
static void list_write(struct sqli_wire *w, const char *name, void *items, uint32_t count,
                       size_t item_size, sqli_wire_item *item)
{
    uint8_t *array;
    memcpy(&array, items, sizeof array);
    if (w->mode == SQLI_WIRE_PRINT)
        sqli__buffer_format(w->out, " %s=[", name);
    for (uint32_t i = 0; i < count && w->status == SQLI_OK; i++) {
        if (w->mode == SQLI_WIRE_PRINT)
            print_item(w, array + i * item_size, item, i == 0);
        else
            item(w, array + i * item_size);
    }
    if (w->mode == SQLI_WIRE_PRINT)
        sqli__buffer_text(w->out, "]");
}

void sqli__wire_list(struct sqli_wire *w, const char *name, void *items, uint32_t count,
                     size_t item_size, size_t minimum, sqli_wire_item *item)
{
    if (w->status != SQLI_OK)
        return;
    if (w->mode == SQLI_WIRE_DECODE)
        list_decode(w, items, count, item_size, minimum, item);
    else
        list_write(w, name, items, count, item_size, item);
}

/* Doubles the array in the arena; the old one stays there until the next reset. */
static uint8_t *room_for(struct sqli_wire *w, uint8_t *array, uint32_t count, size_t item_size)
{
    if (count != 0 && (count < 8 || (count & (count - 1)) != 0))
        return array;
    uint8_t *larger = allocate_items(w, count ? 2 * (size_t)count : 8, item_size);
    if (larger && array)
        memcpy(larger, array, count * item_size);
    return larger;
}

static void until_decode(struct sqli_wire *w, const char *name, void *items, uint32_t *count,
                         size_t item_size, sqli_wire_item *item, bool (*last)(const void *item))
{
    alignas(max_align_t) uint8_t scratch[SQLI_WIRE_ITEM_MAX];
    uint32_t list = ++w->lists;
    uint8_t *array = NULL;
    uint32_t i = resume(w, list);
    for (;; i++) {
        memset(scratch, 0, item_size);
        list_item(w, list, i, scratch, item);
        if (w->status != SQLI_OK || last(scratch))
            break;
        if (i >= SQLI_WIRE_COUNT_MAX)
            sqli__wire_fail(w, "%s has more than %d items", name, SQLI_WIRE_COUNT_MAX);
        if (!w->scanning && w->status == SQLI_OK)
            array = room_for(w, array, i, item_size);
        if (array && w->status == SQLI_OK)
            memcpy(array + i * item_size, scratch, item_size);
    }
    *count = i;
    memcpy(items, &array, sizeof array);
}

/* The reader would take such an item for the end, and what follows it for the next message. */
static void refuse_early_end(struct sqli_wire *w, const char *name, const void *items,
                             uint32_t count, size_t item_size, bool (*last)(const void *item))
{
    const uint8_t *array;
    memcpy(&array, items, sizeof array);
    for (uint32_t i = 0; i < count; i++)
        if (last(array + i * item_size))
            sqli__wire_fail(w, "item %u of %s would end them", i + 1, name);
}

void sqli__wire_list_until(struct sqli_wire *w, const char *name, void *items, uint32_t *count,
                           size_t item_size, sqli_wire_item *item, bool (*last)(const void *item))
{
    if (w->status != SQLI_OK)
        return;
    if (w->mode == SQLI_WIRE_DECODE) {
        until_decode(w, name, items, count, item_size, item, last);
        return;
    }
    if (w->mode == SQLI_WIRE_ENCODE)
        refuse_early_end(w, name, items, *count, item_size, last);
    list_write(w, name, items, *count, item_size, item);
    if (w->mode == SQLI_WIRE_ENCODE) {
        alignas(max_align_t) uint8_t zeros[SQLI_WIRE_ITEM_MAX] = {0};
        item(w, zeros);
    }
}

void sqli__wire_note(struct sqli_wire *w, const char *format, ...)
{
    if (w->mode != SQLI_WIRE_PRINT || w->status != SQLI_OK)
        return;
    char text[128];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sqli__buffer_text(w->out, text);
}
