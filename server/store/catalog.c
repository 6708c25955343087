/* Looking tables up, and remembering them. */
#include "server/store/catalog_inside.h"

#include "base/alloc.h"

#include <stdio.h>

enum { BUCKETS = 64, ARENA_LIMIT = 256 << 20 };

struct known_table {
    struct known_table *next;
    struct sqli_span schema;
    struct sqli_span owner; /* as it was asked for; absent: any */
    struct sqli_span name;
    struct sqli_table table;
};

struct sqli_catalog {
    struct sqli_store *store;
    struct sqli_arena arena;
    struct known_table *buckets[BUCKETS];
    unsigned long long seen;   /* definitions of others, at the last refresh */
    bool uncertain;            /* read in a transaction that may be older than `seen` */
    unsigned long long forgot; /* how often */
};

enum sqli_status sqli__catalog_open(struct sqli_store *store, struct sqli_catalog **catalog,
                                    struct sqli_error *error)
{
    *catalog = sqli__alloc_zeroed(1, sizeof **catalog);
    if (!*catalog)
        return sqli__file_fail(SQLITE_NOMEM, NULL, error);
    (*catalog)->store = store;
    sqli__arena_init(&(*catalog)->arena, ARENA_LIMIT);
    sqli__catalog_refresh(*catalog);
    return SQLI_OK;
}

/* The counters of temporary tables are nobody's any more. */
static enum sqli_status drop_counter(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sqli_catalog *catalog = context;
    (void)error;
    sqli__serial_drop(catalog->store->database, sqlite3_column_int(row, 0));
    return SQLI_OK;
}

void sqli__catalog_close(struct sqli_catalog *catalog)
{
    if (!catalog)
        return;
    if (sqli__catalog_has_temp(catalog->store))
        sqli__store_run(catalog->store, drop_counter, catalog, NULL,
                        "SELECT tabid FROM temp.systables", "");
    sqli__arena_free(&catalog->arena);
    sqli__free(catalog);
}

static void drop_known(struct sqli_catalog *catalog)
{
    memset(catalog->buckets, 0, sizeof catalog->buckets);
    sqli__arena_reset(&catalog->arena);
}

void sqli__catalog_forget(struct sqli_catalog *catalog)
{
    drop_known(catalog);
    catalog->forgot++;
}

static unsigned long long definitions_of_others(const struct sqli_store *store)
{
    unsigned long long count = atomic_load(&store->database->generation);
    for (uint32_t i = 0; i < store->attached_count; i++)
        count += atomic_load(&store->attached[i]->generation);
    return count;
}

void sqli__catalog_refresh(struct sqli_catalog *catalog)
{
    unsigned long long now = definitions_of_others(catalog->store);
    bool changed = now != catalog->seen;
    if (catalog->store->pinned)
        return;
    if (changed || catalog->uncertain)
        drop_known(catalog);
    if (changed || catalog->uncertain)
        catalog->uncertain = sqlite3_txn_state(catalog->store->db, NULL) != SQLITE_TXN_NONE;
    catalog->seen = now;
}

static bool begin_pin(struct sqli_store *store)
{
    int code = SQLITE_OK;
    store->trusted++;
    if (!store->pin)
        code = sqlite3_prepare_v3(store->db, "SELECT logging FROM main.sqlid_database", -1,
                                  SQLITE_PREPARE_PERSISTENT, &store->pin, NULL);
    store->trusted--;
    store->pinned = code == SQLITE_OK && sqlite3_step(store->pin) == SQLITE_ROW;
    if (!store->pinned)
        sqlite3_reset(store->pin);
    return store->pinned;
}

/* Definitions are committed and counted under the same mutex, so the count is that of the moment
 * that is read from here on. */
bool sqli__catalog_pin(struct sqli_catalog *catalog)
{
    struct sqli_store *store = catalog->store;
    if (store->pinned || sqlite3_txn_state(store->db, "main") != SQLITE_TXN_NONE)
        return false;
    pthread_mutex_lock(&store->database->definitions);
    bool pinned = begin_pin(store);
    unsigned long long now = definitions_of_others(store);
    pthread_mutex_unlock(&store->database->definitions);
    if (!pinned)
        return false;
    if (now != catalog->seen || catalog->uncertain)
        drop_known(catalog);
    catalog->seen = now;
    catalog->uncertain = false;
    return true;
}

