/* Threads, forks, the other side gone, what it has cost, and the trace. */
#include "tests/client/layers.h"

#include <signal.h>
#include <sys/wait.h>

/* --- two threads in one connection --- */

enum { CALLS = 400 };

struct user {
    sqli_conn *db;
    int done, busy, bad;
};

static void *use(void *context)
{
    struct user *u = context;
    while (u->done < CALLS && !u->bad) {
        sqli_stmt *stmt = NULL;
        int result =
            sqli_prepare(u->db, "select tabid from systables where tabid = 1", -1, 0, &stmt);
        if (result == SQLI_OK)
            result = sqli_step(stmt);
        u->done += result == SQLI_ROW;
        u->busy += result == SQLI_BUSY;
        u->bad += result != SQLI_ROW && result != SQLI_BUSY;
        sqli_finalize(stmt);
        sched_yield();
    }
    return NULL;
}

static void test_two_threads(void **state)
{
    sqli_conn *db = open_default(*state);
    struct user users[2] = {{.db = db}, {.db = db}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, use, &users[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(users[0].bad + users[1].bad, 0);
    assert_int_equal(users[0].done + users[1].done, 2 * CALLS);
    assert_string_equal(query(*state, db, "select tabid from systables where tabid = 1"), "1");
    sqli_close(db);
}

static int call_inside(void *context)
{
    assert_int_equal(sqli_exec(context, "update statistics", NULL), SQLI_BUSY);
    sqli_close(context); /* does nothing: a call is running */
    return 1;
}

static void test_the_callback_is_inside(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_set_progress(db, 20, call_inside, db);
    assert_int_equal(sqli_exec(db,
                               "select count(*) from systables a, systables b, systables c, "
                               "systables d, systables e",
                               NULL),
                     SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_INTERRUPTED);
    sqli_close(db);
}

/* --- forks --- */

static int in_the_child(sqli_conn *db, sqli_stmt *rows)
{
    int bad = 0;
    bad |= sqli_exec(db, "delete from forks", NULL) != SQLI_FAIL;
    bad |= sqli_errcode(db) != SQLI_E_FORKED;
    bad |= sqli_step(rows) != SQLI_FAIL;
    sqli_finalize(rows);
    sqli_close(db);
    return bad;
}

static void test_a_fork(void **state)
{
    int status;
    sqli_conn *db = open_default(*state);
    must(db, "create table forks (n int)");
    must(db, "begin work");
    must(db, "insert into forks values (1)");
    sqli_stmt *rows =
        must_prepare(db, "select first 5000 a.tabname from systables a, systables b, systables c");
    assert_int_equal(sqli_step(rows), SQLI_ROW);
    pid_t child = fork();
    if (child == 0)
        _exit(in_the_child(db, rows));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    int count = 1;
    while (sqli_step(rows) == SQLI_ROW)
        count++;
    assert_int_equal(count, 5000);
    sqli_finalize(rows);
    must(db, "commit work");
    assert_string_equal(query(*state, db, "select n from forks"), "1");
    must(db, "drop table forks");
    sqli_close(db);
}

/* --- the other side has gone --- */

/* No signal, no wait, and the truth. */
static void test_cut_connections(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        struct proxy proxy;
        proxy_start(&proxy, sqli__server_port(f->server));
        sqli_conn *db = proxy_open(f, proxy.port, "");
        assert_int_equal(sqli_check(db), SQLI_OK);
        proxy_stop(&proxy);
        if (i == 0)
            assert_int_equal(sqli_check(db), SQLI_FAIL);
        else
            assert_int_equal(sqli_exec(db, "update statistics", NULL), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_CONNECTION_LOST);
        assert_false(sqli_is_open(db));
        assert_int_equal(sqli_check(db), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_CONNECTION_CLOSED);
        sqli_close(db);
    }
}

static void test_the_server_says_goodbye(void **state)
{
    struct layer layer;
    open_layer(&layer, *state, move_bytes, 4096);
    assert_int_equal(sqli_check(layer.db), SQLI_OK);
    assert_int_equal(sqli_feed(layer.db, "\0\x38", 2), SQLI_FAIL);
    assert_int_equal(sqli_errcode(layer.db), SQLI_E_CONNECTION_LOST);
    assert_int_equal(sqli_check(layer.db), SQLI_FAIL);
    close_layer(&layer);
}

/* --- what it has cost --- */

static uint64_t round_trips(const sqli_conn *db)
{
    struct sqli_counts counts = {.size = sizeof counts};
    assert_int_equal(sqli_counts(db, &counts), SQLI_OK);
    return counts.round_trips;
}

static void test_round_trips(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *sql;
        uint64_t first, again;
    } cases[] = {
        {"select tabid from systables where tabid < 8", 2, 1},
        {"create table trips (n int)", 1, 1},
        {"insert into trips values (1)", 1, 1},
        {"drop table trips", 1, 1},
        {"begin work", 2, 1},
        {"commit work", 2, 2},
    };
    sqli_conn *db = open_default(f);
    assert_in_range(round_trips(db), 4, 7);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int again = 0; again < 2; again++) {
            uint64_t before = round_trips(db);
            int result = sqli_exec(db, cases[i].sql, NULL);
            uint64_t cost = round_trips(db) - before;
            if (result == SQLI_OK && cost != (again ? cases[i].again : cases[i].first))
                fail_msg("%s: %d round trips", cases[i].sql, (int)cost);
        }
    struct sqli_counts less = {.size = sizeof less.size + sizeof less.requests};
    assert_int_equal(sqli_counts(db, &less), SQLI_OK);
    assert_true(less.requests > 10);
    assert_int_equal(less.round_trips, 0);
    sqli_close(db);
}

