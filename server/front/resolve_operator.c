/* Arithmetic on numbers, dates, datetimes and intervals, and text put together. */
#include "server/front/resolve_inside.h"

enum family { FAMILY_INT, FAMILY_DEC, FAMILY_REAL };

static enum sqli_kind kind_of(const struct sqli_expr *expr)
{
    return sqli__type_kind(&expr->type);
}

static bool is_time(enum sqli_kind kind)
{
    return kind == SQLI_KIND_DATE || kind == SQLI_KIND_DATETIME;
}

static bool is_open(const struct sqli_expr *expr)
{
    return sqli__type_is_null(&expr->type);
}

static enum sqli_status incompatible(struct sqli_resolver *r, const struct sqli_expr *expr,
                                     int32_t code)
{
    const struct sqli_expr *a = expr->args;
    return sqli__resolve_fail_types(r, expr->at, code, &a->type, &a->next->type);
}

/* The two arguments with the texts of their qualifiers behind each. */
static enum sqli_status call_qualified(struct sqli_resolver *r, struct sqli_expr *expr,
                                       const char *function, const struct sqli_type *type)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    struct sqli_expr *of_a = sqli__resolve_qualifier_text(r, a->at, &a->type);
    struct sqli_expr *of_b = sqli__resolve_qualifier_text(r, b->at, &b->type);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, function, type);
    sqli__resolve_args(expr, a, of_a, b, of_b, NULL);
    return SQLI_OK;
}

/* --- numbers --- */

static const char *const functions[][3] = {
    [FAMILY_INT] = {"x_int_add", "x_int_sub", "x_int_mul"},
    [FAMILY_DEC] = {"x_dec_add", "x_dec_sub", "x_dec_mul"},
    [FAMILY_REAL] = {"x_real_add", "x_real_sub", "x_real_mul"},
};

static const char *function_of(enum family family, int op)
{
    if (op == '/')
        return family == FAMILY_REAL ? "x_real_div" : "x_dec_div";
    return functions[family][op == '+' ? 0 : op == '-' ? 1 : 2];
}

static enum sqli_status call_integer(struct sqli_resolver *r, struct sqli_expr *expr,
                                     const struct sqli_type *type)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    const char *function = function_of(FAMILY_INT, expr->op);
    struct sqli_expr *text = sqli__resolve_type_text(r, expr->at, type);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, function, type);
    sqli__resolve_args(expr, a, b, text, NULL);
    return SQLI_OK;
}

static enum sqli_status call_number(struct sqli_resolver *r, struct sqli_expr *expr,
                                    enum family family, const struct sqli_type *type)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    const char *function = function_of(family, expr->op);
    struct sqli_type left = family == FAMILY_REAL ? *type : sqli__type_as_decimal(&a->type);
    struct sqli_type right = family == FAMILY_REAL ? *type : sqli__type_as_decimal(&b->type);
    SQLI_TRY(sqli__resolve_coerce(r, a, &left, NULL));
    SQLI_TRY(sqli__resolve_coerce(r, b, &right, NULL));
    sqli__resolve_become_call(expr, function, type);
    sqli__resolve_args(expr, a, b, NULL);
    return SQLI_OK;
}

static enum sqli_status numbers(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_type type = sqli__arithmetic_type(expr->op, &a->type, &a->next->type);
    switch (sqli__type_kind(&type)) {
    case SQLI_KIND_INTEGER: return call_integer(r, expr, &type);
    case SQLI_KIND_REAL: return call_number(r, expr, FAMILY_REAL, &type);
    default: return call_number(r, expr, FAMILY_DEC, &type);
    }
}

/* --- dates --- */

static enum sqli_status date_and_number(struct sqli_resolver *r, struct sqli_expr *expr,
                                        struct sqli_expr *number)
{
    struct sqli_type type = sqli__make_date();
    struct sqli_type integer = sqli__make_integer();
    SQLI_TRY(sqli__resolve_coerce(r, number, &integer, NULL));
    return call_integer(r, expr, &type);
}

static enum sqli_status date_minus_date(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type type = sqli__make_integer();
    return call_integer(r, expr, &type);
}

