#include "server/reactor.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/socket.h"
#include "server/connection.h"
#include "server/events.h"

#include <limits.h>
#include <pthread.h>

enum {
    LISTENERS = 2,
    LOGINS_MAX = 500,  /* clients that have not logged in yet */
    CLOSING_MAX = 500, /* clients whose session is over, but not yet the connection */
    WAITING_MIN = 2,   /* threads that wait for ever; others end after a while without work */
    EXTRA_THREADS = 8, /* beyond one for each session */
    IDLE_MS = 10000,
    ACCEPT_AGAIN_MS = 100,
    FIRST_SLOTS = 16,
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    STACK = 8 << 20,
#else
    STACK = 1 << 20,
#endif
};

/* A place for a connection. Its key has the generation in the upper half, so that an event of a
 * connection that is gone does not meet the next one in its place. */
struct slot {
    struct sqli_connection *connection;
    uint32_t generation;
    uint32_t users; /* threads that are at it, and one while it is not closed */
    uint32_t next_free;
};

struct listener {
    int socket;
    struct sqli_tls_context *tls;
};

struct sqli_reactor {
    struct sqli_reactor_settings settings;
    struct sqli_events events;
    struct listener listeners[LISTENERS];
    size_t listener_count;

    pthread_mutex_t mutex; /* guards all below; is taken last */
    pthread_cond_t less;   /* a connection or a thread is gone */
    struct slot *slots;
    uint32_t slot_count;
    uint32_t first_free; /* slot_count: none */
    int32_t phases[SQLI_PHASES];
    int32_t next_number;
    int32_t threads;
    int32_t waiting; /* of the threads */
    bool any_left;   /* a thread, and last_left is to be joined */
    pthread_t last_left;
    int64_t alarm;      /* what the timer is set to */
    bool accept_failed; /* and nobody was accepted since */
    bool stopping;
};

static void lock(struct sqli_reactor *r)
{
    pthread_mutex_lock(&r->mutex);
}

static void unlock(struct sqli_reactor *r)
{
    pthread_mutex_unlock(&r->mutex);
}

/* --- open and close --- */

enum sqli_status sqli__reactor_open(const struct sqli_reactor_settings *settings,
                                    struct sqli_reactor **reactor, struct sqli_error *error)
{
    struct sqli_reactor *r = sqli__alloc_zeroed(1, sizeof *r);
    *reactor = NULL;
    if (!r)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    r->settings = *settings;
    r->alarm = SQLI_NO_DEADLINE;
    if (sqli__events_open(&r->events, error) != SQLI_OK) {
        sqli__free(r);
        return SQLI_FAIL;
    }
    pthread_mutex_init(&r->mutex, NULL);
    pthread_cond_init(&r->less, NULL);
    *reactor = r;
    return SQLI_OK;
}

void sqli__reactor_close(struct sqli_reactor *r)
{
    sqli__events_end(&r->events);
    lock(r);
    while (r->threads > 0)
        pthread_cond_wait(&r->less, &r->mutex);
    unlock(r);
    if (r->any_left)
        pthread_join(r->last_left, NULL);
    for (size_t i = 0; i < r->listener_count; i++)
        sqli__socket_close(r->listeners[i].socket);
    sqli__events_close(&r->events);
    pthread_cond_destroy(&r->less);
    pthread_mutex_destroy(&r->mutex);
    sqli__free(r->slots);
    sqli__free(r);
}

enum sqli_status sqli__reactor_listen(struct sqli_reactor *r, int listener,
                                      struct sqli_tls_context *tls, struct sqli_error *error)
{
    size_t index = r->listener_count;
    if (index == LISTENERS ||
        sqli__events_add(&r->events, listener, SQLI_EVENT_SOCKETS + index, error) != SQLI_OK) {
        sqli__socket_close(listener);
        return SQLI_FAIL;
    }
    r->listeners[r->listener_count++] = (struct listener){.socket = listener, .tls = tls};
    return SQLI_OK;
}

const struct sqli_reactor_settings *sqli__reactor_settings(const struct sqli_reactor *r)
{
    return &r->settings;
}

/* --- the timer --- */

void sqli__reactor_wake_at(struct sqli_reactor *r, int64_t deadline)
{
    if (deadline == SQLI_NO_DEADLINE)
        return;
    lock(r);
    if (r->alarm == SQLI_NO_DEADLINE || deadline < r->alarm) {
        r->alarm = deadline;
        sqli__events_wake_at(&r->events, deadline);
    }
    unlock(r);
}

