/* Statements: text in, description out, parameters, results of an execution. */
#include "protocol/layouts.h"

#include "protocol/statement_type.h"
#include "protocol/wire_print.h"
#include "value/value.h"

void sqli__layout_sql(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_count(w, "placeholders", &m->as.sql.placeholders);
    sqli__wire_sql(w, "sql", &m->as.sql.text);
}

static void key_column(struct sqli_wire *w, void *item)
{
    sqli__wire_16(w, "column", item);
}

static void key_name(struct sqli_wire *w, void *item)
{
    sqli__wire_char(w, "name", item);
}

void sqli__layout_generated_keys(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_keys *k = &m->as.keys;
    sqli__wire_16(w, "kind", &k->kind);
    if (k->kind == SQLI_KEYS_BY_INDEX || k->kind == SQLI_KEYS_BY_NAME)
        sqli__wire_count(w, "count", &k->count);
    else if (sqli__wire_ok(w) && k->kind != SQLI_KEYS_ALL)
        sqli__wire_fail(w, "kind %d is not known", k->kind);
    if (k->kind == SQLI_KEYS_BY_INDEX)
        sqli__wire_list(w, "columns", &k->columns, k->count, sizeof *k->columns, 2, key_column);
    else if (k->kind == SQLI_KEYS_BY_NAME)
        sqli__wire_list(w, "names", &k->names, k->count, sizeof *k->names, 2, key_name);
}

void sqli__layout_id(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_16(w, "statement", &m->as.id_number);
}

/* --- types --- */

static void note_type(struct sqli_wire *w, int code)
{
    const struct sqli_type_info *info =
        w->mode == SQLI_WIRE_PRINT ? sqli__type_info(code & 0xff) : NULL;
    if (info)
        sqli__wire_note(w, "(%s)", info->name);
}

/* The type word and what follows it in both kinds of describe, but for the encoded length. */
static void described_type(struct sqli_wire *w, struct sqli_type *type)
{
    uint16_t word = (uint16_t)(type->flags | type->code);
    sqli__wire_u16(w, "type", &word);
    if (sqli__wire_decoding(w)) {
        type->code = (uint8_t)(word & 0xff);
        type->flags = (uint16_t)(word & 0xff00);
    }
    note_type(w, word);
    sqli__wire_32(w, "extended_id", &type->extended_id);
    sqli__wire_char(w, "owner", &type->owner);
    sqli__wire_char(w, "type_name", &type->name);
}

static void column(struct sqli_wire *w, void *item)
{
    struct sqli_column *c = item;
    bool wide = sqli__caps_has(w->caps, SQLI_CAP_WIDE_DESCRIBE);
    sqli__wire_32_or_16(w, "name_at", &c->name_offset, wide);
    sqli__wire_32(w, "start", &c->start);
    described_type(w, &c->type);
    sqli__wire_16(w, "reference", &c->reference);
    sqli__wire_16(w, "alignment", &c->alignment);
    sqli__wire_32(w, "source", &c->type.source);
    sqli__wire_32(w, "length", &c->type.length);
}

static void note_statement(struct sqli_wire *w, int type)
{
    const char *name = w->mode == SQLI_WIRE_PRINT ? sqli__statement_type_name(type) : NULL;
    if (name)
        sqli__wire_note(w, "(%s)", name);
}

static void strings_size(struct sqli_wire *w, struct sqli_describe *d, bool wide)
{
    if (wide) {
        sqli__wire_length(w, "strings_size", &d->strings_size);
        return;
    }
    uint16_t narrow = (uint16_t)d->strings_size;
    if (w->mode == SQLI_WIRE_ENCODE && d->strings_size > UINT16_MAX)
        sqli__wire_fail(w, "strings_size is %u, too large for the agreed framing", d->strings_size);
    sqli__wire_u16(w, "strings_size", &narrow);
    if (sqli__wire_decoding(w))
        d->strings_size = narrow;
}

