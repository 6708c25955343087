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
    return (PyObject *)self;
}

static void forget_columns(native_statement *self)
{
    PyMem_Free(self->columns);
    self->columns = NULL;
    self->column_count = 0;
}

/* Another thread may be waiting inside the connection; what it has to do first is short. */
static void finalize(native_statement *self)
{
    if (!self->stmt || native_enter(self->owner))
        return;
    sqli_finalize(self->stmt);
    self->stmt = NULL;
    native_leave(self->owner);
}

static void statement_dealloc(native_statement *self)
{
    if (self->owner) {
        PyObject *kind, *value, *trace;
        PyErr_Fetch(&kind, &value, &trace);
        finalize(self);
        PyErr_Restore(kind, value, trace);
    }
    forget_columns(self);
    Py_CLEAR(self->rows);
    Py_CLEAR(self->partial);
    Py_XDECREF(self->owner);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int is_closed(native_statement *self)
{
    if (self->stmt)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "the statement is closed");
    return 1;
}

PyObject *native_raise_statement(native_statement *statement)
{
    return native_raise(statement->owner);
}

/* --- columns --- */

/* Once the statement is described. */
static int read_columns(native_statement *self)
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
    }
    self->column_count = count;
    return 0;
}

/* (name, type, type_name, nullable, length, precision, scale, first, last, extended_id) each. */
static PyObject *statement_columns(native_statement *self, PyObject *_)
{
    (void)_;
    if (is_closed(self) || read_columns(self))
        return NULL;
    PyObject *all = PyTuple_New(self->column_count);
    for (Py_ssize_t i = 0; all && i < self->column_count; i++) {
        const struct sqli_column_info *info = &self->columns[i].info;
        PyObject *one =
            Py_BuildValue("(sisiLiiiii)", info->name, info->type, info->type_name, info->nullable,
                          (long long)info->length, info->precision, info->scale, info->first,
                          info->last, (int)info->extended_id);
        if (!one) {
            Py_CLEAR(all);
            break;
        }
        PyTuple_SET_ITEM(all, i, one);
    }
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
            PyErr_Format(error, "the statement has %d parameters, %zd were given", wanted, count);
        result = -1;
    }
    for (Py_ssize_t i = 0; result == 0 && i < count; i++)
        result = native_bind(self, (int)i + 1, PySequence_Fast_GET_ITEM(fast, i));
    Py_DECREF(fast);
    return result;
}

