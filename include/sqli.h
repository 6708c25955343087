/* libsqli: Informix's wire protocol SQLI. This is the one public header.
 *
 * Every name that begins with sqli_ or SQLI_ belongs to the library. The functions here never
 * print, exit or abort. Texts that are returned are UTF-8. Those about the library itself, which
 * are its version, the texts of errors and the tables of errors and options, live as long as the
 * process; all others as long as the handle that was asked, and only until the next call for it
 * where that may change them. Where a handle, a text or a place for a result is NULL that must not
 * be, a function fails: SQLI_FAIL, 0, NULL or "". */
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
    SQLI_BUSY = -2, /* another thread is inside this connection; nothing was done */
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
SQLI_API const char *sqli_error_name(int code);     /* its name: "TABLE_NOT_FOUND" */
SQLI_API const char *sqli_error_sqlstate(int code); /* its SQLSTATE: "42000" */
SQLI_API const char *sqli_error_text(int code);     /* one sentence for a person */
SQLI_API const char *sqli_error_hint(int code);     /* what to do about it, or "" */
SQLI_API int
sqli_error_retryable(int code); /* whether the same request may succeed later: 1 or 0 */

/* --- connecting --- */

typedef struct sqli_conn sqli_conn;   /* a connection */
typedef struct sqli_stmt sqli_stmt;   /* a prepared statement, and the rows that it gives */
typedef struct sqli_lob sqli_lob;     /* an open large object */
typedef struct sqli_pool sqli_pool;   /* connections for many threads */
typedef struct sqli_item sqli_item;   /* a ROW or collection taken apart, or one of its parts */
typedef struct sqli_error sqli_error; /* what went wrong, with everything that is known about it */

/* Opens a connection by its URL,
 * "informix://user:password@host:port,host2:port2/database?server=NAME&tls=verify-full". The
 * environment is read first (INFORMIXSERVER, DB_LOCALE, ...), so any part may be missing that is
 * there.
 *
 * *conn is a handle also when it fails, and has the error; close it either way. It is NULL only
 * when there is no memory for one. */
SQLI_API int sqli_open(const char *url, sqli_conn **conn);

struct sqli_setting {
    const char *option;
    const char *value;
};

/* The same with options instead of a URL: {"host", "db.example.com"}, {"server", "ol_bank"}, ... */
SQLI_API int sqli_open_settings(const struct sqli_setting *settings, size_t count,
                                sqli_conn **conn);

/* A handle that is not connected, for sqli_set and sqli_connect. NULL: no memory. */
SQLI_API sqli_conn *sqli_new(void);
/* Sets an option before sqli_connect; a value of NULL unsets it. docs/connecting.md lists them. */
SQLI_API int sqli_set(sqli_conn *conn, const char *option, const char *value);
/* Sets the options that a URL has; the others stay. */
SQLI_API int sqli_set_url(sqli_conn *conn, const char *url);
/* Sets the options that the environment has. */
SQLI_API int sqli_set_environment(sqli_conn *conn);
/* The value of an option, or its default. NULL: not set, or there is no such option. */
SQLI_API const char *sqli_get(const sqli_conn *conn, const char *option);
/* The options one after the other, from 0; NULL behind the last. *text, if wanted, gets a sentence
 * about it. */
SQLI_API const char *sqli_option_name(int index, const char **text);
/* Connects by the options that are set: hosts in their order, login, database, settings. A
 * connection that was lost or disconnected is opened anew; its statements stay. */
SQLI_API int sqli_connect(sqli_conn *conn);

/* Answers a server that asks for more than a password (PAM). `prompt` is its question, `style` 1:
 * the answer may be shown, 2: it is a secret, 3 and 4: nothing is asked. `answer` has room for
 * `size` bytes, its NUL included. Return 0, or -1 to give up. Off until it is set, and unproven:
 * no server with PAM has been tried. */
SQLI_API int sqli_set_challenge(sqli_conn *conn,
                                int (*answer)(void *context, int style, const char *prompt,
                                              char *answer, size_t size),
                                void *context);

/* Closes a connection: what is open is rolled back, its statements are finalized. NULL is fine.
 * While another thread is inside the connection, nothing happens: cancel, join, and close again. */
SQLI_API void sqli_close(sqli_conn *conn);

/* Ends the session as sqli_close does, but the handle stays, and so do its statements: every call
 * says that it is closed, until sqli_connect is called again. */
SQLI_API int sqli_disconnect(sqli_conn *conn);

