/* Values of all types from a seeded generator: through images, parameter blocks and text, with
 * noise for bytes, without memory and without room. */
#include "tests/value/values.h"

static const struct sqli_type generated_types[] = {
    TYPE(SMALLINT, 2),
    TYPE(INTEGER, 4),
    TYPE(SERIAL, 4),
    TYPE(BIGINT, 8),
    TYPE(BIGSERIAL, 8),
    TYPE(INT8, 10),
    TYPE(SERIAL8, 10),
    TYPE(FLOAT, 8),
    TYPE(SMALLFLOAT, 4),
    TYPE(DATE, 4),
    TYPE(CHAR, 1),
    TYPE(CHAR, 17),
    TYPE(NCHAR, 300),
    TYPE(VARCHAR, 255),
    TYPE(NVARCHAR, 0x0310),
    EXTENDED(UDTVAR, "lvarchar", 2000),
    TYPE(LVARCHAR, 0),
    EXTENDED(UDTFIXED, "boolean", 1),
    TYPE(BOOLEAN, 1),
    EXTENDED(UDTFIXED, "clob", 72),
    EXTENDED(SENDRECV, "blob", 72),
    EXTENDED(ROW, "ROW(a integer)", 0),
    EXTENDED(LIST, "LIST(integer not null)", 0),
    EXTENDED(UDTVAR, "json", 0),
    TYPE(TEXT, 56),
    TYPE(BYTE, 56),
    TYPE(DECIMAL, 0x0802),
    TYPE(DECIMAL, 0x1f1f),
    TYPE(DECIMAL, 0x20ff),
    TYPE(DECIMAL, 0x0500),
    TYPE(MONEY, 0x1002),
    TYPE(DATETIME, 0x130f),
    TYPE(DATETIME, 0x0e0a),
    TYPE(DATETIME, 0x048a),
    TYPE(DATETIME, 0x0626),
    TYPE(INTERVAL, 0x0b02),
    TYPE(INTERVAL, 0x144f),
    TYPE(INTERVAL, 0x084a),
    TYPE(INTERVAL, 0x0322),
    TYPE(INTERVAL, 0x03ab),
};

enum { GENERATED = sizeof generated_types / sizeof generated_types[0] };

/* Memory of the text of generated values. */
struct generator {
    uint64_t seed;
    uint8_t text[16][2000];
    size_t texts;
};

static int64_t integer_limit(const struct sqli_type *type)
{
    int32_t width = sqli__type_width(type);
    return width == 2 ? INT16_MAX : width == 4 ? INT32_MAX : INT64_MAX;
}

/* Small numbers, large ones and the ends of the range alike. */
static void generate_integer(struct generator *g, const struct sqli_type *type,
                             struct sqli_value *value)
{
    int64_t limit = integer_limit(type);
    uint64_t shift = support_random(&g->seed) % 64;
    value->as.integer = support_random_between(&g->seed, -limit, limit) >> shift;
    if (support_random(&g->seed) % 16 == 0)
        value->as.integer = support_random(&g->seed) % 2 ? limit : -limit;
}

/* Any bits are a number, but those of NULL. */
static void generate_real(struct generator *g, const struct sqli_type *type,
                          struct sqli_value *value)
{
    uint64_t bits = support_random(&g->seed);
    uint32_t half = (uint32_t)bits;
    float single;
    memcpy(&single, &half, sizeof single);
    memcpy(&value->as.real, &bits, sizeof bits);
    if (type->code == SQLI_TYPE_SMALLFLOAT)
        value->as.real = single;
}

static void generate_text(struct generator *g, const struct sqli_type *type,
                          struct sqli_value *value)
{
    int32_t width = sqli__type_width(type);
    int64_t room = width > 0 ? width : type->length > 0 ? type->length & 0x7ff : 2000;
    room = width == SQLI_WIDTH_SHORT ? type->length & 0xff : room;
    size_t length = (size_t)support_random_between(&g->seed, 0, room);
    uint8_t *out = g->text[g->texts++ % 16];
    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)support_random_between(&g->seed, i == 0, 255);
    if (width > 0) { /* a CHAR comes back with all its blanks */
        memset(out + length, ' ', (size_t)width - length);
        length = (size_t)width;
    }
    value->as.bytes = sqli__span(out, length);
}

