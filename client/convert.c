#include "client/convert.h"

#include "value/number.h"
#include "value/parts.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    NANOS_PER_UNIT = 10000, /* a unit of Informix's fractions is 10^-5 seconds */
    UNITS_PER_SECOND = 100000,
    DECIMAL_SCALE_MAX = 38,
    CENTURY = 2000, /* of years that are written with two digits */
};

/* --- failures --- */

enum sqli_status sqli__convert_mismatch(const struct sqli_source *from, const char *wanted)
{
    struct sqli_span name = sqli__type_name(from->type);
    return sqli__fail(from->error, SQLI_E_VALUE_TYPE_MISMATCH, "%.*s to %s", (int)name.length,
                      (const char *)name.data, wanted);
}

enum sqli_status sqli__fail_at(struct sqli_error *error, const char *place, ...)
{
    char where[128];
    char what[sizeof error->near];
    va_list args;
    va_start(args, place);
    vsnprintf(where, sizeof where, place, args);
    va_end(args);
    memcpy(what, error->near, sizeof what);
    return sqli__fail(error, error->code, "%s%s%s", where, what[0] ? ": " : "", what);
}

/* The value is of a kind that converts, but this one does not. */
static enum sqli_status fail_value(const struct sqli_source *from, const char *wanted)
{
    char shown[64];
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 20);
    sqli__value_to_text(from->type, from->value, &sqli__date_iso, &text, NULL);
    snprintf(shown, sizeof shown, "%.*s", (int)text.length, (const char *)text.data);
    sqli__buffer_free(&text);
    return sqli__fail(from->error, SQLI_E_VALUE_RANGE, "%s to %s", shown, wanted);
}

/* --- numbers --- */

enum sqli_status sqli__exact_decimal(struct sqli_span text, struct sqli_decimal *number,
                                     struct sqli_error *error)
{
    uint8_t digits[SQLI_DECIMAL_DIGITS];
    struct sqli_number scanned;
    if (!sqli__number_scan(text, digits, sizeof digits, &scanned))
        return sqli__fail_text(error, SQLI_E_NUMBER_TEXT, text);
    if (scanned.cut)
        return sqli__fail_text(error, SQLI_E_VALUE_RANGE, text);
    SQLI_TRY(sqli__decimal_from_text(text, number, error));
    if (scanned.count && number->count == 0)
        return sqli__fail_text(error, SQLI_E_DECIMAL_TOO_SMALL, text);
    return SQLI_OK;
}

/* Through the shortest text: what a person would call the value of that double. */
static enum sqli_status near_decimal(const struct sqli_source *from, struct sqli_decimal *number)
{
    if (from->type->code != SQLI_TYPE_SMALLFLOAT)
        return sqli__decimal_from_double(from->value->as.real, number, from->error);
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_REAL_TEXT_MAX);
    sqli__real_single_to_text((float)from->value->as.real, &text);
    enum sqli_status status = sqli__buffer_status(&text, from->error);
    if (status == SQLI_OK)
        status = sqli__decimal_from_text(sqli__buffer_view(&text), number, from->error);
    sqli__buffer_free(&text);
    return status;
}

static enum sqli_status decimal_of_real(const struct sqli_source *from, struct sqli_decimal *number)
{
    double real = from->value->as.real;
    if (!sqli__real_finite(real))
        return fail_value(from, "a decimal");
    SQLI_TRY(near_decimal(from, number));
    if (real != 0 && number->count == 0)
        return sqli__fail(from->error, SQLI_E_DECIMAL_TOO_SMALL, NULL);
    return SQLI_OK;
}

static enum sqli_status decimal_of(const struct sqli_source *from, const char *wanted,
                                   struct sqli_decimal *number)
{
    const struct sqli_value *value = from->value;
    switch (value->kind) {
    case SQLI_KIND_DECIMAL: *number = value->as.decimal; return SQLI_OK;
    case SQLI_KIND_INTEGER: sqli__decimal_from_int64(value->as.integer, number); return SQLI_OK;
    case SQLI_KIND_REAL: return decimal_of_real(from, number);
    case SQLI_KIND_TEXT: return sqli__exact_decimal(value->as.bytes, number, from->error);
    default: return sqli__convert_mismatch(from, wanted);
    }
}

