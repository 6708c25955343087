#include "value/decimal_wide.h"
#include "value/number.h"

static const char pair_text[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";

static char *put_pair(char *to, uint8_t pair)
{
    memcpy(to, pair_text + 2 * (size_t)pair, 2);
    return to + 2;
}

static char *put_integer(const struct sqli_decimal *value, char *to)
{
    if (value->exponent <= 0) {
        *to++ = '0';
        return to;
    }
    if (value->pairs[0] < 10)
        *to++ = (char)('0' + value->pairs[0]);
    else
        to = put_pair(to, value->pairs[0]);
    for (int i = 1; i < value->exponent; i++)
        to = put_pair(to, i < value->count ? value->pairs[i] : 0);
    return to;
}

/* The digits behind the point, at least `scale` of them. */
static char *put_fraction(const struct sqli_decimal *value, int scale, char *to)
{
    char *enough = to + scale;
    for (int i = value->exponent; i < 0; i++)
        to = put_pair(to, 0);
    int i = value->exponent > 0 ? value->exponent : 0;
    if (i < value->count) {
        for (; i < value->count; i++)
            to = put_pair(to, value->pairs[i]);
        to -= value->pairs[value->count - 1] % 10 == 0;
    }
    while (to < enough)
        *to++ = '0';
    return to;
}

static char *put_plain(const struct sqli_decimal *value, int scale, char *to)
{
    to = put_integer(value, to);
    char *fraction = to + 1;
    char *end = put_fraction(value, scale, fraction);
    if (end == fraction)
        return to;
    *to = '.';
    return end;
}

/* Digits of the plain form, a lone zero before the point not counted. */
static int plain_digits(const struct sqli_decimal *value)
{
    if (value->count == 0)
        return 1;
    int digits = value->exponent > 0 ? 2 * value->exponent - (value->pairs[0] < 10) : 0;
    if (value->count > value->exponent)
        digits += 2 * (value->count - value->exponent) - (value->pairs[value->count - 1] % 10 == 0);
    return digits;
}

/* The significant digits, from the first to the last that is not zero. */
static size_t put_digits(const struct sqli_decimal *value, char *to)
{
    char all[2 * SQLI_DECIMAL_PAIRS];
    for (int i = 0; i < value->count; i++)
        put_pair(all + 2 * i, value->pairs[i]);
    int first = all[0] == '0';
    int end = 2 * value->count - (all[2 * value->count - 1] == '0');
    memcpy(to, all + first, (size_t)(end - first));
    return (size_t)(end - first);
}

static char *put_exponent(int exponent, char *to)
{
    *to++ = 'E';
    *to++ = exponent < 0 ? '-' : '+';
    int size = exponent < 0 ? -exponent : exponent;
    if (size >= 100)
        *to++ = (char)('0' + size / 100);
    if (size >= 10)
        *to++ = (char)('0' + size / 10 % 10);
    *to++ = (char)('0' + size % 10);
    return to;
}

/* 1E+124, 1.25E-40 */
static char *put_scientific(const struct sqli_decimal *value, char *to)
{
    size_t count = put_digits(value, to + 1);
    to[0] = to[1];
    to[1] = '.';
    return put_exponent(2 * value->exponent - (value->pairs[0] < 10) - 1,
                        to + (count > 1 ? count + 1 : 1));
}

size_t sqli__decimal_write(const struct sqli_decimal *value, int scale, char *text)
{
    char *to = text;
    if (value->negative)
        *to++ = '-';
    if (scale != SQLI_DECIMAL_FLOATING)
        to = put_plain(value, scale < SQLI_DECIMAL_DIGITS ? scale : SQLI_DECIMAL_DIGITS, to);
    else if (plain_digits(value) <= SQLI_DECIMAL_DIGITS)
        to = put_plain(value, 0, to);
    else
        to = put_scientific(value, to);
    return (size_t)(to - text);
}

void sqli__decimal_to_text(const struct sqli_decimal *value, int scale, struct sqli_buffer *text)
{
    char written[SQLI_DECIMAL_TEXT_MAX];
    sqli__buffer_append(text, written, sqli__decimal_write(value, scale, written));
}

/* Pairs are cut from the decimal point outwards: an odd number of digits before it means that the
 * first pair has a zero for its tens. `point` is small here. */
static void pair_up(const uint8_t *digits, size_t count, int point, struct sqli_wide *wide)
{
    const bool odd = point % 2 != 0;
    size_t i = 0;
    uint8_t *to = wide->pairs + 1;
    wide->exponent = (point + odd) / 2;
    if (odd)
        *to++ = digits[i++];
    for (; i + 1 < count; i += 2)
        *to++ = (uint8_t)(digits[i] * 10 + digits[i + 1]);
    if (i < count)
        *to++ = (uint8_t)(digits[i] * 10);
    wide->first = 1;
    wide->end = (int)(to - wide->pairs);
}

enum sqli_status sqli__decimal_from_text(struct sqli_span text, struct sqli_decimal *value,
                                         struct sqli_error *error)
{
    enum { FAR = 4 * SQLI_DECIMAL_EXPONENT_MAX }; /* out of range on either side */
    uint8_t digits[SQLI_DECIMAL_DIGITS + 1];      /* the last one only rounds */
    struct sqli_number number;
    struct sqli_wide wide;
    if (!sqli__number_scan(text, digits, sizeof digits, &number))
        return sqli__fail_text(error, SQLI_E_NUMBER_TEXT, text);
    if (number.count == 0 || number.point < -FAR) {
        *value = (struct sqli_decimal){0};
        return SQLI_OK;
    }
    if (number.point > FAR)
        return sqli__fail_text(error, SQLI_E_DECIMAL_TOO_LARGE, text);
    wide.negative = number.negative;
    pair_up(digits, number.count, (int)number.point, &wide);
    if (!sqli__wide_settle(&wide, value))
        return sqli__fail_text(error, SQLI_E_DECIMAL_TOO_LARGE, text);
    return SQLI_OK;
}

enum sqli_status sqli__decimal_from_double(double number, struct sqli_decimal *value,
                                           struct sqli_error *error)
{
    char text[SQLI_REAL_TEXT_MAX];
    struct sqli_span written = sqli__span(text, sqli__real_write(number, text));
    if (!sqli__real_finite(number))
        return sqli__fail_text(error, SQLI_E_VALUE_RANGE, written);
    return sqli__decimal_from_text(written, value, error);
}

double sqli__decimal_to_double(const struct sqli_decimal *value)
{
    uint8_t digits[2 * SQLI_DECIMAL_PAIRS];
    for (size_t i = 0; i < value->count; i++) {
        digits[2 * i] = value->pairs[i] / 10;
        digits[2 * i + 1] = value->pairs[i] % 10;
    }
    const struct sqli_number number = {.negative = value->negative,
                                       .count = (size_t)value->count * 2,
                                       .point = 2 * value->exponent};
    return sqli__number_to_real(&number, digits);
}
