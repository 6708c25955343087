/* Routines without SQL: their handles, and calls of them. A handle is asked for once per connection
 * and database. */
#ifndef SQLI_CLIENT_ROUTINE_H
#define SQLI_CLIENT_ROUTINE_H

#include "client/statement.h"

struct sqli_routine_handle {
    struct sqli_routine_handle *next;
    struct sqli_task task; /* GETROUTINE */
    char *signature;
    char opened[SQLI_INFO_MAX];   /* the database that was open when it was asked for; */
    char database[SQLI_INFO_MAX]; /* and how the server calls it */
    int32_t handle;
    bool asked;
};

/* Asks for the handle unless it is known. SQLI_OK: *routine holds until the next call. */
enum sqli_status sqli__routine(struct sqli_conn *conn, const char *signature,
                               const struct sqli_routine_handle **routine);
/* The same without waiting: the answer is there when it is needed. */
enum sqli_status sqli__routine_ask(struct sqli_conn *conn, const char *signature);
/* The server does not know the handle any more. */
void sqli__routine_forget(struct sqli_conn *conn, const char *signature);
void sqli__routines_free(struct sqli_conn *conn);

/* Submits a call; its FPROUTINE comes to `message`. */
enum sqli_status sqli__routine_submit(const struct sqli_routine_handle *routine,
                                      const struct sqli_bind *values, struct sqli_task *task,
                                      sqli_reply_message *message);

#endif
