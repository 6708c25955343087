/* Rows through insert cursors. */
#include "tests/client/relay.h"
#include "tests/client/rows.h"

#include "base/buffer.h"

#ifndef SQLI_TEST_DATA /* the build gives it */
#define SQLI_TEST_DATA "tests/data"
#endif

enum { DUPLICATE = -268, ROUND_TRIPS = 10 };

static void test_any_number_of_rows(void **state)
{
    static const int counts[] = {0, 1, 2, 1000, 100000};
    sqli_conn *db = open_default(*state);
    must(db, "create table many (a int)");
    sqli_stmt *stmt = must_prepare(db, "insert into many values (?)");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char wanted[64];
        int64_t n = counts[i];
        must(db, "delete from many");
        give_rows(stmt, SQLI_BATCH_BULK, counts[i], -1);
        end_well(stmt, n);
        assert_false(sqli_in_transaction(db));
        snprintf(wanted, sizeof wanted, "%lld|%lld", (long long)n, (long long)(n * (n + 1) / 2));
        assert_string_equal(query(*state, db, "select count(*), nvl(sum(a), 0) from many"), wanted);
    }
    sqli_finalize(stmt);
    must(db, "drop table many");
    sqli_close(db);
}

/* --- values --- */

struct column {
    const char *type;
    void (*bind)(sqli_stmt *stmt, int parameter, int row);
};

