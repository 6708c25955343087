#include "sql/splitter.h"

/* How far the words of a statement have led on the way into a routine and out of it again. */
enum state {
    START,
    CREATE,        /* CREATE, and words that may stand before PROCEDURE */
    ROUTINE,       /* CREATE PROCEDURE */
    BODY,          /* of a routine, from its name on: from here on a `;` ends nothing */
    BODY_EXTERNAL, /* EXTERNAL inside it */
    BODY_END,      /* END inside it */
    PLAIN,         /* anything else: the next `;` is the end */
    STATES,
};

static const struct step {
    enum state from;
    enum sqli_keyword word;
    enum state to;
} steps[] = {
    {START, SQLI_KEYWORD_CREATE, CREATE},        {CREATE, SQLI_KEYWORD_OR, CREATE},
    {CREATE, SQLI_KEYWORD_REPLACE, CREATE},      {CREATE, SQLI_KEYWORD_DBA, CREATE},
    {CREATE, SQLI_KEYWORD_PROCEDURE, ROUTINE},   {CREATE, SQLI_KEYWORD_FUNCTION, ROUTINE},
    {ROUTINE, SQLI_KEYWORD_FROM, PLAIN},         {BODY, SQLI_KEYWORD_EXTERNAL, BODY_EXTERNAL},
    {BODY, SQLI_KEYWORD_END, BODY_END},          {BODY_EXTERNAL, SQLI_KEYWORD_NAME, PLAIN},
    {BODY_EXTERNAL, SQLI_KEYWORD_END, BODY_END}, {BODY_END, SQLI_KEYWORD_PROCEDURE, PLAIN},
    {BODY_END, SQLI_KEYWORD_FUNCTION, PLAIN},    {BODY_END, SQLI_KEYWORD_END, BODY_END},
};

/* Where any other word leads. */
static const enum state otherwise[STATES] = {
    [START] = PLAIN, [CREATE] = PLAIN,       [ROUTINE] = BODY, [BODY] = BODY,
    [PLAIN] = PLAIN, [BODY_EXTERNAL] = BODY, [BODY_END] = BODY};

static enum state follow(enum state from, enum sqli_keyword word)
{
    if (from == PLAIN)
        return PLAIN;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].from == from && steps[i].word == word)
            return steps[i].to;
    return otherwise[from];
}

static bool in_body(enum state state)
{
    return state >= BODY && state <= BODY_END;
}

void sqli__splitter_init(struct sqli_splitter *splitter, struct sqli_span text, unsigned options)
{
    *splitter = (struct sqli_splitter){.begin = 0};
    sqli__tokenizer_init(&splitter->tokenizer, text, options);
    if (text.length >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        splitter->tokenizer.at = 3;
}

/* Takes one more token into the piece. */
static void extend(struct sqli_piece *piece, const struct sqli_token *token)
{
    if (piece->length == 0) {
        piece->offset = token->offset;
        piece->line = token->line;
        piece->column = token->column;
    }
    piece->length = token->offset + token->length - piece->offset;
}

static enum sqli_piece_open open_at_end(enum sqli_token_kind last, enum state state)
{
    if (last == SQLI_TOKEN_UNTERMINATED_STRING)
        return SQLI_OPEN_STRING;
    if (last == SQLI_TOKEN_UNTERMINATED_IDENTIFIER)
        return SQLI_OPEN_IDENTIFIER;
    if (last == SQLI_TOKEN_UNTERMINATED_COMMENT)
        return SQLI_OPEN_COMMENT;
    return in_body(state) ? SQLI_OPEN_ROUTINE : SQLI_OPEN_STATEMENT;
}

/* Collects words up to the end of the statement or of the text. */
static void collect(struct sqli_tokenizer *tokenizer, struct sqli_piece *piece)
{
    struct sqli_token token;
    enum sqli_token_kind last = SQLI_TOKEN_END;
    enum state state = START;
    bool verb_seen = false;
    while (sqli__tokenizer_next_word(tokenizer, &token) != SQLI_TOKEN_END) {
        if (token.kind == SQLI_TOKEN_SEMICOLON && !in_body(state)) {
            if (piece->length == 0)
                continue;
            piece->kind = SQLI_PIECE_STATEMENT;
            return;
        }
        if (!verb_seen && token.kind != SQLI_TOKEN_OPEN_PARENTHESIS) {
            piece->verb = token.keyword;
            verb_seen = true;
        }
        extend(piece, &token);
        state = follow(state, token.keyword);
        last = token.kind;
    }
    if (piece->length == 0)
        return;
    piece->kind = SQLI_PIECE_INCOMPLETE;
    piece->open = open_at_end(last, state);
}

enum sqli_piece_kind sqli__splitter_next(struct sqli_splitter *splitter, struct sqli_piece *piece)
{
    *piece = (struct sqli_piece){.kind = SQLI_PIECE_NOTHING, .begin = splitter->begin};
    collect(&splitter->tokenizer, piece);
    piece->end = splitter->tokenizer.at;
    splitter->begin = piece->end;
    return piece->kind;
}
