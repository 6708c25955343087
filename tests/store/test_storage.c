/* Values into SQLite and out of it, and tuple images of what lies there. */
#include "tests/support/support.h"

#include "server/store/storage.h"
#include "value/composite.h"

#include <stdio.h>

static sqlite3 *open_database(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

/* The types live as long as the program. */
static struct sqli_arena arena;

static const struct sqli_type *type_of(const char *text)
{
    struct sqli_schema *schema;
    struct sqli_error error;
    if (sqli__schema_parse(sqli__span_text(text), &arena, &schema, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return &schema->type;
}

static struct sqli_value value_of(const struct sqli_type *type, const char *text)
{
    struct sqli_value value;
    struct sqli_error error;
    if (sqli__value_from_text(type, sqli__span_text(text), &sqli__date_iso, &value, &error) !=
        SQLI_OK)
        fail_msg("\"%s\": %s", text, error.message);
    return value;
}

static void declarations(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"smallint", "INTEGER"},
        {"serial8", "INTEGER"},
        {"date", "INTEGER"},
        {"boolean", "INTEGER"},
        {"float", "REAL"},
        {"smallfloat", "REAL"},
        {"decimal(5,2)", "BLOB"},
        {"money", "BLOB"},
        {"datetime year to second", "BLOB"},
        {"interval day to second", "BLOB"},
        {"byte", "ANY"},
        {"text", "ANY"},
        {"clob", "ANY"},
        {"char(5)", "TEXT COLLATE RTRIM"},
        {"nvarchar(5)", "TEXT COLLATE RTRIM"},
        {"lvarchar", "TEXT COLLATE RTRIM"},
        {"set(integer)", "TEXT"},
        {"something", "TEXT"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(sqli__storage_declaration(type_of(cases[i][0])), cases[i][1]);
}

/* --- bind, literal, load, image --- */

static const struct round_trip {
    const char *type;
    const char *value; /* NULL: NULL */
    const char *literal;
    const char *image;
    const char *binary; /* where the binary form is another one */
} round_trips[] = {
    {"smallint", "-7", "-7", "fff9", NULL},
    {"smallint", NULL, "NULL", "8000", NULL},
    {"integer", "42", "42", "0000002a", NULL},
    {"integer", NULL, "NULL", "80000000", NULL},
    {"serial", "1", "1", "00000001", NULL},
    {"bigint", "3", "3", "0000000000000003", NULL},
    {"bigint", NULL, "NULL", "8000000000000000", NULL},
    {"int8", "123456789012", "123456789012", "0001be991a140000001c", NULL},
    {"int8", "-123456789012", "-123456789012", "ffffbe991a140000001c", NULL},
    {"int8", NULL, "NULL", "00000000000000000000", NULL},
    {"float", "3.25", "3.25", "400a000000000000", NULL},
    {"float", "3", "3.0", "4008000000000000", NULL},
    {"float", "1e300", "1e+300", "7e37e43c8800759c", NULL},
    {"float", NULL, "NULL", "ffffffffffffffff", NULL},
    {"smallfloat", "-1.5", "-1.5", "bfc00000", NULL},
    {"smallfloat", NULL, "NULL", "ffffffff", NULL},
    {"date", "2026-05-04", "46145", "0000b441", NULL},
    {"date", "0001-01-01", "-693594", "fff56aa6", NULL},
    {"date", NULL, "NULL", "80000000", NULL},
    {"char(6)", "ab    ", "'ab    '", "616220202020", NULL},
    {"char(6)", "      ", "'      '", "202020202020", NULL},
    {"char(6)", NULL, "NULL", "002020202020", NULL},
    {"nchar(3)", "a'b", "'a''b'", "612762", NULL},
    {"varchar(10)", "hello", "'hello'", "0568656c6c6f", NULL},
    {"varchar(10,3)", "", "''", "00", NULL},
    {"varchar(10)", NULL, "NULL", "0100", NULL},
    {"lvarchar(100)", "odd", "'odd'", "00000000036f6464", NULL},
    {"lvarchar(100)", NULL, "NULL", "0100000000", NULL},
    {"boolean", "t", "1", "000000000174", "000000000101"},
    {"boolean", "f", "0", "000000000166", "000000000100"},
    {"boolean", NULL, "NULL", "0100000000", NULL},
    {"decimal(8,2)", "1234.56", "X'C20C2238'", "c20c223800", NULL},
    {"decimal(8,2)", NULL, "NULL", "0000000000", NULL},
    {"decimal(5,2)", "-1.5", "X'3E6232'", "3e623200", NULL},
    {"decimal(5,2)", "-0.01", "X'3F63'", "3f630000", NULL},
    {"decimal(5,2)", "0", "X'80'", "80000000", NULL},
    {"decimal(16)", "1E-8", "X'BD01'", "bd010000000000000000", NULL},
    {"money(8,2)", "100", "X'C201'", "c201000000", NULL},
    {"datetime year to second", "2026-05-04 12:34:56", "X'C7141A05040C2238'", "c7141a05040c2238",
     NULL},
    {"datetime year to second", "2000-01-01 00:00:00", "X'C714000101'", "c714000101000000", NULL},
    {"datetime year to second", NULL, "NULL", "0000000000000000", NULL},
    {"datetime hour to second", "00:00:00", "X'C3'", "c3000000", NULL},
    {"interval day(2) to second", "5 04:03:02", "X'C405040302'", "c405040302", NULL},
    {"interval day(2) to second", "-5 04:03:02", "X'3B5E5F6062'", "3b5e5f6062", NULL},
    {"interval day(2) to second", "0 00:00:00", "X'80'", "8000000000", NULL},
    {"interval month(3) to month", "365", "X'C60341'", "c60341", NULL},
    {"interval month(3) to month", NULL, "NULL", "000000", NULL},
    {"set(integer not null)", "SET{1,2}", "'SET{1,2}'", "00000000085345547b312c327d", NULL},
    {"list(integer)", NULL, "NULL", "0100000000", NULL},
    {"ROW(name varchar(50), age integer)", "ROW('Alice',30)", "'ROW(''Alice'',30)'",
     "0000000018524f572827416c696365272c333020202020202020202029", NULL},
    {"ROW(age integer)", "ROW(NULL)", "'ROW(NULL)'", "0000000009524f57284e554c4c29", NULL},
    {"ROW(s varchar(9), n bigint)", "ROW('),(',7)", "'ROW(''),('',7)'",
     "000000000c524f57282729"
     "2c28272c3729",
     NULL},
    {"thing", "abc", "'abc'", "0000000003616263", NULL},
};

static struct sqli_value round_trip_value(const struct round_trip *r, const struct sqli_type *type)
{
    struct sqli_value null = {.kind = sqli__type_kind(type), .null = true};
    return r->value ? value_of(type, r->value) : null;
}

static void check_image(sqlite3_stmt *statement, const struct sqli_type *type, bool binary,
                        const char *wanted)
{
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, 100000);
    sqli__buffer_byte(&out, 0xee); /* what stood there before stays */
    if (sqli__storage_image(type, binary, statement, 0, &out, &error) != SQLI_OK)
        fail_msg("image: %s", error.message);
    assert_int_equal(out.data[0], 0xee);
    assert_span_hex(sqli__span(out.data + 1, out.length - 1), wanted);
    sqli__buffer_free(&out);
}

static void check_load(sqlite3_stmt *statement, const struct sqli_type *type,
                       const struct sqli_value *wanted)
{
    struct sqli_value got;
    struct sqli_error error;
    struct sqli_buffer texts[2];
    if (sqli__storage_load(type, sqlite3_column_value(statement, 0), &got, &error) != SQLI_OK)
        fail_msg("load: %s", error.message);
    assert_int_equal(got.null, wanted->null);
    assert_int_equal(got.kind, wanted->kind);
    for (int i = 0; i < 2; i++) {
        sqli__buffer_init(&texts[i], 1000);
        assert_int_equal(
            sqli__value_to_text(type, i ? wanted : &got, &sqli__date_iso, &texts[i], &error),
            SQLI_OK);
    }
    assert_true(sqli__span_equal(sqli__buffer_view(&texts[0]), sqli__buffer_view(&texts[1])));
    sqli__buffer_free(&texts[0]);
    sqli__buffer_free(&texts[1]);
}

static void check_literal(sqlite3 *db, const struct sqli_type *type, const struct sqli_value *value,
                          const struct round_trip *r)
{
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, 1000);
    sqli__buffer_text(&sql, "SELECT ");
    assert_int_equal(sqli__storage_literal(type, value, &sql, &error), SQLI_OK);
    sqli__buffer_byte(&sql, '\0');
    assert_string_equal((char *)sql.data + 7, r->literal);
    sqlite3_stmt *statement = prepare(db, (char *)sql.data);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    check_image(statement, type, false, r->image);
    sqlite3_finalize(statement);
    sqli__buffer_free(&sql);
}

static void round_trip_all(void **state)
{
    (void)state;
    sqlite3 *db = open_database();
    uint8_t keep[SQLI_STORAGE_KEEP];
    for (size_t i = 0; i < sizeof round_trips / sizeof round_trips[0]; i++) {
        const struct round_trip *r = &round_trips[i];
        const struct sqli_type *type = type_of(r->type);
        struct sqli_value value = round_trip_value(r, type);
        char sql[200];
        struct sqli_error error;
        snprintf(sql, sizeof sql, "CREATE TABLE t%zu(v %s) STRICT", i,
                 sqli__storage_declaration(type));
        sqlite3_exec(db, sql, NULL, NULL, NULL);
        snprintf(sql, sizeof sql, "INSERT INTO t%zu VALUES (?) RETURNING v", i);
        sqlite3_stmt *statement = prepare(db, sql);
        assert_int_equal(
            sqli__storage_bind(statement, 1, type, &value, i % 2 ? keep : NULL, &error), SQLI_OK);
        if (sqlite3_step(statement) != SQLITE_ROW)
            fail_msg("%s: %s", r->type, sqlite3_errmsg(db));
        check_image(statement, type, false, r->image);
        if (r->binary)
            check_image(statement, type, true, r->binary);
        check_load(statement, type, &value);
        sqlite3_finalize(statement);
        check_literal(db, type, &value, r);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* --- what has no text --- */

static void lobs(void **state)
{
    (void)state;
    sqlite3 *db = open_database();
    struct sqli_error error;
    struct sqli_value contents = {.kind = SQLI_KIND_OPAQUE, .as.bytes = {(uint8_t *)"abc", 3}};
    struct sqli_value descriptor = {.kind = SQLI_KIND_SIMPLE_LOB};
    struct sqli_buffer out;
    const struct sqli_type *byte = type_of("byte");
    sqlite3_stmt *statement = prepare(db, "SELECT ?1");
    assert_int_equal(sqli__storage_bind(statement, 1, byte, &contents, NULL, &error), SQLI_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_type(statement, 0), SQLITE_BLOB);
    sqli__buffer_init(&out, 1000);
    assert_int_equal(sqli__storage_image(byte, false, statement, 0, &out, &error), SQLI_OK);
    assert_int_equal(out.length, SQLI_SIMPLE_LOB_SIZE);
    struct sqli_simple_lob lob;
    memcpy(lob.bytes, out.data, sizeof lob.bytes);
    assert_int_equal(sqli__simple_lob_size(&lob), 3);
    assert_false(sqli__simple_lob_null(&lob));
    sqlite3_reset(statement);
    assert_int_equal(sqli__storage_bind(statement, 1, byte, &descriptor, NULL, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_LOCATOR_CONVERSION);
    sqlite3_clear_bindings(statement);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    sqli__buffer_clear(&out);
    assert_int_equal(sqli__storage_image(byte, false, statement, 0, &out, &error), SQLI_OK);
    memcpy(lob.bytes, out.data, sizeof lob.bytes);
    assert_true(sqli__simple_lob_null(&lob));
    sqlite3_finalize(statement);
    sqli__buffer_free(&out);
    sqlite3_close(db);
}

static void locators(void **state)
{
    (void)state;
    sqlite3 *db = open_database();
    struct sqli_error error;
    struct sqli_value value = {.kind = SQLI_KIND_SMART_LOB};
    struct sqli_buffer out;
    for (int i = 0; i < SQLI_SMART_LOB_SIZE; i++)
        value.as.smart_lob.bytes[i] = (uint8_t)i;
    sqlite3_stmt *statement = prepare(db, "SELECT ?1, x'00'");
    const struct sqli_type *blob = type_of("blob");
    assert_int_equal(sqli__storage_bind(statement, 1, blob, &value, NULL, &error), SQLI_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    sqli__buffer_init(&out, 1000);
    assert_int_equal(sqli__storage_image(blob, false, statement, 0, &out, &error), SQLI_OK);
    assert_int_equal(out.length, 5 + SQLI_SMART_LOB_TEXT);
    assert_memory_equal(out.data + 5, "000102030405", 12);
    sqli__buffer_clear(&out);
    assert_int_equal(sqli__storage_image(blob, true, statement, 0, &out, &error), SQLI_OK);
    assert_int_equal(out.length, 5 + SQLI_SMART_LOB_SIZE);
    assert_memory_equal(out.data + 5, value.as.smart_lob.bytes, SQLI_SMART_LOB_SIZE);
    assert_int_equal(sqli__storage_image(blob, false, statement, 1, &out, &error), SQLI_FAIL);
    sqlite3_finalize(statement);
    sqli__buffer_free(&out);
    sqlite3_close(db);
}

/* Another storage class than the type's is a fault of whoever wrote the SQL. */
static void wrong_classes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"integer", "'a'"},           {"float", "1"},     {"decimal(5,2)", "1"},
        {"varchar(5)", "1"},          {"date", "1.5"},    {"datetime year to day", "'2026-05-04'"},
        {"interval day to day", "1"}, {"boolean", "'t'"}, {"clob", "x'00'"},
    };
    sqlite3 *db = open_database();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[100];
        struct sqli_value value;
        struct sqli_error error;
        snprintf(sql, sizeof sql, "SELECT %s", cases[i][1]);
        sqlite3_stmt *statement = prepare(db, sql);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_int_equal(sqli__storage_load(type_of(cases[i][0]),
                                            sqlite3_column_value(statement, 0), &value, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERNAL);
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
}

/* A decimal with more digits than its column shows is rounded, not cut. */
static void too_long(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"decimal(5,2)", "X'C10132'", "c1013200"},
        {"decimal(5,2)", "X'C1013263'", "c1013263"},
        {"decimal(5,2)", "X'C101326363'", "c1013300"},
        {"char(2)", "'abc'", "6162"},
        {"varchar(2)", "'abc'", "026162"},
    };
    sqlite3 *db = open_database();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT %s", cases[i][1]);
        sqlite3_stmt *statement = prepare(db, sql);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        check_image(statement, type_of(cases[i][0]), false, cases[i][2]);
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
}

/* --- order --- */

static struct sqli_value random_decimal(uint64_t *seed)
{
    char text[60];
    snprintf(text, sizeof text, "%lldE%d",
             (long long)support_random_between(seed, -1000000, 1000000) /
                 (long long)support_random_between(seed, 1, 1000000),
             (int)support_random_between(seed, -8, 8));
    return value_of(type_of("decimal(32)"), text);
}

static struct sqli_value random_interval(uint64_t *seed)
{
    int64_t amount = support_random_between(seed, -99, 99) * 8640000000 / 1000;
    return (struct sqli_value){
        .kind = SQLI_KIND_INTERVAL,
        .as.interval = {(sqli_qualifier)type_of("interval day to fraction(5)")->length, false,
                        amount * support_random_between(seed, 0, 999)}};
}

static struct sqli_value random_datetime(uint64_t *seed)
{
    return (struct sqli_value){.kind = SQLI_KIND_DATETIME,
                               .as.datetime = {SQLI_QUALIFIER_YEAR_TO_FRACTION5,
                                               (int16_t)support_random_between(seed, 1, 9999),
                                               (int8_t)support_random_between(seed, 1, 2),
                                               (int8_t)support_random_between(seed, 1, 2), 0, 0,
                                               (int8_t)support_random_between(seed, 0, 1),
                                               (int32_t)support_random_between(seed, 0, 3) * 100}};
}

static int sign(int64_t number)
{
    return (number > 0) - (number < 0);
}

static int order_of(const struct sqli_value *a, const struct sqli_value *b)
{
    if (a->kind == SQLI_KIND_DECIMAL)
        return sqli__decimal_compare(&a->as.decimal, &b->as.decimal);
    if (a->kind == SQLI_KIND_INTERVAL)
        return sign(a->as.interval.amount - b->as.interval.amount);
    const struct sqli_datetime *x = &a->as.datetime;
    const struct sqli_datetime *y = &b->as.datetime;
    const int64_t parts[][2] = {{x->year, y->year},
                                {x->month, y->month},
                                {x->day, y->day},
                                {x->second, y->second},
                                {x->fraction, y->fraction}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i][0] != parts[i][1])
            return parts[i][0] < parts[i][1] ? -1 : 1;
    return 0;
}

