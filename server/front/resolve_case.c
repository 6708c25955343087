/* CASE and the functions that choose one of their arguments. */
#include "server/front/resolve_inside.h"

static struct sqli_type truth_type(void)
{
    return sqli__make_boolean();
}

/* Room for pointers to as many expressions as the node has arguments. */
static enum sqli_status room_for(struct sqli_resolver *r, const struct sqli_expr *expr,
                                 struct sqli_expr_list *list)
{
    *list = (struct sqli_expr_list){
        sqli__resolve_alloc(r, expr->count + 1, sizeof(struct sqli_expr *)), 0};
    return sqli__resolve_status(r);
}

static void put(struct sqli_expr_list *list, struct sqli_expr *expr)
{
    list->items[list->count++] = expr;
}

/* --- CASE --- */

/* The values of when, then, ..., else: every second argument and a last one that is alone. */
static enum sqli_status unify_branches(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr_list list;
    SQLI_TRY(room_for(r, expr, &list));
    for (struct sqli_expr *when = expr->args; when;) {
        struct sqli_expr *then = when->next;
        put(&list, then ? then : when);
        when = then ? then->next : NULL;
    }
    return sqli__resolve_unify(r, list, SQLI_E_CASE_TYPES, expr);
}

enum sqli_status sqli__resolve_case(struct sqli_resolver *r, struct sqli_expr *expr)
{
    bool when = true;
    for (struct sqli_expr *arg = expr->args; arg; arg = arg->next) {
        bool condition = when && arg->next;
        SQLI_TRY(condition ? sqli__resolve_condition(r, arg) : sqli__resolve_expr(r, arg));
        when = !when;
    }
    return unify_branches(r, expr);
}

/* operand = when */
static enum sqli_status make_equal(struct sqli_resolver *r, const struct sqli_expr *operand,
                                   struct sqli_expr *when)
{
    struct sqli_expr *left = sqli__resolve_copy(r, operand);
    struct sqli_expr *right = sqli__resolve_copy(r, when);
    return sqli__resolve_compare_node(r, when, SQLI_COMPARE_EQ, left, right);
}

/* A parameter gets the type of what it is compared with. */
static enum sqli_status type_operand(struct sqli_resolver *r, struct sqli_expr *operand)
{
    for (const struct sqli_expr *when = operand->next; when && when->next; when = when->next->next)
        if (sqli__is_untyped(operand) && !sqli__type_is_null(&when->type)) {
            struct sqli_type type = when->type;
            if (sqli__type_is_text(&type))
                type = sqli__make_lvarchar(SQLI_LVARCHAR_MAX);
            SQLI_TRY(sqli__resolve_coerce(r, operand, &type, NULL));
        }
    return SQLI_OK;
}

/* The operand is repeated in each comparison; it is evaluated each time. */
enum sqli_status sqli__resolve_simple_case(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *operand = expr->args;
    SQLI_TRY(sqli__resolve_list(r, operand));
    SQLI_TRY(type_operand(r, operand));
    for (struct sqli_expr *when = operand->next; when && when->next; when = when->next->next)
        SQLI_TRY(make_equal(r, operand, when));
    expr->kind = SQLI_EXPR_CASE;
    expr->args = operand->next;
    expr->count--;
    return unify_branches(r, expr);
}

/* --- NVL and the like --- */

static enum sqli_status unify_all(struct sqli_resolver *r, struct sqli_expr *expr,
                                  struct sqli_expr *first)
{
    struct sqli_expr_list list;
    SQLI_TRY(room_for(r, expr, &list));
    for (struct sqli_expr *arg = first; arg; arg = arg->next)
        put(&list, arg);
    return sqli__resolve_unify(r, list, SQLI_E_CASE_TYPES, expr);
}

