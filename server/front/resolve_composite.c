/* ROW, SET, MULTISET and LIST: their constructors and fields. Constants become their literal in
 * canonical form, as they are stored. */
#include "server/front/resolve_inside.h"
#include "server/store/conversion.h"

enum { LITERAL_MAX = 4 << 20, PARTS_MAX = 120 };

enum sqli_status sqli__schema_type(struct sqli_resolver *r, const struct sqli_schema *schema,
                                   struct sqli_type *type)
{
    *type = schema->type;
    if (schema->count == 0)
        return SQLI_OK;
    return sqli__schema_plain_text(schema, r->arena, &type->name, r->error);
}

static bool is_composite(const struct sqli_type *type)
{
    return sqli__type_kind(type) == SQLI_KIND_COMPOSITE;
}

/* --- the literal of constants --- */

/* A constant inside the literal of another one: numbers and composites bare, all else quoted. */
static enum sqli_status print_part(struct sqli_resolver *r, const struct sqli_expr *part,
                                   struct sqli_buffer *text)
{
    struct sqli_buffer own;
    bool bare = sqli__type_is_number(&part->type) || is_composite(&part->type);
    if (part->constant->null) {
        sqli__buffer_text(text, "NULL");
        return SQLI_OK;
    }
    sqli__buffer_init(&own, LITERAL_MAX);
    enum sqli_status status =
        is_composite(&part->type)
            ? (sqli__buffer_span(&own, part->constant->as.bytes), SQLI_OK)
            : sqli__value_to_text(&part->type, part->constant, &sqli__date_iso, &own, r->error);
    if (!bare)
        sqli__buffer_byte(text, '\'');
    for (size_t i = 0; i < own.length; i++) {
        if (!bare && own.data[i] == '\'')
            sqli__buffer_byte(text, '\'');
        sqli__buffer_byte(text, own.data[i]);
    }
    if (!bare)
        sqli__buffer_byte(text, '\'');
    sqli__buffer_free(&own);
    return status;
}

static const char *opening(int code)
{
    static const char *const words[] = {"SET{", "MULTISET{", "LIST{", "ROW("};
    return words[code - SQLI_TYPE_SET];
}

static enum sqli_status print_parts(struct sqli_resolver *r, const struct sqli_expr *expr, int code,
                                    struct sqli_buffer *text)
{
    sqli__buffer_text(text, opening(code));
    for (const struct sqli_expr *part = expr->args; part; part = part->next) {
        SQLI_TRY(print_part(r, part, text));
        sqli__buffer_text(text, part->next ? "," : "");
    }
    sqli__buffer_byte(text, code == SQLI_TYPE_ROW ? ')' : '}');
    return sqli__buffer_status(text, r->error);
}

/* What a SET holds twice is there once. */
static enum sqli_status drop_twins(struct sqli_resolver *r, const struct sqli_schema *schema,
                                   struct sqli_buffer *text)
{
    struct sqli_element element;
    SQLI_TRY(sqli__element_from_text(schema, sqli__buffer_view(text),
                                     sqli__catalog_settings(r->catalog), r->arena, &element,
                                     r->error));
    sqli__buffer_clear(text);
    return sqli__composite_to_text(&element, text, r->error);
}

static enum sqli_status fold_parts(struct sqli_resolver *r, struct sqli_expr *expr,
                                   const struct sqli_schema *schema, const struct sqli_type *type)
{
    struct sqli_buffer text;
    struct sqli_value value = {.kind = SQLI_KIND_COMPOSITE};
    sqli__buffer_init(&text, LITERAL_MAX);
    enum sqli_status status = print_parts(r, expr, type->code, &text);
    if (status == SQLI_OK && type->code == SQLI_TYPE_SET)
        status = drop_twins(r, schema, &text);
    if (status == SQLI_OK)
        value.as.bytes = sqli__arena_copy(r->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    SQLI_TRY(status);
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sqli__resolve_become_constant(r, expr, type, &value));
    expr->schema = schema;
    return SQLI_OK;
}

/* --- constructors --- */

static bool all_constant(const struct sqli_expr *expr)
{
    for (const struct sqli_expr *part = expr->args; part; part = part->next)
        if (part->kind != SQLI_EXPR_CONSTANT)
            return false;
    return true;
}

/* A call has 127 arguments at the most: so many parts become one, and the list of parts shorter. */
static enum sqli_status bundle_parts(struct sqli_resolver *r, struct sqli_expr **parts,
                                     uint32_t *count)
{
    struct sqli_type type = sqli__make_lvarchar(SQLI_LVARCHAR_MAX);
    struct sqli_expr *rest = *parts, **end = parts;
    *count = 0;
    while (rest) {
        struct sqli_expr *bundle = sqli__resolve_node(r, SQLI_EXPR_CALL, rest->at);
        SQLI_TRY(sqli__resolve_status(r));
        sqli__resolve_become_call(bundle, "x_parts", &type);
        bundle->args = rest;
        struct sqli_expr *last = rest;
        for (bundle->count = 1; bundle->count < PARTS_MAX && last->next; bundle->count++)
            last = last->next;
        rest = last->next;
        last->next = NULL;
        *end = bundle;
        end = &bundle->next;
        ++*count;
    }
    return SQLI_OK;
}

