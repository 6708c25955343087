/* Statements, cursors and transactions of one or two sessions, as SQL in and rows as text out. */
#include "base/alloc.h"
#include "server/engine/engine.h"
#include "value/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SESSIONS = 2, TEXT = 1 << 20 };

struct fixture {
    struct sqli_databases *databases;
    struct sqli_engine *sessions[SESSIONS];
    struct sqli_error error;
    char text[TEXT]; /* of the last result */
};

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 200};
    *state = f;
    if (!f || sqli__databases_open(&options, &f->databases, &f->error))
        return -1;
    struct sqli_span user = sqli__span_text("informix");
    if (sqli__databases_create(f->databases, sqli__span_text("work"), SQLI_LOGGING_LOG, user,
                               sqli__span_text("en_US.8859-1"), &f->error))
        return -1;
    for (int i = 0; i < SESSIONS; i++) {
        struct sqli_engine_options engine = {.databases = f->databases,
                                             .user = user,
                                             .server_name = "informix",
                                             .host_name = "here",
                                             .session_id = i + 1};
        if (sqli__engine_open(&engine, &f->sessions[i], &f->error) ||
            sqli__engine_environment(f->sessions[i], sqli__span_text("DBDATE"),
                                     sqli__span_text("Y4MD-"), &f->error) ||
            sqli__engine_database(f->sessions[i], sqli__span_text("work"), false, &f->error))
            return -1;
    }
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < SESSIONS; i++)
        sqli__engine_close(f->sessions[i]);
    sqli__databases_close(f->databases);
    free(f);
    return 0;
}

/* --- results as text --- */

static void add_value(struct sqli_buffer *text, const struct sqli_type *type,
                      struct sqli_span image)
{
    struct sqli_value value;
    struct sqli_error error;
    assert_int_equal(sqli__value_decode(type, image, &value, &error), SQLI_OK);
    if (value.null)
        sqli__buffer_text(text, "NULL");
    else
        assert_int_equal(sqli__value_to_text(type, &value, &sqli__date_iso, text, &error), SQLI_OK);
}

static void add_row(struct sqli_buffer *text, const struct sqli_statement_info *info,
                    const struct sqli_buffer *row)
{
    size_t at = 0;
    for (uint32_t i = 0; i < info->column_count; i++) {
        const struct sqli_type *type = &info->columns[i].type;
        size_t length;
        struct sqli_error error;
        struct sqli_span rest = sqli__span(row->data + at, row->length - at);
        assert_int_equal(sqli__image_length(type, rest, &length, &error), SQLI_OK);
        if (i)
            sqli__buffer_text(text, "|");
        add_value(text, type, sqli__span(rest.data, length));
        at += length;
    }
    assert_int_equal(at, row->length);
}

static void keep_text(struct fixture *f, struct sqli_buffer *text)
{
    assert_true(text->length < sizeof f->text);
    if (text->length)
        memcpy(f->text, text->data, text->length);
    f->text[text->length] = '\0';
    sqli__buffer_free(text);
}

/* Up to `most` further rows of an open cursor, "a|b;c|d". */
static enum sqli_status fetch(struct fixture *f, struct sqli_statement *statement, int most)
{
    struct sqli_buffer text, row;
    enum sqli_status status = SQLI_OK;
    int64_t count;
    sqli__buffer_init(&text, TEXT);
    sqli__buffer_init(&row, TEXT);
    for (int i = 0; i < most && status == SQLI_OK; i++) {
        sqli__buffer_clear(&row);
        status = sqli__cursor_fetch(statement, &row, &count, &f->error);
        if (status == SQLI_OK) {
            if (text.length)
                sqli__buffer_text(&text, ";");
            add_row(&text, sqli__statement_info(statement), &row);
        }
    }
    sqli__buffer_free(&row);
    keep_text(f, &text);
    return status;
}

static enum sqli_status open_cursor(struct fixture *f, struct sqli_statement *statement,
                                    struct sqli_cursor_options options)
{
    return sqli__cursor_open(statement, &options, &f->error);
}

static enum sqli_status run_prepared(struct fixture *f, struct sqli_statement *statement)
{
    struct sqli_result result;
    f->text[0] = '\0';
    if (sqli__statement_info(statement)->rows) {
        SQLI_TRY(open_cursor(f, statement, (struct sqli_cursor_options){0}));
        enum sqli_status status = fetch(f, statement, 100000);
        sqli__cursor_close(statement);
        return status == SQLI_MORE ? SQLI_OK : status;
    }
    SQLI_TRY(sqli__statement_execute(statement, &result, &f->error));
    snprintf(f->text, sizeof f->text, "%ld", (long)result.rows);
    return SQLI_OK;
}

