/* A parsed tree in one line, for tables of cases: the kind of the statement as its number, and then
 * what is there, in the order of the structs. Expressions are (operator operand ...), subqueries
 * stand in braces; what was not given does not appear. */
#ifndef SQLI_TESTS_FRONT_TREE_PRINT_H
#define SQLI_TESTS_FRONT_TREE_PRINT_H

#include "base/buffer.h"
#include "server/front/tree.h"

#include <stdio.h>

static void tree_print_expr(struct sqli_buffer *out, const struct sqli_expr *expr);
static void tree_print_select(struct sqli_buffer *out, const struct sqli_select *select);

/* --- names --- */

/* What is no plain word stands in quotes. */
static void tree_print_name(struct sqli_buffer *out, struct sqli_name name)
{
    bool plain = name.text.length > 0;
    for (size_t i = 0; i < name.text.length; i++) {
        uint8_t c = name.text.data[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 128);
    }
    sqli__buffer_text(out, plain ? "" : "\"");
    sqli__buffer_span(out, name.text);
    sqli__buffer_text(out, plain ? "" : "\"");
}

static void tree_print_object(struct sqli_buffer *out, const struct sqli_object_name *object)
{
    if (object->database.text.data)
        tree_print_name(out, object->database);
    if (object->server.text.data) {
        sqli__buffer_byte(out, '@');
        tree_print_name(out, object->server);
    }
    if (object->database.text.data)
        sqli__buffer_byte(out, ':');
    if (object->owner.text.data) {
        tree_print_name(out, object->owner);
        sqli__buffer_byte(out, '.');
    }
    tree_print_name(out, object->name);
}

static void tree_print_names(struct sqli_buffer *out, const char *before,
                             const struct sqli_name *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sqli__buffer_text(out, i ? "," : before);
        tree_print_name(out, names[i]);
    }
    sqli__buffer_text(out, count ? ")" : "");
}

static void tree_print_named(struct sqli_buffer *out, const char *before, struct sqli_name name)
{
    if (!name.text.data)
        return;
    sqli__buffer_text(out, before);
    tree_print_name(out, name);
}

static void tree_print_path(struct sqli_buffer *out, const struct sqli_path *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        if (i)
            sqli__buffer_byte(out, i == 1 && path->has_database ? ':' : '.');
        tree_print_name(out, path->names[i]);
    }
}

/* --- expressions --- */

static void tree_print_exprs(struct sqli_buffer *out, const char *between,
                             const struct sqli_expr *list)
{
    for (const struct sqli_expr *expr = list; expr; expr = expr->next) {
        if (expr != list)
            sqli__buffer_text(out, between);
        tree_print_expr(out, expr);
    }
}

/* (operator operand ...) */
static void tree_print_operation(struct sqli_buffer *out, const char *operation,
                                 const struct sqli_expr *expr)
{
    sqli__buffer_format(out, "(%s%s", expr->negated ? "not-" : "", operation);
    if (expr->args)
        sqli__buffer_byte(out, ' ');
    tree_print_exprs(out, " ", expr->args);
    if (expr->select) {
        sqli__buffer_byte(out, ' ');
        tree_print_select(out, expr->select);
    }
    sqli__buffer_byte(out, ')');
}

static void tree_print_qualifier(struct sqli_buffer *out, const struct sqli_expr *expr)
{
    if (!expr->qualifier)
        return;
    sqli__buffer_byte(out, '<');
    bool interval = expr->kind == SQLI_EXPR_INTERVAL || expr->kind == SQLI_EXPR_UNITS;
    sqli__qualifier_print(expr->qualifier, interval, out);
    sqli__buffer_byte(out, '>');
}

static void tree_print_call(struct sqli_buffer *out, const struct sqli_expr *expr)
{
    if (expr->path) {
        tree_print_path(out, expr->path);
        sqli__buffer_byte(out, '.');
    }
    sqli__buffer_span(out, expr->text);
    sqli__buffer_text(out, expr->distinct ? "(distinct " : "(");
    sqli__buffer_text(out, expr->star ? "*" : "");
    tree_print_exprs(out, ", ", expr->args);
    sqli__buffer_byte(out, ')');
}

