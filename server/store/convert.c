/* The table of conversions by kinds, and what concerns texts. */
#include "server/store/conversion.h"

#include "value/number.h"
#include "value/parts.h"

enum { KINDS = SQLI_KIND_OPAQUE + 1, VARCHAR_MAX = 255 };

/* --- Texts --- */

size_t sqli__text_room(const struct sqli_type *type)
{
    size_t length = type->length > 0 ? (size_t)type->length : 0;
    switch (sqli__type_width(type)) {
    case SQLI_WIDTH_SHORT: return (length & 0xff) != 0 ? length & 0xff : VARCHAR_MAX;
    case SQLI_WIDTH_ENVELOPE: return length != 0 ? length : SQLI_ENVELOPE_MAX;
    default: return length;
    }
}

static bool is_utf8(const struct sqli_codeset_info *codeset)
{
    return sqli__span_equal(sqli__span_text(codeset->iconv_name), sqli__span_text("UTF-8"));
}

/* The longest beginning of at most `room` bytes that ends with a whole character. In code sets of
 * several bytes other than UTF-8 only the whole text tells where a character begins; they are cut
 * at the byte. */
static size_t cut_length(const struct sqli_conversion *c, struct sqli_span text, size_t room)
{
    if (text.length <= room)
        return text.length;
    size_t end = room;
    if (is_utf8(c->settings->codeset))
        while (end > 0 && room - end < 3 && (text.data[end] & 0xc0) == 0x80)
            end--;
    return end;
}

static bool is_char(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_CHAR || type->code == SQLI_TYPE_NCHAR;
}

enum sqli_status sqli__fit_text(const struct sqli_conversion *c, struct sqli_span text)
{
    size_t room = sqli__text_room(c->to);
    size_t length = cut_length(c, text, room);
    c->result->as.bytes = sqli__span(text.data, length);
    if (!is_char(c->to) || length == room)
        return SQLI_OK;
    size_t start = c->scratch->length;
    sqli__buffer_span(c->scratch, c->result->as.bytes);
    sqli__buffer_fill(c->scratch, ' ', room - length);
    SQLI_TRY(sqli__buffer_status(c->scratch, c->error));
    c->result->as.bytes = sqli__span(c->scratch->data + start, room);
    return SQLI_OK;
}

enum sqli_status sqli__fit_scratch(const struct sqli_conversion *c, size_t start)
{
    struct sqli_buffer *scratch = c->scratch;
    SQLI_TRY(sqli__buffer_status(scratch, c->error));
    struct sqli_span text = sqli__span(scratch->data + start, scratch->length - start);
    size_t room = sqli__text_room(c->to);
    size_t length = cut_length(c, text, room);
    sqli__buffer_truncate(scratch, start + length);
    if (is_char(c->to))
        sqli__buffer_fill(scratch, ' ', room - length);
    SQLI_TRY(sqli__buffer_status(scratch, c->error));
    c->result->as.bytes = sqli__span(scratch->data + start, scratch->length - start);
    return SQLI_OK;
}

static enum sqli_status text_to_text(const struct sqli_conversion *c)
{
    return sqli__fit_text(c, c->value->as.bytes);
}

/* --- BOOLEAN --- */

static enum sqli_status boolean_to_text(const struct sqli_conversion *c)
{
    return sqli__fit_text(c, sqli__span_text(c->value->as.boolean ? "t" : "f"));
}

static enum sqli_status text_to_boolean(const struct sqli_conversion *c)
{
    struct sqli_span text = sqli__trimmed(c->value->as.bytes);
    if (text.length == 1 && (text.data[0] == '0' || text.data[0] == '1')) {
        c->result->as.boolean = text.data[0] == '1';
        return SQLI_OK;
    }
    return sqli__value_from_text(c->to, text, &c->settings->date_format, c->result, c->error);
}

/* --- What stays as it is --- */

