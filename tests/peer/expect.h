/* The statements of a script that wait for the other side. */
#ifndef SQLI_TESTS_PEER_EXPECT_H
#define SQLI_TESTS_PEER_EXPECT_H

#include "tests/peer/verbs.h"

enum sqli_status peer_check_expect(const struct peer_script *script,
                                   const struct peer_statement *s);

enum sqli_status peer_run_expect(struct peer_run *run);
enum sqli_status peer_run_expect_request(struct peer_run *run);
enum sqli_status peer_run_expect_nothing(struct peer_run *run);
enum sqli_status peer_run_expect_close(struct peer_run *run);
enum sqli_status peer_run_expect_urgent(struct peer_run *run);

#endif
