/* Rows as values in a trace: what a listener has to remember for that.
 *
 * A TUPLE says nothing about its columns. The DESCRIBE of its statement does, and which statement a
 * reply is about follows from the request that it answers: requests and replies pair up, one EOT
 * each, but for the file dialogue, which goes to and fro inside one reply. Where any of it is not
 * known, or memory is short, the row is shown as bytes. */
#ifndef SQLI_PROTOCOL_TRACE_ROWS_H
#define SQLI_PROTOCOL_TRACE_ROWS_H

#include "protocol/row.h"

enum {
    SQLI_TRACE_STATEMENTS = 4096, /* ids beyond are not followed */
    SQLI_TRACE_REQUESTS = 4096,   /* in flight at once; more, and rows are shown as bytes */
};

/* The columns of one statement. */
struct sqli_trace_columns {
    struct sqli_shape shape;
    struct sqli_buffer names; /* each ended by NUL, in the order of the columns */
    uint32_t *segments;
};

struct sqli_trace_rows {
    struct sqli_trace_columns *statements; /* by id */
    size_t statement_count;
    struct sqli_trace_columns keys; /* of the last SGKDESCRIBE */
    int16_t addressed;              /* by the request that is being sent, -1 none */
    int16_t *requests;              /* a ring: what each request in flight was about */
    size_t first;
    size_t waiting;
    bool dialogue; /* the next EOT of the server, and of the client, belongs to a file */
    bool answer_due;
    bool lost; /* too many in flight: which reply belongs to which is not known any more */
};

void sqli__trace_rows_init(struct sqli_trace_rows *rows);
void sqli__trace_rows_free(struct sqli_trace_rows *rows);

/* Takes note of every message, in the order of the wire, after it was printed. */
void sqli__trace_rows_note(struct sqli_trace_rows *rows, enum sqli_direction direction,
                           const struct sqli_message *message, const struct sqli_caps *caps);

/* What the row of a TUPLE, SGKTUPLE or PUT consists of, as its statement was described; NULL: not
 * known. It holds until the next note. */
const struct sqli_trace_columns *sqli__trace_rows_columns(const struct sqli_trace_rows *rows,
                                                          const struct sqli_message *message);

/* Appends `TUPLE warnings=0 id=1 name="x" price=NULL` for a row whose columns are known. */
bool sqli__trace_rows_print(const struct sqli_trace_rows *rows, const struct sqli_message *message,
                            size_t limit, struct sqli_buffer *text);

#endif
