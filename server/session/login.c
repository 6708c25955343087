/* The login, and the messages about the session as a whole: capabilities, environment, databases.
 */
#include "base/ascii.h"
#include "server/session/reply.h"

/* --- the answer to a login --- */

static struct sqli_span real_name(const struct sqli_session *session)
{
    return sqli__span_text(session->options.server_name);
}

static enum sqli_status accept_login(struct sqli_session *session, struct sqli_error *error)
{
    static const uint8_t binding[4];
    struct sqli_login_section sections[] = {
        {.marker = SQLI_LOGIN_PROCESS,
         .numbers = {0, session->options.session_id, 0},
         .host = sqli__span_text(session->options.host_name),
         .text = sqli__span_text("/")},
        {.marker = SQLI_LOGIN_BINDING, .text = sqli__span(binding, sizeof binding)},
        {.marker = SQLI_LOGIN_MISC, .text = sqli__span_text("sqlid")},
    };
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REPLY};
    struct sqli_login_reply *r = &m.as.login_reply;
    sqli__login_reply_init(r, SQLI_LOGIN_ACCEPT);
    /* Clients tell the versions apart by the end of this text; this one suits all of them. */
    r->version = sqli__span_text("Informix Dynamic Server Version 9.59.FC7W1");
    r->serial = sqli__span_text("Software Serial Number AAA#B000000");
    r->server = real_name(session);
    r->sections = sections;
    r->section_count = sizeof sections / sizeof sections[0];
    session->logged_in = true;
    return sqli__reply(session, &m, error);
}

/* The text stands in the message list, where it belongs, and once more for a published client that
 * does not read the list: it takes the longest printable run in the whole blocks of 64 bytes. The
 * byte before the text in the list may be printable, so the copy is a little longer, zeros stand
 * around it, and they fill its block. */
enum { REASON_MAX = 200, COPY_SIZE = 1 + REASON_MAX + 2 + 64 };

static struct sqli_span copy_reason(struct sqli_span reason, uint8_t copy[COPY_SIZE])
{
    memset(copy, 0, COPY_SIZE);
    memcpy(copy + 1, reason.data, reason.length);
    memset(copy + 1 + reason.length, ' ', 2);
    return sqli__span(copy, COPY_SIZE);
}

static enum sqli_status reject_login(struct sqli_session *session, const struct sqli_error *reason,
                                     struct sqli_error *error)
{
    uint8_t copy[COPY_SIZE];
    struct sqli_span text = sqli__span_text(reason->message);
    if (text.length > REASON_MAX)
        text.length = REASON_MAX;
    struct sqli_login_note note = {.text = text};
    struct sqli_login_section section = {.marker = SQLI_LOGIN_BINDING,
                                         .text = copy_reason(text, copy)};
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REPLY};
    struct sqli_login_reply *r = &m.as.login_reply;
    sqli__login_reply_init(r, SQLI_LOGIN_REJECT);
    r->version = sqli__span_text("Informix");
    r->serial = sqli__span_text("0");
    r->server = real_name(session);
    r->service_error = sqli__travelling_code(reason->code);
    r->notes = &note;
    r->note_count = 1;
    r->sections = &section;
    r->section_count = 1;
    session->over = true;
    return sqli__reply(session, &m, error);
}

/* --- who may come in --- */

static bool same_folded(struct sqli_span a, struct sqli_span b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (sqli__ascii_lower(a.data[i]) != sqli__ascii_lower(b.data[i]))
            return false;
    return true;
}

/* nmap sends the name that it learned back with its NUL. */
static struct sqli_span up_to_nul(struct sqli_span name)
{
    const uint8_t *nul = name.length ? memchr(name.data, '\0', name.length) : NULL;
    return nul ? sqli__span(name.data, (size_t)(nul - name.data)) : name;
}

/* User and password before everything else, so that a stranger learns nothing. */
static enum sqli_status check_login(struct sqli_session *session,
                                    const struct sqli_login_request *request,
                                    struct sqli_error *reason)
{
    const struct sqli_session_options *options = &session->options;
    int32_t code = options->authenticate ? options->authenticate(options->authenticate_context,
                                                                 request->user, request->password)
                                         : 0;
    if (code)
        return sqli__fail(reason, code, NULL);
    if (!same_folded(up_to_nul(request->server), real_name(session)))
        return sqli__fail(reason, SQLI_E_SERVER_NAME, "%s", options->server_name);
    return SQLI_OK;
}

/* A bad value does not keep anybody out: what it is needed for says so when it is needed. */
static void take_environment(struct sqli_session *session, const struct sqli_pair *pairs,
                             uint32_t count)
{
    struct sqli_error ignored;
    for (uint32_t i = 0; i < count; i++)
        sqli__engine_environment(session->engine, pairs[i].name, pairs[i].value, &ignored);
}

