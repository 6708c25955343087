/* The scrubber: texts one by one, and every recorded session, which must keep its shape. */
#include "tests/peer/recorder.h"
#include "tests/peer/scrub.h"
#include "tests/peer/scrub_text.h"
#include "tests/peer/scrub_values.h"
#include "tests/support/capture.h"

#include <stdlib.h>

enum { TEXT_MAX = 256 };

/* --- texts --- */

static void test_sql(void **state)
{
    static const struct {
        const char *from;
        const char *to;
    } cases[] = {
        {"select tabname from systables where tabid = 17",
         "select tabname from systables where tabid = 00"},
        {"insert into Salaries values ('O''Hara', 1.5e-7, 'x')",
         "insert into n0000000 values ('xxxxxxx', 0.0e-0, 'x')"},
        {"-- for the boss\nselect 1 /* secret */ from t {why}",
         "--xxxxxxxxxxxxx\nselect 0 /*xxxxxxxx*/ from n {xxx}"},
        {"select --+ordered\n salaries.pay from \"hr\".salaries",
         "select --+xxxxxxx\n n0000000.n00 from \"n0\".n0000000"},
        {"select first 10 * from hr:salaries@moon", "select first 00 * from n0:n0000000@n000"},
        {"select \"my pay\" from salaries", "select \"xxxxxx\" from n0000000"},
        {"update t set a = DATETIME(2026-05-04 12:34) YEAR TO MINUTE",
         "update n set o = DATETIME(0000-00-00 00:00) YEAR TO MINUTE"},
        {"select DBINFO('version','full'), 'full of it' from t",
         "select DBINFO('version','full'), 'xxxxxxxxxx' from n"},
        {"select 'never closed", "select xxxxxxxxxxxxx"},
        {"select \x01\x02 from \xc3\xa4mter", "select xx from n00000"},
        {"", ""},
    };
    struct peer_names names;
    (void)state;
    peer_names_init(&names);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TEXT_MAX];
        size_t length = strlen(cases[i].from);
        memcpy(text, cases[i].from, length + 1);
        peer_scrub_sql(&names, false, (uint8_t *)text, length);
        assert_string_equal(text, cases[i].to);
    }
    peer_names_free(&names);
}

typedef void scrub_one(struct peer_names *names, uint8_t *text, size_t length);

static void plain(struct peer_names *names, uint8_t *text, size_t length)
{
    (void)names;
    peer_scrub_text(text, length);
}

static void literal(struct peer_names *names, uint8_t *text, size_t length)
{
    (void)names;
    peer_scrub_literal(text, length);
}

static void test_other_texts(void **state)
{
    static const struct {
        scrub_one *how;
        const char *from;
        const char *to;
    } cases[] = {
        {plain, "Bob, 42  ", "xxxxx00  "},
        {plain, "en_US.819", "en_US.819"},
        {plain, "en_US.bob", "xxxxxxxxx"},
        {plain, "de_DE.utf8 ", "de_DE.utf8 "},
        {literal, "ROW('Bob',30  )", "ROW('xxx',00  )"},
        {literal, "LIST{10,NULL}", "LIST{00,xxxx}"},
        {literal, "BOB{10}", "xxx{00}"},
        {peer_scrub_name, "(count(*))", "(count(*))"},
        {peer_scrub_name, "salary of bob", "n000000000000"},
        {peer_scrub_name, "bob@moon", "n00@n000"},
        {peer_scrub_type_name, "ROW(bob decimal(8,2))", "ROW(n00 decimal(8,2))"},
        {peer_scrub_near, "informix.bob", "informix.n00"},
        {peer_scrub_near, "not for bob 7", "xxxxxxxxxxxx0"},
    };
    struct peer_names names;
    (void)state;
    peer_names_init(&names);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TEXT_MAX];
        size_t length = strlen(cases[i].from);
        memcpy(text, cases[i].from, length + 1);
        cases[i].how(&names, (uint8_t *)text, length);
        assert_string_equal(text, cases[i].to);
    }
    peer_names_free(&names);
}

