/* The wire trace: one line a message, whatever arrives, and never a password. */
#include "tests/support/capture.h"

#include "protocol/trace.h"
#include "protocol/wire_print.h"

static void collect(void *context, const char *line, size_t length)
{
    struct sqli_buffer *text = context;
    sqli__buffer_append(text, line, length);
    sqli__buffer_text(text, "\n");
}

static void feed_hex(struct sqli_trace *trace, enum sqli_direction direction, const char *hex)
{
    struct sqli_span bytes = support_unhex(hex);
    sqli__trace_feed(trace, direction, bytes);
    support_free(bytes);
}

static void assert_text(struct sqli_buffer *text, const char *wanted)
{
    sqli__buffer_byte(text, 0);
    assert_string_equal((const char *)text->data, wanted);
    sqli__buffer_clear(text);
}

static bool contains(const struct sqli_buffer *text, const char *needle)
{
    size_t length = strlen(needle);
    for (size_t i = 0; i + length <= text->length; i++)
        if (memcmp(text->data + i, needle, length) == 0)
            return true;
    return false;
}

static void a_recorded_login_shows_everything_but_the_password(void **state)
{
    (void)state;
    struct capture capture = capture_load("06-transactions.hex");
    struct sqli_buffer text;
    struct sqli_trace trace;
    sqli__buffer_init(&text, 1 << 20);
    sqli__trace_init(&trace, 0, collect, &text);
    for (size_t k = 0; k < 8; k++)
        sqli__trace_feed(&trace, capture.flushes[k].direction, capture.flushes[k].bytes);
    assert_true(contains(&text, "C> LOGIN type=1"));
    assert_true(contains(&text, "user=\"informix\" password=***"));
    assert_true(contains(&text, "S> LOGIN_REPLY type=2"));
    assert_true(contains(&text, "C> DBOPEN name=\"testdb\" mode=0"));
    assert_false(contains(&text, "in4mix"));
    assert_false(contains(&text, "696e346d6978")); /* nor as hex */
    sqli__trace_free(&trace);
    sqli__buffer_free(&text);
    capture_free(&capture);
}

static void pam_answers_are_left_out(void **state)
{
    (void)state;
    struct sqli_message m = {.id = SQLI_MSG_PAM_RESPONSE, .as.bytes = sqli__span_text("geheim")};
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1000);
    sqli__print(&m, SQLI_TO_SERVER, &sqli__caps_client, 0, &text);
    assert_text(&text, "RESPONSE answer=***");
    sqli__buffer_free(&text);
}

static void a_broken_pam_answer_shows_its_tag_alone(void **state)
{
    (void)state;
    struct sqli_buffer text;
    struct sqli_trace trace;
    sqli__buffer_init(&text, 1 << 16);
    sqli__trace_init(&trace, 0, collect, &text);
    trace.conversation.decoders[SQLI_TO_SERVER].login = false;
    feed_hex(&trace, SQLI_TO_SERVER, "0082 ffff 676568");
    feed_hex(&trace, SQLI_TO_SERVER, "65696d");
    assert_true(contains(&text, "bytes=0082...(7 bytes)"));
    assert_false(contains(&text, "676568"));
    assert_false(contains(&text, "65696d"));
    assert_false(contains(&text, "eim"));
    sqli__trace_free(&trace);
    sqli__buffer_free(&text);
}

