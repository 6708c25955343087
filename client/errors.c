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
    return error->code;
}

int sqli_err_isam(const sqli_error *error)
{
    return error->isam;
}

int sqli_err_offset(const sqli_error *error)
{
    return error->offset;
}

int sqli_err_retryable(const sqli_error *error)
{
    return error->retryable;
}

const char *sqli_err_message(const sqli_error *error)
{
    return error->message;
}

const char *sqli_err_sqlstate(const sqli_error *error)
{
    return error->sqlstate;
}

const char *sqli_err_near(const sqli_error *error)
{
    return error->near;
}

const char *sqli_err_hint(const sqli_error *error)
{
    return error->hint ? error->hint : "";
}
