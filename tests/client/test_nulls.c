/* A NULL where a handle, a text or a place for a result belongs is a failure, and never a crash. */
#include "tests/client/fixture.h"

#define FAILS(call) assert_int_equal((call), SQLI_FAIL)
/* The same where there is a connection to tell it. */
#define REFUSED(db, call)                                    \
    do {                                                     \
        assert_int_equal((call), SQLI_FAIL);                 \
        assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT); \
    } while (0)

/* The same of a value; the one from before does not pass for it. */
#define REFUSED_VALUE(db, stmt, call)                                 \
    do {                                                              \
        assert_int_equal(sqli_bind_int64(stmt, 1, 1), SQLI_OK);       \
        REFUSED(db, call);                                            \
        assert_int_equal(sqli_step(stmt), SQLI_FAIL);                 \
        assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_UNBOUND); \
    } while (0)

static const uint8_t locator[SQLI_LOCATOR_SIZE];

static void test_connections(void **state)
{
    struct fixture *f = *state;
    struct sqli_counts counts = {.size = sizeof counts};
    const struct sqli_setting nothing = {NULL, NULL};
    sqli_conn *db;
    FAILS(sqli_open(f->url, NULL));
    FAILS(sqli_open_settings(&nothing, 1, NULL));
    REFUSED(db, sqli_open_settings(NULL, 1, &db));
    sqli_close(db);
    REFUSED(db, sqli_open_settings(&nothing, 1, &db));
    REFUSED(db, sqli_set_url(db, NULL));
    REFUSED(db, sqli_set(db, NULL, "x"));
    assert_null(sqli_get(db, NULL));
    assert_string_equal(sqli_info(db, NULL), "");
    FAILS(sqli_counts(db, NULL));
    sqli_close(db);
    FAILS(sqli_set(NULL, "host", "x"));
    FAILS(sqli_set_url(NULL, f->url));
    FAILS(sqli_set_environment(NULL));
    FAILS(sqli_connect(NULL));
    FAILS(sqli_set_challenge(NULL, NULL, NULL));
    FAILS(sqli_disconnect(NULL));
    FAILS(sqli_check(NULL));
    FAILS(sqli_counts(NULL, &counts));
    assert_null(sqli_get(NULL, "host"));
    assert_string_equal(sqli_info(NULL, "host"), "");
    assert_false(sqli_is_open(NULL));
}

static void test_errors(void **state)
{
    (void)state;
    assert_int_equal(sqli_errcode(NULL), SQLI_E_NO_MEMORY);
    assert_int_equal(sqli_err_code(NULL), 0);
    assert_int_equal(sqli_err_isam(NULL), 0);
    assert_int_equal(sqli_err_offset(NULL), 0);
    assert_int_equal(sqli_err_retryable(NULL), 0);
    assert_string_equal(sqli_err_message(NULL), "");
    assert_string_equal(sqli_err_sqlstate(NULL), "00000");
    assert_string_equal(sqli_err_near(NULL), "");
    assert_string_equal(sqli_err_hint(NULL), "");
}

static void test_statements(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt = NULL;
    FAILS(sqli_prepare(NULL, "SELECT 1", -1, 0, &stmt));
    REFUSED(db, sqli_prepare(db, "SELECT 1", -1, 0, NULL));
    REFUSED(db, sqli_prepare(db, NULL, -1, 0, &stmt));
    REFUSED(db, sqli_prepare_call(db, NULL, &stmt));
    REFUSED(db, sqli_prepare_call(db, "f()", NULL));
    REFUSED(db, sqli_exec(db, NULL, NULL));
    FAILS(sqli_exec(NULL, "SELECT 1", NULL));
    FAILS(sqli_describe(NULL));
    FAILS(sqli_execute(NULL));
    FAILS(sqli_step(NULL));
    FAILS(sqli_reset(NULL));
    FAILS(sqli_scroll(NULL, SQLI_TO_NEXT, 0));
    FAILS(sqli_batch_begin(NULL, SQLI_BATCH_EACH));
    FAILS(sqli_batch_row(NULL));
    FAILS(sqli_batch_end(NULL, NULL));
    FAILS(sqli_batch_failure(NULL, 0, NULL, NULL));
    FAILS(sqli_block_as(NULL, 1, SQLI_AS_INT64));
    FAILS(sqli_supply_file(NULL, "name", NULL));
    FAILS(sqli_accept_file(NULL, "name", NULL));
    sqli_finalize(NULL);
    assert_int_equal(sqli_row_number(NULL), 0);
    assert_int_equal(sqli_rows(NULL), 0);
    assert_int_equal(sqli_serial(NULL), 0);
    assert_int_equal(sqli_warnings(NULL), 0);
    assert_int_equal(sqli_statement_type(NULL), 0);
    assert_int_equal(sqli_gives_rows(NULL), 0);
    assert_int_equal(sqli_batch_failures(NULL), 0);
    assert_null(sqli_cursor_name(NULL));
    assert_null(sqli_connection(NULL));
    sqli_close(db);
}

