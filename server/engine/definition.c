/* Definitions: the frame of all of them, and the short ones. */
#include "server/engine/definition_inside.h"

#include <stdio.h>

enum { ARENA_LIMIT = 16 << 20, SQL_LIMIT = 8 << 20 };

/* --- what all use --- */

enum sqli_status sqli__definition_run(struct sqli_definition *definition, const char *sql,
                                      const char *format, ...)
{
    char text[SQLI_CATALOG_SQL_MAX];
    va_list args;
    sqli__catalog_sql(text, definition->schema, sql);
    va_start(args, format);
    enum sqli_status status =
        sqli__store_run_list(definition->store, NULL, NULL, definition->error, text, format, args);
    va_end(args);
    return status;
}

enum sqli_status sqli__definition_ask(struct sqli_definition *definition, sqli_on_row *on_row,
                                      void *context, const char *sql, const char *format, ...)
{
    char text[SQLI_CATALOG_SQL_MAX];
    va_list args;
    sqli__catalog_sql(text, definition->schema, sql);
    va_start(args, format);
    enum sqli_status status = sqli__store_run_list(definition->store, on_row, context,
                                                   definition->error, text, format, args);
    va_end(args);
    return status;
}

enum sqli_status sqli__on_kept_text(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sqli_kept_texts *list = context;
    struct sqli_arena *arena = &list->definition->arena;
    struct sqli_kept_text *one = sqli__arena_alloc(arena, 1, sizeof *one);
    if (!one)
        return sqli__arena_status(arena, error);
    *one = (struct sqli_kept_text){.next = list->first, .number = sqlite3_column_int(row, 0)};
    one->text = sqli__arena_copy(
        arena, sqli__span(sqlite3_column_text(row, 1), (size_t)sqlite3_column_bytes(row, 1)));
    list->first = one;
    return sqli__arena_status(arena, error);
}

enum sqli_status sqli__definition_run_text(struct sqli_definition *definition)
{
    sqli__buffer_byte(&definition->sql, '\0');
    SQLI_TRY(sqli__buffer_status(&definition->sql, definition->error));
    return sqli__store_run(definition->store, NULL, NULL, definition->error,
                           (const char *)definition->sql.data, "");
}

enum sqli_status sqli__definition_number(struct sqli_definition *definition, int32_t tabid,
                                         int32_t *number)
{
    int64_t value = 0;
    if (sqli__span_equal(definition->schema, sqli__span_text("temp"))) {
        *number = sqli__temp_number();
        return SQLI_OK;
    }
    SQLI_TRY(sqli__database_serial(definition->store->database, tabid, 0, INT32_MAX, &value,
                                   definition->error));
    *number = (int32_t)value;
    return SQLI_OK;
}

enum sqli_status sqli__on_number(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    (void)error;
    *(int32_t *)context = sqlite3_column_int(row, 0);
    return SQLI_OK;
}

void sqli__append_columns(struct sqli_buffer *sql, const char *prefix, const int32_t *columns,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sqli__buffer_format(sql, "%s%sc%d", i ? ", " : "", prefix, (int)columns[i]);
}

enum sqli_status sqli__definition_table(struct sqli_definition *definition,
                                        const struct sqli_object_name *name,
                                        const struct sqli_table **table)
{
    struct sqli_definition_context *context = definition->context;
    SQLI_TRY(sqli__catalog_table(context->catalog, name->database.text, name->owner.text,
                                 name->name.text, table, definition->error));
    if (!*table)
        return sqli__definition_fail(definition, SQLI_E_TABLE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD,
                                     name->name.text);
    struct sqli_span physical = (*table)->physical;
    bool other = physical.length > 0 && physical.data[0] == '"';
    if ((*table)->system || other)
        return sqli__definition_fail(definition, SQLI_E_DDL_PROHIBITED, 0, name->name.text);
    if ((*table)->kind != 'T')
        return sqli__definition_fail(definition, SQLI_E_VIEW_ALTER, 0, name->name.text);
    definition->schema = sqli__span_text((*table)->temp ? "temp" : "main");
    return SQLI_OK;
}

/* --- the temporary catalog --- */

static enum sqli_status on_create(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sqli_buffer *sql = context;
    static const char create[] = "CREATE TABLE ";
    const char *text = (const char *)sqlite3_column_text(row, 0);
    (void)error;
    if (text && strncmp(text, create, sizeof create - 1) == 0)
        sqli__buffer_format(sql, "CREATE TABLE temp.%s", text + sizeof create - 1);
    return SQLI_OK;
}

