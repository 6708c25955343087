/* Large objects as handles, values and streams, against sqlid. */
#include "tests/client/streams.h"

static const size_t sizes[] = {0, 1, 2047, 2048, 2049, 65535, 1 << 20};
enum { SIZES = sizeof sizes / sizeof sizes[0], MOST = 6 << 20, PIECE = 10007 };

static sqli_conn *open_mode(struct fixture *f, bool nonblocking)
{
    sqli_conn *db = open_default(f);
    sqli_set_nonblocking(db, nonblocking);
    return db;
}

static void run_sql(sqli_conn *db, const char *sql)
{
    EXPECT(db, sqli_exec(db, sql, NULL), SQLI_OK);
}

/* In pieces of odd sizes. */
static sqli_lob *make_object(sqli_conn *db, int type, size_t size)
{
    sqli_lob *lob;
    uint8_t *bytes = malloc(size + 1);
    fill_bytes(bytes, 0, size);
    EXPECT(db, sqli_lob_create(db, type, &lob), SQLI_OK);
    for (size_t at = 0, piece = PIECE; at < size; at += piece, piece *= 3) {
        if (piece > size - at)
            piece = size - at;
        EXPECT(db, sqli_lob_write(lob, bytes + at, piece), SQLI_OK);
        assert_int_equal(sqli_lob_tell(lob), at + piece);
    }
    free(bytes);
    return lob;
}

/* Up to `most` bytes from the position, which all must be right. */
static void check_read(sqli_conn *db, sqli_lob *lob, size_t most, size_t expected)
{
    uint64_t at = sqli_lob_tell(lob);
    uint8_t *bytes = malloc(most + 1);
    size_t got = 12345;
    EXPECT(db, sqli_lob_read(lob, bytes, most, &got), SQLI_OK);
    assert_int_equal(got, expected);
    assert_true(are_bytes(bytes, at, got));
    assert_int_equal(sqli_lob_tell(lob), at + got);
    free(bytes);
}

static void check_object(sqli_conn *db, sqli_stmt *stmt, int column, size_t size)
{
    sqli_lob *lob;
    uint64_t told = 0;
    EXPECT(db, sqli_lob_open(stmt, column, SQLI_LOB_READ, &lob), SQLI_OK);
    EXPECT(db, sqli_lob_size(lob, &told), SQLI_OK);
    assert_int_equal(told, size);
    size_t first = size < PIECE ? size : PIECE;
    check_read(db, lob, PIECE, first);
    check_read(db, lob, size, size - first);
    check_read(db, lob, 1, 0);
    EXPECT(db, sqli_lob_seek(lob, size / 2), SQLI_OK);
    check_read(db, lob, size + 100, size - size / 2);
    EXPECT(db, sqli_lob_seek(lob, size + 10), SQLI_OK);
    check_read(db, lob, 100, 0);
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
}

/* --- all sizes --- */

static void insert_one(sqli_conn *db, sqli_stmt *insert, size_t k)
{
    size_t size = sizes[k];
    struct flow byte = {.length = size, .gives_up_at = NEVER, .most = 777};
    struct flow text = {.length = size, .gives_up_at = NEVER};
    struct sqli_stream streams[] = {stream_of(&byte), stream_of(&text)};
    sqli_lob *blob = make_object(db, SQLI_BLOB, size);
    sqli_lob *clob = make_object(db, SQLI_CLOB, size);
    sqli_bind_int64(insert, 1, (int64_t)k);
    assert_int_equal(sqli_bind_stream(insert, 2, SQLI_BYTE, size, &streams[0]), SQLI_OK);
    assert_int_equal(sqli_bind_stream(insert, 3, SQLI_TEXT, size, &streams[1]), SQLI_OK);
    assert_int_equal(sqli_bind_lob(insert, 4, blob), SQLI_OK);
    assert_int_equal(sqli_bind_lob(insert, 5, clob), SQLI_OK);
    sqli_bind_int64(insert, 6, -(int64_t)k);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    assert_int_equal(sqli_rows(insert), 1);
    assert_int_equal(byte.at, size);
    EXPECT(db, sqli_lob_close(blob), SQLI_OK);
    EXPECT(db, sqli_lob_close(clob), SQLI_OK);
}

