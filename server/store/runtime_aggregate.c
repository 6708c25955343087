/* Aggregates. An empty group has no sum, but a count. */
#include "server/store/runtime_call.h"

#include <math.h>

/* SQLite aligns the memory of an aggregate to eight bytes. */
__extension__ typedef __int128 wide_integer __attribute__((aligned(8)));
__extension__ typedef unsigned __int128 wide_magnitude;

enum { PAIR = 100, COEFFICIENT_PAIRS = 17 }; /* of one decimal: less than 10^34 */

/* --- Exact sums of decimals --- */

/* The sum so far is total + coefficient * 100^low: in a column of one scale every step is one
 * addition of integers, and `total` comes in when their 38 digits do not suffice. */
struct decimal_sum {
    int64_t count;
    int low;
    bool has_total;
    wide_integer coefficient;
    struct sqli_decimal total;
};

static const wide_integer coefficient_limit = (wide_integer)1 << 124;

static wide_integer coefficient_of(const struct sqli_decimal *number)
{
    wide_integer sum = 0;
    for (int i = 0; i < number->count; i++)
        sum = sum * PAIR + number->pairs[i];
    return number->negative ? -sum : sum;
}

/* False: too large. */
static bool scale_up(wide_integer *coefficient, int pairs)
{
    while (pairs-- > 0) {
        if (*coefficient > coefficient_limit / PAIR || *coefficient < -coefficient_limit / PAIR)
            return false;
        *coefficient *= PAIR;
    }
    return true;
}

static enum sqli_status decimal_from_wide(wide_integer coefficient, int low,
                                          struct sqli_decimal *number, struct sqli_error *error)
{
    uint8_t pairs[2 * COEFFICIENT_PAIRS];
    wide_magnitude rest =
        coefficient < 0 ? 0 - (wide_magnitude)coefficient : (wide_magnitude)coefficient;
    size_t at = sizeof pairs;
    for (; rest > 0; rest /= PAIR)
        pairs[--at] = (uint8_t)(rest % PAIR);
    int exponent = low + (int)(sizeof pairs - at);
    struct sqli_decimal high = {.negative = coefficient < 0, .exponent = (int8_t)exponent};
    struct sqli_decimal rest_of = {.negative = coefficient < 0};
    while (at < sizeof pairs && high.count < 16)
        high.pairs[high.count++] = pairs[at++];
    rest_of.exponent = (int8_t)(exponent - high.count);
    while (at < sizeof pairs && pairs[at] == 0) {
        at++;
        rest_of.exponent--;
    }
    while (at < sizeof pairs && rest_of.count < 16)
        rest_of.pairs[rest_of.count++] = pairs[at++];
    for (struct sqli_decimal *part = &high; part; part = part == &high ? &rest_of : NULL) {
        while (part->count > 0 && part->pairs[part->count - 1] == 0)
            part->count--;
        if (part->count == 0)
            *part = (struct sqli_decimal){0};
    }
    return sqli__decimal_add(&high, &rest_of, number, error);
}

static enum sqli_status settle(struct decimal_sum *sum, struct sqli_error *error)
{
    struct sqli_decimal part;
    if (sum->coefficient == 0)
        return SQLI_OK;
    SQLI_TRY(decimal_from_wide(sum->coefficient, sum->low, &part, error));
    sum->coefficient = 0;
    if (!sum->has_total) {
        sum->total = part;
        sum->has_total = true;
        return SQLI_OK;
    }
    return sqli__decimal_add(&sum->total, &part, &sum->total, error);
}

static enum sqli_status add_decimal(struct decimal_sum *sum, const struct sqli_decimal *number,
                                    struct sqli_error *error)
{
    int low = number->exponent - number->count;
    wide_integer coefficient = coefficient_of(number);
    wide_integer before = sum->coefficient;
    sum->count++;
    if (before == 0)
        sum->low = low;
    bool aligned = low >= sum->low ? scale_up(&coefficient, low - sum->low)
                                   : scale_up(&before, sum->low - low);
    if (aligned && before <= coefficient_limit && before >= -coefficient_limit) {
        sum->low = low < sum->low ? low : sum->low;
        sum->coefficient = before + coefficient;
        return SQLI_OK;
    }
    SQLI_TRY(settle(sum, error));
    sum->low = low;
    sum->coefficient = coefficient_of(number);
    return SQLI_OK;
}

