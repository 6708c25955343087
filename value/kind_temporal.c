/* DATE, DATETIME and INTERVAL. */
#include "value/image.h"
#include "value/kind.h"

/* Two digits of a year in the text of a DATE are of this century. */
enum { CENTURY = 2000 };

/* --- DATE --- */

static bool is_date(int32_t days)
{
    return days >= SQLI_DATE_MIN && days <= SQLI_DATE_MAX;
}

static enum sqli_status date_bind_decode(const struct sqli_type *type, struct sqli_span body,
                                         struct sqli_value *value, struct sqli_error *error)
{
    sqli__image_date(body.data, &value->as.date);
    if (is_date(value->as.date))
        return SQLI_OK;
    return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "day %d", (int)value->as.date);
}

static enum sqli_status date_decode(const struct sqli_type *type, struct sqli_span body,
                                    struct sqli_value *value, struct sqli_error *error)
{
    value->null = !sqli__image_date(body.data, &value->as.date);
    return value->null ? SQLI_OK : date_bind_decode(type, body, value, error);
}

static enum sqli_status date_encode(const struct sqli_type *type, const struct sqli_value *value,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    if (!is_date(value->as.date))
        return sqli__kind_fail(error, SQLI_E_VALUE_RANGE, type, "day %d", (int)value->as.date);
    sqli__buffer_32(out, (uint32_t)value->as.date);
    return SQLI_OK;
}

static void date_null(const struct sqli_type *type, struct sqli_buffer *out)
{
    (void)type;
    sqli__buffer_32(out, (uint32_t)INT32_MIN);
}

static enum sqli_status date_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                     const struct sqli_date_format *format,
                                     struct sqli_buffer *text, struct sqli_error *error)
{
    if (!is_date(value->as.date))
        return sqli__kind_fail(error, SQLI_E_VALUE_RANGE, type, "day %d", (int)value->as.date);
    sqli__date_to_text(value->as.date, format, text);
    return SQLI_OK;
}

static enum sqli_status date_from_text(const struct sqli_type *type, struct sqli_span text,
                                       const struct sqli_date_format *format,
                                       struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    return sqli__date_from_text(text, format, CENTURY, &value->as.date, error);
}

const struct sqli_kind_operations sqli__kind_date = {
    .name = "date",
    .decode = date_decode,
    .encode = date_encode,
    .null_image = date_null,
    .bind_decode = date_bind_decode,
    .bind_encode = date_encode,
    .bind_precision = sqli__kind_no_precision,
    .to_text = date_to_text,
    .from_text = date_from_text,
};

/* --- DATETIME --- */

/* In a bind block the precision word is the qualifier; whoever reads one puts it in the length. */
static sqli_qualifier qualifier_of(const struct sqli_type *type)
{
    return (sqli_qualifier)type->length;
}

static enum sqli_status datetime_decode(const struct sqli_type *type, struct sqli_span body,
                                        struct sqli_value *value, struct sqli_error *error)
{
    return sqli__datetime_decode(body, qualifier_of(type), &value->as.datetime, &value->null,
                                 error);
}

/* Cutting and filling on the right need nothing else. Fields in front would come from a clock,
 * which is not ours: extend the value first. */
static enum sqli_status datetime_fit(const struct sqli_type *type, struct sqli_datetime *value,
                                     struct sqli_error *error)
{
    sqli_qualifier wanted = qualifier_of(type);
    if (value->qualifier == wanted)
        return SQLI_OK;
    if (sqli__qualifier_start(value->qualifier) > sqli__qualifier_start(wanted))
        return sqli__kind_fail(error, SQLI_E_DATETIME_CONVERT, type,
                               "qualifier %04x, but %04x wanted,", (unsigned)value->qualifier,
                               (unsigned)wanted);
    return sqli__datetime_extend(value, wanted, value, value, error);
}

static enum sqli_status datetime_bind_encode(const struct sqli_type *type,
                                             const struct sqli_value *value,
                                             struct sqli_buffer *out, struct sqli_error *error)
{
    const struct sqli_datetime *datetime = &value->as.datetime;
    size_t width = (size_t)sqli__packed_width(datetime->qualifier);
    if (!sqli__datetime_qualifier_valid(datetime->qualifier))
        return sqli__kind_fail(error, SQLI_E_INTERVAL_QUALIFIER, type, "qualifier %04x",
                               (unsigned)datetime->qualifier);
    uint8_t *room = sqli__buffer_reserve(out, width);
    if (!room)
        return SQLI_OK;
    SQLI_TRY(sqli__datetime_encode(datetime, room, error));
    sqli__buffer_advance(out, width);
    return SQLI_OK;
}

