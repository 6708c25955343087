/* The catalog of a new database, and how tables are found in it. */
#include "tests/store/scratch.h"

static struct sqli_span span(const char *text)
{
    return sqli__span_text(text);
}

static const struct sqli_span none;

static const struct sqli_table *find(struct scratch_session *session, struct sqli_span database,
                                     struct sqli_span owner, const char *name)
{
    struct sqli_error error;
    const struct sqli_table *table;
    assert_ok(sqli__catalog_table(session->catalog, database, owner, span(name), &table, &error),
              error);
    return table;
}

static int setup(void **state)
{
    scratch_setup(state);
    scratch_create(*state, "one");
    return 0;
}

/* --- what is there --- */

static void numbers_and_names(void **state)
{
    static const char query[] = "SELECT tabid, tabname FROM systables WHERE tabid <= 32 OR tabid > "
                                "63 ORDER BY 1";
    static const char wanted[] =
        "1|systables\n2|syscolumns\n3|sysindices\n4|systabauth\n5|syscolauth\n6|sysviews\n"
        "7|sysusers\n8|sysdepend\n9|syssynonyms\n10|syssyntable\n11|sysconstraints\n"
        "12|sysreferences\n13|syschecks\n14|sysdefaults\n15|syscoldepend\n16|sysprocedures\n"
        "17|sysprocbody\n18|sysprocplan\n19|sysprocauth\n20|sysblobs\n21|sysopclstr\n"
        "22|systriggers\n23|systrigbody\n24|sysdistrib\n25|sysfragments\n26|sysobjstate\n"
        "27|sysviolations\n28|sysfragauth\n29|sysroleauth\n30|sysxtdtypes\n31|sysattrtypes\n"
        "32|sysxtddesc\n64|sysautolocate\n65|sysfragdist\n66|sysdomains\n67|sysindexes\n"
        "90| GL_COLLATE\n91| GL_CTYPE\n99| VERSION";
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    assert_string_equal(scratch_query(&session, query), wanted);
    assert_string_equal(scratch_query(&session, "SELECT count(*), min(tabid), max(tabid) FROM "
                                                "systables WHERE tabid <= 67"),
                        "67|1|67");
    assert_string_equal(scratch_query(&session, "SELECT sum(tabid), avg(tabid) FROM systables "
                                                "WHERE tabid <= 10"),
                        "55|5.5");
    scratch_close(&session);
    scratch_open(*state, &session, "sysmaster");
    assert_string_equal(scratch_query(&session, "SELECT count(*) >= 100 FROM systables"), "1");
    scratch_close(&session);
}

struct described {
    struct scratch_session *session;
    uint32_t tables;
};

/* Every column that is described can be read, by its physical name. */
static enum sqli_status on_table(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct described *described = context;
    const char *name = (const char *)sqlite3_column_text(row, 0);
    const struct sqli_table *table = find(described->session, none, none, name);
    (void)error;
    assert_non_null(table);
    assert_true(table->system);
    assert_int_equal(table->count, sqlite3_column_int(row, 1));
    assert_int_equal(table->tabid, sqlite3_column_int(row, 2));
    for (uint32_t i = 0; i < table->count; i++) {
        const struct sqli_table_column *column = &table->columns[i];
        char sql[512];
        snprintf(sql, sizeof sql, "SELECT %.*s FROM %.*s LIMIT 0", (int)column->physical.length,
                 (const char *)column->physical.data, (int)table->physical.length,
                 (const char *)table->physical.data);
        scratch_run(described->session, sql);
        assert_int_equal(column->number, i + 1);
        assert_true(sqli__type_kind(&column->type) != SQLI_KIND_NONE);
    }
    described->tables++;
    return SQLI_OK;
}

static void every_described_column_is_there(void **state)
{
    static const char *const databases[] = {"one", "sysmaster"};
    static const uint32_t least[] = {67, 100};
    for (size_t i = 0; i < 2; i++) {
        struct scratch_session session;
        struct sqli_error error;
        scratch_open(*state, &session, databases[i]);
        struct described described = {.session = &session};
        assert_ok(sqli__store_run(session.store, on_table, &described, &error,
                                  "SELECT tabname, ncols, tabid FROM systables WHERE tabtype <> ''",
                                  ""),
                  error);
        assert_true(described.tables >= least[i]);
        scratch_close(&session);
    }
}

