/* A short scenario over a transport of our own, whose server is a recording: chunks of bytes, one
 * for each time that the client waits. A chunk is a length of two bytes, the least first, and so
 * many bytes. */
#ifndef SQLI_TESTS_CLIENT_REPLAY_H
#define SQLI_TESTS_CLIENT_REPLAY_H

#include "base/buffer.h"
#include "include/sqli.h"

enum { REPLAY_ROWS = 12, REPLAY_CHUNK = 0x8000, REPLAY_LOG = 1 << 22, REPLAY_PATIENCE = 8 };

struct replay {
    sqli_conn *db;
    int socket;                    /* of the server that is recorded, */
    struct sqli_buffer *recording; /* into this; */
    struct sqli_span rest;         /* else what is left of the recording */
    int waits_after_end;           /* more than a few: it would hang */
    struct sqli_buffer log;
};

static inline void replay_wait(struct replay *r)
{
    size_t size = 0;
    sqli_take(r->db, &size);
    sqli_taken(r->db, size);
    (void)sqli_take_urgent(r->db);
    if (r->rest.length < 2) {
        r->waits_after_end++;
        sqli_feed(r->db, NULL, 0);
        return;
    }
    size = (size_t)(r->rest.data[0] | r->rest.data[1] << 8);
    r->rest = sqli__span(r->rest.data + 2, r->rest.length - 2);
    size = size < r->rest.length ? size : r->rest.length;
    if (size)
        sqli_feed(r->db, r->rest.data, size);
    r->rest = sqli__span(r->rest.data + size, r->rest.length - size);
}

/* Defined by who records. */
typedef void replay_on_wait(struct replay *r);

#define REPLAY(r, wait, result, call)                                                    \
    do {                                                                                 \
        while ((result = (call)) == SQLI_MORE && (r)->waits_after_end < REPLAY_PATIENCE) \
            wait(r);                                                                     \
    } while (0)

static inline void replay_note(struct replay *r, const char *what, int result)
{
    sqli__buffer_format(&r->log, "%s: %d %d\n", what, result,
                        result == SQLI_FAIL ? sqli_errcode(r->db) : 0);
}

static inline void replay_exec(struct replay *r, replay_on_wait *wait, const char *sql)
{
    int result;
    REPLAY(r, wait, result, sqli_exec(r->db, sql, NULL));
    replay_note(r, sql, result);
}

static inline void replay_row(struct replay *r, sqli_stmt *stmt)
{
    for (int c = 1; c <= sqli_column_count(stmt); c++) {
        const char *text = "NULL";
        size_t length = 4;
        if (sqli_get_text(stmt, c, &text, &length) == SQLI_FAIL)
            text = "?";
        sqli__buffer_format(&r->log, "|%s", text);
    }
    sqli__buffer_text(&r->log, "\n");
}

static inline void replay_insert(struct replay *r, replay_on_wait *wait)
{
    sqli_stmt *stmt;
    int result = SQLI_FAIL;
    if (sqli_prepare(r->db, "insert into played values (?, ?, ?)", -1, 0, &stmt))
        return;
    for (int i = 0; i < REPLAY_ROWS; i++) {
        sqli_bind_int64(stmt, 1, i);
        sqli_bind_text(stmt, 2, "abcdefghijkl", i);
        sqli_bind_int64(stmt, 3, 1000 + i);
        REPLAY(r, wait, result, sqli_step(stmt));
        replay_note(r, "insert", result);
    }
    sqli_finalize(stmt);
}

static inline void replay_select(struct replay *r, replay_on_wait *wait)
{
    sqli_stmt *stmt;
    int result = SQLI_FAIL;
    if (sqli_prepare(r->db, "select a, b, c from played order by a", -1, 0, &stmt))
        return;
    do {
        REPLAY(r, wait, result, sqli_step(stmt));
        if (result == SQLI_ROW)
            replay_row(r, stmt);
    } while (result == SQLI_ROW);
    replay_note(r, "end of rows", result);
    sqli_finalize(stmt);
}

static inline void replay_scroll(struct replay *r, replay_on_wait *wait)
{
    static const int to[] = {SQLI_TO_LAST, SQLI_TO_PRIOR, SQLI_TO_FIRST};
    sqli_stmt *stmt;
    int result;
    if (sqli_prepare(r->db, "select b, a from played order by a", -1, SQLI_SCROLL, &stmt))
        return;
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        REPLAY(r, wait, result, sqli_scroll(stmt, to[i], 0));
        replay_note(r, "scroll", result);
        if (result == SQLI_ROW)
            replay_row(r, stmt);
    }
    sqli_finalize(stmt);
}

static inline void replay_scenario(struct replay *r, replay_on_wait *wait)
{
    int result;
    REPLAY(r, wait, result, sqli_connect(r->db));
    replay_note(r, "connect", result);
    if (result)
        return;
    replay_exec(r, wait, "create temp table played (a int, b varchar(20), c int)");
    replay_insert(r, wait);
    replay_select(r, wait);
    replay_exec(r, wait, "select nothing from played");
    REPLAY(r, wait, result, sqli_begin(r->db));
    replay_note(r, "begin", result);
    replay_scroll(r, wait);
    REPLAY(r, wait, result, sqli_commit(r->db));
    replay_note(r, "commit", result);
    replay_select(r, wait);
}

/* sysmaster is on every server. False: there is no memory. */
static inline bool replay_open(struct replay *r, struct sqli_span recording)
{
    *r = (struct replay){.db = sqli_new(), .rest = recording};
    sqli__buffer_init(&r->log, REPLAY_LOG);
    return r->db &&
           !sqli_set_url(r->db, "informix://informix:in4mix@h/sysmaster?server=informix") &&
           !sqli_set_transport_own(r->db, 0);
}

static inline void replay_close(struct replay *r)
{
    sqli_close(r->db);
    sqli__buffer_free(&r->log);
}

#endif
