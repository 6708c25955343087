/* Rows by the block: the same values as row by row, in every C type. */
#include "tests/client/fixture.h"

#include <poll.h>

enum { MANY = 100000 };

static void fill_many(sqli_conn *db, const char *type, const char *expression, int rows)
{
    char sql[400];
    must(db, "drop table if exists b");
    snprintf(sql, sizeof sql, "create table b (n integer, a %s)", type);
    must(db, sql);
    must(db, "drop table if exists ten");
    must(db, "create table ten (d integer)");
    for (int i = 0; i < 10; i++) {
        snprintf(sql, sizeof sql, "insert into ten values (%d)", i);
        must(db, sql);
    }
    snprintf(sql, sizeof sql,
             "insert into b select n, %s from (select a.d + 10 * b.d + 100 * c.d + 1000 * d.d + "
             "10000 * e.d as n from ten a, ten b, ten c, ten d, ten e) as t where n < %d",
             expression, rows);
    must(db, sql);
}

static struct sqli_block fetch(sqli_conn *db, sqli_stmt *stmt, int64_t most, int expected)
{
    struct sqli_block block = {.size = sizeof block};
    int got = sqli_fetch_block(stmt, most, &block);
    if (got != expected)
        fail_msg("%d instead of %d: %s", got, expected, sqli_errmsg(db));
    if (got == SQLI_ROW)
        assert_true(block.rows > 0 && block.rows <= most);
    return block;
}

static bool is_null(const struct sqli_block_column *c, int64_t row)
{
    return c->null && c->null[row];
}

/* --- every type --- */

static void print(const struct sqli_block_column *c, int64_t row, char *text, size_t room)
{
    const uint8_t *wide;
    switch (c->as) {
    case SQLI_AS_INT64:
    case SQLI_AS_MICROS:
        snprintf(text, room, "%lld", (long long)((const int64_t *)c->data)[row]);
        break;
    case SQLI_AS_DOUBLE: snprintf(text, room, "%.9g", ((const double *)c->data)[row]); break;
    case SQLI_AS_BOOL: snprintf(text, room, "%d", ((const uint8_t *)c->data)[row]); break;
    case SQLI_AS_DAYS: snprintf(text, room, "%d", ((const int32_t *)c->data)[row]); break;
    case SQLI_AS_DECIMAL128:
        wide = (const uint8_t *)c->data + 16 * row;
        for (int i = 0; i < 16; i++)
            snprintf(text + 2 * i, room - 2 * (size_t)i, "%02x", wide[15 - i]);
        break;
    default:
        snprintf(text, room, "%.*s", (int)(c->ends[row + 1] - c->ends[row]),
                 (const char *)c->data + c->ends[row]);
    }
}

