/* CREATE TABLE and DROP TABLE. */
#include "server/engine/definition_inside.h"

#include "base/ascii.h"
#include "server/front/emit.h"
#include "server/front/parse.h"
#include "server/front/resolve.h"

#include <stdio.h>

enum { COLUMNS_MAX = 2000 /* of a table in SQLite */ };

static enum sqli_status memory(struct sqli_definition *definition)
{
    return sqli__arena_status(&definition->arena, definition->error);
}

/* --- the name --- */

enum sqli_status sqli__definition_free_name(struct sqli_definition *definition,
                                            const struct sqli_object_name *name, bool *exists)
{
    const struct sqli_table *table;
    const bool ansi = definition->store->database->info.logging == SQLI_LOGGING_ANSI;
    const struct sqli_span owner = ansi ? name->owner.text : sqli__span(NULL, 0);
    const struct sqli_span none = {NULL, 0};
    const struct sqli_span own = sqli__span_text(definition->store->database->info.name);
    *exists = false;
    if (name->database.text.data && !sqli__span_equal(name->database.text, own))
        return sqli__definition_fail(definition, SQLI_E_DDL_PROHIBITED, 0, name->name.text);
    if (name->name.text.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, name->name.text);
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, none, owner, name->name.text, &table,
                                 definition->error));
    if (!table)
        return SQLI_OK;
    *exists = true;
    return sqli__definition_fail(definition,
                                 table->temp ? SQLI_E_TEMP_TABLE_EXISTS : SQLI_E_TABLE_EXISTS, 0,
                                 name->name.text);
}

/* Names the table, and decides where it goes. */
enum sqli_status sqli__begin_table(struct sqli_definition *definition,
                                   const struct sqli_object_name *name, bool temp, uint32_t count,
                                   struct sqli_new_table *new)
{
    struct sqli_table *table = &new->table;
    char physical[32];
    if (count > COLUMNS_MAX)
        return sqli__fail(definition->error, SQLI_E_NOT_IMPLEMENTED, "more than %d columns",
                          (int)COLUMNS_MAX);
    if (temp)
        SQLI_TRY(sqli__definition_temp(definition));
    SQLI_TRY(sqli__definition_number(definition, SQLI_TABID_TABLES, &table->tabid));
    snprintf(physical, sizeof physical, "%s.t%d", temp ? "temp" : "main", (int)table->tabid);
    table->name = name->name.text;
    table->owner = name->owner.text.length ? name->owner.text : definition->context->user;
    table->kind = 'T';
    table->temp = temp;
    table->physical = sqli__arena_copy(&definition->arena, sqli__span_text(physical));
    table->columns = sqli__arena_alloc(&definition->arena, count + 1, sizeof *table->columns);
    new->serial_starts =
        sqli__arena_alloc(&definition->arena, count + 1, sizeof *new->serial_starts);
    enum sqli_status status = memory(definition);
    return table->columns && new->serial_starts ? status : SQLI_FAIL;
}

/* --- columns --- */

static bool is_serial(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_SERIAL || type->code == SQLI_TYPE_SERIAL8 ||
           type->code == SQLI_TYPE_BIGSERIAL;
}

/* A table has one SERIAL, and one of the eight-byte kinds. */
enum sqli_status sqli__check_serials(struct sqli_definition *definition,
                                     const struct sqli_table *table)
{
    int narrow = 0;
    int wide = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        if (!is_serial(&table->columns[i].type))
            continue;
        if (table->columns[i].type.code == SQLI_TYPE_SERIAL)
            narrow++;
        else
            wide++;
        if (narrow > 1 || wide > 1)
            return sqli__definition_fail(definition, SQLI_E_SERIAL_TWICE, 0,
                                         table->columns[i].name);
    }
    return SQLI_OK;
}

/* NULL: failed. */
struct sqli_table_column *sqli__new_column(struct sqli_definition *definition,
                                           struct sqli_table *table, struct sqli_span name)
{
    char physical[16];
    int32_t code = !table->columns                        ? SQLI_E_NO_MEMORY
                   : name.length > SQLI_NAME_MAX          ? SQLI_E_NAME_TOO_LONG
                   : sqli__table_column(table, name) >= 0 ? SQLI_E_COLUMN_EXISTS
                                                          : 0;
    if (code) {
        sqli__definition_fail(definition, code, 0, name);
        return NULL;
    }
    struct sqli_table_column *column = &table->columns[table->count++];
    column->name = name;
    column->number = (int16_t)table->count;
    snprintf(physical, sizeof physical, "c%u", (unsigned)table->count);
    column->physical = sqli__arena_copy(&definition->arena, sqli__span_text(physical));
    return memory(definition) == SQLI_OK ? column : NULL;
}

