/* Makers of SELECT and of the statements that change data; tables and the rest are in
 * parse_define.c. */
#include "server/front/parse_inside.h"

/* Appends to a list with first and last; `node` is evaluated more than once. */
#define APPEND(list, node)              \
    do {                                \
        if ((list).last)                \
            (list).last->next = (node); \
        else                            \
            (list).first = (node);      \
        (list).last = (node);           \
    } while (0)

void sqli__set_statement(struct sqli_parse *p, enum sqli_statement_kind kind)
{
    p->tree->kind = kind;
}

/* --- SELECT --- */

struct sqli_select *sqli__make_select(struct sqli_parse *p, uint32_t at)
{
    struct sqli_select *select = sqli__parse_node(p, sizeof *select);
    select->at = at;
    if (++p->selects > SQLI_PARSE_SELECTS)
        sqli__parse_fail(p, SQLI_E_PARSE_STACK, at, "too many queries");
    return select;
}

void sqli__select_items(struct sqli_select *select, struct sqli_select_head head,
                        struct sqli_items items)
{
    select->distinct = head.distinct;
    select->skip = head.skip;
    select->first = head.first;
    select->items = items.first;
    select->item_count = items.count;
}

struct sqli_items sqli__items_add(struct sqli_parse *p, struct sqli_items list,
                                  struct sqli_expr *expr, struct sqli_name alias)
{
    struct sqli_select_item *item = sqli__parse_node(p, sizeof *item);
    if (expr->kind == SQLI_EXPR_PARAMETER)
        sqli__parse_syntax(p, expr->at);
    item->expr = expr;
    item->alias = alias;
    APPEND(list, item);
    list.count++;
    return list;
}

/* SELECT * FROM a source that is still to be told what of. */
static struct sqli_select *select_all(struct sqli_parse *p, enum sqli_source_kind kind, uint32_t at)
{
    struct sqli_select *outer = sqli__parse_node(p, sizeof *outer);
    struct sqli_items items =
        sqli__items_add(p, (struct sqli_items){.count = 0}, sqli__make_expr(p, SQLI_EXPR_STAR, at),
                        (struct sqli_name){.at = 0});
    outer->at = at;
    outer->from = sqli__make_source(p, kind, at, (struct sqli_alias){.columns = {0}});
    outer->items = items.first;
    outer->item_count = items.count;
    return outer;
}

/* For what applies to a query as a whole. */
static struct sqli_select *wrapped(struct sqli_parse *p, struct sqli_select *inner)
{
    struct sqli_select *outer = select_all(p, SQLI_SOURCE_SELECT, inner->at);
    outer->from->select = inner;
    return outer;
}

struct sqli_select *sqli__select_routine(struct sqli_parse *p, struct sqli_expr *call)
{
    struct sqli_select *select = select_all(p, SQLI_SOURCE_ROUTINE, call->at);
    select->from->call = call;
    p->selects++;
    return select;
}

/* What may not stand in an operand of UNION: it would belong to the whole, or is cut off. */
static bool has_limits(const struct sqli_select *select)
{
    return select->order || select->skip || select->first || select->with;
}

struct sqli_body sqli__make_set_operation(struct sqli_parse *p, struct sqli_body left,
                                          enum sqli_set_operation operation, struct sqli_body right)
{
    struct sqli_select *whole = sqli__make_select(p, left.select->at);
    whole->operation = operation;
    whole->left = has_limits(left.select) ? wrapped(p, left.select) : left.select;
    whole->right = has_limits(right.select) ? wrapped(p, right.select) : right.select;
    return (struct sqli_body){whole, false};
}

struct sqli_select *sqli__finish_select(struct sqli_parse *p, struct sqli_body body,
                                        struct sqli_orders orders, struct sqli_expr *limit,
                                        struct sqli_withs withs)
{
    struct sqli_select *select = body.select;
    bool more = orders.first || limit || withs.first;
    if (more && body.closed && has_limits(select))
        select = wrapped(p, select);
    if (limit && select->first)
        sqli__parse_syntax(p, limit->at);
    if (limit)
        select->first = limit;
    if (orders.first)
        select->order = orders.first;
    if (withs.first)
        select->with = withs.first;
    return select;
}

struct sqli_withs sqli__withs_add(struct sqli_parse *p, struct sqli_withs list, bool recursive,
                                  struct sqli_alias head, struct sqli_select *select)
{
    struct sqli_with *with = sqli__parse_node(p, sizeof *with);
    with->name = head.name;
    with->column_names = sqli__names_array(p, head.columns);
    with->column_name_count = head.columns.count;
    with->select = select;
    with->recursive = recursive;
    APPEND(list, with);
    return list;
}

struct sqli_orders sqli__orders_add(struct sqli_parse *p, struct sqli_orders list,
                                    struct sqli_expr *expr, bool descending,
                                    const struct sqli_lexeme *nulls)
{
    struct sqli_order *order = sqli__parse_node(p, sizeof *order);
    order->expr = expr;
    order->descending = descending;
    if (nulls->keyword == SQLI_KEYWORD_FIRST)
        order->nulls = -1;
    if (nulls->keyword == SQLI_KEYWORD_LAST)
        order->nulls = 1;
    APPEND(list, order);
    return list;
}

struct sqli_sources sqli__sources_add(struct sqli_sources list, struct sqli_source *source)
{
    APPEND(list, source);
    return list;
}

struct sqli_source *sqli__make_source(struct sqli_parse *p, enum sqli_source_kind kind, uint32_t at,
                                      struct sqli_alias alias)
{
    struct sqli_source *source = sqli__parse_node(p, sizeof *source);
    source->kind = kind;
    source->at = at;
    source->alias = alias.name;
    source->column_names = sqli__names_array(p, alias.columns);
    source->column_name_count = alias.columns.count;
    return source;
}

