/* Views: the text of a view stands for its query, wherever its name does. */
#include "server/front/parse.h"
#include "server/front/resolve_inside.h"

enum { VIEWS_MAX = 64 /* nested in each other */ };

void sqli__resolve_use(struct sqli_resolver *r, const struct sqli_table *table, int32_t column,
                       uint32_t at)
{
    struct sqli_use use = {table, column < 0 ? NULL : &table->columns[column], at};
    if (r->on_use && r->views == 0 && table)
        r->on_use(r->use_context, &use);
}

enum sqli_status sqli__parse_view(struct sqli_span text, struct sqli_arena *arena,
                                  struct sqli_create_view **view, struct sqli_error *error)
{
    const struct sqli_parse_options options = {.delimident = true, .single_byte = true};
    struct sqli_statement_tree *tree;
    SQLI_TRY(sqli__parse(text, &options, arena, &tree, error));
    if (tree->kind != SQLI_STMT_CREATE_VIEW)
        return sqli__fail(error, SQLI_E_VIEW_TABLE_ALTERED, NULL);
    *view = tree->as.create_view;
    return SQLI_OK;
}

/* What of the resolver is another one inside a view. */
struct outside {
    struct sqli_scope *scope;
    struct sqli_span text;
    struct sqli_span database;
};

static enum sqli_status enter(struct sqli_resolver *r, const struct sqli_source *source,
                              struct outside *outside)
{
    *outside = (struct outside){r->scope, r->text, r->database};
    if (r->views == VIEWS_MAX)
        return sqli__resolve_fail_name(r, source->at, SQLI_E_PARSE_STACK, source->table->name);
    r->views++;
    r->scope = NULL;
    r->text = source->table->text;
    if (source->name.database.text.data)
        r->database = source->name.database.text;
    return SQLI_OK;
}

static void leave(struct sqli_resolver *r, const struct outside *outside)
{
    r->views--;
    r->scope = outside->scope;
    r->text = outside->text;
    r->database = outside->database;
}

