#include "value/temporal.h"

#include "value/number.h"
#include "value/parts.h"

const struct sqli_date_format sqli__date_iso = {{'Y', 'M', 'D'}, 4, '-'};

enum {
    MARCH_YEAR_ZERO = 693900, /* days from 0000-03-01 to day 0 */
    DAYS_400_YEARS = 146097,
    DAYS_100_YEARS = 36524, /* the first three of four */
    DAYS_4_YEARS = 1461,
    TEXT_MAX = 32,
};

static bool leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool sqli__date_valid(int year, int month, int day)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && leap_year(year));
}

/* Both directions count years from March, so that the leap day is the last of its year. The months
 * from March on have 31 30 31 30 31 days again and again: 153 in five. */
int32_t sqli__date_from_fields(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1;
    int m = month > 2 ? month - 3 : month + 9;
    int days_before = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5;
    return days_before + day - 1 - MARCH_YEAR_ZERO;
}

void sqli__date_to_fields(int32_t days, int *year, int *month, int *day)
{
    int64_t count = (int64_t)days + MARCH_YEAR_ZERO;
    int era = (int)(count / DAYS_400_YEARS);
    int rest = (int)(count % DAYS_400_YEARS);
    if (rest < 0) {
        rest += DAYS_400_YEARS;
        era--;
    }
    /* Without the days that the leap rule adds, each year has 365. */
    int y =
        (rest - rest / (DAYS_4_YEARS - 1) + rest / DAYS_100_YEARS - rest / (DAYS_400_YEARS - 1)) /
        365;
    int day_of_year = rest - (365 * y + y / 4 - y / 100);
    int m = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = era * 400 + y + (m >= 10);
}

/* The three letters of the order; the year's number of digits follows its letter. */
static size_t parse_order(struct sqli_span text, struct sqli_date_format *format)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (at >= text.length)
            return 0;
        format->order[i] = (char)text.data[at++];
        if (format->order[i] != 'Y')
            continue;
        if (at >= text.length || (text.data[at] != '2' && text.data[at] != '4'))
            return 0;
        format->year_digits = (uint8_t)(text.data[at++] - '0');
    }
    return at;
}

/* Informix has four orders; the year never stands between the others. */
static bool order_exists(const char order[3])
{
    static const char orders[][3] = {
        {'Y', 'M', 'D'}, {'Y', 'D', 'M'}, {'M', 'D', 'Y'}, {'D', 'M', 'Y'}};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        if (memcmp(order, orders[i], 3) == 0)
            return true;
    return false;
}

/* '/' stands in for a separator that is missing or not allowed. */
static char separator_of(struct sqli_span rest)
{
    if (rest.length == 0)
        return '/';
    uint8_t c = rest.data[0];
    if (c == '0')
        return '\0';
    return c == '-' || c == '.' ? (char)c : '/';
}

enum sqli_status sqli__date_format_parse(struct sqli_span dbdate, struct sqli_date_format *format,
                                         struct sqli_error *error)
{
    struct sqli_date_format parsed = {0};
    size_t at = parse_order(dbdate, &parsed);
    if (at == 0 || !order_exists(parsed.order) || dbdate.length > at + 1)
        return sqli__fail_text(error, SQLI_E_DATE_FORMAT, dbdate);
    parsed.separator = separator_of(sqli__span(dbdate.data + at, dbdate.length - at));
    *format = parsed;
    return SQLI_OK;
}

/* --- From text --- */

struct group {
    int number; /* of the first digits; more than any field has are too many anyway */
    size_t digits;
};

static struct group read_group(const uint8_t *digits, size_t count)
{
    struct group group = {0, count};
    for (size_t i = 0; i < count && i < 8; i++)
        group.number = group.number * 10 + (digits[i] - '0');
    return group;
}

static size_t digits_at(struct sqli_span text, size_t at)
{
    size_t count = 0;
    while (at + count < text.length && sqli__is_digit(text.data[at + count]))
        count++;
    return count;
}

