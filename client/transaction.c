/* Transactions, savepoints, and how the session reads and locks. */
#include "client/connection.h"

#include <stdio.h>

enum { SETTING_MAX = 64 };

static enum sqli_status add_tag(struct sqli_conn *conn, const void *id)
{
    sqli__link_tag(&conn->link, *(const enum sqli_message_id *)id);
    return SQLI_OK;
}

/* --- begin, commit, rollback --- */

static enum sqli_status begin(struct sqli_conn *conn)
{
    static const enum sqli_message_id id = SQLI_MSG_BEGIN;
    SQLI_TRY(sqli__operate(conn, "begin", add_tag, &id));
    conn->in_transaction = true;
    return SQLI_OK;
}

int sqli_begin(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, true);
    return sqli__leave(conn, begin(conn));
}

/* That there was no transaction, or never can be one, is what was asked for. */
static bool is_without_transaction(const struct sqli_error *error)
{
    return error->code == SQLI_E_NOT_IN_TRANSACTION || error->code == SQLI_E_NO_TRANSACTIONS;
}

static enum sqli_status end(struct sqli_conn *conn, const char *name,
                            const enum sqli_message_id *id)
{
    enum sqli_status status = sqli__operate(conn, name, add_tag, id);
    if (status == SQLI_FAIL && conn->open && is_without_transaction(&conn->error)) {
        sqli__error_clear(&conn->error);
        status = SQLI_OK;
    }
    if (status == SQLI_OK)
        conn->in_transaction = false;
    return status;
}

/* An answer that is lost with the connection leaves the one question that matters open. */
static void say_unknown(struct sqli_conn *conn)
{
    char why[sizeof conn->error.message];
    snprintf(why, sizeof why, "%s", conn->error.message);
    sqli__fail(&conn->error, SQLI_E_COMMIT_UNKNOWN, "%s", why);
}

enum sqli_status sqli__commit(struct sqli_conn *conn)
{
    static const enum sqli_message_id id = SQLI_MSG_COMMIT;
    bool in_doubt = conn->in_transaction || conn->ansi;
    if (!in_doubt && !conn->doing)
        return SQLI_OK;
    enum sqli_status status = end(conn, "commit", &id);
    if (status == SQLI_FAIL && !conn->open)
        say_unknown(conn);
    return status;
}

int sqli_commit(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, true);
    return sqli__leave(conn, sqli__commit(conn));
}

enum sqli_status sqli__rollback(struct sqli_conn *conn)
{
    static const enum sqli_message_id id = SQLI_MSG_ROLLBACK;
    return end(conn, "rollback", &id);
}

int sqli_rollback(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, true);
    return sqli__leave(conn, sqli__rollback(conn));
}

/* --- savepoints --- */

struct savepoint {
    enum sqli_message_id id;
    const char *name;
};

static enum sqli_status add_savepoint(struct sqli_conn *conn, const void *context)
{
    const struct savepoint *s = context;
    struct sqli_buffer name;
    sqli__buffer_init(&name, SQLI_INFO_MAX);
    enum sqli_status status =
        sqli__text_to_server(conn, sqli__span_text(s->name), &name, &conn->error);
    struct sqli_message message = {.id = (uint16_t)s->id};
    if (s->id == SQLI_MSG_SAVEPOINT)
        message.as.name_option.name = sqli__buffer_view(&name);
    else
        message.as.bytes = sqli__buffer_view(&name);
    if (status == SQLI_OK)
        sqli__link_add(&conn->link, &message);
    sqli__buffer_free(&name);
    return status;
}

static int operate_savepoint(struct sqli_conn *conn, const char *what, enum sqli_message_id id,
                             const char *name)
{
    struct savepoint s = {id, name};
    SQLI_TRY_ENTER(conn, true);
    if (!name || !*name)
        return sqli__leave(conn,
                           sqli__fail(&conn->error, SQLI_E_ARGUMENT, "a savepoint needs a name"));
    return sqli__leave(conn, sqli__operate(conn, what, add_savepoint, &s));
}

