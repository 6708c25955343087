/* What lies at the edges: a connection that was lost and is opened again, tables that change
 * between two executions, numbers that are too small, arguments that are wrong. */
#include "tests/client/streams.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* --- a lost connection is opened again --- */

static void lose(sqli_conn *db)
{
    assert_int_equal(shutdown(sqli_fd(db), SHUT_RDWR), 0);
    assert_int_equal(sqli_check(db), SQLI_FAIL);
    assert_false(sqli_is_open(db));
}

static void test_connecting_again_after_a_loss(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt = must_prepare(db, "SELECT tabid FROM systables WHERE tabid = ?");
    int64_t number;
    assert_int_equal(sqli_bind_int64(stmt, 1, 1), SQLI_OK);
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_begin(db), SQLI_OK);
    assert_true(sqli_in_transaction(db));
    lose(db);
    assert_false(sqli_in_transaction(db)); /* the server has rolled back, or will */
    assert_int_equal(sqli_connect(db), SQLI_OK);
    assert_true(sqli_is_open(db));
    assert_false(sqli_in_transaction(db));
    assert_int_equal(sqli_step(stmt), SQLI_ROW); /* what is bound is there still */
    assert_int_equal(sqli_get_int64(stmt, 1, &number), SQLI_OK);
    assert_int_equal(number, 1);
    assert_string_equal(query(f, db, "SELECT tabid FROM systables WHERE tabid = 2"), "2");
    sqli_close(db);
}

static void note_line(void *context, const char *line)
{
    sqli__buffer_text(context, line);
}

/* Nothing that was set is forgotten. */
static void test_connecting_again_with_what_was_set(void **state)
{
    sqli_conn *db = open_default(*state);
    struct sqli_buffer traffic;
    sqli__buffer_init(&traffic, 1 << 20);
    assert_int_equal(sqli_set_autocommit(db, 0), SQLI_OK);
    assert_int_equal(sqli_set_isolation(db, "repeatable"), SQLI_OK);
    assert_int_equal(sqli_set_lock_wait(db, 17), SQLI_OK);
    assert_int_equal(sqli_set_isolation(db, "nonsense"), SQLI_FAIL);
    lose(db);
    assert_int_equal(sqli_set_trace(db, note_line, &traffic), SQLI_OK);
    assert_int_equal(sqli_connect(db), SQLI_OK);
    assert_int_equal(sqli_set_trace(db, NULL, NULL), SQLI_OK);
    sqli__buffer_byte(&traffic, '\0');
    assert_non_null(strstr((const char *)traffic.data, "set isolation to repeatable read"));
    assert_non_null(strstr((const char *)traffic.data, "set lock mode to wait 17"));
    assert_int_equal(sqli_autocommit(db), 0);
    must(db, "CREATE TEMP TABLE edges_j (a INTEGER) WITH NO LOG");
    assert_true(sqli_in_transaction(db));
    assert_int_equal(sqli_set_autocommit(db, 1), SQLI_OK);
    lose(db);
    assert_int_equal(sqli_connect(db), SQLI_OK);
    assert_int_equal(sqli_autocommit(db), 1);
    sqli__buffer_free(&traffic);
    sqli_close(db);
}

/* --- tables change between two executions --- */

static void test_a_statement_that_was_not_read_to_its_end(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f), *other = open_default(f);
    must(db, "CREATE TABLE edges_a (a INTEGER, b INTEGER)");
    must(db, "INSERT INTO edges_a VALUES (1, 2)");
    sqli_stmt *stmt = must_prepare(db, "SELECT * FROM edges_a");
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    must(other, "ALTER TABLE edges_a ADD (c INTEGER DEFAULT 3)");
    assert_string_equal(rows_of(f, db, stmt), "1|2|3");
    must(db, "DROP TABLE edges_a");
    sqli_close(db);
    sqli_close(other);
}

