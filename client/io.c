/* Bytes between the link and the socket, TLS or not. */
#include "client/connection.h"
#include "net/socket.h"

#include <errno.h>
#include <poll.h>

enum { RECEIVE_ROOM = 256 << 10, SENDS_AT_ONCE = 64 };

void sqli__transport_close(struct sqli_conn *conn)
{
    sqli__tls_free(conn->tls);
    conn->tls = NULL;
    sqli__socket_close(conn->socket);
    conn->socket = SQLI_NO_SOCKET;
}

static enum sqli_status send_some(struct sqli_conn *conn, struct sqli_span bytes, size_t *sent)
{
    return conn->tls ? sqli__tls_send(conn->tls, bytes, sent, &conn->error)
                     : sqli__socket_send(conn->socket, bytes, sent, &conn->error);
}

/* SQLI_OK: something was sent; SQLI_MORE: nothing, or not now. */
static enum sqli_status flush(struct sqli_conn *conn)
{
    bool moved = false;
    for (;;) {
        size_t sent = 0;
        struct sqli_span bytes = sqli__link_take(&conn->link);
        if (bytes.length == 0)
            return moved ? SQLI_OK : SQLI_MORE;
        enum sqli_status status = send_some(conn, bytes, &sent);
        if (status)
            return status == SQLI_MORE && moved ? SQLI_OK : status;
        sqli__link_taken(&conn->link, sent);
        moved = true;
    }
}

static enum sqli_status receive(struct sqli_conn *conn)
{
    size_t received = 0;
    uint8_t *room = sqli__link_room(&conn->link, RECEIVE_ROOM);
    if (!room)
        return sqli__fail(&conn->error, SQLI_E_TOO_LARGE, "a message of the server");
    enum sqli_status status =
        conn->tls ? sqli__tls_receive(conn->tls, room, RECEIVE_ROOM, &received, &conn->error)
                  : sqli__socket_receive(conn->socket, room, RECEIVE_ROOM, &received, &conn->error);
    if (status)
        return status;
    if (received == 0)
        return sqli__fail(&conn->error, SQLI_E_CONNECTION_LOST, "%s closed it", conn->host);
    return sqli__link_received(&conn->link, received, &conn->error);
}

/* What the socket has to become ready for; the TLS layer may want to write in order to read. */
static short wanted(const struct sqli_conn *conn)
{
    if (conn->connect.step == SQLI_STEP_CONNECT)
        return POLLOUT;
    bool write = sqli__link_take(&conn->link).length > 0;
    if (conn->tls && sqli__tls_wants_write(conn->tls))
        write = true;
    return (short)(write ? POLLIN | POLLOUT : POLLIN);
}

static enum sqli_status wait_ready(struct sqli_conn *conn)
{
    if (conn->nonblocking)
        return SQLI_MORE;
    struct pollfd ready = {.fd = conn->socket, .events = wanted(conn)};
    int count = poll(&ready, 1, sqli__clock_left(conn->deadline));
    if (count < 0 && errno != EINTR)
        return sqli__fail(&conn->error, SQLI_E_CONNECTION_LOST, "poll");
    if (count == 0)
        return sqli__fail(&conn->error, SQLI_E_TIMEOUT, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__pump(struct sqli_conn *conn)
{
    enum sqli_status status = flush(conn);
    if (status == SQLI_FAIL)
        goto lost;
    bool moved = status == SQLI_OK;
    status = receive(conn);
    if (status == SQLI_OK || (status == SQLI_MORE && moved))
        return SQLI_OK;
    if (status == SQLI_MORE)
        status = wait_ready(conn);
    if (status != SQLI_FAIL)
        return status;
lost:
    sqli__link_close(&conn->link, &conn->error);
    sqli__transport_close(conn);
    conn->open = false;
    return SQLI_FAIL;
}

void sqli__send(struct sqli_conn *conn)
{
    if (flush(conn) == SQLI_FAIL)
        sqli__error_clear(&conn->error); /* the next call meets it again */
}

enum sqli_status sqli__connect_wait(struct sqli_conn *conn)
{
    conn->deadline = conn->connect.deadline;
    enum sqli_status status =
        conn->connect.step < SQLI_STEP_LOGIN ? wait_ready(conn) : sqli__pump(conn);
    if (status == SQLI_FAIL && conn->error.code == SQLI_E_TIMEOUT)
        sqli__fail(&conn->error, SQLI_E_CONNECT_TIMEOUT, "%s", conn->host);
    conn->deadline = SQLI_NO_DEADLINE;
    return status;
}
