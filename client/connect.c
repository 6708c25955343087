/* From options to a connection that is ready: hosts one after the other, transport, login,
 * negotiation, database, code set, settings. Each step of the conversation waits for the answer to
 * the one before. */
#include "client/connection.h"

#include "net/socket.h"

#include <stdio.h>
#include <unistd.h>

static const char *const step_names[] = {
    [SQLI_STEP_NONE] = "connect",
    [SQLI_STEP_RESOLVE] = "resolve the name",
    [SQLI_STEP_CONNECT] = "connect",
    [SQLI_STEP_TLS] = "TLS handshake",
    [SQLI_STEP_LOGIN] = "login",
    [SQLI_STEP_PROTOCOLS] = "negotiation",
    [SQLI_STEP_INFO] = "environment",
    [SQLI_STEP_DATABASE] = "open the database",
    [SQLI_STEP_LOCALE] = "ask for the code set",
    [SQLI_STEP_SETTINGS] = "settings",
    [SQLI_STEP_READY] = "ready",
};

/* --- steps of the conversation: a request each, or none --- */

static void on_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    conn->connect.failed = status != SQLI_OK;
    if (status) {
        conn->error = *error;
        return;
    }
    conn->connect.step++;
}

static enum sqli_status submit(struct sqli_conn *conn, const struct sqli_sink *sink)
{
    struct sqli_sink own = *sink;
    own.context = conn;
    own.end = own.end ? own.end : on_end;
    return sqli__link_submit(&conn->link, &own, &conn->error);
}

static void copy_text(char *to, size_t room, struct sqli_span from)
{
    size_t length = from.length < room ? from.length : room - 1;
    if (length)
        memcpy(to, from.data, length);
    to[length] = '\0';
}

static enum sqli_status on_login_reply(void *context, const struct sqli_message *message,
                                       struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    if (message->id != SQLI_MSG_LOGIN_REPLY)
        return sqli__fail(error, SQLI_E_NOT_SQLI, "%s", conn->host);
    const struct sqli_login_reply *reply = &message->as.login_reply;
    copy_text(conn->version, sizeof conn->version, reply->version);
    copy_text(conn->server, sizeof conn->server, reply->server);
    conn->connect.refused = reply->header.type != SQLI_LOGIN_ACCEPT || reply->service_error != 0;
    if (conn->connect.refused)
        sqli__fail_server(&conn->connect.error, reply->service_error, reply->os_error, 0,
                          sqli__span_text(""));
    return SQLI_OK;
}

static void on_login_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    if (status == SQLI_OK && conn->connect.refused)
        on_end(conn, SQLI_FAIL, &conn->connect.error);
    else
        on_end(conn, status, error);
}

/* The variables that the vendor's client sends, in its order. */
static uint32_t login_environment(const struct sqli_conn *conn, struct sqli_pair pairs[8])
{
    static const struct {
        const char *name;
        const char *value;
        int option; /* -1: a constant */
    } variables[] = {
        {"DBPATH", ".", -1},
        {"CLIENT_LOCALE", NULL, SQLI_OPT_CLIENT_LOCALE},
        {"CLNT_PAM_CAPABLE", "1", -1},
        {"DBDATE", NULL, SQLI_OPT_DBDATE},
        {"IFX_UPDDESC", "1", -1},
        {"NODEFDAC", "no", -1},
        {"DB_LOCALE", NULL, SQLI_OPT_DB_LOCALE},
        {"DELIMIDENT", NULL, SQLI_OPT_DELIMIDENT},
    };
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = variables[i].value;
        if (variables[i].option >= 0)
            value = sqli__option(&conn->options, (enum sqli_option_id)variables[i].option);
        if (value)
            pairs[count++] =
                (struct sqli_pair){sqli__span_text(variables[i].name), sqli__span_text(value)};
    }
    return count;
}