/* The block has what was asked for, also of the columns of a statement that was prepared anew. */
static void test_types_of_blocks_outlive_a_preparation(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f), *other = open_default(f);
    struct sqli_block block = {.size = sizeof block};
    must(db, "CREATE TABLE edges_b (a INTEGER, b INTEGER)");
    must(db, "INSERT INTO edges_b VALUES (1, 2)");
    sqli_stmt *stmt = must_prepare(db, "SELECT * FROM edges_b");
    assert_int_equal(sqli_block_as(stmt, 2, SQLI_AS_TEXT), SQLI_OK);
    assert_int_equal(sqli_fetch_block(stmt, 10, &block), SQLI_ROW);
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    must(other, "ALTER TABLE edges_b MODIFY (a VARCHAR(20))");
    assert_int_equal(sqli_fetch_block(stmt, 10, &block), SQLI_ROW);
    assert_int_equal(block.column[0].as, SQLI_AS_TEXT);
    assert_int_equal(block.column[1].as, SQLI_AS_TEXT);
    assert_memory_equal(block.column[1].data, "2", 1);
    assert_int_equal(sqli_reset(stmt), SQLI_OK);
    must(db, "DROP TABLE edges_b");
    sqli_close(db);
    sqli_close(other);
}

static void execute(sqli_stmt *stmt)
{
    assert_int_equal(sqli_execute(stmt), SQLI_OK);
}

static void leave_to_scroll(sqli_stmt *stmt)
{
    (void)stmt;
}

/* The cursor is opened anew, whoever opens it; and what fails to open says why each time. */
static void test_a_scroll_cursor_whose_table_changes(void **state)
{
    void (*const opens[])(sqli_stmt * stmt) = {execute, leave_to_scroll};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
        sqli_conn *db = open_default(f), *other = open_default(f);
        sqli_stmt *stmt;
        must(db, "CREATE TABLE edges_f (a INTEGER)");
        must(db, "INSERT INTO edges_f VALUES (1)");
        assert_int_equal(sqli_prepare(db, "SELECT * FROM edges_f", -1, SQLI_SCROLL, &stmt),
                         SQLI_OK);
        opens[i](stmt);
        assert_int_equal(sqli_scroll(stmt, SQLI_TO_LAST, 0), SQLI_ROW);
        assert_int_equal(sqli_column_count(stmt), 1);
        assert_int_equal(sqli_reset(stmt), SQLI_OK);
        must(other, "ALTER TABLE edges_f ADD (b INTEGER DEFAULT 2)");
        opens[i](stmt);
        EXPECT(db, sqli_scroll(stmt, SQLI_TO_FIRST, 0), SQLI_ROW);
        assert_int_equal(sqli_column_count(stmt), 2);
        assert_int_equal(sqli_reset(stmt), SQLI_OK);
        must(other, "DROP TABLE edges_f");
        for (int times = 0; times < 2; times++) {
            assert_int_equal(sqli_scroll(stmt, SQLI_TO_FIRST, 0), SQLI_FAIL);
            assert_int_equal(sqli_errcode(db), SQLI_E_TABLE_NOT_FOUND);
            assert_int_equal(sqli_execute(stmt), SQLI_FAIL);
            assert_int_equal(sqli_errcode(db), SQLI_E_TABLE_NOT_FOUND);
        }
        sqli_close(db);
        sqli_close(other);
    }
}

/* The answer to OPEN comes while another statement is waited for, and is not lost. */
static void test_a_scroll_cursor_that_fails_meanwhile(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f), *other = open_default(f);
    sqli_stmt *stmt;
    must(db, "CREATE TABLE edges_g (a INTEGER)");
    assert_int_equal(sqli_prepare(db, "SELECT * FROM edges_g", -1, SQLI_SCROLL, &stmt), SQLI_OK);
    assert_int_equal(sqli_describe(stmt), SQLI_OK);
    must(other, "DROP TABLE edges_g");
    assert_int_equal(sqli_set_nonblocking(db, 1), SQLI_OK);
    int first = sqli_scroll(stmt, SQLI_TO_FIRST, 0);
    if (first != SQLI_FAIL) /* a loaded machine may answer at once */
        assert_int_equal(first, SQLI_MORE);
    assert_int_equal(sqli_set_nonblocking(db, 0), SQLI_OK);
    assert_string_equal(query(f, db, "SELECT tabid FROM systables WHERE tabid = 1"), "1");
    assert_int_equal(sqli_scroll(stmt, SQLI_TO_FIRST, 0), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_TABLE_NOT_FOUND);
    sqli_close(db);
    sqli_close(other);
}

