/* Between values and SQLite's storage classes, by kind. */
#include "server/store/storage.h"

#include "value/number.h"

/* Any packed image: the longest is that of a decimal, exponent byte and all. */
enum { PACKED_ROOM = SQLI_DECIMAL_PAIRS + 1 };

static sqli_qualifier qualifier_of(const struct sqli_type *type)
{
    return (sqli_qualifier)type->length;
}

const char *sqli__storage_declaration(const struct sqli_type *type)
{
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_INTEGER:
    case SQLI_KIND_DATE:
    case SQLI_KIND_BOOLEAN: return "INTEGER";
    case SQLI_KIND_REAL: return "REAL";
    case SQLI_KIND_DECIMAL:
    case SQLI_KIND_DATETIME:
    case SQLI_KIND_INTERVAL: return "BLOB";
    /* No other column is declared so: by this the sweep of lob.h finds them. */
    case SQLI_KIND_SIMPLE_LOB:
    case SQLI_KIND_SMART_LOB: return "ANY";
    case SQLI_KIND_TEXT: return "TEXT COLLATE RTRIM";
    case SQLI_KIND_COMPOSITE:
    case SQLI_KIND_OPAQUE:
    case SQLI_KIND_NONE: break;
    }
    return "TEXT";
}

/* --- Out of SQLite --- */

static enum sqli_status fail_class(const struct sqli_type *type, sqlite3_value *stored,
                                   struct sqli_error *error)
{
    struct sqli_span name = sqli__type_name(type);
    return sqli__fail(error, SQLI_E_INTERNAL, "storage class %d for %.*s",
                      sqlite3_value_type(stored), (int)(name.length < 64 ? name.length : 64),
                      (const char *)name.data);
}

struct sqli_span sqli__storage_bytes(sqlite3_value *stored)
{
    const void *data = sqlite3_value_blob(stored);
    int length = sqlite3_value_bytes(stored);
    return sqli__span(data ? data : "", length > 0 ? (size_t)length : 0);
}

static enum sqli_status load_packed(const struct sqli_type *type, sqlite3_value *stored,
                                    struct sqli_value *value, struct sqli_error *error)
{
    struct sqli_span image = sqli__storage_bytes(stored);
    if (sqlite3_value_type(stored) != SQLITE_BLOB)
        return fail_class(type, stored, error);
    if (value->kind == SQLI_KIND_DECIMAL)
        return sqli__decimal_decode(image, &value->as.decimal, &value->null, error);
    if (value->kind == SQLI_KIND_DATETIME)
        return sqli__datetime_decode(image, qualifier_of(type), &value->as.datetime, &value->null,
                                     error);
    return sqli__interval_decode(image, qualifier_of(type), &value->as.interval, &value->null,
                                 error);
}

static enum sqli_status load_integer(const struct sqli_type *type, sqlite3_value *stored,
                                     struct sqli_value *value, struct sqli_error *error)
{
    sqlite3_int64 number = sqlite3_value_int64(stored);
    if (sqlite3_value_type(stored) != SQLITE_INTEGER)
        return fail_class(type, stored, error);
    if (value->kind == SQLI_KIND_INTEGER)
        value->as.integer = number;
    else if (value->kind == SQLI_KIND_DATE)
        value->as.date = (int32_t)number;
    else
        value->as.boolean = number != 0;
    return SQLI_OK;
}

static enum sqli_status load_lob(const struct sqli_type *type, sqlite3_value *stored,
                                 struct sqli_value *value, struct sqli_error *error)
{
    struct sqli_span bytes = sqli__storage_bytes(stored);
    if (value->kind == SQLI_KIND_SMART_LOB && bytes.length == SQLI_SMART_LOB_SIZE)
        memcpy(value->as.smart_lob.bytes, bytes.data, SQLI_SMART_LOB_SIZE);
    else if (value->kind == SQLI_KIND_SIMPLE_LOB)
        sqli__simple_lob_make(&value->as.simple_lob, (uint32_t)bytes.length, false);
    else
        return fail_class(type, stored, error);
    return SQLI_OK;
}

enum sqli_status sqli__storage_load(const struct sqli_type *type, sqlite3_value *stored,
                                    struct sqli_value *value, struct sqli_error *error)
{
    int stored_type = sqlite3_value_type(stored);
    value->kind = sqli__type_kind(type);
    value->null = stored_type == SQLITE_NULL;
    if (value->null)
        return SQLI_OK;
    switch (value->kind) {
    case SQLI_KIND_INTEGER:
    case SQLI_KIND_DATE:
    case SQLI_KIND_BOOLEAN: return load_integer(type, stored, value, error);
    case SQLI_KIND_REAL:
        value->as.real = sqlite3_value_double(stored);
        return stored_type == SQLITE_FLOAT ? SQLI_OK : fail_class(type, stored, error);
    case SQLI_KIND_DECIMAL:
    case SQLI_KIND_DATETIME:
    case SQLI_KIND_INTERVAL: return load_packed(type, stored, value, error);
    case SQLI_KIND_TEXT:
    case SQLI_KIND_COMPOSITE:
    case SQLI_KIND_OPAQUE:
        value->as.bytes = sqli__storage_bytes(stored);
        return stored_type == SQLITE_TEXT ? SQLI_OK : fail_class(type, stored, error);
    case SQLI_KIND_SIMPLE_LOB:
    case SQLI_KIND_SMART_LOB: return load_lob(type, stored, value, error);
    case SQLI_KIND_NONE: break;
    }
    return fail_class(type, stored, error);
}

