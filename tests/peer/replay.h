#ifndef SQLI_TESTS_PEER_REPLAY_H
#define SQLI_TESTS_PEER_REPLAY_H

#include "tests/peer/options.h"

/* Answers clients with what a recording holds, as fast as the sockets take it. */
enum peer_exit peer_replay(const struct peer_options *options);

#endif
