/* One client: its socket, the bytes that wait in both directions, and its session.
 *
 * Any thread may call these at any time; a session is served by one thread at a time, inside
 * sqli__connection_event. */
#ifndef SQLI_SERVER_CONNECTION_H
#define SQLI_SERVER_CONNECTION_H

#include "server/events.h"
#include "server/reactor.h"

struct sqli_connection;

struct sqli_connection_start {
    struct sqli_reactor *reactor;
    uint64_t key; /* by which the reactor knows the connection */
    int socket;   /* taken over, also when opening fails */
    int32_t number;
    struct sqli_tls_context *tls; /* NULL: none */
    bool refused;                 /* no room for a session: the client only gets a clean end */
};

/* Begins in SQLI_PHASE_LOGIN, or SQLI_PHASE_CLOSING when it is refused. */
enum sqli_status sqli__connection_open(const struct sqli_connection_start *start,
                                       struct sqli_connection **connection,
                                       struct sqli_error *error);
/* After SQLI_PHASE_CLOSED, or before any event. */
void sqli__connection_free(struct sqli_connection *connection);

/* From now on the reactor's events report it. */
enum sqli_status sqli__connection_watch(struct sqli_connection *connection,
                                        struct sqli_events *events, struct sqli_error *error);
void sqli__connection_event(struct sqli_connection *connection, unsigned what);
/* Does what is due; gives the time of what is due next, or SQLI_NO_DEADLINE. */
int64_t sqli__connection_tick(struct sqli_connection *connection, int64_t now);
/* The session ends when its present request is answered, or, with `now`, without an answer. */
void sqli__connection_stop(struct sqli_connection *connection, bool now);

#endif
