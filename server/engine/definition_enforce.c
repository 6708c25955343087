/* Constraints of a new table: enforced and recorded, and taken back.
 *
 * SQLite enforces them. A unique one is an index of its own, so that a failure can be told from
 * another; CHECK and FOREIGN KEY are clauses named k<constrid>. Beside a foreign key stand triggers
 * that note which one a row does not meet, because SQLite's message does not say. */
#include "server/engine/definition_inside.h"

#include "server/front/emit.h"
#include "server/front/parse.h"
#include "server/front/resolve.h"

#include <stdio.h>
#include <string.h>

/* What a disabled foreign key begins with, in the SQL of its table. */
#define DISABLED "/*"

/* --- the clauses of CREATE TABLE --- */

static enum sqli_status read_check(struct sqli_definition *definition,
                                   const struct sqli_table *table,
                                   const struct sqli_new_constraint *constraint,
                                   struct sqli_expr **check)
{
    struct sqli_catalog *catalog = definition->context->catalog;
    const struct sqli_parse_options options = {.delimident = sqli__catalog_delimident(catalog)};
    struct sqli_span text = constraint->from->check_text;
    SQLI_TRY(sqli__parse_expression(text, &options, &definition->arena, check, definition->error));
    if (sqli__resolve_check(catalog, table, text, &definition->arena, *check, definition->error) ==
        SQLI_OK)
        return SQLI_OK;
    if (definition->error->offset > 0)
        definition->error->offset += (int32_t)constraint->from->check_at;
    return SQLI_FAIL;
}

static enum sqli_status append_check(struct sqli_definition *definition,
                                     const struct sqli_table *table,
                                     const struct sqli_new_constraint *constraint)
{
    struct sqli_expr *check;
    SQLI_TRY(read_check(definition, table, constraint, &check));
    sqli__buffer_format(&definition->sql, ", CONSTRAINT k%d CHECK (", (int)constraint->constrid);
    SQLI_TRY(sqli__emit_expression(check, &definition->sql, definition->error));
    sqli__buffer_byte(&definition->sql, ')');
    return SQLI_OK;
}

/* Ends with a mark of its own, so that it can be cut out of the table's SQL again: such clauses
 * stand last, and hold no text of users. A disabled one is a comment: it still tells which column
 * refers to which. */
static void append_foreign(struct sqli_buffer *sql, const struct sqli_new_constraint *constraint,
                           bool cascade)
{
    const char *begin = constraint->from->disabled ? DISABLED : "";
    sqli__buffer_format(sql, "%s, CONSTRAINT k%d FOREIGN KEY (", begin, (int)constraint->constrid);
    sqli__append_columns(sql, "", constraint->columns, constraint->count);
    sqli__buffer_format(sql, ") REFERENCES t%d (", (int)constraint->parent);
    sqli__append_columns(sql, "", constraint->parent_columns, constraint->count);
    sqli__buffer_format(sql, ")%s %sk%d*/", cascade ? " ON DELETE CASCADE" : "",
                        constraint->from->disabled ? "" : "/*", (int)constraint->constrid);
}

void sqli__append_foreign_keys(struct sqli_buffer *sql, const struct sqli_new_table *new)
{
    for (uint32_t i = 0; i < new->constraint_count; i++) {
        const struct sqli_new_constraint *constraint = &new->constraints[i];
        if (constraint->kind == SQLI_CONSTRAINT_FOREIGN)
            append_foreign(sql, constraint, constraint->from->cascade);
    }
}

enum sqli_status sqli__append_checks(struct sqli_definition *definition,
                                     const struct sqli_new_table *new)
{
    for (uint32_t i = 0; i < new->constraint_count; i++) {
        const struct sqli_new_constraint *constraint = &new->constraints[i];
        if (constraint->from->disabled)
            continue;
        if (constraint->kind == SQLI_CONSTRAINT_CHECK)
            SQLI_TRY(append_check(definition, &new->table, constraint));
    }
    return sqli__buffer_status(&definition->sql, definition->error);
}

/* --- triggers --- */

