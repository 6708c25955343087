/* One end of a connection as a script plays it: waits for whole messages of the other side, sends
 * what it is told, and gives up when the time is over. */
#ifndef SQLI_TESTS_PEER_ENDPOINT_H
#define SQLI_TESTS_PEER_ENDPOINT_H

#include "protocol/conversation.h"
#include "tests/peer/service.h"

struct peer_endpoint {
    const struct peer_service *service;
    int socket;                 /* SQLI_NO_SOCKET: there is no connection */
    enum sqli_direction theirs; /* the direction of what is received */
    struct sqli_decoder heard;
    struct sqli_conversation framing; /* hears both sides, and learns how messages are framed */
    struct sqli_buffer input;         /* received and not taken */
    bool ended;                       /* the other side sends no more */
    bool reset;                       /* ... and ended with an error */
    int urgent;                       /* the urgent byte that came, -1 for none */
    bool ours_lost;                   /* what we sent is no SQLI any more */

    /* the last message taken */
    uint16_t id;
    bool ends_request;
    struct sqli_buffer text; /* as in a trace, without "C> " */
};

void peer_endpoint_init(struct peer_endpoint *end, const struct peer_service *service,
                        enum sqli_direction theirs);
void peer_endpoint_open(struct peer_endpoint *end, int socket);
void peer_endpoint_close(struct peer_endpoint *end, bool reset);
void peer_endpoint_free(struct peer_endpoint *end);

/* What frames the messages that we send. */
const struct sqli_caps *peer_endpoint_caps(const struct peer_endpoint *end);

/* The next message. SQLI_MORE: none came in time, or the other side ended. SQLI_FAIL: what came is
 * no message. */
enum sqli_status peer_endpoint_take(struct peer_endpoint *end, int64_t deadline,
                                    struct sqli_error *error);
/* Waits until bytes, an urgent byte or the end arrive. SQLI_MORE: the time is over. */
enum sqli_status peer_endpoint_wait(struct peer_endpoint *end, int64_t deadline,
                                    struct sqli_error *error);

/* Sends all, in pieces of `split` bytes (0: as the socket takes them). Goes on receiving meanwhile,
 * so that two sides that write do not wait for each other. SQLI_MORE: the time is over. */
enum sqli_status peer_endpoint_send(struct peer_endpoint *end, struct sqli_span bytes, size_t split,
                                    int64_t gap, int64_t deadline, struct sqli_error *error);
/* Tells the conversation what was meant to be sent, from which it learns the framing. */
void peer_endpoint_note_sent(struct peer_endpoint *end, struct sqli_span bytes);

#endif