static void test_parameters(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    must(db, "CREATE TEMP TABLE nulls (a VARCHAR(20), b DECIMAL(8,2), c VARCHAR(20)) WITH NO LOG");
    sqli_stmt *stmt = must_prepare(db, "INSERT INTO nulls VALUES (?, ?, ?)");
    assert_int_equal(sqli_bind_null(stmt, 2), SQLI_OK);
    assert_int_equal(sqli_bind_null(stmt, 3), SQLI_OK);
    REFUSED_VALUE(db, stmt, sqli_bind_text(stmt, 1, NULL, 3));
    REFUSED_VALUE(db, stmt, sqli_bind_decimal(stmt, 1, NULL, 3));
    REFUSED_VALUE(db, stmt, sqli_bind_composite(stmt, 1, NULL, NULL, 3));
    REFUSED_VALUE(db, stmt, sqli_bind_bytes(stmt, 1, SQLI_BYTE, NULL, 3));
    REFUSED_VALUE(db, stmt, sqli_bind_digits(stmt, 1, NULL));
    REFUSED_VALUE(db, stmt, sqli_bind_moment(stmt, 1, NULL));
    REFUSED_VALUE(db, stmt, sqli_bind_interval(stmt, 1, NULL));
    REFUSED_VALUE(db, stmt, sqli_bind_stream(stmt, 1, SQLI_BYTE, 1, NULL));
    REFUSED_VALUE(db, stmt, sqli_bind_lob(stmt, 1, NULL));
    REFUSED_VALUE(db, stmt, sqli_bind_locator(stmt, 1, SQLI_BLOB, NULL));
    REFUSED_VALUE(db, stmt, sqli_bind_locator(stmt, 1, SQLI_INTEGER, locator));
    REFUSED(db, sqli_bind_info(stmt, 1, NULL));
    REFUSED(db, sqli_supply_file(stmt, NULL, NULL));
    assert_int_equal(sqli_bind_index(stmt, NULL), 0);

    assert_int_equal(sqli_bind_text(stmt, 1, NULL, -1), SQLI_OK); /* the value NULL */
    assert_int_equal(sqli_bind_decimal(stmt, 2, NULL, -1), SQLI_OK);
    assert_int_equal(sqli_bind_text(stmt, 3, NULL, 0), SQLI_OK); /* a text of no bytes */
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    assert_string_equal(query(f, db, "SELECT a, b, LENGTH(c) FROM nulls"), "NULL|NULL|0");
    sqli_close(db);

    FAILS(sqli_bind_null(NULL, 1));
    FAILS(sqli_bind_int64(NULL, 1, 1));
    FAILS(sqli_bind_double(NULL, 1, 1));
    FAILS(sqli_bind_bool(NULL, 1, 1));
    FAILS(sqli_bind_text(NULL, 1, "a", -1));
    FAILS(sqli_bind_text(NULL, 1, NULL, -1));
    FAILS(sqli_bind_decimal(NULL, 1, "1", -1));
    FAILS(sqli_bind_digits(NULL, 1, &(struct sqli_digits){0}));
    FAILS(sqli_bind_date(NULL, 1, 2000, 1, 1));
    FAILS(sqli_bind_date(NULL, 1, 2000, 13, 1));
    FAILS(sqli_bind_moment(NULL, 1, &(struct sqli_moment){.last = SQLI_DAY}));
    FAILS(sqli_bind_interval(NULL, 1, &(struct sqli_span_of_time){.last = SQLI_MONTH}));
    FAILS(sqli_bind_bytes(NULL, 1, SQLI_BYTE, "a", 1));
    FAILS(sqli_bind_composite(NULL, 1, NULL, "SET{1}", -1));
    FAILS(sqli_bind_stream(NULL, 1, SQLI_BYTE, 1, NULL));
    FAILS(sqli_bind_lob(NULL, 1, NULL));
    FAILS(sqli_bind_locator(NULL, 1, SQLI_BLOB, locator));
    FAILS(sqli_bind_info(NULL, 1,
                         &(struct sqli_column_info){.size = sizeof(struct sqli_column_info)}));
    FAILS(sqli_clear_bindings(NULL));
    assert_int_equal(sqli_bind_count(NULL), 0);
    assert_int_equal(sqli_bind_index(NULL, "a"), 0);
    assert_null(sqli_bind_name(NULL, 1));
}

