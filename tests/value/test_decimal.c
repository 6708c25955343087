/* Decimals by example: images, text, rounding, arithmetic. check_decimal.py tries the same at
 * random against another implementation. */
#include "tests/support/support.h"

#include "value/decimal.h"
#include "value/type.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct sqli_decimal decimal(const char *text)
{
    struct sqli_decimal value;
    struct sqli_error error;
    if (sqli__decimal_from_text(sqli__span_text(text), &value, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return value;
}

/* The text in a static buffer that the next call reuses. */
static const char *text_of(const struct sqli_decimal *value, int scale)
{
    static char text[SQLI_DECIMAL_TEXT_MAX + 1];
    struct sqli_buffer out;
    sqli__buffer_init(&out, SQLI_DECIMAL_TEXT_MAX);
    sqli__decimal_to_text(value, scale, &out);
    assert_int_equal(out.failed, 0);
    memcpy(text, out.data, out.length);
    text[out.length] = '\0';
    sqli__buffer_free(&out);
    return text;
}

static void assert_decimal(const struct sqli_decimal *value, const char *wanted)
{
    assert_string_equal(text_of(value, SQLI_DECIMAL_FLOATING), wanted);
}

/* --- images --- */

static enum sqli_status decode_hex(const char *hex, struct sqli_decimal *value, bool *null,
                                   struct sqli_error *error)
{
    struct sqli_span image = support_unhex(hex);
    enum sqli_status status = sqli__decimal_decode(image, value, null, error);
    support_free(image);
    return status;
}

static void assert_image(const struct sqli_decimal *value, size_t width, const char *hex)
{
    uint8_t image[SQLI_DECIMAL_PAIRS + 1];
    struct sqli_error error;
    assert_in_range(width, 1, sizeof image);
    memset(image, 0xee, sizeof image);
    assert_int_equal(sqli__decimal_encode(value, width, image, &error), SQLI_OK);
    assert_span_hex(sqli__span(image, width), hex);
}

/* id, area, direction, type "DECIMAL(8,2) enc_len=0x0802", hex, meaning */
static void check_vector(void *context, size_t line, size_t count, char **fields)
{
    size_t *seen = context;
    if (count < 6 || (strcmp(fields[1], "decimal") != 0 && strcmp(fields[1], "money") != 0))
        return;
    const char *encoded = strstr(fields[3], "enc_len=");
    assert_non_null(encoded);
    const int32_t length = (int32_t)strtol(encoded + 8, NULL, 16);
    const size_t width = strlen(fields[4]) / 2;
    struct sqli_decimal value;
    struct sqli_error error;
    bool null;
    assert_int_equal(decode_hex(fields[4], &value, &null, &error), SQLI_OK);
    assert_int_equal(null, strcmp(fields[5], "NULL") == 0);
    assert_int_equal(sqli__packed_width(length), width);
    ++*seen;
    if (null)
        return;
    struct sqli_decimal meaning = decimal(fields[5]);
    if (sqli__decimal_compare(&value, &meaning) != 0)
        fail_msg("line %zu: %s", line, text_of(&value, SQLI_DECIMAL_FLOATING));
    assert_int_equal(sqli__decimal_round(&meaning, length >> 8, length & 0xff, &error), SQLI_OK);
    assert_image(&meaning, width, fields[4]);
}

static void test_vectors_decode_and_encode(void **state)
{
    (void)state;
    size_t seen = 0;
    support_each_line("vectors.tsv", '\t', check_vector, &seen);
    assert_int_equal(seen, 56);
}

static void check_width(void *context, size_t line, size_t count, char **fields)
{
    size_t *seen = context;
    (void)line;
    if (count < 6 || strcmp(fields[1], "width") != 0)
        return;
    assert_int_equal(sqli__packed_width((int32_t)strtol(fields[4], NULL, 16)), atoi(fields[5]));
    ++*seen;
}

static void test_widths(void **state)
{
    (void)state;
    size_t seen = 0;
    support_each_line("vectors.tsv", '\t', check_width, &seen);
    assert_int_equal(seen, 14);
}

/* The number in "DECIMAL -1234.56 (prec word ..." or "setBigDecimal(1E+10) into decimal". */
static void bound_number(const char *meaning, char *number, size_t room)
{
    const char *from = strpbrk(meaning, " (") + 1;
    size_t length = strcspn(from, " )");
    assert_in_range(length, 1, room - 1);
    memcpy(number, from, length);
    number[length] = '\0';
}

/* A bind block without owner and name: type, indicator, precision, length, image, pad. The writers
 * differ in their zeros (c100, trailing pairs), so that only the value can be held against ours. */
static void check_bind(void *context, size_t line, size_t count, char **fields)
{
    size_t *seen = context;
    (void)line;
    if (count < 6 || strncmp(fields[1], "bind", 4) != 0 || strstr(fields[3], "whole") ||
        (strncmp(fields[4], "00050000", 8) != 0 && strncmp(fields[4], "00080000", 8) != 0))
        return;
    char number[64];
    bound_number(fields[5], number, sizeof number);
    struct sqli_span block = support_unhex(fields[4]);
    struct sqli_span image = sqli__span(block.data + 8, sqli__load16(block.data + 6));
    assert_in_range(image.length, 1, block.length - 8);
    struct sqli_decimal wanted = decimal(number);
    struct sqli_decimal value;
    struct sqli_error error;
    bool null;
    assert_int_equal(sqli__decimal_decode(image, &value, &null, &error), SQLI_OK);
    assert_false(null);
    assert_int_equal(sqli__decimal_compare(&value, &wanted), 0);
    uint8_t own[SQLI_DECIMAL_PAIRS + 1];
    size_t length = sqli__decimal_encode_short(&value, own);
    if (value.count > 0) {
        assert_in_range(length, 2, image.length);
        assert_memory_equal(own, image.data, length);
    }
    support_free(block);
    ++*seen;
}

static void test_binds_of_both_clients(void **state)
{
    (void)state;
    size_t seen = 0;
    support_each_line("vectors.tsv", '\t', check_bind, &seen);
    assert_int_equal(seen, 11 + 11);
}

static void test_images_that_writers_should_not_produce(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        const char *text; /* NULL: the NULL image */
    } cases[] = {
        {"00", NULL},
        {"0000", NULL},
        {"0000000000", NULL},
        {"80", "0"},
        {"c1", "0"},
        {"c100", "0"},
        {"ff000000", "0"},
        {"3e0000", "0"},
        {"7f00", "0"},
        {"c30000010500", "1.05"},
        {"3c6363625f", "-1.05"}, /* the leading zero pairs are complements as well */
        {"c2010000000000000000", "100"},
        {"3d63000000", "-100"},
        {"8101", "1E-128"},
        {"8001", "1E-130"},
        {"7f63", "-1E-130"},
        {"800001", "0"}, /* 1E-132: too small once the zero in front is gone */
        {"0001", "-9.9E+125"},
        {"00000001", NULL}, /* the first two bytes decide */
        {"c1010101010101010101010101010101010101", NULL},
        {"c101010101010101010101010101010101010000000000", "1.01010101010101010101010101010101"},
        {"c50000000001010101010101010101010101010101010101", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        bool null = false;
        enum sqli_status status = decode_hex(cases[i].hex, &value, &null, &error);
        if (status != SQLI_OK)
            assert_true(strlen(cases[i].hex) > 2 * (SQLI_DECIMAL_PAIRS + 1));
        else if (cases[i].text)
            assert_decimal(&value, cases[i].text);
        else
            assert_true(null);
    }
}

static void test_broken_images_fail(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",                                         /* no head */
        "c164",                                     /* a pair of 100 */
        "c10164",                                   /* ... at the end */
        "c1640100",                                 /* ... in front of others */
        "3e64",                                     /* ... in a complement */
        "3eff01",                                   /* ... far above */
        "c101010101010101010101010101010101010101", /* 19 pairs */
        "c1010101010101010101010101010101010101",   /* 18 pairs */
        "3e636363636363636363636363636363636201010101010101010101010101010101010101",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        bool null = true;
        if (decode_hex(cases[i], &value, &null, &error) != SQLI_FAIL)
            fail_msg("decoded %s", cases[i]);
        assert_int_equal(error.code, SQLI_E_VALUE_IMAGE);
        assert_false(null);
    }
}

static void test_error_of_an_image_shows_its_bytes(void **state)
{
    (void)state;
    struct sqli_decimal value;
    struct sqli_error error;
    bool null;
    assert_int_equal(decode_hex("c1ff", &value, &null, &error), SQLI_FAIL);
    assert_string_equal(error.near, "DECIMAL of 2 bytes c1ff");
}

/* The widest number that DECIMAL(32) floating can hold takes 17 pairs. */
static void test_17_pairs_survive(void **state)
{
    (void)state;
    const char *image = "c2010101010101010101010101010101010a";
    struct sqli_decimal value;
    struct sqli_error error;
    bool null;
    assert_int_equal(decode_hex(image, &value, &null, &error), SQLI_OK);
    assert_decimal(&value, "101.01010101010101010101010101010101"
                           + 0 * 0);
    assert_image(&value, 18, image);
}
