/* Conversions to rows and collections: their text is taken apart, each scalar goes through the one
 * conversion, and the literal is written anew. */
#include "server/store/conversion.h"

#include <stdlib.h>

enum { MEMORY = 256 << 20 };

static const struct sqli_type any_text = {.code = SQLI_TYPE_LVARCHAR};

static bool is_composite(const struct sqli_schema *schema)
{
    return schema->count > 0;
}

static bool is_row(const struct sqli_schema *schema)
{
    return schema->type.code == SQLI_TYPE_ROW;
}

/* The same shape with nothing but texts in it, so that every scalar of a literal is read as it was
 * written. */
static enum sqli_status as_texts(const struct sqli_schema *schema, struct sqli_arena *arena,
                                 struct sqli_schema *texts, struct sqli_error *error)
{
    *texts = *schema;
    if (!is_composite(schema)) {
        texts->type = any_text;
        return SQLI_OK;
    }
    texts->parts = sqli__arena_alloc(arena, schema->count, sizeof *texts->parts);
    SQLI_TRY(sqli__arena_status(arena, error));
    for (uint32_t i = 0; i < schema->count; i++)
        SQLI_TRY(as_texts(&schema->parts[i], arena, &texts->parts[i], error));
    return SQLI_OK;
}

/* --- Trees --- */

struct tree {
    const struct sqli_conversion_settings *settings;
    struct sqli_arena *arena;
    struct sqli_error *error;
};

static bool has_bytes(enum sqli_kind kind)
{
    return kind == SQLI_KIND_TEXT || kind == SQLI_KIND_OPAQUE || kind == SQLI_KIND_COMPOSITE;
}

static enum sqli_status convert_scalar(const struct tree *t, const struct sqli_element *from,
                                       struct sqli_element *to)
{
    struct sqli_buffer scratch;
    sqli__buffer_init(&scratch, MEMORY);
    enum sqli_status status = sqli__convert(&from->schema->type, &from->value, &to->schema->type,
                                            t->settings, &scratch, &to->value, t->error);
    if (status == SQLI_OK && has_bytes(to->value.kind)) {
        to->value.as.bytes = sqli__arena_copy(t->arena, to->value.as.bytes);
        status = sqli__arena_status(t->arena, t->error);
    }
    sqli__buffer_free(&scratch);
    return status;
}

static enum sqli_status convert_tree(const struct tree *t, const struct sqli_element *from,
                                     const struct sqli_schema *schema, struct sqli_element *to);

static enum sqli_status convert_parts(const struct tree *t, const struct sqli_element *from,
                                      struct sqli_element *to)
{
    const struct sqli_schema *schema = to->schema;
    if (is_row(schema) != is_row(from->schema) || !is_composite(from->schema))
        return sqli__fail(t->error, SQLI_E_COLLECTION_CONVERT, NULL);
    if (is_row(schema) && schema->count != from->count)
        return sqli__fail(t->error, SQLI_E_ROW_FIELD_COUNT, NULL);
    to->elements = sqli__arena_alloc(t->arena, from->count, sizeof *to->elements);
    SQLI_TRY(sqli__arena_status(t->arena, t->error));
    for (uint32_t i = 0; i < from->count; i++) {
        const struct sqli_schema *part = &schema->parts[is_row(schema) ? i : 0];
        SQLI_TRY(convert_tree(t, &from->elements[i], part, &to->elements[i]));
        to->count++;
    }
    return SQLI_OK;
}

static enum sqli_status convert_tree(const struct tree *t, const struct sqli_element *from,
                                     const struct sqli_schema *schema, struct sqli_element *to)
{
    *to = (struct sqli_element){.schema = schema};
    to->value.kind = sqli__type_kind(&schema->type);
    to->value.null = from->value.null;
    if (from->value.null && schema->type.flags & SQLI_TYPE_NOT_NULL)
        return sqli__fail(t->error, SQLI_E_COLLECTION_INSERT_NULL, NULL);
    if (from->value.null)
        return SQLI_OK;
    return is_composite(schema) ? convert_parts(t, from, to) : convert_scalar(t, from, to);
}

/* --- A SET holds each element once --- */

struct written {
    struct sqli_span text;
    uint32_t number;
};

