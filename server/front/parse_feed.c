/* From tokens to the terminals of the grammar: what a word is, as far as its neighbours tell. */
#include "server/front/generated/grammar.h"
#include "server/front/parse_inside.h"
#include "sql/text.h"

enum condition {
    WHEN_ALWAYS = 1,
    WHEN_CALL,        /* `(` follows */
    WHEN_NOT_CALL,    /* no `(` follows */
    WHEN_NUMBER,      /* an integer or a parameter follows */
    WHEN_NEXT,        /* one of the line's keywords follows */
    WHEN_QUERY,       /* SELECT, ALL, DISTINCT, UNIQUE or `(` follows */
    WHEN_OPERAND,     /* something follows that this may belong to */
    WHEN_SIDE,        /* the first in TRIM( */
    WHEN_CREATING,    /* in CREATE, ALTER and DROP */
    WHEN_OVER,        /* of a window: between two parentheses */
    WHEN_EXISTS,      /* `(` follows, or IF is before */
    WHEN_TABLE,       /* in FROM `(` follows */
    WHEN_DISTINCT,    /* anywhere but at the start of a column's definition */
    WHEN_UNIT,        /* part of a qualifier, or behind UNITS */
    WHEN_BEFORE_UNIT, /* a field of time follows */
    WHEN_SPAN,        /* DATETIME and INTERVAL: a type, or the opening of a literal */
    WHEN_COLLECTION,  /* SET, MULTISET and LIST: a type, the opening of a literal, or SET itself */
    WHEN_REST,        /* a storage clause of which nothing is used, to the end of the statement */
};

struct word {
    uint8_t terminal; /* 0: no word of the grammar */
    uint8_t condition;
    uint16_t next[2];
};

