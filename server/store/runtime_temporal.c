/* Dates, datetimes and intervals: their arithmetic and the functions of the calendar. */
#include "server/store/runtime_call.h"

#include "server/store/runtime_format.h"
#include "value/parts.h"
#include "value/scan.h"

enum { MONTHS_YEAR = 12, WEEK = 7, JULY = 7, SECOND_HALF_OF_MONTH = 16 };

static const int64_t ticks_second = 100000;
static const int64_t ticks_minute = 60 * (int64_t)100000;
static const int64_t ticks_hour = 3600 * (int64_t)100000;
static const int64_t ticks_day = 86400 * (int64_t)100000;

/* --- Datetimes and intervals --- */

/* (datetime, qualifier, interval, qualifier) */
static void datetime_and_interval(sqlite3_context *context, sqlite3_value **arguments, bool minus)
{
    struct sqli_datetime datetime;
    struct sqli_interval interval;
    sqli_qualifier p = sqli__call_qualifier(context, arguments[1]);
    sqli_qualifier q = p ? sqli__call_qualifier(context, arguments[3]) : 0;
    if (!q || !sqli__call_datetime(context, arguments[0], p, &datetime) ||
        !sqli__call_interval(context, arguments[2], q, &interval))
        return;
    if (minus)
        interval.amount = -interval.amount;
    enum sqli_status status =
        sqli__datetime_add(&datetime, &interval, &datetime, sqli__call_error(context));
    sqli__give_datetime(context, status, &datetime);
}

static void datetime_add(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    datetime_and_interval(context, arguments, false);
}

static void datetime_minus_interval(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    datetime_and_interval(context, arguments, true);
}

static void datetime_subtract(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_datetime a, b;
    struct sqli_interval difference;
    sqli_qualifier p = sqli__call_qualifier(context, arguments[1]);
    sqli_qualifier q = p ? sqli__call_qualifier(context, arguments[3]) : 0;
    if (!q || !sqli__call_datetime(context, arguments[0], p, &a) ||
        !sqli__call_datetime(context, arguments[2], q, &b))
        return;
    enum sqli_status status =
        sqli__datetime_subtract(&a, &b, &difference, sqli__call_error(context));
    sqli__give_interval(context, status, &difference);
}

static bool two_intervals(sqlite3_context *context, sqlite3_value **arguments,
                          struct sqli_interval *a, struct sqli_interval *b)
{
    sqli_qualifier p = sqli__call_qualifier(context, arguments[1]);
    sqli_qualifier q = p ? sqli__call_qualifier(context, arguments[3]) : 0;
    return q && sqli__call_interval(context, arguments[0], p, a) &&
           sqli__call_interval(context, arguments[2], q, b);
}

static void interval_sum(sqlite3_context *context, sqlite3_value **arguments, bool minus)
{
    struct sqli_interval a, b;
    if (!two_intervals(context, arguments, &a, &b))
        return;
    if (minus)
        b.amount = -b.amount;
    enum sqli_status status = sqli__interval_add(&a, &b, &a, sqli__call_error(context));
    sqli__give_interval(context, status, &a);
}

static void interval_add(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    interval_sum(context, arguments, false);
}

static void interval_subtract(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    interval_sum(context, arguments, true);
}

static void interval_ratio(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_interval a, b;
    struct sqli_decimal ratio;
    if (!two_intervals(context, arguments, &a, &b))
        return;
    enum sqli_status status = sqli__interval_ratio(&a, &b, &ratio, sqli__call_error(context));
    sqli__give_decimal(context, status, &ratio);
}

/* (interval, qualifier, number) */
static void interval_and_number(sqlite3_context *context, sqlite3_value **arguments, bool divide)
{
    struct sqli_interval interval;
    struct sqli_decimal number;
    sqli_qualifier q = sqli__call_qualifier(context, arguments[1]);
    if (!q || !sqli__call_interval(context, arguments[0], q, &interval) ||
        !sqli__call_decimal(context, arguments[2], &number))
        return;
    enum sqli_status status = (divide ? sqli__interval_divide : sqli__interval_multiply)(
        &interval, &number, &interval, sqli__call_error(context));
    sqli__give_interval(context, status, &interval);
}

static void interval_multiply(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    interval_and_number(context, arguments, false);
}

static void interval_divide(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    interval_and_number(context, arguments, true);
}

