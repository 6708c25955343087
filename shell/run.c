/* One statement: prepared, executed, its rows written as they come. */
#include "shell/shell.h"

#include "base/alloc.h"
#include "shell/names.h"
#include "shell/progress.h"
#include "shell/text.h"
#include "shell/width.h"
#include "sql/splitter.h"
#include "sql/text.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* --- rows --- */

/* A value as its text; no data: NULL. */
static bool get(sqli_stmt *stmt, int column, struct sqli_span *value)
{
    const char *text = NULL;
    size_t length = 0;
    int result = sqli_get_text(stmt, column, &text, &length);
    *value = result == SQLI_NULL ? sqli__span(NULL, 0) : sqli__span(text, length);
    return result != SQLI_FAIL;
}

static bool put_row(sqli_stmt *stmt, struct sqli_sh_writer *writer)
{
    struct sqli_span value;
    for (int c = 0; c < writer->columns; c++) {
        if (!get(stmt, c + 1, &value))
            return false;
        writer->format->cell(writer, c, value);
    }
    sqli__sh_writer_row(writer);
    return true;
}

/* To the end, to the first failure, to Ctrl-C, or until nobody reads any more. */
static bool put_rows(sqli_stmt *stmt, struct sqli_sh_writer *writer,
                     struct sqli_sh_progress *progress)
{
    int result = SQLI_ROW;
    while (!writer->out->why && !sqli__sh_interrupted && (result = sqli_step(stmt)) == SQLI_ROW) {
        if (!put_row(stmt, writer))
            return false;
        sqli__sh_progress(progress, writer->rows, 0);
    }
    return result != SQLI_FAIL;
}

/* With EXPANDED auto, a table that is too wide by its declared columns becomes vertical. */
static void choose_shape(const struct sqli_sh *sh, struct sqli_sh_look *look,
                         const struct sqli_sh_column *column, int columns)
{
    size_t width = 0;
    if (sh->settings.number[SQLI_SH_EXPANDED] != SQLI_SH_AUTO || !look->width ||
        look->format != SQLI_SH_FORMAT_TABLE)
        return;
    for (int c = 0; c < columns; c++)
        width += sqli__sh_width(sqli__span_text(column[c].name)) + 3;
    if (width > look->width)
        look->format = SQLI_SH_FORMAT_VERTICAL;
}

static const char *pager(const struct sqli_sh *sh)
{
    const char *command = getenv("SQLI_PAGER");
    if (!command)
        command = getenv("PAGER");
    return !sh->settings.number[SQLI_SH_PAGER] || (command && !*command) ? NULL
           : command                                                     ? command
                                                                         : "less -RSX";
}

void sqli__sh_begin_page(struct sqli_sh *sh, struct sqli_sh_output *out)
{
    size_t columns, lines;
    sqli__sh_screen(out->file, &columns, &lines);
    if (sh->interactive && out->terminal && !out->child && lines && pager(sh))
        sqli__sh_page_begin(out, pager(sh), lines);
}

void sqli__sh_end_page(struct sqli_sh *sh, struct sqli_sh_output *out)
{
    if (!sqli__sh_page_end(out))
        sqli__sh_complain(
            sh,
            "the pager cannot be started: %s; \\set PAGER off goes without, PAGER and "
            "SQLI_PAGER of the environment name another",
            pager(sh));
}

static bool write_result(struct sqli_sh *sh, sqli_stmt *stmt, const struct sqli_sh_run *run,
                         struct sqli_sh_output *out, int64_t *rows)
{
    struct sqli_sh_look look;
    struct sqli_sh_writer writer;
    int columns = sqli_column_count(stmt);
    struct sqli_sh_column *column = sqli__sh_columns(stmt);
    bool fine = false;
    sqli__sh_look(sh, run, out, &look);
    choose_shape(sh, &look, column, columns);
    if (!run->no_pager)
        sqli__sh_begin_page(sh, out);
    if (column && sqli__sh_writer_begin(&writer, out, &look, columns, column)) {
        fine = put_rows(stmt, &writer, run->progress);
        sqli__sh_writer_end(&writer, fine && !sqli__sh_interrupted);
        *rows = writer.rows;
    }
    sqli__sh_end_page(sh, out);
    sqli__sh_columns_free(column, columns);
    return fine;
}

