/* What the columns of syscolumns say, for clients: the routines that a server has in its catalog
 * and the vendor's drivers call in their queries (schema_coltypename and its kin). */
#include "server/store/runtime_call.h"

#include "server/store/catalog_inside.h"
#include "value/scan.h"
#include "value/temporal.h"

#include <limits.h>

/* The type codes of JDBC. */
enum jdbc_type {
    JDBC_BIT = -7,
    JDBC_NCHAR = -15,
    JDBC_NVARCHAR = -9,
    JDBC_BIGINT = -5,
    JDBC_LONGVARBINARY = -4,
    JDBC_LONGVARCHAR = -1,
    JDBC_NULL = 0,
    JDBC_CHAR = 1,
    JDBC_DECIMAL = 3,
    JDBC_INTEGER = 4,
    JDBC_SMALLINT = 5,
    JDBC_FLOAT = 6,
    JDBC_REAL = 7,
    JDBC_VARCHAR = 12,
    JDBC_BOOLEAN = 16,
    JDBC_DATE = 91,
    JDBC_TIME = 92,
    JDBC_TIMESTAMP = 93,
    JDBC_OTHER = 1111,
    JDBC_STRUCT = 2002,
    JDBC_ARRAY = 2003,
    JDBC_BLOB = 2004,
    JDBC_CLOB = 2005,
};

/* How many digits or characters a value has. */
enum size_rule {
    SIZE_FIXED,
    SIZE_LENGTH,   /* collength; of DATETIME and INTERVAL the qualifier, which clients decode */
    SIZE_LOW_BYTE, /* VARCHAR: the high byte is what it reserves */
    SIZE_DIGITS,   /* DECIMAL: the high byte */
};

/* What a column holds, as far as bytes of text and scales go. */
enum content { CONTENT_OTHER, CONTENT_NUMBER, CONTENT_TEXT, CONTENT_LARGE };

