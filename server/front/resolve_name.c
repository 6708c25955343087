/* Names of columns: [database:][owner.][table|alias.]column[.field]... */
#include "base/ascii.h"
#include "server/front/resolve_inside.h"
#include "value/scan.h"

/* --- going through sources --- */

bool sqli__each_source(struct sqli_source *list, bool one, sqli_source_visitor *visit,
                       void *context)
{
    for (struct sqli_source *source = list; source; source = one ? NULL : source->next) {
        bool go_on = true;
        switch (source->kind) {
        case SQLI_SOURCE_JOIN:
            go_on = sqli__each_source(source->left, true, visit, context) &&
                    sqli__each_source(source->right, true, visit, context);
            break;
        case SQLI_SOURCE_OUTER:
            go_on = sqli__each_source(source->members, false, visit, context);
            break;
        default: go_on = visit(context, source); break;
        }
        if (!go_on)
            return false;
    }
    return true;
}

static bool each_of_scope(const struct sqli_scope *scope, sqli_source_visitor *visit, void *context)
{
    return sqli__each_source(scope->target, true, visit, context) &&
           sqli__each_source(scope->from, scope->one, visit, context);
}

/* --- one name in one scope --- */

struct search {
    struct sqli_span database, owner, table; /* as far as they are given */
    bool ansi;
    struct sqli_span column;
    struct sqli_source *source; /* found: with a column, or ... */
    uint32_t index;
    uint32_t found;
    struct sqli_source *named; /* ... at least by its table's name */
};

static bool given(struct sqli_span name)
{
    return name.data != NULL;
}

/* In a database that follows ANSI the case of a name without quotes tells nothing. */
static bool is_owner(const struct search *search, const struct sqli_table *table)
{
    struct sqli_span owner = search->owner;
    bool same = owner.length == table->owner.length;
    for (size_t i = 0; i < owner.length && same; i++)
        same = owner.data[i] == table->owner.data[i] ||
               (search->ansi &&
                sqli__ascii_lower(owner.data[i]) == sqli__ascii_lower(table->owner.data[i]));
    return same;
}

static bool is_named(const struct search *search, const struct sqli_source *source)
{
    const struct sqli_object_name *name = &source->name;
    if (!given(search->table))
        return true;
    if (given(source->alias.text))
        return !given(search->owner) && sqli__span_equal(source->alias.text, search->table);
    if (!given(name->name.text) || !sqli__span_equal(name->name.text, search->table))
        return false;
    if (given(search->owner) && source->table && !is_owner(search, source->table))
        return false;
    return !given(search->database) ||
           (given(name->database.text) && sqli__span_equal(name->database.text, search->database));
}

static bool look_in_source(void *context, struct sqli_source *source)
{
    struct search *search = context;
    if (!is_named(search, source))
        return true;
    if (!search->named)
        search->named = source;
    for (uint32_t i = 0; i < source->count; i++) {
        if (!sqli__span_equal(source->columns[i].name, search->column))
            continue;
        if (search->found++ == 0) {
            search->source = source;
            search->index = i;
        }
        if (given(search->table))
            break; /* the first of a derived table's columns of one name */
    }
    return true;
}

/* --- interpretations of a path --- */

struct attempt {
    struct sqli_resolver *r;
    struct sqli_expr *expr;
    const struct sqli_path *path;
    uint32_t named; /* where the first name of the column's table stood: for the error */
    bool table_seen;
    uint32_t column_at;
    struct sqli_span column;
    bool done;
};

struct sqli_expr *sqli__resolve_column(struct sqli_resolver *r, uint32_t at,
                                       struct sqli_source *source, uint32_t column)
{
    struct sqli_expr *expr = sqli__resolve_node(r, SQLI_EXPR_COLUMN, at);
    if (!expr)
        return NULL;
    expr->source = source;
    expr->column = column;
    expr->type = source->columns[column].type;
    expr->schema = source->columns[column].schema;
    expr->nullable = source->columns[column].nullable;
    if (source->table && sqli__table_is_elsewhere(source->table) &&
        sqli__type_is_lob(&expr->type)) {
        r->far_lob = source->columns[column].name;
        r->far_lob_at = at;
    }
    return expr;
}

static enum sqli_status make_column(struct attempt *a, const struct search *search, uint32_t fields)
{
    struct sqli_expr *column =
        sqli__resolve_column(a->r, a->expr->at, search->source, search->index);
    if (!column)
        return sqli__resolve_status(a->r);
    uint32_t end = a->expr->end;
    if (search->source->kind == SQLI_SOURCE_TABLE) {
        const struct sqli_name *name = &a->path->names[fields - 1];
        sqli__resolve_use(a->r, search->source->table, (int32_t)search->index, name->at);
        if (fields > 1 && !given(search->source->alias.text))
            sqli__resolve_use(a->r, search->source->table, -1, name[-1].at);
    }
    sqli__resolve_replace(a->expr, column);
    a->expr->end = end;
    a->done = true;
    for (uint32_t i = fields; i < a->path->count; i++)
        SQLI_TRY(
            sqli__resolve_field_of(a->r, a->expr, a->path->names[i].text, a->path->names[i].at));
    return SQLI_OK;
}

