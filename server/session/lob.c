/* BYTE and TEXT out of rows, and the data of open BLOBs and CLOBs: objects leave in chunks, and no
 * more of one is in memory than the client has yet to take. */
#include "server/store/lob.h"
#include "server/session/reply.h"

enum { CHUNK = 32000, FLOW = 256 << 10 /* bytes of a reply that wait */ };

enum sqli_status sqli__reply_flows(struct sqli_session *session, struct sqli_error *error)
{
    const struct sqli_session_options *options = &session->options;
    SQLI_TRY(sqli__buffer_status(session->out, error));
    if (!options->flow || session->out->length < FLOW)
        return SQLI_OK;
    sqli__session_trace_answers(session);
    enum sqli_status status = options->flow(options->flow_context, session, error);
    session->traced = session->out->length;
    if (status != SQLI_OK)
        session->mute = true;
    return status;
}

static enum sqli_status reply_chunk(struct sqli_session *session, enum sqli_message_id id,
                                    const uint8_t *bytes, size_t length, struct sqli_error *error)
{
    struct sqli_message m = {.id = (uint16_t)id, .as.bytes = sqli__span(bytes, length)};
    SQLI_TRY(sqli__reply(session, &m, error));
    return sqli__reply_flows(session, error);
}

/* --- FETCHBLOB --- */

static enum sqli_status send_blob(struct sqli_session *session, struct sqli_statement *statement,
                                  struct sqli_blob *blob, struct sqli_error *error)
{
    uint8_t bytes[CHUNK];
    size_t got;
    do {
        SQLI_TRY(sqli__blob_read(statement, blob, bytes, sizeof bytes, &got, error));
        SQLI_TRY(reply_chunk(session, SQLI_MSG_BLOB, bytes, got, error));
    } while (got > 0);
    return SQLI_OK;
}

enum sqli_status sqli__on_fetchblob(struct sqli_session *session,
                                    const struct sqli_message *message, struct sqli_error *error)
{
    struct sqli_blob blob;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    SQLI_TRY(sqli__cursor_blob(slot->statement, message->as.bytes, &blob, error));
    return send_blob(session, slot->statement, &blob, error);
}

/* --- LODATA --- */

static struct sqli_lobs *lobs_of(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_lobs *lobs = session->engine ? sqli__engine_lobs(session->engine) : NULL;
    if (!lobs)
        sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    return lobs;
}

static size_t chunk_size(const struct sqli_lodata *l)
{
    return l->buffer > 0 && l->buffer < CHUNK ? l->buffer : CHUNK;
}

/* How much there is of what is wanted; the reply says so before the first byte. */
static enum sqli_status readable(struct sqli_lobs *lobs, const struct sqli_lob_descriptor *open,
                                 uint32_t wanted, uint32_t *there, struct sqli_error *error)
{
    int64_t size;
    SQLI_TRY(sqli__lob_size(lobs, open->id, &size, error));
    int64_t left = size > open->position ? size - open->position : 0;
    *there = left < (int64_t)wanted ? (uint32_t)left : wanted;
    return SQLI_OK;
}

static enum sqli_status send_data(struct sqli_session *session, struct sqli_lobs *lobs,
                                  struct sqli_lob_descriptor *open, const struct sqli_lodata *l,
                                  struct sqli_error *error)
{
    uint8_t bytes[CHUNK];
    uint32_t left;
    size_t got = 0;
    struct sqli_message m = {.id = SQLI_MSG_LODATA_REPLY, .as.lodata.operation = l->operation};
    SQLI_TRY(sqli__descriptor_read(lobs, open, bytes, 0, &got, error)); /* may it be read? */
    SQLI_TRY(readable(lobs, open, l->length, &left, error));
    m.as.lodata.length = left;
    SQLI_TRY(sqli__reply(session, &m, error));
    if (left == 0)
        return reply_chunk(session, SQLI_MSG_LODATA_CHUNK, bytes, 0, error);
    while (left > 0) {
        size_t size = chunk_size(l) < left ? chunk_size(l) : left;
        enum sqli_status status = sqli__descriptor_read(lobs, open, bytes, size, &got, error);
        if (status != SQLI_OK || got == 0) {
            session->mute = true; /* the length is out: an ERR would be taken for data */
            return status == SQLI_OK ? sqli__fail(error, SQLI_E_SMART_LOB_STALE, NULL) : status;
        }
        SQLI_TRY(reply_chunk(session, SQLI_MSG_LODATA_CHUNK, bytes, got, error));
        left -= (uint32_t)got;
    }
    return SQLI_OK;
}

static enum sqli_status reply_written(struct sqli_session *session, uint32_t length,
                                      struct sqli_error *error)
{
    struct sqli_message m = {.id = SQLI_MSG_LODATA_REPLY,
                             .as.lodata = {.operation = SQLI_LODATA_WRITE, .length = length}};
    return sqli__reply(session, &m, error);
}

static enum sqli_status begin_write(struct sqli_session *session, const struct sqli_lodata *l,
                                    const struct sqli_lob_descriptor *open,
                                    struct sqli_error *error)
{
    struct sqli_lob_write *w = &session->lob_write;
    if (l->length == 0)
        return reply_written(session, 0, error);
    SQLI_TRY(sqli__engine_lob_change(session->engine, open->id, &w->stored, error));
    w->descriptor = l->descriptor;
    w->total = w->left = l->length;
    return SQLI_OK;
}

enum sqli_status sqli__on_lodata(struct sqli_session *session, const struct sqli_message *message,
                                 struct sqli_error *error)
{
    const struct sqli_lodata *l = &message->as.lodata;
    struct sqli_lobs *lobs = lobs_of(session, error);
    struct sqli_lob_descriptor *open = lobs ? sqli__descriptor(lobs, l->descriptor, error) : NULL;
    if (!open)
        return SQLI_FAIL;
    if (l->operation == SQLI_LODATA_WRITE)
        return begin_write(session, l, open, error);
    if (l->operation == SQLI_LODATA_READ_SEEK)
        SQLI_TRY(sqli__descriptor_seek(lobs, open, l->offset, l->whence, error));
    return send_data(session, lobs, open, l, error);
}

/* A chunk of a write; the last one ends it. */
enum sqli_status sqli__on_lodata_chunk(struct sqli_session *session,
                                       const struct sqli_message *message, struct sqli_error *error)
{
    struct sqli_lob_write *w = &session->lob_write;
    struct sqli_span bytes = message->as.bytes;
    struct sqli_lobs *lobs = lobs_of(session, error);
    struct sqli_lob_descriptor *open = lobs ? sqli__descriptor(lobs, w->descriptor, error) : NULL;
    if (!open || w->left < bytes.length)
        return SQLI_FAIL;
    enum sqli_status status = sqli__descriptor_write(lobs, open, bytes, error);
    w->left -= (uint32_t)bytes.length;
    if (status == SQLI_OK && w->left > 0)
        return SQLI_OK;
    w->left = 0;
    status = sqli__engine_lob_changed(session->engine, w->stored, status != SQLI_OK, error);
    return status == SQLI_OK ? reply_written(session, w->total, error) : status;
}
