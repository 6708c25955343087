/* ALTER TABLE: the table is made anew beside the old one, the rows are copied, and the new one
 * takes its place, with all indexes, constraints and triggers. Ids stay, and so do rowids.
 *
 * The rows of the catalog change first, so that what a row does not meet is found by its name.
 * Foreign keys are out of the way meanwhile: dropping a table would delete what refers to it. */
#include "server/engine/definition_inside.h"

#include "base/ascii.h"
#include "server/front/emit.h"
#include "server/front/parse.h"
#include "server/front/resolve.h"
#include "server/front/resolve_types.h"
#include "sql/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>

/* A constraint or an index as it was, by the columns' old numbers. */
struct old_constraint {
    struct old_constraint *next;
    struct sqli_new_constraint now;
    struct sqli_constraint from;
    bool gone;
};

struct old_index {
    struct old_index *next;
    struct sqli_new_index now;
    bool gone;
};

/* A foreign key of another table that refers to this one. */
struct incoming {
    struct incoming *next;
    struct sqli_reference reference;
    struct sqli_new_constraint now;
    struct sqli_constraint from;
    bool gone;
};

struct alteration {
    struct sqli_definition *definition;
    const struct sqli_table *old;
    struct sqli_new_table new;
    int32_t *from;                               /* per new column: its old number; 0: added */
    const struct sqli_column_definition **given; /* per new column: what it is to be, or NULL */
    int32_t *to;                                 /* per old number: the new one; 0: gone */
    struct old_constraint *constraints, **constraints_end;
    struct old_index *indexes, **indexes_end;
    struct incoming *incoming;
    struct sqli_span schema_text; /* of the table in SQLite */
    bool rebuild;
};

static void *get_memory(struct alteration *a, size_t count, size_t size)
{
    return sqli__arena_alloc(&a->definition->arena, count, size);
}

static enum sqli_status memory(struct alteration *a)
{
    return sqli__arena_status(&a->definition->arena, a->definition->error);
}

static struct sqli_span text_of(struct alteration *a, sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    size_t length = (size_t)sqlite3_column_bytes(row, column);
    while (length && text[length - 1] == ' ')
        length--;
    return text ? sqli__arena_copy(&a->definition->arena, sqli__span(text, length))
                : sqli__span(NULL, 0);
}

static char letter_at(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    return text ? (char)text[0] : '\0';
}

/* --- reading what there is --- */

static uint32_t read_parts(sqlite3_stmt *row, int first, int32_t parts[SQLI_INDEX_PARTS])
{
    uint32_t count = 0;
    while (count < SQLI_INDEX_PARTS && sqlite3_column_int(row, first + (int)count)) {
        parts[count] = sqlite3_column_int(row, first + (int)count);
        count++;
    }
    return count;
}

/* "c1, c2)" */
static const char *read_numbers(const char *at, int32_t numbers[SQLI_INDEX_PARTS])
{
    for (uint32_t count = 0; *at && *at != ')'; at++)
        if (*at == 'c' && count < SQLI_INDEX_PARTS)
            numbers[count++] = (int32_t)strtol(at + 1, NULL, 10);
    return at;
}

void sqli__read_foreign_key(struct sqli_span schema, struct sqli_new_constraint *constraint)
{
    char mark[48];
    snprintf(mark, sizeof mark, ", CONSTRAINT k%d FOREIGN KEY (", (int)constraint->constrid);
    const char *at = schema.data ? strstr((const char *)schema.data, mark) : NULL;
    if (!at)
        return;
    at = read_numbers(at + strlen(mark), constraint->columns);
    at = strchr(at, '(');
    if (at)
        read_numbers(at, constraint->parent_columns);
}

static enum sqli_status on_constraint(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct alteration *a = context;
    struct old_constraint *one = get_memory(a, 1, sizeof *one);
    (void)error;
    if (!one)
        return memory(a);
    one->from.kind = (enum sqli_constraint_kind)letter_at(row, 2);
    one->from.disabled = letter_at(row, 4) == 'D';
    one->from.cascade = letter_at(row, 7) == 'C';
    one->from.check_text = text_of(a, row, 8);
    one->now.from = &one->from;
    one->now.kind = one->from.kind;
    one->now.constrid = sqlite3_column_int(row, 0);
    one->now.name = text_of(a, row, 1);
    const char *index = (const char *)sqlite3_column_text(row, 3);
    one->now.index = sqli__arena_copy(&a->definition->arena, sqli__span_text(index ? index : ""));
    one->now.parent = sqlite3_column_int(row, 5);
    one->now.parent_constraint = sqlite3_column_int(row, 6);
    if (one->now.kind == SQLI_CONSTRAINT_NOT_NULL) {
        one->now.count = 1;
        one->now.columns[0] = sqlite3_column_int(row, 9);
    } else {
        one->now.count = read_parts(row, 10, one->now.columns);
    }
    if (one->now.kind == SQLI_CONSTRAINT_FOREIGN) {
        memcpy(one->now.parent_columns, one->now.columns, sizeof one->now.columns);
        sqli__read_foreign_key(a->schema_text, &one->now);
    }
    *a->constraints_end = one;
    a->constraints_end = &one->next;
    return memory(a);
}

