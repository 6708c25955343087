/* Conversions: of parameters by giving them a type, of constants now, of all else by x_cast. */
#include "server/front/resolve_inside.h"
#include "value/number.h"

bool sqli__is_untyped(const struct sqli_expr *expr)
{
    return expr->kind == SQLI_EXPR_PARAMETER && sqli__type_is_null(&expr->type);
}

bool sqli__is_constant(const struct sqli_expr *expr)
{
    return expr->kind == SQLI_EXPR_CONSTANT && !expr->constant->null;
}

static bool is_null_constant(const struct sqli_expr *expr)
{
    return expr->kind == SQLI_EXPR_CONSTANT && expr->constant->null;
}

static void set_type(struct sqli_expr *expr, const struct sqli_type *type,
                     const struct sqli_schema *schema)
{
    expr->type = *type;
    expr->type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    expr->schema = schema;
}

void sqli__type_parameter(struct sqli_resolver *r, struct sqli_expr *expr,
                          const struct sqli_type *type, const struct sqli_schema *schema)
{
    set_type(expr, type, schema);
    uint32_t index = (uint32_t)expr->op - 1;
    if (!r->tree || index >= r->tree->parameter_count)
        return;
    r->tree->parameters[index] = expr->type;
    r->tree->parameter_schemas[index] = schema;
}

/* --- constants --- */

/* Fields that come from the clock of the statement are not known at PREPARE. */
static bool needs_clock(const struct sqli_type *from, const struct sqli_type *to)
{
    if (sqli__type_kind(from) != SQLI_KIND_DATETIME)
        return false;
    int start = sqli__qualifier_start(sqli__type_qualifier(from));
    int wanted = sqli__type_kind(to) == SQLI_KIND_DATETIME
                     ? sqli__qualifier_start(sqli__type_qualifier(to))
                     : SQLI_FIELD_YEAR;
    return start > wanted;
}

/* *done is false where the conversion fails: it will fail again when it is run. */
static enum sqli_status convert_constant(struct sqli_resolver *r, const struct sqli_expr *expr,
                                         const struct sqli_type *to, struct sqli_value *value,
                                         bool *done)
{
    struct sqli_error ignored;
    *done = false;
    if (needs_clock(&expr->type, to))
        return SQLI_OK;
    sqli__buffer_clear(&r->scratch);
    if (sqli__convert(&expr->type, expr->constant, to, sqli__catalog_settings(r->catalog),
                      &r->scratch, value, &ignored) != SQLI_OK)
        return SQLI_OK;
    if (!value->null && (value->kind == SQLI_KIND_TEXT || value->kind == SQLI_KIND_OPAQUE ||
                         value->kind == SQLI_KIND_COMPOSITE))
        value->as.bytes = sqli__arena_copy(r->arena, value->as.bytes);
    *done = true;
    return sqli__resolve_status(r);
}

static enum sqli_status fold(struct sqli_resolver *r, struct sqli_expr *expr,
                             const struct sqli_type *type, bool *done)
{
    struct sqli_value value;
    SQLI_TRY(convert_constant(r, expr, type, &value, done));
    if (*done)
        SQLI_TRY(sqli__resolve_become_constant(r, expr, type, &value));
    return SQLI_OK;
}

/* What was text had no other value than the one that was read from it. */
static enum sqli_status is_exact(struct sqli_resolver *r, const struct sqli_expr *expr,
                                 const struct sqli_type *type, const struct sqli_value *value,
                                 bool *exact)
{
    *exact = true;
    if (sqli__type_is_text(&expr->type))
        return SQLI_OK;
    struct sqli_expr there = {.kind = SQLI_EXPR_CONSTANT, .type = *type, .constant = value};
    struct sqli_value back;
    SQLI_TRY(convert_constant(r, &there, &expr->type, &back, exact));
    struct sqli_expr again = *expr;
    struct sqli_expr first = *expr;
    again.constant = &back;
    first.constant = expr->constant;
    *exact = *exact && sqli__resolve_equal(&again, &first);
    return SQLI_OK;
}

enum sqli_status sqli__resolve_exact(struct sqli_resolver *r, struct sqli_expr *expr,
                                     const struct sqli_type *type, bool *done)
{
    struct sqli_value value;
    *done = false;
    if (!sqli__is_constant(expr) || !sqli__convertible(&expr->type, type))
        return SQLI_OK;
    SQLI_TRY(convert_constant(r, expr, type, &value, done));
    if (*done)
        SQLI_TRY(is_exact(r, expr, type, &value, done));
    return *done ? sqli__resolve_become_constant(r, expr, type, &value) : SQLI_OK;
}

/* --- the conversion --- */

