/* OVER (...): functions that see the rows around theirs, and aggregates that do. */
#include "server/front/resolve_inside.h"
#include "value/scan.h"

enum window_rule {
    WINDOW_RANK,    /* no argument: an integer */
    WINDOW_NUMBER,  /* the same, and the order may be any */
    WINDOW_SHARE,   /* no argument: a part of 1 */
    WINDOW_BUCKETS, /* one number: an integer */
    WINDOW_ROW,     /* a value of another row: its type */
    WINDOW_NEAR,    /* the same, with a distance and a default */
    WINDOW_RATIO,   /* one number: its part of the sum */
};

static const struct window_function {
    const char *name;
    const char *runtime;
    enum window_rule rule;
    uint8_t least, most;
} functions[] = {
    {"rank", "rank", WINDOW_RANK, 0, 0},
    {"dense_rank", "dense_rank", WINDOW_RANK, 0, 0},
    {"denserank", "dense_rank", WINDOW_RANK, 0, 0},
    {"row_number", "row_number", WINDOW_NUMBER, 0, 0},
    {"rownumber", "row_number", WINDOW_NUMBER, 0, 0},
    {"percent_rank", "percent_rank", WINDOW_SHARE, 0, 0},
    {"cume_dist", "cume_dist", WINDOW_SHARE, 0, 0},
    {"ntile", "ntile", WINDOW_BUCKETS, 1, 1},
    {"first_value", "first_value", WINDOW_ROW, 1, 1},
    {"last_value", "last_value", WINDOW_ROW, 1, 1},
    {"lag", "lag", WINDOW_NEAR, 1, 3},
    {"lead", "lead", WINDOW_NEAR, 1, 3},
    {"ratio_to_report", "x_sum_real", WINDOW_RATIO, 1, 1},
    {"ratiotoreport", "x_sum_real", WINDOW_RATIO, 1, 1},
};

static const struct window_function *find_function(struct sqli_span name)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (sqli__span_is_word(name, functions[i].name))
            return &functions[i];
    return NULL;
}

/* --- the window itself --- */

static enum sqli_status resolve_bound(struct sqli_resolver *r, struct sqli_frame_bound *bound)
{
    struct sqli_type type = sqli__make_integer();
    if (!bound->offset)
        return SQLI_OK;
    SQLI_TRY(sqli__resolve_expr(r, bound->offset));
    return sqli__resolve_coerce(r, bound->offset, &type, NULL);
}

static enum sqli_status resolve_window(struct sqli_resolver *r, struct sqli_window *window)
{
    SQLI_TRY(sqli__resolve_list(r, window->partition));
    for (struct sqli_order *order = window->order; order; order = order->next)
        SQLI_TRY(sqli__resolve_expr(r, order->expr));
    SQLI_TRY(resolve_bound(r, &window->start));
    return resolve_bound(r, &window->end);
}

/* The node becomes a function of SQLite over the window. */
static void become(struct sqli_expr *expr, const char *runtime, const struct sqli_type *type,
                   struct sqli_window *window)
{
    struct sqli_expr *args = expr->args;
    uint32_t count = expr->count;
    const struct sqli_schema *schema = args ? args->schema : NULL;
    sqli__resolve_become_call(expr, runtime, type);
    expr->kind = SQLI_EXPR_WINDOW;
    expr->args = args;
    expr->count = count;
    expr->window = window;
    expr->schema = schema;
}

/* --- functions --- */

static enum sqli_status near_arguments(struct sqli_resolver *r, struct sqli_expr *value)
{
    if (!value)
        return SQLI_OK;
    struct sqli_type number = sqli__make_integer();
    struct sqli_type type = sqli__plain_type(&value->type);
    struct sqli_expr *distance = value->next;
    if (!distance)
        return SQLI_OK;
    SQLI_TRY(sqli__resolve_coerce(r, distance, &number, NULL));
    return distance->next ? sqli__resolve_coerce(r, distance->next, &type, value->schema) : SQLI_OK;
}

