/* Calls of stored routines: which of several with one name is meant, and what its arguments become.
 *
 * In an expression a call becomes x_routine(procid, 'which arguments are given', argument, ...). */
#include "server/front/resolve_inside.h"

enum { ARGUMENTS_MAX = 341 };

struct call {
    struct sqli_expr *expr; /* the FUNCTION */
    uint32_t given;
    struct sqli_expr *values[ARGUMENTS_MAX];
    struct sqli_span names[ARGUMENTS_MAX]; /* name = value; absent: by position */
    uint32_t places[ARGUMENTS_MAX];        /* of the chosen routine: which parameter it is for */
};

/* --- the arguments --- */

static bool is_named(const struct sqli_expr *arg)
{
    return arg->kind == SQLI_EXPR_COMPARE && arg->op == SQLI_COMPARE_EQ &&
           arg->args->kind == SQLI_EXPR_NAME && arg->args->path->count == 1;
}

static enum sqli_status read_arguments(struct sqli_resolver *r, struct call *call)
{
    struct sqli_expr *next;
    for (struct sqli_expr *arg = call->expr->args; arg; arg = next) {
        next = arg->next;
        if (call->given == ARGUMENTS_MAX)
            return sqli__resolve_fail_name(r, arg->at, SQLI_E_ROUTINE_TOO_MANY_ARGUMENTS,
                                           call->expr->text);
        uint32_t i = call->given++;
        if (is_named(arg)) {
            call->names[i] = arg->args->path->names[0].text;
            arg = arg->args->next;
        }
        arg->next = NULL;
        SQLI_TRY(sqli__resolve_expr(r, arg));
        call->values[i] = arg;
    }
    return SQLI_OK;
}

/* --- which routine --- */

static int32_t find_parameter(const struct sqli_routine *routine, struct sqli_span name)
{
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        if (sqli__span_equal(routine->parameters[i].name, name))
            return (int32_t)i;
    return -1;
}

/* How well the value fits: 0 not at all. */
static int fit(const struct sqli_expr *value, const struct sqli_type *type)
{
    if (sqli__is_untyped(value) || sqli__type_is_null(&value->type))
        return 2;
    if (value->type.code == type->code && value->type.extended_id == type->extended_id)
        return 4;
    if (sqli__type_kind(&value->type) == sqli__type_kind(type))
        return 3;
    return sqli__convertible(&value->type, type) ? 1 : 0;
}

/* 0: it cannot be this one. Of two that fit as well, the one without defaults is better. */
static int rate(const struct call *call, const struct sqli_routine *routine, uint32_t *places)
{
    bool taken[ARGUMENTS_MAX] = {false};
    int rating = 1;
    if (call->given > routine->parameter_count || routine->parameter_count > ARGUMENTS_MAX)
        return 0;
    for (uint32_t i = 0; i < call->given; i++) {
        int32_t place = call->names[i].data ? find_parameter(routine, call->names[i]) : (int32_t)i;
        if (place < 0 || taken[place])
            return 0;
        int fits = fit(call->values[i], &routine->parameters[place].type);
        if (fits == 0)
            return 0;
        taken[place] = true;
        places[i] = (uint32_t)place;
        rating += 2 * fits;
    }
    return rating + (call->given == routine->parameter_count);
}

static enum sqli_status not_found(struct sqli_resolver *r, const struct call *call,
                                  const struct sqli_routine *first)
{
    for (uint32_t i = 0; first && !first->next && i < call->given; i++) {
        if (call->names[i].data && find_parameter(first, call->names[i]) < 0)
            return sqli__resolve_fail_name(r, call->expr->at, SQLI_E_ARGUMENT_UNKNOWN,
                                           call->names[i]);
        for (uint32_t j = 0; call->names[i].data && j < i; j++)
            if (sqli__span_equal(call->names[i], call->names[j]))
                return sqli__resolve_fail_name(r, call->expr->at, SQLI_E_ARGUMENT_TWICE,
                                               call->names[i]);
    }
    return sqli__resolve_fail_name(r, call->expr->at, SQLI_E_ROUTINE_NOT_FOUND, call->expr->text);
}

