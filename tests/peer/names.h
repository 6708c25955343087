/* Names of tables, columns, users, hosts and databases, each replaced by another one of the same
 * length: the same name by the same one all over a recording, in SQL, in describes and in errors.
 * Keywords and names of the system catalog stay, so that a trace still says what it is about. */
#ifndef SQLI_TESTS_PEER_NAMES_H
#define SQLI_TESTS_PEER_NAMES_H

#include "base/arena.h"

enum { PEER_NAME_LENGTHS = 64 }; /* longer ones are numbered together */

struct peer_name {
    struct sqli_span name; /* in lower case */
    uint32_t number;       /* among those of its length */
};

struct peer_names {
    struct sqli_arena arena;
    struct peer_name *table; /* open addressing; a free place has no name */
    uint32_t room, count;
    uint32_t numbers[PEER_NAME_LENGTHS + 1];
};

void peer_names_init(struct peer_names *names);
void peer_names_free(struct peer_names *names);

/* A keyword, or a name that every server has; in either case. */
bool peer_name_is_known(struct sqli_span name);
/* In place; a known name stays. Where memory is short it becomes a row of x. */
void peer_names_replace(struct peer_names *names, uint8_t *name, size_t length);

#endif
