/* The commands of sqli-peer. */
#ifndef SQLI_TESTS_PEER_SHOW_H
#define SQLI_TESTS_PEER_SHOW_H

#include "tests/peer/options.h"

/* Prints a recording as a readable trace. PEER_FAILED where something did not decode. */
enum peer_exit peer_show(const struct peer_options *options);

#endif
