/* Every message of every recorded session: decoded to its last byte, rebuilt byte for byte, and the
 * same whichever way the stream is cut. The C lines are what the vendor's driver really sent. */
#include "tests/support/capture.h"

enum { MESSAGE_LIMIT = 1 << 22, SMALL_CONNECTION = 3000, TLS_CAPTURE = 10 };

static struct capture captures[CAPTURE_FILES];

static int load_captures(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURE_FILES; i++)
        captures[i] = capture_load(capture_files[i]);
    return 0;
}

static int free_captures(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURE_FILES; i++)
        capture_free(&captures[i]);
    return 0;
}

/* --- each message, rebuilt from its decoded form, is the same bytes --- */

struct rebuild {
    size_t messages[2];
    struct sqli_buffer bytes;
};

static enum sqli_status rebuild(void *context, enum sqli_direction direction,
                                const struct sqli_message *message, struct sqli_span bytes,
                                const struct sqli_caps *caps, struct sqli_error *error)
{
    struct rebuild *r = context;
    r->messages[direction]++;
    sqli__buffer_clear(&r->bytes);
    SQLI_TRY(sqli__encode(message, direction, caps, &r->bytes, error));
    if (sqli__span_equal(sqli__buffer_view(&r->bytes), bytes))
        return SQLI_OK;
    print_error("recorded %s\n", support_hex(bytes));
    print_error("rebuilt  %s\n", support_hex(sqli__buffer_view(&r->bytes)));
    return sqli__fail(error, SQLI_E_PROTOCOL, "rebuilt otherwise");
}

static void feed_flush(struct sqli_conversation *c, const char *file,
                       const struct capture_flush *flush)
{
    struct sqli_error error;
    if (sqli__conversation_feed(c, flush->direction, flush->bytes, &error) != SQLI_OK)
        fail_msg("%s line %zu: %s", file, flush->line, error.message);
    if (sqli__conversation_pending(c, flush->direction) != 0)
        fail_msg("%s line %zu: the last message is not whole", file, flush->line);
}

/* Two connections of 10-tls are a TLS client at a plain port: not ours to rebuild, but to refuse at
 * once. */
static bool is_tls(const struct capture_flush *flush)
{
    return flush->new_connection && flush->bytes.data[0] == 0x16 && flush->bytes.data[1] == 3;
}

static void tls_at_a_plain_port_is_refused_at_once(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t k = 0; k < captures[TLS_CAPTURE].count; k++) {
        const struct capture_flush *flush = &captures[TLS_CAPTURE].flushes[k];
        struct sqli_conversation c;
        struct sqli_error error;
        if (!is_tls(flush))
            continue;
        sqli__conversation_init(&c, MESSAGE_LIMIT, NULL, NULL);
        struct sqli_span start = sqli__span(flush->bytes.data, 6);
        assert_int_equal(sqli__conversation_feed(&c, SQLI_TO_SERVER, start, &error), SQLI_FAIL);
        assert_non_null(strstr(error.message, "not SQLI"));
        sqli__conversation_free(&c);
        refused++;
    }
    assert_int_equal(refused, 2);
}

static void every_message_is_rebuilt_byte_for_byte(void **state)
{
    (void)state;
    struct rebuild r = {{0, 0}, {0}};
    sqli__buffer_init(&r.bytes, MESSAGE_LIMIT);
    for (size_t i = 0; i < CAPTURE_FILES; i++) {
        struct sqli_conversation c;
        sqli__conversation_init(&c, MESSAGE_LIMIT, rebuild, &r);
        for (size_t k = 0; k < captures[i].count; k++) {
            if (captures[i].flushes[k].new_connection) {
                sqli__conversation_free(&c);
                sqli__conversation_init(&c, MESSAGE_LIMIT, rebuild, &r);
            }
            if (!is_tls(&captures[i].flushes[k]))
                feed_flush(&c, captures[i].file, &captures[i].flushes[k]);
        }
        sqli__conversation_free(&c);
    }
    sqli__buffer_free(&r.bytes);
    /* So that an empty or cut file cannot pass. */
    assert_int_equal(r.messages[SQLI_TO_SERVER], 10155);
    assert_int_equal(r.messages[SQLI_TO_CLIENT], 53664);
}

/* --- the same events, however the bytes arrive --- */

struct digest {
    size_t messages;
    uint64_t hash;
    struct sqli_buffer text;
};

static enum sqli_status digest(void *context, enum sqli_direction direction,
                               const struct sqli_message *message, struct sqli_span bytes,
                               const struct sqli_caps *caps, struct sqli_error *error)
{
    struct digest *d = context;
    (void)bytes;
    (void)error;
    sqli__buffer_clear(&d->text);
    sqli__print(message, direction, caps, 1 << 20, &d->text);
    for (size_t i = 0; i < d->text.length; i++)
        d->hash = (d->hash ^ d->text.data[i]) * 1099511628211u;
    d->messages++;
    return sqli__buffer_status(&d->text, error);
}

