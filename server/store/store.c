/* A session's connection to one database: open, transactions, errors. */
#include "base/alloc.h"
#include "base/clock.h"
#include "server/store/database_inside.h"

#include <stdio.h>
#include <time.h>

/* --- what the connection asks while it works --- */

/* Who waits while it holds another database may keep somebody there from what he waits for; SQLite
 * does not see the circle, so that wait is short. */
enum { HOLDING_WAIT_MS = 1000 };

static void schema_of(const struct sqli_database *database, char schema[SQLI_DATABASE_NAME_MAX + 3])
{
    snprintf(schema, SQLI_DATABASE_NAME_MAX + 3, "d_%s", database->info.name);
}

static bool holds_writer(const struct sqli_store *store)
{
    char schema[SQLI_DATABASE_NAME_MAX + 3];
    bool writes = sqlite3_txn_state(store->db, "main") == SQLITE_TXN_WRITE;
    for (uint32_t i = 0; i < store->attached_count && !writes; i++) {
        schema_of(store->attached[i], schema);
        writes = sqlite3_txn_state(store->db, schema) == SQLITE_TXN_WRITE;
    }
    return writes;
}

static int64_t patience(const struct sqli_store *store)
{
    int32_t asked = store->runtime->lock_wait;
    int64_t most = asked < 0    ? INT64_MAX
                   : asked == 0 ? store->database->all->lock_wait_ms
                                : asked * (int64_t)1000;
    return most > HOLDING_WAIT_MS && holds_writer(store) ? HOLDING_WAIT_MS : most;
}

/* Waits longer each time; a break of the client ends the wait. */
static int on_busy(void *context, int count)
{
    struct sqli_store *store = context;
    int64_t pause = count < 4 ? 1 : count < 20 ? 5 : 20;
    struct timespec wait = {.tv_nsec = (long)pause * 1000000};
    if (count == 0)
        store->wait_began = sqli__clock_ms();
    if (atomic_load(&store->runtime->interrupted) ||
        sqli__clock_ms() - store->wait_began >= patience(store))
        return 0;
    nanosleep(&wait, NULL);
    return 1;
}

/* The functions of SQLite that emitted SQL calls, and the views of sysmaster; all others of it are
 * x_<something>, and the server's own. */
static bool may_call(const char *function)
{
    static const char *const known[] = {
        "coalesce", "count",        "cume_dist", "dense_rank", "first_value", "ifnull",
        "lag",      "last_value",   "lead",      "max",        "min",         "ntile",
        "nullif",   "percent_rank", "printf",    "rank",       "row_number",  "sqlid_foreign_key",
    };
    if (!function || strncmp(function, "x_", 2) == 0)
        return function != NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(function, known[i]) == 0)
            return true;
    return false;
}

static bool is_inside(const char *table)
{
    return table && strncmp(table, "sqlite_", 7) == 0;
}

/* What SQL of users may do, however it got past the parser: read and change rows of tables, and
 * call what the emitter calls. */
static int on_authorize(void *context, int action, const char *first, const char *second,
                        const char *schema, const char *trigger)
{
    const struct sqli_store *store = context;
    bool allowed = false;
    (void)schema;
    (void)trigger;
    if (store->trusted)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE: allowed = true; break;
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE: allowed = !is_inside(first); break;
    case SQLITE_FUNCTION: allowed = may_call(second); break;
    default: break;
    }
    return allowed ? SQLITE_OK : SQLITE_DENY;
}

/* Called by the triggers that stand beside a foreign key (constrid, is it the parent's side?) for
 * each row that does not meet it: SQLite itself does not say which one failed. */
static void note_foreign_key(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_store *store = sqlite3_user_data(context);
    (void)count;
    store->foreign_key = sqlite3_value_int(arguments[0]);
    store->foreign_key_parent = sqlite3_value_int(arguments[1]) != 0;
    sqlite3_result_null(context);
}

/* --- open and close --- */

static void join(struct sqli_store *store)
{
    struct sqli_databases *all = store->database->all;
    store->opened = time(NULL);
    pthread_mutex_lock(&all->mutex);
    store->next = all->stores;
    all->stores = store;
    pthread_mutex_unlock(&all->mutex);
}

static void leave(struct sqli_store *store)
{
    struct sqli_databases *all = store->database->all;
    pthread_mutex_lock(&all->mutex);
    for (struct sqli_store **at = &all->stores; *at; at = &(*at)->next)
        if (*at == store) {
            *at = store->next;
            break;
        }
    pthread_mutex_unlock(&all->mutex);
}