/* All arguments of one type, and the function of SQLite that chooses; one alone is itself. */
static enum sqli_status choose(struct sqli_resolver *r, struct sqli_expr *expr,
                               const char *function)
{
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    SQLI_TRY(unify_all(r, expr, expr->args));
    if (expr->count == 1) {
        sqli__resolve_replace(expr, expr->args);
        return SQLI_OK;
    }
    expr->kind = SQLI_EXPR_CALL;
    expr->text = sqli__span_text(function);
    expr->path = NULL;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_nvl(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return choose(r, expr, "ifnull");
}

enum sqli_status sqli__resolve_coalesce(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return choose(r, expr, "coalesce");
}

enum sqli_status sqli__resolve_greatest(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return choose(r, expr, "max");
}

enum sqli_status sqli__resolve_least(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return choose(r, expr, "min");
}

/* CASE WHEN a IS NOT NULL THEN b ELSE c END */
enum sqli_status sqli__resolve_nvl2(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_type type = truth_type();
    SQLI_TRY(sqli__resolve_list(r, a));
    SQLI_TRY(unify_all(r, expr, a->next));
    struct sqli_expr *tested = sqli__resolve_copy(r, a);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become(a, SQLI_EXPR_IS_NULL, &type);
    sqli__resolve_args(a, tested, NULL);
    a->negated = true;
    expr->kind = SQLI_EXPR_CASE;
    expr->text = sqli__span(NULL, 0);
    expr->odd_else = true;
    return SQLI_OK;
}

/* CASE WHEN a = b THEN NULL ELSE a END */
enum sqli_status sqli__resolve_nullif(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    struct sqli_value nothing = {.null = true};
    SQLI_TRY(sqli__resolve_list(r, a));
    if (sqli__is_untyped(a))
        SQLI_TRY(sqli__resolve_pair(r, a, b));
    struct sqli_expr *kept = sqli__resolve_copy(r, a);
    struct sqli_expr *null = sqli__resolve_node(r, SQLI_EXPR_CONSTANT, expr->at);
    struct sqli_expr *test = sqli__resolve_node(r, SQLI_EXPR_COMPARE, expr->at);
    SQLI_TRY(sqli__resolve_status(r));
    struct sqli_type type = sqli__plain_type(&a->type);
    SQLI_TRY(sqli__resolve_become_constant(r, null, &type, &nothing));
    SQLI_TRY(sqli__resolve_compare_node(r, test, SQLI_COMPARE_EQ, a, b));
    sqli__resolve_become(expr, SQLI_EXPR_CASE, &type);
    sqli__resolve_args(expr, test, null, kept, NULL);
    expr->schema = kept->schema;
    expr->odd_else = true;
    return SQLI_OK;
}

/* --- DECODE --- */

static struct sqli_expr *is_null(struct sqli_resolver *r, const struct sqli_expr *operand)
{
    struct sqli_type type = truth_type();
    struct sqli_expr *test = sqli__resolve_node(r, SQLI_EXPR_IS_NULL, operand->at);
    if (!test)
        return NULL;
    sqli__resolve_become(test, SQLI_EXPR_IS_NULL, &type);
    sqli__resolve_args(test, sqli__resolve_copy(r, operand), NULL);
    return test;
}

/* operand = when OR (operand IS NULL AND when IS NULL): NULL equals NULL here, as it does nowhere
 * else. */
static enum sqli_status make_same(struct sqli_resolver *r, const struct sqli_expr *operand,
                                  struct sqli_expr *when)
{
    struct sqli_type type = truth_type();
    if (sqli__is_constant(when))
        return make_equal(r, operand, when);
    struct sqli_expr *one = is_null(r, operand);
    struct sqli_expr *other = is_null(r, when);
    struct sqli_expr *equal = sqli__resolve_copy(r, when);
    struct sqli_expr *both = sqli__resolve_node(r, SQLI_EXPR_AND, when->at);
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(make_equal(r, operand, equal));
    sqli__resolve_become(both, SQLI_EXPR_AND, &type);
    sqli__resolve_args(both, one, other, NULL);
    sqli__resolve_become(when, SQLI_EXPR_OR, &type);
    sqli__resolve_args(when, equal, both, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__resolve_decode(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *operand = expr->args;
    SQLI_TRY(sqli__resolve_list(r, operand));
    SQLI_TRY(type_operand(r, operand));
    for (struct sqli_expr *when = operand->next; when && when->next; when = when->next->next)
        SQLI_TRY(make_same(r, operand, when));
    expr->kind = SQLI_EXPR_CASE;
    expr->text = sqli__span(NULL, 0);
    expr->path = NULL;
    expr->args = operand->next;
    expr->count--;
    expr->odd_else = expr->count % 2 == 1;
    return unify_branches(r, expr);
}
