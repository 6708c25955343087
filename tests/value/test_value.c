#include "tests/value/values.h"

#include "value/image.h"

/* The hex of the image, or NULL with the error filled; nothing of a failure stays behind. */
static const char *encoded(const struct sqli_type *type, const struct sqli_value *value,
                           struct sqli_error *error)
{
    struct sqli_buffer out;
    const char *hex = NULL;
    sqli__buffer_init(&out, ROOM);
    sqli__buffer_text(&out, "before");
    if (sqli__value_encode(type, value, &out, error) == SQLI_OK)
        hex = support_hex(sqli__span(out.data + 6, out.length - 6));
    else
        assert_int_equal(out.length, 6);
    sqli__buffer_free(&out);
    return hex;
}

/* --- Images --- */

static const struct image_case {
    struct sqli_type type;
    const char *null; /* the image of NULL */
    const char *text; /* and a value with its image */
    const char *image;
} images[] = {
    {TYPE(SMALLINT, 2), "8000", "-7", "fff9"},
    {TYPE(INTEGER, 4), "80000000", "42", "0000002a"},
    {TYPE(SERIAL, 4), "80000000", "1", "00000001"},
    {TYPE(BIGINT, 8), "8000000000000000", "3", "0000000000000003"},
    {TYPE(BIGSERIAL, 8), "8000000000000000", "-1", "ffffffffffffffff"},
    {TYPE(INT8, 10), "00000000000000000000", "-123456789012", "ffffbe991a140000001c"},
    {TYPE(SERIAL8, 10), "00000000000000000000", "0", "00010000000000000000"},
    {TYPE(FLOAT, 8), "ffffffffffffffff", "3.25", "400a000000000000"},
    {TYPE(SMALLFLOAT, 4), "ffffffff", "-1.5", "bfc00000"},
    {TYPE(DATE, 4), "80000000", "2026-05-04", "0000b441"},
    {TYPE(CHAR, 6), "002020202020", "ab    ", "616220202020"},
    {TYPE(CHAR, 1), "00", " ", "20"},
    {TYPE(NCHAR, 3), "002020", "xyz", "78797a"},
    {TYPE(VARCHAR, 20), "0100", "hello", "0568656c6c6f"},
    {TYPE(VARCHAR, 20), "0100", "a", "0161"},
    {TYPE(NVARCHAR, 0x0a14), "0100", "", "00"},
    {EXTENDED(UDTVAR, "lvarchar", 100), "0100000000", "odd", "00000000036f6464"},
    {TYPE(LVARCHAR, 0), "0100000000", "", "0000000000"},
    {EXTENDED(UDTFIXED, "boolean", 1), "0100000000", "t", "000000000174"},
    {EXTENDED(UDTFIXED, "boolean", 1), "0100000000", "f", "000000000166"},
    {TYPE(BOOLEAN, 1), "0100000000", "t", "000000000101"},
    {EXTENDED(SENDRECV, "boolean", 1), "0100000000", "f", "000000000100"},
    {TYPE(DECIMAL, 0x0802), "0000000000", "1234.56", "c20c223800"},
    {TYPE(DECIMAL, 0x0100), "0000", "9", "c109"},
    {TYPE(MONEY, 0x0c02), "00000000000000", "-0.05", "3f5f0000000000"},
    {TYPE(DATETIME, 0x0e0a), "0000000000000000", "2026-05-04 12:34:56", "c7141a05040c2238"},
    {TYPE(INTERVAL, 0x084a), "0000000000", "3 04:05:06", "c403040506"},
    {EXTENDED(SET, "SET(integer)", 0), "0100000000", "SET{1}", "00000000065345547b317d"},
    {EXTENDED(UDTVAR, "json", 0), "0100000000", "{}", "00000000027b7d"},
};

static void test_image_of_null(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        struct sqli_error error;
        struct sqli_value value, null = {.null = true}; /* of no kind: NULL suits every type */
        const char *hex = encoded(&images[i].type, &null, &error);
        assert_string_equal(hex, images[i].null);
        struct sqli_span image = support_unhex(images[i].null);
        assert_int_equal(sqli__value_decode(&images[i].type, image, &value, &error), SQLI_OK);
        assert_true(value.null);
        assert_int_equal(value.kind, sqli__type_kind(&images[i].type));
        assert_string_equal(printed(&images[i].type, &value), "");
        support_free(image);
    }
}

static void test_image_of_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        const struct image_case *c = &images[i];
        struct sqli_error error;
        struct sqli_value value = parsed(c->type, c->text);
        assert_string_equal(encoded(&c->type, &value, &error), c->image);
        struct sqli_span image = support_unhex(c->image);
        assert_int_equal(sqli__value_decode(&c->type, image, &value, &error), SQLI_OK);
        assert_false(value.null);
        assert_string_equal(printed(&c->type, &value), c->text);
        support_free(image);
    }
}

