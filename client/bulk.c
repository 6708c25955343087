/* Rows through an insert cursor: OPEN, one PUT after the other, CLOSE. Rows travel as tuples of the
 * described columns, so that turning what is bound into the types of the columns is done here.
 *
 * A block of rows is one request, the first opens the cursor: so the vendor's client sends a batch.
 * Blocks are written one behind the other, and the next is filled while they are under way. */
#include "client/batch.h"

#include "base/alloc.h"
#include "client/convert.h"
#include "value/number.h"
#include "value/parts.h"

enum {
    BLOCK_BYTES = 1 << 20,
    REQUESTS_MAX = 3,     /* without an answer */
    RUN_ROWS = INT16_MAX, /* that one PUT may have */
    KINDS = SQLI_KIND_OPAQUE + 1,
    NEAR_SHOWN = 160,
};

/* --- values into the types of columns --- */

struct conversion {
    const struct sqli_type *from, *to;
    struct sqli_value *value;
    struct sqli_batch *batch;
    struct sqli_error *error;
};

/* As the server would, but that nothing is cut in silence: neither the fraction of what becomes an
 * integer nor, in sqli__value_encode, the end of a text. */
typedef enum sqli_status converter(const struct conversion *c);

static enum sqli_status integer_to_real(const struct conversion *c)
{
    c->value->as.real = (double)c->value->as.integer;
    return SQLI_OK;
}

static enum sqli_status integer_to_decimal(const struct conversion *c)
{
    int64_t number = c->value->as.integer;
    sqli__decimal_from_int64(number, &c->value->as.decimal);
    return SQLI_OK;
}

static enum sqli_status decimal_to_integer(const struct conversion *c)
{
    struct sqli_decimal number = c->value->as.decimal;
    return sqli__decimal_to_int64(&number, &c->value->as.integer, c->error);
}

static enum sqli_status decimal_to_real(const struct conversion *c)
{
    struct sqli_decimal number = c->value->as.decimal;
    c->value->as.real = sqli__decimal_to_double(&number);
    return SQLI_OK;
}

static enum sqli_status real_to_decimal(const struct conversion *c)
{
    double number = c->value->as.real;
    return sqli__decimal_from_double(number, &c->value->as.decimal, c->error);
}

static enum sqli_status real_to_integer(const struct conversion *c)
{
    double number = c->value->as.real;
    SQLI_TRY(real_to_decimal(c));
    if (number != 0 && c->value->as.decimal.count == 0)
        return sqli__fail(c->error, SQLI_E_VALUE_RANGE, "a fraction to an integer");
    return decimal_to_integer(c);
}

/* A DATE is a number of days, also for SQL. */
static enum sqli_status integer_to_date(const struct conversion *c)
{
    int64_t days = c->value->as.integer;
    if (days < SQLI_DATE_MIN || days > SQLI_DATE_MAX)
        return sqli__fail(c->error, SQLI_E_DATE_CONVERT, "%lld", (long long)days);
    c->value->as.date = (int32_t)days;
    return SQLI_OK;
}

static enum sqli_status date_to_integer(const struct conversion *c)
{
    c->value->as.integer = c->value->as.date;
    return SQLI_OK;
}

static enum sqli_status decimal_to_date(const struct conversion *c)
{
    SQLI_TRY(decimal_to_integer(c));
    return integer_to_date(c);
}

static enum sqli_status real_to_date(const struct conversion *c)
{
    SQLI_TRY(real_to_integer(c));
    return integer_to_date(c);
}

static enum sqli_status date_to_decimal(const struct conversion *c)
{
    SQLI_TRY(date_to_integer(c));
    return integer_to_decimal(c);
}

static enum sqli_status date_to_real(const struct conversion *c)
{
    SQLI_TRY(date_to_integer(c));
    return integer_to_real(c);
}

static enum sqli_status date_to_datetime(const struct conversion *c)
{
    int year, month, day;
    sqli__date_to_fields(c->value->as.date, &year, &month, &day);
    c->value->as.datetime = (struct sqli_datetime){.qualifier = SQLI_QUALIFIER_YEAR_TO_DAY,
                                                   .year = (int16_t)year,
                                                   .month = (int8_t)month,
                                                   .day = (int8_t)day};
    return SQLI_OK;
}

