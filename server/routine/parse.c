/* The text of a routine as tokens, and what the parts of the parser ask of them. */
#include "server/routine/parse_inside.h"

#include "base/ascii.h"
#include "sql/text.h"

enum { TOKENS_MAX = 1 << 20, NEAR_MAX = 128 };

/* --- failures --- */

void sqli__spl_fail(struct sqli_spl_parser *p, int32_t code, const struct sqli_token *at,
                    struct sqli_span near)
{
    if (p->status != SQLI_OK)
        return;
    p->status = SQLI_FAIL;
    p->at = p->count - 1;
    size_t offset =
        p->single_byte ? at->offset + 1 : sqli__sql_character_offset(p->text, at->offset);
    sqli__fail_server(p->error, code, 0, (int32_t)offset, near);
}

void sqli__spl_syntax(struct sqli_spl_parser *p)
{
    sqli__spl_fail(p, SQLI_E_SYNTAX, sqli__spl_look(p, 0), sqli__span(NULL, 0));
}

/* What is made after a failure is never looked at, but must be there. */
void *sqli__spl_new(struct sqli_spl_parser *p, size_t size)
{
    static union {
        struct sqli_spl_sql sql;
        struct sqli_spl_statement statement;
        struct sqli_spl_variable variable;
        struct sqli_spl_handler handler;
    } nothing;
    void *made = sqli__arena_alloc(p->arena, 1, size);
    if (made)
        return made;
    if (p->status == SQLI_OK) {
        p->status = SQLI_FAIL;
        p->at = p->count - 1;
        sqli__arena_status(p->arena, p->error);
    }
    memset(&nothing, 0, sizeof nothing);
    return &nothing;
}

/* --- tokens --- */

const struct sqli_token *sqli__spl_look(const struct sqli_spl_parser *p, uint32_t ahead)
{
    uint32_t at = p->at + ahead;
    return &p->tokens[at < p->count ? at : p->count - 1];
}

struct sqli_span sqli__spl_text(const struct sqli_spl_parser *p, const struct sqli_token *token)
{
    return sqli__token_text(p->text, token);
}

bool sqli__spl_token_is(const struct sqli_spl_parser *p, const struct sqli_token *token,
                        const char *word)
{
    struct sqli_span text = sqli__spl_text(p, token);
    if (token->kind != SQLI_TOKEN_IDENTIFIER || text.length != strlen(word))
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (sqli__ascii_lower(text.data[i]) != (uint8_t)word[i])
            return false;
    return true;
}

bool sqli__spl_is(const struct sqli_spl_parser *p, const char *word)
{
    return sqli__spl_token_is(p, sqli__spl_look(p, 0), word);
}

static void advance(struct sqli_spl_parser *p)
{
    if (p->at + 1 < p->count)
        p->at++;
}

bool sqli__spl_take(struct sqli_spl_parser *p, const char *word)
{
    if (!sqli__spl_is(p, word))
        return false;
    advance(p);
    return true;
}

void sqli__spl_expect(struct sqli_spl_parser *p, const char *word)
{
    if (!sqli__spl_take(p, word))
        sqli__spl_syntax(p);
}

bool sqli__spl_is_sign(const struct sqli_spl_parser *p, enum sqli_token_kind kind)
{
    return sqli__spl_look(p, 0)->kind == kind;
}

bool sqli__spl_take_sign(struct sqli_spl_parser *p, enum sqli_token_kind kind)
{
    if (!sqli__spl_is_sign(p, kind))
        return false;
    advance(p);
    return true;
}

void sqli__spl_expect_sign(struct sqli_spl_parser *p, enum sqli_token_kind kind)
{
    if (!sqli__spl_take_sign(p, kind))
        sqli__spl_syntax(p);
}

bool sqli__spl_at_end(const struct sqli_spl_parser *p)
{
    return sqli__spl_is_sign(p, SQLI_TOKEN_END);
}

struct sqli_span sqli__spl_name_of(struct sqli_spl_parser *p, const struct sqli_token *token)
{
    struct sqli_span text = sqli__spl_text(p, token);
    bool quoted = token->kind == SQLI_TOKEN_QUOTED_IDENTIFIER;
    if (!quoted && token->kind != SQLI_TOKEN_IDENTIFIER)
        return sqli__span(NULL, 0);
    char *copy = sqli__arena_alloc(p->arena, text.length + 1, 1);
    if (!copy)
        return sqli__span(NULL, 0);
    if (quoted)
        return sqli__span(copy, sqli__sql_unquote(text, copy));
    sqli__sql_fold(text, copy);
    return sqli__span(copy, text.length);
}

