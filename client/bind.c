/* Values of the program into bind blocks. */
#include "client/statement.h"

#include "base/alloc.h"
#include "client/convert.h"
#include "client/lob.h"
#include "client/stream.h"
#include "value/composite.h"
#include "value/parts.h"

#include <stdio.h>

enum {
    NANOS_PER_UNIT = 10000,
    UNITS_PER_SECOND = 100000,
    BLOB_CHUNK = 1024, /* bytes of a BYTE or TEXT in one message, as clients send them */
    NAME_MAX_BYTES = 1 << 16,
    DIGITS_TEXT = 64,
};

/* --- the frame of a bind --- */

static struct sqli_span span_of(const char *text, ptrdiff_t length)
{
    return length < 0 ? sqli__span_text(text) : sqli__span(text, (size_t)length);
}

struct sqli_binding *sqli__binding_of(struct sqli_stmt *stmt, int parameter)
{
    if (parameter < 1 || (size_t)parameter > stmt->placeholders.parameters) {
        sqli__fail(&stmt->conn->error, SQLI_E_PARAMETER_INDEX, "%d", parameter);
        return NULL;
    }
    struct sqli_binding *b = &stmt->bindings[parameter - 1];
    sqli__buffer_clear(&b->data);
    b->type = (struct sqli_type){.code = SQLI_TYPE_CHAR};
    b->set = b->null = false;
    b->precision = 0;
    b->length = 0;
    b->stream = (struct sqli_stream){0};
    b->stream_length = 0;
    b->object = b->made = false;
    sqli__object_free(b->lob);
    b->lob = NULL;
    return b;
}

/* What is in `data` is the value. */
static enum sqli_status whole(struct sqli_binding *b, enum sqli_status status)
{
    b->length = (uint32_t)b->data.length;
    b->set = status == SQLI_OK;
    return status;
}

/* A value of a type that travels as it is. */
static enum sqli_status put(struct sqli_stmt *stmt, int parameter, struct sqli_type type,
                            const struct sqli_value *value)
{
    struct sqli_binding *b = sqli__binding_of(stmt, parameter);
    if (!b)
        return SQLI_FAIL;
    b->type = type;
    b->null = value->null;
    b->precision = sqli__bind_precision(&type, value);
    if (value->null)
        return whole(b, SQLI_OK);
    return whole(b, sqli__value_bind_encode(&type, value, &b->data, &stmt->conn->error));
}

static int bind_value(struct sqli_stmt *stmt, int parameter, struct sqli_type type,
                      const struct sqli_value *value)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    return sqli__leave_unsent(stmt->conn, put(stmt, parameter, type, value));
}

/* Refused before there is a value; the one from before must not pass for it. */
static int refuse(struct sqli_stmt *stmt, int parameter, int32_t code, const char *what)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    if (sqli__binding_of(stmt, parameter))
        sqli__fail(&stmt->conn->error, code, "parameter %d: %s", parameter, what);
    return sqli__leave_unsent(stmt->conn, SQLI_FAIL);
}

int sqli__refuse_null(struct sqli_stmt *stmt, int parameter)
{
    return refuse(stmt, parameter, SQLI_E_ARGUMENT, "NULL");
}

/* No text at all is no value. */
static int bind_no_text(struct sqli_stmt *stmt, int parameter, ptrdiff_t length)
{
    return length < 0 ? sqli_bind_null(stmt, parameter) : sqli__refuse_null(stmt, parameter);
}

/* --- numbers --- */

static const struct sqli_type decimal_type = {.code = SQLI_TYPE_DECIMAL,
                                              .length = 32 << 8 | SQLI_DECIMAL_FLOATING};

int sqli_bind_null(sqli_stmt *stmt, int parameter)
{
    struct sqli_value value = {.kind = SQLI_KIND_TEXT, .null = true};
    return bind_value(stmt, parameter, (struct sqli_type){.code = SQLI_TYPE_CHAR}, &value);
}

/* The lowest number of each width means NULL, so the next wider type takes it. */
int sqli_bind_int64(sqli_stmt *stmt, int parameter, int64_t number)
{
    bool small = number >= -INT32_MAX && number <= INT32_MAX;
    struct sqli_type type = {.code = small ? SQLI_TYPE_INTEGER : SQLI_TYPE_BIGINT,
                             .length = small ? 4 : 8};
    struct sqli_value value = {.kind = SQLI_KIND_INTEGER, .as.integer = number};
    if (number != INT64_MIN)
        return bind_value(stmt, parameter, type, &value);
    value.kind = SQLI_KIND_DECIMAL;
    sqli__decimal_from_int64(number, &value.as.decimal);
    return bind_value(stmt, parameter, decimal_type, &value);
}

