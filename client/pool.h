/* A pool: slots, each with a connection or without, and a queue of those who wait for one.
 *
 * A slot that becomes free goes to whoever waits longest, and nobody can overtake him, for a slot
 * is free only while nobody waits. */
#ifndef SQLI_CLIENT_POOL_H
#define SQLI_CLIENT_POOL_H

#include "client/connection.h"

#include <pthread.h>

enum {
    SQLI_POOL_MAX = 10000,       /* connections of one pool */
    SQLI_POOL_ERRORS_MAX = 1024, /* threads whose errors are kept */
};

struct sqli_pool_slot {
    sqli_conn *conn; /* NULL: one is opened when the slot is taken */
    bool used;
    int64_t opened;               /* when */
    int64_t idle;                 /* since when */
    char database[SQLI_INFO_MAX]; /* that was open then */
};

/* Lives on the stack of the thread that waits. */
struct sqli_pool_waiter {
    struct sqli_pool_waiter *next;
    struct sqli_pool_slot *slot; /* that it was given */
    pthread_cond_t given;
};

struct sqli_pool_error {
    struct sqli_pool_error *next;
    pthread_t thread;
    struct sqli_error error;
};

struct sqli_pool {
    pthread_mutex_t
        lock;            /* of everything but the template and the limits, which stay as they are */
    sqli_conn *template; /* never connected: its options are those of all */
    int64_t least, most, lifetime, idle, wait; /* milliseconds */
    struct sqli_pool_slot *slots;
    struct sqli_pool_waiter *first, **last;
    int used, waiting;
    uint32_t references; /* the program's, until it closes, and one of each user and waiter */
    bool closed;
    uint64_t opened, ended, acquired, timeouts;
    struct sqli_pool_error *errors; /* the latest first */
    uint32_t error_count;
};

/* Brings a connection back to what it was when it was opened. SQLI_FAIL: it cannot be; close it. */
enum sqli_status sqli__pool_reset(sqli_conn *conn, const char *database,
                                  const struct sqli_options *options);

#endif
