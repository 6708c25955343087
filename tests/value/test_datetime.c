#include "tests/support/support.h"

#include "value/temporal.h"
#include "value/type.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    YS = SQLI_QUALIFIER_YEAR_TO_SECOND,
    YF5 = SQLI_QUALIFIER_YEAR_TO_FRACTION5,
    HS = SQLI_QUALIFIER_HOUR_TO_SECOND,
    MD = 0x0424, /* month to day */
    DD = 0x0244, /* day to day */
    HH = 0x0266, /* hour to hour */
    F1 = 0x03ab, /* second to fraction(1) */
    F3 = 0x05ad, /* second to fraction(3) */
};

static sqli_qualifier dt(int start, int end)
{
    sqli_qualifier q = sqli__datetime_qualifier(start, end);
    assert_int_not_equal(q, 0);
    return q;
}

static const char *text_of(const struct sqli_datetime *value)
{
    static char text[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, sizeof text - 1);
    sqli__datetime_to_text(value, &buffer);
    assert_int_equal(sqli__buffer_status(&buffer, NULL), SQLI_OK);
    if (buffer.length)
        memcpy(text, buffer.data, buffer.length);
    text[buffer.length] = '\0';
    sqli__buffer_free(&buffer);
    return text;
}

/* "NULL", the text, or "!" and the error code. */
static const char *decoded(const char *hex, sqli_qualifier q)
{
    static char code[16];
    struct sqli_span image = support_unhex(hex);
    struct sqli_datetime value;
    struct sqli_error error;
    bool null;
    enum sqli_status status = sqli__datetime_decode(image, q, &value, &null, &error);
    support_free(image);
    if (status == SQLI_OK)
        return null ? "NULL" : text_of(&value);
    snprintf(code, sizeof code, "!%d", error.code);
    return code;
}