/* Whether the connection is open; 0 once it is closed: by the other side, or because its stream
 * made no sense. */
SQLI_API int sqli_is_open(const sqli_conn *conn);
/* Asks the socket, without a round trip, whether the other side is still there: SQLI_OK, or
 * SQLI_FAIL and the connection is closed. */
SQLI_API int sqli_check(sqli_conn *conn);

/* What is known of the other side: "host", "server", "version", "database", "locale", "codeset",
 * "user", "tls", "cipher", "logging"
 * ("logged", "unlogged", "ansi"), "capabilities" (the negotiated mask in hex); "" for what is not
 * known. */
SQLI_API const char *sqli_info(const sqli_conn *conn, const char *what);

/* What the connection has cost since it was opened, sqli_connect included. */
struct sqli_counts {
    size_t size; /* sizeof(struct sqli_counts), set by the program */
    uint64_t requests;
    uint64_t round_trips; /* times that something was sent, and its answer waited for */
    uint64_t bytes_sent;
    uint64_t bytes_received;
};
SQLI_API int sqli_counts(const sqli_conn *conn, struct sqli_counts *counts);

/* --- errors --- */

/* The error of the last call on the connection that failed; it holds until the next call. */
SQLI_API int
sqli_errcode(const sqli_conn *conn); /* its code: SQLCODE, or one of the library; 0: none */
SQLI_API const char *sqli_errmsg(const sqli_conn *conn);           /* one sentence */
SQLI_API const sqli_error *sqli_last_error(const sqli_conn *conn); /* all of it */

/* Parts of an error: */
SQLI_API int sqli_err_code(const sqli_error *error);   /* SQLCODE, or a code of the library */
SQLI_API int sqli_err_isam(const sqli_error *error);   /* the ISAM code, or 0 */
SQLI_API int sqli_err_offset(const sqli_error *error); /* character of the SQL text from 1, or 0 */
SQLI_API int
sqli_err_retryable(const sqli_error *error); /* whether the same may succeed later: 1 or 0 */
SQLI_API const char *sqli_err_message(const sqli_error *error);  /* one sentence */
SQLI_API const char *sqli_err_sqlstate(const sqli_error *error); /* five characters */
SQLI_API const char *
sqli_err_near(const sqli_error *error); /* the name or value it is about, or "" */
SQLI_API const char *sqli_err_hint(const sqli_error *error); /* what to do about it, or "" */

/* --- statements --- */

enum sqli_prepare_flag {
    SQLI_SCROLL = 1,     /* sqli_scroll may move in any direction */
    SQLI_HOLD = 2,       /* the cursor stays open over a commit */
    SQLI_NOT_CACHED = 4, /* prepare anew, and release when it is finalized */
    SQLI_NO_NAMES = 8,   /* a colon is no placeholder: only ? is */
};

/* A statement from its text; `length` -1: up to the NUL. The text goes to the server when something
 * first needs its answer, so an error in it comes with the first step, or with sqli_describe. */
SQLI_API int sqli_prepare(sqli_conn *conn, const char *sql, ptrdiff_t length, unsigned flags,
                          sqli_stmt **stmt);
/* Has the server say what the statement is, so that its columns are known before the first step. */
SQLI_API int sqli_describe(sqli_stmt *stmt);
/* Runs a statement without parameters; rows are passed over. *rows: how many were changed, or
 * passed over; it may be NULL. */
SQLI_API int sqli_exec(sqli_conn *conn, const char *sql, int64_t *rows);

/* Executes, and waits for the answer: errors come here and not with the first row, which the first
 * step, or sqli_fetch_block, gives. What is open is closed first. */
SQLI_API int sqli_execute(sqli_stmt *stmt);
/* Goes on to the next row. SQLI_ROW: it is there; SQLI_DONE: there is none, or the statement gives
 * no rows and is done; SQLI_FAIL. The first step executes, and so does one behind SQLI_DONE. Where
 * tables have changed since it ran last, it is prepared anew; but a routine, which may have done
 * something already, and a statement that reads a stream fail with -710, and run the next time. */
SQLI_API int sqli_step(sqli_stmt *stmt);
/* Closes the cursor; what is bound stays. Neither this nor finalizing costs a round trip. */
SQLI_API int sqli_reset(sqli_stmt *stmt);
/* Ends the statement; the server keeps it for the next time that its text is prepared. NULL is
 * fine. */
