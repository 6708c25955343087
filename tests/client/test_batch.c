/* Batches whose rows are requests of their own. */
#include "tests/client/relay.h"
#include "tests/client/rows.h"

#include "base/alloc.h"

enum { DUPLICATE = -268, KEPT = 1000 };

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
        must(db, "begin work");
        give_rows(stmt, SQLI_BATCH_EACH, counts[i], -1);
        end_well(stmt, n);
        must(db, "commit work");
        snprintf(wanted, sizeof wanted, "%lld|%lld", (long long)n, (long long)(n * (n + 1) / 2));
        assert_string_equal(query(*state, db, "select count(*), nvl(sum(a), 0) from many"), wanted);
    }
    sqli_finalize(stmt);
    must(db, "drop table many");
    sqli_close(db);
}

/* The rows around one that fails are done. */
static void test_a_row_that_fails_is_named(void **state)
{
    static const int places[] = {1, 500, 999};
    sqli_conn *db = open_default(*state);
    must(db, "create table once (a int primary key)");
    must(db, "insert into once values (0)");
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int64_t rows = -1, row = -1;
        const sqli_error *error = NULL;
        sqli_stmt *stmt = must_prepare(db, "insert into once values (?)");
        must(db, "delete from once where a > 0");
        give_rows(stmt, SQLI_BATCH_EACH, 1000, places[i]);
        assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), DUPLICATE);
        assert_int_equal(rows, 999);
        assert_int_equal(sqli_batch_failures(stmt), 1);
        assert_int_equal(sqli_batch_failure(stmt, 0, &row, &error), SQLI_OK);
        assert_int_equal(row, places[i]);
        assert_int_equal(sqli_err_code(error), DUPLICATE);
        assert_int_equal(sqli_batch_failure(stmt, 1, &row, &error), SQLI_FAIL);
        assert_int_equal(sqli_batch_failure(stmt, -1, &row, &error), SQLI_FAIL);
        sqli_finalize(stmt);
        assert_string_equal(query(*state, db, "select count(*) from once"), "1000");
    }
    must(db, "drop table once");
    sqli_close(db);
}

static void test_the_first_row_fails_and_nothing_is_kept_after_rollback(void **state)
{
    int64_t rows, row = -1;
    const sqli_error *error;
    sqli_conn *db = open_default(*state);
    must(db, "create table undone (a int primary key)");
    must(db, "insert into undone values (0)");
    sqli_set_autocommit(db, 0);
    sqli_stmt *stmt = must_prepare(db, "insert into undone values (?)");
    give_rows(stmt, SQLI_BATCH_EACH, 1000, 0);
    assert_true(sqli_in_transaction(db));
    assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_FAIL);
    assert_int_equal(rows, 999);
    assert_int_equal(sqli_batch_failure(stmt, 0, &row, &error), SQLI_OK);
    assert_int_equal(row, 0);
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    assert_string_equal(query(*state, db, "select count(*) from undone"), "1");
    assert_int_equal(sqli_commit(db), SQLI_OK);
    /* A commit between rows: the next one begins a transaction again. */
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
    assert_int_equal(give_row(stmt, 1), SQLI_OK);
    assert_int_equal(sqli_commit(db), SQLI_OK);
    assert_int_equal(give_row(stmt, 2), SQLI_OK);
    assert_true(sqli_in_transaction(db));
    end_well(stmt, 2);
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    sqli_finalize(stmt);
    assert_string_equal(query(*state, db, "select a from undone order by a"), "0;1");
    sqli_commit(db);
    sqli_set_autocommit(db, 1);
    must(db, "drop table undone");
    sqli_close(db);
}

