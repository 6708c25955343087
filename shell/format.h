/* Result formats. A format gets the values of a row one after the other, as their texts, and writes
 * them; none keeps more of a result than a table needs to find its widths. */
#ifndef SQLI_SHELL_FORMAT_H
#define SQLI_SHELL_FORMAT_H

#include "shell/output.h"
#include "shell/settings.h"

enum sqli_sh_json { SQLI_SH_JSON_TEXT, SQLI_SH_JSON_NUMBER, SQLI_SH_JSON_TRUTH };

struct sqli_sh_column {
    char *name;
    char *type_name;
    bool right; /* numbers stand to the right */
    enum sqli_sh_json json;
};

struct sqli_sh_look {
    int format; /* SQLI_SH_FORMAT_... */
    bool header, types, colours;
    const char *null; /* NULL: as the format likes it */
    char delimiter;   /* 0: as the format likes it */
    size_t width;     /* columns that there are, 0: any */
    int overlong;     /* SQLI_SH_LONG_..., but never AUTO */
};

struct sqli_sh_writer {
    const struct sqli_sh_format *format;
    struct sqli_sh_output *out;
    struct sqli_sh_look look;
    int columns;
    struct sqli_sh_column *column;
    int64_t rows; /* complete ones */
    bool whole;   /* at the end: nothing broke off */
    void *state;
};

/* All but `cell` may be NULL. A value without data is NULL. */
struct sqli_sh_format {
    size_t state;
    bool (*begin)(struct sqli_sh_writer *writer); /* false: no memory */
    void (*cell)(struct sqli_sh_writer *writer, int column, struct sqli_span value);
    void (*row)(struct sqli_sh_writer *writer); /* behind the last value of a row */
    void (*end)(struct sqli_sh_writer *writer); /* behind the last row */
    void (*free)(struct sqli_sh_writer *writer);
};

extern const struct sqli_sh_format sqli__sh_format_table, sqli__sh_format_vertical,
    sqli__sh_format_csv, sqli__sh_format_json, sqli__sh_format_jsonl, sqli__sh_format_markdown,
    sqli__sh_format_unload;

/* Whether unload can have this delimiter and this NULL, either NULL or 0 for the usual one: the
 * empty text is written as a backslash and a blank, so that no other value may become that. */
bool sqli__sh_unload_can(char delimiter, const char *null);
#define SQLI_SH_UNLOAD_CANNOT \
    "unload cannot have a blank as delimiter or as NULL: \"\\ \" is the empty text"

/* The columns are the caller's; they outlive the writer. False: no memory. */
bool sqli__sh_writer_begin(struct sqli_sh_writer *writer, struct sqli_sh_output *out,
                           const struct sqli_sh_look *look, int columns,
                           struct sqli_sh_column *column);
void sqli__sh_writer_row(struct sqli_sh_writer *writer);
/* Ends the result; `whole` false: it broke off, so nothing is claimed about its length. */
void sqli__sh_writer_end(struct sqli_sh_writer *writer, bool whole);

/* "(3 rows)", where it is wanted. */
void sqli__sh_put_count(struct sqli_sh_writer *writer);
/* How NULL is shown, `usual` unless something is set. */
const char *sqli__sh_null(const struct sqli_sh_writer *writer, const char *usual);

/* Colours, as far as they are wanted. */
#define SQLI_SH_BOLD  "\x1b[1m"
#define SQLI_SH_DIM   "\x1b[2m"
#define SQLI_SH_RED   "\x1b[31m"
#define SQLI_SH_PLAIN "\x1b[0m"

#endif
