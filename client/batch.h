/* Many rows of one statement: what batch.c and bulk.c share. */
#ifndef SQLI_CLIENT_BATCH_H
#define SQLI_CLIENT_BATCH_H

#include "client/statement.h"

enum { SQLI_BATCH_KEPT = 1000 }; /* failures that are told one by one */

struct sqli_batch_failure {
    int64_t row;
    struct sqli_error error;
};

/* Nothing of it outlives a call half done: a row is either queued whole, as the last thing that
 * sqli_batch_row does, or not at all. */
struct sqli_batch {
    struct sqli_task
        task; /* BEGIN of its own; first, so that execute_reply knows whose reply it is */
    struct sqli_task pause; /* what a call waits for that says SQLI_MORE */
    int kind;               /* enum sqli_batch_kind */
    bool ready;             /* the statement is described, and fits */
    bool full;              /* too much is under way: wait until that is half */
    bool stopped;           /* nothing more is sent: `error` says why */
    bool ending, ended;     /* sqli_batch_end was called; and has said its word */
    struct sqli_error error;
    size_t added;     /* EACH: bytes since some were last sent */
    int64_t given;    /* EACH: rows sent, and rows answered */
    int64_t answered; /* with or without an error */
    int64_t changed;  /* rows, by the server's word */
    uint32_t waiting; /* requests without an answer */

    int64_t failures;
    struct sqli_batch_failure *kept;
    uint32_t kept_count, kept_room;

    /* BULK. */
    bool own;  /* a transaction that began with it and ends with it */
    bool open; /* the cursor */
    struct sqli_date_format date_format;
    struct sqli_buffer rows;    /* of the block that is being filled */
    struct sqli_buffer scratch; /* texts of the present row */
    uint32_t row_size;          /* of every row; 0: the size stands before each */
    uint32_t row_count;
};

/* Nothing more is sent; the first reason counts. */
void sqli__batch_stop(struct sqli_batch *batch, const struct sqli_error *error);

/* SQLI_MORE, as of a task whose reply is due, unless it is over. */
enum sqli_status sqli__batch_pause(struct sqli_batch *batch, bool over);
/* The messages of a reply, the context is the batch. */
sqli_reply_message sqli__batch_reply;

/* --- bulk.c --- */

/* SQLI_FAIL: the statement is none that an insert cursor can run; conn->error says why. */
enum sqli_status sqli__bulk_begin(struct sqli_batch *batch);
/* SQLI_OK: there is room for a row. */
enum sqli_status sqli__bulk_room(struct sqli_batch *batch);
/* Takes the bound values into the block; a block that is full goes. */
enum sqli_status sqli__bulk_row(struct sqli_batch *batch);
/* Sends what is left. */
enum sqli_status sqli__bulk_flush(struct sqli_batch *batch);

#endif
