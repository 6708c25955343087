/* Binary numbers and their text, in the plain locale and in one that writes a decimal comma. */
#include "tests/support/support.h"

#include "value/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void assert_text(const struct sqli_buffer *text, const char *wanted)
{
    assert_int_equal(text->failed, 0);
    assert_int_equal(text->length, strlen(wanted));
    assert_memory_equal(text->data, wanted, text->length);
}

static void test_real_to_text(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1.5, "1.5"},
        {-2.0, "-2"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {100.0, "100"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {1e15, "1000000000000000"},
        {1e16, "1e+16"},
        {1.25e100, "1.25e+100"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {5e-324, "5e-324"},
        {9007199254740993.0, "9007199254740992"},
        {0x1p-44, "5.684341886080802e-14"},
        {0x1p+976, "6.386688990511104e+293"}, /* the nearest of 16 digits does not read back */
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_buffer text;
        sqli__buffer_init(&text, 64);
        sqli__real_to_text(cases[i].number, &text);
        assert_text(&text, cases[i].text);
        sqli__buffer_free(&text);
    }
}

static void test_single_to_text(void **state)
{
    (void)state;
    static const struct {
        float number;
        const char *text;
    } cases[] = {
        {0.1F, "0.1"},
        {-1.5F, "-1.5"},
        {16777216.0F, "16777216"},
        {1.0F / 3, "0.33333334"},
        {FLT_MAX, "3.4028235e+38"},
        {FLT_MIN, "1.1754944e-38"},
        {1e-45F, "1e-45"},
        {0x1p+90F, "1.2379401e+27"},
        {(float)-INFINITY, "-inf"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_buffer text;
        sqli__buffer_init(&text, 64);
        sqli__real_single_to_text(cases[i].number, &text);
        assert_text(&text, cases[i].text);
        sqli__buffer_free(&text);
    }
}

static void test_real_from_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double number;
    } cases[] = {
        {"0", 0.0},
        {"-0", -0.0},
        {"-0e500", -0.0},
        {"0.000e99999999999999999999", 0.0},
        {" 1.5 ", 1.5},
        {"\t+.5\t", 0.5},
        {"1.", 1.0},
        {"1e3", 1000.0},
        {"1E-3", 0.001},
        {"123456789012345678", 123456789012345678.0},
        {"9007199254740993", 9007199254740992.0}, /* a tie goes to the even one */
        {"9007199254740993.00000000000000000000000000000000000000000001", 9007199254740994.0},
        {"1.7976931348623157e308", DBL_MAX},
        {"5e-324", 5e-324},
        {"2e-324", 0.0},
        {"-1e-400", -0.0},
        {"1e-99999999999999999999", 0.0},
        {"1e-4294967296", 0.0},
        {"0.1e1", 1.0},
        {"73785690282684228e-16", 7.378569028268423}, /* too long for one division */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_error error;
        double number = 42;
        if (sqli__real_from_text(sqli__span_text(cases[i].text), &number, &error) != SQLI_OK)
            fail_msg("%s", error.message);
        assert_memory_equal(&number, &cases[i].number, sizeof number);
    }
}

/* A digit far behind all others still decides a tie. */
static void test_real_from_long_text(void **state)
{
    (void)state;
    char text[2000];
    struct sqli_error error;
    double number;
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17);
    assert_int_equal(sqli__real_from_text(sqli__span(text, sizeof text), &number, &error), SQLI_OK);
    assert_true(number == 9007199254740992.0);
    text[sizeof text - 1] = '1';
    assert_int_equal(sqli__real_from_text(sqli__span(text, sizeof text), &number, &error), SQLI_OK);
    assert_true(number == 9007199254740994.0);
    memset(text, '0', sizeof text);
    memcpy(text + sizeof text - 6, "1e1993", 6); /* 1993 zeros behind the point */
    text[0] = '.';
    assert_int_equal(sqli__real_from_text(sqli__span(text, sizeof text), &number, &error), SQLI_OK);
    assert_true(number == 0.1);
}

static void test_texts_that_are_no_number(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",      " ",   "x",     "1x",  "--1", "+-1",      "- 1", ".",   "e5",  "1e", "1e+",
        "1.2.3", "1,5", "0x1p3", "inf", "nan", "infinity", "1 2", "1d5", "\n1", "1f",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_error error;
        double real = 42;
        int64_t number = 42;
        if (sqli__real_from_text(sqli__span_text(cases[i]), &real, &error) != SQLI_FAIL)
            fail_msg("read '%s'", cases[i]);
        assert_int_equal(error.code, SQLI_E_NUMBER_TEXT);
        assert_string_equal(error.near, cases[i]);
        if (sqli__int64_from_text(sqli__span_text(cases[i]), &number, &error) != SQLI_FAIL)
            fail_msg("read '%s'", cases[i]);
        assert_int_equal(error.code, SQLI_E_NUMBER_TEXT);
        assert_string_equal(error.near, cases[i]);
        assert_true(real == 42 && number == 42);
    }
    double real;
    assert_int_equal(sqli__real_from_text(sqli__span(NULL, 0), &real, NULL), SQLI_FAIL);
}

