/* Sources and joins, among them Informix's own OUTER.
 *
 * `FROM a, OUTER b WHERE a.x = b.x AND a.y > 1` keeps every row of a, the dominant table: whatever
 * the WHERE says about b, the subservient one, only decides which rows of b go with it. So each
 * condition that mentions a source inside an OUTER becomes part of the ON of a LEFT JOIN, that of
 * the innermost OUTER around any source it mentions, and the others stay. Of the sources outside
 * that OUTER it may mention those that the OUTER is joined to: the plain ones beside it. */
#include "server/front/emit_parts.h"

struct condition {
    struct condition *next;
    const struct sqli_expr *expr;
};

/* A list of sources: that of FROM, or of an OUTER. */
struct level {
    const struct sqli_source *members;
    const struct sqli_source *whole; /* the FROM, to tell its sources from those of outer queries */
    const struct condition *conditions; /* of the WHERE, all that are tied by AND */
};

/* --- which sources a condition mentions --- */

static bool holds(const struct sqli_source *list, const struct sqli_source *source);

static bool is_or_holds(const struct sqli_source *one, const struct sqli_source *source)
{
    if (one->kind == SQLI_SOURCE_JOIN)
        return is_or_holds(one->left, source) || is_or_holds(one->right, source);
    return one->kind == SQLI_SOURCE_OUTER ? holds(one->members, source) : one == source;
}

static bool holds(const struct sqli_source *list, const struct sqli_source *source)
{
    for (; list; list = list->next)
        if (is_or_holds(list, source))
            return true;
    return false;
}

/* Inside an OUTER that stands directly in the list. */
static bool holds_outer(const struct sqli_source *list, const struct sqli_source *source)
{
    for (; list; list = list->next)
        if (list->kind == SQLI_SOURCE_OUTER && holds(list->members, source))
            return true;
    return false;
}

/* What a condition is to one OUTER of a level. */
struct mention {
    const struct level *level;
    const struct sqli_source *outer;
    bool inside, deeper, dominant, sibling, elsewhere;
};

static void mention_source(void *context, const struct sqli_source *source)
{
    struct mention *mention = context;
    if (holds(mention->outer->members, source)) {
        mention->inside = true;
        mention->deeper |= holds_outer(mention->outer->members, source);
    } else if (holds_outer(mention->level->members, source)) {
        mention->sibling = true;
    } else if (holds(mention->level->members, source)) {
        mention->dominant = true;
    } else if (holds(mention->level->whole, source)) {
        mention->elsewhere = true;
    }
}

static struct mention mention_of(const struct level *level, const struct sqli_source *outer,
                                 const struct sqli_expr *condition)
{
    struct mention mention = {.level = level, .outer = outer};
    struct sqli_source_visit visit = {mention_source, &mention, 0};
    sqli__visit_sources(&visit, condition);
    return mention;
}

static void note_outer(void *context, const struct sqli_source *source)
{
    struct mention *mention = context;
    mention->inside |= holds_outer(mention->level->whole, source);
}

static bool mentions_any_outer(const struct level *level, const struct sqli_expr *condition)
{
    struct mention mention = {.level = level};
    struct sqli_source_visit visit = {note_outer, &mention, 0};
    sqli__visit_sources(&visit, condition);
    return mention.inside;
}

static enum sqli_status collect(struct sqli_emitter *emitter, const struct sqli_expr *expr,
                                struct condition ***end)
{
    if (expr->kind == SQLI_EXPR_AND) {
        if (++emitter->depth > SQLI_EMIT_DEPTH)
            return sqli__emit_too_deep(emitter);
        for (const struct sqli_expr *term = expr->args; term; term = term->next)
            SQLI_TRY(collect(emitter, term, end));
        emitter->depth--;
        return SQLI_OK;
    }
    struct condition *condition = sqli__arena_alloc(&emitter->arena, 1, sizeof(*condition));
    if (!condition)
        return sqli__arena_status(&emitter->arena, emitter->error);
    condition->expr = expr;
    **end = condition;
    *end = &condition->next;
    return SQLI_OK;
}

/* --- sources --- */

static enum sqli_status emit_source(struct sqli_emitter *emitter, const struct sqli_source *source,
                                    bool leftmost);

