/* Messages that are framed but not served. */
#include "server/session/reply.h"

enum sqli_status sqli__on_stray(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    (void)session;
    return sqli__fail(error, SQLI_E_MESSAGE_TYPE, "%s", sqli__message_info(message->id)->name);
}
