/* Aggregates, and the rule that all else is grouped. */
#include "server/front/resolve_inside.h"
#include "value/scan.h"

/* --- the functions --- */

static enum sqli_status aggregate(struct sqli_expr *expr, const char *runtime,
                                  const struct sqli_type *type)
{
    struct sqli_expr *args = expr->args;
    uint32_t count = expr->count;
    bool distinct = expr->distinct;
    sqli__resolve_become_call(expr, runtime, type);
    expr->kind = SQLI_EXPR_AGGREGATE;
    expr->args = args;
    expr->count = count;
    expr->distinct = distinct;
    return SQLI_OK;
}

static enum sqli_status count(struct sqli_resolver *r, struct sqli_expr *expr)
{
    enum { DIGITS = 15 };
    struct sqli_type type = sqli__make_decimal(DIGITS, 0);
    (void)r;
    aggregate(expr, expr->count ? "x_count_dec" : "x_count_rows", &type);
    expr->nullable = false;
    return SQLI_OK;
}

static enum sqli_status summable(struct sqli_resolver *r, struct sqli_expr *arg)
{
    struct sqli_type floating = sqli__make_floating();
    switch (sqli__type_kind(&arg->type)) {
    case SQLI_KIND_INTEGER:
    case SQLI_KIND_REAL:
    case SQLI_KIND_DECIMAL:
    case SQLI_KIND_INTERVAL: return SQLI_OK;
    case SQLI_KIND_NONE: return sqli__resolve_coerce(r, arg, &floating, NULL);
    case SQLI_KIND_DATE:
    case SQLI_KIND_DATETIME: return sqli__resolve_fail(r, arg->at, SQLI_E_DATETIME_SUM, NULL);
    default: return sqli__resolve_fail(r, arg->at, SQLI_E_SUM_TYPE, NULL);
    }
}

/* With all digits of the first field, so that the sum has room. */
static enum sqli_status sum_intervals(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *arg = expr->args;
    sqli_qualifier q = sqli__type_qualifier(&arg->type);
    struct sqli_type type = sqli__make_interval(sqli__qualifier_start(q), sqli__qualifier_end(q),
                                                SQLI_INTERVAL_FIRST_MAX);
    if (expr->distinct)
        return sqli__resolve_fail(r, expr->at, SQLI_E_DISTINCT_AGGREGATE, NULL);
    SQLI_TRY(sqli__resolve_coerce(r, arg, &type, NULL));
    sqli__resolve_args(expr, arg, sqli__resolve_qualifier_text(r, arg->at, &type), NULL);
    SQLI_TRY(sqli__resolve_status(r));
    return aggregate(expr, "x_sum_iv", &type);
}

static enum sqli_status sum(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *arg = expr->args;
    struct sqli_type type = sqli__make_floating();
    struct sqli_type real = sqli__make_float();
    SQLI_TRY(summable(r, arg));
    switch (sqli__type_kind(&arg->type)) {
    case SQLI_KIND_INTEGER: return aggregate(expr, "x_sum_int", &type);
    case SQLI_KIND_REAL: return aggregate(expr, "x_sum_real", &real);
    case SQLI_KIND_INTERVAL: return sum_intervals(r, expr);
    default: break;
    }
    type.code = arg->type.code;
    type.length = SQLI_DECIMAL_DIGITS << 8 | (arg->type.length & 0xff);
    return aggregate(expr, "x_sum_dec", &type);
}

/* An average of intervals is their sum by their number. */
static enum sqli_status average_interval(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type number = sqli__make_floating();
    struct sqli_expr *total = sqli__resolve_copy(r, expr);
    struct sqli_expr *rows = sqli__resolve_node(r, SQLI_EXPR_AGGREGATE, expr->at);
    struct sqli_expr *arg = sqli__resolve_copy(r, expr->args);
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sum_intervals(r, total));
    sqli__resolve_args(rows, arg, NULL);
    SQLI_TRY(count(r, rows));
    rows->type = number;
    struct sqli_type type = total->type;
    struct sqli_expr *text = sqli__resolve_qualifier_text(r, expr->at, &type);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, "x_iv_div", &type);
    /* nothing by nothing is no average, and no division */
    struct sqli_value zero = {.kind = SQLI_KIND_DECIMAL};
    struct sqli_expr *none = sqli__resolve_node(r, SQLI_EXPR_CONSTANT, expr->at);
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sqli__resolve_become_constant(r, none, &number, &zero));
    struct sqli_expr *divisor = sqli__resolve_node(r, SQLI_EXPR_CALL, expr->at);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(divisor, "nullif", &number);
    sqli__resolve_args(divisor, rows, none, NULL);
    sqli__resolve_args(expr, total, text, divisor, NULL);
    return SQLI_OK;
}

