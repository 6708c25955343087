#include "value/number.h"

#include "base/ascii.h"

#include "value/utf8.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- reading --- */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static void skip_blanks(struct reader *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t'))
        in->at++;
}

static bool accept(struct reader *in, uint8_t byte)
{
    if (in->at == in->end || *in->at != byte)
        return false;
    in->at++;
    return true;
}

/* The next digit, or -1 and nothing read. */
static int next_digit(struct reader *in)
{
    if (in->at == in->end || !sqli__is_digit(*in->at))
        return -1;
    return *in->at++ - '0';
}

static bool read_sign(struct reader *in)
{
    bool negative = accept(in, '-');
    if (!negative)
        accept(in, '+');
    return negative;
}

static struct reader open_reader(struct sqli_span text)
{
    /* An absent span has no address to count from. */
    static const uint8_t nothing = 0;
    const uint8_t *data = text.data ? text.data : &nothing;
    return (struct reader){data, data + (text.data ? text.length : 0)};
}

static bool at_end(struct reader *in)
{
    skip_blanks(in);
    return in->at == in->end;
}

/* Digits as numbers into the room there is. Everything that the loop counts is local: `digits`
 * might point at any of it, for all that the compiler knows. */
static void take_run(struct reader *in, uint8_t *digits, size_t room, struct sqli_number *number)
{
    const uint8_t *at = in->at;
    const uint8_t *const end = in->end;
    size_t count = number->count;
    for (; at < end && count < room && sqli__is_digit(*at); at++)
        digits[count++] = (uint8_t)(*at - '0');
    for (; at < end && sqli__is_digit(*at); at++)
        number->cut |= *at != '0';
    number->count = count;
    in->at = at;
}

/* One run of digits, before or behind the point; false when there is none. Zeros in front of the
 * number are not kept. */
static bool read_digits(struct reader *in, bool fraction, uint8_t *digits, size_t room,
                        struct sqli_number *number)
{
    const uint8_t *const start = in->at;
    if (number->count == 0)
        while (accept(in, '0'))
            ;
    const uint8_t *const kept = in->at;
    take_run(in, digits, room, number);
    number->point += fraction ? start - kept : in->at - kept;
    return in->at > start;
}

/* Stops growing far beyond any exponent that matters, and far from overflow. */
static bool read_exponent(struct reader *in, int64_t *exponent)
{
    const int64_t enough = (int64_t)1 << 56;
    bool negative = read_sign(in);
    int digit = next_digit(in);
    if (digit < 0)
        return false;
    for (; digit >= 0; digit = next_digit(in))
        if (*exponent < enough)
            *exponent = *exponent * 10 + digit;
    if (negative)
        *exponent = -*exponent;
    return true;
}

bool sqli__number_scan(struct sqli_span text, uint8_t *digits, size_t room,
                       struct sqli_number *number)
{
    struct reader in = open_reader(text);
    int64_t exponent = 0;
    *number = (struct sqli_number){0};
    skip_blanks(&in);
    number->negative = read_sign(&in);
    bool any = read_digits(&in, false, digits, room, number);
    if (accept(&in, '.'))
        any |= read_digits(&in, true, digits, room, number);
    if (!any)
        return false;
    if ((accept(&in, 'e') || accept(&in, 'E')) && !read_exponent(&in, &exponent))
        return false;
    number->point += exponent;
    return at_end(&in);
}

enum sqli_status sqli__fail_text(struct sqli_error *error, int32_t code, struct sqli_span text)
{
    enum { SHOWN = 400 }; /* more than the error object keeps */
    char shown[SHOWN];
    const bool utf8 = sqli__utf8_valid(text);
    const size_t length = text.length < SHOWN ? text.length : SHOWN;
    for (size_t i = 0; i < length; i++) {
        uint8_t c = text.data[i];
        shown[i] = c == '\0' || (c >= 0x80 && !utf8) ? '?' : (char)c;
    }
    return sqli__fail(error, code, "%.*s", (int)length, shown);
}

/* Reads digits up to `limit`; false and *over when they go past it. */
static bool read_magnitude(struct reader *in, uint64_t limit, uint64_t *magnitude, bool *over)
{
    int digit = next_digit(in);
    if (digit < 0)
        return false;
    for (; digit >= 0; digit = next_digit(in)) {
        *over |= *magnitude > (limit - (unsigned)digit) / 10;
        if (!*over)
            *magnitude = *magnitude * 10 + (unsigned)digit;
    }
    return true;
}

