/* Routines that clients call without SQL: GETROUTINE gives the handle of a signature, and
 * EXFPROUTINE with the BIND behind it calls it. Those here open, measure and move in BLOBs and
 * CLOBs; the stored ones are in stored.c. */
#include "server/session/reply.h"
#include "server/store/lob.h"
#include "value/scan.h"

enum {
    PARAMETERS_MAX = 4,
    RESULTS_MAX = 2,
    STAT_SIZE = 644,
    SPEC_SIZE = 500,
    STAT_AT_SIZE = 4,
    INT8_BYTES = 10
};

/* One call: what came, and what goes back. */
struct call {
    struct sqli_session *session;
    struct sqli_lobs *lobs;
    bool clob;
    int64_t numbers[PARAMETERS_MAX]; /* of the parameters that are some */
    struct sqli_span bytes[PARAMETERS_MAX];
    uint32_t count; /* of results */
    struct sqli_bind_value results[RESULTS_MAX];
    uint8_t room[STAT_SIZE];
    size_t used;
};

typedef enum sqli_status routine(struct call *call, struct sqli_error *error);

/* --- results --- */

static uint8_t *result_room(struct call *call, struct sqli_bind_value value, size_t size)
{
    uint8_t *at = call->room + call->used;
    memset(at, 0, size);
    value.data = sqli__span(at, size);
    call->results[call->count++] = value;
    call->used += size;
    return at;
}

static void give_integer(struct call *call, int32_t number)
{
    const struct sqli_bind_value v = {.type = SQLI_TYPE_INTEGER, .precision = 0x0a00};
    sqli__store32(result_room(call, v, sizeof number), (uint32_t)number);
}

static void give_int8(struct call *call, int64_t number)
{
    const struct sqli_bind_value v = {.type = SQLI_TYPE_INT8, .precision = 0x1300};
    uint8_t *at = result_room(call, v, INT8_BYTES);
    sqli__store16(at, 1);
    sqli__store32(at + 2, (uint32_t)number);
    sqli__store32(at + 6, (uint32_t)(number >> 32));
}

static uint8_t *give_opaque(struct call *call, const char *name, size_t size)
{
    const struct sqli_bind_value v = {.type = SQLI_TYPE_SENDRECV,
                                      .owner = sqli__span_text("informix"),
                                      .name = sqli__span_text(name),
                                      .precision = (int16_t)size};
    return result_room(call, v, size);
}

/* --- the routines --- */

static struct sqli_lob_descriptor *descriptor(struct call *call, struct sqli_error *error)
{
    return sqli__descriptor(call->lobs, (int32_t)call->numbers[0], error);
}

/* (locator, mode) */
static enum sqli_status lo_open(struct call *call, struct sqli_error *error)
{
    int32_t number;
    SQLI_TRY(sqli__descriptor_open(call->lobs, sqli__locator_id(call->bytes[0]),
                                   (int32_t)call->numbers[1], &number, error));
    give_integer(call, number);
    return SQLI_OK;
}

/* (descriptor) */
static enum sqli_status lo_close(struct call *call, struct sqli_error *error)
{
    SQLI_TRY(sqli__descriptor_close(call->lobs, (int32_t)call->numbers[0], error));
    give_integer(call, 0);
    return SQLI_OK;
}

/* (specification, mode, blob or clob): the locator and an open descriptor. The object is private
 * until a row gets it. */
static enum sqli_status lo_create(struct call *call, struct sqli_error *error)
{
    struct sqli_smart_lob locator;
    int32_t number;
    int64_t id;
    SQLI_TRY(sqli__lob_create(call->lobs, true, &id, error));
    enum sqli_status status = sqli__descriptor_open(
        call->lobs, id, (int32_t)call->numbers[1] | SQLI_LOB_READ_AND_WRITE, &number, error);
    if (status != SQLI_OK) {
        sqli__lob_drop(call->lobs, id);
        return status;
    }
    sqli__locator_make(&locator, id);
    memcpy(give_opaque(call, call->clob ? "clob" : "blob", sizeof locator.bytes), locator.bytes,
           sizeof locator.bytes);
    give_integer(call, number);
    return SQLI_OK;
}

/* (descriptor, statistics to be filled) */
static enum sqli_status lo_stat(struct call *call, struct sqli_error *error)
{
    int64_t size;
    const struct sqli_lob_descriptor *open = descriptor(call, error);
    if (!open)
        return SQLI_FAIL;
    SQLI_TRY(sqli__lob_size(call->lobs, open->id, &size, error));
    uint8_t *stat = give_opaque(call, "ifx_lo_stat", STAT_SIZE);
    sqli__store32(stat + STAT_AT_SIZE, (uint32_t)size);
    sqli__store32(stat + STAT_AT_SIZE + 4, (uint32_t)(size >> 32));
    sqli__store16(stat + STAT_AT_SIZE + 8, 1);
    return SQLI_OK;
}