/* The parts as text, and behind them the type. */
static enum sqli_status call_parts(struct sqli_resolver *r, struct sqli_expr *expr,
                                   const struct sqli_schema *schema, const struct sqli_type *type)
{
    struct sqli_expr *parts = expr->args;
    uint32_t count = expr->count;
    for (struct sqli_expr *part = parts; part; part = part->next)
        SQLI_TRY(sqli__resolve_as_text(r, part));
    while (count > PARTS_MAX)
        SQLI_TRY(bundle_parts(r, &parts, &count));
    struct sqli_expr *text = sqli__resolve_text(r, expr->at, type->name);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, type->code == SQLI_TYPE_ROW ? "x_row" : "x_collection", type);
    struct sqli_expr **end = &parts;
    while (*end)
        end = &(*end)->next;
    *end = text;
    expr->args = parts;
    expr->count = count + 1;
    expr->schema = schema;
    expr->nullable = false;
    return SQLI_OK;
}

static enum sqli_status construct(struct sqli_resolver *r, struct sqli_expr *expr,
                                  struct sqli_schema *schema)
{
    struct sqli_type type;
    SQLI_TRY(sqli__schema_type(r, schema, &type));
    schema->type = type;
    return all_constant(expr) ? fold_parts(r, expr, schema, &type)
                              : call_parts(r, expr, schema, &type);
}

/* NULL and parameters count as text of any length. */
static void part_schema(const struct sqli_expr *part, struct sqli_schema *schema)
{
    if (part->schema)
        *schema = *part->schema;
    else
        schema->type = sqli__type_is_null(&part->type) ? sqli__make_lvarchar(SQLI_LVARCHAR_MAX)
                                                       : sqli__plain_type(&part->type);
}

static struct sqli_schema *new_schema(struct sqli_resolver *r, int code, uint32_t count)
{
    struct sqli_schema *schema = SQLI_NEW(r, struct sqli_schema);
    struct sqli_schema *parts = sqli__resolve_alloc(r, count, sizeof *parts);
    if (!schema || !parts)
        return NULL;
    *schema = (struct sqli_schema){.count = count, .parts = parts};
    schema->type.code = (uint8_t)code;
    return schema;
}

/* Elements of a text each keep their own length: one that is short is not the longest one with
 * blanks behind it. */
static enum sqli_status loosen(struct sqli_resolver *r, struct sqli_expr *part)
{
    if (!sqli__is_constant(part) || part->type.code != SQLI_TYPE_CHAR)
        return SQLI_OK;
    struct sqli_type type = sqli__make_lvarchar(part->type.length);
    return sqli__resolve_coerce(r, part, &type, NULL);
}

/* The elements get their common type, which is never NULL in a collection. */
enum sqli_status sqli__resolve_collection(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_schema *schema = new_schema(r, expr->op, 1);
    struct sqli_expr_list list = {
        sqli__resolve_alloc(r, expr->count + 1, sizeof(struct sqli_expr *)), 0};
    struct sqli_expr common = {.kind = SQLI_EXPR_CONSTANT, .type = sqli__make_null()};
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    for (struct sqli_expr *part = expr->args; part; part = part->next) {
        SQLI_TRY(loosen(r, part));
        list.items[list.count++] = part;
    }
    if (list.count)
        SQLI_TRY(sqli__resolve_unify(r, list, SQLI_E_COLLECTION_ELEMENT_TYPES, &common));
    part_schema(&common, schema->parts);
    schema->parts->type.flags |= SQLI_TYPE_NOT_NULL;
    return construct(r, expr, schema);
}

enum sqli_status sqli__resolve_row(struct sqli_resolver *r, struct sqli_expr *expr)
{
    enum { NAME_ROOM = 16 };
    struct sqli_schema *schema = new_schema(r, SQLI_TYPE_ROW, expr->count);
    uint32_t i = 0;
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    for (struct sqli_expr *part = expr->args; part; part = part->next, i++) {
        part_schema(part, &schema->parts[i]);
        sqli__buffer_clear(&r->scratch);
        sqli__buffer_format(&r->scratch, "field%u", (unsigned)i + 1);
        schema->parts[i].field = sqli__arena_copy(r->arena, sqli__buffer_view(&r->scratch));
    }
    SQLI_TRY(sqli__resolve_status(r));
    return construct(r, expr, schema);
}

/* --- fields --- */

