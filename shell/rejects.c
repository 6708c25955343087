#include "shell/rejects.h"

#include "shell/text.h"

#include <errno.h>

bool sqli__sh_rejects_open(struct sqli_sh_rejects *rejects)
{
    struct sqli_buffer name;
    sqli__buffer_init(&name, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&name, "%s.why", rejects->name);
    rejects->rows = fopen(rejects->name, "we");
    if (rejects->rows)
        rejects->reasons = fopen(sqli__sh_z(&name), "we");
    rejects->failed = rejects->reasons ? 0 : errno;
    sqli__buffer_free(&name);
    return rejects->reasons;
}

bool sqli__sh_reject(struct sqli_sh_rejects *rejects, struct sqli_span raw, size_t line,
                     const char *reason)
{
    rejects->count++;
    bool written = fwrite(raw.data, 1, raw.length, rejects->rows) == raw.length &&
                   fputc('\n', rejects->rows) != EOF &&
                   fprintf(rejects->reasons, "line %zu: %s\n", line, reason) > 0;
    if (!written && !rejects->failed)
        rejects->failed = errno;
    return written;
}

bool sqli__sh_rejects_close(struct sqli_sh_rejects *rejects)
{
    FILE *files[] = {rejects->rows, rejects->reasons};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] && fclose(files[i]) && !rejects->failed)
            rejects->failed = errno;
    rejects->rows = rejects->reasons = NULL;
    return !rejects->failed;
}
