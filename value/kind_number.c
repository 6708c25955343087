/* INTEGER and REAL: the binary numbers. */
#include "value/image.h"
#include "value/kind.h"
#include "value/number.h"

#include <inttypes.h>

/* --- INTEGER: SMALLINT to BIGSERIAL --- */

static bool load_smallint(const uint8_t *p, int64_t *v)
{
    int16_t number;
    bool there = sqli__image_smallint(p, &number);
    *v = number;
    return there;
}

static bool load_int(const uint8_t *p, int64_t *v)
{
    int32_t number;
    bool there = sqli__image_int(p, &number);
    *v = number;
    return there;
}

static void store_smallint(uint8_t *p, int64_t v)
{
    sqli__store16(p, (uint16_t)v);
}

static void store_int(uint8_t *p, int64_t v)
{
    sqli__store32(p, (uint32_t)v);
}

static void store_bigint(uint8_t *p, int64_t v)
{
    sqli__store64(p, (uint64_t)v);
}

static void store_int8(uint8_t *p, int64_t v)
{
    uint64_t magnitude = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    sqli__store16(p, v < 0 ? 0xffff : 1);
    sqli__store32(p + 2, (uint32_t)magnitude);
    sqli__store32(p + 6, (uint32_t)(magnitude >> 32));
}

/* How integers of one size are laid out. The lowest number of the C type is no value of any. */
static const struct integer_form {
    uint8_t size;
    uint8_t null[2]; /* the first byte of the NULL image, and all others */
    uint16_t bind_precision;
    int64_t max; /* and min is -max */
    int32_t range_code;
    bool (*load)(const uint8_t *p, int64_t *v);
    void (*store)(uint8_t *p, int64_t v);
} integer_forms[] = {
    {2, {0x80, 0}, 0x0500, INT16_MAX, SQLI_E_SMALLINT_RANGE, load_smallint, store_smallint},
    {4, {0x80, 0}, 0x0a00, INT32_MAX, SQLI_E_INTEGER_RANGE, load_int, store_int},
    {8, {0x80, 0}, 0x1300, INT64_MAX, SQLI_E_BIGINT_RANGE, sqli__image_bigint, store_bigint},
    {10, {0, 0}, 0x1300, INT64_MAX, SQLI_E_BIGINT_RANGE, sqli__image_int8, store_int8},
};

enum { INT8_SIZE = 10 };

/* Every integer type of the table has one of these sizes. */
static const struct integer_form *form_of(const struct sqli_type *type)
{
    const struct integer_form *form = integer_forms;
    uint8_t size = sqli__type_info(type->code)->size;
    while (form->size != size)
        form++;
    return form;
}

static enum sqli_status check_int8(const struct sqli_type *type, struct sqli_span body,
                                   struct sqli_error *error)
{
    if (body.length != INT8_SIZE || sqli__image_int8_valid(body.data))
        return SQLI_OK;
    return sqli__kind_fail(error, SQLI_E_VALUE_IMAGE, type, "sign %04x, magnitude %" PRIu64,
                           (unsigned)sqli__load16(body.data),
                           sqli__image_int8_magnitude(body.data));
}

static enum sqli_status integer_decode(const struct sqli_type *type, struct sqli_span body,
                                       struct sqli_value *value, struct sqli_error *error)
{
    SQLI_TRY(check_int8(type, body, error));
    value->null = !form_of(type)->load(body.data, &value->as.integer);
    return SQLI_OK;
}

/* A bind block has an indicator for NULL, so that the lowest number means itself there: whoever
 * stores it fails by name instead of storing a NULL that nobody sent. */
static enum sqli_status integer_bind_decode(const struct sqli_type *type, struct sqli_span body,
                                            struct sqli_value *value, struct sqli_error *error)
{
    SQLI_TRY(integer_decode(type, body, value, error));
    value->null &= body.length == INT8_SIZE;
    return SQLI_OK;
}

static enum sqli_status check_range(const struct sqli_type *type, int64_t number,
                                    struct sqli_error *error)
{
    const struct integer_form *form = form_of(type);
    if (number >= -form->max && number <= form->max)
        return SQLI_OK;
    bool sentinel = number == -form->max - 1;
    return sqli__kind_fail(error, form->range_code, type, "%" PRId64 "%s", number,
                           sentinel ? ", which is kept for NULL," : "");
}

static enum sqli_status integer_encode(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *out, struct sqli_error *error)
{
    const struct integer_form *form = form_of(type);
    SQLI_TRY(check_range(type, value->as.integer, error));
    uint8_t *room = sqli__buffer_reserve(out, form->size);
    if (!room)
        return SQLI_OK;
    form->store(room, value->as.integer);
    sqli__buffer_advance(out, form->size);
    return SQLI_OK;
}

static void integer_null(const struct sqli_type *type, struct sqli_buffer *out)
{
    const struct integer_form *form = form_of(type);
    sqli__buffer_byte(out, form->null[0]);
    sqli__buffer_fill(out, form->null[1], (size_t)form->size - 1);
}

static uint16_t integer_bind_precision(const struct sqli_type *type, const struct sqli_value *value)
{
    (void)value;
    return form_of(type)->bind_precision;
}

