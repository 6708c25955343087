/* Connecting, and what is said when it does not work: against sqlid, and against listeners that
 * answer as they are told. */
#include "tests/client/fixture.h"
#include "tests/client/listener.h"

#include "base/clock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

static void expect_error(sqli_conn *db, int code, const char *const *says)
{
    if (sqli_errcode(db) != code)
        fail_msg("%d and not %d: %s", sqli_errcode(db), code, sqli_errmsg(db));
    for (; says && *says; says++)
        if (!strstr(sqli_errmsg(db), *says))
            fail_msg("\"%s\" does not say \"%s\"", sqli_errmsg(db), *says);
    assert_false(sqli_is_open(db));
}

/* --- what is known afterwards --- */

static void test_what_is_known(void **state)
{
    static const struct {
        const char *what;
        const char *value;
    } cases[] = {
        {"server", "informix"},
        {"database", "sysmaster"},
        {"user", "informix"},
        {"locale", "en_US.819"},
        {"codeset", "8859-1"},
        {"logging", "logged"},
        {"tls", ""},
        {"cipher", ""},
        {"capabilities", "bdbc1ffc3c84aa87"},
        {"no such thing", ""},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_with(f, "informix:in4mix", "sysmaster?server=informix", SQLI_OK);
    char host[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(sqli_info(db, cases[i].what), cases[i].value) != 0)
            fail_msg("%s is \"%s\"", cases[i].what, sqli_info(db, cases[i].what));
    snprintf(host, sizeof host, "127.0.0.1:%u", sqli__server_port(f->server));
    assert_string_equal(sqli_info(db, "host"), host);
    assert_non_null(strstr(sqli_info(db, "version"), "Informix"));
    sqli_close(db);
    db = open_with(f, "informix:in4mix", "?server=informix", SQLI_OK);
    assert_string_equal(sqli_info(db, "database"), "");
    assert_string_equal(sqli_info(db, "logging"), "");
    assert_string_equal(sqli_info(db, "codeset"), "");
    sqli_close(db);
    db = sqli_new();
    assert_string_equal(sqli_info(db, "host"), "");
    sqli_close(db);
}

static void test_settings_instead_of_a_url(void **state)
{
    struct fixture *f = *state;
    char port[8];
    needs_sqlid(f);
    snprintf(port, sizeof port, "%u", sqli__server_port(f->server));
    const struct sqli_setting settings[] = {
        {"host", "127.0.0.1"},     {"port", port},         {"server", "informix"},
        {"user", "informix"},      {"password", "in4mix"}, {"database", "sysmaster"},
        {"tcp-user-timeout", "5"}, {"keepalive", "off"},
    };
    sqli_conn *db;
    if (sqli_open_settings(settings, sizeof settings / sizeof settings[0], &db))
        fail_msg("%s", sqli_errmsg(db));
    assert_string_equal(query(f, db, "select tabname from systables where tabid = 1"), "systables");
    sqli_close(db);
}

static void test_what_the_socket_is_told(void **state)
{
    static const struct {
        const char *rest;
        int keep_alive;
        int user_timeout; /* milliseconds; 0: the system's */
    } cases[] = {
        {"", 1, 0},
        {"&keepalive=on", 1, 0},
        {"&keepalive=off", 0, 0},
        {"&tcp-user-timeout=7", 1, 7000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char rest[100];
        int on = -1, timeout = -1, no_delay = -1;
        socklen_t size = sizeof on;
        snprintf(rest, sizeof rest, "sysmaster?server=informix%s", cases[i].rest);
        sqli_conn *db = open_with(*state, "informix:in4mix", rest, SQLI_OK);
        getsockopt(sqli_fd(db), SOL_SOCKET, SO_KEEPALIVE, &on, &size);
        getsockopt(sqli_fd(db), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &size);
        getsockopt(sqli_fd(db), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
        assert_int_equal(on, cases[i].keep_alive);
        assert_int_equal(timeout, cases[i].user_timeout);
        assert_int_equal(no_delay, 1);
        sqli_close(db);
    }
}

/* --- refusals of a real server --- */

static void test_refusals(void **state)
{
    static const struct {
        const char *user;
        const char *rest;
        int code;
        const char *says[3];
    } cases[] = {
        {"informix:wrong", "sysmaster?server=informix", -951, {"server informix, login: "}},
        {"nobody:in4mix", "sysmaster?server=informix", -951, {"127.0.0.1:", "login: "}},
        {"informix:in4mix",
         "sysmaster?server=another",
         -761,
         {"server another, login", "it is informix, and not \"another\""}},
        {"informix:in4mix", "sysmaster", -761, {"it is informix, and not \"\""}},
        {"informix:in4mix", "nowhere?server=informix", -329, {"open the database: ", "nowhere"}},
        {"informix:in4mix",
         "?server=informix&target=primary",
         SQLI_E_ARGUMENT,
         {"target=primary without a database"}},
        {"informix:in4mix",
         "sysmaster?server=informix&target=secondary",
         SQLI_E_SERVER_KIND,
         {"target=secondary, and this is a primary"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = open_with(*state, cases[i].user, cases[i].rest, SQLI_FAIL);
        expect_error(db, cases[i].code, cases[i].says);
        sqli_close(db);
    }
}

/* A handle whose connect failed can be told better and tried again. */
static void test_once_more(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_with(f, "informix:wrong", "sysmaster?server=informix", SQLI_FAIL);
    for (int i = 0; i < 2; i++) {
        sqli_set(db, "password", "wrong");
        assert_int_equal(sqli_connect(db), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), -951);
    }
    sqli_set(db, "password", "in4mix");
    assert_int_equal(sqli_connect(db), SQLI_OK);
    assert_string_equal(query(f, db, "select count(*) from systables where tabid = 1"), "1");
    assert_int_equal(sqli_connect(db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_STATE);
    sqli_close(db);
}

/* --- other listeners --- */

static void test_listeners_of_another_kind(void **state)
{
    static const struct {
        const char *const answers[4];
        int code;
        const char *says[4];
    } cases[] = {
        {{"silence"}, SQLI_E_CONNECT_TIMEOUT, {"login: ", "accepted, but not answered"}},
        {{"cut"}, SQLI_E_LOGIN_CUT, {"login: ", "cut during the login"}},
        {{"hex 00", "cut"}, SQLI_E_NOT_SQLI, {"no answer to a login"}},
        {{"hex 15030300020228", "cut"}, SQLI_E_NOT_SQLI, {"login: ", "speaks TLS", "tls=verify"}},
        {{"hex 1603"}, SQLI_E_NOT_SQLI, {"speaks TLS"}},
        {{"hex 485454502f312e312034303020426164"}, SQLI_E_NOT_SQLI, {"speaks HTTP"}},
        {{"first 5353482d322e302d4f70656e5353480d0a"}, SQLI_E_NOT_SQLI, {"speaks SSH"}},
        {{"first 323230206674700d0a"}, SQLI_E_NOT_SQLI, {"speaks FTP or SMTP"}},
        {{"hex 0025d002ffff001f114900061149", "cut"}, SQLI_E_NOT_SQLI, {"speaks DRDA"}},
        {{"hex ffffffffffffffff"}, SQLI_E_NOT_SQLI, {"no answer to a login"}},
        {{"accept", "cut"}, SQLI_E_CONNECTION_LOST, {"negotiation: "}},
        {{"accept", "hex 7fff"}, SQLI_E_PROTOCOL, {"negotiation: "}},
        {{"accept", "protocols", "silence"}, SQLI_E_CONNECT_TIMEOUT, {"environment: "}},
        {{"accept", "protocols", "eot", "cut"}, SQLI_E_CONNECTION_LOST, {"open the database: "}},
        {{"reject -25588 x"}, -25588, {"server s, login: "}},
        {{"reject 0 x"}, SQLI_E_CONNECT_FAILED, {"login: "}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener *l = listen_with(cases[i].answers);
        char url[200], place[32];
        sqli_conn *db;
        snprintf(url, sizeof url, "informix://u:p@127.0.0.1:%u/d?server=s&connect-timeout=1",
                 l->port);
        assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
        expect_error(db, cases[i].code, cases[i].says);
        snprintf(place, sizeof place, "127.0.0.1:%u, server s, ", l->port);
        assert_non_null(strstr(sqli_errmsg(db), place));
        sqli_close(db);
        stop_listening(l);
    }
}

/* --- nobody there --- */

static void test_nobody(void **state)
{
    static const struct {
        const char *url;
        int code;
        const char *says[3];
    } cases[] = {
        {"informix://u:p@127.0.0.1:1/d?server=s",
         SQLI_E_CONNECT_REFUSED,
         {"127.0.0.1:1, server s, connect: ", "refused"}},
        {"informix://u:p@127.0.0.1:1/d", SQLI_E_CONNECT_REFUSED, {"server ?, connect: "}},
        {"informix://u:p@[::1]:1/d?server=s", SQLI_E_CONNECT_REFUSED, {"[::1]:1, server s"}},
        {"informix://u:p@no-such-host.invalid/d?server=s",
         SQLI_E_HOST_UNKNOWN,
         {"no-such-host.invalid:9088, server s, resolve the name: "}},
        {"informix:///d", SQLI_E_URL, {"neither a host nor a server"}},
        {"informix:///d?server=s&sqlhosts=/no/file", SQLI_E_SQLHOSTS_MISSING, {"/no/file"}},
        {"informix://u@127.0.0.1:1/d?tls-ca=/no/ca.pem", SQLI_E_CONNECT_REFUSED, {"connect: "}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db;
        assert_int_equal(sqli_open(cases[i].url, &db), SQLI_FAIL);
        expect_error(db, cases[i].code, cases[i].says);
        sqli_close(db);
    }
}

static void test_an_address_that_swallows(void **state)
{
    struct swallower s;
    char url[200];
    sqli_conn *db;
    const char *const says[] = {"connect: ", "nobody answers", NULL};
    (void)state;
    begin_swallowing(&s);
    snprintf(url, sizeof url, "informix://u:p@127.0.0.1:%u/d?server=s&connect-timeout=1", s.port);
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    int64_t took = sqli__clock_ms() - began;
    expect_error(db, SQLI_E_CONNECT_TIMEOUT, says);
    assert_true(took >= 900 && took < 3000);
    sqli_close(db);
    end_swallowing(&s);
}

/* --- several hosts --- */

static void test_several_hosts(void **state)
{
    static const char *const cut[] = {"cut", NULL}, *const silent[] = {"silence", NULL},
                             *const busy[] = {"reject -25588 x", NULL};
    struct fixture *f = *state;
    struct swallower s;
    char url[300];
    sqli_conn *db;
    needs_sqlid(f);
    struct listener *a = listen_with(cut), *b = listen_with(silent), *c = listen_with(busy);
    begin_swallowing(&s);
    snprintf(
        url, sizeof url,
        "informix://informix:in4mix@127.0.0.1:1,no-such-host.invalid,127.0.0.1:%u,127.0.0.1:%u,"
        "127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u/sysmaster?server=informix&host-timeout=1",
        a->port, b->port, c->port, s.port, sqli__server_port(f->server));
    int64_t began = sqli__clock_ms();
    if (sqli_open(url, &db))
        fail_msg("%s", sqli_errmsg(db));
    assert_true(sqli__clock_ms() - began >= 1900); /* two that do not answer */
    assert_string_equal(query(f, db, "select count(*) from systables where tabid = 1"), "1");
    sqli_close(db);
    end_swallowing(&s);
    stop_listening(a);
    stop_listening(b);
    stop_listening(c);
}

/* Every one that was tried is named, and the most telling code counts. */
static void test_all_of_them_fail(void **state)
{
    static const char *const cut[] = {"cut", NULL}, *const busy[] = {"reject -25588 x", NULL},
                             *const name[] = {"reject -761 ol_b", NULL};
    char url[300], text[3][64];
    sqli_conn *db;
    struct listener *a = listen_with(cut), *b = listen_with(name), *c = listen_with(busy);
    struct listener *all[] = {a, b, c};
    (void)state;
    snprintf(url, sizeof url,
             "informix://u:p@127.0.0.1:1,127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u/d?server=s",
             a->port, b->port, c->port);
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    for (int i = 0; i < 3; i++)
        snprintf(text[i], sizeof text[i], "127.0.0.1:%u, server s, login: ", all[i]->port);
    const char *const says[] = {"in 4 attempts",
                                "127.0.0.1:1, server s, connect: ",
                                text[0],
                                text[1],
                                text[2],
                                "it is ol_b",
                                NULL};
    expect_error(db, -761, says);
    sqli_close(db);
    for (int i = 0; i < 3; i++)
        stop_listening(all[i]);
}

/* A wrong password is not carried from host to host. */
static void test_a_wrong_password_ends_it(void **state)
{
    static const char *const wrong[] = {"reject -951 x", NULL}, *const fine[] = {"accept", NULL};
    char url[300];
    sqli_conn *db;
    struct listener *a = listen_with(wrong), *b = listen_with(fine);
    (void)state;
    snprintf(url, sizeof url, "informix://u:p@127.0.0.1:%u,127.0.0.1:%u/d?server=s", a->port,
             b->port);
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -951);
    assert_int_equal(atomic_load(&b->connections), 0);
    sqli_close(db);
    stop_listening(a);
    stop_listening(b);
}

/* The limit of everything holds, however many there are. */
static void test_connect_timeout_is_for_all(void **state)
{
    static const char *const silent[] = {"silence", NULL};
    struct listener *l = listen_with(silent);
    char url[300];
    sqli_conn *db;
    (void)state;
    snprintf(url, sizeof url,
             "informix://u:p@127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u/d?server=s&connect-timeout=2"
             "&host-timeout=1",
             l->port, l->port, l->port);
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    int64_t took = sqli__clock_ms() - began;
    assert_int_equal(sqli_errcode(db), SQLI_E_CONNECT_TIMEOUT);
    assert_true(took >= 1900 && took < 3000);
    sqli_close(db);
    stop_listening(l);
}

/* Rounds are spread over the time, and begin anew with the first host. */
static void test_retries(void **state)
{
    static const char *const busy[] = {"reject -25588 x", NULL};
    struct listener *l = listen_with(busy);
    char url[300];
    sqli_conn *db;
    (void)state;
    snprintf(url, sizeof url,
             "informix://u:p@127.0.0.1:1,127.0.0.1:%u/d?server=s&connect-timeout=2"
             "&connect-retries=3",
             l->port);
    int64_t began = sqli__clock_ms();
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    int64_t took = sqli__clock_ms() - began;
    assert_int_equal(sqli_errcode(db), -25588);
    assert_int_equal(atomic_load(&l->connections), 4);
    assert_true(took >= 1450 && took < 2500);
    assert_non_null(strstr(sqli_errmsg(db), "in 2 attempts"));
    sqli_close(db);
    stop_listening(l);
}

/* Between two rounds there is nothing to wait for but the time. */
static void test_retries_without_waiting(void **state)
{
    static const char *const busy[] = {"reject -25588 x", NULL};
    struct listener *l = listen_with(busy);
    char url[300];
    sqli_conn *db = sqli_new();
    int result, pauses = 0;
    (void)state;
    snprintf(url, sizeof url,
             "informix://u:p@127.0.0.1:%u/d?server=s&connect-timeout=1&connect-retries=1", l->port);
    assert_int_equal(sqli_set_url(db, url), SQLI_OK);
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    while ((result = sqli_connect(db)) == SQLI_MORE) {
        struct pollfd one = {.fd = sqli_fd(db), .events = POLLIN | POLLOUT};
        assert_true(sqli_timeout(db) >= 0 && sqli_timeout(db) <= 1000);
        if (one.fd < 0) {
            assert_int_equal(sqli_wants(db), 0);
            pauses++;
        } else if (!(sqli_wants(db) & SQLI_WANTS_WRITE)) {
            one.events = POLLIN;
        }
        poll(&one, 1, (int)sqli_timeout(db));
    }
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -25588);
    assert_true(pauses >= 1 && pauses <= 3);
    assert_int_equal(atomic_load(&l->connections), 2);
    sqli_close(db);
    stop_listening(l);
}

/* What would fail again is not tried again. */
static void test_no_retry_for_what_stays_wrong(void **state)
{
    static const char *const name[] = {"reject -761 x", NULL};
    struct listener *l = listen_with(name);
    char url[300];
    sqli_conn *db;
    (void)state;
    snprintf(url, sizeof url, "informix://u:p@127.0.0.1:%u/d?server=s&connect-retries=3", l->port);
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    assert_int_equal(atomic_load(&l->connections), 1);
    sqli_close(db);
    stop_listening(l);
}

/* --- kinds of servers --- */

static void test_targets(void **state)
{
    static const char *const primary[] = {"accept p", "protocols", "eot", "open 0015", NULL};
    static const char *const secondary[] = {"accept s", "protocols", "eot", "open 0035", NULL};
    static const struct {
        const char *target;
        bool primary_first;
        const char *server; /* NULL: none is found */
    } cases[] = {
        {"any", true, "p"},      {"any", false, "s"},      {"primary", true, "p"},
        {"primary", false, "p"}, {"secondary", true, "s"}, {"secondary", false, "s"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener *a = listen_with(cases[i].primary_first ? primary : secondary);
        struct listener *b = listen_with(cases[i].primary_first ? secondary : primary);
        char url[300];
        sqli_conn *db;
        snprintf(url, sizeof url,
                 "informix://u:p@127.0.0.1:%u,127.0.0.1:%u/d?server=s&db-locale=en_US.utf8"
                 "&target=%s",
                 a->port, b->port, cases[i].target);
        if (sqli_open(url, &db))
            fail_msg("%s", sqli_errmsg(db));
        assert_string_equal(sqli_info(db, "server"), cases[i].server);
        sqli_close(db);
        stop_listening(a);
        stop_listening(b);
    }
}

/* --- redirects --- */

static void test_redirects(void **state)
{
    static const struct {
        const char *host; /* that the login is sent on to */
        const char *rule;
        int code;
        const char *says;
    } cases[] = {
        {"127.0.0.1", "listed", 0, NULL},
        {"127.0.0.1", "any", 0, NULL},
        {"127.0.0.1", "off", SQLI_E_REDIRECT_REFUSED, "to 127.0.0.1:"},
        {"localhost", "listed", SQLI_E_REDIRECT_REFUSED, "to localhost:"},
        {"localhost", "any", 0, NULL},
    };
    struct fixture *f = *state;
    needs_sqlid(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char target[100], url[300];
        sqli_conn *db;
        const char *const says[] = {"server cm, login: ", cases[i].says, NULL};
        snprintf(target, sizeof target, "redirect sla=informix|%s|%u", cases[i].host,
                 sqli__server_port(f->server));
        const char *const answers[] = {target, NULL};
        struct listener *l = listen_with(answers);
        snprintf(url, sizeof url,
                 "informix://informix:in4mix@127.0.0.1:%u/sysmaster?server=cm&redirect=%s", l->port,
                 cases[i].rule);
        assert_int_equal(sqli_open(url, &db), cases[i].code ? SQLI_FAIL : SQLI_OK);
        if (cases[i].code)
            expect_error(db, cases[i].code, says);
        else
            assert_string_equal(sqli_info(db, "server"), "informix");
        sqli_close(db);
        stop_listening(l);
    }
}

/* The form that is a section of the usual answer, and one that makes no sense. */
static void test_other_forms_of_redirects(void **state)
{
    static const struct {
        const char *target;
        int code;
        const char *says;
    } cases[] = {
        {"redirect nonsense", SQLI_E_PROTOCOL, "a redirect to \"nonsense\""},
        {"redirect s|127.0.0.1|no-such-service", SQLI_E_PROTOCOL, "a redirect to"},
        {"section s|127.0.0.1|1", SQLI_E_CONNECT_REFUSED, "127.0.0.1:1, server s, connect"},
        {"section s|localhost|1", SQLI_E_REDIRECT_REFUSED, "to localhost:1"},
        {"redirect s|127.0.0.1|1", SQLI_E_CONNECT_REFUSED, "127.0.0.1:1, server s, connect"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const answers[] = {cases[i].target, NULL};
        const char *const says[] = {cases[i].says, NULL};
        struct listener *l = listen_with(answers);
        char url[200];
        sqli_conn *db;
        snprintf(url, sizeof url, "informix://u:p@127.0.0.1:%u/d?server=cm", l->port);
        assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
        expect_error(db, cases[i].code, says);
        sqli_close(db);
        stop_listening(l);
    }
}

static void test_redirects_in_a_circle(void **state)
{
    char target[100], url[200];
    const char *answers[] = {target, NULL};
    const char *const says[] = {"4 times, to 127.0.0.1:", NULL};
    sqli_conn *db;
    (void)state;
    snprintf(target, sizeof target, "silence");
    struct listener *l = listen_with(answers);
    snprintf(target, sizeof target, "redirect s|127.0.0.1|%u", l->port);
    snprintf(url, sizeof url, "informix://u:p@127.0.0.1:%u/d?server=cm", l->port);
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    expect_error(db, SQLI_E_REDIRECT_LOOP, says);
    assert_int_equal(atomic_load(&l->connections), 5);
    sqli_close(db);
    stop_listening(l);
}

/* What follows a redirect that leads nowhere is the next host of the list. */
static void test_behind_a_redirect(void **state)
{
    static const char *const away[] = {"redirect s|127.0.0.1|1", NULL};
    struct fixture *f = *state;
    needs_sqlid(f);
    struct listener *l = listen_with(away);
    char url[300];
    sqli_conn *db;
    snprintf(url, sizeof url,
             "informix://informix:in4mix@127.0.0.1:%u,127.0.0.1:%u/sysmaster?server=informix",
             l->port, sqli__server_port(f->server));
    if (sqli_open(url, &db))
        fail_msg("%s", sqli_errmsg(db));
    sqli_close(db);
    stop_listening(l);
}

/* --- PAM --- */

struct pam {
    const char *answers[3];
    int asked;
    int give_up_at;
    char prompts[200];
    size_t room;
};

static int answer_pam(void *context, int style, const char *prompt, char *answer, size_t size)
{
    struct pam *pam = context;
    snprintf(pam->prompts + strlen(pam->prompts), sizeof pam->prompts - strlen(pam->prompts),
             "%d:%s ", style, prompt);
    pam->room = size;
    if (++pam->asked == pam->give_up_at)
        return -1;
    snprintf(answer, size, "%s", pam->answers[pam->asked - 1]);
    return 0;
}

#define LOGIN_PAM  "accept", "protocols+pam"
#define ASK_SECRET "hex 0081 0001 0009 50617373776f72643a 00 000c" /* Password: */
#define ASK_OPEN   "hex 0081 0002 0005 546f6b656e 00 000c"         /* Token */
#define PAM_FINE   "hex 007f 000c"

static void test_challenges(void **state)
{
    static const struct {
        const char *const answers[8];
        bool set;
        int give_up_at;
        int code;
        const char *prompts;
    } cases[] = {
        {{LOGIN_PAM, ASK_SECRET, ASK_OPEN, PAM_FINE, "eot", "open 0015"},
         true,
         0,
         0,
         "2:Password: 1:Token "},
        {{LOGIN_PAM, PAM_FINE, "eot", "open 0015"}, true, 0, 0, ""},
        {{"accept", "protocols", "eot", "open 0015"}, true, 0, 0, ""},
        {{LOGIN_PAM, "eot", "open 0015"}, false, 0, 0, ""},
        {{LOGIN_PAM, ASK_SECRET, "silence"}, true, 1, SQLI_E_CANCELLED, "2:Password: "},
        {{LOGIN_PAM, ASK_SECRET, "hex 000d fc49 0000 00000000 0000 000c"},
         true,
         0,
         -951,
         "2:Password: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener *l = listen_with(cases[i].answers);
        struct pam pam = {.answers = {"geheim", "4711"}, .give_up_at = cases[i].give_up_at};
        char url[200];
        sqli_conn *db = sqli_new();
        snprintf(url, sizeof url,
                 "informix://u:p@127.0.0.1:%u/d?server=s&db-locale=en_US.utf8&connect-timeout=5",
                 l->port);
        assert_int_equal(sqli_set_url(db, url), SQLI_OK);
        if (cases[i].set)
            assert_int_equal(sqli_set_challenge(db, answer_pam, &pam), SQLI_OK);
        int got = sqli_connect(db);
        if (sqli_errcode(db) != cases[i].code)
            fail_msg("%zu: %d, %s", i, got, sqli_errmsg(db));
        assert_string_equal(pam.prompts, cases[i].prompts);
        if (pam.asked > 1)
            assert_true(listener_heard(l, "geheim") && listener_heard(l, "4711"));
        sqli_close(db);
        stop_listening(l);
    }
}

static int answer_slowly(void *context, int style, const char *prompt, char *answer, size_t size)
{
    usleep(1300000);
    return answer_pam(context, style, prompt, answer, size);
}

/* read-timeout is about the server: a person may take longer. */
static void test_a_challenge_that_is_answered_slowly(void **state)
{
    static const char *const answers[] = {LOGIN_PAM, ASK_SECRET,  PAM_FINE,
                                          "eot",     "open 0015", NULL};
    struct listener *l = listen_with(answers);
    struct pam pam = {.answers = {"geheim"}};
    char url[200];
    sqli_conn *db = sqli_new();
    (void)state;
    snprintf(url, sizeof url,
             "informix://u:p@127.0.0.1:%u/d?server=s&db-locale=en_US.utf8&read-timeout=1", l->port);
    assert_int_equal(sqli_set_url(db, url), SQLI_OK);
    assert_int_equal(sqli_set_challenge(db, answer_slowly, &pam), SQLI_OK);
    if (sqli_connect(db))
        fail_msg("%s", sqli_errmsg(db));
    assert_int_equal(pam.asked, 1);
    sqli_close(db);
    stop_listening(l);
}

/* --- what the login says --- */

static void test_what_the_login_says(void **state)
{
    static const struct {
        const char *rest;
        const char *says;
        bool not ;
    } cases[] = {
        {"", "Y4MD-", false},
        {"&dbdate=DMY4.", "DMY4.", false},
        {"", "DELIMIDENT", true},
        {"&delimident=y", "DELIMIDENT", false},
        {"&delimident=n", "DELIMIDENT", true},
        {"&client-locale=de_DE.8859-1", "de_DE.8859-1", false},
        {"&dbcentury=C", "DBCENTURY", false},
        {"&pdqpriority=HIGH", "PDQPRIORITY", false},
        {"&optcompind=2", "OPTCOMPIND", false},
        {"&application=payroll", "payroll", false},
        {"&application=payroll", "geheim", false},
    };
    static const char *const answers[] = {"reject -25588 x", NULL};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener *l = listen_with(answers);
        char url[200];
        sqli_conn *db;
        snprintf(url, sizeof url, "informix://u:geheim@127.0.0.1:%u/d?server=s%s", l->port,
                 cases[i].rest);
        assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
        assert_null(strstr(sqli_errmsg(db), "geheim"));
        sqli_close(db);
        if (listener_heard(l, cases[i].says) == cases[i].not )
            fail_msg("%s: %s", cases[i].rest, cases[i].says);
        stop_listening(l);
    }
}

/* --- a password file, sqlhosts and the user of the process --- */

static void write_file(char *name, const char *text)
{
    memcpy(name, "/tmp/sqli-test-XXXXXX", sizeof "/tmp/sqli-test-XXXXXX");
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_files(void **state)
{
    struct fixture *f = *state;
    char text[200], passwords[32], sqlhosts[32], url[200];
    sqli_conn *db;
    needs_sqlid(f);
    snprintf(text, sizeof text, "*:1:*:*:wrong\n127.0.0.1:%u:informix:informix:in4mix\n",
             sqli__server_port(f->server));
    write_file(passwords, text);
    snprintf(text, sizeof text,
             "g group - - e=informix\ndead onsoctcp 127.0.0.1 1 g=g\n"
             "informix onsoctcp 127.0.0.1 %u g=g\n",
             sqli__server_port(f->server));
    write_file(sqlhosts, text);
    snprintf(url, sizeof url,
             "informix://informix@/sysmaster?server=g&sqlhosts=%s&password-file=%s", sqlhosts,
             passwords);
    if (sqli_open(url, &db))
        fail_msg("%s", sqli_errmsg(db));
    assert_string_equal(sqli_info(db, "server"), "informix");
    sqli_close(db);
    assert_int_equal(chmod(passwords, 0644), 0);
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PASSWORD_FILE);
    sqli_close(db);
    unlink(passwords);
    unlink(sqlhosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_known),
        cmocka_unit_test(test_settings_instead_of_a_url),
        cmocka_unit_test(test_what_the_socket_is_told),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_once_more),
        cmocka_unit_test(test_listeners_of_another_kind),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_an_address_that_swallows),
        cmocka_unit_test(test_several_hosts),
        cmocka_unit_test(test_all_of_them_fail),
        cmocka_unit_test(test_a_wrong_password_ends_it),
        cmocka_unit_test(test_connect_timeout_is_for_all),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_retries_without_waiting),
        cmocka_unit_test(test_no_retry_for_what_stays_wrong),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_other_forms_of_redirects),
        cmocka_unit_test(test_redirects_in_a_circle),
        cmocka_unit_test(test_behind_a_redirect),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_a_challenge_that_is_answered_slowly),
        cmocka_unit_test(test_what_the_login_says),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
