/* \gexec: the values that a statement gives are statements. */
#include "shell/meta.h"
#include "shell/text.h"

#include <unistd.h>

/* All are fetched before the first one runs: it may end the transaction, and the cursor with it. */
static bool fetch(struct sqli_sh *sh, struct sqli_span sql, size_t line, struct sqli_buffer *texts)
{
    sqli_stmt *stmt = NULL;
    int result = SQLI_FAIL;
    sqli__sh_interrupted = 0;
    sqli__sh_cancel_begin(sh);
    if (sqli_prepare(sh->db, (const char *)sql.data, (ptrdiff_t)sql.length, SQLI_NO_NAMES, &stmt) ==
        SQLI_OK)
        while ((result = sqli_step(stmt)) == SQLI_ROW && !texts->failed) {
            for (int c = 1; c <= sqli_column_count(stmt); c++) {
                const char *text = NULL;
                size_t length = 0;
                if (sqli_get_text(stmt, c, &text, &length) == SQLI_OK) {
                    sqli__buffer_append(texts, text, length);
                    sqli__buffer_byte(texts, 0);
                }
            }
        }
    sqli__sh_cancel_end(sh);
    if (result == SQLI_FAIL)
        sqli__sh_report(sh, sql, line);
    else if (texts->failed)
        sqli__sh_complain(sh, "\\gexec: out of memory");
    sqli_finalize(stmt);
    return result != SQLI_FAIL && !texts->failed;
}

static bool stops(const struct sqli_sh *sh, bool fine)
{
    return sqli__sh_interrupted || sh->out.why || !sqli_is_open(sh->db) ||
           (!fine && !sh->interactive && sh->settings.number[SQLI_SH_ON_ERROR_STOP]);
}

void sqli__sh_meta_gexec(struct sqli_sh_meta *meta)
{
    struct sqli_sh *sh = meta->sh;
    const struct sqli_sh_run run = {.format = -1};
    struct sqli_buffer query, sql, texts;
    size_t line = sqli__sh_take_query(meta, &query);
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&texts, SQLI_SH_TEXT_MAX);
    sqli__sh_substitute(sh, sqli__buffer_view(&query), &sql);
    struct sqli_span statement = sqli__buffer_view(&sql);
    if (!sqli__sh_gives_rows(statement))
        sqli__sh_complain(sh, "\\gexec: there is no query that gives statements");
    else if (sqli__sh_connected(sh) && fetch(sh, statement, line, &texts))
        for (size_t at = 0; at < texts.length;) {
            struct sqli_span one = sqli__span_text((const char *)texts.data + at);
            at += one.length + 1;
            one = sqli__sh_trim(one);
            if (one.length && stops(sh, sqli__sh_run(sh, one, &run)))
                break;
        }
    sqli__buffer_free(&query);
    sqli__buffer_free(&sql);
    sqli__buffer_free(&texts);
}
