/* The rules of the tokenizer. scripts/regenerate makes sql/generated/tokenizer.c of them. */
#include "sql/tokenizer.h"

#include "sql/text.h"

void sqli__tokenizer_init(struct sqli_tokenizer *tokenizer, struct sqli_span text,
                          unsigned options)
{
    *tokenizer = (struct sqli_tokenizer){
        .text = text, .line = 1, .column = 1, .options = options, .before = SQLI_TOKEN_END};
}

static const char *const names[SQLI_TOKEN_COUNT] = {
#define SQLI_TOKEN(kind, text) [SQLI_TOKEN_##kind] = text,
#include "sql/tokens.def"
#undef SQLI_TOKEN
};

const char *sqli__token_name(enum sqli_token_kind kind)
{
    return (unsigned)kind < SQLI_TOKEN_COUNT ? names[kind] : "";
}

/* Where a token of one line and of ASCII alone ends. All tokens come through here. */
static inline enum sqli_token_kind take(struct sqli_tokenizer *t, struct sqli_token *token,
                                        enum sqli_token_kind kind, const uint8_t *end)
{
    size_t length = (size_t)(end - t->text.data) - t->at;
    *token = (struct sqli_token){.kind = kind,
                                 .offset = t->at,
                                 .length = length,
                                 .line = t->line,
                                 .column = t->column};
    t->at += length;
    t->column += length;
    t->before = kind;
    if (!sqli__token_is_between(kind))
        t->collection = false;
    return kind;
}

static size_t count_characters(const struct sqli_tokenizer *t, const uint8_t *from,
                               const uint8_t *end)
{
    size_t bytes = (size_t)(end - from);
    bool single_byte = t->options & SQLI_SQL_SINGLE_BYTE;
    return single_byte ? bytes : sqli__sql_characters(sqli__span(from, bytes));
}

/* A token that may hold anything. */
static enum sqli_token_kind take_any(struct sqli_tokenizer *t, struct sqli_token *token,
                                     enum sqli_token_kind kind, const uint8_t *end)
{
    const uint8_t *from = t->text.data + t->at;
    const uint8_t *newline;
    take(t, token, kind, end);
    t->column = token->column;
    while ((newline = memchr(from, '\n', (size_t)(end - from)))) {
        t->line++;
        t->column = 1;
        from = newline + 1;
    }
    t->column += count_characters(t, from, end);
    return kind;
}

static inline enum sqli_token_kind take_word(struct sqli_tokenizer *t, struct sqli_token *token,
                                             const uint8_t *end)
{
    take(t, token, SQLI_TOKEN_IDENTIFIER, end);
    token->keyword = sqli__keyword_find(sqli__token_text(t->text, token));
    t->collection = token->keyword == SQLI_KEYWORD_SET ||
                    token->keyword == SQLI_KEYWORD_MULTISET ||
                    token->keyword == SQLI_KEYWORD_LIST;
    return token->kind;
}

static enum sqli_token_kind take_brace(struct sqli_tokenizer *t, struct sqli_token *token,
                                       const uint8_t *start, const uint8_t *limit)
{
    if (t->collection)
        return take(t, token, SQLI_TOKEN_OPEN_BRACE, start + 1);
    const uint8_t *close = memchr(start, '}', (size_t)(limit - start));
    if (!close)
        return take_any(t, token, SQLI_TOKEN_UNTERMINATED_COMMENT, limit);
    bool hint = start[1] == '+';
    return take_any(t, token, hint ? SQLI_TOKEN_HINT : SQLI_TOKEN_COMMENT, close + 1);
}

static bool dot_follows(const uint8_t *at, const uint8_t *limit)
{
    while (at < limit && (*at == ' ' || (*at >= '\t' && *at <= '\r')))
        at++;
    return at < limit && *at == '.';
}

static enum sqli_token_kind take_double_quoted(struct sqli_tokenizer *t, struct sqli_token *token,
                                               const uint8_t *end, const uint8_t *limit)
{
    bool identifier = t->options & SQLI_SQL_DELIMIDENT || dot_follows(end, limit);
    return take_any(t, token, identifier ? SQLI_TOKEN_QUOTED_IDENTIFIER : SQLI_TOKEN_STRING, end);
}

/* `1.` is a decimal number, but not in `1..2`. */
static enum sqli_token_kind take_point_at_end(struct sqli_tokenizer *t, struct sqli_token *token,
                                              const uint8_t *end, const uint8_t *limit)
{
    if (end < limit && *end == '.')
        return take(t, token, SQLI_TOKEN_INTEGER, end - 1);
    return take(t, token, SQLI_TOKEN_DECIMAL, end);
}

