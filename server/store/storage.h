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
 *   BYTE, TEXT                    BLOB
 *   BLOB, CLOB                    BLOB: the locator
 *
 * Tables are STRICT. Values of other types are opaque TEXT. */
#ifndef SQLI_SERVER_STORE_STORAGE_H
#define SQLI_SERVER_STORE_STORAGE_H

#include "value/value.h"

#include <sqlite3.h>

/* "INTEGER", "REAL", "BLOB", "TEXT COLLATE RTRIM": what a column of this type is declared as. */
const char *sqli__storage_declaration(const struct sqli_type *type);

/* Out of SQLite. Text and bytes point into the sqlite3_value. */
enum sqli_status sqli__storage_load(const struct sqli_type *type, sqlite3_value *stored,
                                    struct sqli_value *value, struct sqli_error *error);
/* Into SQLite: as a parameter, as the result of a function, as SQL text for a constant. The value
 * must be of the type's kind and fitted to it (sqli__convert does both). `transient`: the bytes of
 * a text are copied. */
enum sqli_status sqli__storage_bind(sqlite3_stmt *statement, int parameter,
                                    const struct sqli_type *type, const struct sqli_value *value,
                                    bool transient, struct sqli_error *error);
void sqli__storage_result(sqlite3_context *context, const struct sqli_type *type,
                          const struct sqli_value *value);
enum sqli_status sqli__storage_literal(const struct sqli_type *type, const struct sqli_value *value,
                                       struct sqli_buffer *sql, struct sqli_error *error);

/* The tuple image of a column of the present row, appended to `out`: a copy and zero fill where
 * possible. `binary`: extended types in their binary form (BOOLEAN 01/00). */
enum sqli_status sqli__storage_image(const struct sqli_type *type, bool binary,
                                     sqlite3_stmt *statement, int column, struct sqli_buffer *out,
                                     struct sqli_error *error);

#endif