static enum sqli_status run(struct fixture *f, int session, const char *sql)
{
    struct sqli_statement *statement;
    SQLI_TRY(
        sqli__engine_prepare(f->sessions[session], sqli__span_text(sql), &statement, &f->error));
    enum sqli_status status = run_prepared(f, statement);
    sqli__statement_free(statement);
    return status;
}

/* What a step must give: rows or a count as text, or the code of an error. */
struct step {
    int session;
    const char *sql;
    const char *text;
    int32_t code;
};

static void check_steps(struct fixture *f, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *s = &steps[i];
        enum sqli_status status = run(f, s->session, s->sql);
        if (status != (s->code ? SQLI_FAIL : SQLI_OK))
            fail_msg("%s: %s (%d)", s->sql, status ? f->error.message : "no error", f->error.code);
        if (s->code && f->error.code != s->code)
            fail_msg("%s: %d (%s), not %d", s->sql, f->error.code, f->error.message, s->code);
        if (s->text && strcmp(f->text, s->text))
            fail_msg("%s: \"%s\", not \"%s\"", s->sql, f->text, s->text);
    }
}

#define CHECK_STEPS(f, steps) check_steps((f), (steps), sizeof(steps) / sizeof(steps)[0])

static struct sqli_statement *must_prepare(struct fixture *f, int session, const char *sql)
{
    struct sqli_statement *statement = NULL;
    if (sqli__engine_prepare(f->sessions[session], sqli__span_text(sql), &statement, &f->error))
        fail_msg("%s: %s", sql, f->error.message);
    return statement;
}

/* --- tests --- */

static void test_rows_go_in_and_come_out(void **state)
{
    static const struct step steps[] = {
        {0, "create table t (a int, b varchar(10), c decimal(8,2), d date)", "0", 0},
        {0, "insert into t values (1, 'one', 1.5, '2026-05-04')", "1", 0},
        {0, "insert into t values (2, null, -0.25, null)", "1", 0},
        {0, "select * from t order by a", "1|one|1.50|2026-05-04;2|NULL|-0.25|NULL", 0},
        {0, "update t set b = 'x' where a = 2", "1", 0},
        {0, "select b from t where a = 2", "x", 0},
        {0, "delete from t", "2", 0},
        {0, "select count(*) from t", "0", 0},
        {0, "select * from nowhere", NULL, SQLI_E_TABLE_NOT_FOUND},
        {0, "select nothing from t", NULL, SQLI_E_COLUMN_NOT_FOUND},
        {0, "selec", NULL, SQLI_E_SYNTAX},
    };
    CHECK_STEPS(*state, steps);
}

static void test_transactions(void **state)
{
    static const struct step steps[] = {
        {0, "create table x (a int)", NULL, 0},
        {0, "commit work", NULL, SQLI_E_NOT_IN_TRANSACTION},
        {0, "begin work", NULL, 0},
        {0, "begin work", NULL, SQLI_E_ALREADY_IN_TRANSACTION},
        {0, "insert into x values (1)", "1", 0},
        {1, "select count(*) from x", "0", 0},
        {0, "rollback work", NULL, 0},
        {0, "select count(*) from x", "0", 0},
        {0, "begin work", NULL, 0},
        {0, "insert into x values (2)", "1", 0},
        {0, "insert into x values ('no number')", NULL, SQLI_E_NUMBER_TEXT},
        {0, "commit work", NULL, 0},
        {1, "select * from x", "2", 0},
        /* Definitions, too. */
        {0, "begin work", NULL, 0},
        {0, "create table y (a int)", NULL, 0},
        {0, "insert into y values (1)", NULL, 0},
        {1, "select * from y", NULL, SQLI_E_TABLE_NOT_FOUND},
        {0, "rollback work", NULL, 0},
        {0, "select * from y", NULL, SQLI_E_TABLE_NOT_FOUND},
    };
    CHECK_STEPS(*state, steps);
}

