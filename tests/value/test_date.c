#include "tests/support/support.h"

#include "value/temporal.h"

#include <stdio.h>
#include <stdlib.h>

static const char *date_text(int32_t days, const struct sqli_date_format *format)
{
    static char text[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, sizeof text - 1);
    sqli__date_to_text(days, format, &buffer);
    assert_int_equal(sqli__buffer_status(&buffer, NULL), SQLI_OK);
    memcpy(text, buffer.data, buffer.length);
    text[buffer.length] = '\0';
    sqli__buffer_free(&buffer);
    return text;
}

/* The day of a text, or the error code; an error must name the text. */
static int32_t parse(const char *text, const struct sqli_date_format *format, bool *failed)
{
    struct sqli_error error;
    int32_t days = 0;
    *failed = sqli__date_from_text(sqli__span_text(text), format, 2000, &days, &error) != SQLI_OK;
    if (!*failed)
        return days;
    assert_string_equal(error.near, text);
    return error.code;
}

static struct sqli_date_format format_of(const char *dbdate)
{
    struct sqli_date_format format;
    struct sqli_error error;
    if (sqli__date_format_parse(sqli__span_text(dbdate), &format, &error) != SQLI_OK)
        fail_msg("%s: %s", dbdate, error.message);
    return format;
}

static void check_vector(void *context, size_t line, size_t count, char **fields)
{
    if (strcmp(fields[1], "date") != 0)
        return;
    assert_true(count >= 6);
    struct sqli_span image = support_unhex(fields[4]);
    int32_t days = (int32_t)sqli__load32(image.data);
    support_free(image);
    ++*(int *)context;
    if (strcmp(fields[5], "NULL") == 0) {
        assert_true(days < SQLI_DATE_MIN);
        return;
    }
    bool failed;
    if (strcmp(date_text(days, &sqli__date_iso), fields[5]) != 0)
        fail_msg("line %zu: %s", line, date_text(days, &sqli__date_iso));
    assert_int_equal(parse(fields[5], &sqli__date_iso, &failed), days);
    assert_false(failed);
}

static void test_vectors(void **state)
{
    (void)state;
    int seen = 0;
    support_each_line("vectors.tsv", '\t', check_vector, &seen);
    assert_int_equal(seen, 9);
}

static void test_every_day_follows_the_one_before(void **state)
{
    (void)state;
    int32_t days = SQLI_DATE_MIN;
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; sqli__date_valid(year, month, day); day++, days++) {
                int y, m, d;
                sqli__date_to_fields(days, &y, &m, &d);
                if (y != year || m != month || d != day ||
                    sqli__date_from_fields(year, month, day) != days)
                    fail_msg("day %d: %d-%d-%d", days, y, m, d);
            }
    assert_int_equal(days, SQLI_DATE_MAX + 1);
}

