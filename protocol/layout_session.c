/* Negotiation, environment, databases, transactions: what concerns the session as a whole. */
#include "protocol/layouts.h"

void sqli__layout_bare(struct sqli_wire *w, struct sqli_message *m)
{
    (void)w;
    (void)m;
}

void sqli__layout_name(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char(w, "name", &m->as.bytes);
}

void sqli__layout_option(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_16(w, "option", &m->as.option);
}

void sqli__layout_protocols(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char(w, "mask", &m->as.bytes);
    if (w->mode != SQLI_WIRE_PRINT)
        return;
    struct sqli_caps caps = sqli__caps_from_mask(m->as.bytes);
    sqli__buffer_text(w->out, " (");
    sqli__caps_print(&caps, w->out);
    sqli__buffer_text(w->out, ")");
}

static void pair(struct sqli_wire *w, void *item)
{
    struct sqli_pair *p = item;
    sqli__wire_char(w, "name", &p->name);
    sqli__wire_char(w, "value", &p->value);
}

static bool pair_is_empty(const void *item)
{
    const struct sqli_pair *p = item;
    return p->name.length == 0 && p->value.length == 0;
}

static int16_t longer(int16_t longest, size_t length)
{
    size_t even = length + length % 2;
    return even > (size_t)longest && even <= INT16_MAX ? (int16_t)even : longest;
}

static void measure_info(struct sqli_wire *w, struct sqli_info *info)
{
    size_t size = 6;
    for (uint32_t i = 0; i < info->count; i++) {
        const struct sqli_pair *p = &info->pairs[i];
        size += 4 + p->name.length + p->name.length % 2 + p->value.length + p->value.length % 2;
        info->longest_name = longer(info->longest_name, p->name.length);
        info->longest_value = longer(info->longest_value, p->value.length);
    }
    if (size > INT16_MAX)
        sqli__wire_fail(w, "the environment has %zu bytes", size);
    info->size = (int16_t)size;
}

void sqli__layout_info(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_info info = m->as.info;
    if (w->mode == SQLI_WIRE_ENCODE && !info.measured)
        measure_info(w, &info);
    sqli__wire_16(w, "subtype", &info.subtype);
    if (sqli__wire_decoding(w) && info.subtype != SQLI_INFO_ENV)
        sqli__wire_fail(w, "subtype %d is not known", info.subtype);
    sqli__wire_16(w, "size", &info.size);
    sqli__wire_16(w, "longest_name", &info.longest_name);
    sqli__wire_16(w, "longest_value", &info.longest_value);
    sqli__wire_list_until(w, "env", &info.pairs, &info.count, sizeof *info.pairs, pair,
                          pair_is_empty);
    info.measured = true;
    if (sqli__wire_decoding(w))
        m->as.info = info;
}

void sqli__layout_dbopen(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char(w, "name", &m->as.name_option.name);
    sqli__wire_16(w, "mode", &m->as.name_option.option);
}

static void name_item(struct sqli_wire *w, void *item)
{
    sqli__wire_char(w, "name", item);
}

static bool name_is_empty(const void *item)
{
    return ((const struct sqli_span *)item)->length == 0;
}

void sqli__layout_names(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_names *n = &m->as.names;
    sqli__wire_list_until(w, "names", &n->names, &n->count, sizeof *n->names, name_item,
                          name_is_empty);
}

void sqli__layout_challenge(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_16(w, "style", &m->as.name_option.option);
    sqli__wire_char(w, "prompt", &m->as.name_option.name);
}

void sqli__layout_response(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char_secret(w, "answer", &m->as.bytes);
}

void sqli__layout_savepoint(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char(w, "name", &m->as.name_option.name);
    sqli__wire_16(w, "unique", &m->as.name_option.option);
}

void sqli__layout_xactstat(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_16(w, "event", &m->as.xactstat.event);
    sqli__wire_16(w, "new", &m->as.xactstat.new_level);
    sqli__wire_16(w, "old", &m->as.xactstat.old_level);
}
