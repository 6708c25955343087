/* Storage forms to tuple images: what every column of every row goes through. */
#include "server/store/storage.h"

#include "value/composite.h"
#include "value/image.h"

enum {
    INT8_SIZE = 10,
    VARCHAR_MAX = 255,
    ROW_INTEGER_COLUMNS = 11, /* what servers pad an INTEGER to inside the text of a ROW */
    ROW_MEMORY = 64 << 20,
};

static enum sqli_image_form integer_form(const struct sqli_type *type)
{
    switch (sqli__type_info(type->code)->size) {
    case 2: return SQLI_IMAGE_SMALLINT;
    case 4: return SQLI_IMAGE_INTEGER;
    case 8: return SQLI_IMAGE_BIGINT;
    default: return SQLI_IMAGE_INT8;
    }
}

static enum sqli_image_form text_form(int32_t width)
{
    switch (width) {
    case SQLI_WIDTH_SHORT: return SQLI_IMAGE_VARCHAR;
    case SQLI_WIDTH_ENVELOPE: return SQLI_IMAGE_ENVELOPE;
    case SQLI_WIDTH_UNKNOWN: return SQLI_IMAGE_OTHER;
    default: return SQLI_IMAGE_CHAR;
    }
}

static enum sqli_image_form form_of(const struct sqli_type *type, int32_t width)
{
    if (width == SQLI_WIDTH_UNKNOWN)
        return SQLI_IMAGE_OTHER;
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_INTEGER: return integer_form(type);
    case SQLI_KIND_DATE: return SQLI_IMAGE_INTEGER;
    case SQLI_KIND_REAL:
        return type->code == SQLI_TYPE_FLOAT ? SQLI_IMAGE_FLOAT : SQLI_IMAGE_SMALLFLOAT;
    case SQLI_KIND_DECIMAL:
    case SQLI_KIND_DATETIME:
    case SQLI_KIND_INTERVAL: return SQLI_IMAGE_PACKED;
    case SQLI_KIND_TEXT: return text_form(width);
    case SQLI_KIND_BOOLEAN: return SQLI_IMAGE_BOOLEAN;
    case SQLI_KIND_COMPOSITE:
        return type->code == SQLI_TYPE_ROW ? SQLI_IMAGE_ROW : SQLI_IMAGE_ENVELOPE;
    case SQLI_KIND_OPAQUE: return SQLI_IMAGE_ENVELOPE;
    case SQLI_KIND_SIMPLE_LOB: return SQLI_IMAGE_SIMPLE_LOB;
    case SQLI_KIND_SMART_LOB: return SQLI_IMAGE_SMART_LOB;
    case SQLI_KIND_NONE: break;
    }
    return SQLI_IMAGE_OTHER;
}

void sqli__image_writer_init(struct sqli_image_writer *writer, const struct sqli_type *type,
                             bool binary)
{
    int32_t width = sqli__type_width(type);
    *writer = (struct sqli_image_writer){
        .form = form_of(type, width), .binary = binary, .width = width, .type = type};
    if (writer->form == SQLI_IMAGE_VARCHAR)
        writer->width = (type->length & 0xff) != 0 ? type->length & 0xff : VARCHAR_MAX;
}

/* --- Fixed images --- */

static size_t fixed_size(const struct sqli_image_writer *w)
{
    return w->form <= SQLI_IMAGE_CHAR || w->form == SQLI_IMAGE_SIMPLE_LOB ? (size_t)w->width : 0;
}

static void put_int8(int64_t number, uint8_t *out)
{
    uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    sqli__store16(out, number < 0 ? 0xffff : 1);
    sqli__store32(out + 2, (uint32_t)magnitude);
    sqli__store32(out + 6, (uint32_t)(magnitude >> 32));
}

static void put_float(double number, uint8_t *out)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    sqli__store64(out, bits);
}

static void put_smallfloat(double number, uint8_t *out)
{
    float single = (float)number;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    sqli__store32(out, bits);
}

