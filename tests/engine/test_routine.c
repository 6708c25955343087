/* Stored routines: texts that end anywhere, loops that a break must end, recursion. What SPL means
 * is tested in tests/server/sql/routines.txt. */
#include "base/alloc.h"
#include "server/engine/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct sqli_databases *databases;
    struct sqli_engine *engine;
    struct sqli_error error;
};

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 200};
    *state = f;
    if (!f || sqli__databases_open(&options, &f->databases, &f->error))
        return -1;
    struct sqli_span user = sqli__span_text("informix"), name = sqli__span_text("work");
    struct sqli_engine_options engine = {.databases = f->databases,
                                         .user = user,
                                         .server_name = "informix",
                                         .host_name = "here",
                                         .session_id = 1};
    if (sqli__databases_create(f->databases, name, SQLI_LOGGING_LOG, user,
                               sqli__span_text("en_US.8859-1"), &f->error) ||
        sqli__engine_open(&engine, &f->engine, &f->error))
        return -1;
    return sqli__engine_database(f->engine, name, false, &f->error) ? -1 : 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    sqli__engine_close(f->engine);
    sqli__databases_close(f->databases);
    free(f);
    return 0;
}

/* Runs one statement; the code of its failure, or 0. */
static int32_t run_span(struct fixture *f, struct sqli_span sql)
{
    struct sqli_statement *statement;
    struct sqli_cursor_options options = {.scroll = false};
    struct sqli_result result;
    struct sqli_buffer row;
    int64_t count;
    sqli__error_clear(&f->error);
    if (sqli__engine_prepare(f->engine, sql, &statement, &f->error))
        return f->error.code;
    enum sqli_status status;
    sqli__buffer_init(&row, 1 << 20);
    if (sqli__statement_info(statement)->rows) {
        status = sqli__cursor_open(statement, &options, &f->error);
        while (status == SQLI_OK) {
            sqli__buffer_clear(&row);
            status = sqli__cursor_fetch(statement, &row, &count, &f->error);
        }
        status = status == SQLI_MORE ? SQLI_OK : status;
    } else {
        status = sqli__statement_execute(statement, &result, &f->error);
    }
    sqli__buffer_free(&row);
    sqli__statement_free(statement);
    return status == SQLI_OK ? 0 : f->error.code;
}

static int32_t run(struct fixture *f, const char *sql)
{
    return run_span(f, sqli__span_text(sql));
}

static const char *const texts[] = {
    "CREATE DBA FUNCTION IF NOT EXISTS o.f(a INT DEFAULT 3, OUT b LIKE t.c, INOUT d DECIMAL(5,2)) "
    "RETURNING INT AS x, DATETIME YEAR TO SECOND WITH (NOT VARIANT); DEFINE GLOBAL g INT DEFAULT "
    "1; DEFINE e, h CHAR(3); ON EXCEPTION IN (-206, 100) SET a, e RAISE EXCEPTION -746, 0, 'x'; "
    "END EXCEPTION WITH RESUME; LET e, h = (SELECT a, b FROM t); LET a = f(1) + 2; RETURN 1, "
    "CURRENT WITH RESUME; END FUNCTION DOCUMENT 'a', 'b' WITH LISTING IN 'c';",
    "CREATE PROCEDURE p() DEFINE i, j INT; FOR i IN (1 TO 3 STEP 2, 5) LOOP LET j = i; END LOOP; "
    "<<l>> WHILE i < 3 AND CASE WHEN i = 1 THEN 1 ELSE 2 END > 0 EXIT l WHEN i = 2; CONTINUE "
    "WHILE; END WHILE l; FOREACH c WITH HOLD FOR SELECT a, b INTO i, j FROM t WHERE a IN (1, 2) "
    "UPDATE t SET a = 1 WHERE CURRENT OF c; END FOREACH FOREACH EXECUTE FUNCTION f(2) INTO i IF i "
    "= 1 THEN DELETE FROM t; ELIF i = 2 THEN TRACE ON; ELSE BEGIN DEFINE k INT; CALL p(1) "
    "RETURNING k; END END IF; END FOREACH; CASE i WHEN 1 THEN SYSTEM 'x'; ELSE COMMIT WORK; END "
    "CASE; { comment } SELECT 1 FROM t INTO TEMP x; END PROCEDURE",
};

/* A text that ends too early fails, wherever it ends, and the whole one does not. */
static void prefixes(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t length = strlen(texts[i]);
        size_t whole = (size_t)(strstr(texts[i], i ? "END PROCEDURE" : "END FUNCTION") - texts[i]);
        for (size_t end = 0; end < whole + 8; end++) {
            struct sqli_statement *statement;
            char *copy = malloc(end + 1); /* so that a read behind its end is seen */
            assert_non_null(copy);
            memcpy(copy, texts[i], end);
            assert_int_not_equal(
                sqli__engine_prepare(f->engine, sqli__span(copy, end), &statement, &f->error),
                SQLI_OK);
            free(copy);
        }
        struct sqli_statement *statement;
        assert_int_equal(
            sqli__engine_prepare(f->engine, sqli__span(texts[i], length), &statement, &f->error),
            SQLI_OK);
        sqli__statement_free(statement);
    }
}

static void *interrupt_soon(void *engine)
{
    struct timespec pause = {.tv_nsec = 200 * 1000 * 1000};
    nanosleep(&pause, NULL);
    sqli__engine_interrupt(engine);
    return NULL;
}

