/* A client of the fake session, with a socket that blocks for as long as a test is patient. */
#ifndef SQLI_TESTS_SERVER_CLIENT_H
#define SQLI_TESTS_SERVER_CLIENT_H

#include "base/clock.h"
#include "net/socket.h"
#include "server/server.h"
#include "tests/support/support.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 20000 /* milliseconds */ };

/* What the server logged. */
struct test_log {
    pthread_mutex_t mutex;
    struct sqli_buffer text;
};

static struct test_log test_log = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static inline void keep_log(void *context, enum sqli_log_level level, const char *line)
{
    struct test_log *log = context;
    (void)level;
    pthread_mutex_lock(&log->mutex);
    log->text.limit = 1 << 20;
    sqli__buffer_format(&log->text, "%s\n", line);
    pthread_mutex_unlock(&log->mutex);
}

static inline void empty_log(void)
{
    pthread_mutex_lock(&test_log.mutex);
    sqli__buffer_free(&test_log.text);
    pthread_mutex_unlock(&test_log.mutex);
}

static inline bool log_has(const char *text)
{
    pthread_mutex_lock(&test_log.mutex);
    struct sqli_span log = sqli__buffer_view(&test_log.text);
    bool has = log.length && memmem(log.data, log.length, text, strlen(text));
    pthread_mutex_unlock(&test_log.mutex);
    return has;
}

static inline void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* Waits until the expression is true. */
#define wait_until(expression)                                \
    do {                                                      \
        int64_t wait_end_ = sqli__clock_ms() + PATIENCE;      \
        while (!(expression)) {                               \
            if (sqli__clock_ms() > wait_end_)                 \
                fail_msg("never came true: %s", #expression); \
            pause_ms(1);                                      \
        }                                                     \
    } while (0)

/* --- the server --- */

static inline struct sqli_server_options test_options(void)
{
    struct sqli_server_options options;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    options.log_level = SQLI_LOG_TRACE;
    options.log = keep_log;
    options.log_context = &test_log;
    return options;
}

static inline struct sqli_server *start_server(const struct sqli_server_options *options)
{
    struct sqli_error error;
    struct sqli_server *server;
    empty_log();
    if (sqli__server_start(options, &server, &error) != SQLI_OK)
        fail_msg("%s", error.message);
    return server;
}

/* --- the client --- */

static inline int connect_to(const char *host, uint16_t port)
{
    int socket;
    char text[64];
    size_t count;
    struct sqli_error error;
    struct sqli_host_port host_port;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    snprintf(text, sizeof text, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    assert_int_equal(sqli__host_port_parse(sqli__span_text(text), -1, &host_port, &error), SQLI_OK);
    assert_int_equal(sqli__resolve_host(&host_port, addresses, &count, &error), SQLI_OK);
    if (sqli__socket_connect(&addresses[0], &socket, &error) == SQLI_FAIL)
        fail_msg("%s: %s", text, error.message);
    struct pollfd one = {.fd = socket, .events = POLLOUT};
    assert_int_equal(poll(&one, 1, PATIENCE), 1);
    assert_int_equal(sqli__socket_connected(socket, &error), SQLI_OK);
    return socket;
}

static inline int connect_here(const struct sqli_server *server)
{
    return connect_to("127.0.0.1", sqli__server_port(server));
}

static inline void send_bytes(int socket, struct sqli_span bytes)
{
    while (bytes.length) {
        struct pollfd one = {.fd = socket, .events = POLLOUT};
        size_t sent;
        struct sqli_error error;
        if (poll(&one, 1, PATIENCE) != 1)
            fail_msg("the server does not read");
        if (sqli__socket_send(socket, bytes, &sent, &error) == SQLI_FAIL)
            fail_msg("%s", error.message);
        bytes = sqli__span(bytes.data + sent, bytes.length - sent);
    }
}

static inline void say(int socket, const char *text)
{
    send_bytes(socket, sqli__span_text(text));
}

/* Up to `size` bytes, in one call; 0 at the end; -1 when the connection was reset. */
static inline long receive_once(int socket, char *room, size_t size)
{
    struct sqli_error error;
    size_t got;
    for (;;) {
        struct pollfd one = {.fd = socket, .events = POLLIN};
        if (poll(&one, 1, PATIENCE) != 1)
            fail_msg("the server does not answer");
        enum sqli_status status = sqli__socket_receive(socket, room, size, &got, &error);
        if (status != SQLI_MORE)
            return status == SQLI_OK ? (long)got : -1;
    }
}

static inline void hear(int socket, const char *wanted)
{
    char text[1024] = "";
    size_t length = strlen(wanted), have = 0;
    assert_true(length < sizeof text);
    while (have < length) {
        long got = receive_once(socket, text + have, length - have);
        if (got <= 0)
            fail_msg("the end came after \"%s\", \"%s\" was awaited", text, wanted);
        have += (size_t)got;
    }
    assert_string_equal(text, wanted);
}

/* Receives to the end; gives how many bytes there were, or -1 for a reset instead of an end. */
static inline long hear_the_end(int socket)
{
    static char room[1 << 16];
    long all = 0, got;
    while ((got = receive_once(socket, room, sizeof room)) > 0)
        all += got;
    return got < 0 ? -1 : all;
}

static inline void expect_end(int socket)
{
    assert_int_equal(hear_the_end(socket), 0);
}

static inline int log_in(const struct sqli_server *server)
{
    int socket = connect_here(server);
    say(socket, "login informix in4mix\n");
    hear(socket, "welcome\n");
    return socket;
}

static inline void press_break(int socket)
{
    struct sqli_error error;
    assert_int_equal(sqli__socket_send_urgent(socket, 0x42, &error), SQLI_OK);
}

#endif