/* Through YEAR TO DAY, which a datetime without a year has no way to. */
static enum sqli_status datetime_to_date(const struct conversion *c)
{
    struct sqli_datetime moment = c->value->as.datetime, day;
    if (sqli__qualifier_start(moment.qualifier) != SQLI_FIELD_YEAR)
        return sqli__fail(c->error, SQLI_E_DATETIME_CONVERT, "to date");
    SQLI_TRY(sqli__datetime_extend(&moment, SQLI_QUALIFIER_YEAR_TO_DAY, &moment, &day, c->error));
    c->value->as.date = sqli__date_from_fields(day.year, day.month, day.day);
    return SQLI_OK;
}

static enum sqli_status to_text(const struct conversion *c)
{
    struct sqli_buffer *scratch = &c->batch->scratch;
    size_t start = scratch->length;
    SQLI_TRY(sqli__value_to_text(c->from, c->value, &c->batch->date_format, scratch, c->error));
    c->value->as.bytes = sqli__span(scratch->data + start, scratch->length - start);
    return SQLI_OK;
}

static enum sqli_status from_text(const struct conversion *c)
{
    struct sqli_span text = sqli__trimmed(c->value->as.bytes);
    return sqli__value_from_text(c->to, text, &c->batch->date_format, c->value, c->error);
}

/* "1e3" and "5.0" are whole numbers, too. */
static enum sqli_status text_to_integer(const struct conversion *c)
{
    struct sqli_span text = c->value->as.bytes;
    if (from_text(c) == SQLI_OK)
        return SQLI_OK;
    SQLI_TRY(sqli__exact_decimal(text, &c->value->as.decimal, c->error));
    return decimal_to_integer(c);
}

static enum sqli_status as_it_is(const struct conversion *c)
{
    (void)c;
    return SQLI_OK;
}

#define ROW(from) [SQLI_KIND_##from]
#define TO(to)    [SQLI_KIND_##to]

static converter *const converters[KINDS][KINDS] = {
    ROW(INTEGER) = {TO(INTEGER) = as_it_is, TO(REAL) = integer_to_real,
                    TO(DECIMAL) = integer_to_decimal, TO(TEXT) = to_text,
                    TO(DATE) = integer_to_date},
    ROW(REAL) = {TO(INTEGER) = real_to_integer, TO(REAL) = as_it_is, TO(DECIMAL) = real_to_decimal,
                 TO(TEXT) = to_text, TO(DATE) = real_to_date},
    ROW(DECIMAL) = {TO(INTEGER) = decimal_to_integer, TO(REAL) = decimal_to_real,
                    TO(DECIMAL) = as_it_is, TO(TEXT) = to_text, TO(DATE) = decimal_to_date},
    ROW(TEXT) = {TO(INTEGER) = text_to_integer, TO(REAL) = from_text, TO(DECIMAL) = from_text,
                 TO(TEXT) = as_it_is, TO(BOOLEAN) = from_text, TO(DATE) = from_text,
                 TO(DATETIME) = from_text, TO(INTERVAL) = from_text},
    ROW(BOOLEAN) = {TO(TEXT) = to_text, TO(BOOLEAN) = as_it_is},
    ROW(DATE) = {TO(INTEGER) = date_to_integer, TO(REAL) = date_to_real,
                 TO(DECIMAL) = date_to_decimal, TO(TEXT) = to_text, TO(DATE) = as_it_is,
                 TO(DATETIME) = date_to_datetime},
    ROW(DATETIME) = {TO(TEXT) = to_text, TO(DATE) = datetime_to_date, TO(DATETIME) = as_it_is},
    ROW(INTERVAL) = {TO(TEXT) = to_text, TO(INTERVAL) = as_it_is},
};

static enum sqli_status convert(const struct conversion *c)
{
    enum sqli_kind to = sqli__type_kind(c->to);
    converter *how = converters[c->value->kind][to];
    struct sqli_span name = sqli__type_name(c->from);
    if (!how)
        return sqli__fail(c->error, SQLI_E_CONVERSION, "a value of type %.*s", (int)name.length,
                          (const char *)name.data);
    SQLI_TRY(how(c));
    c->value->kind = to;
    return SQLI_OK;
}

/* --- rows into the block --- */