static void test_all_failures_are_counted_and_a_thousand_kept(void **state)
{
    int64_t rows, row;
    const sqli_error *error;
    sqli_conn *db = open_default(*state);
    must(db, "create table refused (a int)");
    sqli_stmt *stmt = must_prepare(db, "insert into refused values (?)");
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
    for (int i = 0; i < 3000; i++) {
        sqli_bind_text(stmt, 1, i % 2 ? "17" : "no number", -1);
        assert_int_equal(sqli_batch_row(stmt), SQLI_OK);
    }
    assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), -1213);
    assert_int_equal(rows, 1500);
    assert_int_equal(sqli_batch_failures(stmt), 1500);
    for (int i = 0; i < KEPT; i++) {
        assert_int_equal(sqli_batch_failure(stmt, i, &row, &error), SQLI_OK);
        assert_int_equal(row, 2 * i);
        assert_int_equal(sqli_err_code(error), -1213);
    }
    assert_int_equal(sqli_batch_failure(stmt, KEPT, &row, &error), SQLI_FAIL);
    /* The next batch starts with none. */
    sqli_bind_int64(stmt, 1, 1);
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
    assert_int_equal(sqli_batch_failures(stmt), 0);
    assert_int_equal(sqli_batch_row(stmt), SQLI_OK);
    end_well(stmt, 1);
    sqli_finalize(stmt);
    must(db, "drop table refused");
    sqli_close(db);
}

/* Each for the numbers 1 to 3 against a table that has the numbers 1 to 10. */
static void test_statements_of_all_sorts(void **state)
{
    static const struct {
        const char *sql;
        int64_t changed;
        const char *left; /* count and sum */
    } cases[] = {
        {"insert into sorts select a + 100 from sorts where a = ?", 3, "13|361"},
        {"update sorts set b = 1 where a <= ?", 6, "10|55"},
        {"delete from sorts where a = ?", 3, "7|49"},
        {"delete from sorts where a between 1 and ?", 3, "7|49"},
        {"execute procedure put_sort(?)", 0, "13|3061"},
    };
    sqli_conn *db = open_default(*state);
    must(db, "create table sorts (a int, b int)");
    must(db, "create procedure put_sort(n int) insert into sorts values (1000 + n, 0); "
             "end procedure");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t rows;
        must(db, "delete from sorts");
        sqli_stmt *stmt = must_prepare(db, "insert into sorts values (?, 0)");
        give_rows(stmt, SQLI_BATCH_EACH, 10, -1);
        end_well(stmt, 10);
        sqli_finalize(stmt);
        if (strncmp(cases[i].sql, "insert", 6) == 0)
            stmt = must_prepare(db, "insert into sorts (a) select a + 100 from sorts where a = ?");
        else
            stmt = must_prepare(db, cases[i].sql);
        give_rows(stmt, SQLI_BATCH_EACH, 3, -1);
        if (sqli_batch_end(stmt, &rows))
            fail_msg("%s: %s", cases[i].sql, sqli_errmsg(db));
        assert_int_equal(rows, 3);
        assert_int_equal(sqli_rows(stmt), cases[i].changed);
        sqli_finalize(stmt);
        assert_string_equal(query(*state, db, "select count(*), sum(a) from sorts"), cases[i].left);
    }
    must(db, "drop procedure put_sort");
    must(db, "drop table sorts");
    sqli_close(db);
}

static void test_statements_that_no_batch_takes(void **state)
{
    static const struct {
        const char *sql;
        int code;
        const char *says;
    } cases[] = {
        {"select tabid from systables where tabid = ?", SQLI_E_UNSUPPORTED, "gives rows"},
        {"begin work", SQLI_E_UNSUPPORTED, "BEGIN WORK"},
        {"create table none (a int)", SQLI_E_UNSUPPORTED, "CREATE TABLE"},
        {"insert into nowhere values (?)", -206, "nowhere"},
        {"insert into systables values (?", -201, ""},
    };
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t rows = -1;
        sqli_stmt *stmt = must_prepare(db, cases[i].sql);
        if (sqli_bind_count(stmt))
            sqli_bind_int64(stmt, 1, 1);
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(sqli_batch_row(stmt), SQLI_FAIL);
            assert_int_equal(sqli_errcode(db), cases[i].code);
            assert_non_null(strstr(sqli_errmsg(db), cases[i].says));
        }
        assert_int_equal(sqli_batch_end(stmt, &rows), SQLI_OK);
        assert_int_equal(rows, 0);
        sqli_finalize(stmt);
    }
    assert_string_equal(query(*state, db, "select tabname from systables where tabid = 1"),
                        "systables");
    sqli_close(db);
}

