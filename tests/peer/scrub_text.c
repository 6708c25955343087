#include "tests/peer/scrub_text.h"

#include "base/ascii.h"
#include "sql/tokenizer.h"

/* --- values --- */

static bool is_one_of(struct sqli_span text, const char *const *words)
{
    for (; *words; words++)
        if (sqli__span_equal(text, sqli__span_text(*words)))
            return true;
    return false;
}

/* en_US.819, de_DE.8859-1: two letters, two letters, and a code set that we know. */
static bool is_locale(struct sqli_span text)
{
    static const char *const sets[] = {"819",    "57372",  "1252",   "8859-1", "8859-15", "912",
                                       "923",    "utf8",   "UTF8",   "UTF-8",  "utf-8",   "CP1252",
                                       "cp1252", "8859-2", "8859-5", "57390",  NULL};
    const uint8_t *p = text.data;
    return text.length > 6 && sqli__is_letter(p[0]) && sqli__is_letter(p[1]) && p[2] == '_' &&
           sqli__is_letter(p[3]) && sqli__is_letter(p[4]) && p[5] == '.' &&
           is_one_of(sqli__span(p + 6, text.length - 6), sets);
}

static void fill(uint8_t *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] = sqli__is_digit(text[i]) ? '0' : 'x';
}

static size_t without_blanks(const uint8_t *text, size_t length)
{
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

void peer_scrub_text(uint8_t *text, size_t length)
{
    length = without_blanks(text, length);
    if (!is_locale(sqli__span(text, length)))
        fill(text, length);
}

/* Behind the first word only what cannot be said otherwise stays. */
void peer_scrub_literal(uint8_t *text, size_t length)
{
    static const char *const heads[] = {"SET", "MULTISET", "LIST", "ROW", NULL};
    size_t head = 0;
    while (head < length && sqli__is_letter(text[head]))
        head++;
    if (!is_one_of(sqli__span(text, head), heads))
        head = 0;
    for (size_t i = head; i < length; i++)
        if (!memchr("{}(),' ", text[i], 7))
            fill(text + i, 1);
}

/* --- environment --- */

void peer_scrub_variable(uint8_t *name, size_t name_length, uint8_t *value, size_t length)
{
    enum { VALUE_MAX = 24 };
    static const char *const harmless[] = {
        "CLIENT_LOCALE", "CLNT_PAM_CAPABLE", "DBCENTURY",   "DBDATE",       "DBMONEY",
        "DB_LOCALE",     "DELIMIDENT",       "GL_DATE",     "IFX_AUTOFREE", "IFX_LOCK_MODE_WAIT",
        "IFX_UPDDESC",   "IFX_USEPUT",       "LKNOTIFY",    "LOCKDOWN",     "NODEFDAC",
        "OPTCOMPIND",    "OPTOFC",           "PDQPRIORITY", "SINGLELEVEL",  "SKALL",
        "SKINHIBIT",     "SKSHOW",           "STMT_CACHE",  "SUBQCACHESZ",  NULL};
    static const char *const paths[] = {"DBPATH", "DBTEMP", NULL};
    static const char *const usual[] = {".", "/tmp", NULL};
    struct sqli_span variable = sqli__span(name, name_length);
    bool known = is_one_of(variable, harmless), path = is_one_of(variable, paths);
    if (!(known && length <= VALUE_MAX) && !(path && is_one_of(sqli__span(value, length), usual)))
        peer_scrub_text(value, length);
    if (!known && !path)
        fill(name, name_length);
}

/* --- SQL --- */

struct scrubber {
    struct peer_names *names;
    bool keep_numbers;
};

/* Arguments of DBINFO and what clients look up in the catalog: they say what a request is for. */
static bool is_known_string(struct sqli_span text)
{
    static const char *const strings[] = {" GL_COLLATE", " GL_CTYPE",      "version", "full",
                                          "serial8",     "sqlca.sqlerrd1", "client",  "bigserial",
                                          "sessionid",   "dbhostname",     "dbname",  NULL};
    return is_one_of(text, strings);
}

static void scrub_string(uint8_t *text, size_t length)
{
    if (length > 2 && !is_known_string(sqli__span(text + 1, length - 2)))
        fill(text + 1, length - 2);
}

static void scrub_number(uint8_t *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!memchr(".eE+-", text[i], 5))
            fill(text + i, 1);
}

