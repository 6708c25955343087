/* The statements of SPL. */
#include "server/routine/parse_inside.h"

#include "base/ascii.h"

typedef void parse_one(struct sqli_spl_parser *p, struct sqli_spl_statement *s);

static struct sqli_spl_statement *statements(struct sqli_spl_parser *p);

/* --- variables that are assigned to --- */

uint32_t sqli__spl_target(struct sqli_spl_parser *p)
{
    const struct sqli_token *at = sqli__spl_look(p, 0);
    struct sqli_span name = sqli__spl_name(p);
    if (p->status != SQLI_OK)
        return 0;
    const struct sqli_spl_variable *variable = sqli__spl_find(p->block, name);
    if (variable)
        return variable->slot;
    sqli__spl_fail(p, SQLI_E_VARIABLE_UNKNOWN, at, name);
    return 0;
}

uint32_t sqli__spl_target_list(struct sqli_spl_parser *p, uint32_t *slots)
{
    uint32_t count = 0;
    do {
        if (count == SQLI_SPL_LIST)
            sqli__spl_syntax(p);
        else
            slots[count++] = sqli__spl_target(p);
    } while (sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    return count;
}

void sqli__spl_targets(struct sqli_spl_parser *p, struct sqli_spl_sql *sql, uint32_t *slots,
                       uint32_t count)
{
    uint32_t *copy = sqli__arena_alloc(p->arena, count, sizeof *copy);
    if (!copy || p->status != SQLI_OK)
        return;
    memcpy(copy, slots, count * sizeof *copy);
    sql->targets = copy;
    sql->target_count = count;
}

/* --- LET --- */

/* What stands behind `=`: one query in parentheses, one call, or values. */
struct source {
    uint32_t from, to;
    uint32_t commas; /* outside of parentheses */
    bool wrapped;    /* one pair of parentheses around all */
    bool call;       /* name(...) and nothing else */
};

static struct source look_at_source(struct sqli_spl_parser *p)
{
    struct source source = {.from = p->at};
    uint32_t open = 0, closed_at = 0;
    source.to = sqli__spl_skip(p, 0);
    for (uint32_t i = source.from; i < source.to; i++) {
        enum sqli_token_kind kind = p->tokens[i].kind;
        open += kind == SQLI_TOKEN_OPEN_PARENTHESIS;
        open -= kind == SQLI_TOKEN_CLOSE_PARENTHESIS && open;
        if (kind == SQLI_TOKEN_CLOSE_PARENTHESIS && open == 0 && !closed_at)
            closed_at = i;
        source.commas += open == 0 && kind == SQLI_TOKEN_COMMA;
    }
    bool whole = closed_at && closed_at + 1 == source.to;
    source.wrapped = whole && p->tokens[source.from].kind == SQLI_TOKEN_OPEN_PARENTHESIS &&
                     sqli__spl_token_is(p, &p->tokens[source.from + 1], "select");
    source.call = whole && p->tokens[source.from].kind == SQLI_TOKEN_IDENTIFIER &&
                  source.from + 1 < source.to &&
                  (p->tokens[source.from + 1].kind == SQLI_TOKEN_OPEN_PARENTHESIS ||
                   p->tokens[source.from + 1].kind == SQLI_TOKEN_DOT);
    return source;
}

static void parse_let(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    uint32_t slots[SQLI_SPL_LIST];
    uint32_t count = sqli__spl_target_list(p, slots);
    sqli__spl_expect_sign(p, SQLI_TOKEN_EQUAL);
    if (p->status != SQLI_OK)
        return;
    struct source source = look_at_source(p);
    struct sqli_span text = sqli__spl_between(p, source.from, source.to);
    if (text.length == 0)
        sqli__spl_syntax(p);
    s->kind = SQLI_SPL_RUN;
    if (source.wrapped && source.commas == 0)
        s->sql = sqli__spl_piece(p, SQLI_SPL_QUERY, "",
                                 sqli__spl_between(p, source.from + 1, source.to - 1), "");
    else if (source.call && count > 1 && source.commas == 0)
        s->sql = sqli__spl_piece(p, SQLI_SPL_CALL, "EXECUTE FUNCTION ", text, "");
    else
        s->sql = sqli__spl_piece(p, SQLI_SPL_VALUES, "SELECT ", text, "");
    sqli__spl_targets(p, s->sql, slots, count);
}

/* --- IF, CASE --- */

static struct sqli_spl_branch *add_branch(struct sqli_spl_parser *p, struct sqli_spl_branch ***end)
{
    struct sqli_spl_branch *branch = sqli__spl_new(p, sizeof *branch);
    if (p->status == SQLI_OK) {
        **end = branch;
        *end = &branch->next;
    }
    return branch;
}

static void parse_if(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    struct sqli_spl_branch **end = &s->branches;
    s->kind = SQLI_SPL_IF;
    do {
        struct sqli_spl_branch *branch = add_branch(p, &end);
        branch->condition = sqli__spl_condition(p, SQLI_STOP_THEN);
        sqli__spl_expect(p, "then");
        branch->body = statements(p);
    } while (sqli__spl_take(p, "elif"));
    if (sqli__spl_take(p, "else"))
        add_branch(p, &end)->body = statements(p);
    sqli__spl_expect(p, "end");
    sqli__spl_expect(p, "if");
}

/* CASE operand WHEN value: the condition of the branch is "(operand) = value". */
static struct sqli_spl_sql *case_condition(struct sqli_spl_parser *p, struct sqli_span operand)
{
    if (operand.length == 0)
        return sqli__spl_condition(p, SQLI_STOP_THEN);
    uint32_t from = p->at;
    uint32_t to = sqli__spl_skip(p, SQLI_STOP_THEN);
    struct sqli_span value = sqli__spl_between(p, from, to);
    struct sqli_buffer front;
    sqli__buffer_init(&front, p->text.length + 64);
    sqli__buffer_text(&front, "SELECT CASE WHEN (");
    sqli__buffer_span(&front, operand);
    sqli__buffer_text(&front, ") = (");
    sqli__buffer_byte(&front, '\0');
    struct sqli_spl_sql *sql =
        sqli__spl_piece(p, SQLI_SPL_CONDITION, front.failed ? "" : (const char *)front.data, value,
                        ") THEN 1 ELSE 0 END");
    sqli__buffer_free(&front);
    if (value.length == 0)
        sqli__spl_syntax(p);
    return sql;
}

static void parse_case(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    struct sqli_spl_branch **end = &s->branches;
    struct sqli_span operand = {NULL, 0};
    s->kind = SQLI_SPL_IF;
    if (!sqli__spl_is(p, "when")) {
        uint32_t from = p->at;
        uint32_t to = sqli__spl_skip(p, SQLI_STOP_WHEN);
        operand = sqli__spl_between(p, from, to);
    }
    while (sqli__spl_take(p, "when")) {
        struct sqli_spl_branch *branch = add_branch(p, &end);
        branch->condition = case_condition(p, operand);
        sqli__spl_expect(p, "then");
        branch->body = statements(p);
    }
    if (!s->branches)
        sqli__spl_syntax(p);
    if (sqli__spl_take(p, "else"))
        add_branch(p, &end)->body = statements(p);
    sqli__spl_expect(p, "end");
    sqli__spl_expect(p, "case");
}

/* --- loops --- */

/* [LOOP] statements END LOOP|<kind> [label] */
static void loop_body(struct sqli_spl_parser *p, struct sqli_spl_statement *s, const char *kind)
{
    bool loop = sqli__spl_take(p, "loop");
    s->body = statements(p);
    sqli__spl_expect(p, "end");
    sqli__spl_expect(p, loop ? "loop" : kind);
    if (!s->label.data || !sqli__spl_is_sign(p, SQLI_TOKEN_IDENTIFIER))
        return;
    struct sqli_span name = sqli__spl_name_of(p, sqli__spl_look(p, 0));
    p->at += sqli__span_equal(name, s->label);
}

static void parse_while(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_WHILE;
    s->loop = SQLI_SPL_LOOP_WHILE;
    s->sql = sqli__spl_condition(p, SQLI_STOP_STATEMENT);
    loop_body(p, s, "while");
}

static void parse_loop(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_WHILE;
    s->loop = SQLI_SPL_LOOP_LOOP;
    p->at--; /* loop_body takes the word */
    loop_body(p, s, "loop");
}

static struct sqli_spl_range *parse_range(struct sqli_spl_parser *p, unsigned stops, uint32_t slot)
{
    uint32_t slots[] = {slot, slot, slot};
    struct sqli_spl_range *range = sqli__spl_new(p, sizeof *range);
    struct sqli_buffer text;
    uint32_t from = p->at, to;
    sqli__buffer_init(&text, p->text.length + 16);
    sqli__buffer_text(&text, "SELECT ");
    to = sqli__spl_skip(p, stops | SQLI_STOP_TO);
    if (to == from)
        sqli__spl_syntax(p);
    sqli__buffer_span(&text, sqli__spl_between(p, from, to));
    range->count = 1;
    static const char *const words[] = {"to", "step"};
    for (size_t i = 0; i < 2 && range->count == i + 1 && sqli__spl_take(p, words[i]); i++) {
        from = p->at;
        to = sqli__spl_skip(p, stops | SQLI_STOP_TO);
        if (to == from)
            sqli__spl_syntax(p);
        sqli__buffer_text(&text, ", ");
        sqli__buffer_span(&text, sqli__spl_between(p, from, to));
        range->count++;
    }
    range->values = sqli__spl_piece(p, SQLI_SPL_VALUES, "SELECT ",
                                    sqli__span(p->text.data + p->tokens[from].offset, 0), "");
    range->values->text = sqli__span(NULL, 0);
    if (!text.failed)
        range->values->text = sqli__arena_copy(p->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    sqli__spl_targets(p, range->values, slots, range->count);
    return range;
}

static void parse_for(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    struct sqli_spl_range **end = &s->ranges;
    s->kind = SQLI_SPL_FOR;
    s->loop = SQLI_SPL_LOOP_FOR;
    s->slot = sqli__spl_target(p);
    if (sqli__spl_take(p, "in")) {
        sqli__spl_expect_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS);
        do {
            struct sqli_spl_range *range = parse_range(p, SQLI_STOP_COMMA, s->slot);
            if (p->status != SQLI_OK)
                return;
            *end = range;
            end = &range->next;
        } while (sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
        sqli__spl_expect_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS);
    } else {
        sqli__spl_expect_sign(p, SQLI_TOKEN_EQUAL);
        *end = parse_range(p, SQLI_STOP_STATEMENT, s->slot);
        if (p->status == SQLI_OK && s->ranges->count < 2)
            sqli__spl_syntax(p);
    }
    loop_body(p, s, "for");
}

/* FOREACH [[cursor] [WITH HOLD] FOR] query */
static void parse_foreach(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    struct sqli_span cursor = {NULL, 0};
    const struct sqli_token *next = sqli__spl_look(p, 1);
    s->kind = SQLI_SPL_FOREACH;
    s->loop = SQLI_SPL_LOOP_FOREACH;
    if (!sqli__spl_is(p, "select") &&
        (sqli__spl_token_is(p, next, "for") || sqli__spl_token_is(p, next, "with")) &&
        !sqli__spl_is(p, "with"))
        cursor = sqli__spl_name(p);
    if (sqli__spl_take(p, "with"))
        sqli__spl_expect(p, "hold");
    if (!sqli__spl_take(p, "for") && cursor.data)
        sqli__spl_syntax(p);
    if (!sqli__spl_is(p, "select") && !sqli__spl_is(p, "execute") && !sqli__spl_is(p, "with"))
        sqli__spl_syntax(p);
    s->sql = sqli__spl_embedded(p, SQLI_STOP_STATEMENT);
    s->sql->cursor = cursor;
    if (p->status == SQLI_OK && s->sql->target_count == 0)
        sqli__spl_syntax(p);
    sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON);
    loop_body(p, s, "foreach");
}

