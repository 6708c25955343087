/* Comparisons: both sides in one storage form, and a bare column left bare wherever the other side
 * can be brought to it, so that its index serves. */
#include "server/front/resolve_inside.h"

static enum sqli_kind kind_of(const struct sqli_expr *expr)
{
    return sqli__type_kind(&expr->type);
}

static enum sqli_status incomparable(struct sqli_resolver *r, const struct sqli_expr *a,
                                     const struct sqli_expr *b, int32_t code)
{
    return sqli__resolve_fail_types(r, b->at, code, &a->type, &b->type);
}

/* A parameter beside this: of its type, but for what would be cut and then be equal. */
static struct sqli_type parameter_beside(const struct sqli_type *type)
{
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_INTEGER: return sqli__make_bigint();
    case SQLI_KIND_DECIMAL: return sqli__make_floating();
    case SQLI_KIND_TEXT: return sqli__make_lvarchar(SQLI_LVARCHAR_MAX);
    default: return sqli__plain_type(type);
    }
}

static enum sqli_status type_beside(struct sqli_resolver *r, struct sqli_expr *open,
                                    const struct sqli_expr *other)
{
    struct sqli_type type = parameter_beside(&other->type);
    SQLI_TRY(sqli__resolve_coerce(r, open, &type, other->schema));
    if (open->kind == SQLI_EXPR_PARAMETER && r->tree && !sqli__type_is_users(&other->type))
        r->tree->parameters_told[open->op - 1] = sqli__plain_type(&other->type);
    return SQLI_OK;
}

/* --- numbers --- */

/* A decimal constant beside an INTEGER or REAL, which compare exactly with each other. */
static enum sqli_status decimal_to_binary(struct sqli_resolver *r, struct sqli_expr *decimal)
{
    struct sqli_type integer = sqli__make_bigint();
    struct sqli_type real = sqli__make_float();
    bool done;
    SQLI_TRY(sqli__resolve_exact(r, decimal, &integer, &done));
    return done ? SQLI_OK : sqli__resolve_coerce(r, decimal, &real, NULL);
}

/* `decimal` is a DECIMAL, `other` an INTEGER, a DATE or a REAL. */
static enum sqli_status with_decimal(struct sqli_resolver *r, struct sqli_expr *decimal,
                                     struct sqli_expr *other)
{
    struct sqli_type real = sqli__make_float();
    struct sqli_type floating = sqli__make_floating();
    if (sqli__is_constant(decimal))
        return decimal_to_binary(r, decimal);
    if (kind_of(other) == SQLI_KIND_REAL && !sqli__is_constant(other))
        return sqli__resolve_coerce(r, decimal, &real, NULL);
    if (kind_of(other) == SQLI_KIND_INTEGER)
        floating = sqli__type_as_decimal(&other->type);
    return sqli__resolve_coerce(r, other, &floating, NULL);
}

/* A SMALLFLOAT holds fewer digits than the literal beside it. */
static enum sqli_status to_single(struct sqli_resolver *r, struct sqli_expr *single,
                                  struct sqli_expr *other)
{
    bool literal = sqli__is_constant(other) && !sqli__is_constant(single);
    if (single->type.code != SQLI_TYPE_SMALLFLOAT || !literal || kind_of(other) != SQLI_KIND_REAL)
        return SQLI_OK;
    return sqli__resolve_coerce(r, other, &single->type, NULL);
}

static enum sqli_status numbers(struct sqli_resolver *r, struct sqli_expr *a, struct sqli_expr *b)
{
    bool left = kind_of(a) == SQLI_KIND_DECIMAL;
    bool right = kind_of(b) == SQLI_KIND_DECIMAL;
    if (left != right)
        SQLI_TRY(left ? with_decimal(r, a, b) : with_decimal(r, b, a));
    SQLI_TRY(to_single(r, a, b));
    return to_single(r, b, a);
}

/* --- times --- */

/* Packed images without trailing zeros: of two DATETIMEs that begin with one field, the shorter
 * one compares as if it went on with zeros, which are the lowest values below DAY. */
static bool compare_as_stored(const struct sqli_type *a, const struct sqli_type *b)
{
    sqli_qualifier p = sqli__type_qualifier(a);
    sqli_qualifier q = sqli__type_qualifier(b);
    return p == q ||
           (sqli__qualifier_start(p) == sqli__qualifier_start(q) &&
            sqli__qualifier_end(p) >= SQLI_FIELD_DAY && sqli__qualifier_end(q) >= SQLI_FIELD_DAY);
}

