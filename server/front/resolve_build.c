/* Nodes, and errors with their place. */
#include "server/front/resolve_inside.h"
#include "sql/text.h"
#include "value/number.h"

#include <stdarg.h>

/* --- errors --- */

static int32_t place_of(const struct sqli_resolver *r, uint32_t at)
{
    const struct sqli_codeset_info *codeset = sqli__catalog_settings(r->catalog)->codeset;
    if (codeset && codeset->bytes_max == 1)
        return (int32_t)((at < r->text.length ? at : r->text.length) + 1);
    return (int32_t)sqli__sql_character_offset(r->text, at);
}

enum sqli_status sqli__resolve_place(struct sqli_resolver *r, uint32_t at)
{
    r->error->offset = place_of(r, at);
    return SQLI_FAIL;
}

enum sqli_status sqli__resolve_fail(struct sqli_resolver *r, uint32_t at, int32_t code,
                                    const char *near)
{
    sqli__fail(r->error, code, near ? "%s" : NULL, near);
    return sqli__resolve_place(r, at);
}

enum sqli_status sqli__resolve_fail_name(struct sqli_resolver *r, uint32_t at, int32_t code,
                                         struct sqli_span name)
{
    /* In the code set of the database, as it will travel. */
    sqli__fail_server(r->error, code, 0, 0, name);
    return sqli__resolve_place(r, at);
}

enum sqli_status sqli__resolve_fail_types(struct sqli_resolver *r, uint32_t at, int32_t code,
                                          const struct sqli_type *from, const struct sqli_type *to)
{
    struct sqli_buffer *text = &r->scratch;
    sqli__buffer_clear(text);
    sqli__type_print(from, text);
    sqli__buffer_text(text, " and ");
    sqli__type_print(to, text);
    return sqli__resolve_fail_name(r, at, code, sqli__buffer_view(text));
}