/* EXIT [LOOP|WHILE|FOR|FOREACH] [label] [WHEN condition]; CONTINUE the same */
static void leave(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    static const char *const words[] = {"", "loop", "while", "for", "foreach"};
    for (int i = SQLI_SPL_LOOP_LOOP; i <= SQLI_SPL_LOOP_FOREACH; i++)
        if (s->loop == SQLI_SPL_ANY_LOOP && sqli__spl_take(p, words[i]))
            s->loop = (enum sqli_spl_loop)i;
    if (!sqli__spl_is_sign(p, SQLI_TOKEN_SEMICOLON) && !sqli__spl_is(p, "when"))
        s->label = sqli__spl_name(p);
    if (sqli__spl_take(p, "when"))
        s->sql = sqli__spl_condition(p, 0);
}

static void parse_exit(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_EXIT;
    leave(p, s);
}

static void parse_continue(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_CONTINUE;
    leave(p, s);
}

/* --- RETURN, RAISE and the small ones --- */

static void parse_return(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_RETURN;
    if (sqli__spl_is_sign(p, SQLI_TOKEN_SEMICOLON))
        return;
    s->sql = sqli__spl_values(p, SQLI_STOP_RESUME);
    s->sql->to_results = true;
    if (sqli__spl_take(p, "with")) {
        sqli__spl_expect(p, "resume");
        s->resume = true;
    }
}