/* --- \gset --- */

static bool set_variables(struct sqli_sh *sh, sqli_stmt *stmt, const char *prefix)
{
    struct sqli_buffer name, why, text;
    struct sqli_span value;
    bool fine = true;
    sqli__buffer_init(&name, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&why, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    for (int c = 1; fine && c <= sqli_column_count(stmt); c++) {
        sqli__buffer_clear(&name);
        sqli__buffer_clear(&text);
        sqli__buffer_format(&name, "%s%s", prefix, sqli_column_name(stmt, c));
        fine = get(stmt, c, &value);
        if (!fine)
            break;
        if (!value.data) {
            sqli__sh_unset(&sh->settings, sqli__sh_z(&name));
            continue;
        }
        sqli__buffer_span(&text, value);
        if (!sqli__sh_set(&sh->settings, sqli__sh_z(&name), sqli__sh_z(&text), &why))
            sqli__sh_complain(sh, "\\gset: %s", sqli__sh_z(&why));
    }
    sqli__buffer_free(&name);
    sqli__buffer_free(&why);
    sqli__buffer_free(&text);
    return fine;
}

static bool take_variables(struct sqli_sh *sh, sqli_stmt *stmt, const char *prefix)
{
    int result = sqli_step(stmt);
    if (result == SQLI_FAIL)
        return false;
    if (result != SQLI_ROW) {
        sqli__sh_complain(sh, "\\gset: there is no row");
        return true;
    }
    if (!set_variables(sh, stmt, prefix))
        return false;
    result = sqli_step(stmt);
    if (result == SQLI_ROW)
        sqli__sh_complain(sh, "\\gset: there is more than one row; the first one counts");
    return result != SQLI_FAIL;
}

/* --- what is said about a statement --- */

static void put_changed(struct sqli_sh *sh, sqli_stmt *stmt, const char *done)
{
    long long rows = (long long)sqli_rows(stmt);
    sqli__sh_put_format(&sh->out, "%lld row%s %s\n", rows < 0 ? 0 : rows, rows == 1 ? "" : "s",
                        done);
}

/* CREATE TABLE, COMMIT WORK: the words that a statement begins with, as far as they are verbs. */
static void put_verbs(struct sqli_sh *sh, struct sqli_span sql)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, sql, 0);
    for (int words = 0; words < 2; words++) {
        sqli__tokenizer_next_word(&tokenizer, &token);
        if (token.keyword == SQLI_NO_KEYWORD)
            break;
        sqli__sh_put_format(&sh->out, "%s%s", words ? " " : "", sqli__keyword_text(token.keyword));
    }
    sqli__sh_put_byte(&sh->out, '\n');
}

/* What other formats give must stay what it is. */
static bool people_read(const struct sqli_sh *sh)
{
    int64_t format = sh->settings.number[SQLI_SH_FORMAT];
    return sh->out.file == STDOUT_FILENO &&
           (format == SQLI_SH_FORMAT_TABLE || format == SQLI_SH_FORMAT_VERTICAL);
}

bool sqli__sh_talks(const struct sqli_sh *sh)
{
    return !sh->settings.number[SQLI_SH_QUIET] && sh->settings.number[SQLI_SH_HEADER] &&
           people_read(sh);
}

static void put_time(struct sqli_sh *sh, double milliseconds)
{
    if (people_read(sh)) {
        sqli__sh_put_format(&sh->out, "Time: %.3f ms\n", milliseconds);
    } else {
        sqli__sh_output_flush(&sh->out);
        fprintf(stderr, "Time: %.3f ms\n", milliseconds);
    }
}

static void put_tag(struct sqli_sh *sh, sqli_stmt *stmt, struct sqli_span sql,
                    const struct sqli_sh_run *run)
{
    if (run->quiet || !sqli__sh_talks(sh))
        return;
    switch (sqli__sql_verb(sql)) {
    case SQLI_KEYWORD_INSERT: put_changed(sh, stmt, "inserted"); break;
    case SQLI_KEYWORD_UPDATE: put_changed(sh, stmt, "updated"); break;
    case SQLI_KEYWORD_DELETE: put_changed(sh, stmt, "deleted"); break;
    case SQLI_KEYWORD_MERGE: put_changed(sh, stmt, "merged"); break;
    default: put_verbs(sh, sql);
    }
}

