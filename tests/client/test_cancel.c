/* Stopping what is under way: by another thread, a signal, the clock, the callback. */
#include "base/clock.h"
#include "tests/client/layers.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

/* Takes far longer than any test. */
static const char *const endless =
    "select count(*) from systables a, systables b, systables c, systables d, systables e";

/* What is endless ends within ENOUGH_MS, however busy the machine is. */
enum { CANCEL_MS = 150, ENOUGH_MS = 60000 };

static void sleep_ms(int ms)
{
    usleep((useconds_t)ms * 1000);
}

static void must_be_usable(struct fixture *f, sqli_conn *db)
{
    assert_true(sqli_is_open(db));
    assert_string_equal(query(f, db, "select tabid from systables where tabid = 1"), "1");
}

/* Runs what has no end, and is back in time with this code. */
static void must_end(sqli_conn *db, int code)
{
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_exec(db, endless, NULL), SQLI_FAIL);
    if (sqli_errcode(db) != code)
        fail_msg("%s", sqli_errmsg(db));
    assert_in_range(sqli__clock_ms() - began, 0, ENOUGH_MS);
}

/* --- who cancels --- */

/* Again and again: a cancel that comes before the call does nothing. */
struct canceller {
    sqli_conn *db;
    pthread_t thread;
    atomic_bool stop;
    atomic_int cancels;
};

static void *cancel_soon(void *context)
{
    struct canceller *c = context;
    do {
        sleep_ms(CANCEL_MS);
        sqli_cancel(c->db);
    } while (!atomic_load(&c->stop));
    return NULL;
}

static void start_cancelling(struct canceller *c, sqli_conn *db, void *(*how)(void *context))
{
    *c = (struct canceller){.db = db};
    assert_int_equal(pthread_create(&c->thread, NULL, how, c), 0);
}

static void stop_cancelling(struct canceller *c)
{
    atomic_store(&c->stop, true);
    pthread_join(c->thread, NULL);
}

static void test_from_another_thread(void **state)
{
    sqli_conn *db = open_default(*state);
    for (int i = 0; i < 3; i++) {
        struct canceller canceller;
        start_cancelling(&canceller, db, cancel_soon);
        must_end(db, SQLI_E_INTERRUPTED);
        stop_cancelling(&canceller);
        must_be_usable(*state, db);
    }
    sqli_close(db);
}

static sqli_conn *signalled;

static void on_alarm(int number)
{
    (void)number;
    sqli_cancel(signalled);
}

static void test_from_a_signal_handler(void **state)
{
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval timer = {.it_value.tv_usec = CANCEL_MS * 1000,
                              .it_interval.tv_usec = CANCEL_MS * 1000};
    static const struct itimerval none;
    signalled = open_default(*state);
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &timer, NULL);
    must_end(signalled, SQLI_E_INTERRUPTED);
    setitimer(ITIMER_REAL, &none, NULL);
    sigaction(SIGALRM, &before, NULL);
    must_be_usable(*state, signalled);
    sqli_close(signalled);
}

static int count_to_three(void *context)
{
    int *count = context;
    return ++*count == 3;
}

static void test_by_the_progress_callback(void **state)
{
    sqli_conn *db = open_default(*state);
    int count = 0;
    assert_int_equal(sqli_set_progress(db, 50, count_to_three, &count), SQLI_OK);
    must_end(db, SQLI_E_INTERRUPTED);
    assert_true(count >= 3); /* it is called on until the answer is there */
    int before = count;
    assert_int_equal(sqli_set_progress(db, 0, count_to_three, &count), SQLI_FAIL);
    assert_int_equal(sqli_set_progress(db, 0, NULL, NULL), SQLI_OK);
    must_be_usable(*state, db);
    assert_int_equal(count, before);
    sqli_close(db);
}

static void test_by_the_clock(void **state)
{
    sqli_conn *db = open_default(*state);
    assert_int_equal(sqli_set(db, "statement-timeout", "1"), SQLI_OK);
    int64_t began = sqli__clock_ms();
    must_end(db, SQLI_E_TIMEOUT);
    assert_in_range(sqli__clock_ms() - began, 950, ENOUGH_MS);
    assert_int_equal(sqli_set(db, "statement-timeout", "60"), SQLI_OK);
    must_be_usable(*state, db);
    assert_int_equal(sqli_exec(db, "select nothing from systables", NULL), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -217);
    sqli_close(db);
}