static void parse_raise(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_RAISE;
    sqli__spl_expect(p, "exception");
    s->sql = sqli__spl_values(p, 0);
}

static void parse_trace(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_NOTHING;
    sqli__spl_skip(p, 0);
}

static void parse_system(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_SYSTEM;
    s->sql = sqli__spl_values(p, 0);
}

static void parse_sql(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    s->kind = SQLI_SPL_RUN;
    p->at--;
    s->sql = sqli__spl_embedded(p, 0);
}

static void parse_execute(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    if (!sqli__spl_take(p, "immediate")) {
        parse_sql(p, s);
        return;
    }
    s->kind = SQLI_SPL_EXECUTE;
    s->sql = sqli__spl_values(p, 0);
}

static void refused(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    (void)s;
    p->at--;
    sqli__spl_fail(p, SQLI_E_NOT_IMPLEMENTED, sqli__spl_look(p, 0),
                   sqli__spl_text(p, sqli__spl_look(p, 0)));
}

/* --- blocks --- */

static void parse_begin(struct sqli_spl_parser *p, struct sqli_spl_statement *s)
{
    if (sqli__spl_is(p, "work") || sqli__spl_is_sign(p, SQLI_TOKEN_SEMICOLON) ||
        sqli__spl_is(p, "without")) {
        parse_sql(p, s);
        return;
    }
    struct sqli_spl_block *block = sqli__arena_alloc(p->arena, 1, sizeof *block);
    if (!block)
        return;
    s->kind = SQLI_SPL_BLOCK;
    s->block = block;
    sqli__spl_block_body(p, block);
    sqli__spl_expect(p, "end");
}

