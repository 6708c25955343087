/* Rows by the block: what has come is decoded column by column into arrays that stay where they are
 * from call to call. */
#include "client/block.h"

#include "base/alloc.h"

enum { BLOCK_SIZE_MIN = offsetof(struct sqli_block, column) + sizeof(void *) };

/* --- memory --- */

static void free_columns(struct sqli_blocks *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        struct sqli_column_block *c = &b->columns[i];
        sqli__free(c->null);
        sqli__free(c->data);
        sqli__free(c->ends);
        sqli__buffer_free(&c->text);
    }
    sqli__free(b->columns);
    sqli__free(b->shown);
    sqli__free(b->starts);
    b->columns = NULL;
    b->shown = NULL;
    b->starts = NULL;
    b->count = b->room = 0;
    b->prepared = NULL;
}

void sqli__blocks_free(struct sqli_stmt *stmt)
{
    if (stmt->blocks)
        free_columns(stmt->blocks);
    sqli__free(stmt->blocks);
    stmt->blocks = NULL;
}

/* NULL: no memory, and the error says so. */
static struct sqli_blocks *blocks_of(struct sqli_stmt *stmt)
{
    if (!stmt->blocks)
        stmt->blocks = sqli__alloc_zeroed(1, sizeof *stmt->blocks);
    if (stmt->blocks)
        stmt->blocks->stmt = stmt;
    else
        sqli__fail(&stmt->conn->error, SQLI_E_NO_MEMORY, NULL);
    return stmt->blocks;
}

static bool is_text(int as)
{
    return as == SQLI_AS_TEXT || as == SQLI_AS_BYTES;
}

static size_t element_size(int as)
{
    return as == SQLI_AS_BOOL ? 1 : as == SQLI_AS_DAYS ? 4 : as == SQLI_AS_DECIMAL128 ? 16 : 8;
}

/* What was there stays; on failure, too. */
static bool resize(void *at, size_t count, size_t size)
{
    void *old;
    memcpy(&old, at, sizeof old);
    void *block = sqli__realloc(old, count * size);
    if (block)
        memcpy(at, &block, sizeof block);
    return block != NULL;
}

static enum sqli_status make_room(struct sqli_blocks *b, uint32_t rows)
{
    uint32_t room = b->room ? b->room : SQLI_CHUNK;
    while (room < rows)
        room *= 2;
    if (room == b->room)
        return SQLI_OK;
    for (uint32_t i = 0; i < b->count; i++) {
        struct sqli_column_block *c = &b->columns[i];
        bool ok = resize(&c->null, room, 1) &&
                  (is_text(c->as) ? resize(&c->ends, room + 1, sizeof *c->ends)
                                  : resize(&c->data, room, element_size(c->as)));
        if (!ok)
            return sqli__fail(&b->stmt->conn->error, SQLI_E_NO_MEMORY, "%u rows", rows);
        if (c->ends && b->room == 0)
            c->ends[0] = 0;
    }
    b->room = room;
    return SQLI_OK;
}

/* --- columns --- */

/* The address alone does not tell: a statement that was prepared anew may have got that of the old
 * one. */
static bool is_made_for(const struct sqli_blocks *b, const struct sqli_prepared *p)
{
    return b->prepared == p && b->count == p->shape.count && b->segments == p->shape.varying + 1;
}

/* What the program wants of the columns stays. */
static enum sqli_status make_columns(struct sqli_blocks *b, const struct sqli_prepared *p)
{
    uint32_t count = p->shape.count;
    uint32_t segments = p->shape.varying + 1;
    struct sqli_column_block *columns = sqli__alloc_zeroed((size_t)count + 1, sizeof *columns);
    for (uint32_t i = 0; columns && i < count && i < b->count; i++)
        columns[i].wanted = b->columns[i].wanted;
    free_columns(b);
    b->columns = columns;
    b->shown = sqli__alloc_zeroed((size_t)count + 1, sizeof *b->shown);
    b->starts = sqli__alloc_zeroed((size_t)segments * SQLI_CHUNK, sizeof *b->starts);
    if (!b->columns || !b->shown || !b->starts) {
        free_columns(b);
        sqli__fail(&b->stmt->conn->error, SQLI_E_NO_MEMORY, "%u columns", count);
        return SQLI_FAIL;
    }
    b->count = count;
    b->segments = segments;
    b->prepared = p;
    for (uint32_t i = 0; i < count; i++)
        sqli__buffer_init(&b->columns[i].text, SQLI_BLOCK_TEXT_MAX);
    return SQLI_OK;
}

static bool has_ascii(const struct sqli_conn *conn)
{
    return !conn->codeset || sqli__codeset_info(conn->codeset)->ascii;
}

