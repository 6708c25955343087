/* The counters behind SERIAL, SERIAL8 and BIGSERIAL columns.
 *
 * They live in memory, shared by all sessions of the database, so that a number that was given is
 * not given again whatever becomes of the transaction that took it. The transaction that commits
 * writes all counters that moved into its file, in the same transaction. */
#include "base/alloc.h"
#include "server/store/catalog.h"
#include "server/store/database_inside.h"

#include <stdio.h>

static int compare(const struct sqli_serial_counter *counter, int32_t tabid, bool wide)
{
    if (counter->tabid != tabid)
        return counter->tabid < tabid ? -1 : 1;
    return (int)counter->wide - (int)wide;
}

/* Where the counter is, or would stand. */
static size_t find(const struct sqli_database *database, int32_t tabid, bool wide)
{
    size_t low = 0;
    size_t high = database->counter_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&database->counters[middle], tabid, wide) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct sqli_database *database, size_t at, int32_t tabid, bool wide)
{
    return at < database->counter_count && compare(&database->counters[at], tabid, wide) == 0;
}

static enum sqli_status make_room(struct sqli_database *database, struct sqli_error *error)
{
    if (database->counter_count < database->counter_room)
        return SQLI_OK;
    size_t room = database->counter_room ? 2 * database->counter_room : 16;
    void *counters = sqli__realloc(database->counters, room * sizeof *database->counters);
    if (!counters)
        return sqli__fail_server(error, SQLI_E_QUERY_MEMORY, SQLI_E_ISAM_NO_MEMORY, 0,
                                 sqli__span_text("serial counters"));
    database->counters = counters;
    database->counter_room = room;
    return SQLI_OK;
}

/* The counter, made with nothing given yet when it is new. The mutex is held. */
static enum sqli_status get(struct sqli_database *database, int32_t tabid, bool wide,
                            struct sqli_serial_counter **counter, struct sqli_error *error)
{
    size_t at = find(database, tabid, wide);
    if (!is_at(database, at, tabid, wide)) {
        SQLI_TRY(make_room(database, error));
        memmove(&database->counters[at + 1], &database->counters[at],
                (database->counter_count - at) * sizeof *database->counters);
        database->counters[at] = (struct sqli_serial_counter){.tabid = tabid, .wide = wide};
        database->counter_count++;
    }
    *counter = &database->counters[at];
    return SQLI_OK;
}

/* A negative number may be given, and moves nothing. */
static enum sqli_status draw(struct sqli_serial_counter *counter, int64_t given, int64_t most,
                             int64_t *value, struct sqli_error *error)
{
    if (given == 0 && counter->last >= most)
        return sqli__fail(error, SQLI_E_SERIAL_VALUE, NULL);
    *value = given ? given : counter->last + 1;
    if (*value > counter->last)
        counter->last = *value;
    return SQLI_OK;
}

enum sqli_status sqli__database_serial(struct sqli_database *database, int32_t tabid, int64_t given,
                                       int64_t most, int64_t *value, struct sqli_error *error)
{
    struct sqli_serial_counter *counter;
    pthread_mutex_lock(&database->serial_mutex);
    enum sqli_status status = get(database, tabid, most > INT32_MAX, &counter, error);
    if (status == SQLI_OK)
        status = draw(counter, given, most, value, error);
    pthread_mutex_unlock(&database->serial_mutex);
    return status;
}

enum sqli_status sqli__serial_start(struct sqli_database *database, int32_t tabid, bool wide,
                                    int64_t first, struct sqli_error *error)
{
    struct sqli_serial_counter *counter;
    pthread_mutex_lock(&database->serial_mutex);
    enum sqli_status status = get(database, tabid, wide, &counter, error);
    if (status == SQLI_OK)
        *counter = (struct sqli_serial_counter){
            .tabid = tabid, .wide = wide, .last = first - 1, .saved = -1, .writing = -1};
    pthread_mutex_unlock(&database->serial_mutex);
    return status;
}

/* The counter of the narrow kind tells whether there was a value yet. */
static enum sqli_status step(struct sqli_database *database, int32_t tabid,
                             const struct sqli_sequence *sequence, int64_t *value,
                             struct sqli_error *error)
{
    struct sqli_serial_counter *begun;
    struct sqli_serial_counter *counter;
    SQLI_TRY(get(database, tabid, false, &begun, error));
    bool first = begun->last == 0;
    SQLI_TRY(get(database, tabid, true, &counter, error));
    bool over = !first && __builtin_add_overflow(counter->last, sequence->increment, value);
    if (first)
        *value = sequence->start;
    if (over || *value > sequence->most || *value < sequence->least) {
        if (!sequence->cycle)
            return sqli__fail(
                error, sequence->increment > 0 ? SQLI_E_SEQUENCE_END : SQLI_E_SEQUENCE_START, NULL);
        *value = sequence->increment > 0 ? sequence->least : sequence->most;
    }
    counter->last = *value;
    SQLI_TRY(get(database, tabid, false, &begun, error));
    begun->last = 1;
    return SQLI_OK;
}

