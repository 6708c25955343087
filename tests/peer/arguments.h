/* The words behind the name of a canned message: NAME=VALUE, or a value told by its place. After a
 * failure reading goes on with defaults, and the failure is kept. */
#ifndef SQLI_TESTS_PEER_ARGUMENTS_H
#define SQLI_TESTS_PEER_ARGUMENTS_H

#include "base/arena.h"

enum { PEER_ARGUMENTS_MAX = 64 };

struct peer_arguments {
    char *const *words;
    size_t count;
    uint64_t used; /* bit i: word i was asked for */
    struct sqli_arena *arena;
    struct sqli_error *error;
    enum sqli_status status;
};

void peer_argument_failed(struct peer_arguments *a, const char *what, const char *word);
/* Fails if a word was not asked for. */
void peer_arguments_end(struct peer_arguments *a);

/* The value of NAME=VALUE, or NULL; `from` is where to begin and is moved behind it. */
const char *peer_named(struct peer_arguments *a, const char *name, size_t *from);
/* The first word that is no NAME=VALUE and was not used yet, or NULL. */
const char *peer_positional(struct peer_arguments *a);

int64_t peer_to_number(struct peer_arguments *a, const char *text, int64_t otherwise);
/* Fails if the number has no room in a signed field of so many bits. */
int64_t peer_fits(struct peer_arguments *a, unsigned bits, int64_t number);
int64_t peer_number(struct peer_arguments *a, const char *name, int64_t otherwise);

/* Texts may stand in quotes, and then have \" \\ \n \x0a as traces print them. */
struct sqli_span peer_to_text(struct peer_arguments *a, const char *word);
struct sqli_span peer_text(struct peer_arguments *a, const char *name, const char *otherwise);
struct sqli_span peer_needed_text(struct peer_arguments *a, const char *what);

struct sqli_span peer_to_bytes(struct peer_arguments *a, const char *word); /* from hex */

#endif
