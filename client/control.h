/* What a call that waits looks at besides its answer: deadlines, a cancel, progress; and what the
 * connection has cost. Part of struct sqli_conn. */
#ifndef SQLI_CLIENT_CONTROL_H
#define SQLI_CLIENT_CONTROL_H

#include "base/error.h"

#include <stdatomic.h>

struct sqli_conn;

enum { SQLI_URGENT_BYTE = 0x42 };

/* Whether there is something to cancel. A cancel only turns WAITING into CANCELLED, so that it
 * never outlives the call that it was meant for. */
enum sqli_waiting { SQLI_CALM, SQLI_WAITING, SQLI_CANCELLED };

struct sqli_progress {
    int (*call)(void *context); /* NULL: none */
    void *context;
    int64_t every;
    int64_t next;
};

struct sqli_control {
    atomic_int waiting;      /* enum sqli_waiting; with `wake` all that another thread may touch */
    atomic_int wake;         /* an event descriptor that ends poll; -1: none */
    uint32_t awaited_before; /* as it was when the present call began */
    uint32_t awaited; /* tasks that a call waits for; between calls, one that said SQLI_MORE */

    int64_t read_limit;      /* milliseconds; 0: none */
    int64_t active;          /* when a byte last went or came, or the waiting began */
    int64_t deadline;        /* of the call, or SQLI_NO_DEADLINE */
    bool timed_out;          /* it has passed, and the statement is being cancelled */
    int64_t answer_deadline; /* of that cancel */
    bool urgent_sent;        /* for the reply... */
    uint64_t urgent_reply;   /* ...that was due then, counted as link->replies does */
    bool urgent_waits;       /* until the socket takes it */
    int64_t urgent_rest;     /* how long no other one may follow, unless... */
    uint64_t urgent_seen;    /* ...an answer says that it arrived: more replies than this came */
    bool urgent_to_take;     /* own transport: the program has not asked for it yet */
    struct sqli_progress progress;

    bool sent; /* since an answer was waited for last */
    uint64_t round_trips, bytes_sent, bytes_received;
};

void sqli__control_init(struct sqli_control *control);
/* Before the first byte goes: checks the options, makes the descriptor. */
enum sqli_status sqli__control_open(struct sqli_conn *conn);
void sqli__control_close(struct sqli_control *control);

/* A call is about to wait. */
void sqli__control_wait(struct sqli_conn *conn);
/* What is due while it waits: progress, deadlines, a cancel. SQLI_FAIL: the connection has to be
 * closed. */
enum sqli_status sqli__control_due(struct sqli_conn *conn);
/* The same while connecting, when a cancel ends it all. */
enum sqli_status sqli__control_due_connecting(struct sqli_conn *conn);
/* When to look again at the latest. */
int64_t sqli__control_next(const struct sqli_conn *conn);
/* The call that is under way was cancelled. */
bool sqli__is_cancelled(const struct sqli_conn *conn);
/* A cancel can be sent now: the request is with the server; or it ends the connection. Sends it. */
bool sqli__cancel_due(const struct sqli_conn *conn);
enum sqli_status sqli__cancel_send(struct sqli_conn *conn);
/* Forgets what woke the thread up. */
void sqli__control_woken(const struct sqli_conn *conn);
/* The call ends: nothing is left of a cancel that was meant for it. */
void sqli__control_leave(struct sqli_conn *conn, enum sqli_status status);

/* Bytes have gone, or come. */
void sqli__count_sent(struct sqli_conn *conn, size_t size);
void sqli__count_received(struct sqli_conn *conn, size_t size);
/* An answer is waited for now. */
void sqli__count_round_trip(struct sqli_conn *conn);

#endif