/* An array that held other things is of no use. */
static void set_up_column(struct sqli_blocks *b, uint32_t index)
{
    struct sqli_column_block *c = &b->columns[index];
    const struct sqli_shape_column *at = &b->prepared->shape.columns[index];
    int as = c->wanted ? c->wanted : sqli__default_as(&b->prepared->shape.types[index]);
    enum sqli_kind kind = sqli__type_kind(&b->prepared->shape.types[index]);
    if (c->as != as)
        b->room = 0;
    if (c->as != as && is_text(c->as) != is_text(as)) {
        sqli__free(c->data);
        sqli__free(c->ends);
        c->data = NULL;
        c->ends = NULL;
    }
    c->as = as;
    c->type = &b->prepared->shape.types[index];
    c->ascii_is_text = has_ascii(b->stmt->conn);
    c->segment = at->segment;
    c->delta = at->delta;
    c->has_width = at->width >= 0;
    c->filled = at->filled;
    c->width = c->has_width ? (uint32_t)at->width : 0;
    c->lob = is_text(as) && (kind == SQLI_KIND_SIMPLE_LOB || kind == SQLI_KIND_SMART_LOB);
    b->has_lobs |= c->lob;
    sqli__block_choose(c);
}

/* Tables may have changed since the last time: columns are looked at anew with each result. */
static enum sqli_status set_up(struct sqli_blocks *b)
{
    const struct sqli_prepared *p = b->stmt->prepared;
    if (!is_made_for(b, p))
        SQLI_TRY(make_columns(b, p));
    b->has_lobs = false;
    for (uint32_t i = 0; i < b->count; i++)
        set_up_column(b, i);
    return SQLI_OK;
}

static void empty(struct sqli_blocks *b)
{
    b->rows = 0;
    b->decoded = false;
    for (uint32_t i = 0; i < b->count; i++) {
        b->columns[i].any_null = false;
        sqli__buffer_clear(&b->columns[i].text);
    }
}

/* --- the rows of a reply --- */

static bool scrolls(const struct sqli_stmt *stmt)
{
    return stmt->flags & SQLI_SCROLL;
}

static struct sqli_rows *present_rows(const struct sqli_blocks *b)
{
    return &b->stmt->rows[b->stmt->present];
}

/* Row `i` counted from the one that the statement stood on. */
static enum sqli_status bind_row(struct sqli_blocks *b, uint32_t i)
{
    struct sqli_stmt *stmt = b->stmt;
    const struct sqli_rows *rows = present_rows(b);
    uint32_t at = b->first + i;
    if (scrolls(stmt))
        return SQLI_OK; /* it is the only one, and bound already */
    return sqli__row_bind(&b->prepared->shape, sqli__result_payload(rows, at), &stmt->row,
                          &stmt->conn->error);
}

/* Rows that are all of one length need no look inside. */
static void frame_fixed(struct sqli_blocks *b, uint32_t first, uint32_t count)
{
    const struct sqli_rows *rows = present_rows(b);
    const uint32_t tail = b->prepared->shape.tail;
    const uint8_t *data = sqli__rows_data(rows);
    const uint32_t *ends = rows->ends + first;
    uint32_t start = first ? ends[-1] : 0;
    const uint8_t **starts = b->starts;
    uint32_t i;
    for (i = 0; i < count && ends[i] - start == tail; i++) {
        starts[i] = data + start;
        start = ends[i];
    }
    b->chunk_rows = i;
}

/* The chunk from row `from` on; it ends in front of a row whose framing is broken. */
static void frame(struct sqli_blocks *b, uint32_t from, uint32_t to)
{
    const struct sqli_row *row = &b->stmt->row;
    uint32_t varying = b->prepared->shape.varying;
    uint32_t count = to - from < SQLI_CHUNK ? to - from : SQLI_CHUNK;
    b->at = b->rows + from;
    b->chunk_rows = 0;
    if (varying == 0 && !scrolls(b->stmt)) {
        frame_fixed(b, b->first + from, count);
        return;
    }
    for (; b->chunk_rows < count; b->chunk_rows++) {
        if (bind_row(b, from + b->chunk_rows))
            return;
        for (uint32_t k = 0; k <= varying; k++)
            b->starts[k * (size_t)SQLI_CHUNK + b->chunk_rows] = row->data + row->segments[k];
    }
}

/* Says which value it is about. */
static void fail_at(const struct sqli_blocks *b, uint32_t row, uint32_t column)
{
    long long number = b->stmt->row_number + row;
    sqli__fail_at(&b->stmt->conn->error, "row %lld, column %u (%s)", number, column + 1,
                  sqli_column_name(b->stmt, (int)column + 1));
}

