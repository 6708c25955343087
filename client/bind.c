/* Values of the program into bind blocks. */
#include "client/statement.h"

#include "base/alloc.h"

static struct sqli_binding *binding_of(struct sqli_stmt *stmt, int parameter)
{
    if (parameter < 1 || (size_t)parameter > stmt->placeholders.parameters) {
        sqli__fail(&stmt->conn->error, SQLI_E_PARAMETER_INDEX, "%d", parameter);
        return NULL;
    }
    struct sqli_binding *binding = &stmt->bindings[parameter - 1];
    sqli__buffer_clear(&binding->data);
    binding->set = true;
    binding->null = false;
    return binding;
}

/* A value of a type that travels as it is. */
static int bind_value(struct sqli_stmt *stmt, int parameter, struct sqli_type type,
                      const struct sqli_value *value)
{
    SQLI_TRY_ENTER(stmt->conn, false);
    struct sqli_binding *b = binding_of(stmt, parameter);
    if (!b)
        return sqli__leave(stmt->conn, SQLI_FAIL);
    b->type = type;
    b->null = value->null;
    b->precision = sqli__bind_precision(&type, value);
    enum sqli_status status = SQLI_OK;
    if (!value->null)
        status = sqli__value_bind_encode(&type, value, &b->data, &stmt->conn->error);
    b->set = status == SQLI_OK;
    return sqli__leave(stmt->conn, status);
}

int sqli_bind_null(sqli_stmt *stmt, int parameter)
{
    struct sqli_value value = {.kind = SQLI_KIND_TEXT, .null = true};
    return bind_value(stmt, parameter, (struct sqli_type){.code = SQLI_TYPE_CHAR}, &value);
}

int sqli_bind_int64(sqli_stmt *stmt, int parameter, int64_t number)
{
    bool small = number >= -INT32_MAX && number <= INT32_MAX;
    struct sqli_type type = {.code = small ? SQLI_TYPE_INTEGER : SQLI_TYPE_BIGINT,
                             .length = small ? 4 : 8};
    struct sqli_value value = {.kind = SQLI_KIND_INTEGER, .as.integer = number};
    return bind_value(stmt, parameter, type, &value);
}

int sqli_bind_double(sqli_stmt *stmt, int parameter, double number)
{
    struct sqli_value value = {.kind = SQLI_KIND_REAL, .as.real = number};
    return bind_value(stmt, parameter, (struct sqli_type){.code = SQLI_TYPE_FLOAT, .length = 8},
                      &value);
}

int sqli_bind_decimal(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length)
{
    struct sqli_value value = {.kind = SQLI_KIND_DECIMAL};
    struct sqli_span span = length < 0 ? sqli__span_text(text) : sqli__span(text, (size_t)length);
    SQLI_TRY_ENTER(stmt->conn, false);
    enum sqli_status status = sqli__decimal_from_text(span, &value.as.decimal, &stmt->conn->error);
    if (sqli__leave(stmt->conn, status))
        return SQLI_FAIL;
    struct sqli_type type = {.code = SQLI_TYPE_DECIMAL, .length = 32 << 8 | SQLI_DECIMAL_FLOATING};
    return bind_value(stmt, parameter, type, &value);
}

int sqli_bind_date(sqli_stmt *stmt, int parameter, int year, int month, int day)
{
    struct sqli_value value = {.kind = SQLI_KIND_DATE};
    if (!sqli__date_valid(year, month, day)) {
        SQLI_TRY_ENTER(stmt->conn, false);
        return sqli__leave(stmt->conn, sqli__fail(&stmt->conn->error, SQLI_E_DATE_DAY, "%d-%d-%d",
                                                  year, month, day));
    }
    value.as.date = sqli__date_from_fields(year, month, day);
    return bind_value(stmt, parameter, (struct sqli_type){.code = SQLI_TYPE_DATE, .length = 4},
                      &value);
}

/* Text too long for a short length goes as an LVARCHAR. */
int sqli_bind_text(sqli_stmt *stmt, int parameter, const char *text, ptrdiff_t length)
{
    struct sqli_conn *conn = stmt->conn;
    struct sqli_span span = length < 0 ? sqli__span_text(text) : sqli__span(text, (size_t)length);
    SQLI_TRY_ENTER(conn, false);
    struct sqli_binding *b = binding_of(stmt, parameter);
    if (!b)
        return sqli__leave(conn, SQLI_FAIL);
    enum sqli_status status = sqli__text_to_server(conn, span, &b->data, &conn->error);
    b->type = (struct sqli_type){.code = SQLI_TYPE_CHAR};
    b->precision = 0;
    if (b->data.length > SQLI_BIND_16_MAX)
        b->type = (struct sqli_type){.code = SQLI_TYPE_LVARCHAR,
                                     .owner = sqli__span_text("informix"),
                                     .name = sqli__span_text("lvarchar")};
    b->set = status == SQLI_OK;
    return sqli__leave(conn, status);
}

int sqli_bind_count(const sqli_stmt *stmt)
{
    return (int)stmt->placeholders.parameters;
}

int sqli_bind_index(const sqli_stmt *stmt, const char *name)
{
    struct sqli_span wanted = sqli__span_text(name);
    for (size_t i = 0; i < stmt->placeholders.count; i++)
        if (sqli__span_equal(sqli__placeholder_name(stmt->sql, &stmt->placeholders.items[i]),
                             wanted))
            return stmt->placeholders.items[i].parameter + 1;
    return 0;
}

void sqli__bind_add(struct sqli_stmt *stmt)
{
    size_t count = stmt->placeholders.count;
    if (count == 0)
        return;
    struct sqli_bind_value *values = sqli__alloc_zeroed(count, sizeof *values);
    for (size_t i = 0; values && i < count; i++) {
        const struct sqli_binding *b = &stmt->bindings[stmt->placeholders.items[i].parameter];
        values[i] = (struct sqli_bind_value){
            .type = b->null ? 0 : b->type.code,
            .owner = b->type.owner,
            .name = b->type.name,
            .indicator = b->null ? SQLI_INDICATOR_NULL : SQLI_INDICATOR_VALUE,
            .precision = b->null ? 0 : (int16_t)b->precision,
            .data = sqli__buffer_view(&b->data),
        };
    }
    if (values)
        sqli__link_add(
            &stmt->conn->link,
            &(struct sqli_message){.id = SQLI_MSG_BIND, .as.bind = {(uint32_t)count, values}});
    else
        stmt->conn->link.out.failed = SQLI_E_NO_MEMORY;
    sqli__free(values);
}
