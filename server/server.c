#include "server/server.h"

#include "base/alloc.h"
#include "net/socket.h"
#include "server/reactor.h"

#include <unistd.h>

struct port {
    char address[SQLI_ADDRESS_TEXT_MAX]; /* "": not listened on */
    uint16_t number;
};

struct sqli_server {
    struct sqli_logger logger;
    struct sqli_users *users;
    struct sqli_tls_context *tls;
    struct sqli_databases *databases;
    struct sqli_reactor *reactor;
    struct port plain;
    struct port secure;
    char server_name[129];
    char host_name[SQLI_HOST_MAX + 1];
};

void sqli__server_options_init(struct sqli_server_options *options)
{
    *options = (struct sqli_server_options){
        .listen = "127.0.0.1:9088",
        .server_name = "informix",
        .output_limit = 64 << 20,
        .max_sessions = 1000,
        .login_timeout_ms = 60000,
        .lock_wait_ms = 10000,
        .log_level = SQLI_LOG_INFO,
    };
}

/* --- what the options must keep --- */

static enum sqli_status check_options(const struct sqli_server_options *options,
                                      struct sqli_error *error)
{
    size_t name = options->server_name ? strlen(options->server_name) : 0;
    if (!options->listen && !options->tls_listen)
        return sqli__fail(error, SQLI_E_ARGUMENT, "there is no address to listen on");
    if (options->data && options->memory)
        return sqli__fail(error, SQLI_E_ARGUMENT, "either a data directory or memory, not both");
    if (!options->data && !options->memory)
        return sqli__fail(error, SQLI_E_ARGUMENT, "either a data directory or memory is needed");
    if (name == 0 || name >= sizeof((struct sqli_server *)NULL)->server_name)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a server name has 1 to 128 bytes");
    if (options->max_sessions < 1 || options->login_timeout_ms < 1 || options->lock_wait_ms < 0 ||
        options->output_limit < 1 << 16)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a limit is too small");
    bool tls = options->tls_listen, cert = options->tls_cert, key = options->tls_key;
    if (tls != cert || tls != key)
        return sqli__fail(error, SQLI_E_ARGUMENT, "TLS takes all of address, certificate and key");
    return SQLI_OK;
}

/* --- listening --- */

static enum sqli_status listen_at(struct sqli_server *server, const struct sqli_address *address,
                                  struct port *port, int *listener, struct sqli_error *error)
{
    struct sqli_address bound;
    if (sqli__users_local_only(server->users) && !sqli__address_is_loopback(address))
        return sqli__fail(error, SQLI_E_ARGUMENT,
                          "to listen on an address that other machines can reach takes users of "
                          "your own: --user or --users (the default user, %s, may come from this "
                          "machine only)",
                          SQLI_DEFAULT_USER);
    SQLI_TRY(sqli__socket_listen(address, listener, error));
    if (sqli__socket_local(*listener, &bound, error) != SQLI_OK) {
        sqli__socket_close(*listener);
        return SQLI_FAIL;
    }
    sqli__address_print(&bound, port->address);
    port->number = sqli__address_port(&bound);
    return SQLI_OK;
}

static enum sqli_status listen_on(struct sqli_server *server, const char *where,
                                  struct sqli_tls_context *tls, struct port *port,
                                  struct sqli_error *error)
{
    int listener = SQLI_NO_SOCKET;
    struct sqli_host_port host_port;
    struct sqli_address addresses[SQLI_ADDRESSES_MAX];
    size_t count;
    if (!where)
        return SQLI_OK;
    SQLI_TRY(sqli__host_port_parse(sqli__span_text(where), 9088, &host_port, error));
    SQLI_TRY(sqli__resolve_host(&host_port, addresses, &count, error));
    SQLI_TRY(listen_at(server, &addresses[0], port, &listener, error));
    return sqli__reactor_listen(server->reactor, listener, tls, error);
}

/* --- start --- */

static void note_names(struct sqli_server *server, const struct sqli_server_options *options)
{
    memcpy(server->server_name, options->server_name, strlen(options->server_name));
    if (gethostname(server->host_name, sizeof server->host_name - 1) != 0)
        memcpy(server->host_name, "localhost", sizeof "localhost");
}

static enum sqli_status open_reactor(struct sqli_server *server,
                                     const struct sqli_server_options *options,
                                     struct sqli_error *error)
{
    struct sqli_reactor_settings settings = {
        .logger = &server->logger,
        .users = server->users,
        .databases = &server->databases,
        .server_name = server->server_name,
        .host_name = server->host_name,
        .output_limit = options->output_limit,
        .max_sessions = options->max_sessions,
        .login_timeout_ms = options->login_timeout_ms,
    };
    return sqli__reactor_open(&settings, &server->reactor, error);
}

/* What is cheap and often wrong comes before what costs time. */
static enum sqli_status start(struct sqli_server *server, const struct sqli_server_options *options,
                              struct sqli_error *error)
{
    struct sqli_databases_options databases = {.directory = options->data,
                                               .memory = options->memory,
                                               .lock_wait_ms = options->lock_wait_ms};
    note_names(server, options);
    SQLI_TRY(
        sqli__users_open(options->user, options->users, &server->logger, &server->users, error));
    if (options->tls_listen)
        SQLI_TRY(sqli__tls_server(options->tls_cert, options->tls_key, &server->tls, error));
    SQLI_TRY(open_reactor(server, options, error));
    SQLI_TRY(listen_on(server, options->listen, NULL, &server->plain, error));
    SQLI_TRY(listen_on(server, options->tls_listen, server->tls, &server->secure, error));
    SQLI_TRY(sqli__databases_open(&databases, &server->databases, error));
    return sqli__reactor_start(server->reactor, error);
}

enum sqli_status sqli__server_start(const struct sqli_server_options *options,
                                    struct sqli_server **server, struct sqli_error *error)
{
    *server = NULL;
    SQLI_TRY(check_options(options, error));
    struct sqli_server *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    sqli__logger_init(&made->logger, options->log_level, options->log, options->log_context);
    if (start(made, options, error) != SQLI_OK) {
        sqli__server_close(made);
        return SQLI_FAIL;
    }
    *server = made;
    return SQLI_OK;
}

static const char *address_of(const struct port *port)
{
    return port->address[0] ? port->address : NULL;
}

const char *sqli__server_address(const struct sqli_server *server)
{
    return address_of(&server->plain);
}

const char *sqli__server_tls_address(const struct sqli_server *server)
{
    return address_of(&server->secure);
}

uint16_t sqli__server_port(const struct sqli_server *server)
{
    return server->plain.number;
}

uint16_t sqli__server_tls_port(const struct sqli_server *server)
{
    return server->secure.number;
}

/* --- stop --- */

void sqli__server_stop(struct sqli_server *server, bool now)
{
    sqli__users_stop(server->users);
    sqli__reactor_stop(server->reactor, now);
}

void sqli__server_close(struct sqli_server *server)
{
    if (!server)
        return;
    if (server->reactor) {
        sqli__server_stop(server, false);
        sqli__reactor_close(server->reactor);
    }
    if (server->databases)
        sqli__databases_close(server->databases);
    sqli__tls_context_free(server->tls);
    sqli__users_close(server->users);
    sqli__logger_free(&server->logger);
    sqli__free(server);
}
