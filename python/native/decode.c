/* Columns as Python objects: one reader per type, chosen once per result. */
#include "native.h"

#include <datetime.h>

PyObject *native_decimal;

int native_decode_init(void)
{
    PyDateTime_IMPORT;
    PyObject *decimal = PyImport_ImportModule("decimal");
    if (!PyDateTimeAPI || !decimal)
        return -1;
    native_decimal = PyObject_GetAttrString(decimal, "Decimal");
    Py_DECREF(decimal);
    return native_decimal ? 0 : -1;
}

/* --- values --- */

/* What has no hour is a date, what has no day a time, all else a datetime; fields that the
 * qualifier does not have are the lowest. */
static PyObject *moment_value(const struct sqli_moment *m)
{
    if (m->last <= SQLI_DAY)
        return PyDate_FromDate(m->year, m->month, m->day);
    if (m->first >= SQLI_HOUR)
        return PyTime_FromTime(m->hour, m->minute, m->second, m->nanosecond / 1000);
    return PyDateTime_FromDateAndTime(m->year, m->month, m->day, m->hour, m->minute, m->second,
                                      m->nanosecond / 1000);
}

static PyObject *span_value(const struct sqli_span_of_time *span)
{
    int64_t days = span->seconds / 86400;
    if (span->first <= SQLI_MONTH) {
        PyObject *type = native_registered("IntervalYM");
        return type ? PyObject_CallFunction(type, "L", (long long)span->months) : NULL;
    }
    if (days > 999999999 || days < -999999999) {
        PyErr_SetString(PyExc_OverflowError, "the interval is longer than a timedelta");
        return NULL;
    }
    return PyDelta_FromDSU((int)days, (int)(span->seconds % 86400), span->nanoseconds / 1000);
}

/* --- columns --- */

/* SQLI_NULL is None, SQLI_FAIL the connection's error. */
#define GET(function, ...)                                         \
    do {                                                           \
        int got_ = function(s->stmt, column->number, __VA_ARGS__); \
        if (got_ == SQLI_NULL)                                     \
            Py_RETURN_NONE;                                        \
        if (got_ != SQLI_OK)                                       \
            return native_raise_statement(s);                      \
    } while (0)

static PyObject *read_integer(native_statement *s, const native_column *column)
{
    int64_t number;
    GET(sqli_get_int64, &number);
    return PyLong_FromLongLong(number);
}

static PyObject *read_double(native_statement *s, const native_column *column)
{
    double number;
    GET(sqli_get_double, &number);
    return PyFloat_FromDouble(number);
}

static PyObject *read_bool(native_statement *s, const native_column *column)
{
    int truth;
    GET(sqli_get_bool, &truth);
    return PyBool_FromLong(truth);
}

static PyObject *read_decimal(native_statement *s, const native_column *column)
{
    const char *text;
    size_t length;
    GET(sqli_get_text, &text, &length);
    return PyObject_CallFunction(native_decimal, "s#", text, (Py_ssize_t)length);
}

static PyObject *read_text(native_statement *s, const native_column *column)
{
    const char *text;
    size_t length;
    GET(sqli_get_text, &text, &length);
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, NULL);
}

/* BYTE and TEXT come behind the rows, in answers of their own. */
struct object {
    sqli_stmt *stmt;
    int column;
    const void *bytes;
    size_t length;
};

static int get_object_bytes(void *context)
{
    struct object *o = context;
    return sqli_get_bytes(o->stmt, o->column, &o->bytes, &o->length);
}

static int get_object_text(void *context)
{
    struct object *o = context;
    return sqli_get_text(o->stmt, o->column, (const char **)&o->bytes, &o->length);
}

static PyObject *read_object(native_statement *s, const native_column *column)
{
    struct object o = {.stmt = s->stmt, .column = column->number};
    int is_text = column->info.type == SQLI_TEXT;
    int result = native_drive(s->owner, is_text ? get_object_text : get_object_bytes, &o);
    if (result == SQLI_NULL)
        Py_RETURN_NONE;
    if (result != SQLI_OK)
        return native_result(s->owner, result);
    return is_text ? PyUnicode_DecodeUTF8(o.bytes, (Py_ssize_t)o.length, NULL)
                   : PyBytes_FromStringAndSize(o.bytes, (Py_ssize_t)o.length);
}

static PyObject *read_moment(native_statement *s, const native_column *column)
{
    struct sqli_moment m;
    GET(sqli_get_moment, &m);
    return moment_value(&m);
}

static PyObject *read_interval(native_statement *s, const native_column *column)
{
    struct sqli_span_of_time span;
    GET(sqli_get_interval, &span);
    return span_value(&span);
}

/* Locators, rows and collections are objects of the Python side. */
static PyObject *read_locator(native_statement *s, const native_column *column)
{
    uint8_t locator[SQLI_LOCATOR_SIZE];
    GET(sqli_get_locator, locator);
    PyObject *make =
        native_registered(column->info.type == SQLI_CLOB ? "ClobLocator" : "BlobLocator");
    return make ? PyObject_CallFunction(make, "y#", (char *)locator, (Py_ssize_t)sizeof locator)
                : NULL;
}

/* --- composites --- */

static PyObject *item_value(native_statement *s, const sqli_item *item);

