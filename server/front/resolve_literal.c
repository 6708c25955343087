/* Literals, and the words that stand for a value. */
#include "base/ascii.h"
#include "server/front/resolve_inside.h"
#include "value/number.h"
#include "value/parts.h"
#include "value/scan.h"

/* Puts the place of the literal into what a reader of value/ said. */
static enum sqli_status at_literal(struct sqli_resolver *r, const struct sqli_expr *expr,
                                   enum sqli_status status)
{
    return status == SQLI_OK ? SQLI_OK : sqli__resolve_place(r, expr->at);
}

/* --- numbers --- */

/* The digits as the literal has them: DECIMAL(p,s), floating where 32 are not enough. */
static struct sqli_type decimal_type(struct sqli_span text)
{
    int whole = 0;
    int scale = 0;
    bool point = false;
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = text.data[i];
        point |= c == '.';
        if (!sqli__is_digit(c) || whole + scale > SQLI_DECIMAL_DIGITS)
            continue;
        if (point)
            scale++;
        else if (whole || c != '0')
            whole++;
    }
    if (whole + scale > SQLI_DECIMAL_DIGITS)
        return sqli__make_floating();
    return sqli__make_decimal(whole + scale ? whole + scale : 1, scale);
}

static enum sqli_status decimal_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_DECIMAL};
    struct sqli_type type = decimal_type(expr->text);
    SQLI_TRY(at_literal(r, expr, sqli__decimal_from_text(expr->text, &value.as.decimal, r->error)));
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

static enum sqli_status integer_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_INTEGER};
    if (sqli__int64_from_text(expr->text, &value.as.integer, NULL) != SQLI_OK)
        return decimal_literal(r, expr);
    bool small = value.as.integer <= INT32_MAX;
    struct sqli_type type = small ? sqli__make_integer() : sqli__make_bigint();
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

static enum sqli_status float_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_REAL};
    struct sqli_type type = sqli__make_float();
    SQLI_TRY(at_literal(r, expr, sqli__real_from_text(expr->text, &value.as.real, r->error)));
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

bool sqli__resolve_negated_constant(const struct sqli_expr *expr, struct sqli_type *type,
                                    struct sqli_value *value)
{
    if (!sqli__is_constant(expr))
        return false;
    *type = expr->type;
    *value = *expr->constant;
    switch (value->kind) {
    case SQLI_KIND_INTEGER: value->as.integer = -value->as.integer; return true;
    case SQLI_KIND_REAL: value->as.real = -value->as.real; return true;
    case SQLI_KIND_DECIMAL:
        value->as.decimal.negative = value->as.decimal.count && !value->as.decimal.negative;
        return true;
    case SQLI_KIND_INTERVAL: value->as.interval.amount = -value->as.interval.amount; return true;
    default: return false;
    }
}

/* --- others --- */

static enum sqli_status null_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.null = true};
    struct sqli_type type = sqli__make_null();
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

static enum sqli_status string_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_TEXT};
    struct sqli_type type = sqli__make_char(expr->text.length);
    value.as.bytes = expr->text;
    if (expr->text.length == 0) { /* CHAR(1) has its byte */
        value.as.bytes = sqli__span_text("");
        type = sqli__make_varying(1);
    }
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

static enum sqli_status truth_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_BOOLEAN};
    struct sqli_type type = sqli__make_boolean();
    value.as.boolean = expr->op != 0;
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

static enum sqli_status datetime_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_DATETIME};
    struct sqli_type type = sqli__make_type(SQLI_TYPE_DATETIME, expr->qualifier);
    SQLI_TRY(at_literal(
        r, expr,
        sqli__datetime_from_text(expr->text, expr->qualifier, &value.as.datetime, r->error)));
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

static enum sqli_status interval_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_value value = {.kind = SQLI_KIND_INTERVAL};
    struct sqli_type type = sqli__make_type(SQLI_TYPE_INTERVAL, expr->qualifier);
    SQLI_TRY(at_literal(r, expr,
                        sqli__interval_from_text(expr->text, sqli__type_qualifier(&type),
                                                 &value.as.interval, r->error)));
    return sqli__resolve_become_constant(r, expr, &type, &value);
}

