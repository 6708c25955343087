/* Intervals and numbers. */
#include "value/temporal.h"

#include "value/parts.h"

enum { TICKS_SECOND = 100000, TICKS_UNIT_FRACTION = 100 };

/* Months, or units of 10^-5 seconds, in one of a field. */
static const int64_t field_size[] = {
    [SQLI_PART_YEAR] = 12,
    [SQLI_PART_MONTH] = 1,
    [SQLI_PART_DAY] = 86400 * (int64_t)TICKS_SECOND,
    [SQLI_PART_HOUR] = 3600 * (int64_t)TICKS_SECOND,
    [SQLI_PART_MINUTE] = 60 * (int64_t)TICKS_SECOND,
    [SQLI_PART_SECOND] = TICKS_SECOND,
    [SQLI_PART_FRACTION] = TICKS_UNIT_FRACTION,
};

static enum sqli_status give_amount(const struct sqli_decimal *amount, sqli_qualifier q,
                                    struct sqli_interval *value, struct sqli_error *error)
{
    struct sqli_decimal whole;
    int64_t number;
    sqli__decimal_truncate(amount, 0, &whole);
    if (sqli__decimal_to_int64(&whole, &number, NULL) != SQLI_OK)
        return sqli__fail(error, SQLI_E_INTERVAL_OVERFLOW, NULL);
    *value = (struct sqli_interval){
        .qualifier = q,
        .year_month = sqli__last_part(q) <= SQLI_PART_MONTH,
        .amount = number,
    };
    return SQLI_OK;
}

static enum sqli_status rescale(const struct sqli_interval *value, const struct sqli_decimal *by,
                                bool divide, struct sqli_interval *result, struct sqli_error *error)
{
    struct sqli_decimal amount;
    if (!sqli__interval_qualifier_valid(value->qualifier))
        return sqli__qualifier_fail(error, value->qualifier);
    sqli__decimal_from_int64(value->amount, &amount);
    SQLI_TRY((divide ? sqli__decimal_divide : sqli__decimal_multiply)(&amount, by, &amount, error));
    return give_amount(&amount, value->qualifier, result, error);
}

enum sqli_status sqli__interval_multiply(const struct sqli_interval *value,
                                         const struct sqli_decimal *factor,
                                         struct sqli_interval *product, struct sqli_error *error)
{
    return rescale(value, factor, false, product, error);
}

enum sqli_status sqli__interval_divide(const struct sqli_interval *value,
                                       const struct sqli_decimal *divisor,
                                       struct sqli_interval *quotient, struct sqli_error *error)
{
    return rescale(value, divisor, true, quotient, error);
}

enum sqli_status sqli__interval_ratio(const struct sqli_interval *a, const struct sqli_interval *b,
                                      struct sqli_decimal *ratio, struct sqli_error *error)
{
    struct sqli_decimal left, right;
    if (a->year_month != b->year_month)
        return sqli__fail(error, SQLI_E_INTERVAL_INCOMPATIBLE, NULL);
    sqli__decimal_from_int64(a->amount, &left);
    sqli__decimal_from_int64(b->amount, &right);
    return sqli__decimal_divide(&left, &right, ratio, error);
}

enum sqli_status sqli__interval_units(const struct sqli_decimal *number, sqli_qualifier q,
                                      struct sqli_interval *value, struct sqli_error *error)
{
    struct sqli_decimal whole, size;
    if (!sqli__interval_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    sqli__decimal_truncate(number, 0, &whole);
    sqli__decimal_from_int64(field_size[sqli__last_part(q)], &size);
    SQLI_TRY(sqli__decimal_multiply(&whole, &size, &size, error));
    return give_amount(&size, q, value, error);
}