static void bind_text(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"", "a", "h\xc3\xa4llo", "  blanks  ", "1234567"};
    assert_int_equal(sqli_bind_text(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_long_text(sqli_stmt *stmt, int parameter, int row)
{
    static char text[30000];
    memset(text, 'a' + row, sizeof text);
    assert_int_equal(sqli_bind_text(stmt, parameter, text, row * 5999), SQLI_OK);
}

static void bind_number_text(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"0", "-1", " 12.00 ", "1e3", "32767"};
    assert_int_equal(sqli_bind_text(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_time_text(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"2026-05-04 12:34:56", "0001-01-01 00:00:00",
                                        "9999-12-31 23:59:59", "2000-02-29 01:02:03",
                                        "1999-12-31 12:00:00"};
    assert_int_equal(sqli_bind_text(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_date_text(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"2026-05-04", "0001-01-01", "9999-12-31", "2000-2-29",
                                        "1899-12-31"};
    assert_int_equal(sqli_bind_text(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_interval_text(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"3 04:05:06", "-9 23:59:59", "0 00:00:00", "99 00:00:01",
                                        "1 1:1:1"};
    assert_int_equal(sqli_bind_text(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_boolean_text(sqli_stmt *stmt, int parameter, int row)
{
    assert_int_equal(sqli_bind_text(stmt, parameter, row % 2 ? "t" : "F", -1), SQLI_OK);
}

static void bind_number(sqli_stmt *stmt, int parameter, int row)
{
    static const int64_t numbers[] = {0, -1, 32767, -32767, 12345};
    assert_int_equal(sqli_bind_int64(stmt, parameter, numbers[row % 5]), SQLI_OK);
}

static void bind_large(sqli_stmt *stmt, int parameter, int row)
{
    static const int64_t numbers[] = {0, INT64_MAX, -INT64_MAX, 5000000000, -5000000000};
    assert_int_equal(sqli_bind_int64(stmt, parameter, numbers[row % 5]), SQLI_OK);
}

static void bind_real(sqli_stmt *stmt, int parameter, int row)
{
    static const double numbers[] = {0, -1.5, 100, 3.25, -2};
    assert_int_equal(sqli_bind_double(stmt, parameter, numbers[row % 5]), SQLI_OK);
}

static void bind_whole_real(sqli_stmt *stmt, int parameter, int row)
{
    assert_int_equal(sqli_bind_double(stmt, parameter, row * 1000.0 - 2000), SQLI_OK);
}

static void bind_decimal(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"0", "-12.345", "99999.994", "0.005", "-0.0049"};
    assert_int_equal(sqli_bind_decimal(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_whole_decimal(sqli_stmt *stmt, int parameter, int row)
{
    static const char *const texts[] = {"0", "-12", "32767", "3e2", "5.00"};
    assert_int_equal(sqli_bind_decimal(stmt, parameter, texts[row % 5], -1), SQLI_OK);
}

static void bind_date(sqli_stmt *stmt, int parameter, int row)
{
    assert_int_equal(sqli_bind_date(stmt, parameter, 1 + row * 2499, 12, 31 - row), SQLI_OK);
}

static void bind_bool(sqli_stmt *stmt, int parameter, int row)
{
    assert_int_equal(sqli_bind_bool(stmt, parameter, row % 2), SQLI_OK);
}

static void bind_moment(sqli_stmt *stmt, int parameter, int row)
{
    struct sqli_moment moment = {SQLI_YEAR, SQLI_SECOND + 5, 2020 + row, 2,        28 - row,
                                 23,        59 - row,        row,        987650000};
    assert_int_equal(sqli_bind_moment(stmt, parameter, &moment), SQLI_OK);
}

static void bind_interval(sqli_stmt *stmt, int parameter, int row)
{
    struct sqli_span_of_time interval = {.first = SQLI_DAY,
                                         .last = SQLI_SECOND + 3,
                                         .first_digits = 4,
                                         .seconds = (row - 2) * 90061,
                                         .nanoseconds = (row - 2) * 123000000};
    assert_int_equal(sqli_bind_interval(stmt, parameter, &interval), SQLI_OK);
}

static void bind_months(sqli_stmt *stmt, int parameter, int row)
{
    struct sqli_span_of_time interval = {
        .first = SQLI_YEAR, .last = SQLI_MONTH, .first_digits = 4, .months = row * 17 - 30};
    assert_int_equal(sqli_bind_interval(stmt, parameter, &interval), SQLI_OK);
}

/* Every type with every kind of value that it takes. */
static const struct column columns[] = {
    {"smallint", bind_number},
    {"smallint", bind_number_text},
    {"integer", bind_number},
    {"integer", bind_number_text},
    {"integer", bind_whole_decimal},
    {"integer", bind_whole_real},
    {"bigint", bind_large},
    {"bigint", bind_number_text},
    {"int8", bind_large},
    {"float", bind_real},
    {"float", bind_number},
    {"float", bind_decimal},
    {"float", bind_number_text},
    {"smallfloat", bind_real},
    {"decimal(8,2)", bind_decimal},
    {"decimal(8,2)", bind_number},
    {"decimal(8,2)", bind_real},
    {"decimal(8,2)", bind_number_text},
    {"decimal(32)", bind_large},
    {"decimal(16)", bind_decimal},
    {"money(10,2)", bind_decimal},
    {"integer", bind_date},
    {"date", bind_number},
    {"date", bind_date},
    {"date", bind_date_text},
    {"date", bind_moment},
    {"datetime year to second", bind_time_text},
    {"datetime year to second", bind_date},
    {"datetime year to fraction(3)", bind_moment},
    {"datetime hour to minute", bind_moment},
    {"datetime year to fraction(5)", bind_moment},
    {"interval day(4) to second", bind_interval},
    {"interval day(2) to second", bind_interval_text},
    {"interval year(4) to month", bind_months},
    {"char(12)", bind_text},
    {"char(12)", bind_number},
    {"char(12)", bind_decimal},
    {"nchar(12)", bind_text},
    {"varchar(20)", bind_text},
    {"varchar(255)", bind_date},
    {"varchar(30)", bind_moment},
    {"varchar(30)", bind_interval},
    {"varchar(30)", bind_real},
    {"varchar(10)", bind_bool},
    {"nvarchar(20)", bind_text},
    {"lvarchar(100)", bind_text},
    {"lvarchar(30000)", bind_long_text},
    {"boolean", bind_bool},
    {"boolean", bind_boolean_text},
};
enum { COLUMNS = sizeof columns / sizeof columns[0], VALUES = 5 };

/* CREATE TABLE or INSERT: what stands before, for each column (NULL: its definition), behind. */
static void print_types(char *sql, size_t room, const char *start, const char *value,
                        const char *end)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, room);
    sqli__buffer_text(&text, start);
    for (int i = 0; i < COLUMNS; i++)
        if (value)
            sqli__buffer_text(&text, value);
        else
            sqli__buffer_format(&text, ", c%d %s", i, columns[i].type);
    sqli__buffer_text(&text, end);
    sqli__buffer_byte(&text, '\0');
    assert_int_equal(text.failed, 0);
    memcpy(sql, text.data, text.length);
    sqli__buffer_free(&text);
}
/* VALUES rows without a NULL, then one row for each column whose value is NULL, then one of NULLs
 * alone. */
static void give_types(sqli_conn *db, const char *table, int kind)
{
    int64_t rows;
    char sql[4096], start[64];
    snprintf(start, sizeof start, "insert into %s values (?", table);
    print_types(sql, sizeof sql, start, ", ?", ", ?)");
    sqli_stmt *stmt = must_prepare(db, sql);
    assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
    for (int row = 0; row <= VALUES + COLUMNS; row++) {
        sqli_bind_int64(stmt, 1, row);
        for (int i = 0; i < COLUMNS; i++)
            if (row == VALUES + COLUMNS || row == VALUES + i)
                sqli_bind_null(stmt, i + 2);
            else
                columns[i].bind(stmt, i + 2, row % VALUES);
        sqli_bind_int64(stmt, COLUMNS + 2, -row);
        if (sqli_batch_row(stmt))
            fail_msg("kind %d, row %d: %s", kind, row, sqli_errmsg(db));
    }
    if (sqli_batch_end(stmt, &rows))
        fail_msg("kind %d: %s", kind, sqli_errmsg(db));
    assert_int_equal(rows, VALUES + COLUMNS + 1);
    sqli_finalize(stmt);
}

/* What the library makes of a value is what the server makes of it. */
static void test_types_as_the_server_converts_them(void **state)
{
    sqli_conn *db = open_default(*state);
    char sql[4096];
    print_types(sql, sizeof sql, "create table types_each (k int", NULL, ", z int)");
    must(db, sql);
    print_types(sql, sizeof sql, "create table types_bulk (k int", NULL, ", z int)");
    must(db, sql);
    give_types(db, "types_each", SQLI_BATCH_EACH);
    give_types(db, "types_bulk", SQLI_BATCH_BULK);
    sqli_stmt *each = must_prepare(db, "select * from types_each order by k");
    sqli_stmt *bulk = must_prepare(db, "select * from types_bulk order by k");
    for (int row = 0; row <= VALUES + COLUMNS; row++) {
        assert_int_equal(sqli_step(each), SQLI_ROW);
        assert_int_equal(sqli_step(bulk), SQLI_ROW);
        for (int c = 1; c <= COLUMNS + 2; c++) {
            const char *a, *b;
            int wanted = sqli_get_text(each, c, &a, NULL);
            int got = sqli_get_text(bulk, c, &b, NULL);
            bool null =
                c > 1 && c < COLUMNS + 2 && (row == VALUES + COLUMNS || row == VALUES + c - 2);
            assert_int_equal(wanted, null ? SQLI_NULL : SQLI_OK);
            if (got != wanted || (got == SQLI_OK && strcmp(a, b) != 0))
                fail_msg("row %d, column %d, %s: %s instead of %s", row, c, columns[c - 2].type,
                         got ? "NULL" : b, wanted ? "NULL" : a);
        }
    }
    assert_int_equal(sqli_step(each), SQLI_DONE);
    assert_int_equal(sqli_step(bulk), SQLI_DONE);
    sqli_finalize(each);
    sqli_finalize(bulk);
    must(db, "drop table types_each");
    must(db, "drop table types_bulk");
    sqli_close(db);
}

static void test_values_that_do_not_fit(void **state)
{
    static const struct {
        const char *type;
        const char *text;
        int code;
        const char *says;
    } cases[] = {
        {"smallint", "32768", -1214, "smallint"},
        {"integer", "2147483648", -1215, "integer"},
        {"integer", "2.5", SQLI_E_VALUE_RANGE, "2.5"},
        {"integer", "abc", -1213, "abc"},
        {"bigint", "9223372036854775808", 0, "9223372036854775808"},
        {"decimal(5,2)", "1000", -1226, "1000"},
        {"float", "1e999", -1223, "1e999"},
        {"date", "99999999", 0, "99999999"},
        {"date", "2026-02-30", -1206, "2026-02-30"},
        {"datetime year to second", "2026-05-04 25:00:00", -1263, "25"},
        {"interval day(2) to second", "100 00:00:00", -1265, "100"},
        {"boolean", "x", 0, "x"},
        {"char(3)", "abcd", -1207, "abcd"},
        {"varchar(3)", "abcd", -1207, "abcd"},
        {"lvarchar(3)", "abcd", -1207, "abcd"},
    };
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[128], where[32];
        int64_t rows;
        snprintf(sql, sizeof sql, "create temp table fits (a int, b %s, c int)", cases[i].type);
        must(db, sql);
        sqli_stmt *stmt = must_prepare(db, "insert into fits values (?, ?, ?)");
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
        for (int row = 0; row < 3; row++) {
            sqli_bind_int64(stmt, 1, row);
            sqli_bind_int64(stmt, 3, row);
            if (row == 1)
                sqli_bind_text(stmt, 2, cases[i].text, -1);
            else
                sqli_bind_null(stmt, 2);
            assert_int_equal(sqli_batch_row(stmt), row == 1 ? SQLI_FAIL : SQLI_OK);
            if (row != 1)
                continue;
            if (cases[i].code && sqli_errcode(db) != cases[i].code)
                fail_msg("%s: %s", cases[i].type, sqli_errmsg(db));
            snprintf(where, sizeof where, "parameter 2, for column b ");
            if (!strstr(sqli_errmsg(db), cases[i].says) || !strstr(sqli_errmsg(db), where))
                fail_msg("\"%s\" does not say \"%s\" or \"%s\"", sqli_errmsg(db), where,
                         cases[i].says);
        }
        assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_OK);
        assert_int_equal(rows, 2);
        sqli_finalize(stmt);
        assert_string_equal(query(*state, db, "select a, c from fits order by a"), "0|0;2|2");
        must(db, "drop table fits");
    }
    sqli_close(db);
}

static void test_values_without_a_conversion(void **state)
{
    static const struct column cases[] = {
        {"boolean", bind_number},
        {"interval day to second", bind_date},
        {"interval day to second", bind_months},
        {"datetime year to second", bind_interval},
    };
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "create temp table nothing_fits (a %s)", cases[i].type);
        must(db, sql);
        sqli_stmt *stmt = must_prepare(db, "insert into nothing_fits values (?)");
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
        cases[i].bind(stmt, 1, 1);
        assert_int_equal(sqli_batch_row(stmt), SQLI_FAIL);
        assert_non_null(strstr(sqli_errmsg(db), "parameter 1, for column a "));
        end_well(stmt, 0);
        sqli_finalize(stmt);
        must(db, "drop table nothing_fits");
    }
    sqli_close(db);
}

/* --- statements --- */

static void test_statements_of_all_sorts(void **state)
{
    static const struct {
        const char *sql;
        const char *wanted; /* NULL: refused */
    } cases[] = {
        {"insert into bulk_sorts values (?, 5)", "1|5;2|5;3|5"},
        {"insert into bulk_sorts (a) values (?)", "1|NULL;2|NULL;3|NULL"},
        {"INSERT INTO bulk_sorts(b) VALUES(?);", "NULL|1;NULL|2;NULL|3"},
        {"insert into bulk_sorts values (:x, :x)", "1|1;2|2;3|3"},
        {"insert into bulk_sorts (b, a) values (/* ? */ 2 + 2, :1)", "1|4;2|4;3|4"},
        {"insert into bulk_sorts (a) values (? + 1)", NULL},
        {"insert into bulk_sorts (a) values (abs(?))", NULL},
        {"insert into bulk_sorts (a) values ((?))", NULL},
        {"insert into bulk_sorts (a) values (?::int)", NULL},
        {"insert into bulk_sorts (a) select a from bulk_sorts where a = ?", NULL},
        {"update bulk_sorts set a = ?", NULL},
        {"insert into bulk_lobs (b) values (?)", NULL},
        {"insert into bulk_lobs (c) values (?)", NULL},
        {"insert into bulk_lobs (s) values (?)", NULL},
    };
    sqli_conn *db = open_default(*state);
    must(db, "create table bulk_sorts (a int, b int)");
    must(db, "create table bulk_lobs (b byte, c blob, s set(int not null))");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *stmt = must_prepare(db, cases[i].sql);
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
        for (int row = 1; row <= 3; row++)
            if (give_row(stmt, row) != (cases[i].wanted ? SQLI_OK : SQLI_FAIL))
                fail_msg("%s: %s", cases[i].sql, sqli_errmsg(db));
        if (!cases[i].wanted) {
            assert_int_equal(sqli_errcode(db), SQLI_E_UNSUPPORTED);
            assert_non_null(strstr(sqli_errmsg(db), "SQLI_BATCH_EACH can"));
        }
        end_well(stmt, cases[i].wanted ? 3 : 0);
        sqli_finalize(stmt);
        assert_string_equal(query(*state, db, "select a, b from bulk_sorts order by a, b"),
                            cases[i].wanted ? cases[i].wanted : "");
        must(db, "delete from bulk_sorts");
    }
    must(db, "drop table bulk_sorts");
    must(db, "drop table bulk_lobs");
    sqli_close(db);
}

/* --- failures and transactions --- */

/* Outside of a transaction a bulk load is one: all rows or none. */
static void test_it_fails_as_a_whole(void **state)
{
    static const int places[] = {0, 500, 999, 99999};
    sqli_conn *db = open_default(*state);
    must(db, "create table whole (a int primary key)");
    must(db, "insert into whole values (0)");
    for (size_t i = 0; i < 2 * sizeof places / sizeof places[0]; i++) {
        int64_t rows = -1;
        int place = places[i / 2], count = place < 1000 ? 1000 : 100000;
        bool own = i % 2 == 0;
        sqli_set_autocommit(db, own);
        sqli_stmt *stmt = must_prepare(db, "insert into whole values (?)");
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
        for (int row = 0; row < count; row++)
            assert_int_equal(give_row(stmt, row_value(row, place)), SQLI_OK);
        assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), DUPLICATE);
        assert_int_equal(sqli_batch_failures(stmt), 0);
        assert_int_equal(sqli_in_transaction(db), !own);
        if (own)
            assert_int_equal(rows, 0);
        else
            assert_int_equal(sqli_rollback(db), SQLI_OK);
        sqli_finalize(stmt);
        assert_string_equal(query(*state, db, "select count(*) from whole"), "1");
        assert_int_equal(sqli_commit(db), SQLI_OK);
    }
    sqli_set_autocommit(db, 1);
    must(db, "drop table whole");
    sqli_close(db);
}

/* Once the server has refused a block, the next row is told, and no further one is sent. */
static void test_nothing_is_sent_after_an_error(void **state)
{
    int result = SQLI_OK, given = 0;
    int64_t rows;
    sqli_conn *db = open_default(*state);
    must(db, "create table stopped (a int primary key, b char(1000))");
    sqli_stmt *stmt = must_prepare(db, "insert into stopped values (?, 'x')");
    must(db, "begin work");
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
    while (given < 5000000 && (result = give_row(stmt, given / 2)) == SQLI_OK)
        given++;
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), DUPLICATE);
    assert_int_equal(give_row(stmt, -1), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), DUPLICATE);
    assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), DUPLICATE);
    assert_string_equal(query(*state, db, "select count(*) from stopped where a < 0"), "0");
    must(db, "rollback work");
    sqli_finalize(stmt);
    must(db, "drop table stopped");
    sqli_close(db);
}

