/* An engine that does what the text of a statement says, so that a test of the session decides what
 * happens below it. It defines all of engine.h; a test that includes it links no other engine.
 *
 *     select i N          N rows: i INTEGER, from 1
 *     select v N          N rows: i INTEGER, v VARCHAR(100) of i % 100 letters
 *     select b N          N rows: i INTEGER, b BOOLEAN, in the form that was asked for
 *     insert N            one row; serial N, serial8 N + 1, bigserial N + 2
 *     begin, commit, rollback, database NAME
 *     work                anything else without rows; 0 rows changed
 *
 * Words behind these: `for update`; `?` a parameter, INTEGER, the next VARCHAR(20), and so on;
 * `fail-prepare CODE`, `fail-execute CODE`, `fail-open CODE`, `fail-row N` (-213), `keys`. */
#ifndef SQLI_TESTS_SESSION_STANDIN_H
#define SQLI_TESTS_SESSION_STANDIN_H

#include "base/alloc.h"
#include "protocol/statement_type.h"
#include "server/engine/engine.h"
#include "server/session/session.h"

#include <stdio.h>
#include <stdlib.h>

enum { STANDIN_PARAMETERS = 64 };

struct sqli_engine {
    struct sqli_database_info info;
    bool open;
    bool in_transaction;
};

struct sqli_statement {
    struct sqli_engine *engine;
    char kind;
    long number; /* behind the kind */
    long fail_execute, fail_open, fail_row;
    bool keys;
    bool is_open;
    bool binary;
    int64_t at;
    struct sqli_statement_info info;
    struct sqli_engine_column columns[2];
    struct sqli_engine_column *parameters;
};

/* What the engine was asked, for tests that look at it. */
static struct {
    int engines, statements; /* alive */
    char log[4096];          /* environment, binds */
    struct sqli_engine *last;
    int interrupts;
    int64_t changed; /* rows of "work" */
    struct sqli_session *during;
    bool (*on_execute)(struct sqli_session *session);
} standin;

static void standin_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void standin_log(const char *format, ...)
{
    size_t used = strlen(standin.log);
    va_list args;
    va_start(args, format);
    vsnprintf(standin.log + used, sizeof standin.log - used, format, args);
    va_end(args);
}

enum sqli_status sqli__engine_open(const struct sqli_engine_options *options,
                                   struct sqli_engine **engine, struct sqli_error *error)
{
    *engine = sqli__alloc_zeroed(1, sizeof **engine);
    if (!*engine)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    standin_log("user=%.*s;", (int)options->user.length, (const char *)options->user.data);
    standin.engines++;
    standin.last = *engine;
    return SQLI_OK;
}

void sqli__engine_close(struct sqli_engine *engine)
{
    if (engine)
        standin.engines--;
    sqli__free(engine);
}

enum sqli_status sqli__engine_environment(struct sqli_engine *engine, struct sqli_span name,
                                          struct sqli_span value, struct sqli_error *error)
{
    (void)engine;
    standin_log("%.*s=%.*s;", (int)name.length, (const char *)name.data, (int)value.length,
                (const char *)value.data);
    return sqli__span_equal(value, sqli__span_text("bad"))
               ? sqli__fail(error, SQLI_E_ENVIRONMENT_VALUE, NULL)
               : SQLI_OK;
}

void sqli__engine_interrupt(struct sqli_engine *engine)
{
    (void)engine;
    standin.interrupts++;
}

void sqli__engine_request(struct sqli_engine *engine, bool begins)
{
    (void)engine;
    (void)begins;
}

enum sqli_status sqli__engine_database(struct sqli_engine *engine, struct sqli_span name,
                                       bool exclusive, struct sqli_error *error)
{
    (void)exclusive;
    if (sqli__span_equal(name, sqli__span_text("missing"))) {
        sqli__fail(error, SQLI_E_DATABASE_NOT_FOUND, "missing");
        error->isam = -111;
        return SQLI_FAIL;
    }
    engine->open = true;
    engine->info = (struct sqli_database_info){.logging = SQLI_LOGGING_LOG, .locale = "en_US.819"};
    snprintf(engine->info.name, sizeof engine->info.name, "%.*s", (int)name.length,
             (const char *)name.data);
    if (strcmp(engine->info.name, "ansi") == 0)
        engine->info.logging = SQLI_LOGGING_ANSI;
    if (strcmp(engine->info.name, "unlogged") == 0)
        engine->info.logging = SQLI_LOGGING_NONE;
    return SQLI_OK;
}

