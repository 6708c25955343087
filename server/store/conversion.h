/* What the files convert*.c share: one conversion on its way, and the rows of the table. */
#ifndef SQLI_SERVER_STORE_CONVERSION_H
#define SQLI_SERVER_STORE_CONVERSION_H

#include "server/store/convert.h"
#include "value/composite.h"

struct sqli_conversion {
    const struct sqli_type *from;
    const struct sqli_value *value; /* never NULL as SQL has it */
    const struct sqli_type *to;
    const struct sqli_conversion_settings *settings;
    struct sqli_buffer *scratch;
    struct sqli_value *result; /* kind and null are filled in */
    struct sqli_error *error;
};

typedef enum sqli_status sqli_converter(const struct sqli_conversion *c);

/* What an integer type holds: -max to max, and the code for numbers beyond. */
struct sqli_integer_range {
    int64_t max;
    int32_t code;
};
struct sqli_integer_range sqli__integer_range(const struct sqli_type *type);

/* --- convert_number.c --- */

sqli_converter sqli__integer_to_integer, sqli__integer_to_real, sqli__integer_to_decimal,
    sqli__integer_to_text, sqli__integer_to_date;
sqli_converter sqli__real_to_integer, sqli__real_to_real, sqli__real_to_decimal,
    sqli__real_to_text_type, sqli__real_to_date;
sqli_converter sqli__decimal_to_integer, sqli__decimal_to_real, sqli__decimal_to_decimal,
    sqli__decimal_to_text_type, sqli__decimal_to_date;
sqli_converter sqli__text_to_integer, sqli__text_to_real, sqli__text_to_decimal;

/* --- convert_temporal.c --- */

sqli_converter sqli__date_to_integer, sqli__date_to_real, sqli__date_to_decimal, sqli__date_to_date,
    sqli__date_to_datetime, sqli__date_to_text_type;
sqli_converter sqli__datetime_to_datetime, sqli__datetime_to_date, sqli__datetime_to_text_type;
sqli_converter sqli__interval_to_interval, sqli__interval_to_text_type;
sqli_converter sqli__text_to_date, sqli__text_to_datetime, sqli__text_to_interval;

/* --- convert_composite.c --- */

sqli_converter sqli__text_to_composite, sqli__composite_to_composite;

/* A value of the schema out of its text: scalars in the form that they are converted from, as a
 * cast does; what a SET holds twice is dropped. The elements and their texts lie in the arena. */
enum sqli_status sqli__element_from_text(const struct sqli_schema *schema, struct sqli_span text,
                                         const struct sqli_conversion_settings *settings,
                                         struct sqli_arena *arena, struct sqli_element *element,
                                         struct sqli_error *error);

/* --- convert.c --- */

/* Fits a text to c->to: cut at a character, a CHAR filled with blanks. The text may lie in the
 * scratch buffer. */
enum sqli_status sqli__fit_text(const struct sqli_conversion *c, struct sqli_span text);
/* What was appended to scratch from `start` on becomes the result, likewise fitted. */
enum sqli_status sqli__fit_scratch(const struct sqli_conversion *c, size_t start);
/* Bytes that a text type has room for. */
size_t sqli__text_room(const struct sqli_type *type);

#endif
