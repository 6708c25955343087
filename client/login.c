/* The conversation that makes a connection ready, once bytes can go: login, negotiation, database,
 * code set, settings. Each step waits for the answer to the one before. */
#include "client/connection.h"
#include "client/passwords.h"
#include "client/variables.h"

#include <assert.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

enum { OWN_VARIABLES = 12 };

/* --- steps of the conversation: a request each, or none --- */

static void step_failed(struct sqli_conn *conn, const struct sqli_error *error)
{
    conn->connect.failed = true;
    conn->connect.failure = *error;
}

static void on_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    conn->connect.failed = false;
    if (status)
        step_failed(conn, error);
    else
        conn->connect.step++;
}

static enum sqli_status submit(struct sqli_conn *conn, const struct sqli_sink *sink)
{
    struct sqli_sink own = *sink;
    own.context = conn;
    own.end = own.end ? own.end : on_end;
    return sqli__link_submit(&conn->link, &own, &conn->error);
}

void sqli__copy_text(char *to, size_t room, struct sqli_span from)
{
    size_t length = from.length < room ? from.length : room - 1;
    if (length)
        memcpy(to, from.data, length);
    to[length] = '\0';
}

/* A redirect is a message of its own, or a section of the usual answer. */
static struct sqli_span redirect_target(const struct sqli_login_reply *reply)
{
    const struct sqli_login_section *section =
        sqli__login_section(reply->sections, reply->section_count, SQLI_LOGIN_REDIRECTION);
    if (reply->redirect.data)
        return reply->redirect;
    return section ? section->text : sqli__span(NULL, 0);
}

/* The name that was wanted, and the one that the server goes by. */
static enum sqli_status wrong_name(struct sqli_conn *conn)
{
    const char *wanted = conn->connect.at.server;
    if (conn->server[0])
        return sqli__fail(&conn->connect.error, SQLI_E_SERVER_NAME, "it is %s, and not \"%s\"",
                          conn->server, wanted);
    return sqli__fail(&conn->connect.error, SQLI_E_SERVER_NAME, "it is not \"%s\"", wanted);
}

static void on_refusal(struct sqli_conn *conn, const struct sqli_login_reply *reply)
{
    struct sqli_connect *c = &conn->connect;
    struct sqli_span note = reply->note_count ? reply->notes[0].text : sqli__span_text("");
    if (reply->service_error == SQLI_E_SERVER_NAME)
        wrong_name(conn);
    else if (reply->service_error)
        sqli__fail_server(&c->error, reply->service_error, reply->os_error, 0, note);
    else
        sqli__fail(&c->error, SQLI_E_CONNECT_FAILED, "no reason given");
}

static enum sqli_status on_login_reply(void *context, const struct sqli_message *message,
                                       struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    struct sqli_connect *c = &conn->connect;
    if (message->id != SQLI_MSG_LOGIN_REPLY)
        return sqli__fail(error, SQLI_E_NOT_SQLI, "%s", conn->host);
    const struct sqli_login_reply *reply = &message->as.login_reply;
    struct sqli_span target = redirect_target(reply);
    sqli__copy_text(conn->version, sizeof conn->version, reply->version);
    sqli__copy_text(conn->server, sizeof conn->server, reply->server);
    if (target.data) {
        c->redirected = true;
        c->next = c->at;
        return sqli__host_redirect(target, &c->next, error);
    }
    c->refused = reply->header.type != SQLI_LOGIN_ACCEPT || reply->service_error != 0;
    if (c->refused)
        on_refusal(conn, reply);
    return SQLI_OK;
}

static void on_verdict_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    if (status == SQLI_OK && conn->connect.refused)
        on_end(conn, SQLI_FAIL, &conn->connect.error);
    else if (status || !conn->connect.redirected)
        on_end(conn, status, error);
}

