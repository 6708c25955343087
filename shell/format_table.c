/* table: columns under each other. The first rows are kept until the widths are known; what comes
 * behind is written row by row with these widths. */
#include "shell/format.h"

#include "base/alloc.h"
#include "shell/text.h"
#include "shell/width.h"

#include <errno.h>

enum { MEASURED_ROWS = 1000, MEASURED_BYTES = 4 << 20, LEAST_WIDTH = 8 };

static const size_t null_value = SIZE_MAX;

struct column {
    size_t width, limit; /* no value is shown wider than `limit`; 0: any may */
};

/* One value of the row that is written, as far as it is not yet. */
struct pending {
    struct sqli_span rest;
    bool null, over;
};

struct table {
    struct column *column;
    struct pending *pending;
    struct sqli_buffer bytes;   /* the values of the rows that are kept, */
    struct sqli_buffer lengths; /* and of each its length, a size_t */
    struct sqli_buffer line;
    size_t kept;
    bool measured;
};

static bool begin(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    size_t columns = (size_t)writer->columns;
    t->column = sqli__alloc_zeroed(columns, sizeof *t->column);
    t->pending = sqli__alloc_zeroed(columns, sizeof *t->pending);
    sqli__buffer_init(&t->bytes, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&t->lengths, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&t->line, SQLI_SH_TEXT_MAX);
    return t->column && t->pending;
}

/* --- widths --- */

static struct sqli_span null_text(const struct sqli_sh_writer *writer)
{
    return sqli__span_text(sqli__sh_null(writer, "NULL"));
}

static size_t length_of(const struct table *t, size_t cell)
{
    size_t length;
    memcpy(&length, t->lengths.data + cell * sizeof length, sizeof length);
    return length;
}

static void widen(struct column *column, size_t width)
{
    column->width = width > column->width ? width : column->width;
}

static void measure_values(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    const uint8_t *at = t->bytes.data;
    size_t cells = t->kept * (size_t)writer->columns;
    for (size_t i = 0; i < cells; i++) {
        size_t length = length_of(t, i);
        struct sqli_span value = length == null_value ? null_text(writer) : sqli__span(at, length);
        widen(&t->column[i % (size_t)writer->columns], sqli__sh_width(value));
        at += length == null_value ? 0 : length;
    }
}

static size_t table_width(const struct sqli_sh_writer *writer, size_t limit)
{
    const struct table *t = writer->state;
    size_t sum = 0;
    for (int c = 0; c < writer->columns; c++) {
        bool cut = !writer->column[c].right && t->column[c].width > limit;
        sum += (cut ? limit : t->column[c].width) + (c ? 3 : 2);
    }
    return sum;
}

/* Numbers are never cut, so the texts share what is left. Where even that is too little, a pager
 * can be scrolled: there texts are as wide as the screen lets one be. */
static void fit(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    size_t limit = writer->look.width;
    if (writer->look.overlong == SQLI_SH_LONG_WHOLE || !limit ||
        table_width(writer, limit) <= limit)
        return;
    while (limit > LEAST_WIDTH && table_width(writer, limit) > writer->look.width)
        limit--;
    if (writer->out->pager && table_width(writer, limit) > writer->look.width)
        limit = writer->look.width;
    for (int c = 0; c < writer->columns; c++) {
        if (writer->column[c].right)
            continue;
        t->column[c].limit = limit;
        if (t->column[c].width > limit)
            t->column[c].width = limit;
    }
}

static void measure(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    for (int c = 0; c < writer->columns; c++) {
        t->column[c].width = sqli__sh_width(sqli__span_text(writer->column[c].name));
        if (writer->look.types)
            widen(&t->column[c], sqli__sh_width(sqli__span_text(writer->column[c].type_name)));
    }
    measure_values(writer);
    fit(writer);
    if (writer->look.width && table_width(writer, SIZE_MAX) > writer->look.width)
        sqli__sh_page_now(writer->out);
    t->measured = true;
}

/* --- lines --- */

static void put_colour(const struct sqli_sh_writer *writer, const char *colour)
{
    if (writer->look.colours)
        sqli__sh_put_text(writer->out, colour);
}

/* Cuts what is too long, the rest of its line with it, and says so with an ellipsis. */
static size_t next_line(struct sqli_sh_writer *writer, int c, enum sqli_sh_ending *ending)
{
    struct table *t = writer->state;
    size_t limit = t->column[c].limit;
    struct sqli_span *rest = &t->pending[c].rest, start = *rest;
    sqli__buffer_clear(&t->line);
    size_t width = sqli__sh_line(rest, limit, &t->line, ending);
    if (*ending != SQLI_SH_LIMIT || writer->look.overlong != SQLI_SH_LONG_CUT)
        return width;
    *rest = start;
    sqli__buffer_clear(&t->line);
    width = sqli__sh_line(rest, limit - 1, &t->line, ending) + 1;
    sqli__buffer_text(&t->line, "\xE2\x80\xA6");
    const uint8_t *newline = memchr(rest->data, '\n', rest->length);
    *ending = newline ? SQLI_SH_NEWLINE : SQLI_SH_END;
    size_t skipped = newline ? (size_t)(newline + 1 - rest->data) : rest->length;
    *rest = sqli__span(rest->data + skipped, rest->length - skipped);
    return width;
}

