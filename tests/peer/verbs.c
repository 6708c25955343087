#include "tests/peer/verbs.h"

#include "base/clock.h"
#include "tests/peer/connect.h"
#include "tests/peer/expect.h"
#include "tests/peer/sending.h"

enum { ANY = 1024 };

/* --- the connection --- */

static enum sqli_status check_side(const struct peer_script *script, const struct peer_statement *s)
{
    bool server = script->theirs == SQLI_TO_SERVER;
    if ((strcmp(s->verb->name, "accept") == 0) == server)
        return SQLI_OK;
    return peer_script_failed(script, s->line, "%s is for the other side", s->verb->name);
}

/* Connecting is all that they ask for, and it is done before they run. */
static enum sqli_status run_connected(struct peer_run *run)
{
    (void)run;
    return SQLI_OK;
}

static enum sqli_status run_cut(struct peer_run *run)
{
    peer_endpoint_close(&run->end, false);
    return SQLI_OK;
}

static enum sqli_status run_reset(struct peer_run *run)
{
    peer_endpoint_close(&run->end, true);
    return SQLI_OK;
}

/* --- time and pieces --- */

static enum sqli_status run_delay(struct peer_run *run)
{
    int64_t end = sqli__clock_ms() + run->now->number;
    while (!peer_service_over(run->service) && sqli__clock_left(end) > 0)
        peer_service_wait(run->service, NULL, 0, end);
    return SQLI_OK;
}

static enum sqli_status run_timeout(struct peer_run *run)
{
    run->timeout = run->now->number;
    return SQLI_OK;
}

static enum sqli_status run_split(struct peer_run *run)
{
    run->split = (size_t)run->now->number;
    run->gap = 0;
    return SQLI_OK;
}

static enum sqli_status run_gap(struct peer_run *run)
{
    run->gap = run->now->number;
    return SQLI_OK;
}

static enum sqli_status run_corrupt(struct peer_run *run)
{
    run->corrupt_at = run->now->number;
    run->corrupt_with = (uint8_t)peer_hex_byte(run->now->words.words[1]);
    return SQLI_OK;
}

/* --- the table --- */

const struct peer_verb peer_verb_repeat = {
    .name = "repeat", .fewest = 2, .most = 2, .number = true};

static const struct peer_verb verbs[] = {
    {"accept", 0, 0, false, true, check_side, run_connected},
    {"connect", 0, 0, false, true, check_side, run_connected},
    {"connection", 0, 0, false, false, NULL, run_cut},
    {"expect", 1, ANY, false, true, peer_check_expect, peer_run_expect},
    {"expect-request", 0, 0, false, true, NULL, peer_run_expect_request},
    {"expect-nothing", 1, 1, true, true, NULL, peer_run_expect_nothing},
    {"expect-close", 0, 0, false, true, NULL, peer_run_expect_close},
    {"expect-urgent", 1, 1, false, true, peer_check_byte, peer_run_expect_urgent},
    {"send", 1, ANY, false, true, peer_check_send, peer_run_send},
    {"send-urgent", 1, 1, false, true, peer_check_byte, peer_run_send_urgent},
    {"split", 1, 1, true, false, NULL, run_split},
    {"gap", 1, 1, true, false, NULL, run_gap},
    {"corrupt", 2, 2, true, false, peer_check_byte, run_corrupt},
    {"delay", 1, 1, true, false, NULL, run_delay},
    {"timeout", 1, 1, true, false, NULL, run_timeout},
    {"cut", 0, 0, false, false, NULL, run_cut},
    {"reset", 0, 0, false, false, NULL, run_reset},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

const struct peer_verb *peer_verb_find(const char *name)
{
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return strcmp(name, peer_verb_repeat.name) == 0 ? &peer_verb_repeat : NULL;
}

void peer_verb_list(struct sqli_buffer *list)
{
    for (size_t i = 0; i < VERBS; i++)
        sqli__buffer_format(list, " %s", verbs[i].name);
    sqli__buffer_format(list, " %s", peer_verb_repeat.name);
}
