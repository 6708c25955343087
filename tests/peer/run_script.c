#include "tests/peer/run_script.h"

#include "tests/peer/connect.h"

#include <stdio.h>

enum { TIMEOUT_DEFAULT = 5000 };

/* Also statements that never wait come to an end. */
static enum sqli_status check_running(const struct peer_run *run, const struct peer_statement *s)
{
    if (!peer_service_over_now(run->service))
        return SQLI_OK;
    return peer_script_failed(run->script, s->line, "stopped before %s", s->verb->name);
}

static enum sqli_status run_statement(struct peer_run *run, const struct peer_statement *s)
{
    run->now = s;
    if (s->verb->connects)
        SQLI_TRY(peer_run_connect(run));
    return s->verb->run(run);
}

/* The statements from `from` up to `to`, blocks as often as they say. */
static enum sqli_status run_block(struct peer_run *run, size_t from, size_t to)
{
    const struct peer_statement *statements = run->script->statements;
    for (size_t i = from; i < to; i++) {
        const struct peer_statement *s = &statements[i];
        SQLI_TRY(check_running(run, s));
        if (s->verb != &peer_verb_repeat) {
            SQLI_TRY(run_statement(run, s));
            continue;
        }
        for (int64_t round = 0; round < s->number; round++) {
            SQLI_TRY(check_running(run, s));
            SQLI_TRY(run_block(run, i + 1, s->block_end));
        }
        i = s->block_end - 1;
    }
    return SQLI_OK;
}

static enum sqli_status run_once(struct peer_run *run)
{
    run->timeout = TIMEOUT_DEFAULT;
    run->split = 0;
    run->gap = 0;
    run->corrupt_at = -1;
    SQLI_TRY(run_block(run, 0, run->script->count));
    peer_endpoint_close(&run->end, false);
    return SQLI_OK;
}

static enum peer_exit run_script(const struct peer_options *options,
                                 const struct peer_script *script, struct peer_service *service,
                                 const struct peer_target *target)
{
    struct peer_run run = {
        .script = script, .target = target, .service = service, .patient = options->loop != 1};
    enum sqli_status status = SQLI_OK;
    peer_endpoint_init(&run.end, service, script->theirs);
    for (int64_t i = 0; status == SQLI_OK && (options->loop == 0 || i < options->loop); i++)
        status = run_once(&run);
    peer_endpoint_free(&run.end);
    bool stopped = options->loop == 0 && peer_service_over(service);
    return status == SQLI_OK || stopped ? PEER_OK : PEER_FAILED;
}

static enum peer_exit open_and_run(const struct peer_options *options,
                                   const struct peer_script *script)
{
    struct peer_service service;
    struct peer_target target = {.count = 0};
    enum peer_exit status;
    if (options->connect) {
        status = peer_target_find("--connect", options->connect, &target);
        peer_service_begin(options, &service);
    } else {
        status = peer_service_open(options, &service);
    }
    if (status == PEER_OK)
        status = run_script(options, script, &service, &target);
    peer_service_close(&service);
    return status;
}

enum peer_exit peer_run_script(const struct peer_options *options)
{
    struct peer_script script;
    if (options->connect && options->listen)
        return peer_complain(PEER_USAGE, "script: either --listen or --connect");
    enum sqli_direction theirs = options->connect ? SQLI_TO_CLIENT : SQLI_TO_SERVER;
    enum peer_exit status = PEER_USAGE;
    if (peer_script_load(options->file, theirs, &script) == SQLI_OK)
        status = open_and_run(options, &script);
    peer_script_free(&script);
    return status;
}

static void print_list(const char *title, const struct sqli_buffer *list)
{
    printf("\n%s:%.*s\n", title, (int)list->length, list->length ? (const char *)list->data : "");
}

void peer_run_script_help(void)
{
    struct sqli_buffer list;
    sqli__buffer_init(&list, 1 << 16);
    peer_verb_list(&list);
    print_list("Statements", &list);
    sqli__buffer_clear(&list);
    peer_canned_list(SQLI_TO_CLIENT, &list);
    print_list("A server can send, beside messages that are a tag alone", &list);
    sqli__buffer_clear(&list);
    peer_canned_list(SQLI_TO_SERVER, &list);
    print_list("A client can send, likewise", &list);
    sqli__buffer_free(&list);
}