static void test_a_batch_that_is_given_up(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table given_up (a int)");
    for (int reset = 0; reset < 2; reset++) {
        sqli_stmt *stmt = must_prepare(db, "insert into given_up values (?)");
        give_rows(stmt, SQLI_BATCH_BULK, 400000, -1);
        if (reset)
            assert_int_equal(sqli_reset(stmt), SQLI_OK);
        sqli_finalize(stmt);
        assert_false(sqli_in_transaction(db));
        assert_string_equal(query(*state, db, "select count(*) from given_up"), "0");
    }
    must(db, "drop table given_up");
    sqli_close(db);
}

/* A commit closes the cursor; the next block opens it again. */
static void test_a_commit_between_rows(void **state)
{
    enum { ROWS = 100000 };
    sqli_conn *db = open_default(*state);
    must(db, "create table committed (a int)");
    for (int own = 0; own < 2; own++) {
        sqli_set_autocommit(db, own);
        sqli_stmt *stmt = must_prepare(db, "insert into committed values (?)");
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
        for (int i = 0; i < ROWS; i++) {
            if (i % 40000 == 39999)
                assert_int_equal(sqli_commit(db), SQLI_OK);
            assert_int_equal(give_row(stmt, i), SQLI_OK);
        }
        end_well(stmt, ROWS);
        assert_int_equal(sqli_in_transaction(db), !own);
        assert_int_equal(sqli_commit(db), SQLI_OK);
        sqli_finalize(stmt);
    }
    assert_string_equal(query(*state, db, "select count(*) from committed"), "200000");
    must(db, "drop table committed");
    sqli_close(db);
}

