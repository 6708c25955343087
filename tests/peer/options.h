/* The command line of sqli-peer: one table says which option belongs to which command. */
#ifndef SQLI_TESTS_PEER_OPTIONS_H
#define SQLI_TESTS_PEER_OPTIONS_H

#include "tests/peer/faults.h"

enum peer_exit { PEER_OK = 0, PEER_FAILED = 1, PEER_USAGE = 2 };

enum peer_command_id {
    PEER_SHOW = 1,
    PEER_RECORD = 2,
    PEER_REPLAY = 4,
    PEER_PROXY = 8,
    PEER_SCRIPT = 16,
    PEER_SCRUB = 32,
};

struct peer_options {
    const char *file;
    const char *listen;
    const char *connect; /* record, proxy: the real server; script: the server under test */
    const char *ready_file;
    const char *out;
    const char *readable;
    int64_t limit;
    int64_t connection;
    int64_t connections;
    int64_t lifetime; /* seconds */
    int64_t loop;
    bool strict;
    bool scrub;
    bool anywhere;
    struct peer_faults faults;
};

struct peer_command {
    enum peer_command_id id;
    const char *name;
    const char *arguments; /* what follows the name in the usage line */
    const char *summary;
    bool takes_file;
    enum peer_exit (*run)(const struct peer_options *options);
};

/* PEER_OK: go on; else the exit status, after an explanation on standard error. *help: only the
 * help was asked for. */
enum peer_exit peer_options_read(const struct peer_command *command, int count, char **words,
                                 struct peer_options *options, bool *help);
void peer_options_help(const struct peer_command *command);

/* "sqli-peer: ..." on standard error. */
enum peer_exit peer_complain(enum peer_exit status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
