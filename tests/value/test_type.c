#include "tests/support/support.h"

#include "value/temporal.h"
#include "value/type.h"

#include <stdio.h>

#define SPAN(text)                                \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static const char *printed(const struct sqli_type *type)
{
    static char text[256];
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, sizeof text - 1);
    sqli__type_print(type, &buffer);
    assert_int_equal(sqli__buffer_status(&buffer, NULL), SQLI_OK);
    memcpy(text, buffer.data, buffer.length);
    text[buffer.length] = '\0';
    sqli__buffer_free(&buffer);
    return text;
}

/* A type, and everything that is to be known about it. */
static const struct type_case {
    struct sqli_type type;
    const char *printed;
    enum sqli_kind kind;
    int32_t width;
} cases[] = {
    {{.code = 0, .length = 6}, "char(6)", SQLI_KIND_TEXT, 6},
    {{.code = 0, .length = 32767}, "char(32767)", SQLI_KIND_TEXT, 32767},
    {{.code = 0}, "char", SQLI_KIND_TEXT, 0},
    {{.code = 1, .length = 2}, "smallint", SQLI_KIND_INTEGER, 2},
    {{.code = 2, .length = 4}, "integer", SQLI_KIND_INTEGER, 4},
    {{.code = 2, .length = 4, .flags = SQLI_TYPE_NOT_NULL}, "integer", SQLI_KIND_INTEGER, 4},
    {{.code = 3, .length = 8}, "float", SQLI_KIND_REAL, 8},
    {{.code = 4, .length = 4}, "smallfloat", SQLI_KIND_REAL, 4},
    {{.code = 5, .length = 0x0802}, "decimal(8,2)", SQLI_KIND_DECIMAL, 5},
    {{.code = 5, .length = 0x0500}, "decimal(5,0)", SQLI_KIND_DECIMAL, 4},
    {{.code = 5, .length = 0x10ff}, "decimal(16)", SQLI_KIND_DECIMAL, 10},
    {{.code = 5, .length = 0x20ff}, "decimal(32)", SQLI_KIND_DECIMAL, 18},
    {{.code = 5}, "decimal", SQLI_KIND_DECIMAL, SQLI_WIDTH_UNKNOWN},
    {{.code = 6, .length = 4}, "serial", SQLI_KIND_INTEGER, 4},
    {{.code = 7, .length = 4}, "date", SQLI_KIND_DATE, 4},
    {{.code = 8, .length = 0x1002}, "money(16,2)", SQLI_KIND_DECIMAL, 9},
    {{.code = 9}, "null", SQLI_KIND_NONE, SQLI_WIDTH_UNKNOWN},
    {{.code = 10, .length = 0x0e0a}, "datetime year to second", SQLI_KIND_DATETIME, 8},
    {{.code = 10, .length = 0x130f}, "datetime year to fraction(5)", SQLI_KIND_DATETIME, 11},
    {{.code = 10, .length = 0x066a}, "datetime hour to second", SQLI_KIND_DATETIME, 4},
    {{.code = 10, .length = 0x0e07}, "datetime", SQLI_KIND_DATETIME, 9},
    {{.code = 11, .length = 56}, "byte", SQLI_KIND_SIMPLE_LOB, 56},
    {{.code = 12, .length = 56}, "text", SQLI_KIND_SIMPLE_LOB, 56},
    {{.code = 13, .length = 20}, "varchar(20)", SQLI_KIND_TEXT, SQLI_WIDTH_SHORT},
    {{.code = 13, .length = 0x0a14}, "varchar(20,10)", SQLI_KIND_TEXT, SQLI_WIDTH_SHORT},
    {{.code = 13, .length = 255}, "varchar(255)", SQLI_KIND_TEXT, SQLI_WIDTH_SHORT},
    {{.code = 14, .length = 0x084a}, "interval day to second", SQLI_KIND_INTERVAL, 5},
    {{.code = 14, .length = 0x094a}, "interval day(3) to second", SQLI_KIND_INTERVAL, 6},
    {{.code = 14, .length = 0x0b02}, "interval year(9) to month", SQLI_KIND_INTERVAL, 7},
    {{.code = 15, .length = 10}, "nchar(10)", SQLI_KIND_TEXT, 10},
    {{.code = 16, .length = 0x0314}, "nvarchar(20,3)", SQLI_KIND_TEXT, SQLI_WIDTH_SHORT},
    {{.code = 17, .length = 10}, "int8", SQLI_KIND_INTEGER, 10},
    {{.code = 18, .length = 10}, "serial8", SQLI_KIND_INTEGER, 10},
    {{.code = 19, .name = SPAN("SET(integer not null)")},
     "set(integer not null)",
     SQLI_KIND_COMPOSITE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 20}, "multiset", SQLI_KIND_COMPOSITE, SQLI_WIDTH_ENVELOPE},
    {{.code = 21, .name = SPAN("list(DATE NOT NULL)")},
     "list(date not null)",
     SQLI_KIND_COMPOSITE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 22, .name = SPAN("ROW(a integer)")},
     "row(a integer)",
     SQLI_KIND_COMPOSITE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 22, .flags = SQLI_TYPE_NAMED_ROW, .extended_id = 2050, .name = SPAN("person_t")},
     "person_t",
     SQLI_KIND_COMPOSITE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 23}, "collection", SQLI_KIND_COMPOSITE, SQLI_WIDTH_ENVELOPE},
    {{.code = 24}, "rowref", SQLI_KIND_NONE, SQLI_WIDTH_UNKNOWN},
    {{.code = 40, .extended_id = 1, .length = 2048, .name = SPAN("lvarchar")},
     "lvarchar(2048)",
     SQLI_KIND_TEXT,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 40, .extended_id = 1}, "lvarchar", SQLI_KIND_TEXT, SQLI_WIDTH_ENVELOPE},
    {{.code = 40, .owner = SPAN("INFORMIX"), .name = SPAN("LVARCHAR")},
     "lvarchar",
     SQLI_KIND_TEXT,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 40, .extended_id = 2061, .name = SPAN("json"), .length = 4096},
     "json",
     SQLI_KIND_OPAQUE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .extended_id = 5, .length = 1, .name = SPAN("boolean")},
     "boolean",
     SQLI_KIND_BOOLEAN,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .extended_id = 5}, "boolean", SQLI_KIND_BOOLEAN, SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .owner = SPAN("informix"), .name = SPAN("boolean")},
     "boolean",
     SQLI_KIND_BOOLEAN,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .extended_id = 2070, .owner = SPAN("joe"), .name = SPAN("blob")},
     "blob",
     SQLI_KIND_OPAQUE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .extended_id = 10, .length = 72},
     "blob",
     SQLI_KIND_SMART_LOB,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .extended_id = 11, .length = 72, .name = SPAN("clob")},
     "clob",
     SQLI_KIND_SMART_LOB,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41}, "udtfixed", SQLI_KIND_OPAQUE, SQLI_WIDTH_ENVELOPE},
    {{.code = 43}, "lvarchar", SQLI_KIND_TEXT, SQLI_WIDTH_ENVELOPE},
    {{.code = 44, .name = SPAN("clob")}, "clob", SQLI_KIND_SMART_LOB, SQLI_WIDTH_ENVELOPE},
    {{.code = 44, .name = SPAN("Row(a int)")},
     "row(a int)",
     SQLI_KIND_COMPOSITE,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 44, .name = SPAN("rowboat(")}, "rowboat(", SQLI_KIND_OPAQUE, SQLI_WIDTH_ENVELOPE},
    {{.code = 45, .name = SPAN("boolean")}, "boolean", SQLI_KIND_BOOLEAN, SQLI_WIDTH_ENVELOPE},
    {{.code = 52, .length = 8}, "bigint", SQLI_KIND_INTEGER, 8},
    {{.code = 53, .length = 8}, "bigserial", SQLI_KIND_INTEGER, 8},
    /* DISTINCT types are laid out as their source and go by their own name. */
    {{.code = 13,
      .flags = SQLI_TYPE_DISTINCT,
      .length = 20,
      .extended_id = 2051,
      .name = SPAN("ZipCode")},
     "zipcode",
     SQLI_KIND_TEXT,
     SQLI_WIDTH_SHORT},
    {{.code = 5, .flags = SQLI_TYPE_DISTINCT, .length = 0x0802, .name = SPAN("euro")},
     "euro",
     SQLI_KIND_DECIMAL,
     5},
    {{.code = 40,
      .flags = SQLI_TYPE_DISTINCT | SQLI_TYPE_DISTINCT_LVARCHAR,
      .extended_id = 2052,
      .length = 100,
      .name = SPAN("note")},
     "note",
     SQLI_KIND_TEXT,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41,
      .flags = SQLI_TYPE_DISTINCT | SQLI_TYPE_DISTINCT_BOOLEAN,
      .extended_id = 2053,
      .name = SPAN("flag")},
     "flag",
     SQLI_KIND_BOOLEAN,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41,
      .flags = SQLI_TYPE_DISTINCT,
      .extended_id = 2054,
      .source = SQLI_XID_BLOB,
      .name = SPAN("image")},
     "image",
     SQLI_KIND_SMART_LOB,
     SQLI_WIDTH_ENVELOPE},
    {{.code = 41, .extended_id = 2054, .source = SQLI_XID_BLOB, .name = SPAN("image")},
     "image",
     SQLI_KIND_OPAQUE,
     SQLI_WIDTH_ENVELOPE},
    /* Lengths that no column has. */
    {{.code = 0, .length = -1}, "char", SQLI_KIND_TEXT, SQLI_WIDTH_UNKNOWN},
    {{.code = 15, .length = 32768}, "nchar(32768)", SQLI_KIND_TEXT, SQLI_WIDTH_UNKNOWN},
    {{.code = 5, .length = 0x10000}, "decimal", SQLI_KIND_DECIMAL, SQLI_WIDTH_UNKNOWN},
    {{.code = 14, .length = -2}, "interval", SQLI_KIND_INTERVAL, SQLI_WIDTH_UNKNOWN},
    /* Codes that nobody sends. */
    {{.code = 25}, "unknown type 25", SQLI_KIND_NONE, SQLI_WIDTH_UNKNOWN},
    {{.code = 54}, "unknown type 54", SQLI_KIND_NONE, SQLI_WIDTH_UNKNOWN},
    {{.code = 255}, "unknown type 255", SQLI_KIND_NONE, SQLI_WIDTH_UNKNOWN},
};

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct type_case *c = &cases[i];
        assert_string_equal(printed(&c->type), c->printed);
        if (sqli__type_kind(&c->type) != c->kind)
            fail_msg("%s: kind %d", c->printed, sqli__type_kind(&c->type));
        if (sqli__type_width(&c->type) != c->width)
            fail_msg("%s: width %d", c->printed, (int)sqli__type_width(&c->type));
    }
}

