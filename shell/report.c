/* What goes to standard error. */
#include "shell/shell.h"

#include "base/alloc.h"
#include "shell/text.h"
#include "shell/width.h"
#include "value/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { QUOTED_COLUMNS = 100 }; /* of the line with the error */
enum { WRONG_URL = -900025, WRONG_ARGUMENT = -900009, SYNTAX = -201, WRONG_CODE_SET = -900008 };

void sqli__sh_fail(struct sqli_sh *sh, enum sqli_sh_status status)
{
    if (sh->status == SQLI_SH_FINE)
        sh->status = (int)status;
}

static bool colours(const struct sqli_sh *sh)
{
    const char *no = getenv("NO_COLOR");
    return sqli__sh_decide(sh->settings.number[SQLI_SH_COLOR],
                           isatty(STDERR_FILENO) && !(no && *no));
}

/* Results that were written before come before. No line: the one that was read last. */
static void begin_line(struct sqli_sh *sh, size_t line, size_t column)
{
    sh->complaints++;
    if (!sh->out.pager)
        sqli__sh_output_flush(&sh->out);
    if (sh->input && sh->input->name && line && column)
        fprintf(stderr, "%s:%zu:%zu: ", sh->input->name, line, column);
    else if (sh->input && sh->input->name && (line || sh->input->line))
        fprintf(stderr, "%s:%zu: ", sh->input->name, line ? line : sh->input->line);
    fprintf(stderr, "%serror:%s ", colours(sh) ? SQLI_SH_RED SQLI_SH_BOLD : "",
            colours(sh) ? SQLI_SH_PLAIN : "");
}

static void complain(struct sqli_sh *sh, const char *format, va_list arguments)
{
    begin_line(sh, 0, 0);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void sqli__sh_complain(struct sqli_sh *sh, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(sh, format, arguments);
    va_end(arguments);
    sqli__sh_fail(sh, SQLI_SH_USAGE);
}

void sqli__sh_refuse(struct sqli_sh *sh, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(sh, format, arguments);
    va_end(arguments);
    sqli__sh_fail(sh, SQLI_SH_FAILED);
}

void sqli__sh_say(struct sqli_sh *sh, const char *format, ...)
{
    va_list arguments;
    if (sh->settings.number[SQLI_SH_QUIET])
        return;
    sqli__sh_output_flush(&sh->out);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
}

/* --- errors of the server --- */

struct place {
    size_t byte;           /* of the character that the error is about */
    size_t line, column;   /* from 1 */
    struct sqli_span text; /* of that line, */
    size_t begin;          /* which begins at this byte */
};

/* False: the offset, in characters from 1, is not in the text. */
static bool find_place(struct sqli_span sql, int offset, struct place *place)
{
    *place = (struct place){.line = 1, .column = 1};
    if (offset <= 0 || !sql.length)
        return false;
    size_t at = 0;
    for (int character = 1; character < offset && at < sql.length; character++) {
        bool newline = sql.data[at] == '\n';
        do
            at++;
        while (at < sql.length && (sql.data[at] & 0xC0) == 0x80);
        place->column = newline ? 1 : place->column + 1;
        if (newline) {
            place->line++;
            place->begin = at;
        }
    }
    place->byte = at;
    const uint8_t *start = sql.data + place->begin;
    const uint8_t *end = memchr(start, '\n', sql.length - place->begin);
    place->text = sqli__span(start, end ? (size_t)(end - start) : sql.length - place->begin);
    if (end && place->text.length && end[-1] == '\r')
        place->text.length--;
    return true;
}

static void append_shown(struct sqli_buffer *to, struct sqli_span text)
{
    enum sqli_sh_ending ending;
    sqli__sh_line(&text, 0, to, &ending);
}

/* Of a long line, what stands around the place. */
static void put_caret(const struct place *place)
{
    struct sqli_buffer shown;
    struct sqli_span before = sqli__span(place->text.data, place->byte - place->begin);
    struct sqli_span after =
        sqli__span(before.data + before.length, place->text.length - before.length);
    size_t skipped =
        before.length > QUOTED_COLUMNS * 3 / 4 ? before.length - QUOTED_COLUMNS / 2 : 0;
    while (skipped && (before.data[skipped] & 0xC0) == 0x80)
        skipped--;
    before = sqli__span(before.data + skipped, before.length - skipped);
    size_t kept = after.length < QUOTED_COLUMNS / 2 ? after.length : QUOTED_COLUMNS / 2;
    while (kept < after.length && (after.data[kept] & 0xC0) == 0x80)
        kept++;
    sqli__buffer_init(&shown, SQLI_SH_TEXT_MAX);
    append_shown(&shown, before);
    size_t column = sqli__sh_width(sqli__buffer_view(&shown));
    append_shown(&shown, sqli__span(after.data, kept));
    fprintf(stderr, "  %s%s%s\n", skipped ? "..." : "", sqli__sh_z(&shown),
            kept < after.length ? "..." : "");
    fprintf(stderr, "  %*s^\n", (int)(column + (skipped ? 3 : 0)), "");
    sqli__buffer_free(&shown);
}

static void put_error(const struct sqli_sh *sh, const sqli_error *error)
{
    const char *message = sqli_errmsg(sh->db);
    fprintf(stderr, "%d [%s]: %s\n", sqli_err_code(error), sqli_err_sqlstate(error), message);
}

/* Of a text that is no UTF-8 the library tells the byte, which is in the line that it is in. */
static bool is_other_code_set(const sqli_error *error, struct sqli_span sql, struct place *place)
{
    size_t sound = sqli__utf8_prefix(sql);
    if (sqli_err_code(error) != WRONG_CODE_SET || sound == sql.length)
        return false;
    int offset = 1;
    for (size_t i = 0; i < sound; i++)
        offset += (sql.data[i] & 0xC0) != 0x80;
    return find_place(sql, offset, place);
}

/* Of a syntax error the hint speaks of the place only. */
static void put_hint(const sqli_error *error, bool other_code_set, bool located)
{
    if (other_code_set)
        fputs(
            "  what the shell reads has to be UTF-8: for a script in Latin-1, iconv -f ISO-8859-1 "
            "-t UTF-8 does it\n",
            stderr);
    else if (*sqli_err_hint(error) && !(located && sqli_err_code(error) == SYNTAX))
        fprintf(stderr, "  %s\n", sqli_err_hint(error));
}

void sqli__sh_report(struct sqli_sh *sh, struct sqli_span sql, size_t line)
{
    const sqli_error *error = sqli_last_error(sh->db);
    struct place place;
    bool other_code_set = is_other_code_set(error, sql, &place);
    bool located = other_code_set || find_place(sql, sqli_err_offset(error), &place);
    if (located && line)
        begin_line(sh, line + place.line - 1, place.column);
    else
        begin_line(sh, line, 0);
    put_error(sh, error);
    if (located)
        put_caret(&place);
    put_hint(error, other_code_set, located);
    bool wrong_use = sqli_err_code(error) == WRONG_URL || sqli_err_code(error) == WRONG_ARGUMENT;
    sqli__sh_fail(sh, sqli_is_open(sh->db) ? SQLI_SH_FAILED
                      : wrong_use          ? SQLI_SH_USAGE
                                           : SQLI_SH_CONNECT);
}
