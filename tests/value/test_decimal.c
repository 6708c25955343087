/* Decimals by example: images, text, rounding, arithmetic. check_decimal.py tries the same at
 * random against another implementation. */
#include "tests/support/support.h"

#include "value/decimal.h"
#include "value/type.h"

#include <float.h>
#include <math.h>
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
    assert_int_equal(sqli__packed_width((int32_t)strtol(fields[4], NULL, 16)),
                     (int)strtol(fields[5], NULL, 10));
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
    if (count < 6 || strncmp(fields[1], "bind", 4) != 0 ||
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
    assert_int_equal(seen, 21);
}

static void test_images_in_every_accepted_form(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        const char *text; /* NULL: the NULL image */
    } cases[] = {
        {"00", NULL},
        {"0000", NULL},
        {"0000000000", NULL},
        {"00000001", NULL}, /* the first two bytes decide */
        {"80", "0"},
        {"8000", "0"},
        {"c1", "0"},
        {"c100", "0"}, /* the published driver's zero */
        {"ff000000", "0"},
        {"3e0000", "0"},
        {"7f00", "0"},
        {"0163", "-1E+122"}, /* a lone 63 is 01, not a zero in front */
        {"c30000010500", "1.05"},
        {"3c6363625f", "-1.05"}, /* zeros in front are complemented as well */
        {"c2010000000000000000", "100"},
        {"3d63000000", "-100"},
        {"8101", "1E-128"},
        {"8001", "1E-130"},
        {"7f63", "-1E-130"},
        {"800001", "0"}, /* too small once the zero in front is gone */
        {"0001", "-9.9E+125"},
        {"c0000000000000000000000000000000000000000005", "5E-42"},
        {"c10101010101010101010101010101010101000000000000",
         "1.01010101010101010101010101010101E+0"},
        {"c1636363636363636363636363636363636300", "9.999999999999999999999999999999999E+1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        bool null;
        if (decode_hex(cases[i].hex, &value, &null, &error) != SQLI_OK)
            fail_msg("%s: %s", cases[i].hex, error.message);
        assert_int_equal(null, cases[i].text == NULL);
        assert_decimal(&value, cases[i].text ? cases[i].text : "0");
    }
}

