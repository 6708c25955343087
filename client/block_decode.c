/* Columns of a chunk into arrays: one loop for each pair of type and C type that is common, and one
 * for all others, which goes by the value. */
#include "client/block.h"

#include "value/image.h"

static const uint64_t high_bits = UINT64_C(0x8080808080808080);
static const uint64_t blanks = UINT64_C(0x2020202020202020);

/* --- any type into any C type --- */

static struct sqli_span image_of(const struct sqli_blocks *b, const struct sqli_column_block *c,
                                 uint32_t row)
{
    const uint8_t *start = sqli__chunk_image(b, c, row);
    if (c->filled && *start < c->width)
        return sqli__span(start, SQLI_VARCHAR_HEADER + (size_t)*start);
    if (c->has_width)
        return sqli__span(start, c->width);
    const uint8_t *end = b->starts[(c->segment + 1) * (size_t)SQLI_CHUNK + row];
    return sqli__span(start, (size_t)(end - start));
}

static enum sqli_status append_bytes(const struct sqli_source *from, struct sqli_buffer *out)
{
    struct sqli_span bytes;
    SQLI_TRY(sqli__convert_bytes(from, &bytes));
    sqli__buffer_span(out, bytes);
    return sqli__buffer_status(out, from->error);
}

static enum sqli_status put_bool(const struct sqli_source *from, uint8_t *out)
{
    int truth = 0;
    SQLI_TRY(sqli__convert_bool(from, &truth));
    *out = (uint8_t)truth;
    return SQLI_OK;
}

static enum sqli_status convert(const struct sqli_source *from, struct sqli_column_block *c,
                                uint32_t at)
{
    switch (c->as) {
    case SQLI_AS_INT64: return sqli__convert_int64(from, (int64_t *)c->data + at);
    case SQLI_AS_DOUBLE: return sqli__convert_double(from, (double *)c->data + at);
    case SQLI_AS_BOOL: return put_bool(from, (uint8_t *)c->data + at);
    case SQLI_AS_DAYS: return sqli__convert_days(from, (int32_t *)c->data + at);
    case SQLI_AS_MICROS: return sqli__convert_micros(from, (int64_t *)c->data + at);
    case SQLI_AS_DECIMAL128:
        return sqli__convert_decimal128(from, (uint8_t *)c->data + 16 * (size_t)at);
    case SQLI_AS_BYTES: return append_bytes(from, &c->text);
    default: return sqli__convert_text(from, &c->text);
    }
}

/* What stands under a NULL is all zeros. */
static void put_null(struct sqli_column_block *c, uint32_t at)
{
    switch (c->as) {
    case SQLI_AS_BOOL: ((uint8_t *)c->data)[at] = 0; break;
    case SQLI_AS_DAYS: ((int32_t *)c->data)[at] = 0; break;
    case SQLI_AS_DECIMAL128: memset((uint8_t *)c->data + 16 * (size_t)at, 0, 16); break;
    case SQLI_AS_TEXT:
    case SQLI_AS_BYTES: break;
    default: ((int64_t *)c->data)[at] = 0;
    }
}

static bool decode_one(struct sqli_blocks *b, struct sqli_column_block *c, uint32_t row)
{
    struct sqli_error *error = &b->stmt->conn->error;
    struct sqli_value value;
    struct sqli_source from = {b->stmt->conn, c->type, &value, error};
    uint32_t at = b->at + row;
    if (sqli__value_decode(c->type, image_of(b, c, row), &value, error))
        return false;
    c->null[at] = value.null;
    c->any_null |= value.null;
    if (value.null)
        put_null(c, at);
    else if (convert(&from, c, at))
        return false;
    if (c->ends)
        c->ends[at + 1] = (uint32_t)c->text.length;
    return true;
}

static uint32_t decode_any(struct sqli_blocks *b, struct sqli_column_block *c)
{
    for (uint32_t i = 0; i < b->chunk_rows; i++)
        if (!decode_one(b, c, i))
            return i;
    return b->chunk_rows;
}

/* --- numbers and dates as they are --- */

/* What a loop needs of the column, in variables of its own: stores of bytes could change anything
 * else, as far as a compiler knows. */
struct images {
    const uint8_t *const *starts;
    size_t delta;
    uint32_t rows;
};

static struct images images_of(const struct sqli_blocks *b, const struct sqli_column_block *c)
{
    return (struct images){b->starts + c->segment * (size_t)SQLI_CHUNK, c->delta, b->chunk_rows};
}

