/* markdown: a table of GitHub's kind. */
#include "shell/format.h"

#include "shell/text.h"
#include "shell/width.h"

static void put_text(struct sqli_sh_writer *writer, struct sqli_span text)
{
    struct sqli_sh_glyph glyph;
    for (; text.length; text = sqli__span(text.data + glyph.length, text.length - glyph.length)) {
        sqli__sh_glyph(text, &glyph);
        if (text.data[0] == '\n') {
            sqli__sh_put_text(writer->out, "<br>");
        } else if (text.data[0] == '<' || text.data[0] == '&') {
            sqli__sh_put_text(writer->out, text.data[0] == '<' ? "&lt;" : "&amp;");
        } else {
            if (text.data[0] && strchr("|\\`*_[", text.data[0]))
                sqli__sh_put_byte(writer->out, '\\');
            sqli__sh_put(writer->out, glyph.text, glyph.shown);
        }
    }
}

static bool begin(struct sqli_sh_writer *writer)
{
    for (int c = 0; c < writer->columns; c++) {
        sqli__sh_put_text(writer->out, "| ");
        put_text(writer, sqli__span_text(writer->column[c].name));
        sqli__sh_put_byte(writer->out, ' ');
    }
    sqli__sh_put_text(writer->out, "|\n");
    for (int c = 0; c < writer->columns; c++)
        sqli__sh_put_text(writer->out, writer->column[c].right ? "| ---: " : "| --- ");
    sqli__sh_put_text(writer->out, "|\n");
    return true;
}

static void cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    (void)column;
    sqli__sh_put_text(writer->out, "| ");
    if (value.data)
        put_text(writer, value);
    else
        sqli__sh_put_text(writer->out, sqli__sh_null(writer, "NULL"));
    sqli__sh_put_byte(writer->out, ' ');
}

static void row(struct sqli_sh_writer *writer)
{
    sqli__sh_put_text(writer->out, "|\n");
}

/* Without it a table that follows would be more rows of this one. */
static void end(struct sqli_sh_writer *writer)
{
    sqli__sh_put_byte(writer->out, '\n');
}

const struct sqli_sh_format sqli__sh_format_markdown = {
    .state = 1,
    .begin = begin,
    .cell = cell,
    .row = row,
    .end = end,
};