static void literals_behind_the_word_password_are_left_out(void **state)
{
    static const struct {
        const char *sql;
        const char *shown;
    } cases[] = {
        {"select 'a', \"b\" from t", "select 'a', \\\"b\\\" from t"},
        {"set encryption password 'geheim' with hint 'x'",
         "set encryption password '***' with hint '***'"},
        {"CREATE USER u WITH PASSWORD \"it''s\"", "CREATE USER u WITH PASSWORD \\\"***\\\""},
        {"alter user u modify password'a''b'", "alter user u modify password'***''***'"},
        {"SET SESSION AUTHORIZATION TO 'u' using\n 'geheim'",
         "SET SESSION AUTHORIZATION TO 'u' using\\n '***'"},
        {"set session authorization to 'u' USING\r\n\f'geheim'",
         "set session authorization to 'u' USING\\x0d\\n\\x0c'***'"},
        {"set role 'u' using/* it's */{'a'} -- 'b'\n\"geheim\"",
         "set role 'u' using/* it's */{'a'} -- 'b'\\n\\\"***\\\""},
        {"delete from a using b where c = 'd'", "delete from a using b where c = 'd'"},
        {"select passwords, 'a' from t", "select passwords, 'a' from t"},
        {"select my_password, 'a' from t", "select my_password, 'a' from t"},
        {"select 'password', 'a' from t", "select 'password', 'a' from t"},
        /* quotes in comments open nothing, quotes in literals end nothing */
        {"-- it's\nset password 'geheim'", "-- it's\\nset password '***'"},
        {"{it's} set password 'geheim'", "{it's} set password '***'"},
        {"/*/ it's */ set password 'geheim'", "/*/ it's */ set password '***'"},
        {"set password /* it's */ 'geheim'", "set password /* it's */ '***'"},
        {"select '--', '/*', '{' set password 'geheim'",
         "select '--', '/*', '{' set password '***'"},
        {"a\nb\x01\xe9", "a\\nb\\x01\\xe9"},
    };
    (void)state;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqli__print_sql(&text, "sql", sqli__span_text(cases[i].sql), 200);
        sqli__buffer_byte(&text, 0);
        struct sqli_span shown = sqli__span(text.data + 6, text.length - 8);
        if (!sqli__span_equal(shown, sqli__span_text(cases[i].shown)))
            fail_msg("%s is shown as %s", cases[i].sql, (const char *)text.data);
        sqli__buffer_clear(&text);
    }
    sqli__buffer_free(&text);
}

static void long_fields_are_cut_and_say_so(void **state)
{
    (void)state;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1000);
    sqli__print_bytes(&text, "a", sqli__span_text("abcdefgh"), 4);
    assert_text(&text, " a=\"abcd\"...(8 bytes)");
    sqli__print_bytes(&text, "a", sqli__span("\0\1\2\3", 4), 2);
    assert_text(&text, " a=0001...(4 bytes)");
    sqli__print_sql(&text, "a", sqli__span_text("abcdefgh"), 3);
    assert_text(&text, " a=\"abc\"...(8 bytes)");
    sqli__buffer_free(&text);
}

/* The other direction goes on; what cannot be decoded is shown as it is. */
static void bytes_that_are_no_message_are_shown_in_hex(void **state)
{
    (void)state;
    struct sqli_buffer text;
    struct sqli_trace trace;
    sqli__buffer_init(&text, 1 << 16);
    sqli__trace_init(&trace, 0, collect, &text);
    trace.conversation.decoders[SQLI_TO_SERVER].login = false;
    trace.conversation.decoders[SQLI_TO_CLIENT].login = false;
    feed_hex(&trace, SQLI_TO_SERVER, "0023 000c 00ff 0102");
    feed_hex(&trace, SQLI_TO_SERVER, "000c");
    feed_hex(&trace, SQLI_TO_CLIENT, "00");
    feed_hex(&trace, SQLI_TO_CLIENT, "0c");
    assert_text(&text, "C> BEGIN\n"
                       "C> EOT\n"
                       "C> ?? the bytes received are not the protocol expected: tag 255 from the "
                       "client at byte 4 bytes=00ff0102\n"
                       "C> ?? not decoded bytes=000c\n"
                       "S> EOT\n");
    sqli__trace_free(&trace);
    sqli__buffer_free(&text);
}

