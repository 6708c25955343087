/* Values in parameter blocks. */
#include "tests/value/values.h"

static void assert_bind(struct sqli_type type, struct sqli_value value, const char *hex,
                        uint16_t precision)
{
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, ROOM);
    if (sqli__value_bind_encode(&type, &value, &out, &error) != SQLI_OK)
        fail_msg("%s", error.message);
    assert_span_hex(sqli__buffer_view(&out), hex);
    assert_int_equal(sqli__bind_precision(&type, &value), precision);
    sqli__buffer_free(&out);
}

static void test_bind_encode(void **state)
{
    (void)state;
    struct sqli_type decimal = TYPE(DECIMAL, 0);
    assert_bind((struct sqli_type)TYPE(SMALLINT, 0), integer(-7), "fff9", 0x0500);
    assert_bind((struct sqli_type)TYPE(INTEGER, 0), integer(42), "0000002a", 0x0a00);
    assert_bind((struct sqli_type)TYPE(BIGINT, 0), integer(1), "0000000000000001", 0x1300);
    assert_bind((struct sqli_type)TYPE(INT8, 0), integer(-2), "ffff0000000200000000", 0x1300);
    assert_bind((struct sqli_type)TYPE(CHAR, 0), text("abc"), "616263", 0);
    assert_bind((struct sqli_type)TYPE(CHAR, 1), text("abc"), "616263", 0);
    assert_bind((struct sqli_type)TYPE(LVARCHAR, 0), text(""), "", 0);
    assert_bind((struct sqli_type)TYPE(BOOLEAN, 0), parsed((struct sqli_type)TYPE(BOOLEAN, 0), "t"),
                "01", 1);
    assert_bind(decimal, parsed(decimal, "123.450"), "c201172d", 2);
    assert_bind(decimal, parsed(decimal, "-0.001"), "405a", 3);
    assert_bind(decimal, parsed(decimal, "0.01"), "c001", 2);
    assert_bind(decimal, parsed(decimal, "0"), "8000", 0);
    assert_bind(decimal, parsed(decimal, "1e10"), "c601", 0);
    assert_bind((struct sqli_type)TYPE(DECIMAL, 0x0200), parsed(decimal, "123.45"), "c201172d", 2);
    assert_bind((struct sqli_type)TYPE(DATETIME, 0),
                parsed((struct sqli_type)TYPE(DATETIME, 0x066a), "12:34:56"), "c30c2238", 0x066a);
    assert_bind((struct sqli_type)TYPE(INTERVAL, 0),
                parsed((struct sqli_type)TYPE(INTERVAL, 0x084a), "-5 04:03:02"), "3b5e5f6062",
                0x084a);
    assert_bind((struct sqli_type)TYPE(DATE, 0), date(0), "00000000", 0);
    assert_bind((struct sqli_type)TYPE(INTEGER, 0), (struct sqli_value){.null = true}, "", 0);
    assert_bind((struct sqli_type)TYPE(CHAR, 0), (struct sqli_value){.null = true}, "", 0);
}

/* A descriptor that came from a server keeps only its size on the way back in a bind. */
static void test_bind_descriptor(void **state)
{
    (void)state;
    struct sqli_value value = {.kind = SQLI_KIND_SIMPLE_LOB};
    memset(value.as.simple_lob.bytes, 0xee, SQLI_SIMPLE_LOB_SIZE);
    sqli__store32(value.as.simple_lob.bytes + 16, 1024);
    assert_bind((struct sqli_type)TYPE(BYTE, 0), value,
                "00000000000000000000000000000000 00000400 000000000000000000000000"
                "000000000000000000000000000000000000000000000000",
                0);
}

