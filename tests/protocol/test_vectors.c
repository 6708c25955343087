/* The vectors that are messages (areas msg, describe, row, login, bind): each decodes to the trace
 * that stands in data/vector-traces.tsv, line by line, and encodes back to the same bytes. The
 * traces were compared with the meaning that the vector file states. */
#include "tests/support/support.h"

#include "protocol/message.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRACE_LIMIT = 1 << 16 };

struct run {
    struct sqli_buffer expected; /* the whole trace file, consumed from the front */
    struct sqli_buffer trace;
    struct sqli_buffer rebuilt;
    size_t vectors;
    FILE *update; /* the file is rewritten instead of compared */
};

static struct sqli_caps agreed(void)
{
    return sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
}

/* Decodes every message of the bytes, a trace line each, and encodes it again. */
static void play(struct run *r, const char *id, enum sqli_direction direction, bool login,
                 struct sqli_span bytes)
{
    struct sqli_decoder d;
    struct sqli_error error;
    sqli__decoder_init(&d, direction, login);
    d.caps = agreed();
    sqli__buffer_clear(&r->rebuilt);
    for (size_t at = 0, used; at < bytes.length; at += used) {
        struct sqli_message m;
        struct sqli_span rest = sqli__span(bytes.data + at, bytes.length - at);
        enum sqli_status status = sqli__decode(&d, rest, &m, &used, &error);
        if (status != SQLI_OK)
            fail_msg("%s at %zu: %s", id, at, status == SQLI_MORE ? "not whole" : error.message);
        sqli__buffer_format(&r->trace, "%s\t", id);
        sqli__print(&m, direction, &d.caps, 4096, &r->trace);
        sqli__buffer_text(&r->trace, "\n");
        if (sqli__encode(&m, direction, &d.caps, &r->rebuilt, &error) != SQLI_OK)
            fail_msg("%s at %zu: %s", id, at, error.message);
    }
    sqli__decoder_free(&d);
    if (!sqli__span_equal(sqli__buffer_view(&r->rebuilt), bytes))
        fail_msg("%s is rebuilt as %s", id, support_hex(sqli__buffer_view(&r->rebuilt)));
}

/* Most bind vectors are one parameter without the count, which is put before them. */
static struct sqli_span whole_bytes(char **fields)
{
    char text[16384];
    const char *hex = fields[4];
    bool bind = strncmp(fields[1], "bind", 4) == 0 && strcmp(fields[3], "SQ_BIND whole") != 0;
    snprintf(text, sizeof text, "%s%s", bind ? "00050001" : "", hex);
    return support_unhex(text);
}

static bool is_message(const char *id, const char *area)
{
    static const char *const areas[] = {"msg", "describe", "row", "bind", "bind-jdbc"};
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        if (strcmp(area, areas[i]) == 0)
            return true;
    return strcmp(area, "login") == 0 && strcmp(id, "login-003") > 0;
}

static void compare(struct run *r, const char *id)
{
    struct sqli_span got = sqli__buffer_view(&r->trace);
    struct sqli_span wanted = sqli__buffer_view(&r->expected);
    if (r->update) {
        fwrite(got.data, 1, got.length, r->update);
        return;
    }
    if (wanted.length < got.length || memcmp(wanted.data, got.data, got.length) != 0) {
        print_error("got:\n%.*swanted:\n%.*s\n", (int)got.length, (const char *)got.data,
                    (int)(wanted.length < 600 ? wanted.length : 600), (const char *)wanted.data);
        fail_msg("%s has another trace", id);
    }
    sqli__buffer_consume(&r->expected, got.length);
}

static void each_vector(void *context, size_t line, size_t count, char **fields)
{
    struct run *r = context;
    (void)line;
    assert_true(count >= 6);
    if (!is_message(fields[0], fields[1]))
        return;
    bool to_server = strcmp(fields[2], "c2s") == 0;
    struct sqli_span bytes = whole_bytes(fields);
    sqli__buffer_clear(&r->trace);
    play(r, fields[0], to_server ? SQLI_TO_SERVER : SQLI_TO_CLIENT, strcmp(fields[1], "login") == 0,
         bytes);
    support_free(bytes);
    compare(r, fields[0]);
    r->vectors++;
}

