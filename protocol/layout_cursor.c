/* Cursors: how rows are asked for, and how they come. */
#include "protocol/layouts.h"

static void return_type(struct sqli_wire *w, void *item)
{
    struct sqli_return_type *t = item;
    sqli__wire_u16(w, "type", &t->type);
    if (sqli__type_has_preamble(t->type & 0xff)) {
        sqli__wire_char(w, "owner", &t->owner);
        sqli__wire_char(w, "type_name", &t->name);
    }
    sqli__wire_32(w, "length", &t->length);
}

void sqli__layout_ret_type(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_ret_type *r = &m->as.ret_type;
    sqli__wire_16(w, "direction", &r->direction);
    sqli__wire_count(w, "count", &r->count);
    sqli__wire_list(w, "types", &r->types, r->count, sizeof *r->types, 6, return_type);
}

static void fetch_buffer(struct sqli_wire *w, struct sqli_fetch *f)
{
    sqli__wire_32_or_16(w, "buffer", &f->buffer, sqli__caps_has(w->caps, SQLI_CAP_LONG_FETCH));
}

void sqli__layout_nfetch(struct sqli_wire *w, struct sqli_message *m)
{
    fetch_buffer(w, &m->as.fetch);
    if (sqli__caps_has(w->caps, SQLI_CAP_FETCH_ARRAY))
        sqli__wire_16(w, "array", &m->as.fetch.array);
}

void sqli__layout_sfetch(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_16(w, "kind", &m->as.fetch.kind);
    sqli__wire_32(w, "target", &m->as.fetch.target);
    fetch_buffer(w, &m->as.fetch);
}

static void payload(struct sqli_wire *w, struct sqli_tuple *t)
{
    sqli__wire_bytes(w, "payload", &t->payload, t->size);
    sqli__wire_pad(w, t->size);
}

void sqli__layout_tuple(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_16(w, "warnings", &m->as.tuple.warnings);
    sqli__wire_length(w, "size", &m->as.tuple.size);
    payload(w, &m->as.tuple);
}

/* Rows of one fixed size may follow each other in one message, each filled up to an even number of
 * bytes. The payload ends where the last row does. */
void sqli__layout_put(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_tuple *t = &m->as.tuple;
    sqli__wire_length(w, "size", &t->size);
    sqli__wire_16(w, "rows", &t->warnings);
    uint64_t odd = t->size & 1;
    uint64_t rows = t->warnings > 0 ? (uint64_t)t->warnings : 1;
    uint64_t length = rows * (t->size + odd) - odd;
    if (length > SQLI_WIRE_LENGTH_MAX)
        sqli__wire_fail(w, "%d rows of %u bytes are too much", t->warnings, (unsigned)t->size);
    sqli__wire_bytes(w, "payload", &t->payload, (size_t)length);
    sqli__wire_pad(w, (size_t)length);
}

void sqli__layout_tupid(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_32(w, "row", &m->as.row_number);
}