/* Blanks, with one sign among them at the most. */
static size_t separator_at(struct sqli_span text, size_t at)
{
    size_t count = 0;
    bool sign = false;
    for (; at + count < text.length; count++) {
        uint8_t c = text.data[at + count];
        if (sqli__is_blank(c))
            continue;
        if (sign || (c != '/' && c != '-' && c != '.'))
            break;
        sign = true;
    }
    return count;
}

static bool split_at_separators(struct sqli_span text, struct group groups[3])
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t separator = i > 0 ? separator_at(text, at) : 0;
        if (i > 0 && separator == 0)
            return false;
        at += separator;
        size_t count = digits_at(text, at);
        if (count == 0)
            return false;
        groups[i] = read_group(text.data + at, count);
        at += count;
    }
    return at == text.length;
}

/* Six or eight digits in a row; how many there are says how many the year has. */
static bool split_by_format(struct sqli_span text, const struct sqli_date_format *format,
                            struct group groups[3])
{
    if (text.length != 6 && text.length != 8)
        return false;
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t count = format->order[i] == 'Y' ? text.length - 4 : 2;
        groups[i] = read_group(text.data + at, count);
        at += count;
    }
    return true;
}

static bool split(struct sqli_span text, const struct sqli_date_format *format,
                  struct group groups[3])
{
    if (text.length > 0 && digits_at(text, 0) == text.length)
        return split_by_format(text, format, groups);
    return split_at_separators(text, groups);
}

static const struct group *group_of(const struct group groups[3],
                                    const struct sqli_date_format *format, char letter)
{
    for (int i = 0; i < 2; i++)
        if (format->order[i] == letter)
            return &groups[i];
    return &groups[2];
}

enum sqli_status sqli__date_from_text(struct sqli_span text, const struct sqli_date_format *format,
                                      int century, int32_t *days, struct sqli_error *error)
{
    struct sqli_span inner = sqli__trimmed(text);
    struct group groups[3];
    if (!split(inner, format, groups))
        return sqli__fail_text(error, SQLI_E_DATE_TEXT, inner);
    const struct group *year = group_of(groups, format, 'Y');
    const struct group *month = group_of(groups, format, 'M');
    const struct group *day = group_of(groups, format, 'D');
    int y = year->digits <= 2 ? century + year->number : year->number;
    if (year->digits > 4 || y < 1 || y > 9999)
        return sqli__fail_text(error, SQLI_E_DATE_YEAR, inner);
    if (month->digits > 2 || month->number < 1 || month->number > 12)
        return sqli__fail_text(error, SQLI_E_DATE_MONTH, inner);
    if (day->digits > 2 || !sqli__date_valid(y, month->number, day->number))
        return sqli__fail_text(error, SQLI_E_DATE_DAY, inner);
    *days = sqli__date_from_fields(y, month->number, day->number);
    return SQLI_OK;
}

/* --- To text --- */

static char *put_field(char *at, const struct sqli_date_format *format, char letter, int year,
                       int month, int day)
{
    if (letter == 'M' || letter == 'D')
        return sqli__put_digits(at, letter == 'M' ? month : day, 2);
    if (format->year_digits == 2)
        return sqli__put_digits(at, (year % 100 + 100) % 100, 2);
    if (year < 0)
        *at++ = '-';
    return sqli__put_digits(at, year < 0 ? -(int64_t)year : year, 4);
}

void sqli__date_to_text(int32_t days, const struct sqli_date_format *format,
                        struct sqli_buffer *text)
{
    char out[TEXT_MAX];
    char *at = out;
    int year, month, day;
    sqli__date_to_fields(days, &year, &month, &day);
    for (int i = 0; i < 3; i++) {
        if (i > 0 && format->separator)
            *at++ = format->separator;
        at = put_field(at, format, format->order[i], year, month, day);
    }
    sqli__buffer_append(text, out, (size_t)(at - out));
}