static void interval_negate(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_interval interval;
    sqli_qualifier q = sqli__call_qualifier(context, arguments[1]);
    if (!q || !sqli__call_interval(context, arguments[0], q, &interval))
        return;
    interval.amount = -interval.amount;
    sqli__give_interval(context, SQLI_OK, &interval);
}

static void units(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_decimal number;
    struct sqli_interval interval;
    sqli_qualifier q = sqli__call_qualifier(context, arguments[1]);
    if (!q || !sqli__call_decimal(context, arguments[0], &number))
        return;
    enum sqli_status status =
        sqli__interval_units(&number, q, &interval, sqli__call_error(context));
    sqli__give_interval(context, status, &interval);
}

static void extend(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_datetime datetime;
    sqli_qualifier p = sqli__call_qualifier(context, arguments[1]);
    sqli_qualifier q = p ? sqli__call_qualifier(context, arguments[2]) : 0;
    if (!q || !sqli__call_datetime(context, arguments[0], p, &datetime))
        return;
    enum sqli_status status =
        sqli__datetime_extend(&datetime, q, &sqli__call_runtime(context)->settings.now, &datetime,
                              sqli__call_error(context));
    sqli__give_datetime(context, status, &datetime);
}

/* --- The parts of a date --- */

struct day {
    int year, month, day;
};

static struct day day_of(sqlite3_value *date)
{
    struct day d;
    sqli__date_to_fields(sqlite3_value_int(date), &d.year, &d.month, &d.day);
    return d;
}

static void day(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, day_of(arguments[0]).day);
}

static void month(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, day_of(arguments[0]).month);
}

static void year(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, day_of(arguments[0]).year);
}

static void quarter(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, (day_of(arguments[0]).month + 2) / 3);
}

static void weekday(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, sqli__weekday(sqlite3_value_int(arguments[0])));
}

static void mdy(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 m = sqlite3_value_int64(arguments[0]);
    sqlite3_int64 d = sqlite3_value_int64(arguments[1]);
    sqlite3_int64 y = sqlite3_value_int64(arguments[2]);
    if (y < 1 || y > 9999)
        sqli__call_fail(context, SQLI_E_DATE_YEAR, NULL);
    else if (m < 1 || m > MONTHS_YEAR)
        sqli__call_fail(context, SQLI_E_DATE_MONTH, NULL);
    else if (d < 1 || d > 31 || !sqli__date_valid((int)y, (int)m, (int)d))
        sqli__call_fail(context, SQLI_E_DATE_DAY, NULL);
    else
        sqlite3_result_int(context, sqli__date_from_fields((int)y, (int)m, (int)d));
}

/* --- Counting in the calendar: arguments and results are YEAR TO FRACTION(5) --- */

static bool moment(sqlite3_context *context, sqlite3_value *argument, struct sqli_datetime *v)
{
    return sqli__call_datetime(context, argument, SQLI_QUALIFIER_YEAR_TO_FRACTION5, v);
}

static int last_day_of(int year, int month)
{
    int days = 28;
    while (sqli__date_valid(year, month, days + 1))
        days++;
    return days;
}

static int64_t time_of_day(const struct sqli_datetime *v)
{
    return v->hour * ticks_hour + v->minute * ticks_minute + v->second * ticks_second + v->fraction;
}

static void set_day(struct sqli_datetime *v, int32_t days)
{
    struct day d;
    sqli__date_to_fields(days, &d.year, &d.month, &d.day);
    v->year = (int16_t)d.year;
    v->month = (int8_t)d.month;
    v->day = (int8_t)d.day;
}

static int32_t days_of(const struct sqli_datetime *v)
{
    return sqli__date_from_fields(v->year, v->month, v->day);
}

/* The last day of a month goes to the last day of the other, and so does a day that it lacks. */
static bool add_months_to(struct sqli_datetime *v, int64_t months)
{
    const int64_t limit = (int64_t)9999 * MONTHS_YEAR;
    bool last = v->day == last_day_of(v->year, v->month);
    int64_t sum = (v->year - 1) * MONTHS_YEAR + v->month - 1;
    if (months < -limit || months > limit || sum + months < 0 || sum + months >= limit)
        return false;
    sum += months;
    v->year = (int16_t)(sum / MONTHS_YEAR + 1);
    v->month = (int8_t)(sum % MONTHS_YEAR + 1);
    int most = last_day_of(v->year, v->month);
    v->day = (int8_t)(last || v->day > most ? most : v->day);
    return true;
}

