/* Makers of names and expressions. */
#include "server/front/parse_inside.h"
#include "sql/text.h"

/* --- names --- */

struct sqli_name_link {
    struct sqli_name_link *next;
    struct sqli_name name;
};

static struct sqli_span lexeme_text(const struct sqli_parse *p, const struct sqli_lexeme *token)
{
    return sqli__span(p->text.data + token->at, token->end - token->at);
}

/* Folded, or without its quotes. */
static struct sqli_span plain_text(struct sqli_parse *p, const struct sqli_lexeme *token)
{
    struct sqli_span text = lexeme_text(p, token);
    char *copy = sqli__arena_alloc(p->arena, text.length + 1, 1);
    if (!copy)
        return sqli__span("", 0);
    if (token->kind != SQLI_TOKEN_IDENTIFIER)
        return sqli__span(copy, sqli__sql_unquote(text, copy));
    sqli__sql_fold(text, copy);
    return sqli__span(copy, text.length);
}

struct sqli_name sqli__make_name(struct sqli_parse *p, const struct sqli_lexeme *word)
{
    return (struct sqli_name){plain_text(p, word), word->at};
}

struct sqli_names sqli__names_add(struct sqli_parse *p, struct sqli_names names,
                                  struct sqli_name name)
{
    struct sqli_name_link *link = sqli__arena_alloc(p->arena, 1, sizeof *link);
    if (!link)
        return names;
    link->name = name;
    if (names.last)
        names.last->next = link;
    else
        names.first = link;
    names.last = link;
    names.count++;
    return names;
}

struct sqli_name *sqli__names_array(struct sqli_parse *p, struct sqli_names names)
{
    struct sqli_name *array =
        names.count ? sqli__arena_alloc(p->arena, names.count, sizeof *array) : NULL;
    struct sqli_name *to = array;
    for (const struct sqli_name_link *link = names.first; array && link; link = link->next)
        *to++ = link->name;
    return array;
}

struct sqli_path *sqli__path_add(struct sqli_parse *p, struct sqli_path *path,
                                 struct sqli_name name)
{
    if (path->count == SQLI_PATH_MAX)
        sqli__parse_syntax(p, name.at);
    else
        path->names[path->count++] = name;
    return path;
}

struct sqli_path *sqli__make_path(struct sqli_parse *p, struct sqli_name name)
{
    return sqli__path_add(p, sqli__parse_node(p, sizeof(struct sqli_path)), name);
}

/* --- expressions --- */

struct sqli_exprs sqli__exprs_add(struct sqli_exprs list, struct sqli_expr *expr)
{
    if (list.last)
        list.last->next = expr;
    else
        list.first = expr;
    list.last = expr;
    list.count++;
    if (list.depth < expr->depth)
        list.depth = expr->depth;
    return list;
}

struct sqli_expr *sqli__make_expr(struct sqli_parse *p, enum sqli_expr_kind kind, uint32_t at)
{
    struct sqli_expr *expr = sqli__parse_node(p, sizeof *expr);
    expr->kind = kind;
    expr->at = at;
    expr->end = p->previous.end;
    expr->depth = 1;
    return expr;
}

void sqli__set_args(struct sqli_parse *p, struct sqli_expr *expr, struct sqli_exprs args)
{
    expr->args = args.first;
    expr->count = args.count;
    expr->depth = args.depth + 1;
    if (expr->depth > SQLI_PARSE_DEPTH)
        sqli__parse_fail(p, SQLI_E_PARSE_STACK, expr->at, "nested too deep");
}

static struct sqli_exprs one(struct sqli_expr *expr)
{
    return sqli__exprs_add((struct sqli_exprs){.first = NULL}, expr);
}

struct sqli_expr *sqli__make_literal(struct sqli_parse *p, enum sqli_expr_kind kind,
                                     const struct sqli_lexeme *token)
{
    struct sqli_expr *expr = sqli__make_expr(p, kind, token->at);
    if (kind == SQLI_EXPR_STRING)
        expr->text = plain_text(p, token);
    else if (token->to)
        expr->text = sqli__parse_copy(p, token->from, token->to);
    else
        expr->text = sqli__parse_copy(p, token->at, token->end);
    return expr;
}

struct sqli_expr *sqli__make_unary(struct sqli_parse *p, enum sqli_expr_kind kind, uint32_t at,
                                   struct sqli_expr *operand)
{
    struct sqli_expr *expr = sqli__make_expr(p, kind, at);
    sqli__set_args(p, expr, one(operand));
    return expr;
}

struct sqli_expr *sqli__make_binary(struct sqli_parse *p, enum sqli_expr_kind kind, int32_t op,
                                    struct sqli_expr *left, struct sqli_expr *right)
{
    struct sqli_expr *expr = sqli__make_expr(p, kind, left->at);
    expr->op = op;
    sqli__set_args(p, expr, sqli__exprs_add(one(left), right));
    return expr;
}

