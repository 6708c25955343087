/* A statement: executed with values, its rows handed out as Python objects. */
#include "native.h"

#include <stddef.h>

/* --- life --- */

static PyObject *statement_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"connection", "sql", "flags", "call", NULL};
    native_connection *owner;
    const char *sql;
    Py_ssize_t length;
    unsigned flags = 0;
    int call = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!s#|Ip", names, &native_connection_type,
                                     &owner, &sql, &length, &flags, &call))
        return NULL;
    if (call && strlen(sql) != (size_t)length)
        return PyErr_Format(PyExc_ValueError, "embedded null character");
    if (native_enter(owner))
        return NULL;
    sqli_stmt *stmt = NULL;
    int result = call ? sqli_prepare_call(owner->conn, sql, &stmt)
                      : sqli_prepare(owner->conn, sql, length, flags, &stmt);
    PyObject *done = native_result(owner, result);
    native_leave(owner);
    if (!done)
        return NULL;
    Py_DECREF(done);
    native_statement *self = (native_statement *)type->tp_alloc(type, 0);
    if (!self) {
        sqli_finalize(stmt);
        return NULL;
    }
    Py_INCREF(owner);
    self->owner = owner;
    self->stmt = stmt;
    self->is_call = call;
    return (PyObject *)self;
}

static void forget_columns(native_statement *self)
{
    for (Py_ssize_t i = 0; i < self->column_count; i++)
        native_forget_cache(&self->columns[i]);
    PyMem_Free(self->columns);
    self->columns = NULL;
    self->column_count = 0;
}

/* Any thread may finalize at any time: the library does it when nobody is inside. */
static void statement_dealloc(native_statement *self)
{
    PyObject_GC_UnTrack(self);
    sqli_finalize(self->stmt);
    forget_columns(self);
    Py_CLEAR(self->rows);
    Py_CLEAR(self->partial);
    Py_CLEAR(self->files);
    Py_XDECREF(self->owner);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int statement_clear(native_statement *self)
{
    Py_CLEAR(self->rows);
    Py_CLEAR(self->partial);
    return 0;
}

/* What the program gave as files may refer to anything; they are needed to the end. */
static int statement_traverse(native_statement *self, visitproc visit, void *arg)
{
    Py_VISIT(self->files);
    Py_VISIT(self->rows);
    Py_VISIT(self->partial);
    return 0;
}

int native_enter_statement(native_statement *self)
{
    if (native_enter(self->owner))
        return -1;
    if (self->stmt)
        return 0;
    native_leave(self->owner);
    PyObject *error = native_registered("InterfaceError");
    if (error)
        PyErr_SetString(error, "the statement is closed");
    return -1;
}

void native_leave_statement(native_statement *self)
{
    native_leave(self->owner);
}

PyObject *native_raise_statement(native_statement *statement)
{
    return native_raise(statement->owner);
}

/* --- columns --- */

int native_read_columns(native_statement *self)
{
    int count = sqli_column_count(self->stmt);
    if (self->columns && self->column_count == count)
        return 0;
    forget_columns(self);
    self->columns = PyMem_Calloc((size_t)count + 1, sizeof *self->columns);
    if (!self->columns) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < count; i++) {
        native_column *column = &self->columns[i];
        column->number = i + 1;
        column->info.size = sizeof column->info;
        if (sqli_column_info(self->stmt, i + 1, &column->info)) {
            native_raise_statement(self);
            return -1;
        }
        column->read = native_reader_of(&column->info);
        column->filling = native_filling_of(&column->info);
    }
    self->column_count = count;
    return native_choose_blocks(self);
}

/* (name, type, type_name, nullable, length, precision, scale, first, last, extended_id) each. */
static PyObject *statement_columns(native_statement *self, PyObject *_)
{
    (void)_;
    if (native_enter_statement(self))
        return NULL;
    PyObject *all = native_read_columns(self) ? NULL : PyTuple_New(self->column_count);
    for (Py_ssize_t i = 0; all && i < self->column_count; i++) {
        const struct sqli_column_info *info = &self->columns[i].info;
        PyObject *one = Py_BuildValue("(sisiLiiiii)", info->name, info->type, info->type_name,
                                      info->nullable, (long long)info->length, info->precision,
                                      info->scale, info->first, info->last, (int)info->extended_id);
        if (!one) {
            Py_CLEAR(all);
            break;
        }
        PyTuple_SET_ITEM(all, i, one);
    }
    native_leave_statement(self);
    return all;
}

/* --- binding --- */