static void tree_print_collection(struct sqli_buffer *out, const struct sqli_expr *expr)
{
    sqli__buffer_text(out, expr->op == SQLI_TYPE_SET        ? "set{"
                           : expr->op == SQLI_TYPE_MULTISET ? "multiset{"
                                                            : "list{");
    tree_print_exprs(out, ", ", expr->args);
    sqli__buffer_byte(out, '}');
}

static void tree_print_type(struct sqli_buffer *out, const struct sqli_type_name *type)
{
    sqli__buffer_byte(out, '`');
    sqli__buffer_span(out, type->text);
    sqli__buffer_byte(out, '`');
    if (type->serial_start)
        sqli__buffer_format(out, "@%lld", (long long)type->serial_start);
}

/* Kinds that are their text and no more. */
static bool tree_print_leaf(struct sqli_buffer *out, const struct sqli_expr *expr)
{
    const char *before = "";
    const char *behind = "";
    switch (expr->kind) {
    case SQLI_EXPR_NULL: before = "null"; break;
    case SQLI_EXPR_DEFAULT: before = "default"; break;
    case SQLI_EXPR_INTEGER: break;
    case SQLI_EXPR_DECIMAL: before = "d"; break;
    case SQLI_EXPR_FLOAT: before = "f"; break;
    case SQLI_EXPR_STRING: before = behind = "'"; break;
    case SQLI_EXPR_DATETIME: before = "datetime[", behind = "]"; break;
    case SQLI_EXPR_INTERVAL: before = "interval[", behind = "]"; break;
    case SQLI_EXPR_CURRENT: before = "current"; break;
    default: return false;
    }
    sqli__buffer_text(out, before);
    sqli__buffer_span(out, expr->text);
    sqli__buffer_text(out, behind);
    tree_print_qualifier(out, expr);
    return true;
}

static const char *const tree_compare[] = {"=", "<>", "<", "<=", ">", ">="};

/* Kinds that are an operator with operands; NULL: something else. */
static const char *tree_operator(const struct sqli_expr *expr, char scratch[16])
{
    switch (expr->kind) {
    case SQLI_EXPR_NEGATE: return "-";
    case SQLI_EXPR_ARITHMETIC:
    case SQLI_EXPR_TRIM:
        scratch[0] = (char)expr->op;
        scratch[1] = '\0';
        return scratch;
    case SQLI_EXPR_CONCAT: return "||";
    case SQLI_EXPR_LIKE: return expr->op == SQLI_LIKE ? "like" : "matches";
    case SQLI_EXPR_BETWEEN: return "between";
    case SQLI_EXPR_SIMPLE_CASE: return expr->odd_else ? "case-of-else" : "case-of";
    case SQLI_EXPR_CASE: return expr->odd_else ? "case-else" : "case";
    case SQLI_EXPR_SUBSTRING: return "part";
    case SQLI_EXPR_ROW: return "row";
    case SQLI_EXPR_COMPARE: return tree_compare[expr->op];
    case SQLI_EXPR_AND: return "and";
    case SQLI_EXPR_OR: return "or";
    case SQLI_EXPR_NOT: return "not";
    case SQLI_EXPR_IS_NULL: return "is-null";
    case SQLI_EXPR_IN_LIST: return "in";
    case SQLI_EXPR_IN_SELECT: return "in-select";
    case SQLI_EXPR_EXISTS: return "exists";
    default: return NULL;
    }
}

