/* The module: its types, its constants, and the classes of the Python side that it makes. */
#include "native.h"

#ifdef NATIVE_TLS
#include <openssl/crypto.h>
#define OPENSSL OpenSSL_version(OPENSSL_VERSION)
#else
#define OPENSSL ""
#endif

PyObject *native_more;
static PyObject *registered;

PyObject *native_registered(const char *name)
{
    PyObject *value = PyDict_GetItemString(registered, name);
    if (!value)
        PyErr_Format(PyExc_SystemError, "informix_db has not registered %s", name);
    return value;
}

static PyObject *register_classes(PyObject *module, PyObject *args, PyObject *classes)
{
    (void)module;
    if (!PyArg_ParseTuple(args, ""))
        return NULL;
    if (classes && PyDict_Update(registered, classes))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *error_info(PyObject *module, PyObject *arg)
{
    (void)module;
    int code = (int)PyLong_AsLong(arg);
    if (code == -1 && PyErr_Occurred())
        return NULL;
    return Py_BuildValue("(ssssi)", sqli_error_name(code), sqli_error_sqlstate(code),
                         sqli_error_text(code), sqli_error_hint(code), sqli_error_retryable(code));
}

static PyObject *options(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    PyObject *all = PyDict_New();
    const char *text;
    const char *name;
    for (int i = 0; all && (name = sqli_option_name(i, &text)); i++) {
        PyObject *value = PyUnicode_FromString(text);
        if (!value || PyDict_SetItemString(all, name, value))
            Py_CLEAR(all);
        Py_XDECREF(value);
    }
    return all;
}

/* Types and classes of this module are there once, for the interpreter that made them. */
static PyObject *check_interpreter(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    if (PyInterpreterState_Get() == PyInterpreterState_Main())
        Py_RETURN_NONE;
    PyErr_SetString(PyExc_ImportError, "informix_db cannot be loaded in a subinterpreter");
    return NULL;
}

static PyMethodDef functions[] = {
    {"register", (PyCFunction)(void (*)(void))register_classes, METH_VARARGS | METH_KEYWORDS,
     "register(**classes): what the native side makes objects of."},
    {"error_info", error_info, METH_O,
     "error_info(code): name, SQLSTATE, text, hint and whether to try again."},
    {"check_interpreter", check_interpreter, METH_NOARGS,
     "check_interpreter(): ImportError in a subinterpreter."},
    {"options", options, METH_NOARGS, "The options of a connection and what they are for."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "informix_db._native", .m_doc = "libsqli as Python objects.",
    .m_size = -1,          .m_methods = functions,
};

static int add_constants(PyObject *module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"DONE", SQLI_DONE},
        {"ROW", SQLI_ROW},
        {"SCROLL", SQLI_SCROLL},
        {"HOLD", SQLI_HOLD},
        {"NOT_CACHED", SQLI_NOT_CACHED},
        {"NO_NAMES", SQLI_NO_NAMES},
        {"TO_NEXT", SQLI_TO_NEXT},
        {"TO_PRIOR", SQLI_TO_PRIOR},
        {"TO_FIRST", SQLI_TO_FIRST},
        {"TO_LAST", SQLI_TO_LAST},
        {"TO_RELATIVE", SQLI_TO_RELATIVE},
        {"TO_ABSOLUTE", SQLI_TO_ABSOLUTE},
        {"BATCH_EACH", SQLI_BATCH_EACH},
        {"BATCH_BULK", SQLI_BATCH_BULK},
        {"LOB_READ", SQLI_LOB_READ},
        {"LOB_WRITE", SQLI_LOB_WRITE},
        {"LOB_READ_WRITE", SQLI_LOB_READ_WRITE},
        {"WANTS_READ", SQLI_WANTS_READ},
        {"WANTS_WRITE", SQLI_WANTS_WRITE},
        {"BLOB", SQLI_BLOB},
        {"CLOB", SQLI_CLOB},
        {"BYTE", SQLI_BYTE},
        {"TEXT", SQLI_TEXT},
    };
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value))
            return -1;
    Py_INCREF(native_more);
    return PyModule_AddObject(module, "MORE", native_more) ||
           PyModule_AddIntConstant(module, "LOCATOR_SIZE", SQLI_LOCATOR_SIZE) ||
           PyModule_AddStringConstant(module, "OPENSSL", OPENSSL) ||
           PyModule_AddStringConstant(module, "VERSION", sqli_version());
}

static int add_type(PyObject *module, const char *name, PyTypeObject *type)
{
    if (PyType_Ready(type))
        return -1;
    Py_INCREF(type);
    return PyModule_AddObject(module, name, (PyObject *)type);
}

/* The module of a build folder has no version in its name. */
static int check_version(void)
{
    char built[16];
    int length = snprintf(built, sizeof built, "%d.%d.", PY_MAJOR_VERSION, PY_MINOR_VERSION);
    const char *running = Py_GetVersion();
    if (strncmp(running, built, (size_t)length) == 0)
        return 0;
    PyErr_Format(PyExc_ImportError, "it was built for Python %d.%d, and this is %.4s",
                 PY_MAJOR_VERSION, PY_MINOR_VERSION, running);
    return -1;
}

PyMODINIT_FUNC PyInit__native(void)
{
    PyObject *here = check_version() ? NULL : check_interpreter(NULL, NULL);
    if (!here)
        return NULL;
    Py_DECREF(here);
    PyObject *module = PyModule_Create(&definition);
    registered = PyDict_New();
    native_more = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type);
    if (module && registered && native_more && native_decode_init() == 0 &&
        native_encode_init() == 0 && native_fill_init() == 0 && native_connection_init() == 0 &&
        add_constants(module) == 0 &&
        add_type(module, "Connection", &native_connection_type) == 0 &&
        add_type(module, "Statement", &native_statement_type) == 0 &&
        add_type(module, "Lob", &native_lob_type) == 0)
        return module;
    Py_XDECREF(module);
    return NULL;
}