static enum sqli_status datetimes(struct sqli_resolver *r, struct sqli_expr *a, struct sqli_expr *b)
{
    if (compare_as_stored(&a->type, &b->type))
        return SQLI_OK;
    struct sqli_type wide = sqli__wider_datetime(&a->type, &b->type);
    SQLI_TRY(sqli__resolve_requalify(r, a, &wide));
    return sqli__resolve_requalify(r, b, &wide);
}

static enum sqli_status date_and_datetime(struct sqli_resolver *r, struct sqli_expr *date,
                                          struct sqli_expr *datetime)
{
    struct sqli_type day = sqli__make_datetime(SQLI_FIELD_YEAR, SQLI_FIELD_DAY);
    struct sqli_type plain = sqli__plain_type(&date->type);
    bool done;
    if (datetime->type.length == day.length) /* has nothing that a date has not */
        return sqli__resolve_coerce(r, datetime, &plain, NULL);
    SQLI_TRY(sqli__resolve_exact(r, datetime, &plain, &done));
    if (done)
        return SQLI_OK;
    SQLI_TRY(sqli__resolve_coerce(r, date, &day, NULL));
    return datetimes(r, date, datetime);
}

static enum sqli_status intervals(struct sqli_resolver *r, struct sqli_expr *a, struct sqli_expr *b)
{
    bool done = a->type.length == b->type.length;
    if (sqli__interval_is_year_month(&a->type) != sqli__interval_is_year_month(&b->type))
        return incomparable(r, a, b, SQLI_E_INTERVAL_INCOMPATIBLE);
    if (!done)
        SQLI_TRY(sqli__resolve_exact(r, b, &a->type, &done));
    if (!done)
        SQLI_TRY(sqli__resolve_exact(r, a, &b->type, &done));
    if (done)
        return SQLI_OK;
    struct sqli_type wide = sqli__wider_interval(&a->type, &b->type);
    SQLI_TRY(sqli__resolve_coerce(r, a, &wide, NULL));
    return sqli__resolve_coerce(r, b, &wide, NULL);
}

/* --- text beside something else --- */

static enum sqli_status text_and(struct sqli_resolver *r, struct sqli_expr *text,
                                 struct sqli_expr *other)
{
    struct sqli_type floating = sqli__make_floating();
    bool number = kind_of(other) == SQLI_KIND_INTEGER || kind_of(other) == SQLI_KIND_DECIMAL;
    bool done = false;
    if (sqli__type_is_lob(&other->type))
        return incomparable(r, text, other, SQLI_E_BLOB_EXPRESSION);
    if (number && sqli__is_constant(text))
        SQLI_TRY(sqli__resolve_exact(r, text, &floating, &done));
    struct sqli_type type =
        number && (done || !sqli__is_constant(text)) ? floating : sqli__plain_type(&other->type);
    SQLI_TRY(sqli__resolve_coerce(r, text, &type, other->schema));
    return sqli__resolve_pair(r, text, other);
}

/* --- the pair --- */

static enum sqli_status same_kind(struct sqli_resolver *r, struct sqli_expr *a, struct sqli_expr *b)
{
    switch (kind_of(a)) {
    case SQLI_KIND_DATETIME: return datetimes(r, a, b);
    case SQLI_KIND_INTERVAL: return intervals(r, a, b);
    case SQLI_KIND_TEXT:
    case SQLI_KIND_DATE:
    case SQLI_KIND_BOOLEAN:
    case SQLI_KIND_OPAQUE: return SQLI_OK;
    case SQLI_KIND_COMPOSITE:
        return sqli__is_constant(a) ? sqli__resolve_composite_to(r, a, &b->type, b->schema)
                                    : sqli__resolve_composite_to(r, b, &a->type, a->schema);
    default: return incomparable(r, a, b, SQLI_E_BLOB_EXPRESSION);
    }
}

static bool counts_as_number(const struct sqli_expr *expr)
{
    return sqli__type_is_number(&expr->type) || kind_of(expr) == SQLI_KIND_DATE;
}