static const struct {
    const char *word;
    parse_one *parse;
    bool compound; /* `;` behind it may be left out */
} parsers[] = {
    {"let", parse_let, false},
    {"if", parse_if, true},
    {"case", parse_case, true},
    {"while", parse_while, true},
    {"loop", parse_loop, true},
    {"for", parse_for, true},
    {"foreach", parse_foreach, true},
    {"exit", parse_exit, false},
    {"continue", parse_continue, false},
    {"return", parse_return, false},
    {"raise", parse_raise, false},
    {"trace", parse_trace, false},
    {"system", parse_system, false},
    {"begin", parse_begin, true},
    {"goto", refused, false},
    {"call", parse_sql, false},
    {"execute", parse_execute, false},
    {"select", parse_sql, false},
    {"insert", parse_sql, false},
    {"update", parse_sql, false},
    {"delete", parse_sql, false},
    {"create", parse_sql, false},
    {"drop", parse_sql, false},
    {"commit", parse_sql, false},
    {"rollback", parse_sql, false},
    {"truncate", parse_sql, false},
    {"alter", parse_sql, false},
    {"rename", parse_sql, false},
    {"lock", parse_sql, false},
    {"unlock", parse_sql, false},
    {"set", parse_sql, false},
    {"grant", parse_sql, false},
    {"revoke", parse_sql, false},
    {"merge", parse_sql, false},
    {"savepoint", parse_sql, false},
    {"release", parse_sql, false},
    {"with", parse_sql, false},
};

