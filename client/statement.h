/* A statement of the program: its text, its parameters, its rows. */
#ifndef SQLI_CLIENT_STATEMENT_H
#define SQLI_CLIENT_STATEMENT_H

#include "client/connection.h"
#include "client/prepared.h"
#include "sql/placeholders.h"
#include "value/value.h"

enum {
    SQLI_ROWS_LIMIT = 64 << 20,    /* bytes of rows of one reply */
    SQLI_BINDINGS_LIMIT = 1 << 28, /* bytes of one parameter */
    SQLI_CURSOR_NAME = 24,
};

enum sqli_statement_state {
    SQLI_STATE_NEW,      /* nothing was asked of the server */
    SQLI_STATE_PREPARED, /* PREPARE was sent, or came from the cache */
    SQLI_STATE_RUNNING,  /* EXECUTE, or OPEN and the first fetch, were sent */
    SQLI_STATE_ENDED,    /* the step that said SQLI_DONE: the next one executes again */
};

/* Rows of one reply, one behind the other. */
struct sqli_rows {
    struct sqli_task task; /* the fetch */
    struct sqli_buffer bytes;
    uint32_t *ends; /* of each row */
    uint32_t count, room;
    uint32_t next;  /* the row to hand out next */
    bool last;      /* the result ends with it */
    int64_t number; /* of the last row, by TUPID; 0: not told */
};

/* A parameter: its value as the bind block wants it. */
struct sqli_binding {
    struct sqli_type type;
    bool set, null;
    uint16_t precision;
    uint32_t length; /* of the value in `data`; behind it stand the bytes of a BYTE or TEXT */
    struct sqli_buffer data;
    struct sqli_buffer name;   /* what sqli_bind_name says, once it was asked; NUL-ended */
    struct sqli_stream stream; /* of a BYTE or TEXT that is read while the statement runs */
    uint64_t stream_length;
    /* lob.h: behind the locator in `data` stand the bytes of an object that is made for each run.
     */
    bool object, made;
    struct sqli_lob *lob;
};

/* What the words of a statement say about how it has to be run. */
struct sqli_words {
    bool known;
    bool asks_files;     /* filetoblob and the like */
    bool updates, reads; /* FOR UPDATE, FOR READ ONLY */
};

struct sqli_stmt {
    struct sqli_conn *conn;
    struct sqli_stmt *previous, *next;
    struct sqli_stmt *doomed_next;
    struct sqli_span sql; /* as it was given, UTF-8; NUL-ended */
    struct sqli_placeholders placeholders;
    unsigned flags;      /* enum sqli_prepare_flag */
    bool read_only;      /* no row of it is updated by CURRENT OF, which means the last row sent */
    bool direct;         /* sqli_exec sends it without preparing it */
    int16_t direct_type; /* of a statement that was not prepared, as the server told it */
    enum sqli_statement_state state;
    struct sqli_prepared *prepared; /* from SQLI_STATE_PREPARED on, else NULL */
    struct sqli_binding *bindings;  /* of each parameter */

    struct sqli_task task; /* EXECUTE, or OPEN */
    char cursor_name[SQLI_CURSOR_NAME];
    bool open;      /* the cursor, at the server */
    bool exhausted; /* it has given its last row */
    bool again;     /* it was prepared anew, because the tables had changed */
    bool learning;  /* it has opened a database, whose code set is being asked for */
    bool executing; /* sqli_execute is under way */
    int pending;    /* what the next step says without doing anything, because sqli_execute did */
    int32_t fetch_buffer;
    struct sqli_rows rows[2]; /* the present ones, and the next that are on their way */
    uint32_t present;
    uint32_t *segments;
    struct sqli_row row;
    bool has_row;
    int64_t row_number; /* of the present row; behind the last one or 0 where there is none */
    bool scrolling;     /* a fetch of a scroll cursor is under way */
    bool last_seen;     /* on the way to a row counted from the end, whose last row is: */
    int64_t last_row;

    int64_t row_count;
    int64_t serial;
    int warnings;

    struct sqli_buffer text;      /* of the last column that was read as text or bytes */
    int reading;                  /* the column whose large object is on its way into it, or 0 */
    bool kept;                    /* block.c: the present row was not handed out yet */
    struct sqli_arena items;      /* composites of the present row, taken apart */
    struct sqli_batch *batch;     /* batch.c, bulk.c */
    struct sqli_files *files;     /* file.c: what the server may ask for */
    struct sqli_words words;      /* of its text, once somebody has asked */
    struct sqli_sending *sending; /* stream.c: parameters that are read while they are sent */
    struct sqli_lob *opening;     /* lob.c: by sqli_lob_open, until it is open */
    struct sqli_lob *whole;       /* whole_lob.c: that is being read into memory */
    struct sqli_blocks *blocks;   /* block.c */
    struct sqli_call *call;       /* routine.c: it is no SQL */
};

/* --- statement.c --- */

