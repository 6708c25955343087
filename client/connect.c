/* From options to a connection that is ready: hosts one after the other, names, sockets, TLS; and
 * what is said in the end when none was good. What follows on a socket is in login.c. */
#include "client/connection.h"
#include "client/lob.h"
#include "client/routine.h"

#include "net/resolver.h"
#include "net/socket.h"

#include <poll.h>
#include <stdio.h>

enum {
    HOPS_MAX = 4,            /* redirects in a row */
    PAUSE_WITHOUT_LIMIT = 5, /* seconds between rounds when connect-timeout is 0 */
    SECONDS_MAX = 86400,
};

static const char *const step_names[] = {
    [SQLI_STEP_NONE] = "connect",
    [SQLI_STEP_PAUSE] = "connect",
    [SQLI_STEP_RESOLVE] = "resolve the name",
    [SQLI_STEP_CONNECT] = "connect",
    [SQLI_STEP_TLS] = "TLS handshake",
    [SQLI_STEP_LOGIN] = "login",
    [SQLI_STEP_PROTOCOLS] = "negotiation",
    [SQLI_STEP_CHALLENGE] = "challenge",
    [SQLI_STEP_INFO] = "environment",
    [SQLI_STEP_DATABASE] = "open the database",
    [SQLI_STEP_LOCALE] = "ask for the code set",
    [SQLI_STEP_SETTINGS] = "settings",
    [SQLI_STEP_READY] = "ready",
};

/* --- time --- */

/* `option` has seconds; 0: no deadline. */
static int64_t deadline_in(const struct sqli_conn *conn, enum sqli_option_id option)
{
    int64_t milliseconds = sqli__option_milliseconds(&conn->options, option);
    return milliseconds ? sqli__clock_ms() + milliseconds : SQLI_NO_DEADLINE;
}

int64_t sqli__connect_deadline(const struct sqli_conn *conn)
{
    const struct sqli_connect *c = &conn->connect;
    int64_t deadline = c->deadline;
    if (c->step == SQLI_STEP_PAUSE)
        return sqli__clock_earlier(deadline, c->pause_deadline);
    deadline = sqli__clock_earlier(deadline, c->host_deadline);
    return c->step == SQLI_STEP_CONNECT ? sqli__clock_earlier(deadline, c->address_deadline)
                                        : deadline;
}

/* An address that swallows everything leaves time for the others of its host. */
static int64_t share_of_time(const struct sqli_connect *c)
{
    int64_t deadline = sqli__clock_earlier(c->deadline, c->host_deadline);
    int64_t addresses = (int64_t)(c->address_count - c->address);
    if (deadline == SQLI_NO_DEADLINE || addresses < 2)
        return SQLI_NO_DEADLINE;
    int64_t now = sqli__clock_ms();
    return now + (deadline - now) / addresses;
}

int sqli__connect_ready(const struct sqli_conn *conn, short *events)
{
    const struct sqli_connect *c = &conn->connect;
    *events = POLLIN;
    if (c->step == SQLI_STEP_RESOLVE && c->resolver)
        return sqli__resolver_descriptor(c->resolver);
    if (c->step == SQLI_STEP_CONNECT && conn->socket != SQLI_NO_SOCKET)
        *events = POLLOUT;
    if (c->step == SQLI_STEP_TLS && sqli__tls_wants_write(conn->tls))
        *events = POLLOUT;
    if (conn->socket == SQLI_NO_SOCKET)
        *events = 0;
    return conn->socket;
}

/* --- hosts --- */

static void begin_host(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    const struct sqli_host_port *place = &c->at.place;
    bool digits = strchr(place->host, ':') != NULL;
    snprintf(conn->host, sizeof conn->host, digits ? "[%s]:%u" : "%s:%u", place->host, place->port);
    c->host_deadline =
        c->hosts.count > 1 ? deadline_in(conn, SQLI_OPT_HOST_TIMEOUT) : SQLI_NO_DEADLINE;
    c->step = SQLI_STEP_RESOLVE;
}

static void begin_round(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    c->host = c->hops = c->failures = 0;
    c->texts[0] = '\0';
    c->at = c->hosts.list[0];
    begin_host(conn);
}

static void forget_other_side(struct sqli_conn *conn)
{
    conn->server[0] = conn->version[0] = conn->database[0] = conn->locale[0] = '\0';
    conn->capabilities[0] = '\0';
    conn->logged = conn->ansi = conn->in_transaction = conn->settings_changed = false;
    conn->cleanup_count = 0;
    conn->connect.failed = conn->connect.refused = conn->connect.redirected = false;
}