/* Also where the routine catches every exception, and inside a write. */
static void breaks(void **state)
{
    static const char *const calls[] = {
        "EXECUTE PROCEDURE forever()",
        "EXECUTE PROCEDURE stubborn()",
        "SELECT endless(tabid) FROM systables",
        "INSERT INTO b SELECT endless(tabid) FROM systables",
    };
    struct fixture *f = *state;
    assert_int_equal(run(f, "CREATE TABLE b (a INT)"), 0);
    assert_int_equal(run(f, "CREATE PROCEDURE forever() DEFINE i INT; LET i = 0; WHILE 1 = 1 LET i "
                            "= i + 1; END WHILE; END PROCEDURE"),
                     0);
    assert_int_equal(run(f, "CREATE PROCEDURE stubborn() ON EXCEPTION END EXCEPTION WITH RESUME; "
                            "LOOP LOOP INSERT INTO b VALUES (1); END LOOP; END LOOP; "
                            "END PROCEDURE"),
                     0);
    assert_int_equal(run(f, "CREATE FUNCTION endless(n INT) RETURNING INT; LOOP LET n = 1; END "
                            "LOOP; RETURN n; END FUNCTION"),
                     0);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, f->engine), 0);
        assert_int_equal(run(f, calls[i]), -213);
        pthread_join(thread, NULL);
    }
    assert_int_equal(run(f, "CREATE FUNCTION rows() RETURNING INT; DEFINE n INT; SELECT COUNT(*) "
                            "INTO n FROM b; IF n > 0 THEN RAISE EXCEPTION -746; END IF; RETURN n; "
                            "END FUNCTION"),
                     0);
    assert_int_equal(run(f, "EXECUTE FUNCTION rows()"), 0);
}

/* Every way to call itself ends with -722, and the session goes on. */
static void recursion(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, "CREATE FUNCTION a(n INT) RETURNING INT; DEFINE r INT; IF n = 0 THEN "
                            "RETURN 0; END IF; CALL a(n - 1) RETURNING r; RETURN r; END FUNCTION"),
                     0);
    assert_int_equal(run(f, "CREATE FUNCTION b(n INT) RETURNING INT; DEFINE r INT; FOREACH EXECUTE "
                            "FUNCTION b(n + 1) INTO r RETURN r; END FOREACH; END FUNCTION"),
                     0);
    assert_int_equal(run(f, "CREATE FUNCTION c(n INT) RETURNING INT; DEFINE r INT; ON EXCEPTION "
                            "LET r = c(n + 1); END EXCEPTION; RAISE EXCEPTION -746; END FUNCTION"),
                     0);
    assert_int_equal(run(f, "EXECUTE FUNCTION a(150)"), 0);
    assert_int_equal(run(f, "EXECUTE FUNCTION a(500)"), -722);
    assert_int_equal(run(f, "EXECUTE FUNCTION b(1)"), -722);
    assert_int_equal(run(f, "EXECUTE FUNCTION c(1)"), -722);
    assert_int_equal(run(f, "EXECUTE FUNCTION a(150)"), 0);
}

/* A routine that is dropped or replaced while it runs runs to its end. */
static void replaced(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, "CREATE PROCEDURE gone() DROP PROCEDURE gone; CREATE TEMP TABLE q (a "
                            "INT); INSERT INTO q VALUES (1); END PROCEDURE"),
                     0);
    assert_int_equal(run(f, "EXECUTE PROCEDURE gone()"), 0);
    assert_int_equal(run(f, "EXECUTE PROCEDURE gone()"), -674);
}

/* --- the fast path --- */

static enum sqli_status keep_integer(void *context, const struct sqli_type *type,
                                     const struct sqli_value *value, struct sqli_error *error)
{
    (void)error;
    assert_int_equal(sqli__type_kind(type), SQLI_KIND_INTEGER);
    *(int64_t *)context = value->as.integer;
    return SQLI_OK;
}

static void by_signature(void **state)
{
    struct fixture *f = *state;
    struct sqli_type type = {.code = SQLI_TYPE_VARCHAR, .length = 10};
    struct sqli_value value = {.kind = SQLI_KIND_TEXT};
    struct sqli_engine_call call = {.count = 1, .types = &type, .values = &value};
    int64_t result = 0;
    value.as.bytes = sqli__span_text("21");
    assert_int_equal(run(f, "CREATE FUNCTION dbl(n INT) RETURNING INT; RETURN n * 2; END FUNCTION"),
                     0);
    assert_int_equal(sqli__engine_routine(f->engine,
                                          sqli__span_text("function informix.dbl(integer)"),
                                          &call.handle, &f->error),
                     SQLI_OK);
    assert_int_equal(sqli__engine_call(f->engine, &call, keep_integer, &result, &f->error),
                     SQLI_OK);
    assert_int_equal(result, 42);
    assert_int_equal(sqli__engine_routine(f->engine, sqli__span_text("function dbl(char(1))"),
                                          &call.handle, &f->error),
                     SQLI_FAIL);
    assert_int_equal(f->error.code, -674);
    call.handle = 999;
    assert_int_equal(sqli__engine_call(f->engine, &call, keep_integer, &result, &f->error),
                     SQLI_FAIL);
    assert_int_equal(f->error.code, -9753);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(prefixes, open_all, close_all),
        cmocka_unit_test_setup_teardown(breaks, open_all, close_all),
        cmocka_unit_test_setup_teardown(recursion, open_all, close_all),
        cmocka_unit_test_setup_teardown(replaced, open_all, close_all),
        cmocka_unit_test_setup_teardown(by_signature, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
