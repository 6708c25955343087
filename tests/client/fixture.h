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
#include <unistd.h>

enum { FIXTURE_TEXT = 65536 };

/* The server is sqlid in this process, or what SQLI_TEST_URL names: then tests that only sqlid can
 * pass are skipped. Either way there is a scratch database, with a log, that goes away at the end.
 */
struct fixture {
    struct sqli_server *server; /* NULL: it is somebody else's */
    char url[1024];             /* without a database */
    char database[32];
    char text[FIXTURE_TEXT];
};

static inline int start_sqlid(struct fixture *f)
{
    struct sqli_server_options options;
    struct sqli_error error;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    if (sqli__server_start(&options, &f->server, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return -1;
    }
    snprintf(f->url, sizeof f->url, "informix://informix:in4mix@127.0.0.1:%u/?server=informix",
             sqli__server_port(f->server));
    return 0;
}

/* With what stands in the URL, and a database. */
static inline sqli_conn *open_database(struct fixture *f, const char *database)
{
    sqli_conn *db = sqli_new();
    assert_non_null(db);
    if (sqli_set_url(db, f->url) || sqli_set(db, "database", database) || sqli_connect(db))
        fail_msg("%s, %s: %s", f->url, database, sqli_errmsg(db));
    return db;
}

static inline sqli_conn *open_default(struct fixture *f)
{
    return open_database(f, f->database);
}

static inline int in_sysmaster(struct fixture *f, const char *what, const char *how)
{
    char sql[128];
    sqli_conn *db = open_database(f, "sysmaster");
    snprintf(sql, sizeof sql, "%s DATABASE %s%s", what, f->database, how);
    int result = sqli_exec(db, sql, NULL);
    for (int i = 0; i < 100 && sqli_errcode(db) == SQLI_E_DATABASE_OPEN_ELSEWHERE; i++) {
        usleep(50000); /* the server may yet have to end a session that was closed */
        result = sqli_exec(db, sql, NULL);
    }
    if (result)
        fprintf(stderr, "%s: %s\n", sql, sqli_errmsg(db));
    sqli_close(db);
    return result;
}

static inline int start(void **state)
{
    static struct fixture fixture;
    const char *url = getenv("SQLI_TEST_URL");
    *state = &fixture;
    const char *run = getenv("SQLI_TEST_RUN"); /* of scripts/server.py, which cleans up behind it */
    snprintf(fixture.database, sizeof fixture.database, "sqli_test_%.10s%ld", run ? run : "",
             (long)getpid());
    snprintf(fixture.url, sizeof fixture.url, "%s", url ? url : "");
    if (!url && start_sqlid(&fixture))
        return -1;
    return in_sysmaster(&fixture, "CREATE", " WITH LOG");
}

static inline int stop(void **state)
{
    struct fixture *f = *state;
    int result = in_sysmaster(f, "DROP", "");
    if (f->server) {
        sqli__server_stop(f->server, true);
        sqli__server_close(f->server);
    }
    return result;
}

/* Skips the test where the server is not sqlid. */
static inline void needs_sqlid(const struct fixture *f)
{
    if (!f->server)
        skip();
}

/* sqlid by another user, database or option, and how that ends. */
static inline sqli_conn *open_with(struct fixture *f, const char *user, const char *rest,
                                   int result)
{
    char url[256];
    sqli_conn *db;
    needs_sqlid(f);
    snprintf(url, sizeof url, "informix://%s@127.0.0.1:%u/%s", user, sqli__server_port(f->server),
             rest);
    int got = sqli_open(url, &db);
    if (got != result)
        fail_msg("%s: %d, %s", url, got, sqli_errmsg(db));
    return db;
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
