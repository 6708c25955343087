/* The bytes of a client without its passwords: each is replaced by as many `*`, everything else
 * stays as it is. What may hold a password and cannot be read is replaced whole.
 *
 * Or both directions scrubbed (scrub.h), which end where something cannot be read. */
#ifndef SQLI_TESTS_PEER_SECRETS_H
#define SQLI_TESTS_PEER_SECRETS_H

#include "protocol/conversation.h"
#include "tests/peer/scrub.h"

struct peer_secrets {
    struct sqli_conversation conversation;
    struct sqli_buffer clean; /* whole messages, ready to be taken: of the client, or of both */
    bool lost[2];             /* this direction is no SQLI any more */
    bool logged_in;           /* the login message is behind us */
    bool challenged;          /* PAM has begun: what cannot be read may be the answer */
    bool scrubbing;
    bool ended; /* scrubbing: nothing more comes, for... */
    enum sqli_direction ended_by;
    uint64_t ended_at; /* ...what begins at this byte of that direction cannot be read */
    struct peer_scrub scrub;
};

/* With names, both directions are scrubbed. */
void peer_secrets_init(struct peer_secrets *secrets, struct peer_names *names);
void peer_secrets_free(struct peer_secrets *secrets);

/* Both directions belong here: the server's mask decides how the client's messages are framed. What
 * the client sent appears in `clean` as soon as it is a whole message; when scrubbing, so does what
 * the server sent. */
void peer_secrets_feed(struct peer_secrets *secrets, enum sqli_direction direction,
                       struct sqli_span bytes);
/* No more comes: moves what is left of the client's bytes to `clean`. When scrubbing it is left
 * out, and makes an end. */
void peer_secrets_end(struct peer_secrets *secrets);

#endif