enum sqli_status sqli__int64_from_text(struct sqli_span text, int64_t *number,
                                       struct sqli_error *error)
{
    struct reader in = open_reader(text);
    uint64_t magnitude = 0;
    bool over = false;
    skip_blanks(&in);
    bool negative = read_sign(&in);
    if (!read_magnitude(&in, (uint64_t)INT64_MAX + negative, &magnitude, &over) || !at_end(&in))
        return sqli__fail_text(error, SQLI_E_NUMBER_TEXT, text);
    if (over)
        return sqli__fail_text(error, SQLI_E_BIGINT_RANGE, text);
    *number = (int64_t)(negative ? 0 - magnitude : magnitude);
    return SQLI_OK;
}

/* --- digits to binary --- */

bool sqli__real_finite(double number)
{
    return isfinite(number);
}

/* Where both sides are exact in a double, one operation rounds once. */
static bool quick_real(const struct sqli_number *number, const uint8_t *digits, int64_t exponent,
                       double *real)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const uint64_t exact = (uint64_t)1 << DBL_MANT_DIG;
    if (FLT_EVAL_METHOD != 0 || number->cut || number->count > 18 || exponent < -22 ||
        exponent > 22)
        return false;
    uint64_t whole = 0;
    for (size_t i = 0; i < number->count; i++)
        whole = whole * 10 + digits[i];
    if (whole > exact)
        return false;
    double magnitude =
        exponent < 0 ? (double)whole / powers[-exponent] : (double)whole * powers[exponent];
    *real = number->negative ? -magnitude : magnitude;
    return true;
}

enum {
    FAR = 1000,                        /* past infinity, or past zero */
    SPELLED = SQLI_NUMBER_DIGITS + 16, /* room for the sign and the exponent too */
};

/* For the C library: no point, and digits that were cut stand for something. */
static void spell(const struct sqli_number *number, const uint8_t *digits, char text[SPELLED])
{
    char *to = text;
    if (number->negative)
        *to++ = '-';
    for (size_t i = 0; i < number->count; i++)
        *to++ = (char)('0' + digits[i]);
    int exponent = (int)number->point - (int)number->count - number->cut;
    if (number->cut)
        *to++ = '1'; /* stands for all that was cut: it only has to break ties */
    snprintf(to, 8, "e%d", exponent);
}

/* Zero, or infinity; false where the digits decide. */
static bool far_real(const struct sqli_number *number, double *real)
{
    bool zero = number->count == 0 || number->point < -FAR;
    if (!zero && number->point <= FAR)
        return false;
    *real = zero ? 0.0 : HUGE_VAL;
    if (number->negative)
        *real = -*real;
    return true;
}

double sqli__number_to_real(const struct sqli_number *number, const uint8_t *digits)
{
    char text[SPELLED];
    double real;
    if (quick_real(number, digits, number->point - (int64_t)number->count, &real) ||
        far_real(number, &real))
        return real;
    spell(number, digits, text);
    return strtod(text, NULL);
}

/* Not by way of a double, which may round to the middle between two floats. */
static float number_to_single(const struct sqli_number *number, const uint8_t *digits)
{
    char text[SPELLED];
    double real;
    if (far_real(number, &real))
        return (float)real;
    spell(number, digits, text);
    return strtof(text, NULL);
}

enum sqli_status sqli__real_from_text(struct sqli_span text, double *number,
                                      struct sqli_error *error)
{
    uint8_t digits[SQLI_NUMBER_DIGITS];
    struct sqli_number parts;
    if (!sqli__number_scan(text, digits, sizeof digits, &parts))
        return sqli__fail_text(error, SQLI_E_NUMBER_TEXT, text);
    double result = sqli__number_to_real(&parts, digits);
    if (!sqli__real_finite(result))
        return sqli__fail_text(error, SQLI_E_FLOAT_RANGE, text);
    *number = result;
    return SQLI_OK;
}

enum sqli_status sqli__real_single_from_text(struct sqli_span text, float *number,
                                             struct sqli_error *error)
{
    uint8_t digits[SQLI_NUMBER_DIGITS];
    struct sqli_number parts;
    if (!sqli__number_scan(text, digits, sizeof digits, &parts))
        return sqli__fail_text(error, SQLI_E_NUMBER_TEXT, text);
    float result = number_to_single(&parts, digits);
    if (!sqli__real_finite((double)result))
        return sqli__fail_text(error, SQLI_E_SMALLFLOAT_RANGE, text);
    *number = result;
    return SQLI_OK;
}

/* --- binary to digits --- */

/* d1.d2 d3 ... * 10^exponent, as characters */
struct shortest {
    char digits[DBL_DECIMAL_DIG + 1];
    int count;
    int exponent;
};

/* How many digits to try: with fewer than `certain` a number in the normal range has none or its
 * own; `always` read back as the same number. */
struct precision {
    double normal;
    int certain;
    int always;
    bool single;
};

