/* The transport of a program's own: it moves the bytes, we tell which. */
#include "client/connection.h"

enum { FEED_AT_ONCE = 256 << 10 };

int sqli_set_transport_own(sqli_conn *conn, int encrypted)
{
    SQLI_TRY_ENTER(conn, false);
    if (conn->open || conn->connect.step != SQLI_STEP_NONE)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_STATE, "it is connected"));
    conn->own = conn->nonblocking = true;
    conn->own_encrypted = encrypted != 0;
    return sqli__leave(conn, SQLI_OK);
}

static enum sqli_status require_own(struct sqli_conn *conn)
{
    if (!conn->own)
        return sqli__fail(&conn->error, SQLI_E_STATE, "the library moves the bytes itself");
    if (!conn->link.closed)
        return SQLI_OK;
    return sqli__fail(&conn->error, SQLI_E_CONNECTION_CLOSED, "%s", conn->link.error.message);
}

static enum sqli_status feed(struct sqli_conn *conn, struct sqli_span bytes)
{
    sqli__count_round_trip(conn);
    sqli__count_received(conn, bytes.length);
    sqli__trace_bytes(conn, SQLI_TO_CLIENT, bytes);
    while (bytes.length) {
        size_t size = bytes.length < FEED_AT_ONCE ? bytes.length : FEED_AT_ONCE;
        uint8_t *room = sqli__link_room(&conn->link, size);
        if (!room) {
            sqli__buffer_status(&conn->link.in, &conn->error);
            sqli__link_close(&conn->link, &conn->error);
            return SQLI_FAIL;
        }
        memcpy(room, bytes.data, size);
        SQLI_TRY(sqli__link_received(&conn->link, size, &conn->error));
        bytes = sqli__span(bytes.data + size, bytes.length - size);
    }
    return SQLI_OK;
}

/* What ends the connection is told to the call that waits. */
int sqli_feed(sqli_conn *conn, const void *bytes, size_t size)
{
    SQLI_TRY_ENTER(conn, false);
    if (require_own(conn))
        return sqli__leave_aside(conn, SQLI_FAIL);
    if (size && !bytes)
        return sqli__leave_aside(conn, sqli__fail_null(&conn->error));
    if (size == 0) {
        struct sqli_error error;
        sqli__fail(&error, SQLI_E_CONNECTION_LOST, "the other side closed it");
        sqli__link_close(&conn->link, &error);
        return sqli__leave_aside(conn, SQLI_OK);
    }
    return sqli__leave_aside(conn, feed(conn, sqli__span(bytes, size)));
}

const void *sqli_take(const sqli_conn *conn, size_t *size)
{
    struct sqli_span bytes = {NULL, 0};
    if (conn && conn->own)
        bytes = sqli__link_take(&conn->link);
    if (size)
        *size = bytes.length;
    return bytes.length ? bytes.data : NULL;
}

int sqli_taken(sqli_conn *conn, size_t size)
{
    SQLI_TRY_ENTER(conn, false);
    if (require_own(conn))
        return sqli__leave_aside(conn, SQLI_FAIL);
    struct sqli_span bytes = sqli__link_take(&conn->link);
    if (size > bytes.length)
        return sqli__leave_aside(conn, sqli__fail(&conn->error, SQLI_E_ARGUMENT,
                                                  "%zu bytes are more than the %zu there were",
                                                  size, bytes.length));
    if (size) {
        sqli__trace_bytes(conn, SQLI_TO_SERVER, sqli__span(bytes.data, size));
        sqli__link_taken(&conn->link, size);
        sqli__count_sent(conn, size);
    }
    return sqli__leave_aside(conn, SQLI_OK);
}

int sqli_take_urgent(sqli_conn *conn)
{
    if (sqli__enter(conn, false))
        return 0;
    if (conn->own && !conn->own_encrypted && sqli__cancel_due(conn))
        sqli__cancel_send(conn);
    int urgent = conn->control.urgent_to_take;
    conn->control.urgent_to_take = false;
    sqli__leave_aside(conn, SQLI_OK);
    return urgent;
}
