/* What the parts of the parser share: the feeder (parse_feed.c), which makes terminals of tokens,
 * the grammar (grammar.y) and the makers of nodes that its actions call (parse_build.c,
 * parse_statement.c), and the phrases (parse_phrases.c).
 *
 * The makers never return NULL: when the arena is exhausted they hand out the spare node, and the
 * parse ends behind the present token. */
#ifndef SQLI_SERVER_FRONT_PARSE_INSIDE_H
#define SQLI_SERVER_FRONT_PARSE_INSIDE_H

#include "server/front/parse.h"
#include "sql/tokenizer.h"

/* A token as the grammar sees it. */
struct sqli_lexeme {
    enum sqli_token_kind kind;
    enum sqli_keyword keyword;
    uint32_t at; /* in bytes */
    uint32_t end;
    uint32_t from, to; /* DATETIME(...) and INTERVAL(...): what is between the parentheses */
};

enum {
    SQLI_PARSE_AHEAD = 6,     /* tokens that the feeder looks at beyond the present one */
    SQLI_PARSE_DEPTH = 400,   /* of expressions: `a + b + c` has 3 */
    SQLI_PARSE_SELECTS = 500, /* in one statement */
    SQLI_PARSE_JOINS = 500,
};

union sqli_spare_node {
    struct sqli_expr expr;
    struct sqli_source source;
    struct sqli_select select;
    struct sqli_insert insert;
    struct sqli_create_table create_table;
    struct sqli_constraint constraint;
    struct sqli_column_definition column;
    struct sqli_path path;
    struct sqli_update update;
    struct sqli_object object;
    struct sqli_create_view create_view;
    struct sqli_define_sequence sequence;
    struct sqli_create_type create_type;
    struct sqli_alter_action action;
    struct sqli_merge merge;
    struct sqli_window window;
};

struct sqli_parse {
    struct sqli_span text;
    struct sqli_arena *arena;
    struct sqli_error *error;
    enum sqli_status status;
    bool single_byte;
    bool ansi;
    struct sqli_span server;

    /* The feeder. */
    struct sqli_tokenizer tokenizer;
    struct sqli_lexeme ahead[SQLI_PARSE_AHEAD];
    unsigned ahead_count;
    uint32_t taken_end;         /* of the last token that was taken */
    struct sqli_lexeme current; /* what the grammar looks at */
    struct sqli_lexeme previous;
    int previous_terminal;
    int32_t parentheses;
    bool creating;  /* CREATE or DROP is the first word */
    bool qualifier; /* a field was the last, and TO follows */

    uint32_t parameters;
    uint32_t selects;
    uint32_t joins;
    struct sqli_statement_tree *tree;
    struct sqli_expr *expr;
    union sqli_spare_node spare;
};

/* --- parse.c --- */

/* -201 or another code at a byte of the text; the first failure stays. */
void sqli__parse_fail(struct sqli_parse *p, int32_t code, uint32_t at, const char *near);
void sqli__parse_syntax(struct sqli_parse *p, uint32_t at);
/* The name of an owner, as databases that follow ANSI fold it. */
struct sqli_name sqli__parse_owner(struct sqli_parse *p, struct sqli_name name);
/* -908 for a server that is another one. */
void sqli__parse_server(struct sqli_parse *p, const struct sqli_name *name);
void *sqli__parse_node(struct sqli_parse *p, size_t size);
struct sqli_span sqli__parse_copy(struct sqli_parse *p, uint32_t from, uint32_t to);

/* --- parse_feed.c --- */

/* Token `index` beyond the present one, from 0. At the end of the text: SQLI_TOKEN_END. */
const struct sqli_lexeme *sqli__parse_look(struct sqli_parse *p, unsigned index);
/* The next token and its terminal; 0 at the end. Broken tokens fail. */
int sqli__parse_feed(struct sqli_parse *p, struct sqli_lexeme *lexeme);