static void test_valid(void **state)
{
    (void)state;
    static const struct {
        int year, month, day;
        bool valid;
    } cases[] = {
        {2024, 2, 29, true},  {2023, 2, 29, false}, {1900, 2, 29, false},  {2000, 2, 29, true},
        {2026, 4, 31, false}, {2026, 4, 30, true},  {2026, 12, 31, true},  {2026, 0, 1, false},
        {2026, 13, 1, false}, {2026, 1, 0, false},  {2026, 1, 32, false},  {0, 1, 1, false},
        {1, 1, 1, true},      {9999, 12, 31, true}, {10000, 1, 1, false},  {-4, 2, 29, false},
        {2026, -1, 1, false}, {2026, 1, -1, false}, {2026, 1, 1000, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (sqli__date_valid(cases[i].year, cases[i].month, cases[i].day) != cases[i].valid)
            fail_msg("%d-%d-%d", cases[i].year, cases[i].month, cases[i].day);
}

/* Days that no DATE has, the NULL sentinel among them, still have fields and a text: the caller
 * decides what they mean. */
static void test_days_outside_the_calendar(void **state)
{
    (void)state;
    static const int32_t days[] = {INT32_MIN,           INT32_MIN + 1,     SQLI_DATE_MIN - 1,
                                   SQLI_DATE_MIN - 400, SQLI_DATE_MAX + 1, INT32_MAX};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        int year, month, day;
        sqli__date_to_fields(days[i], &year, &month, &day);
        assert_false(sqli__date_valid(year, month, day));
        assert_in_range(month, 1, 12);
        assert_in_range(day, 1, 31);
        assert_true(strlen(date_text(days[i], &sqli__date_iso)) < 20);
    }
    assert_string_equal(date_text(SQLI_DATE_MIN - 1, &sqli__date_iso), "0000-12-31");
    assert_string_equal(date_text(SQLI_DATE_MIN - 367, &sqli__date_iso), "-0001-12-31");
    assert_string_equal(date_text(SQLI_DATE_MAX + 1, &sqli__date_iso), "10000-01-01");
    assert_string_equal(date_text(INT32_MAX, &sqli__date_iso), "5881510-07-11");
}

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *dbdate;
        const char *shown; /* 2026-05-04 */
    } cases[] = {
        {"Y4MD-", "2026-05-04"}, {"MDY4/", "05/04/2026"}, {"DMY4.", "04.05.2026"},
        {"Y2MD-", "26-05-04"},   {"Y4MD0", "20260504"},   {"DMY2-", "04-05-26"},
        {"Y2DM.", "26.04.05"},   {"MDY20", "050426"},     {"Y4DM/", "2026/04/05"},
        {"MDY4", "05/04/2026"},  {"Y4MD*", "2026/05/04"}, {"DMY40", "04052026"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_date_format format = format_of(cases[i].dbdate);
        assert_string_equal(date_text(0xb441, &format), cases[i].shown);
        bool failed;
        assert_int_equal(parse(cases[i].shown, &format, &failed), 0xb441);
        assert_false(failed);
    }
}

static void test_format_errors(void **state)
{
    (void)state;
    static const char *const cases[] = {"",      "Y",       "Y4",     "Y4M",   "YMD-",  "Y3MD-",
                                        "Y4MM-", "MY4D-",   "Y4MD--", "XYZ",   "y4md-", "DDY4/",
                                        "MDY",   "Y4MD-C1", "Y4Y4M",  "MDY4/ "};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_date_format format = sqli__date_iso;
        struct sqli_error error;
        if (sqli__date_format_parse(sqli__span_text(cases[i]), &format, &error) != SQLI_FAIL)
            fail_msg("'%s' was accepted", cases[i]);
        assert_int_equal(error.code, SQLI_E_DATE_FORMAT);
        assert_string_equal(error.near, cases[i]);
        assert_int_equal(format.separator, '-'); /* left alone */
    }
}