static void tree_print_special(struct sqli_buffer *out, const struct sqli_expr *expr)
{
    switch (expr->kind) {
    case SQLI_EXPR_PARAMETER: sqli__buffer_format(out, "?%d", (int)expr->op); break;
    case SQLI_EXPR_NAME: tree_print_path(out, expr->path); break;
    case SQLI_EXPR_STAR:
        if (expr->path) {
            tree_print_path(out, expr->path);
            sqli__buffer_byte(out, '.');
        }
        sqli__buffer_byte(out, '*');
        break;
    case SQLI_EXPR_CAST:
        tree_print_expr(out, expr->args);
        sqli__buffer_text(out, "::");
        tree_print_type(out, expr->type_name);
        break;
    case SQLI_EXPR_FUNCTION: tree_print_call(out, expr); break;
    case SQLI_EXPR_FIELD:
        tree_print_expr(out, expr->args);
        sqli__buffer_byte(out, '.');
        sqli__buffer_span(out, expr->text);
        break;
    case SQLI_EXPR_COLLECTION: tree_print_collection(out, expr); break;
    case SQLI_EXPR_SUBQUERY: tree_print_select(out, expr->select); break;
    case SQLI_EXPR_UNITS:
        tree_print_operation(out, "units", expr), tree_print_qualifier(out, expr);
        break;
    case SQLI_EXPR_EXTEND:
        tree_print_operation(out, "extend", expr), tree_print_qualifier(out, expr);
        break;
    default: sqli__buffer_format(out, "kind-%d", (int)expr->kind);
    }
}

static void tree_print_expr(struct sqli_buffer *out, const struct sqli_expr *expr)
{
    char scratch[16];
    if (tree_print_leaf(out, expr))
        return;
    if (expr->kind == SQLI_EXPR_QUANTIFIED) {
        snprintf(scratch, sizeof scratch, "%s-%s", tree_compare[expr->op],
                 expr->all ? "all" : "any");
        tree_print_operation(out, scratch, expr);
        return;
    }
    const char *operation = tree_operator(expr, scratch);
    if (operation)
        tree_print_operation(out, operation, expr);
    else
        tree_print_special(out, expr);
}

static void tree_print_clause(struct sqli_buffer *out, const char *before,
                              const struct sqli_expr *list)
{
    if (!list)
        return;
    sqli__buffer_text(out, before);
    tree_print_exprs(out, ", ", list);
}

/* --- SELECT --- */

static void tree_print_sources(struct sqli_buffer *out, const struct sqli_source *list);

static void tree_print_source(struct sqli_buffer *out, const struct sqli_source *source)
{
    static const char *const joins[] = {"inner", "left", "right", "full", "cross"};
    switch (source->kind) {
    case SQLI_SOURCE_TABLE: tree_print_object(out, &source->name); break;
    case SQLI_SOURCE_SELECT: tree_print_select(out, source->select); break;
    case SQLI_SOURCE_COLLECTION:
    case SQLI_SOURCE_ROUTINE:
        sqli__buffer_text(out, source->kind == SQLI_SOURCE_ROUTINE ? "routine(" : "table(");
        tree_print_expr(out, source->call);
        sqli__buffer_byte(out, ')');
        break;
    case SQLI_SOURCE_JOIN:
        sqli__buffer_format(out, "(%s ", joins[source->join]);
        tree_print_source(out, source->left);
        sqli__buffer_byte(out, ' ');
        tree_print_source(out, source->right);
        tree_print_clause(out, " on ", source->on);
        sqli__buffer_byte(out, ')');
        break;
    case SQLI_SOURCE_OUTER:
        sqli__buffer_text(out, "outer(");
        tree_print_sources(out, source->members);
        sqli__buffer_byte(out, ')');
        break;
    }
    tree_print_named(out, " as ", source->alias);
    tree_print_names(out, "(", source->column_names, source->column_name_count);
}

static void tree_print_sources(struct sqli_buffer *out, const struct sqli_source *list)
{
    for (const struct sqli_source *source = list; source; source = source->next) {
        if (source != list)
            sqli__buffer_text(out, ", ");
        tree_print_source(out, source);
    }
}

static void tree_print_core(struct sqli_buffer *out, const struct sqli_select *select)
{
    sqli__buffer_text(out, select->distinct ? "select distinct" : "select");
    for (const struct sqli_select_item *item = select->items; item; item = item->next) {
        sqli__buffer_text(out, item == select->items ? " " : ", ");
        tree_print_expr(out, item->expr);
        tree_print_named(out, " as ", item->alias);
    }
    if (select->from) {
        sqli__buffer_text(out, " from ");
        tree_print_sources(out, select->from);
    }
    tree_print_clause(out, " where ", select->where);
    tree_print_clause(out, " group ", select->group);
    tree_print_clause(out, " having ", select->having);
}

