/* Statements as the server knows them: prepared once, described, and kept for the next time that a
 * program prepares the same text.
 *
 * A prepared statement outlives the handle that made it: what a program finalizes goes back to the
 * cache, and one whose PREPARE is not answered yet is released when the answer comes. */
#ifndef SQLI_CLIENT_PREPARED_H
#define SQLI_CLIENT_PREPARED_H

#include "client/task.h"
#include "protocol/row.h"
#include "protocol/statement_type.h"

struct sqli_prepared {
    struct sqli_conn *conn;
    struct sqli_prepared *previous, *next;
    struct sqli_task task; /* PREPARE, then the describe of parameters */
    struct sqli_span text; /* as the server got it */
    uint32_t placeholders;
    bool used;       /* a statement has it */
    bool keep;       /* may stay when nobody uses it */
    bool older;      /* it was executed before: the tables may have changed since */
    bool answered;   /* id and columns are there */
    bool has_inputs; /* the server has said what the parameters are */

    int16_t id;
    int16_t type;       /* enum sqli_statement_type */
    int32_t tuple_size; /* bytes of a row at the most */
    uint32_t column_count;
    struct sqli_shape shape;
    struct sqli_span *names;  /* of the columns; UTF-8, NUL-ended, in the arena */
    struct sqli_type *inputs; /* types of the placeholders, as far as the server tells them */
    uint32_t input_count;
    struct sqli_described *columns_told, *inputs_told; /* column_info.c: what programs have asked */
    struct sqli_arena arena;
};

/* One that is idle, or a new one whose PREPARE is under way. `text` is in the code set of the
 * database. */
enum sqli_status sqli__prepared_get(struct sqli_conn *conn, struct sqli_span text,
                                    uint32_t placeholders, bool cached,
                                    struct sqli_prepared **prepared);
/* Columns alone, which no server knows. */
enum sqli_status sqli__prepared_local(struct sqli_conn *conn, const struct sqli_describe *describe,
                                      struct sqli_prepared **prepared);
/* SQLI_OK: described. */
enum sqli_status sqli__prepared_wait(struct sqli_prepared *prepared);
/* SQLI_OK: the parameters are, too; costs a round trip the first time. */
enum sqli_status sqli__prepared_inputs(struct sqli_prepared *prepared);
/* The statement needs it no more; `close`: its cursor is open. */
void sqli__prepared_put(struct sqli_prepared *prepared, bool close);
/* Releases those that nobody uses, and keeps none of the others: tables have changed. */
void sqli__prepared_forget(struct sqli_conn *conn);
/* The connection ends: memory alone. Those in use are freed by sqli__prepared_put. */
void sqli__prepared_free_all(struct sqli_conn *conn);

bool sqli__prepared_gives_rows(const struct sqli_prepared *prepared);

#endif
