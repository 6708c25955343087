/* The bytes of a client without its passwords: each is replaced by as many `*`, everything else
 * stays as it is. What may hold a password and cannot be read is replaced whole. */
#ifndef SQLI_TESTS_PEER_SECRETS_H
#define SQLI_TESTS_PEER_SECRETS_H

#include "protocol/conversation.h"

struct peer_secrets {
    struct sqli_conversation conversation;
    struct sqli_buffer clean; /* whole messages of the client, ready to be taken */
    bool lost[2];             /* this direction is no SQLI any more */
    bool logged_in;           /* the login message is behind us */
    bool challenged;          /* PAM has begun: what cannot be read may be the answer */
};

void peer_secrets_init(struct peer_secrets *secrets);
void peer_secrets_free(struct peer_secrets *secrets);

/* Both directions belong here: the server's mask decides how the client's messages are framed. What
 * the client sent appears in `clean` as soon as it is a whole message. */
void peer_secrets_feed(struct peer_secrets *secrets, enum sqli_direction direction,
                       struct sqli_span bytes);
/* No more comes: moves what is left of the client's bytes to `clean`. */
void peer_secrets_end(struct peer_secrets *secrets);

#endif
