/* Connections for many threads: who gets one, in which state, and what becomes of work that is
 * interrupted. */
#include "base/clock.h"
#include "tests/client/proxy.h"

enum { THREADS = 20, POOL_SIZE = 5 };

static sqli_pool *open_pool(struct fixture *f, uint16_t port, const char *options)
{
    char url[256];
    sqli_pool *pool;
    proxy_url(url, f, port, options);
    if (sqli_pool_open(url, &pool))
        fail_msg("%s", sqli_err_message(sqli_pool_error(pool)));
    return pool;
}

static sqli_pool *direct_pool(struct fixture *f, const char *options)
{
    needs_sqlid(f);
    return open_pool(f, sqli__server_port(f->server), options);
}

static sqli_conn *must_acquire(sqli_pool *pool)
{
    sqli_conn *db;
    if (sqli_pool_acquire(pool, &db))
        fail_msg("%s", sqli_err_message(sqli_pool_error(pool)));
    return db;
}

static struct sqli_pool_counts counts_of(sqli_pool *pool)
{
    struct sqli_pool_counts counts = {.size = sizeof counts};
    assert_int_equal(sqli_pool_counts(pool, &counts), SQLI_OK);
    return counts;
}

/* --- slots --- */

static void test_connections_are_used_again(void **state)
{
    sqli_pool *pool = direct_pool(*state, "&pool-min=2&pool-max=3");
    assert_int_equal(counts_of(pool).idle, 2);
    sqli_conn *a = must_acquire(pool), *b = must_acquire(pool), *c = must_acquire(pool);
    assert_true(a != b && b != c && a != c);
    assert_int_equal(counts_of(pool).used, 3);
    sqli_pool_release(pool, b);
    assert_ptr_equal(must_acquire(pool), b);
    sqli_pool_release(pool, a);
    sqli_pool_release(pool, a); /* once is enough */
    sqli_pool_release(pool, b);
    sqli_pool_release(pool, c);
    struct sqli_pool_counts counts = counts_of(pool);
    assert_int_equal(counts.opened, 3);
    assert_int_equal(counts.acquired, 4);
    assert_int_equal(counts.idle, 3);
    assert_int_equal(counts.used, 0);
    sqli_pool_close(pool);
}

static void test_who_waits_too_long(void **state)
{
    sqli_conn *db, *other = NULL;
    sqli_pool *pool = direct_pool(*state, "&pool-max=1&pool-wait=1");
    db = must_acquire(pool);
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_pool_acquire(pool, &other), SQLI_FAIL);
    assert_in_range(sqli__clock_ms() - began, 950, 3000);
    assert_null(other);
    assert_int_equal(sqli_err_code(sqli_pool_error(pool)), SQLI_E_POOL_TIMEOUT);
    assert_int_equal(counts_of(pool).timeouts, 1);
    sqli_pool_release(pool, db);
    assert_ptr_equal(must_acquire(pool), db);
    sqli_pool_release(pool, db);
    sqli_pool_close(pool);
}

struct waiter {
    sqli_pool *pool;
    pthread_t thread;
    int result, code, place;
    atomic_int *places;
};

static void *wait_in_line(void *context)
{
    struct waiter *w = context;
    sqli_conn *db;
    w->result = sqli_pool_acquire(w->pool, &db);
    w->place = atomic_fetch_add(w->places, 1);
    if (w->result)
        w->code = sqli_err_code(sqli_pool_error(w->pool));
    sqli_pool_release(w->pool, db);
    return NULL;
}

static void wait_for_waiters(sqli_pool *pool, int count)
{
    while (counts_of(pool).waiting < count)
        usleep(1000);
}

static void test_first_come_first_served(void **state)
{
    enum { WAITERS = 8 };
    struct waiter waiters[WAITERS];
    atomic_int places = 0;
    sqli_pool *pool = direct_pool(*state, "&pool-max=1");
    sqli_conn *db = must_acquire(pool);
    for (int i = 0; i < WAITERS; i++) {
        waiters[i] = (struct waiter){.pool = pool, .places = &places};
        pthread_create(&waiters[i].thread, NULL, wait_in_line, &waiters[i]);
        wait_for_waiters(pool, i + 1);
    }
    sqli_pool_release(pool, db);
    for (int i = 0; i < WAITERS; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_int_equal(waiters[i].result, SQLI_OK);
        assert_int_equal(waiters[i].place, i);
    }
    assert_int_equal(counts_of(pool).opened, 1);
    sqli_pool_close(pool);
}

static void test_closing_turns_away_who_waits(void **state)
{
    struct waiter waiter;
    atomic_int places = 0;
    sqli_pool *pool = direct_pool(*state, "&pool-max=1");
    sqli_conn *db = must_acquire(pool);
    waiter = (struct waiter){.pool = pool, .places = &places};
    pthread_create(&waiter.thread, NULL, wait_in_line, &waiter);
    wait_for_waiters(pool, 1);
    sqli_pool_close(pool);
    pthread_join(waiter.thread, NULL);
    assert_int_equal(waiter.result, SQLI_FAIL);
    assert_int_equal(waiter.code, SQLI_E_STATE);
    assert_true(sqli_is_open(db));
    sqli_pool_release(pool, db); /* and the pool with it */
}

