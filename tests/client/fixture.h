/* sqlid in the process of the test, and short ways to use include/sqli.h against it. */
#ifndef SQLI_TESTS_CLIENT_FIXTURE_H
#define SQLI_TESTS_CLIENT_FIXTURE_H

#include "tests/support/support.h"

#include "base/error.h"
#include "include/sqli.h"
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_TEXT = 65536 };

struct fixture {
    struct sqli_server *server;
    char text[FIXTURE_TEXT];
};

static inline int start(void **state)
{
    static struct fixture fixture;
    struct sqli_server_options options;
    struct sqli_error error;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    *state = &fixture;
    if (sqli__server_start(&options, &fixture.server, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return -1;
    }
    return 0;
}

static inline int stop(void **state)
{
    struct fixture *f = *state;
    sqli__server_stop(f->server, true);
    sqli__server_close(f->server);
    return 0;
}

static inline sqli_conn *open_with(struct fixture *f, const char *user, const char *rest,
                                   int result)
{
    char url[256];
    sqli_conn *db;
    snprintf(url, sizeof url, "informix://%s@127.0.0.1:%u/%s", user, sqli__server_port(f->server),
             rest);
    int got = sqli_open(url, &db);
    if (got != result)
        fail_msg("%s: %d, %s", url, got, sqli_errmsg(db));
    return db;
}

static inline sqli_conn *open_default(struct fixture *f)
{
    return open_with(f, "informix:in4mix", "sysmaster?server=informix", SQLI_OK);
}

static inline void must(sqli_conn *db, const char *sql)
{
    if (sqli_exec(db, sql, NULL))
        fail_msg("%s: %s", sql, sqli_errmsg(db));
}

static inline sqli_stmt *must_prepare(sqli_conn *db, const char *sql)
{
    sqli_stmt *stmt;
    if (sqli_prepare(db, sql, -1, 0, &stmt))
        fail_msg("%s: %s", sql, sqli_errmsg(db));
    return stmt;
}

/* All rows as "a|b;c|d". */
static inline const char *rows_of(struct fixture *f, sqli_conn *db, sqli_stmt *stmt)
{
    size_t length = 0;
    int result;
    f->text[0] = '\0';
    while ((result = sqli_step(stmt)) == SQLI_ROW)
        for (int c = 1; c <= sqli_column_count(stmt); c++) {
            const char *text = "NULL";
            assert_int_not_equal(sqli_get_text(stmt, c, &text, NULL), SQLI_FAIL);
            const char *before = c > 1 ? "|" : length ? ";" : "";
            length +=
                (size_t)snprintf(f->text + length, FIXTURE_TEXT - length, "%s%s", before, text);
            assert_true(length < FIXTURE_TEXT);
        }
    if (result != SQLI_DONE)
        fail_msg("%s", sqli_errmsg(db));
    return f->text;
}

static inline const char *query(struct fixture *f, sqli_conn *db, const char *sql)
{
    sqli_stmt *stmt = must_prepare(db, sql);
    rows_of(f, db, stmt);
    sqli_finalize(stmt);
    return f->text;
}

#endif
