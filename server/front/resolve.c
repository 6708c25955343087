/* Statements: what goes into which column, and where the names of each come from. */
#include "server/front/resolve.h"

#include "server/front/parse.h"
#include "server/front/resolve_inside.h"

enum { SCRATCH_MAX = 1 << 20 };

/* --- defaults --- */

static enum sqli_status read_default(struct sqli_resolver *r, const struct sqli_type *type,
                                     const struct sqli_schema *schema, struct sqli_span text,
                                     struct sqli_expr **value)
{
    const struct sqli_parse_options options = {.delimident = sqli__catalog_delimident(r->catalog),
                                               .single_byte = true};
    struct sqli_scope *before = r->scope;
    SQLI_TRY(sqli__parse_expression(text, &options, r->arena, value, r->error));
    r->scope = NULL;
    enum sqli_status status = sqli__resolve_expr(r, *value);
    if (status == SQLI_OK)
        status = sqli__resolve_coerce(r, *value, type, schema);
    r->scope = before;
    return status;
}

static struct sqli_expr *null_of(struct sqli_resolver *r, const struct sqli_type *type,
                                 const struct sqli_schema *schema)
{
    struct sqli_value nothing = {.null = true};
    struct sqli_expr *expr = sqli__resolve_node(r, SQLI_EXPR_CONSTANT, 0);
    if (!expr || sqli__resolve_become_constant(r, expr, type, &nothing) != SQLI_OK)
        return NULL;
    expr->schema = schema;
    return expr;
}

/* What a column gets that is not mentioned. */
static enum sqli_status default_of(struct sqli_resolver *r, const struct sqli_table_column *column,
                                   struct sqli_expr **value)
{
    struct sqli_type type = sqli__plain_type(&column->type);
    if (column->default_kind != SQLI_DEFAULT_NONE && column->default_kind != SQLI_DEFAULT_NULL)
        return read_default(r, &type, column->schema, column->default_text, value);
    *value = null_of(r, &type, column->schema);
    return sqli__resolve_status(r);
}

/* --- values for columns --- */

/* x_serial draws the next number for 0 and NULL. */
static enum sqli_status wrap_serial(struct sqli_resolver *r, const struct sqli_table *table,
                                    const struct sqli_table_column *column, struct sqli_expr *value)
{
    struct sqli_type type = column->type;
    struct sqli_expr *given = sqli__resolve_copy(r, value);
    struct sqli_expr *tabid =
        sqli__resolve_number(r, value->at, sqli__catalog_counter(r->catalog, table));
    struct sqli_expr *number = sqli__resolve_number(r, value->at, column->number);
    struct sqli_expr *name = sqli__resolve_type_text(r, value->at, &type);
    SQLI_TRY(sqli__resolve_status(r));
    type.flags = 0;
    sqli__resolve_become_call(value, "x_serial", &type);
    sqli__resolve_args(value, given, tabid, number, name, NULL);
    value->nullable = false;
    return SQLI_OK;
}

/* BYTE and TEXT take nothing but such values: from a parameter, or out of another column. */
static enum sqli_status check_large(struct sqli_resolver *r, const struct sqli_table *table,
                                    const struct sqli_table_column *column,
                                    const struct sqli_expr *value)
{
    bool null = sqli__type_is_null(&value->type) ||
                (value->kind == SQLI_EXPR_CONSTANT && value->constant->null);
    if (sqli__type_is_lob(&column->type) && sqli__table_is_elsewhere(table) && !null)
        return sqli__resolve_fail_name(r, value->at, SQLI_E_REMOTE_TYPE, column->name);
    if (sqli__type_kind(&column->type) != SQLI_KIND_SIMPLE_LOB || sqli__is_untyped(value) || null ||
        sqli__type_kind(&value->type) == SQLI_KIND_SIMPLE_LOB)
        return SQLI_OK;
    return sqli__resolve_fail_name(r, value->at, SQLI_E_BLOB_REQUIRED, column->name);
}

