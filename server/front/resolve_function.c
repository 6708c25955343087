/* Functions: those of the table by its letters, the special ones by code. */
#include "server/front/resolve_inside.h"
#include "value/scan.h"

static struct sqli_type moment(void)
{
    return sqli__make_type(SQLI_TYPE_DATETIME, SQLI_QUALIFIER_YEAR_TO_FRACTION5);
}

/* --- arguments and results by their letters --- */

static enum sqli_status any_number(struct sqli_resolver *r, struct sqli_expr *arg)
{
    struct sqli_type floating = sqli__make_floating();
    if (sqli__type_is_number(&arg->type))
        return SQLI_OK;
    return sqli__resolve_coerce(r, arg, &floating, NULL);
}

static struct sqli_type large_type(int32_t extended_id)
{
    return (struct sqli_type){
        .code = SQLI_TYPE_UDTFIXED, .extended_id = extended_id, .length = SQLI_SMART_LOB_SIZE};
}

static enum sqli_status large_object(struct sqli_resolver *r, struct sqli_expr *arg)
{
    struct sqli_type blob = large_type(SQLI_XID_BLOB);
    if (sqli__type_kind(&arg->type) == SQLI_KIND_SMART_LOB)
        return SQLI_OK;
    return sqli__resolve_coerce(r, arg, &blob, NULL);
}

static enum sqli_status convert_argument(struct sqli_resolver *r, struct sqli_expr *arg,
                                         char letter)
{
    struct sqli_type type;
    switch (letter) {
    case 't': return sqli__resolve_as_text(r, arg);
    case 'v': return any_number(r, arg);
    case 'i': type = sqli__make_bigint(); break;
    case 'n': type = sqli__make_floating(); break;
    case 'r': type = sqli__make_float(); break;
    case 'd': type = sqli__make_date(); break;
    case 'm': type = moment(); break;
    case 'b': type = sqli__make_boolean(); break;
    case 'l': return large_object(r, arg);
    default: return SQLI_OK;
    }
    return sqli__resolve_coerce(r, arg, &type, NULL);
}

static struct sqli_type text_type(const struct sqli_expr *args, bool all)
{
    size_t length = 0;
    for (const struct sqli_expr *arg = args; arg; arg = all ? arg->next : NULL)
        length += (size_t)sqli__type_text_length(&arg->type);
    return sqli__make_varying(length);
}

/* At the most, of a character of the database. */
static uint8_t character_bytes(const struct sqli_resolver *r)
{
    const struct sqli_codeset_info *codeset = sqli__catalog_settings(r->catalog)->codeset;
    return codeset ? codeset->bytes_max : 1;
}

/* Characters are of one width in code sets of single bytes only. */
static struct sqli_type characters(const struct sqli_resolver *r, size_t count)
{
    size_t bytes = character_bytes(r);
    return bytes == 1 ? sqli__make_char(count) : sqli__make_varying(count * bytes);
}

static struct sqli_type result_type(const struct sqli_resolver *r,
                                    const struct sqli_function *function,
                                    const struct sqli_expr *args)
{
    switch (function->result) {
    case SQLI_RESULT_SMALLINT: return sqli__make_type(SQLI_TYPE_SMALLINT, 2);
    case SQLI_RESULT_INT: return sqli__make_integer();
    case SQLI_RESULT_BIGINT: return sqli__make_bigint();
    case SQLI_RESULT_DECIMAL: return sqli__make_floating();
    case SQLI_RESULT_FLOAT: return sqli__make_float();
    case SQLI_RESULT_DATE: return sqli__make_date();
    case SQLI_RESULT_DATETIME: return moment();
    case SQLI_RESULT_BOOLEAN: return sqli__make_boolean();
    case SQLI_RESULT_LVARCHAR: return sqli__make_lvarchar(SQLI_LVARCHAR_MAX);
    case SQLI_RESULT_BLOB: return large_type(SQLI_XID_BLOB);
    case SQLI_RESULT_CLOB: return large_type(SQLI_XID_CLOB);
    case SQLI_RESULT_SAME: return sqli__plain_type(&args->type);
    case SQLI_RESULT_TEXT: return text_type(args, false);
    case SQLI_RESULT_TEXTS: return text_type(args, true);
    case SQLI_RESULT_CHAR: return characters(r, (size_t)function->length);
    case SQLI_RESULT_VARCHAR: return sqli__make_varying((size_t)function->length);
    }
    return sqli__make_null();
}