static void test_descriptor_of_null(void **state)
{
    (void)state;
    struct sqli_type type = TYPE(TEXT, 56);
    struct sqli_error error;
    struct sqli_value value = {.kind = SQLI_KIND_SIMPLE_LOB};
    sqli__simple_lob_make(&value.as.simple_lob, 9, false);
    struct sqli_span image = sqli__span(value.as.simple_lob.bytes, 56);
    assert_string_equal(encoded(&type, &value, &error), support_hex(image));
    sqli__simple_lob_make(&value.as.simple_lob, 0, true);
    struct sqli_value decoded, null = {.null = true};
    assert_string_equal(encoded(&type, &null, &error), support_hex(image));
    assert_int_equal(sqli__value_decode(&type, image, &decoded, &error), SQLI_OK);
    assert_true(decoded.null);
    assert_null(
        encoded(&type, &value, &error)); /* says that it is not NULL, but would be read so */
    assert_int_equal(error.code, SQLI_E_VALUE_RANGE);
}

static void test_locator_forms(void **state)
{
    (void)state;
    static const struct sqli_type hex_form = {.code = SQLI_TYPE_UDTFIXED, .extended_id = 11};
    static const struct sqli_type raw_form = {.code = SQLI_TYPE_SENDRECV, .extended_id = 11};
    struct sqli_error error;
    struct sqli_value value = {.kind = SQLI_KIND_SMART_LOB};
    for (size_t i = 0; i < SQLI_SMART_LOB_SIZE; i++)
        value.as.smart_lob.bytes[i] = (uint8_t)(255 - i);
    struct sqli_span hex = support_unhex(encoded(&hex_form, &value, &error));
    struct sqli_span raw = support_unhex(encoded(&raw_form, &value, &error));
    assert_int_equal(hex.length, 5 + 144);
    assert_int_equal(raw.length, 5 + 72);
    struct sqli_value a, b;
    assert_int_equal(sqli__value_decode(&raw_form, hex, &a, &error), SQLI_OK);
    assert_int_equal(sqli__value_decode(&hex_form, raw, &b, &error), SQLI_OK);
    assert_memory_equal(a.as.smart_lob.bytes, value.as.smart_lob.bytes, SQLI_SMART_LOB_SIZE);
    assert_memory_equal(b.as.smart_lob.bytes, value.as.smart_lob.bytes, SQLI_SMART_LOB_SIZE);
    support_free(hex);
    support_free(raw);
}

/* A NULL of any column between values that must survive it. */
static void test_null_between_neighbours(void **state)
{
    (void)state;
    struct sqli_type neighbour = TYPE(INTEGER, 4);
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        struct sqli_error error;
        struct sqli_buffer row;
        struct sqli_value value, null = {.null = true}, left = integer(1), right = integer(-2);
        size_t length;
        sqli__buffer_init(&row, ROOM);
        assert_int_equal(sqli__value_encode(&neighbour, &left, &row, &error), SQLI_OK);
        assert_int_equal(sqli__value_encode(&images[i].type, &null, &row, &error), SQLI_OK);
        assert_int_equal(sqli__value_encode(&neighbour, &right, &row, &error), SQLI_OK);
        struct sqli_span rest = sqli__span(row.data + 4, row.length - 4);
        assert_int_equal(sqli__image_length(&images[i].type, rest, &length, &error), SQLI_OK);
        assert_int_equal(length, rest.length - 4);
        rest = sqli__span(rest.data + length, 4);
        assert_int_equal(sqli__value_decode(&neighbour, rest, &value, &error), SQLI_OK);
        assert_int_equal(value.as.integer, -2);
        sqli__buffer_free(&row);
    }
}

