/* SELECT: its items, groups, order, and set operations. */
#include "server/front/resolve_inside.h"
#include "value/scan.h"

/* --- how an item is described --- */

static bool is_literal(const struct sqli_expr *expr)
{
    switch (expr->kind) {
    case SQLI_EXPR_NULL:
    case SQLI_EXPR_INTEGER:
    case SQLI_EXPR_DECIMAL:
    case SQLI_EXPR_FLOAT:
    case SQLI_EXPR_STRING:
    case SQLI_EXPR_TRUTH:
    case SQLI_EXPR_DATETIME:
    case SQLI_EXPR_INTERVAL: return true;
    case SQLI_EXPR_NEGATE: return is_literal(expr->args);
    default: return false;
    }
}

static const char *aggregate_name(const struct sqli_expr *expr)
{
    static const struct {
        const char *function, *name;
    } names[] = {
        {"count", "(count)"}, {"sum", "(sum)"},           {"avg", "(avg)"},
        {"min", "(min)"},     {"max", "(max)"},           {"range", "(range)"},
        {"stdev", "(stdev)"}, {"variance", "(variance)"},
    };
    if (expr->kind != SQLI_EXPR_FUNCTION)
        return NULL;
    if (expr->star)
        return "(count(*))";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (sqli__span_is_word(expr->text, names[i].function))
            return names[i].name;
    return NULL;
}

/* From the expression as it was written. */
static struct sqli_span written_name(const struct sqli_select_item *item)
{
    const struct sqli_expr *expr = item->expr;
    const char *aggregate = aggregate_name(expr);
    if (item->alias.text.data)
        return item->alias.text;
    if (expr->kind == SQLI_EXPR_NAME)
        return expr->path->names[expr->path->count - 1].text;
    if (expr->kind == SQLI_EXPR_FIELD)
        return expr->text;
    if (is_literal(expr))
        return sqli__span_text("(constant)");
    return sqli__span_text(aggregate ? aggregate : "(expression)");
}

/* USER, TODAY and CURRENT may have come as names. */
static struct sqli_span resolved_name(const struct sqli_select_item *item, struct sqli_span written,
                                      enum sqli_expr_kind before)
{
    bool word = before == SQLI_EXPR_NAME && !item->alias.text.data &&
                item->expr->kind == SQLI_EXPR_CALL && item->expr->count == 0;
    return word ? sqli__span_text("(expression)") : written;
}

/* --- items --- */

struct expansion {
    struct sqli_resolver *r;
    struct sqli_select_item **end;
    uint32_t at;
    uint32_t count;
    bool failed;
};

static bool expand_source(void *context, struct sqli_source *source)
{
    struct expansion *e = context;
    for (uint32_t i = 0; i < source->count && !e->failed; i++) {
        struct sqli_select_item *item = SQLI_NEW(e->r, struct sqli_select_item);
        struct sqli_expr *column = sqli__resolve_column(e->r, e->at, source, i);
        e->failed = !item || !column || ++e->count > SQLI_RESOLVE_ITEMS;
        if (e->failed)
            break;
        if (source->kind == SQLI_SOURCE_TABLE)
            sqli__resolve_use(e->r, source->table, (int32_t)i, e->at);
        item->expr = column;
        item->name = source->columns[i].name;
        *e->end = item;
        e->end = &item->next;
    }
    return !e->failed;
}

/* `*` and `t.*` become their columns; *link is the pointer to the item. */
static enum sqli_status expand_star(struct sqli_resolver *r, const struct sqli_select *select,
                                    struct sqli_select_item **link)
{
    struct sqli_select_item *star = *link;
    struct sqli_select_item *first = NULL;
    struct sqli_source *named = NULL;
    struct expansion e = {r, &first, star->expr->at, 0, false};
    if (star->expr->path && star->expr->path->count)
        SQLI_TRY(sqli__resolve_star_source(r, star->expr, &named));
    if (named)
        expand_source(&e, named);
    else
        sqli__each_source(select->from, false, expand_source, &e);
    SQLI_TRY(sqli__resolve_status(r));
    if (e.failed || !first)
        return sqli__resolve_fail(r, star->expr->at, first ? SQLI_E_TOO_LARGE : SQLI_E_SYNTAX,
                                  NULL);
    *e.end = star->next;
    *link = first;
    return SQLI_OK;
}

static enum sqli_status resolve_item(struct sqli_resolver *r, struct sqli_select_item *item)
{
    struct sqli_expr *expr = item->expr;
    enum sqli_expr_kind before = expr->kind;
    struct sqli_span name = written_name(item);
    /* A condition is a BOOLEAN here. */
    SQLI_TRY(sqli__is_condition(expr) ? sqli__resolve_condition(r, expr)
                                      : sqli__resolve_expr(r, expr));
    if (sqli__is_untyped(expr))
        return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
    item->name = resolved_name(item, name, before);
    return SQLI_OK;
}

