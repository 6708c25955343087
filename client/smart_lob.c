/* BLOB and CLOB: opened, made, measured and moved in by routines, read and written by LODATA.
 *
 * The position is kept here. The descriptor's own is moved only where it differs, in front of the
 * next read or write. */
#include "client/lob.h"
#include "client/routine.h"

enum {
    AHEAD_FIRST = 64 << 10,
    SPECIFICATION_SIZE = 596,
    SPECIFICATION_TAIL = 572, /* a number of -1 near its end */
    STATUS_SIZE = 644,
    STATUS_AT_SIZE = 4, /* the size in it: low, high, sign */
    INT8_SIZE = 10,
    PARAMETERS_MAX = 4,
    FROM_START = 0,
};

/* As the server wants them; blob stands for CLOB, too. */
static const char *const open_routine = "function informix.ifx_lo_open(blob ,integer)";
static const char *const close_routine = "function informix.ifx_lo_close(integer)";
static const char *const create_routine =
    "function informix.ifx_lo_create( ifx_lo_spec,integer,blob)";
static const char *const stat_routine = "function informix.ifx_lo_stat(int, ifx_lo_stat)";
static const char *const seek_routine = "function informix.ifx_lo_seek(integer,int8,integer,int8)";
static const char *const truncate_routine = "function informix.ifx_lo_truncate(integer,int8)";

/* How a descriptor is opened. */
enum { OPEN_WRITE = 2, OPEN_READ = 4, OPEN_READ_WRITE = 8 };

/* --- parameters --- */

struct parameters {
    uint32_t count;
    struct sqli_bind_value values[PARAMETERS_MAX];
    uint8_t numbers[PARAMETERS_MAX][INT8_SIZE];
};

static void add_int(struct parameters *p, int32_t number)
{
    uint8_t *at = p->numbers[p->count];
    sqli__store32(at, (uint32_t)number);
    p->values[p->count++] = (struct sqli_bind_value){
        .type = SQLI_TYPE_INTEGER, .precision = 0x0a00, .data = sqli__span(at, sizeof number)};
}

static void add_int8(struct parameters *p, uint64_t number)
{
    uint8_t *at = p->numbers[p->count];
    sqli__store16(at, 1); /* the sign; that of 0 is not looked at */
    sqli__store32(at + 2, (uint32_t)number);
    sqli__store32(at + 6, (uint32_t)(number >> 32));
    p->values[p->count++] = (struct sqli_bind_value){
        .type = SQLI_TYPE_INT8, .precision = 0x1300, .data = sqli__span(at, INT8_SIZE)};
}

static void add_opaque(struct parameters *p, const char *name, const void *bytes, size_t size)
{
    p->values[p->count++] = (struct sqli_bind_value){.type = SQLI_TYPE_SENDRECV,
                                                     .owner = sqli__span_text(""),
                                                     .name = sqli__span_text(name),
                                                     .data = sqli__span(bytes, size)};
}

/* --- replies --- */

static uint64_t load_int8(const uint8_t *at)
{
    return (uint64_t)sqli__load32(at + 4) << 32 | sqli__load32(at);
}

static void take_result(struct sqli_lob *lob, const struct sqli_bind_value *v)
{
    if (v->indicator != SQLI_INDICATOR_VALUE)
        return;
    if (v->type == SQLI_TYPE_INTEGER && v->data.length == 4)
        lob->number = (int32_t)sqli__load32(v->data.data);
    if (v->type != SQLI_TYPE_SENDRECV)
        return;
    lob->opaque_length = v->data.length < sizeof lob->opaque ? v->data.length : sizeof lob->opaque;
    memcpy(lob->opaque, v->data.data, lob->opaque_length);
}

