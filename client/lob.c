/* Handles of large objects: made, read, moved in, closed; and the public functions. */
#include "client/lob.h"

#include "base/alloc.h"

/* --- life --- */

bool sqli__object_is_simple(const struct sqli_lob *lob)
{
    return lob->type == SQLI_BYTE || lob->type == SQLI_TEXT;
}

enum sqli_status sqli__object_new(struct sqli_conn *conn, int type, struct sqli_lob **made)
{
    struct sqli_lob *lob = sqli__alloc_zeroed(1, sizeof *lob);
    *made = lob;
    if (!lob)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    lob->conn = conn;
    lob->type = type;
    lob->mode = SQLI_LOB_READ_WRITE;
    sqli__task_init(&lob->task, conn, lob);
    sqli__buffer_init(&lob->window, SQLI_OBJECT_WINDOW + 4 * SQLI_OBJECT_CHUNK);
    lob->next = conn->lobs;
    if (lob->next)
        lob->next->previous = lob;
    conn->lobs = lob;
    return SQLI_OK;
}

/* The image goes back to the server as it came. */
static enum sqli_status keep_reference(struct sqli_lob *lob, struct sqli_stmt *stmt, int column,
                                       const struct sqli_value *value)
{
    struct sqli_span image =
        sqli__row_image(&stmt->prepared->shape, &stmt->row, (uint32_t)column - 1);
    if (!sqli__object_is_simple(lob)) {
        memcpy(lob->locator, value->as.smart_lob.bytes, sizeof lob->locator);
        return SQLI_OK;
    }
    if (image.length > sizeof lob->reference)
        return sqli__fail(&stmt->conn->error, SQLI_E_VALUE_IMAGE, "column %d", column);
    memcpy(lob->reference, image.data, image.length);
    lob->reference_length = image.length;
    lob->told_size = sqli__simple_lob_size(&value->as.simple_lob);
    lob->stmt = stmt;
    return SQLI_OK;
}

static int type_of_object(const struct sqli_type *type, const struct sqli_value *value)
{
    if (value->kind == SQLI_KIND_SIMPLE_LOB)
        return type->code == SQLI_TYPE_BYTE ? SQLI_BYTE : SQLI_TEXT;
    return type->extended_id == SQLI_XID_CLOB ? SQLI_CLOB : SQLI_BLOB;
}

enum sqli_status sqli__object_of_column(struct sqli_stmt *stmt, int column, int mode,
                                        struct sqli_lob **lob)
{
    const struct sqli_type *type;
    struct sqli_value value;
    struct sqli_error *error = &stmt->conn->error;
    *lob = NULL;
    SQLI_TRY(sqli__statement_value(stmt, column, &type, &value));
    enum sqli_kind kind = sqli__type_kind(type);
    if (kind != SQLI_KIND_SIMPLE_LOB && kind != SQLI_KIND_SMART_LOB)
        return sqli__fail(error, SQLI_E_VALUE_TYPE_MISMATCH, "column %d is no large object",
                          column);
    if (value.null)
        return SQLI_NULL;
    if (kind == SQLI_KIND_SIMPLE_LOB && mode != SQLI_LOB_READ)
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "BYTE and TEXT can only be read");
    struct sqli_lob *made;
    if (sqli__object_new(stmt->conn, type_of_object(type, &value), &made) || !made)
        return SQLI_FAIL;
    made->mode = mode;
    enum sqli_status status = keep_reference(made, stmt, column, &value);
    if (status)
        sqli__object_free(made);
    else
        *lob = made;
    return status;
}

static void leave_connection(struct sqli_lob *lob)
{
    if (!lob->conn)
        return;
    sqli__task_drop(&lob->task);
    if (lob->previous)
        lob->previous->next = lob->next;
    else
        lob->conn->lobs = lob->next;
    if (lob->next)
        lob->next->previous = lob->previous;
    lob->previous = lob->next = NULL;
    lob->stmt = NULL;
    lob->conn = NULL;
}

void sqli__object_free(struct sqli_lob *lob)
{
    if (!lob)
        return;
    if (lob->conn && lob->conn->open && !lob->lost && lob->descriptor) {
        sqli__task_drop(&lob->task);
        lob->step = SQLI_OBJECT_IDLE;
        sqli__object_close(lob); /* nobody waits for the answer */
    }
    leave_connection(lob);
    sqli__buffer_free(&lob->window);
    sqli__free(lob);
}

void sqli__objects_lose(struct sqli_conn *conn, bool closed)
{
    for (struct sqli_lob *lob = conn->lobs, *next; lob; lob = next) {
        next = lob->next;
        lob->lost = true;
        lob->descriptor = 0;
        if (closed)
            leave_connection(lob);
    }
}