static enum sqli_status no_conversion(struct sqli_resolver *r, const struct sqli_expr *expr,
                                      const struct sqli_type *type)
{
    enum sqli_kind from = sqli__type_kind(&expr->type);
    enum sqli_kind to = sqli__type_kind(type);
    bool temporal = from == SQLI_KIND_DATETIME || from == SQLI_KIND_INTERVAL ||
                    to == SQLI_KIND_DATETIME || to == SQLI_KIND_INTERVAL;
    int32_t code = temporal ? SQLI_E_DATETIME_CONVERT : SQLI_E_NO_CAST;
    if (from == SQLI_KIND_SIMPLE_LOB)
        code = SQLI_E_BLOB_CONVERT;
    else if (to == SQLI_KIND_SIMPLE_LOB)
        code = SQLI_E_BLOB_REQUIRED;
    return sqli__resolve_fail_types(r, expr->at, code, &expr->type, type);
}

static enum sqli_status call_cast(struct sqli_resolver *r, struct sqli_expr *expr,
                                  const struct sqli_type *type)
{
    bool nullable = expr->nullable;
    struct sqli_type plain = sqli__plain_type(type);
    struct sqli_expr *value = sqli__resolve_copy(r, expr);
    struct sqli_expr *from = sqli__resolve_type_text(r, expr->at, &expr->type);
    struct sqli_expr *to = sqli__resolve_type_text(r, expr->at, &plain);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, "x_cast", &plain);
    sqli__resolve_args(expr, value, from, to, NULL);
    expr->nullable = nullable;
    return SQLI_OK;
}

static bool is_composite(const struct sqli_type *type)
{
    return sqli__type_kind(type) == SQLI_KIND_COMPOSITE;
}

/* DISTINCT types convert as what they are made of does. */
static enum sqli_status between_sources(struct sqli_resolver *r, struct sqli_expr *expr,
                                        const struct sqli_type *to,
                                        const struct sqli_schema *schema)
{
    const struct sqli_type source = sqli__source_type(to);
    expr->type = sqli__source_type(&expr->type);
    SQLI_TRY(sqli__resolve_coerce(r, expr, &source, schema));
    set_type(expr, to, schema);
    return SQLI_OK;
}

enum sqli_status sqli__resolve_coerce(struct sqli_resolver *r, struct sqli_expr *expr,
                                      const struct sqli_type *to, const struct sqli_schema *schema)
{
    struct sqli_type type = *to; /* may be that of a node which changes */
    if (sqli__is_untyped(expr)) {
        sqli__type_parameter(r, expr, &type, schema);
        return SQLI_OK;
    }
    if (is_null_constant(expr) || sqli__type_is_null(&expr->type)) {
        set_type(expr, &type, schema);
        return SQLI_OK;
    }
    if (!sqli__same_distinct(&expr->type, &type))
        return between_sources(r, expr, &type, schema);
    if (is_composite(&type) || is_composite(&expr->type))
        return sqli__resolve_composite_to(r, expr, &type, schema);
    if (sqli__type_holds(&type, &expr->type)) {
        set_type(expr, &type, schema);
        return SQLI_OK;
    }
    if (!sqli__convertible(&expr->type, &type))
        return no_conversion(r, expr, &type);
    bool done = false;
    if (sqli__is_constant(expr))
        SQLI_TRY(fold(r, expr, &type, &done));
    return done ? SQLI_OK : call_cast(r, expr, &type);
}

/* Bytes that the text of any value of the type fits in. */
static size_t text_length(const struct sqli_type *type)
{
    enum { SMALLINT_TEXT = 6, INTEGER_TEXT = 11, BIGINT_TEXT = 20, DATE_TEXT = 10, TIME_TEXT = 32 };
    int digits = type->length >> 8 & 0xff;
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_INTEGER:
        if (sqli__type_is_long_integer(type))
            return BIGINT_TEXT;
        return type->code == SQLI_TYPE_SMALLINT ? SMALLINT_TEXT : INTEGER_TEXT;
    case SQLI_KIND_REAL: return SQLI_REAL_TEXT_MAX;
    case SQLI_KIND_DECIMAL:
        if ((type->length & 0xff) == SQLI_DECIMAL_FLOATING)
            return SQLI_DECIMAL_TEXT_MAX;
        return (size_t)digits + 3; /* sign, point, a zero in front of it */
    case SQLI_KIND_DATE: return DATE_TEXT;
    case SQLI_KIND_DATETIME:
    case SQLI_KIND_INTERVAL: return TIME_TEXT;
    case SQLI_KIND_BOOLEAN: return 1;
    default: return SQLI_LVARCHAR_MAX;
    }
}

enum sqli_status sqli__resolve_as_text(struct sqli_resolver *r, struct sqli_expr *expr)
{
    if (sqli__type_is_text(&expr->type))
        return SQLI_OK;
    struct sqli_type type = sqli__make_varying(text_length(&expr->type));
    SQLI_TRY(sqli__resolve_coerce(r, expr, &type, NULL));
    if (sqli__is_constant(expr))
        expr->type = sqli__make_varying(expr->constant->as.bytes.length);
    return SQLI_OK;
}

/* --- CAST --- */

