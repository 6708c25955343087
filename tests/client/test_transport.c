/* The program moves the bytes. */
#include "tests/client/layers.h"

static void test_the_scenario_in_pieces(void **state)
{
    static const size_t pieces[] = {1, 7, 4096};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        compare_layers(*state, move_bytes, pieces[i]);
}

static void test_what_cannot_be_asked_for(void **state)
{
    struct layer layer;
    size_t size = 1;
    sqli_conn *db = open_default(*state);
    assert_int_equal(sqli_set_transport_own(db, 0), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_STATE);
    assert_int_equal(sqli_feed(db, "x", 1), SQLI_FAIL);
    assert_int_equal(sqli_taken(db, 0), SQLI_FAIL);
    assert_null(sqli_take(db, &size));
    assert_int_equal(size, 0);
    assert_int_equal(sqli_take_urgent(db), 0);
    assert_true(sqli_is_open(db));
    sqli_close(db);
    open_layer(&layer, *state, move_bytes, 4096);
    assert_int_equal(sqli_set_nonblocking(layer.db, 0), SQLI_FAIL);
    assert_int_equal(sqli_fd(layer.db), -1);
    assert_int_equal(sqli_wants(layer.db), 0);
    assert_int_equal(sqli_taken(layer.db, 1), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_ARGUMENT);
    close_layer(&layer);
}

static void test_the_end_is_told_to_who_waits(void **state)
{
    struct layer layer;
    int result;
    open_layer(&layer, *state, move_bytes, 4096);
    LAYER(&layer, result, sqli_begin(layer.db));
    assert_int_equal(result, SQLI_OK);
    assert_int_equal(sqli_commit(layer.db), SQLI_MORE);
    assert_int_equal(sqli_feed(layer.db, NULL, 0), SQLI_OK);
    assert_false(sqli_is_open(layer.db));
    assert_int_equal(sqli_commit(layer.db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_COMMIT_UNKNOWN);
    assert_int_equal(sqli_commit(layer.db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_CONNECTION_CLOSED);
    assert_int_equal(sqli_feed(layer.db, "x", 1), SQLI_FAIL);
    close_layer(&layer);
}

static void test_bytes_that_nobody_asked_for(void **state)
{
    struct layer layer;
    open_layer(&layer, *state, move_bytes, 4096);
    assert_int_equal(sqli_feed(layer.db, "\0\xc", 2), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_PROTOCOL);
    assert_int_equal(sqli_exec(layer.db, "update statistics", NULL), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_CONNECTION_CLOSED);
    close_layer(&layer);
}

/* The program asks where to go after a loss, and that is whom the login is for. */
static void test_another_host_after_a_loss(void **state)
{
    static const char *const hosts[] = {"one", "two"};
    struct fixture *f = *state;
    needs_sqlid(f);
    struct layer layer = {.db = sqli_new(), .wait = move_bytes, .piece = 4096};
    sqli__buffer_init(&layer.log, LOG_MAX);
    assert_int_equal(sqli_set_url(layer.db, f->url), SQLI_OK);
    assert_int_equal(sqli_set(layer.db, "host", "one:1,two:2"), SQLI_OK);
    assert_int_equal(sqli_set_transport_own(layer.db, 0), SQLI_OK);
    for (int i = 0; i < 2; i++) {
        const char *host;
        int result, port;
        assert_int_equal(sqli_host(layer.db, i, &host, &port), 1);
        assert_string_equal(host, hosts[i]);
        layer.socket = plain_socket(f);
        LAYER(&layer, result, sqli_connect(layer.db));
        assert_int_equal(result, SQLI_OK);
        assert_string_equal(sqli_info(layer.db, "host"), hosts[i]);
        assert_int_equal(sqli_feed(layer.db, NULL, 0), SQLI_OK);
        assert_false(sqli_is_open(layer.db));
        sqli__socket_close(layer.socket);
    }
    layer.socket = SQLI_NO_SOCKET;
    close_layer(&layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_scenario_in_pieces),
        cmocka_unit_test(test_what_cannot_be_asked_for),
        cmocka_unit_test(test_the_end_is_told_to_who_waits),
        cmocka_unit_test(test_bytes_that_nobody_asked_for),
        cmocka_unit_test(test_another_host_after_a_loss),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