/* Neither is a parameter or NULL any more. */
static enum sqli_status typed_pair(struct sqli_resolver *r, struct sqli_expr *a,
                                   struct sqli_expr *b)
{
    enum sqli_kind left = kind_of(a);
    enum sqli_kind right = kind_of(b);
    if (!sqli__same_distinct(&a->type, &b->type))
        return sqli__resolve_fail(r, b->at, SQLI_E_ROUTINE_NOT_FOUND, "equal");
    if (sqli__type_is_number(&a->type) && counts_as_number(b))
        return numbers(r, a, b);
    if (counts_as_number(a) && sqli__type_is_number(&b->type))
        return numbers(r, a, b);
    if (left == right)
        return same_kind(r, a, b);
    if (left == SQLI_KIND_DATE && right == SQLI_KIND_DATETIME)
        return date_and_datetime(r, a, b);
    if (left == SQLI_KIND_DATETIME && right == SQLI_KIND_DATE)
        return date_and_datetime(r, b, a);
    if (left == SQLI_KIND_TEXT)
        return text_and(r, a, b);
    if (right == SQLI_KIND_TEXT)
        return text_and(r, b, a);
    return incomparable(r, a, b, SQLI_E_NO_CAST);
}

enum sqli_status sqli__resolve_pair(struct sqli_resolver *r, struct sqli_expr *a,
                                    struct sqli_expr *b)
{
    bool open_a = sqli__type_is_null(&a->type);
    bool open_b = sqli__type_is_null(&b->type);
    if (open_a && open_b)
        return sqli__is_untyped(a) && sqli__is_untyped(b)
                   ? sqli__resolve_fail(r, a->at, SQLI_E_SYNTAX, NULL)
                   : SQLI_OK;
    if (open_a || open_b)
        return open_a ? type_beside(r, a, b) : type_beside(r, b, a);
    return typed_pair(r, a, b);
}

/* --- conditions --- */

enum sqli_status sqli__resolve_compare(struct sqli_resolver *r, struct sqli_expr *expr)
{
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    return sqli__resolve_pair(r, expr->args, expr->args->next);
}

static enum sqli_status negated(struct sqli_resolver *r, struct sqli_expr *expr, bool negate)
{
    return negate ? sqli__resolve_negate(r, expr) : SQLI_OK;
}

/* x >= low AND x <= high */
enum sqli_status sqli__resolve_between(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *x = expr->args;
    struct sqli_expr *low = x->next;
    struct sqli_expr *high = low->next;
    bool negate = expr->negated;
    struct sqli_type type = sqli__make_boolean();
    SQLI_TRY(sqli__resolve_list(r, x));
    if (sqli__is_untyped(x)) /* its type is that of the bounds */
        SQLI_TRY(sqli__resolve_pair(r, x, sqli__is_untyped(low) ? high : low));
    struct sqli_expr *again = sqli__resolve_copy(r, x);
    struct sqli_expr *lower = sqli__resolve_node(r, SQLI_EXPR_COMPARE, expr->at);
    struct sqli_expr *upper = sqli__resolve_node(r, SQLI_EXPR_COMPARE, expr->at);
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sqli__resolve_compare_node(r, lower, SQLI_COMPARE_GE, x, low));
    SQLI_TRY(sqli__resolve_compare_node(r, upper, SQLI_COMPARE_LE, again, high));
    sqli__resolve_become(expr, SQLI_EXPR_AND, &type);
    sqli__resolve_args(expr, lower, upper, NULL);
    return negated(r, expr, negate);
}

/* --- IN (...) --- */

/* One comparison for each item, for items that do not all go with the operand as it is. */
static enum sqli_status in_as_or(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *x = expr->args;
    struct sqli_expr *item = x->next;
    struct sqli_type type = sqli__make_boolean();
    bool negate = expr->negated;
    struct sqli_expr *terms = NULL;
    struct sqli_expr **end = &terms;
    uint32_t count = expr->count - 1;
    while (item) {
        struct sqli_expr *next = item->next;
        struct sqli_expr *term = sqli__resolve_node(r, SQLI_EXPR_COMPARE, item->at);
        struct sqli_expr *again = sqli__resolve_copy(r, x);
        SQLI_TRY(sqli__resolve_status(r));
        SQLI_TRY(sqli__resolve_compare_node(r, term, SQLI_COMPARE_EQ, again, item));
        *end = term;
        end = &term->next;
        item = next;
    }
    if (count == 1) {
        sqli__resolve_replace(expr, terms);
        return negated(r, expr, negate);
    }
    sqli__resolve_become(expr, SQLI_EXPR_OR, &type);
    expr->args = terms;
    expr->count = count;
    return negated(r, expr, negate);
}

