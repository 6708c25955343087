/* Removing large objects that nobody refers to. */
#include "base/alloc.h"
#include "server/store/database_inside.h"
#include "server/store/lob.h"

#include <stdio.h>
#include <stdlib.h>

/* --- who holds them back --- */

void sqli__lob_hold(struct sqli_store *store, struct sqli_lob_hold *hold)
{
    struct sqli_database *database = store->database;
    if (hold->link)
        return;
    pthread_mutex_lock(&database->lob_mutex);
    hold->database = database;
    hold->epoch = database->lob_epoch;
    hold->next = database->lob_holds;
    hold->link = &database->lob_holds;
    if (hold->next)
        hold->next->link = &hold->next;
    database->lob_holds = hold;
    pthread_mutex_unlock(&database->lob_mutex);
}

void sqli__lob_release(struct sqli_lob_hold *hold)
{
    if (!hold->link)
        return;
    pthread_mutex_lock(&hold->database->lob_mutex);
    *hold->link = hold->next;
    if (hold->next)
        hold->next->link = hold->link;
    pthread_mutex_unlock(&hold->database->lob_mutex);
    hold->link = NULL;
}

/* A new epoch, and the oldest one that anybody holds. */
static uint64_t next_epoch(struct sqli_database *database, uint64_t *oldest)
{
    *oldest = INT64_MAX;
    pthread_mutex_lock(&database->lob_mutex);
    uint64_t epoch = ++database->lob_epoch;
    for (const struct sqli_lob_hold *hold = database->lob_holds; hold; hold = hold->next)
        if (hold->epoch < *oldest)
            *oldest = hold->epoch;
    pthread_mutex_unlock(&database->lob_mutex);
    return epoch;
}

/* --- the sweep --- */

struct sweep {
    struct sqli_store *store;
    struct sqli_buffer columns;    /* SELECT statements, each ended by NUL */
    struct sqli_buffer referenced; /* int64_t each */
    struct sqli_buffer objects;    /* pairs: number, when it was retired */
};

static enum sqli_status add_column(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sweep *sweep = context;
    sqli__buffer_format(&sweep->columns, "SELECT %s FROM main.%s WHERE %s IS NOT NULL",
                        (const char *)sqlite3_column_text(row, 1),
                        (const char *)sqlite3_column_text(row, 0),
                        (const char *)sqlite3_column_text(row, 1));
    sqli__buffer_byte(&sweep->columns, 0);
    return sqli__buffer_status(&sweep->columns, error);
}

static enum sqli_status add_reference(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sweep *sweep = context;
    int64_t id = 0;
    if (sqlite3_column_type(row, 0) == SQLITE_INTEGER)
        id = sqlite3_column_int64(row, 0);
    else if (sqlite3_column_bytes(row, 0) == SQLI_SMART_LOB_SIZE)
        id = sqli__locator_id(sqli__span(sqlite3_column_blob(row, 0), SQLI_SMART_LOB_SIZE));
    if (id)
        sqli__buffer_append(&sweep->referenced, &id, sizeof id);
    return sqli__buffer_status(&sweep->referenced, error);
}

static enum sqli_status add_object(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sweep *sweep = context;
    int64_t pair[] = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};
    sqli__buffer_append(&sweep->objects, pair, sizeof pair);
    return sqli__buffer_status(&sweep->objects, error);
}

