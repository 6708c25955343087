/* FROM: tables, derived tables, names of WITH, collections. */
#include "server/front/resolve_inside.h"

#include <stdio.h>

static enum sqli_status number_columns(struct sqli_resolver *r, struct sqli_source *source,
                                       uint32_t count)
{
    source->number = ++r->sources;
    source->count = count;
    source->columns = sqli__resolve_alloc(r, count, sizeof *source->columns);
    return sqli__resolve_status(r);
}

/* alias(a, b) */
static enum sqli_status rename_columns(struct sqli_resolver *r, struct sqli_source *source,
                                       const struct sqli_name *names, uint32_t count)
{
    if (count == 0)
        return SQLI_OK;
    if (count != source->count)
        return sqli__resolve_fail(r, names[0].at, SQLI_E_VIEW_COLUMN_COUNT, NULL);
    for (uint32_t i = 0; i < count; i++)
        source->columns[i].name = names[i].text;
    return SQLI_OK;
}

/* --- tables --- */

enum sqli_status sqli__resolve_offer_table(struct sqli_resolver *r, struct sqli_source *source,
                                           const struct sqli_table *table)
{
    source->kind = SQLI_SOURCE_TABLE;
    source->table = table;
    SQLI_TRY(number_columns(r, source, table->count));
    for (uint32_t i = 0; i < table->count; i++) {
        const struct sqli_table_column *column = &table->columns[i];
        bool nullable =
            !(column->type.flags & SQLI_TYPE_NOT_NULL) && !sqli__type_is_serial(&column->type);
        source->columns[i] =
            (struct sqli_source_column){column->name, column->type, column->schema, nullable};
        source->columns[i].type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    }
    return SQLI_OK;
}

/* The texts of views have the names of owners as they were written. */
static struct sqli_span upper_copy(struct sqli_resolver *r, struct sqli_span name)
{
    uint8_t *upper = sqli__resolve_alloc(r, name.length + 1, 1);
    for (size_t i = 0; upper && i < name.length; i++)
        upper[i] = (uint8_t)(name.data[i] >= 'a' && name.data[i] <= 'z' ? name.data[i] - 'a' + 'A'
                                                                        : name.data[i]);
    return sqli__span(upper, upper ? name.length : 0);
}

/* A failure of the catalog itself is that of the database's name. */
static enum sqli_status find_table(struct sqli_resolver *r, const struct sqli_object_name *name,
                                   const struct sqli_table **table)
{
    struct sqli_span database = name->database.text.data ? name->database.text : r->database;
    struct sqli_span owner = name->owner.text;
    enum sqli_status status =
        sqli__catalog_table(r->catalog, database, owner, name->name.text, table, r->error);
    if (status == SQLI_OK && !*table && (r->views || r->on_use) && owner.data &&
        sqli__catalog_ansi(r->catalog)) {
        owner = upper_copy(r, owner);
        SQLI_TRY(sqli__resolve_status(r));
        status = sqli__catalog_table(r->catalog, database, owner, name->name.text, table, r->error);
    }
    if (status == SQLI_OK)
        return SQLI_OK;
    sqli__resolve_place(r, name->database.text.data ? name->database.at : name->name.at);
    return SQLI_FAIL;
}

enum sqli_status sqli__resolve_table(struct sqli_resolver *r, const struct sqli_object_name *name,
                                     struct sqli_source *source)
{
    const struct sqli_table *table;
    SQLI_TRY(find_table(r, name, &table));
    if (!table) {
        sqli__resolve_fail_name(r, name->name.at, SQLI_E_TABLE_NOT_FOUND, name->name.text);
        r->error->isam = SQLI_E_ISAM_NO_RECORD;
        return SQLI_FAIL;
    }
    if (table->kind == 'Q')
        return sqli__resolve_fail_name(r, name->name.at, SQLI_E_SEQUENCE_FROM, name->name.text);
    source->name = *name;
    sqli__resolve_use(r, table, -1, name->name.at);
    return sqli__resolve_offer_table(r, source, table);
}

