#include "net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

static enum sqli_status not_an_address(struct sqli_error *error, struct sqli_span text,
                                       const char *why)
{
    int shown = text.length < 100 ? (int)text.length : 100;
    return sqli__fail(error, SQLI_E_ARGUMENT, "\"%.*s\": %s", shown,
                      text.data ? (const char *)text.data : "", why);
}

static const uint8_t *last_colon(struct sqli_span text)
{
    return text.length ? memrchr(text.data, ':', text.length) : NULL;
}

/* Parts the text into host and port; the port is absent where there is none. */
static const char *split(struct sqli_span text, struct sqli_span *host, struct sqli_span *port)
{
    const uint8_t *end = text.data + text.length;
    const uint8_t *colon = last_colon(text);
    *port = sqli__span(NULL, 0);
    *host = text;
    if (text.length && text.data[0] == '[') {
        const uint8_t *close = memchr(text.data, ']', text.length);
        if (!close || (close + 1 != end && close[1] != ':'))
            return "a \"[\" needs \"]\" and then \":PORT\"";
        *host = sqli__span(text.data + 1, (size_t)(close - text.data - 1));
        colon = close + 1 == end ? NULL : close + 1;
    } else if (colon && memchr(text.data, ':', (size_t)(colon - text.data))) {
        return "an IPv6 address is written in brackets, like [::1]:9088";
    } else if (colon) {
        host->length = (size_t)(colon - text.data);
    }
    if (colon)
        *port = sqli__span(colon + 1, (size_t)(end - colon - 1));
    return NULL;
}

static bool port_number(struct sqli_span digits, uint16_t *port)
{
    uint32_t number = 0;
    if (digits.length == 0 || digits.length > 5)
        return false;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        number = number * 10 + (uint32_t)(digits.data[i] - '0');
    }
    *port = (uint16_t)number;
    return number <= UINT16_MAX;
}

enum sqli_status sqli__host_port_parse(struct sqli_span text, int default_port,
                                       struct sqli_host_port *host_port, struct sqli_error *error)
{
    struct sqli_span host, port;
    *host_port = (struct sqli_host_port){.port = (uint16_t)default_port};
    const char *why = split(text, &host, &port);
    if (why)
        return not_an_address(error, text, why);
    if (host.length == 0)
        return not_an_address(error, text, "the host is missing");
    if (host.length > SQLI_HOST_MAX || memchr(host.data, '\0', host.length))
        return not_an_address(error, text, "this is no host name");
    if (port.data ? !port_number(port, &host_port->port) : default_port < 0)
        return not_an_address(error, text, "a port from 0 to 65535 belongs behind the host");
    memcpy(host_port->host, host.data, host.length);
    return SQLI_OK;
}

static enum sqli_status host_unknown(const struct sqli_host_port *host_port, int code,
                                     struct sqli_error *error)
{
    if (code == EAI_MEMORY)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    return sqli__fail(error, SQLI_E_HOST_UNKNOWN, "%s (%s)", host_port->host, gai_strerror(code));
}

/* Gives getaddrinfo's code. */
static int look_up(const struct sqli_host_port *host_port, int flags,
                   struct sqli_address addresses[SQLI_ADDRESSES_MAX], size_t *count)
{
    struct addrinfo *list = NULL;
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
    char port[8];
    snprintf(port, sizeof port, "%u", host_port->port);
    *count = 0;
    int code = getaddrinfo(host_port->host, port, &hints, &list);
    if (code != 0)
        return code;
    for (const struct addrinfo *a = list; a && *count < SQLI_ADDRESSES_MAX; a = a->ai_next) {
        struct sqli_address *to = &addresses[(*count)++];
        *to = (struct sqli_address){.length = a->ai_addrlen};
        memcpy(&to->storage, a->ai_addr, a->ai_addrlen);
    }
    freeaddrinfo(list);
    return *count ? 0 : EAI_NONAME;
}

enum sqli_status sqli__resolve_digits(const struct sqli_host_port *host_port,
                                      struct sqli_address addresses[SQLI_ADDRESSES_MAX],
                                      size_t *count, struct sqli_error *error)
{
    int code = look_up(host_port, AI_NUMERICHOST, addresses, count);
    if (code == EAI_NONAME)
        return SQLI_MORE;
    return code ? host_unknown(host_port, code, error) : SQLI_OK;
}

enum sqli_status sqli__resolve_host(const struct sqli_host_port *host_port,
                                    struct sqli_address addresses[SQLI_ADDRESSES_MAX],
                                    size_t *count, struct sqli_error *error)
{
    enum sqli_status status = sqli__resolve_digits(host_port, addresses, count, error);
    if (status != SQLI_MORE)
        return status;
    int code = look_up(host_port, 0, addresses, count);
    return code ? host_unknown(host_port, code, error) : SQLI_OK;
}

/* The bytes of the address proper, 4 or 16, in the order of the network. */
static struct sqli_span host_bytes(const struct sqli_address *address)
{
    const void *at = &address->storage;
    if (address->storage.ss_family == AF_INET)
        return sqli__span(&((const struct sockaddr_in *)at)->sin_addr, 4);
    if (address->storage.ss_family == AF_INET6)
        return sqli__span(&((const struct sockaddr_in6 *)at)->sin6_addr, 16);
    return sqli__span(NULL, 0);
}

/* How the address of IPv6 begins that stands for one of IPv4. */
static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

void sqli__address_network(const struct sqli_address *address, uint8_t network[16])
{
    struct sqli_span host = host_bytes(address);
    memset(network, 0, 16);
    if (host.length == 4) {
        memcpy(network, mapped, sizeof mapped);
        memcpy(network + 12, host.data, 4);
    } else if (host.length == 16) {
        memcpy(network, host.data, memcmp(host.data, mapped, sizeof mapped) == 0 ? 16 : 8);
    }
}

bool sqli__address_is_loopback(const struct sqli_address *address)
{
    static const uint8_t one[16] = {[15] = 1};
    struct sqli_span host = host_bytes(address);
    if (host.length == 4)
        return host.data[0] == 127;
    if (host.length != 16)
        return false;
    return memcmp(host.data, one, 16) == 0 ||
           (memcmp(host.data, mapped, 12) == 0 && host.data[12] == 127);
}

uint16_t sqli__address_port(const struct sqli_address *address)
{
    const void *at = &address->storage;
    if (address->storage.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)at)->sin_port);
    if (address->storage.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)at)->sin6_port);
    return 0;
}

void sqli__address_print(const struct sqli_address *address, char text[SQLI_ADDRESS_TEXT_MAX])
{
    char host[INET6_ADDRSTRLEN] = "?";
    struct sqli_span bytes = host_bytes(address);
    if (bytes.length)
        inet_ntop(address->storage.ss_family, bytes.data, host, sizeof host);
    snprintf(text, SQLI_ADDRESS_TEXT_MAX, bytes.length == 16 ? "[%s]:%u" : "%s:%u", host,
             sqli__address_port(address));
}
