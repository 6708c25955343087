#include "tests/support/support.h"

#include "base/alloc.h"
#include "base/error.h"
#include "include/sqli.h"

#include <stdio.h>
#include <stdlib.h>

static void version_agrees_with_the_header(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", SQLI_VERSION_MAJOR, SQLI_VERSION_MINOR,
             SQLI_VERSION_PATCH);
    assert_string_equal(sqli_version(), text);
    assert_string_equal(SQLI_VERSION, text);
    assert_int_equal(sqli_version_number(), SQLI_VERSION_NUMBER);
}

static void errors_are_found_by_code(void **state)
{
    (void)state;
    assert_string_equal(sqli_error_name(-206), "TABLE_NOT_FOUND");
    for (size_t i = 0; i < sqli__error_count(); i++) {
        const struct sqli_error_info *info = sqli__error_at(i);
        assert_string_equal(sqli_error_name(info->code), info->name);
        assert_string_equal(sqli_error_sqlstate(info->code), info->sqlstate);
        assert_string_equal(sqli_error_text(info->code), info->text);
        assert_string_equal(sqli_error_hint(info->code), info->hint);
        assert_int_equal(sqli_error_retryable(info->code), info->retryable);
    }
}

static void an_unknown_code_has_empty_texts(void **state)
{
    (void)state;
    const int unknown = 12345;
    assert_string_equal(sqli_error_name(unknown), "");
    assert_string_equal(sqli_error_sqlstate(unknown), "IX000");
    assert_string_equal(sqli_error_text(unknown), "");
    assert_string_equal(sqli_error_hint(unknown), "");
    assert_int_equal(sqli_error_retryable(unknown), 0);
}

static void *counting_allocate(void *context, size_t size)
{
    ++*(int *)context;
    return malloc(size);
}

static void *counting_resize(void *context, void *block, size_t size)
{
    (void)context;
    return realloc(block, size);
}

static void counting_release(void *context, void *block)
{
    --*(int *)context;
    free(block);
}

static void a_program_may_bring_its_allocator(void **state)
{
    (void)state;
    int live = 0;
    const struct sqli_allocator allocator = {
        .size = sizeof allocator,
        .context = &live,
        .allocate = counting_allocate,
        .resize = counting_resize,
        .release = counting_release,
    };
    assert_int_equal(sqli_set_allocator(&allocator), 0);
    void *block = sqli__alloc(10);
    assert_non_null(block);
    assert_int_equal(live, 1);
    sqli__free(block);
    assert_int_equal(live, 0);
    assert_int_equal(sqli_set_allocator(NULL), 0);
    sqli__free(sqli__alloc(10));
    assert_int_equal(live, 0);
}

static void an_incomplete_allocator_is_refused(void **state)
{
    (void)state;
    const struct sqli_allocator whole = {
        .size = sizeof whole,
        .allocate = counting_allocate,
        .resize = counting_resize,
        .release = counting_release,
    };
    struct sqli_allocator bad[4] = {whole, whole, whole, whole};
    bad[0].size = sizeof whole - 1;
    bad[1].allocate = NULL;
    bad[2].resize = NULL;
    bad[3].release = NULL;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(sqli_set_allocator(&bad[i]), -1);
        sqli__free(sqli__alloc(10)); /* still the C library's: the NULL context is not touched */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_agrees_with_the_header),
        cmocka_unit_test(errors_are_found_by_code),
        cmocka_unit_test(an_unknown_code_has_empty_texts),
        cmocka_unit_test(a_program_may_bring_its_allocator),
        cmocka_unit_test(an_incomplete_allocator_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
