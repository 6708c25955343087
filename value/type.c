#include "value/type.h"

#include "value/scan.h"

enum { CHAR_MAX_LENGTH = 32767 };

#define FIXED(code, name, kind, size) \
    [code] = {code, name, SQLI_KIND_##kind, SQLI_LAYOUT_FIXED, SQLI_BIND_FIXED, size}
#define VARYING(code, name, kind, layout, bind) \
    [code] = {code, name, SQLI_KIND_##kind, SQLI_LAYOUT_##layout, SQLI_BIND_##bind, 0}

/* A code with no row has no name. 40, 41 and 44 stand for every extended type: the kind here is
 * what they are if nothing else is known. Types that no server was seen to send have no layout. */
const struct sqli_type_info sqli__types[SQLI_TYPE_CODES] = {
    VARYING(SQLI_TYPE_CHAR, "char", TEXT, LENGTH, 16),
    FIXED(SQLI_TYPE_SMALLINT, "smallint", INTEGER, 2),
    FIXED(SQLI_TYPE_INTEGER, "integer", INTEGER, 4),
    FIXED(SQLI_TYPE_FLOAT, "float", REAL, 8),
    FIXED(SQLI_TYPE_SMALLFLOAT, "smallfloat", REAL, 4),
    VARYING(SQLI_TYPE_DECIMAL, "decimal", DECIMAL, PACKED, 16),
    FIXED(SQLI_TYPE_SERIAL, "serial", INTEGER, 4),
    FIXED(SQLI_TYPE_DATE, "date", DATE, 4),
    VARYING(SQLI_TYPE_MONEY, "money", DECIMAL, PACKED, 16),
    VARYING(SQLI_TYPE_NULL, "null", NONE, NONE, NONE),
    VARYING(SQLI_TYPE_DATETIME, "datetime", DATETIME, PACKED, 16),
    FIXED(SQLI_TYPE_BYTE, "byte", SIMPLE_LOB, 56),
    FIXED(SQLI_TYPE_TEXT, "text", SIMPLE_LOB, 56),
    VARYING(SQLI_TYPE_VARCHAR, "varchar", TEXT, SHORT, 16),
    VARYING(SQLI_TYPE_INTERVAL, "interval", INTERVAL, PACKED, 16),
    VARYING(SQLI_TYPE_NCHAR, "nchar", TEXT, LENGTH, 16),
    VARYING(SQLI_TYPE_NVARCHAR, "nvarchar", TEXT, SHORT, 16),
    FIXED(SQLI_TYPE_INT8, "int8", INTEGER, 10),
    FIXED(SQLI_TYPE_SERIAL8, "serial8", INTEGER, 10),
    VARYING(SQLI_TYPE_SET, "set", COMPOSITE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_MULTISET, "multiset", COMPOSITE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_LIST, "list", COMPOSITE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_ROW, "row", COMPOSITE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_COLLECTION, "collection", COMPOSITE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_ROWREF, "rowref", NONE, NONE, NONE),
    VARYING(SQLI_TYPE_UDTVAR, "udtvar", OPAQUE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_UDTFIXED, "udtfixed", OPAQUE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_REFSER8, "refser8", NONE, NONE, NONE),
    VARYING(SQLI_TYPE_LVARCHAR, "lvarchar", TEXT, ENVELOPE, 32),
    VARYING(SQLI_TYPE_SENDRECV, "sendrecv", OPAQUE, ENVELOPE, 32),
    VARYING(SQLI_TYPE_BOOLEAN, "boolean", BOOLEAN, ENVELOPE, 32),
    VARYING(SQLI_TYPE_IMPEXP, "impexp", NONE, NONE, NONE),
    VARYING(SQLI_TYPE_IMPEXPBIN, "impexpbin", NONE, NONE, NONE),
    FIXED(SQLI_TYPE_BIGINT, "bigint", INTEGER, 8),
    FIXED(SQLI_TYPE_BIGSERIAL, "bigserial", INTEGER, 8),
};

/* The extended types that every server has. */
static const struct built_in {
    int32_t id;
    const char *name;
    enum sqli_kind kind;
} built_ins[] = {
    {SQLI_XID_LVARCHAR, "lvarchar", SQLI_KIND_TEXT},
    {SQLI_XID_BOOLEAN, "boolean", SQLI_KIND_BOOLEAN},
    {SQLI_XID_BLOB, "blob", SQLI_KIND_SMART_LOB},
    {SQLI_XID_CLOB, "clob", SQLI_KIND_SMART_LOB},
};

static const char *const composites[] = {"row", "set", "multiset", "list"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct built_in *built_in_by_id(int32_t id)
{
    for (size_t i = 0; i < COUNT(built_ins); i++)
        if (built_ins[i].id == id)
            return &built_ins[i];
    return NULL;
}

/* A user may own a type of the same name, so that the name counts only where the owner is the
 * system or is not told. */
static const struct built_in *built_in_by_name(const struct sqli_type *type)
{
    if (type->owner.length != 0 && !sqli__span_is_word(type->owner, "informix"))
        return NULL;
    for (size_t i = 0; i < COUNT(built_ins); i++)
        if (sqli__span_is_word(type->name, built_ins[i].name))
            return &built_ins[i];
    return NULL;
}

static const struct built_in *built_in_of(const struct sqli_type *type)
{
    const struct built_in *found = built_in_by_id(type->extended_id);
    if (!found && type->flags & SQLI_TYPE_DISTINCT)
        return built_in_by_id(type->source);
    return found ? found : built_in_by_name(type);
}

/* "ROW(a integer)" and the like: the name of a constructed type is its whole text. */
static bool names_composite(struct sqli_span name)
{
    for (size_t i = 0; i < COUNT(composites); i++) {
        size_t length = strlen(composites[i]);
        if (name.length > length && name.data[length] == '(' &&
            sqli__span_is_word(sqli__span(name.data, length), composites[i]))
            return true;
    }
    return false;
}

enum sqli_kind sqli__type_kind_extended(const struct sqli_type *type)
{
    if (type->flags & SQLI_TYPE_DISTINCT_LVARCHAR)
        return SQLI_KIND_TEXT;
    if (type->flags & SQLI_TYPE_DISTINCT_BOOLEAN)
        return SQLI_KIND_BOOLEAN;
    const struct built_in *found = built_in_of(type);
    if (found)
        return found->kind;
    return names_composite(type->name) ? SQLI_KIND_COMPOSITE : SQLI_KIND_OPAQUE;
}

struct sqli_span sqli__type_name(const struct sqli_type *type)
{
    const struct sqli_type_info *info = sqli__type_info(type->code);
    bool named = sqli__type_has_preamble(type->code) || type->flags & SQLI_TYPE_DISTINCT;
    if (named && type->name.length != 0)
        return type->name;
    if (!info)
        return sqli__span_text("unknown type");
    const struct built_in *found =
        info->kind == SQLI_KIND_OPAQUE ? built_in_by_id(type->extended_id) : NULL;
    return sqli__span_text(found ? found->name : info->name);
}

static int32_t length_width(int32_t length)
{
    return length >= 0 && length <= CHAR_MAX_LENGTH ? length : SQLI_WIDTH_UNKNOWN;
}

/* A high byte of 0 says no precision and no digits: there is no such type. */
static int32_t packed_width(int32_t length)
{
    return length > 0xff && length <= 0xffff ? sqli__packed_width(length) : SQLI_WIDTH_UNKNOWN;
}

int32_t sqli__type_width(const struct sqli_type *type)
{
    const struct sqli_type_info *info = sqli__type_info(type->code);
    switch (info ? info->layout : SQLI_LAYOUT_NONE) {
    case SQLI_LAYOUT_FIXED: return info->size;
    case SQLI_LAYOUT_LENGTH: return length_width(type->length);
    case SQLI_LAYOUT_PACKED: return packed_width(type->length);
    case SQLI_LAYOUT_SHORT: return SQLI_WIDTH_SHORT;
    case SQLI_LAYOUT_ENVELOPE: return SQLI_WIDTH_ENVELOPE;
    case SQLI_LAYOUT_NONE: break;
    }
    return SQLI_WIDTH_UNKNOWN;
}
