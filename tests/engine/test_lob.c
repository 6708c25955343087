/* Large objects below the wire: pieces, private ones, descriptors, parameters, what is removed. */
#include "base/alloc.h"
#include "server/engine/engine.h"
#include "server/store/lob.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SESSIONS = 2, ROOM = 1 << 20, PIECE = SQLI_LOB_PIECE };

struct fixture {
    struct sqli_databases *databases;
    struct sqli_engine *sessions[SESSIONS];
    struct sqli_error error;
    uint8_t bytes[ROOM];
    uint8_t read[ROOM];
};

static struct sqli_engine *open_session(struct fixture *f, int number)
{
    struct sqli_engine *engine;
    const struct sqli_engine_options options = {.databases = f->databases,
                                                .user = sqli__span_text("informix"),
                                                .server_name = "informix",
                                                .host_name = "here",
                                                .session_id = number};
    assert_int_equal(sqli__engine_open(&options, &engine, &f->error), SQLI_OK);
    assert_int_equal(sqli__engine_database(engine, sqli__span_text("work"), false, &f->error),
                     SQLI_OK);
    return engine;
}

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    const struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 200};
    *state = f;
    if (!f || sqli__databases_open(&options, &f->databases, &f->error) ||
        sqli__databases_create(f->databases, sqli__span_text("work"), SQLI_LOGGING_LOG,
                               sqli__span_text("informix"), sqli__span_text("en_US.utf8"),
                               &f->error))
        return -1;
    for (int i = 0; i < SESSIONS; i++)
        f->sessions[i] = open_session(f, i + 1);
    for (size_t i = 0; i < ROOM; i++)
        f->bytes[i] = (uint8_t)(i * 7 + i / 256);
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

static struct sqli_statement *prepare(struct fixture *f, int session, const char *sql)
{
    struct sqli_statement *s;
    if (sqli__engine_prepare(f->sessions[session], sqli__span_text(sql), &s, &f->error))
        fail_msg("%s: %s", sql, f->error.message);
    return s;
}

static void run(struct fixture *f, int session, const char *sql)
{
    struct sqli_result result;
    struct sqli_statement *s = prepare(f, session, sql);
    if (sqli__statement_execute(s, &result, &f->error))
        fail_msg("%s: %s", sql, f->error.message);
    sqli__statement_free(s);
}

/* --- objects --- */

static struct sqli_lobs *lobs_of(struct fixture *f)
{
    return sqli__engine_lobs(f->sessions[0]);
}

static void check_content(struct fixture *f, int64_t id, size_t size)
{
    int64_t said;
    size_t got;
    assert_int_equal(sqli__lob_size(lobs_of(f), id, &said, &f->error), SQLI_OK);
    assert_int_equal(said, size);
    assert_int_equal(sqli__lob_read(lobs_of(f), id, 0, f->read, ROOM, &got, &f->error), SQLI_OK);
    assert_int_equal(got, size);
    assert_memory_equal(f->read, f->bytes, size);
}

static void test_pieces(void **state)
{
    static const size_t sizes[] = {0, 1, 1023, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 300001};
    static const size_t steps[] = {1000, 32000, PIECE, ROOM};
    struct fixture *f = *state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t t = 0; t < sizeof steps / sizeof steps[0]; t++) {
            int64_t id;
            assert_int_equal(sqli__lob_create(lobs_of(f), true, &id, &f->error), SQLI_OK);
            for (size_t at = 0; at < sizes[s]; at += steps[t]) {
                size_t left = sizes[s] - at;
                struct sqli_span part =
                    sqli__span(f->bytes + at, left < steps[t] ? left : steps[t]);
                assert_int_equal(sqli__lob_write(lobs_of(f), id, (int64_t)at, part, &f->error),
                                 SQLI_OK);
            }
            check_content(f, id, sizes[s]);
            sqli__lob_drop(lobs_of(f), id);
            int64_t size;
            assert_int_equal(sqli__lob_size(lobs_of(f), id, &size, &f->error), SQLI_FAIL);
            assert_int_equal(f->error.code, SQLI_E_SMART_LOB_STALE);
        }
}

