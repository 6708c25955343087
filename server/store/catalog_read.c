/* Reading a table out of systables, syscolumns and their kin. */
#include "server/store/catalog_inside.h"

#include <stdio.h>

struct reading {
    const struct sqli_catalog_reader *reader;
    struct sqli_table *table;
    uint32_t column; /* that is read now */
    struct sqli_buffer text;
};

struct sqli_span sqli__column_trimmed(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    size_t length = (size_t)sqlite3_column_bytes(row, column);
    while (length && text[length - 1] == ' ')
        length--;
    return sqli__span(text, length);
}

static struct sqli_span print(const struct sqli_catalog_reader *reader, const char *format,
                              const char *schema, int32_t number)
{
    char text[SQLI_DATABASE_NAME_MAX + 32];
    snprintf(text, sizeof text, format, schema, (int)number);
    return sqli__arena_copy(reader->arena, sqli__span_text(text));
}

static bool is_master(const struct sqli_catalog_reader *reader)
{
    static const char attached[] = "\"d_" SQLI_MASTER_DATABASE "\"";
    return sqli__span_equal(reader->schema, sqli__span_text(attached)) ||
           (sqli__span_equal(reader->schema, sqli__span_text("main")) &&
            strcmp(reader->store->database->info.name, SQLI_MASTER_DATABASE) == 0);
}

static struct sqli_span physical_table(const struct sqli_catalog_reader *reader,
                                       const struct sqli_table *table)
{
    char schema[SQLI_DATABASE_NAME_MAX + 8];
    char text[2 * SQLI_NAME_MAX + 16];
    snprintf(schema, sizeof schema, "%.*s", (int)reader->schema.length,
             (const char *)reader->schema.data);
    if (!table->system)
        return print(reader, "%s.t%d", schema, table->tabid);
    snprintf(text, sizeof text, "%s.%.*s", schema, (int)table->name.length,
             (const char *)table->name.data);
    return sqli__arena_copy(reader->arena, sqli__span_text(text));
}

static enum sqli_status on_table(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    const struct sqli_catalog_reader *reader = reading->reader;
    struct sqli_table *table = reading->table;
    int32_t first = is_master(reader) ? SQLI_FIRST_MASTER_TABLE : SQLI_FIRST_USER_TABLE;
    table->tabid = sqlite3_column_int(row, 0);
    table->owner = sqli__arena_copy(reader->arena, sqli__column_trimmed(row, 1));
    table->kind = *(const char *)sqlite3_column_text(row, 2);
    table->name = sqli__arena_copy(reader->arena, sqli__span(sqlite3_column_text(row, 3),
                                                             (size_t)sqlite3_column_bytes(row, 3)));
    table->temp = sqli__span_equal(reader->schema, sqli__span_text("temp"));
    table->system = !table->temp && table->tabid < first;
    table->physical = physical_table(reader, table);
    table->count = (uint32_t)sqlite3_column_int(row, 4);
    table->columns = sqli__arena_alloc(reader->arena, table->count, sizeof *table->columns);
    return sqli__arena_status(reader->arena, error);
}

static enum sqli_default_kind default_kind(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    return text ? (enum sqli_default_kind)text[0] : SQLI_DEFAULT_NONE;
}

static struct sqli_span physical_column(const struct sqli_catalog_reader *reader,
                                        const struct sqli_table *table,
                                        const struct sqli_table_column *column)
{
    char name[SQLI_NAME_MAX + 2];
    if (!table->system)
        return print(reader, "%sc%d", "", column->number);
    if (!sqli__catalog_needs_mark(column->name))
        return column->name;
    snprintf(name, sizeof name, "%.*s_", (int)column->name.length, (const char *)column->name.data);
    return sqli__arena_copy(reader->arena, sqli__span_text(name));
}

/* Types that come with the server have their names from there; those of users are read later. */
void sqli__catalog_name_type(struct sqli_type *type)
{
    const char *name = sqli__builtin_extended_name(type->extended_id);
    if (!name)
        return;
    type->name = sqli__span_text(name);
    type->owner = sqli__span_text("informix");
}

