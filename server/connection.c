#include "server/connection.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/socket.h"

#include <pthread.h>

enum {
    RECEIVE_LEAST = 4 << 10, /* of room for one call */
    RECEIVE_MOST = 256 << 10,
    KEEP_CAPACITY = 64 << 10, /* of an empty buffer; a larger one is given back */
    /* What a session is fed at once. Small while requests are small, so that their replies leave
     * in between; it grows while a message is not complete. */
    FEED_LEAST = 4 << 10,
    FEED_MOST = 1 << 20,
    INPUT_AT_LOGIN = 64 << 10,
    FLUSH_NOW = 16 << 10,  /* of answers, which leave before the next request is begun */
    INPUT_LIMIT = 2 << 20, /* that waits; above it the client has to */
    FLOW_LIMIT = 1 << 20,  /* of a long answer that waits for the client */
    /* Milliseconds. */
    BREAK_AGAIN = 5,  /* a break that came before its request was begun */
    FLUSH_LATE = 2,   /* how long an answer may wait for the requests behind it */
    GONE_BREAK = 100, /* what each further statement of a client gets that has hung up */
    CLOSE_WAIT = 2000,
    CLOSE_WAIT_OUTPUT = 10000,
};

struct sqli_connection {
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* input came, or the end did: for a reply that waits for its client */
    struct sqli_reactor *reactor;
    const struct sqli_reactor_settings *settings;
    uint64_t key;
    int32_t number;
    int socket;
    struct sqli_tls *tls;
    struct sqli_address peer;
    char peer_text[SQLI_ADDRESS_TEXT_MAX];

    /* All below: under the mutex, unless the thread that serves is said to own it. */
    enum sqli_phase phase;
    bool shaking;   /* the TLS handshake goes on */
    bool hung_up;   /* an event said so: the end will be read */
    bool gone;      /* nothing more comes */
    bool broken;    /* and nothing more arrives there */
    bool stepping;  /* over an urgent byte, which may not be done unasked */
    bool paused;    /* input waits in the socket, because too much waits here */
    bool serving;   /* by a thread, which will do what is to be done next */
    bool feeding;   /* which is inside the session: a break makes sense */
    bool doomed;    /* the session shall end */
    bool over;      /* it has ended by itself */
    bool shut;      /* CLOSING: everything is sent, and that no more comes */
    bool impatient; /* CLOSING does not wait for the client's end */

    struct sqli_buffer in;  /* received, not yet taken by the thread that serves */
    struct sqli_buffer out; /* what the socket did not take */
    size_t out_at;          /* of it, sent */
    uint64_t received;      /* bytes, in all */
    uint64_t fed;           /* bytes that the session got before the present ones */
    uint64_t break_mark;    /* a break that is due counts for requests before it */
    int64_t break_due;
    int64_t flush_due; /* of answers that wait in `out` though the socket might take them */
    int64_t deadline;  /* LOGIN: of the login; CLOSING: of the close */

    /* Of the thread that serves; session also changes under the mutex only. */
    struct sqli_session *session;
    struct sqli_buffer work; /* what it took */
    size_t work_at;          /* of it, fed */
    size_t feed_size;
    struct sqli_buffer reply;
};

/* --- log --- */

#define LOG(c, level, format, ...)                                                      \
    sqli__log((c)->settings->logger, level, "connection %d (%s): " format, (c)->number, \
              (c)->peer_text, __VA_ARGS__)

static void trace(void *context, struct sqli_span line)
{
    const struct sqli_connection *c = context;
    sqli__log(c->settings->logger, SQLI_LOG_TRACE, "connection %d: %.*s", c->number,
              (int)line.length, line.data ? (const char *)line.data : "");
}

/* --- begin and end --- */

static int32_t authenticate(void *context, struct sqli_span user, struct sqli_span password)
{
    struct sqli_connection *c = context;
    return sqli__users_check(c->settings->users, &c->peer, user, password);
}

