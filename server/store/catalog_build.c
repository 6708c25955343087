/* The catalog as a new database has it: tables, views, and the rows that describe them. */
#include "server/store/catalog_inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_OF_MASTER = 100 /* tabid, of what only sysmaster has */ };

struct catalog_table {
    int32_t tabid;
    char kind;
    const char *name;
    const char *columns;
};

static const struct catalog_table every_database[] = {
#define CATALOG_TABLE(tabid, kind, name, columns) {tabid, kind, name, columns},
#include "server/store/catalog_tables.def"
};

static const struct catalog_table only_master[] = {
#include "server/store/catalog_master.def"
#undef CATALOG_TABLE
};

/* What the server itself keeps, what only SQLite needs, and the views. sysindices has the parts of
 * its keys, so that sysindexes can show them; `number` makes the name of the index in SQLite.
 * sysdefaults has the text of the expression, which INSERT reads. */
static const char own_tables[] =
    "CREATE TABLE sqlid_database (logging INTEGER NOT NULL, locale TEXT NOT NULL, "
    "owner TEXT NOT NULL) STRICT;"
    "CREATE TABLE sqlid_serial (tabid INTEGER NOT NULL, wide INTEGER NOT NULL, "
    "last INTEGER NOT NULL, PRIMARY KEY (tabid, wide)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sqlid_lob (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, "
    "retired INTEGER NOT NULL) STRICT;"
    "CREATE TABLE sqlid_lobdata (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
    "CREATE VIEW sysindexes AS SELECT idxname, owner, tabid, idxtype, clustered, part1, part2, "
    "part3, part4, part5, part6, part7, part8, part9, part10, part11, part12, part13, part14, "
    "part15, part16, levels, CAST(leaves AS INTEGER) AS leaves, "
    "CAST(nunique AS INTEGER) AS nunique, CAST(clust AS INTEGER) AS clust FROM sysindices;"
    "CREATE VIEW sysdomains AS SELECT extended_id AS id, owner, name, type FROM sysxtdtypes "
    "WHERE domain = 'D';";

static const char own_indexes[] =
    "CREATE INDEX systables_name ON systables (tabname, owner);"
    "CREATE UNIQUE INDEX systables_tabid ON systables (tabid);"
    "CREATE UNIQUE INDEX syscolumns_tabid ON syscolumns (tabid, colno);"
    "CREATE INDEX sysindices_tabid ON sysindices (tabid);"
    "CREATE INDEX sysindices_name ON sysindices (idxname);"
    "CREATE INDEX systabauth_tabid ON systabauth (tabid);"
    "CREATE UNIQUE INDEX sysconstraints_constrid ON sysconstraints (constrid);"
    "CREATE INDEX sysconstraints_tabid ON sysconstraints (tabid);"
    "CREATE INDEX sysconstraints_name ON sysconstraints (constrname);"
    "CREATE INDEX sysreferences_constrid ON sysreferences (constrid);"
    "CREATE INDEX sysreferences_ptabid ON sysreferences (ptabid);"
    "CREATE INDEX syschecks_constrid ON syschecks (constrid);"
    "CREATE INDEX sysdefaults_tabid ON sysdefaults (tabid, colno);"
    "CREATE INDEX syscoldepend_constrid ON syscoldepend (constrid);"
    "CREATE INDEX sysxtdtypes_id ON sysxtdtypes (extended_id);"
    "CREATE INDEX sysxtddesc_id ON sysxtddesc (extended_id, seqno);"
    "CREATE INDEX sysattrtypes_id ON sysattrtypes (extended_id);";

