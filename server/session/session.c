#include "server/session/session.h"

#include "base/alloc.h"
#include "server/session/reply.h"

/* --- life --- */

static void trace_line(void *context, const char *line, size_t length)
{
    const struct sqli_session *session = context;
    session->options.trace(session->options.trace_context, sqli__span(line, length));
}

static enum sqli_status start_trace(struct sqli_session *session, struct sqli_error *error)
{
    if (!session->options.trace)
        return SQLI_OK;
    session->trace = sqli__alloc(sizeof *session->trace);
    if (!session->trace)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    sqli__trace_init(session->trace, 0, trace_line, session);
    return SQLI_OK;
}

enum sqli_status sqli__session_open(const struct sqli_session_options *options,
                                    struct sqli_session **session, struct sqli_error *error)
{
    struct sqli_session *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    made->options = *options;
    sqli__decoder_init(&made->decoder, SQLI_TO_SERVER, true);
    if (options->message_limit)
        made->decoder.limit = options->message_limit;
    sqli__buffer_init(&made->pending, made->decoder.limit);
    sqli__arena_init(&made->arena, SQLI_SESSION_ARENA);
    pthread_mutex_init(&made->request, NULL);
    atomic_init(&made->broken, false);
    sqli__dialogue_init(made);
    if (start_trace(made, error)) {
        sqli__session_close(made);
        return SQLI_FAIL;
    }
    *session = made;
    return SQLI_OK;
}

void sqli__session_close(struct sqli_session *session)
{
    if (!session)
        return;
    sqli__slots_free(session);
    sqli__blobs_forget(&session->blobs);
    sqli__engine_close(session->engine);
    if (session->trace)
        sqli__trace_free(session->trace);
    sqli__free(session->trace);
    sqli__dialogue_free(session);
    sqli__decoder_free(&session->decoder);
    pthread_mutex_destroy(&session->request);
    sqli__buffer_free(&session->pending);
    sqli__arena_free(&session->arena);
    sqli__free(session);
}

bool sqli__session_logged_in(const struct sqli_session *session)
{
    return session->logged_in;
}

bool sqli__session_break(struct sqli_session *session)
{
    pthread_mutex_lock(&session->request);
    bool running = session->running;
    if (running) {
        atomic_store(&session->broken, true);
        sqli__engine_interrupt(session->engine);
    }
    pthread_mutex_unlock(&session->request);
    return running;
}

struct sqli_slot *sqli__session_slot(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_slot *slot = session->addressed ? session->current : session->prepared;
    if (!slot)
        sqli__fail(error, SQLI_E_STATEMENT_ID, NULL);
    return slot;
}

/* --- requests --- */

static enum sqli_status on_exit_message(struct sqli_session *session,
                                        const struct sqli_message *message,
                                        struct sqli_error *error)
{
    (void)message;
    session->over = true;
    return sqli__reply(session, &(struct sqli_message){.id = SQLI_MSG_EXIT}, error);
}

struct handler {
    sqli_on_request *run;
    bool modifies; /* says more about the message before it, whose answer waits for that */
};

