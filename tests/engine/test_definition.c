/* Definitions: what they do to SQLite and to the catalog, and the errors of Informix. */
#include "tests/store/scratch.h"

#include "server/engine/definition.h"
#include "server/front/parse.h"
#include "server/store/database_inside.h"

static struct sqli_span span(const char *text)
{
    return sqli__span_text(text);
}

/* Parses and executes, in a transaction of its own unless one is open. */
static enum sqli_status define(struct scratch_session *session, const char *sql,
                               struct sqli_error *error)
{
    struct sqli_definition_context context = {session->store, session->catalog, span("informix")};
    const struct sqli_parse_options options = {.delimident = false};
    struct sqli_statement_tree *tree;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 1 << 20);
    sqli__catalog_refresh(session->catalog);
    if (sqli__parse(span(sql), &options, &arena, &tree, error) != SQLI_OK)
        fail_msg("%s: %s at %d", sql, error->message, (int)error->offset);
    assert_true(sqli__is_definition(tree->kind));
    bool begun =
        !sqli__store_in_transaction(session->store) && sqli__definition_writes(&context, tree);
    if (begun)
        scratch_begin(session);
    enum sqli_status status = sqli__define(&context, tree, error);
    if (begun && status == SQLI_OK)
        scratch_commit(session);
    else if (begun)
        sqli__store_rollback(session->store);
    sqli__arena_free(&arena);
    return status;
}

static void good(struct scratch_session *session, const char *sql)
{
    struct sqli_error error;
    if (define(session, sql, &error) != SQLI_OK)
        fail_msg("%s: %d %d %s", sql, (int)error.code, (int)error.isam, error.near);
}

static void bad(struct scratch_session *session, const char *sql, int code, const char *near)
{
    struct sqli_error error;
    if (define(session, sql, &error) != SQLI_FAIL || error.code != code ||
        strcmp(error.near, near) != 0)
        fail_msg("%s: %d %s", sql, (int)error.code, error.near);
}

static const struct sqli_table *find(struct scratch_session *session, const char *name)
{
    struct sqli_error error;
    const struct sqli_span none = {NULL, 0};
    const struct sqli_table *table;
    sqli__catalog_refresh(session->catalog);
    assert_ok(sqli__catalog_table(session->catalog, none, none, span(name), &table, &error), error);
    return table;
}

static int setup(void **state)
{
    scratch_setup(state);
    scratch_create(*state, "one");
    return 0;
}

/* --- types --- */

/* Against docs/protocol.md, sections 12 to 14, worked out by hand. */
static const struct {
    const char *type;
    int coltype;
    int collength;
    int extended_id;
} types[] = {
    {"SMALLINT", 1, 2, 0},
    {"INT", 2, 4, 0},
    {"INTEGER NOT NULL", 0x102, 4, 0},
    {"FLOAT", 3, 8, 0},
    {"SMALLFLOAT", 4, 4, 0},
    {"REAL", 4, 4, 0},
    {"DECIMAL(8,2)", 5, 0x802, 0},
    {"DECIMAL(16)", 5, 0x10ff, 0},
    {"DECIMAL", 5, 0x10ff, 0},
    {"MONEY(10,2)", 8, 0xa02, 0},
    {"DATE", 7, 4, 0},
    {"CHAR(20)", 0, 20, 0},
    {"CHAR", 0, 1, 0},
    {"NCHAR(7)", 15, 7, 0},
    {"VARCHAR(128)", 13, 128, 0},
    {"VARCHAR(255,10)", 13, 10 * 256 + 255, 0},
    {"VARCHAR(255,200)", 13, 200 * 256 + 255 - 65536, 0}, /* a SMALLINT holds it so */
    {"NVARCHAR(50)", 16, 50, 0},
    {"LVARCHAR(32000)", 40, 32000, 1},
    {"LVARCHAR", 40, 2048, 1},
    {"INT8", 17, 10, 0},
    {"BIGINT", 52, 8, 0},
    {"BOOLEAN", 41, 1, 5},
    {"BLOB", 41, 72, 10},
    {"CLOB", 41, 72, 11},
    {"BYTE", 11, 56, 0},
    {"TEXT IN blobspace1", 12, 56, 0},
    {"DATETIME YEAR TO SECOND", 10, 0x0e0a, 0},
    {"DATETIME YEAR TO FRACTION(5)", 10, 0x130f, 0},
    {"DATETIME HOUR TO SECOND", 10, 0x066a, 0},
    {"INTERVAL DAY(2) TO SECOND", 14, 0x084a, 0},
    {"INTERVAL DAY(9) TO FRACTION(5)", 14, 0x144f, 0},
    {"INTERVAL YEAR(4) TO MONTH", 14, 0x0602, 0},
    {"ROW(name VARCHAR(50), age INT)", 22, 0, 2048},
    {"SET(INT NOT NULL)", 19, 0, 2049},
    {"MULTISET(INT NOT NULL)", 20, 0, 2050},
    {"LIST(INT NOT NULL)", 21, 0, 2051},
    {"ROW(name varchar(50), age integer)", 22, 0, 2048}, /* the same again */
    {"SERIAL", 0x106, 4, 0},
    {"BIGSERIAL", 0x135, 8, 0},
};

