/* One client, one server, and what is on its way between them. */
#ifndef SQLI_TESTS_PEER_LINK_H
#define SQLI_TESTS_PEER_LINK_H

#include "tests/peer/service.h"

/* Somebody who listens in; every member may be NULL. */
struct peer_observer {
    void *context;
    void (*on_bytes)(void *context, uint64_t link, enum sqli_direction direction,
                     struct sqli_span bytes);
    void (*on_urgent)(void *context, uint64_t link, enum sqli_direction direction, uint8_t byte);
    void (*on_close)(void *context, uint64_t link);
};

/* What was seen and done in all. */
struct peer_statistics {
    uint64_t connections;
    uint64_t unreachable; /* clients for whom the server could not be reached */
    uint64_t bytes[2];
    uint64_t urgent[2];
    uint64_t cut;
    uint64_t reset;
    uint64_t stalled;
    uint64_t corrupted;
};

enum { PEER_SEGMENTS = 256, PEER_NOT_URGENT = -1 };

/* What was received at one moment, or one urgent byte. */
struct peer_segment {
    uint64_t end; /* the offset in the stream behind it */
    int64_t due;  /* not to be sent on before */
    int urgent;   /* the byte, which has no place in the stream; PEER_NOT_URGENT */
};

/* One direction. */
struct peer_pipe {
    struct sqli_buffer queue; /* received; of this, what lies behind `head` is not sent on */
    size_t head;
    struct peer_segment segments[PEER_SEGMENTS]; /* a ring */
    size_t first;
    size_t count;
    uint64_t received;
    uint64_t sent;
    int64_t resume; /* no piece before that moment */
    int64_t end_due;
    bool ended;     /* the source sends no more */
    bool ended_too; /* and the other side was told */
    bool stalled;
};

struct peer_link {
    uint64_t number;
    int sockets[2]; /* by the direction in which they are the source: client, server */
    bool connecting;
    bool over;
    size_t next_address; /* of the target, when this one cannot be reached */
    int64_t cut_at;      /* SQLI_NO_DEADLINE for never */
    struct peer_faults faults;
    struct peer_pipe pipes[2];
    const struct peer_target *target;
    const struct peer_observer *observer;
    struct peer_statistics *statistics;
};

/* Takes over the client's socket and begins to connect to the target. NULL without memory. */
struct peer_link *peer_link_open(int client, uint64_t number, const struct peer_target *target,
                                 const struct peer_faults *faults,
                                 const struct peer_observer *observer,
                                 struct peer_statistics *statistics);
void peer_link_free(struct peer_link *link);

/* What to wait for: fills both and gives the moment at which to call again anyway. */
int64_t peer_link_wants(const struct peer_link *link, struct pollfd polls[2]);
/* Does what can be done now; sets `over` when there is nothing left to do. */
void peer_link_step(struct peer_link *link, const struct pollfd polls[2]);

#endif