/* True when comparing with the item left the operand as it was. */
static enum sqli_status goes_with(struct sqli_resolver *r, const struct sqli_expr *x,
                                  struct sqli_expr *item, bool *good)
{
    struct sqli_expr left = *x; /* no nodes of their own: lists have many items */
    struct sqli_expr right = *item;
    left.next = right.next = NULL;
    SQLI_TRY(sqli__resolve_pair(r, &left, &right));
    *good = left.kind == x->kind && left.args == x->args && left.constant == x->constant;
    if (*good)
        sqli__resolve_replace(item, &right);
    return SQLI_OK;
}

/* `x IN collection`: x as text is one of its elements. */
static enum sqli_status in_collection(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *x = expr->args;
    struct sqli_expr *collection = x->next;
    bool negate = expr->negated;
    struct sqli_type type = sqli__make_boolean();
    struct sqli_expr *text = sqli__resolve_type_text(r, expr->at, &collection->type);
    SQLI_TRY(sqli__resolve_as_text(r, x));
    sqli__resolve_become_call(expr, "x_in_collection", &type);
    sqli__resolve_args(expr, x, collection, text, NULL);
    SQLI_TRY(sqli__resolve_status(r));
    return negated(r, expr, negate);
}

/* An operand without a type takes that of the first item that has one. */
static enum sqli_status type_operand(struct sqli_resolver *r, struct sqli_expr *x)
{
    const struct sqli_expr *item = x->next;
    while (item && sqli__type_is_null(&item->type))
        item = item->next;
    if (!sqli__is_untyped(x))
        return SQLI_OK;
    if (!item)
        return sqli__resolve_fail(r, x->at, SQLI_E_SYNTAX, NULL);
    return type_beside(r, x, item);
}

enum sqli_status sqli__resolve_in_list(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *x = expr->args;
    bool good = true;
    SQLI_TRY(sqli__resolve_list(r, x));
    if (expr->count == 2 && sqli__type_is_collection(&x->next->type) &&
        !sqli__type_is_collection(&x->type))
        return in_collection(r, expr);
    SQLI_TRY(type_operand(r, x));
    for (struct sqli_expr *item = x->next; item && good; item = item->next)
        SQLI_TRY(goes_with(r, x, item, &good));
    return good ? SQLI_OK : in_as_or(r, expr);
}

/* --- IN (SELECT ...) --- */

static enum sqli_status one_column(struct sqli_resolver *r, const struct sqli_expr *expr,
                                   struct sqli_select_item **item)
{
    *item = expr->select->items;
    if (expr->select->item_count == 1)
        return SQLI_OK;
    return sqli__resolve_fail(r, expr->select->at, SQLI_E_SUBQUERY_COLUMNS, NULL);
}

/* The column of the subquery is converted where it is, in all parts of a UNION. */
enum sqli_status sqli__resolve_in_select(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_select_item *item;
    SQLI_TRY(sqli__resolve_expr(r, expr->args));
    SQLI_TRY(sqli__resolve_select(r, expr->select));
    SQLI_TRY(one_column(r, expr, &item));
    struct sqli_expr *column = sqli__resolve_copy(r, item->expr);
    SQLI_TRY(sqli__resolve_status(r));
    SQLI_TRY(sqli__resolve_pair(r, expr->args, column));
    if (column->kind == item->expr->kind && column->args == item->expr->args &&
        column->constant == item->expr->constant)
        return SQLI_OK;
    return sqli__resolve_item_to(r, expr->select, 0, &column->type, column->schema);
}

/* --- ANY and ALL --- */

enum wanted { WANT_TRUE, WANT_FALSE, WANT_NULL };

/* EXISTS (SELECT 1 FROM (the subquery) s WHERE x op s.c1 [is false, is NULL]) */
static struct sqli_expr *some_row(struct sqli_resolver *r, const struct sqli_expr *expr,
                                  struct sqli_source *source, enum wanted wanted,
                                  enum sqli_status *status)
{
    struct sqli_type type = sqli__make_boolean();
    struct sqli_expr *where = sqli__resolve_node(r, SQLI_EXPR_COMPARE, expr->at);
    struct sqli_expr *exists = sqli__resolve_node(r, SQLI_EXPR_EXISTS, expr->at);
    struct sqli_expr *operand = sqli__resolve_copy(r, expr->args);
    struct sqli_expr *column = sqli__resolve_column(r, expr->at, source, 0);
    struct sqli_select *select = SQLI_NEW(r, struct sqli_select);
    struct sqli_select_item *item = SQLI_NEW(r, struct sqli_select_item);
    *status = sqli__resolve_status(r);
    if (*status == SQLI_OK)
        *status =
            sqli__resolve_compare_node(r, where, (enum sqli_compare_op)expr->op, operand, column);
    if (*status == SQLI_OK && wanted != WANT_TRUE)
        *status = sqli__resolve_negate(r, where);
    if (*status != SQLI_OK)
        return NULL;
    if (wanted == WANT_NULL)
        where->kind = SQLI_EXPR_IS_NULL;
    item->expr = sqli__resolve_number(r, expr->at, 1);
    *select = (struct sqli_select){.at = expr->at, .items = item, .item_count = 1};
    select->from = source;
    select->where = where;
    exists->select = select;
    exists->type = type;
    return exists;
}

