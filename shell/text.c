#include "shell/text.h"

#include "base/alloc.h"
#include "base/ascii.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const char *sqli__sh_z(struct sqli_buffer *buffer)
{
    uint8_t *end = sqli__buffer_reserve(buffer, 1);
    if (!end)
        return "";
    *end = '\0';
    return (const char *)buffer->data;
}

char *sqli__sh_copy_span(struct sqli_span text)
{
    char *copy = sqli__alloc(text.length + 1);
    if (!copy) {
        fputs("sqli: out of memory\n", stderr);
        exit(1);
    }
    if (text.length)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    return copy;
}

char *sqli__sh_copy(const char *text)
{
    return sqli__sh_copy_span(sqli__span_text(text));
}

void *sqli__sh_room(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity ? 2 * *capacity : 32;
    void *bigger = sqli__realloc(array, wanted * size);
    if (bigger)
        *capacity = wanted;
    return bigger;
}

bool sqli__sh_begins(struct sqli_span text, const char *start)
{
    size_t length = strlen(start);
    if (text.length < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (sqli__ascii_lower(text.data[i]) != sqli__ascii_lower((uint8_t)start[i]))
            return false;
    return true;
}

bool sqli__sh_same(struct sqli_span text, const char *word)
{
    return text.length == strlen(word) && sqli__sh_begins(text, word);
}

bool sqli__sh_contains(struct sqli_span text, const char *part)
{
    for (size_t at = 0; at < text.length; at++)
        if (sqli__sh_begins(sqli__span(text.data + at, text.length - at), part))
            return true;
    return false;
}

bool sqli__sh_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t sqli__sh_newlines(struct sqli_span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == '\n';
    return count;
}

struct sqli_span sqli__sh_trim(struct sqli_span text)
{
    while (text.length && sqli__sh_blank(text.data[0]))
        text = sqli__span(text.data + 1, text.length - 1);
    while (text.length && sqli__sh_blank(text.data[text.length - 1]))
        text.length--;
    return text;
}

void sqli__sh_quoted(struct sqli_buffer *buffer, uint8_t quote, struct sqli_span text)
{
    sqli__buffer_byte(buffer, quote);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == quote)
            sqli__buffer_byte(buffer, quote);
        sqli__buffer_byte(buffer, text.data[i]);
    }
    sqli__buffer_byte(buffer, quote);
}

void sqli__sh_literal(struct sqli_buffer *buffer, struct sqli_span text)
{
    sqli__sh_quoted(buffer, '\'', text);
}

static bool is_plain_name(struct sqli_span name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((name.data[i] < 'a' || name.data[i] > 'z') && name.data[i] != '_' &&
            (i == 0 || (!sqli__is_digit(name.data[i]) && name.data[i] != '$')))
            return false;
    return name.length;
}

void sqli__sh_name(struct sqli_buffer *buffer, struct sqli_span name)
{
    if (is_plain_name(name))
        sqli__buffer_span(buffer, name);
    else
        sqli__sh_quoted(buffer, '"', name);
}

uint8_t sqli__sh_divider(const char *text)
{
    if (strcmp(text, "\\t") == 0)
        return '\t';
    uint8_t c = (uint8_t)text[0];
    return c && !text[1] && c < 0x80 && !strchr("\\\"\r\n", c) ? c : 0;
}

bool sqli__sh_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < least || value > most)
        return false;
    *number = value;
    return true;
}

static struct sqli_span quoted_part(struct sqli_span rest, struct sqli_buffer *word)
{
    uint8_t quote = rest.data[0];
    size_t at = 1;
    for (; at < rest.length; at++) {
        if (rest.data[at] == quote && (at + 1 == rest.length || rest.data[at + 1] != quote))
            break;
        at += rest.data[at] == quote;
        sqli__buffer_byte(word, rest.data[at]);
    }
    at += at < rest.length;
    return sqli__span(rest.data + at, rest.length - at);
}

bool sqli__sh_word(struct sqli_span *rest, struct sqli_buffer *word, bool *quoted)
{
    return sqli__sh_word_with(rest, word, quoted, NULL, NULL);
}

bool sqli__sh_word_with(struct sqli_span *rest, struct sqli_buffer *word, bool *quoted,
                        sqli_sh_expand *expand, const void *context)
{
    bool any_quotes = false;
    sqli__buffer_clear(word);
    *rest = sqli__sh_trim(*rest);
    if (!rest->length)
        return false;
    while (rest->length && !sqli__sh_blank(rest->data[0])) {
        size_t taken = expand ? expand(context, *rest, word) : 0;
        if (taken) {
            *rest = sqli__span(rest->data + taken, rest->length - taken);
            continue;
        }
        if (rest->data[0] == '\'' || rest->data[0] == '"') {
            any_quotes = true;
            *rest = quoted_part(*rest, word);
            continue;
        }
        sqli__buffer_byte(word, rest->data[0]);
        *rest = sqli__span(rest->data + 1, rest->length - 1);
    }
    if (quoted)
        *quoted = any_quotes;
    return true;
}

void sqli__sh_in_home(struct sqli_buffer *name)
{
    const char *home = getenv("HOME");
    if (!home || !name->length || name->data[0] != '~' ||
        (name->length > 1 && name->data[1] != '/'))
        return;
    struct sqli_span rest = sqli__span(name->data + 1, name->length - 1);
    char *behind = sqli__sh_copy_span(rest);
    sqli__buffer_clear(name);
    sqli__buffer_format(name, "%s%s", home, behind);
    sqli__free(behind);
}
