#include "protocol/wire_print.h"

#include "base/ascii.h"

static bool printable(struct sqli_span bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        if (bytes.data[i] < 0x20 || bytes.data[i] > 0x7e)
            return false;
    return true;
}

static void text_byte(struct sqli_buffer *out, uint8_t c)
{
    if (c == '\n')
        sqli__buffer_text(out, "\\n");
    else if (c == '"' || c == '\\')
        sqli__buffer_format(out, "\\%c", c);
    else if (c < 0x20 || c > 0x7e)
        sqli__buffer_format(out, "\\x%02x", c);
    else
        sqli__buffer_byte(out, c);
}

static void note_cut(struct sqli_buffer *out, size_t shown, size_t length)
{
    if (shown < length)
        sqli__buffer_format(out, "...(%zu bytes)", length);
}

void sqli__print_bytes(struct sqli_buffer *out, const char *name, struct sqli_span bytes,
                       size_t limit)
{
    size_t shown = bytes.length < limit ? bytes.length : limit;
    bool text = printable(sqli__span(bytes.data, shown));
    sqli__buffer_format(out, text ? " %s=\"" : " %s=", name);
    for (size_t i = 0; i < shown; i++) {
        if (text)
            text_byte(out, bytes.data[i]);
        else
            sqli__buffer_format(out, "%02x", bytes.data[i]);
    }
    if (text)
        sqli__buffer_text(out, "\"");
    note_cut(out, shown, bytes.length);
}

static bool word_byte(uint8_t c)
{
    return sqli__is_digit(c) || sqli__is_letter(c) || c == '_';
}

/* The word, whole, in any case, ending right before `at`. */
static bool word_before(struct sqli_span sql, size_t at, const char *word)
{
    const size_t length = strlen(word);
    if (at < length || (at < sql.length && word_byte(sql.data[at])))
        return false;
    if (at > length && word_byte(sql.data[at - length - 1]))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((sql.data[at - length + i] & ~0x20) != word[i])
            return false;
    return true;
}

static bool is_quote(uint8_t c)
{
    return c == '\'' || c == '"';
}

/* What begins at `at`, named by the byte that ends it: a literal, or a comment, whose quotes open
 * nothing. 0 for neither. */
static uint8_t opened_at(struct sqli_span sql, size_t at)
{
    uint8_t c = sql.data[at];
    uint8_t next = at + 1 < sql.length ? sql.data[at + 1] : 0;
    if (c == '{')
        return '}';
    if (c == '-' && next == '-')
        return '\n';
    if (c == '/' && next == '*')
        return '/';
    return is_quote(c) ? c : 0;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* From here on literals are secrets: behind PASSWORD, and behind the USING of a literal, which
 * names the password of a user. Between that and its literal may be spaces and comments: *using
 * tells whether there was nothing else. */
static bool secret_from(struct sqli_span sql, size_t at, bool *using)
{
    uint8_t opened = opened_at(sql, at);
    *using = *using || word_before(sql, at, "USING");
    if (word_before(sql, at, "PASSWORD") || (*using && is_quote(opened)))
        return true;
    *using = *using && (opened || is_space(sql.data[at]));
    return false;
}

static bool closes(struct sqli_span sql, size_t opened, size_t at, uint8_t end)
{
    if (sql.data[at] != end)
        return false;
    return end != '/' || (at > opened + 2 && sql.data[at - 1] == '*');
}

void sqli__print_sql(struct sqli_buffer *out, const char *name, struct sqli_span sql, size_t limit)
{
    size_t shown = sql.length < limit ? sql.length : limit;
    bool secret = false; /* the word was seen: literals are left out from here on */
    bool using = false;
    size_t opened = 0;
    uint8_t end = 0; /* of the literal or comment that is open */
    sqli__buffer_format(out, " %s=\"", name);
    for (size_t i = 0; i < shown; i++) {
        if (end && closes(sql, opened, i, end)) {
            end = 0;
            text_byte(out, sql.data[i]);
        } else if (end && !(secret && is_quote(end))) {
            text_byte(out, sql.data[i]);
        } else if (!end) {
            secret = secret || secret_from(sql, i, &using);
            opened = i;
            end = opened_at(sql, i);
            text_byte(out, sql.data[i]);
            if (secret && is_quote(end))
                sqli__buffer_text(out, "***");
        }
    }
    sqli__buffer_text(out, "\"");
    note_cut(out, shown, sql.length);
}

void sqli__print_close(struct sqli_buffer *out, size_t start, const char *close)
{
    if (out->length > start && out->data[start] == ' ') {
        memmove(out->data + start, out->data + start + 1, out->length - start - 1);
        out->length--;
    }
    sqli__buffer_text(out, close);
}
