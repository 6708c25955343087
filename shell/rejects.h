/* Rows that could not be stored. They go to a file as they were, so that it can be loaded again;
 * why stands in a second one beside it, FILE.why, a line for each row in the same order. */
#ifndef SQLI_SHELL_REJECTS_H
#define SQLI_SHELL_REJECTS_H

#include "shell/records.h"

struct sqli_sh_rejects {
    const char *name; /* NULL: there is no such file, the first bad row ends all */
    FILE *rows, *reasons;
    int64_t count;
    int failed; /* errno: a row could not be written down */
};

/* Makes the files. The first load of the process that names a file empties it: what it had was of
 * another run. Later ones append: nobody has seen yet what is in it. False: `failed` tells why, and
 * the files are as they were; 0: one of them is the file `source`, or an input that is being read,
 * `reading` or one below it. */
bool sqli__sh_rejects_open(struct sqli_sh_rejects *rejects, int source,
                           const struct sqli_sh_input *reading);
bool sqli__sh_reject(struct sqli_sh_rejects *rejects, struct sqli_span raw, size_t line,
                     const char *reason);
/* What was rejected so far is in the files. Before that the rows around it must not be committed:
 * false, they could not be written. */
bool sqli__sh_rejects_flush(struct sqli_sh_rejects *rejects);
bool sqli__sh_rejects_close(struct sqli_sh_rejects *rejects);

/* At the end of the process. */
void sqli__sh_rejects_forget(void);

#endif