static void test_broken_images_fail(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",                                               /* no head */
        "c164",                                           /* a pair of 100 */
        "c10164",                                         /* at the end */
        "c1640100",                                       /* in front of others */
        "3e64",                                           /* in a complement */
        "3eff01",                                         /* far above */
        "c1010101010101010101010101010101010101",         /* 18 pairs */
        "c101010101010101010101010101010101010001",       /* not zero behind 17 */
        "3e62626262626262626262626262626262626262",       /* 19 pairs, negative */
        "c100000101010101010101010101010101010101010101", /* 18 behind zeros */
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

static void test_the_error_of_an_image_shows_its_bytes(void **state)
{
    (void)state;
    struct sqli_decimal value;
    struct sqli_error error;
    bool null;
    assert_int_equal(decode_hex("c1ff", &value, &null, &error), SQLI_FAIL);
    assert_string_equal(error.near, "DECIMAL of 2 bytes c1ff");
    struct sqli_span image = support_unhex("c1ff");
    assert_int_equal(sqli__decimal_decode(image, &value, &null, NULL), SQLI_FAIL);
    support_free(image);
}

/* 32 digits may take 17 pairs: one alone in the first, one in the last. */
static void test_17_pairs(void **state)
{
    (void)state;
    const char *image = "c2010101010101010101010101010101010a";
    struct sqli_decimal value = decimal("101.01010101010101010101010101011");
    struct sqli_decimal decoded;
    struct sqli_error error;
    bool null;
    assert_int_equal(value.count, 17);
    assert_image(&value, 18, image);
    assert_int_equal(decode_hex(image, &decoded, &null, &error), SQLI_OK);
    assert_int_equal(sqli__decimal_compare(&decoded, &value), 0);
}

static void test_every_exponent_in_both_signs(void **state)
{
    (void)state;
    for (int exponent = SQLI_DECIMAL_EXPONENT_MIN; exponent <= SQLI_DECIMAL_EXPONENT_MAX;
         exponent++) {
        for (int negative = 0; negative < 2; negative++) {
            struct sqli_decimal value = {negative, (int8_t)exponent, 3, {12, 0, 50}};
            char wanted[32];
            snprintf(wanted, sizeof wanted, negative ? "%02x576332" : "%02x0c0032",
                     negative ? (exponent + 64) ^ 0x7f : (exponent + 64) | 0x80);
            assert_image(&value, 4, wanted);
            struct sqli_decimal read = decimal(text_of(&value, SQLI_DECIMAL_FLOATING));
            assert_int_equal(sqli__decimal_compare(&read, &value), 0);
            read = decimal(text_of(&value, 2));
            assert_int_equal(sqli__decimal_compare(&read, &value), 0);
        }
    }
}

static void test_encode_refuses_what_is_too_narrow(void **state)
{
    (void)state;
    struct sqli_decimal value = decimal("-1234.5");
    struct sqli_decimal zero = decimal("0");
    struct sqli_error error;
    uint8_t image[8];
    assert_int_equal(sqli__decimal_encode(&value, 3, image, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DECIMAL_OVERFLOW);
    assert_string_equal(error.near, "-1234.5");
    assert_int_equal(sqli__decimal_encode(&zero, 0, image, &error), SQLI_FAIL);
    assert_image(&value, 4, "3d574132");
    assert_image(&zero, 1, "80");
    assert_image(&zero, 5, "8000000000");
}

static void test_short_images(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"0", "8000"},     {"1", "c101"},       {"100", "c201"},   {"-123.45", "3d624c37"},
        {"0.001", "bf0a"}, {"-2.25", "3e614b"}, {"1E+10", "c601"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t image[SQLI_DECIMAL_PAIRS + 1];
        struct sqli_decimal value = decimal(cases[i].text);
        size_t length = sqli__decimal_encode_short(&value, image);
        assert_span_hex(sqli__span(image, length), cases[i].hex);
    }
}

/* --- text --- */

static void test_text_in_and_out(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *floating;
        const char *scale2;
    } cases[] = {
        {"0", "0", "0.00"},
        {"-0.000", "0", "0.00"},
        {"0e999999999999999999999", "0", "0.00"},
        {"-12.5", "-12.5", "-12.50"},
        {"+1e-8", "0.00000001", "0.00000001"},
        {" .5 ", "0.5", "0.50"},
        {"\t1.\t", "1", "1.00"},
        {"007", "7", "7.00"},
        {"1234567.891", "1234567.891", "1234567.891"},
        {"1e2", "100", "100.00"},
        {"1E+02", "100", "100.00"},
        {"0.00001e5", "1", "1.00"},
        {"123e-2", "1.23", "1.23"},
        {"10", "10", "10.00"},
        {"-0.1", "-0.1", "-0.10"},
        {"12345678901234567890123456789012", "12345678901234567890123456789012",
         "12345678901234567890123456789012.00"},
        {"1e31", "10000000000000000000000000000000", "10000000000000000000000000000000.00"},
        {"1e32", "1E+32", "100000000000000000000000000000000.00"},
        {"1.25e-31", "1.25E-31", "0.000000000000000000000000000000125"},
        {"1e-32", "0.00000000000000000000000000000001", "0.00000000000000000000000000000001"},
        {"1e-33", "1E-33", "0.000000000000000000000000000000001"},
        {"1e-131", "0", "0.00"},
        {"9e-131", "0", "0.00"},
        {"1e-999999999999999999999", "0", "0.00"},
        {"1e-4294967296", "0", "0.00"},
        {"123456789012345678901234567890124", "1.2345678901234567890123456789012E+32",
         "123456789012345678901234567890120.00"},
        {"123456789012345678901234567890125", "1.2345678901234567890123456789013E+32",
         "123456789012345678901234567890130.00"},
        {"-0.999999999999999999999999999999995", "-1", "-1.00"},
        {"99999999999999999999999999999999.5", "1E+32", "100000000000000000000000000000000.00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value = decimal(cases[i].text);
        assert_decimal(&value, cases[i].floating);
        assert_string_equal(text_of(&value, 2), cases[i].scale2);
    }
}

static void test_extremes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"9.9999999999999999999999999999999E+125", "ff63636363636363636363636363636363"},
        {"-9.9E+125", "0001"},
        {"-9.8999999999999999999999999999999E+125", "0001000000000000000000000000000001"},
        {"1E-130", "8001"},
        {"-1E-130", "7f63"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value = decimal(cases[i].text);
        assert_image(&value, strlen(cases[i].hex) / 2, cases[i].hex);
        assert_decimal(&value, cases[i].text);
    }
}