static void columns_have_their_types(void **state)
{
    static const struct {
        const char *name;
        int type;
        int length;
        const char *physical;
    } cases[] = {
        {"tabname", SQLI_TYPE_VARCHAR, 128, "tabname"},
        {"owner", SQLI_TYPE_CHAR, 32, "owner"},
        {"tabid", SQLI_TYPE_SERIAL | SQLI_TYPE_NOT_NULL, 4, "tabid"},
        {"ncols", SQLI_TYPE_SMALLINT, 2, "ncols"},
        {"nrows", SQLI_TYPE_FLOAT, 8, "nrows"},
        {"created", SQLI_TYPE_DATE, 4, "created"},
        {"site", SQLI_TYPE_VARCHAR, 128, "site"},
        {"ustlowts", SQLI_TYPE_DATETIME, 0x130f, "ustlowts"},
    };
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    const struct sqli_table *table = find(&session, none, none, "systables");
    assert_int_equal(table->count, 26);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t at = sqli__table_column(table, span(cases[i].name));
        assert_true(at >= 0);
        const struct sqli_type *type = &table->columns[at].type;
        assert_int_equal(type->code | type->flags, cases[i].type);
        assert_int_equal(type->length, cases[i].length);
    }
    assert_int_equal(sqli__table_column(table, span("nosuch")), -1);
    table = find(&session, none, none, "sysdefaults");
    int32_t at = sqli__table_column(table, span("default"));
    assert_memory_equal(table->columns[at].physical.data, "default_", 8);
    table = find(&session, none, none, "sysindices");
    at = sqli__table_column(table, span("indexkeys"));
    assert_int_equal(table->columns[at].type.code, SQLI_TYPE_UDTVAR);
    assert_memory_equal(table->columns[at].type.name.data, "indexkeyarray", 13);
    scratch_close(&session);
}

/* --- looking up --- */

static void owners_and_databases(void **state)
{
    struct scratch_session session;
    struct sqli_error error;
    const struct sqli_table *table;
    scratch_open(*state, &session, "one");
    table = find(&session, none, span("informix"), "systables");
    assert_non_null(table);
    assert_int_equal(table->owner.length, 8);
    assert_memory_equal(table->physical.data, "main.systables", table->physical.length);
    assert_ptr_equal(find(&session, none, span("informix"), "systables"), table); /* remembered */
    assert_null(find(&session, none, span("joe"), "systables"));
    assert_null(find(&session, none, none, "nosuch"));
    assert_null(find(&session, none, none, " VERSION"));
    assert_int_equal(find(&session, none, none, "sysindexes")->kind, 'V');
    assert_memory_equal(find(&session, span("one"), none, "systables")->physical.data, "main.", 5);
    assert_null(find(&session, none, none, "sysdatabases"));
    scratch_begin(&session); /* another database can come in the middle of a transaction */
    table = find(&session, span("sysmaster"), none, "sysdatabases");
    assert_non_null(table);
    assert_true(table->system);
    assert_memory_equal(table->physical.data, "\"d_sysmaster\".sysdatabases",
                        table->physical.length);
    assert_string_equal(scratch_query(&session, "SELECT name FROM \"d_sysmaster\".sysdatabases "
                                                "ORDER BY 1"),
                        "one\nsysmaster");
    scratch_commit(&session);
    assert_fails(
        sqli__catalog_table(session.catalog, span("nosuch"), none, span("t"), &table, &error),
        error, -329, -111);
    assert_fails(
        sqli__catalog_table(session.catalog, span("../x"), none, span("t"), &table, &error), error,
        -329, -111);
    scratch_close(&session);
}

