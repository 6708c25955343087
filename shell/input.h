/* Lines, from wherever they come: a terminal, a file, standard input, -c. */
#ifndef SQLI_SHELL_INPUT_H
#define SQLI_SHELL_INPUT_H

#include "base/buffer.h"

#include <signal.h>
#include <stdio.h>

struct sqli_sh_editor;

struct sqli_sh_input {
    const char *name; /* for errors; NULL: somebody types */
    int file;         /* -1: all there is, is in `data` */
    struct sqli_sh_editor *editor;
    const char *prompt;      /* for the editor */
    struct sqli_buffer data; /* read, from `at` on not yet given out */
    size_t at, line;         /* number of the last line that was given out */
    bool end;
    bool rows; /* the lines are rows of \copy: the history need not know them */
    int why;   /* errno: reading failed, which ended it */
    struct sqli_sh_input *outer;
};

enum sqli_sh_line { SQLI_SH_LINE, SQLI_SH_LINE_END, SQLI_SH_LINE_INTERRUPTED };

void sqli__sh_input_init(struct sqli_sh_input *input, const char *name, int file);
void sqli__sh_input_free(struct sqli_sh_input *input);

/* The next line, its newline included if it has one; it holds until the next call. */
enum sqli_sh_line sqli__sh_input_line(struct sqli_sh_input *input, struct sqli_span *line);

/* --- editor.c: a terminal --- */

struct sqli_sh;
struct sqli_sh_output;

/* NULL: there is no libedit, or no memory. */
struct sqli_sh_editor *sqli__sh_editor_new(struct sqli_sh *sh);
void sqli__sh_editor_free(struct sqli_sh_editor *editor);
enum sqli_sh_line sqli__sh_editor_line(struct sqli_sh_editor *editor, const char *prompt,
                                       struct sqli_span *line);
/* The line can be found in the history from now on, unless there may be a password in it. */
void sqli__sh_editor_remember(struct sqli_sh_editor *editor, const char *line);
/* What can be found there, the oldest line first. */
void sqli__sh_editor_history(struct sqli_sh_editor *editor, struct sqli_sh_output *out);

#endif
