/* Types as SQL writes them: one table of names, and a reader for what follows each. */
#include "value/composite.h"

#include "base/ascii.h"
#include "value/scan.h"

enum {
    CHAR_BYTES_MAX = 32767,
    VARCHAR_MAX = 255,
    LVARCHAR_MAX = 32739,
    FLOAT_DIGITS_MAX = 255,
    INTERVAL_DIGITS_MAX = 9,
    FIELD_FRACTION = SQLI_FIELD_FRACTION1 - 1, /* + digits; what a bare FRACTION starts from */
};

struct parser {
    struct sqli_scan scan;
    struct sqli_arena *arena;
    struct sqli_error *error;
    size_t parts; /* of all composites so far */
    int depth;
};

struct type_line;
typedef enum sqli_status reader(struct parser *p, const struct type_line *line,
                                struct sqli_schema *schema);

struct type_line {
    const char *name;
    uint8_t code;
    int32_t extended_id;
    int32_t length; /* what the type has if nothing follows */
    reader *read;
};

static enum sqli_status parse_type(struct parser *p, struct sqli_schema *schema);

/* A number within the bounds, or an error that says which. */
static enum sqli_status read_number(struct parser *p, int32_t least, int32_t most, int32_t *number)
{
    sqli__scan_peek(&p->scan);
    size_t start = p->scan.at;
    *number = (int32_t)sqli__scan_number(&p->scan, most);
    if (*number >= least)
        return SQLI_OK;
    return sqli__fail(p->error, SQLI_E_VALUE_SYNTAX, "offset %zu: a number from %d to %d expected",
                      start, (int)least, (int)most);
}

/* --- what may follow a name --- */

static enum sqli_status read_nothing(struct parser *p, const struct type_line *line,
                                     struct sqli_schema *schema)
{
    (void)p;
    (void)line;
    (void)schema;
    return SQLI_OK;
}

/* SERIAL(n): the first value, which is no part of the type. */
static enum sqli_status read_start(struct parser *p, const struct type_line *line,
                                   struct sqli_schema *schema)
{
    (void)line;
    (void)schema;
    if (!sqli__scan_take(&p->scan, '('))
        return SQLI_OK;
    if (sqli__scan_number(&p->scan, INT64_MAX) < 0)
        return sqli__scan_expected(&p->scan, p->error, "a number");
    return sqli__scan_require(&p->scan, p->error, ')');
}

static enum sqli_status read_size(struct parser *p, int32_t most, struct sqli_schema *schema)
{
    if (!sqli__scan_take(&p->scan, '('))
        return SQLI_OK;
    SQLI_TRY(read_number(p, 1, most, &schema->type.length));
    return sqli__scan_require(&p->scan, p->error, ')');
}

static enum sqli_status read_char(struct parser *p, const struct type_line *line,
                                  struct sqli_schema *schema)
{
    (void)line;
    return read_size(p, CHAR_BYTES_MAX, schema);
}

static enum sqli_status read_lvarchar(struct parser *p, const struct type_line *line,
                                      struct sqli_schema *schema)
{
    (void)line;
    return read_size(p, LVARCHAR_MAX, schema);
}

/* VARCHAR(m, r): the reserve r stands above the size in the encoded length. */
static enum sqli_status read_varchar(struct parser *p, const struct type_line *line,
                                     struct sqli_schema *schema)
{
    int32_t size;
    int32_t reserve = 0;
    (void)line;
    if (!sqli__scan_take(&p->scan, '('))
        return SQLI_OK;
    SQLI_TRY(read_number(p, 1, VARCHAR_MAX, &size));
    if (sqli__scan_take(&p->scan, ','))
        SQLI_TRY(read_number(p, 0, size, &reserve));
    schema->type.length = reserve << 8 | size;
    return sqli__scan_require(&p->scan, p->error, ')');
}

static enum sqli_status read_character(struct parser *p, const struct type_line *line,
                                       struct sqli_schema *schema)
{
    if (!sqli__scan_keyword(&p->scan, "varying"))
        return read_char(p, line, schema);
    schema->type.code = SQLI_TYPE_VARCHAR;
    return read_varchar(p, line, schema);
}

