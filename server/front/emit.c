/* Statements, and what all of the emitter uses. */
#include "server/front/emit_parts.h"

enum { ARENA_LIMIT = 16 << 20 };

void sqli__emitter_open(struct sqli_emitter *emitter, struct sqli_buffer *sql,
                        struct sqli_error *error)
{
    *emitter = (struct sqli_emitter){.sql = sql, .error = error, .open = SQLI_EMIT_OPEN_STATEMENT};
    sqli__arena_init(&emitter->arena, ARENA_LIMIT);
}

enum sqli_status sqli__emitter_close(struct sqli_emitter *emitter, enum sqli_status status)
{
    sqli__arena_free(&emitter->arena);
    return status == SQLI_OK ? sqli__buffer_status(emitter->sql, emitter->error) : status;
}

void sqli__emit_text(struct sqli_emitter *emitter, const char *text)
{
    sqli__buffer_text(emitter->sql, text);
}

/* A name that is quoted already stays as it is. */
void sqli__emit_identifier(struct sqli_emitter *emitter, struct sqli_span name)
{
    bool quoted = name.length > 1 && name.data[0] == '"';
    sqli__emit_text(emitter, quoted ? "" : "\"");
    sqli__buffer_span(emitter->sql, name);
    sqli__emit_text(emitter, quoted ? "" : "\"");
}

enum sqli_status sqli__emit_type(struct sqli_emitter *emitter, const struct sqli_schema *schema)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, emitter->sql->limit);
    sqli__schema_print(schema, &text);
    enum sqli_status status = sqli__buffer_status(&text, emitter->error);
    sqli__emit_text(emitter, "'");
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '\'')
            sqli__buffer_byte(emitter->sql, '\'');
        sqli__buffer_byte(emitter->sql, text.data[i]);
    }
    sqli__emit_text(emitter, "'");
    sqli__buffer_free(&text);
    return status;
}

enum sqli_status sqli__emit_unexpected(struct sqli_emitter *emitter, const char *what, int number)
{
    return sqli__fail(emitter->error, SQLI_E_ROUTINE_INTERNAL, "emit: %s %d", what, number);
}

enum sqli_status sqli__emit_too_deep(struct sqli_emitter *emitter)
{
    return sqli__fail(emitter->error, SQLI_E_PARSE_STACK, NULL);
}

/* --- the sources of an expression --- */

static void visit_list(struct sqli_source_visit *visit, const struct sqli_expr *list)
{
    for (; list; list = list->next)
        sqli__visit_sources(visit, list);
}

static void visit_select(struct sqli_source_visit *visit, const struct sqli_select *select);

/* A source with a name is a table or a WITH. The query of that is met where it is defined, and not
 * where it is used: it may be a part of itself. */
static void visit_from(struct sqli_source_visit *visit, const struct sqli_source *from)
{
    for (; from; from = from->next) {
        sqli__visit_sources(visit, from->call);
        sqli__visit_sources(visit, from->on);
        if (!from->name.name.text.data)
            visit_select(visit, from->select);
        visit_from(visit, from->members);
        visit_from(visit, from->left);
        visit_from(visit, from->right);
    }
}

static void visit_select(struct sqli_source_visit *visit, const struct sqli_select *select)
{
    if (!select || visit->depth > SQLI_EMIT_DEPTH)
        return;
    visit->depth++;
    for (const struct sqli_with *with = select->with; with; with = with->next)
        visit_select(visit, with->select);
    for (const struct sqli_select_item *item = select->items; item; item = item->next)
        sqli__visit_sources(visit, item->expr);
    for (const struct sqli_order *order = select->order; order; order = order->next)
        sqli__visit_sources(visit, order->expr);
    sqli__visit_sources(visit, select->where);
    visit_list(visit, select->group);
    sqli__visit_sources(visit, select->having);
    visit_select(visit, select->left);
    visit_select(visit, select->right);
    visit_from(visit, select->from);
    visit->depth--;
}

/* What is too deep to be looked at is too deep to be printed, too, and fails there. */
void sqli__visit_sources(struct sqli_source_visit *visit, const struct sqli_expr *expr)
{
    if (!expr || visit->depth > SQLI_EMIT_DEPTH)
        return;
    visit->depth++;
    if (expr->source)
        visit->on_source(visit->context, expr->source);
    visit_list(visit, expr->args);
    visit_select(visit, expr->select);
    visit->depth--;
}

