/* Recordings: what travelled over connections, as text.
 *
 *     # connection              the lines below belong to a new connection
 *     # connection 2            the lines below belong to connection 2
 *     C 007e0008...             bytes of the client, up to the next ones of the server, in hex
 *     S 007e0009...             the other way round
 *     # urgent C 42             an urgent byte
 *     # SQL: select 1           any other comment
 *
 * Connections are numbered from 1 in the order in which the file first mentions them. */
#ifndef SQLI_TESTS_PEER_RECORDING_H
#define SQLI_TESTS_PEER_RECORDING_H

#include "protocol/message.h"

enum { PEER_CONNECTIONS_MAX = 65536 };

enum peer_entry_kind { PEER_ENTRY_BYTES, PEER_ENTRY_URGENT, PEER_ENTRY_COMMENT };

/* One line that is not about which connection it is. */
struct peer_entry {
    enum peer_entry_kind kind;
    enum sqli_direction direction;
    uint32_t connection;
    size_t line;
    struct sqli_span bytes; /* COMMENT: its text behind the "#" */
};

struct peer_recording {
    const char *name; /* of the file, for messages */
    struct sqli_buffer text;
    struct peer_entry *entries;
    size_t count;
    size_t capacity;
    uint32_t connections;
};

/* "-" reads standard input. Fails with the line that is not understood. */
enum sqli_status peer_recording_load(const char *path, struct peer_recording *recording,
                                     struct sqli_error *error);
void peer_recording_free(struct peer_recording *recording);

/* A whole file, or standard input for "-". */
enum sqli_status peer_read_file(const char *path, struct sqli_buffer *text,
                                struct sqli_error *error);

#endif