SQLI_API void sqli_finalize(sqli_stmt *stmt);

enum sqli_scroll_to { /* what `offset` means: */
                      SQLI_TO_NEXT = 1,
                      SQLI_TO_PRIOR = 2,
                      SQLI_TO_FIRST = 3,
                      SQLI_TO_LAST = 4,
                      SQLI_TO_RELATIVE = 5, /* so many rows on; negative: back */
                      SQLI_TO_ABSOLUTE =
                          6, /* the row of this number, from 1; negative: from the end */
};
/* Moves to a row: SQLI_ROW, or SQLI_DONE when there is none. The statement was prepared with
 * SQLI_SCROLL. */
SQLI_API int sqli_scroll(sqli_stmt *stmt, int to, int64_t offset);
/* The number of the present row from 1; 0: none, or not known. */
SQLI_API int64_t sqli_row_number(const sqli_stmt *stmt);

/* Once it has run: rows that were changed, or that the result has (-1 while that is not known), and
 * the SERIAL, SERIAL8 or BIGSERIAL that an
 * INSERT drew, 0 for none. */
SQLI_API int64_t sqli_rows(const sqli_stmt *stmt);
SQLI_API int64_t sqli_serial(const sqli_stmt *stmt);
/* The warnings that the server gave with the last answer (bits as in SQLWARN), 0: none. */
SQLI_API int sqli_warnings(const sqli_stmt *stmt);
/* What the statement is by the server's word (2: SELECT, 4: UPDATE, ...); 0: not described yet. */
SQLI_API int sqli_statement_type(const sqli_stmt *stmt);
/* Whether it gives rows: 1; 0: it does not, or is not described yet. */
SQLI_API int sqli_gives_rows(const sqli_stmt *stmt);
/* The name of the cursor, for WHERE CURRENT OF in an UPDATE or DELETE; the cursor opens at the
 * first step. */
SQLI_API const char *sqli_cursor_name(sqli_stmt *stmt);
SQLI_API sqli_conn *sqli_connection(const sqli_stmt *stmt);

/* --- values --- */

/* Informix's types, by the codes of syscolumns.coltype; those above 1000 are extended types that
 * every server has. */
enum sqli_sqltype {
    SQLI_CHAR = 0,
    SQLI_SMALLINT = 1,
    SQLI_INTEGER = 2,
    SQLI_FLOAT = 3,
    SQLI_SMALLFLOAT = 4,
    SQLI_DECIMAL = 5,
    SQLI_SERIAL = 6,
    SQLI_DATE = 7,
    SQLI_MONEY = 8,
    SQLI_DATETIME = 10,
    SQLI_BYTE = 11,
    SQLI_TEXT = 12,
    SQLI_VARCHAR = 13,
    SQLI_INTERVAL = 14,
    SQLI_NCHAR = 15,
    SQLI_NVARCHAR = 16,
    SQLI_INT8 = 17,
    SQLI_SERIAL8 = 18,
    SQLI_SET = 19,
    SQLI_MULTISET = 20,
    SQLI_LIST = 21,
    SQLI_ROWTYPE = 22,
    SQLI_OPAQUE = 40,
    SQLI_BIGINT = 52,
    SQLI_BIGSERIAL = 53,
    SQLI_LVARCHAR = 1001,
    SQLI_BOOLEAN = 1005,
    SQLI_BLOB = 1010,
    SQLI_CLOB = 1011,
};

/* C types that a value can be asked for, and in which blocks hold columns. */
enum sqli_ctype {
    SQLI_AS_DEFAULT = 0,   /* what loses nothing */
    SQLI_AS_INT64 = 1,     /* int64_t */
    SQLI_AS_DOUBLE = 2,    /* double */
    SQLI_AS_BOOL = 3,      /* uint8_t, 0 or 1 */
    SQLI_AS_TEXT = 4,      /* UTF-8 */
    SQLI_AS_BYTES = 5,     /* bytes as they are: BYTE, TEXT, BLOB, CLOB, opaque types */
    SQLI_AS_DAYS = 6,      /* int32_t: days since 1970-01-01 */
    SQLI_AS_MICROS = 7,    /* int64_t: microseconds since 1970-01-01 00:00, no time zone */
    SQLI_AS_DECIMAL128 = 8 /* 16 bytes, least first: a whole number, to be divided by 10^scale */
};

/* A DECIMAL as its digits: 0.digits x 10^exponent. Zero has no digits. */
struct sqli_digits {
    int negative;
    int exponent;
    int count;
    uint8_t digits[32]; /* 0 to 9 each */
};

