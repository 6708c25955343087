/* Something between a client and the server that can fall silent, or cut. */
#ifndef SQLI_TESTS_CLIENT_PROXY_H
#define SQLI_TESTS_CLIENT_PROXY_H

#include "tests/client/fixture.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PROXY_PAIRS = 64 };

struct proxy {
    int listener;
    uint16_t port, target;
    pthread_t thread;
    atomic_bool stop;
    atomic_bool silent; /* nothing of the server's is passed on */
    atomic_bool deaf;   /* nothing of the clients' is read */
    atomic_uint rounds;
    atomic_uint cut_one_in; /* so many pieces; 0: none is cut */
    atomic_uint cuts;
    uint64_t seed;
    int pairs[PROXY_PAIRS][2]; /* client, server; -1: free */
};

static inline struct sockaddr_in proxy_loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline void proxy_cut(int pair[2])
{
    struct linger hard = {.l_onoff = 1};
    for (int side = 0; side < 2; side++) {
        if (pair[side] < 0)
            continue;
        setsockopt(pair[side], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(pair[side]);
        pair[side] = -1;
    }
}

static inline void proxy_accept(struct proxy *p)
{
    struct sockaddr_in to = proxy_loopback(p->target);
    int client = accept(p->listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0 || connect(server, (struct sockaddr *)&to, sizeof to)) {
        close(server);
        close(client);
        return;
    }
    for (int i = 0; i < PROXY_PAIRS; i++)
        if (p->pairs[i][0] < 0) {
            p->pairs[i][0] = client;
            p->pairs[i][1] = server;
            return;
        }
    close(client);
    close(server);
}

/* A cut comes before or behind the piece, so that either side may miss what the other one saw. */
static inline void proxy_pass(struct proxy *p, int pair[2], int from)
{
    char bytes[16384];
    ssize_t got = recv(pair[from], bytes, sizeof bytes, 0);
    unsigned one_in = atomic_load(&p->cut_one_in);
    unsigned fate = one_in ? (unsigned)(support_random(&p->seed) % (2 * one_in)) : 2;
    if (got > 0 && fate != 0 && send(pair[1 - from], bytes, (size_t)got, MSG_NOSIGNAL) != got)
        got = 0;
    if (fate < 2)
        atomic_fetch_add(&p->cuts, 1);
    if (got <= 0 || fate < 2)
        proxy_cut(pair);
}

static inline void proxy_round(struct proxy *p)
{
    atomic_fetch_add(&p->rounds, 1);
    struct pollfd fds[1 + 2 * PROXY_PAIRS] = {{.fd = p->listener, .events = POLLIN}};
    for (int i = 0; i < 2 * PROXY_PAIRS; i++) {
        bool held = atomic_load(i % 2 ? &p->silent : &p->deaf);
        fds[1 + i] = (struct pollfd){.fd = held ? -1 : p->pairs[i / 2][i % 2], .events = POLLIN};
    }
    if (poll(fds, 1 + 2 * PROXY_PAIRS, 20) <= 0)
        return;
    for (int i = 0; i < 2 * PROXY_PAIRS; i++)
        if (fds[1 + i].revents && p->pairs[i / 2][i % 2] == fds[1 + i].fd)
            proxy_pass(p, p->pairs[i / 2], i % 2);
    if (fds[0].revents)
        proxy_accept(p);
}

static inline void *proxy_run(void *context)
{
    struct proxy *p = context;
    while (!atomic_load(&p->stop))
        proxy_round(p);
    for (int i = 0; i < PROXY_PAIRS; i++)
        proxy_cut(p->pairs[i]);
    return NULL;
}

/* When it is back, nothing of this side is on its way here any more. */
static inline void proxy_hold(struct proxy *p, atomic_bool *side)
{
    atomic_store(side, true);
    unsigned before = atomic_load(&p->rounds);
    while (atomic_load(&p->rounds) - before < 2)
        usleep(1000);
}

static inline void proxy_silence(struct proxy *p)
{
    proxy_hold(p, &p->silent);
}

static inline void proxy_start(struct proxy *p, uint16_t target)
{
    struct sockaddr_in at = proxy_loopback(0);
    socklen_t size = sizeof at;
    *p = (struct proxy){.target = target, .seed = 7};
    memset(p->pairs, -1, sizeof p->pairs);
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(p->listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(p->listener, 64), 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&at, &size), 0);
    p->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, proxy_run, p), 0);
}

static inline void proxy_stop(struct proxy *p)
{
    atomic_store(&p->stop, true);
    pthread_join(p->thread, NULL);
    close(p->listener);
}

/* A URL of the database of the tests, by way of a port. */
static inline void proxy_url(char url[256], struct fixture *f, uint16_t port, const char *options)
{
    needs_sqlid(f);
    snprintf(url, 256, "informix://informix:in4mix@127.0.0.1:%u/%s?server=informix%s", port,
             f->database, options);
}

static inline sqli_conn *proxy_open(struct fixture *f, uint16_t port, const char *options)
{
    char url[256];
    sqli_conn *db;
    proxy_url(url, f, port, options);
    if (sqli_open(url, &db))
        fail_msg("%s: %s", url, sqli_errmsg(db));
    return db;
}

#endif
