/* The packed images of DATETIME and INTERVAL as pairs of digits in fixed places.
 *
 * The exponent of an image counts its pairs in front of the point, and the point stands behind the
 * seconds whatever the qualifier is. So each field has one place of its own: 0 to 4 the year (the
 * first field of an INTERVAL reaches left as far as it needs), 5 month, 6 day, 7 hour, 8 minute,
 * 9 second, 10 to 12 the fraction. */
#ifndef SQLI_VALUE_PACKED_H
#define SQLI_VALUE_PACKED_H

#include "value/parts.h"

enum {
    SQLI_PLACE_YEAR = 4, /* its last pair; part p ends at SQLI_PLACE_YEAR + p */
    SQLI_PLACE_POINT = 10,
    SQLI_PLACES = 13,
    SQLI_PACKED_MAX = 64,    /* bytes of the longest image that is looked at */
    SQLI_PACKED_ZERO = 0x80, /* the exponent byte of an INTERVAL of zero, as of a DECIMAL */
};

/* The places that a qualifier uses: first <= place < end. */
static inline int sqli__places_first(sqli_qualifier q)
{
    return SQLI_PLACE_YEAR + sqli__first_part(q) + 1 - (sqli__first_digits(q) + 1) / 2;
}

static inline int sqli__places_end(sqli_qualifier q)
{
    int end = sqli__qualifier_end(q);
    return end <= SQLI_FIELD_SECOND ? SQLI_PLACE_YEAR + end / 2 + 1
                                    : SQLI_PLACE_POINT + (end - SQLI_FIELD_SECOND + 1) / 2;
}

enum sqli_packed { SQLI_PACKED_VALUE, SQLI_PACKED_NULL, SQLI_PACKED_BAD };

/* Fills the places of q from an image of any length and exponent; the other places are left alone.
 * Bad are an image that is empty or too long, and digits outside the places of q. A pair above 99
 * is bad in a negative image; in a positive one the caller must look. The digit of an odd fraction
 * that q does not have is set to 0. */
enum sqli_packed sqli__packed_read(struct sqli_span image, sqli_qualifier q,
                                   uint8_t pairs[SQLI_PLACES], bool *negative);

/* The image of the places of q: exponent byte, then the pairs, leading zeros kept. Returns its
 * length, which is that of sqli__packed_width. The fraction is cut to the digits of q before, and
 * zero is not negative. */
size_t sqli__packed_write(const uint8_t pairs[SQLI_PLACES], sqli_qualifier q, bool negative,
                          uint8_t *out);

/* The pairs of the fraction, and back. */
static inline int32_t sqli__packed_fraction(const uint8_t pairs[SQLI_PLACES])
{
    const uint8_t *p = pairs + SQLI_PLACE_POINT;
    return p[0] * 1000 + p[1] * 10 + p[2] / 10;
}

static inline void sqli__packed_set_fraction(uint8_t pairs[SQLI_PLACES], int32_t fraction)
{
    uint8_t *p = pairs + SQLI_PLACE_POINT;
    p[0] = (uint8_t)(fraction / 1000);
    p[1] = (uint8_t)(fraction / 10 % 100);
    p[2] = (uint8_t)(fraction % 10 * 10);
}

/* Fails with SQLI_E_VALUE_IMAGE, naming the bytes and the type. */
enum sqli_status sqli__packed_fail(struct sqli_error *error, struct sqli_span image,
                                   sqli_qualifier q, bool interval);

#endif