static int bind_sequence(native_statement *self, PyObject *values)
{
    PyObject *fast = PySequence_Fast(values, "parameters are a sequence or a mapping");
    if (!fast)
        return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(fast);
    int wanted = sqli_bind_count(self->stmt);
    int result = 0;
    if (count != wanted) {
        PyObject *error = native_registered("ProgrammingError");
        if (error)
            PyErr_Format(error, "the parameter set has %zd values, the statement %d parameters",
                         count, wanted);
        result = -1;
    }
    for (Py_ssize_t i = 0; result == 0 && i < count; i++) {
        if (i >= PySequence_Fast_GET_SIZE(fast)) { /* the code of a value has shortened its list */
            PyErr_SetString(PyExc_RuntimeError, "the parameters changed while they were read");
            result = -1;
            break;
        }
        PyObject *value = Py_NewRef(PySequence_Fast_GET_ITEM(fast, i));
        result = native_bind(self, (int)i + 1, value);
        Py_DECREF(value);
    }
    Py_DECREF(fast);
    return result;
}

static int bind_mapping(native_statement *self, PyObject *values)
{
    int count = sqli_bind_count(self->stmt);
    for (int i = 1; i <= count; i++) {
        const char *name = sqli_bind_name(self->stmt, i);
        PyObject *value = name ? PyMapping_GetItemString(values, name) : NULL;
        if (!value && PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_KeyError))
            return -1;
        if (!value) {
            PyObject *error = native_registered("ProgrammingError");
            PyErr_Clear();
            if (error)
                PyErr_Format(error, "parameter %s has no value", name ? name : "?");
            return -1;
        }
        int result = native_bind(self, i, value);
        Py_DECREF(value);
        if (result)
            return -1;
    }
    return 0;
}

/* What collections.abc has as a Mapping is one. A row of sqlite3 or a Series of pandas has keys,
 * too, but is as good as a list: the statement tells what is meant. */
static int is_by_name(native_statement *self, PyObject *values)
{
    if (PyTuple_Check(values) || PyList_Check(values))
        return 0;
    if (PyType_GetFlags(Py_TYPE(values)) & Py_TPFLAGS_MAPPING)
        return 1;
    const char *name = sqli_bind_name(self->stmt, 1);
    return name && !Py_ISDIGIT(*name) && PyObject_HasAttrString(values, "keys");
}

static int bind_all(native_statement *self, PyObject *values)
{
    if (values == Py_None)
        return 0;
    return is_by_name(self, values) ? bind_mapping(self, values) : bind_sequence(self, values);
}

static PyObject *statement_bind(native_statement *self, PyObject *values)
{
    if (native_enter_statement(self))
        return NULL;
    int result = bind_all(self, values);
    native_leave_statement(self);
    if (result)
        return NULL;
    Py_RETURN_NONE;
}

/* --- executing --- */

/* ROW, DONE or native_more. */
PyObject *native_say(native_statement *self, int result)
{
    if (result == NATIVE_RAISED)
        return NULL;
    if (result < 0 || result == SQLI_MORE)
        return native_result(self->owner, result);
    return PyLong_FromLong(result);
}

static int execute(void *context)
{
    return sqli_execute(context);
}

static PyObject *statement_execute(native_statement *self, PyObject *_)
{
    (void)_;
    if (native_enter_statement(self))
        return NULL;
    int result = native_drive(self->owner, execute, self->stmt);
    self->has_row = 0;
    PyObject *said = native_result(self->owner, result);
    if (said && result != SQLI_MORE && native_read_columns(self))
        Py_CLEAR(said);
    native_leave_statement(self);
    return said;
}

static int describe(void *context)
{
    return sqli_describe(context);
}

static PyObject *statement_describe(native_statement *self, PyObject *_)
{
    (void)_;
    if (native_enter_statement(self))
        return NULL;
    PyObject *said = native_result(self->owner, native_drive(self->owner, describe, self->stmt));
    native_leave_statement(self);
    return said;
}

/* --- rows --- */

/* The columns are described; the rows that were not fetched yet come as Arrow. */
static PyObject *statement_arrow(native_statement *self, PyObject *_)
{
    (void)_;
    if (native_enter_statement(self))
        return NULL;
    PyObject *stream = native_read_columns(self) ? NULL : native_arrow_stream(self);
    native_leave_statement(self);
    return stream;
}

/* --- batches --- */

static PyObject *statement_batch_begin(native_statement *self, PyObject *arg)
{
    int kind = (int)PyLong_AsLong(arg);
    if ((kind == -1 && PyErr_Occurred()) || native_enter_statement(self))
        return NULL;
    PyObject *said = native_result(self->owner, sqli_batch_begin(self->stmt, kind));
    self->row_waits = 0;
    self->rows_sent = 0;
    self->owner->cancelled = 0;
    native_leave_statement(self);
    return said;
}

static int batch_row(void *context)
{
    return sqli_batch_row(context);
}