static void init(struct sqli_connection *c, const struct sqli_connection_start *start)
{
    *c = (struct sqli_connection){.reactor = start->reactor,
                                  .settings = sqli__reactor_settings(start->reactor),
                                  .key = start->key,
                                  .number = start->number,
                                  .socket = start->socket,
                                  .phase = start->refused ? SQLI_PHASE_CLOSING : SQLI_PHASE_LOGIN,
                                  .break_due = SQLI_NO_DEADLINE,
                                  .flush_due = SQLI_NO_DEADLINE,
                                  .feed_size = FEED_LEAST};
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->changed, NULL);
    sqli__buffer_init(&c->in, SIZE_MAX / 2);
    sqli__buffer_init(&c->work, SIZE_MAX / 2);
    sqli__buffer_init(&c->out, SIZE_MAX / 2);
    sqli__buffer_init(&c->reply, SIZE_MAX / 2);
    c->deadline = sqli__clock_ms() + (start->refused ? CLOSE_WAIT : c->settings->login_timeout_ms);
}

static enum sqli_status open_tls(struct sqli_connection *c, struct sqli_tls_context *tls,
                                 struct sqli_error *error)
{
    if (!tls)
        return SQLI_OK;
    c->shaking = true;
    return sqli__tls_open(tls, c->socket, NULL, &c->tls, error);
}