/* --- datetimes and intervals --- */

static int end_of(const struct sqli_type *type)
{
    return sqli__qualifier_end(sqli__type_qualifier(type));
}

/* DATE as DATETIME YEAR TO DAY, or further down to `end`. */
static enum sqli_status date_to_datetime(struct sqli_resolver *r, struct sqli_expr *expr, int end)
{
    struct sqli_type type =
        sqli__make_datetime(SQLI_FIELD_YEAR, end > SQLI_FIELD_DAY ? end : SQLI_FIELD_DAY);
    return kind_of(expr) == SQLI_KIND_DATE ? sqli__resolve_coerce(r, expr, &type, NULL) : SQLI_OK;
}

static enum sqli_status time_and_interval(struct sqli_resolver *r, struct sqli_expr *expr,
                                          struct sqli_expr *time, struct sqli_expr *interval)
{
    const char *function = expr->op == '+' ? "x_dt_add" : "x_dt_sub_iv";
    SQLI_TRY(date_to_datetime(r, time, end_of(&interval->type)));
    struct sqli_type type = sqli__plain_type(&time->type);
    sqli__resolve_args(expr, time, interval, NULL);
    return call_qualified(r, expr, function, &type);
}

/* The type of a difference is what the subtraction itself says. */
static enum sqli_status time_minus_time(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    int end_a = kind_of(a) == SQLI_KIND_DATE ? SQLI_FIELD_DAY : end_of(&a->type);
    int end_b = kind_of(b) == SQLI_KIND_DATE ? SQLI_FIELD_DAY : end_of(&b->type);
    SQLI_TRY(date_to_datetime(r, a, end_b));
    SQLI_TRY(date_to_datetime(r, b, end_a));
    struct sqli_datetime left = {sqli__type_qualifier(&a->type), 1, 1, 1, 0, 0, 0, 0};
    struct sqli_datetime right = left;
    struct sqli_interval difference;
    if (sqli__qualifier_start(sqli__type_qualifier(&b->type)) >
        sqli__qualifier_start(left.qualifier))
        SQLI_TRY(sqli__resolve_requalify(r, b, &a->type));
    if (sqli__datetime_subtract(&left, &right, &difference, r->error) != SQLI_OK)
        return incompatible(r, expr, r->error->code);
    struct sqli_type type = sqli__make_type(SQLI_TYPE_INTERVAL, difference.qualifier);
    return call_qualified(r, expr, "x_dt_sub", &type);
}

static enum sqli_status interval_and_interval(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    sqli_qualifier p = sqli__type_qualifier(&a->type);
    sqli_qualifier q = sqli__type_qualifier(&b->type);
    if (sqli__interval_is_year_month(&a->type) != sqli__interval_is_year_month(&b->type))
        return incompatible(r, expr, SQLI_E_INTERVAL_INCOMPATIBLE);
    if (expr->op == '/') {
        struct sqli_type ratio = sqli__make_floating();
        return call_qualified(r, expr, "x_iv_ratio", &ratio);
    }
    if (sqli__qualifier_start(q) < sqli__qualifier_start(p)) {
        struct sqli_type wide = sqli__make_interval(
            sqli__qualifier_start(q), sqli__qualifier_end(p), SQLI_INTERVAL_FIRST_MAX);
        SQLI_TRY(sqli__resolve_coerce(r, a, &wide, NULL));
        p = sqli__type_qualifier(&a->type);
    }
    struct sqli_type type = sqli__make_interval(sqli__qualifier_start(p), sqli__qualifier_end(p),
                                                SQLI_INTERVAL_FIRST_MAX);
    return call_qualified(r, expr, expr->op == '+' ? "x_iv_add" : "x_iv_sub", &type);
}

/* With all nine digits of the first field in front, so that the result has room. */
static enum sqli_status widen_interval(struct sqli_resolver *r, struct sqli_expr *interval)
{
    sqli_qualifier q = sqli__type_qualifier(&interval->type);
    struct sqli_type wide = sqli__make_interval(sqli__qualifier_start(q), sqli__qualifier_end(q),
                                                SQLI_INTERVAL_FIRST_MAX);
    return sqli__resolve_coerce(r, interval, &wide, NULL);
}