static void test_databases_of_other_kinds(void **state)
{
    static const char *const how[] = {"", " with log mode ansi", " with log"};
    needs_sqlid(*state);
    for (size_t i = 0; i < 3; i++) {
        char sql[64];
        sqli_conn *db = open_default(*state);
        snprintf(sql, sizeof sql, "create database bulk_kind%s", how[i]);
        must(db, sql);
        must(db, "create table t (a int)");
        sqli_commit(db);
        sqli_stmt *stmt = must_prepare(db, "insert into t values (?)");
        for (int kind = SQLI_BATCH_EACH; kind <= SQLI_BATCH_BULK; kind++) {
            give_rows(stmt, kind, 1000, -1);
            end_well(stmt, 1000);
        }
        sqli_finalize(stmt);
        assert_string_equal(query(*state, db, "select count(*), sum(a) from t"), "2000|1001000");
        sqli_commit(db);
        must(db, "close database");
        must(db, "drop database bulk_kind");
        sqli_close(db);
    }
}

/* --- the wire --- */

static void test_ten_thousand_rows_in_few_round_trips(void **state)
{
    static struct relay relay;
    relay_start(&relay, *state);
    sqli_conn *db = relay_open(&relay, *state);
    must(db, "create table trips (a int, b varchar(40), c decimal(10,2))");
    sqli_stmt *stmt = must_prepare(db, "insert into trips values (?, ?, ?)");
    int before = atomic_load(&relay.turns);
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
    sqli_bind_text(stmt, 2, "a row of ordinary length", -1);
    sqli_bind_decimal(stmt, 3, "12.50", -1);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(give_row(stmt, i), SQLI_OK);
    end_well(stmt, 10000);
    int trips = atomic_load(&relay.turns) - before;
    if (trips >= ROUND_TRIPS)
        fail_msg("%d round trips", trips);
    sqli_finalize(stmt);
    must(db, "drop table trips");
    sqli_close(db);
    relay_stop(&relay);
}

