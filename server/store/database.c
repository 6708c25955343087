/* The databases of a server: the directory and who owns it, the table of those that are open. */
#include "base/alloc.h"
#include "base/clock.h"
#include "server/store/catalog.h"
#include "server/store/database_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char memory_root[] = "/dev/shm";
static const char memory_prefix[] = "sqlid-";
static const char lock_name[] = "sqlid.lock";

enum sqli_status sqli__system_fail(struct sqli_error *error, const char *what, const char *path)
{
    int reason = errno;
    return sqli__fail(error, SQLI_E_INPUT_OUTPUT, "%s %s: %s", what, path, strerror(reason));
}

/* --- directories --- */

/* Calls `each` for the entries of a directory, but for "." and "..". */
void sqli__each_entry(const char *directory, void (*each)(int at, const char *name, void *context),
                      void *context)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    if (!entries)
        return;
    while ((entry = readdir(entries)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            each(dirfd(entries), entry->d_name, context);
    closedir(entries);
}

static void remove_file(int at, const char *name, void *context)
{
    (void)context;
    unlinkat(at, name, 0);
}

static void remove_unfinished(int at, const char *name, void *context)
{
    (void)context;
    if (strncmp(name, SQLI_UNFINISHED_PREFIX, sizeof SQLI_UNFINISHED_PREFIX - 1) == 0)
        unlinkat(at, name, 0);
}

static void remove_directory(const char *directory)
{
    sqli__each_entry(directory, remove_file, NULL);
    rmdir(directory);
}

/* A private directory that a process left behind when it was killed. */
static void remove_left_over(int at, const char *name, void *context)
{
    char path[sizeof memory_root + 300];
    struct stat status;
    (void)context;
    if (strncmp(name, memory_prefix, sizeof memory_prefix - 1) != 0 ||
        fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != geteuid())
        return;
    char *end;
    long pid = strtol(name + sizeof memory_prefix - 1, &end, 10);
    if (*end != '-' || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
        return;
    snprintf(path, sizeof path, "%s/%s", memory_root, name);
    remove_directory(path);
}

static enum sqli_status make_memory_directory(struct sqli_databases *databases,
                                              struct sqli_error *error)
{
    sqli__each_entry(memory_root, remove_left_over, NULL);
    snprintf(databases->directory, sizeof databases->directory, "%s/%s%ld-XXXXXX", memory_root,
             memory_prefix, (long)getpid());
    if (!mkdtemp(databases->directory))
        return sqli__system_fail(error, "cannot make the directory", databases->directory);
    return SQLI_OK;
}

static enum sqli_status make_directory(struct sqli_databases *databases, const char *directory,
                                       struct sqli_error *error)
{
    size_t length = directory ? strlen(directory) : 0;
    if (length == 0 || length >= sizeof databases->directory - SQLI_DATABASE_NAME_MAX)
        return sqli__fail(error, SQLI_E_ARGUMENT, "the data directory");
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return sqli__system_fail(error, "cannot make the directory", directory);
    /* The way to the directory may have symbolic links in it; from there on none is followed. */
    char real[PATH_MAX];
    if (!realpath(directory, real))
        return sqli__system_fail(error, "cannot use the directory", directory);
    length = strlen(real);
    if (length >= sizeof databases->directory - SQLI_DATABASE_NAME_MAX)
        return sqli__fail(error, SQLI_E_ARGUMENT, "the data directory");
    memcpy(databases->directory, real, length + 1);
    return SQLI_OK;
}

/* --- the lock file --- */

static enum sqli_status lock_directory(struct sqli_databases *databases, struct sqli_error *error)
{
    char path[SQLI_FILE_NAME_MAX + sizeof lock_name];
    snprintf(path, sizeof path, "%s/%s", databases->directory, lock_name);
    databases->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (databases->lock < 0)
        return sqli__system_fail(error, "cannot open the lock file", path);
    if (flock(databases->lock, LOCK_EX | LOCK_NB) == 0)
        return SQLI_OK;
    if (errno != EWOULDBLOCK)
        return sqli__system_fail(error, "cannot lock", path);
    return sqli__fail(error, SQLI_E_INPUT_OUTPUT,
                      "the data directory is in use by another process, which holds %s", path);
}

/* --- open and close --- */

static enum sqli_status start(struct sqli_databases *databases,
                              const struct sqli_databases_options *options,
                              struct sqli_error *error)
{
    SQLI_TRY(options->memory ? make_memory_directory(databases, error)
                             : make_directory(databases, options->directory, error));
    SQLI_TRY(lock_directory(databases, error));
    sqli__each_entry(databases->directory, remove_unfinished, NULL);
    return sqli__master_start(databases, error);
}

/* SQLite's count of the memory that it uses takes a lock at every allocation, which all sessions
 * share. Refused, and no harm, where the process has used SQLite before. */
static void set_up_sqlite(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum sqli_status sqli__databases_open(const struct sqli_databases_options *options,
                                      struct sqli_databases **databases, struct sqli_error *error)
{
    struct sqli_databases *all = sqli__alloc_zeroed(1, sizeof *all);
    *databases = NULL;
    if (!all)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_sqlite);
    all->lock = -1;
    all->memory = options->memory;
    all->lock_wait_ms = options->lock_wait_ms;
    pthread_mutex_init(&all->mutex, NULL);
    sqli__clock_condition(&all->left);
    all->started = time(NULL);
    if (start(all, options, error) != SQLI_OK) {
        sqli__databases_close(all);
        return SQLI_FAIL;
    }
    *databases = all;
    return SQLI_OK;
}

void sqli__databases_close(struct sqli_databases *databases)
{
    if (!databases)
        return;
    while (databases->first) {
        struct sqli_database *database = databases->first;
        databases->first = database->next;
        sqli__database_free(database);
    }
    /* A directory that could not be locked is somebody else's. */
    if (databases->memory && databases->lock >= 0)
        remove_directory(databases->directory);
    if (databases->lock >= 0)
        close(databases->lock);
    pthread_cond_destroy(&databases->left);
    pthread_mutex_destroy(&databases->mutex);
    sqli__free(databases);
}

/* --- one database --- */

static int read_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int number = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/* Files of another program, or of a later format, stay untouched. */
static enum sqli_status check_format(sqlite3 *db, const char *path, struct sqli_error *error)
{
    struct sqli_span near = sqli__span_text(path);
    if (read_number(db, "PRAGMA application_id") != SQLI_APPLICATION_ID)
        return sqli__fail_server(error, SQLI_E_DATABASE_FORMAT, SQLI_E_ISAM_FILE_FORMAT, 0, near);
    int version = read_number(db, "PRAGMA user_version");
    if (version == SQLI_FORMAT_VERSION)
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_DATABASE_FORMAT, "%s has format %d, this server reads %d", path,
                      version, (int)SQLI_FORMAT_VERSION);
}

static enum sqli_status read_info(struct sqli_database *database, struct sqli_error *error)
{
    sqlite3_stmt *row = NULL;
    struct sqli_database_info *info = &database->info;
    int code = sqlite3_prepare_v2(
        database->anchor, "SELECT logging, locale, owner FROM sqlid_database", -1, &row, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(row);
    if (code == SQLITE_ROW) {
        info->logging = (enum sqli_logging)sqlite3_column_int(row, 0);
        snprintf(info->locale, sizeof info->locale, "%s",
                 (const char *)sqlite3_column_text(row, 1));
        snprintf(database->owner, sizeof database->owner, "%s",
                 (const char *)sqlite3_column_text(row, 2));
        info->codeset = sqli__codeset_find(sqli__span_text(info->locale));
    }
    sqlite3_finalize(row);
    if (code != SQLITE_ROW || !info->codeset)
        return sqli__file_fail(code == SQLITE_ROW ? SQLITE_CORRUPT : code, database->path, error);
    return SQLI_OK;
}

static enum sqli_status open_anchor(struct sqli_database *database, struct sqli_error *error)
{
    SQLI_TRY(sqli__file_open(database->all, database->path, false, &database->anchor, error));
    SQLI_TRY(check_format(database->anchor, database->path, error));
    SQLI_TRY(read_info(database, error));
    return sqli__serial_load(database, database->anchor, error);
}

/* Numbers that rolled back transactions took are written, too, so that a restart does not give them
 * again. A failure costs no more than that. */
static void close_anchor(struct sqli_database *database)
{
    sqlite3_stmt *insert = NULL;
    if (!database->anchor)
        return;
    sqlite3_exec(database->anchor, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    sqli__serial_write(database, database->anchor, "main", &insert, NULL);
    sqlite3_finalize(insert);
    sqlite3_exec(database->anchor, "COMMIT", NULL, NULL, NULL);
    sqlite3_wal_checkpoint_v2(database->anchor, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_close(database->anchor);
}

void sqli__database_free(struct sqli_database *database)
{
    if (!database)
        return;
    close_anchor(database);
    pthread_mutex_destroy(&database->definitions);
    pthread_mutex_destroy(&database->serial_mutex);
    pthread_mutex_destroy(&database->lob_mutex);
    sqli__free(database->counters);
    sqli__free(database);
}

struct sqli_database *sqli__database_open_now(const struct sqli_databases *databases,
                                              const char *name)
{
    struct sqli_database *database = databases->first;
    while (database && strcmp(database->info.name, name) != 0)
        database = database->next;
    return database;
}

enum sqli_status sqli__database_not_found(struct sqli_span name, struct sqli_error *error)
{
    return sqli__fail_server(error, SQLI_E_DATABASE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD, 0, name);
}

static enum sqli_status open_first(struct sqli_databases *databases, const char *name,
                                   struct sqli_database **result, struct sqli_error *error)
{
    struct sqli_database *database = sqli__alloc_zeroed(1, sizeof *database);
    if (!database)
        return sqli__file_fail(SQLITE_NOMEM, name, error);
    database->all = databases;
    pthread_mutex_init(&database->serial_mutex, NULL);
    pthread_mutex_init(&database->lob_mutex, NULL);
    atomic_init(&database->lob_suspects, 1); /* a process that was killed swept nothing */
    pthread_mutex_init(&database->definitions, NULL);
    snprintf(database->info.name, sizeof database->info.name, "%s", name);
    sqli__database_path(databases, name, database->path, sizeof database->path);
    enum sqli_status status = access(database->path, F_OK) == 0
                                  ? open_anchor(database, error)
                                  : sqli__database_not_found(sqli__span_text(name), error);
    if (status != SQLI_OK) {
        /* Not ours, so nothing is written on the way out. */
        sqlite3_close(database->anchor);
        database->anchor = NULL;
        sqli__database_free(database);
        return status;
    }
    database->next = databases->first;
    databases->first = database;
    *result = database;
    return SQLI_OK;
}

enum sqli_status sqli__database_get(struct sqli_databases *databases, const char *name,
                                    struct sqli_database **database, struct sqli_error *error)
{
    *database = sqli__database_open_now(databases, name);
    return *database ? SQLI_OK : open_first(databases, name, database, error);
}

enum sqli_status sqli__database_acquire(struct sqli_databases *databases, struct sqli_span name,
                                        struct sqli_database **database, struct sqli_error *error)
{
    char canonical[SQLI_DATABASE_NAME_MAX + 1];
    enum sqli_status status;
    if (!sqli__database_name(name, canonical))
        return sqli__database_not_found(name, error);
    pthread_mutex_lock(&databases->mutex);
    status = sqli__database_get(databases, canonical, database, error);
    if (*database)
        (*database)->users++;
    pthread_mutex_unlock(&databases->mutex);
    return status;
}

void sqli__database_release(struct sqli_database *database)
{
    if (!database)
        return;
    pthread_mutex_lock(&database->all->mutex);
    database->users--;
    pthread_cond_broadcast(&database->all->left);
    pthread_mutex_unlock(&database->all->mutex);
}