/* The node calls the runtime with the arguments that it has. */
static enum sqli_status call(struct sqli_expr *expr, const char *runtime,
                             const struct sqli_type *type)
{
    struct sqli_expr *args = expr->args;
    uint32_t count = expr->count;
    sqli__resolve_become_call(expr, runtime, type);
    expr->args = args;
    expr->count = count;
    return SQLI_OK;
}

static enum sqli_status by_table(struct sqli_resolver *r, struct sqli_expr *expr,
                                 const struct sqli_function *function)
{
    const char *letter = function->arguments;
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    for (struct sqli_expr *arg = expr->args; arg; arg = arg->next) {
        SQLI_TRY(convert_argument(r, arg, *letter));
        letter += letter[0] && letter[1];
    }
    struct sqli_type type = result_type(r, function, expr->args);
    return call(expr, function->runtime, &type);
}

/* --- special ones --- */

static bool is_time(const struct sqli_expr *expr)
{
    enum sqli_kind kind = sqli__type_kind(&expr->type);
    return kind == SQLI_KIND_DATE || kind == SQLI_KIND_DATETIME;
}

/* A moment comes back in whole minutes, as MI is the smallest unit. */
static struct sqli_type rounded_type(const struct sqli_expr *expr)
{
    if (!is_time(expr))
        return sqli__make_floating();
    return sqli__type_kind(&expr->type) == SQLI_KIND_DATE
               ? sqli__make_date()
               : sqli__make_datetime(SQLI_FIELD_YEAR, SQLI_FIELD_MINUTE);
}

/* Number of digits, or the unit of a date. */
static enum sqli_status round_or_trunc(struct sqli_resolver *r, struct sqli_expr *expr,
                                       const char *of_number, const char *of_date)
{
    struct sqli_expr *value = expr->args;
    SQLI_TRY(sqli__resolve_list(r, value));
    if (value->next && sqli__is_untyped(value) && sqli__type_is_text(&value->next->type))
        SQLI_TRY(convert_argument(r, value, 'm'));
    const bool date = is_time(value);
    const struct sqli_type type = rounded_type(value);
    SQLI_TRY(convert_argument(r, value, date ? 'm' : 'n'));
    if (value->next)
        SQLI_TRY(convert_argument(r, value->next, date ? 't' : 'i'));
    if (!date)
        return call(expr, of_number, &type);
    struct sqli_type day = moment();
    call(expr, of_date, &day);
    return sqli__resolve_coerce(r, expr, &type, NULL);
}

static enum sqli_status function_round(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return round_or_trunc(r, expr, "x_f_round", "x_f_round_date");
}

static enum sqli_status function_trunc(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return round_or_trunc(r, expr, "x_f_trunc", "x_f_trunc_date");
}

/* Only formats of moments have a `%`. */
static bool formats_moments(const struct sqli_expr *format)
{
    if (!format || format->kind != SQLI_EXPR_CONSTANT || !sqli__type_is_text(&format->type) ||
        format->constant->null)
        return false;
    struct sqli_span text = format->constant->as.bytes;
    return text.length && memchr(text.data, '%', text.length);
}

static enum sqli_status function_to_char(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *value = expr->args;
    struct sqli_type type = sqli__make_varying(SQLI_VARCHAR_MAX);
    SQLI_TRY(sqli__resolve_list(r, value));
    bool date = is_time(value) || (sqli__is_untyped(value) && formats_moments(value->next));
    if (!date && !value->next) {
        uint32_t end = expr->end;
        sqli__resolve_replace(expr, value);
        expr->end = end;
        return sqli__resolve_as_text(r, expr);
    }
    SQLI_TRY(convert_argument(r, value, date ? 'm' : 'n'));
    if (value->next)
        SQLI_TRY(convert_argument(r, value->next, 't'));
    return call(expr, date ? "x_f_to_char_date" : "x_f_to_char_number", &type);
}

