/* Requests that a call waits for, and the loop that waits. */
#ifndef SQLI_CLIENT_TASK_H
#define SQLI_CLIENT_TASK_H

#include "client/link.h"

struct sqli_conn;

/* The first failure is kept until the task is settled. */
struct sqli_task {
    struct sqli_conn *conn;
    void *owner; /* what the messages are for */
    uint32_t waiting;
    bool awaited; /* a call has said SQLI_MORE for it */
    bool failed;
    struct sqli_error error;
};

/* Sees a message of a reply; `context` is the task. */
typedef enum sqli_status sqli_reply_message(void *context, const struct sqli_message *message,
                                            struct sqli_error *error);

void sqli__task_init(struct sqli_task *task, struct sqli_conn *conn, void *owner);
/* Ends the request that is being built; its reply belongs to the task. */
enum sqli_status sqli__task_submit(struct sqli_task *task, sqli_reply_message *message);
/* The same for a request that is said in parts, and has had its first one. */
enum sqli_status sqli__task_submit_part(struct sqli_task *task, sqli_reply_message *message);
/* It has failed, whatever the rest of its reply says; where no reply is due, nothing happens. */
void sqli__task_fail(struct sqli_task *task, const struct sqli_error *error);
/* SQLI_MORE while a reply is due, else SQLI_OK, even if it told of a failure. */
enum sqli_status sqli__task_wait(struct sqli_task *task);
/* The same, then SQLI_OK, or SQLI_FAIL with conn->error, once. */
enum sqli_status sqli__task_settle(struct sqli_task *task);
/* No call waits for it any more. */
void sqli__task_leave(struct sqli_task *task);
/* The same, and nobody wants to know. */
void sqli__task_drop(struct sqli_task *task);

/* Calls `advance` until it says anything but SQLI_MORE, and moves bytes in between. SQLI_MORE: the
 * connection does not block. */
enum sqli_status sqli__drive(struct sqli_conn *conn, enum sqli_status (*advance)(void *context),
                             void *context);

#endif