static const struct column_type {
    int16_t code;
    int16_t extended_id; /* of UDTVAR and UDTFIXED; 0: any */
    const char *name;
    int16_t jdbc;
    enum size_rule rule;
    int32_t size;
    enum content content;
} column_types[] = {
    {SQLI_TYPE_CHAR, 0, "CHAR", JDBC_CHAR, SIZE_LENGTH, 0, CONTENT_TEXT},
    {SQLI_TYPE_SMALLINT, 0, "SMALLINT", JDBC_SMALLINT, SIZE_FIXED, 5, CONTENT_NUMBER},
    {SQLI_TYPE_INTEGER, 0, "INTEGER", JDBC_INTEGER, SIZE_FIXED, 10, CONTENT_NUMBER},
    {SQLI_TYPE_FLOAT, 0, "FLOAT", JDBC_FLOAT, SIZE_FIXED, 15, CONTENT_NUMBER},
    {SQLI_TYPE_SMALLFLOAT, 0, "SMALLFLOAT", JDBC_REAL, SIZE_FIXED, 7, CONTENT_NUMBER},
    {SQLI_TYPE_DECIMAL, 0, "DECIMAL", JDBC_DECIMAL, SIZE_DIGITS, 0, CONTENT_NUMBER},
    {SQLI_TYPE_SERIAL, 0, "SERIAL", JDBC_INTEGER, SIZE_FIXED, 10, CONTENT_NUMBER},
    {SQLI_TYPE_DATE, 0, "DATE", JDBC_DATE, SIZE_FIXED, 10, CONTENT_OTHER},
    {SQLI_TYPE_MONEY, 0, "MONEY", JDBC_DECIMAL, SIZE_DIGITS, 0, CONTENT_NUMBER},
    {SQLI_TYPE_NULL, 0, "NULL", JDBC_NULL, SIZE_FIXED, 0, CONTENT_OTHER},
    {SQLI_TYPE_DATETIME, 0, "DATETIME", JDBC_TIMESTAMP, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_BYTE, 0, "BYTE", JDBC_LONGVARBINARY, SIZE_FIXED, INT_MAX, CONTENT_LARGE},
    {SQLI_TYPE_TEXT, 0, "TEXT", JDBC_LONGVARCHAR, SIZE_FIXED, INT_MAX, CONTENT_LARGE},
    {SQLI_TYPE_VARCHAR, 0, "VARCHAR", JDBC_VARCHAR, SIZE_LOW_BYTE, 0, CONTENT_TEXT},
    {SQLI_TYPE_INTERVAL, 0, "INTERVAL", JDBC_OTHER, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_NCHAR, 0, "NCHAR", JDBC_NCHAR, SIZE_LENGTH, 0, CONTENT_TEXT},
    {SQLI_TYPE_NVARCHAR, 0, "NVARCHAR", JDBC_NVARCHAR, SIZE_LOW_BYTE, 0, CONTENT_TEXT},
    {SQLI_TYPE_INT8, 0, "INT8", JDBC_BIGINT, SIZE_FIXED, 19, CONTENT_NUMBER},
    {SQLI_TYPE_SERIAL8, 0, "SERIAL8", JDBC_BIGINT, SIZE_FIXED, 19, CONTENT_NUMBER},
    {SQLI_TYPE_SET, 0, "SET", JDBC_ARRAY, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_MULTISET, 0, "MULTISET", JDBC_ARRAY, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_LIST, 0, "LIST", JDBC_ARRAY, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_ROW, 0, "ROW", JDBC_STRUCT, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_COLLECTION, 0, "COLLECTION", JDBC_ARRAY, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, "LVARCHAR", JDBC_LONGVARCHAR, SIZE_LENGTH, 0,
     CONTENT_TEXT},
    {SQLI_TYPE_UDTVAR, 0, NULL, JDBC_OTHER, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_UDTFIXED, SQLI_XID_BOOLEAN, "BOOLEAN", JDBC_BOOLEAN, SIZE_FIXED, 1, CONTENT_OTHER},
    {SQLI_TYPE_UDTFIXED, SQLI_XID_BLOB, "BLOB", JDBC_BLOB, SIZE_FIXED, INT_MAX, CONTENT_LARGE},
    {SQLI_TYPE_UDTFIXED, SQLI_XID_CLOB, "CLOB", JDBC_CLOB, SIZE_FIXED, INT_MAX, CONTENT_LARGE},
    {SQLI_TYPE_UDTFIXED, 0, NULL, JDBC_OTHER, SIZE_LENGTH, 0, CONTENT_OTHER},
    {SQLI_TYPE_LVARCHAR, 0, "LVARCHAR", JDBC_LONGVARCHAR, SIZE_LENGTH, 0, CONTENT_TEXT},
    {SQLI_TYPE_BOOLEAN, 0, "BOOLEAN", JDBC_BOOLEAN, SIZE_FIXED, 1, CONTENT_OTHER},
    {SQLI_TYPE_BIGINT, 0, "BIGINT", JDBC_BIGINT, SIZE_FIXED, 19, CONTENT_NUMBER},
    {SQLI_TYPE_BIGSERIAL, 0, "BIGSERIAL", JDBC_BIGINT, SIZE_FIXED, 19, CONTENT_NUMBER},
};

/* The type without its flags; NULL for a number that is none. */
static const struct column_type *find(sqlite3_value *code, int32_t extended_id)
{
    int wanted = sqlite3_value_int(code) & 0xff;
    for (size_t i = 0; i < sizeof column_types / sizeof column_types[0]; i++) {
        const struct column_type *type = &column_types[i];
        if (type->code == wanted && (!type->extended_id || type->extended_id == extended_id))
            return type;
    }
    return NULL;
}

/* --- names and codes --- */

/* Types of users have their names in the database. */
static bool give_own_name(sqlite3_context *context, int32_t extended_id)
{
    sqlite3_stmt *row = NULL;
    bool found = false;
    if (sqlite3_prepare_v2(sqlite3_context_db_handle(context),
                           "SELECT name FROM main.sysxtdtypes WHERE extended_id = ? AND name <> ''",
                           -1, &row, NULL) == SQLITE_OK) {
        sqlite3_bind_int(row, 1, extended_id);
        found = sqlite3_step(row) == SQLITE_ROW;
    }
    if (found)
        sqlite3_result_text(context, (const char *)sqlite3_column_text(row, 0), -1,
                            SQLITE_TRANSIENT);
    sqlite3_finalize(row);
    return found;
}

