/* How bytes of the wire look in a trace: one line, ASCII only, cut to a limit. */
#ifndef SQLI_PROTOCOL_WIRE_PRINT_H
#define SQLI_PROTOCOL_WIRE_PRINT_H

#include "base/buffer.h"

/* ` name="text"` where all bytes are printable, else ` name=0a0b0c`; cut ones say how long they
 * are. */
void sqli__print_bytes(struct sqli_buffer *out, const char *name, struct sqli_span bytes,
                       size_t limit);
/* The same for SQL: always as text (other bytes as \xNN), and the string literals behind the word
 * PASSWORD are left out. */
void sqli__print_sql(struct sqli_buffer *out, const char *name, struct sqli_span sql, size_t limit);
/* Drops the blank that the first field since `start` began with, and appends `close`. */
void sqli__print_close(struct sqli_buffer *out, size_t start, const char *close);

#endif
