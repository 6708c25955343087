/* One client: its socket, the bytes that wait in both directions, and its session.
 *
 * Any thread may call these at any time; a session is served by one thread at a time, inside
 * sqli__connection_event. */
#ifndef SQLI_SERVER_CONNECTION_H
#define SQLI_SERVER_CONNECTION_H

#include "server/reactor.h"

/* Takes the socket over, also when it fails. `refused`: there is no room for a session; the client
 * only gets a clean end. */
enum sqli_status sqli__connection_open(struct sqli_reactor *reactor, int socket, int32_t number,
                                       struct sqli_tls_context *tls, bool refused,
                                       struct sqli_connection **connection,
                                       struct sqli_error *error);
/* After SQLI_PHASE_CLOSED, when nobody else knows the connection. */
void sqli__connection_free(struct sqli_connection *connection);

int sqli__connection_socket(const struct sqli_connection *connection);
uint64_t *sqli__connection_key(struct sqli_connection *connection); /* the reactor's to use */
size_t *sqli__connection_users(struct sqli_connection *connection);

void sqli__connection_event(struct sqli_connection *connection, unsigned what);
/* Does what is due; gives the time of what is due next, or SQLI_NO_DEADLINE. */
int64_t sqli__connection_tick(struct sqli_connection *connection, int64_t now);
/* The session ends when its present request is answered, or, with `now`, without an answer. */
void sqli__connection_stop(struct sqli_connection *connection, bool now);

#endif
