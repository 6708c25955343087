/* What statements ask about their session and server, and the values of SERIAL columns. */
#include "server/store/runtime_call.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "server/store/catalog.h"
#include "server/store/conversion.h"
#include "server/store/database.h"
#include "value/scan.h"

#include <time.h>

/* --- The clock of the statement --- */

static void now(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_datetime present;
    sqli_qualifier q = sqli__call_qualifier(context, arguments[0]);
    if (!q)
        return;
    enum sqli_status status = sqli__datetime_extend(
        &runtime->settings.now, q, &runtime->settings.now, &present, &runtime->error);
    sqli__give_datetime(context, status, &present);
}

static void today(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    const struct sqli_datetime *present = &sqli__call_runtime(context)->settings.now;
    sqlite3_result_int(context,
                       sqli__date_from_fields(present->year, present->month, present->day));
}

/* --- Names --- */

static void give_name(sqlite3_context *context, const char *name)
{
    sqlite3_result_text(context, name, -1, SQLITE_TRANSIENT);
}

static void user(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    give_name(context, sqli__call_runtime(context)->user);
}

static void server(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    give_name(context, sqli__call_runtime(context)->server_name);
}

static void database_name(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    give_name(context, sqli__call_runtime(context)->database_name);
}

static void session(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    sqlite3_result_int(context, sqli__call_runtime(context)->session_id);
}

/* --- DBINFO --- */

typedef void dbinfo_option(sqlite3_context *context, const struct sqli_runtime *runtime,
                           sqlite3_value *argument);

/* The version that programs ask for; the login announces another one (see docs/design.md). */
static const struct version_part {
    const char *name;
    const char *text;
} version_parts[] = {
    {"full", "IBM Informix Dynamic Server Version 14.10.FC7W1"},
    {"server-type", "IBM Informix Dynamic Server"},
    {"major", "14"},
    {"minor", "10"},
    {"os", "F"},
    {"level", "C7W1"},
};

static void dbinfo_version(sqlite3_context *context, const struct sqli_runtime *runtime,
                           sqlite3_value *argument)
{
    (void)runtime;
    struct sqli_span part = argument ? sqli__storage_bytes(argument) : sqli__span_text("full");
    for (size_t i = 0; i < sizeof version_parts / sizeof version_parts[0]; i++)
        if (sqli__span_is_word(part, version_parts[i].name)) {
            give_name(context, version_parts[i].text);
            return;
        }
    sqli__call_fail(context, SQLI_E_DBINFO_VERSION, NULL);
}

static void sqlcode(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    sqlite3_result_int(context, sqli__call_runtime(context)->sqlcode);
}

static void dbinfo_session(sqlite3_context *context, const struct sqli_runtime *runtime,
                           sqlite3_value *argument)
{
    (void)argument;
    sqlite3_result_int(context, runtime->session_id);
}

static void dbinfo_host(sqlite3_context *context, const struct sqli_runtime *runtime,
                        sqlite3_value *argument)
{
    (void)argument;
    give_name(context, runtime->host_name);
}

static void dbinfo_database(sqlite3_context *context, const struct sqli_runtime *runtime,
                            sqlite3_value *argument)
{
    (void)argument;
    give_name(context, runtime->database_name);
}

/* There is one place for all tables. */
static void dbinfo_dbspace(sqlite3_context *context, const struct sqli_runtime *runtime,
                           sqlite3_value *argument)
{
    (void)runtime;
    (void)argument;
    give_name(context, "rootdbs");
}

static void dbinfo_serial(sqlite3_context *context, const struct sqli_runtime *runtime,
                          sqlite3_value *argument)
{
    (void)argument;
    sqlite3_result_int(context, runtime->last_serial);
}

static void dbinfo_rows(sqlite3_context *context, const struct sqli_runtime *runtime,
                        sqlite3_value *argument)
{
    (void)argument;
    sqlite3_result_int64(context, runtime->last_rows);
}

static void dbinfo_serial8(sqlite3_context *context, const struct sqli_runtime *runtime,
                           sqlite3_value *argument)
{
    (void)argument;
    sqlite3_result_int64(context, runtime->last_serial8);
}

static void dbinfo_bigserial(sqlite3_context *context, const struct sqli_runtime *runtime,
                             sqlite3_value *argument)
{
    (void)argument;
    sqlite3_result_int64(context, runtime->last_bigserial);
}