static void feed_pieces(struct sqli_conversation *c, const struct capture_flush *flush,
                        size_t first, size_t piece)
{
    struct sqli_error error;
    size_t at = 0;
    while (at < flush->bytes.length) {
        size_t size = at == 0 && first ? first : piece;
        if (size > flush->bytes.length - at)
            size = flush->bytes.length - at;
        struct sqli_span part = sqli__span(flush->bytes.data + at, size);
        if (sqli__conversation_feed(c, flush->direction, part, &error) != SQLI_OK)
            fail_msg("line %zu at %zu: %s", flush->line, at, error.message);
        at += size;
    }
}

/* One connection, its flushes [from, to), each cut into `first` bytes and then pieces of `piece`.
 * The scanning decode must not cost more than one pass over what arrived. */
static struct digest listen(const struct capture *capture, size_t from, size_t to, size_t first,
                            size_t piece)
{
    struct digest d = {0, 14695981039346656037u, {0}};
    struct sqli_conversation c;
    sqli__buffer_init(&d.text, MESSAGE_LIMIT);
    sqli__conversation_init(&c, MESSAGE_LIMIT, digest, &d);
    for (size_t k = from; k < to && !is_tls(&capture->flushes[k]); k++)
        feed_pieces(&c, &capture->flushes[k], first, piece);
    sqli__conversation_free(&c);
    sqli__buffer_free(&d.text);
    return d;
}

static size_t connection_end(const struct capture *capture, size_t from)
{
    size_t to = from + 1;
    while (to < capture->count && !capture->flushes[to].new_connection)
        to++;
    return to;
}

static void assert_same(const struct digest *a, const struct digest *b)
{
    assert_int_equal(a->messages, b->messages);
    assert_true(a->hash == b->hash);
}

static void byte_by_byte_gives_the_same_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURE_FILES; i++) {
        for (size_t from = 0, to; from < captures[i].count; from = to) {
            to = connection_end(&captures[i], from);
            struct digest whole = listen(&captures[i], from, to, 0, SIZE_MAX);
            struct digest bytes = listen(&captures[i], from, to, 0, 1);
            assert_same(&whole, &bytes);
        }
    }
}

static size_t connection_size(const struct capture *capture, size_t from, size_t to)
{
    size_t size = 0;
    for (size_t k = from; k < to; k++)
        size += capture->flushes[k].bytes.length;
    return size;
}

static size_t longest_flush(const struct capture *capture, size_t from, size_t to)
{
    size_t longest = 0;
    for (size_t k = from; k < to; k++)
        if (capture->flushes[k].bytes.length > longest)
            longest = capture->flushes[k].bytes.length;
    return longest;
}

/* Connections up to SMALL_CONNECTION bytes are cut at every offset; of the same size and first
 * flush one stands for all. */
static void a_cut_at_each_offset_gives_the_same_events(void **state)
{
    (void)state;
    size_t last_size = 0;
    size_t cuts = 0;
    for (size_t i = 0; i < CAPTURE_FILES; i++) {
        for (size_t from = 0, to; from < captures[i].count; from = to) {
            to = connection_end(&captures[i], from);
            size_t size = connection_size(&captures[i], from, to);
            if (size > SMALL_CONNECTION || size == last_size)
                continue;
            last_size = size;
            struct digest whole = listen(&captures[i], from, to, 0, SIZE_MAX);
            size_t longest = longest_flush(&captures[i], from, to);
            for (size_t cut = 1; cut < longest; cut++, cuts++) {
                struct digest parts = listen(&captures[i], from, to, cut, SIZE_MAX);
                assert_same(&whole, &parts);
            }
        }
    }
    assert_true(cuts > 10000);
}

/* --- every message, cut in itself --- */

/* Behind the first LONG_MESSAGE bytes of a message every LONG_STEP-th is tried: there is but data.
 */
enum { LONG_MESSAGE = 1000, LONG_STEP = 997, SEEN_SLOTS = 1 << 14, LIKENESS = 14 };

struct cutter {
    size_t cuts;
    uint64_t seen[SEEN_SLOTS]; /* hashes of the messages tried */
    struct sqli_buffer wanted;
    struct sqli_buffer got;
};

static void print_again(const struct sqli_message *m, enum sqli_direction direction,
                        const struct sqli_caps *caps, struct sqli_buffer *text)
{
    sqli__buffer_clear(text);
    sqli__print(m, direction, caps, 1 << 20, text);
}

