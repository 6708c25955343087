#include "tests/support/support.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static void test_appends_follow_each_other(void **state)
{
    (void)state;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 1000);
    sqli__buffer_byte(&buffer, 0x01);
    sqli__buffer_16(&buffer, 0x0203);
    sqli__buffer_32(&buffer, 0x04050607);
    sqli__buffer_64(&buffer, 0x08090a0b0c0d0e0f);
    sqli__buffer_append(&buffer, "\x10\x11", 2);
    sqli__buffer_append(&buffer, NULL, 0);
    sqli__buffer_span(&buffer, sqli__span("\x12\x13", 2));
    sqli__buffer_span(&buffer, sqli__span(NULL, 0));
    sqli__buffer_text(&buffer, "ab");
    sqli__buffer_fill(&buffer, 0xee, 3);
    sqli__buffer_fill(&buffer, 0xee, 0);
    sqli__buffer_format(&buffer, "%d-%s", -7, "x");
    assert_span_hex(sqli__buffer_view(&buffer), "01 0203 04050607 08090a0b0c0d0e0f 1011 1213"
                                                "6162 eeeeee 2d372d78");
    assert_int_equal(sqli__buffer_status(&buffer, NULL), SQLI_OK);
    sqli__buffer_free(&buffer);
}

/* One append of each kind, by the number of bytes that it adds. */
static void append_byte(struct sqli_buffer *buffer)
{
    sqli__buffer_byte(buffer, 1);
}
static void append_16(struct sqli_buffer *buffer)
{
    sqli__buffer_16(buffer, 1);
}
static void append_32(struct sqli_buffer *buffer)
{
    sqli__buffer_32(buffer, 1);
}
static void append_64(struct sqli_buffer *buffer)
{
    sqli__buffer_64(buffer, 1);
}
static void append_text(struct sqli_buffer *buffer)
{
    sqli__buffer_text(buffer, "twelve bytes");
}
static void append_span(struct sqli_buffer *buffer)
{
    sqli__buffer_span(buffer, sqli__span_text("span"));
}
static void append_fill(struct sqli_buffer *buffer)
{
    sqli__buffer_fill(buffer, ' ', 300);
}
static void append_format(struct sqli_buffer *buffer)
{
    sqli__buffer_format(buffer, "%5d", 1);
}
static void append_long_format(struct sqli_buffer *buffer)
{
    sqli__buffer_format(buffer, "%600d", 1);
}

static const struct {
    void (*append)(struct sqli_buffer *buffer);
    size_t size;
} appends[] = {
    {append_byte, 1},   {append_16, 2},     {append_32, 4},
    {append_64, 8},     {append_text, 12},  {append_span, 4},
    {append_fill, 300}, {append_format, 5}, {append_long_format, 600},
};

enum { APPENDS = sizeof appends / sizeof *appends };

static void test_limit_is_reached_and_not_passed(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPENDS; i++)
        for (size_t before = 0; before < 3; before++) {
            struct sqli_buffer buffer;
            sqli__buffer_init(&buffer, before + appends[i].size);
            sqli__buffer_fill(&buffer, 0, before);
            appends[i].append(&buffer);
            assert_int_equal(buffer.length, before + appends[i].size);
            assert_int_equal(buffer.failed, 0);
            assert_true(buffer.capacity <= buffer.limit);
            sqli__buffer_byte(&buffer, 0);
            assert_int_equal(buffer.failed, SQLI_E_TOO_LARGE);
            assert_int_equal(buffer.length, before + appends[i].size);
            sqli__buffer_free(&buffer);
        }
}

static void test_one_byte_too_many_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPENDS; i++) {
        struct sqli_buffer buffer;
        sqli__buffer_init(&buffer, appends[i].size - 1);
        appends[i].append(&buffer);
        assert_int_equal(buffer.failed, SQLI_E_TOO_LARGE);
        assert_true(buffer.length <= buffer.limit);
        sqli__buffer_free(&buffer);
    }
}

static void test_failure_is_remembered(void **state)
{
    (void)state;
    struct sqli_error error;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 4);
    sqli__buffer_text(&buffer, "abc");
    sqli__buffer_16(&buffer, 1);
    for (size_t i = 0; i < APPENDS; i++)
        appends[i].append(&buffer); /* the byte would fit; the message is broken all the same */
    assert_null(sqli__buffer_reserve(&buffer, 1));
    sqli__buffer_advance(&buffer, 1);
    assert_span_hex(sqli__buffer_view(&buffer), "616263");
    assert_int_equal(sqli__buffer_status(&buffer, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
    assert_string_equal(error.near, "a buffer of at most 4 bytes");
    sqli__buffer_truncate(&buffer, 0);
    assert_int_equal(sqli__buffer_status(&buffer, NULL), SQLI_FAIL);
    sqli__buffer_clear(&buffer);
    sqli__buffer_byte(&buffer, 'x');
    assert_int_equal(sqli__buffer_status(&buffer, &error), SQLI_OK);
    assert_span_hex(sqli__buffer_view(&buffer), "78");
    sqli__buffer_free(&buffer);
}

static void test_huge_sizes_do_not_overflow(void **state)
{
    (void)state;
    static const size_t limits[] = {0, 100, SIZE_MAX - 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct sqli_buffer buffer;
        sqli__buffer_init(&buffer, limits[i]);
        sqli__buffer_text(&buffer, "ab");
        sqli__buffer_clear(&buffer);
        sqli__buffer_fill(&buffer, 0, limits[i] < 2 ? 0 : 2);
        if (limits[i] < SIZE_MAX - 1)
            assert_null(sqli__buffer_reserve(&buffer, SIZE_MAX));
        assert_null(sqli__buffer_reserve(&buffer, SIZE_MAX - 1));
        assert_int_equal(buffer.failed, SQLI_E_TOO_LARGE);
        sqli__buffer_free(&buffer);
    }
}

static void test_growth_keeps_the_bytes(void **state)
{
    (void)state;
    struct sqli_buffer buffer;
    size_t capacities = 0;
    size_t last = 0;
    sqli__buffer_init(&buffer, 100000);
    for (uint32_t i = 0; i < 25000; i++) {
        sqli__buffer_32(&buffer, i);
        capacities += buffer.capacity != last;
        last = buffer.capacity;
    }
    assert_int_equal(buffer.length, 100000);
    assert_int_equal(buffer.capacity, 100000);
    assert_true(capacities < 12); /* it doubles */
    for (uint32_t i = 0; i < 25000; i++)
        assert_int_equal(sqli__load32(buffer.data + 4 * (size_t)i), i);
    sqli__buffer_free(&buffer);
}

static void test_reserved_bytes_count_once_advanced(void **state)
{
    (void)state;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 100);
    memcpy(sqli__buffer_reserve(&buffer, 4), "abcd", 4);
    assert_int_equal(buffer.length, 0);
    sqli__buffer_advance(&buffer, 2);
    sqli__buffer_text(&buffer, "x");
    assert_span_hex(sqli__buffer_view(&buffer), "616278");
    assert_non_null(sqli__buffer_reserve(&buffer, 0));
    assert_non_null(sqli__buffer_reserve(&buffer, 97));
    assert_null(sqli__buffer_reserve(&buffer, 98));
    sqli__buffer_free(&buffer);
}

