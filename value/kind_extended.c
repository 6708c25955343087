/* BOOLEAN, COMPOSITE and OPAQUE: the extended types that travel in an envelope and refer to nothing
 * else. */
#include "value/kind.h"
#include "value/number.h"

/* Types of these codes were asked for in their binary form. */
static bool is_binary(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_BOOLEAN || type->code == SQLI_TYPE_SENDRECV;
}

/* --- BOOLEAN --- */

/* Which of the two forms a server sends depends on what it was asked, so both are read. */
static enum sqli_status boolean_decode(const struct sqli_type *type, struct sqli_span body,
                                       struct sqli_value *value, struct sqli_error *error)
{
    if (body.length != 1)
        return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "%zu bytes", body.length);
    switch (body.data[0]) {
    case 't':
    case 1: value->as.boolean = true; return SQLI_OK;
    case 'f':
    case 0: value->as.boolean = false; return SQLI_OK;
    default:
        return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "byte %02x",
                               (unsigned)body.data[0]);
    }
}

static enum sqli_status boolean_to_text(const struct sqli_type *type,
                                        const struct sqli_value *value,
                                        const struct sqli_date_format *format,
                                        struct sqli_buffer *text, struct sqli_error *error)
{
    (void)type;
    (void)format;
    (void)error;
    sqli__buffer_byte(text, value->as.boolean ? 't' : 'f');
    return SQLI_OK;
}

static enum sqli_status boolean_encode(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *out, struct sqli_error *error)
{
    if (!is_binary(type))
        return boolean_to_text(type, value, NULL, out, error);
    sqli__buffer_byte(out, value->as.boolean);
    return SQLI_OK;
}

static uint16_t boolean_bind_precision(const struct sqli_type *type, const struct sqli_value *value)
{
    (void)type;
    (void)value;
    return 1;
}

/* 't' or 'f' in either case, blanks behind it: a CHAR pads with them. */
static enum sqli_status boolean_from_text(const struct sqli_type *type, struct sqli_span text,
                                          const struct sqli_date_format *format,
                                          struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    (void)format;
    size_t length = text.length;
    while (length > 1 && text.data[length - 1] == ' ')
        length--;
    uint8_t letter = length == 1 ? text.data[0] | 0x20 : 0;
    if (letter != 't' && letter != 'f')
        return sqli__fail_text(error, SQLI_E_BOOLEAN_VALUE, text);
    value->as.boolean = letter == 't';
    return SQLI_OK;
}

const struct sqli_kind_operations sqli__kind_boolean = {
    .name = "boolean",
    .decode = boolean_decode,
    .encode = boolean_encode,
    .bind_decode = boolean_decode,
    .bind_encode = boolean_encode,
    .bind_precision = boolean_bind_precision,
    .to_text = boolean_to_text,
    .from_text = boolean_from_text,
};

/* --- COMPOSITE, OPAQUE: the bytes as they come --- */

static enum sqli_status bytes_decode(const struct sqli_type *type, struct sqli_span body,
                                     struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    (void)error;
    value->as.bytes = body;
    return SQLI_OK;
}

static enum sqli_status bytes_encode(const struct sqli_type *type, const struct sqli_value *value,
                                     struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_span bytes = value->as.bytes;
    if (bytes.length > SQLI_ENVELOPE_MAX)
        return sqli__kind_fail(error, SQLI_E_VALUE_DOES_NOT_FIT, type, "%zu bytes", bytes.length);
    sqli__buffer_span(out, bytes);
    return SQLI_OK;
}

/* The body is text unless the binary form was asked for; that one only its type can read. */
static enum sqli_status check_textual(const struct sqli_type *type, struct sqli_error *error)
{
    if (!is_binary(type))
        return SQLI_OK;
    return sqli__kind_fail(error, SQLI_E_CONVERSION, type, "the binary form");
}

static enum sqli_status bytes_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                      const struct sqli_date_format *format,
                                      struct sqli_buffer *text, struct sqli_error *error)
{
    (void)format;
    SQLI_TRY(check_textual(type, error));
    sqli__buffer_span(text, value->as.bytes);
    return SQLI_OK;
}

static enum sqli_status bytes_from_text(const struct sqli_type *type, struct sqli_span text,
                                        const struct sqli_date_format *format,
                                        struct sqli_value *value, struct sqli_error *error)
{
    (void)format;
    SQLI_TRY(check_textual(type, error));
    return bytes_decode(type, text, value, error);
}

#define BYTES_OPERATIONS(kind_name)                                          \
    {                                                                        \
        .name = (kind_name), .decode = bytes_decode, .encode = bytes_encode, \
        .bind_decode = bytes_decode, .bind_encode = bytes_encode,            \
        .bind_precision = sqli__kind_no_precision, .to_text = bytes_to_text, \
        .from_text = bytes_from_text,                                        \
    }

const struct sqli_kind_operations sqli__kind_composite = BYTES_OPERATIONS("row or collection");
const struct sqli_kind_operations sqli__kind_opaque = BYTES_OPERATIONS("opaque value");
