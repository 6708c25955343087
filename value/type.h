/* The one table of Informix types, and what a type is.
 *
 * Codes and flags are those of the type word in a describe. The encoded length is what Informix
 * itself keeps per column: bytes for character types, precision and scale for numbers, the
 * qualifier for DATETIME and INTERVAL. */
#ifndef SQLI_VALUE_TYPE_H
#define SQLI_VALUE_TYPE_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"

enum sqli_type_code {
    SQLI_TYPE_CHAR = 0,
    SQLI_TYPE_SMALLINT = 1,
    SQLI_TYPE_INTEGER = 2,
    SQLI_TYPE_FLOAT = 3,
    SQLI_TYPE_SMALLFLOAT = 4,
    SQLI_TYPE_DECIMAL = 5,
    SQLI_TYPE_SERIAL = 6,
    SQLI_TYPE_DATE = 7,
    SQLI_TYPE_MONEY = 8,
    SQLI_TYPE_NULL = 9,
    SQLI_TYPE_DATETIME = 10,
    SQLI_TYPE_BYTE = 11,
    SQLI_TYPE_TEXT = 12,
    SQLI_TYPE_VARCHAR = 13,
    SQLI_TYPE_INTERVAL = 14,
    SQLI_TYPE_NCHAR = 15,
    SQLI_TYPE_NVARCHAR = 16,
    SQLI_TYPE_INT8 = 17,
    SQLI_TYPE_SERIAL8 = 18,
    SQLI_TYPE_SET = 19,
    SQLI_TYPE_MULTISET = 20,
    SQLI_TYPE_LIST = 21,
    SQLI_TYPE_ROW = 22,
    SQLI_TYPE_COLLECTION = 23,
    SQLI_TYPE_ROWREF = 24,
    SQLI_TYPE_UDTVAR = 40,   /* LVARCHAR, and opaque types of varying length */
    SQLI_TYPE_UDTFIXED = 41, /* BOOLEAN, BLOB, CLOB, and opaque types of fixed length */
    SQLI_TYPE_REFSER8 = 42,
    SQLI_TYPE_LVARCHAR = 43, /* only in binds and return-type requests */
    SQLI_TYPE_SENDRECV = 44, /* an extended type in its binary form, likewise */
    SQLI_TYPE_BOOLEAN = 45,  /* BOOLEAN in its binary form, likewise */
    SQLI_TYPE_IMPEXP = 46,
    SQLI_TYPE_IMPEXPBIN = 47,
    SQLI_TYPE_BIGINT = 52,
    SQLI_TYPE_BIGSERIAL = 53,
    SQLI_TYPE_CODES,
};

enum sqli_type_flag {
    SQLI_TYPE_NOT_NULL = 0x0100,
    SQLI_TYPE_HOST_VARIABLE = 0x0200,
    SQLI_TYPE_FLOAT_TO_DECIMAL = 0x0400,
    SQLI_TYPE_DISTINCT = 0x0800,
    SQLI_TYPE_NAMED_ROW = 0x1000,
    SQLI_TYPE_DISTINCT_LVARCHAR = 0x2000,
    SQLI_TYPE_DISTINCT_BOOLEAN = 0x4000,
    SQLI_TYPE_CLIENT_COLLECTION = 0x8000,
};

/* Extended ids that every server has. */
enum sqli_extended_id {
    SQLI_XID_LVARCHAR = 1,
    SQLI_XID_BOOLEAN = 5,
    SQLI_XID_BLOB = 10,
    SQLI_XID_CLOB = 11,
};

/* A type as a describe states it. The spans belong to whoever made it. */
struct sqli_type {
    uint8_t code;
    uint16_t flags; /* enum sqli_type_flag */
    int32_t extended_id;
    int32_t length; /* the encoded length */
    int32_t source; /* DISTINCT: the code or extended id of the source type */
    struct sqli_span owner;
    struct sqli_span name; /* extended types: "lvarchar", "ROW(a integer)", ... */
};