/* (descriptor, offset, whence, position to be filled) */
static enum sqli_status lo_seek(struct call *call, struct sqli_error *error)
{
    struct sqli_lob_descriptor *open = descriptor(call, error);
    if (!open)
        return SQLI_FAIL;
    SQLI_TRY(sqli__descriptor_seek(call->lobs, open, call->numbers[1], (int32_t)call->numbers[2],
                                   error));
    give_int8(call, open->position);
    return SQLI_OK;
}

/* (descriptor, position to be filled) */
static enum sqli_status lo_tell(struct call *call, struct sqli_error *error)
{
    const struct sqli_lob_descriptor *open = descriptor(call, error);
    if (!open)
        return SQLI_FAIL;
    give_int8(call, open->position);
    return SQLI_OK;
}

/* (descriptor, size) */
static enum sqli_status lo_truncate(struct call *call, struct sqli_error *error)
{
    struct sqli_engine *engine = call->session->engine;
    bool stored;
    const struct sqli_lob_descriptor *open = descriptor(call, error);
    if (!open)
        return SQLI_FAIL;
    SQLI_TRY(sqli__engine_lob_change(engine, open->id, &stored, error));
    enum sqli_status status = sqli__descriptor_truncate(call->lobs, open, call->numbers[1], error);
    SQLI_TRY(sqli__engine_lob_changed(engine, stored, status != SQLI_OK, error));
    give_integer(call, 0);
    return SQLI_OK;
}

/* (locator): the client needs it no more. A private object may still go into a row, and is gone
 * with its session anyway. */
static enum sqli_status lo_release(struct call *call, struct sqli_error *error)
{
    int64_t size;
    SQLI_TRY(sqli__lob_size(call->lobs, sqli__locator_id(call->bytes[0]), &size, error));
    give_integer(call, 0);
    return SQLI_OK;
}

/* (name of a column, specification): the specification as that column has its objects. All columns
 * have theirs alike, so it stays as it is. */
static enum sqli_status lo_column(struct call *call, struct sqli_error *error)
{
    struct sqli_span given = call->bytes[1];
    if (given.length > sizeof call->room)
        return sqli__fail(error, SQLI_E_SMART_LOB, NULL);
    uint8_t *spec = give_opaque(call, "ifx_lo_spec", given.length ? given.length : SPEC_SIZE);
    if (given.length)
        memcpy(spec, given.data, given.length);
    return SQLI_OK;
}

/* `kinds`: n a number, o a locator or another opaque value. */
static const struct {
    const char *name;
    const char *kinds;
    routine *run;
} routines[] = {
    {"ifx_lo_open", "on", lo_open},      {"ifx_lo_close", "n", lo_close},
    {"ifx_lo_stat", "no", lo_stat},      {"ifx_lo_seek", "nnnn", lo_seek},
    {"ifx_lo_tell", "nn", lo_tell},      {"ifx_lo_truncate", "nn", lo_truncate},
    {"ifx_lo_create", "ono", lo_create}, {"ifx_lo_col_sbinfo", "oo", lo_column},
    {"ifx_lo_release", "o", lo_release},
};

enum { ROUTINES = sizeof routines / sizeof routines[0] };

/* --- GETROUTINE --- */

/* "function informix.ifx_lo_close(integer)": the routine is ifx_lo_close. */
static struct sqli_span routine_name(struct sqli_span signature)
{
    const uint8_t *open = signature.length ? memchr(signature.data, '(', signature.length) : NULL;
    size_t end = open ? (size_t)(open - signature.data) : signature.length;
    while (end > 0 && signature.data[end - 1] == ' ')
        end--;
    size_t start = end;
    while (start > 0 && signature.data[start - 1] != '.' && signature.data[start - 1] != ' ')
        start--;
    return sqli__span(signature.data + start, end - start);
}

/* A signature that ends with "clob)" is about CLOBs. */
static bool about_clobs(struct sqli_span signature)
{
    static const char end[] = "clob)";
    size_t length = signature.length;
    while (length > 0 && (signature.data[length - 1] == ' ' || signature.data[length - 1] == '\0'))
        length--;
    size_t from = length < sizeof end - 1 ? 0 : length - (sizeof end - 1);
    return sqli__span_is_word(sqli__span(signature.data + from, length - from), end);
}

static enum sqli_status reply_handle(struct sqli_session *session, int32_t handle,
                                     struct sqli_error *error)
{
    struct sqli_message m = {.id = SQLI_MSG_GETROUTINE_REPLY};
    m.as.routine.database = sqli__span_text(sqli__engine_database_info(session->engine)->name);
    m.as.routine.handle = handle;
    return sqli__reply(session, &m, error);
}