/* --- the table of connections; the reactor's mutex is held --- */

static uint64_t key_of(const struct sqli_reactor *r, uint32_t index)
{
    return (uint64_t)r->slots[index].generation << 32 | (SQLI_EVENT_SOCKETS + LISTENERS + index);
}

static struct slot *slot_of(const struct sqli_reactor *r, uint64_t key)
{
    uint32_t index = (uint32_t)key - (SQLI_EVENT_SOCKETS + LISTENERS);
    if (index >= r->slot_count || r->slots[index].generation != key >> 32)
        return NULL;
    return &r->slots[index];
}

static bool more_slots(struct sqli_reactor *r)
{
    uint32_t count = r->slot_count ? r->slot_count * 2 : FIRST_SLOTS;
    struct slot *slots = sqli__realloc(r->slots, count * sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = r->slot_count; i < count; i++)
        slots[i] = (struct slot){.next_free = i + 1};
    r->first_free = r->slot_count;
    r->slot_count = count;
    r->slots = slots;
    return true;
}

static bool take_slot(struct sqli_reactor *r, uint64_t *key)
{
    if (r->first_free == r->slot_count && !more_slots(r))
        return false;
    struct slot *slot = &r->slots[r->first_free];
    *key = key_of(r, r->first_free);
    r->first_free = slot->next_free;
    slot->connection = NULL;
    slot->users = 1;
    return true;
}

/* Gives the connection that has to be freed, when this was the last who used it. */
static struct sqli_connection *drop(struct sqli_reactor *r, struct slot *slot)
{
    if (--slot->users > 0)
        return NULL;
    struct sqli_connection *connection = slot->connection;
    slot->connection = NULL;
    slot->generation++;
    slot->next_free = r->first_free;
    r->first_free = (uint32_t)(slot - r->slots);
    pthread_cond_broadcast(&r->less);
    return connection;
}

void sqli__reactor_moved(struct sqli_reactor *r, uint64_t key, enum sqli_phase from,
                         enum sqli_phase to)
{
    lock(r);
    r->phases[from]--;
    if (to == SQLI_PHASE_CLOSED)
        slot_of(r, key)->users--; /* not the last one: who calls is another */
    else
        r->phases[to]++;
    unlock(r);
}

/* --- using a connection --- */

static struct sqli_connection *use(struct sqli_reactor *r, uint64_t key)
{
    lock(r);
    struct slot *slot = slot_of(r, key);
    struct sqli_connection *connection = slot ? slot->connection : NULL;
    if (connection)
        slot->users++;
    unlock(r);
    return connection;
}

static void unuse(struct sqli_reactor *r, uint64_t key)
{
    lock(r);
    struct sqli_connection *connection = drop(r, slot_of(r, key));
    unlock(r);
    if (connection)
        sqli__connection_free(connection);
}

typedef void on_connection(struct sqli_connection *connection, void *context);

static void for_each(struct sqli_reactor *r, on_connection *on_one, void *context)
{
    for (uint32_t i = 0;; i++) {
        lock(r);
        bool end = i >= r->slot_count;
        uint64_t key = end ? 0 : key_of(r, i);
        unlock(r);
        if (end)
            return;
        struct sqli_connection *connection = use(r, key);
        if (!connection)
            continue;
        on_one(connection, context);
        unuse(r, key);
    }
}

/* --- new clients --- */

enum reception { WELCOME, REFUSED, TURNED_AWAY };

/* Reserves the place and counts the client in, so that two threads cannot give the last one away
 * twice. */
static enum reception receive_client(struct sqli_reactor *r, struct sqli_connection_start *start)
{
    enum reception reception = WELCOME;
    lock(r);
    r->accept_failed = false;
    if (r->phases[SQLI_PHASE_LOGIN] + r->phases[SQLI_PHASE_SESSION] >= r->settings.max_sessions ||
        r->phases[SQLI_PHASE_LOGIN] >= LOGINS_MAX)
        reception = REFUSED;
    if (r->stopping || r->phases[SQLI_PHASE_CLOSING] >= CLOSING_MAX || !take_slot(r, &start->key))
        reception = TURNED_AWAY;
    if (reception != TURNED_AWAY)
        r->phases[reception == REFUSED ? SQLI_PHASE_CLOSING : SQLI_PHASE_LOGIN]++;
    r->next_number = r->next_number < INT32_MAX ? r->next_number + 1 : 1;
    start->number = r->next_number;
    start->refused = reception == REFUSED;
    unlock(r);
    return reception;
}