enum { TYPES = sizeof types / sizeof types[0] };

static void types_are_recorded(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    char sql[4096] = "CREATE TABLE every (";
    char wanted[4096] = "";
    for (size_t i = 0; i < TYPES; i++) {
        size_t length = strlen(sql);
        snprintf(sql + length, sizeof sql - length, "%sa%zu %s", i ? ", " : "", i + 1,
                 types[i].type);
        length = strlen(wanted);
        snprintf(wanted + length, sizeof wanted - length, "%sa%zu|%zu|%d|%d|%d", i ? "\n" : "",
                 i + 1, i + 1, types[i].coltype, types[i].collength, types[i].extended_id);
    }
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql), ")");
    scratch_open(scratch, &session, "one");
    good(&session, sql);
    scratch_close(&session);
    sqli__databases_close(scratch->databases);
    scratch_start(scratch);
    scratch_open(scratch, &session, "one");
    assert_string_equal(scratch_query(&session, "SELECT colname, colno, coltype, collength, "
                                                "extended_id FROM syscolumns WHERE tabid = 100 "
                                                "ORDER BY colno"),
                        wanted);
    const struct sqli_table *table = find(&session, "every");
    assert_int_equal(table->count, TYPES);
    for (size_t i = 0; i < TYPES; i++) {
        const struct sqli_type *type = &table->columns[i].type;
        assert_int_equal(type->code | type->flags, types[i].coltype);
        assert_int_equal(type->length, types[i].collength & 0xffff);
    }
    assert_memory_equal(table->columns[33].type.name.data, "ROW(name varchar(50), age integer)",
                        table->columns[33].type.name.length);
    assert_non_null(table->columns[33].schema);
    assert_int_equal(table->columns[33].schema->count, 2);
    assert_int_equal(table->columns[34].schema->parts[0].type.code, SQLI_TYPE_INTEGER);
    assert_memory_equal(table->columns[18].type.name.data, "lvarchar", 8);
    assert_memory_equal(table->columns[22].type.name.data, "boolean", 7);
    assert_memory_equal(table->physical.data, "main.t100", table->physical.length);
    scratch_close(&session);
}

static void type_errors(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    bad(&session, "CREATE TABLE t (a nosuchtype)", -9628, "nosuchtype");
    bad(&session, "CREATE TABLE t (a INT, A INT)", -328, "a");
    bad(&session, "CREATE TABLE t (a SERIAL, b SERIAL)", -362, "b");
    bad(&session, "CREATE TABLE t (a SERIAL8, b BIGSERIAL)", -362, "b");
    assert_null(find(&session, "t"));
    assert_string_equal(scratch_query(&session, "SELECT count(*) FROM sqlite_schema WHERE name "
                                                "LIKE 't1__'"),
                        "0");
    scratch_close(&session);
}

/* --- tables --- */

