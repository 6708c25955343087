#include "net/resolver.h"

#include "base/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The thread owns everything but the state until it has ANSWERED; then it is only read. Who drops
 * an answer joins the thread and frees it; who drops the question leaves both to the thread. */
enum state { ASKED, ANSWERED, DROPPED };

struct sqli_resolver {
    atomic_int state;
    pthread_t thread;
    int ready;
    struct sqli_host_port host_port;
    enum sqli_status status;
    struct sqli_error error;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
};

/* False: the other one was faster. */
static bool turn(struct sqli_resolver *resolver, enum state into)
{
    int asked = ASKED;
    return atomic_compare_exchange_strong(&resolver->state, &asked, into);
}

static void release(struct sqli_resolver *resolver)
{
    close(resolver->ready);
    sqli__free(resolver);
}

static void *ask(void *argument)
{
    static const uint64_t once = 1;
    struct sqli_resolver *r = argument;
    r->status = sqli__resolve_host(&r->host_port, r->addresses, &r->count, &r->error);
    if (!turn(r, ANSWERED)) {
        release(r);
        return NULL;
    }
    ssize_t written = write(r->ready, &once, sizeof once);
    (void)written; /* an event descriptor that nobody else writes to takes it */
    return NULL;
}

/* The program's signals are not for this thread. */
static int start_thread(struct sqli_resolver *resolver)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&resolver->thread, NULL, ask, resolver);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
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
    atomic_init(&r->state, ASKED);
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
    if (atomic_load(&resolver->state) != ANSWERED)
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
    if (!resolver)
        return;
    pthread_t thread = resolver->thread;
    if (turn(resolver, DROPPED)) {
        pthread_detach(thread);
        return;
    }
    pthread_join(thread, NULL); /* it is about to end */
    release(resolver);
}