static bool has_aggregate(const struct sqli_expr *expr, uint32_t depth)
{
    if (expr->kind == SQLI_EXPR_AGGREGATE)
        return true;
    if (depth > SQLI_EMIT_DEPTH)
        return false;
    for (const struct sqli_expr *argument = expr->args; argument; argument = argument->next)
        if (has_aggregate(argument, depth + 1))
            return true;
    return false;
}

bool sqli__select_aggregates(const struct sqli_select *select)
{
    for (const struct sqli_select_item *item = select->items; item; item = item->next)
        if (has_aggregate(item->expr, 0))
            return true;
    return false;
}

/* --- statements --- */

/* The rowid of an update cursor is that of the only table. */
static enum sqli_status emit_cursor(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    const struct sqli_source *from = select->from;
    bool rows = !select->distinct && !select->group && !select->having;
    if (!from || from->next || from->kind != SQLI_SOURCE_TABLE || !rows)
        return sqli__emit_unexpected(emitter, "rowid of several tables", 0);
    return sqli__emit_query(emitter, select, from);
}

enum sqli_status sqli__emit_select(const struct sqli_select *select,
                                   const struct sqli_emit_options *options, struct sqli_buffer *sql,
                                   struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    bool rowid = options && options->rowid;
    emitter.polls = options && options->polls;
    return sqli__emitter_close(&emitter, rowid ? emit_cursor(&emitter, select)
                                               : sqli__emit_query(&emitter, select, NULL));
}

static enum sqli_status emit_target_table(struct sqli_emitter *emitter,
                                          const struct sqli_source *target)
{
    if (!target || target->kind != SQLI_SOURCE_TABLE || !target->table)
        return sqli__emit_unexpected(emitter, "table to be changed", 0);
    sqli__buffer_span(emitter->sql, target->table->physical);
    return SQLI_OK;
}

static enum sqli_status emit_target(struct sqli_emitter *emitter, const struct sqli_source *target)
{
    SQLI_TRY(emit_target_table(emitter, target));
    sqli__buffer_format(emitter->sql, " AS s%u", (unsigned)target->number);
    return SQLI_OK;
}

static enum sqli_status emit_target_column(struct sqli_emitter *emitter,
                                           const struct sqli_source *target,
                                           const struct sqli_assignment *assignment)
{
    if (assignment->index >= target->table->count || !assignment->value)
        return sqli__emit_unexpected(emitter, "assignment to column", (int)assignment->index);
    sqli__emit_identifier(emitter, target->table->columns[assignment->index].physical);
    return SQLI_OK;
}

static enum sqli_status emit_new_values(struct sqli_emitter *emitter,
                                        const struct sqli_assignment *assignments)
{
    for (; assignments; assignments = assignments->next) {
        SQLI_TRY(sqli__emit_root(emitter, assignments->value));
        sqli__emit_text(emitter, assignments->next ? ", " : "");
    }
    return SQLI_OK;
}

static enum sqli_status emit_insert(struct sqli_emitter *emitter, const struct sqli_insert *insert)
{
    if (!insert->assignments)
        return sqli__emit_unexpected(emitter, "insert without columns", 0);
    sqli__emit_text(emitter, "INSERT INTO ");
    SQLI_TRY(emit_target_table(emitter, insert->target));
    const char *before = " (";
    for (const struct sqli_assignment *one = insert->assignments; one; one = one->next) {
        sqli__emit_text(emitter, before);
        SQLI_TRY(emit_target_column(emitter, insert->target, one));
        before = ", ";
    }
    sqli__emit_text(emitter, insert->select ? ") SELECT " : ") VALUES (");
    emitter->polls = insert->select != NULL;
    SQLI_TRY(emit_new_values(emitter, insert->assignments));
    if (!insert->select) {
        sqli__emit_text(emitter, ")");
        return SQLI_OK;
    }
    if (!insert->source)
        return sqli__emit_unexpected(emitter, "insert without its source", 0);
    return sqli__emit_from_where(emitter, insert->source, NULL);
}

enum sqli_status sqli__emit_insert(const struct sqli_insert *insert, struct sqli_buffer *sql,
                                   struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    return sqli__emitter_close(&emitter, emit_insert(&emitter, insert));
}

static void emit_current(struct sqli_emitter *emitter, const struct sqli_source *target,
                         uint32_t parameter_count)
{
    sqli__buffer_format(emitter->sql, " WHERE s%u.rowid = ?%u", (unsigned)target->number,
                        (unsigned)parameter_count + 1);
}