/* The fields that a DATETIME or INTERVAL can have; FRACTION(n) is SQLI_SECOND + n. */
enum sqli_timefield {
    SQLI_YEAR = 0,
    SQLI_MONTH = 2,
    SQLI_DAY = 4,
    SQLI_HOUR = 6,
    SQLI_MINUTE = 8,
    SQLI_SECOND = 10,
};

/* A DATE or DATETIME. What lies outside of its fields reads as year 1, month 1, day 1, else 0. */
struct sqli_moment {
    int first, last; /* enum sqli_timefield; a DATE: SQLI_YEAR, SQLI_DAY */
    int year, month, day, hour, minute, second;
    int nanosecond; /* Informix keeps five digits of the second */
};

/* An INTERVAL: months alone (YEAR TO MONTH), or seconds and nanoseconds; all have one sign. */
struct sqli_span_of_time {
    int first, last;
    int first_digits; /* of the first field, 1 to 9 */
    int64_t months;
    int64_t seconds;
    int nanoseconds;
};

/* What is known of a column or parameter. */
struct sqli_column_info {
    size_t size; /* sizeof(struct sqli_column_info), set by the program */
    const char *name;
    const char *type_name; /* as SQL writes it: "decimal(8,2)", "varchar(20)", "set(integer)" */
    int type;              /* enum sqli_sqltype */
    int default_as;        /* enum sqli_ctype: what loses nothing */
    int nullable;          /* 0: declared NOT NULL, 1 */
    int64_t length;        /* of texts and bytes: the most bytes; of numbers: their size */
    int precision;         /* of numbers: digits; of an INTERVAL: of its first field; else 0 */
    int scale; /* of numbers: digits behind the point, -1: floating; of times: of the second */
    int first, last;     /* DATETIME and INTERVAL: enum sqli_timefield */
    int32_t extended_id; /* of extended types, or 0 */
    const char *owner;   /* of an extended type, "" */
    const char *table;   /* where the server gives it, else "" */
};

/* --- parameters, from 1: ?, or :1 and :name, which may stand several times --- */

/* How many values a program has to give. */
SQLI_API int sqli_bind_count(const sqli_stmt *stmt);
SQLI_API int sqli_bind_index(const sqli_stmt *stmt,
                             const char *name); /* its number; 0: there is none */
/* The name of a :name, "1" of a :1, NULL of a ? */
SQLI_API const char *sqli_bind_name(const sqli_stmt *stmt, int parameter);
/* What the server thinks of a parameter; costs a round trip the first time. SQLI_FAIL also where it
 * does not tell: only INSERT, UPDATE and simple conditions are described. */
SQLI_API int sqli_bind_info(sqli_stmt *stmt, int parameter, struct sqli_column_info *info);

/* Gives a parameter its value, which is copied; `length` -1: up to the NUL, and a text that is NULL
 * is the value NULL. */
SQLI_API int sqli_bind_null(sqli_stmt *stmt, int parameter);
SQLI_API int sqli_bind_int64(sqli_stmt *stmt, int parameter, int64_t number);
SQLI_API int sqli_bind_double(sqli_stmt *stmt, int parameter, double number);
SQLI_API int sqli_bind_bool(sqli_stmt *stmt, int parameter, int truth);
SQLI_API int sqli_bind_text(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length);
/* Gives a parameter a decimal number as text, "-12.50", "1e10": exact, up to 32 digits. */
SQLI_API int sqli_bind_decimal(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length);
SQLI_API int sqli_bind_digits(sqli_stmt *stmt, int parameter, const struct sqli_digits *digits);
SQLI_API int sqli_bind_date(sqli_stmt *stmt, int parameter, int year, int month, int day);
/* A DATETIME with the fields from moment->first to moment->last; nanoseconds that find no place in
 * them are refused. */
SQLI_API int sqli_bind_moment(sqli_stmt *stmt, int parameter, const struct sqli_moment *moment);
SQLI_API int sqli_bind_interval(sqli_stmt *stmt, int parameter,
                                const struct sqli_span_of_time *interval);
/* For SQLI_BYTE or SQLI_TEXT, and for BLOB and CLOB, which the server makes from it. What goes into
 * a TEXT or CLOB is UTF-8, as all texts are. */
SQLI_API int sqli_bind_bytes(sqli_stmt *stmt, int parameter, int type, const void *bytes,
                             size_t length);
