/* The server's outside over a fake session: threads, sockets, limits, breaks and ends. */
#include "tests/server/fake_session.h"

#include "tests/server/client.h"

/* Stops, closes, and looks that nothing of a session is left. */
static void end_server(struct sqli_server *server)
{
    sqli__server_close(server);
    assert_int_equal(fake_sessions_open, 0);
    assert_int_equal(fake_databases_open, 0);
    assert_int_equal(fake_fed_by_two, 0);
    empty_log();
}

static void a_client_is_served(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    char address[64];
    snprintf(address, sizeof address, "127.0.0.1:%u", sqli__server_port(server));
    assert_string_equal(sqli__server_address(server), address);
    assert_null(sqli__server_tls_address(server));
    assert_int_equal(sqli__server_tls_port(server), 0);
    int client = log_in(server);
    say(client, "echo one\n");
    hear(client, "one\n");
    say(client, "echo two\necho three\nech");
    hear(client, "two\nthree\n");
    say(client, "o four\nexit\n");
    hear(client, "four\nbye\n");
    expect_end(client);
    sqli__socket_close(client);
    assert_true(log_has("connection 1: a line")); /* the trace */
    end_server(server);
}

static void a_stream_may_come_byte_by_byte(void **state)
{
    static const char text[] = "login informix in4mix\necho slowly\n";
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = connect_here(server);
    for (size_t i = 0; text[i]; i++) {
        send_bytes(client, sqli__span(text + i, 1));
        pause_ms(1);
    }
    hear(client, "welcome\nslowly\n");
    sqli__socket_close(client);
    end_server(server);
}

static void many_clients_are_served_at_the_same_time(void **state)
{
    enum { CLIENTS = 500 };
    static int clients[CLIENTS];
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = log_in(server);
    assert_int_equal(fake_sessions_open, CLIENTS);
    for (int round = 0; round < 3; round++) {
        char text[64];
        for (int i = 0; i < CLIENTS; i++) {
            snprintf(text, sizeof text, "echo %d of round %d\n", i, round);
            say(clients[i], text);
        }
        for (int i = 0; i < CLIENTS; i++) {
            snprintf(text, sizeof text, "%d of round %d\n", i, round);
            hear(clients[i], text);
        }
    }
    for (int i = 0; i < CLIENTS; i++)
        sqli__socket_close(clients[i]);
    wait_until(fake_sessions_open == 0);
    end_server(server);
}

/* One that works must not keep the others waiting, however many work. */
static void long_requests_delay_nobody(void **state)
{
    enum { CLIENTS = 30 };
    int clients[CLIENTS];
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = log_in(server);
    int64_t begin = sqli__clock_ms();
    for (int i = 0; i < CLIENTS; i++)
        say(clients[i], "sleep 700\n");
    int other = log_in(server);
    say(other, "echo quick\n");
    hear(other, "quick\n");
    assert_true(sqli__clock_ms() - begin < 600);
    for (int i = 0; i < CLIENTS; i++)
        hear(clients[i], "slept\n");
    assert_true(sqli__clock_ms() - begin < 5000);
    for (int i = 0; i < CLIENTS; i++)
        sqli__socket_close(clients[i]);
    sqli__socket_close(other);
    end_server(server);
}

/* --- pipelines and slow readers --- */

/* The client writes everything before it reads anything: a server that stops reading while it
 * cannot write would never get to the end. */
static void a_long_pipeline_is_no_deadlock(void **state)
{
    enum { REQUESTS = 50000 };
    static const char request[] = "echo 0123456789012345678901234567890123456789\n";
    static const char reply[] = "0123456789012345678901234567890123456789\n";
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    struct sqli_buffer all;
    int client = log_in(server);
    sqli__buffer_init(&all, 16 << 20);
    for (int i = 0; i < REQUESTS; i++)
        sqli__buffer_text(&all, request);
    send_bytes(client, sqli__buffer_view(&all));
    for (int i = 0; i < REQUESTS; i++)
        hear(client, reply);
    say(client, "exit\n");
    hear(client, "bye\n");
    expect_end(client);
    sqli__socket_close(client);
    sqli__buffer_free(&all);
    end_server(server);
}

