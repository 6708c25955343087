/* Whether a request is the recorded one. */
#ifndef SQLI_TESTS_PEER_SAME_H
#define SQLI_TESTS_PEER_SAME_H

#include "protocol/message.h"

/* Byte by byte, but for what says who asks from where: the password, the process and the
 * application of a login, the answer to a PAM challenge. */
bool peer_same_message(const struct sqli_message *a, struct sqli_span a_bytes,
                       const struct sqli_message *b, struct sqli_span b_bytes);

#endif
