/* Values of rows and collections: between the text that servers send and a tree of elements. */
#include "tests/support/support.h"

#include "value/composite.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_LIMIT = 64 << 20, BUFFER_LIMIT = 4 << 20, ENVELOPE_HEADER = 5 };

static const struct sqli_schema *must_parse(const char *text, struct sqli_arena *arena)
{
    struct sqli_schema *schema;
    struct sqli_error error;
    sqli__error_clear(&error);
    if (sqli__schema_parse(sqli__span_text(text), arena, &schema, &error) != SQLI_OK)
        fail_msg("'%s': %s", text, error.message);
    return schema;
}

/* --- reading and writing --- */

/* The text as it may come, and as it is written; NULL where that is the same. */
static const struct {
    const char *schema;
    const char *text;
    const char *written;
} values[] = {
    {"ROW(name varchar(50), age integer)", "ROW('Alice',30         )", "ROW('Alice',30)"},
    {"ROW(name varchar(50), age integer)", " row ( \"Bob\" , '42  ' ) ", "ROW('Bob',42)"},
    {"ROW(name varchar(50), age integer)", "ROW(NULL,null       )", "ROW(NULL,NULL)"},
    {"LIST(integer not null)", "LIST{10,20,30}", NULL},
    {"SET(integer not null)", "SET{1          ,2          ,-3         }", "SET{1,2,-3}"},
    {"SET(varchar(20) not null)", "SET{'red','green'}", NULL},
    {"SET(varchar(20) not null)", "set{red , dark green}", "SET{'red','dark green'}"},
    {"SET(varchar(20) not null)", "SET{null x , nulls}", "SET{'null x','nulls'}"},
    {"SET(varchar(20) not null)", "SET{}", NULL},
    {"SET(varchar(20) not null)", "SET{ }", "SET{}"},
    {"SET(varchar(20) not null)", "SET{''}", NULL},
    {"SET(varchar(20) not null)", "SET{'NULL','null x',NULL}", NULL},
    {"MULTISET(integer not null)", "MULTISET{1,1,2}", NULL},
    {"MULTISET(row(a int, b char(1)) not null)", "MULTISET{ROW(1,'a'),ROW(2,NULL)}", NULL},
    {"SET(integer not null)", "NULL", NULL},
    {"ROW(a int, b set(int not null))", "ROW(1,NULL)", NULL},
    {"ROW(a int, b set(int not null))", "ROW(1,SET{})", NULL},
    {"LIST(list(list(int not null) not null) not null)", "LIST{LIST{LIST{},LIST{1}},LIST{}}", NULL},
    /* What looks like structure inside a string is none. */
    {"LIST(lvarchar not null)", "LIST{'a,b','c}','d)','{(','it''s','\"','''','''''',' '}", NULL},
    {"LIST(lvarchar not null)", "LIST{\"it's\",\"say \"\"yes\"\"\"}",
     "LIST{'it''s','say \"yes\"'}"},
    {"LIST(lvarchar not null)", "LIST{'two\nlines','back\\slash'}", NULL},
    {"LIST(char(5) not null)", "LIST{'ab   ','  ab'}", NULL},
    {"SET(boolean not null)", "SET{t,'f',T}", "SET{'t','f','t'}"},
    {"SET(bigint not null)", "SET{9223372036854775807,-9223372036854775807}", NULL},
    {"SET(decimal(10,2) not null)", "SET{1.50 ,'-2.25',0}", "SET{1.50,-2.25,0.00}"},
    {"SET(float not null)", "SET{1.5,-1e300}", "SET{1.5,-1e+300}"},
    {"SET(date not null)", "SET{2026-11-21,'2026-01-02'}", "SET{'2026-11-21','2026-01-02'}"},
    {"SET(datetime year to second not null)", "SET{2026-11-21 05:16:00}",
     "SET{'2026-11-21 05:16:00'}"},
    {"LIST(interval day(3) to second not null)", "LIST{'-3 04:05:06',100 00:00:00}",
     "LIST{'-3 04:05:06','100 00:00:00'}"},
    {"ROW(p joe.point)", "ROW('(1,2)')", NULL},
    /* A type that is no composite is a tree of one leaf. */
    {"integer", "  7 ", "7"},
    {"lvarchar", "a,b) c", "'a,b) c'"},
    {"lvarchar", "'a,b) c'", NULL},
    {"integer", "NULL", NULL},
};