enum sqli_status sqli__engine_close_database(struct sqli_engine *engine, struct sqli_error *error)
{
    if (!engine->open)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    engine->open = false;
    return SQLI_OK;
}

const struct sqli_database_info *sqli__engine_database_info(const struct sqli_engine *engine)
{
    return engine->open ? &engine->info : NULL;
}

enum sqli_status sqli__engine_list(struct sqli_engine *engine, sqli_on_database *on_one,
                                   void *context)
{
    (void)engine;
    SQLI_TRY(on_one(context, sqli__span_text("sysmaster")));
    return on_one(context, sqli__span_text("testdb"));
}

static enum sqli_status standin_end(struct sqli_engine *engine, struct sqli_error *error)
{
    if (!engine->in_transaction)
        return sqli__fail(error, SQLI_E_NOT_IN_TRANSACTION, NULL);
    engine->in_transaction = false;
    return SQLI_OK;
}

enum sqli_status sqli__engine_begin(struct sqli_engine *engine, struct sqli_error *error)
{
    if (engine->in_transaction)
        return sqli__fail(error, SQLI_E_ALREADY_IN_TRANSACTION, NULL);
    engine->in_transaction = true;
    return SQLI_OK;
}

enum sqli_status sqli__engine_commit(struct sqli_engine *engine, struct sqli_error *error)
{
    return standin_end(engine, error);
}

enum sqli_status sqli__engine_rollback(struct sqli_engine *engine, struct sqli_error *error)
{
    return standin_end(engine, error);
}

static enum sqli_status standin_savepoint(const char *what, struct sqli_span name,
                                          struct sqli_error *error)
{
    if (!name.data)
        name = sqli__span_text("(last)");
    standin_log("%s %.*s;", what, (int)name.length, (const char *)name.data);
    return sqli__span_equal(name, sqli__span_text("missing"))
               ? sqli__fail(error, SQLI_E_SAVEPOINT_NOT_FOUND, "missing")
               : SQLI_OK;
}

enum sqli_status sqli__engine_savepoint(struct sqli_engine *engine, struct sqli_span name,
                                        bool unique, struct sqli_error *error)
{
    (void)engine;
    return standin_savepoint(unique ? "unique" : "set", name, error);
}

enum sqli_status sqli__engine_savepoint_release(struct sqli_engine *engine, struct sqli_span name,
                                                struct sqli_error *error)
{
    (void)engine;
    return standin_savepoint("release", name, error);
}

enum sqli_status sqli__engine_savepoint_rollback(struct sqli_engine *engine, struct sqli_span name,
                                                 struct sqli_error *error)
{
    (void)engine;
    return standin_savepoint("back", name, error);
}

/* --- statements --- */

static long standin_number(const char *sql, const char *word, long otherwise)
{
    const char *at = strstr(sql, word);
    return at ? strtol(at + strlen(word), NULL, 10) : otherwise;
}

static struct sqli_engine_column standin_column(const char *name, uint8_t code, int32_t length)
{
    return (struct sqli_engine_column){sqli__span_text(name), {.code = code, .length = length}};
}

static void standin_parameters(struct sqli_statement *s, const char *sql)
{
    s->parameters = calloc(STANDIN_PARAMETERS, sizeof *s->parameters);
    for (const char *at = sql; (at = strchr(at, '?')); at++) {
        uint32_t i = s->info.parameter_count++;
        s->parameters[i] = i % 2 ? standin_column("text", SQLI_TYPE_VARCHAR, 20)
                                 : standin_column("number", SQLI_TYPE_INTEGER, 4);
    }
    s->info.parameters = s->parameters;
}