static void put_null(const struct sqli_image_writer *w, uint8_t *out)
{
    size_t size = (size_t)w->width;
    switch (w->form) {
    case SQLI_IMAGE_SMALLINT:
    case SQLI_IMAGE_INTEGER:
    case SQLI_IMAGE_BIGINT:
        memset(out, 0, size);
        out[0] = 0x80;
        break;
    case SQLI_IMAGE_FLOAT:
    case SQLI_IMAGE_SMALLFLOAT: memset(out, 0xff, size); break;
    case SQLI_IMAGE_CHAR:
        memset(out, ' ', size);
        if (size > 0)
            out[0] = 0;
        break;
    case SQLI_IMAGE_SIMPLE_LOB: {
        struct sqli_simple_lob lob;
        sqli__simple_lob_make(&lob, 0, true);
        memcpy(out, lob.bytes, sizeof lob.bytes);
        break;
    }
    default: memset(out, 0, size); break;
    }
}

static void put_char(struct sqli_span text, uint8_t *out, size_t size)
{
    size_t length = text.length < size ? text.length : size;
    memcpy(out, text.data, length);
    memset(out + length, ' ', size - length);
}

/* False: the value has more digits than the column, or is of another storage class. */
static bool put_packed(sqlite3_value *stored, uint8_t *out, size_t size)
{
    struct sqli_span image = sqli__storage_bytes(stored);
    if (image.length > size || sqlite3_value_type(stored) != SQLITE_BLOB)
        return false;
    memcpy(out, image.data, image.length);
    memset(out + image.length, 0, size - image.length);
    return true;
}

static bool put_fixed(const struct sqli_image_writer *w, sqlite3_value *stored, uint8_t *out)
{
    struct sqli_simple_lob lob;
    switch (w->form) {
    case SQLI_IMAGE_SMALLINT: sqli__store16(out, (uint16_t)sqlite3_value_int64(stored)); break;
    case SQLI_IMAGE_INTEGER: sqli__store32(out, (uint32_t)sqlite3_value_int64(stored)); break;
    case SQLI_IMAGE_BIGINT: sqli__store64(out, (uint64_t)sqlite3_value_int64(stored)); break;
    case SQLI_IMAGE_INT8: put_int8(sqlite3_value_int64(stored), out); break;
    case SQLI_IMAGE_FLOAT: put_float(sqlite3_value_double(stored), out); break;
    case SQLI_IMAGE_SMALLFLOAT: put_smallfloat(sqlite3_value_double(stored), out); break;
    case SQLI_IMAGE_CHAR: put_char(sqli__storage_bytes(stored), out, (size_t)w->width); break;
    case SQLI_IMAGE_SIMPLE_LOB:
        sqli__simple_lob_make(&lob, (uint32_t)sqlite3_value_bytes(stored), false);
        memcpy(out, lob.bytes, sizeof lob.bytes);
        break;
    default: return put_packed(stored, out, (size_t)w->width);
    }
    return true;
}

/* --- Images with a length --- */

static void write_varchar(const struct sqli_image_writer *w, struct sqli_span text,
                          struct sqli_buffer *out)
{
    size_t length = text.length < (size_t)w->width ? text.length : (size_t)w->width;
    uint8_t *room = sqli__buffer_reserve(out, length + SQLI_VARCHAR_HEADER);
    if (!room)
        return;
    room[0] = (uint8_t)length;
    memcpy(room + SQLI_VARCHAR_HEADER, text.data, length);
    sqli__buffer_advance(out, length + SQLI_VARCHAR_HEADER);
}

static void write_envelope(struct sqli_span body, struct sqli_buffer *out)
{
    uint8_t *room = sqli__buffer_reserve(out, body.length + SQLI_ENVELOPE_HEADER);
    if (!room)
        return;
    room[0] = SQLI_ENVELOPE_VALUE;
    sqli__store32(room + 1, (uint32_t)body.length);
    memcpy(room + SQLI_ENVELOPE_HEADER, body.data, body.length);
    sqli__buffer_advance(out, body.length + SQLI_ENVELOPE_HEADER);
}