static void test_texts_too_large_are_named(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "1e126",
        "-1e126",
        "1e99999999999999999999999",
        "1e4294967296",
        "99999999999999999999999999999999.5e94", /* only after rounding */
        "-9.91e125",                             /* its image would be read as NULL */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        assert_int_equal(sqli__decimal_from_text(sqli__span_text(cases[i]), &value, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_DECIMAL_TOO_LARGE);
        assert_string_equal(error.near, cases[i]);
    }
}

static void test_texts_that_are_no_number_are_named(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",    " ",     "abc", "1x",  "x1",    "1 2", "--1",  "+-1",   "1-",  ".",
        "+",   "-.",    "e5",  ".e5", "1e",    "1e+", "1e 5", "1.2.3", "1,5", "0x10",
        "- 1", "1e5.5", "inf", "nan", "1'000", "$1",  "1_0",  "\n1",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        if (sqli__decimal_from_text(sqli__span_text(cases[i]), &value, &error) != SQLI_FAIL)
            fail_msg("read '%s'", cases[i]);
        assert_int_equal(error.code, SQLI_E_NUMBER_TEXT);
        assert_string_equal(error.near, cases[i]);
    }
    struct sqli_decimal value;
    assert_int_equal(sqli__decimal_from_text(sqli__span(NULL, 0), &value, NULL), SQLI_FAIL);
    assert_int_equal(sqli__decimal_from_text(sqli__span("1\0", 2), &value, NULL), SQLI_FAIL);
}

static void test_a_span_ends_where_it_ends(void **state)
{
    (void)state;
    struct sqli_decimal value;
    struct sqli_error error;
    assert_int_equal(sqli__decimal_from_text(sqli__span("12345", 3), &value, &error), SQLI_OK);
    assert_decimal(&value, "123");
}

static void test_long_texts(void **state)
{
    (void)state;
    char text[3000];
    memset(text, '0', sizeof text);
    memcpy(text, "0.", 2);
    memcpy(text + sizeof text - 8, "125e2990", 8); /* 2990 zeros behind the point */
    struct sqli_decimal value;
    struct sqli_error error;
    assert_int_equal(sqli__decimal_from_text(sqli__span(text, sizeof text), &value, &error),
                     SQLI_OK);
    assert_decimal(&value, "0.125");
    text[0] = 'x';
    assert_int_equal(sqli__decimal_from_text(sqli__span(text, sizeof text), &value, &error),
                     SQLI_FAIL);
    assert_int_equal(strlen(error.near), sizeof error.near - 1);
}

static void test_scale_adds_zeros_and_takes_no_digits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int scale;
        const char *wanted;
    } cases[] = {
        {"12", 0, "12"},       {"12", 3, "12.000"},
        {"12.5", 0, "12.5"},   {"12.34", 1, "12.34"},
        {"1200", 1, "1200.0"}, {"0.02", 1, "0.02"},
        {"0.02", 4, "0.0200"}, {"0", 0, "0"},
        {"0", 1, "0.0"},       {"-5", 1, "-5.0"},
        {"0.10", 1, "0.1"},    {"1", 32, "1.00000000000000000000000000000000"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value = decimal(cases[i].text);
        assert_string_equal(text_of(&value, cases[i].scale), cases[i].wanted);
    }
}