static enum sqli_status on_column(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    struct sqli_arena *arena = reading->reader->arena;
    if (reading->column == reading->table->count)
        return sqli__file_fail(SQLITE_CORRUPT, "syscolumns", error);
    struct sqli_table_column *column = &reading->table->columns[reading->column++];
    int32_t type = sqlite3_column_int(row, 2);
    struct sqli_span text = sqli__column_trimmed(row, 6);
    column->name = sqli__arena_copy(
        arena, sqli__span(sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0)));
    column->number = (int16_t)sqlite3_column_int(row, 1);
    column->type = (struct sqli_type){
        .code = (uint8_t)(type & 0xff),
        .flags = (uint16_t)(type & 0xff00),
        .length = sqlite3_column_int(row, 3) & 0xffff,
        .extended_id = sqlite3_column_int(row, 4),
    };
    sqli__catalog_name_type(&column->type);
    column->physical = physical_column(reading->reader, reading->table, column);
    column->default_kind = default_kind(row, 5);
    column->default_text = text.data ? sqli__arena_copy(arena, text) : text;
    return sqli__arena_status(arena, error);
}

/* --- ROW and collections --- */

static enum sqli_status on_description(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    sqli__buffer_append(&reading->text, sqlite3_column_text(row, 0),
                        (size_t)sqlite3_column_bytes(row, 0));
    return sqli__buffer_status(&reading->text, error);
}

static enum sqli_status read_schema(const struct sqli_catalog_reader *reader,
                                    struct sqli_table_column *column)
{
    struct sqli_catalog_reader own = *reader;
    struct sqli_schema *schema;
    struct sqli_span text;
    SQLI_TRY(sqli__catalog_description(reader, column->type.extended_id, &text));
    SQLI_TRY(sqli__schema_parse(text, reader->arena, &schema, reader->error));
    if (sqli__span_equal(own.schema, sqli__span_text("temp")))
        own.schema = sqli__span_text("main");
    SQLI_TRY(sqli__catalog_expand_in(&own, schema));
    column->schema = schema;
    return sqli__schema_plain_text(schema, reader->arena, &column->type.name, reader->error);
}

static bool is_composite(const struct sqli_type *type)
{
    return type->code >= SQLI_TYPE_SET && type->code <= SQLI_TYPE_ROW;
}

static enum sqli_status complete_type(const struct sqli_catalog_reader *reader,
                                      struct sqli_table_column *column)
{
    if (sqli__type_is_users(&column->type))
        return sqli__catalog_read_user_type(reader, column);
    return is_composite(&column->type) ? read_schema(reader, column) : SQLI_OK;
}

static enum sqli_status read_columns(struct reading *reading)
{
    const struct sqli_catalog_reader *reader = reading->reader;
    struct sqli_table *table = reading->table;
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__catalog_sql(sql, reader->schema,
                      "SELECT c.colname, c.colno, c.coltype, c.collength, c.extended_id, d.type, "
                      "coalesce(d.sql, d.default_) FROM %s.syscolumns c LEFT JOIN %s.sysdefaults "
                      "d ON d.tabid = c.tabid AND d.colno = c.colno WHERE c.tabid = ? ORDER BY "
                      "c.colno");
    SQLI_TRY(
        sqli__store_run(reader->store, on_column, reading, reader->error, sql, "i", table->tabid));
    table->count = reading->column;
    for (uint32_t i = 0; i < table->count; i++)
        SQLI_TRY(complete_type(reader, &table->columns[i]));
    return SQLI_OK;
}

enum sqli_status sqli__catalog_read_schema(struct sqli_store *store, struct sqli_arena *arena,
                                           struct sqli_type *type,
                                           const struct sqli_schema **schema,
                                           struct sqli_error *error)
{
    const struct sqli_catalog_reader reader = {
        .store = store, .arena = arena, .schema = sqli__span_text("main"), .error = error};
    struct sqli_table_column column = {.type = *type};
    SQLI_TRY(complete_type(&reader, &column));
    *type = sqli__source_type(&column.type);
    *schema = column.schema;
    return SQLI_OK;
}

