/* sqli_prepare_call: a routine by its signature as a statement of one row. */
#include "client/lob.h"
#include "client/routine.h"

#include "base/alloc.h"
#include "value/scan.h"
#include "value/value.h"

enum {
    SIGNATURE_MAX = 4096,
    RESULTS_MAX = 1000,
    ROW_MAX = 64 << 20,
    YEAR_TO_FRACTION = 0x130f, /* (5) */
    DAY_TO_FRACTION = 0x144f,  /* DAY(9), (5) */
};

/* What the call gave back: images of the values as a row has them. */
struct sqli_call {
    char *signature; /* as the server wants it */
    bool again;      /* with a new handle, for the old one was not known any more */
    bool called;
    struct sqli_column *columns;
    uint32_t count;
    struct sqli_arena arena;
    struct sqli_buffer row;
};

/* --- results --- */

/* A NULL has no qualifier. */
static int32_t qualifier_of_null(uint8_t code)
{
    return code == SQLI_TYPE_DATETIME ? YEAR_TO_FRACTION : DAY_TO_FRACTION;
}

/* The type of a column for what came as a parameter does. */
static struct sqli_type type_of(const struct sqli_bind_value *v)
{
    static const struct {
        uint16_t came;
        const char *name;
        uint8_t code;
        int32_t id, length; /* 0: that of the value */
    } known[] = {
        {SQLI_TYPE_LVARCHAR, NULL, SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, 0},
        {SQLI_TYPE_BOOLEAN, NULL, SQLI_TYPE_UDTFIXED, SQLI_XID_BOOLEAN, 1},
        {SQLI_TYPE_SENDRECV, "blob", SQLI_TYPE_UDTFIXED, SQLI_XID_BLOB, SQLI_SMART_LOB_SIZE},
        {SQLI_TYPE_SENDRECV, "clob", SQLI_TYPE_UDTFIXED, SQLI_XID_CLOB, SQLI_SMART_LOB_SIZE},
        {SQLI_TYPE_SENDRECV, NULL, SQLI_TYPE_UDTVAR, 0, 0},
    };
    uint8_t code = (uint8_t)(v->type & 0xff);
    struct sqli_type type = {
        .code = code, .length = (int32_t)v->data.length, .owner = v->owner, .name = v->name};
    if (code == SQLI_TYPE_DATETIME || code == SQLI_TYPE_INTERVAL)
        type.length = v->precision ? v->precision : qualifier_of_null(code);
    if ((code == SQLI_TYPE_CHAR || code == SQLI_TYPE_NCHAR) && type.length == 0)
        type.length = 1;
    if (code == SQLI_TYPE_DECIMAL || code == SQLI_TYPE_MONEY)
        type.length = 32 << 8 | 255; /* the precision word of a decimal is not to be relied on */
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].came == code &&
            (!known[i].name || sqli__span_is_word(v->name, known[i].name))) {
            type.code = known[i].code;
            type.extended_id = known[i].id;
            if (known[i].length)
                type.length = known[i].length;
            break;
        }
    return type;
}

static enum sqli_status add_value(struct sqli_call *call, struct sqli_column *column,
                                  const struct sqli_bind_value *v, struct sqli_error *error)
{
    struct sqli_type type = type_of(v);
    struct sqli_value value = {.null = true};
    type.owner = sqli__arena_copy(&call->arena, v->owner);
    type.name = sqli__arena_copy(&call->arena, v->name);
    column->type = type;
    SQLI_TRY(sqli__arena_status(&call->arena, error));
    struct sqli_type came = type;
    came.code = (uint8_t)(v->type & 0xff);
    if (v->indicator == SQLI_INDICATOR_VALUE)
        SQLI_TRY(sqli__value_bind_decode(&came, v->data, &value, error));
    return sqli__value_encode(&type, &value, &call->row, error);
}

static enum sqli_status on_results(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_stmt *stmt = ((struct sqli_task *)context)->owner;
    struct sqli_call *call = stmt->call;
    if (message->id != SQLI_MSG_FPROUTINE)
        return sqli__execute_reply(context, message, error);
    const struct sqli_bind *got = &message->as.bind;
    if (got->count > RESULTS_MAX)
        return sqli__fail(error, SQLI_E_PROTOCOL, "%u results of a routine", (unsigned)got->count);
    call->columns = sqli__arena_alloc(&call->arena, got->count, sizeof *call->columns);
    SQLI_TRY(sqli__arena_status(&call->arena, error));
    for (uint32_t i = 0; i < got->count; i++)
        SQLI_TRY(add_value(call, &call->columns[i], &got->values[i], error));
    call->count = got->count;
    return sqli__buffer_status(&call->row, error);
}