static enum sqli_status connect(struct sqli_store *store, struct sqli_error *error)
{
    struct sqli_database *database = store->database;
    SQLI_TRY(sqli__file_open(database->all, database->path, false, &store->db, error));
    sqlite3_busy_handler(store->db, on_busy, store);
    sqlite3_set_authorizer(store->db, on_authorize, store);
    sqlite3_create_function(store->db, "sqlid_foreign_key", 2, SQLITE_UTF8 | SQLITE_INNOCUOUS,
                            store, note_foreign_key, NULL, NULL);
    store->runtime->database = database;
    store->runtime->others = store->attached;
    store->runtime->settings.codeset = database->info.codeset;
    SQLI_TRY(sqli__runtime_install(store->db, store->runtime, error));
    /* Declares its table at its first use, which looks as if it changed SQLite's own. */
    return sqli__store_run(store, NULL, NULL, error, "SELECT value FROM x_each(NULL, NULL)", "");
}

enum sqli_status sqli__store_open(struct sqli_databases *databases, struct sqli_span name,
                                  struct sqli_runtime *runtime, struct sqli_store **store,
                                  struct sqli_error *error)
{
    struct sqli_database *database;
    *store = NULL;
    SQLI_TRY(sqli__database_acquire(databases, name, &database, error));
    struct sqli_store *opened = sqli__alloc_zeroed(1, sizeof *opened);
    if (!opened) {
        sqli__database_release(database);
        return sqli__file_fail(SQLITE_NOMEM, NULL, error);
    }
    opened->database = database;
    opened->runtime = runtime;
    if (connect(opened, error) != SQLI_OK) {
        sqli__store_close(opened);
        return SQLI_FAIL;
    }
    join(opened);
    *store = opened;
    return SQLI_OK;
}

void sqli__store_close(struct sqli_store *store)
{
    if (!store)
        return;
    leave(store);
    if (store->db)
        sqli__store_rollback(store);
    sqli__statements_free(store);
    /* close_v2: a statement that the caller forgot keeps the connection, but leaks no lock. */
    sqlite3_close_v2(store->db);
    for (uint32_t i = 0; i < store->attached_count; i++)
        sqli__database_release(store->attached[i]);
    if (store->runtime->database == store->database) {
        store->runtime->database = NULL;
        sqli__runtime_forget(store->runtime);
    }
    sqli__database_release(store->database);
    sqli__free(store);
}

sqlite3 *sqli__store_sqlite(struct sqli_store *store)
{
    return store->db;
}

const struct sqli_database_info *sqli__store_info(const struct sqli_store *store)
{
    return &store->database->info;
}

struct sqli_runtime *sqli__store_runtime(struct sqli_store *store)
{
    return store->runtime;
}

/* --- another database beside it --- */

/* Texts are compared and copied as they are. sysmaster has nothing but ASCII. */
static bool same_code_set(const struct sqli_database *a, const struct sqli_database *b)
{
    return a->info.codeset == b->info.codeset || strcmp(b->info.name, SQLI_MASTER_DATABASE) == 0 ||
           strcmp(a->info.name, SQLI_MASTER_DATABASE) == 0;
}

static enum sqli_status attach(struct sqli_store *store, struct sqli_database *database,
                               struct sqli_error *error)
{
    char file[sizeof database->path + 16];
    char schema[SQLI_DATABASE_NAME_MAX + 3];
    schema_of(database, schema);
    snprintf(file, sizeof file, "%s", database->path);
    if (!same_code_set(store->database, database))
        return sqli__fail_server(error, SQLI_E_LOCALE_MISMATCH, 0, 0,
                                 sqli__span_text(database->info.locale));
    SQLI_TRY(sqli__store_run(store, NULL, NULL, error, "ATTACH ? AS ?", "tt", file, schema));
    store->attached[store->attached_count++] = database;
    return SQLI_OK;
}