/* The inlined loads of the row reader, which nothing checks behind them. */
static void test_image_helpers(void **state)
{
    (void)state;
    static const uint8_t low[] = {0x80, 0, 0, 0, 0, 0, 0, 0}, one[] = {0, 0, 0, 0, 0, 0, 0, 1};
    static const uint8_t null8[10] = {0}, minus[] = {0xff, 0xff, 0, 0, 0, 2, 0, 0, 0, 1};
    static const uint8_t ones[] = {255, 255, 255, 255, 255, 255, 255, 255};
    static const uint8_t nan[] = {0x7f, 0xf8, 0, 0, 0, 0, 0, 0}, half[] = {0x3f, 0, 0, 0};
    int16_t small;
    int32_t number;
    int64_t big;
    double real_number;
    float single;
    struct sqli_span span;
    assert_false(sqli__image_smallint(low, &small));
    assert_true(sqli__image_smallint(one + 6, &small) && small == 1);
    assert_false(sqli__image_int(low, &number));
    assert_true(sqli__image_int(one + 4, &number) && number == 1);
    assert_false(sqli__image_date(low, &number));
    assert_true(sqli__image_date(ones, &number) && number == -1);
    assert_false(sqli__image_bigint(low, &big));
    assert_true(sqli__image_bigint(one, &big) && big == 1);
    assert_false(sqli__image_int8(null8, &big));
    assert_true(sqli__image_int8(minus, &big) && big == -4294967298);
    assert_false(sqli__image_float(ones, &real_number));
    assert_true(sqli__image_float(nan, &real_number) && real_number != real_number);
    assert_false(sqli__image_smallfloat(ones, &single));
    assert_true(sqli__image_smallfloat(half, &single) && single == 0.5F);
    assert_false(sqli__image_varchar((const uint8_t *)"\1", &span));
    assert_true(sqli__image_varchar((const uint8_t *)"\1a", &span) && span.length == 1);
    assert_true(sqli__image_varchar((const uint8_t *)"\2\0a", &span) && span.length == 2);
    assert_true(sqli__image_varchar((const uint8_t *)"", &span) && span.length == 0);
    assert_false(sqli__image_char((const uint8_t *)"\0 ", 2, &span));
    assert_true(sqli__image_char((const uint8_t *)"a ", 2, &span) && span.length == 2);
    assert_true(sqli__image_envelope((const uint8_t *)"\0\0\0\1\0", &span) && span.length == 256);
    assert_true(sqli__image_char((const uint8_t *)"", 0, &span) && span.length == 0);
    assert_false(sqli__image_envelope((const uint8_t *)"\1\0\0\0\0", &span));
}

/* --- Values that a type cannot hold --- */

