/* Conversions from numbers, and from text to numbers. */
#include "server/store/conversion.h"

#include "value/number.h"
#include "value/parts.h"

#include <inttypes.h>
#include <stdio.h>

enum { INTEGER_TEXT = 24 };

struct sqli_integer_range sqli__integer_range(const struct sqli_type *type)
{
    switch (sqli__type_info(type->code)->size) {
    case 2: return (struct sqli_integer_range){INT16_MAX, SQLI_E_SMALLINT_RANGE};
    case 4: return (struct sqli_integer_range){INT32_MAX, SQLI_E_INTEGER_RANGE};
    default: return (struct sqli_integer_range){INT64_MAX, SQLI_E_BIGINT_RANGE};
    }
}

/* The lowest number of each width is its NULL. */
static enum sqli_status give_integer(const struct sqli_conversion *c, int64_t number)
{
    const struct sqli_integer_range range = sqli__integer_range(c->to);
    if (number > range.max || number < -range.max)
        return sqli__fail(c->error, range.code, "%" PRId64, number);
    c->result->as.integer = number;
    return SQLI_OK;
}

static enum sqli_status give_date(const struct sqli_conversion *c, int64_t days)
{
    if (days < SQLI_DATE_MIN || days > SQLI_DATE_MAX)
        return sqli__fail(c->error, SQLI_E_DATE_CONVERT, "%" PRId64, days);
    c->result->as.date = (int32_t)days;
    return SQLI_OK;
}

/* Half a step above the largest float everything rounds to infinity. */
static enum sqli_status give_real(const struct sqli_conversion *c, double number)
{
    static const double single_limit = 0x1.ffffffp127;
    const bool single = c->to->code == SQLI_TYPE_SMALLFLOAT;
    if (single && sqli__real_finite(number) && (number >= single_limit || number <= -single_limit))
        return sqli__fail(c->error, SQLI_E_SMALLFLOAT_RANGE, NULL);
    c->result->as.real = single ? (double)(float)number : number;
    return SQLI_OK;
}

static int precision_of(const struct sqli_type *type)
{
    return type->length >> 8 & 0xff;
}

static int scale_of(const struct sqli_type *type)
{
    return precision_of(type) == 0 ? SQLI_DECIMAL_FLOATING : type->length & 0xff;
}

/* A value of a fixed type has no more digits than the type, so that one that is at least as wide on
 * both sides of the point takes it as it is. */
static bool fits_already(const struct sqli_type *from, const struct sqli_type *to)
{
    int from_scale = scale_of(from);
    int to_scale = scale_of(to);
    if (sqli__type_kind(from) != SQLI_KIND_DECIMAL || precision_of(from) == 0 ||
        from_scale == SQLI_DECIMAL_FLOATING)
        return false;
    if (to_scale == SQLI_DECIMAL_FLOATING)
        return precision_of(to) >= precision_of(from);
    return to_scale >= from_scale && precision_of(to) - to_scale >= precision_of(from) - from_scale;
}

static enum sqli_status give_decimal(const struct sqli_conversion *c,
                                     const struct sqli_decimal *number)
{
    struct sqli_decimal *to = &c->result->as.decimal;
    int precision = precision_of(c->to);
    *to = *number;
    if (precision == 0 || (precision == SQLI_DECIMAL_DIGITS && number->count <= 16 &&
                           scale_of(c->to) == SQLI_DECIMAL_FLOATING))
        return SQLI_OK;
    return sqli__decimal_round(to, precision, scale_of(c->to), c->error);
}

/* Without its fraction. */
static enum sqli_status whole(const struct sqli_conversion *c, const struct sqli_decimal *number,
                              int64_t *out)
{
    struct sqli_decimal cut = *number;
    if (cut.exponent <= 0)
        cut = (struct sqli_decimal){0};
    else if (cut.count > cut.exponent)
        cut.count = (uint8_t)cut.exponent;
    while (cut.count > 0 && cut.pairs[cut.count - 1] == 0)
        cut.count--;
    return sqli__decimal_to_int64(&cut, out, c->error);
}

/* A double beyond 64 bits is past every integer; NaN and the infinities are none either. */
static enum sqli_status whole_real(const struct sqli_conversion *c, int64_t *out)
{
    static const double limit = 0x1p63;
    double number = c->value->as.real;
    if (number > -limit && number < limit) {
        *out = (int64_t)number;
        return SQLI_OK;
    }
    return sqli__fail(c->error, SQLI_E_VALUE_RANGE, NULL);
}

/* --- To text --- */

