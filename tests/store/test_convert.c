/* The one conversion: every pair of kinds, what is cut or rounded, and every code that it fails
 * with. */
#include "tests/support/support.h"

#include "server/store/convert.h"
#include "value/composite.h"

#include <stdio.h>

static struct sqli_arena arena;
static struct sqli_conversion_settings settings;

static const struct sqli_type *type_of(const char *text)
{
    static const struct sqli_type none = {.code = SQLI_TYPE_NULL};
    struct sqli_schema *schema;
    struct sqli_error error;
    if (strcmp(text, "null") == 0)
        return &none;
    if (sqli__schema_parse(sqli__span_text(text), &arena, &schema, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return &schema->type;
}

/* The text of the result with its blanks, or !code. */
static const char *converted(const char *from_name, const char *text, const char *to_name)
{
    static char out[70000];
    const struct sqli_type *from = type_of(from_name);
    const struct sqli_type *to = type_of(to_name);
    struct sqli_buffer scratch, shown;
    struct sqli_value value, result;
    struct sqli_error error;
    if (sqli__value_from_text(from, sqli__span_text(text), &sqli__date_iso, &value, &error))
        fail_msg("%s '%s': %s", from_name, text, error.message);
    sqli__buffer_init(&scratch, 1 << 20);
    sqli__buffer_init(&shown, sizeof out - 1);
    if (sqli__convert(from, &value, to, &settings, &scratch, &result, &error) != SQLI_OK) {
        snprintf(out, sizeof out, "!%d", (int)error.code);
    } else {
        assert_int_equal(result.kind, sqli__type_kind(to));
        assert_false(result.null);
        assert_int_equal(sqli__value_to_text(to, &result, &sqli__date_iso, &shown, &error),
                         SQLI_OK);
        snprintf(out, sizeof out, "%.*s", (int)shown.length, shown.data ? (char *)shown.data : "");
    }
    sqli__buffer_free(&scratch);
    sqli__buffer_free(&shown);
    return out;
}

struct conversion_case {
    const char *from, *text, *to, *wanted;
};

static void check(const struct conversion_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct conversion_case *c = &cases[i];
        const char *got = converted(c->from, c->text, c->to);
        if (strcmp(got, c->wanted) != 0)
            fail_msg("%s '%s' to %s: '%s', but '%s' wanted", c->from, c->text, c->to, got,
                     c->wanted);
    }
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

static void integers(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"smallint", "7", "bigint", "7"},
        {"integer", "32767", "smallint", "32767"},
        {"integer", "32768", "smallint", "!-1214"},
        {"integer", "-32768", "smallint", "!-1214"},
        {"bigint", "2147483647", "serial", "2147483647"},
        {"bigint", "2147483648", "integer", "!-1215"},
        {"bigint", "-2147483648", "integer", "!-1215"},
        {"bigint", "9223372036854775807", "int8", "9223372036854775807"},
        {"integer", "7", "float", "7"},
        {"integer", "7", "smallfloat", "7"},
        {"integer", "7", "decimal(5,2)", "7.00"},
        {"integer", "1000", "decimal(5,2)", "!-1226"},
        {"integer", "123456", "decimal(3)", "123000"},
        {"integer", "7", "money(5,2)", "7.00"},
        {"integer", "-12", "char(5)", "-12  "},
        {"integer", "-12", "varchar(5)", "-12"},
        {"integer", "-12", "lvarchar", "-12"},
        {"integer", "123456", "char(5)", "!-1207"},
        {"integer", "46145", "date", "2026-05-04"},
        {"integer", "2958465", "date", "!-1210"},
        {"integer", "0", "date", "1899-12-31"},
        {"integer", "1", "boolean", "!-9634"},
        {"integer", "1", "datetime year to day", "!-9634"},
        {"integer", "1", "interval day to day", "!-9634"},
        {"integer", "1", "set(integer)", "!-9634"},
    };
    CHECK(cases);
}