#define DECODE_NUMBER(function, itype, array, image)                             \
    static uint32_t function(struct sqli_blocks *b, struct sqli_column_block *c) \
    {                                                                            \
        array out = (array)c->data + b->at;                                      \
        uint8_t *null = c->null + b->at;                                         \
        const struct images in = images_of(b, c);                                \
        uint8_t any = 0;                                                         \
        for (uint32_t i = 0; i < in.rows; i++) {                                 \
            itype v;                                                             \
            uint8_t absent = !image(in.starts[i] + in.delta, &v);                \
            out[i] = absent ? 0 : v;                                             \
            null[i] = absent;                                                    \
            any |= absent;                                                       \
        }                                                                        \
        c->any_null |= any;                                                      \
        return in.rows;                                                          \
    }

DECODE_NUMBER(decode_smallint, int16_t, int64_t *, sqli__image_smallint)
DECODE_NUMBER(decode_int, int32_t, int64_t *, sqli__image_int)
DECODE_NUMBER(decode_bigint, int64_t, int64_t *, sqli__image_bigint)
DECODE_NUMBER(decode_float, double, double *, sqli__image_float)
DECODE_NUMBER(decode_smallfloat, float, double *, sqli__image_smallfloat)

/* Not every image is a value of these two; where one is none, decode_any finds it. */

static bool is_date(int32_t days)
{
    return days >= SQLI_DATE_MIN && days <= SQLI_DATE_MAX;
}

static bool image_days(const uint8_t *p, int32_t *v)
{
    bool there = sqli__image_date(p, v);
    *v = there ? *v - SQLI_DATE_EPOCH : 0;
    return there;
}

DECODE_NUMBER(decode_valid_int8, int64_t, int64_t *, sqli__image_int8)
DECODE_NUMBER(decode_valid_date, int32_t, int32_t *, image_days)

static uint32_t decode_int8(struct sqli_blocks *b, struct sqli_column_block *c)
{
    const struct images in = images_of(b, c);
    bool valid = true;
    for (uint32_t i = 0; i < in.rows; i++)
        valid &= sqli__image_int8_valid(in.starts[i] + in.delta);
    return valid ? decode_valid_int8(b, c) : decode_any(b, c);
}

static uint32_t decode_date(struct sqli_blocks *b, struct sqli_column_block *c)
{
    const struct images in = images_of(b, c);
    bool valid = true;
    for (uint32_t i = 0; i < in.rows; i++) {
        int32_t v;
        valid &= !sqli__image_date(in.starts[i] + in.delta, &v) || is_date(v);
    }
    return valid ? decode_valid_date(b, c) : decode_any(b, c);
}

/* --- texts --- */

/* Where texts go while the buffer itself is not looked at. */
struct writer {
    uint8_t *data;
    size_t length, capacity;
    bool ascii_is_text;
};

static struct writer writer_of(const struct sqli_column_block *c)
{
    return (struct writer){c->text.data, c->text.length, c->text.capacity, c->ascii_is_text};
}

/* Eight bytes at a time, the last ones twice where they overlap; returns all bits that were seen. A
 * call of memcpy would cost more than these texts do. */
static inline uint64_t copy_text(uint8_t *to, const uint8_t *from, size_t n)
{
    uint64_t seen = 0, word;
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            seen |= to[i] = from[i];
        return seen;
    }
    for (size_t i = 0; i + 8 < n; i += 8) {
        memcpy(&word, from + i, 8);
        memcpy(to + i, &word, 8);
        seen |= word;
    }
    memcpy(&word, from + n - 8, 8);
    memcpy(to + n - 8, &word, 8);
    return seen | word;
}

/* False: there is no room, or the text has to be converted. */
static inline bool write_ascii(struct writer *w, struct sqli_span text)
{
    if (!w->ascii_is_text || w->capacity - w->length < text.length)
        return false;
    if (copy_text(w->data + w->length, text.data, text.length) & high_bits)
        return false;
    w->length += text.length;
    return true;
}

/* Any text; false when there is no memory, or a character that is none: the error says which. */
static bool write_text(struct sqli_blocks *b, struct sqli_column_block *c, struct writer *w,
                       struct sqli_span text)
{
    struct sqli_conn *conn = b->stmt->conn;
    c->text.length = w->length;
    bool ok = sqli__text_from_server(conn, text, &c->text, &conn->error) == SQLI_OK;
    *w = writer_of(c);
    return ok;
}