static void make_rowid(struct attempt *a, struct sqli_source *source)
{
    struct sqli_type type = sqli__make_integer();
    sqli__resolve_become(a->expr, SQLI_EXPR_ROWID, &type);
    a->expr->source = source;
    a->expr->nullable = false;
    a->done = true;
}

static bool has_rowid(const struct search *search)
{
    const struct sqli_source *source = search->named;
    return source && source->kind == SQLI_SOURCE_TABLE && source->table &&
           sqli__span_is_word(search->column, "rowid");
}

/* What is no ROW has no fields: the first name is that of a table, which lacks the column. */
static bool hides_table(const struct attempt *a, const struct search *search, uint32_t before)
{
    const struct sqli_schema *schema = search->source->columns[search->index].schema;
    return before == 0 && a->table_seen && !(schema && schema->type.code == SQLI_TYPE_ROW);
}

/* The path with `before` names in front of the column. */
static enum sqli_status attempt(struct attempt *a, const struct sqli_scope *scope, uint32_t before)
{
    const struct sqli_path *path = a->path;
    struct search search = {.column = path->names[before].text,
                            .ansi = sqli__catalog_ansi(a->r->catalog)};
    uint32_t at = before;
    if (at)
        search.table = path->names[--at].text;
    if (at)
        search.owner = path->names[--at].text;
    if (at)
        search.database = path->names[--at].text;
    if (path->has_database && before == 2) { /* database:table.column */
        search.database = search.owner;
        search.owner = sqli__span(NULL, 0);
    }
    each_of_scope(scope, look_in_source, &search);
    if (search.found && hides_table(a, &search, before))
        return SQLI_OK;
    if (search.found > 1)
        return sqli__resolve_fail_name(a->r, path->names[before].at, SQLI_E_COLUMN_AMBIGUOUS,
                                       search.column);
    if (search.found)
        return make_column(a, &search, before + 1);
    if (before + 1 == path->count && has_rowid(&search)) {
        make_rowid(a, search.named);
        return SQLI_OK;
    }
    if (search.named && before && !a->table_seen) {
        a->table_seen = true;
        a->column = search.column;
        a->column_at = path->names[before].at;
    }
    return SQLI_OK;
}

/* The column of a table: its name first, then owner and table. */
static enum sqli_status attempt_tables(struct attempt *a)
{
    for (const struct sqli_scope *scope = a->r->scope; scope; scope = scope->outer)
        for (uint32_t i = a->path->has_database ? 2 : 1; i < a->path->count && i <= 3; i++) {
            SQLI_TRY(attempt(a, scope, i));
            if (a->done)
                return SQLI_OK;
        }
    return SQLI_OK;
}

/* A column without its table. Whatever fields stand behind it, a table further out that is named
 * like the column comes first. */
static enum sqli_status attempt_columns(struct attempt *a)
{
    for (const struct sqli_scope *scope = a->r->scope; scope && !a->done; scope = scope->outer)
        SQLI_TRY(attempt(a, scope, 0));
    return SQLI_OK;
}

static enum sqli_status not_found(const struct attempt *a)
{
    const struct sqli_name *first = &a->path->names[0];
    if (a->table_seen)
        return sqli__resolve_fail_name(a->r, a->column_at, SQLI_E_COLUMN_NOT_FOUND, a->column);
    return sqli__resolve_fail_name(
        a->r, first->at, a->path->count > 1 ? SQLI_E_TABLE_NOT_SELECTED : SQLI_E_COLUMN_NOT_FOUND,
        first->text);
}

enum sqli_status sqli__resolve_name(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct attempt a = {.r = r, .expr = expr, .path = expr->path};
    if (sqli__resolve_variable(r, expr))
        return SQLI_OK;
    SQLI_TRY(attempt_tables(&a));
    if (!a.done && !a.path->has_database)
        SQLI_TRY(attempt_columns(&a));
    enum sqli_status status;
    if (a.done)
        return SQLI_OK;
    bool found;
    SQLI_TRY(sqli__resolve_sequence(r, expr, &found));
    if (found)
        return SQLI_OK;
    SQLI_TRY(sqli__resolve_variable_field(r, expr, &found));
    if (found)
        return SQLI_OK;
    if (a.path->count == 1 && sqli__resolve_word(r, a.path->names[0].text, expr, &status))
        return status;
    return not_found(&a);
}

/* --- t.* --- */

enum sqli_status sqli__resolve_star_source(struct sqli_resolver *r, const struct sqli_expr *star,
                                           struct sqli_source **source)
{
    const struct sqli_path *path = star->path;
    struct search search = {.column = sqli__span(NULL, 0), .ansi = sqli__catalog_ansi(r->catalog)};
    uint32_t at = path->count;
    if (at)
        search.table = path->names[--at].text;
    if (at)
        search.owner = path->names[--at].text;
    if (path->has_database && at == 0) {
        search.database = search.owner;
        search.owner = sqli__span(NULL, 0);
    } else if (at) {
        search.database = path->names[--at].text;
    }
    each_of_scope(r->scope, look_in_source, &search);
    *source = search.named;
    if (search.named)
        return SQLI_OK;
    return sqli__resolve_fail_name(r, path->names[0].at, SQLI_E_TABLE_NOT_SELECTED,
                                   path->names[0].text);
}