/* Undoes receive_client: nobody has seen the connection yet. */
static void forget_client(struct sqli_reactor *r, const struct sqli_connection_start *start)
{
    lock(r);
    r->phases[start->refused ? SQLI_PHASE_CLOSING : SQLI_PHASE_LOGIN]--;
    (void)drop(r, slot_of(r, start->key));
    unlock(r);
}

static enum sqli_status open_client(struct sqli_reactor *r,
                                    const struct sqli_connection_start *start,
                                    struct sqli_error *error)
{
    struct sqli_connection *connection;
    if (sqli__connection_open(start, &connection, error) != SQLI_OK) {
        forget_client(r, start);
        return SQLI_FAIL;
    }
    lock(r);
    struct slot *slot = slot_of(r, start->key);
    slot->connection = connection;
    slot->users++;
    bool stopping = r->stopping;
    unlock(r);
    enum sqli_status status = sqli__connection_watch(connection, &r->events, error);
    if (status != SQLI_OK || stopping)
        sqli__connection_stop(connection, true);
    sqli__reactor_wake_at(r, sqli__connection_tick(connection, sqli__clock_ms()));
    unuse(r, start->key);
    return status;
}

static void new_client(struct sqli_reactor *r, const struct listener *listener, int socket)
{
    struct sqli_error error;
    struct sqli_connection_start start = {.reactor = r, .socket = socket, .tls = listener->tls};
    enum reception reception = receive_client(r, &start);
    if (reception != WELCOME)
        sqli__log(r->settings.logger, SQLI_LOG_WARN,
                  "connection %d is refused: there are as many sessions as the server takes",
                  start.number);
    if (reception == TURNED_AWAY)
        sqli__socket_close(socket);
    else if (open_client(r, &start, &error) != SQLI_OK)
        sqli__log(r->settings.logger, SQLI_LOG_WARN, "connection %d: %s", start.number,
                  error.message);
}

/* Clients wait in the listener, and it will not be reported again: the timer has to. */
static void accept_failed(struct sqli_reactor *r, const struct sqli_error *error)
{
    lock(r);
    bool told = r->accept_failed, stopping = r->stopping;
    r->accept_failed = true;
    unlock(r);
    if (stopping)
        return;
    if (!told)
        sqli__log(r->settings.logger, SQLI_LOG_ERROR, "%s", error->message);
    sqli__reactor_wake_at(r, sqli__clock_ms() + ACCEPT_AGAIN_MS);
}

static void accept_all(struct sqli_reactor *r, const struct listener *listener)
{
    struct sqli_error error;
    int socket;
    for (;;) {
        enum sqli_status status = sqli__socket_accept(listener->socket, &socket, &error);
        if (status == SQLI_FAIL)
            accept_failed(r, &error);
        if (status != SQLI_OK)
            return;
        new_client(r, listener, socket);
    }
}

/* --- the threads --- */

struct tick {
    int64_t now;
    int64_t next;
};

static void tick_one(struct sqli_connection *connection, void *context)
{
    struct tick *tick = context;
    int64_t next = sqli__connection_tick(connection, tick->now);
    if (next != SQLI_NO_DEADLINE && (tick->next == SQLI_NO_DEADLINE || next < tick->next))
        tick->next = next;
}

static void on_timer(struct sqli_reactor *r)
{
    struct tick tick = {.now = sqli__clock_ms(), .next = SQLI_NO_DEADLINE};
    lock(r);
    bool again = r->accept_failed && !r->stopping;
    r->alarm = SQLI_NO_DEADLINE;
    unlock(r);
    for (size_t i = 0; again && i < r->listener_count; i++)
        accept_all(r, &r->listeners[i]);
    for_each(r, tick_one, &tick);
    sqli__reactor_wake_at(r, tick.next);
}

