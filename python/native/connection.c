/* A connection: options, connecting, transactions, and who waits for its bytes. */
#include "native.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SLICE = 250,     /* milliseconds after which a wait looks for signals */
    GRACE = 5000,    /* milliseconds that a server has to answer a cancel */
    PATIENCE = 2000, /* milliseconds that close() gives a cancelled call of another thread */
};

/* --- errors --- */

PyObject *native_raise_error(const sqli_error *error)
{
    PyObject *make = native_registered("make_error");
    if (!make)
        return NULL;
    PyObject *exception = PyObject_CallFunction(
        make, "iiisNNsi", sqli_err_code(error), sqli_err_isam(error), sqli_err_offset(error),
        sqli_err_sqlstate(error),
        PyUnicode_DecodeUTF8(sqli_err_message(error), (Py_ssize_t)strlen(sqli_err_message(error)),
                             "replace"),
        PyUnicode_DecodeUTF8(sqli_err_near(error), (Py_ssize_t)strlen(sqli_err_near(error)),
                             "replace"),
        sqli_err_hint(error), sqli_err_retryable(error));
    if (!exception)
        return NULL;
    PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_DECREF(exception);
    return NULL;
}

PyObject *native_raise(native_connection *self)
{
    return native_raise_error(sqli_last_error(self->conn));
}

PyObject *native_result(native_connection *self, int result)
{
    if (result == NATIVE_RAISED)
        return NULL;
    if (result == SQLI_BUSY) {
        PyErr_SetString(PyExc_RuntimeError, "another thread is inside this connection");
        return NULL;
    }
    if (result == SQLI_FAIL)
        return native_raise(self);
    return Py_NewRef(result == SQLI_MORE ? native_more : Py_None);
}

/* --- waiting --- */

static unsigned forks;

static void count_fork(void)
{
    forks++;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

/* In the child nobody is left who would give the lock back; that the connection is not the child's
 * is said by the library. */
static int renew_lock(native_connection *self)
{
    self->forks = forks;
    self->thread = 0;
    self->lock = PyThread_allocate_lock(); /* the other one may be held, so it cannot be freed */
    if (self->lock)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 1: the lock is taken; 0: it is not within so many milliseconds. */
static int take_lock(native_connection *self, int64_t milliseconds)
{
    PyLockStatus got;
    Py_BEGIN_ALLOW_THREADS got = PyThread_acquire_lock_timed(self->lock, milliseconds * 1000, 1);
    Py_END_ALLOW_THREADS return got == PY_LOCK_ACQUIRED;
}

/* What the program's own code does in the middle of a call, a row factory for instance, cannot wait
 * for that call. */
static int is_inside(native_connection *self)
{
    if (self->thread != PyThread_get_thread_ident())
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "the connection is used in the middle of its own call");
    return 1;
}

int native_enter(native_connection *self)
{
    if (self->forks != forks && renew_lock(self))
        return -1;
    while (PyThread_acquire_lock(self->lock, NOWAIT_LOCK) != PY_LOCK_ACQUIRED) {
        if (is_inside(self))
            return -1;
        if (take_lock(self, SLICE))
            break;
        if (PyErr_CheckSignals())
            return -1;
    }
    self->thread = PyThread_get_thread_ident();
    return 0;
}

void native_leave(native_connection *self)
{
    self->thread = 0;
    PyThread_release_lock(self->lock);
}

static void wait_for_socket(native_connection *self)
{
    int wants = sqli_wants(self->conn);
    int64_t left = sqli_timeout(self->conn);
    struct pollfd ready[] = {
        {.fd = sqli_fd(self->conn),
         .events = (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) |
                           (wants & SQLI_WANTS_WRITE ? POLLOUT : 0))},
        {.fd = sqli_wake_fd(self->conn), .events = POLLIN},
    };
    int timeout = left >= 0 && left < SLICE ? (int)left : SLICE;
    Py_BEGIN_ALLOW_THREADS(void) poll(ready, 2, timeout);
    Py_END_ALLOW_THREADS
}

/* A signal handler that raises (Ctrl-C) cancels what is under way; its exception counts once the
 * server has answered, so that the connection stays usable. Whoever insists closes it. */
struct raised {
    PyObject *kind, *value, *trace;
    int64_t until;
};