/* Rows that every database has. sysusers.usertype: D for DBA, C for CONNECT. */
static const char first_rows[] =
    "INSERT INTO sysroutinelangs VALUES (1, printf('%-30s', 'builtin'), NULL, NULL, NULL), "
    "(2, printf('%-30s', 'spl'), NULL, NULL, NULL), (3, printf('%-30s', 'c'), NULL, NULL, NULL);"
    "INSERT INTO syslangauth VALUES (printf('%-32s', 'informix'), printf('%-32s', 'public'), 2, "
    "'u');"
    "INSERT INTO sysams (am_name, am_owner, am_id, am_type, am_sptype, am_defopclass, "
    "am_keyscan, am_unique, am_cluster, am_rowids, am_readwrite, am_parallel, am_costfactor) "
    "VALUES ('btree', printf('%-32s', 'informix'), 1, 'S', 'D  ', 1, 1, 1, 1, 1, 1, 1, 1.0);"
    "INSERT INTO sysopclasses VALUES ('btree_ops', printf('%-32s', 'informix'), 1, 1, "
    "'lessthan;lessthanorequal;equal;greaterthanorequal;greaterthan;', 'compare;');"
    "INSERT INTO syscasts SELECT printf('%-32s', 'informix'), a.type, a.extended_id, b.type, "
    "b.extended_id, NULL, NULL, 'S' FROM sysxtdtypes a, sysxtdtypes b WHERE (a.name = 'lvarchar' "
    "AND b.name IN ('boolean', 'blob', 'clob')) OR (b.name = 'lvarchar' AND a.name IN ('boolean', "
    "'blob', 'clob'));";

static const char master_rows[] =
    "INSERT INTO sysdbspaces VALUES (1, printf('%-128s', 'rootdbs'), printf('%-32s', 'informix'), "
    "4096, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1);"
    "INSERT INTO sysdual VALUES ('X');";

/* The built-in extended types; systables and its kin use some of them. */
static const struct extended_type {
    int32_t id;
    const char *name;
    char domain;
    int32_t type; /* 40 varying, 41 fixed length */
    int32_t length;
} extended_types[] = {
    {SQLI_XID_LVARCHAR, "lvarchar", 'B', 40, 2048},
    {2, "sendrecv", 'B', 40, 0},
    {3, "impexp", 'B', 40, 0},
    {4, "impexpbin", 'B', 40, 0},
    {SQLI_XID_BOOLEAN, "boolean", 'B', 41, 1},
    {6, "pointer", 'B', 41, 4},
    {7, "indexkeyarray", 'B', 40, 0},
    {8, "rtnparamtypes", 'B', 40, 0},
    {9, "selfuncargs", 'B', 41, 124},
    {SQLI_XID_BLOB, "blob", 'B', 41, 72},
    {SQLI_XID_CLOB, "clob", 'B', 41, 72},
    {12, "lolist", 'B', 40, 0},
    {13, "ifx_lo_spec", 'B', 41, 500},
    {14, "ifx_lo_stat", 'B', 41, 644},
    {15, "stat", 'B', 40, 0},
};

struct builder {
    sqlite3 *db;
    const struct sqli_build *build;
    sqlite3_stmt *table;  /* INSERT INTO systables */
    sqlite3_stmt *column; /* INSERT INTO syscolumns */
    struct sqli_buffer sql;
    struct sqli_error *error;
};

const char *sqli__builtin_extended_name(int32_t extended_id)
{
    for (size_t i = 0; i < sizeof extended_types / sizeof extended_types[0]; i++)
        if (extended_types[i].id == extended_id)
            return extended_types[i].name;
    return NULL;
}

int32_t sqli__builtin_extended_id(struct sqli_span name)
{
    for (size_t i = 0; i < sizeof extended_types / sizeof extended_types[0]; i++)
        if (sqli__span_equal(name, sqli__span_text(extended_types[i].name)))
            return extended_types[i].id;
    return 0;
}

/* Names that SQLite takes for something else. */
bool sqli__catalog_needs_mark(struct sqli_span name)
{
    return sqlite3_keyword_check((const char *)name.data, (int)name.length) != 0;
}

static enum sqli_status step(struct builder *builder, sqlite3_stmt *insert)
{
    sqlite3_step(insert);
    int code = sqlite3_reset(insert);
    return code == SQLITE_OK ? SQLI_OK
                             : sqli__file_fail(code, builder->build->name, builder->error);
}