static void test_the_longest_texts_have_room(void **state)
{
    (void)state;
    struct sqli_decimal smallest = {true, SQLI_DECIMAL_EXPONENT_MIN, SQLI_DECIMAL_PAIRS, {0}};
    memset(smallest.pairs, 99, sizeof smallest.pairs);
    assert_int_equal(strlen(text_of(&smallest, 2)), 3 + 2 * (64 + 17));
    struct sqli_decimal largest = decimal("-9.8E+125");
    assert_int_equal(strlen(text_of(&largest, 254)), 1 + 126 + 1 + 32);
}

static enum sqli_status write_texts(void *context, struct sqli_error *error)
{
    struct sqli_decimal value = decimal("-1234.5");
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 20);
    for (int i = 0; i < *(int *)context; i++)
        sqli__decimal_to_text(&value, 2, &text);
    enum sqli_status status = sqli__buffer_status(&text, error);
    sqli__buffer_free(&text);
    return status;
}

static void test_text_without_memory(void **state)
{
    (void)state;
    int texts = 100;
    assert_true(support_fail_each_allocation(write_texts, &texts) >= 2);
}

static void test_text_asks_for_no_more_room_than_it_needs(void **state)
{
    (void)state;
    struct sqli_decimal value = decimal("-1234.5");
    struct sqli_buffer text;
    sqli__buffer_init(&text, 8);
    sqli__decimal_to_text(&value, 2, &text);
    assert_int_equal(text.failed, 0);
    sqli__decimal_to_text(&value, 2, &text);
    assert_int_equal(text.failed, SQLI_E_TOO_LARGE);
    sqli__buffer_free(&text);
}

/* --- rounding --- */

static const struct {
    const char *text;
    int precision;
    int scale;
    const char *wanted; /* NULL: overflow */
} roundings[] = {
    {"1.005", 5, 2, "1.01"},
    {"1.0049999", 5, 2, "1"},
    {"-1.005", 5, 2, "-1.01"},
    {"2.5", 5, 0, "3"},
    {"-2.5", 5, 0, "-3"},
    {"0.5", 5, 0, "1"},
    {"0.49", 5, 0, "0"},
    {"-0.05", 5, 1, "-0.1"},
    {"0.05", 5, 0, "0"},
    {"0.004", 5, 2, "0"},
    {"0.005", 5, 2, "0.01"},
    {"0.00005", 5, 2, "0"},
    {"99.95", 5, 1, "100"},
    {"9.95", 5, 1, "10"},
    {"999.99", 5, 2, "999.99"},
    {"999.994", 5, 2, "999.99"},
    {"999.995", 5, 2, NULL},
    {"-999.995", 5, 2, NULL},
    {"1000", 5, 2, NULL},
    {"0.5", 1, 1, "0.5"},
    {"0.95", 1, 1, NULL},
    {"1", 31, 31, NULL},
    {"0.9999999999999999999999999999999", 31, 31, "0.9999999999999999999999999999999"},
    {"99999999999999999999999999999999", 32, 0, "99999999999999999999999999999999"},
    {"1e32", 32, 0, NULL},
    {"0", 1, 1, "0"},
    {"123456789.5", 9, SQLI_DECIMAL_FLOATING, "123456790"},
    {"1234567890.123456789", 16, SQLI_DECIMAL_FLOATING, "1234567890.123457"},
    {"12345", 1, SQLI_DECIMAL_FLOATING, "10000"},
    {"95", 1, SQLI_DECIMAL_FLOATING, "100"},
    {"0.0095", 1, SQLI_DECIMAL_FLOATING, "0.01"},
    {"0.000145", 2, SQLI_DECIMAL_FLOATING, "0.00015"},
    {"1e100", 4, SQLI_DECIMAL_FLOATING, "1E+100"},
    {"9.9999e125", 3, SQLI_DECIMAL_FLOATING, NULL},
};

