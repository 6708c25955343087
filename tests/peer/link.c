#include "tests/peer/link.h"

#include "base/alloc.h"
#include "base/clock.h"

enum {
    QUEUE_LIMIT = 1 << 20,
    READ_SIZE = 1 << 16,
    PIECES_AT_ONCE = 1024, /* so that one link does not keep the others waiting */
    DRAIN_ROUNDS = 64,
};

/* --- opening and closing --- */

static void close_sockets(struct peer_link *link, void (*close_one)(int socket))
{
    for (size_t i = 0; i < 2; i++) {
        close_one(link->sockets[i]);
        link->sockets[i] = SQLI_NO_SOCKET;
    }
    if (!link->over && link->observer->on_close)
        link->observer->on_close(link->observer->context, link->number);
    link->over = true;
}

/* A close with bytes unread would be a reset, and could take the last bytes that were sent from
 * the other side. */
static void drain(int socket)
{
    uint8_t room[4096];
    size_t got = 1;
    for (int i = 0; i < DRAIN_ROUNDS && got > 0 && socket != SQLI_NO_SOCKET; i++)
        if (sqli__socket_receive(socket, room, sizeof room, &got, NULL) != SQLI_OK)
            return;
}

static void cut(struct peer_link *link)
{
    if (link->faults.reset) {
        link->statistics->reset++;
        close_sockets(link, sqli__socket_reset);
        return;
    }
    link->statistics->cut++;
    drain(link->sockets[0]);
    drain(link->sockets[1]);
    close_sockets(link, sqli__socket_close);
}

static void unreachable(struct peer_link *link, const struct sqli_error *error)
{
    link->statistics->unreachable++;
    peer_complain(PEER_FAILED, "connection %llu: %s", (unsigned long long)link->number,
                  error->message);
    close_sockets(link, sqli__socket_reset);
}

/* Tries one address of the target after the other. */
static void connect_next(struct peer_link *link)
{
    struct sqli_error error;
    enum sqli_status status = SQLI_FAIL;
    while (status == SQLI_FAIL && link->next_address < link->target->count)
        status = sqli__socket_connect(&link->target->addresses[link->next_address++],
                                      &link->sockets[SQLI_TO_CLIENT], &error);
    if (status == SQLI_FAIL)
        unreachable(link, &error);
    link->connecting = status == SQLI_MORE;
}

struct peer_link *peer_link_open(int client, uint64_t number, const struct peer_target *target,
                                 const struct peer_faults *faults,
                                 const struct peer_observer *observer,
                                 struct peer_statistics *statistics)
{
    struct peer_link *link = sqli__alloc_zeroed(1, sizeof *link);
    if (!link)
        return NULL;
    *link = (struct peer_link){
        .number = number,
        .sockets = {client, SQLI_NO_SOCKET},
        .cut_at = SQLI_NO_DEADLINE,
        .faults = *faults,
        .target = target,
        .observer = observer,
        .statistics = statistics,
    };
    /* Twice, because what was sent on is taken off only now and then. */
    sqli__buffer_init(&link->pipes[SQLI_TO_SERVER].queue, 2 * QUEUE_LIMIT);
    sqli__buffer_init(&link->pipes[SQLI_TO_CLIENT].queue, 2 * QUEUE_LIMIT);
    if (faults->cut_time != PEER_NEVER)
        link->cut_at = sqli__clock_ms() + faults->cut_time;
    statistics->connections++;
    if (!faults->deaf)
        connect_next(link);
    return link;
}

void peer_link_free(struct peer_link *link)
{
    close_sockets(link, sqli__socket_close);
    sqli__buffer_free(&link->pipes[SQLI_TO_SERVER].queue);
    sqli__buffer_free(&link->pipes[SQLI_TO_CLIENT].queue);
    sqli__free(link);
}

/* --- the queue of one direction --- */

static size_t waiting(const struct peer_pipe *pipe)
{
    return pipe->queue.length - pipe->head;
}

static bool has_room(const struct peer_pipe *pipe)
{
    return !pipe->ended && waiting(pipe) + READ_SIZE <= QUEUE_LIMIT && pipe->count < PEER_SEGMENTS;
}

static void add_segment(struct peer_pipe *pipe, int64_t due, int urgent)
{
    pipe->segments[(pipe->first + pipe->count++) % PEER_SEGMENTS] =
        (struct peer_segment){pipe->received, due, urgent};
}

