/* LIKE and MATCHES.
 *
 * Both patterns become one list of steps, and a text is matched against it in one pass: what stands
 * behind the last "any text" decides, so that only the place of that one is ever gone back to. The
 * time is the length of the text times that of the pattern at the most. */
#include "server/store/runtime_call.h"

#include "value/utf8.h"

enum { DEFAULT_ESCAPE = '\\' };

struct reader {
    struct sqli_span text;
    bool utf8;
};

static bool is_utf8(sqlite3_context *context)
{
    const struct sqli_codeset_info *codeset = sqli__call_runtime(context)->settings.codeset;
    return strcmp(codeset->iconv_name, "UTF-8") == 0;
}

/* The character at `at`, and how long it is. A byte that is no UTF-8 is a character of its own that
 * is equal to no other one. */
static uint32_t character(const struct reader *r, size_t at, size_t *length)
{
    enum { NO_CHARACTER = 0x110000 };
    uint32_t point = r->text.data[at];
    *length = 1;
    if (!r->utf8 || point < 0x80)
        return point;
    size_t taken = sqli__utf8_decode(sqli__span(r->text.data + at, r->text.length - at), &point);
    if (taken == 0)
        return NO_CHARACTER + r->text.data[at];
    *length = taken;
    return point;
}

/* How a language of patterns spells what all have. */
struct syntax {
    uint8_t any_text;
    uint8_t any_character;
    bool classes; /* [a-z] [^a-z] */
};

static const struct syntax like_syntax = {'%', '_', false};
static const struct syntax matches_syntax = {'*', '?', true};

enum step_kind { STEP_END, STEP_ANY_TEXT, STEP_ANY, STEP_LITERAL, STEP_CLASS };

/* One step of the pattern as it stands at `at`. */
struct step {
    enum step_kind kind;
    uint32_t literal;
    size_t class_at; /* behind the bracket */
    size_t next;
};

struct matcher {
    struct reader text;
    struct reader pattern;
    const struct syntax *syntax;
    uint32_t escape; /* UINT32_MAX: none */
};

/* The closing bracket, or 0: then the opening one is a character like others. */
static size_t class_end(const struct matcher *m, size_t at)
{
    size_t length;
    size_t start = at;
    if (at < m->pattern.text.length && m->pattern.text.data[at] == '^')
        start = ++at;
    while (at < m->pattern.text.length) {
        uint32_t c = character(&m->pattern, at, &length);
        if (c == ']' && at > start)
            return at;
        at += length;
        if (c == m->escape && at < m->pattern.text.length) {
            character(&m->pattern, at, &length);
            at += length;
        }
    }
    return 0;
}

static struct step step_at(const struct matcher *m, size_t at)
{
    size_t length;
    struct step step = {.kind = STEP_END, .next = at};
    if (at >= m->pattern.text.length)
        return step;
    uint32_t c = character(&m->pattern, at, &length);
    step.next = at + length;
    step.kind = STEP_LITERAL;
    step.literal = c;
    if (c == m->escape && step.next < m->pattern.text.length) {
        step.literal = character(&m->pattern, step.next, &length);
        step.next += length;
    } else if (c == m->syntax->any_text) {
        step.kind = STEP_ANY_TEXT;
    } else if (c == m->syntax->any_character) {
        step.kind = STEP_ANY;
    } else if (c == '[' && m->syntax->classes) {
        size_t end = class_end(m, step.next);
        if (end > 0) {
            step.kind = STEP_CLASS;
            step.class_at = step.next;
            step.next = end + 1;
        }
    }
    return step;
}

/* One character of a class, with its escape. */
static uint32_t class_character(const struct matcher *m, size_t *at)
{
    size_t length;
    uint32_t c = character(&m->pattern, *at, &length);
    *at += length;
    if (c == m->escape && *at < m->pattern.text.length) {
        c = character(&m->pattern, *at, &length);
        *at += length;
    }
    return c;
}

