/* Values of composite types: between their text and a tree of elements. */
#include "value/composite.h"

#include "value/parts.h"
#include "value/scan.h"

/* How each composite is written. */
struct form {
    const char *name;
    const char *word;
    char open;
    char close;
};

static const struct form forms[] = {
    {"SET", "set", '{', '}'},
    {"MULTISET", "multiset", '{', '}'},
    {"LIST", "list", '{', '}'},
    {"ROW", "row", '(', ')'},
};

/* NULL for a scalar. */
static const struct form *form_of(const struct sqli_schema *schema)
{
    int code = schema->type.code;
    return code >= SQLI_TYPE_SET && code <= SQLI_TYPE_ROW ? &forms[code - SQLI_TYPE_SET] : NULL;
}

static bool is_number(enum sqli_kind kind)
{
    return kind == SQLI_KIND_INTEGER || kind == SQLI_KIND_REAL || kind == SQLI_KIND_DECIMAL;
}

/* A composite whose parts no schema tells is bytes as well. */
static bool is_bytes(enum sqli_kind kind)
{
    return kind == SQLI_KIND_TEXT || kind == SQLI_KIND_OPAQUE || kind == SQLI_KIND_COMPOSITE;
}

/* --- from text --- */

struct parser {
    struct sqli_scan scan;
    struct sqli_arena *arena;
    struct sqli_error *error;
    size_t elements; /* of the whole value so far */
    int depth;
};

static enum sqli_status parse_element(struct parser *p, const struct sqli_schema *schema,
                                      struct sqli_element *element);

/* The string between two quotes of its kind, with each doubled one inside made single. */
static struct sqli_span unescape(struct parser *p, struct sqli_span text, uint8_t quote)
{
    uint8_t *copy = sqli__arena_alloc(p->arena, text.length + 1, 1);
    size_t length = 0;
    if (!copy)
        return sqli__span(NULL, 0);
    for (size_t i = 0; i < text.length; i++) {
        copy[length++] = text.data[i];
        i += text.data[i] == quote;
    }
    return sqli__span(copy, length);
}

/* Stands on the opening quote. */
static enum sqli_status read_quoted(struct parser *p, struct sqli_span *string)
{
    struct sqli_span text = p->scan.text;
    size_t start = p->scan.at + 1;
    uint8_t quote = text.data[p->scan.at];
    size_t doubled = 0;
    for (size_t at = start; at < text.length; at++) {
        if (text.data[at] != quote)
            continue;
        if (at + 1 < text.length && text.data[at + 1] == quote) {
            doubled++;
            at++;
            continue;
        }
        *string = sqli__span(text.data + start, at - start);
        if (doubled)
            *string = unescape(p, *string, quote);
        p->scan.at = at + 1;
        return sqli__arena_status(p->arena, p->error);
    }
    return sqli__scan_expected(&p->scan, p->error, "a string with a quote at its end");
}

/* Up to the comma, bracket or quote that ends it, or to the end where the value is a scalar alone.
 * It ends there as sqli__scan_items sees it: were an opening bracket to pass for text, the count of
 * every element would go through all the rest. */
static enum sqli_status read_bare(struct parser *p, struct sqli_span *token)
{
    size_t start = p->scan.at;
    while (p->scan.at < p->scan.text.length) {
        uint8_t c = p->scan.text.data[p->scan.at];
        if (p->depth && c != '\0' && strchr(",(){}'\"", c))
            break;
        p->scan.at++;
    }
    *token = sqli__trimmed(sqli__span(p->scan.text.data + start, p->scan.at - start));
    return token->length ? SQLI_OK : sqli__scan_expected(&p->scan, p->error, "a value");
}

/* Takes NULL unless it is only the beginning of something else. */
static bool take_null(struct parser *p)
{
    struct sqli_scan ahead = p->scan;
    if (!sqli__scan_keyword(&ahead, "null"))
        return false;
    int next = sqli__scan_peek(&ahead);
    if (next >= 0 && next != ',' && next != ')' && next != '}')
        return false;
    p->scan = ahead;
    return true;
}

