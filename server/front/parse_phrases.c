/* Statements that are nothing but a few words, by patterns: phrases.def. */
#include "base/ascii.h"
#include "server/front/parse_inside.h"
#include "sql/text.h"

struct phrase {
    const char *pattern;
    const char *unsupported;
    enum sqli_statement_kind kind;
    enum sqli_set_kind setting;
    int32_t number;
    bool has_setting;
    bool unique;
    char routine; /* CREATE and DROP of routines: 'f', 'p', 'r' */
};

static const struct phrase phrases[] = {
#define SQLI_PHRASE(pattern, kind, unique) {pattern, NULL, kind, 0, 0, false, unique, 0},
#define SQLI_ROUTINE(pattern, kind, what)  {pattern, NULL, kind, 0, 0, false, false, what},
#define SQLI_SETTING(pattern, kind, setting, number) \
    {pattern, NULL, kind, SQLI_SETTING_##setting, number, true, false, 0},
#define SQLI_TRANSACTION(pattern, number)                                                          \
    SQLI_SETTING("set transaction " pattern, SQLI_STMT_SET_ISOLATION, TRANSACTION, number)         \
    SQLI_SETTING("set transaction " pattern " , read only", SQLI_STMT_SET_ISOLATION, TRANSACTION,  \
                 number)                                                                           \
    SQLI_SETTING("set transaction " pattern " , read write", SQLI_STMT_SET_ISOLATION, TRANSACTION, \
                 number)                                                                           \
    SQLI_SETTING("set transaction read only , " pattern, SQLI_STMT_SET_ISOLATION, TRANSACTION,     \
                 number)                                                                           \
    SQLI_SETTING("set transaction read write , " pattern, SQLI_STMT_SET_ISOLATION, TRANSACTION,    \
                 number)
#define SQLI_UNSUPPORTED(pattern, kind, feature) {pattern, feature, kind, 0, 0, false, false, 0},
#include "server/front/phrases.def"
#undef SQLI_PHRASE
#undef SQLI_ROUTINE
#undef SQLI_SETTING
#undef SQLI_TRANSACTION
#undef SQLI_UNSUPPORTED
};

/* Words with which the statements of the grammar begin. */
static const enum sqli_keyword verbs[] = {
    SQLI_KEYWORD_SELECT, SQLI_KEYWORD_WITH,     SQLI_KEYWORD_INSERT,  SQLI_KEYWORD_UPDATE,
    SQLI_KEYWORD_DELETE, SQLI_KEYWORD_CREATE,   SQLI_KEYWORD_DROP,    SQLI_KEYWORD_RENAME,
    SQLI_KEYWORD_LOCK,   SQLI_KEYWORD_TRUNCATE, SQLI_KEYWORD_GRANT,   SQLI_KEYWORD_REVOKE,
    SQLI_KEYWORD_UNLOCK, SQLI_KEYWORD_DATABASE, SQLI_KEYWORD_EXECUTE, SQLI_KEYWORD_ALTER,
    SQLI_KEYWORD_MERGE,  SQLI_KEYWORD_CALL,
};

struct matching {
    const struct sqli_parse *p;
    struct sqli_tokenizer tokenizer;
    struct sqli_token token; /* the one to match next */
    size_t last_end;
    struct sqli_lexeme name; /* what @ stands for */
    size_t rest;             /* where * begins */
    bool has_rest;
    struct sqli_span number;
};

static void advance(struct matching *m)
{
    m->last_end = m->token.offset + m->token.length;
    sqli__tokenizer_next_word(&m->tokenizer, &m->token);
}

static struct sqli_span token_text(const struct matching *m)
{
    return sqli__token_text(m->p->text, &m->token);
}

/* One element of a pattern, without blanks, against the token. */
static bool element_fits(const struct matching *m, const char *element, size_t length)
{
    struct sqli_span text = token_text(m);
    if (*element == '#')
        return m->token.kind == SQLI_TOKEN_INTEGER;
    if (*element == '@')
        return m->token.kind == SQLI_TOKEN_IDENTIFIER ||
               m->token.kind == SQLI_TOKEN_QUOTED_IDENTIFIER || m->token.kind == SQLI_TOKEN_STRING;
    if (text.length != length || m->token.kind == SQLI_TOKEN_QUOTED_IDENTIFIER)
        return false;
    for (size_t i = 0; i < length; i++)
        if (sqli__ascii_lower(text.data[i]) != (uint8_t)element[i])
            return false;
    return true;
}

static void capture(struct matching *m, const char *element)
{
    if (*element == '@')
        m->name = (struct sqli_lexeme){.kind = m->token.kind,
                                       .at = (uint32_t)m->token.offset,
                                       .end = (uint32_t)(m->token.offset + m->token.length)};
    if (*element == '#')
        m->number = token_text(m);
}

/* Leaves m->token at the first token that does not fit. */
static bool pattern_fits(struct matching *m, const char *pattern)
{
    bool group_starts = false;
    while (*pattern) {
        if (*pattern == ' ' || *pattern == ']') {
            pattern++;
            continue;
        }
        if (*pattern == '[') {
            group_starts = true;
            pattern++;
            continue;
        }
        if (*pattern == '*') {
            m->rest = m->token.offset;
            m->has_rest = true;
            return true;
        }
        size_t length = strcspn(pattern, " ]");
        if (element_fits(m, pattern, length)) {
            capture(m, pattern);
            advance(m);
            pattern += length;
        } else if (group_starts) {
            pattern += strcspn(pattern, "]");
        } else {
            return false;
        }
        group_starts = false;
    }
    while (m->token.kind == SQLI_TOKEN_SEMICOLON)
        advance(m);
    return m->token.kind == SQLI_TOKEN_END;
}

static void start(struct matching *m, const struct sqli_parse *p)
{
    *m = (struct matching){.p = p, .tokenizer = p->tokenizer};
    advance(m);
    m->last_end = 0;
}

/* --- what a phrase means --- */

/* Where the statement ends, and that all of it are whole tokens. */
static size_t end_of_rest(struct sqli_parse *p, struct matching *m)
{
    size_t end = m->rest;
    for (; m->token.kind != SQLI_TOKEN_END; advance(m)) {
        bool quote = m->token.kind == SQLI_TOKEN_UNTERMINATED_STRING ||
                     m->token.kind == SQLI_TOKEN_UNTERMINATED_IDENTIFIER;
        if (quote || m->token.kind == SQLI_TOKEN_UNTERMINATED_COMMENT)
            sqli__parse_fail(p, quote ? SQLI_E_QUOTE_UNMATCHED : SQLI_E_SYNTAX,
                             (uint32_t)m->token.offset, NULL);
        if (m->token.kind != SQLI_TOKEN_SEMICOLON)
            end = m->token.offset + m->token.length;
    }
    return end;
}

static int32_t number_of(struct sqli_span digits)
{
    int64_t number = 0;
    for (size_t i = 0; i < digits.length; i++) {
        number = number * 10 + (digits.data[i] - '0');
        if (number > INT32_MAX)
            return INT32_MAX;
    }
    return (int32_t)number;
}

static struct sqli_set *make_setting(struct sqli_parse *p, const struct phrase *phrase,
                                     const struct matching *m)
{
    struct sqli_set *set = sqli__parse_node(p, sizeof *set);
    set->setting = phrase->setting;
    set->number = m->number.data ? number_of(m->number) : phrase->number;
    if (strstr(phrase->pattern, "read only"))
        set->access = SQLI_ACCESS_READ_ONLY;
    else if (strstr(phrase->pattern, "read write"))
        set->access = SQLI_ACCESS_READ_WRITE;
    return set;
}

/* SET ENVIRONMENT name 'value': without the quotes. */
static struct sqli_span value_of(struct sqli_parse *p, size_t from, size_t to)
{
    struct sqli_span text = sqli__parse_copy(p, (uint32_t)from, (uint32_t)to);
    char *copy = sqli__arena_alloc(p->arena, text.length + 1, 1);
    if (!copy || text.length == 0 || (text.data[0] != '\'' && text.data[0] != '"'))
        return text;
    return sqli__span(copy, sqli__sql_unquote(text, copy));
}

/* The whole text of CREATE, so that offsets are the statement's; of DROP what is behind the word.
 */
static struct sqli_routine_definition *
make_routine(struct sqli_parse *p, const struct phrase *phrase, size_t from, size_t end)
{
    struct sqli_routine_definition *routine = sqli__parse_node(p, sizeof *routine);
    if (phrase->kind == SQLI_STMT_CREATE_ROUTINE)
        from = 0;
    routine->kind = phrase->routine;
    routine->text = sqli__arena_copy(p->arena, sqli__span(p->text.data + from, end - from));
    return routine;
}

static void make(struct sqli_parse *p, const struct phrase *phrase, struct matching *m)
{
    struct sqli_statement_tree *tree = p->tree;
    struct sqli_name name = {.at = 0};
    if (m->name.end)
        name = sqli__make_name(p, &m->name);
    size_t end = m->has_rest ? end_of_rest(p, m) : 0;
    tree->kind = phrase->kind;
    tree->unsupported = phrase->unsupported;
    if (phrase->has_setting) {
        tree->as.set = make_setting(p, phrase, m);
        tree->as.set->name = name;
        if (m->has_rest)
            tree->as.set->value = value_of(p, m->rest, end);
    } else if (phrase->routine) {
        tree->as.routine = make_routine(p, phrase, m->rest, end);
    } else if (phrase->kind == SQLI_STMT_GRANT || phrase->kind == SQLI_STMT_REVOKE) {
        tree->as.grant = sqli__parse_node(p, sizeof *tree->as.grant);
    } else if (!phrase->unsupported) {
        tree->as.savepoint = sqli__parse_node(p, sizeof *tree->as.savepoint);
        tree->as.savepoint->name = name;
        tree->as.savepoint->unique = phrase->unique;
    }
}

static bool is_verb(const struct sqli_token *token)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (token->keyword == verbs[i])
            return true;
    return token->kind == SQLI_TOKEN_OPEN_PARENTHESIS || token->kind >= SQLI_TOKEN_BAD_CHARACTER;
}

/* Each pattern begins with a word. Most statements begin with another one, and are told by that. */
static bool begins_with(const char *pattern, struct sqli_span word)
{
    size_t i = 0;
    while (i < word.length && sqli__ascii_lower(word.data[i]) == (uint8_t)pattern[i])
        i++;
    return i == word.length && (pattern[i] == ' ' || pattern[i] == '\0');
}

bool sqli__parse_phrase(struct sqli_parse *p)
{
    struct matching first;
    start(&first, p);
    const struct sqli_span word = token_text(&first);
    size_t furthest = first.token.kind == SQLI_TOKEN_END ? 0 : first.token.offset;
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (!begins_with(phrases[i].pattern, word))
            continue;
        struct matching m = first;
        if (pattern_fits(&m, phrases[i].pattern)) {
            make(p, &phrases[i], &m);
            return true;
        }
        size_t place = m.token.kind == SQLI_TOKEN_END ? m.last_end : m.token.offset;
        if (furthest < place)
            furthest = place;
    }
    if (is_verb(&first.token))
        return false;
    sqli__parse_fail(p, SQLI_E_SYNTAX, (uint32_t)furthest, NULL);
    return true;
}
