/* Descriptions built from names and types are those of the vectors, byte for byte. */
#include "protocol/describe_build.h"
#include "tests/support/support.h"

enum { COLUMNS = 3 };

struct column {
    const char *name;
    struct sqli_type type;
};

#define TYPE(number, encoded)                 \
    {                                         \
        .code = (number), .length = (encoded) \
    }
#define EXTENDED(number, id, encoded)                              \
    {                                                              \
        .code = (number), .extended_id = (id), .length = (encoded) \
    }

/* Into `out`, with the capabilities of both sides or with what is wider. */
static void build(int16_t id, const struct column *columns, uint32_t count, bool large,
                  struct sqli_message *m, struct sqli_buffer *out)
{
    struct sqli_arena arena;
    struct sqli_error error;
    struct sqli_caps caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    size_t names = 0;
    if (large)
        caps.bits[SQLI_CAP_LARGE_TUPLES / 8] |= 0x80 >> SQLI_CAP_LARGE_TUPLES % 8;
    for (uint32_t i = 0; i < count; i++)
        names += strlen(columns[i].name);
    *m = (struct sqli_message){.id = SQLI_MSG_DESCRIBE};
    m->as.describe.statement_type = 2;
    m->as.describe.statement_id = id;
    sqli__arena_init(&arena, 1 << 20);
    assert_int_equal(sqli__describe_begin(&m->as.describe, count, names, &arena, &error), SQLI_OK);
    for (uint32_t i = 0; i < count; i++)
        sqli__describe_add(&m->as.describe, sqli__span_text(columns[i].name), &columns[i].type);
    sqli__describe_end(&m->as.describe, &caps);
    assert_int_equal(sqli__encode(m, SQLI_TO_CLIENT, &caps, out, &error), SQLI_OK);
    sqli__arena_free(&arena);
}

struct vector {
    const char *id;
    int16_t statement;
    uint32_t count;
    struct column columns[COLUMNS];
    bool found;
};

static struct vector vectors[] = {
    {"describe-001", 0, 1, {{"(constant)", TYPE(SQLI_TYPE_INTEGER, 4)}}, false},
    {"describe-002",
     0,
     2,
     {{"tabname", TYPE(SQLI_TYPE_VARCHAR, 128)},
      {"tabid", {.code = SQLI_TYPE_SERIAL, .flags = SQLI_TYPE_NOT_NULL, .length = 4}}},
     false},
    {"describe-003", 1, 1, {{"(count(*))", TYPE(SQLI_TYPE_DECIMAL, 0x0f00)}}, false},
    {"describe-007",
     0,
     3,
     {{"d", TYPE(SQLI_TYPE_DATETIME, 0x130f)},
      {"i", TYPE(SQLI_TYPE_INTERVAL, 0x144f)},
      {"x", TYPE(SQLI_TYPE_BYTE, 56)}},
     false},
};

static void check_vector(void *context, size_t line, size_t count, char **fields)
{
    (void)context;
    (void)line;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct sqli_message m;
        struct sqli_buffer out;
        if (count < 5 || strcmp(fields[0], vectors[i].id) != 0)
            continue;
        sqli__buffer_init(&out, 1 << 16);
        build(vectors[i].statement, vectors[i].columns, vectors[i].count, false, &m, &out);
        assert_span_hex(sqli__buffer_view(&out), fields[4]);
        sqli__buffer_free(&out);
        vectors[i].found = true;
    }
}

static void test_vectors(void **state)
{
    (void)state;
    support_each_line("vectors.tsv", '\t', check_vector, NULL);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_true(vectors[i].found);
}

/* Bytes of the image at the most, and the two numbers behind the type. */
static void test_widths(void **state)
{
    (void)state;
    static const struct {
        struct sqli_type type;
        int32_t width;
        int16_t reference, alignment;
    } cases[] = {
        {TYPE(SQLI_TYPE_CHAR, 20), 20, 0, 0},
        {TYPE(SQLI_TYPE_VARCHAR, 0x0a14), 21, 0, 0}, /* VARCHAR(20, 10) */
        {TYPE(SQLI_TYPE_INT8, 10), 10, 0, 0},
        {EXTENDED(SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, 512), 517, 1, 4},
        {EXTENDED(SQLI_TYPE_UDTFIXED, SQLI_XID_BOOLEAN, 1), 6, 0, 1},
        {EXTENDED(SQLI_TYPE_UDTFIXED, SQLI_XID_BLOB, 72), 149, 1, 4},
        {EXTENDED(SQLI_TYPE_UDTFIXED, SQLI_XID_CLOB, 72), 149, 1, 4},
        {EXTENDED(SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, INT32_MAX), INT32_MAX, 1, 4},
        {EXTENDED(SQLI_TYPE_ROW, 2000, -1), 5, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int16_t reference, alignment;
        sqli__described_storage(&cases[i].type, &reference, &alignment);
        assert_int_equal(sqli__described_width(&cases[i].type), cases[i].width);
        assert_int_equal(reference, cases[i].reference);
        assert_int_equal(alignment, cases[i].alignment);
    }
}

/* A row larger than the narrow form can say, and larger than any number. */
static void test_large_rows(void **state)
{
    (void)state;
    const struct column wide[COLUMNS] = {
        {"a", EXTENDED(SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, 32000)},
        {"b", EXTENDED(SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, 32000)},
        {"c", EXTENDED(SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, INT32_MAX)},
    };
    struct sqli_message m;
    struct sqli_buffer out;
    sqli__buffer_init(&out, 1 << 16);
    build(0, wide, 2, false, &m, &out);
    assert_int_equal(m.as.describe.tuple_size, INT16_MAX);
    build(0, wide, 2, true, &m, &out);
    assert_int_equal(m.as.describe.tuple_size, 64010);
    build(0, wide, 3, true, &m, &out);
    assert_int_equal(m.as.describe.tuple_size, INT32_MAX);
    sqli__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_large_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