static enum sqli_status step_login(struct sqli_conn *conn)
{
    struct sqli_login_request request;
    struct sqli_pair pairs[8];
    struct sqli_login_section sections[3] = {{.marker = SQLI_LOGIN_ENV, .pairs = pairs}};
    sqli__login_request_init(&request);
    request.user = sqli__span_text(sqli__option(&conn->options, SQLI_OPT_USER));
    request.password = sqli__span_text(sqli__option(&conn->options, SQLI_OPT_PASSWORD));
    request.server = sqli__span_text(sqli__option(&conn->options, SQLI_OPT_SERVER));
    sections[0].count = login_environment(conn, pairs);
    sections[1] = (struct sqli_login_section){.marker = SQLI_LOGIN_PROCESS,
                                              .numbers = {0, (int32_t)getpid(), 1}};
    sections[2] = (struct sqli_login_section){
        .marker = SQLI_LOGIN_MISC,
        .text = sqli__span_text(sqli__option(&conn->options, SQLI_OPT_APPLICATION))};
    request.sections = sections;
    request.section_count = 3;
    struct sqli_sink sink = {on_login_reply, on_login_end, conn};
    return sqli__link_login(&conn->link, &request, &sink, &conn->error);
}

static enum sqli_status on_protocols(void *context, const struct sqli_message *message,
                                     struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    (void)error;
    if (message->id != SQLI_MSG_PROTOCOLS)
        return SQLI_OK;
    struct sqli_caps theirs = sqli__caps_from_mask(message->as.bytes);
    conn->link.decoder.caps = sqli__caps_both(&conn->link.offer, &theirs);
    return SQLI_OK;
}

static enum sqli_status step_protocols(struct sqli_conn *conn)
{
    sqli__link_add(&conn->link,
                   &(struct sqli_message){.id = SQLI_MSG_PROTOCOLS,
                                          .as.bytes = sqli__caps_mask(&conn->link.offer)});
    return submit(conn, &(struct sqli_sink){.message = on_protocols});
}

/* A long fetch buffer is asked for as the vendor's client asks. */
static enum sqli_status step_info(struct sqli_conn *conn)
{
    struct sqli_pair pairs[] = {
        {sqli__span_text("DBTEMP"), sqli__span_text("/tmp")},
        {sqli__span_text("SUBQCACHESZ"), sqli__span_text("10")},
        {sqli__span_text("FET_BUF_SIZE"),
         sqli__span_text(sqli__option(&conn->options, SQLI_OPT_FETCH_BUFFER))},
    };
    struct sqli_message message = {.id = SQLI_MSG_INFO,
                                   .as.info = {.subtype = SQLI_INFO_ENV,
                                               .count = sizeof pairs / sizeof pairs[0],
                                               .pairs = pairs}};
    sqli__link_add(&conn->link, &message);
    return submit(conn, &(struct sqli_sink){0});
}

/* The name without its quotes and without the server behind it. */
static struct sqli_span bare_name(struct sqli_span name)
{
    size_t length = 0;
    if (name.length && (name.data[0] == '"' || name.data[0] == '\'')) {
        name.data++;
        name.length--;
    }
    while (length < name.length && !strchr("@\"'", name.data[length]))
        length++;
    return sqli__span(name.data, length);
}

void sqli__database_opened(struct sqli_conn *conn, struct sqli_span name, int16_t warnings)
{
    copy_text(conn->database, sizeof conn->database, bare_name(name));
    conn->logged = warnings & SQLI_DBOPEN_LOGGED;
    conn->ansi = warnings & SQLI_DBOPEN_ANSI;
    conn->in_transaction = false;
    if (conn->connect.step == SQLI_STEP_READY && conn->database[0])
        conn->connect.step = SQLI_STEP_LOCALE;
}

static enum sqli_status on_database(void *context, const struct sqli_message *message,
                                    struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    (void)error;
    if (message->id == SQLI_MSG_DONE)
        sqli__database_opened(conn,
                              sqli__span_text(sqli__option(&conn->options, SQLI_OPT_DATABASE)),
                              message->as.done.warnings);
    return SQLI_OK;
}

static enum sqli_status step_database(struct sqli_conn *conn)
{
    const char *name = sqli__option(&conn->options, SQLI_OPT_DATABASE);
    if (!name || !*name) {
        conn->connect.step = SQLI_STEP_SETTINGS;
        return SQLI_OK;
    }
    sqli__link_add(&conn->link,
                   &(struct sqli_message){.id = SQLI_MSG_DBOPEN,
                                          .as.name_option.name = sqli__span_text(name)});
    return submit(conn, &(struct sqli_sink){.message = on_database});
}

