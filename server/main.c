/* sqlid: the command line around the server. */
#include "base/stdio.h"
#include "include/sqli.h"
#include "server/log.h"
#include "server/options.h"
#include "server/passwd.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

static enum status complain(enum status status, const char *what)
{
    fprintf(stderr, "sqlid: %s\n", what);
    return status;
}

/* --- log --- */

static void log_line(void *context, enum sqli_log_level level, const char *line)
{
    struct timespec now;
    struct tm parts;
    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    fprintf(stderr, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %-5s %s\n", parts.tm_year + 1900,
            parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
            (int)(now.tv_nsec / 1000000), sqli__log_level_name((int)level), line);
}

/* --- saying that it is ready --- */

static void print_ready(FILE *file, const struct sqli_server *server)
{
    if (sqli__server_address(server))
        fprintf(file, "sqlid: listening on %s\n", sqli__server_address(server));
    if (sqli__server_tls_address(server))
        fprintf(file, "sqlid: TLS on %s\n", sqli__server_tls_address(server));
}

/* Whoever waits for the file finds it whole. */
static bool write_ready_file(const char *name, const struct sqli_server *server)
{
    char other[4096];
    int length = snprintf(other, sizeof other, "%s.%ld", name, (long)getpid());
    FILE *file = length < (int)sizeof other ? fopen(other, "w") : NULL;
    if (!file)
        return false;
    print_ready(file, server);
    bool written = fflush(file) == 0;
    written = fclose(file) == 0 && written;
    if (written && rename(other, name) == 0)
        return true;
    unlink(other);
    return false;
}

static enum status say_ready(const struct sqli_command_line *line, const struct sqli_server *server)
{
    if (line->ready_file && !write_ready_file(line->ready_file, server)) {
        fprintf(stderr, "sqlid: --ready-file: %s: %s\n", line->ready_file, strerrordesc_np(errno));
        return FAILED;
    }
    print_ready(stdout, server);
    fflush(stdout);
    return DONE;
}

/* --- the signals --- */

/* SIGUSR1 says, from inside, that the last session has ended. */
static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct ending {
    struct sqli_server *server;
    pthread_t waits;
};

static void *stop_in_peace(void *context)
{
    struct ending *ending = context;
    sqli__server_stop(ending->server, false);
    pthread_kill(ending->waits, SIGUSR1);
    return NULL;
}

static int next_signal(const sigset_t *signals)
{
    int number = 0;
    while (sigwait(signals, &number) != 0)
        continue;
    return number;
}

/* The first signal lets the present requests end, the second does not wait for that. */
static void run_until_told(struct sqli_server *server, const sigset_t *signals)
{
    struct ending ending = {.server = server, .waits = pthread_self()};
    pthread_t thread;
    while (next_signal(signals) == SIGUSR1)
        continue;
    if (pthread_create(&thread, NULL, stop_in_peace, &ending) != 0) {
        sqli__server_stop(server, true);
        return;
    }
    while (next_signal(signals) != SIGUSR1)
        sqli__server_stop(server, true);
    pthread_join(thread, NULL);
}

/* --- serve --- */

/* A socket for each session, and files of SQLite. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* The heaps that threads share keep what ended sessions gave back. With as many as malloc makes by
 * itself, eight for each processor, a server grows to a multiple of what its sessions need. */
static void limit_heaps(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    mallopt(M_ARENA_MAX, processors > 2 ? (int)processors : 2);
}

static enum status start_failed(const struct sqli_error *error)
{
    if (error->code == SQLI_E_ARGUMENT && error->near[0])
        return complain(USAGE, error->near);
    return complain(FAILED, error->message);
}

static enum status serve(struct sqli_command_line *line)
{
    struct sqli_error error;
    struct sqli_server *server;
    sigset_t signals;
    if (!line->server.data && !line->server.memory) {
        line->server.memory = true;
        complain(DONE, "no --data DIR: the databases are in memory, and gone at the end");
    }
    line->server.log = log_line;
    block_signals(&signals);
    raise_file_limit();
    limit_heaps();
    if (sqli__server_start(&line->server, &server, &error) != SQLI_OK)
        return start_failed(&error);
    enum status status = say_ready(line, server);
    if (status == DONE)
        run_until_told(server, &signals);
    sqli__server_close(server);
    if (line->ready_file && status == DONE)
        unlink(line->ready_file);
    return status;
}

int main(int count, char **words)
{
    struct sqli_command_line line;
    struct sqli_error error;
    sqli__stdio_hold();
    if (sqli__command_line_read(count - 1, words + 1, &line, &error) != SQLI_OK) {
        complain(USAGE, error.near);
        return (int)complain(USAGE, "sqlid --help tells more");
    }
    switch (line.command) {
    case SQLI_COMMAND_HELP: sqli__command_line_help(); return DONE;
    case SQLI_COMMAND_VERSION: puts("sqlid " SQLI_VERSION); return DONE;
    case SQLI_COMMAND_PASSWD:
        if (sqli__passwd(line.passwd_file, line.passwd_user, &error) == SQLI_OK)
            return DONE;
        return (int)complain(FAILED, error.near[0] ? error.near : error.message);
    case SQLI_COMMAND_SERVE: return (int)serve(&line);
    }
    return USAGE;
}