/* The variables that the vendor's client sends, in its order. */
static uint32_t own_variables(const struct sqli_conn *conn, struct sqli_pair pairs[OWN_VARIABLES])
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
        {"NODEFDAC", NULL, SQLI_OPT_NODEFDAC},
        {"DB_LOCALE", NULL, SQLI_OPT_DB_LOCALE},
        {"DELIMIDENT", NULL, SQLI_OPT_DELIMIDENT},
        {"DBCENTURY", NULL, SQLI_OPT_DBCENTURY},
        {"OPTCOMPIND", NULL, SQLI_OPT_OPTCOMPIND},
        {"PDQPRIORITY", NULL, SQLI_OPT_PDQPRIORITY},
    };
    static_assert(sizeof variables / sizeof variables[0] <= OWN_VARIABLES, "they have room");
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = variables[i].value;
        bool on;
        if (variables[i].option >= 0)
            value = sqli__option(&conn->options, (enum sqli_option_id)variables[i].option);
        /* Its being there is what counts for servers. */
        if (variables[i].option == SQLI_OPT_DELIMIDENT && value)
            value = sqli__option_switch(&conn->options, SQLI_OPT_DELIMIDENT, &on, NULL) || !on
                        ? NULL
                        : "y";
        if (value)
            pairs[count++] =
                (struct sqli_pair){sqli__span_text(variables[i].name), sqli__span_text(value)};
    }
    return count;
}

/* Those of the option point into `room`. */
static uint32_t login_environment(const struct sqli_conn *conn, struct sqli_pair *pairs, char *room)
{
    const char *others = sqli__option(&conn->options, SQLI_OPT_ENVIRONMENT);
    uint32_t count = own_variables(conn, pairs), more = 0;
    if (others)
        (void)sqli__variables_read(others, room, pairs + count,
                                   &more); /* checked when it was set */
    return count + more;
}

static enum sqli_status find_user(struct sqli_conn *conn)
{
    enum { ROOM = 4096 };
    char room[ROOM];
    struct passwd entry, *found = NULL;
    const char *user = sqli__option(&conn->options, SQLI_OPT_USER);
    if (!user && getpwuid_r(geteuid(), &entry, room, sizeof room, &found) == 0 && found)
        user = found->pw_name;
    if (user && strlen(user) >= sizeof conn->user)
        return sqli__fail(&conn->error, SQLI_E_ARGUMENT, "user has more than %zu bytes",
                          sizeof conn->user - 1);
    sqli__copy_text(conn->user, sizeof conn->user, sqli__span_text(user));
    return SQLI_OK;
}

/* From the password file, when no other is given. */
static enum sqli_status find_password(struct sqli_conn *conn, char *room, const char **password)
{
    const char *file = sqli__option(&conn->options, SQLI_OPT_PASSWORD_FILE);
    *password = sqli__option(&conn->options, SQLI_OPT_PASSWORD);
    if (*password || !file || !*file)
        return SQLI_OK;
    *password = room;
    return sqli__password_find(file, &conn->connect.at, conn->user, room, &conn->error);
}

static enum sqli_status log_in(struct sqli_conn *conn, const char *password)
{
    struct sqli_login_request request;
    char room[SQLI_OPTION_MAX + 1];
    struct sqli_pair pairs[OWN_VARIABLES + SQLI_VARIABLES_MAX];
    struct sqli_login_section sections[] = {
        {.marker = SQLI_LOGIN_ENV, .pairs = pairs, .count = login_environment(conn, pairs, room)},
        {.marker = SQLI_LOGIN_PROCESS, .numbers = {0, (int32_t)getpid(), 1}},
        {.marker = SQLI_LOGIN_MISC,
         .text = sqli__span_text(sqli__option(&conn->options, SQLI_OPT_APPLICATION))},
    };
    sqli__login_request_init(&request);
    request.user = sqli__span_text(conn->user);
    request.password = sqli__span_text(password);
    request.server = sqli__span_text(conn->connect.at.server);
    request.sections = sections;
    request.section_count = sizeof sections / sizeof sections[0];
    struct sqli_sink sink = {on_login_reply, on_verdict_end, conn};
    return sqli__link_login(&conn->link, &request, &sink, &conn->error);
}

