/* Columns: what they are called, and their values in the C types that a program asks for. */
#include "client/statement.h"

#include "value/number.h"

enum sqli_status sqli__statement_value(struct sqli_stmt *stmt, int column,
                                       const struct sqli_type **type, struct sqli_value *value)
{
    struct sqli_error *error = &stmt->conn->error;
    if (!stmt->has_row)
        return sqli__fail(error, SQLI_E_NO_ROW, NULL);
    const struct sqli_shape *shape = &stmt->prepared->shape;
    if (column < 1 || (uint32_t)column > shape->count)
        return sqli__fail(error, SQLI_E_COLUMN_INDEX, "%d", column);
    *type = &shape->types[column - 1];
    return sqli__value_decode(*type, sqli__row_image(shape, &stmt->row, (uint32_t)column - 1),
                              value, error);
}

int sqli_column_count(const sqli_stmt *stmt)
{
    return stmt->prepared ? (int)stmt->prepared->column_count : 0;
}

const char *sqli_column_name(const sqli_stmt *stmt, int column)
{
    if (column < 1 || column > sqli_column_count(stmt))
        return NULL;
    return (const char *)stmt->prepared->names[column - 1].data;
}

/* What all readers begin with: SQLI_OK, SQLI_NULL or SQLI_FAIL. */
static int begin(struct sqli_stmt *stmt, int column, const struct sqli_type **type,
                 struct sqli_value *value)
{
    *type = NULL;
    *value = (struct sqli_value){.null = true};
    SQLI_TRY_ENTER(stmt->conn, false);
    enum sqli_status status = sqli__statement_value(stmt, column, type, value);
    return sqli__leave(stmt->conn, status) ? SQLI_FAIL : value->null ? SQLI_NULL : SQLI_OK;
}

static int mismatch(struct sqli_stmt *stmt, int column, const struct sqli_type *type,
                    const char *wanted)
{
    struct sqli_span name = sqli__type_name(type);
    return (int)sqli__fail(&stmt->conn->error, SQLI_E_VALUE_TYPE_MISMATCH, "column %d, %.*s to %s",
                           column, (int)name.length, (const char *)name.data, wanted);
}

int sqli_get_int64(sqli_stmt *stmt, int column, int64_t *number)
{
    const struct sqli_type *type;
    struct sqli_value value;
    int result = begin(stmt, column, &type, &value);
    if (result)
        return result;
    struct sqli_error *error = &stmt->conn->error;
    switch (value.kind) {
    case SQLI_KIND_INTEGER: *number = value.as.integer; return SQLI_OK;
    case SQLI_KIND_BOOLEAN: *number = value.as.boolean; return SQLI_OK;
    case SQLI_KIND_DECIMAL: return (int)sqli__decimal_to_int64(&value.as.decimal, number, error);
    case SQLI_KIND_TEXT: return (int)sqli__int64_from_text(value.as.bytes, number, error);
    default: return mismatch(stmt, column, type, "an integer");
    }
}

int sqli_get_double(sqli_stmt *stmt, int column, double *number)
{
    const struct sqli_type *type;
    struct sqli_value value;
    int result = begin(stmt, column, &type, &value);
    if (result)
        return result;
    switch (value.kind) {
    case SQLI_KIND_INTEGER: *number = (double)value.as.integer; return SQLI_OK;
    case SQLI_KIND_REAL: *number = value.as.real; return SQLI_OK;
    case SQLI_KIND_DECIMAL: *number = sqli__decimal_to_double(&value.as.decimal); return SQLI_OK;
    case SQLI_KIND_TEXT:
        return (int)sqli__real_from_text(value.as.bytes, number, &stmt->conn->error);
    default: return mismatch(stmt, column, type, "a double");
    }
}

/* Blanks behind a CHAR are what fills it. */
static struct sqli_span without_fill(const struct sqli_type *type, struct sqli_span text)
{
    if (type->code == SQLI_TYPE_CHAR || type->code == SQLI_TYPE_NCHAR)
        while (text.length && text.data[text.length - 1] == ' ')
            text.length--;
    return text;
}

static enum sqli_status write_text(struct sqli_stmt *stmt, const struct sqli_type *type,
                                   const struct sqli_value *value)
{
    struct sqli_conn *conn = stmt->conn;
    if (value->kind != SQLI_KIND_TEXT)
        return sqli__value_to_text(type, value, &sqli__date_iso, &stmt->text, &conn->error);
    struct sqli_span text = without_fill(type, value->as.bytes);
    return sqli__text_from_server(conn, text, &stmt->text, &conn->error);
}

int sqli_get_text(sqli_stmt *stmt, int column, const char **text, size_t *length)
{
    const struct sqli_type *type;
    struct sqli_value value;
    int result = begin(stmt, column, &type, &value);
    if (result)
        return result;
    sqli__buffer_clear(&stmt->text);
    enum sqli_status status = write_text(stmt, type, &value);
    sqli__buffer_byte(&stmt->text, '\0');
    if (status == SQLI_OK)
        status = sqli__buffer_status(&stmt->text, &stmt->conn->error);
    if (status)
        return SQLI_FAIL;
    *text = (const char *)stmt->text.data;
    if (length)
        *length = stmt->text.length - 1;
    return SQLI_OK;
}