static enum sqli_status on_reply(void *context, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    struct sqli_lob *lob = ((struct sqli_task *)context)->owner;
    switch (message->id) {
    case SQLI_MSG_FPROUTINE:
        for (uint32_t i = 0; i < message->as.bind.count; i++)
            take_result(lob, &message->as.bind.values[i]);
        return SQLI_OK;
    case SQLI_MSG_LODATA_REPLY: lob->answered = message->as.lodata.length; return SQLI_OK;
    case SQLI_MSG_LODATA_CHUNK:
        sqli__buffer_span(&lob->window, message->as.bytes);
        return sqli__buffer_status(&lob->window, error);
    default: return SQLI_OK;
    }
}

/* --- calls --- */

/* One routine, from asking for its handle to its results. */
static enum sqli_status call(struct sqli_lob *lob, const char *signature,
                             const struct parameters *p)
{
    if (lob->step == SQLI_OBJECT_IDLE) {
        const struct sqli_routine_handle *routine;
        struct sqli_bind values = {p->count, (struct sqli_bind_value *)(uintptr_t)p->values};
        SQLI_TRY(sqli__routine(lob->conn, signature, &routine));
        lob->number = 0;
        lob->opaque_length = 0;
        SQLI_TRY(sqli__routine_submit(routine, &values, &lob->task, on_reply));
        lob->step = SQLI_OBJECT_CALLING;
    }
    enum sqli_status status = sqli__task_settle(&lob->task);
    if (status != SQLI_MORE)
        lob->step = SQLI_OBJECT_IDLE;
    if (status == SQLI_FAIL && lob->conn->error.code == SQLI_E_ROUTINE_ID)
        sqli__routine_forget(lob->conn, signature);
    return status;
}

static enum sqli_status no_answer(struct sqli_lob *lob, const char *what)
{
    return sqli__fail(&lob->conn->error, SQLI_E_PROTOCOL, "the answer to %s", what);
}

static enum sqli_status keep_descriptor(struct sqli_lob *lob, const char *what)
{
    if (lob->number <= 0 || lob->number > INT16_MAX)
        return no_answer(lob, what);
    lob->descriptor = (int32_t)lob->number;
    lob->server_at = 0;
    return SQLI_OK;
}

/* The routine that closes is asked for together with the one that opens. */
enum sqli_status sqli__object_open(struct sqli_lob *lob)
{
    static const int modes[] = {0, OPEN_READ, OPEN_WRITE, OPEN_READ_WRITE};
    if (sqli__object_is_simple(lob) || lob->descriptor)
        return SQLI_OK;
    struct parameters p = {0};
    SQLI_TRY(sqli__routine_ask(lob->conn, open_routine));
    SQLI_TRY(sqli__routine_ask(lob->conn, close_routine));
    add_opaque(&p, "blob", lob->locator, sizeof lob->locator);
    add_int(&p, modes[lob->mode]);
    SQLI_TRY(call(lob, open_routine, &p));
    return keep_descriptor(lob, "ifx_lo_open");
}

/* The specification without wishes, as the vendor's client sends it. */
static void make_specification(uint8_t spec[SPECIFICATION_SIZE])
{
    static const uint8_t head[] = {
        0xda, 0xda, 0xfe, 0xed, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0, 1, 0,    0,    0,    0,
        0xff, 0xff, 0,    0,    0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff};
    memset(spec, 0, SPECIFICATION_SIZE);
    memcpy(spec, head, sizeof head);
    memset(spec + SPECIFICATION_TAIL, 0xff, 8);
}

enum sqli_status sqli__object_create(struct sqli_lob *lob)
{
    if (lob->descriptor)
        return SQLI_OK;
    static const uint8_t none[SQLI_SMART_LOB_SIZE];
    uint8_t spec[SPECIFICATION_SIZE];
    struct parameters p = {0};
    make_specification(spec);
    SQLI_TRY(sqli__routine_ask(lob->conn, create_routine));
    SQLI_TRY(sqli__routine_ask(lob->conn, close_routine));
    add_opaque(&p, "ifx_lo_spec", spec, sizeof spec);
    add_int(&p, OPEN_READ_WRITE);
    add_opaque(&p, "blob", none, sizeof none);
    SQLI_TRY(call(lob, create_routine, &p));
    if (lob->opaque_length != sizeof lob->locator)
        return no_answer(lob, "ifx_lo_create");
    memcpy(lob->locator, lob->opaque, sizeof lob->locator);
    lob->written = true;
    return keep_descriptor(lob, "ifx_lo_create");
}