static void generate_decimal(struct generator *g, const struct sqli_type *type,
                             struct sqli_value *value)
{
    struct sqli_error error;
    char digits[40];
    int precision = type->length >> 8, scale = type->length & 0xff;
    int count = (int)support_random_between(&g->seed, 1, precision);
    int at = snprintf(digits, sizeof digits, "%s", support_random(&g->seed) % 2 ? "-" : "");
    for (int i = 0; i < count; i++)
        at += snprintf(digits + at, 3, "%d", (int)(support_random(&g->seed) % 10));
    int exponent = scale == SQLI_DECIMAL_FLOATING
                       ? (int)support_random_between(&g->seed, -120, 120 - count)
                       : -scale;
    snprintf(digits + at, 8, "e%d", exponent);
    if (sqli__decimal_from_text(sqli__span_text(digits), &value->as.decimal, &error) ||
        sqli__decimal_round(&value->as.decimal, precision, scale, &error))
        fail_msg("%s: %s", digits, error.message);
}

static void generate_datetime(struct generator *g, const struct sqli_type *type,
                              struct sqli_value *value)
{
    struct sqli_error error;
    struct sqli_datetime full = {.qualifier = SQLI_QUALIFIER_YEAR_TO_FRACTION5};
    full.year = (int16_t)support_random_between(&g->seed, 1, 9999);
    full.month = (int8_t)support_random_between(&g->seed, 1, 12);
    full.day = (int8_t)support_random_between(&g->seed, 1, 28);
    full.hour = (int8_t)support_random_between(&g->seed, 0, 23);
    full.minute = (int8_t)support_random_between(&g->seed, 0, 59);
    full.second = (int8_t)support_random_between(&g->seed, 0, 59);
    full.fraction = (int32_t)support_random_between(&g->seed, 0, 99999);
    assert_int_equal(sqli__datetime_extend(&full, (sqli_qualifier)type->length, &full,
                                           &value->as.datetime, &error),
                     SQLI_OK);
}

static void generate_interval(struct generator *g, const struct sqli_type *type,
                              struct sqli_value *value)
{
    struct sqli_error error;
    struct sqli_interval_fields fields = {.negative = support_random(&g->seed) % 2};
    int32_t *const all[] = {&fields.year,   &fields.month,  &fields.day,     &fields.hour,
                            &fields.minute, &fields.second, &fields.fraction};
    static const int32_t limits[] = {0, 11, 0, 23, 59, 59, 99999};
    sqli_qualifier q = (sqli_qualifier)type->length;
    int first = sqli__qualifier_start(q) / 2;
    int64_t most = 1;
    for (int i = sqli__interval_first_digits(q); i > 0; i--)
        most *= 10;
    *all[first] = (int32_t)support_random_between(&g->seed, 0, most - 1);
    for (int i = first + 1; i < 7; i++)
        *all[i] = (int32_t)support_random_between(&g->seed, 0, limits[i]);
    if (sqli__interval_from_fields(&fields, q, &value->as.interval, &error) != SQLI_OK)
        fail_msg("%04x: %s", q, error.message);
}

static void generate_bytes(struct generator *g, const struct sqli_type *type,
                           struct sqli_value *value)
{
    (void)type;
    uint8_t *out = value->kind == SQLI_KIND_SIMPLE_LOB ? value->as.simple_lob.bytes
                                                       : value->as.smart_lob.bytes;
    size_t size = value->kind == SQLI_KIND_SIMPLE_LOB ? SQLI_SIMPLE_LOB_SIZE : SQLI_SMART_LOB_SIZE;
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)support_random(&g->seed);
    if (value->kind == SQLI_KIND_SIMPLE_LOB)
        out[39] &= 0xfe;
}

static void generate_boolean(struct generator *g, const struct sqli_type *type,
                             struct sqli_value *value)
{
    (void)type;
    value->as.boolean = support_random(&g->seed) % 2;
}