/* What completion knows is asked anew once it may have changed. */
static void note_change(struct sqli_sh *sh, struct sqli_span sql)
{
    switch (sqli__sql_verb(sql)) {
    case SQLI_KEYWORD_CREATE:
    case SQLI_KEYWORD_DROP:
    case SQLI_KEYWORD_ALTER:
    case SQLI_KEYWORD_RENAME:
    case SQLI_KEYWORD_DATABASE:
    case SQLI_KEYWORD_CLOSE: sqli__sh_names_forget(sh); break;
    default: break;
    }
}

/* --- transactions --- */

bool sqli__sh_is_ansi(const struct sqli_sh *sh)
{
    return strcmp(sqli_info(sh->db, "logging"), "ansi") == 0;
}

bool sqli__sh_in_transaction(const struct sqli_sh *sh)
{
    return sh->db && sqli_is_open(sh->db) &&
           (sqli_in_transaction(sh->db) || (sqli__sh_is_ansi(sh) && sh->worked));
}

/* Statements that are no work, or after which nothing is done yet; all others are work. */
enum effect { NO_EFFECT, WORK, NOTHING_DONE };

static bool has_word(struct sqli_span sql, int number, enum sqli_keyword keyword)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, sql, 0);
    for (int i = 0; i < number; i++)
        sqli__tokenizer_next_word(&tokenizer, &token);
    return token.keyword == keyword;
}

static enum effect effect(struct sqli_span sql)
{
    switch (sqli__sql_verb(sql)) {
    case SQLI_KEYWORD_SELECT:
    case SQLI_KEYWORD_SET: return NO_EFFECT;
    case SQLI_KEYWORD_COMMIT:
    case SQLI_KEYWORD_DATABASE: return NOTHING_DONE;
    case SQLI_KEYWORD_ROLLBACK:
        return has_word(sql, 2, SQLI_KEYWORD_TO) || has_word(sql, 3, SQLI_KEYWORD_TO)
                   ? NO_EFFECT
                   : NOTHING_DONE;
    case SQLI_KEYWORD_CLOSE:
    case SQLI_KEYWORD_CREATE: return has_word(sql, 2, SQLI_KEYWORD_DATABASE) ? NOTHING_DONE : WORK;
    case SQLI_KEYWORD_DROP:
    case SQLI_KEYWORD_RENAME: return has_word(sql, 2, SQLI_KEYWORD_DATABASE) ? NO_EFFECT : WORK;
    default: return WORK;
    }
}

static void note_work(struct sqli_sh *sh, struct sqli_span sql)
{
    enum effect what = effect(sql);
    if (what != NO_EFFECT)
        sh->worked = what == WORK;
}

/* --- running --- */

bool sqli__sh_gives_rows(struct sqli_span sql)
{
    enum sqli_keyword verb = sqli__sql_verb(sql);
    return verb == SQLI_KEYWORD_SELECT || verb == SQLI_KEYWORD_WITH || verb == SQLI_KEYWORD_EXECUTE;
}

bool sqli__sh_close(struct sqli_sh *sh, struct sqli_sh_output *out, const char *name)
{
    if (sqli__sh_output_close(out) || (out->why == EPIPE && !out->child))
        return true;
    if (out->told)
        return false;
    sqli__sh_complain(sh, "%s: %s", name ? name : "standard output",
                      out->why && out->why != EPIPE ? strerror(out->why) : "the command failed");
    return false;
}

