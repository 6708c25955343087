/* informix_db._native: the public header of libsqli as Python objects, and nothing else.
 *
 * A connection never blocks inside the library. What would wait says SQLI_MORE: a connection with a
 * socket then waits here, without the GIL, and goes on; one whose bytes move through asyncio gives
 * NATIVE_MORE to its caller, who awaits and calls again with the same arguments. So one set of
 * methods serves both. */
#ifndef SQLI_PYTHON_NATIVE_NATIVE_H
#define SQLI_PYTHON_NATIVE_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <sqli.h>

/* --- connection.c --- */

typedef struct {
    PyObject_HEAD sqli_conn *conn;
    PyThread_type_lock lock; /* of the call that is running */
    unsigned long thread;    /* whose call it is; 0: none is */
    unsigned forks;          /* of the process, when the lock was made */
    int cancelled;           /* since the present fetch or batch has begun */
    int own;                 /* the bytes move through the program */
    sqli_lob **orphans;      /* large objects that nobody can close any more */
    size_t orphan_count;
    PyObject *weak;
} native_connection;

extern PyTypeObject native_connection_type;

int native_connection_init(void);

/* Calls until it says something else than SQLI_MORE. What it says, or NATIVE_RAISED with an
 * exception; SQLI_MORE only from a connection whose bytes move through the program. */
enum { NATIVE_RAISED = -100 };
typedef int native_call(void *context);
int native_drive(native_connection *self, native_call *call, void *context);
/* One thread at a time; -1 with an exception. */
int native_enter(native_connection *self);
void native_leave(native_connection *self);
/* -1 with an exception when the program has cancelled. */
int native_stop_if_cancelled(native_connection *self);
/* The large object ends with the connection. */
void native_adopt(native_connection *self, sqli_lob *lob);
/* The exception for what the connection's last call said; always NULL. */
PyObject *native_raise(native_connection *self);
PyObject *native_raise_error(const sqli_error *error);
/* What a call that is not to give a value returns: None when it is done, native_more when it has to
 * be called again, NULL with an exception. */
PyObject *native_result(native_connection *self, int result);

/* --- statement.c --- */

typedef struct native_column native_column;
typedef struct native_statement native_statement;

/* Makes the value of a column; NULL with an exception, native_more to be called again. */
typedef PyObject *native_reader(native_statement *statement, const native_column *column);

/* Makes the values of a column of a block, from row `first` on; -1 with an exception. */
typedef int native_filler(native_column *column, const struct sqli_block_column *block,
                          int64_t first, Py_ssize_t count, PyObject **rows);

/* How the blocks of a column become Python objects, and as which C type they have to come. */
typedef struct {
    native_filler *fill;
    int as;
} native_filling;

struct native_column {
    int number; /* from 1 */
    native_reader *read;
    const native_filling *filling; /* NULL: only `read` can do it */
    struct native_cached *cache;
    struct sqli_column_info info;
};

struct native_statement {
    PyObject_HEAD native_connection *owner;
    sqli_stmt *stmt;
    int is_call;            /* of a routine, without SQL: its row comes alone */
    native_column *columns; /* once it is described */
    Py_ssize_t column_count;
    int has_row;       /* a row was stepped to, and is not handed out yet */
    PyObject *partial; /* that row, while a large object of it is on its way */
    Py_ssize_t partial_count;
    PyObject *rows;       /* of a fetch that has to be called again */
    PyObject *files;      /* what the server may ask for */
    int by_block;         /* all columns have a filling */
    int row_waits;        /* a row of a batch that was bound is to be sent again */
    Py_ssize_t rows_sent; /* by a batch_rows that has to be called again */
    int streams;          /* of Arrow, that were made */
    int reader;           /* the one of them that has begun to read; 0: none has */
};

extern PyTypeObject native_statement_type;

/* As native_enter; -1 with an exception also when the statement is closed. */
int native_enter_statement(native_statement *self);
void native_leave_statement(native_statement *self);
/* Once the statement is described. */
int native_read_columns(native_statement *self);
/* ROW, DONE or native_more. */
PyObject *native_say(native_statement *self, int result);

/* --- rows.c --- */

PyObject *native_fetch(native_statement *self, PyObject *args);
PyObject *native_scroll(native_statement *self, PyObject *args);

/* --- fill.c --- */

int native_fill_init(void);
/* NULL: not by the block. */
const native_filling *native_filling_of(const struct sqli_column_info *info);
void native_forget_cache(native_column *column);
/* Says in which C types blocks are to come, where all columns can come in blocks. */
int native_choose_blocks(native_statement *self);

/* --- decode.c --- */

extern PyObject *native_decimal; /* decimal.Decimal */

int native_decode_init(void);
/* How values of that column become Python objects. */
native_reader *native_reader_of(const struct sqli_column_info *info);
PyObject *native_raise_statement(native_statement *statement);

/* --- arrow.c --- */

PyObject *native_arrow_stream(native_statement *self);

/* --- encode.c --- */

int native_encode_init(void);
/* Binds a Python value; -1 with an exception. */
int native_bind(native_statement *statement, int parameter, PyObject *value);

/* --- lob.c --- */

typedef struct {
    PyObject_HEAD native_connection *owner;
    sqli_lob *lob;
    int written; /* or may have been */
} native_lob;

extern PyTypeObject native_lob_type;

/* --- module.c --- */

/* What every call gives that has to be called again: informix_db._native.MORE. */
extern PyObject *native_more;

/* What the Python side registers: classes and functions by name. Borrowed; NULL with an exception
 * when it is missing. */
PyObject *native_registered(const char *name);

#endif
