#include "value/temporal.h"

#include "value/number.h"
#include "value/packed.h"

enum {
    MONTHS_YEAR = 12,
    TICKS_SECOND = 100000,
};

/* How much of the amount one of a part is: months above, 10^-5 seconds below. */
static const int64_t part_size[SQLI_PARTS] = {
    MONTHS_YEAR,  1, 86400 * (int64_t)TICKS_SECOND, 3600 * (int64_t)TICKS_SECOND, 60 * TICKS_SECOND,
    TICKS_SECOND, 1};

/* How many of a part make one of the part before it. */
static const int32_t part_limit[SQLI_PARTS] = {0, 12, 0, 24, 60, 60, TICKS_SECOND};

static const int64_t first_limit[SQLI_INTERVAL_DIGITS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static bool is_year_month(sqli_qualifier q)
{
    return sqli__last_part(q) <= SQLI_PART_MONTH;
}

/* Splits over the parts of the qualifier, of which the first takes all that is left. What is finer
 * than the last one is cut; a value of nothing else has no sign. */
static void to_parts(const struct sqli_interval *v, struct sqli_parts *parts)
{
    *parts = (struct sqli_parts){0};
    uint64_t rest = v->amount < 0 ? 0 - (uint64_t)v->amount : (uint64_t)v->amount;
    bool zero = true;
    for (int i = sqli__first_part(v->qualifier); i <= sqli__last_part(v->qualifier); i++) {
        uint64_t count = rest / (uint64_t)part_size[i];
        rest %= (uint64_t)part_size[i];
        if (i == SQLI_PART_FRACTION)
            count -= count % (uint64_t)sqli__fraction_step(v->qualifier);
        parts->part[i] = count > INT64_MAX ? INT64_MAX : (int64_t)count;
        zero = zero && count == 0;
    }
    parts->negative = !zero && v->amount < 0;
}

static int32_t misfit(const struct sqli_parts *parts, sqli_qualifier q)
{
    int first = sqli__first_part(q);
    for (int i = first + 1; i <= sqli__last_part(q); i++)
        if (parts->part[i] < 0 || parts->part[i] >= part_limit[i])
            return SQLI_E_DATETIME_FIELD_RANGE;
    if (parts->part[first] < 0)
        return SQLI_E_DATETIME_FIELD_RANGE;
    if (parts->part[first] >= first_limit[sqli__first_digits(q)])
        return SQLI_E_INTERVAL_OVERFLOW;
    return 0;
}

/* Of parts that fit the qualifier: 999999999 days and all below them fit in the amount. */
static void from_parts(const struct sqli_parts *parts, sqli_qualifier q, struct sqli_interval *v)
{
    int64_t amount = 0;
    for (int i = sqli__first_part(q); i <= sqli__last_part(q); i++)
        amount += parts->part[i] * part_size[i];
    if (!is_year_month(q))
        amount -= amount % sqli__fraction_step(q);
    *v = (struct sqli_interval){
        .qualifier = q,
        .year_month = is_year_month(q),
        .amount = parts->negative ? -amount : amount,
    };
}

static enum sqli_status fail(struct sqli_error *error, int32_t code, const struct sqli_parts *parts,
                             sqli_qualifier q)
{
    char text[SQLI_TEMPORAL_TEXT_MAX];
    sqli__parts_print(parts, q, 1, text);
    return sqli__fail(error, code, "%s", text);
}

/* --- Images --- */

static bool pairs_fit(const uint8_t pairs[SQLI_PLACES], sqli_qualifier q)
{
    for (int i = sqli__places_first(q); i < sqli__places_end(q); i++)
        if (pairs[i] > 99)
            return false;
    return true;
}

static void pairs_to_parts(const uint8_t pairs[SQLI_PLACES], sqli_qualifier q,
                           struct sqli_parts *parts)
{
    int first = sqli__first_part(q);
    for (int i = sqli__places_first(q); i <= SQLI_PLACE_YEAR + first; i++)
        parts->part[first] = parts->part[first] * 100 + pairs[i];
    for (int i = first + 1; i <= SQLI_PART_SECOND; i++)
        parts->part[i] = pairs[SQLI_PLACE_YEAR + i];
    parts->part[SQLI_PART_FRACTION] = sqli__packed_fraction(pairs);
}

enum sqli_status sqli__interval_decode(struct sqli_span image, sqli_qualifier q,
                                       struct sqli_interval *value, bool *null,
                                       struct sqli_error *error)
{
    uint8_t pairs[SQLI_PLACES] = {0};
    struct sqli_parts parts = {0};
    if (!sqli__interval_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    enum sqli_packed found = sqli__packed_read(image, q, pairs, &parts.negative);
    *null = found == SQLI_PACKED_NULL;
    if (*null)
        return SQLI_OK;
    pairs_to_parts(pairs, q, &parts);
    if (found != SQLI_PACKED_VALUE || !pairs_fit(pairs, q) || misfit(&parts, q))
        return sqli__packed_fail(error, image, q, true);
    from_parts(&parts, q, value);
    return SQLI_OK;
}

static void parts_to_pairs(const struct sqli_parts *parts, sqli_qualifier q,
                           uint8_t pairs[SQLI_PLACES])
{
    int first = sqli__first_part(q);
    int64_t rest = parts->part[first];
    for (int i = SQLI_PLACE_YEAR + first; i >= sqli__places_first(q); i--) {
        pairs[i] = (uint8_t)(rest % 100);
        rest /= 100;
    }
    for (int i = first + 1; i <= SQLI_PART_SECOND; i++)
        pairs[SQLI_PLACE_YEAR + i] = (uint8_t)parts->part[i];
    sqli__packed_set_fraction(pairs, (int32_t)parts->part[SQLI_PART_FRACTION]);
}

enum sqli_status sqli__interval_encode(const struct sqli_interval *value, uint8_t *out,
                                       struct sqli_error *error)
{
    uint8_t pairs[SQLI_PLACES] = {0};
    struct sqli_parts parts;
    sqli_qualifier q = value->qualifier;
    if (!sqli__interval_qualifier_valid(q) || is_year_month(q) != value->year_month)
        return sqli__qualifier_fail(error, q);
    to_parts(value, &parts);
    int32_t code = misfit(&parts, q);
    if (code)
        return fail(error, code, &parts, q);
    parts_to_pairs(&parts, q, pairs);
    size_t length = sqli__packed_write(pairs, q, parts.negative, out);
    size_t zeros = 1;
    while (zeros < length && out[zeros] == 0)
        zeros++;
    if (zeros == length)
        out[0] = SQLI_PACKED_ZERO;
    return SQLI_OK;
}

/* --- Text and fields --- */

enum sqli_status sqli__interval_from_text(struct sqli_span text, sqli_qualifier q,
                                          struct sqli_interval *value, struct sqli_error *error)
{
    struct sqli_parts parts;
    int first_digits;
    if (!sqli__interval_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    SQLI_TRY(sqli__parts_scan(text, q, true, &parts, &first_digits, error));
    int32_t code = misfit(&parts, q);
    if (code)
        return sqli__fail_text(error, code, sqli__trimmed(text));
    from_parts(&parts, q, value);
    return SQLI_OK;
}

void sqli__interval_to_text(const struct sqli_interval *value, struct sqli_buffer *text)
{
    char out[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_parts parts;
    if (!sqli__interval_qualifier_valid(value->qualifier))
        return;
    to_parts(value, &parts);
    size_t length = sqli__parts_print(&parts, value->qualifier, 1, out);
    sqli__buffer_append(text, out, length);
}

static int32_t clamp(int64_t number)
{
    return number > INT32_MAX ? INT32_MAX : (int32_t)number;
}

void sqli__interval_to_fields(const struct sqli_interval *value,
                              struct sqli_interval_fields *fields)
{
    struct sqli_parts parts = {0};
    if (sqli__interval_qualifier_valid(value->qualifier))
        to_parts(value, &parts);
    *fields = (struct sqli_interval_fields){
        .negative = parts.negative,
        .year = clamp(parts.part[SQLI_PART_YEAR]),
        .month = clamp(parts.part[SQLI_PART_MONTH]),
        .day = clamp(parts.part[SQLI_PART_DAY]),
        .hour = clamp(parts.part[SQLI_PART_HOUR]),
        .minute = clamp(parts.part[SQLI_PART_MINUTE]),
        .second = clamp(parts.part[SQLI_PART_SECOND]),
        .fraction = clamp(parts.part[SQLI_PART_FRACTION]),
    };
}

enum sqli_status sqli__interval_from_fields(const struct sqli_interval_fields *fields,
                                            sqli_qualifier q, struct sqli_interval *value,
                                            struct sqli_error *error)
{
    struct sqli_parts parts = {fields->negative,
                               {fields->year, fields->month, fields->day, fields->hour,
                                fields->minute, fields->second, fields->fraction}};
    if (!sqli__interval_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    int32_t code = misfit(&parts, q);
    for (int i = 0; i < sqli__first_part(q); i++)
        if (parts.part[i] != 0)
            code = SQLI_E_DATETIME_FIELD_RANGE;
    if (code)
        return fail(error, code, &parts, q);
    from_parts(&parts, q, value);
    return SQLI_OK;
}

/* --- Arithmetic --- */

static enum sqli_status incompatible(struct sqli_error *error, sqli_qualifier a, sqli_qualifier b)
{
    char names[2][SQLI_QUALIFIER_TEXT];
    sqli__qualifier_format(a, true, names[0]);
    sqli__qualifier_format(b, true, names[1]);
    return sqli__fail(error, SQLI_E_INTERVAL_INCOMPATIBLE, "interval %s + interval %s", names[0],
                      names[1]);
}

/* The part of the amount that the qualifier can show. */
static int64_t cut_amount(int64_t amount, sqli_qualifier q)
{
    int last = sqli__last_part(q);
    int64_t step = last == SQLI_PART_FRACTION ? sqli__fraction_step(q) : part_size[last];
    return amount - amount % step;
}

static bool add_amounts(int64_t a, int64_t b, int64_t *sum)
{
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
        return false;
    *sum = a + b;
    return true;
}

enum sqli_status sqli__interval_add(const struct sqli_interval *a, const struct sqli_interval *b,
                                    struct sqli_interval *sum, struct sqli_error *error)
{
    sqli_qualifier q = a->qualifier;
    if (!sqli__interval_qualifier_valid(q) || !sqli__interval_qualifier_valid(b->qualifier) ||
        a->year_month != b->year_month || sqli__first_part(b->qualifier) < sqli__first_part(q))
        return incompatible(error, q, b->qualifier);
    struct sqli_interval result = {.year_month = a->year_month};
    struct sqli_parts parts;
    result.qualifier = sqli__interval_qualifier(sqli__qualifier_start(q), sqli__qualifier_end(q),
                                                SQLI_INTERVAL_DIGITS);
    bool fits = add_amounts(a->amount, cut_amount(b->amount, q), &result.amount);
    to_parts(&result, &parts);
    if (!fits || misfit(&parts, result.qualifier)) {
        to_parts(a, &parts);
        return fail(error, SQLI_E_INTERVAL_OVERFLOW, &parts, q);
    }
    *sum = result;
    return SQLI_OK;
}
