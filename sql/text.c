#include "sql/text.h"

#include "sql/tokenizer.h"

size_t sqli__sql_characters(struct sqli_span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += (text.data[i] & 0xc0) != 0x80;
    return count;
}

size_t sqli__sql_character_offset(struct sqli_span text, size_t byte_offset)
{
    size_t length = byte_offset < text.length ? byte_offset : text.length;
    return sqli__sql_characters(sqli__span(text.data, length)) + 1;
}

void sqli__sql_fold(struct sqli_span word, char *out)
{
    for (size_t i = 0; i < word.length; i++) {
        uint8_t byte = word.data[i];
        out[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    }
}

size_t sqli__sql_unquote(struct sqli_span token, char *out)
{
    size_t length = 0;
    for (size_t i = 1; i < token.length; i++) {
        if (token.data[i] == token.data[0] && ++i == token.length)
            break;
        out[length++] = (char)token.data[i];
    }
    return length;
}

enum sqli_keyword sqli__sql_verb(struct sqli_span sql)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, sql, 0);
    while (sqli__tokenizer_next_word(&tokenizer, &token) == SQLI_TOKEN_OPEN_PARENTHESIS)
        continue;
    return token.keyword;
}
