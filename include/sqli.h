/* libsqli: Informix's wire protocol SQLI. This is the one public header.
 *
 * Every name that begins with sqli_ or SQLI_ belongs to the library. The functions here never
 * print, exit or abort. Texts that are returned live as long as the process and are UTF-8. */
#ifndef SQLI_H
#define SQLI_H

#include <stddef.h>

#define SQLI_VERSION_MAJOR 0
#define SQLI_VERSION_MINOR 1
#define SQLI_VERSION_PATCH 0

#define SQLI_VERSION_NUMBER \
    (SQLI_VERSION_MAJOR * 10000 + SQLI_VERSION_MINOR * 100 + SQLI_VERSION_PATCH)
#define SQLI_VERSION "0.1.0"

#ifdef __GNUC__
#define SQLI_API __attribute__((visibility("default")))
#else
#define SQLI_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is running, which need not be that of this header: "0.1.0", and
 * 100 for 0.1.0. */
SQLI_API const char *sqli_version(void);
SQLI_API int sqli_version_number(void);

/* Where the library gets its memory. `size` is sizeof(struct sqli_allocator) as the program was
 * compiled; it tells the library which fields there are. The functions behave like malloc, realloc
 * and free, `context` is handed to each. */
struct sqli_allocator {
    size_t size;
    void *context;
    void *(*allocate)(void *context, size_t size);
    void *(*resize)(void *context, void *block, size_t size);
    void (*release)(void *context, void *block);
};

/* Replaces the allocator of the whole process; NULL brings the C library's back. Call it before
 * anything else, while no other thread is inside the library: a block goes back to the allocator
 * that is set when it is released. Returns 0, or -1 when a function is missing or `size` is smaller
 * than the struct ever was; then nothing has changed. */
SQLI_API int sqli_set_allocator(const struct sqli_allocator *allocator);

/* The table of errors, by code: SQLCODE (-206), or one of the library's own, which lie below
 * -900000. A code that is not in the table has empty texts, the SQLSTATE "IX000", and is not
 * retryable. */
SQLI_API const char *sqli_error_name(int code);     /* "TABLE_NOT_FOUND" */
SQLI_API const char *sqli_error_sqlstate(int code); /* "42000" */
SQLI_API const char *sqli_error_text(int code);     /* one sentence for a person */
SQLI_API const char *sqli_error_hint(int code);     /* what to do about it, or "" */
SQLI_API int sqli_error_retryable(int code);        /* 1: the same request may succeed later */

#ifdef __cplusplus
}
#endif

#endif