/* "a.c1 = NEW.c2 AND ..." for rows of the other side. */
static void append_match(struct sqli_buffer *sql, const int32_t *columns, const char *row,
                         const int32_t *others, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sqli__buffer_format(sql, "%sc%d = %s.c%d", i ? " AND " : "", (int)columns[i], row,
                            (int)others[i]);
}

static void append_present(struct sqli_buffer *sql, const struct sqli_new_constraint *constraint)
{
    for (uint32_t i = 0; i < constraint->count; i++)
        sqli__buffer_format(sql, "NEW.c%d IS NOT NULL AND ", (int)constraint->columns[i]);
}

/* The child's side: a row came that has no parent. */
static enum sqli_status child_trigger(struct sqli_definition *definition, int32_t tabid,
                                      const struct sqli_new_constraint *constraint, bool update)
{
    struct sqli_buffer *sql = &definition->sql;
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "CREATE TRIGGER main.k%d_%c AFTER %s", (int)constraint->constrid,
                        update ? 'u' : 'i', update ? "UPDATE OF " : "INSERT");
    if (update)
        sqli__append_columns(sql, "", constraint->columns, constraint->count);
    sqli__buffer_format(sql, " ON t%d WHEN ", (int)tabid);
    append_present(sql, constraint);
    sqli__buffer_format(sql, "NOT EXISTS (SELECT 1 FROM t%d WHERE ", (int)constraint->parent);
    append_match(sql, constraint->parent_columns, "NEW", constraint->columns, constraint->count);
    sqli__buffer_format(sql, ") BEGIN SELECT sqlid_foreign_key(%d, 0); END",
                        (int)constraint->constrid);
    return sqli__definition_run_text(definition);
}

/* The parent's side: a key went that rows refer to. */
static enum sqli_status parent_trigger(struct sqli_definition *definition, int32_t tabid,
                                       const struct sqli_new_constraint *constraint, bool update)
{
    struct sqli_buffer *sql = &definition->sql;
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "CREATE TRIGGER main.k%d_%c AFTER %s", (int)constraint->constrid,
                        update ? 'p' : 'd', update ? "UPDATE OF " : "DELETE");
    if (update)
        sqli__append_columns(sql, "", constraint->parent_columns, constraint->count);
    sqli__buffer_format(sql, " ON t%d WHEN EXISTS (SELECT 1 FROM t%d WHERE ",
                        (int)constraint->parent, (int)tabid);
    append_match(sql, constraint->columns, "OLD", constraint->parent_columns, constraint->count);
    sqli__buffer_format(sql, ") AND NOT EXISTS (SELECT 1 FROM t%d WHERE ", (int)constraint->parent);
    append_match(sql, constraint->parent_columns, "OLD", constraint->parent_columns,
                 constraint->count);
    sqli__buffer_format(sql, ") BEGIN SELECT sqlid_foreign_key(%d, 1); END",
                        (int)constraint->constrid);
    return sqli__definition_run_text(definition);
}

enum sqli_status sqli__make_triggers(struct sqli_definition *definition, int32_t tabid,
                                     const struct sqli_new_constraint *constraint)
{
    SQLI_TRY(child_trigger(definition, tabid, constraint, false));
    SQLI_TRY(child_trigger(definition, tabid, constraint, true));
    SQLI_TRY(parent_trigger(definition, tabid, constraint, false));
    return parent_trigger(definition, tabid, constraint, true);
}

/* --- rows --- */

enum sqli_status sqli__insert_check_text(struct sqli_definition *definition, int32_t constrid,
                                         struct sqli_span text)
{
    enum { PIECE = 32 };
    int32_t piece = 0;
    for (size_t at = 0; at < text.length; at += PIECE, piece++) {
        size_t length = text.length - at < PIECE ? text.length - at : PIECE;
        SQLI_TRY(sqli__definition_run(definition,
                                      "INSERT INTO %s.syschecks (constrid, type, seqno, checktext) "
                                      "VALUES (?1, 'T', ?2, printf('%-32s', ?3))",
                                      "iis", constrid, piece, sqli__span(text.data + at, length)));
    }
    return SQLI_OK;
}