static enum sqli_status integer_to_text(const struct sqli_type *type,
                                        const struct sqli_value *value,
                                        const struct sqli_date_format *format,
                                        struct sqli_buffer *text, struct sqli_error *error)
{
    (void)type;
    (void)format;
    (void)error;
    sqli__buffer_format(text, "%" PRId64, value->as.integer);
    return SQLI_OK;
}

static enum sqli_status integer_from_text(const struct sqli_type *type, struct sqli_span text,
                                          const struct sqli_date_format *format,
                                          struct sqli_value *value, struct sqli_error *error)
{
    (void)format;
    enum sqli_status status = sqli__int64_from_text(text, &value->as.integer, error);
    if (status == SQLI_OK)
        return check_range(type, value->as.integer, error);
    /* A number that not even 64 bits hold is as much too large for a type of fewer. */
    if (error && error->code == SQLI_E_BIGINT_RANGE)
        return sqli__fail_text(error, form_of(type)->range_code, text);
    return status;
}

const struct sqli_kind_operations sqli__kind_integer = {
    .name = "integer",
    .decode = integer_decode,
    .encode = integer_encode,
    .null_image = integer_null,
    .bind_decode = integer_bind_decode,
    .bind_encode = integer_encode,
    .bind_precision = integer_bind_precision,
    .to_text = integer_to_text,
    .from_text = integer_from_text,
};

/* --- REAL: FLOAT and SMALLFLOAT --- */

enum { FLOAT_SIZE = 8 }; /* SMALLFLOAT has 4 */

/* From here on a double rounds to infinity as a float: half a step above the largest float. */
static const double single_limit = 0x1.ffffffp127;

static size_t real_size(const struct sqli_type *type)
{
    return sqli__type_info(type->code)->size;
}

static enum sqli_status real_decode(const struct sqli_type *type, struct sqli_span body,
                                    struct sqli_value *value, struct sqli_error *error)
{
    (void)type;
    (void)error;
    if (body.length == FLOAT_SIZE) {
        value->null = !sqli__image_float(body.data, &value->as.real);
        return SQLI_OK;
    }
    float single;
    value->null = !sqli__image_smallfloat(body.data, &single);
    value->as.real = single;
    return SQLI_OK;
}

static enum sqli_status real_bind_decode(const struct sqli_type *type, struct sqli_span body,
                                         struct sqli_value *value, struct sqli_error *error)
{
    SQLI_TRY(real_decode(type, body, value, error));
    value->null = false;
    return SQLI_OK;
}

static enum sqli_status check_single(const struct sqli_type *type, double number,
                                     struct sqli_error *error)
{
    bool fits = number > -single_limit && number < single_limit;
    if (fits || !sqli__real_finite(number))
        return SQLI_OK;
    char text[SQLI_REAL_TEXT_MAX];
    size_t length = sqli__real_write(number, text);
    return sqli__kind_fail(error, SQLI_E_SMALLFLOAT_RANGE, type, "%.*s", (int)length, text);
}

static enum sqli_status real_image(const struct sqli_type *type, double number, uint8_t *image,
                                   struct sqli_error *error)
{
    if (real_size(type) == FLOAT_SIZE) {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        sqli__store64(image, bits);
        return SQLI_OK;
    }
    SQLI_TRY(check_single(type, number, error));
    float single = (float)number;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    sqli__store32(image, bits);
    return SQLI_OK;
}

static bool all_ones(const uint8_t *image, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (image[i] != 0xff)
            return false;
    return true;
}

static enum sqli_status real_encode(const struct sqli_type *type, const struct sqli_value *value,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    uint8_t image[FLOAT_SIZE];
    SQLI_TRY(real_image(type, value->as.real, image, error));
    if (all_ones(image, real_size(type)))
        return sqli__kind_fail(error, SQLI_E_VALUE_RANGE, type,
                               "the NaN of all one bits, which is kept for NULL,");
    sqli__buffer_append(out, image, real_size(type));
    return SQLI_OK;
}

static void real_null(const struct sqli_type *type, struct sqli_buffer *out)
{
    sqli__buffer_fill(out, 0xff, real_size(type));
}

static enum sqli_status real_to_text(const struct sqli_type *type, const struct sqli_value *value,
                                     const struct sqli_date_format *format,
                                     struct sqli_buffer *text, struct sqli_error *error)
{
    (void)format;
    if (real_size(type) == FLOAT_SIZE) {
        sqli__real_to_text(value->as.real, text);
        return SQLI_OK;
    }
    SQLI_TRY(check_single(type, value->as.real, error));
    sqli__real_single_to_text((float)value->as.real, text);
    return SQLI_OK;
}

static enum sqli_status real_from_text(const struct sqli_type *type, struct sqli_span text,
                                       const struct sqli_date_format *format,
                                       struct sqli_value *value, struct sqli_error *error)
{
    (void)format;
    float single;
    if (real_size(type) == FLOAT_SIZE)
        return sqli__real_from_text(text, &value->as.real, error);
    SQLI_TRY(sqli__real_single_from_text(text, &single, error));
    value->as.real = single;
    return SQLI_OK;
}

const struct sqli_kind_operations sqli__kind_real = {
    .name = "real number",
    .decode = real_decode,
    .encode = real_encode,
    .null_image = real_null,
    .bind_decode = real_bind_decode,
    .bind_encode = real_encode,
    .bind_precision = sqli__kind_no_precision,
    .to_text = real_to_text,
    .from_text = real_from_text,
};
