/* Blobs, errors and everything else, in pieces: however a stream is cut, the events are the same.
 * Bit 1 of the first byte gives the direction, the second byte the size of the pieces. */
#include "fuzz/stream.h"

#include "protocol/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    (void)error;
    sqli__buffer_clear(&d->text);
    sqli__print(message, direction, caps, 64, &d->text);
    for (size_t i = 0; i < d->text.length; i++)
        d->hash = (d->hash ^ d->text.data[i]) * 1099511628211u;
    d->hash = (d->hash ^ bytes.length) * 1099511628211u;
    d->messages++;
    return SQLI_OK;
}

/* The stream in pieces; whether it failed is part of the outcome. */
static struct digest listen(enum sqli_direction direction, const struct sqli_caps *caps,
                            struct sqli_span bytes, size_t piece)
{
    struct digest d = {.messages = 0};
    struct sqli_conversation c;
    struct sqli_error error;
    enum sqli_status status = SQLI_OK;
    sqli__buffer_init(&d.text, 1 << 22);
    sqli__conversation_init(&c, 1 << 22, digest, &d);
    c.decoders[direction].login = false;
    c.decoders[direction].caps = *caps;
    for (size_t at = 0; at < bytes.length && status == SQLI_OK; at += piece) {
        size_t size = bytes.length - at < piece ? bytes.length - at : piece;
        status = sqli__conversation_feed(&c, direction, sqli__span(bytes.data + at, size), &error);
    }
    d.hash = d.hash * 2 + (status == SQLI_OK);
    sqli__conversation_free(&c);
    sqli__buffer_free(&d.text);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    struct sqli_caps caps = fuzz_caps(data[0]);
    enum sqli_direction direction = data[0] & 2 ? SQLI_TO_SERVER : SQLI_TO_CLIENT;
    struct sqli_span bytes = sqli__span(data + 2, size - 2);
    struct digest whole = listen(direction, &caps, bytes, bytes.length);
    struct digest pieces = listen(direction, &caps, bytes, 1u + data[1]);
    FUZZ_CHECK(whole.messages == pieces.messages);
    FUZZ_CHECK(whole.hash == pieces.hash);
    return 0;
}
