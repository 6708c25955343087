/* The hosts that a connection may try: those of the options, or those that sqlhosts has for a
 * server or group. */
#ifndef SQLI_CLIENT_HOSTS_H
#define SQLI_CLIENT_HOSTS_H

#include "client/options.h"
#include "net/address.h"

enum {
    SQLI_HOSTS_MAX = 32,        /* hosts that one connect may try */
    SQLI_SERVER_NAME_MAX = 128, /* bytes of a DBSERVERNAME */
};

struct sqli_host {
    struct sqli_host_port place;
    char server[SQLI_SERVER_NAME_MAX + 1]; /* what the login names; "": nothing */
    bool tls;                              /* sqlhosts says so */
    bool no_keep_alive;                    /* likewise */
};

struct sqli_hosts {
    struct sqli_host list[SQLI_HOSTS_MAX];
    uint32_t count;
};

/* By the options, in the order in which they are to be tried. SQLI_FAIL: there is none, or what
 * names them is not understood. */
enum sqli_status sqli__hosts_read(const struct sqli_options *options, struct sqli_hosts *hosts,
                                  struct sqli_error *error);
/* The next of the option host, which *list stands on; *list is NULL behind the last one. */
enum sqli_status sqli__hosts_next(const char **list, int port, struct sqli_host_port *place,
                                  struct sqli_error *error);
/* A port by its number, or by its name in the services database. */
enum sqli_status sqli__port_parse(struct sqli_span service, uint16_t *port,
                                  struct sqli_error *error);
/* Where a login is sent on to: "label=server|host|port", the label left out at will. The rest stays
 * as it is. */
enum sqli_status sqli__host_redirect(struct sqli_span target, struct sqli_host *host,
                                     struct sqli_error *error);
/* Whether the list has a host of this name or address. */
bool sqli__hosts_list(const struct sqli_hosts *hosts, const char *name);

#endif
