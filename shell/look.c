/* How results look. */
#include "shell/shell.h"

#include "base/alloc.h"
#include "shell/text.h"
#include "shell/width.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

double sqli__sh_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int choose_long(const struct sqli_sh *sh, const struct sqli_sh_output *out)
{
    int64_t overlong = sh->settings.number[SQLI_SH_LONG];
    if (overlong != SQLI_SH_LONG_AUTO)
        return (int)overlong;
    return out->terminal || sh->settings.number[SQLI_SH_WIDTH] ? SQLI_SH_LONG_CUT
                                                               : SQLI_SH_LONG_WHOLE;
}

void sqli__sh_look(const struct sqli_sh *sh, const struct sqli_sh_run *run,
                   const struct sqli_sh_output *out, struct sqli_sh_look *look)
{
    const struct sqli_sh_settings *settings = &sh->settings;
    const char *null = settings->text[SQLI_SH_NULL], *no_color = getenv("NO_COLOR");
    size_t columns = 0, lines;
    if (out->terminal)
        sqli__sh_screen(out->file, &columns, &lines);
    *look = (struct sqli_sh_look){
        .format = run->format >= 0 ? run->format : (int)settings->number[SQLI_SH_FORMAT],
        .header = run->with_header || (settings->number[SQLI_SH_HEADER] && !run->no_header),
        .types = settings->number[SQLI_SH_TYPES],
        .colours = sqli__sh_decide(settings->number[SQLI_SH_COLOR],
                                   out->terminal && !(no_color && *no_color)),
        .null = run->null ? run->null
                : *null   ? null
                          : NULL,
        .delimiter = run->delimiter ? run->delimiter : (char)settings->number[SQLI_SH_DELIMITER],
        .width =
            settings->number[SQLI_SH_WIDTH] ? (size_t)settings->number[SQLI_SH_WIDTH] : columns,
        .overlong = choose_long(sh, out)};
    if (look->format == SQLI_SH_FORMAT_TABLE &&
        (run->expanded || settings->number[SQLI_SH_EXPANDED] == SQLI_SH_ON))
        look->format = SQLI_SH_FORMAT_VERTICAL;
}

/* --- columns --- */

static bool is_number(int type)
{
    static const bool numbers[SQLI_BIGSERIAL + 1] = {
        [SQLI_SMALLINT] = true,   [SQLI_INTEGER] = true,  [SQLI_FLOAT] = true,
        [SQLI_SMALLFLOAT] = true, [SQLI_DECIMAL] = true,  [SQLI_SERIAL] = true,
        [SQLI_MONEY] = true,      [SQLI_INT8] = true,     [SQLI_SERIAL8] = true,
        [SQLI_BIGINT] = true,     [SQLI_BIGSERIAL] = true};
    return type >= 0 && type <= SQLI_BIGSERIAL && numbers[type];
}

bool sqli__sh_is_text(int type)
{
    return type == SQLI_CHAR || type == SQLI_VARCHAR || type == SQLI_NCHAR ||
           type == SQLI_NVARCHAR || type == SQLI_LVARCHAR;
}

struct sqli_sh_column *sqli__sh_columns(sqli_stmt *stmt)
{
    int columns = sqli_column_count(stmt);
    struct sqli_sh_column *column = sqli__alloc_zeroed((size_t)columns, sizeof *column);
    for (int c = 0; column && c < columns; c++) {
        struct sqli_column_info info = {.size = sizeof info};
        if (sqli_column_info(stmt, c + 1, &info) != SQLI_OK)
            info.name = info.type_name = "";
        column[c].name = sqli__sh_copy(info.name);
        column[c].type_name = sqli__sh_copy(info.type_name);
        column[c].right = is_number(info.type);
        if (column[c].right)
            column[c].json = SQLI_SH_JSON_NUMBER;
        else if (info.type == SQLI_BOOLEAN)
            column[c].json = SQLI_SH_JSON_TRUTH;
    }
    return column;
}

void sqli__sh_columns_free(struct sqli_sh_column *column, int columns)
{
    for (int c = 0; column && c < columns; c++) {
        sqli__free(column[c].name);
        sqli__free(column[c].type_name);
    }
    sqli__free(column);
}