static void parse_value(const struct sqli_schema *schema, struct sqli_span text,
                        struct sqli_arena *arena, struct sqli_element *element)
{
    struct sqli_error error;
    sqli__error_clear(&error);
    if (sqli__composite_from_text(schema, text, arena, element, &error) != SQLI_OK)
        fail_msg("'%.*s': %s", (int)text.length, (const char *)text.data, error.message);
}

static void assert_written(const struct sqli_element *element, const char *wanted)
{
    struct sqli_buffer text;
    struct sqli_error error;
    sqli__error_clear(&error);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    if (sqli__composite_to_text(element, &text, &error) != SQLI_OK)
        fail_msg("'%s': %s", wanted, error.message);
    if (!sqli__span_equal(sqli__buffer_view(&text), sqli__span_text(wanted)))
        fail_msg("'%.*s', not '%s'", (int)text.length, (char *)text.data, wanted);
    sqli__buffer_free(&text);
}

static void values_are_read_and_written(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(values); i++) {
        struct sqli_element element;
        const struct sqli_schema *schema = must_parse(values[i].schema, &arena);
        parse_value(schema, sqli__span_text(values[i].text), &arena, &element);
        assert_written(&element, values[i].written ? values[i].written : values[i].text);
        sqli__arena_reset(&arena);
    }
    sqli__arena_free(&arena);
}

static void a_value_is_a_tree(void **state)
{
    (void)state;
    struct sqli_arena arena;
    struct sqli_element row;
    char text[] = "ROW('it''s',30         ,SET{'red',NULL})";
    sqli__arena_init(&arena, ARENA_LIMIT);
    const struct sqli_schema *schema =
        must_parse("row(name varchar(50), age int, tags set(varchar(9)))", &arena);
    parse_value(schema, sqli__span_text(text), &arena, &row);
    memset(text, '?', strlen(text)); /* the tree does not look back */
    assert_ptr_equal(row.schema, schema);
    assert_int_equal(row.value.kind, SQLI_KIND_COMPOSITE);
    assert_false(row.value.null);
    assert_int_equal(row.count, 3);
    assert_true(sqli__span_equal(row.elements[0].value.as.bytes, sqli__span_text("it's")));
    assert_int_equal(row.elements[1].value.as.integer, 30);
    assert_ptr_equal(row.elements[1].schema, &schema->parts[1]);
    const struct sqli_element *tags = &row.elements[2];
    assert_int_equal(tags->count, 2);
    assert_ptr_equal(tags->elements[1].schema, schema->parts[2].parts);
    assert_true(sqli__span_equal(tags->elements[0].value.as.bytes, sqli__span_text("red")));
    assert_true(tags->elements[1].value.null);
    assert_int_equal(tags->elements[1].value.kind, SQLI_KIND_TEXT);
    sqli__arena_free(&arena);
}

/* --- the bytes of a tuple --- */

static const struct {
    const char *id;
    const char *schema;
    const char *written;
} vectors[] = {
    {"collection-001", "ROW(name varchar(50), age integer)", "ROW('Alice',30)"},
    {"collection-002", "SET(integer not null)", "SET{1,2,3}"},
    {"collection-003", "MULTISET(integer not null)", "MULTISET{1,1,2}"},
    {"collection-004", "LIST(integer not null)", "LIST{10,20,30}"},
};

static void check_vector(void *context, size_t line, size_t count, char **fields)
{
    size_t *found = context;
    (void)line;
    (void)count;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct sqli_arena arena;
        struct sqli_element element;
        if (strcmp(fields[0], vectors[i].id) != 0)
            continue;
        struct sqli_span image = support_unhex(fields[4]);
        struct sqli_span body =
            sqli__span(image.data + ENVELOPE_HEADER, image.length - ENVELOPE_HEADER);
        sqli__arena_init(&arena, ARENA_LIMIT);
        parse_value(must_parse(vectors[i].schema, &arena), body, &arena, &element);
        assert_written(&element, vectors[i].written);
        sqli__arena_free(&arena);
        support_free(image);
        ++*found;
    }
}

