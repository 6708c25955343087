/* A connection: options, transport, the link above it, and what all its statements share. */
#ifndef SQLI_CLIENT_CONNECTION_H
#define SQLI_CLIENT_CONNECTION_H

#include "client/link.h"
#include "client/options.h"
#include "client/task.h"
#include "include/sqli.h"
#include "net/address.h"
#include "net/clock.h"
#include "net/tls.h"
#include "value/codeset.h"

#include <stdatomic.h>
#include <sys/types.h>

enum {
    SQLI_HOSTS_MAX = 32,    /* hosts that one connect may try */
    SQLI_INFO_MAX = 256,    /* bytes of a text about the other side */
    SQLI_CLEANUP_MAX = 512, /* statements that wait to be closed or released */
};

/* How far a connect has come; the name of each step is told in errors. */
enum sqli_connect_step {
    SQLI_STEP_NONE,
    SQLI_STEP_RESOLVE,
    SQLI_STEP_CONNECT,
    SQLI_STEP_TLS,
    SQLI_STEP_LOGIN,
    SQLI_STEP_PROTOCOLS,
    SQLI_STEP_INFO,
    SQLI_STEP_DATABASE,
    SQLI_STEP_LOCALE,
    SQLI_STEP_SETTINGS,
    SQLI_STEP_READY,
};

struct sqli_connect {
    enum sqli_connect_step step;
    struct sqli_host_port hosts[SQLI_HOSTS_MAX];
    uint32_t host_count, host;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t address_count, address;
    int64_t deadline;      /* of everything */
    int64_t host_deadline; /* of the present address */
    int16_t locale_statement;
    bool failed;             /* the present step, by its reply */
    bool refused;            /* the login was */
    struct sqli_error error; /* why */
};

/* A cursor or statement of the server that nobody needs any more: the next request takes it along.
 */
struct sqli_cleanup {
    int16_t id;
    bool close;
    bool release;
};

struct sqli_conn {
    struct sqli_options options;
    struct sqli_error error; /* of the last call that failed */
    struct sqli_link link;
    bool open;
    bool autocommit;
    bool nonblocking;
    pid_t process; /* that opened it */
    atomic_flag busy;

    int socket;
    struct sqli_tls *tls;
    struct sqli_tls_context *tls_context;
    struct sqli_connect connect;
    int64_t deadline; /* of the present call */

    /* The other side. */
    char host[SQLI_HOST_MAX + 16];
    char server[SQLI_INFO_MAX];
    char version[SQLI_INFO_MAX];
    char database[SQLI_INFO_MAX];
    char locale[SQLI_INFO_MAX];
    struct sqli_codeset *codeset; /* of the database; NULL: Latin-1 is not known to be wrong yet */
    bool logged, ansi;
    struct sqli_date_format *date_format;

    bool in_transaction;
    bool settings_changed;       /* isolation or lock mode, since the connection was opened */
    struct sqli_task task;       /* of begin, commit and the like; */
    const char *doing;           /* and which of them it is; NULL: none */
    struct sqli_stmt *executing; /* by sqli_exec */

    struct sqli_stmt *statements;   /* alive */
    struct sqli_prepared *prepared; /* what the server knows, the latest used first */
    uint32_t cached_count;          /* of these, those that no statement uses */
    struct sqli_cleanup cleanups[SQLI_CLEANUP_MAX];
    uint32_t cleanup_count;
    uint64_t cursor_number; /* for names of cursors */
};

/* --- every public call goes through these two --- */

/* SQLI_BUSY: another thread is inside. SQLI_FAIL with conn->error: after a fork, closed. */
int sqli__enter(struct sqli_conn *conn, bool must_be_open);
/* Ends the call; returns `status` as the public function does. */
int sqli__leave(struct sqli_conn *conn, enum sqli_status status);

/* Leaves the public function that cannot be entered. */
#define SQLI_TRY_ENTER(conn, must_be_open)                     \
    do {                                                       \
        int sqli_entered_ = sqli__enter((conn), must_be_open); \
        if (sqli_entered_ != SQLI_OK)                          \
            return sqli_entered_;                              \
    } while (0)

/* --- operation.c: begin, commit and the like --- */

/* The request is built by `add` when the operation begins; called again, it goes on. */
enum sqli_status sqli__operate(struct sqli_conn *conn, const char *name,
                               enum sqli_status (*add)(struct sqli_conn *conn, const void *context),
                               const void *context);
/* A statement without parameters and rows, as one request. */
void sqli__add_command(struct sqli_conn *conn, struct sqli_span sql);

/* --- text.c: programs have UTF-8, what travels is the code set of the database --- */

enum sqli_status sqli__text_to_server(const struct sqli_conn *conn, struct sqli_span text,
                                      struct sqli_buffer *out, struct sqli_error *error);
enum sqli_status sqli__text_from_server(const struct sqli_conn *conn, struct sqli_span text,
                                        struct sqli_buffer *out, struct sqli_error *error);

/* --- transaction.c --- */

enum sqli_status sqli__commit(struct sqli_conn *conn);
enum sqli_status sqli__rollback(struct sqli_conn *conn);
const char *sqli__isolation_sql(const char *level); /* NULL: no such level */
void sqli__lock_wait_sql(int64_t seconds, char *sql, size_t room);

/* --- io.c --- */

/* Sends what waits, and takes what has come. SQLI_OK: something moved, look again; SQLI_MORE: a
 * connection that does not block has to wait; SQLI_FAIL: closed, or out of time. */
enum sqli_status sqli__pump(struct sqli_conn *conn);
/* Sends what the socket takes right now; a failure shows in the next call. */
void sqli__send(struct sqli_conn *conn);
/* The same while connecting, up to the deadline of that. */
enum sqli_status sqli__connect_wait(struct sqli_conn *conn);
void sqli__transport_close(struct sqli_conn *conn);

/* --- connect.c --- */

enum sqli_status sqli__connect_advance(struct sqli_conn *conn);
/* The present step failed, conn->error says why. SQLI_OK: the next host is tried; SQLI_FAIL: there
 * is none, and the error says where it was. */
enum sqli_status sqli__connect_failed(struct sqli_conn *conn);
/* What is known of the database is taken from the answer to DBOPEN and its like. `name` may have a
 * server behind it; an empty one: none is open any more. */
void sqli__database_opened(struct sqli_conn *conn, struct sqli_span name, int16_t warnings);
/* Asks for the code set of the database after such an answer; SQLI_OK when it is known. */
enum sqli_status sqli__database_learn(struct sqli_conn *conn);

/* --- cleanup.c --- */

void sqli__cleanup_later(struct sqli_conn *conn, int16_t id, bool close, bool release);
/* Puts what is to be closed and released in front of the next request. */
enum sqli_status sqli__cleanup_flush(struct sqli_conn *conn, struct sqli_error *error);

#endif