static enum sqli_status on_index(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct alteration *a = context;
    struct old_index *one = get_memory(a, 1, sizeof *one);
    (void)error;
    if (!one)
        return memory(a);
    const char *name = (const char *)sqlite3_column_text(row, 0);
    one->now.name = sqli__arena_copy(&a->definition->arena, sqli__span_text(name ? name : ""));
    one->now.unique = letter_at(row, 1) == 'U';
    one->now.cluster = letter_at(row, 2) == 'C';
    one->now.count = read_parts(row, 3, one->now.parts);
    *a->indexes_end = one;
    a->indexes_end = &one->next;
    return memory(a);
}

static enum sqli_status on_incoming(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct alteration *a = context;
    struct incoming *one = get_memory(a, 1, sizeof *one);
    (void)error;
    if (!one)
        return memory(a);
    *one = (struct incoming){.next = a->incoming};
    one->now.constrid = one->reference.constrid = sqlite3_column_int(row, 0);
    one->reference.child = sqlite3_column_int(row, 1);
    one->from.kind = one->now.kind = SQLI_CONSTRAINT_FOREIGN;
    one->from.cascade = letter_at(row, 3) == 'C';
    one->from.disabled = letter_at(row, 4) == 'D';
    one->now.parent = a->old->tabid;
    one->now.parent_constraint = sqlite3_column_int(row, 2);
    one->now.count = read_parts(row, 6, one->now.columns);
    memcpy(one->now.parent_columns, one->now.columns, sizeof one->now.columns);
    one->now.from = &one->from;
    sqli__read_foreign_key(text_of(a, row, 5), &one->now);
    a->incoming = one;
    return memory(a);
}

static enum sqli_status on_schema(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct alteration *a = context;
    (void)error;
    a->schema_text = text_of(a, row, 0);
    return memory(a);
}

#define PARTS(table)                                                                            \
    table ".part1, " table ".part2, " table ".part3, " table ".part4, " table ".part5, " table  \
          ".part6, " table ".part7, " table ".part8, " table ".part9, " table ".part10, " table \
          ".part11, " table ".part12, " table ".part13, " table ".part14, " table               \
          ".part15, " table ".part16"

static enum sqli_status load(struct alteration *a)
{
    struct sqli_definition *d = a->definition;
    int32_t tabid = a->old->tabid;
    SQLI_TRY(sqli__definition_ask(d, on_schema, a,
                                  "SELECT sql FROM %s.sqlite_schema WHERE type = 'table' AND name "
                                  "= 't' || ?",
                                  "i", tabid));
    SQLI_TRY(sqli__definition_ask(
        d, on_constraint, a,
        "SELECT k.constrid, k.constrname, k.constrtype, k.idxname, (SELECT o.state FROM "
        "%s.sysobjstate o WHERE o.objtype = 'C' AND o.tabid = k.tabid AND o.name = k.constrname), "
        "r.ptabid, r.primary_, r.delrule, (SELECT group_concat(checktext, '') FROM (SELECT "
        "checktext FROM %s.syschecks WHERE constrid = k.constrid AND type = 'T' ORDER BY seqno)), "
        "(SELECT colno FROM %s.syscoldepend WHERE constrid = k.constrid), " PARTS(
            "i") " FROM %s.sysconstraints k LEFT JOIN %s.sysreferences r ON r.constrid = "
                 "k.constrid LEFT "
                 "JOIN %s.sysindices i ON i.idxname = k.idxname AND i.tabid = k.tabid WHERE "
                 "k.tabid = ? "
                 "ORDER BY k.constrid",
        "i", tabid));
    SQLI_TRY(
        sqli__definition_ask(d, on_index, a,
                             "SELECT i.idxname, i.idxtype, i.clustered, " PARTS(
                                 "i") " FROM %s.sysindices i WHERE "
                                      "i.tabid = ?1 AND i.idxname NOT LIKE ' %%' ORDER BY i.number",
                             "i", tabid));
    return sqli__definition_ask(
        d, on_incoming, a,
        "SELECT k.constrid, k.tabid, r.primary_, r.delrule, (SELECT o.state FROM %s.sysobjstate o "
        "WHERE o.objtype = 'C' AND o.tabid = k.tabid AND o.name = k.constrname), (SELECT sql FROM "
        "%s.sqlite_schema WHERE type = 'table' AND name = 't' || k.tabid), " PARTS(
            "i") " FROM %s.sysreferences r JOIN %s.sysconstraints k ON k.constrid = r.constrid "
                 "LEFT JOIN "
                 "%s.sysindices i ON i.idxname = k.idxname AND i.tabid = k.tabid WHERE r.ptabid = "
                 "?1 AND "
                 "k.tabid <> ?1",
        "i", tabid);
}

/* --- columns --- */

