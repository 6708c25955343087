/* Messages that a script can send by name: `done rows=3`, `err -206 text=t`, `prepare "select 1"`.
 * They go through the project's encoder. Every name is one message, but for `ok`. */
#ifndef SQLI_TESTS_PEER_CANNED_H
#define SQLI_TESTS_PEER_CANNED_H

#include "protocol/message.h"

struct peer_words {
    char *const *words;
    size_t count;
};

/* Whether there is a message of this name in this direction. */
bool peer_canned_known(const char *name, enum sqli_direction direction);

/* Appends the bytes of the message that the words describe; the first is its name. */
enum sqli_status peer_canned_build(struct peer_words words, enum sqli_direction direction,
                                   const struct sqli_caps *caps, struct sqli_buffer *out,
                                   struct sqli_error *error);

/* All names, for the help. */
void peer_canned_list(enum sqli_direction direction, struct sqli_buffer *list);

#endif
