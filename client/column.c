/* Columns of the present row in the C types that a program asks for.
 *
 * A row belongs to the thread that steps its statement, so reading it takes no lock and asks for no
 * process id. */
#include "client/column.h"

#include "base/ascii.h"
#include "client/lob.h"
#include "value/image.h"

/* What lob-limit lets through, in UTF-8. */
static const size_t whole_text_max = (size_t)4 * INT32_MAX;

/* --- names --- */

int sqli_column_count(const sqli_stmt *stmt)
{
    return stmt && stmt->prepared ? (int)stmt->prepared->column_count : 0;
}

const char *sqli_column_name(const sqli_stmt *stmt, int column)
{
    if (column < 1 || column > sqli_column_count(stmt))
        return NULL;
    return (const char *)stmt->prepared->names[column - 1].data;
}

static bool same_name(struct sqli_span name, struct sqli_span wanted, bool exactly)
{
    if (exactly || name.length != wanted.length)
        return sqli__span_equal(name, wanted);
    return sqli__ascii_same(name.data, wanted.data, name.length);
}

/* Capitals matter only where two names differ in nothing else. */
int sqli_column_index(const sqli_stmt *stmt, const char *name)
{
    struct sqli_span wanted = sqli__span_text(name);
    for (int exactly = 1; exactly >= 0; exactly--)
        for (int i = 0; i < sqli_column_count(stmt); i++)
            if (same_name(stmt->prepared->names[i], wanted, exactly))
                return i + 1;
    return 0;
}

/* --- values --- */

bool sqli__can_read(const struct sqli_stmt *stmt, const void *place)
{
    if (stmt && !place)
        sqli__fail_null(&stmt->conn->error);
    return stmt && place;
}

static enum sqli_status locate(struct sqli_stmt *stmt, int column, const struct sqli_type **type,
                               struct sqli_span *image)
{
    struct sqli_error *error = &stmt->conn->error;
    if (!stmt->has_row) {
        sqli__fail(error, SQLI_E_NO_ROW, NULL);
        return SQLI_FAIL;
    }
    const struct sqli_shape *shape = &stmt->prepared->shape;
    if (column < 1 || (uint32_t)column > shape->count) {
        sqli__fail(error, SQLI_E_COLUMN_INDEX, "%d", column);
        return SQLI_FAIL;
    }
    *type = &shape->types[column - 1];
    *image = sqli__row_image(shape, &stmt->row, (uint32_t)column - 1);
    return SQLI_OK;
}

enum sqli_status sqli__statement_value(struct sqli_stmt *stmt, int column,
                                       const struct sqli_type **type, struct sqli_value *value)
{
    struct sqli_span image;
    SQLI_TRY(locate(stmt, column, type, &image));
    return sqli__value_decode(*type, image, value, &stmt->conn->error);
}

int sqli__column_source(struct sqli_stmt *stmt, int column, struct sqli_value *value,
                        struct sqli_source *from)
{
    *from = (struct sqli_source){.conn = stmt->conn, .value = value, .error = &stmt->conn->error};
    if (sqli__statement_value(stmt, column, &from->type, value))
        return SQLI_FAIL;
    return value->null ? SQLI_NULL : SQLI_OK;
}

int sqli__column_result(struct sqli_stmt *stmt, int column, enum sqli_status status)
{
    if (status == SQLI_FAIL)
        sqli__fail_at(&stmt->conn->error, "column %d (%s)", column, sqli_column_name(stmt, column));
    return (int)status;
}

int sqli_is_null(sqli_stmt *stmt, int column)
{
    struct sqli_value value;
    struct sqli_source from;
    return !stmt || sqli__column_source(stmt, column, &value, &from) != SQLI_OK;
}

/* --- numbers --- */

/* The types that most numbers are of, without a struct sqli_value in between; *known tells whether
 * the column was one of them. */