static void write_at(struct fixture *f, int64_t id, int64_t at, const char *text)
{
    assert_int_equal(sqli__lob_write(lobs_of(f), id, at, sqli__span_text(text), &f->error),
                     SQLI_OK);
}

static void check_text(struct fixture *f, int64_t id, int64_t at, const char *text, size_t length)
{
    size_t got;
    assert_int_equal(sqli__lob_read(lobs_of(f), id, at, f->read, length + 1, &got, &f->error),
                     SQLI_OK);
    assert_int_equal(got, length);
    assert_memory_equal(f->read, text, length);
}

static void test_gaps(void **state)
{
    struct fixture *f = *state;
    int64_t id;
    assert_int_equal(sqli__lob_create(lobs_of(f), true, &id, &f->error), SQLI_OK);
    write_at(f, id, 3 * PIECE - 2, "abcd");
    check_text(f, id, 3 * PIECE - 4, "\0\0abcd", 6);
    size_t got;
    assert_int_equal(sqli__lob_read(lobs_of(f), id, PIECE - 1, f->read, 2, &got, &f->error),
                     SQLI_OK);
    assert_int_equal(got, 2);
    assert_memory_equal(f->read, "\0\0", 2);
}

static void test_truncation(void **state)
{
    struct fixture *f = *state;
    int64_t id, size;
    assert_int_equal(sqli__lob_create(lobs_of(f), true, &id, &f->error), SQLI_OK);
    write_at(f, id, 0, "0123456789");
    write_at(f, id, PIECE - 2, "abcd");
    assert_int_equal(sqli__lob_truncate(lobs_of(f), id, PIECE - 1, &f->error), SQLI_OK);
    check_text(f, id, PIECE - 3, "\0a", 2); /* what was cut off does not come back */
    assert_int_equal(sqli__lob_truncate(lobs_of(f), id, 4, &f->error), SQLI_OK);
    check_text(f, id, 0, "0123", 4);
    write_at(f, id, PIECE, "z");
    check_text(f, id, PIECE - 2, "\0\0z", 3);
    check_text(f, id, PIECE, "z", 1);
    assert_int_equal(sqli__lob_truncate(lobs_of(f), id, 0, &f->error), SQLI_OK);
    assert_int_equal(sqli__lob_size(lobs_of(f), id, &size, &f->error), SQLI_OK);
    assert_int_equal(size, 0);
    write_at(f, id, 3, "x");
    check_text(f, id, 0, "\0\0\0x", 4);
    assert_int_equal(sqli__lob_write(lobs_of(f), id, SQLI_LOB_MAX, sqli__span_text("x"), &f->error),
                     SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB_TOO_BIG);
}