/* A ROW or collection as its literal, "SET{1,2}" or "ROW('a',1)". `type_name`: "set(integer not
 * null)"; NULL leaves it to the server. */
SQLI_API int sqli_bind_composite(sqli_stmt *stmt, int parameter, const char *type_name,
                                 const char *literal, ptrdiff_t length);

/* Where bytes come from, or go to, that are too many to hold. */
struct sqli_stream {
    size_t size; /* sizeof(struct sqli_stream), set by the program */
    void *context;
    /* Fills up to `size` bytes: how many, 0 at the end, -1 gives up. */
    ptrdiff_t (*read)(void *context, void *bytes, size_t size);
    /* Takes all of them: 0, or -1 to give up. */
    int (*write)(void *context, const void *bytes, size_t size);
};
/* A BYTE or TEXT of `length` bytes that are read while the statement runs. The stream is copied,
 * its context must live until then. */
SQLI_API int sqli_bind_stream(sqli_stmt *stmt, int parameter, int type, uint64_t length,
                              const struct sqli_stream *stream);
enum { SQLI_LOCATOR_SIZE = 72 };
/* A BLOB or CLOB that sqli_lob_create made, or that was read. */
SQLI_API int sqli_bind_lob(sqli_stmt *stmt, int parameter, const sqli_lob *lob);
/* The same by its locator. */
SQLI_API int sqli_bind_locator(sqli_stmt *stmt, int parameter, int type,
                               const uint8_t locator[SQLI_LOCATOR_SIZE]);
/* Forgets what is bound; the parameters are without values again. */
SQLI_API int sqli_clear_bindings(sqli_stmt *stmt);

/* --- columns of the present row, from 1 --- */

/* Columns of the result, known once the statement is described; 0: it gives no rows. */
SQLI_API int sqli_column_count(const sqli_stmt *stmt);
/* The name as the server tells it; it need not be the only one. NULL: there is no such column. */
SQLI_API const char *sqli_column_name(const sqli_stmt *stmt, int column);
SQLI_API int sqli_column_index(const sqli_stmt *stmt,
                               const char *name); /* its number; 0: there is none */
/* All that the server tells about a column; its texts live as long as the statement. */
SQLI_API int sqli_column_info(const sqli_stmt *stmt, int column, struct sqli_column_info *info);

/* Reads a column. SQLI_OK, SQLI_NULL, or SQLI_FAIL when the value does not fit the C type: no digit
 * is lost, but for a double, which is the nearest one. Texts that are numbers, dates or truth
 * values convert, too. Texts and bytes hold until the next call for this statement; a text ends in
 * a NUL, which *length does not count. */
SQLI_API int sqli_is_null(sqli_stmt *stmt,
                          int column); /* whether it is NULL: 1, also without a row, or 0 */
SQLI_API int sqli_get_int64(sqli_stmt *stmt, int column, int64_t *number);
SQLI_API int sqli_get_double(sqli_stmt *stmt, int column, double *number);
SQLI_API int sqli_get_bool(sqli_stmt *stmt, int column, int *truth);
/* Every type has a text; BYTE, TEXT, BLOB and CLOB are read whole, up to the option lob-limit. A
 * CHAR comes without the blanks that fill it, a DATE in the form of the option dbdate, a BYTE or
 * BLOB as hexadecimal digits. */
SQLI_API int sqli_get_text(sqli_stmt *stmt, int column, const char **text, size_t *length);
/* Texts, composites, opaque types and large objects as they travel: in the code set of the
 * database, a CHAR with all its blanks. */
SQLI_API int sqli_get_bytes(sqli_stmt *stmt, int column, const void **bytes, size_t *length);
SQLI_API int sqli_get_digits(sqli_stmt *stmt, int column, struct sqli_digits *digits);
SQLI_API int sqli_get_moment(sqli_stmt *stmt, int column, struct sqli_moment *moment);
SQLI_API int sqli_get_interval(sqli_stmt *stmt, int column, struct sqli_span_of_time *interval);
/* The reference to a BLOB or CLOB: bytes that mean something to the server that gave them. */
SQLI_API int sqli_get_locator(sqli_stmt *stmt, int column, uint8_t locator[SQLI_LOCATOR_SIZE]);
/* A ROW, SET, MULTISET or LIST taken apart; it lives until the next step. */
SQLI_API int sqli_get_item(sqli_stmt *stmt, int column, const sqli_item **item);

