/* Values of the program into the database, and what the server has made of them. */
#include "tests/client/fixture.h"

#include <math.h>

enum { LONG_TEXT = 40000 };

/* A table of one column and one behind it, and an INSERT for it. */
static sqli_stmt *make_insert(sqli_conn *db, const char *type)
{
    char sql[200];
    must(db, "drop table if exists v");
    snprintf(sql, sizeof sql, "create table v (a %s, z integer)", type);
    must(db, sql);
    return must_prepare(db, "insert into v values (?, 777)");
}

static const char *stored(struct fixture *f, sqli_conn *db)
{
    return query(f, db, "select a, z from v");
}

/* Runs the INSERT, and compares what is in the table then. */
static void expect(struct fixture *f, sqli_conn *db, sqli_stmt *insert, int bound, const char *text)
{
    char row[200];
    if (bound || sqli_step(insert) != SQLI_DONE)
        fail_msg("%s: %s", text, sqli_errmsg(db));
    snprintf(row, sizeof row, "%s|777", text);
    assert_string_equal(stored(f, db), row);
    sqli_finalize(insert);
}

static void refuse(sqli_conn *db, sqli_stmt *insert, int bound, int code)
{
    if (bound != SQLI_FAIL || sqli_errcode(db) != code)
        fail_msg("%d with %d (%s) instead of %d", bound, sqli_errcode(db), sqli_errmsg(db), code);
    sqli_finalize(insert);
}

static void test_integers(void **state)
{
    static const struct {
        const char *type;
        int64_t number;
        const char *text;
    } cases[] = {
        {"smallint", -32767, "-32767"},
        {"integer", 2147483647, "2147483647"},
        {"integer", -2147483647, "-2147483647"},
        {"bigint", -2147483648, "-2147483648"},
        {"bigint", INT64_MAX, "9223372036854775807"},
        {"bigint", -INT64_MAX, "-9223372036854775807"},
        {"int8", INT64_MAX, "9223372036854775807"},
        {"int8", -5, "-5"},
        {"decimal(20,0)", INT64_MIN, "-9223372036854775808"},
        {"decimal(20,1)", 7, "7.0"},
        {"float", 7, "7"},
        {"char(4)", 7, "7"},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *insert = make_insert(db, cases[i].type);
        expect(f, db, insert, sqli_bind_int64(insert, 1, cases[i].number), cases[i].text);
    }
    sqli_stmt *insert = make_insert(db, "smallint");
    assert_int_equal(sqli_bind_int64(insert, 1, 40000), SQLI_OK);
    assert_int_equal(sqli_step(insert), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_SMALLINT_RANGE);
    sqli_finalize(insert);
    sqli_close(db);
}

static void test_doubles_and_booleans(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    static const double numbers[] = {0.1, -1e-300, 1.7976931348623157e308, 5e-324, 3};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        double got = 0;
        sqli_stmt *insert = make_insert(db, "float");
        assert_int_equal(sqli_bind_double(insert, 1, numbers[i]), SQLI_OK);
        assert_int_equal(sqli_step(insert), SQLI_DONE);
        sqli_finalize(insert);
        sqli_stmt *select = must_prepare(db, "select a from v");
        assert_int_equal(sqli_step(select), SQLI_ROW);
        assert_int_equal(sqli_get_double(select, 1, &got), SQLI_OK);
        assert_memory_equal(&got, &numbers[i], sizeof got);
        sqli_finalize(select);
    }
    sqli_stmt *insert = make_insert(db, "boolean");
    expect(f, db, insert, sqli_bind_bool(insert, 1, 2), "t");
    insert = make_insert(db, "boolean");
    expect(f, db, insert, sqli_bind_bool(insert, 1, 0), "f");
    insert = make_insert(db, "char(1)");
    expect(f, db, insert, sqli_bind_bool(insert, 1, 1), "t");
    sqli_close(db);
}

