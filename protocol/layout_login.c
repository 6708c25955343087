/* The login request and its reply. */
#include "protocol/layouts.h"

enum {
    HEADER_SIZE = 6,
    LEVEL = 60,
    NUMBER = 61, /* stands in both messages, in several places */
};

/* --- the header, which counts the whole message --- */

struct frame {
    size_t start;           /* encode: where the message begins in the buffer */
    const uint8_t *all_end; /* decode: the end of what has arrived */
    bool was_whole;
};

static bool type_fits(uint8_t type, bool to_server)
{
    if (to_server)
        return type == SQLI_LOGIN_REQUEST;
    return type == SQLI_LOGIN_ACCEPT || type == SQLI_LOGIN_REJECT || type == SQLI_LOGIN_REDIRECT;
}

/* Before the length is believed: a peer that speaks TLS or another protocol is found out here, and
 * not by waiting for as many bytes as its first two happen to say. */
static void header_numbers(struct sqli_wire *w, struct sqli_login_header *h)
{
    sqli__wire_u8(w, "type", &h->type);
    sqli__wire_u8(w, "level", &h->level);
    if (sqli__wire_decoding(w) && sqli__wire_ok(w) &&
        (h->level != LEVEL || !type_fits(h->type, w->to_server)))
        sqli__wire_fail(w, "type %u and level %u are not SQLI", h->type, h->level);
    sqli__wire_u16(w, "options", &h->options);
}

/* Waits for the whole message and narrows the decode to it. */
static void narrow(struct sqli_wire *w, struct frame *f, uint16_t total)
{
    size_t arrived = (size_t)(w->end - w->base);
    if (!sqli__wire_ok(w))
        return;
    if (total < HEADER_SIZE) {
        sqli__wire_fail(w, "the length is %u", total);
        return;
    }
    if (arrived < total) {
        struct sqli_span rest;
        sqli__wire_bytes(w, "rest", &rest, (size_t)total - (size_t)(w->at - w->base));
        return;
    }
    *f = (struct frame){.all_end = w->end, .was_whole = w->whole};
    w->end = w->base + total;
    w->whole = true;
}

static void open_frame(struct sqli_wire *w, struct frame *f, struct sqli_login_header *h)
{
    uint16_t total = 0;
    *f = (struct frame){0};
    if (w->mode == SQLI_WIRE_ENCODE)
        f->start = w->out->length;
    if (w->mode != SQLI_WIRE_PRINT)
        sqli__wire_u16(w, "length", &total);
    header_numbers(w, h);
    if (sqli__wire_decoding(w))
        narrow(w, f, total);
}

static bool at_end(const struct sqli_wire *w)
{
    return sqli__wire_decoding(w) && w->at == w->end;
}

static void close_frame(struct sqli_wire *w, struct frame *f)
{
    if (!sqli__wire_ok(w) || w->mode == SQLI_WIRE_PRINT)
        return;
    if (sqli__wire_decoding(w)) {
        if (!at_end(w))
            sqli__wire_fail(w, "%zu bytes too many", (size_t)(w->end - w->at));
        w->end = f->all_end;
        w->whole = f->was_whole;
        return;
    }
    size_t total = w->out->length - f->start;
    if (total > UINT16_MAX)
        sqli__wire_fail(w, "%zu bytes are too many", total);
    else if (!w->out->failed)
        sqli__store16(w->out->data + f->start, (uint16_t)total);
}

/* --- sections --- */

static void env_pair(struct sqli_wire *w, void *item)
{
    struct sqli_pair *p = item;
    sqli__wire_asc(w, "name", &p->name);
    sqli__wire_asc(w, "value", &p->value);
}

static void env_section(struct sqli_wire *w, struct sqli_login_section *s)
{
    sqli__wire_count(w, "count", &s->count);
    sqli__wire_list(w, "env", &s->pairs, s->count, sizeof *s->pairs, 4, env_pair);
}

static void process_section(struct sqli_wire *w, struct sqli_login_section *s)
{
    sqli__wire_32(w, "zero", &s->numbers[0]);
    sqli__wire_32(w, "pid", &s->numbers[1]);
    sqli__wire_32(w, "thread", &s->numbers[2]);
    sqli__wire_asc(w, "host", &s->host);
    sqli__wire_asc(w, "tty", &s->tty);
    sqli__wire_asc(w, "directory", &s->text);
}

