/* Who may log in: the default user, one of the command line, and a file of them. */
#include "tests/support/support.h"

#include "base/clock.h"
#include "net/address.h"
#include "server/secret.h"
#include "server/throttle.h"
#include "server/users.h"
#include "server/users_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A user "ada" with the password "engine", and "bob" with "hammer"; cheap ones. Computed by
 * hashlib.scrypt of Python. */
#define ADA                                               \
    "ada:scrypt:16:8:1:000102030405060708090a0b0c0d0e0f:" \
    "7293ee8adb74610ce0ae235770a32498c2ac0e046aea0b77cd9cfa69c0150efa\n"
#define BOB                                               \
    "bob:scrypt:32:4:2:0f0e0d0c0b0a09080706050403020100:" \
    "6d8c7635ea789d1a7b5a5297ff8f74269f7d3c9a02dedba41a22fcedfbfca1d8\n"

static char folder[64];
static char path[96];
static char last_line[512];

static void keep_line(void *context, enum sqli_log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(last_line, sizeof last_line, "%s", line);
}

static struct sqli_logger logger;

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/sqli-users-XXXXXX");
    sqli__logger_init(&logger, SQLI_LOG_TRACE, keep_line, NULL);
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/users", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    sqli__logger_free(&logger);
    return rmdir(folder); /* fails when anything was left */
}

static void write_file(const char *text, mode_t mode)
{
    char other[128];
    snprintf(other, sizeof other, "%s.new", path);
    FILE *file = fopen(other, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(other, mode), 0);
    assert_int_equal(rename(other, path), 0);
}

static struct sqli_address from(const char *host)
{
    struct sqli_error error;
    struct sqli_host_port host_port = {.port = 1};
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
    snprintf(host_port.host, sizeof host_port.host, "%s", host);
    assert_int_equal(sqli__resolve_host(&host_port, addresses, &count, &error), SQLI_OK);
    return addresses[0];
}

static struct sqli_users *open_users(const char *user, const char *file)
{
    struct sqli_error error;
    struct sqli_users *users;
    if (sqli__users_open(user, file, &logger, &users, &error) != SQLI_OK)
        fail_msg("%s", error.message);
    return users;
}

/* Does not wait for what failures cost. */
static int32_t try(struct sqli_users *users, const char *host, const char *name,
                   const char *password)
{
    struct sqli_address peer = from(host);
    sqli__users_stop(users);
    return sqli__users_check(users, &peer, sqli__span_text(name), sqli__span_text(password));
}

struct attempt {
    const char *host, *name, *password;
    bool right;
};

static void try_all(struct sqli_users *users, const struct attempt *attempts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t code = try(users, attempts[i].host, attempts[i].name, attempts[i].password);
        if (code != (attempts[i].right ? 0 : -951))
            fail_msg("%s/%s from %s gives %d", attempts[i].name, attempts[i].password,
                     attempts[i].host, code);
    }
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void the_default_user_is_local(void **state)
{
    static const struct attempt attempts[] = {
        {"127.0.0.1", "informix", "in4mix", true},
        {"127.0.0.2", "informix", "in4mix", true},
        {"::1", "informix", "in4mix", true},
        {"::ffff:127.0.0.1", "informix", "in4mix", true},
        {"192.0.2.1", "informix", "in4mix", false},
        {"::ffff:192.0.2.1", "informix", "in4mix", false},
        {"2001:db8::1", "informix", "in4mix", false},
        {"127.0.0.1", "informix", "in4mix ", false},
        {"127.0.0.1", "informix", "in4mi", false},
        {"127.0.0.1", "informix", "", false},
        {"127.0.0.1", "informi", "in4mix", false},
        {"127.0.0.1", "informixi", "n4mix", false},
        {"127.0.0.1", "INFORMIX", "in4mix", false},
        {"127.0.0.1", "", "in4mix", false},
        {"127.0.0.1", "", "", false},
    };
    (void)state;
    struct sqli_users *users = open_users(NULL, NULL);
    assert_true(sqli__users_local_only(users));
    try_all(users, attempts, COUNT(attempts));
    sqli__users_close(users);
}

