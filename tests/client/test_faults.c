/* A recorded conversation with its bytes cut, and changed: an error or the right rows, never a
 * hang, a crash or a wrong row. */
#include "protocol/conversation.h"
#include "tests/client/proxy.h"
#include "tests/client/replay.h"

static struct sqli_buffer recording, reference;

/* --- recording --- */

static void record_wait(struct replay *r)
{
    uint8_t bytes[REPLAY_CHUNK];
    size_t size;
    const void *out = sqli_take(r->db, &size);
    if (size)
        assert_int_equal(send(r->socket, out, size, MSG_NOSIGNAL), (ssize_t)size);
    assert_int_equal(sqli_taken(r->db, size), SQLI_OK);
    ssize_t got = recv(r->socket, bytes, sizeof bytes - 1, 0);
    assert_true(got > 0);
    sqli__buffer_byte(r->recording, (uint8_t)got);
    sqli__buffer_byte(r->recording, (uint8_t)(got >> 8));
    sqli__buffer_append(r->recording, bytes, (size_t)got);
    assert_int_equal(sqli_feed(r->db, bytes, (size_t)got), SQLI_OK);
}

static int start_and_record(void **state)
{
    struct replay r;
    if (start(state))
        return -1;
    struct fixture *f = *state;
    struct sockaddr_in to = proxy_loopback(f->server ? sqli__server_port(f->server) : 0);
    sqli__buffer_init(&recording, REPLAY_LOG);
    sqli__buffer_init(&reference, REPLAY_LOG);
    if (!f->server)
        return 0;
    replay_open(&r, sqli__span(NULL, 0));
    r.recording = &recording;
    r.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(r.socket, (struct sockaddr *)&to, sizeof to))
        return -1;
    replay_scenario(&r, record_wait);
    sqli__buffer_span(&reference, sqli__buffer_view(&r.log));
    replay_close(&r);
    close(r.socket);
    return 0;
}

static int forget_and_stop(void **state)
{
    sqli__buffer_free(&recording);
    sqli__buffer_free(&reference);
    return stop(state);
}

/* --- playing --- */

static bool starts_with(struct sqli_span text, struct sqli_span start)
{
    return text.length >= start.length && memcmp(text.data, start.data, start.length) == 0;
}

/* Up to the first thing that went otherwise than it should. */
static size_t same_length(struct sqli_span log)
{
    size_t same = 0;
    for (size_t i = 0; i < log.length && i < reference.length; i++) {
        if (log.data[i] != reference.data[i])
            break;
        if (log.data[i] == '\n')
            same = i + 1;
    }
    return same;
}

/* What came otherwise came with an error: no row is there that the reference does not have. */
static bool is_right_or_fails(struct sqli_span log)
{
    size_t same = same_length(log);
    const uint8_t *line = log.data + same;
    struct sqli_span rest = sqli__span(line, log.length - same);
    const uint8_t *end = rest.length ? memchr(line, '\n', rest.length) : NULL;
    if (!end)
        return rest.length == 0;
    return memmem(line, (size_t)(end - line), ": -1 ", 5) != NULL;
}

/* Plays it, and looks at the handle afterwards. */
static void play(struct sqli_span bytes, bool must_be_right, size_t place, int change)
{
    struct replay r;
    assert_true(replay_open(&r, bytes));
    replay_scenario(&r, replay_wait);
    struct sqli_span log = sqli__buffer_view(&r.log);
    if (r.waits_after_end >= REPLAY_PATIENCE)
        fail_msg("byte %zu, change %d: hangs", place, change);
    if (must_be_right && !is_right_or_fails(log))
        fail_msg("byte %zu, change %d: %.*s", place, change, (int)log.length,
                 (const char *)log.data);
    if (!sqli_is_open(r.db)) {
        assert_int_equal(sqli_exec(r.db, "select 1", NULL), SQLI_FAIL);
        assert_int_not_equal(sqli_errcode(r.db), 0);
    }
    replay_close(&r);
}