/* The row that is bound: SQLI_OK, SQLI_MORE or another failure, with an exception. */
static int send_row(native_statement *self)
{
    int result = native_drive(self->owner, batch_row, self->stmt);
    self->row_waits = result == SQLI_MORE;
    if (result == SQLI_OK || result == SQLI_MORE)
        return result;
    Py_XDECREF(native_result(self->owner, result));
    return NATIVE_RAISED;
}

/* The program's iterator is asked while nobody is inside: it may use the connection itself. A row
 * that is on its way is cancelled by the library. */
static int send_next(native_statement *self, PyObject *rows)
{
    PyObject *values = self->row_waits ? NULL : PyIter_Next(rows);
    if (!values && !self->row_waits)
        return PyErr_Occurred() ? NATIVE_RAISED : SQLI_DONE;
    int result = NATIVE_RAISED;
    if (native_enter_statement(self) == 0) {
        if (self->row_waits ||
            (native_stop_if_cancelled(self->owner) == 0 && bind_all(self, values) == 0))
            result = send_row(self);
        native_leave_statement(self);
    }
    Py_XDECREF(values);
    return result;
}

/* batch_rows(iterator, most) -> how many rows went; fewer than `most`: the iterator has ended. */
static PyObject *statement_batch_rows(native_statement *self, PyObject *args)
{
    PyObject *rows;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(args, "On", &rows, &most))
        return NULL;
    if (!PyIter_Check(rows))
        return PyErr_Format(PyExc_TypeError, "an iterator is needed");
    int result = SQLI_OK;
    while (self->rows_sent < most && result == SQLI_OK) {
        result = send_next(self, rows);
        self->rows_sent += result == SQLI_OK;
    }
    if (result == NATIVE_RAISED)
        return NULL;
    if (result == SQLI_MORE)
        return Py_NewRef(native_more);
    Py_ssize_t sent = self->rows_sent;
    self->rows_sent = 0;
    return PyLong_FromSsize_t(sent);
}

struct batch_end {
    sqli_stmt *stmt;
    int64_t rows;
};

static int batch_end(void *context)
{
    struct batch_end *end = context;
    return sqli_batch_end(end->stmt, &end->rows);
}

static PyObject *failures_of(native_statement *self)
{
    PyObject *all = PyList_New(0);
    const sqli_error *error;
    int64_t row;
    for (int i = 0; all && sqli_batch_failure(self->stmt, i, &row, &error) == SQLI_OK; i++) {
        PyObject *kind, *exception, *trace;
        native_raise_error(error);
        PyErr_Fetch(&kind, &exception, &trace);
        PyErr_NormalizeException(&kind, &exception, &trace);
        PyObject *one = Py_BuildValue("(LO)", (long long)row, exception ? exception : Py_None);
        if (!one || PyList_Append(all, one))
            Py_CLEAR(all);
        Py_XDECREF(one);
        Py_XDECREF(kind);
        Py_XDECREF(exception);
        Py_XDECREF(trace);
    }
    return all;
}

/* batch_end() -> (rows taken, number of failures, [(row, error)]). What failed as a whole is
 * raised. */
static PyObject *statement_batch_end(native_statement *self, PyObject *_)
{
    (void)_;
    struct batch_end end = {.stmt = self->stmt};
    if (native_enter_statement(self))
        return NULL;
    PyObject *said = NULL;
    int result = native_drive(self->owner, batch_end, &end);
    long long failed = sqli_batch_failures(self->stmt);
    if (result == SQLI_OK || (result == SQLI_FAIL && failed > 0))
        said = Py_BuildValue("(LLN)", (long long)end.rows, failed, failures_of(self));
    else
        said = native_say(self, result);
    native_leave_statement(self);
    return said;
}

/* --- files that the server may ask for --- */

static ptrdiff_t read_stream(void *context, void *bytes, size_t size)
{
    PyGILState_STATE state = PyGILState_Ensure();
    ptrdiff_t got = -1;
    Py_buffer view;
    PyObject *read = PyObject_CallMethod(context, "read", "n", (Py_ssize_t)size);
    if (read && PyObject_GetBuffer(read, &view, PyBUF_SIMPLE) == 0) {
        if ((size_t)view.len <= size) {
            memcpy(bytes, view.buf, (size_t)view.len);
            got = view.len;
        }
        PyBuffer_Release(&view);
    }
    Py_XDECREF(read);
    PyGILState_Release(state);
    return got;
}

static int write_stream(void *context, const void *bytes, size_t size)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *written = PyObject_CallMethod(context, "write", "y#", bytes, (Py_ssize_t)size);
    int result = written ? 0 : -1;
    Py_XDECREF(written);
    PyGILState_Release(state);
    return result;
}

