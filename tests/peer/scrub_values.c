#include "tests/peer/scrub_values.h"

#include "base/ascii.h"
#include "tests/peer/scrub_text.h"
#include "value/image.h"
#include "value/value.h"

enum { NUMBER_ROOM = 256 /* bytes of any image that is no text */ };

/* 0, day 0, the first moment of that day. */
static void neutralise(struct sqli_value *value)
{
    switch (value->kind) {
    case SQLI_KIND_INTEGER: value->as.integer = 0; break;
    case SQLI_KIND_REAL: value->as.real = 0; break;
    case SQLI_KIND_DECIMAL: value->as.decimal = (struct sqli_decimal){0}; break;
    case SQLI_KIND_DATE: value->as.date = 0; break;
    case SQLI_KIND_DATETIME:
        value->as.datetime = (struct sqli_datetime){
            .qualifier = value->as.datetime.qualifier, .year = 1899, .month = 12, .day = 31};
        break;
    case SQLI_KIND_INTERVAL: value->as.interval.amount = 0; break;
    default: break;
    }
}

typedef enum sqli_status decode_value(const struct sqli_type *type, struct sqli_span bytes,
                                      struct sqli_value *value, struct sqli_error *error);
typedef enum sqli_status encode_value(const struct sqli_type *type, const struct sqli_value *value,
                                      struct sqli_buffer *out, struct sqli_error *error);

/* What cannot be read, or not be written, becomes zeros. A parameter may have fewer digits than its
 * type: the rest is cut off, and one with more gets zeros. */
static void scrub_number(const struct sqli_type *type, decode_value *decode, encode_value *encode,
                         uint8_t *image, size_t size)
{
    struct sqli_value value;
    struct sqli_buffer neutral;
    sqli__buffer_init(&neutral, NUMBER_ROOM);
    bool read = decode(type, sqli__span(image, size), &value, NULL) == SQLI_OK;
    if (read && !value.null)
        neutralise(&value);
    if (!read || encode(type, &value, &neutral, NULL) != SQLI_OK)
        sqli__buffer_clear(&neutral);
    memset(image, 0, size);
    if (neutral.length)
        memcpy(image, neutral.data, neutral.length < size ? neutral.length : size);
    sqli__buffer_free(&neutral);
}

/* Of an extended type, without its envelope: in the form of text or in a binary one. */
static void scrub_body(enum sqli_kind kind, uint8_t *body, size_t size)
{
    bool letters = size > 0 && sqli__is_letter(body[0]);
    if (kind == SQLI_KIND_TEXT)
        peer_scrub_text(body, size);
    else if (kind == SQLI_KIND_COMPOSITE && letters)
        peer_scrub_literal(body, size);
    else if (kind == SQLI_KIND_BOOLEAN && size == 1)
        body[0] = letters ? 'f' : 0;
    else
        memset(body, kind == SQLI_KIND_SMART_LOB && size == SQLI_SMART_LOB_TEXT ? '0' : 0, size);
}

void peer_scrub_descriptor(uint8_t *descriptor, size_t size)
{
    enum { SIZES = 8, SIZES_END = 20, FLAG = 39 };
    for (size_t i = 0; i < size; i++)
        if ((i < SIZES || i >= SIZES_END) && i != FLAG)
            descriptor[i] = 0;
}

/* --- rows --- */

static void scrub_char(uint8_t *image, size_t size)
{
    bool null = size > 0 && image[0] == '\0';
    if (null)
        memset(image + 1, ' ', size - 1);
    else
        peer_scrub_text(image, size);
}

static void scrub_image(const struct sqli_type *type, uint8_t *image, size_t size)
{
    int32_t width = sqli__type_width(type);
    enum sqli_kind kind = sqli__type_kind(type);
    struct sqli_span text;
    if (width == SQLI_WIDTH_SHORT && sqli__image_varchar(image, &text))
        peer_scrub_text(image + SQLI_VARCHAR_HEADER, size - SQLI_VARCHAR_HEADER);
    else if (width == SQLI_WIDTH_ENVELOPE)
        scrub_body(kind, image + SQLI_ENVELOPE_HEADER, size - SQLI_ENVELOPE_HEADER);
    else if (width >= 0 && kind == SQLI_KIND_TEXT)
        scrub_char(image, size);
    else if (width >= 0 && kind == SQLI_KIND_SIMPLE_LOB)
        peer_scrub_descriptor(image, size);
    else if (width >= 0)
        scrub_number(type, sqli__value_decode, sqli__value_encode, image, size);
}

void peer_scrub_row(const struct sqli_shape *shape, uint32_t *segments, uint8_t *row, size_t size)
{
    struct sqli_row bound = {NULL, segments};
    bool fits =
        shape && segments && sqli__row_bind(shape, sqli__span(row, size), &bound, NULL) == SQLI_OK;
    size_t done = 0;
    for (uint32_t i = 0; fits && i < shape->count; i++) {
        struct sqli_span image = sqli__row_image(shape, &bound, i);
        size_t start = (size_t)(image.data - row);
        memset(row + done, 0, start - done);
        scrub_image(&shape->types[i], row + start, image.length);
        done = start + image.length;
    }
    memset(row + done, 0, size - done);
}

/* --- parameters --- */

void peer_scrub_bound(const struct sqli_bind_value *value, uint8_t *data)
{
    const struct sqli_type type = {.code = (uint8_t)(value->type & 0xff),
                                   .flags = (uint16_t)(value->type & 0xff00),
                                   .owner = value->owner,
                                   .name = value->name,
                                   .length = (uint16_t)value->precision};
    enum sqli_kind kind = sqli__type_kind(&type);
    size_t size = value->data.length;
    if (kind == SQLI_KIND_SIMPLE_LOB)
        peer_scrub_descriptor(data, size);
    else if (kind == SQLI_KIND_TEXT || sqli__type_has_preamble(type.code))
        scrub_body(kind, data, size);
    else
        scrub_number(&type, sqli__value_bind_decode, sqli__value_bind_encode, data, size);
}
