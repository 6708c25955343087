/* Small listeners that answer as a test wants it, each in a thread of its own: a server is told by
 * the list of its answers, one for each request. */
#ifndef SQLI_TESTS_CLIENT_LISTENER_H
#define SQLI_TESTS_CLIENT_LISTENER_H

#include "tests/support/support.h"

#include "net/socket.h"
#include "net/tls.h"
#include "protocol/message.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LISTENER_HEARD = 4096 };

/* Answers, one behind the other:
 *
 * accept            a login
 * reject CODE NAME  refuses it; NAME is what the server is called
 * redirect TEXT     sends it on; section TEXT does so within the usual answer
 * hex DIGITS        those bytes; for a request later
 * protocols         the usual mask; protocols+pam one with PAM in it
 * eot               nothing else
 * open WARNINGS     a database is open
 * first DIGITS      those bytes before anything has been heard
 * silence           nothing, until the client goes
 * cut               hangs up
 * reset             does so the hard way, once something has been heard
 */
struct listener {
    const char *const *answers; /* for each connection the same; NULL ends them, and then it cuts */
    struct sqli_tls_context *tls_context; /* NULL: in clear */
    struct sqli_tls *tls;                 /* of the present connection */
    int socket;
    uint16_t port;
    pthread_t thread;
    atomic_bool over;
    bool reset; /* the present connection is to end so */
    atomic_int connections;
    uint8_t heard[LISTENER_HEARD]; /* of the last connection, all requests */
    atomic_size_t heard_size;
};

static inline void listener_wait(const struct listener *l, int socket)
{
    short events = l->tls && sqli__tls_wants_write(l->tls) ? POLLOUT : POLLIN;
    struct pollfd one = {.fd = socket, .events = events};
    poll(&one, 1, 20);
}

static inline void listener_send(struct listener *l, int socket, const void *bytes, size_t size)
{
    struct sqli_error error;
    struct sqli_span left = sqli__span(bytes, size);
    enum sqli_status status = SQLI_OK;
    while (left.length && status != SQLI_FAIL && !atomic_load(&l->over)) {
        size_t sent = 0;
        status = l->tls ? sqli__tls_send(l->tls, left, &sent, &error)
                        : sqli__socket_send(socket, left, &sent, &error);
        left = sqli__span(left.data + sent, left.length - sent);
    }
}

static inline void listener_send_hex(struct listener *l, int socket, const char *digits)
{
    struct sqli_span bytes = support_unhex(digits);
    listener_send(l, socket, bytes.data, bytes.length);
    support_free(bytes);
}

enum listener_login { LISTENER_ACCEPT, LISTENER_REJECT, LISTENER_REDIRECT, LISTENER_SECTION };

static inline void listener_send_login(struct listener *l, int socket, enum listener_login kind,
                                       int code, const char *text)
{
    struct sqli_message message = {.id = SQLI_MSG_LOGIN_REPLY};
    struct sqli_login_reply *reply = &message.as.login_reply;
    struct sqli_login_section section = {.marker = SQLI_LOGIN_REDIRECTION,
                                         .text = sqli__span_text(text)};
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, 1 << 16);
    sqli__login_reply_init(reply, kind == LISTENER_REJECT ? SQLI_LOGIN_REJECT : SQLI_LOGIN_ACCEPT);
    reply->version = sqli__span_text("IBM Informix Dynamic Server Version 9.59.FC7W1");
    reply->server = sqli__span_text(text);
    reply->service_error = (int16_t)code;
    if (kind == LISTENER_SECTION) {
        reply->sections = &section;
        reply->section_count = 1;
    } else if (kind == LISTENER_REDIRECT) {
        reply->header.type = SQLI_LOGIN_REDIRECT;
        reply->redirect = sqli__span_text(text);
    }
    if (sqli__encode(&message, SQLI_TO_CLIENT, &sqli__caps_server, &out, &error) == SQLI_OK)
        listener_send(l, socket, out.data, out.length);
    sqli__buffer_free(&out);
}

