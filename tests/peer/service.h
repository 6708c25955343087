/* What every command with a socket shares: the listener and its ready file, waiting, and the end
 * by signal or by age. */
#ifndef SQLI_TESTS_PEER_SERVICE_H
#define SQLI_TESTS_PEER_SERVICE_H

#include "net/socket.h"
#include "tests/peer/options.h"

#include <poll.h>

struct peer_service {
    int listener;
    int64_t end; /* the moment at which the lifetime is over */
};

/* Only the signals and the lifetime, without a listener. */
void peer_service_begin(const struct peer_options *options, struct peer_service *service);
/* Listens and says where: on standard output and, whole or not at all, in the ready file. */
enum peer_exit peer_service_open(const struct peer_options *options, struct peer_service *service);
void peer_service_close(struct peer_service *service);

/* SIGTERM or SIGINT came, or the lifetime is over. */
bool peer_service_over(const struct peer_service *service);
/* The same for who has not waited before: lets the signals in. */
bool peer_service_over_now(const struct peer_service *service);

/* poll until the deadline, at most until the end of the service. Signals come in here and nowhere
 * else. The number of ready descriptors; 0 also when a signal came. */
int peer_service_wait(const struct peer_service *service, struct pollfd *sockets, size_t count,
                      int64_t deadline);

/* The addresses of "HOST:PORT"; what is wrong with it is said on standard error. */
struct peer_target {
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
};
enum peer_exit peer_target_find(const char *option, const char *text, struct peer_target *target);

#endif