/* --- parse_phrases.c --- */

/* Statements that are nothing but a few words. False: it is none of them. */
bool sqli__parse_phrase(struct sqli_parse *p);

/* --- parse_build.c: names, expressions --- */

struct sqli_name_link;
struct sqli_names {
    struct sqli_name_link *first, *last;
    uint32_t count;
};
struct sqli_exprs {
    struct sqli_expr *first, *last;
    uint32_t count;
    uint32_t depth;
};
/* A qualifier as it is written; its meaning depends on what it belongs to. */
struct sqli_fields {
    int8_t start, end; /* enum sqli_field */
    int8_t digits;     /* of the first one, 0: not said */
    uint32_t at;
};

struct sqli_name sqli__make_name(struct sqli_parse *p, const struct sqli_lexeme *word);
struct sqli_names sqli__names_add(struct sqli_parse *p, struct sqli_names names,
                                  struct sqli_name name);
struct sqli_name *sqli__names_array(struct sqli_parse *p, struct sqli_names names);
struct sqli_path *sqli__make_path(struct sqli_parse *p, struct sqli_name name);
struct sqli_path *sqli__path_add(struct sqli_parse *p, struct sqli_path *path,
                                 struct sqli_name name);

struct sqli_exprs sqli__exprs_add(struct sqli_exprs list, struct sqli_expr *expr);
struct sqli_expr *sqli__make_expr(struct sqli_parse *p, enum sqli_expr_kind kind, uint32_t at);
void sqli__set_args(struct sqli_parse *p, struct sqli_expr *expr, struct sqli_exprs args);
/* Of a literal: its text, unquoted. */
struct sqli_expr *sqli__make_literal(struct sqli_parse *p, enum sqli_expr_kind kind,
                                     const struct sqli_lexeme *token);
struct sqli_expr *sqli__make_unary(struct sqli_parse *p, enum sqli_expr_kind kind, uint32_t at,
                                   struct sqli_expr *operand);
struct sqli_expr *sqli__make_binary(struct sqli_parse *p, enum sqli_expr_kind kind, int32_t op,
                                    struct sqli_expr *left, struct sqli_expr *right);
/* AND, OR: of one it is that one. */
struct sqli_expr *sqli__make_combined(struct sqli_parse *p, enum sqli_expr_kind kind,
                                      struct sqli_exprs list);
struct sqli_expr *sqli__make_not(struct sqli_parse *p, uint32_t at, struct sqli_expr *operand);
/* The operand and then the list. */
struct sqli_expr *sqli__make_test(struct sqli_parse *p, enum sqli_expr_kind kind, bool negated,
                                  struct sqli_expr *operand, struct sqli_exprs list);
int32_t sqli__compare_op(const struct sqli_lexeme *token);
struct sqli_expr *sqli__make_parameter(struct sqli_parse *p, const struct sqli_lexeme *token);
struct sqli_expr *sqli__make_call(struct sqli_parse *p, struct sqli_path *path,
                                  struct sqli_exprs args);
struct sqli_expr *sqli__make_named_call(struct sqli_parse *p, const struct sqli_lexeme *word,
                                        struct sqli_exprs args);
struct sqli_expr *sqli__make_field(struct sqli_parse *p, struct sqli_expr *row,
                                   struct sqli_name name);
struct sqli_expr *sqli__make_cast(struct sqli_parse *p, uint32_t at, struct sqli_expr *operand,
                                  const struct sqli_type_name *type);
struct sqli_expr *sqli__make_case(struct sqli_parse *p, uint32_t at, struct sqli_expr *operand,
                                  struct sqli_exprs branches, struct sqli_expr *otherwise);
struct sqli_expr *sqli__make_trim(struct sqli_parse *p, uint32_t at, const struct sqli_lexeme *side,
                                  struct sqli_expr *what, struct sqli_expr *from);
