/* Cursors, the statement cache and transactions, as programs use them. */
#include "tests/client/relay.h"
#include "tests/client/rows.h"

static sqli_stmt *prepare_with(sqli_conn *db, unsigned flags, const char *sql)
{
    sqli_stmt *stmt;
    if (sqli_prepare(db, sql, -1, flags, &stmt))
        fail_msg("%s: %s", sql, sqli_errmsg(db));
    return stmt;
}

/* A table of the numbers 1 to `count`. */
static void make_numbers(sqli_conn *db, const char *table, int count)
{
    char sql[128];
    snprintf(sql, sizeof sql, "create table %s (a int, b int)", table);
    must(db, sql);
    snprintf(sql, sizeof sql, "insert into %s values (?, 0)", table);
    sqli_stmt *stmt = must_prepare(db, sql);
    give_rows(stmt, SQLI_BATCH_BULK, count, -1);
    end_well(stmt, count);
    sqli_finalize(stmt);
}

static int64_t number(sqli_stmt *stmt)
{
    int64_t n = -1;
    assert_int_equal(sqli_get_int64(stmt, 1, &n), SQLI_OK);
    return n;
}

static void must_step(sqli_stmt *stmt, int wanted)
{
    int result = sqli_step(stmt);
    if (result != wanted)
        fail_msg("%d instead of %d: %s", result, wanted, sqli_errmsg(sqli_connection(stmt)));
}

/* The server's side of a statement as it is now. */
static void check_query(void *state, sqli_conn *db, const char *wanted, const char *sql)
{
    assert_string_equal(query(state, db, sql), wanted);
}

/* --- scroll cursors --- */

static void test_all_directions(void **state)
{
    enum { ROWS = 300 };
    static const struct {
        int to;
        int64_t offset;
        int64_t row; /* 0: there is none */
    } moves[] = {
        {SQLI_TO_NEXT, 0, 1},        {SQLI_TO_NEXT, 0, 2},         {SQLI_TO_PRIOR, 0, 1},
        {SQLI_TO_PRIOR, 0, 0},       {SQLI_TO_NEXT, 0, 1},         {SQLI_TO_LAST, 0, ROWS},
        {SQLI_TO_NEXT, 0, 0},        {SQLI_TO_PRIOR, 0, ROWS},     {SQLI_TO_NEXT, 0, 0},
        {SQLI_TO_FIRST, 0, 1},       {SQLI_TO_RELATIVE, 10, 11},   {SQLI_TO_RELATIVE, -4, 7},
        {SQLI_TO_RELATIVE, 0, 7},    {SQLI_TO_ABSOLUTE, 250, 250}, {SQLI_TO_ABSOLUTE, 301, 0},
        {SQLI_TO_PRIOR, 0, ROWS},    {SQLI_TO_ABSOLUTE, -1, ROWS}, {SQLI_TO_ABSOLUTE, -300, 1},
        {SQLI_TO_ABSOLUTE, -301, 0}, {SQLI_TO_NEXT, 0, 1},         {SQLI_TO_ABSOLUTE, 0, 0},
        {SQLI_TO_NEXT, 0, 1},        {SQLI_TO_RELATIVE, -100, 0},  {SQLI_TO_LAST, 0, ROWS},
        {SQLI_TO_RELATIVE, -299, 1}, {SQLI_TO_ABSOLUTE, 100, 100},
    };
    sqli_conn *db = open_default(*state);
    make_numbers(db, "directions", ROWS);
    sqli_stmt *stmt =
        prepare_with(db, SQLI_SCROLL, "select a from directions where a > ? order by a");
    sqli_bind_int64(stmt, 1, 0);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        int result = sqli_scroll(stmt, moves[i].to, moves[i].offset);
        if (result != (moves[i].row ? SQLI_ROW : SQLI_DONE))
            fail_msg("move %zu: %d, %s", i, result, sqli_errmsg(db));
        assert_int_equal(sqli_row_number(stmt), moves[i].row);
        if (moves[i].row)
            assert_int_equal(number(stmt), moves[i].row);
    }
    /* Steps go on from there, to the end. */
    for (int row = 101; row <= ROWS; row++) {
        must_step(stmt, SQLI_ROW);
        assert_int_equal(number(stmt), row);
    }
    must_step(stmt, SQLI_DONE);
    /* Others are not disturbed, and a reset begins anew. */
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    assert_int_equal(sqli_scroll(stmt, SQLI_TO_LAST, 0), SQLI_ROW);
    check_query(*state, db, "300", "select count(*) from directions");
    assert_int_equal(number(stmt), ROWS);
    sqli_finalize(stmt);
    stmt = must_prepare(db, "select a from directions");
    assert_int_equal(sqli_scroll(stmt, SQLI_TO_NEXT, 0), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_STATE);
    sqli_finalize(stmt);
    must(db, "drop table directions");
    sqli_close(db);
}

