#include "server/throttle.h"

#include "base/clock.h"

enum { FIRST_COST = 100, MOST_COST = 2000, FORGET_MS = 600000 };

void sqli__throttle_init(struct sqli_throttle *throttle)
{
    memset(throttle->places, 0, sizeof throttle->places);
    throttle->stopping = false;
    pthread_mutex_init(&throttle->mutex, NULL);
    sqli__clock_condition(&throttle->stop);
}

void sqli__throttle_free(struct sqli_throttle *throttle)
{
    pthread_cond_destroy(&throttle->stop);
    pthread_mutex_destroy(&throttle->mutex);
}

int32_t sqli__throttle_cost(int32_t failures)
{
    int32_t cost = FIRST_COST;
    for (int32_t i = 1; i < failures && cost < MOST_COST; i++)
        cost *= 2;
    return cost < MOST_COST ? cost : MOST_COST;
}

static struct sqli_throttle_place *find(struct sqli_throttle *throttle, const uint8_t host[16],
                                        int64_t now)
{
    for (size_t i = 0; i < SQLI_THROTTLE_PLACES; i++) {
        struct sqli_throttle_place *place = &throttle->places[i];
        if (place->failures && now - place->last > FORGET_MS)
            place->failures = 0;
        if (place->failures && memcmp(place->host, host, sizeof place->host) == 0)
            return place;
    }
    return NULL;
}

/* A free place, or the one that was quiet for longest. */
static struct sqli_throttle_place *take(struct sqli_throttle *throttle, const uint8_t host[16])
{
    struct sqli_throttle_place *best = &throttle->places[0];
    for (size_t i = 0; i < SQLI_THROTTLE_PLACES && best->failures; i++) {
        struct sqli_throttle_place *place = &throttle->places[i];
        if (!place->failures || place->last < best->last)
            best = place;
    }
    best->failures = 0;
    memcpy(best->host, host, sizeof best->host);
    return best;
}

void sqli__throttle_wait(struct sqli_throttle *throttle, const struct sqli_address *peer)
{
    uint8_t host[16];
    int64_t now = sqli__clock_ms();
    sqli__address_network(peer, host);
    pthread_mutex_lock(&throttle->mutex);
    struct sqli_throttle_place *place = find(throttle, host, now);
    if (!place)
        place = take(throttle, host);
    if (place->failures < INT32_MAX)
        place->failures++;
    place->last = now;
    int64_t end = now + sqli__throttle_cost(place->failures);
    while (!throttle->stopping && sqli__clock_ms() < end)
        (void)sqli__clock_wait(&throttle->stop, &throttle->mutex, end);
    pthread_mutex_unlock(&throttle->mutex);
}

void sqli__throttle_forget(struct sqli_throttle *throttle, const struct sqli_address *peer)
{
    uint8_t host[16];
    sqli__address_network(peer, host);
    pthread_mutex_lock(&throttle->mutex);
    struct sqli_throttle_place *place = find(throttle, host, sqli__clock_ms());
    if (place)
        place->failures = 0;
    pthread_mutex_unlock(&throttle->mutex);
}

void sqli__throttle_stop(struct sqli_throttle *throttle)
{
    pthread_mutex_lock(&throttle->mutex);
    throttle->stopping = true;
    pthread_cond_broadcast(&throttle->stop);
    pthread_mutex_unlock(&throttle->mutex);
}