static enum sqli_status fit_to_column(struct sqli_resolver *r, const struct sqli_table *table,
                                      const struct sqli_table_column *column,
                                      struct sqli_expr *value, bool insert)
{
    bool serial = sqli__type_is_serial(&column->type);
    struct sqli_type type = sqli__plain_type(&column->type);
    if (serial && sqli__is_untyped(value)) /* is described as what it is */
        type.code = column->type.code;
    SQLI_TRY(check_large(r, table, column, value));
    SQLI_TRY(sqli__resolve_assign(r, value, &type, column->schema));
    return serial && insert ? wrap_serial(r, table, column, value) : SQLI_OK;
}

/* --- targets --- */

static enum sqli_status resolve_target(struct sqli_resolver *r, const struct sqli_object_name *name,
                                       struct sqli_name alias, int32_t forbidden,
                                       struct sqli_source **target)
{
    struct sqli_source *source = SQLI_NEW(r, struct sqli_source);
    if (!source)
        return sqli__resolve_status(r);
    SQLI_TRY(sqli__resolve_table(r, name, source));
    source->alias = alias;
    source->at = name->name.at;
    if (source->table->system)
        return sqli__resolve_fail_name(r, name->name.at, forbidden, name->name.text);
    *target = source;
    return SQLI_OK;
}

/* What a view adds to a statement that goes through it; nothing for a table. */
static enum sqli_status through_view(struct sqli_resolver *r, struct sqli_source **target,
                                     struct sqli_view_target *view)
{
    struct sqli_source *source = *target;
    *view = (struct sqli_view_target){.target = source};
    if (source->table->kind != 'V')
        return SQLI_OK;
    enum sqli_status status = sqli__resolve_view_target(r, source, view);
    /* What stands in the way may be in a view below; the statement names this one. */
    if (status != SQLI_OK && r->error->code == SQLI_E_VIEW_CHANGE)
        return sqli__resolve_fail_name(r, source->at, SQLI_E_VIEW_CHANGE, source->table->name);
    *target = view->target;
    return status;
}

/* Both conditions; each may be NULL. */
static enum sqli_status add_filter(struct sqli_resolver *r, struct sqli_expr **where,
                                   struct sqli_expr *filter)
{
    if (!filter || !*where) {
        *where = filter ? filter : *where;
        return SQLI_OK;
    }
    struct sqli_expr *both = sqli__resolve_node(r, SQLI_EXPR_AND, (*where)->at);
    SQLI_TRY(sqli__resolve_status(r));
    both->type = (*where)->type;
    both->depth = ((*where)->depth > filter->depth ? (*where)->depth : filter->depth) + 1;
    sqli__resolve_args(both, *where, filter, NULL);
    *where = both;
    return SQLI_OK;
}

static enum sqli_status find_column(struct sqli_resolver *r, const struct sqli_table *table,
                                    const struct sqli_name *name, uint32_t *index)
{
    int32_t found = sqli__table_column(table, name->text);
    *index = 0;
    if (found < 0)
        return sqli__resolve_fail_name(r, name->at, SQLI_E_COLUMN_NOT_FOUND, name->text);
    *index = (uint32_t)found;
    return SQLI_OK;
}

/* --- INSERT --- */

/* One expression for each column of the table; NULL: the default. */
struct row {
    const struct sqli_table *table;
    struct sqli_expr **values;
    uint32_t *columns; /* of the list, or all in their order */
    uint32_t count;
};

static enum sqli_status read_columns(struct sqli_resolver *r, const struct sqli_insert *insert,
                                     struct row *row)
{
    uint32_t count = row->table->count;
    bool *seen = sqli__resolve_alloc(r, count, sizeof *seen);
    row->values = sqli__resolve_alloc(r, count, sizeof(struct sqli_expr *));
    row->columns = sqli__resolve_alloc(r, count, sizeof *row->columns);
    SQLI_TRY(sqli__resolve_status(r));
    for (uint32_t i = 0; i < count; i++)
        row->columns[i] = i;
    if (insert->target->visible)
        count = insert->target->visible;
    row->count = insert->column_count ? 0 : count;
    for (uint32_t i = 0; i < insert->column_count; i++) {
        const struct sqli_name *name = &insert->columns[i];
        uint32_t index;
        SQLI_TRY(find_column(r, row->table, name, &index));
        if (seen[index])
            return sqli__resolve_fail_name(r, name->at, SQLI_E_INSERT_COLUMN_TWICE, name->text);
        seen[index] = true;
        row->columns[row->count++] = index;
    }
    return SQLI_OK;
}