static enum sqli_status step_login(struct sqli_conn *conn)
{
    char room[SQLI_OPTION_MAX + 1];
    const char *password;
    SQLI_TRY(find_user(conn));
    enum sqli_status status = find_password(conn, room, &password);
    if (status == SQLI_OK)
        status = log_in(conn, password);
    explicit_bzero(room, sizeof room);
    return status;
}

static enum sqli_status on_protocols(void *context, const struct sqli_message *message,
                                     struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    (void)error;
    if (message->id != SQLI_MSG_PROTOCOLS)
        return SQLI_OK;
    struct sqli_caps theirs = sqli__caps_from_mask(message->as.bytes);
    struct sqli_caps both = sqli__caps_both(&conn->link.offer, &theirs);
    struct sqli_span mask = sqli__caps_mask(&both);
    conn->link.decoder.caps = both;
    for (size_t i = 0; i < mask.length && i < SQLI_CAPS_BYTES; i++)
        snprintf(conn->capabilities + 2 * i, 3, "%02x", mask.data[i]);
    return SQLI_OK;
}

static enum sqli_status step_protocols(struct sqli_conn *conn)
{
    sqli__link_add(&conn->link,
                   &(struct sqli_message){.id = SQLI_MSG_PROTOCOLS,
                                          .as.bytes = sqli__caps_mask(&conn->link.offer)});
    return submit(conn, &(struct sqli_sink){.message = on_protocols});
}

/* --- PAM: off unless the program answers and both sides have announced it --- */

enum { QUESTIONS_MAX = 32, ECHO_OFF = 1, ECHO_ON = 2 };

static void on_challenge_end(void *context, enum sqli_status status,
                             const struct sqli_error *error);

static enum sqli_status on_challenge(void *context, const struct sqli_message *message,
                                     struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    struct sqli_asked *asked = &conn->connect.asked;
    (void)error;
    if (message->id != SQLI_MSG_PAM_CHALLENGE)
        return SQLI_OK;
    asked->pending = true;
    asked->style = message->as.name_option.option;
    sqli__copy_text(asked->prompt, sizeof asked->prompt, message->as.name_option.name);
    return SQLI_OK;
}

/* Programs are told 1 for an answer that may be seen and 2 for a secret; the wire has it the other
 * way round. */
static enum sqli_status answer(struct sqli_conn *conn)
{
    struct sqli_asked *asked = &conn->connect.asked;
    char text[SQLI_PROMPT_MAX + 1] = "";
    int style = asked->style == ECHO_OFF  ? ECHO_ON
                : asked->style == ECHO_ON ? ECHO_OFF
                                          : asked->style;
    asked->pending = false;
    if (++asked->times > QUESTIONS_MAX)
        return sqli__fail(&conn->error, SQLI_E_LOGIN, "more than %d questions", (int)QUESTIONS_MAX);
    int given =
        conn->challenge.answer(conn->challenge.context, style, asked->prompt, text, sizeof text);
    text[sizeof text - 1] = '\0';
    conn->control.active = sqli__clock_ms(); /* read-timeout is for the server, not for who types */
    if (given)
        return sqli__fail(&conn->error, SQLI_E_CANCELLED, "no answer to \"%.100s\"", asked->prompt);
    sqli__link_add(&conn->link, &(struct sqli_message){.id = SQLI_MSG_PAM_RESPONSE,
                                                       .as.bytes = sqli__span_text(text)});
    explicit_bzero(text, sizeof text);
    return submit(conn, &(struct sqli_sink){on_challenge, on_challenge_end, NULL});
}

static void on_challenge_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    if (status || !conn->connect.asked.pending)
        on_end(conn, status, error);
    else if (answer(conn))
        step_failed(conn, &conn->error);
}