static void test_an_empty_result_scrolls(void **state)
{
    static const int to[] = {SQLI_TO_FIRST, SQLI_TO_LAST, SQLI_TO_PRIOR, SQLI_TO_NEXT};
    sqli_conn *db = open_default(*state);
    sqli_stmt *stmt = prepare_with(db, SQLI_SCROLL, "select tabid from systables where tabid < 0");
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
            assert_int_equal(sqli_scroll(stmt, to[i], 0), SQLI_DONE);
            assert_int_equal(sqli_row_number(stmt), 0);
        }
    sqli_finalize(stmt);
    sqli_close(db);
}

/* --- hold, update --- */

static void test_hold_cursors_outlive_a_commit(void **state)
{
    enum { ROWS = 20000 };
    sqli_conn *db = open_default(*state);
    make_numbers(db, "held", ROWS);
    sqli_set_autocommit(db, 0);
    sqli_stmt *stmt = prepare_with(db, SQLI_HOLD, "select a from held order by a");
    sqli_stmt *update = must_prepare(db, "update held set b = b + 1 where a = ?");
    for (int row = 1; row <= ROWS; row++) {
        must_step(stmt, SQLI_ROW);
        assert_int_equal(number(stmt), row);
        if (row % 4000 == 0) {
            sqli_bind_int64(update, 1, row);
            must_step(update, SQLI_DONE);
            assert_int_equal(sqli_commit(db), SQLI_OK);
        }
    }
    must_step(stmt, SQLI_DONE);
    sqli_finalize(stmt);
    sqli_finalize(update);
    check_query(*state, db, "5", "select count(*) from held where b = 1");
    sqli_commit(db);
    sqli_set_autocommit(db, 1);
    must(db, "drop table held");
    sqli_close(db);
}

/* Every third row is deleted, every other one counted up; what the cursor shows is where it is. */
static void work_positioned(void *state, sqli_conn *db)
{
    enum { ROWS = 100 };
    char sql[128];
    sqli_stmt *stmt = must_prepare(db, "select a from positioned for update");
    must(db, "begin work");
    snprintf(sql, sizeof sql, "delete from positioned where current of %s", sqli_cursor_name(stmt));
    sqli_stmt *erase = NULL, *change = NULL;
    int rows = 0;
    for (; sqli_step(stmt) == SQLI_ROW; rows++) {
        int64_t n = number(stmt);
        if (!erase) {
            erase = must_prepare(db, sql);
            snprintf(sql, sizeof sql, "update positioned set b = a where current of %s",
                     sqli_cursor_name(stmt));
            change = must_prepare(db, sql);
        }
        sqli_stmt *one = n % 3 ? change : erase;
        must_step(one, SQLI_DONE);
        assert_int_equal(sqli_rows(one), 1);
        assert_int_equal(number(stmt), n);
    }
    assert_int_equal(rows, ROWS);
    must(db, "commit work");
    sqli_finalize(stmt);
    sqli_finalize(erase);
    sqli_finalize(change);
    check_query(state, db, "67|0", "select count(*), sum(a - b) from positioned");
    check_query(state, db, "0", "select count(*) from positioned where mod(a, 3) = 0");
}

static void test_positioned_changes(void **state)
{
    sqli_conn *db = open_default(*state);
    make_numbers(db, "positioned", 100);
    work_positioned(*state, db);
    must(db, "drop table positioned");
    sqli_close(db);
}

