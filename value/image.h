/* The bytes of the built-in types in a tuple, one inline function each: the hot path of every row.
 *
 * Each reads the bytes of its image unchecked (the caller has made sure that they are there, see
 * sqli__image_length) and returns whether the value is there, false for NULL. What *v holds for a
 * NULL is of no use. */
#ifndef SQLI_VALUE_IMAGE_H
#define SQLI_VALUE_IMAGE_H

#include "base/bytes.h"

enum {
    SQLI_VARCHAR_HEADER = 1,
    SQLI_ENVELOPE_HEADER = 5,
    SQLI_ENVELOPE_VALUE = 0, /* the indicator of an envelope */
    SQLI_ENVELOPE_NULL = 1,
};

/* Informix gives the lowest number of each width to NULL. */
static inline bool sqli__image_smallint(const uint8_t *p, int16_t *v)
{
    *v = (int16_t)sqli__load16(p);
    return *v != INT16_MIN;
}

static inline bool sqli__image_int(const uint8_t *p, int32_t *v)
{
    *v = (int32_t)sqli__load32(p);
    return *v != INT32_MIN;
}

static inline bool sqli__image_bigint(const uint8_t *p, int64_t *v)
{
    *v = (int64_t)sqli__load64(p);
    return *v != INT64_MIN;
}

/* Days since 1899-12-31. */
static inline bool sqli__image_date(const uint8_t *p, int32_t *v)
{
    return sqli__image_int(p, v);
}

/* INT8 and SERIAL8: sign word (1, ffff, or 0 for NULL), then the magnitude, low half first. */
static inline uint64_t sqli__image_int8_magnitude(const uint8_t *p)
{
    return (uint64_t)sqli__load32(p + 6) << 32 | sqli__load32(p + 2);
}

/* False for bytes that are no INT8: another sign word, or a magnitude past the range of the type.
 */
static inline bool sqli__image_int8_valid(const uint8_t *p)
{
    uint16_t sign = sqli__load16(p);
    return sign == 0 ||
           ((sign == 1 || sign == 0xffff) && sqli__image_int8_magnitude(p) <= (uint64_t)INT64_MAX);
}

static inline bool sqli__image_int8(const uint8_t *p, int64_t *v)
{
    uint64_t magnitude = sqli__image_int8_magnitude(p);
    *v = (int64_t)(p[0] & 0x80 ? 0 - magnitude : magnitude);
    return sqli__load16(p) != 0;
}

/* All bits set is NULL; every other NaN and the infinities are values. */
static inline bool sqli__image_float(const uint8_t *p, double *v)
{
    uint64_t bits = sqli__load64(p);
    memcpy(v, &bits, sizeof bits);
    return bits != UINT64_MAX;
}

static inline bool sqli__image_smallfloat(const uint8_t *p, float *v)
{
    uint32_t bits = sqli__load32(p);
    memcpy(v, &bits, sizeof bits);
    return bits != UINT32_MAX;
}

/* CHAR and NCHAR: all n bytes; trailing blanks are part of the value. */
static inline bool sqli__image_char(const uint8_t *p, size_t n, struct sqli_span *v)
{
    *v = sqli__span(p, n);
    return n == 0 || p[0] != '\0';
}

/* VARCHAR and NVARCHAR: a length byte, then the text; one NUL byte alone is NULL. */
static inline bool sqli__image_varchar(const uint8_t *p, struct sqli_span *v)
{
    *v = sqli__span(p + SQLI_VARCHAR_HEADER, p[0]);
    return p[0] != 1 || p[1] != '\0';
}

/* Extended types: indicator, four bytes of length, then the body. */
static inline bool sqli__image_envelope(const uint8_t *p, struct sqli_span *v)
{
    *v = sqli__span(p + SQLI_ENVELOPE_HEADER, sqli__load32(p + 1));
    return p[0] == SQLI_ENVELOPE_VALUE;
}

#endif
