/* The statements of a script that send. */
#ifndef SQLI_TESTS_PEER_SENDING_H
#define SQLI_TESTS_PEER_SENDING_H

#include "tests/peer/verbs.h"

enum sqli_status peer_check_send(const struct peer_script *script, const struct peer_statement *s);
enum sqli_status peer_check_byte(const struct peer_script *script, const struct peer_statement *s);

enum sqli_status peer_run_send(struct peer_run *run);
enum sqli_status peer_run_send_urgent(struct peer_run *run);

/* The byte that two hex digits are, -1 for anything else. */
int peer_hex_byte(const char *word);

#endif
