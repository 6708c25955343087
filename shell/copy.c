/* \copy: its words; and copying out, which is a query whose result goes to a file. */
#include "shell/copy.h"

#include "shell/progress.h"
#include "shell/text.h"
#include "sql/tokenizer.h"

#include <sys/stat.h>
#include <unistd.h>

void sqli__sh_copy_init(const struct sqli_sh *sh, struct sqli_sh_copy *copy)
{
    const struct sqli_sh_settings *settings = &sh->settings;
    *copy = (struct sqli_sh_copy){.format = SQLI_SH_FORMAT_UNLOAD,
                                  .delimiter = (uint8_t)settings->number[SQLI_SH_DELIMITER],
                                  .bulk = settings->number[SQLI_SH_BULK],
                                  .commit_every = settings->number[SQLI_SH_COMMIT_EVERY]};
    struct sqli_buffer *buffers[] = {&copy->table, &copy->columns, &copy->query,
                                     &copy->file,  &copy->bad,     &copy->null};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
        sqli__buffer_init(buffers[i], SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&copy->bad, settings->text[SQLI_SH_BAD_FILE]);
    sqli__buffer_text(&copy->null, settings->text[SQLI_SH_NULL]);
}

void sqli__sh_copy_free(struct sqli_sh_copy *copy)
{
    sqli__buffer_free(&copy->table);
    sqli__buffer_free(&copy->columns);
    sqli__buffer_free(&copy->query);
    sqli__buffer_free(&copy->file);
    sqli__buffer_free(&copy->bad);
    sqli__buffer_free(&copy->null);
}

/* --- words --- */

/* What stands in the parentheses at the start of *rest, which goes on behind them. */
static bool take_parentheses(struct sqli_span *rest, struct sqli_buffer *inside)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    int depth = 0;
    *rest = sqli__sh_trim(*rest);
    sqli__tokenizer_init(&tokenizer, *rest, 0);
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
        depth += token.kind == SQLI_TOKEN_OPEN_PARENTHESIS;
        depth -= token.kind == SQLI_TOKEN_CLOSE_PARENTHESIS;
        if (depth == 0 && token.kind == SQLI_TOKEN_CLOSE_PARENTHESIS) {
            sqli__buffer_append(inside, rest->data + 1, token.offset - 1);
            size_t length = token.offset + 1;
            *rest = sqli__span(rest->data + length, rest->length - length);
            return true;
        }
        if (depth == 0)
            return false;
    }
    return false;
}

void sqli__sh_copy_table(struct sqli_sh_copy *copy, struct sqli_span *rest)
{
    bool quoted = false;
    *rest = sqli__sh_trim(*rest);
    size_t length = 0;
    for (; length < rest->length; length++) {
        uint8_t c = rest->data[length];
        quoted = quoted != (c == '"');
        if (!quoted && (sqli__sh_blank(c) || c == '('))
            break;
    }
    sqli__buffer_append(&copy->table, rest->data, length);
    *rest = sqli__sh_trim(sqli__span(rest->data + length, rest->length - length));
    if (rest->length && rest->data[0] == '(')
        take_parentheses(rest, &copy->columns);
}

static bool take_number(struct sqli_span *rest, struct sqli_buffer *word, int64_t *number)
{
    return sqli__sh_word(rest, word, NULL) &&
           sqli__sh_number(sqli__sh_z(word), 0, INT32_MAX, number);
}

/* One option; false: there is no such, or it has no such value. */
static bool take_option(struct sqli_sh_copy *copy, struct sqli_span name, struct sqli_span *rest)
{
    struct sqli_buffer word;
    bool fine = true;
    sqli__buffer_init(&word, SQLI_SH_TEXT_MAX);
    if (sqli__sh_same(name, "csv") || sqli__sh_same(name, "unload")) {
        copy->format = sqli__sh_same(name, "csv") ? SQLI_SH_FORMAT_CSV : SQLI_SH_FORMAT_UNLOAD;
    } else if (sqli__sh_same(name, "header")) {
        copy->header = true;
    } else if (sqli__sh_same(name, "bulk")) {
        copy->bulk = true;
    } else if (sqli__sh_same(name, "delimiter")) {
        copy->delimiter =
            sqli__sh_word(rest, &word, NULL) ? sqli__sh_divider(sqli__sh_z(&word)) : 0;
        fine = copy->delimiter;
    } else if (sqli__sh_same(name, "null")) {
        fine = sqli__sh_word(rest, &copy->null, NULL);
    } else if (sqli__sh_same(name, "commit")) {
        fine = take_number(rest, &word, &copy->commit_every);
    } else if (sqli__sh_same(name, "bad")) {
        fine = sqli__sh_word(rest, &copy->bad, NULL);
    } else {
        fine = sqli__sh_same(name, "with");
    }
    sqli__buffer_free(&word);
    return fine;
}