static void round_trip(struct fixture *f, bool nonblocking)
{
    sqli_conn *db = open_mode(f, nonblocking);
    run_sql(db, "create table sizes (k int, b byte, t text, bl blob, cl clob, guard int)");
    sqli_stmt *insert = must_prepare(db, "insert into sizes values (?, ?, ?, ?, ?, ?)");
    for (size_t k = 0; k < SIZES; k++)
        insert_one(db, insert, k);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select * from sizes order by k");
    for (size_t k = 0; k < SIZES; k++) {
        int64_t number = 0;
        const void *bytes;
        size_t length;
        EXPECT(db, sqli_step(select), SQLI_ROW);
        for (int column = 2; column <= 5; column++)
            check_object(db, select, column, sizes[k]);
        assert_int_equal(sqli_get_int64(select, 6, &number), SQLI_OK);
        assert_int_equal(number, -(int64_t)k);
        for (int column = 2; column <= 5; column++) {
            EXPECT(db, sqli_get_bytes(select, column, &bytes, &length), SQLI_OK);
            assert_int_equal(length, sizes[k]);
            assert_true(are_bytes(bytes, 0, length));
        }
    }
    EXPECT(db, sqli_step(select), SQLI_DONE);
    sqli_finalize(select);
    run_sql(db, "drop table sizes");
    sqli_close(db);
}

static void test_all_sizes(void **state)
{
    round_trip(*state, false);
}

static void test_all_sizes_without_blocking(void **state)
{
    round_trip(*state, true);
}

/* --- values --- */

static void test_bytes_become_objects(void **state)
{
    sqli_conn *db = open_default(*state);
    uint8_t *bytes = malloc(MOST);
    const void *got;
    size_t length;
    fill_bytes(bytes, 0, MOST);
    must(db, "create table made (k int, b blob, c clob)");
    sqli_stmt *insert = must_prepare(db, "insert into made values (?, ?, ?)");
    sqli_bind_int64(insert, 1, 1);
    assert_int_equal(sqli_bind_bytes(insert, 2, SQLI_BLOB, bytes, MOST), SQLI_OK);
    assert_int_equal(sqli_bind_bytes(insert, 3, SQLI_CLOB, "text", 4), SQLI_OK);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    EXPECT(db, sqli_step(insert), SQLI_DONE); /* objects of its own */
    sqli_finalize(insert);
    assert_string_equal(query(*state, db, "select count(*), count(b) from made"), "2|2");
    must(db, "update made set k = 2 where k = 1");
    sqli_stmt *select = must_prepare(db, "select b, c from made");
    for (int i = 0; i < 2; i++) {
        EXPECT(db, sqli_step(select), SQLI_ROW);
        EXPECT(db, sqli_get_bytes(select, 1, &got, &length), SQLI_OK);
        assert_int_equal(length, MOST);
        assert_true(are_bytes(got, 0, MOST));
        EXPECT(db, sqli_get_bytes(select, 2, &got, &length), SQLI_OK);
        assert_int_equal(length, 4);
    }
    sqli_finalize(select);
    must(db, "drop table made");
    free(bytes);
    sqli_close(db);
}

