/* DECIMAL and MONEY. A type whose precision is not told (a bind block has none) takes a number as
 * it is. */
#include "value/kind.h"

static int precision_of(const struct sqli_type *type)
{
    return type->length >> 8 & 0xff;
}

static int scale_of(const struct sqli_type *type)
{
    return precision_of(type) == 0 ? SQLI_DECIMAL_FLOATING : type->length & 0xff;
}

static enum sqli_status fit(const struct sqli_type *type, struct sqli_decimal *number,
                            struct sqli_error *error)
{
    int precision = precision_of(type);
    return precision == 0 ? SQLI_OK : sqli__decimal_round(number, precision, scale_of(type), error);
}

static enum sqli_status decode(const struct sqli_type *type, struct sqli_span body,
                               struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    return sqli__decimal_decode(body, &value->as.decimal, &value->null, error);
}

/* value.c has checked that the type has a width. */
static enum sqli_status encode(const struct sqli_type *type, const struct sqli_value *value,
                               struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_decimal number = value->as.decimal;
    size_t width = (size_t)sqli__type_width(type);
    SQLI_TRY(fit(type, &number, error));
    uint8_t *room = sqli__buffer_reserve(out, width);
    if (!room)
        return SQLI_OK;
    SQLI_TRY(sqli__decimal_encode(&number, width, room, error));
    sqli__buffer_advance(out, width);
    return SQLI_OK;
}

static enum sqli_status bind_encode(const struct sqli_type *type, const struct sqli_value *value,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    (void)type;
    (void)error;
    uint8_t *room = sqli__buffer_reserve(out, SQLI_DECIMAL_PAIRS + 1);
    if (room)
        sqli__buffer_advance(out, sqli__decimal_encode_short(&value->as.decimal, room));
    return SQLI_OK;
}

/* The digits behind the point. Servers ignore the word; it is what the vendor's client sends. */
static uint16_t bind_precision(const struct sqli_type *type, const struct sqli_value *value)
{
    (void)type;
    const struct sqli_decimal *number = &value->as.decimal;
    int pairs = number->count - number->exponent;
    if (number->count == 0 || pairs <= 0)
        return 0;
    return (uint16_t)(2 * pairs - (number->pairs[number->count - 1] % 10 == 0));
}

static enum sqli_status to_text(const struct sqli_type *type, const struct sqli_value *value,
                                const struct sqli_date_format *format, struct sqli_buffer *text,
                                struct sqli_error *error)
{
    (void)format;
    (void)error;
    sqli__decimal_to_text(&value->as.decimal, scale_of(type), text);
    return SQLI_OK;
}

static enum sqli_status from_text(const struct sqli_type *type, struct sqli_span text,
                                  const struct sqli_date_format *format, struct sqli_value *value,
                                  struct sqli_error *error)
{
    (void)format;
    SQLI_TRY(sqli__decimal_from_text(text, &value->as.decimal, error));
    return fit(type, &value->as.decimal, error);
}

const struct sqli_kind_operations sqli__kind_decimal = {
    .name = "decimal",
    .decode = decode,
    .encode = encode,
    .null_image = sqli__kind_null_zeros,
    .bind_decode = decode,
    .bind_encode = bind_encode,
    .bind_precision = bind_precision,
    .to_text = to_text,
    .from_text = from_text,
};
