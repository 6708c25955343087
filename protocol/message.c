#include "protocol/message.h"

#include "protocol/layouts.h"

#include <stdio.h>

enum { DECODER_ARENA_LIMIT = 8 << 20 };

#define DIRECTIONS_C true, false
#define DIRECTIONS_S false, true
#define DIRECTIONS_B true, true

static const struct sqli_message_info messages[SQLI_MSG_COUNT] = {
#define SQLI_MESSAGE(id, name, tag, directions, layout, body)      \
    [SQLI_MSG_##id] = {name, tag, DIRECTIONS_##directions, layout, \
                       sizeof(((struct sqli_message *)0)->as.body)},
#include "protocol/messages.def"
#undef SQLI_MESSAGE
};

static const struct {
    uint16_t tag;
    const char *name;
} other_tags[] = {
#define SQLI_TAG(tag, name) {tag, name},
#include "protocol/tags.def"
#undef SQLI_TAG
};

_Static_assert(sizeof(struct sqli_column) <= SQLI_WIRE_ITEM_MAX, "list items fit the scratch");
_Static_assert(sizeof(struct sqli_login_section) <= SQLI_WIRE_ITEM_MAX, "likewise");

const struct sqli_message_info *sqli__message_info(enum sqli_message_id id)
{
    return id > SQLI_MSG_NONE && id < SQLI_MSG_COUNT ? &messages[id] : NULL;
}

static bool goes(const struct sqli_message_info *info, enum sqli_direction direction)
{
    return direction == SQLI_TO_SERVER ? info->to_server : info->to_client;
}

/* A chunk that shares its tag with the message announcing it is told by its place. */
static bool told_by_place(enum sqli_message_id id)
{
    return id == SQLI_MSG_FILE_READ_CHUNK;
}

enum sqli_message_id sqli__message_by_tag(enum sqli_direction direction, uint16_t tag)
{
    for (enum sqli_message_id id = 1; id < SQLI_MSG_COUNT; id++)
        if (messages[id].tag == (int)tag && goes(&messages[id], direction) && !told_by_place(id))
            return id;
    return SQLI_MSG_NONE;
}

const char *sqli__tag_name(uint16_t tag)
{
    for (size_t i = 0; i < sizeof other_tags / sizeof other_tags[0]; i++)
        if (other_tags[i].tag == tag)
            return other_tags[i].name;
    for (enum sqli_message_id id = 1; id < SQLI_MSG_COUNT; id++)
        if (messages[id].tag == (int)tag)
            return messages[id].name;
    return NULL;
}

/* --- decoding --- */

void sqli__decoder_init(struct sqli_decoder *decoder, enum sqli_direction direction, bool login)
{
    *decoder =
        (struct sqli_decoder){.direction = direction, .login = login, .limit = SQLI_MESSAGE_LIMIT};
    sqli__arena_init(&decoder->arena, DECODER_ARENA_LIMIT);
}

void sqli__decoder_free(struct sqli_decoder *decoder)
{
    sqli__arena_free(&decoder->arena);
}

static enum sqli_status unknown_tag(const struct sqli_decoder *d, uint16_t tag,
                                    struct sqli_error *error)
{
    const char *name = sqli__tag_name(tag);
    const char *side = d->direction == SQLI_TO_SERVER ? "client" : "server";
    return sqli__fail(error, SQLI_E_PROTOCOL, "tag %u%s%s from the %s at byte %llu", tag,
                      name ? ", " : "", name ? name : "", side, (unsigned long long)d->offset);
}

_Static_assert(SQLI_MSG_COUNT <= UINT8_MAX, "an id is one byte of the decoder's list");

/* The same few come again and again, so they are looked up once. */
static enum sqli_message_id id_of(struct sqli_decoder *d, uint16_t tag)
{
    if (tag >= sizeof d->ids)
        return sqli__message_by_tag(d->direction, tag);
    if (!d->ids[tag])
        d->ids[tag] = (uint8_t)sqli__message_by_tag(d->direction, tag);
    return d->ids[tag];
}

