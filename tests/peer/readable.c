#include "tests/peer/readable.h"

static const char *const sides[] = {"C", "S"};

void peer_readable_init(struct peer_readable *readable, FILE *out, size_t print_limit)
{
    *readable = (struct peer_readable){.out = out, .print_limit = print_limit};
}

static void begin_line(struct peer_readable_connection *connection)
{
    struct peer_readable *readable = connection->readable;
    if (readable->current == connection->number)
        return;
    fprintf(readable->out, "%s# connection %u\n", readable->current ? "\n" : "",
            connection->number);
    readable->current = connection->number;
}

static void on_line(void *context, const char *line, size_t length)
{
    struct peer_readable_connection *connection = context;
    FILE *out = connection->readable->out;
    begin_line(connection);
    fwrite(line, 1, length, out);
    fputc('\n', out);
}

void peer_readable_open(struct peer_readable *readable, uint32_t number,
                        struct peer_readable_connection *connection)
{
    connection->readable = readable;
    connection->number = number;
    sqli__trace_init(&connection->trace, readable->print_limit, on_line, connection);
}

void peer_readable_feed(struct peer_readable_connection *connection, enum sqli_direction direction,
                        struct sqli_span bytes)
{
    sqli__trace_feed(&connection->trace, direction, bytes);
    if (connection->trace.lost[direction])
        connection->readable->undecoded = true;
}

void peer_readable_urgent(struct peer_readable_connection *connection,
                          enum sqli_direction direction, uint8_t byte)
{
    begin_line(connection);
    fprintf(connection->readable->out, "# urgent %s %02x\n", sides[direction], byte);
}

void peer_readable_comment(struct peer_readable_connection *connection, struct sqli_span text)
{
    begin_line(connection);
    fprintf(connection->readable->out, "#%.*s\n", (int)text.length, (const char *)text.data);
}

static void close_direction(struct peer_readable_connection *connection,
                            enum sqli_direction direction)
{
    const struct sqli_trace *trace = &connection->trace;
    size_t left = sqli__conversation_pending(&trace->conversation, direction);
    if (left == 0 || trace->lost[direction])
        return;
    connection->readable->undecoded = true;
    begin_line(connection);
    fprintf(connection->readable->out, "%s> ?? the last message is not whole: %zu bytes\n",
            sides[direction], left);
}

void peer_readable_close(struct peer_readable_connection *connection)
{
    close_direction(connection, SQLI_TO_SERVER);
    close_direction(connection, SQLI_TO_CLIENT);
    sqli__trace_free(&connection->trace);
}
