/* Stands between clients and a server, with as many connections as come. */
#ifndef SQLI_TESTS_PEER_FORWARD_H
#define SQLI_TESTS_PEER_FORWARD_H

#include "tests/peer/link.h"

/* Serves until the service is over or the connections asked for have come and gone. */
enum peer_exit peer_forward(const struct peer_options *options,
                            const struct peer_observer *observer,
                            struct peer_statistics *statistics);

#endif