static void the_text_in_a_tuple_is_read(void **state)
{
    (void)state;
    size_t found = 0;
    support_each_line("vectors.tsv", '\t', check_vector, &found);
    assert_int_equal(found, COUNT(vectors));
}

/* --- errors --- */

static const struct {
    const char *schema;
    const char *text;
    const char *near;
} errors[] = {
    {"row(a int, b int)", "", "offset 0: ROW expected"},
    {"row(a int, b int)", "   ", "offset 3: ROW expected"},
    {"row(a int, b int)", "SET{1,2}", "offset 0: ROW expected"},
    {"row(a int, b int)", "ROWS(1,2)", "offset 0: ROW expected"},
    {"row(a int, b int)", "NULLS", "offset 0: ROW expected"},
    {"row(a int, b int)", "ROW{1,2}", "offset 3: '(' expected"},
    {"row(a int, b int)", "ROW", "offset 3: '(' expected"},
    {"row(a int, b int)", "ROW(1)", "offset 5: ',' expected"},
    {"row(a int, b int)", "ROW()", "offset 4: a value expected"},
    {"row(a int, b int)", "ROW(1,2,3)", "offset 7: ')' expected"},
    {"row(a int, b int)", "ROW(1,2", "offset 7: ')' expected"},
    {"row(a int, b int)", "ROW(1,2}", "offset 7: ')' expected"},
    {"row(a int, b int)", "ROW(1,2) x", "offset 9: the end expected"},
    {"row(a int, b int)", "ROW(1,2))", "offset 8: the end expected"},
    {"row(a int, b int)", "ROW(1,)", "offset 6: a value expected"},
    {"row(a int, b int)", "ROW(,1)", "offset 4: a value expected"},
    {"row(a int, b int)", "NULL,", "offset 4: the end expected"},
    {"row(a int, b int)", "1,2", "offset 0: ROW expected"},
    {"set(int not null)", "SET(1,2)", "offset 3: '{' expected"},
    {"set(int not null)", "LIST{1,2}", "offset 0: SET expected"},
    {"set(int not null)", "SET{1,2", "offset 7: '}' expected"},
    {"set(int not null)", "SET{1,2)", "offset 7: '}' expected"},
    {"set(int not null)", "SET{", "offset 4: a value expected"},
    {"set(int not null)", "SET{1,}", "offset 6: a value expected"},
    {"set(int not null)", "SET{,}", "offset 4: a value expected"},
    {"set(int not null)", "SET{1 '2'}", NULL},
    {"set(int not null)", "SET{'1' 2}", "offset 8: '}' expected"},
    {"set(int not null)", "SET{x}", NULL},
    {"set(int not null)", "SET{ROW(1)}", NULL},
    {"set(int not null)", "SET{99999999999}", NULL},
    {"set(varchar(9) not null)", "SET{'a}", "offset 4: a string with a quote at its end"},
    {"set(varchar(9) not null)", "SET{'a''}", "offset 4: a string with a quote at its end"},
    {"set(varchar(9) not null)", "SET{'a'b}", "offset 7: '}' expected"},
    {"set(varchar(9) not null)", "SET{'", "offset 4: a string with a quote at its end"},
    {"set(varchar(9) not null)", "SET{\"a'}", "offset 4: a string with a quote at its end"},
    {"set(varchar(9) not null)", "SET{a' , b, c, d}", "offset 5: '}' expected"},
    {"set(varchar(9) not null)", "SET{a\"}", "offset 5: '}' expected"},
    {"set(varchar(9) not null)", "SET{a(}", "offset 5: '}' expected"},
    {"set(varchar(9) not null)", "SET{{}", "offset 4: a value expected"},
    {"list(set(int not null) not null)", "LIST{1}", "offset 5: SET expected"},
    {"list(set(int not null) not null)", "LIST{SET{1},LIST{2}}", "offset 12: SET expected"},
    {"list(set(int not null) not null)", "LIST{SET{1}", "offset 11: '}' expected"},
    {"set(date not null)", "SET{2026-13-01}", NULL},
    {"set(boolean not null)", "SET{maybe}", NULL},
    {"integer", "", "offset 0: a value expected"},
    {"integer", "'7' 8", "offset 4: the end expected"},
};