static const struct {
    const char *type;
    const char *value; /* as SQL; NULL stands in the row behind it */
    int as;            /* asked for; */
    int got;           /* and given */
    const char *text;
} every_type[] = {
    {"smallint", "-7", 0, SQLI_AS_INT64, "-7"},
    {"integer", "-2147483647", 0, SQLI_AS_INT64, "-2147483647"},
    {"bigint", "9223372036854775807", 0, SQLI_AS_INT64, "9223372036854775807"},
    {"int8", "-9223372036854775807", 0, SQLI_AS_INT64, "-9223372036854775807"},
    {"integer", "42", SQLI_AS_DOUBLE, SQLI_AS_DOUBLE, "42"},
    {"integer", "42", SQLI_AS_TEXT, SQLI_AS_TEXT, "42"},
    {"integer", "1", SQLI_AS_BOOL, SQLI_AS_BOOL, "1"},
    {"integer", "-2", SQLI_AS_DECIMAL128, SQLI_AS_DECIMAL128, "fffffffffffffffffffffffffffffffe"},
    {"float", "3.25", 0, SQLI_AS_DOUBLE, "3.25"},
    {"smallfloat", "-1.5", 0, SQLI_AS_DOUBLE, "-1.5"},
    {"decimal(8,2)", "1234.5", 0, SQLI_AS_DECIMAL128, "0000000000000000000000000001e23a"},
    {"decimal(8,3)", "-0.001", 0, SQLI_AS_DECIMAL128, "ffffffffffffffffffffffffffffffff"},
    {"decimal(8,2)", "0", 0, SQLI_AS_DECIMAL128, "00000000000000000000000000000000"},
    {"decimal(32,0)", "99999999999999999999999999999999", 0, SQLI_AS_DECIMAL128,
     "000004ee2d6d415b85acef80ffffffff"},
    {"decimal(32,31)", "9.9999999999999999999999999999999", 0, SQLI_AS_DECIMAL128,
     "000004ee2d6d415b85acef80ffffffff"},
    {"decimal(8,2)", "1234.5", SQLI_AS_TEXT, SQLI_AS_TEXT, "1234.50"},
    {"decimal(8,2)", "7", SQLI_AS_INT64, SQLI_AS_INT64, "7"},
    {"decimal(16)", "1.25", 0, SQLI_AS_TEXT, "1.25"},
    {"money(8,2)", "-1", 0, SQLI_AS_DECIMAL128, "ffffffffffffffffffffffffffffff9c"},
    {"char(20)", "'ab c'", 0, SQLI_AS_TEXT, "ab c"},
    {"char(20)", "''", 0, SQLI_AS_TEXT, ""},
    {"char(3)", "'abc'", 0, SQLI_AS_TEXT, "abc"},
    {"char(5)", "'h\xc3\xa4'", 0, SQLI_AS_TEXT, "h\xc3\xa4"},
    {"char(5)", "'ab'", SQLI_AS_BYTES, SQLI_AS_BYTES, "ab   "},
    {"nchar(9)", "'x'", 0, SQLI_AS_TEXT, "x"},
    {"varchar(20)", "'cd  '", 0, SQLI_AS_TEXT, "cd  "},
    {"varchar(20)", "'42'", SQLI_AS_INT64, SQLI_AS_INT64, "42"},
    {"nvarchar(20)", "'\xc3\xa4\xc3\xb6'", 0, SQLI_AS_TEXT, "\xc3\xa4\xc3\xb6"},
    {"lvarchar(300)", "'a long one, so to say, of more than sixty-four bytes in all, and on'", 0,
     SQLI_AS_TEXT, "a long one, so to say, of more than sixty-four bytes in all, and on"},
    {"boolean", "'t'", 0, SQLI_AS_BOOL, "1"},
    {"date", "mdy(1,2,1970)", 0, SQLI_AS_DAYS, "1"},
    {"date", "mdy(1,1,0001)", 0, SQLI_AS_DAYS, "-719162"},
    {"date", "mdy(12,31,9999)", 0, SQLI_AS_DAYS, "2932896"},
    {"date", "mdy(1,2,1970)", SQLI_AS_MICROS, SQLI_AS_MICROS, "86400000000"},
    {"date", "mdy(5,4,2026)", SQLI_AS_TEXT, SQLI_AS_TEXT, "2026-05-04"},
    {"datetime year to fraction(5)", "datetime(1969-12-31 23:59:59.99999) year to fraction(5)", 0,
     SQLI_AS_MICROS, "-10"},
    {"datetime year to second", "datetime(1970-01-01 00:00:01) year to second", 0, SQLI_AS_MICROS,
     "1000000"},
    {"datetime year to month", "datetime(1970-02) year to month", 0, SQLI_AS_MICROS,
     "2678400000000"},
    {"datetime year to day", "datetime(1970-02-01) year to day", SQLI_AS_DAYS, SQLI_AS_DAYS, "31"},
    {"datetime hour to second", "datetime(12:34:56) hour to second", 0, SQLI_AS_TEXT, "12:34:56"},
    {"interval day to second", "interval(5 04:03:02) day to second", 0, SQLI_AS_TEXT, "5 04:03:02"},
    {"list(integer not null)", "list{1,2}", 0, SQLI_AS_TEXT, "LIST{1,2}"},
};

