/* Databases as files: names, ownership, formats, transactions, counters. */
#include "tests/store/scratch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

static struct sqli_span span(const char *text)
{
    return sqli__span_text(text);
}

static enum sqli_status create(struct scratch *scratch, const char *name)
{
    return sqli__databases_create(scratch->databases, span(name), SQLI_LOGGING_LOG,
                                  span("informix"), span("en_US.819"), &scratch->error);
}

static enum sqli_status drop(struct scratch *scratch, const char *name)
{
    return sqli__databases_drop(scratch->databases, span(name), &scratch->error);
}

static enum sqli_status on_database(void *context, struct sqli_span name)
{
    sqli__buffer_span(context, name);
    sqli__buffer_byte(context, ' ');
    return SQLI_OK;
}

static void assert_list(struct scratch *scratch, const char *wanted)
{
    struct sqli_buffer names;
    sqli__buffer_init(&names, 4096);
    assert_int_equal(sqli__databases_list(scratch->databases, on_database, &names), SQLI_OK);
    sqli__buffer_byte(&names, '\0');
    assert_string_equal((const char *)names.data, wanted);
    sqli__buffer_free(&names);
}

/* --- names --- */

static void names_are_no_paths(void **state)
{
    static const char *const bad[] = {
        "",    ".",  "..",   "../one",       "a/b",     "/etc/passwd", "1st", "a b",  "a.db",
        "a-b", "$a", "a\nb", "sysmaster.db", "caf\xe9", "a;b",         "a'b", "a\"b", "%2e"};
    struct scratch *scratch = *state;
    struct scratch_session session = {.store = NULL};
    char longest[130];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_fails(create(scratch, bad[i]), scratch->error, -330, 0);
        assert_fails(drop(scratch, bad[i]), scratch->error, -329, -111);
        assert_fails(sqli__store_open(scratch->databases, span(bad[i]), &session.runtime,
                                      &session.store, &scratch->error),
                     scratch->error, -329, -111);
    }
    memset(longest, 'a', 129);
    longest[129] = '\0';
    assert_fails(create(scratch, longest), scratch->error, -330, 0);
    longest[128] = '\0';
    assert_ok(create(scratch, longest), scratch->error);
    assert_ok(drop(scratch, longest), scratch->error);
}

static void names_fold(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    assert_ok(create(scratch, "One"), scratch->error);
    assert_fails(create(scratch, "ONE"), scratch->error, -330, -100);
    scratch_open(scratch, &session, "oNE");
    assert_string_equal(sqli__store_info(session.store)->name, "one");
    scratch_close(&session);
}

/* --- coming and going --- */

static void list_and_sysdatabases_agree(void **state)
{
    static const char query[] =
        "SELECT d.name, d.owner, is_logging, is_buff_log, is_ansi, l.dbs_collate FROM "
        "sysdatabases d JOIN sysdbslocale l ON l.dbs_dbsname = d.name ORDER BY 1";
    struct scratch *scratch = *state;
    struct scratch_session master;
    scratch_create(scratch, "two");
    assert_ok(sqli__databases_create(scratch->databases, span("one"), SQLI_LOGGING_ANSI,
                                     span("joe"), span("de_DE.utf8"), &scratch->error),
              scratch->error);
    assert_list(scratch, "one sysmaster two ");
    scratch_open(scratch, &master, "sysmaster");
    assert_string_equal(scratch_query(&master, query),
                        "one|joe|1|0|1|de_DE.utf8\nsysmaster|informix|1|0|0|en_US.819\n"
                        "two|informix|1|0|0|en_US.819");
    assert_ok(drop(scratch, "one"), scratch->error);
    assert_string_equal(scratch_query(&master, "SELECT name FROM sysdatabases ORDER BY 1"),
                        "sysmaster\ntwo");
    assert_list(scratch, "sysmaster two ");
    scratch_close(&master);
    assert_fails(drop(scratch, "one"), scratch->error, -329, -111);
    assert_fails(drop(scratch, "sysmaster"), scratch->error, -331, 0);
}

/* What somebody did to the directory while nobody looked. */
static void start_brings_sysmaster_in_step(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session master;
    char from[128];
    char to[128];
    scratch_create(scratch, "one");
    sqli__databases_close(scratch->databases);
    snprintf(from, sizeof from, "%s/one.db", scratch->directory);
    snprintf(to, sizeof to, "%s/two.db", scratch->directory);
    assert_int_equal(rename(from, to), 0);
    snprintf(from, sizeof from, "%s/.new-three", scratch->directory);
    assert_true(close(open(from, O_CREAT | O_WRONLY, 0600)) == 0);
    scratch_start(scratch);
    scratch_open(scratch, &master, "sysmaster");
    assert_string_equal(scratch_query(&master, "SELECT name FROM sysdatabases ORDER BY 1"),
                        "sysmaster\ntwo");
    scratch_close(&master);
    assert_int_not_equal(access(from, F_OK), 0);
}

