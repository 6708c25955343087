/* Python values as parameters. */
#include "native.h"

#include <datetime.h>

int native_encode_init(void)
{
    PyDateTime_IMPORT;
    return PyDateTimeAPI ? 0 : -1;
}

static int bound(native_statement *s, int result)
{
    if (result == SQLI_OK)
        return 0;
    if (result == SQLI_BUSY)
        PyErr_SetString(PyExc_RuntimeError, "another thread is inside this connection");
    else
        native_raise_statement(s);
    return -1;
}

static int raise_data_error(const char *format, int parameter)
{
    PyObject *error = native_registered("DataError");
    PyErr_Clear();
    if (error)
        PyErr_Format(error, format, parameter);
    return -1;
}

/* The digits of a number, whatever a class of the program's has for str(). */
static int bind_digits(native_statement *s, int parameter, PyObject *text)
{
    Py_ssize_t length;
    const char *utf8 = text ? PyUnicode_AsUTF8AndSize(text, &length) : NULL;
    int result = -1;
    if (utf8)
        result = bound(s, sqli_bind_decimal(s->stmt, parameter, utf8, length));
    Py_XDECREF(text);
    return result;
}

static int bind_decimal(native_statement *s, int parameter, PyObject *value)
{
    return bind_digits(s, parameter, ((PyTypeObject *)native_decimal)->tp_str(value));
}

/* What is too large for a BIGINT goes as a decimal. */
static int bind_int(native_statement *s, int parameter, PyObject *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow || number == INT64_MIN) {
        PyObject *text = PyNumber_ToBase(value, 10);
        if (!text)
            return raise_data_error("parameter %d: the number is too large", parameter);
        return bind_digits(s, parameter, text);
    }
    if (number == -1 && PyErr_Occurred())
        return -1;
    return bound(s, sqli_bind_int64(s->stmt, parameter, number));
}

/* Half a surrogate pair is no character. */
static int not_encodable(int parameter)
{
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        return -1;
    return raise_data_error("parameter %d: the text has half of a surrogate pair", parameter);
}

static int bind_str(native_statement *s, int parameter, PyObject *value)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    if (!text)
        return not_encodable(parameter);
    return bound(s, sqli_bind_text(s->stmt, parameter, text, length));
}