static void generate_date(struct generator *g, const struct sqli_type *type,
                          struct sqli_value *value)
{
    (void)type;
    value->as.date = (int32_t)support_random_between(&g->seed, SQLI_DATE_MIN, SQLI_DATE_MAX);
}

static void (*const generators[])(struct generator *, const struct sqli_type *,
                                  struct sqli_value *) = {
    [SQLI_KIND_INTEGER] = generate_integer,   [SQLI_KIND_REAL] = generate_real,
    [SQLI_KIND_DECIMAL] = generate_decimal,   [SQLI_KIND_TEXT] = generate_text,
    [SQLI_KIND_BOOLEAN] = generate_boolean,   [SQLI_KIND_DATE] = generate_date,
    [SQLI_KIND_DATETIME] = generate_datetime, [SQLI_KIND_INTERVAL] = generate_interval,
    [SQLI_KIND_SIMPLE_LOB] = generate_bytes,  [SQLI_KIND_SMART_LOB] = generate_bytes,
    [SQLI_KIND_COMPOSITE] = generate_text,    [SQLI_KIND_OPAQUE] = generate_text,
};

static struct sqli_value generate(struct generator *g, const struct sqli_type *type)
{
    struct sqli_value value = {.kind = sqli__type_kind(type)};
    generators[value.kind](g, type, &value);
    return value;
}

static bool same_datetime(const struct sqli_datetime *a, const struct sqli_datetime *b)
{
    return a->qualifier == b->qualifier && a->year == b->year && a->month == b->month &&
           a->day == b->day && a->hour == b->hour && a->minute == b->minute &&
           a->second == b->second && a->fraction == b->fraction;
}

static bool same(const struct sqli_value *a, const struct sqli_value *b)
{
    if (a->null || b->null)
        return a->null && b->null;
    switch (a->kind) {
    case SQLI_KIND_INTEGER: return a->as.integer == b->as.integer;
    case SQLI_KIND_REAL: return memcmp(&a->as.real, &b->as.real, sizeof a->as.real) == 0;
    case SQLI_KIND_DECIMAL: return sqli__decimal_compare(&a->as.decimal, &b->as.decimal) == 0;
    case SQLI_KIND_BOOLEAN: return a->as.boolean == b->as.boolean;
    case SQLI_KIND_DATE: return a->as.date == b->as.date;
    case SQLI_KIND_DATETIME: return same_datetime(&a->as.datetime, &b->as.datetime);
    case SQLI_KIND_INTERVAL:
        return a->as.interval.amount == b->as.interval.amount &&
               a->as.interval.qualifier == b->as.interval.qualifier &&
               a->as.interval.year_month == b->as.interval.year_month;
    case SQLI_KIND_SIMPLE_LOB: return memcmp(&a->as, &b->as, SQLI_SIMPLE_LOB_SIZE) == 0;
    case SQLI_KIND_SMART_LOB: return memcmp(&a->as, &b->as, SQLI_SMART_LOB_SIZE) == 0;
    default: return sqli__span_equal(a->as.bytes, b->as.bytes);
    }
}

/* NaNs other than that of NULL pass through as bits; as a float they may turn quiet. */
static bool is_nan(const struct sqli_value *value)
{
    return value->kind == SQLI_KIND_REAL && value->as.real != value->as.real;
}

static void assert_same(const struct sqli_type *type, const struct sqli_value *got,
                        const struct sqli_value *wanted)
{
    assert_int_equal(got->kind, wanted->kind);
    if (!same(got, wanted) && !(is_nan(got) && is_nan(wanted)))
        fail_msg("type %d of length %x came back as another value", type->code,
                 (unsigned)type->length);
}

enum { ROW_COLUMNS = 12 };