static void test_age(void **state)
{
    sqli_pool *pool = direct_pool(*state, "&pool-lifetime=1");
    sqli_conn *db = must_acquire(pool);
    sqli_pool_release(pool, db);
    usleep(1100000);
    db = must_acquire(pool);
    assert_int_equal(counts_of(pool).opened, 2);
    assert_int_equal(counts_of(pool).closed, 1);
    sqli_pool_release(pool, db);
    sqli_pool_close(pool);
    pool = direct_pool(*state, "&pool-idle=1&pool-min=1");
    sqli_conn *a = must_acquire(pool), *b = must_acquire(pool), *c = must_acquire(pool);
    sqli_pool_release(pool, a);
    sqli_pool_release(pool, b);
    usleep(1100000);
    sqli_pool_release(pool, c);
    assert_int_equal(counts_of(pool).idle, 1);
    assert_int_equal(counts_of(pool).closed, 2);
    sqli_pool_close(pool);
}

static void test_errors(void **state)
{
    static const struct {
        const char *options;
        int code;
    } cases[] = {
        {"&pool-max=0", SQLI_E_ARGUMENT},
        {"&pool-min=3&pool-max=2", SQLI_E_ARGUMENT},
        {"&pool-min=1&password=wrong", -951},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[256];
        sqli_pool *pool;
        sqli_conn *db;
        proxy_url(url, f, sqli__server_port(f->server), cases[i].options);
        assert_int_equal(sqli_pool_open(url, &pool), SQLI_FAIL);
        const sqli_error *error = sqli_pool_error(pool);
        if (sqli_err_code(error) != cases[i].code)
            fail_msg("%s: %s", cases[i].options, sqli_err_message(error));
        if (i == 0)
            assert_int_equal(sqli_pool_acquire(pool, &db), SQLI_FAIL);
        sqli_pool_close(pool);
    }
    sqli_pool_close(NULL);
}

/* --- nothing comes back in doubt --- */

static void leave_transaction(sqli_conn *db)
{
    must(db, "begin work");
    must(db, "insert into pooled values (-1)");
}

static void leave_rows(sqli_conn *db)
{
    sqli_stmt *stmt = must_prepare(db, "select a.tabid from systables a, systables b, systables c");
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
}

static void leave_settings(sqli_conn *db)
{
    must(db, "set isolation to repeatable read");
    assert_int_equal(sqli_set_lock_wait(db, 7), SQLI_OK);
    assert_int_equal(sqli_set(db, "statement-timeout", "77"), SQLI_OK);
    sqli_set_autocommit(db, 0);
    must(db, "insert into pooled values (-2)");
}

static void leave_database(sqli_conn *db)
{
    must(db, "database sysmaster");
}

static void leave_temporary(sqli_conn *db)
{
    must(db, "create temp table pooled_temp (n int)");
}

static void leave_half_done(sqli_conn *db)
{
    sqli_set_nonblocking(db, 1);
    assert_int_equal(sqli_exec(db,
                               "select count(*) from systables a, systables b, systables c, "
                               "systables d",
                               NULL),
                     SQLI_MORE);
}

static void test_what_comes_back(void **state)
{
    static const struct {
        void (*leave)(sqli_conn *db);
        bool kept;
    } cases[] = {
        {leave_transaction, true}, {leave_rows, true},       {leave_settings, true},
        {leave_database, true},    {leave_temporary, false}, {leave_half_done, false},
    };
    struct fixture *f = *state;
    sqli_pool *pool = direct_pool(f, "&pool-max=1");
    sqli_conn *db = must_acquire(pool);
    must(db, "create table pooled (n int)");
    sqli_pool_release(pool, db);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db = must_acquire(pool);
        uint64_t opened = counts_of(pool).opened;
        cases[i].leave(db);
        sqli_pool_release(pool, db);
        db = must_acquire(pool);
        assert_int_equal(counts_of(pool).opened - opened, !cases[i].kept);
        assert_string_equal(query(f, db, "select count(*) from pooled"), "0");
        assert_string_equal(sqli_info(db, "database"), f->database);
        assert_true(sqli_autocommit(db));
        assert_string_equal(sqli_get(db, "autocommit"), "on");
        assert_null(sqli_get(db, "lock-wait"));
        assert_null(sqli_get(db, "isolation"));
        assert_string_not_equal(sqli_get(db, "statement-timeout"), "77");
        assert_false(sqli_in_transaction(db));
        sqli_pool_release(pool, db);
    }
    db = must_acquire(pool);
    must(db, "drop table pooled");
    sqli_pool_release(pool, db);
    sqli_pool_close(pool);
}