static void begin_conversation(struct sqli_conn *conn)
{
    sqli__objects_lose(conn, false);
    sqli__routines_free(conn);
    sqli__link_free(&conn->link);
    sqli__link_init(&conn->link, 0);
    sqli__trace_restart(conn);
    forget_other_side(conn);
    conn->connect.step = SQLI_STEP_LOGIN;
}

/* The program has connected to the host that it asked for last. */
static enum sqli_status begin_own(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    const char *server = sqli__option(&conn->options, SQLI_OPT_SERVER);
    if (c->host < c->hosts.count) {
        c->at = c->hosts.list[c->host];
    } else {
        c->at = (struct sqli_host){0};
        sqli__copy_text(c->at.server, sizeof c->at.server, sqli__span_text(server));
    }
    snprintf(conn->host, sizeof conn->host, "%s",
             c->at.place.host[0] ? c->at.place.host : "the program's own transport");
    c->host_deadline = SQLI_NO_DEADLINE;
    begin_conversation(conn);
    return SQLI_OK;
}

static enum sqli_status begin(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    const char *database = sqli__option(&conn->options, SQLI_OPT_DATABASE);
    if (strcmp(sqli__option(&conn->options, SQLI_OPT_TARGET), "any") != 0 &&
        (!database || !*database))
        return sqli__fail(&conn->error, SQLI_E_ARGUMENT,
                          "target=%s without a database: only opening one tells",
                          sqli__option(&conn->options, SQLI_OPT_TARGET));
    SQLI_TRY(sqli__option_number(&conn->options, SQLI_OPT_CONNECT_RETRIES, 0, 1000, &c->rounds,
                                 &conn->error));
    SQLI_TRY(
        sqli__option_switch(&conn->options, SQLI_OPT_AUTOCOMMIT, &conn->autocommit, &conn->error));
    sqli__tls_context_free(conn->tls_context);
    conn->tls_context = NULL;
    c->round = 0;
    c->began = sqli__clock_ms();
    c->deadline = deadline_in(conn, SQLI_OPT_CONNECT_TIMEOUT);
    if (conn->own)
        return begin_own(conn);
    SQLI_TRY(sqli__hosts_read(&conn->options, &c->hosts, &conn->error));
    begin_round(conn);
    return SQLI_OK;
}

static enum sqli_status pause_between(struct sqli_conn *conn)
{
    if (sqli__clock_left(conn->connect.pause_deadline) != 0)
        return SQLI_MORE;
    begin_round(conn);
    return SQLI_OK;
}

/* --- names, sockets, TLS --- */

static enum sqli_status addresses_known(struct sqli_connect *c)
{
    sqli__resolver_drop(c->resolver);
    c->resolver = NULL;
    c->address = 0;
    c->step = SQLI_STEP_CONNECT;
    c->address_deadline = share_of_time(c);
    return SQLI_OK;
}

static enum sqli_status resolve(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    enum sqli_status status;
    if (!c->resolver) {
        status = sqli__resolve_digits(&c->at.place, c->addresses, &c->address_count, &conn->error);
        if (status == SQLI_MORE)
            SQLI_TRY(sqli__resolver_start(&c->at.place, &c->resolver, &conn->error));
        return status == SQLI_OK ? addresses_known(c) : status;
    }
    status = sqli__resolver_answer(c->resolver, c->addresses, &c->address_count, &conn->error);
    return status == SQLI_OK ? addresses_known(c) : status;
}

/* sqlhosts may ask for TLS where the options say nothing; nothing takes it away again. */
static const char *tls_mode(const struct sqli_conn *conn)
{
    if (conn->connect.at.tls && !sqli__option_given(&conn->options, SQLI_OPT_TLS))
        return "verify-full";
    return sqli__option(&conn->options, SQLI_OPT_TLS);
}

static enum sqli_status open_tls_context(struct sqli_conn *conn, const char *mode)
{
    const char *minimum = sqli__option(&conn->options, SQLI_OPT_TLS_MINIMUM);
    const struct sqli_tls_client wanted = {
        .verify = strcmp(mode, "require") == 0     ? SQLI_TLS_ANYBODY
                  : strcmp(mode, "verify-ca") == 0 ? SQLI_TLS_CA
                                                   : SQLI_TLS_FULL,
        .ca = sqli__option(&conn->options, SQLI_OPT_TLS_CA),
        .certificate = sqli__option(&conn->options, SQLI_OPT_TLS_CERT),
        .key = sqli__option(&conn->options, SQLI_OPT_TLS_KEY),
        .newest_only = minimum && strcmp(minimum, "1.3") == 0,
    };
    return sqli__tls_client(&wanted, &conn->tls_context, &conn->error);
}