static const struct precision double_precision = {DBL_MIN, DBL_DIG, DBL_DECIMAL_DIG, false};
static const struct precision single_precision = {FLT_MIN, FLT_DIG, FLT_DECIMAL_DIG, true};

/* The nearest decimal of that many digits. Of what printf writes only ASCII digits count, so its
 * decimal point may be any character. */
static void take_digits(double magnitude, int count, struct shortest *out)
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", count - 1, magnitude);
    const char *at = text;
    for (out->count = 0; *at != 'e'; at++)
        if (*at >= '0' && *at <= '9')
            out->digits[out->count++] = *at;
    bool negative = at[1] == '-';
    out->exponent = 0;
    for (at += 2; *at; at++)
        out->exponent = out->exponent * 10 + (*at - '0');
    if (negative)
        out->exponent = -out->exponent;
}

static bool reads_back(const struct shortest *in, double magnitude, bool single)
{
    char text[64];
    snprintf(text, sizeof text, "%.*se%d", in->count, in->digits, in->exponent - in->count + 1);
    return single ? strtof(text, NULL) == (float)magnitude : strtod(text, NULL) == magnitude;
}

static void step_up(struct shortest *number)
{
    int i = number->count - 1;
    for (; i > 0 && number->digits[i] == '9'; i--)
        number->digits[i] = '0';
    if (number->digits[i] != '9') {
        number->digits[i]++;
    } else {
        number->digits[i] = '1';
        number->exponent++;
    }
}

/* Around a power of two the room above is twice that below: the nearest decimal may lie outside
 * below while its neighbour lies inside above. */
static bool neighbour_reads_back(struct shortest *out, double magnitude, bool single)
{
    int exponent;
    if (frexp(magnitude, &exponent) != 0.5)
        return false;
    step_up(out);
    return reads_back(out, magnitude, single);
}

static void find_shortest(double magnitude, const struct precision *precision, struct shortest *out)
{
    int count = magnitude < precision->normal ? 1 : precision->certain;
    for (; count < precision->always; count++) {
        take_digits(magnitude, count, out);
        if (reads_back(out, magnitude, precision->single) ||
            neighbour_reads_back(out, magnitude, precision->single))
            break;
    }
    if (count == precision->always)
        take_digits(magnitude, count, out);
    while (out->count > 1 && out->digits[out->count - 1] == '0')
        out->count--;
}

/* --- writing --- */

static char *put(char *to, const char *characters, int count)
{
    memcpy(to, characters, (size_t)count);
    return to + count;
}

static char *put_zeros(char *to, int count)
{
    memset(to, '0', (size_t)count);
    return to + count;
}

static char *put_plain(const struct shortest *number, char *to)
{
    int whole = number->exponent + 1; /* digits before the point */
    if (whole <= 0) {
        to = put(to, "0.", 2);
        to = put_zeros(to, -whole);
        return put(to, number->digits, number->count);
    }
    if (whole >= number->count) {
        to = put(to, number->digits, number->count);
        return put_zeros(to, whole - number->count);
    }
    to = put(to, number->digits, whole);
    *to++ = '.';
    return put(to, number->digits + whole, number->count - whole);
}

static char *put_scientific(const struct shortest *number, char *to)
{
    *to++ = number->digits[0];
    if (number->count > 1) {
        *to++ = '.';
        to = put(to, number->digits + 1, number->count - 1);
    }
    char exponent[16];
    int length = snprintf(exponent, sizeof exponent, "e%+03d", number->exponent);
    return put(to, exponent, length);
}

static size_t write_real(double number, const struct precision *precision, char *text)
{
    char *to = text;
    if (isnan(number))
        return (size_t)(put(to, "nan", 3) - text);
    if (signbit(number))
        *to++ = '-';
    double magnitude = fabs(number);
    if (isinf(magnitude))
        return (size_t)(put(to, "inf", 3) - text);
    if (magnitude == 0)
        return (size_t)(put(to, "0", 1) - text);
    struct shortest shortest;
    find_shortest(magnitude, precision, &shortest);
    bool plain = shortest.exponent >= -4 && shortest.exponent < 16;
    to = plain ? put_plain(&shortest, to) : put_scientific(&shortest, to);
    return (size_t)(to - text);
}

size_t sqli__real_write(double number, char *text)
{
    return write_real(number, &double_precision, text);
}

void sqli__real_to_text(double number, struct sqli_buffer *text)
{
    char written[SQLI_REAL_TEXT_MAX];
    sqli__buffer_append(text, written, write_real(number, &double_precision, written));
}

void sqli__real_single_to_text(float number, struct sqli_buffer *text)
{
    char written[SQLI_REAL_TEXT_MAX];
    sqli__buffer_append(text, written, write_real((double)number, &single_precision, written));
}
