/* Rules about types alone: what arithmetic and CASE make of them, and what fits into what. */
#ifndef SQLI_SERVER_FRONT_RESOLVE_TYPES_H
#define SQLI_SERVER_FRONT_RESOLVE_TYPES_H

#include "value/temporal.h"
#include "value/value.h"

enum {
    SQLI_VARCHAR_MAX = 255,
    SQLI_CHAR_MAX = 32767,
    SQLI_LVARCHAR_MAX = 32739,
    SQLI_INTERVAL_FIRST_MAX = 9, /* digits of the first field */
};

struct sqli_type sqli__make_type(enum sqli_type_code code, int32_t length);
struct sqli_type sqli__make_integer(void);
struct sqli_type sqli__make_bigint(void);
struct sqli_type sqli__make_float(void);
struct sqli_type sqli__make_decimal(int precision, int scale);
struct sqli_type sqli__make_floating(void); /* DECIMAL(32) */
struct sqli_type sqli__make_date(void);
struct sqli_type sqli__make_datetime(int start, int end);
struct sqli_type sqli__make_interval(int start, int end, int first);
struct sqli_type sqli__make_char(size_t length); /* LVARCHAR when that is too long */
struct sqli_type sqli__make_lvarchar(int32_t length);
/* VARCHAR, or LVARCHAR above 255 bytes. */
struct sqli_type sqli__make_varying(size_t length);
struct sqli_type sqli__make_boolean(void);
struct sqli_type sqli__make_null(void);

/* Of a value that is in no column any more: nothing of NOT NULL, SERIAL is INTEGER. */
struct sqli_type sqli__plain_type(const struct sqli_type *type);

static inline sqli_qualifier sqli__type_qualifier(const struct sqli_type *type)
{
    return (sqli_qualifier)type->length;
}

bool sqli__type_is_null(const struct sqli_type *type);
bool sqli__type_is_serial(const struct sqli_type *type);
bool sqli__type_is_text(const struct sqli_type *type);
bool sqli__type_is_number(const struct sqli_type *type);
bool sqli__type_is_collection(const struct sqli_type *type);
bool sqli__type_is_lob(const struct sqli_type *type);  /* simple and smart ones */
bool sqli__type_is_char(const struct sqli_type *type); /* CHAR and NCHAR: padded */
bool sqli__type_is_long_integer(const struct sqli_type *type);
int32_t sqli__type_text_length(const struct sqli_type *type); /* bytes at the most */
bool sqli__interval_is_year_month(const struct sqli_type *type);

/* An integer type or a decimal as a decimal: (5,0), (10,0), (19,0). */
struct sqli_type sqli__type_as_decimal(const struct sqli_type *type);

/* True when every value of `from` is one of `to` as it is stored: no conversion is needed. */
bool sqli__type_holds(const struct sqli_type *to, const struct sqli_type *from);

/* Neither is a DISTINCT type, or both are one. */
bool sqli__same_distinct(const struct sqli_type *a, const struct sqli_type *b);

/* What CASE, NVL and UNION make of two types; false when they have nothing in common. */
bool sqli__common_type(const struct sqli_type *a, const struct sqli_type *b,
                       struct sqli_type *common);

/* The result of a op b ('+', '-', '*', '/') for two numbers; text counts as DECIMAL(32). */
struct sqli_type sqli__arithmetic_type(int op, const struct sqli_type *a,
                                       const struct sqli_type *b);

/* Of a || b, both text. */
struct sqli_type sqli__concat_type(const struct sqli_type *a, const struct sqli_type *b);

/* DATETIMEs or INTERVALs with the fields of both. */
struct sqli_type sqli__wider_datetime(const struct sqli_type *a, const struct sqli_type *b);
struct sqli_type sqli__wider_interval(const struct sqli_type *a, const struct sqli_type *b);

/* Why the text of a type is none: a size that is too large, nested or not, or -201. */
int32_t sqli__type_text_error(struct sqli_span text);

#endif