static enum sqli_status interval_and_number(struct sqli_resolver *r, struct sqli_expr *expr,
                                            struct sqli_expr *interval, struct sqli_expr *number)
{
    const char *function = expr->op == '*' ? "x_iv_mul" : "x_iv_div";
    struct sqli_type factor = sqli__type_as_decimal(&number->type);
    if (kind_of(number) == SQLI_KIND_REAL)
        factor = sqli__make_floating();
    SQLI_TRY(widen_interval(r, interval));
    SQLI_TRY(sqli__resolve_coerce(r, number, &factor, NULL));
    struct sqli_type type = interval->type;
    struct sqli_expr *text = sqli__resolve_qualifier_text(r, interval->at, &type);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, function, &type);
    sqli__resolve_args(expr, interval, text, number, NULL);
    return SQLI_OK;
}

/* --- which rule --- */

/* What an operand that has no type of its own, or is text, counts as beside this one. */
static struct sqli_type beside(int op, bool left, const struct sqli_type *other)
{
    sqli_qualifier q = sqli__type_qualifier(other);
    switch (sqli__type_kind(other)) {
    case SQLI_KIND_INTEGER:
        return sqli__type_is_long_integer(other) ? sqli__make_bigint() : sqli__make_integer();
    case SQLI_KIND_REAL: return sqli__make_float();
    case SQLI_KIND_DATE: return op == '-' && left ? sqli__make_date() : sqli__make_integer();
    case SQLI_KIND_DATETIME:
        if (op == '-')
            return sqli__plain_type(other);
        return sqli__make_interval(SQLI_FIELD_DAY,
                                   end_of(other) < SQLI_FIELD_DAY ? SQLI_FIELD_DAY : end_of(other),
                                   SQLI_INTERVAL_FIRST_MAX);
    case SQLI_KIND_INTERVAL:
        if (op == '*' || op == '/')
            return sqli__make_floating();
        return sqli__make_interval(sqli__qualifier_start(q), sqli__qualifier_end(q),
                                   SQLI_INTERVAL_FIRST_MAX);
    default: return sqli__make_floating();
    }
}

/* Text that stands beside a number is one; beside DATE minus it is a date. */
static struct sqli_type text_beside(int op, bool left, const struct sqli_type *other)
{
    enum sqli_kind kind = sqli__type_kind(other);
    if (kind == SQLI_KIND_DATE && op == '-')
        return sqli__make_date();
    if (is_time(kind) || kind == SQLI_KIND_INTERVAL)
        return beside(op, left, other);
    return sqli__make_floating();
}

/* What an interval is added to or taken from is a moment sooner than another interval. */
static bool is_moment(int op, bool left, const struct sqli_expr *expr,
                      const struct sqli_type *other)
{
    return left && (op == '+' || op == '-') && sqli__is_untyped(expr) &&
           sqli__type_kind(other) == SQLI_KIND_INTERVAL;
}

static enum sqli_status settle(struct sqli_resolver *r, int op, bool left, struct sqli_expr *expr,
                               const struct sqli_type *other)
{
    struct sqli_type type;
    if (is_moment(op, left, expr, other))
        type = sqli__make_datetime(SQLI_FIELD_YEAR, SQLI_FIELD_FRACTION5);
    else if (is_open(expr))
        type = beside(op, left, other);
    else if (sqli__type_is_text(&expr->type))
        type = text_beside(op, left, other);
    else
        return SQLI_OK;
    return sqli__resolve_coerce(r, expr, &type, NULL);
}

static enum sqli_status settle_both(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    struct sqli_type left = a->type;
    if (is_open(a) && is_open(b) && (sqli__is_untyped(a) || sqli__is_untyped(b)))
        return sqli__resolve_fail(r, a->at, SQLI_E_SYNTAX, NULL);
    SQLI_TRY(settle(r, expr->op, true, a, &b->type));
    return settle(r, expr->op, false, b,
                  is_open(b) || sqli__type_is_text(&b->type) ? &left : &a->type);
}