/* A column may be mentioned more than once. */
static enum sqli_status insert_depend(struct sqli_definition *definition, int32_t tabid,
                                      int32_t constrid, int32_t column)
{
    return sqli__definition_run(definition,
                                "INSERT INTO %s.syscoldepend (constrid, tabid, colno) SELECT ?1, "
                                "?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM %s.syscoldepend WHERE "
                                "constrid = ?1 AND colno = ?3)",
                                "iii", constrid, tabid, column);
}

static enum sqli_status insert_depends(struct sqli_definition *definition,
                                       const struct sqli_table *table, int32_t constrid,
                                       const struct sqli_expr *check)
{
    if (check->kind == SQLI_EXPR_COLUMN)
        return insert_depend(definition, table->tabid, constrid,
                             table->columns[check->column].number);
    for (const struct sqli_expr *arg = check->args; arg; arg = arg->next)
        SQLI_TRY(insert_depends(definition, table, constrid, arg));
    return SQLI_OK;
}

static enum sqli_status insert_check(struct sqli_definition *definition,
                                     const struct sqli_table *table,
                                     const struct sqli_new_constraint *constraint)
{
    struct sqli_expr *check;
    SQLI_TRY(read_check(definition, table, constraint, &check));
    SQLI_TRY(insert_depends(definition, table, constraint->constrid, check));
    return sqli__insert_check_text(definition, constraint->constrid, constraint->from->check_text);
}

static enum sqli_status insert_reference(struct sqli_definition *definition,
                                         const struct sqli_new_constraint *constraint)
{
    return sqli__definition_run(definition,
                                "INSERT INTO %s.sysreferences (constrid, primary_, ptabid, "
                                "updrule, delrule, matchtype, pendant) VALUES (?1, ?2, ?3, 'R', "
                                "?4, 'N', 'N')",
                                "iiit", constraint->constrid, constraint->parent_constraint,
                                constraint->parent, constraint->from->cascade ? "C" : "R");
}

static enum sqli_status insert_state(struct sqli_definition *definition,
                                     const struct sqli_table *table,
                                     const struct sqli_new_constraint *constraint)
{
    if (table->temp)
        return SQLI_OK;
    return sqli__definition_run(definition,
                                "INSERT INTO %s.sysobjstate (objtype, owner, name, tabid, state) "
                                "VALUES ('C', printf('%-32s', ?1), ?2, ?3, ?4)",
                                "ssit", table->owner, constraint->name, table->tabid,
                                constraint->from->disabled ? "D" : "E");
}

/* A foreign key uses an index that is there already. */
static enum sqli_status make_key_index(struct sqli_definition *definition,
                                       const struct sqli_table *table,
                                       struct sqli_new_constraint *constraint)
{
    struct sqli_new_index index = {
        .name = constraint->index,
        .unique = sqli__is_unique_constraint(constraint) && !constraint->from->disabled,
        .count = constraint->count,
    };
    char name[SQLI_NAME_MAX + 1] = "";
    memcpy(index.parts, constraint->columns, sizeof index.parts);
    if (!sqli__is_unique_constraint(constraint))
        SQLI_TRY(sqli__find_index(definition, table->tabid, index.parts, index.count, name));
    if (!name[0])
        return sqli__make_index(definition, table, &index);
    constraint->index = sqli__arena_copy(&definition->arena, sqli__span_text(name));
    return sqli__arena_status(&definition->arena, definition->error);
}

static enum sqli_status make_kind(struct sqli_definition *definition,
                                  const struct sqli_table *table,
                                  struct sqli_new_constraint *constraint)
{
    switch (constraint->kind) {
    case SQLI_CONSTRAINT_PRIMARY:
    case SQLI_CONSTRAINT_UNIQUE: return make_key_index(definition, table, constraint);
    case SQLI_CONSTRAINT_FOREIGN:
        SQLI_TRY(make_key_index(definition, table, constraint));
        SQLI_TRY(insert_reference(definition, constraint));
        return constraint->from->disabled
                   ? SQLI_OK
                   : sqli__make_triggers(definition, table->tabid, constraint);
    case SQLI_CONSTRAINT_CHECK: return insert_check(definition, table, constraint);
    case SQLI_CONSTRAINT_NOT_NULL:
        return insert_depend(definition, table->tabid, constraint->constrid,
                             constraint->columns[0]);
    }
    return SQLI_OK;
}

