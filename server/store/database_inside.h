/* What the files database*.c, store*.c and catalog*.c know of each other. */
#ifndef SQLI_SERVER_STORE_DATABASE_INSIDE_H
#define SQLI_SERVER_STORE_DATABASE_INSIDE_H

#include "server/store/database.h"

#include <pthread.h>
#include <stdarg.h>

enum {
    SQLI_APPLICATION_ID = 0x53514c49, /* "SQLI" */
    SQLI_FORMAT_VERSION = 1,
    SQLI_FILE_NAME_MAX = 4096,
    SQLI_DATABASE_NAME_MAX = 128,
    SQLI_ATTACHED_MAX = 10,             /* SQLite's own limit */
    SQLI_FIRST_USER_TABLE = 100,        /* tabid */
    SQLI_FIRST_MASTER_TABLE = 1000,     /* the same in sysmaster, whose own tables come before */
    SQLI_FIRST_TEMP_TABLE = 0x40000000, /* process-wide, so that sessions do not share a counter */
    SQLI_FIRST_EXTENDED_ID = 2048,      /* ROW and collections */
};

#define SQLI_MASTER_DATABASE   "sysmaster"
#define SQLI_UNFINISHED_PREFIX ".new-" /* of files that are being built */

/* --- all databases --- */

struct sqli_databases {
    char directory[SQLI_FILE_NAME_MAX];
    bool memory;
    int32_t lock_wait_ms;
    int lock; /* the descriptor of the lock file */
    pthread_mutex_t mutex;
    pthread_cond_t left;         /* a database has one user less */
    struct sqli_database *first; /* those that were opened since the start */
    struct sqli_store *stores;   /* those that are open */
    int64_t started;             /* seconds since 1970 */
};

/* --- one database --- */

struct sqli_serial_counter {
    int32_t tabid;
    bool wide; /* of SERIAL8 or BIGSERIAL; a table may have one of each */
    int64_t last;
    int64_t saved;   /* what the file has */
    int64_t writing; /* what the file has once a transaction commits */
};

struct sqli_database {
    struct sqli_database *next;
    struct sqli_databases *all;
    struct sqli_database_info info;
    char owner[SQLI_RUNTIME_NAME_MAX + 1];
    char path[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 8];
    uint32_t users;              /* stores that have it open or attached; under all->mutex */
    atomic_ullong generation;    /* counts committed definitions */
    pthread_mutex_t definitions; /* held while one is committed and counted */
    sqlite3 *anchor; /* keeps the WAL alive between sessions; never inside a transaction */
    pthread_mutex_t serial_mutex;
    struct sqli_serial_counter *counters; /* by tabid, then wide */
    size_t counter_count;
    size_t counter_room;
    pthread_mutex_t lob_mutex;
    struct sqli_lob_hold *lob_holds; /* see lob.h */
    uint64_t lob_epoch;
    atomic_llong lob_suspects;
};

/* The canonical (lower-case) name; false when no file may be called so. */
bool sqli__database_name(struct sqli_span name, char canonical[SQLI_DATABASE_NAME_MAX + 1]);
void sqli__database_path(const struct sqli_databases *databases, const char *name, char *path,
                         size_t room);

/* Calls `each` for the entries of a directory, but for "." and "..". */
void sqli__each_entry(const char *directory, void (*each)(int at, const char *name, void *context),
                      void *context);
/* "<what> <path>: <what errno says>" */
enum sqli_status sqli__system_fail(struct sqli_error *error, const char *what, const char *path);

/* The caller holds all->mutex. NULL when it was not opened since the start. */
struct sqli_database *sqli__database_open_now(const struct sqli_databases *databases,
                                              const char *name);
enum sqli_status sqli__database_get(struct sqli_databases *databases, const char *name,
                                    struct sqli_database **database, struct sqli_error *error);
enum sqli_status sqli__database_not_found(struct sqli_span name, struct sqli_error *error);

/* Counts the caller as a user. -329 when there is none. */
enum sqli_status sqli__database_acquire(struct sqli_databases *databases, struct sqli_span name,
                                        struct sqli_database **database, struct sqli_error *error);
void sqli__database_release(struct sqli_database *database);
void sqli__database_free(struct sqli_database *database);

/* Opens a file with the settings that all connections have. The trusted ones are the server's own.
 * `path` has the file, which must exist unless `create`. */