enum sqli_status sqli__store_attach(struct sqli_store *store, struct sqli_span name,
                                    struct sqli_database **database, struct sqli_error *error)
{
    struct sqli_database *other;
    SQLI_TRY(sqli__database_acquire(store->database->all, name, &other, error));
    bool known = other == store->database;
    for (uint32_t i = 0; i < store->attached_count && !known; i++)
        known = store->attached[i] == other;
    *database = other;
    if (known) {
        sqli__database_release(other);
        return SQLI_OK;
    }
    enum sqli_status status =
        store->attached_count == SQLI_ATTACHED_MAX
            ? sqli__fail(error, SQLI_E_TOO_MANY_SERVERS, "%s", other->info.name)
            : attach(store, other, error);
    if (status != SQLI_OK)
        sqli__database_release(other);
    return status;
}

/* --- transactions --- */

/* Definitions that were committed before the writer's lock was given are counted from here on. */
static void await_count(struct sqli_store *store)
{
    pthread_mutex_lock(&store->database->definitions);
    pthread_mutex_unlock(&store->database->definitions);
}

enum sqli_status sqli__store_begin_temp(struct sqli_store *store, struct sqli_error *error)
{
    return sqli__store_run(store, NULL, NULL, error, "BEGIN", "");
}

enum sqli_status sqli__store_defer(struct sqli_store *store, bool defer, struct sqli_error *error)
{
    return sqli__store_run(store, NULL, NULL, error,
                           defer ? "PRAGMA defer_foreign_keys=ON" : "PRAGMA defer_foreign_keys=OFF",
                           "");
}

bool sqli__store_has_writer(const struct sqli_store *store)
{
    return sqlite3_txn_state(store->db, "main") == SQLITE_TXN_WRITE;
}

enum sqli_status sqli__store_take_writer(struct sqli_store *store, struct sqli_error *error)
{
    /* BEGIN IMMEDIATE would take the writers of all databases that were ever looked at. */
    static const char *const take_writer = "UPDATE main.sqlid_database SET owner = owner WHERE 0";
    bool reads = sqlite3_txn_state(store->db, "main") == SQLITE_TXN_READ;
    struct sqli_error own;
    if (sqli__store_run(store, NULL, NULL, &own, take_writer, "") == SQLI_OK) {
        await_count(store);
        return SQLI_OK;
    }
    if (reads && own.code == SQLI_E_READ_NEXT)
        return SQLI_MORE;
    if (error)
        *error = own;
    return SQLI_FAIL;
}

enum sqli_status sqli__store_begin(struct sqli_store *store, struct sqli_error *error)
{
    SQLI_TRY(sqli__store_begin_temp(store, error));
    if (sqli__store_take_writer(store, error) == SQLI_OK)
        return SQLI_OK;
    sqli__store_rollback(store);
    return SQLI_FAIL;
}

bool sqli__store_in_transaction(const struct sqli_store *store)
{
    return !sqlite3_get_autocommit(store->db);
}

/* Others look at the number before each statement. */
static void publish_definitions(struct sqli_store *store)
{
    if (!store->definitions_changed)
        return;
    store->definitions_changed = false;
    atomic_fetch_add(&store->database->generation, 1);
}

/* Who gets the writer's lock next finds the definitions counted: store_begin waits for that. */
static enum sqli_status commit(struct sqli_store *store, struct sqli_error *error)
{
    bool definitions = store->definitions_changed;
    if (definitions)
        pthread_mutex_lock(&store->database->definitions);
    enum sqli_status status = sqli__store_run(store, NULL, NULL, error, "COMMIT", "");
    if (status == SQLI_OK)
        publish_definitions(store);
    if (definitions)
        pthread_mutex_unlock(&store->database->definitions);
    return status;
}

/* The counters of other databases that this transaction has changed. */
static enum sqli_status write_others(struct sqli_store *store, bool *written,
                                     struct sqli_error *error)
{
    char schema[SQLI_DATABASE_NAME_MAX + 3];
    for (uint32_t i = 0; i < store->attached_count; i++) {
        sqlite3_stmt *insert = NULL;
        schema_of(store->attached[i], schema);
        written[i] = sqlite3_txn_state(store->db, schema) == SQLITE_TXN_WRITE;
        if (!written[i])
            continue;
        enum sqli_status status =
            sqli__serial_write(store->attached[i], store->db, schema, &insert, error);
        sqlite3_finalize(insert);
        SQLI_TRY(status);
    }
    return SQLI_OK;
}