/* A database that is in use beside another one is in use. */
static void attached_databases_are_held(void **state)
{
    struct scratch *scratch = *state;
    struct scratch_session session;
    scratch_create(scratch, "two");
    scratch_open(scratch, &session, "one");
    assert_non_null(find(&session, span("two"), none, "systables"));
    assert_fails(sqli__databases_drop(scratch->databases, span("two"), &scratch->error),
                 scratch->error, -425, -107);
    scratch_close(&session);
    assert_ok(sqli__databases_drop(scratch->databases, span("two"), &scratch->error),
              scratch->error);
}

static void versions_change_with_definitions(void **state)
{
    struct scratch_session first;
    struct scratch_session second;
    scratch_open(*state, &first, "one");
    scratch_open(*state, &second, "one");
    uint64_t mine = sqli__catalog_version(first.catalog);
    uint64_t others = sqli__catalog_version(second.catalog);
    scratch_begin(&first);
    sqli__store_definitions_changed(first.store);
    assert_true(sqli__catalog_version(first.catalog) > mine);
    sqli__catalog_refresh(second.catalog);
    assert_true(sqli__catalog_version(second.catalog) == others);
    scratch_commit(&first);
    assert_true(sqli__catalog_version(second.catalog) == others); /* not before it looks */
    sqli__catalog_refresh(second.catalog);
    assert_true(sqli__catalog_version(second.catalog) > others);
    others = sqli__catalog_version(second.catalog);
    scratch_begin(&first);
    sqli__store_definitions_changed(first.store);
    mine = sqli__catalog_version(first.catalog);
    sqli__store_rollback(first.store);
    assert_true(sqli__catalog_version(first.catalog) > mine);
    sqli__catalog_refresh(second.catalog);
    assert_true(sqli__catalog_version(second.catalog) == others);
    scratch_close(&second);
    scratch_close(&first);
}

static void unknown_messages_do_no_harm(void **state)
{
    static const char *const messages[] = {
        "",
        "UNIQUE constraint failed: ",
        "UNIQUE constraint failed: t",
        "UNIQUE constraint failed: t99999999999999.c1, t1",
        "UNIQUE constraint failed: index 'x'",
        "CHECK constraint failed: k",
        "NOT NULL constraint failed: other.column",
    };
    static const int codes[] = {SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_CHECK,
                                SQLITE_CONSTRAINT_NOTNULL, SQLITE_CONSTRAINT_FOREIGNKEY,
                                SQLITE_CONSTRAINT_DATATYPE};
    static const int wanted[] = {-239, -530, -391, -691, -271};
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++) {
            struct sqli_error error;
            sqli__catalog_constraint_error(session.catalog, sqli__span(NULL, 0), codes[k],
                                           messages[i], &error);
            assert_int_equal(error.code, wanted[k]);
            assert_string_equal(error.near, "");
        }
    scratch_close(&session);
}

/* --- what clients ask --- */

static void clients_find_what_they_ask_for(void **state)
{
    static const char *const queries[][2] = {
        {"SELECT site FROM systables WHERE tabname = ' GL_COLLATE'", "en_US.819"},
        {"SELECT flags FROM systables WHERE tabname = ' VERSION'", "0"},
        {"SELECT count(*) FROM systables st, syscolumns sc WHERE sc.tabid = st.tabid AND st.tabid "
         "> 99 AND st.tabtype = 'T'",
         "0"},
        {"SELECT count(*) FROM sysxtdtypes WHERE extended_id IN (1, 5, 10, 11)", "4"},
        {"SELECT name FROM sysxtdtypes WHERE extended_id = 5", "boolean"},
        {"SELECT langname FROM sysroutinelangs ORDER BY langid", "builtin\nspl\nc"},
        {"SELECT count(*) FROM systables WHERE owner = 'informix' AND length(owner) = 32", "70"},
    };
    struct scratch_session session;
    scratch_open(*state, &session, "one");
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        assert_string_equal(scratch_query(&session, queries[i][0]), queries[i][1]);
    scratch_close(&session);
}

#define case_of(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        case_of(numbers_and_names),           case_of(every_described_column_is_there),
        case_of(columns_have_their_types),    case_of(owners_and_databases),
        case_of(attached_databases_are_held), case_of(versions_change_with_definitions),
        case_of(unknown_messages_do_no_harm), case_of(clients_find_what_they_ask_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
