#include "protocol/caps.h"

static const struct {
    uint8_t bit;
    const char *name;
} names[] = {
#define SQLI_CAP(bit, name, meaning) {bit, #name},
#include "protocol/caps.def"
#undef SQLI_CAP
};

const struct sqli_caps sqli__caps_client = {{0xff, 0xfc, 0x7f, 0xfc, 0x3c, 0x8c, 0xaa, 0x97}, 8};
const struct sqli_caps sqli__caps_server = {{0xbd, 0xbe, 0x9f, 0xfe, 0x7f, 0xb7, 0xff, 0xef, 0xf8},
                                            9};

struct sqli_caps sqli__caps_from_mask(struct sqli_span mask)
{
    struct sqli_caps caps = {{0}, 0};
    caps.length = (uint8_t)(mask.length < SQLI_CAPS_BYTES ? mask.length : SQLI_CAPS_BYTES);
    if (caps.length)
        memcpy(caps.bits, mask.data, caps.length);
    return caps;
}

struct sqli_span sqli__caps_mask(const struct sqli_caps *caps)
{
    return sqli__span(caps->bits, caps->length);
}

struct sqli_caps sqli__caps_both(const struct sqli_caps *ours, const struct sqli_caps *theirs)
{
    struct sqli_caps both = {{0}, 0};
    both.length = ours->length < theirs->length ? ours->length : theirs->length;
    for (size_t i = 0; i < both.length; i++)
        both.bits[i] = ours->bits[i] & theirs->bits[i];
    return both;
}

static const char *name_of(unsigned bit)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].bit == bit)
            return names[i].name;
    return NULL;
}

void sqli__caps_print(const struct sqli_caps *caps, struct sqli_buffer *text)
{
    const char *comma = "";
    for (unsigned bit = 0; bit < 8u * caps->length; bit++) {
        if (!sqli__caps_has(caps, bit))
            continue;
        const char *name = name_of(bit);
        if (name)
            sqli__buffer_format(text, "%s%s", comma, name);
        else
            sqli__buffer_format(text, "%s%u", comma, bit);
        comma = ",";
    }
}