struct sqli_expr *sqli__make_select_expr(struct sqli_parse *p, enum sqli_expr_kind kind,
                                         uint32_t at, struct sqli_select *select);
struct sqli_expr *sqli__make_collection(struct sqli_parse *p, const struct sqli_lexeme *word,
                                        struct sqli_exprs elements);
struct sqli_expr *sqli__make_sysdate(struct sqli_parse *p, uint32_t at);

int8_t sqli__field_code(struct sqli_parse *p, const struct sqli_lexeme *unit,
                        const struct sqli_lexeme *digits);
sqli_qualifier sqli__fields_datetime(struct sqli_parse *p, const struct sqli_fields *fields);
sqli_qualifier sqli__fields_interval(struct sqli_parse *p, const struct sqli_fields *fields);
int8_t sqli__small_number(struct sqli_parse *p, const struct sqli_lexeme *digits);
struct sqli_type_name sqli__parse_make_type(struct sqli_parse *p, uint32_t at);
/* name(n): the start of a SERIAL is no part of its text. */
struct sqli_type_name sqli__make_sized_type(struct sqli_parse *p, uint32_t at, uint32_t name_end,
                                            const struct sqli_lexeme *number);

/* --- parse_statement.c: SELECT, INSERT, UPDATE, DELETE --- */

/* SELECT with what stands between it and the items. */
struct sqli_select_head {
    bool distinct;
    struct sqli_expr *skip, *first;
};
struct sqli_items {
    struct sqli_select_item *first, *last;
    uint32_t count;
};
struct sqli_sources {
    struct sqli_source *first, *last;
};
struct sqli_orders {
    struct sqli_order *first, *last;
};
struct sqli_withs {
    struct sqli_with *first, *last;
};
/* `closed`: it stood in parentheses, so that what follows belongs to the whole. */
struct sqli_body {
    struct sqli_select *select;
    bool closed;
};
struct sqli_alias {
    struct sqli_name name;
    struct sqli_names columns;
};

struct sqli_select *sqli__make_select(struct sqli_parse *p, uint32_t at);
void sqli__select_items(struct sqli_select *select, struct sqli_select_head head,
                        struct sqli_items items);
struct sqli_body sqli__make_set_operation(struct sqli_parse *p, struct sqli_body left,
                                          enum sqli_set_operation operation,
                                          struct sqli_body right);
struct sqli_select *sqli__finish_select(struct sqli_parse *p, struct sqli_body body,
                                        struct sqli_orders orders, struct sqli_expr *limit,
                                        struct sqli_withs withs);
struct sqli_withs sqli__withs_add(struct sqli_parse *p, struct sqli_withs list, bool recursive,
                                  struct sqli_alias head, struct sqli_select *select);
struct sqli_items sqli__items_add(struct sqli_parse *p, struct sqli_items list,
                                  struct sqli_expr *expr, struct sqli_name alias);
struct sqli_orders sqli__orders_add(struct sqli_parse *p, struct sqli_orders list,
                                    struct sqli_expr *expr, bool descending,
                                    const struct sqli_lexeme *nulls);
struct sqli_sources sqli__sources_add(struct sqli_sources list, struct sqli_source *source);
struct sqli_source *sqli__make_source(struct sqli_parse *p, enum sqli_source_kind kind, uint32_t at,
                                      struct sqli_alias alias);
/* Only a CROSS JOIN goes without a condition. */
struct sqli_source *sqli__make_join(struct sqli_parse *p, struct sqli_source *left,
                                    enum sqli_keyword join, struct sqli_source *right,
                                    struct sqli_expr *on);

void sqli__set_statement(struct sqli_parse *p, enum sqli_statement_kind kind);
void sqli__set_select(struct sqli_parse *p, struct sqli_select *select);
/* SELECT * FROM TABLE(FUNCTION call) */
struct sqli_select *sqli__select_routine(struct sqli_parse *p, struct sqli_expr *call);
void sqli__set_insert(struct sqli_parse *p, struct sqli_object_name table,
                      struct sqli_names columns, struct sqli_exprs values,
                      struct sqli_select *select);