static void give_moment(sqlite3_context *context, bool exists, const struct sqli_datetime *v)
{
    if (exists)
        sqli__give_datetime(context, SQLI_OK, v);
    else
        sqli__call_fail(context, SQLI_E_DATETIME_OVERFLOW, NULL);
}

static void add_months(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_datetime v;
    if (moment(context, arguments[0], &v)) {
        bool exists = add_months_to(&v, sqlite3_value_int64(arguments[1]));
        give_moment(context, exists, &v);
    }
}

static void last_day(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_datetime v;
    if (!moment(context, arguments[0], &v))
        return;
    v.day = (int8_t)last_day_of(v.year, v.month);
    give_moment(context, true, &v);
}

/* The first such day behind the given one, at the same time. */
static void next_day(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_datetime v;
    int wanted = sqli__weekday_by_name(sqli__storage_bytes(arguments[1]));
    if (!moment(context, arguments[0], &v))
        return;
    if (wanted < 0) {
        sqli__call_fail(context, SQLI_E_FORMAT_MISMATCH,
                        (const char *)sqlite3_value_text(arguments[1]));
        return;
    }
    int32_t days = days_of(&v);
    int ahead = (wanted - sqli__weekday(days) + WEEK - 1) % WEEK + 1;
    bool exists = days + ahead <= SQLI_DATE_MAX;
    if (exists)
        set_day(&v, days + ahead);
    give_moment(context, exists, &v);
}

/* Whole months where both stand on the same day of theirs, or both on the last one; else the rest
 * counts in months of 31 days, the time of the day included. */
static void months_between(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_datetime a, b;
    struct sqli_decimal months, rest, month_size;
    if (!moment(context, arguments[0], &a) || !moment(context, arguments[1], &b))
        return;
    bool both_last = a.day == last_day_of(a.year, a.month) && b.day == last_day_of(b.year, b.month);
    int64_t whole = (a.year - b.year) * MONTHS_YEAR + a.month - b.month;
    int64_t ticks = (a.day - b.day) * ticks_day + time_of_day(&a) - time_of_day(&b);
    if (a.day == b.day || both_last)
        ticks = 0;
    struct sqli_error *error = sqli__call_error(context);
    sqli__decimal_from_int64(whole, &months);
    sqli__decimal_from_int64(ticks, &rest);
    sqli__decimal_from_int64(31 * ticks_day, &month_size);
    enum sqli_status status = sqli__decimal_divide(&rest, &month_size, &rest, error);
    if (status == SQLI_OK)
        status = sqli__decimal_add(&months, &rest, &months, error);
    sqli__give_decimal(context, status, &months);
}

/* --- ROUND and TRUNC --- */

enum unit { UNIT_YEAR, UNIT_MONTH, UNIT_WEEK, UNIT_DAY, UNIT_HOUR, UNIT_MINUTE, UNIT_NONE };

static const struct unit_name {
    const char *name;
    enum unit unit;
} unit_names[] = {
    {"year", UNIT_YEAR}, {"yyyy", UNIT_YEAR}, {"month", UNIT_MONTH}, {"mm", UNIT_MONTH},
    {"day", UNIT_WEEK},  {"dd", UNIT_DAY},    {"hh", UNIT_HOUR},     {"mi", UNIT_MINUTE},
};

/* Half of a unit that has always the same size. */
static int64_t half_of(enum unit unit)
{
    switch (unit) {
    case UNIT_WEEK: return WEEK * ticks_day / 2;
    case UNIT_DAY: return ticks_day / 2;
    case UNIT_HOUR: return ticks_hour / 2;
    case UNIT_MINUTE: return ticks_minute / 2;
    default: return 0;
    }
}

static enum unit unit_argument(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (count < 2)
        return UNIT_DAY;
    struct sqli_span name = sqli__trimmed(sqli__storage_bytes(arguments[1]));
    for (size_t i = 0; i < sizeof unit_names / sizeof unit_names[0]; i++)
        if (sqli__span_is_word(name, unit_names[i].name))
            return unit_names[i].unit;
    sqli__call_fail(context, SQLI_E_FORMAT_CHARACTER,
                    (const char *)sqlite3_value_text(arguments[1]));
    return UNIT_NONE;
}

