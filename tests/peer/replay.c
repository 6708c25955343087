#include "tests/peer/replay.h"

#include "base/clock.h"
#include "tests/peer/player.h"
#include "tests/peer/service.h"

enum { PLAYERS_MAX = 1024 };

struct replay {
    const struct peer_options *options;
    struct peer_service service;
    const struct peer_reel *reels;
    uint32_t reel_count;
    struct peer_player players[PLAYERS_MAX];
    struct pollfd polls[PLAYERS_MAX + 1]; /* the last is the listener's */
    size_t count;
    uint64_t taken; /* clients in all */
    bool failed;
};

/* How many clients are served in all, 0 for no end. */
static uint64_t wanted(const struct replay *r)
{
    return (uint64_t)r->options->loop * (r->options->connection ? 1 : r->reel_count);
}

static bool wants_more(const struct replay *r)
{
    return !r->failed && (wanted(r) == 0 || r->taken < wanted(r));
}

static const struct peer_reel *reel_for(const struct replay *r, uint64_t number)
{
    if (r->options->connection)
        return &r->reels[r->options->connection - 1];
    return &r->reels[(number - 1) % r->reel_count];
}

static void accept_clients(struct replay *r)
{
    struct sqli_error error;
    int client;
    while (r->count < PLAYERS_MAX && wants_more(r)) {
        enum sqli_status status = sqli__socket_accept(r->service.listener, &client, &error);
        if (status == SQLI_FAIL) {
            peer_complain(PEER_FAILED, "%s", error.message);
            r->failed = true;
        }
        if (status != SQLI_OK)
            return;
        uint64_t number = ++r->taken;
        peer_player_open(&r->players[r->count++], client, number, reel_for(r, number),
                         r->options->strict);
    }
}

static void prepare_polls(struct replay *r)
{
    bool listening = r->count < PLAYERS_MAX && wants_more(r);
    for (size_t i = 0; i < r->count; i++)
        r->polls[i] = (struct pollfd){.fd = r->players[i].socket,
                                      .events = peer_player_wants(&r->players[i])};
    r->polls[r->count] =
        (struct pollfd){.fd = listening ? r->service.listener : SQLI_NO_SOCKET, .events = POLLIN};
}

static void sweep(struct replay *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++) {
        struct peer_player *player = &r->players[i];
        r->failed = r->failed || player->failed;
        if (player->over)
            peer_player_close(player);
        else if (kept++ != i)
            r->players[kept - 1] = *player;
    }
    r->count = kept;
}

static void serve(struct replay *r)
{
    while (!peer_service_over(&r->service) && (r->count || wants_more(r))) {
        prepare_polls(r);
        size_t count = r->count;
        peer_service_wait(&r->service, r->polls, count + 1, SQLI_NO_DEADLINE);
        for (size_t i = 0; i < count; i++)
            if (r->polls[i].revents)
                peer_player_step(&r->players[i], r->polls[i].revents);
        if (r->polls[count].revents)
            accept_clients(r);
        sweep(r);
        if (r->failed && r->options->strict)
            break;
    }
    while (r->count)
        peer_player_close(&r->players[--r->count]);
}

static enum peer_exit replay(const struct peer_options *options,
                             const struct peer_recording *recording)
{
    static struct replay r;
    struct sqli_error error;
    struct peer_reel *reels;
    r.options = options;
    r.service.listener = SQLI_NO_SOCKET;
    if (recording->connections == 0)
        return peer_complain(PEER_FAILED, "%s: no connection was recorded", recording->name);
    if (options->connection > recording->connections)
        return peer_complain(PEER_USAGE, "--connection: there are %u", recording->connections);
    if (peer_reels_prepare(recording, options->connection, &reels, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "%s", error.message);
    r.reels = reels;
    r.reel_count = recording->connections;
    enum peer_exit status = peer_service_open(options, &r.service);
    if (status == PEER_OK)
        serve(&r);
    peer_service_close(&r.service);
    peer_reels_free(reels, recording->connections);
    return status == PEER_OK && r.failed ? PEER_FAILED : status;
}

enum peer_exit peer_replay(const struct peer_options *options)
{
    struct sqli_error error;
    struct peer_recording recording;
    if (peer_recording_load(options->file, &recording, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "%s", error.message);
    enum peer_exit status = replay(options, &recording);
    peer_recording_free(&recording);
    return status;
}