static enum sqli_status average(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *arg = expr->args;
    struct sqli_type type = sqli__make_floating();
    struct sqli_type real = sqli__make_float();
    SQLI_TRY(summable(r, arg));
    switch (sqli__type_kind(&arg->type)) {
    case SQLI_KIND_INTERVAL: return average_interval(r, expr);
    case SQLI_KIND_REAL: return aggregate(expr, "x_avg_real", &real);
    case SQLI_KIND_INTEGER: {
        struct sqli_type decimal = sqli__type_as_decimal(&arg->type);
        SQLI_TRY(sqli__resolve_coerce(r, arg, &decimal, NULL));
        break;
    }
    default: break;
    }
    return aggregate(expr, "x_avg", &type);
}

/* Storage order is value order. */
static enum sqli_status extreme(struct sqli_resolver *r, struct sqli_expr *expr, const char *name)
{
    struct sqli_expr *arg = expr->args;
    if (sqli__type_is_lob(&arg->type) || sqli__type_kind(&arg->type) == SQLI_KIND_COMPOSITE)
        return sqli__resolve_fail(r, arg->at, SQLI_E_BLOB_EXPRESSION, NULL);
    struct sqli_type type = sqli__plain_type(&arg->type);
    const struct sqli_schema *schema = arg->schema;
    aggregate(expr, name, &type);
    expr->schema = schema;
    return SQLI_OK;
}

static enum sqli_status least(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return extreme(r, expr, "min");
}

static enum sqli_status greatest(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return extreme(r, expr, "max");
}

static enum sqli_status of_reals(struct sqli_resolver *r, struct sqli_expr *expr,
                                 const char *runtime)
{
    struct sqli_type real = sqli__make_float();
    SQLI_TRY(sqli__resolve_coerce(r, expr->args, &real, NULL));
    return aggregate(expr, runtime, &real);
}

static enum sqli_status stdev(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return of_reals(r, expr, "x_stdev");
}

static enum sqli_status variance(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return of_reals(r, expr, "x_variance");
}

static enum sqli_status range(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return of_reals(r, expr, "x_range");
}

static const struct {
    const char *name;
    enum sqli_status (*resolve)(struct sqli_resolver *r, struct sqli_expr *expr);
} aggregates[] = {
    {"count", count},  {"sum", sum},     {"avg", average},       {"min", least},
    {"max", greatest}, {"stdev", stdev}, {"variance", variance}, {"range", range},
};

/* --- where they may stand --- */

static enum sqli_status allowed(struct sqli_resolver *r, const struct sqli_expr *expr)
{
    const struct sqli_scope *scope = r->scope;
    if (scope && scope->in_aggregate)
        return sqli__resolve_fail(r, expr->at, SQLI_E_AGGREGATE_NESTED, NULL);
    if (!scope || scope->clause != SQLI_CLAUSE_ITEMS)
        return sqli__resolve_fail(r, expr->at, SQLI_E_AGGREGATE_CONTEXT, NULL);
    return SQLI_OK;
}

static enum sqli_status resolve_arguments(struct sqli_resolver *r, struct sqli_expr *expr)
{
    r->scope->in_aggregate = !expr->window; /* over a window there may be aggregates */
    enum sqli_status status = sqli__resolve_list(r, expr->args);
    r->scope->in_aggregate = false;
    if (status == SQLI_OK && expr->count && sqli__is_untyped(expr->args))
        return sqli__resolve_fail(r, expr->args->at, SQLI_E_SYNTAX, NULL);
    return status;
}

static bool is_it(void *context, struct sqli_source *source)
{
    return source != context;
}

/* Whether there are columns of this query in the list. */
static bool mentions(const struct sqli_scope *scope, const struct sqli_expr *list)
{
    for (; list; list = list->next) {
        bool column = list->kind == SQLI_EXPR_COLUMN || list->kind == SQLI_EXPR_ROWID;
        if (column && (list->source == scope->target ||
                       !sqli__each_source(scope->from, false, is_it, list->source)))
            return true;
        if (list->select || mentions(scope, list->args)) /* in a query: who knows */
            return true;
    }
    return false;
}