/* Without a scale, a DECIMAL floats and MONEY has the scale of its default. */
static enum sqli_status read_decimal(struct parser *p, const struct type_line *line,
                                     struct sqli_schema *schema)
{
    int32_t precision;
    int32_t scale = line->length & 0xff;
    if (!sqli__scan_take(&p->scan, '('))
        return SQLI_OK;
    SQLI_TRY(read_number(p, 1, SQLI_DECIMAL_DIGITS, &precision));
    if (sqli__scan_take(&p->scan, ','))
        SQLI_TRY(read_number(p, 0, precision, &scale));
    else if (scale != SQLI_DECIMAL_FLOATING && scale > precision)
        scale = precision;
    schema->type.length = precision << 8 | scale;
    return sqli__scan_require(&p->scan, p->error, ')');
}

/* FLOAT(n): Informix takes the digits and ignores them. */
static enum sqli_status read_float(struct parser *p, const struct type_line *line,
                                   struct sqli_schema *schema)
{
    int32_t digits;
    (void)line;
    (void)schema;
    if (!sqli__scan_take(&p->scan, '('))
        return SQLI_OK;
    SQLI_TRY(read_number(p, 1, FLOAT_DIGITS_MAX, &digits));
    return sqli__scan_require(&p->scan, p->error, ')');
}

static enum sqli_status read_double(struct parser *p, const struct type_line *line,
                                    struct sqli_schema *schema)
{
    return sqli__scan_keyword(&p->scan, "precision")
               ? read_float(p, line, schema)
               : sqli__scan_expected(&p->scan, p->error, "PRECISION");
}

/* --- qualifiers --- */

/* By the code of the field, which is twice the index. */
static const char *const fields[] = {"year", "month", "day", "hour", "minute", "second"};

static enum sqli_status read_field(struct parser *p, int *field)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (sqli__scan_keyword(&p->scan, fields[i])) {
            *field = (int)(2 * i);
            return SQLI_OK;
        }
    return sqli__scan_expected(&p->scan, p->error, "YEAR, MONTH, DAY, HOUR, MINUTE or SECOND");
}

/* FRACTION alone has three digits. */
static enum sqli_status read_last_field(struct parser *p, int *field)
{
    int32_t digits = 3;
    if (!sqli__scan_keyword(&p->scan, "fraction"))
        return read_field(p, field);
    if (sqli__scan_take(&p->scan, '(')) {
        SQLI_TRY(read_number(p, 1, 5, &digits));
        SQLI_TRY(sqli__scan_require(&p->scan, p->error, ')'));
    }
    *field = FIELD_FRACTION + digits;
    return SQLI_OK;
}

static enum sqli_status read_qualifier(struct parser *p, const struct type_line *line,
                                       struct sqli_schema *schema)
{
    int start = 0;
    int end = 0;
    int32_t first = 0;
    bool interval = line->code == SQLI_TYPE_INTERVAL;
    SQLI_TRY(read_field(p, &start));
    if (interval && sqli__scan_take(&p->scan, '(')) {
        SQLI_TRY(read_number(p, 1, INTERVAL_DIGITS_MAX, &first));
        SQLI_TRY(sqli__scan_require(&p->scan, p->error, ')'));
    }
    if (!sqli__scan_keyword(&p->scan, "to"))
        return sqli__scan_expected(&p->scan, p->error, "TO");
    sqli__scan_peek(&p->scan);
    size_t last = p->scan.at;
    SQLI_TRY(read_last_field(p, &end));
    schema->type.length = interval ? sqli__interval_qualifier(start, end, first)
                                   : sqli__datetime_qualifier(start, end);
    p->scan.at = schema->type.length ? p->scan.at : last;
    return schema->type.length
               ? SQLI_OK
               : sqli__scan_expected(&p->scan, p->error, "a field that goes with the first one");
}

/* --- composites --- */