/* SQLite compares bytes; that must be the order of the values. */
static void order(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        struct sqli_value (*make)(uint64_t *seed);
    } kinds[] = {{"decimal(32)", random_decimal},
                 {"interval day to fraction(5)", random_interval},
                 {"datetime year to fraction(5)", random_datetime}};
    uint64_t seed = 42;
    sqlite3 *db = open_database();
    sqlite3_stmt *statement = prepare(db, "SELECT (?1 > ?2) - (?1 < ?2)");
    for (size_t kind = 0; kind < 3; kind++)
        for (int i = 0; i < 20000; i++) {
            struct sqli_error error;
            struct sqli_value a = kinds[kind].make(&seed);
            struct sqli_value b = kinds[kind].make(&seed);
            const struct sqli_type *type = type_of(kinds[kind].type);
            assert_int_equal(sqli__storage_bind(statement, 1, type, &a, NULL, &error), SQLI_OK);
            assert_int_equal(sqli__storage_bind(statement, 2, type, &b, NULL, &error), SQLI_OK);
            assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
            assert_int_equal(sqlite3_column_int(statement, 0), order_of(&a, &b));
            sqlite3_reset(statement);
        }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* --- the vectors --- */

/* Some vectors are there to be read only: no server writes them. The tests of the value layer hold
 * its encoder to the others. */