static enum sqli_status read_values(struct sqli_resolver *r, const struct sqli_insert *insert,
                                    struct row *row)
{
    uint32_t i = 0;
    struct sqli_expr *value = insert->values;
    while (value && i < row->count) {
        struct sqli_expr *next = value->next;
        if (value->kind != SQLI_EXPR_DEFAULT) {
            SQLI_TRY(sqli__resolve_expr(r, value));
            value->next = NULL;
            row->values[row->columns[i]] = value;
        }
        value = next;
        i++;
    }
    if (value || i != row->count)
        return sqli__resolve_fail(r, insert->table.name.at, SQLI_E_VALUE_COUNT, NULL);
    return SQLI_OK;
}

static enum sqli_status read_select(struct sqli_resolver *r, struct sqli_insert *insert,
                                    struct row *row)
{
    SQLI_TRY(sqli__resolve_select(r, insert->select));
    insert->source = sqli__resolve_wrap(r, insert->select);
    SQLI_TRY(sqli__resolve_status(r));
    if (insert->source->count != row->count)
        return sqli__resolve_fail(r, insert->table.name.at, SQLI_E_VALUE_COUNT, NULL);
    for (uint32_t i = 0; i < row->count; i++)
        row->values[row->columns[i]] =
            sqli__resolve_column(r, insert->select->at, insert->source, i);
    return sqli__resolve_status(r);
}

static enum sqli_status assign_all(struct sqli_resolver *r, struct sqli_insert *insert,
                                   struct row *row)
{
    struct sqli_assignment **end = &insert->assignments;
    *end = NULL;
    for (uint32_t i = 0; i < row->table->count; i++) {
        const struct sqli_table_column *column = &row->table->columns[i];
        struct sqli_assignment *one = SQLI_NEW(r, struct sqli_assignment);
        SQLI_TRY(sqli__resolve_status(r));
        if (!row->values[i])
            SQLI_TRY(default_of(r, column, &row->values[i]));
        SQLI_TRY(fit_to_column(r, row->table, column, row->values[i], true));
        one->column.text = column->name;
        one->index = i;
        one->value = row->values[i];
        *end = one;
        end = &one->next;
    }
    return SQLI_OK;
}

static enum sqli_status resolve_insert(struct sqli_resolver *r, struct sqli_insert *insert)
{
    const struct sqli_name no_alias = {.at = 0};
    struct row row = {.table = NULL};
    struct sqli_view_target view;
    SQLI_TRY(
        resolve_target(r, &insert->table, no_alias, SQLI_E_NO_INSERT_PERMISSION, &insert->target));
    SQLI_TRY(through_view(r, &insert->target, &view));
    row.table = insert->target->table;
    SQLI_TRY(read_columns(r, insert, &row));
    SQLI_TRY(insert->select ? read_select(r, insert, &row) : read_values(r, insert, &row));
    SQLI_TRY(assign_all(r, insert, &row));
    return sqli__resolve_view_check(r, &view, insert->assignments);
}

/* --- UPDATE and DELETE --- */

static enum sqli_status resolve_assignment(struct sqli_resolver *r, const struct sqli_table *table,
                                           struct sqli_assignment *one)
{
    SQLI_TRY(find_column(r, table, &one->column, &one->index));
    const struct sqli_table_column *column = &table->columns[one->index];
    if (sqli__type_is_serial(&column->type))
        return sqli__resolve_fail_name(r, one->column.at, SQLI_E_SERIAL_UPDATE, one->column.text);
    if (one->value->kind == SQLI_EXPR_DEFAULT)
        SQLI_TRY(default_of(r, column, &one->value));
    SQLI_TRY(one->query ? SQLI_OK : sqli__resolve_expr(r, one->value));
    return fit_to_column(r, table, column, one->value, false);
}