enum sqli_status sqli__object_close(struct sqli_lob *lob)
{
    struct parameters p = {0};
    if (!lob->descriptor)
        return SQLI_OK;
    add_int(&p, lob->descriptor);
    enum sqli_status status = call(lob, close_routine, &p);
    if (status != SQLI_MORE)
        lob->descriptor = 0;
    return status;
}

enum sqli_status sqli__object_size(struct sqli_lob *lob, uint64_t *size)
{
    static const uint8_t none[STATUS_SIZE];
    struct parameters p = {0};
    *size = lob->told_size;
    if (sqli__object_is_simple(lob))
        return SQLI_OK;
    add_int(&p, lob->descriptor);
    add_opaque(&p, "ifx_lo_stat", none, sizeof none);
    SQLI_TRY(call(lob, stat_routine, &p));
    if (lob->opaque_length < STATUS_AT_SIZE + INT8_SIZE)
        return no_answer(lob, "ifx_lo_stat");
    *size = load_int8(lob->opaque + STATUS_AT_SIZE);
    return SQLI_OK;
}

enum sqli_status sqli__object_truncate(struct sqli_lob *lob, uint64_t size)
{
    struct parameters p = {0};
    if (sqli__object_is_simple(lob))
        return sqli__fail(&lob->conn->error, SQLI_E_UNSUPPORTED, "BYTE and TEXT can only be read");
    lob->conn->lob_changes++;
    lob->written = true;
    add_int(&p, lob->descriptor);
    add_int8(&p, size);
    return call(lob, truncate_routine, &p);
}

/* --- reading and writing --- */

static void seek_parameters(const struct sqli_lob *lob, struct parameters *p)
{
    *p = (struct parameters){0};
    add_int(p, lob->descriptor);
    add_int8(p, lob->position);
    add_int(p, FROM_START);
    add_int8(p, 0);
}

static void add_lodata(struct sqli_lob *lob, int operation, size_t length)
{
    struct sqli_message m = {.id = SQLI_MSG_LODATA};
    m.as.lodata.operation = (int16_t)operation;
    m.as.lodata.descriptor = (int16_t)lob->descriptor;
    m.as.lodata.length = (uint32_t)length;
    m.as.lodata.buffer = SQLI_OBJECT_CHUNK;
    sqli__link_add(&lob->conn->link, &m);
}

/* Seek and read are two requests that go together: when the seek fails, so does the task. */
static enum sqli_status submit_read(struct sqli_lob *lob, size_t wanted)
{
    const struct sqli_routine_handle *routine = NULL;
    bool seeks = lob->server_at != lob->position;
    if (seeks)
        SQLI_TRY(sqli__routine(lob->conn, seek_routine, &routine));
    if (lob->window_at + lob->window.length != lob->position)
        lob->ahead = 0;
    lob->ahead = lob->ahead ? 2 * lob->ahead : AHEAD_FIRST;
    if (lob->ahead < wanted)
        lob->ahead = wanted;
    if (lob->ahead > SQLI_OBJECT_PIECE)
        lob->ahead = SQLI_OBJECT_PIECE;
    SQLI_TRY(sqli__cleanup_flush(lob->conn, &lob->conn->error));
    sqli__buffer_clear(&lob->window);
    lob->window_at = lob->position;
    lob->window_ends = false;
    lob->changes = lob->conn->lob_changes;
    lob->step = SQLI_OBJECT_READING;
    if (seeks) {
        struct parameters p;
        seek_parameters(lob, &p);
        struct sqli_bind values = {p.count, p.values};
        SQLI_TRY(sqli__routine_submit(routine, &values, &lob->task, on_reply));
    }
    add_lodata(lob, SQLI_LODATA_READ, lob->ahead);
    return sqli__task_submit(&lob->task, on_reply);
}

