/* Connections for many threads. Nothing is done while the lock is held but moving slots about:
 * opening, checking, resetting and closing happen outside of it. */
#include "client/pool.h"

#include "base/alloc.h"

enum { LIFE_MAX = 31536000, WAIT_MAX = 86400 };

/* --- errors: of each thread its own --- */

static const sqli_error forked = {
    .code = SQLI_E_FORKED,
    .sqlstate = "08003",
    .message = "the pool belongs to the process before the fork",
    .hint = "open one in the child",
};

static struct sqli_pool_error *error_of(const sqli_pool *pool, pthread_t thread)
{
    struct sqli_pool_error *e = pool->errors;
    while (e && !pthread_equal(e->thread, thread))
        e = e->next;
    return e;
}

/* The place of the thread that failed longest ago is taken when there are too many. */
static struct sqli_pool_error *oldest_error(const sqli_pool *pool)
{
    struct sqli_pool_error *e = pool->errors;
    while (e && e->next)
        e = e->next;
    return e;
}

/* With the lock held. */
static int keep_error(sqli_pool *pool, const struct sqli_error *error)
{
    struct sqli_pool_error *e = error_of(pool, pthread_self());
    if (!e && pool->error_count == SQLI_POOL_ERRORS_MAX)
        e = oldest_error(pool);
    if (!e) {
        e = sqli__alloc_zeroed(1, sizeof *e);
        if (!e)
            return SQLI_FAIL; /* sqli_pool_error then tells of that */
        e->next = pool->errors;
        pool->errors = e;
        pool->error_count++;
    }
    e->thread = pthread_self();
    e->error = *error;
    return SQLI_FAIL;
}

static int failed(sqli_pool *pool, const struct sqli_error *error)
{
    pthread_mutex_lock(&pool->lock);
    keep_error(pool, error);
    pthread_mutex_unlock(&pool->lock);
    return SQLI_FAIL;
}

const sqli_error *sqli_pool_error(const sqli_pool *pool)
{
    if (!pool)
        return sqli_last_error(NULL);
    if (sqli__is_forked(pool->template))
        return &forked;
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&pool->lock;
    pthread_mutex_lock(lock);
    const struct sqli_pool_error *e = error_of(pool, pthread_self());
    pthread_mutex_unlock(lock);
    return e ? &e->error : sqli_last_error(NULL);
}

/* --- life --- */

static void destroy(sqli_pool *pool)
{
    for (int64_t i = 0; pool->slots && i < pool->most; i++)
        sqli_close(pool->slots[i].conn);
    for (struct sqli_pool_error *e = pool->errors, *next; e; e = next) {
        next = e->next;
        sqli__free(e);
    }
    sqli_close(pool->template);
    sqli__free(pool->slots);
    pthread_mutex_destroy(&pool->lock);
    sqli__free(pool);
}