static void test_savepoints_before_and_behind_the_first_write(void **state)
{
    static const struct step steps[] = {
        {0, "create table s (a int)", NULL, 0},
        {0, "savepoint one", NULL, SQLI_E_NOT_IN_TRANSACTION},
        {0, "begin work", NULL, 0},
        {0, "savepoint one", NULL, 0},
        {0, "savepoint two unique", NULL, 0},
        {0, "savepoint two", NULL, SQLI_E_SAVEPOINT_EXISTS},
        {0, "insert into s values (1)", NULL, 0},
        {0, "savepoint three", NULL, 0},
        {0, "insert into s values (2)", NULL, 0},
        {0, "rollback work to savepoint three", NULL, 0},
        {0, "select * from s", "1", 0},
        {0, "rollback work to savepoint two", NULL, 0},
        {0, "select * from s", "", 0},
        {0, "rollback work to savepoint three", NULL, SQLI_E_SAVEPOINT_NOT_FOUND},
        {0, "insert into s values (3)", NULL, 0},
        {0, "release savepoint one", NULL, 0},
        {0, "rollback work to savepoint one", NULL, SQLI_E_SAVEPOINT_NOT_FOUND},
        {0, "commit work", NULL, 0},
        {1, "select * from s", "3", 0},
    };
    CHECK_STEPS(*state, steps);
}

/* A cursor reads on what it would have read, whatever is written meanwhile, by its own session or
 * by another. */
static void test_a_write_does_not_disturb_a_cursor(void **state)
{
    struct fixture *f = *state;
    static const struct step before[] = {
        {0, "create table c (a int)", NULL, 0},
        {0, "insert into c values (1)", NULL, 0},
        {0, "insert into c values (2)", NULL, 0},
        {0, "insert into c values (3)", NULL, 0},
    };
    static const struct step between[] = {
        {1, "insert into c values (9)", NULL, 0},
        {0, "delete from c where a = 3", "1", 0},
    };
    CHECK_STEPS(f, before);
    struct sqli_statement *s = must_prepare(f, 0, "select a from c order by a");
    assert_int_equal(open_cursor(f, s, (struct sqli_cursor_options){0}), SQLI_OK);
    assert_int_equal(fetch(f, s, 1), SQLI_OK);
    assert_string_equal(f->text, "1");
    CHECK_STEPS(f, between);
    assert_int_equal(fetch(f, s, 10), SQLI_MORE);
    assert_string_equal(f->text, "2;3");
    sqli__statement_free(s);
}

static void test_cursors_end_with_the_transaction(void **state)
{
    struct fixture *f = *state;
    static const struct step before[] = {
        {0, "create table h (a int)", NULL, 0},
        {0, "insert into h values (1)", NULL, 0},
        {0, "insert into h values (2)", NULL, 0},
        {0, "begin work", NULL, 0},
    };
    CHECK_STEPS(f, before);
    struct sqli_statement *plain = must_prepare(f, 0, "select a from h");
    struct sqli_statement *hold = must_prepare(f, 0, "select a from h order by a");
    open_cursor(f, plain, (struct sqli_cursor_options){0});
    open_cursor(f, hold, (struct sqli_cursor_options){.hold = true});
    assert_int_equal(fetch(f, plain, 1), SQLI_OK);
    assert_int_equal(fetch(f, hold, 1), SQLI_OK);
    assert_int_equal(run(f, 0, "commit work"), SQLI_OK);
    assert_int_equal(fetch(f, plain, 1), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_CURSOR_NOT_OPEN);
    assert_int_equal(fetch(f, hold, 10), SQLI_MORE);
    assert_string_equal(f->text, "2");
    sqli__statement_free(plain);
    sqli__statement_free(hold);
}

static void check_at(struct fixture *f, struct sqli_statement *s, int64_t number, int64_t row)
{
    struct sqli_buffer out;
    int64_t got = 0;
    sqli__buffer_init(&out, TEXT);
    enum sqli_status status = sqli__cursor_fetch_at(s, number, &out, &got, &f->error);
    assert_int_equal(status, row ? SQLI_OK : SQLI_MORE);
    if (row) {
        assert_int_equal(got, row);
        assert_int_equal(sqli__load32(out.data), row * 10);
    }
    sqli__buffer_free(&out);
}

static void test_scroll(void **state)
{
    struct fixture *f = *state;
    static const struct step before[] = {
        {0, "create table sc (a int)", NULL, 0},    {0, "insert into sc values (10)", NULL, 0},
        {0, "insert into sc values (20)", NULL, 0}, {0, "insert into sc values (30)", NULL, 0},
        {0, "insert into sc values (40)", NULL, 0},
    };
    CHECK_STEPS(f, before);
    struct sqli_statement *s = must_prepare(f, 0, "select a from sc order by a");
    assert_int_equal(open_cursor(f, s, (struct sqli_cursor_options){.scroll = true}), SQLI_OK);
    check_at(f, s, 2, 2);
    check_at(f, s, 1, 1);
    check_at(f, s, 0, 4);
    check_at(f, s, 5, 0);
    check_at(f, s, 3, 3);
    check_at(f, s, -1, 0);
    sqli__statement_free(s);
    s = must_prepare(f, 0, "select a from sc for update");
    assert_int_equal(open_cursor(f, s, (struct sqli_cursor_options){.scroll = true}), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SCROLL_UPDATE);
    sqli__statement_free(s);
}