static void test_the_recording_as_it_is(void **state)
{
    struct replay r;
    needs_sqlid(*state);
    assert_true(starts_with(sqli__buffer_view(&reference), sqli__span_text("connect: 0 0\n")));
    assert_non_null(memmem(reference.data, reference.length, "\n|11|abcdefghijk|1011\n", 22));
    assert_true(replay_open(&r, sqli__buffer_view(&recording)));
    replay_scenario(&r, replay_wait);
    assert_int_equal(r.waits_after_end, 0);
    assert_int_equal(r.log.length, reference.length);
    assert_memory_equal(r.log.data, reference.data, reference.length);
    replay_close(&r);
}

/* Cut behind every byte; the chunk in which it lies is that much shorter. */
static void test_every_cut(void **state)
{
    needs_sqlid(*state);
    for (size_t cut = 0; cut < recording.length; cut++)
        play(sqli__span(recording.data, cut), true, cut, 0);
}

/* --- changed bytes --- */

/* One byte per byte of the recording: what it is. */
enum meaning { BOUNDARY, ANY_BYTE, LENGTH_BYTE };

struct map {
    uint8_t *meanings;
    size_t *places; /* of the bytes of the stream in the recording */
    size_t at;
};

static void mark(struct map *map, size_t offset, size_t count)
{
    for (size_t i = 0; i < count; i++)
        map->meanings[map->places[map->at + offset + i]] = LENGTH_BYTE;
}

/* The lengths of the messages that carry rows, and of the texts in the rows of this scenario. */
static enum sqli_status map_message(void *context, enum sqli_direction direction,
                                    const struct sqli_message *message, struct sqli_span bytes,
                                    const struct sqli_caps *caps, struct sqli_error *error)
{
    struct map *map = context;
    (void)direction, (void)caps, (void)error;
    if (message->id == SQLI_MSG_TUPLE) {
        size_t start = (size_t)(message->as.tuple.payload.data - bytes.data);
        struct sqli_span row = message->as.tuple.payload;
        bool text_first = row.data[0] != 0 || row.length == 5; /* no number is that great */
        mark(map, start - 4, 4);
        mark(map, start + (text_first ? 0 : 4), 1);
    }
    if (message->id == SQLI_MSG_ERR)
        mark(map, bytes.length - message->as.err.text.length - 2, 1);
    map->at += bytes.length;
    return SQLI_OK;
}

static struct map map_recording(void)
{
    struct map map = {.meanings = test_calloc(recording.length, 1),
                      .places = test_calloc(recording.length, sizeof(size_t))};
    struct sqli_conversation conversation;
    struct sqli_error error;
    size_t count = 0;
    sqli__conversation_init(&conversation, SQLI_MESSAGE_LIMIT, map_message, &map);
    sqli__conversation_feed(&conversation, SQLI_TO_SERVER, sqli__span("", 0), &error);
    for (size_t at = 0; at < recording.length;) {
        size_t size = (size_t)(recording.data[at] | recording.data[at + 1] << 8);
        for (size_t i = 0; i < size; i++) {
            map.places[count++] = at + 2 + i;
            map.meanings[at + 2 + i] = ANY_BYTE;
        }
        at += 2 + size;
    }
    conversation.offers[SQLI_TO_SERVER] = sqli__caps_client;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sqli__conversation_feed(&conversation, SQLI_TO_CLIENT,
                                                 sqli__span(recording.data + map.places[i], 1),
                                                 &error),
                         SQLI_OK);
    sqli__conversation_free(&conversation);
    return map;
}

static void test_changed_bytes(void **state)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    needs_sqlid(*state);
    struct map map = map_recording();
    size_t lengths = 0;
    for (size_t i = 0; i < recording.length; i++)
        for (size_t c = 0; c < sizeof changes && map.meanings[i] != BOUNDARY; c++) {
            bool is_length = map.meanings[i] == LENGTH_BYTE;
            lengths += is_length;
            recording.data[i] ^= changes[c];
            play(sqli__buffer_view(&recording), is_length, i, changes[c]);
            recording.data[i] ^= changes[c];
        }
    assert_true(lengths > 3 * 5 * REPLAY_ROWS);
    test_free(map.meanings);
    test_free(map.places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_recording_as_it_is),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_changed_bytes),
    };
    return cmocka_run_group_tests(tests, start_and_record, forget_and_stop);
}