static void decimals(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"decimal(5,2)", "1.99", "integer", "1"},
        {"decimal(5,2)", "-1.99", "integer", "-1"},
        {"decimal(5,2)", "0.99", "integer", "0"},
        {"decimal(20,0)", "2147483648", "integer", "!-1215"},
        {"decimal(20,0)", "32768", "smallint", "!-1214"},
        {"decimal(32,0)", "9223372036854775808", "bigint", "!-1284"},
        {"decimal(32)", "1E60", "integer", "!-1215"},
        {"decimal(32)", "1E60", "bigint", "!-1284"},
        {"decimal(32)", "1E-60", "integer", "0"},
        {"decimal(32)", "1200", "integer", "1200"},
        {"decimal(5,2)", "1.99", "float", "1.99"},
        {"decimal(5,2)", "1.99", "smallfloat", "1.99"},
        {"decimal(32)", "1E60", "smallfloat", "!-1222"},
        {"decimal(5,3)", "1.995", "decimal(5,2)", "2.00"},
        {"decimal(5,3)", "-1.995", "decimal(5,2)", "-2.00"},
        {"decimal(5,2)", "999.99", "decimal(4,1)", "!-1226"},
        {"decimal(5,2)", "999.99", "decimal(7,3)", "999.990"},
        {"decimal(5,2)", "999.99", "decimal(3)", "1000"},
        {"decimal(8,2)", "1234.50", "char(10)", "1234.50   "},
        {"decimal(8,2)", "1234.50", "lvarchar", "1234.50"},
        {"decimal(8,2)", "0", "lvarchar", "0.00"},
        {"decimal(16)", "1234.50", "lvarchar", "1234.5"},
        {"money(8,2)", "1234.50", "lvarchar", "1234.50"},
        {"decimal(8,2)", "1234.56", "char(6)", "1234.6"},
        {"decimal(8,2)", "1234.56", "char(4)", "1235"},
        {"decimal(8,2)", "1234.56", "char(3)", "!-1207"},
        {"decimal(8,2)", "999.99", "char(3)", "!-1207"},
        {"decimal(5,0)", "46145", "date", "2026-05-04"},
        {"decimal(32)", "1E30", "date", "!-1210"},
        {"decimal(5,0)", "1", "boolean", "!-9634"},
    };
    CHECK(cases);
}

static void doubles(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"float", "1.99", "integer", "1"},
        {"float", "-1.99", "integer", "-1"},
        {"float", "1e10", "integer", "!-1215"},
        {"float", "1e300", "integer", "!-1215"},
        {"float", "1e300", "bigint", "!-1284"},
        {"float", "9223372036854775808", "bigint", "!-1284"},
        {"float", "0.1", "smallfloat", "0.1"},
        {"float", "1e300", "smallfloat", "!-1222"},
        {"smallfloat", "0.1", "decimal(5,3)", "0.100"},
        {"smallfloat", "0.1", "decimal(32)", "0.1"},
        {"float", "0.1", "decimal(32)", "0.1"},
        {"float", "1e300", "decimal(32)", "!-1200"},
        {"float", "1.005", "decimal(5,2)", "1.01"},
        {"float", "3.25", "lvarchar", "3.25"},
        {"float", "3", "lvarchar", "3"},
        {"smallfloat", "0.1", "lvarchar", "0.1"},
        {"float", "3.25", "char(6)", "3.25  "},
        {"float", "3.14159", "char(4)", "3.14"},
        {"float", "31415.9", "char(3)", "!-1207"},
        {"float", "46145.7", "date", "2026-05-04"},
        {"float", "1e20", "date", "!-1210"},
    };
    CHECK(cases);
}

