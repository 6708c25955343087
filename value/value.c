/* The frame of a value: finding the row of its kind, and what stands around its bytes in a tuple.
 */
#include "value/value.h"

#include "value/image.h"
#include "value/kind.h"

/* --- Finding out --- */

static enum sqli_status find(const struct sqli_type *type,
                             const struct sqli_kind_operations **operations,
                             struct sqli_error *error)
{
    *operations = sqli__kind_operations(sqli__type_kind(type));
    if (*operations)
        return SQLI_OK;
    return sqli__kind_fail(error, SQLI_E_UNSUPPORTED, type, "a value");
}

/* The same for a value that is given: it must be NULL or of the kind of the type. */
static enum sqli_status find_for(const struct sqli_type *type, const struct sqli_value *value,
                                 const struct sqli_kind_operations **operations,
                                 struct sqli_error *error)
{
    SQLI_TRY(find(type, operations, error));
    if (value->null || value->kind == sqli__type_kind(type))
        return SQLI_OK;
    const struct sqli_kind_operations *given = sqli__kind_operations(value->kind);
    return sqli__kind_fail(error, SQLI_E_CONVERSION, type, "a value of kind %s",
                           given ? given->name : "none");
}

/* --- Images --- */

static enum sqli_status fail_width(const struct sqli_type *type, struct sqli_error *error)
{
    return sqli__kind_fail(error, SQLI_E_UNSUPPORTED, type, "code %d, encoded length %d",
                           (int)type->code, (int)type->length);
}

static enum sqli_status short_length(struct sqli_span bytes, size_t *length)
{
    if (bytes.length < SQLI_VARCHAR_HEADER)
        return SQLI_MORE;
    *length = (size_t)SQLI_VARCHAR_HEADER + bytes.data[0];
    return SQLI_OK;
}

static enum sqli_status envelope_length(const struct sqli_type *type, struct sqli_span bytes,
                                        size_t *length, struct sqli_error *error)
{
    if (bytes.length >= 1 && bytes.data[0] > SQLI_ENVELOPE_NULL)
        return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "indicator %02x",
                               (unsigned)bytes.data[0]);
    if (bytes.length < SQLI_ENVELOPE_HEADER)
        return SQLI_MORE;
    uint32_t size = sqli__load32(bytes.data + 1);
    if (size > SQLI_ENVELOPE_MAX)
        return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "length %d", (int)size);
    *length = SQLI_ENVELOPE_HEADER + (size_t)size;
    return SQLI_OK;
}

enum sqli_status sqli__image_length(const struct sqli_type *type, struct sqli_span bytes,
                                    size_t *length, struct sqli_error *error)
{
    size_t size = 0;
    int32_t width = sqli__type_width(type);
    if (width == SQLI_WIDTH_UNKNOWN)
        return fail_width(type, error);
    if (width == SQLI_WIDTH_SHORT)
        SQLI_TRY(short_length(bytes, &size));
    else if (width == SQLI_WIDTH_ENVELOPE)
        SQLI_TRY(envelope_length(type, bytes, &size, error));
    else
        size = (size_t)width;
    if (bytes.length < size)
        return SQLI_MORE;
    *length = size;
    return SQLI_OK;
}

static enum sqli_status check_whole(const struct sqli_type *type, struct sqli_span image,
                                    struct sqli_error *error)
{
    size_t length;
    enum sqli_status status = sqli__image_length(type, image, &length, error);
    if (status == SQLI_FAIL || (status == SQLI_OK && length == image.length))
        return status;
    return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "%zu bytes", image.length);
}

/* Takes the frame off; false when the frame says NULL. */
static bool body_of(const struct sqli_type *type, struct sqli_span image, struct sqli_span *body)
{
    *body = image;
    switch (sqli__type_width(type)) {
    case SQLI_WIDTH_SHORT: return sqli__image_varchar(image.data, body);
    case SQLI_WIDTH_ENVELOPE: return sqli__image_envelope(image.data, body);
    default: return true;
    }
}

enum sqli_status sqli__value_decode(const struct sqli_type *type, struct sqli_span image,
                                    struct sqli_value *value, struct sqli_error *error)
{
    const struct sqli_kind_operations *operations;
    struct sqli_span body;
    *value = (struct sqli_value){.kind = sqli__type_kind(type)};
    SQLI_TRY(find(type, &operations, error));
    SQLI_TRY(check_whole(type, image, error));
    value->null = !body_of(type, image, &body);
    return value->null ? SQLI_OK : operations->decode(type, body, value, error);
}

static void append_null(const struct sqli_type *type, const struct sqli_kind_operations *operations,
                        struct sqli_buffer *out)
{
    switch (sqli__type_width(type)) {
    case SQLI_WIDTH_SHORT: sqli__buffer_16(out, 0x0100); break;
    case SQLI_WIDTH_ENVELOPE:
        sqli__buffer_byte(out, SQLI_ENVELOPE_NULL);
        sqli__buffer_32(out, 0);
        break;
    default: operations->null_image(type, out);
    }
}

