/* What takes the place of tls.c's better part where TLS is built out. */
#include "net/tls.h"

#ifndef SQLI_TLS

static enum sqli_status unavailable(struct sqli_error *error)
{
    return sqli__fail(error, SQLI_E_TLS_UNAVAILABLE, NULL);
}

bool sqli__tls_available(void)
{
    return false;
}

enum sqli_status sqli__tls_server(const char *certificate, const char *key,
                                  struct sqli_tls_context **context, struct sqli_error *error)
{
    (void)certificate;
    (void)key;
    *context = NULL;
    return unavailable(error);
}

enum sqli_status sqli__tls_client(const struct sqli_tls_client *wanted,
                                  struct sqli_tls_context **context, struct sqli_error *error)
{
    (void)wanted;
    *context = NULL;
    return unavailable(error);
}

void sqli__tls_context_free(struct sqli_tls_context *context)
{
    (void)context;
}

enum sqli_status sqli__tls_open(struct sqli_tls_context *context, int socket, const char *host,
                                struct sqli_tls **tls, struct sqli_error *error)
{
    (void)context;
    (void)socket;
    (void)host;
    *tls = NULL;
    return unavailable(error);
}

void sqli__tls_free(struct sqli_tls *tls)
{
    (void)tls;
}

enum sqli_status sqli__tls_handshake(struct sqli_tls *tls, struct sqli_error *error)
{
    (void)tls;
    return unavailable(error);
}

enum sqli_status sqli__tls_receive(struct sqli_tls *tls, void *room, size_t size, size_t *received,
                                   struct sqli_error *error)
{
    (void)tls;
    (void)room;
    (void)size;
    *received = 0;
    return unavailable(error);
}

enum sqli_status sqli__tls_send(struct sqli_tls *tls, struct sqli_span bytes, size_t *sent,
                                struct sqli_error *error)
{
    (void)tls;
    (void)bytes;
    *sent = 0;
    return unavailable(error);
}

bool sqli__tls_wants_write(const struct sqli_tls *tls)
{
    (void)tls;
    return false;
}

void sqli__tls_end(struct sqli_tls *tls)
{
    (void)tls;
}

const char *sqli__tls_version(const struct sqli_tls *tls)
{
    (void)tls;
    return "no TLS";
}

const char *sqli__tls_cipher(const struct sqli_tls *tls)
{
    (void)tls;
    return "";
}

#endif