static void check_generated_row(struct generator *g)
{
    struct sqli_buffer row;
    struct sqli_error error;
    struct sqli_value values[ROW_COLUMNS], got;
    const struct sqli_type *types[ROW_COLUMNS];
    size_t columns = (size_t)support_random_between(&g->seed, 1, ROW_COLUMNS);
    sqli__buffer_init(&row, ROOM);
    for (size_t i = 0; i < columns; i++) {
        types[i] = &generated_types[support_random(&g->seed) % GENERATED];
        values[i] = generate(g, types[i]);
        values[i].null = support_random(&g->seed) % 4 == 0;
        if (sqli__value_encode(types[i], &values[i], &row, &error) != SQLI_OK)
            fail_msg("column %zu: %s", i, error.message);
    }
    struct sqli_span rest = sqli__buffer_view(&row);
    for (size_t i = 0; i < columns; i++) {
        size_t length;
        assert_int_equal(sqli__image_length(types[i], rest, &length, &error), SQLI_OK);
        struct sqli_span image = sqli__span(rest.data, length);
        if (sqli__value_decode(types[i], image, &got, &error) != SQLI_OK)
            fail_msg("column %zu: %s", i, error.message);
        assert_same(types[i], &got, &values[i]);
        rest = sqli__span(rest.data + length, rest.length - length);
    }
    assert_int_equal(rest.length, 0);
    sqli__buffer_free(&row);
}

static void test_generated_rows(void **state)
{
    (void)state;
    struct generator g = {.seed = 20260504};
    for (int i = 0; i < 20000; i++)
        check_generated_row(&g);
}

/* In a parameter block a CHAR keeps its bytes, and numbers are not fitted. */
static void test_generated_binds(void **state)
{
    (void)state;
    struct generator g = {.seed = 7};
    for (int i = 0; i < 40000; i++) {
        struct sqli_type type = generated_types[i % GENERATED];
        struct sqli_buffer out;
        struct sqli_error error;
        struct sqli_value got, value = generate(&g, &type);
        sqli__buffer_init(&out, ROOM);
        if (value.kind == SQLI_KIND_SIMPLE_LOB) {
            uint32_t size = (uint32_t)support_random(&g.seed);
            sqli__simple_lob_make_bind(&value.as.simple_lob, size);
        }
        if (sqli__value_bind_encode(&type, &value, &out, &error) != SQLI_OK)
            fail_msg("%s", error.message);
        if (value.kind == SQLI_KIND_DATETIME || value.kind == SQLI_KIND_INTERVAL)
            type.length = sqli__bind_precision(&type, &value);
        else
            type.length = 0;
        if (sqli__value_bind_decode(&type, sqli__buffer_view(&out), &got, &error) != SQLI_OK)
            fail_msg("%s", error.message);
        assert_same(&type, &got, &value);
        sqli__buffer_free(&out);
    }
}

static bool has_text(const struct sqli_type *type, const struct sqli_value *value)
{
    bool binary = type->code == SQLI_TYPE_SENDRECV && value->kind >= SQLI_KIND_COMPOSITE;
    bool odd = value->kind == SQLI_KIND_REAL && value->as.real - value->as.real != 0;
    return value->kind != SQLI_KIND_SIMPLE_LOB && !binary && !odd;
}

static void test_generated_texts(void **state)
{
    (void)state;
    struct generator g = {.seed = 99};
    for (int i = 0; i < 40000; i++) {
        const struct sqli_type *type = &generated_types[i % GENERATED];
        struct sqli_buffer out;
        struct sqli_error error;
        struct sqli_value got, value = generate(&g, type);
        if (!has_text(type, &value))
            continue;
        sqli__buffer_init(&out, ROOM);
        assert_int_equal(sqli__value_to_text(type, &value, &sqli__date_iso, &out, &error), SQLI_OK);
        if (sqli__value_from_text(type, sqli__buffer_view(&out), &sqli__date_iso, &got, &error))
            fail_msg("%s", error.message);
        assert_same(type, &got, &value);
        sqli__buffer_free(&out);
    }
}

