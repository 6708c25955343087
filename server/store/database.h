/* Databases as files, and a session's connection to one.
 *
 * A data directory holds one SQLite file per database, <name>.db, and sysmaster among them, which
 * is made at the first start. One process owns the directory (a lock file); its sessions share a
 * struct sqli_database per database, and each has a struct sqli_store of its own. */
#ifndef SQLI_SERVER_STORE_DATABASE_H
#define SQLI_SERVER_STORE_DATABASE_H

#include "server/store/runtime.h"

enum sqli_logging {
    SQLI_LOGGING_NONE,
    SQLI_LOGGING_LOG,
    SQLI_LOGGING_BUFFERED,
    SQLI_LOGGING_ANSI,
};

/* --- all databases of a server --- */

struct sqli_databases;

struct sqli_databases_options {
    const char *directory; /* made when it is not there */
    bool memory;           /* a private directory under /dev/shm instead, removed at close */
    int32_t lock_wait_ms;  /* how long a writer waits for another one; 10,000 */
};

enum sqli_status sqli__databases_open(const struct sqli_databases_options *options,
                                      struct sqli_databases **databases, struct sqli_error *error);
/* No session is left. Checkpoints, so that each database is one file. */
void sqli__databases_close(struct sqli_databases *databases);

/* -330 when it exists already or the name is none that a file may have. */
enum sqli_status sqli__databases_create(struct sqli_databases *databases, struct sqli_span name,
                                        enum sqli_logging logging, struct sqli_span owner,
                                        struct sqli_span locale, struct sqli_error *error);
/* -329 no such database, -425 open in a session, which gets a second to end. */
enum sqli_status sqli__databases_drop(struct sqli_databases *databases, struct sqli_span name,
                                      struct sqli_error *error);
/* The same, and -330 when there is one of the new name. */
enum sqli_status sqli__databases_rename(struct sqli_databases *databases, struct sqli_span name,
                                        struct sqli_span new_name, struct sqli_error *error);
typedef enum sqli_status sqli_on_database(void *context, struct sqli_span name);
enum sqli_status sqli__databases_list(struct sqli_databases *databases, sqli_on_database *on_one,
                                      void *context);

/* --- a database, shared by the sessions that have it open --- */

struct sqli_database_info {
    char name[129];
    enum sqli_logging logging;
    char locale[64];                         /* "en_US.819" */
    const struct sqli_codeset_info *codeset; /* of the locale */
};

/* The next value of a SERIAL column: `given` where that is not 0 (the counter moves past it), else
 * one more than the largest so far. Counters never go back, not even with ROLLBACK. */
enum sqli_status sqli__database_serial(struct sqli_database *database, int32_t tabid, int64_t given,
                                       int64_t most, int64_t *value, struct sqli_error *error);

/* The next value of a sequence, which goes by its tabid: -8313, -8314 where it ends. */
struct sqli_sequence;
enum sqli_status sqli__database_sequence(struct sqli_database *database, int32_t tabid,
                                         const struct sqli_sequence *sequence, int64_t *value,
                                         struct sqli_error *error);

/* --- a session's connection --- */

struct sqli_store;

/* Opens the file and installs the functions. -329 when there is none. runtime->database and the
 * code set of its settings are filled. */
enum sqli_status sqli__store_open(struct sqli_databases *databases, struct sqli_span name,
                                  struct sqli_runtime *runtime, struct sqli_store **store,
                                  struct sqli_error *error);
void sqli__store_close(struct sqli_store *store); /* rolls back */

sqlite3 *sqli__store_sqlite(struct sqli_store *store);
const struct sqli_database_info *sqli__store_info(const struct sqli_store *store);
struct sqli_runtime *sqli__store_runtime(struct sqli_store *store);

/* Transactions of SQLite. BEGIN takes the writer's lock: waits for another writer up to the
 * server's limit, or until runtime->interrupted; -244 with ISAM -107 when that runs out. COMMIT
 * first writes the serial counters that moved. */
enum sqli_status sqli__store_begin(struct sqli_store *store, struct sqli_error *error);
enum sqli_status sqli__store_commit(struct sqli_store *store, struct sqli_error *error);
/* The same for what changes nothing but temporary tables: no other writer is waited for. */
enum sqli_status sqli__store_begin_temp(struct sqli_store *store, struct sqli_error *error);
/* Then, before the first other write. SQLI_MORE: others have written since what this transaction
 * has read, so that it must end first. */
enum sqli_status sqli__store_take_writer(struct sqli_store *store, struct sqli_error *error);
/* Foreign keys wait for COMMIT, or do so no more, in the transaction that is open. */
enum sqli_status sqli__store_defer(struct sqli_store *store, bool defer, struct sqli_error *error);
bool sqli__store_has_writer(const struct sqli_store *store);
void sqli__store_rollback(struct sqli_store *store);
bool sqli__store_in_transaction(const struct sqli_store *store);

/* Says that definitions were changed: other sessions read the catalog again once this one's
 * transaction has ended. */
void sqli__store_definitions_changed(struct sqli_store *store);

/* The error of a failed call: what a function left in the runtime, a break (-213), a full disk, a
 * lock; never SQLite's own text. Constraints are the catalog's to name. */
enum sqli_status sqli__store_fail(struct sqli_store *store, int sqlite_code,
                                  struct sqli_error *error);

/* For the server's own SQL: prepares, binds by the letters of `format` (i int32, l int64, s span as
 * text, t C string, n NULL), runs, and hands each row to `on_row` (NULL: none expected). */
typedef enum sqli_status sqli_on_row(void *context, sqlite3_stmt *row, struct sqli_error *error);
enum sqli_status sqli__store_run(struct sqli_store *store, sqli_on_row *on_row, void *context,
                                 struct sqli_error *error, const char *sql, const char *format,
                                 ...);

#endif
