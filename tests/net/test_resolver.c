/* Names looked up in a thread: answers, failures, and answers that nobody waits for any more. */
#include "tests/support/support.h"

#include "net/resolver.h"
#include "tests/support/slow_names.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { PATIENCE = 10000, MANY = 20 };

static int open_descriptors(void)
{
    DIR *all = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(all))
        count++;
    closedir(all);
    return count;
}

static int descriptors_at_first;

static int count_descriptors(void **state)
{
    (void)state;
    descriptors_at_first = open_descriptors();
    return 0;
}

/* All threads have let go. */
static void settle(void)
{
    slow_names_release();
    for (int i = 0; i < PATIENCE && open_descriptors() > descriptors_at_first; i++)
        poll(NULL, 0, 1);
    assert_int_equal(open_descriptors(), descriptors_at_first);
}

static struct sqli_resolver *start(const char *name)
{
    struct sqli_host_port place = {.port = 9088};
    struct sqli_resolver *resolver;
    struct sqli_error error;
    snprintf(place.host, sizeof place.host, "%s", name);
    if (sqli__resolver_start(&place, &resolver, &error))
        fail_msg("%s", error.message);
    return resolver;
}

static int ready_within(const struct sqli_resolver *resolver, int milliseconds)
{
    struct pollfd one = {.fd = sqli__resolver_descriptor(resolver), .events = POLLIN};
    return poll(&one, 1, milliseconds);
}

static void test_an_answer(void **state)
{
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    struct sqli_error error;
    size_t count = 0;
    (void)state;
    slow_names_hold();
    struct sqli_resolver *resolver = start("db.slow");
    slow_names_await(1);
    assert_int_equal(ready_within(resolver, 0), 0);
    assert_int_equal(sqli__resolver_answer(resolver, addresses, &count, &error), SQLI_MORE);
    slow_names_release();
    assert_int_equal(ready_within(resolver, PATIENCE), 1);
    assert_int_equal(sqli__resolver_answer(resolver, addresses, &count, &error), SQLI_OK);
    assert_int_equal(count, 1);
    assert_true(sqli__address_is_loopback(&addresses[0]));
    assert_int_equal(sqli__address_port(&addresses[0]), 9088);
    assert_int_equal(sqli__resolver_answer(resolver, addresses, &count, &error), SQLI_OK);
    sqli__resolver_drop(resolver);
}

static void test_a_name_that_nobody_knows(void **state)
{
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    struct sqli_error error;
    size_t count = 0;
    (void)state;
    slow_names_release();
    struct sqli_resolver *resolver = start("unknown.slow");
    assert_int_equal(ready_within(resolver, PATIENCE), 1);
    assert_int_equal(sqli__resolver_answer(resolver, addresses, &count, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_HOST_UNKNOWN);
    assert_non_null(strstr(error.message, "unknown.slow"));
    sqli__resolver_drop(resolver);
}

/* Nothing is left: neither a descriptor nor, says the sanitizer, a block. */
static void test_answers_for_nobody(void **state)
{
    (void)state;
    settle();
    slow_names_hold();
    for (int i = 0; i < MANY; i++)
        sqli__resolver_drop(start(i % 2 ? "db.slow" : "unknown.slow"));
    slow_names_await(MANY);
    assert_int_equal(open_descriptors(), descriptors_at_first + MANY);
    settle();
    sqli__resolver_drop(NULL);
}

/* Dropped at the very time of the answer, again and again. */
static void test_races(void **state)
{
    (void)state;
    slow_names_release();
    for (int i = 0; i < 200; i++) {
        struct sqli_resolver *resolver = start("db.slow");
        if (i % 3)
            ready_within(resolver, i % 3 == 1 ? PATIENCE : 0);
        sqli__resolver_drop(resolver);
    }
    settle();
}

static enum sqli_status start_once(void *context, struct sqli_error *error)
{
    struct sqli_host_port place = {.host = "db.slow", .port = 1};
    struct sqli_resolver *resolver;
    (void)context;
    SQLI_TRY(sqli__resolver_start(&place, &resolver, error));
    int ready = ready_within(resolver, PATIENCE);
    sqli__resolver_drop(resolver);
    return ready == 1 ? SQLI_OK : SQLI_FAIL;
}

static void test_no_memory(void **state)
{
    (void)state;
    settle();
    assert_true(support_fail_each_allocation(start_once, NULL) >= 1);
}

static void test_digits_ask_nobody(void **state)
{
    static const struct {
        const char *host;
        enum sqli_status status;
    } cases[] = {
        {"127.0.0.1", SQLI_OK}, {"::1", SQLI_OK}, {"db.slow", SQLI_MORE}, {"localhost", SQLI_MORE}};
    (void)state;
    slow_names_hold();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_host_port place = {.port = 1};
        struct sqli_address addresses[SQLI_ADDRESSES_MAX];
        struct sqli_error error;
        size_t count;
        snprintf(place.host, sizeof place.host, "%s", cases[i].host);
        assert_int_equal(sqli__resolve_digits(&place, addresses, &count, &error), cases[i].status);
        assert_int_equal(count, cases[i].status == SQLI_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_memory), /* before threads are left to themselves */
        cmocka_unit_test(test_an_answer),          cmocka_unit_test(test_a_name_that_nobody_knows),
        cmocka_unit_test(test_answers_for_nobody), cmocka_unit_test(test_races),
        cmocka_unit_test(test_digits_ask_nobody),
    };
    return cmocka_run_group_tests(tests, count_descriptors, NULL);
}
