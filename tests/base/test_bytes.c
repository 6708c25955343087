#include "tests/support/support.h"

#include "base/bytes.h"

struct number_case {
    const char *hex; /* as the wire has it */
    uint64_t number;
};

static const struct number_case cases16[] = {
    {"0000", 0}, {"0001", 1}, {"0100", 256}, {"7fff", 32767}, {"8000", 32768}, {"ffff", 65535},
};

static const struct number_case cases32[] = {
    {"00000000", 0},          {"00010203", 0x10203},    {"7fffffff", INT32_MAX},
    {"80000000", 2147483648}, {"fffefdfc", 0xfffefdfc}, {"ffffffff", UINT32_MAX},
};

static const struct number_case cases64[] = {
    {"0000000000000000", 0},
    {"0102030405060708", 0x102030405060708},
    {"00000000ffffffff", UINT32_MAX},
    {"ffffffff00000000", 0xffffffff00000000},
    {"8000000000000000", 0x8000000000000000},
    {"ffffffffffffffff", UINT64_MAX},
};

#define FOR_EACH(table, entry)                                                                  \
    for (const struct number_case *entry = table; entry < table + sizeof table / sizeof *table; \
         entry++)

static void test_numbers_are_big_endian(void **state)
{
    (void)state;
    uint8_t bytes[8];
    FOR_EACH(cases16, c)
    {
        sqli__store16(bytes, (uint16_t)c->number);
        assert_span_hex(sqli__span(bytes, 2), c->hex);
        assert_int_equal(sqli__load16(bytes), c->number);
    }
    FOR_EACH(cases32, c)
    {
        sqli__store32(bytes, (uint32_t)c->number);
        assert_span_hex(sqli__span(bytes, 4), c->hex);
        assert_int_equal(sqli__load32(bytes), c->number);
    }
    FOR_EACH(cases64, c)
    {
        sqli__store64(bytes, c->number);
        assert_span_hex(sqli__span(bytes, 8), c->hex);
        assert_true(sqli__load64(bytes) == c->number);
    }
}

static void test_numbers_need_no_alignment(void **state)
{
    (void)state;
    uint8_t bytes[16] = {0};
    for (size_t at = 0; at < 8; at++) {
        sqli__store64(bytes + at, 0x0123456789abcdef);
        assert_true(sqli__load64(bytes + at) == 0x0123456789abcdef);
        assert_int_equal(sqli__load32(bytes + at), 0x01234567);
        assert_int_equal(sqli__load16(bytes + at), 0x0123);
    }
}

static void test_stores_stay_inside(void **state)
{
    (void)state;
    uint8_t bytes[10];
    memset(bytes, 0xee, sizeof bytes);
    sqli__store16(bytes + 1, 0);
    assert_span_hex(sqli__span(bytes, 4), "ee 0000 ee");
    sqli__store32(bytes + 1, 0);
    assert_span_hex(sqli__span(bytes, 6), "ee 00000000 ee");
    sqli__store64(bytes + 1, 0);
    assert_span_hex(sqli__span(bytes, 10), "ee 0000000000000000 ee");
}

static void test_spans_of_text(void **state)
{
    (void)state;
    assert_int_equal(sqli__span_text("abc").length, 3);
    assert_int_equal(sqli__span_text("").length, 0);
    assert_non_null(sqli__span_text("").data);
    assert_null(sqli__span_text(NULL).data);
    assert_int_equal(sqli__span_text(NULL).length, 0);
}

static void test_equal_spans(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool equal;
    } cases[] = {
        {"", "", true},        {NULL, NULL, true},   {"abc", "abc", true},
        {"abc", "abd", false}, {"abc", "ab", false}, {"ab", "abc", false},
        {"", "a", false},      {NULL, "a", false},   {"abc", "bbc", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sqli__span_equal(sqli__span_text(cases[i].a), sqli__span_text(cases[i].b)),
                         cases[i].equal);
    assert_false(sqli__span_equal(sqli__span("a\0b", 3), sqli__span("a\0c", 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_big_endian),
        cmocka_unit_test(test_numbers_need_no_alignment),
        cmocka_unit_test(test_stores_stay_inside),
        cmocka_unit_test(test_spans_of_text),
        cmocka_unit_test(test_equal_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
