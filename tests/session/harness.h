/* A session as its tests drive it: requests written as words, replies read as printed messages. */
#ifndef SQLI_TESTS_SESSION_HARNESS_H
#define SQLI_TESTS_SESSION_HARNESS_H

#include "protocol/message.h"
#include "server/session/session.h"
#include "tests/peer/canned.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>

struct harness {
    struct sqli_session_options options;
    struct sqli_session *session;
    struct sqli_buffer in, out, text;
    struct sqli_caps caps;
    enum sqli_status status;
    struct sqli_error error;
    size_t piece;          /* bytes of one feed; 0: all at once */
    bool login_reply_next; /* the next reply is that of the login */
};

/* Hears the complaints of the sessions that are opened; NULL: nobody does. */
static void (*harness_complain)(void *context, const char *text);
static void *harness_complain_context;

/* Of the sessions that are opened; NULL for an engine that needs none. */
static struct sqli_databases *harness_databases;

static int32_t harness_authenticate(void *context, struct sqli_span user, struct sqli_span password)
{
    (void)context;
    bool good = sqli__span_equal(user, sqli__span_text("informix")) &&
                sqli__span_equal(password, sqli__span_text("in4mix"));
    return good ? 0 : SQLI_E_LOGIN;
}

static void harness_open(struct harness *h, size_t piece)
{
    *h = (struct harness){.piece = piece, .login_reply_next = true};
    h->options = (struct sqli_session_options){.databases = harness_databases,
                                               .server_name = "informix",
                                               .host_name = "localhost",
                                               .session_id = 42,
                                               .output_limit = 64 << 20,
                                               .complain = harness_complain,
                                               .complain_context = harness_complain_context,
                                               .authenticate = harness_authenticate};
    sqli__buffer_init(&h->in, SIZE_MAX);
    sqli__buffer_init(&h->out, SIZE_MAX);
    sqli__buffer_init(&h->text, SIZE_MAX);
    assert_int_equal(sqli__session_open(&h->options, &h->session, &h->error), SQLI_OK);
}

static void harness_close(struct harness *h)
{
    sqli__session_close(h->session);
    sqli__buffer_free(&h->in);
    sqli__buffer_free(&h->out);
    sqli__buffer_free(&h->text);
}

/* --- requests --- */

/* Blanks part words, but not within quotes; a comma is a word. Cuts `text` in place. */
static size_t harness_words(char *text, char **words, size_t room)
{
    size_t count = 0;
    for (char *at = text; *at;) {
        if (*at == ' ' || *at == '\n') {
            *at++ = '\0';
            continue;
        }
        assert_true(count < room);
        words[count++] = at;
        bool quoted = false;
        while (*at && (quoted || (*at != ' ' && *at != '\n')))
            quoted ^= *at++ == '"';
    }
    return count;
}

/* bind VALUE...: numbers as INTEGER, NULL, blob:N as BYTE of N bytes, everything else as CHAR. */
static void harness_bind(struct harness *h, char *const *words, size_t count)
{
    assert_true(count < 1000);
    struct sqli_bind_value *values = calloc(count + 1, sizeof *values);
    uint8_t(*numbers)[4] = calloc(count + 1, sizeof *numbers);
    static const uint8_t descriptor[56];
    for (size_t i = 0; i < count; i++) {
        char *end;
        long number = strtol(words[i], &end, 10);
        struct sqli_bind_value *v = &values[i];
        v->data = sqli__span_text(words[i]);
        if (strcmp(words[i], "NULL") == 0) {
            *v = (struct sqli_bind_value){.indicator = SQLI_INDICATOR_NULL};
        } else if (strcmp(words[i], "BYTE") == 0) {
            *v = (struct sqli_bind_value){.type = SQLI_TYPE_BYTE,
                                          .data = sqli__span(descriptor, sizeof descriptor)};
        } else if (*end == '\0') {
            sqli__store32(numbers[i], (uint32_t)number);
            *v = (struct sqli_bind_value){
                .type = SQLI_TYPE_INTEGER, .precision = 0x0a00, .data = sqli__span(numbers[i], 4)};
        }
    }
    struct sqli_message m = {.id = SQLI_MSG_BIND, .as.bind = {(uint32_t)count, values}};
    assert_int_equal(sqli__encode(&m, SQLI_TO_SERVER, &h->caps, &h->in, &h->error), SQLI_OK);
    free(values);
    free(numbers);
}