/* What was read of it stays, but not what has not come yet. */
void sqli__lobs_leave_row(struct sqli_stmt *stmt)
{
    sqli__object_free(stmt->opening);
    sqli__object_free(stmt->whole);
    stmt->opening = stmt->whole = NULL;
    for (struct sqli_lob *lob = stmt->conn->lobs; lob; lob = lob->next)
        if (lob->stmt == stmt) {
            sqli__task_drop(&lob->task);
            lob->stmt = NULL;
            lob->operation = NULL;
            lob->step = SQLI_OBJECT_IDLE;
        }
}

/* --- reading --- */

static bool in_window(const struct sqli_lob *lob)
{
    bool fresh = sqli__object_is_simple(lob) || lob->changes == lob->conn->lob_changes;
    return fresh && lob->position >= lob->window_at &&
           lob->position < lob->window_at + lob->window.length;
}

static bool at_end(const struct sqli_lob *lob)
{
    bool fresh = sqli__object_is_simple(lob) || lob->changes == lob->conn->lob_changes;
    return fresh && lob->window_ends && lob->position >= lob->window_at + lob->window.length;
}

static void copy_out(struct sqli_lob *lob, uint8_t *bytes, size_t size)
{
    size_t at = (size_t)(lob->position - lob->window_at);
    size_t count = lob->window.length - at;
    if (count > size - lob->done)
        count = size - lob->done;
    memcpy(bytes + lob->done, lob->window.data + at, count);
    lob->done += count;
    lob->position += count;
}

static enum sqli_status read_on(struct sqli_lob *lob, uint8_t *bytes, size_t size)
{
    while (lob->done < size && (lob->step || !at_end(lob))) {
        if (!lob->step && in_window(lob))
            copy_out(lob, bytes, size);
        else
            SQLI_TRY(sqli__object_is_simple(lob) ? sqli__simple_fill(lob)
                                                 : sqli__smart_fill(lob, size - lob->done));
    }
    return SQLI_OK;
}

enum sqli_status sqli__object_read(struct sqli_lob *lob, void *bytes, size_t size, size_t *got)
{
    enum sqli_status status = read_on(lob, bytes, size);
    if (status == SQLI_MORE)
        return status;
    if (status == SQLI_FAIL)
        lob->position -= lob->done;
    *got = status == SQLI_OK ? lob->done : 0;
    lob->done = 0;
    return status;
}

/* --- the public functions --- */

/* An operation that has said SQLI_MORE comes first. */
static enum sqli_status begin(struct sqli_lob *lob, sqli_advance *operation)
{
    struct sqli_error *error = &lob->conn->error;
    if (lob->lost)
        return sqli__fail(error, SQLI_E_STATE, "the connection of the large object is gone");
    if (sqli__object_is_simple(lob) && !lob->stmt)
        return sqli__fail(error, SQLI_E_NO_ROW, "the row of the BYTE or TEXT is gone");
    if (lob->operation && lob->operation != operation)
        return sqli__fail(error, SQLI_E_STATE,
                          "another operation of the large object is under way");
    lob->operation = operation;
    return SQLI_OK;
}

struct operation {
    struct sqli_lob *lob;
    void *bytes;
    size_t size, got;
    uint64_t number;
};

/* `advance` is a machine over struct operation; `pointer` is what the program gave for it. */
static int operate(struct operation *o, sqli_advance *advance, const void *pointer)
{
    struct sqli_lob *lob = o->lob;
    if (!lob)
        return SQLI_FAIL;
    struct sqli_conn *conn = lob->conn;
    SQLI_TRY_ENTER_WITH(conn, true, pointer);
    enum sqli_status status = begin(lob, advance);
    if (status)
        return sqli__leave(conn, status);
    status = sqli__drive(conn, advance, o);
    if (status != SQLI_MORE) {
        lob->operation = NULL;
        lob->done = 0;
    }
    return sqli__leave(conn, status);
}

static enum sqli_status advance_read(void *context)
{
    struct operation *o = context;
    return sqli__object_read(o->lob, o->bytes, o->size, &o->got);
}

int sqli_lob_read(sqli_lob *lob, void *bytes, size_t size, size_t *got)
{
    struct operation o = {.lob = lob, .bytes = bytes, .size = size};
    int result = operate(&o, advance_read, size && !bytes ? NULL : got);
    if (got)
        *got = o.got;
    return result;
}

static enum sqli_status advance_write(void *context)
{
    struct operation *o = context;
    return sqli__object_write(o->lob, sqli__span(o->bytes, o->size));
}

int sqli_lob_write(sqli_lob *lob, const void *bytes, size_t size)
{
    struct operation o = {.lob = lob, .bytes = (void *)(uintptr_t)bytes, .size = size};
    return operate(&o, advance_write, size ? bytes : "");
}

static enum sqli_status advance_size(void *context)
{
    struct operation *o = context;
    return sqli__object_size(o->lob, &o->number);
}

int sqli_lob_size(sqli_lob *lob, uint64_t *size)
{
    struct operation o = {.lob = lob};
    int result = operate(&o, advance_size, size);
    if (result == SQLI_OK)
        *size = o.number;
    return result;
}