/* As bytes, whatever the kind of the value says: BYTE and TEXT come as their contents. */
static enum sqli_status as_it_is(const struct sqli_conversion *c)
{
    enum sqli_kind kind =
        sqli__type_kind(c->to) == SQLI_KIND_SIMPLE_LOB ? c->value->kind : c->result->kind;
    *c->result = *c->value;
    c->result->kind = kind;
    return SQLI_OK;
}

/* --- The table --- */

#define ROW(from)        [SQLI_KIND_##from]
#define TO(to, function) [SQLI_KIND_##to] = (function)

static sqli_converter *const converters[KINDS][KINDS] = {
    ROW(INTEGER) = {TO(INTEGER, sqli__integer_to_integer), TO(REAL, sqli__integer_to_real),
                    TO(DECIMAL, sqli__integer_to_decimal), TO(TEXT, sqli__integer_to_text),
                    TO(DATE, sqli__integer_to_date)},
    ROW(REAL) = {TO(INTEGER, sqli__real_to_integer), TO(REAL, sqli__real_to_real),
                 TO(DECIMAL, sqli__real_to_decimal), TO(TEXT, sqli__real_to_text_type),
                 TO(DATE, sqli__real_to_date)},
    ROW(DECIMAL) = {TO(INTEGER, sqli__decimal_to_integer), TO(REAL, sqli__decimal_to_real),
                    TO(DECIMAL, sqli__decimal_to_decimal), TO(TEXT, sqli__decimal_to_text_type),
                    TO(DATE, sqli__decimal_to_date)},
    ROW(TEXT) = {TO(INTEGER, sqli__text_to_integer), TO(REAL, sqli__text_to_real),
                 TO(DECIMAL, sqli__text_to_decimal), TO(TEXT, text_to_text),
                 TO(BOOLEAN, text_to_boolean), TO(DATE, sqli__text_to_date),
                 TO(DATETIME, sqli__text_to_datetime), TO(INTERVAL, sqli__text_to_interval),
                 TO(SIMPLE_LOB, as_it_is), TO(COMPOSITE, sqli__text_to_composite),
                 TO(OPAQUE, as_it_is)},
    ROW(BOOLEAN) = {TO(BOOLEAN, as_it_is), TO(TEXT, boolean_to_text)},
    ROW(DATE) = {TO(INTEGER, sqli__date_to_integer), TO(REAL, sqli__date_to_real),
                 TO(DECIMAL, sqli__date_to_decimal), TO(TEXT, sqli__date_to_text_type),
                 TO(DATE, sqli__date_to_date), TO(DATETIME, sqli__date_to_datetime)},
    ROW(DATETIME) = {TO(TEXT, sqli__datetime_to_text_type), TO(DATE, sqli__datetime_to_date),
                     TO(DATETIME, sqli__datetime_to_datetime)},
    ROW(INTERVAL) = {TO(TEXT, sqli__interval_to_text_type),
                     TO(INTERVAL, sqli__interval_to_interval)},
    ROW(SIMPLE_LOB) = {TO(SIMPLE_LOB, as_it_is)},
    ROW(SMART_LOB) = {TO(SMART_LOB, as_it_is)},
    ROW(COMPOSITE) = {TO(TEXT, text_to_text), TO(COMPOSITE, sqli__composite_to_composite)},
    ROW(OPAQUE) = {TO(TEXT, text_to_text), TO(OPAQUE, as_it_is)},
};

static sqli_converter *converter_of(const struct sqli_type *from, enum sqli_kind to)
{
    return converters[sqli__type_kind(from)][to];
}

static bool is_row(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_ROW;
}

static bool is_year_month(const struct sqli_type *interval)
{
    return sqli__last_part((sqli_qualifier)interval->length) <= SQLI_PART_MONTH;
}