/* An aggregate is that of the innermost query that has one of its columns, in the standard and in
 * SQLite, and may stand only where such a one may. */
static enum sqli_status check_owner(struct sqli_resolver *r, const struct sqli_expr *expr)
{
    const struct sqli_scope *owner = r->scope;
    while (owner && !mentions(owner, expr->args))
        owner = owner->outer;
    if (!owner || owner == r->scope)
        return SQLI_OK;
    if (owner->clause != SQLI_CLAUSE_ITEMS || owner->in_aggregate)
        return sqli__resolve_fail(r, expr->at, SQLI_E_AGGREGATE_CONTEXT, NULL);
    for (struct sqli_scope *between = r->scope; between != owner; between = between->outer)
        between->outward = true;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_aggregate(struct sqli_resolver *r, struct sqli_expr *expr)
{
    SQLI_TRY(allowed(r, expr));
    SQLI_TRY(resolve_arguments(r, expr));
    SQLI_TRY(check_owner(r, expr));
    for (size_t i = 0; i < sizeof aggregates / sizeof aggregates[0]; i++) {
        if (!sqli__span_is_word(expr->text, aggregates[i].name))
            continue;
        if (expr->star && aggregates[i].resolve != count)
            break;
        return aggregates[i].resolve(r, expr);
    }
    return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
}

bool sqli__has_aggregate(const struct sqli_expr *expr)
{
    if (expr->kind == SQLI_EXPR_AGGREGATE)
        return true;
    for (const struct sqli_expr *arg = expr->args; arg; arg = arg->next)
        if (sqli__has_aggregate(arg))
            return true;
    return false;
}

/* --- grouping --- */

struct grouping {
    struct sqli_resolver *r;
    const struct sqli_select *select;
    int32_t code;
};

static const struct sqli_expr *grouped_expr(const struct sqli_select *select,
                                            const struct sqli_expr *group)
{
    if (group->kind != SQLI_EXPR_ITEM)
        return group;
    return sqli__resolve_item_at(select, (uint32_t)group->op - 1)->expr;
}

static bool is_grouped(const struct sqli_select *select, const struct sqli_expr *expr)
{
    for (const struct sqli_expr *group = select->group; group; group = group->next)
        if (sqli__resolve_equal(grouped_expr(select, group), expr))
            return true;
    return false;
}

/* Columns of queries around this one are constants here. */
static bool is_own(const struct sqli_select *select, const struct sqli_expr *column)
{
    return !sqli__each_source(select->from, false, is_it, column->source);
}

static enum sqli_status check_expr(const struct grouping *g, const struct sqli_expr *expr)
{
    bool column = expr->kind == SQLI_EXPR_COLUMN || expr->kind == SQLI_EXPR_ROWID;
    if (expr->kind == SQLI_EXPR_AGGREGATE || expr->kind == SQLI_EXPR_ITEM ||
        is_grouped(g->select, expr))
        return SQLI_OK;
    if (column && is_own(g->select, expr))
        return sqli__resolve_fail_name(g->r, expr->at, g->code,
                                       expr->kind == SQLI_EXPR_ROWID
                                           ? sqli__span_text("rowid")
                                           : expr->source->columns[expr->column].name);
    for (const struct sqli_expr *arg = expr->args; arg; arg = arg->next)
        SQLI_TRY(check_expr(g, arg));
    return SQLI_OK;
}

static bool is_aggregated(const struct sqli_select *select)
{
    if (select->group || select->having)
        return true;
    for (const struct sqli_select_item *item = select->items; item; item = item->next)
        if (sqli__has_aggregate(item->expr))
            return true;
    for (const struct sqli_order *order = select->order; order; order = order->next)
        if (sqli__has_aggregate(order->expr))
            return true;
    return false;
}

enum sqli_status sqli__resolve_check_grouping(struct sqli_resolver *r,
                                              const struct sqli_select *select)
{
    struct grouping g = {r, select, SQLI_E_GROUP_BY_MISSING};
    if (!is_aggregated(select))
        return SQLI_OK;
    for (const struct sqli_select_item *item = select->items; item; item = item->next)
        SQLI_TRY(check_expr(&g, item->expr));
    for (const struct sqli_order *order = select->order; order; order = order->next)
        SQLI_TRY(check_expr(&g, order->expr));
    g.code = SQLI_E_HAVING;
    return select->having ? check_expr(&g, select->having) : SQLI_OK;
}