/* The names are those that were given to the view, the types what the query gives today. */
static enum sqli_status become_query(struct sqli_resolver *r, struct sqli_source *source,
                                     struct sqli_select *select)
{
    const struct sqli_table *view = source->table;
    struct sqli_source *query = sqli__resolve_wrap(r, select);
    SQLI_TRY(sqli__resolve_status(r));
    if (!query || query->count != view->count)
        return sqli__resolve_fail_name(r, source->at, SQLI_E_VIEW_TABLE_ALTERED, view->name);
    for (uint32_t i = 0; i < view->count; i++)
        query->columns[i].name = view->columns[i].name;
    source->kind = SQLI_SOURCE_SELECT;
    source->select = select;
    source->number = query->number;
    source->count = query->count;
    source->columns = query->columns;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_view(struct sqli_resolver *r, struct sqli_source *source)
{
    struct outside outside;
    struct sqli_create_view *view = NULL;
    SQLI_TRY(enter(r, source, &outside));
    enum sqli_status status = sqli__parse_view(source->table->text, r->arena, &view, r->error);
    if (status == SQLI_OK && view)
        status = sqli__resolve_select(r, view->select);
    leave(r, &outside);
    return status == SQLI_OK && view ? become_query(r, source, view->select) : status;
}

/* --- rows written through a view --- */

/* One row of the view is one row of its table. */
static bool is_simple(const struct sqli_select *select)
{
    const struct sqli_source *from = select->from;
    return select->operation == SQLI_SET_NONE && !select->distinct && !select->group &&
           !select->having && !select->first && !select->skip && !select->with && from &&
           !from->next && from->kind == SQLI_SOURCE_TABLE;
}

/* The columns of the view first, in its order; behind them, without a name, those it hides. */
struct layout {
    struct sqli_table *table;
    const struct sqli_table *base;
    bool *shown;
};

static enum sqli_status begin_layout(struct sqli_resolver *r, const struct sqli_table *view,
                                     const struct sqli_table *base, struct layout *layout)
{
    uint32_t room = view->count + base->count;
    layout->table = SQLI_NEW(r, struct sqli_table);
    layout->base = base;
    layout->shown = sqli__resolve_alloc(r, base->count, sizeof *layout->shown);
    SQLI_TRY(sqli__resolve_status(r));
    *layout->table = *base;
    layout->table->columns = sqli__resolve_alloc(r, room, sizeof *layout->table->columns);
    layout->table->count = 0;
    return sqli__resolve_status(r);
}

/* A column that is an expression, or there twice, cannot be written. */
static void show_column(struct layout *layout, const struct sqli_table *view, uint32_t number,
                        const struct sqli_expr *item)
{
    if (item->kind != SQLI_EXPR_COLUMN || layout->shown[item->column])
        return;
    layout->shown[item->column] = true;
    struct sqli_table_column *column = &layout->table->columns[layout->table->count++];
    *column = layout->base->columns[item->column];
    column->name = view->columns[number].name;
}

static uint32_t hide_rest(struct layout *layout)
{
    uint32_t visible = layout->table->count;
    for (uint32_t i = 0; i < layout->base->count; i++) {
        if (layout->shown[i])
            continue;
        struct sqli_table_column *column = &layout->table->columns[layout->table->count++];
        *column = layout->base->columns[i];
        column->name = sqli__span("", 0);
    }
    return visible;
}

static enum sqli_status offer_layout(struct sqli_resolver *r, const struct sqli_source *source,
                                     const struct sqli_select *select,
                                     struct sqli_view_target *view)
{
    struct layout layout;
    uint32_t number = 0;
    SQLI_TRY(begin_layout(r, source->table, view->base->table, &layout));
    for (const struct sqli_select_item *item = select->items; item; item = item->next)
        show_column(&layout, source->table, number++, item->expr);
    uint32_t visible = hide_rest(&layout);
    view->target = SQLI_NEW(r, struct sqli_source);
    SQLI_TRY(sqli__resolve_status(r));
    *view->target = *source;
    SQLI_TRY(sqli__resolve_offer_table(r, view->target, layout.table));
    view->target->visible = visible;
    view->target->number = view->base->number;
    return SQLI_OK;
}

/* Below a view there may be another one: its columns are looked for in that one's table. */
static enum sqli_status open_base(struct sqli_resolver *r, struct sqli_select *select,
                                  struct sqli_view_target *below)
{
    struct sqli_source *from = select->from;
    struct sqli_object_name name = from->name;
    SQLI_TRY(sqli__resolve_table(r, &name, from));
    *below = (struct sqli_view_target){.target = from, .base = from};
    if (from->table->system)
        return sqli__resolve_fail_name(r, from->at, SQLI_E_VIEW_CHANGE, from->table->name);
    if (from->table->kind == 'V')
        SQLI_TRY(sqli__resolve_view_target(r, from, below));
    else if (from->table->kind != 'T')
        return sqli__resolve_fail_name(r, from->at, SQLI_E_VIEW_CHANGE, from->table->name);
    below->target->alias = from->alias;
    return SQLI_OK;
}

static enum sqli_status expand_items(struct sqli_resolver *r, struct sqli_select *select,
                                     const struct sqli_source *target)
{
    for (struct sqli_select_item *item = select->items; item; item = item->next) {
        if (item->expr->kind == SQLI_EXPR_STAR)
            return sqli__resolve_fail_name(r, item->expr->at, SQLI_E_VIEW_CHANGE,
                                           target->table->name);
        SQLI_TRY(sqli__resolve_expr(r, item->expr));
        if (sqli__has_aggregate(item->expr))
            return sqli__resolve_fail_name(r, item->expr->at, SQLI_E_VIEW_CHANGE,
                                           target->table->name);
    }
    return SQLI_OK;
}

static enum sqli_status join_filters(struct sqli_resolver *r, struct sqli_view_target *view,
                                     struct sqli_expr *own)
{
    if (!own || !view->filter) {
        view->filter = own ? own : view->filter;
        return SQLI_OK;
    }
    struct sqli_expr *both = sqli__resolve_node(r, SQLI_EXPR_AND, own->at);
    SQLI_TRY(sqli__resolve_status(r));
    both->type = own->type;
    both->depth = (own->depth > view->filter->depth ? own->depth : view->filter->depth) + 1;
    sqli__resolve_args(both, own, view->filter, NULL);
    view->filter = both;
    return SQLI_OK;
}

static enum sqli_status target_inside(struct sqli_resolver *r, struct sqli_source *source,
                                      struct sqli_view_target *view)
{
    struct sqli_create_view *definition = NULL;
    struct sqli_view_target below;
    SQLI_TRY(sqli__parse_view(source->table->text, r->arena, &definition, r->error));
    if (!definition)
        return SQLI_FAIL;
    struct sqli_select *select = definition->select;
    if (!is_simple(select))
        return sqli__resolve_fail_name(r, source->at, SQLI_E_VIEW_CHANGE, source->table->name);
    SQLI_TRY(open_base(r, select, &below));
    struct sqli_scope scope = {.target = below.target, .clause = SQLI_CLAUSE_ITEMS};
    r->scope = &scope;
    SQLI_TRY(expand_items(r, select, below.target));
    scope.clause = SQLI_CLAUSE_PLAIN;
    if (select->where)
        SQLI_TRY(sqli__resolve_condition(r, select->where));
    *view = (struct sqli_view_target){
        .base = below.target, .filter = below.filter, .check = below.check || definition->check};
    SQLI_TRY(join_filters(r, view, select->where));
    return offer_layout(r, source, select, view);
}

enum sqli_status sqli__resolve_view_target(struct sqli_resolver *r, struct sqli_source *source,
                                           struct sqli_view_target *view)
{
    struct outside outside;
    SQLI_TRY(enter(r, source, &outside));
    enum sqli_status status = target_inside(r, source, view);
    leave(r, &outside);
    return status;
}

/* --- WITH CHECK OPTION --- */

/* The column of the table that an assignment or an expression means, by its number there. */
static int16_t column_number(const struct sqli_expr *expr)
{
    return expr->source->table->columns[expr->column].number;
}

struct new_row {
    struct sqli_resolver *r;
    const struct sqli_view_target *view;
    const struct sqli_assignment *assignments;
    bool unknown; /* a part of the filter that cannot be rewritten */
};

static struct sqli_expr *new_value(const struct new_row *row, int16_t number)
{
    for (const struct sqli_assignment *one = row->assignments; one; one = one->next)
        if (row->view->target->table->columns[one->index].number == number)
            return one->value;
    return NULL;
}

/* A copy of the filter, with the new values in the place of the columns. */
static struct sqli_expr *with_new_values(struct new_row *row, const struct sqli_expr *expr)
{
    struct sqli_expr *copy = sqli__resolve_copy(row->r, expr);
    if (!copy)
        return NULL;
    row->unknown |= expr->select != NULL || expr->kind == SQLI_EXPR_ROWID;
    if (expr->kind == SQLI_EXPR_COLUMN && expr->source->number == row->view->base->number) {
        struct sqli_expr *value = new_value(row, column_number(expr));
        return value ? sqli__resolve_copy(row->r, value) : copy;
    }
    struct sqli_expr **end = &copy->args;
    for (const struct sqli_expr *arg = expr->args; arg; arg = arg->next) {
        *end = with_new_values(row, arg);
        if (!*end)
            return NULL;
        end = &(*end)->next;
    }
    *end = NULL;
    return copy;
}

/* CASE WHEN filter THEN value ELSE x_fail(-385, view) END */
enum sqli_status sqli__resolve_view_check(struct sqli_resolver *r,
                                          const struct sqli_view_target *view,
                                          struct sqli_assignment *assignments)
{
    struct new_row row = {r, view, assignments, false};
    if (!view->check || !view->filter || !assignments)
        return SQLI_OK;
    struct sqli_expr *condition = with_new_values(&row, view->filter);
    struct sqli_expr *value = assignments->value;
    struct sqli_expr *kept = sqli__resolve_copy(r, value);
    struct sqli_expr *fail = sqli__resolve_node(r, SQLI_EXPR_CALL, value->at);
    struct sqli_expr *code = sqli__resolve_number(r, value->at, SQLI_E_VALUE_OUT_OF_RANGE);
    struct sqli_expr *near = sqli__resolve_text(r, value->at, view->target->name.name.text);
    SQLI_TRY(sqli__resolve_status(r));
    if (row.unknown)
        return sqli__resolve_fail_name(r, value->at, SQLI_E_VIEW_CHANGE,
                                       view->target->name.name.text);
    struct sqli_type type = value->type;
    sqli__resolve_become_call(fail, "x_fail", &type);
    sqli__resolve_args(fail, code, near, NULL);
    sqli__resolve_become(value, SQLI_EXPR_CASE, &type);
    value->odd_else = true;
    value->nullable = kept->nullable;
    sqli__resolve_args(value, condition, kept, fail, NULL);
    return SQLI_OK;
}
