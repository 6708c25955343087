/* A value of any Informix type as a C value, and the four ways between it and bytes or text.
 *
 * Every function goes through one table by kind. Text values are spans into what they were decoded
 * from: bytes in the code set of the database, no conversion here (codeset.h does that). */
#ifndef SQLI_VALUE_VALUE_H
#define SQLI_VALUE_VALUE_H

#include "value/decimal.h"
#include "value/lob.h"
#include "value/temporal.h"
#include "value/type.h"

enum {
    SQLI_ENVELOPE_MAX = 256 << 20, /* bytes of the body of an extended type */
    SQLI_BIND_16_MAX = 32767,      /* bytes of a parameter whose length is a short */
};

struct sqli_value {
    enum sqli_kind kind;
    bool null;
    union {
        int64_t integer;
        double real;
        struct sqli_decimal decimal;
        bool boolean;
        int32_t date;
        struct sqli_datetime datetime;
        struct sqli_interval interval;
        struct sqli_simple_lob simple_lob;
        struct sqli_smart_lob smart_lob;
        struct sqli_span bytes; /* TEXT, COMPOSITE and OPAQUE kinds; a CHAR has all its blanks */
    } as;
};

/* From the image in a tuple, exactly as long as the type says (see sqli__image_length). */
enum sqli_status sqli__value_decode(const struct sqli_type *type, struct sqli_span image,
                                    struct sqli_value *value, struct sqli_error *error);

/* Appends the image; after a failure *out is as it was. The value must be of the type's kind
 * (SQLI_E_CONVERSION) or NULL, and is fitted to the type as a server does it: numbers are rounded
 * to the scale, DATETIME and INTERVAL are cut or filled on the right (SQLI_E_DATETIME_CONVERT where
 * a datetime would need a clock), over-long text is an error here (cutting is SQL's business).
 * Values that the type cannot hold fail and name the value; among them are those whose image is
 * that of NULL: the lowest integer, a text that is or begins with a NUL byte, a NaN of all ones. */
enum sqli_status sqli__value_encode(const struct sqli_type *type, const struct sqli_value *value,
                                    struct sqli_buffer *out, struct sqli_error *error);

/* Length of the image at the start of `bytes`: SQLI_MORE when they don't reach that far. An
 * envelope longer than SQLI_ENVELOPE_MAX, or with an indicator that is neither value nor NULL, is
 * SQLI_E_VALUE_IMAGE; a type without a known image is SQLI_E_UNSUPPORTED. */
enum sqli_status sqli__image_length(const struct sqli_type *type, struct sqli_span bytes,
                                    size_t *length, struct sqli_error *error);

/* The data of a bind block (without its length prefix and pad), and back; NULL has no data. Of the
 * type only the code, names and, for DATETIME and INTERVAL read from a block, the length count:
 * the precision word is their qualifier. Values travel whole, nothing is fitted. */
enum sqli_status sqli__value_bind_decode(const struct sqli_type *type, struct sqli_span data,
                                         struct sqli_value *value, struct sqli_error *error);
enum sqli_status sqli__value_bind_encode(const struct sqli_type *type,
                                         const struct sqli_value *value, struct sqli_buffer *out,
                                         struct sqli_error *error);
/* The precision word of a bind block, as the vendor's client sends it: a qualifier, the scale of a
 * decimal, a constant. 0 for NULL. */
uint16_t sqli__bind_precision(const struct sqli_type *type, const struct sqli_value *value);

/* Informix's own text form: 't' and 'f', ISO dates (DBDATE by `format`), all fraction digits, fixed
 * scale with its zeros; a FLOAT as the shortest text that reads back the same, a locator as hex.
 * NULL has no text: it appends nothing and the caller looks at value->null. BYTE and TEXT have none
 * either (SQLI_E_LOCATOR_CONVERSION), nor has an extended type in its binary form. */
enum sqli_status sqli__value_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                     const struct sqli_date_format *format,
                                     struct sqli_buffer *text, struct sqli_error *error);
/* Text kinds keep a span into `text`, whatever its length; all others must fit the type. Two digits
 * of a year are of this century. The result is never NULL. */
enum sqli_status sqli__value_from_text(const struct sqli_type *type, struct sqli_span text,
                                       const struct sqli_date_format *format,
                                       struct sqli_value *value, struct sqli_error *error);

#endif
