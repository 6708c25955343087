/* Stored routines at work: compiled bodies, the statements in them, calls.
 *
 * Variables hold values of SQLite in the storage form of their type: NULL (the pointer) is a
 * variable without a value, which is not the same as one that is NULL. What SPL calls an expression
 * is a SELECT here, whose items the resolver converts to the types of what they are assigned to; so
 * no value is ever converted twice.
 *
 * A call runs to its end before its first row is handed out. It is one statement of the client:
 * what it changed is undone when it fails (sqli__call_begin, sqli__call_end). */
#ifndef SQLI_SERVER_ENGINE_ROUTINE_H
#define SQLI_SERVER_ENGINE_ROUTINE_H

#include "server/engine/state.h"
#include "server/routine/routine.h"

enum {
    SQLI_CALL_DEPTH = 200,         /* of routines that call each other */
    SQLI_ROUTINE_ARENA = 64 << 20, /* bytes of a compiled body */
};

/* A routine as it is run; the engine keeps it until its text changes. */
struct sqli_body {
    struct sqli_body *next;
    int32_t procid;
    uint64_t version; /* of the catalog, when its text was last compared */
    uint32_t active;  /* calls of it */
    bool stale;       /* is freed when the last call ends */
    struct sqli_arena arena;
    struct sqli_span text;
    struct sqli_spl_routine *routine;
    const struct sqli_spl_variable **variables; /* by slot */
    struct sqli_variable *types;                /* likewise */
    struct sqli_variable *results;
};

/* A piece of SQL of a body, prepared. While it runs, a call further down prepares another one. */
struct sqli_embedded {
    struct sqli_embedded *next;
    const struct sqli_body *body;
    const struct sqli_spl_sql *piece;
    struct sqli_statement *statement;
    struct sqli_variables names;
    struct sqli_variable *targets;
    uint32_t *slots; /* of parameter i + 1 */
    uint32_t used, room;
    bool failed; /* no memory for slots */
};

/* DEFINE GLOBAL */
struct sqli_global {
    struct sqli_global *next;
    struct sqli_span name;
    struct sqli_type type;
    sqlite3_value *value;
};

/* A statement EXECUTE of a routine: what runs it and keeps its rows. */
struct sqli_call {
    sqlite3_stmt *row; /* SELECT ?1, ...: the present row, for those who write it out */
    uint32_t spool_id;
    int64_t rows, next;
    bool ran;
};

/* Where the rows of a call go. */
struct sqli_sink {
    enum sqli_status (*on_row)(void *context, sqlite3_value **values, uint32_t count,
                               struct sqli_error *error);
    void *context;
    sqlite3_value **outputs; /* per parameter: what OUT and INOUT left; NULL: nobody asks */
};

struct sqli_arguments {
    sqlite3_value **values; /* one per parameter */
    const char *given;      /* '1' where there is one; NULL: all */
    uint32_t count;
};

struct sqli_frame {
    struct sqli_engine *engine;
    struct sqli_body *body;
    sqlite3_value **slots;
    const struct sqli_sink *sink;
    const struct sqli_spl_block *block; /* whose handlers look at a failure here */
    struct sqli_error *error;
    enum sqli_spl_loop loop; /* of an EXIT or CONTINUE on its way */
    struct sqli_span label;
};

/* --- routine_body.c --- */

enum sqli_status sqli__body_acquire(struct sqli_engine *engine, int32_t procid,
                                    struct sqli_body **body, struct sqli_error *error);
void sqli__body_release(struct sqli_engine *engine, struct sqli_body *body);

/* --- routine_value.c --- */

/* A copy; NULL: no memory. */
sqlite3_value *sqli__box_copy(sqlite3_value *value);
enum sqli_status sqli__box_integer(struct sqli_engine *engine, int64_t number,
                                   sqlite3_value **value, struct sqli_error *error);