static void test_decimals(void **state)
{
    static const struct {
        const char *text;
        const char *stored; /* in a DECIMAL(32); NULL: refused */
        int code;
    } cases[] = {
        {"12345678901234567890123456789012", "12345678901234567890123456789012", 0},
        {"-0.012345678901234567890123456789012", "-1.2345678901234567890123456789012E-2", 0},
        {" 1e10 ", "10000000000", 0},
        {"123456789012345678901234567890123", NULL, SQLI_E_VALUE_RANGE},
        {"1234567890123456789012345678901200", "1.2345678901234567890123456789012E+33", 0},
        {"1e-200", NULL, SQLI_E_DECIMAL_TOO_SMALL},
        {"1e200", NULL, SQLI_E_DECIMAL_TOO_LARGE},
        {"12,5", NULL, SQLI_E_NUMBER_TEXT},
        {"", NULL, SQLI_E_NUMBER_TEXT},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *insert = make_insert(db, "decimal(32)");
        int bound = sqli_bind_decimal(insert, 1, cases[i].text, -1);
        if (cases[i].stored)
            expect(f, db, insert, bound, cases[i].stored);
        else
            refuse(db, insert, bound, cases[i].code);
    }
    sqli_close(db);
}

static void test_digits(void **state)
{
    static const struct {
        struct sqli_digits digits;
        const char *stored;
    } cases[] = {
        {{.count = 3, .exponent = 2, .digits = {1, 2, 5}}, "12.5"},
        {{.negative = 1, .count = 1, .exponent = -3, .digits = {7}}, "-0.0007"},
        {{.count = 4, .exponent = 3, .digits = {0, 0, 4, 2}}, "4.2"},
        {{.count = 0, .exponent = 9}, "0"},
        {{.count = 33}, NULL},
        {{.count = -1}, NULL},
        {{.count = 1, .digits = {10}}, NULL},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *insert = make_insert(db, "decimal(32)");
        int bound = sqli_bind_digits(insert, 1, &cases[i].digits);
        if (cases[i].stored)
            expect(f, db, insert, bound, cases[i].stored);
        else
            refuse(db, insert, bound, SQLI_E_ARGUMENT);
    }
    sqli_close(db);
}

static void test_moments(void **state)
{
    static const struct {
        const char *type;
        struct sqli_moment moment;
        const char *stored; /* NULL: refused */
        int code;
    } cases[] = {
        {"datetime year to second",
         {SQLI_YEAR, SQLI_SECOND, 2026, 5, 4, 12, 34, 56, 0},
         "2026-05-04 12:34:56",
         0},
        {"datetime year to fraction(5)",
         {SQLI_YEAR, SQLI_SECOND + 5, 1, 1, 1, 0, 0, 0, 10000},
         "0001-01-01 00:00:00.00001",
         0},
        {"datetime year to fraction(3)",
         {SQLI_YEAR, SQLI_SECOND + 3, 9999, 12, 31, 23, 59, 59, 999000000},
         "9999-12-31 23:59:59.999",
         0},
        {"datetime hour to minute", {SQLI_HOUR, SQLI_MINUTE, 0, 0, 0, 23, 59, 0, 0}, "23:59", 0},
        {"date", {SQLI_YEAR, SQLI_DAY, 2024, 2, 29, 0, 0, 0, 0}, "2024-02-29", 0},
        {"datetime month to day", {SQLI_MONTH, SQLI_DAY, 0, 2, 29, 0, 0, 0, 0}, "02-29", 0},
        {"date", {SQLI_YEAR, SQLI_DAY, 2025, 2, 29, 0, 0, 0, 0}, NULL, SQLI_E_DATETIME_FIELD_RANGE},
        {"date",
         {SQLI_YEAR, SQLI_DAY, 100000, 1, 1, 0, 0, 0, 0},
         NULL,
         SQLI_E_DATETIME_FIELD_RANGE},
        {"date",
         {SQLI_YEAR, SQLI_DAY, 2026, 257, 1, 0, 0, 0, 0},
         NULL,
         SQLI_E_DATETIME_FIELD_RANGE},
        {"date", {SQLI_DAY, SQLI_YEAR, 2026, 1, 1, 0, 0, 0, 0}, NULL, SQLI_E_INTERVAL_QUALIFIER},
        {"date", {SQLI_YEAR, SQLI_SECOND + 5, 2026, 1, 1, 0, 0, 0, 1000}, NULL, SQLI_E_VALUE_RANGE},
        {"date",
         {SQLI_YEAR, SQLI_SECOND + 3, 2026, 1, 1, 0, 0, 0, 10000},
         NULL,
         SQLI_E_VALUE_RANGE},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *insert = make_insert(db, cases[i].type);
        int bound = sqli_bind_moment(insert, 1, &cases[i].moment);
        if (cases[i].stored)
            expect(f, db, insert, bound, cases[i].stored);
        else
            refuse(db, insert, bound, cases[i].code);
    }
    sqli_stmt *insert = make_insert(db, "date");
    expect(f, db, insert, sqli_bind_date(insert, 1, 9999, 12, 31), "9999-12-31");
    insert = make_insert(db, "date");
    refuse(db, insert, sqli_bind_date(insert, 1, 2026, 2, 30), SQLI_E_DATE_DAY);
    sqli_close(db);
}

