/* A connection: options, transport, the link above it, and what all its statements share. */
#ifndef SQLI_CLIENT_CONNECTION_H
#define SQLI_CLIENT_CONNECTION_H

#include "base/clock.h"
#include "client/control.h"
#include "client/hosts.h"
#include "client/link.h"
#include "client/options.h"
#include "client/task.h"
#include "include/sqli.h"
#include "net/address.h"
#include "net/tls.h"
#include "value/codeset.h"

#include <stdatomic.h>
#include <sys/types.h>

enum {
    SQLI_INFO_MAX = 256,      /* bytes of a text about the other side */
    SQLI_CLEANUP_MAX = 512,   /* statements that wait to be closed or released */
    SQLI_PROMPT_MAX = 512,    /* bytes of a question of PAM, and of its answer */
    SQLI_FAILURES_TEXT = 560, /* of a connect that tried several hosts */
};

/* How far a connect has come; the name of each step is told in errors. */
enum sqli_connect_step {
    SQLI_STEP_NONE,
    SQLI_STEP_PAUSE, /* before the next round over all hosts */
    SQLI_STEP_RESOLVE,
    SQLI_STEP_CONNECT,
    SQLI_STEP_TLS,
    SQLI_STEP_LOGIN,
    SQLI_STEP_PROTOCOLS,
    SQLI_STEP_CHALLENGE,
    SQLI_STEP_INFO,
    SQLI_STEP_DATABASE,
    SQLI_STEP_LOCALE,
    SQLI_STEP_SETTINGS,
    SQLI_STEP_READY,
};

/* Answers what a server with PAM asks. */
struct sqli_challenge {
    int (*answer)(void *context, int style, const char *prompt, char *answer, size_t size);
    void *context;
};

/* What it has asked. */
struct sqli_asked {
    bool pending;
    int style;
    uint32_t times;
    char prompt[SQLI_PROMPT_MAX + 1];
};

struct sqli_connect {
    enum sqli_connect_step step;
    struct sqli_hosts hosts; /* by the options, in the order in which they are tried */
    struct sqli_host at;     /* the present one; behind a redirect none of the list */
    struct sqli_host next;   /* where a redirect leads */
    uint32_t host;           /* its place in the list */
    uint32_t hops;           /* redirects since then */
    int64_t round, rounds;   /* over all hosts, after the first */
    struct sqli_resolver *resolver;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t address_count, address;
    int64_t began;
    int64_t deadline;         /* of everything; */
    int64_t host_deadline;    /* of the present host; */
    int64_t address_deadline; /* of reaching the present address; */
    int64_t pause_deadline;   /* and of a pause */
    int16_t locale_statement;
    bool failed;               /* the present step, by its reply; */
    struct sqli_error failure; /* why: the reply may come in another call than the step */
    bool refused;              /* the login was */
    bool redirected;           /* it was sent on, to `next` */
    struct sqli_error error;   /* why it was refused */
    struct sqli_asked asked;
    bool locale_learned; /* conn->locale is new */

    /* What went wrong in this round; the most telling error counts in the end. */
    uint32_t failures;
    struct sqli_error worst;
    enum sqli_connect_step worst_step;
    char worst_host[SQLI_HOST_MAX + 16];
    char worst_server[SQLI_SERVER_NAME_MAX + 1];
    char texts[SQLI_FAILURES_TEXT];
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
    bool in_session; /* also when it was lost meanwhile: something is left to be cleared away */
    bool autocommit;
    bool nonblocking;
    bool own, own_encrypted; /* the program moves the bytes */
    unsigned generation;     /* of the process that connected */
    atomic_flag busy;
    _Atomic(struct sqli_stmt *) doomed; /* finalized while another thread was inside */
    struct sqli_control control;
    struct sqli_tracer *tracer; /* NULL: nobody wants to see the traffic */

    int socket;
    struct sqli_tls *tls;
    struct sqli_tls_context *tls_context;
    struct sqli_connect connect;
    int64_t deadline; /* of the present step of connecting */

    /* The other side. */
    char host[SQLI_HOST_MAX + 16];
    char server[SQLI_INFO_MAX];
    char version[SQLI_INFO_MAX];
    char database[SQLI_INFO_MAX];
    char locale[SQLI_INFO_MAX];
    char user[SQLI_INFO_MAX];
    char capabilities[2 * SQLI_CAPS_BYTES + 1];
    struct sqli_challenge challenge;
    struct sqli_codeset *codeset; /* of the database; NULL: Latin-1 is not known to be wrong yet */
    bool logged, ansi;

    bool in_transaction;
    bool settings_changed;       /* isolation or lock mode, since the connection was opened */
    bool session_changed;        /* temporary tables and the like, which only closing undoes */
    struct sqli_task task;       /* of begin, commit and the like; */
    const char *doing;           /* and which of them it is; NULL: none */
    struct sqli_stmt *executing; /* by sqli_exec */