static void test_environment(void **state)
{
    static const char *const cases[][4] = {
        {"DBDATE", "Y4MD-", "DBDATE", "Y4MD-"},
        {"DBPATH", ".", "DBPATH", "."},
        {"DBPATH", "//moon/data", "DBPATH", "xxxxxxxxxxx"},
        {"DBDATE", "a text of more than 24 bytes", "DBDATE", "xxxxxxxxxxxxxxxxxxxx00xxxxxx"},
        {"BOBS_KEY7", "12ab", "xxxxxxxx0", "00xx"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[TEXT_MAX], value[TEXT_MAX];
        snprintf(name, sizeof name, "%s", cases[i][0]);
        snprintf(value, sizeof value, "%s", cases[i][1]);
        peer_scrub_variable((uint8_t *)name, strlen(name), (uint8_t *)value, strlen(value));
        assert_string_equal(name, cases[i][2]);
        assert_string_equal(value, cases[i][3]);
    }
}

/* Names are told apart as long as there is room for it, and every one keeps its number. */
static void test_many_names(void **state)
{
    enum { MANY = 3000 };
    static char first[MANY][16];
    struct peer_names names;
    (void)state;
    peer_names_init(&names);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            char name[16];
            snprintf(name, sizeof name, round ? "T_%04d" : "t_%04d", i);
            peer_names_replace(&names, (uint8_t *)name, strlen(name));
            if (round)
                assert_string_equal(name, first[i]);
            memcpy(first[i], name, sizeof name);
        }
    assert_string_equal(first[0], "n00000");
    assert_string_equal(first[MANY - 1], "n02999");
    char last[] = "t_9999";
    names.numbers[6] = 100000;
    peer_names_replace(&names, (uint8_t *)last, 6);
    assert_string_equal(last, "o00000");
    peer_names_free(&names);
}

/* They are looked up by halves. */
static void test_the_known_names_are_in_order(void **state)
{
    static const char *const known[] = {
#include "tests/peer/system_names.def"
    };
    (void)state;
    for (size_t i = 1; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i - 1], known[i]) >= 0)
            fail_msg("%s stands behind %s", known[i], known[i - 1]);
    assert_true(peer_name_is_known(sqli__span_text("SysTables")));
    assert_true(peer_name_is_known(sqli__span_text("select")));
    assert_false(peer_name_is_known(sqli__span_text("salaries")));
}

/* --- values that no recording has --- */

static void test_a_row_that_does_not_fit_is_nothing(void **state)
{
    struct sqli_column column = {.type = {.code = SQLI_TYPE_VARCHAR, .length = 20}};
    const struct sqli_describe d = {.count = 1, .columns = &column};
    struct sqli_shape shape;
    uint32_t segments[2];
    uint8_t row[] = {3, 'b', 'o', 'b', 'x'};
    (void)state;
    assert_int_equal(sqli__shape_init(&shape, &d, &sqli__caps_client, NULL), SQLI_OK);
    peer_scrub_row(&shape, segments, row, 4);
    assert_memory_equal(row, "\3xxxx", 5);
    row[3] = 'b';
    peer_scrub_row(&shape, segments, row, 5);
    assert_memory_equal(row, "\0\0\0\0\0", 5);
    row[3] = 'b';
    peer_scrub_row(NULL, NULL, row, 5);
    assert_memory_equal(row, "\0\0\0\0\0", 5);
    sqli__shape_free(&shape);
}

/* --- recordings --- */

struct listener {
    struct peer_scrub scrub;
    struct sqli_conversation clean; /* hears what is left */
    struct sqli_buffer bytes;
    struct sqli_buffer rebuilt;
    uint16_t id; /* of the message that was scrubbed last */
    size_t messages, changed;
};

static enum sqli_status hear_clean(void *context, enum sqli_direction direction,
                                   const struct sqli_message *message, struct sqli_span bytes,
                                   const struct sqli_caps *caps, struct sqli_error *error)
{
    struct listener *l = context;
    assert_int_equal(message->id, l->id);
    sqli__buffer_clear(&l->rebuilt);
    SQLI_TRY(sqli__encode(message, direction, caps, &l->rebuilt, error));
    if (!sqli__span_equal(sqli__buffer_view(&l->rebuilt), bytes))
        fail_msg("rebuilt otherwise: %s", support_hex(bytes));
    l->messages++;
    return SQLI_OK;
}

static enum sqli_status hear(void *context, enum sqli_direction direction,
                             const struct sqli_message *message, struct sqli_span bytes,
                             const struct sqli_caps *caps, struct sqli_error *error)
{
    struct listener *l = context;
    size_t before = l->messages;
    sqli__buffer_clear(&l->bytes);
    SQLI_TRY(peer_scrub_message(&l->scrub, direction, message, bytes, caps, &l->bytes, error));
    struct sqli_span clean = sqli__buffer_view(&l->bytes);
    assert_int_equal(clean.length, bytes.length);
    l->changed += !sqli__span_equal(clean, bytes);
    l->id = message->id;
    SQLI_TRY(sqli__conversation_feed(&l->clean, direction, clean, error));
    assert_int_equal(l->messages, before + 1);
    return SQLI_OK;
}

