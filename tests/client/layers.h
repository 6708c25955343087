/* The three ways to use the library, one machine below: calls that block, calls that say SQLI_MORE,
 * and bytes that the program moves. One long scenario goes through any of them, and writes down all
 * that it sees. */
#ifndef SQLI_TESTS_CLIENT_LAYERS_H
#define SQLI_TESTS_CLIENT_LAYERS_H

#include "net/socket.h"
#include "tests/client/proxy.h"

enum { LOG_MAX = 1 << 20, SCENARIO_ROWS = 6000, WAIT_MOST = 20000 };

struct layer {
    sqli_conn *db;
    void (*wait)(struct layer *layer); /* after SQLI_MORE */
    int socket;                        /* the program's, where it moves the bytes */
    size_t piece;                      /* so many of them at a time */
    uint64_t waits;
    struct sqli_buffer log;
};

/* Calls until it says anything but SQLI_MORE. */
#define LAYER(layer, result, call)               \
    do {                                         \
        while ((result = (call)) == SQLI_MORE) { \
            (layer)->waits++;                    \
            (layer)->wait(layer);                \
        }                                        \
    } while (0)

/* --- the ways to wait --- */

static inline void wait_never(struct layer *layer)
{
    (void)layer;
    fail_msg("SQLI_MORE from a connection that blocks");
}

static inline void wait_for_descriptor(struct layer *layer)
{
    int wants = sqli_wants(layer->db);
    struct pollfd fd = {.fd = sqli_fd(layer->db)};
    int64_t timeout = sqli_timeout(layer->db);
    fd.events =
        (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) | (wants & SQLI_WANTS_WRITE ? POLLOUT : 0));
    assert_true(fd.fd >= 0 && fd.events);
    int count = poll(&fd, 1, timeout < 0 ? WAIT_MOST : (int)timeout);
    if (count == 0 && timeout < 0)
        fail_msg("nothing happens on the descriptor");
}

