/* Large objects as values: read whole into memory, or bound as bytes or as a handle. */
#include "client/column.h"
#include "client/lob.h"

/* --- out --- */

static enum sqli_status read_all(struct sqli_lob *lob, uint64_t limit, struct sqli_buffer *out)
{
    struct sqli_error *error = &lob->conn->error;
    size_t got;
    do {
        uint8_t *room = sqli__buffer_reserve(out, SQLI_OBJECT_PIECE);
        if (!room)
            return sqli__buffer_status(out, error);
        SQLI_TRY(sqli__object_read(lob, room, SQLI_OBJECT_PIECE, &got));
        sqli__buffer_advance(out, got);
        if (lob->position > limit)
            return sqli__fail(error, SQLI_E_TOO_LARGE, "lob-limit, %llu bytes",
                              (unsigned long long)limit);
    } while (got);
    return SQLI_OK;
}

enum sqli_status sqli__lob_whole(struct sqli_stmt *stmt, int column, struct sqli_buffer *out)
{
    struct sqli_conn *conn = stmt->conn;
    int64_t limit = 0;
    if (stmt->whole && stmt->whole->column != column) {
        sqli__object_free(stmt->whole);
        stmt->whole = NULL;
    }
    if (!stmt->whole) {
        SQLI_TRY(sqli__object_of_column(stmt, column, SQLI_LOB_READ, &stmt->whole));
        stmt->whole->column = column;
    }
    sqli__option_number(&conn->options, SQLI_OPT_LOB_LIMIT, 0, INT32_MAX, &limit, NULL);
    if (out->limit < (size_t)limit + 2 * SQLI_OBJECT_PIECE)
        out->limit = (size_t)limit + 2 * SQLI_OBJECT_PIECE;
    enum sqli_status status = sqli__object_open(stmt->whole);
    if (status == SQLI_OK)
        status = read_all(stmt->whole, (uint64_t)limit, out);
    if (status == SQLI_MORE)
        return status;
    struct sqli_error error = conn->error;
    sqli__object_free(stmt->whole);
    stmt->whole = NULL;
    conn->error = error;
    return status;
}

/* --- in --- */

static struct sqli_binding *bind_locator(struct sqli_stmt *stmt, int parameter, int type,
                                         const uint8_t *locator)
{
    struct sqli_binding *b = sqli__binding_of(stmt, parameter);
    if (!b)
        return NULL;
    b->type = (struct sqli_type){.code = SQLI_TYPE_SENDRECV,
                                 .owner = sqli__span_text("informix"),
                                 .name = sqli__span_text(type == SQLI_CLOB ? "clob" : "blob")};
    b->precision = SQLI_SMART_LOB_SIZE;
    b->length = SQLI_SMART_LOB_SIZE;
    sqli__buffer_append(&b->data, locator, SQLI_SMART_LOB_SIZE);
    return b;
}

int sqli_bind_lob(sqli_stmt *stmt, int parameter, const sqli_lob *lob)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    struct sqli_binding *b = NULL;
    if (!lob)
        return sqli__refuse_null(stmt, parameter);
    SQLI_TRY_ENTER(conn, false);
    if (!sqli__binding_of(stmt, parameter))
        return sqli__leave(conn, SQLI_FAIL);
    if (lob->conn != conn || lob->lost)
        sqli__fail(&conn->error, SQLI_E_STATE, "the large object is not of this connection");
    else if (sqli__object_is_simple(lob))
        sqli__fail(&conn->error, SQLI_E_UNSUPPORTED, "BYTE and TEXT are bound as bytes or stream");
    else
        b = bind_locator(stmt, parameter, lob->type, lob->locator);
    if (!b)
        return sqli__leave(conn, SQLI_FAIL);
    enum sqli_status status = sqli__buffer_status(&b->data, &conn->error);
    b->set = status == SQLI_OK;
    return sqli__leave(conn, status);
}

