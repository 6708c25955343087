/* Intervals multiplied, divided and counted. */
#include "tests/support/support.h"

#include "value/temporal.h"

#include <stdio.h>

static struct sqli_decimal decimal(const char *text)
{
    struct sqli_decimal value;
    assert_int_equal(sqli__decimal_from_text(sqli__span_text(text), &value, NULL), SQLI_OK);
    return value;
}

static struct sqli_interval interval(int start, int end, const char *text)
{
    struct sqli_interval value;
    struct sqli_error error;
    if (sqli__interval_from_text(sqli__span_text(text), sqli__interval_qualifier(start, end, 9),
                                 &value, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return value;
}

/* The text, or !code. */
static const char *shown(enum sqli_status status, const struct sqli_interval *value,
                         const struct sqli_error *error)
{
    static char out[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_buffer text;
    sqli__buffer_init(&text, sizeof out - 1);
    if (status == SQLI_OK)
        sqli__interval_to_text(value, &text);
    else
        sqli__buffer_format(&text, "!%d", (int)error->code);
    snprintf(out, sizeof out, "%.*s", (int)text.length, (char *)text.data);
    sqli__buffer_free(&text);
    return out;
}

enum { Y = SQLI_FIELD_YEAR, M = SQLI_FIELD_MONTH, D = SQLI_FIELD_DAY, H = SQLI_FIELD_HOUR };
enum { MI = SQLI_FIELD_MINUTE, S = SQLI_FIELD_SECOND, F5 = SQLI_FIELD_FRACTION5 };

static void products(void **state)
{
    (void)state;
    static const struct {
        int start, end;
        const char *value, *number, *product, *quotient;
    } cases[] = {
        {D, S, "1 12:00:00", "2", "3 00:00:00", "0 18:00:00"},
        {D, S, "-1 12:00:00", "2.5", "-3 18:00:00", "-0 14:24:00"},
        {D, D, "3", "2", "6", "1"},
        {D, D, "3", "-0.5", "-1", "-6"},
        {Y, M, "1-06", "3", "4-06", "0-06"},
        {Y, M, "1-06", "0.1", "0-01", "15-00"},
        {S, F5, "1.00000", "0.00001", "0.00001", "100000.00000"},
        {H, MI, "10:00", "0", "0:00", "!-1202"},
        {D, D, "999999999", "1E30", "!-1265", "0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_error error;
        struct sqli_interval value = interval(cases[i].start, cases[i].end, cases[i].value);
        struct sqli_interval result;
        struct sqli_decimal number = decimal(cases[i].number);
        enum sqli_status status = sqli__interval_multiply(&value, &number, &result, &error);
        assert_string_equal(shown(status, &result, &error), cases[i].product);
        status = sqli__interval_divide(&value, &number, &result, &error);
        assert_string_equal(shown(status, &result, &error), cases[i].quotient);
    }
}

static void ratios(void **state)
{
    (void)state;
    struct sqli_error error;
    struct sqli_decimal ratio, wanted = decimal("1.5");
    struct sqli_interval a = interval(D, D, "3"), b = interval(H, H, "48");
    struct sqli_interval none = interval(D, D, "0"), year = interval(Y, Y, "1");
    assert_int_equal(sqli__interval_ratio(&a, &b, &ratio, &error), SQLI_OK);
    assert_int_equal(sqli__decimal_compare(&ratio, &wanted), 0);
    assert_int_equal(sqli__interval_ratio(&a, &none, &ratio, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DIVISION_BY_ZERO);
    assert_int_equal(sqli__interval_ratio(&a, &year, &ratio, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_INTERVAL_INCOMPATIBLE);
}

static void units(void **state)
{
    (void)state;
    static const struct {
        int start, end;
        const char *number, *wanted;
    } cases[] = {
        {Y, Y, "3", "3"},           {M, M, "14", "14"},       {D, D, "-2.9", "-2"},
        {H, H, "25", "25"},         {MI, MI, "90", "90"},     {S, S, "61", "61"},
        {S, F5, "1500", "1.50000"}, {D, D, "1E30", "!-1265"}, {Y, M, "18", "1-06"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_error error;
        struct sqli_interval value;
        struct sqli_decimal number = decimal(cases[i].number);
        sqli_qualifier q = sqli__interval_qualifier(cases[i].start, cases[i].end, 9);
        enum sqli_status status = sqli__interval_units(&number, q, &value, &error);
        assert_string_equal(shown(status, &value, &error), cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(ratios),
        cmocka_unit_test(units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