/* What a routine has done before it failed is done: it does not run twice unasked. The next time
 * that the program runs it, it is the new one. */
static void test_a_routine_that_changes(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f), *other = open_default(f);
    must(db, "CREATE FUNCTION edges_h() RETURNING INTEGER; RETURN 1; END FUNCTION");
    sqli_stmt *stmt = must_prepare(db, "EXECUTE FUNCTION edges_h()");
    assert_string_equal(rows_of(f, db, stmt), "1");
    must(other, "DROP FUNCTION edges_h");
    must(other, "CREATE FUNCTION edges_h() RETURNING VARCHAR(9); RETURN 'two'; END FUNCTION");
    assert_int_equal(sqli_step(stmt), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_TABLE_CHANGED);
    assert_string_equal(rows_of(f, db, stmt), "two");
    sqli_finalize(stmt);
    must(db, "DROP FUNCTION edges_h");
    sqli_close(db);
    sqli_close(other);
}

/* A stream that was read for nothing is bound anew by the program. */
static void test_a_stream_into_a_table_that_changes(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f), *other = open_default(f);
    must(db, "CREATE TABLE edges_i (a INTEGER, b BYTE)");
    sqli_stmt *stmt = must_prepare(db, "INSERT INTO edges_i VALUES (?, ?)");
    assert_int_equal(sqli_bind_int64(stmt, 1, 1), SQLI_OK);
    static const int results[] = {SQLI_DONE, SQLI_FAIL, SQLI_DONE};
    for (int i = 0; i < 3; i++) {
        struct flow flow = {.length = 3000, .gives_up_at = NEVER};
        struct sqli_stream stream = stream_of(&flow);
        assert_int_equal(sqli_bind_stream(stmt, 2, SQLI_BYTE, flow.length, &stream), SQLI_OK);
        EXPECT(db, sqli_step(stmt), results[i]);
        if (results[i] == SQLI_FAIL)
            assert_int_equal(sqli_errcode(db), SQLI_E_TABLE_CHANGED);
        if (i == 0)
            must(other, "ALTER TABLE edges_i MODIFY (a VARCHAR(20))");
    }
    assert_string_equal(query(f, db, "SELECT COUNT(*), MIN(LENGTH(b)) FROM edges_i"), "2|3000");
    must(db, "DROP TABLE edges_i");
    sqli_close(db);
    sqli_close(other);
}

/* --- numbers --- */

/* A double below the smallest DECIMAL is not zero. */
static void test_digits_of_tiny_numbers(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt = must_prepare(db, "SELECT a, 0::FLOAT FROM edges_c");
    struct sqli_digits digits;
    must(db, "CREATE TEMP TABLE edges_c (a FLOAT) WITH NO LOG");
    sqli_stmt *insert = must_prepare(db, "INSERT INTO edges_c VALUES (?)");
    assert_int_equal(sqli_bind_double(insert, 1, -1e-300), SQLI_OK);
    assert_int_equal(sqli_step(insert), SQLI_DONE);
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_get_digits(stmt, 1, &digits), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_DECIMAL_TOO_SMALL);
    assert_int_equal(sqli_get_digits(stmt, 2, &digits), SQLI_OK);
    assert_int_equal(digits.count, 0);
    sqli_close(db);
}

