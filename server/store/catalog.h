/* What tables there are: the catalog as the resolver and the definitions (DDL) see it.
 *
 * The tables systables, syscolumns, ... in the database file are the one truth; this reads them,
 * and remembers what it read until a definition changes. */
#ifndef SQLI_SERVER_STORE_CATALOG_H
#define SQLI_SERVER_STORE_CATALOG_H

#include "server/store/database.h"
#include "value/composite.h"

enum { SQLI_NAME_MAX = 128 };

enum sqli_default_kind {
    SQLI_DEFAULT_NONE = 0,
    SQLI_DEFAULT_LITERAL = 'L', /* all kinds keep their text as it was written */
    SQLI_DEFAULT_NULL = 'N',
    SQLI_DEFAULT_TODAY = 'T',
    SQLI_DEFAULT_CURRENT = 'C',
    SQLI_DEFAULT_USER = 'U',
    SQLI_DEFAULT_SERVER = 'S',
};

struct sqli_table_column {
    struct sqli_span name;            /* as stored: folded, or delimited */
    struct sqli_type type;            /* SQLI_TYPE_NOT_NULL among its flags; own spans */
    const struct sqli_schema *schema; /* ROW and collections */
    int16_t number;                   /* colno, from 1 */
    struct sqli_span physical;        /* the column in SQLite */
    enum sqli_default_kind default_kind;
    struct sqli_span default_text; /* as SQL */
};

/* Between two values, and where it ends. */
struct sqli_sequence {
    int64_t start, increment, most, least;
    bool cycle;
};

struct sqli_table {
    int32_t tabid;
    struct sqli_span name;
    struct sqli_span owner;
    char kind; /* systables.tabtype: T table, V view, S synonym, ... */
    bool temp;
    bool system;                          /* of the catalog: not to be changed by users */
    struct sqli_span physical;            /* with its schema, quoted as needed: main.t100 */
    const struct sqli_sequence *sequence; /* kind 'Q'; else NULL */
    struct sqli_span text;                /* a view: its CREATE VIEW, with "..." for names */
    uint32_t count;
    struct sqli_table_column *columns;
};

struct sqli_catalog;

/* Of one session and one database. Tables stay valid until sqli__catalog_forget, or, when another
 * session changed a definition, until the next sqli__catalog_refresh. */
enum sqli_status sqli__catalog_open(struct sqli_store *store, struct sqli_catalog **catalog,
                                    struct sqli_error *error);
void sqli__catalog_close(struct sqli_catalog *catalog);
/* The session changed a definition, or rolled one back. */
void sqli__catalog_forget(struct sqli_catalog *catalog);
/* Before each statement: drops what other sessions' definitions made stale. */
void sqli__catalog_refresh(struct sqli_catalog *catalog);

/* From here to the unpin all of the open database is read as of one moment, and what is remembered
 * of before fits it. False: it is so already, there is nothing to unpin. */
bool sqli__catalog_pin(struct sqli_catalog *catalog);
void sqli__catalog_unpin(struct sqli_catalog *catalog);

/* A number that changes with every definition that this session can see; a prepared statement whose
 * number is another one is prepared anew. */
uint64_t sqli__catalog_version(const struct sqli_catalog *catalog);

/* Temporary tables of the session first. `database` and `owner` may be absent; a database other
 * than the open one is opened beside it (sysmaster). *table is NULL when there is no such table, or
 * the owner is another one (outside ANSI databases an owner that is given must match or the table
 * is not found). SQLI_FAIL: no such database (-329), or the file cannot be read. */
enum sqli_status sqli__catalog_table(struct sqli_catalog *catalog, struct sqli_span database,
                                     struct sqli_span owner, struct sqli_span name,
                                     const struct sqli_table **table, struct sqli_error *error);

/* By its folded name; -1: none. */
int32_t sqli__table_column(const struct sqli_table *table, struct sqli_span name);

/* --- types that users defined --- */

struct sqli_user_type {
    int32_t id; /* extended_id; 0: there is none of the name */
    char mode;  /* sysxtdtypes.mode: 'D' a DISTINCT type, 'R' a named ROW */
    struct sqli_span owner, name;
    const struct sqli_schema *schema;
};

