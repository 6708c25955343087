/* Aggregates over groups of every kind, the empty one among them. */
#include "tests/store/functions.h"

#define OF_D(expression) "x_cast(" expression ", 'decimal(32)', 'lvarchar')"
#define D(column)        "x_cast(" column ", 'lvarchar', 'decimal(32)')"
#define FROM(values)     " FROM (VALUES " values ")"

static void sums(void **state)
{
    static const struct function_case cases[] = {
        {OF_D("x_sum_int(column1)") FROM("(1), (2), (NULL), (52)"), "55"},
        {OF_D("x_sum_int(column1)") FROM("(9223372036854775807), (9223372036854775807)"),
         "18446744073709551614"},
        {OF_D("x_sum_int(column1)") FROM("(-9223372036854775807), (-9223372036854775807)"),
         "-18446744073709551614"},
        {"x_sum_int(column1)" FROM("(1)") " WHERE 0", "NULL"},
        {"x_sum_int(column1)" FROM("(NULL)"), "NULL"},
        {"x_sum_int(column1)" FROM("(5), (-5)"), "X'80'"},
        {OF_D("x_sum_dec(" D("column1") ")") FROM("('0.1'), ('0.2'), (NULL), ('-1')"), "-0.7"},
        {OF_D("x_sum_dec(" D("column1") ")") FROM("('1E30'), ('1E-1'), ('-1E30')"), "0.1"},
        {OF_D("x_sum_dec(" D("column1") ")") FROM("('1E60'), ('5')"), "1E+60"},
        {OF_D("x_sum_dec(" D("column1") ")") FROM("('99999999999999999999999999999999'), ('1')"),
         "1E+32"},
        {"x_sum_dec(" D("column1") ")" FROM("('1')") " WHERE 0", "NULL"},
        {OF_D("x_avg(" D("column1") ")") FROM("('1'), ('2'), (NULL)"), "1.5"},
        {OF_D("x_avg(" D("column1") ")") FROM("('1'), ('0'), ('0')"),
         "0.33333333333333333333333333333333"},
        {"x_avg(" D("column1") ")" FROM("(NULL)"), "NULL"},
        {"x_sum_real(column1)" FROM("(0.1), (0.2), (0.3), (NULL)"), "0.6"},
        {"x_sum_real(column1)" FROM("(1e308), (1e308)"), "!-1223"},
        {"x_sum_real(column1)" FROM("(NULL)"), "NULL"},
        {"x_avg_real(column1)" FROM("(1.0), (2.0)"), "1.5"},
        {"x_cast(x_sum_iv(x_cast(column1, 'lvarchar', 'interval day(9) to minute'), "
         "'day(9) to minute'), 'interval day(9) to minute', 'lvarchar')" FROM(
             "('1 12:00'), ('0 18:30'), (NULL)"),
         "2 06:30"},
        {"x_sum_iv(NULL, 'day to day')", "NULL"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void counts(void **state)
{
    static const struct function_case cases[] = {
        {"x_count_rows()" FROM("(1), (NULL), (3)"), "X'C103'"},
        {"x_count_dec(column1)" FROM("(1), (NULL), (3)"), "X'C102'"},
        {"x_count_rows()" FROM("(1)") " WHERE 0", "X'80'"},
        {"x_count_dec(column1)" FROM("(NULL)"), "X'80'"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void spread(void **state)
{
    static const struct function_case cases[] = {
        {"x_variance(column1)" FROM(
             "(2.0), (4.0), (4.0), (4.0), (5.0), (5.0), (7.0), (9.0), (NULL)"),
         "4.57142857142857"},
        {"x_stdev(column1)" FROM("(1.0), (3.0)"), "1.4142135623731"},
        {"x_range(column1)" FROM("(1.0), (3.5), (-2.0)"), "5.5"},
        {"x_variance(column1)" FROM("(5.0)"), "0.0"},
        {"x_stdev(column1)" FROM("(NULL)"), "NULL"},
        {"x_variance(column1)" FROM("(1000000001.0), (1000000002.0), (1000000003.0)"), "1.0"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

/* Many values of both signs and many scales, whose sum is known: each is there with its opposite,
 * but for one. */
static void cancellation(void **state)
{
    struct functions_fixture *f = *state;
    uint64_t seed = 5;
    char sql[200];
    functions_query(f, "CREATE TABLE t(v)");
    for (int i = 0; i < 1000; i++) {
        long long digits = support_random_between(&seed, 1, 999999999999);
        int scale = (int)support_random_between(&seed, 0, 12);
        snprintf(sql, sizeof sql, "INSERT INTO t VALUES (%s), (%s)",
                 "x_cast(?1, 'lvarchar', "
                 "'decimal(32)')",
                 "x_cast('-' || ?1, 'lvarchar', 'decimal(32)')");
        sqlite3_stmt *statement;
        char number[40];
        snprintf(number, sizeof number, "%llde-%d", digits, scale);
        assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1, &statement, NULL), SQLITE_OK);
        sqlite3_bind_text(statement, 1, number, -1, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_finalize(statement);
    }
    functions_query(f,
                    "INSERT INTO t VALUES (x_cast('0.000000000001', 'lvarchar', 'decimal(32)'))");
    assert_string_equal(
        functions_query(f, "SELECT " OF_D("x_sum_dec(v)") " FROM (SELECT v FROM t ORDER BY "
                                                          "random())"),
        "0.000000000001");
}

/* However far apart two numbers are, the larger one is the sum as far as 32 digits go. */
static void distances(void **state)
{
    char expression[300], wanted[20];
    for (int exponent = 34; exponent < 120; exponent++)
        for (int order = 0; order < 2; order++) {
            snprintf(expression, sizeof expression,
                     OF_D("x_sum_dec(" D("column1") ")") FROM("('%s%d'), ('%s%d')"),
                     order ? "5E" : "3E", order ? 0 : exponent, order ? "3E" : "5E",
                     order ? exponent : 0);
            snprintf(wanted, sizeof wanted, "3E+%d", exponent);
            assert_string_equal(functions_value(*state, expression), wanted);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FUNCTIONS_TEST(sums, latin),      FUNCTIONS_TEST(counts, latin),
        FUNCTIONS_TEST(spread, latin),    FUNCTIONS_TEST(cancellation, latin),
        FUNCTIONS_TEST(distances, latin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