static void on_event(struct sqli_reactor *r, uint64_t key, unsigned what)
{
    if (key == SQLI_EVENT_TIMER) {
        on_timer(r);
    } else if (key < SQLI_EVENT_SOCKETS + LISTENERS) {
        accept_all(r, &r->listeners[key - SQLI_EVENT_SOCKETS]);
    } else {
        struct sqli_connection *connection = use(r, key);
        if (!connection)
            return;
        sqli__connection_event(connection, what);
        unuse(r, key);
    }
}

static void *thread_main(void *context);

/* The mutex is held; so is it again afterwards. */
static enum sqli_status start_thread(struct sqli_reactor *r, struct sqli_error *error)
{
    pthread_attr_t attributes;
    pthread_t thread;
    r->threads++;
    r->waiting++; /* it will: no need to start another one meanwhile */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    int number = pthread_create(&thread, &attributes, thread_main, r);
    pthread_attr_destroy(&attributes);
    if (number == 0)
        return SQLI_OK;
    r->threads--;
    r->waiting--;
    return sqli__fail(error, SQLI_E_NETWORK_THREAD, "%s", strerrordesc_np(number));
}

/* Before a thread goes to work: another one has to wait in its stead. */
static void see_that_one_waits(struct sqli_reactor *r)
{
    struct sqli_error error;
    lock(r);
    r->waiting--;
    bool alone = r->waiting == 0;
    bool may = r->threads < r->settings.max_sessions + EXTRA_THREADS;
    enum sqli_status status = alone && may ? start_thread(r, &error) : SQLI_OK;
    unlock(r);
    if (status != SQLI_OK)
        sqli__log(r->settings.logger, SQLI_LOG_ERROR, "%s", error.message);
}

/* Which of the threads that wait is woken the system decides: the one that came last. So those that
 * have waited long are the ones too many. */
static int how_long(struct sqli_reactor *r)
{
    lock(r);
    int timeout = r->waiting > WAITING_MIN ? IDLE_MS : -1;
    unlock(r);
    return timeout;
}

/* Counts the thread out where it may go: two must not go for the same reason. */
static bool may_leave(struct sqli_reactor *r, bool end)
{
    lock(r);
    bool leave = end || r->waiting > WAITING_MIN;
    r->waiting -= leave;
    unlock(r);
    return leave;
}

static void wait_and_work(struct sqli_reactor *r)
{
    uint64_t key;
    unsigned what;
    for (;;) {
        bool happened = sqli__events_wait(&r->events, how_long(r), &key, &what);
        bool end = happened && key == SQLI_EVENT_END;
        if ((!happened || end) && may_leave(r, end))
            return;
        if (!happened)
            continue;
        see_that_one_waits(r);
        on_event(r, key, what);
        lock(r);
        r->waiting++;
        unlock(r);
    }
}

/* A thread that leaves joins the one that left before it, so that only the last is left to the
 * reactor, and all of them, with what libraries keep for each thread, are gone at the end. */
static void *thread_main(void *context)
{
    struct sqli_reactor *r = context;
    wait_and_work(r);
    lock(r);
    bool another = r->any_left;
    pthread_t before = r->last_left;
    r->any_left = true;
    r->last_left = pthread_self();
    r->threads--;
    pthread_cond_broadcast(&r->less);
    unlock(r);
    if (another)
        pthread_join(before, NULL);
    return NULL;
}

/* --- start and stop --- */

enum sqli_status sqli__reactor_start(struct sqli_reactor *r, struct sqli_error *error)
{
    enum sqli_status status = SQLI_OK;
    lock(r);
    for (int i = 0; i < WAITING_MIN && status == SQLI_OK; i++)
        status = start_thread(r, error);
    unlock(r);
    return status;
}

static void stop_one(struct sqli_connection *connection, void *context)
{
    sqli__connection_stop(connection, *(const bool *)context);
}

static bool anybody_left(const struct sqli_reactor *r)
{
    for (uint32_t i = 0; i < r->slot_count; i++)
        if (r->slots[i].users > 0)
            return true;
    return false;
}

void sqli__reactor_stop(struct sqli_reactor *r, bool now)
{
    lock(r);
    bool first = !r->stopping;
    r->stopping = true;
    unlock(r);
    for (size_t i = 0; first && i < r->listener_count; i++)
        sqli__socket_end_listening(r->listeners[i].socket);
    for_each(r, stop_one, &now);
    lock(r);
    while (anybody_left(r))
        pthread_cond_wait(&r->less, &r->mutex);
    unlock(r);
}