static void harness_hex(struct harness *h, char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sqli_span bytes = support_unhex(words[i]);
        sqli__buffer_span(&h->in, bytes);
        support_free(bytes);
    }
}

static void harness_item(struct harness *h, char **words, size_t count)
{
    struct peer_words item = {words, count};
    if (strcmp(words[0], "bind") == 0)
        harness_bind(h, words + 1, count - 1);
    else if (!peer_canned_known(words[0], SQLI_TO_SERVER))
        harness_hex(h, words, count);
    else if (peer_canned_build(item, SQLI_TO_SERVER, &h->caps, &h->in, &h->error) != SQLI_OK)
        fail_msg("%s: %s", words[0], h->error.message);
}

/* Appends the messages to what is to be sent: items with commas between them, as sqli-peer's
 * scripts have them; besides those `bind` and hex digits. */
static void harness_say(struct harness *h, const char *request)
{
    enum { ROOM = 50000 };
    char *text = strdup(request);
    char **words = calloc(ROOM, sizeof *words);
    assert_non_null(text);
    assert_non_null(words);
    size_t count = harness_words(text, words, ROOM);
    for (size_t start = 0, end; start < count; start = end + 1) {
        end = start;
        while (end < count && strcmp(words[end], ",") != 0)
            end++;
        harness_item(h, words + start, end - start);
    }
    free(words);
    free(text);
}

/* Feeds it. */
static void harness_send(struct harness *h)
{
    size_t piece = h->piece ? h->piece : h->in.length;
    h->status = SQLI_MORE;
    for (size_t at = 0; at < h->in.length && h->status == SQLI_MORE; at += piece) {
        size_t size = h->in.length - at < piece ? h->in.length - at : piece;
        uint8_t *copy = malloc(size); /* so that reading beyond is seen */
        memcpy(copy, h->in.data + at, size);
        h->status = sqli__session_feed(h->session, sqli__span(copy, size), &h->out, &h->error);
        free(copy);
    }
    sqli__buffer_clear(&h->in);
}

/* What came back, a message a line. */
static const char *harness_replies(struct harness *h)
{
    struct sqli_decoder decoder;
    sqli__decoder_init(&decoder, SQLI_TO_CLIENT, h->login_reply_next);
    decoder.caps = h->caps;
    sqli__buffer_clear(&h->text);
    for (size_t at = 0; at < h->out.length;) {
        struct sqli_message m;
        size_t used;
        struct sqli_span rest = sqli__span(h->out.data + at, h->out.length - at);
        enum sqli_status status = sqli__decode(&decoder, rest, &m, &used, &h->error);
        if (status != SQLI_OK)
            fail_msg("reply byte %zu: %s", at, status == SQLI_MORE ? "cut" : h->error.message);
        sqli__print(&m, SQLI_TO_CLIENT, &decoder.caps, 64, &h->text);
        sqli__buffer_byte(&h->text, '\n');
        at += used;
    }
    sqli__decoder_free(&decoder);
    h->login_reply_next = false;
    sqli__buffer_clear(&h->out);
    sqli__buffer_byte(&h->text, 0);
    return (const char *)h->text.data;
}

static const char *harness_ask(struct harness *h, const char *request)
{
    harness_say(h, request);
    harness_send(h);
    return harness_replies(h);
}

/* Logged in, capabilities agreed, testdb open. */
__attribute__((unused)) static void harness_connect(struct harness *h, size_t piece,
                                                    const char *database)
{
    char request[200];
    harness_open(h, piece);
    harness_ask(h, "login");
    assert_int_equal(h->status, SQLI_MORE);
    assert_true(sqli__session_logged_in(h->session));
    harness_ask(h, "protocols , eot");
    h->caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    snprintf(request, sizeof request, "dbopen %s , eot", database);
    harness_ask(h, request);
}

#endif