static const struct word words[SQLI_KEYWORDS_END] = {
#define SQLI_WORD(keyword, terminal, condition) \
    [SQLI_KEYWORD_##keyword] = {SQLI_T_##terminal, WHEN_##condition, {0, 0}},
#define SQLI_WORD_BEFORE(keyword, terminal, first, second) \
    [SQLI_KEYWORD_##                                       \
        keyword] = {SQLI_T_##terminal, WHEN_NEXT, {SQLI_KEYWORD_##first, SQLI_KEYWORD_##second}},
#include "server/front/words.def"
#undef SQLI_WORD
#undef SQLI_WORD_BEFORE
};

static const uint8_t terminals[SQLI_TOKEN_COUNT] = {
    [SQLI_TOKEN_IDENTIFIER] = SQLI_T_ID,         [SQLI_TOKEN_QUOTED_IDENTIFIER] = SQLI_T_ID,
    [SQLI_TOKEN_STRING] = SQLI_T_STRING,         [SQLI_TOKEN_INTEGER] = SQLI_T_INTEGER,
    [SQLI_TOKEN_DECIMAL] = SQLI_T_DECIMAL,       [SQLI_TOKEN_FLOAT] = SQLI_T_FLOAT,
    [SQLI_TOKEN_QUESTION] = SQLI_T_QUESTION,     [SQLI_TOKEN_COLON] = SQLI_T_COLON,
    [SQLI_TOKEN_CAST] = SQLI_T_DOUBLE_COLON,     [SQLI_TOKEN_EQUAL] = SQLI_T_EQ,
    [SQLI_TOKEN_EQUAL_EQUAL] = SQLI_T_COMPARE,   [SQLI_TOKEN_NOT_EQUAL] = SQLI_T_COMPARE,
    [SQLI_TOKEN_BANG_EQUAL] = SQLI_T_COMPARE,    [SQLI_TOKEN_LESS] = SQLI_T_COMPARE,
    [SQLI_TOKEN_LESS_EQUAL] = SQLI_T_COMPARE,    [SQLI_TOKEN_GREATER] = SQLI_T_COMPARE,
    [SQLI_TOKEN_GREATER_EQUAL] = SQLI_T_COMPARE, [SQLI_TOKEN_PLUS] = SQLI_T_PLUS,
    [SQLI_TOKEN_MINUS] = SQLI_T_MINUS,           [SQLI_TOKEN_STAR] = SQLI_T_STAR,
    [SQLI_TOKEN_SLASH] = SQLI_T_SLASH,           [SQLI_TOKEN_CONCAT] = SQLI_T_CONCAT,
    [SQLI_TOKEN_OPEN_PARENTHESIS] = SQLI_T_LP,   [SQLI_TOKEN_CLOSE_PARENTHESIS] = SQLI_T_RP,
    [SQLI_TOKEN_OPEN_BRACKET] = SQLI_T_LBRACKET, [SQLI_TOKEN_CLOSE_BRACKET] = SQLI_T_RBRACKET,
    [SQLI_TOKEN_OPEN_BRACE] = SQLI_T_LBRACE,     [SQLI_TOKEN_CLOSE_BRACE] = SQLI_T_RBRACE,
    [SQLI_TOKEN_COMMA] = SQLI_T_COMMA,           [SQLI_TOKEN_DOT] = SQLI_T_DOT,
    [SQLI_TOKEN_SEMICOLON] = SQLI_T_SEMICOLON,   [SQLI_TOKEN_AT] = SQLI_T_AT,
};

/* --- looking ahead --- */

static struct sqli_lexeme read_token(struct sqli_parse *p)
{
    struct sqli_token token;
    sqli__tokenizer_next_word(&p->tokenizer, &token);
    return (struct sqli_lexeme){.kind = token.kind,
                                .keyword = token.keyword,
                                .at = (uint32_t)token.offset,
                                .end = (uint32_t)(token.offset + token.length)};
}

const struct sqli_lexeme *sqli__parse_look(struct sqli_parse *p, unsigned index)
{
    while (p->ahead_count <= index)
        p->ahead[p->ahead_count++] = read_token(p);
    return &p->ahead[index];
}

static struct sqli_lexeme take(struct sqli_parse *p)
{
    struct sqli_lexeme token = *sqli__parse_look(p, 0);
    p->ahead_count--;
    if (token.kind != SQLI_TOKEN_END)
        p->taken_end = token.end;
    memmove(p->ahead, p->ahead + 1, p->ahead_count * sizeof p->ahead[0]);
    return token;
}

static bool kind_ahead(struct sqli_parse *p, unsigned index, enum sqli_token_kind kind)
{
    return sqli__parse_look(p, index)->kind == kind;
}

static bool word_ahead(struct sqli_parse *p, unsigned index, enum sqli_keyword keyword)
{
    return sqli__parse_look(p, index)->keyword == keyword;
}

static bool unit_ahead(struct sqli_parse *p)
{
    return words[sqli__parse_look(p, 0)->keyword].condition == WHEN_UNIT;
}

/* --- conditions that take more than a look --- */

static bool query_ahead(struct sqli_parse *p)
{
    enum sqli_keyword next = sqli__parse_look(p, 0)->keyword;
    return next == SQLI_KEYWORD_SELECT || next == SQLI_KEYWORD_ALL ||
           next == SQLI_KEYWORD_DISTINCT || next == SQLI_KEYWORD_UNIQUE ||
           kind_ahead(p, 0, SQLI_TOKEN_OPEN_PARENTHESIS);
}

static bool operand_ahead(struct sqli_parse *p)
{
    enum sqli_token_kind next = sqli__parse_look(p, 0)->kind;
    return next != SQLI_TOKEN_COMMA && next != SQLI_TOKEN_CLOSE_PARENTHESIS &&
           next != SQLI_TOKEN_END && next != SQLI_TOKEN_SEMICOLON && next != SQLI_TOKEN_EQUAL;
}

static bool starts_column(const struct sqli_parse *p)
{
    return p->creating && p->parentheses == 1 &&
           (p->previous_terminal == SQLI_T_LP || p->previous_terminal == SQLI_T_COMMA);
}

/* YEAR TO ..., DAY(3) TO ..., ... TO SECOND, UNITS DAY; anything else, like year(d), is a name. */
static bool is_unit(struct sqli_parse *p)
{
    bool starts =
        word_ahead(p, 0, SQLI_KEYWORD_TO) ||
        (kind_ahead(p, 0, SQLI_TOKEN_OPEN_PARENTHESIS) && kind_ahead(p, 1, SQLI_TOKEN_INTEGER) &&
         kind_ahead(p, 2, SQLI_TOKEN_CLOSE_PARENTHESIS) && word_ahead(p, 3, SQLI_KEYWORD_TO));
    bool ends = p->qualifier && p->previous_terminal == SQLI_T_TO;
    p->qualifier = starts && !ends;
    return starts || ends || p->previous_terminal == SQLI_T_UNITS;
}

/* DATETIME(2026-01-15) and INTERVAL(...): all up to the parenthesis is one terminal, because what
 * stands there is no SQL. */
static int take_span(struct sqli_parse *p, struct sqli_lexeme *word)
{
    if (unit_ahead(p))
        return word->keyword == SQLI_KEYWORD_DATETIME ? SQLI_T_DATETIME : SQLI_T_INTERVAL;
    if (!kind_ahead(p, 0, SQLI_TOKEN_OPEN_PARENTHESIS))
        return SQLI_T_ID;
    word->from = take(p).end;
    while (!kind_ahead(p, 0, SQLI_TOKEN_CLOSE_PARENTHESIS)) {
        struct sqli_lexeme token = *sqli__parse_look(p, 0);
        if (token.kind == SQLI_TOKEN_END || token.kind >= SQLI_TOKEN_BAD_CHARACTER) {
            sqli__parse_syntax(p, token.at);
            return SQLI_T_ID;
        }
        take(p);
    }
    struct sqli_lexeme close = take(p);
    word->to = close.at;
    word->end = close.end;
    return word->keyword == SQLI_KEYWORD_DATETIME ? SQLI_T_DATETIME_LITERAL
                                                  : SQLI_T_INTERVAL_LITERAL;
}

static int collection_terminal(struct sqli_parse *p, const struct sqli_lexeme *word)
{
    if (kind_ahead(p, 0, SQLI_TOKEN_OPEN_BRACE))
        return SQLI_T_COLLECTION;
    bool parenthesis = kind_ahead(p, 0, SQLI_TOKEN_OPEN_PARENTHESIS);
    if (word->keyword == SQLI_KEYWORD_MULTISET && parenthesis &&
        word_ahead(p, 1, SQLI_KEYWORD_SELECT))
        return SQLI_T_MULTISET;
    return word->keyword == SQLI_KEYWORD_SET || parenthesis ? SQLI_T_SET : SQLI_T_ID;
}

static bool rest_begins(struct sqli_parse *p, const struct sqli_lexeme *word)
{
    if (!p->creating || p->parentheses)
        return false;
    return word->keyword == SQLI_KEYWORD_PUT ? word_ahead(p, 1, SQLI_KEYWORD_IN)
                                             : word_ahead(p, 0, SQLI_KEYWORD_BY);
}

/* FRAGMENT BY ..., PUT ...: to the end of the statement, whose parentheses must pair. */
static int take_rest(struct sqli_parse *p, struct sqli_lexeme *word)
{
    int32_t depth = 0;
    if (word->keyword == SQLI_KEYWORD_PARTITION && p->previous_terminal == SQLI_T_LP &&
        word_ahead(p, 0, SQLI_KEYWORD_BY))
        return SQLI_T_PARTITION; /* of a window */
    if (!rest_begins(p, word))
        return SQLI_T_ID;
    while (!kind_ahead(p, 0, SQLI_TOKEN_END) && !kind_ahead(p, 0, SQLI_TOKEN_SEMICOLON)) {
        struct sqli_lexeme token = *sqli__parse_look(p, 0);
        depth += token.kind == SQLI_TOKEN_OPEN_PARENTHESIS;
        depth -= token.kind == SQLI_TOKEN_CLOSE_PARENTHESIS;
        if (depth < 0 || token.kind >= SQLI_TOKEN_BAD_CHARACTER)
            break;
        word->end = take(p).end;
    }
    if (depth)
        sqli__parse_syntax(p, sqli__parse_look(p, 0)->at);
    return SQLI_T_REST;
}

/* --- words --- */

static bool fits(struct sqli_parse *p, const struct word *line)
{
    const struct sqli_lexeme *next = sqli__parse_look(p, 0);
    switch (line->condition) {
    case WHEN_ALWAYS: return true;
    case WHEN_CALL: return next->kind == SQLI_TOKEN_OPEN_PARENTHESIS;
    case WHEN_NOT_CALL: return next->kind != SQLI_TOKEN_OPEN_PARENTHESIS;
    case WHEN_NUMBER: return next->kind == SQLI_TOKEN_INTEGER || next->kind == SQLI_TOKEN_QUESTION;
    case WHEN_NEXT: return next->keyword == line->next[0] || next->keyword == line->next[1];
    case WHEN_QUERY: return query_ahead(p);
    case WHEN_OPERAND: return operand_ahead(p);
    case WHEN_SIDE: return p->previous_terminal == SQLI_T_LP && operand_ahead(p);
    case WHEN_CREATING: return p->creating;
    case WHEN_OVER:
        return p->previous_terminal == SQLI_T_RP && next->kind == SQLI_TOKEN_OPEN_PARENTHESIS;
    case WHEN_EXISTS:
        return p->previous_terminal == SQLI_T_IF || p->previous_terminal == SQLI_T_NOT ||
               next->kind == SQLI_TOKEN_OPEN_PARENTHESIS;
    case WHEN_TABLE:
        return (p->previous_terminal != SQLI_T_FROM && p->previous_terminal != SQLI_T_COMMA) ||
               next->kind == SQLI_TOKEN_OPEN_PARENTHESIS;
    case WHEN_DISTINCT: return !starts_column(p) || next->kind == SQLI_TOKEN_OPEN_PARENTHESIS;
    case WHEN_UNIT: return is_unit(p);
    case WHEN_BEFORE_UNIT: return unit_ahead(p);
    default: return false;
    }
}

/* owner.name, database:name, database@server, t.*: words on both sides are names. */
static bool beside_point(struct sqli_parse *p)
{
    enum sqli_token_kind next = sqli__parse_look(p, 0)->kind;
    if (next == SQLI_TOKEN_DOT || next == SQLI_TOKEN_COLON || next == SQLI_TOKEN_AT)
        next = sqli__parse_look(p, 1)->kind;
    else
        next = SQLI_TOKEN_END;
    return next == SQLI_TOKEN_IDENTIFIER || next == SQLI_TOKEN_QUOTED_IDENTIFIER ||
           next == SQLI_TOKEN_STRING || next == SQLI_TOKEN_STAR ||
           p->previous_terminal == SQLI_T_DOT || p->previous_terminal == SQLI_T_COLON ||
           p->previous_terminal == SQLI_T_AT;
}

/* Words that are no keywords, by their text. */
static int other_word(struct sqli_parse *p, const struct sqli_lexeme *token)
{
    static const struct {
        const char *text;
        uint8_t terminal;
    } others[] = {{"novalidate", SQLI_T_STATE},
                  {"compressed", SQLI_T_STATE},
                  {"recursive", SQLI_T_RECURSIVE}};
    struct sqli_span word = sqli__span(p->text.data + token->at, token->end - token->at);
    char folded[16];
    if (word.length > sizeof folded || !(p->creating || p->previous_terminal == SQLI_T_WITH))
        return SQLI_T_ID;
    sqli__sql_fold(word, folded);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (sqli__span_equal(sqli__span(folded, word.length), sqli__span_text(others[i].text)))
            return others[i].terminal;
    return SQLI_T_ID;
}

/* What would change the meaning of a SELECT if it were read as names. */
static const char *unsupported_word(struct sqli_parse *p, const struct sqli_lexeme *word)
{
    switch (word->keyword) {
    case SQLI_KEYWORD_CONNECT: return word_ahead(p, 0, SQLI_KEYWORD_BY) ? "CONNECT BY" : NULL;
    case SQLI_KEYWORD_START:
        return !p->creating && word_ahead(p, 0, SQLI_KEYWORD_WITH) ? "START WITH" : NULL;
    case SQLI_KEYWORD_ORDER:
        return word_ahead(p, 0, SQLI_KEYWORD_SIBLINGS) ? "ORDER SIBLINGS BY" : NULL;
    default: return NULL;
    }
}

static int word_terminal(struct sqli_parse *p, struct sqli_lexeme *token)
{
    const struct word *line = &words[token->keyword];
    if (beside_point(p))
        return SQLI_T_ID;
    const char *unsupported = unsupported_word(p, token);
    if (unsupported)
        sqli__parse_fail(p, SQLI_E_SYNTAX_UNSUPPORTED, token->at, unsupported);
    /* No alias: `a OUTER JOIN b` would be an inner one. */
    if (token->keyword == SQLI_KEYWORD_OUTER && word_ahead(p, 0, SQLI_KEYWORD_JOIN))
        return SQLI_T_OUTER_JOIN;
    switch (line->condition) {
    case 0: return other_word(p, token);
    case WHEN_SPAN: return take_span(p, token);
    case WHEN_COLLECTION: return collection_terminal(p, token);
    case WHEN_REST: return take_rest(p, token);
    default: return fits(p, line) ? line->terminal : SQLI_T_ID;
    }
}

static void broken_token(struct sqli_parse *p, const struct sqli_lexeme *token)
{
    bool quote = token->kind == SQLI_TOKEN_UNTERMINATED_STRING ||
                 token->kind == SQLI_TOKEN_UNTERMINATED_IDENTIFIER;
    sqli__parse_fail(p, quote ? SQLI_E_QUOTE_UNMATCHED : SQLI_E_SYNTAX, token->at, NULL);
}

static int terminal_of(struct sqli_parse *p, struct sqli_lexeme *token)
{
    if (token->kind == SQLI_TOKEN_END)
        return 0;
    if (token->kind == SQLI_TOKEN_IDENTIFIER)
        return word_terminal(p, token);
    /* 'informix'.systables */
    if (token->kind == SQLI_TOKEN_STRING && kind_ahead(p, 0, SQLI_TOKEN_DOT))
        token->kind = SQLI_TOKEN_QUOTED_IDENTIFIER;
    int terminal = terminals[token->kind];
    if (!terminal)
        broken_token(p, token);
    return terminal;
}

int sqli__parse_feed(struct sqli_parse *p, struct sqli_lexeme *lexeme)
{
    *lexeme = take(p);
    int terminal = terminal_of(p, lexeme);
    p->parentheses += terminal == SQLI_T_LP;
    p->parentheses -= terminal == SQLI_T_RP;
    if ((terminal == SQLI_T_CREATE || terminal == SQLI_T_DROP || terminal == SQLI_T_ALTER) &&
        p->previous_terminal == SQLI_T_START_STATEMENT)
        p->creating = true;
    if (terminal == SQLI_T_SEMICOLON || terminal == SQLI_T_COMMA)
        p->qualifier = false;
    return terminal;
}