static void tree_print_order(struct sqli_buffer *out, const struct sqli_select *select)
{
    for (const struct sqli_order *order = select->order; order; order = order->next) {
        sqli__buffer_text(out, order == select->order ? " order " : ", ");
        tree_print_expr(out, order->expr);
        sqli__buffer_text(out, order->descending ? " desc" : "");
        sqli__buffer_text(out, order->nulls < 0 ? " nulls-first"
                               : order->nulls   ? " nulls-last"
                                                : "");
    }
}

static void tree_print_tail(struct sqli_buffer *out, const struct sqli_select *select)
{
    tree_print_clause(out, " skip ", select->skip);
    tree_print_clause(out, " first ", select->first);
    sqli__buffer_text(out, select->for_update ? " for-update" : "");
    tree_print_names(out, "(", select->update_columns, select->update_column_count);
    sqli__buffer_text(out, select->for_read_only ? " for-read-only" : "");
    if (!select->into_temp.name.text.data)
        return;
    sqli__buffer_text(out, " into ");
    tree_print_object(out, &select->into_temp);
    sqli__buffer_text(out, select->into_no_log ? " no-log" : "");
    sqli__buffer_text(out, " `");
    sqli__buffer_span(out, select->into_text);
    sqli__buffer_text(out, "`");
}

static void tree_print_select(struct sqli_buffer *out, const struct sqli_select *select)
{
    static const char *const operations[] = {"", " union ", " union-all ", " intersect ",
                                             " minus "};
    sqli__buffer_byte(out, '{');
    for (const struct sqli_with *with = select->with; with; with = with->next) {
        sqli__buffer_text(out, with->recursive ? "with-recursive " : "with ");
        tree_print_name(out, with->name);
        tree_print_names(out, "(", with->column_names, with->column_name_count);
        tree_print_select(out, with->select);
        sqli__buffer_byte(out, ' ');
    }
    if (select->operation) {
        tree_print_select(out, select->left);
        sqli__buffer_text(out, operations[select->operation]);
        tree_print_select(out, select->right);
    } else {
        tree_print_core(out, select);
    }
    tree_print_order(out, select);
    tree_print_tail(out, select);
    sqli__buffer_byte(out, '}');
}

/* --- INSERT, UPDATE, DELETE --- */

static void tree_print_insert(struct sqli_buffer *out, const struct sqli_insert *insert)
{
    tree_print_object(out, &insert->table);
    tree_print_names(out, "(", insert->columns, insert->column_count);
    tree_print_clause(out, insert->literal_values ? " literals " : " values ", insert->values);
    if (insert->select)
        tree_print_select(out, insert->select);
}

static void tree_print_rows(struct sqli_buffer *out, const struct sqli_expr *where,
                            struct sqli_name cursor)
{
    tree_print_clause(out, " where ", where);
    tree_print_named(out, " current-of ", cursor);
}

static void tree_print_update(struct sqli_buffer *out, const struct sqli_update *update)
{
    tree_print_object(out, &update->table);
    tree_print_named(out, " as ", update->alias);
    for (const struct sqli_assignment *a = update->assignments; a; a = a->next) {
        sqli__buffer_text(out, a == update->assignments ? " set " : ", ");
        if (a->column.text.data)
            tree_print_name(out, a->column);
        sqli__buffer_text(out, "=");
        if (a->value)
            tree_print_expr(out, a->value);
        if (a->values)
            tree_print_exprs(out, " ", a->values);
    }
    if (update->from) {
        sqli__buffer_text(out, " from ");
        tree_print_sources(out, update->from);
    }
    tree_print_rows(out, update->where, update->cursor);
}

/* --- definitions --- */

