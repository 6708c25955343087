/* Types as SQL writes them, into a tree and back to the words of a describe. */
#include "tests/support/support.h"

#include "value/composite.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_LIMIT = 16 << 20, BUFFER_LIMIT = 1 << 20 };

/* --- scalars --- */

static const struct {
    const char *text;
    int code;
    int32_t length;
    const char *printed;
} scalars[] = {
    {"integer", SQLI_TYPE_INTEGER, 4, "integer"},
    {"int", SQLI_TYPE_INTEGER, 4, "integer"},
    {"  INT\n", SQLI_TYPE_INTEGER, 4, "integer"},
    {"smallint", SQLI_TYPE_SMALLINT, 2, "smallint"},
    {"bigint", SQLI_TYPE_BIGINT, 8, "bigint"},
    {"int8", SQLI_TYPE_INT8, 10, "int8"},
    {"serial", SQLI_TYPE_SERIAL, 4, "serial"},
    {"serial(100)", SQLI_TYPE_SERIAL, 4, "serial"},
    {"serial8(9223372036854775807)", SQLI_TYPE_SERIAL8, 10, "serial8"},
    {"bigserial", SQLI_TYPE_BIGSERIAL, 8, "bigserial"},
    {"float", SQLI_TYPE_FLOAT, 8, "float"},
    {"float(53)", SQLI_TYPE_FLOAT, 8, "float"},
    {"double precision", SQLI_TYPE_FLOAT, 8, "float"},
    {"Double  Precision", SQLI_TYPE_FLOAT, 8, "float"},
    {"real", SQLI_TYPE_SMALLFLOAT, 4, "smallfloat"},
    {"smallfloat", SQLI_TYPE_SMALLFLOAT, 4, "smallfloat"},
    {"decimal", SQLI_TYPE_DECIMAL, 0x10ff, "decimal(16)"},
    {"dec", SQLI_TYPE_DECIMAL, 0x10ff, "decimal(16)"},
    {"numeric(8)", SQLI_TYPE_DECIMAL, 0x08ff, "decimal(8)"},
    {"decimal(10,2)", SQLI_TYPE_DECIMAL, 0x0a02, "decimal(10,2)"},
    {"decimal ( 32 , 32 )", SQLI_TYPE_DECIMAL, 0x2020, "decimal(32,32)"},
    {"decimal(5,0)", SQLI_TYPE_DECIMAL, 0x0500, "decimal(5,0)"},
    {"money", SQLI_TYPE_MONEY, 0x1002, "money(16,2)"},
    {"money(8)", SQLI_TYPE_MONEY, 0x0802, "money(8,2)"},
    {"money(1)", SQLI_TYPE_MONEY, 0x0101, "money(1,1)"},
    {"money(9,4)", SQLI_TYPE_MONEY, 0x0904, "money(9,4)"},
    {"char", SQLI_TYPE_CHAR, 1, "char(1)"},
    {"char(32767)", SQLI_TYPE_CHAR, 32767, "char(32767)"},
    {"character(3)", SQLI_TYPE_CHAR, 3, "char(3)"},
    {"character varying(30,5)", SQLI_TYPE_VARCHAR, 0x051e, "varchar(30,5)"},
    {"nchar(7)", SQLI_TYPE_NCHAR, 7, "nchar(7)"},
    {"varchar(50)", SQLI_TYPE_VARCHAR, 50, "varchar(50)"},
    {"varchar(50,10)", SQLI_TYPE_VARCHAR, 0x0a32, "varchar(50,10)"},
    {"varchar(255,255)", SQLI_TYPE_VARCHAR, 0xffff, "varchar(255,255)"},
    {"varchar", SQLI_TYPE_VARCHAR, 1, "varchar(1)"},
    {"nvarchar(20)", SQLI_TYPE_NVARCHAR, 20, "nvarchar(20)"},
    {"lvarchar", SQLI_TYPE_UDTVAR, 2048, "lvarchar(2048)"},
    {"lvarchar(200)", SQLI_TYPE_UDTVAR, 200, "lvarchar(200)"},
    {"informix.lvarchar(32739)", SQLI_TYPE_UDTVAR, 32739, "lvarchar(32739)"},
    {"date", SQLI_TYPE_DATE, 4, "date"},
    {"datetime year to second", SQLI_TYPE_DATETIME, 0x0e0a, "datetime year to second"},
    {"DATETIME YEAR TO FRACTION(3)", SQLI_TYPE_DATETIME, 0x110d, "datetime year to fraction(3)"},
    {"datetime year to fraction", SQLI_TYPE_DATETIME, 0x110d, "datetime year to fraction(3)"},
    {"datetime year to fraction(5)", SQLI_TYPE_DATETIME, 0x130f, "datetime year to fraction(5)"},
    {"datetime hour to second", SQLI_TYPE_DATETIME, 0x066a, "datetime hour to second"},
    {"datetime month to month", SQLI_TYPE_DATETIME, 0x0222, "datetime month to month"},
    {"interval day to second", SQLI_TYPE_INTERVAL, 0x084a, "interval day to second"},
    {"interval day(2) to second", SQLI_TYPE_INTERVAL, 0x084a, "interval day to second"},
    {"interval day(5) to second", SQLI_TYPE_INTERVAL, 0x0b4a, "interval day(5) to second"},
    {"interval year(9) to month", SQLI_TYPE_INTERVAL, 0x0b02, "interval year(9) to month"},
    {"interval second(4) to fraction(2)", SQLI_TYPE_INTERVAL, 0x06ac,
     "interval second(4) to fraction(2)"},
    {"boolean", SQLI_TYPE_UDTFIXED, 1, "boolean"},
    {"\"informix\".boolean", SQLI_TYPE_UDTFIXED, 1, "boolean"},
    {"blob", SQLI_TYPE_UDTFIXED, 72, "blob"},
    {"clob", SQLI_TYPE_UDTFIXED, 72, "clob"},
    {"byte", SQLI_TYPE_BYTE, 56, "byte"},
    {"text", SQLI_TYPE_TEXT, 56, "text"},
    {"mytype", SQLI_TYPE_UDTVAR, 0, "mytype"},
    {"informix.MyType", SQLI_TYPE_UDTVAR, 0, "informix.mytype"},
    {"\"Joe Doe\".point", SQLI_TYPE_UDTVAR, 0, "\"Joe Doe\".point"},
    {"joe.set", SQLI_TYPE_UDTVAR, 0, "joe.set"},
    {"joe.boolean", SQLI_TYPE_UDTVAR, 0, "joe.boolean"},
    {"int_8$", SQLI_TYPE_UDTVAR, 0, "int_8$"},
};

