/* Columns of blocks as Python objects: a loop per type. */
#include "native.h"

#include <datetime.h>

enum { CACHE_SIZE = 1024, KEY_MAX = 24 };

/* Values that come again and again, by the text or number that they were made of. */
struct native_cached {
    PyObject *value;
    uint32_t length;
    char key[KEY_MAX];
};

int native_fill_init(void)
{
    PyDateTime_IMPORT;
    return PyDateTimeAPI ? 0 : -1;
}

/* --- the cache --- */

void native_forget_cache(native_column *column)
{
    for (int i = 0; column->cache && i < CACHE_SIZE; i++)
        Py_XDECREF(column->cache[i].value);
    PyMem_Free(column->cache);
    column->cache = NULL;
}

/* Where a key belongs; NULL: it is too long, or there is no memory. */
static struct native_cached *cached(native_column *column, const char *key, size_t length)
{
    uint64_t words[KEY_MAX / 8] = {0};
    if (length > KEY_MAX)
        return NULL;
    if (!column->cache && !(column->cache = PyMem_Calloc(CACHE_SIZE, sizeof *column->cache)))
        return NULL;
    memcpy(words, key, length);
    uint64_t hash = (words[0] ^ words[1] * 31 ^ words[2] * 961 ^ length) * 0x9E3779B97F4A7C15u;
    return &column->cache[hash >> 54];
}

static int is_it(const struct native_cached *entry, const char *key, size_t length)
{
    return entry->value && entry->length == length && memcmp(entry->key, key, length) == 0;
}

typedef PyObject *make_value(const char *key, size_t length);

static PyObject *value_of(native_column *column, const char *key, size_t length, make_value *make)
{
    struct native_cached *entry = cached(column, key, length);
    if (entry && is_it(entry, key, length))
        return Py_NewRef(entry->value);
    PyObject *value = make(key, length);
    if (value && entry) {
        Py_XSETREF(entry->value, Py_NewRef(value));
        entry->length = (uint32_t)length;
        memcpy(entry->key, key, length);
    }
    return value;
}

/* --- values --- */

static PyObject *make_decimal(const char *text, size_t length)
{
    PyObject *string = PyUnicode_FromStringAndSize(text, (Py_ssize_t)length);
    PyObject *value = string ? PyObject_CallOneArg(native_decimal, string) : NULL;
    Py_XDECREF(string);
    return value;
}

/* The civil date of a day since 1970-01-01. */
static void date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int of_era = (int)(shifted - era * 146097);
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * of_year + 2) / 153;
    *day = of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

static PyObject *make_date(const char *key, size_t length)
{
    int32_t days;
    int year, month, day;
    memcpy(&days, key, length);
    date_of(days, &year, &month, &day);
    return PyDate_FromDate(year, month, day);
}

static PyObject *make_datetime(int64_t micros)
{
    const int64_t per_day = INT64_C(86400000000);
    int year, month, day;
    int64_t days = micros / per_day - (micros % per_day < 0);
    int64_t rest = micros - days * per_day;
    date_of(days, &year, &month, &day);
    int seconds = (int)(rest / 1000000);
    return PyDateTime_FromDateAndTime(year, month, day, seconds / 3600, seconds / 60 % 60,
                                      seconds % 60, (int)(rest % 1000000));
}

/* Most texts are ASCII, and short. */
static PyObject *make_text(const char *text, size_t length)
{
    uint64_t word, high = 0;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        memcpy(&word, text + i, 8);
        high |= word;
    }
    for (; i < length; i++)
        high |= (uint8_t)text[i];
    if (length < 2 || high & UINT64_C(0x8080808080808080))
        return PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, NULL);
    PyObject *string = PyUnicode_New((Py_ssize_t)length, 127);
    if (string)
        memcpy(PyUnicode_1BYTE_DATA(string), text, length);
    return string;
}

/* --- columns --- */

#define FILLER(name, make)                                                                       \
    static int name(native_column *column, const struct sqli_block_column *block, int64_t first, \
                    Py_ssize_t count, PyObject **rows)                                           \
    {                                                                                            \
        Py_ssize_t place = column->number - 1;                                                   \
        for (Py_ssize_t i = 0; i < count; i++) {                                                 \
            int64_t at = first + i;                                                              \
            PyObject *value = block->null && block->null[at] ? Py_NewRef(Py_None) : (make);      \
            if (!value)                                                                          \
                return -1;                                                                       \
            PyTuple_SET_ITEM(rows[i], place, value);                                             \
        }                                                                                        \
        return 0;                                                                                \
    }

#define AT(type) (((const type *)block->data)[at])
#define TEXT_AT  (const char *)block->data + block->ends[at], block->ends[at + 1] - block->ends[at]

FILLER(fill_int, PyLong_FromLongLong(AT(int64_t)))
FILLER(fill_float, PyFloat_FromDouble(AT(double)))
FILLER(fill_bool, PyBool_FromLong(AT(uint8_t)))
FILLER(fill_date, value_of(column, (const char *)&AT(int32_t), sizeof(int32_t), make_date))
FILLER(fill_datetime, make_datetime(AT(int64_t)))
FILLER(fill_text, make_text(TEXT_AT))
FILLER(fill_decimal, value_of(column, TEXT_AT, make_decimal))

/* --- choosing --- */

const native_filling *native_filling_of(const struct sqli_column_info *info)
{
    static const native_filling integer = {fill_int, SQLI_AS_INT64};
    static const native_filling real = {fill_float, SQLI_AS_DOUBLE};
    static const native_filling decimal = {fill_decimal, SQLI_AS_TEXT};
    static const native_filling boolean = {fill_bool, SQLI_AS_BOOL};
    static const native_filling date = {fill_date, SQLI_AS_DAYS};
    static const native_filling datetime = {fill_datetime, SQLI_AS_MICROS};
    static const native_filling text = {fill_text, SQLI_AS_TEXT};
    switch (info->type) {
    case SQLI_SMALLINT:
    case SQLI_INTEGER:
    case SQLI_SERIAL:
    case SQLI_INT8:
    case SQLI_SERIAL8:
    case SQLI_BIGINT:
    case SQLI_BIGSERIAL: return &integer;
    case SQLI_FLOAT:
    case SQLI_SMALLFLOAT: return &real;
    case SQLI_DECIMAL:
    case SQLI_MONEY: return &decimal;
    case SQLI_BOOLEAN: return &boolean;
    case SQLI_DATE: return &date;
    case SQLI_DATETIME: return info->first == SQLI_YEAR && info->last > SQLI_DAY ? &datetime : NULL;
    case SQLI_CHAR:
    case SQLI_VARCHAR:
    case SQLI_NCHAR:
    case SQLI_NVARCHAR:
    case SQLI_LVARCHAR: return &text;
    default: return NULL;
    }
}

int native_choose_blocks(native_statement *self)
{
    self->by_block = self->column_count > 0 && !self->is_call;
    for (Py_ssize_t i = 0; i < self->column_count; i++)
        self->by_block &= self->columns[i].filling != NULL;
    for (Py_ssize_t i = 0; self->by_block && i < self->column_count; i++) {
        int as = self->columns[i].filling->as;
        if (self->columns[i].info.default_as != as && sqli_block_as(self->stmt, (int)i + 1, as)) {
            native_raise(self->owner);
            return -1;
        }
    }
    return 0;
}
