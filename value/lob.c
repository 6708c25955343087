#include "value/lob.h"

#include "base/ascii.h"

/* Where the known parts of a descriptor stand; the rest is the server's own. */
enum {
    AT_START = 8, /* first byte of the object */
    AT_END = 12,  /* last byte: end - start + 1 is the size */
    AT_SIZE = 16,
    AT_FLAGS = 39,
    FLAG_NULL = 0x01,
};

/* An empty object has no last byte: start 1 and end 0 give the size 0 without a negative number. */
void sqli__simple_lob_make(struct sqli_simple_lob *lob, uint32_t size, bool null)
{
    *lob = (struct sqli_simple_lob){0};
    if (null) {
        lob->bytes[AT_FLAGS] = FLAG_NULL;
        return;
    }
    sqli__store32(lob->bytes + AT_START, size == 0 ? 1 : 0);
    sqli__store32(lob->bytes + AT_END, size == 0 ? 0 : size - 1);
    sqli__store32(lob->bytes + AT_SIZE, size);
}

void sqli__simple_lob_make_bind(struct sqli_simple_lob *lob, uint32_t size)
{
    *lob = (struct sqli_simple_lob){0};
    sqli__store32(lob->bytes + AT_SIZE, size);
}

uint32_t sqli__simple_lob_size(const struct sqli_simple_lob *lob)
{
    return sqli__load32(lob->bytes + AT_SIZE);
}

bool sqli__simple_lob_null(const struct sqli_simple_lob *lob)
{
    return (lob->bytes[AT_FLAGS] & FLAG_NULL) != 0;
}

static enum sqli_status decode_hex(const uint8_t *text, uint8_t *bytes, struct sqli_error *error)
{
    for (size_t i = 0; i < SQLI_SMART_LOB_SIZE; i++) {
        int high = sqli__hex_digit(text[2 * i]);
        int low = sqli__hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return sqli__fail(error, SQLI_E_VALUE_IMAGE, "no hex digit at %zu of a locator",
                              high < 0 ? 2 * i : 2 * i + 1);
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return SQLI_OK;
}

enum sqli_status sqli__smart_lob_decode(struct sqli_span body, struct sqli_smart_lob *lob,
                                        struct sqli_error *error)
{
    if (body.length == SQLI_SMART_LOB_TEXT)
        return decode_hex(body.data, lob->bytes, error);
    if (body.length != SQLI_SMART_LOB_SIZE)
        return sqli__fail(error, SQLI_E_VALUE_IMAGE, "a locator of %zu bytes", body.length);
    memcpy(lob->bytes, body.data, SQLI_SMART_LOB_SIZE);
    return SQLI_OK;
}

void sqli__smart_lob_text(const struct sqli_smart_lob *lob, char text[SQLI_SMART_LOB_TEXT + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SQLI_SMART_LOB_SIZE; i++) {
        text[2 * i] = digits[lob->bytes[i] >> 4];
        text[2 * i + 1] = digits[lob->bytes[i] & 0x0f];
    }
    text[SQLI_SMART_LOB_TEXT] = '\0';
}
