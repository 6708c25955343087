/* Calls that say SQLI_MORE instead of waiting, over the descriptor. */
#include "base/clock.h"
#include "tests/client/layers.h"

static void test_the_scenario(void **state)
{
    compare_layers(*state, wait_for_descriptor, 0);
}

static const char *const slow = "select count(*) from systables a, systables b, systables c";
/* Not answered on any machine before it is cancelled. */
static const char *const endless =
    "select count(*) from systables a, systables b, systables c, systables d, systables e";

static void test_what_there_is_to_wait_for(void **state)
{
    struct layer layer;
    struct fixture *f = *state;
    int64_t rows;
    int result;
    open_layer(&layer, f, wait_for_descriptor, 0);
    assert_true(layer.waits > 0);
    assert_true(sqli_fd(layer.db) >= 0);
    assert_int_equal(sqli_timeout(layer.db), -1);
    assert_int_equal(sqli_exec(layer.db, endless, &rows), SQLI_MORE);
    assert_int_equal(sqli_wants(layer.db) & SQLI_WANTS_READ, SQLI_WANTS_READ);
    /* Another one by the same name. */
    assert_int_equal(sqli_exec(layer.db, "update statistics", &rows), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_STATE);
    sqli_cancel(layer.db);
    LAYER(&layer, result, sqli_exec(layer.db, endless, &rows));
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_INTERRUPTED);
    /* A statement meanwhile; on a slow machine the first one may be done before. */
    assert_int_not_equal(sqli_exec(layer.db, slow, &rows), SQLI_FAIL);
    do_query(&layer, "select tabid from systables where tabid = 1");
    do_exec(&layer, slow);
    assert_non_null(strstr((const char *)layer.log.data, "|1\nend: 2\n"));
    assert_non_null(strstr((const char *)layer.log.data, " c: 0\n"));
    close_layer(&layer);
    sqli_conn *db = sqli_new();
    assert_int_equal(sqli_fd(db), -1);
    assert_int_equal(sqli_wants(db), 0);
    sqli_close(db);
}

/* No call takes longer than it takes to look, and each limit is told and kept. */
static void test_a_server_that_says_nothing(void **state)
{
    static const struct {
        const char *options;
        int64_t least, most;
        bool open; /* before the silence */
        int code;
    } cases[] = {
        {"&connect-timeout=1", 900, 30000, false, SQLI_E_CONNECT_TIMEOUT},
        {"&read-timeout=1", 900, 30000, true, SQLI_E_TIMEOUT},
        {"&statement-timeout=1&cancel-timeout=1", 1900, 30000, true, SQLI_E_TIMEOUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[256];
        struct proxy proxy;
        struct fixture *f = *state;
        struct layer layer = {.db = sqli_new()};
        int result = SQLI_OK;
        proxy_start(&proxy, sqli__server_port(f->server));
        proxy_url(url, f, proxy.port, cases[i].options);
        assert_int_equal(sqli_set_url(layer.db, url), SQLI_OK);
        if (cases[i].open)
            assert_int_equal(sqli_connect(layer.db), SQLI_OK);
        proxy_silence(&proxy);
        sqli_set_nonblocking(layer.db, 1);
        int64_t began = sqli__clock_ms(), longest = 0;
        do {
            int64_t before = sqli__clock_ms();
            result = cases[i].open ? sqli_exec(layer.db, "update statistics", NULL)
                                   : sqli_connect(layer.db);
            int64_t took = sqli__clock_ms() - before;
            longest = took > longest ? took : longest;
            if (result == SQLI_MORE) {
                int64_t timeout = sqli_timeout(layer.db);
                assert_in_range(timeout, 0, 2000);
                wait_for_descriptor(&layer);
            }
        } while (result == SQLI_MORE);
        int64_t took = sqli__clock_ms() - began;
        assert_int_equal(result, SQLI_FAIL);
        assert_int_equal(sqli_errcode(layer.db), cases[i].code);
        assert_in_range(took, cases[i].least, cases[i].most);
        assert_true(longest < 900);
        assert_false(sqli_is_open(layer.db));
        sqli_close(layer.db);
        proxy_stop(&proxy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_scenario),
        cmocka_unit_test(test_what_there_is_to_wait_for),
        cmocka_unit_test(test_a_server_that_says_nothing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
