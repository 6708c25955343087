#include "shell/progress.h"

#include "shell/shell.h"

enum { LOOK_ROWS = 256 };
static const double interval = 0.2;

void sqli__sh_progress_begin(struct sqli_sh_progress *progress, bool shown)
{
    *progress = (struct sqli_sh_progress){.shown = shown, .start = sqli__sh_now()};
    progress->last = progress->start;
}

/* 1234567 as "1,234,567". */
static const char *grouped(int64_t number, char text[32])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)number), at = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0 && digits[i - 1] != '-')
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

void sqli__sh_rate(char *text, unsigned long room, int64_t rows, double seconds)
{
    char count[32], rate[32];
    double each_second = seconds > 0 ? (double)rows / seconds : 0;
    snprintf(text, room, "%s row%s in %.2f s, %s rows/s", grouped(rows, count),
             rows == 1 ? "" : "s", seconds, grouped((int64_t)each_second, rate));
}

/* The part that is done, 0: not known. */
static double part_done(const struct sqli_sh_progress *progress, int64_t rows, uint64_t bytes)
{
    if (progress->bytes_total)
        return (double)bytes / (double)progress->bytes_total;
    if (progress->rows_total >= rows && progress->rows_total)
        return (double)rows / (double)progress->rows_total;
    return 0;
}

void sqli__sh_progress(struct sqli_sh_progress *progress, int64_t rows, uint64_t bytes)
{
    char rate[128];
    if (!progress || !progress->shown || rows - progress->looked < LOOK_ROWS)
        return;
    progress->looked = rows;
    double now = sqli__sh_now();
    if (now - progress->last < interval)
        return;
    progress->last = now;
    progress->any = true;
    sqli__sh_rate(rate, sizeof rate, rows, now - progress->start);
    double part = part_done(progress, rows, bytes);
    fprintf(stderr, "\r%s", rate);
    if (part > 0) {
        long left = (long)((now - progress->start) * (1 - part) / part);
        fprintf(stderr, ", %.0f %%, %ld:%02ld left", part * 100, left / 60, left % 60);
    }
    fputs("\x1b[K", stderr);
}

void sqli__sh_progress_end(struct sqli_sh_progress *progress)
{
    if (progress->any)
        fputs("\r\x1b[K", stderr);
}
