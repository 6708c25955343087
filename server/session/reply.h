/* What a session answers: one function a message. They fail when the output is full or a value does
 * not fit the framing that was agreed. */
#ifndef SQLI_SERVER_SESSION_REPLY_H
#define SQLI_SERVER_SESSION_REPLY_H

#include "server/session/state.h"

enum sqli_status sqli__reply(struct sqli_session *session, const struct sqli_message *message,
                             struct sqli_error *error);
enum sqli_status sqli__reply_eot(struct sqli_session *session, struct sqli_error *error);

/* DONE with what a statement did. */
enum sqli_status sqli__reply_done(struct sqli_session *session, const struct sqli_result *result,
                                  struct sqli_error *error);
/* DONE and COST. */
enum sqli_status sqli__reply_outcome(struct sqli_session *session, const struct sqli_result *result,
                                     struct sqli_error *error);
enum sqli_status sqli__reply_insertdone(struct sqli_session *session,
                                        const struct sqli_result *result, struct sqli_error *error);

enum sqli_transaction_event { SQLI_EVENT_BEGIN = 1, SQLI_EVENT_COMMIT, SQLI_EVENT_ROLLBACK };
enum sqli_status sqli__reply_xactstat(struct sqli_session *session,
                                      enum sqli_transaction_event event, struct sqli_error *error);

/* Codes of the library's own do not fit the wire: what a server would say instead. */
int16_t sqli__travelling_code(int32_t code);
/* ERR, with a code that a client can have and the text in the code set of the database. */
enum sqli_status sqli__reply_error(struct sqli_session *session, const struct sqli_error *failure,
                                   struct sqli_error *error);

#endif
