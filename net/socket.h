/* TCP sockets that never block.
 *
 * SQLI_MORE means: not now, wait until poll says that the socket is ready. A socket that is opened
 * here is closed on exec, sends without delay (TCP_NODELAY) and raises no SIGPIPE. Errors carry the
 * system's errno in error->isam. */
#ifndef SQLI_NET_SOCKET_H
#define SQLI_NET_SOCKET_H

#include "net/address.h"

enum { SQLI_NO_SOCKET = -1 };

/* Port 0 takes a free one; sqli__socket_local tells which. */
enum sqli_status sqli__socket_listen(const struct sqli_address *address, int *listener,
                                     struct sqli_error *error);
/* SQLI_MORE: nobody is waiting, or who was has gone again. */
enum sqli_status sqli__socket_accept(int listener, int *socket, struct sqli_error *error);
/* Who connects from now on is refused; the socket is still to be closed. */
void sqli__socket_end_listening(int listener);

/* Begins to connect. SQLI_OK: connected; SQLI_MORE: when the socket becomes writable, ask
 * sqli__socket_connected; SQLI_FAIL: no socket is open. */
enum sqli_status sqli__socket_connect(const struct sqli_address *address, int *socket,
                                      struct sqli_error *error);
/* How the attempt ended. After SQLI_FAIL the socket is still the caller's to close. */
enum sqli_status sqli__socket_connected(int socket, struct sqli_error *error);

/* SQLI_OK with 0 bytes: the other side sends no more. Stops at an urgent byte. */
enum sqli_status sqli__socket_receive(int socket, void *room, size_t size, size_t *received,
                                      struct sqli_error *error);
/* Sends as much as the socket takes, at least one byte. */
enum sqli_status sqli__socket_send(int socket, struct sqli_span bytes, size_t *sent,
                                   struct sqli_error *error);

/* The urgent byte, which does not stand in the stream. It can be read once poll says POLLPRI;
 * sqli__socket_at_urgent tells whether all that was sent before it has been received. */
enum sqli_status sqli__socket_send_urgent(int socket, uint8_t byte, struct sqli_error *error);
enum sqli_status sqli__socket_receive_urgent(int socket, uint8_t *byte, struct sqli_error *error);
bool sqli__socket_at_urgent(int socket);

/* Bytes that can be received now, up to an urgent byte. Receiving when there are none may step over
 * an urgent byte that came just then, and it is lost: who must not lose it asks here first. */
size_t sqli__socket_waiting(int socket);

/* Tells the other side that no more bytes follow; receiving goes on. */
void sqli__socket_end(int socket);
/* Both take SQLI_NO_SOCKET too. Reset drops what was not yet sent, and the other side gets an error
 * instead of an end. */
void sqli__socket_close(int socket);
void sqli__socket_reset(int socket);

enum sqli_status sqli__socket_local(int socket, struct sqli_address *address,
                                    struct sqli_error *error);
enum sqli_status sqli__socket_peer(int socket, struct sqli_address *address,
                                   struct sqli_error *error);
/* Has the system find out, within hours, that the other machine is gone. */
void sqli__socket_keep_alive(int socket);
/* Has it give up when sent bytes stay unconfirmed for so long. */
void sqli__socket_user_timeout(int socket, unsigned milliseconds);

#endif