static void test_intervals(void **state)
{
    static const struct {
        const char *type;
        struct sqli_span_of_time interval;
        const char *stored; /* NULL: refused */
        int code;
    } cases[] = {
        {"interval year to month", {SQLI_YEAR, SQLI_MONTH, 4, 63, 0, 0}, "5-03", 0},
        {"interval year to month", {SQLI_YEAR, SQLI_MONTH, 0, -63, 0, 0}, "-5-03", 0},
        {"interval year to year", {SQLI_YEAR, SQLI_YEAR, 4, 24, 0, 0}, "2", 0},
        {"interval day to second", {SQLI_DAY, SQLI_SECOND, 2, 0, 446582, 0}, "5 04:03:02", 0},
        {"interval day(3) to fraction(5)",
         {SQLI_DAY, SQLI_SECOND + 5, 3, 0, -86399999, -999990000},
         "-999 23:59:59.99999",
         0},
        {"interval hour(9) to hour",
         {SQLI_HOUR, SQLI_HOUR, 9, 0, 999999999LL * 3600, 0},
         "999999999",
         0},
        {"interval day to second", {SQLI_DAY, SQLI_SECOND, 2, 0, 0, 0}, "0 00:00:00", 0},
        {"interval year to year", {SQLI_YEAR, SQLI_YEAR, 4, 25, 0, 0}, NULL, SQLI_E_VALUE_RANGE},
        {"interval year to year", {SQLI_YEAR, SQLI_YEAR, 4, 24, 1, 0}, NULL, SQLI_E_VALUE_RANGE},
        {"interval day to hour", {SQLI_DAY, SQLI_HOUR, 2, 0, 3601, 0}, NULL, SQLI_E_VALUE_RANGE},
        {"interval day to hour", {SQLI_DAY, SQLI_HOUR, 2, 1, 3600, 0}, NULL, SQLI_E_VALUE_RANGE},
        {"interval day to hour",
         {SQLI_DAY, SQLI_HOUR, 2, 0, INT64_MAX, 0},
         NULL,
         SQLI_E_VALUE_RANGE},
        {"interval day to second",
         {SQLI_DAY, SQLI_SECOND, 2, 0, 8640000, 0},
         NULL,
         SQLI_E_INTERVAL_OVERFLOW},
        {"interval day to second",
         {SQLI_MONTH, SQLI_DAY, 2, 0, 0, 0},
         NULL,
         SQLI_E_INTERVAL_QUALIFIER},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *insert = make_insert(db, cases[i].type);
        int bound = sqli_bind_interval(insert, 1, &cases[i].interval);
        if (cases[i].stored)
            expect(f, db, insert, bound, cases[i].stored);
        else
            refuse(db, insert, bound, cases[i].code);
    }
    sqli_close(db);
}

