/* Files that a test writes, in a directory of its own that goes with it. */
#ifndef SQLI_TESTS_CLIENT_TEXTFILES_H
#define SQLI_TESTS_CLIENT_TEXTFILES_H

#include "tests/support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char text_file[128];

static inline int begin_text_file(void **state)
{
    (void)state;
    const char *place = getenv("TMPDIR");
    snprintf(text_file, sizeof text_file, "%s/sqli-test-XXXXXX", place ? place : "/tmp");
    int fd = mkstemp(text_file);
    return fd < 0 ? -1 : close(fd);
}

static inline int end_text_file(void **state)
{
    (void)state;
    return unlink(text_file);
}

/* Gives its name. */
static inline const char *write_bytes(const void *bytes, size_t size, mode_t mode)
{
    int fd = open(text_file, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return text_file;
}

static inline const char *write_text(const char *text, mode_t mode)
{
    return write_bytes(text, strlen(text), mode);
}

#endif
