/* In front of the body of a routine, and behind it. */
#include "server/routine/parse_inside.h"

#include "sql/text.h"

/* --- types and declarations --- */

/* Words of which a type consists behind its first: DATETIME YEAR TO SECOND, DOUBLE PRECISION. */
static bool continues_type(const struct sqli_spl_parser *p)
{
    static const char *const words[] = {
        "year",     "month", "day",  "hour",      "minute",  "second",
        "fraction", "to",    "null", "precision", "varying", "not",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sqli__spl_is(p, words[i]))
            return true;
    return false;
}

static void skip_parentheses(struct sqli_spl_parser *p)
{
    uint32_t open = 0;
    do {
        open += sqli__spl_is_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS);
        open -= sqli__spl_is_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS);
        p->at++;
    } while (open && p->at + 1 < p->count);
    if (open)
        sqli__spl_syntax(p);
}

static struct sqli_spl_type like(struct sqli_spl_parser *p)
{
    struct sqli_spl_type type = {.at = (uint32_t)sqli__spl_look(p, 0)->offset};
    type.table = sqli__spl_name(p);
    sqli__spl_expect_sign(p, SQLI_TOKEN_DOT);
    type.column = sqli__spl_name(p);
    if (sqli__spl_take_sign(p, SQLI_TOKEN_DOT)) { /* owner.table.column */
        type.table = type.column;
        type.column = sqli__spl_name(p);
    }
    return type;
}

struct sqli_spl_type sqli__spl_type(struct sqli_spl_parser *p)
{
    if (sqli__spl_take(p, "like"))
        return like(p);
    uint32_t from = p->at;
    struct sqli_spl_type type = {.at = (uint32_t)sqli__spl_look(p, 0)->offset};
    if (sqli__spl_take(p, "references")) /* BYTE and TEXT */
        from = p->at;
    if (!sqli__spl_is_sign(p, SQLI_TOKEN_IDENTIFIER)) {
        sqli__spl_syntax(p);
        return type;
    }
    p->at++;
    while (sqli__spl_is_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS) || continues_type(p))
        if (sqli__spl_is_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS))
            skip_parentheses(p);
        else
            p->at++;
    type.text = sqli__arena_copy(p->arena, sqli__spl_between(p, from, p->at));
    return type;
}

struct sqli_spl_variable *sqli__spl_declare(struct sqli_spl_parser *p, enum sqli_spl_mode mode)
{
    const struct sqli_token *at = sqli__spl_look(p, 0);
    struct sqli_span name = sqli__spl_name(p);
    struct sqli_spl_variable **end = &p->block->variables;
    for (; *end; end = &(*end)->next)
        if (sqli__span_equal((*end)->name, name))
            sqli__spl_fail(p, SQLI_E_VARIABLE_TWICE, at, name);
    if (p->routine->variable_count >= SQLI_SPL_VARIABLES)
        sqli__spl_syntax(p);
    struct sqli_spl_variable *made = sqli__spl_new(p, sizeof *made);
    made->name = name;
    made->at = (uint32_t)at->offset;
    made->mode = mode;
    if (p->status == SQLI_OK) {
        made->slot = p->routine->variable_count++;
        made->chain = p->routine->variables;
        p->routine->variables = made;
        *end = made;
    }
    return made;
}

/* --- CREATE ... FUNCTION name (parameters) --- */

static enum sqli_spl_mode parameter_mode(struct sqli_spl_parser *p)
{
    /* Also names of parameters: `out INT`. */
    const struct sqli_token *third = sqli__spl_look(p, 2);
    bool word = third->kind == SQLI_TOKEN_IDENTIFIER;
    if (word && sqli__spl_take(p, "out"))
        return SQLI_SPL_OUT;
    if (word && sqli__spl_take(p, "inout"))
        return SQLI_SPL_INOUT;
    if (word)
        sqli__spl_take(p, "in");
    return SQLI_SPL_IN;
}

static void parameter(struct sqli_spl_parser *p)
{
    struct sqli_spl_variable *made = sqli__spl_declare(p, parameter_mode(p));
    made->type = sqli__spl_type(p);
    if (sqli__spl_take(p, "default")) {
        made->value = sqli__spl_values(p, SQLI_STOP_COMMA);
        sqli__spl_targets(p, made->value, &made->slot, 1);
    }
    p->routine->parameter_count++;
}

static void parameters(struct sqli_spl_parser *p)
{
    struct sqli_spl_block *block = sqli__arena_alloc(p->arena, 1, sizeof *block);
    if (!block)
        return;
    p->block = block;
    sqli__spl_expect_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS);
    if (!sqli__spl_is_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS)) {
        do
            parameter(p);
        while (sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    }
    sqli__spl_expect_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS);
    p->routine->parameters = block->variables;
}

static void returning(struct sqli_spl_parser *p)
{
    struct sqli_spl_return **end = &p->routine->returns;
    do {
        struct sqli_spl_return *made = sqli__spl_new(p, sizeof *made);
        made->type = sqli__spl_type(p);
        if (sqli__spl_take(p, "as"))
            made->name = sqli__spl_name(p);
        if (p->status != SQLI_OK)
            return;
        *end = made;
        end = &made->next;
        p->routine->return_count++;
    } while (sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON);
}