/* --- when there is nothing to cancel --- */

static uint64_t sent_so_far(const sqli_conn *db)
{
    struct sqli_counts counts = {.size = sizeof counts};
    assert_int_equal(sqli_counts(db, &counts), SQLI_OK);
    return counts.bytes_sent;
}

/* Not even with rows on their way that nobody waits for yet. */
static void test_nothing_is_under_way(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_stmt *rows =
        must_prepare(db, "select first 20000 a.tabname from systables a, systables b, systables c");
    int count = 1;
    sqli_cancel(db); /* must not stop what comes next and takes its time */
    must(db, "select count(*) from systables a, systables b, systables c");
    assert_int_equal(sqli_step(rows), SQLI_ROW);
    uint64_t sent = sent_so_far(db);
    sqli_cancel(db);
    assert_int_equal(sent_so_far(db), sent);
    sleep_ms(50);
    while (sqli_step(rows) == SQLI_ROW)
        count++;
    assert_int_equal(sqli_errcode(db), 0);
    assert_int_equal(count, 20000);
    sqli_finalize(rows);
    must_be_usable(*state, db);
    sqli_close(db);
}

static void *cancel_at_random(void *context)
{
    struct canceller *c = context;
    uint64_t seed = 5;
    while (!atomic_load(&c->stop)) {
        usleep((useconds_t)(support_random(&seed) % 400));
        sqli_cancel(c->db);
        atomic_fetch_add(&c->cancels, 1);
    }
    return NULL;
}

/* Whatever moment it comes at: a statement is whole, or says -213 and has done nothing. */
static void test_at_any_moment(void **state)
{
    struct canceller canceller;
    sqli_conn *db = open_default(*state);
    int done = 0;
    char expected[32];
    must(db, "create table moments (n int)");
    sqli_stmt *insert = must_prepare(db, "insert into moments values (?)");
    start_cancelling(&canceller, db, cancel_at_random);
    for (int i = 0; i < 1500 || atomic_load(&canceller.cancels) <= 100; i++) {
        sqli_bind_int64(insert, 1, i);
        int result = sqli_step(insert);
        if (result == SQLI_DONE)
            done++;
        else if (sqli_errcode(db) != SQLI_E_INTERRUPTED)
            fail_msg("%s", sqli_errmsg(db));
    }
    stop_cancelling(&canceller);
    sqli_finalize(insert);
    snprintf(expected, sizeof expected, "%d", done);
    assert_string_equal(query(*state, db, "select count(*) from moments"), expected);
    must(db, "drop table moments");
    sqli_close(db);
}

/* --- where it does not help --- */

static void test_a_server_that_is_silent(void **state)
{
    static const struct {
        const char *options;
        bool commits;
        int code;
        int64_t least;
    } cases[] = {
        {"&statement-timeout=1&cancel-timeout=1", false, SQLI_E_TIMEOUT, 1900},
        {"&read-timeout=1", false, SQLI_E_TIMEOUT, 950},
        {"&read-timeout=1", true, SQLI_E_COMMIT_UNKNOWN, 950},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct proxy proxy;
        proxy_start(&proxy, sqli__server_port(f->server));
        sqli_conn *db = proxy_open(f, proxy.port, cases[i].options);
        assert_int_equal(sqli_begin(db), SQLI_OK);
        proxy_silence(&proxy);
        int64_t began = sqli__clock_ms();
        assert_int_equal(cases[i].commits ? sqli_commit(db)
                                          : sqli_exec(db, "update statistics", NULL),
                         SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), cases[i].code);
        assert_in_range(sqli__clock_ms() - began, cases[i].least, ENOUGH_MS);
        assert_false(sqli_is_open(db));
        assert_int_equal(sqli_exec(db, "update statistics", NULL), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_CONNECTION_CLOSED);
        sqli_close(db);
        proxy_stop(&proxy);
    }
}

static int give_up(void *context)
{
    (void)context;
    return 1;
}

