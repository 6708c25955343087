#include "value/utf8.h"

size_t sqli__ascii_prefix(struct sqli_span text)
{
    size_t at = 0;
    for (; text.length - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text.data + at, sizeof word);
        if (word & 0x8080808080808080U)
            break;
    }
    while (at < text.length && text.data[at] < 0x80)
        at++;
    return at;
}

/* What the first byte of a sequence says, and the smallest number that needs that many bytes. */
struct lead {
    uint8_t mask;
    uint8_t bits;
    uint8_t length;
    uint32_t least;
};

static const struct lead leads[] = {
    {0x80, 0x00, 1, 0x0},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
};

static const struct lead *find_lead(uint8_t byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if ((byte & leads[i].mask) == leads[i].bits)
            return &leads[i];
    return NULL;
}

size_t sqli__utf8_decode(struct sqli_span text, uint32_t *point)
{
    const struct lead *lead = text.length ? find_lead(text.data[0]) : NULL;
    if (!lead || text.length < lead->length)
        return 0;
    uint32_t value = text.data[0] & (uint8_t)~lead->mask;
    for (size_t i = 1; i < lead->length; i++) {
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text.data[i] & 0x3f);
    }
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < lead->least || value > 0x10ffff || surrogate)
        return 0;
    *point = value;
    return lead->length;
}

size_t sqli__utf8_encode(uint32_t point, uint8_t out[4])
{
    size_t length = sizeof leads / sizeof leads[0];
    while (length > 1 && point < leads[length - 1].least)
        length--;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (uint8_t)(leads[length - 1].bits | point);
    return length;
}

size_t sqli__utf8_prefix(struct sqli_span text)
{
    size_t at = 0;
    while (at < text.length) {
        uint32_t point;
        at += sqli__ascii_prefix(sqli__span(text.data + at, text.length - at));
        if (at == text.length)
            break;
        size_t length = sqli__utf8_decode(sqli__span(text.data + at, text.length - at), &point);
        if (length == 0)
            break;
        at += length;
    }
    return at;
}

bool sqli__utf8_valid(struct sqli_span text)
{
    return sqli__utf8_prefix(text) == text.length;
}