/* Of a length that no short can tell, it has to travel as another type. */
static void test_long_texts(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    static char text[LONG_TEXT + 1];
    const char *got;
    size_t length;
    memset(text, 'x', LONG_TEXT);
    sqli_stmt *stmt = must_prepare(db, "select length(?::lvarchar(30000)), 777 from systables "
                                       "where tabid = 1");
    assert_int_equal(sqli_bind_text(stmt, 1, text, 30000), SQLI_OK);
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_get_text(stmt, 1, &got, &length), SQLI_OK);
    assert_string_equal(got, "30000");
    sqli_finalize(stmt);
    stmt = make_insert(db, "text");
    assert_int_equal(sqli_bind_text(stmt, 1, text, LONG_TEXT), SQLI_OK);
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_parameters_by_name(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt = must_prepare(db, "select :a::int + :b::int + :a::int from systables "
                                       "where tabid = 1");
    assert_int_equal(sqli_bind_count(stmt), 2);
    assert_string_equal(sqli_bind_name(stmt, 1), "a");
    assert_string_equal(sqli_bind_name(stmt, 2), "b");
    assert_string_equal(sqli_bind_name(stmt, 1), "a");
    assert_null(sqli_bind_name(stmt, 3));
    assert_null(sqli_bind_name(stmt, 0));
    sqli_bind_int64(stmt, sqli_bind_index(stmt, "a"), 100);
    sqli_bind_int64(stmt, sqli_bind_index(stmt, "b"), 7);
    assert_string_equal(rows_of(f, db, stmt), "207");
    assert_int_equal(sqli_clear_bindings(stmt), SQLI_OK);
    assert_int_equal(sqli_step(stmt), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_UNBOUND);
    sqli_finalize(stmt);
    stmt = must_prepare(db, "select :2::int - :1::int from systables where tabid = 1");
    assert_string_equal(sqli_bind_name(stmt, 1), "1");
    assert_string_equal(sqli_bind_name(stmt, 2), "2");
    sqli_bind_int64(stmt, 1, 2);
    sqli_bind_int64(stmt, 2, 3);
    assert_string_equal(rows_of(f, db, stmt), "1");
    sqli_finalize(stmt);
    stmt = must_prepare(db, "select ?::int from systables where tabid = 1");
    assert_null(sqli_bind_name(stmt, 1));
    assert_int_equal(sqli_bind_index(stmt, ""), 0);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_what_the_server_thinks_of_parameters(void **state)
{
    sqli_conn *db = open_default(*state);
    struct sqli_column_info info = {.size = sizeof info};
    must(db, "create temp table p (a decimal(8,2) not null, b varchar(20))");
    sqli_stmt *stmt = must_prepare(db, "insert into p values (?, ?)");
    assert_int_equal(sqli_bind_info(stmt, 2, &info), SQLI_OK);
    assert_string_equal(info.type_name, "varchar(20)");
    assert_string_equal(info.name, "b");
    assert_int_equal(sqli_bind_info(stmt, 1, &info), SQLI_OK);
    assert_int_equal(info.type, SQLI_DECIMAL);
    assert_int_equal(info.scale, 2);
    assert_int_equal(info.nullable, 0);
    assert_int_equal(sqli_bind_info(stmt, 3, &info), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_INDEX);
    sqli_finalize(stmt);
    stmt = must_prepare(db, "update p set b = :text where a = :number");
    assert_int_equal(sqli_bind_info(stmt, 1, &info), SQLI_OK);
    assert_string_equal(info.type_name, "varchar(20)");
    assert_int_equal(sqli_bind_info(stmt, 2, &info), SQLI_OK);
    assert_int_equal(info.type, SQLI_DECIMAL);
    sqli_finalize(stmt);
    stmt = must_prepare(db, "select a from p where a + 1 > ? * 2");
    int known = sqli_bind_info(stmt, 1, &info);
    assert_true(known == SQLI_OK || sqli_errcode(db) == SQLI_E_UNSUPPORTED);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_bytes_in_memory(void **state)
{
    static const size_t sizes[] = {0, 1, 1023, 1024, 1025, 4096, 65536, 300001};
    sqli_conn *db = open_default(*state);
    uint8_t *bytes = malloc(300001);
    for (size_t i = 0; i < 300001; i++)
        bytes[i] = (uint8_t)(i * 7);
    must(db, "create temp table l (n integer, a byte, b text, c byte, z integer)");
    sqli_stmt *stmt = must_prepare(db, "insert into l values (?, ?, ?, ?, 777)");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(sqli_bind_int64(stmt, 1, (int64_t)sizes[i]), SQLI_OK);
        assert_int_equal(sqli_bind_bytes(stmt, 2, SQLI_BYTE, bytes, sizes[i]), SQLI_OK);
        assert_int_equal(sqli_bind_bytes(stmt, 3, SQLI_TEXT, "h\xc3\xa4", 3), SQLI_OK);
        assert_int_equal(sqli_bind_null(stmt, 4), SQLI_OK);
        if (sqli_step(stmt) != SQLI_DONE)
            fail_msg("%zu bytes: %s", sizes[i], sqli_errmsg(db));
    }
    sqli_finalize(stmt);
    stmt = must_prepare(db, "select n, a, b, z, c from l order by n");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const void *got;
        const char *text;
        size_t length;
        int64_t behind = 0;
        if (sqli_step(stmt) != SQLI_ROW || sqli_get_bytes(stmt, 2, &got, &length))
            fail_msg("%s", sqli_errmsg(db));
        assert_int_equal(length, sizes[i]);
        if (length)
            assert_memory_equal(got, bytes, length);
        assert_int_equal(sqli_get_text(stmt, 3, &text, NULL), SQLI_OK);
        assert_string_equal(text, "h\xc3\xa4");
        assert_int_equal(sqli_get_int64(stmt, 4, &behind), SQLI_OK);
        assert_int_equal(behind, 777);
        assert_int_equal(sqli_get_bytes(stmt, 5, &got, &length), SQLI_NULL);
        if (i == 1) {
            assert_int_equal(sqli_get_text(stmt, 2, &text, NULL), SQLI_OK);
            assert_string_equal(text, "00");
        }
    }
    sqli_finalize(stmt);
    free(bytes);
    stmt = must_prepare(db, "insert into l values (?, null, null, null, 1)");
    assert_int_equal(sqli_bind_bytes(stmt, 1, SQLI_INTEGER, "", 0), SQLI_FAIL);
    assert_int_equal(sqli_bind_bytes(stmt, 1, SQLI_TEXT, "\xe2\x82\xac", 3), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_CODE_SET_CHARACTER);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_composites(void **state)
{
    static const struct {
        const char *type;
        const char *literal;
        const char *stored;
    } cases[] = {
        {"set(integer not null)", "SET{3,1,2}", "SET{3,1,2}"},
        {"list(varchar(20) not null)", "LIST{'a','h\xc3\xa4'}", "LIST{'a','h\xc3\xa4'}"},
        {"row(x integer, y char(2))", "ROW(1,'ab')", "ROW(1          ,'ab')"},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *insert = make_insert(db, cases[i / 2].type);
        expect(f, db, insert,
               sqli_bind_composite(insert, 1, i % 2 ? cases[i / 2].type : NULL,
                                   cases[i / 2].literal, -1),
               cases[i / 2].stored);
    }
    sqli_stmt *insert = make_insert(db, "set(integer not null)");
    refuse(db, insert, sqli_bind_composite(insert, 1, "integer", "1", -1), SQLI_E_ARGUMENT);
    insert = make_insert(db, "set(integer not null)");
    refuse(db, insert, sqli_bind_composite(insert, 1, "set(", "1", -1), SQLI_E_VALUE_SYNTAX);
    sqli_close(db);
}

/* Binds something that is refused, in one of several ways. */
static int bind_badly(sqli_stmt *stmt, int way)
{
    const struct sqli_digits digits = {.count = 1, .digits = {11}};
    const struct sqli_moment moment = {.first = SQLI_YEAR, .last = SQLI_DAY, .year = -1};
    const struct sqli_span_of_time interval = {.first = SQLI_DAY, .last = SQLI_MONTH};
    switch (way) {
    case 0: return sqli_bind_text(stmt, 1, "\xe2\x82\xac", -1);
    case 1: return sqli_bind_decimal(stmt, 1, "x", -1);
    case 2: return sqli_bind_digits(stmt, 1, &digits);
    case 3: return sqli_bind_date(stmt, 1, 2026, 13, 1);
    case 4: return sqli_bind_moment(stmt, 1, &moment);
    case 5: return sqli_bind_interval(stmt, 1, &interval);
    case 6: return sqli_bind_bytes(stmt, 1, SQLI_TEXT, "\xff", 1);
    default: return sqli_bind_composite(stmt, 1, "set(", "SET{}", -1);
    }
}

/* A value that is refused leaves the parameter without one: what was bound before must not go. */
static void test_a_refused_value_is_none(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_stmt *insert = make_insert(db, "varchar(20)");
    for (int way = 0; way < 8; way++) {
        assert_int_equal(sqli_bind_text(insert, 1, "fine", -1), SQLI_OK);
        assert_int_equal(bind_badly(insert, way), SQLI_FAIL);
        assert_int_equal(sqli_step(insert), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_UNBOUND);
    }
    sqli_finalize(insert);
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_doubles_and_booleans),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_parameters_by_name),
        cmocka_unit_test(test_what_the_server_thinks_of_parameters),
        cmocka_unit_test(test_bytes_in_memory),
        cmocka_unit_test(test_composites),
        cmocka_unit_test(test_a_refused_value_is_none),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
