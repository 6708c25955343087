/* A client of a few lines, for the benchmarks of the server: it logs in, sends lists of messages
 * and reads replies to their end, on a blocking socket. Anything that goes wrong ends the program.
 */
#ifndef SQLI_BENCH_WIRE_CLIENT_H
#define SQLI_BENCH_WIRE_CLIENT_H

#include "protocol/message.h"

struct wire_client {
    int socket;
    struct sqli_decoder decoder;
    struct sqli_buffer out;
    uint8_t *in;
    size_t begin, end; /* of what is in `in` */
    /* Of the last reply. */
    int64_t rows; /* TUPLE messages */
    int64_t bytes;
    struct sqli_done done;
    int16_t statement;
};

void wire_connect(struct wire_client *client, uint16_t port, const char *database);
void wire_close(struct wire_client *client);

/* Appends a message to the request; wire_round ends it with EOT, sends it and reads the reply. */
void wire_add(struct wire_client *client, const struct sqli_message *message);
void wire_add_tag(struct wire_client *client, enum sqli_message_id id);
void wire_add_id(struct wire_client *client, int16_t statement);
void wire_round(struct wire_client *client);
/* The two halves of it. */
void wire_send(struct wire_client *client);
void wire_receive(struct wire_client *client);

void wire_execute(struct wire_client *client, const char *sql); /* SQ_COMMAND */
int16_t wire_prepare(struct wire_client *client, const char *sql);

#endif