static enum sqli_status begin_columns(struct alteration *a, const struct sqli_alter_table *alter)
{
    uint32_t room = a->old->count + 1;
    for (const struct sqli_alter_action *one = alter->actions; one; one = one->next)
        room += one->kind == SQLI_ALTER_ADD;
    struct sqli_new_table *new = &a->new;
    new->table = *a->old;
    new->table.columns = get_memory(a, room, sizeof *new->table.columns);
    new->serial_starts = get_memory(a, room, sizeof *new->serial_starts);
    a->from = get_memory(a, room, sizeof *a->from);
    a->given = get_memory(a, room, sizeof(const struct sqli_column_definition *));
    a->to = get_memory(a, a->old->count + 1, sizeof *a->to);
    SQLI_TRY(memory(a));
    for (uint32_t i = 0; i < a->old->count; i++) {
        new->table.columns[i] = a->old->columns[i];
        a->from[i] = (int32_t)i + 1;
    }
    return SQLI_OK;
}

static enum sqli_status find_column(struct alteration *a, const struct sqli_name *name,
                                    uint32_t *index)
{
    int32_t found = sqli__table_column(&a->new.table, name->text);
    *index = found < 0 ? 0 : (uint32_t)found;
    if (found >= 0)
        return SQLI_OK;
    return sqli__definition_fail(a->definition, SQLI_E_COLUMN_NOT_FOUND, 0, name->text);
}

static void move_columns(struct alteration *a, uint32_t to, uint32_t from, uint32_t count)
{
    memmove(&a->new.table.columns[to], &a->new.table.columns[from],
            count * sizeof *a->new.table.columns);
    memmove(&a->new.serial_starts[to], &a->new.serial_starts[from],
            count * sizeof *a->new.serial_starts);
    memmove(&a->from[to], &a->from[from], count * sizeof *a->from);
    memmove(&a->given[to], &a->given[from], count * sizeof(const struct sqli_column_definition *));
}

static enum sqli_status add_column(struct alteration *a, const struct sqli_alter_action *action)
{
    struct sqli_table *table = &a->new.table;
    uint32_t at = table->count;
    if (action->before.text.data)
        SQLI_TRY(find_column(a, &action->before, &at));
    if (!sqli__new_column(a->definition, table, action->name.text))
        return SQLI_FAIL;
    struct sqli_table_column made = table->columns[table->count - 1];
    move_columns(a, at + 1, at, table->count - 1 - at);
    table->columns[at] = made;
    a->new.serial_starts[at] = 0;
    a->from[at] = 0;
    a->given[at] = action->column;
    return sqli__read_type(a->definition, action->column, &a->new, at);
}

static enum sqli_status modify_column(struct alteration *a, const struct sqli_alter_action *action)
{
    uint32_t at;
    SQLI_TRY(find_column(a, &action->name, &at));
    struct sqli_table_column *column = &a->new.table.columns[at];
    const struct sqli_table_column fresh = {
        .name = column->name, .number = column->number, .physical = column->physical};
    *column = fresh;
    a->given[at] = action->column;
    return sqli__read_type(a->definition, action->column, &a->new, at);
}

static enum sqli_status drop_column(struct alteration *a, const struct sqli_alter_action *action)
{
    uint32_t at;
    SQLI_TRY(find_column(a, &action->name, &at));
    if (a->new.table.count == 1)
        return sqli__definition_fail(a->definition, SQLI_E_LAST_COLUMN, 0, action->name.text);
    a->new.table.count--;
    move_columns(a, at, at + 1, a->new.table.count - at);
    return SQLI_OK;
}

static enum sqli_status drop_constraint(struct alteration *a, struct sqli_span name)
{
    for (struct old_constraint *one = a->constraints; one; one = one->next)
        if (!one->gone && sqli__span_equal(one->now.name, name)) {
            one->gone = true;
            return SQLI_OK;
        }
    return sqli__definition_fail(a->definition, SQLI_E_CONSTRAINT_NOT_FOUND, 0, name);
}

static enum sqli_status set_type(struct alteration *a, struct sqli_span word)
{
    bool raw = sqli__span_equal(word, sqli__span_text("raw"));
    if (!raw && !sqli__span_equal(word, sqli__span_text("standard")))
        return sqli__definition_fail(a->definition, SQLI_E_SYNTAX, 0, word);
    return sqli__definition_run(a->definition,
                                "UPDATE %s.systables SET flags = CASE WHEN ?2 THEN flags | 16 ELSE "
                                "flags & ~16 END WHERE tabid = ?1",
                                "ii", a->old->tabid, (int32_t)raw);
}

static enum sqli_status set_lock_mode(struct alteration *a, struct sqli_span word)
{
    bool page = sqli__span_equal(word, sqli__span_text("page"));
    if (!page && !sqli__span_equal(word, sqli__span_text("row")))
        return sqli__definition_fail(a->definition, SQLI_E_SYNTAX, 0, word);
    return sqli__definition_run(a->definition,
                                "UPDATE %s.systables SET locklevel = ?2 WHERE tabid = ?1", "it",
                                a->old->tabid, page ? "P" : "R");
}

