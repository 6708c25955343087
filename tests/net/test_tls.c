/* TLS between two ends in this process: who is believed, what travels, how it ends. */
#include "tests/support/support.h"

#include "net/socket.h"
#include "net/tls.h"

#include <poll.h>

enum { PATIENCE = 10000 /* milliseconds */ };

#ifndef SQLI_TEST_DATA /* the build gives it */
#define SQLI_TEST_DATA "tests/data"
#endif
#define DATA(name) SQLI_TEST_DATA "/tls/" name

struct end {
    int socket;
    struct sqli_tls_context *context;
    struct sqli_tls *tls;
    struct sqli_error error;
};

struct pair {
    struct end client;
    struct end server;
};

/* --- two sockets --- */

static void wait_for(int socket, short events)
{
    struct pollfd one = {.fd = socket, .events = events};
    if (poll(&one, 1, PATIENCE) != 1)
        fail_msg("nothing happens");
}

static void connect_sockets(struct pair *pair)
{
    int listener;
    struct sqli_error error;
    size_t count;
    struct sqli_host_port here = {.host = "127.0.0.1"};
    struct sqli_address addresses[SQLI_ADDRESSES_MAX], bound;
    assert_int_equal(sqli__resolve_host(&here, addresses, &count, &error), SQLI_OK);
    assert_int_equal(sqli__socket_listen(&addresses[0], &listener, &error), SQLI_OK);
    assert_int_equal(sqli__socket_local(listener, &bound, &error), SQLI_OK);
    assert_int_not_equal(sqli__socket_connect(&bound, &pair->client.socket, &error), SQLI_FAIL);
    wait_for(listener, POLLIN);
    assert_int_equal(sqli__socket_accept(listener, &pair->server.socket, &error), SQLI_OK);
    wait_for(pair->client.socket, POLLOUT);
    assert_int_equal(sqli__socket_connected(pair->client.socket, &error), SQLI_OK);
    sqli__socket_close(listener);
}

static void close_end(struct end *end)
{
    sqli__tls_free(end->tls);
    sqli__tls_context_free(end->context);
    sqli__socket_close(end->socket);
    *end = (struct end){.socket = SQLI_NO_SOCKET};
}

static void close_pair(struct pair *pair)
{
    close_end(&pair->client);
    close_end(&pair->server);
}

/* --- the handshake --- */

