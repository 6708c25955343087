/* Constraints of a new table: read, checked, named. definition_enforce.c goes on from there. */
#include "server/engine/definition_inside.h"

#include <stdio.h>

/* --- reading --- */

static char letter_of(enum sqli_constraint_kind kind)
{
    switch (kind) {
    case SQLI_CONSTRAINT_PRIMARY:
    case SQLI_CONSTRAINT_UNIQUE: return 'u';
    case SQLI_CONSTRAINT_FOREIGN: return 'r';
    case SQLI_CONSTRAINT_CHECK: return 'c';
    case SQLI_CONSTRAINT_NOT_NULL: return 'n';
    }
    return 'c';
}

static enum sqli_status check_free_name(struct sqli_definition *definition, struct sqli_span name)
{
    int32_t found = 0;
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &found,
                                  "SELECT 1 FROM %s.sysconstraints WHERE constrname = ?", "s",
                                  name));
    return found ? sqli__definition_fail(definition, SQLI_E_CONSTRAINT_EXISTS, 0, name) : SQLI_OK;
}

/* u<tabid>_<constrid>, and the index with a blank where the letter is. */
static enum sqli_status name_constraint(struct sqli_definition *definition,
                                        const struct sqli_table *table,
                                        struct sqli_new_constraint *constraint)
{
    char name[40];
    SQLI_TRY(sqli__definition_number(definition, SQLI_TABID_CONSTRAINTS, &constraint->constrid));
    snprintf(name, sizeof name, "%c%d_%d", letter_of(constraint->kind), (int)table->tabid,
             (int)constraint->constrid);
    constraint->name = sqli__arena_copy(&definition->arena, sqli__span_text(name));
    name[0] = ' ';
    constraint->index = sqli__arena_copy(&definition->arena, sqli__span_text(name));
    if (constraint->from && constraint->from->name.text.length) {
        constraint->name = constraint->from->name.text;
        if (constraint->name.length > SQLI_NAME_MAX)
            return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, constraint->name);
        SQLI_TRY(check_free_name(definition, constraint->name));
    }
    return sqli__arena_status(&definition->arena, definition->error);
}

/* Large objects have no order, and so no index. */
static enum sqli_status check_key_type(struct sqli_definition *definition,
                                       const struct sqli_table_column *column)
{
    switch (sqli__type_kind(&column->type)) {
    case SQLI_KIND_SIMPLE_LOB:
        return sqli__definition_fail(definition, SQLI_E_BLOB_INDEX, 0, column->name);
    case SQLI_KIND_SMART_LOB:
        return sqli__definition_fail(definition, SQLI_E_SMART_LOB_INDEX, 0, column->name);
    default: return SQLI_OK;
    }
}

static enum sqli_status find_columns(struct sqli_definition *definition,
                                     const struct sqli_table *table, const struct sqli_name *names,
                                     uint32_t count, int32_t *columns)
{
    if (count > SQLI_INDEX_PARTS)
        return sqli__definition_fail(definition, SQLI_E_CONSTRAINT_COLUMNS, 0, table->name);
    for (uint32_t i = 0; i < count; i++) {
        int32_t column = sqli__table_column(table, names[i].text);
        if (column < 0)
            return sqli__definition_fail(definition, SQLI_E_CONSTRAINT_COLUMN, 0, names[i].text);
        columns[i] = table->columns[column].number;
        for (uint32_t k = 0; k < i; k++)
            if (columns[k] == columns[i])
                return sqli__definition_fail(definition, SQLI_E_COLUMN_TWICE, 0, names[i].text);
        SQLI_TRY(check_key_type(definition, &table->columns[column]));
    }
    return SQLI_OK;
}

static bool same_columns(const struct sqli_new_constraint *a, const struct sqli_new_constraint *b)
{
    return a->count == b->count &&
           memcmp(a->columns, b->columns, a->count * sizeof a->columns[0]) == 0;
}

