/* Queries. Their columns are c1 to cn, whatever they are called to the outside: names never clash,
 * and a derived table needs no list of them. */
#include "server/front/emit_parts.h"

struct sqli_emit_scope {
    const struct sqli_with *with;
    const struct sqli_emit_scope *outer;
};

uint32_t sqli__emit_with_number(const struct sqli_emitter *emitter,
                                const struct sqli_select *select)
{
    for (const struct sqli_emit_scope *scope = emitter->scope; scope; scope = scope->outer)
        for (const struct sqli_with *with = scope->with; with; with = with->next)
            if (with->select == select)
                return with->number;
    return 0;
}

/* SQLite takes HAVING without GROUP BY only where a column has an aggregate. Where none has, the
 * first one gets one that changes nothing. */
static enum sqli_status emit_first(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    bool lacks = select->having && !select->group && !sqli__select_aggregates(select);
    sqli__emit_text(emitter, lacks ? "CASE WHEN count(*) >= 0 THEN " : "");
    emitter->open += lacks ? SQLI_EMIT_OPEN_SELECT : 0;
    SQLI_TRY(sqli__emit_collated(emitter, select->items->expr));
    emitter->open -= lacks ? SQLI_EMIT_OPEN_SELECT : 0;
    sqli__emit_text(emitter, lacks ? " END AS c1" : " AS c1");
    return SQLI_OK;
}

static enum sqli_status emit_items(struct sqli_emitter *emitter, const struct sqli_select *select,
                                   const struct sqli_source *rowid_of)
{
    unsigned number = 1;
    if (!select->items)
        return sqli__emit_unexpected(emitter, "query without columns", 0);
    SQLI_TRY(emit_first(emitter, select));
    for (const struct sqli_select_item *item = select->items->next; item; item = item->next) {
        sqli__emit_text(emitter, ", ");
        SQLI_TRY(sqli__emit_collated(emitter, item->expr));
        sqli__buffer_format(emitter->sql, " AS c%u", ++number);
    }
    if (rowid_of)
        sqli__buffer_format(emitter->sql, ", s%u.rowid AS c%u", (unsigned)rowid_of->number,
                            number + 1);
    return SQLI_OK;
}

/* A number alone would be that of a column. */
static enum sqli_status emit_key(struct sqli_emitter *emitter, const struct sqli_expr *expr)
{
    if (expr->kind == SQLI_EXPR_ITEM) {
        sqli__buffer_format(emitter->sql, "%d", (int)expr->op);
        return SQLI_OK;
    }
    enum sqli_kind kind = sqli__type_kind(&expr->type);
    if (expr->kind == SQLI_EXPR_CONSTANT && kind != SQLI_KIND_TEXT)
        sqli__emit_text(emitter, "0 IS ");
    return sqli__emit_collated(emitter, expr);
}

static enum sqli_status emit_group(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    const char *before = " GROUP BY ";
    for (const struct sqli_expr *key = select->group; key; key = key->next) {
        sqli__emit_text(emitter, before);
        SQLI_TRY(emit_key(emitter, key));
        before = ", ";
    }
    return SQLI_OK;
}

static enum sqli_status emit_having(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    if (!select->having)
        return SQLI_OK;
    sqli__emit_text(emitter, " HAVING ");
    return sqli__emit_root(emitter, select->having);
}

/* All rows of one table, in no order that was asked for, come in that of the table, as a server
 * that scans gives them; SQLite would rather scan an index that has all that is wanted. */
static bool scans_table(const struct sqli_select *select)
{
    const struct sqli_source *from = select->from;
    return from && !from->next && from->kind == SQLI_SOURCE_TABLE && !select->where &&
           !select->group && !select->having && !select->order && !select->distinct &&
           !sqli__select_aggregates(select);
}

static enum sqli_status emit_plain(struct sqli_emitter *emitter, const struct sqli_select *select,
                                   const struct sqli_source *rowid_of)
{
    sqli__emit_text(emitter, select->distinct ? "SELECT DISTINCT " : "SELECT ");
    SQLI_TRY(emit_items(emitter, select, rowid_of));
    emitter->in_order = scans_table(select);
    SQLI_TRY(sqli__emit_from_where(emitter, select->from, select->where));
    SQLI_TRY(emit_group(emitter, select));
    return emit_having(emitter, select);
}

static enum sqli_status emit_body(struct sqli_emitter *emitter, const struct sqli_select *select,
                                  const struct sqli_source *rowid_of);

/* Members of a set operation have neither parentheses nor clauses of their own behind them. All
 * operators bind alike, from left to right: what is on the left may go on, and the rest becomes a
 * derived table. */