/* All of these lines come with one call, so they are one feed. */
static void an_answer_does_not_wait_for_the_requests_behind_it(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    int64_t start = sqli__clock_ms();
    say(client, "echo one\necho two\nsleep 2000\necho three\nbig 20001\nsleep 2000\necho four\n");
    hear(client, "one\n");
    hear(client, "two\n");
    assert_true(sqli__clock_ms() - start < 1800);
    hear(client, "slept\n");
    hear(client, "three\n");
    char dots[1001] = "";
    memset(dots, '.', sizeof dots - 1);
    for (int i = 0; i < 20; i++)
        hear(client, dots);
    hear(client, "\n");
    assert_true(sqli__clock_ms() - start < 3800);
    hear(client, "slept\nfour\n");
    sqli__socket_close(client);
    end_server(server);
}

static void large_replies_arrive_whole(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    say(client, "big 20000000\nbig 1\nbig 3000000\nexit\n");
    pause_ms(50);
    assert_int_equal(hear_the_end(client), 20000000 + 1 + 3000000 + 4);
    sqli__socket_close(client);
    end_server(server);
}

static void who_does_not_read_is_closed_at_the_limit(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    options.output_limit = 1 << 20;
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    for (int i = 0; i < 40; i++) {
        struct sqli_error error;
        size_t sent;
        (void)sqli__socket_send(client, sqli__span_text("big 1000000\n"), &sent, &error);
    }
    wait_until(log_has("does not read its replies"));
    wait_until(fake_sessions_open == 0);
    assert_true(hear_the_end(client) < 40 * 1000000);
    sqli__socket_close(client);
    end_server(server);
}

/* Input that nobody consumes waits in the server up to its limit, then in the socket; and all of it
 * is served in the end. */
static void input_is_bounded(void **state)
{
    enum { LINE = 1000, MUCH = 1000 * LINE };
    static const char word[] = {'e', 'c', 'h', 'o', ' '};
    static char much[MUCH];
    size_t all = 0, sent = 0;
    struct sqli_error error;
    (void)state;
    struct sqli_server_options options = test_options();
    options.output_limit = 512 << 20;
    options.log_level = SQLI_LOG_INFO;
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    say(client, "sleep 3000\n"); /* consumes nothing meanwhile */
    memset(much, 'x', sizeof much);
    for (size_t at = 0; at < MUCH; at += LINE) {
        memcpy(much + at, word, sizeof word);
        much[at + LINE - 1] = '\n';
    }
    struct pollfd one = {.fd = client, .events = POLLOUT};
    while (poll(&one, 1, 500) == 1) {
        size_t at = all % MUCH;
        assert_int_equal(sqli__socket_send(client, sqli__span(much + at, MUCH - at), &sent, &error),
                         SQLI_OK);
        all += sent;
        assert_true(all < 200 << 20);
    }
    assert_true(all >= 2 << 20);
    send_bytes(client, sqli__span(much + all % MUCH, MUCH - all % MUCH));
    all += MUCH - all % MUCH;
    say(client, "exit\n");
    assert_int_equal(hear_the_end(client), 6 + all / LINE * (LINE - 5) + 4);
    sqli__socket_close(client);
    end_server(server);
}

/* --- breaks --- */

static void a_break_interrupts_and_leaves_the_stream_alone(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    for (int i = 0; i < 50; i++) {
        int64_t begin = sqli__clock_ms();
        fake_breaks = 0;
        say(client, "sleep 15000\n");
        pause_ms(i % 5 * 2); /* the first of five comes before the request is begun, perhaps */
        press_break(client);
        say(client, "echo behind it\n");
        hear(client, "broken\nbehind it\n");
        assert_true(sqli__clock_ms() - begin < 10000);
        assert_int_equal(fake_breaks, 1);
    }
    sqli__socket_close(client);
    end_server(server);
}

static void bytes_around_a_break_stay(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    for (int i = 0; i < 200; i++) {
        char text[128];
        snprintf(text, sizeof text, "echo before %d\nech", i);
        say(client, text);
        press_break(client);
        if (i % 3 == 0)
            pause_ms(1);
        snprintf(text, sizeof text, "o behind %d\n", i);
        say(client, text);
        snprintf(text, sizeof text, "before %d\nbehind %d\n", i, i);
        hear(client, text);
        if (i % 4)
            continue;
        /* TCP has one urgent byte at a time: a second one before the first was seen would put the
         * first into the stream. The reply says that it was. */
        press_break(client);
        say(client, "echo between\n");
        hear(client, "between\n");
    }
    press_break(client); /* at the very end, with nothing behind it */
    pause_ms(5);
    say(client, "echo last\n");
    hear(client, "last\n");
    sqli__socket_close(client);
    end_server(server);
}

/* A request and its break that arrive together: the break is not lost, although nothing runs yet
 * when it is noticed. */
