#include "shell/input.h"

#include "shell/text.h"

#include <errno.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16 };

void sqli__sh_input_init(struct sqli_sh_input *input, const char *name, int file)
{
    *input = (struct sqli_sh_input){.name = name, .file = file};
    sqli__buffer_init(&input->data, SQLI_SH_TEXT_MAX);
}

void sqli__sh_input_free(struct sqli_sh_input *input)
{
    sqli__buffer_free(&input->data);
    if (input->file > STDIN_FILENO)
        close(input->file);
}

/* False: it was interrupted. */
static bool read_more(struct sqli_sh_input *input)
{
    sqli__buffer_consume(&input->data, input->at);
    input->at = 0;
    uint8_t *room = sqli__buffer_reserve(&input->data, READ_BYTES);
    ssize_t got = input->file < 0 || !room ? 0 : read(input->file, room, READ_BYTES);
    if (got < 0 && errno == EINTR)
        return false;
    if (got > 0)
        sqli__buffer_advance(&input->data, (size_t)got);
    input->end = got <= 0;
    input->why = got < 0 ? errno : 0;
    return true;
}

static enum sqli_sh_line buffered_line(struct sqli_sh_input *input, struct sqli_span *line)
{
    size_t searched = 0;
    for (;;) {
        const uint8_t *from = input->data.data + input->at;
        size_t there = input->data.length - input->at;
        const uint8_t *newline =
            there > searched ? memchr(from + searched, '\n', there - searched) : NULL;
        if (newline || (input->end && there)) {
            *line = sqli__span(from, newline ? (size_t)(newline + 1 - from) : there);
            input->at += line->length;
            return SQLI_SH_LINE;
        }
        if (input->end)
            return SQLI_SH_LINE_END;
        searched = there;
        if (!read_more(input))
            return SQLI_SH_LINE_INTERRUPTED;
    }
}

enum sqli_sh_line sqli__sh_input_line(struct sqli_sh_input *input, struct sqli_span *line)
{
    enum sqli_sh_line result = input->editor
                                   ? sqli__sh_editor_line(input->editor, input->prompt, line)
                                   : buffered_line(input, line);
    input->line += result == SQLI_SH_LINE;
    if (result == SQLI_SH_LINE && input->editor && !input->rows)
        sqli__sh_editor_remember(input->editor, (const char *)line->data);
    return result;
}