static void put_cell(struct sqli_sh_writer *writer, int c, const char *colour)
{
    struct table *t = writer->state;
    struct pending *pending = &t->pending[c];
    enum sqli_sh_ending ending = SQLI_SH_END;
    size_t width = 0;
    sqli__buffer_clear(&t->line);
    if (!pending->over)
        width = next_line(writer, c, &ending);
    pending->over = pending->over || ending == SQLI_SH_END;
    size_t padding = t->column[c].width > width ? t->column[c].width - width : 0;
    bool last = c + 1 == writer->columns;
    char mark = ending == SQLI_SH_NEWLINE ? '+' : ending == SQLI_SH_LIMIT ? '.' : ' ';
    sqli__sh_put_byte(writer->out, ' ');
    sqli__sh_put_fill(writer->out, ' ', writer->column[c].right ? padding : 0);
    put_colour(writer, colour);
    sqli__sh_put_span(writer->out, sqli__buffer_view(&t->line));
    put_colour(writer, *colour ? SQLI_SH_PLAIN : "");
    if (last && mark == ' ')
        return;
    sqli__sh_put_fill(writer->out, ' ', writer->column[c].right ? 0 : padding);
    sqli__sh_put_byte(writer->out, (uint8_t)mark);
}

static bool all_over(const struct sqli_sh_writer *writer)
{
    const struct table *t = writer->state;
    for (int c = 0; c < writer->columns; c++)
        if (!t->pending[c].over)
            return false;
    return true;
}

static void put_pending(struct sqli_sh_writer *writer, const char *colour)
{
    const struct table *t = writer->state;
    do {
        for (int c = 0; c < writer->columns; c++) {
            if (c)
                sqli__sh_put_byte(writer->out, '|');
            put_cell(writer, c, t->pending[c].null ? SQLI_SH_DIM : colour);
        }
        sqli__sh_put_byte(writer->out, '\n');
    } while (!all_over(writer));
}

static void put_header(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    if (!writer->look.header)
        return;
    for (int line = 0; line < (writer->look.types ? 2 : 1); line++) {
        for (int c = 0; c < writer->columns; c++) {
            const struct sqli_sh_column *column = &writer->column[c];
            t->pending[c] =
                (struct pending){.rest = sqli__span_text(line ? column->type_name : column->name)};
        }
        put_pending(writer, line ? SQLI_SH_DIM : SQLI_SH_BOLD);
    }
    for (int c = 0; c < writer->columns; c++) {
        if (c)
            sqli__sh_put_byte(writer->out, '+');
        sqli__sh_put_fill(writer->out, '-', t->column[c].width + 2);
    }
    sqli__sh_put_byte(writer->out, '\n');
}

static void put_kept(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    const uint8_t *at = t->bytes.data;
    size_t cell = 0;
    for (size_t row = 0; row < t->kept; row++) {
        for (int c = 0; c < writer->columns; c++, cell++) {
            size_t length = length_of(t, cell);
            bool null = length == null_value;
            t->pending[c] = (struct pending){
                .rest = null ? null_text(writer) : sqli__span(at, length), .null = null};
            at += null ? 0 : length;
        }
        put_pending(writer, "");
        sqli__sh_page_look(writer->out);
    }
    sqli__buffer_clear(&t->bytes);
    sqli__buffer_clear(&t->lengths);
    t->kept = 0;
}

static void put_first(struct sqli_sh_writer *writer)
{
    measure(writer);
    put_header(writer);
    put_kept(writer);
}

/* --- what comes in --- */

static void cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    struct table *t = writer->state;
    size_t length = value.data ? value.length : null_value;
    (void)column;
    if (value.data)
        sqli__buffer_span(&t->bytes, value);
    sqli__buffer_append(&t->lengths, &length, sizeof length);
}

static void row(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    if (t->bytes.failed || t->lengths.failed) {
        writer->out->why = ENOMEM;
        return;
    }
    t->kept++;
    if (t->measured)
        put_kept(writer);
    else if (t->kept == MEASURED_ROWS || t->bytes.length > MEASURED_BYTES)
        put_first(writer);
}

static void end(struct sqli_sh_writer *writer)
{
    const struct table *t = writer->state;
    if (!t->measured)
        put_first(writer);
    sqli__sh_put_count(writer);
}

static void release(struct sqli_sh_writer *writer)
{
    struct table *t = writer->state;
    sqli__free(t->column);
    sqli__free(t->pending);
    sqli__buffer_free(&t->bytes);
    sqli__buffer_free(&t->lengths);
    sqli__buffer_free(&t->line);
}

const struct sqli_sh_format sqli__sh_format_table = {
    .state = sizeof(struct table),
    .begin = begin,
    .cell = cell,
    .row = row,
    .end = end,
    .free = release,
};