/* --- tables --- */

static void append_column(struct sqli_buffer *sql, const struct sqli_schema *column)
{
    sqli__buffer_span(sql, column->field);
    if (sqli__catalog_needs_mark(column->field))
        sqli__buffer_byte(sql, '_');
    sqli__buffer_format(sql, " %s", sqli__storage_declaration(&column->type));
    if (column->type.flags & SQLI_TYPE_NOT_NULL)
        sqli__buffer_text(sql, " NOT NULL");
}

static enum sqli_status create_table(struct builder *builder, const struct catalog_table *table,
                                     const struct sqli_schema *columns)
{
    struct sqli_buffer *sql = &builder->sql;
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "CREATE TABLE %s (", table->name);
    for (uint32_t i = 0; i < columns->count; i++) {
        sqli__buffer_text(sql, i ? ", " : "");
        append_column(sql, &columns->parts[i]);
    }
    if (table->tabid == SQLI_TABID_INDICES) {
        for (int part = 1; part <= SQLI_INDEX_PARTS; part++)
            sqli__buffer_format(sql, ", part%d INTEGER NOT NULL DEFAULT 0", part);
        sqli__buffer_text(sql, ", number INTEGER NOT NULL DEFAULT 0");
    }
    if (table->tabid == SQLI_TABID_DEFAULTS)
        sqli__buffer_text(sql, ", sql TEXT");
    sqli__buffer_append(sql, ") STRICT", sizeof ") STRICT");
    SQLI_TRY(sqli__buffer_status(sql, builder->error));
    return sqli__file_run(builder->db, (const char *)sql->data, builder->error);
}

/* Of sysmaster: what x_live says, field by field; CHAR columns get their blanks. */
static enum sqli_status create_view(struct builder *builder, const struct catalog_table *table,
                                    const struct sqli_schema *columns)
{
    struct sqli_buffer *sql = &builder->sql;
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "CREATE VIEW %s AS SELECT ", table->name);
    for (uint32_t i = 0; i < columns->count; i++) {
        const struct sqli_schema *column = &columns->parts[i];
        if (column->type.code == SQLI_TYPE_CHAR)
            sqli__buffer_format(sql, "printf('%%-%ds', x_live_field(value, %u)) COLLATE RTRIM AS ",
                                (int)column->type.length, (unsigned)i);
        else
            sqli__buffer_format(sql, "CAST(x_live_field(value, %u) AS INTEGER) AS ", (unsigned)i);
        sqli__buffer_span(sql, column->field);
        if (sqli__catalog_needs_mark(column->field))
            sqli__buffer_byte(sql, '_');
        sqli__buffer_text(sql, i + 1 < columns->count ? ", " : "");
    }
    sqli__buffer_format(sql, " FROM json_each(x_live('%s'))", table->name);
    sqli__buffer_byte(sql, '\0');
    SQLI_TRY(sqli__buffer_status(sql, builder->error));
    return sqli__file_run(builder->db, (const char *)sql->data, builder->error);
}

int32_t sqli__column_width(const struct sqli_type *type)
{
    int32_t width = sqli__type_width(type);
    if (width == SQLI_WIDTH_SHORT)
        return (type->length & 0xff) + 1;
    return width >= 0 ? width : type->length;
}

static enum sqli_status insert_column(struct builder *builder, const struct catalog_table *table,
                                      const struct sqli_schema *column, uint32_t number)
{
    sqlite3_stmt *insert = builder->column;
    const struct sqli_type *type = &column->type;
    int32_t extended =
        type->extended_id ? type->extended_id : sqli__builtin_extended_id(type->name);
    sqlite3_bind_text(insert, 1, (const char *)column->field.data, (int)column->field.length,
                      SQLITE_STATIC);
    sqlite3_bind_int(insert, 2, table->tabid);
    sqlite3_bind_int(insert, 3, (int)number);
    sqlite3_bind_int(insert, 4, type->code | type->flags);
    sqlite3_bind_int(insert, 5, type->length);
    sqlite3_bind_int(insert, 6, extended);
    return step(builder, insert);
}

