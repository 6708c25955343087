/* What the sources of decimal.h share: a number with room for every exact intermediate result, and
 * the one place where such a number is rounded, normalised and held to the range of DECIMAL. */
#ifndef SQLI_VALUE_DECIMAL_WIDE_H
#define SQLI_VALUE_DECIMAL_WIDE_H

#include "value/decimal.h"

/* The longest is a sum: from the first pair of the largest number to the last of the smallest, a
 * pair for its carry, and the spare pair in front. */
enum {
    SQLI_WIDE_PAIRS = SQLI_DECIMAL_EXPONENT_MAX - SQLI_DECIMAL_EXPONENT_MIN + SQLI_DECIMAL_PAIRS + 2
};

/* value = (-1)^negative * 0.p[first] p[first + 1] ... p[end - 1] * 100^exponent. `first` is at
 * least 1 until sqli__wide_round, which may need the pair before it for a carry. */
struct sqli_wide {
    bool negative;
    int exponent;
    int first;
    int end;
    uint8_t pairs[SQLI_WIDE_PAIRS];
};

void sqli__wide_from(const struct sqli_decimal *value, struct sqli_wide *wide);

/* Makes the first pair one that is not zero; false when there is none. */
bool sqli__wide_trim(struct sqli_wide *wide);

/* Rounds half away from zero to that many decimal digits, counted from the tens of the first pair,
 * be they zero or not. */
void sqli__wide_round(struct sqli_wide *wide, int digits);

/* Decimal digits of a trimmed number's first pair that are zero: 0 or 1. */
static inline int sqli__wide_lead(const struct sqli_wide *wide)
{
    return wide->pairs[wide->first] < 10;
}

/* Normalises. False for a number too large; one too small becomes zero. The number must have been
 * rounded to what a decimal holds. */
bool sqli__wide_store(struct sqli_wide *wide, struct sqli_decimal *value);

/* All of it: rounded to SQLI_DECIMAL_DIGITS significant digits, normalised, checked. */
bool sqli__wide_settle(struct sqli_wide *wide, struct sqli_decimal *value);

/* The text of sqli__decimal_to_text into SQLI_DECIMAL_TEXT_MAX characters, not terminated; returns
 * its length. */
size_t sqli__decimal_write(const struct sqli_decimal *value, int scale, char *text);

/* Fails with `code` and names the value. */
enum sqli_status sqli__decimal_fail(struct sqli_error *error, int32_t code,
                                    const struct sqli_decimal *value);

#endif
