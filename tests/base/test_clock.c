/* Deadlines: what is left of them is what poll can take. */
#include "tests/support/support.h"

#include "base/clock.h"

#include <limits.h>
#include <time.h>

static void time_goes_forward_in_milliseconds(void **state)
{
    struct timespec pause = {.tv_nsec = 30 * 1000 * 1000};
    (void)state;
    int64_t start = sqli__clock_ms();
    nanosleep(&pause, NULL);
    int64_t passed = sqli__clock_ms() - start;
    assert_true(passed >= 29 && passed < 5000);
}

static void what_is_left_of_a_deadline(void **state)
{
    (void)state;
    int64_t now = sqli__clock_ms();
    assert_int_equal(sqli__clock_left(SQLI_NO_DEADLINE), -1);
    assert_int_equal(sqli__clock_left(now - 1000), 0);
    assert_int_equal(sqli__clock_left(0), 0);
    int left = sqli__clock_left(now + 60000);
    assert_true(left > 50000 && left <= 60000);
    assert_int_equal(sqli__clock_left(now + (int64_t)INT_MAX * 4), INT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_goes_forward_in_milliseconds),
        cmocka_unit_test(what_is_left_of_a_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