/* A number that is cut would be another one: only digits behind the point may go, rounded away. */
static enum sqli_status give_number_text(const struct sqli_conversion *c,
                                         const struct sqli_decimal *number, struct sqli_span text)
{
    char shorter[SQLI_DECIMAL_TEXT_MAX];
    struct sqli_buffer buffer;
    size_t room = sqli__text_room(c->to);
    if (text.length <= room)
        return sqli__fit_text(c, text);
    const uint8_t *point = memchr(text.data, '.', text.length);
    size_t before = point ? (size_t)(point - text.data) : text.length;
    struct sqli_decimal rounded = *number;
    int scale = room > before + 1 ? (int)(room - before - 1) : 0;
    if (before > room || memchr(text.data, 'E', text.length) ||
        sqli__decimal_round(&rounded, SQLI_DECIMAL_DIGITS, scale, NULL) != SQLI_OK)
        return sqli__fail_text(c->error, SQLI_E_VALUE_DOES_NOT_FIT, text);
    sqli__buffer_init(&buffer, sizeof shorter);
    sqli__decimal_to_text(&rounded, scale, &buffer);
    struct sqli_span view = sqli__buffer_view(&buffer);
    enum sqli_status status = sqli__buffer_status(&buffer, c->error);
    size_t length = view.length;
    if (status == SQLI_OK && length > room)
        status = sqli__fail_text(c->error, SQLI_E_VALUE_DOES_NOT_FIT, text);
    if (status == SQLI_OK)
        memcpy(shorter, view.data, length);
    sqli__buffer_free(&buffer);
    if (status != SQLI_OK)
        return status;
    size_t start = c->scratch->length;
    sqli__buffer_append(c->scratch, shorter, length);
    return sqli__fit_scratch(c, start);
}

enum sqli_status sqli__integer_to_text(const struct sqli_conversion *c)
{
    char text[INTEGER_TEXT];
    char *to = text + sizeof text;
    int64_t number = c->value->as.integer;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        *--to = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--to = '-';
    size_t length = (size_t)(text + sizeof text - to);
    if (length > sqli__text_room(c->to))
        return sqli__fail_text(c->error, SQLI_E_VALUE_DOES_NOT_FIT, sqli__span(to, length));
    size_t start = c->scratch->length;
    sqli__buffer_append(c->scratch, to, length);
    return sqli__fit_scratch(c, start);
}

/* Where the text lies in scratch already: `start` is its beginning there. */
static enum sqli_status give_scratch(const struct sqli_conversion *c, size_t start,
                                     const struct sqli_decimal *number)
{
    SQLI_TRY(sqli__buffer_status(c->scratch, c->error));
    size_t length = c->scratch->length - start;
    if (length <= sqli__text_room(c->to))
        return sqli__fit_scratch(c, start);
    char text[SQLI_DECIMAL_TEXT_MAX];
    length = length < sizeof text ? length : sizeof text;
    memcpy(text, c->scratch->data + start, length);
    sqli__buffer_truncate(c->scratch, start);
    return give_number_text(c, number, sqli__span(text, length));
}

/* The shortest text that reads back as the same number. Servers print a FLOAT with a fixed number
 * of digits ("3.250000000000"), which client programs compare as numbers; none is known to need
 * the zeros, and the digits behind the fourteenth would be lost. */
enum sqli_status sqli__real_to_text_type(const struct sqli_conversion *c)
{
    size_t start = c->scratch->length;
    struct sqli_decimal number = {0};
    double real = c->value->as.real;
    if (c->from->code == SQLI_TYPE_SMALLFLOAT)
        sqli__real_single_to_text((float)real, c->scratch);
    else
        sqli__real_to_text(real, c->scratch);
    if (c->scratch->length - start > sqli__text_room(c->to))
        SQLI_TRY(sqli__decimal_from_double(real, &number, c->error));
    return give_scratch(c, start, &number);
}

enum sqli_status sqli__decimal_to_text_type(const struct sqli_conversion *c)
{
    size_t start = c->scratch->length;
    sqli__decimal_to_text(&c->value->as.decimal, scale_of(c->from), c->scratch);
    return give_scratch(c, start, &c->value->as.decimal);
}

/* --- From integers --- */

enum sqli_status sqli__integer_to_integer(const struct sqli_conversion *c)
{
    return give_integer(c, c->value->as.integer);
}

enum sqli_status sqli__integer_to_real(const struct sqli_conversion *c)
{
    return give_real(c, (double)c->value->as.integer);
}