static void test_columns(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt = must_prepare(db, "SELECT tabid, tabname FROM systables WHERE tabid = 1");
    struct sqli_block block = {.size = sizeof block};
    const char *text;
    const void *bytes;
    int64_t number;
    double real;
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    REFUSED(db, sqli_get_int64(stmt, 1, NULL));
    REFUSED(db, sqli_get_double(stmt, 1, NULL));
    REFUSED(db, sqli_get_bool(stmt, 1, NULL));
    REFUSED(db, sqli_get_text(stmt, 1, NULL, NULL));
    REFUSED(db, sqli_get_bytes(stmt, 2, NULL, NULL));
    REFUSED(db, sqli_get_digits(stmt, 1, NULL));
    REFUSED(db, sqli_get_moment(stmt, 1, NULL));
    REFUSED(db, sqli_get_interval(stmt, 1, NULL));
    REFUSED(db, sqli_get_locator(stmt, 1, NULL));
    REFUSED(db, sqli_get_item(stmt, 1, NULL));
    REFUSED(db, sqli_column_info(stmt, 1, NULL));
    REFUSED(db, sqli_fetch_block(stmt, 1, NULL));
    assert_int_equal(sqli_column_index(stmt, NULL), 0);
    sqli_close(db);
    FAILS(sqli_get_int64(NULL, 1, &number));
    FAILS(sqli_get_double(NULL, 1, &real));
    FAILS(sqli_get_bool(NULL, 1, &(int){0}));
    FAILS(sqli_get_text(NULL, 1, &text, NULL));
    FAILS(sqli_get_bytes(NULL, 1, &bytes, NULL));
    FAILS(sqli_get_digits(NULL, 1, &(struct sqli_digits){0}));
    FAILS(sqli_get_moment(NULL, 1, &(struct sqli_moment){0}));
    FAILS(sqli_get_interval(NULL, 1, &(struct sqli_span_of_time){0}));
    FAILS(sqli_get_locator(NULL, 1, (uint8_t[SQLI_LOCATOR_SIZE]){0}));
    FAILS(sqli_get_item(NULL, 1, &(const sqli_item *){NULL}));
    FAILS(sqli_fetch_block(NULL, 1, &block));
    FAILS(sqli_column_info(NULL, 1, &(struct sqli_column_info){0}));
    assert_int_equal(sqli_is_null(NULL, 1), 1);
    assert_int_equal(sqli_column_count(NULL), 0);
    assert_int_equal(sqli_column_index(NULL, "a"), 0);
    assert_null(sqli_column_name(NULL, 1));
}

/* sqli_item_part gives NULL for a part that is not there, which is handed on as easily. */
static void test_items(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_stmt *stmt =
        must_prepare(db, "SELECT SET{1}::SET(INTEGER NOT NULL) FROM systables WHERE tabid = 1");
    const sqli_item *set = NULL;
    const char *text;
    int64_t number;
    double real;
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_get_item(stmt, 1, &set), SQLI_OK);
    REFUSED(db, sqli_item_int64(sqli_item_part(set, 1), NULL));
    REFUSED(db, sqli_item_text(sqli_item_part(set, 1), NULL, NULL));
    const sqli_item *none = sqli_item_part(set, 2);
    FAILS(sqli_item_int64(none, &number));
    FAILS(sqli_item_double(none, &real));
    FAILS(sqli_item_bool(none, &(int){0}));
    FAILS(sqli_item_text(none, &text, NULL));
    FAILS(sqli_item_digits(none, &(struct sqli_digits){0}));
    FAILS(sqli_item_moment(none, &(struct sqli_moment){0}));
    FAILS(sqli_item_interval(none, &(struct sqli_span_of_time){0}));
    assert_int_equal(sqli_item_type(none), -1);
    assert_int_equal(sqli_item_count(none), 0);
    assert_int_equal(sqli_item_is_null(none), 1);
    assert_null(sqli_item_part(none, 1));
    assert_string_equal(sqli_item_field(none, 1), "");
    sqli_close(db);
}

static void test_transactions(void **state)
{
    (void)state;
    FAILS(sqli_begin(NULL));
    FAILS(sqli_commit(NULL));
    FAILS(sqli_rollback(NULL));
    FAILS(sqli_savepoint(NULL, "a"));
    FAILS(sqli_rollback_to(NULL, "a"));
    FAILS(sqli_release_savepoint(NULL, "a"));
    FAILS(sqli_set_autocommit(NULL, 1));
    FAILS(sqli_set_isolation(NULL, "dirty"));
    FAILS(sqli_set_lock_wait(NULL, 1));
    assert_int_equal(sqli_autocommit(NULL), 0);
    assert_int_equal(sqli_in_transaction(NULL), 0);
}