static enum sqli_status reserve_parts(struct parser *p, size_t count, struct sqli_schema *schema)
{
    if (count > SQLI_COMPOSITE_ELEMENTS - p->parts)
        return sqli__fail(p->error, SQLI_E_TOO_LARGE, "a type has at most %d fields",
                          (int)SQLI_COMPOSITE_ELEMENTS);
    p->parts += count;
    schema->parts = sqli__arena_alloc(p->arena, count, sizeof *schema->parts);
    return sqli__arena_status(p->arena, p->error);
}

/* The type of a field or an element, and whether it may be NULL. */
static enum sqli_status read_part(struct parser *p, struct sqli_schema *part)
{
    SQLI_TRY(parse_type(p, part));
    if (!sqli__scan_keyword(&p->scan, "not"))
        return SQLI_OK;
    part->type.flags |= SQLI_TYPE_NOT_NULL;
    return sqli__scan_keyword(&p->scan, "null") ? SQLI_OK
                                                : sqli__scan_expected(&p->scan, p->error, "NULL");
}

static struct sqli_span lower_copy(struct sqli_arena *arena, struct sqli_span name)
{
    uint8_t *copy = sqli__arena_alloc(arena, name.length + 1, 1);
    if (!copy)
        return sqli__span(NULL, 0);
    for (size_t i = 0; i < name.length; i++) {
        uint8_t c = name.data[i];
        copy[i] = sqli__ascii_lower(c);
    }
    return sqli__span(copy, name.length);
}

static enum sqli_status read_field_of_row(struct parser *p, struct sqli_schema *part)
{
    struct sqli_span name = sqli__scan_word(&p->scan);
    if (name.length == 0)
        return sqli__scan_expected(&p->scan, p->error, "the name of a field");
    part->field = lower_copy(p->arena, name);
    SQLI_TRY(sqli__arena_status(p->arena, p->error));
    return read_part(p, part);
}

static enum sqli_status read_fields(struct parser *p, struct sqli_schema *schema)
{
    size_t room = sqli__scan_items(&p->scan);
    SQLI_TRY(reserve_parts(p, room, schema));
    do {
        if (schema->count == room)
            return sqli__scan_expected(&p->scan, p->error, "')'");
        SQLI_TRY(read_field_of_row(p, &schema->parts[schema->count]));
        schema->count++;
    } while (sqli__scan_take(&p->scan, ','));
    return SQLI_OK;
}

static enum sqli_status read_element(struct parser *p, struct sqli_schema *schema)
{
    SQLI_TRY(reserve_parts(p, 1, schema));
    schema->count = 1;
    return read_part(p, schema->parts);
}

static enum sqli_status read_composite(struct parser *p, const struct type_line *line,
                                       struct sqli_schema *schema)
{
    if (p->depth == SQLI_COMPOSITE_DEPTH)
        return sqli__fail(p->error, SQLI_E_VALUE_SYNTAX, "offset %zu: nested deeper than %d levels",
                          p->scan.at, (int)SQLI_COMPOSITE_DEPTH);
    SQLI_TRY(sqli__scan_require(&p->scan, p->error, '('));
    p->depth++;
    SQLI_TRY(line->code == SQLI_TYPE_ROW ? read_fields(p, schema) : read_element(p, schema));
    p->depth--;
    return sqli__scan_require(&p->scan, p->error, ')');
}

/* --- the table --- */

