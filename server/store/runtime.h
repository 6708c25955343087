/* The functions that emitted SQL calls, and what they need to know of the session.
 *
 * A value inside SQLite has the storage form of its Informix type (storage.h); each function takes
 * and gives that form. A NULL argument makes the result NULL unless said otherwise. `type` stands
 * for a text constant, the type as SQL writes it ("decimal(8,2)", "datetime year to second"), that
 * the function parses once per statement; `qualifier` for one such as "year to second". Failures
 * are left in runtime->error, and the statement ends with SQLITE_ERROR.
 *
 * Names begin with x_, so that they cannot meet a function of SQLite. What follows is the contract
 * between the resolver, which chooses functions, and their implementations.
 *
 *   x_cast(v, from, to)          the one conversion (convert.h): casts, assignments, operands
 *   x_int_add(a, b, type), _sub, _mul, _neg(a, type)
 *                                integers and dates; -1214, -1215, -1284 beyond the result's type
 *   x_dec_add(a, b), _sub, _mul, _div, _neg(a)         decimals; -1202 for division by zero
 *   x_real_add(a, b), _sub, _mul, _div, _neg(a)        doubles
 *   x_dt_add(dt, qualifier, iv, qualifier)             datetime plus interval; result in dt's
 *   x_dt_sub_iv(dt, qualifier, iv, qualifier)          minus
 *   x_dt_sub(a, qualifier, b, qualifier)               datetime minus datetime: an interval in
 *                                                      sqli__datetime_subtract's qualifier
 *   x_iv_add(a, qualifier, b, qualifier), x_iv_sub     in a's qualifier as sqli__interval_add says
 *   x_iv_mul(iv, qualifier, decimal), x_iv_div         by a number
 *   x_iv_ratio(a, qualifier, b, qualifier)             interval / interval: a decimal
 *   x_iv_neg(iv, qualifier)
 *   x_extend(dt, from, to)       datetime qualifiers; DATE goes through x_cast first
 *   x_units(decimal, to)         n UNITS DAY: an interval in qualifier `to`
 *   x_concat(a, b)               texts
 *   x_like(text, pattern[, escape]), x_matches(text, pattern[, escape])      1 or 0
 *   x_substring(text, first[, last])      c[1,3]: bytes as Informix counts, characters in UTF-8
 *   x_serial(v, counter, column, type)     what a SERIAL column gets for v: 0 and NULL draw the
 * next x_poll(...)                  1; fails with -213 when the client's break came. The arguments
 * are there so that SQLite calls it for each row x_nextval(counter, start, increment, most, least,
 * cycle), x_currval(counter, name) sequences x_not_null(v, 'table.column')         v; -391 for NULL
 *   x_fail(code, near)                    fails
 *   x_now(qualifier), x_today(), x_user(), x_server(), x_dbname(), x_session(), x_sqlcode()
 *                                         constant during one statement
 *   x_dbinfo(what[, argument])            'version','full' | 'sessionid' | 'sqlca.sqlerrd1' | ...
 *   x_row(field, ..., type), x_collection(item, ..., type)
 *                                the literal in canonical form from its parts, each a text or NULL
 *   x_parts(part, ...)           many parts as one, a BLOB: SQLite bounds the arguments of a call
 *   x_field(row, number, type)   field number (from 1) of a ROW of type, in the field's storage
 *   x_in_collection(v, collection, type)  1 or 0: v as text is an element
 *   x_cardinality(collection)
 *   x_each(collection, type)     a table-valued function (an eponymous virtual table): its one
 *                                visible column `value` has the elements, in their storage form;
 *                                `type` is the collection's; no rows for NULL
 *   x_sum_int(v), x_sum_dec(v), x_sum_real(v), x_avg(v as decimal), x_avg_real(v),
 *   x_count_dec(v), x_count_rows()        aggregates; a count is a DECIMAL(15,0)
 *   x_sum_iv(iv, qualifier)
 *   x_stdev(v), x_variance(v), x_range(v) of doubles
 *   x_live(what)                 rows of sysmaster as JSON (catalog_live.c)
 *   x_allow_newline(text)        0 for t and f
 *   x_coltypename(coltype, extended_id), x_data_type, x_datetype, x_precision, x_charlen,
 *   x_numscale, x_numprecradix, x_isnullable, x_nullable, x_isautoincr, x_default_value
 *                                what columns of syscolumns and sysdefaults say (catalog_types.c)
 *
 * The functions of SQL itself, x_f_<name>, stand in front/functions.def with their types. */
#ifndef SQLI_SERVER_STORE_RUNTIME_H
#define SQLI_SERVER_STORE_RUNTIME_H

#include "base/buffer.h"
#include "server/store/convert.h"

#include <sqlite3.h>
#include <stdatomic.h>

struct sqli_database;

enum { SQLI_RUNTIME_NAME_MAX = 128 };

struct sqli_lobs;

/* The files of the client, as filetoblob and lotofile read and write them: one at a time. */
struct sqli_client_files {
    enum sqli_status (*open)(void *context, struct sqli_span name, bool write,
                             struct sqli_error *error);
    /* Each piece of what the file holds goes to `take`. */
    enum sqli_status (*read)(void *context,
                             enum sqli_status (*take)(void *to, struct sqli_span piece,
                                                      struct sqli_error *error),
                             void *to, struct sqli_error *error);
    enum sqli_status (*write)(void *context, struct sqli_span bytes, struct sqli_error *error);
    enum sqli_status (*close)(void *context, struct sqli_error *error);
    void *context;
};

/* What one session is to the functions; the session owns it. */
struct sqli_runtime {
    struct sqli_conversion_settings settings; /* DBDATE, code set, time of the statement */
    struct sqli_error error;                  /* the failure of the last function that failed */
    struct sqli_buffer scratch;
    struct sqli_database *database;        /* the serial counters; NULL while none is open */
    struct sqli_database *const *others;   /* those of the databases beside it */
    struct sqli_lobs *lobs;                /* large objects */
    const struct sqli_client_files *files; /* NULL: the client's files cannot be reached */
    char user[SQLI_RUNTIME_NAME_MAX + 1];
    char server_name[SQLI_RUNTIME_NAME_MAX + 1];
    char host_name[SQLI_RUNTIME_NAME_MAX + 1];
    char database_name[SQLI_RUNTIME_NAME_MAX + 1]; /* "" while none is open */
    int32_t session_id;
    bool delimident;         /* DELIMIDENT: "..." is a name */
    bool read_only;          /* SET TRANSACTION said that the present one changes nothing */
    int32_t lock_wait;       /* SET LOCK MODE: seconds, -1 for ever, 0 the server's own time */
    atomic_bool interrupted; /* the client's break; functions that take long look at it */
    /* The last INSERT, for SQ_DONE and DBINFO. */
    int32_t last_serial;
    int64_t last_serial8;
    int64_t last_bigserial;
    int64_t last_rows;
    int32_t sqlcode;               /* of the last statement that the innermost routine ran */
    struct sqli_current *currents; /* what CURRVAL gives; freed with sqli__runtime_forget */
    uint32_t current_count;
};

/* Forgets the values of sequences: the database closes. */
void sqli__runtime_forget(struct sqli_runtime *runtime);

enum sqli_status sqli__runtime_install(sqlite3 *db, struct sqli_runtime *runtime,
                                       struct sqli_error *error);

#endif