static void test_descriptors(void **state)
{
    struct fixture *f = *state;
    struct sqli_lobs *lobs = lobs_of(f);
    int64_t id;
    int32_t number, other;
    size_t got;
    assert_int_equal(sqli__lob_create(lobs, true, &id, &f->error), SQLI_OK);
    write_at(f, id, 0, "0123456789");
    for (int32_t i = 1; i <= SQLI_LOB_DESCRIPTORS; i++) {
        assert_int_equal(sqli__descriptor_open(lobs, id, 4, &number, &f->error), SQLI_OK);
        assert_int_equal(number, i);
    }
    assert_int_equal(sqli__descriptor_open(lobs, id, 4, &number, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB_TABLE);
    assert_int_equal(sqli__descriptor_close(lobs, 5, &f->error), SQLI_OK);
    assert_int_equal(sqli__descriptor_close(lobs, 5, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB);
    assert_int_equal(sqli__descriptor_open(lobs, id, SQLI_LOB_APPEND, &other, &f->error), SQLI_OK);
    assert_int_equal(other, 5);
    struct sqli_lob_descriptor *open = sqli__descriptor(lobs, 1, &f->error);
    assert_int_equal(sqli__descriptor_write(lobs, open, sqli__span_text("x"), &f->error),
                     SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB_NOT_WRITE);
    assert_int_equal(sqli__descriptor_seek(lobs, open, -3, SQLI_LOB_END, &f->error), SQLI_OK);
    assert_int_equal(sqli__descriptor_read(lobs, open, f->read, 9, &got, &f->error), SQLI_OK);
    assert_int_equal(got, 3);
    assert_memory_equal(f->read, "789", 3);
    assert_int_equal(sqli__descriptor_seek(lobs, open, -8, SQLI_LOB_CURRENT, &f->error), SQLI_OK);
    assert_int_equal(open->position, 2);
    assert_int_equal(sqli__descriptor_seek(lobs, open, -3, SQLI_LOB_CURRENT, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB_SEEK);
    assert_int_equal(sqli__descriptor_seek(lobs, open, 0, 3, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB_WHENCE);
    open = sqli__descriptor(lobs, 5, &f->error);
    assert_int_equal(sqli__descriptor_write(lobs, open, sqli__span_text("ab"), &f->error), SQLI_OK);
    check_text(f, id, 8, "89ab", 4);
}

/* --- in rows --- */

static void bind_blob(struct fixture *f, struct sqli_statement *s, uint32_t parameter, size_t size)
{
    const struct sqli_type type = {.code = SQLI_TYPE_BYTE, .length = SQLI_SIMPLE_LOB_SIZE};
    assert_int_equal(sqli__statement_blob_begin(s, parameter, &type, &f->error), SQLI_OK);
    for (size_t at = 0; at < size; at += 1024) {
        struct sqli_span part = sqli__span(f->bytes + at, size - at < 1024 ? size - at : 1024);
        assert_int_equal(sqli__statement_blob_piece(s, part, &f->error), SQLI_OK);
    }
    assert_int_equal(sqli__statement_blob_end(s, &f->error), SQLI_OK);
}

static void insert(struct fixture *f, int session, size_t size)
{
    struct sqli_result result;
    struct sqli_statement *s = prepare(f, session, "insert into t (b) values (?)");
    bind_blob(f, s, 0, size);
    assert_int_equal(sqli__statement_execute(s, &result, &f->error), SQLI_OK);
    assert_int_equal(result.rows, 1);
    sqli__statement_free(s);
}

/* How many objects the database has. */
static int64_t objects(struct fixture *f)
{
    struct sqli_databases *all = f->databases;
    struct sqli_runtime runtime = {0};
    struct sqli_store *store;
    sqlite3_stmt *count;
    sqli__buffer_init(&runtime.scratch, 1 << 20);
    assert_int_equal(sqli__store_open(all, sqli__span_text("work"), &runtime, &store, &f->error),
                     SQLI_OK);
    assert_int_equal(sqlite3_prepare_v2(sqli__store_sqlite(store), "SELECT COUNT(*) FROM sqlid_lob",
                                        -1, &count, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    int64_t found = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    sqli__store_close(store);
    sqli__buffer_free(&runtime.scratch);
    return found;
}

static void again(struct fixture *f, int session)
{
    sqli__engine_close(f->sessions[session]);
    f->sessions[session] = open_session(f, session + 1);
}

static void check_blob(struct fixture *f, struct sqli_statement *s, const uint8_t *row, size_t size)
{
    struct sqli_blob blob;
    size_t got, sum = 0;
    assert_int_equal(sqli__cursor_blob(s, sqli__span(row, SQLI_SIMPLE_LOB_SIZE), &blob, &f->error),
                     SQLI_OK);
    assert_int_equal(blob.size, size);
    do {
        assert_int_equal(sqli__blob_read(s, &blob, f->read + sum, 32000, &got, &f->error), SQLI_OK);
        sum += got;
    } while (got);
    assert_int_equal(sum, size);
    assert_memory_equal(f->read, f->bytes, size);
}

static const size_t row_sizes[] = {0, 5, SQLI_LOB_INLINE, SQLI_LOB_INLINE + 1, 100000, 3 * PIECE};
enum { ROWS = sizeof row_sizes / sizeof row_sizes[0] };

static void fill(struct fixture *f)
{
    run(f, 0, "create table t (k serial, b byte, s blob)");
    for (size_t i = 0; i < ROWS; i++)
        insert(f, 0, row_sizes[i]);
    assert_int_equal(objects(f), 3);
}

/* What was fetched stays readable until CLOSE, whatever happens to the rows, on any way that rows
 * take; and no longer. */
static void check_cursor(struct fixture *f, bool scroll, bool hold, int deleter)
{
    uint8_t rows[ROWS][SQLI_SIMPLE_LOB_SIZE];
    struct sqli_buffer row;
    struct sqli_blob blob;
    int64_t count;
    fill(f);
    struct sqli_statement *s = prepare(f, 0, "select b from t order by k");
    const struct sqli_cursor_options options = {.scroll = scroll, .hold = hold};
    assert_int_equal(sqli__cursor_open(s, &options, &f->error), SQLI_OK);
    sqli__buffer_init(&row, 1 << 20);
    for (size_t i = 0; i < ROWS; i++) {
        if (i == 2) {
            run(f, deleter, "delete from t");
            again(f, 1); /* the end of a session sweeps */
        }
        sqli__buffer_clear(&row);
        assert_int_equal(sqli__cursor_fetch(s, &row, &count, &f->error), SQLI_OK);
        assert_int_equal(row.length, SQLI_SIMPLE_LOB_SIZE);
        memcpy(rows[i], row.data, sizeof rows[i]);
    }
    sqli__buffer_clear(&row);
    assert_int_equal(sqli__cursor_fetch(s, &row, &count, &f->error), SQLI_MORE);
    run(f, 1, "create table u (a int)");
    again(f, 1);
    for (size_t i = ROWS; i-- > 0;)
        check_blob(f, s, rows[i], row_sizes[i]);
    rows[1][7]++;
    check_blob(f, s, rows[1], row_sizes[2]);
    rows[1][7] = 99;
    struct sqli_span unknown = sqli__span(rows[1], sizeof rows[1]);
    assert_int_equal(sqli__cursor_blob(s, unknown, &blob, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_BLOB_OPEN);
    sqli__cursor_close(s);
    struct sqli_span closed = sqli__span(rows[2], sizeof rows[2]);
    assert_int_equal(sqli__cursor_blob(s, closed, &blob, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_BLOB_OPEN);
    sqli__statement_free(s);
    sqli__buffer_free(&row);
    run(f, 0, "drop table u");
    again(f, 0);
    assert_int_equal(objects(f), 0);
}

static void test_forward(void **state)
{
    check_cursor(*state, false, false, 1);
}

static void test_forward_and_own_delete(void **state)
{
    check_cursor(*state, false, true, 0);
}

static void test_scroll(void **state)
{
    check_cursor(*state, true, false, 1);
}

static void test_rollback(void **state)
{
    struct fixture *f = *state;
    run(f, 0, "create table t (k serial, b byte, s blob)");
    assert_int_equal(sqli__engine_begin(f->sessions[0], &f->error), SQLI_OK);
    insert(f, 0, 100000);
    insert(f, 0, 10);
    assert_int_equal(sqli__engine_rollback(f->sessions[0], &f->error), SQLI_OK);
    assert_int_equal(objects(f), 0);
    struct sqli_statement *s = prepare(f, 0, "insert into t (k, b) values (1, ?)");
    struct sqli_result result;
    run(f, 0, "create unique index i on t (k)");
    bind_blob(f, s, 0, 5000);
    assert_int_equal(sqli__statement_execute(s, &result, &f->error), SQLI_OK);
    /* The parameter holds for the next time, and what fails leaves nothing. */
    assert_int_equal(sqli__statement_execute(s, &result, &f->error), SQLI_FAIL);
    sqli__statement_free(s);
    assert_int_equal(objects(f), 1);
    run(f, 0, "update t set b = null");
    again(f, 0);
    assert_int_equal(objects(f), 0);
}

/* A temporary table keeps the objects of rows that are gone. */
static void test_temporary_tables(void **state)
{
    struct fixture *f = *state;
    struct sqli_buffer row;
    int64_t count;
    fill(f);
    run(f, 0, "select * from t into temp tt");
    run(f, 1, "delete from t");
    again(f, 1);
    assert_int_equal(objects(f), 3);
    struct sqli_statement *s = prepare(f, 0, "select b from tt where k = 5");
    assert_int_equal(sqli__cursor_open(s, &(struct sqli_cursor_options){0}, &f->error), SQLI_OK);
    sqli__buffer_init(&row, 1 << 20);
    assert_int_equal(sqli__cursor_fetch(s, &row, &count, &f->error), SQLI_OK);
    check_blob(f, s, row.data, row_sizes[4]);
    sqli__buffer_free(&row);
    sqli__statement_free(s);
    again(f, 0);
    run(f, 0, "create table u (a int)");
    again(f, 0);
    assert_int_equal(objects(f), 0);
}

/* A private object becomes the row's; its old locator means the same object from then on. */
static void test_locators(void **state)
{
    struct fixture *f = *state;
    struct sqli_lobs *lobs = lobs_of(f);
    struct sqli_type type = {
        .code = SQLI_TYPE_UDTFIXED, .extended_id = SQLI_XID_BLOB, .length = SQLI_SMART_LOB_SIZE};
    struct sqli_value value = {.kind = SQLI_KIND_SMART_LOB};
    struct sqli_result result;
    int64_t id;
    run(f, 0, "create table t (k serial, b byte, s blob)");
    assert_int_equal(sqli__lob_create(lobs, true, &id, &f->error), SQLI_OK);
    assert_int_equal(sqli__lob_write(lobs, id, 0, sqli__span(f->bytes, 100000), &f->error),
                     SQLI_OK);
    sqli__locator_make(&value.as.smart_lob, id);
    struct sqli_statement *s = prepare(f, 0, "insert into t (s) values (?)");
    assert_int_equal(sqli__statement_bind(s, 0, &type, &value, &f->error), SQLI_OK);
    assert_false(sqli__lob_stored(lobs, id));
    assert_int_equal(sqli__statement_execute(s, &result, &f->error), SQLI_OK);
    assert_true(sqli__lob_stored(lobs, id));
    assert_int_equal(sqli__statement_execute(s, &result, &f->error), SQLI_OK);
    assert_int_equal(objects(f), 1);
    check_content(f, id, 100000);
    sqli__locator_make(&value.as.smart_lob, 12345); /* none of ours */
    assert_int_equal(sqli__statement_bind(s, 0, &type, &value, &f->error), SQLI_OK);
    assert_int_equal(sqli__statement_execute(s, &result, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB_STALE);
    memset(&value.as.smart_lob, 1, sizeof value.as.smart_lob);
    assert_int_equal(sqli__statement_bind(s, 0, &type, &value, &f->error), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_SMART_LOB);
    sqli__statement_free(s);
    run(f, 0, "delete from t where k = 1");
    again(f, 0);
    assert_int_equal(objects(f), 1);
    run(f, 0, "drop table t");
    again(f, 0);
    assert_int_equal(objects(f), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pieces, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_gaps, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_truncation, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_descriptors, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_forward, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_forward_and_own_delete, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_scroll, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_rollback, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_temporary_tables, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_locators, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