/* How many rows of the chunk are whole; if not all, the error is that of the first that is not. */
static uint32_t decode_chunk(struct sqli_blocks *b)
{
    uint32_t rows = b->chunk_rows;
    for (uint32_t i = 0; i < b->count && b->chunk_rows; i++) {
        struct sqli_column_block *c = &b->columns[i];
        if (c->lob)
            continue;
        uint32_t got = c->decode(b, c);
        if (got < b->chunk_rows)
            fail_at(b, b->at - b->rows + got, i);
        b->chunk_rows = got;
    }
    uint32_t got = b->chunk_rows;
    b->chunk_rows = rows;
    return got;
}

/* From the row that the statement stands on to the end of the reply. */
static enum sqli_status decode_rows(struct sqli_blocks *b)
{
    struct sqli_rows *rows = present_rows(b);
    uint32_t count = scrolls(b->stmt) ? 1 : rows->count - rows->next + 1;
    b->first = scrolls(b->stmt) ? 0 : rows->next - 1;
    b->got = 0;
    if (count > b->most - b->rows)
        count = b->most - b->rows;
    SQLI_TRY(make_room(b, b->rows + count));
    while (b->got < count) {
        frame(b, b->got, count);
        uint32_t got = b->chunk_rows ? decode_chunk(b) : 0;
        b->got += got;
        if (got < SQLI_CHUNK)
            break;
    }
    b->decoded = true;
    b->lob_row = b->lob_column = 0;
    bind_row(b, 0);
    return b->got ? SQLI_OK : SQLI_FAIL;
}

/* --- large objects --- */

static enum sqli_status read_lob(struct sqli_blocks *b, uint32_t index)
{
    struct sqli_column_block *c = &b->columns[index];
    uint32_t at = b->rows + b->lob_row;
    int column = (int)index + 1;
    struct sqli_value value;
    struct sqli_source from;
    int result = sqli__column_source(b->stmt, column, &value, &from);
    if (result == SQLI_OK)
        result = (int)sqli__column_whole(b->stmt, column, c->as == SQLI_AS_TEXT, &c->text);
    if (result == SQLI_MORE || result == SQLI_FAIL)
        return (enum sqli_status)result;
    c->null[at] = result == SQLI_NULL;
    c->any_null |= result == SQLI_NULL;
    c->ends[at + 1] = (uint32_t)c->text.length;
    return SQLI_OK;
}

static size_t lob_bytes(const struct sqli_blocks *b)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < b->count; i++)
        if (b->columns[i].lob)
            bytes += b->columns[i].text.length;
    return bytes;
}

static enum sqli_status read_row_lobs(struct sqli_blocks *b)
{
    for (; b->lob_column < b->count; b->lob_column++) {
        if (!b->columns[b->lob_column].lob)
            continue;
        enum sqli_status status = read_lob(b, b->lob_column);
        if (status == SQLI_FAIL && b->stmt->conn->open)
            fail_at(b, b->lob_row, b->lob_column);
        SQLI_TRY(status);
    }
    return SQLI_OK;
}

/* Each row becomes the present one, since that is what objects belong to. */
static enum sqli_status read_lobs(struct sqli_blocks *b)
{
    struct sqli_stmt *stmt = b->stmt;
    while (b->has_lobs && b->lob_row < b->got) {
        enum sqli_status status = read_row_lobs(b);
        if (status == SQLI_MORE)
            return status;
        if (status == SQLI_FAIL && (b->lob_row + b->rows == 0 || !stmt->conn->open))
            return status;
        b->lob_row += status == SQLI_OK;
        b->lob_column = 0;
        if (status == SQLI_FAIL || lob_bytes(b) > SQLI_BLOCK_LOBS_STOP)
            b->got = b->lob_row;
        if (b->lob_row < b->got && !scrolls(stmt)) {
            sqli__statement_leave_row(stmt);
            SQLI_TRY(bind_row(b, b->lob_row));
            stmt->has_row = true;
        }
    }
    return SQLI_OK;
}

/* --- the block --- */

/* The last row of the block is the present one. */
static void stand_on_last(struct sqli_blocks *b)
{
    struct sqli_stmt *stmt = b->stmt;
    b->decoded = false;
    b->rows += b->got;
    if (scrolls(stmt) || b->got == 0)
        return;
    bind_row(b, b->got - 1);
    present_rows(b)->next = b->first + b->got;
    stmt->row_number += b->got - 1;
}