enum sqli_status sqli__smart_fill(struct sqli_lob *lob, size_t wanted)
{
    enum sqli_status status = SQLI_OK;
    if (lob->step == SQLI_OBJECT_IDLE)
        status = submit_read(lob, wanted);
    if (status == SQLI_OK)
        status = sqli__task_settle(&lob->task);
    if (status == SQLI_MORE)
        return status;
    lob->step = SQLI_OBJECT_IDLE;
    if (status == SQLI_OK && lob->window.length > lob->ahead)
        status = no_answer(lob, "a read");
    lob->server_at = status == SQLI_OK ? lob->window_at + lob->window.length : UINT64_MAX;
    lob->window_ends = lob->window.length < lob->ahead;
    if (status == SQLI_FAIL)
        lob->changes = UINT64_MAX; /* the window holds nothing */
    return status;
}

static enum sqli_status submit_write(struct sqli_lob *lob, struct sqli_span piece)
{
    struct sqli_conn *conn = lob->conn;
    SQLI_TRY(sqli__cleanup_flush(conn, &conn->error));
    add_lodata(lob, SQLI_LODATA_WRITE, piece.length);
    for (size_t at = 0; at < piece.length; at += SQLI_OBJECT_CHUNK) {
        size_t size = piece.length - at;
        if (size > SQLI_OBJECT_CHUNK)
            size = SQLI_OBJECT_CHUNK;
        sqli__link_add(&conn->link,
                       &(struct sqli_message){.id = SQLI_MSG_LODATA_CHUNK,
                                              .as.bytes = sqli__span(piece.data + at, size)});
    }
    SQLI_TRY(sqli__task_submit(&lob->task, on_reply));
    lob->step = SQLI_OBJECT_WRITING;
    conn->lob_changes++;
    lob->written = true;
    lob->answered = 0;
    return SQLI_OK;
}

/* One piece at the position. The next one waits for its answer, for it would go to a wrong place
 * behind one that failed. */
static enum sqli_status write_piece(struct sqli_lob *lob, struct sqli_span piece)
{
    if (lob->step != SQLI_OBJECT_WRITING && lob->server_at != lob->position) {
        struct parameters p;
        seek_parameters(lob, &p);
        lob->conn->lob_changes++; /* whatever comes of it, no window is right any more */
        SQLI_TRY(call(lob, seek_routine, &p));
        lob->server_at = lob->position;
    }
    if (lob->step == SQLI_OBJECT_IDLE)
        SQLI_TRY(submit_write(lob, piece));
    enum sqli_status status = sqli__task_settle(&lob->task);
    if (status == SQLI_MORE)
        return status;
    lob->step = SQLI_OBJECT_IDLE;
    if (status == SQLI_OK && lob->answered != piece.length)
        status = sqli__fail(&lob->conn->error, SQLI_E_INPUT_OUTPUT, "%u of %zu bytes were written",
                            (unsigned)lob->answered, piece.length);
    if (status == SQLI_FAIL) {
        lob->server_at = UINT64_MAX;
        return status;
    }
    lob->position += piece.length;
    lob->server_at = lob->position;
    lob->done += piece.length;
    return SQLI_OK;
}

enum sqli_status sqli__object_write(struct sqli_lob *lob, struct sqli_span bytes)
{
    if (sqli__object_is_simple(lob))
        return sqli__fail(&lob->conn->error, SQLI_E_UNSUPPORTED, "BYTE and TEXT can only be read");
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && lob->done < bytes.length) {
        size_t size = bytes.length - lob->done;
        if (size > SQLI_OBJECT_PIECE)
            size = SQLI_OBJECT_PIECE;
        status = write_piece(lob, sqli__span(bytes.data + lob->done, size));
    }
    if (status == SQLI_FAIL)
        lob->position -= lob->done;
    if (status != SQLI_MORE)
        lob->done = 0;
    return status;
}