static void test_round(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(roundings); i++) {
        struct sqli_decimal value = decimal(roundings[i].text);
        struct sqli_error error;
        enum sqli_status status =
            sqli__decimal_round(&value, roundings[i].precision, roundings[i].scale, &error);
        assert_int_equal(status, roundings[i].wanted ? SQLI_OK : SQLI_FAIL);
        if (status == SQLI_OK) {
            assert_decimal(&value, roundings[i].wanted);
            continue;
        }
        struct sqli_decimal before = decimal(roundings[i].text);
        assert_int_equal(sqli__decimal_compare(&value, &before), 0);
        assert_int_equal(error.code, SQLI_E_DECIMAL_OVERFLOW);
        assert_string_equal(error.near, text_of(&before, SQLI_DECIMAL_FLOATING));
    }
}

/* Whatever is rounded to its type fits into the bytes of the type. */
static void test_rounded_values_fit_their_width(void **state)
{
    (void)state;
    uint64_t seed = 14;
    for (int precision = 1; precision <= 32; precision++) {
        for (int scale = 0; scale <= precision + 1; scale++) {
            char nines[80];
            int whole = scale > precision ? 3 : precision - scale;
            snprintf(nines, sizeof nines, "%.*s.%.*s", whole, "99999999999999999999999999999999",
                     scale > precision ? precision : scale, "99999999999999999999999999999999");
            if (support_random(&seed) % 2)
                nines[0] = nines[0] == '.' ? '.' : '1';
            struct sqli_decimal value = decimal(nines);
            struct sqli_error error;
            uint8_t image[32];
            int kept = scale > precision ? SQLI_DECIMAL_FLOATING : scale;
            size_t width = (size_t)sqli__packed_width(precision << 8 | kept);
            assert_int_equal(sqli__decimal_round(&value, precision, kept, &error), SQLI_OK);
            assert_int_equal(sqli__decimal_encode(&value, width, image, &error), SQLI_OK);
        }
    }
}

/* --- binary numbers --- */

static void test_int64(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-10, "-10"},
        {100, "100"},
        {1000000, "1000000"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        int64_t back = 1;
        sqli__decimal_from_int64(cases[i].number, &value);
        assert_decimal(&value, cases[i].text);
        assert_int_equal(sqli__decimal_to_int64(&value, &back, &error), SQLI_OK);
        assert_int_equal(back, cases[i].number);
    }
}

static void test_int64_takes_neither_fractions_nor_more(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "0.5",  "1.5",   "-0.01", "9223372036854775808",   "-9223372036854775809",
        "1e20", "-1e20", "1e125", "9223372036854775807.1",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value = decimal(cases[i]);
        struct sqli_error error;
        int64_t number = 42;
        assert_int_equal(sqli__decimal_to_int64(&value, &number, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_VALUE_RANGE);
        assert_string_equal(error.near, text_of(&value, SQLI_DECIMAL_FLOATING));
        assert_int_equal(number, 42);
    }
}

static void test_doubles(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {0.1, "0.1"},
        {-2.25, "-2.25"},
        {1e22, "10000000000000000000000"},
        {1.0 / 3, "0.3333333333333333"},
        {123456.789, "123456.789"},
        {9007199254740993.0, "9007199254740992"},
        {1e125, "1E+125"},
        {2.5e-127, "2.5E-127"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        assert_int_equal(sqli__decimal_from_double(cases[i].number, &value, &error), SQLI_OK);
        assert_decimal(&value, cases[i].text);
        assert_true(sqli__decimal_to_double(&value) == cases[i].number);
    }
    struct sqli_decimal tiny = decimal("1e-130");
    assert_true(sqli__decimal_to_double(&tiny) == 1e-130);
    struct sqli_decimal tie = decimal("9007199254740993.0000000000000001");
    assert_true(sqli__decimal_to_double(&tie) == 9007199254740994.0);
}