static void tree_print_constraint(struct sqli_buffer *out, const struct sqli_constraint *c)
{
    sqli__buffer_format(out, " %c", (int)c->kind);
    tree_print_named(out, ":", c->name);
    tree_print_names(out, "(", c->columns, c->column_count);
    if (c->parent.name.text.data) {
        sqli__buffer_text(out, ">");
        tree_print_object(out, &c->parent);
        tree_print_names(out, "(", c->parent_columns, c->parent_column_count);
    }
    if (c->check) {
        tree_print_expr(out, c->check);
        sqli__buffer_byte(out, '`');
        sqli__buffer_span(out, c->check_text);
        sqli__buffer_byte(out, '`');
    }
    sqli__buffer_text(out, c->cascade ? " cascade" : "");
    sqli__buffer_text(out, c->disabled ? " disabled" : "");
}

static void tree_print_column(struct sqli_buffer *out, const struct sqli_column_definition *column)
{
    tree_print_name(out, column->name);
    sqli__buffer_byte(out, ' ');
    tree_print_type(out, &column->type);
    if (column->default_value) {
        sqli__buffer_text(out, " default ");
        tree_print_expr(out, column->default_value);
        sqli__buffer_byte(out, '`');
        sqli__buffer_span(out, column->default_text);
        sqli__buffer_byte(out, '`');
    }
    for (const struct sqli_constraint *c = column->constraints; c; c = c->next)
        tree_print_constraint(out, c);
}

static void tree_print_table(struct sqli_buffer *out, const struct sqli_create_table *table)
{
    sqli__buffer_text(out, table->temp ? "temp " : "");
    sqli__buffer_text(out, table->raw ? "raw " : "");
    sqli__buffer_text(out, table->if_not_exists ? "if-not-exists " : "");
    tree_print_object(out, &table->name);
    if (table->row_type.name.text.data) {
        sqli__buffer_text(out, " of ");
        tree_print_object(out, &table->row_type);
    }
    sqli__buffer_byte(out, '(');
    for (const struct sqli_column_definition *c = table->columns; c; c = c->next) {
        sqli__buffer_text(out, c == table->columns ? "" : ", ");
        tree_print_column(out, c);
    }
    sqli__buffer_byte(out, ')');
    for (const struct sqli_constraint *c = table->constraints; c; c = c->next)
        tree_print_constraint(out, c);
    sqli__buffer_text(out, table->no_log ? " no-log" : "");
    tree_print_named(out, " lock ", table->lock_mode);
    if (table->select)
        tree_print_select(out, table->select);
}

static void tree_print_index(struct sqli_buffer *out, const struct sqli_create_index *index)
{
    sqli__buffer_text(out, index->unique ? "unique " : "");
    sqli__buffer_text(out, index->cluster ? "cluster " : "");
    sqli__buffer_text(out, index->if_not_exists ? "if-not-exists " : "");
    tree_print_object(out, &index->name);
    sqli__buffer_text(out, " on ");
    tree_print_object(out, &index->table);
    for (const struct sqli_index_column *c = index->columns; c; c = c->next) {
        sqli__buffer_text(out, c == index->columns ? "(" : ",");
        tree_print_name(out, c->name);
        sqli__buffer_text(out, c->descending ? " desc" : "");
    }
    sqli__buffer_byte(out, ')');
}

static void tree_print_described(struct sqli_buffer *out, const struct sqli_object *object)
{
    tree_print_object(out, &object->name);
    tree_print_named(out, " column ", object->column);
    tree_print_named(out, " to ", object->new_name);
    sqli__buffer_text(out, object->if_exists ? " if-exists" : "");
    sqli__buffer_text(out, object->exclusive ? " exclusive" : "");
    if (object->logging)
        sqli__buffer_format(out, " log-%d", (int)object->logging);
}

static void tree_print_grant(struct sqli_buffer *out, const struct sqli_grant *grant)
{
    tree_print_names(out, "(", grant->privileges, grant->privilege_count);
    if (grant->on.name.text.data) {
        sqli__buffer_text(out, " on ");
        tree_print_object(out, &grant->on);
    }
    tree_print_names(out, " to (", grant->users, grant->user_count);
    sqli__buffer_text(out, grant->with_grant_option ? " with-option" : "");
}

