#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

int64_t sqli__clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int sqli__clock_left(int64_t deadline)
{
    if (deadline == SQLI_NO_DEADLINE)
        return -1;
    int64_t left = deadline - sqli__clock_ms();
    if (left < 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

int64_t sqli__clock_earlier(int64_t a, int64_t b)
{
    if (a == SQLI_NO_DEADLINE || b == SQLI_NO_DEADLINE)
        return a == SQLI_NO_DEADLINE ? b : a;
    return a < b ? a : b;
}

void sqli__clock_condition(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool sqli__clock_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline)
{
    struct timespec until = {.tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000};
    return deadline == SQLI_NO_DEADLINE
               ? pthread_cond_wait(condition, mutex) == 0
               : pthread_cond_timedwait(condition, mutex, &until) != ETIMEDOUT;
}
