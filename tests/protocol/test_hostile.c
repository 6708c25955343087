/* What a broken or hostile peer may send: each ends in an error that names the message and the
 * place, and nothing is read or allocated past its bounds (the sanitizers watch). */
#include "tests/support/capture.h"

#include <stdlib.h>

struct attempt {
    enum sqli_status status;
    size_t need;
    size_t arena_used;
    struct sqli_error error;
};

static struct attempt decode(enum sqli_direction direction, bool login, const char *hex)
{
    struct sqli_span bytes = support_unhex(hex);
    struct attempt a = {.status = SQLI_OK};
    struct sqli_decoder d;
    sqli__decoder_init(&d, direction, login);
    d.caps = sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
    for (size_t at = 0, used; at < bytes.length && a.status == SQLI_OK; at += used) {
        struct sqli_message m;
        struct sqli_span rest = sqli__span(bytes.data + at, bytes.length - at);
        a.status = sqli__decode(&d, rest, &m, &used, &a.error);
        if (d.arena.used > a.arena_used)
            a.arena_used = d.arena.used;
    }
    a.need = d.need;
    sqli__decoder_free(&d);
    support_free(bytes);
    return a;
}

#define C SQLI_TO_SERVER
#define S SQLI_TO_CLIENT

static const struct {
    enum sqli_direction direction;
    const char *hex;
    const char *message;
} impossible[] = {
    {S, "0000", "tag 0 from the server at byte 0"},
    {S, "ffff", "tag 65535 from the server at byte 0"},
    {C, "01ff", "tag 511 from the client at byte 0"},
    {S, "0002", "tag 2, PREPARE from the server at byte 0"}, /* the other side's */
    {C, "000e", "tag 14, TUPLE from the client at byte 0"},
    {C, "000e 0000 00000000", "tag 14, TUPLE from the client at byte 0"},
    {S, "0012", "tag 18, PUTERR from the server at byte 0"}, /* known by name alone */
    {C, "0041", "tag 65, XROLLBACK from the client at byte 0"},
    {S, "000e 0000 00000001 61 00 0000", "tag 0 from the server at byte 10"},
    {C, "0023 000c 0008", "tag 8, DESCRIBE from the client at byte 4"},
    /* counts */
    {S, "0008 0002 0000 00000000 0000 ffff 00000000", "DESCRIBE, byte 14: count is 65535"},
    {S, "0008 0002 0000 00000000 0000 8000 00000000", "DESCRIBE, byte 14: count is 32768"},
    {S, "007d ffff", "IDESCRIBE, byte 4: count is 65535"},
    {C, "0005 ffff", "BIND, byte 4: count is 65535"},
    {C, "0029 8000", "BBIND, byte 4: blobs is 32768"},
    {C, "0064 0001 ffff", "RET_TYPE, byte 6: count is 65535"},
    {S, "0067 ffff", "FPROUTINE, byte 4: count is 65535"},
    {C, "0086 0002 ffff", "GENERATED_KEYS, byte 6: count is 65535"},
    {C, "0002 ffff", "PREPARE, byte 4: placeholders is 65535"},
    /* lengths */
    {S, "000e 0000 ffffffff", "TUPLE, byte 8: size is -1"},
    {S, "000e 0000 7fffffff", "TUPLE, byte 8: size is 2147483647"},
    {S, "000e 0000 04000001", "TUPLE, byte 8: size is 67108865"},
    {C, "0011 80000000", "PUT, byte 6: size is -2147483648"},
    {C, "0002 0000 80000000", "PREPARE, byte 8: the length of sql"},
    {C, "0001 0000 7fffffff", "COMMAND, byte 8: the length of sql"},
    {S, "0027 ffff", "BLOB, byte 4: the length of data is -1"},
    {C, "0003 8000", "CURNAME, byte 4: the length of name is -32768"},
    {S, "000d ff36 0000 00000000 ffff", "ERR, byte 12: the length of text is -1"},
    {S, "0008 0002 0000 00000000 0000 0001 ffffffff", "DESCRIBE, byte 18: strings_size is -1"},
    {C, "0005 0001 002b 0000 0000 0000 0000 ffffffff", "BIND, byte 18: the length of data"},
    {C, "006a ffffffff", "FILE_READ, byte 6: total is -1"},
    {S, "0061 0000 ffffffff", "LODATA, byte 8: length is -1"},
    /* kinds that nobody knows */
    {C, "0005 0001 0063 0000 0000 0000 0000", "BIND, byte 14: a value of type 99"},
    {C, "0005 0001 0009 0000 0000", "BIND, byte 10: a value of type 9"},
    {S, "0062 0004", "FILE, byte 4: operation 4 is not known"},
    {S, "0062 ffff", "FILE, byte 4: operation -1 is not known"},
    {C, "0061 0003", "LODATA, byte 4: operation 3 is not known"},
    {C, "0086 0000", "GENERATED_KEYS, byte 4: kind 0 is not known"},
    {C, "0051 0003 0006 0000 0000", "INFO, byte 4: subtype 3 is not known"},
    /* chunks against what was announced */
    {C, "006a 00000003 006a 0004 61626364", "4 bytes, 3 announced"},
    {C, "006a 00000003 006a 0000", "0 bytes, 3 announced"},
    {C, "006a 00000005 006a 0003 616263 00 006a 0003 616263 00", "3 bytes, 2 announced"},
    {C, "006a 00000003 000c", "tag 12, EOT from the client at byte 6"},
    {S, "0061 0000 00000002 0003 616263 00", "3 bytes, 2 announced"},
};

