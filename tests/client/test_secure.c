/* Connections over TLS: whom they believe, how they show who they are, and what they say when the
 * other side does not fit. */
#include "tests/client/fixture.h"
#include "tests/client/listener.h"

#include "net/tls.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#ifndef SQLI_TEST_DATA /* the build gives it */
#define SQLI_TEST_DATA "tests/data"
#endif
#define DATA(name) SQLI_TEST_DATA "/tls/" name

extern char **environ;

static struct {
    struct sqli_server *server;
    char directory[64];
} tls;

static uint16_t tls_port(void)
{
    return sqli__server_tls_port(tls.server);
}

/* --- certificates made for this run --- */

static const char *made(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", tls.directory, name);
    return path;
}

/* A key, and a certificate of its own for `names`. */
static int make_certificate(const char *name, const char *names)
{
    char key[128], certificate[128], subject[64], alternative[200];
    pid_t child;
    int status = -1;
    snprintf(key, sizeof key, "%s/%s.key", tls.directory, name);
    snprintf(certificate, sizeof certificate, "%s/%s.pem", tls.directory, name);
    snprintf(subject, sizeof subject, "/CN=%s", name);
    snprintf(alternative, sizeof alternative, "subjectAltName=%s", names);
    char *const command[] = {"openssl",
                             "req",
                             "-x509",
                             "-newkey",
                             "ec",
                             "-pkeyopt",
                             "ec_paramgen_curve:P-256",
                             "-nodes",
                             "-keyout",
                             key,
                             "-out",
                             certificate,
                             "-subj",
                             subject,
                             "-addext",
                             alternative,
                             "-days",
                             "2",
                             NULL};
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&child, command[0], &quiet, NULL, command, environ);
    posix_spawn_file_actions_destroy(&quiet);
    if (failed || waitpid(child, &status, 0) != child || status != 0)
        fprintf(stderr, "openssl req does not work here\n");
    return status;
}

static int start_tls(void **state)
{
    struct sqli_server_options options;
    struct sqli_error error;
    if (start(state))
        return -1;
    snprintf(tls.directory, sizeof tls.directory, "/tmp/sqli-test-XXXXXX");
    if (!mkdtemp(tls.directory) || make_certificate("server", "DNS:localhost,DNS:db.example") ||
        make_certificate("client", "DNS:me") || make_certificate("other", "DNS:localhost"))
        return -1;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    options.tls_listen = "127.0.0.1:0";
    options.tls_cert = made("server.pem");
    options.tls_key = made("server.key");
    if (sqli__server_start(&options, &tls.server, &error) == SQLI_OK)
        return 0;
    fprintf(stderr, "%s\n", error.message);
    return -1;
}

static int stop_tls(void **state)
{
    static const char *const files[] = {"server.pem", "server.key", "client.pem",
                                        "client.key", "other.pem",  "other.key"};
    sqli__server_stop(tls.server, true);
    sqli__server_close(tls.server);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        unlink(made(files[i]));
    rmdir(tls.directory);
    return stop(state);
}

/* --- believing --- */

static sqli_conn *open_tls(const char *host, uint16_t port, const char *ca, const char *options,
                           int result)
{
    char url[400];
    sqli_conn *db;
    snprintf(url, sizeof url,
             "informix://informix:in4mix@%s:%u/sysmaster?server=informix&connect-timeout=3%s%s%s",
             host, port, ca ? "&tls-ca=" : "", ca ? ca : "", options);
    int got = sqli_open(url, &db);
    if (got != result)
        fail_msg("%s: %d, %s", url, got, sqli_errmsg(db));
    return db;
}