static enum sqli_status step_challenge(struct sqli_conn *conn)
{
    if (!conn->challenge.answer || !sqli__caps_has(&conn->link.decoder.caps, SQLI_CAP_PAM)) {
        conn->connect.step++;
        return SQLI_OK;
    }
    conn->connect.asked = (struct sqli_asked){0};
    sqli__link_tag(&conn->link, SQLI_MSG_PAM_ACK);
    return submit(conn, &(struct sqli_sink){on_challenge, on_challenge_end, NULL});
}

/* --- environment and database --- */

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
    sqli__copy_text(conn->database, sizeof conn->database, bare_name(name));
    conn->logged = warnings & SQLI_DBOPEN_LOGGED;
    conn->ansi = warnings & SQLI_DBOPEN_ANSI;
    conn->in_transaction = false;
    if (conn->connect.step == SQLI_STEP_READY && conn->database[0])
        conn->connect.step = SQLI_STEP_LOCALE;
}

/* Secondaries that may be written to do not say that they are any. */
static enum sqli_status check_kind(struct sqli_conn *conn, int16_t warnings)
{
    const char *target = sqli__option(&conn->options, SQLI_OPT_TARGET);
    bool secondary = warnings & SQLI_DBOPEN_SECONDARY;
    if (strcmp(target, secondary ? "primary" : "secondary") != 0)
        return SQLI_OK;
    conn->connect.refused = true;
    return sqli__fail(&conn->connect.error, SQLI_E_SERVER_KIND, "target=%s, and this is a %s",
                      target, secondary ? "secondary" : "primary");
}

static enum sqli_status on_database(void *context, const struct sqli_message *message,
                                    struct sqli_error *error)
{
    struct sqli_conn *conn = context;
    (void)error;
    if (message->id != SQLI_MSG_DONE)
        return SQLI_OK;
    int16_t warnings = message->as.done.warnings;
    sqli__database_opened(conn, sqli__span_text(sqli__option(&conn->options, SQLI_OPT_DATABASE)),
                          warnings);
    check_kind(conn, warnings);
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
    return submit(conn, &(struct sqli_sink){on_database, on_verdict_end, NULL});
}

/* --- the code set: DB_LOCALE, or what the database says --- */

static enum sqli_status take_locale(struct sqli_conn *conn, struct sqli_span locale)
{
    struct sqli_codeset *codeset;
    SQLI_TRY(sqli__codeset_open(locale, &codeset, &conn->error));
    sqli__codeset_close(conn->codeset);
    conn->codeset = conn->link.codeset = codeset;
    if (locale.data != (const uint8_t *)conn->locale)
        sqli__copy_text(conn->locale, sizeof conn->locale, locale);
    conn->connect.locale_learned = false;
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
        sqli__copy_text(conn->locale, sizeof conn->locale, text);
        conn->connect.locale_learned = true;
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
        step_failed(conn, &conn->error);
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
    if (conn->connect.locale_learned)
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
    [SQLI_STEP_LOGIN] = step_login,         [SQLI_STEP_PROTOCOLS] = step_protocols,
    [SQLI_STEP_CHALLENGE] = step_challenge, [SQLI_STEP_INFO] = step_info,
    [SQLI_STEP_DATABASE] = step_database,   [SQLI_STEP_LOCALE] = step_locale,
    [SQLI_STEP_SETTINGS] = step_settings,
};

enum sqli_status sqli__converse(struct sqli_conn *conn)
{
    if (conn->connect.failed) {
        conn->error = conn->connect.failure;
        return SQLI_FAIL;
    }
    if (conn->connect.redirected)
        return sqli__redirect(conn);
    if (!sqli__link_idle(&conn->link))
        return SQLI_MORE;
    return steps[conn->connect.step](conn);
}

enum sqli_status sqli__database_learn(struct sqli_conn *conn)
{
    while (conn->connect.step != SQLI_STEP_READY) {
        enum sqli_status status = sqli__converse(conn);
        if (status) {
            if (status == SQLI_FAIL)
                conn->connect.step = SQLI_STEP_READY;
            return status;
        }
    }
    return SQLI_OK;
}