static enum sqli_status advance_truncate(void *context)
{
    struct operation *o = context;
    return sqli__object_truncate(o->lob, o->number);
}

int sqli_lob_truncate(sqli_lob *lob, uint64_t size)
{
    struct operation o = {.lob = lob, .number = size};
    return operate(&o, advance_truncate, lob);
}

static enum sqli_status advance_seek(void *context)
{
    struct operation *o = context;
    o->lob->position = o->number;
    return SQLI_OK;
}

int sqli_lob_seek(sqli_lob *lob, uint64_t position)
{
    struct operation o = {.lob = lob, .number = position};
    return operate(&o, advance_seek, lob);
}

uint64_t sqli_lob_tell(const sqli_lob *lob)
{
    return lob ? lob->position : 0;
}

/* --- opening, creating, closing --- */

static enum sqli_status advance_open(void *context)
{
    return sqli__object_open(context);
}

static enum sqli_status advance_create(void *context)
{
    return sqli__object_create(context);
}

/* Until it is open, its maker keeps the handle: the program has none to call again with. */
static enum sqli_status make(struct sqli_conn *conn, struct sqli_lob **kept, sqli_advance *advance,
                             struct sqli_lob **made)
{
    enum sqli_status status = sqli__drive(conn, advance, *kept);
    if (status == SQLI_MORE)
        return status;
    if (status == SQLI_OK)
        *made = *kept;
    else {
        struct sqli_error error = conn->error;
        sqli__object_free(*kept);
        conn->error = error;
    }
    *kept = NULL;
    return status;
}

int sqli_lob_open(sqli_stmt *stmt, int column, int mode, sqli_lob **lob)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    if (lob)
        *lob = NULL;
    SQLI_TRY_ENTER_WITH(conn, true, lob);
    enum sqli_status status = SQLI_OK;
    if (mode < SQLI_LOB_READ || mode > SQLI_LOB_READ_WRITE)
        status = sqli__fail(&conn->error, SQLI_E_ARGUMENT, "mode %d", mode);
    else if (!stmt->opening)
        status = sqli__object_of_column(stmt, column, mode, &stmt->opening);
    if (status == SQLI_OK)
        status = make(conn, &stmt->opening, advance_open, lob);
    return sqli__leave(conn, status);
}

int sqli_lob_create(sqli_conn *conn, int type, sqli_lob **lob)
{
    if (lob)
        *lob = NULL;
    SQLI_TRY_ENTER_WITH(conn, true, lob);
    enum sqli_status status = SQLI_OK;
    if (type != SQLI_BLOB && type != SQLI_CLOB)
        status = sqli__fail(&conn->error, SQLI_E_ARGUMENT, "type %d", type);
    else if (!conn->creating)
        status = sqli__object_new(conn, type, &conn->creating);
    if (status == SQLI_OK)
        status = make(conn, &conn->creating, advance_create, lob);
    return sqli__leave(conn, status);
}

int sqli_lob_open_locator(sqli_conn *conn, int type, const uint8_t locator[SQLI_LOCATOR_SIZE],
                          int mode, sqli_lob **lob)
{
    if (lob)
        *lob = NULL;
    SQLI_TRY_ENTER_WITH(conn, true, locator ? (void *)lob : NULL);
    enum sqli_status status = SQLI_OK;
    if (mode < SQLI_LOB_READ || mode > SQLI_LOB_READ_WRITE)
        status = sqli__fail(&conn->error, SQLI_E_ARGUMENT, "mode %d", mode);
    else if (type != SQLI_BLOB && type != SQLI_CLOB)
        status = sqli__fail(&conn->error, SQLI_E_ARGUMENT, "type %d", type);
    else if (!conn->creating)
        status = sqli__object_new(conn, type, &conn->creating);
    if (status == SQLI_OK) {
        conn->creating->mode = mode;
        memcpy(conn->creating->locator, locator, SQLI_LOCATOR_SIZE);
        status = make(conn, &conn->creating, advance_open, lob);
    }
    return sqli__leave(conn, status);
}

static enum sqli_status advance_close(void *context)
{
    return sqli__object_close(context);
}

/* What only was read is closed without waiting: nothing can be lost with it. */
int sqli_lob_close(sqli_lob *lob)
{
    struct sqli_conn *conn = lob ? lob->conn : NULL;
    if (!conn) {
        sqli__object_free(lob);
        return SQLI_OK;
    }
    SQLI_TRY_ENTER(conn, false);
    enum sqli_status status = SQLI_OK;
    if (lob->written && conn->open && !lob->lost)
        status = sqli__drive(conn, advance_close, lob);
    if (status != SQLI_MORE) {
        struct sqli_error error = conn->error;
        sqli__object_free(lob);
        conn->error = error;
    }
    return sqli__leave(conn, status);
}