enum sqli_status sqli__resolve_enter(struct sqli_resolver *r, uint32_t at)
{
    if (r->depth >= SQLI_RESOLVE_DEPTH)
        return sqli__resolve_fail(r, at, SQLI_E_SYNTAX, NULL);
    r->depth++;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_status(struct sqli_resolver *r)
{
    return sqli__arena_status(r->arena, r->error);
}

/* --- making nodes --- */

void *sqli__resolve_alloc(struct sqli_resolver *r, size_t count, size_t size)
{
    return sqli__arena_alloc(r->arena, count, size);
}

struct sqli_expr *sqli__resolve_node(struct sqli_resolver *r, enum sqli_expr_kind kind, uint32_t at)
{
    struct sqli_expr *expr = SQLI_NEW(r, struct sqli_expr);
    if (!expr)
        return NULL;
    expr->kind = kind;
    expr->at = at;
    expr->end = at;
    return expr;
}

/* Shares what is below. */
struct sqli_expr *sqli__resolve_copy(struct sqli_resolver *r, const struct sqli_expr *expr)
{
    struct sqli_expr *copy = expr ? SQLI_NEW(r, struct sqli_expr) : NULL;
    if (!copy)
        return NULL;
    *copy = *expr;
    copy->next = NULL;
    return copy;
}

enum sqli_status sqli__resolve_become_constant(struct sqli_resolver *r, struct sqli_expr *expr,
                                               const struct sqli_type *type,
                                               const struct sqli_value *value)
{
    struct sqli_value *kept = SQLI_NEW(r, struct sqli_value);
    if (!kept)
        return sqli__resolve_status(r);
    *kept = *value;
    sqli__resolve_become(expr, SQLI_EXPR_CONSTANT, type);
    expr->constant = kept;
    expr->nullable = value->null;
    return SQLI_OK;
}

static struct sqli_expr *constant(struct sqli_resolver *r, uint32_t at,
                                  const struct sqli_type *type, const struct sqli_value *value)
{
    struct sqli_expr *expr = sqli__resolve_node(r, SQLI_EXPR_CONSTANT, at);
    if (!expr || sqli__resolve_become_constant(r, expr, type, value) != SQLI_OK)
        return NULL;
    return expr;
}

struct sqli_expr *sqli__resolve_text(struct sqli_resolver *r, uint32_t at, struct sqli_span text)
{
    struct sqli_value value = {.kind = SQLI_KIND_TEXT};
    struct sqli_type type = sqli__make_char(text.length);
    value.as.bytes = sqli__arena_copy(r->arena, text);
    return constant(r, at, &type, &value);
}

struct sqli_expr *sqli__resolve_number(struct sqli_resolver *r, uint32_t at, int64_t number)
{
    bool small = number >= -INT32_MAX && number <= INT32_MAX;
    struct sqli_type type = small ? sqli__make_integer() : sqli__make_bigint();
    struct sqli_value value = {.kind = SQLI_KIND_INTEGER};
    value.as.integer = number;
    return constant(r, at, &type, &value);
}

struct sqli_expr *sqli__resolve_type_text(struct sqli_resolver *r, uint32_t at,
                                          const struct sqli_type *type)
{
    const struct sqli_type source = sqli__source_type(type);
    sqli__buffer_clear(&r->scratch);
    sqli__type_print(&source, &r->scratch);
    return sqli__resolve_text(r, at, sqli__buffer_view(&r->scratch));
}

struct sqli_expr *sqli__resolve_qualifier_text(struct sqli_resolver *r, uint32_t at,
                                               const struct sqli_type *type)
{
    sqli__buffer_clear(&r->scratch);
    sqli__qualifier_print(sqli__type_qualifier(type), type->code == SQLI_TYPE_INTERVAL,
                          &r->scratch);
    return sqli__resolve_text(r, at, sqli__buffer_view(&r->scratch));
}

/* --- changing nodes --- */

void sqli__resolve_args(struct sqli_expr *expr, ...)
{
    va_list list;
    struct sqli_expr **end = &expr->args;
    expr->count = 0;
    va_start(list, expr);
    for (struct sqli_expr *arg = va_arg(list, struct sqli_expr *); arg;
         arg = va_arg(list, struct sqli_expr *)) {
        *end = arg;
        end = &arg->next;
        expr->count++;
    }
    va_end(list);
    *end = NULL;
}

void sqli__resolve_become(struct sqli_expr *expr, enum sqli_expr_kind kind,
                          const struct sqli_type *type)
{
    struct sqli_expr made = {.kind = kind, .type = *type, .nullable = true};
    made.at = expr->at;
    made.end = expr->end;
    made.next = expr->next;
    *expr = made; /* `type` may have been its own */
}

void sqli__resolve_become_call(struct sqli_expr *expr, const char *function,
                               const struct sqli_type *type)
{
    sqli__resolve_become(expr, SQLI_EXPR_CALL, type);
    expr->text = sqli__span_text(function);
}

void sqli__resolve_replace(struct sqli_expr *expr, const struct sqli_expr *by)
{
    struct sqli_expr *next = expr->next;
    *expr = *by;
    expr->next = next;
}

enum sqli_status sqli__resolve_negate(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type type = sqli__make_boolean();
    struct sqli_expr *inner = sqli__resolve_copy(r, expr);
    if (!inner)
        return sqli__resolve_status(r);
    sqli__resolve_become(expr, SQLI_EXPR_NOT, &type);
    sqli__resolve_args(expr, inner, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__resolve_compare_node(struct sqli_resolver *r, struct sqli_expr *expr,
                                            enum sqli_compare_op op, struct sqli_expr *a,
                                            struct sqli_expr *b)
{
    struct sqli_type type = sqli__make_boolean();
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become(expr, SQLI_EXPR_COMPARE, &type);
    expr->op = (int32_t)op;
    sqli__resolve_args(expr, a, b, NULL);
    return sqli__resolve_pair(r, a, b);
}

/* --- comparing nodes --- */

static bool same_datetime(const struct sqli_datetime *a, const struct sqli_datetime *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second && a->fraction == b->fraction;
}

/* Of constants that are not of the kinds here, each is itself only. */
static bool same_value(const struct sqli_expr *a, const struct sqli_expr *b)
{
    const struct sqli_value *v = a->constant;
    const struct sqli_value *w = b->constant;
    if (v == w)
        return true;
    if (!v || !w || v->kind != w->kind || v->null != w->null || a->type.code != b->type.code)
        return false;
    switch (v->null ? SQLI_KIND_NONE : v->kind) {
    case SQLI_KIND_NONE: return true;
    case SQLI_KIND_INTEGER: return v->as.integer == w->as.integer;
    case SQLI_KIND_REAL: return !(v->as.real < w->as.real) && !(v->as.real > w->as.real);
    case SQLI_KIND_DECIMAL: return sqli__decimal_compare(&v->as.decimal, &w->as.decimal) == 0;
    case SQLI_KIND_TEXT:
    case SQLI_KIND_COMPOSITE: return sqli__span_equal(v->as.bytes, w->as.bytes);
    case SQLI_KIND_BOOLEAN: return v->as.boolean == w->as.boolean;
    case SQLI_KIND_DATE: return v->as.date == w->as.date;
    case SQLI_KIND_DATETIME: return same_datetime(&v->as.datetime, &w->as.datetime);
    case SQLI_KIND_INTERVAL: return v->as.interval.amount == w->as.interval.amount;
    default: return false;
    }
}

bool sqli__resolve_equal(const struct sqli_expr *a, const struct sqli_expr *b)
{
    if (a->kind != b->kind || a->op != b->op || a->count != b->count || a->source != b->source ||
        a->column != b->column || a->negated != b->negated || a->distinct != b->distinct ||
        a->select != b->select || a->window != b->window || !sqli__span_equal(a->text, b->text))
        return false;
    if (a->kind == SQLI_EXPR_CONSTANT && !same_value(a, b))
        return false;
    const struct sqli_expr *y = b->args;
    for (const struct sqli_expr *x = a->args; x && y; x = x->next, y = y->next)
        if (!sqli__resolve_equal(x, y))
            return false;
    return true;
}
