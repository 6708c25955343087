/* A prepared statement, its parameters and its rows. */
#ifndef SQLI_CLIENT_STATEMENT_H
#define SQLI_CLIENT_STATEMENT_H

#include "client/connection.h"
#include "protocol/row.h"
#include "protocol/statement_type.h"
#include "sql/placeholders.h"
#include "value/value.h"

enum {
    SQLI_BATCH_LIMIT = 64 << 20,   /* bytes of rows of one reply */
    SQLI_BINDINGS_LIMIT = 1 << 28, /* bytes of all parameters together */
    SQLI_CURSOR_NAME = 24,
};

enum sqli_statement_state {
    SQLI_STATE_NEW,       /* the server does not know it */
    SQLI_STATE_PREPARING, /* PREPARE is under way */
    SQLI_STATE_PREPARED,
    SQLI_STATE_RUNNING, /* EXECUTE, or OPEN and the first fetch, are under way or done */
    SQLI_STATE_ENDED,   /* the step that said SQLI_DONE: the next one executes again */
};

/* Rows of one reply, one behind the other. */
struct sqli_rows {
    struct sqli_buffer bytes;
    uint32_t *ends; /* of each row */
    uint32_t count, room;
    uint32_t next;  /* the row to hand out next */
    bool requested; /* its reply is under way */
    bool last;      /* the result ends with it */
};

/* A parameter: its value as the bind block wants it. */
struct sqli_binding {
    struct sqli_type type;
    bool set, null;
    uint16_t precision;
    struct sqli_buffer data;
};

struct sqli_stmt {
    struct sqli_conn *conn;
    struct sqli_stmt *previous, *next;
    struct sqli_span sql; /* as it was given, UTF-8 */
    struct sqli_placeholders placeholders;
    enum sqli_statement_state state;

    /* From the describe. */
    int16_t id;
    int16_t type;
    uint32_t column_count;
    struct sqli_shape shape;
    struct sqli_span *names; /* UTF-8, NUL-ended, in the arena */
    struct sqli_arena arena;

    struct sqli_binding *bindings;

    struct sqli_rows rows[2]; /* the present ones, and the next that are on their way */
    uint32_t present;
    uint32_t *segments;
    struct sqli_row row;
    bool has_row;
    bool open;               /* the cursor, at the server */
    struct sqli_buffer text; /* of the last column that was read as text */

    /* Of the request that is under way. */
    uint32_t waiting;
    bool failed;
    struct sqli_error error;
    int64_t row_count;
    int64_t serial;
};

bool sqli__statement_gives_rows(const struct sqli_stmt *stmt);
/* SQLI_OK: described; SQLI_MORE: wait. */
enum sqli_status sqli__statement_describe(struct sqli_stmt *stmt);
/* The value of a column of the present row. */
enum sqli_status sqli__statement_value(struct sqli_stmt *stmt, int column,
                                       const struct sqli_type **type, struct sqli_value *value);

#endif
