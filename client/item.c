/* ROWs and collections taken apart. */
#include "client/column.h"

#include "value/scan.h"

struct sqli_item {
    struct sqli_stmt *stmt;
    const struct sqli_element *element;
    const char *field; /* its name in the ROW that it is part of, or "" */
    struct sqli_item *parts;
};

/* --- the schema of a value whose type does not tell it --- */

/* A named ROW type says nothing about its fields, so the value has to: what is written in brackets
 * has parts, and everything else is text, which converts to whatever a program asks for. */

struct guess {
    struct sqli_scan scan;
    struct sqli_arena *arena;
    struct sqli_error *error;
    int depth;
};

static const struct form {
    const char *word;
    uint8_t code;
    char open, close;
} forms[] = {
    {"row", SQLI_TYPE_ROW, '(', ')'},
    {"set", SQLI_TYPE_SET, '{', '}'},
    {"multiset", SQLI_TYPE_MULTISET, '{', '}'},
    {"list", SQLI_TYPE_LIST, '{', '}'},
};

static const struct form *take_form(struct sqli_scan *scan)
{
    struct sqli_scan ahead = *scan;
    struct sqli_span word = sqli__scan_word(&ahead);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (sqli__span_is_word(word, forms[i].word) && sqli__scan_take(&ahead, forms[i].open)) {
            *scan = ahead;
            return &forms[i];
        }
    return NULL;
}

/* Over a quoted string with its doubled quotes, or up to what ends a bare value. */
static void skip_scalar(struct sqli_scan *scan)
{
    int quote = sqli__scan_peek(scan);
    bool quoted = quote == '\'' || quote == '"';
    scan->at += quoted;
    while (scan->at < scan->text.length) {
        uint8_t c = scan->text.data[scan->at];
        if (!quoted && c != '\0' && strchr(",)}", c))
            return;
        scan->at++;
        bool doubled = scan->at < scan->text.length && scan->text.data[scan->at] == c;
        if (quoted && c == quote && !doubled)
            return;
        scan->at += quoted && c == quote;
    }
}

static enum sqli_status guess_value(struct guess *g, struct sqli_schema *schema);

/* Elements of a collection are of one type: the first that has parts shows it. */
static enum sqli_status guess_parts(struct guess *g, const struct form *form,
                                    struct sqli_schema *schema)
{
    bool row = form->code == SQLI_TYPE_ROW;
    size_t items = sqli__scan_items(&g->scan);
    if (items > SQLI_COMPOSITE_ELEMENTS)
        return sqli__fail(g->error, SQLI_E_TOO_LARGE, "a value of %zu parts", items);
    schema->count = row ? (uint32_t)items : 1;
    schema->parts = sqli__arena_alloc(g->arena, schema->count, sizeof *schema->parts);
    SQLI_TRY(sqli__arena_status(g->arena, g->error));
    schema->parts[0].type.code = SQLI_TYPE_LVARCHAR;
    if (!row && sqli__scan_peek(&g->scan) == form->close)
        return sqli__scan_require(&g->scan, g->error, form->close);
    for (size_t i = 0; i < items; i++) {
        struct sqli_schema part;
        if (i)
            SQLI_TRY(sqli__scan_require(&g->scan, g->error, ','));
        SQLI_TRY(guess_value(g, &part));
        if (row || part.count)
            schema->parts[row ? i : 0] = part;
    }
    return sqli__scan_require(&g->scan, g->error, form->close);
}

static enum sqli_status guess_value(struct guess *g, struct sqli_schema *schema)
{
    const struct form *form = take_form(&g->scan);
    *schema = (struct sqli_schema){.type = {.code = form ? form->code : SQLI_TYPE_LVARCHAR}};
    if (!form) {
        skip_scalar(&g->scan);
        return SQLI_OK;
    }
    if (++g->depth > SQLI_COMPOSITE_DEPTH)
        return sqli__fail(g->error, SQLI_E_VALUE_SYNTAX, "nested deeper than %d levels",
                          (int)SQLI_COMPOSITE_DEPTH);
    SQLI_TRY(guess_parts(g, form, schema));
    g->depth--;
    return SQLI_OK;
}

static enum sqli_status guess_schema(struct sqli_stmt *stmt, struct sqli_span text,
                                     const struct sqli_schema **schema)
{
    struct guess g = {{text, 0}, &stmt->items, &stmt->conn->error, 0};
    struct sqli_schema *guessed = sqli__arena_alloc(g.arena, 1, sizeof *guessed);
    SQLI_TRY(sqli__arena_status(g.arena, g.error));
    *schema = guessed;
    return guess_value(&g, guessed);
}

/* --- taking apart --- */

static enum sqli_status build(struct sqli_stmt *stmt, const struct sqli_element *element,
                              struct sqli_item *item)
{
    const struct sqli_schema *schema = element->schema;
    bool row = schema->type.code == SQLI_TYPE_ROW;
    *item = (struct sqli_item){.stmt = stmt, .element = element, .field = ""};
    if (element->count == 0)
        return SQLI_OK;
    item->parts = sqli__arena_alloc(&stmt->items, element->count, sizeof *item->parts);
    SQLI_TRY(sqli__arena_status(&stmt->items, &stmt->conn->error));
    for (uint32_t i = 0; i < element->count; i++) {
        SQLI_TRY(build(stmt, &element->elements[i], &item->parts[i]));
        if (row && schema->parts[i].field.length)
            item->parts[i].field =
                (const char *)sqli__arena_copy(&stmt->items, schema->parts[i].field).data;
    }
    return sqli__arena_status(&stmt->items, &stmt->conn->error);
}

