/* The frame of every public call: one thread at a time, and only in the process that connected. */
#include "client/statement.h"

#include <pthread.h>

/* --- forks --- */

/* Counted in each child, which is cheaper than asking for the id of the process at every call. */
static atomic_uint generation = 1;

static void count_fork(void)
{
    atomic_fetch_add(&generation, 1);
    sqli__trace_forked();
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

void sqli__belong_here(struct sqli_conn *conn)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    conn->generation = atomic_load(&generation);
}

bool sqli__is_forked(const struct sqli_conn *conn)
{
    return conn->generation && conn->generation != atomic_load(&generation);
}

/* --- calls --- */

static enum sqli_status check(struct sqli_conn *conn, bool must_be_open)
{
    if (sqli__is_forked(conn))
        return sqli__fail(&conn->error, SQLI_E_FORKED, NULL);
    if (conn->link.closed)
        conn->open = false;
    if (!must_be_open || conn->open || conn->control.awaited)
        return SQLI_OK; /* a call that goes on ends with what closed it */
    return sqli__fail(&conn->error, SQLI_E_CONNECTION_CLOSED, conn->link.closed ? "%s" : NULL,
                      conn->link.error.message);
}

int sqli__enter(struct sqli_conn *conn, bool must_be_open)
{
    if (!conn)
        return SQLI_FAIL;
    if (atomic_flag_test_and_set(&conn->busy))
        return SQLI_BUSY; /* the error belongs to the call that is running */
    sqli__error_clear(&conn->error);
    conn->control.awaited_before = conn->control.awaited;
    enum sqli_status status = check(conn, must_be_open);
    if (status)
        atomic_flag_clear(&conn->busy);
    return (int)status;
}

enum sqli_status sqli__fail_null(struct sqli_error *error)
{
    return sqli__fail(error, SQLI_E_ARGUMENT, "NULL");
}

int sqli__enter_with(struct sqli_conn *conn, bool must_be_open, const void *pointer)
{
    int entered = sqli__enter(conn, must_be_open);
    return entered || pointer ? entered : sqli__leave(conn, sqli__fail_null(&conn->error));
}

/* Who is inside now, or comes next, frees what was finalized meanwhile. A call that one of them was
 * waiting for is over with it, and a cancel that was meant for that call. */
static void free_doomed(struct sqli_conn *conn)
{
    while (atomic_load(&conn->doomed) && !atomic_flag_test_and_set(&conn->busy)) {
        conn->control.awaited_before = conn->control.awaited;
        struct sqli_stmt *stmt = atomic_exchange(&conn->doomed, NULL);
        while (stmt) {
            struct sqli_stmt *next = stmt->doomed_next;
            sqli__statement_finalize(stmt);
            stmt = next;
        }
        sqli__control_leave(conn, SQLI_OK);
        atomic_flag_clear(&conn->busy);
    }
}

int sqli__leave_aside(struct sqli_conn *conn, enum sqli_status status)
{
    atomic_flag_clear(&conn->busy);
    free_doomed(conn);
    return (int)status;
}

int sqli__leave_unsent(struct sqli_conn *conn, enum sqli_status status)
{
    sqli__control_leave(conn, status);
    return sqli__leave_aside(conn, status);
}

int sqli__leave(struct sqli_conn *conn, enum sqli_status status)
{
    if (conn->open)
        sqli__send(conn);
    return sqli__leave_unsent(conn, status);
}

void sqli_finalize(sqli_stmt *stmt)
{
    if (!stmt)
        return;
    struct sqli_conn *conn = stmt->conn;
    stmt->doomed_next = atomic_load(&conn->doomed);
    while (!atomic_compare_exchange_weak(&conn->doomed, &stmt->doomed_next, stmt))
        ;
    free_doomed(conn);
}