/* The frame goes around a body that has been checked to fit. */
static enum sqli_status append_framed(const struct sqli_type *type, const struct sqli_value *value,
                                      const struct sqli_kind_operations *operations,
                                      struct sqli_buffer *out, struct sqli_error *error)
{
    int32_t width = sqli__type_width(type);
    size_t at = out->length;
    size_t header = width == SQLI_WIDTH_SHORT      ? SQLI_VARCHAR_HEADER
                    : width == SQLI_WIDTH_ENVELOPE ? SQLI_ENVELOPE_HEADER
                                                   : 0;
    sqli__buffer_fill(out, 0, header);
    SQLI_TRY(operations->encode(type, value, out, error));
    if (out->failed)
        return SQLI_OK;
    size_t size = out->length - at - header;
    if (header == SQLI_VARCHAR_HEADER)
        out->data[at] = (uint8_t)size;
    else if (header == SQLI_ENVELOPE_HEADER)
        sqli__store32(out->data + at + 1, (uint32_t)size);
    return SQLI_OK;
}

/* An append that fails leaves nothing behind; the failure of the buffer counts as one. */
static enum sqli_status settle(struct sqli_buffer *out, size_t before, enum sqli_status status,
                               struct sqli_error *error)
{
    if (status == SQLI_OK)
        status = sqli__buffer_status(out, error);
    if (status != SQLI_OK)
        sqli__buffer_truncate(out, before);
    return status;
}

enum sqli_status sqli__value_encode(const struct sqli_type *type, const struct sqli_value *value,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    const struct sqli_kind_operations *operations;
    size_t before = out->length;
    SQLI_TRY(find_for(type, value, &operations, error));
    if (sqli__type_width(type) == SQLI_WIDTH_UNKNOWN)
        return fail_width(type, error);
    if (value->null) {
        append_null(type, operations, out);
        return settle(out, before, SQLI_OK, error);
    }
    return settle(out, before, append_framed(type, value, operations, out, error), error);
}

/* --- Bind blocks --- */

static bool bind_size_fits(const struct sqli_type *type, size_t size)
{
    const struct sqli_type_info *info = sqli__type_info(type->code);
    switch (info->bind) {
    case SQLI_BIND_FIXED: return size == info->size;
    case SQLI_BIND_16: return size <= SQLI_BIND_16_MAX;
    case SQLI_BIND_32: return size <= SQLI_ENVELOPE_MAX;
    case SQLI_BIND_NONE: break;
    }
    return false;
}

enum sqli_status sqli__value_bind_decode(const struct sqli_type *type, struct sqli_span data,
                                         struct sqli_value *value, struct sqli_error *error)
{
    const struct sqli_kind_operations *operations;
    *value = (struct sqli_value){.kind = sqli__type_kind(type)};
    SQLI_TRY(find(type, &operations, error));
    if (bind_size_fits(type, data.length))
        return operations->bind_decode(type, data, value, error);
    return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "%zu bytes", data.length);
}

static enum sqli_status append_bind(const struct sqli_type *type, const struct sqli_value *value,
                                    const struct sqli_kind_operations *operations,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    size_t before = out->length;
    SQLI_TRY(operations->bind_encode(type, value, out, error));
    SQLI_TRY(sqli__buffer_status(out, error));
    size_t size = out->length - before;
    if (bind_size_fits(type, size))
        return SQLI_OK;
    return sqli__kind_fail(error, SQLI_E_VALUE_DOES_NOT_FIT, type, "a parameter of %zu bytes",
                           size);
}

enum sqli_status sqli__value_bind_encode(const struct sqli_type *type,
                                         const struct sqli_value *value, struct sqli_buffer *out,
                                         struct sqli_error *error)
{
    const struct sqli_kind_operations *operations;
    size_t before = out->length;
    SQLI_TRY(find_for(type, value, &operations, error));
    if (value->null)
        return SQLI_OK;
    return settle(out, before, append_bind(type, value, operations, out, error), error);
}

uint16_t sqli__bind_precision(const struct sqli_type *type, const struct sqli_value *value)
{
    const struct sqli_kind_operations *operations = sqli__kind_operations(sqli__type_kind(type));
    if (!operations || value->null || value->kind != sqli__type_kind(type))
        return 0;
    return operations->bind_precision(type, value);
}

/* --- Text --- */

enum sqli_status sqli__value_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                     const struct sqli_date_format *format,
                                     struct sqli_buffer *text, struct sqli_error *error)
{
    const struct sqli_kind_operations *operations;
    size_t before = text->length;
    SQLI_TRY(find_for(type, value, &operations, error));
    if (value->null)
        return SQLI_OK;
    return settle(text, before, operations->to_text(type, value, format, text, error), error);
}

enum sqli_status sqli__value_from_text(const struct sqli_type *type, struct sqli_span text,
                                       const struct sqli_date_format *format,
                                       struct sqli_value *value, struct sqli_error *error)
{
    const struct sqli_kind_operations *operations;
    *value = (struct sqli_value){.kind = sqli__type_kind(type)};
    SQLI_TRY(find(type, &operations, error));
    return operations->from_text(type, text, format, value, error);
}
