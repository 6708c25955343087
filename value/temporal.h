/* DATE, DATETIME and INTERVAL.
 *
 * DATE is a count of days, day 0 is 1899-12-31, in the proleptic Gregorian calendar. DATETIME and
 * INTERVAL hold the fields that their qualifier names and nothing else; they travel packed in pairs
 * of digits like a DECIMAL. */
#ifndef SQLI_VALUE_TEMPORAL_H
#define SQLI_VALUE_TEMPORAL_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "value/decimal.h"

/* The fields of a qualifier, with the codes of the wire. FRACTION(n) is SQLI_FIELD_SECOND + n. */
enum sqli_field {
    SQLI_FIELD_YEAR = 0,
    SQLI_FIELD_MONTH = 2,
    SQLI_FIELD_DAY = 4,
    SQLI_FIELD_HOUR = 6,
    SQLI_FIELD_MINUTE = 8,
    SQLI_FIELD_SECOND = 10,
    SQLI_FIELD_FRACTION1 = 11,
    SQLI_FIELD_FRACTION5 = 15,
};

/* digits << 8 | start << 4 | end, as the wire has it; digits counts every digit of every field. */
typedef uint16_t sqli_qualifier;

enum {
    SQLI_QUALIFIER_YEAR_TO_SECOND = 0x0e0a,
    SQLI_QUALIFIER_YEAR_TO_FRACTION5 = 0x130f,
    SQLI_QUALIFIER_YEAR_TO_DAY = 0x0804,
    SQLI_QUALIFIER_HOUR_TO_SECOND = 0x066a,
    SQLI_TEMPORAL_TEXT_MAX = 64, /* characters that any of the three fits in as text */
};

static inline int sqli__qualifier_start(sqli_qualifier q)
{
    return (q >> 4) & 0x0f;
}

static inline int sqli__qualifier_end(sqli_qualifier q)
{
    return q & 0x0f;
}

/* `first` is the number of digits of the first field: 0 takes the default (DATETIME's fixed ones;
 * for an INTERVAL 4 for YEAR and 2 for the others). Returns 0 for a qualifier that does not exist.
 */
sqli_qualifier sqli__datetime_qualifier(int start, int end);
sqli_qualifier sqli__interval_qualifier(int start, int end, int first);
bool sqli__datetime_qualifier_valid(sqli_qualifier q);
bool sqli__interval_qualifier_valid(sqli_qualifier q);
int sqli__interval_first_digits(sqli_qualifier q); /* 1 to 9 */

/* "year to second", "day(3) to fraction(5)", "second(4) to fraction(2)". `interval` says whether
 * the first field's digits are shown where they are not the default. */
void sqli__qualifier_print(sqli_qualifier q, bool interval, struct sqli_buffer *text);

/* --- DATE --- */

enum {
    SQLI_DATE_MIN = -693594, /* 0001-01-01 */
    SQLI_DATE_MAX = 2958464, /* 9999-12-31 */
};

/* True for a day of the calendar in the years 1 to 9999. */
bool sqli__date_valid(int year, int month, int day);
int32_t sqli__date_from_fields(int year, int month, int day); /* of a valid date */
void sqli__date_to_fields(int32_t days, int *year, int *month, int *day);

/* A DBDATE setting: "Y4MD-", "MDY4/", "DMY2.", "Y4MD0" (no separator). A separator that is missing
 * or none of `- . / 0` is '/'. */
struct sqli_date_format {
    char order[3];       /* 'Y', 'M' and 'D' as they come */
    uint8_t year_digits; /* 2 or 4 */
    char separator;      /* '\0' for none */
};

extern const struct sqli_date_format sqli__date_iso; /* Y4MD- */

enum sqli_status sqli__date_format_parse(struct sqli_span dbdate, struct sqli_date_format *format,
                                         struct sqli_error *error);
/* Any of `/ - .` or a blank separates on input, six or eight digits without a separator are cut by
 * the format. One or two digits of a year take the present century of `century` (2000: 26 is 2026),
 * three or four stand as they are. Errors are Informix's: -1204 year, -1205 month, -1206 day, -1218
 * text; they name the text. */
enum sqli_status sqli__date_from_text(struct sqli_span text, const struct sqli_date_format *format,
                                      int century, int32_t *days, struct sqli_error *error);
void sqli__date_to_text(int32_t days, const struct sqli_date_format *format,
                        struct sqli_buffer *text);

/* --- DATETIME --- */

/* Fields outside the qualifier hold what extension to YEAR TO FRACTION(5) gives: year 1, month 1,
 * day 1, rest 0. */
struct sqli_datetime {
    sqli_qualifier qualifier;
    int16_t year;
    int8_t month;
    int8_t day;
    int8_t hour;
    int8_t minute;
    int8_t second;
    int32_t fraction; /* in units of 10^-5 seconds, 0 to 99999 */
};

/* The packed image in any accepted form: fixed exponent or shifted, short or zero-filled up to 64
 * bytes; the sixth digit of a FRACTION(5) is dropped. Bytes that are no valid datetime (month 13)
 * fail. Without a year in the qualifier there is a February 29, without a month a day 31. */
enum sqli_status sqli__datetime_decode(struct sqli_span image, sqli_qualifier q,
                                       struct sqli_datetime *value, bool *null,
                                       struct sqli_error *error);
/* sqli__packed_width(value->qualifier) bytes, fixed exponent, leading zero pairs kept. Fields
 * outside the qualifier are not looked at. */
