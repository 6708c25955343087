/* Both directions as a listener hears them: what ends a feed, what bounds it, and from where on the
 * agreed capabilities hold. */
#include "tests/support/support.h"

#include "protocol/conversation.h"

struct heard {
    size_t messages;
    size_t refuse; /* the message that the listener does not want, counted from 1 */
    struct sqli_buffer text;
};

static enum sqli_status hear(void *context, enum sqli_direction direction,
                             const struct sqli_message *message, struct sqli_span bytes,
                             const struct sqli_caps *caps, struct sqli_error *error)
{
    struct heard *h = context;
    sqli__print(message, direction, caps, 0, &h->text);
    sqli__buffer_format(&h->text, " (%zu bytes, mask of %u)\n", bytes.length, caps->length);
    if (++h->messages == h->refuse)
        return sqli__fail(error, SQLI_E_ARGUMENT, "not this one");
    return SQLI_OK;
}

static void start(struct sqli_conversation *c, struct heard *h, size_t limit)
{
    *h = (struct heard){0};
    sqli__buffer_init(&h->text, 1 << 16);
    sqli__conversation_init(c, limit, hear, h);
    c->decoders[SQLI_TO_SERVER].login = false;
    c->decoders[SQLI_TO_CLIENT].login = false;
}

static void finish(struct sqli_conversation *c, struct heard *h)
{
    sqli__conversation_free(c);
    sqli__buffer_free(&h->text);
}

static enum sqli_status feed(struct sqli_conversation *c, enum sqli_direction direction,
                             const char *hex, struct sqli_error *error)
{
    struct sqli_span bytes = support_unhex(hex);
    enum sqli_status status = sqli__conversation_feed(c, direction, bytes, error);
    support_free(bytes);
    return status;
}

static void assert_heard(struct heard *h, const char *wanted)
{
    sqli__buffer_byte(&h->text, 0);
    assert_string_equal((const char *)h->text.data, wanted);
    sqli__buffer_clear(&h->text);
}

static void the_limit_is_one_of_messages_and_not_of_feeds(void **state)
{
    (void)state;
    struct sqli_conversation c;
    struct heard h;
    struct sqli_error error;
    start(&c, &h, 8);
    assert_int_equal(feed(&c, SQLI_TO_SERVER, "0023 000c 0013 000c 0003 0004 61626364", &error),
                     SQLI_OK);
    assert_int_equal(h.messages, 5);
    assert_int_equal(feed(&c, SQLI_TO_SERVER, "000c 0003 0005 61626364 6500", &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
    assert_int_equal(h.messages, 6);
    finish(&c, &h);
}

static void a_listener_may_end_the_feed_and_hears_the_rest_with_the_next(void **state)
{
    (void)state;
    struct sqli_conversation c;
    struct heard h;
    struct sqli_error error;
    start(&c, &h, 100);
    h.refuse = 2;
    assert_int_equal(feed(&c, SQLI_TO_SERVER, "0023 000c 0013", &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_ARGUMENT);
    assert_int_equal(sqli__conversation_pending(&c, SQLI_TO_SERVER), 2);
    assert_int_equal(feed(&c, SQLI_TO_SERVER, "000c", &error), SQLI_OK);
    assert_heard(&h, "BEGIN (2 bytes, mask of 0)\nEOT (2 bytes, mask of 0)\n"
                     "CMMTWORK (2 bytes, mask of 0)\nEOT (2 bytes, mask of 0)\n");
    finish(&c, &h);
}

/* Narrow until the server has answered, wide behind its answer, even in the same piece. */
static void capabilities_hold_from_the_answer_on_in_both_directions(void **state)
{
    static const struct {
        enum sqli_direction direction;
        const char *hex;
        const char *heard;
    } steps[] = {
        {SQLI_TO_SERVER, "007e 0008 0000000000000007 0003 0001 61 00",
         "PROTOCOLS mask=0000000000000007 (BATCH,LONG_TEXT,LONG_FETCH) (12 bytes, mask of 0)\n"
         "CURNAME name=\"a\" (6 bytes, mask of 0)\n"},
        {SQLI_TO_SERVER, "0002 0000 0001 61 00",
         "PREPARE placeholders=0 sql=\"a\" (8 bytes, mask of 0)\n"},
        {SQLI_TO_CLIENT, "007e 0009 0000000000000003ff 00 000d ff32 0000 00000007 0000",
         "PROTOCOLS mask=0000000000000003ff (LONG_TEXT,LONG_FETCH,64,65,66,67,68,LARGE_TUPLES,"
         "LONG_ROWIDS,71) (14 bytes, mask of 0)\n"
         "ERR code=-206(TABLE_NOT_FOUND) isam=0 offset=7 text=\"\" (12 bytes, mask of 8)\n"},
        {SQLI_TO_SERVER, "0002 0000 00000001 61 00 0009 00001000",
         "PREPARE placeholders=0 sql=\"a\" (10 bytes, mask of 8)\n"
         "NFETCH buffer=4096 (6 bytes, mask of 8)\n"},
    };
    (void)state;
    struct sqli_conversation c;
    struct heard h;
    struct sqli_error error;
    start(&c, &h, 100);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_int_equal(feed(&c, steps[i].direction, steps[i].hex, &error), SQLI_OK);
        assert_heard(&h, steps[i].heard);
    }
    finish(&c, &h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_is_one_of_messages_and_not_of_feeds),
        cmocka_unit_test(a_listener_may_end_the_feed_and_hears_the_rest_with_the_next),
        cmocka_unit_test(capabilities_hold_from_the_answer_on_in_both_directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
