#include "tests/support/support.h"

#include "value/temporal.h"
#include "value/type.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    Y = SQLI_FIELD_YEAR,
    MO = SQLI_FIELD_MONTH,
    D = SQLI_FIELD_DAY,
    H = SQLI_FIELD_HOUR,
    MI = SQLI_FIELD_MINUTE,
    S = SQLI_FIELD_SECOND,
    F = SQLI_FIELD_SECOND, /* F + n is FRACTION(n) */
};

/* The qualifiers once more, as constants: digits, start, end. */
#define IV(start, end, first) (((first) + (end) - (start)) << 8 | (start) << 4 | (end))
#define DT(start, end)        IV(start, end, (start) == Y ? 4 : 2)

static const int64_t second = 100000;
static const int64_t day = 86400 * (int64_t)100000;

static const char *taken(struct sqli_buffer *buffer)
{
    static char text[100];
    assert_int_equal(sqli__buffer_status(buffer, NULL), SQLI_OK);
    assert_true(buffer->length < sizeof text);
    if (buffer->length)
        memcpy(text, buffer->data, buffer->length);
    text[buffer->length] = '\0';
    sqli__buffer_free(buffer);
    return text;
}

static const char *text_of(const struct sqli_interval *value)
{
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, SQLI_TEMPORAL_TEXT_MAX);
    sqli__interval_to_text(value, &buffer);
    return taken(&buffer);
}

static const char *datetime_text_of(const struct sqli_datetime *value)
{
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, SQLI_TEMPORAL_TEXT_MAX);
    sqli__datetime_to_text(value, &buffer);
    return taken(&buffer);
}

static const char *name_of(sqli_qualifier q, bool interval)
{
    struct sqli_buffer buffer;
    sqli__buffer_init(&buffer, SQLI_TEMPORAL_TEXT_MAX);
    sqli__qualifier_print(q, interval, &buffer);
    return taken(&buffer);
}

/* "NULL", the text, or "!" and the error code. */
static const char *decoded(const char *hex, sqli_qualifier q, struct sqli_interval *value)
{
    static char code[16];
    struct sqli_span image = support_unhex(hex);
    struct sqli_error error;
    bool null;
    enum sqli_status status = sqli__interval_decode(image, q, value, &null, &error);
    support_free(image);
    if (status == SQLI_OK)
        return null ? "NULL" : text_of(value);
    snprintf(code, sizeof code, "!%d", error.code);
    return code;
}

