/* How far a long copy is: one line on standard error that is written over. */
#ifndef SQLI_SHELL_PROGRESS_H
#define SQLI_SHELL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct sqli_sh_progress {
    bool shown;
    double start, last;
    uint64_t bytes_total; /* 0: not known */
    int64_t rows_total;   /* about; 0: not known */
    int64_t looked;       /* the row at which the clock was last asked */
    bool any;             /* a line is on the screen */
};

void sqli__sh_progress_begin(struct sqli_sh_progress *progress, bool shown);
/* NULL is fine. */
void sqli__sh_progress(struct sqli_sh_progress *progress, int64_t rows, uint64_t bytes);
/* Wipes the line away. */
void sqli__sh_progress_end(struct sqli_sh_progress *progress);

/* "1,234,567 rows in 1.52 s, 812,215 rows/s" */
void sqli__sh_rate(char *text, unsigned long room, int64_t rows, double seconds);

#endif