/* WITH (NOT VARIANT, HANDLESNULLS, ...) */
static void modifiers(struct sqli_spl_parser *p)
{
    sqli__spl_expect_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS);
    while (!sqli__spl_is_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS) && !sqli__spl_at_end(p)) {
        if (sqli__spl_is(p, "not") && sqli__spl_token_is(p, sqli__spl_look(p, 1), "variant"))
            p->routine->variant = false;
        p->at++;
    }
    sqli__spl_expect_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS);
    sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON);
}

static void clauses(struct sqli_spl_parser *p)
{
    struct sqli_spl_routine *r = p->routine;
    while (p->status == SQLI_OK) {
        if (sqli__spl_take(p, "returning") || sqli__spl_take(p, "returns"))
            returning(p);
        else if (sqli__spl_take(p, "specific"))
            r->specific = sqli__spl_name(p);
        else if (sqli__spl_is(p, "with") &&
                 sqli__spl_look(p, 1)->kind == SQLI_TOKEN_OPEN_PARENTHESIS) {
            p->at++;
            modifiers(p);
        } else if (sqli__spl_is(p, "external") &&
                   sqli__spl_token_is(p, sqli__spl_look(p, 1), "name")) {
            r->external = true;
            return;
        } else if (!sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON))
            return;
    }
}

void sqli__spl_head(struct sqli_spl_parser *p)
{
    struct sqli_spl_routine *r = p->routine;
    r->variant = true;
    sqli__spl_expect(p, "create");
    if (sqli__spl_take(p, "or")) {
        sqli__spl_expect(p, "replace");
        r->or_replace = true;
    }
    r->dba = sqli__spl_take(p, "dba");
    r->procedure = sqli__spl_take(p, "procedure");
    if (!r->procedure)
        sqli__spl_expect(p, "function");
    if (sqli__spl_is(p, "if") && sqli__spl_token_is(p, sqli__spl_look(p, 1), "not")) {
        p->at += 2;
        sqli__spl_expect(p, "exists");
        r->if_not_exists = true;
    }
    r->at = (uint32_t)sqli__spl_look(p, 0)->offset;
    r->name = sqli__spl_name(p);
    if (sqli__spl_take_sign(p, SQLI_TOKEN_DOT)) {
        r->owner = r->name;
        r->name = sqli__spl_name(p);
    }
    parameters(p);
    clauses(p);
}

/* --- behind the body --- */

static void document(struct sqli_spl_parser *p)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, p->text.length + 1);
    do {
        const struct sqli_token *token = sqli__spl_look(p, 0);
        struct sqli_span quoted = sqli__spl_text(p, token);
        uint8_t *room = sqli__buffer_reserve(&text, quoted.length);
        if (token->kind != SQLI_TOKEN_STRING)
            sqli__spl_syntax(p);
        else if (room)
            sqli__buffer_advance(&text, sqli__sql_unquote(quoted, (char *)room));
        p->at += p->at + 1 < p->count;
    } while (p->status == SQLI_OK && sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    p->routine->document = sqli__arena_copy(p->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
}

void sqli__spl_tail(struct sqli_spl_parser *p)
{
    sqli__spl_expect(p, "end");
    sqli__spl_expect(p, p->routine->procedure ? "procedure" : "function");
    if (sqli__spl_take(p, "document"))
        document(p);
    if (sqli__spl_take(p, "with")) {
        sqli__spl_expect(p, "listing");
        sqli__spl_expect(p, "in");
        sqli__spl_expect_sign(p, SQLI_TOKEN_STRING);
    }
    while (sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON))
        continue;
    if (!sqli__spl_at_end(p))
        sqli__spl_syntax(p);
}

/* --- DROP --- */

enum sqli_status sqli__spl_parse_reference(struct sqli_span text,
                                           const struct sqli_spl_options *options,
                                           struct sqli_arena *arena,
                                           struct sqli_spl_reference *reference,
                                           struct sqli_error *error)
{
    struct sqli_spl_parser p;
    struct sqli_spl_return **end = &reference->types;
    *reference = (struct sqli_spl_reference){.if_exists = false};
    SQLI_TRY(sqli__spl_open(&p, text, options, arena, error));
    if (sqli__spl_is(&p, "if") && sqli__spl_token_is(&p, sqli__spl_look(&p, 1), "exists")) {
        p.at += 2;
        reference->if_exists = true;
    }
    reference->name = sqli__spl_name(&p);
    if (sqli__spl_take_sign(&p, SQLI_TOKEN_DOT)) {
        reference->owner = reference->name;
        reference->name = sqli__spl_name(&p);
    }
    if (sqli__spl_take_sign(&p, SQLI_TOKEN_OPEN_PARENTHESIS)) {
        reference->has_types = true;
        while (!sqli__spl_take_sign(&p, SQLI_TOKEN_CLOSE_PARENTHESIS) && p.status == SQLI_OK) {
            struct sqli_spl_return *made = sqli__spl_new(&p, sizeof *made);
            made->type = sqli__spl_type(&p);
            if (!sqli__spl_is_sign(&p, SQLI_TOKEN_CLOSE_PARENTHESIS))
                sqli__spl_expect_sign(&p, SQLI_TOKEN_COMMA);
            if (p.status == SQLI_OK) {
                *end = made;
                end = &made->next;
            }
        }
    }
    if (!sqli__spl_at_end(&p))
        sqli__spl_syntax(&p);
    SQLI_TRY(sqli__arena_status(arena, error));
    return p.status;
}
