/* Stored routines by their handle: described, and called with values. */
#include "protocol/describe_build.h"
#include "server/session/reply.h"

/* A type as BIND and FPROUTINE name it: the opposite of sqli__announced_type. */
static void announce(const struct sqli_type *type, struct sqli_bind_value *v)
{
    static const struct {
        int32_t extended_id;
        uint16_t code;
        const char *name;
    } extended[] = {
        {SQLI_XID_LVARCHAR, SQLI_TYPE_LVARCHAR, "lvarchar"},
        {SQLI_XID_BOOLEAN, SQLI_TYPE_BOOLEAN, "boolean"},
        {SQLI_XID_BLOB, SQLI_TYPE_SENDRECV, "blob"},
        {SQLI_XID_CLOB, SQLI_TYPE_SENDRECV, "clob"},
    };
    v->type = type->code;
    v->owner = type->owner;
    v->name = type->name;
    if (type->code != SQLI_TYPE_UDTVAR && type->code != SQLI_TYPE_UDTFIXED)
        return;
    for (size_t i = 0; i < sizeof extended / sizeof extended[0]; i++)
        if (extended[i].extended_id == type->extended_id) {
            v->type = extended[i].code;
            v->owner = sqli__span_text("informix");
            v->name = sqli__span_text(extended[i].name);
        }
}

/* --- FPDESCRIBE --- */

enum sqli_status sqli__on_fpdescribe(struct sqli_session *session,
                                     const struct sqli_message *message, struct sqli_error *error)
{
    struct sqli_engine_routine info;
    struct sqli_message m = {.id = SQLI_MSG_IDESCRIBE};
    struct sqli_idescribe *d = &m.as.idescribe;
    session->spare_eot = SQLI_SPARE_EOT_AFTER;
    sqli__arena_reset(&session->arena);
    SQLI_TRY(sqli__engine_routine_info(session->engine, message->as.routine.handle, &session->arena,
                                       &info, error));
    d->count = info.parameter_count;
    d->parameters = sqli__arena_alloc(&session->arena, d->count, sizeof *d->parameters);
    SQLI_TRY(sqli__arena_status(&session->arena, error));
    for (uint32_t i = 0; i < d->count; i++) {
        d->parameters[i].type = info.parameters[i].type;
        sqli__described_storage(&d->parameters[i].type, &d->parameters[i].reference,
                                &d->parameters[i].alignment);
    }
    return sqli__reply(session, &m, error);
}

/* --- the answer of a call --- */

static void tell_value(struct sqli_fparam_value *told, const struct sqli_engine_column *column)
{
    struct sqli_bind_value announced;
    announce(&column->type, &announced);
    *told = (struct sqli_fparam_value){.type = (int16_t)announced.type,
                                       .extended_id = column->type.extended_id,
                                       .length = column->type.length};
}

static enum sqli_status reply_fparam(struct sqli_session *session,
                                     const struct sqli_engine_routine *info,
                                     struct sqli_error *error)
{
    struct sqli_message m = {.id = SQLI_MSG_FPARAM};
    struct sqli_fparam *f = &m.as.fparam;
    f->flag = 1;
    f->return_count = info->return_count;
    f->returns = sqli__arena_alloc(&session->arena, f->return_count, sizeof *f->returns);
    f->parameter_count = info->parameter_count;
    f->parameters = sqli__arena_alloc(&session->arena, f->parameter_count, sizeof *f->parameters);
    SQLI_TRY(sqli__arena_status(&session->arena, error));
    for (uint32_t i = 0; i < f->return_count; i++)
        tell_value(&f->returns[i], &info->returns[i]);
    for (uint32_t i = 0; i < f->parameter_count; i++) {
        tell_value(&f->parameters[i], &info->parameters[i]);
        f->parameters[i].out = info->out[i];
    }
    return sqli__reply(session, &m, error);
}

/* What a call gave back. */
struct sqli_results {
    struct sqli_session *session;
    struct sqli_engine_routine info;
    struct sqli_bind_value *values;
    uint32_t count;
};