static const struct sqli_schema *must_parse(const char *text, struct sqli_arena *arena)
{
    struct sqli_schema *schema;
    struct sqli_error error;
    sqli__error_clear(&error);
    if (sqli__schema_parse(sqli__span_text(text), arena, &schema, &error) != SQLI_OK)
        fail_msg("'%s': %s", text, error.message);
    return schema;
}

static void assert_printed(const struct sqli_schema *schema, const char *wanted)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, BUFFER_LIMIT);
    sqli__schema_print(schema, &text);
    if (!sqli__span_equal(sqli__buffer_view(&text), sqli__span_text(wanted)))
        fail_msg("'%.*s', not '%s'", (int)text.length, (char *)text.data, wanted);
    sqli__buffer_free(&text);
}

static void scalars_have_their_encoded_length(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(scalars); i++) {
        const struct sqli_schema *schema = must_parse(scalars[i].text, &arena);
        if (schema->type.code != scalars[i].code || schema->type.length != scalars[i].length)
            fail_msg("'%s': code %d, length %x", scalars[i].text, schema->type.code,
                     (unsigned)schema->type.length);
        assert_int_equal(schema->count, 0);
        assert_int_equal(schema->type.flags, 0);
        assert_printed(schema, scalars[i].printed);
        sqli__arena_reset(&arena);
    }
    sqli__arena_free(&arena);
}

