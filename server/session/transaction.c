/* Transactions and savepoints that are asked for by messages. */
#include "server/session/reply.h"

static enum sqli_status answer(struct sqli_session *session, struct sqli_error *error)
{
    const struct sqli_result nothing = {0};
    return sqli__reply_done(session, &nothing, error);
}

static enum sqli_status answer_event(struct sqli_session *session,
                                     enum sqli_transaction_event event, struct sqli_error *error)
{
    SQLI_TRY(sqli__reply_xactstat(session, event, error));
    return answer(session, error);
}

enum sqli_status sqli__on_begin(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    (void)message;
    SQLI_TRY(sqli__engine_begin(session->engine, error));
    return answer_event(session, SQLI_EVENT_BEGIN, error);
}

enum sqli_status sqli__on_commit(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    (void)message;
    SQLI_TRY(sqli__engine_commit(session->engine, error));
    return answer_event(session, SQLI_EVENT_COMMIT, error);
}

enum sqli_status sqli__on_rollback(struct sqli_session *session, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    (void)message;
    SQLI_TRY(sqli__engine_rollback(session->engine, error));
    return answer_event(session, SQLI_EVENT_ROLLBACK, error);
}

enum sqli_status sqli__on_savepoint(struct sqli_session *session,
                                    const struct sqli_message *message, struct sqli_error *error)
{
    const struct sqli_name_option *savepoint = &message->as.name_option;
    SQLI_TRY(
        sqli__engine_savepoint(session->engine, savepoint->name, savepoint->option != 0, error));
    return answer(session, error);
}

enum sqli_status sqli__on_savepoint_release(struct sqli_session *session,
                                            const struct sqli_message *message,
                                            struct sqli_error *error)
{
    SQLI_TRY(sqli__engine_savepoint_release(session->engine, message->as.bytes, error));
    return answer(session, error);
}

static struct sqli_span name_or_last(struct sqli_span name)
{
    return name.length ? name : sqli__span(NULL, 0);
}

enum sqli_status sqli__on_savepoint_rollback(struct sqli_session *session,
                                             const struct sqli_message *message,
                                             struct sqli_error *error)
{
    struct sqli_span name = name_or_last(message->as.bytes);
    SQLI_TRY(sqli__engine_savepoint_rollback(session->engine, name, error));
    return answer(session, error);
}
