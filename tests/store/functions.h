/* A connection of SQLite with the functions of the runtime, and one expression evaluated there: the
 * result as text, X'..' for a BLOB, NULL, or !code for a failure. */
#ifndef SQLI_TESTS_STORE_FUNCTIONS_H
#define SQLI_TESTS_STORE_FUNCTIONS_H

#include "tests/support/support.h"

#include "server/store/runtime.h"
#include "server/store/storage.h"

#include <stdio.h>

struct functions_fixture {
    sqlite3 *db;
    struct sqli_runtime runtime;
};

/* One row of a table of cases. */
struct function_case {
    const char *expression;
    const char *wanted;
};

static inline void functions_open(struct functions_fixture *f, const char *codeset)
{
    struct sqli_error error;
    memset(f, 0, sizeof *f);
    sqli__buffer_init(&f->runtime.scratch, 64 << 20);
    f->runtime.settings.date_format = sqli__date_iso;
    f->runtime.settings.century = 2000;
    f->runtime.settings.codeset = sqli__codeset_find(sqli__span_text(codeset));
    f->runtime.settings.now =
        (struct sqli_datetime){SQLI_QUALIFIER_YEAR_TO_FRACTION5, 2026, 5, 4, 12, 34, 56, 78900};
    snprintf(f->runtime.user, sizeof f->runtime.user, "informix");
    snprintf(f->runtime.server_name, sizeof f->runtime.server_name, "ol_test");
    snprintf(f->runtime.host_name, sizeof f->runtime.host_name, "host1");
    snprintf(f->runtime.database_name, sizeof f->runtime.database_name, "testdb");
    f->runtime.session_id = 17;
    assert_non_null(f->runtime.settings.codeset);
    assert_int_equal(sqlite3_open(":memory:", &f->db), SQLITE_OK);
    if (sqli__runtime_install(f->db, &f->runtime, &error) != SQLI_OK)
        fail_msg("install: %s", error.message);
}

/* cmocka's set-up and tear-down. */
static inline int functions_open_latin(void **state)
{
    static struct functions_fixture fixture;
    functions_open(&fixture, "8859-1");
    *state = &fixture;
    return 0;
}

static inline int functions_open_utf8(void **state)
{
    static struct functions_fixture fixture;
    functions_open(&fixture, "utf8");
    *state = &fixture;
    return 0;
}

static inline void functions_close(struct functions_fixture *f)
{
    assert_int_equal(sqlite3_close(f->db), SQLITE_OK);
    sqli__buffer_free(&f->runtime.scratch);
}

static inline int functions_close_it(void **state)
{
    functions_close(*state);
    return 0;
}

/* One test on a connection of its own. */
#define FUNCTIONS_TEST(test, codeset) \
    cmocka_unit_test_setup_teardown(test, functions_open_##codeset, functions_close_it)

static inline void functions_print(sqlite3_value *value, char *out, size_t room)
{
    static const char digits[] = "0123456789ABCDEF";
    const uint8_t *bytes = sqlite3_value_blob(value);
    int length = sqlite3_value_bytes(value);
    size_t at = 0;
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL: snprintf(out, room, "NULL"); break;
    case SQLITE_BLOB:
        at = (size_t)snprintf(out, room, "X'");
        for (int i = 0; i < length && at + 4 < room; i++) {
            out[at++] = digits[bytes[i] >> 4];
            out[at++] = digits[bytes[i] & 15];
        }
        snprintf(out + at, room - at, "'");
        break;
    default: snprintf(out, room, "%.*s", length, bytes ? (const char *)bytes : ""); break;
    }
}

/* The first column of all rows, with commas between them, in a static buffer. */
static inline const char *functions_query(struct functions_fixture *f, const char *sql)
{
    static char out[200000];
    sqlite3_stmt *statement;
    size_t at = 0;
    int code;
    if (sqlite3_prepare_v2(f->db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(f->db));
    out[0] = '\0';
    f->runtime.error.code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (at > 0)
            out[at++] = ',';
        functions_print(sqlite3_column_value(statement, 0), out + at, sizeof out - at);
        at += strlen(out + at);
    }
    if (code != SQLITE_DONE) {
        if (f->runtime.error.code == 0)
            fail_msg("%s: %s, and no error of ours", sql, sqlite3_errmsg(f->db));
        snprintf(out, sizeof out, "!%d", (int)f->runtime.error.code);
    }
    sqlite3_finalize(statement);
    return out;
}

static inline const char *functions_value(struct functions_fixture *f, const char *expression)
{
    char sql[8000];
    snprintf(sql, sizeof sql, "SELECT %s", expression);
    return functions_query(f, sql);
}

static inline void functions_check(struct functions_fixture *f, const struct function_case *cases,
                                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = functions_value(f, cases[i].expression);
        if (strcmp(got, cases[i].wanted) != 0)
            fail_msg("%s: %s, but %s wanted", cases[i].expression, got, cases[i].wanted);
    }
}

#define FUNCTIONS_CHECK(fixture, cases) \
    functions_check(fixture, cases, sizeof(cases) / sizeof((cases)[0]))

#endif
