#include "net/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BACKLOG = 512 };

/* In English whatever the locale of the process. */
static const char *reason(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown error of the system";
}

static int32_t code_of(int number, int32_t otherwise)
{
    switch (number) {
    case ECONNREFUSED: return SQLI_E_CONNECT_REFUSED;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE: return SQLI_E_CONNECTION_LOST;
    case ENOMEM:
    case ENOBUFS: return SQLI_E_NO_MEMORY;
    default: return otherwise;
    }
}

static enum sqli_status system_failed(struct sqli_error *error, int number, int32_t otherwise)
{
    sqli__fail(error, code_of(number, otherwise), "%s", reason(number));
    if (error)
        error->isam = number;
    return SQLI_FAIL;
}

static enum sqli_status address_failed(struct sqli_error *error, int number, int32_t otherwise,
                                       const struct sqli_address *address)
{
    char text[SQLI_ADDRESS_TEXT_MAX];
    sqli__address_print(address, text);
    sqli__fail(error, code_of(number, otherwise), "%s (%s)", text, reason(number));
    if (error)
        error->isam = number;
    return SQLI_FAIL;
}

static bool not_now(int number)
{
    return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

static int open_socket(const struct sqli_address *address)
{
    return socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Fails only where the socket is no TCP one, and then nothing is lost. */
static void send_without_delay(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static const struct sockaddr *raw(const struct sqli_address *address)
{
    return (const struct sockaddr *)&address->storage;
}

enum sqli_status sqli__socket_listen(const struct sqli_address *address, int *listener,
                                     struct sqli_error *error)
{
    int on = 1;
    int fd = open_socket(address);
    *listener = SQLI_NO_SOCKET;
    if (fd < 0)
        return address_failed(error, errno, SQLI_E_NETWORK_SYSTEM, address);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, raw(address), address->length) != 0 || listen(fd, BACKLOG) != 0) {
        int number = errno;
        close(fd);
        return address_failed(error, number, SQLI_E_NETWORK_BIND, address);
    }
    *listener = fd;
    return SQLI_OK;
}

/* Errors of a connection that broke before it was accepted are not the listener's. */
static bool broke_before(int number)
{
    switch (number) {
    case ECONNABORTED:
    case EPERM:
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH: return true;
    default: return false;
    }
}

enum sqli_status sqli__socket_accept(int listener, int *socket, struct sqli_error *error)
{
    *socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (*socket >= 0) {
        send_without_delay(*socket);
        return SQLI_OK;
    }
    *socket = SQLI_NO_SOCKET;
    if (not_now(errno) || broke_before(errno))
        return SQLI_MORE;
    return system_failed(error, errno, SQLI_E_NETWORK_ACCEPT);
}

void sqli__socket_end_listening(int listener)
{
    (void)shutdown(listener, SHUT_RD);
}

static enum sqli_status connect_failed(struct sqli_error *error, int number,
                                       const struct sqli_address *address)
{
    bool late = number == ETIMEDOUT;
    return address_failed(error, number, late ? SQLI_E_CONNECT_TIMEOUT : SQLI_E_NETWORK_SYSTEM,
                          address);
}

enum sqli_status sqli__socket_connect(const struct sqli_address *address, int *socket,
                                      struct sqli_error *error)
{
    int fd = open_socket(address);
    *socket = SQLI_NO_SOCKET;
    if (fd < 0)
        return address_failed(error, errno, SQLI_E_NETWORK_SYSTEM, address);
    send_without_delay(fd);
    if (connect(fd, raw(address), address->length) == 0) {
        *socket = fd;
        return SQLI_OK;
    }
    if (errno == EINPROGRESS || errno == EINTR) {
        *socket = fd;
        return SQLI_MORE;
    }
    int number = errno;
    close(fd);
    return connect_failed(error, number, address);
}

enum sqli_status sqli__socket_connected(int socket, struct sqli_error *error)
{
    int number = 0;
    socklen_t size = sizeof number;
    struct sqli_address peer = {.length = sizeof peer.storage};
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size) != 0)
        number = errno;
    if (number == ETIMEDOUT)
        return system_failed(error, number, SQLI_E_CONNECT_TIMEOUT);
    if (number != 0)
        return system_failed(error, number, SQLI_E_NETWORK_SYSTEM);
    if (getpeername(socket, (struct sockaddr *)&peer.storage, &peer.length) == 0)
        return SQLI_OK;
    if (errno == ENOTCONN)
        return SQLI_MORE;
    return system_failed(error, errno, SQLI_E_NETWORK_SYSTEM);
}

