/* Time that only goes forward, for deadlines. */
#ifndef SQLI_BASE_CLOCK_H
#define SQLI_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { SQLI_NO_DEADLINE = -1 };

int64_t sqli__clock_ms(void);

/* What poll wants: the milliseconds until a deadline, 0 when it has passed, -1 for none. */
int sqli__clock_left(int64_t deadline);

/* The one of two deadlines that comes first. */
int64_t sqli__clock_earlier(int64_t a, int64_t b);

/* A condition that can be waited for until a deadline of this clock. */
void sqli__clock_condition(pthread_cond_t *condition);
/* As pthread_cond_wait; false once the deadline has passed. */
bool sqli__clock_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline);

#endif