static int integer_of_image(const struct sqli_type *type, const uint8_t *p, int64_t *number,
                            bool *known)
{
    int64_t wide = 0;
    int32_t word;
    int16_t half;
    bool there;
    switch (type->code) {
    case SQLI_TYPE_SMALLINT:
        there = sqli__image_smallint(p, &half);
        wide = half;
        break;
    case SQLI_TYPE_INTEGER:
    case SQLI_TYPE_SERIAL:
        there = sqli__image_int(p, &word);
        wide = word;
        break;
    case SQLI_TYPE_BIGINT:
    case SQLI_TYPE_BIGSERIAL: there = sqli__image_bigint(p, &wide); break;
    default: *known = false; return SQLI_OK;
    }
    *known = true;
    if (!there)
        return SQLI_NULL;
    *number = wide;
    return SQLI_OK;
}

int sqli_get_int64(sqli_stmt *stmt, int column, int64_t *number)
{
    const struct sqli_type *type;
    struct sqli_span image;
    struct sqli_value value;
    struct sqli_source from;
    bool known;
    if (!sqli__can_read(stmt, number))
        return SQLI_FAIL;
    SQLI_TRY(locate(stmt, column, &type, &image));
    int result = integer_of_image(type, image.data, number, &known);
    if (known)
        return result;
    result = sqli__column_source(stmt, column, &value, &from);
    return result ? result : sqli__column_result(stmt, column, sqli__convert_int64(&from, number));
}

int sqli_get_double(sqli_stmt *stmt, int column, double *number)
{
    const struct sqli_type *type;
    struct sqli_span image;
    struct sqli_value value;
    struct sqli_source from;
    double real;
    if (!sqli__can_read(stmt, number))
        return SQLI_FAIL;
    SQLI_TRY(locate(stmt, column, &type, &image));
    if (type->code == SQLI_TYPE_FLOAT) {
        if (!sqli__image_float(image.data, &real))
            return SQLI_NULL;
        *number = real;
        return SQLI_OK;
    }
    int result = sqli__column_source(stmt, column, &value, &from);
    return result ? result : sqli__column_result(stmt, column, sqli__convert_double(&from, number));
}

/* --- all getters that hand a conversion through --- */

#define GETTER(function, pointer, convert)                                                  \
    int function(sqli_stmt *stmt, int column, pointer result)                               \
    {                                                                                       \
        struct sqli_value value;                                                            \
        struct sqli_source from;                                                            \
        if (!sqli__can_read(stmt, result))                                                  \
            return SQLI_FAIL;                                                               \
        int status = sqli__column_source(stmt, column, &value, &from);                      \
        return status ? status : sqli__column_result(stmt, column, convert(&from, result)); \
    }

GETTER(sqli_get_bool, int *, sqli__convert_bool)
GETTER(sqli_get_digits, struct sqli_digits *, sqli__convert_digits)
GETTER(sqli_get_moment, struct sqli_moment *, sqli__convert_moment)
GETTER(sqli_get_interval, struct sqli_span_of_time *, sqli__convert_interval)

/* --- texts and bytes --- */

static bool is_lob(enum sqli_kind kind)
{
    return kind == SQLI_KIND_SIMPLE_LOB || kind == SQLI_KIND_SMART_LOB;
}

static void append_hex(struct sqli_span bytes, struct sqli_buffer *out)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *room = sqli__buffer_reserve(out, 2 * bytes.length);
    if (!room)
        return;
    for (size_t i = 0; i < bytes.length; i++) {
        room[2 * i] = (uint8_t)digits[bytes.data[i] >> 4];
        room[2 * i + 1] = (uint8_t)digits[bytes.data[i] & 15];
    }
    sqli__buffer_advance(out, 2 * bytes.length);
}