static void test_every_type(void **state)
{
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof every_type / sizeof every_type[0]; i++) {
        char sql[300];
        char text[100];
        must(db, "drop table if exists b");
        snprintf(sql, sizeof sql, "create table b (n integer, a %s, z integer)",
                 every_type[i].type);
        must(db, sql);
        snprintf(sql, sizeof sql, "insert into b values (1, %s, 777)", every_type[i].value);
        must(db, sql);
        must(db, "insert into b values (2, null, 778)");
        must(db, "insert into b values (3, (select a from b where n = 1), 779)");
        sqli_stmt *stmt = must_prepare(db, "select a, z from b order by n");
        if (every_type[i].as)
            assert_int_equal(sqli_block_as(stmt, 1, every_type[i].as), SQLI_OK);
        struct sqli_block block = fetch(db, stmt, 100, SQLI_ROW);
        assert_int_equal(block.rows, 3);
        assert_int_equal(block.columns, 2);
        assert_int_equal(block.column[0].as, every_type[i].got);
        assert_int_equal(is_null(&block.column[0], 0), 0);
        assert_int_equal(is_null(&block.column[0], 1), 1);
        assert_int_equal(is_null(&block.column[0], 2), 0);
        for (int row = 0; row < 3; row += 2) {
            print(&block.column[0], row, text, sizeof text);
            if (strcmp(text, every_type[i].text) != 0)
                fail_msg("%s %s: %s", every_type[i].type, every_type[i].value, text);
        }
        assert_null(block.column[1].null);
        for (int row = 0; row < 3; row++)
            assert_int_equal(((const int64_t *)block.column[1].data)[row], 777 + row);
        fetch(db, stmt, 100, SQLI_DONE);
        sqli_finalize(stmt);
    }
    sqli_close(db);
}

/* --- many rows --- */

static void compare(const struct sqli_block *block, int64_t at, sqli_stmt *other)
{
    int64_t n = 0;
    const char *text = "";
    size_t length = 0;
    const struct sqli_block_column *a = &block->column[1];
    assert_int_equal(sqli_step(other), SQLI_ROW);
    assert_int_equal(sqli_get_int64(other, 1, &n), SQLI_OK);
    if (((const int64_t *)block->column[0].data)[at] != n)
        fail_msg("row %lld is not %lld", (long long)n, (long long)at);
    int result = sqli_get_text(other, 2, &text, &length);
    assert_int_equal(result == SQLI_NULL, is_null(a, at));
    assert_int_equal(length, a->ends[at + 1] - a->ends[at]);
    assert_memory_equal((const char *)a->data + a->ends[at], text, length);
}

static void test_many_rows(void **state)
{
    static const int64_t sizes[] = {1, 7, 256, 257, 1000, 1000000};
    sqli_conn *db = open_default(*state);
    fill_many(db, "varchar(30)",
              "case when mod(n,7) = 0 then null else 'row ' || n end::varchar(30)", MANY);
    sqli_stmt *stmt = must_prepare(db, "select n, a from b");
    sqli_stmt *other = must_prepare(db, "select n, a from b");
    for (size_t i = 1; i < sizeof sizes / sizeof sizes[0]; i++) {
        int64_t rows = 0;
        struct sqli_block block = {.size = sizeof block};
        while (sqli_fetch_block(stmt, sizes[i], &block) == SQLI_ROW) {
            assert_true(block.rows <= sizes[i]);
            for (int64_t k = 0; k < block.rows; k++)
                compare(&block, k, other);
            rows += block.rows;
            assert_int_equal(sqli_row_number(stmt), rows);
        }
        assert_int_equal(rows, MANY);
        assert_int_equal(block.rows, 0);
        assert_int_equal(sqli_step(other), SQLI_DONE);
    }
    sqli_finalize(stmt);
    sqli_finalize(other);
    sqli_close(db);
}