static enum sqli_status emit_assignment(struct sqli_emitter *emitter,
                                        const struct sqli_update *update,
                                        const struct sqli_assignment *one)
{
    SQLI_TRY(emit_target_column(emitter, update->target, one));
    sqli__emit_text(emitter, " = ");
    return sqli__emit_root(emitter, one->value);
}

/* The query runs once, so that all columns come from the same row. */
static enum sqli_status emit_row_assignment(struct sqli_emitter *emitter,
                                            const struct sqli_update *update,
                                            const struct sqli_assignment **at)
{
    const struct sqli_assignment *const first = *at;
    for (; *at && (*at)->query == first->query; *at = (*at)->next) {
        sqli__emit_text(emitter, *at == first ? "(" : ", ");
        SQLI_TRY(emit_target_column(emitter, update->target, *at));
    }
    sqli__emit_text(emitter, ") = (SELECT ");
    emitter->open = SQLI_EMIT_OPEN_ROW;
    emitter->row = first->query;
    for (const struct sqli_assignment *one = first; one != *at; one = one->next) {
        sqli__emit_text(emitter, one == first ? "" : ", ");
        SQLI_TRY(sqli__emit_root(emitter, one->value));
    }
    emitter->row = NULL;
    sqli__emit_text(emitter, " FROM ");
    SQLI_TRY(sqli__emit_one_row(emitter, first->query));
    sqli__emit_text(emitter, ")");
    emitter->open = SQLI_EMIT_OPEN_UPDATE;
    return SQLI_OK;
}

static enum sqli_status emit_assignments(struct sqli_emitter *emitter,
                                         const struct sqli_update *update)
{
    const struct sqli_assignment *next = update->assignments;
    emitter->open = SQLI_EMIT_OPEN_UPDATE;
    while (next) {
        const struct sqli_assignment *one = next;
        sqli__emit_text(emitter, one == update->assignments ? " SET " : ", ");
        if (one->query)
            SQLI_TRY(emit_row_assignment(emitter, update, &next));
        else
            SQLI_TRY(emit_assignment(emitter, update, one));
        next = one->query ? next : one->next;
    }
    return SQLI_OK;
}

static enum sqli_status emit_update(struct sqli_emitter *emitter, const struct sqli_update *update,
                                    uint32_t parameter_count)
{
    if (!update->assignments)
        return sqli__emit_unexpected(emitter, "update without assignments", 0);
    sqli__emit_text(emitter, "UPDATE ");
    SQLI_TRY(emit_target(emitter, update->target));
    emitter->polls = true;
    SQLI_TRY(emit_assignments(emitter, update));
    emitter->target = update->target;
    if (!update->cursor.text.data)
        return sqli__emit_from_where(emitter, update->from, update->where);
    emit_current(emitter, update->target, parameter_count);
    return SQLI_OK;
}

enum sqli_status sqli__emit_update(const struct sqli_update *update, uint32_t parameter_count,
                                   struct sqli_buffer *sql, struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    return sqli__emitter_close(&emitter, emit_update(&emitter, update, parameter_count));
}

static enum sqli_status emit_delete(struct sqli_emitter *emitter, const struct sqli_delete *remove,
                                    uint32_t parameter_count)
{
    sqli__emit_text(emitter, "DELETE FROM ");
    SQLI_TRY(emit_target(emitter, remove->target));
    /* Without a condition SQLite drops all pages at once. */
    emitter->polls = remove->where != NULL;
    emitter->target = remove->target;
    if (!remove->cursor.text.data)
        return sqli__emit_from_where(emitter, NULL, remove->where);
    emit_current(emitter, remove->target, parameter_count);
    return SQLI_OK;
}

enum sqli_status sqli__emit_delete(const struct sqli_delete *remove, uint32_t parameter_count,
                                   struct sqli_buffer *sql, struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    return sqli__emitter_close(&emitter, emit_delete(&emitter, remove, parameter_count));
}

/* --- MERGE --- */

static const struct sqli_expr *assigned(const struct sqli_assignment *list, uint32_t column)
{
    while (list && list->index != column)
        list = list->next;
    return list ? list->value : NULL;
}

/* The whole row as it will be, whether it is there or not: so a constraint fails only where the
 * row that results does not meet it. */
