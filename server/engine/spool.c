/* Rows put aside, in a table of SQLite. */
#include "server/engine/spool.h"

#include "base/alloc.h"

#include <sqlite3.h>

enum { NUMBER_BITS = 40, IDS = 1 << 22 };

enum { PUT, GET, DROP, STATEMENTS };

static const char *const sqls[STATEMENTS] = {
    [PUT] = "INSERT INTO r VALUES (?1, ?2)",
    [GET] = "SELECT row FROM r WHERE id = ?1",
    [DROP] = "DELETE FROM r WHERE id BETWEEN ?1 AND ?2",
};

struct sqli_spool {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    uint32_t last_id;
};

static enum sqli_status fail(struct sqli_error *error, int code)
{
    if (code == SQLITE_NOMEM)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    sqli__fail(error, SQLI_E_READ_NEXT, NULL);
    if (error && code == SQLITE_FULL)
        error->isam = SQLI_E_ISAM_DISK_FULL;
    return SQLI_FAIL;
}

/* Nothing in it outlives the session, so it needs neither a journal nor a sync. */
static int set_up(struct sqli_spool *spool)
{
    int code = sqlite3_open_v2(
        "", &spool->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(spool->db,
                            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                            "PRAGMA cache_size=-8192;"
                            "CREATE TABLE r(id INTEGER PRIMARY KEY, row BLOB); BEGIN",
                            NULL, NULL, NULL);
    for (int i = 0; i < STATEMENTS && code == SQLITE_OK; i++)
        code = sqlite3_prepare_v3(spool->db, sqls[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &spool->statements[i], NULL);
    return code;
}

enum sqli_status sqli__spool_open(struct sqli_spool **spool, struct sqli_error *error)
{
    *spool = sqli__alloc_zeroed(1, sizeof **spool);
    if (!*spool)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    int code = set_up(*spool);
    if (code == SQLITE_OK)
        return SQLI_OK;
    sqli__spool_close(*spool);
    *spool = NULL;
    return fail(error, code);
}

void sqli__spool_close(struct sqli_spool *spool)
{
    if (!spool)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(spool->statements[i]);
    sqlite3_close(spool->db);
    sqli__free(spool);
}

static int64_t key(uint32_t id, int64_t number)
{
    return (int64_t)id << NUMBER_BITS | number;
}

uint32_t sqli__spool_id(struct sqli_spool *spool)
{
    spool->last_id = (spool->last_id + 1) % IDS;
    return spool->last_id;
}

enum sqli_status sqli__spool_put(struct sqli_spool *spool, uint32_t id, int64_t number,
                                 struct sqli_span row, struct sqli_error *error)
{
    sqlite3_stmt *put = spool->statements[PUT];
    sqlite3_bind_int64(put, 1, key(id, number));
    int code = sqlite3_bind_blob64(put, 2, row.length ? (const void *)row.data : "", row.length,
                                   SQLITE_STATIC);
    if (code == SQLITE_OK)
        sqlite3_step(put);
    int result = sqlite3_reset(put);
    sqlite3_clear_bindings(put);
    return code == SQLITE_OK && result == SQLITE_OK ? SQLI_OK : fail(error, code ? code : result);
}

enum sqli_status sqli__spool_get(struct sqli_spool *spool, uint32_t id, int64_t number,
                                 struct sqli_span *row, struct sqli_error *error)
{
    sqlite3_stmt *get = spool->statements[GET];
    sqlite3_reset(get);
    sqlite3_bind_int64(get, 1, key(id, number));
    int code = sqlite3_step(get);
    if (code == SQLITE_DONE)
        return SQLI_MORE;
    if (code != SQLITE_ROW)
        return fail(error, code);
    const void *bytes = sqlite3_column_blob(get, 0);
    *row = sqli__span(bytes ? bytes : "", (size_t)sqlite3_column_bytes(get, 0));
    return SQLI_OK;
}

void sqli__spool_drop(struct sqli_spool *spool, uint32_t id)
{
    sqlite3_reset(spool->statements[GET]);
    sqlite3_stmt *drop = spool->statements[DROP];
    sqlite3_bind_int64(drop, 1, key(id, 0));
    sqlite3_bind_int64(drop, 2, key(id + 1, 0) - 1);
    sqlite3_step(drop);
    sqlite3_reset(drop);
}