/* The start of a message is asked to be longer; then the whole is what it was. */
static void cut_message(struct cutter *c, const struct sqli_decoder *like, struct sqli_span bytes,
                        size_t cut)
{
    struct sqli_decoder d;
    struct sqli_message m;
    struct sqli_error error;
    size_t used;
    sqli__decoder_init(&d, like->direction, like->login);
    d.caps = like->caps;
    enum sqli_status status = sqli__decode(&d, sqli__span(bytes.data, cut), &m, &used, &error);
    assert_int_equal(status, SQLI_MORE);
    assert_true(d.need > cut && d.need <= bytes.length);
    assert_int_equal(sqli__decode(&d, bytes, &m, &used, &error), SQLI_OK);
    assert_int_equal(used, bytes.length);
    print_again(&m, like->direction, &like->caps, &c->got);
    assert_true(sqli__span_equal(sqli__buffer_view(&c->got), sqli__buffer_view(&c->wanted)));
    sqli__decoder_free(&d);
    c->cuts++;
}

/* Messages that begin alike and are as long are one: rows come by the thousand. */
static bool first_time(struct cutter *c, enum sqli_direction direction, struct sqli_span bytes)
{
    uint64_t hash = (14695981039346656037u + direction) ^ bytes.length << 32;
    for (size_t i = 0; i < bytes.length && i < LIKENESS; i++)
        hash = (hash ^ bytes.data[i]) * 1099511628211u;
    size_t slot = hash % SEEN_SLOTS;
    while (c->seen[slot] && c->seen[slot] != hash)
        slot = (slot + 1) % SEEN_SLOTS;
    bool first = c->seen[slot] == 0;
    c->seen[slot] = hash;
    return first;
}

/* Chunks are told by what came before them, so that they cannot be decoded alone. */
static bool stands_alone(const struct sqli_message *m)
{
    return m->id != SQLI_MSG_LODATA_CHUNK && m->id != SQLI_MSG_FILE_READ_CHUNK;
}

static enum sqli_status cut_everywhere(void *context, enum sqli_direction direction,
                                       const struct sqli_message *message, struct sqli_span bytes,
                                       const struct sqli_caps *caps, struct sqli_error *error)
{
    struct cutter *c = context;
    struct sqli_decoder like = {.direction = direction, .caps = *caps};
    (void)error;
    like.login = message->id == SQLI_MSG_LOGIN_REQUEST || message->id == SQLI_MSG_LOGIN_REPLY;
    if (!stands_alone(message) || !first_time(c, direction, bytes))
        return SQLI_OK;
    print_again(message, direction, caps, &c->wanted);
    size_t step = bytes.length > LONG_MESSAGE ? LONG_STEP : 1;
    for (size_t cut = 1; cut < bytes.length; cut += cut < LONG_MESSAGE ? 1 : step)
        cut_message(c, &like, bytes, cut);
    return SQLI_OK;
}

static void every_message_cut_at_each_byte_is_the_same(void **state)
{
    (void)state;
    static struct cutter cutter;
    sqli__buffer_init(&cutter.wanted, MESSAGE_LIMIT);
    sqli__buffer_init(&cutter.got, MESSAGE_LIMIT);
    for (size_t i = 0; i < CAPTURE_FILES; i++) {
        for (size_t from = 0, to; from < captures[i].count; from = to) {
            struct sqli_conversation c;
            to = connection_end(&captures[i], from);
            sqli__conversation_init(&c, MESSAGE_LIMIT, cut_everywhere, &cutter);
            for (size_t k = from; k < to && !is_tls(&captures[i].flushes[k]); k++)
                feed_flush(&c, captures[i].file, &captures[i].flushes[k]);
            sqli__conversation_free(&c);
        }
    }
    if (cutter.cuts < 30000)
        fail_msg("only %zu cuts", cutter.cuts);
    sqli__buffer_free(&cutter.wanted);
    sqli__buffer_free(&cutter.got);
}

/* --- every allocation may fail --- */

static enum sqli_status hear_one(void *context, struct sqli_error *error)
{
    const struct capture *capture = context;
    struct rebuild r = {{0, 0}, {0}};
    struct sqli_conversation c;
    enum sqli_status status = SQLI_OK;
    sqli__buffer_init(&r.bytes, MESSAGE_LIMIT);
    sqli__conversation_init(&c, MESSAGE_LIMIT, rebuild, &r);
    for (size_t k = 0; k < connection_end(capture, 0) && status == SQLI_OK; k++)
        status = sqli__conversation_feed(&c, capture->flushes[k].direction,
                                         capture->flushes[k].bytes, error);
    sqli__conversation_free(&c);
    sqli__buffer_free(&r.bytes);
    return status;
}

static void a_failed_allocation_is_reported_and_leaves_nothing_behind(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURE_FILES; i++)
        assert_true(support_fail_each_allocation(hear_one, &captures[i]) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_at_a_plain_port_is_refused_at_once),
        cmocka_unit_test(every_message_is_rebuilt_byte_for_byte),
        cmocka_unit_test(byte_by_byte_gives_the_same_events),
        cmocka_unit_test(a_cut_at_each_offset_gives_the_same_events),
        cmocka_unit_test(every_message_cut_at_each_byte_is_the_same),
        cmocka_unit_test(a_failed_allocation_is_reported_and_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, load_captures, free_captures);
}