    struct sqli_stmt *statements;   /* alive */
    struct sqli_prepared *prepared; /* what the server knows, the latest used first */
    uint32_t cached_count;          /* of these, those that no statement uses */
    struct sqli_cleanup cleanups[SQLI_CLEANUP_MAX];
    uint32_t cleanup_count;
    uint64_t cursor_number; /* for names of cursors */

    struct sqli_lob *lobs;                /* handles that have not been closed */
    struct sqli_lob *creating;            /* by sqli_lob_create */
    uint64_t lob_changes;                 /* writes to any of them */
    struct sqli_routine_handle *routines; /* of routines that were called without SQL */
};

/* --- every public call goes through these two --- */

/* SQLI_BUSY: another thread is inside. SQLI_FAIL with conn->error: after a fork, closed. A NULL
 * fails without. */
int sqli__enter(struct sqli_conn *conn, bool must_be_open);
/* The same for a function that cannot do without `pointer`. */
int sqli__enter_with(struct sqli_conn *conn, bool must_be_open, const void *pointer);
enum sqli_status sqli__fail_null(struct sqli_error *error);
/* Ends the call; returns `status` as the public function does. */
int sqli__leave(struct sqli_conn *conn, enum sqli_status status);
/* The same where what is to be sent may wait for more. */
int sqli__leave_unsent(struct sqli_conn *conn, enum sqli_status status);
/* The same for what may be called while another call goes on: that is not touched. */
int sqli__leave_aside(struct sqli_conn *conn, enum sqli_status status);
/* The process is a child of the one that connected: not a byte may go. */
bool sqli__is_forked(const struct sqli_conn *conn);
/* From now on the connection is that of this process. */
void sqli__belong_here(struct sqli_conn *conn);

/* Leaves the public function that cannot be entered. */
#define SQLI_TRY_ENTER(conn, must_be_open)                     \
    do {                                                       \
        int sqli_entered_ = sqli__enter((conn), must_be_open); \
        if (sqli_entered_ != SQLI_OK)                          \
            return sqli_entered_;                              \
    } while (0)
/* The same without a `pointer`, too; a function that comes past it has one. */
#define SQLI_TRY_ENTER_WITH(conn, must_be_open, pointer)                         \
    do {                                                                         \
        const void *sqli_given_ = (pointer);                                     \
        int sqli_entered_ = sqli__enter_with((conn), must_be_open, sqli_given_); \
        if (sqli_entered_ != SQLI_OK || !sqli_given_)                            \
            return sqli_entered_;                                                \
    } while (0)

/* --- settings.c: the environment, and then what a program says --- */

int sqli__settings_url(struct sqli_conn *conn, const char *url);
int sqli__settings_list(struct sqli_conn *conn, const struct sqli_setting *settings, size_t count);

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
/* Takes all that has come, without waiting. SQLI_FAIL: closed. */
enum sqli_status sqli__receive_all(struct sqli_conn *conn);
/* The same as pump while connecting, up to the deadline of that. */
enum sqli_status sqli__connect_wait(struct sqli_conn *conn);
void sqli__transport_close(struct sqli_conn *conn);
/* The descriptor to wait for, -1: none; and for what, as poll wants it. */
int sqli__wait_descriptor(const struct sqli_conn *conn);
short sqli__wait_events(const struct sqli_conn *conn);

/* --- trace.c --- */

/* Opens the file that the option trace names. */
enum sqli_status sqli__trace_open(struct sqli_conn *conn);
void sqli__trace_bytes(struct sqli_conn *conn, enum sqli_direction direction,
                       struct sqli_span bytes);
/* The next byte is the first of a new stream. */
void sqli__trace_restart(struct sqli_conn *conn);
void sqli__trace_close(struct sqli_conn *conn);
/* In the child, where no other thread is. */
void sqli__trace_forked(void);

/* --- connect.c, login.c --- */

/* Does all that can be done without waiting. SQLI_MORE: up to SQLI_STEP_TLS wait for the descriptor
 * of sqli__connect_ready, later move bytes with sqli__pump; but not beyond sqli__connect_deadline.
 * Then call again: that the time has passed is found out here. */
enum sqli_status sqli__connect_advance(struct sqli_conn *conn);
/* What is waited for up to SQLI_STEP_TLS: events as in poll; -1 and 0: only for the time. */
int sqli__connect_ready(const struct sqli_conn *conn, short *events);
int64_t sqli__connect_deadline(const struct sqli_conn *conn);
/* The present step failed, conn->error says why. SQLI_OK: the next host is tried; SQLI_FAIL: there
 * is none, and the error says where it was. */
enum sqli_status sqli__connect_failed(struct sqli_conn *conn);
/* Ends a connect that did not come to its end. */
void sqli__connect_drop(struct sqli_conn *conn);
/* The step of the conversation that is due: its request, unless that is under way. */
enum sqli_status sqli__converse(struct sqli_conn *conn);
/* Goes where the login was sent on to, if that may be. */
enum sqli_status sqli__redirect(struct sqli_conn *conn);
/* Copies a text of the other side, as much as there is room for. */
void sqli__copy_text(char *to, size_t room, struct sqli_span from);
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