bool sqli__is_unique_constraint(const struct sqli_new_constraint *constraint)
{
    return constraint->kind == SQLI_CONSTRAINT_PRIMARY ||
           constraint->kind == SQLI_CONSTRAINT_UNIQUE;
}

/* One primary key, and one unique constraint on the same columns. */
static enum sqli_status check_unique(struct sqli_definition *definition,
                                     const struct sqli_new_table *new,
                                     const struct sqli_new_constraint *constraint)
{
    for (uint32_t i = 0; i < new->constraint_count; i++) {
        const struct sqli_new_constraint *other = &new->constraints[i];
        if (!sqli__is_unique_constraint(other))
            continue;
        if (other->kind == SQLI_CONSTRAINT_PRIMARY && constraint->kind == SQLI_CONSTRAINT_PRIMARY)
            return sqli__definition_fail(definition, SQLI_E_PRIMARY_KEY_EXISTS, 0, new->table.name);
        if (same_columns(other, constraint))
            return sqli__definition_fail(definition, SQLI_E_CONSTRAINT_ON_COLUMNS, 0,
                                         new->table.name);
    }
    return SQLI_OK;
}

/* A primary key takes no NULL. */
static enum sqli_status mark_primary(struct sqli_definition *definition, struct sqli_new_table *new,
                                     const struct sqli_new_constraint *constraint)
{
    for (uint32_t i = 0; i < constraint->count; i++) {
        struct sqli_table_column *column = &new->table.columns[constraint->columns[i] - 1];
        if (column->default_kind == SQLI_DEFAULT_NULL)
            return sqli__definition_fail(definition, SQLI_E_PRIMARY_KEY_DEFAULT, 0, column->name);
        column->type.flags |= SQLI_TYPE_NOT_NULL;
    }
    return SQLI_OK;
}

static enum sqli_status mark_not_null(struct sqli_definition *definition,
                                      struct sqli_new_table *new,
                                      const struct sqli_new_constraint *constraint)
{
    struct sqli_table_column *column = &new->table.columns[constraint->columns[0] - 1];
    if (column->default_kind == SQLI_DEFAULT_NULL)
        return sqli__definition_fail(definition, SQLI_E_NOT_NULL_DEFAULT, 0, column->name);
    column->type.flags |= SQLI_TYPE_NOT_NULL;
    return SQLI_OK;
}

/* --- foreign keys --- */

struct key {
    int32_t constrid;
    int32_t parts[SQLI_INDEX_PARTS];
    uint32_t count;
    /* What is looked for; 0 columns: the primary key. */
    const int32_t *wanted;
    uint32_t wanted_count;
};

static bool contains(const int32_t *columns, uint32_t count, int32_t column)
{
    for (uint32_t i = 0; i < count; i++)
        if (columns[i] == column)
            return true;
    return false;
}

static bool same_set(const int32_t *a, uint32_t a_count, const int32_t *b, uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count; i++)
        if (!contains(b, b_count, a[i]))
            return false;
    return a_count == b_count;
}

/* A row: constrid, is it primary, the parts. */
static enum sqli_status on_key(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct key *key = context;
    int32_t parts[SQLI_INDEX_PARTS];
    uint32_t count = 0;
    (void)error;
    for (; count < SQLI_INDEX_PARTS && sqlite3_column_int(row, 2 + (int)count); count++) {
        int32_t part = sqlite3_column_int(row, 2 + (int)count);
        parts[count] = part < 0 ? -part : part;
    }
    if (key->wanted_count == 0 ? sqlite3_column_int(row, 1) == 0
                               : !same_set(parts, count, key->wanted, key->wanted_count))
        return SQLI_OK;
    key->constrid = sqlite3_column_int(row, 0);
    key->count = count;
    memcpy(key->parts, parts, sizeof parts);
    return SQLI_OK;
}

