/* RET_TYPE, and the rows of insert cursors whose shape it announces. */
#include "base/alloc.h"
#include "protocol/statement_type.h"
#include "server/session/reply.h"

void sqli__put_shape_free(struct sqli_put_shape *put)
{
    if (!put->segments)
        return;
    sqli__shape_free(&put->shape);
    sqli__free(put->segments);
    put->segments = NULL;
}

/* `types` NULL: nothing was announced, so that the rows are those of the describe. */
static enum sqli_status shape_rows(struct sqli_session *session, struct sqli_slot *slot,
                                   const struct sqli_ret_type *types, struct sqli_error *error)
{
    struct sqli_put_shape *put = &slot->put;
    const struct sqli_statement_info *info = sqli__statement_info(slot->statement);
    struct sqli_describe describe = {.count = info->parameter_count};
    sqli__put_shape_free(put);
    if (types && types->count != info->parameter_count)
        return sqli__fail(error, SQLI_E_PARAMETER_COUNT, NULL);
    sqli__arena_reset(&session->arena);
    describe.columns = sqli__arena_alloc(&session->arena, describe.count, sizeof *describe.columns);
    SQLI_TRY(sqli__arena_status(&session->arena, error));
    for (uint32_t i = 0; i < describe.count; i++) {
        const struct sqli_return_type *t = types ? &types->types[i] : NULL;
        describe.columns[i].type = t ? sqli__announced_type(t->type, t->owner, t->name, t->length)
                                     : info->parameters[i].type;
    }
    SQLI_TRY(sqli__shape_init(&put->shape, &describe, &session->decoder.caps, error));
    put->segments = sqli__alloc_zeroed(put->shape.varying + 1, sizeof *put->segments);
    if (put->segments)
        return SQLI_OK;
    sqli__shape_free(&put->shape);
    return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
}

/* Which columns of the result travel in their binary form; it holds for the next OPEN, too. */
static enum sqli_status choose_forms(struct sqli_slot *slot, const struct sqli_ret_type *types,
                                     struct sqli_error *error)
{
    uint32_t columns = sqli__statement_info(slot->statement)->column_count;
    if (!slot->binary)
        slot->binary = sqli__alloc_zeroed(columns, sizeof *slot->binary);
    if (!slot->binary)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (uint32_t i = 0; i < columns; i++) {
        int code = i < types->count ? types->types[i].type & 0xff : 0;
        slot->binary[i] = code == SQLI_TYPE_SENDRECV || code == SQLI_TYPE_BOOLEAN;
    }
    if (sqli__cursor_is_open(slot->statement))
        sqli__cursor_binary(slot->statement, slot->binary);
    return SQLI_OK;
}

enum sqli_status sqli__on_ret_type(struct sqli_session *session, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    const struct sqli_ret_type *types = &message->as.ret_type;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    if (types->direction == 0)
        return shape_rows(session, slot, types, error);
    return choose_forms(slot, types, error);
}

/* --- PUT --- */

static enum sqli_status bind_row(struct sqli_slot *slot, struct sqli_span payload,
                                 struct sqli_error *error)
{
    const struct sqli_shape *shape = &slot->put.shape;
    struct sqli_row row = {NULL, slot->put.segments};
    SQLI_TRY(sqli__row_bind(shape, payload, &row, error));
    for (uint32_t i = 0; i < shape->count; i++) {
        struct sqli_value value;
        struct sqli_span image = sqli__row_image(shape, &row, i);
        SQLI_TRY(sqli__value_decode(&shape->types[i], image, &value, error));
        SQLI_TRY(sqli__statement_bind(slot->statement, i, &shape->types[i], &value, error));
    }
    return SQLI_OK;
}

static void add_result(struct sqli_result *sum, const struct sqli_result *one)
{
    int64_t rows = sum->rows + one->rows;
    *sum = *one;
    sum->rows = rows;
}

static enum sqli_status put_row(struct sqli_session *session, struct sqli_slot *slot,
                                struct sqli_span payload, struct sqli_error *error)
{
    struct sqli_result result = {0};
    SQLI_TRY(bind_row(slot, payload, error));
    SQLI_TRY(sqli__statement_execute(slot->statement, &result, error));
    add_result(&session->put, &result);
    return SQLI_OK;
}

/* One answer for all rows of a run: it is due behind the last. */
enum sqli_status sqli__on_put(struct sqli_session *session, const struct sqli_message *message,
                              struct sqli_error *error)
{
    const struct sqli_tuple *tuple = &message->as.tuple;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    if (!sqli__cursor_is_open(slot->statement))
        return sqli__fail(error, SQLI_E_CURSOR_NOT_OPEN, "%s", slot->cursor_name);
    if (sqli__statement_info(slot->statement)->type != SQLI_STATEMENT_INSERT)
        return sqli__fail(error, SQLI_E_CURSOR_INVALID, "%s", slot->cursor_name);
    if (!slot->put.segments)
        SQLI_TRY(shape_rows(session, slot, NULL, error));
    if (session->due != SQLI_DUE_PUT)
        session->put = (struct sqli_result){0};
    session->due = SQLI_DUE_PUT;
    size_t step = tuple->size + (tuple->size & 1); /* each row is filled up to an even size */
    for (size_t at = 0; at + tuple->size <= tuple->payload.length && tuple->size; at += step)
        SQLI_TRY(put_row(session, slot, sqli__span(tuple->payload.data + at, tuple->size), error));
    return SQLI_OK;
}