static void misc_section(struct sqli_wire *w, struct sqli_login_section *s)
{
    size_t measured = 10 + (s->text.data ? s->text.length + 1 : 0);
    int16_t size = s->measured ? s->extra : (int16_t)measured;
    if (w->mode == SQLI_WIRE_ENCODE && measured > INT16_MAX)
        sqli__wire_fail(w, "text has %zu bytes", s->text.length);
    sqli__wire_16(w, "size", &size);
    if (sqli__wire_decoding(w)) {
        s->extra = size;
        s->measured = true;
    }
    sqli__wire_32(w, "first", &s->numbers[0]);
    sqli__wire_32(w, "second", &s->numbers[1]);
    sqli__wire_asc(w, "text", &s->text);
}

static void redirection(struct sqli_wire *w, int16_t *number, struct sqli_span *text)
{
    sqli__wire_16(w, "number", number);
    sqli__wire_char(w, "target", text);
}

static void section_body(struct sqli_wire *w, struct sqli_login_section *s)
{
    switch (s->marker) {
    case SQLI_LOGIN_ENV: env_section(w, s); break;
    case SQLI_LOGIN_PROCESS: process_section(w, s); break;
    case SQLI_LOGIN_MISC: misc_section(w, s); break;
    case SQLI_LOGIN_BINDING: sqli__wire_char(w, "bytes", &s->text); break;
    case SQLI_LOGIN_REDIRECTION: redirection(w, &s->extra, &s->text); break;
    default: sqli__wire_fail(w, "section %u is not known", s->marker);
    }
}

static void section(struct sqli_wire *w, void *item)
{
    struct sqli_login_section *s = item;
    uint16_t marker = s->marker ? s->marker : SQLI_LOGIN_END;
    sqli__wire_u16(w, "marker", &marker);
    if (sqli__wire_decoding(w))
        s->marker = marker;
    if (sqli__wire_ok(w) && marker != SQLI_LOGIN_END)
        section_body(w, s);
}

static bool section_is_end(const void *item)
{
    uint16_t marker = ((const struct sqli_login_section *)item)->marker;
    return marker == 0 || marker == SQLI_LOGIN_END; /* 0: not filled in, written as the end */
}

static void section_list(struct sqli_wire *w, struct sqli_login_section **list, uint32_t *count)
{
    sqli__wire_list_until(w, "sections", list, count, sizeof **list, section, section_is_end);
}

const struct sqli_login_section *sqli__login_section(const struct sqli_login_section *sections,
                                                     uint32_t count, uint16_t marker)
{
    for (uint32_t i = 0; i < count; i++)
        if (sections[i].marker == marker)
            return &sections[i];
    return NULL;
}

/* --- the part that both messages begin with --- */

static void opening(struct sqli_wire *w, int32_t *association, struct sqli_span *float_format,
                    uint8_t application_type[12])
{
    sqli__wire_marker(w, "ASSOC", SQLI_LOGIN_ASSOC);
    sqli__wire_marker(w, "ASCBINARY", SQLI_LOGIN_BINARY);
    sqli__wire_32(w, "association", association);
    sqli__wire_asc(w, "float", float_format);
    sqli__wire_marker(w, "ASCBPARMS", SQLI_LOGIN_PARAMETERS);
    sqli__wire_array(w, "application_type", application_type, 12);
}

static void three(struct sqli_wire *w, int32_t capabilities[3])
{
    sqli__wire_32(w, "capability", &capabilities[0]);
    sqli__wire_32(w, "capability2", &capabilities[1]);
    sqli__wire_32(w, "capability3", &capabilities[2]);
}

/* --- request --- */

static void request_identity(struct sqli_wire *w, struct sqli_login_request *r)
{
    sqli__wire_asc(w, "version", &r->version);
    sqli__wire_asc(w, "serial", &r->serial);
    sqli__wire_asc(w, "application", &r->application);
    three(w, r->capabilities);
    sqli__wire_16(w, "has_password", &r->has_password);
    sqli__wire_asc(w, "user", &r->user);
    sqli__wire_asc_secret(w, "password", &r->password);
}

static void request_target(struct sqli_wire *w, struct sqli_login_request *r)
{
    sqli__wire_array(w, "protocol", r->protocol, sizeof r->protocol);
    sqli__wire_32(w, "protocol_number", &r->protocol_number);
    sqli__wire_array(w, "network", r->network, sizeof r->network);
    sqli__wire_32(w, "network_number", &r->network_number);
    sqli__wire_marker(w, "ASCINITREQ", SQLI_LOGIN_INITREQ);
    sqli__wire_16(w, "service", &r->service);
    sqli__wire_32(w, "flags", &r->flags);
    sqli__wire_asc(w, "server", &r->server);
    sqli__wire_asc(w, "database", &r->database);
    sqli__wire_array(w, "unused", r->unused, sizeof r->unused);
}