static void standin_select(struct sqli_statement *s, const char *sql)
{
    s->info.type = SQLI_STATEMENT_SELECT;
    s->info.rows = true;
    s->info.for_update = strstr(sql, "for update") != NULL;
    s->info.column_count = s->kind == 'i' ? 1 : 2;
    s->info.columns = s->columns;
    s->columns[0] = standin_column("i", SQLI_TYPE_INTEGER, 4);
    s->columns[0].type.flags = SQLI_TYPE_NOT_NULL;
    s->columns[1] = standin_column("v", SQLI_TYPE_VARCHAR, 100);
    if (s->kind == 'b') {
        s->columns[1] = standin_column("b", SQLI_TYPE_UDTFIXED, 1);
        s->columns[1].type.extended_id = SQLI_XID_BOOLEAN;
        s->columns[1].type.owner = sqli__span_text("informix");
        s->columns[1].type.name = sqli__span_text("boolean");
    }
}

static void standin_kind(struct sqli_statement *s, const char *sql)
{
    static const struct {
        const char *verb;
        int16_t type;
    } verbs[] = {
        {"insert", SQLI_STATEMENT_INSERT},      {"begin", SQLI_STATEMENT_BEGIN_WORK},
        {"commit", SQLI_STATEMENT_COMMIT_WORK}, {"rollback", SQLI_STATEMENT_ROLLBACK_WORK},
        {"database", SQLI_STATEMENT_DATABASE},
    };
    if (strncmp(sql, "select ", 7) == 0) {
        s->kind = sql[7] == 'v' || sql[7] == 'b' ? sql[7] : 'i';
        s->number = strlen(sql) > 8 ? strtol(sql + 8, NULL, 10) : 0;
        standin_select(s, sql);
        return;
    }
    s->kind = sql[0];
    s->info.type = SQLI_STATEMENT_UPDATE;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strncmp(sql, verbs[i].verb, strlen(verbs[i].verb)) == 0)
            s->info.type = verbs[i].type;
    s->number = standin_number(sql, "insert ", 0);
    s->info.insert_values = s->info.type == SQLI_STATEMENT_INSERT && !strchr(sql, '?');
}

enum sqli_status sqli__engine_prepare(struct sqli_engine *engine, struct sqli_span sql,
                                      struct sqli_statement **statement, struct sqli_error *error)
{
    if (sql.length && memchr(sql.data, 0, sql.length))
        return sqli__fail(error, SQLI_E_ILLEGAL_CHARACTER, NULL);
    char *text = calloc(1, sql.length + 1);
    if (sql.length)
        memcpy(text, sql.data, sql.length);
    long code = standin_number(text, "fail-prepare ", 0);
    if (code) {
        free(text);
        sqli__fail(error, (int32_t)code, "missing");
        error->isam = -111;
        error->offset = 15;
        return SQLI_FAIL;
    }
    struct sqli_statement *s = calloc(1, sizeof *s);
    s->engine = engine;
    standin_kind(s, text);
    standin_parameters(s, text);
    s->fail_execute = standin_number(text, "fail-execute ", 0);
    s->fail_open = standin_number(text, "fail-open ", 0);
    s->fail_row = standin_number(text, "fail-row ", 0);
    s->keys = strstr(text, "keys") != NULL;
    free(text);
    standin.statements++;
    *statement = s;
    return SQLI_OK;
}

void sqli__statement_free(struct sqli_statement *statement)
{
    if (!statement)
        return;
    standin.statements--;
    free(statement->parameters);
    free(statement);
}

const struct sqli_statement_info *sqli__statement_info(const struct sqli_statement *statement)
{
    return &statement->info;
}

size_t sqli__statement_memory(const struct sqli_statement *statement)
{
    return sizeof *statement;
}

enum sqli_status sqli__statement_bind(struct sqli_statement *statement, uint32_t parameter,
                                      const struct sqli_type *type, const struct sqli_value *value,
                                      struct sqli_error *error)
{
    struct sqli_buffer text;
    (void)statement;
    if (value->null) {
        standin_log("%u:%u=NULL;", parameter, type->code);
        return SQLI_OK;
    }
    if (value->kind == SQLI_KIND_TEXT && sqli__span_equal(value->as.bytes, sqli__span_text("bad")))
        return sqli__fail(error, SQLI_E_NUMBER_TEXT, "bad");
    sqli__buffer_init(&text, 1 << 20);
    if (value->kind == SQLI_KIND_TEXT)
        sqli__buffer_span(&text, value->as.bytes);
    else
        sqli__value_to_text(type, value, &sqli__date_iso, &text, NULL);
    standin_log("%u:%u=%.*s;", parameter, type->code, (int)text.length,
                text.length ? (const char *)text.data : "");
    enum sqli_status status = sqli__buffer_status(&text, error);
    sqli__buffer_free(&text);
    return status;
}