static void sum_decimal_step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_decimal number;
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL ||
        !sqli__call_decimal(context, arguments[0], &number))
        return;
    struct decimal_sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (!sum)
        sqlite3_result_error_nomem(context);
    else if (add_decimal(sum, &number, sqli__call_error(context)) != SQLI_OK)
        sqli__call_failed(context);
}

/* Less what was added: the negative is added, and both rows are gone. */
static void sum_decimal_inverse(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_decimal number;
    struct decimal_sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum || sqlite3_value_type(arguments[0]) == SQLITE_NULL ||
        !sqli__call_decimal(context, arguments[0], &number))
        return;
    if (number.count)
        number.negative = !number.negative;
    if (add_decimal(sum, &number, sqli__call_error(context)) != SQLI_OK)
        sqli__call_failed(context);
    sum->count -= 2;
}

static void sum_decimal_final(sqlite3_context *context)
{
    struct decimal_sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum || sum->count == 0)
        sqlite3_result_null(context);
    else
        sqli__give_decimal(context, settle(sum, sqli__call_error(context)), &sum->total);
}

static void average_final(sqlite3_context *context)
{
    struct decimal_sum *sum = sqlite3_aggregate_context(context, 0);
    struct sqli_error *error = sqli__call_error(context);
    struct sqli_decimal divisor, average = {0};
    if (!sum || sum->count == 0) {
        sqlite3_result_null(context);
        return;
    }
    sqli__decimal_from_int64(sum->count, &divisor);
    enum sqli_status status = settle(sum, error);
    if (status == SQLI_OK)
        status = sqli__decimal_divide(&sum->total, &divisor, &average, error);
    sqli__give_decimal(context, status, &average);
}

/* --- Sums of integers: exact, as a decimal --- */

struct integer_sum {
    int64_t count;
    wide_integer sum;
};

static void sum_integer_step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    struct integer_sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (!sum) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sum->count++;
    sum->sum += sqlite3_value_int64(arguments[0]);
}

static void sum_integer_inverse(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct integer_sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum || sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    sum->count--;
    sum->sum -= sqlite3_value_int64(arguments[0]);
}

static void sum_integer_final(sqlite3_context *context)
{
    struct integer_sum *sum = sqlite3_aggregate_context(context, 0);
    struct sqli_decimal number = {0};
    if (!sum || sum->count == 0) {
        sqlite3_result_null(context);
        return;
    }
    enum sqli_status status = SQLI_OK;
    if (sum->sum >= INT64_MIN && sum->sum <= INT64_MAX)
        sqli__decimal_from_int64((int64_t)sum->sum, &number);
    else
        status = decimal_from_wide(sum->sum, 0, &number, sqli__call_error(context));
    sqli__give_decimal(context, status, &number);
}

/* --- Counts --- */

static void count_step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (count > 0 && sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    int64_t *rows = sqlite3_aggregate_context(context, sizeof *rows);
    if (rows)
        ++*rows;
    else
        sqlite3_result_error_nomem(context);
}

static void count_inverse(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    int64_t *rows = sqlite3_aggregate_context(context, 0);
    if (rows && (count == 0 || sqlite3_value_type(arguments[0]) != SQLITE_NULL))
        --*rows;
}

static void count_final(sqlite3_context *context)
{
    const int64_t *rows = sqlite3_aggregate_context(context, 0);
    struct sqli_decimal number;
    sqli__decimal_from_int64(rows ? *rows : 0, &number);
    sqli__give_decimal(context, SQLI_OK, &number);
}

/* --- Doubles --- */

/* The mean and the sum of squared distances from it are kept up value by value, which loses no
 * digits to a large mean. The sum carries what each addition lost. */
struct real_sum {
    int64_t count;
    double sum, lost;
    double mean, squares;
    double least, most;
};

static void real_step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    double v = sqlite3_value_double(arguments[0]);
    struct real_sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (!sum) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sum->count++;
    double total = sum->sum + v;
    sum->lost += fabs(sum->sum) >= fabs(v) ? (sum->sum - total) + v : (v - total) + sum->sum;
    sum->sum = total;
    double distance = v - sum->mean;
    sum->mean += distance / (double)sum->count;
    sum->squares += distance * (v - sum->mean);
    sum->least = sum->count == 1 || v < sum->least ? v : sum->least;
    sum->most = sum->count == 1 || v > sum->most ? v : sum->most;
}