/* The word that made no sense is left in `word`. */
static bool parse(struct sqli_sh_copy *copy, struct sqli_span rest, bool *in,
                  struct sqli_buffer *word)
{
    bool quoted;
    rest = sqli__sh_trim(rest);
    if (rest.length && rest.data[0] == '(') {
        if (!take_parentheses(&rest, &copy->query) ||
            !sqli__sh_gives_rows(sqli__buffer_view(&copy->query)))
            return false;
    } else {
        sqli__sh_copy_table(copy, &rest);
    }
    if (!sqli__sh_word(&rest, word, NULL))
        return false;
    *in = sqli__sh_same(sqli__buffer_view(word), "from");
    if ((!*in && !sqli__sh_same(sqli__buffer_view(word), "to")) || (*in && copy->query.length))
        return false;
    if (!sqli__sh_word(&rest, &copy->file, &quoted))
        return false;
    sqli__sh_in_home(&copy->file);
    copy->standard =
        !quoted && sqli__sh_same(sqli__buffer_view(&copy->file), *in ? "stdin" : "stdout");
    while (sqli__sh_word(&rest, word, NULL))
        if (!take_option(copy, sqli__buffer_view(word), &rest))
            return false;
    return true;
}

bool sqli__sh_copy_command(struct sqli_sh *sh, struct sqli_span arguments)
{
    struct sqli_sh_copy copy;
    struct sqli_buffer word;
    bool in = false, fine = false;
    sqli__sh_copy_init(sh, &copy);
    copy.line = sh->query_line;
    sqli__buffer_init(&word, SQLI_SH_TEXT_MAX);
    if (parse(&copy, arguments, &in, &word)) {
        fine = in ? sqli__sh_copy_in(sh, &copy) : sqli__sh_copy_out(sh, &copy);
    } else {
        sqli__sh_complain(sh,
                          "\\copy: %s%s it goes: \\copy TABLE [(COLUMNS)] FROM FILE, "
                          "\\copy TABLE|(QUERY) TO FILE, and csv, unload, header, delimiter C, "
                          "null TEXT, bulk, commit ROWS, bad FILE",
                          sqli__sh_z(&word), word.length ? " is not understood;" : "");
        if (in)
            sqli__sh_copy_pass_over(sh, &copy);
    }
    sqli__buffer_free(&word);
    sqli__sh_copy_free(&copy);
    return fine;
}

/* --- copying out --- */

/* What the statistics say about a table, for the time that is left. */
static int64_t rows_about(struct sqli_sh *sh, struct sqli_sh_copy *copy)
{
    int64_t rows = 0;
    double number;
    sqli_stmt *stmt = NULL;
    struct sqli_span name = sqli__buffer_view(&copy->table);
    if (!name.length || memchr(name.data, '.', name.length) || memchr(name.data, '"', name.length))
        return 0;
    if (sqli_prepare(sh->db, "SELECT nrows FROM \"informix\".systables WHERE tabname = LOWER(?)",
                     -1, 0, &stmt) == SQLI_OK &&
        sqli_bind_text(stmt, 1, (const char *)name.data, (ptrdiff_t)name.length) == SQLI_OK &&
        sqli_step(stmt) == SQLI_ROW && sqli_get_double(stmt, 1, &number) == SQLI_OK && number > 0)
        rows = (int64_t)number;
    sqli_finalize(stmt);
    return rows;
}

bool sqli__sh_copy_out(struct sqli_sh *sh, struct sqli_sh_copy *copy)
{
    struct sqli_sh_progress progress;
    char rate[128];
    int64_t rows = 0;
    struct sqli_buffer sql;
    if (!sqli__sh_connected(sh))
        return false;
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    if (copy->query.length)
        sqli__buffer_span(&sql, sqli__buffer_view(&copy->query));
    else
        sqli__buffer_format(&sql, "SELECT %s FROM %s",
                            copy->columns.length ? sqli__sh_z(&copy->columns) : "*",
                            sqli__sh_z(&copy->table));
    bool shown = sqli__sh_decide(sh->settings.number[SQLI_SH_PROGRESS],
                                 isatty(STDERR_FILENO) && !copy->standard);
    sqli__sh_progress_begin(&progress, shown);
    if (shown)
        progress.rows_total = rows_about(sh, copy);
    struct sqli_sh_run run = {.line = copy->line,
                              .format = copy->format,
                              .no_header = !copy->header,
                              .with_header = copy->header,
                              .delimiter = (char)copy->delimiter,
                              .null = sqli__sh_z(&copy->null),
                              .target = copy->standard ? NULL : sqli__sh_z(&copy->file),
                              .progress = &progress,
                              .quiet = true};
    bool fine = sqli__sh_run_sql(sh, sqli__buffer_view(&sql), &run, &rows);
    sqli__sh_progress_end(&progress);
    sqli__sh_rate(rate, sizeof rate, rows, sqli__sh_now() - progress.start);
    if (fine && !sqli__sh_interrupted)
        sqli__sh_say(sh, "unloaded %s\n", rate);
    else if (rows)
        sqli__sh_say(sh, "stopped: %lld rows are unloaded, and that is not all\n", (long long)rows);
    sqli__buffer_free(&sql);
    return fine;
}
