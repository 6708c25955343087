#include "server/front/parse.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "server/front/generated/grammar.h"
#include "server/front/parse_inside.h"
#include "sql/text.h"

#include <stdio.h>

/* The generated parser. */
size_t sqli__grammar_size(void);
void sqli__grammarInit(void *parser);
void sqli__grammar(void *parser, int terminal, struct sqli_lexeme lexeme, struct sqli_parse *p);

/* Offsets are int32_t in errors, and this much SQL nobody writes. */
enum { TEXT_MAX = 1 << 30 };

void sqli__parse_fail(struct sqli_parse *p, int32_t code, uint32_t at, const char *near)
{
    if (p->status != SQLI_OK)
        return;
    p->status = near ? sqli__fail(p->error, code, "%s", near) : sqli__fail(p->error, code, NULL);
    size_t offset = p->single_byte ? (size_t)at + 1 : sqli__sql_character_offset(p->text, at);
    if (p->error)
        p->error->offset = (int32_t)offset;
}

/* At the end of the text the place is the one behind the last token. */
void sqli__parse_syntax(struct sqli_parse *p, uint32_t at)
{
    sqli__parse_fail(p, SQLI_E_SYNTAX, at < p->text.length ? at : p->taken_end, NULL);
}

static uint8_t ascii_upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

struct sqli_name sqli__parse_owner(struct sqli_parse *p, struct sqli_name name)
{
    uint8_t first = name.at < p->text.length ? p->text.data[name.at] : 0;
    if (!p->ansi || first == '"' || first == '\'' ||
        sqli__span_equal(name.text, sqli__span_text("informix")))
        return name;
    uint8_t *upper = sqli__arena_alloc(p->arena, name.text.length + 1, 1);
    for (size_t i = 0; upper && i < name.text.length; i++)
        upper[i] = ascii_upper(name.text.data[i]);
    if (upper)
        name.text = sqli__span(upper, name.text.length);
    return name;
}

static bool same_word(struct sqli_span a, struct sqli_span b)
{
    bool same = a.length == b.length;
    for (size_t i = 0; i < a.length && same; i++)
        same = sqli__ascii_lower(a.data[i]) == sqli__ascii_lower(b.data[i]);
    return same;
}

void sqli__parse_server(struct sqli_parse *p, const struct sqli_name *name)
{
    struct sqli_span text = name->text;
    if (!p->server.data || p->status != SQLI_OK || same_word(text, p->server))
        return;
    sqli__parse_fail(p, SQLI_E_CONNECT_FAILED, name->at, NULL);
    if (p->error)
        snprintf(p->error->near, sizeof p->error->near, "%.*s", (int)text.length,
                 (const char *)text.data);
}

void *sqli__parse_node(struct sqli_parse *p, size_t size)
{
    void *node = sqli__arena_alloc(p->arena, 1, size);
    if (node)
        return node;
    memset(&p->spare, 0, sizeof p->spare);
    return &p->spare;
}

/* Without the blanks around. */
struct sqli_span sqli__parse_copy(struct sqli_parse *p, uint32_t from, uint32_t to)
{
    while (from < to && p->text.data[from] <= ' ')
        from++;
    while (to > from && p->text.data[to - 1] <= ' ')
        to--;
    return sqli__arena_copy(p->arena, sqli__span(p->text.data + from, to - from));
}

static void run(struct sqli_parse *p, void *parser, int start)
{
    struct sqli_lexeme lexeme = {.kind = SQLI_TOKEN_END};
    int terminal = start;
    sqli__grammarInit(parser);
    do {
        p->current = lexeme;
        sqli__grammar(parser, terminal, lexeme, p);
        p->previous = lexeme;
        p->previous_terminal = terminal;
        terminal = sqli__parse_feed(p, &lexeme);
    } while (terminal && p->status == SQLI_OK && !p->arena->failed);
    p->current = lexeme;
    if (p->status == SQLI_OK && !p->arena->failed)
        sqli__grammar(parser, 0, lexeme, p);
}

static enum sqli_status parse_from(struct sqli_parse *p, int start)
{
    void *parser = sqli__alloc(sqli__grammar_size());
    if (!parser)
        return sqli__fail(p->error, SQLI_E_NO_MEMORY, "the parser");
    run(p, parser, start);
    sqli__free(parser);
    SQLI_TRY(sqli__arena_status(p->arena, p->error));
    return p->status;
}

static enum sqli_status set_up(struct sqli_parse *p, struct sqli_span text,
                               const struct sqli_parse_options *options, struct sqli_arena *arena,
                               struct sqli_error *error)
{
    unsigned sql_options = (options->delimident ? (unsigned)SQLI_SQL_DELIMIDENT : 0U) |
                           (options->single_byte ? (unsigned)SQLI_SQL_SINGLE_BYTE : 0U);
    *p = (struct sqli_parse){
        .text = text,
        .arena = arena,
        .error = error,
        .single_byte = options->single_byte,
        .ansi = options->ansi,
        .server = options->server,
    };
    if (text.length > TEXT_MAX)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "a statement of %zu bytes", text.length);
    sqli__tokenizer_init(&p->tokenizer, text, sql_options);
    return SQLI_OK;
}

enum sqli_status sqli__parse(struct sqli_span text, const struct sqli_parse_options *options,
                             struct sqli_arena *arena, struct sqli_statement_tree **tree,
                             struct sqli_error *error)
{
    struct sqli_parse p;
    *tree = NULL;
    SQLI_TRY(set_up(&p, text, options, arena, error));
    struct sqli_statement_tree *made = sqli__arena_alloc(arena, 1, sizeof *made);
    SQLI_TRY(sqli__arena_status(arena, error));
    p.tree = made;
    if (!sqli__parse_phrase(&p))
        SQLI_TRY(parse_from(&p, SQLI_T_START_STATEMENT));
    SQLI_TRY(sqli__arena_status(arena, error));
    SQLI_TRY(p.status);
    made->parameter_count = p.parameters;
    *tree = made;
    return SQLI_OK;
}

enum sqli_status sqli__parse_expression(struct sqli_span text,
                                        const struct sqli_parse_options *options,
                                        struct sqli_arena *arena, struct sqli_expr **expr,
                                        struct sqli_error *error)
{
    struct sqli_parse p;
    *expr = NULL;
    SQLI_TRY(set_up(&p, text, options, arena, error));
    SQLI_TRY(parse_from(&p, SQLI_T_START_EXPRESSION));
    *expr = p.expr;
    return SQLI_OK;
}