/* The last row of a block is the one that getters read; steps and blocks go on from one another. */
static void test_blocks_among_steps(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 0;
    fill_many(db, "integer", "n * 2", 5000);
    sqli_stmt *stmt = must_prepare(db, "select n, a from b order by n");
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    struct sqli_block block = fetch(db, stmt, 10, SQLI_ROW);
    assert_int_equal(block.rows, 10);
    assert_int_equal(((const int64_t *)block.column[0].data)[0], 1);
    assert_int_equal(sqli_get_int64(stmt, 2, &number), SQLI_OK);
    assert_int_equal(number, 20);
    assert_int_equal(sqli_row_number(stmt), 11);
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_get_int64(stmt, 1, &number), SQLI_OK);
    assert_int_equal(number, 11);
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    block = fetch(db, stmt, 10, SQLI_ROW);
    assert_int_equal(((const int64_t *)block.column[0].data)[0], 0);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* Cursors that get one row at a time, or scroll, give blocks all the same. */
static void test_every_kind_of_cursor(void **state)
{
    static const struct {
        const char *sql;
        unsigned flags;
    } cursors[] = {
        {"select n, a from b order by n", SQLI_SCROLL},
        {"select n, a from b for update", 0},
        {"select n, a from b order by n", SQLI_HOLD},
    };
    sqli_conn *db = open_default(*state);
    fill_many(db, "integer", "n * 2", 50);
    must(db, "begin work");
    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        sqli_stmt *stmt;
        int64_t rows = 0, sum = 0;
        int result;
        struct sqli_block block = {.size = sizeof block};
        assert_int_equal(sqli_prepare(db, cursors[i].sql, -1, cursors[i].flags, &stmt), SQLI_OK);
        while ((result = sqli_fetch_block(stmt, 20, &block)) == SQLI_ROW) {
            assert_true(block.rows > 0);
            for (int64_t k = 0; k < block.rows; k++) {
                sum += ((const int64_t *)block.column[0].data)[k];
                assert_int_equal(((const int64_t *)block.column[1].data)[k],
                                 2 * ((const int64_t *)block.column[0].data)[k]);
            }
            rows += block.rows;
        }
        if (result != SQLI_DONE)
            fail_msg("%s", sqli_errmsg(db));
        assert_int_equal(rows, 50);
        assert_int_equal(sum, 50 * 49 / 2);
        sqli_finalize(stmt);
    }
    must(db, "rollback work");
    sqli_close(db);
}