/* Seconds since 1970-01-01. */
static void dbinfo_utc(sqlite3_context *context, const struct sqli_runtime *runtime,
                       sqlite3_value *argument)
{
    (void)runtime;
    (void)argument;
    sqlite3_result_int64(context, time(NULL));
}

static void dbinfo_utc_to_datetime(sqlite3_context *context, const struct sqli_runtime *runtime,
                                   sqlite3_value *argument)
{
    (void)runtime;
    time_t seconds = argument ? (time_t)sqlite3_value_int64(argument) : time(NULL);
    struct tm local;
    if (!localtime_r(&seconds, &local)) {
        sqli__call_fail(context, SQLI_E_DATETIME_OVERFLOW, NULL);
        return;
    }
    const struct sqli_datetime datetime = {.qualifier = SQLI_QUALIFIER_YEAR_TO_SECOND,
                                           .year = (int16_t)(local.tm_year + 1900),
                                           .month = (int8_t)(local.tm_mon + 1),
                                           .day = (int8_t)local.tm_mday,
                                           .hour = (int8_t)local.tm_hour,
                                           .minute = (int8_t)local.tm_min,
                                           .second = (int8_t)local.tm_sec};
    sqli__give_datetime(context, SQLI_OK, &datetime);
}

static void dbinfo_coserver(sqlite3_context *context, const struct sqli_runtime *runtime,
                            sqlite3_value *argument)
{
    (void)runtime;
    (void)argument;
    sqlite3_result_int(context, 1);
}

static void dbinfo_gls(sqlite3_context *context, const struct sqli_runtime *runtime,
                       sqlite3_value *argument)
{
    (void)runtime;
    (void)argument;
    give_name(context, "IBM Informix GLS Version 6.00.FC7");
}

/* What the server's own environment says; sessions bring none. */
static void dbinfo_zone(sqlite3_context *context, const struct sqli_runtime *runtime,
                        sqlite3_value *argument)
{
    (void)runtime;
    (void)argument;
    tzset();
    give_name(context, tzname[0]);
}

static const struct dbinfo_row {
    const char *name;
    dbinfo_option *run;
} dbinfo_rows_by_name[] = {
    {"bigserial", dbinfo_bigserial},   {"coserverid", dbinfo_coserver},
    {"dbhostname", dbinfo_host},       {"dbname", dbinfo_database},
    {"dbspace", dbinfo_dbspace},       {"get_tz", dbinfo_zone},
    {"serial8", dbinfo_serial8},       {"sessionid", dbinfo_session},
    {"sqlca.sqlerrd1", dbinfo_serial}, {"sqlca.sqlerrd2", dbinfo_rows},
    {"utc_current", dbinfo_utc},       {"utc_to_datetime", dbinfo_utc_to_datetime},
    {"version", dbinfo_version},       {"version_gls", dbinfo_gls},
};

static void dbinfo(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_span what = sqli__storage_bytes(arguments[0]);
    for (size_t i = 0; i < sizeof dbinfo_rows_by_name / sizeof dbinfo_rows_by_name[0]; i++)
        if (sqli__span_is_word(what, dbinfo_rows_by_name[i].name)) {
            dbinfo_rows_by_name[i].run(context, sqli__call_runtime(context),
                                       count > 1 ? arguments[1] : NULL);
            return;
        }
    sqli__call_fail(context, SQLI_E_DBINFO_OPTION, NULL);
}

/* --- the break of the client --- */

static void poll(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    if (!sqli__call_interrupted(context))
        sqlite3_result_int(context, 1);
}

/* --- SERIAL --- */

static void remember_serial(struct sqli_runtime *runtime, int code, int64_t value)
{
    if (code == SQLI_TYPE_SERIAL8)
        runtime->last_serial8 = value;
    else if (code == SQLI_TYPE_BIGSERIAL)
        runtime->last_bigserial = value;
    else
        runtime->last_serial = (int32_t)value;
}

/* The upper half of the number of a counter tells the database: 0 the open one, then those that
 * were opened beside it. */
static struct sqli_database *counters_of(const struct sqli_runtime *runtime, int64_t counter)
{
    int64_t place = counter >> 32;
    return place ? runtime->others[place - 1] : runtime->database;
}

