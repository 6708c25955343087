/* Programs against include/sqli.h, with sqlid in the same process. */
#include "tests/client/fixture.h"

enum { MANY = 30000 };

static void test_rows_and_parameters(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    must(db, "create temp table t (a serial, b varchar(20), c decimal(8,2), d date)");
    sqli_stmt *stmt = must_prepare(db, "insert into t values (0, :name, :price, :day)");
    assert_int_equal(sqli_bind_count(stmt), 3);
    assert_int_equal(sqli_bind_index(stmt, "price"), 2);
    assert_int_equal(sqli_bind_index(stmt, "nothing"), 0);
    assert_int_equal(sqli_step(stmt), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_UNBOUND);
    sqli_bind_text(stmt, 1, "h\xc3\xa4llo", -1);
    sqli_bind_decimal(stmt, 2, "12.345", -1);
    sqli_bind_date(stmt, 3, 2026, 5, 4);
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    assert_int_equal(sqli_rows(stmt), 1);
    assert_int_equal(sqli_serial(stmt), 1);
    sqli_bind_null(stmt, 1);
    sqli_bind_int64(stmt, 2, -7);
    sqli_bind_null(stmt, 3);
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    assert_int_equal(sqli_bind_int64(stmt, 4, 1), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_INDEX);
    sqli_finalize(stmt);
    assert_string_equal(query(f, db, "select * from t order by a"),
                        "1|h\xc3\xa4llo|12.35|2026-05-04;2|NULL|-7.00|NULL");
    sqli_close(db);
}

static void test_values_in_c_types(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_stmt *stmt = must_prepare(
        db, "select 42, 2.5, '17', null::int, 1.25::float from systables where tabid = 1");
    int64_t number = 0;
    double real = 0;
    assert_int_equal(sqli_get_int64(stmt, 1, &number), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_NO_ROW);
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_get_int64(stmt, 1, &number), SQLI_OK);
    assert_int_equal(number, 42);
    assert_int_equal(sqli_get_int64(stmt, 2, &number), SQLI_FAIL); /* would lose a digit */
    assert_int_equal(sqli_get_double(stmt, 2, &real), SQLI_OK);
    assert_true(real == 2.5);
    assert_int_equal(sqli_get_int64(stmt, 3, &number), SQLI_OK);
    assert_int_equal(number, 17);
    number = 1;
    assert_int_equal(sqli_get_int64(stmt, 4, &number), SQLI_NULL);
    assert_int_equal(number, 1);
    assert_int_equal(sqli_get_double(stmt, 5, &real), SQLI_OK);
    assert_int_equal(sqli_get_int64(stmt, 6, &number), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_COLUMN_INDEX);
    assert_string_equal(sqli_column_name(stmt, 1), "(constant)");
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* Two results are read side by side, and a third statement writes meanwhile. */
static void test_many_statements_at_once(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_stmt *a = must_prepare(db, "select tabid from systables where tabid < 60 order by 1");
    sqli_stmt *b = must_prepare(db, "select tabid from systables where tabid < 60 order by 1 desc");
    must(db, "create temp table seen (a int, b int)");
    sqli_stmt *insert = must_prepare(db, "insert into seen values (?, ?)");
    int rows = 0;
    while (sqli_step(a) == SQLI_ROW && sqli_step(b) == SQLI_ROW) {
        int64_t first, second;
        assert_int_equal(sqli_get_int64(a, 1, &first), SQLI_OK);
        assert_int_equal(sqli_get_int64(b, 1, &second), SQLI_OK);
        assert_int_equal(first + second, 60);
        sqli_bind_int64(insert, 1, first);
        sqli_bind_int64(insert, 2, second);
        assert_int_equal(sqli_step(insert), SQLI_DONE);
        rows++;
    }
    assert_int_equal(rows, 59);
    assert_string_equal(query(*state, db, "select count(*), sum(a + b) from seen"), "59|3540");
    sqli_finalize(a);
    sqli_finalize(b);
    sqli_finalize(insert);
    sqli_close(db);
}

static void test_large_results_stream(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_stmt *stmt = must_prepare(
        db, "select first 30000 a.tabid, b.tabname from systables a, systables b, systables c");
    int64_t number;
    int rows = 0;
    while (sqli_step(stmt) == SQLI_ROW) {
        assert_int_equal(sqli_get_int64(stmt, 1, &number), SQLI_OK);
        rows++;
    }
    assert_int_equal(rows, MANY);
    assert_int_equal(sqli_rows(stmt), MANY);
    /* Again, and left in the middle with rows on their way. */
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    sqli_finalize(stmt);
    assert_string_equal(query(*state, db, "select count(*) from systables where tabid = 1"), "1");
    sqli_close(db);
}

static void test_an_error_leaves_the_connection_usable(void **state)
{
    static const struct {
        const char *sql;
        int code;
        int offset;
        const char *near;
    } cases[] = {
        {"selec 1", -201, 1, ""},
        {"select * from nowhere", -206, 15, "nowhere"},
        {"select nothing from systables", -217, 8, "nothing"},
        {"select 1/0 from systables", -1202, 0, NULL},
        {"commit work", -255, 0, ""},
    };
    sqli_conn *db = open_default(*state);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            assert_int_equal(sqli_exec(db, cases[i].sql, NULL), SQLI_FAIL);
            assert_int_equal(sqli_errcode(db), cases[i].code);
            assert_int_equal(sqli_err_offset(sqli_last_error(db)), cases[i].offset);
            if (cases[i].near)
                assert_string_equal(sqli_err_near(sqli_last_error(db)), cases[i].near);
            assert_string_equal(query(*state, db, "select tabname from systables where tabid = 1"),
                                "systables");
        }
    sqli_close(db);
}

static void test_transactions_typed_as_sql(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table tx (a int)");
    must(db, "begin work");
    must(db, "insert into tx values (1)");
    must(db, "rollback work");
    assert_string_equal(query(*state, db, "select count(*) from tx"), "0");
    must(db, "drop table tx");
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_parameters),
        cmocka_unit_test(test_values_in_c_types),
        cmocka_unit_test(test_many_statements_at_once),
        cmocka_unit_test(test_large_results_stream),
        cmocka_unit_test(test_an_error_leaves_the_connection_usable),
        cmocka_unit_test(test_transactions_typed_as_sql),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