static void texts(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"lvarchar", " 42 ", "integer", "42"},
        {"lvarchar", "1.5", "integer", "1"},
        {"lvarchar", "-1.5e1", "integer", "-15"},
        {"lvarchar", "99999999999", "integer", "!-1215"},
        {"lvarchar", "99999999999", "smallint", "!-1214"},
        {"lvarchar", "99999999999999999999", "bigint", "!-1284"},
        {"lvarchar", "1e200", "integer", "!-1215"},
        {"lvarchar", "", "integer", "!-1213"},
        {"lvarchar", "   ", "integer", "!-1213"},
        {"lvarchar", "abc", "integer", "!-1213"},
        {"lvarchar", "12x", "decimal(5,2)", "!-1213"},
        {"lvarchar", "", "decimal(5,2)", "!-1213"},
        {"lvarchar", "1.555", "decimal(5,2)", "1.56"},
        {"lvarchar", "1555", "decimal(5,2)", "!-1226"},
        {"lvarchar", "1e200", "decimal(32)", "!-1200"},
        {"lvarchar", "1.5", "float", "1.5"},
        {"lvarchar", "abc", "float", "!-1213"},
        {"lvarchar", "1e999", "float", "!-1223"},
        {"lvarchar", "1e50", "smallfloat", "!-1222"},
        {"lvarchar", "t", "boolean", "t"},
        {"lvarchar", "F ", "boolean", "f"},
        {"lvarchar", "1", "boolean", "t"},
        {"lvarchar", "0", "boolean", "f"},
        {"lvarchar", "yes", "boolean", "!-9648"},
        {"lvarchar", "2026-05-04", "date", "2026-05-04"},
        {"lvarchar", "26-05-04", "date", "2026-05-04"},
        {"lvarchar", "2026-13-04", "date", "!-1205"},
        {"lvarchar", "2026-02-30", "date", "!-1206"},
        {"lvarchar", "today", "date", "!-1218"},
        {"lvarchar", "2026-05-04 12:34:56", "datetime year to second", "2026-05-04 12:34:56"},
        {"lvarchar", "2026-05-04 12:34:56.5", "datetime year to fraction(3)",
         "2026-05-04 12:34:56.500"},
        {"lvarchar", "12:34", "datetime hour to minute", "12:34"},
        {"lvarchar", "25:34", "datetime hour to minute", "!-1263"},
        {"lvarchar", "xx:34", "datetime hour to minute", "!-1262"},
        {"lvarchar", "12:34:56", "datetime hour to minute", "!-1264"},
        {"lvarchar", "3 04:05", "interval day to minute", "3 04:05"},
        {"lvarchar", "-1-06", "interval year to month", "-1-06"},
        {"lvarchar", "300 04:05", "interval day to minute", "!-1265"},
    };
    CHECK(cases);
}

static void texts_to_text(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"char(5)", "ab   ", "varchar(10)", "ab   "},
        {"varchar(10)", "ab", "char(5)", "ab   "},
        {"lvarchar", "abcdef", "char(3)", "abc"},
        {"lvarchar", "abcdef", "varchar(3)", "abc"},
        {"lvarchar", "abcdef", "lvarchar(4)", "abcd"},
        {"lvarchar", "", "char(2)", "  "},
        {"lvarchar", "", "varchar(2)", ""},
        {"lvarchar", "SET{3, 1, 3}", "set(integer not null)", "SET{3,1}"},
        {"lvarchar", "multiset{3, 1, 3}", "multiset(integer not null)", "MULTISET{3,1,3}"},
        {"lvarchar", "ROW('Alice',30         )", "ROW(name varchar(50), age integer)",
         "ROW('Alice',30)"},
        {"lvarchar", "ROW('Alice','30.7')", "ROW(name varchar(3), age integer)", "ROW('Ali',30)"},
        {"lvarchar", "LIST{1,NULL}", "list(integer)", "LIST{1,NULL}"},
        {"lvarchar", "LIST{1,NULL}", "list(integer not null)", "!-9978"},
        {"lvarchar", "LIST{x}", "list(integer not null)", "!-1213"},
        {"lvarchar", "LIST{1", "list(integer not null)", "!-9602"},
        {"lvarchar", "SET{1}", "list(integer not null)", "!-9602"},
        {"lvarchar", "anything", "thing", "anything"},
        {"lvarchar", "anything", "blob", "!-9634"},
    };
    CHECK(cases);
}