/* --- defaults --- */

static const struct {
    const char *word;
    enum sqli_default_kind kind;
} default_words[] = {
    {"null", SQLI_DEFAULT_NULL},       {"today", SQLI_DEFAULT_TODAY},
    {"current", SQLI_DEFAULT_CURRENT}, {"sysdate", SQLI_DEFAULT_CURRENT},
    {"user", SQLI_DEFAULT_USER},       {"current_user", SQLI_DEFAULT_USER},
    {"sitename", SQLI_DEFAULT_SERVER}, {"dbservername", SQLI_DEFAULT_SERVER},
};

static bool begins_with_word(struct sqli_span text, const char *word)
{
    size_t length = strlen(word);
    if (text.length < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (sqli__ascii_lower(text.data[i]) != (uint8_t)word[i])
            return false;
    if (text.length == length)
        return true;
    uint8_t next = text.data[length];
    return !sqli__is_letter(next) && !sqli__is_digit(next) && next != '_';
}

static enum sqli_default_kind default_kind(struct sqli_span text)
{
    for (size_t i = 0; i < sizeof default_words / sizeof default_words[0]; i++)
        if (begins_with_word(text, default_words[i].word))
            return default_words[i].kind;
    return SQLI_DEFAULT_LITERAL;
}

static enum sqli_status try_default(struct sqli_definition *definition,
                                    const struct sqli_type *type, struct sqli_span text,
                                    struct sqli_expr **value)
{
    struct sqli_catalog *catalog = definition->context->catalog;
    const struct sqli_parse_options options = {.delimident = sqli__catalog_delimident(catalog)};
    SQLI_TRY(sqli__parse_expression(text, &options, &definition->arena, value, definition->error));
    return sqli__resolve_default(catalog, type, text, &definition->arena, value, definition->error);
}

/* The value is at fault, and not that there is no memory or somebody broke it off. */
static bool is_data_exception(const struct sqli_error *error)
{
    return strncmp(error->sqlstate, "22", 2) == 0;
}

/* Worked out once, so that a default that cannot be is an error now and not at the first INSERT. */
static enum sqli_status compute_default(struct sqli_definition *definition,
                                        const struct sqli_table_column *column)
{
    bool clock =
        column->default_kind == SQLI_DEFAULT_TODAY || column->default_kind == SQLI_DEFAULT_CURRENT;
    struct sqli_expr *value;
    SQLI_TRY(try_default(definition, &column->type, column->default_text, &value));
    if (clock)
        return SQLI_OK; /* nothing about it can fail later */
    sqli__buffer_clear(&definition->sql);
    sqli__buffer_text(&definition->sql, "SELECT ");
    SQLI_TRY(sqli__emit_expression(value, &definition->sql, definition->error));
    enum sqli_status status = sqli__definition_run_text(definition);
    if (status == SQLI_OK || !is_data_exception(definition->error))
        return status;
    return sqli__definition_fail(definition, SQLI_E_DEFAULT_VALUE, 0, column->name);
}

static enum sqli_status read_default(struct sqli_definition *definition,
                                     const struct sqli_column_definition *from,
                                     struct sqli_table_column *column)
{
    if (!from->default_value)
        return SQLI_OK;
    column->default_kind = default_kind(from->default_text);
    column->default_text = from->default_text;
    if (is_serial(&column->type))
        return sqli__definition_fail(definition, SQLI_E_SERIAL_DEFAULT, 0, column->name);
    if (column->default_kind == SQLI_DEFAULT_NULL)
        return SQLI_OK;
    if (column->type.code == SQLI_TYPE_BYTE || column->type.code == SQLI_TYPE_TEXT)
        return sqli__definition_fail(definition, SQLI_E_BLOB_DEFAULT, 0, column->name);
    return compute_default(definition, column);
}

enum sqli_status sqli__read_type(struct sqli_definition *definition,
                                 const struct sqli_column_definition *from,
                                 struct sqli_new_table *new, uint32_t index)
{
    struct sqli_table_column *column = &new->table.columns[index];
    SQLI_TRY(sqli__definition_type(definition, from->type.text, from->type.at, column));
    if (is_serial(&column->type)) {
        column->type.flags |= SQLI_TYPE_NOT_NULL;
        new->serial_starts[index] = from->type.serial_start ? from->type.serial_start : 1;
    }
    return read_default(definition, from, column);
}

static enum sqli_status read_column(struct sqli_definition *definition,
                                    const struct sqli_column_definition *from,
                                    struct sqli_new_table *new)
{
    struct sqli_table_column *column = sqli__new_column(definition, &new->table, from->name.text);
    if (!column)
        return SQLI_FAIL;
    return sqli__read_type(definition, from, new, new->table.count - 1);
}

/* --- the table in SQLite --- */

enum sqli_status sqli__create_physical(struct sqli_definition *definition,
                                       const struct sqli_new_table *new, const char *physical,
                                       bool foreign_keys)
{
    struct sqli_buffer *sql = &definition->sql;
    const struct sqli_table *table = &new->table;
    sqli__buffer_clear(sql);
    sqli__buffer_text(sql, "CREATE TABLE ");
    sqli__buffer_text(sql, physical);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct sqli_type *type = &table->columns[i].type;
        sqli__buffer_format(sql, "%s c%u %s", i ? "," : " (", (unsigned)i + 1,
                            sqli__storage_declaration(type));
        if (type->flags & SQLI_TYPE_NOT_NULL)
            sqli__buffer_text(sql, " NOT NULL");
    }
    SQLI_TRY(sqli__append_checks(definition, new));
    if (foreign_keys)
        sqli__append_foreign_keys(sql, new);
    sqli__buffer_text(sql, ") STRICT");
    return sqli__definition_run_text(definition);
}

