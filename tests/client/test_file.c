/* Files of the client in the middle of a reply, and values that are read while they are sent. */
#include "tests/client/streams.h"

static const uint64_t sizes[] = {0, 1, 31999, 32000, 32001, 128000, 300000};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static int64_t count(struct fixture *f, sqli_conn *db, const char *table)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select count(*) from %s", table);
    return strtol(query(f, db, sql), NULL, 10);
}

/* INSERT of what the flow has; `supplied` is the name that it is given by. */
static int insert_file(sqli_conn *db, const char *sql, const char *supplied, struct flow *flow)
{
    struct sqli_stream stream = stream_of(flow);
    sqli_stmt *insert = must_prepare(db, sql);
    if (supplied)
        assert_int_equal(sqli_supply_file(insert, supplied, &stream), SQLI_OK);
    int result = AWAIT(db, sqli_step(insert));
    sqli_finalize(insert);
    return result;
}

/* SELECT of one row into the flow; `accepted` is the name that it is given by. */
static int select_file(sqli_conn *db, const char *sql, const char *accepted, struct flow *flow)
{
    struct sqli_stream stream = stream_of(flow);
    sqli_stmt *select = must_prepare(db, sql);
    if (accepted)
        assert_int_equal(sqli_accept_file(select, accepted, &stream), SQLI_OK);
    int result = AWAIT(db, sqli_step(select));
    sqli_finalize(select);
    return result;
}

/* --- both ways --- */

static void round_trip(struct fixture *f, bool nonblocking)
{
    sqli_conn *db = open_default(f);
    must(db, "create table files (b blob, c clob)");
    sqli_set_nonblocking(db, nonblocking);
    for (size_t i = 0; i < SIZES; i++) {
        struct flow in = {.length = sizes[i], .gives_up_at = NEVER, .most = i % 2 ? 1000 : 0};
        struct flow blob = {.gives_up_at = NEVER}, clob = {.gives_up_at = NEVER};
        int result = insert_file(
            db, "insert into files values (filetoblob('in.dat', 'client'), null)", "in.dat", &in);
        if (result != SQLI_DONE)
            fail_msg("%s", sqli_errmsg(db));
        in.at = 0;
        EXPECT(db,
               insert_file(db, "update files set c = filetoclob('/a b', 'client')", "/a b", &in),
               SQLI_DONE);
        EXPECT(db, select_file(db, "select lotofile(b, 'out', 'client') from files", "out", &blob),
               SQLI_ROW);
        EXPECT(db, select_file(db, "select lotofile(c, 'out!', 'client') from files", "out", &clob),
               SQLI_ROW);
        assert_int_equal(blob.at, sizes[i]);
        assert_int_equal(clob.at, sizes[i]);
        assert_false(blob.wrong || clob.wrong);
        EXPECT(db, sqli_exec(db, "delete from files", NULL), SQLI_OK);
    }
    sqli_set_nonblocking(db, 0);
    must(db, "drop table files");
    sqli_close(db);
}

static void test_both_ways(void **state)
{
    round_trip(*state, false);
}

static void test_both_ways_without_blocking(void **state)
{
    round_trip(*state, true);
}

/* Each row has its file, all in one reply; a NULL has none. */
static void test_many_rows(void **state)
{
    sqli_conn *db = open_default(*state);
    struct flow in = {.length = 70000, .gives_up_at = NEVER};
    struct flow out = {.gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&out);
    must(db, "create table files (k int, b blob)");
    EXPECT(db, insert_file(db, "insert into files values (1, filetoblob('a', 'client'))", "a", &in),
           SQLI_DONE);
    must(db, "insert into files values (2, null)");
    sqli_stmt *select = must_prepare(db, "select k, lotofile(b, 'a.b', 'client') from files");
    assert_int_equal(sqli_accept_file(select, "a.b", &stream), SQLI_OK);
    for (int i = 0; i < 2; i++) {
        const char *text = NULL;
        EXPECT(db, sqli_step(select), SQLI_ROW);
        assert_int_equal(sqli_get_text(select, 2, &text, NULL), i ? SQLI_NULL : SQLI_OK);
        if (i == 0)
            assert_int_equal(strncmp(text, "a.b.", 4), 0);
    }
    EXPECT(db, sqli_step(select), SQLI_DONE);
    assert_int_equal(out.at, 70000);
    sqli_finalize(select);
    must(db, "drop table files");
    sqli_close(db);
}

