/* See wire_client.h. */
#include "bench/wire_client.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 8 << 20, REQUEST = 64 << 20 };

static _Noreturn void die(const char *what, const struct sqli_error *error)
{
    fprintf(stderr, "wire client: %s: %s\n", what, error ? error->message : "");
    exit(1);
}

void wire_add(struct wire_client *client, const struct sqli_message *message)
{
    struct sqli_error error;
    if (sqli__encode(message, SQLI_TO_SERVER, &client->decoder.caps, &client->out, &error))
        die("encode", &error);
}

void wire_add_tag(struct wire_client *client, enum sqli_message_id id)
{
    wire_add(client, &(struct sqli_message){.id = (uint16_t)id});
}

void wire_add_id(struct wire_client *client, int16_t statement)
{
    wire_add(client, &(struct sqli_message){.id = SQLI_MSG_ID, .as.id_number = statement});
}

static void write_all(struct wire_client *client)
{
    size_t sent = 0;
    while (sent < client->out.length) {
        ssize_t n =
            send(client->socket, client->out.data + sent, client->out.length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            die("send", NULL);
        sent += (size_t)n;
    }
    sqli__buffer_clear(&client->out);
}

void wire_send(struct wire_client *client)
{
    wire_add_tag(client, SQLI_MSG_EOT);
    write_all(client);
}

static void more(struct wire_client *client)
{
    if (client->begin) {
        memmove(client->in, client->in + client->begin, client->end - client->begin);
        client->end -= client->begin;
        client->begin = 0;
    }
    if (client->end == ROOM)
        die("a message is too long", NULL);
    ssize_t n = recv(client->socket, client->in + client->end, ROOM - client->end, 0);
    if (n <= 0)
        die("the server closed", NULL);
    client->end += (size_t)n;
}

static void next_message(struct wire_client *client, struct sqli_message *message)
{
    struct sqli_error error;
    for (;;) {
        size_t used;
        struct sqli_span bytes =
            sqli__span(client->in + client->begin, client->end - client->begin);
        enum sqli_status status = sqli__decode(&client->decoder, bytes, message, &used, &error);
        if (status == SQLI_FAIL)
            die("decode", &error);
        if (status == SQLI_OK) {
            client->begin += used;
            client->bytes += (int64_t)used;
            return;
        }
        more(client);
    }
}

void wire_receive(struct wire_client *client)
{
    client->rows = client->bytes = 0;
    struct sqli_message message;
    do {
        next_message(client, &message);
        switch (message.id) {
        case SQLI_MSG_TUPLE: client->rows++; break;
        case SQLI_MSG_DONE: client->done = message.as.done; break;
        case SQLI_MSG_DESCRIBE: client->statement = message.as.describe.statement_id; break;
        case SQLI_MSG_PROTOCOLS: {
            struct sqli_caps theirs = sqli__caps_from_mask(message.as.bytes);
            client->decoder.caps = sqli__caps_both(&sqli__caps_client, &theirs);
            break;
        }
        case SQLI_MSG_ERR:
            fprintf(stderr, "wire client: the server said %d (%d) %.*s\n", message.as.err.code,
                    message.as.err.isam, (int)message.as.err.text.length,
                    (const char *)message.as.err.text.data);
            exit(1);
        default: break;
        }
    } while (message.id != SQLI_MSG_EOT);
}

void wire_round(struct wire_client *client)
{
    wire_send(client);
    wire_receive(client);
}

static void log_in(struct wire_client *client)
{
    struct sqli_message message = {.id = SQLI_MSG_LOGIN_REQUEST};
    struct sqli_login_request *login = &message.as.login_request;
    sqli__login_request_init(login);
    login->user = sqli__span_text("informix");
    login->password = sqli__span_text("in4mix");
    login->has_password = 1;
    login->server = sqli__span_text("informix");
    wire_add(client, &message);
    write_all(client);
    next_message(client, &message);
    if (message.id != SQLI_MSG_LOGIN_REPLY || message.as.login_reply.service_error)
        die("login refused", NULL);
}

void wire_connect(struct wire_client *client, uint16_t port, const char *database)
{
    *client = (struct wire_client){.socket = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client->socket, (struct sockaddr *)&to, sizeof to))
        die("connect", NULL);
    client->in = sqli__alloc(ROOM);
    if (!client->in)
        die("no memory", NULL);
    sqli__buffer_init(&client->out, REQUEST);
    sqli__decoder_init(&client->decoder, SQLI_TO_CLIENT, true);
    log_in(client);
    wire_add(client, &(struct sqli_message){.id = SQLI_MSG_PROTOCOLS,
                                            .as.bytes = sqli__caps_mask(&sqli__caps_client)});
    wire_round(client);
    wire_add(client, &(struct sqli_message){.id = SQLI_MSG_DBOPEN,
                                            .as.name_option.name = sqli__span_text(database)});
    wire_round(client);
}

void wire_close(struct wire_client *client)
{
    close(client->socket);
    sqli__decoder_free(&client->decoder);
    sqli__buffer_free(&client->out);
    sqli__free(client->in);
}

static void add_sql(struct wire_client *client, enum sqli_message_id id, const char *sql)
{
    uint32_t placeholders = 0;
    for (const char *c = sql; *c; c++)
        placeholders += *c == '?';
    wire_add(client, &(struct sqli_message){.id = (uint16_t)id,
                                            .as.sql = {placeholders, sqli__span_text(sql)}});
    wire_add_tag(client, SQLI_MSG_NDESCRIBE);
}

void wire_execute(struct wire_client *client, const char *sql)
{
    add_sql(client, SQLI_MSG_COMMAND, sql);
    wire_add_tag(client, SQLI_MSG_EXECUTE);
    wire_add_tag(client, SQLI_MSG_RELEASE);
    wire_round(client);
}

int16_t wire_prepare(struct wire_client *client, const char *sql)
{
    add_sql(client, SQLI_MSG_PREPARE, sql);
    wire_add_tag(client, SQLI_MSG_WANTDONE);
    wire_round(client);
    return client->statement;
}