/* --- Into SQLite --- */

/* What a value is to SQLite. */
struct stored {
    int class; /* SQLITE_INTEGER, ... */
    int64_t integer;
    double real;
    struct sqli_span bytes; /* TEXT and BLOB */
    uint8_t packed[PACKED_ROOM];
};

size_t sqli__storage_trim(const uint8_t *image, size_t length)
{
    while (length > 1 && image[length - 1] == 0)
        length--;
    return length;
}

static enum sqli_status store_packed(const struct sqli_type *type, const struct sqli_value *value,
                                     struct stored *to, struct sqli_error *error)
{
    size_t length;
    if (value->kind == SQLI_KIND_DECIMAL) {
        length = sqli__decimal_encode_short(&value->as.decimal, to->packed);
    } else if (value->kind == SQLI_KIND_DATETIME) {
        struct sqli_datetime datetime = value->as.datetime;
        if (datetime.qualifier != qualifier_of(type))
            return sqli__fail(error, SQLI_E_INTERNAL, "a datetime that does not fit its type");
        length = (size_t)sqli__packed_width(datetime.qualifier);
        SQLI_TRY(sqli__datetime_encode(&datetime, to->packed, error));
    } else {
        struct sqli_interval interval = value->as.interval;
        interval.qualifier = qualifier_of(type);
        length = (size_t)sqli__packed_width(interval.qualifier);
        SQLI_TRY(sqli__interval_encode(&interval, to->packed, error));
    }
    to->class = SQLITE_BLOB;
    to->bytes = sqli__span(to->packed, sqli__storage_trim(to->packed, length));
    return SQLI_OK;
}

static void store_bytes(int class, struct sqli_span bytes, struct stored *to)
{
    to->class = class;
    to->bytes = bytes.data ? bytes : sqli__span("", 0);
}

/* What BYTE and TEXT hold comes as bytes; a descriptor alone says nothing of it. */
static enum sqli_status store_lob(const struct sqli_value *value, struct stored *to,
                                  struct sqli_error *error)
{
    if (value->kind == SQLI_KIND_SIMPLE_LOB)
        return sqli__fail(error, SQLI_E_LOCATOR_CONVERSION, NULL);
    store_bytes(SQLITE_BLOB, value->as.bytes, to);
    return SQLI_OK;
}

static enum sqli_status store(const struct sqli_type *type, const struct sqli_value *value,
                              struct stored *to, struct sqli_error *error)
{
    enum sqli_kind kind = sqli__type_kind(type);
    to->class = SQLITE_NULL;
    if (value->null)
        return SQLI_OK;
    if (kind == SQLI_KIND_SIMPLE_LOB)
        return store_lob(value, to, error);
    if (value->kind != kind)
        return sqli__fail(error, SQLI_E_INTERNAL, "a value of kind %d for one of kind %d",
                          (int)value->kind, (int)kind);
    switch (kind) {
    case SQLI_KIND_INTEGER: to->integer = value->as.integer; break;
    case SQLI_KIND_DATE: to->integer = value->as.date; break;
    case SQLI_KIND_BOOLEAN: to->integer = value->as.boolean; break;
    case SQLI_KIND_REAL:
        to->class = SQLITE_FLOAT;
        to->real = value->as.real;
        return SQLI_OK;
    case SQLI_KIND_TEXT:
    case SQLI_KIND_COMPOSITE:
    case SQLI_KIND_OPAQUE: store_bytes(SQLITE_TEXT, value->as.bytes, to); return SQLI_OK;
    case SQLI_KIND_SMART_LOB:
        store_bytes(SQLITE_BLOB, sqli__span(value->as.smart_lob.bytes, SQLI_SMART_LOB_SIZE), to);
        return SQLI_OK;
    default: return store_packed(type, value, to, error);
    }
    to->class = SQLITE_INTEGER;
    return SQLI_OK;
}

static enum sqli_status fail_sqlite(int code, struct sqli_error *error)
{
    switch (code) {
    case SQLITE_OK: return SQLI_OK;
    case SQLITE_NOMEM: return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    case SQLITE_TOOBIG: return sqli__fail(error, SQLI_E_TOO_LARGE, "a parameter");
    default: return sqli__fail(error, SQLI_E_INTERNAL, "bind: %s", sqlite3_errstr(code));
    }
}

