/* Small results of the shell's own questions, whole in memory. */
#ifndef SQLI_SHELL_QUERY_H
#define SQLI_SHELL_QUERY_H

#include "shell/shell.h"

struct sqli_sh_texts {
    int64_t rows;
    int columns;
    char **text; /* row by row */
    int64_t room;
};

/* False: it failed, and that was told. Trailing blanks of single values are kept. */
bool sqli__sh_query(struct sqli_sh *sh, struct sqli_sh_texts *texts, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sqli__sh_texts_free(struct sqli_sh_texts *texts);

/* "" for NULL. */
char *sqli__sh_text(const struct sqli_sh_texts *texts, int64_t row, int column);

#endif