static void drop_segment(struct peer_pipe *pipe)
{
    pipe->first = (pipe->first + 1) % PEER_SEGMENTS;
    pipe->count--;
}

static const struct peer_segment *segment(const struct peer_pipe *pipe, size_t index)
{
    return &pipe->segments[(pipe->first + index) % PEER_SEGMENTS];
}

/* How many bytes are due, up to the next urgent byte. */
static size_t due_bytes(const struct peer_pipe *pipe, int64_t now)
{
    uint64_t end = pipe->sent;
    for (size_t i = 0; i < pipe->count; i++) {
        const struct peer_segment *s = segment(pipe, i);
        if (s->due > now || s->urgent != PEER_NOT_URGENT)
            break;
        end = s->end;
    }
    return (size_t)(end - pipe->sent);
}

static void count_sent(struct peer_pipe *pipe, size_t size)
{
    pipe->sent += size;
    pipe->head += size;
    if (pipe->head == pipe->queue.length || pipe->head > QUEUE_LIMIT / 2) {
        sqli__buffer_consume(&pipe->queue, pipe->head);
        pipe->head = 0;
    }
    while (pipe->count && segment(pipe, 0)->urgent == PEER_NOT_URGENT &&
           segment(pipe, 0)->end <= pipe->sent)
        drop_segment(pipe);
}

/* --- receiving --- */

static void corrupt(struct peer_link *link, enum sqli_direction d, uint8_t *bytes, size_t size)
{
    const struct peer_direction_faults *faults = &link->faults.to[d];
    uint64_t start = link->pipes[d].received;
    if (faults->corrupt_at == PEER_NEVER || (uint64_t)faults->corrupt_at < start ||
        (uint64_t)faults->corrupt_at >= start + size)
        return;
    bytes[(uint64_t)faults->corrupt_at - start] ^= faults->corrupt_with;
    link->statistics->corrupted++;
}

static void take_bytes(struct peer_link *link, enum sqli_direction d, uint8_t *bytes, size_t size,
                       int64_t now)
{
    struct peer_pipe *pipe = &link->pipes[d];
    const struct peer_observer *observer = link->observer;
    if (observer->on_bytes)
        observer->on_bytes(observer->context, link->number, d, sqli__span(bytes, size));
    corrupt(link, d, bytes, size);
    sqli__buffer_advance(&pipe->queue, size);
    pipe->received += size;
    link->statistics->bytes[d] += size;
    add_segment(pipe, now + link->faults.delay, PEER_NOT_URGENT);
}

static void take_end(struct peer_link *link, enum sqli_direction d, int64_t now)
{
    struct peer_pipe *pipe = &link->pipes[d];
    pipe->ended = true;
    pipe->end_due = now + link->faults.delay;
    if (link->pipes[0].stalled || link->pipes[1].stalled)
        close_sockets(link, sqli__socket_close);
}

static void take_urgent(struct peer_link *link, enum sqli_direction d, int64_t now)
{
    uint8_t byte;
    const struct peer_observer *observer = link->observer;
    if (sqli__socket_receive_urgent(link->sockets[d], &byte, NULL) != SQLI_OK)
        return;
    if (observer->on_urgent)
        observer->on_urgent(observer->context, link->number, d, byte);
    link->statistics->urgent[d]++;
    add_segment(&link->pipes[d], now + link->faults.delay, byte);
}

static void receive(struct peer_link *link, enum sqli_direction d, short events, int64_t now)
{
    struct peer_pipe *pipe = &link->pipes[d];
    size_t size = 0;
    if (events == 0 || !has_room(pipe))
        return;
    /* Before anything else: a read at the mark would skip the urgent byte. */
    if ((events & POLLPRI) && sqli__socket_at_urgent(link->sockets[d]))
        take_urgent(link, d, now);
    if (!(events & ~(POLLPRI | POLLOUT)) || !has_room(pipe))
        return;
    uint8_t *room = sqli__buffer_reserve(&pipe->queue, READ_SIZE);
    enum sqli_status status =
        room ? sqli__socket_receive(link->sockets[d], room, READ_SIZE, &size, NULL) : SQLI_FAIL;
    if (status == SQLI_OK && size > 0)
        take_bytes(link, d, room, size, now);
    else if (status == SQLI_OK)
        take_end(link, d, now);
    else if (status == SQLI_FAIL)
        close_sockets(link, sqli__socket_reset);
}

