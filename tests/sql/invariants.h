/* What must hold for any bytes at all, for the unit test and the fuzzer alike. Each function gives
 * NULL, or what is broken. */
#ifndef SQLI_TESTS_SQL_INVARIANTS_H
#define SQLI_TESTS_SQL_INVARIANTS_H

#include "base/alloc.h"
#include "sql/placeholders.h"
#include "sql/splitter.h"
#include "sql/text.h"

/* Line and column by the plainest of means, byte for byte. */
static inline void sql_walk(struct sqli_span text, unsigned options, size_t from, size_t to,
                            size_t *line, size_t *column)
{
    for (size_t i = from; i < to; i++) {
        bool continued = !(options & SQLI_SQL_SINGLE_BYTE) && (text.data[i] & 0xc0) == 0x80;
        *column = text.data[i] == '\n' ? 1 : *column + !continued;
        *line += text.data[i] == '\n';
    }
}

/* Content and quotes make the token; `out` has not a byte more than the promise asks for. */
static inline bool sql_quotes_broken(struct sqli_span text, const struct sqli_token *token)
{
    if (token->kind != SQLI_TOKEN_STRING && token->kind != SQLI_TOKEN_QUOTED_IDENTIFIER)
        return false;
    char *out = sqli__alloc(token->length);
    if (!out)
        return false;
    struct sqli_span quoted = sqli__token_text(text, token);
    size_t length = sqli__sql_unquote(quoted, out);
    size_t expected = 2;
    for (size_t i = 0; i < length; i++)
        expected += out[i] == (char)quoted.data[0] ? 2 : 1;
    sqli__free(out);
    return expected != token->length;
}

static inline const char *sql_tokens_broken(struct sqli_span text, unsigned options)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    size_t at = 0;
    size_t line = 1;
    size_t column = 1;
    sqli__tokenizer_init(&tokenizer, text, options);
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
        if (token.offset != at)
            return "tokens follow each other";
        if (token.length == 0 || token.length > text.length - at)
            return "a token lies in the text and is not empty";
        if (token.line != line || token.column != column)
            return "line and column";
        if (token.keyword != SQLI_NO_KEYWORD && token.kind != SQLI_TOKEN_IDENTIFIER)
            return "only identifiers are keywords";
        if (token.kind > SQLI_TOKEN_BAD_CHARACTER && at + token.length != text.length)
            return "what is not terminated goes to the end";
        if (sql_quotes_broken(text, &token))
            return "quotes come off";
        sql_walk(text, options, at, at + token.length, &line, &column);
        at += token.length;
    }
    if (at != text.length || token.offset != at || token.line != line || token.column != column)
        return "the tokens cover the text";
    return sqli__tokenizer_next(&tokenizer, &token) == SQLI_TOKEN_END ? NULL : "the end stays";
}

static inline const char *sql_pieces_broken(struct sqli_span text, unsigned options)
{
    struct sqli_splitter splitter;
    struct sqli_piece piece;
    size_t at = 0;
    sqli__splitter_init(&splitter, text, options);
    while (sqli__splitter_next(&splitter, &piece) != SQLI_PIECE_NOTHING) {
        bool whole = piece.kind == SQLI_PIECE_STATEMENT;
        if (piece.begin != at)
            return "pieces follow each other";
        if (piece.length == 0 || piece.offset < at || piece.offset + piece.length > piece.end)
            return "a statement lies in its piece and is not empty";
        if (whole != (piece.open == SQLI_OPEN_NOTHING))
            return "only what is incomplete is open";
        if (whole && text.data[piece.end - 1] != ';')
            return "a piece ends with its semicolon";
        if (!whole && piece.end != text.length)
            return "an incomplete piece goes to the end";
        at = piece.end;
    }
    return piece.begin == at && piece.end == text.length ? NULL : "the pieces cover the text";
}

static inline const char *sql_placeholders_broken(struct sqli_span text, unsigned options)
{
    struct sqli_placeholders found;
    struct sqli_placeholders again;
    struct sqli_buffer out;
    struct sqli_error error;
    const char *broken = NULL;
    if (sqli__placeholders_scan(text, options, &found, &error) != SQLI_OK)
        return found.items || error.code == 0 ? "a failed scan leaves an error alone" : NULL;
    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].parameter >= found.parameters)
            broken = "a parameter is one of the parameters";
        if (i && found.items[i].offset < found.items[i - 1].offset + found.items[i - 1].length)
            broken = "placeholders follow each other";
    }
    sqli__buffer_init(&out, text.length + 1);
    sqli__placeholders_rewrite(text, &found, &out);
    if (out.failed)
        broken = "rewriting never makes a text longer";
    unsigned question_only = options & ~(unsigned)SQLI_SQL_NAMED_PLACEHOLDERS;
    if (sqli__placeholders_scan(sqli__buffer_view(&out), question_only, &again, NULL) != SQLI_OK ||
        again.count != found.count)
        broken = "as many `?` as there were placeholders";
    sqli__placeholders_free(&again);
    sqli__placeholders_free(&found);
    sqli__buffer_free(&out);
    return broken;
}

static inline const char *sql_broken(struct sqli_span text, unsigned options)
{
    const char *broken = sql_tokens_broken(text, options);
    if (!broken)
        broken = sql_pieces_broken(text, options);
    if (!broken)
        broken = sql_placeholders_broken(text, options);
    sqli__sql_verb(text);
    return broken;
}

#endif