static enum sqli_status resolve_items(struct sqli_resolver *r, struct sqli_select *select)
{
    uint32_t count = 0;
    struct sqli_select_item **link = &select->items;
    while (*link) {
        struct sqli_select_item *item = *link;
        if (item->expr->kind == SQLI_EXPR_STAR) {
            SQLI_TRY(expand_star(r, select, link));
            struct sqli_select_item *behind = item->next;
            for (; *link != behind; link = &(*link)->next)
                count++;
            continue;
        }
        SQLI_TRY(resolve_item(r, item));
        if (++count > SQLI_RESOLVE_ITEMS)
            return sqli__resolve_fail(r, item->expr->at, SQLI_E_TOO_LARGE, NULL);
        link = &item->next;
    }
    select->item_count = count;
    return SQLI_OK;
}

struct sqli_select_item *sqli__resolve_item_at(const struct sqli_select *select, uint32_t number)
{
    struct sqli_select_item *item = select->items;
    while (item && number-- > 0)
        item = item->next;
    return item;
}

/* --- ORDER BY and GROUP BY --- */

static void become_item(struct sqli_expr *expr, const struct sqli_select_item *item,
                        uint32_t number)
{
    sqli__resolve_become(expr, SQLI_EXPR_ITEM, &item->expr->type);
    expr->op = (int32_t)number;
    expr->schema = item->expr->schema;
}

/* A whole number is that of an item. */
static enum sqli_status by_number(struct sqli_resolver *r, const struct sqli_select *select,
                                  struct sqli_expr *expr, bool *done)
{
    uint64_t number = 0;
    *done = expr->kind == SQLI_EXPR_INTEGER;
    if (!*done)
        return SQLI_OK;
    for (size_t i = 0; i < expr->text.length && number <= SQLI_RESOLVE_ITEMS; i++)
        number = number * 10 + (uint64_t)(expr->text.data[i] - '0');
    if (number == 0 || number > select->item_count)
        return sqli__resolve_fail_name(r, expr->at, SQLI_E_ORDER_NUMBER, expr->text);
    become_item(expr, sqli__resolve_item_at(select, (uint32_t)number - 1), (uint32_t)number);
    return SQLI_OK;
}

/* By display label, or by the column's name: a column of the list comes before others that are
 * called like it. */
static bool by_label(const struct sqli_select *select, struct sqli_expr *expr, bool any_name)
{
    uint32_t number = 1;
    if (expr->kind != SQLI_EXPR_NAME || expr->path->count != 1)
        return false;
    struct sqli_span name = expr->path->names[0].text;
    for (const struct sqli_select_item *item = select->items; item; item = item->next, number++) {
        struct sqli_span label = any_name ? item->name : item->alias.text;
        if (label.data && sqli__span_equal(label, name)) {
            become_item(expr, item, number);
            return true;
        }
    }
    return false;
}

static bool by_expression(const struct sqli_select *select, struct sqli_expr *expr)
{
    uint32_t number = 1;
    for (const struct sqli_select_item *item = select->items; item; item = item->next, number++)
        if (sqli__resolve_equal(item->expr, expr)) {
            become_item(expr, item, number);
            return true;
        }
    return false;
}

static enum sqli_status not_of_lob(struct sqli_resolver *r, const struct sqli_expr *expr,
                                   int32_t code)
{
    bool lob = sqli__type_kind(&expr->type) == SQLI_KIND_SIMPLE_LOB;
    return lob ? sqli__resolve_fail(r, expr->at, code, NULL) : SQLI_OK;
}

static enum sqli_status resolve_order(struct sqli_resolver *r, const struct sqli_select *select,
                                      struct sqli_expr *expr)
{
    bool set = select->operation != SQLI_SET_NONE;
    uint32_t at = expr->at;
    bool done;
    SQLI_TRY(by_number(r, select, expr, &done));
    if (!done && !by_label(select, expr, false) && !by_label(select, expr, true)) {
        if (set)
            return sqli__resolve_fail(r, at, SQLI_E_UNION_ORDER_BY, NULL);
        SQLI_TRY(sqli__resolve_expr(r, expr));
        if (!by_expression(select, expr) && select->distinct)
            return sqli__resolve_fail(r, at, SQLI_E_ORDER_BY_MISSING, NULL);
    }
    return not_of_lob(r, expr, SQLI_E_BLOB_ORDER_BY);
}

