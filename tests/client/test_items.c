/* ROWs and collections taken apart. */
#include "tests/client/fixture.h"

/* Runs a query of one row and stands on it. */
static sqli_stmt *one_row(sqli_conn *db, const char *sql)
{
    sqli_stmt *stmt = must_prepare(db, sql);
    if (sqli_step(stmt) != SQLI_ROW)
        fail_msg("%s: %s", sql, sqli_errmsg(db));
    return stmt;
}

static const sqli_item *item_of(sqli_conn *db, sqli_stmt *stmt, int column)
{
    const sqli_item *item = NULL;
    if (sqli_get_item(stmt, column, &item))
        fail_msg("column %d: %s", column, sqli_errmsg(db));
    return item;
}

static const char *text_of(const sqli_item *item)
{
    const char *text = NULL;
    size_t length = 0;
    assert_int_equal(sqli_item_text(item, &text, &length), SQLI_OK);
    assert_int_equal(length, strlen(text));
    return text;
}

static void make_table(sqli_conn *db)
{
    must(db, "drop table if exists c");
    must(db, "create table c (s set(integer not null), l list(varchar(20) not null), "
             "r row(name varchar(20), age integer, born date, price decimal(8,2)), "
             "n list(row(x integer, tags set(char(3) not null)) not null), z integer)");
    must(db, "insert into c values (set{3,1,2}, list{'it''s','h\xc3\xa4',''}, "
             "row('Al, \"B\" {}', 30, mdy(5,4,2026), -1.50), "
             "list{row(1, set{'a','b'}), row(2, set{'c'})}, 777)");
    must(db, "insert into c (z) values (778)");
}