static enum sqli_status insert_table(struct builder *builder, const char *name, int32_t tabid,
                                     char kind, int32_t columns, int32_t width, const char *site)
{
    sqlite3_stmt *insert = builder->table;
    sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 2, tabid);
    sqlite3_bind_int(insert, 3, width);
    sqlite3_bind_int(insert, 4, columns);
    sqlite3_bind_text(insert, 5, &kind, 1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 6, site, -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 7, kind == 'T' ? 0x100000 + tabid : 0);
    return step(builder, insert);
}

static enum sqli_status describe_table(struct builder *builder, const struct catalog_table *table,
                                       const struct sqli_schema *columns)
{
    int32_t width = 0;
    for (uint32_t i = 0; i < columns->count; i++) {
        width += sqli__column_width(&columns->parts[i].type);
        SQLI_TRY(insert_column(builder, table, &columns->parts[i], i + 1));
    }
    return insert_table(builder, table->name, table->tabid, table->kind, (int32_t)columns->count,
                        width, NULL);
}

enum pass { PASS_CREATE, PASS_DESCRIBE };

static enum sqli_status one_table(struct builder *builder, const struct catalog_table *table,
                                  enum pass pass, struct sqli_arena *arena)
{
    struct sqli_schema *columns;
    sqli__buffer_clear(&builder->sql);
    sqli__buffer_format(&builder->sql, "row(%s)", table->columns);
    SQLI_TRY(sqli__buffer_status(&builder->sql, builder->error));
    SQLI_TRY(sqli__schema_parse(sqli__buffer_view(&builder->sql), arena, &columns, builder->error));
    if (pass == PASS_DESCRIBE)
        return describe_table(builder, table, columns);
    if (table->kind == 'T')
        return create_table(builder, table, columns);
    return table->tabid >= FIRST_OF_MASTER ? create_view(builder, table, columns) : SQLI_OK;
}

static enum sqli_status all_tables(struct builder *builder, enum pass pass)
{
    const size_t common = sizeof every_database / sizeof every_database[0];
    const size_t more = builder->build->master ? sizeof only_master / sizeof only_master[0] : 0;
    struct sqli_arena arena;
    enum sqli_status status = SQLI_OK;
    sqli__arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < common + more && status == SQLI_OK; i++) {
        sqli__arena_reset(&arena);
        status = one_table(builder, i < common ? &every_database[i] : &only_master[i - common],
                           pass, &arena);
    }
    sqli__arena_free(&arena);
    return status;
}

/* --- rows --- */

static enum sqli_status pseudo_tables(struct builder *builder)
{
    char locale[64];
    struct sqli_span given = builder->build->locale;
    snprintf(locale, sizeof locale, "%.*s", (int)given.length, (const char *)given.data);
    SQLI_TRY(insert_table(builder, " GL_COLLATE", 90, ' ', 0, 0, locale));
    SQLI_TRY(insert_table(builder, " GL_CTYPE", 91, ' ', 0, 0, locale));
    return insert_table(builder, " VERSION", 99, ' ', 0, 0, NULL);
}

static enum sqli_status run_bound(struct builder *builder, const char *sql, const char *format, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, format);
    int code = sqlite3_prepare_v2(builder->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqli__bind_all(statement, format, args);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    va_end(args);
    return code == SQLITE_DONE ? SQLI_OK
                               : sqli__file_fail(code, builder->build->name, builder->error);
}

static enum sqli_status insert_extended_types(struct builder *builder)
{
    for (size_t i = 0; i < sizeof extended_types / sizeof extended_types[0]; i++) {
        const struct extended_type *type = &extended_types[i];
        SQLI_TRY(run_bound(builder,
                           "INSERT INTO sysxtdtypes VALUES (?1, ?2, 'B', printf('%-32s', "
                           "'informix'), ?3, ?4, 0, ?5, ?5, 'f', 'f', 4, 0)",
                           "istii", type->id, sqli__span(&type->domain, 1), type->name, type->type,
                           type->length));
    }
    return SQLI_OK;
}

