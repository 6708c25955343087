/* The error object, and the one table of errors behind it.
 *
 * A function that can fail returns enum sqli_status and takes a struct sqli_error that it fills on
 * failure. The object is plain memory: reporting an error never allocates, so it cannot fail. */
#ifndef SQLI_BASE_ERROR_H
#define SQLI_BASE_ERROR_H

#include "base/bytes.h"
#include "include/sqli.h" /* enum sqli_status: one for us and for programs */

/* Every code of the table by name: SQLI_E_TABLE_NOT_FOUND = -206 and so on. Codes of the library's
 * own lie below -900000, where the server has none. */
enum sqli_error_code {
#define SQLI_ERROR(code, name, sqlstate, retry, text, hint, source) SQLI_E_##name = (code),
#include "base/errors.def"
#undef SQLI_ERROR
};

struct sqli_error {
    int32_t code;   /* SQLCODE, or one of the library's own; 0 when there is no error */
    int32_t isam;   /* the server's ISAM code, 0 when it gave none */
    int32_t offset; /* 1-based position in the SQL text, 0 unknown */
    bool retryable; /* the same request may succeed later, unchanged */
    char sqlstate[6];
    char near[256];    /* what the error is about: a table, a column, a value */
    char message[640]; /* one sentence for a person, UTF-8 */
    const char *hint;  /* what to do about it, or "" */
};

/* One line of the table. */
struct sqli_error_info {
    int32_t code;
    const char *name;
    const char *sqlstate;
    bool retryable;
    const char *text;
    const char *hint;
    const char *source; /* the public text that the entry rests on */
};

const struct sqli_error_info *sqli__error_info(int32_t code); /* NULL: not in the table */
/* The same for the ISAM code of an error, which servers have sent with either sign. Numbers below
 * 100 are the operating system's and not in the table. */
const struct sqli_error_info *sqli__error_isam(int32_t isam);
size_t sqli__error_count(void);
const struct sqli_error_info *sqli__error_at(size_t index); /* in the order of the table */

void sqli__error_clear(struct sqli_error *error);

/* Fills *error (which may be NULL) from the table; `detail`, a printf format or NULL, becomes the
 * near text. Always returns SQLI_FAIL, so that a function can end with `return sqli__fail(...)`. */
enum sqli_status sqli__fail(struct sqli_error *error, int32_t code, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

/* What the server said, as it said it: an unknown code keeps the server's own text. `near` is
 * UTF-8. Where the SQL code names no cause (SQLSTATE IX000, "the next row cannot be read"), the
 * ISAM code does: its text follows in the message, and it decides about SQLSTATE, hint and whether
 * to try again: a lock, a deadlock (40001) or a full disk. */
enum sqli_status sqli__fail_server(struct sqli_error *error, int32_t code, int32_t isam,
                                   int32_t offset, struct sqli_span near);

/* Leaves the calling function unless the expression is SQLI_OK. */
#define SQLI_TRY(expression)                              \
    do {                                                  \
        enum sqli_status sqli_try_status_ = (expression); \
        if (sqli_try_status_ != SQLI_OK)                  \
            return sqli_try_status_;                      \
    } while (0)

#endif
