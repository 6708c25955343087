/* Routines called by their signature, without SQL. */
#include "tests/client/streams.h"

static sqli_stmt *must_prepare_call(sqli_conn *db, const char *signature)
{
    sqli_stmt *stmt;
    if (sqli_prepare_call(db, signature, &stmt))
        fail_msg("%s: %s", signature, sqli_errmsg(db));
    return stmt;
}

static uint64_t trips(sqli_conn *db)
{
    struct sqli_counts counts = {.size = sizeof counts};
    assert_int_equal(sqli_counts(db, &counts), SQLI_OK);
    return counts.round_trips;
}

static void test_descriptors(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = -1;
    must(db, "create table objects (b blob)");
    struct flow in = {.length = 10, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&in);
    sqli_stmt *insert = must_prepare(db, "insert into objects values (filetoblob('a', 'client'))");
    sqli_supply_file(insert, "a", &stream);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    sqli_finalize(insert);
    int64_t descriptor =
        strtol(query(*state, db, "select ifx_lo_open(b, 4) from objects"), NULL, 10);
    sqli_stmt *close = must_prepare_call(db, "informix.ifx_lo_close(integer)");
    assert_int_equal(sqli_bind_count(close), 1);
    assert_int_equal(sqli_column_count(close), 0);
    EXPECT(db, sqli_step(close), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_UNBOUND);
    sqli_bind_int64(close, 1, descriptor);
    EXPECT(db, sqli_step(close), SQLI_ROW);
    assert_int_equal(sqli_column_count(close), 1);
    assert_int_equal(sqli_get_int64(close, 1, &number), SQLI_OK);
    assert_int_equal(number, 0);
    EXPECT(db, sqli_step(close), SQLI_DONE);
    assert_int_equal(sqli_is_null(close, 1), 1);
    EXPECT(db, sqli_step(close), SQLI_FAIL); /* it is closed */
    assert_int_equal(sqli_errcode(db), SQLI_E_SMART_LOB);
    sqli_bind_int64(close, 1, -1);
    EXPECT(db, sqli_step(close), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_SMART_LOB);
    sqli_finalize(close);
    must(db, "drop table objects");
    sqli_close(db);
}

static const struct {
    const char *type;
    const char *value; /* bound as text */
    const char *text;  /* that comes back */
} echoes[] = {
    {"smallint", "-7", "-7"},
    {"integer", "42", "42"},
    {"bigint", "-9000000000000000000", "-9000000000000000000"},
    {"int8", "9000000000", "9000000000"},
    {"float", "2.5", "2.5"},
    {"decimal(10,3)", "12.125", "12.125"},
    {"date", "2026-05-04", "2026-05-04"},
    {"datetime year to second", "2026-05-04 10:20:30", "2026-05-04 10:20:30"},
    {"varchar(20)", "h\xc3\xa4llo", "h\xc3\xa4llo"},
    {"lvarchar(200)", "long", "long"},
    {"boolean", "t", "t"},
};

static void test_values(void **state)
{
    sqli_conn *db = open_default(*state);
    char sql[300];
    for (size_t i = 0; i < sizeof echoes / sizeof echoes[0]; i++) {
        const char *text = "";
        snprintf(sql, sizeof sql,
                 "create function echo%zu(v %s) returning %s, integer; return v, 99; end function",
                 i, echoes[i].type, echoes[i].type);
        must(db, sql);
        snprintf(sql, sizeof sql, "echo%zu(%s)", i, echoes[i].type);
        sqli_stmt *call = must_prepare_call(db, sql);
        sqli_bind_text(call, 1, echoes[i].value, -1);
        EXPECT(db, sqli_step(call), SQLI_ROW);
        assert_int_equal(sqli_column_count(call), 2);
        if (sqli_get_text(call, 1, &text, NULL) != SQLI_OK)
            fail_msg("%s: %s", echoes[i].type, sqli_errmsg(db));
        assert_string_equal(text, echoes[i].text);
        EXPECT(db, sqli_get_text(call, 2, &text, NULL), SQLI_OK); /* the guard */
        assert_string_equal(text, "99");
        EXPECT(db, sqli_step(call), SQLI_DONE);
        sqli_bind_null(call, 1);
        EXPECT(db, sqli_step(call), SQLI_ROW);
        assert_int_equal(sqli_get_text(call, 1, &text, NULL), SQLI_NULL);
        sqli_reset(call);
        sqli_finalize(call);
        snprintf(sql, sizeof sql, "drop function echo%zu", i);
        must(db, sql);
    }
    sqli_close(db);
}