/* Errors of a scalar are its own; here they only must be errors. */
static void errors_name_the_place(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct sqli_error error;
        struct sqli_element element;
        const struct sqli_schema *schema = must_parse(errors[i].schema, &arena);
        sqli__error_clear(&error);
        enum sqli_status status = sqli__composite_from_text(schema, sqli__span_text(errors[i].text),
                                                            &arena, &element, &error);
        if (status != SQLI_FAIL || error.code == 0)
            fail_msg("'%s': status %d, code %d", errors[i].text, status, error.code);
        if (!errors[i].near)
            continue;
        if (error.code != SQLI_E_VALUE_SYNTAX ||
            strncmp(error.near, errors[i].near, strlen(errors[i].near)) != 0)
            fail_msg("'%s': %d '%s', not '%s'", errors[i].text, error.code, error.near,
                     errors[i].near);
    }
    sqli__arena_free(&arena);
}

/* --- bounds --- */

/* A chain of schemas that the parser of types would refuse. */
static const struct sqli_schema *deep_schema(struct sqli_arena *arena, int levels)
{
    struct sqli_schema *schema = sqli__arena_alloc(arena, (size_t)levels + 1, sizeof *schema);
    assert_non_null(schema);
    for (int i = 0; i < levels; i++) {
        schema[i].type.code = SQLI_TYPE_SET;
        schema[i].count = 1;
        schema[i].parts = &schema[i + 1];
    }
    schema[levels].type = (struct sqli_type){.code = SQLI_TYPE_INTEGER, .length = 4};
    return schema;
}

static struct sqli_span deep_text(struct sqli_buffer *text, int levels)
{
    sqli__buffer_init(text, BUFFER_LIMIT);
    for (int i = 0; i < levels; i++)
        sqli__buffer_text(text, "SET{");
    sqli__buffer_byte(text, '1');
    for (int i = 0; i < levels; i++)
        sqli__buffer_byte(text, '}');
    return sqli__buffer_view(text);
}

static enum sqli_status read_deep(int levels, struct sqli_error *error)
{
    struct sqli_arena arena;
    struct sqli_buffer text;
    struct sqli_element element;
    sqli__error_clear(error);
    sqli__arena_init(&arena, ARENA_LIMIT);
    const struct sqli_schema *schema = deep_schema(&arena, levels);
    struct sqli_span nested = deep_text(&text, levels);
    enum sqli_status status = sqli__composite_from_text(schema, nested, &arena, &element, error);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return status;
}

