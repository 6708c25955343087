/* The readable form of a recording: the trace of each connection, and who is speaking. */
#ifndef SQLI_TESTS_PEER_READABLE_H
#define SQLI_TESTS_PEER_READABLE_H

#include "protocol/trace.h"

#include <stdio.h>

struct peer_readable {
    FILE *out;
    size_t print_limit;
    uint32_t current; /* the connection of the last line, 0 for none */
    bool undecoded;   /* something that is no message was seen */
};

struct peer_readable_connection {
    struct peer_readable *readable;
    uint32_t number;
    struct sqli_trace trace;
};

void peer_readable_init(struct peer_readable *readable, FILE *out, size_t print_limit);

void peer_readable_open(struct peer_readable *readable, uint32_t number,
                        struct peer_readable_connection *connection);
void peer_readable_feed(struct peer_readable_connection *connection, enum sqli_direction direction,
                        struct sqli_span bytes);
void peer_readable_urgent(struct peer_readable_connection *connection,
                          enum sqli_direction direction, uint8_t byte);
void peer_readable_comment(struct peer_readable_connection *connection, struct sqli_span text);
/* Says what was left of a message that never became whole. */
void peer_readable_close(struct peer_readable_connection *connection);

#endif
