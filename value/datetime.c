#include "value/temporal.h"

#include "value/number.h"
#include "value/packed.h"

enum {
    CENTURY = 2000, /* of years written with one or two digits: DBCENTURY's default R */
    TICKS_SECOND = 100000,
    CALENDAR_DAYS = SQLI_DATE_MAX - SQLI_DATE_MIN + 1,
    DIFFERENCE_DAY_DIGITS = 8,
};

static const int64_t ticks_day = 86400 * (int64_t)TICKS_SECOND;

static int start_width(sqli_qualifier q)
{
    return sqli__qualifier_start(q) == SQLI_FIELD_YEAR ? 4 : 2;
}

static void to_parts(const struct sqli_datetime *v, struct sqli_parts *parts)
{
    *parts = (struct sqli_parts){
        .part = {v->year, v->month, v->day, v->hour, v->minute, v->second, v->fraction}};
}

/* Of parts that fit in their C types. */
static void from_parts(const struct sqli_parts *parts, struct sqli_datetime *v)
{
    v->year = (int16_t)parts->part[SQLI_PART_YEAR];
    v->month = (int8_t)parts->part[SQLI_PART_MONTH];
    v->day = (int8_t)parts->part[SQLI_PART_DAY];
    v->hour = (int8_t)parts->part[SQLI_PART_HOUR];
    v->minute = (int8_t)parts->part[SQLI_PART_MINUTE];
    v->second = (int8_t)parts->part[SQLI_PART_SECOND];
    v->fraction = (int32_t)parts->part[SQLI_PART_FRACTION];
}

