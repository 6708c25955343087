#include "value/decimal_wide.h"

enum { BASE = 100 };

__extension__ typedef unsigned __int128 coefficient; /* 17 pairs are less than 2^113 */

static enum sqli_status fail_overflow(struct sqli_error *error, const struct sqli_decimal *a,
                                      char operation, const struct sqli_decimal *b)
{
    char left[SQLI_DECIMAL_TEXT_MAX];
    char right[SQLI_DECIMAL_TEXT_MAX];
    int left_length = (int)sqli__decimal_write(a, SQLI_DECIMAL_FLOATING, left);
    int right_length = (int)sqli__decimal_write(b, SQLI_DECIMAL_FLOATING, right);
    return sqli__fail(error, SQLI_E_DECIMAL_OVERFLOW, "%.*s %c %.*s", left_length, left, operation,
                      right_length, right);
}

/* A number of zeros that spans the pairs of both, with one pair more for the carry. */
static void span_both(const struct sqli_decimal *a, const struct sqli_decimal *b,
                      struct sqli_wide *wide)
{
    int top = a->exponent > b->exponent ? a->exponent : b->exponent;
    int low_a = a->exponent - a->count;
    int low_b = b->exponent - b->count;
    int low = low_a < low_b ? low_a : low_b;
    wide->exponent = top + 1;
    wide->first = 1;
    wide->end = wide->first + wide->exponent - low;
    memset(wide->pairs, 0, (size_t)wide->end);
}

/* Adds the pairs of `value` times `factor` (1 or -1). The result must not be negative. */
static void accumulate(struct sqli_wide *wide, const struct sqli_decimal *value, int factor)
{
    int offset = wide->first + wide->exponent - value->exponent;
    int carry = 0;
    for (int i = value->count - 1; i >= 0 || carry != 0; i--) {
        int pair = wide->pairs[offset + i] + carry + (i >= 0 ? factor * value->pairs[i] : 0);
        carry = pair < 0 ? -1 : pair >= BASE;
        wide->pairs[offset + i] = (uint8_t)(pair - carry * BASE);
    }
}

/* Only for intermediate use: it may give a negative zero. */
static struct sqli_decimal with_sign(const struct sqli_decimal *value, bool negative)
{
    struct sqli_decimal copy = *value;
    copy.negative = negative;
    return copy;
}

/* a + b, or a - b with b's sign already turned. Works on magnitudes: the larger one first. */
static bool add_signed(const struct sqli_decimal *a, const struct sqli_decimal *b,
                       struct sqli_decimal *sum)
{
    struct sqli_wide wide;
    struct sqli_decimal size_a = with_sign(a, false);
    struct sqli_decimal size_b = with_sign(b, false);
    bool a_larger = sqli__decimal_compare(&size_a, &size_b) >= 0;
    span_both(a, b, &wide);
    wide.negative = a_larger ? a->negative : b->negative;
    accumulate(&wide, a_larger ? a : b, 1);
    accumulate(&wide, a_larger ? b : a, a->negative == b->negative ? 1 : -1);
    return sqli__wide_settle(&wide, sum);
}

enum sqli_status sqli__decimal_add(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                   struct sqli_decimal *sum, struct sqli_error *error)
{
    if (!add_signed(a, b, sum))
        return fail_overflow(error, a, '+', b);
    return SQLI_OK;
}

enum sqli_status sqli__decimal_subtract(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                        struct sqli_decimal *difference, struct sqli_error *error)
{
    struct sqli_decimal turned = with_sign(b, !b->negative);
    if (!add_signed(a, &turned, difference))
        return fail_overflow(error, a, '-', b);
    return SQLI_OK;
}

enum sqli_status sqli__decimal_multiply(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                        struct sqli_decimal *product, struct sqli_error *error)
{
    uint32_t columns[2 * SQLI_DECIMAL_PAIRS] = {0};
    struct sqli_wide wide = {.negative = a->negative != b->negative,
                             .exponent = a->exponent + b->exponent,
                             .first = 1,
                             .end = 1 + a->count + b->count};
    for (int i = 0; i < a->count; i++)
        for (int j = 0; j < b->count; j++)
            columns[i + j + 1] += (uint32_t)a->pairs[i] * b->pairs[j];
    uint32_t carry = 0;
    for (int i = a->count + b->count - 1; i >= 0; i--) {
        carry += columns[i];
        wide.pairs[wide.first + i] = (uint8_t)(carry % BASE);
        carry /= BASE;
    }
    if (!sqli__wide_settle(&wide, product))
        return fail_overflow(error, a, '*', b);
    return SQLI_OK;
}

static coefficient coefficient_of(const struct sqli_decimal *value)
{
    coefficient number = 0;
    for (int i = 0; i < value->count; i++)
        number = number * BASE + value->pairs[i];
    return number;
}

/* Long division, pair by pair. It ends with the remainder, or once there are 17 pairs from the
 * first that is not zero on: 32 digits and the one that rounds. */
static void divide_pairs(const struct sqli_decimal *a, const struct sqli_decimal *b,
                         struct sqli_wide *wide)
{
    const coefficient divisor = coefficient_of(b);
    coefficient rest = 0;
    int significant = 0;
    for (int i = 0; i < a->count || (rest != 0 && significant < SQLI_DECIMAL_PAIRS); i++) {
        rest = rest * BASE + (i < a->count ? a->pairs[i] : 0);
        const coefficient pair = rest < divisor ? 0 : rest / divisor;
        rest -= pair * divisor;
        significant += pair != 0 || significant > 0;
        wide->pairs[wide->end++] = (uint8_t)pair;
    }
}

enum sqli_status sqli__decimal_divide(const struct sqli_decimal *a, const struct sqli_decimal *b,
                                      struct sqli_decimal *quotient, struct sqli_error *error)
{
    if (b->count == 0)
        return sqli__decimal_fail(error, SQLI_E_DIVISION_BY_ZERO, a);
    struct sqli_wide wide = {.negative = a->negative != b->negative,
                             .exponent = a->exponent - b->exponent + b->count,
                             .first = 1,
                             .end = 1};
    divide_pairs(a, b, &wide);
    if (!sqli__wide_settle(&wide, quotient))
        return fail_overflow(error, a, '/', b);
    return SQLI_OK;
}
