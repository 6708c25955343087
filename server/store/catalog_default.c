/* How sysdefaults writes a literal: text types and BOOLEAN as they are, others with the image of
 * the value in front of it, six bits to a character. */
#include "server/store/catalog_inside.h"

enum { DEFAULT_ROOM = 256 /* of sysdefaults.default */ };

bool sqli__default_is_plain(const struct sqli_type *type)
{
    enum sqli_kind kind = sqli__type_kind(type);
    return kind == SQLI_KIND_TEXT || kind == SQLI_KIND_BOOLEAN;
}

/* From the left; the last character is filled with zero bits. */
static void append_six_bits(struct sqli_buffer *out, struct sqli_span image)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < image.length; i++) {
        bits = bits << 8 | image.data[i];
        for (count += 8; count >= 6; count -= 6)
            sqli__buffer_byte(out, (uint8_t)digits[bits >> (count - 6) & 63]);
    }
    if (count)
        sqli__buffer_byte(out, (uint8_t)digits[bits << (6 - count) & 63]);
}

enum sqli_status sqli__catalog_default(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *out, struct sqli_error *error)
{
    const struct sqli_date_format *iso = NULL;
    struct sqli_buffer image;
    enum sqli_status status = SQLI_OK;
    sqli__buffer_clear(out);
    if (!sqli__default_is_plain(type)) {
        sqli__buffer_init(&image, 1 << 16);
        status = sqli__value_encode(type, value, &image, error);
        if (status == SQLI_OK)
            append_six_bits(out, sqli__buffer_view(&image));
        sqli__buffer_free(&image);
        sqli__buffer_byte(out, ' ');
    }
    if (status == SQLI_OK)
        status = sqli__value_to_text(type, value, iso, out, error);
    if (out->length > DEFAULT_ROOM)
        out->length = DEFAULT_ROOM;
    return status == SQLI_OK ? sqli__buffer_status(out, error) : status;
}
