/* Calls: from EXECUTE, from another routine, from an expression of SQL. */
#include "server/engine/routine.h"

#include "base/alloc.h"

#include <stdio.h>

/* --- a call as one statement of the client --- */

struct outer {
    bool own;            /* SQLite's transaction did not run before */
    bool in_transaction; /* the client's did */
};

static struct outer begin_call(struct sqli_engine *engine)
{
    struct outer outer = {.own = !sqli__store_in_transaction(engine->store),
                          .in_transaction = engine->in_transaction};
    if (engine->calls++ == 0)
        engine->call_savepoint = false;
    return outer;
}

static void end_savepoint(struct sqli_engine *engine, bool failed)
{
    if (!engine->call_savepoint || !sqli__store_in_transaction(engine->store))
        return;
    engine->call_savepoint = false;
    if (failed) {
        sqli__store_run(engine->store, NULL, NULL, NULL, "ROLLBACK TO sqlid_call", "");
        if (engine->definitions)
            sqli__catalog_forget(engine->catalog);
    }
    sqli__store_run(engine->store, NULL, NULL, NULL, "RELEASE sqlid_call", "");
}

static enum sqli_status end_call(struct sqli_engine *engine, const struct outer *outer,
                                 enum sqli_status status, struct sqli_error *error)
{
    if (--engine->calls > 0)
        return status;
    end_savepoint(engine, status != SQLI_OK);
    if (!outer->own || engine->in_transaction || !sqli__store_in_transaction(engine->store))
        return status;
    if (sqli__transaction_done(engine, status != SQLI_OK, error))
        return SQLI_FAIL;
    return status;
}

enum sqli_status sqli__call_savepoint(struct sqli_engine *engine, struct sqli_error *error)
{
    if (engine->calls == 0 || engine->call_savepoint || !engine->in_transaction)
        return SQLI_OK;
    SQLI_TRY(sqli__store_run(engine->store, NULL, NULL, error, "SAVEPOINT sqlid_call", ""));
    engine->call_savepoint = true;
    return SQLI_OK;
}

/* --- one call --- */

static enum sqli_status set_null(struct sqli_frame *frame, uint32_t slot)
{
    const struct sqli_type *type = &frame->body->types[slot].type;
    struct sqli_value nothing = {.null = true};
    SQLI_TRY(
        sqli__box_value(frame->engine, type, &nothing, type, &frame->slots[slot], frame->error));
    return SQLI_OK;
}

static enum sqli_status set_default(struct sqli_frame *frame,
                                    const struct sqli_spl_variable *parameter)
{
    struct sqli_values values;
    SQLI_TRY(sqli__piece_values(frame, parameter->value, &values));
    sqli__frame_set(frame, parameter->slot, values.values[0]);
    values.values[0] = NULL;
    sqli__values_free(&values);
    return SQLI_OK;
}

static enum sqli_status set_parameters(struct sqli_frame *frame,
                                       const struct sqli_arguments *arguments)
{
    const struct sqli_spl_variable *v = frame->body->routine->parameters;
    for (uint32_t i = 0; i < frame->body->routine->parameter_count; i++, v = v->next) {
        bool given = i < arguments->count && (!arguments->given || arguments->given[i] == '1');
        if (v->mode == SQLI_SPL_OUT) {
            SQLI_TRY(set_null(frame, i));
        } else if (given) {
            frame->slots[i] = sqli__box_copy(arguments->values[i]);
            if (!frame->slots[i])
                return sqli__fail(frame->error, SQLI_E_NO_MEMORY, NULL);
        } else if (v->value) {
            SQLI_TRY(set_default(frame, v));
        }
    }
    return SQLI_OK;
}

static void take_outputs(struct sqli_frame *frame, const struct sqli_sink *sink)
{
    const struct sqli_spl_variable *v = frame->body->routine->parameters;
    for (uint32_t i = 0; i < frame->body->routine->parameter_count; i++, v = v->next)
        if (v->mode == SQLI_SPL_OUT || v->mode == SQLI_SPL_INOUT) {
            sink->outputs[i] = frame->slots[i];
            frame->slots[i] = NULL;
        }
}

