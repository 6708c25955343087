/* What the fuzz targets share: how an input becomes a stream, and what must hold for every message.
 */
#ifndef SQLI_FUZZ_STREAM_H
#define SQLI_FUZZ_STREAM_H

#include "protocol/message.h"

/* What a broken promise does. */
#define FUZZ_CHECK(condition) \
    do {                      \
        if (!(condition))     \
            __builtin_trap(); \
    } while (0)

/* The first byte of an input says what was agreed: bit 0 nothing, bit 2 everything that widens
 * numbers, else what we agree on with a 14.10. */
static inline struct sqli_caps fuzz_caps(uint8_t first)
{
    struct sqli_caps caps = sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
    if (first & 1)
        memset(caps.bits, 0, sizeof caps.bits);
    else if (first & 4)
        memset(caps.bits, 0xff, sizeof caps.bits);
    return caps;
}

/* A decoded message encodes, and to something that decodes to the same text: the print. The bytes
 * themselves may differ, in a pad that is not zero. */
static inline void fuzz_round_trip(const struct sqli_message *message,
                                   enum sqli_direction direction, const struct sqli_caps *caps)
{
    struct sqli_buffer bytes, first, second;
    struct sqli_error error;
    struct sqli_decoder decoder;
    struct sqli_message again;
    size_t used;
    sqli__buffer_init(&bytes, 1 << 24);
    sqli__buffer_init(&first, 1 << 24);
    sqli__buffer_init(&second, 1 << 24);
    FUZZ_CHECK(sqli__encode(message, direction, caps, &bytes, &error) == SQLI_OK);
    bool chunk = message->id == SQLI_MSG_FILE_READ_CHUNK || message->id == SQLI_MSG_LODATA_CHUNK;
    bool login = message->id == SQLI_MSG_LOGIN_REQUEST || message->id == SQLI_MSG_LOGIN_REPLY;
    if (!chunk) {
        sqli__decoder_init(&decoder, direction, login);
        decoder.caps = *caps;
        FUZZ_CHECK(sqli__decode(&decoder, sqli__buffer_view(&bytes), &again, &used, &error) ==
                   SQLI_OK);
        FUZZ_CHECK(used == bytes.length);
        sqli__print(message, direction, caps, 64, &first);
        sqli__print(&again, direction, caps, 64, &second);
        FUZZ_CHECK(sqli__span_equal(sqli__buffer_view(&first), sqli__buffer_view(&second)));
        sqli__decoder_free(&decoder);
    }
    sqli__buffer_free(&bytes);
    sqli__buffer_free(&first);
    sqli__buffer_free(&second);
}

/* Calls `each` for every message of the stream, after its round trip. */
static inline void fuzz_messages(enum sqli_direction direction, bool login,
                                 const struct sqli_caps *caps, struct sqli_span bytes,
                                 void (*each)(void *context, const struct sqli_message *message),
                                 void *context)
{
    struct sqli_decoder decoder;
    struct sqli_error error;
    enum sqli_status status = SQLI_OK;
    sqli__decoder_init(&decoder, direction, login);
    decoder.caps = *caps;
    while (bytes.length > 0 && status == SQLI_OK) {
        struct sqli_message message;
        size_t used;
        status = sqli__decode(&decoder, bytes, &message, &used, &error);
        FUZZ_CHECK(used <= bytes.length);
        FUZZ_CHECK(status != SQLI_MORE || decoder.need > bytes.length);
        FUZZ_CHECK(status != SQLI_FAIL || error.message[0]);
        if (status != SQLI_OK)
            break;
        FUZZ_CHECK(used > 0);
        fuzz_round_trip(&message, direction, caps);
        if (each)
            each(context, &message);
        bytes = sqli__span(bytes.data + used, bytes.length - used);
    }
    sqli__decoder_free(&decoder);
}

#endif
