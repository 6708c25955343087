/* Threads that share the sockets of the server: whoever gets an event of a connection reads what is
 * there, and serves it on the spot unless another thread does already. There is always one more
 * thread that waits, so a break, a hang-up and a new client are noticed whatever runs. */
#ifndef SQLI_SERVER_REACTOR_H
#define SQLI_SERVER_REACTOR_H

#include "net/address.h"
#include "net/tls.h"
#include "server/log.h"
#include "server/session/session.h"
#include "server/users.h"

struct sqli_reactor;

/* What all connections have in common. Pointers are the caller's and outlive the reactor. */
struct sqli_reactor_settings {
    struct sqli_logger *logger;
    struct sqli_users *users;
    struct sqli_databases *const *databases; /* filled before the start */
    const char *server_name;
    const char *host_name;
    size_t output_limit;
    int32_t max_sessions;
    int32_t login_timeout_ms;
};

enum sqli_status sqli__reactor_open(const struct sqli_reactor_settings *settings,
                                    struct sqli_reactor **reactor, struct sqli_error *error);
/* Takes the listener over, also when it fails. With a context its clients must speak TLS. Before
 * the start. */
enum sqli_status sqli__reactor_listen(struct sqli_reactor *reactor, int listener,
                                      struct sqli_tls_context *tls, struct sqli_error *error);
enum sqli_status sqli__reactor_start(struct sqli_reactor *reactor, struct sqli_error *error);
void sqli__reactor_stop(struct sqli_reactor *reactor, bool now); /* as sqli__server_stop */
void sqli__reactor_close(struct sqli_reactor *reactor);          /* after a stop, or no start */

/* --- for connections --- */

/* The life of a connection; it never goes back. */
enum sqli_phase {
    SQLI_PHASE_LOGIN,
    SQLI_PHASE_SESSION,
    SQLI_PHASE_CLOSING, /* the session is gone, what it said last is on its way */
    SQLI_PHASE_CLOSED,
    SQLI_PHASES,
};

const struct sqli_reactor_settings *sqli__reactor_settings(const struct sqli_reactor *reactor);
/* Has the connections looked at, at that time or earlier. */
void sqli__reactor_wake_at(struct sqli_reactor *reactor, int64_t deadline);
/* Keeps count; at SQLI_PHASE_CLOSED the reactor forgets the connection. */
void sqli__reactor_moved(struct sqli_reactor *reactor, uint64_t key, enum sqli_phase from,
                         enum sqli_phase to);

#endif
