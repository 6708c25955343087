#include "protocol/describe_build.h"

#include "value/image.h"
#include "value/lob.h"

/* The body of an envelope at its longest. */
static int32_t body_width(const struct sqli_type *type)
{
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_BOOLEAN: return 1;
    case SQLI_KIND_SMART_LOB: return SQLI_SMART_LOB_TEXT;
    default: return type->length > 0 ? type->length : 0;
    }
}

int32_t sqli__described_width(const struct sqli_type *type)
{
    int32_t width = sqli__type_width(type);
    if (width >= 0)
        return width;
    if (width == SQLI_WIDTH_SHORT)
        return SQLI_VARCHAR_HEADER + (type->length & 0xff);
    int32_t body = body_width(type);
    return body > INT32_MAX - SQLI_ENVELOPE_HEADER ? INT32_MAX : SQLI_ENVELOPE_HEADER + body;
}

void sqli__described_storage(const struct sqli_type *type, int16_t *reference, int16_t *alignment)
{
    enum sqli_kind kind = sqli__type_kind(type);
    bool by_reference = kind == SQLI_KIND_SMART_LOB || type->code == SQLI_TYPE_UDTVAR;
    *reference = by_reference;
    *alignment = by_reference ? 4 : kind == SQLI_KIND_BOOLEAN;
}

enum sqli_status sqli__describe_begin(struct sqli_describe *describe, uint32_t count, size_t names,
                                      struct sqli_arena *arena, struct sqli_error *error)
{
    describe->count = 0;
    describe->tuple_size = 0;
    describe->strings_size = 0;
    if (count > SQLI_WIRE_COUNT_MAX || names > SQLI_WIRE_LENGTH_MAX)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "%u columns", count);
    describe->columns = sqli__arena_alloc(arena, count, sizeof *describe->columns);
    uint8_t *strings = sqli__arena_alloc(arena, names + count, 1);
    describe->strings = sqli__span(strings, 0);
    return sqli__arena_status(arena, error);
}

void sqli__describe_add(struct sqli_describe *describe, struct sqli_span name,
                        const struct sqli_type *type)
{
    struct sqli_column *c = &describe->columns[describe->count++];
    uint8_t *strings = (uint8_t *)(uintptr_t)describe->strings.data;
    int32_t width = sqli__described_width(type);
    c->name_offset = (int32_t)describe->strings.length;
    c->start = describe->tuple_size;
    c->type = *type;
    sqli__described_storage(type, &c->reference, &c->alignment);
    if (name.length)
        memcpy(strings + describe->strings.length, name.data, name.length);
    describe->strings.length += name.length + 1; /* the arena gave zeros */
    describe->strings_size = (uint32_t)describe->strings.length;
    bool beyond = width > INT32_MAX - describe->tuple_size;
    describe->tuple_size = beyond ? INT32_MAX : describe->tuple_size + width;
}

void sqli__describe_end(struct sqli_describe *describe, const struct sqli_caps *caps)
{
    if (!sqli__caps_has(caps, SQLI_CAP_LARGE_TUPLES) && describe->tuple_size > INT16_MAX)
        describe->tuple_size = INT16_MAX;
}
