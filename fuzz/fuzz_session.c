/* A client that sends anything, before or after its login: the server's session over the real
 * engine, on a database in memory. However the stream is cut, the answers are the same bytes, and
 * they are whole messages.
 *
 * Bit 0 of the first byte: the stream begins behind the login, PROTOCOLS and DBOPEN. Bits 1 to 7
 * and 1: the size of the pieces that it is cut into. */
#include "fuzz/stream.h"

#include "server/session/session.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_LIMIT = 4 << 20 };

static struct sqli_databases *databases;

static void open_databases(void)
{
    struct sqli_error error;
    const struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 100};
    FUZZ_CHECK(sqli__databases_open(&options, &databases, &error) == SQLI_OK);
    FUZZ_CHECK(sqli__databases_create(databases, sqli__span_text("fuzz"), SQLI_LOGGING_LOG,
                                      sqli__span_text("informix"), sqli__span_text("en_US.utf8"),
                                      &error) == SQLI_OK);
}

static void close_databases(void)
{
    sqli__databases_close(databases);
}

static void append(struct sqli_buffer *bytes, const struct sqli_message *message,
                   const struct sqli_caps *caps)
{
    struct sqli_error error;
    FUZZ_CHECK(sqli__encode(message, SQLI_TO_SERVER, caps, bytes, &error) == SQLI_OK);
}

/* What every client says first. */
static void append_preface(struct sqli_buffer *bytes)
{
    const struct sqli_caps none = {{0}, 0};
    const struct sqli_message eot = {.id = SQLI_MSG_EOT};
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REQUEST};
    sqli__login_request_init(&m.as.login_request);
    m.as.login_request.user = sqli__span_text("informix");
    m.as.login_request.password = sqli__span_text("in4mix");
    m.as.login_request.server = sqli__span_text("informix");
    append(bytes, &m, &none);
    m = (struct sqli_message){.id = SQLI_MSG_PROTOCOLS,
                              .as.bytes = sqli__caps_mask(&sqli__caps_client)};
    append(bytes, &m, &none);
    append(bytes, &eot, &none);
    m = (struct sqli_message){.id = SQLI_MSG_DBOPEN};
    m.as.name_option.name = sqli__span_text("fuzz");
    append(bytes, &m, &none);
    append(bytes, &eot, &none);
}

/* All answers to the stream, cut into pieces; they begin whole and end whole. */
static struct sqli_buffer answers(struct sqli_span bytes, size_t piece)
{
    struct sqli_session *session;
    struct sqli_error error;
    struct sqli_buffer out;
    enum sqli_status status = SQLI_MORE;
    const struct sqli_session_options options = {.databases = databases,
                                                 .server_name = "informix",
                                                 .host_name = "localhost",
                                                 .session_id = 1,
                                                 .output_limit = OUTPUT_LIMIT};
    sqli__buffer_init(&out, 2 * OUTPUT_LIMIT);
    FUZZ_CHECK(sqli__session_open(&options, &session, &error) == SQLI_OK);
    for (size_t at = 0; at < bytes.length && status == SQLI_MORE; at += piece) {
        size_t length = bytes.length - at < piece ? bytes.length - at : piece;
        status = sqli__session_feed(session, sqli__span(bytes.data + at, length), &out, &error);
        FUZZ_CHECK(status != SQLI_FAIL || error.message[0]);
    }
    sqli__session_close(session);
    return out;
}

static void check_whole(const struct sqli_buffer *out)
{
    struct sqli_decoder decoder;
    struct sqli_error error;
    struct sqli_span rest = sqli__buffer_view(out);
    sqli__decoder_init(&decoder, SQLI_TO_CLIENT, true);
    while (rest.length) {
        struct sqli_message m;
        size_t used;
        FUZZ_CHECK(sqli__decode(&decoder, rest, &m, &used, &error) == SQLI_OK);
        if (m.id == SQLI_MSG_PROTOCOLS)
            decoder.caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
        rest = sqli__span(rest.data + used, rest.length - used);
    }
    sqli__decoder_free(&decoder);
}

/* What one run does to the tables the next one finds. */
static bool says_sql(struct sqli_span stream)
{
    struct sqli_decoder decoder;
    struct sqli_message m;
    struct sqli_error error;
    size_t used;
    bool found = false;
    sqli__decoder_init(&decoder, SQLI_TO_SERVER, true);
    while (!found && stream.length &&
           sqli__decode(&decoder, stream, &m, &used, &error) == SQLI_OK) {
        if (m.id == SQLI_MSG_PROTOCOLS && sqli__caps_mask(&decoder.caps).length == 0) {
            struct sqli_caps theirs = sqli__caps_from_mask(m.as.bytes);
            decoder.caps = sqli__caps_both(&sqli__caps_server, &theirs);
        }
        found = m.id == SQLI_MSG_PREPARE || m.id == SQLI_MSG_COMMAND;
        stream = sqli__span(stream.data + used, stream.length - used);
    }
    sqli__decoder_free(&decoder);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!databases) {
        open_databases();
        atexit(close_databases);
    }
    if (size < 1)
        return 0;
    struct sqli_buffer stream;
    sqli__buffer_init(&stream, SIZE_MAX);
    if (data[0] & 1)
        append_preface(&stream);
    sqli__buffer_append(&stream, data + 1, size - 1);
    struct sqli_buffer whole = answers(sqli__buffer_view(&stream), stream.length + 1);
    if (data[0] & 1)
        check_whole(&whole);
    struct sqli_buffer cut = answers(sqli__buffer_view(&stream), 1u + (data[0] >> 1));
    if (!says_sql(sqli__buffer_view(&stream)))
        FUZZ_CHECK(sqli__span_equal(sqli__buffer_view(&whole), sqli__buffer_view(&cut)));
    sqli__buffer_free(&whole);
    sqli__buffer_free(&cut);
    sqli__buffer_free(&stream);
    return 0;
}