/* --- queries --- */

static enum sqli_status offer_items(struct sqli_resolver *r, struct sqli_source *source,
                                    const struct sqli_select *select)
{
    uint32_t i = 0;
    SQLI_TRY(number_columns(r, source, select->item_count));
    for (const struct sqli_select_item *item = select->items; item; item = item->next, i++)
        source->columns[i] = (struct sqli_source_column){item->name, item->expr->type,
                                                         item->expr->schema, item->expr->nullable};
    return SQLI_OK;
}

struct sqli_source *sqli__resolve_wrap(struct sqli_resolver *r, struct sqli_select *select)
{
    struct sqli_source *source = SQLI_NEW(r, struct sqli_source);
    if (!source)
        return NULL;
    source->kind = SQLI_SOURCE_SELECT;
    source->at = select->at;
    source->select = select;
    return offer_items(r, source, select) == SQLI_OK ? source : NULL;
}

static struct sqli_with *find_with(const struct sqli_resolver *r, struct sqli_span name)
{
    for (const struct sqli_scope *scope = r->scope; scope; scope = scope->outer)
        for (struct sqli_with *with = scope->with; with; with = with->next)
            if (sqli__span_equal(with->name.text, name) && with->number)
                return with;
    return NULL;
}

/* A recursive one is known by its first part while the second is being resolved. */
static const struct sqli_select *known_part(const struct sqli_with *with)
{
    const struct sqli_select *select = with->select;
    return select->items || !select->left ? select : select->left;
}

static enum sqli_status with_source(struct sqli_resolver *r, struct sqli_source *source,
                                    struct sqli_with *with)
{
    const struct sqli_select *part = known_part(with);
    if (!part->items)
        return sqli__resolve_fail_name(r, source->name.name.at, SQLI_E_TABLE_NOT_FOUND,
                                       source->name.name.text);
    source->kind = SQLI_SOURCE_SELECT;
    source->select = with->select;
    SQLI_TRY(offer_items(r, source, part));
    return rename_columns(r, source, with->column_names, with->column_name_count);
}

static enum sqli_status named_source(struct sqli_resolver *r, struct sqli_source *source)
{
    const struct sqli_object_name *name = &source->name;
    struct sqli_with *with =
        name->database.text.data || name->owner.text.data ? NULL : find_with(r, name->name.text);
    struct sqli_object_name copy = *name;
    if (with)
        return with_source(r, source, with);
    SQLI_TRY(sqli__resolve_table(r, &copy, source));
    bool view = source->table->kind == 'V' && !source->table->system;
    return view ? sqli__resolve_view(r, source) : SQLI_OK;
}

static enum sqli_status derived_source(struct sqli_resolver *r, struct sqli_source *source)
{
    SQLI_TRY(sqli__resolve_select(r, source->select));
    return offer_items(r, source, source->select);
}

/* --- TABLE(collection) --- */

/* A collection of rows offers their fields, any other its elements. */
static enum sqli_status collection_source(struct sqli_resolver *r, struct sqli_source *source)
{
    SQLI_TRY(sqli__resolve_expr(r, source->call));
    const struct sqli_schema *schema = source->call->schema;
    if (!schema || !sqli__type_is_collection(&source->call->type))
        return sqli__resolve_fail(r, source->at, SQLI_E_COLLECTION_REQUIRED, NULL);
    const struct sqli_schema *element = schema->parts;
    bool row = element->type.code == SQLI_TYPE_ROW && element->count;
    SQLI_TRY(number_columns(r, source, row ? element->count : 1));
    for (uint32_t i = 0; i < source->count; i++) {
        const struct sqli_schema *part = row ? &element->parts[i] : element;
        struct sqli_source_column *column = &source->columns[i];
        SQLI_TRY(sqli__schema_type(r, part, &column->type));
        column->name = row ? part->field : source->alias.text;
        column->schema = part->count ? part : NULL;
        column->nullable = !(part->type.flags & SQLI_TYPE_NOT_NULL);
        column->type.flags = 0;
    }
    return SQLI_OK;
}