/* What has arrived while other statements waited comes in one block with what was there. */
static void test_what_is_there_is_one_block(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    fill_many(db, "char(100)", "n::char(100)", 3000);
    sqli_stmt *stmt = must_prepare(db, "select n, a from b order by n");
    fetch(db, stmt, 1, SQLI_ROW);
    query(f, db, "select count(*) from ten a, ten b, ten c");
    struct sqli_block block = fetch(db, stmt, 1000000, SQLI_ROW);
    int64_t first = block.rows;
    for (int64_t k = 0; k < block.rows; k++)
        assert_int_equal(((const int64_t *)block.column[0].data)[k], k + 1);
    block = fetch(db, stmt, 1000000, SQLI_ROW);
    if (first <= block.rows * 3 / 2)
        fail_msg("%lld rows, then %lld", (long long)first, (long long)block.rows);
    assert_int_equal(((const int64_t *)block.column[0].data)[0], first + 1);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* --- large objects --- */

enum { OBJECTS = 300 };

static void fill_objects(sqli_conn *db, const char *types)
{
    char sql[200];
    char text[32];
    must(db, "drop table if exists o");
    snprintf(sql, sizeof sql, "create table o (n integer, %s, z integer)", types);
    must(db, sql);
    sqli_stmt *insert = must_prepare(db, "insert into o values (?, ?, ?, 777)");
    bool smart = strstr(types, "blob") != NULL;
    must(db, "begin work");
    for (int i = 0; i < OBJECTS; i++) {
        uint8_t bytes[3] = {(uint8_t)i, 0, 255};
        snprintf(text, sizeof text, "t\xc3\xa4xt %d", i);
        sqli_bind_int64(insert, 1, i);
        int bound = i % 5 == 0 ? sqli_bind_null(insert, 2)
                               : sqli_bind_bytes(insert, 2, smart ? SQLI_BLOB : SQLI_BYTE, bytes,
                                                 (size_t)i % 4);
        if (bound || sqli_bind_bytes(insert, 3, smart ? SQLI_CLOB : SQLI_TEXT, text, strlen(text)))
            fail_msg("%s", sqli_errmsg(db));
        if (sqli_step(insert) != SQLI_DONE)
            fail_msg("%s", sqli_errmsg(db));
    }
    sqli_finalize(insert);
    must(db, "commit work");
}

static void check_object(const struct sqli_block *block, int64_t at, int64_t i)
{
    char text[32];
    const struct sqli_block_column *c = &block->column[1];
    size_t length = (size_t)snprintf(text, sizeof text, "t\xc3\xa4xt %lld", (long long)i);
    assert_int_equal(((const int64_t *)block->column[0].data)[at], i);
    assert_int_equal(((const int64_t *)block->column[3].data)[at], 777);
    assert_int_equal(is_null(c, at), i % 5 == 0);
    assert_int_equal(c->ends[at + 1] - c->ends[at], i % 5 ? i % 4 : 0);
    if (i % 5 && i % 4)
        assert_int_equal(((const uint8_t *)c->data)[c->ends[at]], i & 0xff);
    c = &block->column[2];
    assert_int_equal(c->ends[at + 1] - c->ends[at], length);
    assert_memory_equal((const char *)c->data + c->ends[at], text, length);
}

static void test_large_objects(void **state)
{
    static const char *const types[] = {"a byte, b text", "a blob, b clob"};
    sqli_conn *db = open_default(*state);
    for (size_t k = 0; k < 2; k++) {
        struct sqli_block block = {.size = sizeof block};
        int64_t seen = 0;
        int result;
        const char *text;
        fill_objects(db, types[k]);
        sqli_stmt *stmt = must_prepare(db, "select n, a, b, z from o order by n");
        while ((result = sqli_fetch_block(stmt, 70, &block)) == SQLI_ROW) {
            assert_int_equal(block.column[1].as, SQLI_AS_BYTES);
            assert_int_equal(block.column[2].as, SQLI_AS_TEXT);
            for (int64_t i = 0; i < block.rows; i++)
                check_object(&block, i, seen + i);
            seen += block.rows;
            assert_int_equal(sqli_row_number(stmt), seen);
            snprintf((*(struct fixture **)state)->text, 32, "t\xc3\xa4xt %lld",
                     (long long)seen - 1);
            assert_int_equal(sqli_get_text(stmt, 3, &text, NULL), SQLI_OK);
            assert_string_equal(text, (*(struct fixture **)state)->text);
        }
        if (result != SQLI_DONE)
            fail_msg("%s", sqli_errmsg(db));
        assert_int_equal(seen, OBJECTS);
        sqli_finalize(stmt);
    }
    sqli_close(db);
}

/* Called again until it does not say SQLI_MORE any more, every row comes once. */
static void test_without_waiting(void **state)
{
    static const char *const types[] = {"a byte, b text", "a blob, b clob"};
    sqli_conn *db = open_default(*state);
    for (size_t k = 0; k < 2; k++) {
        struct sqli_block block = {.size = sizeof block};
        int64_t seen = 0, waits = 0;
        int result;
        fill_objects(db, types[k]);
        assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
        sqli_stmt *stmt = must_prepare(db, "select n, a, b, z from o order by n");
        while ((result = sqli_fetch_block(stmt, 70, &block)) != SQLI_DONE) {
            if (result == SQLI_MORE) {
                int wants = sqli_wants(db);
                struct pollfd ready = {sqli_fd(db), 0, 0};
                ready.events = (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) |
                                       (wants & SQLI_WANTS_WRITE ? POLLOUT : 0));
                assert_int_not_equal(poll(&ready, 1, 10000), 0);
                waits++;
                continue;
            }
            if (result != SQLI_ROW)
                fail_msg("%s", sqli_errmsg(db));
            for (int64_t i = 0; i < block.rows; i++)
                check_object(&block, i, seen + i);
            seen += block.rows;
        }
        assert_int_equal(seen, OBJECTS);
        assert_true(waits > 2);
        sqli_finalize(stmt);
        assert_int_equal(sqli_set_nonblocking(db, 0), SQLI_OK);
    }
    sqli_close(db);
}