/* In a bulk load, where the library converts, what is no whole number is no INTEGER. */
static void test_fractions_in_a_bulk_load(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    const char *const texts[] = {"1e-310", "1.00000000000000000000000000000000000001"};
    must(db, "CREATE TEMP TABLE edges_d (a INTEGER) WITH NO LOG");
    sqli_stmt *stmt = must_prepare(db, "INSERT INTO edges_d VALUES (?)");
    assert_int_equal(sqli_batch_begin(stmt, SQLI_BATCH_BULK), SQLI_OK);
    assert_int_equal(sqli_bind_double(stmt, 1, 1e-310), SQLI_OK);
    assert_int_equal(sqli_batch_row(stmt), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_VALUE_RANGE);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(sqli_bind_text(stmt, 1, texts[i], -1), SQLI_OK);
        assert_int_equal(sqli_batch_row(stmt), SQLI_FAIL);
    }
    assert_int_equal(sqli_bind_text(stmt, 1, " 1.50e1 ", -1), SQLI_OK);
    assert_int_equal(sqli_batch_row(stmt), SQLI_OK);
    assert_int_equal(sqli_batch_end(stmt, NULL), SQLI_OK);
    assert_string_equal(query(f, db, "SELECT a FROM edges_d"), "15");
    sqli_close(db);
}

/* A DATE is a number of days for whatever number it becomes, as in any other INSERT. */
static void test_dates_and_numbers_in_a_bulk_load(void **state)
{
    struct fixture *f = *state;
    for (int kind = SQLI_BATCH_EACH; kind <= SQLI_BATCH_BULK; kind++) {
        sqli_conn *db = open_default(f);
        must(db,
             "CREATE TEMP TABLE edges_e (a DECIMAL(10,2), b FLOAT, c DATE, d DATE) WITH NO LOG");
        sqli_stmt *stmt = must_prepare(db, "INSERT INTO edges_e VALUES (?, ?, ?, ?)");
        assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
        assert_int_equal(sqli_bind_date(stmt, 1, 1900, 1, 7), SQLI_OK);
        assert_int_equal(sqli_bind_date(stmt, 2, 1900, 1, 8), SQLI_OK);
        assert_int_equal(sqli_bind_decimal(stmt, 3, "1.0", -1), SQLI_OK);
        assert_int_equal(sqli_bind_double(stmt, 4, 2), SQLI_OK);
        assert_int_equal(sqli_batch_row(stmt), SQLI_OK);
        assert_int_equal(sqli_batch_end(stmt, NULL), SQLI_OK);
        assert_string_equal(query(f, db, "SELECT * FROM edges_e"), "7.00|8|1900-01-01|1900-01-02");
        if (kind == SQLI_BATCH_BULK) {
            assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
            assert_int_equal(sqli_bind_double(stmt, 4, 2.5), SQLI_OK);
            assert_int_equal(sqli_batch_row(stmt), SQLI_FAIL);
            assert_int_equal(sqli_batch_end(stmt, NULL), SQLI_OK);
        }
        sqli_close(db);
    }
}

/* --- arguments --- */

static void refused(sqli_conn *db, int result, const char *near)
{
    assert_int_equal(result, SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    if (!strstr(sqli_errmsg(db), near))
        fail_msg("\"%s\" says nothing of \"%s\"", sqli_errmsg(db), near);
}

static void test_wrong_arguments(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt;
    refused(db, sqli_set_lock_wait(db, -2), "-2");
    refused(db, sqli_prepare(db, "SELECT tabid FROM systables", -1, 64, &stmt), "flags");
    assert_null(stmt);
    assert_int_equal(sqli_prepare(db, "SELECT tabid FROM systables", -1, SQLI_SCROLL, &stmt),
                     SQLI_OK);
    refused(db, sqli_scroll(stmt, 9, 0), "to 9");
    sqli_close(db);
}

/* Options are refused when they are set, and words count in any case. */
static void test_options_when_they_are_set(void **state)
{
    static const char *const urls[] = {"h:0",    "h:x",      "h:",   "h:65536", "[::1",
                                       "[::1]x", "::1:9088", "a,,b", "a,"};
    struct fixture *f = *state;
    sqli_conn *db = sqli_new();
    char url[256], user[300];
    setenv("HOME", "/nowhere", 1);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        snprintf(url, sizeof url, "informix://%s/db", urls[i]);
        if (sqli_set_url(db, url) != SQLI_FAIL || sqli_get(db, "host"))
            fail_msg("%s is taken", url);
    }
    assert_int_equal(sqli_set(db, "delimident", "Y"), SQLI_OK);
    assert_string_equal(sqli_get(db, "delimident"), "y");
    assert_int_equal(sqli_set(db, "tls", "Verify-CA"), SQLI_OK);
    assert_string_equal(sqli_get(db, "tls"), "verify-ca");
    assert_int_equal(sqli_set(db, "tls", "off"), SQLI_OK);
    assert_int_equal(sqli_set(db, "password-file", "~/secrets"), SQLI_OK);
    snprintf(url, sizeof url, "%s/secrets", getenv("HOME"));
    assert_string_equal(sqli_get(db, "password-file"), url);
    assert_int_equal(sqli_set(db, "password-file", NULL), SQLI_OK);
    assert_int_equal(sqli_set_url(db, "informix://:secret@h/db"), SQLI_OK);
    assert_null(sqli_get(db, "user"));
    assert_string_equal(sqli_get(db, "password"), "secret");
    memset(user, 'u', sizeof user - 1);
    user[sizeof user - 1] = '\0';
    assert_int_equal(sqli_set_url(db, f->url), SQLI_OK);
    assert_int_equal(sqli_set(db, "user", user), SQLI_OK);
    refused(db, sqli_connect(db), "user has more than 255 bytes");
    sqli_close(db);
}