static enum sqli_status insert_own_rows(struct builder *builder)
{
    const struct sqli_build *build = builder->build;
    SQLI_TRY(run_bound(builder, "INSERT INTO sqlid_database VALUES (?, ?, ?)", "iss",
                       (int32_t)build->logging, build->locale, build->owner));
    SQLI_TRY(run_bound(builder,
                       "INSERT INTO sysusers (username, usertype, priority, password) VALUES "
                       "(printf('%-32s', ?1), 'D', 9, NULL), "
                       "(printf('%-32s', 'public'), 'C', 5, NULL)",
                       "s", build->owner));
    SQLI_TRY(run_bound(builder, "INSERT INTO sqlid_serial VALUES (?, 0, ?), (?, 0, 0), (?, 0, ?)",
                       "iiiii", SQLI_TABID_TABLES,
                       (build->master ? SQLI_FIRST_MASTER_TABLE : SQLI_FIRST_USER_TABLE) - 1,
                       SQLI_TABID_CONSTRAINTS, SQLI_TABID_XTDTYPES, SQLI_FIRST_EXTENDED_ID - 1));
    SQLI_TRY(sqli__file_run(builder->db, first_rows, builder->error));
    return build->master ? sqli__file_run(builder->db, master_rows, builder->error) : SQLI_OK;
}

static enum sqli_status prepare(struct builder *builder)
{
    int code = sqlite3_prepare_v2(
        builder->db,
        "INSERT INTO systables (tabname, owner, partnum, tabid, rowsize, ncols, nindexes, nrows, "
        "created, version, tabtype, locklevel, npused, fextsize, nextsize, flags, site, dbname, "
        "type_xid, am_id, pagesize, secpolicyid, statchange, statlevel) VALUES (?1, "
        "printf('%-32s', 'informix'), ?7, ?2, ?3, ?4, 0, 0.0, CAST(julianday('now', 'localtime', "
        "'start of day') - 2415019.5 AS INTEGER), 65537, ?5, 'R', 0.0, 16, 16, 0, ?6, NULL, 0, 0, "
        "4096, 0, NULL, NULL)",
        -1, &builder->table, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(builder->db,
                                  "INSERT INTO syscolumns (colname, tabid, colno, coltype, "
                                  "collength, colmin, colmax, extended_id, seclabelid, colattr) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, ?6, 0, 0)",
                                  -1, &builder->column, NULL);
    return code == SQLITE_OK ? SQLI_OK
                             : sqli__file_fail(code, builder->build->name, builder->error);
}

static enum sqli_status build_all(struct builder *builder)
{
    char marks[96];
    snprintf(marks, sizeof marks, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             (int)SQLI_APPLICATION_ID, (int)SQLI_FORMAT_VERSION);
    SQLI_TRY(sqli__file_run(builder->db, marks, builder->error));
    SQLI_TRY(all_tables(builder, PASS_CREATE));
    SQLI_TRY(sqli__file_run(builder->db, own_tables, builder->error));
    SQLI_TRY(prepare(builder));
    SQLI_TRY(all_tables(builder, PASS_DESCRIBE));
    SQLI_TRY(pseudo_tables(builder));
    SQLI_TRY(insert_extended_types(builder));
    SQLI_TRY(insert_own_rows(builder));
    return sqli__file_run(builder->db, own_indexes, builder->error);
}

enum sqli_status sqli__catalog_build(sqlite3 *db, const struct sqli_build *build,
                                     struct sqli_error *error)
{
    struct builder builder = {.db = db, .build = build, .error = error};
    sqli__buffer_init(&builder.sql, 1 << 16);
    enum sqli_status status = build_all(&builder);
    sqlite3_finalize(builder.table);
    sqlite3_finalize(builder.column);
    sqli__buffer_free(&builder.sql);
    return status;
}
