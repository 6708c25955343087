/* A resolver that takes its time: names that end in ".slow" wait until the test lets them go, and
 * are 127.0.0.1 then; "unknown.slow" is nobody. All others are the system's. */
#ifndef SQLI_TESTS_SUPPORT_SLOW_NAMES_H
#define SQLI_TESTS_SUPPORT_SLOW_NAMES_H

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int waiting, free; /* names that wait; whether they may go */
} slow_names = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

typedef int slow_lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static inline void slow_names_hold(void)
{
    pthread_mutex_lock(&slow_names.mutex);
    slow_names.free = 0;
    pthread_mutex_unlock(&slow_names.mutex);
}

/* Lets all go; returns when none waits any more. */
static inline void slow_names_release(void)
{
    pthread_mutex_lock(&slow_names.mutex);
    slow_names.free = 1;
    pthread_cond_broadcast(&slow_names.changed);
    while (slow_names.waiting)
        pthread_cond_wait(&slow_names.changed, &slow_names.mutex);
    pthread_mutex_unlock(&slow_names.mutex);
}

/* Returns when so many wait. */
static inline void slow_names_await(int count)
{
    pthread_mutex_lock(&slow_names.mutex);
    while (slow_names.waiting < count)
        pthread_cond_wait(&slow_names.changed, &slow_names.mutex);
    pthread_mutex_unlock(&slow_names.mutex);
}

static inline void slow_names_wait(void)
{
    pthread_mutex_lock(&slow_names.mutex);
    slow_names.waiting++;
    pthread_cond_broadcast(&slow_names.changed);
    while (!slow_names.free)
        pthread_cond_wait(&slow_names.changed, &slow_names.mutex);
    slow_names.waiting--;
    pthread_cond_broadcast(&slow_names.changed);
    pthread_mutex_unlock(&slow_names.mutex);
}

/* Takes the place of the system's, because it is linked first. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    slow_lookup *real = NULL;
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    size_t length = node ? strlen(node) : 0;
    memcpy(&real, &symbol, sizeof real);
    if (length < 5 || strcmp(node + length - 5, ".slow") != 0)
        return real(node, service, hints, list);
    if (hints->ai_flags & AI_NUMERICHOST)
        return EAI_NONAME;
    slow_names_wait();
    return strcmp(node, "unknown.slow") == 0 ? EAI_NONAME : real("127.0.0.1", service, hints, list);
}

#endif
