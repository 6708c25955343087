/* What a session tells about columns, parameters and generated keys. */
#include "protocol/describe_build.h"
#include "protocol/statement_type.h"
#include "server/session/reply.h"

enum { KEYS_MAX = 16, KEYS_ROW_LIMIT = 1024 };

static size_t names_size(const struct sqli_engine_column *columns, uint32_t count)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += columns[i].name.length;
    return size;
}

static enum sqli_status describe(struct sqli_session *session, struct sqli_message *m,
                                 const struct sqli_engine_column *columns, uint32_t count,
                                 struct sqli_error *error)
{
    struct sqli_describe *d = &m->as.describe;
    sqli__arena_reset(&session->arena);
    SQLI_TRY(sqli__describe_begin(d, count, names_size(columns, count), &session->arena, error));
    for (uint32_t i = 0; i < count; i++)
        sqli__describe_add(d, columns[i].name, &columns[i].type);
    sqli__describe_end(d, &session->decoder.caps);
    return sqli__reply(session, m, error);
}

/* An INSERT is described by what its parameters go into: insert cursors need it. */
enum sqli_status sqli__reply_describe(struct sqli_session *session, const struct sqli_slot *slot,
                                      struct sqli_error *error)
{
    const struct sqli_statement_info *info = sqli__statement_info(slot->statement);
    struct sqli_message m = {.id = SQLI_MSG_DESCRIBE};
    m.as.describe.statement_type = info->type;
    m.as.describe.statement_id = slot->id;
    if (info->type == SQLI_STATEMENT_INSERT)
        return describe(session, &m, info->parameters, info->parameter_count, error);
    return describe(session, &m, info->columns, info->column_count, error);
}

enum sqli_status sqli__on_cidescribe(struct sqli_session *session,
                                     const struct sqli_message *message, struct sqli_error *error)
{
    (void)message;
    struct sqli_message m = {.id = SQLI_MSG_IDESCRIBE};
    struct sqli_idescribe *d = &m.as.idescribe;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    const struct sqli_statement_info *info = sqli__statement_info(slot->statement);
    sqli__arena_reset(&session->arena);
    d->count = info->parameter_count;
    d->parameters = sqli__arena_alloc(&session->arena, d->count, sizeof *d->parameters);
    SQLI_TRY(sqli__arena_status(&session->arena, error));
    for (uint32_t i = 0; i < d->count; i++) {
        struct sqli_parameter *p = &d->parameters[i];
        p->type = info->parameters[i].type;
        sqli__described_storage(&p->type, &p->reference, &p->alignment);
    }
    return sqli__reply(session, &m, error);
}

/* --- generated keys --- */

static int64_t key_value(uint8_t code, const struct sqli_result *result)
{
    switch (code) {
    case SQLI_TYPE_SERIAL8: return result->serial8;
    case SQLI_TYPE_BIGSERIAL: return result->bigserial;
    default: return result->serial;
    }
}

static enum sqli_status append_keys(const struct sqli_engine_column *keys, uint32_t count,
                                    const struct sqli_result *result, struct sqli_buffer *row,
                                    struct sqli_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        struct sqli_value value = {.kind = SQLI_KIND_INTEGER};
        value.as.integer = key_value(keys[i].type.code, result);
        SQLI_TRY(sqli__value_encode(&keys[i].type, &value, row, error));
    }
    return SQLI_OK;
}

enum sqli_status sqli__reply_keys(struct sqli_session *session, const struct sqli_slot *slot,
                                  const struct sqli_result *result, struct sqli_error *error)
{
    struct sqli_engine_column keys[KEYS_MAX];
    struct sqli_message m = {.id = SQLI_MSG_KEYS_DESCRIBE};
    uint32_t count = sqli__statement_keys(slot->statement, keys, KEYS_MAX);
    if (count == 0)
        return SQLI_OK;
    m.as.describe.statement_type = sqli__statement_info(slot->statement)->type;
    m.as.describe.statement_id = slot->id;
    SQLI_TRY(describe(session, &m, keys, count, error));
    struct sqli_buffer row;
    sqli__buffer_init(&row, KEYS_ROW_LIMIT);
    enum sqli_status status = append_keys(keys, count, result, &row, error);
    if (status == SQLI_OK) {
        m = (struct sqli_message){.id = SQLI_MSG_KEYS_TUPLE};
        m.as.tuple = (struct sqli_tuple){0, (uint32_t)row.length, sqli__buffer_view(&row)};
        status = sqli__reply(session, &m, error);
    }
    sqli__buffer_free(&row);
    return status;
}