void sqli__catalog_unpin(struct sqli_catalog *catalog)
{
    catalog->store->pinned = false;
    sqlite3_reset(catalog->store->pin);
}

uint64_t sqli__catalog_version(const struct sqli_catalog *catalog)
{
    return catalog->seen + catalog->forgot + catalog->store->definitions;
}

struct sqli_store *sqli__catalog_store(struct sqli_catalog *catalog)
{
    return catalog->store;
}

const struct sqli_conversion_settings *sqli__catalog_settings(const struct sqli_catalog *catalog)
{
    return &catalog->store->runtime->settings;
}

bool sqli__catalog_delimident(const struct sqli_catalog *catalog)
{
    return catalog->store->runtime->delimident;
}

bool sqli__catalog_ansi(const struct sqli_catalog *catalog)
{
    return catalog->store->database->info.logging == SQLI_LOGGING_ANSI;
}

int32_t sqli__table_column(const struct sqli_table *table, struct sqli_span name)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (sqli__span_equal(table->columns[i].name, name))
            return (int32_t)i;
    return -1;
}

bool sqli__table_is_elsewhere(const struct sqli_table *table)
{
    return table->physical.length && table->physical.data[0] == '"';
}

struct sqli_span sqli__physical_schema(struct sqli_span physical)
{
    const uint8_t *point = physical.length ? memchr(physical.data, '.', physical.length) : NULL;
    return sqli__span(physical.data, point ? (size_t)(point - physical.data) : 0);
}

int64_t sqli__catalog_counter(const struct sqli_catalog *catalog, const struct sqli_table *table)
{
    struct sqli_span schema = sqli__physical_schema(table->physical);
    const struct sqli_store *store = catalog->store;
    char text[SQLI_DATABASE_NAME_MAX + 8];
    for (uint32_t i = 0; i < store->attached_count; i++) {
        snprintf(text, sizeof text, "\"d_%s\"", store->attached[i]->info.name);
        if (sqli__span_equal(schema, sqli__span_text(text)))
            return (int64_t)(i + 1) << 32 | table->tabid;
    }
    return table->tabid;
}

bool sqli__catalog_has_temp(struct sqli_store *store)
{
    return sqlite3_table_column_metadata(store->db, "temp", "systables", NULL, NULL, NULL, NULL,
                                         NULL, NULL) == SQLITE_OK;
}

/* --- the cache --- */

static size_t bucket_of(struct sqli_span name)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ name.data[i]) * 16777619U;
    return hash % BUCKETS;
}

static bool same_owner(struct sqli_span a, struct sqli_span b)
{
    if (!a.data || !b.data)
        return a.data == b.data;
    return sqli__span_equal(a, b);
}

static const struct known_table *find_known(const struct sqli_catalog *catalog,
                                            struct sqli_span schema, struct sqli_span owner,
                                            struct sqli_span name)
{
    const struct known_table *known = catalog->buckets[bucket_of(name)];
    while (known && !(sqli__span_equal(known->name, name) && same_owner(known->owner, owner) &&
                      sqli__span_equal(known->schema, schema)))
        known = known->next;
    return known;
}

static enum sqli_status look_up(struct sqli_catalog *catalog, const char *schema,
                                struct sqli_span owner, struct sqli_span name,
                                const struct sqli_table **table, struct sqli_error *error);

/* What a synonym stands for: a table of the same database, or of the one that it names. */
struct synonym {
    char database[SQLI_NAME_MAX + 1];
    char owner[SQLI_NAME_MAX + 1];
    char name[SQLI_NAME_MAX + 1];
};

static void copy_text(char to[SQLI_NAME_MAX + 1], sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    size_t length = (size_t)sqlite3_column_bytes(row, column);
    while (length && text[length - 1] == ' ')
        length--;
    snprintf(to, SQLI_NAME_MAX + 1, "%.*s", (int)length, text ? (const char *)text : "");
}

static enum sqli_status on_synonym(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct synonym *synonym = context;
    (void)error;
    copy_text(synonym->database, row, 0);
    copy_text(synonym->owner, row, 1);
    copy_text(synonym->name, row, 2);
    return SQLI_OK;
}