static void test_whom_is_believed(void **state)
{
    static const struct {
        const char *host;
        const char *ca; /* NULL: the system's */
        const char *options;
        int code; /* 0: connected */
        const char *says;
    } cases[] = {
        {"localhost", "server.pem", "", 0, NULL},
        {"localhost", "server.pem", "&tls=verify-full", 0, NULL},
        {"127.0.0.1", "server.pem", "", SQLI_E_TLS_CERTIFICATE, "TLS handshake: "},
        {"127.0.0.1", "server.pem", "&tls-name=db.example", 0, NULL},
        {"127.0.0.1", "server.pem", "&tls-name=other.example", SQLI_E_TLS_CERTIFICATE, "hostname"},
        {"127.0.0.1", "server.pem", "&tls=verify-ca", 0, NULL},
        {"localhost", "other.pem", "&tls=verify-ca", SQLI_E_TLS_CERTIFICATE, "certificate"},
        {"localhost", "other.pem", "", SQLI_E_TLS_CERTIFICATE, "certificate"},
        {"localhost", NULL, "&tls=verify-full", SQLI_E_TLS_CERTIFICATE, "certificate"},
        {"127.0.0.1", NULL, "&tls=require", 0, NULL},
        {"localhost", "server.pem", "&tls-minimum=1.3", 0, NULL},
        {"localhost", "none.pem", "", SQLI_E_SSL_CONFIGURATION, "none.pem (No such file"},
        {"localhost", "server.key", "", SQLI_E_SSL_CONFIGURATION, "server.key"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = open_tls(cases[i].host, tls_port(), cases[i].ca ? made(cases[i].ca) : NULL,
                                 cases[i].options, cases[i].code ? SQLI_FAIL : SQLI_OK);
        if (sqli_errcode(db) != cases[i].code)
            fail_msg("%zu: %d, %s", i, sqli_errcode(db), sqli_errmsg(db));
        if (cases[i].says && !strstr(sqli_errmsg(db), cases[i].says))
            fail_msg("\"%s\" does not say \"%s\"", sqli_errmsg(db), cases[i].says);
        if (!cases[i].code) {
            assert_string_equal(sqli_info(db, "tls"), "TLSv1.3");
            assert_true(strlen(sqli_info(db, "cipher")) > 5);
        }
        sqli_close(db);
    }
}

static void test_work_over_tls(void **state)
{
    sqli_conn *db = open_tls("localhost", tls_port(), made("server.pem"), "", SQLI_OK);
    must(db, "create temp table t (a int)");
    must(db, "insert into t values (42)");
    assert_string_equal(query(*state, db, "select a from t"), "42");
    sqli_close(db);
}

/* --- ports of the other kind --- */

static void test_plain_on_a_tls_port(void **state)
{
    char url[200];
    sqli_conn *db;
    (void)state;
    snprintf(url, sizeof url,
             "informix://informix:in4mix@127.0.0.1:%u/sysmaster?server=informix&connect-timeout=3",
             tls_port());
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    bool fits = sqli_errcode(db) == SQLI_E_NOT_SQLI || sqli_errcode(db) == SQLI_E_LOGIN_CUT;
    if (!fits || !strstr(sqli_err_hint(sqli_last_error(db)), "TLS"))
        fail_msg("%d, %s", sqli_errcode(db), sqli_errmsg(db));
    sqli_close(db);
}

static void test_tls_on_a_plain_port(void **state)
{
    static const struct {
        const char *const answers[2];
        int code;
        const char *says;
    } cases[] = {
        {{"cut"}, SQLI_E_TLS_HANDSHAKE, "hung up"},
        {{"reset"}, SQLI_E_TLS_HANDSHAKE, "hung up"},
        {{"silence"}, SQLI_E_CONNECT_TIMEOUT, "is the port a TLS one?"},
        {{"reject -951 x"}, SQLI_E_TLS_HANDSHAKE, "does not speak TLS"},
    };
    sqli_conn *db =
        open_tls("localhost", sqli__server_port(tls.server), made("server.pem"), "", SQLI_FAIL);
    (void)state;
    assert_int_equal(sqli_errcode(db), SQLI_E_TLS_HANDSHAKE);
    assert_non_null(strstr(sqli_err_hint(sqli_last_error(db)), "tls=off"));
    sqli_close(db);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener *l = listen_with(cases[i].answers);
        db = open_tls("127.0.0.1", l->port, NULL, "&tls=require", SQLI_FAIL);
        if (sqli_errcode(db) != cases[i].code || !strstr(sqli_errmsg(db), cases[i].says))
            fail_msg("%zu: %d, %s", i, sqli_errcode(db), sqli_errmsg(db));
        assert_non_null(strstr(sqli_errmsg(db), ", TLS handshake: "));
        sqli_close(db);
        stop_listening(l);
    }
}