/* There every cursor may be one for update. */
static void test_positioned_changes_in_an_ansi_database(void **state)
{
    needs_sqlid(*state);
    char sql[128];
    sqli_conn *db = open_default(*state);
    must(db, "create database ansi_cursors with log mode ansi");
    make_numbers(db, "positioned", 100);
    assert_int_equal(sqli_commit(db), SQLI_OK);
    sqli_stmt *stmt = must_prepare(db, "select a from positioned");
    snprintf(sql, sizeof sql, "update positioned set b = a where current of %s",
             sqli_cursor_name(stmt));
    while (sqli_step(stmt) == SQLI_ROW)
        must(db, sql);
    sqli_finalize(stmt);
    check_query(*state, db, "100|0", "select count(*), sum(a - b) from positioned");
    assert_int_equal(sqli_commit(db), SQLI_OK);
    must(db, "close database");
    must(db, "drop database ansi_cursors");
    sqli_close(db);
}

/* --- routines, many cursors --- */

static void test_results_of_routines(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create function upto(n int) returning int, varchar(10); define i int; "
             "for i = 1 to n return i, 'row ' || i with resume; end for; end function");
    sqli_stmt *stmt = must_prepare(db, "execute function upto(?)");
    static const int counts[] = {1, 5, 3000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char wanted[32];
        const char *text;
        sqli_bind_int64(stmt, 1, counts[i]);
        for (int row = 1; row <= counts[i]; row++) {
            must_step(stmt, SQLI_ROW);
            assert_int_equal(number(stmt), row);
            snprintf(wanted, sizeof wanted, "row %d", row);
            assert_int_equal(sqli_get_text(stmt, 2, &text, NULL), SQLI_OK);
            assert_string_equal(text, wanted);
        }
        must_step(stmt, SQLI_DONE);
    }
    sqli_finalize(stmt);
    must(db, "drop function upto");
    sqli_close(db);
}

static void test_many_open_cursors(void **state)
{
    enum { CURSORS = 60, ROWS = 1500 };
    sqli_conn *db = open_default(*state);
    make_numbers(db, "crowd", ROWS + CURSORS);
    sqli_stmt *stmts[CURSORS];
    for (int i = 0; i < CURSORS; i++) {
        stmts[i] =
            prepare_with(db, i % 3 ? 0 : SQLI_SCROLL, "select a from crowd where a > ? order by a");
        sqli_bind_int64(stmts[i], 1, i);
    }
    for (int row = 1; row <= ROWS; row++)
        for (int i = 0; i < CURSORS; i++) {
            if (i % 3 == 0 && row % 100)
                continue; /* each costs a round trip */
            if (i % 3 == 0)
                assert_int_equal(sqli_scroll(stmts[i], SQLI_TO_ABSOLUTE, row), SQLI_ROW);
            else
                must_step(stmts[i], SQLI_ROW);
            assert_int_equal(number(stmts[i]), row + i);
        }
    for (int i = 0; i < CURSORS; i++)
        sqli_finalize(stmts[i]);
    must(db, "drop table crowd");
    sqli_close(db);
}

/* --- the cache --- */

static int turns(struct relay *relay)
{
    static int before;
    int now = atomic_load(&relay->turns);
    int taken = now - before;
    before = now;
    return taken;
}

static void test_the_same_text_again(void **state)
{
    static const struct {
        const char *sql;
        int first, again;
    } cases[] = {
        {"select first 10 tabid from systables where tabid > ? order by tabid", 2, 1},
        {"insert into cached_rows values (?)", 2, 1},
        {"update cached_rows set a = ? where a = -1", 2, 1},
    };
    static struct relay relay;
    relay_start(&relay, *state);
    sqli_conn *db = relay_open(&relay, *state);
    must(db, "create temp table cached_rows (a int)");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int again = 0; again < 3; again++) {
            turns(&relay);
            sqli_stmt *stmt = must_prepare(db, cases[i].sql);
            sqli_bind_int64(stmt, 1, 0);
            while (sqli_step(stmt) == SQLI_ROW)
                continue;
            sqli_finalize(stmt);
            assert_int_equal(turns(&relay), again ? cases[i].again : cases[i].first);
        }
    sqli_close(db);
    relay_stop(&relay);
}

static void test_definitions_change_under_the_cache(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_conn *other = open_default(*state);
    must(db, "create table versions (a int)");
    must(db, "insert into versions values (1)");
    const char *const all = "select * from versions";
    check_query(*state, db, "1", all);
    check_query(*state, db, "1", all);
    must(db, "alter table versions add b varchar(10) default 'new'");
    check_query(*state, db, "1|new", all);
    must(other, "alter table versions add c int default 3");
    check_query(*state, db, "1|new|3", all);
    sqli_stmt *stmt = must_prepare(db, all);
    rows_of(*state, db, stmt);
    must(other, "alter table versions drop b");
    assert_string_equal(rows_of(*state, db, stmt), "1|3");
    must(other, "drop table versions");
    assert_int_equal(sqli_step(stmt), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -206);
    must(other, "create table versions (z char(3))");
    must(other, "insert into versions values ('xyz')");
    assert_string_equal(rows_of(*state, db, stmt), "xyz");
    sqli_finalize(stmt);
    check_query(*state, db, "xyz", all);
    must(db, "drop table versions");
    sqli_close(db);
    sqli_close(other);
}