static enum sqli_status find_key(struct sqli_definition *definition, int32_t tabid, struct key *key)
{
    return sqli__definition_ask(
        definition, on_key, key,
        "SELECT k.constrid, k.constrtype = 'P', part1, part2, part3, part4, part5, part6, part7, "
        "part8, part9, part10, part11, part12, part13, part14, part15, part16 FROM "
        "%s.sysconstraints k JOIN %s.sysindices i ON i.idxname = k.idxname AND i.tabid = k.tabid "
        "WHERE k.tabid = ? AND k.constrtype IN ('P', 'U') ORDER BY k.constrid DESC",
        "i", tabid);
}

/* In a table that refers to itself, the key is one of those that were just read. */
static void find_own_key(const struct sqli_new_table *new, struct key *key)
{
    for (uint32_t i = new->constraint_count; i-- > 0;) {
        const struct sqli_new_constraint *own = &new->constraints[i];
        if (!sqli__is_unique_constraint(own) ||
            (key->wanted_count == 0
                 ? own->kind != SQLI_CONSTRAINT_PRIMARY
                 : !same_set(own->columns, own->count, key->wanted, key->wanted_count)))
            continue;
        key->constrid = own->constrid;
        key->count = own->count;
        memcpy(key->parts, own->columns, sizeof own->columns);
    }
}

static enum sqli_status find_parent(struct sqli_definition *definition,
                                    const struct sqli_new_table *new,
                                    const struct sqli_constraint *from,
                                    const struct sqli_table **parent)
{
    const struct sqli_object_name *name = &from->parent;
    const struct sqli_span own = sqli__span_text(definition->store->database->info.name);
    if (name->database.text.data && !sqli__span_equal(name->database.text, own))
        return sqli__definition_fail(definition, SQLI_E_REFERENCE_DATABASE, 0, name->name.text);
    *parent = &new->table;
    if (sqli__span_equal(name->name.text, new->table.name))
        return SQLI_OK;
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, name->database.text,
                                 name->owner.text, name->name.text, parent, definition->error));
    if (!*parent || (*parent)->temp || (*parent)->system || (*parent)->kind != 'T')
        return sqli__definition_fail(definition, SQLI_E_REFERENCE_TABLE, 0, name->name.text);
    return SQLI_OK;
}

/* Both sides must compare; SERIAL and INTEGER do. */
static enum sqli_status check_parent_types(struct sqli_definition *definition,
                                           const struct sqli_new_table *new,
                                           const struct sqli_table *parent,
                                           const struct sqli_new_constraint *constraint)
{
    for (uint32_t i = 0; i < constraint->count; i++) {
        const struct sqli_table_column *own = &new->table.columns[constraint->columns[i] - 1];
        const struct sqli_table_column *key = &parent->columns[constraint->parent_columns[i] - 1];
        if (!sqli__same_storage(&own->type, &key->type))
            return sqli__definition_fail(definition, SQLI_E_REFERENCE_TYPE, 0, own->name);
    }
    return SQLI_OK;
}

static enum sqli_status read_foreign(struct sqli_definition *definition,
                                     const struct sqli_new_table *new,
                                     struct sqli_new_constraint *constraint)
{
    const struct sqli_constraint *from = constraint->from;
    const struct sqli_table *parent;
    struct key key = {.wanted = constraint->parent_columns,
                      .wanted_count = from->parent_column_count};
    if (new->table.temp)
        return sqli__definition_fail(definition, SQLI_E_TEMP_CONSTRAINT, 0, new->table.name);
    SQLI_TRY(find_parent(definition, new, from, &parent));
    SQLI_TRY(find_columns(definition, parent, from->parent_columns, from->parent_column_count,
                          constraint->parent_columns));
    if (parent == &new->table)
        find_own_key(new, &key);
    else
        SQLI_TRY(find_key(definition, parent->tabid, &key));
    if (key.constrid == 0)
        return sqli__definition_fail(definition, SQLI_E_REFERENCE_KEY, 0, parent->name);
    if (key.count != constraint->count)
        return sqli__definition_fail(definition, SQLI_E_REFERENCE_COUNT, 0, parent->name);
    if (from->parent_column_count == 0)
        memcpy(constraint->parent_columns, key.parts, sizeof key.parts);
    constraint->parent = parent->tabid;
    constraint->parent_constraint = key.constrid;
    return check_parent_types(definition, new, parent, constraint);
}