/* --- the code set: DB_LOCALE, or what the database says --- */

static enum sqli_status take_locale(struct sqli_conn *conn, struct sqli_span locale)
{
    struct sqli_codeset *codeset;
    SQLI_TRY(sqli__codeset_open(locale, &codeset, &conn->error));
    sqli__codeset_close(conn->codeset);
    conn->codeset = conn->link.codeset = codeset;
    copy_text(conn->locale, sizeof conn->locale, locale);
    return SQLI_OK;
}

/* One VARCHAR: its length byte and its text. */
static enum sqli_status on_locale_row(void *context, const struct sqli_message *message,
                                      struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    (void)error;
    if (message->id == SQLI_MSG_DESCRIBE)
        conn->connect.locale_statement = message->as.describe.statement_id;
    if (message->id != SQLI_MSG_TUPLE)
        return SQLI_OK;
    struct sqli_span payload = message->as.tuple.payload;
    if (payload.length > 1 && payload.data[0] < payload.length) {
        struct sqli_span text = sqli__span(payload.data + 1, payload.data[0]);
        while (text.length && text.data[text.length - 1] == ' ')
            text.length--;
        copy_text(conn->locale, sizeof conn->locale, text);
    }
    return SQLI_OK;
}

static void on_locale_prepared(void *context, enum sqli_status status,
                               const struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    if (status) {
        on_end(conn, status, error);
        return;
    }
    int16_t id = conn->connect.locale_statement;
    sqli__link_id(&conn->link, id);
    sqli__link_add(&conn->link, &(struct sqli_message){.id = SQLI_MSG_CURNAME,
                                                       .as.bytes = sqli__span_text("_ifxc0")});
    sqli__link_tag(&conn->link, SQLI_MSG_OPEN);
    sqli__link_id(&conn->link, id);
    sqli__link_add(&conn->link,
                   &(struct sqli_message){.id = SQLI_MSG_NFETCH, .as.fetch.buffer = 4096});
    if (submit(conn, &(struct sqli_sink){.message = on_locale_row}))
        conn->connect.failed = true;
    sqli__cleanup_later(conn, id, true, true);
}

static enum sqli_status step_locale(struct sqli_conn *conn)
{
    static const char *const sql =
        "select FIRST 1 site from informix.systables where tabname = ' GL_COLLATE'";
    const char *own = sqli__option(&conn->options, SQLI_OPT_DB_LOCALE);
    if (own) {
        conn->connect.step = SQLI_STEP_SETTINGS;
        return take_locale(conn, sqli__span_text(own));
    }
    sqli__link_add(&conn->link, &(struct sqli_message){.id = SQLI_MSG_PREPARE,
                                                       .as.sql.text = sqli__span_text(sql)});
    sqli__link_tag(&conn->link, SQLI_MSG_NDESCRIBE);
    sqli__link_tag(&conn->link, SQLI_MSG_WANTDONE);
    return submit(conn, &(struct sqli_sink){on_locale_row, on_locale_prepared, NULL});
}

/* --- settings that are SQL --- */

static enum sqli_status step_settings(struct sqli_conn *conn)
{
    const char *isolation = sqli__option(&conn->options, SQLI_OPT_ISOLATION);
    const char *isolation_text = sqli__isolation_sql(isolation);
    bool any = false;
    if (isolation && !isolation_text)
        return sqli__fail(&conn->error, SQLI_E_ARGUMENT, "isolation=%s", isolation);
    if (!conn->codeset && conn->locale[0])
        SQLI_TRY(take_locale(conn, sqli__span_text(conn->locale)));
    if (sqli__option(&conn->options, SQLI_OPT_LOCK_WAIT)) {
        char sql[64];
        int64_t seconds;
        SQLI_TRY(sqli__option_number(&conn->options, SQLI_OPT_LOCK_WAIT, -1, INT32_MAX, &seconds,
                                     &conn->error));
        sqli__lock_wait_sql(seconds, sql, sizeof sql);
        sqli__add_command(conn, sqli__span_text(sql));
        any = true;
    }
    if (isolation_text && conn->database[0]) {
        sqli__add_command(conn, sqli__span_text(isolation_text));
        any = true;
    }
    if (any)
        return submit(conn, &(struct sqli_sink){0});
    conn->connect.step = SQLI_STEP_READY;
    return SQLI_OK;
}