static enum sqli_status run_action(struct alteration *a, const struct sqli_alter_action *action)
{
    a->rebuild |= action->kind <= SQLI_ALTER_DROP_CONSTRAINT;
    switch (action->kind) {
    case SQLI_ALTER_ADD: return add_column(a, action);
    case SQLI_ALTER_MODIFY: return modify_column(a, action);
    case SQLI_ALTER_DROP: return drop_column(a, action);
    case SQLI_ALTER_DROP_CONSTRAINT: return drop_constraint(a, action->name.text);
    case SQLI_ALTER_LOCK_MODE: return set_lock_mode(a, action->name.text);
    case SQLI_ALTER_TYPE: return set_type(a, action->name.text);
    case SQLI_ALTER_CONSTRAINT:
    case SQLI_ALTER_QUIET: return SQLI_OK;
    }
    return SQLI_OK;
}

static enum sqli_status number_columns(struct alteration *a)
{
    char physical[16];
    for (uint32_t i = 0; i < a->new.table.count; i++) {
        struct sqli_table_column *column = &a->new.table.columns[i];
        column->number = (int16_t)(i + 1);
        snprintf(physical, sizeof physical, "c%u", (unsigned)i + 1);
        column->physical = sqli__arena_copy(&a->definition->arena, sqli__span_text(physical));
        if (!sqli__type_is_serial(&column->type))
            column->type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
        if (a->from[i])
            a->to[a->from[i]] = (int32_t)i + 1;
    }
    return memory(a);
}

/* --- what stays of the rest --- */

static bool mentions(struct sqli_span text, struct sqli_span name)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, text, SQLI_SQL_DELIMIDENT);
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END) {
        struct sqli_span word = sqli__token_text(text, &token);
        bool same = word.length == name.length;
        for (size_t i = 0; same && i < name.length; i++)
            same = sqli__ascii_lower(word.data[i]) == name.data[i];
        if (token.kind == SQLI_TOKEN_IDENTIFIER && same)
            return true;
    }
    return false;
}

static bool check_goes(const struct alteration *a, const struct old_constraint *check)
{
    for (uint32_t i = 0; i < a->old->count; i++)
        if (!a->to[i + 1] && mentions(check->from.check_text, a->old->columns[i].name))
            return true;
    return false;
}

static bool renumber(const struct alteration *a, int32_t *columns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t old = columns[i] < 0 ? -columns[i] : columns[i];
        int32_t now = a->to[old];
        if (!now)
            return false;
        columns[i] = columns[i] < 0 ? -now : now;
    }
    return true;
}

/* What a MODIFY does not say again about NULL is gone. */
static bool restated(const struct alteration *a, const struct sqli_new_constraint *constraint)
{
    int32_t now = a->to[constraint->columns[0]];
    return constraint->kind == SQLI_CONSTRAINT_NOT_NULL && now && a->given[now - 1];
}

static bool is_gone(const struct alteration *a, int32_t constrid)
{
    for (const struct old_constraint *one = a->constraints; one; one = one->next)
        if (one->now.constrid == constrid)
            return one->gone;
    return false;
}

static void settle_constraints(struct alteration *a)
{
    for (struct old_constraint *one = a->constraints; one; one = one->next) {
        if (one->now.kind == SQLI_CONSTRAINT_CHECK)
            one->gone |= check_goes(a, one);
        else
            one->gone |= restated(a, &one->now) || !renumber(a, one->now.columns, one->now.count);
    }
    for (struct old_constraint *one = a->constraints; one; one = one->next)
        if (one->now.kind == SQLI_CONSTRAINT_FOREIGN && one->now.parent == a->old->tabid)
            one->gone |= is_gone(a, one->now.parent_constraint) ||
                         !renumber(a, one->now.parent_columns, one->now.count);
    for (struct incoming *one = a->incoming; one; one = one->next)
        one->gone = is_gone(a, one->now.parent_constraint) ||
                    !renumber(a, one->now.parent_columns, one->now.count);
    for (struct old_index *one = a->indexes; one; one = one->next)
        one->gone = !renumber(a, one->now.parts, one->now.count);
}

/* Those that stay stand in front of those that are read next. */
static enum sqli_status keep_constraints(struct alteration *a)
{
    uint32_t count = 0;
    for (const struct old_constraint *one = a->constraints; one; one = one->next)
        count += !one->gone;
    struct sqli_new_table *new = &a->new;
    new->constraints = get_memory(a, count + 1, sizeof *new->constraints);
    SQLI_TRY(memory(a));
    for (const struct old_constraint *one = a->constraints; one; one = one->next) {
        if (one->gone)
            continue;
        new->constraints[new->constraint_count++] = one->now;
        bool not_null =
            one->now.kind == SQLI_CONSTRAINT_NOT_NULL || one->now.kind == SQLI_CONSTRAINT_PRIMARY;
        for (uint32_t i = 0; not_null && i < one->now.count; i++)
            new->table.columns[one->now.columns[i] - 1].type.flags |= SQLI_TYPE_NOT_NULL;
    }
    return SQLI_OK;
}

/* --- taking down --- */

static enum sqli_status drop_views(struct alteration *a)
{
    for (uint32_t i = 0; i < a->old->count; i++)
        if (!a->to[i + 1])
            SQLI_TRY(sqli__drop_column_views(a->definition, a->old->tabid, (int32_t)i + 1));
    return SQLI_OK;
}

