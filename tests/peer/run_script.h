#ifndef SQLI_TESTS_PEER_RUN_SCRIPT_H
#define SQLI_TESTS_PEER_RUN_SCRIPT_H

#include "tests/peer/options.h"

/* Plays one side of a conversation as a script says. */
enum peer_exit peer_run_script(const struct peer_options *options);
/* The statements, and the messages that can be sent by name. */
void peer_run_script_help(void);

#endif
