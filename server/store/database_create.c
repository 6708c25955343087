/* Databases come and go: CREATE DATABASE, DROP DATABASE, the list of what is there. */
#include "base/clock.h"
#include "server/store/database_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEAVE_WAIT_MS = 1000 };

/* A new file is built under another name, so that one that is there is whole. */
static enum sqli_status build_file(struct sqli_databases *databases, const char *path,
                                   const struct sqli_build *build, struct sqli_error *error)
{
    sqlite3 *db;
    unlink(path);
    SQLI_TRY(sqli__file_open(databases, path, true, &db, error));
    /* Nobody sees the file before it is renamed, and it is synced then. */
    enum sqli_status status = sqli__file_run(db, "PRAGMA synchronous=OFF; BEGIN", error);
    if (status == SQLI_OK)
        status = sqli__catalog_build(db, build, error);
    if (status == SQLI_OK)
        status = sqli__file_run(db, "COMMIT; PRAGMA journal_mode=WAL", error);
    sqlite3_close(db);
    return status;
}

/* True when what was written to a file or directory is on the disk. */
static bool sync_path(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return synced;
}

/* Cuts the file name off. */
static bool sync_directory_of(const struct sqli_databases *databases)
{
    return databases->memory || sync_path(databases->directory);
}

/* Files of SQLite beside a database that is not there: whatever they hold belongs to nothing, and
 * would be taken for the log of a new one. */
static void remove_companions(const char *path)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    char name[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 16];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

enum sqli_status sqli__databases_make(struct sqli_databases *databases,
                                      const struct sqli_build *build, struct sqli_error *error)
{
    char path[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 8];
    char unfinished[sizeof path + sizeof SQLI_UNFINISHED_PREFIX];
    sqli__database_path(databases, build->name, path, sizeof path);
    snprintf(unfinished, sizeof unfinished, "%s/%s%s", databases->directory, SQLI_UNFINISHED_PREFIX,
             build->name);
    if (access(path, F_OK) == 0)
        return sqli__fail_server(error, SQLI_E_DATABASE_CREATE, SQLI_E_ISAM_DUPLICATE, 0,
                                 sqli__span_text(build->name));
    remove_companions(path);
    remove_companions(unfinished);
    enum sqli_status status = build_file(databases, unfinished, build, error);
    if (status == SQLI_OK && !databases->memory && !sync_path(unfinished))
        status = sqli__system_fail(error, "cannot write", unfinished);
    if (status == SQLI_OK && (rename(unfinished, path) != 0 || !sync_directory_of(databases)))
        status = sqli__system_fail(error, "cannot write", path);
    if (status != SQLI_OK)
        unlink(unfinished);
    return status;
}

static enum sqli_status create_locked(struct sqli_databases *databases,
                                      const struct sqli_build *build, struct sqli_error *error)
{
    SQLI_TRY(sqli__databases_make(databases, build, error));
    return sqli__master_add(databases, build->name, error);
}

enum sqli_status sqli__databases_create(struct sqli_databases *databases, struct sqli_span name,
                                        enum sqli_logging logging, struct sqli_span owner,
                                        struct sqli_span locale, struct sqli_error *error)
{
    char canonical[SQLI_DATABASE_NAME_MAX + 1];
    struct sqli_build build = {
        .name = canonical, .logging = logging, .owner = owner, .locale = locale};
    if (!sqli__database_name(name, canonical))
        return sqli__fail_server(error, SQLI_E_DATABASE_CREATE, 0, 0, name);
    if (!sqli__codeset_find(locale))
        return sqli__fail_server(error, SQLI_E_LOCALE_NAME, 0, 0, locale);
    pthread_mutex_lock(&databases->mutex);
    enum sqli_status status = create_locked(databases, &build, error);
    pthread_mutex_unlock(&databases->mutex);
    return status;
}

static void unlist(struct sqli_databases *databases, const struct sqli_database *database)
{
    struct sqli_database **link = &databases->first;
    while (*link != database)
        link = &(*link)->next;
    *link = database->next;
}

/* A client that has just closed its connection does not know that its session is still ending. */
static struct sqli_database *wait_for_the_last(struct sqli_databases *databases, const char *name)
{
    int64_t deadline = sqli__clock_ms() + LEAVE_WAIT_MS;
    struct sqli_database *database;
    bool in_time = true;
    while ((database = sqli__database_open_now(databases, name)) && database->users && in_time)
        in_time = sqli__clock_wait(&databases->left, &databases->mutex, deadline);
    return database;
}

/* Nobody has it open, and it is none that must stay: its file alone is left, with all in it. */
static enum sqli_status take_out(struct sqli_databases *databases, const char *name,
                                 const char *path, struct sqli_error *error)
{
    struct sqli_database *database = wait_for_the_last(databases, name);
    struct sqli_span near = sqli__span_text(name);
    if (database && database->users)
        return sqli__fail_server(error, SQLI_E_DATABASE_OPEN_ELSEWHERE, SQLI_E_ISAM_RECORD_LOCKED,
                                 0, near);
    if (!database && access(path, F_OK) != 0)
        return sqli__database_not_found(near, error);
    if (strcmp(name, SQLI_MASTER_DATABASE) == 0)
        return sqli__fail_server(error, SQLI_E_DATABASE_DROP, 0, 0, near);
    SQLI_TRY(sqli__database_get(databases, name, &database, error));
    unlist(databases, database);
    sqli__database_free(database);
    return SQLI_OK;
}

