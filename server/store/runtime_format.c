/* Formats of dates: one list of fields, spelled in two ways. */
#include "server/store/runtime_format.h"

#include "base/ascii.h"
#include "value/number.h"
#include "value/parts.h"

enum { WEEK = 7, NOON = 12, FRACTION_DIGITS = 5, ABBREVIATION = 3, NESTING = 2 };

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

/* Day 0 was a Sunday. */
int sqli__weekday(int32_t days)
{
    int rest = days % WEEK;
    return rest < 0 ? rest + WEEK : rest;
}

/* --- Names --- */

static bool same_letter(uint8_t a, char b)
{
    return sqli__ascii_lower(a) == sqli__ascii_lower((uint8_t)b);
}

/* How many of the name's letters the text begins with. */
static size_t common(struct sqli_span text, const char *name)
{
    size_t length = 0;
    while (length < text.length && name[length] && same_letter(text.data[length], name[length]))
        length++;
    return length;
}

/* The whole name where it is there, else its three letters. *taken is what of the text it is. */
static int find_name(struct sqli_span text, const char *const *names, int count, size_t *taken)
{
    for (int i = 0; i < count; i++) {
        size_t length = common(text, names[i]);
        if (length < ABBREVIATION)
            continue;
        *taken = length == strlen(names[i]) ? length : ABBREVIATION;
        return i;
    }
    return -1;
}

int sqli__weekday_by_name(struct sqli_span name)
{
    size_t taken;
    struct sqli_span trimmed = sqli__trimmed(name);
    int day = find_name(trimmed, weekdays, WEEK, &taken);
    bool whole = day >= 0 && common(trimmed, weekdays[day]) == trimmed.length;
    return whole ? day : -1;
}

/* --- Elements of a format --- */

enum element {
    LITERAL,
    YEAR4,
    YEAR2,
    MONTH,
    MONTH_NAME,
    MONTH_SHORT,
    DAY,
    DAY_BLANK,
    DAY_OF_YEAR,
    WEEKDAY_NAME,
    WEEKDAY_SHORT,
    WEEKDAY_NUMBER,  /* 0 is Sunday */
    WEEKDAY_NUMBER1, /* 1 is Sunday */
    QUARTER,
    HOUR24,
    HOUR12,
    MINUTE,
    SECOND,
    FRACTION,
    HALF_DAY,
    NESTED, /* another format */
};

struct spelling {
    const char *name;
    enum element element;
    const char *nested;
};

static const struct spelling directives[] = {
    {"Y", YEAR4, NULL},
    {"y", YEAR2, NULL},
    {"m", MONTH, NULL},
    {"B", MONTH_NAME, NULL},
    {"b", MONTH_SHORT, NULL},
    {"h", MONTH_SHORT, NULL},
    {"d", DAY, NULL},
    {"e", DAY_BLANK, NULL},
    {"j", DAY_OF_YEAR, NULL},
    {"A", WEEKDAY_NAME, NULL},
    {"a", WEEKDAY_SHORT, NULL},
    {"w", WEEKDAY_NUMBER, NULL},
    {"H", HOUR24, NULL},
    {"I", HOUR12, NULL},
    {"M", MINUTE, NULL},
    {"S", SECOND, NULL},
    {"F", FRACTION, NULL},
    {"p", HALF_DAY, NULL},
    {"D", NESTED, "%m/%d/%y"},
    {"x", NESTED, "%m/%d/%y"},
    {"R", NESTED, "%H:%M"},
    {"T", NESTED, "%H:%M:%S"},
    {"X", NESTED, "%H:%M:%S"},
    {"r", NESTED, "%I:%M:%S %p"},
    {"c", NESTED, "%a %b %d %H:%M:%S %Y"},
};

/* Of those that begin alike the longest comes first. */
static const struct spelling words[] = {
    {"YYYY", YEAR4, NULL},  {"RRRR", YEAR4, NULL},       {"YY", YEAR2, NULL},
    {"RR", YEAR2, NULL},    {"MONTH", MONTH_NAME, NULL}, {"MON", MONTH_SHORT, NULL},
    {"MM", MONTH, NULL},    {"MI", MINUTE, NULL},        {"DDD", DAY_OF_YEAR, NULL},
    {"DD", DAY, NULL},      {"DAY", WEEKDAY_NAME, NULL}, {"DY", WEEKDAY_SHORT, NULL},
    {"HH24", HOUR24, NULL}, {"HH12", HOUR12, NULL},      {"HH", HOUR12, NULL},
    {"SS", SECOND, NULL},   {"FF", FRACTION, NULL},      {"AM", HALF_DAY, NULL},
    {"PM", HALF_DAY, NULL}, {"Q", QUARTER, NULL},        {"D", WEEKDAY_NUMBER1, NULL},
};

