/* What there is to know about columns and parameters, and where their values stand. */
#ifndef SQLI_CLIENT_COLUMN_H
#define SQLI_CLIENT_COLUMN_H

#include "client/convert.h"
#include "client/statement.h"
#include "value/composite.h"

/* --- column_info.c --- */

/* A column or parameter as programs are told about it; kept in the arena of its statement. */
struct sqli_described {
    struct sqli_column_info info;
    struct sqli_schema *schema; /* of composites, once their parts were asked for */
    bool schema_known;
};

int sqli__sqltype(const struct sqli_type *type);    /* enum sqli_sqltype */
int sqli__default_as(const struct sqli_type *type); /* enum sqli_ctype: what loses nothing */
/* What a composite is made of, `column` counting from 0; NULL where its type does not tell. */
enum sqli_status sqli__column_schema(struct sqli_prepared *prepared, uint32_t column,
                                     const struct sqli_schema **schema, struct sqli_error *error);

/* --- column.c --- */

/* Whether there is a statement to read from and a place to put the value; the error says so where
 * there is a statement. */
bool sqli__can_read(const struct sqli_stmt *stmt, const void *place);

/* The value of a column of the present row: SQLI_OK, SQLI_NULL or SQLI_FAIL. */
int sqli__column_source(struct sqli_stmt *stmt, int column, struct sqli_value *value,
                        struct sqli_source *from);
/* Puts the column into the error when there is one. */
int sqli__column_result(struct sqli_stmt *stmt, int column, enum sqli_status status);
/* A large object of the present row as UTF-8, or as its bytes, behind what *out has. Called again
 * after SQLI_MORE, it goes on. */
enum sqli_status sqli__column_whole(struct sqli_stmt *stmt, int column, bool as_text,
                                    struct sqli_buffer *out);

#endif
