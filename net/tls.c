#include "net/tls.h"

bool sqli__tls_is_hello(struct sqli_span first)
{
    const uint8_t *b = first.data;
    return first.length >= SQLI_TLS_HELLO_BYTES && b[0] == 0x16 && b[1] == 3 && b[2] <= 4 &&
           b[3] < 0x3c && b[5] == 1;
}

#ifdef SQLI_TLS

#include "base/alloc.h"
#include "net/address.h"
#include "net/socket.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

struct sqli_tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *method;
    enum sqli_tls_verify verify;
};

struct sqli_tls {
    SSL *ssl;
    int socket;
    bool wants_write;
    bool shaken;
    bool failed; /* for good: OpenSSL must not be asked again */
    struct sqli_error socket_error;
};

bool sqli__tls_available(void)
{
    return true;
}

/* --- errors --- */

/* The first error of this thread's queue, which is the cause; the queue is empty afterwards. */
static unsigned long first_error(void)
{
    unsigned long first = ERR_get_error();
    ERR_clear_error();
    return first;
}

static enum sqli_status library_failed(struct sqli_error *error, int32_t code, const char *what)
{
    unsigned long number = first_error();
    const char *reason = NULL;
    if (number)
        reason = ERR_SYSTEM_ERROR(number) ? strerrordesc_np(ERR_GET_REASON(number))
                                          : ERR_reason_error_string(number);
    return sqli__fail(error, code, "%s (%s)", what, reason ? reason : "no reason given");
}

/* --- the way to the socket --- */

/* OpenSSL's own sockets raise SIGPIPE, so it gets these. */
static int bio_done(BIO *bio, struct sqli_tls *tls, enum sqli_status status, size_t size, int retry)
{
    BIO_clear_retry_flags(bio);
    if (status == SQLI_OK)
        return (int)size;
    if (status == SQLI_MORE)
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    else
        tls->failed = true;
    return -1;
}

static int bio_read(BIO *bio, char *room, int size)
{
    struct sqli_tls *tls = BIO_get_data(bio);
    size_t received = 0;
    enum sqli_status status =
        sqli__socket_receive(tls->socket, room, (size_t)size, &received, &tls->socket_error);
    return bio_done(bio, tls, status, received, BIO_FLAGS_READ);
}

static int bio_write(BIO *bio, const char *bytes, int size)
{
    struct sqli_tls *tls = BIO_get_data(bio);
    size_t sent = 0;
    enum sqli_status status =
        sqli__socket_send(tls->socket, sqli__span(bytes, (size_t)size), &sent, &tls->socket_error);
    return bio_done(bio, tls, status, sent, BIO_FLAGS_WRITE);
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static BIO_METHOD *make_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sqli socket");
    if (method && BIO_meth_set_read(method, bio_read) && BIO_meth_set_write(method, bio_write) &&
        BIO_meth_set_ctrl(method, bio_control) && BIO_meth_set_create(method, bio_create))
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* --- contexts --- */

static struct sqli_tls_context *make_context(const SSL_METHOD *ssl_method)
{
    struct sqli_tls_context *context = sqli__alloc_zeroed(1, sizeof *context);
    if (!context)
        return NULL;
    context->ssl = SSL_CTX_new(ssl_method);
    context->method = make_method();
    if (!context->ssl || !context->method ||
        !SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION)) {
        sqli__tls_context_free(context);
        return NULL;
    }
    SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
    return context;
}

void sqli__tls_context_free(struct sqli_tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->method);
    sqli__free(context);
}

static enum sqli_status file_failed(struct sqli_error *error, const char *what, const char *file)
{
    char text[200];
    snprintf(text, sizeof text, "%s %s", what, file);
    return library_failed(error, SQLI_E_SSL_CONFIGURATION, text);
}

/* A key with a password would ask for it on the terminal. */
static int no_password(char *room, int size, int writing, void *context)
{
    (void)room;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

static enum sqli_status load_identity(SSL_CTX *ssl, const char *certificate, const char *key,
                                      struct sqli_error *error)
{
    SSL_CTX_set_default_passwd_cb(ssl, no_password);
    if (SSL_CTX_use_certificate_chain_file(ssl, certificate) != 1)
        return file_failed(error, "the certificate", certificate);
    if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1)
        return file_failed(error, "the key", key);
    if (SSL_CTX_check_private_key(ssl) != 1)
        return file_failed(error, "the key is not that of the certificate:", key);
    return SQLI_OK;
}