static void tables_come_and_go(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE Config_Key (a INT, b VARCHAR(20))");
    assert_string_equal(scratch_query(&session,
                                      "SELECT tabname, owner, tabid, rowsize, ncols, nindexes, "
                                      "tabtype, locklevel FROM systables WHERE tabid >= 100"),
                        "config_key|informix|100|25|2|0|T|R");
    assert_string_equal(scratch_query(&session, "SELECT grantor, grantee, tabauth FROM systabauth "
                                                "WHERE tabid = 100"),
                        "informix|public|su-idx---");
    bad(&session, "CREATE TABLE config_key (x INT)", -310, "config_key");
    good(&session, "CREATE TABLE IF NOT EXISTS config_key (x INT)");
    bad(&session, "CREATE TEMP TABLE config_key (x INT)", -310, "config_key");
    bad(&session, "CREATE TABLE systables (x INT)", -310, "systables");
    bad(&session, "DROP TABLE nosuch", -206, "nosuch");
    good(&session, "DROP TABLE IF EXISTS nosuch");
    bad(&session, "DROP TABLE systables", -227, "systables");
    good(&session, "DROP TABLE config_key");
    assert_null(find(&session, "config_key"));
    static const char *const empty[] = {"systables", "syscolumns", "systabauth"};
    for (size_t i = 0; i < 3; i++) {
        char sql[96];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE tabid >= 100", empty[i]);
        assert_string_equal(scratch_query(&session, sql), "0");
    }
    good(&session, "CREATE TABLE again (a INT)");
    assert_int_equal(find(&session, "again")->tabid, 101); /* numbers are not used twice */
    scratch_close(&session);
}

static void definitions_show_after_commit_only(void **state)
{
    struct scratch_session first;
    struct scratch_session second;
    scratch_open(*state, &first, "one");
    scratch_open(*state, &second, "one");
    uint64_t before = sqli__catalog_version(second.catalog);
    scratch_begin(&first);
    good(&first, "CREATE TABLE t (a INT)");
    assert_non_null(find(&first, "t"));
    assert_null(find(&second, "t"));
    assert_true(sqli__catalog_version(second.catalog) == before);
    scratch_commit(&first);
    assert_non_null(find(&second, "t"));
    assert_true(sqli__catalog_version(second.catalog) != before);
    before = sqli__catalog_version(first.catalog);
    scratch_begin(&first);
    good(&first, "DROP TABLE t");
    assert_null(find(&first, "t"));
    sqli__store_rollback(first.store);
    sqli__catalog_forget(first.catalog);
    assert_non_null(find(&first, "t"));
    assert_true(sqli__catalog_version(first.catalog) != before);
    scratch_close(&second);
    scratch_close(&first);
}

/* A session in an old transaction reads the old catalog, but must not go on to believe it. */
static void old_transactions_do_not_spoil_the_cache(void **state)
{
    struct scratch_session first;
    struct scratch_session second;
    scratch_open(*state, &first, "one");
    scratch_open(*state, &second, "one");
    good(&first, "CREATE TABLE t (a INT)");
    scratch_run(&second, "SAVEPOINT reading");
    assert_string_equal(scratch_query(&second, "SELECT count(*) FROM main.t100"), "0");
    good(&first, "RENAME TABLE t TO u");
    assert_non_null(find(&second, "t"));
    scratch_run(&second, "RELEASE reading");
    assert_null(find(&second, "t"));
    assert_non_null(find(&second, "u"));
    scratch_close(&second);
    scratch_close(&first);
}

static void names_change(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a INT, b INT)");
    good(&session, "CREATE TABLE other (a INT)");
    good(&session, "RENAME COLUMN t.a TO z");
    bad(&session, "RENAME COLUMN t.a TO y", -217, "a");
    bad(&session, "RENAME COLUMN t.z TO b", -328, "b");
    bad(&session, "RENAME TABLE t TO other", -310, "other");
    good(&session, "RENAME TABLE t TO v");
    assert_null(find(&session, "t"));
    assert_int_equal(sqli__table_column(find(&session, "v"), span("z")), 0);
    scratch_close(&session);
}

static void rows_are_emptied_and_counted(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a INT)");
    scratch_run(&session, "INSERT INTO main.t100 VALUES (1), (2), (3)");
    good(&session, "UPDATE STATISTICS");
    assert_string_equal(scratch_query(&session, "SELECT nrows FROM systables WHERE tabid = 100"),
                        "3.0");
    good(&session, "TRUNCATE TABLE t");
    assert_string_equal(scratch_query(&session, "SELECT count(*) FROM main.t100"), "0");
    scratch_close(&session);
}

/* --- defaults --- */