static PyObject *item_parts(native_statement *s, const sqli_item *item)
{
    int count = sqli_item_count(item);
    PyObject *parts = PyTuple_New(count);
    for (int i = 1; parts && i <= count; i++) {
        PyObject *value = item_value(s, sqli_item_part(item, i));
        if (!value) {
            Py_CLEAR(parts);
            break;
        }
        PyTuple_SET_ITEM(parts, i - 1, value);
    }
    return parts;
}

static PyObject *item_fields(const sqli_item *item)
{
    int count = sqli_item_count(item);
    PyObject *names = PyTuple_New(count);
    for (int i = 1; names && i <= count; i++) {
        PyObject *name = PyUnicode_FromString(sqli_item_field(item, i));
        if (!name) {
            Py_CLEAR(names);
            break;
        }
        PyTuple_SET_ITEM(names, i - 1, name);
    }
    return names;
}

/* make_composite(type, fields, parts) */
static PyObject *item_composite(native_statement *s, const sqli_item *item)
{
    PyObject *make = native_registered("make_composite");
    PyObject *fields = make ? item_fields(item) : NULL;
    PyObject *parts = fields ? item_parts(s, item) : NULL;
    PyObject *made =
        parts ? PyObject_CallFunction(make, "iOO", sqli_item_type(item), fields, parts) : NULL;
    Py_XDECREF(fields);
    Py_XDECREF(parts);
    return made;
}

static PyObject *item_text(const sqli_item *item, PyObject *type)
{
    const char *text;
    size_t length;
    if (sqli_item_text(item, &text, &length) != SQLI_OK)
        return NULL;
    return type ? PyObject_CallFunction(type, "s#", text, (Py_ssize_t)length)
                : PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, NULL);
}

static PyObject *item_scalar(const sqli_item *item)
{
    int64_t number;
    double real;
    int truth;
    struct sqli_moment m;
    struct sqli_span_of_time span;
    switch (sqli_item_type(item)) {
    case SQLI_SMALLINT:
    case SQLI_INTEGER:
    case SQLI_SERIAL:
    case SQLI_INT8:
    case SQLI_SERIAL8:
    case SQLI_BIGINT:
    case SQLI_BIGSERIAL: return sqli_item_int64(item, &number) ? NULL : PyLong_FromLongLong(number);
    case SQLI_FLOAT:
    case SQLI_SMALLFLOAT: return sqli_item_double(item, &real) ? NULL : PyFloat_FromDouble(real);
    case SQLI_BOOLEAN: return sqli_item_bool(item, &truth) ? NULL : PyBool_FromLong(truth);
    case SQLI_DECIMAL:
    case SQLI_MONEY: return item_text(item, native_decimal);
    case SQLI_DATE:
    case SQLI_DATETIME: return sqli_item_moment(item, &m) ? NULL : moment_value(&m);
    case SQLI_INTERVAL: return sqli_item_interval(item, &span) ? NULL : span_value(&span);
    default: return item_text(item, NULL);
    }
}

static PyObject *item_value(native_statement *s, const sqli_item *item)
{
    if (sqli_item_is_null(item))
        Py_RETURN_NONE;
    switch (sqli_item_type(item)) {
    case SQLI_ROWTYPE:
    case SQLI_SET:
    case SQLI_MULTISET:
    case SQLI_LIST: return item_composite(s, item);
    default: break;
    }
    PyObject *value = item_scalar(item);
    if (!value && !PyErr_Occurred())
        native_raise_statement(s);
    return value;
}

/* The wrapper that older programs know, which has the text as it came, with the value inside:
 * make_wrapper(type, raw, schema, value). */
static PyObject *read_composite(native_statement *s, const native_column *column)
{
    const sqli_item *item;
    const char *text;
    size_t length;
    GET(sqli_get_item, &item);
    PyObject *value = item_value(s, item);
    if (!value)
        return NULL;
    if (sqli_get_text(s->stmt, column->number, &text, &length) != SQLI_OK) {
        Py_DECREF(value);
        return native_raise_statement(s);
    }
    PyObject *make = native_registered("make_wrapper");
    if (!make) {
        Py_DECREF(value);
        return NULL;
    }
    return PyObject_CallFunction(make, "iy#sN", column->info.type, text, (Py_ssize_t)length,
                                 column->info.type_name, value);
}

/* --- choosing --- */

native_reader *native_reader_of(const struct sqli_column_info *info)
{
    switch (info->type) {
    case SQLI_SMALLINT:
    case SQLI_INTEGER:
    case SQLI_SERIAL:
    case SQLI_INT8:
    case SQLI_SERIAL8:
    case SQLI_BIGINT:
    case SQLI_BIGSERIAL: return read_integer;
    case SQLI_FLOAT:
    case SQLI_SMALLFLOAT: return read_double;
    case SQLI_DECIMAL:
    case SQLI_MONEY: return read_decimal;
    case SQLI_BOOLEAN: return read_bool;
    case SQLI_DATE:
    case SQLI_DATETIME: return read_moment;
    case SQLI_INTERVAL: return read_interval;
    case SQLI_BYTE:
    case SQLI_TEXT:
    case SQLI_OPAQUE: return read_object;
    case SQLI_BLOB:
    case SQLI_CLOB: return read_locator;
    case SQLI_SET:
    case SQLI_MULTISET:
    case SQLI_LIST:
    case SQLI_ROWTYPE: return read_composite;
    default: return read_text;
    }
}
