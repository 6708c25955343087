/* Which hosts are tried and in which order; redirects as text; passwords from a file. */
#include "tests/client/textfiles.h"

#include "client/hosts.h"
#include "client/passwords.h"
#include "include/sqli.h"

/* --- lists --- */

static sqli_conn *with(const char *const settings[][2])
{
    sqli_conn *db = sqli_new();
    for (size_t i = 0; settings[i][0]; i++)
        if (sqli_set(db, settings[i][0], settings[i][1]))
            fail_msg("%s", sqli_errmsg(db));
    return db;
}

static void test_the_list_of_a_url(void **state)
{
    static const struct {
        const char *host;
        const char *port;
        const char *found; /* or what the error says */
        bool fails;
    } cases[] = {
        {"a", NULL, "a:9088 ", false},
        {"a,b:1,[::1]:2,[::2]", "7", "a:7 b:1 ::1:2 ::2:7 ", false},
        {"a,,b", NULL, "the host is missing", true},
        {"a,", NULL, "the host is missing", true},
        {"a:0", NULL, "a: 0 is no port", true},
        {"a:x", NULL, "a port from 0 to 65535", true},
        {"::1", NULL, "brackets", true},
        {"", NULL, "neither a host nor a server", true},
        {"1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", NULL,
         "more than 32 hosts", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const settings[][2] = {{"port", cases[i].port}, {NULL, NULL}};
        sqli_conn *db = with(settings);
        char text[256] = "";
        const char *host;
        int port;
        int set =
            sqli_set(db, "host", cases[i].host); /* where it is refused, but for an empty one */
        assert_int_equal(set != SQLI_OK, cases[i].fails && cases[i].host[0]);
        for (int n = 0; set == SQLI_OK && sqli_host(db, n, &host, &port); n++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s:%d ", host, port);
        const char *got = cases[i].fails ? sqli_errmsg(db) : text;
        if (!strstr(got, cases[i].found))
            fail_msg("%s: \"%s\" and not \"%s\"", cases[i].host, got, cases[i].found);
        assert_int_equal(sqli_errcode(db) != 0, cases[i].fails);
        sqli_close(db);
    }
}

static void test_a_server_without_a_host(void **state)
{
    const char *const settings[][2] = {{"server", "s1"}, {NULL, NULL}};
    sqli_conn *db = with(settings);
    const char *host;
    int port;
    (void)state;
    assert_int_equal(sqli_host(db, 0, &host, &port), 0);
    assert_non_null(strstr(sqli_errmsg(db), "no sqlhosts file to look s1 up in"));
    sqli_set(db, "sqlhosts", write_text("s1 onsoctcp h1 17\n", 0644));
    assert_int_equal(sqli_host(db, 0, &host, &port), 1);
    assert_string_equal(host, "h1");
    assert_int_equal(port, 17);
    assert_int_equal(sqli_host(db, 1, &host, &port), 0);
    assert_int_equal(sqli_errcode(db), 0);
    assert_int_equal(sqli_host(db, -1, &host, &port), 0);
    sqli_set(db, "host", "given:1");
    assert_int_equal(sqli_host(db, 0, &host, &port), 1);
    assert_string_equal(host, "given");
    sqli_close(db);
}

/* How often each of three comes first, and whether their circle stays. */
static void count_orders(sqli_conn *db, int first[3], bool *circle)
{
    *circle = true;
    for (int round = 0; round < 300; round++) {
        const char *host;
        int port, order[3];
        for (int n = 0; n < 3; n++) {
            assert_int_equal(sqli_host(db, n, &host, &port), 1);
            order[n] = port - 1;
        }
        first[order[0]]++;
        *circle = *circle && (order[0] + 1) % 3 == order[1] && (order[1] + 1) % 3 == order[2];
    }
}

static void test_orders(void **state)
{
    static const struct {
        const char *group; /* its options */
        const char *order;
        bool any_first;
        bool circle;
    } cases[] = {
        {"c=0", NULL, false, true},
        {"c=1", NULL, true, true},
        {"c=1", "given", false, true},
        {"c=0", "random", true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        int first[3] = {0};
        bool circle;
        snprintf(text, sizeof text,
                 "g group - - %s\na onsoctcp h 1 g=g\nb onsoctcp h 2 g=g\nc onsoctcp h 3 g=g\n",
                 cases[i].group);
        const char *const settings[][2] = {{"server", "g"},
                                           {"sqlhosts", write_text(text, 0644)},
                                           {"order", cases[i].order},
                                           {NULL, NULL}};
        sqli_conn *db = with(settings);
        count_orders(db, first, &circle);
        assert_int_equal(circle, cases[i].circle);
        for (int n = 0; n < 3; n++)
            assert_true(cases[i].any_first ? first[n] > 30 : first[n] == (n ? 0 : 300));
        sqli_close(db);
    }
}

/* --- redirects --- */

static void test_redirects_as_text(void **state)
{
    static const struct {
        const char *text;
        const char *found; /* NULL: not understood */
    } cases[] = {
        {"cm=ol_two|h2.example|9088", "h2.example:9088/ol_two"},
        {"ol_two|h2.example|9088", "h2.example:9088/ol_two"},
        {"=|h|1", "h:1/"},
        {"cm=s|h|ftp", "h:21/s"},
        {"cm=s|h", NULL},
        {"cm=s||1", NULL},
        {"cm=s|h|0", NULL},
        {"cm=s|h|65536", NULL},
        {"cm=s|h|no-such-service", NULL},
        {"", NULL},
        {"=", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_host host = {.tls = true};
        struct sqli_error error;
        char text[512];
        enum sqli_status status =
            sqli__host_redirect(sqli__span_text(cases[i].text), &host, &error);
        assert_int_equal(status, cases[i].found ? SQLI_OK : SQLI_FAIL);
        if (status)
            continue;
        snprintf(text, sizeof text, "%s:%u/%s", host.place.host, host.place.port, host.server);
        assert_string_equal(text, cases[i].found);
        assert_true(host.tls);
    }
}

static void name_host(struct sqli_host *host, const char *name)
{
    snprintf(host->place.host, sizeof host->place.host, "%s", name);
}

static void test_what_is_listed(void **state)
{
    struct sqli_hosts hosts = {.count = 2};
    (void)state;
    name_host(&hosts.list[0], "db1.example");
    name_host(&hosts.list[1], "10.0.0.1");
    assert_true(sqli__hosts_list(&hosts, "DB1.Example"));
    assert_true(sqli__hosts_list(&hosts, "10.0.0.1"));
    assert_false(sqli__hosts_list(&hosts, "db1.exampl"));
    assert_false(sqli__hosts_list(&hosts, "db1.example.org"));
    assert_false(sqli__hosts_list(&hosts, ""));
}

/* --- password files --- */

static const char passwords[] = "# host:port:server:user:password\n"
                                "\n"
                                "h1:9088:ol:me:one\n"
                                "h1:*:*:me:two\r\n"
                                "\\:\\:1:9088:*:me:colon\\:and\\\\slash\n"
                                "*:*:ol:*:three:with:colons\n"
                                "h*:*:*:me:no star within a word\n"
                                "h4:1:ol4:me\n"
                                "h5:1:ol5:me:\n"
                                "last:1:x:me:end";

static void test_password_files(void **state)
{
    static const struct {
        const char *host;
        uint16_t port;
        const char *server;
        const char *user;
        const char *password;
    } cases[] = {
        {"h1", 9088, "ol", "me", "one"},
        {"h1", 9089, "ol", "me", "two"},
        {"h1", 9088, "other", "me", "two"},
        {"h1", 9088, "other", "you", ""},
        {"h1", 9088, "ol", "you", "three:with:colons"},
        {"::1", 9088, "x", "me", "colon:and\\slash"},
        {"h2", 1, "x", "me", ""},
        {"h*", 1, "x", "me", "no star within a word"},
        {"h4", 1, "ol4", "me", ""},
        {"h5", 1, "ol5", "me", ""},
        {"last", 1, "x", "me", "end"},
        {"h1 ", 9088, "ol2", "me", ""},
    };
    (void)state;
    write_text(passwords, 0600);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_host host = {.place.port = cases[i].port};
        struct sqli_error error;
        char password[SQLI_OPTION_MAX + 1];
        name_host(&host, cases[i].host);
        snprintf(host.server, sizeof host.server, "%s", cases[i].server);
        if (sqli__password_find(text_file, &host, cases[i].user, password, &error))
            fail_msg("%s", error.message);
        assert_string_equal(password, cases[i].password);
    }
}

static void test_password_files_that_others_can_read(void **state)
{
    static const struct {
        mode_t mode;
        bool fine;
    } cases[] = {{0600, true},  {0400, true},  {0640, false},
                 {0604, false}, {0660, false}, {0620, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_host host = {.place.port = 1};
        struct sqli_error error;
        char password[SQLI_OPTION_MAX + 1];
        unlink(text_file);
        close(open(text_file, O_WRONLY | O_CREAT, 0600));
        write_text("*:*:*:*:secret\n", cases[i].mode);
        enum sqli_status status = sqli__password_find(text_file, &host, "u", password, &error);
        assert_int_equal(status, cases[i].fine ? SQLI_OK : SQLI_FAIL);
        assert_string_equal(password, cases[i].fine ? "secret" : "");
        if (!cases[i].fine) {
            assert_int_equal(error.code, SQLI_E_PASSWORD_FILE);
            assert_non_null(strstr(error.message, "chmod 600"));
            assert_non_null(strstr(error.message, text_file));
        }
    }
}

/* Longer than an option may be: cut, and nothing written beyond. */
static void test_a_long_password(void **state)
{
    struct sqli_buffer text;
    struct sqli_host host = {.place.port = 1};
    struct sqli_error error;
    char password[SQLI_OPTION_MAX + 2];
    (void)state;
    sqli__buffer_init(&text, 1 << 20);
    sqli__buffer_text(&text, "*:*:*:*:");
    sqli__buffer_fill(&text, 'p', 2 * SQLI_OPTION_MAX);
    write_bytes(text.data, text.length, 0600);
    password[SQLI_OPTION_MAX + 1] = '!';
    assert_int_equal(sqli__password_find(text_file, &host, "u", password, &error), SQLI_OK);
    assert_int_equal(strlen(password), SQLI_OPTION_MAX);
    assert_int_equal(password[SQLI_OPTION_MAX + 1], '!');
    sqli__buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_list_of_a_url),
        cmocka_unit_test(test_a_server_without_a_host),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_redirects_as_text),
        cmocka_unit_test(test_what_is_listed),
        cmocka_unit_test(test_password_files),
        cmocka_unit_test(test_password_files_that_others_can_read),
        cmocka_unit_test(test_a_long_password),
    };
    return cmocka_run_group_tests(tests, begin_text_file, end_text_file);
}