enum sqli_status sqli__resolve_literal(struct sqli_resolver *r, struct sqli_expr *expr)
{
    switch (expr->kind) {
    case SQLI_EXPR_INTEGER: return integer_literal(r, expr);
    case SQLI_EXPR_DECIMAL: return decimal_literal(r, expr);
    case SQLI_EXPR_FLOAT: return float_literal(r, expr);
    case SQLI_EXPR_STRING: return string_literal(r, expr);
    case SQLI_EXPR_TRUTH: return truth_literal(r, expr);
    case SQLI_EXPR_DATETIME: return datetime_literal(r, expr);
    case SQLI_EXPR_INTERVAL: return interval_literal(r, expr);
    default: return null_literal(r, expr);
    }
}

/* --- words --- */

static enum sqli_status call_now(struct sqli_resolver *r, struct sqli_expr *expr,
                                 sqli_qualifier qualifier)
{
    struct sqli_type type = sqli__make_type(SQLI_TYPE_DATETIME, qualifier);
    struct sqli_expr *text = sqli__resolve_qualifier_text(r, expr->at, &type);
    sqli__resolve_become_call(expr, "x_now", &type);
    sqli__resolve_args(expr, text, NULL);
    expr->nullable = false;
    return sqli__resolve_status(r);
}

enum sqli_status sqli__resolve_current(struct sqli_resolver *r, struct sqli_expr *expr)
{
    sqli_qualifier three = sqli__datetime_qualifier(SQLI_FIELD_YEAR, SQLI_FIELD_SECOND + 3);
    return call_now(r, expr, expr->qualifier ? expr->qualifier : three);
}

static enum sqli_status word_user(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type name = sqli__make_varying(SQLI_RUNTIME_NAME_MAX);
    struct sqli_type type = sqli__make_char(32);
    sqli__resolve_become_call(expr, "x_user", &name);
    expr->nullable = false;
    return sqli__resolve_coerce(r, expr, &type, NULL);
}

static enum sqli_status become_word(struct sqli_expr *expr, const char *function,
                                    struct sqli_type type)
{
    sqli__resolve_become_call(expr, function, &type);
    expr->nullable = false;
    return SQLI_OK;
}

static enum sqli_status word_server(struct sqli_resolver *r, struct sqli_expr *expr)
{
    (void)r;
    return become_word(expr, "x_server", sqli__make_varying(SQLI_RUNTIME_NAME_MAX));
}

static enum sqli_status word_today(struct sqli_resolver *r, struct sqli_expr *expr)
{
    (void)r;
    return become_word(expr, "x_today", sqli__make_date());
}

static enum sqli_status word_sysdate(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return call_now(r, expr, SQLI_QUALIFIER_YEAR_TO_FRACTION5);
}

static enum sqli_status word_sqlcode(struct sqli_resolver *r, struct sqli_expr *expr)
{
    (void)r;
    return become_word(expr, "x_sqlcode", sqli__make_integer());
}

static const struct {
    const char *word;
    enum sqli_status (*make)(struct sqli_resolver *r, struct sqli_expr *expr);
    bool routine; /* nowhere else */
} words[] = {
    {"user", word_user, false},
    {"current_user", word_user, false},
    {"today", word_today, false},
    {"sysdate", word_sysdate, false},
    {"sitename", word_server, false},
    {"dbservername", word_server, false},
    {"current", sqli__resolve_current, false},
    {"sqlcode", word_sqlcode, true},
};

bool sqli__resolve_word(struct sqli_resolver *r, struct sqli_span word, struct sqli_expr *expr,
                        enum sqli_status *status)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sqli__span_is_word(word, words[i].word) && (r->variables || !words[i].routine)) {
            *status = words[i].make(r, expr);
            return true;
        }
    return false;
}