static void test_while_connecting(void **state)
{
    struct fixture *f = *state;
    struct proxy proxy;
    char url[256];
    sqli_conn *db = sqli_new();
    proxy_start(&proxy, sqli__server_port(f->server));
    proxy_silence(&proxy);
    proxy_url(url, f, proxy.port, "");
    assert_int_equal(sqli_set_url(db, url), SQLI_OK);
    assert_int_equal(sqli_set_progress(db, 100, give_up, NULL), SQLI_OK);
    assert_int_equal(sqli_connect(db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_CANCELLED);
    atomic_store(&proxy.silent, false);
    sqli_set_progress(db, 0, NULL, NULL);
    assert_int_equal(sqli_connect(db), SQLI_OK);
    must_be_usable(f, db);
    sqli_close(db);
    proxy_stop(&proxy);
}

/* --- the other layers --- */

static void test_without_blocking(void **state)
{
    void (*const waits[])(struct layer *) = {wait_for_descriptor, move_bytes};
    for (int i = 0; i < 2; i++) {
        struct layer layer;
        int result;
        open_layer(&layer, *state, waits[i], 4096);
        assert_int_equal(sqli_exec(layer.db, endless, NULL), SQLI_MORE);
        if (i == 1)
            send_taken(&layer);
        else
            assert_int_equal(sqli_exec(layer.db, endless, NULL), SQLI_MORE);
        sleep_ms(CANCEL_MS);
        assert_int_equal(sqli_timeout(layer.db), -1);
        sqli_cancel(layer.db);
        assert_int_equal(sqli_timeout(layer.db), 0);
        LAYER(&layer, result, sqli_exec(layer.db, endless, NULL));
        assert_int_equal(result, SQLI_FAIL);
        assert_int_equal(sqli_errcode(layer.db), SQLI_E_INTERRUPTED);
        assert_int_equal(sqli_take_urgent(layer.db), 0);
        do_query(&layer, "select tabid from systables where tabid = 1");
        assert_non_null(strstr((const char *)layer.log.data, "|1\nend: 2\n"));
        close_layer(&layer);
    }
}

static void *cancel_once(void *db)
{
    sleep_ms(CANCEL_MS);
    sqli_cancel(db);
    return NULL;
}

/* As a program waits that lets others cancel; whether it was woken. */
static bool wait_for_both(sqli_conn *db)
{
    int wants = sqli_wants(db);
    int64_t timeout = sqli_timeout(db);
    struct pollfd ready[] = {{.fd = sqli_fd(db)}, {.fd = sqli_wake_fd(db), .events = POLLIN}};
    ready[0].events =
        (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) | (wants & SQLI_WANTS_WRITE ? POLLOUT : 0));
    int count = poll(ready, 2, timeout < 0 ? ENOUGH_MS : (int)timeout);
    assert_true(count > 0 || timeout >= 0);
    return ready[1].revents != 0;
}

static bool wakes_now(const sqli_conn *db)
{
    struct pollfd wake = {.fd = sqli_wake_fd(db), .events = POLLIN};
    return poll(&wake, 1, 0) != 0;
}

/* Who waits with poll hears of a cancel at once, and only once: or not at all, when he is just
 * looking himself. */
static void test_waking_who_does_not_block(void **state)
{
    sqli_conn *db = open_default(*state);
    pthread_t thread;
    int result, wakes = 0;
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    assert_in_range(sqli_wake_fd(db), 0, INT_MAX);
    assert_int_equal(sqli_exec(db, endless, NULL), SQLI_MORE);
    pthread_create(&thread, NULL, cancel_once, db);
    while ((result = sqli_exec(db, endless, NULL)) == SQLI_MORE)
        wakes += wait_for_both(db);
    pthread_join(thread, NULL);
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_INTERRUPTED);
    assert_in_range(wakes, 0, 1);
    assert_false(wakes_now(db));
    assert_int_equal(sqli_set_nonblocking(db, 0), SQLI_OK);
    must_be_usable(*state, db);
    sqli_close(db);
}