static enum sqli_status resolve_orders(struct sqli_resolver *r, struct sqli_select *select)
{
    for (struct sqli_order *order = select->order; order; order = order->next)
        SQLI_TRY(resolve_order(r, select, order->expr));
    return SQLI_OK;
}

static bool names_column(struct sqli_resolver *r, const struct sqli_expr *expr)
{
    struct sqli_error before = *r->error;
    int depth = r->depth;
    struct sqli_expr *copy = sqli__resolve_copy(r, expr);
    bool found = copy && sqli__resolve_expr(r, copy) == SQLI_OK;
    *r->error = before;
    r->depth = depth;
    return found;
}

/* A column goes before a label here: the label may be that of an aggregate over it. */
static enum sqli_status resolve_group(struct sqli_resolver *r, const struct sqli_select *select,
                                      struct sqli_expr *expr)
{
    bool done;
    SQLI_TRY(by_number(r, select, expr, &done));
    bool name = expr->kind == SQLI_EXPR_NAME;
    if (!done && !(name && !names_column(r, expr) && by_label(select, expr, false))) {
        SQLI_TRY(sqli__resolve_expr(r, expr));
        by_expression(select, expr);
    }
    SQLI_TRY(not_of_lob(r, expr, SQLI_E_BLOB_GROUP_BY));
    if (expr->kind == SQLI_EXPR_ITEM &&
        sqli__has_aggregate(sqli__resolve_item_at(select, (uint32_t)expr->op - 1)->expr))
        return sqli__resolve_fail(r, expr->at, SQLI_E_GROUP_BY_AGGREGATE, NULL);
    return SQLI_OK;
}

/* --- FIRST and SKIP --- */

static enum sqli_status resolve_limit(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type type = sqli__make_integer();
    if (!expr)
        return SQLI_OK;
    SQLI_TRY(sqli__resolve_expr(r, expr));
    uint32_t at = expr->at;
    SQLI_TRY(sqli__resolve_coerce(r, expr, &type, NULL));
    bool constant = sqli__is_constant(expr) && expr->constant->as.integer >= 0;
    if (constant || expr->kind == SQLI_EXPR_PARAMETER)
        return SQLI_OK;
    return sqli__resolve_fail(r, at, SQLI_E_SYNTAX, NULL);
}

/* --- one SELECT --- */

static enum sqli_status check_distinct(struct sqli_resolver *r, const struct sqli_select *select)
{
    for (const struct sqli_select_item *item = select->items; select->distinct && item;
         item = item->next)
        SQLI_TRY(not_of_lob(r, item->expr, SQLI_E_BLOB_DISTINCT));
    return SQLI_OK;
}

static enum sqli_status resolve_clauses(struct sqli_resolver *r, struct sqli_select *select)
{
    r->scope->from = select->from;
    SQLI_TRY(sqli__resolve_joins(r, select->from));
    r->scope->clause = SQLI_CLAUSE_ITEMS;
    SQLI_TRY(resolve_items(r, select));
    r->scope->clause = SQLI_CLAUSE_PLAIN;
    if (select->where)
        SQLI_TRY(sqli__resolve_condition(r, select->where));
    for (struct sqli_expr *group = select->group; group; group = group->next)
        SQLI_TRY(resolve_group(r, select, group));
    r->scope->clause = SQLI_CLAUSE_ITEMS;
    if (select->having)
        SQLI_TRY(sqli__resolve_condition(r, select->having));
    SQLI_TRY(check_distinct(r, select));
    SQLI_TRY(resolve_orders(r, select));
    return sqli__resolve_check_grouping(r, select);
}

static enum sqli_status resolve_plain(struct sqli_resolver *r, struct sqli_select *select)
{
    SQLI_TRY(sqli__resolve_sources(r, select->from));
    return resolve_clauses(r, select);
}

/* --- set operations --- */

enum sqli_status sqli__resolve_item_to(struct sqli_resolver *r, struct sqli_select *select,
                                       uint32_t number, const struct sqli_type *type,
                                       const struct sqli_schema *schema)
{
    struct sqli_select_item *item = sqli__resolve_item_at(select, number);
    if (select->operation != SQLI_SET_NONE) {
        SQLI_TRY(sqli__resolve_item_to(r, select->left, number, type, schema));
        SQLI_TRY(sqli__resolve_item_to(r, select->right, number, type, schema));
        item->expr->type = *type;
        item->expr->schema = schema;
        return SQLI_OK;
    }
    return sqli__resolve_coerce(r, item->expr, type, schema);
}