static enum sqli_status take_result(void *context, const struct sqli_type *type,
                                    const struct sqli_value *value, struct sqli_error *error)
{
    struct sqli_results *results = context;
    struct sqli_arena *arena = &results->session->arena;
    struct sqli_bind_value *v = &results->values[results->count++];
    struct sqli_type travelling = *type;
    struct sqli_buffer data;
    announce(type, v);
    travelling.code = (uint8_t)v->type;
    if (sqli__type_kind(type) == SQLI_KIND_SIMPLE_LOB)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "BYTE and TEXT from a routine");
    v->precision = (int16_t)sqli__bind_precision(&travelling, value);
    if (value->null) {
        v->indicator = SQLI_INDICATOR_NULL;
        return SQLI_OK;
    }
    sqli__buffer_init(&data, SQLI_SESSION_ARENA);
    enum sqli_status status = sqli__value_bind_encode(&travelling, value, &data, error);
    if (status == SQLI_OK)
        status = sqli__buffer_status(&data, error);
    v->data = sqli__arena_copy(arena, sqli__buffer_view(&data));
    sqli__buffer_free(&data);
    return status == SQLI_OK ? sqli__arena_status(arena, error) : status;
}

/* --- EXFPROUTINE of a stored routine --- */

static enum sqli_status read_values(struct sqli_session *session, const struct sqli_bind *bind,
                                    struct sqli_type *types, struct sqli_value *values,
                                    struct sqli_error *error)
{
    for (uint32_t i = 0; i < bind->count; i++) {
        const struct sqli_bind_value *v = &bind->values[i];
        types[i] = sqli__bound_type(v);
        values[i] = (struct sqli_value){.kind = sqli__type_kind(&types[i]), .null = true};
        if (v->indicator == SQLI_INDICATOR_NULL)
            continue;
        if (sqli__type_kind(&types[i]) == SQLI_KIND_SIMPLE_LOB)
            return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "BYTE and TEXT for a routine");
        SQLI_TRY(sqli__value_bind_decode(&types[i], v->data, &values[i], error));
    }
    return sqli__arena_status(&session->arena, error);
}

static enum sqli_status run_stored(struct sqli_session *session, const struct sqli_bind *bind,
                                   int32_t handle, struct sqli_error *error)
{
    struct sqli_arena *arena = &session->arena;
    struct sqli_results *results = session->routine.results;
    uint32_t most = results->info.parameter_count + results->info.return_count;
    struct sqli_type *types = sqli__arena_alloc(arena, bind->count, sizeof *types);
    struct sqli_value *values = sqli__arena_alloc(arena, bind->count, sizeof *values);
    results->session = session;
    results->values = sqli__arena_alloc(arena, most, sizeof *results->values);
    SQLI_TRY(sqli__arena_status(arena, error));
    SQLI_TRY(read_values(session, bind, types, values, error));
    const struct sqli_engine_call call = {
        .handle = handle, .count = bind->count, .types = types, .values = values};
    return sqli__engine_call(session->engine, &call, take_result, results, error);
}

enum sqli_status sqli__call_stored(struct sqli_session *session, const struct sqli_bind *bind,
                                   int32_t handle, struct sqli_error *error)
{
    struct sqli_arena *arena = &session->arena;
    sqli__arena_reset(arena);
    struct sqli_results *results = sqli__arena_alloc(arena, 1, sizeof *results);
    SQLI_TRY(sqli__arena_status(arena, error));
    session->routine.results = results;
    SQLI_TRY(sqli__engine_routine_info(session->engine, handle, arena, &results->info, error));
    SQLI_TRY(run_stored(session, bind, handle, error));
    session->due = SQLI_DUE_RESULTS;
    return SQLI_OK;
}

enum sqli_status sqli__reply_results(struct sqli_session *session, struct sqli_error *error)
{
    const struct sqli_results *results = session->routine.results;
    if (session->routine.described)
        SQLI_TRY(reply_fparam(session, &results->info, error));
    struct sqli_message m = {.id = SQLI_MSG_FPROUTINE,
                             .as.bind = {.count = results->count, .values = results->values}};
    return sqli__reply(session, &m, error);
}
