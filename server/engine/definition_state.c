/* SET CONSTRAINTS ... ENABLED, DISABLED: the states are written into the catalog. Foreign keys are
 * then put in or out of force; for others the table is made anew, which tells rows that do not meet
 * what is enabled again. */
#include "server/engine/definition_inside.h"

#include "sql/text.h"
#include "sql/tokenizer.h"

#include <stdio.h>

struct states {
    struct sqli_definition *definition;
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;   /* the next one */
    const char *state;         /* "E" or "D" */
    struct sqli_buffer keys;   /* numbers of the foreign keys that have changed */
    struct sqli_buffer tables; /* numbers of those to be made anew */
};

/* What each statement that writes states gives: the table, and the number of a foreign key. */
#define CHANGED                                                                      \
    " RETURNING tabid, (SELECT k.constrid FROM %s.sysconstraints k WHERE k.tabid = " \
    "sysobjstate.tabid AND k.constrname = name AND k.constrtype = 'R')"

static enum sqli_status changed(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct states *s = context;
    bool key = sqlite3_column_type(row, 1) != SQLITE_NULL;
    struct sqli_buffer *list = key ? &s->keys : &s->tables;
    uint32_t number = (uint32_t)sqlite3_column_int(row, key ? 1 : 0);
    for (size_t at = 0; at + 4 <= list->length; at += 4)
        if (sqli__load32(list->data + at) == number)
            return SQLI_OK;
    sqli__buffer_32(list, number);
    return sqli__buffer_status(list, error);
}

/* --- the names --- */

static void next_word(struct states *s)
{
    sqli__tokenizer_next_word(&s->tokenizer, &s->token);
}

static bool take_keyword(struct states *s, enum sqli_keyword keyword)
{
    if (s->token.keyword != keyword)
        return false;
    next_word(s);
    return true;
}

/* [owner.]name: what stands last. */
static struct sqli_span take_name(struct states *s)
{
    char name[SQLI_NAME_MAX + 1] = "";
    size_t length = 0;
    for (bool more = true; more;) {
        struct sqli_span word = sqli__token_text(s->tokenizer.text, &s->token);
        length = word.length <= SQLI_NAME_MAX ? word.length : 0;
        if (length && s->token.kind == SQLI_TOKEN_IDENTIFIER)
            sqli__sql_fold(word, name);
        else if (length)
            length = sqli__sql_unquote(word, name);
        next_word(s);
        more = s->token.kind == SQLI_TOKEN_DOT;
        if (more)
            next_word(s);
    }
    return sqli__arena_copy(&s->definition->arena, sqli__span(name, length));
}

/* --- the catalog --- */

#define CONSTRAINT_OF_STATE \
    "%s.sysconstraints k ON k.tabid = o.tabid AND k.constrname = o.name AND o.objtype = 'C'"

static enum sqli_status write_state(struct states *s, const char *where, struct sqli_span name,
                                    int32_t tabid)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "UPDATE %%s.sysobjstate SET state = ?1 WHERE objtype = 'C' AND state <> ?1 AND %s%s",
             where, CHANGED);
    return sqli__definition_ask(s->definition, changed, s, sql, "tsi", s->state, name, tabid);
}

static enum sqli_status set_named(struct states *s, struct sqli_span name)
{
    struct sqli_definition *d = s->definition;
    int32_t kind = 0;
    SQLI_TRY(sqli__definition_ask(d, sqli__on_number, &kind,
                                  "SELECT unicode(constrtype) FROM %s.sysconstraints WHERE "
                                  "constrname = ?",
                                  "s", name));
    if (!kind)
        return sqli__definition_fail(d, SQLI_E_CONSTRAINT_NOT_FOUND, 0, name);
    if (kind == SQLI_CONSTRAINT_NOT_NULL)
        return sqli__fail(d->error, SQLI_E_NOT_IMPLEMENTED, "SET CONSTRAINTS of NOT NULL");
    return write_state(s, "name = ?2 AND ?3 = 0", name, 0);
}

static enum sqli_status set_of_table(struct states *s, struct sqli_span name)
{
    const struct sqli_object_name object = {.name = {.text = name}};
    const struct sqli_table *table;
    SQLI_TRY(sqli__definition_table(s->definition, &object, &table));
    return write_state(s,
                       "tabid = ?3 AND ?2 IS NOT NULL AND name NOT IN (SELECT constrname FROM "
                       "%s.sysconstraints WHERE tabid = ?3 AND constrtype = 'N')",
                       name, table->tabid);
}

/* A foreign key cannot be enabled while what it refers to is not. */
static enum sqli_status follow_parents(struct states *s)
{
    return sqli__definition_ask(
        s->definition, changed, s,
        "UPDATE %s.sysobjstate SET state = 'D' WHERE objtype = 'C' AND state = 'E' AND (tabid, "
        "name) IN (SELECT c.tabid, c.constrname FROM %s.sysobjstate o JOIN " CONSTRAINT_OF_STATE
        " JOIN %s.sysreferences r ON r.primary_ = k.constrid JOIN %s.sysconstraints c ON "
        "c.constrid = r.constrid WHERE o.state = 'D')" CHANGED,
        "");
}

/* --- the tables --- */

/* What a row does not meet has a code for each kind of constraint; here they have one. */
static enum sqli_status violated(struct sqli_definition *definition, struct sqli_span table)
{
    switch (definition->error->code) {
    case SQLI_E_INDEX_DUPLICATES:
    case SQLI_E_REFERENCE_UNMET:
    case SQLI_E_CHECK_CONSTRAINT:
        return sqli__definition_fail(definition, SQLI_E_INTEGRITY, 0, table);
    default: return SQLI_FAIL;
    }
}

