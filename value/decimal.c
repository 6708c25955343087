#include "value/decimal_wide.h"

#include <stdio.h>

enum {
    HEAD_POSITIVE = 0x80,
    HEAD_EXPONENT = 0x7f,
    EXPONENT_BIAS = 64,
    PAIR_MAX = 99,
};

static enum sqli_status fail_image(struct sqli_error *error, struct sqli_span image)
{
    enum { SHOWN = 24 };
    char hex[2 * SHOWN + 1] = "";
    for (size_t i = 0; i < image.length && i < SHOWN; i++)
        snprintf(hex + 2 * i, 3, "%02x", image.data[i]);
    return sqli__fail(error, SQLI_E_VALUE_IMAGE, "DECIMAL of %zu bytes %s", image.length, hex);
}

static bool image_is_null(struct sqli_span image)
{
    return image.data[0] == 0 && (image.length == 1 || image.data[1] == 0);
}

/* Complement to hundreds: its own inverse. The last pair must not be zero. */
static void complement(const uint8_t *pairs, size_t count, uint8_t *out)
{
    for (size_t i = 0; i + 1 < count; i++)
        out[i] = (uint8_t)(PAIR_MAX - pairs[i]);
    out[count - 1] = (uint8_t)(PAIR_MAX + 1 - pairs[count - 1]);
}

static bool pairs_valid(const uint8_t *pairs, size_t count)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++)
        bad |= pairs[i] > PAIR_MAX;
    return bad == 0;
}

/* Pairs that are zero in front only move the exponent; below the range the number is zero. */
static void store_pairs(bool negative, int64_t exponent, const uint8_t *pairs, size_t count,
                        struct sqli_decimal *value)
{
    if (exponent < SQLI_DECIMAL_EXPONENT_MIN)
        return;
    value->negative = negative;
    value->exponent = (int8_t)exponent;
    value->count = (uint8_t)count;
    if (negative)
        complement(pairs, count, value->pairs);
    else
        memcpy(value->pairs, pairs, count);
}

enum sqli_status sqli__decimal_decode(struct sqli_span image, struct sqli_decimal *value,
                                      bool *null, struct sqli_error *error)
{
    *value = (struct sqli_decimal){0};
    *null = false;
    if (image.length == 0)
        return fail_image(error, image);
    *null = image_is_null(image);
    const uint8_t head = image.data[0];
    const bool negative = !(head & HEAD_POSITIVE);
    const uint8_t zero = negative ? PAIR_MAX : 0;
    size_t start = 1;
    size_t end = image.length;
    while (end > start && image.data[end - 1] == 0)
        end--;
    if (*null || end == start)
        return SQLI_OK;
    while (start + 1 < end && image.data[start] == zero)
        start++;
    const uint8_t *pairs = image.data + start;
    if (end - start > SQLI_DECIMAL_PAIRS || !pairs_valid(pairs, end - start))
        return fail_image(error, image);
    int exponent = (negative ? head ^ HEAD_EXPONENT : head & HEAD_EXPONENT) - EXPONENT_BIAS;
    store_pairs(negative, exponent - (int64_t)(start - 1), pairs, end - start, value);
    return SQLI_OK;
}

/* Such an image would be two zero bytes and more: NULL to whoever reads it. */
static bool looks_like_null(const struct sqli_decimal *value)
{
    return value->negative && value->exponent == SQLI_DECIMAL_EXPONENT_MAX && value->count > 1 &&
           value->pairs[0] == PAIR_MAX;
}

static void put_image(const struct sqli_decimal *value, uint8_t *out)
{
    if (value->count == 0) {
        out[0] = HEAD_POSITIVE;
        return;
    }
    int biased = value->exponent + EXPONENT_BIAS;
    if (value->negative) {
        out[0] = (uint8_t)(biased ^ HEAD_EXPONENT);
        complement(value->pairs, value->count, out + 1);
    } else {
        out[0] = (uint8_t)(biased | HEAD_POSITIVE);
        memcpy(out + 1, value->pairs, value->count);
    }
}

enum sqli_status sqli__decimal_encode(const struct sqli_decimal *value, size_t width, uint8_t *out,
                                      struct sqli_error *error)
{
    const size_t used = (size_t)value->count + 1;
    if (used > width)
        return sqli__decimal_fail(error, SQLI_E_DECIMAL_OVERFLOW, value);
    put_image(value, out);
    memset(out + used, 0, width - used);
    return SQLI_OK;
}

size_t sqli__decimal_encode_short(const struct sqli_decimal *value, uint8_t *out)
{
    put_image(value, out);
    if (value->count > 0)
        return (size_t)value->count + 1;
    out[1] = 0;
    return 2;
}

void sqli__wide_from(const struct sqli_decimal *value, struct sqli_wide *wide)
{
    wide->negative = value->negative;
    wide->exponent = value->exponent;
    wide->first = 1;
    wide->end = 1 + value->count;
    memcpy(wide->pairs + 1, value->pairs, value->count);
}

bool sqli__wide_trim(struct sqli_wide *wide)
{
    while (wide->first < wide->end && wide->pairs[wide->first] == 0) {
        wide->first++;
        wide->exponent--;
    }
    return wide->first < wide->end;
}

/* Adds `unit` to pair `at` and carries; a carry out of the first pair makes a new first pair. */
static void add_at(struct sqli_wide *wide, int at, int unit)
{
    for (;; at--, unit = 1) {
        if (at < wide->first) {
            wide->first = at;
            wide->exponent++;
            wide->pairs[at] = 0;
        }
        int pair = wide->pairs[at] + unit;
        wide->pairs[at] = (uint8_t)(pair > PAIR_MAX ? pair - PAIR_MAX - 1 : pair);
        if (pair <= PAIR_MAX)
            return;
    }
}

