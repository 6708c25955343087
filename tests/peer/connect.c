#include "tests/peer/connect.h"

#include "base/clock.h"

#define FAIL(run, ...) peer_script_failed((run)->script, (run)->now->line, __VA_ARGS__)

static enum sqli_status accept_one(struct peer_run *run, int *socket)
{
    struct sqli_error error;
    int64_t deadline = run->patient ? run->service->end : sqli__clock_ms() + run->timeout;
    struct pollfd listener = {.fd = run->service->listener, .events = POLLIN};
    for (;;) {
        enum sqli_status status = sqli__socket_accept(run->service->listener, socket, &error);
        if (status == SQLI_OK)
            return SQLI_OK;
        if (status == SQLI_FAIL)
            return FAIL(run, "%s", error.message);
        if (peer_service_over(run->service))
            return FAIL(run, "stopped while waiting for a client");
        if (sqli__clock_left(deadline) == 0)
            return FAIL(run, "no client came within %lld ms", (long long)run->timeout);
        peer_service_wait(run->service, &listener, 1, deadline);
    }
}

/* One address of the target: waits until the attempt has ended. */
static enum sqli_status connect_one(struct peer_run *run, const struct sqli_address *address,
                                    int *socket, struct sqli_error *error)
{
    int64_t deadline = sqli__clock_ms() + run->timeout;
    enum sqli_status status = sqli__socket_connect(address, socket, error);
    while (status == SQLI_MORE) {
        struct pollfd one = {.fd = *socket, .events = POLLOUT};
        if (peer_service_over(run->service) || sqli__clock_left(deadline) == 0)
            status = sqli__fail(error, SQLI_E_CONNECT_TIMEOUT, NULL);
        else if (peer_service_wait(run->service, &one, 1, deadline) > 0)
            status = sqli__socket_connected(*socket, error);
    }
    if (status == SQLI_FAIL) {
        sqli__socket_close(*socket);
        *socket = SQLI_NO_SOCKET;
    }
    return status;
}

static enum sqli_status connect_any(struct peer_run *run, int *socket)
{
    struct sqli_error error;
    enum sqli_status status = SQLI_FAIL;
    for (size_t i = 0; i < run->target->count && status != SQLI_OK; i++)
        status = connect_one(run, &run->target->addresses[i], socket, &error);
    return status == SQLI_OK ? SQLI_OK : FAIL(run, "%s", error.message);
}

enum sqli_status peer_run_connect(struct peer_run *run)
{
    int socket = SQLI_NO_SOCKET;
    if (run->end.socket != SQLI_NO_SOCKET)
        return SQLI_OK;
    if (run->script->theirs == SQLI_TO_SERVER)
        SQLI_TRY(accept_one(run, &socket));
    else
        SQLI_TRY(connect_any(run, &socket));
    peer_endpoint_open(&run->end, socket);
    return SQLI_OK;
}
