/* Results as Arrow: a stream of record batches by the C data interface, made of the blocks that the
 * library hands out. Nothing of Arrow is needed to build or run this: the interface is four structs
 * that everybody declares for himself. */
#include "native.h"

#include <errno.h>
#include <stdlib.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

enum { NULLABLE = 2, FORMAT_MAX = 24, BATCH_ROWS = 65536, ERROR_MAX = 512 };

/* What a stream stands on. The schema is its own: readers ask for it without the GIL, whatever has
 * become of the statement. */
struct reading {
    native_statement *statement;
    struct ArrowSchema schema;
    int number; /* among the streams of the statement */
    char error[ERROR_MAX];
};

/* --- schemas --- */

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i] && schema->children[i]->release)
            schema->children[i]->release(schema->children[i]);
        free(schema->children[i]);
    }
    free(schema->children);
    free((void *)schema->format);
    free((void *)schema->name);
    schema->release = NULL;
}

static void format_of(const struct sqli_column_info *info, char format[FORMAT_MAX])
{
    static const char *const formats[] = {
        [SQLI_AS_INT64] = "l",     [SQLI_AS_DOUBLE] = "g", [SQLI_AS_BOOL] = "b",
        [SQLI_AS_TEXT] = "u",      [SQLI_AS_BYTES] = "z",  [SQLI_AS_DAYS] = "tdD",
        [SQLI_AS_MICROS] = "tsu:",
    };
    if (info->default_as == SQLI_AS_DECIMAL128)
        snprintf(format, FORMAT_MAX, "d:%d,%d", info->precision, info->scale);
    else
        snprintf(format, FORMAT_MAX, "%s", formats[info->default_as]);
}

static int fill_schema(struct ArrowSchema *schema, const char *format, const char *name,
                       int64_t children)
{
    *schema = (struct ArrowSchema){.format = strdup(format),
                                   .name = strdup(name),
                                   .flags = NULLABLE,
                                   .release = release_schema};
    if (children)
        schema->children = calloc((size_t)children, sizeof(struct ArrowSchema *));
    if (!schema->format || !schema->name || (children && !schema->children))
        return ENOMEM;
    schema->n_children = children;
    return 0;
}

static int add_column(struct ArrowSchema *schema, int64_t i, const char *format, const char *name,
                      int64_t flags)
{
    struct ArrowSchema *column = schema->children[i] = calloc(1, sizeof *column);
    if (!column || fill_schema(column, format, name, 0))
        return ENOMEM;
    column->flags = flags;
    return 0;
}

static int make_schema(const native_statement *s, struct ArrowSchema *out)
{
    int failed = fill_schema(out, "+s", "", s->column_count);
    for (int64_t i = 0; !failed && i < s->column_count; i++) {
        char format[FORMAT_MAX];
        const struct sqli_column_info *info = &s->columns[i].info;
        format_of(info, format);
        failed = add_column(out, i, format, info->name, info->nullable ? NULLABLE : 0);
    }
    if (failed)
        release_schema(out);
    return failed;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    const struct ArrowSchema *from = &((struct reading *)stream->private_data)->schema;
    int failed = fill_schema(out, from->format, from->name, from->n_children);
    for (int64_t i = 0; !failed && i < from->n_children; i++) {
        const struct ArrowSchema *column = from->children[i];
        failed = add_column(out, i, column->format, column->name, column->flags);
    }
    if (failed)
        release_schema(out);
    return failed;
}

/* --- arrays --- */

static void release_array(struct ArrowArray *array)
{
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i] && array->children[i]->release)
            array->children[i]->release(array->children[i]);
        free(array->children[i]);
    }
    for (int64_t i = 0; i < array->n_buffers; i++)
        free((void *)array->buffers[i]);
    free(array->children);
    free(array->buffers);
    array->release = NULL;
}

static int fill_array(struct ArrowArray *array, int64_t length, int64_t buffers, int64_t children)
{
    *array = (struct ArrowArray){.length = length, .release = release_array};
    array->buffers = calloc((size_t)buffers, sizeof *array->buffers);
    if (children)
        array->children = calloc((size_t)children, sizeof(struct ArrowArray *));
    if (!array->buffers || (children && !array->children))
        return ENOMEM;
    array->n_buffers = buffers;
    array->n_children = children;
    return 0;
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size ? size : 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}

/* One byte a row as one bit a row. */
static uint8_t *bits_of(const uint8_t *bytes, int64_t rows, int inverted, int64_t *ones)
{
    uint8_t *bits = calloc((size_t)rows / 8 + 1, 1);
    for (int64_t i = 0; bits && i < rows; i++)
        if ((bytes[i] != 0) != inverted) {
            bits[i / 8] |= (uint8_t)(1 << (i % 8));
            ++*ones;
        }
    return bits;
}

static size_t width_of(int as)
{
    switch (as) {
    case SQLI_AS_DAYS: return 4;
    case SQLI_AS_DECIMAL128: return 16;
    default: return 8;
    }
}