static void open_database_is_not_dropped(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    assert_fails(drop(scratch, "one"), scratch->error, -425, -107);
    scratch_close(&session);
    assert_ok(drop(scratch, "one"), scratch->error);
    assert_list(scratch, "sysmaster ");
}

static void *leave_late(void *session)
{
    const struct timespec wait = {.tv_nsec = 50000000};
    nanosleep(&wait, NULL);
    scratch_close(session);
    return NULL;
}

static void who_is_just_leaving_is_waited_for(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    pthread_t leaving;
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    assert_int_equal(pthread_create(&leaving, NULL, leave_late, &session), 0);
    assert_ok(drop(scratch, "one"), scratch->error);
    pthread_join(leaving, NULL);
    assert_list(scratch, "sysmaster ");
}

static void unknown_locale_is_refused(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(sqli__databases_create(scratch->databases, span("one"), SQLI_LOGGING_LOG,
                                            span("joe"), span("xx_XX.nocode"), &scratch->error),
                     SQLI_FAIL);
    assert_list(scratch, "sysmaster ");
}

static void info_survives_a_restart(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    assert_ok(sqli__databases_create(scratch->databases, span("one"), SQLI_LOGGING_BUFFERED,
                                     span("joe"), span("en_US.utf8"), &scratch->error),
              scratch->error);
    sqli__databases_close(scratch->databases);
    scratch_start(scratch);
    scratch_open(scratch, &session, "one");
    const struct sqli_database_info *info = sqli__store_info(session.store);
    assert_int_equal(info->logging, SQLI_LOGGING_BUFFERED);
    assert_string_equal(info->locale, "en_US.utf8");
    assert_string_equal(info->codeset->iconv_name, "UTF-8");
    assert_ptr_equal(session.runtime.settings.codeset, info->codeset);
    assert_string_equal(scratch_query(&session,
                                      "SELECT tabid, site FROM systables WHERE tabname IN "
                                      "(' GL_COLLATE', ' GL_CTYPE') ORDER BY 1"),
                        "90|en_US.utf8\n91|en_US.utf8");
    assert_string_equal(scratch_query(&session, "SELECT username, usertype FROM sysusers"),
                        "joe|D\npublic|C");
    scratch_close(&session);
}

/* --- who may touch what --- */

static void directory_has_one_owner(void **state)
{
    struct scratch *scratch = *state;
    struct sqli_databases *second;
    const struct sqli_databases_options options = {.directory = scratch->directory};
    assert_int_equal(sqli__databases_open(&options, &second, &scratch->error), SQLI_FAIL);
    assert_non_null(strstr(scratch->error.message, scratch->directory));
    assert_non_null(strstr(scratch->error.message, "sqlid.lock"));
    assert_null(second);
    scratch_create(scratch, "one"); /* the first goes on */
}

