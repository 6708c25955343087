#include "protocol/trace_rows.h"

#include "base/alloc.h"
#include "protocol/wire_print.h"
#include "value/value.h"

enum { NAMES_LIMIT = 1 << 22 };

static void forget(struct sqli_trace_columns *c)
{
    sqli__shape_free(&c->shape);
    sqli__buffer_free(&c->names);
    sqli__free(c->segments);
    c->segments = NULL;
}

void sqli__trace_rows_init(struct sqli_trace_rows *rows)
{
    *rows = (struct sqli_trace_rows){.addressed = -1};
}

void sqli__trace_rows_free(struct sqli_trace_rows *rows)
{
    for (size_t i = 0; i < rows->statement_count; i++)
        forget(&rows->statements[i]);
    forget(&rows->keys);
    sqli__free(rows->statements);
    sqli__free(rows->requests);
    sqli__trace_rows_init(rows);
}

/* --- which statement a reply is about --- */

static void push_request(struct sqli_trace_rows *rows)
{
    if (!rows->requests)
        rows->requests = sqli__alloc_zeroed(SQLI_TRACE_REQUESTS, sizeof *rows->requests);
    if (!rows->requests || rows->waiting == SQLI_TRACE_REQUESTS) {
        rows->lost = true;
        return;
    }
    rows->requests[(rows->first + rows->waiting) % SQLI_TRACE_REQUESTS] = rows->addressed;
    rows->waiting++;
}

static void pop_request(struct sqli_trace_rows *rows)
{
    if (rows->waiting == 0)
        return;
    rows->first = (rows->first + 1) % SQLI_TRACE_REQUESTS;
    rows->waiting--;
}

static void note_request(struct sqli_trace_rows *rows, const struct sqli_message *m)
{
    if (m->id == SQLI_MSG_ID)
        rows->addressed = m->as.id_number;
    if (m->id != SQLI_MSG_EOT)
        return;
    if (!rows->answer_due)
        push_request(rows);
    rows->answer_due = false;
    rows->addressed = -1;
}

/* --- what its columns are --- */

/* One word of ASCII a name, whatever the server calls a column. */
static void keep_names(struct sqli_trace_columns *c, const struct sqli_describe *d)
{
    sqli__buffer_init(&c->names, NAMES_LIMIT);
    for (uint32_t i = 0; i < d->count; i++) {
        struct sqli_span name = sqli__describe_name(d, i);
        for (size_t k = 0; k < name.length; k++) {
            uint8_t byte = name.data[k];
            sqli__buffer_byte(&c->names, byte > ' ' && byte < 0x7f && byte != '=' ? byte : '_');
        }
        if (name.length == 0)
            sqli__buffer_format(&c->names, "column%u", i + 1);
        sqli__buffer_byte(&c->names, 0);
    }
}

static void learn(struct sqli_trace_columns *c, const struct sqli_describe *d,
                  const struct sqli_caps *caps)
{
    forget(c);
    if (d->count == 0 || sqli__shape_init(&c->shape, d, caps, NULL) != SQLI_OK)
        return;
    keep_names(c, d);
    c->segments = sqli__alloc_zeroed(c->shape.varying + 1, sizeof *c->segments);
    if (!c->segments || c->names.failed)
        forget(c);
}

static struct sqli_trace_columns *statement_of(struct sqli_trace_rows *rows, int16_t id)
{
    if (id < 0 || id >= SQLI_TRACE_STATEMENTS)
        return NULL;
    if ((size_t)id < rows->statement_count)
        return &rows->statements[id];
    size_t count = ((size_t)id + 16) / 16 * 16;
    struct sqli_trace_columns *grown = sqli__realloc(rows->statements, count * sizeof *grown);
    if (!grown)
        return NULL;
    memset(grown + rows->statement_count, 0, (count - rows->statement_count) * sizeof *grown);
    rows->statements = grown;
    rows->statement_count = count;
    return &grown[id];
}

