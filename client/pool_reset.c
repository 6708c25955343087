/* What a program has done to a connection of a pool is undone, or the connection is closed. */
#include "client/pool.h"
#include "client/statement.h"

#include <stdio.h>

/* What the server does when it is not told: SQL knows no way to ask for it. */
static const char *initial_isolation(const sqli_conn *conn)
{
    const char *own = sqli__option(&conn->options, SQLI_OPT_ISOLATION);
    return own ? own : conn->ansi ? "repeatable" : conn->logged ? "committed" : "dirty";
}

static enum sqli_status reset_settings(sqli_conn *conn)
{
    char sql[64];
    int64_t seconds = 0;
    if (!conn->settings_changed)
        return SQLI_OK;
    if (sqli__option(&conn->options, SQLI_OPT_LOCK_WAIT))
        SQLI_TRY(sqli__option_number(&conn->options, SQLI_OPT_LOCK_WAIT, -1, INT32_MAX, &seconds,
                                     &conn->error));
    sqli__lock_wait_sql(seconds, sql, sizeof sql);
    if (sqli_exec(conn, sql, NULL))
        return SQLI_FAIL;
    if (conn->database[0] && sqli_exec(conn, sqli__isolation_sql(initial_isolation(conn)), NULL))
        return SQLI_FAIL;
    conn->settings_changed = false;
    return SQLI_OK;
}

/* Also what a program has set for this connection alone. */
static enum sqli_status reset_options(sqli_conn *conn, const struct sqli_options *options)
{
    if (sqli__enter(conn, true))
        return SQLI_FAIL;
    return (enum sqli_status)sqli__leave_aside(
        conn, sqli__options_copy(&conn->options, options, &conn->error));
}

static enum sqli_status reset_database(sqli_conn *conn, const char *database)
{
    char sql[SQLI_INFO_MAX + 32];
    if (strcmp(conn->database, database) == 0)
        return SQLI_OK;
    snprintf(sql, sizeof sql, *database ? "database %s" : "close database%s", database);
    return (enum sqli_status)sqli_exec(conn, sql, NULL);
}

static enum sqli_status reset_session(sqli_conn *conn, const char *database)
{
    if ((conn->in_transaction || conn->ansi) && sqli_rollback(conn))
        return SQLI_FAIL;
    conn->autocommit = true; /* for what is said to the server here */
    SQLI_TRY(reset_database(conn, database));
    SQLI_TRY(reset_settings(conn));
    return sqli__option_switch(&conn->options, SQLI_OPT_AUTOCOMMIT, &conn->autocommit,
                               &conn->error);
}

/* A call that has said SQLI_MORE is in doubt; so is a session with temporary tables and the like,
 * and one with large objects that somebody still has open. */
enum sqli_status sqli__pool_reset(sqli_conn *conn, const char *database,
                                  const struct sqli_options *options)
{
    if (!sqli_is_open(conn) || conn->own || conn->control.awaited || conn->doing ||
        conn->session_changed || conn->lobs)
        return SQLI_FAIL;
    conn->nonblocking = false;
    conn->control.progress = (struct sqli_progress){0};
    if (sqli_set_trace(conn, NULL, NULL))
        return SQLI_FAIL;
    while (conn->statements)
        sqli_finalize(conn->statements);
    SQLI_TRY(reset_options(conn, options));
    SQLI_TRY(reset_session(conn, database));
    if (sqli__enter(conn, true))
        return SQLI_FAIL;
    return (enum sqli_status)sqli__leave(conn, sqli__cleanup_flush(conn, &conn->error));
}