static enum sqli_status load_server(SSL_CTX *ssl, const char *certificate, const char *key,
                                    struct sqli_error *error)
{
    SSL_CTX_set_options(ssl, SSL_OP_CIPHER_SERVER_PREFERENCE);
    return load_identity(ssl, certificate, key, error);
}

enum sqli_status sqli__tls_server(const char *certificate, const char *key,
                                  struct sqli_tls_context **context, struct sqli_error *error)
{
    ERR_clear_error();
    *context = make_context(TLS_server_method());
    if (!*context)
        return library_failed(error, SQLI_E_NO_MEMORY, "TLS");
    if (load_server((*context)->ssl, certificate, key, error) == SQLI_OK)
        return SQLI_OK;
    sqli__tls_context_free(*context);
    *context = NULL;
    return SQLI_FAIL;
}

static enum sqli_status load_trust(SSL_CTX *ssl, const char *ca, struct sqli_error *error)
{
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    if (ca && SSL_CTX_load_verify_file(ssl, ca) != 1)
        return file_failed(error, "the CA file", ca);
    if (!ca && SSL_CTX_set_default_verify_paths(ssl) != 1)
        return library_failed(error, SQLI_E_SSL_CONFIGURATION, "the CAs of the system");
    return SQLI_OK;
}

static enum sqli_status load_client(SSL_CTX *ssl, const struct sqli_tls_client *wanted,
                                    struct sqli_error *error)
{
    if (wanted->newest_only && !SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION))
        return library_failed(error, SQLI_E_SSL_CONFIGURATION, "TLS 1.3");
    if (wanted->verify != SQLI_TLS_ANYBODY)
        SQLI_TRY(load_trust(ssl, wanted->ca, error));
    if (wanted->key && !wanted->certificate)
        return sqli__fail(error, SQLI_E_SSL_CONFIGURATION, "a key without its certificate: %s",
                          wanted->key);
    if (!wanted->certificate)
        return SQLI_OK;
    return load_identity(ssl, wanted->certificate, wanted->key ? wanted->key : wanted->certificate,
                         error);
}

enum sqli_status sqli__tls_client(const struct sqli_tls_client *wanted,
                                  struct sqli_tls_context **context, struct sqli_error *error)
{
    ERR_clear_error();
    *context = make_context(TLS_client_method());
    if (!*context)
        return library_failed(error, SQLI_E_NO_MEMORY, "TLS");
    (*context)->verify = wanted->verify;
    if (load_client((*context)->ssl, wanted, error) == SQLI_OK)
        return SQLI_OK;
    sqli__tls_context_free(*context);
    *context = NULL;
    return SQLI_FAIL;
}

/* --- connections --- */

static bool is_address(const char *host)
{
    uint8_t room[16];
    return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

/* Names the host to the server (SNI, which takes no addresses), and has its certificate checked. */
static bool set_host(const struct sqli_tls_context *context, SSL *ssl, const char *host)
{
    bool address = is_address(host);
    if (!address && SSL_set_tlsext_host_name(ssl, host) != 1)
        return false;
    if (context->verify != SQLI_TLS_FULL)
        return true;
    if (address)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host) == 1;
}

static bool connect_parts(struct sqli_tls_context *context, struct sqli_tls *tls, const char *host)
{
    BIO *bio;
    tls->ssl = SSL_new(context->ssl);
    if (!tls->ssl)
        return false;
    bio = BIO_new(context->method);
    if (!bio)
        return false;
    BIO_set_data(bio, tls);
    SSL_set_bio(tls->ssl, bio, bio);
    if (SSL_is_server(tls->ssl)) {
        SSL_set_accept_state(tls->ssl);
        return true;
    }
    SSL_set_connect_state(tls->ssl);
    return host && set_host(context, tls->ssl, host);
}