static int bind_bytes(sqlite3_stmt *statement, int parameter, const struct stored *stored,
                      uint8_t *keep)
{
    bool kept = keep && stored->bytes.length <= SQLI_STORAGE_KEEP;
    const void *data = kept ? keep : stored->bytes.data;
    sqlite3_destructor_type copied = kept ? SQLITE_STATIC : SQLITE_TRANSIENT;
    int code = stored->class == SQLITE_TEXT
                   ? sqlite3_bind_text64(statement, parameter, data, stored->bytes.length, copied,
                                         SQLITE_UTF8)
                   : sqlite3_bind_blob64(statement, parameter, data, stored->bytes.length, copied);
    if (kept && code == SQLITE_OK) /* not before: a statement that runs keeps what it has */
        memcpy(keep, stored->bytes.data, stored->bytes.length);
    return code;
}

enum sqli_status sqli__storage_bind(sqlite3_stmt *statement, int parameter,
                                    const struct sqli_type *type, const struct sqli_value *value,
                                    uint8_t *keep, struct sqli_error *error)
{
    struct stored stored;
    int code = SQLITE_OK;
    SQLI_TRY(store(type, value, &stored, error));
    switch (stored.class) {
    case SQLITE_NULL: code = sqlite3_bind_null(statement, parameter); break;
    case SQLITE_INTEGER: code = sqlite3_bind_int64(statement, parameter, stored.integer); break;
    case SQLITE_FLOAT: code = sqlite3_bind_double(statement, parameter, stored.real); break;
    default: code = bind_bytes(statement, parameter, &stored, keep); break;
    }
    return fail_sqlite(code, error);
}

enum sqli_status sqli__storage_give(sqlite3_context *context, const struct sqli_type *type,
                                    const struct sqli_value *value, struct sqli_error *error)
{
    struct stored stored;
    SQLI_TRY(store(type, value, &stored, error));
    const void *data = stored.bytes.data;
    switch (stored.class) {
    case SQLITE_NULL: sqlite3_result_null(context); break;
    case SQLITE_INTEGER: sqlite3_result_int64(context, stored.integer); break;
    case SQLITE_FLOAT: sqlite3_result_double(context, stored.real); break;
    case SQLITE_TEXT:
        sqlite3_result_text64(context, data, stored.bytes.length, SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
    default: sqlite3_result_blob64(context, data, stored.bytes.length, SQLITE_TRANSIENT); break;
    }
    return SQLI_OK;
}

/* --- As SQL text --- */

static void append_hex(struct sqli_span bytes, struct sqli_buffer *sql)
{
    static const char digits[] = "0123456789ABCDEF";
    sqli__buffer_text(sql, "X'");
    for (size_t i = 0; i < bytes.length; i++) {
        sqli__buffer_byte(sql, (uint8_t)digits[bytes.data[i] >> 4]);
        sqli__buffer_byte(sql, (uint8_t)digits[bytes.data[i] & 15]);
    }
    sqli__buffer_byte(sql, '\'');
}

/* A NUL byte would end the SQL text. */
static void append_text(struct sqli_span text, struct sqli_buffer *sql)
{
    if (text.length != 0 && memchr(text.data, '\0', text.length)) {
        sqli__buffer_text(sql, "CAST(");
        append_hex(text, sql);
        sqli__buffer_text(sql, " AS TEXT)");
        return;
    }
    sqli__buffer_byte(sql, '\'');
    for (size_t i = 0; i < text.length; i++) {
        sqli__buffer_byte(sql, text.data[i]);
        if (text.data[i] == '\'')
            sqli__buffer_byte(sql, '\'');
    }
    sqli__buffer_byte(sql, '\'');
}

/* A point or an exponent makes it REAL; 9e999 is how SQLite writes the infinity that it reads. */
static void append_real(double number, struct sqli_buffer *sql)
{
    char text[SQLI_REAL_TEXT_MAX];
    if (!sqli__real_finite(number)) {
        sqli__buffer_text(sql, number > 0 ? "9e999" : number < 0 ? "-9e999" : "NULL");
        return;
    }
    size_t length = sqli__real_write(number, text);
    sqli__buffer_append(sql, text, length);
    if (!memchr(text, '.', length) && !memchr(text, 'e', length))
        sqli__buffer_text(sql, ".0");
}

/* SQLite reads the sign apart, so that the lowest number has no literal of its own. */
static void append_integer(int64_t number, struct sqli_buffer *sql)
{
    if (number == INT64_MIN)
        sqli__buffer_text(sql, "(-9223372036854775807-1)");
    else
        sqli__buffer_format(sql, "%lld", (long long)number);
}

enum sqli_status sqli__storage_literal(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *sql, struct sqli_error *error)
{
    struct stored stored;
    SQLI_TRY(store(type, value, &stored, error));
    switch (stored.class) {
    case SQLITE_NULL: sqli__buffer_text(sql, "NULL"); break;
    case SQLITE_INTEGER: append_integer(stored.integer, sql); break;
    case SQLITE_FLOAT: append_real(stored.real, sql); break;
    case SQLITE_TEXT: append_text(stored.bytes, sql); break;
    default: append_hex(stored.bytes, sql); break;
    }
    return sqli__buffer_status(sql, error);
}