/* v / sum(v) OVER (...) */
static enum sqli_status ratio(struct sqli_resolver *r, struct sqli_expr *expr,
                              struct sqli_window *window)
{
    struct sqli_type real = sqli__make_float();
    SQLI_TRY(sqli__resolve_coerce(r, expr->args, &real, NULL));
    struct sqli_expr *value = sqli__resolve_copy(r, expr->args);
    struct sqli_expr *sum = sqli__resolve_copy(r, expr);
    SQLI_TRY(sqli__resolve_status(r));
    become(sum, "x_sum_real", &real, window);
    sqli__resolve_become_call(expr, "x_real_div", &real);
    sqli__resolve_args(expr, value, sum, NULL);
    return SQLI_OK;
}

static enum sqli_status by_rule(struct sqli_resolver *r, struct sqli_expr *expr,
                                const struct window_function *function, struct sqli_window *window)
{
    struct sqli_type integer = sqli__make_integer();
    struct sqli_type real = sqli__make_float();
    struct sqli_type own = expr->args ? sqli__plain_type(&expr->args->type) : integer;
    switch (function->rule) {
    case WINDOW_RANK:
    case WINDOW_NUMBER: become(expr, function->runtime, &integer, window); return SQLI_OK;
    case WINDOW_SHARE: become(expr, function->runtime, &real, window); return SQLI_OK;
    case WINDOW_BUCKETS:
        SQLI_TRY(sqli__resolve_coerce(r, expr->args, &integer, NULL));
        become(expr, function->runtime, &integer, window);
        return SQLI_OK;
    case WINDOW_NEAR: SQLI_TRY(near_arguments(r, expr->args)); break;
    case WINDOW_RATIO: return ratio(r, expr, window);
    case WINDOW_ROW: break;
    }
    become(expr, function->runtime, &own, window);
    return SQLI_OK;
}

static enum sqli_status resolve_own(struct sqli_resolver *r, struct sqli_expr *expr,
                                    const struct window_function *function,
                                    struct sqli_window *window)
{
    bool ordered = function->rule != WINDOW_RATIO && function->rule != WINDOW_ROW &&
                   function->rule != WINDOW_NUMBER;
    if (expr->star || expr->distinct || (ordered && !window->order))
        return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
    if (expr->count < function->least || expr->count > function->most)
        return sqli__resolve_fail_name(r, expr->at, SQLI_E_FUNCTION_ARGUMENTS, expr->text);
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    return by_rule(r, expr, function, window);
}

/* max(v) OVER (...) - min(v) OVER (...): rows that leave the window can not be taken out of what
 * has seen the extremes. */
static enum sqli_status extent(struct sqli_resolver *r, struct sqli_expr *expr,
                               struct sqli_window *window)
{
    struct sqli_type real = sqli__make_float();
    struct sqli_expr *most = sqli__resolve_copy(r, expr);
    struct sqli_expr *least = sqli__resolve_copy(r, expr);
    SQLI_TRY(sqli__resolve_status(r));
    become(most, "max", &real, window);
    become(least, "min", &real, window);
    sqli__resolve_become_call(expr, "x_real_sub", &real);
    sqli__resolve_args(expr, most, least, NULL);
    return SQLI_OK;
}

/* An average of intervals is made of two aggregates, and SQLite has no DISTINCT here. */
static enum sqli_status resolve_aggregated(struct sqli_resolver *r, struct sqli_expr *expr,
                                           struct sqli_window *window)
{
    uint32_t at = expr->at;
    bool distinct = expr->distinct;
    SQLI_TRY(sqli__resolve_aggregate(r, expr));
    if (expr->kind != SQLI_EXPR_AGGREGATE || distinct)
        return sqli__resolve_fail(r, at, SQLI_E_SYNTAX_UNSUPPORTED, "OVER");
    if (sqli__span_is_word(expr->text, "x_range"))
        return extent(r, expr, window);
    expr->kind = SQLI_EXPR_WINDOW;
    expr->window = window;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_window(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_window *window = expr->window;
    const struct window_function *function = find_function(expr->text);
    const struct sqli_scope *scope = r->scope;
    if (!scope || scope->in_aggregate || scope->clause != SQLI_CLAUSE_ITEMS)
        return sqli__resolve_fail(r, expr->at, SQLI_E_AGGREGATE_CONTEXT, NULL);
    SQLI_TRY(resolve_window(r, window));
    return function ? resolve_own(r, expr, function, window) : resolve_aggregated(r, expr, window);
}