static inline enum sqli_status listener_receive(struct listener *l, int socket, uint8_t *room,
                                                size_t *got)
{
    struct sqli_error error;
    return l->tls ? sqli__tls_receive(l->tls, room, LISTENER_HEARD, got, &error)
                  : sqli__socket_receive(socket, room, LISTENER_HEARD, got, &error);
}

/* SQLI_OK when something came; SQLI_FAIL when the client has gone. */
static inline enum sqli_status listener_hear(struct listener *l, int socket)
{
    uint8_t room[LISTENER_HEARD];
    while (!atomic_load(&l->over)) {
        size_t got = 0, at = atomic_load(&l->heard_size);
        enum sqli_status status = listener_receive(l, socket, room, &got);
        if (status == SQLI_MORE) {
            listener_wait(l, socket);
            continue;
        }
        if (got && at + got <= LISTENER_HEARD) {
            memcpy(l->heard + at, room, got);
            atomic_store(&l->heard_size, at + got);
        }
        return status == SQLI_OK && got ? SQLI_OK : SQLI_FAIL;
    }
    return SQLI_FAIL;
}

static inline bool listener_begins(const char *text, const char *word, const char **rest)
{
    size_t length = strlen(word);
    if (strncmp(text, word, length) != 0 || (text[length] && text[length] != ' '))
        return false;
    *rest = text + length + (text[length] == ' ');
    return true;
}

/* False: the connection is over. */
static inline bool listener_answer(struct listener *l, int socket, const char *answer)
{
    const char *rest;
    if (listener_begins(answer, "first", &rest)) {
        listener_send_hex(l, socket, rest);
        return true;
    }
    if (listener_begins(answer, "cut", &rest))
        return false;
    if (listener_hear(l, socket))
        return false;
    if (listener_begins(answer, "reset", &rest)) {
        l->reset = true;
        return false;
    }
    if (listener_begins(answer, "accept", &rest)) {
        listener_send_login(l, socket, LISTENER_ACCEPT, 0, *rest ? rest : "fake");
    } else if (listener_begins(answer, "reject", &rest)) {
        int code = (int)strtol(rest, NULL, 10);
        rest = strchr(rest, ' ');
        listener_send_login(l, socket, LISTENER_REJECT, code, rest ? rest + 1 : "");
    } else if (listener_begins(answer, "redirect", &rest)) {
        listener_send_login(l, socket, LISTENER_REDIRECT, 0, rest);
    } else if (listener_begins(answer, "section", &rest)) {
        listener_send_login(l, socket, LISTENER_SECTION, 0, rest);
    } else if (listener_begins(answer, "protocols", &rest)) {
        listener_send_hex(l, socket, "007e0009bdbe9ffe7fb7ffeff800000c");
    } else if (listener_begins(answer, "protocols+pam", &rest)) {
        listener_send_hex(l, socket, "007e0009bdbe9ffe7fbfffeff800000c");
    } else if (listener_begins(answer, "eot", &rest)) {
        listener_send_hex(l, socket, "000c");
    } else if (listener_begins(answer, "open", &rest)) {
        char text[80];
        snprintf(text, sizeof text, "000f %s 000000000000000000000000 0037 0000000100000001 000c",
                 rest);
        listener_send_hex(l, socket, text);
    } else if (listener_begins(answer, "hex", &rest)) {
        listener_send_hex(l, socket, rest);
    } else { /* silence */
        while (listener_hear(l, socket) == SQLI_OK)
            ;
        return false;
    }
    return true;
}

/* False: the client does not want to. */
static inline bool listener_shake(struct listener *l, int socket)
{
    struct sqli_error error;
    enum sqli_status status = SQLI_OK;
    if (l->tls_context)
        status = sqli__tls_open(l->tls_context, socket, NULL, &l->tls, &error);
    while (l->tls && !atomic_load(&l->over) &&
           (status = sqli__tls_handshake(l->tls, &error)) == SQLI_MORE)
        listener_wait(l, socket);
    return status == SQLI_OK;
}