enum sqli_status sqli__make_constraints(struct sqli_definition *definition,
                                        const struct sqli_new_table *new)
{
    for (uint32_t i = 0; i < new->constraint_count; i++) {
        struct sqli_new_constraint *constraint = &new->constraints[i];
        char kind[2] = {(char)constraint->kind, '\0'};
        SQLI_TRY(make_kind(definition, &new->table, constraint));
        bool indexed =
            sqli__is_unique_constraint(constraint) || constraint->kind == SQLI_CONSTRAINT_FOREIGN;
        SQLI_TRY(sqli__definition_run(
            definition,
            "INSERT INTO %s.sysconstraints (constrid, constrname, owner, tabid, constrtype, "
            "idxname, collation) VALUES (?1, ?2, printf('%-32s', ?3), ?4, ?5, ?6, "
            "printf('%-32s', ?7))",
            "issitst", constraint->constrid, constraint->name, new->table.owner, new->table.tabid,
            kind, indexed ? constraint->index : sqli__span("", 0),
            definition->store->database->info.locale));
        SQLI_TRY(insert_state(definition, &new->table, constraint));
    }
    return SQLI_OK;
}

/* --- taking foreign keys back --- */

static enum sqli_status on_reference(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    sqli__buffer_32(context, (uint32_t)sqlite3_column_int(row, 0));
    sqli__buffer_32(context, (uint32_t)sqlite3_column_int(row, 1));
    return sqli__buffer_status(context, error);
}

static enum sqli_status on_text(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    sqli__buffer_append(context, sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0));
    return sqli__buffer_status(context, error);
}

/* What SQLite was told of t<tabid>, in definition->sql. */
static enum sqli_status read_schema(struct sqli_definition *definition, const char *table)
{
    sqli__buffer_clear(&definition->sql);
    return sqli__store_run(definition->store, on_text, &definition->sql, definition->error,
                           "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?",
                           "t", table);
}

/* Offset of the last place where `mark` stands, or the length of the text. */
static size_t find_last(struct sqli_span text, const char *mark)
{
    size_t length = strlen(mark);
    for (size_t at = text.length; at-- > 0;)
        if (text.length - at >= length && memcmp(text.data + at, mark, length) == 0)
            return at;
    return text.length;
}

/* SQLite has no statement for this; it documents that the text may be changed, as long as what is
 * stored does not depend on it. */
static enum sqli_status write_schema(struct sqli_definition *definition, const char *table,
                                     struct sqli_span text)
{
    sqlite3 *db = definition->store->db;
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    enum sqli_status status =
        sqli__store_run(definition->store, NULL, NULL, definition->error,
                        "UPDATE main.sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?",
                        "st", text, table);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return status;
}

