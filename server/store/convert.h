/* The one conversion between Informix types: casts, assignments, operands, bound parameters. */
#ifndef SQLI_SERVER_STORE_CONVERT_H
#define SQLI_SERVER_STORE_CONVERT_H

#include "value/codeset.h"
#include "value/value.h"

struct sqli_conversion_settings {
    struct sqli_date_format date_format;     /* DBDATE */
    int century;                             /* 2000: what two digits of a year mean */
    const struct sqli_codeset_info *codeset; /* of the database; never NULL */
    struct sqli_datetime now;                /* of the statement, YEAR TO FRACTION(5), local time */
};

/* True for types whose storage form is the same, so that no conversion is needed to compare them:
 * all integers; text types; DATETIME of one qualifier; DECIMAL and MONEY. */
bool sqli__same_storage(const struct sqli_type *a, const struct sqli_type *b);

/* False where Informix has no conversion at all (-9634 at PREPARE): DATE to INTERVAL, ... */
bool sqli__convertible(const struct sqli_type *from, const struct sqli_type *to);

/* Over-long text is cut, at a character; CHAR is filled with blanks; numbers are rounded to the
 * scale and cut to integers towards zero; DATETIME is cut or extended with settings->now. Text of
 * the result may lie in `scratch`, which is appended to, or in the value. NULL gives NULL. Errors:
 * -1213 number text, -1214, -1215, -1284, -1226 range, -1204 to -1218 dates, -1260 to -1268
 * temporal, -1260 no such conversion. */
enum sqli_status sqli__convert(const struct sqli_type *from, const struct sqli_value *value,
                               const struct sqli_type *to,
                               const struct sqli_conversion_settings *settings,
                               struct sqli_buffer *scratch, struct sqli_value *result,
                               struct sqli_error *error);

#endif