static void test_truncate_only_shortens(void **state)
{
    (void)state;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 100);
    sqli__buffer_text(&buffer, "abcdef");
    sqli__buffer_truncate(&buffer, 7);
    assert_int_equal(buffer.length, 6);
    sqli__buffer_truncate(&buffer, 2);
    sqli__buffer_text(&buffer, "x");
    assert_span_hex(sqli__buffer_view(&buffer), "616278");
    sqli__buffer_free(&buffer);
}

static void test_consume_drops_from_the_front(void **state)
{
    (void)state;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 6);
    sqli__buffer_consume(&buffer, 3);
    sqli__buffer_text(&buffer, "abcdef");
    sqli__buffer_consume(&buffer, 0);
    sqli__buffer_consume(&buffer, 2);
    assert_span_hex(sqli__buffer_view(&buffer), "63646566");
    sqli__buffer_text(&buffer, "gh"); /* what was consumed is room again */
    assert_span_hex(sqli__buffer_view(&buffer), "636465666768");
    sqli__buffer_consume(&buffer, 1000);
    assert_int_equal(buffer.length, 0);
    assert_int_equal(sqli__buffer_status(&buffer, NULL), SQLI_OK);
    sqli__buffer_free(&buffer);
}

static void test_free_leaves_it_usable(void **state)
{
    (void)state;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 3);
    sqli__buffer_text(&buffer, "abcd");
    sqli__buffer_free(&buffer);
    sqli__buffer_free(&buffer);
    assert_int_equal(buffer.limit, 3);
    sqli__buffer_text(&buffer, "abc");
    assert_span_hex(sqli__buffer_view(&buffer), "616263");
    sqli__buffer_free(&buffer);
}

static void test_formatted_text_of_any_length(void **state)
{
    (void)state;
    static const int lengths[] = {0, 1, 510, 511, 512, 513, 5000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct sqli_buffer buffer;
        char wanted[5001];
        snprintf(wanted, sizeof wanted, "%0*d", lengths[i], 7);
        sqli__buffer_init(&buffer, 10000);
        sqli__buffer_format(&buffer, "%0*d", lengths[i], 7);
        assert_true(sqli__span_equal(sqli__buffer_view(&buffer), sqli__span_text(wanted)));
        sqli__buffer_free(&buffer);
    }
}

static void test_a_format_that_fails_is_remembered(void **state)
{
    (void)state;
    static const wchar_t unwritable[] = {0x110000, 0}; /* beyond the last character */
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 100);
    sqli__buffer_format(&buffer, "%ls", unwritable);
    assert_int_equal(buffer.failed, SQLI_E_ARGUMENT);
    assert_int_equal(buffer.length, 0);
    sqli__buffer_free(&buffer);
}

static enum sqli_status fill_a_buffer(void *context, struct sqli_error *error)
{
    (void)context;
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, 1 << 20);
    for (size_t round = 0; round < 20; round++)
        for (size_t i = 0; i < APPENDS; i++)
            appends[i].append(&buffer);
    enum sqli_status status = sqli__buffer_status(&buffer, error);
    sqli__buffer_free(&buffer);
    return status;
}

static void test_every_failing_allocation(void **state)
{
    (void)state;
    /* 256 bytes to 32 KiB, and a block for each of the 20 long formats */
    assert_int_equal(support_fail_each_allocation(fill_a_buffer, NULL), 8 + 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends_follow_each_other),
        cmocka_unit_test(test_limit_is_reached_and_not_passed),
        cmocka_unit_test(test_one_byte_too_many_fails),
        cmocka_unit_test(test_failure_is_remembered),
        cmocka_unit_test(test_huge_sizes_do_not_overflow),
        cmocka_unit_test(test_growth_keeps_the_bytes),
        cmocka_unit_test(test_reserved_bytes_count_once_advanced),
        cmocka_unit_test(test_truncate_only_shortens),
        cmocka_unit_test(test_consume_drops_from_the_front),
        cmocka_unit_test(test_free_leaves_it_usable),
        cmocka_unit_test(test_formatted_text_of_any_length),
        cmocka_unit_test(test_a_format_that_fails_is_remembered),
        cmocka_unit_test(test_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