struct reader {
    struct sqli_span format;
    size_t at;
    bool by_directives;
    bool quoted; /* inside "..." of a format of words */
    int digits;  /* of the fraction */
    uint8_t literal;
    const char *nested;
};

static struct reader read_format(struct sqli_span format)
{
    return (struct reader){.format = format,
                           .by_directives =
                               format.length && memchr(format.data, '%', format.length)};
}

static void read_digits(struct reader *r)
{
    r->digits = FRACTION_DIGITS;
    if (r->at < r->format.length && sqli__is_digit(r->format.data[r->at]))
        r->digits = r->format.data[r->at++] - '0';
    r->digits = r->digits > FRACTION_DIGITS ? FRACTION_DIGITS : r->digits;
}

static enum element found(struct reader *r, const struct spelling *spelling)
{
    r->nested = spelling->nested;
    if (spelling->element == FRACTION)
        read_digits(r);
    return spelling->element;
}

static enum element literal(struct reader *r)
{
    r->literal = r->format.data[r->at++];
    return LITERAL;
}

/* Stands behind the percent sign. */
static enum sqli_status read_directive(struct reader *r, enum element *element,
                                       struct sqli_error *error)
{
    static const char plain[] = "%nt";
    static const char meant[] = "%\n\t";
    uint8_t c = r->at < r->format.length ? r->format.data[r->at] : 0;
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++)
        if (c == (uint8_t)directives[i].name[0]) {
            r->at++;
            *element = found(r, &directives[i]);
            return SQLI_OK;
        }
    const char *escaped = c ? strchr(plain, c) : NULL;
    if (!escaped)
        return sqli__fail_text(error, SQLI_E_FORMAT_CHARACTER, r->format);
    *element = literal(r);
    r->literal = (uint8_t)meant[escaped - plain];
    return SQLI_OK;
}

static enum element read_word(struct reader *r)
{
    struct sqli_span rest = {r->format.data + r->at, r->format.length - r->at};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].name);
        if (common(rest, words[i].name) != length)
            continue;
        r->at += length;
        return found(r, &words[i]);
    }
    return literal(r);
}

/* SQLI_MORE: the format has no further element. */
static enum sqli_status next_element(struct reader *r, enum element *element,
                                     struct sqli_error *error)
{
    while (!r->by_directives && r->at < r->format.length && r->format.data[r->at] == '"') {
        r->quoted = !r->quoted;
        r->at++;
    }
    if (r->at >= r->format.length)
        return SQLI_MORE;
    if (r->by_directives && r->format.data[r->at] == '%') {
        r->at++;
        return read_directive(r, element, error);
    }
    *element = r->by_directives || r->quoted ? literal(r) : read_word(r);
    return SQLI_OK;
}

/* --- To text --- */

static void put_number(struct sqli_buffer *out, int number, int width)
{
    sqli__buffer_format(out, "%0*d", width, number);
}

static void put_short(struct sqli_buffer *out, const char *name)
{
    sqli__buffer_append(out, name, ABBREVIATION);
}

/* With a point in front of it, unless the format wrote one. */
static void put_fraction(struct sqli_buffer *out, int32_t fraction, int digits)
{
    if (digits == 0)
        return;
    for (int i = digits; i < FRACTION_DIGITS; i++)
        fraction /= 10;
    if (out->length == 0 || out->data[out->length - 1] != '.')
        sqli__buffer_byte(out, '.');
    put_number(out, fraction, digits);
}

static int32_t days_of(const struct sqli_datetime *v)
{
    return sqli__date_from_fields(v->year, v->month, v->day);
}

static void put_of_day(const struct sqli_datetime *v, enum element element, struct sqli_buffer *out)
{
    int32_t days = days_of(v);
    int weekday = sqli__weekday(days);
    switch (element) {
    case DAY_OF_YEAR: put_number(out, days - sqli__date_from_fields(v->year, 1, 1) + 1, 3); break;
    case WEEKDAY_NAME: sqli__buffer_text(out, weekdays[weekday]); break;
    case WEEKDAY_SHORT: put_short(out, weekdays[weekday]); break;
    case WEEKDAY_NUMBER: put_number(out, weekday, 1); break;
    case WEEKDAY_NUMBER1: put_number(out, weekday + 1, 1); break;
    default: put_number(out, (v->month + 2) / 3, 1); break;
    }
}