enum sqli_status sqli__store_commit(struct sqli_store *store, struct sqli_error *error)
{
    bool written[SQLI_ATTACHED_MAX] = {false};
    enum sqli_status status = SQLI_OK;
    if (!sqli__store_has_writer(store)) /* temporary tables alone: their counters have no row */
        return commit(store, error);
    store->trusted++;
    status = sqli__serial_write(store->database, store->db, "main", &store->serial_insert, error);
    if (status == SQLI_OK)
        status = write_others(store, written, error);
    store->trusted--;
    if (status == SQLI_OK)
        status = commit(store, error);
    if (status != SQLI_OK)
        return status;
    sqli__serial_written(store->database);
    for (uint32_t i = 0; i < store->attached_count; i++)
        if (written[i])
            sqli__serial_written(store->attached[i]);
    return SQLI_OK;
}

void sqli__store_rollback(struct sqli_store *store)
{
    if (!sqli__store_in_transaction(store))
        return;
    sqli__store_run(store, NULL, NULL, NULL, "ROLLBACK", "");
    if (store->definitions_changed)
        store->definitions++;
    store->definitions_changed = false;
}

void sqli__store_definitions_changed(struct sqli_store *store)
{
    store->definitions++;
    store->definitions_changed = true;
    if (!sqli__store_in_transaction(store))
        publish_definitions(store);
}

/* --- errors --- */

static enum sqli_status fail_with(struct sqli_error *error, int32_t code, int32_t isam)
{
    return sqli__fail_server(error, code, isam, 0, sqli__span(NULL, 0));
}

static const struct {
    int sqlite_code;
    int32_t code;
    int32_t isam;
} failures[] = {
    {SQLITE_INTERRUPT, SQLI_E_INTERRUPTED, 0},
    {SQLITE_BUSY, SQLI_E_READ_NEXT, SQLI_E_ISAM_RECORD_LOCKED},
    {SQLITE_LOCKED, SQLI_E_READ_NEXT, SQLI_E_ISAM_RECORD_LOCKED},
    {SQLITE_FULL, SQLI_E_INSERT_FAILED, SQLI_E_ISAM_DISK_FULL},
    {SQLITE_NOMEM, SQLI_E_QUERY_MEMORY, SQLI_E_ISAM_NO_MEMORY},
    {SQLITE_TOOBIG, SQLI_E_ROW_TOO_LONG, SQLI_E_ISAM_ROW_TOO_BIG},
    {SQLITE_READONLY, SQLI_E_CHANGE_PROHIBITED, SQLI_E_ISAM_SECONDARY},
    {SQLITE_CORRUPT, SQLI_E_TABLE_OPEN, SQLI_E_ISAM_FILE_FORMAT},
    {SQLITE_NOTADB, SQLI_E_TABLE_OPEN, SQLI_E_ISAM_FILE_FORMAT},
    {SQLITE_IOERR, SQLI_E_TABLE_OPEN, SQLI_E_ISAM_INTERNAL},
    {SQLITE_CANTOPEN, SQLI_E_TABLE_OPEN, SQLI_E_ISAM_TOO_MANY_FILES},
    {SQLITE_CONSTRAINT, SQLI_E_INSERT_FAILED, SQLI_E_ISAM_DUPLICATE},
};

enum sqli_status sqli__store_fail(struct sqli_store *store, int sqlite_code,
                                  struct sqli_error *error)
{
    struct sqli_runtime *runtime = store->runtime;
    int primary = sqlite_code & 0xff;
    if (runtime->error.code != 0 && primary == SQLITE_ERROR) {
        if (error)
            *error = runtime->error;
        sqli__error_clear(&runtime->error);
        return SQLI_FAIL;
    }
    if (primary == SQLITE_BUSY && atomic_load(&runtime->interrupted))
        return fail_with(error, SQLI_E_INTERRUPTED, 0);
    if (primary == SQLITE_BUSY && holds_writer(store))
        return fail_with(error, SQLI_E_READ_NEXT, SQLI_E_ISAM_DEADLOCK);
    if (primary == SQLITE_BUSY && runtime->lock_wait > 0)
        return fail_with(error, SQLI_E_READ_NEXT, SQLI_E_ISAM_LOCK_TIMEOUT);
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].sqlite_code == primary)
            return fail_with(error, failures[i].code, failures[i].isam);
    /* Nobody foresaw it. SQLite's own words stay here, for who looks into it; clients get the code.
     */
    sqli__fail(error, SQLI_E_ROUTINE_INTERNAL, NULL);
    if (error)
        snprintf(error->message, sizeof error->message, "%s", sqlite3_errmsg(store->db));
    return SQLI_FAIL;
}
