/* Deadlines, cancel, progress, and the descriptor for who waits himself. */
#include "client/control.h"

#include "client/connection.h"
#include "net/socket.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { URGENT_REST_MS = 100 };

/* --- life --- */

void sqli__control_init(struct sqli_control *control)
{
    atomic_init(&control->waiting, SQLI_CALM);
    atomic_init(&control->wake, -1);
    control->deadline = SQLI_NO_DEADLINE;
}

static int64_t limit(const struct sqli_conn *conn, enum sqli_option_id id)
{
    return sqli__option_milliseconds(&conn->options, id);
}

enum sqli_status sqli__control_open(struct sqli_conn *conn)
{
    if (conn->own || atomic_load(&conn->control.wake) >= 0)
        return SQLI_OK;
    int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (wake < 0)
        return sqli__fail(&conn->error, SQLI_E_NETWORK_SYSTEM, "eventfd: errno %d", errno);
    atomic_store(&conn->control.wake, wake);
    return SQLI_OK;
}

void sqli__control_close(struct sqli_control *control)
{
    int wake = atomic_exchange(&control->wake, -1);
    if (wake >= 0)
        close(wake);
}

/* --- the time that a call may take --- */

/* The options may have changed since the last call. */
static void begin(struct sqli_conn *conn)
{
    struct sqli_control *c = &conn->control;
    int64_t now = sqli__clock_ms();
    int64_t statement = limit(conn, SQLI_OPT_STATEMENT_TIMEOUT);
    c->read_limit = limit(conn, SQLI_OPT_READ_TIMEOUT);
    c->deadline = statement && conn->open ? now + statement : SQLI_NO_DEADLINE;
    c->timed_out = c->urgent_sent = c->urgent_waits = c->urgent_to_take = false;
    c->active = now;
    c->progress.next = now + c->progress.every;
}

void sqli__control_wait(struct sqli_conn *conn)
{
    int calm = SQLI_CALM;
    if (atomic_load(&conn->control.waiting) == SQLI_CALM) {
        begin(conn);
        atomic_compare_exchange_strong(&conn->control.waiting, &calm, SQLI_WAITING);
    }
}

/* What the server says to a cancelled statement is said as what it was. */
static void say_timeout(struct sqli_conn *conn)
{
    if (conn->control.timed_out && conn->error.code == SQLI_E_INTERRUPTED)
        sqli__fail(&conn->error, SQLI_E_TIMEOUT, "statement-timeout=%s",
                   sqli__option(&conn->options, SQLI_OPT_STATEMENT_TIMEOUT));
}

void sqli__control_leave(struct sqli_conn *conn, enum sqli_status status)
{
    struct sqli_control *c = &conn->control;
    bool goes_on = c->awaited && c->awaited >= c->awaited_before;
    if (status == SQLI_MORE || goes_on || atomic_load(&c->waiting) == SQLI_CALM)
        return;
    if (status == SQLI_FAIL)
        say_timeout(conn);
    if (c->awaited && conn->open)
        begin(conn); /* another call goes on */
    int after = c->awaited && conn->open ? SQLI_WAITING : SQLI_CALM;
    if (atomic_exchange(&c->waiting, after) == SQLI_CANCELLED)
        sqli__control_woken(conn); /* it came too late for anybody to look */
}

static int64_t read_deadline(const struct sqli_conn *conn)
{
    const struct sqli_control *c = &conn->control;
    return c->read_limit && !sqli__link_idle(&conn->link) ? c->active + c->read_limit
                                                          : SQLI_NO_DEADLINE;
}

static int64_t progress_time(const struct sqli_conn *conn)
{
    return conn->control.progress.call ? conn->control.progress.next : SQLI_NO_DEADLINE;
}

/* TCP has one urgent byte at a time: a second one makes ordinary data of the first, if the server
 * has not noticed that yet, and then nothing makes sense any more. An answer to what was sent
 * behind it proves that it was noticed; where there is none to come, some time has to do. */
static int64_t urgent_rest(const struct sqli_conn *conn)
{
    const struct sqli_control *c = &conn->control;
    if (!sqli__is_cancelled(conn) || conn->link.replies > c->urgent_seen ||
        sqli__clock_left(c->urgent_rest) <= 0)
        return SQLI_NO_DEADLINE;
    return c->urgent_rest;
}