struct sqli_assignments {
    struct sqli_assignment *first, *last;
};
struct sqli_assignments sqli__assign(struct sqli_parse *p, struct sqli_assignments list,
                                     struct sqli_name column, struct sqli_expr *value);
/* A query as the only value of a list. */
struct sqli_exprs sqli__query_exprs(struct sqli_parse *p, struct sqli_select *select);
/* (a, b) = (1, 2). Queries among the values may stand for several of them. */
struct sqli_assignments sqli__assign_lists(struct sqli_parse *p, struct sqli_names names,
                                           struct sqli_exprs values, uint32_t at);
/* * = (1, 2): one without a name, until the columns are known. */
struct sqli_assignments sqli__assign_all(struct sqli_parse *p, struct sqli_exprs values,
                                         uint32_t at);
/* What decides which rows: a condition, a cursor, or nothing. */
struct sqli_rows {
    struct sqli_expr *where;
    struct sqli_name cursor;
};
void sqli__set_update(struct sqli_parse *p, struct sqli_update update, struct sqli_rows rows);
void sqli__set_delete(struct sqli_parse *p, struct sqli_delete remove, struct sqli_rows rows);

/* --- parse_define.c: tables and all other objects --- */

struct sqli_elements {
    struct sqli_column_definition *columns, *last_column;
    struct sqli_constraint *constraints, *last_constraint;
};
struct sqli_elements sqli__add_column(struct sqli_elements list,
                                      struct sqli_column_definition *column);
struct sqli_elements sqli__add_constraint(struct sqli_elements list,
                                          struct sqli_constraint *constraint);
struct sqli_constraint *sqli__make_constraint(struct sqli_parse *p, enum sqli_constraint_kind kind,
                                              uint32_t at);
void sqli__constraint_parent(struct sqli_parse *p, struct sqli_constraint *constraint,
                             struct sqli_object_name parent, struct sqli_names columns,
                             bool cascade);
/* The options of a column, in the order of the text. `pending` is a name that stands before its
 * constraint. */
struct sqli_column_options {
    struct sqli_constraint *first, *last;
    struct sqli_name pending;
    struct sqli_expr *default_value;
    struct sqli_span default_text;
};
void sqli__option_constraint(struct sqli_column_options *options,
                             struct sqli_constraint *constraint);
void sqli__option_name(struct sqli_column_options *options, struct sqli_name name);
void sqli__constraint_mode(struct sqli_constraint *constraint, const struct sqli_lexeme *mode);
struct sqli_column_definition *sqli__make_column(struct sqli_parse *p, struct sqli_name name,
                                                 struct sqli_type_name type,
                                                 struct sqli_column_options options);
struct sqli_storage {
    bool no_log;
    struct sqli_name lock_mode;
};
struct sqli_table_head {
    bool temp, raw, if_not_exists;
    struct sqli_object_name name;
    struct sqli_object_name row_type;
};
void sqli__set_create_table(struct sqli_parse *p, struct sqli_table_head head,
                            struct sqli_elements elements, struct sqli_select *select,
                            struct sqli_storage storage);
struct sqli_index_columns {
    struct sqli_index_column *first, *last;
};
struct sqli_index_columns sqli__index_columns_add(struct sqli_parse *p,
                                                  struct sqli_index_columns list,
                                                  struct sqli_name name, bool descending);
void sqli__set_create_index(struct sqli_parse *p, struct sqli_create_index index,
                            struct sqli_index_columns columns);
struct sqli_object *sqli__set_object(struct sqli_parse *p, enum sqli_statement_kind kind,
                                     struct sqli_object_name name, bool if_exists);
