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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_login_shows_everything_but_the_password),
        cmocka_unit_test(pam_answers_are_left_out),
        cmocka_unit_test(literals_behind_the_word_password_are_left_out),
        cmocka_unit_test(long_fields_are_cut_and_say_so),
        cmocka_unit_test(the_limit_holds_for_bytes_that_are_no_message_too),
        cmocka_unit_test(a_broken_login_shows_no_password),
        cmocka_unit_test(bytes_that_are_no_message_are_shown_in_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