static void emit_alias(struct sqli_emitter *emitter, const struct sqli_source *source)
{
    sqli__buffer_format(emitter->sql, " AS s%u", (unsigned)source->number);
}

static enum sqli_status emit_table(struct sqli_emitter *emitter, const struct sqli_source *source)
{
    if (!source->table)
        return sqli__emit_unexpected(emitter, "source without its table", (int)source->number);
    sqli__buffer_span(emitter->sql, source->table->physical);
    emit_alias(emitter, source);
    return SQLI_OK;
}

static enum sqli_status emit_derived(struct sqli_emitter *emitter, const struct sqli_source *source)
{
    if (!source->select)
        return sqli__emit_unexpected(emitter, "source without its query", (int)source->number);
    uint32_t with = sqli__emit_with_number(emitter, source->select);
    if (with > 0) {
        sqli__buffer_format(emitter->sql, "w%u", (unsigned)with);
    } else {
        sqli__emit_text(emitter, "(");
        emitter->open += SQLI_EMIT_OPEN_SELECT;
        SQLI_TRY(sqli__emit_query(emitter, source->select, NULL));
        emitter->open -= SQLI_EMIT_OPEN_SELECT;
        sqli__emit_text(emitter, ")");
    }
    emit_alias(emitter, source);
    return SQLI_OK;
}

/* x_each gives the elements of a collection, in the storage form of their type. */
static enum sqli_status emit_elements(struct sqli_emitter *emitter,
                                      const struct sqli_source *source)
{
    if (!source->call || !source->call->schema)
        return sqli__emit_unexpected(emitter, "collection without a type", (int)source->number);
    sqli__emit_text(emitter, "x_each(");
    emitter->open += SQLI_EMIT_OPEN_JOIN;
    SQLI_TRY(sqli__emit_root(emitter, source->call));
    emitter->open -= SQLI_EMIT_OPEN_JOIN;
    sqli__emit_text(emitter, ", ");
    SQLI_TRY(sqli__emit_type(emitter, source->call->schema));
    sqli__emit_text(emitter, ")");
    emit_alias(emitter, source);
    return SQLI_OK;
}

/* x_rows gives what the routine returns, as c1, c2, ... */
static enum sqli_status emit_routine(struct sqli_emitter *emitter, const struct sqli_source *source)
{
    if (!source->call)
        return sqli__emit_unexpected(emitter, "routine", (int)source->number);
    emitter->open += SQLI_EMIT_OPEN_JOIN;
    SQLI_TRY(sqli__emit_root(emitter, source->call));
    emitter->open -= SQLI_EMIT_OPEN_JOIN;
    emit_alias(emitter, source);
    return SQLI_OK;
}

/* LEFT JOIN and the inner ones read the same from left to right and in parentheses; RIGHT and FULL
 * would take in everything that stands before them. */
static bool keeps_right(const struct sqli_source *source)
{
    for (; source->kind == SQLI_SOURCE_JOIN; source = source->left)
        if (source->join == SQLI_JOIN_RIGHT || source->join == SQLI_JOIN_FULL)
            return true;
    return false;
}

static enum sqli_status emit_join_parts(struct sqli_emitter *emitter,
                                        const struct sqli_source *join);