/* The qualifier of what is bound is its precision word. */
static enum sqli_status bound_value(struct sqli_batch *batch, const struct sqli_binding *binding,
                                    const struct sqli_type *to, struct sqli_value *value)
{
    struct sqli_error *error = &batch->task.conn->error;
    struct sqli_type from = binding->type;
    *value = (struct sqli_value){.null = true};
    if (binding->null)
        return SQLI_OK;
    if (binding->stream.read)
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "a stream in a bulk load");
    enum sqli_kind kind = sqli__type_kind(&from);
    if (kind == SQLI_KIND_DATETIME || kind == SQLI_KIND_INTERVAL)
        from.length = binding->precision;
    SQLI_TRY(sqli__value_bind_decode(&from, sqli__span(binding->data.data, binding->length), value,
                                     error));
    return convert(&(struct conversion){&from, to, value, batch, error});
}

static enum sqli_status append_value(struct sqli_batch *batch, uint32_t column)
{
    const struct sqli_stmt *stmt = batch->task.owner;
    const struct sqli_shape *shape = &stmt->prepared->shape;
    const struct sqli_shape_column *place = &shape->columns[column];
    size_t start = batch->rows.length;
    struct sqli_type type = shape->types[column];
    struct sqli_value value;
    if (sqli__type_kind(&type) == SQLI_KIND_BOOLEAN)
        type = (struct sqli_type){.code = SQLI_TYPE_BOOLEAN};
    SQLI_TRY(bound_value(batch, &stmt->bindings[stmt->placeholders.items[column].parameter],
                         &shape->types[column], &value));
    SQLI_TRY(sqli__value_encode(&type, &value, &batch->rows, &stmt->conn->error));
    size_t length = batch->rows.length - start;
    if (place->filled && length < (size_t)place->width)
        sqli__buffer_fill(&batch->rows, 0, (size_t)place->width - length);
    return SQLI_OK;
}

static enum sqli_status name_parameter(const struct sqli_stmt *stmt, uint32_t column)
{
    struct sqli_error *error = &stmt->conn->error;
    struct sqli_type *type = &stmt->prepared->shape.types[column];
    struct sqli_buffer text;
    char near[NEAR_SHOWN];
    size_t length = strnlen(error->near, sizeof near);
    memcpy(near, error->near, length);
    sqli__buffer_init(&text, NEAR_SHOWN);
    sqli__type_print(type, &text);
    sqli__fail(error, error->code, "parameter %u, for column %s %.*s%s%.*s",
               stmt->placeholders.items[column].parameter + 1u,
               (const char *)stmt->prepared->names[column].data, (int)text.length,
               (const char *)text.data, length ? ": " : "", (int)length, near);
    sqli__buffer_free(&text);
    return SQLI_FAIL;
}

/* Whole rows stand in the block, each filled up to an even size. Where sizes differ, the size comes
 * first. */
static enum sqli_status append_row(struct sqli_batch *batch)
{
    const struct sqli_stmt *stmt = batch->task.owner;
    struct sqli_buffer *rows = &batch->rows;
    if (!batch->row_size)
        sqli__buffer_32(rows, 0);
    size_t start = rows->length;
    for (uint32_t i = 0; i < stmt->prepared->shape.count; i++)
        if (append_value(batch, i))
            return name_parameter(stmt, i);
    SQLI_TRY(sqli__buffer_status(rows, &stmt->conn->error));
    size_t size = rows->length - start;
    if (!batch->row_size)
        sqli__store32(rows->data + start - 4, (uint32_t)size);
    sqli__buffer_fill(rows, 0, size & 1);
    return sqli__buffer_status(rows, &stmt->conn->error);
}

/* --- blocks --- */

static void on_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_batch *batch = context;
    batch->waiting--;
    if (status)
        sqli__batch_stop(batch, error);
}

static void add_put(struct sqli_batch *batch, size_t at, uint32_t size, uint32_t count)
{
    size_t length = (size_t)count * (size + (size & 1)) - (size & 1);
    struct sqli_message put = {
        .id = SQLI_MSG_PUT,
        .as.tuple = {(int16_t)count, size, sqli__span(batch->rows.data + at, length)}};
    sqli__link_add(&batch->task.conn->link, &put);
}

/* Rows of one size travel together. */
static void add_rows(struct sqli_batch *batch)
{
    const struct sqli_buffer *rows = &batch->rows;
    uint32_t size = batch->row_size;
    if (size) {
        add_put(batch, 0, size, batch->row_count);
        return;
    }
    for (size_t at = 0; at < rows->length; at += 4 + size + (size & 1)) {
        size = sqli__load32(rows->data + at);
        add_put(batch, at + 4, size, 1);
    }
}