/* Makes a file with SQLite alone. */
static void make_file(struct scratch *scratch, const char *name, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/%s.db", scratch->directory, name);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void foreign_files_are_refused(void **state)
{
    struct scratch *scratch = *state;
    struct sqli_runtime runtime = {.session_id = 1};
    struct sqli_store *store;
    char path[128];
    make_file(scratch, "foreign", "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    assert_fails(
        sqli__store_open(scratch->databases, span("foreign"), &runtime, &store, &scratch->error),
        scratch->error, -209, -105);
    assert_fails(drop(scratch, "foreign"), scratch->error, -209, -105);
    snprintf(path, sizeof path, "%s/broken.db", scratch->directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        assert_true(fputs("this is no database\n", file) >= 0);
    fclose(file);
    assert_int_equal(
        sqli__store_open(scratch->databases, span("broken"), &runtime, &store, &scratch->error),
        SQLI_FAIL);
    assert_int_equal(scratch->error.code, -209);
    /* And they keep nobody from starting. */
    sqli__databases_close(scratch->databases);
    scratch_start(scratch);
    assert_int_equal(access(path, F_OK), 0);
}

static void newer_format_says_so(void **state)
{
    struct scratch *scratch = *state;
    struct sqli_runtime runtime = {.session_id = 1};
    struct sqli_store *store;
    scratch_create(scratch, "one");
    sqli__databases_close(scratch->databases);
    make_file(scratch, "one", "PRAGMA user_version=99");
    scratch_start(scratch);
    assert_fails(
        sqli__store_open(scratch->databases, span("one"), &runtime, &store, &scratch->error),
        scratch->error, -209, 0);
    assert_non_null(strstr(scratch->error.near, "format 99"));
}

static enum sqli_status take_text(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    (void)error;
    snprintf(context, 32, "%s", (const char *)sqlite3_column_text(row, 0));
    return SQLI_OK;
}

static void read_owner(struct scratch *scratch, const char *name, char owner[32])
{
    struct scratch_session session;
    scratch_open(scratch, &session, name);
    assert_ok(sqli__store_run(session.store, take_text, owner, &scratch->error,
                              "SELECT owner FROM sqlid_database", ""),
              scratch->error);
    scratch_close(&session);
}

static void copy_file(const char *from, const char *to)
{
    char buffer[4096];
    size_t got;
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((got = fread(buffer, 1, sizeof buffer, in)) > 0)
        assert_int_equal(fwrite(buffer, 1, got, out), got);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* The log of a database that somebody removed by hand must not become that of a new one. */
static void stale_logs_are_no_logs(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    char from[128], to[128], owner[32];
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    assert_ok(sqli__store_begin(session.store, &scratch->error), scratch->error);
    assert_ok(sqli__store_run(session.store, NULL, NULL, &scratch->error,
                              "UPDATE sqlid_database SET owner = 'stale'", ""),
              scratch->error);
    assert_ok(sqli__store_commit(session.store, &scratch->error), scratch->error);
    snprintf(from, sizeof from, "%s/one.db-wal", scratch->directory);
    snprintf(to, sizeof to, "%s/two.db-wal", scratch->directory);
    copy_file(from, to);
    scratch_close(&session);
    scratch_create(scratch, "two");
    read_owner(scratch, "two", owner);
    assert_string_equal(owner, "informix");
}

static void databases_change_names(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    char owner[32];
    struct sqli_error *error = &scratch->error;
    scratch_create(scratch, "one");
    scratch_create(scratch, "two");
    scratch_open(scratch, &session, "one");
    assert_fails(sqli__databases_rename(scratch->databases, span("one"), span("three"), error),
                 *error, -425, -107);
    scratch_close(&session);
    assert_fails(sqli__databases_rename(scratch->databases, span("one"), span("two"), error),
                 *error, -330, -100);
    assert_fails(sqli__databases_rename(scratch->databases, span("no"), span("three"), error),
                 *error, -329, -111);
    assert_fails(sqli__databases_rename(scratch->databases, span("one"), span("a/b"), error),
                 *error, -354, 0);
    assert_fails(
        sqli__databases_rename(scratch->databases, span("sysmaster"), span("three"), error), *error,
        -331, 0);
    assert_ok(sqli__databases_rename(scratch->databases, span("one"), span("three"), error),
              *error);
    read_owner(scratch, "three", owner);
    assert_string_equal(owner, "informix");
    assert_fails(sqli__databases_drop(scratch->databases, span("one"), error), *error, -329, -111);
}

static void users_sql_stays_inside(void **state)
{
    static const char *const denied[] = {
        "ATTACH '/tmp/x.db' AS x",
        "DETACH main",
        "PRAGMA journal_mode=OFF",
        "PRAGMA writable_schema=ON",
        "SELECT load_extension('x')",
        "SELECT sql FROM sqlite_schema",
        "SELECT * FROM temp.sqlite_master",
        "DELETE FROM sqlite_sequence",
        "CREATE TABLE x (a)",
        "DROP TABLE sqlid_database",
        "CREATE TEMP TABLE x (a)",
        "SELECT randomblob(9)",
        "SELECT sqlite_version()",
        "BEGIN",
        "ANALYZE",
    };
    struct scratch *scratch = *state;
    struct scratch_session session;
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        sqlite3_stmt *statement = NULL;
        int code =
            sqlite3_prepare_v2(sqli__store_sqlite(session.store), denied[i], -1, &statement, NULL);
        if (code == SQLITE_OK)
            fail_msg("%s", denied[i]);
        sqlite3_finalize(statement);
    }
    /* DEFENSIVE: even the server's own way does not write the schema by mistake. */
    assert_int_equal(sqli__store_run(session.store, NULL, NULL, &scratch->error,
                                     "UPDATE sqlite_schema SET sql = ''", ""),
                     SQLI_FAIL);
    scratch_close(&session);
}

static void memory_leaves_nothing(void **state)
{
    const struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 100};
    struct scratch memory = {.databases = NULL};
    struct scratch_session session;
    char wanted[64];
    struct stat status;
    (void)state;
    assert_ok(sqli__databases_open(&options, &memory.databases, &memory.error), memory.error);
    scratch_create(&memory, "one");
    scratch_open(&memory, &session, "one");
    const char *path = sqlite3_db_filename(sqli__store_sqlite(session.store), "main");
    snprintf(wanted, sizeof wanted, "/dev/shm/sqlid-%ld-", (long)getpid());
    assert_memory_equal(path, wanted, strlen(wanted));
    snprintf(memory.directory, sizeof memory.directory, "%.*s", (int)strlen(wanted) + 6, path);
    assert_int_equal(stat(memory.directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    scratch_close(&session);
    sqli__databases_close(memory.databases);
    assert_int_not_equal(stat(memory.directory, &status), 0);
}

/* --- transactions --- */

static void writers_wait_and_give_up(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session first;
    struct scratch_session second;
    scratch_create(scratch, "one");
    scratch_open(scratch, &first, "one");
    scratch_open(scratch, &second, "one");
    scratch_begin(&first);
    assert_true(sqli__store_in_transaction(first.store));
    assert_fails(sqli__store_begin(second.store, &scratch->error), scratch->error, -244, -107);
    assert_true(scratch->error.retryable);
    struct timespec before;
    struct timespec after;
    atomic_store(&second.runtime.interrupted, true);
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_fails(sqli__store_begin(second.store, &scratch->error), scratch->error, -213, 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t waited =
        (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_true(waited < 200); /* of the 300 that it would wait */
    atomic_store(&second.runtime.interrupted, false);
    scratch_commit(&first);
    assert_false(sqli__store_in_transaction(first.store));
    scratch_begin(&second);
    sqli__store_rollback(second.store);
    assert_false(sqli__store_in_transaction(second.store));
    scratch_close(&second);
    scratch_close(&first);
}

/* The connection is kept for the message, so a function's error must not stay for the next. */
static void failures_of_functions_come_through(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    sqli__fail(&session.runtime.error, SQLI_E_DIVISION_BY_ZERO, NULL);
    assert_int_equal(sqli__store_fail(session.store, SQLITE_ERROR, &scratch->error), SQLI_FAIL);
    assert_int_equal(scratch->error.code, -1202);
    sqli__store_fail(session.store, SQLITE_FULL, &scratch->error);
    assert_int_equal(scratch->error.isam, -131);
    sqli__store_fail(session.store, SQLITE_INTERRUPT, &scratch->error);
    assert_int_equal(scratch->error.code, -213);
    scratch_close(&session);
}

/* --- counters --- */

static int64_t serial(struct scratch_session *session, int32_t tabid, int64_t given, bool wide)
{
    struct sqli_error error;
    int64_t value = -1;
    assert_ok(sqli__database_serial(session->runtime.database, tabid, given,
                                    wide ? INT64_MAX : INT32_MAX, &value, &error),
              error);
    return value;
}

static void counters_never_go_back(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session first;
    struct scratch_session second;
    scratch_create(scratch, "one");
    scratch_open(scratch, &first, "one");
    scratch_open(scratch, &second, "one");
    assert_int_equal(serial(&first, 500, 0, false), 1);
    assert_int_equal(serial(&second, 500, 0, false), 2); /* shared */
    assert_int_equal(serial(&first, 500, 10, false), 10);
    assert_int_equal(serial(&first, 500, 5, false), 5); /* given, and moves nothing */
    assert_int_equal(serial(&first, 500, -7, false), -7);
    assert_int_equal(serial(&first, 500, 0, true), 1); /* a SERIAL8 has its own */
    scratch_begin(&first);
    assert_int_equal(serial(&first, 500, 0, false), 11);
    sqli__store_rollback(first.store);
    assert_int_equal(serial(&first, 500, 0, false), 12);
    scratch_begin(&first);
    scratch_commit(&first);
    assert_string_equal(
        scratch_query(&second, "SELECT wide, last FROM sqlid_serial WHERE tabid = 500 ORDER BY 1"),
        "0|12\n1|1");
    scratch_close(&second);
    scratch_close(&first);
    sqli__databases_close(scratch->databases);
    scratch_start(scratch);
    scratch_open(scratch, &first, "one");
    assert_int_equal(serial(&first, 500, 0, false), 13);
    scratch_close(&first);
}

/* --- several at a time --- */

enum { THREADS = 4, ROUNDS = 40 };

static void *draw_many(void *context)
{
    struct scratch *scratch = context;
    for (int i = 0; i < ROUNDS; i++) {
        struct scratch_session session;
        struct sqli_error error;
        struct sqli_runtime *runtime = &session.runtime;
        int64_t value;
        memset(&session, 0, sizeof session);
        if (sqli__store_open(scratch->databases, span("one"), runtime, &session.store, &error) !=
            SQLI_OK)
            return "open";
        if (sqli__store_begin(session.store, &error) != SQLI_OK)
            return "begin";
        if (sqli__database_serial(runtime->database, 500, 0, INT32_MAX, &value, &error) !=
                SQLI_OK ||
            sqli__store_run(session.store, NULL, NULL, &error,
                            "INSERT INTO sysblobs (spacename, tabid) VALUES ('x', ?)", "l",
                            value) != SQLI_OK ||
            sqli__store_commit(session.store, &error) != SQLI_OK)
            return "insert";
        sqli__store_close(session.store);
    }
    return NULL;
}

static void threads_get_different_numbers(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    pthread_t threads[THREADS];
    scratch_create(scratch, "one");
    sqli__databases_close(scratch->databases);
    const struct sqli_databases_options patient = {.directory = scratch->directory,
                                                   .lock_wait_ms = 60000};
    assert_ok(sqli__databases_open(&patient, &scratch->databases, &scratch->error), scratch->error);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, draw_many, scratch), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        if (failed)
            fail_msg("%s", (const char *)failed);
    }
    scratch_open(scratch, &session, "one");
    assert_string_equal(scratch_query(&session, "SELECT count(DISTINCT tabid), max(tabid) FROM "
                                                "sysblobs"),
                        "160|160");
    assert_string_equal(scratch_query(&session, "SELECT last FROM sqlid_serial WHERE tabid = 500"),
                        "160");
    scratch_close(&session);
}

static void counters_end(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    int64_t value;
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    assert_int_equal(serial(&session, 500, INT32_MAX, false), INT32_MAX);
    assert_fails(
        sqli__database_serial(session.runtime.database, 500, 0, INT32_MAX, &value, &scratch->error),
        scratch->error, -626, 0);
    assert_int_equal(serial(&session, 500, 0, true), 1);
    scratch_close(&session);
}

/* --- what comes with a database --- */

static void statements_are_kept_and_nest(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    scratch_create(scratch, "one");
    scratch_open(scratch, &session, "one");
    for (int i = 0; i < 100; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT %d + tabid FROM systables WHERE tabid = 1", i);
        char wanted[16];
        snprintf(wanted, sizeof wanted, "%d", i + 1);
        assert_string_equal(scratch_query(&session, sql), wanted);
        assert_string_equal(scratch_query(&session, "SELECT tabname FROM systables WHERE tabid=2"),
                            "syscolumns");
    }
    int32_t wide = 7;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1024);
    assert_ok(sqli__store_run(session.store, scratch_on_row, &text, &scratch->error,
                              "SELECT ?, ?, ?, ?, ?", "ilstn", wide, INT64_C(1) << 40,
                              sqli__span("span!", 4), "text"),
              scratch->error);
    assert_int_equal(text.length, strlen("7|1099511627776|span|text|NULL"));
    assert_memory_equal(text.data, "7|1099511627776|span|text|NULL", text.length);
    sqli__buffer_free(&text);
    assert_int_equal(sqli__store_run(session.store, NULL, NULL, &scratch->error, "SELEKT", ""),
                     SQLI_FAIL);
    assert_null(strstr(scratch->error.near, "SELEKT")); /* what a client gets is not SQLite's */
    scratch_close(&session);
}

#define case_of(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        case_of(names_are_no_paths),
        case_of(names_fold),
        case_of(list_and_sysdatabases_agree),
        case_of(start_brings_sysmaster_in_step),
        case_of(open_database_is_not_dropped),
        case_of(who_is_just_leaving_is_waited_for),
        case_of(unknown_locale_is_refused),
        case_of(info_survives_a_restart),
        case_of(directory_has_one_owner),
        case_of(foreign_files_are_refused),
        case_of(newer_format_says_so),
        case_of(users_sql_stays_inside),
        case_of(stale_logs_are_no_logs),
        case_of(databases_change_names),
        cmocka_unit_test(memory_leaves_nothing),
        case_of(writers_wait_and_give_up),
        case_of(failures_of_functions_come_through),
        case_of(counters_never_go_back),
        case_of(threads_get_different_numbers),
        case_of(counters_end),
        case_of(statements_are_kept_and_nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