static void tree_print_set(struct sqli_buffer *out, const struct sqli_set *set)
{
    static const char *const settings[] = {"quiet", "lock-mode", "isolation", "transaction",
                                           "environment"};
    sqli__buffer_format(out, "%s %d", settings[set->setting], (int)set->number);
    static const char *const access[] = {"", " read-only", " read-write"};
    sqli__buffer_text(out, access[set->access]);
    tree_print_named(out, " ", set->name);
    if (set->value.data) {
        sqli__buffer_text(out, " `");
        sqli__buffer_span(out, set->value);
        sqli__buffer_text(out, "`");
    }
}

static void tree_print_view(struct sqli_buffer *out, const struct sqli_create_view *view)
{
    sqli__buffer_text(out, view->if_not_exists ? "if-not-exists " : "");
    tree_print_object(out, &view->name);
    if (view->column_count)
        tree_print_names(out, "(", view->columns, view->column_count);
    tree_print_select(out, view->select);
    sqli__buffer_text(out, " `");
    sqli__buffer_span(out, view->text);
    sqli__buffer_format(out, "` at %u%s", (unsigned)view->text_at, view->check ? " check" : "");
}

static void tree_print_synonym(struct sqli_buffer *out, const struct sqli_create_synonym *synonym)
{
    sqli__buffer_text(out, synonym->if_not_exists ? "if-not-exists " : "");
    sqli__buffer_text(out, synonym->is_private ? "private " : "");
    tree_print_object(out, &synonym->name);
    sqli__buffer_text(out, " for ");
    tree_print_object(out, &synonym->table);
}

static void tree_print_sequence(struct sqli_buffer *out, const struct sqli_define_sequence *define)
{
    const struct sqli_sequence_options *o = &define->options;
    sqli__buffer_text(out, define->if_not_exists ? "if-not-exists " : "");
    tree_print_object(out, &define->name);
    sqli__buffer_format(out, " given %u: %lld %lld %lld %lld %lld %lld%s%s", (unsigned)o->given,
                        (long long)o->increment, (long long)o->start, (long long)o->most,
                        (long long)o->least, (long long)o->restart, (long long)o->cache,
                        o->cycle ? " cycle" : "", o->order ? " order" : "");
}

static void tree_print_alter(struct sqli_buffer *out, const struct sqli_alter_table *alter)
{
    static const char *const kinds[] = {"",     "add",       "modify", "drop", "constraint",
                                        "drop", "lock mode", "type",   "quiet"};
    tree_print_object(out, &alter->name);
    for (const struct sqli_alter_action *one = alter->actions; one; one = one->next) {
        sqli__buffer_format(out, "; %s ", kinds[one->kind]);
        if (one->kind == SQLI_ALTER_DROP_CONSTRAINT)
            sqli__buffer_text(out, "constraint ");
        if (one->column)
            tree_print_column(out, one->column);
        else if (one->constraint)
            tree_print_constraint(out, one->constraint);
        else
            tree_print_named(out, "", one->name);
        tree_print_named(out, " before ", one->before);
    }
}

static void tree_print_merge(struct sqli_buffer *out, const struct sqli_merge *merge)
{
    tree_print_object(out, &merge->table);
    tree_print_named(out, " as ", merge->alias);
    sqli__buffer_text(out, " using ");
    tree_print_source(out, merge->source);
    sqli__buffer_text(out, " on ");
    tree_print_expr(out, merge->on);
    for (const struct sqli_assignment *one = merge->update; one; one = one->next) {
        sqli__buffer_text(out, one == merge->update ? " update " : ", ");
        tree_print_name(out, one->column);
        sqli__buffer_text(out, " = ");
        tree_print_expr(out, one->value);
    }
    sqli__buffer_text(out, merge->remove ? " delete" : "");
    if (merge->insert) {
        sqli__buffer_text(out, " insert ");
        tree_print_insert(out, merge->insert);
    }
}

static void tree_print_create_type(struct sqli_buffer *out, const struct sqli_create_type *type)
{
    sqli__buffer_text(out, type->row ? "row " : "distinct ");
    tree_print_object(out, &type->name);
    sqli__buffer_byte(out, ' ');
    sqli__buffer_span(out, type->base.text);
    if (type->parent.name.text.length) {
        sqli__buffer_text(out, " under ");
        tree_print_object(out, &type->parent);
    }
}