/* SQLI_OK: described; SQLI_MORE: wait. */
enum sqli_status sqli__statement_describe(struct sqli_stmt *stmt);
bool sqli__statement_gives_rows(const struct sqli_stmt *stmt);
/* The server will know nothing of it any more. */
void sqli__statement_detach(struct sqli_stmt *stmt);
/* What sqli_finalize does, for who is inside the connection. */
void sqli__statement_finalize(struct sqli_stmt *stmt);
/* A statement without text, for routine.c. */
enum sqli_status sqli__statement_new(struct sqli_conn *conn, struct sqli_span sql, unsigned flags,
                                     struct sqli_stmt **made);
/* Read once, when they are needed first. */
const struct sqli_words *sqli__statement_words(struct sqli_stmt *stmt);
/* What pointers into the present row there are is gone. */
void sqli__statement_leave_row(struct sqli_stmt *stmt);

/* --- run.c --- */

/* Executes what is not running. SQLI_OK: *row tells whether there is one; SQLI_MORE: wait. */
enum sqli_status sqli__statement_step(struct sqli_stmt *stmt, bool *row);
/* The same for a cursor that scrolls, without its first row: SQLI_OK when it runs. */
enum sqli_status sqli__statement_open(struct sqli_stmt *stmt);
/* What the server knows of it is out of date: the next describe prepares it anew. */
void sqli__statement_unprepare(struct sqli_stmt *stmt);
/* After a failure, and when the program has seen enough. */
void sqli__statement_close_cursor(struct sqli_stmt *stmt);
/* With autocommit off, BEGIN goes in front of the first statement of a transaction. */
enum sqli_status sqli__begin_if_due(struct sqli_stmt *stmt);
/* The messages of a reply to EXECUTE: counts, serials, warnings. The context is a task of the
 * statement's. */
sqli_reply_message sqli__execute_reply;
/* Every parameter has a value. */
enum sqli_status sqli__require_bindings(const struct sqli_stmt *stmt);

/* What the statement has done to the connection: transactions, databases, definitions. */
void sqli__after_execute(struct sqli_stmt *stmt);

/* --- rows.c --- */

/* Adds the fetch of the next rows to the request, and submits that. */
enum sqli_status sqli__result_fetch(struct sqli_stmt *stmt, struct sqli_rows *rows);
/* Where the rows stand; rows without columns have no bytes, but a place. */
static inline const uint8_t *sqli__rows_data(const struct sqli_rows *rows)
{
    return rows->bytes.data ? rows->bytes.data : (const uint8_t *)"";
}
/* The bytes of row `at`, which is below rows->count. */
struct sqli_span sqli__result_payload(const struct sqli_rows *rows, uint32_t at);
/* SQLI_OK: a row, or *end; SQLI_MORE: wait. */
enum sqli_status sqli__result_next(struct sqli_stmt *stmt, bool *end);
void sqli__result_reset(struct sqli_stmt *stmt);

/* --- scroll.c --- */

/* As sqli__result_next, for a cursor that scrolls. */
enum sqli_status sqli__scroll_next(struct sqli_stmt *stmt, bool *end);

/* --- file.c: what the server asks for in the middle of a reply --- */

/* Sees every message of a reply that nobody else knows. */
enum sqli_status sqli__on_file(struct sqli_stmt *stmt, const struct sqli_message *message,
                               struct sqli_error *error);
/* Goes on with what is being sent or received. SQLI_OK: nothing is. */
enum sqli_status sqli__file_advance(struct sqli_stmt *stmt);
void sqli__files_free(struct sqli_stmt *stmt);
/* Whether it may ask for files. */
bool sqli__asks_files(struct sqli_stmt *stmt);
/* Then the request that is being built travels alone. */
void sqli__files_alone(struct sqli_stmt *stmt);

/* --- lob.c --- */

/* Objects that only live as long as the row that they were opened from. */
void sqli__lobs_leave_row(struct sqli_stmt *stmt);

/* --- call.c --- */

enum sqli_status sqli__call_describe(struct sqli_stmt *stmt);
enum sqli_status sqli__call_next(struct sqli_stmt *stmt, bool *row);
void sqli__call_free(struct sqli_stmt *stmt);

/* --- batch.c, block.c --- */

void sqli__batch_free(struct sqli_stmt *stmt);
void sqli__blocks_free(struct sqli_stmt *stmt);

/* --- bind.c --- */

/* The parameter, without its value; NULL with an error: there is none of this number. */
struct sqli_binding *sqli__binding_of(struct sqli_stmt *stmt, int parameter);
/* The whole call of who was given NULL for a value; the one from before must not pass for it. */
int sqli__refuse_null(struct sqli_stmt *stmt, int parameter);
/* What is bound to the placeholder, from 0, in the form of a BIND. */
struct sqli_bind_value sqli__bind_value(const struct sqli_stmt *stmt, size_t place);
/* Appends the BIND of all parameters to the request, if there are any. */
void sqli__bind_add(struct sqli_stmt *stmt);
/* A BYTE or TEXT that is not NULL. */
bool sqli__is_simple_lob(const struct sqli_binding *binding);

/* --- column.c --- */

/* The value of a column of the present row. */
enum sqli_status sqli__statement_value(struct sqli_stmt *stmt, int column,
                                       const struct sqli_type **type, struct sqli_value *value);

#endif
