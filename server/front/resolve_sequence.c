/* NEXTVAL and CURRVAL of sequences. */
#include "server/front/resolve_inside.h"
#include "value/scan.h"

/* A row has one value of a sequence, however often it asks for the next: the first mention draws
 * it, and all others see it. CURRVAL that stands before NEXTVAL means the same value, too. */
struct sqli_sequence_use {
    struct sqli_sequence_use *next;
    const struct sqli_table *table;
    struct sqli_expr *first; /* the first mention */
    bool drawn;
};

static struct sqli_sequence_use *find_use(struct sqli_resolver *r, const struct sqli_table *table,
                                          struct sqli_expr *expr, bool *fresh)
{
    struct sqli_sequence_use *use = r->sequences;
    while (use && !sqli__span_equal(use->table->physical, table->physical))
        use = use->next;
    *fresh = !use;
    if (use)
        return use;
    use = SQLI_NEW(r, struct sqli_sequence_use);
    if (!use)
        return NULL;
    *use = (struct sqli_sequence_use){r->sequences, table, expr, false};
    r->sequences = use;
    return use;
}

static enum sqli_status become_nextval(struct sqli_resolver *r, struct sqli_expr *expr,
                                       const struct sqli_table *table)
{
    const struct sqli_sequence *s = table->sequence;
    struct sqli_type type = {.code = SQLI_TYPE_BIGINT};
    uint32_t at = expr->at;
    sqli__resolve_become_call(expr, "x_nextval", &type);
    expr->nullable = false;
    sqli__resolve_args(expr, sqli__resolve_number(r, at, sqli__catalog_counter(r->catalog, table)),
                       sqli__resolve_number(r, at, s->start),
                       sqli__resolve_number(r, at, s->increment),
                       sqli__resolve_number(r, at, s->most), sqli__resolve_number(r, at, s->least),
                       sqli__resolve_number(r, at, s->cycle), NULL);
    return sqli__resolve_status(r);
}

static enum sqli_status become_currval(struct sqli_resolver *r, struct sqli_expr *expr,
                                       const struct sqli_table *table)
{
    struct sqli_type type = {.code = SQLI_TYPE_BIGINT};
    uint32_t at = expr->at;
    sqli__resolve_become_call(expr, "x_currval", &type);
    expr->nullable = false;
    sqli__resolve_args(expr, sqli__resolve_number(r, at, sqli__catalog_counter(r->catalog, table)),
                       sqli__resolve_text(r, at, table->name), NULL);
    return sqli__resolve_status(r);
}

static enum sqli_status use_sequence(struct sqli_resolver *r, struct sqli_expr *expr,
                                     const struct sqli_table *table, bool next)
{
    bool fresh;
    struct sqli_sequence_use *use = find_use(r, table, expr, &fresh);
    if (!use)
        return sqli__resolve_status(r);
    if (!next || use->drawn)
        return become_currval(r, expr, table);
    use->drawn = true;
    if (fresh)
        return become_nextval(r, expr, table);
    SQLI_TRY(become_nextval(r, use->first, table));
    return become_currval(r, expr, table);
}

enum sqli_status sqli__resolve_sequence(struct sqli_resolver *r, struct sqli_expr *expr, bool *done)
{
    const struct sqli_path *path = expr->path;
    const struct sqli_span none = {NULL, 0};
    const struct sqli_table *table;
    uint32_t at = path->count - 1;
    *done = false;
    if (path->count < 2)
        return SQLI_OK;
    bool next = sqli__span_is_word(path->names[at].text, "nextval");
    if (!next && !sqli__span_is_word(path->names[at].text, "currval"))
        return SQLI_OK;
    struct sqli_span name = path->names[--at].text;
    bool owned = at > (path->has_database ? 1U : 0U);
    struct sqli_span owner = owned ? path->names[--at].text : none;
    struct sqli_span database = path->has_database ? path->names[0].text : none;
    SQLI_TRY(sqli__catalog_table(r->catalog, database, owner, name, &table, r->error));
    if (!table || table->kind != 'Q' || !table->sequence)
        return sqli__resolve_fail_name(r, expr->at, SQLI_E_SEQUENCE_NOT_FOUND, name);
    *done = true;
    if (r->on_use || r->kept)
        return sqli__resolve_fail_name(r, expr->at, SQLI_E_SEQUENCE_CONTEXT, name);
    return use_sequence(r, expr, table, next);
}
