/* Rows as Python objects: by the block where all columns allow it, else one by one. */
#include "native.h"

enum { AT_ONCE = 512, BLOCK_ROWS = 1 << 16 };

/* --- one by one --- */

static int step(void *context)
{
    return sqli_step(context);
}

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
            Py_DECREF(value);
            self->partial = row;
            self->partial_count = i;
            return Py_NewRef(native_more);
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
static PyObject *made_of(PyObject *row, PyObject *factory)
{
    if (!row || row == native_more || factory == Py_None)
        return row;
    PyObject *made = PyObject_CallOneArg(factory, row);
    Py_DECREF(row);
    return made;
}

/* SQLI_OK, SQLI_MORE or NATIVE_RAISED. */
static int append_row(native_statement *self, PyObject *factory)
{
    PyObject *row = made_of(read_row(self), factory);
    if (!row)
        return NATIVE_RAISED;
    int result = SQLI_MORE;
    if (row != native_more)
        result = PyList_Append(self->rows, row) ? NATIVE_RAISED : SQLI_OK;
    Py_DECREF(row);
    return result;
}

/* Goes on by what has come; once there are rows, only those that are at hand, unless `all`. */
static int advance(native_statement *self, native_call *call, void *context, int all)
{
    int result = call(context);
    if (result != SQLI_MORE)
        return result;
    if (!all && PyList_GET_SIZE(self->rows) > 0)
        return SQLI_MORE;
    return native_drive(self->owner, call, context);
}

static int fetch_by_row(native_statement *self, Py_ssize_t most, int all, PyObject *factory)
{
    for (;;) {
        int appended = self->has_row ? append_row(self, factory) : SQLI_OK;
        if (appended != SQLI_OK)
            return appended;
        self->has_row = 0;
        if (most >= 0 && PyList_GET_SIZE(self->rows) >= most)
            return SQLI_ROW;
        int result = advance(self, step, self->stmt, all);
        if (result == SQLI_MORE && !all && PyList_GET_SIZE(self->rows) > 0)
            return SQLI_ROW;
        if (result != SQLI_ROW)
            return result;
        self->has_row = 1;
        if (native_stop_if_cancelled(self->owner))
            return NATIVE_RAISED;
    }
}

/* --- by the block --- */

struct fetching {
    sqli_stmt *stmt;
    int64_t most;
    struct sqli_block block;
};

/* Decoding needs nothing of Python. */
static int fetch_block(void *context)
{
    struct fetching *f = context;
    int result;
    Py_BEGIN_ALLOW_THREADS result = sqli_fetch_block(f->stmt, f->most, &f->block);
    Py_END_ALLOW_THREADS return result;
}

/* Tuples of plain values can be part of no cycle: the garbage collector need not look at them, as
 * it would find out itself. */
static int make_tuples(Py_ssize_t columns, Py_ssize_t count, PyObject **rows)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        rows[i] = PyTuple_New(columns);
        if (!rows[i]) {
            while (i-- > 0)
                Py_DECREF(rows[i]);
            return -1;
        }
        PyObject_GC_UnTrack(rows[i]);
    }
    return 0;
}

static int fill_rows(native_statement *self, const struct sqli_block *block, int64_t first,
                     Py_ssize_t count, PyObject **rows)
{
    for (Py_ssize_t c = 0; c < self->column_count; c++) {
        native_column *column = &self->columns[c];
        if (column->filling->fill(column, &block->column[c], first, count, rows))
            return -1;
    }
    return 0;
}

/* Takes the references to the rows, also when it fails. */
static int append_rows(native_statement *self, PyObject *factory, Py_ssize_t count, PyObject **rows,
                       int failed)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (failed) {
            Py_DECREF(rows[i]);
            continue;
        }
        PyObject *row = made_of(rows[i], factory);
        failed = !row || PyList_Append(self->rows, row);
        Py_XDECREF(row);
    }
    return failed ? -1 : 0;
}

static int append_block(native_statement *self, const struct sqli_block *block, PyObject *factory)
{
    PyObject *rows[AT_ONCE];
    for (int64_t first = 0; first < block->rows; first += AT_ONCE) {
        int64_t left = block->rows - first;
        Py_ssize_t count = left < AT_ONCE ? (Py_ssize_t)left : AT_ONCE;
        if (make_tuples(self->column_count, count, rows))
            return -1;
        int failed = fill_rows(self, block, first, count, rows);
        if (append_rows(self, factory, count, rows, failed))
            return -1;
    }
    return 0;
}

static int fetch_by_block(native_statement *self, Py_ssize_t most, int all, PyObject *factory)
{
    struct fetching f = {.stmt = self->stmt, .block = {.size = sizeof f.block}};
    for (;;) {
        Py_ssize_t there = PyList_GET_SIZE(self->rows);
        if (most >= 0 && there >= most)
            return SQLI_ROW;
        f.most = most < 0 || most - there > BLOCK_ROWS ? BLOCK_ROWS : most - there;
        int result = advance(self, fetch_block, &f, all);
        if (result == SQLI_MORE && !all && there > 0)
            return SQLI_ROW;
        if (result != SQLI_ROW)
            return result;
        if (append_block(self, &f.block, factory) || native_stop_if_cancelled(self->owner))
            return NATIVE_RAISED;
    }
}

/* fetch(most, all, factory) -> (rows, state): ROW when there may be more, or DONE. Once there are
 * rows it only goes on without waiting, unless `all`. Rows that came before it has to be called
 * again are kept until then. */
PyObject *native_fetch(native_statement *self, PyObject *args)
{
    Py_ssize_t most;
    int all;
    PyObject *factory = Py_None, *said = NULL;
    if (!PyArg_ParseTuple(args, "np|O", &most, &all, &factory) || native_enter_statement(self))
        return NULL;
    self->owner->cancelled &= self->rows != NULL;
    if ((self->rows || (self->rows = PyList_New(0))) && native_read_columns(self) == 0) {
        int by_block = self->by_block && !self->has_row;
        int state = (by_block ? fetch_by_block : fetch_by_row)(self, most, all, factory);
        said = native_say(self, state);
    }
    if (said != native_more) {
        PyObject *rows = self->rows;
        self->rows = NULL;
        if (said)
            said = Py_BuildValue("(NN)", rows, said);
        else
            Py_XDECREF(rows);
    }
    native_leave_statement(self);
    return said;
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
PyObject *native_scroll(native_statement *self, PyObject *args)
{
    struct scroll s = {0};
    PyObject *factory = Py_None, *row = NULL;
    if (!PyArg_ParseTuple(args, "iL|O", &s.to, &s.offset, &factory) || native_enter_statement(self))
        return NULL;
    s.stmt = self->stmt;
    int result = self->partial ? SQLI_ROW : native_drive(self->owner, scroll, &s);
    self->has_row = 0;
    if (result == SQLI_ROW)
        row = native_read_columns(self) ? NULL : made_of(read_row(self), factory);
    else if (result == SQLI_DONE)
        row = Py_NewRef(Py_None);
    else
        row = native_say(self, result);
    native_leave_statement(self);
    return row;
}