bool sqli__convertible(const struct sqli_type *from, const struct sqli_type *to)
{
    if (from->code == SQLI_TYPE_NULL || to->code == SQLI_TYPE_NULL)
        return true;
    if (!converter_of(from, sqli__type_kind(to)))
        return false;
    enum sqli_kind kind = sqli__type_kind(from);
    if (kind != sqli__type_kind(to))
        return true;
    switch (kind) {
    case SQLI_KIND_INTERVAL: return is_year_month(from) == is_year_month(to);
    case SQLI_KIND_COMPOSITE: return is_row(from) == is_row(to);
    case SQLI_KIND_SMART_LOB:
    case SQLI_KIND_OPAQUE: return sqli__span_equal(sqli__type_name(from), sqli__type_name(to));
    default: return true;
    }
}

bool sqli__same_storage(const struct sqli_type *a, const struct sqli_type *b)
{
    enum sqli_kind kind = sqli__type_kind(a);
    if (kind != sqli__type_kind(b))
        return false;
    switch (kind) {
    case SQLI_KIND_NONE: return a->code == b->code;
    case SQLI_KIND_DATETIME:
    case SQLI_KIND_INTERVAL: return a->length == b->length;
    case SQLI_KIND_COMPOSITE:
    case SQLI_KIND_OPAQUE:
        return a->code == b->code && sqli__span_equal(sqli__type_name(a), sqli__type_name(b));
    default: return true;
    }
}

/* --- The entry --- */

static int32_t range_code(const struct sqli_type *to)
{
    switch (sqli__type_kind(to)) {
    case SQLI_KIND_INTEGER: return sqli__integer_range(to).code;
    case SQLI_KIND_DATE: return SQLI_E_DATE_CONVERT;
    default: return SQLI_E_DECIMAL_OVERFLOW;
    }
}

/* The library's own codes mean nothing to a client: Informix has one for each situation. */
static int32_t informix_code(int32_t code, const struct sqli_type *to)
{
    switch (code) {
    case SQLI_E_VALUE_RANGE: return range_code(to);
    case SQLI_E_VALUE_SYNTAX:
    case SQLI_E_ARGUMENT: return SQLI_E_COLLECTION_CONVERT;
    case SQLI_E_TOO_LARGE: return SQLI_E_VALUE_DOES_NOT_FIT;
    case SQLI_E_UNSUPPORTED: return SQLI_E_NO_CAST;
    default: return code;
    }
}

static enum sqli_status rename_error(const struct sqli_type *to, struct sqli_error *error)
{
    int32_t code = informix_code(error->code, to);
    if (code != error->code) {
        char near[sizeof error->near];
        memcpy(near, error->near, sizeof near);
        return sqli__fail(error, code, "%s", near);
    }
    return SQLI_FAIL;
}

static enum sqli_status fail_none(const struct sqli_type *from, const struct sqli_type *to,
                                  struct sqli_error *error)
{
    enum { SHOWN = 48 };
    struct sqli_span names[2] = {sqli__type_name(from), sqli__type_name(to)};
    for (size_t i = 0; i < 2; i++)
        names[i].length = names[i].length < SHOWN ? names[i].length : SHOWN;
    return sqli__fail(error, SQLI_E_NO_CAST, "%.*s to %.*s", (int)names[0].length,
                      (const char *)names[0].data, (int)names[1].length,
                      (const char *)names[1].data);
}

enum sqli_status sqli__convert(const struct sqli_type *from, const struct sqli_value *value,
                               const struct sqli_type *to,
                               const struct sqli_conversion_settings *settings,
                               struct sqli_buffer *scratch, struct sqli_value *result,
                               struct sqli_error *error)
{
    struct sqli_error spare;
    error = error ? error : &spare;
    result->kind = sqli__type_kind(to);
    result->null = value->null;
    if (value->null)
        return SQLI_OK;
    sqli_converter *converter = converter_of(from, result->kind);
    if (!converter)
        return fail_none(from, to, error);
    const struct sqli_conversion c = {from, value, to, settings, scratch, result, error};
    return converter(&c) == SQLI_OK ? SQLI_OK : rename_error(to, error);
}