/* The answer has come, and then the cancel: it stops nothing, and wakes nobody afterwards. */
static void test_a_cancel_that_is_too_late(void **state)
{
    static const char *const sql = "set lock mode to wait 5"; /* one request, one reply */
    struct fixture *f = *state;
    struct proxy proxy;
    proxy_start(&proxy, sqli__server_port(f->server));
    sqli_conn *db = proxy_open(f, proxy.port, "");
    proxy_silence(&proxy);
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    assert_int_equal(sqli_exec(db, sql, NULL), SQLI_MORE);
    atomic_store(&proxy.silent, false);
    struct pollfd answer = {.fd = sqli_fd(db), .events = POLLIN};
    assert_int_equal(poll(&answer, 1, ENOUGH_MS), 1);
    sqli_cancel(db);
    assert_true(wakes_now(db));
    assert_int_equal(sqli_exec(db, sql, NULL), SQLI_OK);
    assert_false(wakes_now(db));
    assert_int_equal(sqli_set_nonblocking(db, 0), SQLI_OK);
    must_be_usable(f, db);
    sqli_close(db);
    proxy_stop(&proxy);
}

static void reset(sqli_stmt *stmt)
{
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
}

/* Who ends a statement instead of waiting for it takes its cancel along. */
static void cancel_and_end(struct fixture *f, void (*end)(sqli_stmt *stmt))
{
    struct proxy proxy;
    proxy_start(&proxy, sqli__server_port(f->server));
    sqli_conn *db = proxy_open(f, proxy.port, "");
    sqli_stmt *stmt = must_prepare(db, endless);
    proxy_silence(&proxy);
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    assert_int_equal(sqli_describe(stmt), SQLI_MORE);
    sqli_cancel(db);
    end(stmt);
    assert_int_equal(sqli_timeout(db), -1);
    assert_false(wakes_now(db));
    atomic_store(&proxy.silent, false);
    assert_int_equal(sqli_set_nonblocking(db, 0), SQLI_OK);
    must_be_usable(f, db);
    sqli_close(db);
    proxy_stop(&proxy);
}

static void test_a_cancel_that_nobody_waits_for(void **state)
{
    cancel_and_end(*state, sqli_finalize);
    cancel_and_end(*state, reset);
}