static void test_codes(void **state)
{
    (void)state;
    size_t known = 0;
    for (int code = -1; code <= 300; code++) {
        const struct sqli_type_info *info = sqli__type_info(code);
        if (!info)
            continue;
        known++;
        assert_int_equal(info->code, code);
        assert_int_equal(info->size != 0, info->layout == SQLI_LAYOUT_FIXED);
        assert_int_equal(info->layout == SQLI_LAYOUT_NONE, info->bind == SQLI_BIND_NONE);
        assert_int_equal(info->layout == SQLI_LAYOUT_FIXED, info->bind == SQLI_BIND_FIXED);
        bool extended = sqli__type_has_preamble(code) && info->layout != SQLI_LAYOUT_NONE;
        assert_int_equal(info->layout == SQLI_LAYOUT_ENVELOPE, extended);
        assert_int_equal(info->bind == SQLI_BIND_32, extended);
    }
    assert_int_equal(known, 35);
    assert_null(sqli__type_info(-1));
    assert_null(sqli__type_info(25));
    assert_null(sqli__type_info(54));
}

static void test_preamble(void **state)
{
    (void)state;
    static const int without[] = {0, 1, 2, 13, 17, 18, 52, 53};
    static const int with[] = {19, 22, 40, 41, 43, 44, 45, 47, 51, 54};
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        assert_false(sqli__type_has_preamble(without[i]));
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
        assert_true(sqli__type_has_preamble(with[i]));
}