static void put_element(const struct sqli_datetime *v, enum element element, const struct reader *r,
                        struct sqli_buffer *out)
{
    switch (element) {
    case LITERAL: sqli__buffer_byte(out, r->literal); break;
    case YEAR4: put_number(out, v->year, 4); break;
    case YEAR2: put_number(out, v->year % 100, 2); break;
    case MONTH: put_number(out, v->month, 2); break;
    case MONTH_NAME: sqli__buffer_text(out, months[v->month - 1]); break;
    case MONTH_SHORT: put_short(out, months[v->month - 1]); break;
    case DAY: put_number(out, v->day, 2); break;
    case DAY_BLANK: sqli__buffer_format(out, "%2d", v->day); break;
    case HOUR24: put_number(out, v->hour, 2); break;
    case HOUR12: put_number(out, (v->hour + NOON - 1) % NOON + 1, 2); break;
    case MINUTE: put_number(out, v->minute, 2); break;
    case SECOND: put_number(out, v->second, 2); break;
    case FRACTION: put_fraction(out, v->fraction, r->digits); break;
    case HALF_DAY: sqli__buffer_text(out, v->hour < NOON ? "AM" : "PM"); break;
    default: put_of_day(v, element, out); break;
    }
}

static enum sqli_status put(const struct sqli_datetime *value, struct sqli_span format, int depth,
                            struct sqli_buffer *out, struct sqli_error *error)
{
    struct reader r = read_format(format);
    enum element element;
    enum sqli_status status;
    while ((status = next_element(&r, &element, error)) == SQLI_OK) {
        if (element == NESTED && depth < NESTING)
            SQLI_TRY(put(value, sqli__span_text(r.nested), depth + 1, out, error));
        else if (element != NESTED)
            put_element(value, element, &r, out);
    }
    return status == SQLI_MORE ? SQLI_OK : status;
}

enum sqli_status sqli__format_datetime(const struct sqli_datetime *value, struct sqli_span format,
                                       struct sqli_buffer *out, struct sqli_error *error)
{
    return put(value, format, 0, out, error);
}

/* --- From text --- */

struct scanner {
    struct sqli_span text;
    size_t at;
    int century;
    bool set[SQLI_PARTS];
    int64_t part[SQLI_PARTS];
    int day_of_year; /* 0: not given */
    int half;        /* 1 AM, 2 PM */
};

static void skip_blanks(struct scanner *s)
{
    while (s->at < s->text.length && sqli__is_blank(s->text.data[s->at]))
        s->at++;
}

static bool scan_number(struct scanner *s, int most_digits, int64_t *number)
{
    size_t start = s->at;
    *number = 0;
    while (s->at < s->text.length && s->at - start < (size_t)most_digits &&
           sqli__is_digit(s->text.data[s->at]))
        *number = *number * 10 + (s->text.data[s->at++] - '0');
    return s->at > start;
}

static bool scan_part(struct scanner *s, int part, int digits)
{
    skip_blanks(s);
    s->set[part] = true;
    return scan_number(s, digits, &s->part[part]);
}

static bool scan_name(struct scanner *s, const char *const *names, int count, int64_t *number)
{
    size_t taken = 0;
    int found_at =
        find_name(sqli__span(s->text.data + s->at, s->text.length - s->at), names, count, &taken);
    s->at += taken;
    *number = found_at;
    return found_at >= 0;
}

static bool scan_month_name(struct scanner *s)
{
    int64_t number;
    bool there = scan_name(s, months, 12, &number);
    s->part[SQLI_PART_MONTH] = number + 1;
    s->set[SQLI_PART_MONTH] = true;
    return there;
}

static bool scan_fraction(struct scanner *s)
{
    if (s->at < s->text.length && s->text.data[s->at] == '.')
        s->at++;
    size_t start = s->at;
    int64_t number;
    bool there = scan_number(s, FRACTION_DIGITS, &number);
    for (size_t i = s->at - start; i < FRACTION_DIGITS; i++)
        number *= 10;
    while (s->at < s->text.length && sqli__is_digit(s->text.data[s->at]))
        s->at++;
    s->part[SQLI_PART_FRACTION] = number;
    s->set[SQLI_PART_FRACTION] = true;
    return there;
}

static bool scan_half(struct scanner *s)
{
    static const char *const halves[] = {"AM", "PM"};
    struct sqli_span rest = {s->text.data + s->at, s->text.length - s->at};
    for (int i = 0; i < 2; i++)
        if (common(rest, halves[i]) == 2) {
            s->half = i + 1;
            s->at += 2;
            return true;
        }
    return false;
}

/* A blank goes with any number of them. */
static bool scan_literal(struct scanner *s, uint8_t c)
{
    if (sqli__is_blank(c)) {
        skip_blanks(s);
        return true;
    }
    if (s->at >= s->text.length || s->text.data[s->at] != c)
        return false;
    s->at++;
    return true;
}

static bool scan_year2(struct scanner *s)
{
    bool there = scan_part(s, SQLI_PART_YEAR, 2);
    s->part[SQLI_PART_YEAR] += s->century;
    return there;
}