/* SET * = (...): an assignment to each column, in their order. */
static enum sqli_status name_columns(struct sqli_resolver *r, const struct sqli_source *target,
                                     struct sqli_assignment *star)
{
    const struct sqli_table *table = target->table;
    const uint32_t count = target->visible ? target->visible : table->count;
    struct sqli_assignment *last = star;
    star->column.text = table->columns[0].name;
    for (uint32_t i = 1; i < count; i++) {
        struct sqli_assignment *one = SQLI_NEW(r, struct sqli_assignment);
        if (!one)
            return sqli__resolve_status(r);
        one->column = (struct sqli_name){.text = table->columns[i].name, .at = star->column.at};
        one->next = last->next;
        last->next = one;
        last = one;
    }
    return SQLI_OK;
}

static bool waits(const struct sqli_assignment *one)
{
    return one && !one->value && !one->values;
}

/* The columns of a query go to the assignments from `*to` on, as far as these wait for a value. */
static enum sqli_status spread_query(struct sqli_resolver *r, struct sqli_select *query,
                                     struct sqli_assignment **to)
{
    SQLI_TRY(sqli__resolve_select(r, query));
    for (uint32_t i = 0; i < query->item_count; i++, *to = (*to)->next) {
        if (!waits(*to))
            return sqli__resolve_fail(r, query->at, SQLI_E_VALUE_COUNT, NULL);
        (*to)->value = sqli__resolve_query_column(r, query, i);
        (*to)->query = query;
        SQLI_TRY(sqli__resolve_status(r));
    }
    return SQLI_OK;
}

static enum sqli_status spread_values(struct sqli_resolver *r, struct sqli_assignment *to)
{
    const uint32_t at = to->column.at;
    struct sqli_expr *next = to->values;
    to->values = NULL;
    while (next) {
        struct sqli_expr *value = next;
        next = value->next;
        value->next = NULL;
        if (value->kind == SQLI_EXPR_SUBQUERY) {
            SQLI_TRY(spread_query(r, value->select, &to));
        } else if (waits(to)) {
            to->value = value;
            to = to->next;
        } else {
            return sqli__resolve_fail(r, at, SQLI_E_VALUE_COUNT, NULL);
        }
    }
    return waits(to) ? sqli__resolve_fail(r, at, SQLI_E_VALUE_COUNT, NULL) : SQLI_OK;
}

static enum sqli_status resolve_assignments(struct sqli_resolver *r, struct sqli_update *update)
{
    const struct sqli_table *table = update->target->table;
    for (struct sqli_assignment *one = update->assignments; one; one = one->next) {
        SQLI_TRY(one->column.text.data ? SQLI_OK : name_columns(r, update->target, one));
        SQLI_TRY(one->values ? spread_values(r, one) : SQLI_OK);
        SQLI_TRY(resolve_assignment(r, table, one));
        for (const struct sqli_assignment *before = update->assignments; before != one;
             before = before->next)
            if (before->index == one->index)
                return sqli__resolve_fail_name(r, one->column.at, SQLI_E_INSERT_COLUMN_TWICE,
                                               one->column.text);
    }
    return SQLI_OK;
}

static enum sqli_status resolve_update(struct sqli_resolver *r, struct sqli_update *update)
{
    struct sqli_scope scope = {.outer = r->scope};
    struct sqli_view_target view;
    SQLI_TRY(resolve_target(r, &update->table, update->alias, SQLI_E_NO_UPDATE_PERMISSION,
                            &update->target));
    SQLI_TRY(through_view(r, &update->target, &view));
    SQLI_TRY(sqli__resolve_sources(r, update->from));
    scope.target = update->target;
    scope.from = update->from;
    r->scope = &scope;
    SQLI_TRY(sqli__resolve_joins(r, update->from));
    SQLI_TRY(resolve_assignments(r, update));
    SQLI_TRY(update->where ? sqli__resolve_condition(r, update->where) : SQLI_OK);
    r->scope = scope.outer;
    SQLI_TRY(sqli__resolve_view_check(r, &view, update->assignments));
    return add_filter(r, &update->where, view.filter);
}