static struct sqli_expr *truth(struct sqli_resolver *r, uint32_t at, bool null, bool value)
{
    struct sqli_value constant = {.kind = SQLI_KIND_BOOLEAN, .null = null};
    struct sqli_type type = sqli__make_boolean();
    struct sqli_expr *expr = sqli__resolve_node(r, SQLI_EXPR_CONSTANT, at);
    constant.as.boolean = value;
    if (expr)
        sqli__resolve_become_constant(r, expr, &type, &constant);
    return expr;
}

/* ANY: true if one row is, else NULL if one row is, else false. ALL: false if one is, ... */
static enum sqli_status decide(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_source *source = sqli__resolve_wrap(r, expr->select);
    SQLI_TRY(sqli__resolve_status(r));
    bool all = expr->all;
    enum sqli_status status;
    struct sqli_type type = sqli__make_boolean();
    struct sqli_expr *clear = some_row(r, expr, source, all ? WANT_FALSE : WANT_TRUE, &status);
    SQLI_TRY(status);
    struct sqli_expr *unknown = some_row(r, expr, source, WANT_NULL, &status);
    SQLI_TRY(status);
    struct sqli_expr *first = truth(r, expr->at, false, !all);
    struct sqli_expr *second = truth(r, expr->at, true, false);
    struct sqli_expr *third = truth(r, expr->at, false, all);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become(expr, SQLI_EXPR_CASE, &type);
    sqli__resolve_args(expr, clear, first, unknown, second, third, NULL);
    expr->odd_else = true;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_quantified(struct sqli_resolver *r, struct sqli_expr *expr)
{
    bool in = expr->op == SQLI_COMPARE_EQ && !expr->all;
    bool not_in = expr->op == SQLI_COMPARE_NE && expr->all;
    if (in || not_in) {
        expr->kind = SQLI_EXPR_IN_SELECT;
        expr->negated = not_in;
        return sqli__resolve_in_select(r, expr);
    }
    struct sqli_select_item *item;
    SQLI_TRY(sqli__resolve_expr(r, expr->args));
    SQLI_TRY(sqli__resolve_select(r, expr->select));
    if (expr->select->outward) /* which SQLite lets not stand in FROM, where it comes to stand */
        return sqli__resolve_fail(r, expr->select->at, SQLI_E_AGGREGATE_CONTEXT, NULL);
    SQLI_TRY(one_column(r, expr, &item));
    if (sqli__is_untyped(expr->args))
        SQLI_TRY(type_beside(r, expr->args, item->expr));
    return decide(r, expr);
}

/* --- LIKE, MATCHES --- */

static enum sqli_status like_argument(struct sqli_resolver *r, struct sqli_expr *arg)
{
    if (sqli__type_is_null(&arg->type))
        return sqli__resolve_as_text(r, arg);
    if (sqli__type_is_text(&arg->type))
        return SQLI_OK;
    return sqli__resolve_fail(r, arg->at, SQLI_E_WILDCARD_TYPE, NULL);
}

enum sqli_status sqli__resolve_like(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type type = sqli__make_boolean();
    struct sqli_expr *args = expr->args;
    uint32_t count = expr->count;
    bool negate = expr->negated;
    const char *function = expr->op == SQLI_MATCHES ? "x_matches" : "x_like";
    SQLI_TRY(sqli__resolve_list(r, args));
    for (struct sqli_expr *arg = args; arg; arg = arg->next)
        SQLI_TRY(like_argument(r, arg));
    sqli__resolve_become_call(expr, function, &type);
    expr->args = args;
    expr->count = count;
    return negated(r, expr, negate);
}