enum sqli_status sqli__integer_to_decimal(const struct sqli_conversion *c)
{
    struct sqli_decimal number;
    sqli__decimal_from_int64(c->value->as.integer, &number);
    return give_decimal(c, &number);
}

enum sqli_status sqli__integer_to_date(const struct sqli_conversion *c)
{
    return give_date(c, c->value->as.integer);
}

/* --- From doubles --- */

enum sqli_status sqli__real_to_integer(const struct sqli_conversion *c)
{
    int64_t number = 0;
    SQLI_TRY(whole_real(c, &number));
    return give_integer(c, number);
}

enum sqli_status sqli__real_to_real(const struct sqli_conversion *c)
{
    return give_real(c, c->value->as.real);
}

/* A SMALLFLOAT means the digits that it is shown with, not those of the double it is held in. */
enum sqli_status sqli__real_to_decimal(const struct sqli_conversion *c)
{
    struct sqli_decimal number;
    double real = c->value->as.real;
    if (c->from->code != SQLI_TYPE_SMALLFLOAT) {
        SQLI_TRY(sqli__decimal_from_double(real, &number, c->error));
        return give_decimal(c, &number);
    }
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_REAL_TEXT_MAX);
    sqli__real_single_to_text((float)real, &text);
    enum sqli_status status = sqli__buffer_status(&text, c->error);
    if (status == SQLI_OK)
        status = sqli__decimal_from_text(sqli__buffer_view(&text), &number, c->error);
    sqli__buffer_free(&text);
    return status == SQLI_OK ? give_decimal(c, &number) : status;
}

enum sqli_status sqli__real_to_date(const struct sqli_conversion *c)
{
    int64_t days = 0;
    SQLI_TRY(whole_real(c, &days));
    return give_date(c, days);
}

/* --- From decimals --- */

enum sqli_status sqli__decimal_to_integer(const struct sqli_conversion *c)
{
    int64_t number = 0;
    SQLI_TRY(whole(c, &c->value->as.decimal, &number));
    return give_integer(c, number);
}

enum sqli_status sqli__decimal_to_real(const struct sqli_conversion *c)
{
    return give_real(c, sqli__decimal_to_double(&c->value->as.decimal));
}

enum sqli_status sqli__decimal_to_decimal(const struct sqli_conversion *c)
{
    if (!fits_already(c->from, c->to))
        return give_decimal(c, &c->value->as.decimal);
    c->result->as.decimal = c->value->as.decimal;
    return SQLI_OK;
}

enum sqli_status sqli__decimal_to_date(const struct sqli_conversion *c)
{
    int64_t days = 0;
    SQLI_TRY(whole(c, &c->value->as.decimal, &days));
    return give_date(c, days);
}

/* --- From text --- */

/* Digits alone are the usual case; "1.5" and "1e3" are numbers, too. */
enum sqli_status sqli__text_to_integer(const struct sqli_conversion *c)
{
    int64_t number = 0;
    struct sqli_decimal decimal;
    if (sqli__int64_from_text(c->value->as.bytes, &number, NULL) == SQLI_OK)
        return give_integer(c, number);
    enum sqli_status status = sqli__decimal_from_text(c->value->as.bytes, &decimal, c->error);
    if (status != SQLI_OK && c->error->code == SQLI_E_DECIMAL_TOO_LARGE)
        return sqli__fail_text(c->error, SQLI_E_VALUE_RANGE, c->value->as.bytes);
    SQLI_TRY(status);
    SQLI_TRY(whole(c, &decimal, &number));
    return give_integer(c, number);
}

enum sqli_status sqli__text_to_real(const struct sqli_conversion *c)
{
    double number;
    SQLI_TRY(sqli__real_from_text(c->value->as.bytes, &number, c->error));
    return give_real(c, number);
}

/* Text for MONEY may have the sign of the currency in front. */
static struct sqli_span without_currency(struct sqli_span text)
{
    struct sqli_span rest = text;
    while (rest.length && *rest.data == ' ')
        rest = sqli__span(rest.data + 1, rest.length - 1);
    bool sign = rest.length > 1 && *rest.data == '$' && rest.data[1] != '-' && rest.data[1] != '+';
    return sign ? sqli__span(rest.data + 1, rest.length - 1) : text;
}

enum sqli_status sqli__text_to_decimal(const struct sqli_conversion *c)
{
    struct sqli_decimal number;
    struct sqli_span text = c->value->as.bytes;
    if (c->to->code == SQLI_TYPE_MONEY)
        text = without_currency(text);
    SQLI_TRY(sqli__decimal_from_text(text, &number, c->error));
    return give_decimal(c, &number);
}