static enum sqli_status resolve_delete(struct sqli_resolver *r, struct sqli_delete *remove)
{
    struct sqli_scope scope = {.outer = r->scope};
    struct sqli_view_target view;
    SQLI_TRY(resolve_target(r, &remove->table, remove->alias, SQLI_E_NO_DELETE_PERMISSION,
                            &remove->target));
    SQLI_TRY(through_view(r, &remove->target, &view));
    scope.target = remove->target;
    r->scope = &scope;
    SQLI_TRY(remove->where ? sqli__resolve_condition(r, remove->where) : SQLI_OK);
    r->scope = scope.outer;
    return add_filter(r, &remove->where, view.filter);
}

/* --- MERGE --- */

static enum sqli_status resolve_merge_update(struct sqli_resolver *r, struct sqli_merge *merge)
{
    struct sqli_update update = {.target = merge->target, .assignments = merge->update};
    return resolve_assignments(r, &update);
}

/* The new row can only be made of the source. */
static enum sqli_status resolve_merge_insert(struct sqli_resolver *r, struct sqli_merge *merge)
{
    struct sqli_insert *insert = merge->insert;
    struct row row = {.table = merge->target->table};
    insert->target = merge->target;
    SQLI_TRY(read_columns(r, insert, &row));
    SQLI_TRY(read_values(r, insert, &row));
    return assign_all(r, insert, &row);
}

static enum sqli_status resolve_merge_clauses(struct sqli_resolver *r, struct sqli_merge *merge,
                                              struct sqli_scope *scope)
{
    SQLI_TRY(sqli__resolve_joins(r, merge->source));
    SQLI_TRY(sqli__resolve_condition(r, merge->on));
    if (merge->update)
        SQLI_TRY(resolve_merge_update(r, merge));
    scope->target = NULL;
    return merge->insert ? resolve_merge_insert(r, merge) : SQLI_OK;
}

static enum sqli_status resolve_merge(struct sqli_resolver *r, struct sqli_merge *merge)
{
    struct sqli_scope scope = {.outer = r->scope};
    SQLI_TRY(resolve_target(r, &merge->table, merge->alias, SQLI_E_NO_UPDATE_PERMISSION,
                            &merge->target));
    if (merge->target->table->kind != 'T')
        return sqli__resolve_fail_name(r, merge->target->at, SQLI_E_VIEW_CHANGE,
                                       merge->target->table->name);
    SQLI_TRY(sqli__resolve_sources(r, merge->source));
    scope.target = merge->target;
    scope.from = merge->source;
    r->scope = &scope;
    enum sqli_status status = resolve_merge_clauses(r, merge, &scope);
    r->scope = scope.outer;
    SQLI_TRY(status);
    merge->joined = SQLI_NEW(r, struct sqli_source);
    SQLI_TRY(sqli__resolve_status(r));
    *merge->joined = (struct sqli_source){.kind = SQLI_SOURCE_JOIN,
                                          .at = merge->source->at,
                                          .join = merge->insert ? SQLI_JOIN_LEFT : SQLI_JOIN_INNER,
                                          .left = merge->source,
                                          .right = merge->target,
                                          .on = merge->on};
    return SQLI_OK;
}

/* --- SELECT --- */

/* Each row must be one of a table, so that it can be changed through the cursor. */
static bool is_updatable(const struct sqli_select *select)
{
    const struct sqli_source *from = select->from;
    if (select->operation != SQLI_SET_NONE || select->distinct || select->group || select->having ||
        select->order || select->into_temp.name.text.data || !from || from->next)
        return false;
    for (const struct sqli_select_item *item = select->items; item; item = item->next)
        if (sqli__has_aggregate(item->expr))
            return false;
    return from->kind == SQLI_SOURCE_TABLE && from->table;
}