static int bind_mapping(native_statement *self, PyObject *values)
{
    int count = sqli_bind_count(self->stmt);
    for (int i = 1; i <= count; i++) {
        const char *name = sqli_bind_name(self->stmt, i);
        PyObject *value = name ? PyMapping_GetItemString(values, name) : NULL;
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

static int bind_all(native_statement *self, PyObject *values)
{
    if (values == Py_None)
        return 0;
    if (PyDict_Check(values))
        return bind_mapping(self, values);
    return bind_sequence(self, values);
}

static PyObject *statement_bind(native_statement *self, PyObject *values)
{
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    int result = bind_all(self, values);
    native_leave(self->owner);
    if (result)
        return NULL;
    Py_RETURN_NONE;
}

/* --- executing --- */

static int step(void *context)
{
    return sqli_step(context);
}

/* ROW, DONE or native_more. */
static PyObject *say(native_statement *self, int result)
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
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    int result = native_drive(self->owner, execute, self->stmt);
    self->has_row = 0;
    PyObject *said = native_result(self->owner, result);
    if (said && result != SQLI_MORE && read_columns(self))
        Py_CLEAR(said);
    native_leave(self->owner);
    return said;
}

static int describe(void *context)
{
    return sqli_describe(context);
}

static PyObject *statement_describe(native_statement *self, PyObject *_)
{
    (void)_;
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    PyObject *said = native_result(self->owner, native_drive(self->owner, describe, self->stmt));
    native_leave(self->owner);
    return said;
}

/* --- rows --- */

/* A row whose large object is on its way is kept, to go on with the column that is missing. */
static PyObject *read_row(native_statement *self)
{
    Py_ssize_t i = self->partial ? self->partial_count : 0;
    PyObject *row = self->partial ? self->partial : PyTuple_New(self->column_count);
    self->partial = NULL;
    for (; row && i < self->column_count; i++) {
        native_column *column = &self->columns[i];
        PyObject *value = column->read(self, column);
        if (value == native_more) {
            self->partial = row;
            self->partial_count = i;
            return value;
        }
        if (!value) {
            Py_DECREF(row);
            return NULL;
        }
        PyTuple_SET_ITEM(row, i, value);
    }
    return row;
}

/* A row factory is called with the tuple. */
static PyObject *make_row(native_statement *self, PyObject *factory)
{
    PyObject *row = read_row(self);
    if (!row || row == native_more || factory == Py_None)
        return row;
    PyObject *made = PyObject_CallOneArg(factory, row);
    Py_DECREF(row);
    return made;
}

/* SQLI_OK, SQLI_MORE or NATIVE_RAISED. */
static int append_row(native_statement *self, PyObject *factory)
{
    PyObject *row = make_row(self, factory);
    if (!row)
        return NATIVE_RAISED;
    int result = SQLI_MORE;
    if (row != native_more)
        result = PyList_Append(self->rows, row) ? NATIVE_RAISED : SQLI_OK;
    Py_DECREF(row);
    return result;
}

/* The rows up to `most`. Once there are some, it only goes on without waiting, unless `all`. */
static int fetch_into(native_statement *self, Py_ssize_t most, int all, PyObject *factory)
{
    for (;;) {
        int appended = self->has_row ? append_row(self, factory) : SQLI_OK;
        if (appended != SQLI_OK)
            return appended;
        self->has_row = 0;
        if (most >= 0 && PyList_GET_SIZE(self->rows) >= most)
            return SQLI_ROW;
        int result = sqli_step(self->stmt);
        if (result == SQLI_MORE && !all && PyList_GET_SIZE(self->rows) > 0)
            return SQLI_ROW;
        if (result == SQLI_MORE)
            result = native_drive(self->owner, step, self->stmt);
        if (result != SQLI_ROW)
            return result;
        self->has_row = 1;
    }
}

/* fetch(most, all, factory) -> (rows, state): ROW when there may be more, or DONE. Rows that came
 * before it has to be called again are kept until then. */
static PyObject *statement_fetch(native_statement *self, PyObject *args)
{
    Py_ssize_t most;
    int all;
    PyObject *factory = Py_None;
    if (!PyArg_ParseTuple(args, "np|O", &most, &all, &factory) || is_closed(self))
        return NULL;
    if (!self->rows && !(self->rows = PyList_New(0)))
        return NULL;
    if (read_columns(self) || native_enter(self->owner))
        return NULL;
    int state = fetch_into(self, most, all, factory);
    if (state == SQLI_MORE) {
        native_leave(self->owner);
        return Py_NewRef(native_more);
    }
    PyObject *said = say(self, state);
    native_leave(self->owner);
    PyObject *rows = self->rows;
    self->rows = NULL;
    if (!said) {
        Py_DECREF(rows);
        return NULL;
    }
    return Py_BuildValue("(NN)", rows, said);
}

/* The columns are described; the rows that were not fetched yet come as Arrow. */
static PyObject *statement_arrow(native_statement *self, PyObject *_)
{
    (void)_;
    if (is_closed(self) || read_columns(self))
        return NULL;
    return native_arrow_stream(self);
}

/* --- scrolling --- */

struct scroll {
    sqli_stmt *stmt;
    int to;
    long long offset;
};

static int scroll(void *context)
{
    struct scroll *s = context;
    return sqli_scroll(s->stmt, s->to, s->offset);
}

/* scroll(to, offset, factory) -> the row, or None when there is none. */
static PyObject *statement_scroll(native_statement *self, PyObject *args)
{
    struct scroll s = {.stmt = self->stmt};
    PyObject *factory = Py_None;
    if (!PyArg_ParseTuple(args, "iL|O", &s.to, &s.offset, &factory) || is_closed(self) ||
        native_enter(self->owner))
        return NULL;
    PyObject *row = NULL;
    int result = self->partial ? SQLI_ROW : native_drive(self->owner, scroll, &s);
    self->has_row = 0;
    if (result == SQLI_ROW)
        row = read_columns(self) ? NULL : make_row(self, factory);
    else if (result == SQLI_DONE)
        row = Py_NewRef(Py_None);
    else
        row = say(self, result);
    native_leave(self->owner);
    return row;
}

/* --- batches --- */

static PyObject *statement_batch_begin(native_statement *self, PyObject *arg)
{
    int kind = (int)PyLong_AsLong(arg);
    if ((kind == -1 && PyErr_Occurred()) || is_closed(self) || native_enter(self->owner))
        return NULL;
    PyObject *said = native_result(self->owner, sqli_batch_begin(self->stmt, kind));
    native_leave(self->owner);
    return said;
}

static int batch_row(void *context)
{
    return sqli_batch_row(context);
}

/* batch_row(values); called again with None for the values. */
static PyObject *statement_batch_row(native_statement *self, PyObject *values)
{
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    PyObject *said = NULL;
    if (bind_all(self, values) == 0)
        said = native_result(self->owner, native_drive(self->owner, batch_row, self->stmt));
    native_leave(self->owner);
    return said;
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
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    PyObject *said = NULL;
    int result = native_drive(self->owner, batch_end, &end);
    long long failed = sqli_batch_failures(self->stmt);
    if (result == SQLI_OK || (result == SQLI_FAIL && failed > 0))
        said = Py_BuildValue("(LLN)", (long long)end.rows, failed, failures_of(self));
    else
        said = say(self, result);
    native_leave(self->owner);
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

/* supply(name, file, write): the file must live until the statement is reset. */
static PyObject *statement_file(native_statement *self, PyObject *args)
{
    const char *name;
    PyObject *file;
    int accept;
    if (!PyArg_ParseTuple(args, "sOp", &name, &file, &accept) || is_closed(self) ||
        native_enter(self->owner))
        return NULL;
    struct sqli_stream stream = {
        .size = sizeof stream, .context = file, .read = read_stream, .write = write_stream};
    int result = accept ? sqli_accept_file(self->stmt, name, &stream)
                        : sqli_supply_file(self->stmt, name, &stream);
    PyObject *said = native_result(self->owner, result);
    native_leave(self->owner);
    return said;
}

/* --- the rest --- */

static PyObject *statement_reset(native_statement *self, PyObject *_)
{
    (void)_;
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    sqli_reset(self->stmt);
    self->has_row = 0;
    Py_CLEAR(self->rows);
    Py_CLEAR(self->partial);
    native_leave(self->owner);
    Py_RETURN_NONE;
}

static PyObject *statement_close(native_statement *self, PyObject *_)
{
    (void)_;
    finalize(self);
    Py_RETURN_NONE;
}

#define NUMBER(name, function)                                              \
    static PyObject *get_##name(native_statement *self, void *_)            \
    {                                                                       \
        (void)_;                                                            \
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
    return is_closed(self) ? NULL : PyUnicode_FromString(sqli_cursor_name(self->stmt));
}

static PyGetSetDef properties[] = {
    {"rows", (getter)get_rows, NULL, NULL, NULL},
    {"serial", (getter)get_serial, NULL, NULL, NULL},
    {"warnings", (getter)get_warnings, NULL, NULL, NULL},
    {"type", (getter)get_type, NULL, NULL, NULL},
    {"gives_rows", (getter)get_gives_rows, NULL, NULL, NULL},
    {"place", (getter)get_place, NULL, "The row that a scroll cursor is on, from 1.", NULL},
    {"parameters", (getter)get_parameters, NULL, NULL, NULL},
    {"cursor_name", (getter)get_cursor_name, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define METHOD(name, flags) {#name, (PyCFunction)(void (*)(void))statement_##name, flags, NULL}

static PyMethodDef methods[] = {
    METHOD(columns, METH_NOARGS),
    METHOD(bind, METH_O),
    METHOD(describe, METH_NOARGS),
    METHOD(execute, METH_NOARGS),
    METHOD(fetch, METH_VARARGS),
    METHOD(arrow, METH_NOARGS),
    METHOD(scroll, METH_VARARGS),
    METHOD(batch_begin, METH_O),
    METHOD(batch_row, METH_O),
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
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = statement_new,
    .tp_dealloc = (destructor)statement_dealloc,
    .tp_methods = methods,
    .tp_getset = properties,
};