/* Parts of composites: an item is a value, or has parts of its own, counted from 1. */
SQLI_API int sqli_item_type(const sqli_item *item);  /* enum sqli_sqltype */
SQLI_API int sqli_item_count(const sqli_item *item); /* parts; 0: none, or it is a scalar */
SQLI_API const sqli_item *sqli_item_part(const sqli_item *item,
                                         int part); /* the part; NULL: there is none */
SQLI_API const char *sqli_item_field(const sqli_item *item,
                                     int part); /* a ROW's field name, or "" */
SQLI_API int sqli_item_is_null(const sqli_item *item);
/* As the functions for columns. */
SQLI_API int sqli_item_int64(const sqli_item *item, int64_t *number);
SQLI_API int sqli_item_double(const sqli_item *item, double *number);
SQLI_API int sqli_item_bool(const sqli_item *item, int *truth);
SQLI_API int sqli_item_text(const sqli_item *item, const char **text, size_t *length);
SQLI_API int sqli_item_digits(const sqli_item *item, struct sqli_digits *digits);
SQLI_API int sqli_item_moment(const sqli_item *item, struct sqli_moment *moment);
SQLI_API int sqli_item_interval(const sqli_item *item, struct sqli_span_of_time *interval);

/* --- rows by the block: for data frames, ODBC, and whoever counts nanoseconds --- */

/* One column of a block. */
struct sqli_block_column {
    int as;              /* enum sqli_ctype: what `data` is an array of */
    const uint8_t *null; /* 1 per row that is NULL; NULL itself: none is */
    const void *data;    /* one per row; SQLI_AS_TEXT and _BYTES: all bytes, one behind the other */
    const uint32_t *ends; /* SQLI_AS_TEXT and _BYTES: rows + 1 offsets into data, the first is 0 */
};

struct sqli_block {
    size_t size; /* sizeof(struct sqli_block), set by the program */
    int64_t rows;
    int columns;
    const struct sqli_block_column *column; /* from 0 */
};

/* In which C type blocks hold a column; SQLI_AS_DEFAULT undoes it. */
SQLI_API int sqli_block_as(sqli_stmt *stmt, int column, int as);
/* Fetches the next rows, up to `most`, and not more than the library has at hand: SQLI_ROW, or
 * SQLI_DONE with no row. They hold until the next call for this statement; the last of them is the
 * present row. A value that does not fit fails the call, and its row is the present one; the rows
 * before it come first, and those behind it with the next call. */
SQLI_API int sqli_fetch_block(sqli_stmt *stmt, int64_t most, struct sqli_block *block);

/* --- many rows into the database --- */

enum sqli_batch_kind {
    SQLI_BATCH_EACH = 0, /* each row is a request, many are under way: failures are told by row */
    SQLI_BATCH_BULK = 1, /* INSERT ... VALUES through an insert cursor: fastest, fails as a whole */
};

/* Begins a batch: from now on sqli_batch_row takes rows. EACH: of an INSERT, UPDATE, DELETE, MERGE
 * or a procedure that returns nothing. BULK: of an INSERT ... VALUES whose placeholders stand there
 * alone, into anything but BYTE, TEXT, BLOB, CLOB, composites and opaque types; else the first row
 * fails, and EACH can do it. Values become those of the columns as the server would make them, but
 * nothing is cut: a text that is too long, or a fraction for an integer, fails its row. Where every
 * statement would be a transaction of its own, a bulk load is one: all rows or none. */
SQLI_API int sqli_batch_begin(sqli_stmt *stmt, int kind);
/* The bound values are a row. It goes when the library sees fit. SQLI_FAIL: this row cannot be
 * sent, and is none of the batch; or that is over, because the connection was closed, the program
 * cancelled, or a bulk load failed. Rows that the server refused are told at the end. */
SQLI_API int sqli_batch_row(sqli_stmt *stmt);
/* Waits for what is under way: SQLI_OK, or SQLI_FAIL when rows failed; *rows, which may be NULL:
 * how many the server took (BULK: 0 after a failure where the server does not tell); sqli_rows says
 * how many they changed. The others stay done: roll back if that is not wanted. */
SQLI_API int sqli_batch_end(sqli_stmt *stmt, int64_t *rows);
/* How many rows failed, and the first thousand of them one by one: the number of the row from 0,
 * its error and SQLI_OK; SQLI_FAIL behind the last. A bulk load does not know which. They hold
 * until the statement is reset, finalized, or begins another batch. */