static double quiet_nan(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static void assert_refused(struct sqli_type type, struct sqli_value value, int32_t code,
                           const char *near)
{
    struct sqli_error error;
    const char *hex = encoded(&type, &value, &error);
    if (hex)
        fail_msg("%s: encoded as %s", near, hex);
    if (error.code != code || !strstr(error.near, near))
        fail_msg("\"%s\": %d %s", near, error.code, error.near);
}

static void test_values_of_null(void **state)
{
    (void)state;
    assert_refused((struct sqli_type)TYPE(SMALLINT, 2), integer(-32768), SQLI_E_SMALLINT_RANGE,
                   "-32768, which is kept for NULL, in smallint");
    assert_refused((struct sqli_type)TYPE(INTEGER, 4), integer(INT32_MIN), SQLI_E_INTEGER_RANGE,
                   "-2147483648, which");
    assert_refused((struct sqli_type)TYPE(SERIAL, 4), integer(INT32_MIN), SQLI_E_INTEGER_RANGE,
                   "in serial");
    assert_refused((struct sqli_type)TYPE(BIGINT, 8), integer(INT64_MIN), SQLI_E_BIGINT_RANGE,
                   "-9223372036854775808, which");
    assert_refused((struct sqli_type)TYPE(INT8, 10), integer(INT64_MIN), SQLI_E_BIGINT_RANGE,
                   "in int8");
    assert_refused((struct sqli_type)TYPE(FLOAT, 8), real(quiet_nan(UINT64_MAX)),
                   SQLI_E_VALUE_RANGE, "NaN");
    assert_refused((struct sqli_type)TYPE(SMALLFLOAT, 4), real(quiet_nan(UINT64_MAX)),
                   SQLI_E_VALUE_RANGE, "NaN");
    assert_refused((struct sqli_type)TYPE(DATE, 4), date(INT32_MIN), SQLI_E_VALUE_RANGE, "date");
    assert_refused((struct sqli_type)TYPE(VARCHAR, 9), bytes(SQLI_KIND_TEXT, "", 1),
                   SQLI_E_VALUE_RANGE, "\"?\" (1 bytes, begins like NULL) in varchar");
    assert_refused((struct sqli_type)TYPE(CHAR, 9), bytes(SQLI_KIND_TEXT, "\0a", 2),
                   SQLI_E_VALUE_RANGE, "in char");
    assert_refused((struct sqli_type)TYPE(NCHAR, 1), bytes(SQLI_KIND_TEXT, "", 1),
                   SQLI_E_VALUE_RANGE, "in nchar");
    /* Neighbours of these that are values. */
    struct sqli_error error;
    struct sqli_type varchar = TYPE(VARCHAR, 9), character = TYPE(CHAR, 2),
                     lvarchar = TYPE(LVARCHAR, 9);
    struct sqli_value two = bytes(SQLI_KIND_TEXT, "\0", 2), inner = bytes(SQLI_KIND_TEXT, "a", 2);
    assert_string_equal(encoded(&varchar, &two, &error), "020000");
    assert_string_equal(encoded(&character, &inner, &error), "6100");
    assert_string_equal(encoded(&lvarchar, &two, &error), "00000000020000");
}

static void test_values_out_of_range(void **state)
{
    (void)state;
    assert_refused((struct sqli_type)TYPE(SMALLINT, 2), integer(32768), SQLI_E_SMALLINT_RANGE,
                   "32768 in smallint");
    assert_refused((struct sqli_type)TYPE(SMALLINT, 2), integer(INT64_MIN), SQLI_E_SMALLINT_RANGE,
                   "-9223372036854775808 in smallint");
    assert_refused((struct sqli_type)TYPE(INTEGER, 4), integer(2147483648), SQLI_E_INTEGER_RANGE,
                   "2147483648 in integer");
    assert_refused((struct sqli_type)TYPE(SMALLFLOAT, 4), real(0x1.ffffffp127),
                   SQLI_E_SMALLFLOAT_RANGE, "3.4028235677973366e+38 in smallfloat");
    assert_refused((struct sqli_type)TYPE(SMALLFLOAT, 4), real(-1e300), SQLI_E_SMALLFLOAT_RANGE,
                   "-1e+300 in smallfloat");
    assert_refused((struct sqli_type)TYPE(DATE, 4), date(SQLI_DATE_MAX + 1), SQLI_E_VALUE_RANGE,
                   "day 2958465 in date");
    assert_refused((struct sqli_type)TYPE(DATE, 4), date(SQLI_DATE_MIN - 1), SQLI_E_VALUE_RANGE,
                   "day -693595");
    assert_refused((struct sqli_type)TYPE(CHAR, 5), text("abcdef"), SQLI_E_VALUE_DOES_NOT_FIT,
                   "\"abcdef\" (6 bytes) in char");
    assert_refused((struct sqli_type)TYPE(VARCHAR, 0x0a05), text("abcd\xc3\xa9"),
                   SQLI_E_VALUE_DOES_NOT_FIT, "\"abcd??\" (6 bytes) in varchar");
    assert_refused((struct sqli_type)EXTENDED(UDTVAR, "lvarchar", 35),
                   text("123456789012345678901234567890123456"), SQLI_E_VALUE_DOES_NOT_FIT,
                   "\"12345678901234567890123456789012...\" (36 bytes) in lvarchar");
    struct sqli_type wide = TYPE(DECIMAL, 0x0602);
    assert_refused((struct sqli_type)TYPE(DECIMAL, 0x0502), parsed(wide, "1234.56"),
                   SQLI_E_DECIMAL_OVERFLOW, "1234.56");
    assert_refused((struct sqli_type)TYPE(DECIMAL, 0x0502), parsed(wide, "999.995"),
                   SQLI_E_DECIMAL_OVERFLOW, "1000");
    assert_refused((struct sqli_type)TYPE(INTERVAL, 0x074a),
                   parsed((struct sqli_type)TYPE(INTERVAL, 0x084a), "12 00:00:00"),
                   SQLI_E_INTERVAL_OVERFLOW, "12 00:00:00");
}

static void test_wrong_kinds(void **state)
{
    (void)state;
    struct sqli_value kindless = {0}, beyond = {.kind = (enum sqli_kind)99};
    assert_refused((struct sqli_type)TYPE(DECIMAL, 0x0802), integer(1), SQLI_E_CONVERSION,
                   "kind integer in decimal");
    assert_refused((struct sqli_type)TYPE(INTEGER, 4), text("1"), SQLI_E_CONVERSION,
                   "kind text in integer");
    assert_refused((struct sqli_type)EXTENDED(UDTFIXED, "boolean", 1), integer(1),
                   SQLI_E_CONVERSION, "kind integer in boolean");
    assert_refused((struct sqli_type)EXTENDED(UDTVAR, "json", 0), text("{}"), SQLI_E_CONVERSION,
                   "kind text in json");
    assert_refused((struct sqli_type)TYPE(DATE, 4), kindless, SQLI_E_CONVERSION, "kind none");
    assert_refused((struct sqli_type)TYPE(DATE, 4), beyond, SQLI_E_CONVERSION, "kind none");
    assert_refused((struct sqli_type)TYPE(NULL, 0), kindless, SQLI_E_UNSUPPORTED, "in null");
    assert_refused((struct sqli_type){.code = 99}, integer(1), SQLI_E_UNSUPPORTED, "unknown type");
    assert_refused((struct sqli_type)TYPE(DECIMAL, 0),
                   parsed((struct sqli_type)TYPE(DECIMAL, 0), "1"), SQLI_E_UNSUPPORTED,
                   "encoded length 0 in decimal");
    assert_refused((struct sqli_type)TYPE(CHAR, -1), text(""), SQLI_E_UNSUPPORTED, "length -1");
}

/* --- Fitting --- */

static const struct fit_case {
    struct sqli_type from, to;
    const char *text, *fitted;
} fits[] = {
    {TYPE(DECIMAL, 0x0603), TYPE(DECIMAL, 0x0502), "-0.125", "-0.13"},
    {TYPE(DECIMAL, 0x20ff), TYPE(DECIMAL, 0x10ff), "12345678901234567", "12345678901234570"},
    {TYPE(DECIMAL, 0), TYPE(MONEY, 0x1002), "19.995", "20.00"},
    {TYPE(DATETIME, 0x130f), TYPE(DATETIME, 0x0e0a), "2026-05-04 12:34:56.78912",
     "2026-05-04 12:34:56"},
    {TYPE(DATETIME, 0x130f), TYPE(DATETIME, 0x066a), "2026-05-04 12:34:56.78912", "12:34:56"},
    {TYPE(DATETIME, 0x0804), TYPE(DATETIME, 0x130f), "2026-05-04", "2026-05-04 00:00:00.00000"},
    {TYPE(INTERVAL, 0x0b4d), TYPE(INTERVAL, 0x084a), "-5 04:03:02.999", "-5 04:03:02"},
    {TYPE(INTERVAL, 0x084a), TYPE(INTERVAL, 0x0868), "2 01:59:59", "49:59"},
    {TYPE(INTERVAL, 0x0602), TYPE(INTERVAL, 0x0322), "5-03", "63"},
    {TYPE(CHAR, 2), TYPE(NCHAR, 4), "ab", "ab  "},
    {TYPE(FLOAT, 8), TYPE(SMALLFLOAT, 4), "0.1", "0.1"},
    {TYPE(FLOAT, 8), TYPE(SMALLFLOAT, 4), "1e-60", "0"},
};

static void test_fitting(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++) {
        struct sqli_error error;
        struct sqli_value fitted, value = parsed(fits[i].from, fits[i].text);
        const char *hex = encoded(&fits[i].to, &value, &error);
        if (!hex)
            fail_msg("%s: %s", fits[i].text, error.message);
        struct sqli_span image = support_unhex(hex);
        assert_int_equal(sqli__value_decode(&fits[i].to, image, &fitted, &error), SQLI_OK);
        assert_string_equal(printed(&fits[i].to, &fitted), fits[i].fitted);
        support_free(image);
    }
    /* Years do not come out of a time of day, months not out of days. */
    assert_refused((struct sqli_type)TYPE(DATETIME, 0x0e0a),
                   parsed((struct sqli_type)TYPE(DATETIME, 0x066a), "12:34:56"),
                   SQLI_E_DATETIME_CONVERT, "qualifier 066a, but 0e0a wanted, in datetime");
    assert_refused((struct sqli_type)TYPE(INTERVAL, 0x0602),
                   parsed((struct sqli_type)TYPE(INTERVAL, 0x084a), "1 00:00:00"),
                   SQLI_E_INTERVAL_QUALIFIER, "");
    assert_refused(
        (struct sqli_type)TYPE(INTERVAL, 0x0444),
        (struct sqli_value){.kind = SQLI_KIND_INTERVAL, .as.interval = {0x0b44, false, INT64_MAX}},
        SQLI_E_INTERVAL_OVERFLOW, "");
}