struct sqli_expr *sqli__make_combined(struct sqli_parse *p, enum sqli_expr_kind kind,
                                      struct sqli_exprs list)
{
    if (list.count == 1)
        return list.first;
    struct sqli_expr *expr = sqli__make_expr(p, kind, list.first->at);
    sqli__set_args(p, expr, list);
    return expr;
}

struct sqli_expr *sqli__make_not(struct sqli_parse *p, uint32_t at, struct sqli_expr *operand)
{
    if (operand->kind == SQLI_EXPR_EXISTS && !operand->negated) {
        operand->negated = true;
        operand->at = at;
        return operand;
    }
    return sqli__make_unary(p, SQLI_EXPR_NOT, at, operand);
}

struct sqli_expr *sqli__make_test(struct sqli_parse *p, enum sqli_expr_kind kind, bool negated,
                                  struct sqli_expr *operand, struct sqli_exprs list)
{
    struct sqli_expr *expr = sqli__make_expr(p, kind, operand->at);
    struct sqli_exprs args = one(operand);
    args.first->next = list.first;
    args.count += list.count;
    args.depth = args.depth > list.depth ? args.depth : list.depth;
    expr->negated = negated;
    sqli__set_args(p, expr, args);
    return expr;
}

int32_t sqli__compare_op(const struct sqli_lexeme *token)
{
    switch (token->kind) {
    case SQLI_TOKEN_NOT_EQUAL:
    case SQLI_TOKEN_BANG_EQUAL: return SQLI_COMPARE_NE;
    case SQLI_TOKEN_LESS: return SQLI_COMPARE_LT;
    case SQLI_TOKEN_LESS_EQUAL: return SQLI_COMPARE_LE;
    case SQLI_TOKEN_GREATER: return SQLI_COMPARE_GT;
    case SQLI_TOKEN_GREATER_EQUAL: return SQLI_COMPARE_GE;
    default: return SQLI_COMPARE_EQ;
    }
}

struct sqli_expr *sqli__make_parameter(struct sqli_parse *p, const struct sqli_lexeme *token)
{
    struct sqli_expr *expr = sqli__make_expr(p, SQLI_EXPR_PARAMETER, token->at);
    expr->op = (int32_t)++p->parameters;
    return expr;
}

struct sqli_expr *sqli__make_call(struct sqli_parse *p, struct sqli_path *path,
                                  struct sqli_exprs args)
{
    struct sqli_expr *expr = sqli__make_expr(p, SQLI_EXPR_FUNCTION, path->names[0].at);
    struct sqli_name name = path->names[path->count ? path->count - 1 : 0];
    path->count -= path->count > 0;
    expr->text = name.text;
    expr->path = path->count ? path : NULL;
    sqli__set_args(p, expr, args);
    return expr;
}

struct sqli_expr *sqli__make_named_call(struct sqli_parse *p, const struct sqli_lexeme *word,
                                        struct sqli_exprs args)
{
    struct sqli_expr *expr = sqli__make_expr(p, SQLI_EXPR_FUNCTION, word->at);
    expr->text = plain_text(p, word);
    sqli__set_args(p, expr, args);
    return expr;
}

struct sqli_expr *sqli__make_field(struct sqli_parse *p, struct sqli_expr *row,
                                   struct sqli_name name)
{
    struct sqli_expr *expr = sqli__make_unary(p, SQLI_EXPR_FIELD, row->at, row);
    expr->text = name.text;
    return expr;
}

struct sqli_expr *sqli__make_cast(struct sqli_parse *p, uint32_t at, struct sqli_expr *operand,
                                  const struct sqli_type_name *type)
{
    struct sqli_expr *expr = sqli__make_unary(p, SQLI_EXPR_CAST, at, operand);
    expr->type_name = sqli__parse_node(p, sizeof *expr->type_name);
    *expr->type_name = *type;
    return expr;
}

struct sqli_expr *sqli__make_case(struct sqli_parse *p, uint32_t at, struct sqli_expr *operand,
                                  struct sqli_exprs branches, struct sqli_expr *otherwise)
{
    struct sqli_expr *expr = sqli__make_expr(p, SQLI_EXPR_CASE, at);
    struct sqli_exprs args = branches;
    if (otherwise)
        args = sqli__exprs_add(args, otherwise);
    if (operand) {
        expr->kind = SQLI_EXPR_SIMPLE_CASE;
        operand->next = args.first;
        args.first = operand;
        args.count++;
        args.depth = args.depth > operand->depth ? args.depth : operand->depth;
    }
    expr->odd_else = otherwise != NULL;
    sqli__set_args(p, expr, args);
    return expr;
}

struct sqli_expr *sqli__make_trim(struct sqli_parse *p, uint32_t at, const struct sqli_lexeme *side,
                                  struct sqli_expr *what, struct sqli_expr *from)
{
    struct sqli_expr *expr = sqli__make_unary(p, SQLI_EXPR_TRIM, at, from);
    if (what)
        sqli__set_args(p, expr, sqli__exprs_add(one(from), what));
    expr->op = 'B';
    if (side && side->keyword == SQLI_KEYWORD_LEADING)
        expr->op = 'L';
    if (side && side->keyword == SQLI_KEYWORD_TRAILING)
        expr->op = 'T';
    return expr;
}