static const struct type_line lines[] = {
    {"bigint", SQLI_TYPE_BIGINT, 0, 8, read_nothing},
    {"bigserial", SQLI_TYPE_BIGSERIAL, 0, 8, read_start},
    {"blob", SQLI_TYPE_UDTFIXED, SQLI_XID_BLOB, 72, read_nothing},
    {"boolean", SQLI_TYPE_UDTFIXED, SQLI_XID_BOOLEAN, 1, read_nothing},
    {"byte", SQLI_TYPE_BYTE, 0, 56, read_nothing},
    {"char", SQLI_TYPE_CHAR, 0, 1, read_char},
    {"character", SQLI_TYPE_CHAR, 0, 1, read_character},
    {"clob", SQLI_TYPE_UDTFIXED, SQLI_XID_CLOB, 72, read_nothing},
    {"date", SQLI_TYPE_DATE, 0, 4, read_nothing},
    {"datetime", SQLI_TYPE_DATETIME, 0, 0, read_qualifier},
    {"dec", SQLI_TYPE_DECIMAL, 0, 16 << 8 | SQLI_DECIMAL_FLOATING, read_decimal},
    {"decimal", SQLI_TYPE_DECIMAL, 0, 16 << 8 | SQLI_DECIMAL_FLOATING, read_decimal},
    {"double", SQLI_TYPE_FLOAT, 0, 8, read_double},
    {"float", SQLI_TYPE_FLOAT, 0, 8, read_float},
    {"int", SQLI_TYPE_INTEGER, 0, 4, read_nothing},
    {"int8", SQLI_TYPE_INT8, 0, 10, read_nothing},
    {"integer", SQLI_TYPE_INTEGER, 0, 4, read_nothing},
    {"interval", SQLI_TYPE_INTERVAL, 0, 0, read_qualifier},
    {"list", SQLI_TYPE_LIST, 0, 0, read_composite},
    {"lvarchar", SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, 2048, read_lvarchar},
    {"money", SQLI_TYPE_MONEY, 0, 16 << 8 | 2, read_decimal},
    {"multiset", SQLI_TYPE_MULTISET, 0, 0, read_composite},
    {"nchar", SQLI_TYPE_NCHAR, 0, 1, read_char},
    {"numeric", SQLI_TYPE_DECIMAL, 0, 16 << 8 | SQLI_DECIMAL_FLOATING, read_decimal},
    {"nvarchar", SQLI_TYPE_NVARCHAR, 0, 1, read_varchar},
    {"real", SQLI_TYPE_SMALLFLOAT, 0, 4, read_nothing},
    {"row", SQLI_TYPE_ROW, 0, 0, read_composite},
    {"serial", SQLI_TYPE_SERIAL, 0, 4, read_start},
    {"serial8", SQLI_TYPE_SERIAL8, 0, 10, read_start},
    {"set", SQLI_TYPE_SET, 0, 0, read_composite},
    {"smallfloat", SQLI_TYPE_SMALLFLOAT, 0, 4, read_nothing},
    {"smallint", SQLI_TYPE_SMALLINT, 0, 2, read_nothing},
    {"text", SQLI_TYPE_TEXT, 0, 56, read_nothing},
    {"varchar", SQLI_TYPE_VARCHAR, 0, 1, read_varchar},
};

/* With an owner only the extended types of the system are built in; "joe.set" is joe's. */
static const struct type_line *find_line(struct sqli_span owner, struct sqli_span name)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!sqli__span_is_word(name, lines[i].name))
            continue;
        if (owner.length == 0)
            return &lines[i];
        bool system = sqli__span_is_word(owner, "informix");
        return system && lines[i].extended_id ? &lines[i] : NULL;
    }
    return NULL;
}

/* --- names and whole types --- */

static enum sqli_status read_quoted_owner(struct parser *p, struct sqli_span *owner)
{
    size_t start = p->scan.at;
    const uint8_t *from = p->scan.text.data + start;
    const uint8_t *end = memchr(from, '"', p->scan.text.length - start);
    if (!end || end == from)
        return sqli__scan_expected(&p->scan, p->error, "an owner with a quote behind it");
    *owner = sqli__span(from, (size_t)(end - from));
    p->scan.at += owner->length + 1;
    return sqli__scan_require(&p->scan, p->error, '.');
}

/* [owner.]name */
static enum sqli_status read_name(struct parser *p, struct sqli_span *owner, struct sqli_span *name)
{
    *owner = sqli__span(NULL, 0);
    if (sqli__scan_take(&p->scan, '"'))
        SQLI_TRY(read_quoted_owner(p, owner));
    *name = sqli__scan_word(&p->scan);
    if (owner->length == 0 && name->length && sqli__scan_take(&p->scan, '.')) {
        *owner = *name;
        *name = sqli__scan_word(&p->scan);
    }
    return name->length ? SQLI_OK : sqli__scan_expected(&p->scan, p->error, "a type");
}