/* The line of the capture that begins with this, as bytes. */
static size_t captured(const char *start, uint8_t *bytes)
{
    char line[4096];
    size_t length = 0;
    FILE *file = fopen(SQLI_TEST_DATA "/captures/11-bulk-insert.hex", "r");
    assert_non_null(file);
    while (!length && fgets(line, sizeof line, file))
        if (strncmp(line, start, strlen(start)) == 0)
            for (const char *at = line + 2; at[0] > ' ' && at[1] > ' '; at += 2) {
                char pair[3] = {at[0], at[1], '\0'};
                bytes[length++] = (uint8_t)strtoul(pair, NULL, 16);
            }
    fclose(file);
    assert_true(length > 0);
    return length;
}

/* The id of the statement and the name of the cursor are another's. */
static void test_the_bytes_of_the_vendors_client(void **state)
{
    static const double reals[] = {0, 0.5, 1, 1.5, 2};
    static const char *const texts[] = {"row", "rowx", "rowxx", NULL, "rowxxxx"};
    enum { ID = 2, NAME = 8, OPEN = 26 };
    static struct relay relay;
    uint8_t wanted[4096];
    size_t length = captured("C 0004000100030012", wanted);
    relay_start(&relay, *state);
    sqli_conn *db = relay_open(&relay, *state);
    must(db, "create temp table t (a int, b varchar(20), c float)");
    sqli_stmt *stmt = must_prepare(db, "insert into t values (?, ?, ?)");
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
    for (int i = 0; i < 5; i++) {
        sqli_bind_text(stmt, 2, texts[i] ? texts[i] : "", -1);
        if (!texts[i])
            sqli_bind_null(stmt, 2);
        sqli_bind_double(stmt, 3, reals[i]);
        assert_int_equal(give_row(stmt, i), SQLI_OK);
    }
    size_t from = atomic_load(&relay.sent);
    end_well(stmt, 5);
    const uint8_t *sent = relay.kept + from;
    size_t size = atomic_load(&relay.sent) - from;
    static const uint8_t begin[] = {0, 0x23, 0, 0x0c};
    assert_memory_equal(sent, begin, sizeof begin);
    sent += sizeof begin;
    assert_true(size - sizeof begin > length);
    memcpy(wanted + ID, sent + ID, 2);
    memcpy(wanted + NAME, sent + NAME, OPEN - NAME);
    assert_memory_equal(sent, wanted, length);
    sqli_finalize(stmt);
    sqli_close(db);
    relay_stop(&relay);
}

