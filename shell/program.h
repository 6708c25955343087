/* Programs that the shell starts. */
#ifndef SQLI_SHELL_PROGRAM_H
#define SQLI_SHELL_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

/* Starts a program, which Ctrl-C and a broken pipe end as usual; `input` becomes its standard
 * input, -1: it has the shell's. False: it cannot be started, errno tells. */
bool sqli__sh_spawn(const char *program, char *const arguments[], int input, pid_t *child);
/* Until it has ended. */
bool sqli__sh_wait(pid_t child, int *status);

#endif