SQLI_API int64_t sqli_batch_failures(const sqli_stmt *stmt);
SQLI_API int sqli_batch_failure(const sqli_stmt *stmt, int index, int64_t *row,
                                const sqli_error **error);

/* --- transactions --- */

/* Begins a transaction. Without it every statement is one of its own, unless autocommit is off. */
SQLI_API int sqli_begin(sqli_conn *conn);
/* Commits; where no transaction is open, nothing is done. A failure with code -900042 means that
 * the connection was lost while the answer was due: whether it is committed is not known. */
SQLI_API int sqli_commit(sqli_conn *conn);
/* Rolls back; the server is always asked, and no transaction is as good as one. */
SQLI_API int sqli_rollback(sqli_conn *conn);
/* A place in the transaction to come back to. */
SQLI_API int sqli_savepoint(sqli_conn *conn, const char *name);
/* Undoes what came behind the savepoint, which stays. */
SQLI_API int sqli_rollback_to(sqli_conn *conn, const char *name);
/* Forgets the savepoint; nothing is undone. */
SQLI_API int sqli_release_savepoint(sqli_conn *conn, const char *name);
/* Switches autocommit. Off: a transaction begins with the first statement. Switching it on commits
 * what is open. Like the isolation level and the wait for locks, it holds until it is set anew,
 * also when the connection was lost and is opened again. */
SQLI_API int sqli_set_autocommit(sqli_conn *conn, int on);
SQLI_API int sqli_autocommit(const sqli_conn *conn); /* whether it is on: 1 or 0 */
/* Whether a transaction is open: also after a BEGIN WORK sent as SQL; 0 of a lost connection. */
SQLI_API int sqli_in_transaction(const sqli_conn *conn);
/* Sets the isolation level: "dirty", "committed", "cursor", "repeatable" or "last-committed". */
SQLI_API int sqli_set_isolation(sqli_conn *conn, const char *level);
SQLI_API int sqli_set_lock_wait(sqli_conn *conn,
                                int seconds); /* for locks; -1: for ever, 0: not at all */

/* --- large objects --- */

enum sqli_lob_mode { SQLI_LOB_READ = 1, SQLI_LOB_WRITE = 2, SQLI_LOB_READ_WRITE = 3 };

/* The BYTE, TEXT, BLOB or CLOB of a column of the present row; SQLI_NULL. BYTE and TEXT can only be
 * read, front to back and back again, while the row is there. */
SQLI_API int sqli_lob_open(sqli_stmt *stmt, int column, int mode, sqli_lob **lob);
/* A BLOB or CLOB by a locator that was read before. */
SQLI_API int sqli_lob_open_locator(sqli_conn *conn, int type,
                                   const uint8_t locator[SQLI_LOCATOR_SIZE], int mode,
                                   sqli_lob **lob);
/* A new one, SQLI_BLOB or SQLI_CLOB, open to be written; bind it to put it into a row. */
SQLI_API int sqli_lob_create(sqli_conn *conn, int type, sqli_lob **lob);
/* Reads on from the position: SQLI_OK with *got bytes, 0 at the end. */
SQLI_API int sqli_lob_read(sqli_lob *lob, void *bytes, size_t size, size_t *got);
/* Writes at the position. */
SQLI_API int sqli_lob_write(sqli_lob *lob, const void *bytes, size_t size);
/* Moves the position, which the library keeps. */
SQLI_API int sqli_lob_seek(sqli_lob *lob, uint64_t position);
SQLI_API uint64_t sqli_lob_tell(const sqli_lob *lob);
SQLI_API int sqli_lob_size(sqli_lob *lob, uint64_t *size);
SQLI_API int sqli_lob_truncate(sqli_lob *lob, uint64_t size);
/* Closes the object, which the connection does at the latest, and frees the handle, which nobody
 * else does. NULL is fine. */
SQLI_API int sqli_lob_close(sqli_lob *lob);

/* What the server may ask for while a statement runs: filetoblob('NAME', 'client') reads NAME, and
 * lotofile(column, 'NAME', 'client') writes it. Nothing else is ever given to it. Both count until
 * the statement is reset. */
SQLI_API int sqli_supply_file(sqli_stmt *stmt, const char *name, const struct sqli_stream *stream);
SQLI_API int sqli_accept_file(sqli_stmt *stmt, const char *name, const struct sqli_stream *stream);

