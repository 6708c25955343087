/* Writes what links carry as a recording (recording.h) and as a readable trace, without the
 * passwords, or scrubbed: without anything that is only its users' business. */
#ifndef SQLI_TESTS_PEER_RECORDER_H
#define SQLI_TESTS_PEER_RECORDER_H

#include "tests/peer/link.h"
#include "tests/peer/names.h"
#include "tests/peer/readable.h"

struct peer_recorder {
    FILE *out;      /* may be NULL */
    FILE *readable; /* likewise */
    struct peer_readable trace;
    bool scrub;
    struct peer_names names;      /* for that */
    struct recorded *connections; /* those that are open */
    uint32_t count;               /* connections that have appeared in the recording */
    uint32_t current;             /* the one of the last line */
    uint32_t ended;               /* scrubbed ones whose rest is left out */
    bool failed;                  /* something could not be written, or memory ran out */
};

void peer_recorder_init(struct peer_recorder *recorder, FILE *out, FILE *readable, bool scrub);
/* Writes out what is still held. */
void peer_recorder_finish(struct peer_recorder *recorder);
struct peer_observer peer_recorder_observer(struct peer_recorder *recorder);

#endif