/* What kind of C value stands for a type. Several types share a kind. */
enum sqli_kind {
    SQLI_KIND_NONE,    /* the NULL type, unknown types */
    SQLI_KIND_INTEGER, /* SMALLINT to BIGSERIAL: int64_t */
    SQLI_KIND_REAL,    /* FLOAT, SMALLFLOAT: double */
    SQLI_KIND_DECIMAL, /* DECIMAL, MONEY */
    SQLI_KIND_TEXT,    /* CHAR to LVARCHAR: bytes in the code set of the database */
    SQLI_KIND_BOOLEAN,
    SQLI_KIND_DATE,
    SQLI_KIND_DATETIME,
    SQLI_KIND_INTERVAL,
    SQLI_KIND_SIMPLE_LOB, /* BYTE, TEXT: a 56-byte descriptor */
    SQLI_KIND_SMART_LOB,  /* BLOB, CLOB: a 72-byte locator */
    SQLI_KIND_COMPOSITE,  /* ROW, SET, MULTISET, LIST: text or binary body */
    SQLI_KIND_OPAQUE,     /* any other extended type: bytes */
};

/* How an image of a type is laid out in a tuple. */
enum sqli_layout {
    SQLI_LAYOUT_NONE,     /* has no image that is known */
    SQLI_LAYOUT_FIXED,    /* `size` bytes */
    SQLI_LAYOUT_LENGTH,   /* as many bytes as the encoded length says (CHAR) */
    SQLI_LAYOUT_PACKED,   /* by precision and scale or by qualifier: sqli__packed_width */
    SQLI_LAYOUT_SHORT,    /* one length byte, then the bytes (VARCHAR) */
    SQLI_LAYOUT_ENVELOPE, /* indicator, 4-byte length, then the bytes (extended types) */
};

/* How the data of a bind block are laid out, behind the precision word. */
enum sqli_bind_layout {
    SQLI_BIND_NONE,
    SQLI_BIND_FIXED, /* `size` bytes */
    SQLI_BIND_16,    /* 2-byte length, bytes, pad to even */
    SQLI_BIND_32,    /* 4-byte length, bytes, pad to even */
};

/* One line of the table. */
struct sqli_type_info {
    uint8_t code;
    const char *name; /* as SQL writes it, lower case: "smallint" */
    enum sqli_kind kind;
    enum sqli_layout layout;
    enum sqli_bind_layout bind;
    uint8_t size; /* fixed layouts */
};

extern const struct sqli_type_info sqli__types[SQLI_TYPE_CODES];

/* NULL for a code that no server is known to send. */
static inline const struct sqli_type_info *sqli__type_info(int code)
{
    return code >= 0 && code < SQLI_TYPE_CODES && sqli__types[code].name ? &sqli__types[code]
                                                                         : NULL;
}

/* The kind of a whole type: LVARCHAR, BOOLEAN, BLOB and CLOB are told by extended id or name, a
 * DISTINCT type by its source flags. Asked for several times for each value of each row. */
enum sqli_kind sqli__type_kind_extended(const struct sqli_type *type);
static inline enum sqli_kind sqli__type_kind(const struct sqli_type *type)
{
    const struct sqli_type_info *info = sqli__type_info(type->code);
    if (!info)
        return SQLI_KIND_NONE;
    return info->kind != SQLI_KIND_OPAQUE ? info->kind : sqli__type_kind_extended(type);
}

/* The name without length or precision, as it was stored: "integer", "lvarchar", "MyType". */
struct sqli_span sqli__type_name(const struct sqli_type *type);

/* Bytes of a tuple image: >= 0 a fixed width, or one of these two. A type that cannot stand in a
 * tuple gives SQLI_WIDTH_UNKNOWN. */
enum { SQLI_WIDTH_SHORT = -1, SQLI_WIDTH_ENVELOPE = -2, SQLI_WIDTH_UNKNOWN = -3 };
int32_t sqli__type_width(const struct sqli_type *type);

/* Width of DECIMAL, MONEY, DATETIME and INTERVAL from the encoded length. */
static inline int32_t sqli__packed_width(int32_t length)
{
    return (((length >> 8) & 0xff) + (length & 1) + 3) / 2;
}

/* True where a bind block or a return-type request carries owner and name behind the code. */
static inline bool sqli__type_has_preamble(int code)
{
    return code > SQLI_TYPE_SERIAL8 && code != SQLI_TYPE_BIGINT && code != SQLI_TYPE_BIGSERIAL;
}

/* The type as SQL writes it: "decimal(8,2)", "datetime year to second", "varchar(20)",
 * "set(integer not null)". NOT NULL is not part of it. */
void sqli__type_print(const struct sqli_type *type, struct sqli_buffer *text);

#endif