/* --- the machine --- */

static void drop_results(struct sqli_stmt *stmt)
{
    struct sqli_call *call = stmt->call;
    sqli__statement_leave_row(stmt);
    if (stmt->prepared)
        sqli__prepared_put(stmt->prepared, false);
    stmt->prepared = NULL;
    call->columns = NULL;
    call->count = 0;
    sqli__arena_reset(&call->arena);
    sqli__buffer_clear(&call->row);
}

static enum sqli_status add_bind(struct sqli_stmt *stmt, const struct sqli_routine_handle *routine)
{
    size_t count = stmt->placeholders.count;
    struct sqli_bind_value *values = sqli__alloc_zeroed(count + 1, sizeof *values);
    if (!values)
        return sqli__fail(&stmt->conn->error, SQLI_E_NO_MEMORY, NULL);
    for (size_t i = 0; i < count; i++)
        values[i] = sqli__bind_value(stmt, i);
    struct sqli_bind bind = {(uint32_t)count, values};
    enum sqli_status status = sqli__routine_submit(routine, &bind, &stmt->task, on_results);
    sqli__free(values);
    return status;
}

static enum sqli_status submit(struct sqli_stmt *stmt)
{
    const struct sqli_routine_handle *routine;
    SQLI_TRY(sqli__routine(stmt->conn, stmt->call->signature, &routine));
    SQLI_TRY(sqli__require_bindings(stmt));
    SQLI_TRY(sqli__lobs_make(stmt));
    drop_results(stmt);
    stmt->row_count = stmt->serial = stmt->row_number = 0;
    stmt->warnings = 0;
    stmt->call->called = false;
    SQLI_TRY(sqli__begin_if_due(stmt));
    SQLI_TRY(add_bind(stmt, routine));
    sqli__lobs_made_drop(stmt);
    stmt->state = SQLI_STATE_RUNNING;
    return SQLI_OK;
}

/* The row of what came back. */
static enum sqli_status make_row(struct sqli_stmt *stmt)
{
    struct sqli_call *call = stmt->call;
    struct sqli_error *error = &stmt->conn->error;
    struct sqli_describe describe = {.count = call->count, .columns = call->columns};
    SQLI_TRY(sqli__prepared_local(stmt->conn, &describe, &stmt->prepared));
    sqli__free(stmt->segments);
    stmt->segments = sqli__alloc_zeroed(stmt->prepared->shape.varying + 1, sizeof *stmt->segments);
    if (!stmt->segments)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    stmt->row.segments = stmt->segments;
    if (call->count == 0)
        return SQLI_OK;
    SQLI_TRY(
        sqli__row_bind(&stmt->prepared->shape, sqli__buffer_view(&call->row), &stmt->row, error));
    stmt->has_row = true;
    stmt->row_number = stmt->row_count = 1;
    return SQLI_OK;
}

static enum sqli_status advance(struct sqli_stmt *stmt, bool *row)
{
    struct sqli_call *call = stmt->call;
    if (call->called && stmt->state == SQLI_STATE_RUNNING) {
        sqli__statement_leave_row(stmt);
        call->called = false;
        stmt->state = SQLI_STATE_ENDED;
        return SQLI_OK;
    }
    if (stmt->state != SQLI_STATE_RUNNING)
        SQLI_TRY(submit(stmt));
    SQLI_TRY(sqli__task_settle(&stmt->task));
    SQLI_TRY(make_row(stmt));
    call->again = false;
    call->called = *row = stmt->has_row;
    stmt->state = call->called ? SQLI_STATE_RUNNING : SQLI_STATE_ENDED;
    return SQLI_OK;
}

/* A handle that the server has forgotten did nothing: with a new one the call is tried once more.
 */
enum sqli_status sqli__call_next(struct sqli_stmt *stmt, bool *row)
{
    struct sqli_call *call = stmt->call;
    enum sqli_status status = advance(stmt, row);
    if (status != SQLI_FAIL)
        return status;
    stmt->state = SQLI_STATE_NEW;
    if (stmt->conn->error.code != SQLI_E_ROUTINE_ID || call->again || !stmt->conn->open) {
        call->again = false;
        return status;
    }
    call->again = true;
    sqli__routine_forget(stmt->conn, call->signature);
    return sqli__call_next(stmt, row);
}