/* --- sending --- */

static uint64_t lesser(int64_t limit, uint64_t most)
{
    return limit != PEER_NEVER && (uint64_t)limit < most ? (uint64_t)limit : most;
}

/* The offset at which this direction is cut, or stalls. */
static uint64_t cut_offset(const struct peer_link *link, enum sqli_direction d)
{
    return lesser(link->faults.cut_after, lesser(link->faults.to[d].cut, UINT64_MAX));
}

static uint64_t stall_offset(const struct peer_link *link, enum sqli_direction d)
{
    return lesser(link->faults.stall_after, lesser(link->faults.to[d].stall, UINT64_MAX));
}

static void stall(struct peer_link *link, enum sqli_direction d)
{
    bool both = link->faults.stall_after != PEER_NEVER &&
                (uint64_t)link->faults.stall_after == stall_offset(link, d);
    link->statistics->stalled++;
    link->pipes[d].stalled = true;
    if (both)
        link->pipes[1 - d].stalled = true;
    if (link->pipes[0].ended || link->pipes[1].ended)
        close_sockets(link, sqli__socket_close);
}

/* The limits count when they are reached; a limit of 0 when the first byte would go. */
static bool limit_reached(struct peer_link *link, enum sqli_direction d)
{
    const struct peer_pipe *pipe = &link->pipes[d];
    if (pipe->sent == 0 && waiting(pipe) == 0)
        return false;
    if (pipe->sent >= cut_offset(link, d)) {
        cut(link);
        return true;
    }
    if (pipe->sent >= stall_offset(link, d)) {
        stall(link, d);
        return true;
    }
    return false;
}

static size_t piece(const struct peer_link *link, enum sqli_direction d, int64_t now)
{
    const struct peer_pipe *pipe = &link->pipes[d];
    uint64_t size = due_bytes(pipe, now);
    size = lesser(link->faults.split ? link->faults.split : PEER_NEVER, size);
    if (size > cut_offset(link, d) - pipe->sent)
        size = cut_offset(link, d) - pipe->sent;
    if (size > stall_offset(link, d) - pipe->sent)
        size = stall_offset(link, d) - pipe->sent;
    return (size_t)size;
}

static enum sqli_status send_urgent(struct peer_link *link, enum sqli_direction d)
{
    struct peer_pipe *pipe = &link->pipes[d];
    enum sqli_status status =
        sqli__socket_send_urgent(link->sockets[1 - d], (uint8_t)segment(pipe, 0)->urgent, NULL);
    if (status == SQLI_OK)
        drop_segment(pipe);
    return status;
}

static enum sqli_status send_piece(struct peer_link *link, enum sqli_direction d, size_t size,
                                   int64_t now)
{
    size_t sent;
    struct peer_pipe *pipe = &link->pipes[d];
    struct sqli_span bytes = sqli__span(pipe->queue.data + pipe->head, size);
    SQLI_TRY(sqli__socket_send(link->sockets[1 - d], bytes, &sent, NULL));
    count_sent(pipe, sent);
    if (link->faults.split)
        pipe->resume = now + link->faults.gap;
    return SQLI_OK;
}

static bool urgent_is_due(const struct peer_pipe *pipe, int64_t now)
{
    return pipe->count && segment(pipe, 0)->urgent != PEER_NOT_URGENT &&
           segment(pipe, 0)->due <= now;
}

static bool may_send(const struct peer_link *link, enum sqli_direction d, int64_t now)
{
    const struct peer_pipe *pipe = &link->pipes[d];
    return !link->over && !link->connecting && !link->faults.deaf && !pipe->stalled &&
           pipe->resume <= now;
}

static void send_pieces(struct peer_link *link, enum sqli_direction d, int64_t now)
{
    struct peer_pipe *pipe = &link->pipes[d];
    enum sqli_status status = SQLI_OK;
    for (int i = 0; i < PIECES_AT_ONCE && status == SQLI_OK && may_send(link, d, now); i++) {
        size_t size = piece(link, d, now);
        if (urgent_is_due(pipe, now))
            status = send_urgent(link, d);
        else if (size > 0)
            status = send_piece(link, d, size, now);
        if (limit_reached(link, d) || (size == 0 && !urgent_is_due(pipe, now)))
            return;
    }
    if (status == SQLI_FAIL)
        close_sockets(link, sqli__socket_reset);
}

