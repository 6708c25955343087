/* The history on disk, a file that several sessions share: each appends the lines that are typed in
 * it, and none writes over what another has appended. It begins as libedit's own do, and its lines
 * are written as there. */
#ifndef SQLI_SHELL_HISTORY_H
#define SQLI_SHELL_HISTORY_H

#include "base/bytes.h"

enum sqli_sh_history_kind {
    SQLI_SH_HISTORY,         /* it can be kept there, though nothing may be there yet */
    SQLI_SH_HISTORY_NOWHERE, /* /dev/null, or what cannot be opened: errno tells, 0: no file */
    SQLI_SH_HISTORY_FOREIGN, /* a file that is none: it stays as it is */
};

/* Its last lines, the oldest first; one that is damaged is left out. A file that has grown long is
 * made shorter first: to `lines` lines. */
enum sqli_sh_history_kind sqli__sh_history_read(const char *file, size_t lines,
                                                void (*take)(void *context, const char *line),
                                                void *context);

/* Appends a line, at once and as a whole. What cannot be written is not: nobody waits for it. */
void sqli__sh_history_append(const char *file, struct sqli_span line);

#endif