/* Any bytes: either they fail, or they are a value that survives being written. */
static void check_noise(const struct sqli_type *type, struct sqli_span image)
{
    struct sqli_error error;
    struct sqli_value value, again;
    struct sqli_buffer out;
    if (sqli__value_decode(type, image, &value, &error) != SQLI_OK) {
        assert_true(error.code != 0 && error.message[0] != '\0');
        return;
    }
    sqli__buffer_init(&out, ROOM);
    if (sqli__value_encode(type, &value, &out, &error) != SQLI_OK) {
        /* More digits than the described precision can come in, not go out. */
        assert_true(error.code == SQLI_E_DECIMAL_OVERFLOW ||
                    error.code == SQLI_E_VALUE_DOES_NOT_FIT);
    } else {
        assert_int_equal(sqli__value_decode(type, sqli__buffer_view(&out), &again, &error),
                         SQLI_OK);
        if (value.kind != SQLI_KIND_DECIMAL) /* which may be rounded */
            assert_same(type, &again, &value);
    }
    sqli__buffer_free(&out);
}

static void test_noise(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 200000; i++) {
        const struct sqli_type *type = &generated_types[i % GENERATED];
        uint8_t image[400];
        int32_t width = sqli__type_width(type);
        size_t length = width >= 0 ? (size_t)width : support_random(&seed) % 200;
        bool small = support_random(&seed) % 2;
        for (size_t at = 0; at < length; at++)
            image[at] = (uint8_t)(support_random(&seed) % (small ? 100 : 256));
        if (width == SQLI_WIDTH_SHORT && length > 0)
            image[0] = (uint8_t)(length - 1);
        if (width == SQLI_WIDTH_ENVELOPE && length >= 5) {
            image[0] = support_random(&seed) % 4 == 0;
            sqli__store32(image + 1, (uint32_t)length - 5);
        }
        check_noise(type, sqli__span(image, length));
    }
}

/* --- Memory --- */

struct memory_case {
    const struct sqli_type *type;
    struct sqli_value value;
};

static enum sqli_status encode_all_ways(void *context, struct sqli_error *error)
{
    const struct memory_case *c = context;
    struct sqli_buffer image, bind, written;
    sqli__buffer_init(&image, ROOM);
    sqli__buffer_init(&bind, ROOM);
    sqli__buffer_init(&written, ROOM);
    enum sqli_status status = sqli__value_encode(c->type, &c->value, &image, error);
    if (status == SQLI_OK)
        status = sqli__value_bind_encode(c->type, &c->value, &bind, error);
    if (status == SQLI_OK && has_text(c->type, &c->value))
        status = sqli__value_to_text(c->type, &c->value, &sqli__date_iso, &written, error);
    sqli__buffer_free(&image);
    sqli__buffer_free(&bind);
    sqli__buffer_free(&written);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    struct generator g = {.seed = 11};
    for (size_t i = 0; i < GENERATED; i++) {
        struct memory_case c = {&generated_types[i], generate(&g, &generated_types[i])};
        size_t wanted = has_text(c.type, &c.value) ? 3 : 2;
        if (c.value.kind == SQLI_KIND_TEXT && c.value.as.bytes.length == 0)
            wanted = 1; /* nothing to write into block and text */
        assert_true(support_fail_each_allocation(encode_all_ways, &c) >= wanted);
        c.value.null = true;
        assert_true(support_fail_each_allocation(encode_all_ways, &c) >= 1);
    }
}

/* A buffer that is full says so, and keeps what it had. */
static void test_full_buffer(void **state)
{
    (void)state;
    struct generator g = {.seed = 12};
    for (size_t i = 0; i < GENERATED; i++) {
        struct sqli_error error;
        struct sqli_buffer out;
        struct sqli_value value = generate(&g, &generated_types[i]);
        sqli__buffer_init(&out, 4);
        sqli__buffer_text(&out, "full");
        assert_int_equal(sqli__value_encode(&generated_types[i], &value, &out, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_TOO_LARGE);
        assert_span_hex(sqli__buffer_view(&out), "66756c6c");
        sqli__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generated_rows),  cmocka_unit_test(test_generated_binds),
        cmocka_unit_test(test_generated_texts), cmocka_unit_test(test_noise),
        cmocka_unit_test(test_no_memory),       cmocka_unit_test(test_full_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