/* --- the client's certificate, by openssl's own server --- */

/* Takes only clients with the certificate client.pem, and TLS of the version given. Returns its
 * process, -1 when there is none. */
static pid_t start_openssl(const char *version, uint16_t *port)
{
    char accept[32], key[128], certificate[128], client[128];
    struct swallower free_port;
    pid_t child;
    begin_swallowing(&free_port); /* finds one, and lets it go again */
    *port = free_port.port;
    end_swallowing(&free_port);
    snprintf(accept, sizeof accept, "127.0.0.1:%u", *port);
    snprintf(key, sizeof key, "%s/server.key", tls.directory);
    snprintf(certificate, sizeof certificate, "%s/server.pem", tls.directory);
    snprintf(client, sizeof client, "%s/client.pem", tls.directory);
    char *const command[] = {"openssl",
                             "s_server",
                             "-accept",
                             accept,
                             "-key",
                             key,
                             "-cert",
                             certificate,
                             "-CAfile",
                             client,
                             "-Verify",
                             "1",
                             "-verify_return_error",
                             "-quiet",
                             (char *)version,
                             NULL};
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 0, "/dev/zero", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&child, command[0], &quiet, NULL, command, environ);
    posix_spawn_file_actions_destroy(&quiet);
    return failed ? -1 : child;
}

/* Zeros are no login: who is let in hears them, and says so. */
static void test_the_certificate_of_the_client(void **state)
{
    static const struct {
        const char *version; /* of TLS that the server has */
        const char *certificate;
        const char *key;
        const char *options;
        int code;
        const char *says;
    } cases[] = {
        {"-tls1_2", "client.pem", "client.key", "", SQLI_E_NOT_SQLI, "login: "},
        {"-tls1_2", NULL, NULL, "", SQLI_E_TLS_HANDSHAKE, "TLS handshake: "},
        {"-tls1_2", "other.pem", "other.key", "", SQLI_E_TLS_HANDSHAKE, "TLS handshake: "},
        {"-tls1_2", "client.pem", "client.key", "&tls-minimum=1.3", SQLI_E_TLS_HANDSHAKE,
         "TLS handshake: "},
        {"-tls1_3", "client.pem", "client.key", "&tls-minimum=1.3", SQLI_E_NOT_SQLI, "login: "},
        {"-tls1_2", "client.pem", "other.key", "", SQLI_E_SSL_CONFIGURATION, "key"},
        {"-tls1_2", "client.pem", NULL, "", SQLI_E_SSL_CONFIGURATION, "client.pem"},
        {"-tls1_2", NULL, "client.key", "", SQLI_E_SSL_CONFIGURATION, "without its certificate"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char options[400];
        uint16_t port;
        pid_t server = start_openssl(cases[i].version, &port);
        sqli_conn *db = NULL;
        assert_true(server > 0);
        snprintf(options, sizeof options, "%s%s%s%s%s", cases[i].options,
                 cases[i].certificate ? "&tls-cert=" : "",
                 cases[i].certificate ? made(cases[i].certificate) : "",
                 cases[i].key ? "&tls-key=" : "", cases[i].key ? made(cases[i].key) : "");
        for (int k = 0; k < 200 && (!db || sqli_errcode(db) == SQLI_E_CONNECT_REFUSED); k++) {
            sqli_close(db); /* until it listens */
            poll(NULL, 0, 20);
            db = open_tls("localhost", port, made("server.pem"), options, SQLI_FAIL);
        }
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
        if (sqli_errcode(db) != cases[i].code || !strstr(sqli_errmsg(db), cases[i].says))
            fail_msg("%zu: %d, %s", i, sqli_errcode(db), sqli_errmsg(db));
        sqli_close(db);
    }
}

/* --- sqlhosts and redirects --- */

static void test_what_sqlhosts_says(void **state)
{
    static const struct {
        const char *type;
        const char *options;
        int code;
        const char *says;
    } cases[] = {
        {"onsocssl", "", 0, NULL},
        {"onsocssl", "&tls=require", 0, NULL},
        {"onsocssl", NULL, SQLI_E_TLS_CERTIFICATE, "TLS handshake: "}, /* no CA of ours */
        {"onsocssl", "&tls=off", SQLI_E_ARGUMENT, "tls=off, but in sqlhosts informix speaks TLS"},
        {"onsoctcp", "&tls=verify-full", 0, NULL},
    };
    char name[] = "/tmp/sqli-test-XXXXXX";
    int fd = mkstemp(name);
    (void)state;
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[400], text[200];
        sqli_conn *db;
        int length =
            snprintf(text, sizeof text, "informix %s localhost %u\n", cases[i].type, tls_port());
        assert_int_equal(pwrite(fd, text, (size_t)length, 0), length);
        const char *options = cases[i].options ? cases[i].options : "";
        bool ca = cases[i].options && !strstr(options, "tls=off");
        snprintf(url, sizeof url,
                 "informix://informix:in4mix@/sysmaster?server=informix&sqlhosts=%s%s%s%s", name,
                 options, ca ? "&tls-ca=" : "", ca ? made("server.pem") : "");
        assert_int_equal(sqli_open(url, &db), cases[i].code ? SQLI_FAIL : SQLI_OK);
        if (sqli_errcode(db) != cases[i].code)
            fail_msg("%zu: %s", i, sqli_errmsg(db));
        if (cases[i].says)
            assert_non_null(strstr(sqli_errmsg(db), cases[i].says));
        else
            assert_string_equal(sqli_info(db, "tls"), "TLSv1.3");
        sqli_close(db);
    }
    close(fd);
    unlink(name);
}

