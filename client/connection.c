/* The handle: made, told its options, connected, closed; and the frame of every public call. */
#include "client/statement.h"

#include "base/alloc.h"

#include <unistd.h>

/* --- the frame of a call --- */

int sqli__enter(struct sqli_conn *conn, bool must_be_open)
{
    if (atomic_flag_test_and_set(&conn->busy))
        return SQLI_BUSY; /* the error belongs to the call that is running */
    sqli__error_clear(&conn->error);
    enum sqli_status status = SQLI_OK;
    if (conn->process && conn->process != getpid())
        status = sqli__fail(&conn->error, SQLI_E_FORKED, NULL);
    else if (must_be_open && !conn->open)
        status = sqli__fail(&conn->error, SQLI_E_CONNECTION_CLOSED, NULL);
    if (status)
        atomic_flag_clear(&conn->busy);
    return (int)status;
}

int sqli__leave(struct sqli_conn *conn, enum sqli_status status)
{
    atomic_flag_clear(&conn->busy);
    return (int)status;
}

/* --- life --- */

sqli_conn *sqli_new(void)
{
    struct sqli_conn *conn = sqli__alloc_zeroed(1, sizeof *conn);
    if (!conn)
        return NULL;
    conn->socket = -1;
    conn->autocommit = true;
    conn->deadline = SQLI_NO_DEADLINE;
    sqli__link_init(&conn->link, 0);
    sqli__task_init(&conn->task, conn, conn);
    return conn;
}

int sqli_open(const char *url, sqli_conn **conn)
{
    *conn = sqli_new();
    if (!*conn)
        return SQLI_FAIL;
    if (sqli_set_environment(*conn) || (url && sqli_set_url(*conn, url)))
        return SQLI_FAIL;
    return sqli_connect(*conn);
}

static void say_goodbye(struct sqli_conn *conn)
{
    if (!conn->open || conn->process != getpid())
        return;
    sqli__link_exit(&conn->link);
    bool nonblocking = conn->nonblocking;
    conn->nonblocking = true; /* what the socket does not take at once is not worth waiting for */
    sqli__pump(conn);
    conn->nonblocking = nonblocking;
}

void sqli_close(sqli_conn *conn)
{
    if (!conn)
        return;
    say_goodbye(conn);
    while (conn->statements)
        sqli_finalize(conn->statements);
    conn->open = false;
    sqli__prepared_free_all(conn);
    sqli__link_free(&conn->link);
    sqli__transport_close(conn);
    sqli__tls_context_free(conn->tls_context);
    sqli__codeset_close(conn->codeset);
    sqli__options_free(&conn->options);
    sqli__free(conn);
}

int sqli_is_open(const sqli_conn *conn)
{
    return conn && conn->open;
}

/* --- options --- */

int sqli_set(sqli_conn *conn, const char *option, const char *value)
{
    SQLI_TRY_ENTER(conn, false);
    return sqli__leave(conn, sqli__options_set(&conn->options, sqli__span_text(option),
                                               sqli__span_text(value), &conn->error));
}

int sqli_set_url(sqli_conn *conn, const char *url)
{
    SQLI_TRY_ENTER(conn, false);
    return sqli__leave(conn, sqli__options_url(&conn->options, url, &conn->error));
}

int sqli_set_environment(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, false);
    return sqli__leave(conn, sqli__options_environment(&conn->options, &conn->error));
}

const char *sqli_get(const sqli_conn *conn, const char *option)
{
    enum sqli_option_id id;
    return sqli__option_find(sqli__span_text(option), &id) ? sqli__option(&conn->options, id)
                                                           : NULL;
}

/* --- connecting --- */

int sqli_connect(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, false);
    if (conn->open)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_STATE, "it is connected"));
    enum sqli_status status;
    while ((status = sqli__connect_advance(conn)) == SQLI_MORE) {
        status = sqli__connect_wait(conn);
        if (status == SQLI_FAIL)
            status = sqli__connect_failed(conn);
        if (status)
            break;
    }
    if (status == SQLI_OK) {
        conn->open = true;
        conn->process = getpid();
    }
    if (status == SQLI_FAIL)
        sqli__transport_close(conn);
    return sqli__leave(conn, status);
}

const char *sqli_info(const sqli_conn *conn, const char *what)
{
    const struct {
        const char *name;
        const char *value;
    } all[] = {
        {"host", conn->host},
        {"server", conn->server},
        {"version", conn->version},
        {"database", conn->database},
        {"locale", conn->locale},
        {"tls", conn->tls ? sqli__tls_version(conn->tls) : ""},
        {"logging", !conn->database[0] ? ""
                    : conn->ansi       ? "ansi"
                    : conn->logged     ? "logged"
                                       : "unlogged"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(what, all[i].name) == 0)
            return all[i].value;
    return "";
}