static void impossible_bytes_are_errors_that_name_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        struct attempt a = decode(impossible[i].direction, false, impossible[i].hex);
        if (a.status != SQLI_FAIL || a.error.code != SQLI_E_PROTOCOL ||
            !strstr(a.error.message, impossible[i].message))
            fail_msg("%s: status %d, %s", impossible[i].hex, a.status,
                     a.status == SQLI_FAIL ? a.error.message : "no error");
    }
}

static void login_messages_are_bounded_by_their_own_length(void **state)
{
    static const struct {
        enum sqli_direction direction;
        const char *hex;
        const char *message;
    } cases[] = {
        {C, "0005 01 3c 0000", "LOGIN, byte 6: the length is 5"},
        {C, "0006 01 3c 0000", "LOGIN, byte 6: 2 bytes wanted, 0 left"},
        {C, "0010 02 3c 0000", "type 2 and level 60 are not SQLI"},
        {S, "0010 01 3c 0000", "type 1 and level 60 are not SQLI"},
        {S, "1503 03 00 0202", "type 3 and level 0 are not SQLI"},   /* a TLS alert */
        {S, "4854 54 50 2f31", "type 84 and level 80 are not SQLI"}, /* HTTP/1 */
        {C, "0008 01 3c 0000 0063", "LOGIN, byte 8: ASSOC should be 100, not 99"},
        {C, "000c 01 3c 0000 0064 0065 0000", "LOGIN, byte 10: 4 bytes wanted, 2 left"},
        {C, "0010 01 3c 0000 0064 0065 0000003d 0001", "LOGIN, byte 16: 1 bytes wanted"},
        {C, "0012 01 3c 0000 0064 0065 0000003d 0001 41 42",
         "LOGIN, byte 17: float does not end in NUL"},
        {C, "0010 01 3c 0000 0064 0065 0000003d ffff", "LOGIN, byte 16: the length of float is -1"},
        {S, "0010 0d 3c 0000 0001 0004 61626364 0000", "LOGIN_REPLY, byte 14: 2 bytes too many"},
        {S, "00060d3c0000", "LOGIN_REPLY, byte 6: 2 bytes wanted, 0 left"},
        {S, "000a 0d 3c 0000 0001 7fff", "LOGIN_REPLY, byte 10: 32767 bytes wanted, 0 left"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct attempt a = decode(cases[i].direction, true, cases[i].hex);
        if (a.status != SQLI_FAIL || !strstr(a.error.message, cases[i].message))
            fail_msg("%s: status %d, %s", cases[i].hex, a.status,
                     a.status == SQLI_FAIL ? a.error.message : "no error");
    }
}

/* A huge count costs nothing before so many bytes have arrived. */
static void counts_allocate_only_for_bytes_that_are_there(void **state)
{
    static const struct {
        enum sqli_direction direction;
        const char *hex;
        size_t need;
    } cases[] = {
        {S, "0008 0002 0000 00000000 0000 7fff 00000000", 18 + 32767 * 28},
        {C, "0005 7fff", 4 + 32767 * 6},
        {S, "007d 7fff 0000", 6 + 32767 * 22},
        {C, "0064 0001 7fff", 6 + 32767 * 6},
        {S, "000e 0000 04000000", 8 + (1 << 26)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct attempt a = decode(cases[i].direction, false, cases[i].hex);
        assert_int_equal(a.status, SQLI_MORE);
        assert_int_equal(a.arena_used, 0);
        assert_int_equal(a.need, cases[i].need);
    }
}

/* The longest list that is legal, one byte at a time: quadratic work would take minutes. */
static void a_long_list_in_single_bytes_costs_linear_time(void **state)
{
    enum { COUNT = 32767, HEAD = 4, ITEM = 6 };
    (void)state;
    struct sqli_decoder d;
    struct sqli_message m;
    size_t used = 0;
    struct sqli_error error;
    size_t size = HEAD + COUNT * (ITEM + 4);
    uint8_t *bytes = calloc(size, 1);
    assert_non_null(bytes);
    memcpy(bytes, "\x00\x05\x7f\xff", HEAD);
    for (size_t i = 0; i < COUNT; i++)
        memcpy(bytes + HEAD + i * (ITEM + 4), "\x00\x02\x00\x00\x0a\x00\x00\x00\x00\x07", 10);
    sqli__decoder_init(&d, SQLI_TO_SERVER, false);
    for (size_t length = HEAD + COUNT * ITEM; length < size; length++) {
        assert_int_equal(sqli__decode(&d, sqli__span(bytes, length), &m, &used, &error), SQLI_MORE);
        assert_true(d.need > length);
        assert_int_equal(d.checkpoint.item, (length - HEAD) / (ITEM + 4));
    }
    assert_int_equal(sqli__decode(&d, sqli__span(bytes, size), &m, &used, &error), SQLI_OK);
    assert_int_equal(used, size);
    assert_int_equal(m.as.bind.values[COUNT - 1].data.data[3], 7);
    sqli__decoder_free(&d);
    free(bytes);
}

static void an_endless_list_ends_at_the_bound(void **state)
{
    enum { COUNT = SQLI_WIRE_COUNT_MAX + 1, ITEM = 4 };
    (void)state;
    struct sqli_decoder d;
    struct sqli_message m;
    size_t used = 0;
    struct sqli_error error;
    size_t size = 2 + COUNT * ITEM + 2;
    uint8_t *bytes = calloc(size, 1); /* the last item is empty */
    assert_non_null(bytes);
    memcpy(bytes, "\x00\x1a", 2);
    for (size_t i = 0; i < COUNT; i++)
        memcpy(bytes + 2 + i * ITEM, "\x00\x01x\x00", ITEM);
    sqli__decoder_init(&d, SQLI_TO_CLIENT, false);
    assert_int_equal(sqli__decode(&d, sqli__span(bytes, size), &m, &used, &error), SQLI_FAIL);
    assert_non_null(strstr(error.message, "names has more than 32767 items"));
    sqli__decoder_free(&d);
    memset(bytes + 2 + SQLI_WIRE_COUNT_MAX * ITEM, 0, ITEM);
    sqli__decoder_init(&d, SQLI_TO_CLIENT, false);
    assert_int_equal(sqli__decode(&d, sqli__span(bytes, size), &m, &used, &error), SQLI_OK);
    assert_int_equal(m.as.names.count, SQLI_WIRE_COUNT_MAX);
    sqli__decoder_free(&d);
    free(bytes);
}

static void memory_does_not_grow_with_the_messages(void **state)
{
    (void)state;
    struct sqli_decoder d;
    struct sqli_message m;
    size_t used = 0;
    struct sqli_error error;
    struct sqli_span bind = support_unhex("0005 0001 0002 0000 0a00 00000007");
    sqli__decoder_init(&d, SQLI_TO_SERVER, false);
    assert_int_equal(sqli__decode(&d, bind, &m, &used, &error), SQLI_OK);
    size_t once = d.arena.used;
    for (int i = 0; i < 10; i++)
        assert_int_equal(sqli__decode(&d, bind, &m, &used, &error), SQLI_OK);
    assert_int_equal(d.arena.used, once);
    sqli__decoder_free(&d);
    support_free(bind);
}

/* What was asked for is remembered: fewer bytes, or none, are not looked at. */
static void fewer_bytes_than_asked_for_are_not_read_again(void **state)
{
    (void)state;
    struct sqli_decoder d;
    struct sqli_message m;
    size_t used = 0;
    struct sqli_error error;
    struct sqli_span start = support_unhex("000e 0000 00000004 01");
    sqli__decoder_init(&d, SQLI_TO_CLIENT, false);
    assert_int_equal(sqli__decode(&d, sqli__span(NULL, 0), &m, &used, &error), SQLI_MORE);
    assert_true(d.need > 0);
    assert_int_equal(sqli__decode(&d, start, &m, &used, &error), SQLI_MORE);
    assert_int_equal(d.need, 12);
    struct sqli_span other = support_unhex("ffff ffff ffff ffff ffff ff");
    assert_int_equal(sqli__decode(&d, other, &m, &used, &error), SQLI_MORE);
    assert_int_equal(d.need, 12);
    sqli__decoder_free(&d);
    sqli__decoder_init(&d, SQLI_TO_CLIENT, true);
    assert_int_equal(sqli__decode(&d, sqli__span(NULL, 0), &m, &used, &error), SQLI_MORE);
    sqli__decoder_free(&d);
    support_free(start);
    support_free(other);
}

/* --- truncation and corruption of everything that was recorded --- */

static void swallow(const struct sqli_decoder *like, struct sqli_span bytes)
{
    struct sqli_decoder d;
    struct sqli_error error;
    enum sqli_status status = SQLI_OK;
    sqli__decoder_init(&d, like->direction, like->login);
    d.caps = like->caps;
    for (size_t at = 0, used; at < bytes.length && status == SQLI_OK; at += used) {
        struct sqli_message m;
        status =
            sqli__decode(&d, sqli__span(bytes.data + at, bytes.length - at), &m, &used, &error);
        assert_true(status != SQLI_OK || used > 0);
        assert_true(status != SQLI_MORE || d.need > bytes.length - at);
    }
    sqli__decoder_free(&d);
}

/* The copy is as large as the bytes, so that the sanitizer sees every read past the end. */
static void corrupt_and_swallow(const struct sqli_decoder *like, struct sqli_span bytes,
                                uint64_t *seed)
{
    uint8_t *copy = malloc(bytes.length);
    assert_non_null(copy);
    for (int round = 0; round < 20; round++) {
        size_t length = (size_t)support_random_between(seed, 1, (int64_t)bytes.length);
        memcpy(copy, bytes.data, length);
        int64_t changes = support_random_between(seed, 0, 3);
        for (int64_t i = 0; i < changes; i++)
            copy[support_random(seed) % length] ^= (uint8_t)support_random(seed);
        uint8_t *exact = malloc(length);
        assert_non_null(exact);
        memcpy(exact, copy, length);
        swallow(like, sqli__span(exact, length));
        free(exact);
    }
    free(copy);
}

static void cut_and_corrupted_recordings_never_escape_their_bounds(void **state)
{
    (void)state;
    uint64_t seed = 20240217;
    for (size_t i = 0; i < CAPTURE_FILES; i++) {
        struct capture capture = capture_load(capture_files[i]);
        for (size_t k = 0; k < capture.count; k++) {
            const struct capture_flush *flush = &capture.flushes[k];
            struct sqli_decoder like = {.direction = flush->direction};
            like.caps = sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
            like.login = flush->new_connection || (k > 0 && capture.flushes[k - 1].new_connection);
            if (flush->bytes.length < 4096)
                corrupt_and_swallow(&like, flush->bytes, &seed);
        }
        capture_free(&capture);
    }
}

/* The limit of a decoder holds for what has arrived as for what is asked for. */
static void messages_past_the_limit_are_refused(void **state)
{
    static const struct {
        const char *hex;
        size_t limit;
        enum sqli_status status;
    } cases[] = {
        {"000e 0000 00000004 01020304", 12, SQLI_OK},
        {"000e 0000 00000004 01020304", 11, SQLI_FAIL},
        {"000e 0000 00000004 0102", 11, SQLI_FAIL},
        {"000e 0000 00000004 0102", 12, SQLI_MORE},
        {"000d ff32 0000 00000000 0004 74657374", 16, SQLI_OK},
        {"000d ff32 0000 00000000 0004 74657374", 15, SQLI_FAIL},
        {"000d ff32 0000 00000000 0004 74", 15, SQLI_FAIL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span bytes = support_unhex(cases[i].hex);
        struct sqli_decoder d;
        struct sqli_message m;
        struct sqli_error error;
        size_t used;
        sqli__decoder_init(&d, S, false);
        d.caps = sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
        d.limit = cases[i].limit;
        enum sqli_status status = sqli__decode(&d, bytes, &m, &used, &error);
        assert_int_equal(status, cases[i].status);
        if (status == SQLI_FAIL)
            assert_int_equal(error.code, SQLI_E_TOO_LARGE);
        sqli__decoder_free(&d);
        support_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_bytes_are_errors_that_name_the_place),
        cmocka_unit_test(login_messages_are_bounded_by_their_own_length),
        cmocka_unit_test(counts_allocate_only_for_bytes_that_are_there),
        cmocka_unit_test(a_long_list_in_single_bytes_costs_linear_time),
        cmocka_unit_test(an_endless_list_ends_at_the_bound),
        cmocka_unit_test(memory_does_not_grow_with_the_messages),
        cmocka_unit_test(fewer_bytes_than_asked_for_are_not_read_again),
        cmocka_unit_test(messages_past_the_limit_are_refused),
        cmocka_unit_test(cut_and_corrupted_recordings_never_escape_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