enum sqli_status sqli__file_open(const struct sqli_databases *databases, const char *path,
                                 bool create, sqlite3 **db, struct sqli_error *error);
/* Runs statements without parameters or results. */
enum sqli_status sqli__file_run(sqlite3 *db, const char *sql, struct sqli_error *error);
/* An SQLite failure of the server's own work on a file; `what` names it. */
enum sqli_status sqli__file_fail(int sqlite_code, const char *what, struct sqli_error *error);

struct sqli_build;
/* Makes the file of a database, whole or not at all. */
enum sqli_status sqli__databases_make(struct sqli_databases *databases,
                                      const struct sqli_build *build, struct sqli_error *error);

/* Keeps sysdatabases, sysdbslocale: adds or removes the line of a database. All of these need
 * all->mutex. */
enum sqli_status sqli__master_add(struct sqli_databases *databases, const char *name,
                                  struct sqli_error *error);
enum sqli_status sqli__master_remove(struct sqli_databases *databases, const char *name,
                                     struct sqli_error *error);
/* At the start: makes sysmaster when it is missing, and brings its tables in step. */
enum sqli_status sqli__master_start(struct sqli_databases *databases, struct sqli_error *error);

/* --- serial counters (database_serial.c) --- */

enum sqli_status sqli__serial_load(struct sqli_database *database, sqlite3 *db,
                                   struct sqli_error *error);
/* A new column: the first number that it gives is `first`. */
enum sqli_status sqli__serial_start(struct sqli_database *database, int32_t tabid, bool wide,
                                    int64_t first, struct sqli_error *error);
/* Numbers for what lives in temporary tables only: from SQLI_FIRST_TEMP_TABLE up. */
int32_t sqli__temp_number(void);
void sqli__serial_drop(struct sqli_database *database, int32_t tabid);
/* Writes the counters that moved, through a connection that holds the writer's lock, and then, when
 * that transaction was committed, notes them as written. *insert is prepared at its first use. */
enum sqli_status sqli__serial_write(struct sqli_database *database, sqlite3 *db, const char *schema,
                                    sqlite3_stmt **insert, struct sqli_error *error);
void sqli__serial_written(struct sqli_database *database);

/* --- a session's connection --- */

enum { SQLI_STATEMENT_CACHE = 48 };

struct sqli_cached_statement {
    sqlite3_stmt *statement;
    bool running;
    uint64_t used; /* the clock of its last use */
};

struct sqli_store {
    struct sqli_store *next; /* of all that are open; under database->all->mutex */
    int64_t opened;          /* seconds since 1970 */
    struct sqli_database *database;
    struct sqli_runtime *runtime;
    sqlite3 *db;
    int trusted;                    /* > 0 while the server's own SQL is prepared */
    bool definitions_changed;       /* in this transaction */
    unsigned long long definitions; /* counts those that only this session sees */
    int64_t wait_began;             /* of the busy handler, milliseconds */
    int32_t foreign_key;            /* constrid of the last one that a row did not meet */
    bool foreign_key_parent;        /* it was the parent that was changed */
    struct sqli_database *attached[SQLI_ATTACHED_MAX];
    uint32_t attached_count;
    struct sqli_cached_statement cache[SQLI_STATEMENT_CACHE];
    uint64_t clock;
    sqlite3_stmt *serial_insert;
    sqlite3_stmt *pin; /* reads a row, and so keeps what is read as it is */
    bool pinned;
};

/* Opens another database beside this one; its schema is `d_<name>`. -23197: its code set is another
 * one. */
enum sqli_status sqli__store_attach(struct sqli_store *store, struct sqli_span name,
                                    struct sqli_database **database, struct sqli_error *error);
enum sqli_status sqli__store_run_list(struct sqli_store *store, sqli_on_row *on_row, void *context,
                                      struct sqli_error *error, const char *sql, const char *format,
                                      va_list args);
/* Binds by the letters of `format`, as sqli__store_run says. */
int sqli__bind_all(sqlite3_stmt *statement, const char *format, va_list args);
void sqli__statements_free(struct sqli_store *store);

/* --- the catalog in a new file (catalog_build.c) --- */

struct sqli_build {
    const char *name;
    enum sqli_logging logging;
    struct sqli_span owner;
    struct sqli_span locale;
    bool master;
};

enum sqli_status sqli__catalog_build(sqlite3 *db, const struct sqli_build *build,
                                     struct sqli_error *error);

#endif
