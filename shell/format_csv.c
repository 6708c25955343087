/* csv as RFC 4180 has it, and unload, Informix's delimited format. In both NULL can be told from an
 * empty text: csv quotes the text, unload writes it as a backslash and a blank. */
#include "shell/format.h"

struct delimited {
    const char *null;
    size_t null_length;
    uint8_t delimiter;
    bool special[256]; /* bytes for which csv quotes a value, and which unload escapes */
};

/* As it is, the value would be read as NULL, or at the start of a file as a byte order mark. */
static bool misleads(const struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    const struct delimited *d = writer->state;
    bool first = writer->rows == 0 && column == 0;
    return (value.length == d->null_length && memcmp(value.data, d->null, value.length) == 0) ||
           (first && value.length >= 3 && memcmp(value.data, "\xEF\xBB\xBF", 3) == 0);
}

/* --- csv --- */

static bool needs_quotes(const struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    const struct delimited *d = writer->state;
    for (size_t i = 0; i < value.length; i++)
        if (d->special[value.data[i]])
            return true;
    return value.length == 0 || misleads(writer, column, value);
}

static void put_csv(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    struct sqli_sh_output *out = writer->out;
    if (!needs_quotes(writer, column, value)) {
        sqli__sh_put_span(out, value);
        return;
    }
    sqli__sh_put_byte(out, '"');
    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] == '"')
            sqli__sh_put_byte(out, '"');
        sqli__sh_put_byte(out, value.data[i]);
    }
    sqli__sh_put_byte(out, '"');
}

static void csv_cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    const struct delimited *d = writer->state;
    if (column)
        sqli__sh_put_byte(writer->out, d->delimiter);
    if (value.data)
        put_csv(writer, column, value);
    else
        sqli__sh_put(writer->out, d->null, d->null_length);
}

static void csv_row(struct sqli_sh_writer *writer)
{
    sqli__sh_put_byte(writer->out, '\n');
}

static bool begin(struct sqli_sh_writer *writer, char delimiter, const char *special)
{
    struct delimited *d = writer->state;
    d->delimiter = (uint8_t)(writer->look.delimiter ? writer->look.delimiter : delimiter);
    d->null = sqli__sh_null(writer, "");
    d->null_length = strlen(d->null);
    d->special[d->delimiter] = true;
    for (; *special; special++)
        d->special[(uint8_t)*special] = true;
    return true;
}

static bool csv_begin(struct sqli_sh_writer *writer)
{
    begin(writer, ',', "\"\r\n");
    if (!writer->look.header)
        return true;
    for (int c = 0; c < writer->columns; c++)
        csv_cell(writer, c, sqli__span_text(writer->column[c].name));
    csv_row(writer);
    return true;
}

const struct sqli_sh_format sqli__sh_format_csv = {
    .state = sizeof(struct delimited),
    .begin = csv_begin,
    .cell = csv_cell,
    .row = csv_row,
};

/* --- unload --- */

bool sqli__sh_unload_can(char delimiter, const char *null)
{
    return delimiter != ' ' && (!null || (strcmp(null, " ") != 0 && strcmp(null, "\\ ") != 0));
}

static bool unload_begin(struct sqli_sh_writer *writer)
{
    return begin(writer, '|', "\\\n");
}

static void unload_cell(struct sqli_sh_writer *writer, int column, struct sqli_span value)
{
    const struct delimited *d = writer->state;
    if (value.data && value.length == 0)
        sqli__sh_put_text(writer->out, "\\ ");
    else if (value.data && !d->special[value.data[0]] && misleads(writer, column, value))
        sqli__sh_put_byte(writer->out, '\\');
    for (size_t i = 0; value.data && i < value.length; i++) {
        if (d->special[value.data[i]])
            sqli__sh_put_byte(writer->out, '\\');
        sqli__sh_put_byte(writer->out, value.data[i]);
    }
    if (!value.data)
        sqli__sh_put(writer->out, d->null, d->null_length);
    sqli__sh_put_byte(writer->out, d->delimiter);
}

const struct sqli_sh_format sqli__sh_format_unload = {
    .state = sizeof(struct delimited),
    .begin = unload_begin,
    .cell = unload_cell,
    .row = csv_row,
};