/* --- what is refused --- */

static void test_refused(void **state)
{
    static const struct {
        const char *asks;
        const char *given;
        int code;
    } cases[] = {
        {"'in', 'client'", NULL, SQLI_E_FILE_REFUSED},
        {"'in', 'client'", "other", SQLI_E_FILE_REFUSED},
        {"'in', 'client'", "in ", SQLI_E_FILE_REFUSED},
        {"'in.0', 'client'", "in", SQLI_E_FILE_REFUSED},
        {"'/etc/passwd', 'client'", "passwd", SQLI_E_FILE_REFUSED},
        {"'/etc/passwd', 'server'", "/etc/passwd", SQLI_E_SMART_LOB},
    };
    sqli_conn *db = open_default(*state);
    char sql[200];
    must(db, "create table files (b blob)");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow flow = {.length = 100, .gives_up_at = NEVER};
        snprintf(sql, sizeof sql, "insert into files values (filetoblob(%s))", cases[i].asks);
        assert_int_equal(insert_file(db, sql, cases[i].given, &flow), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), cases[i].code);
        assert_int_equal(flow.at, 0);
        assert_int_equal(sqli_exec(db, sql, NULL), SQLI_FAIL); /* without being prepared */
        assert_int_equal(sqli_errcode(db), cases[i].code);
        assert_int_equal(count(*state, db, "files"), 0);
    }
    must(db, "drop table files");
    sqli_close(db);
}

static void test_refused_writing(void **state)
{
    static const char *const given[] = {NULL, "ou", "out.x", "out."};
    sqli_conn *db = open_default(*state);
    struct flow in = {.length = 100000, .gives_up_at = NEVER};
    must(db, "create table files (b blob)");
    EXPECT(db, insert_file(db, "insert into files values (filetoblob('a', 'client'))", "a", &in),
           SQLI_DONE);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        struct flow out = {.gives_up_at = NEVER};
        assert_int_equal(
            select_file(db, "select lotofile(b, 'out', 'client') from files", given[i], &out),
            SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_FILE_REFUSED);
        assert_int_equal(out.at, 0);
        assert_int_equal(count(*state, db, "files"), 1);
    }
    must(db, "drop table files");
    sqli_close(db);
}

/* A name that was given to be written is not read, nor the other way round; a reset forgets. */
static void test_directions_and_reset(void **state)
{
    static const char sql[] = "insert into files values (filetoblob('a', 'client'))";
    sqli_conn *db = open_default(*state);
    struct flow flow = {.length = 10, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    must(db, "create table files (b blob)");
    sqli_stmt *insert = must_prepare(db, sql);
    sqli_accept_file(insert, "a", &stream);
    EXPECT(db, sqli_step(insert), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_FILE_REFUSED);
    sqli_supply_file(insert, "a", &stream);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    sqli_reset(insert);
    EXPECT(db, sqli_step(insert), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_FILE_REFUSED);
    stream.read = NULL;
    assert_int_equal(sqli_supply_file(insert, "a", &stream), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    stream.size = 1;
    assert_int_equal(sqli_accept_file(insert, "a", &stream), SQLI_FAIL);
    sqli_finalize(insert);
    assert_int_equal(count(*state, db, "files"), 1);
    must(db, "drop table files");
    sqli_close(db);
}

/* --- streams that give up --- */

static void test_files_give_up(void **state)
{
    static const uint64_t at[] = {0, 1, 31999, 32000, 127999, 128000, 128001, 299999};
    sqli_conn *db = open_default(*state);
    must(db, "create table files (b blob)");
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct flow in = {.length = 300000, .gives_up_at = at[i]};
        assert_int_equal(
            insert_file(db, "insert into files values (filetoblob('a', 'client'))", "a", &in),
            SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_INPUT_OUTPUT);
        assert_int_equal(count(*state, db, "files"), 0);
    }
    struct flow in = {.length = 300000, .gives_up_at = NEVER};
    EXPECT(db, insert_file(db, "insert into files values (filetoblob('a', 'client'))", "a", &in),
           SQLI_DONE);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct flow out = {.gives_up_at = at[i]};
        assert_int_equal(select_file(db, "select lotofile(b, 'a', 'client') from files", "a", &out),
                         SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_INPUT_OUTPUT);
        assert_int_equal(count(*state, db, "files"), 1);
    }
    must(db, "drop table files");
    sqli_close(db);
}