static void test_a_dead_connection_is_replaced(void **state)
{
    struct proxy proxy;
    struct fixture *f = *state;
    needs_sqlid(f);
    proxy_start(&proxy, sqli__server_port(f->server));
    sqli_pool *pool = open_pool(f, proxy.port, "");
    sqli_conn *db = must_acquire(pool);
    sqli_pool_release(pool, db);
    usleep(50000); /* what is still on its way */
    atomic_store(&proxy.cut_one_in, 1);
    db = must_acquire(pool);
    assert_int_not_equal(sqli_exec(db, "update statistics", NULL), SQLI_OK);
    sqli_pool_release(pool, db);
    atomic_store(&proxy.cut_one_in, 0);
    db = must_acquire(pool);
    must(db, "update statistics");
    sqli_pool_release(pool, db);
    assert_int_equal(counts_of(pool).opened, 2);
    sqli_pool_close(pool);
    proxy_stop(&proxy);
}

/* --- twenty threads, five connections, and somebody who cuts --- */

enum { TRANSACTIONS = 60, OUTCOMES = THREADS * TRANSACTIONS };
enum outcome { NOT_DONE, DONE, UNKNOWN };

struct worker {
    sqli_pool *pool;
    pthread_t thread;
    int number;
    int broken;
    char why[256];
    uint8_t outcomes[TRANSACTIONS];
};

static enum outcome transact(sqli_conn *db, int id)
{
    sqli_stmt *stmt;
    int rolls_back = id % 7 == 0;
    if (sqli_begin(db) || sqli_prepare(db, "insert into killed values (?)", -1, 0, &stmt))
        return NOT_DONE;
    sqli_bind_int64(stmt, 1, id);
    int result = sqli_step(stmt);
    sqli_finalize(stmt);
    if (result != SQLI_DONE)
        return NOT_DONE;
    if (rolls_back)
        return sqli_rollback(db), NOT_DONE;
    result = sqli_commit(db);
    if (result == SQLI_OK)
        return DONE;
    return sqli_errcode(db) == SQLI_E_COMMIT_UNKNOWN ? UNKNOWN : NOT_DONE;
}

static void *work(void *context)
{
    struct worker *w = context;
    for (int i = 0; i < TRANSACTIONS; i++) {
        sqli_conn *db;
        if (sqli_pool_acquire(w->pool, &db)) {
            w->broken++;
            snprintf(w->why, sizeof w->why, "%s", sqli_err_message(sqli_pool_error(w->pool)));
            continue;
        }
        w->outcomes[i] = (uint8_t)transact(db, w->number * TRANSACTIONS + i);
        sqli_pool_release(w->pool, db);
    }
    return NULL;
}

static void read_ids(struct fixture *f, sqli_conn *db, int found[OUTCOMES])
{
    int64_t id;
    sqli_stmt *stmt = must_prepare(db, "select id from killed");
    (void)f;
    while (sqli_step(stmt) == SQLI_ROW) {
        assert_int_equal(sqli_get_int64(stmt, 1, &id), SQLI_OK);
        assert_in_range(id, 0, OUTCOMES - 1);
        found[id]++;
    }
    sqli_finalize(stmt);
}

static int run_workers(sqli_pool *pool, struct worker *workers)
{
    int told[3] = {0};
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.pool = pool, .number = i};
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        for (int t = 0; t < TRANSACTIONS; t++)
            told[workers[i].outcomes[t]]++;
    }
    print_message("not done %d, done %d, unknown %d\n", told[NOT_DONE], told[DONE], told[UNKNOWN]);
    assert_true(told[DONE] > OUTCOMES / 4);
    return told[NOT_DONE];
}

static void test_no_transaction_is_lost_or_doubled(void **state)
{
    static struct worker workers[THREADS];
    static int found[OUTCOMES];
    struct proxy proxy;
    struct fixture *f = *state;
    needs_sqlid(f);
    sqli_conn *db = open_default(f);
    must(db, "create table killed (id int)");
    proxy_start(&proxy, sqli__server_port(f->server));
    sqli_pool *pool = open_pool(f, proxy.port, "&pool-max=5&lock-wait=20");
    atomic_store(&proxy.cut_one_in, 60);
    run_workers(pool, workers);
    print_message("%u cuts, %d connections\n", atomic_load(&proxy.cuts),
                  (int)counts_of(pool).opened);
    assert_true(atomic_load(&proxy.cuts) > 20);
    assert_true(counts_of(pool).opened > POOL_SIZE);
    assert_int_equal(counts_of(pool).used, 0);
    sqli_pool_close(pool);
    proxy_stop(&proxy);
    memset(found, 0, sizeof found);
    read_ids(f, db, found);
    for (int i = 0; i < OUTCOMES; i++) {
        enum outcome told = workers[i / TRANSACTIONS].outcomes[i % TRANSACTIONS];
        bool right = told == UNKNOWN ? found[i] <= 1 : found[i] == (told == DONE);
        if (!right)
            fail_msg("transaction %d was told as %d, and is there %d times", i, told, found[i]);
    }
    must(db, "drop table killed");
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections_are_used_again),
        cmocka_unit_test(test_who_waits_too_long),
        cmocka_unit_test(test_first_come_first_served),
        cmocka_unit_test(test_closing_turns_away_who_waits),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_what_comes_back),
        cmocka_unit_test(test_a_dead_connection_is_replaced),
        cmocka_unit_test(test_no_transaction_is_lost_or_doubled),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