static void depth_is_bounded_in_reading(void **state)
{
    (void)state;
    struct sqli_error error;
    assert_int_equal(read_deep(SQLI_COMPOSITE_DEPTH, &error), SQLI_OK);
    assert_int_equal(read_deep(SQLI_COMPOSITE_DEPTH + 1, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_VALUE_SYNTAX);
    assert_string_equal(error.near, "offset 128: nested deeper than 32 levels");
    assert_int_equal(read_deep(100000, &error), SQLI_FAIL);
}

static enum sqli_status write_deep(int levels, struct sqli_error *error)
{
    struct sqli_arena arena;
    struct sqli_buffer text;
    sqli__error_clear(error);
    sqli__arena_init(&arena, ARENA_LIMIT);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    sqli__buffer_byte(&text, '!');
    const struct sqli_schema *schema = deep_schema(&arena, levels);
    struct sqli_element *element = sqli__arena_alloc(&arena, (size_t)levels + 1, sizeof *element);
    for (int i = 0; i <= levels; i++) {
        element[i] = (struct sqli_element){.schema = &schema[i]};
        element[i].value.kind = i < levels ? SQLI_KIND_COMPOSITE : SQLI_KIND_INTEGER;
        element[i].count = i < levels;
        element[i].elements = i < levels ? &element[i + 1] : NULL;
    }
    enum sqli_status status = sqli__composite_to_text(element, &text, error);
    if (status != SQLI_OK)
        assert_int_equal(text.length, 1);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return status;
}

static void depth_is_bounded_in_writing(void **state)
{
    (void)state;
    struct sqli_error error;
    assert_int_equal(write_deep(SQLI_COMPOSITE_DEPTH, &error), SQLI_OK);
    assert_int_equal(write_deep(SQLI_COMPOSITE_DEPTH + 1, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_ARGUMENT);
    assert_int_equal(write_deep(100000, &error), SQLI_FAIL);
}

static enum sqli_status read_wide(int elements, size_t limit, struct sqli_error *error)
{
    struct sqli_arena arena;
    struct sqli_buffer text;
    struct sqli_element element;
    sqli__error_clear(error);
    sqli__arena_init(&arena, limit);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    sqli__buffer_text(&text, "LIST{LIST{1},LIST{2");
    for (int i = 4; i < elements; i++)
        sqli__buffer_text(&text, ",3");
    sqli__buffer_text(&text, "}}");
    const struct sqli_schema *schema = must_parse("list(list(int not null) not null)", &arena);
    struct sqli_span list = sqli__buffer_view(&text);
    enum sqli_status status = sqli__composite_from_text(schema, list, &arena, &element, error);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return status;
}

/* The elements of all levels count together. */
static void width_is_bounded(void **state)
{
    (void)state;
    struct sqli_error error;
    assert_int_equal(read_wide(SQLI_COMPOSITE_ELEMENTS, ARENA_LIMIT, &error), SQLI_OK);
    assert_int_equal(read_wide(SQLI_COMPOSITE_ELEMENTS + 1, ARENA_LIMIT, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
    assert_string_equal(error.near, "a value has at most 65536 elements");
    assert_int_equal(read_wide(1000, 16384, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
}

/* What no schema takes apart stays a string, quotes and all. */
static void a_composite_of_unknown_parts_is_a_string(void **state)
{
    (void)state;
    static const struct sqli_schema schema = {.type = {.code = SQLI_TYPE_COLLECTION}};
    const struct sqli_element element = {
        .schema = &schema,
        .value = {.kind = SQLI_KIND_COMPOSITE, .as.bytes = sqli__span_text("SET{'a'}")}};
    assert_written(&element, "'SET{''a''}'");
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    struct sqli_arena arena;
    struct sqli_buffer text;
    struct sqli_element element;
    struct sqli_error error;
    sqli__arena_init(&arena, ARENA_LIMIT);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    const struct sqli_schema *row = must_parse("row(a int, b int)", &arena);
    parse_value(row, sqli__span_text("ROW(1,2)"), &arena, &element);
    element.count = 1;
    assert_int_equal(sqli__composite_to_text(&element, &text, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_ARGUMENT);
    element.count = 2;
    element.elements[1].value.kind = SQLI_KIND_TEXT;
    assert_int_equal(sqli__composite_to_text(&element, &text, &error), SQLI_FAIL);
    assert_int_equal(text.length, 0);
    const struct sqli_schema *text_type = must_parse("lvarchar", &arena);
    struct sqli_element number = {.schema = text_type, .value = {.kind = SQLI_KIND_INTEGER}};
    assert_int_equal(sqli__composite_to_text(&number, &text, &error), SQLI_FAIL);
    assert_int_equal(text.length, 0);
    const struct sqli_schema unknown = {.type = {.code = SQLI_TYPE_ROW}};
    struct sqli_span value = sqli__span_text("ROW(1)");
    assert_int_equal(sqli__composite_from_text(&unknown, value, &arena, &element, &error),
                     SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_ARGUMENT);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
}

/* --- random trees --- */

static const char *const leaves[] = {
    "integer",
    "smallint",
    "bigint",
    "int8",
    "float",
    "decimal(9,3)",
    "money",
    "decimal(12)",
    "varchar(30)",
    "char(8)",
    "lvarchar",
    "boolean",
    "date",
    "joe.point",
    "smallfloat",
    "datetime year to fraction(3)",
    "interval day(4) to second",
    "nchar(8)",
};

static void append_schema(struct sqli_buffer *text, uint64_t *seed, int depth)
{
    static const char *const names[] = {"SET(", "MULTISET(", "LIST("};
    int64_t choice = support_random_between(seed, 0, depth > 3 ? 1 : 5);
    if (choice < 2) {
        sqli__buffer_text(text, leaves[support_random(seed) % COUNT(leaves)]);
        return;
    }
    if (choice < 5) {
        sqli__buffer_text(text, names[choice - 2]);
        append_schema(text, seed, depth + 1);
        sqli__buffer_text(text, " not null)");
        return;
    }
    int64_t fields = support_random_between(seed, 1, 4);
    for (int64_t i = 0; i < fields; i++) {
        sqli__buffer_format(text, "%sf%d ", i ? ", " : "ROW(", (int)i);
        append_schema(text, seed, depth + 1);
    }
    sqli__buffer_byte(text, ')');
}

static struct sqli_span random_string(struct sqli_arena *arena, uint64_t *seed)
{
    static const char characters[] = "ab'\",(){} \\\nNULL";
    uint8_t text[8];
    size_t length = (size_t)support_random_between(seed, 0, sizeof text);
    for (size_t i = 0; i < length; i++)
        text[i] = (uint8_t)(support_random(seed) % 5
                                ? characters[support_random(seed) % (sizeof characters - 1)]
                                : (char)(support_random(seed) | 1));
    return sqli__arena_copy(arena, sqli__span(text, length));
}

static void fill_scalar(struct sqli_element *element, struct sqli_arena *arena, uint64_t *seed)
{
    char text[40];
    const struct sqli_type *type = &element->schema->type;
    int64_t number = support_random_between(seed, -9999, 9999);
    switch (element->value.kind) {
    case SQLI_KIND_TEXT:
    case SQLI_KIND_OPAQUE: element->value.as.bytes = random_string(arena, seed); return;
    case SQLI_KIND_INTEGER: element->value.as.integer = number; return;
    case SQLI_KIND_REAL: element->value.as.real = (double)number / 64; return;
    case SQLI_KIND_BOOLEAN: element->value.as.boolean = number > 0; return;
    case SQLI_KIND_DATE: element->value.as.date = (int32_t)number; return;
    case SQLI_KIND_DECIMAL: snprintf(text, sizeof text, "%d.5", (int)number); break;
    case SQLI_KIND_DATETIME:
        snprintf(text, sizeof text, "2026-11-%02d 05:16:07.125", (int)(number + 9999) % 30 + 1);
        break;
    default: snprintf(text, sizeof text, "%d 01:02:03", (int)number); break;
    }
    struct sqli_span span = sqli__span_text(text);
    assert_int_equal(sqli__value_from_text(type, span, &sqli__date_iso, &element->value, NULL),
                     SQLI_OK);
}

static void fill(struct sqli_element *element, const struct sqli_schema *schema,
                 struct sqli_arena *arena, uint64_t *seed)
{
    bool row = schema->type.code == SQLI_TYPE_ROW;
    *element = (struct sqli_element){.schema = schema};
    element->value.kind = sqli__type_kind(&schema->type);
    element->value.null = support_random(seed) % 6 == 0;
    if (element->value.null)
        return;
    if (schema->count == 0) {
        fill_scalar(element, arena, seed);
        return;
    }
    element->count = row ? schema->count : (uint32_t)support_random_between(seed, 0, 4);
    element->elements = sqli__arena_alloc(arena, element->count, sizeof *element);
    for (uint32_t i = 0; i < element->count; i++)
        fill(&element->elements[i], &schema->parts[row ? i : 0], arena, seed);
}

static bool same_scalar(const struct sqli_value *a, const struct sqli_value *b)
{
    const struct sqli_interval *x = &a->as.interval;
    const struct sqli_interval *y = &b->as.interval;
    switch (a->kind) {
    case SQLI_KIND_TEXT:
    case SQLI_KIND_OPAQUE: return sqli__span_equal(a->as.bytes, b->as.bytes);
    case SQLI_KIND_INTEGER: return a->as.integer == b->as.integer;
    case SQLI_KIND_REAL: return memcmp(&a->as.real, &b->as.real, sizeof a->as.real) == 0;
    case SQLI_KIND_BOOLEAN: return a->as.boolean == b->as.boolean;
    case SQLI_KIND_DATE: return a->as.date == b->as.date;
    case SQLI_KIND_DECIMAL: return sqli__decimal_compare(&a->as.decimal, &b->as.decimal) == 0;
    case SQLI_KIND_DATETIME: return a->as.datetime.day == b->as.datetime.day;
    default: return x->amount == y->amount && x->qualifier == y->qualifier;
    }
}

static bool same(const struct sqli_element *a, const struct sqli_element *b)
{
    if (a->value.kind != b->value.kind || a->value.null != b->value.null ||
        a->schema != b->schema || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same(&a->elements[i], &b->elements[i]))
            return false;
    return a->value.null || a->schema->count || same_scalar(&a->value, &b->value);
}

/* from(to(x)) is x, for trees of every shape. */
static void random_trees_come_back(void **state)
{
    (void)state;
    struct sqli_arena arena;
    struct sqli_buffer text;
    uint64_t seed = 4711;
    sqli__arena_init(&arena, ARENA_LIMIT);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    for (int round = 0; round < 5000; round++) {
        struct sqli_schema *schema;
        struct sqli_element tree;
        struct sqli_element back;
        sqli__arena_reset(&arena);
        sqli__buffer_clear(&text);
        append_schema(&text, &seed, 0);
        struct sqli_span view = sqli__buffer_view(&text);
        assert_int_equal(sqli__schema_parse(view, &arena, &schema, NULL), SQLI_OK);
        fill(&tree, schema, &arena, &seed);
        sqli__buffer_clear(&text);
        assert_int_equal(sqli__composite_to_text(&tree, &text, NULL), SQLI_OK);
        parse_value(schema, sqli__buffer_view(&text), &arena, &back);
        if (!same(&tree, &back))
            fail_msg("round %d: %.*s", round, (int)text.length, (char *)text.data);
    }
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
}

/* --- hostile texts --- */

/* In a block of its own, so that a read past the end is seen. What is read is also written. */
static void try_text(const struct sqli_schema *schema, const char *text, size_t length)
{
    struct sqli_arena arena;
    struct sqli_element element;
    struct sqli_buffer written;
    uint8_t *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    sqli__arena_init(&arena, ARENA_LIMIT);
    sqli__buffer_init(&written, BUFFER_LIMIT);
    struct sqli_span span = sqli__span(copy, length);
    if (sqli__composite_from_text(schema, span, &arena, &element, NULL) == SQLI_OK)
        assert_int_equal(sqli__composite_to_text(&element, &written, NULL), SQLI_OK);
    free(copy);
    sqli__buffer_free(&written);
    sqli__arena_free(&arena);
}

static void no_damaged_text_does_harm(void **state)
{
    (void)state;
    static const char damage[] = "'\"(){},N0 \xff";
    struct sqli_arena arena;
    sqli__arena_init(&arena, ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(values); i++) {
        const struct sqli_schema *schema = must_parse(values[i].schema, &arena);
        size_t length = strlen(values[i].text);
        for (size_t at = 0; at < length; at++) {
            char text[128];
            try_text(schema, values[i].text, at);
            for (size_t d = 0; d < sizeof damage; d++) {
                memcpy(text, values[i].text, length);
                text[at] = damage[d];
                try_text(schema, text, length);
            }
        }
    }
    sqli__arena_free(&arena);
}

/* --- memory --- */

static enum sqli_status read_and_write(void *context, struct sqli_error *error)
{
    struct sqli_schema *schema;
    struct sqli_arena arena;
    struct sqli_buffer text;
    struct sqli_element element = {0};
    sqli__arena_init(&arena, ARENA_LIMIT);
    sqli__buffer_init(&text, BUFFER_LIMIT);
    struct sqli_span type = sqli__span_text("list(row(a lvarchar, b int) not null)");
    enum sqli_status status = sqli__schema_parse(type, &arena, &schema, error);
    if (status == SQLI_OK)
        status =
            sqli__composite_from_text(schema, sqli__span_text(context), &arena, &element, error);
    if (status == SQLI_OK)
        status = sqli__composite_to_text(&element, &text, error);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return status;
}

/* A long list, so that its parts need many blocks of memory. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    static char text[16384] = "LIST{ROW('a',1)";
    size_t length = strlen(text);
    for (int i = 0; i < 200; i++)
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   ",ROW('it''s the %dth string in this long list',%d)", i, i);
    snprintf(text + length, sizeof text - length, "}");
    assert_in_range(support_fail_each_allocation(read_and_write, text), 10, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_and_written),
        cmocka_unit_test(a_value_is_a_tree),
        cmocka_unit_test(the_text_in_a_tuple_is_read),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(depth_is_bounded_in_reading),
        cmocka_unit_test(depth_is_bounded_in_writing),
        cmocka_unit_test(width_is_bounded),
        cmocka_unit_test(a_composite_of_unknown_parts_is_a_string),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(random_trees_come_back),
        cmocka_unit_test(no_damaged_text_does_harm),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
