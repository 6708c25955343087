/* The functions that belong to no family: casts, constraints, the session, matching. */
#include "tests/store/functions.h"

#include "base/alloc.h"

static void casts(void **state)
{
    static const struct function_case cases[] = {
        {"x_cast(42, 'integer', 'varchar(20)')", "42"},
        {"x_cast(-42, 'integer', 'char(5)')", "-42  "},
        {"x_cast(NULL, 'integer', 'char(5)')", "NULL"},
        {"x_cast('12.50', 'char(5)', 'decimal(5,2)')", "X'C10C32'"},
        {"x_cast(X'C10C32', 'decimal(5,2)', 'lvarchar')", "12.50"},
        {"x_cast(X'80', 'decimal(5,2)', 'lvarchar')", "0.00"},
        {"x_cast(X'C10C32', 'decimal(5,2)', 'integer')", "12"},
        {"x_cast('abc', 'char(3)', 'integer')", "!-1213"},
        {"x_cast('', 'varchar(3)', 'integer')", "!-1213"},
        {"x_cast(40000, 'integer', 'smallint')", "!-1214"},
        {"x_cast(3000000000, 'bigint', 'integer')", "!-1215"},
        {"x_cast('2026-05-04', 'char(10)', 'date')", "46145"},
        {"x_cast(46145, 'date', 'datetime year to second')", "X'C7141A0504'"},
        {"x_cast(X'C7141A05040C2238', 'datetime year to second', 'lvarchar')",
         "2026-05-04 12:34:56"},
        {"x_cast('t', 'char(1)', 'boolean')", "1"},
        {"x_cast(0, 'boolean', 'char(1)')", "f"},
        {"x_cast('SET{3, 1,3}', 'lvarchar', 'set(integer not null)')", "SET{3,1}"},
        {"x_cast(1, 'integer', 'no such type at all')", "!-9602"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void constraints(void **state)
{
    struct functions_fixture *f = *state;
    assert_string_equal(functions_value(f, "x_not_null(5, 't.c')"), "5");
    assert_string_equal(functions_value(f, "x_not_null(NULL, 't.c')"), "!-391");
    assert_string_equal(f->runtime.error.near, "t.c");
    assert_string_equal(functions_value(f, "x_fail(-206, 'no_table')"), "!-206");
    assert_string_equal(f->runtime.error.near, "no_table");
}

static void session(void **state)
{
    static const struct function_case cases[] = {
        {"x_user()", "informix"},
        {"x_server()", "ol_test"},
        {"x_dbname()", "testdb"},
        {"x_session()", "17"},
        {"x_today()", "46145"},
        {"x_now('year to second')", "X'C7141A05040C2238'"},
        {"x_now('year to fraction(5)')", "X'C7141A05040C22384E5A'"},
        {"x_now('hour to minute')", "X'C30C22'"},
        {"x_dbinfo('version', 'full')", "IBM Informix Dynamic Server Version 14.10.FC7W1"},
        {"x_dbinfo('VERSION', 'major')", "14"},
        {"x_dbinfo('version', 'nothing')", "!-945"},
        {"x_dbinfo('sessionid')", "17"},
        {"x_dbinfo('dbhostname')", "host1"},
        {"x_dbinfo('dbname')", "testdb"},
        {"x_dbinfo('dbspace', 100)", "rootdbs"},
        {"x_dbinfo('sqlca.sqlerrd1')", "11"},
        {"x_dbinfo('sqlca.sqlerrd2')", "12"},
        {"x_dbinfo('serial8')", "13"},
        {"x_dbinfo('bigserial')", "14"},
        {"x_dbinfo('nothing')", "!-728"},
        {"x_dbinfo('utc_current') > 1700000000", "1"},
        {"x_dbinfo('version_gls') LIKE '%GLS%'", "1"},
        {"length(x_dbinfo('get_tz')) > 0", "1"},
        {"length(x_dbinfo('utc_to_datetime', 1700000001))", "8"},
        {"x_serial(0, 100, 'c', 'serial')", "!-626"},
    };
    struct functions_fixture *f = *state;
    f->runtime.last_serial = 11;
    f->runtime.last_rows = 12;
    f->runtime.last_serial8 = 13;
    f->runtime.last_bigserial = 14;
    FUNCTIONS_CHECK(f, cases);
}

static void like(void **state)
{
    static const struct function_case cases[] = {
        {"x_like('abc', 'abc')", "1"},
        {"x_like('abc', 'ABC')", "0"},
        {"x_like('abc', 'a%')", "1"},
        {"x_like('abc', '%c')", "1"},
        {"x_like('abc', '%b%')", "1"},
        {"x_like('abc', '_b_')", "1"},
        {"x_like('abc', '_b')", "0"},
        {"x_like('', '%')", "1"},
        {"x_like('', '')", "1"},
        {"x_like('', '_')", "0"},
        {"x_like('abc   ', 'abc')", "1"},
        {"x_like('abc   ', 'ab_')", "1"},
        {"x_like('abc', 'abc ')", "0"},
        {"x_like('50%', '50\\%')", "1"},
        {"x_like('501', '50\\%')", "0"},
        {"x_like('50%', '50!%', '!')", "1"},
        {"x_like('501', '50!%', '!')", "0"},
        {"x_like('a\\b', 'a\\b', '')", "1"},
        {"x_like('a', 'a', '!!')", "!-543"},
        {"x_like('a*b', 'a*b')", "1"},
        {"x_like('axb', 'a*b')", "0"},
        {"x_like('aab', '%ab')", "1"},
        {"x_like('abcabd', '%abd')", "1"},
        {"x_like(NULL, '%')", "NULL"},
        {"x_like(CAST(X'610062' AS TEXT), 'a_b')", "1"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void matches(void **state)
{
    static const struct function_case cases[] = {
        {"x_matches('abc', 'a*')", "1"},      {"x_matches('abc', 'a?c')", "1"},
        {"x_matches('abc', 'a%')", "0"},      {"x_matches('abc', '[a-c]bc')", "1"},
        {"x_matches('abc', '[b-d]bc')", "0"}, {"x_matches('abc', '[^b-d]bc')", "1"},
        {"x_matches('abc', '[^a]bc')", "0"},  {"x_matches('a-c', 'a[x-]c')", "1"},
        {"x_matches('a]c', 'a[\\]]c')", "1"}, {"x_matches('a]c', 'a[]]c')", "1"},
        {"x_matches('a[c', 'a[c')", "1"},     {"x_matches('a*c', 'a\\*c')", "1"},
        {"x_matches('abc', 'a\\*c')", "0"},   {"x_matches('a*c', 'a#*c', '#')", "1"},
        {"x_matches('abc   ', 'ab?')", "1"},  {"x_matches('sys', 'sys*')", "1"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

/* A character is one, however many bytes it has; a byte that is none is one, too. */
static void like_characters(void **state)
{
    static const struct function_case utf8[] = {
        {"x_like('ä', '_')", "1"},         {"x_like('ä', '__')", "0"},
        {"x_like('Grüße', 'Gr__e')", "1"}, {"x_matches('ö', '[à-ü]')", "1"},
        {"x_matches('z', '[à-ü]')", "0"},  {"x_like(CAST(X'FF' AS TEXT), '_')", "1"},
    };
    FUNCTIONS_CHECK(*state, utf8);
}

static void like_bytes(void **state)
{
    static const struct function_case latin[] = {
        {"x_like(CAST(X'E4' AS TEXT), '_')", "1"},
        {"x_like(CAST(X'C3A4' AS TEXT), '_')", "0"},
    };
    FUNCTIONS_CHECK(*state, latin);
}

/* Patterns that make a naive matcher exponential; this ends at once, or the test's time runs out.
 */
static void like_time(void **state)
{
    assert_string_equal(functions_value(*state, "x_like(printf('%.*c', 5000, 'a') || 'b', "
                                                "'%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%c')"),
                        "0");
}

static void breaks(void **state)
{
    struct functions_fixture *f = *state;
    atomic_store(&f->runtime.interrupted, true);
    assert_string_equal(functions_value(f, "x_like('a', '%')"), "!-213");
    atomic_store(&f->runtime.interrupted, false);
    assert_string_equal(functions_value(f, "x_like('a', '%')"), "1");
}

/* More types than are remembered, some of them again and again. */
static void many_types(void **state)
{
    char expression[200], wanted[500];
    for (int round = 0; round < 3; round++)
        for (int n = 1; n <= 400; n++) {
            snprintf(expression, sizeof expression,
                     "x_cast(x_cast(7, 'integer', 'char(%d)'), 'char(%d)', 'lvarchar(%d)')", n, n,
                     n);
            snprintf(wanted, sizeof wanted, "7%*s", n - 1, "");
            assert_string_equal(functions_value(*state, expression), wanted);
        }
}

static enum sqli_status install(void *context, struct sqli_error *error)
{
    (void)context;
    sqlite3 *db;
    struct sqli_runtime runtime = {0};
    sqlite3_open(":memory:", &db);
    enum sqli_status status = sqli__runtime_install(db, &runtime, error);
    sqlite3_close(db);
    return status;
}

static void memory(void **state)
{
    (void)state;
    assert_true(support_fail_each_allocation(install, NULL) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FUNCTIONS_TEST(casts, latin),      FUNCTIONS_TEST(constraints, latin),
        FUNCTIONS_TEST(session, latin),    FUNCTIONS_TEST(like, latin),
        FUNCTIONS_TEST(matches, latin),    FUNCTIONS_TEST(like_characters, utf8),
        FUNCTIONS_TEST(like_bytes, latin), FUNCTIONS_TEST(like_time, utf8),
        FUNCTIONS_TEST(breaks, latin),     FUNCTIONS_TEST(many_types, latin),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
