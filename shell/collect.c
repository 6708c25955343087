/* Lines become statements and commands. A statement ends where sql/splitter.h says, a command
 * behind a backslash at the end of its line. */
#include "shell/shell.h"

#include "shell/branches.h"
#include "shell/text.h"
#include "sql/splitter.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { DEPTH_MAX = 16 };

/* What is read of a statement that has not ended. */
struct collection {
    struct sqli_buffer text;
    size_t line;               /* of the input, where the text starts */
    enum sqli_piece_open open; /* when it was looked at last */
    bool end_seen;             /* the word stands in what was added since then */
    bool empty;                /* nothing but blanks and comments */
    bool passed;               /* it is what \if passes over: only its commands are looked for */
};

static bool over(const struct sqli_sh *sh)
{
    /* Of \o |head: what follows may do more than write. */
    bool command_left = sh->out.why == EPIPE && sh->out.child;
    return sh->quit ||
           (!sh->interactive && sh->status && sh->settings.number[SQLI_SH_ON_ERROR_STOP]) ||
           (!sh->interactive && sqli__sh_interrupted) ||
           (!sh->interactive && sh->db && !sqli_is_open(sh->db)) ||
           (sh->out.why && !sh->interactive && !command_left);
}

static void run_piece(struct sqli_sh *sh, const struct collection *c,
                      const struct sqli_piece *piece)
{
    struct sqli_span text = sqli__piece_text(sqli__buffer_view(&c->text), piece);
    struct sqli_sh_run run = {.line = c->line + piece->line - 1, .format = -1};
    sqli__buffer_clear(&sh->statement);
    sqli__buffer_span(&sh->statement, text);
    sh->statement_line = run.line;
    sqli__sh_run(sh, text, &run);
}

/* Where in the piece a command begins: the first backslash outside of strings and comments, or the
 * end of the piece. */
static size_t find_command(const struct sqli_sh *sh, struct sqli_span text,
                           const struct sqli_piece *piece)
{
    struct sqli_span part = sqli__span(text.data + piece->begin, piece->end - piece->begin);
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    if (!part.length || !memchr(part.data, '\\', part.length))
        return piece->end;
    sqli__tokenizer_init(&tokenizer, part, sqli__sh_token_options(sh));
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END)
        if (token.kind == SQLI_TOKEN_BAD_CHARACTER && part.data[token.offset] == '\\')
            return piece->begin + token.offset;
    return piece->end;
}

/* Drops what is dealt with from the front. */
static void drop(struct collection *c, size_t length)
{
    c->line += sqli__sh_newlines(sqli__span(c->text.data, length));
    sqli__buffer_consume(&c->text, length);
}

/* What stands before the command stays, unless the command uses it up or \if passes over it. */
static void run_command(struct sqli_sh *sh, struct collection *c, const struct sqli_piece *piece,
                        size_t at)
{
    struct sqli_buffer query, command;
    size_t begin = piece->begin;
    const uint8_t *start = c->text.data + at + 1;
    size_t rest = c->text.length - at - 1;
    const uint8_t *newline = memchr(start, '\n', rest);
    size_t length = newline ? (size_t)(newline - start) : rest;
    sqli__buffer_init(&query, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&command, SQLI_SH_TEXT_MAX);
    sqli__buffer_append(&query, c->text.data + begin, at - begin);
    sqli__buffer_append(&command, start, length);
    sh->query_line = c->line + (piece->kind == SQLI_PIECE_NOTHING ? 1 : piece->line) - 1;
    drop(c, at + 1 + length);
    size_t line = c->line;
    struct sqli_buffer behind = c->text;
    sqli__buffer_init(&c->text, SQLI_SH_TEXT_MAX);
    sqli__sh_meta(sh, sqli__buffer_view(&command), &query);
    if (c->passed)
        sqli__buffer_clear(&query);
    sqli__buffer_span(&c->text, sqli__buffer_view(&query));
    size_t before = sqli__sh_newlines(sqli__buffer_view(&query));
    c->line = line > before ? line - before : 1;
    sqli__buffer_span(&c->text, sqli__buffer_view(&behind));
    sqli__buffer_free(&behind);
    sqli__buffer_free(&query);
    sqli__buffer_free(&command);
}

/* Runs what is complete. What is not stays in c->text, from its start. */
static void run_complete(struct sqli_sh *sh, struct collection *c)
{
    while (!over(sh)) {
        struct sqli_span text = sqli__buffer_view(&c->text);
        struct sqli_splitter splitter;
        struct sqli_piece piece;
        sqli__splitter_init(&splitter, text, sqli__sh_token_options(sh));
        sqli__splitter_next(&splitter, &piece);
        size_t command = find_command(sh, text, &piece);
        c->open = piece.open;
        c->end_seen = false;
        c->empty = piece.kind == SQLI_PIECE_NOTHING;
        if (command < piece.end) {
            run_command(sh, c, &piece, command);
        } else if (piece.kind == SQLI_PIECE_STATEMENT) {
            if (!c->passed)
                run_piece(sh, c, &piece);
            drop(c, piece.end);
        } else {
            break;
        }
    }
}

