/* Rows that could not be stored. They go to a file as they were, so that it can be loaded again;
 * why stands in a second one beside it, FILE.why. */
#ifndef SQLI_SHELL_REJECTS_H
#define SQLI_SHELL_REJECTS_H

#include "shell/records.h"

struct sqli_sh_rejects {
    const char *name; /* NULL: there is no such file, the first bad row ends all */
    FILE *rows, *reasons;
    int64_t count;
    int failed; /* errno: a row could not be written down */
};

/* Makes the files, empty: what an earlier load left in them is not of this one. */
bool sqli__sh_rejects_open(struct sqli_sh_rejects *rejects);
bool sqli__sh_reject(struct sqli_sh_rejects *rejects, struct sqli_span raw, size_t line,
                     const char *reason);
bool sqli__sh_rejects_close(struct sqli_sh_rejects *rejects);

#endif