static enum sqli_status with_interval(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    bool sum = expr->op == '+' || expr->op == '-';
    if (kind_of(a) == SQLI_KIND_INTERVAL && kind_of(b) == SQLI_KIND_INTERVAL && expr->op != '*')
        return interval_and_interval(r, expr);
    if (sum && is_time(kind_of(a)))
        return time_and_interval(r, expr, a, b);
    if (expr->op == '+' && is_time(kind_of(b)))
        return time_and_interval(r, expr, b, a);
    if (!sum && sqli__type_is_number(&b->type))
        return interval_and_number(r, expr, a, b);
    if (expr->op == '*' && sqli__type_is_number(&a->type))
        return interval_and_number(r, expr, b, a);
    return incompatible(r, expr, SQLI_E_INTERVAL_INCOMPATIBLE);
}

static enum sqli_status with_date(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    bool sum = expr->op == '+' || expr->op == '-';
    if (expr->op == '-' && kind_of(a) == SQLI_KIND_DATE && kind_of(b) == SQLI_KIND_DATE)
        return date_minus_date(r, expr);
    if (expr->op == '-' && is_time(kind_of(a)) && is_time(kind_of(b)))
        return time_minus_time(r, expr);
    if (sum && kind_of(a) == SQLI_KIND_DATE && sqli__type_is_number(&b->type))
        return date_and_number(r, expr, b);
    if (expr->op == '+' && kind_of(b) == SQLI_KIND_DATE && sqli__type_is_number(&a->type))
        return date_and_number(r, expr, a);
    return incompatible(r, expr, SQLI_E_DATETIME_CONVERT);
}

static const char *operator_name(int op)
{
    switch (op) {
    case '+': return "plus";
    case '-': return "minus";
    case '*': return "times";
    default: return "divide";
    }
}

/* Two of one DISTINCT type are what that is made of; with anything else there is no operator. */
enum sqli_status sqli__resolve_arithmetic(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    SQLI_TRY(sqli__resolve_list(r, a));
    SQLI_TRY(settle_both(r, expr));
    if (!sqli__same_distinct(&a->type, &b->type))
        return sqli__resolve_fail(r, expr->at, SQLI_E_ROUTINE_NOT_FOUND, operator_name(expr->op));
    a->type = sqli__source_type(&a->type);
    b->type = sqli__source_type(&b->type);
    if (sqli__type_is_number(&a->type) && sqli__type_is_number(&b->type))
        return numbers(r, expr);
    if (kind_of(a) == SQLI_KIND_INTERVAL || kind_of(b) == SQLI_KIND_INTERVAL)
        return with_interval(r, expr);
    if (is_time(kind_of(a)) || is_time(kind_of(b)))
        return with_date(r, expr);
    if (sqli__type_is_lob(&a->type) || sqli__type_is_lob(&b->type))
        return incompatible(r, expr, SQLI_E_BLOB_EXPRESSION);
    return incompatible(r, expr, SQLI_E_OPERATOR_UNKNOWN);
}

/* --- one operand --- */