enum sqli_status sqli__datetime_encode(const struct sqli_datetime *value, uint8_t *out,
                                       struct sqli_error *error);
/* "2026-05-04 12:34:56.78" with exactly the fields of q, each with one or two digits; the fraction
 * may be shorter or left out. A year of one or two digits is of this century. -1261 (first field),
 * -1262 (no digit), -1263 (range, or a field missing) and -1264 (more than q has) name the text. */
enum sqli_status sqli__datetime_from_text(struct sqli_span text, sqli_qualifier q,
                                          struct sqli_datetime *value, struct sqli_error *error);
void sqli__datetime_to_text(const struct sqli_datetime *value, struct sqli_buffer *text);
/* To another qualifier: narrower cuts; fields new on the right get their lowest value, fields new
 * on the left come from `now`. -1263 when that day does not exist. */
enum sqli_status sqli__datetime_extend(const struct sqli_datetime *value, sqli_qualifier q,
                                       const struct sqli_datetime *now,
                                       struct sqli_datetime *result, struct sqli_error *error);

/* --- INTERVAL --- */

/* Two classes that never mix: years and months, days and below. The value is one signed count, so
 * that comparing and adding are plain arithmetic. */
struct sqli_interval {
    sqli_qualifier qualifier;
    bool year_month;
    /* months, or units of 10^-5 seconds; 999999999 days fit */
    int64_t amount;
};

enum sqli_status sqli__interval_decode(struct sqli_span image, sqli_qualifier q,
                                       struct sqli_interval *value, bool *null,
                                       struct sqli_error *error);
/* sqli__packed_width(value->qualifier) bytes; zero is `80 00 ...`, as for a DECIMAL. -1265 when the
 * first field has more digits than the qualifier allows. */
enum sqli_status sqli__interval_encode(const struct sqli_interval *value, uint8_t *out,
                                       struct sqli_error *error);
/* "-5 04:03:02.123": sign, then the fields as for a DATETIME; the first one has up to as many
 * digits as its precision (-1265 for more), the others must be in range (-1263). */
enum sqli_status sqli__interval_from_text(struct sqli_span text, sqli_qualifier q,
                                          struct sqli_interval *value, struct sqli_error *error);
void sqli__interval_to_text(const struct sqli_interval *value, struct sqli_buffer *text);

/* The fields of an interval, each not negative, with the sign apart. */
struct sqli_interval_fields {
    bool negative;
    int32_t year, month, day, hour, minute, second, fraction;
};
/* An amount past the qualifier's first field stops at INT32_MAX there. */
void sqli__interval_to_fields(const struct sqli_interval *value,
                              struct sqli_interval_fields *fields);
/* Fields to the right of the qualifier are cut; those to its left must be 0 (-1263). */
enum sqli_status sqli__interval_from_fields(const struct sqli_interval_fields *fields,
                                            sqli_qualifier q, struct sqli_interval *value,
                                            struct sqli_error *error);

/* The arithmetic that SQL has. Errors: -1266 for operands that do not go together, -1265 and -1267
 * for results that are too large or do not exist, -1268 for qualifiers. */

/* In a's fields, the first of them with all nine digits. What b has below a's last field is cut
 * before adding; b must not begin with a larger field than a. */
enum sqli_status sqli__interval_add(const struct sqli_interval *a, const struct sqli_interval *b,
                                    struct sqli_interval *sum, struct sqli_error *error);
/* By a number, in the interval's own qualifier; what is finer than its last field is cut. -1202 for
 * a division by zero. */
enum sqli_status sqli__interval_multiply(const struct sqli_interval *value,
                                         const struct sqli_decimal *factor,
                                         struct sqli_interval *product, struct sqli_error *error);
enum sqli_status sqli__interval_divide(const struct sqli_interval *value,
                                       const struct sqli_decimal *divisor,
                                       struct sqli_interval *quotient, struct sqli_error *error);
/* a / b; -1266 when they are not of one class, -1202 for a b of zero. */
enum sqli_status sqli__interval_ratio(const struct sqli_interval *a, const struct sqli_interval *b,
                                      struct sqli_decimal *ratio, struct sqli_error *error);
/* `number` units of the qualifier's last field (a thousandth of a second for a FRACTION), cut to a
 * whole number of them. */
enum sqli_status sqli__interval_units(const struct sqli_decimal *number, sqli_qualifier q,
                                      struct sqli_interval *value, struct sqli_error *error);
/* The sum keeps the datetime's qualifier, which must have all fields of the interval: -1268 when
 * the interval goes further down, -1266 when it begins higher up. -1267 for a day that does not
 * exist (January 31 and one month) and when a field in front of the qualifier would have to change.
 */
enum sqli_status sqli__datetime_add(const struct sqli_datetime *value,
                                    const struct sqli_interval *interval, struct sqli_datetime *sum,
                                    struct sqli_error *error);
/* a - b in a's fields; b is cut or extended on the right to these, and must begin no lower than a
 * (extend it first). YEAR TO MONTH for year and month datetimes, DAY(8) to a's end when a has days,
 * else from a's first field. Fields that both lack count as in struct sqli_datetime. */
enum sqli_status sqli__datetime_subtract(const struct sqli_datetime *a,
                                         const struct sqli_datetime *b,
                                         struct sqli_interval *difference,
                                         struct sqli_error *error);

#endif
