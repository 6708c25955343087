/* Makers of ALTER TABLE, of views, synonyms, sequences and types, of MERGE, and of windows. */
#include "server/front/parse_inside.h"
#include "sql/text.h"
#include "value/scan.h"

void sqli__parse_expect(struct sqli_parse *p, const struct sqli_lexeme *word,
                        enum sqli_keyword keyword)
{
    if (word->keyword != keyword)
        sqli__parse_syntax(p, word->at);
}

/* --- windows --- */

struct sqli_expr *sqli__make_window(struct sqli_parse *p, struct sqli_expr *call, uint32_t at,
                                    struct sqli_window window)
{
    struct sqli_window *made = sqli__parse_node(p, sizeof *made);
    *made = window;
    made->at = at;
    if (call->window)
        sqli__parse_syntax(p, at);
    call->window = made;
    call->end = p->previous.end;
    return call;
}

struct sqli_frame_bound sqli__make_bound(struct sqli_parse *p, struct sqli_expr *offset,
                                         const struct sqli_lexeme *direction)
{
    bool preceding = direction->keyword == SQLI_KEYWORD_PRECEDING;
    if (!preceding)
        sqli__parse_expect(p, direction, SQLI_KEYWORD_FOLLOWING);
    enum sqli_bound_kind unbounded = preceding ? SQLI_BOUND_FIRST : SQLI_BOUND_LAST;
    enum sqli_bound_kind bounded = preceding ? SQLI_BOUND_PRECEDING : SQLI_BOUND_FOLLOWING;
    return (struct sqli_frame_bound){offset ? bounded : unbounded, offset};
}

/* The end may not come before the start. */
struct sqli_window sqli__make_frame(struct sqli_parse *p, const struct sqli_lexeme *unit,
                                    struct sqli_frame_bound start, struct sqli_frame_bound end)
{
    bool rows = unit->keyword == SQLI_KEYWORD_ROWS;
    if (!rows)
        sqli__parse_expect(p, unit, SQLI_KEYWORD_RANGE);
    if (start.kind > end.kind || start.kind == SQLI_BOUND_LAST || end.kind == SQLI_BOUND_FIRST)
        sqli__parse_syntax(p, unit->at);
    return (struct sqli_window){
        .unit = rows ? SQLI_FRAME_ROWS : SQLI_FRAME_RANGE, .start = start, .end = end};
}

/* --- MERGE --- */

/* One action for rows that match, and one for those that do not. */
struct sqli_merge_actions sqli__merge_add(struct sqli_parse *p, struct sqli_merge_actions list,
                                          struct sqli_merge_actions more)
{
    if (list.insert == more.insert)
        sqli__parse_syntax(p, more.at);
    if (more.insert) {
        list.insert = true;
        list.columns = more.columns;
        list.values = more.values;
        return list;
    }
    list.update = more.update;
    list.remove = more.remove;
    return list;
}

void sqli__set_merge(struct sqli_parse *p, struct sqli_object_name table, struct sqli_alias alias,
                     struct sqli_source *source, struct sqli_expr *on,
                     const struct sqli_merge_actions *actions)
{
    struct sqli_merge *merge = sqli__parse_node(p, sizeof *merge);
    *merge = (struct sqli_merge){.table = table,
                                 .alias = alias.name,
                                 .source = source,
                                 .on = on,
                                 .update = actions->update,
                                 .remove = actions->remove};
    if (actions->insert) {
        struct sqli_insert *insert = sqli__parse_node(p, sizeof *insert);
        *insert = (struct sqli_insert){.table = table,
                                       .columns = sqli__names_array(p, actions->columns),
                                       .column_count = actions->columns.count,
                                       .values = actions->values.first};
        merge->insert = insert;
    }
    sqli__set_statement(p, SQLI_STMT_MERGE);
    p->tree->as.merge = merge;
}

/* --- ALTER TABLE --- */

struct sqli_alter_actions sqli__alter_join(struct sqli_alter_actions list,
                                           struct sqli_alter_actions more)
{
    if (!list.first)
        return more;
    if (more.first) {
        list.last->next = more.first;
        list.last = more.last;
    }
    return list;
}

