/* BYTE and TEXT of any length on their way to the server: the request leaves in parts, and the next
 * part is read from the program's stream when the socket has taken most of what was said before. */
#ifndef SQLI_CLIENT_STREAM_H
#define SQLI_CLIENT_STREAM_H

#include "client/statement.h"

/* A program that was compiled with an older, shorter struct has NULL in what it does not know. */
enum sqli_status sqli__stream_copy(const struct sqli_stream *from, struct sqli_stream *to,
                                   struct sqli_error *error);

/* A parameter is read from a stream. */
bool sqli__streams_any(const struct sqli_stmt *stmt);
/* SQLI_MORE: another statement is sending in parts. */
enum sqli_status sqli__stream_ready(const struct sqli_stmt *stmt);
/* What was added so far (ID, BIND, BBIND) is the first part. */
enum sqli_status sqli__stream_submit(struct sqli_stmt *stmt);
/* Says more. SQLI_OK: all is said. */
enum sqli_status sqli__stream_advance(struct sqli_stmt *stmt);
/* The statement shall not run any more. */
void sqli__stream_stop(struct sqli_stmt *stmt);

#endif