enum sqli_status sqli__definition_temp(struct sqli_definition *definition)
{
    static const char *const tables[] = {
        "systables",     "syscolumns", "sysindices",   "sysconstraints",
        "sysreferences", "syschecks",  "sysdefaults",  "syscoldepend",
        "sysxtdtypes",   "sysxtddesc", "sysattrtypes", "systabauth",
    };
    definition->schema = sqli__span_text("temp");
    if (sqli__catalog_has_temp(definition->store))
        return SQLI_OK;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        sqli__buffer_clear(&definition->sql);
        SQLI_TRY(sqli__store_run(definition->store, on_create, &definition->sql, definition->error,
                                 "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND "
                                 "name = ?",
                                 "t", tables[i]));
        SQLI_TRY(sqli__definition_run_text(definition));
    }
    return SQLI_OK;
}

/* --- RENAME --- */

static enum sqli_status rename_table(struct sqli_definition *definition,
                                     const struct sqli_object *object)
{
    const struct sqli_table *table;
    const struct sqli_table *other;
    const struct sqli_span none = {NULL, 0};
    struct sqli_span name = object->new_name.text;
    SQLI_TRY(sqli__definition_table(definition, &object->name, &table));
    int32_t tabid = table->tabid;
    if (table->temp)
        return sqli__definition_fail(definition, SQLI_E_TEMP_RENAME, 0, table->name);
    if (name.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, name);
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, none, none, name, &other,
                                 definition->error));
    if (other)
        return sqli__definition_fail(definition, SQLI_E_TABLE_EXISTS, 0, name);
    SQLI_TRY(sqli__rename_in_views(definition, tabid, 0, name));
    return sqli__definition_run(definition,
                                "UPDATE %s.systables SET tabname = ?2, version = version + "
                                "65536 WHERE tabid = ?1",
                                "is", tabid, name);
}

static enum sqli_status rename_column(struct sqli_definition *definition,
                                      const struct sqli_object *object)
{
    const struct sqli_table *table;
    struct sqli_span name = object->new_name.text;
    SQLI_TRY(sqli__definition_table(definition, &object->name, &table));
    int32_t column = sqli__table_column(table, object->column.text);
    if (table->temp)
        return sqli__definition_fail(definition, SQLI_E_TEMP_RENAME_COLUMN, 0, table->name);
    if (column < 0)
        return sqli__definition_fail(definition, SQLI_E_COLUMN_NOT_FOUND, 0, object->column.text);
    if (name.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, name);
    if (sqli__table_column(table, name) >= 0)
        return sqli__definition_fail(definition, SQLI_E_COLUMN_EXISTS, 0, name);
    int32_t number = table->columns[column].number;
    SQLI_TRY(sqli__rename_in_views(definition, table->tabid, number, name));
    SQLI_TRY(sqli__rename_in_checks(definition, table, number, name));
    return sqli__definition_run(definition,
                                "UPDATE %s.syscolumns SET colname = ?3 WHERE tabid = ?1 AND "
                                "colno = ?2",
                                "iis", table->tabid, (int32_t)table->columns[column].number, name);
}

/* --- TRUNCATE, UPDATE STATISTICS --- */

static enum sqli_status truncate_table(struct sqli_definition *definition,
                                       const struct sqli_object *object)
{
    char sql[96];
    const struct sqli_table *table;
    SQLI_TRY(sqli__definition_table(definition, &object->name, &table));
    snprintf(sql, sizeof sql, "DELETE FROM %%s.t%d", (int)table->tabid);
    if (sqli__definition_run(definition, sql, "") == SQLI_OK)
        return SQLI_OK;
    int code = sqlite3_extended_errcode(definition->store->db);
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        sqli__catalog_constraint_error(definition->context->catalog, sqli__span(NULL, 0), code,
                                       NULL, definition->error);
    return SQLI_FAIL;
}

static enum sqli_status on_tabid(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    sqli__buffer_32(context, (uint32_t)sqlite3_column_int(row, 0));
    return sqli__buffer_status(context, error);
}

static enum sqli_status count_rows(struct sqli_definition *definition, int32_t tabid)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "UPDATE %%s.systables SET nrows = CAST((SELECT count(*) FROM %%s.t%d) AS REAL) WHERE "
             "tabid = ?",
             (int)tabid);
    return sqli__definition_run(definition, sql, "i", tabid);
}