/* A type that some database defines: what it is made of only the server knows. */
static enum sqli_status user_defined(struct parser *p, struct sqli_span owner,
                                     struct sqli_span name, struct sqli_schema *schema)
{
    schema->type = (struct sqli_type){.code = SQLI_TYPE_UDTVAR};
    schema->type.name = lower_copy(p->arena, name);
    schema->type.owner = owner;
    return sqli__arena_status(p->arena, p->error);
}

/* Extended types and composites carry a name: the composite's is its whole text. */
static void name_type(const struct parser *p, const struct type_line *line, size_t start,
                      struct sqli_schema *schema)
{
    if (schema->count)
        schema->type.name = sqli__span(p->scan.text.data + start, p->scan.at - start);
    if (line->extended_id) {
        schema->type.name = sqli__span_text(line->name);
        schema->type.owner = sqli__span_text("informix");
    }
}

static enum sqli_status parse_type(struct parser *p, struct sqli_schema *schema)
{
    struct sqli_span owner;
    struct sqli_span name;
    sqli__scan_peek(&p->scan);
    size_t start = p->scan.at;
    SQLI_TRY(read_name(p, &owner, &name));
    const struct type_line *line = find_line(owner, name);
    if (!line)
        return user_defined(p, owner, name, schema);
    schema->type.code = line->code;
    schema->type.extended_id = line->extended_id;
    schema->type.length = line->length;
    SQLI_TRY(line->read(p, line, schema));
    name_type(p, line, start, schema);
    return SQLI_OK;
}

enum sqli_status sqli__schema_parse(struct sqli_span text, struct sqli_arena *arena,
                                    struct sqli_schema **schema, struct sqli_error *error)
{
    *schema = NULL;
    struct sqli_schema *made = sqli__arena_alloc(arena, 1, sizeof *made);
    struct parser p = {{sqli__arena_copy(arena, text), 0}, arena, error, 0, 0};
    SQLI_TRY(sqli__arena_status(arena, error));
    SQLI_TRY(parse_type(&p, made));
    if (sqli__scan_peek(&p.scan) >= 0)
        return sqli__scan_expected(&p.scan, p.error, "the end");
    *schema = made;
    return SQLI_OK;
}

/* --- printing --- */

static void print(const struct sqli_schema *schema, struct sqli_buffer *text, int depth);

static void print_parts(const struct sqli_schema *schema, struct sqli_buffer *text, int depth)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        const struct sqli_schema *part = &schema->parts[i];
        if (i)
            sqli__buffer_text(text, ", ");
        sqli__buffer_span(text, part->field);
        if (part->field.length)
            sqli__buffer_byte(text, ' ');
        print(part, text, depth + 1);
        if (part->type.flags & SQLI_TYPE_NOT_NULL)
            sqli__buffer_text(text, " not null");
    }
}

static const char *constructor(int code)
{
    static const char *const names[] = {"SET", "MULTISET", "LIST", "ROW"};
    return code >= SQLI_TYPE_SET && code <= SQLI_TYPE_ROW ? names[code - SQLI_TYPE_SET] : NULL;
}

/* In quotes unless it is a plain word. */
static void print_owner(struct sqli_span owner, struct sqli_buffer *text)
{
    struct sqli_scan scan = {owner, 0};
    const char *quote = sqli__scan_word(&scan).length == owner.length ? "" : "\"";
    sqli__buffer_text(text, quote);
    sqli__buffer_span(text, owner);
    sqli__buffer_format(text, "%s.", quote);
}

static void print(const struct sqli_schema *schema, struct sqli_buffer *text, int depth)
{
    const char *name = constructor(schema->type.code);
    if (depth > SQLI_COMPOSITE_DEPTH)
        return;
    if (name && schema->count) {
        sqli__buffer_format(text, "%s(", name);
        print_parts(schema, text, depth);
        sqli__buffer_byte(text, ')');
        return;
    }
    if (schema->type.owner.length && schema->type.extended_id == 0)
        print_owner(schema->type.owner, text);
    sqli__type_print(&schema->type, text);
}

void sqli__schema_print(const struct sqli_schema *schema, struct sqli_buffer *text)
{
    print(schema, text, 0);
}
