#include "tests/peer/scrub.h"

#include "tests/peer/scrub_text.h"
#include "tests/peer/scrub_values.h"

static const size_t message_limit = 3 * (size_t)SQLI_MESSAGE_LIMIT;

void peer_scrub_init(struct peer_scrub *scrub, struct peer_names *names)
{
    *scrub = (struct peer_scrub){.names = names};
    sqli__trace_rows_init(&scrub->rows);
    sqli__arena_init(&scrub->arena, message_limit);
    sqli__buffer_init(&scrub->written, message_limit);
}

void peer_scrub_free(struct peer_scrub *scrub)
{
    sqli__trace_rows_free(&scrub->rows);
    sqli__arena_free(&scrub->arena);
    sqli__buffer_free(&scrub->written);
    sqli__shape_free(&scrub->put);
}

/* --- pieces of messages --- */

/* A copy that may be changed takes the place of the span; of an absent one, or where memory is
 * short, nothing is left. */
static uint8_t *own(struct peer_scrub *s, struct sqli_span *span)
{
    uint8_t *copy = span->data ? sqli__arena_alloc(&s->arena, span->length + 1, 1) : NULL;
    if (copy && span->length)
        memcpy(copy, span->data, span->length);
    *span = sqli__span(copy, copy ? span->length : 0);
    return copy;
}

static void text(struct peer_scrub *s, struct sqli_span *span)
{
    if (own(s, span))
        peer_scrub_text((uint8_t *)span->data, span->length);
}

/* "label=server|host|port" */
static void target(struct peer_scrub *s, struct sqli_span *span)
{
    uint8_t *at = own(s, span);
    for (size_t left = span->length; at && left > 0;) {
        size_t length = 0;
        while (length < left && at[length] != '=' && at[length] != '|')
            length++;
        peer_scrub_text(at, length);
        length += length < left;
        at += length;
        left -= length;
    }
}

static void name(struct peer_scrub *s, struct sqli_span *span)
{
    if (own(s, span))
        peer_scrub_name(s->names, (uint8_t *)span->data, span->length);
}

static void sql(struct peer_scrub *s, struct sqli_span *span)
{
    if (own(s, span))
        peer_scrub_sql(s->names, s->delimident, (uint8_t *)span->data, span->length);
}

static void type_name(struct peer_scrub *s, struct sqli_span *span)
{
    if (own(s, span))
        peer_scrub_type_name(s->names, (uint8_t *)span->data, span->length);
}

static void fill(struct peer_scrub *s, struct sqli_span *span, int byte)
{
    uint8_t *copy = own(s, span);
    if (copy)
        memset(copy, byte, span->length);
}

static void variable(struct peer_scrub *s, struct sqli_pair *pair)
{
    static const char delimident[] = "DELIMIDENT";
    if (sqli__span_equal(pair->name, sqli__span_text(delimident)))
        s->delimident = pair->value.length && (pair->value.data[0] | 0x20) != 'n';
    uint8_t *variable_name = own(s, &pair->name), *value = own(s, &pair->value);
    if (variable_name && value)
        peer_scrub_variable(variable_name, pair->name.length, value, pair->value.length);
    else
        text(s, &pair->name);
}

/* --- login --- */

/* Twelve or so bytes that hold a word: what lies behind it is nobody's. */
static void word(uint8_t *array, size_t size)
{
    size_t length = strnlen((const char *)array, size);
    memset(array + length, 0, size - length);
}

static void section(struct peer_scrub *s, struct sqli_login_section *section)
{
    for (uint32_t i = 0; i < section->count; i++)
        variable(s, &section->pairs[i]);
    memset(section->numbers, 0, sizeof section->numbers);
    text(s, &section->host);
    text(s, &section->tty);
    if (section->marker == SQLI_LOGIN_BINDING)
        fill(s, &section->text, 0);
    else if (section->marker == SQLI_LOGIN_REDIRECTION)
        target(s, &section->text);
    else
        text(s, &section->text);
}

static void login_request(struct peer_scrub *s, struct sqli_message *m)
{
    struct sqli_login_request *r = &m->as.login_request;
    word(r->application_type, sizeof r->application_type);
    word(r->protocol, sizeof r->protocol);
    word(r->network, sizeof r->network);
    if (!sqli__span_equal(r->application, sqli__span_text("sqli")))
        text(s, &r->application);
    name(s, &r->user);
    fill(s, &r->password, '*');
    name(s, &r->server);
    name(s, &r->database);
    for (uint32_t i = 0; i < r->section_count; i++)
        section(s, &r->sections[i]);
}

