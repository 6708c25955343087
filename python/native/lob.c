/* Open large objects. */
#include "native.h"

static int is_closed(native_lob *self)
{
    if (self->lob)
        return 0;
    PyErr_SetString(PyExc_ValueError, "the large object is closed");
    return 1;
}

/* --- opening --- */

struct opening {
    native_connection *owner;
    sqli_stmt *stmt;
    int column, type, mode;
    const uint8_t *locator;
    sqli_lob *lob;
};

static int open_column(void *context)
{
    struct opening *o = context;
    return sqli_lob_open(o->stmt, o->column, o->mode, &o->lob);
}

static int open_locator(void *context)
{
    struct opening *o = context;
    return sqli_lob_open_locator(o->owner->conn, o->type, o->locator, o->mode, &o->lob);
}

static int create(void *context)
{
    struct opening *o = context;
    return sqli_lob_create(o->owner->conn, o->type, &o->lob);
}

/* The object, or None for NULL. */
static PyObject *open_it(struct opening *o, native_call *call)
{
    if (native_enter(o->owner))
        return NULL;
    int result = native_drive(o->owner, call, o);
    PyObject *said;
    if (result == SQLI_NULL)
        said = Py_NewRef(Py_None);
    else if (result != SQLI_OK)
        said = native_result(o->owner, result);
    else {
        native_lob *made = PyObject_New(native_lob, &native_lob_type);
        if (made) {
            Py_INCREF(o->owner);
            made->owner = o->owner;
            made->lob = o->lob;
        } else
            sqli_lob_close(o->lob);
        said = (PyObject *)made;
    }
    native_leave(o->owner);
    return said;
}

/* Lob.column(statement, column, mode) */
static PyObject *lob_column(PyObject *type, PyObject *args)
{
    native_statement *statement;
    struct opening o = {0};
    (void)type;
    if (!PyArg_ParseTuple(args, "O!ii", &native_statement_type, &statement, &o.column, &o.mode))
        return NULL;
    o.owner = statement->owner;
    o.stmt = statement->stmt;
    return open_it(&o, open_column);
}

/* Lob.locator(connection, type, bytes, mode) */
static PyObject *lob_locator(PyObject *type, PyObject *args)
{
    struct opening o = {0};
    const char *bytes;
    Py_ssize_t length;
    (void)type;
    if (!PyArg_ParseTuple(args, "O!iy#i", &native_connection_type, &o.owner, &o.type, &bytes,
                          &length, &o.mode))
        return NULL;
    if (length != SQLI_LOCATOR_SIZE)
        return PyErr_Format(PyExc_ValueError, "a locator has %d bytes", SQLI_LOCATOR_SIZE);
    o.locator = (const uint8_t *)bytes;
    return open_it(&o, open_locator);
}

/* Lob.create(connection, type) */
static PyObject *lob_create(PyObject *type, PyObject *args)
{
    struct opening o = {0};
    (void)type;
    if (!PyArg_ParseTuple(args, "O!i", &native_connection_type, &o.owner, &o.type))
        return NULL;
    return open_it(&o, create);
}

/* --- using --- */

struct transfer {
    sqli_lob *lob;
    void *bytes;
    size_t size, got;
    uint64_t number;
};

static int read_some(void *context)
{
    struct transfer *t = context;
    return sqli_lob_read(t->lob, t->bytes, t->size, &t->got);
}

/* read(size) -> bytes, none at the end. */
static PyObject *lob_read(native_lob *self, PyObject *arg)
{
    Py_ssize_t size = PyLong_AsSsize_t(arg);
    if ((size == -1 && PyErr_Occurred()) || is_closed(self))
        return NULL;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes || native_enter(self->owner)) {
        Py_XDECREF(bytes);
        return NULL;
    }
    struct transfer t = {self->lob, PyBytes_AS_STRING(bytes), (size_t)size, 0, 0};
    int result = native_drive(self->owner, read_some, &t);
    PyObject *said = native_result(self->owner, result);
    native_leave(self->owner);
    if (said != Py_None) {
        Py_DECREF(bytes);
        return said;
    }
    Py_DECREF(said);
    _PyBytes_Resize(&bytes, (Py_ssize_t)t.got);
    return bytes;
}