/* What was read whole as UTF-8: TEXT and CLOB are texts, BYTE and BLOB have only their digits. */
static enum sqli_status whole_text(struct sqli_stmt *stmt, int column, struct sqli_span bytes,
                                   struct sqli_buffer *out)
{
    struct sqli_error *error = &stmt->conn->error;
    int type = sqli__sqltype(&stmt->prepared->shape.types[column - 1]);
    if (type == SQLI_TEXT || type == SQLI_CLOB)
        return sqli__text_from_server(stmt->conn, bytes, out, error);
    append_hex(bytes, out);
    return sqli__buffer_status(out, error);
}

enum sqli_status sqli__column_whole(struct sqli_stmt *stmt, int column, bool as_text,
                                    struct sqli_buffer *out)
{
    if (stmt->reading != column)
        sqli__buffer_clear(&stmt->text);
    stmt->reading = column;
    enum sqli_status status = sqli__lob_whole(stmt, column, &stmt->text);
    if (status == SQLI_MORE)
        return status;
    stmt->reading = 0;
    SQLI_TRY(status);
    if (as_text)
        return whole_text(stmt, column, sqli__buffer_view(&stmt->text), out);
    sqli__buffer_span(out, sqli__buffer_view(&stmt->text));
    return sqli__buffer_status(out, &stmt->conn->error);
}

struct whole {
    struct sqli_stmt *stmt;
    int column;
    bool as_text;
    struct sqli_buffer out;
};

static enum sqli_status read_whole(void *context)
{
    struct whole *w = context;
    return sqli__column_whole(w->stmt, w->column, w->as_text, &w->out);
}

/* Into stmt->text; this is the one getter that may have to wait. */
static int get_whole(struct sqli_stmt *stmt, int column, bool as_text)
{
    struct whole w = {.stmt = stmt, .column = column, .as_text = as_text};
    SQLI_TRY_ENTER(stmt->conn, true);
    sqli__buffer_init(&w.out, whole_text_max);
    enum sqli_status status = sqli__drive(stmt->conn, read_whole, &w);
    if (status == SQLI_OK) {
        struct sqli_buffer read = stmt->text;
        stmt->text = w.out;
        w.out = read;
    }
    sqli__buffer_free(&w.out);
    return sqli__leave(stmt->conn, status);
}

static int end_text(struct sqli_stmt *stmt, int column, enum sqli_status status, const char **text,
                    size_t *length)
{
    sqli__buffer_byte(&stmt->text, '\0');
    if (status == SQLI_OK)
        status = sqli__buffer_status(&stmt->text, &stmt->conn->error);
    if (status == SQLI_OK) {
        *text = (const char *)stmt->text.data;
        if (length)
            *length = stmt->text.length - 1;
    }
    return sqli__column_result(stmt, column, status);
}

int sqli_get_text(sqli_stmt *stmt, int column, const char **text, size_t *length)
{
    struct sqli_value value;
    struct sqli_source from;
    if (!sqli__can_read(stmt, text))
        return SQLI_FAIL;
    int result = sqli__column_source(stmt, column, &value, &from);
    if (result)
        return result;
    if (is_lob(value.kind)) {
        result = get_whole(stmt, column, true);
        return result ? result : end_text(stmt, column, SQLI_OK, text, length);
    }
    sqli__buffer_clear(&stmt->text);
    return end_text(stmt, column, sqli__convert_text(&from, &stmt->text), text, length);
}

int sqli_get_bytes(sqli_stmt *stmt, int column, const void **bytes, size_t *length)
{
    struct sqli_value value;
    struct sqli_source from;
    struct sqli_span span;
    if (!sqli__can_read(stmt, bytes))
        return SQLI_FAIL;
    int result = sqli__column_source(stmt, column, &value, &from);
    if (result)
        return result;
    if (is_lob(value.kind)) {
        result = get_whole(stmt, column, false);
        span = sqli__buffer_view(&stmt->text);
    } else {
        result = sqli__column_result(stmt, column, sqli__convert_bytes(&from, &span));
    }
    if (result)
        return result;
    *bytes = span.data;
    if (length)
        *length = span.length;
    return SQLI_OK;
}
