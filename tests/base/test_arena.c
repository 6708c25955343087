#include "tests/support/support.h"

#include "base/arena.h"

#include <stdalign.h>

enum { UNIT = alignof(max_align_t) }; /* what the smallest block costs */

static void assert_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], 0);
}

static void test_blocks_are_aligned_zero_and_apart(void **state)
{
    (void)state;
    struct sqli_arena arena;
    uint8_t *blocks[200];
    sqli__arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = sqli__arena_alloc(&arena, i + 1, 3);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % UNIT, 0);
        assert_zero(blocks[i], 3 * (i + 1));
        memset(blocks[i], (int)i, 3 * (i + 1));
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t at = 0; at < 3 * (i + 1); at++)
            assert_int_equal(blocks[i][at], i);
    assert_int_equal(sqli__arena_status(&arena, NULL), SQLI_OK);
    sqli__arena_free(&arena);
}

static void test_blocks_larger_than_a_page(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 1 << 20);
    uint8_t *small = sqli__arena_alloc(&arena, 1, 1);
    uint8_t *large = sqli__arena_alloc(&arena, 100000, 1);
    memset(large, 0xff, 100000);
    assert_int_equal(*small, 0);
    assert_int_equal(arena.used, UNIT + 100000);
    sqli__arena_free(&arena);
}

static void test_nothing_is_not_null(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 0);
    assert_non_null(sqli__arena_alloc(&arena, 0, 8));
    assert_non_null(sqli__arena_alloc(&arena, SIZE_MAX, 0));
    assert_int_equal(sqli__arena_status(&arena, NULL), SQLI_OK);
    sqli__arena_free(&arena);
}

static void test_limit_is_reached_and_not_passed(void **state)
{
    (void)state;
    struct sqli_arena arena;
    struct sqli_error error;
    sqli__arena_init(&arena, 10 * UNIT);
    for (size_t i = 0; i < 10; i++)
        assert_non_null(sqli__arena_alloc(&arena, 1, 1));
    assert_int_equal(arena.used, arena.limit);
    assert_null(sqli__arena_alloc(&arena, 1, 1));
    assert_int_equal(sqli__arena_status(&arena, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
    sqli__arena_free(&arena);
}

static void test_failure_is_remembered_until_reset(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 2 * UNIT);
    assert_null(sqli__arena_alloc(&arena, 3 * UNIT, 1));
    assert_null(sqli__arena_alloc(&arena, 1, 1)); /* it would fit */
    assert_null(sqli__arena_copy(&arena, sqli__span_text("a")).data);
    assert_int_equal(sqli__arena_status(&arena, NULL), SQLI_FAIL);
    sqli__arena_reset(&arena);
    assert_non_null(sqli__arena_alloc(&arena, 1, 1));
    assert_int_equal(sqli__arena_status(&arena, NULL), SQLI_OK);
    sqli__arena_free(&arena);
}

static void test_huge_sizes_do_not_overflow(void **state)
{
    (void)state;
    static const struct {
        size_t limit;
        size_t count;
        size_t size;
    } cases[] = {
        {1000, SIZE_MAX, 1},         {1000, 1, SIZE_MAX},
        {1000, SIZE_MAX / 2 + 1, 2}, {SIZE_MAX, SIZE_MAX, 1},
        {SIZE_MAX, SIZE_MAX, 2},     {SIZE_MAX, SIZE_MAX - 8, 1},
        {SIZE_MAX, SIZE_MAX / 2, 3}, {SIZE_MAX, 1, SIZE_MAX - UNIT + 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sqli_arena arena;
        sqli__arena_init(&arena, cases[i].limit);
        assert_null(sqli__arena_alloc(&arena, cases[i].count, cases[i].size));
        assert_int_equal(arena.failed, SQLI_E_TOO_LARGE);
        sqli__arena_free(&arena);
    }
}

static void test_copies_end_with_nul(void **state)
{
    (void)state;
    struct sqli_arena arena;
    char text[UNIT + 1];
    memset(text, 'a', UNIT);
    text[UNIT] = '\0';
    sqli__arena_init(&arena, 1000);
    struct sqli_span copy = sqli__arena_copy(&arena, sqli__span(text, UNIT));
    memset(sqli__arena_alloc(&arena, 1, UNIT), 0xff, UNIT); /* what lies behind the copy */
    assert_int_equal(copy.length, UNIT);
    assert_ptr_not_equal(copy.data, text);
    assert_string_equal((const char *)copy.data, text);
    struct sqli_span empty = sqli__arena_copy(&arena, sqli__span(NULL, 0));
    assert_non_null(empty.data);
    assert_int_equal(empty.length, 0);
    assert_null(sqli__arena_copy(&arena, sqli__span("", SIZE_MAX)).data);
    sqli__arena_free(&arena);
}

static void test_reset_gives_everything_back(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 100000);
    sqli__arena_reset(&arena);
    for (size_t round = 0; round < 50; round++) {
        uint8_t *first = NULL;
        for (size_t i = 0; i < 20; i++) {
            uint8_t *block = sqli__arena_alloc(&arena, 100, 40);
            assert_non_null(block);
            assert_zero(block, 4000);
            memset(block, 0xff, 4000);
            first = first ? first : block;
        }
        assert_int_equal(first[0], 0xff);
        sqli__arena_reset(&arena);
        assert_int_equal(arena.used, 0);
    }
    sqli__arena_free(&arena);
    assert_int_equal(arena.limit, 100000);
    assert_non_null(sqli__arena_alloc(&arena, 1, 1)); /* usable again */
    sqli__arena_free(&arena);
}

static enum sqli_status fill_an_arena(void *context, struct sqli_error *error)
{
    (void)context;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < 8; i++) {
        sqli__arena_alloc(&arena, 3000, 1);
        sqli__arena_copy(&arena, sqli__span_text("a name"));
    }
    enum sqli_status status = sqli__arena_status(&arena, error);
    sqli__arena_free(&arena);
    return status;
}

static void test_every_failing_allocation(void **state)
{
    (void)state;
    assert_int_equal(support_fail_each_allocation(fill_an_arena, NULL), 8);
}

static void a_reset_gives_a_large_block_back(void **state)
{
    (void)state;
    struct sqli_arena arena;
    sqli__arena_init(&arena, 1 << 20);
    assert_non_null(sqli__arena_alloc(&arena, 1, 100));
    sqli__arena_reset(&arena);
    assert_non_null(arena.blocks); /* one of ordinary size stays */
    assert_non_null(sqli__arena_alloc(&arena, 1, 100000));
    sqli__arena_reset(&arena);
    assert_null(arena.blocks);
    sqli__arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_gives_a_large_block_back),
        cmocka_unit_test(test_blocks_are_aligned_zero_and_apart),
        cmocka_unit_test(test_blocks_larger_than_a_page),
        cmocka_unit_test(test_nothing_is_not_null),
        cmocka_unit_test(test_limit_is_reached_and_not_passed),
        cmocka_unit_test(test_failure_is_remembered_until_reset),
        cmocka_unit_test(test_huge_sizes_do_not_overflow),
        cmocka_unit_test(test_copies_end_with_nul),
        cmocka_unit_test(test_reset_gives_everything_back),
        cmocka_unit_test(test_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
