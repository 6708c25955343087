#include "shell/query.h"

#include "base/alloc.h"
#include "shell/text.h"

#include <stdarg.h>

enum { ROWS_MAX = 100000, SQL_BYTES = 8192 };

static bool take_row(sqli_stmt *stmt, struct sqli_sh_texts *texts)
{
    if (texts->rows == texts->room) {
        int64_t room = texts->room ? 2 * texts->room : 16;
        void *bigger =
            sqli__realloc(texts->text, (size_t)(room * texts->columns) * sizeof *texts->text);
        if (!bigger)
            return false;
        texts->text = bigger;
        texts->room = room;
    }
    for (int c = 0; c < texts->columns; c++) {
        const char *text = "";
        size_t length = 0;
        bool there = sqli_get_text(stmt, c + 1, &text, &length) == SQLI_OK;
        texts->text[texts->rows * texts->columns + c] =
            sqli__sh_copy_span(there ? sqli__span(text, length) : sqli__span("", 0));
    }
    texts->rows++;
    return true;
}

bool sqli__sh_query(struct sqli_sh *sh, struct sqli_sh_texts *texts, const char *format, ...)
{
    char sql[SQL_BYTES];
    sqli_stmt *stmt = NULL;
    int result = SQLI_FAIL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    *texts = (struct sqli_sh_texts){0};
    sqli__sh_cancel_begin(sh);
    if (sqli_prepare(sh->db, sql, -1, SQLI_NO_NAMES, &stmt) == SQLI_OK)
        while ((result = sqli_step(stmt)) == SQLI_ROW && texts->rows < ROWS_MAX) {
            texts->columns = sqli_column_count(stmt);
            if (!take_row(stmt, texts))
                break;
        }
    sqli__sh_cancel_end(sh);
    if (result == SQLI_FAIL)
        sqli__sh_report(sh, sqli__span_text(sql), 0);
    sqli_finalize(stmt);
    return result != SQLI_FAIL;
}

void sqli__sh_texts_free(struct sqli_sh_texts *texts)
{
    for (int64_t i = 0; i < texts->rows * texts->columns; i++)
        sqli__free(texts->text[i]);
    sqli__free(texts->text);
    *texts = (struct sqli_sh_texts){0};
}

char *sqli__sh_text(const struct sqli_sh_texts *texts, int64_t row, int column)
{
    return texts->text[row * texts->columns + column];
}