static enum sqli_status check_for_update(struct sqli_resolver *r, const struct sqli_select *select)
{
    if (!is_updatable(select))
        return sqli__resolve_fail(r, select->at, SQLI_E_FOR_UPDATE_SELECT, NULL);
    for (uint32_t i = 0; i < select->update_column_count; i++) {
        uint32_t index;
        SQLI_TRY(find_column(r, select->from->table, &select->update_columns[i], &index));
    }
    return SQLI_OK;
}

static bool has_name(const struct sqli_select_item *item)
{
    return item->name.length && item->name.data[0] != '(';
}

/* The columns of the new table have names, and no two the same. */
static enum sqli_status check_into(struct sqli_resolver *r, const struct sqli_select *select)
{
    for (const struct sqli_select_item *item = select->items; item; item = item->next) {
        if (!has_name(item))
            return sqli__resolve_fail(r, item->expr->at, SQLI_E_COLUMN_NEEDS_NAME, NULL);
        for (const struct sqli_select_item *before = select->items; before != item;
             before = before->next)
            if (sqli__span_equal(before->name, item->name))
                return sqli__resolve_fail_name(r, item->expr->at, SQLI_E_COLUMN_EXISTS, item->name);
    }
    return SQLI_OK;
}

static enum sqli_status resolve_query(struct sqli_resolver *r, struct sqli_select *select)
{
    SQLI_TRY(sqli__resolve_select(r, select));
    SQLI_TRY(sqli__resolve_targets(r, select));
    select->updatable = is_updatable(select) && !select->for_read_only &&
                        select->from->table->kind == 'T' && !select->from->table->system;
    if (select->into_temp.name.text.data)
        SQLI_TRY(check_into(r, select));
    return select->for_update ? check_for_update(r, select) : SQLI_OK;
}

/* --- the statement --- */

static enum sqli_status resolve_statement(struct sqli_resolver *r)
{
    struct sqli_statement_tree *tree = r->tree;
    switch (tree->kind) {
    case SQLI_STMT_SELECT:
    case SQLI_STMT_SELECT_INTO_TEMP: return resolve_query(r, tree->as.select);
    case SQLI_STMT_INSERT: return resolve_insert(r, tree->as.insert);
    case SQLI_STMT_UPDATE:
    case SQLI_STMT_UPDATE_CURRENT:
    case SQLI_STMT_UPDATE_ALL: return resolve_update(r, tree->as.update);
    case SQLI_STMT_DELETE:
    case SQLI_STMT_DELETE_CURRENT:
    case SQLI_STMT_DELETE_ALL: return resolve_delete(r, tree->as.remove);
    case SQLI_STMT_MERGE: return resolve_merge(r, tree->as.merge);
    case SQLI_STMT_EXECUTE_ROUTINE: return sqli__resolve_execute(r, tree->as.execute);
    case SQLI_STMT_CREATE_TABLE:
    case SQLI_STMT_CREATE_TEMP_TABLE:
        return tree->as.create_table->select ? resolve_query(r, tree->as.create_table->select)
                                             : SQLI_OK;
    default: return SQLI_OK;
    }
}

static enum sqli_status prepare_parameters(struct sqli_resolver *r)
{
    struct sqli_statement_tree *tree = r->tree;
    uint32_t count = tree->parameter_count;
    tree->parameters = sqli__resolve_alloc(r, count, sizeof *tree->parameters);
    tree->parameter_schemas = sqli__resolve_alloc(r, count, sizeof(const struct sqli_schema *));
    tree->parameters_told = sqli__resolve_alloc(r, count, sizeof *tree->parameters_told);
    SQLI_TRY(sqli__resolve_status(r));
    for (uint32_t i = 0; i < count; i++)
        tree->parameters[i] = tree->parameters_told[i] = sqli__make_null();
    return SQLI_OK;
}

static void open_resolver(struct sqli_resolver *r, struct sqli_catalog *catalog,
                          struct sqli_span text, struct sqli_arena *arena, struct sqli_error *error)
{
    *r = (struct sqli_resolver){.catalog = catalog, .text = text, .arena = arena, .error = error};
    sqli__buffer_init(&r->scratch, SCRATCH_MAX);
}

