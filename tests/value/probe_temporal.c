/* DATE, DATETIME and INTERVAL on a pipe, for tests in other languages: one request per line, its
 * fields separated by tabs, and one answer line each (a range of days has one line per day).
 * Qualifiers are four hex digits. A failure answers "!" and the error code.
 *
 *   days FIRST LAST         the text of every day
 *   day TEXT                its number
 *   dtext Q IMAGE           an image as text, or NULL
 *   dimage Q TEXT           a text as image
 *   itext, iimage           the same for intervals
 *   dadd Q TEXT Q INTERVAL  a datetime and an interval
 *   dsub Q TEXT Q TEXT      qualifier and text of the difference of two datetimes
 *   iadd Q TEXT Q TEXT      qualifier and text of the sum of two intervals
 *   extend Q TEXT Q NOW     to the second qualifier; NOW is YEAR TO FRACTION(5) */
#include "value/temporal.h"
#include "value/type.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIELDS = 5, LINE_MAX_BYTES = 512 };

struct request {
    char *field[FIELDS];
    struct sqli_buffer *out;
    struct sqli_error error;
};

static sqli_qualifier qualifier(const struct request *r, int field)
{
    return (sqli_qualifier)strtoul(r->field[field], NULL, 16);
}

static struct sqli_span text(const struct request *r, int field)
{
    return sqli__span_text(r->field[field]);
}