static int by_text(const void *left, const void *right)
{
    const struct written *a = left;
    const struct written *b = right;
    size_t length = a->text.length < b->text.length ? a->text.length : b->text.length;
    int order = length ? memcmp(a->text.data, b->text.data, length) : 0;
    if (order == 0 && a->text.length != b->text.length)
        return a->text.length < b->text.length ? -1 : 1;
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* In arena memory: the texts stand one behind the other in `text`, which must not move any more. */
static struct written *write_elements(const struct sqli_element *set, struct sqli_buffer *text,
                                      struct sqli_arena *arena)
{
    struct written *all = sqli__arena_alloc(arena, set->count, sizeof *all);
    for (uint32_t i = 0; all && i < set->count; i++) {
        size_t start = text->length;
        if (sqli__composite_to_text(&set->elements[i], text, NULL) != SQLI_OK)
            return NULL;
        all[i] = (struct written){{NULL, text->length - start}, i};
    }
    const uint8_t *at = text->data;
    for (uint32_t i = 0; all && i < set->count; i++) {
        all[i].text.data = at;
        at += all[i].text.length;
    }
    return all;
}

static enum sqli_status unique(const struct tree *t, struct sqli_element *set)
{
    struct sqli_buffer text;
    if (set->schema->type.code != SQLI_TYPE_SET || set->count < 2)
        return SQLI_OK;
    sqli__buffer_init(&text, MEMORY);
    struct written *all = write_elements(set, &text, t->arena);
    bool *twice = sqli__arena_alloc(t->arena, set->count, sizeof *twice);
    if (!all || !twice) {
        sqli__buffer_free(&text);
        return sqli__fail(t->error, SQLI_E_NO_MEMORY, NULL);
    }
    qsort(all, set->count, sizeof *all, by_text);
    for (uint32_t i = 1; i < set->count; i++)
        twice[all[i].number] = sqli__span_equal(all[i].text, all[i - 1].text);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (!twice[i])
            set->elements[kept++] = set->elements[i];
    set->count = kept;
    sqli__buffer_free(&text);
    return SQLI_OK;
}

static enum sqli_status unique_throughout(const struct tree *t, struct sqli_element *element)
{
    for (uint32_t i = 0; i < element->count; i++)
        SQLI_TRY(unique_throughout(t, &element->elements[i]));
    return unique(t, element);
}

/* --- The entries --- */

enum sqli_status sqli__element_from_text(const struct sqli_schema *schema, struct sqli_span text,
                                         const struct sqli_conversion_settings *settings,
                                         struct sqli_arena *arena, struct sqli_element *element,
                                         struct sqli_error *error)
{
    const struct tree t = {settings, arena, error};
    struct sqli_element written = {0};
    struct sqli_schema *texts = sqli__arena_alloc(arena, 1, sizeof *texts);
    SQLI_TRY(sqli__arena_status(arena, error));
    SQLI_TRY(as_texts(schema, arena, texts, error));
    if (is_composite(schema)) {
        SQLI_TRY(sqli__composite_from_text(texts, text, arena, &written, error));
    } else {
        written.schema = texts;
        written.value = (struct sqli_value){.kind = SQLI_KIND_TEXT, .as.bytes = text};
    }
    SQLI_TRY(convert_tree(&t, &written, schema, element));
    return unique_throughout(&t, element);
}

static enum sqli_status give_literal(const struct sqli_conversion *c,
                                     const struct sqli_element *element)
{
    size_t start = c->scratch->length;
    SQLI_TRY(sqli__composite_to_text(element, c->scratch, c->error));
    c->result->as.bytes = sqli__span(c->scratch->data + start, c->scratch->length - start);
    return SQLI_OK;
}

static enum sqli_status parse_schema(const struct sqli_type *type, struct sqli_arena *arena,
                                     struct sqli_schema **schema, struct sqli_error *error)
{
    if (type->flags & SQLI_TYPE_NAMED_ROW) {
        *schema = NULL;
        return SQLI_OK;
    }
    return sqli__schema_parse(type->name, arena, schema, error);
}

static enum sqli_status from_text(const struct sqli_conversion *c, struct sqli_arena *arena)
{
    struct sqli_schema *schema;
    struct sqli_element element;
    SQLI_TRY(parse_schema(c->to, arena, &schema, c->error));
    if (!schema || !is_composite(schema)) {
        c->result->as.bytes = c->value->as.bytes;
        return SQLI_OK;
    }
    SQLI_TRY(sqli__element_from_text(schema, c->value->as.bytes, c->settings, arena, &element,
                                     c->error));
    return give_literal(c, &element);
}

enum sqli_status sqli__text_to_composite(const struct sqli_conversion *c)
{
    struct sqli_arena arena;
    sqli__arena_init(&arena, MEMORY);
    enum sqli_status status = from_text(c, &arena);
    sqli__arena_free(&arena);
    return status;
}

static enum sqli_status from_composite(const struct sqli_conversion *c, struct sqli_arena *arena)
{
    const struct tree t = {c->settings, arena, c->error};
    struct sqli_schema *from, *to;
    struct sqli_element read, made;
    SQLI_TRY(parse_schema(c->from, arena, &from, c->error));
    SQLI_TRY(parse_schema(c->to, arena, &to, c->error));
    if (!from || !to || !is_composite(from) || !is_composite(to))
        return from_text(c, arena);
    SQLI_TRY(sqli__composite_from_text(from, c->value->as.bytes, arena, &read, c->error));
    SQLI_TRY(convert_tree(&t, &read, to, &made));
    SQLI_TRY(unique_throughout(&t, &made));
    return give_literal(c, &made);
}

enum sqli_status sqli__composite_to_composite(const struct sqli_conversion *c)
{
    struct sqli_arena arena;
    if (sqli__span_equal(c->from->name, c->to->name)) {
        c->result->as.bytes = c->value->as.bytes;
        return SQLI_OK;
    }
    sqli__arena_init(&arena, MEMORY);
    enum sqli_status status = from_composite(c, &arena);
    sqli__arena_free(&arena);
    return status;
}
