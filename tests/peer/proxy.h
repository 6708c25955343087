#ifndef SQLI_TESTS_PEER_PROXY_H
#define SQLI_TESTS_PEER_PROXY_H

#include "tests/peer/options.h"

/* Passes bytes on and does to them what the options say. */
enum peer_exit peer_proxy(const struct peer_options *options);

#endif