static int by_number(const void *a, const void *b)
{
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static enum sqli_status gather(struct sweep *sweep, struct sqli_error *error)
{
    static const char *const large =
        "SELECT t.name, c.name FROM main.sqlite_schema t, pragma_table_info(t.name, 'main') c "
        "WHERE t.type = 'table' AND t.name GLOB 't[0-9]*' AND c.type = 'ANY'";
    SQLI_TRY(sqli__store_run(sweep->store, add_object, sweep, error,
                             "SELECT id, retired FROM main.sqlid_lob", ""));
    if (sweep->objects.length == 0)
        return SQLI_OK;
    SQLI_TRY(sqli__store_run(sweep->store, add_column, sweep, error, large, ""));
    const char *at = (const char *)sweep->columns.data;
    const char *end = at + sweep->columns.length;
    for (; at < end; at += strlen(at) + 1)
        SQLI_TRY(sqli__store_run(sweep->store, add_reference, sweep, error, at, ""));
    if (sweep->referenced.length)
        qsort(sweep->referenced.data, sweep->referenced.length / sizeof(int64_t), sizeof(int64_t),
              by_number);
    return SQLI_OK;
}

static enum sqli_status remove_object(struct sqli_store *store, int64_t id,
                                      struct sqli_error *error)
{
    int64_t first = id << 15;
    SQLI_TRY(sqli__store_run(store, NULL, NULL, error,
                             "DELETE FROM main.sqlid_lobdata WHERE key BETWEEN ? AND ?", "ll",
                             first, first + (1 << 15) - 1));
    return sqli__store_run(store, NULL, NULL, error, "DELETE FROM main.sqlid_lob WHERE id = ?", "l",
                           id);
}

/* An object that is retired in an epoch may be shown by whoever began before that. */
static enum sqli_status judge(struct sweep *sweep, const int64_t pair[2], int64_t epoch,
                              int64_t oldest, struct sqli_error *error)
{
    static const char *const retire = "UPDATE main.sqlid_lob SET retired = ? WHERE id = ?";
    size_t count = sweep->referenced.length / sizeof(int64_t);
    bool used =
        count && bsearch(&pair[0], sweep->referenced.data, count, sizeof(int64_t), by_number);
    if (used)
        return pair[1] ? sqli__store_run(sweep->store, NULL, NULL, error, retire, "ll", (int64_t)0,
                                         pair[0])
                       : SQLI_OK;
    int64_t retired = pair[1] && pair[1] < epoch ? pair[1] : epoch;
    if (retired <= oldest)
        return remove_object(sweep->store, pair[0], error);
    sqli__lob_suspect(sweep->store, 1);
    return retired == pair[1]
               ? SQLI_OK
               : sqli__store_run(sweep->store, NULL, NULL, error, retire, "ll", retired, pair[0]);
}

static enum sqli_status sweep_all(struct sweep *sweep, struct sqli_error *error)
{
    uint64_t oldest;
    int64_t epoch = (int64_t)next_epoch(sweep->store->database, &oldest);
    SQLI_TRY(gather(sweep, error));
    for (size_t at = 0; at < sweep->objects.length; at += 2 * sizeof(int64_t)) {
        int64_t pair[2];
        memcpy(pair, sweep->objects.data + at, sizeof pair);
        SQLI_TRY(judge(sweep, pair, epoch, (int64_t)oldest, error));
    }
    return SQLI_OK;
}

void sqli__lob_suspect(struct sqli_store *store, int64_t rows)
{
    atomic_fetch_add(&store->database->lob_suspects, rows);
}

/* The writer's lock, if nobody has it: a sweep is worth no wait. */
static bool begin_at_once(struct sqli_store *store)
{
    struct sqli_error ignored;
    bool interrupted = atomic_exchange(&store->runtime->interrupted, true);
    enum sqli_status status = sqli__store_begin(store, &ignored);
    atomic_store(&store->runtime->interrupted, interrupted);
    return status == SQLI_OK;
}

void sqli__lobs_sweep(struct sqli_store *store, int64_t least)
{
    enum { MEMORY = 256 << 20 };
    struct sqli_database *database = store->database;
    struct sqli_error ignored;
    if (atomic_load(&database->lob_suspects) < least || sqli__store_in_transaction(store) ||
        !begin_at_once(store))
        return;
    struct sweep sweep = {.store = store};
    sqli__buffer_init(&sweep.columns, MEMORY);
    sqli__buffer_init(&sweep.referenced, MEMORY);
    sqli__buffer_init(&sweep.objects, MEMORY);
    long long before = atomic_exchange(&database->lob_suspects, 0);
    enum sqli_status status = sweep_all(&sweep, &ignored);
    if (status == SQLI_OK)
        status = sqli__store_commit(store, &ignored);
    if (status != SQLI_OK) {
        sqli__store_rollback(store);
        atomic_fetch_add(&database->lob_suspects, before);
    }
    sqli__buffer_free(&sweep.columns);
    sqli__buffer_free(&sweep.referenced);
    sqli__buffer_free(&sweep.objects);
}