int sqli_savepoint(sqli_conn *conn, const char *name)
{
    return operate_savepoint(conn, "savepoint", SQLI_MSG_SAVEPOINT, name);
}

int sqli_rollback_to(sqli_conn *conn, const char *name)
{
    return operate_savepoint(conn, "rollback to a savepoint", SQLI_MSG_SAVEPOINT_ROLLBACK, name);
}

int sqli_release_savepoint(sqli_conn *conn, const char *name)
{
    return operate_savepoint(conn, "release of a savepoint", SQLI_MSG_SAVEPOINT_RELEASE, name);
}

/* --- what holds for all transactions --- */

/* What is set once holds for a connection that is opened again, too. */
static enum sqli_status keep(struct sqli_conn *conn, const char *option, const char *value)
{
    return sqli__options_set(&conn->options, sqli__span_text(option), sqli__span_text(value),
                             &conn->error);
}

int sqli_set_autocommit(sqli_conn *conn, int on)
{
    SQLI_TRY_ENTER(conn, false);
    if (on && conn->open && (conn->in_transaction || conn->doing)) {
        int result = (int)sqli__commit(conn);
        if (result != SQLI_OK)
            return sqli__leave(conn, (enum sqli_status)result);
    }
    enum sqli_status status = keep(conn, "autocommit", on ? "on" : "off");
    if (status == SQLI_OK)
        conn->autocommit = on != 0;
    return sqli__leave(conn, status);
}

int sqli_autocommit(const sqli_conn *conn)
{
    return conn && conn->autocommit;
}

int sqli_in_transaction(const sqli_conn *conn)
{
    return sqli_is_open(conn) && conn->in_transaction;
}

static enum sqli_status add_setting(struct sqli_conn *conn, const void *sql)
{
    sqli__add_command(conn, sqli__span_text(sql));
    return SQLI_OK;
}

const char *sqli__isolation_sql(const char *level)
{
    static const struct {
        const char *level;
        const char *sql;
    } levels[] = {
        {"dirty", "set isolation to dirty read"},
        {"committed", "set isolation to committed read"},
        {"last-committed", "set isolation to committed read last committed"},
        {"cursor", "set isolation to cursor stability"},
        {"repeatable", "set isolation to repeatable read"},
    };
    for (size_t i = 0; level && i < sizeof levels / sizeof levels[0]; i++)
        if (strcmp(level, levels[i].level) == 0)
            return levels[i].sql;
    return NULL;
}

int sqli_set_isolation(sqli_conn *conn, const char *level)
{
    const char *sql = sqli__isolation_sql(level);
    SQLI_TRY_ENTER(conn, true);
    if (!sql)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_ARGUMENT, "isolation %s",
                                            level ? level : "NULL"));
    conn->settings_changed = true;
    enum sqli_status status = sqli__operate(conn, "set isolation", add_setting, sql);
    if (status == SQLI_OK)
        status = keep(conn, "isolation", level);
    return sqli__leave(conn, status);
}

void sqli__lock_wait_sql(int64_t seconds, char *sql, size_t room)
{
    if (seconds > 0)
        snprintf(sql, room, "set lock mode to wait %lld", (long long)seconds);
    else
        snprintf(sql, room, "set lock mode to %s", seconds ? "wait" : "not wait");
}

int sqli_set_lock_wait(sqli_conn *conn, int seconds)
{
    char sql[SETTING_MAX], number[16];
    SQLI_TRY_ENTER(conn, true);
    if (seconds < -1)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_ARGUMENT, "%d seconds", seconds));
    sqli__lock_wait_sql(seconds, sql, sizeof sql);
    conn->settings_changed = true;
    snprintf(number, sizeof number, "%d", seconds);
    enum sqli_status status = sqli__operate(conn, "set lock mode", add_setting, sql);
    if (status == SQLI_OK)
        status = keep(conn, "lock-wait", number);
    return sqli__leave(conn, status);
}