static enum sqli_status emit_branch(struct sqli_emitter *emitter, const struct sqli_select *branch,
                                    bool leftmost)
{
    bool plain = !branch->order && !branch->first && !branch->skip && !branch->with;
    if (plain && (leftmost || branch->operation == SQLI_SET_NONE))
        return emit_body(emitter, branch, NULL);
    sqli__emit_text(emitter, "SELECT * FROM (");
    emitter->open += SQLI_EMIT_OPEN_SELECT;
    enum sqli_status status = sqli__emit_query(emitter, branch, NULL);
    emitter->open -= SQLI_EMIT_OPEN_SELECT;
    sqli__emit_text(emitter, ")");
    return status;
}

static enum sqli_status emit_set(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    static const char *const operators[] = {
        [SQLI_SET_NONE] = NULL,
        [SQLI_SET_UNION] = " UNION ",
        [SQLI_SET_UNION_ALL] = " UNION ALL ",
        [SQLI_SET_INTERSECT] = " INTERSECT ",
        [SQLI_SET_MINUS] = " EXCEPT ",
    };
    if (select->operation > SQLI_SET_MINUS || !select->left || !select->right)
        return sqli__emit_unexpected(emitter, "set operation", (int)select->operation);
    SQLI_TRY(emit_branch(emitter, select->left, true));
    sqli__emit_text(emitter, operators[select->operation]);
    return emit_branch(emitter, select->right, false);
}

static enum sqli_status emit_body(struct sqli_emitter *emitter, const struct sqli_select *select,
                                  const struct sqli_source *rowid_of)
{
    if (select->operation == SQLI_SET_NONE)
        return emit_plain(emitter, select, rowid_of);
    if (rowid_of)
        return sqli__emit_unexpected(emitter, "rowid of a set operation", 0);
    if (++emitter->depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    enum sqli_status status = emit_set(emitter, select);
    emitter->depth--;
    return status;
}

/* What is the same in all rows does not order them, and SQLite would take a number for that of a
 * column. */
static enum sqli_status emit_order(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    static const char *const nulls[] = {" NULLS FIRST", "", " NULLS LAST"};
    const char *before = " ORDER BY ";
    for (const struct sqli_order *order = select->order; order; order = order->next) {
        if (order->expr->kind == SQLI_EXPR_CONSTANT || order->expr->kind == SQLI_EXPR_PARAMETER)
            continue;
        if (select->operation != SQLI_SET_NONE && order->expr->kind != SQLI_EXPR_ITEM)
            return sqli__emit_unexpected(emitter, "order of a set operation", 0);
        sqli__emit_text(emitter, before);
        SQLI_TRY(emit_key(emitter, order->expr));
        sqli__emit_text(emitter, order->descending ? " DESC" : "");
        sqli__emit_text(emitter, nulls[1 + (order->nulls > 0) - (order->nulls < 0)]);
        before = ", ";
    }
    return SQLI_OK;
}

static enum sqli_status emit_limit(struct sqli_emitter *emitter, const struct sqli_select *select)
{
    if (!select->first && !select->skip)
        return SQLI_OK;
    sqli__emit_text(emitter, " LIMIT ");
    if (select->first)
        SQLI_TRY(sqli__emit_root(emitter, select->first));
    else
        sqli__emit_text(emitter, "-1");
    if (!select->skip)
        return SQLI_OK;
    sqli__emit_text(emitter, " OFFSET ");
    return sqli__emit_root(emitter, select->skip);
}

static enum sqli_status emit_with(struct sqli_emitter *emitter, const struct sqli_with *with)
{
    const char *before = "WITH ";
    for (const struct sqli_with *one = with; one; one = one->next)
        if (one->recursive)
            before = "WITH RECURSIVE ";
    for (; with; with = with->next) {
        sqli__buffer_format(emitter->sql, "%sw%u AS (", before, (unsigned)with->number);
        emitter->open += SQLI_EMIT_OPEN_SELECT;
        SQLI_TRY(sqli__emit_query(emitter, with->select, NULL));
        emitter->open -= SQLI_EMIT_OPEN_SELECT;
        before = "), ";
    }
    sqli__emit_text(emitter, ") ");
    return SQLI_OK;
}

static enum sqli_status emit_clauses(struct sqli_emitter *emitter, const struct sqli_select *select,
                                     const struct sqli_source *rowid_of)
{
    if (select->with)
        SQLI_TRY(emit_with(emitter, select->with));
    SQLI_TRY(emit_body(emitter, select, rowid_of));
    SQLI_TRY(emit_order(emitter, select));
    return emit_limit(emitter, select);
}

enum sqli_status sqli__emit_query(struct sqli_emitter *emitter, const struct sqli_select *select,
                                  const struct sqli_source *rowid_of)
{
    struct sqli_emit_scope scope = {select->with, emitter->scope};
    if (++emitter->depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    emitter->scope = &scope;
    enum sqli_status status = emit_clauses(emitter, select, rowid_of);
    emitter->scope = scope.outer;
    emitter->depth--;
    return status;
}