/* Counts the rows, which is what clients look at, and lets SQLite look at its indexes. */
static enum sqli_status update_statistics(struct sqli_definition *definition)
{
    struct sqli_buffer *list = &definition->sql;
    int32_t first = strcmp(definition->store->database->info.name, SQLI_MASTER_DATABASE) == 0
                        ? SQLI_FIRST_MASTER_TABLE
                        : SQLI_FIRST_USER_TABLE;
    sqli__buffer_clear(list);
    SQLI_TRY(sqli__definition_ask(definition, on_tabid, list,
                                  "SELECT tabid FROM %s.systables WHERE tabid >= ? AND "
                                  "tabtype = 'T'",
                                  "i", first));
    for (size_t at = 0; at + 4 <= list->length; at += 4)
        SQLI_TRY(count_rows(definition, (int32_t)sqli__load32(list->data + at)));
    SQLI_TRY(sqli__definition_run(definition, "PRAGMA %s.analysis_limit=1000", ""));
    return sqli__definition_run(definition, "ANALYZE %s", "");
}

/* --- the frame --- */

bool sqli__is_definition(enum sqli_statement_kind kind)
{
    switch (kind) {
    case SQLI_STMT_CREATE_TABLE:
    case SQLI_STMT_CREATE_TEMP_TABLE:
    case SQLI_STMT_DROP_TABLE:
    case SQLI_STMT_CREATE_INDEX:
    case SQLI_STMT_DROP_INDEX:
    case SQLI_STMT_GRANT:
    case SQLI_STMT_REVOKE:
    case SQLI_STMT_RENAME_TABLE:
    case SQLI_STMT_RENAME_COLUMN:
    case SQLI_STMT_UPDATE_STATISTICS:
    case SQLI_STMT_CREATE_ROUTINE:
    case SQLI_STMT_DROP_ROUTINE:
    case SQLI_STMT_CREATE_VIEW:
    case SQLI_STMT_DROP_VIEW:
    case SQLI_STMT_CREATE_SYNONYM:
    case SQLI_STMT_DROP_SYNONYM:
    case SQLI_STMT_CREATE_SEQUENCE:
    case SQLI_STMT_ALTER_SEQUENCE:
    case SQLI_STMT_RENAME_SEQUENCE:
    case SQLI_STMT_DROP_SEQUENCE:
    case SQLI_STMT_CREATE_TYPE:
    case SQLI_STMT_DROP_TYPE:
    case SQLI_STMT_DROP_ROW_TYPE:
    case SQLI_STMT_RENAME_INDEX:
    case SQLI_STMT_RENAME_CONSTRAINT:
    case SQLI_STMT_ALTER_TABLE:
    case SQLI_STMT_TRUNCATE: return true;
    default: return false;
    }
}

static bool is_temp(struct sqli_definition_context *context, const struct sqli_object_name *name)
{
    const struct sqli_table *table = NULL;
    return sqli__catalog_table(context->catalog, name->database.text, name->owner.text,
                               name->name.text, &table, NULL) == SQLI_OK &&
           table && table->temp;
}

static bool is_temp_index(struct sqli_definition_context *context, struct sqli_span name)
{
    int32_t found = 0;
    if (sqli__catalog_has_temp(context->store))
        sqli__store_run(context->store, sqli__on_number, &found, NULL,
                        "SELECT 1 FROM temp.sysindices WHERE idxname = ?", "s", name);
    return found != 0;
}

bool sqli__definition_writes(struct sqli_definition_context *context,
                             const struct sqli_statement_tree *tree)
{
    switch (tree->kind) {
    case SQLI_STMT_CREATE_TEMP_TABLE: return false;
    case SQLI_STMT_CREATE_TABLE: return !tree->as.create_table->temp;
    case SQLI_STMT_DROP_TABLE:
    case SQLI_STMT_TRUNCATE: return !is_temp(context, &tree->as.object->name);
    case SQLI_STMT_CREATE_INDEX: return !is_temp(context, &tree->as.create_index->table);
    case SQLI_STMT_DROP_INDEX: return !is_temp_index(context, tree->as.object->name.name.text);
    default: return true;
    }
}