static void write_boolean(bool binary, bool truth, struct sqli_buffer *out)
{
    uint8_t body = binary ? truth : truth ? 't' : 'f';
    write_envelope(sqli__span(&body, 1), out);
}

static enum sqli_status write_smart_lob(const struct sqli_image_writer *w, struct sqli_span bytes,
                                        struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_smart_lob lob;
    char text[SQLI_SMART_LOB_TEXT + 1];
    if (bytes.length != SQLI_SMART_LOB_SIZE)
        return sqli__fail(error, SQLI_E_INTERNAL, "a locator of %zu bytes", bytes.length);
    memcpy(lob.bytes, bytes.data, sizeof lob.bytes);
    sqli__smart_lob_text(&lob, text);
    write_envelope(w->binary ? bytes : sqli__span(text, SQLI_SMART_LOB_TEXT), out);
    return SQLI_OK;
}

/* --- ROW: the literal, with its INTEGER fields padded --- */

/* Where the field that starts at `at` ends: before the comma or bracket of its own level. */
static size_t field_end(struct sqli_span text, size_t at)
{
    int depth = 0;
    for (; at < text.length; at++) {
        uint8_t c = text.data[at];
        if (c == '\'') {
            const uint8_t *quote = memchr(text.data + at + 1, c, text.length - at - 1);
            at = quote ? (size_t)(quote - text.data) : text.length - 1;
        } else if (c == '(' || c == '{') {
            depth++;
        } else if ((c == ')' || c == '}' || c == ',') && depth == 0) {
            break;
        } else if (c == ')' || c == '}') {
            depth--;
        }
    }
    return at;
}

static bool is_padded(const struct sqli_schema *field, struct sqli_span value)
{
    int code = field->type.code;
    return (code == SQLI_TYPE_INTEGER || code == SQLI_TYPE_SERIAL) &&
           value.length < ROW_INTEGER_COLUMNS && value.data[0] != 'N';
}

static void pad_row(const struct sqli_schema *schema, struct sqli_span text,
                    struct sqli_buffer *out);

static void pad_field(const struct sqli_schema *field, struct sqli_span value,
                      struct sqli_buffer *out)
{
    if (field->type.code == SQLI_TYPE_ROW && value.length > 0 && value.data[0] == 'R') {
        pad_row(field, value, out);
        return;
    }
    sqli__buffer_span(out, value);
    if (value.length > 0 && is_padded(field, value))
        sqli__buffer_fill(out, ' ', ROW_INTEGER_COLUMNS - value.length);
}

static void pad_row(const struct sqli_schema *schema, struct sqli_span text,
                    struct sqli_buffer *out)
{
    size_t at = sizeof "ROW(" - 1;
    if (text.length < at) {
        sqli__buffer_span(out, text);
        return;
    }
    sqli__buffer_append(out, text.data, at);
    for (uint32_t i = 0; i < schema->count && at < text.length; i++) {
        size_t end = field_end(text, at);
        pad_field(&schema->parts[i], sqli__span(text.data + at, end - at), out);
        size_t next = end < text.length ? end + 1 : end;
        sqli__buffer_append(out, text.data + end, next - end);
        at = next;
    }
}

static bool has_integers(const struct sqli_schema *schema)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        int code = schema->parts[i].type.code;
        if (code == SQLI_TYPE_INTEGER || code == SQLI_TYPE_SERIAL ||
            (code == SQLI_TYPE_ROW && has_integers(&schema->parts[i])))
            return true;
    }
    return false;
}