/* LENGTH and OCTET_LENGTH alone take BYTE and TEXT. */
static enum sqli_status count_bytes(struct sqli_resolver *r, struct sqli_expr *expr,
                                    const char *of_text)
{
    struct sqli_type type = sqli__make_integer();
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    if (sqli__type_kind(&expr->args->type) == SQLI_KIND_SIMPLE_LOB)
        return call(expr, "x_f_simple_length", &type);
    SQLI_TRY(convert_argument(r, expr->args, 't'));
    return call(expr, of_text, &type);
}

static enum sqli_status function_length(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return count_bytes(r, expr, "x_f_length");
}

static enum sqli_status function_octet_length(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return count_bytes(r, expr, "x_f_octet_length");
}

/* A cast; a whole number counts the days. */
static enum sqli_status function_date(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_type type = sqli__make_date();
    struct sqli_type integer = sqli__make_integer();
    struct sqli_expr *value = expr->args;
    SQLI_TRY(sqli__resolve_list(r, value));
    if (sqli__type_is_number(&value->type))
        SQLI_TRY(sqli__resolve_coerce(r, value, &integer, NULL));
    uint32_t end = expr->end;
    sqli__resolve_replace(expr, value);
    expr->end = end;
    return sqli__resolve_coerce(r, expr, &type, NULL);
}

/* Through a DATETIME YEAR TO FRACTION(5) and back to the type of the first argument. */
static enum sqli_status time_function(struct sqli_resolver *r, struct sqli_expr *expr,
                                      const char *runtime, char second)
{
    struct sqli_expr *value = expr->args;
    struct sqli_type type = moment();
    SQLI_TRY(sqli__resolve_list(r, value));
    struct sqli_type wanted = is_time(value) ? sqli__plain_type(&value->type) : sqli__make_date();
    SQLI_TRY(convert_argument(r, value, 'm'));
    if (value->next)
        SQLI_TRY(convert_argument(r, value->next, second));
    call(expr, runtime, &type);
    return sqli__resolve_coerce(r, expr, &wanted, NULL);
}

static enum sqli_status function_add_months(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return time_function(r, expr, "x_f_add_months", 'i');
}

static enum sqli_status function_last_day(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return time_function(r, expr, "x_f_last_day", 'a');
}

static enum sqli_status function_next_day(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return time_function(r, expr, "x_f_next_day", 't');
}

/* --- DBINFO --- */

static const struct {
    const char *what;
    int code; /* SQLI_TYPE_INTEGER, _BIGINT, _VARCHAR */
} dbinfo_options[] = {
    {"version", SQLI_TYPE_VARCHAR},        {"dbhostname", SQLI_TYPE_VARCHAR},
    {"dbspace", SQLI_TYPE_VARCHAR},        {"dbname", SQLI_TYPE_VARCHAR},
    {"version_gls", SQLI_TYPE_VARCHAR},    {"coserverid", SQLI_TYPE_INTEGER},
    {"sessionid", SQLI_TYPE_INTEGER},      {"sqlca.sqlerrd1", SQLI_TYPE_INTEGER},
    {"sqlca.sqlerrd2", SQLI_TYPE_INTEGER}, {"serial8", SQLI_TYPE_BIGINT},
    {"bigserial", SQLI_TYPE_BIGINT},       {"utc_current", SQLI_TYPE_INTEGER},
    {"get_tz", SQLI_TYPE_VARCHAR},         {"utc_to_datetime", SQLI_TYPE_DATETIME},
};

static struct sqli_type dbinfo_type(int code)
{
    if (code == SQLI_TYPE_INTEGER)
        return sqli__make_integer();
    if (code == SQLI_TYPE_BIGINT)
        return sqli__make_bigint();
    if (code == SQLI_TYPE_DATETIME)
        return sqli__make_type(SQLI_TYPE_DATETIME, SQLI_QUALIFIER_YEAR_TO_SECOND);
    return sqli__make_varying(SQLI_VARCHAR_MAX);
}

static enum sqli_status function_dbinfo(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *what = expr->args;
    if (what->kind != SQLI_EXPR_STRING)
        return sqli__resolve_fail(r, what->at, SQLI_E_DBINFO_STRING, NULL);
    struct sqli_span name = what->text;
    SQLI_TRY(sqli__resolve_list(r, what));
    for (struct sqli_expr *arg = what->next; arg; arg = arg->next)
        if (sqli__is_untyped(arg))
            SQLI_TRY(sqli__resolve_as_text(r, arg));
    for (size_t i = 0; i < sizeof dbinfo_options / sizeof dbinfo_options[0]; i++)
        if (sqli__span_is_word(name, dbinfo_options[i].what)) {
            struct sqli_type type = dbinfo_type(dbinfo_options[i].code);
            return call(expr, "x_dbinfo", &type);
        }
    return sqli__resolve_fail_name(r, what->at, SQLI_E_DBINFO_OPTION, name);
}