/* What stands at the start of the bytes: told by its place in the dialogue, or by its tag. */
static enum sqli_status identify(struct sqli_decoder *d, struct sqli_span bytes,
                                 enum sqli_message_id *id, struct sqli_error *error)
{
    if (d->login)
        *id = d->direction == SQLI_TO_SERVER ? SQLI_MSG_LOGIN_REQUEST : SQLI_MSG_LOGIN_REPLY;
    else
        *id = d->chunk_id;
    int tag = *id ? messages[*id].tag : 0;
    if (tag == SQLI_NO_TAG)
        return SQLI_OK;
    if (bytes.length < 2) {
        d->need = 2;
        return SQLI_MORE;
    }
    uint16_t found = sqli__load16(bytes.data);
    if (!*id)
        *id = id_of(d, found);
    else if (found != tag)
        *id = SQLI_MSG_NONE;
    return *id ? SQLI_OK : unknown_tag(d, found, error);
}

static struct sqli_wire reader(struct sqli_decoder *d, struct sqli_span bytes,
                               const struct sqli_message_info *info, struct sqli_error *error)
{
    return (struct sqli_wire){
        .mode = SQLI_WIRE_DECODE,
        .to_server = d->direction == SQLI_TO_SERVER,
        .caps = &d->caps,
        .error = error,
        .message = info->name,
        .base = bytes.data,
        .at = bytes.data + (info->tag == SQLI_NO_TAG ? 0 : 2),
        .end = bytes.data + bytes.length,
        .stream_offset = d->offset,
        .arena = &d->arena,
        .checkpoint = &d->checkpoint,
    };
}

static enum sqli_status run(struct sqli_wire *w, const struct sqli_message_info *info,
                            struct sqli_message *message)
{
    memset(&message->as, 0, info->body_size);
    info->layout(w, message);
    return w->status;
}

/* First a scan where an earlier attempt left a checkpoint, then the decode proper. */
static enum sqli_status read_body(struct sqli_decoder *d, struct sqli_span bytes,
                                  const struct sqli_message_info *info,
                                  struct sqli_message *message, size_t *used,
                                  struct sqli_error *error)
{
    enum sqli_status status = SQLI_OK;
    struct sqli_wire w = reader(d, bytes, info, error);
    if (d->checkpoint.active) {
        w.scanning = true;
        status = run(&w, info, message);
        d->need = w.need;
        w = reader(d, bytes, info, error);
    }
    if (status == SQLI_OK) {
        d->checkpoint.active = false;
        status = run(&w, info, message);
        d->need = w.need;
        *used = (size_t)(w.at - w.base);
    }
    return status;
}

/* The same limit whether the message is there or still asked for, so that it does not matter how
 * the stream is cut. */
static enum sqli_status check_limit(const struct sqli_decoder *d, enum sqli_status status,
                                    const char *name, size_t used, struct sqli_error *error)
{
    size_t size = status == SQLI_MORE ? d->need : used;
    if (status == SQLI_FAIL || size <= d->limit)
        return status;
    return sqli__fail(error, SQLI_E_TOO_LARGE, "%s, byte %llu: a message of %zu bytes or more",
                      name, (unsigned long long)d->offset, size);
}

/* Keeps count of the chunks that belong to an announced total. */
static enum sqli_status follow_chunks(struct sqli_decoder *d, const struct sqli_message *m,
                                      struct sqli_error *error)
{
    if (m->id == d->chunk_id) {
        bool nothing = m->as.bytes.length == 0;
        if (nothing != (d->chunk_left == 0) || m->as.bytes.length > d->chunk_left)
            return sqli__fail(error, SQLI_E_PROTOCOL, "%s, byte %llu: %zu bytes, %u announced",
                              messages[m->id].name, (unsigned long long)d->offset,
                              m->as.bytes.length, d->chunk_left);
        d->chunk_left -= (uint32_t)m->as.bytes.length;
    } else if (m->id == SQLI_MSG_FILE_READ) {
        d->chunk_id = SQLI_MSG_FILE_READ_CHUNK;
        d->chunk_left = m->as.total;
    } else if (m->id == SQLI_MSG_LODATA || m->id == SQLI_MSG_LODATA_REPLY) {
        bool writing = m->as.lodata.operation == SQLI_LODATA_WRITE;
        d->chunk_id = SQLI_MSG_LODATA_CHUNK;
        d->chunk_left = writing == (m->id == SQLI_MSG_LODATA) ? m->as.lodata.length : 0;
        /* A read at the end is answered by a chunk of nothing. */
        if (!writing && m->id == SQLI_MSG_LODATA_REPLY && d->chunk_left == 0)
            return SQLI_OK;
    }
    if (d->chunk_left == 0)
        d->chunk_id = SQLI_MSG_NONE;
    return SQLI_OK;
}