/* The version stays, for that is what a trace is about; the serial number is the customer's. */
static void login_reply(struct peer_scrub *s, struct sqli_message *m)
{
    struct sqli_login_reply *r = &m->as.login_reply;
    word(r->application_type, sizeof r->application_type);
    word(r->protocol, sizeof r->protocol);
    word(r->network, sizeof r->network);
    text(s, &r->serial);
    name(s, &r->server);
    text(s, &r->unused[0]);
    text(s, &r->unused[1]);
    target(s, &r->redirect);
    for (uint32_t i = 0; i < r->note_count; i++)
        text(s, &r->notes[i].text);
    for (uint32_t i = 0; i < r->section_count; i++)
        section(s, &r->sections[i]);
}

/* --- the session --- */

static void keep(struct peer_scrub *s, struct sqli_message *m)
{
    (void)s;
    (void)m;
}

static void info(struct peer_scrub *s, struct sqli_message *m)
{
    for (uint32_t i = 0; i < m->as.info.count; i++)
        variable(s, &m->as.info.pairs[i]);
}

static void named(struct peer_scrub *s, struct sqli_message *m)
{
    name(s, &m->as.bytes);
}

static void named_with_option(struct peer_scrub *s, struct sqli_message *m)
{
    name(s, &m->as.name_option.name);
}

static void prompt(struct peer_scrub *s, struct sqli_message *m)
{
    text(s, &m->as.name_option.name);
}

static void answer(struct peer_scrub *s, struct sqli_message *m)
{
    fill(s, &m->as.bytes, '*');
}

static void names_list(struct peer_scrub *s, struct sqli_message *m)
{
    for (uint32_t i = 0; i < m->as.names.count; i++)
        name(s, &m->as.names.names[i]);
}

/* --- statements --- */

static void statement(struct peer_scrub *s, struct sqli_message *m)
{
    sql(s, &m->as.sql.text);
}

static void keys(struct peer_scrub *s, struct sqli_message *m)
{
    for (uint32_t i = 0; m->as.keys.kind == SQLI_KEYS_BY_NAME && i < m->as.keys.count; i++)
        name(s, &m->as.keys.names[i]);
}

static void described_type(struct peer_scrub *s, struct sqli_type *type)
{
    name(s, &type->owner);
    type_name(s, &type->name);
}

static void describe(struct peer_scrub *s, struct sqli_message *m)
{
    struct sqli_describe *d = &m->as.describe;
    uint8_t *strings = own(s, &d->strings);
    for (size_t at = 0; strings && at < d->strings.length;) {
        size_t length = strnlen((const char *)strings + at, d->strings.length - at);
        peer_scrub_name(s->names, strings + at, length);
        at += length + 1;
    }
    for (uint32_t i = 0; i < d->count; i++)
        described_type(s, &d->columns[i].type);
}

static void idescribe(struct peer_scrub *s, struct sqli_message *m)
{
    for (uint32_t i = 0; i < m->as.idescribe.count; i++)
        described_type(s, &m->as.idescribe.parameters[i].type);
}

static void bind(struct peer_scrub *s, struct sqli_message *m)
{
    for (uint32_t i = 0; i < m->as.bind.count; i++) {
        struct sqli_bind_value *v = &m->as.bind.values[i];
        uint8_t *data = own(s, &v->data);
        if (data)
            peer_scrub_bound(v, data);
        name(s, &v->owner);
        type_name(s, &v->name);
    }
}

static void err(struct peer_scrub *s, struct sqli_message *m)
{
    if (own(s, &m->as.err.text))
        peer_scrub_near(s->names, (uint8_t *)m->as.err.text.data, m->as.err.text.length);
}

/* Numbers of rows are what programs know them by; that there was one stays. */
static void done(struct peer_scrub *s, struct sqli_message *m)
{
    (void)s;
    m->as.done.rowid = m->as.done.rowid != 0;
    m->as.done.serial = m->as.done.serial != 0;
}

static void insertdone(struct peer_scrub *s, struct sqli_message *m)
{
    (void)s;
    m->as.insertdone.serial8 = m->as.insertdone.serial8 != 0;
    m->as.insertdone.bigserial = m->as.insertdone.bigserial != 0;
}

/* --- rows --- */