/* The handle of a routine of the table is its place, from 1; those about CLOBs come behind all
 * others, and stored routines behind those. */
static enum sqli_status find_signature(struct sqli_session *session, struct sqli_span signature,
                                       struct sqli_error *error)
{
    struct sqli_span name = routine_name(signature);
    for (int32_t i = 0; i < ROUTINES; i++)
        if (sqli__span_is_word(name, routines[i].name))
            return reply_handle(session, i + 1 + (about_clobs(signature) ? ROUTINES : 0), error);
    int32_t handle;
    SQLI_TRY(sqli__engine_routine(session->engine, signature, &handle, error));
    return reply_handle(session, handle, error);
}

/* By the handle that an error told (-9752); what is not there is said when it is called. */
enum sqli_status sqli__on_getroutine(struct sqli_session *session,
                                     const struct sqli_message *message, struct sqli_error *error)
{
    const struct sqli_routine *r = &message->as.routine;
    if (!sqli__engine_database_info(session->engine))
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    return r->by_id ? reply_handle(session, r->handle, error)
                    : find_signature(session, r->signature, error);
}

/* --- EXFPROUTINE and its BIND --- */

enum sqli_status sqli__on_exfproutine(struct sqli_session *session,
                                      const struct sqli_message *message, struct sqli_error *error)
{
    const struct sqli_routine *r = &message->as.routine;
    bool known = r->handle > SQLI_ROUTINE_HANDLES || (r->handle > 0 && r->handle <= 2 * ROUTINES);
    session->routine = (struct sqli_routine_call){.handle = 0};
    if (!known)
        return sqli__fail(error, SQLI_E_ROUTINE_ID, "%d", (int)r->handle);
    session->routine.handle = r->handle;
    if (r->parameters == 0)
        session->due = SQLI_DUE_CALL;
    return SQLI_OK;
}

/* With the flag the client wants to be told what comes back; it wants that once. */
enum sqli_status sqli__on_fparam(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    if (session->due != SQLI_DUE_CALL && session->due != SQLI_DUE_RESULTS)
        return sqli__fail(error, SQLI_E_MESSAGE_TYPE, "FPARAM");
    session->routine.described = message->as.fparam.flag != 0;
    return SQLI_OK;
}

static enum sqli_status take_parameter(struct call *call, uint32_t i, char kind,
                                       const struct sqli_bind_value *v, struct sqli_error *error)
{
    struct sqli_type type =
        sqli__announced_type(v->type, v->owner, v->name, (int32_t)v->data.length);
    struct sqli_value value;
    bool null = v->indicator != SQLI_INDICATOR_VALUE;
    if (kind == 'o') {
        call->bytes[i] = null ? sqli__span("", 0) : v->data;
        return SQLI_OK;
    }
    if (null)
        return SQLI_OK;
    SQLI_TRY(sqli__value_bind_decode(&type, v->data, &value, error));
    if (value.kind != SQLI_KIND_INTEGER)
        return sqli__fail(error, SQLI_E_ROUTINE_EXECUTION, NULL);
    call->numbers[i] = value.null ? 0 : value.as.integer;
    return SQLI_OK;
}

static enum sqli_status call_own(struct sqli_session *session, const struct sqli_bind *bind,
                                 int32_t handle, struct sqli_error *error)
{
    struct call call = {
        .session = session, .lobs = sqli__engine_lobs(session->engine), .clob = handle >= ROUTINES};
    const char *kinds = routines[handle % ROUTINES].kinds;
    if (!call.lobs)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    if (bind->count != strlen(kinds))
        return sqli__fail(error, SQLI_E_ROUTINE_NOT_FOUND, "%s", routines[handle % ROUTINES].name);
    for (uint32_t i = 0; i < bind->count; i++)
        SQLI_TRY(take_parameter(&call, i, kinds[i], &bind->values[i], error));
    SQLI_TRY(routines[handle % ROUTINES].run(&call, error));
    struct sqli_message m = {.id = SQLI_MSG_FPROUTINE,
                             .as.bind = {.count = call.count, .values = call.results}};
    return sqli__reply(session, &m, error);
}

enum sqli_status sqli__call_routine(struct sqli_session *session, const struct sqli_bind *bind,
                                    struct sqli_error *error)
{
    int32_t handle = session->routine.handle;
    session->routine.handle = 0;
    session->routine.called = true;
    if (handle > SQLI_ROUTINE_HANDLES)
        return sqli__call_stored(session, bind, handle, error);
    return call_own(session, bind, handle - 1, error);
}
