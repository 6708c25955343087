#include "tests/peer/player.h"

#include "net/socket.h"
#include "tests/peer/options.h"
#include "tests/peer/same.h"

#include <poll.h>

enum { INPUT_LIMIT = 1 << 28, READ_SIZE = 1 << 16, ROUNDS = 64, PRINT_LIMIT = 4096 };

void peer_player_open(struct peer_player *player, int socket, uint64_t number,
                      const struct peer_reel *reel, bool strict)
{
    *player =
        (struct peer_player){.socket = socket, .number = number, .reel = reel, .strict = strict};
    sqli__buffer_init(&player->input, INPUT_LIMIT);
    sqli__decoder_init(&player->heard, SQLI_TO_SERVER, true);
    sqli__decoder_init(&player->recorded, SQLI_TO_SERVER, true);
}

void peer_player_close(struct peer_player *player)
{
    sqli__socket_close(player->socket);
    player->socket = SQLI_NO_SOCKET;
    player->over = true;
    sqli__buffer_free(&player->input);
    sqli__decoder_free(&player->heard);
    sqli__decoder_free(&player->recorded);
}

static enum sqli_status complain(struct peer_player *player, const char *what)
{
    player->failed = player->over = true;
    peer_complain(PEER_FAILED, "connection %llu, request %zu: %s",
                  (unsigned long long)player->number, player->asked + 1, what);
    return SQLI_FAIL;
}

static void print(const char *who, const struct sqli_message *message, const struct sqli_caps *caps)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 20);
    sqli__print(message, SQLI_TO_SERVER, caps, PRINT_LIMIT, &text);
    peer_complain(PEER_FAILED, "%s %.*s", who, (int)text.length,
                  text.length ? (const char *)text.data : "");
    sqli__buffer_free(&text);
}

/* The next recorded message must be this one. */
static enum sqli_status compare(struct peer_player *p, const struct sqli_message *heard,
                                struct sqli_span bytes)
{
    struct sqli_error error;
    struct sqli_message recorded;
    size_t used;
    struct sqli_span rest = sqli__span(p->reel->requests.data + p->recorded_at,
                                       p->reel->requests.length - p->recorded_at);
    p->recorded.caps = p->heard.caps;
    if (rest.length == 0 || sqli__decode(&p->recorded, rest, &recorded, &used, &error) != SQLI_OK) {
        complain(p, "the client sends more than was recorded");
        print("it sent ", heard, &p->heard.caps);
        return SQLI_FAIL;
    }
    p->recorded_at += used;
    if (peer_same_message(&recorded, sqli__span(rest.data, used), heard, bytes))
        return SQLI_OK;
    complain(p, "not what was recorded");
    print("recorded", &recorded, &p->heard.caps);
    print("received", heard, &p->heard.caps);
    return SQLI_FAIL;
}

static enum sqli_status on_message(struct peer_player *p, const struct sqli_message *message,
                                   struct sqli_span bytes)
{
    if (p->strict)
        SQLI_TRY(compare(p, message, bytes));
    if (message->id == SQLI_MSG_PROTOCOLS) {
        struct sqli_caps theirs = sqli__caps_from_mask(message->as.bytes);
        p->heard.caps = sqli__caps_both(&theirs, &p->reel->offer);
    }
    if (!peer_ends_request(message))
        return SQLI_OK;
    if (p->asked >= p->reel->count)
        return complain(p, "the recording has no reply left");
    p->allowed = p->reel->ends[p->asked++];
    return SQLI_OK;
}

static enum sqli_status take_messages(struct peer_player *p)
{
    struct sqli_error error;
    struct sqli_message message;
    size_t done = 0;
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && done < p->input.length) {
        size_t used;
        struct sqli_span rest = sqli__span(p->input.data + done, p->input.length - done);
        status = sqli__decode(&p->heard, rest, &message, &used, &error);
        if (status == SQLI_FAIL)
            return complain(p, error.message);
        if (status == SQLI_OK)
            status = on_message(p, &message, sqli__span(rest.data, used));
        done += used;
    }
    sqli__buffer_consume(&p->input, done);
    return status == SQLI_FAIL ? SQLI_FAIL : SQLI_OK;
}

/* The client sends no more. Where it is watched it must have asked everything first. What it asked
 * for it still gets: it may have closed its own direction alone. */
static void client_left(struct peer_player *p)
{
    if (p->strict && p->asked < p->reel->asked)
        complain(p, "the client left before the recording ends");
    p->left = true;
}

static void receive(struct peer_player *p)
{
    size_t got = 1;
    enum sqli_status status = SQLI_OK;
    for (int i = 0; i < ROUNDS && status == SQLI_OK && got > 0; i++) {
        uint8_t *room = sqli__buffer_reserve(&p->input, READ_SIZE);
        if (!room) {
            complain(p, "the request is too long");
            return;
        }
        status = sqli__socket_receive(p->socket, room, READ_SIZE, &got, NULL);
        sqli__buffer_advance(&p->input, got);
        if (status == SQLI_OK && got < READ_SIZE)
            break;
    }
    if (take_messages(p) == SQLI_OK && (status == SQLI_FAIL || (status == SQLI_OK && got == 0)))
        client_left(p);
    p->over = p->over || status == SQLI_FAIL;
}

static void send_replies(struct peer_player *p)
{
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && p->sent < p->allowed) {
        size_t sent;
        struct sqli_span rest = sqli__span(p->reel->replies.data + p->sent, p->allowed - p->sent);
        status = sqli__socket_send(p->socket, rest, &sent, NULL);
        p->sent += sent;
    }
    if (status == SQLI_FAIL)
        client_left(p);
    if (status == SQLI_FAIL || (p->left && p->sent >= p->allowed))
        p->over = true;
    if (!p->over && p->reel->hangs_up && p->sent == p->reel->replies.length && !p->ended) {
        sqli__socket_end(p->socket);
        p->ended = true;
    }
}

short peer_player_wants(const struct peer_player *player)
{
    short in = player->left ? 0 : POLLIN;
    return player->sent < player->allowed ? in | POLLOUT : in;
}

void peer_player_step(struct peer_player *player, short events)
{
    if ((events & ~POLLOUT) && !player->left)
        receive(player);
    if (!player->over)
        send_replies(player);
}