static void test_batches(void **state)
{
    sqli_conn *db = open_default(*state);
    struct flow flow = {.length = 10, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    uint8_t bytes[3000];
    int64_t rows = 0;
    fill_bytes(bytes, 0, sizeof bytes);
    must(db, "create table batches (k int, b blob, c byte)");
    sqli_stmt *insert = must_prepare(db, "insert into batches values (?, ?, ?)");
    EXPECT(db, sqli_batch_begin(insert, SQLI_BATCH_EACH), SQLI_OK);
    for (size_t k = 0; k < 20; k++) {
        sqli_bind_int64(insert, 1, (int64_t)k);
        sqli_bind_bytes(insert, 2, SQLI_BLOB, bytes, 100 * k);
        sqli_bind_bytes(insert, 3, SQLI_BYTE, bytes, 100 * k + 1);
        EXPECT(db, sqli_batch_row(insert), SQLI_OK);
    }
    sqli_bind_stream(insert, 3, SQLI_BYTE, 10, &stream);
    EXPECT(db, sqli_batch_row(insert), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_UNSUPPORTED);
    EXPECT(db, sqli_batch_end(insert, &rows), SQLI_OK);
    assert_int_equal(rows, 20);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b, c from batches order by k");
    for (size_t k = 0; k < 20; k++) {
        EXPECT(db, sqli_step(select), SQLI_ROW);
        check_object(db, select, 1, 100 * k);
        check_object(db, select, 2, 100 * k + 1);
    }
    sqli_finalize(select);
    must(db, "drop table batches");
    sqli_close(db);
}

static void test_null_and_wrong_columns(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_lob *lob;
    must(db, "create table nulls (k int, b byte, t text, bl blob, cl clob)");
    must(db, "insert into nulls values (1, null, null, null, null)");
    sqli_stmt *select = must_prepare(db, "select * from nulls");
    assert_int_equal(sqli_lob_open(select, 2, SQLI_LOB_READ, &lob), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_NO_ROW);
    EXPECT(db, sqli_step(select), SQLI_ROW);
    for (int column = 2; column <= 5; column++) {
        assert_int_equal(sqli_lob_open(select, column, SQLI_LOB_READ, &lob), SQLI_NULL);
        assert_null(lob);
    }
    assert_int_equal(sqli_lob_open(select, 1, SQLI_LOB_READ, &lob), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_VALUE_TYPE_MISMATCH);
    assert_int_equal(sqli_lob_open(select, 9, SQLI_LOB_READ, &lob), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_COLUMN_INDEX);
    assert_int_equal(sqli_lob_open(select, 2, 7, &lob), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    assert_int_equal(sqli_lob_create(db, SQLI_BYTE, &lob), SQLI_FAIL);
    assert_int_equal(sqli_lob_close(NULL), SQLI_OK);
    sqli_finalize(select);
    must(db, "drop table nulls");
    sqli_close(db);
}

static void test_lob_limit(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = sqli_new();
    sqli_set_url(db, f->url);
    sqli_set(db, "database", f->database);
    sqli_set(db, "lob-limit", "2000");
    assert_int_equal(sqli_connect(db), SQLI_OK);
    must(db, "create table limits (b blob)");
    sqli_stmt *insert = must_prepare(db, "insert into limits values (?)");
    const void *got;
    size_t length;
    for (size_t size = 2000; size <= 2001; size++) {
        sqli_lob *lob = make_object(db, SQLI_BLOB, size);
        sqli_bind_lob(insert, 1, lob);
        EXPECT(db, sqli_step(insert), SQLI_DONE);
        sqli_lob_close(lob);
    }
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b from limits");
    EXPECT(db, sqli_step(select), SQLI_ROW);
    EXPECT(db, sqli_get_bytes(select, 1, &got, &length), SQLI_OK);
    EXPECT(db, sqli_step(select), SQLI_ROW);
    EXPECT(db, sqli_get_bytes(select, 1, &got, &length), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_TOO_LARGE);
    check_object(db, select, 1, 2001); /* a handle knows no limit */
    sqli_finalize(select);
    must(db, "drop table limits");
    sqli_close(db);
}

/* --- writing in place --- */

static void test_write_seek_truncate(void **state)
{
    sqli_conn *db = open_default(*state);
    uint8_t bytes[100];
    uint64_t size;
    size_t got;
    sqli_lob *other;
    must(db, "create table places (b blob)");
    sqli_lob *lob = make_object(db, SQLI_BLOB, 5000);
    sqli_stmt *insert = must_prepare(db, "insert into places values (?)");
    assert_int_equal(sqli_bind_lob(insert, 1, lob), SQLI_OK);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b from places");
    EXPECT(db, sqli_step(select), SQLI_ROW);
    EXPECT(db, sqli_lob_open(select, 1, SQLI_LOB_READ_WRITE, &lob), SQLI_OK);
    EXPECT(db, sqli_lob_open(select, 1, SQLI_LOB_READ, &other), SQLI_OK);
    check_read(db, lob, 10, 10);
    check_read(db, other, 10, 10);
    memset(bytes, 0x55, sizeof bytes);
    EXPECT(db, sqli_lob_seek(lob, 1000), SQLI_OK);
    EXPECT(db, sqli_lob_write(lob, bytes, 100), SQLI_OK);
    check_read(db, lob, 50, 50); /* behind what was written */
    EXPECT(db, sqli_lob_seek(other, 999), SQLI_OK);
    EXPECT(db, sqli_lob_read(other, bytes, 3, &got), SQLI_OK);
    assert_int_equal(bytes[0], byte_at(999));
    assert_int_equal(bytes[1], 0x55);
    EXPECT(db, sqli_lob_truncate(lob, 1001), SQLI_OK);
    EXPECT(db, sqli_lob_size(other, &size), SQLI_OK);
    assert_int_equal(size, 1001);
    EXPECT(db, sqli_lob_read(lob, bytes, 3, &got), SQLI_OK);
    assert_int_equal(got, 0);
    assert_int_equal(sqli_lob_write(other, bytes, 1), SQLI_FAIL); /* it was opened to be read */
    assert_int_equal(sqli_errcode(db), SQLI_E_SMART_LOB_NOT_WRITE);
    assert_int_equal(sqli_lob_truncate(other, 1), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_SMART_LOB_NOT_WRITE);
    EXPECT(db, sqli_lob_seek(other, 0), SQLI_OK);
    check_read(db, other, 7, 7);
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
    EXPECT(db, sqli_lob_close(other), SQLI_OK);
    sqli_finalize(select);
    must(db, "drop table places");
    sqli_close(db);
}

static void test_rollback(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table back (b blob)");
    assert_int_equal(sqli_begin(db), SQLI_OK);
    sqli_lob *lob = make_object(db, SQLI_BLOB, 100000);
    sqli_stmt *insert = must_prepare(db, "insert into back values (?)");
    sqli_bind_lob(insert, 1, lob);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    assert_int_equal(sqli_rollback(db), SQLI_OK);
    assert_string_equal(query(*state, db, "select count(*) from back"), "0");
    sqli_lob_close(lob); /* however the server calls that */
    lob = make_object(db, SQLI_BLOB, 10);
    sqli_bind_lob(insert, 1, lob);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    assert_string_equal(query(*state, db, "select count(*) from back"), "1");
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
    sqli_finalize(insert);
    must(db, "drop table back");
    sqli_close(db);
}

/* --- handles that outlive what they stand for --- */

static void test_handles_outlive(void **state)
{
    sqli_conn *db = open_default(*state);
    uint8_t bytes[10];
    size_t got;
    uint64_t size;
    struct flow flow = {.length = 5000000, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    sqli_lob *byte, *blob;
    must(db, "create table gone (b byte)");
    sqli_stmt *insert = must_prepare(db, "insert into gone values (?)");
    sqli_bind_stream(insert, 1, SQLI_BYTE, flow.length, &stream);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b from gone");
    EXPECT(db, sqli_step(select), SQLI_ROW);
    EXPECT(db, sqli_lob_open(select, 1, SQLI_LOB_READ, &byte), SQLI_OK);
    check_read(db, byte, 10, 10);
    assert_int_equal(sqli_lob_write(byte, bytes, 1), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_UNSUPPORTED);
    assert_int_equal(sqli_bind_lob(select, 1, byte), SQLI_FAIL);
    sqli_stmt *again = must_prepare(db, "insert into gone values (?)");
    sqli_conn *other = open_default(*state);
    blob = make_object(other, SQLI_BLOB, 100);
    sqli_lob *const wrong[] = {byte, blob};
    for (size_t i = 0; i < 2; i++) { /* what was bound before does not pass for it */
        assert_int_equal(sqli_bind_null(again, 1), SQLI_OK);
        assert_int_equal(sqli_bind_lob(again, 1, wrong[i]), SQLI_FAIL);
        assert_int_equal(sqli_step(again), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_UNBOUND);
    }
    sqli_finalize(again);
    sqli_lob_close(blob);
    sqli_close(other);
    EXPECT(db, sqli_step(select), SQLI_DONE); /* what was not read flows past */
    assert_int_equal(sqli_lob_read(byte, bytes, 10, &got), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_NO_ROW);
    assert_int_equal(got, 0);
    sqli_finalize(select);
    assert_int_equal(sqli_lob_read(byte, bytes, 10, &got), SQLI_FAIL);
    blob = make_object(db, SQLI_BLOB, 100);
    must(db, "drop table gone");
    sqli_close(db);
    assert_int_equal(sqli_lob_read(byte, bytes, 10, &got), SQLI_FAIL);
    assert_int_equal(sqli_lob_size(blob, &size), SQLI_FAIL);
    assert_int_equal(sqli_lob_close(byte), SQLI_OK);
    assert_int_equal(sqli_lob_close(blob), SQLI_OK);
}

/* Two BYTEs and a BLOB are read by turns, while other statements run. */
static void interleave(struct fixture *f, bool nonblocking)
{
    enum { EACH = 300000 };
    sqli_conn *db = open_mode(f, nonblocking);
    run_sql(db, "create table turns (k int, b byte, c byte, d blob)");
    sqli_stmt *insert = must_prepare(db, "insert into turns values (1, ?, ?, ?)");
    struct flow flows[] = {{.length = MOST, .gives_up_at = NEVER},
                           {.length = MOST, .gives_up_at = NEVER}};
    struct sqli_stream streams[] = {stream_of(&flows[0]), stream_of(&flows[1])};
    sqli_bind_stream(insert, 1, SQLI_BYTE, MOST, &streams[0]);
    sqli_bind_stream(insert, 2, SQLI_BYTE, MOST, &streams[1]);
    sqli_lob *lobs[3] = {make_object(db, SQLI_BLOB, MOST)};
    sqli_bind_lob(insert, 3, lobs[0]);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    EXPECT(db, sqli_lob_close(lobs[0]), SQLI_OK);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b, c, d from turns");
    sqli_stmt *one = must_prepare(db, "select k from turns");
    EXPECT(db, sqli_step(select), SQLI_ROW);
    for (int i = 0; i < 3; i++)
        EXPECT(db, sqli_lob_open(select, i + 1, SQLI_LOB_READ, &lobs[i]), SQLI_OK);
    for (size_t at = 0; at < MOST; at += EACH) {
        for (int i = 0; i < 3; i++)
            check_read(db, lobs[i], EACH, MOST - at < EACH ? MOST - at : EACH);
        EXPECT(db, sqli_step(one), SQLI_ROW);
        sqli_reset(one);
    }
    for (int i = 0; i < 3; i++)
        EXPECT(db, sqli_lob_close(lobs[i]), SQLI_OK);
    EXPECT(db, sqli_step(select), SQLI_DONE);
    sqli_finalize(select);
    sqli_finalize(one);
    run_sql(db, "drop table turns");
    sqli_close(db);
}

static void test_by_turns(void **state)
{
    interleave(*state, false);
}

static void test_by_turns_without_blocking(void **state)
{
    interleave(*state, true);
}

/* --- round trips --- */

static uint64_t trips(sqli_conn *db)
{
    struct sqli_counts counts = {.size = sizeof counts};
    assert_int_equal(sqli_counts(db, &counts), SQLI_OK);
    return counts.round_trips;
}

static void test_round_trips(void **state)
{
    enum { SIZE = 1 << 20 };
    sqli_conn *db = open_default(*state);
    uint8_t *bytes = malloc(SIZE);
    size_t got;
    sqli_lob *lob;
    fill_bytes(bytes, 0, SIZE);
    must(db, "create table trips (b blob)");
    sqli_stmt *insert = must_prepare(db, "insert into trips values (?)");
    EXPECT(db, sqli_describe(insert), SQLI_OK);
    uint64_t before = trips(db);
    EXPECT(db, sqli_lob_create(db, SQLI_BLOB, &lob), SQLI_OK);
    assert_true(trips(db) - before <= 2); /* the routines, and the call */
    EXPECT(db, sqli_lob_write(lob, bytes, SIZE), SQLI_OK);
    sqli_bind_lob(insert, 1, lob);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
    assert_true(trips(db) - before <= 5);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b from trips");
    EXPECT(db, sqli_step(select), SQLI_ROW);
    EXPECT(db, sqli_lob_open(select, 1, SQLI_LOB_READ, &lob), SQLI_OK);
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
    before = trips(db);
    EXPECT(db, sqli_lob_open(select, 1, SQLI_LOB_READ, &lob), SQLI_OK);
    EXPECT(db, sqli_lob_read(lob, bytes, SIZE, &got), SQLI_OK);
    assert_int_equal(got, SIZE);
    EXPECT(db, sqli_lob_close(lob), SQLI_OK);
    assert_int_equal(trips(db) - before, 2); /* open, read; nothing for closing */
    sqli_finalize(select);
    must(db, "drop table trips");
    free(bytes);
    sqli_close(db);
}

/* --- memory --- */

static int write_many(sqli_conn *db)
{
    enum { ROOM = 1 << 20 };
    static uint8_t room[ROOM];
    struct flow flow = {.length = MANY_BYTES, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    sqli_lob *lob;
    sqli_stmt *insert;
    if (sqli_prepare(db, "insert into many values (?, ?)", -1, 0, &insert) ||
        sqli_lob_create(db, SQLI_BLOB, &lob))
        return 1;
    for (uint64_t at = 0; at < MANY_BYTES; at += ROOM) {
        fill_bytes(room, at, ROOM);
        if (sqli_lob_write(lob, room, ROOM))
            return 1;
    }
    if (sqli_bind_stream(insert, 1, SQLI_BYTE, MANY_BYTES, &stream) ||
        sqli_bind_lob(insert, 2, lob) || sqli_step(insert) != SQLI_DONE || sqli_lob_close(lob))
        return 1;
    sqli_finalize(insert);
    return 0;
}

static int read_many(sqli_conn *db)
{
    enum { ROOM = 300000 };
    static uint8_t room[ROOM];
    sqli_stmt *select;
    if (sqli_prepare(db, "select * from many", -1, 0, &select) || sqli_step(select) != SQLI_ROW)
        return 1;
    for (int column = 1; column <= 2; column++) {
        sqli_lob *lob;
        size_t got;
        uint64_t at = 0;
        if (sqli_lob_open(select, column, SQLI_LOB_READ, &lob))
            return 1;
        while (sqli_lob_read(lob, room, ROOM, &got) == SQLI_OK && got) {
            if (!are_bytes(room, at, got))
                return 1;
            at += got;
        }
        if (at != MANY_BYTES || sqli_lob_close(lob))
            return 1;
    }
    sqli_finalize(select);
    return 0;
}

static int work(sqli_conn *db, const char *what)
{
    return strcmp(what, "write") == 0 ? write_many(db) : read_many(db);
}

static void test_memory_stays_flat(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    must(db, "create table many (b byte, d blob)");
    run_flat(f, "write");
    run_flat(f, "read");
    must(db, "drop table many");
    sqli_close(db);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_sizes),
        cmocka_unit_test(test_all_sizes_without_blocking),
        cmocka_unit_test(test_bytes_become_objects),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_null_and_wrong_columns),
        cmocka_unit_test(test_lob_limit),
        cmocka_unit_test(test_write_seek_truncate),
        cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_handles_outlive),
        cmocka_unit_test(test_by_turns),
        cmocka_unit_test(test_by_turns_without_blocking),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_memory_stays_flat),
    };
    int flat = flat_process(count, arguments, work);
    return flat >= 0 ? flat : cmocka_run_group_tests(tests, start, stop);
}