/* Rows come by the million, so a whole TUPLE of sound size is read here in a few loads. Anything
 * else about it, short or wrong, is the layout's business. */
static bool whole_tuple(struct sqli_decoder *d, struct sqli_span bytes, struct sqli_message *m,
                        size_t *used)
{
    enum { HEAD = 8 };
    if (bytes.length < HEAD || sqli__load16(bytes.data) != (uint16_t)messages[SQLI_MSG_TUPLE].tag ||
        d->direction != SQLI_TO_CLIENT || d->login || d->chunk_id)
        return false;
    uint32_t size = sqli__load32(bytes.data + 4);
    if (size > SQLI_WIRE_LENGTH_MAX || size + (size & 1) > bytes.length - HEAD ||
        HEAD + size + (size & 1) > d->limit)
        return false;
    m->id = SQLI_MSG_TUPLE;
    m->as.tuple = (struct sqli_tuple){(int16_t)sqli__load16(bytes.data + 2), size,
                                      sqli__span(bytes.data + HEAD, size)};
    *used = HEAD + size + (size & 1);
    d->offset += *used;
    d->need = 0;
    return true;
}

/* True while what the last attempt asked for is not there: another would end in the same place. */
static bool too_few(struct sqli_decoder *d, struct sqli_span bytes)
{
    if (d->need == 0)
        d->need = 1;
    return bytes.length < d->need;
}

enum sqli_status sqli__decode(struct sqli_decoder *decoder, struct sqli_span bytes,
                              struct sqli_message *message, size_t *used, struct sqli_error *error)
{
    enum sqli_message_id id;
    if (whole_tuple(decoder, bytes, message, used))
        return SQLI_OK;
    *used = 0;
    message->id = SQLI_MSG_NONE;
    if (too_few(decoder, bytes))
        return SQLI_MORE;
    SQLI_TRY(identify(decoder, bytes, &id, error));
    if (decoder->arena.used || decoder->arena.failed)
        sqli__arena_reset(&decoder->arena);
    size_t length = 0;
    enum sqli_status status = read_body(decoder, bytes, &messages[id], message, &length, error);
    SQLI_TRY(check_limit(decoder, status, messages[id].name, length, error));
    message->id = (uint16_t)id;
    SQLI_TRY(follow_chunks(decoder, message, error));
    decoder->login = false;
    decoder->offset += length;
    *used = length;
    return SQLI_OK;
}

/* --- encoding and printing --- */

static enum sqli_status write_message(struct sqli_wire *w, const struct sqli_message_info *info,
                                      const struct sqli_message *message)
{
    /* The layouts change nothing in these two modes. */
    info->layout(w, (struct sqli_message *)(uintptr_t)message);
    if (w->status == SQLI_OK)
        w->status = sqli__buffer_status(w->out, w->error);
    return w->status;
}

enum sqli_status sqli__encode(const struct sqli_message *message, enum sqli_direction direction,
                              const struct sqli_caps *caps, struct sqli_buffer *out,
                              struct sqli_error *error)
{
    const struct sqli_message_info *info = sqli__message_info(message->id);
    if (!info || !goes(info, direction))
        return sqli__fail(error, SQLI_E_ARGUMENT, "message %u in this direction", message->id);
    size_t start = out->length;
    int32_t failed = out->failed;
    struct sqli_wire w = {.mode = SQLI_WIRE_ENCODE,
                          .to_server = direction == SQLI_TO_SERVER,
                          .caps = caps,
                          .error = error,
                          .message = info->name,
                          .out = out};
    if (info->tag != SQLI_NO_TAG)
        sqli__buffer_16(out, (uint16_t)info->tag);
    enum sqli_status status = write_message(&w, info, message);
    if (status != SQLI_OK) {
        sqli__buffer_truncate(out, start);
        out->failed = failed;
    }
    return status;
}

void sqli__print(const struct sqli_message *message, enum sqli_direction direction,
                 const struct sqli_caps *caps, size_t limit, struct sqli_buffer *text)
{
    const struct sqli_message_info *info = sqli__message_info(message->id);
    if (!info)
        return;
    struct sqli_wire w = {.mode = SQLI_WIRE_PRINT,
                          .to_server = direction == SQLI_TO_SERVER,
                          .caps = caps,
                          .message = info->name,
                          .out = text,
                          .print_limit = limit ? limit : SQLI_WIRE_PRINT_DEFAULT};
    sqli__buffer_text(text, info->name);
    write_message(&w, info, message);
}
