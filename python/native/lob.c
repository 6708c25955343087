/* Open large objects. */
#include "native.h"

/* As native_enter; -1 with an exception also when the object is closed. */
static int enter(native_lob *self)
{
    if (native_enter(self->owner))
        return -1;
    if (self->lob)
        return 0;
    native_leave(self->owner);
    PyErr_SetString(PyExc_ValueError, "the large object is closed");
    return -1;
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

/* The object, or None for NULL. Somebody has entered the connection. */
static PyObject *open_it(struct opening *o, native_call *call)
{
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
            made->written = o->mode != SQLI_LOB_READ;
        } else
            sqli_lob_close(o->lob);
        said = (PyObject *)made;
    }
    return said;
}

static PyObject *enter_and_open(struct opening *o, native_call *call)
{
    if (native_enter(o->owner))
        return NULL;
    PyObject *opened = open_it(o, call);
    native_leave(o->owner);
    return opened;
}

/* Lob.column(statement, column, mode) */
static PyObject *lob_column(PyObject *type, PyObject *args)
{
    native_statement *statement;
    struct opening o = {0};
    (void)type;
    if (!PyArg_ParseTuple(args, "O!ii", &native_statement_type, &statement, &o.column, &o.mode))
        return NULL;
    if (native_enter_statement(statement))
        return NULL;
    o.owner = statement->owner;
    o.stmt = statement->stmt;
    PyObject *opened = open_it(&o, open_column);
    native_leave_statement(statement);
    return opened;
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
    return enter_and_open(&o, open_locator);
}

/* Lob.create(connection, type) */
static PyObject *lob_create(PyObject *type, PyObject *args)
{
    struct opening o = {0};
    (void)type;
    if (!PyArg_ParseTuple(args, "O!i", &native_connection_type, &o.owner, &o.type))
        return NULL;
    return enter_and_open(&o, create);
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
    if (size < 0)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "read of %zd bytes", size);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes || enter(self)) {
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
    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE))
        return NULL;
    PyObject *said = NULL;
    if (enter(self) == 0) {
        struct transfer t = {self->lob, view.buf, (size_t)view.len, 0, 0};
        said = native_result(self->owner, native_drive(self->owner, write_all, &t));
        native_leave(self->owner);
    }
    PyBuffer_Release(&view);
    return said;
}

static PyObject *with_number(native_lob *self, native_call *call, struct transfer *t)
{
    if (enter(self))
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
    if (enter(self))
        return NULL;
    PyObject *place = PyLong_FromUnsignedLongLong(sqli_lob_tell(self->lob));
    native_leave(self->owner);
    return place;
}

static int close_it(void *context)
{
    return sqli_lob_close(((struct transfer *)context)->lob);
}

static PyObject *lob_close(native_lob *self, PyObject *_)
{
    (void)_;
    if (native_enter(self->owner))
        return NULL;
    PyObject *said = NULL;
    struct transfer t = {.lob = self->lob};
    if (t.lob) {
        said = native_result(self->owner, native_drive(self->owner, close_it, &t));
        self->lob = said == native_more ? self->lob : NULL;
    }
    native_leave(self->owner);
    return t.lob ? said : Py_NewRef(Py_None);
}

/* Only what was merely read is closed here, when nobody is inside: that takes no waiting. All else
 * ends with the connection. */
static void lob_dealloc(native_lob *self)
{
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    if (self->lob && (self->written || sqli_lob_close(self->lob) != SQLI_OK))
        native_adopt(self->owner, self->lob);
    Py_XDECREF(self->owner);
    PyErr_Restore(kind, value, trace);
    PyObject_Free(self);
}

#define METHOD(name, flags)                                         \
    {                                                               \
#name, (PyCFunction)(void (*)(void))lob_##name, flags, NULL \
    }

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
