/* Lists, which no message has in every combination: growing, nested, several in one message, and
 * found again after a decode that ran out of bytes. The layout below stands for a message. */
#include "tests/support/support.h"

#include "protocol/wire.h"

#include <stdlib.h>

enum { INNER = 3 };

struct outer {
    uint32_t count;
    int16_t *numbers;
};

struct marked {
    uint8_t kind; /* 0 ends the list */
    int16_t only_of_kind_two;
};

struct body {
    uint32_t first_count;
    struct outer *first;
    uint32_t second_count;
    struct marked *second;
    uint32_t third_count;
    int16_t *third;
};

static size_t items_read;

static void number(struct sqli_wire *w, void *item)
{
    items_read++;
    sqli__wire_16(w, "number", item);
}

static void outer(struct sqli_wire *w, void *item)
{
    struct outer *o = item;
    sqli__wire_count(w, "count", &o->count);
    sqli__wire_list(w, "numbers", &o->numbers, o->count, sizeof *o->numbers, 2, number);
}

static void marked(struct sqli_wire *w, void *item)
{
    struct marked *m = item;
    sqli__wire_u8(w, "kind", &m->kind);
    if (m->kind == 2)
        sqli__wire_16(w, "number", &m->only_of_kind_two);
}

static bool is_last(const void *item)
{
    return ((const struct marked *)item)->kind == 0;
}

static void layout(struct sqli_wire *w, struct body *b)
{
    sqli__wire_count(w, "first", &b->first_count);
    sqli__wire_list(w, "first", &b->first, b->first_count, sizeof *b->first, 2, outer);
    sqli__wire_list_until(w, "second", &b->second, &b->second_count, sizeof *b->second, marked,
                          is_last);
    sqli__wire_count(w, "third", &b->third_count);
    sqli__wire_list(w, "third", &b->third, b->third_count, sizeof *b->third, 1, number);
}

/* Three outer items, 40 marked ones of both kinds, 50 numbers. */
static void encode_body(struct sqli_buffer *out)
{
    static const struct sqli_caps none = {{0}, 0};
    int16_t numbers[50];
    struct outer firsts[3];
    struct marked seconds[40];
    struct sqli_error error;
    for (int i = 0; i < 50; i++)
        numbers[i] = (int16_t)(i * 100);
    for (uint32_t i = 0; i < 3; i++)
        firsts[i] = (struct outer){INNER, numbers + i};
    for (int i = 0; i < 40; i++)
        seconds[i] = (struct marked){(uint8_t)(1 + i % 2), (int16_t)i};
    struct body b = {3, firsts, 40, seconds, 50, numbers};
    struct sqli_wire w = {.mode = SQLI_WIRE_ENCODE, .caps = &none, .error = &error, .out = out};
    layout(&w, &b);
    assert_true(sqli__wire_ok(&w));
}

static void assert_body(const struct body *b)
{
    assert_int_equal(b->first_count, 3);
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t k = 0; k < INNER; k++)
            assert_int_equal(b->first[i].numbers[k], (i + k) * 100);
    assert_int_equal(b->second_count, 40);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(b->second[i].kind, 1 + i % 2);
        assert_int_equal(b->second[i].only_of_kind_two, i % 2 ? i : 0);
    }
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(b->third[i], i * 100);
}

struct reading {
    struct sqli_arena arena;
    struct sqli_wire_checkpoint checkpoint;
    struct sqli_error error;
};

static enum sqli_status read_body(struct reading *r, struct sqli_span bytes, bool scanning,
                                  struct body *b)
{
    static const struct sqli_caps none = {{0}, 0};
    struct sqli_wire w = {.mode = SQLI_WIRE_DECODE,
                          .caps = &none,
                          .error = &r->error,
                          .message = "BODY",
                          .base = bytes.data,
                          .at = bytes.data,
                          .end = bytes.data + bytes.length,
                          .arena = &r->arena,
                          .checkpoint = &r->checkpoint,
                          .scanning = scanning};
    *b = (struct body){0};
    layout(&w, b);
    assert_true(w.status != SQLI_OK || w.at == w.end);
    assert_true(w.status != SQLI_MORE || w.need > bytes.length);
    return w.status;
}

static void several_lists_are_found_again_at_each_cut(void **state)
{
    (void)state;
    struct sqli_buffer out;
    struct body b;
    sqli__buffer_init(&out, 10000);
    encode_body(&out);
    struct reading r = {.checkpoint = {.active = false}};
    sqli__arena_init(&r.arena, 1 << 20);
    for (size_t length = 0; length < out.length; length++) {
        bool scanning = r.checkpoint.active;
        sqli__arena_reset(&r.arena);
        assert_int_equal(read_body(&r, sqli__span(out.data, length), scanning, &b), SQLI_MORE);
        assert_true(!scanning || r.arena.used == 0);
    }
    items_read = 0;
    assert_int_equal(read_body(&r, sqli__buffer_view(&out), true, &b), SQLI_OK);
    assert_int_equal(items_read, 3 * INNER + 1); /* of the last list only the item that was cut */
    r.checkpoint.active = false;
    assert_int_equal(read_body(&r, sqli__buffer_view(&out), false, &b), SQLI_OK);
    assert_body(&b);
    sqli__arena_free(&r.arena);
    sqli__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_lists_are_found_again_at_each_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