/* The types that the rows have; the vendor's client says them, too. A BOOLEAN is one byte then. */
static struct sqli_return_type announced(const struct sqli_type *type)
{
    struct sqli_return_type told = {.type = type->code, .length = type->length};
    if (sqli__type_kind(type) == SQLI_KIND_BOOLEAN)
        told.type = SQLI_TYPE_BOOLEAN;
    else if (type->code == SQLI_TYPE_UDTVAR)
        told.type = SQLI_TYPE_LVARCHAR;
    else
        return told;
    told.owner = sqli__span_text("informix");
    told.name = sqli__span_text(told.type == SQLI_TYPE_BOOLEAN ? "boolean" : "lvarchar");
    return told;
}

static void add_types(struct sqli_batch *batch)
{
    const struct sqli_stmt *stmt = batch->task.owner;
    const struct sqli_shape *shape = &stmt->prepared->shape;
    struct sqli_link *link = &stmt->conn->link;
    struct sqli_return_type *types = sqli__alloc_zeroed(shape->count, sizeof *types);
    for (uint32_t i = 0; types && i < shape->count; i++)
        types[i] = announced(&shape->types[i]);
    if (types)
        sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_RET_TYPE,
                                                    .as.ret_type = {0, shape->count, types}});
    else
        link->out.failed = SQLI_E_NO_MEMORY;
    sqli__free(types);
}

static enum sqli_status submit(struct sqli_batch *batch)
{
    struct sqli_conn *conn = batch->task.conn;
    SQLI_TRY(sqli__link_submit(&conn->link, &(struct sqli_sink){sqli__batch_reply, on_end, batch},
                               &conn->error));
    batch->waiting++;
    return SQLI_OK;
}

/* Servers want a transaction around an insert cursor; where the program has none, and each
 * statement would be one of its own, so is the batch. */
static enum sqli_status begin_transaction(struct sqli_batch *batch)
{
    struct sqli_conn *conn = batch->task.conn;
    SQLI_TRY(sqli__begin_if_due(batch->task.owner));
    if (conn->in_transaction || !conn->logged || conn->ansi)
        return SQLI_OK;
    sqli__link_tag(&conn->link, SQLI_MSG_BEGIN);
    SQLI_TRY(sqli__task_submit(&batch->task, NULL));
    batch->own = conn->in_transaction = true;
    return SQLI_OK;
}

/* With the end of a transaction, which the program may bring about between two rows, the cursor is
 * closed. */
static enum sqli_status add_block(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    struct sqli_link *link = &stmt->conn->link;
    struct sqli_span name = sqli__span_text(sqli_cursor_name(stmt));
    bool before = stmt->conn->in_transaction;
    SQLI_TRY(begin_transaction(batch));
    bool open = batch->open && before == stmt->conn->in_transaction;
    sqli__link_id(link, stmt->prepared->id);
    if (!open) {
        sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_CURNAME, .as.bytes = name});
        sqli__link_tag(link, SQLI_MSG_OPEN);
        add_types(batch);
    }
    add_rows(batch);
    SQLI_TRY(submit(batch));
    batch->open = true;
    sqli__buffer_clear(&batch->rows);
    batch->row_count = 0;
    sqli__send(stmt->conn);
    return SQLI_OK;
}

static enum sqli_status add_close(struct sqli_batch *batch)
{
    const struct sqli_stmt *stmt = batch->task.owner;
    sqli__link_id(&stmt->conn->link, stmt->prepared->id);
    sqli__link_tag(&stmt->conn->link, SQLI_MSG_CLOSE);
    batch->open = false;
    return submit(batch);
}

/* A block that cannot go is the end of the batch: its rows were taken. */
static enum sqli_status submit_block(struct sqli_batch *batch)
{
    enum sqli_status status = add_block(batch);
    if (status)
        sqli__batch_stop(batch, &batch->task.conn->error);
    return status;
}

enum sqli_status sqli__bulk_flush(struct sqli_batch *batch)
{
    if (batch->row_count)
        SQLI_TRY(submit_block(batch));
    return batch->open ? add_close(batch) : SQLI_OK;
}

static bool is_full(const struct sqli_batch *batch)
{
    return batch->rows.length >= BLOCK_BYTES || (batch->row_size && batch->row_count == RUN_ROWS);
}

