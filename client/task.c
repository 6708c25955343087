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

enum sqli_status sqli__task_submit(struct sqli_task *task, sqli_reply_message *message)
{
    struct sqli_sink sink = {message, on_end, task};
    SQLI_TRY(sqli__link_submit(&task->conn->link, &sink, &task->conn->error));
    task->waiting++;
    return SQLI_OK;
}

enum sqli_status sqli__task_submit_part(struct sqli_task *task, sqli_reply_message *message)
{
    struct sqli_sink sink = {message, on_end, task};
    SQLI_TRY(sqli__link_submit_part(&task->conn->link, &sink, &task->conn->error));
    task->waiting++;
    return SQLI_OK;
}

void sqli__task_fail(struct sqli_task *task, const struct sqli_error *error)
{
    if (!task->waiting || task->failed)
        return;
    task->failed = true;
    task->error = *error;
}

static void set_awaited(struct sqli_task *task, bool yes)
{
    if (task->awaited == yes)
        return;
    task->awaited = yes;
    task->conn->control.awaited += yes ? 1 : UINT32_MAX;
}

enum sqli_status sqli__task_wait(struct sqli_task *task)
{
    set_awaited(task, task->waiting > 0);
    return task->waiting ? SQLI_MORE : SQLI_OK;
}

enum sqli_status sqli__task_settle(struct sqli_task *task)
{
    SQLI_TRY(sqli__task_wait(task));
    if (!task->failed)
        return SQLI_OK;
    task->failed = false;
    task->conn->error = task->error;
    return SQLI_FAIL;
}

void sqli__task_leave(struct sqli_task *task)
{
    set_awaited(task, false);
}

void sqli__task_drop(struct sqli_task *task)
{
    if (task->waiting)
        sqli__link_orphan(&task->conn->link, task);
    task->waiting = 0;
    task->failed = false;
    sqli__task_leave(task);
}

enum sqli_status sqli__drive(struct sqli_conn *conn, enum sqli_status (*advance)(void *context),
                             void *context)
{
    enum sqli_status status;
    while ((status = advance(context)) == SQLI_MORE) {
        status = sqli__pump(conn);
        if (status == SQLI_FAIL) {
            struct sqli_error error = conn->error;
            advance(context); /* has to know that nothing more comes */
            conn->error = error;
        }
        if (status)
            return status;
    }
    return status;
}