int sqli_bind_locator(sqli_stmt *stmt, int parameter, int type,
                      const uint8_t locator[SQLI_LOCATOR_SIZE])
{
    struct sqli_conn *conn = sqli_connection(stmt);
    struct sqli_binding *b = NULL;
    if (!locator)
        return sqli__refuse_null(stmt, parameter);
    SQLI_TRY_ENTER(conn, false);
    if (type == SQLI_BLOB || type == SQLI_CLOB)
        b = bind_locator(stmt, parameter, type, locator);
    else if (sqli__binding_of(stmt, parameter))
        sqli__fail(&conn->error, SQLI_E_ARGUMENT, "type %d", type);
    if (!b)
        return sqli__leave(conn, SQLI_FAIL);
    enum sqli_status status = sqli__buffer_status(&b->data, &conn->error);
    b->set = status == SQLI_OK;
    return sqli__leave(conn, status);
}

int sqli_get_locator(sqli_stmt *stmt, int column, uint8_t locator[SQLI_LOCATOR_SIZE])
{
    const struct sqli_type *type;
    struct sqli_value value;
    if (!sqli__can_read(stmt, locator))
        return SQLI_FAIL;
    struct sqli_error *error = &stmt->conn->error;
    if (sqli__statement_value(stmt, column, &type, &value))
        return SQLI_FAIL;
    if (value.null)
        return SQLI_NULL;
    if (value.kind != SQLI_KIND_SMART_LOB)
        return (int)sqli__fail(error, SQLI_E_VALUE_TYPE_MISMATCH,
                               "column %d is neither BLOB nor CLOB", column);
    memcpy(locator, value.as.smart_lob.bytes, SQLI_LOCATOR_SIZE);
    return SQLI_OK;
}

/* The locator has its place in front of the bytes. */
enum sqli_status sqli__lob_bind_bytes(struct sqli_stmt *stmt, int parameter, int type,
                                      const void *bytes, size_t length)
{
    static const uint8_t none[SQLI_SMART_LOB_SIZE];
    struct sqli_binding *b = bind_locator(stmt, parameter, type, none);
    if (!b)
        return SQLI_FAIL;
    sqli__buffer_append(&b->data, bytes, length);
    enum sqli_status status = sqli__buffer_status(&b->data, &stmt->conn->error);
    b->object = b->set = status == SQLI_OK;
    return status;
}

/* A new object with the bytes, closed again: the server gets all of it in front of the statement.
 */
static enum sqli_status make(struct sqli_conn *conn, struct sqli_binding *b)
{
    int type = sqli__span_equal(b->type.name, sqli__span_text("clob")) ? SQLI_CLOB : SQLI_BLOB;
    if (!b->lob)
        SQLI_TRY(sqli__object_new(conn, type, &b->lob));
    SQLI_TRY(sqli__object_create(b->lob));
    SQLI_TRY(sqli__object_write(b->lob,
                                sqli__span(b->data.data + b->length, b->data.length - b->length)));
    memcpy(b->data.data, b->lob->locator, SQLI_SMART_LOB_SIZE);
    sqli__object_free(b->lob);
    b->lob = NULL;
    b->made = true;
    return SQLI_OK;
}

enum sqli_status sqli__lobs_make(struct sqli_stmt *stmt)
{
    for (size_t i = 0; i < stmt->placeholders.parameters; i++) {
        struct sqli_binding *b = &stmt->bindings[i];
        if (!b->object || b->made)
            continue;
        SQLI_TRY(sqli__begin_if_due(stmt));
        enum sqli_status status = make(stmt->conn, b);
        if (status == SQLI_FAIL) {
            struct sqli_error error = stmt->conn->error;
            sqli__object_free(b->lob);
            b->lob = NULL;
            stmt->conn->error = error;
        }
        SQLI_TRY(status);
    }
    return SQLI_OK;
}

void sqli__lobs_made_drop(struct sqli_stmt *stmt)
{
    for (size_t i = 0; i < stmt->placeholders.parameters; i++) {
        struct sqli_binding *b = &stmt->bindings[i];
        sqli__object_free(b->lob);
        b->lob = NULL;
        b->made = false;
    }
}
