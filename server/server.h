/* sqlid as a library: start, port, stop. What main.c runs, and what tests run inside their own
 * process. */
#ifndef SQLI_SERVER_SERVER_H
#define SQLI_SERVER_SERVER_H

#include "base/error.h"

struct sqli_server;

enum sqli_log_level {
    SQLI_LOG_ERROR,
    SQLI_LOG_WARN,
    SQLI_LOG_INFO,
    SQLI_LOG_DEBUG,
    SQLI_LOG_TRACE
};

/* A line without its end. From any thread, one call at a time. */
typedef void sqli_log(void *context, enum sqli_log_level level, const char *line);

struct sqli_server_options {
    const char *listen; /* "HOST:PORT"; port 0 picks one. "127.0.0.1:9088" */
    const char *data;   /* directory; NULL with memory */
    bool memory;
    const char *server_name; /* "informix" */
    const char *user;        /* "NAME:PASSWORD"; NULL with users, or for the default user */
    const char *users;       /* file of `sqlid passwd` */
    const char *tls_listen;  /* NULL: no TLS port */
    const char *tls_cert;
    const char *tls_key;
    size_t output_limit;      /* 64 MiB that may wait for a client that does not read */
    int32_t max_sessions;     /* 1000 */
    int32_t login_timeout_ms; /* 60,000: from connect to the end of the login */
    int32_t lock_wait_ms;     /* 10,000: how long a writer waits for another one */
    enum sqli_log_level log_level;
    sqli_log *log; /* NULL: nowhere */
    void *log_context;
};

/* The defaults of the command line. */
void sqli__server_options_init(struct sqli_server_options *options);

/* Listening when it returns. The strings need not outlive the call. */
enum sqli_status sqli__server_start(const struct sqli_server_options *options,
                                    struct sqli_server **server, struct sqli_error *error);
/* "127.0.0.1:9088", with the port that was taken; NULL where nothing is listened on. */
const char *sqli__server_address(const struct sqli_server *server);
const char *sqli__server_tls_address(const struct sqli_server *server);
uint16_t sqli__server_port(const struct sqli_server *server);
uint16_t sqli__server_tls_port(const struct sqli_server *server); /* 0: none */

/* No new sessions; those that run end with their present request. `now`: at once. Returns when the
 * last one has ended; may be called again with now set while the first call waits in another
 * thread. Frees nothing. */
void sqli__server_stop(struct sqli_server *server, bool now);
/* Stops, if that was not done yet, closes the databases, frees. */
void sqli__server_close(struct sqli_server *server);

#endif
