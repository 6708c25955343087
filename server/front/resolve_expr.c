/* Which code resolves which kind of expression. */
#include "server/front/resolve_inside.h"

typedef enum sqli_status resolve_one(struct sqli_resolver *r, struct sqli_expr *expr);

enum sqli_status sqli__resolve_list(struct sqli_resolver *r, struct sqli_expr *list)
{
    for (; list; list = list->next)
        SQLI_TRY(sqli__resolve_expr(r, list));
    return SQLI_OK;
}

static enum sqli_status resolve_parameter(struct sqli_resolver *r, struct sqli_expr *expr)
{
    (void)r;
    if (expr->type.code == 0 && !expr->nullable) /* not seen before */
        expr->type = sqli__make_null();
    expr->nullable = true;
    return SQLI_OK;
}

/* Made by the resolver itself, of parts that are resolved. */
static enum sqli_status resolve_nothing(struct sqli_resolver *r, struct sqli_expr *expr)
{
    (void)r;
    (void)expr;
    return SQLI_OK;
}

static enum sqli_status misplaced(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
}

/* --- conditions --- */

static enum sqli_status resolve_terms(struct sqli_resolver *r, struct sqli_expr *expr)
{
    for (struct sqli_expr *term = expr->args; term; term = term->next)
        SQLI_TRY(sqli__resolve_condition(r, term));
    return SQLI_OK;
}

static enum sqli_status resolve_is_null(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return sqli__resolve_expr(r, expr->args);
}

static enum sqli_status resolve_exists(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return sqli__resolve_select(r, expr->select);
}

static resolve_one *const conditions[] = {
    [SQLI_EXPR_COMPARE] = sqli__resolve_compare,
    [SQLI_EXPR_AND] = resolve_terms,
    [SQLI_EXPR_OR] = resolve_terms,
    [SQLI_EXPR_NOT] = resolve_terms,
    [SQLI_EXPR_IS_NULL] = resolve_is_null,
    [SQLI_EXPR_IN_LIST] = sqli__resolve_in_list,
    [SQLI_EXPR_IN_SELECT] = sqli__resolve_in_select,
    [SQLI_EXPR_EXISTS] = resolve_exists,
    [SQLI_EXPR_BETWEEN] = sqli__resolve_between,
    [SQLI_EXPR_QUANTIFIED] = sqli__resolve_quantified,
    [SQLI_EXPR_LIKE] = sqli__resolve_like,
};

enum { CONDITIONS = sizeof conditions / sizeof conditions[0] };

bool sqli__is_condition(const struct sqli_expr *expr)
{
    return (size_t)expr->kind < CONDITIONS && conditions[expr->kind];
}

static enum sqli_status resolve_value_condition(struct sqli_resolver *r, struct sqli_expr *expr)
{
    SQLI_TRY(sqli__resolve_expr(r, expr));
    if (sqli__type_kind(&expr->type) == SQLI_KIND_BOOLEAN)
        return SQLI_OK;
    return misplaced(r, expr);
}

enum sqli_status sqli__resolve_condition(struct sqli_resolver *r, struct sqli_expr *expr)
{
    SQLI_TRY(sqli__resolve_enter(r, expr->at));
    if (sqli__is_condition(expr)) {
        enum sqli_expr_kind kind = expr->kind;
        expr->type = sqli__make_boolean();
        expr->nullable = true;
        SQLI_TRY(conditions[kind](r, expr));
    } else {
        SQLI_TRY(resolve_value_condition(r, expr));
    }
    r->depth--;
    return SQLI_OK;
}

/* --- values --- */

static resolve_one *const values[] = {
    [SQLI_EXPR_NULL] = sqli__resolve_literal,
    [SQLI_EXPR_INTEGER] = sqli__resolve_literal,
    [SQLI_EXPR_DECIMAL] = sqli__resolve_literal,
    [SQLI_EXPR_FLOAT] = sqli__resolve_literal,
    [SQLI_EXPR_STRING] = sqli__resolve_literal,
    [SQLI_EXPR_TRUTH] = sqli__resolve_literal,
    [SQLI_EXPR_DATETIME] = sqli__resolve_literal,
    [SQLI_EXPR_INTERVAL] = sqli__resolve_literal,
    [SQLI_EXPR_PARAMETER] = resolve_parameter,
    [SQLI_EXPR_NAME] = sqli__resolve_name,
    [SQLI_EXPR_NEGATE] = sqli__resolve_minus,
    [SQLI_EXPR_ARITHMETIC] = sqli__resolve_arithmetic,
    [SQLI_EXPR_CONCAT] = sqli__resolve_concat,
    [SQLI_EXPR_SIMPLE_CASE] = sqli__resolve_simple_case,
    [SQLI_EXPR_CAST] = sqli__resolve_cast,
    [SQLI_EXPR_FUNCTION] = sqli__resolve_function,
    [SQLI_EXPR_TRIM] = sqli__resolve_trim,
    [SQLI_EXPR_SUBSTRING] = sqli__resolve_substring,
    [SQLI_EXPR_UNITS] = sqli__resolve_units,
    [SQLI_EXPR_EXTEND] = sqli__resolve_extend,
    [SQLI_EXPR_CURRENT] = sqli__resolve_current,
    [SQLI_EXPR_FIELD] = sqli__resolve_field,
    [SQLI_EXPR_COLLECTION] = sqli__resolve_collection,
    [SQLI_EXPR_ROW] = sqli__resolve_row,
    [SQLI_EXPR_SUBQUERY] = sqli__resolve_subquery,
    [SQLI_EXPR_CASE] = sqli__resolve_case,
    [SQLI_EXPR_CONSTANT] = resolve_nothing,
    [SQLI_EXPR_COLUMN] = resolve_nothing,
    [SQLI_EXPR_ROWID] = resolve_nothing,
    [SQLI_EXPR_CALL] = resolve_nothing,
    [SQLI_EXPR_AGGREGATE] = resolve_nothing,
};

enum sqli_status sqli__resolve_expr(struct sqli_resolver *r, struct sqli_expr *expr)
{
    size_t kind = (size_t)expr->kind;
    resolve_one *one = kind < sizeof values / sizeof values[0] ? values[kind] : NULL;
    SQLI_TRY(sqli__resolve_enter(r, expr->at));
    SQLI_TRY(one ? one(r, expr) : misplaced(r, expr));
    r->depth--;
    return SQLI_OK;
}