static void the_limit_holds_for_bytes_that_are_no_message_too(void **state)
{
    (void)state;
    struct sqli_buffer text;
    struct sqli_trace trace;
    sqli__buffer_init(&text, 1 << 16);
    sqli__trace_init(&trace, 2, collect, &text);
    trace.conversation.decoders[SQLI_TO_SERVER].login = false;
    feed_hex(&trace, SQLI_TO_SERVER, "0003 0004 61626364 00ff 0102");
    feed_hex(&trace, SQLI_TO_SERVER, "00000001");
    assert_text(&text, "C> CURNAME name=\"ab\"...(4 bytes)\n"
                       "C> ?? the bytes received are not the protocol expected: tag 255 from the "
                       "client at byte 8 bytes=00ff...(4 bytes)\n"
                       "C> ?? not decoded bytes=0000...(4 bytes)\n");
    sqli__trace_free(&trace);
    sqli__buffer_free(&text);
}

/* Of a login that cannot be decoded, and of what follows it, no more than the header. */
static void a_broken_login_shows_no_password(void **state)
{
    (void)state;
    struct sqli_buffer text;
    struct sqli_trace trace;
    sqli__buffer_init(&text, 1 << 16);
    sqli__trace_init(&trace, 0, collect, &text);
    feed_hex(&trace, SQLI_TO_SERVER, "0012 01 3c 0000 0064 0065 0000003d 0003 696e");
    feed_hex(&trace, SQLI_TO_SERVER, "67656865696d");
    feed_hex(&trace, SQLI_TO_CLIENT, "0006 02 00 0000");
    assert_text(&text, "C> ?? the bytes received are not the protocol expected: LOGIN, byte 16: 3 "
                       "bytes wanted, 2 left in the message bytes=0012013c0000...(18 bytes)\n"
                       "C> ?? not decoded bytes=\"\"...(6 bytes)\n"
                       "S> ?? the bytes received are not the protocol expected: LOGIN_REPLY, "
                       "byte 4: type 2 and level 0 are not SQLI bytes=000602000000\n");
    sqli__trace_free(&trace);
    sqli__buffer_free(&text);
}

/* --- rows as values --- */

#define C SQLI_TO_SERVER
#define S SQLI_TO_CLIENT

/* Two statements; columns `a` INT, and `b c` VARCHAR(20). */
#define DESCRIBE_1                                                                               \
    "0008 0002 0001 00000000 0004 0001 00000002 00000000 00000000 0002 00000000 0000 0000 0000 " \
    "0000 00000000 00000004 6100"
#define DESCRIBE_2                                                                               \
    "0008 0002 0002 00000000 0015 0001 00000004 00000000 00000000 000d 00000000 0000 0000 0000 " \
    "0000 00000000 00000014 62206300"
#define FETCH(id)    "0004 000" id " 0009 00001000 0000 000c"
#define ROW_1(value) "000e 0000 00000004 " value
#define ROW_2        "000e 0000 00000003 027879 00"
#define FILE_OPEN    "0062 0000 0001 78 00 00000000 00000000 00000000"
#define EOT          "000c"

struct step {
    enum sqli_direction direction;
    const char *hex;
};

static const struct {
    const char *what;
    struct step steps[10];
    const char *row; /* the last line but the EOT */
} row_cases[] = {
    {"the row of the statement that the request addresses",
     {{S, DESCRIBE_1}, {C, FETCH("1")}, {S, ROW_1("00000007")}},
     "S> TUPLE warnings=0 a=7"},
    {"NULL",
     {{S, DESCRIBE_1}, {C, FETCH("1")}, {S, ROW_1("80000000")}},
     "S> TUPLE warnings=0 a=NULL"},
    {"a name of two words",
     {{S, DESCRIBE_2}, {C, FETCH("2")}, {S, ROW_2}},
     "S> TUPLE warnings=0 b_c=\"xy\""},
    {"replies come in the order of the requests",
     {{S, DESCRIBE_1},
      {S, DESCRIBE_2},
      {C, FETCH("1")},
      {C, FETCH("2")},
      {S, ROW_1("00000001")},
      {S, EOT},
      {S, ROW_2}},
     "S> TUPLE warnings=0 b_c=\"xy\""},
    {"a file dialogue is inside its reply",
     {{S, DESCRIBE_1}, {C, FETCH("1")}, {S, FILE_OPEN}, {S, EOT}, {C, EOT}, {S, ROW_1("00000002")}},
     "S> TUPLE warnings=0 a=2"},
    {"a new description replaces the old",
     {{S, DESCRIBE_2},
      {S, "0008 0002 0002 00000000 0004 0001 00000002 00000000 00000000 0002 00000000 "
          "0000 0000 0000 0000 00000000 00000004 6100"},
      {C, FETCH("2")},
      {S, ROW_1("00000003")}},
     "S> TUPLE warnings=0 a=3"},
    {"no request in flight",
     {{S, DESCRIBE_1}, {S, ROW_1("00000007")}},
     "S> TUPLE warnings=0 size=4 payload=00000007"},
    {"a statement that was not described",
     {{S, DESCRIBE_1}, {C, FETCH("2")}, {S, ROW_1("00000007")}},
     "S> TUPLE warnings=0 size=4 payload=00000007"},
    {"a row that does not fit",
     {{S, DESCRIBE_1}, {C, FETCH("1")}, {S, "000e 0000 00000002 0007"}},
     "S> TUPLE warnings=0 size=2 payload=0007"},
    {"generated keys have a description of their own",
     {{S, "0087 0002 0000 00000000 0004 0001 00000002 00000000 00000000 0106 00000000 0000 0000 "
          "0000 0000 00000000 00000004 6b00"},
      {S, "0088 0000 00000004 0000004d"}},
     "S> SGKTUPLE warnings=0 k=77"},
};