static const struct {
    const char *name;
    enum sqli_status (*resolve)(struct sqli_resolver *r, struct sqli_expr *expr);
} specials[] = {
    {"nvl", sqli__resolve_nvl},
    {"nvl2", sqli__resolve_nvl2},
    {"coalesce", sqli__resolve_coalesce},
    {"nullif", sqli__resolve_nullif},
    {"decode", sqli__resolve_decode},
    {"greatest", sqli__resolve_greatest},
    {"least", sqli__resolve_least},
    {"round", function_round},
    {"trunc", function_trunc},
    {"to_char", function_to_char},
    {"length", function_length},
    {"octet_length", function_octet_length},
    {"date", function_date},
    {"add_months", function_add_months},
    {"last_day", function_last_day},
    {"next_day", function_next_day},
    {"dbinfo", function_dbinfo},
};

static enum sqli_status by_code(struct sqli_resolver *r, struct sqli_expr *expr)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
        if (sqli__span_is_word(expr->text, specials[i].name))
            return specials[i].resolve(r, expr);
    return sqli__resolve_aggregate(r, expr);
}

enum sqli_status sqli__resolve_function(struct sqli_resolver *r, struct sqli_expr *expr)
{
    if (expr->window)
        return sqli__resolve_window(r, expr);
    enum sqli_status status;
    const struct sqli_function *function = sqli__function_find(expr->text);
    if (expr->count == 0 && !expr->star && sqli__resolve_word(r, expr->text, expr, &status))
        return status;
    if (!function)
        return sqli__resolve_routine(r, expr);
    if (!expr->star && (expr->count < function->least || expr->count > function->most))
        return sqli__resolve_fail_name(r, expr->at, SQLI_E_FUNCTION_ARGUMENTS, expr->text);
    if (!function->arguments)
        return by_code(r, expr);
    if (expr->star || expr->distinct)
        return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
    return by_table(r, expr, function);
}

/* --- with words of the grammar among the arguments --- */

enum sqli_status sqli__resolve_trim(struct sqli_resolver *r, struct sqli_expr *expr)
{
    const char *runtime = expr->op == 'L'   ? "x_f_ltrim"
                          : expr->op == 'T' ? "x_f_rtrim"
                                            : "x_f_trim";
    SQLI_TRY(sqli__resolve_list(r, expr->args));
    for (struct sqli_expr *arg = expr->args; arg; arg = arg->next)
        SQLI_TRY(sqli__resolve_as_text(r, arg));
    struct sqli_type type = text_type(expr->args, false);
    return call(expr, runtime, &type);
}

/* c[first,last]; the type is that of the column, cut to the piece where that is known. */
enum sqli_status sqli__resolve_substring(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct sqli_expr *text = expr->args;
    struct sqli_expr *first = text->next;
    struct sqli_expr *last = first->next;
    SQLI_TRY(sqli__resolve_list(r, text));
    if (!sqli__type_is_text(&text->type))
        return sqli__resolve_fail(r, text->at, SQLI_E_SUBSCRIPT_TYPE, NULL);
    for (struct sqli_expr *arg = first; arg; arg = arg->next)
        SQLI_TRY(convert_argument(r, arg, 'i'));
    int64_t length = sqli__type_text_length(&text->type);
    if (sqli__is_constant(first)) {
        int64_t from = first->constant->as.integer;
        int64_t to = last && sqli__is_constant(last) ? last->constant->as.integer
                     : last                          ? length
                                                     : from;
        if (from < 1 || to < from)
            return sqli__resolve_fail(r, first->at, SQLI_E_SUBSCRIPT_RANGE, NULL);
        int64_t bytes = character_bytes(r);
        int64_t piece = to - from < length ? (to - from + 1) * bytes : length;
        length = piece < length ? piece : length;
    }
    struct sqli_type type = sqli__make_varying((size_t)length);
    return call(expr, "x_substring", &type);
}