static enum sqli_status start_serials(struct sqli_definition *definition,
                                      const struct sqli_new_table *new)
{
    for (uint32_t i = 0; i < new->table.count; i++)
        if (new->serial_starts[i])
            SQLI_TRY(sqli__serial_start(definition->store->database, new->table.tabid,
                                        new->table.columns[i].type.code != SQLI_TYPE_SERIAL,
                                        new->serial_starts[i], definition->error));
    return SQLI_OK;
}

/* --- the rows of the catalog --- */

/* A quoted date is read anew by each INSERT, for its century may depend on the day. */
static bool read_date(struct sqli_definition *definition, const struct sqli_type *type,
                      struct sqli_span text, struct sqli_value *value)
{
    const struct sqli_conversion_settings *settings =
        sqli__catalog_settings(definition->context->catalog);
    struct sqli_error ignored;
    bool quoted = text.length >= 2 && text.data[0] == text.data[text.length - 1];
    if (type->code != SQLI_TYPE_DATE || !quoted)
        return false;
    return sqli__value_from_text(type, sqli__span(text.data + 1, text.length - 2),
                                 &settings->date_format, value, &ignored) == SQLI_OK;
}

/* What clients see of a literal; an expression that is none shows its text. */
static enum sqli_status show_default(struct sqli_definition *definition,
                                     const struct sqli_table_column *column,
                                     struct sqli_span *shown)
{
    struct sqli_type type = column->type;
    struct sqli_expr *value;
    type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    *shown = column->default_text;
    SQLI_TRY(try_default(definition, &type, column->default_text, &value));
    struct sqli_value date;
    const struct sqli_value *shows = value->kind == SQLI_EXPR_CONSTANT ? value->constant : &date;
    if (shows == &date && !read_date(definition, &type, column->default_text, &date))
        return SQLI_OK;
    if (shows->null)
        return SQLI_OK;
    SQLI_TRY(sqli__catalog_default(&type, shows, &definition->sql, definition->error));
    *shown = sqli__arena_copy(&definition->arena, sqli__buffer_view(&definition->sql));
    return memory(definition);
}

static enum sqli_status insert_default(struct sqli_definition *definition, int32_t tabid,
                                       const struct sqli_table_column *column)
{
    char kind[2] = {(char)column->default_kind, '\0'};
    struct sqli_span shown = {NULL, 0};
    if (column->default_kind == SQLI_DEFAULT_NONE)
        return SQLI_OK;
    if (column->default_kind == SQLI_DEFAULT_LITERAL)
        SQLI_TRY(show_default(definition, column, &shown));
    return sqli__definition_run(
        definition,
        "INSERT INTO %s.sysdefaults (tabid, colno, type, default_, class, sql) VALUES (?1, ?2, "
        "?3, CASE ?3 WHEN 'L' THEN printf('%-256s', ?4) END, 'T', ?5)",
        "iitss", tabid, (int32_t)column->number, kind, shown, column->default_text);
}

enum sqli_status sqli__insert_column(struct sqli_definition *definition, int32_t tabid,
                                     struct sqli_table_column *column)
{
    SQLI_TRY(sqli__definition_extended(definition, column));
    SQLI_TRY(sqli__definition_run(
        definition,
        "INSERT INTO %s.syscolumns (colname, tabid, colno, coltype, collength, colmin, colmax, "
        "extended_id, seclabelid, colattr) VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, ?6, 0, 0)",
        "siiiii", column->name, tabid, (int32_t)column->number,
        (int32_t)(column->type.code | column->type.flags), (int32_t)(int16_t)column->type.length,
        column->type.extended_id));
    return insert_default(definition, tabid, column);
}

