/* Where results go: standard output, a file, a command, or a pager once they fill the screen. */
#ifndef SQLI_SHELL_OUTPUT_H
#define SQLI_SHELL_OUTPUT_H

#include "base/bytes.h"

#include <sys/types.h>

struct sqli_sh_output {
    int file;
    pid_t child;    /* of a command or pager that reads what is written, or 0 */
    bool paging;    /* it is a pager */
    bool terminal;  /* `file` is one */
    int why;        /* errno of the first write that failed: from then on nothing is written */
    bool told;      /* the user knows that */
    uint64_t taken; /* bytes written through it so far, those in the buffer included */

    uint8_t *data;
    size_t length;

    const char *pager; /* while output is held back: what to start once it is too long */
    size_t screen_lines, lines_held, counted;
};

/* An output needs memory for its buffer only: false means none. */
bool sqli__sh_output_init(struct sqli_sh_output *out, int file);

/* `target`: a file, or a command behind `|`. False: errno tells. */
bool sqli__sh_output_open(struct sqli_sh_output *out, const char *target, bool append);

/* Writes what is left, waits for the command, and tells whether all was well: a command that has
 * enough need not read everything, but must not fail. Standard output stays open. */
bool sqli__sh_output_close(struct sqli_sh_output *out);

void sqli__sh_put(struct sqli_sh_output *out, const void *bytes, size_t length);
void sqli__sh_put_text(struct sqli_sh_output *out, const char *text);
void sqli__sh_put_format(struct sqli_sh_output *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sqli__sh_put_fill(struct sqli_sh_output *out, char c, size_t count);

enum { SQLI_SH_OUTPUT_BYTES = 1 << 18 };

static inline void sqli__sh_put_byte(struct sqli_sh_output *out, uint8_t byte)
{
    if (out->length == SQLI_SH_OUTPUT_BYTES) {
        sqli__sh_put(out, &byte, 1);
        return;
    }
    out->data[out->length++] = byte;
    out->taken++;
}

static inline void sqli__sh_put_span(struct sqli_sh_output *out, struct sqli_span bytes)
{
    sqli__sh_put(out, bytes.data, bytes.length);
}

/* False: it failed, now or before. */
bool sqli__sh_output_flush(struct sqli_sh_output *out);

/* Holds output back from now on: a screenful stays on the screen, more goes to the pager. */
void sqli__sh_page_begin(struct sqli_sh_output *out, const char *pager, size_t screen_lines);
/* A row is complete: starts the pager when it is time. */
void sqli__sh_page_look(struct sqli_sh_output *out);
/* Starts it, if output is held back: what comes is too wide for the screen. */
void sqli__sh_page_now(struct sqli_sh_output *out);
/* Waits until the user has left the pager. False: there is no such command. */
bool sqli__sh_page_end(struct sqli_sh_output *out);

#endif
