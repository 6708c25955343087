#include "value/temporal.h"

#include "value/parts.h"

#include <stdio.h>

static const char *const field_names[] = {"year", "month", "day", "hour", "minute", "second"};

static bool range_exists(int start, int end)
{
    if (start < SQLI_FIELD_YEAR || start > SQLI_FIELD_SECOND || start % 2 != 0)
        return false;
    return end >= start && end <= SQLI_FIELD_FRACTION5 && (end > SQLI_FIELD_SECOND || end % 2 == 0);
}

static bool one_class(int start, int end)
{
    return (start <= SQLI_FIELD_MONTH) == (end <= SQLI_FIELD_MONTH);
}

static int default_first_digits(int start)
{
    return start == SQLI_FIELD_YEAR ? 4 : 2;
}

/* Two digits a field and one for each digit of the fraction: so the codes are spaced. */
static sqli_qualifier compose(int start, int end, int first)
{
    return (sqli_qualifier)((first + end - start) << 8 | start << 4 | end);
}

sqli_qualifier sqli__datetime_qualifier(int start, int end)
{
    if (!range_exists(start, end))
        return 0;
    return compose(start, end, default_first_digits(start));
}

sqli_qualifier sqli__interval_qualifier(int start, int end, int first)
{
    if (!range_exists(start, end) || !one_class(start, end))
        return 0;
    if (first == 0)
        first = default_first_digits(start);
    return first >= 1 && first <= SQLI_INTERVAL_DIGITS ? compose(start, end, first) : 0;
}

bool sqli__datetime_qualifier_valid(sqli_qualifier q)
{
    int start = sqli__qualifier_start(q);
    int end = sqli__qualifier_end(q);
    return range_exists(start, end) && sqli__first_digits(q) == default_first_digits(start);
}

bool sqli__interval_qualifier_valid(sqli_qualifier q)
{
    int start = sqli__qualifier_start(q);
    int end = sqli__qualifier_end(q);
    int first = sqli__first_digits(q);
    return range_exists(start, end) && one_class(start, end) && first >= 1 &&
           first <= SQLI_INTERVAL_DIGITS;
}

int sqli__interval_first_digits(sqli_qualifier q)
{
    return sqli__first_digits(q);
}

static void format_start(sqli_qualifier q, bool interval, char *out, size_t size)
{
    int start = sqli__qualifier_start(q);
    int first = sqli__first_digits(q);
    if (interval && first != default_first_digits(start))
        snprintf(out, size, "%s(%d)", field_names[start / 2], first);
    else
        snprintf(out, size, "%s", field_names[start / 2]);
}

void sqli__qualifier_format(sqli_qualifier q, bool interval, char out[SQLI_QUALIFIER_TEXT])
{
    if (!(interval ? sqli__interval_qualifier_valid(q) : sqli__datetime_qualifier_valid(q))) {
        snprintf(out, SQLI_QUALIFIER_TEXT, "qualifier 0x%04x", q);
        return;
    }
    char start[16];
    int end = sqli__qualifier_end(q);
    format_start(q, interval, start, sizeof start);
    if (end > SQLI_FIELD_SECOND)
        snprintf(out, SQLI_QUALIFIER_TEXT, "%s to fraction(%d)", start, end - SQLI_FIELD_SECOND);
    else
        snprintf(out, SQLI_QUALIFIER_TEXT, "%s to %s", start, field_names[end / 2]);
}

void sqli__qualifier_print(sqli_qualifier q, bool interval, struct sqli_buffer *text)
{
    char name[SQLI_QUALIFIER_TEXT];
    sqli__qualifier_format(q, interval, name);
    sqli__buffer_text(text, name);
}
