/* The session over the real engine, on databases in memory: what a client hears of tables that are
 * there. Statements, values and types are the engine's matter and tested there; here it is what of
 * them becomes messages. */
#include "tests/session/harness.h"

#define DONE(rows) "DONE warnings=0 rows=" #rows " rowid=0 serial=0\n"
#define COST       "COST rows=1 io=1\n"
#define EOT        "EOT\n"

static int open_databases(void **state)
{
    struct sqli_error error;
    const struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 200};
    struct sqli_span user = sqli__span_text("informix");
    (void)state;
    if (sqli__databases_open(&options, &harness_databases, &error))
        return -1;
    return sqli__databases_create(harness_databases, sqli__span_text("testdb"), SQLI_LOGGING_LOG,
                                  user, sqli__span_text("en_US.8859-1"), &error);
}

static int close_databases(void **state)
{
    (void)state;
    sqli__databases_close(harness_databases);
    return 0;
}

/* Without what differs from run to run: row numbers. */
static const char *ask(struct harness *h, const char *request)
{
    char *reply = (char *)(uintptr_t)harness_ask(h, request);
    if (h->status == SQLI_FAIL)
        fail_msg("%s: %s", request, h->error.message);
    for (char *at = reply; (at = strstr(at, "rowid=")); at++) {
        char *end = at + 6 + strspn(at + 6, "0123456789");
        at[6] = '0';
        memmove(at + 7, end, strlen(end) + 1);
    }
    return reply;
}

static void check(struct harness *h, const char *request, const char *expected)
{
    const char *got = ask(h, request);
    if (strcmp(got, expected) != 0)
        fail_msg("%s\ngives\n%sand not\n%s", request, got, expected);
}

/* Does it, whatever it is called in the answer. */
static void run(struct harness *h, const char *sql)
{
    char request[2000];
    snprintf(request, sizeof request, "command \"%s\" , execute , release , eot", sql);
    const char *got = ask(h, request);
    if (strstr(got, "ERR "))
        fail_msg("%s\ngives\n%s", sql, got);
}

static void test_one_table(void **state)
{
    struct harness h;
    harness_connect(&h, *(size_t *)*state, "testdb");
    run(&h,
        "create table t (id serial not null primary key, name varchar(20), price decimal(8,2))");
    check(&h,
          "prepare placeholders=2 \"insert into t values (0, ?, ?)\" , ndescribe , wantdone , eot",
          "DESCRIBE type=6(INSERT) statement=0 cost=0 tuple_size=26 count=2 strings_size=11 "
          "columns=[{name_at=0 start=0 type=13(varchar) extended_id=0 owner=\"\" type_name=\"\" "
          "reference=0 alignment=0 source=0 length=20} {name_at=5 start=21 type=5(decimal) "
          "extended_id=0 owner=\"\" type_name=\"\" reference=0 alignment=0 source=0 length=2050}] "
          "name=\"name\" name=\"price\"\n" DONE(0) COST EOT);
    check(&h, "id 0 , bind nut 12 , execute , bind bolt NULL , execute , eot",
          "INSERTDONE serial8=0 bigserial=0\nDONE warnings=0 rows=1 rowid=0 serial=1\n" COST
          "INSERTDONE serial8=0 bigserial=0\nDONE warnings=0 rows=1 rowid=0 serial=2\n" COST EOT);
    check(&h, "id 0 , bind nut abc , execute , eot",
          "ERR code=-1213(NUMBER_TEXT) isam=0 offset=0 text=\"abc\"\nEOT\n");
    check(&h, "id 0 , release , eot", EOT);
    check(&h, "prepare \"select id, name, price from t order by id\" , ndescribe , wantdone , eot",
          "DESCRIBE type=2(SELECT) statement=0 cost=0 tuple_size=30 count=3 strings_size=14 "
          "columns=[{name_at=0 start=0 type=262(serial) extended_id=0 owner=\"\" type_name=\"\" "
          "reference=0 alignment=0 source=0 length=4} {name_at=3 start=4 type=13(varchar) "
          "extended_id=0 owner=\"\" type_name=\"\" reference=0 alignment=0 source=0 length=20} "
          "{name_at=8 start=25 type=5(decimal) extended_id=0 owner=\"\" type_name=\"\" reference=0 "
          "alignment=0 source=0 length=2050}] name=\"id\" name=\"name\" name=\"price\"\n" DONE(0)
              COST EOT);
    check(&h, "id 0 , curname c , open , id 0 , nfetch , eot",
          "TUPLE warnings=0 size=13 payload=00000001036e7574c10c000000\n"
          "TUPLE warnings=0 size=14 payload=0000000204626f6c740000000000\n" DONE(2) COST EOT);
    check(&h, "id 0 , nfetch , id 0 , close , release , eot", DONE(2) COST EOT);
    run(&h, "drop table t");
    harness_close(&h);
}