static bool class_holds(const struct matcher *m, const struct step *step, uint32_t c)
{
    size_t at = step->class_at;
    size_t end = step->next - 1;
    bool turned = m->pattern.text.data[at] == '^';
    bool found = false;
    at += turned;
    while (at < end) {
        uint32_t low = class_character(m, &at);
        uint32_t high = low;
        if (at + 1 < end && m->pattern.text.data[at] == '-') {
            at++;
            high = class_character(m, &at);
        }
        found = found || (c >= low && c <= high);
    }
    return found != turned;
}

static bool step_takes(const struct matcher *m, const struct step *step, uint32_t c)
{
    switch (step->kind) {
    case STEP_ANY: return true;
    case STEP_LITERAL: return step->literal == c;
    case STEP_CLASS: return class_holds(m, step, c);
    default: return false;
    }
}

static bool rest_is_any(const struct matcher *m, size_t at)
{
    for (;;) {
        struct step step = step_at(m, at);
        if (step.kind != STEP_ANY_TEXT)
            return step.kind == STEP_END;
        at = step.next;
    }
}

static bool match(const struct matcher *m)
{
    size_t at = 0, pattern_at = 0;
    size_t retry_text = 0, retry_pattern = 0;
    bool can_retry = false;
    while (at < m->text.text.length) {
        size_t length;
        uint32_t c = character(&m->text, at, &length);
        struct step step = step_at(m, pattern_at);
        if (step.kind == STEP_ANY_TEXT) {
            pattern_at = step.next;
            retry_pattern = pattern_at;
            retry_text = at;
            can_retry = true;
        } else if (step_takes(m, &step, c)) {
            pattern_at = step.next;
            at += length;
        } else if (can_retry) {
            character(&m->text, retry_text, &length);
            retry_text += length;
            at = retry_text;
            pattern_at = retry_pattern;
        } else {
            return false;
        }
    }
    return rest_is_any(m, pattern_at);
}

/* The blanks that fill a CHAR need no place in the pattern. False: there are none. */
static bool drop_blanks(struct sqli_span *text)
{
    size_t length = text->length;
    while (text->length > 0 && text->data[text->length - 1] == ' ')
        text->length--;
    return text->length != length;
}

/* The escape is one character, or none when it is given as ''. */
static bool read_escape(sqlite3_context *context, int count, sqlite3_value **arguments,
                        uint32_t *escape)
{
    *escape = DEFAULT_ESCAPE;
    if (count < 3)
        return true;
    size_t length = 0;
    struct reader given = {sqli__storage_bytes(arguments[2]), is_utf8(context)};
    *escape = given.text.length ? character(&given, 0, &length) : UINT32_MAX;
    if (length == given.text.length)
        return true;
    sqli__call_fail(context, SQLI_E_ESCAPE_LENGTH, NULL);
    return false;
}

static void compare(sqlite3_context *context, int count, sqlite3_value **arguments,
                    const struct syntax *syntax)
{
    bool utf8 = is_utf8(context);
    struct matcher m = {.text = {sqli__storage_bytes(arguments[0]), utf8},
                        .pattern = {sqli__storage_bytes(arguments[1]), utf8},
                        .syntax = syntax};
    if (!read_escape(context, count, arguments, &m.escape) || sqli__call_interrupted(context))
        return;
    bool matched = match(&m);
    if (!matched && drop_blanks(&m.text.text))
        matched = match(&m);
    sqlite3_result_int(context, matched);
}

static void like(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    compare(context, count, arguments, &like_syntax);
}

static void matches(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    compare(context, count, arguments, &matches_syntax);
}

const struct sqli_function_row sqli__functions_match[] = {
    {"x_like", 2, 3, SQLI_CALL_PURE, like},
    {"x_matches", 2, 3, SQLI_CALL_PURE, matches},
    {0},
};
