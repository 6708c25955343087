/* The handle: made, told its options, connected, closed. */
#include "client/lob.h"
#include "client/routine.h"

#include "base/alloc.h"

/* --- life --- */

sqli_conn *sqli_new(void)
{
    struct sqli_conn *conn = sqli__alloc_zeroed(1, sizeof *conn);
    if (!conn)
        return NULL;
    conn->socket = -1;
    conn->autocommit = true;
    conn->deadline = SQLI_NO_DEADLINE;
    sqli__control_init(&conn->control);
    sqli__link_init(&conn->link, 0);
    sqli__task_init(&conn->task, conn, conn);
    return conn;
}

static void say_goodbye(struct sqli_conn *conn)
{
    if (!conn->open || sqli__is_forked(conn))
        return;
    sqli__link_exit(&conn->link);
    sqli__send(conn); /* what the socket does not take at once is not worth waiting for */
}

/* The session is over, here and at the server; what the program holds stays. */
static void end_session(struct sqli_conn *conn)
{
    say_goodbye(conn);
    conn->open = conn->in_session = false;
    sqli__connect_drop(conn);
    for (struct sqli_stmt *stmt = conn->statements; stmt; stmt = stmt->next)
        sqli__statement_detach(stmt);
    sqli__prepared_free_all(conn);
    sqli__object_free(conn->creating);
    conn->creating = NULL;
    sqli__routines_free(conn);
    sqli__task_drop(&conn->task);
    conn->doing = NULL;
}

static void disconnect(struct sqli_conn *conn)
{
    struct sqli_error closed;
    sqli__fail(&closed, SQLI_E_CONNECTION_CLOSED, NULL);
    end_session(conn);
    sqli__objects_lose(conn, false);
    sqli__link_close(&conn->link, &closed);
    sqli__transport_close(conn);
}

int sqli_disconnect(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, false);
    disconnect(conn);
    return sqli__leave(conn, SQLI_OK);
}

void sqli_close(sqli_conn *conn)
{
    if (!conn || atomic_flag_test_and_set(&conn->busy))
        return; /* another thread, or the callback of a call, is inside */
    end_session(conn);
    while (conn->statements)
        sqli__statement_finalize(conn->statements);
    sqli__objects_lose(conn, true);
    sqli__link_free(&conn->link);
    sqli__transport_close(conn);
    sqli__trace_close(conn);
    sqli__control_close(&conn->control);
    sqli__tls_context_free(conn->tls_context);
    sqli__codeset_close(conn->codeset);
    sqli__options_free(&conn->options);
    sqli__free(conn);
}

int sqli_is_open(const sqli_conn *conn)
{
    return conn && conn->open && !conn->link.closed;
}

int sqli_check(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, true);
    return sqli__leave(conn, sqli__receive_all(conn));
}

/* --- connecting --- */

int sqli_connect(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, false);
    if (conn->open)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_STATE, "it is connected"));
    if (conn->in_session)
        disconnect(conn); /* the one before was lost */
    sqli__belong_here(conn);
    if (sqli__control_open(conn) || sqli__trace_open(conn))
        return sqli__leave(conn, SQLI_FAIL);
    enum sqli_status status;
    while ((status = sqli__connect_advance(conn)) == SQLI_MORE) {
        status = sqli__connect_wait(conn);
        if (status == SQLI_FAIL)
            status = sqli__connect_failed(conn);
        if (status)
            break;
    }
    if (status == SQLI_OK)
        conn->open = conn->in_session = true;
    if (status == SQLI_FAIL)
        sqli__transport_close(conn);
    return sqli__leave(conn, status);
}