enum sqli_status sqli__database_sequence(struct sqli_database *database, int32_t tabid,
                                         const struct sqli_sequence *sequence, int64_t *value,
                                         struct sqli_error *error)
{
    pthread_mutex_lock(&database->serial_mutex);
    enum sqli_status status = step(database, tabid, sequence, value, error);
    pthread_mutex_unlock(&database->serial_mutex);
    return status;
}

int32_t sqli__temp_number(void)
{
    static atomic_int next = SQLI_FIRST_TEMP_TABLE;
    return atomic_fetch_add(&next, 1);
}

void sqli__serial_drop(struct sqli_database *database, int32_t tabid)
{
    pthread_mutex_lock(&database->serial_mutex);
    size_t from = find(database, tabid, false);
    size_t to = from;
    while (to < database->counter_count && database->counters[to].tabid == tabid)
        to++;
    memmove(&database->counters[from], &database->counters[to],
            (database->counter_count - to) * sizeof *database->counters);
    database->counter_count -= to - from;
    pthread_mutex_unlock(&database->serial_mutex);
}

static enum sqli_status load_rows(struct sqli_database *database, sqlite3_stmt *rows,
                                  struct sqli_error *error)
{
    int code;
    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct sqli_serial_counter *counter;
        SQLI_TRY(get(database, sqlite3_column_int(rows, 0), sqlite3_column_int(rows, 1) != 0,
                     &counter, error));
        counter->last = counter->saved = counter->writing = sqlite3_column_int64(rows, 2);
    }
    return code == SQLITE_DONE ? SQLI_OK : sqli__file_fail(code, "sqlid_serial", error);
}

enum sqli_status sqli__serial_load(struct sqli_database *database, sqlite3 *db,
                                   struct sqli_error *error)
{
    sqlite3_stmt *rows = NULL;
    int code =
        sqlite3_prepare_v2(db, "SELECT tabid, wide, last FROM main.sqlid_serial", -1, &rows, NULL);
    enum sqli_status status = code == SQLITE_OK ? load_rows(database, rows, error)
                                                : sqli__file_fail(code, "sqlid_serial", error);
    sqlite3_finalize(rows);
    return status;
}

static bool moved(const struct sqli_serial_counter *counter)
{
    return counter->last != counter->saved && counter->tabid < SQLI_FIRST_TEMP_TABLE;
}

static int write_one(sqlite3_stmt *insert, struct sqli_serial_counter *counter)
{
    sqlite3_bind_int(insert, 1, counter->tabid);
    sqlite3_bind_int(insert, 2, counter->wide);
    sqlite3_bind_int64(insert, 3, counter->last);
    sqlite3_step(insert);
    counter->writing = counter->last;
    return sqlite3_reset(insert);
}

enum sqli_status sqli__serial_write(struct sqli_database *database, sqlite3 *db, const char *schema,
                                    sqlite3_stmt **insert, struct sqli_error *error)
{
    int code = SQLITE_OK;
    char sql[SQLI_DATABASE_NAME_MAX + 96];
    snprintf(sql, sizeof sql,
             "INSERT OR REPLACE INTO \"%s\".sqlid_serial (tabid, wide, last) VALUES (?,?,?)",
             schema);
    pthread_mutex_lock(&database->serial_mutex);
    for (size_t i = 0; i < database->counter_count && code == SQLITE_OK; i++) {
        if (!moved(&database->counters[i]))
            continue;
        if (!*insert)
            code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, insert, NULL);
        if (code == SQLITE_OK)
            code = write_one(*insert, &database->counters[i]);
    }
    pthread_mutex_unlock(&database->serial_mutex);
    return code == SQLITE_OK ? SQLI_OK : sqli__file_fail(code, "sqlid_serial", error);
}

void sqli__serial_written(struct sqli_database *database)
{
    pthread_mutex_lock(&database->serial_mutex);
    for (size_t i = 0; i < database->counter_count; i++)
        database->counters[i].saved = database->counters[i].writing;
    pthread_mutex_unlock(&database->serial_mutex);
}