enum sqli_status sqli__insert_table(struct sqli_definition *definition,
                                    const struct sqli_new_table *new)
{
    const struct sqli_table *table = &new->table;
    int32_t width = 0;
    for (uint32_t i = 0; i < table->count; i++)
        width += sqli__column_width(&table->columns[i].type);
    bool page = begins_with_word(new->lock_mode, "page");
    const char kind[2] = {table->kind, '\0'};
    return sqli__definition_run(
        definition,
        "INSERT INTO %s.systables (tabname, owner, partnum, tabid, rowsize, ncols, nindexes, "
        "nrows, created, version, tabtype, locklevel, npused, fextsize, nextsize, flags, site, "
        "dbname, type_xid, am_id, pagesize, secpolicyid, statchange, statlevel) VALUES (?1, "
        "printf('%-32s', ?2), CASE ?8 WHEN 'T' THEN 1048576 + ?3 ELSE 0 END, ?3, ?4, ?5, 0, 0.0, "
        "CAST(julianday('now', 'localtime', 'start of day') - 2415019.5 AS INTEGER), 65536 + ?3, "
        "?8, ?6, 0.0, 16, 16, ?7, NULL, NULL, 0, 0, 4096, 0, NULL, 'A')",
        "ssiiitit", table->name, table->owner, table->tabid, width > 32767 ? 32767 : width,
        (int32_t)table->count, page ? "P" : "R", (int32_t)0, kind);
}

/* Everybody may use a table, but for that the database follows ANSI. */
static enum sqli_status insert_privileges(struct sqli_definition *definition,
                                          const struct sqli_table *table)
{
    if (table->temp || definition->store->database->info.logging == SQLI_LOGGING_ANSI)
        return SQLI_OK;
    return sqli__definition_run(definition,
                                "INSERT INTO %s.systabauth (grantor, grantee, tabid, tabauth) "
                                "VALUES (printf('%-32s', ?1), printf('%-32s', 'public'), ?2, "
                                "'su-idx---')",
                                "si", table->owner, table->tabid);
}

static enum sqli_status make(struct sqli_definition *definition, const struct sqli_new_table *new)
{
    const struct sqli_table *table = &new->table;
    char physical[48];
    snprintf(physical, sizeof physical, "%.*s", (int)table->physical.length,
             (const char *)table->physical.data);
    SQLI_TRY(sqli__create_physical(definition, new, physical, true));
    SQLI_TRY(sqli__insert_table(definition, new));
    for (uint32_t i = 0; i < table->count; i++)
        SQLI_TRY(sqli__insert_column(definition, table->tabid, &table->columns[i]));
    SQLI_TRY(insert_privileges(definition, table));
    SQLI_TRY(start_serials(definition, new));
    return sqli__make_constraints(definition, new);
}

/* --- the two ways to a table --- */

enum sqli_status sqli__define_table(struct sqli_definition *definition,
                                    const struct sqli_create_table *create_table)
{
    struct sqli_new_table new = {.lock_mode = create_table->lock_mode.text};
    const struct sqli_column_definition *column;
    struct sqli_user_type row = {.id = 0};
    uint32_t count = 0;
    bool exists;
    enum sqli_status status = sqli__definition_free_name(definition, &create_table->name, &exists);
    if (exists && create_table->if_not_exists) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    for (column = create_table->columns; column; column = column->next)
        count++;
    if (create_table->row_type.name.text.data) {
        SQLI_TRY(sqli__definition_row_type(definition, &create_table->row_type, &row));
        count = row.schema->count;
    }
    SQLI_TRY(sqli__begin_table(definition, &create_table->name, create_table->temp, count, &new));
    if (row.id)
        SQLI_TRY(sqli__typed_columns(definition, row.schema, &new));
    for (column = create_table->columns; column; column = column->next)
        SQLI_TRY(read_column(definition, column, &new));
    SQLI_TRY(sqli__check_serials(definition, &new.table));
    SQLI_TRY(sqli__read_constraints(definition, create_table, &new));
    SQLI_TRY(make(definition, &new));
    if (!row.id)
        return SQLI_OK;
    return sqli__definition_run(definition,
                                "UPDATE %s.systables SET type_xid = ?2 WHERE tabid = ?1", "ii",
                                new.table.tabid, row.id);
}