static void a_break_may_come_with_its_request(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    for (int i = 0; i < 20; i++) {
        int client = log_in(server);
        int on = 1;
        /* Held back until the urgent byte, so that one packet brings both. */
        assert_int_equal(setsockopt(client, 6 /* TCP */, 3 /* TCP_CORK */, &on, sizeof on), 0);
        say(client, "sleep 15000\n");
        press_break(client);
        on = 0;
        assert_int_equal(setsockopt(client, 6, 3, &on, sizeof on), 0);
        hear(client, "broken\n");
        sqli__socket_close(client);
    }
    end_server(server);
}

static void a_break_without_a_request_is_nothing(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    press_break(client);
    pause_ms(30);
    say(client, "sleep 50\n");
    hear(client, "slept\n");
    sqli__socket_close(client);
    end_server(server);
}

/* --- ends --- */

static void a_client_may_vanish_at_any_time(void **state)
{
    static const char text[] = "login informix in4mix\necho one\necho two\n";
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    for (size_t i = 0; i <= strlen(text); i++) {
        int client = connect_here(server);
        send_bytes(client, sqli__span(text, i));
        if (i % 2)
            sqli__socket_reset(client);
        else
            sqli__socket_close(client);
    }
    wait_until(fake_sessions_open == 0);
    int client = log_in(server);
    sqli__socket_close(client);
    end_server(server);
}

static void who_hangs_up_is_interrupted(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    for (int reset = 0; reset < 2; reset++) {
        int client = log_in(server);
        say(client, "sleep 60000\nsleep 60000\nsleep 60000\n");
        pause_ms(20);
        if (reset)
            sqli__socket_reset(client);
        else
            sqli__socket_close(client);
        int64_t begin = sqli__clock_ms();
        wait_until(fake_sessions_open == 0);
        assert_true(sqli__clock_ms() - begin < 5000);
    }
    end_server(server);
}

/* As in `printf ... | nc -N`: what was asked for before the end is answered. */
static void requests_before_the_end_are_answered(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = connect_here(server);
    say(client, "login informix in4mix\necho one\nbig 5000000\necho unfinished");
    sqli__socket_end(client);
    hear(client, "welcome\none\n");
    assert_int_equal(hear_the_end(client), 5000000);
    sqli__socket_close(client);
    end_server(server);
}

static void a_stream_out_of_step_is_closed_and_logged(void **state)
{
    static char much[5 << 20];
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    say(client, "nonsense\n");
    /* It may finish what it was sending, and finds an end, not a reset. */
    memset(much, 'x', sizeof much);
    send_bytes(client, sqli__span(much, sizeof much));
    expect_end(client);
    assert_true(log_has("closed: "));
    assert_true(log_has("no command: nonsense"));
    sqli__socket_close(client);
    end_server(server);
}

/* The last words arrive although the client sent more than the server read. */
static void the_reject_is_not_taken_back(void **state)
{
    static char much[100000];
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    memset(much, 'x', sizeof much);
    for (int i = 0; i < 3; i++) {
        int client = connect_here(server);
        say(client, "login informix wrong\n");
        send_bytes(client, sqli__span(much, sizeof much));
        hear(client, "no\n");
        expect_end(client);
        sqli__socket_close(client);
    }
    end_server(server);
}

/* --- limits --- */

static void the_login_has_its_time(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    options.login_timeout_ms = 300;
    struct sqli_server *server = start_server(&options);
    int in_time = log_in(server);
    int silent = connect_here(server);
    int slow = connect_here(server);
    int64_t begin = sqli__clock_ms();
    for (int i = 0; i < 100 && sqli__clock_ms() < begin + 1500; i++) {
        size_t sent;
        struct sqli_error error;
        if (sqli__socket_send(slow, sqli__span_text("l"), &sent, &error) == SQLI_FAIL)
            break;
        pause_ms(50);
    }
    assert_true(hear_the_end(slow) <= 0);
    expect_end(silent);
    assert_true(log_has("no login within 300 ms"));
    say(in_time, "echo still here\n");
    hear(in_time, "still here\n");
    sqli__socket_close(in_time);
    sqli__socket_close(silent);
    sqli__socket_close(slow);
    end_server(server);
}

static void sessions_are_counted(void **state)
{
    int clients[3];
    (void)state;
    struct sqli_server_options options = test_options();
    options.max_sessions = 3;
    struct sqli_server *server = start_server(&options);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++)
            clients[i] = log_in(server);
        for (int i = 0; i < 5; i++) {
            int one_more = connect_here(server);
            say(one_more, "login informix in4mix\n");
            expect_end(one_more); /* not a reset */
            sqli__socket_close(one_more);
        }
        assert_true(log_has("is refused"));
        for (int i = 0; i < 3; i++) {
            say(clients[i], "exit\n");
            hear(clients[i], "bye\n");
            expect_end(clients[i]);
            sqli__socket_close(clients[i]);
        }
    }
    end_server(server);
}