static void a_user_of_the_command_line_comes_from_anywhere(void **state)
{
    static const struct attempt attempts[] = {
        {"192.0.2.1", "ada", "a:b", true},          {"127.0.0.1", "ada", "a:b", true},
        {"127.0.0.1", "informix", "in4mix", false}, {"127.0.0.1", "ada", "a", false},
        {"127.0.0.1", "ada:a", "b", false},
    };
    static const char *const bad[] = {"", "ada", "ada:", ":secret", ":"};
    (void)state;
    struct sqli_users *users = open_users("ada:a:b", NULL);
    assert_false(sqli__users_local_only(users));
    try_all(users, attempts, COUNT(attempts));
    assert_null(strstr(last_line, "ada")); /* nor what somebody may have typed in the wrong place */
    sqli__users_close(users);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct sqli_error error;
        assert_int_equal(sqli__users_open(bad[i], NULL, &logger, &users, &error), SQLI_FAIL);
        assert_non_null(strstr(error.message, "NAME:PASSWORD"));
    }
}

static void overlong_names_are_nobody(void **state)
{
    char text[2000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct sqli_users *users = open_users(NULL, NULL);
    assert_int_equal(try(users, "127.0.0.1", text, "in4mix"), -951);
    assert_int_equal(try(users, "127.0.0.1", "informix", text), -951);
    struct sqli_address peer = from("127.0.0.1");
    assert_int_equal(
        sqli__users_check(users, &peer, sqli__span("informix\0", 9), sqli__span_text("in4mix")),
        -951);
    sqli__users_close(users);
    if (!sqli__secrets_available())
        return;
    write_file(ADA, 0600);
    users = open_users(NULL, path);
    assert_int_equal(try(users, "127.0.0.1", text, "engine"), -951);
    assert_int_equal(try(users, "127.0.0.1", "ada", text), -951);
    sqli__users_close(users);
}

/* --- the file --- */

static void a_file_tells_who_may_come(void **state)
{
    static const struct attempt attempts[] = {
        {"192.0.2.1", "ada", "engine", true},       {"127.0.0.1", "bob", "hammer", true},
        {"127.0.0.1", "ada", "engine", true}, /* known by now */
        {"127.0.0.1", "ada", "hammer", false},      {"127.0.0.1", "ada", "", false},
        {"127.0.0.1", "bob", "engine", false},      {"127.0.0.1", "carol", "engine", false},
        {"127.0.0.1", "informix", "in4mix", false}, {"127.0.0.1", "ada", "engine", true},
    };
    (void)state;
    if (!sqli__secrets_available())
        skip();
    write_file("# who may come\n\n" ADA BOB, 0600);
    struct sqli_users *users = open_users(NULL, path);
    assert_false(sqli__users_local_only(users));
    try_all(users, attempts, COUNT(attempts));
    sqli__users_close(users);
}

static void a_changed_file_counts_at_once(void **state)
{
    (void)state;
    if (!sqli__secrets_available())
        skip();
    write_file(ADA, 0600);
    struct sqli_users *users = open_users(NULL, path);
    assert_int_equal(try(users, "127.0.0.1", "ada", "engine"), 0);
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), -951);
    write_file(BOB, 0600);
    assert_int_equal(try(users, "127.0.0.1", "ada", "engine"), -951);
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), 0);
    assert_int_equal(chmod(path, 0640), 0); /* unusable: those from before stay */
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), 0);
    assert_non_null(strstr(last_line, "stay"));
    last_line[0] = '\0';
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), 0);
    assert_string_equal(last_line, ""); /* told once */
    write_file("nonsense\n", 0600);
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), 0);
    assert_non_null(strstr(last_line, "line 1"));
    unlink(path);
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), 0);
    write_file(ADA, 0600);
    assert_int_equal(try(users, "127.0.0.1", "bob", "hammer"), -951);
    assert_int_equal(try(users, "127.0.0.1", "ada", "engine"), 0);
    sqli__users_close(users);
}