static void temporal(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"date", "2026-05-04", "integer", "46145"},
        {"date", "2026-05-04", "smallint", "!-1214"},
        {"date", "2026-05-04", "decimal(8,2)", "46145.00"},
        {"date", "2026-05-04", "float", "46145"},
        {"date", "2026-05-04", "date", "2026-05-04"},
        {"date", "2026-05-04", "char(12)", "2026-05-04  "},
        {"date", "2026-05-04", "datetime year to second", "2026-05-04 00:00:00"},
        {"date", "2026-05-04", "datetime month to hour", "05-04 00"},
        {"date", "2026-05-04", "interval day to day", "!-9634"},
        {"date", "2026-05-04", "boolean", "!-9634"},
        {"datetime year to second", "2026-05-04 12:34:56", "date", "2026-05-04"},
        {"datetime hour to second", "12:34:56", "date", "2031-07-09"},
        {"datetime year to second", "2026-05-04 12:34:56", "datetime year to minute",
         "2026-05-04 12:34"},
        {"datetime hour to minute", "12:34", "datetime year to second", "2031-07-09 12:34:00"},
        {"datetime month to day", "02-29", "datetime year to day", "!-1263"},
        {"datetime year to fraction(5)", "2026-08-31 12:30:15.12", "lvarchar",
         "2026-08-31 12:30:15.12000"},
        {"datetime year to second", "2026-05-04 12:34:56", "char(10)", "2026-05-04"},
        {"datetime year to second", "2026-05-04 12:34:56", "integer", "!-9634"},
        {"interval day to second", "3 04:05:06", "lvarchar", "3 04:05:06"},
        {"interval day to second", "-3 04:05:06", "interval hour(3) to minute", "-76:05"},
        {"interval day to second", "9 04:05:06", "interval hour to minute", "!-1265"},
        {"interval year to month", "1-06", "interval month(4) to month", "18"},
        {"interval year to month", "1-06", "interval day to day", "!-1266"},
        {"boolean", "t", "lvarchar", "t"},
        {"boolean", "f", "char(2)", "f "},
        {"boolean", "f", "boolean", "f"},
        {"boolean", "t", "integer", "!-9634"},
    };
    CHECK(cases);
}

static void composites(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"set(integer not null)", "SET{1,2}", "lvarchar", "SET{1,2}"},
        {"set(integer not null)", "SET{1,2}", "list(decimal(5,2) not null)", "LIST{1.00,2.00}"},
        {"list(decimal(5,2))", "LIST{1.5,1.2}", "set(integer)", "SET{1}"},
        {"list(integer)", "LIST{NULL}", "set(integer not null)", "!-9978"},
        {"ROW(a integer, b date)", "ROW(1,'2026-05-04')", "ROW(x smallint, y lvarchar)",
         "ROW(1,'2026-05-04')"},
        {"ROW(a integer)", "ROW(40000)", "ROW(x smallint)", "!-1214"},
        {"ROW(a integer)", "ROW(1)", "ROW(x smallint, y integer)", "!-9989"},
        {"ROW(a integer)", "ROW(1)", "set(integer)", "!-9602"},
        {"list(set(integer))", "LIST{SET{2,1}}", "multiset(set(varchar(1)))",
         "MULTISET{SET{'2','1'}}"},
        {"thing", "abc", "lvarchar", "abc"},
        {"thing", "abc", "thing", "abc"},
        {"set(integer)", "SET{1}", "integer", "!-9634"},
    };
    CHECK(cases);
}

/* --- settings --- */

static void date_formats(void **state)
{
    (void)state;
    static const struct conversion_case cases[] = {
        {"lvarchar", "04.05.2026", "date", "2026-05-04"},
        {"lvarchar", "04.05.26", "date", "1926-05-04"},
        {"date", "2026-05-04", "lvarchar", "04.05.2026"},
        {"list(date)", "LIST{'2026-05-04'}", "list(date not null)", "LIST{'2026-05-04'}"},
    };
    assert_int_equal(sqli__date_format_parse(sqli__span_text("DMY4."), &settings.date_format, NULL),
                     SQLI_OK);
    settings.century = 1900;
    CHECK(cases);
    settings.date_format = sqli__date_iso;
    settings.century = 2000;
}

static void code_sets(void **state)
{
    (void)state;
    static const struct conversion_case utf8[] = {
        {"lvarchar", "aäb", "varchar(2)", "a"},
        {"lvarchar", "aäb", "varchar(3)", "aä"},
        {"lvarchar", "aäb", "char(2)", "a "},
        {"lvarchar", "日本", "varchar(5)", "日"},
        {"lvarchar", "\xf0\x9f\x98\x80", "varchar(3)", ""},
        {"lvarchar", "\x80\x80\x80\x80\x80\x80", "varchar(5)", "\x80\x80"},
    };
    static const struct conversion_case latin[] = {{"lvarchar", "aäb", "varchar(2)", "a\xc3"}};
    settings.codeset = sqli__codeset_find(sqli__span_text("utf8"));
    CHECK(utf8);
    settings.codeset = sqli__codeset_find(sqli__span_text("8859-1"));
    CHECK(latin);
}

/* --- around --- */

