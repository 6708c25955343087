/* What a connection can be told, and how it refuses what makes no sense. */
#include "tests/support/support.h"

#include "base/error.h"
#include "client/options.h"
#include "include/sqli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* --- values --- */

static const struct {
    const char *option;
    const char *value;
    const char *says; /* NULL: it is taken */
} values[] = {
    {"host", "db.example:9088,[::1]:1", NULL},
    {"port", "65535", NULL},
    {"port", "65536", "port=65536: a number from 1 to 65535"},
    {"port", "0", "port=0"},
    {"port", "", "port=:"},
    {"port", "9088 ", "port=9088 "},
    {"port", "0x10", "port=0x10"},
    {"port", "9999999999999999999999", "port=9999"},
    {"connect-timeout", "-1", "connect-timeout=-1"},
    {"lock-wait", "-1", NULL},
    {"lock-wait", "-2", "lock-wait=-2"},
    {"lock-wait", "-", "lock-wait=-"},
    {"tls", "verify-full", NULL},
    {"tls", "verify", "tls=verify: off|require|verify-ca|verify-full"},
    {"tls", "", "tls="},
    {"tls-minimum", "1.3", NULL},
    {"tls-minimum", "1.1", "tls-minimum=1.1"},
    {"order", "random", NULL},
    {"order", "any", "order=any: given|random"},
    {"target", "secondary", NULL},
    {"target", "both", "target=both"},
    {"redirect", "listed", NULL},
    {"redirect", "on", "redirect=on"},
    {"isolation", "last-committed", NULL},
    {"isolation", "none", "isolation=none"},
    {"autocommit", "off", NULL},
    {"autocommit", "maybe", "autocommit=maybe: on or off"},
    {"keepalive", "0", NULL},
    {"delimident", "y", NULL},
    {"delimident", "x", "delimident=x"},
    {"dbdate", "DMY4.", NULL},
    {"dbdate", "DMX", "dbdate=DMX: a form like"},
    {"environment", "DBMONEY=$,GL_DATE=%d\\, %m,EMPTY=", NULL},
    {"environment", "", NULL},
    {"environment", "DBMONEY", "environment=DBMONEY: NAME=value,NAME=value"},
    {"environment", "DBMONEY=$,", "environment=DBMONEY=$,: NAME=value"},
    {"environment", "=$", "environment==$: NAME=value"},
    {"environment", "A B=1", "environment=A B=1: NAME=value"},
    {"environment", "A=1,DBDATE=DMY4.", "environment: for DBDATE there is dbdate"},
    {"db-locale", "en_US.utf8", NULL},
    {"db-locale", "de_DE.8859-15", NULL},
    {"db-locale", "en_US.klingon", "db-locale=en_US.klingon: a locale like"},
    {"fetch-buffer", "1023", "fetch-buffer=1023"},
    {"cache", "0", NULL},
    {"optcompind", "3", "optcompind=3"},
    {"nodefdac", "maybe", "nodefdac=maybe: yes|no"},
    {"pdqpriority", "HIGH", NULL},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        sqli_conn *db = sqli_new();
        int got = sqli_set(db, values[i].option, values[i].value);
        assert_int_equal(got, values[i].says ? SQLI_FAIL : SQLI_OK);
        if (values[i].says) {
            assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
            expect_in(sqli_errmsg(db), values[i].says);
        } else {
            assert_string_equal(sqli_get(db, values[i].option), values[i].value);
        }
        sqli_close(db);
    }
}

static void test_a_refused_value_changes_nothing(void **state)
{
    sqli_conn *db = sqli_new();
    char long_text[SQLI_OPTION_MAX + 2];
    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_string_equal(sqli_get(db, "port"), "9088");
    assert_int_equal(sqli_set(db, "port", "1234"), SQLI_OK);
    assert_int_equal(sqli_set(db, "port", "wrong"), SQLI_FAIL);
    assert_string_equal(sqli_get(db, "port"), "1234");
    assert_int_equal(sqli_set(db, "port", NULL), SQLI_OK);
    assert_string_equal(sqli_get(db, "port"), "9088");
    assert_int_equal(sqli_set(db, "password", long_text), SQLI_FAIL);
    expect_in(sqli_errmsg(db), "password has more than 4096 bytes");
    assert_null(strstr(sqli_errmsg(db), "xxx"));
    assert_null(sqli_get(db, "password"));
    sqli_close(db);
}

/* --- names --- */

