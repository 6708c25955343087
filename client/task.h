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
    bool failed;
    struct sqli_error error;
};

/* Sees a message of a reply; `context` is the task. */
typedef enum sqli_status sqli_on_message(void *context, const struct sqli_message *message,
                                         struct sqli_error *error);

void sqli__task_init(struct sqli_task *task, struct sqli_conn *conn, void *owner);
/* Ends the request that is being built; its reply belongs to the task. */
enum sqli_status sqli__task_submit(struct sqli_task *task, sqli_on_message *message);
/* SQLI_MORE while a reply is due; then SQLI_OK, or SQLI_FAIL with conn->error, once. */
enum sqli_status sqli__task_settle(struct sqli_task *task);
/* Nobody wants to know any more. */
void sqli__task_drop(struct sqli_task *task);

/* Calls `advance` until it says anything but SQLI_MORE, and moves bytes in between. SQLI_MORE: the
 * connection does not block. */
enum sqli_status sqli__drive(struct sqli_conn *conn, enum sqli_status (*advance)(void *context),
                             void *context);

#endif
