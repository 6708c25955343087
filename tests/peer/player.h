/* Plays the server's side of a recorded connection to one client. */
#ifndef SQLI_TESTS_PEER_PLAYER_H
#define SQLI_TESTS_PEER_PLAYER_H

#include "tests/peer/reel.h"

struct peer_player {
    int socket;
    uint64_t number;
    const struct peer_reel *reel;
    bool strict;
    bool over;
    bool failed; /* the client did what the recording does not have; it was said why */

    struct sqli_buffer input; /* the beginning of a message */
    struct sqli_decoder heard;
    struct sqli_decoder recorded; /* strict: walks through reel->requests */
    size_t recorded_at;
    size_t asked;   /* requests that came in */
    size_t sent;    /* bytes of reel->replies */
    size_t allowed; /* up to here the replies were asked for */
    bool ended;     /* the client was told that no more follows */
    bool left;      /* the client sends no more; it may still read */
};

void peer_player_open(struct peer_player *player, int socket, uint64_t number,
                      const struct peer_reel *reel, bool strict);
void peer_player_close(struct peer_player *player);

/* Poll's events that the player waits for, and what it does about them. */
short peer_player_wants(const struct peer_player *player);
void peer_player_step(struct peer_player *player, short events);

#endif
