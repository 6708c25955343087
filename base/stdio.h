/* Standard input, output and errors of our programs. */
#ifndef SQLI_BASE_STDIO_H
#define SQLI_BASE_STDIO_H

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Where a program was started with one of the three closed, the next socket or file would get its
 * number, and what is printed would go there. What is written to a closed output shall fail all the
 * same, and not vanish; messages may. */
static inline void sqli__stdio_hold(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", file == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

#endif
