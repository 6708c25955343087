/* Streams of known bytes, calls that wait in either mode, and a process of its own whose memory is
 * looked at. */
#ifndef SQLI_TESTS_CLIENT_STREAMS_H
#define SQLI_TESTS_CLIENT_STREAMS_H

#include "tests/client/fixture.h"

#include <poll.h>
#include <sys/wait.h>

#define NEVER      UINT64_MAX
#define MANY_BYTES (UINT64_C(64) << 20)

enum { FLAT_KIB = 24 << 10 /* that moving 64 MiB may cost */ };

/* A call, until it says something else than SQLI_MORE: with a connection that blocks, at once. */
#define AWAIT(db, call)                                                          \
    __extension__({                                                              \
        int await_result_;                                                       \
        while ((await_result_ = (call)) == SQLI_MORE) {                          \
            int events_ = sqli_wants(db);                                        \
            struct pollfd ready_ = {.fd = sqli_fd(db)};                          \
            ready_.events = (short)((events_ & SQLI_WANTS_READ ? POLLIN : 0) |   \
                                    (events_ & SQLI_WANTS_WRITE ? POLLOUT : 0)); \
            poll(&ready_, 1, 10000);                                             \
        }                                                                        \
        await_result_;                                                           \
    })

/* The same, and it must end like this. */
#define EXPECT(db, call, result)                                                                 \
    do {                                                                                         \
        int expect_result_ = AWAIT(db, call);                                                    \
        if (expect_result_ != (result))                                                          \
            fail_msg("%s: %d, %d %s", #call, expect_result_, sqli_errcode(db), sqli_errmsg(db)); \
    } while (0)

/* Every byte is told by its place. */
static inline uint8_t byte_at(uint64_t at)
{
    return (uint8_t)(at * 7 + (at >> 8) + (at >> 16) * 3);
}

static inline void fill_bytes(uint8_t *bytes, uint64_t from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = byte_at(from + i);
}

static inline bool are_bytes(const uint8_t *bytes, uint64_t from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != byte_at(from + i))
            return false;
    return true;
}

struct flow {
    uint64_t length; /* of what is read */
    uint64_t gives_up_at;
    size_t most; /* bytes at a time; 0: as many as wanted */
    uint64_t at;
    bool wrong;
};

static inline ptrdiff_t flow_read(void *context, void *bytes, size_t size)
{
    struct flow *f = context;
    uint64_t end = f->gives_up_at < f->length ? f->gives_up_at : f->length;
    if (f->at >= f->gives_up_at)
        return -1;
    if (f->most && size > f->most)
        size = f->most;
    if (size > end - f->at)
        size = (size_t)(end - f->at);
    fill_bytes(bytes, f->at, size);
    f->at += size;
    return (ptrdiff_t)size;
}

static inline int flow_write(void *context, const void *bytes, size_t size)
{
    struct flow *f = context;
    if (f->at + size > f->gives_up_at)
        return -1;
    f->wrong |= !are_bytes(bytes, f->at, size);
    f->at += size;
    return 0;
}

static inline struct sqli_stream stream_of(struct flow *f)
{
    return (struct sqli_stream){
        .size = sizeof(struct sqli_stream), .context = f, .read = flow_read, .write = flow_write};
}

/* --- memory --- */

static inline long peak_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return kib;
}

/* Runs this program again with the argument and the URL of the database; see flat_process. */
static inline void run_flat(struct fixture *f, const char *what)
{
    char url[1200];
    int status;
    const char *question = strchr(f->url, '?');
    snprintf(url, sizeof url, "%.*s%s%s", (int)(question - f->url), f->url, f->database, question);
    pid_t child = fork();
    if (child == 0) {
        setenv("ASAN_OPTIONS", "quarantine_size_mb=1:detect_leaks=0", 1);
        execl("/proc/self/exe", "flat", what, url, (char *)NULL);
        _exit(127);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: status %d", what, status);
}

/* In main: when this is such a process, it works, and this is what it exits with; else -1. The work
 * gives 0 when all is well. */
static inline int flat_process(int count, char **arguments,
                               int (*work)(sqli_conn *db, const char *what))
{
    sqli_conn *db;
    if (count != 3 || strcmp(arguments[0], "flat") != 0)
        return -1;
    if (sqli_open(arguments[2], &db)) {
        fprintf(stderr, "%s\n", sqli_errmsg(db));
        return 1;
    }
    long before = peak_kib();
    int result = work(db, arguments[1]);
    long cost = peak_kib() - before;
    if (result)
        fprintf(stderr, "%s: %s\n", arguments[1], sqli_errmsg(db));
    printf("%s: 64 MiB cost %ld KiB\n", arguments[1], cost);
    sqli_close(db);
    return result || before < 0 || cost > FLAT_KIB;
}

#endif
