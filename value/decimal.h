/* DECIMAL and MONEY: exact numbers of up to 32 significant digits. No double in between.
 *
 * value = (-1)^negative * 0.p1 p2 p3 ... * 100^exponent, each p a pair of decimal digits (0..99).
 * This is the shape of the wire. Normalised always: the first and the last pair are not zero, and
 * zero itself has no pairs, exponent 0, and is not negative. The range ends where an image would
 * be read as NULL: below -9.9E+125 there is no number. */
#ifndef SQLI_VALUE_DECIMAL_H
#define SQLI_VALUE_DECIMAL_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"

enum {
    SQLI_DECIMAL_DIGITS = 32, /* significant digits at the most */
    SQLI_DECIMAL_PAIRS = 17,  /* an odd split takes one pair more */
    SQLI_DECIMAL_EXPONENT_MIN = -64,
    SQLI_DECIMAL_EXPONENT_MAX = 63,
    SQLI_DECIMAL_FLOATING = 255, /* the scale of DECIMAL(p) */
    SQLI_DECIMAL_TEXT_MAX = 200, /* characters that any decimal fits in as text */
};

struct sqli_decimal {
    bool negative;
    int8_t exponent;
    uint8_t count;
    uint8_t pairs[SQLI_DECIMAL_PAIRS];
};

/* The packed image (sign and exponent byte, pairs), of any length from 2 up in a tuple or from 1 up
 * in a bind: zero pairs in front or at the end may be there or not. *null is set for the NULL
 * image, whose first two bytes are 00. A pair above 99 and more than 17 pairs between the zeros
 * fail with SQLI_E_VALUE_IMAGE. */
enum sqli_status sqli__decimal_decode(struct sqli_span image, struct sqli_decimal *value,
                                      bool *null, struct sqli_error *error);

/* Exactly `width` bytes, zero-filled; SQLI_E_DECIMAL_OVERFLOW when the pairs do not fit: round
 * first. */
enum sqli_status sqli__decimal_encode(const struct sqli_decimal *value, size_t width, uint8_t *out,
                                      struct sqli_error *error);

/* The shortest image (bind form): returns its length, at most SQLI_DECIMAL_PAIRS + 1. Zero is
 * `80 00`. */
size_t sqli__decimal_encode_short(const struct sqli_decimal *value, uint8_t *out);

/* Rounds half away from zero to `scale` digits behind the point and checks that the digits before
 * it fit in precision - scale; SQLI_DECIMAL_FLOATING rounds to `precision` significant digits.
 * SQLI_E_DECIMAL_OVERFLOW (-1226) names the value when it does not fit. */
enum sqli_status sqli__decimal_round(struct sqli_decimal *value, int precision, int scale,
                                     struct sqli_error *error);

/* "-12.5", "+1e-8", " .5 ", "1.": blanks around are fine. More than 32 digits round; a number too
 * large fails with SQLI_E_DECIMAL_TOO_LARGE (-1200), one too small becomes zero. What is no number
 * fails with SQLI_E_NUMBER_TEXT (-1213). Both name the text. */
enum sqli_status sqli__decimal_from_text(struct sqli_span text, struct sqli_decimal *value,
                                         struct sqli_error *error);

/* With `scale` digits behind the point (zeros added, never digits lost: a longer value keeps its
 * digits), or, for SQLI_DECIMAL_FLOATING, the shortest exact text; that one turns to exponent form
 * where the plain form would need more than 32 digits. */
void sqli__decimal_to_text(const struct sqli_decimal *value, int scale, struct sqli_buffer *text);

void sqli__decimal_from_int64(int64_t number, struct sqli_decimal *value);
/* The integer part must be all there is: a fraction is SQLI_E_VALUE_RANGE, as is a number past
 * int64. */
enum sqli_status sqli__decimal_to_int64(const struct sqli_decimal *value, int64_t *number,
                                        struct sqli_error *error);
/* Through the shortest decimal text that reads back as the same double; infinities and NaN are
 * SQLI_E_VALUE_RANGE, numbers beyond a decimal as in sqli__decimal_from_text. */
enum sqli_status sqli__decimal_from_double(double number, struct sqli_decimal *value,
                                           struct sqli_error *error);
double sqli__decimal_to_double(const struct sqli_decimal *value); /* correctly rounded */

/* Arithmetic: results carry 32 significant digits, rounded half away from zero. Overflow is
 * SQLI_E_DECIMAL_OVERFLOW, underflow is zero, division by zero SQLI_E_DIVISION_BY_ZERO (-1202). */
enum sqli_status sqli__decimal_add(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                   struct sqli_decimal *sum, struct sqli_error *error);
enum sqli_status sqli__decimal_subtract(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                        struct sqli_decimal *difference, struct sqli_error *error);
enum sqli_status sqli__decimal_multiply(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                        struct sqli_decimal *product, struct sqli_error *error);
enum sqli_status sqli__decimal_divide(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                      struct sqli_decimal *quotient, struct sqli_error *error);
/* At any digit: a scale of 2 keeps two behind the point, -2 none before the hundreds. Rounds half
 * away from zero, or cuts. */
enum sqli_status sqli__decimal_round_at(const struct sqli_decimal *value, int scale,
                                        struct sqli_decimal *result, struct sqli_error *error);
void sqli__decimal_truncate(const struct sqli_decimal *value, int scale,
                            struct sqli_decimal *result);
int sqli__decimal_compare(const struct sqli_decimal *a, const struct sqli_decimal *b);

#endif