enum sqli_status sqli__add_foreign_keys(struct sqli_definition *definition,
                                        const struct sqli_new_table *new)
{
    static const char tail[] = ") STRICT";
    struct sqli_buffer *sql = &definition->sql;
    struct sqli_buffer text;
    char table[24];
    snprintf(table, sizeof table, "t%d", (int)new->table.tabid);
    SQLI_TRY(read_schema(definition, table));
    struct sqli_span before = sqli__buffer_view(sql);
    size_t at = find_last(before, tail);
    sqli__buffer_init(&text, sql->limit);
    sqli__buffer_append(&text, before.data, at);
    sqli__append_foreign_keys(&text, new);
    sqli__buffer_append(&text, before.data + at, before.length - at);
    enum sqli_status status = sqli__buffer_status(&text, definition->error);
    if (status == SQLI_OK && text.length > before.length)
        status = write_schema(definition, table, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    return status;
}

enum sqli_status sqli__cut_foreign_key(struct sqli_definition *definition,
                                       const struct sqli_reference *reference)
{
    struct sqli_buffer *sql = &definition->sql;
    char start_mark[48];
    char end_mark[24];
    char table[24];
    snprintf(start_mark, sizeof start_mark, ", CONSTRAINT k%d FOREIGN KEY (",
             (int)reference->constrid);
    snprintf(end_mark, sizeof end_mark, "k%d*/", (int)reference->constrid);
    snprintf(table, sizeof table, "t%d", (int)reference->child);
    SQLI_TRY(read_schema(definition, table));
    struct sqli_span text = sqli__buffer_view(sql);
    size_t start = find_last(text, start_mark);
    size_t end = find_last(text, end_mark) + strlen(end_mark);
    if (start == text.length || end > text.length || end < start)
        return SQLI_OK;
    size_t begin = sizeof DISABLED - 1;
    if (start >= begin && memcmp(text.data + start - begin, DISABLED, begin) == 0)
        start -= begin;
    memmove(sql->data + start, sql->data + end, text.length - end);
    return write_schema(definition, table, sqli__span(sql->data, text.length - (end - start)));
}

enum sqli_status sqli__drop_triggers(struct sqli_definition *definition, int32_t constrid)
{
    static const char kinds[] = "iudp";
    for (size_t i = 0; i < sizeof kinds - 1; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "DROP TRIGGER IF EXISTS main.k%d_%c", (int)constrid, kinds[i]);
        SQLI_TRY(sqli__definition_run(definition, sql, ""));
    }
    return SQLI_OK;
}

enum sqli_status sqli__delete_reference(struct sqli_definition *definition, int32_t constrid)
{
    static const char *const rows[] = {
        "DELETE FROM %s.sysreferences WHERE constrid = ?",
        ("DELETE FROM %s.sysobjstate WHERE (name, tabid) IN (SELECT constrname, tabid FROM "
         "%s.sysconstraints WHERE constrid = ?)"),
        "DELETE FROM %s.sysconstraints WHERE constrid = ?",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, rows[i], "i", constrid));
    return SQLI_OK;
}

/* Other connections, and this one, must read the changed text of the tables. */
enum sqli_status sqli__reread_schema(struct sqli_definition *definition)
{
    sqlite3 *db = definition->store->db;
    int32_t version = 0;
    char sql[64];
    SQLI_TRY(sqli__store_run(definition->store, sqli__on_number, &version, definition->error,
                             "PRAGMA main.schema_version", ""));
    snprintf(sql, sizeof sql, "PRAGMA main.schema_version=%d", (int)version + 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    enum sqli_status status =
        sqli__store_run(definition->store, NULL, NULL, definition->error, sql, "");
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return status;
}

static enum sqli_status drop_each(struct sqli_definition *definition, int32_t tabid,
                                  const struct sqli_buffer *list)
{
    bool cut = false;
    for (size_t at = 0; at + 8 <= list->length; at += 8) {
        const struct sqli_reference reference = {
            .constrid = (int32_t)sqli__load32(list->data + at),
            .child = (int32_t)sqli__load32(list->data + at + 4),
        };
        SQLI_TRY(sqli__drop_triggers(definition, reference.constrid));
        SQLI_TRY(sqli__delete_reference(definition, reference.constrid));
        if (reference.child == tabid)
            continue;
        SQLI_TRY(sqli__cut_foreign_key(definition, &reference));
        cut = true;
    }
    return cut ? sqli__reread_schema(definition) : SQLI_OK;
}

enum sqli_status sqli__drop_references(struct sqli_definition *definition, int32_t tabid)
{
    struct sqli_buffer list;
    sqli__buffer_init(&list, 1 << 20);
    enum sqli_status status =
        sqli__definition_ask(definition, on_reference, &list,
                             "SELECT r.constrid, k.tabid FROM %s.sysreferences r JOIN "
                             "%s.sysconstraints k ON k.constrid = r.constrid WHERE r.ptabid = ?1 "
                             "OR k.tabid = ?1",
                             "i", tabid);
    if (status == SQLI_OK)
        status = drop_each(definition, tabid, &list);
    sqli__buffer_free(&list);
    return status;
}
