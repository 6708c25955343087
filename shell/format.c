#include "shell/format.h"

#include "base/alloc.h"

static const struct sqli_sh_format *const formats[] = {
    [SQLI_SH_FORMAT_TABLE] = &sqli__sh_format_table,
    [SQLI_SH_FORMAT_VERTICAL] = &sqli__sh_format_vertical,
    [SQLI_SH_FORMAT_CSV] = &sqli__sh_format_csv,
    [SQLI_SH_FORMAT_JSON] = &sqli__sh_format_json,
    [SQLI_SH_FORMAT_JSONL] = &sqli__sh_format_jsonl,
    [SQLI_SH_FORMAT_MARKDOWN] = &sqli__sh_format_markdown,
    [SQLI_SH_FORMAT_UNLOAD] = &sqli__sh_format_unload,
};

bool sqli__sh_writer_begin(struct sqli_sh_writer *writer, struct sqli_sh_output *out,
                           const struct sqli_sh_look *look, int columns,
                           struct sqli_sh_column *column)
{
    *writer = (struct sqli_sh_writer){.format = formats[look->format],
                                      .out = out,
                                      .look = *look,
                                      .columns = columns,
                                      .column = column};
    writer->state = sqli__alloc_zeroed(1, writer->format->state);
    return writer->state && (!writer->format->begin || writer->format->begin(writer));
}

void sqli__sh_writer_row(struct sqli_sh_writer *writer)
{
    if (writer->format->row)
        writer->format->row(writer);
    writer->rows++;
    sqli__sh_page_look(writer->out);
}

void sqli__sh_writer_end(struct sqli_sh_writer *writer, bool whole)
{
    writer->whole = whole;
    if (writer->format->end)
        writer->format->end(writer);
    if (writer->format->free)
        writer->format->free(writer);
    sqli__free(writer->state);
    writer->state = NULL;
}

void sqli__sh_put_count(struct sqli_sh_writer *writer)
{
    if (writer->look.header && writer->whole)
        sqli__sh_put_format(writer->out, "(%lld row%s)\n\n", (long long)writer->rows,
                            writer->rows == 1 ? "" : "s");
}

const char *sqli__sh_null(const struct sqli_sh_writer *writer, const char *usual)
{
    return writer->look.null ? writer->look.null : usual;
}