/* read-timeout is for the login, too; nobody takes this connection from the queue. */
static void test_silence_in_the_login(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    char url[128];
    sqli_conn *db;
    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    snprintf(url, sizeof url,
             "informix://u:p@127.0.0.1:%d/db?server=s&connect-timeout=0&read-timeout=0.2",
             ntohs(at.sin_port));
    assert_int_equal(sqli_open(url, &db), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_TIMEOUT);
    assert_non_null(strstr(sqli_errmsg(db), "login: "));
    sqli_close(db);
    close(listener);
}

/* What is wrong is said once. */
static void test_messages_do_not_repeat_themselves(void **state)
{
    struct fixture *f = *state;
    char said[256];
    sqli_conn *db = open_default(f);
    assert_int_equal(sqli_disconnect(db), SQLI_OK);
    assert_int_equal(sqli_begin(db), SQLI_FAIL);
    assert_string_equal(sqli_errmsg(db), sqli_error_text(SQLI_E_CONNECTION_CLOSED));
    sqli_close(db);
    db = open_with(f, "informix:wrong", "sysmaster?server=informix", SQLI_FAIL);
    snprintf(said, sizeof said, "login: %s", sqli_error_text(SQLI_E_LOGIN));
    const char *end = strstr(sqli_errmsg(db), said);
    assert_non_null(end);
    assert_string_equal(end, said);
    sqli_close(db);
}

/* --- the name of the database --- */

static void test_which_database_it_is(void **state)
{
    static const struct {
        const char *sql, *name;
    } cases[] = {
        {"create database if not exists edge_one with log", "edge_one"},
        {"database sysmaster", "sysmaster"},
        {"create database \"if\" with log", "if"},
    };
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    needs_sqlid(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        must(db, cases[i].sql);
        assert_string_equal(sqli_info(db, "database"), cases[i].name);
    }
    must(db, "database sysmaster");
    must(db, "drop database edge_one");
    must(db, "drop database \"if\"");
    sqli_close(db);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connecting_again_after_a_loss),
        cmocka_unit_test(test_connecting_again_with_what_was_set),
        cmocka_unit_test(test_a_statement_that_was_not_read_to_its_end),
        cmocka_unit_test(test_a_scroll_cursor_whose_table_changes),
        cmocka_unit_test(test_a_scroll_cursor_that_fails_meanwhile),
        cmocka_unit_test(test_a_routine_that_changes),
        cmocka_unit_test(test_a_stream_into_a_table_that_changes),
        cmocka_unit_test(test_types_of_blocks_outlive_a_preparation),
        cmocka_unit_test(test_digits_of_tiny_numbers),
        cmocka_unit_test(test_fractions_in_a_bulk_load),
        cmocka_unit_test(test_dates_and_numbers_in_a_bulk_load),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_options_when_they_are_set),
        cmocka_unit_test(test_silence_in_the_login),
        cmocka_unit_test(test_messages_do_not_repeat_themselves),
        cmocka_unit_test(test_which_database_it_is),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