/* What opens and ends it stays, and the ends of lines. */
static void scrub_comment(uint8_t *text, size_t length, bool hint)
{
    bool brace = text[0] == '{', line = text[0] == '-';
    size_t start = (brace ? 1u : 2u) + hint, end = line ? length : length - (brace ? 1 : 2);
    for (size_t i = start; i < end; i++)
        if (text[i] != '\n')
            text[i] = 'x';
}

static void scrub_token(const struct scrubber *s, const struct sqli_token *token, uint8_t *text)
{
    size_t length = token->length;
    switch (token->kind) {
    case SQLI_TOKEN_COMMENT: scrub_comment(text, length, false); return;
    case SQLI_TOKEN_HINT: scrub_comment(text, length, true); return;
    case SQLI_TOKEN_IDENTIFIER: peer_names_replace(s->names, text, length); return;
    case SQLI_TOKEN_QUOTED_IDENTIFIER: peer_names_replace(s->names, text + 1, length - 2); return;
    case SQLI_TOKEN_STRING: scrub_string(text, length); return;
    case SQLI_TOKEN_INTEGER:
    case SQLI_TOKEN_DECIMAL:
    case SQLI_TOKEN_FLOAT:
        if (!s->keep_numbers)
            scrub_number(text, length);
        return;
    default: break;
    }
    bool says_nothing = token->kind == SQLI_TOKEN_BLANK || token->kind == SQLI_TOKEN_QUESTION ||
                        (token->kind >= SQLI_TOKEN_COLON && token->kind <= SQLI_TOKEN_BAR);
    if (!says_nothing)
        memset(text, 'x', length);
}

/* The tokenizer is a token ahead of what is changed: what it looks back at stays what it was. */
static void scrub(const struct scrubber *s, bool delimident, uint8_t *text, size_t length)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token, next;
    sqli__tokenizer_init(&tokenizer, sqli__span(text, length),
                         delimident ? SQLI_SQL_DELIMIDENT : 0);
    sqli__tokenizer_next(&tokenizer, &token);
    while (token.kind != SQLI_TOKEN_END) {
        sqli__tokenizer_next(&tokenizer, &next);
        scrub_token(s, &token, text + token.offset);
        token = next;
    }
}

void peer_scrub_sql(struct peer_names *names, bool delimident, uint8_t *text, size_t length)
{
    scrub(&(struct scrubber){.names = names}, delimident, text, length);
}

void peer_scrub_type_name(struct peer_names *names, uint8_t *text, size_t length)
{
    scrub(&(struct scrubber){names, true}, true, text, length);
}

/* --- names --- */

/* Letters, digits, underscores, and what stands between names. */
static bool is_names(const uint8_t *text, size_t length, const char *between)
{
    for (size_t i = 0; i < length; i++)
        if (!sqli__is_letter(text[i]) && !sqli__is_digit(text[i]) && text[i] != '_' &&
            !memchr(between, text[i], strlen(between)))
            return false;
    return true;
}

/* "(count(*))" is what the server calls an expression; everything else is one name. */
void peer_scrub_name(struct peer_names *names, uint8_t *name, size_t length)
{
    if ((length && name[0] == '(') || is_names(name, length, "@.:$"))
        peer_scrub_sql(names, false, name, length);
    else
        peer_names_replace(names, name, length);
}

void peer_scrub_near(struct peer_names *names, uint8_t *text, size_t length)
{
    if (is_names(text, length, "@.:$"))
        peer_scrub_sql(names, false, text, length);
    else
        peer_scrub_text(text, length);
}