/* --- failures --- */

static void test_a_value_that_does_not_fit(void **state)
{
    static const int bad[] = {0, 1, 300, 2999};
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char sql[100];
        char says[100];
        int64_t seen = 0, failures = 0;
        int result;
        struct sqli_block block = {.size = sizeof block};
        fill_many(db, "varchar(20)", "n::varchar(20)", 3000);
        snprintf(sql, sizeof sql, "update b set a = 'none' where n = %d", bad[i]);
        must(db, sql);
        snprintf(says, sizeof says, "row %d, column 2 (a): none", bad[i] + 1);
        sqli_stmt *stmt = must_prepare(db, "select n, a from b order by n");
        assert_int_equal(sqli_block_as(stmt, 2, SQLI_AS_INT64), SQLI_OK);
        while ((result = sqli_fetch_block(stmt, 1000, &block)) != SQLI_DONE) {
            if (result == SQLI_FAIL) {
                assert_int_equal(sqli_errcode(db), SQLI_E_NUMBER_TEXT);
                if (!strstr(sqli_errmsg(db), says))
                    fail_msg("\"%s\" does not say \"%s\"", sqli_errmsg(db), says);
                assert_int_equal(seen, bad[i]);
                failures++;
                seen++;
                continue;
            }
            assert_int_equal(result, SQLI_ROW);
            assert_int_equal(sqli_errcode(db), 0);
            for (int64_t k = 0; k < block.rows; k++)
                assert_int_equal(((const int64_t *)block.column[1].data)[k], seen + k);
            seen += block.rows;
        }
        assert_int_equal(seen, 3000);
        assert_int_equal(failures, 1);
        sqli_finalize(stmt);
    }
    sqli_close(db);
}