static void run_steps(const struct step *steps, bool bytes_only, struct sqli_buffer *text)
{
    struct sqli_trace trace;
    sqli__trace_init(&trace, 0, collect, text);
    trace.bytes_only = bytes_only;
    for (int d = 0; d < 2; d++) {
        trace.conversation.decoders[d].login = false;
        trace.conversation.decoders[d].caps =
            sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
    }
    for (; steps->hex; steps++)
        feed_hex(&trace, steps->direction, steps->hex);
    sqli__trace_free(&trace);
}

static void rows_are_shown_as_values_where_their_columns_are_known(void **state)
{
    (void)state;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 16);
    for (size_t i = 0; i < sizeof row_cases / sizeof row_cases[0]; i++) {
        run_steps(row_cases[i].steps, false, &text);
        if (!contains(&text, row_cases[i].row))
            fail_msg("%s: %.*s", row_cases[i].what, (int)text.length, (const char *)text.data);
        sqli__buffer_clear(&text);
    }
    run_steps(row_cases[0].steps, true, &text);
    assert_true(contains(&text, "TUPLE warnings=0 size=4 payload=00000007"));
    sqli__buffer_free(&text);
}

/* Without memory the trace shows less, and that is all. */
struct shown {
    const struct step *steps;
    struct sqli_span whole;
};

static enum sqli_status trace_rows(void *context, struct sqli_error *error)
{
    const struct shown *shown = context;
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 16);
    run_steps(shown->steps, false, &text);
    bool whole = sqli__span_equal(sqli__buffer_view(&text), shown->whole);
    sqli__buffer_free(&text);
    return whole ? SQLI_OK : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
}

static void short_memory_only_shows_less(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct sqli_buffer text;
        sqli__buffer_init(&text, 1 << 16);
        run_steps(row_cases[i].steps, false, &text);
        struct shown shown = {row_cases[i].steps, sqli__buffer_view(&text)};
        assert_true(support_fail_each_allocation(trace_rows, &shown) > 5);
        sqli__buffer_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_login_shows_everything_but_the_password),
        cmocka_unit_test(pam_answers_are_left_out),
        cmocka_unit_test(a_broken_pam_answer_shows_its_tag_alone),
        cmocka_unit_test(literals_behind_the_word_password_are_left_out),
        cmocka_unit_test(long_fields_are_cut_and_say_so),
        cmocka_unit_test(the_limit_holds_for_bytes_that_are_no_message_too),
        cmocka_unit_test(a_broken_login_shows_no_password),
        cmocka_unit_test(rows_are_shown_as_values_where_their_columns_are_known),
        cmocka_unit_test(short_memory_only_shows_less),
        cmocka_unit_test(bytes_that_are_no_message_are_shown_in_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