static void test_doubles_that_are_no_decimal(void **state)
{
    (void)state;
    static const struct {
        double number;
        int code;
        const char *near;
    } cases[] = {
        {(double)INFINITY, SQLI_E_VALUE_RANGE, "inf"},
        {-(double)INFINITY, SQLI_E_VALUE_RANGE, "-inf"},
        {(double)NAN, SQLI_E_VALUE_RANGE, "nan"},
        {DBL_MAX, SQLI_E_DECIMAL_TOO_LARGE, "1.7976931348623157e+308"},
        {1e126, SQLI_E_DECIMAL_TOO_LARGE, "1e+126"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal value;
        struct sqli_error error;
        assert_int_equal(sqli__decimal_from_double(cases[i].number, &value, &error), SQLI_FAIL);
        assert_int_equal(error.code, cases[i].code);
        assert_string_equal(error.near, cases[i].near);
    }
}

/* --- arithmetic --- */

typedef enum sqli_status arithmetic(const struct sqli_decimal *, const struct sqli_decimal *,
                                    struct sqli_decimal *, struct sqli_error *);

static arithmetic *operation_of(char sign)
{
    return sign == '+'   ? sqli__decimal_add
           : sign == '-' ? sqli__decimal_subtract
           : sign == '*' ? sqli__decimal_multiply
                         : sqli__decimal_divide;
}

#define NINES "99999999999999999999999999999999"

static void test_arithmetic(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        char sign;
        const char *b;
        const char *wanted;
    } cases[] = {
        {"1", '+', "2", "3"},
        {"0.1", '+', "0.2", "0.3"},
        {"99.99", '+', "0.01", "100"},
        {"-5", '+', "5", "0"},
        {"5", '+', "0", "5"},
        {"0", '+', "-5", "-5"},
        {"1000", '-', "0.001", "999.999"},
        {"0.001", '-', "1000", "-999.999"},
        {"-1", '-', "-1", "0"},
        {"0", '-', "0", "0"},
        {"0", '-', "7", "-7"},
        {NINES, '+', "0.5", "1E+32"},
        {NINES, '+', "0.4", NINES},
        {"1e125", '+', "1e-130", "1E+125"},
        {"1e125", '-', "1e-130", "1E+125"},
        {"1e-130", '-', "2e-130", "-1E-130"},
        {"1.5", '*', "1.5", "2.25"},
        {"-0.01", '*', "100", "-1"},
        {"0", '*', "-5", "0"},
        {NINES, '*', NINES, "9.9999999999999999999999999999998E+63"},
        {"1e-100", '*', "1e-100", "0"},
        {"1e-65", '*', "-1e-65", "-1E-130"},
        {"1e62", '*', "1e63", "1E+125"},
        {"1", '/', "4", "0.25"},
        {"1", '/', "3", "0.33333333333333333333333333333333"},
        {"2", '/', "3", "0.66666666666666666666666666666667"},
        {"-20", '/', "3", "-6.6666666666666666666666666666667"},
        {"0", '/', "-3", "0"},
        {"1e100", '/', "1e-25", "1E+125"},
        {"1e-130", '/', "1e125", "0"},
        {NINES, '/', NINES, "1"},
        {"1", '/', NINES, "0.00000000000000000000000000000001"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal a = decimal(cases[i].a);
        struct sqli_decimal b = decimal(cases[i].b);
        struct sqli_error error;
        /* The result may stand where an operand stood. */
        assert_int_equal(operation_of(cases[i].sign)(&a, &b, &a, &error), SQLI_OK);
        assert_decimal(&a, cases[i].wanted);
    }
}

static void test_arithmetic_that_fails(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        char sign;
        const char *b;
        int code;
        const char *near;
    } cases[] = {
        {"9e125", '+', "1e125", SQLI_E_DECIMAL_OVERFLOW, "9E+125 + 1E+125"},
        {"-9e125", '-', "1e125", SQLI_E_DECIMAL_OVERFLOW, "-9E+125 - 1E+125"},
        {"-9.8e125", '-', "1.1e124", SQLI_E_DECIMAL_OVERFLOW, "-9.8E+125 - 1.1E+124"},
        {"1e63", '*', "1e63", SQLI_E_DECIMAL_OVERFLOW, "1E+63 * 1E+63"},
        {"1e100", '/', "1e-26", SQLI_E_DECIMAL_OVERFLOW, "1E+100 / 0.00000000000000000000000001"},
        {"5", '/', "0", SQLI_E_DIVISION_BY_ZERO, "5"},
        {"0", '/', "0", SQLI_E_DIVISION_BY_ZERO, "0"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_decimal a = decimal(cases[i].a);
        struct sqli_decimal b = decimal(cases[i].b);
        struct sqli_decimal result;
        struct sqli_error error;
        assert_int_equal(operation_of(cases[i].sign)(&a, &b, &result, &error), SQLI_FAIL);
        assert_int_equal(error.code, cases[i].code);
        assert_string_equal(error.near, cases[i].near);
    }
}

/* An image may bring 34 digits; what is calculated with them has 32 again. */
static void test_arithmetic_rounds_34_digits(void **state)
{
    (void)state;
    struct sqli_decimal value;
    struct sqli_decimal one = decimal("1");
    struct sqli_decimal zero = decimal("0");
    struct sqli_error error;
    bool null;
    assert_int_equal(decode_hex("c16363636363636363636363636363636363", &value, &null, &error),
                     SQLI_OK);
    for (const char *sign = "+-*/"; *sign; sign++) {
        const struct sqli_decimal *other = *sign == '+' || *sign == '-' ? &zero : &one;
        struct sqli_decimal result;
        assert_int_equal(operation_of(*sign)(&value, other, &result, &error), SQLI_OK);
        assert_decimal(&result, "100");
    }
}

static void test_compare_puts_these_in_order(void **state)
{
    (void)state;
    static const char *const ascending[] = {
        "-9.9e125", "-1000",  "-100.5", "-100", "-99.99", "-1.01", "-1",    "-0.5", "-1e-130",
        "0",        "1e-130", "0.001",  "0.01", "0.0101", "0.1",   "1",     "1.01", "9",
        "9.99",     "10",     "99",     "100",  "100.01", "1e30",  "1e125",
    };
    for (size_t i = 0; i < COUNT(ascending); i++)
        for (size_t j = 0; j < COUNT(ascending); j++) {
            struct sqli_decimal a = decimal(ascending[i]);
            struct sqli_decimal b = decimal(ascending[j]);
            assert_int_equal(sqli__decimal_compare(&a, &b), (i > j) - (i < j));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors_decode_and_encode),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_binds_of_both_clients),
        cmocka_unit_test(test_images_in_every_accepted_form),
        cmocka_unit_test(test_broken_images_fail),
        cmocka_unit_test(test_the_error_of_an_image_shows_its_bytes),
        cmocka_unit_test(test_17_pairs),
        cmocka_unit_test(test_every_exponent_in_both_signs),
        cmocka_unit_test(test_encode_refuses_what_is_too_narrow),
        cmocka_unit_test(test_short_images),
        cmocka_unit_test(test_text_in_and_out),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_texts_too_large_are_named),
        cmocka_unit_test(test_texts_that_are_no_number_are_named),
        cmocka_unit_test(test_a_span_ends_where_it_ends),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_scale_adds_zeros_and_takes_no_digits),
        cmocka_unit_test(test_the_longest_texts_have_room),
        cmocka_unit_test(test_text_without_memory),
        cmocka_unit_test(test_text_asks_for_no_more_room_than_it_needs),
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_rounded_values_fit_their_width),
        cmocka_unit_test(test_int64),
        cmocka_unit_test(test_int64_takes_neither_fractions_nor_more),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_doubles_that_are_no_decimal),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_arithmetic_that_fails),
        cmocka_unit_test(test_arithmetic_rounds_34_digits),
        cmocka_unit_test(test_compare_puts_these_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