static enum sqli_status unknown_type(struct sqli_resolver *r, const struct sqli_type_name *name,
                                     const struct sqli_schema *schema)
{
    if (schema->count == 0 && sqli__type_kind(&schema->type) == SQLI_KIND_OPAQUE)
        return sqli__resolve_fail_name(r, name->at, SQLI_E_TYPE_NOT_FOUND, schema->type.name);
    for (uint32_t i = 0; i < schema->count; i++)
        SQLI_TRY(unknown_type(r, name, &schema->parts[i]));
    return SQLI_OK;
}

enum sqli_status sqli__resolve_type_name(struct sqli_resolver *r, const struct sqli_type_name *name,
                                         const struct sqli_schema **schema)
{
    struct sqli_schema *made;
    if (sqli__schema_parse(name->text, r->arena, &made, r->error) != SQLI_OK) {
        SQLI_TRY(sqli__resolve_status(r));
        sqli__resolve_fail(r, name->at, sqli__type_text_error(name->text), NULL);
        return SQLI_FAIL;
    }
    SQLI_TRY(sqli__catalog_expand(r->catalog, r->arena, made, r->error));
    SQLI_TRY(unknown_type(r, name, made));
    SQLI_TRY(sqli__schema_type(r, made, &made->type));
    *schema = made;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_cast(struct sqli_resolver *r, struct sqli_expr *expr)
{
    const struct sqli_schema *schema = NULL;
    SQLI_TRY(sqli__resolve_type_name(r, expr->type_name, &schema));
    SQLI_TRY(sqli__resolve_expr(r, expr->args));
    struct sqli_type type = sqli__plain_type(&schema->type);
    struct sqli_type source = sqli__source_type(&type);
    uint32_t end = expr->end;
    sqli__resolve_replace(expr, expr->args);
    expr->end = end;
    if (sqli__is_untyped(expr))
        return sqli__resolve_coerce(r, expr, &type, schema->count ? schema : NULL);
    SQLI_TRY(sqli__resolve_coerce(r, expr, &source, schema->count ? schema : NULL));
    expr->type = type;
    return SQLI_OK;
}

/* Only a cast that is written makes a DISTINCT type of something else, or the reverse. */
enum sqli_status sqli__resolve_assign(struct sqli_resolver *r, struct sqli_expr *expr,
                                      const struct sqli_type *to, const struct sqli_schema *schema)
{
    bool open = expr->kind == SQLI_EXPR_PARAMETER || sqli__type_is_null(&expr->type);
    if (!open && !sqli__same_distinct(&expr->type, to))
        return sqli__resolve_fail_types(r, expr->at, SQLI_E_NO_CAST, &expr->type, to);
    return sqli__resolve_coerce(r, expr, to, schema);
}

/* --- one type for many --- */

struct unified {
    struct sqli_type type;
    const struct sqli_schema *schema;
    bool parameter; /* one of unknown length is among them */
};

static bool take(struct unified *u, const struct sqli_expr *expr)
{
    if (!u->schema)
        u->schema = expr->schema;
    return sqli__common_type(&u->type, &expr->type, &u->type);
}

/* A literal goes along with what the others are, if it can be written as that. */
static enum sqli_status take_constant(struct sqli_resolver *r, struct unified *u,
                                      struct sqli_expr *expr, bool *good)
{
    bool text = sqli__type_is_text(&u->type) && sqli__type_is_text(&expr->type);
    if (!text && !sqli__type_is_null(&u->type) && !is_composite(&u->type)) {
        SQLI_TRY(sqli__resolve_exact(r, expr, &u->type, good));
        if (*good)
            return SQLI_OK;
    }
    *good = take(u, expr);
    return SQLI_OK;
}

static enum sqli_status find_common(struct sqli_resolver *r, struct sqli_expr_list list,
                                    int32_t code, struct unified *u)
{
    for (uint32_t i = 0; i < list.count; i++) {
        struct sqli_expr *item = list.items[i];
        u->parameter |= sqli__is_untyped(item);
        if (!sqli__is_constant(item) && !take(u, item))
            return sqli__resolve_fail_types(r, item->at, code, &u->type, &item->type);
    }
    for (uint32_t i = 0; i < list.count; i++) {
        bool good = true;
        if (sqli__is_constant(list.items[i]))
            SQLI_TRY(take_constant(r, u, list.items[i], &good));
        if (!good)
            return sqli__resolve_fail_types(r, list.items[i]->at, code, &u->type,
                                            &list.items[i]->type);
    }
    return SQLI_OK;
}

enum sqli_status sqli__resolve_unify(struct sqli_resolver *r, struct sqli_expr_list list,
                                     int32_t code, struct sqli_expr *result)
{
    struct unified u = {.type = sqli__make_null()};
    SQLI_TRY(find_common(r, list, code, &u));
    if (u.parameter && (sqli__type_is_text(&u.type) || sqli__type_is_null(&u.type)))
        u.type = sqli__make_lvarchar(SQLI_LVARCHAR_MAX);
    for (uint32_t i = 0; i < list.count; i++)
        SQLI_TRY(sqli__resolve_coerce(r, list.items[i], &u.type, u.schema));
    result->type = u.type;
    result->schema = u.schema;
    result->nullable = true;
    return SQLI_OK;
}