int sqli_bind_double(sqli_stmt *stmt, int parameter, double number)
{
    struct sqli_value value = {.kind = SQLI_KIND_REAL, .as.real = number};
    return bind_value(stmt, parameter, (struct sqli_type){.code = SQLI_TYPE_FLOAT, .length = 8},
                      &value);
}

int sqli_bind_bool(sqli_stmt *stmt, int parameter, int truth)
{
    struct sqli_value value = {.kind = SQLI_KIND_BOOLEAN, .as.boolean = truth != 0};
    struct sqli_type type = {.code = SQLI_TYPE_BOOLEAN,
                             .owner = sqli__span_text("informix"),
                             .name = sqli__span_text("boolean")};
    return bind_value(stmt, parameter, type, &value);
}

int sqli_bind_decimal(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length)
{
    struct sqli_value value = {.kind = SQLI_KIND_DECIMAL};
    if (!text && length)
        return bind_no_text(stmt, parameter, length);
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    if (!sqli__binding_of(stmt, parameter))
        return sqli__leave_unsent(stmt->conn, SQLI_FAIL);
    enum sqli_status status =
        sqli__exact_decimal(span_of(text, length), &value.as.decimal, &stmt->conn->error);
    if (status == SQLI_OK)
        status = put(stmt, parameter, decimal_type, &value);
    return sqli__leave_unsent(stmt->conn, status);
}

int sqli_bind_digits(sqli_stmt *stmt, int parameter, const struct sqli_digits *digits)
{
    char text[DIGITS_TEXT] = "0";
    size_t at = 0;
    if (!digits)
        return sqli__refuse_null(stmt, parameter);
    if (digits->count < 0 || digits->count > SQLI_DECIMAL_DIGITS)
        return refuse(stmt, parameter, SQLI_E_ARGUMENT, "the count of digits");
    if (digits->count)
        at = (size_t)snprintf(text, sizeof text, "%s.", digits->negative ? "-" : "");
    for (int i = 0; i < digits->count; i++) {
        if (digits->digits[i] > 9)
            return refuse(stmt, parameter, SQLI_E_ARGUMENT, "a digit above 9");
        text[at++] = (char)('0' + digits->digits[i]);
    }
    if (digits->count)
        snprintf(text + at, sizeof text - at, "e%d", digits->exponent);
    return sqli_bind_decimal(stmt, parameter, text, -1);
}

/* --- times --- */

int sqli_bind_date(sqli_stmt *stmt, int parameter, int year, int month, int day)
{
    struct sqli_value value = {.kind = SQLI_KIND_DATE};
    if (!sqli__date_valid(year, month, day)) {
        char text[DIGITS_TEXT];
        snprintf(text, sizeof text, "%d-%d-%d", year, month, day);
        return refuse(stmt, parameter, SQLI_E_DATE_DAY, text);
    }
    value.as.date = sqli__date_from_fields(year, month, day);
    return bind_value(stmt, parameter, (struct sqli_type){.code = SQLI_TYPE_DATE, .length = 4},
                      &value);
}

/* Within what the fields of struct sqli_datetime can hold; whether there is such a day is looked at
 * when it is encoded. */
static bool is_moment(const struct sqli_moment *m)
{
    const int fields[] = {m->month, m->day, m->hour, m->minute, m->second};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i] < 0 || fields[i] > 99)
            return false;
    return m->year >= 0 && m->year <= 9999 && m->nanosecond >= 0 && m->nanosecond < 1000000000;
}

int sqli_bind_moment(sqli_stmt *stmt, int parameter, const struct sqli_moment *moment)
{
    if (!moment)
        return sqli__refuse_null(stmt, parameter);
    sqli_qualifier q = sqli__datetime_qualifier(moment->first, moment->last);
    if (!q)
        return refuse(stmt, parameter, SQLI_E_INTERVAL_QUALIFIER, "first and last");
    if (!is_moment(moment))
        return refuse(stmt, parameter, SQLI_E_DATETIME_FIELD_RANGE, "a field");
    int64_t step = (int64_t)NANOS_PER_UNIT * sqli__fraction_step(q);
    if (moment->last >= SQLI_SECOND && moment->nanosecond % step)
        return refuse(stmt, parameter, SQLI_E_VALUE_RANGE, "nanoseconds that find no place");
    struct sqli_value value = {
        .kind = SQLI_KIND_DATETIME,
        .as.datetime = {.qualifier = q,
                        .year = (int16_t)moment->year,
                        .month = (int8_t)moment->month,
                        .day = (int8_t)moment->day,
                        .hour = (int8_t)moment->hour,
                        .minute = (int8_t)moment->minute,
                        .second = (int8_t)moment->second,
                        .fraction = moment->nanosecond / NANOS_PER_UNIT},
    };
    struct sqli_type type = {.code = SQLI_TYPE_DATETIME, .length = q};
    return bind_value(stmt, parameter, type, &value);
}

