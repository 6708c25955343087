/* What a server may rely on that keeps packed images as keys: zeros trimmed at the end, they
 * compare as bytes like their values, equal values are equal bytes, and the trimmed image reads
 * back. */
#include "tests/support/support.h"

#include "value/decimal.h"
#include "value/temporal.h"
#include "value/type.h"

#include <stdio.h>

enum { ROUNDS = 100000, IMAGE_MAX = 32 };

struct image {
    uint8_t bytes[IMAGE_MAX];
    size_t length;
};

/* The first byte stays: it alone is the image of zero, or of midnight. */
static void trim(struct image *image)
{
    while (image->length > 1 && image->bytes[image->length - 1] == 0)
        image->length--;
}

/* As SQLite and everybody else compares blobs. */
static int compare_bytes(const struct image *a, const struct image *b)
{
    size_t common = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, common);
    if (order == 0)
        order = (a->length > b->length) - (a->length < b->length);
    return (order > 0) - (order < 0);
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static struct sqli_span span_of(const struct image *image)
{
    return sqli__span(image->bytes, image->length);
}

static void assert_order(const struct image *a, const struct image *b, int wanted)
{
    char first[2 * IMAGE_MAX + 1];
    if (compare_bytes(a, b) == wanted)
        return;
    snprintf(first, sizeof first, "%s", support_hex(span_of(a)));
    fail_msg("%s and %s: bytes %d, values %d", first, support_hex(span_of(b)), compare_bytes(a, b),
             wanted);
}

/* --- DECIMAL --- */

static struct image decimal_image(const struct sqli_decimal *value)
{
    struct image image = {{0}, SQLI_DECIMAL_PAIRS + 1};
    struct image short_form = {{0}, 0};
    struct sqli_decimal again;
    bool null;
    assert_int_equal(sqli__decimal_encode(value, image.length, image.bytes, NULL), SQLI_OK);
    short_form.length = sqli__decimal_encode_short(value, short_form.bytes);
    trim(&image);
    trim(&short_form);
    assert_order(&image, &short_form, 0);
    assert_int_equal(sqli__decimal_decode(span_of(&image), &again, &null, NULL), SQLI_OK);
    assert_false(null);
    assert_int_equal(sqli__decimal_compare(value, &again), 0);
    return image;
}

/* Few different digits, so that numbers share their beginnings; the edges of a pair among them. */
static struct sqli_decimal random_decimal(uint64_t *seed)
{
    static const char digits[] = "00001599";
    char text[64] = "";
    struct sqli_decimal value;
    int count = (int)support_random_between(seed, 1, 34);
    int length = snprintf(text, sizeof text, "%s", support_random(seed) % 2 ? "-" : "");
    for (int i = 0; i < count; i++)
        text[length++] = digits[support_random(seed) % (sizeof digits - 1)];
    int64_t exponent = support_random(seed) % 4
                           ? support_random_between(seed, -count - 1, 1 - count)
                           : support_random_between(seed, -160, 93);
    snprintf(text + length, sizeof text - (size_t)length, "e%d", (int)exponent);
    if (sqli__decimal_from_text(sqli__span_text(text), &value, NULL) != SQLI_OK)
        value = (struct sqli_decimal){0};
    return value;
}

static void test_decimals(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < ROUNDS; i++) {
        struct sqli_decimal a = random_decimal(&seed);
        struct sqli_decimal b = random_decimal(&seed);
        struct image image_a = decimal_image(&a);
        struct image image_b = decimal_image(&b);
        assert_order(&image_a, &image_b, sqli__decimal_compare(&a, &b));
    }
}

static void test_decimals_at_the_ends(void **state)
{
    (void)state;
    static const char *const ascending[] = {
        "-9.8999999999999999999999999999999e125",
        "-98e124",
        "-1e125",
        "-1.01",
        "-1.0099",
        "-1",
        "-0.99",
        "-1e-129",
        "-2e-130",
        "-1e-130",
        "0",
        "1e-130",
        "1e-129",
        "0.99",
        "1",
        "1.0001",
        "1.01",
        "99e124",
        "9.9999999999999999999999999999999e125",
    };
    struct image images[sizeof ascending / sizeof ascending[0]];
    for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
        struct sqli_decimal value;
        struct sqli_span text = sqli__span_text(ascending[i]);
        assert_int_equal(sqli__decimal_from_text(text, &value, NULL), SQLI_OK);
        images[i] = decimal_image(&value);
        for (size_t j = 0; j < i; j++)
            assert_order(&images[j], &images[i], -1);
    }
}

/* --- DATETIME --- */

static struct image datetime_image(const struct sqli_datetime *value)
{
    struct image image = {{0}, (size_t)sqli__packed_width(value->qualifier)};
    struct sqli_datetime again;
    bool null;
    assert_int_equal(sqli__datetime_encode(value, image.bytes, NULL), SQLI_OK);
    trim(&image);
    assert_int_equal(sqli__datetime_decode(span_of(&image), value->qualifier, &again, &null, NULL),
                     SQLI_OK);
    assert_false(null);
    return image;
}

/* Half of the fields stay at their lowest, so that there is something to trim. */
static int64_t random_field(uint64_t *seed, int low, int high)
{
    return support_random(seed) % 2 ? low : support_random_between(seed, low, high);
}