/* What a SERIAL gives in a query is a plain number; a value without a type is text. */
static struct sqli_type type_of_result(const struct sqli_type *from)
{
    struct sqli_type type = *from;
    type.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    switch (from->code) {
    case SQLI_TYPE_SERIAL: type.code = SQLI_TYPE_INTEGER; break;
    case SQLI_TYPE_SERIAL8: type.code = SQLI_TYPE_INT8; break;
    case SQLI_TYPE_BIGSERIAL: type.code = SQLI_TYPE_BIGINT; break;
    case SQLI_TYPE_NULL:
        type.code = SQLI_TYPE_CHAR;
        type.length = 1;
        break;
    default: break;
    }
    return type;
}

enum sqli_status sqli__read_result(struct sqli_definition *definition,
                                   const struct sqli_engine_column *from, struct sqli_table *table)
{
    if (from->name.length == 0 || from->name.data[0] == '(')
        return sqli__definition_fail(definition, SQLI_E_COLUMN_NEEDS_NAME, 0, from->name);
    struct sqli_table_column *column = sqli__new_column(definition, table, from->name);
    if (!column)
        return SQLI_FAIL;
    if (from->type.code >= SQLI_TYPE_SET && from->type.code <= SQLI_TYPE_ROW)
        return sqli__definition_type(definition, from->type.name, 0, column);
    column->type = type_of_result(&from->type);
    return SQLI_OK;
}

enum sqli_status sqli__define_columns(struct sqli_definition *definition,
                                      const struct sqli_object_name *name, bool temp,
                                      const struct sqli_engine_column *columns, uint32_t count)
{
    struct sqli_new_table new = {.serial_starts = NULL};
    bool exists;
    SQLI_TRY(sqli__definition_free_name(definition, name, &exists));
    SQLI_TRY(sqli__begin_table(definition, name, temp, count, &new));
    for (uint32_t i = 0; i < count; i++)
        SQLI_TRY(sqli__read_result(definition, &columns[i], &new.table));
    return make(definition, &new);
}

/* --- DROP TABLE --- */

static const char *const rows_of_constraints[] = {
    "DELETE FROM %s.syschecks WHERE constrid IN (SELECT constrid FROM %s.sysconstraints WHERE "
    "tabid = ?)",
    "DELETE FROM %s.sysreferences WHERE constrid IN (SELECT constrid FROM %s.sysconstraints WHERE "
    "tabid = ?)",
};

static const char *const rows_of_table[] = {
    "DELETE FROM %s.systables WHERE tabid = ?",      "DELETE FROM %s.syscolumns WHERE tabid = ?",
    "DELETE FROM %s.sysindices WHERE tabid = ?",     "DELETE FROM %s.systabauth WHERE tabid = ?",
    "DELETE FROM %s.sysconstraints WHERE tabid = ?", "DELETE FROM %s.sysdefaults WHERE tabid = ?",
    "DELETE FROM %s.syscoldepend WHERE tabid = ?",
};

enum sqli_status sqli__delete_table_rows(struct sqli_definition *definition, int32_t tabid)
{
    for (size_t i = 0; i < sizeof rows_of_constraints / sizeof rows_of_constraints[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, rows_of_constraints[i], "i", tabid));
    for (size_t i = 0; i < sizeof rows_of_table / sizeof rows_of_table[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, rows_of_table[i], "i", tabid));
    return SQLI_OK;
}

enum sqli_status sqli__drop_table(struct sqli_definition *definition,
                                  const struct sqli_object *object)
{
    char sql[64];
    const struct sqli_table *table;
    enum sqli_status status = sqli__definition_table(definition, &object->name, &table);
    if (status != SQLI_OK && object->if_exists &&
        definition->error->code == SQLI_E_TABLE_NOT_FOUND) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    int32_t tabid = table->tabid;
    if (!table->temp)
        SQLI_TRY(sqli__drop_dependents(definition, tabid, object->restricted));
    if (!table->temp)
        SQLI_TRY(sqli__drop_references(definition, tabid));
    snprintf(sql, sizeof sql, "DROP TABLE %%s.t%d", (int)tabid);
    SQLI_TRY(sqli__definition_run(definition, sql, ""));
    SQLI_TRY(sqli__delete_table_rows(definition, tabid));
    if (table->temp)
        sqli__serial_drop(definition->store->database, tabid);
    if (table->temp)
        return SQLI_OK;
    SQLI_TRY(
        sqli__definition_run(definition, "DELETE FROM %s.sysobjstate WHERE tabid = ?", "i", tabid));
    return sqli__definition_run(definition, "DELETE FROM %s.sqlid_serial WHERE tabid = ?", "i",
                                tabid);
}
