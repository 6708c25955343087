/* What a call that failed left behind. */
#include "client/connection.h"

/* Where there is no handle, there was no memory for one. */
static const sqli_error no_memory = {
    .code = SQLI_E_NO_MEMORY,
    .retryable = true,
    .sqlstate = "HY001",
    .message = "out of memory",
    .hint = "",
};

/* Who has no error asks about none. */
static const sqli_error *known(const sqli_error *error)
{
    static const sqli_error none = {.sqlstate = "00000", .hint = ""};
    return error ? error : &none;
}

const sqli_error *sqli_last_error(const sqli_conn *conn)
{
    return conn ? &conn->error : &no_memory;
}

int sqli_errcode(const sqli_conn *conn)
{
    return sqli_last_error(conn)->code;
}

const char *sqli_errmsg(const sqli_conn *conn)
{
    return sqli_last_error(conn)->message;
}

int sqli_err_code(const sqli_error *error)
{
    return known(error)->code;
}

int sqli_err_isam(const sqli_error *error)
{
    return known(error)->isam;
}

int sqli_err_offset(const sqli_error *error)
{
    return known(error)->offset;
}

int sqli_err_retryable(const sqli_error *error)
{
    return known(error)->retryable;
}

const char *sqli_err_message(const sqli_error *error)
{
    return known(error)->message;
}

const char *sqli_err_sqlstate(const sqli_error *error)
{
    return known(error)->sqlstate;
}

const char *sqli_err_near(const sqli_error *error)
{
    return known(error)->near;
}

const char *sqli_err_hint(const sqli_error *error)
{
    const char *hint = known(error)->hint;
    return hint ? hint : "";
}