static void defaults_are_kept(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a INT DEFAULT 7, b CHAR(5) DEFAULT 'ab ', c DATE DEFAULT "
                   "TODAY, d DATETIME YEAR TO SECOND DEFAULT CURRENT YEAR TO SECOND, e CHAR(32) "
                   "DEFAULT USER, f INT DEFAULT NULL, g INT)");
    assert_string_equal(scratch_query(&session, "SELECT colno, type, default_ FROM sysdefaults "
                                                "WHERE tabid = 100 ORDER BY 1"),
                        "1|L|AAAABw 7\n2|L|ab\n3|T|NULL\n4|C|NULL\n5|U|NULL\n6|N|NULL");
    const struct sqli_table *table = find(&session, "t");
    assert_int_equal(table->columns[3].default_kind, SQLI_DEFAULT_CURRENT);
    assert_memory_equal(table->columns[1].default_text.data, "'ab '", 5);
    assert_int_equal(table->columns[1].default_text.length, 5);
    assert_int_equal(table->columns[6].default_kind, SQLI_DEFAULT_NONE);
    bad(&session, "CREATE TABLE u (a SERIAL DEFAULT 3)", -593, "a");
    bad(&session, "CREATE TABLE u (a BYTE DEFAULT 'x')", -594, "a");
    bad(&session, "CREATE TABLE u (a INT DEFAULT NULL NOT NULL)", -592, "a");
    bad(&session, "CREATE TABLE u (a INT DEFAULT USER)", -591, "a");
    scratch_close(&session);
}

static int break_off(unsigned event, void *db, void *statement, void *text)
{
    (void)event;
    (void)statement;
    if (strstr(text, "x_user"))
        sqlite3_interrupt(db);
    return 0;
}

/* A break while one is worked out says nothing about the default. */
static void broken_off_defaults(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    sqlite3_trace_v2(session.store->db, SQLITE_TRACE_STMT, break_off, session.store->db);
    bad(&session, "CREATE TABLE t (a CHAR(32) DEFAULT USER)", -213, "");
    sqlite3_trace_v2(session.store->db, 0, NULL, NULL);
    good(&session, "CREATE TABLE t (a CHAR(32) DEFAULT USER)");
    scratch_close(&session);
}

/* --- constraints --- */

static void fails_with(struct scratch_session *session, const char *sql, int code, int isam,
                       const char *near)
{
    sqlite3 *db = sqli__store_sqlite(session->store);
    struct sqli_error error;
    sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqli__catalog_constraint_error(session->catalog, sqli__span(NULL, 0),
                                   sqlite3_extended_errcode(db), sqlite3_errmsg(db), &error);
    if (error.code != code || error.isam != isam || strcmp(error.near, near) != 0)
        fail_msg("%s: %d %d %s", sql, (int)error.code, (int)error.isam, error.near);
}

static void constraints_are_named(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a SERIAL PRIMARY KEY, b INT NOT NULL, c CHAR(4) UNIQUE, d INT, "
                   "e INT, CHECK (d > 0), UNIQUE (d, e) CONSTRAINT mine, CHECK (e < 100) "
                   "CONSTRAINT small)");
    assert_string_equal(scratch_query(&session,
                                      "SELECT constrid, constrname, owner, constrtype, idxname "
                                      "FROM sysconstraints ORDER BY 1"),
                        "1|u100_1|informix|P| 100_1\n2|n100_2|informix|N|\n"
                        "3|u100_3|informix|U| 100_3\n4|c100_4|informix|C|\n"
                        "5|mine|informix|U| 100_5\n6|small|informix|C|");
    assert_string_equal(scratch_query(&session, "SELECT idxname, idxtype, part1, part2, part3 FROM "
                                                "sysindexes WHERE tabid = 100 ORDER BY 1"),
                        " 100_1|U|1|0|0\n 100_3|U|3|0|0\n 100_5|U|4|5|0");
    assert_string_equal(scratch_query(&session, "SELECT nindexes FROM systables WHERE tabid=100"),
                        "3");
    assert_string_equal(scratch_query(&session, "SELECT constrid, checktext FROM syschecks ORDER "
                                                "BY 1"),
                        "4|d > 0\n6|e < 100");
    good(&session, "CREATE UNIQUE INDEX plain ON t (b DESC)");
    scratch_run(&session, "INSERT INTO main.t100 VALUES (1, 1, 'abcd', 1, 1)");
    fails_with(&session, "INSERT INTO main.t100 VALUES (1, 2, 'x', 2, 2)", -268, -100,
               "informix.u100_1");
    fails_with(&session, "INSERT INTO main.t100 VALUES (2, 2, 'abcd', 2, 2)", -268, -100,
               "informix.u100_3");
    fails_with(&session, "INSERT INTO main.t100 VALUES (2, 2, 'x', 1, 1)", -268, -100,
               "informix.mine");
    fails_with(&session, "INSERT INTO main.t100 VALUES (2, 1, 'x', 2, 2)", -239, -100, "plain");
    fails_with(&session, "INSERT INTO main.t100 VALUES (2, NULL, 'x', 2, 2)", -391, 0, "t.b");
    fails_with(&session, "INSERT INTO main.t100 VALUES (2, 2, 'x', 0, 2)", -530, 0,
               "informix.c100_4");
    fails_with(&session, "INSERT INTO main.t100 VALUES (2, 2, 'x', 2, 100)", -530, 0,
               "informix.small");
    scratch_close(&session);
}