/* The smallest amount that the last field of an interval counts. */
static int64_t last_unit(sqli_qualifier q)
{
    static const int64_t units[SQLI_PARTS] = {
        [SQLI_PART_YEAR] = 12,
        [SQLI_PART_MONTH] = 1,
        [SQLI_PART_DAY] = INT64_C(86400) * UNITS_PER_SECOND,
        [SQLI_PART_HOUR] = INT64_C(3600) * UNITS_PER_SECOND,
        [SQLI_PART_MINUTE] = INT64_C(60) * UNITS_PER_SECOND,
        [SQLI_PART_SECOND] = UNITS_PER_SECOND,
    };
    int part = sqli__last_part(q);
    return part == SQLI_PART_FRACTION ? sqli__fraction_step(q) : units[part];
}

/* What the fields of the qualifier cannot say is not cut off but refused. */
static bool interval_amount(const struct sqli_span_of_time *from, struct sqli_interval *interval)
{
    const int64_t seconds_max = INT64_MAX / UNITS_PER_SECOND - 1;
    int64_t units = from->nanoseconds / NANOS_PER_UNIT;
    interval->year_month = sqli__qualifier_start(interval->qualifier) <= SQLI_FIELD_MONTH;
    interval->amount = from->months;
    if (interval->year_month)
        return !from->seconds && !from->nanoseconds &&
               from->months % last_unit(interval->qualifier) == 0;
    if (from->months || from->nanoseconds % NANOS_PER_UNIT || from->seconds > seconds_max ||
        from->seconds < -seconds_max)
        return false;
    interval->amount = from->seconds * UNITS_PER_SECOND + units;
    return interval->amount % last_unit(interval->qualifier) == 0;
}

int sqli_bind_interval(sqli_stmt *stmt, int parameter, const struct sqli_span_of_time *interval)
{
    struct sqli_value value = {.kind = SQLI_KIND_INTERVAL};
    if (!interval)
        return sqli__refuse_null(stmt, parameter);
    sqli_qualifier q =
        sqli__interval_qualifier(interval->first, interval->last, interval->first_digits);
    if (!q)
        return refuse(stmt, parameter, SQLI_E_INTERVAL_QUALIFIER, "first, last and first_digits");
    value.as.interval.qualifier = q;
    if (!interval_amount(interval, &value.as.interval))
        return refuse(stmt, parameter, SQLI_E_VALUE_RANGE,
                      "the interval has more than its fields hold");
    struct sqli_type type = {.code = SQLI_TYPE_INTERVAL, .length = q};
    return bind_value(stmt, parameter, type, &value);
}

/* --- texts --- */

/* Text too long for a short length goes as an LVARCHAR. */
static enum sqli_status put_text(struct sqli_stmt *stmt, int parameter, struct sqli_span text)
{
    struct sqli_binding *b = sqli__binding_of(stmt, parameter);
    if (!b)
        return SQLI_FAIL;
    enum sqli_status status = sqli__text_to_server(stmt->conn, text, &b->data, &stmt->conn->error);
    if (b->data.length > SQLI_BIND_16_MAX)
        b->type = (struct sqli_type){.code = SQLI_TYPE_LVARCHAR,
                                     .owner = sqli__span_text("informix"),
                                     .name = sqli__span_text("lvarchar")};
    return whole(b, status);
}

int sqli_bind_text(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length)
{
    if (!text && length)
        return bind_no_text(stmt, parameter, length);
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    return sqli__leave_unsent(stmt->conn, put_text(stmt, parameter, span_of(text, length)));
}

/* --- composites --- */

/* The name in the form of a describe, in the code set of the database. */
static enum sqli_status print_composite(struct sqli_stmt *stmt, struct sqli_span type_name,
                                        struct sqli_buffer *name, uint8_t *code)
{
    struct sqli_error *error = &stmt->conn->error;
    struct sqli_arena arena;
    struct sqli_schema *schema;
    struct sqli_buffer own;
    sqli__arena_init(&arena, NAME_MAX_BYTES * 64);
    sqli__buffer_init(&own, NAME_MAX_BYTES);
    enum sqli_status status = sqli__schema_parse(type_name, &arena, &schema, error);
    if (status == SQLI_OK && schema->count == 0)
        status = sqli__fail(error, SQLI_E_ARGUMENT, "%.*s is no ROW and no collection",
                            (int)type_name.length, (const char *)type_name.data);
    if (status == SQLI_OK) {
        *code = schema->type.code;
        sqli__schema_print(schema, &own);
        status = sqli__buffer_status(&own, error);
    }
    if (status == SQLI_OK)
        status = sqli__text_to_server(stmt->conn, sqli__buffer_view(&own), name, error);
    sqli__buffer_free(&own);
    sqli__arena_free(&arena);
    return status;
}

