#include "tests/peer/expect.h"

#include "base/clock.h"
#include "tests/peer/sending.h"

#include <stdio.h>

enum { SHOWN_BYTES = 64, TEXT_LIMIT = 1 << 21 };

#define FAIL(run, ...) peer_script_failed((run)->script, (run)->now->line, __VA_ARGS__)

static const char *const marks[] = {"C>", "S>"};

/* --- names of messages --- */

static const char *const ids[SQLI_MSG_COUNT] = {
#define SQLI_MESSAGE(id, name, tag, directions, layout, body) [SQLI_MSG_##id] = #id,
#include "protocol/messages.def"
#undef SQLI_MESSAGE
};

/* A blank in the name of a message is written "_". */
static bool names(const char *word, const char *name)
{
    while (*word && (*word == *name || (*word == '_' && *name == ' ')))
        word++, name++;
    return *word == *name;
}

/* By the name that traces print, or by the one that the code uses. */
static bool is_message(const char *word, enum sqli_message_id id)
{
    return names(word, sqli__message_info(id)->name) || names(word, ids[id]);
}

static bool exists(const char *word, enum sqli_direction direction)
{
    for (enum sqli_message_id id = 1; id < SQLI_MSG_COUNT; id++) {
        const struct sqli_message_info *info = sqli__message_info(id);
        if ((direction == SQLI_TO_SERVER ? info->to_server : info->to_client) &&
            is_message(word, id))
            return true;
    }
    return false;
}

/* --- what was wanted, and what came --- */

/* The statement as the script has it. */
static void describe_wanted(const struct peer_run *run, struct sqli_buffer *text)
{
    const struct peer_statement *s = run->now;
    sqli__buffer_text(text, s->verb->name);
    for (size_t i = 0; i < s->words.count; i++)
        sqli__buffer_format(text, " %s", s->words.words[i]);
}

/* The beginning of a login or of a PAM answer may hold a password. */
static bool may_be_shown(const struct peer_endpoint *end)
{
    const int16_t answer = sqli__message_info(SQLI_MSG_PAM_RESPONSE)->tag;
    return !end->heard.login && (end->input.length < 2 || sqli__load16(end->input.data) != answer);
}

/* Why there is no message, and the beginning of one that is there. */
static void describe_state(const struct peer_run *run, const char *what, struct sqli_buffer *text)
{
    const struct sqli_buffer *input = &run->end.input;
    sqli__buffer_text(text, what);
    if (input->length == 0)
        return;
    sqli__buffer_format(text, "; %zu bytes are no whole message", input->length);
    if (!may_be_shown(&run->end))
        return;
    sqli__buffer_text(text, ": ");
    for (size_t i = 0; i < input->length && i < SHOWN_BYTES; i++)
        sqli__buffer_format(text, "%02x", input->data[i]);
}

static enum sqli_status not_as_expected(struct peer_run *run, const char *what)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, TEXT_LIMIT);
    describe_wanted(run, &text);
    sqli__buffer_text(&text, ": ");
    describe_state(run, what, &text);
    FAIL(run, "%.*s", (int)text.length, (const char *)text.data);
    sqli__buffer_free(&text);
    return SQLI_FAIL;
}

static enum sqli_status got_other_message(struct peer_run *run)
{
    struct sqli_buffer text;
    const struct peer_endpoint *end = &run->end;
    sqli__buffer_init(&text, TEXT_LIMIT);
    describe_wanted(run, &text);
    sqli__buffer_format(&text, ": got %s %.*s", marks[end->theirs], (int)end->text.length,
                        (const char *)end->text.data);
    FAIL(run, "%.*s", (int)text.length, (const char *)text.data);
    sqli__buffer_free(&text);
    return SQLI_FAIL;
}

static const char *nothing_came(const struct peer_run *run)
{
    if (run->end.reset)
        return "the other side reset the connection";
    if (run->end.ended)
        return "the other side closed the connection";
    if (peer_service_over(run->service))
        return "stopped";
    return "nothing came in time";
}