/* (coltype, extended_id) */
static void coltypename(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    int32_t extended_id = sqlite3_value_int(arguments[1]);
    const struct column_type *type = find(arguments[0], extended_id);
    bool own = extended_id >= SQLI_FIRST_EXTENDED_ID || (type && !type->name);
    if (own && give_own_name(context, extended_id))
        return;
    if (type && type->name)
        sqlite3_result_text(context, type->name, -1, SQLITE_STATIC);
}

/* (coltype, extended_id, 0) */
static void data_type(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct column_type *type = find(arguments[0], sqlite3_value_int(arguments[1]));
    sqlite3_result_int(context, type ? type->jdbc : JDBC_OTHER);
}

/* (coltype, collength): 1 a date, 2 a time, 3 both */
static void datetype(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    int code = sqlite3_value_int(arguments[0]) & 0xff;
    sqli_qualifier q = (sqli_qualifier)(sqlite3_value_int(arguments[1]) & 0xffff);
    if (code == SQLI_TYPE_DATE)
        sqlite3_result_int(context, 1);
    if (code != SQLI_TYPE_DATETIME)
        return;
    bool date = sqli__qualifier_end(q) < SQLI_FIELD_HOUR;
    bool time = sqli__qualifier_start(q) >= SQLI_FIELD_HOUR;
    sqlite3_result_int(context, date ? 1 : time ? 2 : 3);
}

/* --- sizes --- */

static int32_t size_of(const struct column_type *type, int32_t length)
{
    switch (type->rule) {
    case SIZE_FIXED: return type->size;
    case SIZE_LENGTH: return length;
    case SIZE_LOW_BYTE: return length & 0xff;
    case SIZE_DIGITS: return length >> 8 & 0xff;
    }
    return 0;
}

/* (coltype, extended_id, collength) */
static void precision(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct column_type *type = find(arguments[0], sqlite3_value_int(arguments[1]));
    if (type)
        sqlite3_result_int(context, size_of(type, sqlite3_value_int(arguments[2]) & 0xffff));
}

/* The same; only what is text or large has a length in bytes. */
static void charlen(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct column_type *type = find(arguments[0], sqlite3_value_int(arguments[1]));
    if (type && (type->content == CONTENT_TEXT || type->content == CONTENT_LARGE))
        sqlite3_result_int(context, size_of(type, sqlite3_value_int(arguments[2]) & 0xffff));
}

/* (coltype, collength): the bytes that a value takes */
static void bufflen(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct column_type *found = find(arguments[0], 0);
    int32_t length = sqlite3_value_int(arguments[1]) & 0xffff;
    struct sqli_type type = {.code = (uint8_t)(sqlite3_value_int(arguments[0]) & 0xff),
                             .length = length};
    int32_t width = sqli__type_width(&type);
    if (found)
        sqlite3_result_int(context, width > 0 ? width : size_of(found, length));
}

/* (coltype, collength); a floating decimal has no scale */
static void numscale(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct column_type *type = find(arguments[0], 0);
    int32_t scale = sqlite3_value_int(arguments[1]) & 0xff;
    if (!type || type->content != CONTENT_NUMBER)
        return;
    if (type->rule != SIZE_DIGITS)
        sqlite3_result_int(context, 0);
    else if (scale != 0xff)
        sqlite3_result_int(context, scale);
}

/* (coltype) */
static void numprecradix(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const struct column_type *type = find(arguments[0], 0);
    if (type && type->content == CONTENT_NUMBER)
        sqlite3_result_int(context, 10);
}

/* --- routines --- */

/* (procid): the names of the types, with a comma between them */
static void give_types(sqlite3_context *context, sqlite3_value *procid, const char *sql)
{
    sqlite3_stmt *row = NULL;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 16);
    if (sqlite3_prepare_v2(sqlite3_context_db_handle(context), sql, -1, &row, NULL) == SQLITE_OK) {
        sqlite3_bind_int(row, 1, sqlite3_value_int(procid));
        while (sqlite3_step(row) == SQLITE_ROW) {
            sqli__buffer_text(&text, text.length ? "," : "");
            sqli__buffer_append(&text, sqlite3_column_text(row, 0),
                                (size_t)sqlite3_column_bytes(row, 0));
        }
    }
    sqlite3_finalize(row);
    sqli__give_text(context, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
}