static inline void send_taken(struct layer *layer)
{
    size_t size;
    const void *bytes;
    while ((bytes = sqli_take(layer->db, &size))) {
        size = size < layer->piece ? size : layer->piece;
        assert_int_equal(send(layer->socket, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
        assert_int_equal(sqli_taken(layer->db, size), SQLI_OK);
    }
    if (sqli_take_urgent(layer->db))
        assert_int_equal(send(layer->socket, "\x42", 1, MSG_OOB | MSG_NOSIGNAL), 1);
}

static inline void move_bytes(struct layer *layer)
{
    uint8_t bytes[4096];
    size_t size = layer->piece < sizeof bytes ? layer->piece : sizeof bytes;
    send_taken(layer);
    struct pollfd answer = {.fd = layer->socket, .events = POLLIN};
    int64_t timeout = sqli_timeout(layer->db);
    if (poll(&answer, 1, timeout < 0 ? WAIT_MOST : (int)timeout) == 0) {
        assert_true(timeout >= 0);
        return;
    }
    ssize_t got = recv(layer->socket, bytes, size, 0);
    assert_true(got >= 0);
    sqli_feed(layer->db, bytes, (size_t)got);
}

/* --- opening --- */

static inline int plain_socket(struct fixture *f)
{
    struct sockaddr_in to = proxy_loopback(sqli__server_port(f->server));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline void open_layer(struct layer *layer, struct fixture *f,
                              void (*wait)(struct layer *layer), size_t piece)
{
    int result;
    *layer = (struct layer){.db = sqli_new(), .wait = wait, .socket = -1, .piece = piece};
    sqli__buffer_init(&layer->log, LOG_MAX);
    assert_int_equal(sqli_set_url(layer->db, f->url), SQLI_OK);
    assert_int_equal(sqli_set(layer->db, "database", f->database), SQLI_OK);
    if (wait == wait_for_descriptor)
        sqli_set_nonblocking(layer->db, 1);
    if (wait == move_bytes) {
        needs_sqlid(f);
        assert_int_equal(sqli_set_transport_own(layer->db, 0), SQLI_OK);
        layer->socket = plain_socket(f);
    }
    LAYER(layer, result, sqli_connect(layer->db));
    if (result)
        fail_msg("%s", sqli_errmsg(layer->db));
}

static inline void close_layer(struct layer *layer)
{
    sqli_close(layer->db);
    sqli__socket_close(layer->socket);
    sqli__buffer_free(&layer->log);
}

/* --- the scenario --- */

static inline void note(struct layer *layer, const char *what, int result)
{
    sqli__buffer_format(&layer->log, "%s: %d", what, result);
    if (result == SQLI_FAIL)
        sqli__buffer_format(&layer->log, " %d \"%s\"", sqli_errcode(layer->db),
                            sqli_errmsg(layer->db));
    sqli__buffer_text(&layer->log, "\n");
}

static inline void do_exec(struct layer *layer, const char *sql)
{
    int result;
    int64_t rows = -1;
    LAYER(layer, result, sqli_exec(layer->db, sql, &rows));
    note(layer, sql, result);
    sqli__buffer_format(&layer->log, "%lld rows\n", (long long)rows);
}

static inline void note_row(struct layer *layer, sqli_stmt *stmt)
{
    for (int c = 1; c <= sqli_column_count(stmt); c++) {
        const char *text = "NULL";
        if (sqli_get_text(stmt, c, &text, NULL) == SQLI_FAIL)
            note(layer, "value", SQLI_FAIL);
        sqli__buffer_format(&layer->log, "|%s", text);
    }
    sqli__buffer_text(&layer->log, "\n");
}

static inline void do_query(struct layer *layer, const char *sql)
{
    sqli_stmt *stmt;
    int result = sqli_prepare(layer->db, sql, -1, 0, &stmt);
    note(layer, sql, result);
    do {
        LAYER(layer, result, sqli_step(stmt));
        if (result == SQLI_ROW)
            note_row(layer, stmt);
    } while (result == SQLI_ROW);
    note(layer, "end", result);
    sqli_finalize(stmt);
}

static inline void do_inserts(struct layer *layer)
{
    sqli_stmt *stmt;
    int result;
    assert_int_equal(
        sqli_prepare(layer->db, "insert into scene values (0, :n, :name)", -1, 0, &stmt), SQLI_OK);
    for (int i = 0; i < 20; i++) {
        char name[32];
        snprintf(name, sizeof name, "n\xc3\xa4me %d", i);
        sqli_bind_int64(stmt, 1, i);
        sqli_bind_text(stmt, 2, name, -1);
        LAYER(layer, result, sqli_step(stmt));
        note(layer, "insert", result);
        sqli__buffer_format(&layer->log, "serial %lld\n", (long long)sqli_serial(stmt));
    }
    sqli_finalize(stmt);
}

static inline void do_operations(struct layer *layer)
{
    static const char *const sql[] = {"insert into scene values (0, 100, 'x')",
                                      "insert into scene values (0, 1, 'twice')",
                                      "select count(*) from scene"};
    int result;
    for (int commits = 0; commits < 2; commits++) {
        LAYER(layer, result, sqli_begin(layer->db));
        note(layer, "begin", result);
        do_exec(layer, sql[0]);
        LAYER(layer, result, sqli_savepoint(layer->db, "here"));
        note(layer, "savepoint", result);
        do_exec(layer, sql[1]);
        LAYER(layer, result, sqli_rollback_to(layer->db, "here"));
        note(layer, "rollback to", result);
        LAYER(layer, result, commits ? sqli_commit(layer->db) : sqli_rollback(layer->db));
        note(layer, "end of transaction", result);
        do_query(layer, sql[2]);
    }
}

static inline void do_scroll(struct layer *layer)
{
    static const struct {
        int to, offset;
    } moves[] = {{SQLI_TO_LAST, 0},     {SQLI_TO_PRIOR, 0},     {SQLI_TO_FIRST, 0},
                 {SQLI_TO_ABSOLUTE, 7}, {SQLI_TO_RELATIVE, -3}, {SQLI_TO_ABSOLUTE, -2},
                 {SQLI_TO_NEXT, 0},     {SQLI_TO_ABSOLUTE, 900}};
    sqli_stmt *stmt;
    int result;
    assert_int_equal(
        sqli_prepare(layer->db, "select n, name from scene order by n", -1, SQLI_SCROLL, &stmt),
        SQLI_OK);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        LAYER(layer, result, sqli_scroll(stmt, moves[i].to, moves[i].offset));
        note(layer, "scroll", result);
        if (result == SQLI_ROW)
            note_row(layer, stmt);
    }
    sqli_finalize(stmt);
}

/* Two results that take turns, one of them left in the middle. */
static inline void do_interleaved(struct layer *layer)
{
    sqli_stmt *a, *b;
    int ra = SQLI_ROW, rb = SQLI_ROW;
    assert_int_equal(sqli_prepare(layer->db, "select n from scene order by n", -1, 0, &a), SQLI_OK);
    assert_int_equal(sqli_prepare(layer->db, "select name from scene order by n desc", -1, 0, &b),
                     SQLI_OK);
    for (int i = 0; i < 12 && ra == SQLI_ROW && rb == SQLI_ROW; i++) {
        LAYER(layer, ra, sqli_step(a));
        LAYER(layer, rb, sqli_step(b));
        note_row(layer, a);
        note_row(layer, b);
    }
    sqli_finalize(b);
    LAYER(layer, ra, sqli_step(a));
    note(layer, "goes on", ra);
    sqli_finalize(a);
}

static inline void do_batch(struct layer *layer, int kind)
{
    sqli_stmt *stmt;
    int result;
    int64_t rows = -1;
    assert_int_equal(sqli_prepare(layer->db, "insert into scene values (0, ?, ?)", -1, 0, &stmt),
                     SQLI_OK);
    LAYER(layer, result, sqli_batch_begin(stmt, kind));
    note(layer, "batch", result);
    for (int i = 0; i < 300; i++) {
        sqli_bind_int64(stmt, 1, 1000 * (kind + 1) + i % 290);
        sqli_bind_text(stmt, 2, "of a batch", -1);
        LAYER(layer, result, sqli_batch_row(stmt));
        if (result)
            note(layer, "row of a batch", result);
    }
    LAYER(layer, result, sqli_batch_end(stmt, &rows));
    note(layer, "end of the batch", result);
    sqli__buffer_format(&layer->log, "%lld rows, %lld failed\n", (long long)rows,
                        (long long)sqli_batch_failures(stmt));
    sqli_finalize(stmt);
}

/* How many rows a block has is the library's affair. */
static inline void do_blocks(struct layer *layer)
{
    struct sqli_block block = {.size = sizeof block};
    sqli_stmt *stmt;
    int result;
    int64_t rows = 0, sum = 0;
    assert_int_equal(sqli_prepare(layer->db, "select first 4000 a.n from scene a, scene b, scene c",
                                  -1, 0, &stmt),
                     SQLI_OK);
    LAYER(layer, result, sqli_block_as(stmt, 1, SQLI_AS_INT64));
    note(layer, "block as", result);
    for (;;) {
        LAYER(layer, result, sqli_fetch_block(stmt, 700, &block));
        if (result != SQLI_ROW)
            break;
        for (int64_t i = 0; i < block.rows; i++)
            sum += ((const int64_t *)block.column[0].data)[i];
        rows += block.rows;
    }
    note(layer, "end of blocks", result);
    sqli__buffer_format(&layer->log, "%lld rows, sum %lld\n", (long long)rows, (long long)sum);
    sqli_finalize(stmt);
}

static inline void play_scenario(struct layer *layer)
{
    char sql[160];
    do_exec(layer,
            "create table scene (id serial, n int unique constraint scene_n, name varchar(30))");
    do_inserts(layer);
    do_exec(layer, "insert into scene values (0, 5, 'twice')");
    do_query(layer, "select * from scene order by n");
    do_query(layer, "select nothing from scene");
    do_query(layer, "selec 1");
    do_exec(layer, "update scene set name = 'changed' where n > 15");
    do_operations(layer);
    do_scroll(layer);
    do_interleaved(layer);
    snprintf(sql, sizeof sql, "select first %d a.n, b.name, c.name from scene a, scene b, scene c",
             SCENARIO_ROWS);
    do_query(layer, sql);
    do_blocks(layer);
    do_batch(layer, SQLI_BATCH_EACH);
    do_batch(layer, SQLI_BATCH_BULK);
    do_exec(layer, "begin work");
    do_exec(layer, "delete from scene");
    do_exec(layer, "rollback work");
    do_query(layer, "select count(*), sum(n) from scene");
    do_exec(layer, "drop table scene");
}

/* What the scenario says on a connection that blocks is what it has to say on any. */
static inline void compare_layers(struct fixture *f, void (*wait)(struct layer *layer),
                                  size_t piece)
{
    struct layer blocking, other;
    open_layer(&blocking, f, wait_never, 0);
    play_scenario(&blocking);
    open_layer(&other, f, wait, piece);
    play_scenario(&other);
    assert_int_equal(blocking.log.failed, 0);
    assert_true(blocking.log.length > 50000);
    assert_true(other.waits > 0);
    assert_int_equal(blocking.log.length, other.log.length);
    assert_memory_equal(blocking.log.data, other.log.data, blocking.log.length);
    close_layer(&blocking);
    close_layer(&other);
}

#endif
