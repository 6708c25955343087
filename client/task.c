/* Requests that a call waits for. */
#include "client/task.h"

#include "client/connection.h"

void sqli__task_init(struct sqli_task *task, struct sqli_conn *conn, void *owner)
{
    *task = (struct sqli_task){.conn = conn, .owner = owner};
}

static void on_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_task *task = context;
    task->waiting--;
    if (status && !task->failed) {
        task->failed = true;
        task->error = *error;
    }
}

enum sqli_status sqli__task_submit(struct sqli_task *task, sqli_on_message *message)
{
    struct sqli_sink sink = {message, on_end, task};
    SQLI_TRY(sqli__link_submit(&task->conn->link, &sink, &task->conn->error));
    task->waiting++;
    return SQLI_OK;
}

enum sqli_status sqli__task_settle(struct sqli_task *task)
{
    if (task->waiting)
        return SQLI_MORE;
    if (!task->failed)
        return SQLI_OK;
    task->failed = false;
    task->conn->error = task->error;
    return SQLI_FAIL;
}

void sqli__task_drop(struct sqli_task *task)
{
    if (task->waiting)
        sqli__link_orphan(&task->conn->link, task);
    task->waiting = 0;
    task->failed = false;
}

enum sqli_status sqli__drive(struct sqli_conn *conn, enum sqli_status (*advance)(void *context),
                             void *context)
{
    enum sqli_status status;
    while ((status = advance(context)) == SQLI_MORE)
        SQLI_TRY(sqli__pump(conn));
    return status;
}
