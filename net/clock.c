#include "net/clock.h"

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
