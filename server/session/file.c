/* Files of the client in the middle of a reply: the dialogue of SQ_FILE.
 *
 * The server asks, ends what it has sent with an EOT, and the client answers; then the reply goes
 * on. The answers come behind the rest of the request that is being served, so that is put aside
 * first, and is served when the message that asks is done. Answers are decoded by a decoder of
 * their own: the message that asks still lies in the arena of the session's. */
#include "protocol/tuple_write.h"
#include "server/session/reply.h"

enum {
    CHUNK = 32000,
    AMOUNT = 1 << 20, /* asked for at a time. JDBC gives the beginning again when it is asked for
                         more, so that it has to be large. */
    INPUT_LIMIT = 64 << 20,
};

/* --- what comes in --- */

static enum sqli_status lose(struct sqli_session *session)
{
    session->mute = true; /* whatever the client sends next, nobody knows what it means */
    return SQLI_FAIL;
}

static enum sqli_status begin(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_dialogue *d = &session->dialogue;
    if (!session->options.wait)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "client files");
    if (d->began)
        return SQLI_OK;
    d->began = true;
    d->whole = false;
    d->request = 0;
    d->answer = 0;
    sqli__buffer_init(&d->input, INPUT_LIMIT);
    sqli__buffer_span(&d->input, session->unread);
    sqli__buffer_span(&d->input, session->beyond);
    sqli__decoder_free(&d->decoder);
    sqli__decoder_init(&d->decoder, SQLI_TO_SERVER, false);
    d->decoder.caps = session->decoder.caps;
    return sqli__buffer_status(&d->input, error);
}

/* The answer that was read last is taken out of the input. */
static void drop_answer(struct sqli_dialogue *d)
{
    if (d->answer == 0)
        return;
    uint8_t *at = d->input.data + d->request;
    size_t behind = d->input.length - d->request - d->answer;
    memmove(at, at + d->answer, behind);
    sqli__buffer_truncate(&d->input, d->request + behind);
    d->answer = 0;
}

static enum sqli_status wait_for_more(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_dialogue *d = &session->dialogue;
    sqli__session_trace_answers(session);
    d->waits = true;
    enum sqli_status status = session->options.wait(session->options.wait_context, session, error);
    d->waits = false;
    session->traced = session->out->length;
    if (status == SQLI_FAIL || sqli__buffer_status(&d->input, error) != SQLI_OK)
        return lose(session);
    return SQLI_OK;
}

static enum sqli_status decode(struct sqli_session *session, struct sqli_message *message,
                               size_t *length, struct sqli_error *error)
{
    struct sqli_dialogue *d = &session->dialogue;
    for (;;) {
        struct sqli_span rest =
            sqli__span(d->input.data + d->request, d->input.length - d->request);
        enum sqli_status status =
            rest.length ? sqli__decode(&d->decoder, rest, message, length, error) : SQLI_MORE;
        if (status == SQLI_OK)
            return SQLI_OK;
        if (status == SQLI_FAIL)
            return lose(session);
        SQLI_TRY(wait_for_more(session, error));
    }
}

/* The messages of the request come before the first answer; they stay. */
static enum sqli_status skip_request(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_dialogue *d = &session->dialogue;
    while (!d->whole) {
        struct sqli_message message;
        size_t length;
        SQLI_TRY(decode(session, &message, &length, error));
        d->request += length;
        d->whole = message.id == SQLI_MSG_EOT;
    }
    return SQLI_OK;
}

static enum sqli_status expect_end(struct sqli_session *session, struct sqli_error *error);

/* The client cannot do what was asked of it, and says so with an errno: the statement fails, the
 * dialogue goes on. */
static enum sqli_status refused(struct sqli_session *session, int16_t code,
                                struct sqli_error *error)
{
    SQLI_TRY(expect_end(session, error));
    return sqli__fail(error, SQLI_E_SMART_LOB, "error %d of the client", (int)code);
}

/* The next message must be this one. It holds until the next call. */
static enum sqli_status expect(struct sqli_session *session, enum sqli_message_id id,
                               struct sqli_message *message, struct sqli_error *error)
{
    struct sqli_dialogue *d = &session->dialogue;
    SQLI_TRY(skip_request(session, error));
    drop_answer(d);
    SQLI_TRY(decode(session, message, &d->answer, error));
    sqli__session_trace(session, SQLI_TO_SERVER, sqli__span(d->input.data + d->request, d->answer));
    if (message->id == id)
        return SQLI_OK;
    if (message->id == SQLI_MSG_ERR && id != SQLI_MSG_EOT)
        return refused(session, message->as.err.code, error);
    sqli__fail(error, SQLI_E_MESSAGE_TYPE, "%s", sqli__message_info(message->id)->name);
    return lose(session);
}

static enum sqli_status expect_end(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_message message;
    SQLI_TRY(expect(session, SQLI_MSG_EOT, &message, error));
    drop_answer(&session->dialogue);
    return SQLI_OK;
}

/* --- what goes out --- */

/* The row that is being made begins again behind what is said now. */
static enum sqli_status say(struct sqli_session *session, const struct sqli_file *file,
                            struct sqli_error *error)
{
    struct sqli_message m = {.id = SQLI_MSG_FILE, .as.file = *file};
    SQLI_TRY(begin(session, error));
    if (session->in_row)
        sqli__buffer_truncate(session->out, session->row_at);
    return sqli__reply(session, &m, error);
}

