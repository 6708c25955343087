#include "tests/support/support.h"

#include "base/alloc.h"

#include <stdlib.h>

/* An allocator that counts what it is asked for and can refuse. */
struct ledger {
    size_t allocated;
    size_t resized;
    size_t released;
    size_t last_size;
    bool refuse;
};

static void *ledger_allocate(void *context, size_t size)
{
    struct ledger *ledger = context;
    ledger->allocated++;
    ledger->last_size = size;
    return ledger->refuse ? NULL : malloc(size);
}

static void *ledger_resize(void *context, void *block, size_t size)
{
    struct ledger *ledger = context;
    ledger->resized++;
    ledger->last_size = size;
    return ledger->refuse ? NULL : realloc(block, size);
}

static void ledger_release(void *context, void *block)
{
    struct ledger *ledger = context;
    ledger->released++;
    free(block);
}

static void use(struct ledger *ledger)
{
    const struct sqli_allocator allocator = {.size = sizeof allocator,
                                             .context = ledger,
                                             .allocate = ledger_allocate,
                                             .resize = ledger_resize,
                                             .release = ledger_release};
    sqli__allocator_set(&allocator);
}

static int teardown(void **state)
{
    (void)state;
    sqli__allocator_set(NULL);
    return 0;
}

static void test_allocator_sees_every_call(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    use(&ledger);
    void *a = sqli__alloc(10);
    void *b = sqli__alloc_zeroed(3, 7);
    assert_int_equal(ledger.allocated, 2);
    assert_int_equal(ledger.last_size, 21);
    a = sqli__realloc(a, 100);
    assert_int_equal(ledger.resized, 1);
    assert_int_equal(ledger.last_size, 100);
    sqli__free(a);
    sqli__free(b);
    assert_int_equal(ledger.released, 2);
}

static void test_null_brings_the_c_library_back(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    use(&ledger);
    sqli__allocator_set(NULL);
    void *block = sqli__realloc(sqli__alloc(1), 2);
    assert_non_null(block);
    sqli__free(block);
    assert_int_equal(ledger.allocated + ledger.resized + ledger.released, 0);
}

static void test_nothing_is_served_as_one_byte(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    use(&ledger);
    for (int way = 0; way < 4; way++) {
        ledger.last_size = 0;
        void *block = way == 0   ? sqli__alloc(0)
                      : way == 1 ? sqli__alloc_zeroed(0, 8)
                      : way == 2 ? sqli__alloc_zeroed(8, 0)
                                 : sqli__realloc(NULL, 0);
        assert_non_null(block);
        assert_int_equal(ledger.last_size, 1);
        sqli__free(block);
    }
}

static void test_zeroed_blocks_are_zero(void **state)
{
    (void)state;
    unsigned char *dirty = sqli__alloc(512);
    memset(dirty, 0xff, 512);
    sqli__free(dirty);
    unsigned char *block = sqli__alloc_zeroed(64, 8);
    for (size_t i = 0; i < 512; i++)
        assert_int_equal(block[i], 0);
    sqli__free(block);
}

static void test_products_that_overflow_are_refused(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    use(&ledger);
    assert_null(sqli__alloc_zeroed(SIZE_MAX, 2));
    assert_null(sqli__alloc_zeroed(2, SIZE_MAX));
    assert_null(sqli__alloc_zeroed(SIZE_MAX / 16 + 1, 16));
    assert_int_equal(ledger.allocated, 0);
}

static void test_no_memory_is_null(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    use(&ledger);
    void *block = sqli__alloc(8);
    ledger.refuse = true;
    assert_null(sqli__alloc(8));
    assert_null(sqli__alloc_zeroed(8, 1));
    assert_null(sqli__realloc(block, 16));
    sqli__free(block); /* a failed resize leaves the block as it was */
    assert_int_equal(ledger.released, 1);
}

static void test_free_takes_null(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    use(&ledger);
    sqli__free(NULL);
    assert_int_equal(ledger.released, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_allocator_sees_every_call, teardown),
        cmocka_unit_test_teardown(test_null_brings_the_c_library_back, teardown),
        cmocka_unit_test_teardown(test_nothing_is_served_as_one_byte, teardown),
        cmocka_unit_test(test_zeroed_blocks_are_zero),
        cmocka_unit_test_teardown(test_products_that_overflow_are_refused, teardown),
        cmocka_unit_test_teardown(test_no_memory_is_null, teardown),
        cmocka_unit_test_teardown(test_free_takes_null, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