/* Rows of an odd size travel together, each filled up. */
static void test_rows_of_one_size(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create temp table odd (a char(1), b smallint)");
    sqli_stmt *stmt = must_prepare(db, "insert into odd values (?, ?)");
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
    for (int i = 0; i < 80000; i++) {
        char letter = (char)('a' + i % 26);
        sqli_bind_text(stmt, 1, &letter, 1);
        sqli_bind_int64(stmt, 2, i % 26);
        assert_int_equal(sqli_batch_row(stmt), SQLI_OK);
    }
    end_well(stmt, 80000);
    sqli_finalize(stmt);
    assert_string_equal(query(*state, db, "select count(*) from odd where ascii(a) = b + 97"),
                        "80000");
    sqli_close(db);
}

static void test_a_connection_that_is_cut(void **state)
{
    static struct relay relay;
    relay_start(&relay, *state);
    sqli_conn *other = open_default(*state);
    must(other, "create table bulk_cut (a int)");
    for (size_t bytes = 1; bytes < 5000000; bytes = bytes * 7 + 13) {
        sqli_conn *db = relay_open(&relay, *state);
        sqli_stmt *stmt = must_prepare(db, "insert into bulk_cut values (?)");
        int given = 0;
        int64_t rows = -1;
        atomic_store(&relay.cut, atomic_load(&relay.sent) + bytes);
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
        while (given < 2000000 && give_row(stmt, given) == SQLI_OK)
            given++;
        assert_int_equal(sqli_batch_end(stmt, &rows), given ? SQLI_FAIL : SQLI_OK);
        assert_int_equal(rows, 0);
        assert_false(sqli_is_open(db));
        if (given)
            assert_int_equal(sqli_errcode(db), SQLI_E_CONNECTION_LOST);
        sqli_finalize(stmt);
        sqli_close(db);
        atomic_store(&relay.cut, 0);
        atomic_store(&relay.sent, 0);
    }
    relay_stop(&relay);
    assert_string_equal(query(*state, other, "select count(*) from bulk_cut"), "0");
    must(other, "drop table bulk_cut");
    sqli_close(other);
}