static enum sqli_status dispatch(struct sqli_definition *definition,
                                 const struct sqli_statement_tree *tree)
{
    switch (tree->kind) {
    case SQLI_STMT_CREATE_TABLE:
    case SQLI_STMT_CREATE_TEMP_TABLE: return sqli__define_table(definition, tree->as.create_table);
    case SQLI_STMT_DROP_TABLE: return sqli__drop_table(definition, tree->as.object);
    case SQLI_STMT_CREATE_INDEX: return sqli__define_index(definition, tree->as.create_index);
    case SQLI_STMT_DROP_INDEX: return sqli__drop_index(definition, tree->as.object);
    case SQLI_STMT_CREATE_ROUTINE: return sqli__define_routine(definition, tree->as.routine);
    case SQLI_STMT_DROP_ROUTINE: return sqli__drop_routine(definition, tree->as.routine);
    case SQLI_STMT_GRANT: return sqli__define_grant(definition, tree->as.grant, false);
    case SQLI_STMT_REVOKE: return sqli__define_grant(definition, tree->as.grant, true);
    case SQLI_STMT_RENAME_TABLE: return rename_table(definition, tree->as.object);
    case SQLI_STMT_RENAME_COLUMN: return rename_column(definition, tree->as.object);
    case SQLI_STMT_TRUNCATE: return truncate_table(definition, tree->as.object);
    case SQLI_STMT_UPDATE_STATISTICS: return update_statistics(definition);
    case SQLI_STMT_ALTER_TABLE: return sqli__alter_table(definition, tree->as.alter_table);
    case SQLI_STMT_SET_CONSTRAINTS: return sqli__set_constraints(definition, tree->as.set);
    case SQLI_STMT_RENAME_INDEX: return sqli__rename_index(definition, tree->as.object);
    case SQLI_STMT_RENAME_CONSTRAINT: return sqli__rename_constraint(definition, tree->as.object);
    case SQLI_STMT_CREATE_VIEW: return sqli__define_view(definition, tree->as.create_view);
    case SQLI_STMT_DROP_VIEW: return sqli__drop_view(definition, tree->as.object);
    case SQLI_STMT_CREATE_SYNONYM: return sqli__define_synonym(definition, tree->as.create_synonym);
    case SQLI_STMT_DROP_SYNONYM: return sqli__drop_synonym(definition, tree->as.object);
    case SQLI_STMT_CREATE_SEQUENCE: return sqli__define_sequence(definition, tree->as.sequence);
    case SQLI_STMT_ALTER_SEQUENCE: return sqli__alter_sequence(definition, tree->as.sequence);
    case SQLI_STMT_RENAME_SEQUENCE: return sqli__rename_sequence(definition, tree->as.object);
    case SQLI_STMT_DROP_SEQUENCE: return sqli__drop_sequence(definition, tree->as.object);
    case SQLI_STMT_CREATE_TYPE: return sqli__define_type(definition, tree->as.create_type);
    case SQLI_STMT_DROP_TYPE: return sqli__drop_type(definition, tree->as.object, false);
    case SQLI_STMT_DROP_ROW_TYPE: return sqli__drop_type(definition, tree->as.object, true);
    default: return sqli__fail(definition->error, SQLI_E_ROUTINE_INTERNAL, NULL);
    }
}

static enum sqli_status begin(struct sqli_definition *definition,
                              struct sqli_definition_context *context, struct sqli_error *error)
{
    *definition = (struct sqli_definition){.context = context,
                                           .store = context->store,
                                           .schema = sqli__span_text("main"),
                                           .error = error};
    sqli__arena_init(&definition->arena, ARENA_LIMIT);
    sqli__buffer_init(&definition->sql, SQL_LIMIT);
    return sqli__store_run(context->store, NULL, NULL, error, "SAVEPOINT sqlid_definition", "");
}

static enum sqli_status end(struct sqli_definition *definition, enum sqli_status status)
{
    struct sqli_store *store = definition->store;
    if (status != SQLI_OK)
        sqli__store_run(store, NULL, NULL, NULL, "ROLLBACK TO sqlid_definition", "");
    enum sqli_status released =
        sqli__store_run(store, NULL, NULL, status == SQLI_OK ? definition->error : NULL,
                        "RELEASE sqlid_definition", "");
    sqli__catalog_forget(definition->context->catalog);
    if (status == SQLI_OK && released == SQLI_OK &&
        sqli__span_equal(definition->schema, sqli__span_text("main")))
        sqli__store_definitions_changed(store);
    sqli__buffer_free(&definition->sql);
    sqli__arena_free(&definition->arena);
    return status == SQLI_OK ? released : status;
}

enum sqli_status sqli__define(struct sqli_definition_context *context,
                              const struct sqli_statement_tree *tree, struct sqli_error *error)
{
    struct sqli_definition definition;
    enum sqli_status status = begin(&definition, context, error);
    if (status == SQLI_OK)
        status = dispatch(&definition, tree);
    return end(&definition, status);
}

enum sqli_status sqli__define_from_columns(struct sqli_definition_context *context,
                                           const struct sqli_object_name *name, bool temp,
                                           const struct sqli_engine_column *columns, uint32_t count,
                                           const struct sqli_table **table,
                                           struct sqli_error *error)
{
    struct sqli_definition definition;
    enum sqli_status status = begin(&definition, context, error);
    if (status == SQLI_OK)
        status = sqli__define_columns(&definition, name, temp, columns, count);
    SQLI_TRY(end(&definition, status));
    return sqli__catalog_table(context->catalog, name->database.text, name->owner.text,
                               name->name.text, table, error);
}