/* --- transactions --- */

static void test_autocommit_off(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_conn *other = open_default(*state);
    must(db, "create table work (a int)");
    assert_int_equal(sqli_autocommit(db), 1);
    assert_int_equal(sqli_set_autocommit(db, 0), SQLI_OK);
    assert_false(sqli_in_transaction(db));
    must(db, "insert into work values (1)");
    assert_true(sqli_in_transaction(db));
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    assert_false(sqli_in_transaction(db));
    must(db, "insert into work values (2)");
    check_query(*state, db, "2", "select a from work");
    assert_int_equal(sqli_commit(db), SQLI_OK);
    check_query(*state, other, "2", "select a from work");
    assert_int_equal(sqli_commit(db), SQLI_OK); /* nothing to do */
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    must(db, "insert into work values (3)");
    assert_int_equal(sqli_set_autocommit(db, 1), SQLI_OK); /* commits */
    assert_false(sqli_in_transaction(db));
    check_query(*state, other, "2;3", "select a from work order by a");
    /* A failed statement ends no transaction. */
    sqli_set_autocommit(db, 0);
    must(db, "insert into work values (4)");
    assert_int_equal(sqli_exec(db, "insert into work values ('x')", NULL), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -1213);
    assert_true(sqli_in_transaction(db));
    assert_int_equal(sqli_commit(db), SQLI_OK);
    sqli_set_autocommit(db, 1);
    check_query(*state, db, "2;3;4", "select a from work order by a");
    must(db, "drop table work");
    sqli_close(other);
    sqli_close(db);
}

static void test_begin_commit_and_savepoints(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table points (a int)");
    assert_int_equal(sqli_begin(db), SQLI_OK);
    assert_int_equal(sqli_begin(db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -535);
    must(db, "insert into points values (1)");
    assert_int_equal(sqli_savepoint(db, "here"), SQLI_OK);
    must(db, "insert into points values (2)");
    assert_int_equal(sqli_savepoint(db, "there"), SQLI_OK);
    must(db, "insert into points values (3)");
    assert_int_equal(sqli_rollback_to(db, "there"), SQLI_OK);
    check_query(*state, db, "1;2", "select a from points order by a");
    assert_int_equal(sqli_release_savepoint(db, "there"), SQLI_OK);
    assert_int_equal(sqli_rollback_to(db, "there"), SQLI_FAIL);
    assert_int_equal(sqli_rollback_to(db, "here"), SQLI_OK);
    check_query(*state, db, "1", "select a from points");
    assert_int_equal(sqli_savepoint(db, ""), SQLI_FAIL);
    assert_int_equal(sqli_commit(db), SQLI_OK);
    check_query(*state, db, "1", "select a from points");
    must(db, "drop table points");
    sqli_close(db);
}

/* Whoever types it, it counts. */
static void test_transactions_as_sql(void **state)
{
    static const struct {
        const char *sql;
        int in;
    } cases[] = {
        {"begin work", 1}, {"rollback work", 0}, {"BEGIN", 1},
        {"commit", 0},     {"begin", 1},         {"/* end */ rollback", 0},
    };
    sqli_conn *db = open_default(*state);
    for (int prepared = 0; prepared < 2; prepared++)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            if (prepared) {
                sqli_stmt *stmt = must_prepare(db, cases[i].sql);
                must_step(stmt, SQLI_DONE);
                sqli_finalize(stmt);
            } else {
                must(db, cases[i].sql);
            }
            assert_int_equal(sqli_in_transaction(db), cases[i].in);
        }
    must(db, "begin work");
    must(db, "create temp table typed (a int)");
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    assert_int_equal(sqli_exec(db, "select * from typed", NULL), SQLI_FAIL);
    /* The program's own BEGIN counts with autocommit off, too. */
    sqli_set_autocommit(db, 0);
    must(db, "begin work");
    must(db, "create temp table typed (a int)");
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    sqli_close(db);
}