static void test_arguments(void **state)
{
    sqli_conn *db = open_default(*state);
    struct sqli_block block = {.size = sizeof block};
    sqli_stmt *stmt = must_prepare(db, "select tabid from systables where tabid < 3");
    assert_int_equal(sqli_fetch_block(stmt, 0, &block), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    block.size = 4;
    assert_int_equal(sqli_fetch_block(stmt, 1, &block), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    assert_int_equal(sqli_block_as(stmt, 2, SQLI_AS_TEXT), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_COLUMN_INDEX);
    assert_int_equal(sqli_block_as(stmt, 1, 9), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    sqli_finalize(stmt);
    must(db, "create temp table nothing (a integer)");
    stmt = must_prepare(db, "insert into nothing values (1)");
    block = fetch(db, stmt, 1, SQLI_DONE);
    assert_int_equal(sqli_rows(stmt), 1);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* A column may change its C type between results, or within one. */
static void test_other_types_on_the_way(void **state)
{
    sqli_conn *db = open_default(*state);
    fill_many(db, "integer", "n * 2", 100);
    sqli_stmt *stmt = must_prepare(db, "select a from b order by n");
    static const int types[] = {SQLI_AS_DEFAULT, SQLI_AS_TEXT, SQLI_AS_DECIMAL128,
                                SQLI_AS_DOUBLE,  SQLI_AS_TEXT, SQLI_AS_INT64};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_int_equal(sqli_block_as(stmt, 1, types[i]), SQLI_OK);
        struct sqli_block block = fetch(db, stmt, 10 + (int64_t)i, SQLI_ROW);
        assert_int_equal(block.rows, 10 + i);
        assert_int_equal(block.column[0].as, types[i] ? types[i] : SQLI_AS_INT64);
        char text[64];
        print(&block.column[0], 9, text, sizeof text);
        if (types[i] == SQLI_AS_INT64)
            assert_string_equal(text, "138");
    }
    sqli_finalize(stmt);
    sqli_close(db);
}

/* --- no memory --- */

/* sqlid lives in the same process: only what the thread of the test asks for may fail. */
static _Thread_local struct {
    bool on, failed;
    size_t left; /* allocations that succeed */
    ptrdiff_t alive;
} memory;

static void *take(void *block, size_t size)
{
    if (memory.on && memory.left == 0) {
        memory.failed = true;
        return NULL;
    }
    memory.left -= memory.on;
    memory.alive += !block;
    return realloc(block, size);
}

static void *take_new(void *context, size_t size)
{
    (void)context;
    return take(NULL, size);
}

static void *take_other(void *context, void *block, size_t size)
{
    (void)context;
    return take(block, size);
}

static void give_back(void *context, void *block)
{
    (void)context;
    memory.alive -= block != NULL;
    free(block);
}

/* All rows, 500 at a time: the sum of the numbers, or -1 with an error. */
static int64_t sum_of_blocks(sqli_stmt *stmt)
{
    struct sqli_block block = {.size = sizeof block};
    int64_t sum = 0;
    int result;
    if (sqli_block_as(stmt, 2, SQLI_AS_TEXT))
        return -1;
    while ((result = sqli_fetch_block(stmt, 500, &block)) == SQLI_ROW)
        for (int64_t k = 0; k < block.rows; k++)
            sum += ((const int64_t *)block.column[0].data)[k];
    return result == SQLI_DONE ? sum : -1;
}

static int64_t sum_with_failure(sqli_conn *db, size_t left)
{
    sqli_stmt *stmt;
    int64_t sum = -1;
    memory.on = true;
    memory.failed = false;
    memory.left = left;
    if (sqli_prepare(db, "select n, a from b", -1, SQLI_NOT_CACHED, &stmt) == SQLI_OK)
        sum = sum_of_blocks(stmt);
    memory.on = false;
    if (sum < 0)
        assert_int_equal(sqli_errcode(db), SQLI_E_NO_MEMORY);
    if (sum < 0 && sqli_is_open(db) && stmt) {
        sqli_reset(stmt);
        assert_int_equal(sum_of_blocks(stmt), 3000 * 2999 / 2);
    }
    sqli_finalize(stmt);
    return sum;
}

static void test_no_memory(void **state)
{
    sqli_conn *db = open_default(*state);
    size_t count = 0;
    fill_many(db, "decimal(8,2)", "n", 3000);
    sqli_close(db);
    ptrdiff_t alive = memory.alive;
    do {
        db = open_default(*state);
        int64_t sum = sum_with_failure(db, count);
        sqli_close(db);
        if (memory.alive != alive)
            fail_msg("allocation %zu: %td blocks are left", count, memory.alive - alive);
        if (!memory.failed)
            assert_int_equal(sum, 3000 * 2999 / 2);
        count++;
    } while (memory.failed);
    assert_true(count > 20);
}

int main(void)
{
    const struct sqli_allocator allocator = {sizeof allocator, NULL, take_new, take_other,
                                             give_back};
    sqli_set_allocator(&allocator);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_blocks_among_steps),
        cmocka_unit_test(test_every_kind_of_cursor),
        cmocka_unit_test(test_what_is_there_is_one_block),
        cmocka_unit_test(test_large_objects),
        cmocka_unit_test(test_without_waiting),
        cmocka_unit_test(test_a_value_that_does_not_fit),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_other_types_on_the_way),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
