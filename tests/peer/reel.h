/* The connections of a recording, prepared for playing: the server's bytes in one block each, and
 * where in it each reply ends. */
#ifndef SQLI_TESTS_PEER_REEL_H
#define SQLI_TESTS_PEER_REEL_H

#include "tests/peer/recording.h"

struct peer_reel {
    struct sqli_buffer requests; /* all that the client sent */
    struct sqli_buffer replies;  /* all that the server sent */
    size_t *ends;                /* of each reply, in `replies` */
    size_t count;
    size_t capacity;
    uint32_t asked;         /* requests that were recorded */
    struct sqli_caps offer; /* what the server announced */
    bool hangs_up;          /* the server closes behind the last reply */
};

/* A request ends with EOT; the login and EXIT are requests by themselves. A reply likewise. */
bool peer_ends_request(const struct sqli_message *message);

/* As many as the recording has connections, by number; all are filled, or with `only` that one.
 * Free them with peer_reels_free. */
enum sqli_status peer_reels_prepare(const struct peer_recording *recording, int64_t only,
                                    struct peer_reel **reels, struct sqli_error *error);
void peer_reels_free(struct peer_reel *reels, uint32_t count);

#endif