/* Converts and stores. */
enum sqli_status sqli__box_value(struct sqli_engine *engine, const struct sqli_type *from,
                                 const struct sqli_value *given, const struct sqli_type *to,
                                 sqlite3_value **value, struct sqli_error *error);
enum sqli_status sqli__box_convert(struct sqli_engine *engine, const struct sqli_type *from,
                                   sqlite3_value *stored, const struct sqli_type *to,
                                   sqlite3_value **value, struct sqli_error *error);
/* Values as bytes, for the spool; and one of them back as parameter 1, 2, ... */
enum sqli_status sqli__values_pack(sqlite3_value **values, uint32_t count,
                                   struct sqli_buffer *bytes, struct sqli_error *error);
void sqli__values_bind(struct sqli_span bytes, sqlite3_stmt *statement);

/* --- routine_sql.c --- */

enum sqli_status sqli__embedded_take(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                     struct sqli_embedded **embedded);
void sqli__embedded_give_back(struct sqli_spl_sql *piece, struct sqli_embedded *embedded);
void sqli__embedded_free(struct sqli_embedded *embedded);
/* Values of an expression, a query or a call, as many as there are targets (or items), copied.
 * *found is false when there was no row; they are NULL then. The caller frees them. */
struct sqli_values {
    sqlite3_value **values;
    uint32_t count;
    bool found;
};
enum sqli_status sqli__piece_values(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                    struct sqli_values *values);
void sqli__values_free(struct sqli_values *values);
enum sqli_status sqli__piece_condition(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                       bool *holds);
/* A statement of any kind; what it gives goes to the targets. */
enum sqli_status sqli__piece_run(struct sqli_frame *frame, struct sqli_spl_sql *piece);
/* All rows of a FOREACH at once, so that its body may do what it likes. */
struct sqli_rows {
    uint32_t spool_id;
    int64_t count;
    sqlite3_stmt *row;              /* the present one */
    struct sqli_embedded *embedded; /* kept while there is a cursor with a name */
};
enum sqli_status sqli__piece_rows(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                  struct sqli_rows *rows);
enum sqli_status sqli__rows_next(struct sqli_frame *frame, const struct sqli_spl_sql *piece,
                                 struct sqli_rows *rows, int64_t number);
void sqli__rows_close(struct sqli_frame *frame, struct sqli_spl_sql *piece, struct sqli_rows *rows);

/* SELECT ?1, ..., ?count */
enum sqli_status sqli__call_row(struct sqli_engine *engine, uint32_t count, sqlite3_stmt **row,
                                struct sqli_error *error);

/* --- routine_run.c --- */

/* The place of a variable: in the frame, or the session's for GLOBAL. */
sqlite3_value **sqli__frame_cell(struct sqli_frame *frame, uint32_t slot);
/* Takes the value over. */
void sqli__frame_set(struct sqli_frame *frame, uint32_t slot, sqlite3_value *value);
enum sqli_status sqli__frame_run(struct sqli_frame *frame);

/* --- routine_fast.c --- */

/* It has OUT or INOUT parameters: a client calls it by its handle. */
bool sqli__routine_has_outputs(const struct sqli_routine *routine);

/* --- routine_call.c --- */

enum sqli_status sqli__routine_call(struct sqli_engine *engine, int32_t procid,
                                    const struct sqli_arguments *arguments,
                                    const struct sqli_sink *sink, struct sqli_error *error);
/* From a statement: unless that is an expression of a routine, what is called only reads (-675). */
enum sqli_status sqli__call_for_rows(struct sqli_engine *engine, int32_t procid,
                                     const struct sqli_arguments *arguments,
                                     const struct sqli_sink *sink, struct sqli_error *error);
/* The arguments of an EXECUTE, which are bound to s->compiled. */
enum sqli_status sqli__call_run(struct sqli_statement *s, const struct sqli_sink *sink,
                                struct sqli_error *error);

/* --- routine_rows.c --- */

void sqli__rows_install(struct sqli_engine *engine);

#endif