static struct sqli_datetime random_datetime(uint64_t *seed, sqli_qualifier q)
{
    struct sqli_datetime value;
    const struct sqli_datetime all = {
        .qualifier = SQLI_QUALIFIER_YEAR_TO_FRACTION5,
        .year = (int16_t)support_random_between(seed, 1, support_random(seed) % 2 ? 3 : 9999),
        .month = (int8_t)random_field(seed, 1, 12),
        .day = (int8_t)random_field(seed, 1, 28),
        .hour = (int8_t)random_field(seed, 0, 23),
        .minute = (int8_t)random_field(seed, 0, 59),
        .second = (int8_t)random_field(seed, 0, 59),
        .fraction = (int32_t)random_field(seed, 0, 99999),
    };
    assert_int_equal(sqli__datetime_extend(&all, q, &all, &value, NULL), SQLI_OK);
    return value;
}

static int64_t ticks(const struct sqli_datetime *v)
{
    int64_t minutes =
        (sqli__date_from_fields(v->year, v->month, v->day) * (int64_t)24 + v->hour) * 60 +
        v->minute;
    return (minutes * 60 + v->second) * 100000 + v->fraction;
}

static void check_datetimes(sqli_qualifier q, uint64_t *seed)
{
    for (int i = 0; i < ROUNDS / 50; i++) {
        struct sqli_datetime a = random_datetime(seed, q);
        struct sqli_datetime b = random_datetime(seed, q);
        struct image image_a = datetime_image(&a);
        struct image image_b = datetime_image(&b);
        assert_order(&image_a, &image_b, compare_numbers(ticks(&a), ticks(&b)));
    }
}

/* --- INTERVAL --- */

static struct image interval_image(const struct sqli_interval *value)
{
    struct image image = {{0}, (size_t)sqli__packed_width(value->qualifier)};
    struct sqli_interval again;
    bool null;
    assert_int_equal(sqli__interval_encode(value, image.bytes, NULL), SQLI_OK);
    trim(&image);
    assert_int_equal(sqli__interval_decode(span_of(&image), value->qualifier, &again, &null, NULL),
                     SQLI_OK);
    assert_false(null);
    assert_true(again.amount == value->amount);
    return image;
}

/* Both signs, zero, all magnitudes, with and without anything in the smaller fields. */
static struct sqli_interval random_interval(uint64_t *seed, sqli_qualifier q)
{
    static const int64_t steps[] = {1, 12, 100000, 6000000, 360000000, 8640000000};
    int64_t step = steps[support_random(seed) % (sizeof steps / sizeof steps[0])];
    int64_t limit = (int64_t)1 << support_random_between(seed, 0, 62);
    int64_t amount = support_random_between(seed, -limit, limit);
    amount -= amount % step;
    struct sqli_interval given = {q, sqli__qualifier_end(q) <= SQLI_FIELD_MONTH, amount};
    struct sqli_interval_fields fields;
    struct sqli_interval value = {q, given.year_month, 0};
    sqli__interval_to_fields(&given, &fields);
    /* Cut to the qualifier; what its first field cannot hold becomes zero. */
    if (sqli__interval_from_fields(&fields, q, &value, NULL) != SQLI_OK)
        value = (struct sqli_interval){q, given.year_month, 0};
    return value;
}

static void check_intervals(sqli_qualifier q, uint64_t *seed)
{
    for (int i = 0; i < ROUNDS / 200; i++) {
        struct sqli_interval a = random_interval(seed, q);
        struct sqli_interval b = random_interval(seed, q);
        struct image image_a = interval_image(&a);
        struct image image_b = interval_image(&b);
        assert_order(&image_a, &image_b, compare_numbers(a.amount, b.amount));
    }
}

/* --- every qualifier there is --- */

static int each_qualifier(bool interval, int first, void (*check)(sqli_qualifier q, uint64_t *seed))
{
    int found = 0;
    uint64_t seed = 2;
    for (int start = SQLI_FIELD_YEAR; start <= SQLI_FIELD_SECOND; start++)
        for (int end = start; end <= SQLI_FIELD_FRACTION5; end++) {
            sqli_qualifier q = interval ? sqli__interval_qualifier(start, end, first)
                                        : sqli__datetime_qualifier(start, end);
            if (q == 0)
                continue;
            check(q, &seed);
            found++;
        }
    return found;
}

static void test_datetimes(void **state)
{
    (void)state;
    assert_int_equal(each_qualifier(false, 0, check_datetimes), 51);
}

static void test_intervals(void **state)
{
    (void)state;
    for (int first = 1; first <= 9; first++)
        assert_int_equal(each_qualifier(true, first, check_intervals), 33);
}

/* --- where it ends --- */

/* The head counts the pairs of the qualifier, not of the value: between columns whose first fields
 * differ in name or digits, bytes say nothing. */
static void test_only_within_one_qualifier(void **state)
{
    (void)state;
    const int64_t day = (int64_t)86400 * 100000;
    const struct sqli_interval ten = {sqli__interval_qualifier(4, 10, 2), false, 10 * day};
    const struct sqli_interval one = {sqli__interval_qualifier(4, 10, 5), false, day};
    struct image larger = interval_image(&ten);
    struct image smaller = interval_image(&one);
    assert_order(&larger, &smaller, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_decimals_at_the_ends),
        cmocka_unit_test(test_datetimes),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_only_within_one_qualifier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
