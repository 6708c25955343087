/* Variables in statements. */
#include "shell/shell.h"

#include "base/ascii.h"
#include "shell/text.h"
#include "sql/text.h"
#include "sql/tokenizer.h"

unsigned sqli__sh_token_options(const struct sqli_sh *sh)
{
    const char *delimident = sh->db ? sqli_get(sh->db, "delimident") : NULL;
    return delimident && *delimident == 'y' ? SQLI_SQL_DELIMIDENT : 0;
}

/* The variable that "'name'" or "\"name\"" behind a colon is, NULL: none. */
static const char *quoted_variable(const struct sqli_sh *sh, struct sqli_span token)
{
    if (token.length < 3)
        return NULL;
    return sqli__sh_value(&sh->settings, sqli__span(token.data + 1, token.length - 2));
}

static bool is_quoted(enum sqli_token_kind kind)
{
    return kind == SQLI_TOKEN_STRING || kind == SQLI_TOKEN_QUOTED_IDENTIFIER;
}

/* A colon with a quoted name right behind it: puts the variable and takes the name. */
static bool put_quoted(const struct sqli_sh *sh, struct sqli_span text,
                       struct sqli_tokenizer *tokenizer, struct sqli_buffer *result)
{
    struct sqli_tokenizer ahead = *tokenizer;
    struct sqli_token token;
    if (!is_quoted(sqli__tokenizer_next(&ahead, &token)))
        return false;
    struct sqli_span name = sqli__token_text(text, &token);
    const char *value = quoted_variable(sh, name);
    if (!value)
        return false;
    if (name.data[0] == '\'')
        sqli__sh_literal(result, sqli__span_text(value));
    else
        sqli__sh_quoted(result, '"', sqli__span_text(value));
    *tokenizer = ahead;
    return true;
}

void sqli__sh_substitute(const struct sqli_sh *sh, struct sqli_span text,
                         struct sqli_buffer *result)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    enum sqli_token_kind before = SQLI_TOKEN_BLANK;
    sqli__tokenizer_init(&tokenizer, text,
                         sqli__sh_token_options(sh) | SQLI_SQL_NAMED_PLACEHOLDERS);
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
        struct sqli_span shown = sqli__token_text(text, &token);
        const char *value = NULL;
        if (token.kind == SQLI_TOKEN_NAMED)
            value = sqli__sh_value(&sh->settings, sqli__span(shown.data + 1, shown.length - 1));
        bool name_before = before == SQLI_TOKEN_IDENTIFIER || is_quoted(before);
        before = token.kind;
        if (value)
            sqli__buffer_text(result, value);
        else if (token.kind != SQLI_TOKEN_COLON || name_before ||
                 !put_quoted(sh, text, &tokenizer, result))
            sqli__buffer_span(result, shown);
    }
}

static bool in_name(uint8_t c)
{
    return sqli__is_letter(c) || sqli__is_digit(c) || c == '_';
}

size_t sqli__sh_expand_variable(const void *context, struct sqli_span text, struct sqli_buffer *to)
{
    const struct sqli_sh *sh = context;
    if (text.length < 2 || text.data[0] != ':')
        return 0;
    uint8_t quote = text.data[1] == '\'' || text.data[1] == '"' ? text.data[1] : 0;
    size_t start = quote ? 2 : 1, end = start;
    while (end < text.length && in_name(text.data[end]))
        end++;
    if (end == start || (quote && (end == text.length || text.data[end] != quote)))
        return 0;
    const char *value = sqli__sh_value(&sh->settings, sqli__span(text.data + start, end - start));
    if (!value)
        return 0;
    if (quote == '\'')
        sqli__sh_literal(to, sqli__span_text(value));
    else if (quote)
        sqli__sh_quoted(to, '"', sqli__span_text(value));
    else
        sqli__buffer_text(to, value);
    return end + (quote != 0);
}