/* The types that the client announces for the rows that it will send. */
static void learn_put(struct peer_scrub *s, const struct sqli_ret_type *types)
{
    struct sqli_describe d = {.count = types->count};
    d.columns = sqli__arena_alloc(&s->arena, types->count, sizeof *d.columns);
    sqli__shape_free(&s->put);
    s->put_statement = s->rows.addressed;
    for (uint32_t i = 0; d.columns && i < types->count; i++) {
        const struct sqli_return_type *t = &types->types[i];
        d.columns[i].type = (struct sqli_type){.code = (uint8_t)(t->type & 0xff),
                                               .flags = (uint16_t)(t->type & 0xff00),
                                               .owner = t->owner,
                                               .name = t->name,
                                               .length = t->length};
    }
    if (d.columns && types->count && sqli__shape_init(&s->put, &d, s->caps, NULL) != SQLI_OK)
        s->put = (struct sqli_shape){0};
}

static void ret_type(struct peer_scrub *s, struct sqli_message *m)
{
    for (uint32_t i = 0; i < m->as.ret_type.count; i++) {
        name(s, &m->as.ret_type.types[i].owner);
        type_name(s, &m->as.ret_type.types[i].name);
    }
    if (m->as.ret_type.direction == 0)
        learn_put(s, &m->as.ret_type);
}

static void rows(struct peer_scrub *s, const struct sqli_shape *shape, struct sqli_tuple *t,
                 size_t count)
{
    uint32_t *segments =
        shape ? sqli__arena_alloc(&s->arena, shape->varying + 1, sizeof *segments) : NULL;
    uint8_t *payload = own(s, &t->payload);
    size_t stride = t->size + (t->size & 1u), left = t->payload.length;
    for (size_t i = 0; payload && i < count && left >= t->size; i++) {
        peer_scrub_row(shape, segments, payload, t->size);
        size_t step = stride < left ? stride : left;
        memset(payload + t->size, 0, step - t->size);
        payload += step;
        left -= step;
    }
    if (payload)
        memset(payload, 0, left);
}

static void tuple(struct peer_scrub *s, struct sqli_message *m)
{
    const struct sqli_trace_columns *c = sqli__trace_rows_columns(&s->rows, m);
    rows(s, c && c->segments ? &c->shape : NULL, &m->as.tuple, 1);
}

static void put(struct peer_scrub *s, struct sqli_message *m)
{
    bool announced = s->put.count && s->put_statement == s->rows.addressed;
    const struct sqli_trace_columns *c = sqli__trace_rows_columns(&s->rows, m);
    const struct sqli_shape *described = c && c->segments ? &c->shape : NULL;
    size_t count = m->as.tuple.warnings > 0 ? (size_t)m->as.tuple.warnings : 1;
    rows(s, announced ? &s->put : described, &m->as.tuple, count);
}

/* --- large objects and routines --- */

static void chunk(struct peer_scrub *s, struct sqli_message *m)
{
    fill(s, &m->as.bytes, 'x');
}

static void descriptor(struct peer_scrub *s, struct sqli_message *m)
{
    if (own(s, &m->as.bytes))
        peer_scrub_descriptor((uint8_t *)m->as.bytes.data, m->as.bytes.length);
}

static void file(struct peer_scrub *s, struct sqli_message *m)
{
    text(s, &m->as.file.name);
}

static void routine(struct peer_scrub *s, struct sqli_message *m)
{
    sql(s, &m->as.routine.signature);
    name(s, &m->as.routine.database);
}

/* --- the table --- */

typedef void scrub_body(struct peer_scrub *scrub, struct sqli_message *message);