static enum sqli_status int64_of_real(const struct sqli_source *from, int64_t *number)
{
    double real = from->value->as.real;
    if (!(real >= -0x1p63 && real < 0x1p63) || real != (double)(int64_t)real)
        return fail_value(from, "an integer");
    *number = (int64_t)real;
    return SQLI_OK;
}

enum sqli_status sqli__convert_int64(const struct sqli_source *from, int64_t *number)
{
    const struct sqli_value *value = from->value;
    struct sqli_decimal decimal;
    switch (value->kind) {
    case SQLI_KIND_INTEGER: *number = value->as.integer; return SQLI_OK;
    case SQLI_KIND_BOOLEAN: *number = value->as.boolean; return SQLI_OK;
    case SQLI_KIND_REAL: return int64_of_real(from, number);
    default:
        SQLI_TRY(decimal_of(from, "an integer", &decimal));
        return sqli__decimal_to_int64(&decimal, number, from->error);
    }
}

enum sqli_status sqli__convert_double(const struct sqli_source *from, double *number)
{
    const struct sqli_value *value = from->value;
    switch (value->kind) {
    case SQLI_KIND_INTEGER: *number = (double)value->as.integer; return SQLI_OK;
    case SQLI_KIND_REAL: *number = value->as.real; return SQLI_OK;
    case SQLI_KIND_DECIMAL: *number = sqli__decimal_to_double(&value->as.decimal); return SQLI_OK;
    case SQLI_KIND_TEXT: return sqli__real_from_text(value->as.bytes, number, from->error);
    default: return sqli__convert_mismatch(from, "a double");
    }
}

/* 't' and 'f' in either case, or the numbers 1 and 0. */
static enum sqli_status bool_of_text(const struct sqli_source *from, int *truth)
{
    struct sqli_span text = sqli__trimmed(from->value->as.bytes);
    uint8_t c = text.length == 1 ? text.data[0] : 0;
    if (!c || !strchr("tTfF01", c))
        return sqli__fail_text(from->error, SQLI_E_BOOLEAN_VALUE, from->value->as.bytes);
    *truth = c == 't' || c == 'T' || c == '1';
    return SQLI_OK;
}

enum sqli_status sqli__convert_bool(const struct sqli_source *from, int *truth)
{
    int64_t number;
    switch (from->value->kind) {
    case SQLI_KIND_BOOLEAN: *truth = from->value->as.boolean; return SQLI_OK;
    case SQLI_KIND_TEXT: return bool_of_text(from, truth);
    case SQLI_KIND_INTEGER:
    case SQLI_KIND_REAL:
    case SQLI_KIND_DECIMAL: break;
    default: return sqli__convert_mismatch(from, "a boolean");
    }
    if (sqli__convert_int64(from, &number) || number < 0 || number > 1)
        return fail_value(from, "a boolean");
    *truth = number == 1;
    return SQLI_OK;
}

enum sqli_status sqli__convert_digits(const struct sqli_source *from, struct sqli_digits *digits)
{
    struct sqli_decimal number;
    uint8_t all[2 * SQLI_DECIMAL_PAIRS];
    int end = 0;
    SQLI_TRY(decimal_of(from, "digits", &number));
    for (int i = 0; i < number.count; i++) {
        all[end++] = number.pairs[i] / 10;
        all[end++] = number.pairs[i] % 10;
    }
    int start = end > 0 && all[0] == 0;
    end -= end > 0 && all[end - 1] == 0;
    if (end - start > SQLI_DECIMAL_DIGITS)
        return fail_value(from, "32 digits");
    *digits = (struct sqli_digits){
        .negative = number.negative, .exponent = 2 * number.exponent - start, .count = end - start};
    if (digits->count)
        memcpy(digits->digits, all + start, (size_t)digits->count);
    return SQLI_OK;
}

/* --- a scaled 128-bit integer --- */

__extension__ typedef unsigned __int128 wide;

/* Of the digits 0.pairs * 100^exponent, those up to the scale; false when there are more, on
 * either side. */