enum sqli_status sqli__tls_open(struct sqli_tls_context *context, int socket, const char *host,
                                struct sqli_tls **tls, struct sqli_error *error)
{
    *tls = sqli__alloc_zeroed(1, sizeof **tls);
    if (!*tls)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    ERR_clear_error();
    (*tls)->socket = socket;
    if (connect_parts(context, *tls, host))
        return SQLI_OK;
    sqli__tls_free(*tls);
    *tls = NULL;
    return library_failed(error, SQLI_E_TLS_HANDSHAKE, "it cannot be begun");
}

void sqli__tls_free(struct sqli_tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    sqli__free(tls);
}

static enum sqli_status broken(struct sqli_tls *tls, struct sqli_error *error, int32_t code)
{
    unsigned long number = first_error();
    int why = ERR_GET_REASON(number);
    if (why == SSL_R_WRONG_VERSION_NUMBER || why == SSL_R_HTTP_REQUEST)
        return sqli__fail(error, code, "the other side does not speak TLS");
    if (why == SSL_R_UNEXPECTED_EOF_WHILE_READING || !number)
        return sqli__fail(error, tls->shaken ? SQLI_E_CONNECTION_LOST : code,
                          "the other side hung up");
    return sqli__fail(error, code, "%s", ERR_reason_error_string(number));
}

/* What a call of OpenSSL ended with that did not succeed. `code`: of a failure of TLS itself. */
static enum sqli_status outcome(struct sqli_tls *tls, int result, int32_t code,
                                struct sqli_error *error)
{
    int what = SSL_get_error(tls->ssl, result);
    tls->wants_write = what == SSL_ERROR_WANT_WRITE;
    if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE)
        return SQLI_MORE;
    bool socket_failed = tls->failed;
    tls->failed = true;
    if (!socket_failed)
        return broken(tls, error, code);
    ERR_clear_error();
    if (error)
        *error = tls->socket_error;
    return SQLI_FAIL;
}

static enum sqli_status again(struct sqli_error *error)
{
    return sqli__fail(error, SQLI_E_CONNECTION_LOST, "TLS has failed before");
}

enum sqli_status sqli__tls_handshake(struct sqli_tls *tls, struct sqli_error *error)
{
    if (tls->failed)
        return again(error);
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    if (result == 1) {
        tls->shaken = true;
        tls->wants_write = false;
        return SQLI_OK;
    }
    enum sqli_status status = outcome(tls, result, SQLI_E_TLS_HANDSHAKE, error);
    long verified = SSL_get_verify_result(tls->ssl);
    if (status == SQLI_FAIL && verified != X509_V_OK)
        return sqli__fail(error, SQLI_E_TLS_CERTIFICATE, "%s",
                          X509_verify_cert_error_string(verified));
    return status;
}

enum sqli_status sqli__tls_receive(struct sqli_tls *tls, void *room, size_t size, size_t *received,
                                   struct sqli_error *error)
{
    *received = 0;
    if (tls->failed)
        return again(error);
    ERR_clear_error();
    if (SSL_read_ex(tls->ssl, room, size, received) == 1)
        return SQLI_OK;
    if (SSL_get_shutdown(tls->ssl) & SSL_RECEIVED_SHUTDOWN)
        return SQLI_OK;
    return outcome(tls, 0, SQLI_E_SSL, error);
}

enum sqli_status sqli__tls_send(struct sqli_tls *tls, struct sqli_span bytes, size_t *sent,
                                struct sqli_error *error)
{
    *sent = 0;
    if (tls->failed)
        return again(error);
    if (bytes.length == 0)
        return SQLI_OK;
    ERR_clear_error();
    if (SSL_write_ex(tls->ssl, bytes.data, bytes.length, sent) == 1)
        return SQLI_OK;
    return outcome(tls, 0, SQLI_E_SSL, error);
}

bool sqli__tls_wants_write(const struct sqli_tls *tls)
{
    return tls->wants_write;
}

void sqli__tls_end(struct sqli_tls *tls)
{
    if (!tls->shaken || tls->failed)
        return;
    ERR_clear_error();
    (void)SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

const char *sqli__tls_version(const struct sqli_tls *tls)
{
    return SSL_get_version(tls->ssl);
}

const char *sqli__tls_cipher(const struct sqli_tls *tls)
{
    return SSL_get_cipher_name(tls->ssl);
}

#endif