/* --- TABLE(FUNCTION f(...)) --- */

static struct sqli_span unnamed_column(struct sqli_resolver *r, uint32_t number)
{
    char name[32];
    snprintf(name, sizeof name, "unnamed_col_%u", (unsigned)number);
    return sqli__arena_copy(r->arena, sqli__span_text(name));
}

/* Its columns are what the function returns, by the names that those have. */
static enum sqli_status routine_source(struct sqli_resolver *r, struct sqli_source *source)
{
    const struct sqli_routine *routine;
    SQLI_TRY(sqli__resolve_rows(r, source->call, &routine));
    SQLI_TRY(number_columns(r, source, routine->return_count));
    for (uint32_t i = 0; i < source->count; i++) {
        const struct sqli_routine_column *returned = &routine->returns[i];
        struct sqli_span name = returned->name;
        if (name.length == 0)
            name = unnamed_column(r, i + 1);
        source->columns[i] = (struct sqli_source_column){name, sqli__plain_type(&returned->type),
                                                         returned->schema, true};
        source->columns[i].type.flags = 0;
    }
    return SQLI_OK;
}

/* --- all of FROM --- */

static enum sqli_status resolve_source(struct sqli_resolver *r, struct sqli_source *source)
{
    switch (source->kind) {
    case SQLI_SOURCE_TABLE: SQLI_TRY(named_source(r, source)); break;
    case SQLI_SOURCE_SELECT: SQLI_TRY(derived_source(r, source)); break;
    case SQLI_SOURCE_COLLECTION: SQLI_TRY(collection_source(r, source)); break;
    case SQLI_SOURCE_ROUTINE: SQLI_TRY(routine_source(r, source)); break;
    case SQLI_SOURCE_JOIN:
        SQLI_TRY(sqli__resolve_enter(r, source->at));
        SQLI_TRY(resolve_source(r, source->left));
        SQLI_TRY(resolve_source(r, source->right));
        r->depth--;
        return SQLI_OK;
    case SQLI_SOURCE_OUTER:
        SQLI_TRY(sqli__resolve_enter(r, source->at));
        SQLI_TRY(sqli__resolve_sources(r, source->members));
        r->depth--;
        return SQLI_OK;
    }
    return rename_columns(r, source, source->column_names, source->column_name_count);
}

/* What the names of a FROM are told apart by. */
static struct sqli_name exposed_name(const struct sqli_source *source)
{
    return source->alias.text.data ? source->alias : source->name.name;
}

struct twice {
    const struct sqli_source *against;
    bool found;
};

static bool same_exposed_name(void *context, struct sqli_source *source)
{
    struct twice *twice = context;
    if (source == twice->against)
        return false;
    struct sqli_span a = exposed_name(source).text;
    struct sqli_span b = exposed_name(twice->against).text;
    bool same_database =
        sqli__span_equal(source->name.database.text, twice->against->name.database.text) &&
        sqli__span_equal(source->name.owner.text, twice->against->name.owner.text);
    bool aliases = source->alias.text.data || twice->against->alias.text.data;
    twice->found = a.data && b.data && sqli__span_equal(a, b) && (aliases || same_database);
    return !twice->found;
}

struct distinct_names {
    struct sqli_resolver *r;
    struct sqli_source *list;
    enum sqli_status status;
};

static bool check_name(void *context, struct sqli_source *source)
{
    struct distinct_names *names = context;
    struct twice twice = {source, false};
    sqli__each_source(names->list, false, same_exposed_name, &twice);
    if (twice.found) {
        struct sqli_name name = exposed_name(source);
        names->status = sqli__resolve_fail_name(names->r, name.at, SQLI_E_TABLE_TWICE, name.text);
    }
    return !twice.found;
}