/* Functions of the server work in a CHECK that comes out of the file, too. */
static void checks_may_call_functions(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session,
         "CREATE TABLE t (a CHAR(3), d DECIMAL(8,2), CHECK (UPPER(a) = a AND d + 1 < 10))");
    scratch_close(&session);
    scratch_open(*state, &session, "one");
    scratch_run(&session, "INSERT INTO main.t100 VALUES ('ABC', x'c102')");
    fails_with(&session, "INSERT INTO main.t100 VALUES ('abc', x'c102')", -530, 0,
               "informix.c100_1");
    fails_with(&session, "INSERT INTO main.t100 VALUES ('ABC', x'c109')", -530, 0,
               "informix.c100_1");
    scratch_close(&session);
}

/* One NULL is as good as another: a unique key takes it once. */
static void nulls_are_unique_too(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a CHAR(2) UNIQUE, b INT, c INT, UNIQUE (b, c))");
    scratch_run(&session, "INSERT INTO main.t100 VALUES (NULL, 1, NULL)");
    scratch_run(&session, "INSERT INTO main.t100 VALUES ('a', NULL, 1)");
    scratch_run(&session, "INSERT INTO main.t100 VALUES ('b', 0, NULL), ('c', NULL, 0)");
    fails_with(&session, "INSERT INTO main.t100 VALUES (NULL, 9, 9)", -268, -100,
               "informix.u100_1");
    fails_with(&session, "INSERT INTO main.t100 VALUES ('d', 1, NULL)", -268, -100,
               "informix.u100_2");
    fails_with(&session, "INSERT INTO main.t100 VALUES ('a ', 5, 5)", -268, -100,
               "informix.u100_1"); /* without trailing blanks */
    scratch_close(&session);
}

static void constraint_errors(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE p (a INT PRIMARY KEY CONSTRAINT taken, b CHAR(3))");
    bad(&session, "CREATE TABLE t (a INT, PRIMARY KEY (x))", -537, "x");
    bad(&session, "CREATE TABLE t (a INT, UNIQUE (a, a))", -542, "a");
    bad(&session, "CREATE TABLE t (a INT PRIMARY KEY, b INT PRIMARY KEY)", -704, "t");
    bad(&session, "CREATE TABLE t (a INT UNIQUE, UNIQUE (a))", -577, "t");
    bad(&session, "CREATE TABLE t (a BYTE UNIQUE)", -610, "a");
    bad(&session, "CREATE TABLE t (a BLOB, UNIQUE (a))", -9816, "a");
    bad(&session, "CREATE TABLE t (a INT UNIQUE CONSTRAINT taken)", -625, "taken");
    bad(&session, "CREATE TABLE t (a INT REFERENCES nosuch)", -296, "nosuch");
    bad(&session, "CREATE TABLE t (a INT REFERENCES p (b))", -297, "p");
    bad(&session, "CREATE TABLE t (a INT, b INT, FOREIGN KEY (a, b) REFERENCES p)", -536, "p");
    bad(&session, "CREATE TABLE t (a CHAR(3) REFERENCES p)", -356, "a");
    bad(&session, "CREATE TABLE t (a INT, CHECK (nosuch > 1))", -217, "nosuch");
    bad(&session, "CREATE TABLE t (a INT DEFAULT NULL PRIMARY KEY)", -286, "a");
    bad(&session, "CREATE TEMP TABLE t (a INT REFERENCES p)", -548, "t");
    assert_string_equal(scratch_query(&session, "SELECT count(*) FROM sysconstraints"), "1");
    scratch_close(&session);
}

