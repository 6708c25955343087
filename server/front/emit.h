/* From a resolved tree to the SQL that SQLite runs.
 *
 * Mechanical: every decision about types was made by the resolver. Parameter n of the statement is
 * ?n. Tables go by their physical names, columns by theirs, sources by s<number>. */
#ifndef SQLI_SERVER_FRONT_EMIT_H
#define SQLI_SERVER_FRONT_EMIT_H

#include "base/buffer.h"
#include "server/front/tree.h"

/* How a SELECT is to be emitted beyond what it says. */
struct sqli_emit_options {
    bool rowid; /* one more column at the end: the rowid of the only table, for update cursors */
    bool polls; /* it is part of a write: its loops look for a break of the client (x_poll) */
};

enum sqli_status sqli__emit_select(const struct sqli_select *select,
                                   const struct sqli_emit_options *options, struct sqli_buffer *sql,
                                   struct sqli_error *error);
enum sqli_status sqli__emit_insert(const struct sqli_insert *insert, struct sqli_buffer *sql,
                                   struct sqli_error *error);
/* With a cursor name (WHERE CURRENT OF) the row is the one whose rowid is parameter
 * ?<parameter_count + 1>. */
enum sqli_status sqli__emit_update(const struct sqli_update *update, uint32_t parameter_count,
                                   struct sqli_buffer *sql, struct sqli_error *error);
enum sqli_status sqli__emit_delete(const struct sqli_delete *remove, uint32_t parameter_count,
                                   struct sqli_buffer *sql, struct sqli_error *error);
/* One INSERT whose rows that are there already become updates, or one DELETE. Of a MERGE that does
 * both it is the INSERT. */
enum sqli_status sqli__emit_merge(const struct sqli_merge *merge, struct sqli_buffer *sql,
                                  struct sqli_error *error);
/* The rowids of the target's rows that match; with as many parameters as the statement. */
enum sqli_status sqli__emit_merge_matched(const struct sqli_merge *merge, uint32_t parameter_count,
                                          struct sqli_buffer *sql, struct sqli_error *error);
/* An expression alone, its columns without the alias of their source: for CHECK and DEFAULT. */
enum sqli_status sqli__emit_expression(const struct sqli_expr *expr, struct sqli_buffer *sql,
                                       struct sqli_error *error);

#endif
