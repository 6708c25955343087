/* The TLS port, over a fake session. */
#include "tests/server/fake_session.h"

#include "net/tls.h"
#include "tests/server/client.h"

#ifndef SQLI_TEST_DATA /* the build gives it */
#define SQLI_TEST_DATA "tests/data"
#endif
#define DATA(name) SQLI_TEST_DATA "/tls/" name

static struct sqli_tls_context *context;

static struct sqli_server *start_tls_server(void)
{
    struct sqli_server_options options = test_options();
    options.tls_listen = "127.0.0.1:0";
    options.tls_cert = DATA("server.pem");
    options.tls_key = DATA("server.key");
    return start_server(&options);
}

static void end_server(struct sqli_server *server)
{
    sqli__server_close(server);
    assert_int_equal(fake_sessions_open, 0);
    assert_int_equal(fake_fed_by_two, 0);
    empty_log();
}

struct tls_client {
    int socket;
    struct sqli_tls *tls;
};

static void wait_for(const struct tls_client *client)
{
    struct pollfd one = {.fd = client->socket, .events = POLLIN};
    if (sqli__tls_wants_write(client->tls))
        one.events = POLLOUT;
    if (poll(&one, 1, PATIENCE) != 1)
        fail_msg("the server does not answer");
}

static struct tls_client connect_tls(const struct sqli_server *server)
{
    struct tls_client client = {.socket = connect_to("127.0.0.1", sqli__server_tls_port(server))};
    struct sqli_error error;
    enum sqli_status status;
    assert_int_equal(sqli__tls_open(context, client.socket, "localhost", &client.tls, &error),
                     SQLI_OK);
    while ((status = sqli__tls_handshake(client.tls, &error)) == SQLI_MORE)
        wait_for(&client);
    if (status == SQLI_FAIL)
        fail_msg("%s", error.message);
    return client;
}

static void say_tls(struct tls_client *client, const char *text)
{
    struct sqli_error error;
    struct sqli_span bytes = sqli__span_text(text);
    while (bytes.length) {
        size_t sent;
        enum sqli_status status = sqli__tls_send(client->tls, bytes, &sent, &error);
        assert_int_not_equal(status, SQLI_FAIL);
        if (status == SQLI_MORE)
            wait_for(client);
        bytes = sqli__span(bytes.data + sent, bytes.length - sent);
    }
}

/* Up to `size` bytes, 0 at the end. */
static size_t hear_once(struct tls_client *client, char *room, size_t size)
{
    struct sqli_error error;
    size_t got;
    enum sqli_status status;
    while ((status = sqli__tls_receive(client->tls, room, size, &got, &error)) == SQLI_MORE)
        wait_for(client);
    if (status == SQLI_FAIL)
        fail_msg("%s", error.message);
    return got;
}

static void hear_tls(struct tls_client *client, const char *wanted)
{
    char text[256] = "";
    size_t length = strlen(wanted), have = 0;
    while (have < length) {
        size_t got = hear_once(client, text + have, length - have);
        assert_true(got > 0);
        have += got;
    }
    assert_string_equal(text, wanted);
}

static size_t hear_tls_to_the_end(struct tls_client *client)
{
    static char room[1 << 16];
    size_t all = 0, got;
    while ((got = hear_once(client, room, sizeof room)) > 0)
        all += got;
    return all;
}

static void close_tls(struct tls_client *client)
{
    sqli__tls_free(client->tls);
    sqli__socket_close(client->socket);
}

static void both_ports_serve(void **state)
{
    (void)state;
    struct sqli_server *server = start_tls_server();
    assert_int_not_equal(sqli__server_tls_port(server), 0);
    assert_non_null(sqli__server_tls_address(server));
    int plain = log_in(server);
    struct tls_client client = connect_tls(server);
    say_tls(&client, "login informix in4mix\necho with TLS\n");
    hear_tls(&client, "welcome\nwith TLS\n");
    say(plain, "echo without\n");
    hear(plain, "without\n");
    wait_until(log_has("TLSv1.3"));
    say_tls(&client, "big 20000000\nexit\n"); /* and the end is announced */
    assert_int_equal(hear_tls_to_the_end(&client), 20000000 + 4);
    close_tls(&client);
    sqli__socket_close(plain);
    end_server(server);
}

/* Bytes may wait inside OpenSSL when the socket has none: a pipeline in one record, and in many. */
static void a_pipeline_is_served_whole(void **state)
{
    enum { REQUESTS = 20000 };
    struct sqli_buffer all;
    (void)state;
    struct sqli_server *server = start_tls_server();
    struct tls_client client = connect_tls(server);
    sqli__buffer_init(&all, 1 << 20);
    sqli__buffer_text(&all, "login informix in4mix\n");
    for (int i = 0; i < REQUESTS; i++)
        sqli__buffer_text(&all, "echo 0123456789\n");
    sqli__buffer_text(&all, "exit\n");
    sqli__buffer_byte(&all, '\0');
    say_tls(&client, (const char *)all.data);
    assert_int_equal(hear_tls_to_the_end(&client), 8 + REQUESTS * 11 + 4);
    sqli__buffer_free(&all);
    close_tls(&client);
    end_server(server);
}

