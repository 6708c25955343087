/* What the files of the emitter share. */
#ifndef SQLI_SERVER_FRONT_EMIT_PARTS_H
#define SQLI_SERVER_FRONT_EMIT_PARTS_H

#include "server/front/emit.h"
#include "server/store/catalog.h"

/* SQLite's parser has a stack of 100 entries, and no setting for it. Each construct that is open
 * around a place takes some of them, and an expression is cut where it would need more (see
 * emit_expr.c). These are what the constructs were measured to take. */
enum {
    SQLI_EMIT_STACK = 96,
    SQLI_EMIT_OPEN_STATEMENT = 7, /* in a clause of a SELECT that stands alone */
    SQLI_EMIT_OPEN_UPDATE = 10,   /* in an assignment */
    SQLI_EMIT_OPEN_ROW = 18,      /* in the SELECT of an assignment to several columns */
    SQLI_EMIT_OPEN_SELECT = 6, /* a SELECT in parentheses, up to the expressions in its clauses */
    SQLI_EMIT_OPEN_JOIN = 6,   /* parentheses in FROM, and the ON of a join */
    SQLI_EMIT_OPEN_AND = 2,    /* behind what a condition begins with */
    SQLI_EMIT_DEPTH = 900,     /* of SQLite's expressions, and of our own recursion */
};

struct sqli_emit_scope; /* the WITH clauses that are visible here */
struct sqli_emit_piece; /* an expression that was cut off another one */

struct sqli_emitter {
    struct sqli_buffer *sql;
    struct sqli_error *error;
    struct sqli_arena arena; /* the pieces */
    bool bare;               /* columns stand without their source */
    bool in_order;           /* the table of the FROM that comes next is read by its rowid */
    bool polls;              /* it writes: queries look for a break of the client (x_poll) */
    const struct sqli_source *target; /* of UPDATE and DELETE, for the condition that comes next */
    const struct sqli_select *row;    /* stands in FROM here: its columns are at hand */
    int32_t open;                     /* entries of SQLite's stack that are in use here */
    uint32_t depth;                   /* nodes that are open here, on our own stack */
    const struct sqli_emit_scope *scope;
    struct sqli_emit_piece *pieces; /* of the expression that is being printed */
    uint32_t piece_count;           /* of the statement: their names are unique */
    uint32_t printing;              /* the piece whose text is being printed; 0: none */
};

void sqli__emitter_open(struct sqli_emitter *emitter, struct sqli_buffer *sql,
                        struct sqli_error *error);
/* Frees what the emitter has; the status of the whole: that of the buffer, if `status` is good. */
enum sqli_status sqli__emitter_close(struct sqli_emitter *emitter, enum sqli_status status);

void sqli__emit_text(struct sqli_emitter *emitter, const char *text);
void sqli__emit_identifier(struct sqli_emitter *emitter, struct sqli_span name);
/* The type as a text constant, as the functions of the runtime take it. */
enum sqli_status sqli__emit_type(struct sqli_emitter *emitter, const struct sqli_schema *schema);
/* A tree that the resolver should not have let through. */
enum sqli_status sqli__emit_unexpected(struct sqli_emitter *emitter, const char *what, int number);
enum sqli_status sqli__emit_too_deep(struct sqli_emitter *emitter);

/* A whole expression, as it stands in a clause. */
enum sqli_status sqli__emit_root(struct sqli_emitter *emitter, const struct sqli_expr *expr);
/* The same with the collation of texts, for places where values are compared or named. */
enum sqli_status sqli__emit_collated(struct sqli_emitter *emitter, const struct sqli_expr *expr);

enum sqli_status sqli__emit_window(struct sqli_emitter *emitter, const struct sqli_window *window);

/* A query as it stands in parentheses or alone. `rowid_of`: one more column, its rowid; or NULL. */
enum sqli_status sqli__emit_query(struct sqli_emitter *emitter, const struct sqli_select *select,
                                  const struct sqli_source *rowid_of);
/* The number of the WITH clause whose query this is, or 0. */
uint32_t sqli__emit_with_number(const struct sqli_emitter *emitter,
                                const struct sqli_select *select);

/* A query in parentheses that gives one row: x_fail where it has a second one, and NULLs or nothing
 * where it has none. Its columns are c1, c2, ... */
enum sqli_status sqli__emit_one_row(struct sqli_emitter *emitter, const struct sqli_select *select);

/* " FROM ..." and " WHERE ...", which belong together: the conditions of OUTER go to ON. Each may
 * be absent. */
enum sqli_status sqli__emit_from_where(struct sqli_emitter *emitter, const struct sqli_source *from,
                                       const struct sqli_expr *where);

/* Calls `on_source` for the source of every column that the expression mentions, also in its
 * subqueries. */
typedef void sqli_on_source(void *context, const struct sqli_source *source);
struct sqli_source_visit {
    sqli_on_source *on_source;
    void *context;
    uint32_t depth;
};
void sqli__visit_sources(struct sqli_source_visit *visit, const struct sqli_expr *expr);

/* In one of its columns, that is: a single row unless there is a GROUP BY. */
bool sqli__select_aggregates(const struct sqli_select *select);

#endif
