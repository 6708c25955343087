#include "value/parts.h"

#include "value/number.h"

/* What stands in front of each part when it is not the first. */
static const char separators[SQLI_PARTS] = {0, '-', '-', ' ', ':', ':', '.'};
static const int32_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000};

int32_t sqli__fraction_step(sqli_qualifier q)
{
    int digits = sqli__qualifier_end(q) - SQLI_FIELD_SECOND;
    return digits > 0 ? powers_of_ten[5 - digits] : powers_of_ten[5];
}

char *sqli__put_digits(char *out, int64_t number, int width)
{
    char digits[24];
    int count = 0;
    uint64_t rest = number > 0 ? (uint64_t)number : 0;
    while (rest || count < width || count == 0) {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

static char *put_fraction(char *out, int64_t fraction, sqli_qualifier q)
{
    int digits = sqli__qualifier_end(q) - SQLI_FIELD_SECOND;
    int64_t shown = fraction / sqli__fraction_step(q) % powers_of_ten[digits];
    return sqli__put_digits(out, shown, digits);
}

size_t sqli__parts_print(const struct sqli_parts *parts, sqli_qualifier q, int first_width,
                         char out[SQLI_TEMPORAL_TEXT_MAX])
{
    char *at = out;
    int first = sqli__first_part(q);
    int last = sqli__last_part(q);
    *at = '\0';
    if (!sqli__datetime_qualifier_valid(q) && !sqli__interval_qualifier_valid(q))
        return 0;
    if (parts->negative)
        *at++ = '-';
    at = sqli__put_digits(at, parts->part[first], first_width);
    for (int i = first + 1; i <= last; i++) {
        *at++ = separators[i];
        at = i == SQLI_PART_FRACTION ? put_fraction(at, parts->part[i], q)
                                     : sqli__put_digits(at, parts->part[i], 2);
    }
    *at = '\0';
    return (size_t)(at - out);
}

struct sqli_span sqli__trimmed(struct sqli_span text)
{
    while (text.length > 0 && sqli__is_blank(text.data[text.length - 1]))
        text.length--;
    while (text.length > 0 && sqli__is_blank(text.data[0])) {
        text.data++;
        text.length--;
    }
    return text;
}

enum sqli_status sqli__qualifier_fail(struct sqli_error *error, sqli_qualifier q)
{
    return sqli__fail(error, SQLI_E_INTERVAL_QUALIFIER, "qualifier 0x%04x", q);
}

/* The scanner returns error codes, 0 for none, so that the text is named in one place. */
struct scanner {
    const uint8_t *at;
    const uint8_t *end;
};

static int scan_digits(struct scanner *s, int64_t *number)
{
    enum { ENOUGH = 18 }; /* more than any field may have, and int64_t holds them */
    int count = 0;
    *number = 0;
    for (; s->at < s->end && sqli__is_digit(*s->at); s->at++) {
        if (count == ENOUGH)
            continue;
        *number = *number * 10 + (*s->at - '0');
        count++;
    }
    return count;
}

/* What ends the text too early is a field that is wrong, anything else is a strange character. */
static int32_t unexpected(const struct scanner *s)
{
    return s->at == s->end ? SQLI_E_DATETIME_FIELD_RANGE : SQLI_E_DATETIME_NON_NUMERIC;
}

static int32_t scan_separator(struct scanner *s, int part)
{
    if (s->at == s->end || *s->at != (uint8_t)separators[part])
        return unexpected(s);
    s->at++;
    while (part == SQLI_PART_HOUR && s->at < s->end && *s->at == ' ')
        s->at++;
    return 0;
}

static int32_t scan_later_part(struct scanner *s, int part, int64_t *number)
{
    int32_t code = scan_separator(s, part);
    if (code)
        return code;
    int count = scan_digits(s, number);
    if (count == 0)
        return unexpected(s);
    return count > 2 ? SQLI_E_DATETIME_FIELD_RANGE : 0;
}

static int32_t scan_fraction(struct scanner *s, sqli_qualifier q, int64_t *number)
{
    if (s->at == s->end)
        return 0;
    int32_t code = scan_separator(s, SQLI_PART_FRACTION);
    if (code)
        return code;
    int count = scan_digits(s, number);
    if (count == 0)
        return unexpected(s);
    if (count > sqli__qualifier_end(q) - SQLI_FIELD_SECOND)
        return SQLI_E_DATETIME_EXTRA;
    *number *= powers_of_ten[5 - count];
    return 0;
}

static void scan_sign(struct scanner *s, bool *negative)
{
    if (s->at == s->end || (*s->at != '-' && *s->at != '+'))
        return;
    *negative = *s->at == '-';
    s->at++;
}

static int32_t scan_parts(struct scanner *s, sqli_qualifier q, bool interval,
                          struct sqli_parts *parts, int *first_digits)
{
    int first = sqli__first_part(q);
    int last = sqli__last_part(q);
    *first_digits = scan_digits(s, &parts->part[first]);
    if (*first_digits == 0)
        return unexpected(s);
    if (*first_digits > sqli__first_digits(q))
        return interval ? SQLI_E_INTERVAL_OVERFLOW : SQLI_E_DATETIME_FIRST_FIELD;
    for (int i = first + 1; i <= last; i++) {
        int32_t code = i == SQLI_PART_FRACTION ? scan_fraction(s, q, &parts->part[i])
                                               : scan_later_part(s, i, &parts->part[i]);
        if (code)
            return code;
    }
    return s->at < s->end ? SQLI_E_DATETIME_EXTRA : 0;
}

enum sqli_status sqli__parts_scan(struct sqli_span text, sqli_qualifier q, bool interval,
                                  struct sqli_parts *parts, int *first_digits,
                                  struct sqli_error *error)
{
    struct sqli_span inner = sqli__trimmed(text);
    static const uint8_t nothing[1];
    struct scanner s = {nothing, nothing};
    if (inner.length > 0)
        s = (struct scanner){inner.data, inner.data + inner.length};
    *parts = (struct sqli_parts){0};
    if (interval)
        scan_sign(&s, &parts->negative);
    int32_t code = scan_parts(&s, q, interval, parts, first_digits);
    return code ? sqli__fail_text(error, code, inner) : SQLI_OK;
}
