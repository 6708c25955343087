/* Parameters: BIND, and the data of BYTE and TEXT behind it. */
#include "base/alloc.h"
#include "server/session/reply.h"
#include "value/decimal.h"

/* --- types as they are announced --- */

static struct sqli_type known_type(uint8_t code, uint16_t flags, int32_t id, int32_t length)
{
    return (struct sqli_type){.code = code, .flags = flags, .extended_id = id, .length = length};
}

static int32_t lob_id(struct sqli_span name)
{
    if (sqli__span_equal(name, sqli__span_text("blob")))
        return SQLI_XID_BLOB;
    return sqli__span_equal(name, sqli__span_text("clob")) ? SQLI_XID_CLOB : 0;
}

struct sqli_type sqli__announced_type(uint16_t word, struct sqli_span owner, struct sqli_span name,
                                      int32_t length)
{
    struct sqli_type type =
        known_type((uint8_t)(word & 0xff), (uint16_t)(word & 0xff00), 0, length);
    if (type.code == SQLI_TYPE_LVARCHAR) {
        type = known_type(SQLI_TYPE_UDTVAR, type.flags, SQLI_XID_LVARCHAR, length);
        name = sqli__span_text("lvarchar");
    } else if (type.code == SQLI_TYPE_BOOLEAN) {
        type = known_type(SQLI_TYPE_UDTFIXED, type.flags, SQLI_XID_BOOLEAN, 1);
        name = sqli__span_text("boolean");
    } else if (type.code == SQLI_TYPE_SENDRECV && lob_id(name)) {
        type = known_type(SQLI_TYPE_UDTFIXED, type.flags, lob_id(name), SQLI_SMART_LOB_SIZE);
    }
    type.owner = owner;
    type.name = name;
    return type;
}

struct sqli_type sqli__bound_type(const struct sqli_bind_value *v)
{
    int32_t length = (uint16_t)v->precision;
    switch (v->type & 0xff) {
    case SQLI_TYPE_DECIMAL:
    case SQLI_TYPE_MONEY: length = SQLI_DECIMAL_DIGITS << 8 | SQLI_DECIMAL_FLOATING; break;
    case SQLI_TYPE_DATETIME:
    case SQLI_TYPE_INTERVAL: break;
    default: length = (int32_t)v->data.length;
    }
    return sqli__announced_type(v->type, v->owner, v->name, length);
}

/* --- BIND --- */

void sqli__blobs_forget(struct sqli_blobs *blobs)
{
    sqli__free(blobs->parameters);
    *blobs = (struct sqli_blobs){.slot = NULL};
}

static enum sqli_status bind_null(struct sqli_slot *slot, uint32_t parameter,
                                  const struct sqli_type *type, struct sqli_error *error)
{
    const struct sqli_value value = {.kind = sqli__type_kind(type), .null = true};
    return sqli__statement_bind(slot->statement, parameter, type, &value, error);
}

/* The data come behind the parameters; the descriptor says nothing that they don't. */
static enum sqli_status await_blob(struct sqli_session *session, struct sqli_slot *slot,
                                   uint32_t parameter, uint8_t code, uint32_t count,
                                   struct sqli_error *error)
{
    struct sqli_blobs *blobs = &session->blobs;
    if (!blobs->parameters)
        blobs->parameters = sqli__alloc_zeroed(count, sizeof *blobs->parameters);
    if (!blobs->parameters)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    blobs->slot = slot;
    blobs->parameters[blobs->count++] = (struct sqli_blob_parameter){parameter, code};
    slot->awaits_blobs = true;
    return SQLI_OK;
}

static enum sqli_status bind_value(struct sqli_session *session, struct sqli_slot *slot,
                                   const struct sqli_bind *bind, uint32_t parameter,
                                   struct sqli_error *error)
{
    const struct sqli_bind_value *v = &bind->values[parameter];
    struct sqli_type type = sqli__bound_type(v);
    struct sqli_value value;
    if (v->indicator == SQLI_INDICATOR_NULL)
        return bind_null(slot, parameter, &type, error);
    if (v->indicator != SQLI_INDICATOR_VALUE)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "DEFAULT as parameter %u", parameter + 1);
    if (type.code == SQLI_TYPE_BYTE || type.code == SQLI_TYPE_TEXT)
        return await_blob(session, slot, parameter, type.code, bind->count, error);
    SQLI_TRY(sqli__value_bind_decode(&type, v->data, &value, error));
    return sqli__statement_bind(slot->statement, parameter, &type, &value, error);
}

enum sqli_status sqli__on_bind(struct sqli_session *session, const struct sqli_message *message,
                               struct sqli_error *error)
{
    const struct sqli_bind *bind = &message->as.bind;
    if (session->routine.handle)
        return sqli__call_routine(session, bind, error);
    if (session->routine.called && bind->count == 0)
        return SQLI_OK;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    sqli__blobs_forget(&session->blobs);
    slot->awaits_blobs = false;
    /* Until all of it is bound, nothing may run. */
    slot->miscounted = true;
    if (bind->count != sqli__statement_info(slot->statement)->parameter_count)
        return SQLI_OK; /* said when it is to run */
    for (uint32_t i = 0; i < bind->count; i++)
        SQLI_TRY(bind_value(session, slot, bind, i, error));
    slot->miscounted = false;
    return SQLI_OK;
}

enum sqli_status sqli__bind_complete(const struct sqli_slot *slot, struct sqli_error *error)
{
    if (slot->miscounted)
        return sqli__fail(error, SQLI_E_PARAMETER_COUNT, NULL);
    if (slot->awaits_blobs)
        return sqli__fail(error, SQLI_E_BLOB_PARAMETER, NULL);
    return SQLI_OK;
}

/* --- BBIND and BLOB --- */

static enum sqli_status begin_blob(struct sqli_blobs *blobs, struct sqli_error *error)
{
    const struct sqli_blob_parameter *p = &blobs->parameters[blobs->next];
    struct sqli_type type = known_type(p->code, 0, 0, SQLI_SIMPLE_LOB_SIZE);
    return sqli__statement_blob_begin(blobs->slot->statement, p->parameter, &type, error);
}

enum sqli_status sqli__on_bbind(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    struct sqli_blobs *blobs = &session->blobs;
    if (!blobs->slot || blobs->announced || message->as.count != blobs->count)
        return sqli__fail(error, SQLI_E_BLOB_PARAMETER, NULL);
    blobs->announced = true;
    return begin_blob(blobs, error);
}

static enum sqli_status bind_blob(struct sqli_blobs *blobs, struct sqli_error *error)
{
    SQLI_TRY(sqli__statement_blob_end(blobs->slot->statement, error));
    if (++blobs->next < blobs->count)
        return begin_blob(blobs, error);
    blobs->slot->awaits_blobs = false;
    sqli__blobs_forget(blobs);
    return SQLI_OK;
}

/* A chunk; an empty one ends the value. */
enum sqli_status sqli__on_blob(struct sqli_session *session, const struct sqli_message *message,
                               struct sqli_error *error)
{
    struct sqli_blobs *blobs = &session->blobs;
    if (!blobs->announced)
        return sqli__fail(error, SQLI_E_MESSAGE_TYPE, "BLOB");
    if (message->as.bytes.length == 0)
        return bind_blob(blobs, error);
    return sqli__statement_blob_piece(blobs->slot->statement, message->as.bytes, error);
}
