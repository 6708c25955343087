#include "client/hosts.h"

#include "base/ascii.h"
#include "client/sqlhosts.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/random.h>

/* --- their order --- */

/* Below `count`. Which host is tried first is no secret: a call that fails gives the first. */
static uint32_t any_of(uint32_t count)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        number = 0;
    return number % count;
}

static void swap(struct sqli_host *a, struct sqli_host *b)
{
    struct sqli_host kept = *a;
    *a = *b;
    *b = kept;
}

static void shuffle(struct sqli_hosts *hosts)
{
    for (uint32_t left = hosts->count; left > 1; left--)
        swap(&hosts->list[left - 1], &hosts->list[any_of(left)]);
}

static void reverse(struct sqli_host *list, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++)
        swap(&list[i], &list[count - 1 - i]);
}

/* Begins with any of them and goes on in their order. */
static void rotate(struct sqli_hosts *hosts)
{
    if (hosts->count < 2)
        return;
    uint32_t first = any_of(hosts->count);
    reverse(hosts->list, first);
    reverse(hosts->list + first, hosts->count - first);
    reverse(hosts->list, hosts->count);
}

/* --- ports and redirects --- */

static bool all_digits(struct sqli_span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.length > 0;
}

static enum sqli_status service_port(struct sqli_span name, uint16_t *port,
                                     struct sqli_error *error)
{
    enum { ROOM = 4096 };
    char text[SQLI_SERVER_NAME_MAX + 1], room[ROOM];
    struct servent service, *found = NULL;
    if (name.length == 0 || name.length >= sizeof text)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a port, or the name of a service, is missing");
    memcpy(text, name.data, name.length);
    text[name.length] = '\0';
    if (getservbyname_r(text, "tcp", &service, room, sizeof room, &found) != 0 || !found)
        return sqli__fail(error, SQLI_E_ARGUMENT,
                          "the service \"%s\" is not in the services database; a port number will "
                          "do",
                          text);
    *port = ntohs((uint16_t)found->s_port);
    return SQLI_OK;
}

enum sqli_status sqli__port_parse(struct sqli_span service, uint16_t *port,
                                  struct sqli_error *error)
{
    uint32_t number = 0;
    if (!all_digits(service))
        return service_port(service, port, error);
    for (size_t i = 0; i < service.length && number <= UINT16_MAX; i++)
        number = number * 10 + (uint32_t)(service.data[i] - '0');
    if (number == 0 || number > UINT16_MAX)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%.*s is no port",
                          (int)(service.length < 20 ? service.length : 20),
                          (const char *)service.data);
    *port = (uint16_t)number;
    return SQLI_OK;
}

/* Up to the bar, which is passed over. */
static struct sqli_span next_part(struct sqli_span *rest)
{
    const uint8_t *bar = rest->length ? memchr(rest->data, '|', rest->length) : NULL;
    struct sqli_span part = *rest;
    if (bar)
        part.length = (size_t)(bar - rest->data);
    size_t used = part.length + (bar ? 1 : 0);
    *rest = sqli__span(rest->data + used, rest->length - used);
    return part;
}

static bool copy_name(char *to, size_t room, struct sqli_span from)
{
    if (from.length >= room || (from.length && memchr(from.data, 0, from.length)))
        return false;
    if (from.length)
        memcpy(to, from.data, from.length);
    to[from.length] = '\0';
    return true;
}

enum sqli_status sqli__host_redirect(struct sqli_span target, struct sqli_host *host,
                                     struct sqli_error *error)
{
    struct sqli_span rest = target;
    const uint8_t *equals = target.length ? memchr(target.data, '=', target.length) : NULL;
    if (equals) {
        size_t label = (size_t)(equals - target.data) + 1;
        rest = sqli__span(equals + 1, target.length - label);
    }
    struct sqli_span server = next_part(&rest);
    struct sqli_span name = next_part(&rest);
    struct sqli_span port = next_part(&rest);
    struct sqli_error why;
    sqli__error_clear(&why);
    if (name.length && copy_name(host->server, sizeof host->server, server) &&
        copy_name(host->place.host, sizeof host->place.host, name) &&
        sqli__port_parse(port, &host->place.port, &why) == SQLI_OK)
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_PROTOCOL, "a redirect to \"%.*s\" is not understood",
                      (int)(target.length < 100 ? target.length : 100),
                      target.data ? (const char *)target.data : "");
}

bool sqli__hosts_list(const struct sqli_hosts *hosts, const char *name)
{
    size_t length = strlen(name);
    for (uint32_t i = 0; i < hosts->count; i++) {
        const char *host = hosts->list[i].place.host;
        if (strlen(host) == length &&
            sqli__ascii_same((const uint8_t *)host, (const uint8_t *)name, length))
            return true;
    }
    return false;
}

/* --- from the options --- */

enum sqli_status sqli__hosts_next(const char **list, int port, struct sqli_host_port *place,
                                  struct sqli_error *error)
{
    size_t length = strcspn(*list, ",");
    SQLI_TRY(sqli__host_port_parse(sqli__span(*list, length), port, place, error));
    if (place->port == 0)
        return sqli__fail(error, SQLI_E_URL, "%s: 0 is no port", place->host);
    *list = (*list)[length] ? *list + length + 1 : NULL;
    return SQLI_OK;
}

static enum sqli_status read_list(const struct sqli_options *options, const char *list,
                                  struct sqli_hosts *hosts, struct sqli_error *error)
{
    const char *server = sqli__option(options, SQLI_OPT_SERVER);
    int64_t port;
    SQLI_TRY(sqli__option_number(options, SQLI_OPT_PORT, 1, UINT16_MAX, &port, error));
    while (list) {
        if (hosts->count == SQLI_HOSTS_MAX)
            return sqli__fail(error, SQLI_E_URL, "more than %d hosts", (int)SQLI_HOSTS_MAX);
        struct sqli_host *host = &hosts->list[hosts->count++];
        *host = (struct sqli_host){0};
        SQLI_TRY(sqli__hosts_next(&list, (int)port, &host->place, error));
        if (!copy_name(host->server, sizeof host->server, sqli__span_text(server)))
            return sqli__fail(error, SQLI_E_ARGUMENT, "server has more than %d bytes",
                              (int)SQLI_SERVER_NAME_MAX);
    }
    return SQLI_OK;
}

static enum sqli_status look_up(const struct sqli_options *options, struct sqli_hosts *hosts,
                                bool *any_first, struct sqli_error *error)
{
    const char *server = sqli__option(options, SQLI_OPT_SERVER);
    const char *file = sqli__option(options, SQLI_OPT_SQLHOSTS);
    if (!server || !*server)
        return sqli__fail(error, SQLI_E_URL, "neither a host nor a server is given");
    if (!file || !*file)
        return sqli__fail(error, SQLI_E_URL,
                          "no host is given, and no sqlhosts file to look %.128s up in", server);
    return sqli__sqlhosts_find(file, server, hosts, any_first, error);
}

enum sqli_status sqli__hosts_read(const struct sqli_options *options, struct sqli_hosts *hosts,
                                  struct sqli_error *error)
{
    const char *list = sqli__option(options, SQLI_OPT_HOST);
    const char *order = sqli__option(options, SQLI_OPT_ORDER);
    bool any_first = false;
    hosts->count = 0;
    SQLI_TRY(list && *list ? read_list(options, list, hosts, error)
                           : look_up(options, hosts, &any_first, error));
    if (order && strcmp(order, "random") == 0)
        shuffle(hosts);
    else if (!order && any_first)
        rotate(hosts);
    return SQLI_OK;
}