static void real_inverse(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct real_sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum || sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    double v = sqlite3_value_double(arguments[0]);
    if (--sum->count == 0) {
        *sum = (struct real_sum){0};
        return;
    }
    double total = sum->sum - v;
    sum->lost += fabs(sum->sum) >= fabs(v) ? (sum->sum - total) - v : sum->sum - (total + v);
    sum->sum = total;
    double distance = v - sum->mean;
    sum->mean -= distance / (double)sum->count;
    sum->squares -= distance * (v - sum->mean);
    if (sum->squares < 0)
        sum->squares = 0;
}

static struct real_sum *real_result(sqlite3_context *context)
{
    struct real_sum *sum = sqlite3_aggregate_context(context, 0);
    if (sum && sum->count > 0)
        return sum;
    sqlite3_result_null(context);
    return NULL;
}

static void give_finite(sqlite3_context *context, double number)
{
    if (isfinite(number))
        sqlite3_result_double(context, number);
    else
        sqli__call_fail(context, SQLI_E_FLOAT_RANGE, NULL);
}

static void sum_real_final(sqlite3_context *context)
{
    const struct real_sum *sum = real_result(context);
    if (sum)
        give_finite(context, sum->sum + (isfinite(sum->sum) ? sum->lost : 0));
}

static void average_real_final(sqlite3_context *context)
{
    const struct real_sum *sum = real_result(context);
    if (sum)
        give_finite(context, (sum->sum + sum->lost) / (double)sum->count);
}

/* Of a sample: one value alone has none. */
static double variance_of(const struct real_sum *sum)
{
    return sum->count > 1 ? sum->squares / (double)(sum->count - 1) : 0;
}

static void variance_final(sqlite3_context *context)
{
    const struct real_sum *sum = real_result(context);
    if (sum)
        give_finite(context, variance_of(sum));
}

static void stdev_final(sqlite3_context *context)
{
    const struct real_sum *sum = real_result(context);
    if (sum)
        give_finite(context, sqrt(variance_of(sum)));
}

static void range_final(sqlite3_context *context)
{
    const struct real_sum *sum = real_result(context);
    if (sum)
        give_finite(context, sum->most - sum->least);
}

/* --- Intervals --- */

struct interval_sum {
    int64_t count;
    struct sqli_interval sum;
};

static void sum_interval_step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_interval interval;
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    sqli_qualifier q = sqli__call_qualifier(context, arguments[1]);
    if (!q || !sqli__call_interval(context, arguments[0], q, &interval))
        return;
    struct interval_sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (!sum) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (sum->count++ == 0)
        sum->sum = interval;
    else if (__builtin_add_overflow(sum->sum.amount, interval.amount, &sum->sum.amount))
        sqli__call_fail(context, SQLI_E_INTERVAL_OVERFLOW, NULL);
}

static void sum_interval_inverse(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_interval interval;
    struct interval_sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum || sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    sqli_qualifier q = sqli__call_qualifier(context, arguments[1]);
    if (!q || !sqli__call_interval(context, arguments[0], q, &interval))
        return;
    sum->count--;
    sum->sum.amount -= interval.amount;
}

static void sum_interval_final(sqlite3_context *context)
{
    const struct interval_sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum || sum->count == 0)
        sqlite3_result_null(context);
    else
        sqli__give_interval(context, SQLI_OK, &sum->sum);
}

const struct sqli_aggregate_row sqli__aggregates[] = {
    {"x_sum_int", 1, sum_integer_step, sum_integer_final, sum_integer_inverse},
    {"x_sum_dec", 1, sum_decimal_step, sum_decimal_final, sum_decimal_inverse},
    {"x_avg", 1, sum_decimal_step, average_final, sum_decimal_inverse},
    {"x_sum_real", 1, real_step, sum_real_final, real_inverse},
    {"x_avg_real", 1, real_step, average_real_final, real_inverse},
    {"x_count_dec", 1, count_step, count_final, count_inverse},
    {"x_count_rows", 0, count_step, count_final, count_inverse},
    {"x_sum_iv", 2, sum_interval_step, sum_interval_final, sum_interval_inverse},
    {"x_stdev", 1, real_step, stdev_final, real_inverse},
    {"x_variance", 1, real_step, variance_final, real_inverse},
    {"x_range", 1, real_step, range_final, NULL},
    {0},
};
