/* Informix values inside SQLite.
 *
 *   SMALLINT to BIGSERIAL, DATE   INTEGER (a DATE is its days since 1899-12-31)
 *   FLOAT, SMALLFLOAT             REAL
 *   DECIMAL, MONEY                BLOB: the packed image without its trailing zero bytes, so that
 *   DATETIME, INTERVAL            byte order is value order (within one qualifier)
 *   CHAR to LVARCHAR              TEXT in the code set of the database, COLLATE RTRIM; CHAR(n) has
 *                                 its n bytes
 *   BOOLEAN                       INTEGER 1 or 0
 *   ROW, SET, MULTISET, LIST      TEXT: the literal
 *   BYTE, TEXT                    BLOB: the contents, or INTEGER: a large object (lob.h)
 *   BLOB, CLOB                    BLOB: the locator
 *
 * Tables are STRICT. Values of other types are opaque TEXT. */
#ifndef SQLI_SERVER_STORE_STORAGE_H
#define SQLI_SERVER_STORE_STORAGE_H

#include "base/buffer.h"
#include "value/value.h"

#include <sqlite3.h>

/* "INTEGER", "REAL", "BLOB", "TEXT COLLATE RTRIM": what a column of this type is declared as. */
const char *sqli__storage_declaration(const struct sqli_type *type);

/* Out of SQLite. Text and bytes point into the sqlite3_value. */
enum sqli_status sqli__storage_load(const struct sqli_type *type, sqlite3_value *stored,
                                    struct sqli_value *value, struct sqli_error *error);
/* Into SQLite: as a parameter, as the result of a function, as SQL text for a constant. The value
 * must be of the type's kind and fitted to it (sqli__convert does both); for BYTE and TEXT it holds
 * the contents as bytes, whatever its kind says. `keep`: SQLI_STORAGE_KEEP bytes that stay the
 * parameter's until it is bound again, for a value that goes in there; without them, or for a
 * longer value, SQLite makes a copy. What fails is an interval too large for its first field. */
enum { SQLI_STORAGE_KEEP = 64 };
enum sqli_status sqli__storage_bind(sqlite3_stmt *statement, int parameter,
                                    const struct sqli_type *type, const struct sqli_value *value,
                                    uint8_t *keep, struct sqli_error *error);
enum sqli_status sqli__storage_give(sqlite3_context *context, const struct sqli_type *type,
                                    const struct sqli_value *value, struct sqli_error *error);
enum sqli_status sqli__storage_literal(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *sql, struct sqli_error *error);

/* The bytes of a TEXT or a BLOB, and what is left of a packed image in storage. */
struct sqli_span sqli__storage_bytes(sqlite3_value *stored);
size_t sqli__storage_trim(const uint8_t *image, size_t length);

/* How the values of one column of a result become tuple images, looked up once per cursor. */
enum sqli_image_form {
    SQLI_IMAGE_SMALLINT,
    SQLI_IMAGE_INTEGER,
    SQLI_IMAGE_BIGINT,
    SQLI_IMAGE_INT8,
    SQLI_IMAGE_FLOAT,
    SQLI_IMAGE_SMALLFLOAT,
    SQLI_IMAGE_PACKED,
    SQLI_IMAGE_CHAR,
    SQLI_IMAGE_VARCHAR,
    SQLI_IMAGE_ENVELOPE,
    SQLI_IMAGE_BOOLEAN,
    SQLI_IMAGE_ROW,
    SQLI_IMAGE_SIMPLE_LOB,
    SQLI_IMAGE_SMART_LOB,
    SQLI_IMAGE_OTHER, /* by way of a value */
};

struct sqli_image_writer {
    enum sqli_image_form form;
    bool binary;
    int32_t width; /* of a fixed image; the most bytes of a VARCHAR */
    const struct sqli_type *type;
};

/* The writer points to the type. `binary`: extended types in their binary form (BOOLEAN 01/00). */
void sqli__image_writer_init(struct sqli_image_writer *writer, const struct sqli_type *type,
                             bool binary);
/* The tuple image of a column of the present row, appended to `out`: a copy and zero fill where
 * possible. */
enum sqli_status sqli__image_write(const struct sqli_image_writer *writer, sqlite3_stmt *statement,
                                   int column, struct sqli_buffer *out, struct sqli_error *error);

/* Both at once. */
enum sqli_status sqli__storage_image(const struct sqli_type *type, bool binary,
                                     sqlite3_stmt *statement, int column, struct sqli_buffer *out,
                                     struct sqli_error *error);

#endif