static enum sqli_status drop_keys(struct alteration *a)
{
    bool cut = false;
    for (const struct old_constraint *one = a->constraints; one; one = one->next)
        if (one->now.kind == SQLI_CONSTRAINT_FOREIGN)
            SQLI_TRY(sqli__drop_triggers(a->definition, one->now.constrid));
    for (const struct incoming *one = a->incoming; one; one = one->next) {
        SQLI_TRY(sqli__drop_triggers(a->definition, one->now.constrid));
        SQLI_TRY(sqli__cut_foreign_key(a->definition, &one->reference));
        if (one->gone)
            SQLI_TRY(sqli__delete_reference(a->definition, one->now.constrid));
        cut = true;
    }
    /* Its own, so that the rows do not refer to those that go. */
    for (const struct old_constraint *one = a->constraints; one; one = one->next) {
        const struct sqli_reference own = {one->now.constrid, a->old->tabid};
        if (one->now.kind != SQLI_CONSTRAINT_FOREIGN)
            continue;
        SQLI_TRY(sqli__cut_foreign_key(a->definition, &own));
        cut = true;
    }
    return cut ? sqli__reread_schema(a->definition) : SQLI_OK;
}

static const char *const rows_of_table[] = {
    "DELETE FROM %s.syschecks WHERE constrid IN (SELECT constrid FROM %s.sysconstraints WHERE "
    "tabid = ?)",
    "DELETE FROM %s.sysreferences WHERE constrid IN (SELECT constrid FROM %s.sysconstraints WHERE "
    "tabid = ?)",
    "DELETE FROM %s.syscolumns WHERE tabid = ?",
    "DELETE FROM %s.sysdefaults WHERE tabid = ?",
    "DELETE FROM %s.sysindices WHERE tabid = ?",
    "DELETE FROM %s.sysconstraints WHERE tabid = ?",
    "DELETE FROM %s.syscoldepend WHERE tabid = ?",
    "DELETE FROM %s.sysobjstate WHERE objtype = 'C' AND tabid = ?",
};

static enum sqli_status delete_rows(struct alteration *a)
{
    for (size_t i = 0; i < sizeof rows_of_table / sizeof rows_of_table[0]; i++)
        SQLI_TRY(sqli__definition_run(a->definition, rows_of_table[i], "i", a->old->tabid));
    return SQLI_OK;
}

/* --- building up --- */

static enum sqli_status read_new_constraints(struct alteration *a,
                                             const struct sqli_alter_table *alter)
{
    struct sqli_create_table create = {.name = alter->name};
    struct sqli_constraint **end = &create.constraints;
    struct sqli_column_definition **columns_end = &create.columns;
    for (const struct sqli_alter_action *one = alter->actions; one; one = one->next) {
        if (one->kind == SQLI_ALTER_CONSTRAINT) {
            *end = one->constraint;
            end = &one->constraint->next;
        }
        if ((one->kind == SQLI_ALTER_ADD || one->kind == SQLI_ALTER_MODIFY) &&
            sqli__table_column(&a->new.table, one->name.text) >= 0) {
            *columns_end = one->column;
            columns_end = &one->column->next;
        }
    }
    uint32_t kept = a->new.constraint_count;
    SQLI_TRY(sqli__read_constraints(a->definition, &create, &a->new));
    for (uint32_t i = kept; i < a->new.constraint_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (sqli__span_equal(a->new.constraints[i].name, a->new.constraints[k].name))
                return sqli__definition_fail(a->definition, SQLI_E_CONSTRAINT_EXISTS, 0,
                                             a->new.constraints[i].name);
    return SQLI_OK;
}

static enum sqli_status write_rows(struct alteration *a)
{
    struct sqli_table *table = &a->new.table;
    int32_t width = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        width += sqli__column_width(&table->columns[i].type);
        SQLI_TRY(sqli__insert_column(a->definition, table->tabid, &table->columns[i]));
    }
    return sqli__definition_run(a->definition,
                                "UPDATE %s.systables SET ncols = ?2, rowsize = ?3, nindexes = 0, "
                                "version = version + 65536 WHERE tabid = ?1",
                                "iii", table->tabid, (int32_t)table->count,
                                width > 32767 ? 32767 : width);
}

static bool is_wide(const struct sqli_type *type)
{
    return type->code != SQLI_TYPE_SERIAL;
}

/* A new SERIAL counts from its start; one that was a plain number goes on behind the largest. */
static enum sqli_status start_serials(struct alteration *a)
{
    for (uint32_t i = 0; i < a->new.table.count; i++) {
        const struct sqli_type *type = &a->new.table.columns[i].type;
        int32_t old = a->from[i];
        if (!a->new.serial_starts[i] || !sqli__type_is_serial(type))
            continue;
        bool was = old && a->old->columns[old - 1].type.code == type->code;
        if (!was)
            SQLI_TRY(sqli__serial_start(a->definition->store->database, a->old->tabid,
                                        is_wide(type), a->new.serial_starts[i],
                                        a->definition->error));
    }
    return SQLI_OK;
}

static bool same_type(const struct sqli_type *a, const struct sqli_type *b)
{
    return a->code == b->code && a->length == b->length && a->extended_id == b->extended_id;
}

