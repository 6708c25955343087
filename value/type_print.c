/* How SQL writes a type. */
#include "value/decimal.h"

#include "base/ascii.h"
#include "value/temporal.h"
#include "value/type.h"

/* Types that the user named, or that are named by their whole text, are their name. */
static bool has_own_name(const struct sqli_type *type)
{
    if (type->name.length == 0)
        return false;
    enum sqli_kind kind = sqli__type_kind(type);
    return type->flags & (SQLI_TYPE_DISTINCT | SQLI_TYPE_NAMED_ROW) ||
           kind == SQLI_KIND_COMPOSITE || kind == SQLI_KIND_OPAQUE;
}

static void print_name(const struct sqli_type *type, struct sqli_buffer *text)
{
    struct sqli_span name = sqli__type_name(type);
    for (size_t i = 0; i < name.length; i++) {
        uint8_t c = name.data[i];
        sqli__buffer_byte(text, sqli__ascii_lower(c));
    }
}

/* VARCHAR keeps its reserve in the second byte. */
static void print_text_length(const struct sqli_type *type, struct sqli_buffer *text)
{
    bool reserve = sqli__type_width(type) == SQLI_WIDTH_SHORT;
    if (type->length <= 0)
        return;
    sqli__buffer_format(text, "(%d", (int)(reserve ? type->length & 0xff : type->length));
    if (reserve && (type->length >> 8 & 0xff) != 0)
        sqli__buffer_format(text, ",%d", (int)(type->length >> 8 & 0xff));
    sqli__buffer_byte(text, ')');
}

static void print_precision(const struct sqli_type *type, struct sqli_buffer *text)
{
    int scale = type->length & 0xff;
    int precision = type->length >> 8 & 0xff;
    if (precision == 0)
        return;
    sqli__buffer_format(text, "(%d", precision);
    if (scale != SQLI_DECIMAL_FLOATING)
        sqli__buffer_format(text, ",%d", scale);
    sqli__buffer_byte(text, ')');
}

static void print_qualifier(const struct sqli_type *type, struct sqli_buffer *text)
{
    sqli_qualifier q = (sqli_qualifier)type->length;
    bool interval = type->code == SQLI_TYPE_INTERVAL;
    bool valid = interval ? sqli__interval_qualifier_valid(q) : sqli__datetime_qualifier_valid(q);
    if (!valid)
        return;
    sqli__buffer_byte(text, ' ');
    sqli__qualifier_print(q, interval, text);
}

/* What follows the name, by kind. */
static void (*const print_rest[SQLI_KIND_OPAQUE + 1])(const struct sqli_type *type,
                                                      struct sqli_buffer *text) = {
    [SQLI_KIND_TEXT] = print_text_length,
    [SQLI_KIND_DECIMAL] = print_precision,
    [SQLI_KIND_DATETIME] = print_qualifier,
    [SQLI_KIND_INTERVAL] = print_qualifier,
};

void sqli__type_print(const struct sqli_type *type, struct sqli_buffer *text)
{
    print_name(type, text);
    if (!sqli__type_info(type->code))
        sqli__buffer_format(text, " %d", type->code);
    enum sqli_kind kind = sqli__type_kind(type);
    if (!has_own_name(type) && print_rest[kind])
        print_rest[kind](type, text);
}