enum sqli_status sqli__socket_receive(int socket, void *room, size_t size, size_t *received,
                                      struct sqli_error *error)
{
    ssize_t got = recv(socket, room, size, 0);
    *received = got > 0 ? (size_t)got : 0;
    if (got >= 0)
        return SQLI_OK;
    return not_now(errno) ? SQLI_MORE : system_failed(error, errno, SQLI_E_NETWORK_RECEIVE);
}

enum sqli_status sqli__socket_send(int socket, struct sqli_span bytes, size_t *sent,
                                   struct sqli_error *error)
{
    ssize_t gone = send(socket, bytes.data, bytes.length, MSG_NOSIGNAL);
    *sent = gone > 0 ? (size_t)gone : 0;
    if (gone >= 0)
        return SQLI_OK;
    return not_now(errno) ? SQLI_MORE : system_failed(error, errno, SQLI_E_NETWORK_SEND);
}

enum sqli_status sqli__socket_send_urgent(int socket, uint8_t byte, struct sqli_error *error)
{
    if (send(socket, &byte, 1, MSG_OOB | MSG_NOSIGNAL) == 1)
        return SQLI_OK;
    return not_now(errno) ? SQLI_MORE : system_failed(error, errno, SQLI_E_NETWORK_SEND);
}

enum sqli_status sqli__socket_receive_urgent(int socket, uint8_t *byte, struct sqli_error *error)
{
    if (recv(socket, byte, 1, MSG_OOB) == 1)
        return SQLI_OK;
    /* EINVAL: there is none, or it was read already. */
    if (not_now(errno) || errno == EINVAL)
        return SQLI_MORE;
    return system_failed(error, errno, SQLI_E_NETWORK_RECEIVE);
}

bool sqli__socket_at_urgent(int socket)
{
    return sockatmark(socket) == 1;
}

size_t sqli__socket_waiting(int socket)
{
    int count = 0;
    return ioctl(socket, FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}

void sqli__socket_end(int socket)
{
    (void)shutdown(socket, SHUT_WR);
}

void sqli__socket_close(int socket)
{
    if (socket != SQLI_NO_SOCKET)
        close(socket);
}

void sqli__socket_reset(int socket)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (socket == SQLI_NO_SOCKET)
        return;
    (void)setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(socket);
}

enum sqli_status sqli__socket_local(int socket, struct sqli_address *address,
                                    struct sqli_error *error)
{
    *address = (struct sqli_address){.length = sizeof address->storage};
    if (getsockname(socket, (struct sockaddr *)&address->storage, &address->length) == 0)
        return SQLI_OK;
    return system_failed(error, errno, SQLI_E_NETWORK_SYSTEM);
}

enum sqli_status sqli__socket_peer(int socket, struct sqli_address *address,
                                   struct sqli_error *error)
{
    *address = (struct sqli_address){.length = sizeof address->storage};
    if (getpeername(socket, (struct sockaddr *)&address->storage, &address->length) == 0)
        return SQLI_OK;
    return system_failed(error, errno, SQLI_E_NETWORK_SYSTEM);
}

void sqli__socket_keep_alive(int socket)
{
    int on = 1;
    (void)setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

void sqli__socket_user_timeout(int socket, unsigned milliseconds)
{
    (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}