/* <<label>> */
static struct sqli_span take_label(struct sqli_spl_parser *p)
{
    struct sqli_span none = {NULL, 0};
    if (!sqli__spl_is_sign(p, SQLI_TOKEN_LESS))
        return none;
    sqli__spl_expect_sign(p, SQLI_TOKEN_LESS);
    sqli__spl_expect_sign(p, SQLI_TOKEN_LESS);
    struct sqli_span label = sqli__spl_name(p);
    sqli__spl_expect_sign(p, SQLI_TOKEN_GREATER);
    sqli__spl_expect_sign(p, SQLI_TOKEN_GREATER);
    return label;
}

static struct sqli_spl_statement *statement(struct sqli_spl_parser *p)
{
    struct sqli_spl_statement *s = sqli__spl_new(p, sizeof *s);
    s->label = take_label(p);
    s->at = (uint32_t)sqli__spl_look(p, 0)->offset;
    for (size_t i = 0; i < sizeof parsers / sizeof parsers[0]; i++) {
        if (!sqli__spl_take(p, parsers[i].word))
            continue;
        parsers[i].parse(p, s);
        bool compound = parsers[i].compound && s->kind != SQLI_SPL_RUN;
        if (!sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON) && !compound)
            sqli__spl_syntax(p);
        return s;
    }
    sqli__spl_syntax(p);
    return s;
}

static bool ends_list(const struct sqli_spl_parser *p)
{
    return sqli__spl_at_end(p) || sqli__spl_is(p, "end") || sqli__spl_is(p, "else") ||
           sqli__spl_is(p, "elif") || sqli__spl_is(p, "when");
}

static struct sqli_spl_statement *statements(struct sqli_spl_parser *p)
{
    struct sqli_spl_statement *first = NULL, **end = &first;
    if (++p->depth > SQLI_SPL_DEPTH)
        sqli__spl_syntax(p);
    while (p->status == SQLI_OK && !ends_list(p)) {
        if (sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON))
            continue;
        struct sqli_spl_statement *one = statement(p);
        if (p->status != SQLI_OK)
            break;
        *end = one;
        end = &one->next;
    }
    p->depth--;
    return first;
}

/* --- DEFINE, ON EXCEPTION --- */