static enum sqli_status fail(struct sqli_error *error, int32_t code, const struct sqli_datetime *v)
{
    char text[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_parts parts;
    to_parts(v, &parts);
    sqli__parts_print(&parts, v->qualifier, start_width(v->qualifier), text);
    return sqli__fail(error, code, "%s", text);
}

/* A day is held against the year and month that the qualifier has: without a year there is a
 * February 29, and without a month the first one stands in, which has 31 days. */
static bool day_exists(const struct sqli_datetime *v)
{
    if (sqli__date_valid(v->year, v->month, v->day))
        return true;
    return v->month == 2 && v->day == 29 && sqli__qualifier_start(v->qualifier) > SQLI_FIELD_YEAR;
}

static bool time_exists(const struct sqli_datetime *v)
{
    return v->hour >= 0 && v->hour <= 23 && v->minute >= 0 && v->minute <= 59 && v->second >= 0 &&
           v->second <= 59 && v->fraction >= 0 && v->fraction < TICKS_SECOND;
}

/* Gives the value the qualifier: what lies outside it gets its lowest value. */
static void cut(struct sqli_datetime *v, sqli_qualifier q)
{
    struct sqli_parts parts;
    int first = sqli__first_part(q);
    int last = sqli__last_part(q);
    to_parts(v, &parts);
    for (int i = 0; i < SQLI_PARTS; i++)
        if (i < first || i > last)
            parts.part[i] = sqli__part_lowest(i);
    parts.part[SQLI_PART_FRACTION] -= parts.part[SQLI_PART_FRACTION] % sqli__fraction_step(q);
    from_parts(&parts, v);
    v->qualifier = q;
}

/* --- Images --- */

enum sqli_status sqli__datetime_decode(struct sqli_span image, sqli_qualifier q,
                                       struct sqli_datetime *value, bool *null,
                                       struct sqli_error *error)
{
    /* Places outside the qualifier keep what is here: 0001-01-01. */
    uint8_t pairs[SQLI_PLACES] = {0, 0, 0, 0, 1, 1, 1};
    bool negative = false;
    if (!sqli__datetime_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    enum sqli_packed found = sqli__packed_read(image, q, pairs, &negative);
    *null = found == SQLI_PACKED_NULL;
    if (*null)
        return SQLI_OK;
    const uint8_t *p = pairs + SQLI_PLACE_YEAR;
    value->qualifier = q;
    value->year = (int16_t)(p[-1] * 100 + p[0]);
    value->month = (int8_t)p[SQLI_PART_MONTH];
    value->day = (int8_t)p[SQLI_PART_DAY];
    value->hour = (int8_t)p[SQLI_PART_HOUR];
    value->minute = (int8_t)p[SQLI_PART_MINUTE];
    value->second = (int8_t)p[SQLI_PART_SECOND];
    value->fraction = sqli__packed_fraction(pairs);
    const uint8_t *f = pairs + SQLI_PLACE_POINT;
    bool pairs_fit = p[0] <= 99 && f[0] <= 99 && f[1] <= 99 && f[2] <= 99;
    if (found != SQLI_PACKED_VALUE || negative || !pairs_fit || !day_exists(value) ||
        !time_exists(value))
        return sqli__packed_fail(error, image, q, false);
    return SQLI_OK;
}

enum sqli_status sqli__datetime_encode(const struct sqli_datetime *value, uint8_t *out,
                                       struct sqli_error *error)
{
    struct sqli_datetime v = *value;
    if (!sqli__datetime_qualifier_valid(v.qualifier))
        return sqli__qualifier_fail(error, v.qualifier);
    cut(&v, v.qualifier);
    if (!day_exists(&v) || !time_exists(&v))
        return fail(error, SQLI_E_DATETIME_FIELD_RANGE, value);
    uint8_t pairs[SQLI_PLACES] = {0};
    uint8_t *p = pairs + SQLI_PLACE_YEAR;
    p[-1] = (uint8_t)(v.year / 100);
    p[0] = (uint8_t)(v.year % 100);
    p[SQLI_PART_MONTH] = (uint8_t)v.month;
    p[SQLI_PART_DAY] = (uint8_t)v.day;
    p[SQLI_PART_HOUR] = (uint8_t)v.hour;
    p[SQLI_PART_MINUTE] = (uint8_t)v.minute;
    p[SQLI_PART_SECOND] = (uint8_t)v.second;
    sqli__packed_set_fraction(pairs, v.fraction);
    sqli__packed_write(pairs, v.qualifier, false, out);
    return SQLI_OK;
}

/* --- Text --- */

enum sqli_status sqli__datetime_from_text(struct sqli_span text, sqli_qualifier q,
                                          struct sqli_datetime *value, struct sqli_error *error)
{
    struct sqli_parts parts;
    int first_digits;
    if (!sqli__datetime_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    SQLI_TRY(sqli__parts_scan(text, q, false, &parts, &first_digits, error));
    if (sqli__first_part(q) == SQLI_PART_YEAR && first_digits <= 2)
        parts.part[SQLI_PART_YEAR] += CENTURY;
    struct sqli_datetime v;
    from_parts(&parts, &v);
    cut(&v, q);
    if (!day_exists(&v) || !time_exists(&v))
        return sqli__fail_text(error, SQLI_E_DATETIME_FIELD_RANGE, sqli__trimmed(text));
    *value = v;
    return SQLI_OK;
}

void sqli__datetime_to_text(const struct sqli_datetime *value, struct sqli_buffer *text)
{
    char out[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_parts parts;
    to_parts(value, &parts);
    size_t length = sqli__parts_print(&parts, value->qualifier, start_width(value->qualifier), out);
    sqli__buffer_append(text, out, length);
}

/* --- Arithmetic --- */

enum sqli_status sqli__datetime_extend(const struct sqli_datetime *value, sqli_qualifier q,
                                       const struct sqli_datetime *now,
                                       struct sqli_datetime *result, struct sqli_error *error)
{
    struct sqli_parts parts, present;
    if (!sqli__datetime_qualifier_valid(q))
        return sqli__qualifier_fail(error, q);
    if (!sqli__datetime_qualifier_valid(value->qualifier))
        return sqli__qualifier_fail(error, value->qualifier);
    struct sqli_datetime v = *value;
    cut(&v, value->qualifier);
    to_parts(&v, &parts);
    to_parts(now, &present);
    for (int i = 0; i < sqli__first_part(value->qualifier); i++)
        parts.part[i] = present.part[i];
    from_parts(&parts, &v);
    cut(&v, q);
    if (!day_exists(&v))
        return fail(error, SQLI_E_DATETIME_FIELD_RANGE, &v);
    *result = v;
    return SQLI_OK;
}

/* 10^-5 seconds since the beginning of 0001-01-01; never negative for a datetime that exists. */
static int64_t to_ticks(const struct sqli_datetime *v)
{
    int64_t days = sqli__date_from_fields(v->year, v->month, v->day) - SQLI_DATE_MIN;
    int64_t seconds = (v->hour * 60 + v->minute) * 60 + v->second;
    return days * ticks_day + seconds * TICKS_SECOND + v->fraction;
}

static void from_ticks(int64_t ticks, struct sqli_datetime *v)
{
    int year, month, day;
    sqli__date_to_fields((int32_t)(ticks / ticks_day) + SQLI_DATE_MIN, &year, &month, &day);
    int64_t rest = ticks % ticks_day;
    int seconds = (int)(rest / TICKS_SECOND);
    v->year = (int16_t)year;
    v->month = (int8_t)month;
    v->day = (int8_t)day;
    v->hour = (int8_t)(seconds / 3600);
    v->minute = (int8_t)(seconds / 60 % 60);
    v->second = (int8_t)(seconds % 60);
    v->fraction = (int32_t)(rest % TICKS_SECOND);
}

static bool add_months(struct sqli_datetime *v, int64_t months)
{
    enum { MONTHS = 9999 * 12 };
    int64_t sum = (v->year - 1) * 12 + v->month - 1;
    if (months < -MONTHS || months > MONTHS)
        return false;
    sum += months;
    if (sum < 0 || sum >= MONTHS)
        return false;
    v->year = (int16_t)(sum / 12 + 1);
    v->month = (int8_t)(sum % 12 + 1);
    return day_exists(v);
}

/* February 29 without a year has no place in the calendar to count from. The limit from above keeps
 * the sum in its type; from below nothing can, as the ticks of a datetime are not negative. */
static bool add_ticks(struct sqli_datetime *v, int64_t ticks)
{
    const int64_t all = CALENDAR_DAYS * ticks_day;
    if (!sqli__date_valid(v->year, v->month, v->day) || ticks > all)
        return false;
    int64_t sum = to_ticks(v) + ticks;
    if (sum < 0 || sum >= all)
        return false;
    from_ticks(sum, v);
    return true;
}

/* True when nothing was carried into a field that the qualifier does not have. */
static bool stays_inside(const struct sqli_datetime *v)
{
    struct sqli_parts parts;
    to_parts(v, &parts);
    for (int i = 0; i < sqli__first_part(v->qualifier); i++)
        if (parts.part[i] != sqli__part_lowest(i))
            return false;
    return true;
}

/* The interval's fields must all be fields of the datetime. */
static int32_t interval_misfit(sqli_qualifier datetime, sqli_qualifier interval)
{
    if (!sqli__datetime_qualifier_valid(datetime) || !sqli__interval_qualifier_valid(interval))
        return SQLI_E_INTERVAL_QUALIFIER;
    if (sqli__first_part(interval) < sqli__first_part(datetime))
        return SQLI_E_INTERVAL_INCOMPATIBLE;
    return sqli__last_part(interval) > sqli__last_part(datetime) ? SQLI_E_INTERVAL_QUALIFIER : 0;
}

static enum sqli_status qualifiers_fail(struct sqli_error *error, int32_t code, sqli_qualifier a,
                                        const char *operation, sqli_qualifier b, bool b_interval)
{
    char names[2][SQLI_QUALIFIER_TEXT];
    sqli__qualifier_format(a, false, names[0]);
    sqli__qualifier_format(b, b_interval, names[1]);
    return sqli__fail(error, code, "datetime %s %s %s %s", names[0], operation,
                      b_interval ? "interval" : "datetime", names[1]);
}

enum sqli_status sqli__datetime_add(const struct sqli_datetime *value,
                                    const struct sqli_interval *interval, struct sqli_datetime *sum,
                                    struct sqli_error *error)
{
    struct sqli_datetime v = *value;
    int32_t code = interval_misfit(v.qualifier, interval->qualifier);
    if (code)
        return qualifiers_fail(error, code, v.qualifier, "+", interval->qualifier, true);
    cut(&v, v.qualifier);
    if (!day_exists(&v) || !time_exists(&v))
        return fail(error, SQLI_E_DATETIME_FIELD_RANGE, value);
    int64_t amount = interval->amount;
    bool exists;
    if (interval->year_month)
        exists = add_months(&v, amount);
    else
        exists = add_ticks(&v, amount - amount % sqli__fraction_step(v.qualifier));
    if (!exists || !stays_inside(&v))
        return fail(error, SQLI_E_DATETIME_OVERFLOW, value);
    *sum = v;
    return SQLI_OK;
}

static sqli_qualifier difference_qualifier(sqli_qualifier q)
{
    int start = sqli__qualifier_start(q);
    int end = sqli__qualifier_end(q);
    if (end <= SQLI_FIELD_MONTH)
        return sqli__interval_qualifier(SQLI_FIELD_YEAR, SQLI_FIELD_MONTH, 0);
    if (start <= SQLI_FIELD_DAY)
        return sqli__interval_qualifier(SQLI_FIELD_DAY, end, DIFFERENCE_DAY_DIGITS);
    return sqli__interval_qualifier(start, end, 0);
}

enum sqli_status sqli__datetime_subtract(const struct sqli_datetime *a,
                                         const struct sqli_datetime *b,
                                         struct sqli_interval *difference, struct sqli_error *error)
{
    struct sqli_datetime from = *a, to = *b;
    bool valid = sqli__datetime_qualifier_valid(a->qualifier) &&
                 sqli__datetime_qualifier_valid(b->qualifier);
    if (!valid || sqli__first_part(b->qualifier) > sqli__first_part(a->qualifier))
        return qualifiers_fail(error,
                               valid ? SQLI_E_INTERVAL_INCOMPATIBLE : SQLI_E_INTERVAL_QUALIFIER,
                               a->qualifier, "-", b->qualifier, false);
    cut(&to, to.qualifier);
    cut(&to, from.qualifier);
    cut(&from, from.qualifier);
    bool year_month = sqli__last_part(from.qualifier) <= SQLI_PART_MONTH;
    if (!sqli__date_valid(from.year, from.month, from.day))
        return fail(error, SQLI_E_DATETIME_OVERFLOW, a);
    if (!sqli__date_valid(to.year, to.month, to.day))
        return fail(error, SQLI_E_DATETIME_OVERFLOW, b);
    *difference = (struct sqli_interval){
        .qualifier = difference_qualifier(from.qualifier),
        .year_month = year_month,
        .amount = year_month ? (from.year - to.year) * 12 + from.month - to.month
                             : to_ticks(&from) - to_ticks(&to),
    };
    return SQLI_OK;
}
