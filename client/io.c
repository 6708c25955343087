/* Bytes between the link and the socket, TLS or not; and the one place that waits. */
#include "client/connection.h"
#include "net/socket.h"

#include <errno.h>
#include <poll.h>

enum { RECEIVE_ROOM = 256 << 10 };

void sqli__transport_close(struct sqli_conn *conn)
{
    sqli__tls_free(conn->tls);
    conn->tls = NULL;
    sqli__socket_close(conn->socket);
    conn->socket = SQLI_NO_SOCKET;
    sqli__trace_restart(conn);
}

/* --- bytes --- */

static enum sqli_status send_some(struct sqli_conn *conn, struct sqli_span bytes, size_t *sent)
{
    return conn->tls ? sqli__tls_send(conn->tls, bytes, sent, &conn->error)
                     : sqli__socket_send(conn->socket, bytes, sent, &conn->error);
}

/* SQLI_OK: something was sent; SQLI_MORE: nothing, or not now. */
static enum sqli_status flush(struct sqli_conn *conn)
{
    bool moved = false;
    while (!conn->own) {
        size_t sent = 0;
        struct sqli_span bytes = sqli__link_take(&conn->link);
        if (bytes.length == 0)
            break;
        enum sqli_status status = send_some(conn, bytes, &sent);
        if (status)
            return status == SQLI_MORE && moved ? SQLI_OK : status;
        sqli__trace_bytes(conn, SQLI_TO_SERVER, sqli__span(bytes.data, sent));
        sqli__link_taken(&conn->link, sent);
        sqli__count_sent(conn, sent);
        moved = true;
    }
    return moved ? SQLI_OK : SQLI_MORE;
}

static enum sqli_status no_room(struct sqli_conn *conn)
{
    SQLI_TRY(sqli__buffer_status(&conn->link.in, &conn->error));
    return sqli__fail(&conn->error, SQLI_E_TOO_LARGE, "a message of the server");
}

static enum sqli_status receive(struct sqli_conn *conn)
{
    size_t received = 0;
    if (conn->link.closed) {
        conn->error = conn->link.error;
        return SQLI_FAIL;
    }
    if (conn->own)
        return SQLI_MORE;
    uint8_t *room = sqli__link_room(&conn->link, RECEIVE_ROOM);
    if (!room)
        return no_room(conn);
    SQLI_TRY(conn->tls
                 ? sqli__tls_receive(conn->tls, room, RECEIVE_ROOM, &received, &conn->error)
                 : sqli__socket_receive(conn->socket, room, RECEIVE_ROOM, &received, &conn->error));
    if (received == 0)
        return sqli__fail(&conn->error, SQLI_E_CONNECTION_LOST, "%s closed it", conn->host);
    sqli__trace_bytes(conn, SQLI_TO_CLIENT, sqli__span(room, received));
    sqli__count_received(conn, received);
    return sqli__link_received(&conn->link, received, &conn->error);
}

/* --- waiting --- */

static bool is_reaching(const struct sqli_conn *conn)
{
    return !conn->open && conn->connect.step <= SQLI_STEP_TLS;
}

int sqli__wait_descriptor(const struct sqli_conn *conn)
{
    short events;
    return is_reaching(conn) ? sqli__connect_ready(conn, &events) : conn->socket;
}

/* The TLS layer may want to write in order to read. */
short sqli__wait_events(const struct sqli_conn *conn)
{
    short events = 0;
    if (is_reaching(conn)) {
        sqli__connect_ready(conn, &events);
        return events;
    }
    bool write = sqli__link_take(&conn->link).length > 0 || sqli__cancel_due(conn);
    if (conn->tls && sqli__tls_wants_write(conn->tls))
        write = true;
    return (short)(write ? POLLIN | POLLOUT : POLLIN);
}

/* Up to the next deadline, whose passing the next look at the connection finds. */
static enum sqli_status wait_ready(struct sqli_conn *conn)
{
    if (conn->nonblocking || conn->own) {
        sqli__control_woken(conn); /* a cancel that comes from now on makes the time to wait 0 */
        return SQLI_MORE;
    }
    struct pollfd ready[] = {
        {.fd = sqli__wait_descriptor(conn), .events = sqli__wait_events(conn)},
        {.fd = atomic_load(&conn->control.wake), .events = POLLIN},
    };
    int count = poll(ready, 2, sqli__clock_left(sqli__control_next(conn)));
    if (count < 0 && errno != EINTR)
        return sqli__fail(&conn->error, SQLI_E_CONNECTION_LOST, "poll: errno %d", errno);
    if (count > 0 && ready[1].revents)
        sqli__control_woken(conn);
    return SQLI_OK;
}

static enum sqli_status lost(struct sqli_conn *conn)
{
    sqli__link_close(&conn->link, &conn->error);
    sqli__transport_close(conn);
    conn->open = false;
    return SQLI_FAIL;
}

static enum sqli_status move(struct sqli_conn *conn)
{
    enum sqli_status sent = flush(conn);
    if (sent == SQLI_FAIL)
        return sent;
    sqli__count_round_trip(conn);
    enum sqli_status received = receive(conn);
    if (received == SQLI_FAIL)
        return received;
    return sent == SQLI_OK ? SQLI_OK : received;
}

enum sqli_status sqli__pump(struct sqli_conn *conn)
{
    sqli__control_wait(conn);
    enum sqli_status status = move(conn);
    if (status != SQLI_FAIL && sqli__control_due(conn))
        status = SQLI_FAIL;
    if (status == SQLI_MORE)
        status = wait_ready(conn);
    return status == SQLI_FAIL ? lost(conn) : status;
}

void sqli__send(struct sqli_conn *conn)
{
    if (sqli__is_forked(conn) || sqli__link_take(&conn->link).length == 0)
        return;
    struct sqli_error error = conn->error;
    flush(conn);
    conn->error = error; /* the next call meets it again */
}

enum sqli_status sqli__receive_all(struct sqli_conn *conn)
{
    enum sqli_status status;
    while ((status = receive(conn)) == SQLI_OK)
        ;
    return status == SQLI_FAIL ? lost(conn) : SQLI_OK;
}

/* --- while connecting --- */

/* How far the connect has come is known to connect.c, which also finds out that the time has
 * passed.
 */
enum sqli_status sqli__connect_wait(struct sqli_conn *conn)
{
    bool talks = conn->connect.step > SQLI_STEP_TLS;
    sqli__control_wait(conn);
    enum sqli_status status = talks ? move(conn) : SQLI_MORE;
    if (status != SQLI_FAIL && sqli__control_due_connecting(conn))
        status = SQLI_FAIL;
    if (status == SQLI_MORE)
        status = wait_ready(conn);
    return status == SQLI_FAIL && talks ? lost(conn) : status;
}