struct sqli_source *sqli__make_join(struct sqli_parse *p, struct sqli_source *left,
                                    enum sqli_keyword join, struct sqli_source *right,
                                    struct sqli_expr *on)
{
    struct sqli_source *source =
        sqli__make_source(p, SQLI_SOURCE_JOIN, left->at, (struct sqli_alias){.columns = {0}});
    if (++p->joins > SQLI_PARSE_JOINS)
        sqli__parse_fail(p, SQLI_E_PARSE_STACK, p->current.at, "too many joins");
    if (!on && join != SQLI_KEYWORD_CROSS)
        sqli__parse_syntax(p, p->current.at);
    source->join = SQLI_JOIN_INNER;
    if (join == SQLI_KEYWORD_LEFT)
        source->join = SQLI_JOIN_LEFT;
    if (join == SQLI_KEYWORD_RIGHT)
        source->join = SQLI_JOIN_RIGHT;
    if (join == SQLI_KEYWORD_FULL)
        source->join = SQLI_JOIN_FULL;
    if (join == SQLI_KEYWORD_CROSS)
        source->join = SQLI_JOIN_CROSS;
    source->left = left;
    source->right = right;
    source->on = on;
    return source;
}

void sqli__set_select(struct sqli_parse *p, struct sqli_select *select)
{
    bool temp = select->into_temp.name.text.data != NULL;
    sqli__set_statement(p, temp ? SQLI_STMT_SELECT_INTO_TEMP : SQLI_STMT_SELECT);
    p->tree->as.select = select;
}

/* --- INSERT, UPDATE, DELETE --- */

void sqli__set_insert(struct sqli_parse *p, struct sqli_object_name table,
                      struct sqli_names columns, struct sqli_exprs values,
                      struct sqli_select *select)
{
    struct sqli_insert *insert = sqli__parse_node(p, sizeof *insert);
    insert->table = table;
    insert->columns = sqli__names_array(p, columns);
    insert->column_count = columns.count;
    insert->values = values.first;
    insert->select = select;
    insert->literal_values = values.first && p->parameters == 0 && p->selects == 0;
    sqli__set_statement(p, SQLI_STMT_INSERT);
    p->tree->as.insert = insert;
}

struct sqli_assignments sqli__assign(struct sqli_parse *p, struct sqli_assignments list,
                                     struct sqli_name column, struct sqli_expr *value)
{
    struct sqli_assignment *assignment = sqli__parse_node(p, sizeof *assignment);
    assignment->column = column;
    assignment->value = value;
    APPEND(list, assignment);
    return list;
}

/* A query may stand for several values. */
static bool has_query(const struct sqli_expr *value)
{
    while (value && value->kind != SQLI_EXPR_SUBQUERY)
        value = value->next;
    return value != NULL;
}

struct sqli_exprs sqli__query_exprs(struct sqli_parse *p, struct sqli_select *select)
{
    const struct sqli_exprs none = {.first = NULL};
    return sqli__exprs_add(none, sqli__make_select_expr(p, SQLI_EXPR_SUBQUERY, select->at, select));
}

/* Which value is whose is known when the columns of the queries are. */
static struct sqli_assignments assign_later(struct sqli_parse *p, const struct sqli_name *columns,
                                            uint32_t count, struct sqli_exprs values)
{
    struct sqli_assignments list = {.first = NULL};
    for (uint32_t i = 0; i < count && columns && !p->arena->failed; i++)
        list = sqli__assign(p, list, columns[i], NULL);
    if (list.first)
        list.first->values = values.first;
    return list;
}

struct sqli_assignments sqli__assign_lists(struct sqli_parse *p, struct sqli_names names,
                                           struct sqli_exprs values, uint32_t at)
{
    struct sqli_assignments list = {.first = NULL};
    const struct sqli_name *column = sqli__names_array(p, names);
    struct sqli_expr *value = values.first;
    if (names.count != values.count) {
        if (!has_query(value))
            sqli__parse_fail(p, SQLI_E_VALUE_COUNT, at, NULL);
        return assign_later(p, column, names.count, values);
    }
    for (uint32_t i = 0; i < values.count && column && p->status == SQLI_OK && !p->arena->failed;
         i++) {
        struct sqli_expr *next = value->next;
        value->next = NULL;
        list = sqli__assign(p, list, column[i], value);
        value = next;
    }
    return list;
}

struct sqli_assignments sqli__assign_all(struct sqli_parse *p, struct sqli_exprs values,
                                         uint32_t at)
{
    const struct sqli_name star = {.at = at};
    return assign_later(p, &star, 1, values);
}

void sqli__set_update(struct sqli_parse *p, struct sqli_update update, struct sqli_rows rows)
{
    struct sqli_update *made = sqli__parse_node(p, sizeof *made);
    *made = update;
    made->where = rows.where;
    made->cursor = rows.cursor;
    sqli__set_statement(p, rows.where              ? SQLI_STMT_UPDATE
                           : rows.cursor.text.data ? SQLI_STMT_UPDATE_CURRENT
                                                   : SQLI_STMT_UPDATE_ALL);
    p->tree->as.update = made;
}

void sqli__set_delete(struct sqli_parse *p, struct sqli_delete remove, struct sqli_rows rows)
{
    struct sqli_delete *made = sqli__parse_node(p, sizeof *made);
    *made = remove;
    made->where = rows.where;
    made->cursor = rows.cursor;
    sqli__set_statement(p, rows.where              ? SQLI_STMT_DELETE
                           : rows.cursor.text.data ? SQLI_STMT_DELETE_CURRENT
                                                   : SQLI_STMT_DELETE_ALL);
    p->tree->as.remove = made;
}