static enum sqli_status (*const steps[])(struct sqli_conn *) = {
    [SQLI_STEP_LOGIN] = step_login,   [SQLI_STEP_PROTOCOLS] = step_protocols,
    [SQLI_STEP_INFO] = step_info,     [SQLI_STEP_DATABASE] = step_database,
    [SQLI_STEP_LOCALE] = step_locale, [SQLI_STEP_SETTINGS] = step_settings,
};

/* --- hosts and transport --- */

static enum sqli_status read_hosts(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    const char *list = sqli__option(&conn->options, SQLI_OPT_HOST);
    int64_t port;
    SQLI_TRY(sqli__option_number(&conn->options, SQLI_OPT_PORT, 1, 65535, &port, &conn->error));
    c->host_count = 0;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        if (c->host_count == SQLI_HOSTS_MAX)
            return sqli__fail(&conn->error, SQLI_E_URL, "more than %d hosts", SQLI_HOSTS_MAX);
        SQLI_TRY(sqli__host_port_parse(sqli__span(list, length), (int)port,
                                       &c->hosts[c->host_count++], &conn->error));
        list += length + (list[length] == ',');
    }
    if (c->host_count == 0)
        return sqli__fail(&conn->error, SQLI_E_URL, "no host is given");
    return SQLI_OK;
}

static int64_t deadline_in(int64_t seconds)
{
    return seconds ? sqli__clock_ms() + seconds * 1000 : SQLI_NO_DEADLINE;
}

static enum sqli_status begin(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    int64_t seconds;
    SQLI_TRY(read_hosts(conn));
    SQLI_TRY(sqli__option_number(&conn->options, SQLI_OPT_CONNECT_TIMEOUT, 0, 86400, &seconds,
                                 &conn->error));
    c->deadline = deadline_in(seconds);
    c->host = 0;
    c->step = SQLI_STEP_RESOLVE;
    return SQLI_OK;
}

static enum sqli_status resolve(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    const struct sqli_host_port *host = &c->hosts[c->host];
    snprintf(conn->host, sizeof conn->host, "%s:%u", host->host, host->port);
    SQLI_TRY(sqli__resolve_host(host, c->addresses, &c->address_count, &conn->error));
    c->address = 0;
    c->step = SQLI_STEP_CONNECT;
    return SQLI_OK;
}

static enum sqli_status begin_tls(struct sqli_conn *conn)
{
    static const char *const modes[] = {"require", "verify-ca", "verify-full"};
    const char *mode = sqli__option(&conn->options, SQLI_OPT_TLS);
    int verify = -1;
    for (int i = 0; i < 3; i++)
        if (strcmp(mode, modes[i]) == 0)
            verify = i;
    if (verify < 0)
        return sqli__fail(&conn->error, SQLI_E_ARGUMENT, "tls=%s", mode);
    if (!conn->tls_context)
        SQLI_TRY(sqli__tls_client((enum sqli_tls_verify)verify,
                                  sqli__option(&conn->options, SQLI_OPT_TLS_CA), &conn->tls_context,
                                  &conn->error));
    return sqli__tls_open(conn->tls_context, conn->socket,
                          conn->connect.hosts[conn->connect.host].host, &conn->tls, &conn->error);
}

static enum sqli_status connected(struct sqli_conn *conn)
{
    bool keep_alive;
    SQLI_TRY(sqli__option_switch(&conn->options, SQLI_OPT_KEEPALIVE, &keep_alive, &conn->error));
    if (keep_alive)
        sqli__socket_keep_alive(conn->socket);
    conn->connect.failed = conn->connect.refused = false;
    sqli__link_free(&conn->link);
    sqli__link_init(&conn->link, 0);
    if (strcmp(sqli__option(&conn->options, SQLI_OPT_TLS), "off") == 0) {
        conn->connect.step = SQLI_STEP_LOGIN;
        return SQLI_OK;
    }
    conn->connect.step = SQLI_STEP_TLS;
    return begin_tls(conn);
}