static enum sqli_status choose(struct sqli_resolver *r, struct call *call,
                               const struct sqli_routine **chosen)
{
    const struct sqli_path *path = call->expr->path;
    struct sqli_span owner = {NULL, 0};
    struct sqli_routine *first;
    uint32_t places[ARGUMENTS_MAX] = {0};
    int best = 0;
    *chosen = NULL;
    if (path && path->count > (path->has_database ? 1U : 0U))
        owner = path->names[path->count - 1].text;
    SQLI_TRY(
        sqli__catalog_routines(r->catalog, owner, call->expr->text, r->arena, &first, r->error));
    if (!first)
        return not_found(r, call, first);
    SQLI_TRY(read_arguments(r, call));
    for (const struct sqli_routine *routine = first; routine; routine = routine->next) {
        int rating = rate(call, routine, places);
        if (rating <= best)
            continue;
        best = rating;
        *chosen = routine;
        memcpy(call->places, places, sizeof places);
    }
    return *chosen ? SQLI_OK : not_found(r, call, first);
}

/* --- in expressions --- */

static enum sqli_status coerce(struct sqli_resolver *r, struct sqli_expr *value,
                               const struct sqli_routine_column *parameter)
{
    struct sqli_type type = sqli__plain_type(&parameter->type);
    return sqli__resolve_coerce(r, value, &type, parameter->schema);
}

/* "1" for each parameter that is given, "0" for the others, whose arguments are NULL. */
static enum sqli_status list_arguments(struct sqli_resolver *r, struct call *call,
                                       const struct sqli_routine *routine)
{
    struct sqli_expr *expr = call->expr, **end = &expr->args;
    char mask[ARGUMENTS_MAX];
    struct sqli_expr *ordered[ARGUMENTS_MAX] = {NULL};
    uint32_t count = routine->parameter_count;
    memset(mask, '0', sizeof mask);
    for (uint32_t i = 0; i < call->given; i++) {
        uint32_t place = call->places[i];
        SQLI_TRY(coerce(r, call->values[i], &routine->parameters[place]));
        ordered[place] = call->values[i];
        mask[place] = '1';
    }
    *end = sqli__resolve_number(r, expr->at, routine->procid);
    SQLI_TRY(sqli__resolve_status(r));
    end = &(*end)->next;
    *end = sqli__resolve_text(r, expr->at, sqli__arena_copy(r->arena, sqli__span(mask, count)));
    for (uint32_t i = 0; i < count && *end; i++) {
        struct sqli_value nothing = {.null = true};
        end = &(*end)->next;
        *end = ordered[i] ? ordered[i] : sqli__resolve_node(r, SQLI_EXPR_CONSTANT, expr->at);
        if (*end && !ordered[i])
            SQLI_TRY(
                sqli__resolve_become_constant(r, *end, &routine->parameters[i].type, &nothing));
    }
    expr->count = count + 2;
    return sqli__resolve_status(r);
}

