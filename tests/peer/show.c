#include "tests/peer/show.h"

#include "base/alloc.h"
#include "tests/peer/readable.h"
#include "tests/peer/recording.h"

static void show_entry(struct peer_readable_connection *connection, const struct peer_entry *entry)
{
    switch (entry->kind) {
    case PEER_ENTRY_BYTES: peer_readable_feed(connection, entry->direction, entry->bytes); break;
    case PEER_ENTRY_URGENT:
        peer_readable_urgent(connection, entry->direction, entry->bytes.data[0]);
        break;
    case PEER_ENTRY_COMMENT: peer_readable_comment(connection, entry->bytes); break;
    }
}

static void show_recording(const struct peer_recording *recording,
                           struct peer_readable_connection *connections,
                           struct peer_readable *readable)
{
    for (uint32_t i = 0; i < recording->connections; i++)
        peer_readable_open(readable, i + 1, &connections[i]);
    for (size_t i = 0; i < recording->count; i++) {
        const struct peer_entry *entry = &recording->entries[i];
        if (entry->connection)
            show_entry(&connections[entry->connection - 1], entry);
        else
            fprintf(readable->out, "#%.*s\n", (int)entry->bytes.length,
                    (const char *)entry->bytes.data);
    }
    for (uint32_t i = 0; i < recording->connections; i++)
        peer_readable_close(&connections[i]);
}

enum peer_exit peer_show(const struct peer_options *options)
{
    struct sqli_error error;
    struct peer_recording recording;
    struct peer_readable readable;
    if (peer_recording_load(options->file, &recording, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "%s", error.message);
    peer_readable_init(&readable, stdout, (size_t)options->limit);
    struct peer_readable_connection *connections =
        sqli__alloc_zeroed(recording.connections, sizeof *connections);
    if (connections)
        show_recording(&recording, connections, &readable);
    bool complete = connections && fflush(stdout) == 0 && !ferror(stdout);
    sqli__free(connections);
    peer_recording_free(&recording);
    if (!complete)
        return peer_complain(PEER_FAILED, "the trace cannot be written");
    if (readable.undecoded)
        return peer_complain(PEER_FAILED, "not everything is SQLI: see the lines with ??");
    return PEER_OK;
}
