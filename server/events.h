/* What the threads of the server wait for: sockets, one timer, the order to end. Linux only (epoll,
 * timerfd, eventfd); the rest of the server does not know.
 *
 * Any number of threads may wait. A socket is reported once for each change of its state, to one
 * thread, which must then read until there is no more. */
#ifndef SQLI_SERVER_EVENTS_H
#define SQLI_SERVER_EVENTS_H

#include "base/error.h"

enum sqli_event {
    SQLI_EVENT_READ = 1,
    SQLI_EVENT_WRITE = 2,
    SQLI_EVENT_URGENT = 4,
    SQLI_EVENT_HANGUP = 8, /* the other side sends no more, or the connection broke */
};

/* Keys of the events that are no sockets; those of sockets begin behind them. */
enum sqli_event_key { SQLI_EVENT_TIMER, SQLI_EVENT_END, SQLI_EVENT_SOCKETS };

struct sqli_events {
    int epoll;
    int timer;
    int end;
};

enum sqli_status sqli__events_open(struct sqli_events *events, struct sqli_error *error);
void sqli__events_close(struct sqli_events *events);

/* Until the socket is closed. */
enum sqli_status sqli__events_add(struct sqli_events *events, int socket, uint64_t key,
                                  struct sqli_error *error);

/* False: nothing happened for timeout_ms (-1: waits on). */
bool sqli__events_wait(struct sqli_events *events, int timeout_ms, uint64_t *key, unsigned *what);

/* The timer goes off once, at a time of sqli__clock_ms; an earlier order is forgotten. */
void sqli__events_wake_at(struct sqli_events *events, int64_t deadline);

/* From now on every wait returns SQLI_EVENT_END when nothing else does. */
void sqli__events_end(struct sqli_events *events);

#endif
