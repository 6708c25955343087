/* Expressions. Whatever is not atomic gets parentheses.
 *
 * An expression that is nested deeper than SQLite's parser goes is cut into pieces that are printed
 * one behind the other: f(g(h(x))) as (WITH e1(v) AS (SELECT g(h(x))) SELECT f(e1.v) FROM e1). Each
 * piece stands for one row, and is used once. What has an aggregate in it is never cut off: inside
 * a subquery it would become an aggregate of that. Its arguments are roots of their own. */
#include "server/front/emit_parts.h"

#include "server/store/storage.h"

enum {
    LEAF_ENTRIES = 5,
    SELECT_ENTRIES = 40,
    PIECE_OPEN = 13,
    PIECE_LEAST = 24,
    GAIN_LEAST = 12,
    AND_RUN = 400,
    OPERAND_OPEN = 3
};

struct sqli_emit_piece {
    struct sqli_emit_piece *next;
    const struct sqli_expr *expr;
    uint32_t number;
    uint32_t used_in; /* number of the piece that mentions it; 0: the root */
    bool used;
};

typedef enum sqli_status print_function(struct sqli_emitter *emitter, const struct sqli_expr *expr);

static enum sqli_status print(struct sqli_emitter *emitter, const struct sqli_expr *expr);

/* What is open in SQLite's parser when the first argument begins, and in all others. */
static const struct {
    uint8_t first, rest;
} open_entries[] = {
    [SQLI_EXPR_COMPARE] = {1, 3},   [SQLI_EXPR_AND] = {1, 3},     [SQLI_EXPR_OR] = {1, 3},
    [SQLI_EXPR_NOT] = {2, 2},       [SQLI_EXPR_IS_NULL] = {1, 1}, [SQLI_EXPR_IN_LIST] = {1, 6},
    [SQLI_EXPR_IN_SELECT] = {1, 1}, [SQLI_EXPR_CASE] = {3, 6},    [SQLI_EXPR_CALL] = {3, 5},
    [SQLI_EXPR_AGGREGATE] = {3, 5}, [SQLI_EXPR_WINDOW] = {3, 5},
};

static int32_t entries_before(const struct sqli_expr *parent, const struct sqli_expr *argument)
{
    if ((size_t)parent->kind >= sizeof(open_entries) / sizeof(open_entries[0]))
        return 0;
    return argument == parent->args ? open_entries[parent->kind].first
                                    : open_entries[parent->kind].rest;
}

/* --- cutting --- */

struct measure {
    int32_t entries; /* with room for what stands in subqueries */
    int32_t least;   /* without */
    bool aggregate;
};

static void enclose(struct measure *sum, const struct measure *one, int32_t before)
{
    if (before + one->entries > sum->entries)
        sum->entries = before + one->entries;
    if (before + one->least > sum->least)
        sum->least = before + one->least;
    sum->aggregate |= one->aggregate;
}

static void cut(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    struct sqli_emit_piece *piece = sqli__arena_alloc(&emitter->arena, 1, sizeof(*piece));
    if (!piece)
        return;
    piece->expr = expr;
    piece->number = ++emitter->piece_count;
    struct sqli_emit_piece **end = &emitter->pieces;
    while (*end)
        end = &(*end)->next;
    *end = piece;
}

/* How much of SQLite's stack the expression needs once everything that goes beyond `budget` is cut
 * off: innermost pieces first. */
