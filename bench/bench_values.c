/* Nanoseconds per value: DECIMAL(16,2) to text and back, DATETIME YEAR TO FRACTION(3) to fields.
 * bench/compare-codec puts them beside another client's codec over the same values. */
#include "bench/bench.h"

#include "value/value.h"

enum { VALUES = 10000, DECIMAL_WIDTH = 9, DATETIME_WIDTH = 10 };

static const struct sqli_type decimal_type = {.code = SQLI_TYPE_DECIMAL, .length = 0x1002};
static const struct sqli_type datetime_type = {.code = SQLI_TYPE_DATETIME, .length = 0x110d};

struct bench {
    uint8_t decimals[VALUES][DECIMAL_WIDTH];
    uint8_t datetimes[VALUES][DATETIME_WIDTH];
    char texts[VALUES][32];
    uint8_t lengths[VALUES];
    struct sqli_buffer out;
    int64_t sum;
};

static void must(enum sqli_status status, const struct sqli_error *error)
{
    if (status == SQLI_OK)
        return;
    fprintf(stderr, "bench_values: %s\n", error->message);
    exit(1);
}

/* The n-th value is (n * 7919 mod 10^9) / 100 with alternating sign, and that many seconds later.
 */
static void make_decimal(struct bench *b, size_t i)
{
    struct sqli_decimal value;
    struct sqli_error error;
    int64_t cents = (int64_t)(i * 7919 % 1000000000) * (i % 2 ? -1 : 1);
    int length = snprintf(b->texts[i], sizeof b->texts[i], "%s%lld.%02lld", cents < 0 ? "-" : "",
                          llabs(cents) / 100, llabs(cents) % 100);
    b->lengths[i] = (uint8_t)length;
    must(sqli__decimal_from_text(sqli__span(b->texts[i], b->lengths[i]), &value, &error), &error);
    must(sqli__decimal_encode(&value, DECIMAL_WIDTH, b->decimals[i], &error), &error);
}

static void make_datetime(struct bench *b, size_t i)
{
    struct sqli_error error;
    struct sqli_datetime value = {.qualifier = 0x110d,
                                  .year = (int16_t)(1900 + i % 200),
                                  .month = (int8_t)(1 + i % 12),
                                  .day = (int8_t)(1 + i % 28),
                                  .hour = (int8_t)(i % 24),
                                  .minute = (int8_t)(i % 60),
                                  .second = (int8_t)(i % 59),
                                  .fraction = (int32_t)(i % 1000 * 100)};
    must(sqli__datetime_encode(&value, b->datetimes[i], &error), &error);
}

static void decimals_to_text(void *context)
{
    struct bench *b = context;
    struct sqli_error error;
    struct sqli_value value;
    sqli__buffer_clear(&b->out);
    for (size_t i = 0; i < VALUES; i++) {
        struct sqli_span image = sqli__span(b->decimals[i], DECIMAL_WIDTH);
        must(sqli__value_decode(&decimal_type, image, &value, &error), &error);
        must(sqli__value_to_text(&decimal_type, &value, &sqli__date_iso, &b->out, &error), &error);
    }
    bench_keep(b->out.data);
}

static void texts_to_decimal(void *context)
{
    struct bench *b = context;
    struct sqli_error error;
    struct sqli_value value;
    sqli__buffer_clear(&b->out);
    for (size_t i = 0; i < VALUES; i++) {
        struct sqli_span text = sqli__span(b->texts[i], b->lengths[i]);
        must(sqli__value_from_text(&decimal_type, text, &sqli__date_iso, &value, &error), &error);
        must(sqli__value_encode(&decimal_type, &value, &b->out, &error), &error);
    }
    bench_keep(b->out.data);
}

static void datetimes_to_fields(void *context)
{
    struct bench *b = context;
    struct sqli_error error;
    struct sqli_value value;
    for (size_t i = 0; i < VALUES; i++) {
        struct sqli_span image = sqli__span(b->datetimes[i], DATETIME_WIDTH);
        must(sqli__value_decode(&datetime_type, image, &value, &error), &error);
        b->sum += value.as.datetime.second + value.as.datetime.fraction;
    }
    bench_keep(b);
}

/* Every value came back as it was. */
static int check(struct bench *b)
{
    texts_to_decimal(b);
    for (size_t i = 0; i < VALUES; i++)
        if (memcmp(b->out.data + i * DECIMAL_WIDTH, b->decimals[i], DECIMAL_WIDTH) != 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    int rounds = bench_rounds(argc, argv);
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return 1;
    sqli__buffer_init(&b->out, 1 << 22);
    for (size_t i = 0; i < VALUES; i++) {
        make_decimal(b, i);
        make_datetime(b, i);
    }
    bench_print("DECIMAL(16,2) to text", bench_best(rounds, VALUES, decimals_to_text, b));
    bench_print("text to DECIMAL(16,2)", bench_best(rounds, VALUES, texts_to_decimal, b));
    bench_print("DATETIME YEAR TO FRACTION(3) to fields",
                bench_best(rounds, VALUES, datetimes_to_fields, b));
    int status = check(b);
    sqli__buffer_free(&b->out);
    free(b);
    return status;
}
