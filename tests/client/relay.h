/* Stands between client and server, counts round trips, keeps what the client sent, and breaks the
 * connection where a test wants it to. One connection at a time. */
#ifndef SQLI_TESTS_CLIENT_RELAY_H
#define SQLI_TESTS_CLIENT_RELAY_H

#include "tests/client/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

enum { RELAY_KEPT = 1 << 20, RELAY_CHUNK = 64 << 10 };

struct relay {
    int listener;
    uint16_t port, server_port;
    pthread_t thread;
    atomic_bool stop;
    atomic_int turns;          /* times that the client spoke after the server had */
    atomic_size_t sent;        /* bytes of the client */
    atomic_size_t cut;         /* 0, or the connection ends once so many were sent */
    _Atomic(const char *) lie; /* NULL, or what the client gets (in hex) instead of an answer */
    uint8_t *kept;             /* the first bytes of the client */
};

static inline bool relay_write(int to, const uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t written = send(to, bytes, size, MSG_NOSIGNAL);
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static inline bool relay_lie(int client, const char *hex)
{
    uint8_t bytes[64];
    size_t length = 0;
    for (; hex[2 * length]; length++) {
        char pair[3] = {hex[2 * length], hex[2 * length + 1], '\0'};
        bytes[length] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return relay_write(client, bytes, length);
}

/* False: it is over. */
static inline bool relay_from_client(struct relay *r, int client, int server, bool *answered)
{
    static uint8_t bytes[RELAY_CHUNK];
    ssize_t got = recv(client, bytes, sizeof bytes, 0);
    if (got <= 0)
        return false;
    size_t size = (size_t)got;
    size_t before = atomic_fetch_add(&r->sent, size);
    if (before < RELAY_KEPT)
        memcpy(r->kept + before, bytes, size < RELAY_KEPT - before ? size : RELAY_KEPT - before);
    if (*answered)
        atomic_fetch_add(&r->turns, 1);
    *answered = false;
    const char *lie = atomic_load(&r->lie);
    if (lie)
        return relay_lie(client, lie);
    size_t cut = atomic_load(&r->cut);
    return relay_write(server, bytes, size) && (!cut || before + size < cut);
}

static inline void relay_carry(struct relay *r, int client, int server)
{
    static uint8_t bytes[RELAY_CHUNK];
    bool answered = true;
    for (bool open = true; open && !atomic_load(&r->stop);) {
        struct pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        poll(ready, 2, 20);
        if (ready[1].revents) {
            ssize_t got = recv(server, bytes, sizeof bytes, 0);
            open = got > 0 && relay_write(client, bytes, (size_t)got);
            answered = true;
        }
        if (open && ready[0].revents)
            open = relay_from_client(r, client, server, &answered);
    }
}

static inline void *relay_run(void *context)
{
    struct relay *r = context;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(r->server_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    while (!atomic_load(&r->stop)) {
        struct pollfd ready = {r->listener, POLLIN, 0};
        if (poll(&ready, 1, 20) <= 0)
            continue;
        int client = accept(r->listener, NULL, NULL);
        int server = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(server, (struct sockaddr *)&to, sizeof to) == 0)
            relay_carry(r, client, server);
        close(client);
        close(server);
    }
    return NULL;
}

static inline void relay_start(struct relay *r, const struct fixture *f)
{
    needs_sqlid(f);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    memset(r, 0, sizeof *r);
    r->server_port = sqli__server_port(f->server);
    r->kept = calloc(1, RELAY_KEPT);
    r->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(r->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(r->listener, 4), 0);
    assert_int_equal(getsockname(r->listener, (struct sockaddr *)&at, &size), 0);
    r->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&r->thread, NULL, relay_run, r), 0);
}

static inline void relay_stop(struct relay *r)
{
    atomic_store(&r->stop, true);
    pthread_join(r->thread, NULL);
    close(r->listener);
    free(r->kept);
}

static inline sqli_conn *relay_open(struct relay *r, const struct fixture *f)
{
    char url[256];
    sqli_conn *db;
    snprintf(url, sizeof url, "informix://informix:in4mix@127.0.0.1:%u/%s?server=informix", r->port,
             f->database);
    if (sqli_open(url, &db))
        fail_msg("%s: %s", url, sqli_errmsg(db));
    return db;
}

#endif
