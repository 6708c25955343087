/* Where a piece of SQL ends inside a routine, and what is made of it.
 *
 * SPL puts nothing behind the condition of a WHILE or the query of a FOREACH: there the piece ends
 * where a word that begins a statement follows a whole operand. */
#include "server/routine/parse_inside.h"

/* --- where it ends --- */

static bool is_one_of(const struct sqli_spl_parser *p, const struct sqli_token *token,
                      const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sqli__spl_token_is(p, token, words[i]))
            return true;
    return false;
}

/* Behind one of these an operand or a name must follow. */
static bool is_open_word(const struct sqli_spl_parser *p, const struct sqli_token *token)
{
    static const char *const words[] = {
        "and",    "or",    "not",    "in",   "like",   "matches", "between",  "is",
        "escape", "where", "select", "from", "union",  "all",     "distinct", "unique",
        "on",     "by",    "having", "set",  "into",   "as",      "for",      "of",
        "then",   "else",  "when",   "case", "exists", "join",    "minus",    "intersect",
        "any",    "some",  "first",  "skip", "limit",  "except",  "units",
    };
    return is_one_of(p, token, words, sizeof words / sizeof words[0]);
}

static bool ends_operand(const struct sqli_spl_parser *p, const struct sqli_token *token)
{
    switch (token->kind) {
    case SQLI_TOKEN_IDENTIFIER: return !is_open_word(p, token);
    case SQLI_TOKEN_QUOTED_IDENTIFIER:
    case SQLI_TOKEN_STRING:
    case SQLI_TOKEN_INTEGER:
    case SQLI_TOKEN_DECIMAL:
    case SQLI_TOKEN_FLOAT:
    case SQLI_TOKEN_CLOSE_PARENTHESIS:
    case SQLI_TOKEN_CLOSE_BRACKET:
    case SQLI_TOKEN_CLOSE_BRACE: return true;
    default: return false;
    }
}

static bool begins_statement(const struct sqli_spl_parser *p)
{
    static const char *const words[] = {
        "let",    "if",     "while",    "foreach",  "begin",  "call",     "return",
        "raise",  "case",   "insert",   "update",   "delete", "select",   "execute",
        "create", "drop",   "trace",    "system",   "exit",   "continue", "loop",
        "define", "commit", "rollback", "truncate",
    };
    const struct sqli_token *token = sqli__spl_look(p, 0);
    const struct sqli_token *next = sqli__spl_look(p, 1);
    if (sqli__spl_is(p, "for"))
        return !sqli__spl_token_is(p, next, "update") && !sqli__spl_token_is(p, next, "read");
    if (sqli__spl_is(p, "on"))
        return sqli__spl_token_is(p, next, "exception");
    if (token->kind == SQLI_TOKEN_LESS)
        return next->kind == SQLI_TOKEN_LESS && next->offset == token->offset + 1;
    return is_one_of(p, token, words, sizeof words / sizeof words[0]);
}

struct span {
    unsigned stops;
    uint32_t from;
    uint32_t open;  /* parentheses */
    uint32_t cases; /* CASE ... END */
};

/* At a token outside of parentheses. */
static bool stops_here(const struct sqli_spl_parser *p, struct span *span)
{
    bool whole = p->at > span->from && ends_operand(p, &p->tokens[p->at - 1]);
    if (sqli__spl_is(p, "end")) {
        if (span->cases == 0)
            return true;
        span->cases--;
        return false;
    }
    if (span->cases == 0) {
        if ((span->stops & SQLI_STOP_COMMA) && sqli__spl_is_sign(p, SQLI_TOKEN_COMMA))
            return true;
        if ((span->stops & SQLI_STOP_THEN) && sqli__spl_is(p, "then"))
            return true;
        if ((span->stops & SQLI_STOP_TO) && whole &&
            (sqli__spl_is(p, "to") || sqli__spl_is(p, "step")))
            return true;
        if ((span->stops & SQLI_STOP_RESUME) && sqli__spl_is(p, "with") &&
            sqli__spl_token_is(p, sqli__spl_look(p, 1), "resume"))
            return true;
        if ((span->stops & SQLI_STOP_WHEN) && whole && sqli__spl_is(p, "when"))
            return true;
        if ((span->stops & SQLI_STOP_STATEMENT) && whole && begins_statement(p))
            return true;
    }
    span->cases += sqli__spl_is(p, "case");
    return false;
}

static bool opens(enum sqli_token_kind kind)
{
    return kind == SQLI_TOKEN_OPEN_PARENTHESIS || kind == SQLI_TOKEN_OPEN_BRACKET ||
           kind == SQLI_TOKEN_OPEN_BRACE;
}

static bool closes(enum sqli_token_kind kind)
{
    return kind == SQLI_TOKEN_CLOSE_PARENTHESIS || kind == SQLI_TOKEN_CLOSE_BRACKET ||
           kind == SQLI_TOKEN_CLOSE_BRACE;
}

uint32_t sqli__spl_skip(struct sqli_spl_parser *p, unsigned stops)
{
    struct span span = {.stops = stops, .from = p->at};
    for (; !sqli__spl_at_end(p); p->at++) {
        enum sqli_token_kind kind = sqli__spl_look(p, 0)->kind;
        if (kind == SQLI_TOKEN_SEMICOLON)
            break;
        if (closes(kind) && span.open-- == 0)
            break;
        if (span.open == 0 && !closes(kind) && stops_here(p, &span))
            break;
        span.open += opens(kind);
    }
    return p->at;
}

/* --- what is made of it --- */