/* DEFINE [GLOBAL] a, b type [DEFAULT value]; all of one line have one type. */
static void parse_define(struct sqli_spl_parser *p)
{
    struct sqli_spl_variable *made[SQLI_SPL_LIST];
    uint32_t count = 0;
    bool global = sqli__spl_take(p, "global");
    do {
        if (count == SQLI_SPL_LIST)
            sqli__spl_syntax(p);
        else
            made[count++] = sqli__spl_declare(p, SQLI_SPL_LOCAL);
    } while (sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    const struct sqli_token *at = sqli__spl_look(p, 0);
    struct sqli_spl_type type = sqli__spl_type(p);
    struct sqli_spl_sql *value = sqli__spl_take(p, "default") ? sqli__spl_values(p, 0) : NULL;
    if (global && !type.text.data)
        sqli__spl_fail(p, SQLI_E_LIKE_GLOBAL, at, sqli__span(NULL, 0));
    if (global != (value != NULL))
        sqli__spl_fail(p, global ? SQLI_E_GLOBAL_DEFAULT : SQLI_E_LOCAL_DEFAULT, at,
                       sqli__span(NULL, 0));
    if (value && p->status == SQLI_OK)
        sqli__spl_targets(p, value, &made[0]->slot, 1);
    for (uint32_t i = 0; i < count && p->status == SQLI_OK; i++) {
        made[i]->type = type;
        made[i]->global = global;
        made[i]->value = value;
    }
    sqli__spl_expect_sign(p, SQLI_TOKEN_SEMICOLON);
}

static int32_t parse_code(struct sqli_spl_parser *p)
{
    bool negative = sqli__spl_take_sign(p, SQLI_TOKEN_MINUS);
    struct sqli_span digits = sqli__spl_text(p, sqli__spl_look(p, 0));
    int64_t number = 0;
    sqli__spl_expect_sign(p, SQLI_TOKEN_INTEGER);
    for (size_t i = 0; i < digits.length && number <= INT32_MAX && p->status == SQLI_OK; i++)
        number = number * 10 + (digits.data[i] - '0');
    if (number > INT32_MAX)
        sqli__spl_syntax(p);
    return (int32_t)(negative ? -number : number);
}

static void parse_codes(struct sqli_spl_parser *p, struct sqli_spl_handler *handler)
{
    int32_t codes[SQLI_SPL_LIST];
    uint32_t count = 0;
    sqli__spl_expect_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS);
    do {
        if (count == SQLI_SPL_LIST)
            sqli__spl_syntax(p);
        else
            codes[count++] = parse_code(p);
    } while (sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    sqli__spl_expect_sign(p, SQLI_TOKEN_CLOSE_PARENTHESIS);
    int32_t *copy = sqli__arena_alloc(p->arena, count, sizeof *copy);
    if (!copy)
        return;
    memcpy(copy, codes, count * sizeof *copy);
    handler->codes = copy;
    handler->code_count = count;
}

static struct sqli_spl_handler *parse_handler(struct sqli_spl_parser *p)
{
    struct sqli_spl_handler *handler = sqli__spl_new(p, sizeof *handler);
    if (sqli__spl_take(p, "in"))
        parse_codes(p, handler);
    if (sqli__spl_is(p, "set") && sqli__spl_look(p, 1)->kind == SQLI_TOKEN_IDENTIFIER) {
        p->at++;
        do
            handler->set[handler->set_count++] = sqli__spl_target(p);
        while (handler->set_count < 3 && sqli__spl_take_sign(p, SQLI_TOKEN_COMMA));
    }
    handler->body = statements(p);
    sqli__spl_expect(p, "end");
    sqli__spl_expect(p, "exception");
    if (sqli__spl_take(p, "with")) {
        sqli__spl_expect(p, "resume");
        handler->resume = true;
    }
    sqli__spl_take_sign(p, SQLI_TOKEN_SEMICOLON);
    return handler;
}

void sqli__spl_block_body(struct sqli_spl_parser *p, struct sqli_spl_block *block)
{
    struct sqli_spl_handler **end = &block->handlers;
    block->outer = p->block;
    p->block = block;
    while (sqli__spl_take(p, "define"))
        parse_define(p);
    while (sqli__spl_is(p, "on") && p->status == SQLI_OK) {
        p->at++;
        sqli__spl_expect(p, "exception");
        struct sqli_spl_handler *handler = parse_handler(p);
        if (p->status == SQLI_OK) {
            *end = handler;
            end = &handler->next;
        }
    }
    block->body = statements(p);
    p->block = block->outer;
}
