/* json: an array with an object for each row. jsonl: an object on each line. */
#include "shell/format.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "shell/text.h"

struct names {
    struct sqli_buffer *name; /* of each column: `"name":`, no two alike */
};

static void put_text(struct sqli_buffer *to, struct sqli_span text)
{
    sqli__buffer_byte(to, '"');
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = text.data[i];
        if (c == '"' || c == '\\')
            sqli__buffer_byte(to, '\\');
        if (c >= ' ')
            sqli__buffer_byte(to, c);
        else if (c == '\n' || c == '\t' || c == '\r')
            sqli__buffer_text(to, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
        else
            sqli__buffer_format(to, "\\u%04x", c);
    }
    sqli__buffer_byte(to, '"');
}

static bool taken(const struct names *names, int before, const struct sqli_buffer *name)
{
    for (int c = 0; c < before; c++)
        if (sqli__span_equal(sqli__buffer_view(&names->name[c]), sqli__buffer_view(name)))
            return true;
    return false;
}

/* (count), (count) become "(count)", "(count)_2": a reader would keep the last one only. */
static void make_name(struct sqli_sh_writer *writer, int column)
{
    struct names *names = writer->state;
    struct sqli_buffer *name = &names->name[column], text;
    sqli__buffer_init(name, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    for (int number = 1; number == 1 || (taken(names, column, name) && !name->failed); number++) {
        sqli__buffer_clear(&text);
        sqli__buffer_clear(name);
        sqli__buffer_text(&text, writer->column[column].name);
        if (number > 1)
            sqli__buffer_format(&text, "_%d", number);
        put_text(name, sqli__buffer_view(&text));
        sqli__buffer_byte(name, ':');
    }
    sqli__buffer_free(&text);
}

static bool jsonl_begin(struct sqli_sh_writer *writer)
{
    struct names *names = writer->state;
    names->name = sqli__alloc_zeroed((size_t)writer->columns, sizeof *names->name);
    for (int c = 0; names->name && c < writer->columns; c++)
        make_name(writer, c);
    return names->name;
}

static void jsonl_free(struct sqli_sh_writer *writer)
{
    struct names *names = writer->state;
    for (int c = 0; c < writer->columns; c++)
        sqli__buffer_free(&names->name[c]);
    sqli__free(names->name);
}

/* The server's texts of numbers are JSON's but for a point without a digit in front. */
static bool is_json_number(struct sqli_span value)
{
    size_t at = value.length && value.data[0] == '-';
    if (at >= value.length || !sqli__is_digit(value.data[at]))
        return false;
    for (; at < value.length; at++)
        if (!sqli__is_digit(value.data[at]) &&
            (!value.data[at] || !strchr(".eE+-", value.data[at])))
            return false;
    return true;
}

static void put_value(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    static const uint8_t plain[256] = {['"'] = 1, ['\\'] = 1};
    struct sqli_sh_output *out = writer->out;
    enum sqli_sh_json json = writer->column[column].json;
    size_t at = 0;
    if (!value.data) {
        sqli__sh_put_text(out, "null");
        return;
    }
    if (json == SQLI_SH_JSON_TRUTH && value.length) {
        sqli__sh_put_text(out, strchr("tT1", value.data[0]) ? "true" : "false");
        return;
    }
    if (json == SQLI_SH_JSON_NUMBER && is_json_number(value)) {
        sqli__sh_put_span(out, value);
        return;
    }
    while (at < value.length && value.data[at] >= ' ' && !plain[value.data[at]])
        at++;
    if (at == value.length) {
        sqli__sh_put_byte(out, '"');
        sqli__sh_put_span(out, value);
        sqli__sh_put_byte(out, '"');
        return;
    }
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    put_text(&text, value);
    sqli__sh_put_span(out, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
}

static void jsonl_cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    const struct names *names = writer->state;
    sqli__sh_put_byte(writer->out, column ? ',' : '{');
    sqli__sh_put_span(writer->out, sqli__buffer_view(&names->name[column]));
    put_value(writer, column, value);
}

static void jsonl_row(struct sqli_sh_writer *writer)
{
    sqli__sh_put_text(writer->out, "}\n");
}

static void json_cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    if (column == 0)
        sqli__sh_put_text(writer->out, writer->rows ? ",\n" : "[\n");
    jsonl_cell(writer, column, value);
}

static void json_row(struct sqli_sh_writer *writer)
{
    sqli__sh_put_byte(writer->out, '}');
}

static void json_end(struct sqli_sh_writer *writer)
{
    if (writer->whole)
        sqli__sh_put_text(writer->out, writer->rows ? "\n]\n" : "[]\n");
    else if (writer->rows)
        sqli__sh_put_byte(writer->out, '\n'); /* an array that nobody takes for the whole result */
}

const struct sqli_sh_format sqli__sh_format_jsonl = {
    .state = sizeof(struct names),
    .begin = jsonl_begin,
    .cell = jsonl_cell,
    .row = jsonl_row,
    .free = jsonl_free,
};

const struct sqli_sh_format sqli__sh_format_json = {
    .state = sizeof(struct names),
    .begin = jsonl_begin,
    .cell = json_cell,
    .row = json_row,
    .end = json_end,
    .free = jsonl_free,
};
