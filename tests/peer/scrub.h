/* One connection without anything that is only its users' business, message by message: every
 * message is taken apart, its texts, names and values are replaced by others of the same length,
 * and it is put together again. So what nobody has described cannot get through. */
#ifndef SQLI_TESTS_PEER_SCRUB_H
#define SQLI_TESTS_PEER_SCRUB_H

#include "protocol/trace_rows.h"
#include "tests/peer/names.h"

struct peer_scrub {
    struct peer_names *names; /* of the whole recording */
    struct sqli_trace_rows rows;
    struct sqli_arena arena;      /* of one message */
    const struct sqli_caps *caps; /* likewise */
    bool delimident;
    int16_t put_statement;      /* whose rows the next member describes */
    struct sqli_shape put;      /* as the client announced them; count 0: it did not */
    struct sqli_buffer written; /* the message put together again */
};

void peer_scrub_init(struct peer_scrub *scrub, struct peer_names *names);
void peer_scrub_free(struct peer_scrub *scrub);

/* Appends the message as it may be shown, as long as `bytes`. SQLI_FAIL: there is no such form. The
 * lists of the message are changed. */
enum sqli_status peer_scrub_message(struct peer_scrub *scrub, enum sqli_direction direction,
                                    const struct sqli_message *message, struct sqli_span bytes,
                                    const struct sqli_caps *caps, struct sqli_buffer *out,
                                    struct sqli_error *error);

#endif