static void test_errors(void **state)
{
    struct harness h;
    harness_connect(&h, *(size_t *)*state, "testdb");
    check(&h, "prepare \"select * from no_such_table_xyz\" , ndescribe , wantdone , eot",
          "ERR code=-206(TABLE_NOT_FOUND) isam=-111 offset=15 text=\"no_such_table_xyz\"\nEOT\n");
    check(&h, "prepare \"selekt 1\" , ndescribe , wantdone , eot",
          "ERR code=-201(SYNTAX) isam=0 offset=1 text=\"\"\nEOT\n");
    run(&h, "create table e (a int not null, b int)");
    check(&h, "command \"insert into e values (null, 1)\" , execute , release , eot",
          "ERR code=-391(NOT_NULL) isam=0 offset=0 text=\"e.a\"\nEOT\n");
    check(&h, "prepare \"insert into e values (?, ?)\" , eot", EOT);
    check(&h, "id 0 , execute , eot",
          "ERR code=-254(PARAMETER_COUNT) isam=0 offset=0 text=\"\"\nEOT\n");
    check(&h, "id 0 , release , prepare \"select a from e\" , execute , eot",
          "ERR code=-260(EXECUTE_SELECT) isam=0 offset=0 text=\"\"\nEOT\n");
    check(&h, "cmmtwork , eot",
          "ERR code=-255(NOT_IN_TRANSACTION) isam=0 offset=0 text=\"\"\nEOT\n");
    check(&h, "dbopen no_such_db , eot",
          "ERR code=-329(DATABASE_NOT_FOUND) isam=-111 offset=0 text=\"no_such_db\"\nEOT\n");
    check(&h, "dbopen testdb , eot", "DONE warnings=21 rows=0 rowid=0 serial=0\n" COST EOT);
    run(&h, "drop table e");
    harness_close(&h);
}

static void test_transactions(void **state)
{
    struct harness h;
    harness_connect(&h, *(size_t *)*state, "testdb");
    run(&h, "create table x (i int)");
    check(&h, "begin , eot", "XACTSTAT event=1 new=1 old=0\n" DONE(0) EOT);
    run(&h, "insert into x values (1)");
    check(&h, "0089 0001 61 00 0000 , eot", DONE(0) EOT);
    run(&h, "insert into x values (2)");
    check(&h, "008b 0001 61 00 , eot", DONE(0) EOT);
    check(&h, "prepare \"select i from x\" , curname n , open , nfetch , eot",
          "TUPLE warnings=0 size=4 payload=00000001\n" DONE(1) COST EOT);
    check(&h, "rbwork , eot", "XACTSTAT event=3 new=0 old=1\n" DONE(0) EOT);
    /* The cursor went with the transaction; its statement stays. */
    check(&h, "id 0 , nfetch , eot",
          "ERR code=-259(CURSOR_NOT_OPEN) isam=0 offset=0 text=\"n\"\nEOT\n");
    check(&h, "id 0 , close , eot", EOT);
    check(&h, "id 0 , open , nfetch , eot", DONE(0) COST EOT);
    check(&h, "command \"begin work\" , ndescribe , execute , release , eot",
          "DESCRIBE type=34(BEGIN WORK) statement=1 cost=0 tuple_size=0 count=0 strings_size=0\n"
          "XACTSTAT event=1 new=1 old=0\n" DONE(0) COST EOT);
    check(&h, "command \"commit work\" , execute , release , eot",
          "XACTSTAT event=2 new=0 old=1\n" DONE(0) COST EOT);
    check(&h, "id 0 , release , eot", EOT);
    run(&h, "drop table x");
    harness_close(&h);
}

