/* Spans of bytes and big-endian numbers. The wire is big-endian throughout. */
#ifndef SQLI_BASE_BYTES_H
#define SQLI_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that somebody else owns. A span never outlives what it points into; an absent span has
 * data == NULL, which is not the same as an empty one. */
struct sqli_span {
    const uint8_t *data;
    size_t length;
};

static inline struct sqli_span sqli__span(const void *data, size_t length)
{
    return (struct sqli_span){data, length};
}

static inline struct sqli_span sqli__span_text(const char *text)
{
    return sqli__span(text, text ? strlen(text) : 0);
}

static inline bool sqli__span_equal(struct sqli_span a, struct sqli_span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static inline uint16_t sqli__load16(const uint8_t *p)
{
    return (uint16_t)((p[0] << 8) | p[1]);
}

static inline uint32_t sqli__load32(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}

static inline uint64_t sqli__load64(const uint8_t *p)
{
    return ((uint64_t)sqli__load32(p) << 32) | sqli__load32(p + 4);
}

static inline void sqli__store16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void sqli__store32(uint8_t *p, uint32_t v)
{
    sqli__store16(p, (uint16_t)(v >> 16));
    sqli__store16(p + 2, (uint16_t)v);
}

static inline void sqli__store64(uint8_t *p, uint64_t v)
{
    sqli__store32(p, (uint32_t)(v >> 32));
    sqli__store32(p + 4, (uint32_t)v);
}

#endif