static inline void listener_serve(struct listener *l, int socket)
{
    atomic_fetch_add(&l->connections, 1);
    atomic_store(&l->heard_size, 0);
    bool goes_on = listener_shake(l, socket);
    for (size_t i = 0; l->answers[i] && goes_on; i++)
        goes_on = listener_answer(l, socket, l->answers[i]);
    if (goes_on)
        while (listener_hear(l, socket) == SQLI_OK)
            ;
    sqli__tls_free(l->tls);
    l->tls = NULL;
    if (l->reset) {
        sqli__socket_reset(socket);
    } else {
        sqli__socket_end(socket);
        sqli__socket_close(socket);
    }
    l->reset = false;
}

static inline void *listener_run(void *argument)
{
    struct listener *l = argument;
    struct sqli_error error;
    while (!atomic_load(&l->over)) {
        struct pollfd one = {.fd = l->socket, .events = POLLIN};
        int socket;
        if (poll(&one, 1, 20) == 1 && sqli__socket_accept(l->socket, &socket, &error) == SQLI_OK)
            listener_serve(l, socket);
    }
    return NULL;
}

/* Whether these bytes came in the last connection. */
static inline bool listener_heard(const struct listener *l, const char *text)
{
    return memmem(l->heard, atomic_load(&l->heard_size), text, strlen(text)) != NULL;
}

static inline struct listener *listen_with_tls(const char *const *answers,
                                               struct sqli_tls_context *tls_context)
{
    struct listener *l = calloc(1, sizeof *l);
    struct sqli_host_port here = {.host = "127.0.0.1"};
    struct sqli_address addresses[SQLI_ADDRESSES_MAX], bound;
    struct sqli_error error;
    size_t count;
    assert_non_null(l);
    l->answers = answers;
    l->tls_context = tls_context;
    assert_int_equal(sqli__resolve_host(&here, addresses, &count, &error), SQLI_OK);
    assert_int_equal(sqli__socket_listen(&addresses[0], &l->socket, &error), SQLI_OK);
    assert_int_equal(sqli__socket_local(l->socket, &bound, &error), SQLI_OK);
    l->port = sqli__address_port(&bound);
    assert_int_equal(pthread_create(&l->thread, NULL, listener_run, l), 0);
    return l;
}

static inline struct listener *listen_with(const char *const *answers)
{
    return listen_with_tls(answers, NULL);
}

static inline void stop_listening(struct listener *l)
{
    atomic_store(&l->over, true);
    pthread_join(l->thread, NULL);
    sqli__socket_close(l->socket);
    free(l);
}

/* A port on which nobody listens, and an address that takes connections to nobody: the queue of its
 * listener is full, so that what else comes is swallowed. */
struct swallower {
    int listener;
    int fill[64];
    uint16_t port;
};

static inline void begin_swallowing(struct swallower *s)
{
    struct sqli_host_port here = {.host = "127.0.0.1"};
    struct sqli_address addresses[SQLI_ADDRESSES_MAX], bound;
    struct sqli_error error;
    size_t count;
    assert_int_equal(sqli__resolve_host(&here, addresses, &count, &error), SQLI_OK);
    assert_int_equal(sqli__socket_listen(&addresses[0], &s->listener, &error), SQLI_OK);
    assert_int_equal(listen(s->listener, 0), 0);
    assert_int_equal(sqli__socket_local(s->listener, &bound, &error), SQLI_OK);
    s->port = sqli__address_port(&bound);
    for (size_t i = 0; i < 64; i++)
        assert_int_not_equal(sqli__socket_connect(&bound, &s->fill[i], &error), SQLI_FAIL);
}

static inline void end_swallowing(struct swallower *s)
{
    for (size_t i = 0; i < 64; i++)
        sqli__socket_close(s->fill[i]);
    sqli__socket_close(s->listener);
}

#endif