static void bind_int(struct fixture *f, struct sqli_statement *s, uint32_t parameter, int64_t v)
{
    struct sqli_type type = {.code = SQLI_TYPE_INTEGER, .length = 4};
    struct sqli_value value = {.kind = SQLI_KIND_INTEGER, .as.integer = v};
    assert_int_equal(sqli__statement_bind(s, parameter, &type, &value, &f->error), SQLI_OK);
}

/* The text is compiled for a table that another session makes anew. */
static void test_a_statement_outlives_definitions(void **state)
{
    struct fixture *f = *state;
    static const struct step before[] = {
        {0, "create table d (a int, b int)", NULL, 0},
        {0, "insert into d values (1, 2)", NULL, 0},
    };
    static const struct step same[] = {
        {1, "drop table d", NULL, 0},
        {1, "create table d (b int, a int)", NULL, 0},
        {1, "insert into d values (3, 1)", NULL, 0},
    };
    static const struct step other[] = {
        {1, "drop table d", NULL, 0},
        {1, "create table d (a int, b char(4))", NULL, 0},
    };
    CHECK_STEPS(f, before);
    struct sqli_statement *s = must_prepare(f, 0, "select b from d where a = ?");
    bind_int(f, s, 0, 1);
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    assert_string_equal(f->text, "2");
    CHECK_STEPS(f, same);
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    assert_string_equal(f->text, "3");
    CHECK_STEPS(f, other);
    assert_int_equal(run_prepared(f, s), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_TABLE_CHANGED);
    sqli__statement_free(s);
}

static void test_parameters(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, 0, "create table p (a int, b char(5))"), SQLI_OK);
    struct sqli_statement *s = must_prepare(f, 0, "insert into p values (?, ?)");
    const struct sqli_statement_info *info = sqli__statement_info(s);
    assert_int_equal(info->parameter_count, 2);
    assert_int_equal(info->parameters[1].type.length, 5);
    assert_memory_equal(info->parameters[1].name.data, "b", 1);
    bind_int(f, s, 0, 7);
    assert_int_equal(run_prepared(f, s), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_PARAMETER_COUNT);
    struct sqli_type type = {.code = SQLI_TYPE_CHAR, .length = 9};
    struct sqli_value text = {.kind = SQLI_KIND_TEXT, .as.bytes = sqli__span_text("123456789")};
    assert_int_equal(sqli__statement_bind(s, 1, &type, &text, &f->error), SQLI_OK);
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    sqli__statement_free(s);
    assert_int_equal(run(f, 0, "select a, b from p"), SQLI_OK);
    assert_string_equal(f->text, "7|12345");
}

/* The buffer is the caller's, who writes over it. */
static void bind_text(struct fixture *f, struct sqli_statement *s, uint32_t parameter,
                      const char *text)
{
    char buffer[200];
    struct sqli_type type = {.code = SQLI_TYPE_VARCHAR, .length = 200};
    snprintf(buffer, sizeof buffer, "%s", text);
    struct sqli_value value = {.kind = SQLI_KIND_TEXT, .as.bytes = sqli__span_text(buffer)};
    assert_int_equal(sqli__statement_bind(s, parameter, &type, &value, &f->error), SQLI_OK);
    memset(buffer, '?', sizeof buffer);
}

/* For each further run, until they are bound again, and for a table that was made anew; "longer" is
 * more than is kept beside the statement. */
static void test_values_stay_bound(void **state)
{
    static const char longer[] =
        "0123456789012345678901234567890123456789012345678901234567890123L";
    static const struct step anew[] = {
        {1, "drop table k", NULL, 0},
        {1, "create table k (b varchar(200), a varchar(200))", NULL, 0},
    };
    struct fixture *f = *state;
    char expected[200];
    assert_int_equal(run(f, 0, "create table k (a varchar(200), b varchar(200))"), SQLI_OK);
    struct sqli_statement *s = must_prepare(f, 0, "insert into k (a, b) values (?, ?)");
    bind_text(f, s, 0, longer);
    bind_text(f, s, 1, "first");
    bind_text(f, s, 0, "");
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    CHECK_STEPS(f, anew);
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    bind_text(f, s, 0, longer);
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    bind_text(f, s, 1, "second");
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    sqli__statement_free(s);
    assert_int_equal(run(f, 0, "select a, b from k order by rowid"), SQLI_OK);
    snprintf(expected, sizeof expected, "|first;%s|first;%s|second", longer, longer);
    assert_string_equal(f->text, expected);
}

