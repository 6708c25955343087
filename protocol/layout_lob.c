/* Large objects and routines. Chunks are messages of their own, so that a large object streams. */
#include "protocol/layouts.h"

void sqli__layout_chunk(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char(w, "data", &m->as.bytes);
}

void sqli__layout_total(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_total(w, "total", &m->as.total);
}

void sqli__layout_fetchblob(struct sqli_wire *w, struct sqli_message *m)
{
    bool large = sqli__caps_has(w->caps, SQLI_CAP_LONG_ROWIDS);
    sqli__wire_bytes(w, "descriptor", &m->as.bytes, large ? 68 : 56);
}

static void file_open(struct sqli_wire *w, struct sqli_file *f)
{
    sqli__wire_char(w, "name", &f->name);
    sqli__wire_32(w, "mode", &f->mode);
    sqli__wire_32(w, "flags", &f->flags);
    sqli__wire_32(w, "offset", &f->offset);
}

static void file_read(struct sqli_wire *w, struct sqli_file *f)
{
    sqli__wire_u16(w, "buffer", &f->buffer);
    sqli__wire_32(w, "amount", &f->amount);
}

void sqli__layout_file(struct sqli_wire *w, struct sqli_message *m)
{
    static const char *const operations[] = {"open", "close", "read", "write"};
    struct sqli_file *f = &m->as.file;
    sqli__wire_16(w, "operation", &f->operation);
    if (!sqli__wire_ok(w))
        return;
    if (f->operation < SQLI_FILE_OPEN || f->operation > SQLI_FILE_WRITE) {
        sqli__wire_fail(w, "operation %d is not known", f->operation);
        return;
    }
    sqli__wire_note(w, "(%s)", operations[f->operation]);
    if (f->operation == SQLI_FILE_OPEN)
        file_open(w, f);
    else if (f->operation == SQLI_FILE_READ)
        file_read(w, f);
}

static void lodata_operation(struct sqli_wire *w, struct sqli_lodata *l)
{
    sqli__wire_16(w, "operation", &l->operation);
    if (sqli__wire_ok(w) && (l->operation < SQLI_LODATA_READ || l->operation > SQLI_LODATA_WRITE))
        sqli__wire_fail(w, "operation %d is not known", l->operation);
}

void sqli__layout_lodata(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_lodata *l = &m->as.lodata;
    lodata_operation(w, l);
    sqli__wire_16(w, "descriptor", &l->descriptor);
    sqli__wire_total(w, "length", &l->length);
    sqli__wire_u16(w, "buffer", &l->buffer);
    if (l->operation != SQLI_LODATA_READ_SEEK)
        return;
    sqli__wire_int8(w, "offset", &l->offset, &l->offset_null);
    sqli__wire_16(w, "whence", &l->whence);
}

void sqli__layout_lodata_reply(struct sqli_wire *w, struct sqli_message *m)
{
    lodata_operation(w, &m->as.lodata);
    sqli__wire_total(w, "length", &m->as.lodata.length);
}

void sqli__layout_getroutine(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_routine *r = &m->as.routine;
    sqli__wire_u8(w, "by_id", &r->by_id);
    if (r->by_id) {
        sqli__wire_sql(w, "database", &r->database);
        sqli__wire_32(w, "handle", &r->handle);
    } else {
        sqli__wire_sql(w, "signature", &r->signature);
    }
    sqli__wire_16(w, "option", &r->option);
}

void sqli__layout_getroutine_reply(struct sqli_wire *w, struct sqli_message *m)
{
    sqli__wire_char(w, "database", &m->as.routine.database);
    sqli__wire_32(w, "handle", &m->as.routine.handle);
}

void sqli__layout_exfproutine(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_routine *r = &m->as.routine;
    sqli__wire_char(w, "database", &r->database);
    sqli__wire_32(w, "handle", &r->handle);
    sqli__wire_count(w, "parameters", &r->parameters);
    sqli__wire_16(w, "option", &r->option);
}

void sqli__layout_fpdescribe(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_routine *r = &m->as.routine;
    sqli__wire_u8(w, "by_id", &r->by_id);
    if (sqli__wire_ok(w) && !r->by_id)
        sqli__wire_fail(w, "a description by signature is not known");
    sqli__wire_char(w, "database", &r->database);
    sqli__wire_32(w, "handle", &r->handle);
}

/* --- what goes into a routine and comes out of it --- */

void sqli__layout_fparam_head(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_fparam *f = &m->as.fparam;
    sqli__wire_int8(w, "first_int8", &f->first_int8, &f->first_null);
    sqli__wire_32(w, "first", &f->first);
    sqli__wire_u8(w, "flag", &f->flag);
}

static void returned_value(struct sqli_wire *w, void *item)
{
    struct sqli_fparam_value *v = item;
    sqli__wire_u8(w, "first", &v->first);
    sqli__wire_16(w, "type", &v->type);
    sqli__wire_32(w, "extended_id", &v->extended_id);
    sqli__wire_32(w, "length", &v->length);
    sqli__wire_16(w, "precision", &v->precision);
    sqli__wire_16(w, "scale", &v->scale);
}

static void routine_parameter(struct sqli_wire *w, void *item)
{
    struct sqli_fparam_value *v = item;
    returned_value(w, item);
    sqli__wire_16(w, "out", &v->out);
}

void sqli__layout_fparam(struct sqli_wire *w, struct sqli_message *m)
{
    struct sqli_fparam *f = &m->as.fparam;
    sqli__layout_fparam_head(w, m);
    sqli__wire_32(w, "second", &f->second);
    sqli__wire_int8(w, "second_int8", &f->second_int8, &f->second_null);
    sqli__wire_32(w, "third", &f->third);
    sqli__wire_count(w, "return_count", &f->return_count);
    sqli__wire_list(w, "returns", &f->returns, f->return_count, sizeof *f->returns, 15,
                    returned_value);
    sqli__wire_count(w, "parameter_count", &f->parameter_count);
    sqli__wire_16(w, "named", &f->named);
    if (sqli__wire_ok(w) && f->named)
        sqli__wire_fail(w, "parameters with names are not known");
    sqli__wire_list(w, "parameters", &f->parameters, f->parameter_count, sizeof *f->parameters, 17,
                    routine_parameter);
}