static void must_be(sqli_conn *db, int result, int code)
{
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), code);
}

static void test_calls_out_of_turn(void **state)
{
    int64_t row;
    const sqli_error *error;
    sqli_conn *db = open_default(*state);
    must(db, "create temp table turns (a int)");
    sqli_stmt *stmt = must_prepare(db, "insert into turns values (?)");
    must_be(db, sqli_batch_row(stmt), SQLI_E_STATE);
    must_be(db, sqli_batch_end(stmt, NULL), SQLI_E_STATE);
    assert_int_equal(sqli_batch_failures(stmt), 0);
    assert_int_equal(sqli_batch_failure(stmt, 0, &row, &error), SQLI_FAIL);
    must_be(db, sqli_batch_begin(stmt, 7), SQLI_E_ARGUMENT);
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
    must_be(db, sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_E_STATE);
    must_be(db, sqli_batch_row(stmt), SQLI_E_PARAMETER_UNBOUND);
    assert_int_equal(give_row(stmt, 1), SQLI_OK);
    end_well(stmt, 1);
    must_be(db, sqli_batch_end(stmt, NULL), SQLI_E_STATE);
    must_be(db, sqli_batch_row(stmt), SQLI_E_STATE);
    /* Reset in the middle: what was given is on its way. */
    give_rows(stmt, SQLI_BATCH_EACH, 10, -1);
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    must_be(db, sqli_batch_row(stmt), SQLI_E_STATE);
    sqli_bind_int64(stmt, 1, 100);
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    sqli_finalize(stmt);
    assert_string_equal(query(*state, db, "select count(*), sum(a) from turns"), "12|156");
    sqli_close(db);
}

/* The server refuses rows of a statement that is older than its table, which must not happen. */
static void test_a_table_that_changes_between_batches(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_conn *other = open_default(*state);
    must(db, "create table changing (a int)");
    sqli_stmt *stmt = must_prepare(db, "insert into changing (a) values (?)");
    for (int kind = SQLI_BATCH_EACH; kind <= SQLI_BATCH_BULK; kind++) {
        give_rows(stmt, kind, 10, -1);
        end_well(stmt, 10);
        must(other, kind ? "alter table changing modify (a bigint)"
                         : "alter table changing add b varchar(10)");
        give_rows(stmt, kind, 10, -1);
        end_well(stmt, 10);
        /* One from the cache. */
        sqli_finalize(stmt);
        must(other, kind ? "alter table changing add c int" : "alter table changing add d int");
        stmt = must_prepare(db, "insert into changing (a) values (?)");
        give_rows(stmt, kind, 10, -1);
        end_well(stmt, 10);
    }
    sqli_finalize(stmt);
    assert_string_equal(query(*state, db, "select count(*), sum(a) from changing"), "60|330");
    must(db, "drop table changing");
    sqli_close(db);
    sqli_close(other);
}