struct sqli_expr *sqli__make_select_expr(struct sqli_parse *p, enum sqli_expr_kind kind,
                                         uint32_t at, struct sqli_select *select)
{
    struct sqli_expr *expr = sqli__make_expr(p, kind, at);
    expr->select = select;
    return expr;
}

struct sqli_expr *sqli__make_collection(struct sqli_parse *p, const struct sqli_lexeme *word,
                                        struct sqli_exprs elements)
{
    struct sqli_expr *expr = sqli__make_expr(p, SQLI_EXPR_COLLECTION, word->at);
    expr->op = SQLI_TYPE_SET;
    if (word->keyword == SQLI_KEYWORD_MULTISET)
        expr->op = SQLI_TYPE_MULTISET;
    if (word->keyword == SQLI_KEYWORD_LIST)
        expr->op = SQLI_TYPE_LIST;
    sqli__set_args(p, expr, elements);
    return expr;
}

struct sqli_expr *sqli__make_sysdate(struct sqli_parse *p, uint32_t at)
{
    struct sqli_expr *expr = sqli__make_expr(p, SQLI_EXPR_CURRENT, at);
    expr->qualifier = SQLI_QUALIFIER_YEAR_TO_FRACTION5;
    return expr;
}

/* --- qualifiers and types --- */

int8_t sqli__small_number(struct sqli_parse *p, const struct sqli_lexeme *digits)
{
    const uint8_t *text = p->text.data + digits->at;
    if (digits->end - digits->at == 1 && text[0] > '0')
        return (int8_t)(text[0] - '0');
    sqli__parse_syntax(p, digits->at);
    return 1;
}

/* FRACTION has three digits unless it says how many; no other field may say so as the last one. */
int8_t sqli__field_code(struct sqli_parse *p, const struct sqli_lexeme *unit,
                        const struct sqli_lexeme *digits)
{
    static const struct {
        enum sqli_keyword keyword;
        int8_t code;
    } fields[] = {
        {SQLI_KEYWORD_YEAR, SQLI_FIELD_YEAR},     {SQLI_KEYWORD_MONTH, SQLI_FIELD_MONTH},
        {SQLI_KEYWORD_DAY, SQLI_FIELD_DAY},       {SQLI_KEYWORD_HOUR, SQLI_FIELD_HOUR},
        {SQLI_KEYWORD_MINUTE, SQLI_FIELD_MINUTE}, {SQLI_KEYWORD_SECOND, SQLI_FIELD_SECOND},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].keyword == unit->keyword) {
            if (digits)
                sqli__parse_syntax(p, digits->at);
            return fields[i].code;
        }
    return (int8_t)(SQLI_FIELD_SECOND + (digits ? sqli__small_number(p, digits) : 3));
}

sqli_qualifier sqli__fields_datetime(struct sqli_parse *p, const struct sqli_fields *fields)
{
    sqli_qualifier q = sqli__datetime_qualifier(fields->start, fields->end);
    if (!q || fields->digits)
        sqli__parse_syntax(p, fields->at);
    return q;
}

sqli_qualifier sqli__fields_interval(struct sqli_parse *p, const struct sqli_fields *fields)
{
    sqli_qualifier q = sqli__interval_qualifier(fields->start, fields->end, fields->digits);
    if (!q)
        sqli__parse_syntax(p, fields->at);
    return q;
}

struct sqli_type_name sqli__parse_make_type(struct sqli_parse *p, uint32_t at)
{
    return (struct sqli_type_name){.text = sqli__parse_copy(p, at, p->previous.end), .at = at};
}

static bool is_serial(enum sqli_keyword keyword)
{
    return keyword == SQLI_KEYWORD_SERIAL || keyword == SQLI_KEYWORD_SERIAL8 ||
           keyword == SQLI_KEYWORD_BIGSERIAL;
}

struct sqli_type_name sqli__make_sized_type(struct sqli_parse *p, uint32_t at, uint32_t name_end,
                                            const struct sqli_lexeme *number)
{
    struct sqli_type_name type = sqli__parse_make_type(p, at);
    if (number->kind != SQLI_TOKEN_INTEGER ||
        !is_serial(sqli__keyword_find(sqli__span(p->text.data + at, name_end - at))))
        return type;
    type.text = sqli__parse_copy(p, at, name_end);
    for (uint32_t i = number->at; i < number->end; i++) {
        int digit = p->text.data[i] - '0';
        if (type.serial_start > (INT64_MAX - digit) / 10) {
            sqli__parse_syntax(p, number->at);
            return type;
        }
        type.serial_start = type.serial_start * 10 + digit;
    }
    return type;
}