static const struct handler handlers[SQLI_MSG_COUNT] = {
    [SQLI_MSG_LOGIN_REQUEST] = {sqli__on_login, false},
    [SQLI_MSG_PROTOCOLS] = {sqli__on_protocols, false},
    [SQLI_MSG_INFO] = {sqli__on_info, false},
    [SQLI_MSG_VERSION] = {sqli__on_version, false},
    [SQLI_MSG_EXIT] = {on_exit_message, false},
    [SQLI_MSG_DBOPEN] = {sqli__on_dbopen, false},
    [SQLI_MSG_DBCLOSE] = {sqli__on_dbclose, false},
    [SQLI_MSG_DBLIST] = {sqli__on_dblist, false},
    [SQLI_MSG_COMMAND] = {sqli__on_command, false},
    [SQLI_MSG_PREPARE] = {sqli__on_prepare, false},
    [SQLI_MSG_GENERATED_KEYS] = {sqli__on_generated_keys, true},
    [SQLI_MSG_NDESCRIBE] = {sqli__on_ndescribe, true},
    [SQLI_MSG_WANTDONE] = {sqli__on_wantdone, true},
    [SQLI_MSG_ID] = {sqli__on_id, false},
    [SQLI_MSG_BIND] = {sqli__on_bind, false},
    [SQLI_MSG_BBIND] = {sqli__on_bbind, false},
    [SQLI_MSG_BLOB] = {sqli__on_blob, false},
    [SQLI_MSG_EXECUTE] = {sqli__on_execute, false},
    [SQLI_MSG_BATCH_START] = {sqli__on_batch, false},
    [SQLI_MSG_BATCH_END] = {sqli__on_batch, false},
    [SQLI_MSG_RELEASE] = {sqli__on_release, false},
    [SQLI_MSG_CIDESCRIBE] = {sqli__on_cidescribe, false},
    [SQLI_MSG_CURNAME] = {sqli__on_curname, false},
    [SQLI_MSG_HOLD] = {sqli__on_hold, false},
    [SQLI_MSG_SCROLL] = {sqli__on_scroll, false},
    [SQLI_MSG_AUTOFREE] = {sqli__on_autofree, false},
    [SQLI_MSG_REOPEN] = {sqli__on_reopen, false},
    [SQLI_MSG_OPEN] = {sqli__on_open, false},
    [SQLI_MSG_RET_TYPE] = {sqli__on_ret_type, false},
    [SQLI_MSG_NFETCH] = {sqli__on_nfetch, false},
    [SQLI_MSG_SFETCH] = {sqli__on_sfetch, false},
    [SQLI_MSG_CLOSE] = {sqli__on_close, false},
    [SQLI_MSG_PUT] = {sqli__on_put, true},
    [SQLI_MSG_BEGIN] = {sqli__on_begin, false},
    [SQLI_MSG_COMMIT] = {sqli__on_commit, false},
    [SQLI_MSG_ROLLBACK] = {sqli__on_rollback, false},
    [SQLI_MSG_SAVEPOINT] = {sqli__on_savepoint, false},
    [SQLI_MSG_SAVEPOINT_RELEASE] = {sqli__on_savepoint_release, false},
    [SQLI_MSG_SAVEPOINT_ROLLBACK] = {sqli__on_savepoint_rollback, false},
    [SQLI_MSG_FETCHBLOB] = {sqli__on_fetchblob, false},
    [SQLI_MSG_LODATA] = {sqli__on_lodata, false},
    [SQLI_MSG_LODATA_CHUNK] = {sqli__on_lodata_chunk, false},
    [SQLI_MSG_GETROUTINE] = {sqli__on_getroutine, false},
    [SQLI_MSG_EXFPROUTINE] = {sqli__on_exfproutine, false},
    [SQLI_MSG_FPARAM_REQUEST] = {sqli__on_fparam, true},
    [SQLI_MSG_FPDESCRIBE] = {sqli__on_fpdescribe, false},
};

static enum sqli_status run_message(struct sqli_session *session,
                                    const struct sqli_message *message, struct sqli_error *error)
{
    const struct handler *handler = &handlers[message->id];
    if (!handler->modifies)
        SQLI_TRY(sqli__answer_due(session, error));
    return handler->run ? handler->run(session, message, error)
                        : sqli__on_stray(session, message, error);
}

/* The request is answered with ERR; what comes up to its end is passed over. */
static enum sqli_status fail_request(struct sqli_session *session, const struct sqli_error *failure,
                                     struct sqli_error *error)
{
    session->failed = true;
    session->routine = (struct sqli_routine_call){.handle = 0};
    session->due = SQLI_DUE_NOTHING;
    session->due_slot = NULL;
    if (!session->mute)
        return sqli__reply_error(session, failure, error);
    *error = *failure;
    return SQLI_FAIL;
}

static enum sqli_status end_request(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_error failure;
    if (!session->failed && sqli__answer_due(session, &failure) != SQLI_OK)
        SQLI_TRY(fail_request(session, &failure, error));
    if (session->command)
        sqli__slot_release(session, session->command);
    session->failed = false;
    session->addressed = false;
    session->current = NULL;
    session->describe = false;
    session->want_done = false;
    session->routine = (struct sqli_routine_call){.handle = 0};
    return sqli__reply_eot(session, error);
}