static void a_bad_file_is_refused_at_the_start(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        const char *wanted;
    } cases[] = {
        {ADA, 0640, "chmod 600"},
        {ADA, 0602, "chmod 600"},
        {"", 0600, "no users"},
        {"# nobody\n", 0600, "no users"},
        {ADA ADA, 0600, "line 2: ada for the second time"},
        {ADA "bob\n", 0600, "line 2: name:scrypt"},
        {"ada:md5:16:8:1:00:00\n", 0600, "name:scrypt"},
        {"ada:scrypt:17:8:1:000102030405060708090a0b0c0d0e0f:"
         "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\n",
         0600, "name:scrypt"},
        {"ada:scrypt:1048576:32:1:000102030405060708090a0b0c0d0e0f:"
         "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\n",
         0600, "name:scrypt"},
        {"ada:scrypt:16:8:1:000102030405060708090a0b0c0d0e:"
         "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\n",
         0600, "name:scrypt"},
        {":scrypt:16:8:1:000102030405060708090a0b0c0d0e0f:"
         "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\n",
         0600, "name:scrypt"},
        {"ada:scrypt:16:8:1:000102030405060708090a0b0c0d0e0f:"
         "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f:\n",
         0600, "name:scrypt"},
    };
    struct sqli_error error;
    struct sqli_users *users;
    (void)state;
    if (!sqli__secrets_available())
        skip();
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file(cases[i].text, cases[i].mode);
        assert_int_equal(sqli__users_open(NULL, path, &logger, &users, &error), SQLI_FAIL);
        if (!strstr(error.near, cases[i].wanted))
            fail_msg("%zu: \"%s\" lacks \"%s\"", i, error.near, cases[i].wanted);
    }
    unlink(path);
    assert_int_equal(sqli__users_open(NULL, path, &logger, &users, &error), SQLI_FAIL);
    assert_non_null(strstr(error.near, path));
    assert_int_equal(sqli__users_open(NULL, folder, &logger, &users, &error), SQLI_FAIL);
    assert_non_null(strstr(error.near, "is no file"));
    assert_int_equal(sqli__users_open("a:b", path, &logger, &users, &error), SQLI_FAIL);
    assert_non_null(strstr(error.near, "not both"));
}

static void passwords_are_set(void **state)
{
    struct sqli_error error;
    struct stat status;
    (void)state;
    if (!sqli__secrets_available())
        skip();
    mode_t old = umask(0); /* the file's mode does not depend on it */
    assert_int_equal(
        sqli__users_file_set(path, sqli__span_text("ada"), sqli__span_text("one"), &error),
        SQLI_OK);
    umask(old);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct sqli_users *users = open_users(NULL, path);
    assert_int_equal(try(users, "127.0.0.1", "ada", "one"), 0);
    assert_int_equal(
        sqli__users_file_set(path, sqli__span_text("bob"), sqli__span_text("two"), &error),
        SQLI_OK);
    assert_int_equal(
        sqli__users_file_set(path, sqli__span_text("ada"), sqli__span_text("three"), &error),
        SQLI_OK);
    assert_int_equal(try(users, "127.0.0.1", "ada", "one"), -951);
    assert_int_equal(try(users, "127.0.0.1", "ada", "three"), 0);
    assert_int_equal(try(users, "127.0.0.1", "bob", "two"), 0);
    sqli__users_close(users);
}