/* Without the blanks that fill it. */
static size_t filled_length(const uint8_t *p, size_t n)
{
    while (n >= 8) {
        uint64_t other = sqli__load64(p + n - 8) ^ blanks;
        if (other)
            return n - (size_t)__builtin_ctzll(other) / 8;
        n -= 8;
    }
    while (n && p[n - 1] == ' ')
        n--;
    return n;
}

static inline bool text_of_char(const uint8_t *p, size_t width, struct sqli_span *text)
{
    if (!sqli__image_char(p, width, text))
        return false;
    text->length = filled_length(p, width);
    return true;
}

static inline bool text_of_varchar(const uint8_t *p, size_t width, struct sqli_span *text)
{
    (void)width;
    return sqli__image_varchar(p, text);
}

static inline bool text_of_envelope(const uint8_t *p, size_t width, struct sqli_span *text)
{
    (void)width;
    return sqli__image_envelope(p, text);
}

#define DECODE_TEXT(function, text_of)                                            \
    static uint32_t function(struct sqli_blocks *b, struct sqli_column_block *c)  \
    {                                                                             \
        const struct images in = images_of(b, c);                                 \
        const size_t width = c->width;                                            \
        uint8_t *null = c->null + b->at;                                          \
        uint32_t *ends = c->ends + b->at + 1;                                     \
        struct writer w = writer_of(c);                                           \
        uint8_t any = 0;                                                          \
        uint32_t i;                                                               \
        for (i = 0; i < in.rows; i++) {                                           \
            struct sqli_span text;                                                \
            uint8_t absent = !text_of(in.starts[i] + in.delta, width, &text);     \
            if (!absent && !write_ascii(&w, text) && !write_text(b, c, &w, text)) \
                break;                                                            \
            null[i] = absent;                                                     \
            any |= absent;                                                        \
            ends[i] = (uint32_t)w.length;                                         \
        }                                                                         \
        c->text.length = w.length;                                                \
        c->any_null |= any;                                                       \
        return i;                                                                 \
    }

DECODE_TEXT(decode_char, text_of_char)
DECODE_TEXT(decode_varchar, text_of_varchar)
DECODE_TEXT(decode_lvarchar, text_of_envelope)

static uint32_t decode_envelope(struct sqli_blocks *b, struct sqli_column_block *c)
{
    const struct images in = images_of(b, c);
    bool valid = true;
    for (uint32_t i = 0; i < in.rows; i++)
        valid &= in.starts[i][in.delta] <= SQLI_ENVELOPE_NULL;
    return valid ? decode_lvarchar(b, c) : decode_any(b, c);
}

/* --- the choice --- */

static sqli_block_decode *numeric(const struct sqli_column_block *c)
{
    static const struct {
        int code;
        int as;
        sqli_block_decode *decode;
    } all[] = {
        {SQLI_TYPE_SMALLINT, SQLI_AS_INT64, decode_smallint},
        {SQLI_TYPE_INTEGER, SQLI_AS_INT64, decode_int},
        {SQLI_TYPE_SERIAL, SQLI_AS_INT64, decode_int},
        {SQLI_TYPE_INT8, SQLI_AS_INT64, decode_int8},
        {SQLI_TYPE_SERIAL8, SQLI_AS_INT64, decode_int8},
        {SQLI_TYPE_BIGINT, SQLI_AS_INT64, decode_bigint},
        {SQLI_TYPE_BIGSERIAL, SQLI_AS_INT64, decode_bigint},
        {SQLI_TYPE_FLOAT, SQLI_AS_DOUBLE, decode_float},
        {SQLI_TYPE_SMALLFLOAT, SQLI_AS_DOUBLE, decode_smallfloat},
        {SQLI_TYPE_DATE, SQLI_AS_DAYS, decode_date},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].code == c->type->code && all[i].as == c->as)
            return all[i].decode;
    return NULL;
}

static sqli_block_decode *textual(const struct sqli_column_block *c)
{
    if (c->as != SQLI_AS_TEXT || sqli__type_kind(c->type) != SQLI_KIND_TEXT || c->filled)
        return NULL;
    switch (sqli__type_width(c->type)) {
    case SQLI_WIDTH_SHORT: return decode_varchar;
    case SQLI_WIDTH_ENVELOPE: return decode_envelope;
    default: return decode_char;
    }
}

void sqli__block_choose(struct sqli_column_block *c)
{
    c->decode = numeric(c);
    if (!c->decode)
        c->decode = textual(c);
    if (!c->decode)
        c->decode = decode_any;
}