/* file(name, file, write): the statement keeps it. */
static PyObject *statement_file(native_statement *self, PyObject *args)
{
    const char *name;
    PyObject *file;
    int accept;
    if (!PyArg_ParseTuple(args, "sOp", &name, &file, &accept) || native_enter_statement(self))
        return NULL;
    struct sqli_stream stream = {
        .size = sizeof stream, .context = file, .read = read_stream, .write = write_stream};
    int result = accept ? sqli_accept_file(self->stmt, name, &stream)
                        : sqli_supply_file(self->stmt, name, &stream);
    PyObject *said = native_result(self->owner, result);
    if (said && (!self->files && !(self->files = PyList_New(0))))
        Py_CLEAR(said);
    if (said && PyList_Append(self->files, file))
        Py_CLEAR(said);
    native_leave_statement(self);
    return said;
}

/* --- the rest --- */

static PyObject *statement_reset(native_statement *self, PyObject *_)
{
    (void)_;
    if (native_enter_statement(self))
        return NULL;
    sqli_reset(self->stmt);
    self->has_row = 0;
    Py_CLEAR(self->rows);
    Py_CLEAR(self->partial);
    native_leave_statement(self);
    Py_RETURN_NONE;
}

static PyObject *statement_close(native_statement *self, PyObject *_)
{
    (void)_;
    if (!self->stmt || native_enter(self->owner))
        return self->stmt ? NULL : Py_NewRef(Py_None);
    sqli_stmt *stmt = self->stmt;
    self->stmt = NULL;
    sqli_finalize(stmt);
    native_leave(self->owner);
    Py_RETURN_NONE;
}

#define NUMBER(name, function)                                                        \
    static PyObject *get_##name(native_statement *self, void *_)                      \
    {                                                                                 \
        (void)_;                                                                      \
        return PyLong_FromLongLong(self->stmt ? (long long)function(self->stmt) : 0); \
    }

NUMBER(rows, sqli_rows)
NUMBER(serial, sqli_serial)
NUMBER(warnings, sqli_warnings)
NUMBER(type, sqli_statement_type)
NUMBER(gives_rows, sqli_gives_rows)
NUMBER(parameters, sqli_bind_count)
NUMBER(place, sqli_row_number)

static PyObject *get_cursor_name(native_statement *self, void *_)
{
    (void)_;
    if (native_enter_statement(self))
        return NULL;
    PyObject *name = PyUnicode_FromString(sqli_cursor_name(self->stmt));
    native_leave_statement(self);
    return name;
}

static PyObject *get_reader(native_statement *self, void *_)
{
    (void)_;
    return PyLong_FromLong(self->reader);
}

static PyGetSetDef properties[] = {
    {"rows", (getter)get_rows, NULL, NULL, NULL},
    {"serial", (getter)get_serial, NULL, NULL, NULL},
    {"warnings", (getter)get_warnings, NULL, NULL, NULL},
    {"type", (getter)get_type, NULL, NULL, NULL},
    {"gives_rows", (getter)get_gives_rows, NULL, NULL, NULL},
    {"reader", (getter)get_reader, NULL, "Not 0: a stream of Arrow reads the rows.", NULL},
    {"place", (getter)get_place, NULL, "The row that a scroll cursor is on, from 1.", NULL},
    {"parameters", (getter)get_parameters, NULL, NULL, NULL},
    {"cursor_name", (getter)get_cursor_name, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define METHOD(name, flags)                                               \
    {                                                                     \
#name, (PyCFunction)(void (*)(void))statement_##name, flags, NULL \
    }

static PyMethodDef methods[] = {
    METHOD(columns, METH_NOARGS),
    METHOD(bind, METH_O),
    METHOD(describe, METH_NOARGS),
    METHOD(execute, METH_NOARGS),
    {"fetch", (PyCFunction)native_fetch, METH_VARARGS, NULL},
    METHOD(arrow, METH_NOARGS),
    {"scroll", (PyCFunction)native_scroll, METH_VARARGS, NULL},
    METHOD(batch_begin, METH_O),
    METHOD(batch_rows, METH_VARARGS),
    METHOD(batch_end, METH_NOARGS),
    METHOD(file, METH_VARARGS),
    METHOD(reset, METH_NOARGS),
    METHOD(close, METH_NOARGS),
    {NULL, NULL, 0, NULL},
};

PyTypeObject native_statement_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "informix_db._native.Statement",
    .tp_doc = "Statement(connection, sql, flags=0, call=False)",
    .tp_basicsize = sizeof(native_statement),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)statement_traverse,
    .tp_clear = (inquiry)statement_clear,
    .tp_new = statement_new,
    .tp_dealloc = (destructor)statement_dealloc,
    .tp_methods = methods,
    .tp_getset = properties,
};