enum sqli_status sqli__statement_execute(struct sqli_statement *statement,
                                         struct sqli_result *result, struct sqli_error *error)
{
    *result = (struct sqli_result){0};
    if (standin.on_execute)
        standin.on_execute(standin.during);
    if (statement->info.rows)
        return sqli__fail(error, SQLI_E_EXECUTE_SELECT, NULL);
    if (statement->fail_execute)
        return sqli__fail(error, (int32_t)statement->fail_execute, "constraint");
    switch (statement->info.type) {
    case SQLI_STATEMENT_BEGIN_WORK:
        result->began = true;
        return sqli__engine_begin(statement->engine, error);
    case SQLI_STATEMENT_COMMIT_WORK:
        result->committed = true;
        return standin_end(statement->engine, error);
    case SQLI_STATEMENT_ROLLBACK_WORK:
        result->rolled_back = true;
        return standin_end(statement->engine, error);
    case SQLI_STATEMENT_DATABASE:
        result->database_changed = true;
        return sqli__engine_database(statement->engine, sqli__span_text("unlogged"), false, error);
    case SQLI_STATEMENT_INSERT:
        *result = (struct sqli_result){.rows = 1,
                                       .rowid = 257,
                                       .serial = (int32_t)statement->number,
                                       .serial8 = statement->number + 1,
                                       .bigserial = statement->number + 2};
        return SQLI_OK;
    default: result->rows = standin.changed; return SQLI_OK;
    }
}

uint32_t sqli__statement_keys(const struct sqli_statement *statement,
                              struct sqli_engine_column *keys, uint32_t room)
{
    if (!statement->keys || room < 2)
        return 0;
    keys[0] = standin_column("id", SQLI_TYPE_SERIAL, 4);
    keys[1] = standin_column("big", SQLI_TYPE_BIGSERIAL, 8);
    return 2;
}

/* --- cursors --- */

enum sqli_status sqli__cursor_open(struct sqli_statement *statement,
                                   const struct sqli_cursor_options *options,
                                   struct sqli_error *error)
{
    if (statement->fail_open)
        return sqli__fail(error, (int32_t)statement->fail_open, NULL);
    standin_log("open %.*s%s%s;", (int)options->name.length, (const char *)options->name.data,
                options->scroll ? " scroll" : "", options->hold ? " hold" : "");
    statement->is_open = true;
    statement->at = 0;
    sqli__cursor_binary(statement, options->binary);
    return SQLI_OK;
}

void sqli__cursor_binary(struct sqli_statement *statement, const bool *binary)
{
    statement->binary = binary && statement->info.column_count > 1 && binary[1];
}

bool sqli__cursor_is_open(const struct sqli_statement *statement)
{
    return statement->is_open;
}

static void standin_row(const struct sqli_statement *s, int64_t row, struct sqli_buffer *out)
{
    sqli__buffer_32(out, (uint32_t)row);
    if (s->kind == 'v') {
        sqli__buffer_byte(out, (uint8_t)(row % 100));
        sqli__buffer_fill(out, 'x', (size_t)(row % 100));
    } else if (s->kind == 'b') {
        sqli__buffer_append(out, "\0\0\0\0\1", 5);
        sqli__buffer_byte(out, (uint8_t)(s->binary ? row % 2 : "ft"[row % 2]));
    }
}