/* The string table holds the names one behind the other, each ended by NUL. */
static void string_table(struct sqli_wire *w, struct sqli_describe *d)
{
    if (w->mode != SQLI_WIRE_PRINT) {
        sqli__wire_bytes(w, "names", &d->strings, d->strings_size);
        sqli__wire_pad(w, d->strings_size);
        return;
    }
    for (uint32_t i = 0; i < d->count; i++) {
        struct sqli_span name = sqli__describe_name(d, i);
        sqli__print_bytes(w->out, "name", name, w->print_limit);
    }
}

void sqli__layout_describe(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_describe *d = &m->as.describe;
    sqli__wire_16(w, "type", &d->statement_type);
    note_statement(w, d->statement_type);
    sqli__wire_16(w, "statement", &d->statement_id);
    sqli__wire_32(w, "cost", &d->cost);
    sqli__wire_32_or_16(w, "tuple_size", &d->tuple_size,
                        sqli__caps_has(w->caps, SQLI_CAP_LARGE_TUPLES));
    sqli__wire_count(w, "count", &d->count);
    strings_size(w, d, sqli__caps_has(w->caps, SQLI_CAP_WIDE_DESCRIBE));
    if (d->count == 0)
        return;
    sqli__wire_list(w, "columns", &d->columns, d->count, sizeof *d->columns, 28, column);
    string_table(w, d);
}

struct sqli_span sqli__describe_name(const struct sqli_describe *describe, uint32_t column_index)
{
    const struct sqli_span none = {NULL, 0};
    if (column_index >= describe->count)
        return none;
    int32_t offset = describe->columns[column_index].name_offset;
    if (offset < 0 || (size_t)offset >= describe->strings.length)
        return none;
    const uint8_t *name = describe->strings.data + offset;
    size_t room = describe->strings.length - (size_t)offset;
    const uint8_t *end = memchr(name, 0, room);
    return sqli__span(name, end ? (size_t)(end - name) : room);
}

static void parameter(struct sqli_wire *w, void *item)
{
    struct sqli_parameter *p = item;
    described_type(w, &p->type);
    sqli__wire_16(w, "reference", &p->reference);
    sqli__wire_16(w, "alignment", &p->alignment);
    sqli__wire_32(w, "source", &p->type.source);
    sqli__wire_32(w, "length", &p->type.length);
}

void sqli__layout_idescribe(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_idescribe *d = &m->as.idescribe;
    sqli__wire_count(w, "count", &d->count);
    if (d->count > 0 && sqli__caps_has(w->caps, SQLI_CAP_NAMED_PARAMETERS))
        sqli__wire_16(w, "named", &d->named);
    sqli__wire_list(w, "parameters", &d->parameters, d->count, sizeof *d->parameters, 22,
                    parameter);
}

/* --- values --- */

/* BYTE and TEXT travel as a descriptor, which grew with the long rowids. */
static size_t fixed_size(const struct sqli_wire *w, const struct sqli_type_info *info)
{
    bool large = sqli__caps_has(w->caps, SQLI_CAP_LONG_ROWIDS);
    return info->kind == SQLI_KIND_SIMPLE_LOB && large ? info->size + 12u : info->size;
}

/* Numbers and times are printed as what they are; false where the bytes should be shown. */
static bool print_value(struct sqli_wire *w, const struct sqli_bind_value *v,
                        const struct sqli_type_info *info)
{
    /* The precision word of a DATETIME or INTERVAL is its qualifier, which is its encoded length.
     */
    struct sqli_type type = {.code = (uint8_t)(v->type & 0xff), .length = (uint16_t)v->precision};
    struct sqli_value value;
    size_t start = w->out->length;
    if (!info || info->kind < SQLI_KIND_INTEGER || info->kind > SQLI_KIND_INTERVAL ||
        info->kind == SQLI_KIND_TEXT)
        return false;
    if (info->kind == SQLI_KIND_DECIMAL)
        type.length = SQLI_DECIMAL_DIGITS << 8 | SQLI_DECIMAL_FLOATING;
    if (sqli__value_bind_decode(&type, v->data, &value, NULL) != SQLI_OK || value.null)
        return false;
    sqli__buffer_text(w->out, " value=");
    if (sqli__value_to_text(&type, &value, &sqli__date_iso, w->out, NULL) == SQLI_OK)
        return true;
    sqli__buffer_truncate(w->out, start);
    return false;
}