static int step_with(sqli_conn *db, struct flow *flow, uint64_t length)
{
    struct sqli_stream stream = stream_of(flow);
    sqli_stmt *insert = must_prepare(db, "insert into streams values (?, ?, ?)");
    assert_int_equal(sqli_bind_stream(insert, 1, SQLI_BYTE, length, &stream), SQLI_OK);
    sqli_bind_bytes(insert, 2, SQLI_TEXT, "in memory", 9);
    sqli_bind_int64(insert, 3, 7);
    int result = AWAIT(db, sqli_step(insert));
    sqli_finalize(insert);
    return result;
}

static void test_parameters_give_up(void **state)
{
    static const uint64_t at[] = {0, 1, 1023, 1024, 1025, 65535, 65536, 65537, 999999};
    sqli_conn *db = open_default(*state);
    must(db, "create table streams (b byte, t text, guard int)");
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct flow gives_up = {.length = 1000000, .gives_up_at = at[i]};
        struct flow ends = {.length = at[i], .gives_up_at = NEVER};
        assert_int_equal(step_with(db, &gives_up, 1000000), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_INPUT_OUTPUT);
        assert_int_equal(step_with(db, &ends, 1000000), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_INPUT_OUTPUT);
        assert_non_null(strstr(sqli_errmsg(db), "ended early"));
        assert_int_equal(count(*state, db, "streams"), 0);
        struct flow good = {.length = at[i] + 5, .gives_up_at = NEVER};
        EXPECT(db, step_with(db, &good, at[i]), SQLI_DONE); /* takes no more than was told */
        assert_int_equal(good.at, at[i]);
        assert_string_equal(query(*state, db, "select guard, t from streams"), "7|in memory");
        must(db, "delete from streams");
    }
    must(db, "drop table streams");
    sqli_close(db);
}