struct sqli_span sqli__spl_name(struct sqli_spl_parser *p)
{
    struct sqli_span name = sqli__spl_name_of(p, sqli__spl_look(p, 0));
    if (!name.data)
        sqli__spl_syntax(p);
    else
        advance(p);
    return name;
}

struct sqli_span sqli__spl_between(const struct sqli_spl_parser *p, uint32_t from, uint32_t to)
{
    if (to <= from)
        return sqli__span(p->text.data + p->tokens[from].offset, 0);
    size_t start = p->tokens[from].offset;
    return sqli__span(p->text.data + start,
                      p->tokens[to - 1].offset + p->tokens[to - 1].length - start);
}

/* --- names of variables --- */

const struct sqli_spl_variable *sqli__spl_find(const struct sqli_spl_block *block,
                                               struct sqli_span name)
{
    for (; block; block = block->outer)
        for (const struct sqli_spl_variable *v = block->variables; v; v = v->next)
            if (sqli__span_equal(v->name, name))
                return v;
    return NULL;
}

/* --- the whole --- */

static uint32_t count_tokens(struct sqli_tokenizer tokenizer)
{
    struct sqli_token token;
    uint32_t count = 1;
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END && count < TOKENS_MAX)
        count++;
    return count;
}

static void check_token(struct sqli_spl_parser *p, const struct sqli_token *token)
{
    if (token->kind == SQLI_TOKEN_UNTERMINATED_STRING ||
        token->kind == SQLI_TOKEN_UNTERMINATED_IDENTIFIER)
        sqli__spl_fail(p, SQLI_E_QUOTE_UNMATCHED, token, sqli__span(NULL, 0));
    else if (token->kind >= SQLI_TOKEN_BAD_CHARACTER)
        sqli__spl_fail(p, SQLI_E_SYNTAX, token, sqli__span(NULL, 0));
}

static enum sqli_status tokenize(struct sqli_spl_parser *p, const struct sqli_spl_options *options)
{
    struct sqli_tokenizer tokenizer;
    sqli__tokenizer_init(&tokenizer, p->text,
                         (options->delimident ? (unsigned)SQLI_SQL_DELIMIDENT : 0U) |
                             (options->single_byte ? (unsigned)SQLI_SQL_SINGLE_BYTE : 0U));
    p->count = count_tokens(tokenizer);
    if (p->count >= TOKENS_MAX)
        return sqli__fail(p->error, SQLI_E_TOO_LARGE, "a routine of %zu bytes", p->text.length);
    p->tokens = sqli__arena_alloc(p->arena, p->count, sizeof *p->tokens);
    SQLI_TRY(sqli__arena_status(p->arena, p->error));
    for (uint32_t i = 0; i < p->count; i++)
        sqli__tokenizer_next_word(&tokenizer, &p->tokens[i]);
    for (uint32_t i = 0; i < p->count; i++)
        check_token(p, &p->tokens[i]);
    return p->status;
}

enum sqli_status sqli__spl_open(struct sqli_spl_parser *p, struct sqli_span text,
                                const struct sqli_spl_options *options, struct sqli_arena *arena,
                                struct sqli_error *error)
{
    *p = (struct sqli_spl_parser){
        .text = text, .single_byte = options->single_byte, .arena = arena, .error = error};
    return tokenize(p, options);
}

enum sqli_status sqli__spl_parse(struct sqli_span text, const struct sqli_spl_options *options,
                                 struct sqli_arena *arena, struct sqli_spl_routine **routine,
                                 struct sqli_error *error)
{
    struct sqli_spl_parser p;
    *routine = NULL;
    SQLI_TRY(sqli__spl_open(&p, text, options, arena, error));
    p.routine = sqli__arena_alloc(arena, 1, sizeof *p.routine);
    SQLI_TRY(sqli__arena_status(arena, error));
    sqli__spl_head(&p);
    if (p.status == SQLI_OK && !p.routine->external) {
        struct sqli_spl_block *block = sqli__arena_alloc(arena, 1, sizeof *block);
        SQLI_TRY(sqli__arena_status(arena, error));
        p.routine->block = block;
        sqli__spl_block_body(&p, block);
        sqli__spl_tail(&p);
    }
    SQLI_TRY(sqli__arena_status(arena, error));
    if (p.status == SQLI_OK)
        *routine = p.routine;
    return p.status;
}