/* `.5` is a number, but not in `t.5` nor in `1..5`. */
static enum sqli_token_kind take_point_at_start(struct sqli_tokenizer *t,
                                                struct sqli_token *token,
                                                enum sqli_token_kind kind, const uint8_t *end)
{
    if (t->before == SQLI_TOKEN_IDENTIFIER || t->before == SQLI_TOKEN_QUOTED_IDENTIFIER ||
        t->before == SQLI_TOKEN_DOT)
        return take(t, token, SQLI_TOKEN_DOT, t->text.data + t->at + 1);
    return take(t, token, kind, end);
}

static bool placeholder_may_start(const struct sqli_tokenizer *t)
{
    if (!(t->options & SQLI_SQL_NAMED_PLACEHOLDERS))
        return false;
    if (t->at == 0)
        return true;
    uint8_t byte = t->text.data[t->at - 1];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    bool digit = byte >= '0' && byte <= '9';
    return !letter && !digit && byte < 0x80 && (byte == 0 || !strchr("_$'\":", byte));
}

static enum sqli_token_kind take_placeholder(struct sqli_tokenizer *t, struct sqli_token *token,
                                             enum sqli_token_kind kind, const uint8_t *end)
{
    if (!placeholder_may_start(t))
        return take(t, token, SQLI_TOKEN_COLON, t->text.data + t->at + 1);
    return take_any(t, token, kind, end);
}

enum sqli_token_kind sqli__tokenizer_next_word(struct sqli_tokenizer *tokenizer,
                                               struct sqli_token *token)
{
    while (sqli__token_is_between(sqli__tokenizer_next(tokenizer, token)))
        continue;
    return token->kind;
}

/* The text has no NUL behind it and may have some inside, so each look at a byte asks for the end
 * first. */
