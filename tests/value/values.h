/* Types and values in one line each, for the tests of value/value.h. */
#ifndef SQLI_TESTS_VALUE_VALUES_H
#define SQLI_TESTS_VALUE_VALUES_H

#include "tests/support/support.h"

#include "value/value.h"

#include <stdio.h>

enum { ROOM = 100000 };

#define TYPE(type_code, type_length)                           \
    {                                                          \
        .code = SQLI_TYPE_##type_code, .length = (type_length) \
    }
#define EXTENDED(type_code, type_name, type_length)                       \
    {                                                                     \
        .code = SQLI_TYPE_##type_code, .length = (type_length), .name = { \
            (const uint8_t *)(type_name),                                 \
            sizeof(type_name) - 1                                         \
        }                                                                 \
    }

static inline struct sqli_value integer(int64_t number)
{
    return (struct sqli_value){.kind = SQLI_KIND_INTEGER, .as.integer = number};
}

static inline struct sqli_value real(double number)
{
    return (struct sqli_value){.kind = SQLI_KIND_REAL, .as.real = number};
}

static inline struct sqli_value date(int32_t days)
{
    return (struct sqli_value){.kind = SQLI_KIND_DATE, .as.date = days};
}

static inline struct sqli_value bytes(enum sqli_kind kind, const void *data, size_t length)
{
    return (struct sqli_value){.kind = kind, .as.bytes = {data, length}};
}

static inline struct sqli_value text(const char *characters)
{
    return bytes(SQLI_KIND_TEXT, characters, strlen(characters));
}

/* The value that a text stands for; the test fails on one that it does not. */
static inline struct sqli_value parsed(struct sqli_type type, const char *characters)
{
    struct sqli_value value;
    struct sqli_error error;
    if (sqli__value_from_text(&type, sqli__span_text(characters), &sqli__date_iso, &value, &error))
        fail_msg("\"%s\": %s", characters, error.message);
    return value;
}

static inline const char *printed(const struct sqli_type *type, const struct sqli_value *value)
{
    static char out[512];
    struct sqli_buffer buffer;
    struct sqli_error error;
    sqli__buffer_init(&buffer, sizeof out - 1);
    if (sqli__value_to_text(type, value, &sqli__date_iso, &buffer, &error) != SQLI_OK)
        fail_msg("to text: %s", error.message);
    snprintf(out, sizeof out, "%.*s", (int)buffer.length, buffer.data ? (char *)buffer.data : "");
    sqli__buffer_free(&buffer);
    return out;
}

#endif