/* What rounds to the largest float is one. */
static void test_largest_smallfloat(void **state)
{
    (void)state;
    struct sqli_type type = TYPE(SMALLFLOAT, 4);
    struct sqli_error error;
    struct sqli_value largest = real(0x1.fffffep127), beyond = real(-0x1.fffffefffffffp127);
    assert_string_equal(encoded(&type, &largest, &error), "7f7fffff");
    assert_string_equal(encoded(&type, &beyond, &error), "ff7fffff");
}

/* --- Hostile images --- */

static const struct hostile_case {
    struct sqli_type type;
    const char *image;
    const char *near; /* "": whoever decodes the packed number names it */
} hostile[] = {
    {TYPE(SMALLINT, 2), "00", "1 bytes in smallint"},
    {TYPE(SMALLINT, 2), "000000", "3 bytes in smallint"},
    {TYPE(INTEGER, 4), "", "0 bytes in integer"},
    {TYPE(BIGINT, 8), "00000000000000", "7 bytes in bigint"},
    {TYPE(INT8, 10), "00020000002a00000000", "sign 0002, magnitude 42 in int8"},
    {TYPE(INT8, 10), "80000000002a00000000", "sign 8000"},
    {TYPE(INT8, 10), "00010000000080000000", "magnitude 9223372036854775808"},
    {TYPE(INT8, 10), "ffff0000000080000000", "magnitude 9223372036854775808"},
    {TYPE(SERIAL8, 10), "0001ffffffffffffffff", "magnitude 18446744073709551615 in serial8"},
    {TYPE(FLOAT, 8), "00000000", "4 bytes in float"},
    {TYPE(SMALLFLOAT, 4), "0000000000000000", "8 bytes in smallfloat"},
    {TYPE(DATE, 4), "002d2481", "day 2958465 in date"},
    {TYPE(DATE, 4), "fff56aa5", "day -693595"},
    {TYPE(DATE, 4), "7fffffff", "day 2147483647"},
    {TYPE(CHAR, 3), "6162", "2 bytes in char"},
    {TYPE(CHAR, 3), "61626364", "4 bytes in char"},
    {TYPE(VARCHAR, 9), "", "0 bytes in varchar"},
    {TYPE(VARCHAR, 9), "01", "1 bytes in varchar"},
    {TYPE(VARCHAR, 9), "ff6162", "3 bytes in varchar"},
    {TYPE(VARCHAR, 9), "016162", "3 bytes in varchar"},
    {TYPE(LVARCHAR, 9), "00", "1 bytes in lvarchar"},
    {TYPE(LVARCHAR, 9), "0000000001", "5 bytes in lvarchar"},
    {TYPE(LVARCHAR, 9), "000000000061", "6 bytes in lvarchar"},
    {TYPE(LVARCHAR, 9), "0200000000", "indicator 02 in lvarchar"},
    {TYPE(LVARCHAR, 9), "ff00000000", "indicator ff"},
    {TYPE(LVARCHAR, 9), "00ffffffff", "length -1 in lvarchar"},
    {TYPE(LVARCHAR, 9), "0180000000", "length -2147483648"},
    {TYPE(LVARCHAR, 9), "007fffffff", "length 2147483647"},
    {TYPE(LVARCHAR, 9), "0010000001", "length 268435457"},
    {EXTENDED(UDTFIXED, "boolean", 1), "0000000000", "0 bytes in boolean"},
    {EXTENDED(UDTFIXED, "boolean", 1), "00000000027474", "2 bytes in boolean"},
    {EXTENDED(UDTFIXED, "boolean", 1), "000000000154", "byte 54 in boolean"},
    {TYPE(BOOLEAN, 1), "000000000102", "byte 02 in boolean"},
    {EXTENDED(UDTFIXED, "blob", 72), "000000000161", "a locator of 1 bytes"},
    {TYPE(DECIMAL, 0x0802), "c264000000", ""},
    {TYPE(DECIMAL, 0x0802), "3dff000000", ""},
    {TYPE(DECIMAL, 0x0802), "c20c2238", "4 bytes in decimal"},
    {TYPE(DECIMAL, 0xffff), /* 130 bytes of pairs: far too many digits */
     "c20101010101010101010101010101010101010101010101010101010101010101010101010101010101010101"
     "010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101"
     "010101010101010101010101010101010101010101010101010101010101010101010101010101",
     ""},
    {TYPE(DATETIME, 0x0e0a), "c7141a0d040c2238", ""},
    {TYPE(DATETIME, 0x0e0a), "c7141a02300c2238", ""},
    {TYPE(DATETIME, 0x0e0a), "c7141a05040c2239ff", "9 bytes in datetime"},
    {TYPE(DATETIME, 0x066a), "c3183b3b", ""},
    {TYPE(INTERVAL, 0x084a), "c405180000", ""},
    {TYPE(INTERVAL, 0x084a), "c4ff000000", ""},
    {TYPE(BYTE, 56), "00", "1 bytes in byte"},
};

