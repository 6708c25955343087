/* Definitions (DDL): what CREATE, DROP, RENAME, TRUNCATE, GRANT, REVOKE and UPDATE STATISTICS do.
 *
 * A definition changes the SQLite schema and the rows of the catalog together, inside the
 * transaction of SQLite that the caller began (sqli__store_begin). It is atomic by itself: on
 * failure a savepoint takes back what it had done. Afterwards the catalog has forgotten what it
 * knew, so no struct sqli_table from before may be used. */
#ifndef SQLI_SERVER_ENGINE_DEFINITION_H
#define SQLI_SERVER_ENGINE_DEFINITION_H

#include "server/engine/engine.h"
#include "server/front/tree.h"
#include "server/store/catalog.h"

struct sqli_definition_context {
    struct sqli_store *store;
    struct sqli_catalog *catalog;
    struct sqli_span user; /* the owner of what is made */
};

/* True for the kinds that sqli__define takes. CREATE and DROP DATABASE are not among them: they are
 * those of database.h. */
bool sqli__is_definition(enum sqli_statement_kind kind);

/* True when executing the statement changes the database file (and so needs the writer's lock);
 * false for what only touches temporary tables. */
bool sqli__definition_writes(struct sqli_definition_context *context,
                             const struct sqli_statement_tree *tree);

/* The tree is as the parser made it. CREATE TABLE ... AS SELECT goes through
 * sqli__define_from_columns instead. Errors: -310, -206, -316, -319, -217, -350, -328, -297, -296,
 * -701, ... with ISAM codes where servers give one. */
enum sqli_status sqli__define(struct sqli_definition_context *context,
                              const struct sqli_statement_tree *tree, struct sqli_error *error);

/* A table for the rows of a query: SELECT INTO TEMP and CREATE TABLE AS. SERIAL columns become
 * plain integers, names in parentheses are refused (-249). The caller inserts the rows. *table
 * holds until the next definition. */
enum sqli_status sqli__define_from_columns(struct sqli_definition_context *context,
                                           const struct sqli_object_name *name, bool temp,
                                           const struct sqli_engine_column *columns, uint32_t count,
                                           const struct sqli_table **table,
                                           struct sqli_error *error);

#endif