/* The name of the type stands behind the literal, where it lives as long as that. */
static enum sqli_status put_composite(struct sqli_stmt *stmt, int parameter,
                                      struct sqli_span type_name, struct sqli_span literal)
{
    struct sqli_conn *conn = stmt->conn;
    struct sqli_binding *b = sqli__binding_of(stmt, parameter);
    if (!b)
        return SQLI_FAIL;
    SQLI_TRY(sqli__text_to_server(conn, literal, &b->data, &conn->error));
    size_t length = b->data.length;
    SQLI_TRY(print_composite(stmt, type_name, &b->data, &b->type.code));
    b->type.name = sqli__span(b->data.data + length, b->data.length - length);
    b->length = (uint32_t)length;
    b->set = true;
    return SQLI_OK;
}

int sqli_bind_composite(sqli_stmt *stmt, int parameter, const char *type_name, const char *literal,
                        ptrdiff_t length)
{
    struct sqli_span text = span_of(literal, length);
    if (!literal && length)
        return bind_no_text(stmt, parameter, length);
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    return sqli__leave_unsent(
        stmt->conn, type_name ? put_composite(stmt, parameter, sqli__span_text(type_name), text)
                              : put_text(stmt, parameter, text));
}

/* --- BYTE and TEXT in memory --- */

static enum sqli_status put_simple_lob(struct sqli_stmt *stmt, int parameter, int type,
                                       struct sqli_span bytes)
{
    struct sqli_conn *conn = stmt->conn;
    struct sqli_binding *b = sqli__binding_of(stmt, parameter);
    struct sqli_simple_lob lob;
    if (!b)
        return SQLI_FAIL;
    b->type = (struct sqli_type){.code = (uint8_t)type, .length = SQLI_SIMPLE_LOB_SIZE};
    sqli__buffer_fill(&b->data, 0, sizeof lob.bytes);
    SQLI_TRY(sqli__buffer_status(&b->data, &conn->error));
    sqli__buffer_span(&b->data, bytes);
    SQLI_TRY(sqli__buffer_status(&b->data, &conn->error));
    b->length = sizeof lob.bytes;
    sqli__simple_lob_make_bind(&lob, (uint32_t)(b->data.length - b->length));
    memcpy(b->data.data, lob.bytes, sizeof lob.bytes);
    b->set = true;
    return SQLI_OK;
}

static enum sqli_status put_bytes(struct sqli_stmt *stmt, int parameter, int type,
                                  struct sqli_span bytes)
{
    switch (type) {
    case SQLI_BYTE:
    case SQLI_TEXT: return put_simple_lob(stmt, parameter, type, bytes);
    case SQLI_BLOB:
    case SQLI_CLOB: return sqli__lob_bind_bytes(stmt, parameter, type, bytes.data, bytes.length);
    default: return sqli__fail(&stmt->conn->error, SQLI_E_ARGUMENT, "bytes for type %d", type);
    }
}

/* TEXT and CLOB are texts, so what a program has of them is UTF-8. */
int sqli_bind_bytes(sqli_stmt *stmt, int parameter, int type, const void *bytes, size_t length)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    struct sqli_buffer text;
    if (!bytes && length)
        return sqli__refuse_null(stmt, parameter);
    SQLI_TRY_ENTER(conn, false);
    if (!sqli__binding_of(stmt, parameter))
        return sqli__leave_unsent(conn, SQLI_FAIL);
    enum sqli_status status = SQLI_OK;
    struct sqli_span span = sqli__span(bytes, length);
    sqli__buffer_init(&text, SQLI_BINDINGS_LIMIT);
    if (type == SQLI_TEXT || type == SQLI_CLOB) {
        status = sqli__text_to_server(conn, span, &text, &conn->error);
        span = sqli__buffer_view(&text);
    }
    if (status == SQLI_OK)
        status = put_bytes(stmt, parameter, type, span);
    sqli__buffer_free(&text);
    return sqli__leave_unsent(conn, status);
}

/* --- what is bound --- */

int sqli_clear_bindings(sqli_stmt *stmt)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), false);
    for (int i = 1; i <= sqli_bind_count(stmt); i++)
        sqli__binding_of(stmt, i);
    return sqli__leave_unsent(stmt->conn, SQLI_OK);
}

