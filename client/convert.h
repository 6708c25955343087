/* One value of the server in the C type that a program asks for: columns, the parts of composites
 * and blocks all come here.
 *
 * A conversion keeps every digit or fails: SQLI_E_VALUE_TYPE_MISMATCH where there is none between
 * the types, else an error about the value. Only a double may be the nearest one instead. The
 * values are not NULL. */
#ifndef SQLI_CLIENT_CONVERT_H
#define SQLI_CLIENT_CONVERT_H

#include "client/connection.h"
#include "value/value.h"

/* A value and what is needed to read it. */
struct sqli_source {
    const struct sqli_conn *conn; /* for the code set of texts; NULL: they are UTF-8 already */
    const struct sqli_type *type;
    const struct sqli_value *value;
    struct sqli_error *error;
};

enum sqli_status sqli__convert_int64(const struct sqli_source *from, int64_t *number);
enum sqli_status sqli__convert_double(const struct sqli_source *from, double *number);
enum sqli_status sqli__convert_bool(const struct sqli_source *from, int *truth);
enum sqli_status sqli__convert_digits(const struct sqli_source *from, struct sqli_digits *digits);
enum sqli_status sqli__convert_moment(const struct sqli_source *from, struct sqli_moment *moment);
enum sqli_status sqli__convert_interval(const struct sqli_source *from,
                                        struct sqli_span_of_time *interval);
/* Appends UTF-8, without a NUL. BYTE, TEXT, BLOB and CLOB are not here: they have to be fetched. */
enum sqli_status sqli__convert_text(const struct sqli_source *from, struct sqli_buffer *text);
/* The bytes as they travel. */
enum sqli_status sqli__convert_bytes(const struct sqli_source *from, struct sqli_span *bytes);

/* The forms that blocks have besides. Times need a year in front, and days no time behind. */
enum { SQLI_DATE_EPOCH = 25568 }; /* 1970-01-01 as a DATE */
enum sqli_status sqli__convert_days(const struct sqli_source *from, int32_t *days);
enum sqli_status sqli__convert_micros(const struct sqli_source *from, int64_t *micros);
enum sqli_status sqli__convert_decimal128(const struct sqli_source *from, uint8_t number[16]);

/* A text that is a number, with every digit of it. */
enum sqli_status sqli__exact_decimal(struct sqli_span text, struct sqli_decimal *number,
                                     struct sqli_error *error);

/* Fails: there is no conversion to what is wanted, "an integer". */
enum sqli_status sqli__convert_mismatch(const struct sqli_source *from, const char *wanted);
/* Puts the place in front of what an error is about; always SQLI_FAIL. */
enum sqli_status sqli__fail_at(struct sqli_error *error, const char *place, ...)
    __attribute__((format(printf, 2, 3)));

#endif
