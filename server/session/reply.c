#include "server/session/reply.h"

enum sqli_status sqli__reply(struct sqli_session *session, const struct sqli_message *message,
                             struct sqli_error *error)
{
    struct sqli_error own;
    struct sqli_error *why = error ? error : &own;
    enum sqli_status status =
        sqli__encode(message, SQLI_TO_CLIENT, &session->decoder.caps, session->out, why);
    /* No room for an answer: there is none for an ERR in its place either, and the client would
     * take whatever comes next for the answer. */
    if (status != SQLI_OK && (why->code == SQLI_E_NO_MEMORY || why->code == SQLI_E_TOO_LARGE))
        session->mute = true;
    return status;
}

enum sqli_status sqli__reply_eot(struct sqli_session *session, struct sqli_error *error)
{
    return sqli__reply(session, &(struct sqli_message){.id = SQLI_MSG_EOT}, error);
}

/* A count that the narrow form cannot hold is said to be the largest one that it can. */
static int64_t narrowed(const struct sqli_session *session, int64_t v)
{
    bool wide = sqli__caps_has(&session->decoder.caps, SQLI_CAP_LONG_ROWIDS);
    return wide || v <= INT32_MAX ? v : INT32_MAX;
}

enum sqli_status sqli__reply_done(struct sqli_session *session, const struct sqli_result *result,
                                  struct sqli_error *error)
{
    struct sqli_message m;
    m.id = SQLI_MSG_DONE;
    m.as.done = (struct sqli_done){.warnings = result->warnings,
                                   .rows = narrowed(session, result->rows),
                                   .rowid = narrowed(session, result->rowid),
                                   .serial = result->serial};
    return sqli__reply(session, &m, error);
}

enum sqli_status sqli__reply_outcome(struct sqli_session *session, const struct sqli_result *result,
                                     struct sqli_error *error)
{
    SQLI_TRY(sqli__reply_done(session, result, error));
    struct sqli_message m;
    m.id = SQLI_MSG_COST;
    m.as.cost = (struct sqli_cost){1, 1};
    return sqli__reply(session, &m, error);
}

enum sqli_status sqli__reply_insertdone(struct sqli_session *session,
                                        const struct sqli_result *result, struct sqli_error *error)
{
    struct sqli_message m;
    m.id = SQLI_MSG_INSERTDONE;
    m.as.insertdone =
        (struct sqli_insertdone){.serial8 = result->serial8, .bigserial = result->bigserial};
    return sqli__reply(session, &m, error);
}

enum sqli_status sqli__reply_xactstat(struct sqli_session *session,
                                      enum sqli_transaction_event event, struct sqli_error *error)
{
    struct sqli_message m = {.id = SQLI_MSG_XACTSTAT};
    bool inside = event == SQLI_EVENT_BEGIN;
    m.as.xactstat = (struct sqli_xactstat){(int16_t)event, inside, !inside};
    return sqli__reply(session, &m, error);
}

/* --- errors --- */

/* Codes of the library's own by what a server would say; they cannot travel themselves. */
static const struct {
    int32_t own;
    int16_t code;
} server_codes[] = {
    {SQLI_E_NO_MEMORY, SQLI_E_QUERY_MEMORY},
    {SQLI_E_TOO_LARGE, SQLI_E_ROW_TOO_LONG},
    {SQLI_E_PROTOCOL, SQLI_E_MESSAGE_TYPE},
    {SQLI_E_VALUE_SYNTAX, SQLI_E_CONVERSION},
    {SQLI_E_VALUE_RANGE, SQLI_E_VALUE_DOES_NOT_FIT},
    {SQLI_E_VALUE_IMAGE, SQLI_E_CONVERSION},
    {SQLI_E_CODE_SET_UNKNOWN, SQLI_E_LOCALE_UNKNOWN},
    {SQLI_E_CODE_SET_CHARACTER, SQLI_E_ILLEGAL_CHARACTER},
    {SQLI_E_UNSUPPORTED, SQLI_E_NOT_IMPLEMENTED},
    {SQLI_E_TIMEOUT, SQLI_E_READ_NEXT},
    {SQLI_E_CANCELLED, SQLI_E_INTERRUPTED},
};

int16_t sqli__travelling_code(int32_t code)
{
    for (size_t i = 0; i < sizeof server_codes / sizeof server_codes[0]; i++)
        if (server_codes[i].own == code)
            return server_codes[i].code;
    return (int16_t)(code < INT16_MIN || code >= 0 ? SQLI_E_ROUTINE_INTERNAL : code);
}

/* Into the code set of the database; a text that does not go there stays as it is. */
static struct sqli_span near_text(const struct sqli_session *session,
                                  const struct sqli_error *failure, struct sqli_buffer *converted)
{
    struct sqli_span near = sqli__span_text(failure->near);
    const struct sqli_database_info *info =
        session->engine ? sqli__engine_database_info(session->engine) : NULL;
    struct sqli_codeset *codeset;
    if (!info || sqli__ascii_prefix(near) == near.length ||
        sqli__codeset_open(sqli__span_text(info->locale), &codeset, NULL))
        return near;
    if (sqli__codeset_from_utf8(codeset, near, converted, NULL) == SQLI_OK)
        near = sqli__buffer_view(converted);
    sqli__codeset_close(codeset);
    return near;
}

enum sqli_status sqli__reply_error(struct sqli_session *session, const struct sqli_error *failure,
                                   struct sqli_error *error)
{
    enum { NEAR_LIMIT = 4 * sizeof failure->near };
    struct sqli_buffer converted;
    struct sqli_message m = {.id = SQLI_MSG_ERR};
    bool wide = sqli__caps_has(&session->decoder.caps, SQLI_CAP_LONG_TEXT);
    int32_t isam = failure->isam;
    sqli__buffer_init(&converted, NEAR_LIMIT);
    m.as.err = (struct sqli_err){
        .code = sqli__travelling_code(failure->code),
        .isam = (int16_t)(isam < INT16_MIN || isam > INT16_MAX ? 0 : isam),
        .offset = wide || failure->offset <= INT16_MAX ? failure->offset : INT16_MAX,
        .text = near_text(session, failure, &converted),
    };
    if (m.as.err.code == SQLI_E_ROUTINE_INTERNAL && session->options.complain)
        session->options.complain(session->options.complain_context, failure->message);
    enum sqli_status status = sqli__reply(session, &m, error);
    sqli__buffer_free(&converted);
    return status;
}