/* The kinds of extended types are known by their ids, those of others not at all. */
static void extended_types_have_their_kind(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum sqli_kind kind;
        int32_t id;
    } cases[] = {
        {"lvarchar", SQLI_KIND_TEXT, SQLI_XID_LVARCHAR},
        {"boolean", SQLI_KIND_BOOLEAN, SQLI_XID_BOOLEAN},
        {"blob", SQLI_KIND_SMART_LOB, SQLI_XID_BLOB},
        {"clob", SQLI_KIND_SMART_LOB, SQLI_XID_CLOB},
        {"mytype", SQLI_KIND_OPAQUE, 0},
        {"joe.boolean", SQLI_KIND_OPAQUE, 0},
        {"row(a int)", SQLI_KIND_COMPOSITE, 0},
    };
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct sqli_schema *schema = must_parse(cases[i].text, &arena);
        if (sqli__type_kind(&schema->type) != cases[i].kind ||
            schema->type.extended_id != cases[i].id)
            fail_msg("%s: kind %d", cases[i].text, sqli__type_kind(&schema->type));
    }
    sqli__arena_free(&arena);
}

/* --- composites --- */

static const struct {
    const char *text;
    const char *printed;
} composites[] = {
    {"ROW(name varchar(50), age integer)", "ROW(name varchar(50), age integer)"},
    {"row ( Name VARCHAR(50) ,\n Age INT )", "ROW(name varchar(50), age integer)"},
    {"set(int not null)", "SET(integer not null)"},
    {"SET(integer NOT NULL)", "SET(integer not null)"},
    {"multiset(char(3))", "MULTISET(char(3))"},
    {"list(row(a int, b set(varchar(20) not null)) not null)",
     "LIST(ROW(a integer, b SET(varchar(20) not null)) not null)"},
    {"row(a int not null, b decimal(10,2), c interval day(5) to fraction(5))",
     "ROW(a integer not null, b decimal(10,2), c interval day(5) to fraction(5))"},
    {"row(set set(int not null), row row(a int))",
     "ROW(set SET(integer not null), row ROW(a integer))"},
    {"row(p \"a,b)\".point, q double precision)", "ROW(p \"a,b)\".point, q float)"},
    {"list(joe.point not null)", "LIST(joe.point not null)"},
    {"row(\xc3\xa9t\xc3\xa9 int)", "ROW(\xc3\xa9t\xc3\xa9 integer)"},
};

static void composites_print_as_servers_write_them(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(composites); i++)
        assert_printed(must_parse(composites[i].text, &arena), composites[i].printed);
    sqli__arena_free(&arena);
}

static void a_row_is_a_tree(void **state)
{
    (void)state;
    struct sqli_arena arena;
    char text[] = "ROW(Name varchar(50), tags set(char(5) not null))";
    sqli__arena_init(&arena, ARENA_LIMIT);
    const struct sqli_schema *row = must_parse(text, &arena);
    memset(text, '?', strlen(text)); /* the tree does not look back */
    assert_int_equal(row->type.code, SQLI_TYPE_ROW);
    assert_int_equal(row->count, 2);
    assert_true(sqli__span_equal(row->parts[0].field, sqli__span_text("name")));
    assert_int_equal(row->parts[0].type.code, SQLI_TYPE_VARCHAR);
    assert_int_equal(row->parts[0].type.flags, 0);
    const struct sqli_schema *tags = &row->parts[1];
    assert_true(sqli__span_equal(tags->field, sqli__span_text("tags")));
    assert_true(sqli__span_equal(tags->type.name, sqli__span_text("set(char(5) not null)")));
    assert_int_equal(tags->count, 1);
    assert_int_equal(tags->parts[0].field.length, 0);
    assert_int_equal(tags->parts[0].type.flags, SQLI_TYPE_NOT_NULL);
    assert_int_equal(tags->parts[0].type.length, 5);
    sqli__arena_free(&arena);
}