enum sqli_status sqli__resolve_field_of(struct sqli_resolver *r, struct sqli_expr *expr,
                                        struct sqli_span field, uint32_t at)
{
    const struct sqli_schema *schema = expr->schema;
    uint32_t i = 0;
    if (!schema || schema->type.code != SQLI_TYPE_ROW)
        return sqli__resolve_fail_name(r, at, SQLI_E_FIELD_OF_NO_ROW, field);
    while (i < schema->count && !sqli__span_equal(schema->parts[i].field, field))
        i++;
    if (i == schema->count)
        return sqli__resolve_fail_name(r, at, SQLI_E_COLUMN_NOT_FOUND, field);
    const struct sqli_schema *part = &schema->parts[i];
    struct sqli_type type;
    SQLI_TRY(sqli__schema_type(r, part, &type));
    struct sqli_expr *row = sqli__resolve_copy(r, expr);
    struct sqli_expr *number = sqli__resolve_number(r, expr->at, (int64_t)i + 1);
    struct sqli_expr *text = sqli__resolve_type_text(r, expr->at, &expr->type);
    SQLI_TRY(sqli__resolve_status(r));
    type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    sqli__resolve_become_call(expr, "x_field", &type);
    sqli__resolve_args(expr, row, number, text, NULL);
    expr->schema = part->count ? part : NULL;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_field(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_span field = expr->text;
    uint32_t at = expr->at;
    SQLI_TRY(sqli__resolve_expr(r, expr->args));
    sqli__resolve_replace(expr, expr->args);
    return sqli__resolve_field_of(r, expr, field, at);
}

/* --- to another schema --- */

/* The literal is read as one of the schema, and written as it is stored. */
static enum sqli_status fold_to(struct sqli_resolver *r, struct sqli_expr *expr,
                                const struct sqli_type *type, const struct sqli_schema *schema)
{
    struct sqli_element element;
    struct sqli_buffer text;
    struct sqli_value value = {.kind = SQLI_KIND_COMPOSITE};
    if (sqli__element_from_text(schema, expr->constant->as.bytes,
                                sqli__catalog_settings(r->catalog), r->arena, &element,
                                r->error) != SQLI_OK) {
        SQLI_TRY(sqli__resolve_status(r));
        return sqli__resolve_fail_types(r, expr->at, SQLI_E_VALUE_TYPE, &expr->type, type);
    }
    sqli__buffer_init(&text, LITERAL_MAX);
    enum sqli_status status = sqli__composite_to_text(&element, &text, r->error);
    if (status == SQLI_OK)
        value.as.bytes = sqli__arena_copy(r->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    SQLI_TRY(status);
    SQLI_TRY(sqli__resolve_become_constant(r, expr, type, &value));
    expr->schema = schema;
    return SQLI_OK;
}

static bool is_constructor(const struct sqli_expr *expr)
{
    return expr->kind == SQLI_EXPR_CALL && expr->count &&
           (sqli__span_equal(expr->text, sqli__span_text("x_row")) ||
            sqli__span_equal(expr->text, sqli__span_text("x_collection")));
}

/* A constructor that is called makes one of the other type at once. */
static enum sqli_status retarget(struct sqli_resolver *r, struct sqli_expr *expr,
                                 const struct sqli_type *type, const struct sqli_schema *schema)
{
    struct sqli_expr **last = &expr->args;
    while ((*last)->next)
        last = &(*last)->next;
    struct sqli_expr *text = sqli__resolve_type_text(r, expr->at, type);
    SQLI_TRY(sqli__resolve_status(r));
    *last = text;
    expr->type = *type;
    expr->schema = schema;
    return SQLI_OK;
}

static enum sqli_status cast(struct sqli_resolver *r, struct sqli_expr *expr,
                             const struct sqli_type *type, const struct sqli_schema *schema)
{
    if (!sqli__convertible(&expr->type, type))
        return sqli__resolve_fail_types(r, expr->at, SQLI_E_NO_CAST, &expr->type, type);
    struct sqli_expr *value = sqli__resolve_copy(r, expr);
    struct sqli_expr *from = sqli__resolve_type_text(r, expr->at, &expr->type);
    struct sqli_expr *to = sqli__resolve_type_text(r, expr->at, type);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, "x_cast", type);
    sqli__resolve_args(expr, value, from, to, NULL);
    expr->schema = schema;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_composite_to(struct sqli_resolver *r, struct sqli_expr *expr,
                                            const struct sqli_type *type,
                                            const struct sqli_schema *schema)
{
    struct sqli_type wanted = sqli__plain_type(type);
    bool same_code = expr->type.code == wanted.code && is_composite(&wanted);
    bool literal = sqli__type_is_text(&expr->type) && is_composite(&wanted);
    if (same_code && sqli__span_equal(expr->type.name, wanted.name)) {
        expr->type = wanted;
        expr->schema = schema ? schema : expr->schema;
        return SQLI_OK;
    }
    if (sqli__is_constant(expr) && schema && (same_code || literal))
        return fold_to(r, expr, &wanted, schema);
    if (is_constructor(expr) && same_code && schema)
        return retarget(r, expr, &wanted, schema);
    return cast(r, expr, &wanted, schema);
}