static void param_types(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    give_types(context, arguments[0],
               "SELECT x_coltypename(paramtype, paramxid) FROM main.sysproccolumns "
               "WHERE procid = ? AND paramattr NOT IN (3, 5) ORDER BY paramid");
}

static void ret_types(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    give_types(context, arguments[0],
               "SELECT x_coltypename(paramtype, paramxid) FROM main.sysproccolumns "
               "WHERE procid = ? AND paramattr IN (3, 5) ORDER BY paramid");
}

/* --- NULL and SERIAL --- */

static bool takes_null(sqlite3_value *code)
{
    return !(sqlite3_value_int(code) & SQLI_TYPE_NOT_NULL);
}

static void isnullable(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, takes_null(arguments[0]));
}

static void give_yes(sqlite3_context *context, bool yes)
{
    sqlite3_result_text(context, yes ? "YES" : "NO", -1, SQLITE_STATIC);
}

static void nullable(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    give_yes(context, takes_null(arguments[0]));
}

static void isautoincr(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    int code = sqlite3_value_int(arguments[0]) & 0xff;
    give_yes(context,
             code == SQLI_TYPE_SERIAL || code == SQLI_TYPE_SERIAL8 || code == SQLI_TYPE_BIGSERIAL);
}

/* --- settings --- */

/* Quoted strings may always hold line ends here. */
static void allow_newline(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_span text = sqli__storage_bytes(arguments[0]);
    if (sqli__span_is_word(text, "t") || sqli__span_is_word(text, "f"))
        sqlite3_result_int(context, 0);
    else
        sqli__call_fail(context, SQLI_E_CONVERSION, NULL);
}

/* --- defaults --- */

/* (coltype, extended_id, collength, sysdefaults.default): the text behind the encoded value. */
static void default_value(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_span text = sqli__storage_bytes(arguments[3]);
    const struct sqli_type type = {.code = (uint8_t)(sqlite3_value_int(arguments[0]) & 0xff),
                                   .extended_id = sqlite3_value_int(arguments[1])};
    if (!sqli__default_is_plain(&type)) {
        const uint8_t *blank = memchr(text.data, ' ', text.length);
        size_t skip = blank ? (size_t)(blank - text.data) + 1 : 0;
        text = sqli__span(text.data + skip, text.length - skip);
    }
    while (text.length && text.data[text.length - 1] == ' ')
        text.length--;
    sqli__give_text(context, text);
}

const struct sqli_function_row sqli__functions_catalog[] = {
    {"x_allow_newline", 1, 1, SQLI_CALL_STABLE, allow_newline},
    {"x_coltypename", 2, 2, SQLI_CALL_STABLE, coltypename},
    {"x_data_type", 3, 3, SQLI_CALL_PURE, data_type},
    {"x_datetype", 2, 2, SQLI_CALL_PURE, datetype},
    {"x_precision", 3, 3, SQLI_CALL_PURE, precision},
    {"x_charlen", 3, 3, SQLI_CALL_PURE, charlen},
    {"x_bufflen", 2, 2, SQLI_CALL_PURE, bufflen},
    {"x_param_types", 1, 1, SQLI_CALL_STABLE, param_types},
    {"x_ret_types", 1, 1, SQLI_CALL_STABLE, ret_types},
    {"x_numscale", 2, 2, SQLI_CALL_PURE, numscale},
    {"x_numprecradix", 1, 1, SQLI_CALL_PURE, numprecradix},
    {"x_isnullable", 1, 1, SQLI_CALL_PURE, isnullable},
    {"x_nullable", 1, 1, SQLI_CALL_PURE, nullable},
    {"x_isautoincr", 1, 1, SQLI_CALL_PURE, isautoincr},
    {"x_default_value", 4, 4, SQLI_CALL_PURE, default_value},
    {0},
};
