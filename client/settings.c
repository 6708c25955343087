/* What a program tells a connection before it is opened, and asks about it afterwards. */
#include "client/connection.h"

/* --- options --- */

int sqli_set(sqli_conn *conn, const char *option, const char *value)
{
    SQLI_TRY_ENTER(conn, false);
    return sqli__leave(conn, sqli__options_set(&conn->options, sqli__span_text(option),
                                               sqli__span_text(value), &conn->error));
}

int sqli_set_url(sqli_conn *conn, const char *url)
{
    SQLI_TRY_ENTER_WITH(conn, false, url);
    return sqli__leave(conn, sqli__options_url(&conn->options, url, &conn->error));
}

int sqli_set_environment(sqli_conn *conn)
{
    SQLI_TRY_ENTER(conn, false);
    return sqli__leave(conn, sqli__options_environment(&conn->options, &conn->error));
}

const char *sqli_get(const sqli_conn *conn, const char *option)
{
    enum sqli_option_id id;
    bool there = conn && sqli__option_find(sqli__span_text(option), &id);
    return there ? sqli__option(&conn->options, id) : NULL;
}

int sqli_set_challenge(sqli_conn *conn,
                       int (*answer)(void *context, int style, const char *prompt, char *answer,
                                     size_t size),
                       void *context)
{
    SQLI_TRY_ENTER(conn, false);
    conn->challenge = (struct sqli_challenge){answer, context};
    return sqli__leave(conn, SQLI_OK);
}

/* The host that was asked for last is the one that a transport of the program's own leads to. A
 * connection that was lost counts as none: the next one begins with these hosts. */
int sqli_host(sqli_conn *conn, int index, const char **host, int *port)
{
    if (sqli__enter(conn, false))
        return 0;
    struct sqli_connect *c = &conn->connect;
    bool none = c->step == SQLI_STEP_NONE || (c->step == SQLI_STEP_READY && !conn->open);
    bool fresh = none && (index == 0 || c->hosts.count == 0);
    enum sqli_status status =
        fresh ? sqli__hosts_read(&conn->options, &c->hosts, &conn->error) : SQLI_OK;
    bool there = status == SQLI_OK && index >= 0 && (uint32_t)index < c->hosts.count;
    if (there && host)
        *host = c->hosts.list[index].place.host;
    if (there && port)
        *port = c->hosts.list[index].place.port;
    if (there && none)
        c->host = (uint32_t)index;
    sqli__leave(conn, status);
    return there;
}

/* --- opening --- */

int sqli__settings_url(struct sqli_conn *conn, const char *url)
{
    int result = sqli_set_environment(conn);
    return result || !url ? result : sqli_set_url(conn, url);
}

int sqli__settings_list(struct sqli_conn *conn, const struct sqli_setting *settings, size_t count)
{
    int result = sqli_set_environment(conn);
    if (result == SQLI_OK && count && !settings)
        return (int)sqli__fail_null(&conn->error);
    for (size_t i = 0; i < count && result == SQLI_OK; i++)
        result = sqli_set(conn, settings[i].option, settings[i].value);
    return result;
}

/* *conn is a handle whenever there is memory for one. */
static bool make(sqli_conn **conn)
{
    if (conn)
        *conn = sqli_new();
    return conn && *conn;
}

int sqli_open(const char *url, sqli_conn **conn)
{
    return make(conn) && !sqli__settings_url(*conn, url) ? sqli_connect(*conn) : SQLI_FAIL;
}

int sqli_open_settings(const struct sqli_setting *settings, size_t count, sqli_conn **conn)
{
    return make(conn) && !sqli__settings_list(*conn, settings, count) ? sqli_connect(*conn)
                                                                      : SQLI_FAIL;
}

/* --- what is known --- */

static const char *codeset_name(const struct sqli_conn *conn)
{
    return conn->codeset ? sqli__codeset_info(conn->codeset)->name : "";
}

static const char *logging(const struct sqli_conn *conn)
{
    if (!conn->database[0])
        return "";
    if (conn->ansi)
        return "ansi";
    return conn->logged ? "logged" : "unlogged";
}

const char *sqli_info(const sqli_conn *conn, const char *what)
{
    if (!conn || !what)
        return "";
    const struct {
        const char *name;
        const char *value;
    } all[] = {
        {"host", conn->host},
        {"server", conn->server},
        {"version", conn->version},
        {"database", conn->database},
        {"locale", conn->locale},
        {"codeset", codeset_name(conn)},
        {"user", conn->user},
        {"tls", conn->tls ? sqli__tls_version(conn->tls) : ""},
        {"cipher", conn->tls ? sqli__tls_cipher(conn->tls) : ""},
        {"logging", logging(conn)},
        {"capabilities", conn->capabilities},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(what, all[i].name) == 0)
            return all[i].value;
    return "";
}
