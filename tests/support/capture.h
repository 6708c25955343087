/* Recorded sessions as the tests read them: tests/data/captures, one flush a line. */
#ifndef SQLI_TESTS_SUPPORT_CAPTURE_H
#define SQLI_TESTS_SUPPORT_CAPTURE_H

#include "protocol/conversation.h"
#include "tests/support/support.h"

struct capture_flush {
    enum sqli_direction direction;
    bool new_connection; /* the first flush of a connection */
    size_t line;
    struct sqli_span bytes;
};

struct capture {
    const char *file;
    size_t count;
    struct capture_flush *flushes;
};

extern const char *const capture_files[];
enum { CAPTURE_FILES = 13 };

struct capture capture_load(const char *file);
void capture_free(struct capture *capture);

#endif