static void every_message_vector_has_its_trace_and_its_bytes(void **state)
{
    (void)state;
    struct run r = {.vectors = 0};
    sqli__buffer_init(&r.expected, 1 << 20);
    sqli__buffer_init(&r.trace, TRACE_LIMIT);
    sqli__buffer_init(&r.rebuilt, TRACE_LIMIT);
    const char *update = getenv("SQLI_UPDATE_TRACES");
    r.update = update ? fopen(update, "w") : NULL;
    if (!r.update) {
        struct sqli_span file = support_read_file("vector-traces.tsv");
        sqli__buffer_span(&r.expected, file);
        support_free(file);
    }
    support_each_line("vectors.tsv", '\t', each_vector, &r);
    if (r.update)
        fclose(r.update);
    else
        assert_int_equal(r.expected.length, 0);
    assert_int_equal(r.vectors, 82 + 9 + 11 + 3 + 59 + 58);
    sqli__buffer_free(&r.expected);
    sqli__buffer_free(&r.trace);
    sqli__buffer_free(&r.rebuilt);
}

/* --- login strings --- */

static void login_strings_count_their_nul(void **state)
{
    static const struct {
        const char *hex;
        const char *text;
    } cases[] = {
        {"0009696e666f726d697800", "informix"},
        {"0007696e346d697800", "in4mix"},
        {"000100", ""},
        {"0000", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_caps none = {{0}, 0};
        struct sqli_span bytes = support_unhex(cases[i].hex);
        struct sqli_span text = {NULL, 0};
        struct sqli_wire w = {.mode = SQLI_WIRE_DECODE,
                              .caps = &none,
                              .base = bytes.data,
                              .at = bytes.data,
                              .end = bytes.data + bytes.length};
        sqli__wire_asc(&w, "text", &text);
        assert_true(sqli__wire_ok(&w) && w.at == w.end);
        assert_true((text.data == NULL) == (cases[i].text == NULL));
        assert_true(sqli__span_equal(text, sqli__span_text(cases[i].text)));
        support_free(bytes);
    }
}

/* --- masks --- */

static void mask_bits_count_from_the_most_significant(void **state)
{
    static const struct {
        const char *mask;
        const char *bits;
    } cases[] = {
        {"80", "0"}, {"01", "7"}, {"0080", "FETCH_ARRAY"}, {"0001", "15"}, {"bd", "0,UDT,3,4,5,7"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span mask = support_unhex(cases[i].mask);
        struct sqli_caps caps = sqli__caps_from_mask(mask);
        struct sqli_buffer text;
        sqli__buffer_init(&text, 1000);
        sqli__caps_print(&caps, &text);
        assert_true(sqli__span_equal(sqli__buffer_view(&text), sqli__span_text(cases[i].bits)));
        sqli__buffer_free(&text);
        support_free(mask);
    }
}

static void the_agreed_mask_has_only_what_both_have(void **state)
{
    (void)state;
    struct sqli_caps both = agreed();
    static const uint8_t on[] = {SQLI_CAP_UDT,        SQLI_CAP_LONG_TEXT,  SQLI_CAP_LONG_FETCH,
                                 SQLI_CAP_BIGINT,     SQLI_CAP_SAVEPOINTS, SQLI_CAP_WIDE_DESCRIBE,
                                 SQLI_CAP_FETCH_ARRAY};
    for (size_t i = 0; i < sizeof on; i++)
        assert_true(sqli__caps_has(&both, on[i]));
    assert_false(sqli__caps_has(&both, SQLI_CAP_LARGE_TUPLES));
    assert_false(sqli__caps_has(&both, SQLI_CAP_LONG_ROWIDS));
    assert_false(sqli__caps_has(&both, SQLI_CAP_PAM)); /* we offer it, a 14.10 does not */
    assert_false(sqli__caps_has(&both, 999));
    assert_int_equal(both.length, 8);
    struct sqli_caps swapped = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    assert_memory_equal(&swapped, &both, sizeof both);
}

static void what_a_long_mask_has_more_is_left_out(void **state)
{
    (void)state;
    struct sqli_span mask = support_unhex("80000000000000000000000000000001 ffffffff");
    struct sqli_caps caps = sqli__caps_from_mask(mask);
    assert_span_hex(sqli__caps_mask(&caps), "80000000000000000000000000000001");
    support_free(mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_vector_has_its_trace_and_its_bytes),
        cmocka_unit_test(login_strings_count_their_nul),
        cmocka_unit_test(mask_bits_count_from_the_most_significant),
        cmocka_unit_test(the_agreed_mask_has_only_what_both_have),
        cmocka_unit_test(what_a_long_mask_has_more_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