static enum sqli_status run_frame(struct sqli_frame *frame, const struct sqli_arguments *arguments)
{
    uint32_t count = frame->body->routine->variable_count;
    int32_t *code = &frame->engine->runtime.sqlcode;
    const int32_t before = *code;
    frame->slots = sqli__alloc_zeroed(count ? count : 1, sizeof(sqlite3_value *));
    if (!frame->slots)
        return sqli__fail(frame->error, SQLI_E_NO_MEMORY, NULL);
    *code = 0;
    enum sqli_status status = set_parameters(frame, arguments);
    if (status == SQLI_OK)
        status = sqli__frame_run(frame);
    *code = before;
    if (status == SQLI_OK && frame->sink->outputs)
        take_outputs(frame, frame->sink);
    for (uint32_t i = 0; i < count; i++)
        sqlite3_value_free(frame->slots[i]);
    sqli__free(frame->slots);
    return status;
}

enum sqli_status sqli__routine_call(struct sqli_engine *engine, int32_t procid,
                                    const struct sqli_arguments *arguments,
                                    const struct sqli_sink *sink, struct sqli_error *error)
{
    struct sqli_error own;
    struct sqli_frame frame = {.engine = engine, .sink = sink, .error = error ? error : &own};
    if (engine->calls >= SQLI_CALL_DEPTH)
        return sqli__fail(error, SQLI_E_STACK, NULL);
    SQLI_TRY(sqli__body_acquire(engine, procid, &frame.body, frame.error));
    struct outer outer = begin_call(engine);
    enum sqli_status status = run_frame(&frame, arguments);
    sqli__body_release(engine, frame.body);
    return end_call(engine, &outer, status, frame.error);
}

/* --- x_routine(procid, given, argument, ...) --- */

struct one_value {
    sqlite3_value *value;
    bool found;
};

static enum sqli_status keep_value(void *context, sqlite3_value **values, uint32_t count,
                                   struct sqli_error *error)
{
    struct one_value *one = context;
    if (one->found)
        return sqli__fail(error, SQLI_E_FUNCTION_ROWS, NULL);
    one->found = true;
    one->value = count ? sqli__box_copy(values[0]) : NULL;
    return SQLI_OK;
}

enum sqli_status sqli__call_for_rows(struct sqli_engine *engine, int32_t procid,
                                     const struct sqli_arguments *arguments,
                                     const struct sqli_sink *sink, struct sqli_error *error)
{
    bool reading = engine->reading, expression = engine->expression;
    engine->reading = reading || !expression;
    enum sqli_status status = sqli__routine_call(engine, procid, arguments, sink, error);
    engine->reading = reading;
    engine->expression = expression;
    return status;
}

static void call_from_sql(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct sqli_engine *engine = sqlite3_user_data(context);
    struct one_value one = {.found = false};
    struct sqli_sink sink = {.on_row = keep_value, .context = &one};
    struct sqli_error error;
    if (count < 2)
        return;
    struct sqli_arguments arguments = {.values = values + 2,
                                       .given = (const char *)sqlite3_value_text(values[1]),
                                       .count = (uint32_t)count - 2};
    enum sqli_status status =
        sqli__call_for_rows(engine, sqlite3_value_int(values[0]), &arguments, &sink, &error);
    if (status != SQLI_OK) {
        engine->runtime.error = error;
        sqlite3_result_error(context, error.message, -1);
    } else if (one.value) {
        sqlite3_result_value(context, one.value);
    }
    sqlite3_value_free(one.value);
}

void sqli__routines_install(struct sqli_engine *engine)
{
    sqlite3_create_function_v2(sqli__store_sqlite(engine->store), "x_routine", -1, SQLITE_UTF8,
                               engine, call_from_sql, NULL, NULL, NULL);
    sqli__rows_install(engine);
}

/* --- EXECUTE --- */