static void test_what_streams_cannot(void **state)
{
    sqli_conn *db = open_default(*state);
    struct flow flow = {.length = 10, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    must(db, "create table streams (b byte, t byte, guard int)");
    sqli_stmt *twice = must_prepare(db, "insert into streams values (:x, :x, 1)");
    assert_int_equal(sqli_bind_stream(twice, 1, SQLI_BYTE, 10, &stream), SQLI_OK);
    EXPECT(db, sqli_step(twice), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_UNSUPPORTED);
    assert_int_equal(sqli_bind_stream(twice, 1, SQLI_BLOB, 10, &stream), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_UNSUPPORTED);
    assert_int_equal(sqli_bind_stream(twice, 1, SQLI_BYTE, UINT64_C(1) << 40, &stream), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_TOO_LARGE);
    assert_int_equal(sqli_bind_stream(twice, 2, SQLI_BYTE, 10, &stream), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_PARAMETER_INDEX);
    sqli_finalize(twice);
    /* The server's word is that of the statement, and the connection goes on. */
    must(db, "create unique index u on streams (guard)");
    must(db, "insert into streams values (null, null, 7)");
    sqli_stmt *insert = must_prepare(db, "insert into streams values (?, null, 7)");
    flow.length = 3000000;
    sqli_bind_stream(insert, 1, SQLI_BYTE, flow.length, &stream);
    EXPECT(db, sqli_step(insert), SQLI_FAIL);
    assert_int_equal(sqli_err_retryable(sqli_last_error(db)), 0);
    assert_true(sqli_errcode(db) > -900000);
    sqli_finalize(insert);
    assert_int_equal(count(*state, db, "streams"), 1);
    must(db, "drop table streams");
    sqli_close(db);
}

/* --- beside other statements, without blocking --- */

/* While the file or parameter is on its way, another statement's request waits behind it. */
static void beside(sqli_conn *db, sqli_stmt *moving)
{
    int64_t number = 0;
    sqli_stmt *asking = must_prepare(db, "select 42 from systables where tabid = 1");
    int moved = SQLI_MORE, asked = SQLI_MORE;
    while (moved == SQLI_MORE || asked == SQLI_MORE) {
        struct pollfd ready = {.fd = sqli_fd(db), .events = POLLIN};
        if (moved == SQLI_MORE)
            moved = sqli_step(moving);
        if (asked == SQLI_MORE)
            asked = sqli_step(asking);
        poll(&ready, 1, 1);
    }
    if (moved != SQLI_DONE || asked != SQLI_ROW)
        fail_msg("%d %d %s", moved, asked, sqli_errmsg(db));
    assert_int_equal(sqli_get_int64(asking, 1, &number), SQLI_OK);
    assert_int_equal(number, 42);
    sqli_finalize(asking);
}

static void test_beside_others(void **state)
{
    sqli_conn *db = open_default(*state);
    struct flow flow = {.length = 5000000, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    must(db, "create table moving (b blob, t byte)");
    sqli_set_nonblocking(db, 1);
    sqli_stmt *file =
        must_prepare(db, "insert into moving values (filetoblob('a', 'client'), null)");
    sqli_supply_file(file, "a", &stream);
    beside(db, file);
    assert_int_equal(flow.at, flow.length);
    sqli_finalize(file);
    flow.at = 0;
    sqli_stmt *parameter = must_prepare(db, "insert into moving values (null, ?)");
    sqli_bind_stream(parameter, 1, SQLI_BYTE, flow.length, &stream);
    beside(db, parameter);
    assert_int_equal(flow.at, flow.length);
    sqli_finalize(parameter);
    sqli_set_nonblocking(db, 0);
    assert_int_equal(count(*state, db, "moving"), 2);
    must(db, "drop table moving");
    sqli_close(db);
}

/* What is reset on its way leaves a connection that is usable, or says that it is not. */
static void test_reset_on_the_way(void **state)
{
    sqli_conn *db = open_default(*state);
    must(db, "create table moving (b blob, t byte)");
    sqli_close(db);
    for (int steps = 1; steps < 12; steps++) {
        for (int which = 0; which < 2; which++) {
            struct flow flow = {.length = 5000000, .gives_up_at = NEVER};
            struct sqli_stream stream = stream_of(&flow);
            db = open_default(*state);
            sqli_set_nonblocking(db, 1);
            sqli_stmt *stmt = must_prepare(
                db, which ? "insert into moving values (filetoblob('a', 'client'), null)"
                          : "insert into moving values (null, ?)");
            if (which)
                sqli_supply_file(stmt, "a", &stream);
            else
                sqli_bind_stream(stmt, 1, SQLI_BYTE, flow.length, &stream);
            for (int i = 0; i < steps; i++) {
                struct pollfd ready = {.fd = sqli_fd(db), .events = POLLIN | POLLOUT};
                if (sqli_step(stmt) != SQLI_MORE)
                    break;
                poll(&ready, 1, 100);
            }
            sqli_reset(stmt);
            sqli_finalize(stmt);
            sqli_set_nonblocking(db, 0);
            int result = sqli_exec(db, "delete from moving", NULL);
            assert_int_equal(result == SQLI_OK, sqli_is_open(db));
            sqli_close(db);
        }
    }
    db = open_default(*state);
    must(db, "drop table moving");
    sqli_close(db);
}

/* One request that is said in parts, and in whose reply the server asks for a file. */
static void test_file_and_parameter(void **state)
{
    sqli_conn *db = open_default(*state);
    struct flow file = {.length = 200000, .gives_up_at = NEVER};
    struct flow parameter = {.length = 2000000, .gives_up_at = NEVER};
    struct sqli_stream streams[] = {stream_of(&file), stream_of(&parameter)};
    const void *bytes;
    size_t length;
    must(db, "create table pairs (b blob, t byte)");
    sqli_stmt *insert = must_prepare(db, "insert into pairs values (filetoblob('a', 'client'), ?)");
    sqli_supply_file(insert, "a", &streams[0]);
    sqli_bind_stream(insert, 1, SQLI_BYTE, parameter.length, &streams[1]);
    EXPECT(db, sqli_step(insert), SQLI_DONE);
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select b, t from pairs");
    EXPECT(db, sqli_step(select), SQLI_ROW);
    EXPECT(db, sqli_get_bytes(select, 1, &bytes, &length), SQLI_OK);
    assert_true(length == file.length && are_bytes(bytes, 0, length));
    EXPECT(db, sqli_get_bytes(select, 2, &bytes, &length), SQLI_OK);
    assert_true(length == parameter.length && are_bytes(bytes, 0, length));
    sqli_finalize(select);
    must(db, "drop table pairs");
    sqli_close(db);
}

/* --- cancelled by the stream itself --- */

struct cancelling {
    struct flow flow;
    sqli_conn *db;
};

static ptrdiff_t read_and_cancel(void *context, void *bytes, size_t size)
{
    struct cancelling *c = context;
    if (c->flow.at > c->flow.length / 2)
        sqli_cancel(c->db);
    return flow_read(&c->flow, bytes, size);
}

static void test_cancelled(void **state)
{
    static const char *const sql[] = {
        "insert into cancelled values (filetoblob('a', 'client'), null)",
        "insert into cancelled values (null, ?)"};
    sqli_conn *db = open_default(*state);
    must(db, "create table cancelled (b blob, t byte)");
    for (int which = 0; which < 2; which++) {
        struct cancelling c = {{.length = 4000000, .gives_up_at = NEVER}, db};
        struct sqli_stream stream = {sizeof stream, &c, read_and_cancel, NULL};
        sqli_stmt *insert = must_prepare(db, sql[which]);
        if (which)
            sqli_bind_stream(insert, 1, SQLI_BYTE, c.flow.length, &stream);
        else
            sqli_supply_file(insert, "a", &stream);
        EXPECT(db, sqli_step(insert), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_INTERRUPTED);
        sqli_finalize(insert);
        assert_int_equal(count(*state, db, "cancelled"), 0);
    }
    must(db, "drop table cancelled");
    sqli_close(db);
}

/* --- memory --- */

static int work(sqli_conn *db, const char *what)
{
    struct flow flow = {.length = MANY_BYTES, .gives_up_at = NEVER};
    struct sqli_stream stream = stream_of(&flow);
    sqli_stmt *stmt;
    bool in = strcmp(what, "in") == 0;
    if (sqli_prepare(db,
                     in ? "insert into many values (filetoblob('a', 'client'))"
                        : "select lotofile(b, 'a', 'client') from many",
                     -1, 0, &stmt) ||
        (in ? sqli_supply_file(stmt, "a", &stream) : sqli_accept_file(stmt, "a", &stream)) ||
        sqli_step(stmt) != (in ? SQLI_DONE : SQLI_ROW))
        return 1;
    sqli_finalize(stmt);
    return flow.wrong || flow.at != MANY_BYTES;
}

static void test_memory_stays_flat(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = open_default(f);
    must(db, "create table many (b blob)");
    run_flat(f, "in");
    run_flat(f, "out");
    must(db, "drop table many");
    sqli_close(db);
}

int main(int arguments_count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_both_ways_without_blocking),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_writing),
        cmocka_unit_test(test_directions_and_reset),
        cmocka_unit_test(test_files_give_up),
        cmocka_unit_test(test_parameters_give_up),
        cmocka_unit_test(test_what_streams_cannot),
        cmocka_unit_test(test_beside_others),
        cmocka_unit_test(test_reset_on_the_way),
        cmocka_unit_test(test_file_and_parameter),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_memory_stays_flat),
    };
    int flat = flat_process(arguments_count, arguments, work);
    return flat >= 0 ? flat : cmocka_run_group_tests(tests, start, stop);
}
