/* Rounding and cutting at any digit, before the point too. */
#include "value/decimal_wide.h"

/* Digits from the tens of the first pair to the one that stays last. */
static int digits_kept(const struct sqli_decimal *value, int scale)
{
    return 2 * value->exponent + scale;
}

enum sqli_status sqli__decimal_round_at(const struct sqli_decimal *value, int scale,
                                        struct sqli_decimal *result, struct sqli_error *error)
{
    struct sqli_wide wide;
    if (value->count == 0) {
        *result = *value;
        return SQLI_OK;
    }
    sqli__wide_from(value, &wide);
    sqli__wide_round(&wide, digits_kept(value, scale));
    if (!sqli__wide_store(&wide, result))
        return sqli__decimal_fail(error, SQLI_E_DECIMAL_OVERFLOW, value);
    return SQLI_OK;
}

void sqli__decimal_truncate(const struct sqli_decimal *value, int scale,
                            struct sqli_decimal *result)
{
    struct sqli_decimal cut = *value;
    int digits = digits_kept(value, scale);
    int pairs = digits <= 0 ? 0 : (digits + 1) / 2;
    if (pairs < cut.count)
        cut.count = (uint8_t)pairs;
    if (digits > 0 && digits % 2 != 0 && cut.count == pairs)
        cut.pairs[pairs - 1] = (uint8_t)(cut.pairs[pairs - 1] / 10 * 10);
    while (cut.count > 0 && cut.pairs[cut.count - 1] == 0)
        cut.count--;
    if (cut.count == 0)
        cut = (struct sqli_decimal){0};
    *result = cut;
}