static void test_other_statements_in_between(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create temp table between_rows (a int)");
    sqli_stmt *stmt = must_prepare(db, "insert into between_rows values (?)");
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
    for (int i = 1; i <= 20; i++) {
        char wanted[16];
        assert_int_equal(give_row(stmt, i), SQLI_OK);
        snprintf(wanted, sizeof wanted, "%d", i);
        assert_string_equal(query(*state, db, "select count(*) from between_rows"), wanted);
    }
    end_well(stmt, 20);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_a_connection_that_does_not_block(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table patient (a int)");
    must(db, "begin work");
    sqli_stmt *stmt = must_prepare(db, "insert into patient values (?)");
    for (int kind = SQLI_BATCH_EACH; kind <= SQLI_BATCH_BULK; kind++) {
        int more = 0;
        sqli_set_nonblocking(db, 1);
        assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
        for (int i = 1; i <= 50000; i++) {
            sqli_bind_int64(stmt, 1, i);
            assert_int_equal(without_waiting(db, stmt, sqli_batch_row, &more), SQLI_OK);
        }
        assert_int_equal(without_waiting(db, stmt, end_of_batch, &more), SQLI_OK);
        assert_int_equal(sqli_rows(stmt), 50000);
        assert_true(more > 0);
        sqli_set_nonblocking(db, 0);
        assert_string_equal(query(*state, db, "select count(*), sum(a) from patient"),
                            "50000|1250025000");
        must(db, "delete from patient");
    }
    sqli_finalize(stmt);
    must(db, "commit work");
    must(db, "drop table patient");
    sqli_close(db);
}

static int give_up(void *context)
{
    (void)context;
    return 1;
}

/* What is under way is cancelled, and the connection goes on. */
/* Rows until the callback cancels, which it is asked to do while a call waits: of `most` rows none
 * may have to. */
static int fill_until_cancelled(sqli_conn *db, sqli_stmt *stmt, int kind, int most)
{
    int result = SQLI_OK;
    assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
    assert_int_equal(give_row(stmt, 0), SQLI_OK);
    sqli_set_progress(db, 1, give_up, NULL);
    for (int i = 0; i < most && result == SQLI_OK; i++)
        result = give_row(stmt, i);
    int ended = sqli_batch_end(stmt, NULL);
    int code = sqli_errcode(db);
    sqli_set_progress(db, 1, NULL, NULL);
    assert_int_equal(code, result || ended ? SQLI_E_INTERRUPTED : 0);
    return result || ended ? SQLI_FAIL : SQLI_OK;
}

static void test_cancelling(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table cancelled (a int)");
    for (int kind = SQLI_BATCH_EACH; kind <= SQLI_BATCH_BULK; kind++) {
        sqli_stmt *stmt = must_prepare(db, "insert into cancelled values (?)");
        int most = 300000;
        while (fill_until_cancelled(db, stmt, kind, most) == SQLI_OK && most < 20000000) {
            must(db, "delete from cancelled");
            most *= 4;
        }
        assert_true(most < 20000000);
        assert_true(sqli_is_open(db));
        assert_false(sqli_in_transaction(db));
        sqli_finalize(stmt);
        if (kind == SQLI_BATCH_BULK)
            assert_string_equal(query(*state, db, "select count(*) from cancelled"), "0");
        must(db, "delete from cancelled");
    }
    must(db, "drop table cancelled");
    sqli_close(db);
}

/* Whatever the moment, each row is told as done or as failed, and nothing hangs. */
static void test_a_connection_that_is_cut(void **state)
{
    static struct relay relay;
    relay_start(&relay, *state);
    sqli_conn *other = open_default(*state);
    must(other, "create table cut (a int)");
    for (size_t bytes = 1; bytes < 1000000; bytes = bytes * 7 + 13) {
        sqli_conn *db = relay_open(&relay, *state);
        sqli_stmt *stmt = must_prepare(db, "insert into cut values (?)");
        int given = 0;
        int64_t rows = -1;
        atomic_store(&relay.cut, atomic_load(&relay.sent) + bytes);
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_OK);
        while (given < 40000 && give_row(stmt, given) == SQLI_OK)
            given++;
        assert_int_equal(sqli_batch_end(stmt, &rows), given ? SQLI_FAIL : SQLI_OK);
        assert_int_equal(rows + sqli_batch_failures(stmt), given);
        assert_false(sqli_is_open(db));
        if (given)
            assert_int_equal(sqli_errcode(db), SQLI_E_CONNECTION_LOST);
        assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_EACH), SQLI_FAIL);
        sqli_finalize(stmt);
        sqli_close(db);
        atomic_store(&relay.cut, 0);
        atomic_store(&relay.sent, 0);
    }
    relay_stop(&relay);
    must(other, "drop table cut");
    sqli_close(other);
}

