#include "tests/support/capture.h"

#include <stdio.h>
#include <stdlib.h>

const char *const capture_files[CAPTURE_FILES] = {
    "01-connect.hex",    "02-types.hex",       "03-fetch.hex",
    "04-dml.hex",        "05-bind.hex",        "06-transactions.hex",
    "07-errors.hex",     "08-batch-error.hex", "08-scroll-batch-call.hex",
    "09-smart-lobs.hex", "10-tls.hex",         "11-bulk-insert.hex",
    "12-locale.hex",
};

static void add_flush(struct capture *c, const char *line, size_t number, bool first)
{
    if (c->count % 64 == 0) {
        c->flushes = realloc(c->flushes, (c->count + 64) * sizeof *c->flushes);
        assert_non_null(c->flushes);
    }
    c->flushes[c->count++] = (struct capture_flush){
        .direction = line[0] == 'C' ? SQLI_TO_SERVER : SQLI_TO_CLIENT,
        .new_connection = first,
        .line = number,
        .bytes = support_unhex(line + 2),
    };
}

struct capture capture_load(const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "captures/%s", file);
    struct sqli_span content = support_read_file(path);
    struct capture capture = {.file = file};
    bool first = false;
    size_t number = 1;
    for (char *line = (char *)(uintptr_t)content.data, *end; *line; line = end + 1, number++) {
        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        if (line[0] == '#')
            first = first || strcmp(line, "# connection") == 0;
        else if (line[0] == 'C' || line[0] == 'S')
            add_flush(&capture, line, number, first), first = false;
    }
    support_free(content);
    return capture;
}

void capture_free(struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++)
        support_free(capture->flushes[i].bytes);
    free(capture->flushes);
}
