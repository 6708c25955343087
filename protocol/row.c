#include "protocol/row.h"

#include "base/alloc.h"
#include "value/lob.h"

enum { DESCRIPTOR_GROWTH = 12, ENVELOPE_HEAD = 5 };

void sqli__shape_free(struct sqli_shape *shape)
{
    sqli__free(shape->columns);
    sqli__free(shape->varyings);
    sqli__free(shape->types);
    sqli__free(shape->names);
    *shape = (struct sqli_shape){0};
}

/* Bytes that the column takes under these capabilities. */
static int32_t column_width(const struct sqli_type *type, const struct sqli_caps *caps)
{
    int32_t width = sqli__type_width(type);
    if (sqli__type_kind(type) == SQLI_KIND_SIMPLE_LOB && sqli__caps_has(caps, SQLI_CAP_LONG_ROWIDS))
        return SQLI_SIMPLE_LOB_SIZE + DESCRIPTOR_GROWTH;
    bool full = width == SQLI_WIDTH_SHORT && !sqli__caps_has(caps, SQLI_CAP_VARCHAR_LENGTH);
    return full ? (type->length & 0xff) + 1 : width;
}

static size_t names_size(const struct sqli_describe *describe)
{
    size_t size = 0;
    for (uint32_t i = 0; i < describe->count; i++)
        size += describe->columns[i].type.owner.length + describe->columns[i].type.name.length;
    return size;
}

static struct sqli_span keep(uint8_t **at, struct sqli_span bytes)
{
    if (bytes.length)
        memcpy(*at, bytes.data, bytes.length);
    struct sqli_span kept = sqli__span(*at, bytes.length);
    *at += bytes.length;
    return kept;
}

static enum sqli_status allocate(struct sqli_shape *shape, const struct sqli_describe *describe,
                                 struct sqli_error *error)
{
    *shape = (struct sqli_shape){.count = describe->count};
    shape->columns = sqli__alloc_zeroed(shape->count, sizeof *shape->columns);
    shape->varyings = sqli__alloc_zeroed(shape->count, sizeof *shape->varyings);
    shape->types = sqli__alloc_zeroed(shape->count, sizeof *shape->types);
    shape->names = sqli__alloc(names_size(describe));
    if (shape->columns && shape->varyings && shape->types && shape->names)
        return SQLI_OK;
    sqli__shape_free(shape);
    return sqli__fail(error, SQLI_E_NO_MEMORY, "%u columns", describe->count);
}

static enum sqli_status add_column(struct sqli_shape *shape, uint32_t index, int32_t width,
                                   struct sqli_error *error)
{
    struct sqli_shape_column *c = &shape->columns[index];
    bool filled = width >= 0 && sqli__type_width(&shape->types[index]) == SQLI_WIDTH_SHORT;
    *c = (struct sqli_shape_column){shape->varying, shape->tail, width, filled};
    if (width == SQLI_WIDTH_UNKNOWN || width > SQLI_WIRE_LENGTH_MAX ||
        shape->tail > SQLI_WIRE_LENGTH_MAX)
        return sqli__fail(error, SQLI_E_PROTOCOL, "column %u has type %u and length %d", index + 1,
                          shape->types[index].code, (int)shape->types[index].length);
    if (width >= 0) {
        shape->tail += (uint32_t)width;
        return SQLI_OK;
    }
    shape->varyings[shape->varying++] = *c;
    shape->tail = 0;
    return SQLI_OK;
}

enum sqli_status sqli__shape_init(struct sqli_shape *shape, const struct sqli_describe *describe,
                                  const struct sqli_caps *caps, struct sqli_error *error)
{
    SQLI_TRY(allocate(shape, describe, error));
    uint8_t *names = shape->names;
    enum sqli_status status = SQLI_OK;
    for (uint32_t i = 0; i < shape->count && status == SQLI_OK; i++) {
        struct sqli_type *type = &shape->types[i];
        *type = describe->columns[i].type;
        type->owner = keep(&names, type->owner);
        type->name = keep(&names, type->name);
        status = add_column(shape, i, column_width(type, caps), error);
    }
    if (status != SQLI_OK)
        sqli__shape_free(shape);
    return status;
}

/* "integer, bigint, varchar(16)" */
static void print_shape(const struct sqli_shape *shape, struct sqli_buffer *text)
{
    for (uint32_t i = 0; i < shape->count; i++) {
        if (i > 0)
            sqli__buffer_text(text, ", ");
        sqli__type_print(&shape->types[i], text);
    }
}

static enum sqli_status misfit(const struct sqli_shape *shape, size_t size,
                               struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 16);
    print_shape(shape, &text);
    enum sqli_status status =
        sqli__fail(error, SQLI_E_PROTOCOL, "a row of %zu bytes does not fit (%.*s)", size,
                   (int)text.length, (const char *)text.data);
    sqli__buffer_free(&text);
    return status;
}

/* Length of the image of a varying column, 0 if it does not end within `room`. */
static size_t varying_length(int32_t width, const uint8_t *p, size_t room)
{
    bool is_short = width == SQLI_WIDTH_SHORT;
    size_t head = is_short ? 1 : ENVELOPE_HEAD;
    if (room < head)
        return 0;
    size_t length = is_short ? p[0] : sqli__load32(p + 1);
    return length <= room - head ? head + length : 0;
}

enum sqli_status sqli__row_bind(const struct sqli_shape *shape, struct sqli_span payload,
                                struct sqli_row *row, struct sqli_error *error)
{
    uint32_t *segments = row->segments;
    size_t at = 0;
    segments[0] = 0;
    for (uint32_t k = 0; k < shape->varying; k++) {
        const struct sqli_shape_column *c = &shape->varyings[k];
        at += c->delta;
        size_t length = at < payload.length
                            ? varying_length(c->width, payload.data + at, payload.length - at)
                            : 0;
        if (length == 0)
            return misfit(shape, payload.length, error);
        at += length;
        segments[k + 1] = (uint32_t)at;
    }
    if (at + shape->tail != payload.length)
        return misfit(shape, payload.length, error);
    row->data = payload.data;
    return SQLI_OK;
}