static void append_type(struct sqli_buffer *sql, const struct sqli_table_column *column)
{
    struct sqli_schema plain = {.type = column->type};
    plain.type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    sqli__buffer_byte(sql, '\'');
    if (column->schema)
        sqli__buffer_span(sql, column->type.name);
    else
        sqli__schema_print(&plain, sql);
    sqli__buffer_byte(sql, '\'');
}

/* What the rows that are there get in a column that was not. */
static enum sqli_status append_default(struct alteration *a, const struct sqli_table_column *column,
                                       struct sqli_buffer *sql)
{
    struct sqli_definition *d = a->definition;
    struct sqli_catalog *catalog = d->context->catalog;
    const struct sqli_parse_options options = {.delimident = sqli__catalog_delimident(catalog)};
    struct sqli_type type = column->type;
    struct sqli_expr *value;
    type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    if (sqli__type_is_serial(&type)) {
        sqli__buffer_format(sql, "x_serial(0, %d, %d, ", (int)a->old->tabid, (int)column->number);
        append_type(sql, column);
        sqli__buffer_byte(sql, ')');
        return SQLI_OK;
    }
    if (column->default_kind == SQLI_DEFAULT_NONE || column->default_kind == SQLI_DEFAULT_NULL) {
        sqli__buffer_text(sql, "NULL");
        return SQLI_OK;
    }
    SQLI_TRY(sqli__parse_expression(column->default_text, &options, &d->arena, &value, d->error));
    SQLI_TRY(
        sqli__resolve_default(catalog, &type, column->default_text, &d->arena, &value, d->error));
    return sqli__emit_expression(value, sql, d->error);
}

static enum sqli_status append_value(struct alteration *a, uint32_t index, struct sqli_buffer *sql)
{
    const struct sqli_table_column *column = &a->new.table.columns[index];
    if (!a->from[index])
        return append_default(a, column, sql);
    const struct sqli_table_column *old = &a->old->columns[a->from[index] - 1];
    if (same_type(&old->type, &column->type)) {
        sqli__buffer_format(sql, "c%d", (int)old->number);
        return SQLI_OK;
    }
    sqli__buffer_format(sql, "x_cast(c%d, ", (int)old->number);
    append_type(sql, old);
    sqli__buffer_text(sql, ", ");
    append_type(sql, column);
    sqli__buffer_byte(sql, ')');
    return SQLI_OK;
}

static enum sqli_status constraint_failed(struct alteration *a)
{
    struct sqli_definition *d = a->definition;
    char message[512];
    int code = sqlite3_extended_errcode(d->store->db);
    snprintf(message, sizeof message, "%s", sqlite3_errmsg(d->store->db));
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        sqli__catalog_constraint_error(d->context->catalog, sqli__span(NULL, 0), code, message,
                                       d->error);
    return SQLI_FAIL;
}

static enum sqli_status copy_rows(struct alteration *a)
{
    struct sqli_buffer *sql = &a->definition->sql;
    int tabid = (int)a->old->tabid;
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "INSERT INTO main.n%d (rowid", tabid);
    for (uint32_t i = 0; i < a->new.table.count; i++)
        sqli__buffer_format(sql, ", c%u", (unsigned)i + 1);
    sqli__buffer_text(sql, ") SELECT rowid");
    for (uint32_t i = 0; i < a->new.table.count; i++) {
        sqli__buffer_text(sql, ", ");
        SQLI_TRY(append_value(a, i, sql));
    }
    sqli__buffer_format(sql, " FROM main.t%d ORDER BY rowid", tabid);
    return sqli__definition_run_text(a->definition) == SQLI_OK ? SQLI_OK : constraint_failed(a);
}

/* References are rewritten by us, and SQLite shall not look at them meanwhile. */
static enum sqli_status replace_table(struct alteration *a)
{
    sqlite3 *db = a->definition->store->db;
    char sql[96];
    int tabid = (int)a->old->tabid;
    snprintf(sql, sizeof sql, "DROP TABLE main.t%d", tabid);
    SQLI_TRY(sqli__definition_run(a->definition, sql, ""));
    snprintf(sql, sizeof sql, "ALTER TABLE main.n%d RENAME TO t%d", tabid, tabid);
    sqlite3_db_config(db, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1, NULL);
    enum sqli_status status = sqli__definition_run(a->definition, sql, "");
    sqlite3_db_config(db, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 0, NULL);
    return status;
}

static enum sqli_status rebuild(struct alteration *a)
{
    char physical[32];
    snprintf(physical, sizeof physical, "main.n%d", (int)a->old->tabid);
    SQLI_TRY(sqli__create_physical(a->definition, &a->new, physical, false));
    SQLI_TRY(copy_rows(a));
    return replace_table(a);
}

static enum sqli_status duplicates(struct alteration *a, struct sqli_span name)
{
    if (a->definition->error->isam != SQLI_E_ISAM_DUPLICATE)
        return SQLI_FAIL;
    return sqli__definition_fail(a->definition, SQLI_E_INDEX_DUPLICATES, SQLI_E_ISAM_DUPLICATE,
                                 name);
}