static void note_reply(struct sqli_trace_rows *rows, const struct sqli_message *m,
                       const struct sqli_caps *caps)
{
    if (m->id == SQLI_MSG_DESCRIBE) {
        struct sqli_trace_columns *c = statement_of(rows, m->as.describe.statement_id);
        if (c)
            learn(c, &m->as.describe, caps);
    } else if (m->id == SQLI_MSG_KEYS_DESCRIBE) {
        learn(&rows->keys, &m->as.describe, caps);
    } else if (m->id == SQLI_MSG_FILE) {
        rows->dialogue = true;
    } else if (m->id == SQLI_MSG_EOT) {
        if (rows->dialogue)
            rows->answer_due = true;
        else
            pop_request(rows);
        rows->dialogue = false;
    }
}

void sqli__trace_rows_note(struct sqli_trace_rows *rows, enum sqli_direction direction,
                           const struct sqli_message *message, const struct sqli_caps *caps)
{
    if (direction == SQLI_TO_SERVER)
        note_request(rows, message);
    else
        note_reply(rows, message, caps);
}

/* --- the row --- */

static const struct sqli_trace_columns *columns_of(const struct sqli_trace_rows *rows,
                                                   const struct sqli_message *m)
{
    if (m->id == SQLI_MSG_KEYS_TUPLE)
        return &rows->keys;
    if (m->id != SQLI_MSG_TUPLE || rows->lost || rows->waiting == 0)
        return NULL;
    int16_t id = rows->requests[rows->first];
    return id >= 0 && (size_t)id < rows->statement_count ? &rows->statements[id] : NULL;
}

const struct sqli_trace_columns *sqli__trace_rows_columns(const struct sqli_trace_rows *rows,
                                                          const struct sqli_message *message)
{
    int16_t id = rows->addressed;
    if (message->id != SQLI_MSG_PUT)
        return columns_of(rows, message);
    return id >= 0 && (size_t)id < rows->statement_count ? &rows->statements[id] : NULL;
}

static bool is_bytes(enum sqli_kind kind)
{
    return kind == SQLI_KIND_TEXT || kind == SQLI_KIND_COMPOSITE || kind == SQLI_KIND_OPAQUE;
}

/* Bytes are quoted or hex, a descriptor tells its size, everything else is what it is as text. */
static void print_value(const struct sqli_type *type, const char *name, struct sqli_span image,
                        size_t limit, struct sqli_buffer *text)
{
    struct sqli_value value;
    size_t start = text->length;
    enum sqli_status status = sqli__value_decode(type, image, &value, NULL);
    if (status == SQLI_OK && value.null) {
        sqli__buffer_format(text, " %s=NULL", name);
        return;
    }
    if (status == SQLI_OK && is_bytes(value.kind)) {
        sqli__print_bytes(text, name, value.as.bytes, limit);
        return;
    }
    sqli__buffer_format(text, " %s=", name);
    if (status == SQLI_OK && value.kind == SQLI_KIND_SIMPLE_LOB)
        sqli__buffer_format(text, "(%u bytes)", sqli__simple_lob_size(&value.as.simple_lob));
    else if (status != SQLI_OK ||
             sqli__value_to_text(type, &value, &sqli__date_iso, text, NULL) != SQLI_OK) {
        sqli__buffer_truncate(text, start);
        sqli__print_bytes(text, name, image, limit);
    }
}

bool sqli__trace_rows_print(const struct sqli_trace_rows *rows, const struct sqli_message *message,
                            size_t limit, struct sqli_buffer *text)
{
    const struct sqli_trace_columns *c = columns_of(rows, message);
    struct sqli_row row = {NULL, c ? c->segments : NULL};
    if (!c || !c->segments ||
        sqli__row_bind(&c->shape, message->as.tuple.payload, &row, NULL) != SQLI_OK)
        return false;
    const char *name = (const char *)c->names.data;
    sqli__buffer_format(text, "%s warnings=%d", sqli__message_info(message->id)->name,
                        message->as.tuple.warnings);
    for (uint32_t i = 0; i < c->shape.count; i++, name += strlen(name) + 1)
        print_value(&c->shape.types[i], name, sqli__row_image(&c->shape, &row, i), limit, text);
    return true;
}
