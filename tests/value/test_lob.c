#include "tests/support/support.h"

#include "value/lob.h"

#include <stdio.h>

static struct sqli_span lob_span(const struct sqli_simple_lob *lob)
{
    return sqli__span(lob->bytes, sizeof lob->bytes);
}

/* What both readers of a size see: the number, and end - start + 1. */
static void test_simple_lob_size(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 1023, 1024, 65536, INT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct sqli_simple_lob lob;
        sqli__simple_lob_make(&lob, sizes[i], false);
        int32_t start = (int32_t)sqli__load32(lob.bytes + 8);
        int32_t end = (int32_t)sqli__load32(lob.bytes + 12);
        assert_true(start >= 0 && end >= 0);
        assert_int_equal(end - start + 1, sizes[i]);
        assert_int_equal(sqli__load32(lob.bytes + 16), sizes[i]);
        assert_int_equal(sqli__simple_lob_size(&lob), sizes[i]);
        assert_false(sqli__simple_lob_null(&lob));
    }
}

static void test_simple_lob_bytes(void **state)
{
    (void)state;
    struct sqli_simple_lob lob;
    sqli__simple_lob_make(&lob, 5, false);
    assert_span_hex(lob_span(&lob), "0000000000000000 00000000 00000004 00000005"
                                    "000000000000000000000000000000000000000000000000"
                                    "000000000000000000000000");
    sqli__simple_lob_make(&lob, 5, true);
    assert_span_hex(lob_span(&lob), "0000000000000000 00000000 00000000 00000000"
                                    "00000000000000000000000000000000000000 01"
                                    "00000000000000000000000000000000");
    assert_true(sqli__simple_lob_null(&lob));
    sqli__simple_lob_make_bind(&lob, 0x400);
    assert_span_hex(lob_span(&lob), "0000000000000000 00000000 00000000 00000400"
                                    "000000000000000000000000000000000000000000000000"
                                    "000000000000000000000000");
}

/* The flag is one bit; its neighbours are the server's own. */
static void test_null_is_one_bit(void **state)
{
    (void)state;
    struct sqli_simple_lob lob = {.bytes = {[38] = 0xff, [39] = 0xfe, [40] = 0xff}};
    assert_false(sqli__simple_lob_null(&lob));
    lob.bytes[39] = 0x81;
    assert_true(sqli__simple_lob_null(&lob));
}

static void test_smart_lob_forms(void **state)
{
    (void)state;
    struct sqli_error error;
    struct sqli_smart_lob raw, lob;
    char text[SQLI_SMART_LOB_TEXT + 1];
    for (size_t i = 0; i < sizeof raw.bytes; i++)
        raw.bytes[i] = (uint8_t)(i * 37 + 0xa9);
    struct sqli_span bytes = sqli__span(raw.bytes, sizeof raw.bytes);
    assert_int_equal(sqli__smart_lob_decode(bytes, &lob, &error), SQLI_OK);
    assert_memory_equal(lob.bytes, raw.bytes, sizeof raw.bytes);
    sqli__smart_lob_text(&lob, text);
    assert_string_equal(text, support_hex(bytes));
    memset(&lob, 0, sizeof lob);
    assert_int_equal(sqli__smart_lob_decode(sqli__span_text(text), &lob, &error), SQLI_OK);
    assert_memory_equal(lob.bytes, raw.bytes, sizeof raw.bytes);
    for (char *c = text; *c; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    assert_int_equal(sqli__smart_lob_decode(sqli__span_text(text), &lob, &error), SQLI_OK);
    assert_memory_equal(lob.bytes, raw.bytes, sizeof raw.bytes);
}

static void test_smart_lob_bad_bodies(void **state)
{
    (void)state;
    struct sqli_error error;
    struct sqli_smart_lob lob;
    uint8_t body[SQLI_SMART_LOB_TEXT + 1];
    memset(body, '0', sizeof body);
    for (size_t length = 0; length <= sizeof body; length++) {
        bool good = length == SQLI_SMART_LOB_SIZE || length == SQLI_SMART_LOB_TEXT;
        enum sqli_status status = sqli__smart_lob_decode(sqli__span(body, length), &lob, &error);
        assert_int_equal(status, good ? SQLI_OK : SQLI_FAIL);
        if (!good)
            assert_int_equal(error.code, SQLI_E_VALUE_IMAGE);
    }
    for (size_t at = 0; at < SQLI_SMART_LOB_TEXT; at++) {
        char place[16];
        body[at] = (uint8_t) "g/:@G`"[at % 6];
        assert_int_equal(
            sqli__smart_lob_decode(sqli__span(body, SQLI_SMART_LOB_TEXT), &lob, &error), SQLI_FAIL);
        snprintf(place, sizeof place, " at %zu of", at);
        assert_non_null(strstr(error.near, place));
        body[at] = '0';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simple_lob_size),      cmocka_unit_test(test_simple_lob_bytes),
        cmocka_unit_test(test_null_is_one_bit),      cmocka_unit_test(test_smart_lob_forms),
        cmocka_unit_test(test_smart_lob_bad_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