static bool scaled(const struct sqli_decimal *number, int scale, wide *result)
{
    int pairs = number->exponent + (scale + 1) / 2;
    wide sum = 0;
    if (number->count > (pairs > 0 ? pairs : 0) || pairs > (DECIMAL_SCALE_MAX + 1) / 2)
        return number->count == 0;
    for (int i = 0; i < pairs; i++)
        sum = sum * 100 + (i < number->count ? number->pairs[i] : 0);
    *result = scale % 2 ? sum / 10 : sum;
    return scale % 2 == 0 || sum % 10 == 0;
}

static int scale_of(const struct sqli_type *type)
{
    if (type->code != SQLI_TYPE_DECIMAL && type->code != SQLI_TYPE_MONEY)
        return 0;
    int scale = type->length & 0xff;
    return scale > DECIMAL_SCALE_MAX ? -1 : scale;
}

enum sqli_status sqli__convert_decimal128(const struct sqli_source *from, uint8_t number[16])
{
    struct sqli_decimal decimal;
    wide sum = 0;
    int scale = scale_of(from->type);
    if (scale < 0 ||
        (from->value->kind != SQLI_KIND_DECIMAL && from->value->kind != SQLI_KIND_INTEGER))
        return sqli__convert_mismatch(from, "a decimal of fixed scale");
    SQLI_TRY(decimal_of(from, "a decimal", &decimal));
    if (!scaled(&decimal, scale, &sum))
        return fail_value(from, "a decimal of 128 bits");
    if (decimal.negative)
        sum = 0 - sum;
    for (int i = 0; i < 16; i++)
        number[i] = (uint8_t)(sum >> (8 * i));
    return SQLI_OK;
}

/* --- times --- */

static struct sqli_moment moment_of_datetime(const struct sqli_datetime *d)
{
    return (struct sqli_moment){
        .first = sqli__qualifier_start(d->qualifier),
        .last = sqli__qualifier_end(d->qualifier),
        .year = d->year,
        .month = d->month,
        .day = d->day,
        .hour = d->hour,
        .minute = d->minute,
        .second = d->second,
        .nanosecond = d->fraction * NANOS_PER_UNIT,
    };
}

static struct sqli_moment moment_of_date(int32_t days)
{
    struct sqli_moment m = {.first = SQLI_YEAR, .last = SQLI_DAY};
    sqli__date_to_fields(days, &m.year, &m.month, &m.day);
    return m;
}

/* The option dbdate, as a server has it from DBDATE; ISO where nothing else is known. */
static struct sqli_date_format date_format(const struct sqli_source *from)
{
    struct sqli_date_format format;
    const char *text = from->conn ? sqli__option(&from->conn->options, SQLI_OPT_DBDATE) : NULL;
    if (text && sqli__date_format_parse(sqli__span_text(text), &format, NULL) == SQLI_OK)
        return format;
    return sqli__date_iso;
}

/* What has a colon has a time in it; a fraction that is not there is no field. */
static enum sqli_status moment_of_text(const struct sqli_source *from, struct sqli_moment *moment)
{
    struct sqli_span text = sqli__trimmed(from->value->as.bytes);
    struct sqli_datetime datetime;
    int32_t days;
    const uint8_t *colon = text.length ? memchr(text.data, ':', text.length) : NULL;
    if (!colon) {
        struct sqli_date_format format = date_format(from);
        SQLI_TRY(sqli__date_from_text(text, &format, CENTURY, &days, from->error));
        *moment = moment_of_date(days);
        return SQLI_OK;
    }
    size_t left = (size_t)(text.data + text.length - colon) - 1;
    bool seconds = memchr(colon + 1, ':', left) != NULL;
    bool fraction = memchr(text.data, '.', text.length) != NULL;
    bool date = memchr(text.data, '-', text.length) != NULL;
    int last = fraction ? SQLI_FIELD_FRACTION5 : seconds ? SQLI_FIELD_SECOND : SQLI_FIELD_MINUTE;
    sqli_qualifier q = sqli__datetime_qualifier(date ? SQLI_FIELD_YEAR : SQLI_FIELD_HOUR, last);
    SQLI_TRY(sqli__datetime_from_text(text, q, &datetime, from->error));
    *moment = moment_of_datetime(&datetime);
    return SQLI_OK;
}