static int look_for_signals(native_connection *self, struct raised *raised)
{
    int again = PyErr_CheckSignals() != 0;
    if (again && !raised->kind) {
        PyErr_Fetch(&raised->kind, &raised->value, &raised->trace);
        raised->until = now_ms() + GRACE;
        sqli_cancel(self->conn);
        return 0;
    }
    if (again)
        PyErr_Clear();
    return raised->kind && (again || now_ms() >= raised->until);
}

int native_drive(native_connection *self, native_call *call, void *context)
{
    struct raised raised = {0};
    int result;
    while ((result = call(context)) == SQLI_MORE && !self->own) {
        wait_for_socket(self);
        if (look_for_signals(self, &raised)) {
            sqli_disconnect(self->conn);
            result = NATIVE_RAISED;
            break;
        }
    }
    if (!raised.kind)
        return result;
    PyErr_Restore(raised.kind, raised.value, raised.trace);
    return NATIVE_RAISED;
}

/* --- life --- */

static PyObject *connection_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"own_transport", "encrypted", NULL};
    int own = 0, encrypted = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|pp", names, &own, &encrypted))
        return NULL;
    native_connection *self = (native_connection *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->own = own;
    self->forks = forks;
    self->conn = sqli_new();
    self->lock = PyThread_allocate_lock();
    if (!self->conn || !self->lock) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    if (own ? sqli_set_transport_own(self->conn, encrypted) : sqli_set_nonblocking(self->conn, 1)) {
        native_raise(self);
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

void native_adopt(native_connection *self, sqli_lob *lob)
{
    size_t size = (self->orphan_count + 1) * sizeof(sqli_lob *);
    sqli_lob **orphans = PyMem_Realloc(self->orphans, size);
    if (!orphans)
        return;
    self->orphans = orphans;
    self->orphans[self->orphan_count++] = lob;
}

static void connection_dealloc(native_connection *self)
{
    if (self->weak)
        PyObject_ClearWeakRefs((PyObject *)self);
    sqli_close(self->conn);
    for (size_t i = 0; i < self->orphan_count; i++)
        sqli_lob_close(self->orphans[i]);
    PyMem_Free(self->orphans);
    if (self->lock)
        PyThread_free_lock(self->lock);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* --- calls that may wait --- */

/* A text without NULs, which would cut it. */
static const char *text_of(PyObject *arg)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(arg, &length);
    if (!text || strlen(text) == (size_t)length)
        return text;
    PyErr_SetString(PyExc_ValueError, "embedded null character");
    return NULL;
}

struct named {
    sqli_conn *conn;
    const char *text;
    int64_t number;
};

static PyObject *drive(native_connection *self, native_call *call, const char *text)
{
    struct named named = {.conn = self->conn, .text = text};
    if (native_enter(self))
        return NULL;
    PyObject *result = native_result(self, native_drive(self, call, &named));
    native_leave(self);
    return result;
}

#define WAITING(name, function)                                              \
    static int call_##name(void *context)                                    \
    {                                                                        \
        return function(((struct named *)context)->conn);                    \
    }                                                                        \
    static PyObject *connection_##name(native_connection *self, PyObject *_) \
    {                                                                        \
        (void)_;                                                             \
        return drive(self, call_##name, NULL);                               \
    }

#define WAITING_TEXT(name, function)                                           \
    static int call_##name(void *context)                                      \
    {                                                                          \
        struct named *named = context;                                         \
        return function(named->conn, named->text);                             \
    }                                                                          \
    static PyObject *connection_##name(native_connection *self, PyObject *arg) \
    {                                                                          \
        const char *text = text_of(arg);                                       \
        return text ? drive(self, call_##name, text) : NULL;                   \
    }

WAITING(connect, sqli_connect)
WAITING(begin, sqli_begin)
WAITING(commit, sqli_commit)
WAITING(rollback, sqli_rollback)
WAITING_TEXT(savepoint, sqli_savepoint)
WAITING_TEXT(rollback_to, sqli_rollback_to)
WAITING_TEXT(release_savepoint, sqli_release_savepoint)
WAITING_TEXT(set_isolation, sqli_set_isolation)

static int call_autocommit(void *context)
{
    struct named *named = context;
    return sqli_set_autocommit(named->conn, (int)named->number);
}

static PyObject *connection_set_autocommit(native_connection *self, PyObject *arg)
{
    struct named named = {.conn = self->conn, .number = PyObject_IsTrue(arg)};
    if (named.number < 0 || native_enter(self))
        return NULL;
    PyObject *result = native_result(self, native_drive(self, call_autocommit, &named));
    native_leave(self);
    return result;
}

static int call_lock_wait(void *context)
{
    struct named *named = context;
    return sqli_set_lock_wait(named->conn, (int)named->number);
}

static PyObject *connection_set_lock_wait(native_connection *self, PyObject *arg)
{
    int overflow;
    struct named named = {.conn = self->conn, .number = PyLong_AsLongAndOverflow(arg, &overflow)};
    if (overflow || named.number > INT_MAX || named.number < INT_MIN)
        return PyErr_Format(PyExc_OverflowError, "more seconds than can be waited");
    if ((named.number == -1 && PyErr_Occurred()) || native_enter(self))
        return NULL;
    PyObject *result = native_result(self, native_drive(self, call_lock_wait, &named));
    native_leave(self);
    return result;
}

/* --- calls that do not --- */

static PyObject *connection_set(native_connection *self, PyObject *args)
{
    const char *option, *value;
    if (!PyArg_ParseTuple(args, "sz", &option, &value))
        return NULL;
    return native_result(self, sqli_set(self->conn, option, value));
}

static PyObject *connection_set_url(native_connection *self, PyObject *arg)
{
    const char *url = text_of(arg);
    return url ? native_result(self, sqli_set_url(self->conn, url)) : NULL;
}

static PyObject *connection_set_environment(native_connection *self, PyObject *_)
{
    (void)_;
    return native_result(self, sqli_set_environment(self->conn));
}

static PyObject *connection_get(native_connection *self, PyObject *arg)
{
    const char *option = text_of(arg);
    if (!option)
        return NULL;
    return Py_BuildValue("z", sqli_get(self->conn, option));
}

static PyObject *connection_info(native_connection *self, PyObject *arg)
{
    const char *what = text_of(arg);
    return what ? PyUnicode_FromString(sqli_info(self->conn, what)) : NULL;
}

/* The server may have nothing to do at this moment, in the middle of a call that has more to ask.
 */
int native_stop_if_cancelled(native_connection *self)
{
    enum { INTERRUPTED = -213 };
    PyObject *make = self->cancelled ? native_registered("make_error") : NULL;
    if (!make)
        return 0;
    PyObject *error =
        PyObject_CallFunction(make, "iiissssi", INTERRUPTED, 0, 0, sqli_error_sqlstate(INTERRUPTED),
                              sqli_error_text(INTERRUPTED), "", sqli_error_hint(INTERRUPTED), 0);
    if (error)
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(error);
    return -1;
}

static void cancel(native_connection *self)
{
    self->cancelled = 1;
    sqli_cancel(self->conn);
}

/* What another thread waits for is cancelled; where the server does not even answer that, the
 * socket is shut, so that it ends all the same. */
static int enter_to_close(native_connection *self)
{
    if (self->forks != forks ||
        PyThread_acquire_lock(self->lock, NOWAIT_LOCK) == PY_LOCK_ACQUIRED) {
        if (self->forks == forks)
            PyThread_release_lock(self->lock);
        return native_enter(self);
    }
    if (is_inside(self))
        return -1;
    cancel(self);
    if (take_lock(self, PATIENCE)) {
        self->thread = PyThread_get_thread_ident();
        return 0;
    }
    int socket = sqli_fd(self->conn);
    if (socket >= 0)
        shutdown(socket, SHUT_RDWR);
    return native_enter(self);
}

static PyObject *connection_close(native_connection *self, PyObject *_)
{
    (void)_;
    if (enter_to_close(self))
        return NULL;
    sqli_disconnect(self->conn);
    native_leave(self);
    Py_RETURN_NONE;
}

static PyObject *connection_cancel(native_connection *self, PyObject *_)
{
    (void)_;
    cancel(self);
    Py_RETURN_NONE;
}

static PyObject *connection_check(native_connection *self, PyObject *_)
{
    (void)_;
    if (native_enter(self))
        return NULL;
    int result = sqli_check(self->conn);
    native_leave(self);
    return PyBool_FromLong(result == SQLI_OK);
}

static PyObject *connection_counts(native_connection *self, PyObject *_)
{
    (void)_;
    struct sqli_counts counts = {.size = sizeof counts};
    if (sqli_counts(self->conn, &counts))
        return native_raise(self);
    return Py_BuildValue("{sK sK sK sK}", "requests", (unsigned long long)counts.requests,
                         "round_trips", (unsigned long long)counts.round_trips, "bytes_sent",
                         (unsigned long long)counts.bytes_sent, "bytes_received",
                         (unsigned long long)counts.bytes_received);
}

/* --- bytes of the program's own transport --- */

static PyObject *connection_feed(native_connection *self, PyObject *arg)
{
    Py_buffer bytes;
    if (PyObject_GetBuffer(arg, &bytes, PyBUF_SIMPLE))
        return NULL;
    int result = sqli_feed(self->conn, bytes.buf, (size_t)bytes.len);
    PyBuffer_Release(&bytes);
    return native_result(self, result);
}

/* take(most): what is not taken stays with the library, which counts it. */
static PyObject *connection_take(native_connection *self, PyObject *arg)
{
    size_t size, most = PyLong_AsSize_t(arg);
    if (most == (size_t)-1 && PyErr_Occurred())
        return NULL;
    const void *bytes = sqli_take(self->conn, &size);
    size = size < most ? size : most;
    PyObject *taken = PyBytes_FromStringAndSize(bytes, (Py_ssize_t)size);
    if (taken && sqli_taken(self->conn, size)) {
        Py_DECREF(taken);
        return native_raise(self);
    }
    return taken;
}

static PyObject *connection_take_urgent(native_connection *self, PyObject *_)
{
    (void)_;
    return PyBool_FromLong(sqli_take_urgent(self->conn));
}

static PyObject *connection_host(native_connection *self, PyObject *arg)
{
    const char *host;
    int port, index = (int)PyLong_AsLong(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (!sqli_host(self->conn, index, &host, &port))
        Py_RETURN_NONE;
    return Py_BuildValue("(si)", host, port);
}

/* --- the type --- */

static PyObject *get_open(native_connection *self, void *_)
{
    (void)_;
    return PyBool_FromLong(sqli_is_open(self->conn));
}

static PyObject *get_in_transaction(native_connection *self, void *_)
{
    (void)_;
    return PyBool_FromLong(sqli_in_transaction(self->conn));
}

static PyObject *get_autocommit(native_connection *self, void *_)
{
    (void)_;
    return PyBool_FromLong(sqli_autocommit(self->conn));
}

static PyObject *get_timeout(native_connection *self, void *_)
{
    (void)_;
    return PyLong_FromLongLong(sqli_timeout(self->conn));
}

static PyGetSetDef properties[] = {
    {"open", (getter)get_open, NULL, "Whether it is connected.", NULL},
    {"in_transaction", (getter)get_in_transaction, NULL, NULL, NULL},
    {"autocommit", (getter)get_autocommit, NULL, NULL, NULL},
    {"timeout", (getter)get_timeout, NULL, "Milliseconds until it has to be called; -1: none.",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define METHOD(name, flags)                                                \
    {                                                                      \
#name, (PyCFunction)(void (*)(void))connection_##name, flags, NULL \
    }

static PyMethodDef methods[] = {
    METHOD(set, METH_VARARGS),
    METHOD(set_url, METH_O),
    METHOD(set_environment, METH_NOARGS),
    METHOD(get, METH_O),
    METHOD(info, METH_O),
    METHOD(connect, METH_NOARGS),
    METHOD(close, METH_NOARGS),
    METHOD(begin, METH_NOARGS),
    METHOD(commit, METH_NOARGS),
    METHOD(rollback, METH_NOARGS),
    METHOD(savepoint, METH_O),
    METHOD(rollback_to, METH_O),
    METHOD(release_savepoint, METH_O),
    METHOD(set_isolation, METH_O),
    METHOD(set_lock_wait, METH_O),
    METHOD(set_autocommit, METH_O),
    METHOD(cancel, METH_NOARGS),
    METHOD(check, METH_NOARGS),
    METHOD(counts, METH_NOARGS),
    METHOD(feed, METH_O),
    METHOD(take, METH_O),
    METHOD(take_urgent, METH_NOARGS),
    METHOD(host, METH_O),
    {NULL, NULL, 0, NULL},
};

PyTypeObject native_connection_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "informix_db._native.Connection",
    .tp_doc = "Connection(own_transport=False, encrypted=False)",
    .tp_basicsize = sizeof(native_connection),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = connection_new,
    .tp_dealloc = (destructor)connection_dealloc,
    .tp_methods = methods,
    .tp_getset = properties,
    .tp_weaklistoffset = offsetof(native_connection, weak),
};

int native_connection_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, watch_forks);
}
