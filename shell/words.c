/* What dbaccess understands beside SQL: INFO, OUTPUT TO, LOAD FROM, UNLOAD TO. */
#include "shell/copy.h"
#include "shell/describe.h"
#include "shell/text.h"

#include <stdlib.h>

struct words {
    struct sqli_sh *sh;
    const struct sqli_sh_run *run;
    struct sqli_span rest; /* what is not understood yet */
    struct sqli_buffer word;
};

/* Takes the word if it comes next. */
static bool take(struct words *w, const char *word)
{
    size_t length = strlen(word);
    struct sqli_span rest = sqli__sh_trim(w->rest);
    if (!sqli__sh_begins(rest, word) ||
        (rest.length > length && !sqli__sh_blank(rest.data[length])))
        return false;
    w->rest = sqli__span(rest.data + length, rest.length - length);
    return true;
}

static bool wrong(struct words *w, const char *how)
{
    sqli__sh_refuse(w->sh, "it goes: %s", how);
    return false;
}

/* --- INFO --- */

static bool info(struct words *w)
{
    static const struct {
        const char *word;
        enum sqli_sh_listing listing;
        bool of_table;
    } kinds[] = {
        {"tables", SQLI_SH_LIST_TABLES, false},        {"columns", SQLI_SH_LIST_COLUMNS, true},
        {"indexes", SQLI_SH_LIST_INDEXES, true},       {"status", SQLI_SH_LIST_STATUS, true},
        {"references", SQLI_SH_LIST_REFERENCES, true}, {"access", SQLI_SH_LIST_PRIVILEGES, true},
        {"privileges", SQLI_SH_LIST_PRIVILEGES, true}, {"fragments", SQLI_SH_LIST_FRAGMENTS, true},
        {"triggers", SQLI_SH_LIST_TRIGGERS, true},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!take(w, kinds[i].word))
            continue;
        if (!kinds[i].of_table)
            return sqli__sh_list(w->sh, kinds[i].listing, "");
        if (take(w, "for") && sqli__sh_word(&w->rest, &w->word, NULL))
            return sqli__sh_list(w->sh, kinds[i].listing, sqli__sh_z(&w->word));
    }
    return wrong(w, "INFO TABLES, or INFO COLUMNS, INDEXES, STATUS, REFERENCES, ACCESS, FRAGMENTS, "
                    "TRIGGERS FOR table");
}

/* --- OUTPUT --- */

static bool output(struct words *w)
{
    struct sqli_sh_run run = *w->run;
    struct sqli_buffer target;
    bool pipe = take(w, "pipe"), fine = false;
    sqli__buffer_init(&target, SQLI_SH_TEXT_MAX);
    if (sqli__sh_word(&w->rest, &w->word, NULL)) {
        sqli__buffer_format(&target, "%s%s", pipe ? "|" : "", sqli__sh_z(&w->word));
        run.target = sqli__sh_z(&target);
        run.no_header = take(w, "without");
        fine = (!run.no_header || take(w, "headings")) && sqli__sh_gives_rows(w->rest);
    }
    if (fine)
        fine = sqli__sh_run_sql(w->sh, sqli__sh_trim(w->rest), &run, NULL);
    else
        wrong(w, "OUTPUT TO [PIPE] file [WITHOUT HEADINGS] SELECT ...");
    sqli__buffer_free(&target);
    return fine;
}

/* --- LOAD and UNLOAD --- */

/* "file" [DELIMITER 'c'] */
static bool take_file(struct words *w, struct sqli_sh_copy *copy)
{
    if (!sqli__sh_word(&w->rest, &copy->file, NULL))
        return false;
    const char *usual = getenv("DBDELIMITER");
    if (!take(w, "delimiter")) {
        if (!copy->delimiter && usual)
            copy->delimiter = sqli__sh_divider(usual);
        return true;
    }
    if (!sqli__sh_word(&w->rest, &w->word, NULL))
        return false;
    copy->delimiter = sqli__sh_divider(sqli__sh_z(&w->word));
    return copy->delimiter;
}

static bool load(struct words *w)
{
    struct sqli_sh_copy copy;
    sqli__sh_copy_init(w->sh, &copy);
    copy.line = w->run->line;
    bool fine = take_file(w, &copy) && take(w, "insert") && take(w, "into");
    if (fine) {
        sqli__sh_copy_table(&copy, &w->rest);
        fine = copy.table.length && !sqli__sh_trim(w->rest).length;
    }
    fine = fine ? sqli__sh_copy_in(w->sh, &copy)
                : wrong(w, "LOAD FROM 'file' [DELIMITER 'c'] INSERT INTO table [(columns)]");
    sqli__sh_copy_free(&copy);
    return fine;
}

static bool unload(struct words *w)
{
    struct sqli_sh_copy copy;
    sqli__sh_copy_init(w->sh, &copy);
    copy.line = w->run->line;
    bool fine = take_file(w, &copy);
    sqli__buffer_span(&copy.query, sqli__sh_trim(w->rest));
    fine = fine && sqli__sh_gives_rows(w->rest)
               ? sqli__sh_copy_out(w->sh, &copy)
               : wrong(w, "UNLOAD TO 'file' [DELIMITER 'c'] SELECT ...");
    sqli__sh_copy_free(&copy);
    return fine;
}

/* --- which --- */

bool sqli__sh_words(struct sqli_sh *sh, struct sqli_span text, const struct sqli_sh_run *run,
                    bool *fine)
{
    static const struct {
        const char *first, *second; /* NULL: one will do */
        bool (*function)(struct words *w);
    } table[] = {
        {"info", NULL, info},
        {"output", "to", output},
        {"load", "from", load},
        {"unload", "to", unload},
    };
    struct words w = {.sh = sh, .run = run};
    bool found = false;
    sqli__buffer_init(&w.word, SQLI_SH_TEXT_MAX);
    for (size_t i = 0; !found && i < sizeof table / sizeof table[0]; i++) {
        w.rest = text;
        found = take(&w, table[i].first) && (!table[i].second || take(&w, table[i].second));
        if (found)
            *fine = table[i].function(&w);
    }
    sqli__buffer_free(&w.word);
    return found;
}
