#include "tests/peer/sending.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "tests/peer/recording.h"

enum { SEND_LIMIT = 256 << 20 };

int peer_hex_byte(const char *word)
{
    int high = sqli__hex_digit((uint8_t)word[0]);
    int low = high < 0 ? -1 : sqli__hex_digit((uint8_t)word[1]);
    return low < 0 ? -1 : high << 4 | low;
}

enum sqli_status peer_check_byte(const struct peer_script *script, const struct peer_statement *s)
{
    const char *word = s->words.words[s->words.count - 1];
    if (strlen(word) == 2 && peer_hex_byte(word) >= 0)
        return SQLI_OK;
    return peer_script_failed(script, s->line, "\"%s\" is no byte in hex", word);
}

/* Hex digits, in any number of words. */
static enum sqli_status append_hex(struct peer_words words, struct sqli_buffer *out,
                                   struct sqli_error *error)
{
    for (size_t i = 0; i < words.count; i++)
        for (const char *at = words.words[i]; *at; at += 2) {
            int byte = peer_hex_byte(at);
            if (byte < 0)
                return sqli__fail(error, SQLI_E_ARGUMENT,
                                  "\"%s\" is neither a message nor whole bytes in hex",
                                  words.words[i]);
            sqli__buffer_byte(out, (uint8_t)byte);
        }
    return SQLI_OK;
}

/* Takes the words up to the next comma. */
static struct peer_words next_item(struct peer_words *rest)
{
    struct peer_words item = {rest->words, 0};
    while (item.count < rest->count && strcmp(rest->words[item.count], ",") != 0)
        item.count++;
    size_t used = item.count < rest->count ? item.count + 1 : item.count;
    rest->words += used;
    rest->count -= used;
    return item;
}

/* All that one send statement sends: messages by name and bytes in hex, commas between them. */
static enum sqli_status build(struct peer_words words, enum sqli_direction direction,
                              const struct sqli_caps *caps, struct sqli_buffer *out,
                              struct sqli_error *error)
{
    while (words.count) {
        struct peer_words item = next_item(&words);
        if (item.count == 0)
            return sqli__fail(error, SQLI_E_ARGUMENT, "nothing stands before a comma");
        if (peer_canned_known(item.words[0], direction))
            SQLI_TRY(peer_canned_build(item, direction, caps, out, error));
        else
            SQLI_TRY(append_hex(item, out, error));
    }
    return sqli__buffer_status(out, error);
}

enum sqli_status peer_check_send(const struct peer_script *script, const struct peer_statement *s)
{
    struct sqli_error error;
    struct sqli_buffer out;
    struct sqli_caps caps = sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
    sqli__buffer_init(&out, SEND_LIMIT);
    enum sqli_status status = build(s->words, 1 - script->theirs, &caps, &out, &error);
    sqli__buffer_free(&out);
    return status == SQLI_OK ? SQLI_OK : peer_script_failed(script, s->line, "%s", error.message);
}

static enum sqli_status corrupt(struct peer_run *run, struct sqli_buffer *out)
{
    int64_t at = run->corrupt_at;
    run->corrupt_at = -1;
    if (at < 0)
        return SQLI_OK;
    if ((uint64_t)at >= out->length)
        return peer_script_failed(run->script, run->now->line,
                                  "byte %lld is to be changed, %zu are sent", (long long)at,
                                  out->length);
    out->data[at] ^= run->corrupt_with;
    return SQLI_OK;
}

static enum sqli_status send_all(struct peer_run *run, struct sqli_buffer *out)
{
    struct sqli_error error;
    peer_endpoint_note_sent(&run->end, sqli__buffer_view(out));
    SQLI_TRY(corrupt(run, out));
    enum sqli_status status = peer_endpoint_send(&run->end, sqli__buffer_view(out), run->split,
                                                 run->gap, sqli__clock_ms() + run->timeout, &error);
    if (status == SQLI_OK)
        return SQLI_OK;
    return peer_script_failed(run->script, run->now->line, "send: %s",
                              status == SQLI_FAIL ? error.message
                                                  : "the other side takes no more bytes");
}

enum sqli_status peer_run_send(struct peer_run *run)
{
    struct sqli_error error;
    struct sqli_buffer out;
    sqli__buffer_init(&out, SEND_LIMIT);
    enum sqli_status status = build(run->now->words, 1 - run->script->theirs,
                                    peer_endpoint_caps(&run->end), &out, &error);
    if (status == SQLI_OK)
        status = send_all(run, &out);
    else
        peer_script_failed(run->script, run->now->line, "%s", error.message);
    sqli__buffer_free(&out);
    return status;
}

enum sqli_status peer_run_send_urgent(struct peer_run *run)
{
    struct sqli_error error;
    int byte = peer_hex_byte(run->now->words.words[0]);
    enum sqli_status status = sqli__socket_send_urgent(run->end.socket, (uint8_t)byte, &error);
    if (status == SQLI_OK)
        return SQLI_OK;
    return peer_script_failed(run->script, run->now->line, "send-urgent: %s",
                              status == SQLI_FAIL ? error.message
                                                  : "the other side takes no more bytes");
}