/* From its first message to its EOT a break is for the request, whatever part of it runs. */
static void enter_request(struct sqli_session *session)
{
    if (!session->engine || session->running)
        return;
    pthread_mutex_lock(&session->request);
    sqli__engine_request(session->engine, true);
    session->running = true;
    pthread_mutex_unlock(&session->request);
}

static void leave_request(struct sqli_session *session)
{
    pthread_mutex_lock(&session->request);
    session->running = false;
    atomic_store(&session->broken, false);
    if (session->engine)
        sqli__engine_request(session->engine, false);
    pthread_mutex_unlock(&session->request);
}

/* What a break keeps from being released stays for good, for nobody asks twice; and the words
 * behind a PREPARE only say how to answer: a client that was told of a failure there would never
 * release the statement. */
static enum sqli_status check_broken(const struct sqli_session *session,
                                     const struct sqli_message *message, struct sqli_error *error)
{
    static const uint16_t unbroken[] = {SQLI_MSG_ID, SQLI_MSG_CLOSE, SQLI_MSG_RELEASE,
                                        SQLI_MSG_NDESCRIBE, SQLI_MSG_WANTDONE};
    if (!atomic_load(&session->broken))
        return SQLI_OK;
    for (size_t i = 0; i < sizeof unbroken / sizeof unbroken[0]; i++)
        if (message->id == unbroken[i])
            return SQLI_OK;
    return sqli__fail(error, SQLI_E_INTERRUPTED, NULL);
}

static enum sqli_status answer(struct sqli_session *session, const struct sqli_message *message,
                               struct sqli_error *error)
{
    struct sqli_error failure;
    enum sqli_spare_eot spare = session->spare_eot;
    if (message->id == SQLI_MSG_EOT) {
        session->spare_eot =
            spare == SQLI_SPARE_EOT_AFTER ? SQLI_SPARE_EOT_NOW : SQLI_SPARE_EOT_NONE;
        return spare == SQLI_SPARE_EOT_NOW ? SQLI_OK : end_request(session, error);
    }
    session->spare_eot = SQLI_SPARE_EOT_NONE;
    if (message->id == SQLI_MSG_LOGIN_REQUEST || message->id == SQLI_MSG_EXIT)
        return handlers[message->id].run(session, message, error);
    if (session->failed || (check_broken(session, message, &failure) == SQLI_OK &&
                            run_message(session, message, &failure) == SQLI_OK))
        return SQLI_OK;
    return fail_request(session, &failure, error);
}

/* --- bytes --- */

static enum sqli_status check_output(const struct sqli_session *session, struct sqli_error *error)
{
    const struct sqli_buffer *out = session->out;
    SQLI_TRY(sqli__buffer_status(out, error));
    if (session->options.output_limit && out->length > session->options.output_limit)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "%zu bytes of answers wait for the client",
                          out->length);
    return SQLI_OK;
}

void sqli__session_trace(struct sqli_session *session, enum sqli_direction direction,
                         struct sqli_span bytes)
{
    if (session->trace && bytes.length)
        sqli__trace_feed(session->trace, direction, bytes);
}

/* What was answered and is not traced yet. */
void sqli__session_trace_answers(struct sqli_session *session)
{
    const struct sqli_buffer *out = session->out;
    if (session->trace && out->length > session->traced)
        sqli__session_trace(session, SQLI_TO_CLIENT,
                            sqli__span(out->data + session->traced, out->length - session->traced));
    session->traced = out->length;
}

static enum sqli_status on_message(struct sqli_session *session, const struct sqli_message *message,
                                   struct sqli_span bytes, struct sqli_error *error)
{
    sqli__session_trace(session, SQLI_TO_SERVER, bytes);
    enter_request(session);
    enum sqli_status status = answer(session, message, error);
    if (message->id == SQLI_MSG_EOT)
        leave_request(session);
    if (status == SQLI_OK)
        status = check_output(session, error);
    /* Rows are shown as values once their request is whole. */
    if (session->trace && message->id == SQLI_MSG_EOT)
        sqli__session_trace_answers(session);
    return status;
}