void sqli__layout_login_request(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_login_request *r = &m->as.login_request;
    struct frame f;
    open_frame(w, &f, &r->header);
    opening(w, &r->association, &r->float_format, r->application_type);
    request_identity(w, r);
    request_target(w, r);
    section_list(w, &r->sections, &r->section_count);
    close_frame(w, &f);
}

void sqli__login_request_init(struct sqli_login_request *request)
{
    *request = (struct sqli_login_request){
        .header = {SQLI_LOGIN_REQUEST, LEVEL, 0},
        .association = NUMBER,
        .float_format = sqli__span_text("IEEEM"),
        .application_type = "sqlexec",
        .version = sqli__span_text("9.280"),
        .serial = sqli__span_text("RDS#R000000"),
        .application = sqli__span_text("sqli"),
        .capabilities = {SQLI_LOGIN_ENHANCED, 0, 0},
        .has_password = 1,
        .protocol = "ol",
        .protocol_number = NUMBER,
        .network = "tlitcp",
        .network_number = 1,
        .service = 11,
        .flags = 3,
    };
}

/* --- reply --- */

static void reply_identity(struct sqli_wire *w, struct sqli_login_reply *r)
{
    sqli__wire_asc(w, "version", &r->version);
    sqli__wire_asc(w, "serial", &r->serial);
    sqli__wire_asc(w, "server", &r->server);
    three(w, r->capabilities);
    sqli__wire_16(w, "zero", &r->zero);
    sqli__wire_asc(w, "unused", &r->unused[0]);
    sqli__wire_asc(w, "unused2", &r->unused[1]);
    sqli__wire_array(w, "protocol", r->protocol, sizeof r->protocol);
    sqli__wire_32(w, "protocol_number", &r->protocol_number);
    sqli__wire_array(w, "network", r->network, sizeof r->network);
    sqli__wire_32(w, "network_number", &r->network_number);
}

static void note_item(struct sqli_wire *w, void *item)
{
    struct sqli_login_note *n = item;
    sqli__wire_16(w, "kind", &n->kind);
    sqli__wire_asc(w, "text", &n->text);
}

static void reply_verdict(struct sqli_wire *w, struct sqli_login_reply *r)
{
    sqli__wire_marker(w, "ASCINITRESP", SQLI_LOGIN_INITRESP);
    sqli__wire_array(w, "zeros", r->zeros, sizeof r->zeros);
    sqli__wire_16(w, "service_error", &r->service_error);
    sqli__wire_16(w, "os_error", &r->os_error);
    if (at_end(w))
        r->ends_here = true;
    if (r->ends_here)
        return;
    sqli__wire_16(w, "warnings", &r->warnings);
    sqli__wire_count(w, "note_count", &r->note_count);
    sqli__wire_list(w, "notes", &r->notes, r->note_count, sizeof *r->notes, 4, note_item);
    section_list(w, &r->sections, &r->section_count);
}

/* A redirect may come as the whole layout with its section, or as the target alone. */
static bool bare_redirect(const struct sqli_wire *w, const struct sqli_login_reply *r)
{
    if (r->header.type != SQLI_LOGIN_REDIRECT || !sqli__wire_ok(w))
        return false;
    if (!sqli__wire_decoding(w))
        return r->redirect.data != NULL;
    return w->end - w->at < 2 || sqli__load16(w->at) != SQLI_LOGIN_ASSOC;
}

void sqli__layout_login_reply(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_login_reply *r = &m->as.login_reply;
    struct frame f;
    open_frame(w, &f, &r->header);
    if (bare_redirect(w, r)) {
        redirection(w, &r->redirect_number, &r->redirect);
    } else {
        opening(w, &r->association, &r->float_format, r->application_type);
        reply_identity(w, r);
        reply_verdict(w, r);
    }
    close_frame(w, &f);
}

void sqli__login_reply_init(struct sqli_login_reply *reply, enum sqli_login_type type)
{
    bool accepted = type == SQLI_LOGIN_ACCEPT;
    *reply = (struct sqli_login_reply){
        .header = {(uint8_t)type, LEVEL, accepted ? 0x1000 : 0},
        .association = NUMBER,
        .float_format = sqli__span_text("IEEEI"),
        .application_type = "srvinfx",
        .capabilities = {SQLI_LOGIN_ENHANCED, 0, 0},
        .protocol = "on",
        .protocol_number = NUMBER,
        .network = "soctcp",
        .warnings = accepted ? 0x14 : 0,
    };
}