static enum sqli_status follow(struct sqli_catalog *catalog, struct sqli_span schema,
                               struct sqli_table *table, struct sqli_error *error)
{
    struct synonym synonym = {.name = ""};
    const struct sqli_table *base = NULL;
    char sql[SQLI_CATALOG_SQL_MAX];
    char text[SQLI_DATABASE_NAME_MAX + 8];
    sqli__catalog_sql(sql, schema,
                      "SELECT s.dbname, coalesce(t.owner, s.owner), coalesce(t.tabname, s.tabname) "
                      "FROM %s.syssyntable s LEFT JOIN %s.systables t ON t.tabid = s.btabid WHERE "
                      "s.tabid = ?");
    SQLI_TRY(sqli__store_run(catalog->store, on_synonym, &synonym, error, sql, "i", table->tabid));
    struct sqli_span owner = sqli__span_text(synonym.owner);
    struct sqli_span name = sqli__span_text(synonym.name);
    snprintf(text, sizeof text, "%.*s", (int)schema.length, (const char *)schema.data);
    table->tabid = 0;
    if (synonym.database[0])
        SQLI_TRY(sqli__catalog_table(catalog, sqli__span_text(synonym.database), owner, name, &base,
                                     error));
    else if (synonym.name[0])
        SQLI_TRY(look_up(catalog, text, owner, name, &base, error));
    if (base)
        *table = *base;
    return SQLI_OK;
}

static enum sqli_status load(struct sqli_catalog *catalog, struct sqli_span schema,
                             struct sqli_span owner, struct sqli_span name,
                             const struct sqli_table **table, struct sqli_error *error)
{
    struct sqli_table read = {.tabid = 0};
    const struct sqli_catalog_reader reader = {
        .store = catalog->store, .arena = &catalog->arena, .schema = schema, .error = error};
    SQLI_TRY(sqli__catalog_read(&reader, owner, name, &read));
    *table = NULL;
    if (read.tabid && (read.kind == 'S' || read.kind == 'P'))
        SQLI_TRY(follow(catalog, schema, &read, error));
    if (read.tabid == 0)
        return SQLI_OK;
    struct known_table *known = sqli__arena_alloc(&catalog->arena, 1, sizeof *known);
    if (!known)
        return sqli__arena_status(&catalog->arena, error);
    struct known_table **bucket = &catalog->buckets[bucket_of(name)];
    *known = (struct known_table){
        .next = *bucket,
        .schema = sqli__arena_copy(&catalog->arena, schema),
        .owner = owner.data ? sqli__arena_copy(&catalog->arena, owner) : owner,
        .name = sqli__arena_copy(&catalog->arena, name),
        .table = read,
    };
    *bucket = known;
    *table = &known->table;
    return sqli__arena_status(&catalog->arena, error);
}

static enum sqli_status look_up(struct sqli_catalog *catalog, const char *schema,
                                struct sqli_span owner, struct sqli_span name,
                                const struct sqli_table **table, struct sqli_error *error)
{
    const struct known_table *known = find_known(catalog, sqli__span_text(schema), owner, name);
    if (known) {
        *table = &known->table;
        return SQLI_OK;
    }
    return load(catalog, sqli__span_text(schema), owner, name, table, error);
}

/* The schema of SQLite that the database has here; opens another one beside it. */
static enum sqli_status schema_of(struct sqli_catalog *catalog, struct sqli_span database,
                                  char *schema, size_t room, bool *ansi, struct sqli_error *error)
{
    struct sqli_database *other = catalog->store->database;
    if (database.data)
        SQLI_TRY(sqli__store_attach(catalog->store, database, &other, error));
    *ansi = other->info.logging == SQLI_LOGGING_ANSI;
    if (other == catalog->store->database)
        snprintf(schema, room, "main");
    else
        snprintf(schema, room, "\"d_%s\"", other->info.name);
    return SQLI_OK;
}

enum sqli_status sqli__catalog_table(struct sqli_catalog *catalog, struct sqli_span database,
                                     struct sqli_span owner, struct sqli_span name,
                                     const struct sqli_table **table, struct sqli_error *error)
{
    char schema[SQLI_DATABASE_NAME_MAX + 8];
    bool ansi;
    *table = NULL;
    SQLI_TRY(schema_of(catalog, database, schema, sizeof schema, &ansi, error));
    if (strcmp(schema, "main") == 0 && sqli__catalog_has_temp(catalog->store))
        SQLI_TRY(look_up(catalog, "temp", owner, name, table, error));
    if (ansi && !owner.data) /* owners' names part tables: alone it is the user's own */
        owner = sqli__span_text(catalog->store->runtime->user);
    return *table ? SQLI_OK : look_up(catalog, schema, owner, name, table, error);
}