/* Between two requests of one feed. What is taken of `out` was traced. */
static void offer_answers(struct sqli_session *session, size_t behind)
{
    if (!session->options.answered || behind == 0 || session->over)
        return;
    session->options.answered(session->options.answered_context, session);
    session->traced = session->out->length;
}

/* Answers all messages that are whole, and says in *used how long they were. */
static enum sqli_status drain(struct sqli_session *session, struct sqli_span bytes, size_t *used,
                              struct sqli_error *error)
{
    enum sqli_status status = SQLI_OK;
    for (*used = 0; status == SQLI_OK && *used < bytes.length && !session->over;) {
        struct sqli_message message;
        size_t length;
        struct sqli_span rest = sqli__span(bytes.data + *used, bytes.length - *used);
        status = sqli__decode(&session->decoder, rest, &message, &length, error);
        session->unread = sqli__span(rest.data + length, rest.length - length);
        if (status == SQLI_OK)
            status = on_message(session, &message, sqli__span(rest.data, length), error);
        else if (status == SQLI_FAIL)
            sqli__session_trace(session, SQLI_TO_SERVER, rest); /* shows what cannot be read */
        *used = session->dialogue.began ? bytes.length : *used + length;
        if (status == SQLI_OK && message.id == SQLI_MSG_EOT)
            offer_answers(session, bytes.length - *used + session->behind);
    }
    return status == SQLI_MORE ? SQLI_OK : status;
}

/* What is there of a message goes on with no more bytes than it is known to need, so that those
 * behind it are read where they stand. */
static size_t take_missing(struct sqli_session *session, struct sqli_span bytes)
{
    size_t missing = session->decoder.need > session->pending.length
                         ? session->decoder.need - session->pending.length
                         : 1;
    size_t size = missing < bytes.length ? missing : bytes.length;
    sqli__buffer_append(&session->pending, bytes.data, size);
    return size;
}

static enum sqli_status feed_pending(struct sqli_session *session, struct sqli_span bytes,
                                     size_t *taken, struct sqli_error *error)
{
    size_t used = 0;
    *taken = take_missing(session, bytes);
    SQLI_TRY(sqli__buffer_status(&session->pending, error));
    session->behind = bytes.length - *taken;
    session->beyond = sqli__span(bytes.data + *taken, session->behind);
    SQLI_TRY(drain(session, sqli__buffer_view(&session->pending), &used, error));
    sqli__buffer_consume(&session->pending, used);
    return SQLI_OK;
}

static enum sqli_status feed_whole(struct sqli_session *session, struct sqli_span bytes,
                                   size_t *taken, struct sqli_error *error)
{
    session->behind = 0;
    session->beyond = sqli__span(bytes.data, 0);
    SQLI_TRY(drain(session, bytes, taken, error));
    if (session->over || *taken == bytes.length)
        return SQLI_OK;
    sqli__buffer_append(&session->pending, bytes.data + *taken, bytes.length - *taken);
    *taken = bytes.length;
    return sqli__buffer_status(&session->pending, error);
}

static enum sqli_status feed(struct sqli_session *session, struct sqli_span bytes,
                             struct sqli_error *error)
{
    while (bytes.length > 0 && !session->over && !session->dialogue.began) {
        size_t taken = 0;
        if (session->pending.length > 0)
            SQLI_TRY(feed_pending(session, bytes, &taken, error));
        else
            SQLI_TRY(feed_whole(session, bytes, &taken, error));
        bytes = sqli__span(bytes.data + taken, bytes.length - taken);
    }
    return session->over ? SQLI_OK : SQLI_MORE;
}

enum sqli_status sqli__session_feed(struct sqli_session *session, struct sqli_span bytes,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    if (session->dialogue.waits) { /* we are inside of it */
        sqli__dialogue_hear(session, bytes);
        return SQLI_MORE;
    }
    session->out = out;
    session->traced = out->length;
    enum sqli_status status = feed(session, bytes, error);
    while (status == SQLI_MORE && session->dialogue.began) {
        struct sqli_buffer left = sqli__dialogue_end(session);
        status = feed(session, sqli__buffer_view(&left), error);
        sqli__buffer_free(&left);
    }
    sqli__session_trace_answers(session);
    return status;
}