/* (value, counter, column, type); NULL counts as 0. */
static void serial(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    const struct sqli_schema *schema = sqli__call_schema(context, arguments[3]);
    int64_t value = 0;
    if (!schema)
        return;
    struct sqli_integer_range range = sqli__integer_range(&schema->type);
    int64_t given = sqlite3_value_int64(arguments[0]);
    int64_t counter = sqlite3_value_int64(arguments[1]);
    enum sqli_status status =
        !runtime->database ? sqli__fail(&runtime->error, SQLI_E_SERIAL_VALUE, NULL)
        : given > range.max || given < -range.max
            ? sqli__fail(&runtime->error, range.code, NULL)
            : sqli__database_serial(counters_of(runtime, counter), (int32_t)counter, given,
                                    range.max, &value, &runtime->error);
    if (status != SQLI_OK) {
        sqli__call_failed(context);
        return;
    }
    remember_serial(runtime, schema->type.code, value);
    sqlite3_result_int64(context, value);
}

/* --- sequences --- */

struct sqli_current {
    int64_t counter;
    int64_t value;
};

void sqli__runtime_forget(struct sqli_runtime *runtime)
{
    sqli__free(runtime->currents);
    runtime->currents = NULL;
    runtime->current_count = 0;
}

static struct sqli_current *find_current(struct sqli_runtime *runtime, int64_t counter)
{
    for (uint32_t i = 0; i < runtime->current_count; i++)
        if (runtime->currents[i].counter == counter)
            return &runtime->currents[i];
    return NULL;
}

static enum sqli_status remember_current(struct sqli_runtime *runtime, int64_t counter,
                                         int64_t value)
{
    struct sqli_current *current = find_current(runtime, counter);
    if (!current) {
        size_t size = (runtime->current_count + 1) * sizeof *current;
        struct sqli_current *grown = sqli__realloc(runtime->currents, size);
        if (!grown)
            return sqli__fail(&runtime->error, SQLI_E_NO_MEMORY, NULL);
        runtime->currents = grown;
        current = &grown[runtime->current_count++];
        current->counter = counter;
    }
    current->value = value;
    return SQLI_OK;
}

static void nextval(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    const struct sqli_sequence sequence = {
        .start = sqlite3_value_int64(arguments[1]),
        .increment = sqlite3_value_int64(arguments[2]),
        .most = sqlite3_value_int64(arguments[3]),
        .least = sqlite3_value_int64(arguments[4]),
        .cycle = sqlite3_value_int(arguments[5]) != 0,
    };
    int64_t counter = sqlite3_value_int64(arguments[0]);
    int64_t value = 0;
    enum sqli_status status =
        runtime->read_only ? sqli__fail(&runtime->error, SQLI_E_READ_ONLY_TRANSACTION, NULL)
        : !runtime->database
            ? sqli__fail(&runtime->error, SQLI_E_SEQUENCE_NOT_FOUND, NULL)
            : sqli__database_sequence(counters_of(runtime, counter), (int32_t)counter, &sequence,
                                      &value, &runtime->error);
    if (status == SQLI_OK)
        status = remember_current(runtime, counter, value);
    if (status == SQLI_OK)
        sqlite3_result_int64(context, value);
    else
        sqli__call_failed(context);
}

static void currval(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    const struct sqli_current *current = find_current(runtime, sqlite3_value_int64(arguments[0]));
    if (current)
        sqlite3_result_int64(context, current->value);
    else
        sqli__call_fail(context, SQLI_E_SEQUENCE_CURRVAL,
                        (const char *)sqlite3_value_text(arguments[1]));
}

const struct sqli_function_row sqli__functions_session[] = {
    {"x_now", 1, 1, SQLI_CALL_STABLE, now},
    {"x_today", 0, 0, SQLI_CALL_STABLE, today},
    {"x_user", 0, 0, SQLI_CALL_STABLE, user},
    {"x_server", 0, 0, SQLI_CALL_STABLE, server},
    {"x_dbname", 0, 0, SQLI_CALL_STABLE, database_name},
    {"x_session", 0, 0, SQLI_CALL_STABLE, session},
    {"x_sqlcode", 0, 0, SQLI_CALL_STABLE, sqlcode},
    {"x_dbinfo", 1, 2, SQLI_CALL_STABLE, dbinfo},
    {"x_serial", 4, 4, SQLI_CALL_NULLS, serial},
    {"x_nextval", 6, 6, 0, nextval},
    {"x_currval", 2, 2, 0, currval},
    {"x_poll", 0, -1, SQLI_CALL_NULLS, poll},
    {0},
};
