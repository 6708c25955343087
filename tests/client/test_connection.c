/* Programs against include/sqli.h, with sqlid in the same process. */
#include "tests/client/fixture.h"

enum { MANY = 30000 };

/* --- connecting --- */

static void test_what_is_known_of_the_other_side(void **state)
{
    sqli_conn *db = open_with(*state, "informix:in4mix", "sysmaster?server=informix", SQLI_OK);
    assert_string_equal(sqli_info(db, "server"), "informix");
    assert_string_equal(sqli_info(db, "database"), "sysmaster");
    assert_string_equal(sqli_info(db, "locale"), "en_US.819");
    assert_string_equal(sqli_info(db, "logging"), "logged");
    assert_string_equal(sqli_info(db, "tls"), "");
    assert_string_equal(sqli_info(db, "no such thing"), "");
    assert_true(sqli_is_open(db));
    sqli_close(db);
}

static void test_refusals_tell_the_truth(void **state)
{
    static const struct {
        const char *user;
        const char *rest;
        int code;
        const char *says;
    } cases[] = {
        {"informix:wrong", "sysmaster?server=informix", -951, "login: "},
        {"nobody:in4mix", "sysmaster?server=informix", -951, "login: "},
        {"informix:in4mix", "sysmaster?server=another", -761, "server another, login"},
        {"informix:in4mix", "nowhere?server=informix", -329, "open the database"},
        {"informix:in4mix", "sysmaster?server=informix&isolation=none", SQLI_E_ARGUMENT,
         "isolation"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = open_with(*state, cases[i].user, cases[i].rest, SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), cases[i].code);
        if (!strstr(sqli_errmsg(db), cases[i].says))
            fail_msg("\"%s\" does not say \"%s\"", sqli_errmsg(db), cases[i].says);
        assert_false(sqli_is_open(db));
        sqli_close(db);
    }
}

static void test_urls(void **state)
{
    static const struct {
        const char *url;
        const char *option;
        const char *value; /* NULL: the URL is refused */
    } cases[] = {
        {"informix://u:p@h:1/d?server=s", "user", "u"},
        {"informix://u:p@h:1/d?server=s", "password", "p"},
        {"informix://u:p%40%2f@h:1/d", "password", "p@/"},
        {"informix://u@h:1,h2:2/d", "host", "h:1,h2:2"},
        {"sqli://h/d?tls=require", "tls", "require"},
        {"informix://h", "database", NULL},
        {"informix:///d", "database", "d"},
        {"informix://h/d?nosuch=1", NULL, NULL},
        {"informix://u:%4@h/d", NULL, NULL},
        {"http://h/d", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_conn *db = sqli_new();
        assert_int_equal(sqli_set_url(db, cases[i].url), cases[i].option ? SQLI_OK : SQLI_FAIL);
        if (cases[i].value)
            assert_string_equal(sqli_get(db, cases[i].option), cases[i].value);
        else if (cases[i].option)
            assert_null(sqli_get(db, cases[i].option));
        else
            assert_int_equal(sqli_errcode(db), SQLI_E_URL);
        sqli_close(db);
    }
}

static void test_nobody_listens_there(void **state)
{
    sqli_conn *db;
    (void)state;
    assert_int_equal(sqli_open("informix://u:p@127.0.0.1:1/d?server=s", &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_CONNECT_REFUSED);
    assert_non_null(strstr(sqli_errmsg(db), "127.0.0.1:1"));
    assert_true(*sqli_err_hint(sqli_last_error(db)));
    sqli_close(db);
}

/* A host that refuses is passed over. */
static void test_the_next_host(void **state)
{
    struct fixture *f = *state;
    char url[256];
    sqli_conn *db;
    needs_sqlid(f);
    snprintf(url, sizeof url, "informix://informix:in4mix@127.0.0.1:1,127.0.0.1:%u/sysmaster?%s",
             sqli__server_port(f->server), "server=informix");
    assert_int_equal(sqli_open(url, &db), SQLI_OK);
    sqli_close(db);
}

/* --- statements --- */

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
        cmocka_unit_test(test_what_is_known_of_the_other_side),
        cmocka_unit_test(test_refusals_tell_the_truth),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_nobody_listens_there),
        cmocka_unit_test(test_the_next_host),
        cmocka_unit_test(test_rows_and_parameters),
        cmocka_unit_test(test_values_in_c_types),
        cmocka_unit_test(test_many_statements_at_once),
        cmocka_unit_test(test_large_results_stream),
        cmocka_unit_test(test_an_error_leaves_the_connection_usable),
        cmocka_unit_test(test_transactions_typed_as_sql),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