/* --- errors --- */

static const struct {
    const char *text;
    const char *near;
} errors[] = {
    {"", "offset 0: a type expected"},
    {"   ", "offset 3: a type expected"},
    {"5", "offset 0: a type expected"},
    {"int 5", "offset 4: the end expected"},
    {"int not null", "offset 4: the end expected"},
    {"int,", "offset 3: the end expected"},
    {"int(4)", "offset 3: the end expected"},
    {"char(0)", "offset 5: a number from 1 to 32767 expected"},
    {"char(32768)", "offset 5: a number from 1 to 32767"},
    {"char(4294967297)", "offset 5: a number from 1 to 32767"},
    {"char(18446744073709551617)", "offset 5: a number from 1 to 32767"},
    {"char(-1)", "offset 5: a number"},
    {"char()", "offset 5: a number"},
    {"char(3", "offset 6: ')' expected"},
    {"char(3,4)", "offset 6: ')' expected"},
    {"varchar(256)", "offset 8: a number from 1 to 255"},
    {"varchar(10,11)", "offset 11: a number from 0 to 10"},
    {"lvarchar(32740)", "offset 9: a number from 1 to 32739"},
    {"decimal(33)", "offset 8: a number from 1 to 32"},
    {"decimal(0)", "offset 8: a number from 1 to 32"},
    {"decimal(5,6)", "offset 10: a number from 0 to 5"},
    {"decimal(5,", "offset 10: a number from 0 to 5"},
    {"float(0)", "offset 6: a number"},
    {"double", "offset 6: PRECISION expected"},
    {"serial(x)", "offset 7: a number expected"},
    {"serial8(9223372036854775808)", "offset 27: a number expected"},
    {"datetime", "offset 8: YEAR, MONTH"},
    {"datetime year", "offset 13: TO expected"},
    {"datetime year to", "offset 16: YEAR, MONTH"},
    {"datetime year to fraction(6)", "offset 26: a number from 1 to 5"},
    {"datetime year to fraction(0)", "offset 26: a number from 1 to 5"},
    {"datetime second to year", "offset 19: a field that goes with the first one expected"},
    {"datetime year(4) to day", "offset 13: TO expected"},
    {"datetime fraction to fraction(3)", "offset 9: YEAR, MONTH"},
    {"interval year to day", "offset 17: a field that goes with the first one"},
    {"interval day(0) to second", "offset 13: a number from 1 to 9"},
    {"interval day(10) to second", "offset 13: a number from 1 to 9"},
    {"interval month to hour", "offset 18: a field that goes with"},
    {"set", "offset 3: '(' expected"},
    {"set()", "offset 4: a type expected"},
    {"set(int", "offset 7: ')' expected"},
    {"set(int, int)", "offset 7: ')' expected"},
    {"set(int not)", "offset 11: NULL expected"},
    {"set(int null)", "offset 8: ')' expected"},
    {"set{int}", "offset 3: '(' expected"},
    {"row()", "offset 4: the name of a field expected"},
    {"row(a)", "offset 5: a type expected"},
    {"row(a int,)", "offset 10: the name of a field expected"},
    {"row(a int b int)", "offset 10: ')' expected"},
    {"row(a int))", "offset 10: the end expected"},
    {"row(1 int)", "offset 4: the name of a field"},
    {"row(a int, 'x' int)", "offset 11: the name of a field"},
    /* Brackets that hide the second comma from whoever counts the fields. */
    {"row(a \"x(\".t, b \"y(\".t, c int", "offset 29: ')' expected"},
    {"row(a 't, b int, c int)", "offset 6: a type expected"},
    {"\"joe", "offset 1: an owner with a quote behind it expected"},
    {"\"joe\"point", "offset 5: '.' expected"},
    {"\"\".point", "offset 1: an owner with a quote behind it expected"},
    {"joe.", "offset 4: a type expected"},
    {".point", "offset 0: a type expected"},
};