static void test_input(void **state)
{
    (void)state;
    static const struct {
        const char *dbdate, *text, *iso;
    } cases[] = {
        {"Y4MD-", "  2026-05-04 ", "2026-05-04"},  {"Y4MD-", "2026/5/4", "2026-05-04"},
        {"Y4MD-", "2026.05.04", "2026-05-04"},     {"Y4MD-", "2026 05 04", "2026-05-04"},
        {"Y4MD-", "2026 - 05 - 04", "2026-05-04"}, {"Y4MD-", "20260504", "2026-05-04"},
        {"Y4MD-", "260504", "2026-05-04"},         {"Y4MD-", "26-5-4", "2026-05-04"},
        {"Y4MD-", "99-12-31", "2099-12-31"},       {"Y4MD-", "1999-12-31", "1999-12-31"},
        {"Y4MD-", "0099-12-31", "0099-12-31"},     {"Y4MD-", "123-12-31", "0123-12-31"},
        {"Y4MD-", "5-01-01", "2005-01-01"},        {"Y4MD-", "00-01-01", "2000-01-01"},
        {"MDY4/", "05042026", "2026-05-04"},       {"MDY4/", "050426", "2026-05-04"},
        {"MDY2/", "5/4/26", "2026-05-04"},         {"MDY2/", "05042026", "2026-05-04"},
        {"DMY4.", "4.5.2026", "2026-05-04"},       {"Y4MD-", "0001-01-01", "0001-01-01"},
        {"Y4MD-", "9999-12-31", "9999-12-31"},     {"Y4MD-", "2024-02-29", "2024-02-29"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_date_format format = format_of(cases[i].dbdate);
        bool failed;
        int32_t days = parse(cases[i].text, &format, &failed);
        if (failed)
            fail_msg("%s: error %d", cases[i].text, days);
        assert_string_equal(date_text(days, &sqli__date_iso), cases[i].iso);
    }
}

static void test_century_is_the_caller_s(void **state)
{
    (void)state;
    int32_t days;
    assert_int_equal(
        sqli__date_from_text(sqli__span_text("26-05-04"), &sqli__date_iso, 1900, &days, NULL),
        SQLI_OK);
    assert_string_equal(date_text(days, &sqli__date_iso), "1926-05-04");
}

static void test_input_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t code;
    } cases[] = {
        {"", SQLI_E_DATE_TEXT},
        {"yesterday", SQLI_E_DATE_TEXT},
        {"2026-05", SQLI_E_DATE_TEXT},
        {"2026-05-", SQLI_E_DATE_TEXT},
        {"2026-05-04-", SQLI_E_DATE_TEXT},
        {"2026-05-04 12:00", SQLI_E_DATE_TEXT},
        {"2026--05-04", SQLI_E_DATE_TEXT},
        {"2026:05:04", SQLI_E_DATE_TEXT},
        {"-2026-05-04", SQLI_E_DATE_TEXT},
        {"2026-05-0x", SQLI_E_DATE_TEXT},
        {"2605040", SQLI_E_DATE_TEXT},
        {"202605041", SQLI_E_DATE_TEXT},
        {"26050", SQLI_E_DATE_TEXT},
        {"0000-05-04", SQLI_E_DATE_YEAR},
        {"000-05-04", SQLI_E_DATE_YEAR},
        {"12026-05-04", SQLI_E_DATE_YEAR},
        {"00026-05-04", SQLI_E_DATE_YEAR},
        {"99999999999999999999-05-04", SQLI_E_DATE_YEAR},
        {"2026-13-04", SQLI_E_DATE_MONTH},
        {"2026-0-04", SQLI_E_DATE_MONTH},
        {"2026-005-04", SQLI_E_DATE_MONTH},
        {"20261304", SQLI_E_DATE_MONTH},
        {"2026-05-32", SQLI_E_DATE_DAY},
        {"2026-05-00", SQLI_E_DATE_DAY},
        {"2026-05-004", SQLI_E_DATE_DAY},
        {"2026-02-29", SQLI_E_DATE_DAY},
        {"1900-02-29", SQLI_E_DATE_DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool failed;
        int32_t code = parse(cases[i].text, &sqli__date_iso, &failed);
        if (!failed || code != cases[i].code)
            fail_msg("'%s' gave %d", cases[i].text, code);
    }
}

static void test_absent_and_long_texts(void **state)
{
    (void)state;
    struct sqli_error error;
    int32_t days;
    assert_int_equal(
        sqli__date_from_text(sqli__span(NULL, 0), &sqli__date_iso, 2000, &days, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DATE_TEXT);
    char many[5000];
    memset(many, '7', sizeof many);
    assert_int_equal(
        sqli__date_from_text(sqli__span(many, sizeof many), &sqli__date_iso, 2000, &days, &error),
        SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DATE_TEXT);
    assert_in_range(strlen(error.near), 20, sizeof error.near - 1);
}

static enum sqli_status print_action(void *context, struct sqli_error *error)
{
    struct sqli_buffer text;
    (void)context;
    sqli__buffer_init(&text, 100);
    sqli__date_to_text(0, &sqli__date_iso, &text);
    enum sqli_status status = sqli__buffer_status(&text, error);
    sqli__buffer_free(&text);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_int_equal(support_fail_each_allocation(print_action, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_every_day_follows_the_one_before),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_days_outside_the_calendar),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_format_errors),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_century_is_the_caller_s),
        cmocka_unit_test(test_input_errors),
        cmocka_unit_test(test_absent_and_long_texts),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
