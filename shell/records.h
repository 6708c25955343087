/* Delimited files, read record by record: csv, and unload, as shell/format_csv.c writes them. */
#ifndef SQLI_SHELL_RECORDS_H
#define SQLI_SHELL_RECORDS_H

#include "shell/input.h"

struct sqli_sh_dialect {
    bool csv; /* else unload */
    uint8_t delimiter;
    const char *null; /* a field that is written like this is NULL */
};

struct sqli_sh_field {
    size_t offset, length; /* in `text` */
    bool null;
};

struct sqli_sh_record {
    struct sqli_span raw; /* as it stands in the file, without its newline */
    size_t line;          /* where it begins, from 1 */
    struct sqli_buffer text;
    struct sqli_sh_field *field;
    size_t fields, capacity;
};

void sqli__sh_record_init(struct sqli_sh_record *record);
void sqli__sh_record_free(struct sqli_sh_record *record);
struct sqli_span sqli__sh_field(const struct sqli_sh_record *record, size_t field);

/* Takes the record at the start of a text apart: how many bytes it has, its newline included; 0: it
 * does not end there. `end`: nothing follows the text, which ends its last record. */
size_t sqli__sh_record_parse(const struct sqli_sh_dialect *dialect, struct sqli_span text, bool end,
                             struct sqli_sh_record *record);

/* From a file; or from the lines of an input, until one that is \. */
struct sqli_sh_records {
    struct sqli_sh_dialect dialect;
    int file;
    struct sqli_sh_input *input; /* NULL: read the file */
    struct sqli_buffer data;
    size_t at, line;
    uint64_t bytes; /* given out; a byte order mark in front of them was passed over */
    bool end;
};

void sqli__sh_records_init(struct sqli_sh_records *records, const struct sqli_sh_dialect *dialect);
void sqli__sh_records_free(struct sqli_sh_records *records);

/* Passes over what is left of the lines of an input, which are no statements. */
void sqli__sh_records_skip(struct sqli_sh_records *records);

enum sqli_sh_next { SQLI_SH_RECORD, SQLI_SH_NO_RECORD, SQLI_SH_BROKEN_RECORD, SQLI_SH_READ_FAILED };

/* The next record; it holds until the next call. A broken one has an open quote at the end of the
 * file, or is too long. After a failure errno says why. */
enum sqli_sh_next sqli__sh_records_next(struct sqli_sh_records *records,
                                        struct sqli_sh_record *record);

#endif