static enum sqli_status emit_merge_value(struct sqli_emitter *emitter,
                                         const struct sqli_merge *merge, uint32_t column)
{
    const struct sqli_expr *update = assigned(merge->update, column);
    const struct sqli_expr *insert =
        merge->insert ? assigned(merge->insert->assignments, column) : NULL;
    unsigned number = (unsigned)merge->target->number;
    if (insert && merge->update) {
        sqli__buffer_format(emitter->sql, "CASE WHEN s%u.rowid IS NULL THEN ", number);
        SQLI_TRY(sqli__emit_root(emitter, insert));
        sqli__emit_text(emitter, " ELSE ");
    } else if (insert) {
        return sqli__emit_root(emitter, insert);
    }
    if (update)
        SQLI_TRY(sqli__emit_root(emitter, update));
    else
        sqli__buffer_format(emitter->sql, "s%u.c%u", number, (unsigned)column + 1);
    sqli__emit_text(emitter, insert && merge->update ? " END" : "");
    return SQLI_OK;
}

static enum sqli_status emit_merge_rows(struct sqli_emitter *emitter,
                                        const struct sqli_merge *merge)
{
    const struct sqli_table *table = merge->target->table;
    const char *before = " ON CONFLICT (rowid) DO UPDATE SET ";
    sqli__emit_text(emitter, "INSERT INTO ");
    SQLI_TRY(emit_target_table(emitter, merge->target));
    sqli__emit_text(emitter, " (rowid");
    for (uint32_t i = 0; i < table->count; i++) {
        sqli__emit_text(emitter, ", ");
        sqli__emit_identifier(emitter, table->columns[i].physical);
    }
    sqli__buffer_format(emitter->sql, ") SELECT s%u.rowid", (unsigned)merge->target->number);
    for (uint32_t i = 0; i < table->count; i++) {
        sqli__emit_text(emitter, ", ");
        SQLI_TRY(emit_merge_value(emitter, merge, i));
    }
    SQLI_TRY(sqli__emit_from_where(emitter, merge->joined, NULL));
    if (!merge->update) {
        sqli__buffer_format(emitter->sql, " WHERE s%u.rowid IS NULL",
                            (unsigned)merge->target->number);
        return SQLI_OK;
    }
    sqli__emit_text(emitter, " WHERE 1");
    for (const struct sqli_assignment *one = merge->update; one; one = one->next) {
        sqli__emit_text(emitter, before);
        SQLI_TRY(emit_target_column(emitter, merge->target, one));
        sqli__emit_text(emitter, " = excluded.");
        SQLI_TRY(emit_target_column(emitter, merge->target, one));
        before = ", ";
    }
    return SQLI_OK;
}

static enum sqli_status emit_merge_delete(struct sqli_emitter *emitter,
                                          const struct sqli_merge *merge)
{
    sqli__emit_text(emitter, "DELETE FROM ");
    SQLI_TRY(emit_target_table(emitter, merge->target));
    sqli__buffer_format(emitter->sql, " WHERE rowid IN (SELECT s%u.rowid",
                        (unsigned)merge->target->number);
    SQLI_TRY(sqli__emit_from_where(emitter, merge->joined, NULL));
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

enum sqli_status sqli__emit_merge(const struct sqli_merge *merge, struct sqli_buffer *sql,
                                  struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    return sqli__emitter_close(&emitter, merge->remove && !merge->insert
                                             ? emit_merge_delete(&emitter, merge)
                                             : emit_merge_rows(&emitter, merge));
}

static enum sqli_status emit_merge_matched(struct sqli_emitter *emitter,
                                           const struct sqli_merge *merge, uint32_t parameters)
{
    unsigned number = (unsigned)merge->target->number;
    sqli__buffer_format(emitter->sql, "SELECT DISTINCT s%u.rowid", number);
    SQLI_TRY(sqli__emit_from_where(emitter, merge->joined, NULL));
    sqli__buffer_format(emitter->sql, " WHERE s%u.rowid IS NOT NULL", number);
    if (parameters)
        sqli__buffer_format(emitter->sql, " AND (?%u IS NULL OR 1)", (unsigned)parameters);
    return SQLI_OK;
}

enum sqli_status sqli__emit_merge_matched(const struct sqli_merge *merge, uint32_t parameter_count,
                                          struct sqli_buffer *sql, struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    return sqli__emitter_close(&emitter, emit_merge_matched(&emitter, merge, parameter_count));
}

enum sqli_status sqli__emit_expression(const struct sqli_expr *expr, struct sqli_buffer *sql,
                                       struct sqli_error *error)
{
    struct sqli_emitter emitter;
    sqli__emitter_open(&emitter, sql, error);
    emitter.bare = true;
    return sqli__emitter_close(&emitter, sqli__emit_root(&emitter, expr));
}