/* --- all of a table --- */

static enum sqli_status read_kind(struct sqli_definition *definition, struct sqli_new_table *new,
                                  struct sqli_new_constraint *constraint)
{
    switch (constraint->kind) {
    case SQLI_CONSTRAINT_PRIMARY:
        SQLI_TRY(check_unique(definition, new, constraint));
        return mark_primary(definition, new, constraint);
    case SQLI_CONSTRAINT_UNIQUE: return check_unique(definition, new, constraint);
    case SQLI_CONSTRAINT_NOT_NULL: return mark_not_null(definition, new, constraint);
    case SQLI_CONSTRAINT_FOREIGN: return read_foreign(definition, new, constraint);
    case SQLI_CONSTRAINT_CHECK: return SQLI_OK;
    }
    return SQLI_OK;
}

/* `column`: of a constraint that stands behind a column; else NULL. */
static enum sqli_status read_constraint(struct sqli_definition *definition,
                                        struct sqli_new_table *new,
                                        const struct sqli_constraint *from,
                                        const struct sqli_column_definition *column)
{
    struct sqli_new_constraint *constraint = &new->constraints[new->constraint_count];
    const struct sqli_name *names = column && !from->column_count ? &column->name : from->columns;
    *constraint = (struct sqli_new_constraint){.from = from, .kind = from->kind};
    if (from->kind != SQLI_CONSTRAINT_CHECK) {
        constraint->count = from->column_count ? from->column_count : 1;
        if (from->kind == SQLI_CONSTRAINT_NOT_NULL)
            constraint->columns[0] = sqli__table_column(&new->table, names[0].text) + 1;
        else
            SQLI_TRY(find_columns(definition, &new->table, names, constraint->count,
                                  constraint->columns));
    }
    SQLI_TRY(read_kind(definition, new, constraint));
    SQLI_TRY(name_constraint(definition, &new->table, constraint));
    new->constraint_count++;
    return SQLI_OK;
}

static uint32_t count_constraints(const struct sqli_create_table *create)
{
    uint32_t count = 0;
    for (const struct sqli_constraint *one = create->constraints; one; one = one->next)
        count++;
    for (const struct sqli_column_definition *column = create->columns; column;
         column = column->next)
        for (const struct sqli_constraint *one = column->constraints; one; one = one->next)
            count++;
    return count;
}

/* Foreign keys come last: in a table that refers to itself they need the others. */
static enum sqli_status read_pass(struct sqli_definition *definition,
                                  const struct sqli_create_table *create,
                                  struct sqli_new_table *new, bool foreign)
{
    for (const struct sqli_column_definition *column = create->columns; column;
         column = column->next)
        for (const struct sqli_constraint *one = column->constraints; one; one = one->next)
            if ((one->kind == SQLI_CONSTRAINT_FOREIGN) == foreign)
                SQLI_TRY(read_constraint(definition, new, one, column));
    for (const struct sqli_constraint *one = create->constraints; one; one = one->next)
        if ((one->kind == SQLI_CONSTRAINT_FOREIGN) == foreign)
            SQLI_TRY(read_constraint(definition, new, one, NULL));
    return SQLI_OK;
}

enum sqli_status sqli__read_constraints(struct sqli_definition *definition,
                                        const struct sqli_create_table *create,
                                        struct sqli_new_table *new)
{
    const struct sqli_new_constraint *before = new->constraints;
    new->constraints =
        sqli__arena_alloc(&definition->arena, count_constraints(create) + new->constraint_count + 1,
                          sizeof *new->constraints);
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    if (before) /* ALTER TABLE: those that the table has */
        memcpy(new->constraints, before, new->constraint_count * sizeof *before);
    SQLI_TRY(read_pass(definition, create, new, false));
    return read_pass(definition, create, new, true);
}