static enum sqli_status measure(struct sqli_emitter *emitter, const struct sqli_expr *expr,
                                int32_t budget, uint32_t depth, struct measure *sum)
{
    if (depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    int32_t entries = expr->select ? SELECT_ENTRIES : LEAF_ENTRIES;
    bool aggregate = expr->kind == SQLI_EXPR_AGGREGATE;
    *sum = (struct measure){aggregate ? SELECT_ENTRIES : entries, LEAF_ENTRIES, aggregate};
    if (aggregate)
        return SQLI_OK;
    for (const struct sqli_expr *argument = expr->args; argument; argument = argument->next) {
        struct measure one;
        SQLI_TRY(measure(emitter, argument, budget, depth + 1, &one));
        int32_t before = entries_before(expr, argument);
        bool gains = one.least >= GAIN_LEAST && !one.aggregate && !emitter->bare;
        if (gains && before + one.entries > budget) {
            cut(emitter, argument);
            one.entries = one.least = LEAF_ENTRIES;
        }
        enclose(sum, &one, before);
    }
    return SQLI_OK;
}

static struct sqli_emit_piece *piece_of(const struct sqli_emitter *emitter,
                                        const struct sqli_expr *expr)
{
    struct sqli_emit_piece *piece = emitter->pieces;
    while (piece && piece->expr != expr)
        piece = piece->next;
    return piece;
}

static void print_used_pieces(struct sqli_emitter *emitter)
{
    const char *before = " FROM ";
    for (struct sqli_emit_piece *piece = emitter->pieces; piece; piece = piece->next) {
        if (!piece->used || piece->used_in != emitter->printing)
            continue;
        sqli__buffer_format(emitter->sql, "%se%u", before, (unsigned)piece->number);
        before = ", ";
    }
}

static enum sqli_status print_pieces(struct sqli_emitter *emitter, const struct sqli_expr *root)
{
    const char *before = "(WITH ";
    for (struct sqli_emit_piece *piece = emitter->pieces; piece; piece = piece->next) {
        sqli__buffer_format(emitter->sql, "%se%u(v) AS (SELECT ", before, (unsigned)piece->number);
        emitter->printing = piece->number;
        SQLI_TRY(print(emitter, piece->expr));
        print_used_pieces(emitter);
        before = "), ";
    }
    sqli__emit_text(emitter, ") SELECT ");
    emitter->printing = 0;
    SQLI_TRY(print(emitter, root));
    print_used_pieces(emitter);
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

static enum sqli_status print_whole(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    int32_t budget = SQLI_EMIT_STACK - emitter->open - PIECE_OPEN;
    struct measure sum;
    SQLI_TRY(measure(emitter, expr, budget < PIECE_LEAST ? PIECE_LEAST : budget, 0, &sum));
    SQLI_TRY(sqli__arena_status(&emitter->arena, emitter->error));
    if (sum.least > SQLI_EMIT_STACK - emitter->open)
        return sqli__emit_too_deep(emitter);
    if (!emitter->pieces)
        return print(emitter, expr);
    emitter->open += PIECE_OPEN;
    enum sqli_status status = print_pieces(emitter, expr);
    emitter->open -= PIECE_OPEN;
    return status;
}

enum sqli_status sqli__emit_root(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    struct sqli_emit_piece *pieces = emitter->pieces;
    uint32_t printing = emitter->printing;
    emitter->pieces = NULL;
    emitter->printing = 0;
    enum sqli_status status = print_whole(emitter, expr);
    emitter->pieces = pieces;
    emitter->printing = printing;
    return status;
}

/* --- texts --- */

/* Columns of tables are declared with their collation, those of derived tables have it from
 * their items; and only a column that stands alone can be looked up in an index. */
static bool has_collation(const struct sqli_expr *expr)
{
    return expr->kind == SQLI_EXPR_COLUMN && expr->source &&
           expr->source->kind != SQLI_SOURCE_COLLECTION &&
           expr->source->kind != SQLI_SOURCE_ROUTINE;
}

static bool wants_collation(const struct sqli_expr *expr)
{
    return sqli__type_kind(&expr->type) == SQLI_KIND_TEXT && !has_collation(expr);
}

static void print_collation(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    if (wants_collation(expr))
        sqli__emit_text(emitter, " COLLATE RTRIM");
}

enum sqli_status sqli__emit_collated(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    SQLI_TRY(sqli__emit_root(emitter, expr));
    print_collation(emitter, expr);
    return SQLI_OK;
}

/* --- the kinds --- */

static enum sqli_status print_argument(struct sqli_emitter *emitter, const struct sqli_expr *parent,
                                       const struct sqli_expr *argument)
{
    int32_t before = entries_before(parent, argument);
    emitter->open += before;
    enum sqli_status status = parent->kind == SQLI_EXPR_AGGREGATE
                                  ? sqli__emit_root(emitter, argument)
                                  : print(emitter, argument);
    emitter->open -= before;
    return status;
}

static enum sqli_status print_select(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    if (!expr->select)
        return sqli__emit_unexpected(emitter, "expression without its query", (int)expr->kind);
    sqli__emit_text(emitter, "(");
    emitter->open += SQLI_EMIT_OPEN_SELECT;
    enum sqli_status status = sqli__emit_query(emitter, expr->select, NULL);
    emitter->open -= SQLI_EMIT_OPEN_SELECT;
    sqli__emit_text(emitter, ")");
    return status;
}

/* No more than one row, whatever the tables hold. */
static bool gives_one_row(const struct sqli_select *select)
{
    const struct sqli_expr *first = select->first;
    if (first && first->kind == SQLI_EXPR_CONSTANT && first->constant &&
        first->constant->kind == SQLI_KIND_INTEGER && first->constant->as.integer <= 1)
        return true;
    if (select->operation != SQLI_SET_NONE || select->group)
        return false;
    return !select->from || sqli__select_aggregates(select);
}

/* SQLite takes the first row and never looks for another one, Informix refuses a second one. */
enum sqli_status sqli__emit_one_row(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    const bool one_row = gives_one_row(select);
    if (!one_row)
        sqli__buffer_format(emitter->sql,
                            "(SELECT CASE WHEN count(*) > 1 THEN x_fail(%d, '') ELSE c1 END AS c1",
                            SQLI_E_SUBQUERY_ROWS);
    for (uint32_t i = 2; i <= select->item_count && !one_row; i++)
        sqli__buffer_format(emitter->sql, ", c%u", (unsigned)i);
    sqli__emit_text(emitter, one_row ? "(" : " FROM (");
    emitter->open += 2 * SQLI_EMIT_OPEN_SELECT;
    SQLI_TRY(sqli__emit_query(emitter, select, NULL));
    emitter->open -= 2 * SQLI_EMIT_OPEN_SELECT;
    bool limited = one_row || select->first || select->skip;
    sqli__emit_text(emitter, limited ? ")" : " LIMIT 2)");
    sqli__emit_text(emitter, one_row ? "" : ")");
    return SQLI_OK;
}

/* One column of several: all are mentioned, so that SQLite goes the same way for each, and finds
 * the same row. */
static enum sqli_status print_column_of(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    sqli__buffer_format(emitter->sql, "(SELECT CASE %u", (unsigned)expr->column + 1);
    for (uint32_t i = 1; i <= expr->select->item_count; i++)
        sqli__buffer_format(emitter->sql, " WHEN %u THEN c%u", (unsigned)i, (unsigned)i);
    sqli__emit_text(emitter, " END FROM ");
    SQLI_TRY(sqli__emit_one_row(emitter, expr->select));
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

static enum sqli_status print_subquery(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    if (expr->select && expr->select == emitter->row) {
        sqli__buffer_format(emitter->sql, "c%u", (unsigned)expr->column + 1);
        return SQLI_OK;
    }
    /* SQLite lets no aggregate of a query around stand in FROM: there the first row is taken. */
    const bool plain = !expr->select || expr->select->outward || gives_one_row(expr->select);
    if (plain && (!expr->select || expr->select->item_count == 1))
        return print_select(emitter, expr);
    return expr->select->item_count == 1 ? sqli__emit_one_row(emitter, expr->select)
                                         : print_column_of(emitter, expr);
}

static enum sqli_status print_constant(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    if (expr->constant && !expr->constant->null)
        return sqli__storage_literal(&expr->type, expr->constant, emitter->sql, emitter->error);
    sqli__emit_text(emitter, "NULL");
    return SQLI_OK;
}

static enum sqli_status print_parameter(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    sqli__buffer_format(emitter->sql, "?%d", (int)expr->op);
    return SQLI_OK;
}

static void print_source(struct sqli_emitter *emitter, const struct sqli_source *source)
{
    if (!emitter->bare)
        sqli__buffer_format(emitter->sql, "s%u.", (unsigned)source->number);
}

/* A collection of rows offers their fields, any other one its elements. */
static enum sqli_status print_element(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    const struct sqli_source *source = expr->source;
    const struct sqli_schema *collection = source->call ? source->call->schema : NULL;
    const struct sqli_schema *element = collection ? collection->parts : NULL;
    if (!element || element->type.code != SQLI_TYPE_ROW || expr->type.code == SQLI_TYPE_ROW ||
        expr->column >= element->count) {
        sqli__buffer_format(emitter->sql, "s%u.value", (unsigned)source->number);
        return SQLI_OK;
    }
    sqli__buffer_format(emitter->sql, "x_field(s%u.value, %u, ", (unsigned)source->number,
                        (unsigned)expr->column + 1);
    enum sqli_status status = sqli__emit_type(emitter, element);
    sqli__emit_text(emitter, ")");
    return status;
}

static enum sqli_status print_column(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    const struct sqli_source *source = expr->source;
    if (!source)
        return sqli__emit_unexpected(emitter, "column without a source", (int)expr->column);
    if (source->kind == SQLI_SOURCE_COLLECTION)
        return print_element(emitter, expr);
    print_source(emitter, source);
    if (source->kind != SQLI_SOURCE_TABLE) {
        sqli__buffer_format(emitter->sql, "c%u", (unsigned)expr->column + 1);
        return SQLI_OK;
    }
    if (!source->table || expr->column >= source->table->count)
        return sqli__emit_unexpected(emitter, "column", (int)expr->column);
    sqli__emit_identifier(emitter, source->table->columns[expr->column].physical);
    return SQLI_OK;
}

static enum sqli_status print_rowid(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    if (!expr->source || expr->source->kind != SQLI_SOURCE_TABLE)
        return sqli__emit_unexpected(emitter, "rowid of a source", (int)expr->kind);
    print_source(emitter, expr->source);
    sqli__emit_text(emitter, "rowid");
    return SQLI_OK;
}

/* SQLite's own min, max, count(DISTINCT) and nullif compare by the collation of their arguments;
 * the functions of the runtime take theirs as they are. */
static enum sqli_status print_call(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    bool aggregate = expr->kind == SQLI_EXPR_AGGREGATE || expr->kind == SQLI_EXPR_WINDOW;
    bool ours = expr->text.length > 1 && memcmp(expr->text.data, "x_", 2) == 0;
    sqli__buffer_span(emitter->sql, expr->text);
    sqli__emit_text(emitter, expr->distinct ? "(DISTINCT " : "(");
    if (expr->star)
        sqli__emit_text(emitter, "*");
    for (const struct sqli_expr *argument = expr->args; argument; argument = argument->next) {
        SQLI_TRY(print_argument(emitter, expr, argument));
        if (aggregate || !ours)
            print_collation(emitter, argument);
        sqli__emit_text(emitter, argument->next ? ", " : "");
    }
    sqli__emit_text(emitter, ")");
    return expr->kind == SQLI_EXPR_WINDOW ? sqli__emit_window(emitter, expr->window) : SQLI_OK;
}

static bool has_arguments(const struct sqli_expr *expr, uint32_t least)
{
    const struct sqli_expr *argument = expr->args;
    for (; least > 0 && argument; least--)
        argument = argument->next;
    return least == 0;
}

static enum sqli_status need_arguments(struct sqli_emitter *emitter, const struct sqli_expr *expr,
                                       uint32_t least)
{
    if (has_arguments(expr, least))
        return SQLI_OK;
    return sqli__emit_unexpected(emitter, "number of arguments", (int)expr->kind);
}

static enum sqli_status print_compare(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    static const char *const operators[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
    SQLI_TRY(need_arguments(emitter, expr, 2));
    if (expr->op < 0 || expr->op > SQLI_COMPARE_GE)
        return sqli__emit_unexpected(emitter, "comparison", (int)expr->op);
    const struct sqli_expr *left = expr->args, *right = left->next;
    sqli__emit_text(emitter, "(");
    SQLI_TRY(print_argument(emitter, expr, left));
    if (!has_collation(left) && !has_collation(right)) /* a column on the right decides, too */
        print_collation(emitter, wants_collation(left) ? left : right);
    sqli__emit_text(emitter, operators[expr->op]);
    SQLI_TRY(print_argument(emitter, expr, right));
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

/* Flat; but SQLite builds a tree of one level for each term, so that long ones are cut into runs.
 */
static enum sqli_status print_terms(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    const char *between = expr->kind == SQLI_EXPR_AND ? " AND " : " OR ";
    SQLI_TRY(need_arguments(emitter, expr, 2));
    uint32_t number = 0;
    bool runs = has_arguments(expr, AND_RUN + 1);
    sqli__emit_text(emitter, runs ? "((" : "(");
    for (const struct sqli_expr *term = expr->args; term; term = term->next, number++) {
        bool border = number > 0 && number % AND_RUN == 0;
        sqli__emit_text(emitter, border ? ")" : "");
        sqli__emit_text(emitter, number > 0 ? between : "");
        sqli__emit_text(emitter, border ? "(" : "");
        SQLI_TRY(print_argument(emitter, expr, term));
    }
    sqli__emit_text(emitter, runs ? "))" : ")");
    return SQLI_OK;
}

static enum sqli_status print_not(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    SQLI_TRY(need_arguments(emitter, expr, 1));
    sqli__emit_text(emitter, "(NOT ");
    SQLI_TRY(print_argument(emitter, expr, expr->args));
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

static enum sqli_status print_is_null(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    SQLI_TRY(need_arguments(emitter, expr, 1));
    sqli__emit_text(emitter, "(");
    SQLI_TRY(print_argument(emitter, expr, expr->args));
    sqli__emit_text(emitter, expr->negated ? " IS NOT NULL)" : " IS NULL)");
    return SQLI_OK;
}

static enum sqli_status print_in_operand(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    sqli__emit_text(emitter, "(");
    SQLI_TRY(print_argument(emitter, expr, expr->args));
    print_collation(emitter, expr->args);
    sqli__emit_text(emitter, expr->negated ? " NOT IN " : " IN ");
    return SQLI_OK;
}

static enum sqli_status print_in_list(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    SQLI_TRY(need_arguments(emitter, expr, 2));
    SQLI_TRY(print_in_operand(emitter, expr));
    const char *before = "(";
    for (const struct sqli_expr *item = expr->args->next; item; item = item->next) {
        sqli__emit_text(emitter, before);
        SQLI_TRY(print_argument(emitter, expr, item));
        before = ", ";
    }
    sqli__emit_text(emitter, "))");
    return SQLI_OK;
}

static enum sqli_status print_in_select(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    SQLI_TRY(need_arguments(emitter, expr, 1));
    SQLI_TRY(print_in_operand(emitter, expr));
    emitter->open += OPERAND_OPEN;
    SQLI_TRY(print_select(emitter, expr));
    emitter->open -= OPERAND_OPEN;
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

static enum sqli_status print_exists(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    sqli__emit_text(emitter, expr->negated ? "(NOT EXISTS " : "(EXISTS ");
    emitter->open += OPERAND_OPEN;
    SQLI_TRY(print_select(emitter, expr));
    emitter->open -= OPERAND_OPEN;
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}

static enum sqli_status print_case(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    SQLI_TRY(need_arguments(emitter, expr, 2));
    bool then = false;
    sqli__emit_text(emitter, "CASE");
    for (const struct sqli_expr *arm = expr->args; arm; arm = arm->next) {
        bool otherwise = expr->odd_else && !arm->next;
        sqli__emit_text(emitter, then ? " THEN " : otherwise ? " ELSE " : " WHEN ");
        SQLI_TRY(print_argument(emitter, expr, arm));
        then = !then;
    }
    sqli__emit_text(emitter, " END");
    return then == expr->odd_else ? SQLI_OK
                                  : sqli__emit_unexpected(emitter, "parts of CASE", (int)then);
}

static print_function *const printers[] = {
    [SQLI_EXPR_CONSTANT] = print_constant, [SQLI_EXPR_PARAMETER] = print_parameter,
    [SQLI_EXPR_COLUMN] = print_column,     [SQLI_EXPR_ROWID] = print_rowid,
    [SQLI_EXPR_CALL] = print_call,         [SQLI_EXPR_AGGREGATE] = print_call,
    [SQLI_EXPR_WINDOW] = print_call,       [SQLI_EXPR_COMPARE] = print_compare,
    [SQLI_EXPR_AND] = print_terms,         [SQLI_EXPR_OR] = print_terms,
    [SQLI_EXPR_NOT] = print_not,           [SQLI_EXPR_IS_NULL] = print_is_null,
    [SQLI_EXPR_IN_LIST] = print_in_list,   [SQLI_EXPR_IN_SELECT] = print_in_select,
    [SQLI_EXPR_EXISTS] = print_exists,     [SQLI_EXPR_SUBQUERY] = print_subquery,
    [SQLI_EXPR_CASE] = print_case,
};

static enum sqli_status print(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    struct sqli_emit_piece *piece = piece_of(emitter, expr);
    if (piece && piece->number != emitter->printing) {
        piece->used = true;
        piece->used_in = emitter->printing;
        sqli__buffer_format(emitter->sql, "e%u.v", (unsigned)piece->number);
        return SQLI_OK;
    }
    if ((size_t)expr->kind >= sizeof(printers) / sizeof(printers[0]) || !printers[expr->kind])
        return sqli__emit_unexpected(emitter, "expression", (int)expr->kind);
    if (++emitter->depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    enum sqli_status status = printers[expr->kind](emitter, expr);
    emitter->depth--;
    return status;
}