enum sqli_status sqli__resolve_sources(struct sqli_resolver *r, struct sqli_source *list)
{
    struct distinct_names names = {r, list, SQLI_OK};
    for (struct sqli_source *source = list; source; source = source->next)
        SQLI_TRY(resolve_source(r, source));
    sqli__each_source(list, false, check_name, &names);
    return names.status;
}

/* --- joins --- */

static bool make_nullable(void *context, struct sqli_source *source)
{
    (void)context;
    for (uint32_t i = 0; i < source->count; i++)
        source->columns[i].nullable = true;
    return true;
}

static void mark_nullable(struct sqli_source *source)
{
    bool left = source->join == SQLI_JOIN_RIGHT || source->join == SQLI_JOIN_FULL;
    bool right = source->join == SQLI_JOIN_LEFT || source->join == SQLI_JOIN_FULL;
    if (source->kind == SQLI_SOURCE_OUTER)
        sqli__each_source(source->members, false, make_nullable, NULL);
    if (source->kind == SQLI_SOURCE_JOIN && left)
        sqli__each_source(source->left, true, make_nullable, NULL);
    if (source->kind == SQLI_SOURCE_JOIN && right)
        sqli__each_source(source->right, true, make_nullable, NULL);
}

/* ON sees the two sides of its join, and the queries around. */
static enum sqli_status resolve_on(struct sqli_resolver *r, struct sqli_source *join)
{
    struct sqli_scope scope = {.outer = r->scope->outer, .from = join, .one = true};
    struct sqli_scope *before = r->scope;
    scope.with = before->with;
    r->scope = &scope;
    enum sqli_status status = sqli__resolve_condition(r, join->on);
    r->scope = before;
    return status;
}

enum sqli_status sqli__resolve_joins(struct sqli_resolver *r, struct sqli_source *list)
{
    for (struct sqli_source *source = list; source; source = source->next) {
        if (source->kind == SQLI_SOURCE_JOIN) {
            struct sqli_source *left = source->left;
            struct sqli_source *right = source->right;
            SQLI_TRY(sqli__resolve_joins(r, left));
            SQLI_TRY(sqli__resolve_joins(r, right));
            if (source->on)
                SQLI_TRY(resolve_on(r, source));
        }
        if (source->kind == SQLI_SOURCE_OUTER)
            SQLI_TRY(sqli__resolve_joins(r, source->members));
        mark_nullable(source);
    }
    return SQLI_OK;
}

/* --- WITH --- */

static bool mentions_itself(const struct sqli_with *with)
{
    return with->recursive && with->select->operation != SQLI_SET_NONE;
}

bool sqli__resolve_is_recursive(const struct sqli_resolver *r, const struct sqli_select *select)
{
    for (const struct sqli_scope *scope = r->scope; scope; scope = scope->outer)
        for (const struct sqli_with *with = scope->with; with; with = with->next)
            if (with->select == select)
                return mentions_itself(with);
    return false;
}

/* The names in parentheses are those of the items, for `*` and whoever selects from it. */
static enum sqli_status name_items(struct sqli_resolver *r, struct sqli_with *with)
{
    uint32_t i = 0;
    if (with->column_name_count && with->column_name_count != with->select->item_count)
        return sqli__resolve_fail(r, with->column_names[0].at, SQLI_E_VIEW_COLUMN_COUNT, NULL);
    for (struct sqli_select_item *item = with->select->items; item && i < with->column_name_count;
         item = item->next)
        item->name = with->column_names[i++].text;
    return SQLI_OK;
}

/* A name is visible behind its own definition, and inside it where it is recursive. */
enum sqli_status sqli__resolve_with(struct sqli_resolver *r, struct sqli_select *select)
{
    for (struct sqli_with *with = select->with; with; with = with->next) {
        if (mentions_itself(with))
            with->number = ++r->withs;
        SQLI_TRY(sqli__resolve_select(r, with->select));
        if (!with->number)
            with->number = ++r->withs;
        SQLI_TRY(name_items(r, with));
    }
    return SQLI_OK;
}
