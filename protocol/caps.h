/* What both sides can do: the protocol mask that each sends once after login.
 *
 * Bits are numbered from 0 at the most significant bit of byte 0. The bits that both sides have
 * drive the framing: widths of lengths, counts and offsets, optional fields. */
#ifndef SQLI_PROTOCOL_CAPS_H
#define SQLI_PROTOCOL_CAPS_H

#include "base/buffer.h"
#include "base/bytes.h"

enum sqli_cap {
#define SQLI_CAP(bit, name, meaning) SQLI_CAP_##name = (bit),
#include "protocol/caps.def"
#undef SQLI_CAP
};

enum { SQLI_CAPS_BYTES = 16 };

struct sqli_caps {
    uint8_t bits[SQLI_CAPS_BYTES];
    uint8_t length; /* bytes of the mask as it was sent */
};

/* The mask that the library offers, and the one that a 14.10 server announces. */
extern const struct sqli_caps sqli__caps_client;
extern const struct sqli_caps sqli__caps_server;

/* Bytes past SQLI_CAPS_BYTES mean nothing to us and are left out. */
struct sqli_caps sqli__caps_from_mask(struct sqli_span mask);
struct sqli_span sqli__caps_mask(const struct sqli_caps *caps);
struct sqli_caps sqli__caps_both(const struct sqli_caps *ours, const struct sqli_caps *theirs);

static inline bool sqli__caps_has(const struct sqli_caps *caps, unsigned bit)
{
    return bit / 8 < SQLI_CAPS_BYTES && (caps->bits[bit / 8] >> (7 - bit % 8) & 1);
}

/* "0,UDT,3,...,LONG_TEXT": what is known by name, the rest by number. */
void sqli__caps_print(const struct sqli_caps *caps, struct sqli_buffer *text);

#endif