/* Told as the column, and yet a value that the column could not have is equal to none in it. */
static void test_parameters_of_comparisons(void **state)
{
    struct fixture *f = *state;
    const struct sqli_type bigint = {.code = SQLI_TYPE_BIGINT, .length = 8};
    const struct sqli_value large = {.kind = SQLI_KIND_INTEGER, .as.integer = (1LL << 32) + 7};
    assert_int_equal(run(f, 0, "create table p (a int, b varchar(5))"), SQLI_OK);
    assert_int_equal(run(f, 0, "insert into p values (7, 'x')"), SQLI_OK);
    struct sqli_statement *s = must_prepare(f, 0, "delete from p where a = ? and b in ('x', ?)");
    const struct sqli_statement_info *info = sqli__statement_info(s);
    assert_int_equal(info->parameters[0].type.code, SQLI_TYPE_INTEGER);
    assert_int_equal(info->parameters[1].type.code, SQLI_TYPE_VARCHAR);
    assert_int_equal(info->parameters[1].type.length, 5);
    bind_int(f, s, 1, 1);
    assert_int_equal(sqli__statement_bind(s, 0, &bigint, &large, &f->error), SQLI_OK);
    assert_int_equal(run_prepared(f, s), SQLI_OK);
    sqli__statement_free(s);
    assert_int_equal(run(f, 0, "select a, b from p"), SQLI_OK);
    assert_string_equal(f->text, "7|x");
}

static void test_temporary_tables_are_private(void **state)
{
    static const struct step steps[] = {
        {0, "create temp table tt (a int)", NULL, 0},
        {0, "insert into tt values (5)", "1", 0},
        {1, "select * from tt", NULL, SQLI_E_TABLE_NOT_FOUND},
        {0, "select a + 1 as b from tt into temp t2", "1", 0},
        {0, "select b from t2", "6", 0},
        {0, "begin work", NULL, 0},
        {0, "insert into tt values (6)", "1", 0},
        {0, "rollback work", NULL, 0},
        {0, "select count(*) from tt", "1", 0},
        {0, "drop table tt", NULL, 0},
        {0, "select * from tt", NULL, SQLI_E_TABLE_NOT_FOUND},
    };
    CHECK_STEPS(*state, steps);
}

static void test_databases(void **state)
{
    static const struct step steps[] = {
        {0, "create database second with log", NULL, 0},
        {0, "create table only_here (a int)", NULL, 0},
        {0, "drop database second", NULL, SQLI_E_DATABASE_CURRENT},
        {0, "close database", NULL, 0},
        {0, "select * from only_here", NULL, SQLI_E_NO_DATABASE},
        {0, "database nowhere", NULL, SQLI_E_DATABASE_NOT_FOUND},
        {0, "database work", NULL, 0},
        {0, "select * from only_here", NULL, SQLI_E_TABLE_NOT_FOUND},
        {0, "drop database second", NULL, 0},
        {0, "create database plain", NULL, 0},
        {0, "begin work", NULL, SQLI_E_NO_TRANSACTIONS},
        {0, "database work", NULL, 0},
        {0, "begin work", NULL, 0},
        {0, "database plain", NULL, SQLI_E_CLOSE_IN_TRANSACTION},
        {0, "rollback work", NULL, 0},
        {0, "create trigger x insert on t (delete from t)", NULL, SQLI_E_NOT_IMPLEMENTED},
    };
    CHECK_STEPS(*state, steps);
}

/* Many small statements through the cache of released ones. */
static void test_the_same_text_again(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, 0, "create table again (a int)"), SQLI_OK);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(run(f, 0, "insert into again values (1)"), SQLI_OK);
        char sql[64];
        snprintf(sql, sizeof sql, "select count(*) from again where a < %d", i);
        assert_int_equal(run(f, 0, sql), SQLI_OK);
    }
    assert_int_equal(run(f, 0, "select count(*) from again"), SQLI_OK);
    assert_string_equal(f->text, "100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_go_in_and_come_out, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_transactions, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_savepoints_before_and_behind_the_first_write, open_all,
                                        close_all),
        cmocka_unit_test_setup_teardown(test_a_write_does_not_disturb_a_cursor, open_all,
                                        close_all),
        cmocka_unit_test_setup_teardown(test_cursors_end_with_the_transaction, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_scroll, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_a_statement_outlives_definitions, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_parameters, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_parameters_of_comparisons, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_values_stay_bound, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_temporary_tables_are_private, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_databases, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_the_same_text_again, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