static enum sqli_status parse_scalar(struct parser *p, const struct sqli_schema *schema,
                                     struct sqli_element *element)
{
    struct sqli_span text = {NULL, 0};
    int first = sqli__scan_peek(&p->scan);
    bool quoted = first == '\'' || first == '"';
    SQLI_TRY(quoted ? read_quoted(p, &text) : read_bare(p, &text));
    return sqli__value_from_text(&schema->type, text, &sqli__date_iso, &element->value, p->error);
}

static enum sqli_status reserve_elements(struct parser *p, size_t count,
                                         struct sqli_element *element)
{
    if (count > SQLI_COMPOSITE_ELEMENTS - p->elements)
        return sqli__fail(p->error, SQLI_E_TOO_LARGE, "a value has at most %d elements",
                          (int)SQLI_COMPOSITE_ELEMENTS);
    p->elements += count;
    element->elements = sqli__arena_alloc(p->arena, count, sizeof *element->elements);
    return sqli__arena_status(p->arena, p->error);
}

static enum sqli_status parse_fields(struct parser *p, const struct sqli_schema *schema,
                                     struct sqli_element *element)
{
    SQLI_TRY(reserve_elements(p, schema->count, element));
    for (uint32_t i = 0; i < schema->count; i++) {
        if (i)
            SQLI_TRY(sqli__scan_require(&p->scan, p->error, ','));
        SQLI_TRY(parse_element(p, &schema->parts[i], &element->elements[i]));
        element->count++;
    }
    return SQLI_OK;
}

static enum sqli_status parse_collection(struct parser *p, const struct sqli_schema *schema,
                                         struct sqli_element *element)
{
    if (sqli__scan_peek(&p->scan) == '}')
        return SQLI_OK;
    size_t room = sqli__scan_items(&p->scan);
    SQLI_TRY(reserve_elements(p, room, element));
    do {
        if (element->count == room)
            return sqli__scan_expected(&p->scan, p->error, "'}'");
        SQLI_TRY(parse_element(p, schema->parts, &element->elements[element->count]));
        element->count++;
    } while (sqli__scan_take(&p->scan, ','));
    return SQLI_OK;
}

static enum sqli_status parse_composite(struct parser *p, const struct form *form,
                                        const struct sqli_schema *schema,
                                        struct sqli_element *element)
{
    bool row = schema->type.code == SQLI_TYPE_ROW;
    if (p->depth == SQLI_COMPOSITE_DEPTH)
        return sqli__fail(p->error, SQLI_E_VALUE_SYNTAX, "offset %zu: nested deeper than %d levels",
                          p->scan.at, (int)SQLI_COMPOSITE_DEPTH);
    if (schema->count == 0)
        return sqli__fail(p->error, SQLI_E_ARGUMENT, "a %s whose parts are not known", form->name);
    if (!sqli__scan_keyword(&p->scan, form->word))
        return sqli__scan_expected(&p->scan, p->error, form->name);
    SQLI_TRY(sqli__scan_require(&p->scan, p->error, form->open));
    p->depth++;
    SQLI_TRY(row ? parse_fields(p, schema, element) : parse_collection(p, schema, element));
    p->depth--;
    return sqli__scan_require(&p->scan, p->error, form->close);
}

static enum sqli_status parse_element(struct parser *p, const struct sqli_schema *schema,
                                      struct sqli_element *element)
{
    const struct form *form = form_of(schema);
    *element = (struct sqli_element){.schema = schema};
    element->value.kind = sqli__type_kind(&schema->type);
    if (take_null(p)) {
        element->value.null = true;
        return SQLI_OK;
    }
    return form ? parse_composite(p, form, schema, element) : parse_scalar(p, schema, element);
}

