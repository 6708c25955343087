/* Dates, datetimes, intervals and their formats. */
#include "tests/store/functions.h"

/* Values by their texts, and texts of values. */
#define DT(text, q)          "x_cast('" text "', 'lvarchar', 'datetime " q "')"
#define IV(text, q)          "x_cast('" text "', 'lvarchar', 'interval " q "')"
#define FULL                 "year to fraction(5)"
#define M(text)              DT(text, FULL)
#define OF_DT(expression, q) "x_cast(" expression ", 'datetime " q "', 'lvarchar')"
#define OF_IV(expression, q) "x_cast(" expression ", 'interval " q "', 'lvarchar')"
#define OF_D(expression)     "x_cast(" expression ", 'decimal(32)', 'lvarchar')"
#define N(text)              "x_cast('" text "', 'lvarchar', 'decimal(32)')"
#define DAY(text)            "x_cast('" text "', 'lvarchar', 'date')"

static void arithmetic(void **state)
{
    static const struct function_case cases[] = {
        {OF_DT("x_dt_add(" DT("2026-05-04 12:34:56", "year to second") ", 'year to second', " IV(
                   "1 12:00:00", "day to second") ", 'day to second')",
               "year to second"),
         "2026-05-06 00:34:56"},
        {OF_DT("x_dt_sub_iv(" DT("2026-03-01", "year to day") ", 'year to day', " IV(
                   "1", "day to day") ", 'day to day')",
               "year to day"),
         "2026-02-28"},
        {"x_dt_add(" DT("2026-01-31", "year to day") ", 'year to day', " IV(
             "1", "month to month") ", 'month to month')",
         "!-1267"},
        {OF_IV("x_dt_sub(" DT("2026-05-04", "year to day") ", 'year to day', " DT(
                   "2026-01-01", "year to day") ", 'year to day')",
               "day(8) to day"),
         "123"},
        {OF_IV("x_iv_add(" IV("1-06", "year to month") ", 'year to month', " IV(
                   "0-07", "year to month") ", 'year to month')",
               "year(9) to month"),
         "2-01"},
        {OF_IV("x_iv_sub(" IV("1 00:00", "day to minute") ", 'day to minute', " IV(
                   "01:30", "hour to minute") ", 'hour to minute')",
               "day(9) to minute"),
         "0 22:30"},
        {OF_IV("x_iv_mul(" IV("1 12:00", "day to minute") ", 'day to minute', " N("2.5") ")",
               "day to minute"),
         "3 18:00"},
        {OF_IV("x_iv_div(" IV("3", "day to day") ", 'day to day', " N("2") ")", "day to day"), "1"},
        {"x_iv_div(" IV("3", "day to day") ", 'day to day', X'80')", "!-1202"},
        {"x_iv_mul(" IV("99", "day to day") ", 'day to day', " N("2") ")", "!-1265"},
        {OF_D("x_iv_ratio(" IV("3", "day to day") ", 'day to day', " IV(
             "12:00", "hour to minute") ", 'hour to minute')"),
         "6"},
        {"x_iv_ratio(" IV("3", "day to day") ", 'day to day', " IV(
             "1", "year to year") ", 'year to year')",
         "!-1266"},
        {OF_IV("x_iv_neg(" IV("1-06", "year to month") ", 'year to month')", "year to month"),
         "-1-06"},
        {"x_iv_neg(" IV("0-00", "year to month") ", 'year to month')", "X'80'"},
        {OF_IV("x_units(" N("3") ", 'day(9) to day')", "day(9) to day"), "3"},
        {OF_IV("x_units(" N("-2.9") ", 'hour(9) to hour')", "hour(9) to hour"), "-2"},
        {OF_IV("x_units(" N("1500") ", 'second(9) to fraction(5)')", "second(9) to fraction(5)"),
         "1.50000"},
        {"x_units(" N("1E12") ", 'day(9) to day')", "!-1265"},
        {OF_DT("x_extend(" DT("12:34", "hour to minute") ", 'hour to minute', 'year to second')",
               "year to second"),
         "2026-05-04 12:34:00"},
        {OF_DT("x_extend(" DT("2026-05-04 12:34",
                              "year to minute") ", 'year to minute', 'year to month')",
               "year to month"),
         "2026-05"},
        {"x_extend(NULL, 'hour to minute', 'year to second')", "NULL"},
        {"x_extend(X'C30C22', 'nonsense', 'year to second')", "!-9602"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void calendar(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_day(46145)", "4"},
        {"x_f_month(46145)", "5"},
        {"x_f_year(46145)", "2026"},
        {"x_f_weekday(46145)", "1"},
        {"x_f_weekday(0)", "0"},
        {"x_f_weekday(-1)", "6"},
        {"x_f_quarter(46145)", "2"},
        {"x_f_mdy(5, 4, 2026)", "46145"},
        {"x_f_mdy(13, 4, 2026)", "!-1205"},
        {"x_f_mdy(2, 30, 2026)", "!-1206"},
        {"x_f_mdy(2, 3, 10000)", "!-1204"},
        {OF_DT("x_f_add_months(" M("2026-01-31 10:00:00") ", 1)", FULL),
         "2026-02-28 10:00:00.00000"},
        {OF_DT("x_f_add_months(" M("2026-02-28 10:00:00") ", 1)", FULL),
         "2026-03-31 10:00:00.00000"},
        {OF_DT("x_f_add_months(" M("2026-05-15 10:00:00") ", -17)", FULL),
         "2024-12-15 10:00:00.00000"},
        {"x_f_add_months(" M("2026-05-15 10:00:00") ", 1000000)", "!-1267"},
        {OF_DT("x_f_last_day(" M("2024-02-10 10:00:00") ")", "year to day"), "!-415"},
        {OF_DT("x_f_last_day(" M("2024-02-10 10:00:00") ")", FULL), "2024-02-29 10:00:00.00000"},
        {OF_DT("x_f_next_day(" M("2026-05-04 10:00:00") ", 'MON')", FULL),
         "2026-05-11 10:00:00.00000"},
        {OF_DT("x_f_next_day(" M("2026-05-04 10:00:00") ", 'tuesday')", FULL),
         "2026-05-05 10:00:00.00000"},
        {"x_f_next_day(" M("2026-05-04 10:00:00") ", 'xyz')", "!-1277"},
        {OF_D("x_f_months_between(" M("2026-05-15 00:00:00") ", " M("2026-03-15 12:00:00") ")"),
         "2"},
        {OF_D("x_f_months_between(" M("2026-05-31 00:00:00") ", " M("2026-02-28 00:00:00") ")"),
         "3"},
        {"substr(" OF_D("x_f_months_between(" M("1995-02-02 00:00:00") ", " M(
             "1995-01-01 00:00:00") ")") ", 1, 10)",
         "1.03225806"},
        {OF_D("x_f_months_between(" M("2026-01-15 00:00:00") ", " M("2026-03-15 00:00:00") ")"),
         "-2"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

#define ROUNDED(name, text, unit) OF_DT("x_f_" name "_date(" M(text) ", '" unit "')", FULL)

static void rounding(void **state)
{
    static const struct function_case cases[] = {
        {ROUNDED("trunc", "2026-08-20 12:34:56.5", "YEAR"), "2026-01-01 00:00:00.00000"},
        {ROUNDED("trunc", "2026-08-20 12:34:56.5", "MONTH"), "2026-08-01 00:00:00.00000"},
        {ROUNDED("trunc", "2026-08-20 12:34:56.5", "DD"), "2026-08-20 00:00:00.00000"},
        {ROUNDED("trunc", "2026-08-20 12:34:56.5", "DAY"), "2026-08-16 00:00:00.00000"},
        {ROUNDED("trunc", "2026-08-20 12:34:56.5", "HH"), "2026-08-20 12:00:00.00000"},
        {ROUNDED("trunc", "2026-08-20 12:34:56.5", "MI"), "2026-08-20 12:34:00.00000"},
        {ROUNDED("round", "2026-06-30 23:59:59", "YEAR"), "2026-01-01 00:00:00.00000"},
        {ROUNDED("round", "2026-07-01 00:00:00", "year"), "2027-01-01 00:00:00.00000"},
        {ROUNDED("round", "2026-07-31 00:00:00", "YEAR"), "2027-01-01 00:00:00.00000"},
        {ROUNDED("round", "2026-08-15 23:59:59", "MONTH"), "2026-08-01 00:00:00.00000"},
        {ROUNDED("round", "2026-08-16 00:00:00", "MONTH"), "2026-09-01 00:00:00.00000"},
        {ROUNDED("round", "2026-01-31 00:00:00", "MONTH"), "2026-02-01 00:00:00.00000"},
        {ROUNDED("round", "2026-08-20 12:00:00", "DD"), "2026-08-21 00:00:00.00000"},
        {ROUNDED("round", "2026-08-20 11:59:59", "DD"), "2026-08-20 00:00:00.00000"},
        {ROUNDED("round", "2026-08-19 12:00:00", "DAY"), "2026-08-23 00:00:00.00000"},
        {ROUNDED("round", "2026-08-19 11:00:00", "DAY"), "2026-08-16 00:00:00.00000"},
        {ROUNDED("round", "2026-08-20 12:30:00", "HH"), "2026-08-20 13:00:00.00000"},
        {ROUNDED("round", "2026-08-20 12:34:29", "MI"), "2026-08-20 12:34:00.00000"},
        {ROUNDED("round", "2026-08-20 23:59:30", "MI"), "2026-08-21 00:00:00.00000"},
        {"x_f_round_date(" M("2026-08-20 23:59:30") ", 'CENTURY')", "!-1276"},
        {"x_f_round_date(" M("9999-12-31 23:59:30") ", 'DD')", "!-1267"},
        {OF_DT("x_f_trunc_date(" M("2026-08-20 12:34:56.5") ")", FULL),
         "2026-08-20 00:00:00.00000"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

#define CHARS(format) "x_f_to_char_date(" M("2026-05-04 15:04:09.078") ", '" format "')"

static void to_char(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_to_char_date(" M("2026-05-04 15:04:09.078") ")", "2026-05-04 15:04:09"},
        {CHARS("%A %B %d, %Y %R"), "Monday May 04, 2026 15:04"},
        {CHARS("%a %b %e %y"), "Mon May  4 26"},
        {CHARS("%H:%M:%S%F3"), "15:04:09.078"},
        {CHARS("%S.%F5"), "09.07800"},
        {CHARS("%S%F0"), "09"},
        {CHARS("%I:%M %p"), "03:04 PM"},
        {CHARS("%D %T"), "05/04/26 15:04:09"},
        {CHARS("%j %w"), "124 1"},
        {CHARS("100%%"), "100%"},
        {CHARS("%k"), "!-1276"},
        {CHARS("%Y%"), "!-1276"},
        {CHARS("YYYY-MM-DD HH24:MI:SS"), "2026-05-04 15:04:09"},
        {CHARS("DD MON YY HH12:MI AM"), "04 May 26 03:04 PM"},
        {CHARS("YYYY\"year\"DDD"), "2026year124"},
        {CHARS("SS.FF3"), "09.078"},
        {CHARS("DAY, DD. MONTH YYYY"), "Monday, 04. May 2026"},
        {CHARS("Q"), "2"},
        {"x_f_to_char_date(" M("2026-05-04 00:30:00") ", '%I %p')", "12 AM"},
        {"x_f_to_char_date(" M("2026-05-04 12:30:00") ", '%I %p')", "12 PM"},
        {"x_f_to_char_date(NULL, '%Y')", "NULL"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

#define DATED(text, format) OF_DT("x_f_to_date('" text "', '" format "')", FULL)

static void to_date(void **state)
{
    static const struct function_case cases[] = {
        {OF_DT("x_f_to_date('2026-05-04 15:04:09')", FULL), "2026-05-04 15:04:09.00000"},
        {DATED("2026-05-04", "%Y-%m-%d"), "2026-05-04 00:00:00.00000"},
        {DATED("05/04/2026", "%m/%d/%Y"), "2026-05-04 00:00:00.00000"},
        {DATED("04.05.26", "%d.%m.%y"), "2026-05-04 00:00:00.00000"},
        {DATED("20260504150409", "%Y%m%d%H%M%S"), "2026-05-04 15:04:09.00000"},
        {DATED("May 4, 2026", "%B %d, %Y"), "2026-05-04 00:00:00.00000"},
        {DATED("4 SEPTEMBER 2026", "%d %b %Y"), "2026-09-04 00:00:00.00000"},
        {DATED("Mon May 04 2026", "%a %b %d %Y"), "2026-05-04 00:00:00.00000"},
        {DATED("2026-05-04 03:04 PM", "%Y-%m-%d %I:%M %p"), "2026-05-04 15:04:00.00000"},
        {DATED("2026-05-04 12:04 AM", "%Y-%m-%d %I:%M %p"), "2026-05-04 00:04:00.00000"},
        {DATED("2026-05-04 15:04:09.078", "%Y-%m-%d %H:%M:%S%F3"), "2026-05-04 15:04:09.07800"},
        {DATED("2026-05-04 15:04:09.5", "YYYY-MM-DD HH24:MI:SS.FF5"), "2026-05-04 15:04:09.50000"},
        {DATED("04-MAY-2026", "DD-MON-YYYY"), "2026-05-04 00:00:00.00000"},
        {DATED("2024 060", "%Y %j"), "2024-02-29 00:00:00.00000"},
        {DATED("15:04", "%H:%M"), "2026-05-04 15:04:00.00000"},
        {DATED("2026", "%Y"), "2026-01-01 00:00:00.00000"},
        {DATED("  2026-05-04  ", "%Y-%m-%d"), "2026-05-04 00:00:00.00000"},
        {DATED("2026-05-04x", "%Y-%m-%d"), "!-1277"},
        {DATED("2026/05/04", "%Y-%m-%d"), "!-1277"},
        {DATED("2026-xx-04", "%Y-%m-%d"), "!-1277"},
        {DATED("2026-02-30", "%Y-%m-%d"), "!-1263"},
        {DATED("2026-13-30", "%Y-%m-%d"), "!-1263"},
        {DATED("", "%Y-%m-%d"), "!-1277"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

#define MASKED(number, mask) "'|' || x_f_to_char_number(" N(number) ", '" mask "') || '|'"

static void masks(void **state)
{
    static const struct function_case cases[] = {
        {MASKED("1234.5", "9999.99"), "|1234.50|"},
        {MASKED("1234.5", "99999.99"), "| 1234.50|"},
        {MASKED("1234.567", "9,999.99"), "|1,234.57|"},
        {MASKED("12.5", "9,999.99"), "|   12.50|"},
        {MASKED("1234567", "9,999,999"), "|1,234,567|"},
        {MASKED("12", "00000"), "|00012|"},
        {MASKED("0.5", "9.99"), "| .50|"},
        {MASKED("0.5", "0.99"), "|0.50|"},
        {MASKED("0", "999"), "|  0|"},
        {MASKED("12345", "999"), "|***|"},
        {MASKED("12.5", "$999.99"), "| $12.50|"},
        {MASKED("12.5", "$###.##"), "|$ 12.50|"},
        {MASKED("1234.56", "$$$,$$$.##"), "| $1,234.56|"},
        {MASKED("-12", "999"), "|-12|"},
        {MASKED("-123", "999"), "|-123|"},
        {MASKED("-12", "999-"), "| 12-|"},
        {MASKED("12", "999MI"), "| 12 |"},
        {MASKED("-12", "999MI"), "| 12-|"},
        {MASKED("12", "S999"), "|+12|"},
        {MASKED("-12", "999S"), "| 12-|"},
        {MASKED("-12", "999PR"), "|<12>|"},
        {MASKED("12", "FM9999"), "|12|"},
        {MASKED("12", "#####"), "|   12|"},
        {MASKED("12", "&&&&&"), "|00012|"},
        {MASKED("12", "*****"), "|***12|"},
        {MASKED("12", "<<<<<"), "|12|"},
        {MASKED("-12.34", "(###.##)"), "|( 12.34)|"},
        {MASKED("12.34", "(###.##)"), "|  12.34 |"},
        {MASKED("-0.001", "9.99"), "| .00|"},
        {"x_f_to_char_number(" N("12.50") ")", "12.5"},
        {OF_D("x_f_to_number('$1,234.50')"), "1234.5"},
        {OF_D("x_f_to_number('(12.5)')"), "-12.5"},
        {OF_D("x_f_to_number('12-', '99S')"), "-12"},
        {"x_f_to_number('abc')", "!-1213"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FUNCTIONS_TEST(arithmetic, latin), FUNCTIONS_TEST(calendar, latin),
        FUNCTIONS_TEST(rounding, latin),   FUNCTIONS_TEST(to_char, latin),
        FUNCTIONS_TEST(to_date, latin),    FUNCTIONS_TEST(masks, latin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
