/* The connection that a script plays on. */
#ifndef SQLI_TESTS_PEER_CONNECT_H
#define SQLI_TESTS_PEER_CONNECT_H

#include "tests/peer/verbs.h"

/* Opens it as the script's side does, unless it is open. */
enum sqli_status peer_run_connect(struct peer_run *run);

#endif