/* A routine by its signature, "ifx_lo_close(integer)", called without SQL: bind its arguments,
 * step; the row has what it returned. Its handle is kept by the connection. */
SQLI_API int sqli_prepare_call(sqli_conn *conn, const char *signature, sqli_stmt **stmt);

/* --- control --- */

/* Cancels what is under way: any thread and any signal handler may call it. The call that waits
 * ends with -213, and the connection stays usable. TLS cannot carry it: there the connection is
 * closed, and the call says so. */
SQLI_API void sqli_cancel(sqli_conn *conn);

/* Called about every `milliseconds` while a call waits; returning anything but 0 cancels. */
SQLI_API int sqli_set_progress(sqli_conn *conn, int milliseconds, int (*progress)(void *context),
                               void *context);

/* Decoded traffic, line by line, without its end; passwords are left out. NULL: no more. */
SQLI_API int sqli_set_trace(sqli_conn *conn, void (*line)(void *context, const char *text),
                            void *context);

/* Without waiting. Switched on before sqli_connect or later: every call that would wait says
 * SQLI_MORE instead. Wait until sqli_fd is ready for sqli_wants, or sqli_timeout has passed, and
 * call the same function again with the same arguments: it goes on where it was. Until it has said
 * something else, other statements may be used, but nothing else of this one. */
SQLI_API int sqli_set_nonblocking(sqli_conn *conn, int on);
SQLI_API int
sqli_fd(const sqli_conn *conn); /* the socket; -1: none; it may change while connecting */
enum sqli_wants_flag { SQLI_WANTS_READ = 1, SQLI_WANTS_WRITE = 2 };
SQLI_API int sqli_wants(const sqli_conn *conn);
/* A second descriptor for who cancels from elsewhere: sqli_cancel makes it readable while a call
 * has said SQLI_MORE; then call again, as when sqli_fd is ready. -1: before the first sqli_connect,
 * or without sockets. */
SQLI_API int sqli_wake_fd(const sqli_conn *conn);
SQLI_API int64_t sqli_timeout(const sqli_conn *conn); /* milliseconds from now; -1: no limit */

/* Without sockets: the program moves the bytes, by whatever transport. sqli_connect then begins
 * with the login; all calls behave as with sqli_set_nonblocking. */
SQLI_API int sqli_set_transport_own(sqli_conn *conn, int encrypted);
/* Bytes from the server; 0 of them: it closed the connection. */
SQLI_API int sqli_feed(sqli_conn *conn, const void *bytes, size_t size);
/* Bytes for the server, and how many of them were sent. */
SQLI_API const void *sqli_take(const sqli_conn *conn, size_t *size);
SQLI_API int sqli_taken(sqli_conn *conn, size_t size);
/* Whether to cancel: 1 when the urgent byte 0x42 is to be sent now, behind everything taken; it is
 * asked for once. */
SQLI_API int sqli_take_urgent(sqli_conn *conn);
/* The hosts to try, from 0, after sqlhosts and groups: 1, or 0 behind the last. */
SQLI_API int sqli_host(sqli_conn *conn, int index, const char **host, int *port);

/* --- pool --- */

/* Opens a pool: connections for many threads, by the options pool-min, pool-max, pool-lifetime,
 * pool-idle and pool-wait. *pool is a handle also when it fails. */
SQLI_API int sqli_pool_open(const char *url, sqli_pool **pool);
SQLI_API int sqli_pool_open_settings(const struct sqli_setting *settings, size_t count,
                                     sqli_pool **pool);
/* Takes a connection that was checked, or opens one. Who waits longest is served first. */
SQLI_API int sqli_pool_acquire(sqli_pool *pool, sqli_conn **conn);
/* Gives a connection back: what is open is rolled back, cursors closed, settings as they were. One
 * that is in doubt is closed. */
SQLI_API void sqli_pool_release(sqli_pool *pool, sqli_conn *conn);
/* The error of the calling thread's last call that failed. */
SQLI_API const sqli_error *sqli_pool_error(const sqli_pool *pool);
struct sqli_pool_counts {
    size_t size; /* sizeof(struct sqli_pool_counts), set by the program */
    int idle, used, waiting;
    uint64_t opened, closed, acquired, timeouts;
};
SQLI_API int sqli_pool_counts(sqli_pool *pool, struct sqli_pool_counts *counts);
/* Closes what is idle, and what is in use when it comes back; who waits is turned away. */
SQLI_API void sqli_pool_close(sqli_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