static void test_objects(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    sqli_lob *lob = NULL;
    uint64_t size;
    size_t got;
    char byte;
    REFUSED(db, sqli_lob_create(db, SQLI_BLOB, NULL));
    REFUSED(db, sqli_lob_open_locator(db, SQLI_BLOB, NULL, SQLI_LOB_READ, &lob));
    REFUSED(db, sqli_lob_open_locator(db, SQLI_BLOB, locator, SQLI_LOB_READ, NULL));
    assert_int_equal(sqli_begin(db), SQLI_OK);
    assert_int_equal(sqli_lob_create(db, SQLI_BLOB, &lob), SQLI_OK);
    REFUSED(db, sqli_lob_read(lob, NULL, 1, &got));
    REFUSED(db, sqli_lob_read(lob, &byte, 1, NULL));
    REFUSED(db, sqli_lob_write(lob, NULL, 1));
    REFUSED(db, sqli_lob_size(lob, NULL));
    assert_int_equal(sqli_lob_write(lob, NULL, 0), SQLI_OK);
    assert_int_equal(sqli_lob_close(lob), SQLI_OK);
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    sqli_close(db);
    FAILS(sqli_lob_create(NULL, SQLI_BLOB, &lob));
    FAILS(sqli_lob_open(NULL, 1, SQLI_LOB_READ, &lob));
    FAILS(sqli_lob_open_locator(NULL, SQLI_BLOB, locator, SQLI_LOB_READ, &lob));
    FAILS(sqli_lob_read(NULL, &byte, 1, &got));
    FAILS(sqli_lob_write(NULL, &byte, 1));
    FAILS(sqli_lob_seek(NULL, 0));
    FAILS(sqli_lob_size(NULL, &size));
    FAILS(sqli_lob_truncate(NULL, 0));
    assert_int_equal(sqli_lob_tell(NULL), 0);
    assert_int_equal(sqli_lob_close(NULL), SQLI_OK);
}

static void test_control(void **state)
{
    size_t size = 7;
    const char *host;
    int port;
    (void)state;
    sqli_cancel(NULL);
    FAILS(sqli_set_progress(NULL, 1, NULL, NULL));
    FAILS(sqli_set_trace(NULL, NULL, NULL));
    FAILS(sqli_set_nonblocking(NULL, 1));
    FAILS(sqli_set_transport_own(NULL, 0));
    FAILS(sqli_feed(NULL, "", 0));
    FAILS(sqli_taken(NULL, 0));
    assert_int_equal(sqli_take_urgent(NULL), 0);
    assert_int_equal(sqli_fd(NULL), -1);
    assert_int_equal(sqli_wants(NULL), 0);
    assert_int_equal(sqli_timeout(NULL), -1);
    assert_int_equal(sqli_host(NULL, 0, &host, &port), 0);
    assert_null(sqli_take(NULL, &size));
    assert_int_equal(size, 0);

    sqli_conn *own = sqli_new();
    assert_int_equal(sqli_set(own, "host", "example.com"), SQLI_OK);
    assert_int_equal(sqli_set_transport_own(own, 0), SQLI_OK);
    assert_int_equal(sqli_host(own, 0, NULL, NULL), 1);
    REFUSED(own, sqli_feed(own, NULL, 1));
    assert_null(sqli_take(own, NULL));
    sqli_close(own);
}

static void test_pools(void **state)
{
    struct fixture *f = *state;
    struct sqli_pool_counts counts = {.size = sizeof counts};
    sqli_pool *pool;
    sqli_conn *db;
    FAILS(sqli_pool_open(f->url, NULL));
    FAILS(sqli_pool_open_settings(NULL, 0, NULL));
    FAILS(sqli_pool_open_settings(NULL, 1, &pool));
    assert_int_equal(sqli_err_code(sqli_pool_error(pool)), SQLI_E_ARGUMENT);
    sqli_pool_close(pool);
    assert_int_equal(sqli_pool_open(f->url, &pool), SQLI_OK);
    FAILS(sqli_pool_acquire(pool, NULL));
    assert_int_equal(sqli_err_code(sqli_pool_error(pool)), SQLI_E_ARGUMENT);
    FAILS(sqli_pool_acquire(NULL, &db));
    assert_null(db);
    FAILS(sqli_pool_counts(pool, NULL));
    FAILS(sqli_pool_counts(NULL, &counts));
    sqli_pool_release(NULL, db);
    sqli_pool_release(pool, NULL);
    sqli_pool_close(pool);
    sqli_pool_close(NULL);
    assert_int_equal(sqli_err_code(sqli_pool_error(NULL)), SQLI_E_NO_MEMORY);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections),  cmocka_unit_test(test_errors),
        cmocka_unit_test(test_statements),   cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_columns),      cmocka_unit_test(test_items),
        cmocka_unit_test(test_transactions), cmocka_unit_test(test_objects),
        cmocka_unit_test(test_control),      cmocka_unit_test(test_pools),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
