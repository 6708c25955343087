/* The wire trace: any traffic as one readable line per message, passwords left out. Rows are shown
 * as values where the DESCRIBE of their statement went by.
 *
 *     C> PREPARE placeholders=0 sql="select 1 from t"
 *     S> ERR code=-206(TABLE_NOT_FOUND) isam=-111 offset=15 text="t"
 *
 * C> is what the client sent, S> what the server sent. Bytes that make no message are shown in hex,
 * with the reason, and end the decoding of that direction; of a login or an answer to PAM that
 * makes none, only the first bytes. */
#ifndef SQLI_PROTOCOL_TRACE_H
#define SQLI_PROTOCOL_TRACE_H

#include "protocol/conversation.h"
#include "protocol/trace_rows.h"

/* One line, without an end of line. */
typedef void sqli_on_line(void *context, const char *line, size_t length);

struct sqli_trace {
    struct sqli_conversation conversation;
    struct sqli_buffer line;
    sqli_on_line *on_line;
    void *context;
    size_t print_limit;
    bool lost[2];
    bool secret; /* what the client sent last may hold a password: nothing more of it is shown */
    bool bytes_only; /* rows as bytes even where their columns are known; set it after the init */
    struct sqli_trace_rows rows;
};

/* `print_limit`: bytes shown of one field, 0 for the default. */
void sqli__trace_init(struct sqli_trace *trace, size_t print_limit, sqli_on_line *on_line,
                      void *context);
void sqli__trace_free(struct sqli_trace *trace);
void sqli__trace_feed(struct sqli_trace *trace, enum sqli_direction direction,
                      struct sqli_span bytes);

#endif