static void errors_name_the_place(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct sqli_error error;
        struct sqli_schema *schema = (struct sqli_schema *)&error;
        sqli__error_clear(&error);
        enum sqli_status status =
            sqli__schema_parse(sqli__span_text(errors[i].text), &arena, &schema, &error);
        if (status != SQLI_FAIL || error.code != SQLI_E_VALUE_SYNTAX)
            fail_msg("'%s': status %d, code %d", errors[i].text, status, error.code);
        if (strncmp(error.near, errors[i].near, strlen(errors[i].near)) != 0)
            fail_msg("'%s': '%s', not '%s'", errors[i].text, error.near, errors[i].near);
        assert_null(schema);
    }
    sqli__arena_free(&arena);
}

static struct sqli_span nested(int levels, struct sqli_buffer *text)
{
    sqli__buffer_init(text, BUFFER_LIMIT);
    for (int i = 0; i < levels; i++)
        sqli__buffer_text(text, i % 2 ? "row(a " : "set(");
    sqli__buffer_text(text, "int");
    for (int i = 0; i < levels; i++)
        sqli__buffer_byte(text, ')');
    return sqli__buffer_view(text);
}

static enum sqli_status parse_nested(int levels, struct sqli_error *error)
{
    struct sqli_schema *schema;
    struct sqli_arena arena;
    struct sqli_buffer text;
    sqli__error_clear(error);
    sqli__arena_init(&arena, ARENA_LIMIT);
    enum sqli_status status = sqli__schema_parse(nested(levels, &text), &arena, &schema, error);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return status;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct sqli_error error;
    assert_int_equal(parse_nested(SQLI_COMPOSITE_DEPTH, &error), SQLI_OK);
    assert_int_equal(parse_nested(SQLI_COMPOSITE_DEPTH + 1, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_VALUE_SYNTAX);
    assert_non_null(strstr(error.near, "nested deeper than 32 levels"));
    assert_int_equal(parse_nested(50000, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_VALUE_SYNTAX);
}

static enum sqli_status parse_wide(int fields, size_t limit, struct sqli_error *error)
{
    struct sqli_schema *schema;
    struct sqli_arena arena;
    struct sqli_buffer text;
    sqli__error_clear(error);
    sqli__arena_init(&arena, limit);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    sqli__buffer_text(&text, "row(f int");
    for (int i = 1; i < fields; i++)
        sqli__buffer_text(&text, ",f int");
    sqli__buffer_byte(&text, ')');
    enum sqli_status status = sqli__schema_parse(sqli__buffer_view(&text), &arena, &schema, error);
    if (status == SQLI_OK)
        assert_int_equal(schema->count, fields);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return status;
}

/* Many composites beside each other are not deep. */
static void breadth_is_no_depth(void **state)
{
    (void)state;
    struct sqli_schema *schema;
    struct sqli_arena arena;
    struct sqli_buffer text;
    sqli__arena_init(&arena, ARENA_LIMIT);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    for (int i = 0; i < 2 * SQLI_COMPOSITE_DEPTH; i++)
        sqli__buffer_format(&text, "%sf%d set(int)", i ? ", " : "row(", i);
    sqli__buffer_byte(&text, ')');
    struct sqli_span row = sqli__buffer_view(&text);
    assert_int_equal(sqli__schema_parse(row, &arena, &schema, NULL), SQLI_OK);
    assert_int_equal(schema->count, 2 * SQLI_COMPOSITE_DEPTH);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
}

static void width_is_bounded(void **state)
{
    (void)state;
    struct sqli_error error;
    assert_int_equal(parse_wide(SQLI_COMPOSITE_ELEMENTS, ARENA_LIMIT, &error), SQLI_OK);
    assert_int_equal(parse_wide(SQLI_COMPOSITE_ELEMENTS + 1, ARENA_LIMIT, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
    assert_non_null(strstr(error.near, "at most 65536"));
    assert_int_equal(parse_wide(1000, 4096, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
}

/* --- hostile texts --- */

/* Whatever parses also prints, and the print parses to the same print. */
static void try_text(struct sqli_span text, struct sqli_arena *arena)
{
    struct sqli_schema *schema;
    struct sqli_buffer first;
    struct sqli_buffer second;
    sqli__arena_reset(arena);
    if (sqli__schema_parse(text, arena, &schema, NULL) != SQLI_OK)
        return;
    sqli__buffer_init(&first, BUFFER_LIMIT);
    sqli__buffer_init(&second, BUFFER_LIMIT);
    sqli__schema_print(schema, &first);
    struct sqli_span printed = sqli__buffer_view(&first);
    assert_int_equal(sqli__schema_parse(printed, arena, &schema, NULL), SQLI_OK);
    sqli__schema_print(schema, &second);
    assert_true(sqli__span_equal(sqli__buffer_view(&second), printed));
    sqli__buffer_free(&first);
    sqli__buffer_free(&second);
}

/* In a block of its own, so that a read past the end is seen. */
static void try_copy(const char *text, size_t length, struct sqli_arena *arena)
{
    char *copy = malloc(length + 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    char *exact = realloc(copy, length ? length : 1);
    assert_non_null(exact);
    try_text(sqli__span(exact, length), arena);
    free(exact);
}

static void no_beginning_of_a_type_does_harm(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(scalars); i++)
        for (size_t length = 0; length <= strlen(scalars[i].text); length++)
            try_copy(scalars[i].text, length, &arena);
    for (size_t i = 0; i < COUNT(composites); i++)
        for (size_t length = 0; length <= strlen(composites[i].text); length++)
            try_copy(composites[i].text, length, &arena);
    sqli__arena_free(&arena);
}

static void no_random_words_do_harm(void **state)
{
    (void)state;
    static const char *const words[] = {"row",  "set",      "(",    ")",    "int", "not",  "null",
                                        ",",    "a",        " ",    ".",    "\"",  "char", "5",
                                        "list", "datetime", "year", "to",   "day", "'",    "{",
                                        "}",    "interval", "(3)",  "joe.", "\xff"};
    struct sqli_arena arena;
    uint64_t seed = 99;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (int round = 0; round < 50000; round++) {
        char text[128] = "";
        size_t length = 0;
        for (int i = (int)support_random_between(&seed, 1, 12); i > 0; i--) {
            const char *word = words[support_random(&seed) % COUNT(words)];
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", word,
                                       support_random(&seed) % 2 ? " " : "");
        }
        try_copy(text, length, &arena);
    }
    sqli__arena_free(&arena);
}

static enum sqli_status parse_one(void *context, struct sqli_error *error)
{
    struct sqli_schema *schema;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    enum sqli_status status = sqli__schema_parse(sqli__span_text(context), &arena, &schema, error);
    sqli__arena_free(&arena);
    return status;
}

/* Long texts, so that their parts need many blocks of memory. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const types[] = {"int", "joe.point"};
    static char text[24000];
    for (size_t t = 0; t < COUNT(types); t++) {
        size_t length = (size_t)snprintf(text, sizeof text, "row(a int");
        for (int i = 0; i < 400; i++)
            length += (size_t)snprintf(text + length, sizeof text - length,
                                       ", a_field_of_a_long_name%d %s", i, types[t]);
        snprintf(text + length, sizeof text - length, ")");
        assert_in_range(support_fail_each_allocation(parse_one, text), 5, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_have_their_encoded_length),
        cmocka_unit_test(extended_types_have_their_kind),
        cmocka_unit_test(composites_print_as_servers_write_them),
        cmocka_unit_test(a_row_is_a_tree),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(breadth_is_no_depth),
        cmocka_unit_test(width_is_bounded),
        cmocka_unit_test(no_beginning_of_a_type_does_harm),
        cmocka_unit_test(no_random_words_do_harm),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