enum sqli_status sqli__resolve_routine(struct sqli_resolver *r, struct sqli_expr *expr)
{
    struct call call = {.expr = expr};
    const struct sqli_routine *routine;
    if (expr->star || expr->distinct)
        return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
    SQLI_TRY(choose(r, &call, &routine));
    if (routine->return_count != 1)
        return sqli__resolve_fail_name(
            r, expr->at, routine->return_count ? SQLI_E_FUNCTION_TOO_MANY : SQLI_E_FUNCTION_TOO_FEW,
            expr->text);
    SQLI_TRY(list_arguments(r, &call, routine));
    struct sqli_type type = sqli__plain_type(&routine->returns[0].type);
    struct sqli_expr *args = expr->args;
    uint32_t count = expr->count;
    sqli__resolve_become_call(expr, "x_routine", &type);
    expr->schema = routine->returns[0].schema;
    expr->args = args;
    expr->count = count;
    expr->nullable = true;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_rows(struct sqli_resolver *r, struct sqli_expr *expr,
                                    const struct sqli_routine **routine)
{
    struct call call = {.expr = expr};
    if (expr->star || expr->distinct)
        return sqli__resolve_fail(r, expr->at, SQLI_E_SYNTAX, NULL);
    SQLI_TRY(choose(r, &call, routine));
    if ((*routine)->return_count == 0)
        return sqli__resolve_fail_name(r, expr->at, SQLI_E_FUNCTION_TOO_FEW, expr->text);
    if ((*routine)->return_count > SQLI_ROWS_COLUMNS ||
        (*routine)->parameter_count > SQLI_ROWS_ARGUMENTS)
        return sqli__resolve_fail(r, expr->at, SQLI_E_NOT_IMPLEMENTED,
                                  "TABLE(FUNCTION) of so many values");
    SQLI_TRY(list_arguments(r, &call, *routine));
    struct sqli_type type = sqli__plain_type(&(*routine)->returns[0].type);
    struct sqli_expr *args = expr->args;
    uint32_t count = expr->count;
    sqli__resolve_become_call(expr, "x_rows", &type);
    expr->args = args;
    expr->count = count;
    return SQLI_OK;
}

/* --- EXECUTE --- */

/* OUT takes no value; what is a variable of the caller gets one afterwards. */
static enum sqli_status place_argument(struct sqli_resolver *r, struct sqli_execute *execute,
                                       struct sqli_expr *value, uint32_t place)
{
    const struct sqli_routine_column *parameter = &execute->routine->parameters[place];
    bool out = parameter->mode == SQLI_ROUTINE_OUT || parameter->mode == SQLI_ROUTINE_INOUT;
    if (out && r->variables && value->kind == SQLI_EXPR_PARAMETER)
        execute->outputs[place] = (uint32_t)value->op;
    if (parameter->mode != SQLI_ROUTINE_OUT || sqli__is_untyped(value))
        SQLI_TRY(coerce(r, value, parameter));
    execute->arguments[place] = value;
    return SQLI_OK;
}

enum sqli_status sqli__resolve_execute(struct sqli_resolver *r, struct sqli_execute *execute)
{
    struct call call = {.expr = execute->call};
    const struct sqli_function *builtin = sqli__function_find(execute->call->text);
    if (builtin && execute->call->count >= builtin->least && execute->call->count <= builtin->most)
        return sqli__resolve_expr(r, execute->call);
    SQLI_TRY(choose(r, &call, &execute->routine));
    if (!execute->routine)
        return SQLI_FAIL;
    uint32_t count = execute->routine->parameter_count;
    execute->arguments = sqli__resolve_alloc(r, count, sizeof(struct sqli_expr *));
    execute->outputs = sqli__resolve_alloc(r, count, sizeof *execute->outputs);
    SQLI_TRY(sqli__resolve_status(r));
    for (uint32_t i = 0; i < call.given; i++)
        SQLI_TRY(place_argument(r, execute, call.values[i], call.places[i]));
    return SQLI_OK;
}

/* --- names of variables --- */

static bool become_variable(struct sqli_resolver *r, struct sqli_expr *expr, struct sqli_span name)
{
    struct sqli_type type;
    const struct sqli_schema *schema = NULL;
    if (!r->variables || r->views)
        return false;
    uint32_t number = r->variables->find(r->variables->context, name, &type, &schema);
    if (number == 0)
        return false;
    sqli__resolve_become(expr, SQLI_EXPR_PARAMETER, &type);
    expr->op = (int32_t)number;
    expr->schema = schema;
    expr->nullable = true;
    return true;
}

bool sqli__resolve_variable(struct sqli_resolver *r, struct sqli_expr *expr)
{
    return expr->path->count == 1 && become_variable(r, expr, expr->path->names[0].text);
}

enum sqli_status sqli__resolve_variable_field(struct sqli_resolver *r, struct sqli_expr *expr,
                                              bool *found)
{
    const struct sqli_path *path = expr->path;
    *found =
        path->count > 1 && !path->has_database && become_variable(r, expr, path->names[0].text);
    for (uint32_t i = 1; *found && i < path->count; i++)
        SQLI_TRY(sqli__resolve_field_of(r, expr, path->names[i].text, path->names[i].at));
    return SQLI_OK;
}

enum sqli_status sqli__resolve_targets(struct sqli_resolver *r, struct sqli_select *select)
{
    const struct sqli_variables *variables = r->variables;
    if (!variables || !variables->targets)
        return SQLI_OK;
    if (select->item_count != variables->target_count)
        return sqli__resolve_fail(r, select->at, variables->count_error, NULL);
    for (uint32_t i = 0; i < variables->target_count; i++) {
        struct sqli_type type = sqli__plain_type(&variables->targets[i].type);
        SQLI_TRY(sqli__resolve_item_to(r, select, i, &type, variables->targets[i].schema));
    }
    return SQLI_OK;
}
