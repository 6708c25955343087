/* Where to connect or listen: "HOST:PORT" as text, and the addresses that a host name stands for.
 */
#ifndef SQLI_NET_ADDRESS_H
#define SQLI_NET_ADDRESS_H

#include "base/bytes.h"
#include "base/error.h"

#include <sys/socket.h>

enum {
    SQLI_HOST_MAX = 255,        /* bytes of a host name */
    SQLI_ADDRESS_TEXT_MAX = 80, /* bytes of a printed address with its port and NUL */
    SQLI_ADDRESSES_MAX = 16,    /* of one host name that are looked at */
};

struct sqli_host_port {
    char host[SQLI_HOST_MAX + 1]; /* without the brackets of an IPv6 address */
    uint16_t port;
};

/* IPv4 or IPv6, with the port. */
struct sqli_address {
    struct sockaddr_storage storage;
    socklen_t length;
};

/* "host:9088", "127.0.0.1:0", "[::1]:9088". Without a port the default counts; -1 says that the
 * port must be there. An IPv6 address with a port needs its brackets. */
enum sqli_status sqli__host_port_parse(struct sqli_span text, int default_port,
                                       struct sqli_host_port *host_port, struct sqli_error *error);

/* The addresses of a host, in the order in which they should be tried. Addresses in digits are
 * answered at once; a name asks the system's resolver, which may block for as long as that is
 * configured to wait. It is the only function of this folder that may; who must not be kept waiting
 * takes a resolver (net/resolver.h). */
enum sqli_status sqli__resolve_host(const struct sqli_host_port *host_port,
                                    struct sqli_address addresses[SQLI_ADDRESSES_MAX],
                                    size_t *count, struct sqli_error *error);

/* The same without asking anybody: SQLI_MORE when the host is a name. */
enum sqli_status sqli__resolve_digits(const struct sqli_host_port *host_port,
                                      struct sqli_address addresses[SQLI_ADDRESSES_MAX],
                                      size_t *count, struct sqli_error *error);

bool sqli__address_is_loopback(const struct sqli_address *address);
/* Who is likely to be the same party: an IPv4 address, as its IPv6 image; of an IPv6 address the
 * first half, which a single host may have all of. */
void sqli__address_network(const struct sqli_address *address, uint8_t network[16]);
uint16_t sqli__address_port(const struct sqli_address *address);

/* "127.0.0.1:9088" or "[::1]:9088". */
void sqli__address_print(const struct sqli_address *address, char text[SQLI_ADDRESS_TEXT_MAX]);

#endif