/* --- the end of a script --- */

static const char *what_is_open(enum sqli_piece_open open)
{
    switch (open) {
    case SQLI_OPEN_ROUTINE: return "a routine is not ended: END PROCEDURE or END FUNCTION";
    case SQLI_OPEN_STRING: return "a string has no closing quote";
    case SQLI_OPEN_IDENTIFIER: return "a quoted name has no closing quote";
    case SQLI_OPEN_COMMENT: return "a comment is not closed";
    default: return NULL;
    }
}

/* The last statement of a script needs no semicolon. Where it is typed, it was not meant to run
 * yet. */
static void run_rest(struct sqli_sh *sh, const struct collection *c)
{
    struct sqli_splitter splitter;
    struct sqli_piece piece;
    sqli__splitter_init(&splitter, sqli__buffer_view(&c->text), sqli__sh_token_options(sh));
    if (sqli__splitter_next(&splitter, &piece) != SQLI_PIECE_INCOMPLETE || over(sh) ||
        sqli__sh_skips(sh))
        return;
    const char *open = what_is_open(piece.open);
    if (!open) {
        run_piece(sh, c, &piece);
        return;
    }
    sqli__sh_refuse(sh, "%s; what begins at line %zu is not run", open, c->line + piece.line - 1);
}

/* --- reading --- */

/* stores=>  at the start, stores->  inside of a statement, stores'>  inside of a string. */
static const char *make_prompt(const struct sqli_sh *sh, const struct collection *c,
                               struct sqli_buffer *prompt)
{
    static const char marks[] = {
        [SQLI_OPEN_NOTHING] = '=', [SQLI_OPEN_STATEMENT] = '-',  [SQLI_OPEN_ROUTINE] = ':',
        [SQLI_OPEN_STRING] = '\'', [SQLI_OPEN_IDENTIFIER] = '"', [SQLI_OPEN_COMMENT] = '*'};
    bool open = sh->db && sqli_is_open(sh->db);
    const char *database = open ? sqli_info(sh->db, "database") : "";
    sqli__buffer_clear(prompt);
    sqli__buffer_format(prompt, "%s%c%s ", *database ? database : "sqli",
                        !open                ? '!'
                        : sqli__sh_skips(sh) ? '@'
                        : c->empty           ? '='
                                             : marks[c->open],
                        sqli__sh_in_transaction(sh) ? "*>" : ">");
    return sqli__sh_z(prompt);
}

/* Only a semicolon or a backslash can complete something, and where a string, a comment or a
 * routine is open only with what ends that. To look at all that was collected whenever there might
 * be an end would take hours, where a routine is long or a quote was forgotten. */
static bool may_complete(struct collection *c, struct sqli_span line)
{
    bool quote = memchr(line.data, '\'', line.length) || memchr(line.data, '"', line.length);
    bool ends = memchr(line.data, ';', line.length) || memchr(line.data, '\\', line.length);
    switch (c->open) {
    case SQLI_OPEN_STRING:
    case SQLI_OPEN_IDENTIFIER: return quote;
    case SQLI_OPEN_COMMENT:
        return memchr(line.data, '}', line.length) || memchr(line.data, '/', line.length);
    case SQLI_OPEN_ROUTINE:
        c->end_seen = c->end_seen || sqli__sh_contains(line, "end");
        return ends && (c->end_seen || memchr(line.data, '\\', line.length));
    default: return ends;
    }
}

static void interrupted(const struct sqli_sh *sh, struct collection *c)
{
    if (!sh->interactive)
        return;
    sqli__sh_interrupted = 0;
    sqli__buffer_clear(&c->text);
    c->open = SQLI_OPEN_NOTHING;
    c->empty = true;
}

/* "!command" as dbaccess has it, "quit" and "help" as psql where somebody types: the command that a
 * line is where a statement could begin, and its arguments in *line. NULL: it is none. */
static const char *command_of(struct sqli_span *line, bool typed)
{
    static const struct {
        const char *word, *command;
    } words[] = {{"quit", "\\q"}, {"exit", "\\q"}, {"help", "\\?"}};
    struct sqli_span text = sqli__sh_trim(*line);
    *line = sqli__span(NULL, 0);
    if (text.length && text.data[0] == '!') {
        *line = sqli__span(text.data + 1, text.length - 1);
        return "\\!";
    }
    while (text.length && text.data[text.length - 1] == ';')
        text = sqli__sh_trim(sqli__span(text.data, text.length - 1));
    for (size_t i = 0; typed && i < sizeof words / sizeof words[0]; i++)
        if (sqli__sh_same(text, words[i].word))
            return words[i].command;
    return NULL;
}

