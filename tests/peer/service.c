#include "tests/peer/service.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

/* The two signals are let in only while waiting, so that none is lost between a look at the flag
 * and the wait. A reader of our standard output that goes away ends nobody's connection. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t both;
    sigemptyset(&action.sa_mask);
    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    sigprocmask(SIG_BLOCK, &both, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

enum peer_exit peer_target_find(const char *option, const char *text, struct peer_target *target)
{
    struct sqli_error error;
    struct sqli_host_port host_port;
    if (!text)
        return peer_complain(PEER_USAGE, "%s HOST:PORT is missing", option);
    if (sqli__host_port_parse(sqli__span_text(text), -1, &host_port, &error) != SQLI_OK)
        return peer_complain(PEER_USAGE, "%s: %s", option, error.message);
    if (sqli__resolve_host(&host_port, target->addresses, &target->count, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "%s: %s", option, error.message);
    return PEER_OK;
}

/* Through a file beside it, so that who waits for it never reads half an address. */
static enum peer_exit write_ready_file(const char *path, const char *address)
{
    char beside[4096];
    if (!path)
        return PEER_OK;
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return peer_complain(PEER_USAGE, "--ready-file: the name is too long");
    FILE *file = fopen(beside, "w");
    bool written = file && fprintf(file, "%s\n", address) > 0;
    if (file && fclose(file) != 0)
        written = false;
    if (!written || rename(beside, path) != 0)
        return peer_complain(PEER_FAILED, "--ready-file: %s (%s)", path, strerrordesc_np(errno));
    return PEER_OK;
}

static enum peer_exit announce(const struct peer_options *options, int listener)
{
    struct sqli_error error;
    struct sqli_address address;
    char text[SQLI_ADDRESS_TEXT_MAX];
    if (sqli__socket_local(listener, &address, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "%s", error.message);
    sqli__address_print(&address, text);
    enum peer_exit status = write_ready_file(options->ready_file, text);
    if (status != PEER_OK)
        return status;
    /* A recording that goes to standard output stands there alone. */
    bool recording = options->out && strcmp(options->out, "-") == 0;
    FILE *out = recording ? stderr : stdout;
    fprintf(out, "sqli-peer: listening on %s\n", text);
    if (fflush(out) == 0)
        return PEER_OK;
    return peer_complain(PEER_FAILED, "standard output cannot be written (%s)",
                         strerrordesc_np(errno));
}

void peer_service_begin(const struct peer_options *options, struct peer_service *service)
{
    *service = (struct peer_service){SQLI_NO_SOCKET, sqli__clock_ms() + options->lifetime * 1000};
    catch_signals();
}

enum peer_exit peer_service_open(const struct peer_options *options, struct peer_service *service)
{
    struct sqli_error error;
    struct peer_target target;
    const char *where = options->listen ? options->listen : "127.0.0.1:0";
    peer_service_begin(options, service);
    enum peer_exit status = peer_target_find("--listen", where, &target);
    if (status != PEER_OK)
        return status;
    if (!sqli__address_is_loopback(&target.addresses[0]) && !options->anywhere)
        return peer_complain(PEER_USAGE,
                             "--listen: %s can be reached from other machines; "
                             "--anywhere says that this is meant",
                             where);
    if (sqli__socket_listen(&target.addresses[0], &service->listener, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "--listen: %s", error.message);
    return announce(options, service->listener);
}

void peer_service_close(struct peer_service *service)
{
    sqli__socket_close(service->listener);
    service->listener = SQLI_NO_SOCKET;
}

bool peer_service_over(const struct peer_service *service)
{
    return stopped || sqli__clock_left(service->end) == 0;
}

int peer_service_wait(const struct peer_service *service, struct pollfd *sockets, size_t count,
                      int64_t deadline)
{
    sigset_t none;
    sigemptyset(&none);
    if (deadline == SQLI_NO_DEADLINE || deadline > service->end)
        deadline = service->end;
    int left = sqli__clock_left(deadline);
    struct timespec time = {left / 1000, (long)(left % 1000) * 1000000};
    int ready = ppoll(sockets, count, &time, &none);
    if (ready > 0)
        return ready;
    for (size_t i = 0; i < count; i++) /* after a signal poll has left them as they were */
        sockets[i].revents = 0;
    return 0;
}

bool peer_service_over_now(const struct peer_service *service)
{
    peer_service_wait(service, NULL, 0, sqli__clock_ms());
    return peer_service_over(service);
}
