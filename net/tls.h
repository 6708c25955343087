/* TLS 1.2 and later over a socket that never blocks, as client or as server; OpenSSL behind it.
 *
 * As with sockets, SQLI_MORE means: not now. Which way the socket must become ready first, the
 * other one perhaps, sqli__tls_wants_write tells. One thread at a time uses a connection; contexts
 * may be shared. Without SQLI_TLS every attempt fails with SQLI_E_TLS_UNAVAILABLE. */
#ifndef SQLI_NET_TLS_H
#define SQLI_NET_TLS_H

#include "base/error.h"

struct sqli_tls_context; /* what connections have in common: certificates, keys, whom to trust */
struct sqli_tls;         /* one connection */

enum sqli_tls_verify {
    SQLI_TLS_ANYBODY, /* encrypted, but the other side may be anyone */
    SQLI_TLS_CA,      /* somebody whom a trusted CA knows */
    SQLI_TLS_FULL,    /* and who has the name that was connected to */
};

bool sqli__tls_available(void);

/* PEM files: the certificate with its chain, and its key. */
enum sqli_status sqli__tls_server(const char *certificate, const char *key,
                                  struct sqli_tls_context **context, struct sqli_error *error);

struct sqli_tls_client {
    enum sqli_tls_verify verify;
    const char *ca;          /* PEM file of those to trust; NULL: whom the system trusts */
    const char *certificate; /* PEM file of the client's own, with its chain; NULL: none */
    const char *key;         /* PEM file; NULL: it stands with the certificate */
    bool newest_only;        /* TLS 1.3 and later */
};
enum sqli_status sqli__tls_client(const struct sqli_tls_client *wanted,
                                  struct sqli_tls_context **context, struct sqli_error *error);
void sqli__tls_context_free(struct sqli_tls_context *context);

/* On a connected socket, which stays the caller's. `host`: the name or address that a client
 * connected to; NULL for a server. */
enum sqli_status sqli__tls_open(struct sqli_tls_context *context, int socket, const char *host,
                                struct sqli_tls **tls, struct sqli_error *error);
void sqli__tls_free(struct sqli_tls *tls); /* NULL is fine */

/* Until SQLI_OK; then bytes may go. */
enum sqli_status sqli__tls_handshake(struct sqli_tls *tls, struct sqli_error *error);
/* As sqli__socket_receive and sqli__socket_send. An end that the other side did not announce is an
 * error: somebody may have cut the stream. What could not be sent must be offered again first. */
enum sqli_status sqli__tls_receive(struct sqli_tls *tls, void *room, size_t size, size_t *received,
                                   struct sqli_error *error);
enum sqli_status sqli__tls_send(struct sqli_tls *tls, struct sqli_span bytes, size_t *sent,
                                struct sqli_error *error);
bool sqli__tls_wants_write(const struct sqli_tls *tls);

void sqli__tls_end(struct sqli_tls *tls); /* announces the end, if the socket takes it */

/* "TLSv1.3, TLS_AES_256_GCM_SHA384" */
const char *sqli__tls_version(const struct sqli_tls *tls);
const char *sqli__tls_cipher(const struct sqli_tls *tls);

/* Whether the first bytes of a stream are those of a client that wants TLS. */
enum { SQLI_TLS_HELLO_BYTES = 6 };
bool sqli__tls_is_hello(struct sqli_span first);

#endif
