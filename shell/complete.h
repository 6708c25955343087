/* What could stand where the cursor is. */
#ifndef SQLI_SHELL_COMPLETE_H
#define SQLI_SHELL_COMPLETE_H

#include "shell/shell.h"

struct sqli_sh_candidates {
    size_t start; /* of the word that is completed, in bytes of the line */
    char **text;  /* sorted, no two alike */
    size_t count, capacity;
    bool file; /* names of files: a folder's is not followed by a blank */
};

/* `before`: the lines of the statement that were typed already; `line` up to the cursor. */
void sqli__sh_complete(struct sqli_sh *sh, struct sqli_span before, struct sqli_span line,
                       struct sqli_sh_candidates *found);
void sqli__sh_candidates_free(struct sqli_sh_candidates *found);

/* How many bytes all have in common. */
size_t sqli__sh_common(const struct sqli_sh_candidates *found);

#endif
