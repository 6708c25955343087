/* The little language of `sqli-peer script`: one statement a line, `#` begins a comment.
 *
 * A statement is a verb and words. Quotes keep blanks in a word, and stay in it: `sql="select 1"`
 * reads like the trace it is compared with. `repeat N {` begins a block, `}` ends it. */
#ifndef SQLI_TESTS_PEER_SCRIPT_H
#define SQLI_TESTS_PEER_SCRIPT_H

#include "base/arena.h"
#include "protocol/message.h"
#include "tests/peer/canned.h"

struct peer_verb;

struct peer_statement {
    const struct peer_verb *verb;
    size_t line;
    struct peer_words words; /* behind the verb */
    int64_t number;          /* the first word, where the verb takes a number */
    size_t block_end;        /* repeat: the statement behind its block */
};

struct peer_script {
    const char *name;           /* of the file */
    enum sqli_direction theirs; /* what the other side sends */
    struct sqli_buffer text;
    struct sqli_arena arena;
    struct peer_statement *statements;
    size_t count;
};

/* Reads and checks the whole script. What is wrong is said on standard error, with its line. */
enum sqli_status peer_script_load(const char *path, enum sqli_direction theirs,
                                  struct peer_script *script);
void peer_script_free(struct peer_script *script);

/* "FILE:LINE: ..." on standard error; always SQLI_FAIL. */
enum sqli_status peer_script_failed(const struct peer_script *script, size_t line,
                                    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