/* Whether the rows are there nobody knows, and the stream cannot be read any further. */
static void test_puterr_closes_the_connection(void **state)
{
    static struct relay relay;
    int64_t rows = -1;
    relay_start(&relay, *state);
    sqli_conn *db = relay_open(&relay, *state);
    must(db, "create temp table puterr (a int)");
    sqli_stmt *stmt = must_prepare(db, "insert into puterr values (?)");
    give_rows(stmt, SQLI_BATCH_BULK, 5, -1);
    atomic_store(&relay.lie, "00120000000c");
    assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_FAIL);
    assert_int_equal(rows, 0);
    assert_int_equal(sqli_errcode(db), SQLI_E_PROTOCOL);
    assert_non_null(strstr(sqli_errmsg(db), "PUTERR"));
    assert_false(sqli_is_open(db));
    sqli_finalize(stmt);
    sqli_close(db);
    relay_stop(&relay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_rows),
        cmocka_unit_test(test_types_as_the_server_converts_them),
        cmocka_unit_test(test_values_that_do_not_fit),
        cmocka_unit_test(test_values_without_a_conversion),
        cmocka_unit_test(test_statements_of_all_sorts),
        cmocka_unit_test(test_it_fails_as_a_whole),
        cmocka_unit_test(test_nothing_is_sent_after_an_error),
        cmocka_unit_test(test_a_batch_that_is_given_up),
        cmocka_unit_test(test_a_commit_between_rows),
        cmocka_unit_test(test_databases_of_other_kinds),
        cmocka_unit_test(test_ten_thousand_rows_in_few_round_trips),
        cmocka_unit_test(test_the_bytes_of_the_vendors_client),
        cmocka_unit_test(test_rows_of_one_size),
        cmocka_unit_test(test_a_connection_that_is_cut),
        cmocka_unit_test(test_puterr_closes_the_connection),
    };
    return cmocka_run_group_tests(tests, start, stop_later);
}
