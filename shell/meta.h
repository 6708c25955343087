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

/* meta_edit.c, meta_set.c */
void sqli__sh_meta_edit(struct sqli_sh_meta *meta);
void sqli__sh_meta_echo(struct sqli_sh_meta *meta);
void sqli__sh_meta_errors(struct sqli_sh_meta *meta);
void sqli__sh_meta_help(struct sqli_sh_meta *meta);
void sqli__sh_meta_output(struct sqli_sh_meta *meta);
void sqli__sh_meta_set(struct sqli_sh_meta *meta);
void sqli__sh_meta_unset(struct sqli_sh_meta *meta);
void sqli__sh_meta_switch(struct sqli_sh_meta *meta);
void sqli__sh_meta_trace(struct sqli_sh_meta *meta);

#endif