/* The handle is asked for once; when the routine is another one by now, once more. */
static void test_handles_are_kept(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 0;
    must(db, "create function kept() returning integer; return 1; end function");
    sqli_stmt *first = must_prepare_call(db, "function kept()");
    assert_int_equal(sqli_bind_count(first), 0);
    uint64_t before = trips(db);
    EXPECT(db, sqli_step(first), SQLI_ROW);
    assert_int_equal(trips(db) - before, 2);
    sqli_stmt *second = must_prepare_call(db, "kept()");
    before = trips(db);
    EXPECT(db, sqli_step(second), SQLI_ROW);
    assert_int_equal(trips(db) - before, 1);
    must(db, "drop function kept");
    must(db, "create function kept() returning integer; return 2; end function");
    sqli_reset(second);
    EXPECT(db, sqli_step(second), SQLI_ROW);
    assert_int_equal(sqli_get_int64(second, 1, &number), SQLI_OK);
    assert_int_equal(number, 2);
    must(db, "drop function kept");
    EXPECT(db, sqli_step(second), SQLI_DONE);
    EXPECT(db, sqli_step(second), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ROUTINE_NOT_FOUND);
    sqli_finalize(first);
    sqli_finalize(second);
    sqli_close(db);
}

static void test_signatures(void **state)
{
    static const struct {
        const char *signature;
        int parameters; /* -1: it is none */
    } cases[] = {
        {"f()", 0},
        {"f( )", 0},
        {"f(integer)", 1},
        {"owner.f(decimal(8,2), lvarchar(10), set(integer not null))", 3},
        {"procedure f(int)", 1},
        {"f", -1},
        {"f(", -1},
        {"f)int(", -1},
        {"", -1},
    };
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli_stmt *call;
        int result = sqli_prepare_call(db, cases[i].signature, &call);
        assert_int_equal(result, cases[i].parameters < 0 ? SQLI_FAIL : SQLI_OK);
        if (result) {
            assert_null(call);
            assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
            continue;
        }
        assert_int_equal(sqli_bind_count(call), cases[i].parameters);
        EXPECT(db, sqli_describe(call), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_ROUTINE_NOT_FOUND);
        sqli_finalize(call);
    }
    sqli_close(db);
}

static void test_without_blocking(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 0;
    must(db, "create function twice(v integer) returning integer; return 2 * v; end function");
    sqli_set_nonblocking(db, 1);
    sqli_stmt *a = must_prepare_call(db, "twice(integer)");
    sqli_stmt *b = must_prepare_call(db, "twice(integer)");
    sqli_bind_int64(a, 1, 21);
    sqli_bind_int64(b, 1, 4);
    int first = sqli_step(a); /* SQLI_MORE, unless the answer was very quick */
    EXPECT(db, sqli_step(b), SQLI_ROW);
    if (first != SQLI_ROW)
        EXPECT(db, sqli_step(a), SQLI_ROW);
    assert_int_equal(sqli_get_int64(a, 1, &number), SQLI_OK);
    assert_int_equal(number, 42);
    assert_int_equal(sqli_get_int64(b, 1, &number), SQLI_OK);
    assert_int_equal(number, 8);
    sqli_finalize(a);
    sqli_finalize(b);
    sqli_set_nonblocking(db, 0);
    must(db, "drop function twice");
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_handles_are_kept), cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_without_blocking),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