static enum sqli_status minus_call(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *arg = expr->args;
    struct sqli_type type = sqli__plain_type(&arg->type);
    struct sqli_expr *text = NULL;
    const char *function = "x_dec_neg";
    switch (kind_of(arg)) {
    case SQLI_KIND_INTEGER:
        type = sqli__type_is_long_integer(&type) ? sqli__make_bigint() : sqli__make_integer();
        function = "x_int_neg";
        text = sqli__resolve_type_text(r, expr->at, &type);
        break;
    case SQLI_KIND_REAL:
        type = sqli__make_float();
        function = "x_real_neg";
        break;
    case SQLI_KIND_INTERVAL:
        function = "x_iv_neg";
        text = sqli__resolve_qualifier_text(r, expr->at, &type);
        break;
    default: break;
    }
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, function, &type);
    sqli__resolve_args(expr, arg, text, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__resolve_minus(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *arg = expr->args;
    struct sqli_type floating = sqli__make_floating();
    struct sqli_value value;
    struct sqli_type type;
    SQLI_TRY(sqli__resolve_expr(r, arg));
    if (sqli__is_untyped(arg))
        return sqli__resolve_fail(r, arg->at, SQLI_E_SYNTAX, NULL);
    if (sqli__type_is_text(&arg->type) || is_open(arg))
        SQLI_TRY(sqli__resolve_coerce(r, arg, &floating, NULL));
    if (sqli__resolve_negated_constant(arg, &type, &value))
        return sqli__resolve_become_constant(r, expr, &type, &value);
    if (sqli__type_is_number(&arg->type) || kind_of(arg) == SQLI_KIND_INTERVAL)
        return minus_call(r, expr);
    return sqli__resolve_fail_types(r, expr->at, SQLI_E_OPERATOR_UNKNOWN, &arg->type, &arg->type);
}

enum sqli_status sqli__resolve_units(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *number = expr->args;
    struct sqli_type floating = sqli__make_floating();
    int field = sqli__qualifier_end(expr->qualifier);
    int start = sqli__qualifier_start(expr->qualifier);
    struct sqli_type type = sqli__make_interval(start, field, SQLI_INTERVAL_FIRST_MAX);
    if (type.length == 0) /* UNITS FRACTION */
        type =
            sqli__make_interval(SQLI_FIELD_SECOND, SQLI_FIELD_FRACTION5, SQLI_INTERVAL_FIRST_MAX);
    SQLI_TRY(sqli__resolve_expr(r, number));
    SQLI_TRY(sqli__resolve_coerce(r, number, &floating, NULL));
    struct sqli_expr *text = sqli__resolve_qualifier_text(r, expr->at, &type);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, "x_units", &type);
    sqli__resolve_args(expr, number, text, NULL);
    return SQLI_OK;
}

/* --- EXTEND --- */

enum sqli_status sqli__resolve_requalify(struct sqli_resolver *r, struct sqli_expr *expr,
                                         const struct sqli_type *to)
{
    struct sqli_type type = sqli__plain_type(to);
    bool done = false;
    if (expr->type.length == type.length && kind_of(expr) == SQLI_KIND_DATETIME)
        return SQLI_OK;
    if (sqli__is_constant(expr))
        SQLI_TRY(sqli__resolve_exact(r, expr, &type, &done));
    if (done)
        return SQLI_OK;
    struct sqli_expr *from = sqli__resolve_qualifier_text(r, expr->at, &expr->type);
    struct sqli_expr *into = sqli__resolve_qualifier_text(r, expr->at, &type);
    struct sqli_expr *value = sqli__resolve_copy(r, expr);
    SQLI_TRY(sqli__resolve_status(r));
    sqli__resolve_become_call(expr, "x_extend", &type);
    sqli__resolve_args(expr, value, from, into, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__resolve_extend(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *arg = expr->args;
    struct sqli_type type = expr->qualifier
                                ? sqli__make_type(SQLI_TYPE_DATETIME, expr->qualifier)
                                : sqli__make_datetime(SQLI_FIELD_YEAR, SQLI_FIELD_SECOND + 3);
    SQLI_TRY(sqli__resolve_expr(r, arg));
    SQLI_TRY(date_to_datetime(r, arg, SQLI_FIELD_DAY));
    uint32_t end = expr->end;
    sqli__resolve_replace(expr, arg);
    expr->end = end;
    if (kind_of(expr) == SQLI_KIND_DATETIME)
        return sqli__resolve_requalify(r, expr, &type);
    return sqli__resolve_coerce(r, expr, &type, NULL);
}

/* --- || --- */

enum sqli_status sqli__resolve_concat(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *a = expr->args;
    struct sqli_expr *b = a->next;
    SQLI_TRY(sqli__resolve_list(r, a));
    SQLI_TRY(sqli__resolve_as_text(r, a));
    SQLI_TRY(sqli__resolve_as_text(r, b));
    struct sqli_type type = sqli__concat_type(&a->type, &b->type);
    sqli__resolve_become_call(expr, "x_concat", &type);
    sqli__resolve_args(expr, a, b, NULL);
    return SQLI_OK;
}