static enum sqli_status ended(struct sqli_session *session, enum sqli_status status)
{
    if (session->in_row)
        session->row_at = sqli__tuple_begin(session->out);
    return status;
}

static enum sqli_status say_and_hear(struct sqli_session *session, const struct sqli_file *file,
                                     struct sqli_error *error)
{
    SQLI_TRY(say(session, file, error));
    SQLI_TRY(sqli__reply_eot(session, error));
    return expect_end(session, error);
}

static enum sqli_status file_open(void *context, struct sqli_span name, bool write,
                                  struct sqli_error *error)
{
    struct sqli_session *session = context;
    const struct sqli_file open = {.operation = SQLI_FILE_OPEN, .name = name, .mode = write};
    return ended(session, say_and_hear(session, &open, error));
}

static enum sqli_status file_close(void *context, struct sqli_error *error)
{
    struct sqli_session *session = context;
    const struct sqli_file close = {.operation = SQLI_FILE_CLOSE};
    if (session->mute) /* there is nobody to tell */
        return SQLI_FAIL;
    return ended(session, say_and_hear(session, &close, error));
}

/* --- reading --- */

typedef enum sqli_status taker(void *to, struct sqli_span piece, struct sqli_error *error);

/* All pieces are read, even when they cannot be taken: what is behind them is the next answer. */
static enum sqli_status read_pieces(struct sqli_session *session, taker *take, void *to,
                                    uint32_t *total, struct sqli_error *error)
{
    struct sqli_message message;
    enum sqli_status status = SQLI_OK;
    SQLI_TRY(expect(session, SQLI_MSG_FILE_READ, &message, error));
    *total = message.as.total;
    for (uint32_t left = *total; left > 0;) {
        struct sqli_error own;
        SQLI_TRY(
            expect(session, SQLI_MSG_FILE_READ_CHUNK, &message, status == SQLI_OK ? error : &own));
        left -= (uint32_t)message.as.bytes.length;
        if (status == SQLI_OK)
            status = take(to, message.as.bytes, error);
    }
    struct sqli_error own;
    SQLI_TRY(expect_end(session, status == SQLI_OK ? error : &own));
    return status;
}

static enum sqli_status read_all(struct sqli_session *session, taker *take, void *to,
                                 struct sqli_error *error)
{
    const struct sqli_file read = {.operation = SQLI_FILE_READ, .buffer = CHUNK, .amount = AMOUNT};
    uint32_t total;
    do {
        SQLI_TRY(say(session, &read, error));
        SQLI_TRY(sqli__reply_eot(session, error));
        SQLI_TRY(read_pieces(session, take, to, &total, error));
    } while (total >= AMOUNT);
    return SQLI_OK;
}

static enum sqli_status file_read(void *context, taker *take, void *to, struct sqli_error *error)
{
    struct sqli_session *session = context;
    bool in_row = session->in_row;
    if (in_row)
        sqli__buffer_truncate(session->out, session->row_at);
    session->in_row = false;
    enum sqli_status status = read_all(session, take, to, error);
    session->in_row = in_row;
    return ended(session, status);
}

/* --- writing --- */

static enum sqli_status write_chunk(struct sqli_session *session, struct sqli_span bytes,
                                    struct sqli_error *error)
{
    const struct sqli_file write = {.operation = SQLI_FILE_WRITE};
    struct sqli_message chunk = {.id = SQLI_MSG_FILE_WRITE_CHUNK, .as.bytes = bytes};
    struct sqli_message message;
    SQLI_TRY(say(session, &write, error));
    SQLI_TRY(sqli__reply(session, &chunk, error));
    SQLI_TRY(sqli__reply_eot(session, error));
    SQLI_TRY(expect(session, SQLI_MSG_FILE_WRITE, &message, error));
    bool all = message.as.total == bytes.length;
    SQLI_TRY(expect_end(session, error));
    return all ? SQLI_OK : sqli__fail(error, SQLI_E_SMART_LOB, "%u", (unsigned)message.as.total);
}

static enum sqli_status file_write(void *context, struct sqli_span bytes, struct sqli_error *error)
{
    struct sqli_session *session = context;
    return ended(session, write_chunk(session, bytes, error));
}

/* --- the session --- */

void sqli__dialogue_init(struct sqli_session *session)
{
    session->files = (struct sqli_client_files){.open = file_open,
                                                .read = file_read,
                                                .write = file_write,
                                                .close = file_close,
                                                .context = session};
    sqli__buffer_init(&session->dialogue.input, INPUT_LIMIT);
    sqli__decoder_init(&session->dialogue.decoder, SQLI_TO_SERVER, false);
}

void sqli__dialogue_free(struct sqli_session *session)
{
    sqli__buffer_free(&session->dialogue.input);
    sqli__decoder_free(&session->dialogue.decoder);
}

void sqli__dialogue_hear(struct sqli_session *session, struct sqli_span bytes)
{
    sqli__buffer_span(&session->dialogue.input, bytes);
}

struct sqli_buffer sqli__dialogue_end(struct sqli_session *session)
{
    struct sqli_dialogue *d = &session->dialogue;
    drop_answer(d);
    struct sqli_buffer left = d->input;
    sqli__buffer_init(&d->input, INPUT_LIMIT);
    d->began = false;
    return left;
}