/* --- a reply that asks for more --- */

static void a_reply_may_wait_for_its_client(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    say(client, "ask\n");
    hear(client, "?\n");
    say(client, "half a ");
    pause_ms(10);
    say(client, "line\necho next\n");
    hear(client, "got half a line\nnext\n");
    say(client, "ask\nat once\necho behind\n");
    hear(client, "?\ngot at once\nbehind\n");
    say(client, "ask\n");
    hear(client, "?\n");
    sqli__socket_close(client); /* and whoever waits finds out */
    wait_until(fake_sessions_open == 0);
    client = log_in(server);
    say(client, "ask\n");
    hear(client, "?\n");
    end_server(server); /* so does the stop */
    expect_end(client);
    sqli__socket_close(client);
}

/* --- stop --- */

struct stopping {
    struct sqli_server *server;
    bool now;
};

static void *stop_elsewhere(void *context)
{
    const struct stopping *stopping = context;
    sqli__server_stop(stopping->server, stopping->now);
    return NULL;
}

static void a_stop_lets_requests_end(void **state)
{
    pthread_t thread;
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int idle = log_in(server), busy = log_in(server), silent = connect_here(server);
    say(busy, "sleep 400\n");
    pause_ms(50);
    struct stopping stopping = {.server = server};
    assert_int_equal(pthread_create(&thread, NULL, stop_elsewhere, &stopping), 0);
    expect_end(idle);
    expect_end(silent);
    hear(busy, "slept\n");
    expect_end(busy);
    pthread_join(thread, NULL);
    int late = SQLI_NO_SOCKET;
    struct sqli_error error;
    struct sqli_address address;
    assert_int_equal(sqli__socket_peer(idle, &address, &error), SQLI_OK);
    enum sqli_status status = sqli__socket_connect(&address, &late, &error);
    struct pollfd one = {.fd = late, .events = POLLOUT};
    if (status == SQLI_MORE && poll(&one, 1, PATIENCE) == 1)
        status = sqli__socket_connected(late, &error);
    assert_int_equal(status, SQLI_FAIL);
    sqli__socket_close(late);
    sqli__socket_close(idle);
    sqli__socket_close(busy);
    sqli__socket_close(silent);
    end_server(server);
}

static void a_stop_may_be_hurried(void **state)
{
    pthread_t thread;
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int busy = log_in(server);
    say(busy, "sleep 60000\n");
    pause_ms(50);
    struct stopping stopping = {.server = server};
    int64_t begin = sqli__clock_ms();
    assert_int_equal(pthread_create(&thread, NULL, stop_elsewhere, &stopping), 0);
    pause_ms(100);
    sqli__server_stop(server, true);
    pthread_join(thread, NULL);
    assert_true(sqli__clock_ms() - begin < 5000);
    assert_true(hear_the_end(busy) <= 0);
    sqli__socket_close(busy);
    end_server(server);
}

static void a_stop_does_not_wait_for_who_does_not_read(void **state)
{
    (void)state;
    struct sqli_server_options options = test_options();
    struct sqli_server *server = start_server(&options);
    int client = log_in(server);
    say(client, "big 30000000\n");
    pause_ms(200);
    int64_t begin = sqli__clock_ms();
    end_server(server);
    assert_true(sqli__clock_ms() - begin < 8000);
    sqli__socket_close(client);
}

/* Clients come, work, break and vanish from many threads while the server is stopped. */
static void *make_trouble(void *context)
{
    const struct sqli_server *server = context;
    uint64_t seed = 1;
    for (int i = 0; i < 60; i++) {
        char room[256];
        size_t size;
        struct sqli_error error;
        struct sqli_host_port here = {.host = "127.0.0.1", .port = sqli__server_port(server)};
        struct sqli_address addresses[SQLI_ADDRESSES_MAX];
        int client;
        if (sqli__resolve_host(&here, addresses, &size, &error) != SQLI_OK ||
            sqli__socket_connect(&addresses[0], &client, &error) == SQLI_FAIL)
            continue;
        (void)sqli__socket_send(client, sqli__span_text("login informix in4mix\necho a\nsleep 3\n"),
                                &size, &error);
        pause_ms((int)(support_random(&seed) % 4));
        (void)sqli__socket_send_urgent(client, 0x42, &error);
        (void)sqli__socket_receive(client, room, sizeof room, &size, &error);
        if (support_random(&seed) % 2)
            sqli__socket_reset(client);
        else
            sqli__socket_close(client);
    }
    return NULL;
}