static void test_names_that_are_none(void **state)
{
    static const struct {
        const char *name;
        const char *says;
    } cases[] = {
        {"hots", "\"hots\"; host is one"},
        {"INFORMIXSERVER", "\"INFORMIXSERVER\"; server is one"},
        {"informixserver", "; server is one"},
        {"tls_ca", "; tls-ca is one"},
        {"Database", "; database is one"},
        {"conect-timeout", "; connect-timeout is one"},
        {"xyzzy", "no option is called \"xyzzy\""},
        {"", "no option is called \"\""},
        {"a-name-that-is-longer-than-any-option-may-be-and-is-therefore-cut-off",
         "and-is-therefore-cu\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[256];
        sqli_conn *db = sqli_new();
        assert_int_equal(sqli_set(db, cases[i].name, "1"), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
        expect_in(sqli_errmsg(db), cases[i].says);
        assert_null(sqli_get(db, cases[i].name));
        snprintf(url, sizeof url, "informix://h/d?%s=1", cases[i].name);
        assert_int_equal(sqli_set_url(db, url), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_URL);
        expect_in(sqli_errmsg(db), cases[i].says);
        sqli_close(db);
    }
}

/* A far-fetched name gets no advice. */
static void test_no_advice_where_nothing_is_near(void **state)
{
    sqli_conn *db = sqli_new();
    (void)state;
    assert_int_equal(sqli_set(db, "xyzzy", "1"), SQLI_FAIL);
    assert_null(strstr(sqli_errmsg(db), "is one"));
    sqli_close(db);
}

static void test_options_are_listed(void **state)
{
    sqli_conn *db = sqli_new();
    const char *text, *name;
    int count = 0;
    bool seen_host = false;
    (void)state;
    while ((name = sqli_option_name(count, &text))) {
        assert_true(*name && *text);
        assert_int_equal(sqli_set(db, name, NULL), SQLI_OK);
        seen_host = seen_host || strcmp(name, "host") == 0;
        count++;
    }
    assert_int_equal(count, SQLI_OPTIONS);
    assert_true(seen_host);
    assert_null(text);
    assert_null(sqli_option_name(-1, &text));
    assert_string_equal(sqli_option_name(0, NULL), "host");
    sqli_close(db);
}

/* Every initial value is one that could be set. */
static void test_initial_values_fit(void **state)
{
    sqli_conn *db = sqli_new(), *other = sqli_new();
    const char *name;
    (void)state;
    for (int i = 0; (name = sqli_option_name(i, NULL)); i++)
        if (sqli_get(db, name) && sqli_set(other, name, sqli_get(db, name)))
            fail_msg("%s", sqli_errmsg(other));
    sqli_close(db);
    sqli_close(other);
}

/* --- URLs --- */

static void test_urls(void **state)
{
    static const struct {
        const char *url;
        const char *option;
        const char *value; /* NULL: not set */
    } cases[] = {
        {"informix://u:p@h:1/d?server=s", "user", "u"},
        {"informix://u:p@h:1/d?server=s", "password", "p"},
        {"informix://u:p@h:1/d?server=s", "host", "h:1"},
        {"informix://u:p@h:1/d?server=s", "database", "d"},
        {"informix://u:p@h:1/d?server=s", "server", "s"},
        {"informix://u:p%40%2f@h:1/d", "password", "p@/"},
        {"informix://u:p:q@h/d", "password", "p:q"},
        {"informix://u@x:p@h/d", "host", "h"},
        {"informix://u@h/d", "password", NULL},
        {"informix://u:@h/d", "password", ""},
        {"informix://u@h:1,h2:2/d", "host", "h:1,h2:2"},
        {"informix://[::1]:9089/d", "host", "[::1]:9089"},
        {"informix://u@[fe80::1],h/d", "host", "[fe80::1],h"},
        {"sqli://h/d?tls=require", "tls", "require"},
        {"informix://h", "database", NULL},
        {"informix://h/", "database", NULL},
        {"informix:///d", "host", NULL},
        {"informix://?server=s", "server", "s"},
        {"informix://h?server=s&port=1", "port", "1"},
        {"informix://h/d%3f?server=s", "database", "d?"},
        {"informix://h/d?application=a%26b%3Dc&", "application", "a&b=c"},
        {"informix://h/d?database=other", "database", "other"},
        {"informix://h/d", "port", "9088"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = sqli_new();
        if (sqli_set_url(db, cases[i].url))
            fail_msg("%s: %s", cases[i].url, sqli_errmsg(db));
        if (cases[i].value)
            assert_string_equal(sqli_get(db, cases[i].option), cases[i].value);
        else
            assert_null(sqli_get(db, cases[i].option));
        sqli_close(db);
    }
}

static void test_urls_that_are_refused(void **state)
{
    static const struct {
        const char *url;
        int code;
        const char *says;
    } cases[] = {
        {"", SQLI_E_URL, "begins with informix://"},
        {"http://h/d", SQLI_E_URL, "begins with informix://"},
        {"informix:h", SQLI_E_URL, "begins with informix://"},
        {"informix://u:%4@h/d", SQLI_E_URL, "two hexadecimal digits in password"},
        {"informix://u:%zz@h/d", SQLI_E_URL, "two hexadecimal digits in password"},
        {"informix://h/d?application=%", SQLI_E_URL, "two hexadecimal digits in application"},
        {"informix://h/d?user=%00", SQLI_E_ARGUMENT, "user has a NUL inside"},
        {"informix://h/d?port=x", SQLI_E_ARGUMENT, "port=x"},
        {"informix://h/d?nosuch", SQLI_E_URL, "nosuch"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = sqli_new();
        sqli_set(db, "host", "before");
        assert_int_equal(sqli_set_url(db, cases[i].url), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), cases[i].code);
        expect_in(sqli_errmsg(db), cases[i].says);
        assert_string_equal(sqli_get(db, "host"), "before");
        sqli_close(db);
    }
}

static void test_a_url_leaves_the_rest(void **state)
{
    sqli_conn *db = sqli_new();
    (void)state;
    sqli_set(db, "user", "me");
    sqli_set(db, "host", "before");
    assert_int_equal(sqli_set_url(db, "informix://h/d"), SQLI_OK);
    assert_string_equal(sqli_get(db, "user"), "me");
    assert_string_equal(sqli_get(db, "host"), "h");
    sqli_close(db);
}

/* --- what one option makes of another --- */

static void test_tls_options_mean_tls(void **state)
{
    static const char *const others[] = {"tls-ca", "tls-cert", "tls-key", "tls-name"};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        sqli_conn *db = sqli_new();
        assert_string_equal(sqli_get(db, "tls"), "off");
        sqli_set(db, others[i], "x");
        assert_string_equal(sqli_get(db, "tls"), "verify-full");
        sqli_set(db, "tls", "require");
        assert_string_equal(sqli_get(db, "tls"), "require");
        sqli_set(db, "tls", "off");
        assert_string_equal(sqli_get(db, "tls"), "off");
        sqli_close(db);
    }
}

/* --- the environment --- */

static const char *const variables[] = {
    "INFORMIXSERVER",     "INFORMIXSQLHOSTS",   "INFORMIXDIR",     "CLIENT_LOCALE",
    "DB_LOCALE",          "DELIMIDENT",         "DBDATE",          "DBCENTURY",
    "NODEFDAC",           "IFX_LOCK_MODE_WAIT", "INFORMIXCONTIME", "INFORMIXCONRETRY",
    "SQLI_PASSWORD_FILE", "SQLI_TRACE",         "OPTCOMPIND",      "PDQPRIORITY"};

static int clean_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    return 0;
}

static void test_the_environment(void **state)
{
    static const struct {
        const char *variable;
        const char *value;
        const char *option;
        const char *becomes; /* NULL: not set */
    } cases[] = {
        {"INFORMIXSERVER", "ol_bank", "server", "ol_bank"},
        {"INFORMIXSQLHOSTS", "/etc/hosts.ifx", "sqlhosts", "/etc/hosts.ifx"},
        {"INFORMIXDIR", "/opt/informix", "sqlhosts", "/opt/informix/etc/sqlhosts"},
        {"CLIENT_LOCALE", "de_DE.8859-1", "client-locale", "de_DE.8859-1"},
        {"DB_LOCALE", "en_US.819", "db-locale", "en_US.819"},
        {"DELIMIDENT", "", "delimident", "y"},
        {"DELIMIDENT", "n", "delimident", "n"},
        {"DBDATE", "DMY4.", "dbdate", "DMY4."},
        {"DBDATE", "", "dbdate", "Y4MD-"},
        {"DBCENTURY", "C", "dbcentury", "C"},
        {"NODEFDAC", "yes", "nodefdac", "yes"},
        {"IFX_LOCK_MODE_WAIT", "30", "lock-wait", "30"},
        {"IFX_LOCK_MODE_WAIT", "-1", "lock-wait", "-1"},
        {"INFORMIXCONTIME", "60", "connect-timeout", "60"},
        {"INFORMIXCONTIME", "0", "connect-timeout", "15"},
        {"INFORMIXCONRETRY", "3", "connect-retries", "3"},
        {"SQLI_PASSWORD_FILE", "/x", "password-file", "/x"},
        {"OPTCOMPIND", "0", "optcompind", "0"},
        {"PDQPRIORITY", "50", "pdqpriority", "50"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = sqli_new();
        clean_environment(state);
        setenv(cases[i].variable, cases[i].value, 1);
        if (sqli_set_environment(db))
            fail_msg("%s: %s", cases[i].variable, sqli_errmsg(db));
        if (!sqli_get(db, cases[i].option))
            fail_msg("%s sets nothing", cases[i].variable);
        assert_string_equal(sqli_get(db, cases[i].option), cases[i].becomes);
        sqli_close(db);
    }
}

static void test_bad_variables_are_named(void **state)
{
    static const struct {
        const char *variable;
        const char *value;
        const char *says;
    } cases[] = {
        {"INFORMIXCONTIME", "soon", "INFORMIXCONTIME in the environment: connect-timeout=soon"},
        {"DBDATE", "X", "DBDATE in the environment: dbdate=X"},
        {"DB_LOCALE", "xx.yy", "DB_LOCALE in the environment: db-locale=xx.yy"},
        {"IFX_LOCK_MODE_WAIT", "yes", "IFX_LOCK_MODE_WAIT in the environment: lock-wait=yes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db;
        clean_environment(state);
        setenv(cases[i].variable, cases[i].value, 1);
        assert_int_equal(sqli_open("informix://h/d", &db), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
        expect_in(sqli_errmsg(db), cases[i].says);
        sqli_close(db);
    }
}

static void test_the_environment_comes_first(void **state)
{
    sqli_conn *db = sqli_new();
    (void)state;
    setenv("INFORMIXSERVER", "from_environment", 1);
    setenv("INFORMIXSQLHOSTS", "/a", 1);
    setenv("INFORMIXDIR", "/b", 1);
    assert_int_equal(sqli_set_environment(db), SQLI_OK);
    assert_string_equal(sqli_get(db, "server"), "from_environment");
    assert_string_equal(sqli_get(db, "sqlhosts"), "/a");
    assert_int_equal(sqli_set_url(db, "informix://h/d?server=from_url"), SQLI_OK);
    assert_string_equal(sqli_get(db, "server"), "from_url");
    sqli_close(db);
}

/* --- settings, and no memory --- */

static void test_settings(void **state)
{
    static const struct sqli_setting settings[] = {{"host", "127.0.0.1:1"}, {"hots", "x"}};
    sqli_conn *db;
    (void)state;
    assert_int_equal(sqli_open_settings(settings, 2, &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    expect_in(sqli_errmsg(db), "hots");
    sqli_close(db);
    assert_int_equal(sqli_open_settings(settings, 1, &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_CONNECT_REFUSED);
    sqli_close(db);
}

static enum sqli_status read_all(void *context, struct sqli_error *error)
{
    struct sqli_options options = {0};
    (void)context;
    setenv("INFORMIXSERVER", "s", 1);
    setenv("INFORMIXDIR", "/opt", 1);
    enum sqli_status status = sqli__options_environment(&options, error);
    if (status == SQLI_OK)
        status = sqli__options_url(&options, "informix://u:p@h:1/d?server=t&tls=off", error);
    sqli__options_free(&options);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(support_fail_each_allocation(read_all, NULL) >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_a_refused_value_changes_nothing),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_no_advice_where_nothing_is_near),
        cmocka_unit_test(test_options_are_listed),
        cmocka_unit_test(test_initial_values_fit),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_urls_that_are_refused),
        cmocka_unit_test(test_a_url_leaves_the_rest),
        cmocka_unit_test(test_tls_options_mean_tls),
        cmocka_unit_test_setup(test_the_environment, clean_environment),
        cmocka_unit_test_setup(test_bad_variables_are_named, clean_environment),
        cmocka_unit_test_setup(test_the_environment_comes_first, clean_environment),
        cmocka_unit_test_setup(test_settings, clean_environment),
        cmocka_unit_test_teardown(test_no_memory, clean_environment),
    };
    return cmocka_run_group_tests(tests, NULL, clean_environment);
}