static enum sqli_status make_indexes(struct alteration *a)
{
    for (const struct old_index *one = a->indexes; one; one = one->next)
        if (!one->gone)
            SQLI_TRY(sqli__make_index(a->definition, &a->new.table, &one->now));
    if (sqli__make_constraints(a->definition, &a->new) == SQLI_OK)
        return SQLI_OK;
    return duplicates(a, a->new.table.name);
}

static enum sqli_status make_keys(struct alteration *a)
{
    SQLI_TRY(sqli__add_foreign_keys(a->definition, &a->new));
    for (struct incoming *one = a->incoming; one; one = one->next) {
        struct sqli_new_table child = {.constraints = &one->now, .constraint_count = 1};
        if (one->gone)
            continue;
        child.table.tabid = one->reference.child;
        SQLI_TRY(sqli__add_foreign_keys(a->definition, &child));
        if (!one->from.disabled)
            SQLI_TRY(sqli__make_triggers(a->definition, child.table.tabid, &one->now));
    }
    return sqli__reread_schema(a->definition);
}

enum sqli_status sqli__check_foreign_key(struct sqli_definition *definition, int32_t tabid,
                                         const struct sqli_new_constraint *key)
{
    struct sqli_buffer *sql = &definition->sql;
    int32_t found = 0;
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "SELECT 1 FROM main.t%d a WHERE ", (int)tabid);
    for (uint32_t i = 0; i < key->count; i++)
        sqli__buffer_format(sql, "a.c%d IS NOT NULL AND ", (int)key->columns[i]);
    sqli__buffer_format(sql, "NOT EXISTS (SELECT 1 FROM main.t%d b WHERE ", (int)key->parent);
    for (uint32_t i = 0; i < key->count; i++)
        sqli__buffer_format(sql, "%sb.c%d = a.c%d", i ? " AND " : "", (int)key->parent_columns[i],
                            (int)key->columns[i]);
    sqli__buffer_append(sql, ") LIMIT 1", sizeof ") LIMIT 1");
    SQLI_TRY(sqli__buffer_status(sql, definition->error));
    SQLI_TRY(sqli__store_run(definition->store, sqli__on_number, &found, definition->error,
                             (const char *)sql->data, ""));
    return found ? sqli__definition_fail(definition, SQLI_E_REFERENCE_UNMET, SQLI_E_ISAM_NO_RECORD,
                                         key->name)
                 : SQLI_OK;
}

static enum sqli_status check_keys(struct alteration *a)
{
    for (uint32_t i = 0; i < a->new.constraint_count; i++) {
        const struct sqli_new_constraint *one = &a->new.constraints[i];
        if (one->kind == SQLI_CONSTRAINT_FOREIGN && !one->from->disabled)
            SQLI_TRY(sqli__check_foreign_key(a->definition, a->old->tabid, one));
    }
    return SQLI_OK;
}

/* A number that became a SERIAL. */
static enum sqli_status move_serials(struct alteration *a)
{
    for (uint32_t i = 0; i < a->new.table.count; i++) {
        const struct sqli_type *type = &a->new.table.columns[i].type;
        char sql[64];
        int32_t most = 0;
        int64_t value;
        if (!sqli__type_is_serial(type) || !a->new.serial_starts[i] || !a->from[i])
            continue;
        snprintf(sql, sizeof sql, "SELECT max(c%u) FROM %%s.t%d", (unsigned)i + 1,
                 (int)a->old->tabid);
        SQLI_TRY(sqli__definition_ask(a->definition, sqli__on_number, &most, sql, ""));
        int64_t given = a->new.serial_starts[i] - 1 > most ? a->new.serial_starts[i] - 1 : most;
        if (given > 0)
            SQLI_TRY(sqli__database_serial(a->definition->store->database, a->old->tabid, given,
                                           is_wide(type) ? INT64_MAX : INT32_MAX, &value,
                                           a->definition->error));
    }
    return SQLI_OK;
}

static enum sqli_status run(struct alteration *a, const struct sqli_alter_table *alter)
{
    SQLI_TRY(sqli__check_serials(a->definition, &a->new.table));
    SQLI_TRY(number_columns(a));
    settle_constraints(a);
    SQLI_TRY(drop_views(a));
    SQLI_TRY(keep_constraints(a));
    SQLI_TRY(drop_keys(a));
    SQLI_TRY(delete_rows(a));
    SQLI_TRY(read_new_constraints(a, alter));
    SQLI_TRY(write_rows(a));
    SQLI_TRY(start_serials(a));
    SQLI_TRY(rebuild(a));
    SQLI_TRY(make_indexes(a));
    SQLI_TRY(make_keys(a));
    SQLI_TRY(check_keys(a));
    return move_serials(a);
}

static enum sqli_status alter_table(struct sqli_definition *definition,
                                    const struct sqli_alter_table *alter, bool remake)
{
    struct alteration a = {.definition = definition, .rebuild = remake};
    SQLI_TRY(sqli__definition_table(definition, &alter->name, &a.old));
    if (a.old->temp)
        return sqli__definition_fail(definition, SQLI_E_TEMP_ALTER, 0, a.old->name);
    a.constraints_end = &a.constraints;
    a.indexes_end = &a.indexes;
    SQLI_TRY(load(&a));
    SQLI_TRY(begin_columns(&a, alter));
    for (const struct sqli_alter_action *one = alter->actions; one; one = one->next)
        SQLI_TRY(run_action(&a, one));
    return a.rebuild ? run(&a, alter) : SQLI_OK;
}