static void connect_listener(struct listener *l, struct sqli_conversation *heard,
                             struct peer_names *names)
{
    peer_scrub_init(&l->scrub, names);
    sqli__conversation_init(&l->clean, SQLI_MESSAGE_LIMIT, hear_clean, l);
    sqli__conversation_init(heard, SQLI_MESSAGE_LIMIT, hear, l);
}

static void disconnect_listener(struct listener *l, struct sqli_conversation *heard)
{
    peer_scrub_free(&l->scrub);
    sqli__conversation_free(&l->clean);
    sqli__conversation_free(heard);
}

static bool is_sqli(const struct capture_flush *flush)
{
    return !flush->new_connection || flush->bytes.data[0] != 0x16;
}

static void scrub_capture(const struct capture *capture, struct listener *l)
{
    struct sqli_conversation heard;
    struct sqli_error error;
    struct peer_names names;
    peer_names_init(&names);
    connect_listener(l, &heard, &names);
    for (size_t k = 0; k < capture->count; k++) {
        const struct capture_flush *flush = &capture->flushes[k];
        if (flush->new_connection) {
            disconnect_listener(l, &heard);
            connect_listener(l, &heard, &names);
        }
        if (is_sqli(flush) &&
            sqli__conversation_feed(&heard, flush->direction, flush->bytes, &error) != SQLI_OK)
            fail_msg("%s line %zu: %s", capture->file, flush->line, error.message);
    }
    disconnect_listener(l, &heard);
    peer_names_free(&names);
}

static void test_every_recorded_message_keeps_its_shape(void **state)
{
    struct listener l = {.messages = 0};
    (void)state;
    sqli__buffer_init(&l.bytes, SQLI_MESSAGE_LIMIT);
    sqli__buffer_init(&l.rebuilt, SQLI_MESSAGE_LIMIT);
    for (size_t i = 0; i < CAPTURE_FILES; i++) {
        struct capture capture = capture_load(capture_files[i]);
        scrub_capture(&capture, &l);
        capture_free(&capture);
    }
    sqli__buffer_free(&l.bytes);
    sqli__buffer_free(&l.rebuilt);
    assert_int_equal(l.messages, 63819);
    assert_true(l.changed > 40000);
}

/* --- what is not understood --- */

/* A recorder's file for bytes of one client, in a static buffer. */
static const char *record(const char *const *flushes, size_t count, bool scrub)
{
    static char written[1 << 16];
    FILE *file = fmemopen(written, sizeof written, "w");
    struct peer_recorder recorder;
    peer_recorder_init(&recorder, file, NULL, scrub);
    struct peer_observer observer = peer_recorder_observer(&recorder);
    for (size_t i = 0; i < count; i++) {
        struct sqli_span bytes = support_unhex(flushes[i]);
        observer.on_bytes(observer.context, 1, SQLI_TO_SERVER, bytes);
        support_free(bytes);
    }
    peer_recorder_finish(&recorder);
    fclose(file);
    return written;
}

/* A login, then a tag that nobody knows, with a secret behind it. */
static void test_an_unknown_tag_ends_the_trace(void **state)
{
    static const char login[] =
        "008d013c0000006400650000003d0006494545454d00006c73716c6578656300000000000006392e"
        "32383000000c524453235230303030303000000573716c69000000013c0000000000000000000100"
        "04626f62000004736563006f6c0000000000000000003d746c697463700000000000010068000b00"
        "00000300046d6f6e0000000000000000000000007f";
    const char *flushes[] = {login, "0035000c 7fff 736563726574"};
    (void)state;
    const char *plain_text = record(flushes, 2, false);
    assert_non_null(strstr(plain_text, "7fff736563726574"));
    const char *clean = record(flushes, 2, true);
    assert_non_null(strstr(clean, "0035000c"));
    assert_null(strstr(clean, "7fff"));
    assert_null(strstr(clean, "7365637265"));
    assert_null(strstr(clean, "626f62"));
    assert_non_null(strstr(clean, "# left out: the rest of this connection. What the client said "
                                  "from byte 145 on"));
}

/* A message that never became whole is no message. */
static void test_half_a_message_is_left_out(void **state)
{
    const char *flushes[] = {"015c013c0000006400650000003d"};
    (void)state;
    assert_string_equal(record(flushes, 1, true),
                        "# connection\n# left out: the rest of this connection. What the client "
                        "said from byte 0 on is not understood\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sql),
        cmocka_unit_test(test_other_texts),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_the_known_names_are_in_order),
        cmocka_unit_test(test_a_row_that_does_not_fit_is_nothing),
        cmocka_unit_test(test_every_recorded_message_keeps_its_shape),
        cmocka_unit_test(test_an_unknown_tag_ends_the_trace),
        cmocka_unit_test(test_half_a_message_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
