/* What sysmaster shows of the server as it runs. x_live('syssessions') and its kin give the rows as
 * a JSON array of texts with all the columns, which json_each takes apart in views of that name
 * (catalog_build.c); x_live_field(row, number) gives a field of one, from 0. */
#include "server/store/runtime_call.h"

#include "server/store/database_inside.h"
#include "value/scan.h"

#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { SEPARATOR = 0x1f };
#define SEPARATOR_IN_JSON "\\u001f"

/* --- rows --- */

static void begin_row(struct sqli_buffer *out)
{
    sqli__buffer_text(out, out->length > 1 ? ",\"" : "\"");
}

static void end_row(struct sqli_buffer *out)
{
    sqli__buffer_byte(out, '"');
}

static void append_number(struct sqli_buffer *out, int64_t number)
{
    sqli__buffer_format(out, "%lld" SEPARATOR_IN_JSON, (long long)number);
}

static void append_zeros(struct sqli_buffer *out, int count)
{
    for (int i = 0; i < count; i++)
        append_number(out, 0);
}

/* Control characters are left out: no name has them. */
static void append_text(struct sqli_buffer *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '"' || *text == '\\')
            sqli__buffer_byte(out, '\\');
        if ((unsigned char)*text >= ' ')
            sqli__buffer_byte(out, (uint8_t)*text);
    }
    sqli__buffer_text(out, SEPARATOR_IN_JSON);
}

/* --- what there is to tell --- */

/* Sessions without a database are not among them: the store does not know those. */
static void live_sessions(const struct sqli_runtime *asking, struct sqli_buffer *out)
{
    enum { FLAGS = 9 /* pooladdr, and what it might wait for */, STATE = 0x80001 /* in use */ };
    struct sqli_databases *databases = asking->database->all;
    pthread_mutex_lock(&databases->mutex);
    for (const struct sqli_store *store = databases->stores; store; store = store->next) {
        const struct sqli_runtime *runtime = store->runtime;
        begin_row(out);
        append_number(out, runtime->session_id);
        append_text(out, runtime->user);
        append_zeros(out, 2);
        append_text(out, runtime->host_name);
        append_text(out, "");
        append_number(out, store->opened);
        append_text(out, "");
        append_zeros(out, FLAGS);
        append_number(out, STATE);
        end_row(out);
    }
    pthread_mutex_unlock(&databases->mutex);
}

static void tables_of(const struct sqli_database *database, struct sqli_buffer *out)
{
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(database->anchor,
                           "SELECT partnum, rtrim(owner), tabname FROM systables WHERE tabtype = "
                           "'T' ORDER BY tabid",
                           -1, &row, NULL) == SQLITE_OK)
        while (sqlite3_step(row) == SQLITE_ROW) {
            begin_row(out);
            append_number(out, sqlite3_column_int64(row, 0));
            append_text(out, database->info.name);
            append_text(out, (const char *)sqlite3_column_text(row, 1));
            append_text(out, (const char *)sqlite3_column_text(row, 2));
            append_text(out, database->info.locale);
            end_row(out);
        }
    sqlite3_finalize(row);
}

/* Those of all databases that were opened since the start. */
static void live_tables(const struct sqli_runtime *asking, struct sqli_buffer *out)
{
    struct sqli_databases *databases = asking->database->all;
    pthread_mutex_lock(&databases->mutex);
    for (const struct sqli_database *one = databases->first; one; one = one->next)
        tables_of(one, out);
    pthread_mutex_unlock(&databases->mutex);
}

static void live_machine(const struct sqli_runtime *asking, struct sqli_buffer *out)
{
    struct utsname machine;
    int64_t page = sysconf(_SC_PAGESIZE);
    (void)asking;
    if (uname(&machine) != 0)
        return;
    begin_row(out);
    append_text(out, machine.sysname);
    append_text(out, machine.release);
    append_text(out, machine.nodename);
    append_text(out, machine.version);
    append_text(out, machine.machine);
    append_number(out, sysconf(_SC_NPROCESSORS_CONF));
    append_number(out, sysconf(_SC_NPROCESSORS_ONLN));
    append_number(out, page);
    append_number(out, sysconf(_SC_PHYS_PAGES) * page);
    append_number(out, sysconf(_SC_AVPHYS_PAGES) * page);
    append_number(out, sysconf(_SC_OPEN_MAX));
    end_row(out);
}

/* 5: on-line */
static void live_server(const struct sqli_runtime *asking, struct sqli_buffer *out)
{
    const struct sqli_databases *databases = asking->database->all;
    begin_row(out);
    append_number(out, 5);
    append_number(out, databases->started);
    append_number(out, time(NULL));
    append_number(out, databases->started);
    end_row(out);
}

static const struct {
    const char *name;
    const char *value; /* NULL: the server's name */
} parameters[] = {
    {"ROOTNAME", "rootdbs"},       {"DBSERVERNAME", NULL},     {"SERVERNUM", "0"},
    {"DEF_TABLE_LOCKMODE", "row"}, {"DBSPACETEMP", ""},        {"SBSPACENAME", ""},
    {"TXTIMEOUT", "300"},          {"DEADLOCK_TIMEOUT", "60"}, {"OPTCOMPIND", "2"},
};

static void live_parameters(const struct sqli_runtime *asking, struct sqli_buffer *out)
{
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const char *value = parameters[i].value ? parameters[i].value : asking->server_name;
        begin_row(out);
        append_number(out, (int64_t)i + 1);
        append_text(out, parameters[i].name);
        append_zeros(out, 1);
        for (int kind = 0; kind < 3; kind++)
            append_text(out, value);
        end_row(out);
    }
}

static const struct {
    const char *name;
    void (*tell)(const struct sqli_runtime *asking, struct sqli_buffer *out);
} subjects[] = {
    {"sysconfig", live_parameters}, {"sysmachineinfo", live_machine},
    {"syssessions", live_sessions}, {"sysshmvals", live_server},
    {"systabnames", live_tables},
};

static void live(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_buffer *out = sqli__call_scratch(context);
    struct sqli_span what = sqli__storage_bytes(arguments[0]);
    sqli__buffer_byte(out, '[');
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (runtime->database && sqli__span_is_word(what, subjects[i].name))
            subjects[i].tell(runtime, out);
    sqli__buffer_byte(out, ']');
    sqli__give_scratch(context);
}

static void live_field(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_span rest = sqli__storage_bytes(arguments[0]);
    for (int number = sqlite3_value_int(arguments[1]);; number--) {
        const uint8_t *end = rest.length ? memchr(rest.data, SEPARATOR, rest.length) : NULL;
        if (!end)
            return;
        size_t length = (size_t)(end - rest.data);
        if (number == 0) {
            sqli__give_text(context, sqli__span(rest.data, length));
            return;
        }
        rest = sqli__span(end + 1, rest.length - length - 1);
    }
}

const struct sqli_function_row sqli__functions_live[] = {
    {"x_live", 1, 1, SQLI_CALL_STABLE, live},
    {"x_live_field", 2, 2, SQLI_CALL_PURE, live_field},
    {0},
};