enum sqli_status sqli__composite_from_text(const struct sqli_schema *schema, struct sqli_span text,
                                           struct sqli_arena *arena, struct sqli_element *element,
                                           struct sqli_error *error)
{
    struct parser p = {{sqli__arena_copy(arena, text), 0}, arena, error, 0, 0};
    SQLI_TRY(sqli__arena_status(arena, error));
    SQLI_TRY(parse_element(&p, schema, element));
    return sqli__scan_peek(&p.scan) < 0 ? SQLI_OK
                                        : sqli__scan_expected(&p.scan, p.error, "the end");
}

/* --- to text --- */

static enum sqli_status write_element(const struct sqli_element *element, struct sqli_buffer *text,
                                      int depth, struct sqli_error *error);

static void write_string(struct sqli_span string, struct sqli_buffer *text)
{
    sqli__buffer_byte(text, '\'');
    while (string.length) {
        const uint8_t *quote = memchr(string.data, '\'', string.length);
        size_t length = quote ? (size_t)(quote - string.data) + 1 : string.length;
        sqli__buffer_append(text, string.data, length);
        if (quote)
            sqli__buffer_byte(text, '\'');
        string = sqli__span(string.data + length, string.length - length);
    }
    sqli__buffer_byte(text, '\'');
}

/* Numbers stand bare; the text of every other kind is quoted, which SQL converts by itself. */
static enum sqli_status write_scalar(const struct sqli_element *element, struct sqli_buffer *text,
                                     struct sqli_error *error)
{
    const struct sqli_type *type = &element->schema->type;
    enum sqli_kind kind = sqli__type_kind(type);
    if (is_bytes(kind) && element->value.kind == kind) {
        write_string(element->value.as.bytes, text);
        return SQLI_OK;
    }
    if (is_number(kind))
        return sqli__value_to_text(type, &element->value, &sqli__date_iso, text, error);
    sqli__buffer_byte(text, '\'');
    SQLI_TRY(sqli__value_to_text(type, &element->value, &sqli__date_iso, text, error));
    sqli__buffer_byte(text, '\'');
    return SQLI_OK;
}

static enum sqli_status write_composite(const struct form *form, const struct sqli_element *element,
                                        struct sqli_buffer *text, int depth,
                                        struct sqli_error *error)
{
    const struct sqli_schema *schema = element->schema;
    if (depth == SQLI_COMPOSITE_DEPTH)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a value nested deeper than %d levels",
                          (int)SQLI_COMPOSITE_DEPTH);
    if (schema->type.code == SQLI_TYPE_ROW && element->count != schema->count)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a ROW of %u fields with %u values",
                          (unsigned)schema->count, (unsigned)element->count);
    sqli__buffer_format(text, "%s%c", form->name, form->open);
    for (uint32_t i = 0; i < element->count; i++) {
        if (i)
            sqli__buffer_byte(text, ',');
        SQLI_TRY(write_element(&element->elements[i], text, depth + 1, error));
    }
    sqli__buffer_byte(text, (uint8_t)form->close);
    return SQLI_OK;
}

static enum sqli_status write_element(const struct sqli_element *element, struct sqli_buffer *text,
                                      int depth, struct sqli_error *error)
{
    const struct form *form = form_of(element->schema);
    if (element->value.null) {
        sqli__buffer_text(text, "NULL");
        return SQLI_OK;
    }
    return form ? write_composite(form, element, text, depth, error)
                : write_scalar(element, text, error);
}

enum sqli_status sqli__composite_to_text(const struct sqli_element *element,
                                         struct sqli_buffer *text, struct sqli_error *error)
{
    size_t before = text->length;
    enum sqli_status status = write_element(element, text, 0, error);
    if (status == SQLI_OK)
        status = sqli__buffer_status(text, error);
    if (status != SQLI_OK)
        sqli__buffer_truncate(text, before);
    return status;
}