static void test_collections(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 0;
    make_table(db);
    sqli_stmt *stmt = one_row(db, "select s, l, z from c where z = 777");
    const sqli_item *set = item_of(db, stmt, 1);
    assert_int_equal(sqli_item_type(set), SQLI_SET);
    assert_int_equal(sqli_item_count(set), 3);
    int64_t sum = 0;
    for (int i = 1; i <= 3; i++) {
        const sqli_item *part = sqli_item_part(set, i);
        assert_int_equal(sqli_item_type(part), SQLI_INTEGER);
        assert_int_equal(sqli_item_count(part), 0);
        assert_int_equal(sqli_item_is_null(part), 0);
        assert_int_equal(sqli_item_int64(part, &number), SQLI_OK);
        sum += number;
    }
    assert_int_equal(sum, 6);
    assert_null(sqli_item_part(set, 0));
    assert_null(sqli_item_part(set, 4));
    assert_string_equal(sqli_item_field(set, 1), "");
    const sqli_item *list = item_of(db, stmt, 2);
    assert_int_equal(sqli_item_type(list), SQLI_LIST);
    const char *first = text_of(sqli_item_part(list, 1));
    assert_string_equal(text_of(sqli_item_part(list, 2)), "h\xc3\xa4");
    assert_string_equal(text_of(sqli_item_part(list, 3)), "");
    assert_string_equal(first, "it's"); /* texts of items do not displace one another */
    assert_string_equal(text_of(sqli_item_part(set, 1)), "3");
    assert_int_equal(sqli_get_int64(stmt, 3, &number), SQLI_OK);
    assert_int_equal(number, 777);
    assert_int_equal(sqli_item_int64(sqli_item_part(list, 2), &number), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_NUMBER_TEXT);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_rows_and_their_fields(void **state)
{
    sqli_conn *db = open_default(*state);
    make_table(db);
    sqli_stmt *stmt = one_row(db, "select z, r from c where z = 777");
    const sqli_item *row = item_of(db, stmt, 2);
    struct sqli_moment born;
    struct sqli_digits price;
    struct sqli_span_of_time interval;
    int truth;
    double real = 0;
    assert_int_equal(sqli_item_type(row), SQLI_ROWTYPE);
    assert_int_equal(sqli_item_count(row), 4);
    assert_string_equal(sqli_item_field(row, 1), "name");
    assert_string_equal(sqli_item_field(row, 4), "price");
    assert_string_equal(sqli_item_field(row, 5), "");
    assert_string_equal(text_of(sqli_item_part(row, 1)), "Al, \"B\" {}");
    assert_int_equal(sqli_item_moment(sqli_item_part(row, 3), &born), SQLI_OK);
    assert_int_equal(born.year * 10000 + born.month * 100 + born.day, 20260504);
    assert_int_equal(sqli_item_digits(sqli_item_part(row, 4), &price), SQLI_OK);
    assert_int_equal(price.negative, 1);
    assert_int_equal(price.count, 2);
    assert_int_equal(sqli_item_double(sqli_item_part(row, 4), &real), SQLI_OK);
    assert_true(real == -1.5);
    assert_string_equal(text_of(sqli_item_part(row, 4)), "-1.50");
    assert_int_equal(sqli_item_bool(sqli_item_part(row, 2), &truth), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_VALUE_RANGE);
    assert_int_equal(sqli_item_interval(sqli_item_part(row, 2), &interval), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_VALUE_TYPE_MISMATCH);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_nested(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 0;
    make_table(db);
    sqli_stmt *stmt = one_row(db, "select n, z from c where z = 777");
    const sqli_item *list = item_of(db, stmt, 1);
    assert_int_equal(sqli_item_count(list), 2);
    const sqli_item *second = sqli_item_part(list, 2);
    assert_int_equal(sqli_item_type(second), SQLI_ROWTYPE);
    assert_string_equal(sqli_item_field(second, 2), "tags");
    assert_int_equal(sqli_item_int64(sqli_item_part(second, 1), &number), SQLI_OK);
    assert_int_equal(number, 2);
    const sqli_item *tags = sqli_item_part(sqli_item_part(list, 1), 2);
    assert_int_equal(sqli_item_count(tags), 2);
    assert_string_equal(text_of(sqli_item_part(tags, 2)), "b");
    assert_int_equal(sqli_item_int64(tags, &number), SQLI_FAIL);
    if (!strstr(text_of(second), "ROW(2,SET{'c"))
        fail_msg("%s", text_of(second));
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_nulls(void **state)
{
    sqli_conn *db = open_default(*state);
    const sqli_item *item = NULL;
    const char *text;
    make_table(db);
    sqli_stmt *stmt = one_row(db, "select s, r, n from c where z = 778");
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(sqli_get_item(stmt, i, &item), SQLI_NULL);
        assert_int_equal(sqli_get_text(stmt, i, &text, NULL), SQLI_NULL);
    }
    assert_null(item);
    sqli_finalize(stmt);
    must(db, "insert into c (r, z) values (row('x', null::integer, null::date, null::decimal(8,2))"
             ", 779)");
    stmt = one_row(db, "select r from c where z = 779");
    item = item_of(db, stmt, 1);
    assert_int_equal(sqli_item_is_null(sqli_item_part(item, 1)), 0);
    assert_int_equal(sqli_item_is_null(sqli_item_part(item, 2)), 1);
    assert_int_equal(sqli_item_text(sqli_item_part(item, 3), &text, NULL), SQLI_NULL);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* The describe of a named type says nothing about its fields: the value has to. */
static void test_named_rows(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 0;
    must(db, "create row type pair_t (a integer, b varchar(20), c set(integer not null), "
             "d list(row(x integer, y varchar(9)) not null))");
    must(db, "create table named (p pair_t, z integer)");
    must(db, "insert into named values (row(5, 'x, ''y'')', set{7,8}, "
             "list{row(1,'a'),row(2,'b')})::pair_t, 777)");
    sqli_stmt *stmt = one_row(db, "select p, z from named");
    const sqli_item *row = item_of(db, stmt, 1);
    assert_int_equal(sqli_item_type(row), SQLI_ROWTYPE);
    assert_int_equal(sqli_item_count(row), 4);
    assert_int_equal(sqli_item_int64(sqli_item_part(row, 1), &number), SQLI_OK);
    assert_int_equal(number, 5);
    const sqli_item *second = sqli_item_part(sqli_item_part(row, 4), 2);
    assert_int_equal(sqli_item_type(second), SQLI_ROWTYPE);
    assert_string_equal(text_of(sqli_item_part(second, 2)), "b");
    assert_string_equal(text_of(sqli_item_part(row, 2)), "x, 'y')");
    const sqli_item *set = sqli_item_part(row, 3);
    assert_int_equal(sqli_item_type(set), SQLI_SET);
    assert_int_equal(sqli_item_count(set), 2);
    assert_int_equal(sqli_item_int64(sqli_item_part(set, 2), &number), SQLI_OK);
    assert_int_equal(number, 8);
    sqli_finalize(stmt);
    must(db, "drop table named");
    must(db, "drop row type pair_t restrict");
    sqli_close(db);
}

/* Items of one row are gone with it; those of the next are its own. */
static void test_items_row_by_row(void **state)
{
    enum { ROWS = 500 };
    sqli_conn *db = open_default(*state);
    must(db, "create temp table many (l list(integer not null))");
    sqli_stmt *insert = must_prepare(db, "insert into many values (?)");
    for (int i = 0; i < ROWS; i++) {
        char literal[64];
        snprintf(literal, sizeof literal, "LIST{%d,%d}", i, -i);
        assert_int_equal(sqli_bind_composite(insert, 1, "list(integer not null)", literal, -1),
                         SQLI_OK);
        assert_int_equal(sqli_step(insert), SQLI_DONE);
    }
    sqli_finalize(insert);
    sqli_stmt *stmt = must_prepare(db, "select l from many");
    int64_t sum = 0, both = 0, number = 0;
    while (sqli_step(stmt) == SQLI_ROW) {
        const sqli_item *list = item_of(db, stmt, 1);
        assert_int_equal(sqli_item_int64(sqli_item_part(list, 1), &number), SQLI_OK);
        sum += number;
        both += number;
        assert_int_equal(sqli_item_int64(sqli_item_part(list, 2), &number), SQLI_OK);
        both += number;
    }
    assert_int_equal(sum, ROWS * (ROWS - 1) / 2);
    assert_int_equal(both, 0);
    sqli_finalize(stmt);
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_collections), cmocka_unit_test(test_rows_and_their_fields),
        cmocka_unit_test(test_nested),      cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_named_rows),  cmocka_unit_test(test_items_row_by_row),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