/* To the beginning of its year, month, week (a Sunday), day, hour or minute. */
static bool cut_to(struct sqli_datetime *v, enum unit unit)
{
    if (unit == UNIT_WEEK) {
        int32_t days = days_of(v);
        days -= sqli__weekday(days);
        if (days < SQLI_DATE_MIN)
            return false;
        set_day(v, days);
    }
    if (unit == UNIT_YEAR)
        v->month = 1;
    if (unit <= UNIT_MONTH)
        v->day = 1;
    if (unit <= UNIT_DAY)
        v->hour = 0;
    if (unit <= UNIT_HOUR)
        v->minute = 0;
    v->second = 0;
    v->fraction = 0;
    return true;
}

/* Past the middle of a year or month: into the next one. */
static bool step_over(struct sqli_datetime *v, enum unit unit)
{
    bool year = unit == UNIT_YEAR && v->month >= JULY;
    bool month = unit == UNIT_MONTH && v->day >= SECOND_HALF_OF_MONTH;
    v->day = unit <= UNIT_MONTH ? 1 : v->day;
    return year ? add_months_to(v, MONTHS_YEAR) : month ? add_months_to(v, 1) : true;
}

static void truncate_date(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_datetime v;
    enum unit unit = unit_argument(context, count, arguments);
    if (unit == UNIT_NONE || !moment(context, arguments[0], &v))
        return;
    bool exists = cut_to(&v, unit);
    give_moment(context, exists, &v);
}

static void round_date(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_datetime v;
    enum unit unit = unit_argument(context, count, arguments);
    if (unit == UNIT_NONE || !moment(context, arguments[0], &v))
        return;
    const struct sqli_interval half = {
        .qualifier = sqli__interval_qualifier(SQLI_FIELD_DAY, SQLI_FIELD_FRACTION5, 9),
        .amount = half_of(unit)};
    bool exists = step_over(&v, unit) && sqli__datetime_add(&v, &half, &v, NULL) == SQLI_OK &&
                  cut_to(&v, unit);
    give_moment(context, exists, &v);
}

const struct sqli_function_row sqli__functions_temporal[] = {
    {"x_dt_add", 4, 4, SQLI_CALL_PURE, datetime_add},
    {"x_dt_sub_iv", 4, 4, SQLI_CALL_PURE, datetime_minus_interval},
    {"x_dt_sub", 4, 4, SQLI_CALL_PURE, datetime_subtract},
    {"x_iv_add", 4, 4, SQLI_CALL_PURE, interval_add},
    {"x_iv_sub", 4, 4, SQLI_CALL_PURE, interval_subtract},
    {"x_iv_mul", 3, 3, SQLI_CALL_PURE, interval_multiply},
    {"x_iv_div", 3, 3, SQLI_CALL_PURE, interval_divide},
    {"x_iv_ratio", 4, 4, SQLI_CALL_PURE, interval_ratio},
    {"x_iv_neg", 2, 2, SQLI_CALL_PURE, interval_negate},
    {"x_units", 2, 2, SQLI_CALL_PURE, units},
    {"x_extend", 3, 3, SQLI_CALL_STABLE, extend},
    {"x_f_day", 1, 1, SQLI_CALL_PURE, day},
    {"x_f_month", 1, 1, SQLI_CALL_PURE, month},
    {"x_f_year", 1, 1, SQLI_CALL_PURE, year},
    {"x_f_weekday", 1, 1, SQLI_CALL_PURE, weekday},
    {"x_f_quarter", 1, 1, SQLI_CALL_PURE, quarter},
    {"x_f_mdy", 3, 3, SQLI_CALL_PURE, mdy},
    {"x_f_add_months", 2, 2, SQLI_CALL_PURE, add_months},
    {"x_f_last_day", 1, 1, SQLI_CALL_PURE, last_day},
    {"x_f_next_day", 2, 2, SQLI_CALL_PURE, next_day},
    {"x_f_months_between", 2, 2, SQLI_CALL_PURE, months_between},
    {"x_f_round_date", 1, 2, SQLI_CALL_PURE, round_date},
    {"x_f_trunc_date", 1, 2, SQLI_CALL_PURE, truncate_date},
    {0},
};