int sqli_bind_count(const sqli_stmt *stmt)
{
    return stmt ? (int)stmt->placeholders.parameters : 0;
}

int sqli_bind_index(const sqli_stmt *stmt, const char *name)
{
    struct sqli_span wanted = sqli__span_text(name);
    for (size_t i = 0; stmt && wanted.length && i < stmt->placeholders.count; i++)
        if (sqli__span_equal(sqli__placeholder_name(stmt->sql, &stmt->placeholders.items[i]),
                             wanted))
            return stmt->placeholders.items[i].parameter + 1;
    return 0;
}

/* The text of the statement has no NUL behind a name, so there is a copy of each that was asked
 * for. */
const char *sqli_bind_name(const sqli_stmt *stmt, int parameter)
{
    for (size_t i = 0; stmt && i < stmt->placeholders.count; i++) {
        const struct sqli_placeholder *p = &stmt->placeholders.items[i];
        struct sqli_span name = sqli__placeholder_name(stmt->sql, p);
        if (p->parameter + 1 != parameter || name.length == 0)
            continue;
        struct sqli_buffer *kept = &stmt->bindings[parameter - 1].name;
        if (kept->length)
            return (const char *)kept->data;
        sqli__buffer_init(kept, NAME_MAX_BYTES);
        sqli__buffer_span(kept, name);
        sqli__buffer_byte(kept, '\0');
        if (kept->failed)
            sqli__buffer_free(kept);
        return (const char *)kept->data;
    }
    return NULL;
}

/* --- the request --- */

static const struct sqli_binding *binding_at(const struct sqli_stmt *stmt, size_t place)
{
    return &stmt->bindings[stmt->placeholders.items[place].parameter];
}

bool sqli__is_simple_lob(const struct sqli_binding *b)
{
    return !b->null && (b->type.code == SQLI_TYPE_BYTE || b->type.code == SQLI_TYPE_TEXT);
}

static void add_blob(struct sqli_link *link, struct sqli_span bytes)
{
    while (bytes.length) {
        size_t size = bytes.length < BLOB_CHUNK ? bytes.length : BLOB_CHUNK;
        sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_BLOB,
                                                    .as.bytes = sqli__span(bytes.data, size)});
        bytes = sqli__span(bytes.data + size, bytes.length - size);
    }
    sqli__link_add(link,
                   &(struct sqli_message){.id = SQLI_MSG_BLOB, .as.bytes = sqli__span("", 0)});
}

/* BYTE and TEXT travel behind the block that announces their sizes, in its order. */
static void add_blobs(struct sqli_stmt *stmt)
{
    struct sqli_link *link = &stmt->conn->link;
    uint32_t count = 0;
    for (size_t i = 0; i < stmt->placeholders.count; i++)
        count += sqli__is_simple_lob(binding_at(stmt, i));
    if (count == 0)
        return;
    sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_BBIND, .as.count = count});
    if (sqli__streams_any(stmt))
        return; /* stream.c says the values */
    for (size_t i = 0; i < stmt->placeholders.count; i++) {
        const struct sqli_binding *b = binding_at(stmt, i);
        if (sqli__is_simple_lob(b))
            add_blob(link, sqli__span(b->data.data + b->length, b->data.length - b->length));
    }
}

struct sqli_bind_value sqli__bind_value(const struct sqli_stmt *stmt, size_t place)
{
    const struct sqli_binding *b = binding_at(stmt, place);
    if (b->null)
        return (struct sqli_bind_value){.indicator = SQLI_INDICATOR_NULL};
    return (struct sqli_bind_value){
        .type = b->type.code,
        .owner = b->type.owner,
        .name = b->type.name,
        .indicator = SQLI_INDICATOR_VALUE,
        .precision = (int16_t)b->precision,
        .data = sqli__span(b->data.data, b->length),
    };
}

void sqli__bind_add(struct sqli_stmt *stmt)
{
    size_t count = stmt->placeholders.count;
    if (count == 0)
        return;
    struct sqli_bind_value *values = sqli__alloc_zeroed(count, sizeof *values);
    for (size_t i = 0; values && i < count; i++)
        values[i] = sqli__bind_value(stmt, i);
    if (values)
        sqli__link_add(
            &stmt->conn->link,
            &(struct sqli_message){.id = SQLI_MSG_BIND, .as.bind = {(uint32_t)count, values}});
    else
        stmt->conn->link.out.failed = SQLI_E_NO_MEMORY;
    sqli__free(values);
    add_blobs(stmt);
}