static enum sqli_status begin_tls(struct sqli_conn *conn, const char *mode)
{
    const char *name = sqli__option(&conn->options, SQLI_OPT_TLS_NAME);
    conn->connect.step = SQLI_STEP_TLS;
    if (!conn->tls_context)
        SQLI_TRY(open_tls_context(conn, mode));
    return sqli__tls_open(conn->tls_context, conn->socket,
                          name ? name : conn->connect.at.place.host, &conn->tls, &conn->error);
}

static enum sqli_status set_up_socket(struct sqli_conn *conn)
{
    bool keep_alive = !conn->connect.at.no_keep_alive;
    int64_t seconds;
    if (sqli__option_given(&conn->options, SQLI_OPT_KEEPALIVE))
        SQLI_TRY(
            sqli__option_switch(&conn->options, SQLI_OPT_KEEPALIVE, &keep_alive, &conn->error));
    SQLI_TRY(sqli__option_number(&conn->options, SQLI_OPT_TCP_USER_TIMEOUT, 0, SECONDS_MAX,
                                 &seconds, &conn->error));
    if (keep_alive)
        sqli__socket_keep_alive(conn->socket);
    if (seconds)
        sqli__socket_user_timeout(conn->socket, (unsigned)seconds * 1000);
    return SQLI_OK;
}

static enum sqli_status connected(struct sqli_conn *conn)
{
    const char *mode = tls_mode(conn);
    SQLI_TRY(set_up_socket(conn));
    if (strcmp(mode, "off") != 0)
        return begin_tls(conn, mode);
    if (conn->connect.at.tls)
        return sqli__fail(&conn->error, SQLI_E_ARGUMENT, "tls=off, but in sqlhosts %s speaks TLS",
                          conn->connect.at.server);
    begin_conversation(conn);
    return SQLI_OK;
}

static enum sqli_status connect_socket(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    enum sqli_status status =
        conn->socket == SQLI_NO_SOCKET
            ? sqli__socket_connect(&c->addresses[c->address], &conn->socket, &conn->error)
            : sqli__socket_connected(conn->socket, &conn->error);
    return status == SQLI_OK ? connected(conn) : status;
}

static enum sqli_status shake_hands(struct sqli_conn *conn)
{
    SQLI_TRY(sqli__tls_handshake(conn->tls, &conn->error));
    begin_conversation(conn);
    return SQLI_OK;
}

/* --- redirects --- */

static bool may_redirect(const struct sqli_conn *conn, const struct sqli_host *to)
{
    const char *rule = sqli__option(&conn->options, SQLI_OPT_REDIRECT);
    const char *mode = tls_mode(conn);
    if (strcmp(rule, "listed") != 0)
        return strcmp(rule, "any") == 0;
    return strncmp(mode, "verify", 6) == 0 ||
           sqli__hosts_list(&conn->connect.hosts, to->place.host);
}

enum sqli_status sqli__redirect(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    c->redirected = false;
    if (conn->own)
        return sqli__fail(&conn->error, SQLI_E_REDIRECT_REFUSED,
                          "to %s:%u, server %s; the program has to connect there itself",
                          c->next.place.host, c->next.place.port, c->next.server);
    if (!may_redirect(conn, &c->next))
        return sqli__fail(&conn->error, SQLI_E_REDIRECT_REFUSED, "to %s:%u", c->next.place.host,
                          c->next.place.port);
    if (c->hops == HOPS_MAX)
        return sqli__fail(&conn->error, SQLI_E_REDIRECT_LOOP, "%d times, to %s:%u at last",
                          (int)HOPS_MAX, c->next.place.host, c->next.place.port);
    c->hops++;
    sqli__transport_close(conn);
    c->at = c->next;
    begin_host(conn);
    return SQLI_OK;
}

/* --- failures --- */

