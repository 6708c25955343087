/* libsqli: Informix's wire protocol SQLI. This is the one public header.
 *
 * Every name that begins with sqli_ or SQLI_ belongs to the library. The functions here never
 * print, exit or abort. Texts that are returned live as long as the process and are UTF-8. */
#ifndef SQLI_H
#define SQLI_H

#include <stddef.h>
#include <stdint.h>

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

/* What functions return that can fail; those of a connection leave the error there. */
enum sqli_status {
    SQLI_OK = 0,
    SQLI_MORE =
        1, /* not yet: wait for the socket and call again (a connection that never blocks) */
    SQLI_DONE = 2,  /* sqli_step: there is no further row */
    SQLI_ROW = 3,   /* sqli_step: a row is there */
    SQLI_NULL = 4,  /* sqli_get_...: the value is NULL, and nothing was written */
    SQLI_FAIL = -1, /* the error says why */
};

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

/* --- connecting --- */

typedef struct sqli_conn sqli_conn; /* a connection */
typedef struct sqli_stmt sqli_stmt; /* a prepared statement, and the rows that it gives */

/* "informix://user:password@host:port,host2:port2/database?server=NAME&tls=verify-full". The
 * environment is read first (INFORMIXSERVER, DB_LOCALE, ...), so any part may be missing that is
 * there.
 *
 * *conn is a handle also when it fails, and has the error; close it either way. It is NULL only
 * when there is no memory for one. */
SQLI_API int sqli_open(const char *url, sqli_conn **conn);

/* The same in steps. Options are set before sqli_connect; NULL unsets one. */
SQLI_API sqli_conn *sqli_new(void);
SQLI_API int sqli_set(sqli_conn *conn, const char *option, const char *value);
SQLI_API int sqli_set_url(sqli_conn *conn, const char *url);
SQLI_API int sqli_set_environment(sqli_conn *conn);
SQLI_API const char *sqli_get(const sqli_conn *conn, const char *option); /* NULL: not set */
SQLI_API int sqli_connect(sqli_conn *conn);

/* Rolls back what is open, and finalizes the statements of the connection. NULL is fine. */
SQLI_API void sqli_close(sqli_conn *conn);

/* 0 once the connection is closed: by the other side, or because its stream made no sense. */
SQLI_API int sqli_is_open(const sqli_conn *conn);

/* "host", "server", "version", "database", "locale", "tls", "logging" ("logged", "unlogged",
 * "ansi"); "" for what is not known. */
SQLI_API const char *sqli_info(const sqli_conn *conn, const char *what);

/* --- errors --- */

/* Of the last call on the connection that failed; they hold until the next call. */
SQLI_API int sqli_errcode(const sqli_conn *conn);   /* SQLCODE, or a code of the library; 0: none */
SQLI_API int sqli_errisam(const sqli_conn *conn);   /* the ISAM code, or 0 */
SQLI_API int sqli_erroffset(const sqli_conn *conn); /* character of the SQL text from 1, or 0 */
SQLI_API int sqli_errretry(const sqli_conn *conn);  /* 1: the same may succeed later */
SQLI_API const char *sqli_errmsg(const sqli_conn *conn);   /* one sentence */
SQLI_API const char *sqli_errstate(const sqli_conn *conn); /* SQLSTATE */
SQLI_API const char *sqli_errnear(const sqli_conn *conn); /* the name or value it is about, or "" */
SQLI_API const char *sqli_errhint(const sqli_conn *conn); /* what to do about it, or "" */

/* --- statements --- */

/* `length` -1: up to the NUL. The text goes to the server when something first needs its answer, so
 * an error in it comes with the first step. */
SQLI_API int sqli_prepare(sqli_conn *conn, const char *sql, ptrdiff_t length, sqli_stmt **stmt);
/* Without parameters; rows are passed over. *rows: how many were changed; it may be NULL. */
SQLI_API int sqli_exec(sqli_conn *conn, const char *sql, int64_t *rows);

/* SQLI_ROW, SQLI_DONE or SQLI_FAIL. The first step executes, and so does one behind SQLI_DONE. */
SQLI_API int sqli_step(sqli_stmt *stmt);
/* Closes the cursor; what is bound stays. Neither this nor finalizing costs a round trip. */
SQLI_API int sqli_reset(sqli_stmt *stmt);
SQLI_API void sqli_finalize(sqli_stmt *stmt); /* NULL is fine */

/* After SQLI_DONE: rows changed or fetched, and the SERIAL, SERIAL8 or BIGSERIAL that an INSERT
 * drew, 0 for none. */
SQLI_API int64_t sqli_rows(const sqli_stmt *stmt);
SQLI_API int64_t sqli_serial(const sqli_stmt *stmt);

/* --- parameters, from 1: ?, or :1 and :name, which may stand several times --- */

SQLI_API int sqli_bind_count(sqli_stmt *stmt);
SQLI_API int sqli_bind_index(sqli_stmt *stmt, const char *name); /* 0: there is none */
SQLI_API int sqli_bind_null(sqli_stmt *stmt, int parameter);
SQLI_API int sqli_bind_int64(sqli_stmt *stmt, int parameter, int64_t number);
SQLI_API int sqli_bind_double(sqli_stmt *stmt, int parameter, double number);
SQLI_API int sqli_bind_text(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length);
SQLI_API int sqli_bind_decimal(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length);
SQLI_API int sqli_bind_date(sqli_stmt *stmt, int parameter, int year, int month, int day);

/* --- columns of the present row, from 1 --- */

SQLI_API int sqli_column_count(sqli_stmt *stmt);
SQLI_API const char *sqli_column_name(sqli_stmt *stmt, int column);

/* SQLI_OK, SQLI_NULL, or SQLI_FAIL when the value does not fit the C type: no digit is lost. A text
 * holds until the next call for this statement; it ends in a NUL, which *length does not count. */
SQLI_API int sqli_get_int64(sqli_stmt *stmt, int column, int64_t *number);
SQLI_API int sqli_get_double(sqli_stmt *stmt, int column, double *number);
SQLI_API int sqli_get_text(sqli_stmt *stmt, int column, const char **text, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
