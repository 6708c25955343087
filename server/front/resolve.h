/* Names and types: works on a tree in place until the emitter can print it.
 *
 * After it, every expression has its type, both sides of a comparison have one storage form, what
 * goes into a column has the column's type, and only the kinds of expressions that emit.h lists are
 * left. Nothing is executed and nothing changes in the database. */
#ifndef SQLI_SERVER_FRONT_RESOLVE_H
#define SQLI_SERVER_FRONT_RESOLVE_H

#include "server/front/tree.h"
#include "server/store/catalog.h"

/* SELECT, INSERT, UPDATE, DELETE and EXECUTE; other kinds have nothing to resolve and pass.
 * Errors are those of Informix with offset and near text: -206 table, -217 column, -201, -324
 * ambiguous, -236, -674 unknown routine, ... `text` is the statement, for offsets. */
enum sqli_status sqli__resolve(struct sqli_catalog *catalog, struct sqli_span text,
                               struct sqli_arena *arena, struct sqli_statement_tree *tree,
                               struct sqli_error *error);

/* A value that a variable of a routine, or a parameter, can take. */
struct sqli_variable {
    struct sqli_type type;
    const struct sqli_schema *schema;
};

/* What the names of an embedded statement may mean before they mean columns. */
struct sqli_variables {
    /* The number of the parameter that stands for the variable, from 1; 0: there is none. */
    uint32_t (*find)(void *context, struct sqli_span name, struct sqli_type *type,
                     const struct sqli_schema **schema);
    void *context;
    /* What the items of a SELECT are converted to; NULL: nothing. */
    const struct sqli_variable *targets;
    uint32_t target_count;
    int32_t count_error; /* when there are more or fewer items */
};

/* A statement inside a routine. tree->parameter_count and what belongs to it are the caller's to
 * fill: it numbers the variables. */
enum sqli_status sqli__resolve_embedded(struct sqli_catalog *catalog, struct sqli_span text,
                                        struct sqli_arena *arena, struct sqli_statement_tree *tree,
                                        const struct sqli_variables *variables,
                                        struct sqli_error *error);

/* A CHECK of a table: names are the table's columns. The result is a condition. */
enum sqli_status sqli__resolve_check(struct sqli_catalog *catalog, const struct sqli_table *table,
                                     struct sqli_span text, struct sqli_arena *arena,
                                     struct sqli_expr *check, struct sqli_error *error);

/* The value of a DEFAULT clause, of the column's type; literals, NULL, USER, TODAY, CURRENT, ... */
enum sqli_status sqli__resolve_default(struct sqli_catalog *catalog, const struct sqli_type *type,
                                       struct sqli_span text, struct sqli_arena *arena,
                                       struct sqli_expr **value, struct sqli_error *error);

/* A table that a query mentions (column is NULL), or a column of one, and where its name stands in
 * the text: at its first byte, or at the `*` that stands for it. What views hide is not told. */
struct sqli_use {
    const struct sqli_table *table;
    const struct sqli_table_column *column;
    uint32_t at;
};
typedef void sqli_on_use(void *context, const struct sqli_use *use);

/* A SELECT without parameters, and what it uses. */
enum sqli_status sqli__resolve_uses(struct sqli_catalog *catalog, struct sqli_span text,
                                    struct sqli_arena *arena, struct sqli_select *select,
                                    sqli_on_use *on_use, void *context, struct sqli_error *error);
/* The CREATE VIEW of a view, parsed. */
enum sqli_status sqli__parse_view(struct sqli_span text, struct sqli_arena *arena,
                                  struct sqli_create_view **view, struct sqli_error *error);

#endif