/* A join on the left stands without parentheses, and leaves nothing open for the one around it. */
static enum sqli_status emit_left(struct sqli_emitter *emitter, const struct sqli_source *left)
{
    if (left->kind != SQLI_SOURCE_JOIN)
        return emit_source(emitter, left, true);
    if (++emitter->depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    SQLI_TRY(emit_join_parts(emitter, left));
    emitter->depth--;
    return SQLI_OK;
}

static enum sqli_status emit_join_parts(struct sqli_emitter *emitter,
                                        const struct sqli_source *join)
{
    static const char *const words[] = {
        [SQLI_JOIN_INNER] = " JOIN ",       [SQLI_JOIN_LEFT] = " LEFT JOIN ",
        [SQLI_JOIN_RIGHT] = " RIGHT JOIN ", [SQLI_JOIN_FULL] = " FULL JOIN ",
        [SQLI_JOIN_CROSS] = " JOIN ",
    };
    if (join->join > SQLI_JOIN_CROSS || !join->left || !join->right)
        return sqli__emit_unexpected(emitter, "join", (int)join->join);
    SQLI_TRY(emit_left(emitter, join->left));
    sqli__emit_text(emitter, words[join->join]);
    SQLI_TRY(emit_source(emitter, join->right, false));
    if (!join->on)
        return SQLI_OK;
    sqli__emit_text(emitter, " ON ");
    return sqli__emit_root(emitter, join->on);
}

static enum sqli_status emit_join(struct sqli_emitter *emitter, const struct sqli_source *join,
                                  bool parentheses)
{
    if (++emitter->depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    emitter->open += SQLI_EMIT_OPEN_JOIN;
    sqli__emit_text(emitter, parentheses ? "(" : "");
    SQLI_TRY(emit_join_parts(emitter, join));
    sqli__emit_text(emitter, parentheses ? ")" : "");
    emitter->open -= SQLI_EMIT_OPEN_JOIN;
    emitter->depth--;
    return SQLI_OK;
}

static enum sqli_status emit_source(struct sqli_emitter *emitter, const struct sqli_source *source,
                                    bool leftmost)
{
    switch (source->kind) {
    case SQLI_SOURCE_TABLE: return emit_table(emitter, source);
    case SQLI_SOURCE_SELECT: return emit_derived(emitter, source);
    case SQLI_SOURCE_COLLECTION: return emit_elements(emitter, source);
    case SQLI_SOURCE_ROUTINE: return emit_routine(emitter, source);
    case SQLI_SOURCE_JOIN: return emit_join(emitter, source, !leftmost);
    case SQLI_SOURCE_OUTER: break;
    }
    return sqli__emit_unexpected(emitter, "source", (int)source->kind);
}

/* --- OUTER --- */

/* A subservient table goes with the tables it is OUTER to, and with no other outer one. */
static enum sqli_status check_mention(struct sqli_emitter *emitter, const struct mention *mention)
{
    if (mention->sibling)
        return sqli__fail(emitter->error, SQLI_E_OUTER_JOIN_TWO_SIDED, NULL);
    if (mention->elsewhere)
        return sqli__fail(emitter->error, SQLI_E_OUTER_JOIN_NESTED, NULL);
    return SQLI_OK;
}

static enum sqli_status emit_on(struct sqli_emitter *emitter, const struct level *level,
                                const struct sqli_source *outer)
{
    bool joined = false;
    const char *before = " ON ";
    for (const struct condition *one = level->conditions; one; one = one->next) {
        struct mention mention = mention_of(level, outer, one->expr);
        if (!mention.inside || mention.deeper)
            continue;
        SQLI_TRY(check_mention(emitter, &mention));
        joined |= mention.dominant;
        sqli__emit_text(emitter, before);
        SQLI_TRY(sqli__emit_root(emitter, one->expr));
        before = " AND ";
    }
    return joined ? SQLI_OK : sqli__fail(emitter->error, SQLI_E_OUTER_JOIN_PRODUCT, NULL);
}

static enum sqli_status emit_level(struct sqli_emitter *emitter, const struct level *level);

static enum sqli_status emit_outer(struct sqli_emitter *emitter, const struct level *level,
                                   const struct sqli_source *outer)
{
    struct level inner = {outer->members, level->whole, level->conditions};
    if (++emitter->depth > SQLI_EMIT_DEPTH)
        return sqli__emit_too_deep(emitter);
    bool single = outer->members && !outer->members->next;
    emitter->open += SQLI_EMIT_OPEN_JOIN;
    sqli__emit_text(emitter, single ? " LEFT JOIN " : " LEFT JOIN (");
    if (single && outer->members->kind == SQLI_SOURCE_JOIN)
        SQLI_TRY(emit_source(emitter, outer->members, false));
    else
        SQLI_TRY(emit_level(emitter, &inner));
    sqli__emit_text(emitter, single ? "" : ")");
    SQLI_TRY(emit_on(emitter, level, outer));
    emitter->open -= SQLI_EMIT_OPEN_JOIN;
    emitter->depth--;
    return SQLI_OK;
}

static enum sqli_status emit_level(struct sqli_emitter *emitter, const struct level *level)
{
    bool first = true;
    for (const struct sqli_source *one = level->members; one; one = one->next) {
        if (one->kind == SQLI_SOURCE_OUTER)
            continue;
        sqli__emit_text(emitter, first ? "" : ", ");
        SQLI_TRY(emit_source(emitter, one, first || !keeps_right(one)));
        first = false;
    }
    if (first)
        return sqli__fail(emitter->error, SQLI_E_OUTER_JOIN_PRODUCT, NULL);
    for (const struct sqli_source *one = level->members; one; one = one->next)
        if (one->kind == SQLI_SOURCE_OUTER)
            SQLI_TRY(emit_outer(emitter, level, one));
    return SQLI_OK;
}

/* --- a break in the middle of a write --- */

/* One for each table, so that each loop has its own; a rowid costs nothing, also in an index. */
static void emit_polls(struct sqli_emitter *emitter, const struct sqli_source *one, uint32_t *count)
{
    if (!one)
        return;
    if (one->kind == SQLI_SOURCE_TABLE && one->table) {
        sqli__buffer_format(emitter->sql, "%sx_poll(s%u.", *count ? " AND " : " WHERE ",
                            (unsigned)one->number);
        if (one->table->system)
            sqli__emit_identifier(emitter, one->table->columns[0].physical);
        else
            sqli__emit_text(emitter, "rowid");
        sqli__emit_text(emitter, ")");
        ++*count;
    }
    emit_polls(emitter, one->left, count);
    emit_polls(emitter, one->right, count);
    for (const struct sqli_source *member = one->members; member; member = member->next)
        emit_polls(emitter, member, count);
}

/* A query alone in a FROM looks for itself. */
static bool has_own_loop(const struct sqli_source *from)
{
    return from && (from->next || from->kind != SQLI_SOURCE_SELECT);
}

/* SQLite drops the whole transaction when its own interrupt ends a write. So one looks for the
 * break itself, once for each row of its joins, and then fails like any other statement. */
static bool emit_poll(struct sqli_emitter *emitter, const struct sqli_source *from)
{
    uint32_t count = 0;
    if (!emitter->polls || (!emitter->target && !has_own_loop(from)))
        return false;
    emit_polls(emitter, emitter->target, &count);
    emitter->target = NULL;
    for (; from; from = from->next)
        emit_polls(emitter, from, &count);
    sqli__emit_text(emitter, count ? "" : " WHERE x_poll()");
    return true;
}

static bool has_outer(const struct sqli_source *from)
{
    while (from && from->kind != SQLI_SOURCE_OUTER)
        from = from->next;
    return from != NULL;
}

static enum sqli_status emit_with_outer(struct sqli_emitter *emitter,
                                        const struct sqli_source *from,
                                        const struct sqli_expr *where)
{
    struct condition *conditions = NULL, **end = &conditions;
    if (where)
        SQLI_TRY(collect(emitter, where, &end));
    struct level level = {from, from, conditions};
    sqli__emit_text(emitter, " FROM ");
    SQLI_TRY(emit_level(emitter, &level));
    const char *before = emit_poll(emitter, from) ? " AND " : " WHERE ";
    for (const struct condition *one = conditions; one; one = one->next) {
        if (mentions_any_outer(&level, one->expr))
            continue;
        sqli__emit_text(emitter, before);
        SQLI_TRY(sqli__emit_root(emitter, one->expr));
        before = " AND ";
    }
    return SQLI_OK;
}

enum sqli_status sqli__emit_from_where(struct sqli_emitter *emitter, const struct sqli_source *from,
                                       const struct sqli_expr *where)
{
    if (has_outer(from))
        return emit_with_outer(emitter, from, where);
    struct level level = {from, from, NULL};
    sqli__emit_text(emitter, from ? " FROM " : "");
    if (from)
        SQLI_TRY(emit_level(emitter, &level));
    sqli__emit_text(emitter, emitter->in_order ? " NOT INDEXED" : "");
    emitter->in_order = false;
    bool polls = emit_poll(emitter, from);
    if (!where)
        return SQLI_OK;
    sqli__emit_text(emitter, polls ? " AND " : " WHERE ");
    emitter->open += polls ? SQLI_EMIT_OPEN_AND : 0;
    SQLI_TRY(sqli__emit_root(emitter, where));
    emitter->open -= polls ? SQLI_EMIT_OPEN_AND : 0;
    return SQLI_OK;
}