/* SELECT argument, ...; what is not given, and OUT, is NULL. */
enum sqli_status sqli__emit_execute(const struct sqli_execute *execute, struct sqli_buffer *sql,
                                    struct sqli_error *error)
{
    sqli__buffer_text(sql, "SELECT ");
    if (!execute->routine)
        return sqli__emit_expression(execute->call, sql, error);
    uint32_t count = execute->routine->parameter_count;
    for (uint32_t i = 0; i < count; i++) {
        bool in = execute->arguments[i] && execute->routine->parameters[i].mode != SQLI_ROUTINE_OUT;
        sqli__buffer_text(sql, i ? ", " : "");
        if (in)
            SQLI_TRY(sqli__emit_expression(execute->arguments[i], sql, error));
        else
            sqli__buffer_text(sql, "NULL");
    }
    if (count == 0)
        sqli__buffer_text(sql, "NULL");
    return SQLI_OK;
}

static enum sqli_status copy_arguments(struct sqli_statement *s, struct sqli_arguments *arguments,
                                       struct sqli_error *error)
{
    for (uint32_t i = 0; i < arguments->count; i++) {
        arguments->values[i] = sqlite3_value_dup(sqlite3_column_value(s->compiled, (int)i));
        if (!arguments->values[i])
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    return SQLI_OK;
}

static enum sqli_status read_arguments(struct sqli_statement *s, struct sqli_arguments *arguments,
                                       struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    bool before = engine->expression;
    engine->expression = true;
    int code = sqlite3_step(s->compiled);
    engine->expression = before;
    enum sqli_status status = code == SQLITE_ROW ? copy_arguments(s, arguments, error)
                                                 : sqli__statement_fail(s, code, error);
    sqlite3_reset(s->compiled);
    return status;
}

static enum sqli_status run_call(struct sqli_statement *s, struct sqli_arguments *arguments,
                                 char *given, const struct sqli_sink *sink,
                                 struct sqli_error *error)
{
    const struct sqli_execute *execute = s->tree->as.execute;
    for (uint32_t i = 0; i < arguments->count; i++)
        given[i] = execute->arguments[i] ? '1' : '0';
    SQLI_TRY(read_arguments(s, arguments, error));
    arguments->given = given;
    return sqli__routine_call(s->engine, execute->routine->procid, arguments, sink, error);
}

enum sqli_status sqli__call_run(struct sqli_statement *s, const struct sqli_sink *sink,
                                struct sqli_error *error)
{
    struct sqli_arguments arguments = {.count = s->tree->as.execute->routine->parameter_count};
    size_t room = arguments.count + 1;
    char *given = sqli__alloc_zeroed(room, 1);
    arguments.values = sqli__alloc_zeroed(room, sizeof(sqlite3_value *));
    enum sqli_status status = given && arguments.values
                                  ? run_call(s, &arguments, given, sink, error)
                                  : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (uint32_t i = 0; arguments.values && i < arguments.count; i++)
        sqlite3_value_free(arguments.values[i]);
    sqli__free(arguments.values);
    sqli__free(given);
    return status;
}

/* --- rows for the client --- */

static enum sqli_status describe_execute(struct sqli_statement *s, const struct sqli_routine *r,
                                         struct sqli_engine_column *columns)
{
    for (uint32_t i = 0; i < r->return_count; i++) {
        columns[i].name = sqli__arena_copy(&s->arena, r->returns[i].name.length
                                                          ? r->returns[i].name
                                                          : sqli__span_text("(expression)"));
        columns[i].type = r->returns[i].type;
        columns[i].type.flags = 0;
    }
    return SQLI_OK;
}

/* EXECUTE has no place for what comes out of a parameter. The refusal names the handle by which a
 * client can call the routine all the same; that is what the vendor's does then. */
static enum sqli_status refuse_outputs(const struct sqli_statement *s,
                                       const struct sqli_routine *routine, struct sqli_error *error)
{
    enum { NUMBER = 16 };
    char text[SQLI_NAME_MAX + NUMBER];
    if (s->embedded || !routine || !sqli__routine_has_outputs(routine))
        return SQLI_OK;
    snprintf(text, sizeof text, "%s:%d:", sqli__store_info(s->engine->store)->name,
             (int)(SQLI_ROUTINE_HANDLES + routine->procid));
    return sqli__fail_server(error, SQLI_E_OUT_ARGUMENT, 0, 0, sqli__span_text(text));
}

enum sqli_status sqli__call_prepare(struct sqli_statement *s, struct sqli_error *error)
{
    const struct sqli_execute *execute = s->tree->as.execute;
    SQLI_TRY(refuse_outputs(s, execute->routine, error));
    uint32_t count = execute->routine ? execute->routine->return_count : 1;
    struct sqli_engine_column *columns = sqli__arena_alloc(&s->arena, count, sizeof *columns);
    s->writers = sqli__arena_alloc(&s->arena, count, sizeof *s->writers);
    SQLI_TRY(sqli__arena_status(&s->arena, error));
    s->info.columns = columns;
    s->info.column_count = count;
    s->info.read_only = true;
    s->info.rows = count > 0;
    if (!execute->routine) {
        columns[0] =
            (struct sqli_engine_column){sqli__span_text("(expression)"), execute->call->type};
    } else {
        SQLI_TRY(describe_execute(s, execute->routine, columns));
        s->call = sqli__arena_alloc(&s->arena, 1, sizeof *s->call);
    }
    for (uint32_t i = 0; i < count; i++)
        sqli__image_writer_init(&s->writers[i], &columns[i].type, false);
    return sqli__arena_status(&s->arena, error);
}

sqlite3_stmt *sqli__statement_row(const struct sqli_statement *s)
{
    return s->call ? s->call->row : s->compiled;
}

struct spooling {
    struct sqli_statement *s;
    struct sqli_buffer bytes;
};

static enum sqli_status spool_row(void *context, sqlite3_value **values, uint32_t count,
                                  struct sqli_error *error)
{
    struct spooling *spooling = context;
    struct sqli_call *call = spooling->s->call;
    SQLI_TRY(sqli__values_pack(values, count, &spooling->bytes, error));
    return sqli__spool_put(spooling->s->engine->spool, call->spool_id, ++call->rows,
                           sqli__buffer_view(&spooling->bytes), error);
}

static enum sqli_status run_all(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    struct sqli_call *call = s->call;
    struct spooling spooling = {.s = s};
    struct sqli_sink sink = {.on_row = spool_row, .context = &spooling};
    if (!engine->spool)
        SQLI_TRY(sqli__spool_open(&engine->spool, error));
    if (!call->row && s->info.column_count)
        SQLI_TRY(sqli__call_row(engine, s->info.column_count, &call->row, error));
    call->spool_id = sqli__spool_id(engine->spool);
    call->rows = call->next = 0;
    call->ran = true;
    sqli__buffer_init(&spooling.bytes, SQLI_STATEMENT_SQL);
    s->cursor.running = true;
    enum sqli_status status = sqli__call_run(s, &sink, error);
    s->cursor.running = false;
    sqli__buffer_free(&spooling.bytes);
    return status;
}

enum sqli_status sqli__call_step(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_span bytes;
    struct sqli_call *call = s->call;
    enum sqli_status status = SQLI_OK;
    if (!call->ran)
        status = run_all(s, error);
    else
        sqlite3_reset(call->row);
    if (status == SQLI_OK && call->next == call->rows)
        status = SQLI_MORE;
    if (status == SQLI_OK)
        status = sqli__spool_get(s->engine->spool, call->spool_id, ++call->next, &bytes, error);
    if (status == SQLI_OK) {
        sqli__values_bind(bytes, call->row);
        sqlite3_step(call->row);
        return SQLI_OK;
    }
    s->cursor.exhausted = true;
    return status;
}

void sqli__call_reset(struct sqli_statement *s)
{
    struct sqli_call *call = s->call;
    if (!call || !call->ran)
        return;
    sqlite3_reset(call->row);
    if (call->spool_id && s->engine->spool)
        sqli__spool_drop(s->engine->spool, call->spool_id);
    call->spool_id = 0;
    call->ran = false;
}

static enum sqli_status drop_row(void *context, sqlite3_value **values, uint32_t count,
                                 struct sqli_error *error)
{
    (void)context;
    (void)values;
    (void)count;
    (void)error;
    return SQLI_OK;
}

enum sqli_status sqli__call_execute(struct sqli_statement *s, struct sqli_result *result,
                                    struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    struct sqli_sink sink = {.on_row = drop_row};
    bool before = engine->in_transaction;
    enum sqli_status status = sqli__call_run(s, &sink, error);
    result->began = !before && engine->in_transaction;
    result->committed = before && !engine->in_transaction && status == SQLI_OK;
    return status;
}