static enum sqli_status datetime_encode(const struct sqli_type *type,
                                        const struct sqli_value *value, struct sqli_buffer *out,
                                        struct sqli_error *error)
{
    struct sqli_value fitted = *value;
    SQLI_TRY(datetime_fit(type, &fitted.as.datetime, error));
    return datetime_bind_encode(type, &fitted, out, error);
}

static uint16_t datetime_bind_precision(const struct sqli_type *type,
                                        const struct sqli_value *value)
{
    (void)type;
    return value->as.datetime.qualifier;
}

static enum sqli_status datetime_to_text(const struct sqli_type *type,
                                         const struct sqli_value *value,
                                         const struct sqli_date_format *format,
                                         struct sqli_buffer *text, struct sqli_error *error)
{
    (void)type;
    (void)format;
    (void)error;
    sqli__datetime_to_text(&value->as.datetime, text);
    return SQLI_OK;
}

static enum sqli_status datetime_from_text(const struct sqli_type *type, struct sqli_span text,
                                           const struct sqli_date_format *format,
                                           struct sqli_value *value, struct sqli_error *error)
{
    (void)format;
    return sqli__datetime_from_text(text, qualifier_of(type), &value->as.datetime, error);
}

const struct sqli_kind_operations sqli__kind_datetime = {
    .name = "datetime",
    .decode = datetime_decode,
    .encode = datetime_encode,
    .null_image = sqli__kind_null_zeros,
    .bind_decode = datetime_decode,
    .bind_encode = datetime_bind_encode,
    .bind_precision = datetime_bind_precision,
    .to_text = datetime_to_text,
    .from_text = datetime_from_text,
};

/* --- INTERVAL --- */

static enum sqli_status interval_decode(const struct sqli_type *type, struct sqli_span body,
                                        struct sqli_value *value, struct sqli_error *error)
{
    return sqli__interval_decode(body, qualifier_of(type), &value->as.interval, &value->null,
                                 error);
}

static enum sqli_status interval_bind_encode(const struct sqli_type *type,
                                             const struct sqli_value *value,
                                             struct sqli_buffer *out, struct sqli_error *error)
{
    const struct sqli_interval *interval = &value->as.interval;
    size_t width = (size_t)sqli__packed_width(interval->qualifier);
    if (!sqli__interval_qualifier_valid(interval->qualifier))
        return sqli__kind_fail(error, SQLI_E_INTERVAL_QUALIFIER, type, "qualifier %04x",
                               (unsigned)interval->qualifier);
    uint8_t *room = sqli__buffer_reserve(out, width);
    if (!room)
        return SQLI_OK;
    SQLI_TRY(sqli__interval_encode(interval, room, error));
    sqli__buffer_advance(out, width);
    return SQLI_OK;
}

/* The amount does not depend on the qualifier: fields that the type lacks are cut on the right and
 * counted in its first field on the left. */
static enum sqli_status interval_encode(const struct sqli_type *type,
                                        const struct sqli_value *value, struct sqli_buffer *out,
                                        struct sqli_error *error)
{
    struct sqli_value fitted = *value;
    fitted.as.interval.qualifier = qualifier_of(type);
    return interval_bind_encode(type, &fitted, out, error);
}

static uint16_t interval_bind_precision(const struct sqli_type *type,
                                        const struct sqli_value *value)
{
    (void)type;
    return value->as.interval.qualifier;
}

static enum sqli_status interval_to_text(const struct sqli_type *type,
                                         const struct sqli_value *value,
                                         const struct sqli_date_format *format,
                                         struct sqli_buffer *text, struct sqli_error *error)
{
    (void)type;
    (void)format;
    (void)error;
    sqli__interval_to_text(&value->as.interval, text);
    return SQLI_OK;
}

static enum sqli_status interval_from_text(const struct sqli_type *type, struct sqli_span text,
                                           const struct sqli_date_format *format,
                                           struct sqli_value *value, struct sqli_error *error)
{
    (void)format;
    return sqli__interval_from_text(text, qualifier_of(type), &value->as.interval, error);
}

const struct sqli_kind_operations sqli__kind_interval = {
    .name = "interval",
    .decode = interval_decode,
    .encode = interval_encode,
    .null_image = sqli__kind_null_zeros,
    .bind_decode = interval_decode,
    .bind_encode = interval_bind_encode,
    .bind_precision = interval_bind_precision,
    .to_text = interval_to_text,
    .from_text = interval_from_text,
};
