/* What the files catalog*.c know of each other, and what definitions need beyond catalog.h. */
#ifndef SQLI_SERVER_STORE_CATALOG_INSIDE_H
#define SQLI_SERVER_STORE_CATALOG_INSIDE_H

#include "server/store/catalog.h"
#include "server/store/database_inside.h"
#include "server/store/storage.h"

enum {
    /* Their serial columns draw from counters as all do. */
    SQLI_TABID_TABLES = 1,
    SQLI_TABID_INDICES = 3,
    SQLI_TABID_CONSTRAINTS = 11,
    SQLI_TABID_DEFAULTS = 14,
    SQLI_TABID_PROCEDURES = 16,
    SQLI_TABID_XTDTYPES = 30,
    SQLI_INDEX_PARTS = 16, /* columns of a key */
    SQLI_CATALOG_SQL_MAX = 1024,
};

/* The extended types that come with the server; NULL and 0 for others. */
const char *sqli__builtin_extended_name(int32_t extended_id);
int32_t sqli__builtin_extended_id(struct sqli_span name);

/* True for a column of the catalog that goes by another name in SQLite: with '_' behind it. */
bool sqli__catalog_needs_mark(struct sqli_span name);

/* True where a default is written without the image of its value. */
bool sqli__default_is_plain(const struct sqli_type *type);
/* sysdefaults.default of a literal, in `out`, which is emptied first. */
enum sqli_status sqli__catalog_default(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *out, struct sqli_error *error);

/* What a column counts in systables.rowsize. */
int32_t sqli__column_width(const struct sqli_type *type);

/* True once the session has had a temporary table: temp.systables and its kin are there then. They
 * have the same columns as those of a database, and take part in transactions as all tables do. */
bool sqli__catalog_has_temp(struct sqli_store *store);

struct sqli_store *sqli__catalog_store(struct sqli_catalog *catalog);

/* Puts the schema in the place of each %s. */
void sqli__catalog_sql(char sql[SQLI_CATALOG_SQL_MAX], struct sqli_span schema, const char *format);

/* Reads a table into the arena; table->tabid stays 0 when there is none. */
struct sqli_catalog_reader {
    struct sqli_store *store;
    struct sqli_arena *arena;
    struct sqli_span schema; /* as it stands in SQL */
    struct sqli_error *error;
};

enum sqli_status sqli__catalog_read(const struct sqli_catalog_reader *reader,
                                    struct sqli_span owner, struct sqli_span name,
                                    struct sqli_table *table);

/* A CHAR column of the row without its blanks. */
struct sqli_span sqli__column_trimmed(sqlite3_stmt *row, int column);
/* sysxtddesc, all of its pieces. */
enum sqli_status sqli__catalog_description(const struct sqli_catalog_reader *reader, int32_t id,
                                           struct sqli_span *text);
/* The type becomes a DISTINCT one with it as its source. */
void sqli__make_distinct(struct sqli_type *type, const struct sqli_user_type *user);
/* sqli__catalog_expand, by the types of the reader's schema. */
enum sqli_status sqli__catalog_expand_in(const struct sqli_catalog_reader *reader,
                                         struct sqli_schema *schema);
/* The column has the flags and the number of a type of a user: gets all else of it. */
enum sqli_status sqli__catalog_read_user_type(const struct sqli_catalog_reader *reader,
                                              struct sqli_table_column *column);

/* Types that come with the server get their names. */
void sqli__catalog_name_type(struct sqli_type *type);
/* Of a ROW or collection of the open database: its name and schema; others are left alone. */
enum sqli_status sqli__catalog_read_schema(struct sqli_store *store, struct sqli_arena *arena,
                                           struct sqli_type *type,
                                           const struct sqli_schema **schema,
                                           struct sqli_error *error);

#endif
