/* Large objects: parameters on their way in, values of fetched rows, descriptors. */
#include "server/engine/lob.h"

#include "base/alloc.h"
#include "server/engine/state.h"

enum { DESCRIPTOR_KEY = 0, KEPT_HERE = 'h', KEPT_AS_OBJECT = 'o', KEPT_LIMIT = 512 << 20 };

bool sqli__lob_in_source(const struct sqli_source *source)
{
    for (uint32_t i = 0; source && i < source->count; i++) {
        enum sqli_kind kind = sqli__type_kind(&source->columns[i].type);
        if (kind == SQLI_KIND_SIMPLE_LOB || kind == SQLI_KIND_SMART_LOB)
            return true;
    }
    return false;
}

bool sqli__lob_in_columns(const struct sqli_engine_column *columns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        enum sqli_kind kind = sqli__type_kind(&columns[i].type);
        if (kind == SQLI_KIND_SIMPLE_LOB || kind == SQLI_KIND_SMART_LOB)
            return true;
    }
    return false;
}

/* --- parameters --- */

static struct sqli_lobs *lobs_of(const struct sqli_statement *s)
{
    return s->engine->runtime.lobs;
}

static void forget_parameter(struct sqli_statement *s, uint32_t parameter)
{
    if (!s->lobs)
        return;
    struct sqli_lob_parameter *p = &s->lobs[parameter];
    if (p->id && p->owned)
        sqli__lob_drop(lobs_of(s), p->id);
    *p = (struct sqli_lob_parameter){0};
}

void sqli__lob_parameters_free(struct sqli_statement *s)
{
    if (s->engine->incoming.statement == s) {
        if (s->engine->incoming.id)
            sqli__lob_drop(lobs_of(s), s->engine->incoming.id);
        s->engine->incoming.statement = NULL;
    }
    for (uint32_t i = 0; s->lobs && i < s->info.parameter_count; i++)
        forget_parameter(s, i);
    sqli__free(s->lobs);
    s->lobs = NULL;
}

static enum sqli_status note_parameter(struct sqli_statement *s, uint32_t parameter,
                                       struct sqli_lob_parameter as, struct sqli_error *error)
{
    if (!s->lobs)
        s->lobs = sqli__alloc_zeroed(s->info.parameter_count, sizeof *s->lobs);
    if (!s->lobs)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    s->lobs[parameter] = as;
    return SQLI_OK;
}

enum sqli_status sqli__lob_bound(struct sqli_statement *s, uint32_t parameter,
                                 const struct sqli_value *value, struct sqli_error *error)
{
    forget_parameter(s, parameter);
    if (value->null || value->kind != SQLI_KIND_SMART_LOB)
        return SQLI_OK;
    int64_t id = sqli__locator_id(sqli__span(value->as.smart_lob.bytes, SQLI_SMART_LOB_SIZE));
    if (id == 0)
        return sqli__fail(error, SQLI_E_SMART_LOB, NULL);
    struct sqli_lob_parameter as = {.id = id, .locator = true};
    return note_parameter(s, parameter, as, error);
}

bool sqli__lob_parameters_any(const struct sqli_statement *s)
{
    for (uint32_t i = 0; s->lobs && i < s->info.parameter_count; i++)
        if (s->lobs[i].id)
            return true;
    return false;
}

static enum sqli_status bind_stored(struct sqli_statement *s, uint32_t parameter,
                                    const struct sqli_lob_parameter *p, struct sqli_error *error)
{
    struct sqli_smart_lob locator;
    int place = (int)parameter + 1;
    sqli__locator_make(&locator, p->stored);
    int code = p->locator ? sqlite3_bind_blob(s->compiled, place, locator.bytes,
                                              sizeof locator.bytes, SQLITE_TRANSIENT)
                          : sqlite3_bind_int64(s->compiled, place, p->stored);
    return code == SQLITE_OK ? SQLI_OK : sqli__statement_fail(s, code, error);
}

enum sqli_status sqli__lob_parameters_settle(struct sqli_statement *s, struct sqli_error *error)
{
    for (uint32_t i = 0; s->lobs && i < s->info.parameter_count; i++) {
        struct sqli_lob_parameter *p = &s->lobs[i];
        if (!p->id)
            continue;
        SQLI_TRY(sqli__lob_settle(lobs_of(s), p->id, &p->stored, error));
        SQLI_TRY(bind_stored(s, i, p, error));
    }
    return SQLI_OK;
}

void sqli__lob_parameters_done(struct sqli_statement *s, bool failed)
{
    for (uint32_t i = 0; s->lobs && !failed && i < s->info.parameter_count; i++)
        if (s->lobs[i].id && s->lobs[i].locator)
            sqli__lob_settled(lobs_of(s), s->lobs[i].id, s->lobs[i].stored);
}

/* --- BYTE and TEXT coming in --- */