static bool run_to(struct sqli_sh *sh, sqli_stmt *stmt, const struct sqli_sh_run *run,
                   int64_t *rows)
{
    struct sqli_sh_output file;
    struct sqli_sh_look look;
    sqli__sh_look(sh, run, &sh->out, &look);
    if (look.format == SQLI_SH_FORMAT_UNLOAD && !sqli__sh_unload_can(look.delimiter, look.null)) {
        sqli__sh_complain(sh, SQLI_SH_UNLOAD_CANNOT);
        return false;
    }
    if (!run->target) {
        bool fine = write_result(sh, stmt, run, &sh->out, rows);
        if (sqli__sh_output_flush(&sh->out) || sh->out.why == EPIPE)
            return fine;
        sqli__sh_complain(sh, "%s: %s", sh->output_name ? sh->output_name : "standard output",
                          strerror(sh->out.why));
        sh->out.told = true;
        return false;
    }
    if (!sqli__sh_output_open(&file, run->target, run->append)) {
        sqli__sh_complain(sh, "%s: %s", run->target, strerror(errno));
        return false;
    }
    bool fine = write_result(sh, stmt, run, &file, rows);
    return sqli__sh_close(sh, &file, run->target) && fine;
}

static bool execute(struct sqli_sh *sh, sqli_stmt *stmt, struct sqli_span sql,
                    const struct sqli_sh_run *run, int64_t *rows)
{
    if (sqli_execute(stmt) != SQLI_OK)
        return false;
    if (sqli_column_count(stmt) == 0) {
        put_tag(sh, stmt, sql, run);
        *rows = sqli_rows(stmt);
        return true;
    }
    return run->variable ? take_variables(sh, stmt, run->variable) : run_to(sh, stmt, run, rows);
}

bool sqli__sh_run_sql(struct sqli_sh *sh, struct sqli_span sql, const struct sqli_sh_run *run,
                      int64_t *rows)
{
    sqli_stmt *stmt = NULL;
    int64_t count = 0;
    if (!sqli__sh_connected(sh))
        return false;
    sqli__sh_interrupted = 0;
    double start = sqli__sh_now();
    sqli__sh_cancel_begin(sh);
    bool fine = sqli_prepare(sh->db, (const char *)sql.data, (ptrdiff_t)sql.length, SQLI_NO_NAMES,
                             &stmt) == SQLI_OK &&
                execute(sh, stmt, sql, run, &count);
    sqli__sh_cancel_end(sh);
    if (!fine && sqli_errcode(sh->db)) /* otherwise it was a file, and told */
        sqli__sh_report(sh, sql, run->line);
    sqli_finalize(stmt);
    note_change(sh, sql);
    if (fine)
        note_work(sh, sql);
    if (sh->settings.number[SQLI_SH_TIMING] && !run->quiet)
        put_time(sh, (sqli__sh_now() - start) * 1e3);
    if (rows)
        *rows = count;
    return fine;
}

bool sqli__sh_show(struct sqli_sh *sh, const char *sql)
{
    struct sqli_sh_run run = {.format = -1};
    return sqli__sh_run_sql(sh, sqli__span_text(sql), &run, NULL);
}

/* What \if can ask behind a statement. */
static void set_outcome(struct sqli_sh *sh, bool fine, int64_t rows)
{
    const sqli_error *error = fine || !sh->db ? NULL : sqli_last_error(sh->db);
    char number[24];
    sqli__sh_set(&sh->settings, "ERROR", fine ? "false" : "true", NULL);
    snprintf(number, sizeof number, "%lld", (long long)(rows > 0 ? rows : 0));
    sqli__sh_set(&sh->settings, "ROW_COUNT", number, NULL);
    snprintf(number, sizeof number, "%d", error ? sqli_err_code(error) : 0);
    sqli__sh_set(&sh->settings, "SQLCODE", number, NULL);
    sqli__sh_set(&sh->settings, "SQLSTATE", error ? sqli_err_sqlstate(error) : "00000", NULL);
}

bool sqli__sh_run(struct sqli_sh *sh, struct sqli_span text, const struct sqli_sh_run *run)
{
    struct sqli_buffer sql;
    int64_t rows = 0;
    bool fine;
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__sh_substitute(sh, text, &sql);
    if (sh->settings.number[SQLI_SH_ECHO]) {
        sqli__sh_put_span(&sh->out, sqli__buffer_view(&sql));
        sqli__sh_put_text(&sh->out, ";\n");
    }
    if (!sqli__sh_words(sh, sqli__buffer_view(&sql), run, &fine))
        fine = sqli__sh_run_sql(sh, sqli__buffer_view(&sql), run, &rows);
    set_outcome(sh, fine, rows);
    sqli__buffer_free(&sql);
    return fine;
}