static void foreign_keys(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE p (a INT PRIMARY KEY, b INT, c INT, UNIQUE (b, c))");
    good(&session, "CREATE TABLE k (x INT REFERENCES p, y INT, z INT, note CHAR(60) DEFAULT "
                   "', CONSTRAINT k4 FOREIGN KEY (', FOREIGN KEY (y, z) REFERENCES p (b, c) "
                   "CONSTRAINT two, CHECK (note <> ', CONSTRAINT k4 FOREIGN KEY (/*k4*/'))");
    good(&session, "CREATE TABLE q (x INT REFERENCES p ON DELETE CASCADE)");
    assert_string_equal(scratch_query(&session,
                                      "SELECT k.constrname, r.primary_, r.ptabid, r.delrule FROM "
                                      "sysreferences r JOIN sysconstraints k ON k.constrid = "
                                      "r.constrid ORDER BY k.constrid"),
                        "r101_4|1|100|R\ntwo|2|100|R\nr102_6|1|100|C");
    scratch_run(&session, "INSERT INTO main.t100 VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)");
    scratch_run(&session, "INSERT INTO main.t101 VALUES (1, NULL, 5, ''), (NULL, 2, 2, '')");
    scratch_run(&session, "INSERT INTO main.t102 VALUES (3)");
    fails_with(&session, "INSERT INTO main.t101 VALUES (9, 1, 1, '')", -691, -111,
               "informix.r101_4");
    fails_with(&session, "INSERT INTO main.t101 VALUES (1, 1, 2, '')", -691, -111, "informix.two");
    fails_with(&session, "UPDATE main.t101 SET c1 = 7 WHERE c1 = 1", -691, -111, "informix.r101_4");
    fails_with(&session, "DELETE FROM main.t100 WHERE c1 = 1", -692, 0, "informix.r101_4");
    fails_with(&session, "UPDATE main.t100 SET c2 = 8 WHERE c1 = 2", -692, 0, "informix.two");
    fails_with(&session, "INSERT INTO main.t102 VALUES (8)", -691, -111, "informix.r102_6");
    bad(&session, "TRUNCATE TABLE p", -692, "informix.two");
    scratch_run(&session, "DELETE FROM main.t100 WHERE c1 = 3");
    assert_string_equal(scratch_query(&session, "SELECT count(*) FROM main.t102"), "0");

    /* Without its parent, the child takes anything. */
    struct scratch_session other;
    scratch_open(*state, &other, "one");
    assert_string_equal(scratch_query(&other, "SELECT count(*) FROM main.t101"), "2");
    good(&session, "DROP TABLE p");
    scratch_run(&session, "INSERT INTO main.t101 VALUES (9, 9, 9, '')");
    scratch_run(&other, "INSERT INTO main.t101 VALUES (10, 9, 9, '')");
    scratch_run(&other, "INSERT INTO main.t102 VALUES (10)");
    fails_with(&session,
               "INSERT INTO main.t101 VALUES (9, 9, 9, ', CONSTRAINT k4 FOREIGN KEY "
               "(/*k4*/')",
               -530, 0, "informix.c101_3");
    assert_string_equal(scratch_query(&session, "SELECT (SELECT count(*) FROM sysreferences), "
                                                "(SELECT count(*) FROM sqlite_schema WHERE type = "
                                                "'trigger'), (SELECT count(*) FROM sysconstraints "
                                                "WHERE constrtype = 'R')"),
                        "0|0|0");
    scratch_close(&other);
    scratch_close(&session);
}

/* Whether the rows fit is asked when the statement ends. */
static void table_may_refer_to_itself(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE emp (id INT PRIMARY KEY, boss INT REFERENCES emp)");
    scratch_run(&session, "INSERT INTO main.t100 VALUES (2, 1), (1, NULL)");
    fails_with(&session, "DELETE FROM main.t100 WHERE c1 = 1", -692, 0, "informix.r100_2");
    scratch_run(&session, "DELETE FROM main.t100");
    good(&session, "DROP TABLE emp");
    scratch_close(&session);
}

/* --- indexes --- */

