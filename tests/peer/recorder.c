#include "tests/peer/recorder.h"

#include "base/alloc.h"
#include "tests/peer/secrets.h"

enum { LINE_MAX_BYTES = 16 << 20 /* a longer flush becomes several lines */ };

struct recorded {
    struct recorded *next;
    uint64_t link;
    uint32_t number;               /* in the recording, 0 until it appears there */
    enum sqli_direction direction; /* of what is held in `line` */
    struct sqli_buffer line;
    struct peer_secrets secrets;
    struct peer_readable_connection readable;
    bool ended; /* scrubbing: it was said that the rest is left out */
};

/* --- writing --- */

static void write_hex(FILE *out, struct sqli_span bytes)
{
    static const char digits[] = "0123456789abcdef";
    char text[512];
    size_t length = 0;
    for (size_t i = 0; i < bytes.length; i++) {
        text[length++] = digits[bytes.data[i] >> 4];
        text[length++] = digits[bytes.data[i] & 15];
        if (length == sizeof text || i + 1 == bytes.length) {
            fwrite(text, 1, length, out);
            length = 0;
        }
    }
}

/* The line that says whose the following ones are, where that is not clear. */
static void switch_to(struct peer_recorder *r, struct recorded *connection)
{
    bool first = connection->number == 0;
    if (!first && r->current == connection->number)
        return;
    if (first)
        connection->number = ++r->count;
    r->current = connection->number;
    if (first)
        peer_readable_open(&r->trace, connection->number, &connection->readable);
    if (r->out && first)
        fputs("# connection\n", r->out);
    else if (r->out)
        fprintf(r->out, "# connection %u\n", connection->number);
}

static void write_line(struct peer_recorder *r, struct recorded *connection)
{
    struct sqli_span bytes = sqli__buffer_view(&connection->line);
    if (bytes.length == 0)
        return;
    switch_to(r, connection);
    if (r->out) {
        fputs(connection->direction == SQLI_TO_SERVER ? "C " : "S ", r->out);
        write_hex(r->out, bytes);
        fputc('\n', r->out);
        fflush(r->out);
    }
    if (r->readable) {
        peer_readable_feed(&connection->readable, connection->direction, bytes);
        fflush(r->readable);
    }
    sqli__buffer_clear(&connection->line);
}

static void hold(struct peer_recorder *r, struct recorded *connection,
                 enum sqli_direction direction, struct sqli_span bytes)
{
    if (bytes.length == 0)
        return;
    if (direction != connection->direction ||
        connection->line.length + bytes.length > LINE_MAX_BYTES)
        write_line(r, connection);
    connection->direction = direction;
    sqli__buffer_span(&connection->line, bytes);
    r->failed = r->failed || connection->line.failed;
}

/* A scrubbed connection ends where it is not understood: nobody can say what the rest would tell.
 */
static void note_end(struct peer_recorder *r, struct recorded *connection)
{
    const struct peer_secrets *secrets = &connection->secrets;
    static const char *const who[] = {"the client", "the server"};
    if (!secrets->ended || connection->ended)
        return;
    connection->ended = true;
    r->ended++;
    write_line(r, connection);
    switch_to(r, connection);
    FILE *files[] = {r->out, r->readable};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i])
            fprintf(files[i],
                    "# left out: the rest of this connection. What %s said from byte %llu on is "
                    "not understood\n",
                    who[secrets->ended_by], (unsigned long long)secrets->ended_at);
}

static void hold_clean(struct peer_recorder *r, struct recorded *connection,
                       enum sqli_direction direction)
{
    struct sqli_buffer *clean = &connection->secrets.clean;
    hold(r, connection, direction, sqli__buffer_view(clean));
    r->failed = r->failed || clean->failed;
    sqli__buffer_clear(clean);
    note_end(r, connection);
}

/* --- connections --- */

static struct recorded *find(struct peer_recorder *r, uint64_t link)
{
    for (struct recorded *c = r->connections; c; c = c->next)
        if (c->link == link)
            return c;
    struct recorded *fresh = sqli__alloc_zeroed(1, sizeof *fresh);
    if (!fresh) {
        r->failed = true;
        return NULL;
    }
    fresh->link = link;
    fresh->next = r->connections;
    sqli__buffer_init(&fresh->line, (size_t)1 << 31);
    peer_secrets_init(&fresh->secrets, r->scrub ? &r->names : NULL);
    r->connections = fresh;
    return fresh;
}

static void end_connection(struct peer_recorder *r, struct recorded *connection)
{
    peer_secrets_end(&connection->secrets);
    hold_clean(r, connection, SQLI_TO_SERVER);
    write_line(r, connection);
    if (connection->number)
        peer_readable_close(&connection->readable);
    peer_secrets_free(&connection->secrets);
    sqli__buffer_free(&connection->line);
    sqli__free(connection);
}

static void on_bytes(void *context, uint64_t link, enum sqli_direction direction,
                     struct sqli_span bytes)
{
    struct peer_recorder *r = context;
    struct recorded *connection = find(r, link);
    if (!connection)
        return;
    peer_secrets_feed(&connection->secrets, direction, bytes);
    if (direction == SQLI_TO_SERVER || r->scrub)
        hold_clean(r, connection, direction);
    else
        hold(r, connection, direction, bytes);
}

static void on_urgent(void *context, uint64_t link, enum sqli_direction direction, uint8_t byte)
{
    struct peer_recorder *r = context;
    struct recorded *connection = find(r, link);
    if (!connection || connection->ended)
        return;
    write_line(r, connection);
    switch_to(r, connection);
    if (r->out)
        fprintf(r->out, "# urgent %s %02x\n", direction == SQLI_TO_SERVER ? "C" : "S", byte);
    if (r->readable)
        peer_readable_urgent(&connection->readable, direction, byte);
}

static void on_close(void *context, uint64_t link)
{
    struct peer_recorder *r = context;
    for (struct recorded **c = &r->connections; *c; c = &(*c)->next) {
        struct recorded *connection = *c;
        if (connection->link != link)
            continue;
        *c = connection->next;
        end_connection(r, connection);
        return;
    }
}

struct peer_observer peer_recorder_observer(struct peer_recorder *recorder)
{
    return (struct peer_observer){recorder, on_bytes, on_urgent, on_close};
}

void peer_recorder_init(struct peer_recorder *recorder, FILE *out, FILE *readable, bool scrub)
{
    *recorder = (struct peer_recorder){.out = out, .readable = readable, .scrub = scrub};
    peer_names_init(&recorder->names);
    peer_readable_init(&recorder->trace, readable, 0);
}

void peer_recorder_finish(struct peer_recorder *recorder)
{
    while (recorder->connections)
        on_close(recorder, recorder->connections->link);
    peer_names_free(&recorder->names);
    if (recorder->out && (fflush(recorder->out) != 0 || ferror(recorder->out)))
        recorder->failed = true;
    if (recorder->readable && (fflush(recorder->readable) != 0 || ferror(recorder->readable)))
        recorder->failed = true;
}