enum sqli_status sqli__call_describe(struct sqli_stmt *stmt)
{
    const struct sqli_routine_handle *routine;
    return sqli__routine(stmt->conn, stmt->call->signature, &routine);
}

void sqli__call_free(struct sqli_stmt *stmt)
{
    if (!stmt->call)
        return;
    sqli__arena_free(&stmt->call->arena);
    sqli__buffer_free(&stmt->call->row);
    sqli__free(stmt->call->signature);
    sqli__free(stmt->call);
    stmt->call = NULL;
}

/* --- sqli_prepare_call --- */

/* How many parameters "f(integer, decimal(8,2))" has; -1: it is no signature. */
static int count_parameters(struct sqli_span signature)
{
    int depth = 0, count = 0;
    bool any = false;
    for (size_t i = 0; i < signature.length; i++) {
        uint8_t c = signature.data[i];
        if (c == ')' && --depth == 0)
            return any ? count + 1 : 0;
        if (depth < 0)
            return -1;
        any |= depth > 0 && c != ' ';
        count += depth == 1 && c == ',';
        depth += c == '(';
    }
    return -1;
}

static bool begins_with(struct sqli_span text, const char *word)
{
    size_t length = strlen(word);
    return text.length > length && text.data[length] == ' ' &&
           sqli__span_is_word(sqli__span(text.data, length), word);
}

/* The server wants to read "function" in front. */
static enum sqli_status keep_signature(struct sqli_stmt *stmt, struct sqli_span given)
{
    struct sqli_call *call = stmt->call;
    struct sqli_conn *conn = stmt->conn;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 5 * SIGNATURE_MAX);
    if (!begins_with(given, "function") && !begins_with(given, "procedure"))
        sqli__buffer_text(&text, "function ");
    enum sqli_status status = sqli__text_to_server(conn, given, &text, &conn->error);
    sqli__buffer_byte(&text, '\0');
    if (status == SQLI_OK)
        status = sqli__buffer_status(&text, &conn->error);
    if (status) {
        sqli__buffer_free(&text);
        return status;
    }
    call->signature = (char *)text.data;
    return SQLI_OK;
}

/* A statement of as many placeholders as there are parameters. */
static enum sqli_status make_statement(struct sqli_conn *conn, int parameters,
                                       struct sqli_stmt **stmt)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 2 * SIGNATURE_MAX);
    for (int i = 0; i < parameters; i++)
        sqli__buffer_text(&text, "?,");
    enum sqli_status status = sqli__buffer_status(&text, &conn->error);
    if (status == SQLI_OK)
        status = sqli__statement_new(conn, sqli__buffer_view(&text), SQLI_NO_NAMES, stmt);
    sqli__buffer_free(&text);
    return status;
}

static enum sqli_status prepare_call(struct sqli_conn *conn, struct sqli_span signature,
                                     struct sqli_stmt **made)
{
    int parameters = count_parameters(signature);
    if (parameters < 0 || signature.length > SIGNATURE_MAX)
        return sqli__fail(&conn->error, SQLI_E_ARGUMENT, "signature %.*s",
                          (int)(signature.length < 200 ? signature.length : 200),
                          (const char *)signature.data);
    SQLI_TRY(make_statement(conn, parameters, made));
    struct sqli_stmt *stmt = *made;
    stmt->call = sqli__alloc_zeroed(1, sizeof *stmt->call);
    enum sqli_status status =
        stmt->call ? SQLI_OK : sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    if (stmt->call) {
        sqli__arena_init(&stmt->call->arena, ROW_MAX);
        sqli__buffer_init(&stmt->call->row, ROW_MAX);
        status = keep_signature(stmt, signature);
    }
    if (status) {
        sqli__statement_finalize(stmt);
        *made = NULL;
    }
    return status;
}

int sqli_prepare_call(sqli_conn *conn, const char *signature, sqli_stmt **stmt)
{
    if (stmt)
        *stmt = NULL;
    SQLI_TRY_ENTER_WITH(conn, true, signature ? (void *)stmt : NULL);
    return sqli__leave(conn, prepare_call(conn, sqli__span_text(signature), stmt));
}
