#include "tests/peer/script.h"

#include "tests/peer/options.h"
#include "tests/peer/recording.h"
#include "tests/peer/verbs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STATEMENTS_MAX = 1 << 16,
    WORDS_MAX = 256,
    DEPTH_MAX = 16,
    ARENA_LIMIT = 64 << 20,
};

/* Milliseconds, bytes and rounds alike. */
#define NUMBER_MAX 1000000000000

struct parser {
    struct peer_script *script;
    size_t line;
    size_t depth;
    size_t open[DEPTH_MAX]; /* the repeats whose blocks are open */
    char *words[WORDS_MAX];
    size_t count;
};

enum sqli_status peer_script_failed(const struct peer_script *script, size_t line,
                                    const char *format, ...)
{
    char what[8192];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    peer_complain(PEER_FAILED, "%s:%zu: %s", script->name, line, what);
    return SQLI_FAIL;
}

/* The end of a word: a blank outside quotes. NULL where a quote is not closed. */
static char *word_end(char *at)
{
    bool quoted = false;
    for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
        if (quoted && *at == '\\' && at[1])
            at++;
        else if (*at == '"')
            quoted = !quoted;
    }
    return quoted ? NULL : at;
}

/* A comma at the end of a word is a word of its own. */
static void add_word(struct parser *p, char *word, char *end)
{
    static char comma[] = ",";
    bool last = end > word + 1 && end[-1] == ',';
    if (last)
        end[-1] = '\0';
    p->words[p->count++] = word;
    if (last)
        p->words[p->count++] = comma;
}

/* Cuts the line into words where it stands. */
static enum sqli_status split_words(struct parser *p, char *line)
{
    p->count = 0;
    for (char *at = line; *at;) {
        if (*at == ' ' || *at == '\t') {
            at++;
            continue;
        }
        if (*at == '#')
            break;
        char *end = word_end(at);
        if (!end)
            return peer_script_failed(p->script, p->line, "a quote is not closed");
        if (p->count + 2 > WORDS_MAX)
            return peer_script_failed(p->script, p->line, "more than %d words", WORDS_MAX);
        char *next = *end ? end + 1 : end;
        *end = '\0';
        add_word(p, at, end);
        at = next;
    }
    return SQLI_OK;
}

static enum sqli_status read_number(struct parser *p, struct peer_statement *s)
{
    const char *word = s->words.words[0];
    char *end;
    errno = 0;
    s->number = word[0] >= '0' && word[0] <= '9' ? strtoll(word, &end, 10) : -1;
    if (s->number < 0 || s->number > NUMBER_MAX || errno || *end)
        return peer_script_failed(p->script, p->line, "\"%s\" is no number", word);
    return SQLI_OK;
}

static enum sqli_status close_block(struct parser *p)
{
    if (p->depth == 0)
        return peer_script_failed(p->script, p->line, "no block is open");
    if (p->count != 1)
        return peer_script_failed(p->script, p->line, "\"}\" stands alone on its line");
    struct peer_script *script = p->script;
    script->statements[p->open[--p->depth]].block_end = script->count;
    return SQLI_OK;
}

static enum sqli_status open_block(struct parser *p, const struct peer_statement *s)
{
    if (strcmp(s->words.words[1], "{") != 0)
        return peer_script_failed(p->script, p->line, "repeat N { and nothing else");
    if (p->depth == DEPTH_MAX)
        return peer_script_failed(p->script, p->line, "blocks are nested too deeply");
    p->open[p->depth++] = p->script->count - 1;
    return SQLI_OK;
}

static enum sqli_status check_statement(struct parser *p, struct peer_statement *s)
{
    const struct peer_verb *verb = s->verb;
    if (s->words.count < verb->fewest || s->words.count > verb->most)
        return peer_script_failed(p->script, p->line, "%s does not take %zu words", verb->name,
                                  s->words.count);
    if (verb->number)
        SQLI_TRY(read_number(p, s));
    if (verb == &peer_verb_repeat)
        return open_block(p, s);
    return verb->check ? verb->check(p->script, s) : SQLI_OK;
}

static enum sqli_status add_statement(struct parser *p)
{
    struct peer_script *script = p->script;
    const struct peer_verb *verb = peer_verb_find(p->words[0]);
    if (!verb)
        return peer_script_failed(script, p->line, "\"%s\" is no statement", p->words[0]);
    char **words = sqli__arena_alloc(&script->arena, p->count, sizeof *words);
    if (!words || script->count == STATEMENTS_MAX)
        return peer_script_failed(script, p->line, "the script is too long");
    memcpy(words, p->words + 1, (p->count - 1) * sizeof *words);
    struct peer_statement *s = &script->statements[script->count++];
    *s = (struct peer_statement){.verb = verb, .line = p->line, .words = {words, p->count - 1}};
    return check_statement(p, s);
}

static enum sqli_status read_line(struct parser *p, char *line)
{
    SQLI_TRY(split_words(p, line));
    if (p->count == 0)
        return SQLI_OK;
    return strcmp(p->words[0], "}") == 0 ? close_block(p) : add_statement(p);
}

static enum sqli_status read_lines(struct peer_script *script)
{
    struct parser p = {.script = script};
    char *at = (char *)script->text.data;
    while (*at) {
        char *end = strchr(at, '\n');
        char *next = end ? end + 1 : at + strlen(at);
        if (end)
            *end = '\0';
        size_t length = strlen(at);
        if (length && at[length - 1] == '\r')
            at[length - 1] = '\0';
        p.line++;
        SQLI_TRY(read_line(&p, at));
        at = next;
    }
    if (at != (char *)script->text.data + script->text.length - 1)
        return peer_script_failed(script, p.line, "a NUL byte; scripts are text");
    if (script->count == 0)
        return peer_script_failed(script, p.line, "the script has no statement");
    if (p.depth)
        return peer_script_failed(script, script->statements[p.open[p.depth - 1]].line,
                                  "the block is not closed");
    return SQLI_OK;
}

enum sqli_status peer_script_load(const char *path, enum sqli_direction theirs,
                                  struct peer_script *script)
{
    struct sqli_error error;
    *script =
        (struct peer_script){.name = strcmp(path, "-") == 0 ? "stdin" : path, .theirs = theirs};
    sqli__arena_init(&script->arena, ARENA_LIMIT);
    script->statements =
        sqli__arena_alloc(&script->arena, STATEMENTS_MAX, sizeof *script->statements);
    enum sqli_status status = peer_read_file(path, &script->text, &error);
    sqli__buffer_byte(&script->text, 0);
    if (status == SQLI_OK && script->statements)
        return read_lines(script);
    peer_complain(PEER_FAILED, "%s", status == SQLI_OK ? "out of memory" : error.message);
    return SQLI_FAIL;
}

void peer_script_free(struct peer_script *script)
{
    sqli__arena_free(&script->arena);
    sqli__buffer_free(&script->text);
}
