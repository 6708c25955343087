/* Conversions among dates, datetimes, intervals and their texts. */
#include "server/store/conversion.h"

#include "value/parts.h"

static sqli_qualifier qualifier_of(const struct sqli_type *type)
{
    return (sqli_qualifier)type->length;
}

/* --- DATE --- */

enum sqli_status sqli__date_to_date(const struct sqli_conversion *c)
{
    c->result->as.date = c->value->as.date;
    return SQLI_OK;
}

enum sqli_status sqli__date_to_integer(const struct sqli_conversion *c)
{
    const struct sqli_integer_range range = sqli__integer_range(c->to);
    c->result->as.integer = c->value->as.date;
    if (c->result->as.integer > range.max || c->result->as.integer < -range.max)
        return sqli__fail(c->error, range.code, "%d", (int)c->value->as.date);
    return SQLI_OK;
}

enum sqli_status sqli__date_to_real(const struct sqli_conversion *c)
{
    c->result->as.real = c->value->as.date;
    return SQLI_OK;
}

enum sqli_status sqli__date_to_decimal(const struct sqli_conversion *c)
{
    struct sqli_value days = {.kind = SQLI_KIND_INTEGER, .as.integer = c->value->as.date};
    struct sqli_conversion as_integer = *c;
    as_integer.value = &days;
    return sqli__integer_to_decimal(&as_integer);
}

static struct sqli_datetime datetime_of(int32_t days)
{
    int year, month, day;
    sqli__date_to_fields(days, &year, &month, &day);
    return (struct sqli_datetime){.qualifier = SQLI_QUALIFIER_YEAR_TO_DAY,
                                  .year = (int16_t)year,
                                  .month = (int8_t)month,
                                  .day = (int8_t)day};
}

enum sqli_status sqli__date_to_datetime(const struct sqli_conversion *c)
{
    struct sqli_datetime datetime = datetime_of(c->value->as.date);
    return sqli__datetime_extend(&datetime, qualifier_of(c->to), &c->settings->now,
                                 &c->result->as.datetime, c->error);
}

enum sqli_status sqli__date_to_text_type(const struct sqli_conversion *c)
{
    size_t start = c->scratch->length;
    sqli__date_to_text(c->value->as.date, &c->settings->date_format, c->scratch);
    return sqli__fit_scratch(c, start);
}

enum sqli_status sqli__text_to_date(const struct sqli_conversion *c)
{
    return sqli__date_from_text(c->value->as.bytes, &c->settings->date_format, c->settings->century,
                                &c->result->as.date, c->error);
}

/* --- DATETIME --- */

enum sqli_status sqli__datetime_to_datetime(const struct sqli_conversion *c)
{
    const struct sqli_datetime *from = &c->value->as.datetime;
    if (from->qualifier == qualifier_of(c->to)) {
        c->result->as.datetime = *from;
        return SQLI_OK;
    }
    return sqli__datetime_extend(from, qualifier_of(c->to), &c->settings->now,
                                 &c->result->as.datetime, c->error);
}

enum sqli_status sqli__datetime_to_date(const struct sqli_conversion *c)
{
    struct sqli_datetime day;
    SQLI_TRY(sqli__datetime_extend(&c->value->as.datetime, SQLI_QUALIFIER_YEAR_TO_DAY,
                                   &c->settings->now, &day, c->error));
    c->result->as.date = sqli__date_from_fields(day.year, day.month, day.day);
    return SQLI_OK;
}

enum sqli_status sqli__datetime_to_text_type(const struct sqli_conversion *c)
{
    size_t start = c->scratch->length;
    sqli__datetime_to_text(&c->value->as.datetime, c->scratch);
    return sqli__fit_scratch(c, start);
}

enum sqli_status sqli__text_to_datetime(const struct sqli_conversion *c)
{
    return sqli__datetime_from_text(c->value->as.bytes, qualifier_of(c->to),
                                    &c->result->as.datetime, c->error);
}

/* --- INTERVAL --- */

/* The amount stays, what is finer than the new last field is cut, and encoding tells whether the
 * first field has the digits for the rest. */
enum sqli_status sqli__interval_to_interval(const struct sqli_conversion *c)
{
    uint8_t image[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_interval *to = &c->result->as.interval;
    sqli_qualifier wanted = qualifier_of(c->to);
    *to = c->value->as.interval;
    bool year_month = sqli__last_part(wanted) <= SQLI_PART_MONTH;
    if (to->year_month != year_month)
        return sqli__fail(c->error, SQLI_E_INTERVAL_INCOMPATIBLE, NULL);
    if (to->qualifier == wanted)
        return SQLI_OK;
    to->qualifier = wanted;
    return sqli__interval_encode(to, image, c->error);
}

enum sqli_status sqli__interval_to_text_type(const struct sqli_conversion *c)
{
    size_t start = c->scratch->length;
    sqli__interval_to_text(&c->value->as.interval, c->scratch);
    return sqli__fit_scratch(c, start);
}

enum sqli_status sqli__text_to_interval(const struct sqli_conversion *c)
{
    return sqli__interval_from_text(c->value->as.bytes, qualifier_of(c->to),
                                    &c->result->as.interval, c->error);
}
