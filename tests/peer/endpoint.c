#include "tests/peer/endpoint.h"

#include "base/clock.h"
#include "tests/peer/reel.h"

enum { INPUT_LIMIT = 1 << 28, READ_SIZE = 1 << 16, TEXT_LIMIT = 1 << 20, PRINT_LIMIT = 1 << 16 };

static enum sqli_status ignore(void *context, enum sqli_direction direction,
                               const struct sqli_message *message, struct sqli_span bytes,
                               const struct sqli_caps *caps, struct sqli_error *error)
{
    (void)context;
    (void)direction;
    (void)message;
    (void)bytes;
    (void)caps;
    (void)error;
    return SQLI_OK;
}

void peer_endpoint_init(struct peer_endpoint *end, const struct peer_service *service,
                        enum sqli_direction theirs)
{
    *end = (struct peer_endpoint){
        .service = service, .socket = SQLI_NO_SOCKET, .theirs = theirs, .urgent = -1};
    sqli__buffer_init(&end->input, INPUT_LIMIT);
    sqli__buffer_init(&end->text, TEXT_LIMIT);
}

void peer_endpoint_open(struct peer_endpoint *end, int socket)
{
    end->socket = socket;
    end->ended = end->reset = end->ours_lost = false;
    end->urgent = -1;
    sqli__buffer_clear(&end->input);
    sqli__decoder_init(&end->heard, end->theirs, true);
    sqli__conversation_init(&end->framing, INPUT_LIMIT, ignore, NULL);
}

/* An ordinary close reads first what has arrived: else it would be a reset. */
void peer_endpoint_close(struct peer_endpoint *end, bool reset)
{
    uint8_t room[4096];
    size_t got = 1;
    if (end->socket == SQLI_NO_SOCKET)
        return;
    for (int i = 0; i < READ_SIZE && got > 0 && !reset; i++)
        if (sqli__socket_receive(end->socket, room, sizeof room, &got, NULL) != SQLI_OK)
            break;
    if (reset)
        sqli__socket_reset(end->socket);
    else
        sqli__socket_close(end->socket);
    end->socket = SQLI_NO_SOCKET;
    sqli__decoder_free(&end->heard);
    sqli__conversation_free(&end->framing);
}

void peer_endpoint_free(struct peer_endpoint *end)
{
    peer_endpoint_close(end, false);
    sqli__buffer_free(&end->input);
    sqli__buffer_free(&end->text);
}

const struct sqli_caps *peer_endpoint_caps(const struct peer_endpoint *end)
{
    return &end->framing.decoders[1 - end->theirs].caps;
}

/* --- receiving --- */

static void receive_urgent(struct peer_endpoint *end)
{
    uint8_t byte;
    if (sqli__socket_at_urgent(end->socket) &&
        sqli__socket_receive_urgent(end->socket, &byte, NULL) == SQLI_OK)
        end->urgent = byte;
}

static enum sqli_status receive(struct peer_endpoint *end, short events, struct sqli_error *error)
{
    size_t got = 0;
    if (events & POLLPRI)
        receive_urgent(end);
    if (!(events & ~(POLLPRI | POLLOUT)))
        return SQLI_OK;
    uint8_t *room = sqli__buffer_reserve(&end->input, READ_SIZE);
    if (!room)
        return sqli__buffer_status(&end->input, error);
    enum sqli_status status = sqli__socket_receive(end->socket, room, READ_SIZE, &got, error);
    sqli__buffer_advance(&end->input, got);
    end->reset = status == SQLI_FAIL;
    end->ended = end->reset || (status == SQLI_OK && got == 0);
    return SQLI_OK;
}

/* One wait for the socket. */
static enum sqli_status wait_for(struct peer_endpoint *end, short events, short *ready,
                                 int64_t deadline)
{
    struct pollfd poll_one = {.fd = end->socket, .events = events};
    *ready = 0;
    while (*ready == 0) {
        if (peer_service_over(end->service) || sqli__clock_left(deadline) == 0)
            return SQLI_MORE;
        peer_service_wait(end->service, &poll_one, 1, deadline);
        *ready = poll_one.revents;
    }
    return SQLI_OK;
}

enum sqli_status peer_endpoint_wait(struct peer_endpoint *end, int64_t deadline,
                                    struct sqli_error *error)
{
    short ready;
    if (end->ended)
        return SQLI_OK;
    SQLI_TRY(wait_for(end, POLLIN | POLLPRI, &ready, deadline));
    return receive(end, ready, error);
}

/* One message out of what has arrived. */
static enum sqli_status decode_one(struct peer_endpoint *end, struct sqli_error *error)
{
    struct sqli_message message;
    size_t used;
    struct sqli_span bytes = sqli__buffer_view(&end->input);
    end->heard.caps = end->framing.decoders[end->theirs].caps;
    if (bytes.length == 0)
        return SQLI_MORE;
    SQLI_TRY(sqli__decode(&end->heard, bytes, &message, &used, error));
    end->id = message.id;
    end->ends_request = peer_ends_request(&message);
    sqli__buffer_clear(&end->text);
    sqli__print(&message, end->theirs, &end->heard.caps, PRINT_LIMIT, &end->text);
    SQLI_TRY(
        sqli__conversation_feed(&end->framing, end->theirs, sqli__span(bytes.data, used), error));
    sqli__buffer_consume(&end->input, used);
    return SQLI_OK;
}

enum sqli_status peer_endpoint_take(struct peer_endpoint *end, int64_t deadline,
                                    struct sqli_error *error)
{
    enum sqli_status status = decode_one(end, error);
    while (status == SQLI_MORE && !end->ended) {
        SQLI_TRY(peer_endpoint_wait(end, deadline, error));
        status = decode_one(end, error);
    }
    return status;
}

/* --- sending --- */

void peer_endpoint_note_sent(struct peer_endpoint *end, struct sqli_span bytes)
{
    struct sqli_error error;
    if (!end->ours_lost)
        end->ours_lost =
            sqli__conversation_feed(&end->framing, 1 - end->theirs, bytes, &error) != SQLI_OK;
}

/* Between pieces nothing is read: the other side may well wait for the rest. */
static void pause_until(const struct peer_endpoint *end, int64_t moment)
{
    while (!peer_service_over(end->service) && sqli__clock_left(moment) > 0)
        peer_service_wait(end->service, NULL, 0, moment);
}

enum sqli_status peer_endpoint_send(struct peer_endpoint *end, struct sqli_span bytes, size_t split,
                                    int64_t gap, int64_t deadline, struct sqli_error *error)
{
    size_t done = 0;
    while (done < bytes.length) {
        size_t sent;
        size_t size = bytes.length - done;
        if (split && split < size)
            size = split;
        enum sqli_status status =
            sqli__socket_send(end->socket, sqli__span(bytes.data + done, size), &sent, error);
        if (status == SQLI_FAIL)
            return SQLI_FAIL;
        done += sent;
        if (status == SQLI_OK && gap && done < bytes.length)
            pause_until(end, sqli__clock_ms() + gap);
        if (status == SQLI_OK)
            continue;
        short ready;
        SQLI_TRY(
            wait_for(end, end->ended ? POLLOUT : POLLOUT | POLLIN | POLLPRI, &ready, deadline));
        if (!end->ended)
            SQLI_TRY(receive(end, ready, error));
    }
    return SQLI_OK;
}