enum sqli_status sqli__statement_blob_begin(struct sqli_statement *s, uint32_t parameter,
                                            const struct sqli_type *type, struct sqli_error *error)
{
    struct sqli_incoming_lob *in = &s->engine->incoming;
    if (parameter >= s->info.parameter_count)
        return sqli__fail(error, SQLI_E_PARAMETER_COUNT, NULL);
    if (in->statement && in->id)
        sqli__lob_drop(lobs_of(s), in->id);
    in->statement = s;
    in->parameter = parameter;
    in->type = *type;
    in->type.owner = in->type.name = sqli__span("", 0);
    in->id = 0;
    in->size = 0;
    return SQLI_OK;
}

/* It has outgrown the row. */
static enum sqli_status move_out(struct sqli_lobs *lobs, struct sqli_incoming_lob *in,
                                 struct sqli_error *error)
{
    SQLI_TRY(sqli__lob_create(lobs, true, &in->id, error));
    return sqli__lob_write(lobs, in->id, 0, sqli__span(in->bytes, (size_t)in->size), error);
}

enum sqli_status sqli__statement_blob_piece(struct sqli_statement *s, struct sqli_span bytes,
                                            struct sqli_error *error)
{
    struct sqli_incoming_lob *in = &s->engine->incoming;
    if (in->statement != s)
        return sqli__fail(error, SQLI_E_BLOB_WRITE, NULL);
    if (!in->id && (size_t)in->size + bytes.length <= sizeof in->bytes) {
        memcpy(in->bytes + in->size, bytes.data, bytes.length);
        in->size += (int64_t)bytes.length;
        return SQLI_OK;
    }
    if (!in->id)
        SQLI_TRY(move_out(lobs_of(s), in, error));
    SQLI_TRY(sqli__lob_write(lobs_of(s), in->id, in->size, bytes, error));
    in->size += (int64_t)bytes.length;
    return SQLI_OK;
}

static enum sqli_status bind_incoming(struct sqli_statement *s, struct sqli_incoming_lob *in,
                                      struct sqli_error *error)
{
    int place = (int)in->parameter + 1;
    struct sqli_span bytes = sqli__span(in->bytes, (size_t)in->size);
    if (sqli__type_kind(&s->tree->parameters[in->parameter]) != SQLI_KIND_SIMPLE_LOB) {
        const struct sqli_value value = {.kind = SQLI_KIND_TEXT, .as.bytes = bytes};
        return in->id ? sqli__fail(error, SQLI_E_BLOB_PARAMETER, NULL)
                      : sqli__statement_bind(s, in->parameter, &in->type, &value, error);
    }
    if (s->cursor.open && !s->cursor.insert)
        sqli__cursor_close(s);
    SQLI_TRY(sqli__statement_refresh(s, error));
    forget_parameter(s, in->parameter);
    if (in->id) {
        SQLI_TRY(sqli__lob_flush(lobs_of(s), error));
        const struct sqli_lob_parameter as = {.id = in->id, .owned = true};
        SQLI_TRY(note_parameter(s, in->parameter, as, error));
        in->id = 0;
        sqlite3_bind_null(s->compiled, place); /* until it is stored */
    } else if (sqlite3_bind_blob64(s->compiled, place, bytes.data, bytes.length,
                                   SQLITE_TRANSIENT) != SQLITE_OK) {
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    sqli__statement_note_bound(s, in->parameter);
    return SQLI_OK;
}

enum sqli_status sqli__statement_blob_end(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_incoming_lob *in = &s->engine->incoming;
    if (in->statement != s)
        return sqli__fail(error, SQLI_E_BLOB_WRITE, NULL);
    enum sqli_status status = bind_incoming(s, in, error);
    if (in->id)
        sqli__lob_drop(lobs_of(s), in->id);
    in->id = 0;
    in->statement = NULL;
    return status;
}

/* --- values of fetched rows --- */

static int64_t blob_key(const struct sqli_cursor *cursor, int64_t number)
{
    enum { NUMBER_BITS = 40 };
    return (int64_t)cursor->lob_list << NUMBER_BITS | number;
}

void sqli__cursor_hold_lobs(struct sqli_statement *s)
{
    if (sqli__lob_in_columns(s->info.columns, s->info.column_count))
        sqli__lob_hold(s->engine->store, &s->cursor.lob_hold);
}

void sqli__cursor_release_lobs(struct sqli_statement *s)
{
    sqli__lob_release(&s->cursor.lob_hold);
    if (s->cursor.lob_list)
        sqli__spool_drop(s->engine->spool, s->cursor.lob_list);
}

static enum sqli_status keep(struct sqli_statement *s, struct sqli_span kept,
                             struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    struct sqli_cursor *cursor = &s->cursor;
    if (!engine->spool)
        SQLI_TRY(sqli__spool_open(&engine->spool, error));
    if (!cursor->lob_list)
        cursor->lob_list = sqli__spool_id(engine->spool);
    return sqli__spool_put(engine->spool, cursor->lob_list, ++cursor->lobs, kept, error);
}

static enum sqli_status keep_value(struct sqli_statement *s, sqlite3_value *value, int64_t *size,
                                   struct sqli_error *error)
{
    struct sqli_buffer kept;
    sqli__buffer_init(&kept, KEPT_LIMIT);
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        int64_t id = sqlite3_value_int64(value);
        SQLI_TRY(sqli__lob_size(lobs_of(s), id, size, error));
        sqli__buffer_byte(&kept, KEPT_AS_OBJECT);
        sqli__buffer_64(&kept, (uint64_t)id);
    } else {
        struct sqli_span bytes = sqli__storage_bytes(value);
        *size = (int64_t)bytes.length;
        sqli__buffer_byte(&kept, KEPT_HERE);
        sqli__buffer_span(&kept, bytes);
    }
    enum sqli_status status = sqli__buffer_status(&kept, error);
    if (status == SQLI_OK)
        status = keep(s, sqli__buffer_view(&kept), error);
    sqli__buffer_free(&kept);
    return status;
}