static enum sqli_status branch_to(struct sqli_resolver *r, struct sqli_select *branch,
                                  const struct sqli_select_item *item, uint32_t number,
                                  const struct sqli_expr *wanted)
{
    if (branch->operation == SQLI_SET_NONE)
        return sqli__resolve_coerce(r, item->expr, &wanted->type, wanted->schema);
    return sqli__resolve_item_to(r, branch, number, &wanted->type, wanted->schema);
}

/* An item of both sides gets the common type. */
static enum sqli_status unify_items(struct sqli_resolver *r, struct sqli_select *select,
                                    const struct sqli_select_item *left,
                                    const struct sqli_select_item *right, uint32_t number,
                                    struct sqli_expr *result)
{
    struct sqli_expr *a = sqli__resolve_copy(r, left->expr);
    struct sqli_expr *b = sqli__resolve_copy(r, right->expr);
    struct sqli_expr *both[] = {a, b};
    SQLI_TRY(sqli__resolve_status(r));
    if (sqli__resolve_is_recursive(r, select)) /* the second part was resolved with this type */
        result->type = left->expr->type;
    else
        SQLI_TRY(
            sqli__resolve_unify(r, (struct sqli_expr_list){both, 2}, SQLI_E_UNION_TYPES, result));
    result->nullable = left->expr->nullable || right->expr->nullable;
    SQLI_TRY(branch_to(r, select->left, left, number, result));
    return branch_to(r, select->right, right, number, result);
}

/* The items of the whole are those of the leftmost SELECT, with expressions of their own. */
static enum sqli_status combine(struct sqli_resolver *r, struct sqli_select *select)
{
    struct sqli_select_item **end = &select->items;
    const struct sqli_select_item *right = select->right->items;
    uint32_t number = 0;
    for (const struct sqli_select_item *item = select->left->items; item && right;
         item = item->next) {
        struct sqli_select_item *made = SQLI_NEW(r, struct sqli_select_item);
        struct sqli_expr *expr = sqli__resolve_copy(r, item->expr);
        SQLI_TRY(sqli__resolve_status(r));
        *made = *item;
        made->next = NULL;
        made->expr = expr;
        SQLI_TRY(unify_items(r, select, item, right, number++, expr));
        right = right->next;
        *end = made;
        end = &made->next;
    }
    select->item_count = number;
    return SQLI_OK;
}

static enum sqli_status resolve_set(struct sqli_resolver *r, struct sqli_select *select)
{
    SQLI_TRY(sqli__resolve_select(r, select->left));
    SQLI_TRY(sqli__resolve_select(r, select->right));
    if (select->left->item_count != select->right->item_count)
        return sqli__resolve_fail(r, select->right->at, SQLI_E_UNION_COLUMNS, NULL);
    SQLI_TRY(combine(r, select));
    return resolve_orders(r, select);
}

/* --- any of these --- */

static enum sqli_status resolve_scoped(struct sqli_resolver *r, struct sqli_select *select)
{
    SQLI_TRY(sqli__resolve_with(r, select));
    SQLI_TRY(resolve_limit(r, select->skip));
    SQLI_TRY(resolve_limit(r, select->first));
    return select->operation == SQLI_SET_NONE ? resolve_plain(r, select) : resolve_set(r, select);
}

enum sqli_status sqli__resolve_select(struct sqli_resolver *r, struct sqli_select *select)
{
    struct sqli_scope scope = {.outer = r->scope, .with = select->with};
    SQLI_TRY(sqli__resolve_enter(r, select->at));
    r->scope = &scope;
    enum sqli_status status = resolve_scoped(r, select);
    r->scope = scope.outer;
    r->depth--;
    select->outward = scope.outward;
    return status;
}

static void take_column(struct sqli_expr *expr, uint32_t column)
{
    const struct sqli_select_item *item = expr->select->items;
    for (uint32_t i = 0; i < column; i++)
        item = item->next;
    expr->column = column;
    expr->type = sqli__plain_type(&item->expr->type);
    expr->schema = item->expr->schema;
    expr->nullable = true;
}

enum sqli_status sqli__resolve_subquery(struct sqli_resolver *r, struct sqli_expr *expr)
{
    SQLI_TRY(sqli__resolve_select(r, expr->select));
    if (expr->select->item_count != 1)
        return sqli__resolve_fail(r, expr->select->at, SQLI_E_SUBQUERY_COLUMNS, NULL);
    take_column(expr, 0);
    return SQLI_OK;
}

struct sqli_expr *sqli__resolve_query_column(struct sqli_resolver *r, struct sqli_select *query,
                                             uint32_t column)
{
    struct sqli_expr *expr = sqli__resolve_node(r, SQLI_EXPR_SUBQUERY, query->at);
    if (!expr)
        return NULL;
    expr->select = query;
    take_column(expr, column);
    return expr;
}