/* The text may be in any code set, the message is UTF-8. */
static void test_errors_name_texts_in_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *near;
    } cases[] = {
        {"zw\xc3\xb6lf", "zw\xc3\xb6lf"},
        {"zw\xf6lf", "zw?lf"},
        {"zw\xc3\xb6lf\xc3", "zw??lf?"},
    };
    struct sqli_error error;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double number;
        assert_int_equal(sqli__real_from_text(sqli__span_text(cases[i].text), &number, &error),
                         SQLI_FAIL);
        assert_string_equal(error.near, cases[i].near);
    }
    sqli__fail_text(&error, SQLI_E_NUMBER_TEXT, sqli__span("1\0002", 3));
    assert_string_equal(error.near, "1?2");
    sqli__fail_text(&error, SQLI_E_NUMBER_TEXT, sqli__span(NULL, 0));
    assert_string_equal(error.near, "");
}

static void test_reals_out_of_range(void **state)
{
    (void)state;
    static const char *const cases[] = {"1e309", "-1e309", "1.7976931348623159e308",
                                        "1e99999999999999999999", "1e4294967296"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_error error;
        double number = 42;
        assert_int_equal(sqli__real_from_text(sqli__span_text(cases[i]), &number, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_FLOAT_RANGE);
        assert_string_equal(error.near, cases[i]);
        assert_true(number == 42);
    }
}

static void test_int64_from_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number;
        int code; /* 0: fine */
    } cases[] = {
        {"0", 0, 0},
        {"-0", 0, 0},
        {" +42 ", 42, 0},
        {"-0000000000000000000000007", -7, 0},
        {"9223372036854775807", INT64_MAX, 0},
        {"-9223372036854775808", INT64_MIN, 0},
        {"9223372036854775808", 0, SQLI_E_BIGINT_RANGE},
        {"-9223372036854775809", 0, SQLI_E_BIGINT_RANGE},
        {"18446744073709551616", 0, SQLI_E_BIGINT_RANGE},
        {"99999999999999999999999999999", 0, SQLI_E_BIGINT_RANGE},
        {"99999999999999999999999999999x", 0, SQLI_E_NUMBER_TEXT},
        {"1.0", 0, SQLI_E_NUMBER_TEXT},
        {"1e3", 0, SQLI_E_NUMBER_TEXT},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_error error = {0};
        int64_t number = 0;
        enum sqli_status status =
            sqli__int64_from_text(sqli__span_text(cases[i].text), &number, &error);
        assert_int_equal(status, cases[i].code ? SQLI_FAIL : SQLI_OK);
        assert_int_equal(error.code, cases[i].code);
        assert_int_equal(number, cases[i].number);
    }
}

static enum sqli_status write_reals(void *context, struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 20);
    for (int i = 0; i < *(int *)context; i++) {
        sqli__real_to_text(1.5, &text);
        sqli__real_single_to_text(2.5F, &text);
    }
    enum sqli_status status = sqli__buffer_status(&text, error);
    sqli__buffer_free(&text);
    return status;
}

static void test_text_without_memory(void **state)
{
    (void)state;
    int texts = 100;
    assert_true(support_fail_each_allocation(write_reals, &texts) >= 2);
}

/* Puts on the first locale there is that writes 1,5. */
static bool put_on_decimal_comma(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
                                        "es_ES.UTF-8"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0)
            return true;
    return false;
}

static void test_decimal_comma_of_the_locale_changes_nothing(void **state)
{
    if (!put_on_decimal_comma()) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    char text[8];
    snprintf(text, sizeof text, "%.1f", 1.5);
    assert_string_equal(text, "1,5");
    test_real_to_text(state);
    test_single_to_text(state);
    test_real_from_text(state);
    test_real_from_long_text(state);
    test_texts_that_are_no_number(state);
    test_reals_out_of_range(state);
    assert_string_equal(localeconv()->decimal_point, ",");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_to_text),
        cmocka_unit_test(test_single_to_text),
        cmocka_unit_test(test_real_from_text),
        cmocka_unit_test(test_real_from_long_text),
        cmocka_unit_test(test_texts_that_are_no_number),
        cmocka_unit_test(test_errors_name_texts_in_utf8),
        cmocka_unit_test(test_reals_out_of_range),
        cmocka_unit_test(test_int64_from_text),
        cmocka_unit_test(test_text_without_memory),
        cmocka_unit_test(test_decimal_comma_of_the_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
