/* Characters of ASCII, whatever the locale of the program says. */
#ifndef SQLI_BASE_ASCII_H
#define SQLI_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool sqli__is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline uint8_t sqli__ascii_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Without regard to case. */
static inline bool sqli__ascii_same(const uint8_t *a, const uint8_t *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (sqli__ascii_lower(a[i]) != sqli__ascii_lower(b[i]))
            return false;
    return true;
}

static inline bool sqli__is_letter(uint8_t c)
{
    return sqli__ascii_lower(c) >= 'a' && sqli__ascii_lower(c) <= 'z';
}

/* 0 to 15, or -1. */
static inline int sqli__hex_digit(uint8_t c)
{
    if (sqli__is_digit(c))
        return c - '0';
    c = sqli__ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
