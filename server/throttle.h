/* Makes those wait who fail to log in: each failure from an address costs more than the one before,
 * from 100 ms to 2 s, until nothing came from there for a while. */
#ifndef SQLI_SERVER_THROTTLE_H
#define SQLI_SERVER_THROTTLE_H

#include "net/address.h"

#include <pthread.h>

enum { SQLI_THROTTLE_PLACES = 256 };

struct sqli_throttle_place {
    uint8_t host[16]; /* IPv4 as its IPv6 image; of IPv6 the network, the first 8 bytes */
    int32_t failures; /* 0: free */
    int64_t last;
};

struct sqli_throttle {
    pthread_mutex_t mutex;
    pthread_cond_t stop;
    bool stopping;
    struct sqli_throttle_place places[SQLI_THROTTLE_PLACES];
};

void sqli__throttle_init(struct sqli_throttle *throttle);
void sqli__throttle_free(struct sqli_throttle *throttle);

/* Counts a failure, and returns when it has cost its time, or at the stop. */
void sqli__throttle_wait(struct sqli_throttle *throttle, const struct sqli_address *peer);
/* A login worked: earlier failures from there do not count any more. */
void sqli__throttle_forget(struct sqli_throttle *throttle, const struct sqli_address *peer);
void sqli__throttle_stop(struct sqli_throttle *throttle);

/* Milliseconds that the n-th failure costs, n from 1. */
int32_t sqli__throttle_cost(int32_t failures);

#endif
