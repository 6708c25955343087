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

/* A CHECK of a table: names are the table's columns. The result is a condition. */
enum sqli_status sqli__resolve_check(struct sqli_catalog *catalog, const struct sqli_table *table,
                                     struct sqli_span text, struct sqli_arena *arena,
                                     struct sqli_expr *check, struct sqli_error *error);

/* The value of a DEFAULT clause, of the column's type; literals, NULL, USER, TODAY, CURRENT, ... */
enum sqli_status sqli__resolve_default(struct sqli_catalog *catalog, const struct sqli_type *type,
                                       struct sqli_span text, struct sqli_arena *arena,
                                       struct sqli_expr **value, struct sqli_error *error);

#endif