static void test_a_database_without_a_log(void **state)
{
    needs_sqlid(*state);
    sqli_conn *db = open_default(*state);
    must(db, "create database no_log_at_all");
    assert_string_equal(sqli_info(db, "logging"), "unlogged");
    assert_int_equal(sqli_begin(db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -256);
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    sqli_set_autocommit(db, 0);
    must(db, "create table t (a int)");
    must(db, "insert into t values (1)");
    assert_false(sqli_in_transaction(db));
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    assert_int_equal(sqli_commit(db), SQLI_OK);
    check_query(*state, db, "1", "select a from t");
    must(db, "close database");
    assert_string_equal(sqli_info(db, "database"), "");
    must(db, "drop database no_log_at_all");
    sqli_close(db);
}

static void test_settings_of_the_session(void **state)
{
    static const char *const levels[] = {"dirty", "committed", "cursor", "repeatable",
                                         "last-committed"};
    static const int waits[] = {-1, 0, 7};
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (sqli_set_isolation(db, levels[i]))
            fail_msg("%s: %s", levels[i], sqli_errmsg(db));
    assert_int_equal(sqli_set_isolation(db, "serializable"), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    assert_int_equal(sqli_set_isolation(db, NULL), SQLI_FAIL);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        assert_int_equal(sqli_set_lock_wait(db, waits[i]), SQLI_OK);
    check_query(*state, db, "1", "select count(*) from systables where tabid = 1");
    sqli_close(db);
}

/* The code set is that of the database that is open now. */
static void test_another_database_has_another_code_set(void **state)
{
    needs_sqlid(*state);
    struct fixture *f = *state;
    char sql[128], again[64], locale[64];
    sqli_conn *utf8 = sqli_new();
    assert_int_equal(sqli_set_url(utf8, f->url), SQLI_OK);
    sqli_set(utf8, "database", "sysmaster");
    sqli_set(utf8, "db-locale", "en_US.utf8");
    if (sqli_connect(utf8))
        fail_msg("%s", sqli_errmsg(utf8));
    must(utf8, "create database in_utf8 with log");
    must(utf8, "create table words (a varchar(20))");
    must(utf8, "insert into words values ('\xe6\xbc\xa2\xc3\xa4')");
    check_query(f, utf8, "\xe6\xbc\xa2\xc3\xa4", "select a from words");
    must(utf8, "close database");
    sqli_close(utf8);

    sqli_conn *db = open_default(f);
    snprintf(again, sizeof again, "database %s", f->database);
    must(db, "create table words (a varchar(20))");
    must(db, "insert into words values ('\xc3\xa4')");
    snprintf(locale, sizeof locale, "%s", sqli_info(db, "locale"));
    must(db, "database in_utf8");
    assert_string_equal(sqli_info(db, "locale"), "en_US.utf8");
    check_query(f, db, "\xe6\xbc\xa2\xc3\xa4|5", "select a, octet_length(a) from words");
    must(db, again);
    assert_string_equal(sqli_info(db, "locale"), locale);
    check_query(f, db, "\xc3\xa4|1", "select a, octet_length(a) from words");
    snprintf(sql, sizeof sql, "insert into words values ('\xe6\xbc\xa2')");
    assert_int_equal(sqli_exec(db, sql, NULL), SQLI_FAIL); /* no such character there */
    must(db, "drop table words");
    must(db, "database sysmaster");
    must(db, "drop database in_utf8");
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_directions),
        cmocka_unit_test(test_an_empty_result_scrolls),
        cmocka_unit_test(test_hold_cursors_outlive_a_commit),
        cmocka_unit_test(test_positioned_changes),
        cmocka_unit_test(test_positioned_changes_in_an_ansi_database),
        cmocka_unit_test(test_results_of_routines),
        cmocka_unit_test(test_many_open_cursors),
        cmocka_unit_test(test_the_same_text_again),
        cmocka_unit_test(test_definitions_change_under_the_cache),
        cmocka_unit_test(test_autocommit_off),
        cmocka_unit_test(test_begin_commit_and_savepoints),
        cmocka_unit_test(test_transactions_as_sql),
        cmocka_unit_test(test_a_database_without_a_log),
        cmocka_unit_test(test_settings_of_the_session),
        cmocka_unit_test(test_another_database_has_another_code_set),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