/* The fields of a named row type are not in its name: its literal travels as it is. */
static void write_row(const struct sqli_image_writer *w, struct sqli_span text,
                      struct sqli_buffer *out)
{
    struct sqli_arena arena;
    struct sqli_schema *schema = NULL;
    sqli__arena_init(&arena, ROW_MEMORY);
    enum sqli_status status = sqli__schema_parse(w->type->name, &arena, &schema, NULL);
    if (status != SQLI_OK || schema->type.code != SQLI_TYPE_ROW || !has_integers(schema)) {
        write_envelope(text, out);
    } else {
        size_t before = out->length;
        sqli__buffer_fill(out, SQLI_ENVELOPE_VALUE, SQLI_ENVELOPE_HEADER);
        pad_row(schema, text, out);
        if (!out->failed)
            sqli__store32(out->data + before + 1,
                          (uint32_t)(out->length - before - SQLI_ENVELOPE_HEADER));
    }
    sqli__arena_free(&arena);
}

/* --- All of them --- */

/* What the fast forms cannot hold: a decimal with more digits than its column shows. */
static enum sqli_status write_value(const struct sqli_image_writer *w, sqlite3_value *stored,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_value value;
    SQLI_TRY(sqli__storage_load(w->type, stored, &value, error));
    return sqli__value_encode(w->type, &value, out, error);
}

static enum sqli_status write_fixed(const struct sqli_image_writer *w, sqlite3_value *stored,
                                    bool null, struct sqli_buffer *out, struct sqli_error *error)
{
    size_t size = fixed_size(w);
    uint8_t *room = sqli__buffer_reserve(out, size);
    if (!room)
        return SQLI_OK;
    if (null)
        put_null(w, room);
    else if (!put_fixed(w, stored, room))
        return write_value(w, stored, out, error);
    sqli__buffer_advance(out, size);
    return SQLI_OK;
}

static void write_null(const struct sqli_image_writer *w, struct sqli_buffer *out)
{
    if (w->form == SQLI_IMAGE_VARCHAR) {
        sqli__buffer_16(out, 0x0100);
    } else {
        sqli__buffer_byte(out, SQLI_ENVELOPE_NULL);
        sqli__buffer_32(out, 0);
    }
}

static enum sqli_status write_varying(const struct sqli_image_writer *w, sqlite3_value *stored,
                                      struct sqli_buffer *out, struct sqli_error *error)
{
    switch (w->form) {
    case SQLI_IMAGE_VARCHAR: write_varchar(w, sqli__storage_bytes(stored), out); break;
    case SQLI_IMAGE_ENVELOPE: write_envelope(sqli__storage_bytes(stored), out); break;
    case SQLI_IMAGE_BOOLEAN: write_boolean(w->binary, sqlite3_value_int(stored) != 0, out); break;
    case SQLI_IMAGE_ROW: write_row(w, sqli__storage_bytes(stored), out); break;
    default: return write_smart_lob(w, sqli__storage_bytes(stored), out, error);
    }
    return SQLI_OK;
}

enum sqli_status sqli__image_write(const struct sqli_image_writer *writer, sqlite3_stmt *statement,
                                   int column, struct sqli_buffer *out, struct sqli_error *error)
{
    sqlite3_value *stored = sqlite3_column_value(statement, column);
    bool null = sqlite3_value_type(stored) == SQLITE_NULL;
    if (writer->form == SQLI_IMAGE_OTHER)
        SQLI_TRY(write_value(writer, stored, out, error));
    else if (fixed_size(writer) > 0)
        SQLI_TRY(write_fixed(writer, stored, null, out, error));
    else if (null)
        write_null(writer, out);
    else
        SQLI_TRY(write_varying(writer, stored, out, error));
    return out->failed ? sqli__buffer_status(out, error) : SQLI_OK;
}

enum sqli_status sqli__storage_image(const struct sqli_type *type, bool binary,
                                     sqlite3_stmt *statement, int column, struct sqli_buffer *out,
                                     struct sqli_error *error)
{
    struct sqli_image_writer writer;
    sqli__image_writer_init(&writer, type, binary);
    return sqli__image_write(&writer, statement, column, out, error);
}