/* A width never comes out of range, whatever a server says. */
static void test_hostile_types(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        struct sqli_type type = {
            .code = (uint8_t)support_random(&seed),
            .flags = (uint16_t)support_random(&seed),
            .extended_id = (int32_t)support_random_between(&seed, -2, 12),
            .source = (int32_t)support_random_between(&seed, -2, 12),
            .length = (int32_t)support_random(&seed),
        };
        if (i % 2)
            type.length = (int32_t)support_random_between(&seed, -10, 70000);
        int32_t width = sqli__type_width(&type);
        assert_in_range(width + 3, 0, 32767 + 3);
        assert_true(sqli__type_kind(&type) <= SQLI_KIND_OPAQUE);
        if (i % 16 == 0)
            assert_true(printed(&type)[0] != '\0');
    }
}

static enum sqli_status print_long(void *context, struct sqli_error *error)
{
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 10000);
    sqli__type_print(context, &buffer);
    enum sqli_status status = sqli__buffer_status(&buffer, error);
    sqli__buffer_free(&buffer);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    static char name[2000] = "ROW(";
    memset(name + 4, 'A', sizeof name - 4);
    struct sqli_type type = {.code = SQLI_TYPE_ROW, .name = {(uint8_t *)name, sizeof name}};
    assert_true(support_fail_each_allocation(print_long, &type) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),     cmocka_unit_test(test_codes),
        cmocka_unit_test(test_preamble),  cmocka_unit_test(test_hostile_types),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