enum sqli_token_kind sqli__tokenizer_next(struct sqli_tokenizer *t, struct sqli_token *token)
{
    if (t->at == t->text.length) {
        *token = (struct sqli_token){
            .kind = SQLI_TOKEN_END, .offset = t->at, .line = t->line, .column = t->column};
        return SQLI_TOKEN_END;
    }
    const uint8_t *const start = t->text.data + t->at;
    const uint8_t *const limit = t->text.data + t->text.length;
    const uint8_t *cursor = start;
    const uint8_t *marker = start;
    /*!re2c
    re2c:api                 = custom;
    re2c:api:style           = free-form;
    re2c:define:YYCTYPE      = uint8_t;
    re2c:define:YYPEEK       = "cursor < limit ? *cursor : 0";
    re2c:define:YYSKIP       = "cursor++;";
    re2c:define:YYBACKUP     = "marker = cursor;";
    re2c:define:YYRESTORE    = "cursor = marker;";
    re2c:define:YYLESSTHAN   = "cursor >= limit";
    re2c:yyfill:enable       = 0;
    re2c:eof                 = 0;
    re2c:indent:string       = "    ";
    re2c:indent:top          = 1;

    digit      = [0-9];
    letter     = [A-Za-z_];
    wide       = [\x80-\xff];
    name       = (letter | wide) (letter | wide | digit | "$")*;
    exponent   = [eE] [-+]? digit+;
    slash_open = "/*" ([^*] | "*"+ [^*/])*;
    slash_close = "*"+ "/";
    single     = "'" ([^'] | "''")*;
    double     = ["] ([^"] | ["]["])*;

    [ \t]+             { return take(t, token, SQLI_TOKEN_BLANK, cursor); }
    [ \t\n\v\f\r]+     { return take_any(t, token, SQLI_TOKEN_BLANK, cursor); }

    "--+" [^\n]*       { return take_any(t, token, SQLI_TOKEN_HINT, cursor); }
    "--" [^\n]*        { return take_any(t, token, SQLI_TOKEN_COMMENT, cursor); }
    slash_open slash_close {
        bool hint = start[2] == '+';
        return take_any(t, token, hint ? SQLI_TOKEN_HINT : SQLI_TOKEN_COMMENT, cursor);
    }
    slash_open "*"*    { return take_any(t, token, SQLI_TOKEN_UNTERMINATED_COMMENT, cursor); }
    "{"                { return take_brace(t, token, start, limit); }
    "}"                { return take(t, token, SQLI_TOKEN_CLOSE_BRACE, cursor); }

    letter (letter | digit | "$")* { return take_word(t, token, cursor); }
    name               { return take_any(t, token, SQLI_TOKEN_IDENTIFIER, cursor); }

    single "'"         { return take_any(t, token, SQLI_TOKEN_STRING, cursor); }
    single             { return take_any(t, token, SQLI_TOKEN_UNTERMINATED_STRING, cursor); }
    double ["]         { return take_double_quoted(t, token, cursor, limit); }
    double {
        bool identifier = t->options & SQLI_SQL_DELIMIDENT;
        return take_any(t, token, identifier ? SQLI_TOKEN_UNTERMINATED_IDENTIFIER
                                             : SQLI_TOKEN_UNTERMINATED_STRING, cursor);
    }

    digit+             { return take(t, token, SQLI_TOKEN_INTEGER, cursor); }
    digit+ "."         { return take_point_at_end(t, token, cursor, limit); }
    digit+ "." digit+  { return take(t, token, SQLI_TOKEN_DECIMAL, cursor); }
    digit+ ("." digit*)? exponent { return take(t, token, SQLI_TOKEN_FLOAT, cursor); }
    "." digit+         { return take_point_at_start(t, token, SQLI_TOKEN_DECIMAL, cursor); }
    "." digit+ exponent { return take_point_at_start(t, token, SQLI_TOKEN_FLOAT, cursor); }

    "?"                { return take(t, token, SQLI_TOKEN_QUESTION, cursor); }
    ":" digit+         { return take_placeholder(t, token, SQLI_TOKEN_NUMBERED, cursor); }
    ":" name           { return take_placeholder(t, token, SQLI_TOKEN_NAMED, cursor); }
    ":"                { return take(t, token, SQLI_TOKEN_COLON, cursor); }
    "::"               { return take(t, token, SQLI_TOKEN_CAST, cursor); }

    "="                { return take(t, token, SQLI_TOKEN_EQUAL, cursor); }
    "=="               { return take(t, token, SQLI_TOKEN_EQUAL_EQUAL, cursor); }
    "<>"               { return take(t, token, SQLI_TOKEN_NOT_EQUAL, cursor); }
    "!="               { return take(t, token, SQLI_TOKEN_BANG_EQUAL, cursor); }
    "<"                { return take(t, token, SQLI_TOKEN_LESS, cursor); }
    "<="               { return take(t, token, SQLI_TOKEN_LESS_EQUAL, cursor); }
    ">"                { return take(t, token, SQLI_TOKEN_GREATER, cursor); }
    ">="               { return take(t, token, SQLI_TOKEN_GREATER_EQUAL, cursor); }
    "+"                { return take(t, token, SQLI_TOKEN_PLUS, cursor); }
    "-"                { return take(t, token, SQLI_TOKEN_MINUS, cursor); }
    "*"                { return take(t, token, SQLI_TOKEN_STAR, cursor); }
    "/"                { return take(t, token, SQLI_TOKEN_SLASH, cursor); }
    "||"               { return take(t, token, SQLI_TOKEN_CONCAT, cursor); }
    "("                { return take(t, token, SQLI_TOKEN_OPEN_PARENTHESIS, cursor); }
    ")"                { return take(t, token, SQLI_TOKEN_CLOSE_PARENTHESIS, cursor); }
    "["                { return take(t, token, SQLI_TOKEN_OPEN_BRACKET, cursor); }
    "]"                { return take(t, token, SQLI_TOKEN_CLOSE_BRACKET, cursor); }
    ","                { return take(t, token, SQLI_TOKEN_COMMA, cursor); }
    "."                { return take(t, token, SQLI_TOKEN_DOT, cursor); }
    ";"                { return take(t, token, SQLI_TOKEN_SEMICOLON, cursor); }
    "@"                { return take(t, token, SQLI_TOKEN_AT, cursor); }
    "^"                { return take(t, token, SQLI_TOKEN_CARET, cursor); }
    "%"                { return take(t, token, SQLI_TOKEN_PERCENT, cursor); }
    "&"                { return take(t, token, SQLI_TOKEN_AMPERSAND, cursor); }
    "|"                { return take(t, token, SQLI_TOKEN_BAR, cursor); }

    *                  { return take(t, token, SQLI_TOKEN_BAD_CHARACTER, cursor); }
    $                  { return take(t, token, SQLI_TOKEN_END, cursor); }
    */
}