static enum sqli_status open_engine(struct sqli_session *session,
                                    const struct sqli_login_request *request,
                                    struct sqli_error *reason)
{
    const struct sqli_session_options *options = &session->options;
    const struct sqli_engine_options engine = {.databases = options->databases,
                                               .user = request->user,
                                               .server_name = options->server_name,
                                               .host_name = options->host_name,
                                               .session_id = options->session_id,
                                               .files = &session->files};
    SQLI_TRY(sqli__engine_open(&engine, &session->engine, reason));
    const struct sqli_login_section *environment =
        sqli__login_section(request->sections, request->section_count, SQLI_LOGIN_ENV);
    if (environment)
        take_environment(session, environment->pairs, environment->count);
    if (request->database.length == 0)
        return SQLI_OK;
    session->explicit_connection = true;
    return sqli__engine_database(session->engine, request->database, false, reason);
}

/* The password has been used: it does not stay in memory that is ours. */
static void forget_password(struct sqli_session *session)
{
    if (session->pending.data)
        memset(session->pending.data, 0, session->pending.length);
}

enum sqli_status sqli__on_login(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    const struct sqli_login_request *request = &message->as.login_request;
    struct sqli_error reason;
    enum sqli_status status = check_login(session, request, &reason);
    if (status == SQLI_OK)
        status = open_engine(session, request, &reason);
    status =
        status == SQLI_OK ? accept_login(session, error) : reject_login(session, &reason, error);
    forget_password(session);
    return status;
}

/* --- capabilities, environment --- */

enum sqli_status sqli__on_protocols(struct sqli_session *session,
                                    const struct sqli_message *message, struct sqli_error *error)
{
    struct sqli_caps theirs = sqli__caps_from_mask(message->as.bytes);
    struct sqli_message m = {.id = SQLI_MSG_PROTOCOLS,
                             .as.bytes = sqli__caps_mask(&sqli__caps_server)};
    if (session->agreed) /* answers in two framings could not be told apart */
        return sqli__on_stray(session, message, error);
    SQLI_TRY(sqli__reply(session, &m, error));
    session->agreed = true;
    session->decoder.caps = sqli__caps_both(&sqli__caps_server, &theirs);
    return SQLI_OK;
}

enum sqli_status sqli__on_info(struct sqli_session *session, const struct sqli_message *message,
                               struct sqli_error *error)
{
    (void)error;
    take_environment(session, message->as.info.pairs, message->as.info.count);
    return SQLI_OK;
}

/* Asks whether we are there. */
enum sqli_status sqli__on_version(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    (void)session;
    (void)message;
    (void)error;
    return SQLI_OK;
}

/* --- databases --- */

int16_t sqli__database_warnings(const struct sqli_session *session)
{
    enum { REAL_SERVERS_SET_IT = 0x10 };
    const struct sqli_database_info *info = sqli__engine_database_info(session->engine);
    if (!info)
        return 0;
    int16_t warnings = SQLI_DBOPEN_DYNAMIC_SERVER | REAL_SERVERS_SET_IT;
    if (info->logging != SQLI_LOGGING_NONE)
        warnings |= SQLI_DBOPEN_LOGGED;
    if (info->logging == SQLI_LOGGING_ANSI)
        warnings |= SQLI_DBOPEN_ANSI;
    return warnings;
}

enum sqli_status sqli__on_dbopen(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    const struct sqli_name_option *database = &message->as.name_option;
    if (session->explicit_connection)
        return sqli__fail(error, SQLI_E_EXPLICIT_CONNECTION, NULL);
    SQLI_TRY(sqli__engine_database(session->engine, database->name, database->option != 0, error));
    const struct sqli_result opened = {.warnings = sqli__database_warnings(session)};
    return sqli__reply_outcome(session, &opened, error);
}

enum sqli_status sqli__on_dbclose(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    (void)message;
    const struct sqli_result closed = {0};
    if (session->explicit_connection)
        return sqli__fail(error, SQLI_E_EXPLICIT_CONNECTION, NULL);
    SQLI_TRY(sqli__engine_close_database(session->engine, error));
    return sqli__reply_done(session, &closed, error);
}

/* The names go into the arena; *names grows there by doubling. */
struct name_list {
    struct sqli_arena *arena;
    struct sqli_names names;
    uint32_t room;
};

static enum sqli_status add_name(void *context, struct sqli_span name)
{
    struct name_list *list = context;
    struct sqli_names *n = &list->names;
    if (n->count == list->room) {
        list->room = list->room ? 2 * list->room : 32;
        struct sqli_span *larger = sqli__arena_alloc(list->arena, list->room, sizeof *larger);
        if (!larger)
            return SQLI_FAIL;
        if (n->count)
            memcpy(larger, n->names, n->count * sizeof *larger);
        n->names = larger;
    }
    n->names[n->count] = sqli__arena_copy(list->arena, name);
    return n->names[n->count++].data ? SQLI_OK : SQLI_FAIL;
}

enum sqli_status sqli__on_dblist(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    (void)message;
    struct name_list list = {.arena = &session->arena};
    sqli__arena_reset(&session->arena);
    enum sqli_status status = sqli__engine_list(session->engine, add_name, &list);
    SQLI_TRY(sqli__arena_status(&session->arena, error));
    if (status != SQLI_OK)
        return sqli__fail(error, SQLI_E_CATALOG_READ, NULL);
    struct sqli_message m = {.id = SQLI_MSG_DBLIST_REPLY, .as.names = list.names};
    return sqli__reply(session, &m, error);
}
