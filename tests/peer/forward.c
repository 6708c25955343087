#include "tests/peer/forward.h"

#include "base/clock.h"

#include <stdio.h>

enum { LINKS_MAX = 1024, PAUSE = 100 /* milliseconds, when no descriptor is left */ };

struct forward {
    const struct peer_options *options;
    const struct peer_observer *observer;
    struct peer_statistics *statistics;
    struct peer_service service;
    struct peer_target target;
    struct peer_link *links[LINKS_MAX];
    size_t count;
    struct pollfd polls[2 * LINKS_MAX + 1]; /* the last is the listener's */
    int64_t accept_again;
};

static bool wants_more(const struct forward *f)
{
    return f->options->connections == 0 ||
           f->statistics->connections < (uint64_t)f->options->connections;
}

static void say_plan(const struct peer_faults *faults, uint64_t number)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1024);
    peer_faults_print(faults, &text);
    fprintf(stderr, "sqli-peer: connection %llu:%.*s\n", (unsigned long long)number,
            (int)text.length, text.length ? (const char *)text.data : "");
    sqli__buffer_free(&text);
}

static void take_client(struct forward *f, int client)
{
    uint64_t number = f->statistics->connections + 1;
    struct peer_faults faults = peer_faults_of_connection(&f->options->faults, number);
    if (f->options->faults.random)
        say_plan(&faults, number);
    struct peer_link *link =
        peer_link_open(client, number, &f->target, &faults, f->observer, f->statistics);
    if (link)
        f->links[f->count++] = link;
    else
        sqli__socket_reset(client);
}

static void accept_clients(struct forward *f)
{
    struct sqli_error error;
    int client;
    while (f->count < LINKS_MAX && wants_more(f)) {
        enum sqli_status status = sqli__socket_accept(f->service.listener, &client, &error);
        if (status == SQLI_FAIL) {
            peer_complain(PEER_FAILED, "%s", error.message);
            f->accept_again = sqli__clock_ms() + PAUSE;
        }
        if (status != SQLI_OK)
            return;
        take_client(f, client);
    }
}

static int64_t prepare_polls(struct forward *f)
{
    int64_t deadline = SQLI_NO_DEADLINE;
    bool listening = f->count < LINKS_MAX && wants_more(f);
    for (size_t i = 0; i < f->count; i++) {
        int64_t moment = peer_link_wants(f->links[i], &f->polls[2 * i]);
        if (moment != SQLI_NO_DEADLINE && (deadline == SQLI_NO_DEADLINE || moment < deadline))
            deadline = moment;
    }
    if (f->accept_again > sqli__clock_ms()) {
        listening = false;
        if (deadline == SQLI_NO_DEADLINE || f->accept_again < deadline)
            deadline = f->accept_again;
    }
    f->polls[2 * f->count] =
        (struct pollfd){.fd = listening ? f->service.listener : SQLI_NO_SOCKET, .events = POLLIN};
    return deadline;
}

static void sweep(struct forward *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->links[i]->over)
            peer_link_free(f->links[i]);
        else
            f->links[kept++] = f->links[i];
    }
    f->count = kept;
}

static void serve(struct forward *f)
{
    while (!peer_service_over(&f->service) && (f->count || wants_more(f))) {
        int64_t deadline = prepare_polls(f);
        size_t count = f->count;
        peer_service_wait(&f->service, f->polls, 2 * count + 1, deadline);
        for (size_t i = 0; i < count; i++)
            peer_link_step(f->links[i], &f->polls[2 * i]);
        if (f->polls[2 * count].revents)
            accept_clients(f);
        sweep(f);
    }
}

enum peer_exit peer_forward(const struct peer_options *options,
                            const struct peer_observer *observer,
                            struct peer_statistics *statistics)
{
    static struct forward f;
    f.service.listener = SQLI_NO_SOCKET;
    f.options = options;
    f.observer = observer;
    f.statistics = statistics;
    enum peer_exit status = PEER_OK;
    if (!options->faults.deaf || options->connect)
        status = peer_target_find("--to", options->connect, &f.target);
    if (status == PEER_OK)
        status = peer_service_open(options, &f.service);
    if (status == PEER_OK)
        serve(&f);
    for (size_t i = 0; i < f.count; i++)
        peer_link_free(f.links[i]);
    peer_service_close(&f.service);
    return status == PEER_OK && statistics->unreachable ? PEER_FAILED : status;
}
