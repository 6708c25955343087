/* An engine: its settings, and the database that is open. */
#include "server/engine/state.h"

#include "base/alloc.h"
#include "sql/text.h"

#include <time.h>

enum { SCRATCH_LIMIT = 256 << 20 };

static void set_name(char *to, size_t room, struct sqli_span name)
{
    size_t length = name.length < room ? name.length : room - 1;
    if (length)
        memcpy(to, name.data, length);
    to[length] = '\0';
}

enum sqli_status sqli__engine_open(const struct sqli_engine_options *options,
                                   struct sqli_engine **engine, struct sqli_error *error)
{
    struct sqli_engine *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    struct sqli_runtime *runtime = &made->runtime;
    made->databases = options->databases;
    runtime->session_id = options->session_id;
    runtime->files = options->files;
    set_name(runtime->user, sizeof runtime->user, options->user);
    set_name(runtime->server_name, sizeof runtime->server_name,
             sqli__span_text(options->server_name));
    set_name(runtime->host_name, sizeof runtime->host_name, sqli__span_text(options->host_name));
    runtime->settings.date_format =
        (struct sqli_date_format){.order = {'M', 'D', 'Y'}, .year_digits = 4, .separator = '/'};
    runtime->settings.century = 2000;
    runtime->settings.codeset = sqli__codeset_find(sqli__span_text("8859-1"));
    sqli__buffer_init(&runtime->scratch, SCRATCH_LIMIT);
    made->savepoints = sqli__alloc_zeroed(SQLI_SAVEPOINTS_MAX, sizeof *made->savepoints);
    if (!made->savepoints || sqli__lobs_open(&runtime->lobs, error)) {
        sqli__engine_close(made);
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    *engine = made;
    return SQLI_OK;
}

void sqli__engine_close(struct sqli_engine *engine)
{
    if (!engine)
        return;
    sqli__engine_release_database(engine);
    while (engine->statements)
        sqli__statement_free(engine->statements);
    sqli__statement_cache_clear(engine);
    sqli__spool_close(engine->spool);
    sqli__lobs_close(engine->runtime.lobs);
    sqli__buffer_free(&engine->runtime.scratch);
    sqli__free(engine->savepoints);
    sqli__free(engine);
}

void sqli__engine_interrupt(struct sqli_engine *engine)
{
    atomic_store(&engine->runtime.interrupted, true);
}

void sqli__engine_request(struct sqli_engine *engine, bool begins)
{
    engine->request = begins;
    atomic_store(&engine->runtime.interrupted, false);
}

/* The wall clock in the time zone of the server, as YEAR TO FRACTION(5). localtime_r takes a lock
 * that the whole process shares, so it is asked once a second. */
static void read_clock(struct sqli_engine *engine)
{
    struct timespec t;
    struct tm local;
    struct sqli_datetime *now = &engine->runtime.settings.now;
    clock_gettime(CLOCK_REALTIME, &t);
    now->fraction = (int32_t)(t.tv_nsec / 10000);
    if (t.tv_sec == engine->clock_second)
        return;
    engine->clock_second = t.tv_sec;
    localtime_r(&t.tv_sec, &local);
    *now = (struct sqli_datetime){
        .qualifier = SQLI_QUALIFIER_YEAR_TO_FRACTION5,
        .year = (int16_t)(local.tm_year + 1900),
        .month = (int8_t)(local.tm_mon + 1),
        .day = (int8_t)local.tm_mday,
        .hour = (int8_t)local.tm_hour,
        .minute = (int8_t)local.tm_min,
        .second = (int8_t)(local.tm_sec > 59 ? 59 : local.tm_sec),
        .fraction = (int32_t)(t.tv_nsec / 10000),
    };
}

void sqli__engine_start(struct sqli_engine *engine)
{
    if (!engine->request)
        atomic_store(&engine->runtime.interrupted, false);
    read_clock(engine);
}

size_t sqli__statement_memory(const struct sqli_statement *s)
{
    int compiled = s->compiled ? sqlite3_stmt_status(s->compiled, SQLITE_STMTSTATUS_MEMUSED, 0) : 0;
    return sizeof *s + s->arena.used + (size_t)compiled;
}

/* --- the environment of the client --- */

static enum sqli_status set_date_format(struct sqli_engine *engine, struct sqli_span value,
                                        struct sqli_error *error)
{
    struct sqli_date_format format;
    SQLI_TRY(sqli__date_format_parse(value, &format, error));
    engine->runtime.settings.date_format = format;
    return SQLI_OK;
}

/* The variable is on when it is there, but for the values that say no. */
static enum sqli_status set_delimident(struct sqli_engine *engine, struct sqli_span value,
                                       struct sqli_error *error)
{
    (void)error;
    engine->runtime.delimident =
        !(value.length && (value.data[0] == 'n' || value.data[0] == 'N' || value.data[0] == '0'));
    return SQLI_OK;
}

static enum sqli_status set_locale(struct sqli_engine *engine, struct sqli_span value,
                                   struct sqli_error *error)
{
    if (value.length >= sizeof engine->db_locale || !sqli__codeset_find(value))
        return sqli__fail(error, SQLI_E_CODE_SET_UNKNOWN, "%.*s",
                          (int)(value.length > 64 ? 64 : value.length), (const char *)value.data);
    set_name(engine->db_locale, sizeof engine->db_locale, value);
    return SQLI_OK;
}

enum sqli_status sqli__engine_environment(struct sqli_engine *engine, struct sqli_span name,
                                          struct sqli_span value, struct sqli_error *error)
{
    static const struct {
        const char *name;
        enum sqli_status (*set)(struct sqli_engine *, struct sqli_span, struct sqli_error *);
    } variables[] = {
        {"DBDATE", set_date_format},
        {"DELIMIDENT", set_delimident},
        {"DB_LOCALE", set_locale},
    };
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (sqli__span_equal(name, sqli__span_text(variables[i].name)))
            return variables[i].set(engine, value, error);
    return SQLI_OK;
}

/* --- the database --- */

/* SQLite drops the whole transaction when a write in it is interrupted, so that one goes on. */
static int look_for_break(void *context)
{
    struct sqli_engine *engine = context;
    return !engine->keep_going && atomic_load(&engine->runtime.interrupted);
}

void sqli__engine_release_database(struct sqli_engine *engine)
{
    if (!engine->store)
        return;
    sqli__transaction_abandon(engine);
    sqli__routines_release(engine);
    for (struct sqli_statement *s = engine->statements; s; s = s->next)
        sqli__statement_kill(s);
    sqli__statement_cache_clear(engine);
    sqli__lob_release(&engine->lob_hold);
    sqli__lobs_use(engine->runtime.lobs, NULL);
    sqli__lobs_sweep(engine->store, 1);
    sqli__catalog_close(engine->catalog);
    sqli__store_close(engine->store);
    engine->catalog = NULL;
    engine->store = NULL;
    engine->runtime.database_name[0] = '\0';
}

enum sqli_status sqli__engine_database(struct sqli_engine *engine, struct sqli_span name,
                                       bool exclusive, struct sqli_error *error)
{
    (void)exclusive; /* a writer has the database to itself anyway */
    if (sqli__transaction_pending(engine))
        return sqli__fail(error, SQLI_E_CLOSE_IN_TRANSACTION, NULL);
    char folded[SQLI_NAME_MAX + 1];
    const uint8_t *at = name.length ? memchr(name.data, '@', name.length) : NULL;
    if (at)
        name.length = (size_t)(at - name.data);
    if (name.length > SQLI_NAME_MAX)
        return sqli__fail(error, SQLI_E_DATABASE_NOT_FOUND, "%.128s", (const char *)name.data);
    sqli__sql_fold(name, folded);
    sqli__engine_release_database(engine);
    SQLI_TRY(sqli__store_open(engine->databases, sqli__span(folded, name.length), &engine->runtime,
                              &engine->store, error));
    if (sqli__catalog_open(engine->store, &engine->catalog, error)) {
        sqli__store_close(engine->store);
        engine->store = NULL;
        return SQLI_FAIL;
    }
    sqli__lobs_use(engine->runtime.lobs, engine->store);
    set_name(engine->runtime.database_name, sizeof engine->runtime.database_name,
             sqli__span_text(sqli__store_info(engine->store)->name));
    sqli__routines_install(engine);
    sqlite3_progress_handler(sqli__store_sqlite(engine->store), SQLI_PROGRESS_STEPS, look_for_break,
                             engine);
    return SQLI_OK;
}

enum sqli_status sqli__engine_close_database(struct sqli_engine *engine, struct sqli_error *error)
{
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    if (sqli__transaction_pending(engine))
        return sqli__fail(error, SQLI_E_CLOSE_IN_TRANSACTION, NULL);
    sqli__engine_release_database(engine);
    return SQLI_OK;
}

const struct sqli_database_info *sqli__engine_database_info(const struct sqli_engine *engine)
{
    return engine->store ? sqli__store_info(engine->store) : NULL;
}

enum sqli_status sqli__engine_list(struct sqli_engine *engine, sqli_on_database *on_one,
                                   void *context)
{
    return sqli__databases_list(engine->databases, on_one, context);
}