static struct pair open_pair(const char *certificate, enum sqli_tls_verify verify, const char *ca,
                             const char *host)
{
    struct pair pair = {.client.socket = SQLI_NO_SOCKET};
    struct sqli_error error;
    connect_sockets(&pair);
    if (sqli__tls_server(certificate, DATA("server.key"), &pair.server.context, &error) != SQLI_OK)
        fail_msg("%s", error.message);
    if (sqli__tls_client(&(struct sqli_tls_client){.verify = verify, .ca = ca},
                         &pair.client.context, &error) != SQLI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(
        sqli__tls_open(pair.server.context, pair.server.socket, NULL, &pair.server.tls, &error),
        SQLI_OK);
    assert_int_equal(
        sqli__tls_open(pair.client.context, pair.client.socket, host, &pair.client.tls, &error),
        SQLI_OK);
    return pair;
}

static enum sqli_status step(struct end *end, enum sqli_status status)
{
    return status == SQLI_MORE ? sqli__tls_handshake(end->tls, &end->error) : status;
}

/* Both ends in turn; gives how the client's went. A failed client hangs up. */
static enum sqli_status shake(struct pair *pair)
{
    enum sqli_status client = SQLI_MORE, server = SQLI_MORE;
    for (int i = 0; i < 10000 && (client == SQLI_MORE || server == SQLI_MORE); i++) {
        client = step(&pair->client, client);
        if (client == SQLI_FAIL) {
            sqli__socket_end(pair->client.socket);
            pair->client.error.hint = "";
        }
        server = step(&pair->server, server);
        if (server == SQLI_FAIL)
            sqli__socket_end(pair->server.socket);
        if (client == SQLI_MORE && server == SQLI_MORE)
            poll(NULL, 0, 1);
    }
    assert_true(client != SQLI_MORE && server != SQLI_MORE);
    return client;
}

static void who_is_believed(void **state)
{
    static const struct {
        const char *certificate;
        enum sqli_tls_verify verify;
        const char *ca;
        const char *host;
        const char *refused; /* NULL: believed */
    } cases[] = {
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "localhost", NULL},
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "DB.example", NULL},
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "127.0.0.1", NULL},
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "::1", NULL},
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "127.0.0.2", "IP address mismatch"},
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "example", "hostname mismatch"},
        {DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "x.db.example", "hostname mismatch"},
        {DATA("server.pem"), SQLI_TLS_CA, DATA("ca.pem"), "example", NULL},
        {DATA("server.pem"), SQLI_TLS_CA, DATA("stranger.pem"), "localhost", "certificate"},
        {DATA("server.pem"), SQLI_TLS_FULL, NULL, "localhost", "certificate"},
        {DATA("server.pem"), SQLI_TLS_ANYBODY, NULL, "example", NULL},
        {DATA("expired.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "localhost", "has expired"},
        {DATA("expired.pem"), SQLI_TLS_CA, DATA("ca.pem"), "localhost", "has expired"},
        {DATA("expired.pem"), SQLI_TLS_ANYBODY, NULL, "localhost", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair pair =
            open_pair(cases[i].certificate, cases[i].verify, cases[i].ca, cases[i].host);
        enum sqli_status status = shake(&pair);
        if (status != (cases[i].refused ? SQLI_FAIL : SQLI_OK))
            fail_msg("case %zu: %s", i, status == SQLI_OK ? "believed" : pair.client.error.message);
        if (cases[i].refused) {
            assert_int_equal(pair.client.error.code, SQLI_E_TLS_CERTIFICATE);
            if (!strstr(pair.client.error.message, cases[i].refused))
                fail_msg("case %zu: %s", i, pair.client.error.message);
        }
        close_pair(&pair);
    }
}

static struct pair good_pair(void)
{
    struct pair pair = open_pair(DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "localhost");
    if (shake(&pair) != SQLI_OK)
        fail_msg("%s", pair.client.error.message);
    return pair;
}

static void a_client_needs_a_host(void **state)
{
    struct sqli_error error;
    struct sqli_tls_context *context;
    struct sqli_tls *tls;
    (void)state;
    assert_int_equal(
        sqli__tls_client(&(struct sqli_tls_client){.verify = SQLI_TLS_FULL, .ca = DATA("ca.pem")},
                         &context, &error),
        SQLI_OK);
    assert_int_equal(sqli__tls_open(context, 0, NULL, &tls, &error), SQLI_FAIL);
    assert_null(tls);
    sqli__tls_context_free(context);
}

/* --- bytes --- */

static void receive_text(struct end *end, const char *wanted)
{
    char text[64] = "";
    size_t length = strlen(wanted), have = 0, got;
    while (have < length) {
        enum sqli_status status =
            sqli__tls_receive(end->tls, text + have, length - have, &got, &end->error);
        assert_int_not_equal(status, SQLI_FAIL);
        if (status == SQLI_MORE)
            wait_for(end->socket, POLLIN);
        have += got;
    }
    assert_string_equal(text, wanted);
}

static void bytes_go_both_ways(void **state)
{
    char room[8];
    size_t size;
    (void)state;
    struct pair pair = good_pair();
    assert_string_equal(sqli__tls_version(pair.client.tls), "TLSv1.3");
    assert_non_null(strstr(sqli__tls_cipher(pair.server.tls), "TLS_"));
    assert_int_equal(
        sqli__tls_receive(pair.server.tls, room, sizeof room, &size, &pair.server.error),
        SQLI_MORE);
    assert_int_equal(size, 0);
    assert_false(sqli__tls_wants_write(pair.server.tls));
    assert_int_equal(
        sqli__tls_send(pair.client.tls, sqli__span_text("question"), &size, &pair.client.error),
        SQLI_OK);
    assert_int_equal(size, 8);
    receive_text(&pair.server, "question");
    assert_int_equal(
        sqli__tls_send(pair.server.tls, sqli__span_text("answer"), &size, &pair.server.error),
        SQLI_OK);
    receive_text(&pair.client, "answer");
    close_pair(&pair);
}

/* Megabytes against a reader that is slow at first: what was not taken is offered again, from
 * another place in memory. */
static void much_goes_through_a_full_socket(void **state)
{
    enum { ALL = 8 << 20 };
    static uint8_t here[ALL], moved[ALL], there[ALL];
    size_t sent = 0, received = 0;
    bool full = false;
    uint64_t seed = 7;
    (void)state;
    for (size_t i = 0; i < ALL; i++)
        here[i] = moved[i] = (uint8_t)support_random(&seed);
    struct pair pair = good_pair();
    for (int i = 0; received < ALL && i < 10000000; i++) {
        size_t size = 0;
        const uint8_t *from = i % 2 ? here : moved;
        enum sqli_status status =
            sent == ALL ? SQLI_OK
                        : sqli__tls_send(pair.server.tls, sqli__span(from + sent, ALL - sent),
                                         &size, &pair.server.error);
        assert_int_not_equal(status, SQLI_FAIL);
        full = full || (status == SQLI_MORE && sqli__tls_wants_write(pair.server.tls));
        sent += size;
        if (!full)
            continue;
        status = sqli__tls_receive(pair.client.tls, there + received, ALL - received, &size,
                                   &pair.client.error);
        assert_int_not_equal(status, SQLI_FAIL);
        received += size;
    }
    assert_true(full);
    assert_int_equal(received, ALL);
    assert_memory_equal(here, there, ALL);
    close_pair(&pair);
}

/* --- ends --- */

static enum sqli_status wait_for_end(struct end *end)
{
    char room[8];
    size_t size;
    enum sqli_status status;
    while ((status = sqli__tls_receive(end->tls, room, sizeof room, &size, &end->error)) ==
           SQLI_MORE)
        wait_for(end->socket, POLLIN);
    assert_int_equal(size, 0);
    return status;
}

static void an_end_is_announced(void **state)
{
    size_t size;
    (void)state;
    struct pair pair = good_pair();
    sqli__tls_end(pair.client.tls);
    assert_int_equal(wait_for_end(&pair.server), SQLI_OK);
    /* The other way stays open. */
    assert_int_equal(
        sqli__tls_send(pair.server.tls, sqli__span_text("late"), &size, &pair.server.error),
        SQLI_OK);
    receive_text(&pair.client, "late");
    close_pair(&pair);
}

static void an_end_that_was_not_announced_is_a_loss(void **state)
{
    size_t size;
    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        struct pair pair = good_pair();
        if (reset)
            sqli__socket_reset(pair.client.socket);
        else
            sqli__socket_close(pair.client.socket);
        pair.client.socket = SQLI_NO_SOCKET;
        assert_int_equal(wait_for_end(&pair.server), SQLI_FAIL);
        assert_int_equal(pair.server.error.code, SQLI_E_CONNECTION_LOST);
        /* And for good; a SIGPIPE here would end the test program. */
        assert_int_equal(
            sqli__tls_send(pair.server.tls, sqli__span_text("x"), &size, &pair.server.error),
            SQLI_FAIL);
        sqli__tls_end(pair.server.tls);
        close_pair(&pair);
    }
}