/* What is done to each message. One that is not here is not understood. */
static scrub_body *const bodies[SQLI_MSG_COUNT] = {
    [SQLI_MSG_TUPLE] = tuple,
    [SQLI_MSG_PUT] = put,
    [SQLI_MSG_LOGIN_REQUEST] = login_request,
    [SQLI_MSG_LOGIN_REPLY] = login_reply,
    [SQLI_MSG_EOT] = keep,
    [SQLI_MSG_PROTOCOLS] = keep,
    [SQLI_MSG_INFO] = info,
    [SQLI_MSG_VERSION] = keep,
    [SQLI_MSG_EXIT] = keep,
    [SQLI_MSG_DBOPEN] = named_with_option,
    [SQLI_MSG_DBCLOSE] = keep,
    [SQLI_MSG_DBLIST] = keep,
    [SQLI_MSG_DBLIST_REPLY] = names_list,
    [SQLI_MSG_PAM_ACCEPT] = keep,
    [SQLI_MSG_PAM_ACK] = keep,
    [SQLI_MSG_PAM_CHALLENGE] = prompt,
    [SQLI_MSG_PAM_RESPONSE] = answer,
    [SQLI_MSG_COMMAND] = statement,
    [SQLI_MSG_PREPARE] = statement,
    [SQLI_MSG_GENERATED_KEYS] = keys,
    [SQLI_MSG_NDESCRIBE] = keep,
    [SQLI_MSG_WANTDONE] = keep,
    [SQLI_MSG_ID] = keep,
    [SQLI_MSG_BIND] = bind,
    [SQLI_MSG_BBIND] = keep,
    [SQLI_MSG_EXECUTE] = keep,
    [SQLI_MSG_BATCH_START] = keep,
    [SQLI_MSG_BATCH_END] = keep,
    [SQLI_MSG_RELEASE] = keep,
    [SQLI_MSG_CIDESCRIBE] = keep,
    [SQLI_MSG_IDESCRIBE] = idescribe,
    [SQLI_MSG_DESCRIBE] = describe,
    [SQLI_MSG_DONE] = done,
    [SQLI_MSG_COST] = keep,
    [SQLI_MSG_ERR] = err,
    [SQLI_MSG_INSERTDONE] = insertdone,
    [SQLI_MSG_KEYS_DESCRIBE] = describe,
    [SQLI_MSG_KEYS_TUPLE] = tuple,
    [SQLI_MSG_CURNAME] = named,
    [SQLI_MSG_HOLD] = keep,
    [SQLI_MSG_SCROLL] = keep,
    [SQLI_MSG_AUTOFREE] = keep,
    [SQLI_MSG_REOPEN] = keep,
    [SQLI_MSG_OPEN] = keep,
    [SQLI_MSG_RET_TYPE] = ret_type,
    [SQLI_MSG_NFETCH] = keep,
    [SQLI_MSG_SFETCH] = keep,
    [SQLI_MSG_CLOSE] = keep,
    [SQLI_MSG_TUPID] = keep,
    [SQLI_MSG_BEGIN] = keep,
    [SQLI_MSG_COMMIT] = keep,
    [SQLI_MSG_ROLLBACK] = keep,
    [SQLI_MSG_SAVEPOINT] = named_with_option,
    [SQLI_MSG_SAVEPOINT_RELEASE] = named,
    [SQLI_MSG_SAVEPOINT_ROLLBACK] = named,
    [SQLI_MSG_XACTSTAT] = keep,
    [SQLI_MSG_FETCHBLOB] = descriptor,
    [SQLI_MSG_BLOB] = chunk,
    [SQLI_MSG_FILE] = file,
    [SQLI_MSG_FILE_READ] = keep,
    [SQLI_MSG_FILE_READ_CHUNK] = chunk,
    [SQLI_MSG_FILE_WRITE_CHUNK] = chunk,
    [SQLI_MSG_FILE_WRITE] = keep,
    [SQLI_MSG_LODATA] = keep,
    [SQLI_MSG_LODATA_REPLY] = keep,
    [SQLI_MSG_LODATA_CHUNK] = chunk,
    [SQLI_MSG_GETROUTINE] = routine,
    [SQLI_MSG_GETROUTINE_REPLY] = routine,
    [SQLI_MSG_EXFPROUTINE] = routine,
    [SQLI_MSG_FPROUTINE] = bind,
    [SQLI_MSG_FPARAM_REQUEST] = keep,
    [SQLI_MSG_FPARAM] = keep,
    [SQLI_MSG_FPDESCRIBE] = routine,
};

enum sqli_status peer_scrub_message(struct peer_scrub *scrub, enum sqli_direction direction,
                                    const struct sqli_message *message, struct sqli_span bytes,
                                    const struct sqli_caps *caps, struct sqli_buffer *out,
                                    struct sqli_error *error)
{
    struct sqli_message clean = *message;
    scrub_body *body = bodies[message->id];
    if (!body)
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "there is no rule for this message");
    scrub->caps = caps;
    sqli__arena_reset(&scrub->arena);
    sqli__buffer_clear(&scrub->written);
    body(scrub, &clean);
    sqli__trace_rows_note(&scrub->rows, direction, message, caps);
    SQLI_TRY(sqli__arena_status(&scrub->arena, error));
    SQLI_TRY(sqli__encode(&clean, direction, caps, &scrub->written, error));
    if (scrub->written.length != bytes.length)
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "it is written otherwise than it came");
    sqli__buffer_span(out, sqli__buffer_view(&scrub->written));
    return sqli__buffer_status(out, error);
}
