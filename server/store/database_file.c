/* Files: names, paths, and how every connection is set up. */
#include "base/ascii.h"
#include "server/store/database_inside.h"

#include <stdio.h>

static bool name_character(uint8_t c, bool first)
{
    if (sqli__is_letter(c) || c == '_')
        return true;
    return !first && (sqli__is_digit(c) || c == '$');
}

bool sqli__database_name(struct sqli_span name, char canonical[SQLI_DATABASE_NAME_MAX + 1])
{
    if (name.length == 0 || name.length > SQLI_DATABASE_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.length; i++) {
        if (!name_character(name.data[i], i == 0))
            return false;
        canonical[i] = (char)sqli__ascii_lower(name.data[i]);
    }
    canonical[name.length] = '\0';
    return true;
}

void sqli__database_path(const struct sqli_databases *databases, const char *name, char *path,
                         size_t room)
{
    snprintf(path, room, "%s/%s.db", databases->directory, name);
}

enum sqli_status sqli__file_fail(int sqlite_code, const char *what, struct sqli_error *error)
{
    struct sqli_span near = sqli__span_text(what);
    switch (sqlite_code & 0xff) {
    case SQLITE_NOMEM:
        return sqli__fail_server(error, SQLI_E_QUERY_MEMORY, SQLI_E_ISAM_NO_MEMORY, 0, near);
    case SQLITE_FULL:
        return sqli__fail_server(error, SQLI_E_INSERT_FAILED, SQLI_E_ISAM_DISK_FULL, 0, near);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return sqli__fail_server(error, SQLI_E_READ_NEXT, SQLI_E_ISAM_RECORD_LOCKED, 0, near);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return sqli__fail_server(error, SQLI_E_DATABASE_FORMAT, SQLI_E_ISAM_FILE_FORMAT, 0, near);
    default: return sqli__fail_server(error, SQLI_E_CATALOG_READ, 0, 0, near);
    }
}

enum sqli_status sqli__file_run(sqlite3 *db, const char *sql, struct sqli_error *error)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? SQLI_OK
                             : sqli__file_fail(code, sqlite3_db_filename(db, NULL), error);
}

/* Files come from whoever can write to the directory: nothing in one may make this process do more
 * than read and write it. Limits keep a hostile statement from eating the stack. */
static void harden(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 512 << 20);
    sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, 32767);
    sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 64);
    sqlite3_extended_result_codes(db, 1);
}

enum sqli_status sqli__file_open(const struct sqli_databases *databases, const char *path,
                                 bool create, sqlite3 **db, struct sqli_error *error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                SQLITE_OPEN_NOFOLLOW;
    int code = sqlite3_open_v2(path, db, create ? flags | SQLITE_OPEN_CREATE : flags, NULL);
    if (code != SQLITE_OK) {
        sqlite3_close(*db);
        *db = NULL;
        return sqli__file_fail(code, path, error);
    }
    harden(*db);
    sqlite3_busy_timeout(*db, databases->lock_wait_ms);
    /* What a statement sorts or keeps aside goes to a file when it is much: one that needs too much
     * fails alone, and does not take the server along. The file has no name, so none is left. */
    enum sqli_status status =
        sqli__file_run(*db,
                       databases->memory ? "PRAGMA synchronous=OFF; PRAGMA temp_store=FILE; "
                                           "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; "
                                           "PRAGMA cache_size=-8000; PRAGMA recursive_triggers=ON; "
                                           "PRAGMA secure_delete=OFF"
                                         : "PRAGMA synchronous=FULL; PRAGMA temp_store=FILE; "
                                           "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; "
                                           "PRAGMA cache_size=-8000; PRAGMA recursive_triggers=ON; "
                                           "PRAGMA secure_delete=OFF",
                       error);
    if (status != SQLI_OK) {
        sqlite3_close(*db);
        *db = NULL;
    }
    return status;
}