static void who_hangs_up_is_interrupted(void **state)
{
    (void)state;
    struct sqli_server *server = start_tls_server();
    for (int announced = 0; announced < 2; announced++) {
        struct tls_client client = connect_tls(server);
        say_tls(&client, "login informix in4mix\n");
        hear_tls(&client, "welcome\n");
        say_tls(&client, "sleep 60000\n");
        pause_ms(20);
        if (announced)
            sqli__tls_end(client.tls);
        close_tls(&client);
        wait_until(fake_sessions_open == 0);
    }
    end_server(server);
}

static void plain_words_on_the_tls_port_are_logged(void **state)
{
    (void)state;
    struct sqli_server *server = start_tls_server();
    int client = connect_to("127.0.0.1", sqli__server_tls_port(server));
    say(client, "login informix in4mix\n");
    (void)hear_the_end(client); /* perhaps with an alert before it */
    wait_until(log_has("the other side does not speak TLS"));
    sqli__socket_close(client);
    client = connect_to("127.0.0.1", sqli__server_tls_port(server));
    sqli__socket_close(client);
    wait_until(log_has("TLS handshake failed: the other side hung up"));
    assert_int_equal(fake_sessions_open, 0);
    end_server(server);
}

static void tls_on_the_plain_port_is_logged(void **state)
{
    struct sqli_error error;
    struct tls_client client;
    enum sqli_status status;
    (void)state;
    struct sqli_server *server = start_tls_server();
    client.socket = connect_here(server);
    assert_int_equal(sqli__tls_open(context, client.socket, "localhost", &client.tls, &error),
                     SQLI_OK);
    while ((status = sqli__tls_handshake(client.tls, &error)) == SQLI_MORE)
        wait_for(&client);
    assert_int_equal(status, SQLI_FAIL);
    wait_until(log_has("it speaks TLS, and this port does not"));
    close_tls(&client);
    end_server(server);
}

/* A handshake that stands still holds up nobody, and has the time of a login. */
static void a_handshake_may_stand_still(void **state)
{
    enum { CLIENTS = 20 };
    int clients[CLIENTS];
    (void)state;
    struct sqli_server_options options = test_options();
    options.tls_listen = "127.0.0.1:0";
    options.tls_cert = DATA("server.pem");
    options.tls_key = DATA("server.key");
    options.login_timeout_ms = 500;
    struct sqli_server *server = start_server(&options);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = connect_to("127.0.0.1", sqli__server_tls_port(server));
        say(clients[i], "\x16\x03\x01"); /* half a header */
    }
    struct tls_client client = connect_tls(server);
    say_tls(&client, "login informix in4mix\necho quick\n");
    hear_tls(&client, "welcome\nquick\n");
    for (int i = 0; i < CLIENTS; i++) {
        expect_end(clients[i]);
        sqli__socket_close(clients[i]);
    }
    wait_until(log_has("no login within 500 ms"));
    close_tls(&client);
    end_server(server);
}

static void bad_files_are_refused_at_the_start(void **state)
{
    struct sqli_error error;
    struct sqli_server *server;
    struct sqli_server_options options = test_options();
    (void)state;
    options.tls_listen = "127.0.0.1:0";
    options.tls_cert = DATA("none.pem");
    options.tls_key = DATA("server.key");
    assert_int_equal(sqli__server_start(&options, &server, &error), SQLI_FAIL);
    assert_non_null(strstr(error.message, "none.pem"));
    options.tls_cert = DATA("ca.pem");
    assert_int_equal(sqli__server_start(&options, &server, &error), SQLI_FAIL);
    assert_non_null(strstr(error.message, "server.key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ports_serve),
        cmocka_unit_test(a_pipeline_is_served_whole),
        cmocka_unit_test(who_hangs_up_is_interrupted),
        cmocka_unit_test(plain_words_on_the_tls_port_are_logged),
        cmocka_unit_test(tls_on_the_plain_port_is_logged),
        cmocka_unit_test(a_handshake_may_stand_still),
        cmocka_unit_test(bad_files_are_refused_at_the_start),
    };
    struct sqli_error error;
    if (!sqli__tls_available()) {
        print_message("built without TLS\n");
        return 77;
    }
    if (sqli__tls_client(&(struct sqli_tls_client){.verify = SQLI_TLS_FULL, .ca = DATA("ca.pem")},
                         &context, &error) != SQLI_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sqli__tls_context_free(context);
    return failed;
}
