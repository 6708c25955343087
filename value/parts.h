/* What DATE, DATETIME and INTERVAL share behind temporal.h: their fields one by one, and the text
 * of these. */
#ifndef SQLI_VALUE_PARTS_H
#define SQLI_VALUE_PARTS_H

#include "base/ascii.h"
#include "value/temporal.h"

/* Field code / 2; all digits of the fraction are one part, in units of 10^-5 seconds. */
enum {
    SQLI_PART_YEAR,
    SQLI_PART_MONTH,
    SQLI_PART_DAY,
    SQLI_PART_HOUR,
    SQLI_PART_MINUTE,
    SQLI_PART_SECOND,
    SQLI_PART_FRACTION,
    SQLI_PARTS
};

enum {
    SQLI_INTERVAL_DIGITS = 9, /* of the first field at the most */
    SQLI_QUALIFIER_TEXT = 40, /* room for any qualifier as text */
};

/* None is negative; those outside the qualifier do not count. */
struct sqli_parts {
    bool negative;
    int64_t part[SQLI_PARTS];
};

/* Digits of the first field, for DATETIME and INTERVAL alike. */
static inline int sqli__first_digits(sqli_qualifier q)
{
    return (q >> 8) - (sqli__qualifier_end(q) - sqli__qualifier_start(q));
}

static inline int sqli__first_part(sqli_qualifier q)
{
    return sqli__qualifier_start(q) / 2;
}

static inline int sqli__last_part(sqli_qualifier q)
{
    int end = sqli__qualifier_end(q);
    return end > SQLI_FIELD_SECOND ? SQLI_PART_FRACTION : end / 2;
}

/* The smallest step of a fraction as the qualifier has it, 1 to 10^5 (no fraction at all). */
int32_t sqli__fraction_step(sqli_qualifier q);

/* The least value of a field: 1 for year, month and day. */
static inline int64_t sqli__part_lowest(int part)
{
    return part <= SQLI_PART_DAY ? 1 : 0;
}

void sqli__qualifier_format(sqli_qualifier q, bool interval, char out[SQLI_QUALIFIER_TEXT]);

/* At least `width` digits, zeros in front; returns the end. A negative number counts as 0. */
char *sqli__put_digits(char *out, int64_t number, int width);

/* The text of the fields that q names; `first_width` pads the first one. Returns its length, below
 * SQLI_TEMPORAL_TEXT_MAX; there is a NUL behind it. An invalid qualifier has no text. */
size_t sqli__parts_print(const struct sqli_parts *parts, sqli_qualifier q, int first_width,
                         char out[SQLI_TEMPORAL_TEXT_MAX]);

/* Reads the fields that q names: one or two digits each (the first up to its precision), their
 * separators between them, blanks around; a fraction may have fewer digits or be left out.
 * `interval` allows a sign. The ranges of the fields are the caller's to check. *first_digits is
 * the number of digits that the first field was written with. */
enum sqli_status sqli__parts_scan(struct sqli_span text, sqli_qualifier q, bool interval,
                                  struct sqli_parts *parts, int *first_digits,
                                  struct sqli_error *error);

/* Fails with -1268, naming the word. */
enum sqli_status sqli__qualifier_fail(struct sqli_error *error, sqli_qualifier q);

static inline bool sqli__is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Without the blanks around. */
struct sqli_span sqli__trimmed(struct sqli_span text);

#endif