static int fill_values(struct ArrowArray *array, const struct sqli_block_column *column,
                       int64_t rows)
{
    int64_t ones = 0;
    if (column->as == SQLI_AS_BOOL) {
        array->buffers[1] = bits_of(column->data, rows, 0, &ones);
    } else if (column->as == SQLI_AS_TEXT || column->as == SQLI_AS_BYTES) {
        array->buffers[1] = copy_of(column->ends, (size_t)(rows + 1) * sizeof *column->ends);
        array->buffers[2] = copy_of(column->data, column->ends[rows]);
        return array->buffers[1] && array->buffers[2] ? 0 : ENOMEM;
    } else {
        array->buffers[1] = copy_of(column->data, (size_t)rows * width_of(column->as));
    }
    return array->buffers[1] ? 0 : ENOMEM;
}

static int fill_column(struct ArrowArray *array, const struct sqli_block_column *column,
                       int64_t rows)
{
    int varying = column->as == SQLI_AS_TEXT || column->as == SQLI_AS_BYTES;
    int failed = fill_array(array, rows, varying ? 3 : 2, 0);
    if (!failed && column->null) {
        int64_t valid = 0;
        array->buffers[0] = bits_of(column->null, rows, 1, &valid);
        array->null_count = rows - valid;
        failed = array->buffers[0] ? 0 : ENOMEM;
    }
    return failed ? failed : fill_values(array, column, rows);
}

static int fill_batch(struct ArrowArray *out, const struct sqli_block *block)
{
    int failed = fill_array(out, block->rows, 1, block->columns);
    for (int i = 0; !failed && i < block->columns; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        failed = out->children[i] ? fill_column(out->children[i], &block->column[i], block->rows)
                                  : ENOMEM;
    }
    if (failed)
        release_array(out);
    return failed;
}

/* --- the stream --- */

struct fetching {
    sqli_stmt *stmt;
    struct sqli_block block;
};

static int fetch_block(void *context)
{
    struct fetching *f = context;
    return sqli_fetch_block(f->stmt, BATCH_ROWS, &f->block);
}

/* The exception as text, for whoever reads the stream. */
static int keep_error(struct reading *reading)
{
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    PyErr_NormalizeException(&kind, &value, &trace);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
    snprintf(reading->error, sizeof reading->error, "%s", utf8 ? utf8 : "the fetch failed");
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(kind);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return EIO;
}

/* Any number of streams tell the schema, and the first that is asked for rows has them all. */
static int claim(struct reading *reading)
{
    native_statement *s = reading->statement;
    if (!s->reader)
        s->reader = reading->number;
    if (s->reader == reading->number)
        return 0;
    PyObject *error = native_registered("InterfaceError");
    if (error)
        PyErr_SetString(error, "the result is read already");
    return -1;
}

static int next_batch(struct reading *reading, struct ArrowArray *out)
{
    native_statement *s = reading->statement;
    struct fetching fetching = {.stmt = s->stmt, .block = {.size = sizeof fetching.block}};
    if (claim(reading) || native_enter_statement(s))
        return keep_error(reading);
    int result = native_drive(s->owner, fetch_block, &fetching);
    int failed = 0;
    *out = (struct ArrowArray){0};
    if (result == SQLI_ROW)
        failed = fill_batch(out, &fetching.block);
    else if (result != SQLI_DONE) {
        Py_XDECREF(native_result(s->owner, result));
        failed = keep_error(reading);
    }
    native_leave_statement(s);
    return failed;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    PyGILState_STATE state = PyGILState_Ensure();
    int failed = next_batch(stream->private_data, out);
    PyGILState_Release(state);
    return failed;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    return ((struct reading *)stream->private_data)->error;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    struct reading *reading = stream->private_data;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF(reading->statement);
    PyGILState_Release(state);
    release_schema(&reading->schema);
    free(reading);
    stream->release = NULL;
}

static void destroy_capsule(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (stream->release)
        stream->release(stream);
    free(stream);
}

/* The C types that lose nothing, whatever Python objects are made of. */
static int choose_types(native_statement *self)
{
    for (Py_ssize_t i = 0; i < self->column_count; i++)
        if (self->by_block && sqli_block_as(self->stmt, (int)i + 1, SQLI_AS_DEFAULT)) {
            native_raise_statement(self);
            return -1;
        }
    return 0;
}

/* A capsule with the rows that are not fetched yet. */
PyObject *native_arrow_stream(native_statement *self)
{
    if (choose_types(self))
        return NULL;
    struct ArrowArrayStream *stream = calloc(1, sizeof *stream);
    struct reading *reading = calloc(1, sizeof *reading);
    if (!stream || !reading || make_schema(self, &reading->schema)) {
        free(stream);
        free(reading);
        return PyErr_NoMemory();
    }
    Py_INCREF(self);
    reading->statement = self;
    reading->number = ++self->streams;
    *stream =
        (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, reading};
    PyObject *capsule = PyCapsule_New(stream, "arrow_array_stream", destroy_capsule);
    if (!capsule) {
        release_stream(stream);
        free(stream);
    }
    return capsule;
}