static int write_all(void *context)
{
    struct transfer *t = context;
    return sqli_lob_write(t->lob, t->bytes, t->size);
}

static PyObject *lob_write(native_lob *self, PyObject *arg)
{
    Py_buffer view;
    if (is_closed(self) || PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE))
        return NULL;
    PyObject *said = NULL;
    if (native_enter(self->owner) == 0) {
        struct transfer t = {self->lob, view.buf, (size_t)view.len, 0, 0};
        said = native_result(self->owner, native_drive(self->owner, write_all, &t));
        native_leave(self->owner);
    }
    PyBuffer_Release(&view);
    return said;
}

static PyObject *with_number(native_lob *self, native_call *call, struct transfer *t)
{
    if (is_closed(self) || native_enter(self->owner))
        return NULL;
    t->lob = self->lob;
    PyObject *said = native_result(self->owner, native_drive(self->owner, call, t));
    native_leave(self->owner);
    return said;
}

static int seek_to(void *context)
{
    struct transfer *t = context;
    return sqli_lob_seek(t->lob, t->number);
}

static int truncate_to(void *context)
{
    struct transfer *t = context;
    return sqli_lob_truncate(t->lob, t->number);
}

static PyObject *numbered(native_lob *self, PyObject *arg, native_call *call)
{
    struct transfer t = {.number = PyLong_AsUnsignedLongLong(arg)};
    if (t.number == (uint64_t)-1 && PyErr_Occurred())
        return NULL;
    return with_number(self, call, &t);
}

static PyObject *lob_seek(native_lob *self, PyObject *arg)
{
    return numbered(self, arg, seek_to);
}

static PyObject *lob_truncate(native_lob *self, PyObject *arg)
{
    return numbered(self, arg, truncate_to);
}

static int ask_size(void *context)
{
    struct transfer *t = context;
    return sqli_lob_size(t->lob, &t->number);
}

/* size() -> how many bytes it has. */
static PyObject *lob_size(native_lob *self, PyObject *_)
{
    struct transfer t = {0};
    (void)_;
    PyObject *said = with_number(self, ask_size, &t);
    if (said != Py_None)
        return said;
    Py_DECREF(said);
    return PyLong_FromUnsignedLongLong(t.number);
}

static PyObject *lob_tell(native_lob *self, PyObject *_)
{
    (void)_;
    return is_closed(self) ? NULL : PyLong_FromUnsignedLongLong(sqli_lob_tell(self->lob));
}

static int close_it(void *context)
{
    return sqli_lob_close(((struct transfer *)context)->lob);
}

static PyObject *lob_close(native_lob *self, PyObject *_)
{
    struct transfer t = {0};
    (void)_;
    if (!self->lob)
        Py_RETURN_NONE;
    PyObject *said = with_number(self, close_it, &t);
    if (said != native_more)
        self->lob = NULL;
    return said;
}

static void lob_dealloc(native_lob *self)
{
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    if (self->lob && native_enter(self->owner) == 0) {
        while (sqli_lob_close(self->lob) == SQLI_MORE && !self->owner->own)
            ;
        native_leave(self->owner);
    }
    Py_XDECREF(self->owner);
    PyErr_Restore(kind, value, trace);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

#define METHOD(name, flags) {#name, (PyCFunction)(void (*)(void))lob_##name, flags, NULL}

static PyMethodDef methods[] = {
    METHOD(column, METH_VARARGS | METH_STATIC),
    METHOD(locator, METH_VARARGS | METH_STATIC),
    METHOD(create, METH_VARARGS | METH_STATIC),
    METHOD(read, METH_O),
    METHOD(write, METH_O),
    METHOD(seek, METH_O),
    METHOD(truncate, METH_O),
    METHOD(size, METH_NOARGS),
    METHOD(tell, METH_NOARGS),
    METHOD(close, METH_NOARGS),
    {NULL, NULL, 0, NULL},
};

PyTypeObject native_lob_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "informix_db._native.Lob",
    .tp_doc = "An open large object; made by column, locator and create.",
    .tp_basicsize = sizeof(native_lob),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = (destructor)lob_dealloc,
    .tp_methods = methods,
};
