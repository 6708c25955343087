#include "net/resolver.h"

#include "base/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Of two owners, the caller and the thread, the one who leaves last frees it. Everything but the
 * two atomics is the thread's until `answered` is set, and only read from then on. */
struct sqli_resolver {
    atomic_int owners;
    atomic_bool answered;
    int ready;
    struct sqli_host_port host_port;
    enum sqli_status status;
    struct sqli_error error;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
};

static void leave(struct sqli_resolver *resolver)
{
    if (atomic_fetch_sub(&resolver->owners, 1) > 1)
        return;
    close(resolver->ready);
    sqli__free(resolver);
}

static void *ask(void *argument)
{
    static const uint64_t once = 1;
    struct sqli_resolver *r = argument;
    r->status = sqli__resolve_host(&r->host_port, r->addresses, &r->count, &r->error);
    atomic_store(&r->answered, true);
    ssize_t written = write(r->ready, &once, sizeof once);
    (void)written; /* an event descriptor that nobody else writes to takes it */
    leave(r);
    return NULL;
}

/* The thread is detached, and the program's signals are not for it. */
static int start_thread(struct sqli_resolver *resolver)
{
    pthread_attr_t detached;
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    int failed = pthread_attr_init(&detached);
    if (failed)
        return failed;
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&thread, &detached, ask, resolver);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&detached);
    return failed;
}

enum sqli_status sqli__resolver_start(const struct sqli_host_port *host_port,
                                      struct sqli_resolver **resolver, struct sqli_error *error)
{
    struct sqli_resolver *r = sqli__alloc_zeroed(1, sizeof *r);
    *resolver = NULL;
    if (!r)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    r->host_port = *host_port;
    atomic_init(&r->owners, 2);
    atomic_init(&r->answered, false);
    r->ready = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int failed = r->ready < 0 ? errno : start_thread(r);
    if (failed) {
        if (r->ready >= 0)
            close(r->ready);
        sqli__free(r);
        return sqli__fail(error, SQLI_E_NETWORK_SYSTEM, "no thread to look up %s: errno %d",
                          host_port->host, failed);
    }
    *resolver = r;
    return SQLI_OK;
}

int sqli__resolver_descriptor(const struct sqli_resolver *resolver)
{
    return resolver->ready;
}

enum sqli_status sqli__resolver_answer(const struct sqli_resolver *resolver,
                                       struct sqli_address addresses[SQLI_ADDRESSES_MAX],
                                       size_t *count, struct sqli_error *error)
{
    if (!atomic_load(&resolver->answered))
        return SQLI_MORE;
    if (resolver->status) {
        *error = resolver->error;
        return SQLI_FAIL;
    }
    *count = resolver->count;
    memcpy(addresses, resolver->addresses, *count * sizeof *addresses);
    return SQLI_OK;
}

void sqli__resolver_drop(struct sqli_resolver *resolver)
{
    if (resolver)
        leave(resolver);
}
