/* The formats of TO_CHAR and TO_DATE for dates, and the names of days and months. */
#ifndef SQLI_SERVER_STORE_RUNTIME_FORMAT_H
#define SQLI_SERVER_STORE_RUNTIME_FORMAT_H

#include "base/buffer.h"
#include "value/temporal.h"

/* 0 is Sunday. */
int sqli__weekday(int32_t days);
/* By three letters or more of its English name, in either case; -1: no such day. */
int sqli__weekday_by_name(struct sqli_span name);

/* The format has either directives (%Y-%m-%d) or elements (YYYY-MM-DD). The datetime is a YEAR TO
 * FRACTION(5). -1276 for a directive that does not exist. */
enum sqli_status sqli__format_datetime(const struct sqli_datetime *value, struct sqli_span format,
                                       struct sqli_buffer *out, struct sqli_error *error);
/* The reverse; -1277 for a text that does not follow the format. Fields that the format lacks in
 * front come from `now`, those behind get their lowest value; two digits of a year are of the
 * century that begins with `century`. */
enum sqli_status sqli__scan_datetime(struct sqli_span text, struct sqli_span format,
                                     const struct sqli_datetime *now, int century,
                                     struct sqli_datetime *value, struct sqli_error *error);

/* A number by a mask of 9 0 # & * < , . $ + - ( ) MI S PR FM; what is none of these stands for
 * itself. Asterisks for a number with more digits than the mask. */
enum sqli_status sqli__format_number(const struct sqli_decimal *number, struct sqli_span mask,
                                     struct sqli_buffer *out, struct sqli_error *error);

#endif