static struct sqli_span image(const struct request *r, int field, uint8_t bytes[LINE_MAX_BYTES])
{
    size_t length = strlen(r->field[field]) / 2;
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {r->field[field][2 * i], r->field[field][2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return sqli__span(bytes, length);
}

static void put_image(struct request *r, const uint8_t *bytes, sqli_qualifier q)
{
    for (int32_t i = 0; i < sqli__packed_width(q); i++)
        sqli__buffer_format(r->out, "%02x", bytes[i]);
}

static enum sqli_status days(struct request *r)
{
    long last = strtol(r->field[2], NULL, 10);
    for (long day = strtol(r->field[1], NULL, 10); day <= last; day++) {
        sqli__date_to_text((int32_t)day, &sqli__date_iso, r->out);
        if (day < last)
            sqli__buffer_byte(r->out, '\n');
    }
    return SQLI_OK;
}

static enum sqli_status day(struct request *r)
{
    int32_t number;
    SQLI_TRY(sqli__date_from_text(text(r, 1), &sqli__date_iso, 2000, &number, &r->error));
    sqli__buffer_format(r->out, "%d", number);
    return SQLI_OK;
}

static enum sqli_status datetime_text(struct request *r)
{
    uint8_t bytes[LINE_MAX_BYTES];
    struct sqli_datetime value;
    bool null;
    SQLI_TRY(sqli__datetime_decode(image(r, 2, bytes), qualifier(r, 1), &value, &null, &r->error));
    if (null)
        sqli__buffer_text(r->out, "NULL");
    else
        sqli__datetime_to_text(&value, r->out);
    return SQLI_OK;
}

static enum sqli_status datetime_image(struct request *r)
{
    uint8_t bytes[LINE_MAX_BYTES];
    struct sqli_datetime value;
    SQLI_TRY(sqli__datetime_from_text(text(r, 2), qualifier(r, 1), &value, &r->error));
    SQLI_TRY(sqli__datetime_encode(&value, bytes, &r->error));
    put_image(r, bytes, value.qualifier);
    return SQLI_OK;
}

static enum sqli_status interval_text(struct request *r)
{
    uint8_t bytes[LINE_MAX_BYTES];
    struct sqli_interval value;
    bool null;
    SQLI_TRY(sqli__interval_decode(image(r, 2, bytes), qualifier(r, 1), &value, &null, &r->error));
    if (null)
        sqli__buffer_text(r->out, "NULL");
    else
        sqli__interval_to_text(&value, r->out);
    return SQLI_OK;
}

static enum sqli_status interval_image(struct request *r)
{
    uint8_t bytes[LINE_MAX_BYTES];
    struct sqli_interval value;
    SQLI_TRY(sqli__interval_from_text(text(r, 2), qualifier(r, 1), &value, &r->error));
    SQLI_TRY(sqli__interval_encode(&value, bytes, &r->error));
    put_image(r, bytes, value.qualifier);
    return SQLI_OK;
}

static enum sqli_status datetime_add(struct request *r)
{
    struct sqli_datetime value, sum;
    struct sqli_interval interval;
    SQLI_TRY(sqli__datetime_from_text(text(r, 2), qualifier(r, 1), &value, &r->error));
    SQLI_TRY(sqli__interval_from_text(text(r, 4), qualifier(r, 3), &interval, &r->error));
    SQLI_TRY(sqli__datetime_add(&value, &interval, &sum, &r->error));
    sqli__datetime_to_text(&sum, r->out);
    return SQLI_OK;
}

static void put_interval(struct request *r, const struct sqli_interval *value)
{
    sqli__buffer_format(r->out, "%04x\t", value->qualifier);
    sqli__interval_to_text(value, r->out);
}

static enum sqli_status datetime_subtract(struct request *r)
{
    struct sqli_datetime a, b;
    struct sqli_interval difference;
    SQLI_TRY(sqli__datetime_from_text(text(r, 2), qualifier(r, 1), &a, &r->error));
    SQLI_TRY(sqli__datetime_from_text(text(r, 4), qualifier(r, 3), &b, &r->error));
    SQLI_TRY(sqli__datetime_subtract(&a, &b, &difference, &r->error));
    put_interval(r, &difference);
    return SQLI_OK;
}

static enum sqli_status interval_add(struct request *r)
{
    struct sqli_interval a, b, sum;
    SQLI_TRY(sqli__interval_from_text(text(r, 2), qualifier(r, 1), &a, &r->error));
    SQLI_TRY(sqli__interval_from_text(text(r, 4), qualifier(r, 3), &b, &r->error));
    SQLI_TRY(sqli__interval_add(&a, &b, &sum, &r->error));
    put_interval(r, &sum);
    return SQLI_OK;
}

static enum sqli_status extend(struct request *r)
{
    struct sqli_datetime value, now, result;
    SQLI_TRY(sqli__datetime_from_text(text(r, 2), qualifier(r, 1), &value, &r->error));
    SQLI_TRY(
        sqli__datetime_from_text(text(r, 4), SQLI_QUALIFIER_YEAR_TO_FRACTION5, &now, &r->error));
    SQLI_TRY(sqli__datetime_extend(&value, qualifier(r, 3), &now, &result, &r->error));
    sqli__datetime_to_text(&result, r->out);
    return SQLI_OK;
}

static const struct {
    const char *name;
    int fields; /* with the name */
    enum sqli_status (*answer)(struct request *r);
} requests[] = {
    {"day", 2, day},
    {"days", 3, days},
    {"dtext", 3, datetime_text},
    {"dimage", 3, datetime_image},
    {"itext", 3, interval_text},
    {"iimage", 3, interval_image},
    {"dadd", 5, datetime_add},
    {"dsub", 5, datetime_subtract},
    {"iadd", 5, interval_add},
    {"extend", 5, extend},
};

static int split(char *line, char **field)
{
    int count = 0;
    while (count < FIELDS) {
        field[count++] = line;
        line = strchr(line, '\t');
        if (!line)
            break;
        *line++ = '\0';
    }
    return count;
}

static void answer(char *line, struct sqli_buffer *out)
{
    struct request r = {.out = out};
    int count = split(line, r.field);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (strcmp(requests[i].name, r.field[0]) != 0 || requests[i].fields != count)
            continue;
        if (requests[i].answer(&r) != SQLI_OK)
            sqli__buffer_format(out, "!%d", r.error.code);
        return;
    }
    sqli__buffer_text(out, "?");
}

int main(void)
{
    char line[LINE_MAX_BYTES];
    struct sqli_buffer out;
    sqli__buffer_init(&out, (size_t)1 << 28);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        answer(line, &out);
        sqli__buffer_byte(&out, '\n');
        if (out.length > 1 << 16 || out.failed) {
            fwrite(out.data, 1, out.length, stdout);
            if (out.failed)
                return 1;
            sqli__buffer_clear(&out);
        }
    }
    fwrite(out.data, 1, out.length, stdout);
    sqli__buffer_free(&out);
    return 0;
}
