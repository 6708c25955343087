/* The command line of sqlid. */
#include "tests/support/support.h"

#include "server/options.h"

#include <stdio.h>

enum { WORDS = 12 };

static enum sqli_status read_words(const char *const words[WORDS], struct sqli_command_line *line,
                                   struct sqli_error *error)
{
    char *copies[WORDS];
    int count = 0;
    while (count < WORDS && words[count]) {
        copies[count] = (char *)(uintptr_t)words[count];
        count++;
    }
    return sqli__command_line_read(count, copies, line, error);
}

static void without_words_the_defaults_hold(void **state)
{
    static const char *const none[WORDS] = {NULL};
    struct sqli_command_line line;
    struct sqli_error error;
    (void)state;
    assert_int_equal(read_words(none, &line, &error), SQLI_OK);
    assert_int_equal(line.command, SQLI_COMMAND_SERVE);
    assert_string_equal(line.server.listen, "127.0.0.1:9088");
    assert_string_equal(line.server.server_name, "informix");
    assert_null(line.server.data);
    assert_false(line.server.memory);
    assert_null(line.server.user);
    assert_null(line.server.users);
    assert_null(line.server.tls_listen);
    assert_int_equal(line.server.output_limit, 64 << 20);
    assert_int_equal(line.server.max_sessions, 1000);
    assert_int_equal(line.server.login_timeout_ms, 60000);
    assert_int_equal(line.server.lock_wait_ms, 10000);
    assert_int_equal(line.server.log_level, SQLI_LOG_INFO);
}

static void every_option_finds_its_place(void **state)
{
    static const char *const texts[WORDS] = {"--listen",        "h:1",          "--data",  "d",
                                             "--user",          "n:p",          "--users", "u",
                                             "--server-name=s", "--ready-file", "r"};
    static const char *const tls[WORDS] = {"--tls-listen", "h:2",     "--tls-cert", "c",
                                           "--tls-key=k=", "--memory"};
    static const char *const numbers[WORDS] = {"--lock-wait",     "0",    "--max-sessions", "7",
                                               "--login-timeout", "1.25", "--output-limit", "128K",
                                               "--log-level",     "trace"};
    struct sqli_command_line line;
    struct sqli_error error;
    (void)state;
    assert_int_equal(read_words(texts, &line, &error), SQLI_OK);
    assert_string_equal(line.server.listen, "h:1");
    assert_string_equal(line.server.data, "d");
    assert_string_equal(line.server.user, "n:p");
    assert_string_equal(line.server.users, "u");
    assert_string_equal(line.server.server_name, "s");
    assert_string_equal(line.ready_file, "r");
    assert_int_equal(read_words(tls, &line, &error), SQLI_OK);
    assert_string_equal(line.server.tls_listen, "h:2");
    assert_string_equal(line.server.tls_cert, "c");
    assert_string_equal(line.server.tls_key, "k=");
    assert_true(line.server.memory);
    assert_int_equal(read_words(numbers, &line, &error), SQLI_OK);
    assert_int_equal(line.server.lock_wait_ms, 0);
    assert_int_equal(line.server.max_sessions, 7);
    assert_int_equal(line.server.login_timeout_ms, 1250);
    assert_int_equal(line.server.output_limit, 128 << 10);
    assert_int_equal(line.server.log_level, SQLI_LOG_TRACE);
}

static void numbers_have_their_units(void **state)
{
    static const struct {
        const char *text;
        size_t bytes; /* 0: refused */
    } cases[] = {{"65536", 65536},
                 {"64K", 64 << 10},
                 {"3M", 3 << 20},
                 {"2G", (size_t)2 << 30},
                 {"1000000000", 1000000000},
                 {"64k", 0},
                 {"64KB", 0},
                 {"", 0},
                 {"-1", 0},
                 {"+1", 0},
                 {"1.5M", 0},
                 {"x", 0},
                 {"99999999999", 0},
                 {" 1", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_command_line line;
        struct sqli_error error;
        const char *const words[WORDS] = {"--output-limit", cases[i].text};
        enum sqli_status status = read_words(words, &line, &error);
        if (status != (cases[i].bytes ? SQLI_OK : SQLI_FAIL))
            fail_msg("\"%s\" gives %d", cases[i].text, status);
        if (cases[i].bytes)
            assert_int_equal(line.server.output_limit, cases[i].bytes);
    }
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *words[WORDS];
        const char *wanted;
    } cases[] = {
        {{"--dance"}, "\"--dance\" is no option"},
        {{"dance"}, "\"dance\" is no option"},
        {{"--list", "h:1"}, "\"--list\" is no option"},
        {{"--listens", "h:1"}, "\"--listens\" is no option"},
        {{"--listen"}, "--listen needs a value: HOST:PORT"},
        {{"--listen", ""}, "--listen takes HOST:PORT, not \"\""},
        {{"--memory=yes"}, "--memory takes no value"},
        {{"--max-sessions", "0"}, "--max-sessions takes N"},
        {{"--max-sessions", "many"}, "--max-sessions takes N"},
        {{"--lock-wait", "1s"}, "--lock-wait takes SECONDS"},
        {{"--lock-wait", "-1"}, "--lock-wait takes SECONDS"},
        {{"--login-timeout", "1.2.3"}, "--login-timeout takes SECONDS"},
        {{"--log-level", "loud"}, "--log-level takes LEVEL"},
        {{"passwd"}, "sqlid passwd FILE USER"},
        {{"passwd", "file"}, "sqlid passwd FILE USER"},
        {{"passwd", "file", "user", "password"}, "sqlid passwd FILE USER"},
        {{"--memory", "passwd", "file", "user"}, "\"passwd\" is no option"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_command_line line;
        struct sqli_error error;
        if (read_words(cases[i].words, &line, &error) != SQLI_FAIL)
            fail_msg("case %zu is taken", i);
        if (!strstr(error.near, cases[i].wanted))
            fail_msg("\"%s\" lacks \"%s\"", error.near, cases[i].wanted);
    }
}

static void commands_are_known(void **state)
{
    static const struct {
        const char *words[WORDS];
        enum sqli_command command;
    } cases[] = {
        {{"--help"}, SQLI_COMMAND_HELP},
        {{"-h"}, SQLI_COMMAND_HELP},
        {{"--memory", "--help", "--nonsense"}, SQLI_COMMAND_HELP},
        {{"--version"}, SQLI_COMMAND_VERSION},
        {{"passwd", "file", "user"}, SQLI_COMMAND_PASSWD},
        {{"--memory"}, SQLI_COMMAND_SERVE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_command_line line;
        struct sqli_error error;
        assert_int_equal(read_words(cases[i].words, &line, &error), SQLI_OK);
        assert_int_equal(line.command, cases[i].command);
        if (line.command == SQLI_COMMAND_PASSWD) {
            assert_string_equal(line.passwd_file, "file");
            assert_string_equal(line.passwd_user, "user");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_words_the_defaults_hold),
        cmocka_unit_test(every_option_finds_its_place),
        cmocka_unit_test(numbers_have_their_units),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(commands_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