/* --- memory --- */

struct meter {
    atomic_size_t live, most;
};

static void *meter_resize(void *context, void *block, size_t size)
{
    struct meter *m = context;
    size_t *real = block ? (size_t *)block - 2 : NULL;
    size_t before = real ? real[0] : 0;
    real = realloc(real, size + 2 * sizeof *real);
    if (!real)
        return NULL;
    real[0] = size;
    size_t live = atomic_fetch_add(&m->live, size - before) + size - before;
    if (live > atomic_load(&m->most))
        atomic_store(&m->most, live);
    return real + 2;
}

static void *meter_allocate(void *context, size_t size)
{
    return meter_resize(context, NULL, size);
}

static void meter_release(void *context, void *block)
{
    if (block) {
        struct meter *m = context;
        size_t *real = (size_t *)block - 2;
        atomic_fetch_sub(&m->live, real[0]);
        free(real);
    }
}

/* 40 MB of rows never take more than a few, the server's part of them included. */
static void test_memory_stays_flat(void **state)
{
    static struct meter meter;
    struct fixture own = {0};
    char text[800];
    (void)state;
    memset(text, 'x', sizeof text);
    const struct sqli_allocator counting = {sizeof counting, &meter, meter_allocate, meter_resize,
                                            meter_release};
    if (getenv("SQLI_TEST_URL"))
        skip();
    assert_int_equal(sqli_set_allocator(&counting), 0);
    assert_int_equal(start_sqlid(&own), 0);
    sqli_conn *db = open_database(&own, "sysmaster");
    must(db, "create temp table flat (a lvarchar(1000))");
    for (int kind = SQLI_BATCH_EACH; kind <= SQLI_BATCH_BULK; kind++) {
        sqli_stmt *stmt = must_prepare(db, "insert into flat values (?)");
        size_t before = atomic_load(&meter.live);
        atomic_store(&meter.most, before);
        must(db, "begin work");
        sqli_bind_text(stmt, 1, text, sizeof text);
        assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
        for (int i = 0; i < 50000; i++)
            assert_int_equal(sqli_batch_row(stmt), SQLI_OK);
        end_well(stmt, 50000);
        sqli_finalize(stmt);
        must(db, "rollback work");
        if (atomic_load(&meter.most) - before > 16 << 20)
            fail_msg("kind %d: %zu bytes", kind, atomic_load(&meter.most) - before);
    }
    sqli_close(db);
    sqli__server_stop(own.server, true);
    sqli__server_close(own.server);
    assert_int_equal(atomic_load(&meter.live), 0);
    sqli_set_allocator(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_rows),
        cmocka_unit_test(test_a_row_that_fails_is_named),
        cmocka_unit_test(test_the_first_row_fails_and_nothing_is_kept_after_rollback),
        cmocka_unit_test(test_all_failures_are_counted_and_a_thousand_kept),
        cmocka_unit_test(test_statements_of_all_sorts),
        cmocka_unit_test(test_statements_that_no_batch_takes),
        cmocka_unit_test(test_calls_out_of_turn),
        cmocka_unit_test(test_a_table_that_changes_between_batches),
        cmocka_unit_test(test_other_statements_in_between),
        cmocka_unit_test(test_a_connection_that_does_not_block),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_a_connection_that_is_cut),
    };
    const struct CMUnitTest alone[] = {cmocka_unit_test(test_memory_stays_flat)};
    return cmocka_run_group_tests(alone, NULL, NULL) |
           cmocka_run_group_tests(tests, start, stop_later);
}
