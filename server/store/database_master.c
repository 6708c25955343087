/* sysmaster: made at the first start, and kept in step with the files that are there. */
#include "server/store/database_inside.h"

#include <unistd.h>

static enum sqli_status master(struct sqli_databases *databases, sqlite3 **db,
                               struct sqli_error *error)
{
    struct sqli_database *database;
    SQLI_TRY(sqli__database_get(databases, SQLI_MASTER_DATABASE, &database, error));
    *db = database->anchor;
    return SQLI_OK;
}

/* Runs one statement with texts (t) and numbers (i), as sqli__store_run does. */
static enum sqli_status run(sqlite3 *db, struct sqli_error *error, const char *sql,
                            const char *format, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, format);
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqli__bind_all(statement, format, args);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    va_end(args);
    return code == SQLITE_DONE ? SQLI_OK : sqli__file_fail(code, SQLI_MASTER_DATABASE, error);
}

enum database_flag {
    FLAG_LOG = 0x01,
    FLAG_BUFFERED = 0x02,
    FLAG_ANSI = 0x04,
    FLAG_GLS = 0x10,
};

static enum sqli_status insert_lines(sqlite3 *db, const struct sqli_database *database,
                                     struct sqli_error *error)
{
    const struct sqli_database_info *info = &database->info;
    int32_t logging = info->logging != SQLI_LOGGING_NONE;
    int32_t buffered = info->logging == SQLI_LOGGING_BUFFERED;
    int32_t ansi = info->logging == SQLI_LOGGING_ANSI;
    int32_t flags = FLAG_GLS | (logging ? FLAG_LOG : 0) | (buffered ? FLAG_BUFFERED : 0) |
                    (ansi ? FLAG_ANSI : 0);
    SQLI_TRY(run(db, error,
                 "INSERT INTO sysdatabases (name, partnum, owner, created, is_logging, "
                 "is_buff_log, is_ansi, is_nls, is_case_insens, flags) SELECT printf('%-128s', "
                 "?1), coalesce(max(partnum), 1048576) + 1, printf('%-32s', ?2), "
                 "CAST(julianday('now', 'localtime', 'start of day') - 2415019.5 AS INTEGER), "
                 "?3, ?4, ?5, 1, 0, ?6 FROM sysdatabases",
                 "ttiiii", info->name, database->owner, logging, buffered, ansi, flags));
    return run(db, error,
               "INSERT INTO sysdbslocale (dbs_dbsname, dbs_collate) VALUES "
               "(printf('%-128s', ?1), printf('%-32s', ?2))",
               "tt", info->name, info->locale);
}

enum sqli_status sqli__master_add(struct sqli_databases *databases, const char *name,
                                  struct sqli_error *error)
{
    struct sqli_database *database;
    sqlite3 *db;
    SQLI_TRY(sqli__database_get(databases, name, &database, error));
    SQLI_TRY(master(databases, &db, error));
    SQLI_TRY(sqli__file_run(db, "BEGIN IMMEDIATE", error));
    enum sqli_status status = insert_lines(db, database, error);
    if (status == SQLI_OK)
        status = sqli__file_run(db, "COMMIT", error);
    if (status != SQLI_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

enum sqli_status sqli__master_remove(struct sqli_databases *databases, const char *name,
                                     struct sqli_error *error)
{
    sqlite3 *db;
    SQLI_TRY(master(databases, &db, error));
    SQLI_TRY(run(db, error, "DELETE FROM sysdatabases WHERE name = ?", "t", name));
    return run(db, error, "DELETE FROM sysdbslocale WHERE dbs_dbsname = ?", "t", name);
}

/* --- the start --- */

struct step {
    struct sqli_databases *databases;
    sqlite3 *db;
    struct sqli_error *error;
};

static bool has_line(sqlite3 *db, struct sqli_span name)
{
    sqlite3_stmt *row = NULL;
    bool found = false;
    if (sqlite3_prepare_v2(db, "SELECT 1 FROM sysdatabases WHERE name = ?", -1, &row, NULL) ==
        SQLITE_OK) {
        sqlite3_bind_text(row, 1, (const char *)name.data, (int)name.length, SQLITE_STATIC);
        found = sqlite3_step(row) == SQLITE_ROW;
    }
    sqlite3_finalize(row);
    return found;
}

/* A file that is no database of ours gets no line, and does not keep the others from working. */
static enum sqli_status add_missing(void *context, struct sqli_span name)
{
    struct step *step = context;
    struct sqli_error ignored;
    struct sqli_database *database;
    const char *text = (const char *)name.data;
    if (has_line(step->db, name) ||
        sqli__database_get(step->databases, text, &database, &ignored) != SQLI_OK)
        return SQLI_OK;
    return sqli__master_add(step->databases, text, step->error);
}

static void file_exists(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const struct sqli_databases *databases = sqlite3_user_data(context);
    char name[SQLI_DATABASE_NAME_MAX + 1];
    char path[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 8];
    const char *text = (const char *)sqlite3_value_text(arguments[0]);
    (void)count;
    if (!text || !sqli__database_name(sqli__span_text(text), name)) {
        sqlite3_result_int(context, 0);
        return;
    }
    sqli__database_path(databases, name, path, sizeof path);
    sqlite3_result_int(context, access(path, F_OK) == 0);
}

static enum sqli_status remove_stale(struct sqli_databases *databases, sqlite3 *db,
                                     struct sqli_error *error)
{
    sqlite3_create_function(db, "sqlid_file", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, databases,
                            file_exists, NULL, NULL);
    return sqli__file_run(db,
                          "DELETE FROM sysdatabases WHERE NOT sqlid_file(rtrim(name)); "
                          "DELETE FROM sysdbslocale WHERE NOT sqlid_file(rtrim(dbs_dbsname))",
                          error);
}

static bool is_there(const struct sqli_databases *databases)
{
    char path[SQLI_FILE_NAME_MAX + SQLI_DATABASE_NAME_MAX + 8];
    sqli__database_path(databases, SQLI_MASTER_DATABASE, path, sizeof path);
    return access(path, F_OK) == 0;
}

static enum sqli_status start_locked(struct sqli_databases *databases, struct sqli_error *error)
{
    const struct sqli_build build = {
        .name = SQLI_MASTER_DATABASE,
        .logging = SQLI_LOGGING_LOG,
        .owner = sqli__span_text("informix"),
        .locale = sqli__span_text("en_US.819"),
        .master = true,
    };
    struct step step = {.databases = databases, .error = error};
    if (!is_there(databases))
        SQLI_TRY(sqli__databases_make(databases, &build, error));
    SQLI_TRY(master(databases, &step.db, error));
    SQLI_TRY(remove_stale(databases, step.db, error));
    return sqli__databases_list(databases, add_missing, &step);
}

enum sqli_status sqli__master_start(struct sqli_databases *databases, struct sqli_error *error)
{
    pthread_mutex_lock(&databases->mutex);
    enum sqli_status status = start_locked(databases, error);
    pthread_mutex_unlock(&databases->mutex);
    return status;
}