int64_t sqli__control_next(const struct sqli_conn *conn)
{
    const struct sqli_control *c = &conn->control;
    int64_t statement = c->timed_out ? c->answer_deadline : c->deadline;
    int64_t connecting = conn->open ? SQLI_NO_DEADLINE : sqli__connect_deadline(conn);
    int64_t next =
        sqli__clock_earlier(sqli__clock_earlier(statement, connecting),
                            sqli__clock_earlier(read_deadline(conn), progress_time(conn)));
    return sqli__clock_earlier(next, urgent_rest(conn));
}

static bool passed(int64_t deadline, int64_t now)
{
    return deadline != SQLI_NO_DEADLINE && now >= deadline;
}

static void report_progress(struct sqli_conn *conn, int64_t now)
{
    struct sqli_progress *p = &conn->control.progress;
    if (!p->call || now < p->next)
        return;
    p->next = now + p->every;
    if (p->call(p->context))
        atomic_store(&conn->control.waiting, SQLI_CANCELLED);
}

static enum sqli_status time_out(struct sqli_conn *conn, int64_t now)
{
    struct sqli_control *c = &conn->control;
    int64_t patience;
    if (c->timed_out)
        return passed(c->answer_deadline, now)
                   ? sqli__fail(&conn->error, SQLI_E_TIMEOUT,
                                "nothing came of cancelling; the connection is closed")
                   : SQLI_OK;
    patience = limit(conn, SQLI_OPT_CANCEL_TIMEOUT);
    c->timed_out = true;
    c->answer_deadline = patience ? now + patience : SQLI_NO_DEADLINE;
    atomic_store(&c->waiting, SQLI_CANCELLED);
    return SQLI_OK;
}

/* --- cancel --- */

bool sqli__is_cancelled(const struct sqli_conn *conn)
{
    return atomic_load(&conn->control.waiting) == SQLI_CANCELLED;
}

static bool carries_no_cancel(const struct sqli_conn *conn)
{
    return conn->tls || conn->own_encrypted;
}

/* The server has to see what it shall stop before it is told to. */
bool sqli__cancel_due(const struct sqli_conn *conn)
{
    const struct sqli_control *c = &conn->control;
    bool seen = sqli__link_take(&conn->link).length == 0 && !sqli__link_speaking(&conn->link);
    return sqli__is_cancelled(conn) && !sqli__link_idle(&conn->link) &&
           (seen || carries_no_cancel(conn)) && urgent_rest(conn) == SQLI_NO_DEADLINE &&
           !(c->urgent_sent && c->urgent_reply == conn->link.replies);
}

static enum sqli_status cannot_carry(struct sqli_conn *conn)
{
    if (!conn->control.timed_out)
        return sqli__fail(&conn->error, SQLI_E_CANCELLED_CLOSED, NULL);
    return sqli__fail(&conn->error, SQLI_E_TIMEOUT,
                      "TLS cannot carry a cancel; the connection is closed");
}

/* One byte for each reply that comes before the one that is waited for, and one for that. */
enum sqli_status sqli__cancel_send(struct sqli_conn *conn)
{
    struct sqli_control *c = &conn->control;
    if (carries_no_cancel(conn))
        return cannot_carry(conn);
    if (!conn->own) {
        enum sqli_status status =
            sqli__socket_send_urgent(conn->socket, SQLI_URGENT_BYTE, &conn->error);
        c->urgent_waits = status == SQLI_MORE;
        if (status)
            return status == SQLI_MORE ? SQLI_OK : status;
    }
    c->urgent_rest = sqli__clock_ms() + URGENT_REST_MS;
    c->urgent_seen = conn->link.requests;
    c->urgent_to_take = conn->own;
    c->urgent_sent = true;
    c->urgent_reply = conn->link.replies;
    return SQLI_OK;
}

static enum sqli_status check_silence(struct sqli_conn *conn, int64_t now)
{
    if (!passed(read_deadline(conn), now))
        return SQLI_OK;
    return sqli__fail(&conn->error, SQLI_E_TIMEOUT,
                      "no byte from the server for read-timeout=%s seconds",
                      sqli__option(&conn->options, SQLI_OPT_READ_TIMEOUT));
}

enum sqli_status sqli__control_due(struct sqli_conn *conn)
{
    const struct sqli_control *c = &conn->control;
    if (sqli__control_next(conn) != SQLI_NO_DEADLINE) {
        int64_t now = sqli__clock_ms();
        report_progress(conn, now);
        if (passed(c->deadline, now))
            SQLI_TRY(time_out(conn, now));
        SQLI_TRY(check_silence(conn, now));
    }
    return sqli__cancel_due(conn) ? sqli__cancel_send(conn) : SQLI_OK;
}