static bool is_written(const struct sqli_type *type, const struct sqli_value *value,
                       struct sqli_span image)
{
    struct sqli_buffer out;
    sqli__buffer_init(&out, 1 << 20);
    bool same = sqli__value_encode(type, value, &out, NULL) == SQLI_OK &&
                sqli__span_equal(sqli__buffer_view(&out), image);
    sqli__buffer_free(&out);
    return same;
}

/* Decodes the image with the value layer, stores the value, and wants the image back. */
static bool check_vector(sqlite3 *db, const struct sqli_type *type, const char *id,
                         struct sqli_span image)
{
    struct sqli_value value;
    struct sqli_error error;
    struct sqli_buffer out;
    if (sqli__value_decode(type, image, &value, &error) != SQLI_OK ||
        !is_written(type, &value, image))
        return false;
    sqlite3_stmt *statement = prepare(db, "SELECT ?1");
    if (sqli__storage_bind(statement, 1, type, &value, NULL, &error) != SQLI_OK)
        fail_msg("%s: %s", id, error.message);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    sqli__buffer_init(&out, 1 << 20);
    if (sqli__storage_image(type, false, statement, 0, &out, &error) != SQLI_OK)
        fail_msg("%s: %s", id, error.message);
    if (!sqli__span_equal(sqli__buffer_view(&out), image))
        fail_msg("%s: %s", id, support_hex(sqli__buffer_view(&out)));
    sqli__buffer_free(&out);
    sqlite3_finalize(statement);
    return true;
}

