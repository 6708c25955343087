#include "value/kind.h"

#include <stdarg.h>
#include <stdio.h>

static const struct sqli_kind_operations *const kinds[] = {
    [SQLI_KIND_NONE] = NULL,
    [SQLI_KIND_INTEGER] = &sqli__kind_integer,
    [SQLI_KIND_REAL] = &sqli__kind_real,
    [SQLI_KIND_DECIMAL] = &sqli__kind_decimal,
    [SQLI_KIND_TEXT] = &sqli__kind_text,
    [SQLI_KIND_BOOLEAN] = &sqli__kind_boolean,
    [SQLI_KIND_DATE] = &sqli__kind_date,
    [SQLI_KIND_DATETIME] = &sqli__kind_datetime,
    [SQLI_KIND_INTERVAL] = &sqli__kind_interval,
    [SQLI_KIND_SIMPLE_LOB] = &sqli__kind_simple_lob,
    [SQLI_KIND_SMART_LOB] = &sqli__kind_smart_lob,
    [SQLI_KIND_COMPOSITE] = &sqli__kind_composite,
    [SQLI_KIND_OPAQUE] = &sqli__kind_opaque,
};

const struct sqli_kind_operations *sqli__kind_operations(enum sqli_kind kind)
{
    return (size_t)kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : NULL;
}

uint16_t sqli__kind_no_precision(const struct sqli_type *type, const struct sqli_value *value)
{
    (void)type;
    (void)value;
    return 0;
}

void sqli__kind_null_zeros(const struct sqli_type *type, struct sqli_buffer *out)
{
    int32_t width = sqli__type_width(type);
    sqli__buffer_fill(out, 0, width > 0 ? (size_t)width : 0);
}

enum sqli_status sqli__kind_fail(struct sqli_error *error, int32_t code,
                                 const struct sqli_type *type, const char *detail, ...)
{
    char text[128];
    va_list args;
    va_start(args, detail);
    int length = vsnprintf(text, sizeof text, detail, args);
    va_end(args);
    struct sqli_span name = sqli__type_name(type);
    return sqli__fail(error, code, "%s in %.*s", length < 0 ? detail : text,
                      (int)(name.length < 64 ? name.length : 64), (const char *)name.data);
}