static struct sqli_alter_actions action_of(struct sqli_parse *p, struct sqli_alter_action action)
{
    struct sqli_alter_action *made = sqli__parse_node(p, sizeof *made);
    *made = action;
    return (struct sqli_alter_actions){made, made};
}

struct sqli_alter_actions sqli__alter_column(struct sqli_parse *p, enum sqli_alter_kind kind,
                                             struct sqli_column_definition *column,
                                             struct sqli_name before)
{
    return action_of(p,
                     (struct sqli_alter_action){
                         .kind = kind, .column = column, .name = column->name, .before = before});
}

struct sqli_alter_actions sqli__alter_constraint(struct sqli_parse *p,
                                                 struct sqli_constraint *constraint)
{
    return action_of(
        p, (struct sqli_alter_action){.kind = SQLI_ALTER_CONSTRAINT, .constraint = constraint});
}

struct sqli_alter_actions sqli__alter_names(struct sqli_parse *p, enum sqli_alter_kind kind,
                                            struct sqli_names names)
{
    struct sqli_alter_actions list = {.first = NULL};
    const struct sqli_name *name = sqli__names_array(p, names);
    for (uint32_t i = 0; name && i < names.count && !p->arena->failed; i++)
        list = sqli__alter_join(
            list, action_of(p, (struct sqli_alter_action){.kind = kind, .name = name[i]}));
    return list;
}

struct sqli_alter_actions sqli__alter_word(struct sqli_parse *p, enum sqli_alter_kind kind,
                                           struct sqli_name word)
{
    return action_of(p, (struct sqli_alter_action){.kind = kind, .name = word});
}

void sqli__set_alter(struct sqli_parse *p, struct sqli_object_name name,
                     struct sqli_alter_actions actions)
{
    struct sqli_alter_table *alter = sqli__parse_node(p, sizeof *alter);
    alter->name = name;
    alter->actions = actions.first;
    sqli__set_statement(p, SQLI_STMT_ALTER_TABLE);
    p->tree->as.alter_table = alter;
}

/* --- views, synonyms, types --- */

void sqli__set_view(struct sqli_parse *p, struct sqli_create_view view, struct sqli_names columns,
                    uint32_t from, uint32_t to)
{
    struct sqli_create_view *made = sqli__parse_node(p, sizeof *made);
    *made = view;
    made->columns = sqli__names_array(p, columns);
    made->column_count = columns.count;
    while (from < p->text.length && p->text.data[from] <= ' ')
        from++;
    made->text = sqli__parse_copy(p, from, to ? to : p->previous.end);
    made->text_at = from;
    if (p->parameters)
        sqli__parse_syntax(p, view.name.name.at);
    sqli__set_statement(p, SQLI_STMT_CREATE_VIEW);
    p->tree->as.create_view = made;
}

void sqli__set_synonym(struct sqli_parse *p, struct sqli_create_synonym synonym)
{
    struct sqli_create_synonym *made = sqli__parse_node(p, sizeof *made);
    *made = synonym;
    sqli__set_statement(p, SQLI_STMT_CREATE_SYNONYM);
    p->tree->as.create_synonym = made;
}

void sqli__set_type(struct sqli_parse *p, struct sqli_create_type type)
{
    struct sqli_create_type *made = sqli__parse_node(p, sizeof *made);
    *made = type;
    sqli__set_statement(p, SQLI_STMT_CREATE_TYPE);
    p->tree->as.create_type = made;
}

/* --- sequences --- */

enum { INTO_INCREMENT, INTO_START, INTO_MOST, INTO_LEAST, INTO_RESTART, INTO_CACHE, INTO_NOTHING };