static void tree_print_members(const struct sqli_statement_tree *tree, struct sqli_buffer *out)
{
    switch (tree->kind) {
    case SQLI_STMT_SELECT:
    case SQLI_STMT_SELECT_INTO_TEMP: tree_print_select(out, tree->as.select); break;
    case SQLI_STMT_INSERT: tree_print_insert(out, tree->as.insert); break;
    case SQLI_STMT_UPDATE:
    case SQLI_STMT_UPDATE_ALL:
    case SQLI_STMT_UPDATE_CURRENT: tree_print_update(out, tree->as.update); break;
    case SQLI_STMT_DELETE:
    case SQLI_STMT_DELETE_ALL:
    case SQLI_STMT_DELETE_CURRENT:
        tree_print_object(out, &tree->as.remove->table);
        tree_print_named(out, " as ", tree->as.remove->alias);
        tree_print_rows(out, tree->as.remove->where, tree->as.remove->cursor);
        break;
    case SQLI_STMT_CREATE_TABLE:
    case SQLI_STMT_CREATE_TEMP_TABLE: tree_print_table(out, tree->as.create_table); break;
    case SQLI_STMT_CREATE_VIEW: tree_print_view(out, tree->as.create_view); break;
    case SQLI_STMT_CREATE_SYNONYM: tree_print_synonym(out, tree->as.create_synonym); break;
    case SQLI_STMT_CREATE_SEQUENCE:
    case SQLI_STMT_ALTER_SEQUENCE: tree_print_sequence(out, tree->as.sequence); break;
    case SQLI_STMT_ALTER_TABLE: tree_print_alter(out, tree->as.alter_table); break;
    case SQLI_STMT_MERGE: tree_print_merge(out, tree->as.merge); break;
    case SQLI_STMT_CREATE_INDEX: tree_print_index(out, tree->as.create_index); break;
    case SQLI_STMT_GRANT:
    case SQLI_STMT_REVOKE: tree_print_grant(out, tree->as.grant); break;
    case SQLI_STMT_UPDATE_STATISTICS:
    case SQLI_STMT_SET_LOCK_MODE:
    case SQLI_STMT_SET_ISOLATION:
    case SQLI_STMT_SET_LOG:
    case SQLI_STMT_SET_EXPLAIN:
    case SQLI_STMT_SET_OPTIMIZATION:
    case SQLI_STMT_SET_CONSTRAINTS:
    case SQLI_STMT_SET_ENVIRONMENT: tree_print_set(out, tree->as.set); break;
    case SQLI_STMT_EXECUTE_ROUTINE:
        sqli__buffer_text(out, tree->as.execute->function ? "function " : "procedure ");
        tree_print_expr(out, tree->as.execute->call);
        break;
    case SQLI_STMT_CREATE_TYPE: tree_print_create_type(out, tree->as.create_type); break;
    case SQLI_STMT_SAVEPOINT:
    case SQLI_STMT_RELEASE_SAVEPOINT:
    case SQLI_STMT_ROLLBACK_TO_SAVEPOINT:
        tree_print_named(out, "", tree->as.savepoint->name);
        sqli__buffer_text(out, tree->as.savepoint->unique ? " unique" : "");
        break;
    case SQLI_STMT_CREATE_ROUTINE: /* their text is read elsewhere */
    case SQLI_STMT_DROP_ROUTINE:
    case SQLI_STMT_BEGIN:
    case SQLI_STMT_COMMIT:
    case SQLI_STMT_ROLLBACK:
    case SQLI_STMT_CLOSE_DATABASE: break;
    default: tree_print_described(out, tree->as.object);
    }
}

static void tree_print(const struct sqli_statement_tree *tree, struct sqli_buffer *out)
{
    sqli__buffer_format(out, "%d ", (int)tree->kind);
    if (tree->unsupported)
        sqli__buffer_format(out, "unsupported %s", tree->unsupported);
    else
        tree_print_members(tree, out);
    if (tree->parameter_count)
        sqli__buffer_format(out, " (%u parameters)", (unsigned)tree->parameter_count);
}

#endif
