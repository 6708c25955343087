/* Replies of a server: descriptions, and rows that are read by them, column by column, into values
 * and text; composites into their elements. */
#include "fuzz/stream.h"

#include "protocol/row.h"
#include "protocol/trace.h"
#include "value/composite.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reader {
    struct sqli_caps caps;
    struct sqli_shape shape; /* of the last DESCRIBE */
    struct sqli_buffer text;
};

static void read_composite(const struct sqli_type *type, const struct sqli_value *value)
{
    struct sqli_arena arena;
    struct sqli_error error;
    struct sqli_schema *schema;
    struct sqli_element element;
    sqli__arena_init(&arena, 1 << 22);
    if (sqli__schema_parse(type->name, &arena, &schema, &error) == SQLI_OK)
        sqli__composite_from_text(schema, value->as.bytes, &arena, &element, &error);
    sqli__arena_free(&arena);
}

static void read_column(struct reader *r, const struct sqli_type *type, struct sqli_span image)
{
    struct sqli_value value;
    struct sqli_error error;
    size_t length;
    sqli__buffer_clear(&r->text);
    if (sqli__value_decode(type, image, &value, &error) != SQLI_OK || value.null)
        return;
    FUZZ_CHECK(
        value.kind == SQLI_KIND_SIMPLE_LOB || image.length == 0 ||
        (sqli__image_length(type, image, &length, &error) == SQLI_OK && length == image.length));
    sqli__value_to_text(type, &value, &sqli__date_iso, &r->text, &error);
    if (value.kind == SQLI_KIND_COMPOSITE)
        read_composite(type, &value);
}

static void read_row(struct reader *r, struct sqli_span payload)
{
    struct sqli_error error;
    uint32_t *segments = malloc((r->shape.varying + 1) * sizeof *segments);
    FUZZ_CHECK(segments != NULL);
    struct sqli_row row = {NULL, segments};
    if (sqli__row_bind(&r->shape, payload, &row, &error) == SQLI_OK)
        for (uint32_t i = 0; i < r->shape.count; i++)
            read_column(r, &r->shape.types[i], sqli__row_image(&r->shape, &row, i));
    free(segments);
}

static void on_message(void *context, const struct sqli_message *message)
{
    struct reader *r = context;
    struct sqli_error error;
    if (message->id == SQLI_MSG_DESCRIBE || message->id == SQLI_MSG_KEYS_DESCRIBE) {
        sqli__shape_free(&r->shape);
        if (sqli__shape_init(&r->shape, &message->as.describe, &r->caps, &error) != SQLI_OK)
            r->shape = (struct sqli_shape){0};
    } else if (message->id == SQLI_MSG_TUPLE || message->id == SQLI_MSG_KEYS_TUPLE) {
        read_row(r, message->as.tuple.payload);
    }
}

static void on_line(void *context, const char *line, size_t length)
{
    (void)context;
    FUZZ_CHECK(length > 3 && memchr(line, '\n', length) == NULL);
}

/* The same replies as somebody sees them who has heard a fetch from statement 0 to 3. */
static void trace_replies(uint8_t first, const struct sqli_caps *caps, struct sqli_span bytes)
{
    const uint8_t fetch[] = {0, 4, 0, first >> 3 & 3, 0, 12};
    struct sqli_trace trace;
    sqli__trace_init(&trace, 0, on_line, NULL);
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++) {
        trace.conversation.decoders[d].login = false;
        trace.conversation.decoders[d].caps = *caps;
    }
    sqli__trace_feed(&trace, SQLI_TO_SERVER, sqli__span(fetch, sizeof fetch));
    sqli__trace_feed(&trace, SQLI_TO_CLIENT, bytes);
    sqli__trace_free(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct reader r = {.caps = fuzz_caps(data[0])};
    sqli__buffer_init(&r.text, 1 << 20);
    fuzz_messages(SQLI_TO_CLIENT, false, &r.caps, sqli__span(data + 1, size - 1), on_message, &r);
    sqli__shape_free(&r.shape);
    sqli__buffer_free(&r.text);
    trace_replies(data[0], &r.caps, sqli__span(data + 1, size - 1));
    return 0;
}
