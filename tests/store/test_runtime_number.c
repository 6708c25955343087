/* Arithmetic and the functions of numbers. Decimals are written as their images in storage. */
#include "tests/store/functions.h"

/* A decimal by its text, and its text. */
#define D(text)       "x_cast('" text "', 'lvarchar', 'decimal(32)')"
#define T(expression) "x_cast(" expression ", 'decimal(32)', 'lvarchar')"
#define MOST          "9223372036854775807"

static void integers(void **state)
{
    static const struct function_case cases[] = {
        {"x_int_add(2, 3, 'integer')", "5"},
        {"x_int_add(2147483646, 1, 'integer')", "2147483647"},
        {"x_int_add(2147483647, 1, 'integer')", "!-1215"},
        {"x_int_sub(-2147483647, 1, 'integer')", "!-1215"},
        {"x_int_add(32767, 1, 'smallint')", "!-1214"},
        {"x_int_add(" MOST ", 1, 'bigint')", "!-1284"},
        {"x_int_sub(-" MOST ", 1, 'bigint')", "!-1284"},
        {"x_int_mul(3000000000, 3, 'bigint')", "9000000000"},
        {"x_int_mul(3000000000, 4000000000, 'bigint')", "!-1284"},
        {"x_int_mul(65536, 65536, 'integer')", "!-1215"},
        {"x_int_neg(5, 'integer')", "-5"},
        {"x_int_neg(-2147483648, 'integer')", "!-1215"},
        {"x_int_add(NULL, 3, 'integer')", "NULL"},
        {"x_int_add(46145, 1, 'date')", "46146"},
        {"x_int_add(2958464, 1, 'date')", "!-1210"},
        {"x_int_sub(-693594, 1, 'date')", "!-1210"},
        {"x_f_mod(17, 5)", "2"},
        {"x_f_mod(-17, 5)", "-2"},
        {"x_f_mod(17, 0)", "!-1202"},
        {"x_f_mod((-9223372036854775807-1), -1)", "0"},
        {"x_f_hex(255)", "0x000000FF"},
        {"x_f_hex(-1)", "0xFFFFFFFF"},
        {"x_f_hex(68719476736)", "0x0000001000000000"},
        {"x_f_bitand(12, 10)", "8"},
        {"x_f_bitor(12, 10)", "14"},
        {"x_f_bitxor(12, 10)", "6"},
        {"x_f_bitandnot(12, 10)", "4"},
        {"x_f_bitnot(8)", "-9"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void decimals(void **state)
{
    static const struct function_case cases[] = {
        {"x_dec_add(X'C102', X'C103')", "X'C105'"},
        {"x_dec_sub(X'C102', X'C102')", "X'80'"},
        {"x_dec_add(X'80', X'80')", "X'80'"},
        {"x_dec_add(X'C10132', X'3E6232')", "X'80'"},
        {T("x_dec_add(" D("0.1") ", " D("0.2") ")"), "0.3"},
        {T("x_dec_sub(" D("1") ", " D("1.5") ")"), "-0.5"},
        {T("x_dec_mul(" D("-1.5") ", " D("4") ")"), "-6"},
        {T("x_dec_div(" D("1") ", " D("3") ")"), "0.33333333333333333333333333333333"},
        {"x_dec_div(X'C101', X'80')", "!-1202"},
        {T("x_dec_neg(" D("1.5") ")"), "-1.5"},
        {"x_dec_neg(X'80')", "X'80'"},
        {"x_dec_mul(" D("1E100") ", " D("1E100") ")", "!-1226"},
        {"x_dec_add(X'C102', NULL)", "NULL"},
        {T("x_f_ceil(" D("1.2") ")"), "2"},
        {T("x_f_ceil(" D("-1.2") ")"), "-1"},
        {T("x_f_ceil(" D("-0.2") ")"), "0"},
        {T("x_f_ceil(" D("5") ")"), "5"},
        {T("x_f_floor(" D("1.2") ")"), "1"},
        {T("x_f_floor(" D("-1.2") ")"), "-2"},
        {T("x_f_floor(" D("0.001") ")"), "0"},
        {T("x_f_round(" D("1234.567") ")"), "1235"},
        {T("x_f_round(" D("1234.567") ", 2)"), "1234.57"},
        {T("x_f_round(" D("1234.567") ", -2)"), "1200"},
        {T("x_f_round(" D("1250") ", -2)"), "1300"},
        {T("x_f_round(" D("-1250") ", -2)"), "-1300"},
        {T("x_f_round(" D("60") ", -2)"), "100"},
        {T("x_f_round(" D("40") ", -2)"), "0"},
        {T("x_f_round(" D("1.5") ", 1000)"), "1.5"},
        {T("x_f_round(" D("1.5") ", -1000)"), "0"},
        {T("x_f_trunc(" D("1234.567") ")"), "1234"},
        {T("x_f_trunc(" D("-1234.567") ", 1)"), "-1234.5"},
        {T("x_f_trunc(" D("1234.567") ", -2)"), "1200"},
        {T("x_f_trunc(" D("1234.567") ", -3)"), "1000"},
        {T("x_f_trunc(" D("1234.567") ", -4)"), "0"},
        {T("x_f_trunc(" D("0.05") ", 1)"), "0"},
        {T("x_f_abs(" D("-1.5") ")"), "1.5"},
        {"x_f_abs(-5)", "5"},
        {"x_f_abs(-2.5)", "2.5"},
        {"x_f_sign(-5)", "-1"},
        {"x_f_sign(0)", "0"},
        {"x_f_sign(2.5)", "1"},
        {"x_f_sign(" D("-0.1") ")", "-1"},
        {"x_f_sign(X'80')", "0"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void doubles(void **state)
{
    static const struct function_case cases[] = {
        {"x_real_add(1.5, 2.25)", "3.75"},
        {"x_real_sub(1.5, 2.25)", "-0.75"},
        {"x_real_mul(1.5, 2.0)", "3.0"},
        {"x_real_mul(1e308, 10.0)", "!-1223"},
        {"x_real_div(3.0, 2.0)", "1.5"},
        {"x_real_div(3.0, 0.0)", "!-1202"},
        {"x_real_neg(3.0)", "-3.0"},
        {"x_f_pow(2.0, 10.0)", "1024.0"},
        {"x_f_pow(-8.0, 0.5)", "!-647"},
        {"x_f_root(9.0)", "3.0"},
        {"x_f_root(-27.0, 3.0)", "-3.0"},
        {"x_f_root(243.0, 5.0)", "3.0"},
        {"x_f_root(-32.0, 5.0)", "-2.0"},
        {"x_f_root(-16.0, 4.0)", "!-647"},
        {"x_f_sqrt(2.25)", "1.5"},
        {"x_f_sqrt(-1.0)", "!-647"},
        {"x_f_exp(0.0)", "1.0"},
        {"x_f_ln(1.0)", "0.0"},
        {"x_f_ln(0.0)", "!-647"},
        {"x_f_log10(1000.0)", "3.0"},
        {"x_f_sin(0.0)", "0.0"},
        {"x_f_cos(0.0)", "1.0"},
        {"x_f_tan(0.0)", "0.0"},
        {"x_f_asin(2.0)", "!-647"},
        {"x_f_acos(1.0)", "0.0"},
        {"x_f_atan(0.0)", "0.0"},
        {"round(x_f_atan2(1.0, 1.0) * 4, 10)", "3.1415926536"},
        {"x_f_sinh(0.0)", "0.0"},
        {"x_f_cosh(0.0)", "1.0"},
        {"x_f_tanh(0.0)", "0.0"},
        {"round(x_f_degrees(3.14159265358979), 8)", "180.0"},
        {"round(x_f_radians(180.0), 10)", "3.1415926536"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

/* Nanoseconds are nobody's test; that a million additions end in seconds is. */
static void many(void **state)
{
    assert_string_equal(
        functions_query(*state, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                "WHERE i < 100000) SELECT count(x_dec_add(X'C102', X'C103')) + "
                                "count(x_cast(i, 'integer', 'varchar(20)')) FROM n"),
        "200000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FUNCTIONS_TEST(integers, latin),
        FUNCTIONS_TEST(decimals, latin),
        FUNCTIONS_TEST(doubles, latin),
        FUNCTIONS_TEST(many, latin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
