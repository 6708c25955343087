/* A data directory of its own for each test, and what a session would bring along. */
#ifndef SQLI_TESTS_STORE_SCRATCH_H
#define SQLI_TESTS_STORE_SCRATCH_H

#include "tests/support/support.h"

#include "server/store/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct scratch {
    char directory[64];
    struct sqli_databases *databases;
    struct sqli_error error;
};

struct scratch_session {
    struct sqli_runtime runtime;
    struct sqli_store *store;
    struct sqli_catalog *catalog;
};

/* The error is part of the message when a call fails. */
#define assert_ok(expression, error)                                                    \
    do {                                                                                \
        if ((expression) != SQLI_OK)                                                    \
            fail_msg("%s: %d %d %s", #expression, (int)(error).code, (int)(error).isam, \
                     (error).near);                                                     \
    } while (0)

#define assert_fails(expression, error, wanted_code, wanted_isam) \
    do {                                                          \
        assert_int_equal(expression, SQLI_FAIL);                  \
        assert_int_equal((error).code, wanted_code);              \
        assert_int_equal((error).isam, wanted_isam);              \
    } while (0)

static inline void scratch_start(struct scratch *scratch)
{
    const struct sqli_databases_options options = {.directory = scratch->directory,
                                                   .lock_wait_ms = 300};
    assert_ok(sqli__databases_open(&options, &scratch->databases, &scratch->error), scratch->error);
}

static inline int scratch_setup(void **state)
{
    struct scratch *scratch = test_calloc(1, sizeof *scratch);
    snprintf(scratch->directory, sizeof scratch->directory, "/tmp/sqli-test-XXXXXX");
    assert_non_null(mkdtemp(scratch->directory));
    scratch_start(scratch);
    *state = scratch;
    return 0;
}

static inline int scratch_teardown(void **state)
{
    struct scratch *scratch = *state;
    char command[128];
    sqli__databases_close(scratch->databases);
    static const char *const files[] = {"sysmaster", "one", "two", "three", "foreign", "broken"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(command, sizeof command, "%s/%s.db", scratch->directory, files[i]);
        unlink(command);
    }
    snprintf(command, sizeof command, "%s/sqlid.lock", scratch->directory);
    unlink(command);
    /* Fails when anything else is left in it. */
    assert_int_equal(rmdir(scratch->directory), 0);
    test_free(scratch);
    return 0;
}

static inline void scratch_create(struct scratch *scratch, const char *name)
{
    assert_ok(sqli__databases_create(scratch->databases, sqli__span_text(name), SQLI_LOGGING_LOG,
                                     sqli__span_text("informix"), sqli__span_text("en_US.819"),
                                     &scratch->error),
              scratch->error);
}

static inline void scratch_open(struct scratch *scratch, struct scratch_session *session,
                                const char *name)
{
    memset(session, 0, sizeof *session);
    snprintf(session->runtime.user, sizeof session->runtime.user, "informix");
    sqli__buffer_init(&session->runtime.scratch, 1 << 20);
    session->runtime.settings.century = 2000;
    assert_ok(sqli__store_open(scratch->databases, sqli__span_text(name), &session->runtime,
                               &session->store, &scratch->error),
              scratch->error);
    assert_ok(sqli__catalog_open(session->store, &session->catalog, &scratch->error),
              scratch->error);
}

static inline void scratch_close(struct scratch_session *session)
{
    sqli__catalog_close(session->catalog);
    sqli__store_close(session->store);
    sqli__buffer_free(&session->runtime.scratch);
}

/* --- one value out of a query, in a static buffer --- */

static inline enum sqli_status scratch_on_row(void *context, sqlite3_stmt *row,
                                              struct sqli_error *error)
{
    struct sqli_buffer *text = context;
    (void)error;
    sqli__buffer_text(text, text->length ? "\n" : "");
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const char *value = (const char *)sqlite3_column_text(row, i);
        int length = sqlite3_column_bytes(row, i);
        while (length && value[length - 1] == ' ')
            length--;
        sqli__buffer_format(text, "%s%.*s", i ? "|" : "", value ? length : 4,
                            value ? value : "NULL");
    }
    return SQLI_OK;
}

/* All rows as lines, columns divided by '|', without trailing blanks. */
static inline const char *scratch_query(struct scratch_session *session, const char *sql)
{
    static char result[16384];
    struct sqli_error error;
    struct sqli_buffer text;
    sqli__buffer_init(&text, sizeof result - 1);
    assert_ok(sqli__store_run(session->store, scratch_on_row, &text, &error, sql, ""), error);
    assert_int_equal(text.failed, 0);
    if (text.length)
        memcpy(result, text.data, text.length);
    result[text.length] = '\0';
    sqli__buffer_free(&text);
    return result;
}

static inline void scratch_run(struct scratch_session *session, const char *sql)
{
    struct sqli_error error;
    assert_ok(sqli__store_run(session->store, NULL, NULL, &error, sql, ""), error);
}

static inline void scratch_begin(struct scratch_session *session)
{
    struct sqli_error error;
    assert_ok(sqli__store_begin(session->store, &error), error);
}

static inline void scratch_commit(struct scratch_session *session)
{
    struct sqli_error error;
    assert_ok(sqli__store_commit(session->store, &error), error);
}

#endif