/* --- the table --- */

void sqli__catalog_sql(char sql[SQLI_CATALOG_SQL_MAX], struct sqli_span schema, const char *format)
{
    size_t length = 0;
    for (const char *from = format; *from && length + schema.length + 1 < SQLI_CATALOG_SQL_MAX;) {
        if (strncmp(from, "%s", 2) != 0) {
            sql[length++] = *from++;
            continue;
        }
        memcpy(sql + length, schema.data, schema.length);
        length += schema.length;
        from += 2;
    }
    sql[length] = '\0';
}

/* The pieces are as long as their column, but for the last one. */
static enum sqli_status read_view(struct reading *reading)
{
    const struct sqli_catalog_reader *reader = reading->reader;
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__buffer_clear(&reading->text);
    sqli__catalog_sql(sql, reader->schema,
                      "SELECT viewtext FROM %s.sysviews WHERE tabid = ? ORDER BY seqno");
    SQLI_TRY(sqli__store_run(reader->store, on_description, reading, reader->error, sql, "i",
                             reading->table->tabid));
    reading->table->text = sqli__arena_copy(reader->arena, sqli__buffer_view(&reading->text));
    return sqli__arena_status(reader->arena, reader->error);
}

static enum sqli_status on_sequence(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    struct sqli_sequence *sequence = sqli__arena_alloc(reading->reader->arena, 1, sizeof *sequence);
    if (!sequence)
        return sqli__arena_status(reading->reader->arena, error);
    const unsigned char *cycle = sqlite3_column_text(row, 4);
    *sequence = (struct sqli_sequence){
        .start = sqlite3_column_int64(row, 0),
        .increment = sqlite3_column_int64(row, 1),
        .most = sqlite3_column_int64(row, 2),
        .least = sqlite3_column_int64(row, 3),
        .cycle = cycle && cycle[0] == '1',
    };
    reading->table->sequence = sequence;
    return SQLI_OK;
}

static enum sqli_status read_sequence(struct reading *reading)
{
    const struct sqli_catalog_reader *reader = reading->reader;
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__catalog_sql(sql, reader->schema,
                      "SELECT start_val, inc_val, max_val, min_val, cycle FROM %s.syssequences "
                      "WHERE tabid = ?");
    return sqli__store_run(reader->store, on_sequence, reading, reader->error, sql, "i",
                           reading->table->tabid);
}

/* Of several tables with the name, the user's own comes first. */
static enum sqli_status read_table(struct reading *reading, struct sqli_span owner,
                                   struct sqli_span name)
{
    const struct sqli_catalog_reader *reader = reading->reader;
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__catalog_sql(sql, reader->schema,
                      "SELECT tabid, owner, tabtype, tabname, ncols FROM %s.systables WHERE "
                      "tabname = ?1 AND tabtype <> ' ' AND (?2 IS NULL OR owner = ?2) "
                      "ORDER BY owner = ?3 DESC, tabid LIMIT 1");
    SQLI_TRY(sqli__store_run(reader->store, on_table, reading, reader->error, sql, "sst", name,
                             owner, reader->store->runtime->user));
    if (reading->table->kind == 'V' && !reading->table->system)
        SQLI_TRY(read_view(reading));
    if (reading->table->kind == 'Q')
        SQLI_TRY(read_sequence(reading));
    return reading->table->tabid ? read_columns(reading) : SQLI_OK;
}

enum sqli_status sqli__catalog_read(const struct sqli_catalog_reader *reader,
                                    struct sqli_span owner, struct sqli_span name,
                                    struct sqli_table *table)
{
    struct reading reading = {.reader = reader, .table = table};
    sqli__buffer_init(&reading.text, 1 << 20);
    enum sqli_status status = read_table(&reading, owner, name);
    sqli__buffer_free(&reading.text);
    return status;
}