static bool scan_element(struct scanner *s, enum element element, const struct reader *r)
{
    int64_t ignored;
    bool there;
    switch (element) {
    case LITERAL: return scan_literal(s, r->literal);
    case YEAR4: return scan_part(s, SQLI_PART_YEAR, 4);
    case YEAR2: return scan_year2(s);
    case MONTH: return scan_part(s, SQLI_PART_MONTH, 2);
    case MONTH_NAME:
    case MONTH_SHORT: return scan_month_name(s);
    case DAY:
    case DAY_BLANK: return scan_part(s, SQLI_PART_DAY, 2);
    case DAY_OF_YEAR:
        there = scan_number(s, 3, &ignored);
        s->day_of_year = (int)ignored;
        return there;
    case WEEKDAY_NAME:
    case WEEKDAY_SHORT: return scan_name(s, weekdays, WEEK, &ignored);
    case HOUR24:
    case HOUR12: return scan_part(s, SQLI_PART_HOUR, 2);
    case MINUTE: return scan_part(s, SQLI_PART_MINUTE, 2);
    case SECOND: return scan_part(s, SQLI_PART_SECOND, 2);
    case FRACTION: return r->digits == 0 || scan_fraction(s);
    case HALF_DAY: return scan_half(s);
    default: return scan_number(s, 1, &ignored);
    }
}

static enum sqli_status scan(struct scanner *s, struct sqli_span format, int depth,
                             struct sqli_error *error)
{
    struct reader r = read_format(format);
    enum element element;
    enum sqli_status status;
    while ((status = next_element(&r, &element, error)) == SQLI_OK) {
        if (element == NESTED && depth < NESTING)
            SQLI_TRY(scan(s, sqli__span_text(r.nested), depth + 1, error));
        else if (element != NESTED && !scan_element(s, element, &r))
            return sqli__fail_text(error, SQLI_E_FORMAT_MISMATCH, s->text);
    }
    return status == SQLI_MORE ? SQLI_OK : status;
}

/* The hour of a clock with twelve: 12 AM is midnight. */
static void settle_half(struct scanner *s)
{
    int64_t *hour = &s->part[SQLI_PART_HOUR];
    if (s->half && *hour <= NOON)
        *hour = *hour % NOON + (s->half == 2 ? NOON : 0);
}

static void settle_day_of_year(struct scanner *s, const struct sqli_datetime *now)
{
    int year, month, day;
    if (s->day_of_year < 1)
        return;
    int64_t of = s->set[SQLI_PART_YEAR] ? s->part[SQLI_PART_YEAR] : now->year;
    sqli__date_to_fields(sqli__date_from_fields((int)of, 1, 1) + s->day_of_year - 1, &year, &month,
                         &day);
    s->part[SQLI_PART_YEAR] = year;
    s->part[SQLI_PART_MONTH] = month;
    s->part[SQLI_PART_DAY] = day;
    s->set[SQLI_PART_YEAR] = s->set[SQLI_PART_MONTH] = s->set[SQLI_PART_DAY] = true;
}

static void settle_missing(struct scanner *s, const struct sqli_datetime *now)
{
    const int64_t present[] = {now->year, now->month, now->day};
    bool before_all = true;
    for (int i = 0; i < SQLI_PARTS; i++) {
        if (s->set[i])
            before_all = false;
        else
            s->part[i] = before_all && i <= SQLI_PART_DAY ? present[i] : sqli__part_lowest(i);
    }
}

enum sqli_status sqli__scan_datetime(struct sqli_span text, struct sqli_span format,
                                     const struct sqli_datetime *now, int century,
                                     struct sqli_datetime *value, struct sqli_error *error)
{
    uint8_t image[SQLI_TEMPORAL_TEXT_MAX];
    struct scanner s = {.text = sqli__trimmed(text), .century = century};
    SQLI_TRY(scan(&s, sqli__trimmed(format), 0, error));
    skip_blanks(&s);
    if (s.at < s.text.length)
        return sqli__fail_text(error, SQLI_E_FORMAT_MISMATCH, s.text);
    settle_half(&s);
    settle_day_of_year(&s, now);
    settle_missing(&s, now);
    *value = (struct sqli_datetime){.qualifier = SQLI_QUALIFIER_YEAR_TO_FRACTION5,
                                    .year = (int16_t)s.part[SQLI_PART_YEAR],
                                    .month = (int8_t)s.part[SQLI_PART_MONTH],
                                    .day = (int8_t)s.part[SQLI_PART_DAY],
                                    .hour = (int8_t)s.part[SQLI_PART_HOUR],
                                    .minute = (int8_t)s.part[SQLI_PART_MINUTE],
                                    .second = (int8_t)s.part[SQLI_PART_SECOND],
                                    .fraction = (int32_t)s.part[SQLI_PART_FRACTION]};
    return sqli__datetime_encode(value, image, error);
}
