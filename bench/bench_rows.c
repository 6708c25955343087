/* Nanoseconds per row for five columns (INT, BIGINT, FLOAT, DATE, VARCHAR(16)), from the bytes of
 * the replies to C arrays, beside memcpy of the same bytes in the same run. */
#include "bench/bench.h"

#include "protocol/row.h"
#include "value/image.h"

enum { ROWS = 20000, COLUMNS = 5, TEXT = 16 };

struct columns {
    int32_t a[ROWS];
    int64_t b[ROWS];
    double c[ROWS];
    int32_t d[ROWS];
    struct sqli_span e[ROWS];
    bool valid[ROWS][COLUMNS];
};

struct bench {
    struct sqli_buffer stream; /* TUPLE messages, one behind the other */
    uint8_t *copy;
    struct sqli_span payloads[ROWS];
    struct sqli_shape shape;
    struct columns columns;
    size_t decoded;
};

static void must(enum sqli_status status, const struct sqli_error *error)
{
    if (status == SQLI_OK)
        return;
    fprintf(stderr, "bench_rows: %s\n", error->message);
    exit(1);
}

static void make_payload(struct sqli_buffer *row, uint32_t i)
{
    sqli__buffer_clear(row);
    sqli__buffer_32(row, i);
    sqli__buffer_64(row, (uint64_t)i * 1000003);
    sqli__buffer_64(row, 0x4009000000000000u + i);
    sqli__buffer_32(row, 40000 + i % 10000);
    uint8_t length = (uint8_t)(8 + i % (TEXT - 7));
    sqli__buffer_byte(row, length);
    sqli__buffer_fill(row, 'a' + (int)(i % 26), length);
}

static void make_stream(struct bench *b)
{
    struct sqli_buffer row;
    struct sqli_error error;
    struct sqli_message m = {.id = SQLI_MSG_TUPLE};
    sqli__buffer_init(&row, 1000);
    sqli__buffer_init(&b->stream, 1 << 24);
    for (uint32_t i = 0; i < ROWS; i++) {
        make_payload(&row, i);
        m.as.tuple.payload = sqli__buffer_view(&row);
        m.as.tuple.size = (uint32_t)row.length;
        must(sqli__encode(&m, SQLI_TO_CLIENT, &sqli__caps_client, &b->stream, &error), &error);
    }
    b->copy = malloc(b->stream.length);
    if (!b->copy)
        exit(1);
    sqli__buffer_free(&row);
}

static void make_shape(struct bench *b)
{
    static const struct sqli_type types[COLUMNS] = {
        {.code = SQLI_TYPE_INTEGER, .length = 4},    {.code = SQLI_TYPE_BIGINT, .length = 8},
        {.code = SQLI_TYPE_FLOAT, .length = 8},      {.code = SQLI_TYPE_DATE, .length = 4},
        {.code = SQLI_TYPE_VARCHAR, .length = TEXT},
    };
    struct sqli_column columns[COLUMNS] = {0};
    struct sqli_describe describe = {.count = COLUMNS, .columns = columns};
    struct sqli_error error;
    for (size_t i = 0; i < COLUMNS; i++)
        columns[i].type = types[i];
    must(sqli__shape_init(&b->shape, &describe, &sqli__caps_client, &error), &error);
}

static void read_row(struct bench *b, const struct sqli_row *row, size_t i)
{
    struct columns *c = &b->columns;
    const struct sqli_shape *s = &b->shape;
    bool *valid = c->valid[i];
    valid[0] = sqli__image_int(sqli__row_at(s, row, 0), &c->a[i]);
    valid[1] = sqli__image_bigint(sqli__row_at(s, row, 1), &c->b[i]);
    valid[2] = sqli__image_float(sqli__row_at(s, row, 2), &c->c[i]);
    valid[3] = sqli__image_date(sqli__row_at(s, row, 3), &c->d[i]);
    valid[4] = sqli__image_varchar(sqli__row_at(s, row, 4), &c->e[i]);
}

static void copy_bytes(void *context)
{
    struct bench *b = context;
    memcpy(b->copy, b->stream.data, b->stream.length);
    bench_keep(b->copy);
}

/* The messages taken off the stream, each row bound to its shape and all columns read. */
static void decode_stream(void *context)
{
    struct bench *b = context;
    struct sqli_decoder decoder;
    struct sqli_message m;
    struct sqli_error error;
    uint32_t segments[2];
    struct sqli_row row = {NULL, segments};
    sqli__decoder_init(&decoder, SQLI_TO_CLIENT, false);
    decoder.caps = sqli__caps_client;
    struct sqli_span rest = sqli__buffer_view(&b->stream);
    for (b->decoded = 0; rest.length > 0; b->decoded++) {
        size_t used;
        must(sqli__decode(&decoder, rest, &m, &used, &error), &error);
        must(sqli__row_bind(&b->shape, m.as.tuple.payload, &row, &error), &error);
        b->payloads[b->decoded] = m.as.tuple.payload;
        read_row(b, &row, b->decoded);
        rest = sqli__span(rest.data + used, rest.length - used);
    }
    sqli__decoder_free(&decoder);
    bench_keep(b);
}

/* The rows alone, their messages being known. */
static void decode_rows(void *context)
{
    struct bench *b = context;
    struct sqli_error error;
    uint32_t segments[2];
    struct sqli_row row = {NULL, segments};
    for (size_t i = 0; i < ROWS; i++) {
        must(sqli__row_bind(&b->shape, b->payloads[i], &row, &error), &error);
        read_row(b, &row, i);
    }
    bench_keep(b);
}

int main(int argc, char **argv)
{
    int rounds = bench_rounds(argc, argv);
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return 1;
    make_stream(b);
    make_shape(b);
    double copy = bench_best(rounds, ROWS, copy_bytes, b);
    double stream = bench_best(rounds, ROWS, decode_stream, b);
    double rows = bench_best(rounds, ROWS, decode_rows, b);
    printf("rows of five columns, %.1f bytes each as a message\n", (double)b->stream.length / ROWS);
    bench_print("memcpy of the messages", copy);
    bench_print("messages decoded, rows bound, columns read", stream);
    bench_print("rows bound, columns read", rows);
    printf("goal: 20 ns per row or 4 x memcpy, whichever is larger: %s\n",
           stream <= (4 * copy > 20 ? 4 * copy : 20) ? "met" : "missed");
    bool right = b->decoded == ROWS && b->columns.a[ROWS - 1] == ROWS - 1;
    sqli__shape_free(&b->shape);
    sqli__buffer_free(&b->stream);
    free(b->copy);
    free(b);
    return right ? 0 : 1;
}