struct sqli_spl_sql *sqli__spl_piece(struct sqli_spl_parser *p, enum sqli_spl_sql_kind kind,
                                     const char *before, struct sqli_span text, const char *after)
{
    struct sqli_spl_sql *sql = sqli__spl_new(p, sizeof *sql);
    struct sqli_buffer whole;
    sqli__buffer_init(&whole, 2 * p->text.length + 64);
    sqli__buffer_text(&whole, before);
    sqli__buffer_span(&whole, text);
    sqli__buffer_text(&whole, after);
    sql->text = sqli__arena_copy(p->arena, sqli__buffer_view(&whole));
    sqli__buffer_free(&whole);
    if (!sql->text.data || p->status != SQLI_OK)
        return sql;
    sql->kind = kind;
    sql->shift = (uint32_t)strlen(before);
    sql->at = (uint32_t)(text.data - p->text.data);
    sql->scope = p->block;
    sql->next = p->routine->pieces;
    p->routine->pieces = sql;
    return sql;
}

/* The piece from the present token on; nothing at all is -201. */
static struct sqli_span take(struct sqli_spl_parser *p, unsigned stops)
{
    uint32_t from = p->at;
    uint32_t to = sqli__spl_skip(p, stops);
    if (to == from)
        sqli__spl_syntax(p);
    return sqli__spl_between(p, from, to);
}

struct sqli_spl_sql *sqli__spl_values(struct sqli_spl_parser *p, unsigned stops)
{
    return sqli__spl_piece(p, SQLI_SPL_VALUES, "SELECT ", take(p, stops), "");
}

struct sqli_spl_sql *sqli__spl_condition(struct sqli_spl_parser *p, unsigned stops)
{
    return sqli__spl_piece(p, SQLI_SPL_CONDITION, "SELECT CASE WHEN ", take(p, stops),
                           " THEN 1 ELSE 0 END");
}

/* --- INTO --- */

/* INTO TEMP and its kin belong to the statement. */
static bool is_into(const struct sqli_spl_parser *p)
{
    static const char *const words[] = {"temp", "raw", "standard", "external", "scratch"};
    const struct sqli_token *after = sqli__spl_look(p, 2);
    if (!sqli__spl_is(p, "into"))
        return false;
    return !is_one_of(p, sqli__spl_look(p, 1), words, sizeof words / sizeof words[0]) ||
           after->kind == SQLI_TOKEN_COMMA || sqli__spl_token_is(p, after, "from");
}

/* The tokens of the INTO of the statement [from, to); false: it has none. */
static bool find_into(struct sqli_spl_parser *p, uint32_t from, uint32_t to, const char *word,
                      uint32_t *at)
{
    uint32_t before = p->at, open = 0;
    bool found = false;
    for (p->at = from; p->at < to && !found; p->at++) {
        enum sqli_token_kind kind = sqli__spl_look(p, 0)->kind;
        open += opens(kind);
        open -= closes(kind) && open;
        *at = p->at;
        found = open == 0 && (*word == 'i' ? is_into(p) : sqli__spl_is(p, word));
    }
    p->at = before;
    return found;
}

/* Reads the targets behind the word at `into`, and blanks both out of the piece. */
static void take_targets(struct sqli_spl_parser *p, struct sqli_spl_sql *sql, uint32_t into)
{
    uint32_t slots[SQLI_SPL_LIST], after = p->at;
    p->at = into + 1;
    uint32_t count = sqli__spl_target_list(p, slots);
    if (p->status != SQLI_OK)
        return;
    const struct sqli_token *last = &p->tokens[p->at - 1];
    size_t from = p->tokens[into].offset - sql->at;
    size_t to = last->offset + last->length - sql->at;
    memset((char *)(uintptr_t)sql->text.data + sql->shift + from, ' ', to - from);
    sqli__spl_targets(p, sql, slots, count);
    p->at = after;
}

static struct sqli_spl_sql *take_call(struct sqli_spl_parser *p, unsigned stops)
{
    bool call = sqli__spl_take(p, "call");
    uint32_t from = p->at, into;
    uint32_t to = sqli__spl_skip(p, stops);
    bool targets = find_into(p, from, to, call ? "returning" : "into", &into);
    struct sqli_spl_sql *sql = sqli__spl_piece(p, SQLI_SPL_CALL, call ? "EXECUTE PROCEDURE " : "",
                                               sqli__spl_between(p, from, targets ? into : to), "");
    if (!targets)
        return sql;
    /* The targets end the statement, and so are not part of the piece. */
    uint32_t slots[SQLI_SPL_LIST];
    p->at = into + 1;
    uint32_t count = sqli__spl_target_list(p, slots);
    sqli__spl_targets(p, sql, slots, count);
    return sql;
}

struct sqli_spl_sql *sqli__spl_embedded(struct sqli_spl_parser *p, unsigned stops)
{
    uint32_t from = p->at, into;
    bool query = sqli__spl_is(p, "select") || sqli__spl_is(p, "with") ||
                 sqli__spl_is_sign(p, SQLI_TOKEN_OPEN_PARENTHESIS);
    if (sqli__spl_is(p, "call") || sqli__spl_is(p, "execute"))
        return take_call(p, stops);
    const struct sqli_token *first = sqli__spl_look(p, 0);
    struct sqli_span text = take(p, stops);
    bool has_into = query && find_into(p, from, p->at, "into", &into);
    bool temp = query && !has_into && find_into(p, from, p->at, "temp", &into);
    if (query && !has_into && !temp)
        sqli__spl_fail(p, SQLI_E_SPL_SELECT_INTO, first, sqli__span(NULL, 0));
    struct sqli_spl_sql *sql =
        sqli__spl_piece(p, has_into ? SQLI_SPL_QUERY : SQLI_SPL_STATEMENT, "", text, "");
    if (has_into && p->status == SQLI_OK)
        take_targets(p, sql, into);
    return sql;
}