static enum sqli_status take_apart(struct sqli_stmt *stmt, int column,
                                   const struct sqli_source *from, struct sqli_item **item)
{
    struct sqli_error *error = &stmt->conn->error;
    const struct sqli_schema *schema;
    if (from->value->kind != SQLI_KIND_COMPOSITE)
        return sqli__convert_mismatch(from, "parts");
    sqli__buffer_clear(&stmt->text);
    SQLI_TRY(sqli__convert_text(from, &stmt->text));
    struct sqli_span text = sqli__buffer_view(&stmt->text);
    SQLI_TRY(sqli__column_schema(stmt->prepared, (uint32_t)column - 1, &schema, error));
    if (!schema)
        SQLI_TRY(guess_schema(stmt, text, &schema));
    *item = sqli__arena_alloc(&stmt->items, 1, sizeof **item);
    struct sqli_element *element = sqli__arena_alloc(&stmt->items, 1, sizeof *element);
    SQLI_TRY(sqli__arena_status(&stmt->items, error));
    SQLI_TRY(sqli__composite_from_text(schema, text, &stmt->items, element, error));
    return build(stmt, element, *item);
}

int sqli_get_item(sqli_stmt *stmt, int column, const sqli_item **item)
{
    struct sqli_value value;
    struct sqli_source from;
    struct sqli_item *made = NULL;
    if (!sqli__can_read(stmt, item))
        return SQLI_FAIL;
    int result = sqli__column_source(stmt, column, &value, &from);
    if (result)
        return result;
    result = sqli__column_result(stmt, column, take_apart(stmt, column, &from, &made));
    if (result == SQLI_OK)
        *item = made;
    return result;
}

/* --- parts --- */

int sqli_item_type(const sqli_item *item)
{
    return item ? sqli__sqltype(&item->element->schema->type) : -1;
}

int sqli_item_count(const sqli_item *item)
{
    return item ? (int)item->element->count : 0;
}

const sqli_item *sqli_item_part(const sqli_item *item, int part)
{
    return part < 1 || part > sqli_item_count(item) ? NULL : &item->parts[part - 1];
}

const char *sqli_item_field(const sqli_item *item, int part)
{
    return part < 1 || part > sqli_item_count(item) ? "" : item->parts[part - 1].field;
}

int sqli_item_is_null(const sqli_item *item)
{
    return !item || item->element->value.null;
}

/* --- values --- */

/* A composite has no value but its text. */
static int source(const sqli_item *item, const void *place, struct sqli_source *from)
{
    if (!item || !sqli__can_read(item->stmt, place))
        return SQLI_FAIL;
    const struct sqli_element *element = item->element;
    *from = (struct sqli_source){.type = &element->schema->type,
                                 .value = &element->value,
                                 .error = &item->stmt->conn->error};
    return element->value.null ? SQLI_NULL : SQLI_OK;
}

#define ITEM_GETTER(function, pointer, convert)               \
    int function(const sqli_item *item, pointer result)       \
    {                                                         \
        struct sqli_source from;                              \
        int status = source(item, result, &from);             \
        return status ? status : (int)convert(&from, result); \
    }

ITEM_GETTER(sqli_item_int64, int64_t *, sqli__convert_int64)
ITEM_GETTER(sqli_item_double, double *, sqli__convert_double)
ITEM_GETTER(sqli_item_bool, int *, sqli__convert_bool)
ITEM_GETTER(sqli_item_digits, struct sqli_digits *, sqli__convert_digits)
ITEM_GETTER(sqli_item_moment, struct sqli_moment *, sqli__convert_moment)
ITEM_GETTER(sqli_item_interval, struct sqli_span_of_time *, sqli__convert_interval)

/* It lives in the arena of the row, as the item does. */
int sqli_item_text(const sqli_item *item, const char **text, size_t *length)
{
    struct sqli_source from;
    struct sqli_buffer out;
    int result = source(item, text, &from);
    if (result)
        return result;
    struct sqli_stmt *stmt = item->stmt;
    sqli__buffer_init(&out, stmt->text.limit);
    enum sqli_status status = from.value->kind == SQLI_KIND_COMPOSITE
                                  ? sqli__composite_to_text(item->element, &out, from.error)
                                  : sqli__convert_text(&from, &out);
    struct sqli_span kept = {NULL, 0};
    if (status == SQLI_OK) {
        kept = sqli__arena_copy(&stmt->items, sqli__buffer_view(&out));
        status = sqli__arena_status(&stmt->items, from.error);
    }
    sqli__buffer_free(&out);
    if (status == SQLI_OK) {
        *text = (const char *)kept.data;
        if (length)
            *length = kept.length;
    }
    return (int)status;
}