static enum sqli_status remake(struct states *s, int32_t tabid)
{
    struct sqli_kept_texts names = {.definition = s->definition};
    SQLI_TRY(sqli__definition_ask(s->definition, sqli__on_kept_text, &names,
                                  "SELECT tabid, tabname FROM %s.systables WHERE tabid = ?", "i",
                                  tabid));
    const struct sqli_object_name name = {.name = {.text = names.first->text}};
    if (sqli__remake_table(s->definition, &name) == SQLI_OK)
        return SQLI_OK;
    return violated(s->definition, name.name.text);
}

/* --- foreign keys --- */

struct key {
    struct sqli_definition *definition;
    struct sqli_new_constraint now;
    struct sqli_constraint from;
    int32_t child;
};

static enum sqli_status on_key(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct key *key = context;
    const char *name = (const char *)sqlite3_column_text(row, 4);
    const char *schema = (const char *)sqlite3_column_text(row, 5);
    key->child = sqlite3_column_int(row, 0);
    key->now.parent = sqlite3_column_int(row, 1);
    key->from.cascade = sqlite3_column_int(row, 2) != 0;
    key->from.disabled = sqlite3_column_int(row, 3) != 0;
    key->now.name = sqli__arena_copy(&key->definition->arena, sqli__span_text(name ? name : ""));
    sqli__read_foreign_key(sqli__span_text(schema ? schema : ""), &key->now);
    while (key->now.count < SQLI_INDEX_PARTS && key->now.columns[key->now.count])
        key->now.count++;
    return sqli__arena_status(&key->definition->arena, error);
}

static enum sqli_status read_key(struct key *key)
{
    return sqli__definition_ask(
        key->definition, on_key, key,
        "SELECT k.tabid, r.ptabid, r.delrule = 'C', o.state = 'D', k.constrname, (SELECT sql FROM "
        "%s.sqlite_schema WHERE type = 'table' AND name = 't' || k.tabid) FROM %s.sysobjstate o "
        "JOIN " CONSTRAINT_OF_STATE
        " JOIN %s.sysreferences r ON r.constrid = k.constrid WHERE k.constrid = ?",
        "i", key->now.constrid);
}

static enum sqli_status change_key(struct states *s, int32_t constrid)
{
    struct sqli_definition *d = s->definition;
    struct key key = {.definition = d,
                      .now = {.kind = SQLI_CONSTRAINT_FOREIGN, .constrid = constrid}};
    key.now.from = &key.from;
    SQLI_TRY(read_key(&key));
    const struct sqli_reference reference = {constrid, key.child};
    const struct sqli_new_table child = {
        .table = {.tabid = key.child}, .constraints = &key.now, .constraint_count = 1};
    SQLI_TRY(sqli__drop_triggers(d, constrid));
    SQLI_TRY(sqli__cut_foreign_key(d, &reference));
    SQLI_TRY(sqli__add_foreign_keys(d, &child));
    if (key.from.disabled)
        return SQLI_OK;
    SQLI_TRY(sqli__make_triggers(d, key.child, &key.now));
    if (sqli__check_foreign_key(d, key.child, &key.now) == SQLI_OK)
        return SQLI_OK;
    return violated(d, key.now.name);
}

static enum sqli_status set_states(struct states *s)
{
    next_word(s);
    /* SET CONSTRAINTS, INDEXES, TRIGGERS FOR: the others have no state. */
    while (s->token.kind == SQLI_TOKEN_COMMA) {
        next_word(s);
        next_word(s);
    }
    if (take_keyword(s, SQLI_KEYWORD_FOR)) {
        SQLI_TRY(set_of_table(s, take_name(s)));
    } else {
        do {
            if (s->token.kind == SQLI_TOKEN_COMMA)
                next_word(s);
            SQLI_TRY(set_named(s, take_name(s)));
        } while (s->token.kind == SQLI_TOKEN_COMMA);
    }
    return follow_parents(s);
}

static enum sqli_status apply_states(struct states *s)
{
    for (size_t at = 0; at + 4 <= s->tables.length; at += 4)
        SQLI_TRY(remake(s, (int32_t)sqli__load32(s->tables.data + at)));
    for (size_t at = 0; at + 4 <= s->keys.length; at += 4)
        SQLI_TRY(change_key(s, (int32_t)sqli__load32(s->keys.data + at)));
    return s->keys.length ? sqli__reread_schema(s->definition) : SQLI_OK;
}

enum sqli_status sqli__set_constraints(struct sqli_definition *definition,
                                       const struct sqli_set *set)
{
    unsigned options =
        sqli__catalog_delimident(definition->context->catalog) ? SQLI_SQL_DELIMIDENT : 0;
    struct states s = {.definition = definition, .state = "E"};
    sqli__tokenizer_init(&s.tokenizer, set->value, options);
    const struct sqli_tokenizer begin = s.tokenizer;
    do {
        next_word(&s);
        if (s.token.keyword == SQLI_KEYWORD_DISABLED)
            s.state = "D";
    } while (s.token.kind != SQLI_TOKEN_END);
    s.tokenizer = begin;
    sqli__buffer_init(&s.tables, 1 << 20);
    sqli__buffer_init(&s.keys, 1 << 20);
    enum sqli_status status = set_states(&s);
    if (status == SQLI_OK)
        status = apply_states(&s);
    sqli__buffer_free(&s.keys);
    sqli__buffer_free(&s.tables);
    return status;
}
