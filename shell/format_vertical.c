/* vertical: a line for each value, its column in front. */
#include "shell/format.h"

#include "shell/text.h"
#include "shell/width.h"

#include <stdio.h>

struct vertical {
    size_t names; /* width of the widest */
    struct sqli_buffer line;
};

static bool begin(struct sqli_sh_writer *writer)
{
    struct vertical *v = writer->state;
    sqli__buffer_init(&v->line, SQLI_SH_TEXT_MAX);
    for (int c = 0; c < writer->columns; c++) {
        size_t width = sqli__sh_width(sqli__span_text(writer->column[c].name));
        v->names = width > v->names ? width : v->names;
    }
    return true;
}

static void put_name(struct sqli_sh_writer *writer, const char *name)
{
    struct vertical *v = writer->state;
    struct sqli_span rest = sqli__span_text(name);
    enum sqli_sh_ending ending;
    sqli__buffer_clear(&v->line);
    size_t width = sqli__sh_line(&rest, 0, &v->line, &ending);
    sqli__sh_put_text(writer->out, writer->look.colours ? SQLI_SH_BOLD : "");
    sqli__sh_put_span(writer->out, sqli__buffer_view(&v->line));
    sqli__sh_put_text(writer->out, writer->look.colours ? SQLI_SH_PLAIN : "");
    sqli__sh_put_fill(writer->out, ' ', v->names - width);
    sqli__sh_put_text(writer->out, " | ");
}

static size_t line_limit(const struct sqli_sh_writer *writer)
{
    const struct vertical *v = writer->state;
    size_t used = v->names + 3;
    if (writer->look.overlong == SQLI_SH_LONG_WHOLE || !writer->look.width)
        return 0;
    return writer->look.width > used + 10 ? writer->look.width - used : 10;
}

static void put_value(struct sqli_sh_writer *writer, struct sqli_span rest)
{
    struct vertical *v = writer->state;
    enum sqli_sh_ending ending = SQLI_SH_END;
    do {
        if (ending != SQLI_SH_END)
            put_name(writer, "");
        sqli__buffer_clear(&v->line);
        sqli__sh_line(&rest, line_limit(writer), &v->line, &ending);
        sqli__sh_put_span(writer->out, sqli__buffer_view(&v->line));
        sqli__sh_put_byte(writer->out, '\n');
    } while (ending != SQLI_SH_END);
}

static void put_rule(struct sqli_sh_writer *writer)
{
    const struct vertical *v = writer->state;
    struct sqli_sh_output *out = writer->out;
    char title[40];
    int length = snprintf(title, sizeof title, "-[ %lld ]", (long long)writer->rows + 1);
    sqli__sh_put_text(out, title);
    for (size_t i = (size_t)length; i < v->names + 20; i++)
        sqli__sh_put_byte(out, i == v->names + 1 ? '+' : '-');
    sqli__sh_put_byte(out, '\n');
}

static void cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    const char *null = sqli__sh_null(writer, "NULL");
    if (column == 0 && writer->look.header)
        put_rule(writer);
    else if (column == 0 && writer->rows)
        sqli__sh_put_byte(writer->out, '\n');
    put_name(writer, writer->column[column].name);
    if (value.data) {
        put_value(writer, value);
        return;
    }
    if (writer->look.colours)
        sqli__sh_put_format(writer->out, SQLI_SH_DIM "%s" SQLI_SH_PLAIN "\n", null);
    else
        sqli__sh_put_format(writer->out, "%s\n", null);
}

static void end(struct sqli_sh_writer *writer)
{
    sqli__sh_put_count(writer);
}

static void release(struct sqli_sh_writer *writer)
{
    struct vertical *v = writer->state;
    sqli__buffer_free(&v->line);
}

const struct sqli_sh_format sqli__sh_format_vertical = {
    .state = sizeof(struct vertical),
    .begin = begin,
    .cell = cell,
    .end = end,
    .free = release,
};
