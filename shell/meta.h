/* What the functions of commands share. */
#ifndef SQLI_SHELL_META_H
#define SQLI_SHELL_META_H

#include "shell/shell.h"

struct sqli_sh_meta {
    struct sqli_sh *sh;
    struct sqli_span arguments; /* what is left of them */
    struct sqli_buffer *query;  /* what was typed before and is not run */
    struct sqli_buffer word;
    int number; /* of the table of commands */
};

/* The next argument, variables put in; it holds until the next call. NULL: there is none. */
const char *sqli__sh_next(struct sqli_sh_meta *meta);
/* The same for the name of a file. */
const char *sqli__sh_next_file(struct sqli_sh_meta *meta);
/* The same for what is written to: a file, or a command behind |, which is all that follows. A copy
 * to be freed. */
char *sqli__sh_next_target(struct sqli_sh_meta *meta);

/* What was typed before the command, which uses it up; if that is nothing, the last statement.
 * Gives the line where it starts. */
size_t sqli__sh_take_query(struct sqli_sh_meta *meta, struct sqli_buffer *text);
/* Runs a program in the foreground, as the terminal's own: Ctrl-C is for it. False: it cannot be
 * started, errno tells. */
bool sqli__sh_run_program(struct sqli_sh *sh, char *const arguments[], int *status);
/* Complains that there is no such command, and names the nearest. */
void sqli__sh_meta_unknown(struct sqli_sh *sh, struct sqli_span name);

/* meta_edit.c, meta_set.c, meta_system.c, watch.c, gexec.c */
void sqli__sh_meta_edit(struct sqli_sh_meta *meta);
void sqli__sh_meta_echo(struct sqli_sh_meta *meta);
void sqli__sh_meta_errors(struct sqli_sh_meta *meta);
void sqli__sh_meta_folder(struct sqli_sh_meta *meta);
void sqli__sh_meta_getenv(struct sqli_sh_meta *meta);
void sqli__sh_meta_gexec(struct sqli_sh_meta *meta);
void sqli__sh_meta_help(struct sqli_sh_meta *meta);
void sqli__sh_meta_history(struct sqli_sh_meta *meta);
void sqli__sh_meta_output(struct sqli_sh_meta *meta);
void sqli__sh_meta_prompt(struct sqli_sh_meta *meta);
void sqli__sh_meta_pset(struct sqli_sh_meta *meta);
void sqli__sh_meta_set(struct sqli_sh_meta *meta);
void sqli__sh_meta_setenv(struct sqli_sh_meta *meta);
void sqli__sh_meta_shell(struct sqli_sh_meta *meta);
void sqli__sh_meta_unset(struct sqli_sh_meta *meta);
void sqli__sh_meta_switch(struct sqli_sh_meta *meta);
void sqli__sh_meta_trace(struct sqli_sh_meta *meta);
void sqli__sh_meta_watch(struct sqli_sh_meta *meta);
void sqli__sh_meta_write(struct sqli_sh_meta *meta);

#endif