/* More rows are there already, and taking them does not move a cursor that CURRENT OF may mean. */
static bool goes_on(const struct sqli_blocks *b)
{
    const struct sqli_stmt *stmt = b->stmt;
    const struct sqli_rows *rows = &stmt->rows[stmt->present];
    const struct sqli_rows *other = &stmt->rows[1 - stmt->present];
    return b->rows < b->most && !scrolls(stmt) && stmt->read_only && rows->next == rows->count &&
           !rows->last && !other->task.waiting && !other->task.failed && other->count;
}

/* A row that was taken but could not be handed out for want of memory, or because others are in
 * front of it, is the first of the next block. */
static enum sqli_status give_up(struct sqli_blocks *b, enum sqli_status status)
{
    b->decoded = false;
    b->stmt->kept = b->rows || b->stmt->conn->error.code == SQLI_E_NO_MEMORY;
    return b->rows ? SQLI_OK : status;
}

static enum sqli_status fill(void *context)
{
    struct sqli_blocks *b = context;
    do {
        if (!b->decoded) {
            bool row = b->stmt->kept;
            if (!row)
                SQLI_TRY(sqli__statement_step(b->stmt, &row));
            b->stmt->kept = false;
            if (!row)
                return SQLI_OK;
            enum sqli_status status = b->rows == 0 ? set_up(b) : SQLI_OK;
            if (status == SQLI_OK)
                status = decode_rows(b);
            if (status)
                return give_up(b, status);
        }
        enum sqli_status status = read_lobs(b);
        if (status == SQLI_MORE)
            return status;
        if (status)
            return give_up(b, status);
        stand_on_last(b);
    } while (goes_on(b));
    return SQLI_OK;
}

static void show(const struct sqli_blocks *b, struct sqli_block *block)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const struct sqli_column_block *c = &b->columns[i];
        b->shown[i] = (struct sqli_block_column){
            .as = c->as,
            .null = c->any_null ? c->null : NULL,
            .data = is_text(c->as) ? (c->text.data ? (const void *)c->text.data : "") : c->data,
            .ends = c->ends,
        };
    }
    block->rows = b->rows;
    block->columns = (int)b->count;
    block->column = b->shown;
}

static enum sqli_status begin(struct sqli_stmt *stmt, int64_t most, const struct sqli_block *block)
{
    struct sqli_error *error = &stmt->conn->error;
    if (block->size < BLOCK_SIZE_MIN)
        return sqli__fail(error, SQLI_E_ARGUMENT, "the size of struct sqli_block");
    if (most < 1)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a block of %lld rows", (long long)most);
    if (stmt->call)
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "what a call returned, as a block");
    struct sqli_blocks *b = blocks_of(stmt);
    if (!b)
        return SQLI_FAIL;
    if (!b->filling || stmt->state != SQLI_STATE_RUNNING)
        empty(b);
    b->most = most < INT32_MAX ? (uint32_t)most : INT32_MAX;
    return SQLI_OK;
}

int sqli_fetch_block(sqli_stmt *stmt, int64_t most, struct sqli_block *block)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    SQLI_TRY_ENTER_WITH(conn, true, block);
    enum sqli_status status = begin(stmt, most, block);
    if (status == SQLI_OK) {
        status = sqli__drive(conn, fill, stmt->blocks);
        stmt->blocks->filling = status == SQLI_MORE;
    }
    if (status != SQLI_OK)
        return sqli__leave(conn, status);
    sqli__error_clear(&conn->error);
    sqli__send(conn); /* the next rows are asked for */
    show(stmt->blocks, block);
    sqli__leave(conn, SQLI_OK);
    return block->rows ? SQLI_ROW : SQLI_DONE;
}

/* --- the C types of columns --- */

static enum sqli_status describe(void *context)
{
    return sqli__statement_describe(context);
}

static enum sqli_status want(struct sqli_stmt *stmt, int column, int as)
{
    if (column < 1 || column > sqli_column_count(stmt))
        return sqli__fail(&stmt->conn->error, SQLI_E_COLUMN_INDEX, "%d", column);
    if (as < SQLI_AS_DEFAULT || as > SQLI_AS_DECIMAL128)
        return sqli__fail(&stmt->conn->error, SQLI_E_ARGUMENT, "C type %d", as);
    struct sqli_blocks *b = blocks_of(stmt);
    if (!b)
        return SQLI_FAIL;
    if (!is_made_for(b, stmt->prepared))
        SQLI_TRY(make_columns(b, stmt->prepared));
    b->columns[column - 1].wanted = as;
    return SQLI_OK;
}

int sqli_block_as(sqli_stmt *stmt, int column, int as)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), stmt && !stmt->prepared);
    enum sqli_status status = sqli__drive(stmt->conn, describe, stmt);
    if (status == SQLI_OK)
        status = want(stmt, column, as);
    return sqli__leave(stmt->conn, status);
}