enum sqli_status sqli__alter_table(struct sqli_definition *definition,
                                   const struct sqli_alter_table *alter)
{
    return alter_table(definition, alter, false);
}

enum sqli_status sqli__remake_table(struct sqli_definition *definition,
                                    const struct sqli_object_name *name)
{
    const struct sqli_alter_table same = {.name = *name};
    return alter_table(definition, &same, true);
}

/* --- RENAME --- */

static enum sqli_status rename_row(struct sqli_definition *definition,
                                   const struct sqli_object *object, const char *find,
                                   const char *rename, int32_t missing, int32_t taken)
{
    struct sqli_span name = object->name.name.text;
    struct sqli_span by = object->new_name.text;
    int32_t found = 0;
    if (by.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, by);
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &found, find, "s", name));
    if (!found)
        return sqli__definition_fail(definition, missing, 0, name);
    found = 0;
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &found, find, "s", by));
    if (found)
        return sqli__definition_fail(definition, taken, 0, by);
    return sqli__definition_run(definition, rename, "ss", name, by);
}

enum sqli_status sqli__rename_index(struct sqli_definition *definition,
                                    const struct sqli_object *object)
{
    return rename_row(definition, object, "SELECT 1 FROM %s.sysindices WHERE idxname = ?",
                      "UPDATE %s.sysindices SET idxname = ?2 WHERE idxname = ?1",
                      SQLI_E_INDEX_NOT_FOUND, SQLI_E_INDEX_EXISTS);
}

enum sqli_status sqli__rename_constraint(struct sqli_definition *definition,
                                         const struct sqli_object *object)
{
    SQLI_TRY(rename_row(definition, object, "SELECT 1 FROM %s.sysconstraints WHERE constrname = ?",
                        "UPDATE %s.sysconstraints SET constrname = ?2 WHERE constrname = ?1",
                        SQLI_E_CONSTRAINT_NOT_FOUND, SQLI_E_CONSTRAINT_EXISTS));
    return sqli__definition_run(definition,
                                "UPDATE %s.sysobjstate SET name = ?2 WHERE objtype = 'C' AND name "
                                "= ?1",
                                "ss", object->name.name.text, object->new_name.text);
}

/* --- RENAME COLUMN in checks --- */

/* A check has no names but those of its table and of functions. */
static enum sqli_status rename_in_text(struct sqli_definition *definition, struct sqli_span name,
                                       struct sqli_span by, struct sqli_span *text)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    struct sqli_edit *edits = sqli__arena_alloc(&definition->arena, text->length, sizeof *edits);
    uint32_t count = 0;
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    sqli__tokenizer_init(&tokenizer, *text, SQLI_SQL_DELIMIDENT);
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END) {
        struct sqli_tokenizer ahead = tokenizer;
        struct sqli_token next;
        bool call = sqli__tokenizer_next_word(&ahead, &next) == SQLI_TOKEN_OPEN_PARENTHESIS;
        struct sqli_span word = sqli__token_text(*text, &token);
        if (token.kind == SQLI_TOKEN_IDENTIFIER && !call && mentions(word, name))
            edits[count++] = (struct sqli_edit){(uint32_t)token.offset, (uint32_t)token.length, by};
    }
    return sqli__apply_edits(definition, *text, edits, count, text);
}

static enum sqli_status write_check(struct sqli_definition *definition,
                                    const struct sqli_kept_text *check)
{
    struct sqli_span text = check->text;
    while (text.length && text.data[text.length - 1] == ' ')
        text.length--;
    SQLI_TRY(sqli__definition_run(definition, "DELETE FROM %s.syschecks WHERE constrid = ?", "i",
                                  check->number));
    return sqli__insert_check_text(definition, check->number, text);
}

enum sqli_status sqli__rename_in_checks(struct sqli_definition *definition,
                                        const struct sqli_table *table, int32_t column,
                                        struct sqli_span name)
{
    struct sqli_kept_texts list = {.definition = definition};
    struct sqli_span old = table->columns[column - 1].name;
    struct sqli_span written = sqli__written_name(definition, name);
    SQLI_TRY(sqli__definition_ask(
        definition, sqli__on_kept_text, &list,
        "SELECT k.constrid, (SELECT group_concat(checktext, '') FROM (SELECT checktext FROM "
        "%s.syschecks WHERE constrid = k.constrid AND type = 'T' ORDER BY seqno)) FROM "
        "%s.sysconstraints k WHERE k.tabid = ? AND k.constrtype = 'C'",
        "i", table->tabid));
    for (struct sqli_kept_text *one = list.first; one; one = one->next) {
        SQLI_TRY(rename_in_text(definition, old, written, &one->text));
        SQLI_TRY(write_check(definition, one));
    }
    return SQLI_OK;
}
