/* The statements of the script language: one table, one function each. */
#ifndef SQLI_TESTS_PEER_VERBS_H
#define SQLI_TESTS_PEER_VERBS_H

#include "tests/peer/endpoint.h"
#include "tests/peer/script.h"

/* A script on its way. */
struct peer_run {
    const struct peer_script *script;
    const struct peer_statement *now;
    const struct peer_target *target; /* of a client */
    struct peer_service *service;
    struct peer_endpoint end;
    bool patient;    /* clients may come at any time, not only within the timeout */
    int64_t timeout; /* milliseconds that a statement may wait */
    size_t split;
    int64_t gap;
    int64_t corrupt_at; /* in the next send, -1: nowhere */
    uint8_t corrupt_with;
};

struct peer_verb {
    const char *name;
    size_t fewest; /* words */
    size_t most;
    bool number;   /* the first word is a number */
    bool connects; /* needs a connection, and opens one where there is none */
    enum sqli_status (*check)(const struct peer_script *script, const struct peer_statement *s);
    enum sqli_status (*run)(struct peer_run *run);
};

const struct peer_verb *peer_verb_find(const char *name);
void peer_verb_list(struct sqli_buffer *list);  /* their names */
extern const struct peer_verb peer_verb_repeat; /* its work is done where blocks are known */

#endif