static void nulls(void **state)
{
    (void)state;
    static const char *const types[] = {"integer", "date", "lvarchar", "set(integer)", "boolean"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct sqli_type *to = type_of(types[i]);
        struct sqli_value result, null = {.null = true};
        assert_int_equal(sqli__convert(type_of("null"), &null, to, &settings, NULL, &result, NULL),
                         SQLI_OK);
        assert_true(result.null);
        assert_int_equal(result.kind, sqli__type_kind(to));
    }
}

/* Bytes of BYTE and TEXT pass, whatever the kind of the value. */
static void contents(void **state)
{
    (void)state;
    struct sqli_value result;
    struct sqli_value bytes = {.kind = SQLI_KIND_TEXT, .as.bytes = {(const uint8_t *)"ab", 2}};
    const char *const from[] = {"lvarchar", "byte", "text"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(sqli__convert(type_of(from[i]), &bytes, type_of("text"), &settings, NULL,
                                       &result, NULL),
                         SQLI_OK);
        assert_int_equal(result.as.bytes.length, 2);
        assert_int_equal(result.kind, SQLI_KIND_TEXT);
    }
}

static void what_converts(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool can;
    } cases[] = {
        {"integer", "lvarchar", true},
        {"integer", "boolean", false},
        {"boolean", "char(1)", true},
        {"date", "interval day to day", false},
        {"date", "datetime year to day", true},
        {"interval day to day", "interval hour to hour", true},
        {"interval day to day", "interval year to year", false},
        {"set(integer)", "list(integer)", true},
        {"set(integer)", "ROW(a integer)", false},
        {"blob", "blob", true},
        {"blob", "clob", false},
        {"blob", "lvarchar", false},
        {"byte", "char(5)", false},
        {"char(5)", "text", true},
        {"thing", "thing", true},
        {"thing", "other", false},
        {"null", "blob", true},
        {"integer", "null", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (sqli__convertible(type_of(cases[i].from), type_of(cases[i].to)) != cases[i].can)
            fail_msg("%s to %s", cases[i].from, cases[i].to);
}

static void what_is_stored_alike(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"smallint", "bigserial", true},
        {"char(5)", "lvarchar", true},
        {"decimal(5,2)", "money", true},
        {"datetime year to day", "datetime year to day", true},
        {"datetime year to day", "datetime year to hour", false},
        {"interval day(2) to day", "interval day(3) to day", false},
        {"date", "integer", false},
        {"float", "smallfloat", true},
        {"float", "decimal(5,2)", false},
        {"set(integer)", "set(integer)", true},
        {"set(integer)", "set(smallint)", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (sqli__same_storage(type_of(cases[i].a), type_of(cases[i].b)) != cases[i].same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
}

static enum sqli_status convert_set(void *context, struct sqli_error *error)
{
    struct sqli_buffer scratch;
    struct sqli_value result;
    struct sqli_value text = {.kind = SQLI_KIND_TEXT};
    text.as.bytes = sqli__span_text("SET{'a','b','a'}");
    sqli__buffer_init(&scratch, 1000);
    const struct sqli_type *const *types = context;
    enum sqli_status status =
        sqli__convert(types[0], &text, types[1], &settings, &scratch, &result, error);
    sqli__buffer_free(&scratch);
    return status;
}

static void memory(void **state)
{
    (void)state;
    const struct sqli_type *types[] = {type_of("lvarchar"), type_of("set(varchar(5) not null)")};
    assert_true(support_fail_each_allocation(convert_set, types) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(decimals),
        cmocka_unit_test(doubles),
        cmocka_unit_test(texts),
        cmocka_unit_test(texts_to_text),
        cmocka_unit_test(temporal),
        cmocka_unit_test(composites),
        cmocka_unit_test(date_formats),
        cmocka_unit_test(code_sets),
        cmocka_unit_test(nulls),
        cmocka_unit_test(contents),
        cmocka_unit_test(what_converts),
        cmocka_unit_test(what_is_stored_alike),
        cmocka_unit_test(memory),
    };
    sqli__arena_init(&arena, 64 << 20);
    settings = (struct sqli_conversion_settings){
        .date_format = sqli__date_iso,
        .century = 2000,
        .codeset = sqli__codeset_find(sqli__span_text("8859-1")),
        .now = {SQLI_QUALIFIER_YEAR_TO_FRACTION5, 2031, 7, 9, 10, 11, 12, 0},
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sqli__arena_free(&arena);
    return failed;
}