static void indexes(void **state)
{
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a INT PRIMARY KEY, b INT, c TEXT)");
    good(&session, "CREATE INDEX ib ON t (b DESC, a)");
    assert_string_equal(scratch_query(&session, "SELECT idxtype, part1, part2, part3 FROM "
                                                "sysindexes WHERE idxname = 'ib'"),
                        "D|-2|1|0");
    bad(&session, "CREATE INDEX ib ON t (b)", -316, "ib");
    good(&session, "CREATE INDEX IF NOT EXISTS ib ON t (b)");
    bad(&session, "CREATE INDEX again ON t (b DESC, a)", -350, "again");
    bad(&session, "CREATE INDEX ix ON t (nosuch)", -217, "nosuch");
    bad(&session, "CREATE INDEX ix ON t (b, b)", -542, "b");
    bad(&session, "CREATE INDEX ix ON t (c)", -610, "c");
    bad(&session, "CREATE INDEX ix ON nosuch (c)", -206, "nosuch");
    bad(&session, "CREATE INDEX ix ON systables (tabid)", -227, "systables");
    scratch_run(&session, "INSERT INTO main.t100 VALUES (1, 5, NULL), (2, 5, NULL)");
    bad(&session, "CREATE UNIQUE INDEX iu ON t (b)", -371, "iu");
    assert_string_equal(scratch_query(&session, "SELECT count(*) FROM sysindices WHERE idxname = "
                                                "'iu'"),
                        "0");
    good(&session, "DROP INDEX ib");
    bad(&session, "DROP INDEX ib", -319, "ib");
    assert_string_equal(scratch_query(&session, "SELECT nindexes FROM systables WHERE tabid=100"),
                        "1");
    scratch_close(&session);
}

/* --- temporary tables --- */

static void temporary_tables(void **state)
{
    struct scratch_session first;
    struct scratch_session second;
    scratch_open(*state, &first, "one");
    scratch_open(*state, &second, "one");
    uint64_t others = sqli__catalog_version(second.catalog);
    good(&first, "CREATE TEMP TABLE tt (a SERIAL, b INT UNIQUE, c ROW(x INT), CHECK (b > 0))");
    const struct sqli_table *table = find(&first, "tt");
    assert_true(table->temp);
    assert_memory_equal(table->physical.data, "temp.t", 6);
    assert_int_equal(table->columns[2].schema->count, 1);
    assert_null(find(&second, "tt"));
    assert_true(sqli__catalog_version(second.catalog) == others);
    char sql[160];
    char constraint[64];
    int tabid = table->tabid;
    snprintf(constraint, sizeof constraint, "informix.%.40s",
             scratch_query(&first, "SELECT constrname FROM temp.sysconstraints WHERE constrtype = "
                                   "'U'"));
    snprintf(sql, sizeof sql, "INSERT INTO temp.t%d VALUES (1, 1, 'ROW(1)')", tabid);
    scratch_run(&first, sql);
    fails_with(&first, sql, -268, -100, constraint);
    snprintf(sql, sizeof sql, "INSERT INTO temp.t%d VALUES (1, 0, NULL)", tabid);
    snprintf(constraint, sizeof constraint, "informix.%.40s",
             scratch_query(&first, "SELECT constrname FROM temp.sysconstraints WHERE constrtype = "
                                   "'C'"));
    fails_with(&first, sql, -530, 0, constraint);
    bad(&first, "CREATE TEMP TABLE tt (a INT)", -958, "tt");
    bad(&first, "RENAME TABLE tt TO uu", -508, "tt");
    good(&first, "CREATE INDEX tti ON tt (a, b)");
    good(&first, "DROP INDEX tti");
    good(&second, "CREATE TEMP TABLE tt (a SERIAL)"); /* each has its own, counters too */
    assert_int_not_equal(find(&second, "tt")->tabid, tabid);
    /* Nothing of it reached the file. */
    assert_string_equal(scratch_query(&first, "SELECT count(*) FROM main.systables WHERE tabid >= "
                                              "100"),
                        "0");
    /* A transaction that created one takes it along when it goes. */
    scratch_begin(&first);
    good(&first, "CREATE TEMP TABLE gone (a INT)");
    good(&first, "DROP TABLE tt");
    sqli__store_rollback(first.store);
    sqli__catalog_forget(first.catalog);
    assert_null(find(&first, "gone"));
    assert_non_null(find(&first, "tt"));
    good(&first, "DROP TABLE tt");
    assert_null(find(&first, "tt"));
    scratch_close(&second);
    scratch_close(&first);
}

