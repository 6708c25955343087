/* Messages that are framed but not served. */
#include "server/session/reply.h"

enum sqli_status sqli__on_stray(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    (void)session;
    return sqli__fail(error, SQLI_E_MESSAGE_TYPE, "%s", sqli__message_info(message->id)->name);
}

enum sqli_status sqli__on_fetchblob(struct sqli_session *session,
                                    const struct sqli_message *message, struct sqli_error *error)
{
    (void)message;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    if (!sqli__cursor_is_open(slot->statement))
        return sqli__fail(error, SQLI_E_BLOB_OPEN, NULL);
    return sqli__fail(error, SQLI_E_BLOB_READ, NULL);
}

enum sqli_status sqli__on_lodata(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    (void)session;
    return sqli__fail(error, SQLI_E_SMART_LOB, "%d", message->as.lodata.descriptor);
}

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

enum sqli_status sqli__on_getroutine(struct sqli_session *session,
                                     const struct sqli_message *message, struct sqli_error *error)
{
    enum { SHOWN = 128 };
    (void)session;
    struct sqli_span name = routine_name(message->as.routine.signature);
    int length = (int)(name.length < SHOWN ? name.length : SHOWN);
    return sqli__fail(error, SQLI_E_ROUTINE_NOT_FOUND, "%.*s", length, (const char *)name.data);
}

enum sqli_status sqli__on_exfproutine(struct sqli_session *session,
                                      const struct sqli_message *message, struct sqli_error *error)
{
    (void)session;
    return sqli__fail(error, SQLI_E_ROUTINE_ID, "%d", (int)message->as.routine.handle);
}