static sqli_pool *make(void)
{
    sqli_pool *pool = sqli__alloc_zeroed(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->template = sqli_new();
    pool->last = &pool->first;
    pool->references = 1;
    if (!pool->template || pthread_mutex_init(&pool->lock, NULL)) {
        sqli_close(pool->template);
        sqli__free(pool);
        return NULL;
    }
    sqli__belong_here(pool->template);
    return pool;
}

static enum sqli_status read_options(sqli_pool *pool)
{
    struct sqli_options *options = &pool->template->options;
    struct sqli_error *error = &pool->template->error;
    const struct {
        enum sqli_option_id id;
        int64_t least, most;
        int64_t *value;
        int64_t unit;
    } numbers[] = {
        {SQLI_OPT_POOL_MAX, 1, SQLI_POOL_MAX, &pool->most, 1},
        {SQLI_OPT_POOL_MIN, 0, SQLI_POOL_MAX, &pool->least, 1},
        {SQLI_OPT_POOL_LIFETIME, 0, LIFE_MAX, &pool->lifetime, 1000},
        {SQLI_OPT_POOL_IDLE, 0, LIFE_MAX, &pool->idle, 1000},
        {SQLI_OPT_POOL_WAIT, 0, WAIT_MAX, &pool->wait, 1000},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        SQLI_TRY(sqli__option_number(options, numbers[i].id, numbers[i].least, numbers[i].most,
                                     numbers[i].value, error));
        *numbers[i].value *= numbers[i].unit;
    }
    if (pool->least > pool->most)
        return sqli__fail(error, SQLI_E_ARGUMENT, "pool-min is greater than pool-max");
    pool->slots = sqli__alloc_zeroed((size_t)pool->most, sizeof *pool->slots);
    return pool->slots ? SQLI_OK : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
}

/* --- slots, with the lock held --- */

/* The connection that was used last, so that those which are not needed grow old; else one to be
 * opened. NULL: all are in use. */
static struct sqli_pool_slot *free_slot(const sqli_pool *pool)
{
    struct sqli_pool_slot *best = NULL;
    for (int64_t i = 0; pool->slots && i < pool->most; i++) {
        struct sqli_pool_slot *slot = &pool->slots[i];
        if (slot->used)
            continue;
        bool better = !best || (slot->conn && (!best->conn || slot->idle > best->idle));
        best = better ? slot : best;
    }
    return best;
}

static bool is_stale(const sqli_pool *pool, const struct sqli_pool_slot *slot, int64_t now)
{
    return pool->lifetime && now - slot->opened >= pool->lifetime;
}

static int64_t connection_count(const sqli_pool *pool)
{
    int64_t count = 0;
    for (int64_t i = 0; i < pool->most; i++)
        count += pool->slots[i].used || pool->slots[i].conn;
    return count;
}

/* Takes an idle connection out that has been of no use for too long. */
static sqli_conn *take_expired(sqli_pool *pool, int64_t now)
{
    int64_t count = connection_count(pool);
    for (int64_t i = 0; i < pool->most; i++) {
        struct sqli_pool_slot *slot = &pool->slots[i];
        bool unneeded = pool->idle && count > pool->least && now - slot->idle >= pool->idle;
        if (slot->used || !slot->conn || !(unneeded || is_stale(pool, slot, now) || pool->closed))
            continue;
        sqli_conn *conn = slot->conn;
        slot->conn = NULL;
        pool->ended++;
        return conn;
    }
    return NULL;
}

static void enqueue(sqli_pool *pool, struct sqli_pool_waiter *waiter)
{
    *pool->last = waiter;
    pool->last = &waiter->next;
    pool->waiting++;
    pool->references++;
}

static void dequeue(sqli_pool *pool, struct sqli_pool_waiter *waiter)
{
    struct sqli_pool_waiter **at = &pool->first;
    while (*at && *at != waiter)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = waiter->next;
    if (!*at)
        pool->last = at;
    pool->waiting--;
}

/* To the one who waits longest, or back among the free ones. */
static void give(sqli_pool *pool, struct sqli_pool_slot *slot)
{
    struct sqli_pool_waiter *waiter = pool->first;
    slot->idle = sqli__clock_ms();
    if (!waiter) {
        slot->used = false;
        pool->used--;
        return;
    }
    dequeue(pool, waiter);
    waiter->slot = slot;
    pthread_cond_signal(&waiter->given);
}

/* --- from here on without the lock --- */

static void close_expired(sqli_pool *pool)
{
    sqli_conn *conn;
    do {
        pthread_mutex_lock(&pool->lock);
        conn = pool->slots ? take_expired(pool, sqli__clock_ms()) : NULL;
        pthread_mutex_unlock(&pool->lock);
        sqli_close(conn);
    } while (conn);
}

/* Whoever lets go last turns off the light. */
static void let_go(sqli_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool last = --pool->references == 0;
    pthread_mutex_unlock(&pool->lock);
    if (last)
        destroy(pool);
}

/* The slot with what is left in it. */
static void give_back(sqli_pool *pool, struct sqli_pool_slot *slot)
{
    pthread_mutex_lock(&pool->lock);
    give(pool, slot);
    pthread_mutex_unlock(&pool->lock);
    close_expired(pool);
    let_go(pool);
}

static void discard(sqli_pool *pool, struct sqli_pool_slot *slot)
{
    sqli_conn *conn = slot->conn;
    pthread_mutex_lock(&pool->lock);
    slot->conn = NULL;
    pool->ended++;
    pthread_mutex_unlock(&pool->lock);
    sqli_close(conn);
}

static enum sqli_status connect_slot(sqli_pool *pool, struct sqli_pool_slot *slot,
                                     struct sqli_error *error)
{
    sqli_conn *conn = sqli_new();
    if (!conn)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    enum sqli_status status = sqli__options_copy(&conn->options, &pool->template->options, error);
    if (status == SQLI_OK && sqli_connect(conn)) {
        *error = conn->error;
        status = SQLI_FAIL;
    }
    if (status) {
        sqli_close(conn);
        return status;
    }
    pthread_mutex_lock(&pool->lock);
    slot->conn = conn;
    memcpy(slot->database, conn->database, sizeof slot->database);
    slot->opened = slot->idle = sqli__clock_ms();
    pool->opened++;
    pthread_mutex_unlock(&pool->lock);
    return SQLI_OK;
}

static enum sqli_status open_least(sqli_pool *pool)
{
    for (int64_t i = 0; i < pool->least; i++)
        SQLI_TRY(connect_slot(pool, &pool->slots[i], &pool->template->error));
    return SQLI_OK;
}

static int open_pool(sqli_pool *pool, enum sqli_status status)
{
    if (status == SQLI_OK)
        status = read_options(pool);
    if (status == SQLI_OK)
        status = open_least(pool);
    return status ? failed(pool, &pool->template->error) : SQLI_OK;
}

int sqli_pool_open(const char *url, sqli_pool **pool)
{
    if (!pool || !(*pool = make()))
        return SQLI_FAIL;
    return open_pool(*pool, (enum sqli_status)sqli__settings_url((*pool)->template, url));
}

int sqli_pool_open_settings(const struct sqli_setting *settings, size_t count, sqli_pool **pool)
{
    if (!pool || !(*pool = make()))
        return SQLI_FAIL;
    int result = sqli__settings_list((*pool)->template, settings, count);
    return open_pool(*pool, (enum sqli_status)result);
}

/* --- acquire --- */

/* With the lock held; it is free while this waits. A slot that came just in time counts. */
static void wait_for_slot(sqli_pool *pool, struct sqli_pool_waiter *waiter)
{
    int64_t deadline = pool->wait ? sqli__clock_ms() + pool->wait : SQLI_NO_DEADLINE;
    bool in_time = true;
    sqli__clock_condition(&waiter->given);
    enqueue(pool, waiter);
    while (!waiter->slot && !pool->closed && in_time)
        in_time = sqli__clock_wait(&waiter->given, &pool->lock, deadline);
    if (!waiter->slot)
        dequeue(pool, waiter);
    pthread_cond_destroy(&waiter->given);
}

static enum sqli_status no_slot(sqli_pool *pool, struct sqli_error *error)
{
    if (pool->closed || !pool->slots)
        return sqli__fail(error, SQLI_E_STATE, "the pool is %s",
                          pool->closed ? "closed" : "not open");
    pool->timeouts++;
    return sqli__fail(error, SQLI_E_POOL_TIMEOUT, "all %lld are in use", (long long)pool->most);
}

/* With the lock held. NULL: *error says why. */
static struct sqli_pool_slot *take_slot(sqli_pool *pool, struct sqli_error *error)
{
    struct sqli_pool_slot *slot = pool->closed ? NULL : free_slot(pool);
    if (slot) {
        slot->used = true;
        pool->used++;
        pool->references++;
        return slot;
    }
    struct sqli_pool_waiter waiter = {0};
    if (!pool->closed && pool->slots)
        wait_for_slot(pool, &waiter);
    else
        pool->references++; /* as who waits has */
    if (!waiter.slot)
        no_slot(pool, error);
    return waiter.slot;
}

/* The connection of the slot is one that works. */
static enum sqli_status make_ready(sqli_pool *pool, struct sqli_pool_slot *slot,
                                   struct sqli_error *error)
{
    if (slot->conn && (is_stale(pool, slot, sqli__clock_ms()) || sqli_check(slot->conn)))
        discard(pool, slot);
    return slot->conn ? SQLI_OK : connect_slot(pool, slot, error);
}

int sqli_pool_acquire(sqli_pool *pool, sqli_conn **conn)
{
    struct sqli_error error;
    if (conn)
        *conn = NULL;
    if (!pool || sqli__is_forked(pool->template))
        return SQLI_FAIL;
    if (!conn) {
        sqli__fail_null(&error);
        return failed(pool, &error);
    }
    pthread_mutex_lock(&pool->lock);
    struct sqli_pool_slot *slot = take_slot(pool, &error);
    pthread_mutex_unlock(&pool->lock);
    if (!slot) {
        failed(pool, &error);
        let_go(pool);
        return SQLI_FAIL;
    }
    if (make_ready(pool, slot, &error)) {
        failed(pool, &error);
        give_back(pool, slot);
        return SQLI_FAIL;
    }
    pthread_mutex_lock(&pool->lock);
    pool->acquired++;
    *conn = slot->conn;
    pthread_mutex_unlock(&pool->lock);
    close_expired(pool);
    return SQLI_OK;
}

/* --- release, close --- */

static struct sqli_pool_slot *slot_of(sqli_pool *pool, const sqli_conn *conn)
{
    struct sqli_pool_slot *found = NULL;
    pthread_mutex_lock(&pool->lock);
    for (int64_t i = 0; i < pool->most && !found; i++)
        if (pool->slots[i].used && pool->slots[i].conn == conn)
            found = &pool->slots[i];
    pthread_mutex_unlock(&pool->lock);
    return found;
}

void sqli_pool_release(sqli_pool *pool, sqli_conn *conn)
{
    if (!pool || !conn || sqli__is_forked(pool->template))
        return;
    struct sqli_pool_slot *slot = slot_of(pool, conn);
    if (!slot)
        return;
    pthread_mutex_lock(&pool->lock);
    bool keep = !pool->closed && !is_stale(pool, slot, sqli__clock_ms());
    pthread_mutex_unlock(&pool->lock);
    if (!keep || sqli__pool_reset(conn, slot->database, &pool->template->options))
        discard(pool, slot);
    give_back(pool, slot);
}

int sqli_pool_counts(sqli_pool *pool, struct sqli_pool_counts *counts)
{
    if (!pool || !counts || counts->size < sizeof counts->size)
        return SQLI_FAIL;
    pthread_mutex_lock(&pool->lock);
    struct sqli_pool_counts all = {
        .size = counts->size,
        .used = pool->used,
        .waiting = pool->waiting,
        .opened = pool->opened,
        .closed = pool->ended,
        .acquired = pool->acquired,
        .timeouts = pool->timeouts,
    };
    for (int64_t i = 0; pool->slots && i < pool->most; i++)
        all.idle += pool->slots[i].conn && !pool->slots[i].used;
    pthread_mutex_unlock(&pool->lock);
    memcpy(counts, &all, counts->size < sizeof all ? counts->size : sizeof all);
    return SQLI_OK;
}

/* In the child of a fork there is nobody else, and the lock may be held for ever. */
static void close_forked(sqli_pool *pool)
{
    for (int64_t i = 0; pool->slots && i < pool->most; i++) {
        if (pool->slots[i].used)
            return; /* somebody may still look at it; what is left is left */
        sqli_close(pool->slots[i].conn);
        pool->slots[i].conn = NULL;
    }
    pthread_mutex_init(&pool->lock, NULL);
    destroy(pool);
}

void sqli_pool_close(sqli_pool *pool)
{
    if (!pool)
        return;
    if (sqli__is_forked(pool->template)) {
        close_forked(pool);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    for (struct sqli_pool_waiter *w = pool->first; w; w = w->next)
        pthread_cond_signal(&w->given);
    pthread_mutex_unlock(&pool->lock);
    close_expired(pool);
    let_go(pool);
}