static void tables_from_results(void **state)
{
    struct scratch_session session;
    struct sqli_error error;
    const struct sqli_table *table;
    scratch_open(*state, &session, "one");
    struct sqli_definition_context context = {session.store, session.catalog, span("informix")};
    const struct sqli_engine_column columns[] = {
        {span("tabid"), {.code = SQLI_TYPE_SERIAL, .flags = SQLI_TYPE_NOT_NULL, .length = 4}},
        {span("name"), {.code = SQLI_TYPE_VARCHAR, .length = 128}},
        {span("pair"), {.code = SQLI_TYPE_ROW, .name = span("ROW(a integer, b char(3))")}},
        {span("flag"), {.code = SQLI_TYPE_UDTFIXED, .extended_id = SQLI_XID_BOOLEAN, .length = 1}},
    };
    const struct sqli_object_name name = {.name = {.text = span("result")}};
    assert_ok(sqli__define_from_columns(&context, &name, true, columns, 4, &table, &error), error);
    assert_true(table->temp);
    assert_int_equal(table->columns[0].type.code | table->columns[0].type.flags, SQLI_TYPE_INTEGER);
    assert_int_equal(table->columns[2].schema->count, 2);
    assert_memory_equal(table->columns[3].type.name.data, "boolean", 7);
    const struct sqli_engine_column expression = {span("(count(*))"), {.code = SQLI_TYPE_DECIMAL}};
    const struct sqli_object_name second = {.name = {.text = span("other")}};
    assert_fails(sqli__define_from_columns(&context, &second, true, &expression, 1, &table, &error),
                 error, -249, 0);
    scratch_close(&session);
}

/* --- SERIAL --- */

static int64_t draw(struct scratch_session *session, int32_t tabid, int64_t most)
{
    struct sqli_error error;
    int64_t value = 0;
    assert_ok(sqli__database_serial(session->runtime.database, tabid, 0, most, &value, &error),
              error);
    return value;
}

static void serials_start_where_told(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    scratch_open(scratch, &session, "one");
    good(&session, "CREATE TABLE t (a SERIAL(500), b BIGSERIAL)");
    assert_int_equal(draw(&session, 100, INT32_MAX), 500);
    assert_int_equal(draw(&session, 100, INT64_MAX), 1);
    scratch_begin(&session);
    scratch_commit(&session);
    scratch_close(&session);
    sqli__databases_close(scratch->databases);
    scratch_start(scratch);
    scratch_open(scratch, &session, "one");
    assert_int_equal(draw(&session, 100, INT32_MAX), 501);
    scratch_close(&session);
}

/* --- GRANT --- */

static void grants_are_recorded(void **state)
{
    static const char query[] = "SELECT grantee, tabauth FROM systabauth WHERE tabid = 100 ORDER "
                                "BY 1";
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    good(&session, "CREATE TABLE t (a INT)");
    good(&session, "GRANT SELECT, ALTER ON t TO joe");
    good(&session, "REVOKE ALL ON t FROM PUBLIC");
    assert_string_equal(scratch_query(&session, query), "joe|s-----a--");
    good(&session, "GRANT UPDATE ON t TO joe WITH GRANT OPTION");
    good(&session, "REVOKE ALTER ON t FROM joe");
    assert_string_equal(scratch_query(&session, query), "joe|sU-------");
    good(&session, "GRANT DBA TO joe");
    good(&session, "GRANT RESOURCE TO ann");
    assert_string_equal(scratch_query(&session, "SELECT username, usertype FROM sysusers ORDER BY "
                                                "1"),
                        "ann|R\ninformix|D\njoe|D\npublic|C");
    good(&session, "REVOKE DBA FROM joe");
    good(&session, "REVOKE CONNECT FROM ann");
    assert_string_equal(scratch_query(&session, "SELECT username, usertype FROM sysusers ORDER BY "
                                                "1"),
                        "informix|D\njoe|C\npublic|C");
    bad(&session, "GRANT SELECT ON nosuch TO joe", -206, "nosuch");
    scratch_close(&session);
}

#define case_of(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        case_of(types_are_recorded),
        case_of(type_errors),
        case_of(tables_come_and_go),
        case_of(definitions_show_after_commit_only),
        case_of(old_transactions_do_not_spoil_the_cache),
        case_of(names_change),
        case_of(rows_are_emptied_and_counted),
        case_of(defaults_are_kept),
        case_of(broken_off_defaults),
        case_of(constraints_are_named),
        case_of(checks_may_call_functions),
        case_of(nulls_are_unique_too),
        case_of(constraint_errors),
        case_of(foreign_keys),
        case_of(table_may_refer_to_itself),
        case_of(indexes),
        case_of(temporary_tables),
        case_of(tables_from_results),
        case_of(serials_start_where_told),
        case_of(grants_are_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