/* Adds the line. Whether something may end with it. */
static bool add_line(struct sqli_sh *sh, const struct sqli_sh_input *input, struct collection *c,
                     struct sqli_span line)
{
    struct sqli_span arguments = line;
    const char *command = c->passed ? NULL : command_of(&arguments, !input->name);
    if (command && c->text.length)
        run_complete(sh, c); /* tells whether there are but comments */
    bool is_command = command && c->empty;
    if (is_command)
        sqli__buffer_clear(&c->text);
    if (!c->text.length)
        c->line = input->line;
    if (!is_command) {
        sqli__buffer_span(&c->text, line);
        return may_complete(c, line);
    }
    sqli__buffer_text(&c->text, command);
    sqli__buffer_span(&c->text, arguments);
    sqli__buffer_byte(&c->text, '\n');
    return true;
}

static void take_line(struct sqli_sh *sh, const struct sqli_sh_input *input, struct collection *c,
                      struct sqli_span line)
{
    bool may_end = add_line(sh, input, c, line);
    c->empty = false;
    if (may_end || !input->name)
        run_complete(sh, c);
    if (c->empty)
        sqli__buffer_clear(&c->text);
}

/* A line that \if passes over, which is no part of `c`. Behind the last such line that goes on. */
static void pass_line(struct sqli_sh *sh, const struct sqli_sh_input *input,
                      struct collection *passed, struct collection *c, struct sqli_span line)
{
    take_line(sh, input, passed, line);
    if (sqli__sh_skips(sh))
        return;
    sqli__buffer_clear(&passed->text);
    passed->open = SQLI_OPEN_NOTHING;
    c->line = input->line + 1 - sqli__sh_newlines(sqli__buffer_view(&c->text));
}

static void read_lines(struct sqli_sh *sh, struct sqli_sh_input *input, struct collection *c,
                       struct sqli_buffer *prompt)
{
    struct collection passed = {.line = 1, .empty = true, .passed = true};
    struct sqli_span line;
    sqli__buffer_init(&passed.text, SQLI_SH_TEXT_MAX);
    while (!over(sh)) {
        if (!input->name)
            input->prompt = make_prompt(sh, c, prompt);
        if (!input->name && !input->editor) {
            sqli__sh_put_text(&sh->out, input->prompt);
            sqli__sh_output_flush(&sh->out);
        }
        enum sqli_sh_line result = sqli__sh_input_line(input, &line);
        if (result == SQLI_SH_LINE_END)
            break;
        if (result == SQLI_SH_LINE_INTERRUPTED) {
            interrupted(sh, c);
            interrupted(sh, &passed);
            continue;
        }
        if (sqli__sh_skips(sh))
            pass_line(sh, input, &passed, c, line);
        else
            take_line(sh, input, c, line);
        sqli__sh_output_flush(&sh->out);
    }
    sqli__buffer_free(&passed.text);
}

void sqli__sh_read(struct sqli_sh *sh, struct sqli_sh_input *input)
{
    struct collection c = {.line = 1, .empty = true};
    struct sqli_sh_branches branches = {.depth = 0}, *outer = sh->branches;
    struct sqli_buffer prompt;
    sqli__buffer_init(&c.text, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&prompt, SQLI_SH_TEXT_MAX);
    input->outer = sh->input;
    sh->input = input;
    sh->branches = &branches;
    read_lines(sh, input, &c, &prompt);
    if (input->why)
        sqli__sh_complain(sh, "%s: %s", input->name, strerror(input->why));
    else if (!sh->interactive)
        run_rest(sh, &c);
    if (branches.depth && !over(sh))
        sqli__sh_complain(sh, "\\if without \\endif");
    sh->branches = outer;
    if (input->name)
        sh->quit = false; /* a script ends itself only */
    sh->input = input->outer;
    sqli__buffer_free(&c.text);
    sqli__buffer_free(&prompt);
}

bool sqli__sh_read_file(struct sqli_sh *sh, const char *name)
{
    struct sqli_sh_input input;
    bool standard = strcmp(name, "-") == 0;
    int file = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0 || sh->depth == DEPTH_MAX) {
        sqli__sh_complain(sh, "%s: %s", name,
                          file < 0 ? strerror(errno) : "files that read files go too deep");
        if (file > 0)
            close(file);
        return false;
    }
    bool interactive = sh->interactive;
    int status = sh->status;
    sqli__sh_input_init(&input, standard ? "stdin" : name, file);
    sh->interactive = false;
    if (interactive)
        sh->status = SQLI_SH_FINE;
    sh->depth++;
    sqli__sh_read(sh, &input);
    sh->depth--;
    sh->interactive = interactive;
    sh->status = status ? status : sh->status;
    if (interactive && sqli__sh_interrupted)
        sqli__sh_complain(sh, "%s is stopped behind line %zu", input.name, input.line);
    sqli__sh_input_free(&input);
    return true;
}
