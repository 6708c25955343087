/* The command line. */
#ifndef SQLI_SHELL_OPTIONS_H
#define SQLI_SHELL_OPTIONS_H

#include "shell/settings.h"

struct sqli_sh_task {
    bool file; /* of that name; else SQL and commands */
    const char *text;
};

struct sqli_sh_options {
    const char *where; /* what to connect to; NULL: what the environment says */
    const char *user;  /* NULL: who the URL or the environment says */
    const char *output, *record;
    struct sqli_sh_task *task; /* what to run before exiting */
    size_t tasks;
    bool ask_password;
};

/* -1: go on. Otherwise the program exits with that: help was wanted, or the arguments are wrong. */
int sqli__sh_options(int argc, char **argv, struct sqli_sh_settings *settings,
                     struct sqli_sh_options *options);

#endif
