/* What every test program shares: cmocka's includes, hex, files of cases, and an allocator that
 * fails when it is told to. */
#ifndef SQLI_TESTS_SUPPORT_SUPPORT_H
#define SQLI_TESTS_SUPPORT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"

/* Bytes from hex digits (blanks are skipped); the test fails on anything else. Free with
 * support_free. */
struct sqli_span support_unhex(const char *hex);
void support_free(struct sqli_span bytes);
/* The bytes as hex digits, in a static buffer that the next call reuses; long ones are cut. */
const char *support_hex(struct sqli_span bytes);

/* Compares and prints both sides as hex when they differ. */
#define assert_span_hex(span, hex) support_assert_span_hex(span, hex, __FILE__, __LINE__)
void support_assert_span_hex(struct sqli_span got, const char *hex, const char *file, int line);

/* A file of tab-separated cases below tests/data, comment lines (#) and the heading left out. Calls
 * `each` for every line with its fields; a missing file fails the test. */
enum { SUPPORT_FIELDS = 16 };
void support_each_line(const char *file, char separator,
                       void (*each)(void *context, size_t line, size_t count, char **fields),
                       void *context);
/* A whole file below tests/data; free with support_free. */
struct sqli_span support_read_file(const char *file);

/* Deterministic pseudo-random numbers: the same seed, the same run. */
uint64_t support_random(uint64_t *state);
int64_t support_random_between(uint64_t *state, int64_t low, int64_t high);

/* Runs `action` again and again, failing the first, the second, ... allocation, until a run makes
 * no further one. Each failed run must return SQLI_FAIL with an error code and leave no block
 * behind; the last must return SQLI_OK. Gives the number of allocations that were failed. */
typedef enum sqli_status support_action(void *context, struct sqli_error *error);
size_t support_fail_each_allocation(support_action *action, void *context);

#endif