static struct sqli_interval parsed(const char *text, sqli_qualifier q)
{
    struct sqli_interval value;
    struct sqli_error error;
    if (sqli__interval_from_text(sqli__span_text(text), q, &value, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return value;
}

static struct sqli_datetime datetime(const char *text, sqli_qualifier q)
{
    struct sqli_datetime value;
    struct sqli_error error;
    if (sqli__datetime_from_text(sqli__span_text(text), q, &value, &error) != SQLI_OK)
        fail_msg("%s: %s", text, error.message);
    return value;
}

static void assert_encodes(const struct sqli_interval *value, const char *hex)
{
    uint8_t out[SQLI_TEMPORAL_TEXT_MAX];
    assert_int_equal(sqli__interval_encode(value, out, NULL), SQLI_OK);
    assert_span_hex(sqli__span(out, (size_t)sqli__packed_width(value->qualifier)), hex);
}

/* --- Vectors --- */

static long number_at(const char **at)
{
    char *end;
    long number = strtol(*at, &end, 10);
    assert_ptr_not_equal(end, *at);
    *at = *end ? end + 1 : end;
    return number;
}

/* "-4 days, 19:54:54.500000", as Python shows a timedelta: the days may be negative, the rest is
 * not. */
static int64_t timedelta_amount(const char *text)
{
    const char *clock = strchr(text, ',');
    int64_t days = clock ? number_at(&text) : 0;
    clock = clock ? clock + 2 : text;
    int64_t hour = number_at(&clock);
    int64_t minute = number_at(&clock);
    int64_t seconds = number_at(&clock);
    int64_t micro = *clock ? number_at(&clock) : 0;
    return days * day + ((hour * 60 + minute) * 60 + seconds) * second + micro / 10;
}

static int64_t meant_amount(const char *id, const char *meaning)
{
    if (strcmp(id, "interval-046") < 0)
        return timedelta_amount(meaning);
    long years = number_at(&meaning);
    long months = number_at(&meaning);
    return years * 12 + (years < 0 ? -months : months);
}

static void check_vector_name(const char *type, sqli_qualifier q)
{
    char shown[40] = "";
    const char *words = type + strlen("INTERVAL ");
    size_t length = (size_t)(strstr(words, " enc_len") - words);
    for (size_t i = 0; i < length; i++)
        shown[i] = (char)(words[i] >= 'A' && words[i] <= 'Z' ? words[i] + 32 : words[i]);
    /* the vectors show the digits of the first field always */
    char first[40];
    int digits = sqli__interval_first_digits(q);
    const char *name = name_of(q, true);
    const char *rest = strstr(name, " to ");
    assert_non_null(rest);
    size_t word = strcspn(name, " (");
    snprintf(first, sizeof first, "%.*s(%d)%s", (int)word, name, digits, rest);
    assert_string_equal(first, shown);
}

/* The rows of a peer's tests give the meaning in that peer's words. */
static void check_vector(void *context, size_t line, size_t count, char **fields)
{
    if (strcmp(fields[1], "interval") != 0)
        return;
    assert_true(count >= 7);
    ++*(int *)context;
    const char *word = strstr(fields[3], "enc_len=0x");
    assert_non_null(word);
    sqli_qualifier q = (sqli_qualifier)strtoul(word + strlen("enc_len=0x"), NULL, 16);
    assert_true(sqli__interval_qualifier_valid(q));
    check_vector_name(fields[3], q);
    struct sqli_interval value;
    const char *text = decoded(fields[4], q, &value);
    if (strcmp(fields[5], "NULL") == 0) {
        assert_string_equal(text, "NULL");
        return;
    }
    if (strcmp(fields[6], "peer unit test") == 0)
        assert_int_equal(value.amount, meant_amount(fields[0], fields[5]));
    else if (strcmp(text, fields[5]) != 0)
        fail_msg("line %zu: %s", line, text);
    assert_encodes(&value, fields[4]);
    struct sqli_interval back = parsed(text, q);
    assert_int_equal(back.amount, value.amount);
    assert_int_equal(back.year_month, value.year_month);
}

static void test_vectors(void **state)
{
    (void)state;
    int seen = 0;
    support_each_line("vectors.tsv", '\t', check_vector, &seen);
    assert_int_equal(seen, 49);
}

/* What drivers bind. A zero is encoded in another of its forms than the one bound here. */
static const struct {
    const char *id, *text;
    bool zero;
} binds[] = {
    {"bind-044", "3 04:05:06.00000", false},
    {"bind-045", "0 00:00:00.00000", true},
    {"bind-046", "999999999 00:00:00.00000", false},
    {"bind-047", "0 00:00:10.50000", false},
    {"bind-048", "-3 04:05:06.00000", false},
    {"bind-049", "-0 00:00:45.00000", false},
    {"bind-050", "5-03", false},
    {"bind-051", "0-00", true},
    {"bind-052", "1-00", false},
    {"bind-053", "2026-07", false},
    {"bind-054", "-5-03", false},
    {"bind-jdbc-057", "5 04:03:02", false},
    {"bind-jdbc-058", "2-03", false},
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
    if (count < 6 || strncmp(fields[1], "bind", 4) != 0 || strncmp(fields[4], "000e0000", 8) != 0)
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
    struct sqli_interval value;
    assert_string_equal(decoded(hex, q, &value), binds[i].text);
    if (!binds[i].zero)
        assert_encodes(&value, hex);
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
        valid += sqli__interval_qualifier_valid((sqli_qualifier)word);
    assert_int_equal(valid, 33 * 9);
    for (int start = -3; start <= 18; start++)
        for (int end = -3; end <= 18; end++)
            for (int first = 1; first <= 9; first++) {
                sqli_qualifier q = sqli__interval_qualifier(start, end, first);
                if (q == 0)
                    continue;
                assert_true(sqli__interval_qualifier_valid(q));
                assert_int_equal(sqli__qualifier_start(q), start);
                assert_int_equal(sqli__qualifier_end(q), end);
                assert_int_equal(sqli__interval_first_digits(q), first);
                assert_int_equal(q, IV(start, end, first));
                valid--;
            }
    assert_int_equal(valid, 0);
    assert_int_equal(sqli__interval_qualifier(Y, MO, 10), 0);
    assert_int_equal(sqli__interval_qualifier(Y, MO, -1), 0);
    assert_int_equal(sqli__interval_qualifier(MO, D, 2), 0);
    assert_int_equal(sqli__interval_qualifier(Y, S, 4), 0);
}

/* Every image is as wide as the rule for tuples says, which the tables of vectors cannot cover. */
static void test_widths(void **state)
{
    (void)state;
    for (uint32_t word = 0; word <= 0xffff; word++) {
        sqli_qualifier q = (sqli_qualifier)word;
        uint8_t out[SQLI_TEMPORAL_TEXT_MAX];
        memset(out, 0xee, sizeof out);
        struct sqli_interval value = {q, sqli__qualifier_end(q) <= MO, -1};
        struct sqli_datetime moment = {q, 2026, 5, 4, 12, 34, 56, 78912};
        if (sqli__interval_qualifier_valid(q))
            assert_int_equal(sqli__interval_encode(&value, out, NULL), SQLI_OK);
        else if (sqli__datetime_qualifier_valid(q))
            assert_int_equal(sqli__datetime_encode(&moment, out, NULL), SQLI_OK);
        else
            continue;
        int32_t width = sqli__packed_width(q);
        assert_int_not_equal(out[width - 1], 0xee);
        assert_int_equal(out[width], 0xee);
    }
}

static void test_names(void **state)
{
    (void)state;
    const struct {
        sqli_qualifier q;
        bool interval;
        const char *name;
    } cases[] = {
        {DT(Y, S), false, "year to second"},
        {DT(Y, F + 5), false, "year to fraction(5)"},
        {DT(S, F + 3), false, "second to fraction(3)"},
        {DT(MO, MO), false, "month to month"},
        {IV(Y, MO, 4), true, "year to month"},
        {IV(Y, MO, 9), true, "year(9) to month"},
        {IV(Y, Y, 2), true, "year(2) to year"},
        {IV(D, F + 5, 3), true, "day(3) to fraction(5)"},
        {IV(S, F + 2, 4), true, "second(4) to fraction(2)"},
        {IV(D, S, 2), true, "day to second"},
        {0, true, "qualifier 0x0000"},
        {0x0e0a, true, "qualifier 0x0e0a"},
        {0xffff, false, "qualifier 0xffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(name_of(cases[i].q, cases[i].interval), cases[i].name);
}

static void test_invalid_qualifiers_fail(void **state)
{
    (void)state;
    static const sqli_qualifier words[] = {0, 0x0e0a, 0x0024, 0x0a4e, 0x1e4a, 0xffff, 0x0204};
    uint8_t image[SQLI_TEMPORAL_TEXT_MAX];
    struct sqli_interval other_class = {IV(D, S, 2), true, 5};
    assert_int_equal(sqli__interval_encode(&other_class, image, NULL), SQLI_FAIL);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct sqli_interval value = {.qualifier = words[i], .amount = INT64_MIN}, result;
        struct sqli_interval_fields fields;
        struct sqli_error error;
        uint8_t out[SQLI_TEMPORAL_TEXT_MAX];
        assert_string_equal(decoded("c405040302", words[i], &result), "!-1268");
        assert_int_equal(sqli__interval_encode(&value, out, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
        assert_int_equal(sqli__interval_from_text(sqli__span_text("5"), words[i], &result, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
        assert_string_equal(text_of(&value), "");
        sqli__interval_to_fields(&value, &fields);
        assert_int_equal(fields.day, 0);
        assert_int_equal(sqli__interval_from_fields(&fields, words[i], &result, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
    }
}

/* --- Images --- */

static const struct {
    const char *hex;
    sqli_qualifier q;
    const char *text;
} images[] = {
    /* short, long, shifted */
    {"c405", IV(D, S, 2), "5 00:00:00"},
    {"c40504030200000000", IV(D, S, 2), "5 04:03:02"},
    {"c3040302", IV(D, S, 2), "0 04:03:02"},
    {"c102", IV(D, S, 2), "0 00:00:02"},
    {"c600000504030200", IV(D, S, 2), "5 04:03:02"},
    {"3cfbfc", IV(D, S, 2), "!-900006"},
    {"3c5f6062", IV(D, S, 2), "-0 04:03:02"},
    {"3e62", IV(D, S, 2), "-0 00:00:02"},
    {"3963635e5f6062", IV(D, S, 2), "-5 04:03:02"},
    /* zero in all its forms has no sign */
    {"c400000000", IV(D, S, 2), "0 00:00:00"},
    {"c4", IV(D, S, 2), "0 00:00:00"},
    {"80", IV(D, S, 2), "0 00:00:00"},
    {"8000", IV(D, F + 5, 9), "0 00:00:00.00000"},
    {"3b00000000", IV(D, S, 2), "0 00:00:00"},
    {"7f00", IV(D, S, 2), "0 00:00:00"},
    /* to the last digit */
    {"c80963636363173b3b63635a", IV(D, F + 5, 9), "999999999 23:59:59.99999"},
    {"375a000000004c2828000064", IV(D, F + 5, 9), "!-900006"},
    {"375a000000004c2828000a", IV(D, F + 5, 9), "-999999999 23:59:59.99900"},
    {"375a000000004c282800000a", IV(D, F + 5, 9), "-999999999 23:59:59.99999"},
    {"c801172d4359173b3b63635b", IV(D, F + 5, 9), "123456789 23:59:59.99999"},
    {"3e5e5746", IV(S, F + 3, 2), "-5.123"},
    {"3e5e5745", IV(S, F + 3, 2), "-5.123"},
    /* NULL */
    {"00", IV(D, S, 2), "NULL"},
    {"0000000000", IV(D, S, 2), "NULL"},
    {"00000000000000000000", IV(D, S, 2), "NULL"},
    /* no interval */
    {"", IV(D, S, 2), "!-900006"},
    {"c464000000", IV(D, S, 2), "!-900006"},
    {"c405180000", IV(D, S, 2), "!-900006"},
    {"c405003c00", IV(D, S, 2), "!-900006"},
    {"c40500003c", IV(D, S, 2), "!-900006"},
    {"c405ff0000", IV(D, S, 2), "!-900006"},
    {"c4ff000000", IV(D, S, 2), "!-900006"},
    {"3bff000000", IV(D, S, 2), "!-900006"},
    {"3b5eff6062", IV(D, S, 2), "!-900006"},
    {"c501000000", IV(D, S, 2), "!-900006"},
    {"c40504030201", IV(D, S, 2), "!-900006"},
    {"c032", IV(D, S, 2), "!-900006"},
    {"00010000", IV(D, S, 2), "!-900006"},
    {"ff05", IV(D, S, 2), "!-900006"},
    {"c7000c0c", IV(Y, MO, 4), "!-900006"},
    {"c700050c", IV(Y, MO, 4), "!-900006"},
    {"c7000564", IV(Y, MO, 4), "!-900006"},
    {"c70500050b", IV(Y, MO, 4), "!-900006"},
    {"c50a00", IV(D, D, 3), "!-900006"},
    {"c50963", IV(D, D, 3), "999"},
    {"c80a000000000000000000", IV(D, F + 5, 9), "!-900006"},
    {"c86363636363", IV(D, F + 5, 9), "!-900006"},
    {"c100640000", IV(S, F + 3, 2), "!-900006"},
    {"c1050064", IV(S, F + 3, 2), "!-900006"},
    {"c40504030200000000000000000000000000000000000000000000000000000000000000000000000000",
     IV(D, S, 2), "5 04:03:02"},
    {"3b5e5f60620000000000000000000000000000000000000000000000000000000000000000000000000000",
     IV(D, S, 2), "-5 04:03:02"},
    {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     IV(D, S, 2), "!-900006"},
    {"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     IV(D, S, 2), "!-900006"},
};

static void test_images(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        struct sqli_interval value;
        if (strcmp(decoded(images[i].hex, images[i].q, &value), images[i].text) != 0)
            fail_msg("%s: %s, not %s", images[i].hex, decoded(images[i].hex, images[i].q, &value),
                     images[i].text);
    }
}

static void test_image_errors_name_the_bytes(void **state)
{
    (void)state;
    struct sqli_interval value;
    struct sqli_error error;
    bool null;
    struct sqli_span image = support_unhex("c405180000");
    assert_int_equal(sqli__interval_decode(image, IV(D, S, 3), &value, &null, &error), SQLI_FAIL);
    assert_string_equal(error.near, "5 bytes c405180000 as interval day(3) to second");
    support_free(image);
}

/* Images compare as bytes like their amounts, negative ones and zero among them. */
static void test_byte_order_is_value_order(void **state)
{
    (void)state;
    sqli_qualifier q = IV(D, F + 5, 9);
    uint64_t seed = 11;
    for (int i = 0; i < 50000; i++) {
        uint8_t bytes[2][16];
        int64_t amounts[2];
        for (int k = 0; k < 2; k++) {
            int64_t limit = (int64_t)1 << support_random_between(&seed, 1, 62);
            amounts[k] = i % 50 ? support_random_between(&seed, -limit, limit) : k;
            struct sqli_interval value = {q, false, amounts[k]};
            assert_int_equal(sqli__interval_encode(&value, bytes[k], NULL), SQLI_OK);
        }
        int order = memcmp(bytes[0], bytes[1], (size_t)sqli__packed_width(q));
        assert_int_equal((order > 0) - (order < 0),
                         (amounts[0] > amounts[1]) - (amounts[0] < amounts[1]));
    }
}

static void test_encode_overflow(void **state)
{
    (void)state;
    const struct {
        struct sqli_interval value;
        const char *near; /* "": it fits */
    } cases[] = {
        {{IV(D, S, 2), false, 100 * day - second}, ""},
        {{IV(D, S, 2), false, 100 * day}, "100 00:00:00"},
        {{IV(D, S, 2), false, -100 * day}, "-100 00:00:00"},
        {{IV(Y, MO, 4), true, 119999}, ""},
        {{IV(Y, MO, 4), true, -120000}, "-10000-00"},
        {{IV(S, S, 9), false, 1000000000 * second - 1}, ""},
        {{IV(S, S, 9), false, 1000000000 * second}, "1000000000"},
        {{IV(S, F + 5, 9), false, INT64_MAX}, "92233720368547.75807"},
        {{IV(S, F + 5, 9), false, INT64_MIN}, "-92233720368547.75808"},
        {{IV(MO, MO, 9), true, INT64_MIN}, "-9223372036854775807"},
        {{IV(D, F + 5, 9), false, 1000000000 * day - 1}, ""},
        {{IV(D, F + 5, 9), false, 1000000000 * day}, "1000000000 00:00:00.00000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[16];
        struct sqli_error error;
        sqli__error_clear(&error);
        enum sqli_status status = sqli__interval_encode(&cases[i].value, out, &error);
        assert_int_equal(status, cases[i].near[0] ? SQLI_FAIL : SQLI_OK);
        assert_int_equal(error.code, cases[i].near[0] ? SQLI_E_INTERVAL_OVERFLOW : 0);
        assert_string_equal(error.near, cases[i].near);
    }
}

/* What is finer than the qualifier is cut towards zero, and a zero that is left has no sign. */
static void test_cut(void **state)
{
    (void)state;
    const struct {
        struct sqli_interval value;
        const char *text, *hex;
    } cases[] = {
        {{IV(D, S, 2), false, 5 * second + 99999}, "0 00:00:05", "c400000005"},
        {{IV(D, S, 2), false, -5 * second - 99999}, "-0 00:00:05", "3b6363635f"},
        {{IV(D, S, 2), false, -99999}, "0 00:00:00", "8000000000"},
        {{IV(S, F + 2, 2), false, -1999}, "-0.01", "3e6363"},
        {{IV(S, F + 2, 2), false, -999}, "0.00", "800000"},
        {{IV(S, F + 1, 2), false, 19999}, "0.1", "c1000a"},
        {{IV(Y, Y, 4), true, -23}, "-1", "386363"},
        {{IV(D, H, 2), false, day + 3599 * second}, "1 00", "c40100"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(text_of(&cases[i].value), cases[i].text);
        assert_encodes(&cases[i].value, cases[i].hex);
    }
}

/* --- Text and fields --- */

static void test_input(void **state)
{
    (void)state;
    const struct {
        const char *text;
        sqli_qualifier q;
        int64_t amount;
        const char *shown;
    } cases[] = {
        {"  5 04:03:02 ", IV(D, S, 2), 5 * day + 14582 * second, "5 04:03:02"},
        {"+5 4:3:2", IV(D, S, 2), 5 * day + 14582 * second, "5 04:03:02"},
        {"-5 4:3:2.1", IV(D, F + 3, 2), -5 * day - 14582 * second - 10000, "-5 04:03:02.100"},
        {"5   04:03:02", IV(D, S, 2), 5 * day + 14582 * second, "5 04:03:02"},
        {"005 00:00:00", IV(D, S, 3), 5 * day, "5 00:00:00"},
        {"-5-3", IV(Y, MO, 4), -63, "-5-03"},
        {"0-0", IV(Y, MO, 4), 0, "0-00"},
        {"-0-0", IV(Y, MO, 4), 0, "0-00"},
        {"365", IV(MO, MO, 3), 365, "365"},
        {"12345:59:59", IV(H, S, 5), (12345 * 3600 + 3599) * second, "12345:59:59"},
        {"720", IV(MI, MI, 3), 43200 * second, "720"},
        {"99", IV(S, S, 2), 99 * second, "99"},
        {"5", IV(S, F + 5, 2), 5 * second, "5.00000"},
        {"5.00001", IV(S, F + 5, 2), 5 * second + 1, "5.00001"},
        {"-999999999 23:59:59.99999", IV(D, F + 5, 9), -(1000000000 * day - 1),
         "-999999999 23:59:59.99999"},
        {"999999999-11", IV(Y, MO, 9), 11999999999, "999999999-11"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_interval v = parsed(cases[i].text, cases[i].q);
        assert_true(v.amount == cases[i].amount);
        assert_int_equal(v.qualifier, cases[i].q);
        assert_int_equal(v.year_month, sqli__qualifier_end(cases[i].q) <= MO);
        assert_string_equal(text_of(&v), cases[i].shown);
    }
}

static void test_input_errors(void **state)
{
    (void)state;
    sqli_qualifier ds = IV(D, S, 2), ym = IV(Y, MO, 4), f3 = IV(S, F + 3, 2);
    const struct {
        const char *text;
        sqli_qualifier q;
        int32_t code;
    } cases[] = {
        {"100 00:00:00", ds, SQLI_E_INTERVAL_OVERFLOW},
        {"-100 00:00:00", ds, SQLI_E_INTERVAL_OVERFLOW},
        {"99999999999999999999 00:00:00", ds, SQLI_E_INTERVAL_OVERFLOW},
        {"12345-00", ym, SQLI_E_INTERVAL_OVERFLOW},
        {"5 24:00:00", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"5 00:60:00", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"5 00:00:60", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"5 000:00:00", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"5-12", ym, SQLI_E_DATETIME_FIELD_RANGE},
        {"5", ym, SQLI_E_DATETIME_FIELD_RANGE},
        {"5 00:00", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"-", ds, SQLI_E_DATETIME_FIELD_RANGE},
        {"--5 00:00:00", ds, SQLI_E_DATETIME_NON_NUMERIC},
        {"- 5 00:00:00", ds, SQLI_E_DATETIME_NON_NUMERIC},
        {"5:00:00:00", ds, SQLI_E_DATETIME_NON_NUMERIC},
        {"5 -4:03:02", ds, SQLI_E_DATETIME_NON_NUMERIC},
        {"five", ds, SQLI_E_DATETIME_NON_NUMERIC},
        {"5 04:03:02.5", ds, SQLI_E_DATETIME_EXTRA},
        {"5-03-01", ym, SQLI_E_DATETIME_EXTRA},
        {"5.1234", f3, SQLI_E_DATETIME_EXTRA},
        {"5.12 x", f3, SQLI_E_DATETIME_EXTRA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_interval value;
        struct sqli_error error;
        if (sqli__interval_from_text(sqli__span_text(cases[i].text), cases[i].q, &value, &error) !=
                SQLI_FAIL ||
            error.code != cases[i].code)
            fail_msg("'%s' gave %d", cases[i].text, error.code);
        assert_string_equal(error.near, cases[i].text);
    }
}

static void test_fields(void **state)
{
    (void)state;
    const struct {
        const char *text;
        sqli_qualifier q;
        struct sqli_interval_fields fields;
    } cases[] = {
        {"-5-03", IV(Y, MO, 4), {true, 5, 3, 0, 0, 0, 0, 0}},
        {"5 04:03:02.12345", IV(D, F + 5, 2), {false, 0, 0, 5, 4, 3, 2, 12345}},
        {"-123456789:59", IV(H, MI, 9), {true, 0, 0, 0, 123456789, 59, 0, 0}},
        {"365", IV(MO, MO, 3), {false, 0, 365, 0, 0, 0, 0, 0}},
        {"0", IV(S, S, 2), {false, 0, 0, 0, 0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_interval value = parsed(cases[i].text, cases[i].q), back;
        struct sqli_interval_fields f;
        const struct sqli_interval_fields *w = &cases[i].fields;
        sqli__interval_to_fields(&value, &f);
        assert_true(f.negative == w->negative && f.year == w->year && f.month == w->month &&
                    f.day == w->day && f.hour == w->hour && f.minute == w->minute &&
                    f.second == w->second && f.fraction == w->fraction);
        assert_int_equal(sqli__interval_from_fields(&f, cases[i].q, &back, NULL), SQLI_OK);
        assert_true(back.amount == value.amount && back.year_month == value.year_month);
    }
}

static void test_fields_that_do_not_fit(void **state)
{
    (void)state;
    sqli_qualifier ds = IV(D, S, 2);
    const struct {
        struct sqli_interval_fields fields;
        sqli_qualifier q;
        int32_t code; /* 0: accepted */
    } cases[] = {
        {{false, 0, 0, 99, 23, 59, 59, 0}, ds, 0},
        {{false, 0, 0, 99, 23, 59, 59, 99999}, ds, 0},
        {{false, 0, 0, 100, 0, 0, 0, 0}, ds, SQLI_E_INTERVAL_OVERFLOW},
        {{false, 0, 0, 1, 24, 0, 0, 0}, ds, SQLI_E_DATETIME_FIELD_RANGE},
        {{false, 0, 0, 1, 0, 60, 0, 0}, ds, SQLI_E_DATETIME_FIELD_RANGE},
        {{false, 0, 0, 1, 0, 0, -1, 0}, ds, SQLI_E_DATETIME_FIELD_RANGE},
        {{false, 0, 0, -1, 0, 0, 0, 0}, ds, SQLI_E_DATETIME_FIELD_RANGE},
        {{false, 1, 0, 1, 0, 0, 0, 0}, ds, SQLI_E_DATETIME_FIELD_RANGE},
        {{false, 1, 12, 0, 0, 0, 0, 0}, IV(Y, MO, 4), SQLI_E_DATETIME_FIELD_RANGE},
        {{false, 0, 0, 0, 0, 0, 1, 100000}, IV(S, F + 5, 2), SQLI_E_DATETIME_FIELD_RANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_interval value;
        struct sqli_error error;
        sqli__error_clear(&error);
        sqli__interval_from_fields(&cases[i].fields, cases[i].q, &value, &error);
        assert_int_equal(error.code, cases[i].code);
    }
    struct sqli_interval_fields finer = {false, 0, 0, 0, 0, 0, 1, 12345};
    struct sqli_interval cut;
    assert_int_equal(sqli__interval_from_fields(&finer, IV(S, F + 2, 2), &cut, NULL), SQLI_OK);
    assert_int_equal(cut.amount, 112000);
    struct sqli_interval huge = {IV(S, F + 5, 9), false, INT64_MIN};
    struct sqli_interval_fields fields;
    sqli__interval_to_fields(&huge, &fields);
    assert_int_equal(fields.second, INT32_MAX);
    assert_true(fields.negative);
}

static enum sqli_status print_action(void *context, struct sqli_error *error)
{
    struct sqli_buffer text;
    (void)context;
    sqli__buffer_init(&text, 100);
    struct sqli_interval value = {IV(D, F + 5, 9), false, -1};
    sqli__interval_to_text(&value, &text);
    sqli__qualifier_print(value.qualifier, true, &text);
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

static void test_add(void **state)
{
    (void)state;
    const struct {
        const char *a;
        sqli_qualifier aq;
        const char *b;
        sqli_qualifier bq;
        const char *sum, *name; /* or the code of the error, and what it names */
    } cases[] = {
        {"1 12:00:00", IV(D, S, 2), "12:30", IV(H, MI, 2), "2 00:30:00", "day(9) to second"},
        {"99 00:00:00", IV(D, S, 2), "1", IV(D, D, 2), "100 00:00:00", "day(9) to second"},
        {"100:30.0005", IV(MI, F + 4, 3), "-120.010", IV(S, F + 3, 3), "98:29.9905",
         "minute(9) to fraction(4)"},
        {"5-03", IV(Y, MO, 4), "-63", IV(MO, MO, 2), "0-00", "year(9) to month"},
        {"1", IV(Y, Y, 4), "23", IV(MO, MO, 2), "2", "year(9) to year"},
        {"5 04", IV(D, H, 2), "1:59:59", IV(H, S, 2), "5 05", "day(9) to hour"},
        {"0.1", IV(S, F + 1, 2), "-0.19", IV(S, F + 2, 2), "0.0", "second(9) to fraction(1)"},
        {"0.2", IV(S, F + 1, 2), "-0.19", IV(S, F + 2, 2), "0.1", "second(9) to fraction(1)"},
        {"1", IV(D, D, 2), "-1", IV(H, H, 2), "1", "day(9) to day"},
        {"5-03", IV(Y, MO, 4), "5", IV(D, D, 2), "!-1266",
         "interval year to month + interval day to day"},
        {"5", IV(MO, MO, 2), "1-00", IV(Y, MO, 4), "!-1266",
         "interval month to month + interval year to month"},
        {"5:00", IV(H, MI, 2), "1", IV(D, D, 2), "!-1266",
         "interval hour to minute + interval day to day"},
        {"999999999", IV(D, D, 9), "1", IV(D, D, 2), "!-1265", "999999999"},
        {"-999999999-11", IV(Y, MO, 9), "-1", IV(MO, MO, 2), "!-1265", "-999999999-11"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_interval a = parsed(cases[i].a, cases[i].aq);
        struct sqli_interval b = parsed(cases[i].b, cases[i].bq);
        struct sqli_interval sum;
        struct sqli_error error;
        if (sqli__interval_add(&a, &b, &sum, &error) == SQLI_FAIL) {
            assert_int_equal(error.code, strtol(cases[i].sum + 1, NULL, 10));
            assert_string_equal(error.near, cases[i].name);
            continue;
        }
        assert_string_equal(text_of(&sum), cases[i].sum);
        assert_string_equal(name_of(sum.qualifier, true), cases[i].name);
    }
    struct sqli_interval limits[2] = {{IV(D, F + 5, 9), false, INT64_MAX},
                                      {IV(D, F + 5, 9), false, INT64_MIN}};
    struct sqli_interval sum;
    for (int i = 0; i < 2; i++)
        assert_int_equal(sqli__interval_add(&limits[i], &limits[i], &sum, NULL), SQLI_FAIL);
    assert_int_equal(sqli__interval_add(&limits[0], &limits[1], &sum, NULL), SQLI_OK);
    assert_int_equal(sum.amount, -1);
}

static const struct {
    const char *value;
    sqli_qualifier q;
    const char *interval;
    sqli_qualifier iq;
    const char *sum; /* or the code of the error */
} datetime_sums[] = {
    {"2000-08-01", DT(Y, D), "3-05", IV(Y, MO, 4), "2004-01-01"},
    {"2008-08-01 00:00", DT(Y, MI), "-720", IV(MI, MI, 3), "2008-07-31 12:00"},
    {"2026-05-04 12:34:56", DT(Y, S), "5 04:03:02", IV(D, S, 2), "2026-05-09 16:37:58"},
    {"2026-12-31 23:59:59", DT(Y, S), "1", IV(S, S, 2), "2027-01-01 00:00:00"},
    {"2024-02-28", DT(Y, D), "1", IV(D, D, 2), "2024-02-29"},
    {"2026-03-01", DT(Y, D), "-1", IV(D, D, 2), "2026-02-28"},
    {"2026-01-31", DT(Y, D), "1", IV(MO, MO, 2), "!-1267"},
    {"2024-02-29", DT(Y, D), "1", IV(Y, Y, 4), "!-1267"},
    {"2024-02-29", DT(Y, D), "4", IV(Y, Y, 4), "2028-02-29"},
    {"2026-03-31", DT(Y, D), "-1", IV(MO, MO, 2), "!-1267"},
    {"9999-12-31 23:59:59", DT(Y, S), "1", IV(S, S, 2), "!-1267"},
    {"0001-01-01 00:00:00", DT(Y, S), "-1", IV(S, S, 2), "!-1267"},
    {"9999-12-31", DT(Y, D), "-9998-11", IV(Y, MO, 4), "0001-01-31"},
    {"0001-01-31", DT(Y, D), "9998-11", IV(Y, MO, 4), "9999-12-31"},
    {"9999-12-31", DT(Y, D), "1", IV(MO, MO, 2), "!-1267"},
    {"0001-01-31", DT(Y, D), "-1", IV(MO, MO, 2), "!-1267"},
    {"2026-05-04 00:00:00", DT(Y, S), "999999999 00:00:00", IV(D, S, 9), "!-1267"},
    {"2026-05-04 00:00:00", DT(Y, S), "-999999999 00:00:00", IV(D, S, 9), "!-1267"},
    {"2026-05-04", DT(Y, D), "-999999999-11", IV(Y, MO, 9), "!-1267"},
    {"0001-01-01", DT(Y, D), "3652058", IV(D, D, 7), "9999-12-31"},
    {"2026-05-04 12:34:56.789", DT(Y, F + 3), "0.99999", IV(S, F + 5, 2),
     "2026-05-04 12:34:57.788"},
    {"2026-05-04 12:34:56.000", DT(Y, F + 3), "-0.00099", IV(S, F + 5, 2),
     "2026-05-04 12:34:56.000"},
    {"2026-05", DT(Y, MO), "8", IV(MO, MO, 2), "2027-01"},
    {"2026", DT(Y, Y), "-1", IV(Y, Y, 4), "2025"},
    /* without the fields to carry into */
    {"22:30", DT(H, MI), "1:29", IV(H, MI, 2), "23:59"},
    {"22:30", DT(H, MI), "1:30", IV(H, MI, 2), "!-1267"},
    {"00:30", DT(H, MI), "-31", IV(MI, MI, 2), "!-1267"},
    {"12-31", DT(MO, D), "1", IV(D, D, 2), "!-1267"},
    {"02-28", DT(MO, D), "1", IV(D, D, 2), "03-01"},
    {"02-29", DT(MO, D), "1", IV(D, D, 2), "!-1267"},
    {"11", DT(MO, MO), "1", IV(MO, MO, 2), "12"},
    {"12", DT(MO, MO), "1", IV(MO, MO, 2), "!-1267"},
    {"30", DT(D, D), "1", IV(D, D, 2), "31"},
    {"31", DT(D, D), "1", IV(D, D, 2), "!-1267"},
    /* fields that the datetime does not have */
    {"2026-05-04", DT(Y, D), "720", IV(MI, MI, 3), "!-1268"},
    {"2026-05-04 12:34:56", DT(Y, S), "0.1", IV(S, F + 1, 2), "!-1268"},
    {"2026", DT(Y, Y), "1-01", IV(Y, MO, 4), "!-1268"},
    {"22:30", DT(H, MI), "1", IV(D, D, 2), "!-1266"},
    {"22:30", DT(H, MI), "1-00", IV(Y, MO, 4), "!-1266"},
    {"05-04", DT(MO, D), "1", IV(Y, Y, 4), "!-1266"},
};

static void test_datetime_add(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof datetime_sums / sizeof datetime_sums[0]; i++) {
        struct sqli_datetime value = datetime(datetime_sums[i].value, datetime_sums[i].q), sum;
        struct sqli_interval interval = parsed(datetime_sums[i].interval, datetime_sums[i].iq);
        struct sqli_error error;
        char got[100];
        if (sqli__datetime_add(&value, &interval, &sum, &error) == SQLI_OK) {
            assert_int_equal(sum.qualifier, datetime_sums[i].q);
            snprintf(got, sizeof got, "%s", datetime_text_of(&sum));
        } else {
            snprintf(got, sizeof got, "!%d", error.code);
            if (error.code == SQLI_E_DATETIME_OVERFLOW)
                assert_string_equal(error.near, datetime_sums[i].value);
        }
        if (strcmp(got, datetime_sums[i].sum) != 0)
            fail_msg("%s + %s: %s, not %s", datetime_sums[i].value, datetime_sums[i].interval, got,
                     datetime_sums[i].sum);
    }
}

static void test_datetime_add_names_the_qualifiers(void **state)
{
    (void)state;
    struct sqli_datetime value = datetime("2026-05-04", DT(Y, D)), sum;
    struct sqli_interval interval = parsed("720", IV(MI, MI, 3));
    struct sqli_error error;
    assert_int_equal(sqli__datetime_add(&value, &interval, &sum, &error), SQLI_FAIL);
    assert_string_equal(error.near, "datetime year to day + interval minute(3) to minute");
    interval.amount = INT64_MAX;
    value = datetime("2026-05-04 00:00:00", DT(Y, S));
    assert_int_equal(sqli__datetime_add(&value, &interval, &sum, &error), SQLI_FAIL);
    interval.amount = INT64_MIN;
    assert_int_equal(sqli__datetime_add(&value, &interval, &sum, &error), SQLI_FAIL);
    value.month = 13;
    assert_int_equal(sqli__datetime_add(&value, &interval, &sum, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_DATETIME_FIELD_RANGE);
}

/* Of a value made by hand only the fields of its qualifier count. */
static void test_fields_outside_do_not_count(void **state)
{
    (void)state;
    struct sqli_datetime noon = {.qualifier = DT(H, S), .hour = 12, .fraction = 5};
    struct sqli_datetime eleven = {.qualifier = DT(H, H), .month = 7, .hour = 11, .minute = 30};
    struct sqli_interval difference, hour = parsed("1", IV(H, H, 2));
    struct sqli_datetime sum;
    assert_int_equal(sqli__datetime_subtract(&noon, &eleven, &difference, NULL), SQLI_OK);
    assert_int_equal(difference.amount, 3600 * second);
    assert_int_equal(sqli__datetime_add(&noon, &hour, &sum, NULL), SQLI_OK);
    assert_string_equal(datetime_text_of(&sum), "13:00:00");
    assert_int_equal(sum.year, 1);
    assert_int_equal(sum.fraction, 0);
}

static void test_datetime_subtract(void **state)
{
    (void)state;
    sqli_qualifier ys = DT(Y, S), yd = DT(Y, D), hs = DT(H, S);
    const struct {
        const char *a;
        sqli_qualifier aq;
        const char *b;
        sqli_qualifier bq;
        const char *difference, *name; /* or the code of the error, and what it names */
    } cases[] = {
        {"2003-09-30 12:30", DT(Y, MI), "2003-08-01 11", DT(Y, H), "60 01:30", "day(8) to minute"},
        {"2005-09-30", yd, "2005-10-01", yd, "-1", "day(8) to day"},
        {"2026-05-04", yd, "2026-05-03 23:59:59", ys, "1", "day(8) to day"},
        {"2026-05-04 00:00:00", ys, "2026-05-03 23:59:59", ys, "0 00:00:01", "day(8) to second"},
        {"2026-05-04 00:00:00.00000", DT(Y, F + 5), "2026-05-04 00:00:00.001", DT(Y, F + 3),
         "-0 00:00:00.00100", "day(8) to fraction(5)"},
        {"9999-12-31 23:59:59.99999", DT(Y, F + 5), "0001-01-01 00:00:00.00000", DT(Y, F + 5),
         "3652058 23:59:59.99999", "day(8) to fraction(5)"},
        {"2026-05", DT(Y, MO), "2020-07", DT(Y, MO), "5-10", "year to month"},
        {"2026-05", DT(Y, MO), "2026-07-31", yd, "-0-02", "year to month"},
        {"2026", DT(Y, Y), "2020-07", DT(Y, MO), "6-00", "year to month"},
        {"05", DT(MO, MO), "07", DT(MO, MO), "-0-02", "year to month"},
        {"12:34:56", hs, "13:00:00", hs, "-0:25:04", "hour to second"},
        {"12:34:56", hs, "2026-05-04 12:00:00", ys, "0:34:56", "hour to second"},
        {"12:34:56", hs, "2026-05-04", yd, "12:34:56", "hour to second"},
        {"56.7", DT(S, F + 1), "55.89", DT(S, F + 2), "0.9", "second to fraction(1)"},
        {"03-01", DT(MO, D), "02-28", DT(MO, D), "1", "day(8) to day"},
        {"04", DT(D, D), "31", DT(D, D), "-27", "day(8) to day"},
        {"02-29", DT(MO, D), "02-28", DT(MO, D), "!-1267", "02-29"},
        {"03-01", DT(MO, D), "2024-02-29", yd, "!-1267", "2024-02-29"},
        {"2026-05-04 12:34:56", ys, "12:00:00", hs, "!-1266",
         "datetime year to second - datetime hour to second"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_datetime a = datetime(cases[i].a, cases[i].aq);
        struct sqli_datetime b = datetime(cases[i].b, cases[i].bq);
        struct sqli_interval difference;
        struct sqli_error error;
        if (sqli__datetime_subtract(&a, &b, &difference, &error) == SQLI_FAIL) {
            assert_int_equal(error.code, strtol(cases[i].difference + 1, NULL, 10));
            assert_string_equal(error.near, cases[i].name);
            continue;
        }
        assert_string_equal(text_of(&difference), cases[i].difference);
        assert_string_equal(name_of(difference.qualifier, true), cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_bind_vectors),
        cmocka_unit_test(test_qualifiers),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_invalid_qualifiers_fail),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_image_errors_name_the_bytes),
        cmocka_unit_test(test_byte_order_is_value_order),
        cmocka_unit_test(test_encode_overflow),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_input_errors),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_fields_that_do_not_fit),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_datetime_add),
        cmocka_unit_test(test_datetime_add_names_the_qualifiers),
        cmocka_unit_test(test_fields_outside_do_not_count),
        cmocka_unit_test(test_datetime_subtract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
