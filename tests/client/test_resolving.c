/* A resolver that takes its time holds up nobody: limits hold, and a connection that does not block
 * goes on by its descriptor. */
#include "tests/client/fixture.h"
#include "tests/support/slow_names.h"

#include "base/clock.h"

#include <poll.h>

enum { PATIENCE = 10000 };

static void test_the_limit_holds_while_blocking(void **state)
{
    static const struct {
        const char *url;
        const char *says;
        int64_t least, most;
    } cases[] = {
        {"informix://u:p@db.slow/d?server=s&connect-timeout=1", "db.slow:9088, server s, resolve",
         900, 2500},
        {"informix://u:p@db.slow,127.0.0.1:1/d?server=s&host-timeout=1",
         "db.slow:9088, server s, resolve the name", 900, 2500},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db;
        slow_names_hold();
        int64_t began = sqli__clock_ms();
        assert_int_equal(sqli_open(cases[i].url, &db), SQLI_FAIL);
        int64_t took = sqli__clock_ms() - began;
        assert_int_equal(sqli_errcode(db), SQLI_E_CONNECT_TIMEOUT);
        if (!strstr(sqli_errmsg(db), cases[i].says))
            fail_msg("%s", sqli_errmsg(db));
        assert_true(took >= cases[i].least && took < cases[i].most);
        sqli_close(db);
        slow_names_release();
    }
}

static sqli_conn *begin_without_waiting(struct fixture *f, const char *host)
{
    char url[200];
    sqli_conn *db = sqli_new();
    needs_sqlid(f);
    snprintf(url, sizeof url, "informix://informix:in4mix@%s:%u/sysmaster?server=informix", host,
             sqli__server_port(f->server));
    assert_int_equal(sqli_set_url(db, url), SQLI_OK);
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    return db;
}

static int wait_for(sqli_conn *db, int milliseconds)
{
    int wants = sqli_wants(db);
    struct pollfd one = {.fd = sqli_fd(db)};
    one.events =
        (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) | (wants & SQLI_WANTS_WRITE ? POLLOUT : 0));
    return poll(&one, 1, milliseconds);
}

static void test_without_waiting(void **state)
{
    slow_names_hold();
    sqli_conn *db = begin_without_waiting(*state, "db.slow");
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_connect(db), SQLI_MORE);
    assert_true(sqli__clock_ms() - began < 500);
    slow_names_await(1);
    assert_true(sqli_fd(db) >= 0);
    assert_true(sqli_timeout(db) > 0);
    assert_int_equal(wait_for(db, 50), 0);
    assert_int_equal(sqli_connect(db), SQLI_MORE);
    slow_names_release();
    int result = SQLI_MORE, steps = 0;
    while (result == SQLI_MORE && steps++ < 1000) {
        assert_int_equal(wait_for(db, PATIENCE), 1);
        result = sqli_connect(db);
    }
    if (result)
        fail_msg("%s", sqli_errmsg(db));
    assert_string_equal(sqli_info(db, "database"), "sysmaster");
    sqli_close(db);
}

static void test_the_limit_holds_without_waiting(void **state)
{
    slow_names_hold();
    sqli_conn *db = begin_without_waiting(*state, "db.slow");
    assert_int_equal(sqli_set(db, "connect-timeout", "1"), SQLI_OK);
    int result;
    int64_t began = sqli__clock_ms();
    while ((result = sqli_connect(db)) == SQLI_MORE && sqli__clock_ms() - began < PATIENCE)
        wait_for(db, (int)sqli_timeout(db));
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_CONNECT_TIMEOUT);
    assert_true(sqli__clock_ms() - began < 2500);
    sqli_close(db);
    slow_names_release();
}

static void test_closed_while_it_looks_up(void **state)
{
    slow_names_hold();
    sqli_conn *db = begin_without_waiting(*state, "db.slow");
    assert_int_equal(sqli_connect(db), SQLI_MORE);
    slow_names_await(1);
    sqli_close(db);
    slow_names_release();
}

static void *cancel_soon(void *db)
{
    slow_names_await(1);
    poll(NULL, 0, 50);
    sqli_cancel(db);
    return NULL;
}

static void test_cancelled_while_it_looks_up(void **state)
{
    pthread_t thread;
    slow_names_hold();
    sqli_conn *db = begin_without_waiting(*state, "db.slow");
    sqli_set_nonblocking(db, 0);
    pthread_create(&thread, NULL, cancel_soon, db);
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_connect(db), SQLI_FAIL);
    assert_true(sqli__clock_ms() - began < 3000);
    pthread_join(thread, NULL);
    if (sqli_errcode(db) != SQLI_E_CANCELLED)
        fail_msg("%s", sqli_errmsg(db));
    sqli_close(db);
    slow_names_release();
}

static void test_a_name_that_nobody_knows(void **state)
{
    sqli_conn *db;
    (void)state;
    slow_names_release();
    assert_int_equal(sqli_open("informix://u:p@unknown.slow/d?server=s", &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_HOST_UNKNOWN);
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_limit_holds_while_blocking),
        cmocka_unit_test(test_without_waiting),
        cmocka_unit_test(test_the_limit_holds_without_waiting),
        cmocka_unit_test(test_closed_while_it_looks_up),
        cmocka_unit_test(test_cancelled_while_it_looks_up),
        cmocka_unit_test(test_a_name_that_nobody_knows),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