static enum sqli_status connect_socket(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    enum sqli_status status =
        conn->socket == SQLI_NO_SOCKET
            ? sqli__socket_connect(&c->addresses[c->address], &conn->socket, &conn->error)
            : sqli__socket_connected(conn->socket, &conn->error);
    if (status == SQLI_OK)
        return connected(conn);
    return status;
}

/* The next address of the host, or the next host; nothing left: the error of the last one. */
static enum sqli_status next_address(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    sqli__transport_close(conn);
    if (c->step > SQLI_STEP_RESOLVE && ++c->address < c->address_count) {
        c->step = SQLI_STEP_CONNECT;
        return SQLI_OK;
    }
    if (++c->host < c->host_count) {
        c->step = SQLI_STEP_RESOLVE;
        return SQLI_OK;
    }
    return SQLI_FAIL;
}

/* Where it happened goes in front of what happened; what is too long is cut at the end. */
static void say_where(struct sqli_conn *conn, enum sqli_connect_step step)
{
    char where[sizeof conn->host + 128];
    char *message = conn->error.message;
    const char *server = sqli__option(&conn->options, SQLI_OPT_SERVER);
    snprintf(where, sizeof where,
             "%s, server %.64s, %s: ", conn->host[0] ? conn->host : "no host yet",
             server ? server : "?", step_names[step]);
    size_t front = strlen(where);
    size_t length = strlen(message);
    size_t room = sizeof conn->error.message - 1 - front;
    length = length < room ? length : room;
    memmove(message + front, message, length);
    memcpy(message, where, front);
    message[front + length] = '\0';
}

/* A host that cannot be reached is passed over; one that refuses a login is right everywhere. */
enum sqli_status sqli__connect_failed(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    say_where(conn, c->step);
    bool pass_over = c->step > SQLI_STEP_NONE && c->step <= SQLI_STEP_LOGIN && !c->refused;
    return pass_over ? next_address(conn) : SQLI_FAIL;
}

/* SQLI_OK: the step was done, look at the next one; SQLI_MORE: wait for the socket. */
static enum sqli_status advance_transport(struct sqli_conn *conn)
{
    switch (conn->connect.step) {
    case SQLI_STEP_NONE: return begin(conn);
    case SQLI_STEP_RESOLVE: return resolve(conn);
    case SQLI_STEP_CONNECT: return connect_socket(conn);
    default: {
        enum sqli_status status = sqli__tls_handshake(conn->tls, &conn->error);
        if (status == SQLI_OK)
            conn->connect.step = SQLI_STEP_LOGIN;
        return status;
    }
    }
}

/* One step of the conversation: its request, unless that is under way. */
static enum sqli_status advance_conversation(struct sqli_conn *conn)
{
    if (conn->connect.failed)
        return SQLI_FAIL;
    if (!sqli__link_idle(&conn->link))
        return SQLI_MORE;
    return steps[conn->connect.step](conn);
}

enum sqli_status sqli__connect_advance(struct sqli_conn *conn)
{
    struct sqli_connect *c = &conn->connect;
    while (c->step != SQLI_STEP_READY) {
        enum sqli_status status =
            c->step < SQLI_STEP_LOGIN ? advance_transport(conn) : advance_conversation(conn);
        if (status == SQLI_MORE)
            return SQLI_MORE;
        if (status == SQLI_FAIL && sqli__connect_failed(conn))
            return SQLI_FAIL;
    }
    return SQLI_OK;
}

enum sqli_status sqli__database_learn(struct sqli_conn *conn)
{
    while (conn->connect.step != SQLI_STEP_READY) {
        enum sqli_status status = advance_conversation(conn);
        if (status) {
            if (status == SQLI_FAIL)
                conn->connect.step = SQLI_STEP_READY;
            return status;
        }
    }
    return SQLI_OK;
}