/* Sends to a socket that is closed on the other side, until the system notices. */
static void sending_raises_no_signal(void **state)
{
    size_t size;
    (void)state;
    struct pair pair = good_pair();
    sqli__socket_reset(pair.client.socket);
    pair.client.socket = SQLI_NO_SOCKET;
    enum sqli_status status = SQLI_OK;
    for (int i = 0; i < 1000 && status != SQLI_FAIL; i++)
        status = sqli__tls_send(pair.server.tls, sqli__span_text("x"), &size, &pair.server.error);
    assert_int_equal(status, SQLI_FAIL);
    assert_int_equal(pair.server.error.code, SQLI_E_CONNECTION_LOST);
    close_pair(&pair);
}

static void damaged_bytes_are_noticed(void **state)
{
    /* A record of application data that no key has made. */
    static const uint8_t record[] = {0x17, 3,  3,  0,  20, 1,  2,  3,  4,  5,  6,  7, 8,
                                     9,    10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    size_t size;
    struct sqli_error error;
    (void)state;
    struct pair pair = good_pair();
    assert_int_equal(
        sqli__socket_send(pair.client.socket, sqli__span(record, sizeof record), &size, &error),
        SQLI_OK);
    assert_int_equal(wait_for_end(&pair.server), SQLI_FAIL);
    assert_int_equal(pair.server.error.code, SQLI_E_SSL);
    close_pair(&pair);
}

/* --- those who do not speak it --- */

static void who_does_not_speak_it_is_told_apart(void **state)
{
    static const char *const words[] = {
        "GET / HTTP/1.1\r\n\r\n", "\x01\x5c\x01\x3c and what more a login has, it is long enough",
        "hello, is anybody there who can read this?"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t size;
        enum sqli_status status = SQLI_MORE;
        struct pair pair = open_pair(DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "here");
        assert_int_equal(sqli__socket_send(pair.client.socket, sqli__span_text(words[i]), &size,
                                           &pair.client.error),
                         SQLI_OK);
        while ((status = step(&pair.server, status)) == SQLI_MORE)
            wait_for(pair.server.socket, POLLIN);
        assert_int_equal(status, SQLI_FAIL);
        assert_int_equal(pair.server.error.code, SQLI_E_TLS_HANDSHAKE);
        if (!strstr(pair.server.error.message, "does not speak TLS"))
            fail_msg("%zu: %s", i, pair.server.error.message);
        close_pair(&pair);
    }
}

static void who_hangs_up_first_is_told_apart(void **state)
{
    enum sqli_status status = SQLI_MORE;
    (void)state;
    struct pair pair = open_pair(DATA("server.pem"), SQLI_TLS_FULL, DATA("ca.pem"), "here");
    sqli__socket_end(pair.client.socket);
    while ((status = step(&pair.server, status)) == SQLI_MORE)
        wait_for(pair.server.socket, POLLIN);
    assert_int_equal(status, SQLI_FAIL);
    assert_int_equal(pair.server.error.code, SQLI_E_TLS_HANDSHAKE);
    assert_non_null(strstr(pair.server.error.message, "hung up"));
    close_pair(&pair);
}

static void a_hello_is_known_by_its_first_bytes(void **state)
{
    static const struct {
        const char *hex;
        bool hello;
    } cases[] = {
        {"160301020001", true},
        {"160303 3b00 01", true},
        {"16030100f801 0000", true},
        {"015c013c0000", false},
        {"1603013c0000", false}, /* a login of that length */
        {"1603013c0001", false},
        {"1503010002 02", false},
        {"16030102000e", false},
        {"1603010200", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span bytes = support_unhex(cases[i].hex);
        if (sqli__tls_is_hello(bytes) != cases[i].hello)
            fail_msg("%s", cases[i].hex);
        support_free(bytes);
    }
}

/* --- files --- */

static void files_that_do_not_fit_are_named(void **state)
{
    static const struct {
        const char *certificate, *key, *wanted;
    } cases[] = {
        {DATA("none.pem"), DATA("server.key"), "none.pem"},
        {DATA("make"), DATA("server.key"), "/make"},
        {DATA("server.pem"), DATA("none.key"), "none.key"},
        {DATA("server.pem"), DATA("ca.pem"), "ca.pem"},
        {DATA("ca.pem"), DATA("server.key"), "server.key"},
    };
    struct sqli_error error;
    struct sqli_tls_context *context;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sqli__tls_server(cases[i].certificate, cases[i].key, &context, &error),
                         SQLI_FAIL);
        assert_null(context);
        assert_int_equal(error.code, SQLI_E_SSL_CONFIGURATION);
        if (!strstr(error.near, cases[i].wanted))
            fail_msg("%zu: %s", i, error.near);
    }
    assert_int_equal(
        sqli__tls_client(&(struct sqli_tls_client){.verify = SQLI_TLS_CA, .ca = DATA("none.pem")},
                         &context, &error),
        SQLI_FAIL);
    assert_null(context);
    assert_non_null(strstr(error.near, "none.pem"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_believed),
        cmocka_unit_test(a_client_needs_a_host),
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(much_goes_through_a_full_socket),
        cmocka_unit_test(an_end_is_announced),
        cmocka_unit_test(an_end_that_was_not_announced_is_a_loss),
        cmocka_unit_test(sending_raises_no_signal),
        cmocka_unit_test(damaged_bytes_are_noticed),
        cmocka_unit_test(who_does_not_speak_it_is_told_apart),
        cmocka_unit_test(who_hangs_up_first_is_told_apart),
        cmocka_unit_test(a_hello_is_known_by_its_first_bytes),
        cmocka_unit_test(files_that_do_not_fit_are_named),
    };
    if (!sqli__tls_available()) {
        print_message("built without TLS\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