/* A redirect over TLS: any host that TLS verifies is good, and nothing goes in clear to one that
 * has no TLS. */
static void test_redirects(void **state)
{
    static const char *const fine[] = {"accept", NULL};
    struct sqli_tls_context *context;
    struct sqli_error error;
    (void)state;
    assert_int_equal(sqli__tls_server(made("server.pem"), made("server.key"), &context, &error),
                     SQLI_OK);
    struct listener *plain = listen_with(fine);
    const struct {
        uint16_t port;
        const char *options;
        int code;
    } cases[] = {
        {tls_port(), "&tls-name=localhost", 0},
        {tls_port(), "&tls=require", SQLI_E_REDIRECT_REFUSED},
        {tls_port(), "&tls=require&redirect=any", 0},
        {tls_port(), "&tls-name=localhost&redirect=off", SQLI_E_REDIRECT_REFUSED},
        {tls_port(), "", SQLI_E_TLS_CERTIFICATE}, /* 127.0.0.1 is not the name */
        {plain->port, "&tls-name=localhost", SQLI_E_TLS_HANDSHAKE},
        {plain->port, "&tls=require&redirect=any", SQLI_E_TLS_HANDSHAKE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char target[80];
        snprintf(target, sizeof target, "redirect cm=informix|127.0.0.1|%u", cases[i].port);
        const char *const answers[] = {target, NULL};
        struct listener *l = listen_with_tls(answers, context);
        sqli_conn *db = open_tls("localhost", l->port, made("server.pem"), cases[i].options,
                                 cases[i].code ? SQLI_FAIL : SQLI_OK);
        if (sqli_errcode(db) != cases[i].code)
            fail_msg("%zu: %d, %s", i, sqli_errcode(db), sqli_errmsg(db));
        assert_true(listener_heard(l, "in4mix"));
        assert_false(listener_heard(plain, "in4mix"));
        sqli_close(db);
        stop_listening(l);
    }
    assert_true(atomic_load(&plain->connections) > 0);
    stop_listening(plain);
    sqli__tls_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whom_is_believed),
        cmocka_unit_test(test_work_over_tls),
        cmocka_unit_test(test_plain_on_a_tls_port),
        cmocka_unit_test(test_tls_on_a_plain_port),
        cmocka_unit_test(test_the_certificate_of_the_client),
        cmocka_unit_test(test_what_sqlhosts_says),
        cmocka_unit_test(test_redirects),
    };
    if (!sqli__tls_available()) {
        print_message("built without TLS\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, start_tls, stop_tls);
}