enum sqli_status sqli__cursor_fetch(struct sqli_statement *statement, struct sqli_buffer *out,
                                    int64_t *count, struct sqli_error *error)
{
    if (statement->at == statement->number) {
        *count = statement->at;
        return SQLI_MORE;
    }
    statement->at++;
    standin_row(statement, statement->at, out);
    if (statement->at == statement->fail_row)
        return sqli__fail(error, SQLI_E_INTERRUPTED, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__cursor_fetch_at(struct sqli_statement *statement, int64_t number,
                                       struct sqli_buffer *out, int64_t *row,
                                       struct sqli_error *error)
{
    (void)error;
    *row = number ? number : statement->number;
    if (*row < 1 || *row > statement->number)
        return SQLI_MORE;
    standin_row(statement, *row, out);
    return SQLI_OK;
}

void sqli__cursor_close(struct sqli_statement *statement)
{
    statement->is_open = false;
}

/* --- large objects: BYTE and TEXT are bound whole, all else is not there --- */

static struct sqli_buffer standin_blob;
static struct sqli_type standin_blob_type;
static uint32_t standin_blob_parameter;

enum sqli_status sqli__statement_blob_begin(struct sqli_statement *statement, uint32_t parameter,
                                            const struct sqli_type *type, struct sqli_error *error)
{
    (void)statement;
    (void)error;
    sqli__buffer_free(&standin_blob);
    sqli__buffer_init(&standin_blob, 1 << 28);
    standin_blob_type = *type;
    standin_blob_parameter = parameter;
    return SQLI_OK;
}

enum sqli_status sqli__statement_blob_piece(struct sqli_statement *statement,
                                            struct sqli_span bytes, struct sqli_error *error)
{
    (void)statement;
    sqli__buffer_span(&standin_blob, bytes);
    return sqli__buffer_status(&standin_blob, error);
}

enum sqli_status sqli__statement_blob_end(struct sqli_statement *statement,
                                          struct sqli_error *error)
{
    struct sqli_value value = {.kind = SQLI_KIND_TEXT,
                               .as.bytes = sqli__buffer_view(&standin_blob)};
    enum sqli_status status =
        sqli__statement_bind(statement, standin_blob_parameter, &standin_blob_type, &value, error);
    sqli__buffer_free(&standin_blob);
    return status;
}

enum sqli_status sqli__cursor_blob(struct sqli_statement *statement, struct sqli_span descriptor,
                                   struct sqli_blob *blob, struct sqli_error *error)
{
    (void)descriptor;
    (void)blob;
    return sqli__fail(error, statement->is_open ? SQLI_E_BLOB_READ : SQLI_E_BLOB_OPEN, NULL);
}

enum sqli_status sqli__blob_read(struct sqli_statement *statement, struct sqli_blob *blob,
                                 uint8_t *room, size_t most, size_t *got, struct sqli_error *error)
{
    (void)statement;
    (void)blob;
    (void)room;
    (void)most;
    *got = 0;
    return sqli__fail(error, SQLI_E_BLOB_READ, NULL);
}

struct sqli_lobs *sqli__engine_lobs(struct sqli_engine *engine)
{
    (void)engine;
    return NULL;
}

enum sqli_status sqli__engine_lob_change(struct sqli_engine *engine, int64_t id, bool *stored,
                                         struct sqli_error *error)
{
    (void)engine;
    (void)id;
    *stored = false;
    return sqli__fail(error, SQLI_E_SMART_LOB, NULL);
}

enum sqli_status sqli__engine_lob_changed(struct sqli_engine *engine, bool stored, bool failed,
                                          struct sqli_error *error)
{
    (void)engine;
    (void)stored;
    (void)failed;
    return sqli__fail(error, SQLI_E_SMART_LOB, NULL);
}

/* --- routines: there are none --- */

enum sqli_status sqli__engine_routine(struct sqli_engine *engine, struct sqli_span signature,
                                      int32_t *handle, struct sqli_error *error)
{
    (void)engine;
    *handle = 0;
    return sqli__fail_server(error, SQLI_E_ROUTINE_NOT_FOUND, 0, 0, signature);
}

enum sqli_status sqli__engine_routine_info(struct sqli_engine *engine, int32_t handle,
                                           struct sqli_arena *arena,
                                           struct sqli_engine_routine *info,
                                           struct sqli_error *error)
{
    (void)engine;
    (void)arena;
    (void)info;
    return sqli__fail(error, SQLI_E_ROUTINE_ID, "%d", (int)handle);
}

enum sqli_status sqli__engine_call(struct sqli_engine *engine, const struct sqli_engine_call *given,
                                   sqli_on_result *on_result, void *context,
                                   struct sqli_error *error)
{
    (void)engine;
    (void)on_result;
    (void)context;
    return sqli__fail(error, SQLI_E_ROUTINE_ID, "%d", (int)given->handle);
}

#endif