static void value_data(struct sqli_wire *w, struct sqli_bind_value *v)
{
    const struct sqli_type_info *info = sqli__type_info(v->type & 0xff);
    enum sqli_bind_layout layout = info ? info->bind : SQLI_BIND_NONE;
    if (w->mode == SQLI_WIRE_PRINT && print_value(w, v, info))
        return;
    if (layout == SQLI_BIND_FIXED)
        sqli__wire_bytes(w, "data", &v->data, fixed_size(w, info));
    else if (layout == SQLI_BIND_16)
        sqli__wire_char(w, "data", &v->data);
    else if (layout == SQLI_BIND_32)
        sqli__wire_char4(w, "data", &v->data);
    else
        sqli__wire_fail(w, "a value of type %u", v->type);
}

static void bound_value(struct sqli_wire *w, void *item)
{
    struct sqli_bind_value *v = item;
    sqli__wire_u16(w, "type", &v->type);
    note_type(w, v->type);
    if (sqli__type_has_preamble(v->type & 0xff)) {
        sqli__wire_char(w, "owner", &v->owner);
        sqli__wire_char(w, "type_name", &v->name);
    }
    sqli__wire_16(w, "indicator", &v->indicator);
    sqli__wire_16(w, "precision", &v->precision);
    if (sqli__wire_ok(w) && v->indicator == SQLI_INDICATOR_VALUE)
        value_data(w, v);
}

/* Of BIND, and of FPROUTINE: results of a routine travel like parameters. */
void sqli__layout_bind(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_bind *b = &m->as.bind;
    sqli__wire_count(w, "count", &b->count);
    sqli__wire_list(w, "values", &b->values, b->count, sizeof *b->values, 6, bound_value);
}

void sqli__layout_bbind(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_count(w, "blobs", &m->as.count);
}

/* --- results --- */

void sqli__layout_done(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_done *d = &m->as.done;
    bool wide = sqli__caps_has(w->caps, SQLI_CAP_LONG_ROWIDS);
    sqli__wire_16(w, "warnings", &d->warnings);
    sqli__wire_64_or_32(w, "rows", &d->rows, wide);
    sqli__wire_64_or_32(w, "rowid", &d->rowid, wide);
    sqli__wire_32(w, "serial", &d->serial);
}

void sqli__layout_cost(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_32(w, "rows", &m->as.cost.rows);
    sqli__wire_32(w, "io", &m->as.cost.io);
}

void sqli__layout_err(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_err *e = &m->as.err;
    sqli__wire_16(w, "code", &e->code);
    if (w->mode == SQLI_WIRE_PRINT && sqli__error_info(e->code))
        sqli__wire_note(w, "(%s)", sqli__error_info(e->code)->name);
    sqli__wire_16(w, "isam", &e->isam);
    sqli__wire_32_or_16(w, "offset", &e->offset, sqli__caps_has(w->caps, SQLI_CAP_LONG_TEXT));
    sqli__wire_char(w, "text", &e->text);
}

void sqli__layout_insertdone(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_insertdone *d = &m->as.insertdone;
    sqli__wire_int8(w, "serial8", &d->serial8, &d->serial8_null);
    if (sqli__caps_has(w->caps, SQLI_CAP_BIGINT))
        sqli__wire_64(w, "bigserial", &d->bigserial);
}

const char *sqli__statement_type_name(int type)
{
    static const struct {
        int16_t code;
        const char *name;
    } names[] = {
#define SQLI_STATEMENT(code, name, text) {code, text},
#include "protocol/statement_type.def"
#undef SQLI_STATEMENT
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == type)
            return names[i].name;
    return NULL;
}