static void bad_names_and_passwords_are_not_set(void **state)
{
    static const char *const names[] = {"", "a:b", "#a", "a\nb"};
    struct sqli_error error;
    (void)state;
    if (!sqli__secrets_available())
        skip();
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(
            sqli__users_file_set(path, sqli__span_text(names[i]), sqli__span_text("x"), &error),
            SQLI_FAIL);
    assert_int_equal(sqli__users_file_set(path, sqli__span_text("a"), sqli__span_text(""), &error),
                     SQLI_FAIL);
    assert_int_not_equal(access(path, F_OK), 0);
    write_file(ADA, 0644); /* what is wrong with the file is not made worse */
    assert_int_equal(sqli__users_file_set(path, sqli__span_text("a"), sqli__span_text("b"), &error),
                     SQLI_FAIL);
    assert_non_null(strstr(error.near, "chmod 600"));
    assert_int_equal(
        sqli__users_file_set("/nowhere/users", sqli__span_text("a"), sqli__span_text("b"), &error),
        SQLI_FAIL);
}

/* Many at once, while the file changes: for the checkers of races. */
static atomic_int wrong_answers;

static void *keep_trying(void *context)
{
    for (int i = 0; i < 200; i++) {
        struct sqli_address peer = from("127.0.0.1");
        if (sqli__users_check(context, &peer, sqli__span_text("ada"), sqli__span_text("engine")))
            wrong_answers++;
        if (!sqli__users_check(context, &peer, sqli__span_text("ada"), sqli__span_text("wrong")))
            wrong_answers++;
    }
    return NULL;
}

static void many_log_in_while_the_file_changes(void **state)
{
    pthread_t threads[4];
    (void)state;
    if (!sqli__secrets_available())
        skip();
    write_file(ADA, 0600);
    struct sqli_users *users = open_users(NULL, path);
    sqli__users_stop(users);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, keep_trying, users), 0);
    for (int i = 0; i < 50; i++)
        write_file(i % 2 ? ADA : BOB ADA, 0600);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(wrong_answers, 0);
    sqli__users_close(users);
}

/* --- failures cost time --- */

static void failures_cost_more_and_more(void **state)
{
    static const int32_t costs[] = {100, 200, 400, 800, 1600, 2000, 2000};
    (void)state;
    for (size_t i = 0; i < COUNT(costs); i++)
        assert_int_equal(sqli__throttle_cost((int32_t)i + 1), costs[i]);
    assert_int_equal(sqli__throttle_cost(INT32_MAX), 2000);
}

static int64_t time_of_failure(struct sqli_throttle *throttle, const char *host)
{
    struct sqli_address peer = from(host);
    int64_t begin = sqli__clock_ms();
    sqli__throttle_wait(throttle, &peer);
    return sqli__clock_ms() - begin;
}

static void each_address_pays_for_itself(void **state)
{
    static struct sqli_throttle throttle;
    (void)state;
    sqli__throttle_init(&throttle);
    assert_true(time_of_failure(&throttle, "192.0.2.1") >= 100);
    assert_true(time_of_failure(&throttle, "192.0.2.1") >= 200);
    int64_t other = time_of_failure(&throttle, "192.0.2.2");
    assert_true(other >= 100 && other < 200);
    assert_true(time_of_failure(&throttle, "2001:db8::1") >= 100);
    assert_true(time_of_failure(&throttle, "2001:db8::2") >= 200); /* the same network */
    struct sqli_address peer = from("192.0.2.1");
    sqli__throttle_forget(&throttle, &peer);
    int64_t again = time_of_failure(&throttle, "192.0.2.1");
    assert_true(again >= 100 && again < 400);
    sqli__throttle_stop(&throttle);
    assert_true(time_of_failure(&throttle, "192.0.2.1") < 100);
    for (int i = 0; i < 2 * SQLI_THROTTLE_PLACES; i++) { /* more than there are places */
        char host[32];
        snprintf(host, sizeof host, "198.51.%d.%d", i / 256, i % 256);
        (void)time_of_failure(&throttle, host);
    }
    sqli__throttle_free(&throttle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_default_user_is_local, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_user_of_the_command_line_comes_from_anywhere, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(overlong_names_are_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_tells_who_may_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_file_counts_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_file_is_refused_at_the_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(passwords_are_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_names_and_passwords_are_not_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_log_in_while_the_file_changes, set_up, tear_down),
        cmocka_unit_test(failures_cost_more_and_more),
        cmocka_unit_test(each_address_pays_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