static enum sqli_status take(struct peer_run *run)
{
    struct sqli_error error;
    enum sqli_status status =
        peer_endpoint_take(&run->end, sqli__clock_ms() + run->timeout, &error);
    if (status == SQLI_OK)
        return SQLI_OK;
    return not_as_expected(run, status == SQLI_FAIL ? error.message : nothing_came(run));
}

/* --- comparing --- */

static bool one_of(const char *set, int c)
{
    return c != 0 && strchr(set, c) != NULL;
}

/* A field stands whole in the text: blanks or brackets around it. */
static bool has_text(const char *text, const char *field)
{
    size_t length = strlen(field);
    for (const char *at = strstr(text, field); at; at = strstr(at + 1, field))
        if ((at == text || one_of(" [{(", at[-1])) &&
            (at[length] == '\0' || one_of(" ]})(", at[length])))
            return true;
    return false;
}

/* NAME=VALUE, with or without the quotes that a trace puts around texts. */
static bool has_field(const char *text, const char *field)
{
    char quoted[4096];
    const char *equals = strchr(field, '=');
    if (has_text(text, field))
        return true;
    int length =
        snprintf(quoted, sizeof quoted, "%.*s\"%s\"", (int)(equals + 1 - field), field, equals + 1);
    return length > 0 && (size_t)length < sizeof quoted && has_text(text, quoted);
}

enum sqli_status peer_check_expect(const struct peer_script *script, const struct peer_statement *s)
{
    if (!exists(s->words.words[0], script->theirs))
        return peer_script_failed(script, s->line, "the other side sends no \"%s\"",
                                  s->words.words[0]);
    for (size_t i = 1; i < s->words.count; i++)
        if (!strchr(s->words.words[i], '='))
            return peer_script_failed(script, s->line, "\"%s\" is not FIELD=VALUE",
                                      s->words.words[i]);
    return SQLI_OK;
}

/* --- the statements --- */

enum sqli_status peer_run_expect(struct peer_run *run)
{
    const struct peer_words *words = &run->now->words;
    SQLI_TRY(take(run));
    sqli__buffer_byte(&run->end.text, 0);
    const char *text = (const char *)run->end.text.data;
    bool fits = !run->end.text.failed && is_message(words->words[0], run->end.id);
    for (size_t i = 1; i < words->count && fits; i++)
        fits = has_field(text, words->words[i]);
    return fits ? SQLI_OK : got_other_message(run);
}

enum sqli_status peer_run_expect_request(struct peer_run *run)
{
    do
        SQLI_TRY(take(run));
    while (!run->end.ends_request);
    return SQLI_OK;
}

/* Waits for bytes or the end, until the moment. SQLI_OK: neither came. */
static enum sqli_status stays_silent(struct peer_run *run, int64_t deadline)
{
    struct sqli_error error;
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && !run->end.ended && run->end.input.length == 0)
        status = peer_endpoint_wait(&run->end, deadline, &error);
    if (status == SQLI_FAIL)
        return not_as_expected(run, error.message);
    if (run->end.input.length == 0)
        return SQLI_OK;
    SQLI_TRY(take(run));
    return got_other_message(run);
}

enum sqli_status peer_run_expect_nothing(struct peer_run *run)
{
    SQLI_TRY(stays_silent(run, sqli__clock_ms() + run->now->number));
    return run->end.ended ? not_as_expected(run, nothing_came(run)) : SQLI_OK;
}

enum sqli_status peer_run_expect_close(struct peer_run *run)
{
    SQLI_TRY(stays_silent(run, sqli__clock_ms() + run->timeout));
    return run->end.ended ? SQLI_OK : not_as_expected(run, "the connection is still open");
}

enum sqli_status peer_run_expect_urgent(struct peer_run *run)
{
    struct sqli_error error;
    int64_t deadline = sqli__clock_ms() + run->timeout;
    enum sqli_status status = SQLI_OK;
    while (run->end.urgent < 0 && !run->end.ended && status == SQLI_OK)
        status = peer_endpoint_wait(&run->end, deadline, &error);
    int came = run->end.urgent;
    run->end.urgent = -1;
    if (came == peer_hex_byte(run->now->words.words[0]))
        return SQLI_OK;
    return not_as_expected(run, came < 0 ? nothing_came(run) : "another urgent byte came");
}
