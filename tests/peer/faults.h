/* What can go wrong on a connection, and when. */
#ifndef SQLI_TESTS_PEER_FAULTS_H
#define SQLI_TESTS_PEER_FAULTS_H

#include "protocol/message.h"

enum { PEER_NEVER = -1 };

/* Of one direction. Offsets count the bytes that were sent on in that direction, from 0. */
struct peer_direction_faults {
    int64_t cut;        /* the connection ends behind that many bytes; PEER_NEVER */
    int64_t stall;      /* nothing more is sent on behind that many bytes; PEER_NEVER */
    int64_t corrupt_at; /* this byte is changed; PEER_NEVER */
    uint8_t corrupt_with;
};

struct peer_faults {
    struct peer_direction_faults to[2]; /* by enum sqli_direction */
    int64_t cut_after;                  /* whichever direction gets there first */
    int64_t cut_time;                   /* milliseconds after the connection came; PEER_NEVER */
    int64_t stall_after;
    int64_t split; /* bytes of a piece, 0: as they come */
    int64_t gap;   /* milliseconds between pieces */
    int64_t delay; /* milliseconds */
    int64_t seed;
    bool reset;
    bool deaf;
    bool random;
};

void peer_faults_init(struct peer_faults *faults);

/* The faults of one connection: those given, or with `random` some that follow from the seed and
 * the number of the connection. */
struct peer_faults peer_faults_of_connection(const struct peer_faults *faults, uint64_t number);

/* As options that would bring about the same. */
void peer_faults_print(const struct peer_faults *faults, struct sqli_buffer *text);

#endif