enum sqli_status sqli__catalog_user_type(struct sqli_catalog *catalog, struct sqli_span owner,
                                         struct sqli_span name, struct sqli_arena *arena,
                                         struct sqli_user_type *type, struct sqli_error *error);
/* By its number, without the schema. */
enum sqli_status sqli__catalog_user_type_name(struct sqli_catalog *catalog, int32_t id,
                                              struct sqli_arena *arena, struct sqli_user_type *type,
                                              struct sqli_error *error);
/* Puts what users defined in the place of their names. Names of nothing stay as they are: an opaque
 * type without a number. */
enum sqli_status sqli__catalog_expand(struct sqli_catalog *catalog, struct sqli_arena *arena,
                                      struct sqli_schema *schema, struct sqli_error *error);
bool sqli__type_is_users(const struct sqli_type *type);
/* What a DISTINCT type is made of; others are that themselves. */
struct sqli_type sqli__source_type(const struct sqli_type *type);
/* The text of a type down to what comes with the server: what conversions go by. */
enum sqli_status sqli__schema_plain_text(const struct sqli_schema *schema, struct sqli_arena *arena,
                                         struct sqli_span *text, struct sqli_error *error);

/* --- stored routines --- */

/* sysproccolumns.paramattr */
enum sqli_routine_mode {
    SQLI_ROUTINE_IN = 1,
    SQLI_ROUTINE_INOUT = 2,
    SQLI_ROUTINE_RETURN_MANY = 3,
    SQLI_ROUTINE_OUT = 4,
    SQLI_ROUTINE_RETURN = 5,
};

struct sqli_routine_column {
    struct sqli_span name; /* "" for none */
    struct sqli_type type;
    const struct sqli_schema *schema;
    enum sqli_routine_mode mode;
};

struct sqli_routine {
    struct sqli_routine *next;
    int32_t procid;
    struct sqli_span name;
    struct sqli_span owner;
    bool procedure;
    uint32_t parameter_count;
    struct sqli_routine_column *parameters;
    uint32_t return_count;
    struct sqli_routine_column *returns;
};

/* All with this name (and owner, if it is given); in the arena of the caller. *first is NULL when
 * there are none. */
enum sqli_status sqli__catalog_routines(struct sqli_catalog *catalog, struct sqli_span owner,
                                        struct sqli_span name, struct sqli_arena *arena,
                                        struct sqli_routine **first, struct sqli_error *error);
/* The one with this procid; NULL: there is none. */
enum sqli_status sqli__catalog_routine(struct sqli_catalog *catalog, int32_t procid,
                                       struct sqli_arena *arena, struct sqli_routine **routine,
                                       struct sqli_error *error);
/* Appends the CREATE statement as it was given. */
enum sqli_status sqli__catalog_routine_text(struct sqli_catalog *catalog, int32_t procid,
                                            struct sqli_buffer *text, struct sqli_error *error);

/* Settings that conversions at PREPARE need: those of the session's runtime. */
const struct sqli_conversion_settings *sqli__catalog_settings(const struct sqli_catalog *catalog);
bool sqli__catalog_delimident(const struct sqli_catalog *catalog);
bool sqli__catalog_ansi(const struct sqli_catalog *catalog);

/* Turns a failed constraint of SQLite into Informix's error with the name of the constraint:
 * -268, -239, -391, -691, -692, -530. `physical` is the table that was changed, and may be absent
 * where it is one of the open database; `message` is sqlite3_errmsg. */
void sqli__catalog_constraint_error(struct sqli_catalog *catalog, struct sqli_span physical,
                                    int extended_code, const char *message,
                                    struct sqli_error *error);

/* Deferred foreign keys that are not met (now, or at COMMIT): -691 with the name of one. False: all
 * are. */
bool sqli__catalog_deferred_error(struct sqli_catalog *catalog, struct sqli_error *error);

/* Of another database than the open one. */
bool sqli__table_is_elsewhere(const struct sqli_table *table);
/* The part of `physical` before the point. */
struct sqli_span sqli__physical_schema(struct sqli_span physical);
/* What x_serial and its kin know a counter by: its tabid, and above that the place of its database
 * among those of the session (runtime_session.c). */
int64_t sqli__catalog_counter(const struct sqli_catalog *catalog, const struct sqli_table *table);

#endif
