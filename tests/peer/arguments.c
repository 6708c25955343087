#include "tests/peer/arguments.h"

#include "base/ascii.h"
#include "tests/peer/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void peer_argument_failed(struct peer_arguments *a, const char *what, const char *word)
{
    if (a->status == SQLI_OK)
        a->status = sqli__fail(a->error, SQLI_E_ARGUMENT, "%s: %s", word, what);
}

const char *peer_named(struct peer_arguments *a, const char *name, size_t *from)
{
    size_t length = strlen(name);
    for (size_t i = *from; i < a->count; i++) {
        const char *word = a->words[i];
        if (strncmp(word, name, length) != 0 || word[length] != '=')
            continue;
        a->used |= (uint64_t)1 << i;
        *from = i + 1;
        return word + length + 1;
    }
    return NULL;
}

const char *peer_positional(struct peer_arguments *a)
{
    for (size_t i = 0; i < a->count; i++) {
        const char *word = a->words[i];
        const char *quote = strchr(word, '"'), *equals = strchr(word, '=');
        if ((a->used >> i & 1) || (equals && (!quote || equals < quote)))
            continue;
        a->used |= (uint64_t)1 << i;
        return word;
    }
    return NULL;
}

int64_t peer_to_number(struct peer_arguments *a, const char *text, int64_t otherwise)
{
    char *end;
    if (!text)
        return otherwise;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        peer_argument_failed(a, "not a number", text);
    return value;
}

int64_t peer_fits(struct peer_arguments *a, unsigned bits, int64_t number)
{
    char text[24];
    int64_t limit = (int64_t)1 << (bits - 1);
    snprintf(text, sizeof text, "%lld", (long long)number);
    if (number < -limit || number >= limit)
        peer_argument_failed(a, "has no room in its field", text);
    return number;
}

int64_t peer_number(struct peer_arguments *a, const char *name, int64_t otherwise)
{
    size_t from = 0;
    return peer_to_number(a, peer_named(a, name, &from), otherwise);
}

/* One character of a quoted text: \" \\ \n and \x0a as a trace prints them. */
static uint8_t unescape(const char **at)
{
    const char *p = *at;
    if (*p != '\\' || !p[1]) {
        *at = p + 1;
        return (uint8_t)*p;
    }
    if (p[1] == 'x' && sqli__hex_digit((uint8_t)p[2]) >= 0 && sqli__hex_digit((uint8_t)p[3]) >= 0) {
        *at = p + 4;
        return (uint8_t)(sqli__hex_digit((uint8_t)p[2]) << 4 | sqli__hex_digit((uint8_t)p[3]));
    }
    *at = p + 2;
    return p[1] == 'n' ? '\n' : (uint8_t)p[1];
}

struct sqli_span peer_to_text(struct peer_arguments *a, const char *word)
{
    size_t length = strlen(word), count = 0;
    uint8_t *text = sqli__arena_alloc(a->arena, length + 1, 1);
    if (!text) {
        peer_argument_failed(a, "too long", "text");
        return sqli__span("", 0);
    }
    bool quoted = length >= 2 && word[0] == '"' && word[length - 1] == '"';
    const char *at = quoted ? word + 1 : word;
    const char *end = quoted ? word + length - 1 : word + length;
    while (at < end)
        text[count++] = unescape(&at);
    return sqli__span(text, count);
}

struct sqli_span peer_text(struct peer_arguments *a, const char *name, const char *otherwise)
{
    size_t from = 0;
    const char *value = peer_named(a, name, &from);
    return value ? peer_to_text(a, value) : sqli__span_text(otherwise);
}

struct sqli_span peer_needed_text(struct peer_arguments *a, const char *what)
{
    const char *word = peer_positional(a);
    if (!word)
        peer_argument_failed(a, "is missing", what);
    return peer_to_text(a, word ? word : "");
}

struct sqli_span peer_to_bytes(struct peer_arguments *a, const char *word)
{
    size_t length = strlen(word);
    uint8_t *bytes = sqli__arena_alloc(a->arena, length / 2 + 1, 1);
    for (size_t i = 0; bytes && i + 1 < length + length % 2; i += 2) {
        int high = sqli__hex_digit((uint8_t)word[i]), low = sqli__hex_digit((uint8_t)word[i + 1]);
        if (high < 0 || low < 0)
            peer_argument_failed(a, "not whole bytes in hex", word);
        else
            bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return sqli__span(bytes, bytes ? length / 2 : 0);
}

void peer_arguments_end(struct peer_arguments *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (!(a->used >> i & 1))
            peer_argument_failed(a, "is nothing that this message has", a->words[i]);
}
