/* Rounding and cutting at any digit. */
#include "tests/support/support.h"

#include "value/decimal.h"

#include <stdio.h>

static struct sqli_decimal decimal(const char *text)
{
    struct sqli_decimal value;
    assert_int_equal(sqli__decimal_from_text(sqli__span_text(text), &value, NULL), SQLI_OK);
    return value;
}

static void assert_decimal(const struct sqli_decimal *value, const char *text)
{
    struct sqli_buffer out;
    sqli__buffer_init(&out, SQLI_DECIMAL_TEXT_MAX);
    sqli__decimal_to_text(value, SQLI_DECIMAL_FLOATING, &out);
    if (!sqli__span_equal(sqli__buffer_view(&out), sqli__span_text(text)))
        fail_msg("%.*s, but %s wanted", (int)out.length, (char *)out.data, text);
    sqli__buffer_free(&out);
    struct sqli_decimal again = decimal(text);
    assert_int_equal(sqli__decimal_compare(value, &again), 0);
    assert_int_equal(value->count, again.count);
    assert_int_equal(value->exponent, again.exponent);
    assert_int_equal(value->negative, again.negative);
}

static const struct {
    const char *value;
    int scale;
    const char *rounded;
    const char *cut;
} cases[] = {
    {"0", 2, "0", "0"},
    {"1234.567", 3, "1234.567", "1234.567"},
    {"1234.567", 2, "1234.57", "1234.56"},
    {"1234.567", 1, "1234.6", "1234.5"},
    {"1234.567", 0, "1235", "1234"},
    {"1234.567", -1, "1230", "1230"},
    {"1235", -1, "1240", "1230"},
    {"1234.567", -3, "1000", "1000"},
    {"5000", -4, "10000", "0"},
    {"4999", -4, "0", "0"},
    {"9999", -4, "10000", "0"},
    {"99.995", 2, "100", "99.99"},
    {"-1234.567", 2, "-1234.57", "-1234.56"},
    {"-0.005", 2, "-0.01", "0"},
    {"-0.004", 2, "0", "0"},
    {"0.05", 1, "0.1", "0"},
    {"0.0005", 2, "0", "0"},
    {"5", -1, "10", "0"},
    {"5", -2, "0", "0"},
    {"1E-20", 20, "0.00000000000000000001", "0.00000000000000000001"},
    {"1E100", -99, "1E+100", "1E+100"},
    {"7E100", -101, "1E+101", "0"},
    {"12.5", 300, "12.5", "12.5"},
    {"12.5", -300, "0", "0"},
};

static void by_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_decimal value = decimal(cases[i].value);
        struct sqli_decimal result;
        assert_int_equal(sqli__decimal_round_at(&value, cases[i].scale, &result, NULL), SQLI_OK);
        assert_decimal(&result, cases[i].rounded);
        sqli__decimal_truncate(&value, cases[i].scale, &result);
        assert_decimal(&result, cases[i].cut);
    }
}

static void too_large(void **state)
{
    (void)state;
    struct sqli_error error;
    struct sqli_decimal value = decimal("9.9E125");
    struct sqli_decimal result;
    assert_int_equal(sqli__decimal_round_at(&value, -125, &result, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DECIMAL_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_example), cmocka_unit_test(too_large)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
