/* Names of hosts looked up while the caller does other things: the system's resolver blocks, so a
 * thread of its own asks it. */
#ifndef SQLI_NET_RESOLVER_H
#define SQLI_NET_RESOLVER_H

#include "net/address.h"

struct sqli_resolver;

/* Begins to look up a name. */
enum sqli_status sqli__resolver_start(const struct sqli_host_port *host_port,
                                      struct sqli_resolver **resolver, struct sqli_error *error);
/* Becomes readable when there is an answer; the resolver's to close. */
int sqli__resolver_descriptor(const struct sqli_resolver *resolver);
/* SQLI_MORE: there is none yet. */
enum sqli_status sqli__resolver_answer(const struct sqli_resolver *resolver,
                                       struct sqli_address addresses[SQLI_ADDRESSES_MAX],
                                       size_t *count, struct sqli_error *error);
/* At any time, and NULL is fine. An answer that is still due goes to nobody: what the thread needs
 * lives until the system has let go of it. */
void sqli__resolver_drop(struct sqli_resolver *resolver);

#endif