enum sqli_status sqli__connection_open(const struct sqli_connection_start *start,
                                       struct sqli_connection **connection,
                                       struct sqli_error *error)
{
    struct sqli_connection *c = sqli__alloc(sizeof *c);
    *connection = NULL;
    if (!c) {
        sqli__socket_close(start->socket);
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    init(c, start);
    if (sqli__socket_peer(c->socket, &c->peer, error) != SQLI_OK ||
        open_tls(c, start->refused ? NULL : start->tls, error) != SQLI_OK) {
        sqli__connection_free(c);
        return SQLI_FAIL;
    }
    sqli__socket_keep_alive(c->socket);
    sqli__address_print(&c->peer, c->peer_text);
    *connection = c;
    LOG(c, SQLI_LOG_DEBUG, "connected%s", start->tls ? ", TLS" : "");
    return SQLI_OK;
}

void sqli__connection_free(struct sqli_connection *c)
{
    sqli__tls_free(c->tls);
    sqli__socket_close(c->socket);
    sqli__buffer_free(&c->in);
    sqli__buffer_free(&c->work);
    sqli__buffer_free(&c->out);
    sqli__buffer_free(&c->reply);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    sqli__free(c);
}

static void empty(struct sqli_buffer *buffer)
{
    if (buffer->capacity > KEEP_CAPACITY)
        sqli__buffer_free(buffer);
    sqli__buffer_clear(buffer);
}

/* All below holds the mutex, unless it says otherwise. */

static void move_to(struct sqli_connection *c, enum sqli_phase phase)
{
    enum sqli_phase from = c->phase;
    c->phase = phase;
    sqli__reactor_moved(c->reactor, c->key, from, phase);
}

static bool in_session(const struct sqli_connection *c)
{
    return c->phase == SQLI_PHASE_LOGIN || c->phase == SQLI_PHASE_SESSION;
}

static void break_at(struct sqli_connection *c, int64_t due)
{
    c->break_due = due;
    sqli__reactor_wake_at(c->reactor, due);
}

/* False: no request is running, so that nothing was interrupted. */
static bool break_now(struct sqli_connection *c)
{
    return c->feeding && c->session && sqli__session_break(c->session);
}

static void close_now(struct sqli_connection *c)
{
    sqli__tls_free(c->tls);
    sqli__socket_close(c->socket);
    c->tls = NULL;
    c->socket = SQLI_NO_SOCKET;
    sqli__buffer_free(&c->in);
    sqli__buffer_free(&c->work);
    sqli__buffer_free(&c->out);
    sqli__buffer_free(&c->reply);
    LOG(c, SQLI_LOG_DEBUG, "%s", "closed");
    move_to(c, SQLI_PHASE_CLOSED);
}

/* Nothing more comes from the client. What it asked for before is still carried out, in case it
 * just did not wait for the answer, but nothing that takes long. */
static void peer_ended(struct sqli_connection *c)
{
    c->gone = true;
    break_at(c, sqli__clock_ms() + GONE_BREAK);
    pthread_cond_broadcast(&c->changed);
}

/* The connection is of no use in either direction. */
static void peer_broke(struct sqli_connection *c, const struct sqli_error *why)
{
    if (!c->broken && why)
        LOG(c, SQLI_LOG_DEBUG, "lost: %s", why->message);
    c->broken = true;
    empty(&c->in);
    empty(&c->out);
    c->out_at = 0;
    peer_ended(c);
    break_now(c);
}

/* --- bytes out --- */

static enum sqli_status stream_send(struct sqli_connection *c, struct sqli_span bytes, size_t *sent,
                                    struct sqli_error *error)
{
    *sent = 0;
    if (c->shaking)
        return SQLI_MORE;
    return c->tls ? sqli__tls_send(c->tls, bytes, sent, error)
                  : sqli__socket_send(c->socket, bytes, sent, error);
}

/* Sends what the socket takes; gives how much that was. */
static size_t send_some(struct sqli_connection *c, struct sqli_span bytes)
{
    struct sqli_error error;
    enum sqli_status status = SQLI_OK;
    size_t at = 0;
    while (at < bytes.length && status == SQLI_OK) {
        size_t sent = 0;
        status = stream_send(c, sqli__span(bytes.data + at, bytes.length - at), &sent, &error);
        at += sent;
    }
    if (status == SQLI_FAIL)
        peer_broke(c, &error);
    return at;
}

static size_t waiting_output(const struct sqli_connection *c)
{
    return c->out.length - c->out_at;
}

static void flush(struct sqli_connection *c)
{
    if (c->broken || waiting_output(c) == 0)
        return;
    size_t sent = send_some(c, sqli__span(c->out.data + c->out_at, c->out.length - c->out_at));
    if (c->broken)
        return;
    c->out_at += sent;
    if (waiting_output(c) == 0) {
        empty(&c->out);
        c->out_at = 0;
    }
}

/* Puts behind what waits already; the part that was sent goes once it is the larger one. */
static void keep_output(struct sqli_connection *c, struct sqli_span bytes)
{
    if (c->out_at > waiting_output(c)) {
        sqli__buffer_consume(&c->out, c->out_at);
        c->out_at = 0;
    }
    sqli__buffer_span(&c->out, bytes);
    if (waiting_output(c) <= c->settings->output_limit && !c->out.failed)
        return;
    LOG(c, SQLI_LOG_WARN, "closed: it does not read its replies, and %zu bytes wait for it",
        waiting_output(c));
    c->over = true;
    peer_broke(c, NULL);
}

static void send_reply(struct sqli_connection *c)
{
    struct sqli_span reply = sqli__buffer_view(&c->reply);
    size_t sent = 0;
    bool held = c->flush_due != SQLI_NO_DEADLINE;
    c->flush_due = SQLI_NO_DEADLINE;
    if (held && reply.length > FLUSH_NOW)
        flush(c);
    if (!c->broken && waiting_output(c) == 0)
        sent = send_some(c, reply);
    if (!c->broken && sent < reply.length)
        keep_output(c, sqli__span(reply.data + sent, reply.length - sent));
    empty(&c->reply);
    if (held)
        flush(c);
}

/* Small answers wait for those of the requests behind them, so that one call sends them all. The
 * timer sends them should the next request take long. */
static void hold_reply(struct sqli_connection *c)
{
    if (c->broken || c->reply.length == 0)
        return;
    keep_output(c, sqli__buffer_view(&c->reply));
    empty(&c->reply);
    if (c->broken || c->flush_due != SQLI_NO_DEADLINE)
        return;
    c->flush_due = sqli__clock_ms() + FLUSH_LATE;
    sqli__reactor_wake_at(c->reactor, c->flush_due);
}

static void answer(struct sqli_connection *c, bool more_to_do)
{
    if (more_to_do && c->reply.length + waiting_output(c) < FLUSH_NOW)
        hold_reply(c);
    else
        send_reply(c);
}

/* Inside the session, between two requests. */
static void answered(void *context, struct sqli_session *session)
{
    struct sqli_connection *c = context;
    (void)session;
    pthread_mutex_lock(&c->mutex);
    answer(c, true);
    pthread_mutex_unlock(&c->mutex);
}

/* --- bytes in --- */

static size_t waiting_input(const struct sqli_connection *c)
{
    return c->in.length + (c->work.length - c->work_at);
}

static enum sqli_status stream_receive(struct sqli_connection *c, void *room, size_t size,
                                       size_t *received, struct sqli_error *error)
{
    return c->tls ? sqli__tls_receive(c->tls, room, size, received, error)
                  : sqli__socket_receive(c->socket, room, size, received, error);
}

static size_t room_for(size_t waiting)
{
    if (waiting < RECEIVE_LEAST)
        return RECEIVE_LEAST;
    return waiting < RECEIVE_MOST ? waiting : RECEIVE_MOST;
}

/* One call for the socket; false: there is no more for now. */
static bool receive_some(struct sqli_connection *c, size_t waiting)
{
    struct sqli_error error;
    size_t size = room_for(waiting), received = 0;
    uint8_t *room = sqli__buffer_reserve(&c->in, size);
    if (!room) {
        sqli__buffer_status(&c->in, &error);
        peer_broke(c, &error);
        return false;
    }
    enum sqli_status status = stream_receive(c, room, size, &received, &error);
    if (status == SQLI_FAIL)
        peer_broke(c, &error);
    if (status == SQLI_OK && received == 0)
        peer_ended(c);
    if (status != SQLI_OK || received == 0)
        return false;
    if (in_session(c)) /* else nobody will look at it */
        sqli__buffer_advance(&c->in, received);
    c->received += received;
    return true;
}

static bool too_much_waits(struct sqli_connection *c)
{
    size_t limit = c->phase == SQLI_PHASE_LOGIN ? INPUT_AT_LOGIN : INPUT_LIMIT;
    c->paused = in_session(c) && waiting_input(c) >= limit;
    return c->paused;
}

/* All that is there; the socket is asked before each call, see sqli__socket_waiting. */
static void receive_all(struct sqli_connection *c)
{
    while (!c->gone && !too_much_waits(c)) {
        size_t waiting = c->tls ? 0 : sqli__socket_waiting(c->socket);
        if (waiting == 0 && !c->tls && !c->stepping && !c->hung_up)
            return;
        if (!receive_some(c, waiting)) {
            c->stepping = false;
            return;
        }
    }
}

/* The urgent byte stands somewhere in the stream and is no part of it. It interrupts what runs; if
 * the requests before it were not begun yet, the timer looks after them in a moment. */
static void urgent(struct sqli_connection *c)
{
    struct sqli_error error;
    uint8_t byte;
    receive_all(c);
    uint64_t mark = c->received;
    if (sqli__socket_receive_urgent(c->socket, &byte, &error) != SQLI_OK)
        return;
    c->stepping = true;
    LOG(c, SQLI_LOG_DEBUG, "break%s", c->feeding ? "" : ", while no statement runs");
    c->break_mark = mark;
    if (!break_now(c) && (c->feeding || waiting_input(c) > 0))
        break_at(c, sqli__clock_ms() + BREAK_AGAIN);
}

/* --- serving --- */

static enum sqli_status wait_for_more(void *context, struct sqli_session *session,
                                      struct sqli_error *error);

static enum sqli_status send_and_wait(void *context, struct sqli_session *session,
                                      struct sqli_error *error);

static void complain(void *context, const char *text)
{
    const struct sqli_connection *c = context;
    LOG(c, SQLI_LOG_WARN, "-768: %s", text);
}

static enum sqli_status open_session(struct sqli_connection *c, struct sqli_error *error)
{
    const struct sqli_reactor_settings *settings = c->settings;
    bool traced = sqli__logs(settings->logger, SQLI_LOG_TRACE);
    struct sqli_session_options options = {
        .databases = *settings->databases,
        .server_name = settings->server_name,
        .host_name = settings->host_name,
        .session_id = c->number,
        .output_limit = settings->output_limit,
        .authenticate = authenticate,
        .authenticate_context = c,
        .complain = complain,
        .complain_context = c,
        .trace = traced ? trace : NULL,
        .trace_context = c,
        .answered = answered,
        .answered_context = c,
        .wait = wait_for_more,
        .wait_context = c,
        .flow = send_and_wait,
        .flow_context = c,
    };
    return c->session ? SQLI_OK : sqli__session_open(&options, &c->session, error);
}

static void session_ended(struct sqli_connection *c, enum sqli_status status,
                          const struct sqli_error *error)
{
    if (status == SQLI_FAIL && !c->broken)
        LOG(c, SQLI_LOG_WARN, "closed: %s", error->message);
    c->over = true;
}

/* Feeds the session, and leaves the mutex for that. What is fed stays where it is meanwhile. */
static void feed(struct sqli_connection *c, struct sqli_span bytes)
{
    struct sqli_error error = {0};
    enum sqli_status status = open_session(c, &error);
    if (status == SQLI_OK) {
        c->feeding = true;
        pthread_mutex_unlock(&c->mutex);
        status = sqli__session_feed(c->session, bytes, &c->reply, &error);
        pthread_mutex_lock(&c->mutex);
        c->feeding = false;
    }
    c->fed += bytes.length;
    if (status == SQLI_MORE && c->reply.length == 0 && c->feed_size < FEED_MOST)
        c->feed_size *= 2;
    else
        c->feed_size = FEED_LEAST;
    if (c->phase == SQLI_PHASE_LOGIN && c->session && sqli__session_logged_in(c->session))
        move_to(c, SQLI_PHASE_SESSION);
    if (status != SQLI_MORE)
        session_ended(c, status, &error);
    answer(c, waiting_input(c) > 0);
}

/* The next bytes for the session, at most `most`; none are left when it gives an empty span. */
static struct sqli_span take_work(struct sqli_connection *c, size_t most)
{
    if (c->work_at == c->work.length) {
        struct sqli_buffer done = c->work;
        empty(&done);
        c->work = c->in;
        c->in = done;
        c->work_at = 0;
    }
    size_t left = c->work.length - c->work_at;
    size_t size = left < most ? left : most;
    struct sqli_span bytes = sqli__span(c->work.data + c->work_at, size);
    c->work_at += size;
    return bytes;
}

static void resume_input(struct sqli_connection *c)
{
    if (c->paused)
        receive_all(c);
}

/* A stream that begins with a TLS handshake would make no sense to a session, and the log should
 * say why. */
static bool is_tls_on_plain_port(struct sqli_connection *c, struct sqli_span bytes)
{
    if (c->fed > 0 || c->tls || !sqli__tls_is_hello(bytes))
        return false;
    LOG(c, SQLI_LOG_WARN, "%s", "closed: it speaks TLS, and this port does not");
    c->over = true;
    return true;
}

static void serve(struct sqli_connection *c)
{
    while (!c->over && !c->doomed && !c->broken && !c->shaking) {
        struct sqli_span bytes = take_work(c, c->feed_size);
        if (bytes.length == 0)
            return;
        if (!is_tls_on_plain_port(c, bytes))
            feed(c, bytes);
        resume_input(c);
    }
}

/* Inside a reply: the client is to send more first. What it sends goes to the session from a copy,
 * because the bytes that the session is just being fed must stay. */
static enum sqli_status wait_for_more(void *context, struct sqli_session *session,
                                      struct sqli_error *error)
{
    struct sqli_connection *c = context;
    struct sqli_buffer more;
    sqli__buffer_init(&more, SIZE_MAX / 2);
    pthread_mutex_lock(&c->mutex);
    send_reply(c);
    while (waiting_input(c) == 0 && !c->gone && !c->doomed)
        pthread_cond_wait(&c->changed, &c->mutex);
    if (c->work_at < c->work.length) {
        sqli__buffer_span(&more, take_work(c, FEED_LEAST));
    } else {
        struct sqli_buffer taken = c->in;
        c->in = more;
        more = taken;
    }
    resume_input(c);
    c->fed += more.length;
    bool ended = more.length == 0 || c->doomed || c->broken;
    pthread_mutex_unlock(&c->mutex);
    enum sqli_status status = sqli__buffer_status(&more, error);
    if (status == SQLI_OK)
        status = ended ? sqli__fail(error, SQLI_E_CONNECTION_LOST, NULL)
                       : sqli__session_feed(session, sqli__buffer_view(&more), &c->reply, error);
    sqli__buffer_free(&more);
    return status;
}

/* Inside a reply that is long: the client is to take some of it first. */
static enum sqli_status send_and_wait(void *context, struct sqli_session *session,
                                      struct sqli_error *error)
{
    struct sqli_connection *c = context;
    (void)session;
    pthread_mutex_lock(&c->mutex);
    send_reply(c);
    while (waiting_output(c) > FLOW_LIMIT && !c->broken)
        pthread_cond_wait(&c->changed, &c->mutex);
    bool ended = c->broken;
    pthread_mutex_unlock(&c->mutex);
    return ended ? sqli__fail(error, SQLI_E_CONNECTION_LOST, NULL) : SQLI_OK;
}

/* --- the end of a connection --- */

/* Everything that is to be sent goes first, then the end; and the client's own end is awaited, for
 * a socket that is closed with unread bytes in it takes back what it has sent. */
static void go_on_closing(struct sqli_connection *c)
{
    if (!c->broken && waiting_output(c) > 0)
        return;
    if (c->gone || c->broken || c->impatient) {
        close_now(c);
        return;
    }
    if (c->shut)
        return;
    c->shut = true;
    if (c->tls)
        sqli__tls_end(c->tls);
    sqli__socket_end(c->socket);
}

/* Leaves the mutex while the session rolls back. */
static void end_session(struct sqli_connection *c)
{
    struct sqli_session *session = c->session;
    c->session = NULL;
    if (session) {
        c->serving = true;
        pthread_mutex_unlock(&c->mutex);
        sqli__session_close(session);
        pthread_mutex_lock(&c->mutex);
        c->serving = false;
    }
    c->flush_due = SQLI_NO_DEADLINE;
    empty(&c->in);
    sqli__buffer_free(&c->work);
    c->work_at = 0;
    bool patient = waiting_output(c) > 0 && !c->impatient;
    c->deadline = sqli__clock_ms() + (patient ? CLOSE_WAIT_OUTPUT : CLOSE_WAIT);
    move_to(c, SQLI_PHASE_CLOSING);
    sqli__reactor_wake_at(c->reactor, c->deadline);
    receive_all(c);
    flush(c);
}

/* Whoever comes by does what is next, unless a thread is at it; that one looks here again. */
static void go_on(struct sqli_connection *c)
{
    if (c->serving) {
        pthread_cond_broadcast(&c->changed);
        return;
    }
    if (in_session(c)) {
        c->serving = true;
        serve(c);
        c->serving = false;
        if (c->over || c->doomed || c->gone)
            end_session(c);
    }
    if (c->phase == SQLI_PHASE_CLOSING)
        go_on_closing(c);
}

enum sqli_status sqli__connection_watch(struct sqli_connection *c, struct sqli_events *events,
                                        struct sqli_error *error)
{
    enum sqli_status status = SQLI_OK;
    pthread_mutex_lock(&c->mutex);
    if (c->phase != SQLI_PHASE_CLOSED) /* else the socket's number may be another's by now */
        status = sqli__events_add(events, c->socket, c->key, error);
    pthread_mutex_unlock(&c->mutex);
    return status;
}

static void shake_hands(struct sqli_connection *c)
{
    struct sqli_error error;
    enum sqli_status status = sqli__tls_handshake(c->tls, &error);
    if (status == SQLI_MORE)
        return;
    c->shaking = false;
    if (status == SQLI_OK) {
        LOG(c, SQLI_LOG_DEBUG, "%s, %s", sqli__tls_version(c->tls), sqli__tls_cipher(c->tls));
        return;
    }
    LOG(c, SQLI_LOG_WARN, "closed: %s", error.message);
    c->over = true;
    peer_broke(c, NULL);
}

void sqli__connection_event(struct sqli_connection *c, unsigned what)
{
    pthread_mutex_lock(&c->mutex);
    if (c->phase != SQLI_PHASE_CLOSED) {
        c->hung_up = c->hung_up || (what & SQLI_EVENT_HANGUP);
        if (c->shaking)
            shake_hands(c);
        if ((what & SQLI_EVENT_URGENT) && !c->tls)
            urgent(c);
        if (!c->shaking)
            receive_all(c);
        flush(c);
        go_on(c);
    }
    pthread_mutex_unlock(&c->mutex);
}

/* --- from outside --- */

static void login_is_late(struct sqli_connection *c)
{
    LOG(c, SQLI_LOG_WARN, "closed: no login within %d ms", c->settings->login_timeout_ms);
    c->doomed = true;
    break_now(c);
    go_on(c);
}

/* The request that was to be broken runs: it is the one whose bytes came before the break. A client
 * that has hung up is broken as often as it takes. */
static void break_is_due(struct sqli_connection *c, int64_t now)
{
    c->break_due = SQLI_NO_DEADLINE;
    bool due = c->gone || c->fed < c->break_mark;
    bool hit = due && break_now(c);
    if (due && !hit && (c->feeding || waiting_input(c) > 0))
        c->break_due = now + BREAK_AGAIN;
    if (c->gone && c->serving)
        c->break_due = now + GONE_BREAK;
}

static void do_what_is_due(struct sqli_connection *c, int64_t now)
{
    if (c->break_due != SQLI_NO_DEADLINE && c->break_due <= now)
        break_is_due(c, now);
    if (c->flush_due != SQLI_NO_DEADLINE && c->flush_due <= now) {
        c->flush_due = SQLI_NO_DEADLINE;
        flush(c);
    }
    if (c->phase == SQLI_PHASE_LOGIN && c->deadline <= now && !c->doomed)
        login_is_late(c);
    else if (c->phase == SQLI_PHASE_CLOSING && c->deadline <= now)
        close_now(c);
}

int64_t sqli__connection_tick(struct sqli_connection *c, int64_t now)
{
    int64_t next = SQLI_NO_DEADLINE;
    pthread_mutex_lock(&c->mutex);
    do_what_is_due(c, now);
    if (c->phase != SQLI_PHASE_CLOSED)
        next = sqli__clock_earlier(c->break_due, c->flush_due);
    if ((c->phase == SQLI_PHASE_LOGIN && !c->doomed) || c->phase == SQLI_PHASE_CLOSING)
        next = sqli__clock_earlier(next, c->deadline);
    pthread_mutex_unlock(&c->mutex);
    return next;
}

void sqli__connection_stop(struct sqli_connection *c, bool now)
{
    pthread_mutex_lock(&c->mutex);
    c->doomed = true;
    c->impatient = true;
    if (c->phase == SQLI_PHASE_CLOSING)
        c->deadline = sqli__clock_earlier(c->deadline, sqli__clock_ms() + CLOSE_WAIT);
    if (now && c->phase != SQLI_PHASE_CLOSED)
        peer_broke(c, NULL);
    if (c->phase != SQLI_PHASE_CLOSED)
        go_on(c);
    pthread_mutex_unlock(&c->mutex);
}