struct vectors {
    sqlite3 *db;
    int count;
};

/* The type in front of what the file remarks about it: "DECIMAL(16) floating enc_len=0x10ff". */
static bool has_type(const char *text, struct sqli_type *type)
{
    static const char *const remarks[] = {" enc_len", " floating", ", no", " (", " column"};
    struct sqli_schema *schema;
    char name[64];
    snprintf(name, sizeof name, "%s", text);
    for (size_t i = 0; i < sizeof remarks / sizeof remarks[0]; i++)
        if (strstr(name, remarks[i]))
            *strstr(name, remarks[i]) = '\0';
    if (sqli__schema_parse(sqli__span_text(name), &arena, &schema, NULL) != SQLI_OK)
        return false;
    *type = schema->type;
    return sqli__type_kind(type) != SQLI_KIND_OPAQUE;
}

static void vector_line(void *context, size_t line, size_t count, char **fields)
{
    struct vectors *v = context;
    struct sqli_type type;
    (void)line;
    if (count < 5 || strcmp(fields[2], "value") != 0 || strcmp(fields[1], "datetime-norm") == 0 ||
        !has_type(fields[3], &type))
        return;
    enum sqli_kind kind = sqli__type_kind(&type);
    struct sqli_span image = support_unhex(fields[4]);
    size_t length;
    if (kind != SQLI_KIND_SIMPLE_LOB && kind != SQLI_KIND_COMPOSITE &&
        sqli__image_length(&type, image, &length, NULL) == SQLI_OK && length == image.length) {
        v->count += check_vector(v->db, &type, fields[0], image);
    }
    support_free(image);
}

static void vectors(void **state)
{
    (void)state;
    struct vectors v = {open_database(), 0};
    support_each_line("vectors.tsv", '\t', vector_line, &v);
    print_message("%d vectors\n", v.count);
    assert_true(v.count >= 250);
    sqlite3_close(v.db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations),  cmocka_unit_test(round_trip_all),
        cmocka_unit_test(lobs),          cmocka_unit_test(locators),
        cmocka_unit_test(wrong_classes), cmocka_unit_test(too_long),
        cmocka_unit_test(order),         cmocka_unit_test(vectors),
    };
    sqli__arena_init(&arena, 64 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sqli__arena_free(&arena);
    return failed;
}
