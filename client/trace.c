/* Traffic as text, for a file or a function of the program. The decoding is that of
 * protocol/trace.h, which leaves passwords out. */
#include "client/connection.h"

#include "base/alloc.h"
#include "base/file.h"
#include "protocol/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { FIELD_SHOWN = 1024, LINE_MAX_BYTES = 2 << 20, NO_FILE = -1 };

struct sqli_tracer {
    struct sqli_trace trace;
    struct sqli_buffer line;
    uint64_t number; /* tells the connections of a process apart */
    int file;
    size_t skip; /* bytes to the server that belong to a message which began before the trace */
    void (*on_line)(void *context, const char *text);
    void *context;
};

/* --- lines --- */

/* Lines of several connections go to one file, whole; forks do not leave it locked. */
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;

void sqli__trace_forked(void)
{
    pthread_mutex_init(&file_lock, NULL);
}

/* The file may be a pipe whose reader has gone; the program shall not die of that. */
static void write_quietly(int file, struct sqli_span bytes)
{
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    pthread_mutex_lock(&file_lock);
    bool raised = !sqli__file_write(file, bytes) && errno == EPIPE;
    pthread_mutex_unlock(&file_lock);
    if (raised && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe_signal, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* 2026-05-04T12:34:56.789012Z #3 */
static void begin_line(struct sqli_tracer *t)
{
    struct timespec now;
    struct tm date;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &date);
    sqli__buffer_clear(&t->line);
    sqli__buffer_format(&t->line, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ #%llu ",
                        date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour,
                        date.tm_min, date.tm_sec, now.tv_nsec / 1000,
                        (unsigned long long)t->number);
}

/* A line for which there is no memory is left out. */
static void on_line(void *context, const char *text, size_t length)
{
    struct sqli_tracer *t = context;
    begin_line(t);
    sqli__buffer_append(&t->line, text, length);
    sqli__buffer_append(&t->line, "\n", 2);
    if (t->line.failed)
        return;
    if (t->file != NO_FILE)
        write_quietly(t->file, sqli__span(t->line.data, t->line.length - 1));
    t->line.data[t->line.length - 2] = '\0';
    if (t->on_line)
        t->on_line(t->context, (const char *)t->line.data);
}

/* --- life --- */

/* In the middle of a conversation the trace joins at the next message of either side. */
static void join(struct sqli_conn *conn)
{
    struct sqli_tracer *t = conn->tracer;
    const struct sqli_link *link = &conn->link;
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++) {
        t->trace.conversation.decoders[d].login = false;
        t->trace.conversation.decoders[d].caps = link->decoder.caps;
    }
    t->trace.bytes_only = !sqli__link_idle(link);
    t->skip = sqli__link_take(link).length;
    if (link->decoded < link->in.length)
        sqli__trace_bytes(
            conn, SQLI_TO_CLIENT,
            sqli__span(link->in.data + link->decoded, link->in.length - link->decoded));
}

static enum sqli_status open_tracer(struct sqli_conn *conn)
{
    static _Atomic uint64_t numbers;
    if (conn->tracer)
        return SQLI_OK;
    struct sqli_tracer *t = sqli__alloc_zeroed(1, sizeof *t);
    if (!t)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    t->number = atomic_fetch_add(&numbers, 1) + 1;
    t->file = NO_FILE;
    sqli__buffer_init(&t->line, LINE_MAX_BYTES);
    sqli__trace_init(&t->trace, FIELD_SHOWN, on_line, t);
    conn->tracer = t;
    if (conn->open)
        join(conn);
    return SQLI_OK;
}

void sqli__trace_close(struct sqli_conn *conn)
{
    struct sqli_tracer *t = conn->tracer;
    if (!t)
        return;
    if (t->file != NO_FILE)
        close(t->file);
    sqli__trace_free(&t->trace);
    sqli__buffer_free(&t->line);
    sqli__free(t);
    conn->tracer = NULL;
}

enum sqli_status sqli__trace_open(struct sqli_conn *conn)
{
    const char *name = sqli__option(&conn->options, SQLI_OPT_TRACE);
    if (!name || !*name || (conn->tracer && conn->tracer->file != NO_FILE))
        return SQLI_OK;
    SQLI_TRY(open_tracer(conn));
    conn->tracer->file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (conn->tracer->file != NO_FILE)
        return SQLI_OK;
    const char *why = strerrordesc_np(errno);
    return sqli__fail(&conn->error, SQLI_E_INPUT_OUTPUT, "trace=%.200s: %s", name, why ? why : "?");
}

void sqli__trace_restart(struct sqli_conn *conn)
{
    struct sqli_tracer *t = conn->tracer;
    if (!t)
        return;
    sqli__trace_free(&t->trace);
    sqli__trace_init(&t->trace, FIELD_SHOWN, on_line, t);
    t->skip = 0;
}

void sqli__trace_bytes(struct sqli_conn *conn, enum sqli_direction direction,
                       struct sqli_span bytes)
{
    struct sqli_tracer *t = conn->tracer;
    if (!t)
        return;
    size_t skipped = direction == SQLI_TO_CLIENT ? 0 : t->skip;
    skipped = skipped < bytes.length ? skipped : bytes.length;
    if (direction == SQLI_TO_SERVER)
        t->skip -= skipped;
    if (bytes.length > skipped)
        sqli__trace_feed(&t->trace, direction,
                         sqli__span(bytes.data + skipped, bytes.length - skipped));
}

int sqli_set_trace(sqli_conn *conn, void (*line)(void *context, const char *text), void *context)
{
    SQLI_TRY_ENTER(conn, false);
    if (line && open_tracer(conn))
        return sqli__leave_aside(conn, SQLI_FAIL);
    if (conn->tracer) {
        conn->tracer->on_line = line;
        conn->tracer->context = context;
        if (!line && conn->tracer->file == NO_FILE)
            sqli__trace_close(conn);
    }
    return sqli__leave_aside(conn, SQLI_OK);
}
