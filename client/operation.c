/* Requests of the connection itself, one at a time. */
#include "client/connection.h"

static enum sqli_status settle(void *context)
{
    return sqli__task_settle(context);
}

enum sqli_status sqli__operate(struct sqli_conn *conn, const char *name,
                               enum sqli_status (*add)(struct sqli_conn *conn, const void *context),
                               const void *context)
{
    if (conn->doing && strcmp(conn->doing, name) != 0)
        return sqli__fail(&conn->error, SQLI_E_STATE, "%s is under way", conn->doing);
    if (!conn->doing) {
        SQLI_TRY(sqli__cleanup_flush(conn, &conn->error));
        SQLI_TRY(add(conn, context));
        SQLI_TRY(sqli__task_submit(&conn->task, NULL));
        conn->doing = name;
    }
    enum sqli_status status = sqli__drive(conn, settle, &conn->task);
    if (status == SQLI_FAIL)
        sqli__task_drop(&conn->task);
    if (status != SQLI_MORE)
        conn->doing = NULL;
    return status;
}

void sqli__add_command(struct sqli_conn *conn, struct sqli_span sql)
{
    sqli__link_add(&conn->link, &(struct sqli_message){.id = SQLI_MSG_COMMAND, .as.sql.text = sql});
    sqli__link_tag(&conn->link, SQLI_MSG_NDESCRIBE);
    sqli__link_tag(&conn->link, SQLI_MSG_EXECUTE);
    sqli__link_tag(&conn->link, SQLI_MSG_RELEASE);
}
