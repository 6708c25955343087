#include "value/packed.h"

#include <stdio.h>

enum {
    POSITIVE = 0x80,
    BIAS = 64,
    NAMED_BYTES = 24, /* of an image in an error text */
};

/* Nothing but zeros may lie outside the places of the qualifier. */
static bool all_zero(const uint8_t *bytes, int count)
{
    uint8_t seen = 0;
    for (int i = 0; i < count; i++)
        seen |= bytes[i];
    return seen == 0;
}

/* Puts `count` digits, the first of which belongs to place `at`, into first <= place < end. */
static bool place(const uint8_t *digits, int count, int at, int first, int end, uint8_t *pairs)
{
    int skipped = at < first ? first - at : 0;
    if (skipped > count)
        skipped = count;
    int i = first;
    int next = skipped;
    for (; i < end && i < at; i++)
        pairs[i] = 0;
    for (; i < end && next < count; i++)
        pairs[i] = digits[next++];
    for (; i < end; i++)
        pairs[i] = 0;
    return all_zero(digits, skipped) && all_zero(digits + next, count - next);
}

/* Hundreds' complement, the same in both directions: zeros at the end stay, the last pair that is
 * not zero is taken from 100 and those in front of it from 99. */
static bool complement(const uint8_t *digits, int count, uint8_t *out)
{
    int base = 100;
    for (int i = count - 1; i >= 0; i--) {
        if (digits[i] > 99)
            return false;
        out[i] = digits[i] || base == 99 ? (uint8_t)(base - digits[i]) : 0;
        if (digits[i])
            base = 99;
    }
    return true;
}

/* FRACTION(1), (3) and (5) use the left digit of their last pair only; FRACTION(5) may come with
 * microseconds in it. */
static void drop_odd_digit(sqli_qualifier q, uint8_t *last)
{
    int end = sqli__qualifier_end(q);
    if (end > SQLI_FIELD_SECOND && end % 2 != 0 && *last <= 99)
        *last = (uint8_t)(*last - *last % 10);
}

enum sqli_packed sqli__packed_read(struct sqli_span image, sqli_qualifier q,
                                   uint8_t pairs[SQLI_PLACES], bool *negative)
{
    uint8_t flipped[SQLI_PACKED_MAX];
    if (image.length < 1 || image.length > SQLI_PACKED_MAX)
        return SQLI_PACKED_BAD;
    const uint8_t *digits = image.data + 1;
    int count = (int)image.length - 1;
    int head = image.data[0];
    if (head == 0 && (count == 0 || digits[0] == 0))
        return SQLI_PACKED_NULL;
    *negative = head < POSITIVE;
    if (*negative) {
        head = (head ^ 0x7f) | POSITIVE;
        if (!complement(digits, count, flipped))
            return SQLI_PACKED_BAD;
        digits = flipped;
    }
    int at = SQLI_PLACE_POINT - (head - POSITIVE - BIAS);
    int end = sqli__places_end(q);
    if (!place(digits, count, at, sqli__places_first(q), end, pairs))
        return SQLI_PACKED_BAD;
    drop_odd_digit(q, &pairs[end - 1]);
    return SQLI_PACKED_VALUE;
}

size_t sqli__packed_write(const uint8_t pairs[SQLI_PLACES], sqli_qualifier q, bool negative,
                          uint8_t *out)
{
    int first = sqli__places_first(q);
    int count = sqli__places_end(q) - first;
    int head = POSITIVE + BIAS + SQLI_PLACE_POINT - first;
    memcpy(out + 1, pairs + first, (size_t)count);
    if (negative) {
        complement(out + 1, count, out + 1);
        head = (head ^ 0x7f) & 0x7f;
    }
    out[0] = (uint8_t)head;
    return (size_t)count + 1;
}

enum sqli_status sqli__packed_fail(struct sqli_error *error, struct sqli_span image,
                                   sqli_qualifier q, bool interval)
{
    char hex[2 * NAMED_BYTES + 4] = "";
    char name[SQLI_QUALIFIER_TEXT];
    size_t kept = image.length < NAMED_BYTES ? image.length : NAMED_BYTES;
    for (size_t i = 0; i < kept; i++)
        snprintf(hex + 2 * i, 3, "%02x", image.data[i]);
    if (kept < image.length)
        memcpy(hex + 2 * kept, "...", 4);
    sqli__qualifier_format(q, interval, name);
    return sqli__fail(error, SQLI_E_VALUE_IMAGE, "%zu bytes %s as %s %s", image.length, hex,
                      interval ? "interval" : "datetime", name);
}