/* The bytes of NULL are values where an indicator tells NULL. */
static void test_bind_has_no_sentinels(void **state)
{
    (void)state;
    static const struct {
        struct sqli_type type;
        const char *data, *text;
    } cases[] = {
        {TYPE(SMALLINT, 0), "8000", "-32768"},
        {TYPE(INTEGER, 0), "80000000", "-2147483648"},
        {TYPE(BIGINT, 0), "8000000000000000", "-9223372036854775808"},
        {TYPE(FLOAT, 0), "ffffffffffffffff", "nan"},
        {TYPE(SMALLFLOAT, 0), "ffffffff", "nan"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_value value;
        struct sqli_error error;
        struct sqli_span data = support_unhex(cases[i].data);
        assert_int_equal(sqli__value_bind_decode(&cases[i].type, data, &value, &error), SQLI_OK);
        assert_false(value.null);
        assert_string_equal(printed(&cases[i].type, &value), cases[i].text);
        support_free(data);
    }
    struct sqli_type character = TYPE(CHAR, 0), int8 = TYPE(INT8, 0);
    struct sqli_value value;
    struct sqli_error error;
    uint8_t zeros[10] = {0};
    assert_int_equal(sqli__value_bind_decode(&character, sqli__span(zeros, 1), &value, &error),
                     SQLI_OK);
    assert_true(!value.null && value.as.bytes.length == 1);
    /* An INT8 without a sign is no number at all. */
    assert_int_equal(sqli__value_bind_decode(&int8, sqli__span(zeros, 10), &value, &error),
                     SQLI_OK);
    assert_true(value.null);
}

static void test_bind_limits(void **state)
{
    (void)state;
    static const struct {
        struct sqli_type type;
        size_t length;
        bool good;
    } cases[] = {
        {TYPE(CHAR, 0), 32767, true},     {TYPE(CHAR, 0), 32768, false},
        {TYPE(VARCHAR, 0), 32767, true},  {TYPE(VARCHAR, 0), 32768, false},
        {TYPE(LVARCHAR, 0), 40000, true}, {EXTENDED(UDTVAR, "lvarchar", 0), 40000, true},
    };
    static uint8_t letters[40000];
    memset(letters, 'x', sizeof letters);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_buffer out;
        struct sqli_error error;
        struct sqli_value got, value = bytes(SQLI_KIND_TEXT, letters, cases[i].length);
        enum sqli_status wanted = cases[i].good ? SQLI_OK : SQLI_FAIL;
        sqli__buffer_init(&out, ROOM);
        assert_int_equal(sqli__value_bind_encode(&cases[i].type, &value, &out, &error), wanted);
        assert_int_equal(out.length, cases[i].good ? cases[i].length : 0);
        if (!cases[i].good)
            assert_int_equal(error.code, SQLI_E_VALUE_DOES_NOT_FIT);
        assert_int_equal(sqli__value_bind_decode(&cases[i].type, value.as.bytes, &got, &error),
                         wanted);
        sqli__buffer_free(&out);
    }
}

static void test_bind_hostile(void **state)
{
    (void)state;
    static const struct {
        struct sqli_type type;
        const char *data;
        int32_t code;
    } cases[] = {
        {TYPE(INTEGER, 0), "0000", SQLI_E_VALUE_IMAGE},
        {TYPE(INTEGER, 0), "0000000000", SQLI_E_VALUE_IMAGE},
        {TYPE(DATE, 0), "80000000", SQLI_E_VALUE_IMAGE},
        {TYPE(INT8, 0), "00030000000000000000", SQLI_E_VALUE_IMAGE},
        {TYPE(BOOLEAN, 0), "", SQLI_E_VALUE_IMAGE},
        {TYPE(BOOLEAN, 0), "0101", SQLI_E_VALUE_IMAGE},
        {TYPE(DECIMAL, 0), "c2ff", SQLI_E_VALUE_IMAGE},
        {TYPE(DECIMAL, 0), "", SQLI_E_VALUE_IMAGE},
        {TYPE(DATETIME, 0x0e0a), "", SQLI_E_VALUE_IMAGE},
        {TYPE(DATETIME, 0), "c7141a05040c2238", SQLI_E_INTERVAL_QUALIFIER},
        {TYPE(INTERVAL, 0x0803), "c7141a", SQLI_E_INTERVAL_QUALIFIER},
        {TYPE(BYTE, 0), "00", SQLI_E_VALUE_IMAGE},
        {EXTENDED(UDTFIXED, "clob", 0), "00", SQLI_E_VALUE_IMAGE},
        {TYPE(NULL, 0), "", SQLI_E_UNSUPPORTED},
        {TYPE(ROWREF, 0), "", SQLI_E_UNSUPPORTED},
        {{.code = 200}, "", SQLI_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_value value;
        struct sqli_error error;
        struct sqli_span data = support_unhex(cases[i].data);
        if (sqli__value_bind_decode(&cases[i].type, data, &value, &error) != SQLI_FAIL)
            fail_msg("case %zu was decoded", i);
        if (error.code != cases[i].code)
            fail_msg("case %zu: %s", i, error.message);
        support_free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bind_encode),           cmocka_unit_test(test_bind_descriptor),
        cmocka_unit_test(test_bind_has_no_sentinels), cmocka_unit_test(test_bind_limits),
        cmocka_unit_test(test_bind_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
