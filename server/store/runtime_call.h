/* What the files runtime*.c share: tables of functions, and a call of one of them.
 *
 * A function reads its arguments with sqlite3_value_* and the helpers here, and ends with a result
 * or with sqli__call_failed. NULL arguments have been dealt with before, unless its row says that
 * it takes them. */
#ifndef SQLI_SERVER_STORE_RUNTIME_CALL_H
#define SQLI_SERVER_STORE_RUNTIME_CALL_H

#include "server/store/runtime.h"
#include "server/store/storage.h"
#include "value/composite.h"

enum sqli_function_flag {
    SQLI_CALL_PURE = 1,   /* the same arguments, the same result */
    SQLI_CALL_STABLE = 2, /* the same during one statement: SQLite may still not use it in CHECK */
    SQLI_CALL_NULLS = 4,  /* is called with NULL arguments, too */
};

typedef void sqli_function(sqlite3_context *context, int count, sqlite3_value **arguments);

struct sqli_function_row {
    const char *name;
    int8_t least, most; /* arguments; most -1: any number */
    uint8_t flags;
    sqli_function *run;
};

struct sqli_aggregate_row {
    const char *name;
    int8_t arguments;
    sqli_function *step;
    void (*final)(sqlite3_context *context);
    sqli_function
        *inverse; /* takes a row out again, for windows that move; `final` may run often */
};

/* Each ends with a row without a name. */
extern const struct sqli_function_row sqli__functions_number[], sqli__functions_text[],
    sqli__functions_match[], sqli__functions_temporal[], sqli__functions_format[],
    sqli__functions_composite[], sqli__functions_session[], sqli__functions_cast[],
    sqli__functions_lob[], sqli__functions_catalog[], sqli__functions_live[];
extern const struct sqli_aggregate_row sqli__aggregates[];

enum sqli_status sqli__each_install(sqlite3 *db, struct sqli_runtime *runtime,
                                    struct sqli_error *error);

struct sqli_runtime *sqli__call_runtime(sqlite3_context *context);
struct sqli_error *sqli__call_error(sqlite3_context *context);

/* Ends the statement with what is in the runtime's error; the library's own codes are replaced by
 * Informix's. */
void sqli__call_failed(sqlite3_context *context);
void sqli__call_fail(sqlite3_context *context, int32_t code, const char *near);
/* True, and the call has failed, when the client's break came. */
bool sqli__call_interrupted(sqlite3_context *context);

/* The parsed text of a type, remembered by its text for the life of the connection; it holds until
 * the call has returned. NULL: the call has failed. */
const struct sqli_schema *sqli__call_schema(sqlite3_context *context, sqlite3_value *type);
/* "day(3) to second"; 0: the call has failed. */
sqli_qualifier sqli__call_qualifier(sqlite3_context *context, sqlite3_value *qualifier);

/* Arguments in their storage form; false: the call has failed. */
bool sqli__call_decimal(sqlite3_context *context, sqlite3_value *argument,
                        struct sqli_decimal *number);
bool sqli__call_datetime(sqlite3_context *context, sqlite3_value *argument, sqli_qualifier q,
                         struct sqli_datetime *datetime);
bool sqli__call_interval(sqlite3_context *context, sqlite3_value *argument, sqli_qualifier q,
                         struct sqli_interval *interval);

/* Results in their storage form; with a status other than SQLI_OK the call fails instead. */
void sqli__give_decimal(sqlite3_context *context, enum sqli_status status,
                        const struct sqli_decimal *number);
void sqli__give_datetime(sqlite3_context *context, enum sqli_status status,
                         const struct sqli_datetime *datetime);
void sqli__give_interval(sqlite3_context *context, enum sqli_status status,
                         const struct sqli_interval *interval);
void sqli__give_value(sqlite3_context *context, enum sqli_status status,
                      const struct sqli_type *type, const struct sqli_value *value);
void sqli__give_text(sqlite3_context *context, struct sqli_span text);
/* What the runtime's scratch buffer holds, unless it has failed. */
void sqli__give_scratch(sqlite3_context *context);

/* The runtime's scratch buffer, emptied. */
struct sqli_buffer *sqli__call_scratch(sqlite3_context *context);

/* Converters between the database's code set and UTF-8, opened when first needed; NULL: the call
 * has failed. */
struct sqli_codeset *sqli__call_codeset(sqlite3_context *context);

#endif