static enum sqli_status drop_locked(struct sqli_databases *databases, const char *name,
                                    struct sqli_error *error)
{
    char path[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 8];
    sqli__database_path(databases, name, path, sizeof path);
    SQLI_TRY(take_out(databases, name, path, error));
    if (unlink(path) != 0 || !sync_directory_of(databases))
        return sqli__system_fail(error, "cannot remove", path);
    remove_companions(path);
    return sqli__master_remove(databases, name, error);
}

/* What SQLite could not put into the file stands beside it, and must not be left there. */
static bool has_log(const char *path)
{
    char name[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 16];
    struct stat status;
    snprintf(name, sizeof name, "%s-wal", path);
    return stat(name, &status) == 0 && status.st_size > 0;
}

static enum sqli_status rename_locked(struct sqli_databases *databases, const char *name,
                                      const char *new_name, struct sqli_error *error)
{
    char path[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 8];
    char new_path[sizeof path];
    sqli__database_path(databases, name, path, sizeof path);
    sqli__database_path(databases, new_name, new_path, sizeof new_path);
    if (access(new_path, F_OK) == 0)
        return sqli__fail_server(error, SQLI_E_DATABASE_CREATE, SQLI_E_ISAM_DUPLICATE, 0,
                                 sqli__span_text(new_name));
    SQLI_TRY(take_out(databases, name, path, error));
    errno = EBUSY;
    if (has_log(path))
        return sqli__system_fail(error, "cannot empty the log of", path);
    remove_companions(new_path);
    if (rename(path, new_path) != 0 || !sync_directory_of(databases))
        return sqli__system_fail(error, "cannot rename", path);
    SQLI_TRY(sqli__master_remove(databases, name, error));
    return sqli__master_add(databases, new_name, error);
}

enum sqli_status sqli__databases_rename(struct sqli_databases *databases, struct sqli_span name,
                                        struct sqli_span new_name, struct sqli_error *error)
{
    char old[SQLI_DATABASE_NAME_MAX + 1];
    char new[SQLI_DATABASE_NAME_MAX + 1];
    if (!sqli__database_name(name, old))
        return sqli__database_not_found(name, error);
    if (!sqli__database_name(new_name, new))
        return sqli__fail_server(error, SQLI_E_NAME_FORMAT, 0, 0, new_name);
    pthread_mutex_lock(&databases->mutex);
    enum sqli_status status = rename_locked(databases, old, new, error);
    pthread_mutex_unlock(&databases->mutex);
    return status;
}

enum sqli_status sqli__databases_drop(struct sqli_databases *databases, struct sqli_span name,
                                      struct sqli_error *error)
{
    char canonical[SQLI_DATABASE_NAME_MAX + 1];
    if (!sqli__database_name(name, canonical))
        return sqli__database_not_found(name, error);
    pthread_mutex_lock(&databases->mutex);
    enum sqli_status status = drop_locked(databases, canonical, error);
    pthread_mutex_unlock(&databases->mutex);
    return status;
}

/* The name of a database whose file is called so. */
static bool database_of_file(const char *file, char name[SQLI_DATABASE_NAME_MAX + 1])
{
    static const char end[] = ".db";
    size_t length = strlen(file);
    if (length <= sizeof end - 1 || strcmp(file + length - (sizeof end - 1), end) != 0)
        return false;
    length -= sizeof end - 1;
    return sqli__database_name(sqli__span(file, length), name) && strncmp(file, name, length) == 0;
}

struct names {
    struct sqli_buffer names; /* each SQLI_DATABASE_NAME_MAX + 1 bytes */
};

static void collect_name(int at, const char *file, void *context)
{
    struct names *found = context;
    char name[SQLI_DATABASE_NAME_MAX + 1] = {0};
    (void)at;
    if (database_of_file(file, name))
        sqli__buffer_append(&found->names, name, sizeof name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

enum sqli_status sqli__databases_list(struct sqli_databases *databases, sqli_on_database *on_one,
                                      void *context)
{
    enum { RECORD = SQLI_DATABASE_NAME_MAX + 1 };
    struct names found;
    sqli__buffer_init(&found.names, 1 << 24);
    sqli__each_entry(databases->directory, collect_name, &found);
    size_t count = found.names.length / RECORD;
    if (count)
        qsort(found.names.data, count, RECORD, by_name);
    enum sqli_status status = sqli__buffer_status(&found.names, NULL);
    for (size_t i = 0; i < count && status == SQLI_OK; i++)
        status = on_one(context, sqli__span_text((const char *)found.names.data + i * RECORD));
    sqli__buffer_free(&found.names);
    return status;
}