struct sqli_grant_object {
    struct sqli_object_name name;
    struct sqli_span signature;
};
/* `end`: of the types in parentheses, 0 where there are none. */
struct sqli_grant_object sqli__grant_object(struct sqli_parse *p, struct sqli_object_name name,
                                            uint32_t end);
void sqli__set_grant(struct sqli_parse *p, enum sqli_statement_kind kind,
                     struct sqli_names privileges, struct sqli_grant_object on,
                     struct sqli_names users, bool with_grant_option);
void sqli__set_execute(struct sqli_parse *p, const struct sqli_lexeme *word,
                       struct sqli_expr *call);
/* --- parse_object.c: ALTER TABLE, views, synonyms, sequences, types; MERGE; windows --- */

/* -201 at a word that is another one. */
void sqli__parse_expect(struct sqli_parse *p, const struct sqli_lexeme *word,
                        enum sqli_keyword keyword);

struct sqli_expr *sqli__make_window(struct sqli_parse *p, struct sqli_expr *call, uint32_t at,
                                    struct sqli_window window);
struct sqli_frame_bound sqli__make_bound(struct sqli_parse *p, struct sqli_expr *offset,
                                         const struct sqli_lexeme *direction);
struct sqli_window sqli__make_frame(struct sqli_parse *p, const struct sqli_lexeme *unit,
                                    struct sqli_frame_bound start, struct sqli_frame_bound end);

struct sqli_merge_actions {
    uint32_t at;
    struct sqli_assignment *update;
    bool remove, insert;
    struct sqli_names columns;
    struct sqli_exprs values;
};
struct sqli_merge_actions sqli__merge_add(struct sqli_parse *p, struct sqli_merge_actions list,
                                          struct sqli_merge_actions more);
void sqli__set_merge(struct sqli_parse *p, struct sqli_object_name table, struct sqli_alias alias,
                     struct sqli_source *source, struct sqli_expr *on,
                     const struct sqli_merge_actions *actions);

struct sqli_alter_actions {
    struct sqli_alter_action *first, *last;
};
struct sqli_alter_actions sqli__alter_join(struct sqli_alter_actions list,
                                           struct sqli_alter_actions more);
struct sqli_alter_actions sqli__alter_column(struct sqli_parse *p, enum sqli_alter_kind kind,
                                             struct sqli_column_definition *column,
                                             struct sqli_name before);
struct sqli_alter_actions sqli__alter_constraint(struct sqli_parse *p,
                                                 struct sqli_constraint *constraint);
struct sqli_alter_actions sqli__alter_names(struct sqli_parse *p, enum sqli_alter_kind kind,
                                            struct sqli_names names);
struct sqli_alter_actions sqli__alter_word(struct sqli_parse *p, enum sqli_alter_kind kind,
                                           struct sqli_name word);
void sqli__set_alter(struct sqli_parse *p, struct sqli_object_name name,
                     struct sqli_alter_actions actions);

/* The text of the SELECT begins at `from`, and ends at `to`, or with the statement where that is 0.
 */
void sqli__set_view(struct sqli_parse *p, struct sqli_create_view view, struct sqli_names columns,
                    uint32_t from, uint32_t to);
void sqli__set_synonym(struct sqli_parse *p, struct sqli_create_synonym synonym);
/* `number` is NULL for an option of one word. */
void sqli__sequence_option(struct sqli_parse *p, struct sqli_sequence_options *options,
                           const struct sqli_lexeme *word, bool negative,
                           const struct sqli_lexeme *number);
void sqli__set_sequence(struct sqli_parse *p, enum sqli_statement_kind kind,
                        struct sqli_object_name name, bool if_not_exists,
                        const struct sqli_sequence_options *options);
void sqli__set_type(struct sqli_parse *p, struct sqli_create_type type);

/* Behind the last point the name, before it the owner. */
struct sqli_object_name sqli__object_of_path(struct sqli_parse *p, const struct sqli_path *path,
                                             uint32_t at);

#endif