static enum sqli_status close_resolver(struct sqli_resolver *r, enum sqli_status status)
{
    if (status == SQLI_OK)
        status = sqli__buffer_status(&r->scratch, r->error);
    if (status == SQLI_OK && r->far_lob.data)
        status = sqli__resolve_fail_name(r, r->far_lob_at, SQLI_E_REMOTE_TYPE, r->far_lob);
    sqli__buffer_free(&r->scratch);
    return status == SQLI_OK ? sqli__resolve_status(r) : status;
}

enum sqli_status sqli__resolve(struct sqli_catalog *catalog, struct sqli_span text,
                               struct sqli_arena *arena, struct sqli_statement_tree *tree,
                               struct sqli_error *error)
{
    struct sqli_resolver r;
    struct sqli_error own; /* the code looks at what it reports */
    open_resolver(&r, catalog, text, arena, error ? error : &own);
    r.tree = tree;
    enum sqli_status status = prepare_parameters(&r);
    if (status == SQLI_OK && !tree->unsupported)
        status = resolve_statement(&r);
    return close_resolver(&r, status);
}

enum sqli_status sqli__resolve_embedded(struct sqli_catalog *catalog, struct sqli_span text,
                                        struct sqli_arena *arena, struct sqli_statement_tree *tree,
                                        const struct sqli_variables *variables,
                                        struct sqli_error *error)
{
    struct sqli_resolver r;
    struct sqli_error own;
    open_resolver(&r, catalog, text, arena, error ? error : &own);
    r.tree = tree;
    r.variables = variables;
    return close_resolver(&r, tree->unsupported ? SQLI_OK : resolve_statement(&r));
}

enum sqli_status sqli__resolve_uses(struct sqli_catalog *catalog, struct sqli_span text,
                                    struct sqli_arena *arena, struct sqli_select *select,
                                    sqli_on_use *on_use, void *context, struct sqli_error *error)
{
    struct sqli_resolver r;
    struct sqli_error own;
    open_resolver(&r, catalog, text, arena, error ? error : &own);
    r.on_use = on_use;
    r.use_context = context;
    return close_resolver(&r, sqli__resolve_select(&r, select));
}

static enum sqli_status refuse_queries(struct sqli_resolver *r, const struct sqli_expr *check)
{
    if (check->select)
        return sqli__resolve_fail(r, check->select->at, SQLI_E_CHECK_SUBQUERY, NULL);
    for (const struct sqli_expr *arg = check->args; arg; arg = arg->next)
        SQLI_TRY(refuse_queries(r, arg));
    return SQLI_OK;
}

enum sqli_status sqli__resolve_check(struct sqli_catalog *catalog, const struct sqli_table *table,
                                     struct sqli_span text, struct sqli_arena *arena,
                                     struct sqli_expr *check, struct sqli_error *error)
{
    struct sqli_resolver r;
    struct sqli_error own;
    open_resolver(&r, catalog, text, arena, error ? error : &own);
    struct sqli_source *target = SQLI_NEW(&r, struct sqli_source);
    enum sqli_status status = sqli__resolve_status(&r);
    if (status == SQLI_OK) {
        target->name.name.text = table->name;
        status = sqli__resolve_offer_table(&r, target, table);
    }
    struct sqli_scope scope = {.target = target};
    r.scope = &scope;
    r.kept = true;
    if (status == SQLI_OK)
        status = refuse_queries(&r, check);
    return close_resolver(&r, status == SQLI_OK ? sqli__resolve_condition(&r, check) : status);
}

enum sqli_status sqli__resolve_default(struct sqli_catalog *catalog, const struct sqli_type *type,
                                       struct sqli_span text, struct sqli_arena *arena,
                                       struct sqli_expr **value, struct sqli_error *error)
{
    struct sqli_resolver r;
    struct sqli_error own;
    open_resolver(&r, catalog, text, arena, error ? error : &own);
    r.kept = true;
    return close_resolver(&r, read_default(&r, type, NULL, text, value));
}