/* What other listeners begin with. */
static const char *spoken(struct sqli_span first)
{
    static const struct {
        const char *bytes;
        size_t at, length;
        const char *what;
    } known[] = {
        {"\x15\x03", 0, 2, "it speaks TLS (onsocssl); tls=verify-full does, too"},
        {"\x16\x03", 0, 2, "it speaks TLS (onsocssl); tls=verify-full does, too"},
        {"\xd0", 2, 1, "it speaks DRDA (drsoctcp); the server has another port for SQLI"},
        {"HTTP/", 0, 5, "it speaks HTTP"},
        {"SSH-", 0, 4, "it speaks SSH"},
        {"220", 0, 3, "it speaks FTP or SMTP"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (first.length >= known[i].at + known[i].length &&
            memcmp(first.data + known[i].at, known[i].bytes, known[i].length) == 0)
            return known[i].what;
    return "its first bytes are no answer to a login";
}

static void say_timeout(struct sqli_conn *conn)
{
    static const char *const texts[] = {
        [SQLI_STEP_RESOLVE] = "the name was not resolved",
        [SQLI_STEP_CONNECT] = "nobody answers",
        [SQLI_STEP_TLS] = "the connection is accepted, but not answered; is the port a TLS one?",
    };
    enum sqli_connect_step step = conn->connect.step;
    sqli__fail(&conn->error, SQLI_E_CONNECT_TIMEOUT, "%s",
               step >= SQLI_STEP_RESOLVE && step <= SQLI_STEP_TLS
                   ? texts[step]
                   : "the connection is accepted, but not answered");
}

/* What has been found out by the way says more than how it ended. */
static void explain(struct sqli_conn *conn)
{
    const struct sqli_connect *c = &conn->connect;
    int32_t code = conn->error.code;
    bool lost = code == SQLI_E_CONNECTION_LOST;
    if (code == SQLI_E_CONNECT_TIMEOUT || code == SQLI_E_PROTOCOL || lost) {
        bool answered = c->step == SQLI_STEP_LOGIN && !c->refused && !c->redirected;
        if (answered && conn->link.in.length && conn->link.decoded == 0)
            sqli__fail(&conn->error, SQLI_E_NOT_SQLI, "%s",
                       spoken(sqli__buffer_view(&conn->link.in)));
        else if (code == SQLI_E_CONNECT_TIMEOUT)
            say_timeout(conn);
        else if (lost && c->step == SQLI_STEP_LOGIN)
            sqli__fail(&conn->error, SQLI_E_LOGIN_CUT, NULL);
        else if (lost && c->step == SQLI_STEP_TLS)
            sqli__fail(&conn->error, SQLI_E_TLS_HANDSHAKE, "the other side hung up");
    }
}

/* The higher, the more it says about what is wrong. */
static int telling(const struct sqli_error *error)
{
    static const int32_t weak[] = {SQLI_E_HOST_UNKNOWN,    SQLI_E_NETWORK_SYSTEM,
                                   SQLI_E_CONNECT_REFUSED, SQLI_E_CONNECT_TIMEOUT,
                                   SQLI_E_CONNECTION_LOST, SQLI_E_LOGIN_CUT};
    int weaknesses = sizeof weak / sizeof weak[0];
    for (int i = 0; i < weaknesses; i++)
        if (error->code == weak[i])
            return i;
    if (error->code == SQLI_E_CANCELLED)
        return weaknesses + 2;
    return error->code <= SQLI_E_NO_MEMORY ? weaknesses : weaknesses + 1;
}

static void remember(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    size_t length = strlen(c->texts);
    bool first = c->failures == 0;
    c->failures++;
    snprintf(c->texts + length, sizeof c->texts - length, "%s%s, server %.40s, %s: %.90s",
             first ? "" : "; ", conn->host, c->at.server[0] ? c->at.server : "?",
             step_names[c->step], conn->error.message);
    if (!first && telling(&conn->error) <= telling(&c->worst))
        return;
    c->worst = conn->error;
    c->worst_step = c->step;
    memcpy(c->worst_host, conn->host, sizeof conn->host);
    memcpy(c->worst_server, c->at.server, sizeof c->at.server);
}

/* One attempt: where it was, in front of what it was. Several: all of them, and the most telling
 * code. What is too long is cut at the end. */
static void conclude(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    char text[sizeof c->texts + sizeof conn->error.message];
    if (c->failures == 1)
        snprintf(text, sizeof text, "%s, server %.64s, %s: %s", c->worst_host,
                 c->worst_server[0] ? c->worst_server : "?", step_names[c->worst_step],
                 c->worst.message);
    else
        snprintf(text, sizeof text, "no server could be reached in %u attempts: %s", c->failures,
                 c->texts);
    conn->error = c->worst;
    sqli__copy_text(conn->error.message, sizeof conn->error.message, sqli__span_text(text));
}

/* Another host would say the same, or must not be asked. */
static bool is_final(const struct sqli_conn *conn)
{
    static const int32_t codes[] = {
        SQLI_E_CANCELLED,         SQLI_E_NO_MEMORY,     SQLI_E_ARGUMENT,
        SQLI_E_SSL_CONFIGURATION, SQLI_E_PASSWORD_FILE, SQLI_E_TLS_UNAVAILABLE,
        SQLI_E_CODE_SET_UNKNOWN,  SQLI_E_LOGIN,         SQLI_E_PASSWORD,
        SQLI_E_NOT_TRUSTED,
    };
    const struct sqli_connect *c = &conn->connect;
    if (conn->own || sqli__clock_left(c->deadline) == 0)
        return true;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (conn->error.code == codes[i])
            return true;
    return c->step > SQLI_STEP_LOGIN && conn->error.code > SQLI_E_NO_MEMORY;
}

/* The next round, if there is one, and time for it. */
static bool next_round(struct sqli_connect *c)
{
    int64_t whole = c->deadline == SQLI_NO_DEADLINE ? PAUSE_WITHOUT_LIMIT * 1000 * (c->rounds + 1)
                                                    : c->deadline - c->began;
    if (c->round == c->rounds || !c->worst.retryable)
        return false;
    c->round++;
    c->pause_deadline = c->began + whole / (c->rounds + 1) * c->round;
    c->step = SQLI_STEP_PAUSE;
    return true;
}

/* The next address of the host, the next host, the next round. */
static bool next_attempt(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    if (c->step > SQLI_STEP_RESOLVE && c->address + 1 < c->address_count &&
        sqli__clock_left(c->host_deadline) != 0) {
        c->address++;
        c->step = SQLI_STEP_CONNECT;
        c->address_deadline = share_of_time(c);
        return true;
    }
    if (++c->host < c->hosts.count) {
        c->hops = 0;
        c->at = c->hosts.list[c->host];
        begin_host(conn);
        return true;
    }
    return next_round(c);
}

static void let_go(struct sqli_conn *conn)
{
    struct sqli_error kept = conn->error;
    sqli__resolver_drop(conn->connect.resolver);
    conn->connect.resolver = NULL;
    sqli__link_close(&conn->link, &kept); /* ends what is unanswered, which says so */
    sqli__transport_close(conn);
    conn->error = kept;
}

/* Two addresses of a host that fail alike are one failure. */
static bool is_told(const struct sqli_conn *conn)
{
    const struct sqli_connect *c = &conn->connect;
    return c->failures && c->step == SQLI_STEP_CONNECT && c->address > 0 &&
           c->worst.code == conn->error.code && strcmp(c->worst_host, conn->host) == 0;
}

void sqli__connect_drop(struct sqli_conn *conn)
{
    sqli__resolver_drop(conn->connect.resolver);
    conn->connect.resolver = NULL;
    conn->connect.step = SQLI_STEP_NONE;
    conn->connect.failures = 0;
}

/* A connect that has failed begins anew when it is called again. */
enum sqli_status sqli__connect_failed(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    bool tried = c->step > SQLI_STEP_PAUSE;
    explain(conn);
    if (tried && !is_told(conn))
        remember(conn);
    bool over = !tried || is_final(conn);
    let_go(conn);
    if (!over && next_attempt(conn))
        return SQLI_OK;
    if (c->failures)
        conclude(conn);
    sqli__connect_drop(conn);
    return SQLI_FAIL;
}

/* --- the steps --- */

static enum sqli_status advance(struct sqli_conn *conn)
{
    switch (conn->connect.step) {
    case SQLI_STEP_NONE: return begin(conn);
    case SQLI_STEP_PAUSE: return pause_between(conn);
    case SQLI_STEP_RESOLVE: return resolve(conn);
    case SQLI_STEP_CONNECT: return connect_socket(conn);
    case SQLI_STEP_TLS: return shake_hands(conn);
    default: return sqli__converse(conn);
    }
}

enum sqli_status sqli__connect_advance(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    while (c->step != SQLI_STEP_READY) {
        enum sqli_status status = advance(conn);
        if (status == SQLI_MORE && c->step > SQLI_STEP_PAUSE &&
            sqli__clock_left(sqli__connect_deadline(conn)) == 0)
            status = sqli__fail(&conn->error, SQLI_E_CONNECT_TIMEOUT, NULL);
        if (status == SQLI_MORE)
            return SQLI_MORE;
        if (status == SQLI_FAIL && sqli__connect_failed(conn))
            return SQLI_FAIL;
    }
    return SQLI_OK;
}