enum sqli_status sqli__convert_moment(const struct sqli_source *from, struct sqli_moment *moment)
{
    const struct sqli_value *value = from->value;
    switch (value->kind) {
    case SQLI_KIND_DATE: *moment = moment_of_date(value->as.date); return SQLI_OK;
    case SQLI_KIND_DATETIME: *moment = moment_of_datetime(&value->as.datetime); return SQLI_OK;
    case SQLI_KIND_TEXT: return moment_of_text(from, moment);
    default: return sqli__convert_mismatch(from, "a date or time");
    }
}

enum sqli_status sqli__convert_interval(const struct sqli_source *from,
                                        struct sqli_span_of_time *interval)
{
    if (from->value->kind != SQLI_KIND_INTERVAL)
        return sqli__convert_mismatch(from, "an interval");
    const struct sqli_interval *i = &from->value->as.interval;
    *interval = (struct sqli_span_of_time){
        .first = sqli__qualifier_start(i->qualifier),
        .last = sqli__qualifier_end(i->qualifier),
        .first_digits = sqli__interval_first_digits(i->qualifier),
    };
    if (i->year_month) {
        interval->months = i->amount;
    } else {
        interval->seconds = i->amount / UNITS_PER_SECOND;
        interval->nanoseconds = (int)(i->amount % UNITS_PER_SECOND) * NANOS_PER_UNIT;
    }
    return SQLI_OK;
}

/* A moment that is a point of the calendar. */
static enum sqli_status point(const struct sqli_source *from, const char *wanted,
                              struct sqli_moment *moment, int32_t *days)
{
    SQLI_TRY(sqli__convert_moment(from, moment));
    if (moment->first != SQLI_YEAR)
        return sqli__convert_mismatch(from, wanted);
    *days = sqli__date_from_fields(moment->year, moment->month, moment->day) - SQLI_DATE_EPOCH;
    return SQLI_OK;
}

enum sqli_status sqli__convert_days(const struct sqli_source *from, int32_t *days)
{
    struct sqli_moment m;
    SQLI_TRY(point(from, "a day", &m, days));
    if (m.hour || m.minute || m.second || m.nanosecond)
        return fail_value(from, "a day");
    return SQLI_OK;
}

enum sqli_status sqli__convert_micros(const struct sqli_source *from, int64_t *micros)
{
    struct sqli_moment m;
    int32_t days;
    SQLI_TRY(point(from, "a point in time", &m, &days));
    int64_t seconds = ((days * INT64_C(24) + m.hour) * 60 + m.minute) * 60 + m.second;
    *micros = seconds * 1000000 + m.nanosecond / 1000;
    return SQLI_OK;
}

/* --- texts and bytes --- */

/* Blanks behind a CHAR are what fills it. */
static struct sqli_span without_fill(const struct sqli_type *type, struct sqli_span text)
{
    if (type->code == SQLI_TYPE_CHAR || type->code == SQLI_TYPE_NCHAR)
        while (text.length && text.data[text.length - 1] == ' ')
            text.length--;
    return text;
}

enum sqli_status sqli__convert_text(const struct sqli_source *from, struct sqli_buffer *text)
{
    const struct sqli_value *value = from->value;
    bool bytes = value->kind == SQLI_KIND_TEXT || value->kind == SQLI_KIND_COMPOSITE ||
                 value->kind == SQLI_KIND_OPAQUE;
    if (!bytes) {
        struct sqli_date_format format =
            value->kind == SQLI_KIND_DATE ? date_format(from) : sqli__date_iso;
        return sqli__value_to_text(from->type, value, &format, text, from->error);
    }
    struct sqli_span own = without_fill(from->type, value->as.bytes);
    if (from->conn)
        return sqli__text_from_server(from->conn, own, text, from->error);
    sqli__buffer_span(text, own);
    return sqli__buffer_status(text, from->error);
}

enum sqli_status sqli__convert_bytes(const struct sqli_source *from, struct sqli_span *bytes)
{
    switch (from->value->kind) {
    case SQLI_KIND_TEXT:
    case SQLI_KIND_COMPOSITE:
    case SQLI_KIND_OPAQUE: *bytes = from->value->as.bytes; return SQLI_OK;
    default: return sqli__convert_mismatch(from, "bytes");
    }
}