/* There is no hurry before the request has gone that the cancel is for: who hurried would spin. */
static void test_a_cancel_behind_what_is_unsent(void **state)
{
    struct layer layer;
    int result;
    open_layer(&layer, *state, move_bytes, 4096);
    assert_int_equal(sqli_exec(layer.db, endless, NULL), SQLI_MORE);
    sqli_cancel(layer.db);
    assert_int_equal(sqli_timeout(layer.db), -1);
    assert_int_equal(sqli_take_urgent(layer.db), 0);
    assert_int_equal(sqli_exec(layer.db, endless, NULL), SQLI_MORE);
    assert_int_equal(sqli_timeout(layer.db), -1);
    size_t size;
    const void *bytes;
    while ((bytes = sqli_take(layer.db, &size))) {
        assert_int_equal(send(layer.socket, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
        assert_int_equal(sqli_taken(layer.db, size), SQLI_OK);
    }
    assert_int_equal(sqli_timeout(layer.db), 0);
    LAYER(&layer, result, sqli_exec(layer.db, endless, NULL));
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_INTERRUPTED);
    close_layer(&layer);
}

/* The request has gone, but the socket takes no byte more: who waits for it to, does not spin. */
static void test_a_cancel_that_the_socket_does_not_take(void **state)
{
    static const char *const sql = "set lock mode to wait 5";
    static const char stuffing[65536];
    struct fixture *f = *state;
    struct proxy proxy;
    proxy_start(&proxy, sqli__server_port(f->server));
    sqli_conn *db = proxy_open(f, proxy.port, "");
    proxy_hold(&proxy, &proxy.deaf);
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    assert_int_equal(sqli_exec(db, sql, NULL), SQLI_MORE);
    for (size_t size = sizeof stuffing; size;)
        if (send(sqli_fd(db), stuffing, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            size /= 2;
    sqli_cancel(db);
    assert_int_equal(sqli_timeout(db), 0);
    assert_int_equal(sqli_exec(db, sql, NULL), SQLI_MORE);
    assert_int_equal(sqli_timeout(db), -1);
    assert_int_equal(sqli_wants(db), SQLI_WANTS_READ | SQLI_WANTS_WRITE);
    sqli_close(db);
    proxy_stop(&proxy);
}

#define TLS_FILE(name) SQLI_TEST_DATA "/tls/" name

/* TLS has no place for an urgent byte: the connection ends, and says why. */
static void test_over_tls(void **state)
{
    static const struct {
        const char *timeout;
        int code;
    } cases[] = {{NULL, SQLI_E_CANCELLED_CLOSED}, {"1", SQLI_E_TIMEOUT}};
    struct fixture tls = {0};
    struct sqli_server_options options;
    struct sqli_error error;
    char url[512];
    (void)state;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    options.tls_listen = "127.0.0.1:0";
    options.tls_cert = TLS_FILE("server.pem");
    options.tls_key = TLS_FILE("server.key");
    assert_int_equal(sqli__server_start(&options, &tls.server, &error), SQLI_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct canceller canceller;
        sqli_conn *db;
        snprintf(url, sizeof url,
                 "informix://informix:in4mix@127.0.0.1:%u/sysmaster?server=informix"
                 "&tls=verify-full&tls-ca=" TLS_FILE("ca.pem"),
                 sqli__server_tls_port(tls.server));
        if (sqli_open(url, &db))
            fail_msg("%s", sqli_errmsg(db));
        sqli_cancel(db);
        assert_int_equal(sqli_check(db), SQLI_OK);
        must_be_usable(&tls, db);
        assert_int_equal(sqli_set(db, "statement-timeout", cases[i].timeout), SQLI_OK);
        if (!cases[i].timeout)
            start_cancelling(&canceller, db, cancel_soon);
        must_end(db, cases[i].code);
        if (!cases[i].timeout)
            stop_cancelling(&canceller);
        assert_false(sqli_is_open(db));
        sqli_close(db);
    }
    snprintf(url, sizeof url,
             "informix://informix:in4mix@127.0.0.1:%u/sysmaster?server=informix&tls=require",
             sqli__server_tls_port(tls.server));
    sqli_conn *db;
    assert_int_equal(sqli_open(url, &db), SQLI_OK);
    sqli__server_stop(tls.server, true);
    sqli__server_close(tls.server);
    assert_int_equal(sqli_check(db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_CONNECTION_LOST);
    sqli_close(db);
}

/* What is encrypted has no place for an urgent byte. */
static void test_an_encrypted_transport(void **state)
{
    struct layer layer;
    struct fixture *f = *state;
    int result;
    needs_sqlid(f);
    layer = (struct layer){.db = sqli_new(), .wait = move_bytes, .piece = 4096};
    sqli__buffer_init(&layer.log, LOG_MAX);
    sqli_set_url(layer.db, f->url);
    sqli_set(layer.db, "database", f->database);
    sqli_set_transport_own(layer.db, 1);
    layer.socket = plain_socket(f);
    LAYER(&layer, result, sqli_connect(layer.db));
    assert_int_equal(result, SQLI_OK);
    assert_int_equal(sqli_exec(layer.db, endless, NULL), SQLI_MORE);
    send_taken(&layer);
    sqli_cancel(layer.db);
    assert_int_equal(sqli_take_urgent(layer.db), 0);
    assert_int_equal(sqli_exec(layer.db, endless, NULL), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_CANCELLED_CLOSED);
    assert_false(sqli_is_open(layer.db));
    close_layer(&layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_another_thread),
        cmocka_unit_test(test_from_a_signal_handler),
        cmocka_unit_test(test_by_the_progress_callback),
        cmocka_unit_test(test_by_the_clock),
        cmocka_unit_test(test_nothing_is_under_way),
        cmocka_unit_test(test_at_any_moment),
        cmocka_unit_test(test_a_server_that_is_silent),
        cmocka_unit_test(test_while_connecting),
        cmocka_unit_test(test_without_blocking),
        cmocka_unit_test(test_waking_who_does_not_block),
        cmocka_unit_test(test_a_cancel_that_is_too_late),
        cmocka_unit_test(test_a_cancel_that_nobody_waits_for),
        cmocka_unit_test(test_a_cancel_behind_what_is_unsent),
        cmocka_unit_test(test_a_cancel_that_the_socket_does_not_take),
        cmocka_unit_test(test_over_tls),
        cmocka_unit_test(test_an_encrypted_transport),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