static int bind_buffer(native_statement *s, int parameter, PyObject *value)
{
    Py_buffer view;
    PyObject *whole = NULL;
    if (PyObject_GetBuffer(value, &view, PyBUF_SIMPLE)) {
        PyErr_Clear(); /* its bytes do not stand side by side */
        whole = PyBytes_FromObject(value);
        if (!whole || PyObject_GetBuffer(whole, &view, PyBUF_SIMPLE)) {
            Py_XDECREF(whole);
            return -1;
        }
    }
    int result = sqli_bind_bytes(s->stmt, parameter, SQLI_BYTE, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    Py_XDECREF(whole);
    return bound(s, result);
}

/* What NumPy has for one number or moment has a buffer, as an array of bytes has; no length. */
static int is_scalar(PyObject *value)
{
    if (PyBytes_Check(value) || PyByteArray_Check(value) || PyMemoryView_Check(value))
        return 0;
    PyObject *places = PyObject_GetAttrString(value, "ndim");
    int none = places && PyLong_Check(places) && PyLong_AsLong(places) == 0;
    Py_XDECREF(places);
    PyErr_Clear();
    return none && PyObject_HasAttrString(value, "item") && PyObject_HasAttrString(value, "dtype");
}

static int bind_scalar(native_statement *s, int parameter, PyObject *value)
{
    PyObject *make = native_registered("plain");
    PyObject *plain = make ? PyObject_CallOneArg(make, value) : NULL;
    int result = plain ? native_bind(s, parameter, plain) : -1;
    Py_XDECREF(plain);
    return result;
}

/* --- times --- */

/* Informix has no time zones, and five digits of the second: what is beyond them is cut, as a time
 * zone is, for a program has no other way to say it. */
static int micros_of(int micros)
{
    return micros - micros % 10;
}

/* To the second where that is all there is, else to the fifth digit of it. */
static int bind_datetime(native_statement *s, int parameter, PyObject *value)
{
    int micros = micros_of(PyDateTime_DATE_GET_MICROSECOND(value));
    struct sqli_moment moment = {
        .first = SQLI_YEAR,
        .last = micros ? SQLI_SECOND + 5 : SQLI_SECOND,
        .year = PyDateTime_GET_YEAR(value),
        .month = PyDateTime_GET_MONTH(value),
        .day = PyDateTime_GET_DAY(value),
        .hour = PyDateTime_DATE_GET_HOUR(value),
        .minute = PyDateTime_DATE_GET_MINUTE(value),
        .second = PyDateTime_DATE_GET_SECOND(value),
        .nanosecond = micros * 1000,
    };
    return bound(s, sqli_bind_moment(s->stmt, parameter, &moment));
}

/* The NaT of pandas is a datetime of the year 1, and not equal to itself. */
static int bind_kind_of_datetime(native_statement *s, int parameter, PyObject *value)
{
    PyObject *differs = PyObject_RichCompare(value, value, Py_NE);
    int is_nothing = differs ? PyObject_IsTrue(differs) : -1;
    Py_XDECREF(differs);
    if (is_nothing < 0)
        return -1;
    return is_nothing ? bound(s, sqli_bind_null(s->stmt, parameter))
                      : bind_datetime(s, parameter, value);
}

static int bind_time(native_statement *s, int parameter, PyObject *value)
{
    int micros = micros_of(PyDateTime_TIME_GET_MICROSECOND(value));
    struct sqli_moment moment = {
        .first = SQLI_HOUR,
        .last = micros ? SQLI_SECOND + 5 : SQLI_SECOND,
        .year = 1,
        .month = 1,
        .day = 1,
        .hour = PyDateTime_TIME_GET_HOUR(value),
        .minute = PyDateTime_TIME_GET_MINUTE(value),
        .second = PyDateTime_TIME_GET_SECOND(value),
        .nanosecond = micros * 1000,
    };
    return bound(s, sqli_bind_moment(s->stmt, parameter, &moment));
}

/* A timedelta keeps negative values as negative days and positive rest. */
static int bind_delta(native_statement *s, int parameter, PyObject *value)
{
    int64_t seconds =
        (int64_t)PyDateTime_DELTA_GET_DAYS(value) * 86400 + PyDateTime_DELTA_GET_SECONDS(value);
    int micros = PyDateTime_DELTA_GET_MICROSECONDS(value);
    if (seconds < 0 && micros) {
        seconds++;
        micros -= 1000000;
    }
    struct sqli_span_of_time span = {
        .first = SQLI_DAY,
        .last = SQLI_SECOND + 5,
        .first_digits = 9,
        .seconds = seconds,
        .nanoseconds = (micros - micros % 10) * 1000,
    };
    return bound(s, sqli_bind_interval(s->stmt, parameter, &span));
}

static int bind_months(native_statement *s, int parameter, PyObject *value)
{
    PyObject *months = PyObject_GetAttrString(value, "months");
    long long count = months ? PyLong_AsLongLong(months) : -1;
    Py_XDECREF(months);
    if (count == -1 && PyErr_Occurred())
        return -1;
    struct sqli_span_of_time span = {
        .first = SQLI_YEAR, .last = SQLI_MONTH, .first_digits = 9, .months = count};
    return bound(s, sqli_bind_interval(s->stmt, parameter, &span));
}

/* --- what the Python side made --- */

static int bind_locator(native_statement *s, int parameter, PyObject *value, int type)
{
    PyObject *raw = PyObject_GetAttrString(value, "raw");
    int result = -1;
    if (raw && PyBytes_Check(raw) && PyBytes_GET_SIZE(raw) == SQLI_LOCATOR_SIZE)
        result = bound(s, sqli_bind_locator(s->stmt, parameter, type,
                                            (const uint8_t *)PyBytes_AS_STRING(raw)));
    else if (raw)
        PyErr_Format(PyExc_ValueError, "a locator has %d bytes", SQLI_LOCATOR_SIZE);
    Py_XDECREF(raw);
    return result;
}

static int is_a(PyObject *value, const char *name)
{
    PyObject *type = native_registered(name);
    return type ? PyObject_IsInstance(value, type) : -1;
}

static int bind_lob(native_statement *s, int parameter, PyObject *value)
{
    native_lob *lob = (native_lob *)value;
    if (lob->lob)
        return bound(s, sqli_bind_lob(s->stmt, parameter, lob->lob));
    PyErr_SetString(PyExc_ValueError, "the large object is closed");
    return -1;
}

/* The file of a large object has it as `lob`. 1: it was bound, 0: there is none. */
static int bind_file(native_statement *s, int parameter, PyObject *value)
{
    PyObject *lob = PyObject_GetAttrString(value, "lob");
    int result = 0;
    if (!lob && !PyErr_ExceptionMatches(PyExc_AttributeError))
        return -1;
    if (!lob)
        PyErr_Clear();
    else if (PyObject_TypeCheck(lob, &native_lob_type))
        result = bind_lob(s, parameter, lob) ? -1 : 1;
    Py_XDECREF(lob);
    return result;
}

/* literal(value) -> the SQL literal of a ROW or collection, or None for what is none. */
static int bind_other(native_statement *s, int parameter, PyObject *value)
{
    PyObject *make = native_registered("literal");
    PyObject *text = make ? PyObject_CallOneArg(make, value) : NULL;
    Py_ssize_t length;
    const char *utf8;
    int result = -1;
    if (text && text != Py_None) {
        utf8 = PyUnicode_AsUTF8AndSize(text, &length);
        result = utf8 ? bound(s, sqli_bind_composite(s->stmt, parameter, NULL, utf8, length))
                      : not_encodable(parameter);
    } else if (text == Py_None) {
        PyObject *error = native_registered("UnsupportedParameterError");
        if (error)
            PyErr_Format(error, "parameter %d: a %s cannot be bound", parameter,
                         Py_TYPE(value)->tp_name);
    }
    Py_XDECREF(text);
    return result;
}

static int bind_registered(native_statement *s, int parameter, PyObject *value)
{
    int is = is_a(value, "IntervalYM");
    if (is)
        return is < 0 ? -1 : bind_months(s, parameter, value);
    if ((is = is_a(value, "BlobLocator")))
        return is < 0 ? -1 : bind_locator(s, parameter, value, SQLI_BLOB);
    if ((is = is_a(value, "ClobLocator")))
        return is < 0 ? -1 : bind_locator(s, parameter, value, SQLI_CLOB);
    if ((is = bind_file(s, parameter, value)))
        return is < 0 ? -1 : 0;
    return bind_other(s, parameter, value);
}

/* The order matters: a bool is an int, a datetime is a date. */
int native_bind(native_statement *s, int parameter, PyObject *value)
{
    if (value == Py_None)
        return bound(s, sqli_bind_null(s->stmt, parameter));
    if (PyUnicode_Check(value))
        return bind_str(s, parameter, value);
    if (PyBool_Check(value))
        return bound(s, sqli_bind_bool(s->stmt, parameter, value == Py_True));
    if (PyLong_Check(value))
        return bind_int(s, parameter, value);
    if (PyFloat_Check(value))
        return bound(s, sqli_bind_double(s->stmt, parameter, PyFloat_AS_DOUBLE(value)));
    if (PyDateTime_CheckExact(value))
        return bind_datetime(s, parameter, value);
    if (PyDateTime_Check(value))
        return bind_kind_of_datetime(s, parameter, value);
    if (PyDate_Check(value))
        return bound(s, sqli_bind_date(s->stmt, parameter, PyDateTime_GET_YEAR(value),
                                       PyDateTime_GET_MONTH(value), PyDateTime_GET_DAY(value)));
    if (PyTime_Check(value))
        return bind_time(s, parameter, value);
    if (PyDelta_Check(value))
        return bind_delta(s, parameter, value);
    if (PyObject_TypeCheck(value, (PyTypeObject *)native_decimal))
        return bind_decimal(s, parameter, value);
    if (PyObject_TypeCheck(value, &native_lob_type))
        return bind_lob(s, parameter, value);
    if (PyObject_CheckBuffer(value))
        return is_scalar(value) ? bind_scalar(s, parameter, value)
                                : bind_buffer(s, parameter, value);
    return bind_registered(s, parameter, value);
}