static void test_cursors(void **state)
{
    struct harness h;
    harness_connect(&h, *(size_t *)*state, "testdb");
    run(&h, "create table s (i int, v varchar(10))");
    check(&h, "begin , eot", "XACTSTAT event=1 new=1 old=0\n" DONE(0) EOT);
    check(&h, "prepare \"insert into s values (?, ?)\" , eot", EOT);
    check(&h,
          "id 0 , curname p , open , 0064 0000 0002 0002 00000004 000d 0000000a , "
          "0011 00000006 0001 000000010161 , 0011 00000006 0001 000000020162 , "
          "0011 00000006 0001 000000030100 , eot",
          "DONE warnings=0 rows=3 rowid=0 serial=0\n" COST EOT);
    check(&h, "id 0 , close , release , eot", EOT);
    check(&h, "cmmtwork , eot", "XACTSTAT event=2 new=0 old=1\n" DONE(0) EOT);
    check(&h, "prepare \"select i, v from s order by i\" , curname c , scroll , open , eot", EOT);
    check(&h, "id 0 , sfetch kind=4 target=0 , eot",
          "TUPLE warnings=0 size=6 payload=000000030100\nTUPID row=3\nEOT\n");
    check(&h, "id 0 , sfetch kind=6 target=1 , eot",
          "TUPLE warnings=0 size=6 payload=000000010161\nTUPID row=1\nEOT\n");
    check(&h, "id 0 , sfetch kind=1 target=4 , eot",
          "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n");
    check(&h, "id 0 , close , release , eot", EOT);
    /* Two cursors in turns; a row that does not fit goes into the next fetch. */
    check(&h,
          "prepare \"select i, v from s where i < 3 order by i\" , curname a , open , "
          "prepare \"select i from s order by i desc\" , curname b , open , "
          "id 0 , nfetch buffer=6 , id 1 , nfetch buffer=4 , id 0 , nfetch , id 1 , nfetch , eot",
          "TUPLE warnings=0 size=6 payload=000000010161\n"
          "TUPLE warnings=0 size=4 payload=00000003\n"
          "TUPLE warnings=0 size=6 payload=000000020162\n" DONE(2) COST
          "TUPLE warnings=0 size=4 payload=00000002\n"
          "TUPLE warnings=0 size=4 payload=00000001\n" DONE(3) COST EOT);
    check(&h, "id 0 , release , id 1 , release , eot", EOT);
    run(&h, "drop table s");
    harness_close(&h);
}

/* Statements of a database that is closed are gone, their numbers are not. */
static void test_databases(void **state)
{
    struct harness h;
    harness_connect(&h, *(size_t *)*state, "testdb");
    check(&h, "prepare \"select tabid from systables where tabid = 1\" , eot", EOT);
    check(&h, "command \"database sysmaster\" , execute , release , eot",
          "DONE warnings=21 rows=0 rowid=0 serial=0\n" COST EOT);
    const char *got = ask(&h, "id 0 , open , nfetch , eot");
    assert_non_null(strstr(got, "ERR "));
    check(&h, "id 0 , close , id 0 , release , eot", EOT);
    check(&h, "dbclose , eot", DONE(0) EOT);
    check(&h, "prepare \"select 1 from systables\" , eot",
          "ERR code=-349(NO_DATABASE) isam=0 offset=0 text=\"\"\nEOT\n");
    got = ask(&h, "dblist , eot");
    assert_non_null(strstr(got, "{name=\"sysmaster\"}"));
    assert_non_null(strstr(got, "{name=\"testdb\"}"));
    harness_close(&h);
}

int main(void)
{
    static size_t whole = 0, single = 1;
    struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_one_table, &whole),
        cmocka_unit_test_prestate(test_one_table, &single),
        cmocka_unit_test_prestate(test_errors, &whole),
        cmocka_unit_test_prestate(test_errors, &single),
        cmocka_unit_test_prestate(test_transactions, &whole),
        cmocka_unit_test_prestate(test_transactions, &single),
        cmocka_unit_test_prestate(test_cursors, &whole),
        cmocka_unit_test_prestate(test_cursors, &single),
        cmocka_unit_test_prestate(test_databases, &whole),
        cmocka_unit_test_prestate(test_databases, &single),
    };
    return cmocka_run_group_tests(tests, open_databases, close_databases);
}
