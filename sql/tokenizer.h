/* SQL as tokens. The same scanner finds the placeholders for the client, splits scripts for the
 * shell and is the lexer of the server.
 *
 * The tokens of a text, blanks and comments among them, follow each other without a gap and cover
 * it to its last byte. Nothing is allocated, nothing is copied, and no text makes it fail: what is
 * not SQL becomes a token that says so. The text may be UTF-8 or any other superset of ASCII; its
 * bytes from 80 up are letters. */
#ifndef SQLI_SQL_TOKENIZER_H
#define SQLI_SQL_TOKENIZER_H

#include "base/bytes.h"
#include "sql/keywords.h"

enum sqli_token_kind {
#define SQLI_TOKEN(kind, text) SQLI_TOKEN_##kind,
#include "sql/tokens.def"
#undef SQLI_TOKEN
    SQLI_TOKEN_COUNT
};

enum sqli_sql_option {
    /* "..." is an identifier. Without it that is a string, unless a dot follows:
     * "informix".systables */
    SQLI_SQL_DELIMIDENT = 1,
    /* :1 and :name are placeholders, where no letter, digit, quote or colon stands before the
     * colon: db:table, 10:30 and x::type are none. */
    SQLI_SQL_NAMED_PLACEHOLDERS = 2,
    /* Every byte counts as one character of a column; without it the text counts as UTF-8. */
    SQLI_SQL_SINGLE_BYTE = 4,
};

struct sqli_token {
    enum sqli_token_kind kind;
    enum sqli_keyword keyword; /* of an unquoted identifier that is one, else SQLI_NO_KEYWORD */
    size_t offset;             /* in bytes, from 0 */
    size_t length;             /* in bytes; 0 for SQLI_TOKEN_END only */
    size_t line;               /* from 1 */
    size_t column;             /* of its first character, from 1 */
};

/* Plain memory: a copy is a place to come back to. */
struct sqli_tokenizer {
    struct sqli_span text;
    size_t at; /* where the next token starts, in bytes, and as line and column */
    size_t line;
    size_t column;
    unsigned options;            /* of enum sqli_sql_option */
    enum sqli_token_kind before; /* what ends at `at`; blanks and comments count */
    bool collection; /* SET, MULTISET or LIST stands before, so `{` opens a literal, no comment */
};

/* The text stays the caller's and must outlive the tokenizer and its tokens. */
void sqli__tokenizer_init(struct sqli_tokenizer *tokenizer, struct sqli_span text,
                          unsigned options);

/* The next token, whose kind it returns as well. At the end it gives SQLI_TOKEN_END, again and
 * again. */
enum sqli_token_kind sqli__tokenizer_next(struct sqli_tokenizer *tokenizer,
                                          struct sqli_token *token);

/* The same without blanks, comments and optimizer directives. */
enum sqli_token_kind sqli__tokenizer_next_word(struct sqli_tokenizer *tokenizer,
                                               struct sqli_token *token);

static inline bool sqli__token_is_between(enum sqli_token_kind kind)
{
    return kind >= SQLI_TOKEN_BLANK && kind <= SQLI_TOKEN_HINT;
}

static inline struct sqli_span sqli__token_text(struct sqli_span text,
                                                const struct sqli_token *token)
{
    return sqli__span(token->length ? text.data + token->offset : text.data, token->length);
}

/* For messages: "identifier", "||". */
const char *sqli__token_name(enum sqli_token_kind kind);

#endif