/* Passes on that a side sends no more, once all that it did send has gone. */
static void send_end(struct peer_link *link, enum sqli_direction d, int64_t now)
{
    struct peer_pipe *pipe = &link->pipes[d];
    if (!may_send(link, d, now) || !pipe->ended || pipe->ended_too || pipe->count ||
        pipe->end_due > now)
        return;
    sqli__socket_end(link->sockets[1 - d]);
    pipe->ended_too = true;
}

/* --- the link as a whole --- */

static void finish_connect(struct peer_link *link, short events)
{
    struct sqli_error error;
    if (events == 0)
        return;
    enum sqli_status status = sqli__socket_connected(link->sockets[SQLI_TO_CLIENT], &error);
    if (status == SQLI_MORE)
        return;
    link->connecting = false;
    if (status == SQLI_OK)
        return;
    sqli__socket_close(link->sockets[SQLI_TO_CLIENT]);
    link->sockets[SQLI_TO_CLIENT] = SQLI_NO_SOCKET;
    if (link->next_address < link->target->count)
        connect_next(link);
    else
        unreachable(link, &error);
}

static void step_deaf(struct peer_link *link, short events)
{
    if (events & (POLLRDHUP | POLLHUP | POLLERR))
        close_sockets(link, sqli__socket_close);
}

static void step_pipes(struct peer_link *link, const struct pollfd polls[2], int64_t now)
{
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT && !link->over; d++)
        if (link->sockets[d] != SQLI_NO_SOCKET && !(link->connecting && d == SQLI_TO_CLIENT))
            receive(link, d, polls[d].revents, now);
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++) {
        send_pieces(link, d, now);
        send_end(link, d, now);
    }
    if (!link->over && link->pipes[0].ended_too && link->pipes[1].ended_too)
        close_sockets(link, sqli__socket_close);
}

void peer_link_step(struct peer_link *link, const struct pollfd polls[2])
{
    int64_t now = sqli__clock_ms();
    if (link->over)
        return;
    if (link->cut_at != SQLI_NO_DEADLINE && link->cut_at <= now) {
        cut(link);
    } else if (link->faults.deaf) {
        step_deaf(link, polls[0].revents);
    } else if (link->connecting) {
        finish_connect(link, polls[SQLI_TO_CLIENT].revents);
    } else {
        step_pipes(link, polls, now);
    }
}

static void sooner(int64_t *deadline, int64_t moment)
{
    if (*deadline == SQLI_NO_DEADLINE || moment < *deadline)
        *deadline = moment;
}

/* When this direction can go on, if it is time that it waits for. Where it is the socket that it
 * waits for, *writable is set. */
static void pipe_wants(const struct peer_link *link, enum sqli_direction d, int64_t now,
                       bool *writable, int64_t *deadline)
{
    const struct peer_pipe *pipe = &link->pipes[d];
    bool end_left = pipe->ended && !pipe->ended_too;
    if (pipe->stalled || (pipe->count == 0 && !end_left))
        return;
    int64_t moment = pipe->count ? segment(pipe, 0)->due : pipe->end_due;
    if (moment < pipe->resume)
        moment = pipe->resume;
    if (moment > now)
        sooner(deadline, moment);
    else
        *writable = true;
}

int64_t peer_link_wants(const struct peer_link *link, struct pollfd polls[2])
{
    int64_t now = sqli__clock_ms(), deadline = link->cut_at;
    bool writable[2] = {false, false};
    polls[0] = (struct pollfd){.fd = link->sockets[0]};
    polls[1] = (struct pollfd){.fd = link->sockets[1]};
    if (link->faults.deaf) {
        polls[0].events = POLLRDHUP;
        return deadline;
    }
    if (link->connecting) {
        polls[0].fd = SQLI_NO_SOCKET;
        polls[1].events = POLLOUT;
        return deadline;
    }
    for (enum sqli_direction d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++)
        pipe_wants(link, d, now, &writable[1 - d], &deadline);
    for (size_t i = 0; i < 2; i++) {
        if (has_room(&link->pipes[i]))
            polls[i].events = POLLIN | POLLPRI;
        if (writable[i])
            polls[i].events |= POLLOUT;
        if (polls[i].events == 0) /* poll would report a hang-up over and over */
            polls[i].fd = SQLI_NO_SOCKET;
    }
    return deadline;
}
