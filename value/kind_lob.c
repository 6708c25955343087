/* SIMPLE_LOB (BYTE, TEXT) and SMART_LOB (BLOB, CLOB): references to large objects. */
#include "value/kind.h"

/* --- BYTE, TEXT --- */

static enum sqli_status simple_decode(const struct sqli_type *type, struct sqli_span body,
                                      struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    (void)error;
    memcpy(value->as.simple_lob.bytes, body.data, SQLI_SIMPLE_LOB_SIZE);
    value->null = sqli__simple_lob_null(&value->as.simple_lob);
    return SQLI_OK;
}

static enum sqli_status simple_encode(const struct sqli_type *type, const struct sqli_value *value,
                                      struct sqli_buffer *out, struct sqli_error *error)
{
    if (sqli__simple_lob_null(&value->as.simple_lob))
        return sqli__kind_fail(error, SQLI_E_VALUE_RANGE, type,
                               "a value with the descriptor of NULL");
    sqli__buffer_append(out, value->as.simple_lob.bytes, SQLI_SIMPLE_LOB_SIZE);
    return SQLI_OK;
}

static void simple_null(const struct sqli_type *type, struct sqli_buffer *out)
{
    (void)type;
    struct sqli_simple_lob lob;
    sqli__simple_lob_make(&lob, 0, true);
    sqli__buffer_append(out, lob.bytes, sizeof lob.bytes);
}

/* What else stands in a descriptor is between a server and itself: a bind names the size alone. */
static enum sqli_status simple_bind_encode(const struct sqli_type *type,
                                           const struct sqli_value *value, struct sqli_buffer *out,
                                           struct sqli_error *error)
{
    (void)type;
    (void)error;
    struct sqli_simple_lob lob;
    sqli__simple_lob_make_bind(&lob, sqli__simple_lob_size(&value->as.simple_lob));
    sqli__buffer_append(out, lob.bytes, sizeof lob.bytes);
    return SQLI_OK;
}

static enum sqli_status simple_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                       const struct sqli_date_format *format,
                                       struct sqli_buffer *text, struct sqli_error *error)
{
    (void)value;
    (void)format;
    (void)text;
    return sqli__kind_fail(error, SQLI_E_LOCATOR_CONVERSION, type, "the descriptor of an object");
}

static enum sqli_status simple_from_text(const struct sqli_type *type, struct sqli_span text,
                                         const struct sqli_date_format *format,
                                         struct sqli_value *value, struct sqli_error *error)
{
    (void)text;
    (void)format;
    (void)value;
    return sqli__kind_fail(error, SQLI_E_LOCATOR_CONVERSION, type, "a text");
}

const struct sqli_kind_operations sqli__kind_simple_lob = {
    .name = "byte or text descriptor",
    .decode = simple_decode,
    .encode = simple_encode,
    .null_image = simple_null,
    .bind_decode = simple_decode,
    .bind_encode = simple_bind_encode,
    .bind_precision = sqli__kind_no_precision,
    .to_text = simple_to_text,
    .from_text = simple_from_text,
};

/* --- BLOB, CLOB --- */

static enum sqli_status smart_decode(const struct sqli_type *type, struct sqli_span body,
                                     struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    return sqli__smart_lob_decode(body, &value->as.smart_lob, error);
}

static enum sqli_status smart_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                      const struct sqli_date_format *format,
                                      struct sqli_buffer *text, struct sqli_error *error)
{
    (void)type;
    (void)format;
    (void)error;
    char hex[SQLI_SMART_LOB_TEXT + 1];
    sqli__smart_lob_text(&value->as.smart_lob, hex);
    sqli__buffer_append(text, hex, SQLI_SMART_LOB_TEXT);
    return SQLI_OK;
}

static enum sqli_status smart_encode(const struct sqli_type *type, const struct sqli_value *value,
                                     struct sqli_buffer *out, struct sqli_error *error)
{
    if (type->code != SQLI_TYPE_SENDRECV)
        return smart_to_text(type, value, NULL, out, error);
    sqli__buffer_append(out, value->as.smart_lob.bytes, SQLI_SMART_LOB_SIZE);
    return SQLI_OK;
}

static enum sqli_status smart_from_text(const struct sqli_type *type, struct sqli_span text,
                                        const struct sqli_date_format *format,
                                        struct sqli_value *value, struct sqli_error *error)
{
    (void)format;
    if (text.length != SQLI_SMART_LOB_TEXT || smart_decode(type, text, value, error) != SQLI_OK)
        return sqli__kind_fail(error, SQLI_E_VALUE_SYNTAX, type, "a text of %zu characters",
                               text.length);
    return SQLI_OK;
}

const struct sqli_kind_operations sqli__kind_smart_lob = {
    .name = "blob or clob locator",
    .decode = smart_decode,
    .encode = smart_encode,
    .bind_decode = smart_decode,
    .bind_encode = smart_encode,
    .bind_precision = sqli__kind_no_precision,
    .to_text = smart_to_text,
    .from_text = smart_from_text,
};
