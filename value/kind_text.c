/* TEXT: CHAR, NCHAR, VARCHAR, NVARCHAR and LVARCHAR. Bytes in the code set of the database. */
#include "value/image.h"
#include "value/kind.h"

static enum sqli_layout layout_of(const struct sqli_type *type)
{
    return sqli__type_info(type->code)->layout;
}

/* Bytes that the type has room for; a VARCHAR or LVARCHAR of 0 is one whose length was not told. */
static size_t room_of(const struct sqli_type *type)
{
    size_t length = type->length > 0 ? (size_t)type->length : 0;
    switch (layout_of(type)) {
    case SQLI_LAYOUT_LENGTH: return length;
    case SQLI_LAYOUT_SHORT: return (length & 0xff) != 0 ? length & 0xff : 0xff;
    default: return length != 0 ? length : SQLI_ENVELOPE_MAX;
    }
}

static enum sqli_status bind_decode(const struct sqli_type *type, struct sqli_span body,
                                    struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    (void)error;
    value->as.bytes = body;
    return SQLI_OK;
}

static enum sqli_status decode(const struct sqli_type *type, struct sqli_span body,
                               struct sqli_value *value, struct sqli_error *error)
{
    (void)error;
    if (layout_of(type) == SQLI_LAYOUT_LENGTH)
        value->null = !sqli__image_char(body.data, body.length, &value->as.bytes);
    else
        value->as.bytes = body;
    return SQLI_OK;
}

/* The text that these bytes would be read back as is no text but NULL. */
static bool reads_as_null(const struct sqli_type *type, struct sqli_span text)
{
    if (text.length == 0 || text.data[0] != '\0')
        return false;
    enum sqli_layout layout = layout_of(type);
    return layout == SQLI_LAYOUT_LENGTH || (layout == SQLI_LAYOUT_SHORT && text.length == 1);
}

/* Its beginning, with a '?' for what is not printable ASCII: messages are UTF-8, the text need not
 * be. */
static enum sqli_status fail_text(struct sqli_error *error, int32_t code,
                                  const struct sqli_type *type, struct sqli_span text,
                                  const char *why)
{
    char start[32];
    size_t length = text.length < sizeof start ? text.length : sizeof start;
    for (size_t i = 0; i < length; i++)
        start[i] = text.data[i] >= ' ' && text.data[i] < 0x7f ? (char)text.data[i] : '?';
    return sqli__kind_fail(error, code, type, "\"%.*s%s\" (%zu bytes%s)", (int)length, start,
                           length < text.length ? "..." : "", text.length, why);
}

static enum sqli_status encode(const struct sqli_type *type, const struct sqli_value *value,
                               struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_span text = value->as.bytes;
    if (text.length > room_of(type))
        return fail_text(error, SQLI_E_VALUE_DOES_NOT_FIT, type, text, "");
    if (reads_as_null(type, text))
        return fail_text(error, SQLI_E_VALUE_RANGE, type, text, ", begins like NULL");
    sqli__buffer_span(out, text);
    if (layout_of(type) == SQLI_LAYOUT_LENGTH)
        sqli__buffer_fill(out, ' ', room_of(type) - text.length);
    return SQLI_OK;
}

static void null_image(const struct sqli_type *type, struct sqli_buffer *out)
{
    size_t length = room_of(type);
    sqli__buffer_fill(out, 0, length > 0);
    sqli__buffer_fill(out, ' ', length > 0 ? length - 1 : 0);
}

static enum sqli_status bind_encode(const struct sqli_type *type, const struct sqli_value *value,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    (void)type;
    (void)error;
    sqli__buffer_span(out, value->as.bytes);
    return SQLI_OK;
}

static enum sqli_status to_text(const struct sqli_type *type, const struct sqli_value *value,
                                const struct sqli_date_format *format, struct sqli_buffer *text,
                                struct sqli_error *error)
{
    (void)format;
    return bind_encode(type, value, text, error);
}

static enum sqli_status from_text(const struct sqli_type *type, struct sqli_span text,
                                  const struct sqli_date_format *format, struct sqli_value *value,
                                  struct sqli_error *error)
{
    (void)format;
    return bind_decode(type, text, value, error);
}

const struct sqli_kind_operations sqli__kind_text = {
    .name = "text",
    .decode = decode,
    .encode = encode,
    .null_image = null_image,
    .bind_decode = bind_decode,
    .bind_encode = bind_encode,
    .bind_precision = sqli__kind_no_precision,
    .to_text = to_text,
    .from_text = from_text,
};