static void test_hostile_images(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct sqli_error error = {0};
        struct sqli_value value;
        struct sqli_span image = support_unhex(hostile[i].image);
        if (sqli__value_decode(&hostile[i].type, image, &value, &error) != SQLI_FAIL)
            fail_msg("%s was decoded", hostile[i].image);
        if (error.code != SQLI_E_VALUE_IMAGE || !strstr(error.near, hostile[i].near))
            fail_msg("%s: %d %s", hostile[i].image, error.code, error.near);
        support_free(image);
    }
}

/* Types whose image nobody can find are refused before a byte is read. */
static void test_types_without_image(void **state)
{
    (void)state;
    static const struct sqli_type types[] = {
        TYPE(NULL, 0),  TYPE(ROWREF, 8),      TYPE(IMPEXP, 4),
        {.code = 99},   TYPE(CHAR, -1),       TYPE(CHAR, 40000),
        TYPE(MONEY, 0), TYPE(DATETIME, 0x0a), TYPE(INTERVAL, -300),
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct sqli_error error;
        struct sqli_value value;
        size_t length;
        uint8_t image[64] = {0};
        assert_int_equal(sqli__image_length(&types[i], sqli__span(image, 64), &length, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_UNSUPPORTED);
        assert_int_equal(sqli__value_decode(&types[i], sqli__span(image, 64), &value, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_UNSUPPORTED);
    }
    /* A qualifier that does not exist has a width, so that the row can be passed over. */
    struct sqli_type odd = TYPE(DATETIME, 0x0e07);
    struct sqli_value value;
    struct sqli_error error;
    uint8_t image[9] = {0xc7, 20, 26};
    assert_int_equal(sqli__value_decode(&odd, sqli__span(image, 9), &value, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_INTERVAL_QUALIFIER);
}

/* --- Text --- */

static void test_text_refused(void **state)
{
    (void)state;
    static const struct {
        struct sqli_type type;
        const char *text;
        int32_t code;
    } cases[] = {
        {TYPE(SMALLINT, 2), "32768", SQLI_E_SMALLINT_RANGE},
        {TYPE(SMALLINT, 2), "-32768", SQLI_E_SMALLINT_RANGE},
        {TYPE(INTEGER, 4), "-2147483648", SQLI_E_INTEGER_RANGE},
        {TYPE(INTEGER, 4), "12x", SQLI_E_NUMBER_TEXT},
        {TYPE(INTEGER, 4), "", SQLI_E_NUMBER_TEXT},
        {TYPE(BIGINT, 8), "-9223372036854775808", SQLI_E_BIGINT_RANGE},
        {TYPE(BIGINT, 8), "9223372036854775808", SQLI_E_BIGINT_RANGE},
        {TYPE(SMALLINT, 2), "9223372036854775808", SQLI_E_SMALLINT_RANGE},
        {TYPE(INTEGER, 4), "-99999999999999999999", SQLI_E_INTEGER_RANGE},
        {TYPE(INT8, 10), "99999999999999999999", SQLI_E_BIGINT_RANGE},
        {TYPE(FLOAT, 8), "nan", SQLI_E_NUMBER_TEXT},
        {TYPE(FLOAT, 8), "1e999", SQLI_E_FLOAT_RANGE},
        {TYPE(SMALLFLOAT, 4), "1e39", SQLI_E_SMALLFLOAT_RANGE},
        {TYPE(DECIMAL, 0x0502), "1000", SQLI_E_DECIMAL_OVERFLOW},
        {TYPE(DECIMAL, 0x0502), "x", SQLI_E_NUMBER_TEXT},
        {TYPE(DATE, 4), "2026-13-01", SQLI_E_DATE_MONTH},
        {TYPE(DATETIME, 0x0e0a), "2026-05-04 25:00:00", SQLI_E_DATETIME_FIELD_RANGE},
        {TYPE(DATETIME, 0), "2026", SQLI_E_INTERVAL_QUALIFIER},
        {TYPE(INTERVAL, 0x084a), "100 00:00:00", SQLI_E_INTERVAL_OVERFLOW},
        {EXTENDED(UDTFIXED, "boolean", 1), "true", SQLI_E_BOOLEAN_VALUE},
        {EXTENDED(UDTFIXED, "boolean", 1), "", SQLI_E_BOOLEAN_VALUE},
        {EXTENDED(UDTFIXED, "boolean", 1), "1", SQLI_E_BOOLEAN_VALUE},
        {EXTENDED(UDTFIXED, "boolean", 1), "4", SQLI_E_BOOLEAN_VALUE}, /* 't' & ~0x40 */
        {EXTENDED(UDTFIXED, "blob", 72), "00", SQLI_E_VALUE_SYNTAX},
        /* as long as a raw locator */
        {EXTENDED(UDTFIXED, "blob", 72),
         "000000000000000000000000000000000000000000000000000000000000000000000000",
         SQLI_E_VALUE_SYNTAX},
        {EXTENDED(SENDRECV, "LIST(integer)", 0), "LIST{1}", SQLI_E_CONVERSION},
        {TYPE(BYTE, 56), "x", SQLI_E_LOCATOR_CONVERSION},
        {TYPE(NULL, 0), "", SQLI_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_value value;
        struct sqli_error error;
        if (sqli__value_from_text(&cases[i].type, sqli__span_text(cases[i].text), &sqli__date_iso,
                                  &value, &error) != SQLI_FAIL)
            fail_msg("\"%s\" was read", cases[i].text);
        if (error.code != cases[i].code)
            fail_msg("\"%s\": %s", cases[i].text, error.message);
    }
}

static void test_text_read(void **state)
{
    (void)state;
    static const struct {
        struct sqli_type type;
        const char *text, *printed;
    } cases[] = {
        {TYPE(INTEGER, 4), "  +42 ", "42"},
        {TYPE(BIGINT, 8), "-9223372036854775807", "-9223372036854775807"},
        {TYPE(FLOAT, 8), " 1e3", "1000"},
        {TYPE(SMALLFLOAT, 4), "0.1", "0.1"},
        {TYPE(SMALLFLOAT, 4), "3.4E38", "3.4e+38"},
        /* just below the middle of two floats, which is what the nearest double is */
        {TYPE(SMALLFLOAT, 4), "1.00000017881393432617187499", "1.0000001"},
        {TYPE(SMALLFLOAT, 4), "-1e-999", "-0"},
        {TYPE(DECIMAL, 0x0502), "1.005", "1.01"},
        {TYPE(DECIMAL, 0), "1.0050", "1.005"},
        {TYPE(MONEY, 0x1002), "5", "5.00"},
        {EXTENDED(UDTFIXED, "boolean", 1), "T", "t"},
        {EXTENDED(UDTFIXED, "boolean", 1), "F   ", "f"},
        {TYPE(CHAR, 4), "ab", "ab"}, /* blanks come with the image */
        {TYPE(DATE, 4), "26-05-04", "2026-05-04"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_value value = parsed(cases[i].type, cases[i].text);
        assert_false(value.null);
        assert_string_equal(printed(&cases[i].type, &value), cases[i].printed);
    }
}

static void test_dates_by_format(void **state)
{
    (void)state;
    struct sqli_type type = TYPE(DATE, 4);
    struct sqli_date_format german;
    struct sqli_error error;
    struct sqli_value value;
    struct sqli_buffer out;
    assert_int_equal(sqli__date_format_parse(sqli__span_text("DMY4."), &german, &error), SQLI_OK);
    assert_int_equal(
        sqli__value_from_text(&type, sqli__span_text("4.5.2026"), &german, &value, &error),
        SQLI_OK);
    assert_int_equal(value.as.date, 0xb441);
    sqli__buffer_init(&out, 100);
    assert_int_equal(sqli__value_to_text(&type, &value, &german, &out, &error), SQLI_OK);
    assert_span_hex(sqli__buffer_view(&out), "30342e30352e32303236");
    sqli__buffer_free(&out);
}

/* What has no text says so and leaves the text as it was. */
static void test_no_text(void **state)
{
    (void)state;
    static const struct sqli_type listed = EXTENDED(SENDRECV, "LIST(integer)", 0);
    static const struct sqli_type byte = TYPE(BYTE, 56), single = TYPE(SMALLFLOAT, 4),
                                  day = TYPE(DATE, 4);
    struct sqli_value composite = bytes(SQLI_KIND_COMPOSITE, "\1", 1), huge = real(1e300);
    struct sqli_value lob = {.kind = SQLI_KIND_SIMPLE_LOB}, no_day = date(INT32_MAX);
    const struct {
        const struct sqli_type *type;
        const struct sqli_value *value;
        int32_t code;
    } cases[] = {
        {&listed, &composite, SQLI_E_CONVERSION},  {&byte, &lob, SQLI_E_LOCATOR_CONVERSION},
        {&single, &huge, SQLI_E_SMALLFLOAT_RANGE}, {&day, &no_day, SQLI_E_VALUE_RANGE},
        {&day, &huge, SQLI_E_CONVERSION},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_error error;
        struct sqli_buffer out;
        sqli__buffer_init(&out, 100);
        sqli__buffer_text(&out, "kept");
        assert_int_equal(
            sqli__value_to_text(cases[i].type, cases[i].value, &sqli__date_iso, &out, &error),
            SQLI_FAIL);
        assert_int_equal(error.code, cases[i].code);
        assert_int_equal(out.length, 4);
        sqli__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image_of_null),
        cmocka_unit_test(test_image_of_values),
        cmocka_unit_test(test_descriptor_of_null),
        cmocka_unit_test(test_locator_forms),
        cmocka_unit_test(test_null_between_neighbours),
        cmocka_unit_test(test_image_helpers),
        cmocka_unit_test(test_values_of_null),
        cmocka_unit_test(test_values_out_of_range),
        cmocka_unit_test(test_wrong_kinds),
        cmocka_unit_test(test_fitting),
        cmocka_unit_test(test_largest_smallfloat),
        cmocka_unit_test(test_hostile_images),
        cmocka_unit_test(test_types_without_image),
        cmocka_unit_test(test_text_refused),
        cmocka_unit_test(test_text_read),
        cmocka_unit_test(test_dates_by_format),
        cmocka_unit_test(test_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