static struct sqli_datetime parsed(const char *text, sqli_qualifier q)
{
    struct sqli_datetime value;
    struct sqli_error error;
    if (sqli__datetime_from_text(sqli__span_text(text), q, &value, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return value;
}

static void assert_encodes(const char *text, sqli_qualifier q, const char *hex)
{
    uint8_t out[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_datetime value = parsed(text, q);
    assert_int_equal(sqli__datetime_encode(&value, out, NULL), SQLI_OK);
    assert_span_hex(sqli__span(out, (size_t)sqli__packed_width(q)), hex);
}

/* --- Vectors --- */

static sqli_qualifier vector_qualifier(const char *type)
{
    const char *word = strstr(type, "enc_len=0x");
    assert_non_null(word);
    return (sqli_qualifier)strtoul(word + strlen("enc_len=0x"), NULL, 16);
}

/* "DATETIME YEAR TO SECOND enc_len=..." names the qualifier in words too. */
static void check_vector_name(const char *type, sqli_qualifier q)
{
    struct sqli_buffer name;
    sqli__buffer_init(&name, 100);
    sqli__qualifier_print(q, false, &name);
    const char *words = type + strlen("DATETIME ");
    assert_int_equal(words[name.length], ' ');
    for (size_t i = 0; i < name.length; i++)
        assert_int_equal(name.data[i],
                         words[i] >= 'A' && words[i] <= 'Z' ? words[i] + 32 : words[i]);
    sqli__buffer_free(&name);
}

static void check_vector(void *context, size_t line, size_t count, char **fields)
{
    if (strcmp(fields[1], "datetime") != 0)
        return;
    assert_true(count >= 6);
    ++*(int *)context;
    sqli_qualifier q = vector_qualifier(fields[3]);
    assert_true(sqli__datetime_qualifier_valid(q));
    check_vector_name(fields[3], q);
    if (strcmp(decoded(fields[4], q), fields[5]) != 0)
        fail_msg("line %zu: %s", line, decoded(fields[4], q));
    if (strcmp(fields[5], "NULL") != 0)
        assert_encodes(fields[5], q, fields[4]);
}

static void test_vectors(void **state)
{
    (void)state;
    int seen = 0;
    support_each_line("vectors.tsv", '\t', check_vector, &seen);
    assert_int_equal(seen, 56);
}

/* The meaning of these shows fractions as the vendor's client does, with one digit at least. */
static void check_shifted_vector(void *context, size_t line, size_t count, char **fields)
{
    if (strcmp(fields[1], "datetime-norm") != 0)
        return;
    assert_true(count >= 6);
    ++*(int *)context;
    const char *text = decoded(fields[4], vector_qualifier(fields[3]));
    size_t length = (size_t)(strchr(fields[5], '(') - 1 - fields[5]);
    if (strncmp(text, fields[5], length) != 0 ||
        strspn(text + length, "0") != strlen(text + length))
        fail_msg("line %zu: %s", line, text);
}

static void test_shifted_vectors(void **state)
{
    (void)state;
    int seen = 0;
    support_each_line("vectors.tsv", '\t', check_shifted_vector, &seen);
    assert_int_equal(seen, 8);
}

static void check_width(void *context, size_t line, size_t count, char **fields)
{
    if (strcmp(fields[1], "width") != 0)
        return;
    assert_true(count >= 6);
    ++*(int *)context;
    if (sqli__packed_width((int32_t)strtol(fields[4], NULL, 16)) != strtol(fields[5], NULL, 10))
        fail_msg("line %zu", line);
}

static void test_widths(void **state)
{
    (void)state;
    int seen = 0;
    support_each_line("vectors.tsv", '\t', check_width, &seen);
    assert_int_equal(seen, 14);
}

/* What drivers bind. `cut` marks those whose last digit is lost: they don't encode to the same. */
static const struct {
    const char *id, *text;
    bool cut;
} binds[] = {
    {"bind-039", "2026-08-31 12:30:15", false},
    {"bind-040", "2026-08-31 12:30:15.12000", false},
    {"bind-041", "2026-08-31 12:30:15.00000", true},
    {"bind-042", "0001-01-01 00:00:00", false},
    {"bind-043", "9999-12-31 23:59:59.99999", true},
    {"bind-jdbc-032", "2026-05-04 12:34:56.00000", false},
    {"bind-jdbc-033", "2026-05-04 12:34:56.78900", false},
    {"bind-jdbc-034", "2026-05-04 12:34:56.78912", false},
    {"bind-jdbc-035", "2026-05-04 00:00:00.00000", false},
    {"bind-jdbc-036", "2026-05-04 12:34:56.00000", false},
    {"bind-jdbc-037", "12:34:56", false},
};

static size_t find_bind(const char *id)
{
    for (size_t i = 0; i < sizeof binds / sizeof binds[0]; i++)
        if (strcmp(binds[i].id, id) == 0)
            return i;
    fail_msg("%s is not in the table", id);
    return 0;
}

/* type, indicator, qualifier, length: two bytes each; then the image and its pad. */
static void check_bind(void *context, size_t line, size_t count, char **fields)
{
    (void)line;
    if (count < 6 || strncmp(fields[1], "bind", 4) != 0 || strncmp(fields[4], "000a0000", 8) != 0)
        return;
    ++*(size_t *)context;
    size_t i = find_bind(fields[0]);
    struct sqli_span block = support_unhex(fields[4]);
    sqli_qualifier q = sqli__load16(block.data + 4);
    size_t length = sqli__load16(block.data + 6);
    assert_true(block.length >= 8 + length);
    char hex[100];
    snprintf(hex, sizeof hex, "%s", support_hex(sqli__span(block.data + 8, length)));
    support_free(block);
    assert_string_equal(decoded(hex, q), binds[i].text);
    if (!binds[i].cut)
        assert_encodes(binds[i].text, q, hex);
}

static void test_bind_vectors(void **state)
{
    (void)state;
    size_t seen = 0;
    support_each_line("vectors.tsv", '\t', check_bind, &seen);
    assert_int_equal(seen, sizeof binds / sizeof binds[0]);
}

/* --- Qualifiers --- */

static void test_qualifiers(void **state)
{
    (void)state;
    int valid = 0;
    for (uint32_t word = 0; word <= 0xffff; word++)
        valid += sqli__datetime_qualifier_valid((sqli_qualifier)word);
    assert_int_equal(valid, 51);
    for (int start = -3; start <= 18; start++)
        for (int end = -3; end <= 18; end++) {
            sqli_qualifier q = sqli__datetime_qualifier(start, end);
            if (q == 0)
                continue;
            assert_true(sqli__datetime_qualifier_valid(q));
            assert_int_equal(sqli__qualifier_start(q), start);
            assert_int_equal(sqli__qualifier_end(q), end);
            valid--;
        }
    assert_int_equal(valid, 0);
    assert_int_equal(dt(SQLI_FIELD_YEAR, SQLI_FIELD_SECOND), YS);
    assert_int_equal(dt(SQLI_FIELD_YEAR, SQLI_FIELD_FRACTION5), YF5);
    assert_int_equal(dt(SQLI_FIELD_YEAR, SQLI_FIELD_DAY), SQLI_QUALIFIER_YEAR_TO_DAY);
    assert_int_equal(dt(SQLI_FIELD_HOUR, SQLI_FIELD_SECOND), SQLI_QUALIFIER_HOUR_TO_SECOND);
}

static void test_invalid_qualifiers_fail(void **state)
{
    (void)state;
    static const sqli_qualifier words[] = {0,      0x0e0b, 0x0f0a, 0x0e1a, 0x044f,
                                           0x130e, 0xffff, 0x02ee, 0x02cc, 0x02a8};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct sqli_datetime value = {.qualifier = words[i], .year = 2026, .month = 1, .day = 1};
        struct sqli_datetime result;
        struct sqli_error error;
        uint8_t out[SQLI_TEMPORAL_TEXT_MAX];
        assert_string_equal(decoded("c7141a05040c2238", words[i]), "!-1268");
        assert_int_equal(sqli__datetime_encode(&value, out, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
        assert_int_equal(
            sqli__datetime_from_text(sqli__span_text("2026"), words[i], &result, &error),
            SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
        assert_int_equal(sqli__datetime_extend(&value, YS, &value, &result, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
        assert_string_equal(text_of(&value), "");
    }
}

/* --- Images --- */

static const struct {
    const char *hex;
    sqli_qualifier q;
    const char *text;
} images[] = {
    /* short: zeros at the end left out */
    {"c7141a0504", YS, "2026-05-04 00:00:00"},
    {"c7141a05040c", YF5, "2026-05-04 12:00:00.00000"},
    {"c3", HS, "00:00:00"},
    {"80", HS, "00:00:00"},
    {"c30c", HS, "12:00:00"},
    /* long: zeros at the end */
    {"c30c223800000000", HS, "12:34:56"},
    {"c7141a05040c2238000000000000000000000000000000000000000000000000000000000000000000", YS,
     "2026-05-04 12:34:56"},
    /* shifted to the left and to the right */
    {"c50000000c2238", HS, "!-900006"},
    {"c500000c2238", HS, "12:34:56"},
    {"c138", HS, "00:00:56"},
    {"c1380000", HS, "00:00:56"},
    {"c9000000001a0504", SQLI_QUALIFIER_YEAR_TO_DAY, "!-900006"},
    {"c90000141a0504", SQLI_QUALIFIER_YEAR_TO_DAY, "2026-05-04"},
    {"c0000000", HS, "00:00:00"},
    /* digits that the qualifier does not have */
    {"c30c223801", HS, "!-900006"},
    {"c0320000", HS, "!-900006"},
    {"c4010c2238", HS, "!-900006"},
    {"c1387b", F1, "!-900006"},
    {"c1384f", F1, "56.7"},
    {"c1384e5b", F3, "56.789"},
    {"c1384e5b01", F3, "!-900006"},
    /* NULL is two zero bytes, however long */
    {"00", HS, "NULL"},
    {"0000", HS, "NULL"},
    {"00000000", HS, "NULL"},
    {"000000000000000000", HS, "NULL"},
    {"0000223800", HS, "NULL"},
    /* no datetime */
    {"", HS, "!-900006"},
    {"c7", YS, "!-900006"},
    {"8000000000000000", YS, "!-900006"},
    {"c7141a0d04000000", YS, "!-900006"},
    {"c7141a0004000000", YS, "!-900006"},
    {"c7141a0500000000", YS, "!-900006"},
    {"c7141a0520000000", YS, "!-900006"},
    {"c7141a021d000000", YS, "!-900006"},
    {"c71418021d000000", YS, "2024-02-29 00:00:00"},
    {"c7000002010000", YS, "!-900006"},
    {"c7641a0504000000", YS, "!-900006"},
    {"c714640504000000", YS, "!-900006"},
    {"c7141a05040c22384e5b64", YF5, "!-900006"},
    {"c7141a05040c22384e6400", YF5, "!-900006"},
    {"c7141a05040c2238645b00", YF5, "!-900006"},
    {"c7141aff04000000", YS, "!-900006"},
    {"c7141a05ff000000", YS, "!-900006"},
    {"c318", HH, "!-900006"},
    {"c3ff", HH, "!-900006"},
    {"c317", HH, "23"},
    {"c3003c00", HS, "!-900006"},
    {"c300003c", HS, "!-900006"},
    {"c10064", F1, "!-900006"},
    {"c100ff", F1, "!-900006"},
    {"c1000064", F3, "!-900006"},
    {"3c5f5e63", HS, "!-900006"},
    {"00010203", HS, "!-900006"},
    {"3cffffff", HS, "!-900006"},
    {"ff0c2238", HS, "!-900006"},
    {"8001", HS, "!-900006"},
    {"ffffffffffffffff", YS, "!-900006"},
    /* fields that cannot be judged without the others */
    {"c5021d", MD, "02-29"},
    {"c5021e", MD, "!-900006"},
    {"c5041f", MD, "!-900006"},
    {"c41f", DD, "31"},
    {"c420", DD, "!-900006"},
};

static void test_images(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++)
        if (strcmp(decoded(images[i].hex, images[i].q), images[i].text) != 0)
            fail_msg("%s: %s, not %s", images[i].hex, decoded(images[i].hex, images[i].q),
                     images[i].text);
}

/* Not only in the text: the value itself has the digits of its qualifier and no more. */
static void test_fraction_is_cut(void **state)
{
    (void)state;
    struct sqli_datetime value;
    bool null;
    struct sqli_span image = support_unhex("c1384f");
    sqli_qualifier q = dt(SQLI_FIELD_SECOND, SQLI_FIELD_FRACTION1);
    assert_int_equal(sqli__datetime_decode(image, q, &value, &null, NULL), SQLI_OK);
    support_free(image);
    assert_int_equal(value.fraction, 70000);
}

static void test_image_errors_name_the_bytes(void **state)
{
    (void)state;
    struct sqli_datetime value;
    struct sqli_error error;
    bool null;
    struct sqli_span image = support_unhex("c7141a0d04000000");
    assert_int_equal(sqli__datetime_decode(image, YS, &value, &null, &error), SQLI_FAIL);
    assert_string_equal(error.near, "8 bytes c7141a0d04000000 as datetime year to second");
    support_free(image);
    uint8_t many[300];
    memset(many, 0xc7, sizeof many);
    assert_int_equal(sqli__datetime_decode(sqli__span(many, 300), YS, &value, &null, &error),
                     SQLI_FAIL);
    assert_non_null(strstr(error.near, "300 bytes c7c7"));
    memset(many, 0, sizeof many);
    many[0] = 0xc3;
    sqli_qualifier hs = SQLI_QUALIFIER_HOUR_TO_SECOND;
    assert_int_equal(sqli__datetime_decode(sqli__span(many, 64), hs, &value, &null, &error),
                     SQLI_OK);
    assert_int_equal(sqli__datetime_decode(sqli__span(many, 65), hs, &value, &null, &error),
                     SQLI_FAIL);
}

/* Any bytes at all decode to something that encodes and decodes to itself, or fail. */
static void test_random_images(void **state)
{
    (void)state;
    uint64_t seed = 7;
    int good = 0;
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[14], out[16], again[16];
        size_t length = (size_t)support_random_between(&seed, 1, 14);
        for (size_t k = 0; k < length; k++)
            bytes[k] = (uint8_t)support_random_between(&seed, 0, i % 4 ? 24 : 255);
        bytes[0] = (uint8_t)support_random_between(&seed, 0xbd, 0xca);
        int start = (int)support_random_between(&seed, 0, 5) * 2;
        sqli_qualifier q =
            sqli__datetime_qualifier(start, (int)support_random_between(&seed, start, 15));
        struct sqli_datetime a, b;
        bool null;
        if (q == 0 ||
            sqli__datetime_decode(sqli__span(bytes, length), q, &a, &null, NULL) != SQLI_OK || null)
            continue;
        good++;
        assert_int_equal(sqli__datetime_encode(&a, out, NULL), SQLI_OK);
        struct sqli_span image = sqli__span(out, (size_t)sqli__packed_width(q));
        assert_int_equal(sqli__datetime_decode(image, q, &b, &null, NULL), SQLI_OK);
        assert_int_equal(sqli__datetime_encode(&b, again, NULL), SQLI_OK);
        assert_memory_equal(out, again, image.length);
    }
    assert_true(good > 1000);
}

static void test_fields_outside_are_the_lowest(void **state)
{
    (void)state;
    struct sqli_datetime v = parsed("12:34", dt(SQLI_FIELD_HOUR, SQLI_FIELD_MINUTE));
    assert_int_equal(v.year, 1);
    assert_int_equal(v.month, 1);
    assert_int_equal(v.day, 1);
    assert_int_equal(v.hour, 12);
    assert_int_equal(v.second, 0);
    assert_int_equal(v.fraction, 0);
    struct sqli_span image = support_unhex("c7141a");
    bool null;
    assert_int_equal(sqli__datetime_decode(image, dt(0, 0), &v, &null, NULL), SQLI_OK);
    support_free(image);
    assert_int_equal(v.year, 2026);
    assert_int_equal(v.month, 1);
    assert_int_equal(v.day, 1);
}

static void test_encode_looks_at_the_qualifier_s_fields_only(void **state)
{
    (void)state;
    struct sqli_datetime v = {.qualifier = SQLI_QUALIFIER_HOUR_TO_SECOND,
                              .hour = 12,
                              .minute = 34,
                              .second = 56,
                              .fraction = 99999};
    uint8_t out[16];
    assert_int_equal(sqli__datetime_encode(&v, out, NULL), SQLI_OK);
    assert_span_hex(sqli__span(out, 4), "c30c2238");
}

static void test_encode_errors_name_the_value(void **state)
{
    (void)state;
    const struct {
        struct sqli_datetime value;
        const char *near;
    } cases[] = {
        {{YS, 2026, 13, 4, 0, 0, 0, 0}, "2026-13-04 00:00:00"},
        {{YS, 2026, 2, 29, 0, 0, 0, 0}, "2026-02-29 00:00:00"},
        {{YS, 0, 1, 1, 0, 0, 0, 0}, "0000-01-01 00:00:00"},
        {{YS, 10000, 1, 1, 0, 0, 0, 0}, "10000-01-01 00:00:00"},
        {{YS, -5, 1, 1, 0, 0, 0, 0}, "0000-01-01 00:00:00"},
        {{YS, 2026, 1, 1, 24, 0, 0, 0}, "2026-01-01 24:00:00"},
        {{YS, 2026, 1, 1, 0, 60, 0, 0}, "2026-01-01 00:60:00"},
        {{YS, 2026, 1, 1, 0, 0, 60, 0}, "2026-01-01 00:00:60"},
        {{YS, 2026, 1, 1, -1, 0, 0, 0}, "2026-01-01 00:00:00"},
        {{YF5, 2026, 1, 1, 0, 0, 0, 100000}, "2026-01-01 00:00:00.00000"},
        {{YF5, 2026, 1, 1, 0, 0, 0, -1}, "2026-01-01 00:00:00.00000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[16];
        struct sqli_error error;
        assert_int_equal(sqli__datetime_encode(&cases[i].value, out, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_DATETIME_FIELD_RANGE);
        assert_string_equal(error.near, cases[i].near);
    }
}

/* --- Text --- */

static void test_input(void **state)
{
    (void)state;
    sqli_qualifier yd = SQLI_QUALIFIER_YEAR_TO_DAY;
    sqli_qualifier yf2 = dt(SQLI_FIELD_YEAR, SQLI_FIELD_FRACTION1 + 1);
    const struct {
        const char *text;
        sqli_qualifier q;
        const char *shown;
    } cases[] = {
        {" 2026-05-04 12:34:56\t", YS, "2026-05-04 12:34:56"},
        {"2026-5-4 1:2:3", YS, "2026-05-04 01:02:03"},
        {"2026-05-04   12:34:56", YS, "2026-05-04 12:34:56"},
        {"26-05-04", yd, "2026-05-04"},
        {"6-05-04", yd, "2006-05-04"},
        {"99-05-04", yd, "2099-05-04"},
        {"0099-05-04", yd, "0099-05-04"},
        {"123-05-04", yd, "0123-05-04"},
        {"2026-05-04 12:34:56.7", yf2, "2026-05-04 12:34:56.70"},
        {"2026-05-04 12:34:56.07", yf2, "2026-05-04 12:34:56.07"},
        {"2026-05-04 12:34:56", yf2, "2026-05-04 12:34:56.00"},
        {"2024-02-29", yd, "2024-02-29"},
        {"5", dt(SQLI_FIELD_MONTH, SQLI_FIELD_MONTH), "05"},
        {"02-29", dt(SQLI_FIELD_MONTH, SQLI_FIELD_DAY), "02-29"},
        {"34:56.7891", dt(SQLI_FIELD_MINUTE, SQLI_FIELD_FRACTION5 - 1), "34:56.7891"},
        {"31 12", dt(SQLI_FIELD_DAY, SQLI_FIELD_HOUR), "31 12"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_datetime v = parsed(cases[i].text, cases[i].q);
        assert_string_equal(text_of(&v), cases[i].shown);
    }
}

static void test_input_errors(void **state)
{
    (void)state;
    sqli_qualifier yd = SQLI_QUALIFIER_YEAR_TO_DAY;
    sqli_qualifier hs = SQLI_QUALIFIER_HOUR_TO_SECOND;
    sqli_qualifier f2 = dt(SQLI_FIELD_SECOND, SQLI_FIELD_FRACTION1 + 1);
    const struct {
        const char *text;
        sqli_qualifier q;
        int32_t code;
    } cases[] = {
        {"12026-05-04", yd, SQLI_E_DATETIME_FIRST_FIELD},
        {"123:00:00", hs, SQLI_E_DATETIME_FIRST_FIELD},
        {"99999999999999999999999", yd, SQLI_E_DATETIME_FIRST_FIELD},
        {"2026/05/04", yd, SQLI_E_DATETIME_NON_NUMERIC},
        {"-2026-05-04", yd, SQLI_E_DATETIME_NON_NUMERIC},
        {"+2026-05-04", yd, SQLI_E_DATETIME_NON_NUMERIC},
        {"2026--5-04", yd, SQLI_E_DATETIME_NON_NUMERIC},
        {"2026-05-x", yd, SQLI_E_DATETIME_NON_NUMERIC},
        {"2026-05-04T12:34:56", YS, SQLI_E_DATETIME_NON_NUMERIC},
        {"12.34.56", hs, SQLI_E_DATETIME_NON_NUMERIC},
        {"now", hs, SQLI_E_DATETIME_NON_NUMERIC},
        {"56,78", f2, SQLI_E_DATETIME_NON_NUMERIC},
        {"", hs, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-05", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-05-", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-05-04 12:34", YS, SQLI_E_DATETIME_FIELD_RANGE},
        {"0000-05-04", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-13-04", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-00-04", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-02-29", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-05-32", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-005-04", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"2026-05-99999999999999999999", yd, SQLI_E_DATETIME_FIELD_RANGE},
        {"24:00:00", hs, SQLI_E_DATETIME_FIELD_RANGE},
        {"12:60:00", hs, SQLI_E_DATETIME_FIELD_RANGE},
        {"12:00:60", hs, SQLI_E_DATETIME_FIELD_RANGE},
        {"56.", f2, SQLI_E_DATETIME_FIELD_RANGE},
        {"56.789", f2, SQLI_E_DATETIME_EXTRA},
        {"56.78x", f2, SQLI_E_DATETIME_EXTRA},
        {"2026-05-04 12:34:56", yd, SQLI_E_DATETIME_EXTRA},
        {"12:34:56.7", hs, SQLI_E_DATETIME_EXTRA},
        {"12:34:56x", hs, SQLI_E_DATETIME_EXTRA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_datetime value;
        struct sqli_error error;
        if (sqli__datetime_from_text(sqli__span_text(cases[i].text), cases[i].q, &value, &error) !=
                SQLI_FAIL ||
            error.code != cases[i].code)
            fail_msg("'%s' gave %d", cases[i].text, error.code);
        assert_string_equal(error.near, cases[i].text);
    }
}

static void test_absent_and_long_texts(void **state)
{
    (void)state;
    struct sqli_datetime value;
    struct sqli_error error;
    assert_int_equal(sqli__datetime_from_text(sqli__span(NULL, 0), YS, &value, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DATETIME_FIELD_RANGE);
    char many[5000];
    memset(many, '7', sizeof many);
    assert_int_equal(sqli__datetime_from_text(sqli__span(many, sizeof many), YS, &value, &error),
                     SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DATETIME_FIRST_FIELD);
    assert_in_range(strlen(error.near), 20, sizeof error.near - 1);
}

static void test_text_never_outgrows_its_room(void **state)
{
    (void)state;
    struct sqli_datetime v = {YF5, INT16_MIN, -1, INT8_MIN, -1, -1, -1, INT32_MIN};
    assert_string_equal(text_of(&v), "0000-00-00 00:00:00.00000");
    v = (struct sqli_datetime){YF5, INT16_MAX, 127, 127, 127, 127, 127, INT32_MAX};
    assert_string_equal(text_of(&v), "32767-127-127 127:127:127.83647");
}

static enum sqli_status print_action(void *context, struct sqli_error *error)
{
    struct sqli_buffer text;
    (void)context;
    sqli__buffer_init(&text, 100);
    struct sqli_datetime value = {YS, 2026, 5, 4, 12, 34, 56, 0};
    sqli__datetime_to_text(&value, &text);
    sqli__qualifier_print(YS, false, &text);
    enum sqli_status status = sqli__buffer_status(&text, error);
    sqli__buffer_free(&text);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_int_equal(support_fail_each_allocation(print_action, NULL), 1);
}

/* --- Arithmetic --- */

static void test_extend(void **state)
{
    (void)state;
    sqli_qualifier yd = SQLI_QUALIFIER_YEAR_TO_DAY;
    sqli_qualifier hs = SQLI_QUALIFIER_HOUR_TO_SECOND;
    sqli_qualifier md = dt(SQLI_FIELD_MONTH, SQLI_FIELD_DAY);
    sqli_qualifier day = dt(SQLI_FIELD_DAY, SQLI_FIELD_DAY);
    const struct sqli_datetime now = parsed("2026-02-03 04:05:06.07089", YF5);
    const struct {
        const char *text;
        sqli_qualifier from, to;
        const char *result;
    } cases[] = {
        {"2026-05-04", yd, YS, "2026-05-04 00:00:00"},
        {"2026-05-04", yd, YF5, "2026-05-04 00:00:00.00000"},
        {"2026-05-04 12:34:56", YS, yd, "2026-05-04"},
        {"2026-05-04 12:34:56", YS, hs, "12:34:56"},
        {"2026-05-04 12:34:56.78912", YF5, dt(0, SQLI_FIELD_FRACTION1 + 1),
         "2026-05-04 12:34:56.78"},
        {"2026", dt(0, 0), YS, "2026-01-01 00:00:00"},
        {"12:34:56", hs, YS, "2026-02-03 12:34:56"},
        {"05-04", md, YS, "2026-05-04 00:00:00"},
        {"28", day, yd, "2026-02-28"},
        {"12:34:56", hs, yd, "2026-02-03"},
        {"12:34:56", hs, md, "02-03"},
        {"56", dt(SQLI_FIELD_SECOND, SQLI_FIELD_SECOND), hs, "04:05:56"},
        {"2024-02-29", yd, md, "02-29"},
        {"31", day, day, "31"},
        /* days that the present month or year does not have */
        {"29", day, yd, "!2026-02-29"},
        {"02-29", md, yd, "!2026-02-29"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_datetime value = parsed(cases[i].text, cases[i].from);
        struct sqli_datetime result;
        struct sqli_error error;
        enum sqli_status status = sqli__datetime_extend(&value, cases[i].to, &now, &result, &error);
        if (cases[i].result[0] == '!') {
            assert_int_equal(status, SQLI_FAIL);
            assert_int_equal(error.code, SQLI_E_DATETIME_FIELD_RANGE);
            assert_string_equal(error.near, cases[i].result + 1);
            continue;
        }
        assert_int_equal(status, SQLI_OK);
        assert_int_equal(result.qualifier, cases[i].to);
        assert_string_equal(text_of(&result), cases[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_shifted_vectors),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_bind_vectors),
        cmocka_unit_test(test_qualifiers),
        cmocka_unit_test(test_invalid_qualifiers_fail),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_fraction_is_cut),
        cmocka_unit_test(test_image_errors_name_the_bytes),
        cmocka_unit_test(test_random_images),
        cmocka_unit_test(test_fields_outside_are_the_lowest),
        cmocka_unit_test(test_encode_looks_at_the_qualifier_s_fields_only),
        cmocka_unit_test(test_encode_errors_name_the_value),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_input_errors),
        cmocka_unit_test(test_absent_and_long_texts),
        cmocka_unit_test(test_text_never_outgrows_its_room),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_extend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
