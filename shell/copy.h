/* Tables from and to files: \copy, LOAD FROM, UNLOAD TO. */
#ifndef SQLI_SHELL_COPY_H
#define SQLI_SHELL_COPY_H

#include "shell/shell.h"

struct sqli_sh_copy {
    struct sqli_buffer table;   /* as SQL writes it */
    struct sqli_buffer columns; /* "a, b"; empty: all */
    struct sqli_buffer query;   /* what is copied out, where it is no table */
    struct sqli_buffer file, bad, null;
    bool standard; /* "stdin", "stdout" */
    int format;    /* SQLI_SH_FORMAT_CSV or _UNLOAD */
    uint8_t delimiter;
    bool header, bulk;
    int64_t commit_every;
    size_t line; /* of the statement */
};

/* As the settings are. */
void sqli__sh_copy_init(const struct sqli_sh *sh, struct sqli_sh_copy *copy);
void sqli__sh_copy_free(struct sqli_sh_copy *copy);

/* Both tell what went wrong, and how much was copied. */
bool sqli__sh_copy_in(struct sqli_sh *sh, struct sqli_sh_copy *copy);
bool sqli__sh_copy_out(struct sqli_sh *sh, struct sqli_sh_copy *copy);
/* Of a copy that cannot begin: rows that stand in the script behind it are no statements. Who types
 * sees the error, and types none. */
void sqli__sh_copy_pass_over(struct sqli_sh *sh, const struct sqli_sh_copy *copy);

/* \copy with what stands behind it. */
bool sqli__sh_copy_command(struct sqli_sh *sh, struct sqli_span arguments);

/* "t (a, b) ..." taken apart; *rest goes on behind it. */
void sqli__sh_copy_table(struct sqli_sh_copy *copy, struct sqli_span *rest);

#endif