enum sqli_status sqli__cursor_write_blob(struct sqli_statement *s, uint32_t column,
                                         struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_simple_lob descriptor;
    sqlite3_value *value = sqlite3_column_value(sqli__statement_row(s), (int)column);
    bool null = sqlite3_value_type(value) == SQLITE_NULL;
    int64_t size = 0;
    if (!null)
        SQLI_TRY(keep_value(s, value, &size, error));
    sqli__simple_lob_make(&descriptor, (uint32_t)size, null);
    if (!null)
        sqli__store64(descriptor.bytes + DESCRIPTOR_KEY,
                      (uint64_t)blob_key(&s->cursor, s->cursor.lobs));
    sqli__buffer_append(out, descriptor.bytes, sizeof descriptor.bytes);
    return SQLI_OK;
}

/* --- reading them --- */

static enum sqli_status kept_of(struct sqli_statement *s, int64_t number, struct sqli_span *kept,
                                struct sqli_error *error)
{
    enum sqli_status status =
        sqli__spool_get(s->engine->spool, s->cursor.lob_list, number, kept, error);
    if (status == SQLI_MORE || (status == SQLI_OK && kept->length == 0))
        return sqli__fail(error, SQLI_E_BLOB_OPEN, NULL);
    return status;
}

enum sqli_status sqli__cursor_blob(struct sqli_statement *s, struct sqli_span descriptor,
                                   struct sqli_blob *blob, struct sqli_error *error)
{
    struct sqli_span kept;
    if (!s->cursor.open || s->cursor.insert || descriptor.length < SQLI_SIMPLE_LOB_SIZE)
        return sqli__fail(error, SQLI_E_BLOB_OPEN, NULL);
    int64_t key = (int64_t)sqli__load64(descriptor.data + DESCRIPTOR_KEY);
    int64_t number = key - blob_key(&s->cursor, 0);
    if (number <= 0 || number > s->cursor.lobs)
        return sqli__fail(error, SQLI_E_BLOB_OPEN, NULL);
    SQLI_TRY(kept_of(s, number, &kept, error));
    *blob = (struct sqli_blob){.number = number, .size = (int64_t)kept.length - 1};
    if (kept.data[0] == KEPT_HERE)
        return SQLI_OK;
    blob->id = (int64_t)sqli__load64(kept.data + 1);
    if (sqli__lob_size(lobs_of(s), blob->id, &blob->size, error) == SQLI_OK)
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_BLOB_OPEN, NULL); /* its transaction was rolled back */
}

enum sqli_status sqli__blob_read(struct sqli_statement *s, struct sqli_blob *blob, uint8_t *room,
                                 size_t most, size_t *got, struct sqli_error *error)
{
    struct sqli_span kept;
    *got = 0;
    if (blob->id)
        SQLI_TRY(sqli__lob_read(lobs_of(s), blob->id, blob->at, room, most, got, error));
    if (!blob->id) {
        SQLI_TRY(kept_of(s, blob->number, &kept, error));
        size_t left = kept.length - 1 - (size_t)blob->at;
        *got = left < most ? left : most;
        if (*got)
            memcpy(room, kept.data + 1 + blob->at, *got);
    }
    blob->at += (int64_t)*got;
    return SQLI_OK;
}

/* --- outside statements --- */

struct sqli_lobs *sqli__engine_lobs(struct sqli_engine *engine)
{
    return engine->store ? engine->runtime.lobs : NULL;
}

enum sqli_status sqli__engine_lob_change(struct sqli_engine *engine, int64_t id, bool *stored,
                                         struct sqli_error *error)
{
    *stored = sqli__lob_stored(engine->runtime.lobs, id);
    if (!*stored)
        return SQLI_OK;
    sqli__engine_start(engine);
    sqli__transaction_enter(engine);
    return sqli__transaction_write(engine, error);
}

enum sqli_status sqli__engine_lob_changed(struct sqli_engine *engine, bool stored, bool failed,
                                          struct sqli_error *error)
{
    enum sqli_status status = failed ? SQLI_FAIL : sqli__lob_flush(engine->runtime.lobs, error);
    sqli__lob_forget(engine->runtime.lobs);
    if (!stored)
        return status;
    struct sqli_error ignored;
    if (status != SQLI_OK) {
        sqli__transaction_done(engine, true, &ignored);
        return status;
    }
    return sqli__transaction_done(engine, false, error);
}
