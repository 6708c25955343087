/* The placeholders of a statement: where they are, which parameter each stands for, and the
 * statement as the server wants it, with `?` alone.
 *
 * There are three styles: `?`, `:1` and `:name`. The last two are seen only when the program gave
 * such parameters (SQLI_SQL_NAMED_PLACEHOLDERS), and no statement mixes styles. What stands in
 * strings, quoted names, comments and optimizer directives is never a placeholder. */
#ifndef SQLI_SQL_PLACEHOLDERS_H
#define SQLI_SQL_PLACEHOLDERS_H

#include "base/buffer.h"
#include "sql/tokenizer.h"

enum { SQLI_PLACEHOLDERS_MAX = 32767 }; /* the count travels as a short */

enum sqli_placeholder_style {
    SQLI_PLACEHOLDER_NONE, /* the statement has no placeholders */
    SQLI_PLACEHOLDER_QUESTION,
    SQLI_PLACEHOLDER_NUMBERED,
    SQLI_PLACEHOLDER_NAMED,
};

struct sqli_placeholder {
    size_t offset; /* of the `?` or `:` in the statement, in bytes, from 0 */
    uint32_t length;
    uint16_t parameter; /* from 0. `?`: its place; `:n`: n - 1; `:name`: names in order of their
                           first use, capitals and small letters differ */
};

struct sqli_placeholders {
    enum sqli_placeholder_style style;
    struct sqli_placeholder *items; /* in the order of the text, which is the order to bind in */
    size_t count;
    size_t parameters; /* how many a program has to give; with `:n`, the highest n */
};

/* Fills *found, which needs no preparation and is owned by the caller, also empty after a failure:
 * SQLI_E_ARGUMENT for mixed styles or a number out of range, with the character position in
 * error->offset; SQLI_E_TOO_LARGE for more than SQLI_PLACEHOLDERS_MAX. Broken SQL is no failure:
 * that is the server's to say. */
enum sqli_status sqli__placeholders_scan(struct sqli_span sql, unsigned options,
                                         struct sqli_placeholders *found, struct sqli_error *error);
void sqli__placeholders_free(struct sqli_placeholders *found);

/* The name of a `:name`, the digits of a `:1`, nothing for a `?`. */
struct sqli_span sqli__placeholder_name(struct sqli_span sql,
                                        const struct sqli_placeholder *placeholder);

/* Appends the statement with `?` for each placeholder. The parameters of found->items, in their
 * order, say what to bind to each. */
void sqli__placeholders_rewrite(struct sqli_span sql, const struct sqli_placeholders *found,
                                struct sqli_buffer *out);

#endif