/* However the bytes come. */
static void test_round_trips_of_a_transport(void **state)
{
    struct layer blocking, own;
    open_layer(&blocking, *state, wait_never, 0);
    open_layer(&own, *state, move_bytes, 3);
    do_query(&blocking, "select tabid from systables where tabid < 8");
    do_query(&own, "select tabid from systables where tabid < 8");
    assert_int_equal(round_trips(blocking.db), round_trips(own.db));
    close_layer(&blocking);
    close_layer(&own);
}

/* --- the trace --- */

static void keep_line(void *context, const char *text)
{
    struct sqli_buffer *lines = context;
    sqli__buffer_text(lines, text);
    sqli__buffer_text(lines, "\n");
}

static void must_say(const struct sqli_buffer *lines, const char *what, bool says)
{
    bool found = memmem(lines->data, lines->length, what, strlen(what));
    if (found != says)
        fail_msg("the trace %s \"%s\"", says ? "lacks" : "has", what);
}

static void test_the_trace(void **state)
{
    struct fixture *f = *state;
    struct sqli_buffer lines;
    sqli_conn *db = sqli_new();
    needs_sqlid(f);
    sqli__buffer_init(&lines, LOG_MAX);
    assert_int_equal(sqli_set_trace(db, keep_line, &lines), SQLI_OK);
    assert_int_equal(sqli_set_url(db, f->url), SQLI_OK);
    assert_int_equal(sqli_set(db, "environment", "DBMONEY=$,GL_DATE=%d\\,%m"), SQLI_OK);
    assert_int_equal(sqli_connect(db), SQLI_OK);
    must_say(&lines, "in4mix", false);
    must_say(&lines, "C> LOGIN", true);
    must_say(&lines, "{name=\"DBMONEY\" value=\"$\"} {name=\"GL_DATE\" value=\"%d,%m\"}", true);
    must_say(&lines, "S> PROTOCOLS", true);
    must(db, "database sysmaster");
    query(f, db, "select tabname from systables where tabid = 1");
    must_say(&lines, "tabname=\"systables\"", true);
    assert_int_equal(sqli_set_trace(db, NULL, NULL), SQLI_OK);
    sqli__buffer_clear(&lines);
    sqli_exec(db, "selec 1", NULL);
    assert_int_equal(lines.length, 0);
    assert_int_equal(sqli_set_trace(db, keep_line, &lines), SQLI_OK);
    sqli_exec(db, "selec 2", NULL);
    must_say(&lines, "sql=\"selec 2\"", true);
    must_say(&lines, "S> ERR code=-201", true);
    must_say(&lines, "??", false);
    sqli_close(db);
    sqli__buffer_free(&lines);
}

static void *trace_some(void *context)
{
    sqli_conn *db = context;
    for (int i = 0; i < 40; i++)
        sqli_exec(db, "insert into nowhere values ('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')",
                  NULL);
    return NULL;
}

static bool is_whole(const char *line)
{
    int year, number;
    char side, rest[8];
    return sscanf(line, "%d-%*d-%*dT%*d:%*d:%*fZ #%d %c> %7s", &year, &number, &side, rest) == 4 &&
           (side == 'C' || side == 'S') && !strstr(strstr(line, "Z #") + 1, "Z #");
}

static void test_one_file_for_all(void **state)
{
    char name[] = "/tmp/sqli-trace-XXXXXX", line[4096];
    sqli_conn *db[2];
    pthread_t threads[2];
    int lines = 0;
    struct fixture *f = *state;
    close(mkstemp(name));
    for (int i = 0; i < 2; i++) {
        db[i] = sqli_new();
        sqli_set_url(db[i], f->url);
        sqli_set(db[i], "trace", name);
        assert_int_equal(sqli_connect(db[i]), SQLI_OK);
    }
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, trace_some, db[i]);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        sqli_close(db[i]);
    }
    FILE *file = fopen(name, "r");
    while (fgets(line, sizeof line, file)) {
        lines++;
        if (!is_whole(line))
            fail_msg("%s", line);
    }
    fclose(file);
    unlink(name);
    assert_true(lines > 400);
    db[0] = sqli_new();
    sqli_set(db[0], "trace", "/no/such/folder/trace");
    assert_int_equal(sqli_connect(db[0]), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db[0]), SQLI_E_INPUT_OUTPUT);
    sqli_close(db[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_threads),
        cmocka_unit_test(test_the_callback_is_inside),
        cmocka_unit_test(test_a_fork),
        cmocka_unit_test(test_cut_connections),
        cmocka_unit_test(test_the_server_says_goodbye),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_round_trips_of_a_transport),
        cmocka_unit_test(test_the_trace),
        cmocka_unit_test(test_one_file_for_all),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