enum sqli_status sqli__bulk_room(struct sqli_batch *batch)
{
    bool full = is_full(batch);
    SQLI_TRY(sqli__batch_pause(batch, !full || batch->waiting < REQUESTS_MAX));
    return full ? submit_block(batch) : SQLI_OK;
}

enum sqli_status sqli__bulk_row(struct sqli_batch *batch)
{
    size_t before = batch->rows.length;
    sqli__buffer_clear(&batch->scratch);
    enum sqli_status status = append_row(batch);
    if (status) {
        batch->rows.failed = 0;
        sqli__buffer_truncate(&batch->rows, before);
        return status;
    }
    batch->row_count++;
    if (is_full(batch) && batch->waiting < REQUESTS_MAX)
        submit_block(batch);
    return SQLI_OK;
}

/* --- what an insert cursor can run --- */

/* Every placeholder stands alone between the parentheses of VALUES; beside them may be anything
 * else. */
static bool is_plain(const struct sqli_stmt *stmt)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    enum sqli_token_kind before = SQLI_TOKEN_END;
    int depth = 0;
    bool values = false, holder = false;
    unsigned options = stmt->flags & SQLI_NO_NAMES ? 0 : SQLI_SQL_NAMED_PLACEHOLDERS;
    sqli__tokenizer_init(&tokenizer, stmt->sql, options);
    for (; sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END; before = token.kind) {
        bool open = token.kind == SQLI_TOKEN_OPEN_PARENTHESIS;
        bool close = token.kind == SQLI_TOKEN_CLOSE_PARENTHESIS;
        if (holder && !close && token.kind != SQLI_TOKEN_COMMA)
            return false;
        depth += open - close;
        values |= depth == 0 && token.keyword == SQLI_KEYWORD_VALUES;
        holder = token.kind == SQLI_TOKEN_QUESTION || token.kind == SQLI_TOKEN_NUMBERED ||
                 token.kind == SQLI_TOKEN_NAMED;
        if (holder && (!values || depth != 1 ||
                       (before != SQLI_TOKEN_OPEN_PARENTHESIS && before != SQLI_TOKEN_COMMA)))
            return false;
    }
    return values;
}

/* How composites and opaque types stand in such a row nobody has seen. */
static bool has_image(enum sqli_kind kind)
{
    return kind != SQLI_KIND_SIMPLE_LOB && kind != SQLI_KIND_SMART_LOB &&
           kind != SQLI_KIND_COMPOSITE && kind != SQLI_KIND_OPAQUE;
}

static enum sqli_status check_columns(const struct sqli_stmt *stmt)
{
    const struct sqli_shape *shape = &stmt->prepared->shape;
    for (uint32_t i = 0; i < shape->count; i++) {
        struct sqli_span name = sqli__type_name(&shape->types[i]);
        if (!has_image(sqli__type_kind(&shape->types[i])))
            return sqli__fail(&stmt->conn->error, SQLI_E_UNSUPPORTED,
                              "a bulk load into column %s, which is a %.*s: SQLI_BATCH_EACH can",
                              (const char *)stmt->prepared->names[i].data,
                              (int)(name.length < 64 ? name.length : 64), (const char *)name.data);
    }
    return SQLI_OK;
}

enum sqli_status sqli__bulk_begin(struct sqli_batch *batch)
{
    struct sqli_stmt *stmt = batch->task.owner;
    struct sqli_conn *conn = stmt->conn;
    const struct sqli_shape *shape = &stmt->prepared->shape;
    const char *dbdate = sqli__option(&conn->options, SQLI_OPT_DBDATE);
    if (sqli_statement_type(stmt) != SQLI_STATEMENT_INSERT || !is_plain(stmt))
        return sqli__fail(&conn->error, SQLI_E_UNSUPPORTED,
                          "a bulk load by anything but INSERT ... VALUES with plain placeholders: "
                          "SQLI_BATCH_EACH can");
    if (shape->count == 0 || shape->count != stmt->placeholders.count)
        return sqli__fail(&conn->error, SQLI_E_UNSUPPORTED,
                          "a bulk load where the server describes %u columns for %zu parameters: "
                          "SQLI_BATCH_EACH can",
                          (unsigned)shape->count, stmt->placeholders.count);
    SQLI_TRY(sqli__date_format_parse(sqli__span_text(dbdate), &batch->date_format, &conn->error));
    batch->row_size = shape->varying ? 0 : shape->tail;
    return check_columns(stmt);
}
