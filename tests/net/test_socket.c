/* Sockets between two ends in this process: nothing blocks, every outcome has its status. */
#include "tests/support/support.h"

#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

enum { PATIENCE = 5000 /* milliseconds */ };

/* --- HOST:PORT --- */

static void host_and_port_are_parted(void **state)
{
    static const struct {
        const char *text;
        int default_port;
        const char *host; /* NULL: refused */
        uint16_t port;
    } cases[] = {
        {"localhost:9088", -1, "localhost", 9088},
        {"127.0.0.1:0", -1, "127.0.0.1", 0},
        {"a.b-c.example:65535", -1, "a.b-c.example", 65535},
        {"[::1]:9088", -1, "::1", 9088},
        {"[fe80::1%eth0]:1", -1, "fe80::1%eth0", 1},
        {"db", 9088, "db", 9088},
        {"[::1]", 9088, "::1", 9088},
        {"db:1", 9088, "db", 1},
        {"db", -1, NULL, 0},
        {"[::1]", -1, NULL, 0},
        {"", 9088, NULL, 0},
        {":9088", -1, NULL, 0},
        {"[]:9088", -1, NULL, 0},
        {"db:", 9088, NULL, 0},
        {"db:65536", -1, NULL, 0},
        {"db:000001", -1, NULL, 0},
        {"db:-1", -1, NULL, 0},
        {"db:+1", -1, NULL, 0},
        {"db: 1", -1, NULL, 0},
        {"db:1x", -1, NULL, 0},
        {"::1", 9088, NULL, 0},
        {"::1:9088", -1, NULL, 0},
        {"[::1", -1, NULL, 0},
        {"[::1]9088", -1, NULL, 0},
        {"[::1]:", 9088, NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_error error;
        struct sqli_host_port got;
        enum sqli_status status = sqli__host_port_parse(sqli__span_text(cases[i].text),
                                                        cases[i].default_port, &got, &error);
        if (status != (cases[i].host ? SQLI_OK : SQLI_FAIL))
            fail_msg("\"%s\" gives %d", cases[i].text, status);
        if (!cases[i].host) {
            assert_int_equal(error.code, SQLI_E_ARGUMENT);
            continue;
        }
        assert_string_equal(got.host, cases[i].host);
        assert_int_equal(got.port, cases[i].port);
    }
}

static void a_host_has_its_longest_name(void **state)
{
    uint8_t name[SQLI_HOST_MAX + 2];
    struct sqli_error error;
    struct sqli_host_port got;
    (void)state;
    memset(name, 'a', sizeof name);
    assert_int_equal(sqli__host_port_parse(sqli__span(name, SQLI_HOST_MAX), 9088, &got, &error),
                     SQLI_OK);
    assert_int_equal(strlen(got.host), SQLI_HOST_MAX);
    assert_int_equal(sqli__host_port_parse(sqli__span(name, SQLI_HOST_MAX + 1), 9088, &got, &error),
                     SQLI_FAIL);
    name[3] = '\0';
    assert_int_equal(sqli__host_port_parse(sqli__span(name, 9), 9088, &got, &error), SQLI_FAIL);
}

/* --- addresses --- */

static struct sqli_address address_of(const char *text)
{
    struct sqli_error error;
    struct sqli_host_port host_port;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
    assert_int_equal(sqli__host_port_parse(sqli__span_text(text), -1, &host_port, &error), SQLI_OK);
    if (sqli__resolve_host(&host_port, addresses, &count, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    assert_true(count > 0);
    return addresses[0];
}

static void addresses_in_digits_need_no_resolver(void **state)
{
    static const struct {
        const char *text;
        bool loopback;
    } cases[] = {
        {"127.0.0.1:9088", true},
        {"127.8.9.10:0", true},
        {"[::1]:1", true},
        {"[::ffff:127.0.0.1]:1", true},
        {"10.0.0.1:1", false},
        {"0.0.0.0:1", false},
        {"[::]:1", false},
        {"[2001:db8::1]:65535", false},
        {"[::ffff:10.0.0.1]:1", false},
        {"128.0.0.1:1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SQLI_ADDRESS_TEXT_MAX];
        struct sqli_address address = address_of(cases[i].text);
        sqli__address_print(&address, text);
        assert_string_equal(text, cases[i].text);
        if (sqli__address_is_loopback(&address) != cases[i].loopback)
            fail_msg("%s: loopback?", text);
    }
    struct sqli_address address = address_of("[::1]:9088");
    assert_int_equal(sqli__address_port(&address), 9088);
}

static void addresses_belong_to_networks(void **state)
{
    static const struct {
        const char *text, *network;
    } cases[] = {
        {"10.1.2.3:1", "00000000000000000000ffff0a010203"},
        {"[::ffff:10.1.2.3]:1", "00000000000000000000ffff0a010203"},
        {"[2001:db8:1:2:3:4:5:6]:1", "20010db8000100020000000000000000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t network[16];
        struct sqli_address address = address_of(cases[i].text);
        sqli__address_network(&address, network);
        assert_span_hex(sqli__span(network, sizeof network), cases[i].network);
    }
}

static void names_are_resolved_or_said_to_be_unknown(void **state)
{
    struct sqli_error error;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
    (void)state;
    struct sqli_host_port here = {.host = "localhost", .port = 5};
    /* A bare system has no hosts. */
    if (sqli__resolve_host(&here, addresses, &count, &error) == SQLI_OK)
        assert_true(count > 0 && sqli__address_is_loopback(&addresses[0]));
    struct sqli_host_port nowhere = {.host = "no such host"};
    assert_int_equal(sqli__resolve_host(&nowhere, addresses, &count, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_HOST_UNKNOWN);
    assert_non_null(strstr(error.near, "no such host"));
    assert_int_equal(count, 0);
}

/* --- two ends --- */

struct pair {
    int listener;
    int client;
    int server;
};

static void wait_for(int socket, short events)
{
    struct pollfd one = {.fd = socket, .events = events};
    assert_int_equal(poll(&one, 1, PATIENCE), 1);
}

static int open_listener(const char *where, struct sqli_address *bound)
{
    int listener;
    struct sqli_error error;
    struct sqli_address address = address_of(where);
    if (sqli__socket_listen(&address, &listener, &error) != SQLI_OK)
        fail_msg("%s: %s", where, error.message);
    assert_int_equal(sqli__socket_local(listener, bound, &error), SQLI_OK);
    return listener;
}

static struct pair open_pair(const char *where)
{
    struct pair pair;
    struct sqli_error error;
    struct sqli_address bound;
    pair.listener = open_listener(where, &bound);
    assert_int_not_equal(sqli__address_port(&bound), 0);
    assert_int_equal(sqli__socket_accept(pair.listener, &pair.server, &error), SQLI_MORE);
    assert_int_equal(pair.server, SQLI_NO_SOCKET);
    enum sqli_status status = sqli__socket_connect(&bound, &pair.client, &error);
    assert_true(status == SQLI_MORE || status == SQLI_OK);
    wait_for(pair.client, POLLOUT);
    assert_int_equal(sqli__socket_connected(pair.client, &error), SQLI_OK);
    wait_for(pair.listener, POLLIN);
    assert_int_equal(sqli__socket_accept(pair.listener, &pair.server, &error), SQLI_OK);
    return pair;
}

static void close_pair(struct pair *pair)
{
    sqli__socket_close(pair->client);
    sqli__socket_close(pair->server);
    sqli__socket_close(pair->listener);
}

static void assert_shape(int socket)
{
    int on = 0;
    socklen_t size = sizeof on;
    assert_true(fcntl(socket, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(socket, F_GETFL) & O_NONBLOCK);
    assert_int_equal(getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_int_not_equal(on, 0);
}

static void sockets_never_block_nor_delay_nor_outlive_exec(void **state)
{
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    assert_shape(pair.client);
    assert_shape(pair.server);
    assert_true(fcntl(pair.listener, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(pair.listener, F_GETFL) & O_NONBLOCK);
    close_pair(&pair);
}

static void assert_receives(int socket, const char *wanted)
{
    char room[64];
    size_t got;
    struct sqli_error error;
    wait_for(socket, POLLIN);
    assert_int_equal(sqli__socket_receive(socket, room, sizeof room, &got, &error), SQLI_OK);
    assert_int_equal(got, strlen(wanted));
    assert_memory_equal(room, wanted, got);
}

static void send_text(int socket, const char *text)
{
    size_t sent;
    struct sqli_error error;
    assert_int_equal(sqli__socket_send(socket, sqli__span_text(text), &sent, &error), SQLI_OK);
    assert_int_equal(sent, strlen(text));
}

static void bytes_go_both_ways(void **state)
{
    static const char *const places[] = {"127.0.0.1:0", "[::1]:0"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char room[8];
        size_t got = 99;
        struct sqli_error error;
        struct pair pair = open_pair(places[i]);
        assert_int_equal(sqli__socket_receive(pair.server, room, sizeof room, &got, &error),
                         SQLI_MORE);
        assert_int_equal(got, 0);
        send_text(pair.client, "question");
        assert_receives(pair.server, "question");
        send_text(pair.server, "answer");
        assert_receives(pair.client, "answer");
        close_pair(&pair);
    }
}

static void a_full_socket_says_so(void **state)
{
    static uint8_t much[1 << 16];
    size_t sent;
    struct sqli_error error;
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    enum sqli_status status = SQLI_OK;
    for (size_t i = 0; i < 10000 && status == SQLI_OK; i++)
        status = sqli__socket_send(pair.client, sqli__span(much, sizeof much), &sent, &error);
    assert_int_equal(status, SQLI_MORE);
    assert_int_equal(sent, 0);
    close_pair(&pair);
}

static void an_end_is_no_error(void **state)
{
    char room[8];
    size_t got = 99;
    struct sqli_error error;
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    sqli__socket_end(pair.client);
    wait_for(pair.server, POLLIN);
    assert_int_equal(sqli__socket_receive(pair.server, room, sizeof room, &got, &error), SQLI_OK);
    assert_int_equal(got, 0);
    send_text(pair.server, "still there"); /* the other way stays open */
    assert_receives(pair.client, "still there");
    close_pair(&pair);
}

static void a_reset_is_an_error_and_no_signal(void **state)
{
    char room[8];
    size_t got, sent;
    struct sqli_error error;
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    sqli__socket_reset(pair.client);
    pair.client = SQLI_NO_SOCKET;
    wait_for(pair.server, POLLIN);
    assert_int_equal(sqli__socket_receive(pair.server, room, sizeof room, &got, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_CONNECTION_LOST);
    assert_int_equal(error.isam, ECONNRESET);
    /* A SIGPIPE here would end the test program. */
    assert_int_equal(sqli__socket_send(pair.server, sqli__span_text("x"), &sent, &error),
                     SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_CONNECTION_LOST);
    assert_int_equal(error.isam, EPIPE);
    close_pair(&pair);
}

static void what_waits_is_counted_up_to_an_urgent_byte(void **state)
{
    uint8_t byte;
    char room[8];
    size_t got;
    struct sqli_error error;
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    assert_int_equal(sqli__socket_waiting(pair.server), 0);
    send_text(pair.client, "before");
    assert_int_equal(sqli__socket_send_urgent(pair.client, 0x42, &error), SQLI_OK);
    send_text(pair.client, "behind");
    wait_for(pair.server, POLLPRI);
    assert_int_equal(sqli__socket_waiting(pair.server), 6);
    assert_receives(pair.server, "before");
    assert_int_equal(sqli__socket_waiting(pair.server), 0);
    assert_int_equal(sqli__socket_receive_urgent(pair.server, &byte, &error), SQLI_OK);
    /* Still at the mark: only receiving steps over it. */
    assert_int_equal(sqli__socket_waiting(pair.server), 0);
    assert_int_equal(sqli__socket_receive(pair.server, room, 3, &got, &error), SQLI_OK);
    assert_int_equal(got, 3);
    assert_int_equal(sqli__socket_waiting(pair.server), 3);
    assert_int_equal(sqli__socket_waiting(-1), 0);
    close_pair(&pair);
}

static void both_ends_know_each_other(void **state)
{
    struct sqli_error error;
    struct sqli_address local, peer;
    int on = 0;
    socklen_t size = sizeof on;
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    assert_int_equal(sqli__socket_local(pair.client, &local, &error), SQLI_OK);
    assert_int_equal(sqli__socket_peer(pair.server, &peer, &error), SQLI_OK);
    assert_int_equal(sqli__address_port(&local), sqli__address_port(&peer));
    assert_int_equal(sqli__socket_peer(pair.listener, &peer, &error), SQLI_FAIL);
    sqli__socket_keep_alive(pair.server);
    assert_int_equal(getsockopt(pair.server, SOL_SOCKET, SO_KEEPALIVE, &on, &size), 0);
    assert_int_not_equal(on, 0);
    close_pair(&pair);
}

static void the_urgent_byte_is_not_in_the_stream(void **state)
{
    uint8_t byte = 0;
    struct sqli_error error;
    (void)state;
    struct pair pair = open_pair("127.0.0.1:0");
    assert_int_equal(sqli__socket_receive_urgent(pair.server, &byte, &error), SQLI_MORE);
    send_text(pair.client, "before");
    assert_int_equal(sqli__socket_send_urgent(pair.client, 0x42, &error), SQLI_OK);
    send_text(pair.client, "behind");
    wait_for(pair.server, POLLPRI);
    assert_false(sqli__socket_at_urgent(pair.server));
    assert_receives(pair.server, "before"); /* stops at the mark */
    assert_true(sqli__socket_at_urgent(pair.server));
    assert_int_equal(sqli__socket_receive_urgent(pair.server, &byte, &error), SQLI_OK);
    assert_int_equal(byte, 0x42);
    assert_receives(pair.server, "behind");
    assert_int_equal(sqli__socket_receive_urgent(pair.server, &byte, &error), SQLI_MORE);
    close_pair(&pair);
}

/* --- what cannot be reached --- */

static void nobody_listens(void **state)
{
    int client;
    struct sqli_error error;
    struct sqli_address bound;
    (void)state;
    sqli__socket_close(open_listener("127.0.0.1:0", &bound));
    enum sqli_status status = sqli__socket_connect(&bound, &client, &error);
    if (status == SQLI_MORE) {
        wait_for(client, POLLOUT);
        status = sqli__socket_connected(client, &error);
        sqli__socket_close(client);
    }
    assert_int_equal(status, SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_CONNECT_REFUSED);
    assert_int_equal(error.isam, ECONNREFUSED);
    assert_non_null(strstr(error.message, "Connection refused"));
}

/* A backlog that is full makes the next attempt hang, as an unreachable host does. */
static void an_attempt_may_still_be_on_its_way(void **state)
{
    enum { MOST = 8 };
    int clients[MOST];
    struct sqli_error error;
    struct sqli_address bound;
    enum sqli_status status = SQLI_OK;
    size_t count = 0;
    (void)state;
    int listener = open_listener("127.0.0.1:0", &bound);
    assert_int_equal(listen(listener, 0), 0); /* makes it smaller */
    while (count < MOST && status == SQLI_OK) {
        assert_int_not_equal(sqli__socket_connect(&bound, &clients[count], &error), SQLI_FAIL);
        struct pollfd one = {.fd = clients[count++], .events = POLLOUT};
        (void)poll(&one, 1, 100);
        status = sqli__socket_connected(one.fd, &error);
    }
    assert_int_equal(status, SQLI_MORE);
    while (count > 0)
        sqli__socket_close(clients[--count]);
    sqli__socket_close(listener);
}

static void an_address_in_use_is_named(void **state)
{
    int second;
    char text[SQLI_ADDRESS_TEXT_MAX];
    struct sqli_error error;
    struct sqli_address bound;
    (void)state;
    int listener = open_listener("127.0.0.1:0", &bound);
    assert_int_equal(sqli__socket_listen(&bound, &second, &error), SQLI_FAIL);
    assert_int_equal(second, SQLI_NO_SOCKET);
    assert_int_equal(error.code, SQLI_E_NETWORK_BIND);
    assert_int_equal(error.isam, EADDRINUSE);
    sqli__address_print(&bound, text);
    assert_non_null(strstr(error.near, text));
    sqli__socket_close(listener);
}

static void what_is_no_socket_fails_and_closes_in_peace(void **state)
{
    int client;
    size_t size;
    uint8_t byte;
    struct sqli_error error;
    struct sqli_address address;
    (void)state;
    assert_int_equal(sqli__socket_accept(-1, &client, &error), SQLI_FAIL);
    assert_int_equal(sqli__socket_connected(-1, &error), SQLI_FAIL);
    assert_int_equal(sqli__socket_receive(-1, &byte, 1, &size, &error), SQLI_FAIL);
    assert_int_equal(sqli__socket_send(-1, sqli__span_text("x"), &size, &error), SQLI_FAIL);
    assert_int_equal(sqli__socket_send_urgent(-1, 1, &error), SQLI_FAIL);
    assert_int_equal(sqli__socket_receive_urgent(-1, &byte, &error), SQLI_FAIL);
    assert_int_equal(sqli__socket_local(-1, &address, &error), SQLI_FAIL);
    assert_int_equal(error.isam, EBADF);
    struct sqli_address none = {.length = 0};
    assert_int_equal(sqli__socket_connect(&none, &client, NULL), SQLI_FAIL); /* error may be NULL */
    sqli__socket_close(SQLI_NO_SOCKET);
    sqli__socket_reset(SQLI_NO_SOCKET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_and_port_are_parted),
        cmocka_unit_test(a_host_has_its_longest_name),
        cmocka_unit_test(addresses_in_digits_need_no_resolver),
        cmocka_unit_test(addresses_belong_to_networks),
        cmocka_unit_test(names_are_resolved_or_said_to_be_unknown),
        cmocka_unit_test(sockets_never_block_nor_delay_nor_outlive_exec),
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(a_full_socket_says_so),
        cmocka_unit_test(an_end_is_no_error),
        cmocka_unit_test(a_reset_is_an_error_and_no_signal),
        cmocka_unit_test(the_urgent_byte_is_not_in_the_stream),
        cmocka_unit_test(what_waits_is_counted_up_to_an_urgent_byte),
        cmocka_unit_test(both_ends_know_each_other),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(an_attempt_may_still_be_on_its_way),
        cmocka_unit_test(an_address_in_use_is_named),
        cmocka_unit_test(what_is_no_socket_fails_and_closes_in_peace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
