/* What one kind of value can do: the rows behind value.h. Shared by the files kind*.c and value.c.
 *
 * A body is an image without what frames it: the length byte of a VARCHAR, the envelope of an
 * extended type, the length prefix of a bind block. value.c takes the frame off and puts it on, so
 * that a kind only knows its own bytes; a body whose length the type fixes has that length. */
#ifndef SQLI_VALUE_KIND_H
#define SQLI_VALUE_KIND_H

#include "value/value.h"

/* Fills value->as, and value->null where the body itself tells. The kind is filled in already. */
typedef enum sqli_status sqli_kind_decode(const struct sqli_type *type, struct sqli_span body,
                                          struct sqli_value *value, struct sqli_error *error);
/* Appends the body of a value that is not NULL and of the right kind. */
typedef enum sqli_status sqli_kind_encode(const struct sqli_type *type,
                                          const struct sqli_value *value, struct sqli_buffer *out,
                                          struct sqli_error *error);

struct sqli_kind_operations {
    const char *name; /* "integer": for messages */
    sqli_kind_decode *decode;
    sqli_kind_encode *encode;
    /* Appends the NULL of a type that is neither a VARCHAR nor in an envelope; NULL: has none. */
    void (*null_image)(const struct sqli_type *type, struct sqli_buffer *out);
    sqli_kind_decode *bind_decode;
    sqli_kind_encode *bind_encode;
    uint16_t (*bind_precision)(const struct sqli_type *type, const struct sqli_value *value);
    enum sqli_status (*to_text)(const struct sqli_type *type, const struct sqli_value *value,
                                const struct sqli_date_format *format, struct sqli_buffer *text,
                                struct sqli_error *error);
    enum sqli_status (*from_text)(const struct sqli_type *type, struct sqli_span text,
                                  const struct sqli_date_format *format, struct sqli_value *value,
                                  struct sqli_error *error);
};

extern const struct sqli_kind_operations sqli__kind_integer, sqli__kind_real, sqli__kind_decimal,
    sqli__kind_text, sqli__kind_boolean, sqli__kind_date, sqli__kind_datetime, sqli__kind_interval,
    sqli__kind_simple_lob, sqli__kind_smart_lob, sqli__kind_composite, sqli__kind_opaque;

/* NULL for SQLI_KIND_NONE. */
const struct sqli_kind_operations *sqli__kind_operations(enum sqli_kind kind);

uint16_t sqli__kind_no_precision(const struct sqli_type *type, const struct sqli_value *value);
void sqli__kind_null_zeros(const struct sqli_type *type, struct sqli_buffer *out);

/* Fails with "<detail> in <name of the type>". */
enum sqli_status sqli__kind_fail(struct sqli_error *error, int32_t code,
                                 const struct sqli_type *type, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));

#endif