static void trouble_leaves_nothing_behind(void **state)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    (void)state;
    for (int early = 0; early < 2; early++) {
        struct sqli_server_options options = test_options();
        struct sqli_server *server = start_server(&options);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, make_trouble, server), 0);
        pause_ms(50);
        if (early)
            sqli__server_stop(server, false);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        end_server(server);
    }
}

/* --- what cannot be started --- */

static void bad_options_are_refused(void **state)
{
    struct sqli_server_options good = test_options();
    struct sqli_error error;
    struct sqli_server *server;
    (void)state;
    for (int i = 0; i < 11; i++) {
        static const char *const wanted[] = {"listen on",   "not both",  "is needed", "server name",
                                             "limit",       "TLS takes", "NAME:PASS", "not both",
                                             "port from 0", "--user or", "limit"};
        struct sqli_server_options options = good;
        switch (i) {
        case 0: options.listen = NULL; break;
        case 1: options.data = "somewhere"; break;
        case 2: options.memory = false; break;
        case 3: options.server_name = ""; break;
        case 4: options.max_sessions = 0; break;
        case 5: options.tls_listen = "127.0.0.1:0"; break;
        case 6: options.user = "informix"; break;
        case 7:
            options.user = "a:b";
            options.users = "file";
            break;
        case 8: options.listen = "127.0.0.1:99999"; break;
        case 9: options.listen = "0.0.0.0:0"; break;
        default: options.output_limit = 10; break;
        }
        assert_int_equal(sqli__server_start(&options, &server, &error), SQLI_FAIL);
        if (!strstr(error.message, wanted[i]))
            fail_msg("%d: \"%s\" lacks \"%s\"", i, error.message, wanted[i]);
        assert_null(server);
    }
    struct sqli_server *first = start_server(&good);
    struct sqli_server_options second = good;
    second.listen = sqli__server_address(first);
    assert_int_equal(sqli__server_start(&second, &server, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_NETWORK_BIND);
    assert_non_null(strstr(error.message, second.listen));
    end_server(first);
}

static enum sqli_status start_and_close(void *context, struct sqli_error *error)
{
    struct sqli_server *server;
    SQLI_TRY(sqli__server_start(context, &server, error));
    sqli__server_close(server);
    return SQLI_OK;
}

static void a_start_without_memory_leaves_nothing(void **state)
{
    struct sqli_server_options options = test_options();
    (void)state;
    options.log = NULL;
    assert_true(support_fail_each_allocation(start_and_close, &options) >= 3);
    assert_int_equal(fake_databases_open, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_served),
        cmocka_unit_test(a_stream_may_come_byte_by_byte),
        cmocka_unit_test(many_clients_are_served_at_the_same_time),
        cmocka_unit_test(long_requests_delay_nobody),
        cmocka_unit_test(a_long_pipeline_is_no_deadlock),
        cmocka_unit_test(an_answer_does_not_wait_for_the_requests_behind_it),
        cmocka_unit_test(large_replies_arrive_whole),
        cmocka_unit_test(who_does_not_read_is_closed_at_the_limit),
        cmocka_unit_test(input_is_bounded),
        cmocka_unit_test(a_break_interrupts_and_leaves_the_stream_alone),
        cmocka_unit_test(bytes_around_a_break_stay),
        cmocka_unit_test(a_break_may_come_with_its_request),
        cmocka_unit_test(a_break_without_a_request_is_nothing),
        cmocka_unit_test(a_client_may_vanish_at_any_time),
        cmocka_unit_test(who_hangs_up_is_interrupted),
        cmocka_unit_test(requests_before_the_end_are_answered),
        cmocka_unit_test(a_stream_out_of_step_is_closed_and_logged),
        cmocka_unit_test(the_reject_is_not_taken_back),
        cmocka_unit_test(the_login_has_its_time),
        cmocka_unit_test(sessions_are_counted),
        cmocka_unit_test(a_reply_may_wait_for_its_client),
        cmocka_unit_test(a_stop_lets_requests_end),
        cmocka_unit_test(a_stop_may_be_hurried),
        cmocka_unit_test(a_stop_does_not_wait_for_who_does_not_read),
        cmocka_unit_test(trouble_leaves_nothing_behind),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(a_start_without_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
