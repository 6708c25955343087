#ifndef SQLI_TESTS_PEER_RECORD_H
#define SQLI_TESTS_PEER_RECORD_H

#include "tests/peer/options.h"

/* Passes bytes on and writes down what they were. */
enum peer_exit peer_record(const struct peer_options *options);
/* Writes a recording down again, scrubbed. */
enum peer_exit peer_scrub_file(const struct peer_options *options);

#endif
