/* Every request of the recorded conversations of the vendor's client is answered, in step, with
 * exactly one EOT; in whatever pieces it comes. What the answers say is not looked at here: the
 * tables of the recordings do not exist. */
#include "tests/session/harness.h"
#include "tests/session/standin.h"
#include "tests/support/capture.h"

struct counts {
    size_t requests;
    size_t replies;
};

/* How the recorded server framed what follows; ours would have said something else. */
static bool same_mask(const struct capture *c, size_t i)
{
    for (; i < c->count && !c->flushes[i].new_connection; i++) {
        struct sqli_span bytes = c->flushes[i].bytes;
        if (c->flushes[i].direction == SQLI_TO_CLIENT && bytes.length > 13 &&
            sqli__load16(bytes.data) == 126)
            return memcmp(bytes.data + 4, sqli__caps_server.bits, sqli__caps_server.length) == 0;
    }
    return false;
}

static void count_requests(struct sqli_span flush, struct sqli_decoder *decoder, size_t *requests)
{
    struct sqli_error error;
    while (flush.length) {
        struct sqli_message m;
        size_t used;
        assert_int_equal(sqli__decode(decoder, flush, &m, &used, &error), SQLI_OK);
        *requests += m.id == SQLI_MSG_EOT || m.id == SQLI_MSG_EXIT;
        flush = sqli__span(flush.data + used, flush.length - used);
    }
}

static void count_replies(struct harness *h, struct sqli_decoder *decoder, size_t *replies)
{
    for (size_t at = 0; at < h->out.length;) {
        struct sqli_message m;
        size_t used;
        struct sqli_span rest = sqli__span(h->out.data + at, h->out.length - at);
        if (sqli__decode(decoder, rest, &m, &used, &h->error) != SQLI_OK)
            fail_msg("a reply cannot be decoded: %s", h->error.message);
        *replies += m.id == SQLI_MSG_EOT || m.id == SQLI_MSG_EXIT;
        at += used;
    }
    sqli__buffer_clear(&h->out);
}

/* One connection, beginning with flush `i`. Gives the number of its flushes. */
static size_t converse(const struct capture *c, size_t i, size_t piece, struct counts *total)
{
    struct harness h;
    struct sqli_decoder theirs, ours;
    size_t start = i;
    bool login = true;
    harness_open(&h, piece);
    sqli__decoder_init(&theirs, SQLI_TO_SERVER, true);
    sqli__decoder_init(&ours, SQLI_TO_CLIENT, true);
    for (; i < c->count && (i == start || !c->flushes[i].new_connection); i++) {
        struct counts one = {0};
        if (c->flushes[i].direction == SQLI_TO_CLIENT)
            continue;
        count_requests(c->flushes[i].bytes, &theirs, &one.requests);
        sqli__buffer_span(&h.in, c->flushes[i].bytes);
        harness_send(&h);
        if (h.status == SQLI_FAIL)
            fail_msg("%s:%zu: %s", c->file, c->flushes[i].line, h.error.message);
        count_replies(&h, &ours, &one.replies);
        if (one.requests != one.replies)
            fail_msg("%s:%zu: %zu requests, %zu replies", c->file, c->flushes[i].line, one.requests,
                     one.replies);
        /* The login reply is told by its place, and behind PROTOCOLS both sides know the framing.
         */
        if (!login)
            theirs.caps = ours.caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
        login = false;
        total->requests += one.requests;
        total->replies += one.replies;
    }
    sqli__decoder_free(&theirs);
    sqli__decoder_free(&ours);
    harness_close(&h);
    return i - start;
}

static bool is_login(struct sqli_span bytes)
{
    return bytes.length > 8 && bytes.data[2] == 1 && bytes.data[3] == 60;
}

static struct counts play_all(size_t piece)
{
    struct counts total = {0};
    for (size_t f = 0; f < CAPTURE_FILES; f++) {
        struct capture c = capture_load(capture_files[f]);
        for (size_t i = 0; i < c.count;) {
            if (c.flushes[i].new_connection && is_login(c.flushes[i].bytes) && same_mask(&c, i + 1))
                i += converse(&c, i, piece, &total);
            else
                i++;
        }
        capture_free(&c);
    }
    return total;
}

static void test_whole(void **state)
{
    (void)state;
    struct counts total = play_all(0);
    assert_int_equal(total.requests, total.replies);
    assert_true(total.requests > 2500);
    assert_int_equal(standin.engines, 0);
    assert_int_equal(standin.statements, 0);
}

static void test_pieces(void **state)
{
    (void)state;
    struct counts total = play_all(1);
    assert_true(total.requests > 2500);
    total = play_all(7);
    assert_true(total.requests > 2500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