/* Half away from zero looks at the first digit that goes, and at none behind it. */
void sqli__wide_round(struct sqli_wide *wide, int digits)
{
    if (digits < 0) {
        wide->end = wide->first;
        return;
    }
    int at = wide->first + digits / 2;
    if (at >= wide->end)
        return;
    if (digits % 2) {
        int ones = wide->pairs[at] % 10;
        wide->pairs[at] = (uint8_t)(wide->pairs[at] - ones);
        wide->end = at + 1;
        if (ones >= 5)
            add_at(wide, at, 10);
    } else {
        bool up = wide->pairs[at] >= 50;
        wide->end = at;
        if (up)
            add_at(wide, at - 1, 1);
    }
}

bool sqli__wide_store(struct sqli_wide *wide, struct sqli_decimal *value)
{
    struct sqli_decimal result = {0};
    while (wide->end > wide->first && wide->pairs[wide->end - 1] == 0)
        wide->end--;
    if (sqli__wide_trim(wide) && wide->exponent >= SQLI_DECIMAL_EXPONENT_MIN) {
        if (wide->exponent > SQLI_DECIMAL_EXPONENT_MAX)
            return false;
        result.negative = wide->negative;
        result.exponent = (int8_t)wide->exponent;
        result.count = (uint8_t)(wide->end - wide->first);
        memcpy(result.pairs, wide->pairs + wide->first, result.count);
        if (looks_like_null(&result))
            return false;
    }
    *value = result;
    return true;
}

bool sqli__wide_settle(struct sqli_wide *wide, struct sqli_decimal *value)
{
    if (sqli__wide_trim(wide))
        sqli__wide_round(wide, SQLI_DECIMAL_DIGITS + sqli__wide_lead(wide));
    return sqli__wide_store(wide, value);
}

/* Digits before the point; none or fewer for a number below 1. */
static int integer_digits(const struct sqli_decimal *value)
{
    return value->count == 0 ? 0 : 2 * value->exponent - (value->pairs[0] < 10);
}

enum sqli_status sqli__decimal_round(struct sqli_decimal *value, int precision, int scale,
                                     struct sqli_error *error)
{
    if (value->count == 0)
        return SQLI_OK;
    struct sqli_wide wide;
    struct sqli_decimal result;
    const bool floating = scale == SQLI_DECIMAL_FLOATING;
    sqli__wide_from(value, &wide);
    sqli__wide_round(&wide,
                     floating ? precision + sqli__wide_lead(&wide) : 2 * value->exponent + scale);
    bool fits = sqli__wide_store(&wide, &result);
    if (!fits || (!floating && integer_digits(&result) > precision - scale && result.count > 0))
        return sqli__decimal_fail(error, SQLI_E_DECIMAL_OVERFLOW, value);
    *value = result;
    return SQLI_OK;
}

void sqli__decimal_from_int64(int64_t number, struct sqli_decimal *value)
{
    struct sqli_wide wide = {.negative = number < 0, .end = SQLI_DECIMAL_PAIRS};
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    wide.first = wide.end;
    for (; rest > 0; rest /= 100, wide.exponent++)
        wide.pairs[--wide.first] = (uint8_t)(rest % 100);
    sqli__wide_store(&wide, value); /* 19 digits always fit */
}

enum sqli_status sqli__decimal_to_int64(const struct sqli_decimal *value, int64_t *number,
                                        struct sqli_error *error)
{
    const uint64_t limit = (uint64_t)INT64_MAX + value->negative;
    uint64_t magnitude = 0;
    if (value->count > 0 && value->count > value->exponent)
        return sqli__decimal_fail(error, SQLI_E_VALUE_RANGE, value);
    for (int i = 0; i < value->exponent; i++) {
        unsigned pair = i < value->count ? value->pairs[i] : 0;
        if (magnitude > (limit - pair) / 100)
            return sqli__decimal_fail(error, SQLI_E_VALUE_RANGE, value);
        magnitude = magnitude * 100 + pair;
    }
    *number = (int64_t)(value->negative ? 0 - magnitude : magnitude);
    return SQLI_OK;
}

static int compare_magnitude(const struct sqli_decimal *a, const struct sqli_decimal *b)
{
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    int order = memcmp(a->pairs, b->pairs, a->count < b->count ? a->count : b->count);
    return order ? order : a->count - b->count;
}

/* -1, 0 or 1. Zero stands apart: its exponent says nothing about its size. */
static int sign(const struct sqli_decimal *value)
{
    return value->count == 0 ? 0 : value->negative ? -1 : 1;
}

int sqli__decimal_compare(const struct sqli_decimal *a, const struct sqli_decimal *b)
{
    int sign_a = sign(a);
    int sign_b = sign(b);
    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    int order = sign_a == 0 ? 0 : compare_magnitude(a, b) * sign_a;
    return (order > 0) - (order < 0);
}

enum sqli_status sqli__decimal_fail(struct sqli_error *error, int32_t code,
                                    const struct sqli_decimal *value)
{
    char text[SQLI_DECIMAL_TEXT_MAX];
    size_t length = sqli__decimal_write(value, SQLI_DECIMAL_FLOATING, text);
    return sqli__fail(error, code, "%.*s", (int)length, text);
}