static const struct sequence_word {
    const char *word;
    uint32_t sets;
    uint8_t into; /* the number that follows, or nothing */
    bool cycle, order;
} sequence_words[] = {
    {"increment", SQLI_SEQUENCE_INCREMENT, INTO_INCREMENT, false, false},
    {"start", SQLI_SEQUENCE_START, INTO_START, false, false},
    {"restart", SQLI_SEQUENCE_RESTART, INTO_RESTART, false, false},
    {"maxvalue", SQLI_SEQUENCE_MOST, INTO_MOST, false, false},
    {"nomaxvalue", SQLI_SEQUENCE_NO_MOST, INTO_NOTHING, false, false},
    {"minvalue", SQLI_SEQUENCE_LEAST, INTO_LEAST, false, false},
    {"nominvalue", SQLI_SEQUENCE_NO_LEAST, INTO_NOTHING, false, false},
    {"cycle", SQLI_SEQUENCE_CYCLE, INTO_NOTHING, true, false},
    {"nocycle", SQLI_SEQUENCE_CYCLE, INTO_NOTHING, false, false},
    {"cache", SQLI_SEQUENCE_CACHE, INTO_CACHE, false, false},
    {"nocache", SQLI_SEQUENCE_CACHE, INTO_NOTHING, false, false},
    {"order", SQLI_SEQUENCE_ORDER, INTO_NOTHING, false, true},
    {"noorder", SQLI_SEQUENCE_ORDER, INTO_NOTHING, false, false},
};

/* MAXVALUE and NOMAXVALUE are one option to the rule that each is given once. */
static uint32_t same_option(uint32_t option)
{
    if (option & (SQLI_SEQUENCE_MOST | SQLI_SEQUENCE_NO_MOST))
        return SQLI_SEQUENCE_MOST | SQLI_SEQUENCE_NO_MOST;
    if (option & (SQLI_SEQUENCE_LEAST | SQLI_SEQUENCE_NO_LEAST))
        return SQLI_SEQUENCE_LEAST | SQLI_SEQUENCE_NO_LEAST;
    return option;
}

static const struct sequence_word *find_word(const struct sqli_parse *p,
                                             const struct sqli_lexeme *word)
{
    struct sqli_span text = sqli__span(p->text.data + word->at, word->end - word->at);
    for (size_t i = 0; i < sizeof sequence_words / sizeof sequence_words[0]; i++)
        if (sqli__span_is_word(text, sequence_words[i].word))
            return &sequence_words[i];
    return NULL;
}

static int64_t whole_number(struct sqli_parse *p, bool negative, const struct sqli_lexeme *number)
{
    int64_t value = 0;
    for (uint32_t at = number->at; at < number->end; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, p->text.data[at] - '0', &value))
            sqli__parse_fail(p, SQLI_E_SEQUENCE_VALUE, number->at, NULL);
    if (!negative && value == INT64_MIN)
        sqli__parse_fail(p, SQLI_E_SEQUENCE_VALUE, number->at, NULL);
    return negative || value == INT64_MIN ? value : -value;
}

void sqli__sequence_option(struct sqli_parse *p, struct sqli_sequence_options *options,
                           const struct sqli_lexeme *word, bool negative,
                           const struct sqli_lexeme *number)
{
    int64_t *const into[] = {&options->increment, &options->start,   &options->most,
                             &options->least,     &options->restart, &options->cache};
    const struct sequence_word *line = find_word(p, word);
    bool bare_restart = line && line->into == INTO_RESTART && !number;
    if (!line || ((line->into == INTO_NOTHING) != !number && !bare_restart)) {
        sqli__parse_syntax(p, word->at);
        return;
    }
    if (options->given & same_option(line->sets))
        sqli__parse_fail(p, SQLI_E_SEQUENCE_OPTION_TWICE, word->at, NULL);
    options->given |= line->sets;
    if (number)
        *into[line->into] = whole_number(p, negative, number);
    if (line->sets == SQLI_SEQUENCE_CYCLE)
        options->cycle = line->cycle;
    if (line->sets == SQLI_SEQUENCE_ORDER)
        options->order = line->order;
}

void sqli__set_sequence(struct sqli_parse *p, enum sqli_statement_kind kind,
                        struct sqli_object_name name, bool if_not_exists,
                        const struct sqli_sequence_options *options)
{
    struct sqli_define_sequence *sequence = sqli__parse_node(p, sizeof *sequence);
    sequence->name = name;
    sequence->if_not_exists = if_not_exists;
    sequence->options = *options;
    sqli__set_statement(p, kind);
    p->tree->as.sequence = sequence;
}