enum sqli_status sqli__control_due_connecting(struct sqli_conn *conn)
{
    int64_t now = sqli__clock_ms();
    report_progress(conn, now);
    if (sqli__is_cancelled(conn))
        return sqli__fail(&conn->error, SQLI_E_CANCELLED, NULL);
    return check_silence(conn, now);
}

void sqli__control_woken(const struct sqli_conn *conn)
{
    uint64_t times;
    int wake = atomic_load(&conn->control.wake);
    ssize_t got = wake >= 0 ? read(wake, &times, sizeof times) : 0;
    (void)got; /* nothing to read: somebody was faster */
}

/* Atomics that are free of locks, and write: nothing else may be done in a signal handler. */
void sqli_cancel(sqli_conn *conn)
{
    int saved = errno;
    int waiting = SQLI_WAITING;
    if (conn && atomic_compare_exchange_strong(&conn->control.waiting, &waiting, SQLI_CANCELLED)) {
        static const uint64_t once = 1;
        int wake = atomic_load(&conn->control.wake);
        ssize_t sent = wake >= 0 ? write(wake, &once, sizeof once) : 0;
        (void)sent; /* full: it wakes already */
    }
    errno = saved;
}

int sqli_set_progress(sqli_conn *conn, int milliseconds, int (*progress)(void *context),
                      void *context)
{
    SQLI_TRY_ENTER(conn, false);
    if (progress && milliseconds < 1)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_ARGUMENT,
                                            "%d milliseconds between calls", milliseconds));
    conn->control.progress = (struct sqli_progress){
        .call = progress,
        .context = context,
        .every = milliseconds,
        .next = sqli__clock_ms() + milliseconds,
    };
    return sqli__leave_aside(conn, SQLI_OK);
}

/* --- without waiting --- */

int sqli_set_nonblocking(sqli_conn *conn, int on)
{
    SQLI_TRY_ENTER(conn, false);
    if (conn->own && !on)
        return sqli__leave(
            conn, sqli__fail(&conn->error, SQLI_E_STATE, "the program moves the bytes itself"));
    conn->nonblocking = on != 0;
    return sqli__leave(conn, SQLI_OK);
}

int sqli_fd(const sqli_conn *conn)
{
    return conn ? sqli__wait_descriptor(conn) : SQLI_NO_SOCKET;
}

int sqli_wants(const sqli_conn *conn)
{
    if (sqli_fd(conn) < 0)
        return 0;
    short events = sqli__wait_events(conn);
    return (events & POLLIN ? SQLI_WANTS_READ : 0) | (events & POLLOUT ? SQLI_WANTS_WRITE : 0);
}

int sqli_wake_fd(const sqli_conn *conn)
{
    return conn ? atomic_load(&conn->control.wake) : -1;
}

int64_t sqli_timeout(const sqli_conn *conn)
{
    int waiting = conn ? atomic_load(&conn->control.waiting) : SQLI_CALM;
    if (waiting == SQLI_CALM)
        return -1;
    bool due = sqli__cancel_due(conn) && !conn->control.urgent_waits;
    if (waiting == SQLI_CANCELLED && (!conn->open || due))
        return 0;
    return sqli__clock_left(sqli__control_next(conn));
}

/* --- what it has cost --- */

void sqli__count_sent(struct sqli_conn *conn, size_t size)
{
    struct sqli_control *c = &conn->control;
    c->sent = true;
    c->bytes_sent += size;
    if (c->read_limit)
        c->active = sqli__clock_ms();
}

void sqli__count_received(struct sqli_conn *conn, size_t size)
{
    struct sqli_control *c = &conn->control;
    c->bytes_received += size;
    if (c->read_limit)
        c->active = sqli__clock_ms();
}

void sqli__count_round_trip(struct sqli_conn *conn)
{
    if (!conn->control.sent || sqli__link_idle(&conn->link))
        return;
    conn->control.sent = false;
    conn->control.round_trips++;
}

int sqli_counts(const sqli_conn *conn, struct sqli_counts *counts)
{
    if (!conn || !counts || counts->size < sizeof counts->size)
        return SQLI_FAIL;
    struct sqli_counts all = {
        .size = counts->size,
        .requests = conn->link.requests,
        .round_trips = conn->control.round_trips,
        .bytes_sent = conn->control.bytes_sent,
        .bytes_received = conn->control.bytes_received,
    };
    memcpy(counts, &all, counts->size < sizeof all ? counts->size : sizeof all);
    return SQLI_OK;
}
