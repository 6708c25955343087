/* Large objects on their way through statements and cursors. */
#ifndef SQLI_SERVER_ENGINE_LOB_H
#define SQLI_SERVER_ENGINE_LOB_H

#include "server/engine/engine.h"
#include "server/front/tree.h"
#include "server/store/lob.h"

/* A parameter that is a large object: it goes into the database when the statement runs. */
struct sqli_lob_parameter {
    int64_t id; /* 0: the parameter is none */
    int64_t stored;
    bool owned;   /* BYTE, TEXT: made for the parameter, gone when it is bound again */
    bool locator; /* BLOB, CLOB */
};

/* The BYTE or TEXT parameter that is coming in. */
struct sqli_incoming_lob {
    struct sqli_statement *statement; /* NULL: none is */
    uint32_t parameter;
    struct sqli_type type;
    int64_t id; /* 0: it is small so far */
    int64_t size;
    uint8_t bytes[SQLI_LOB_INLINE];
};

/* True when a row of it may have large objects. */
bool sqli__lob_in_source(const struct sqli_source *source);
bool sqli__lob_in_columns(const struct sqli_engine_column *columns, uint32_t count);

/* What parameter number is now: after every bind, where one is or was a large object. */
enum sqli_status sqli__lob_bound(struct sqli_statement *statement, uint32_t parameter,
                                 const struct sqli_value *value, struct sqli_error *error);
void sqli__lob_parameters_free(struct sqli_statement *statement);
/* Inside the transaction, before the statement runs: its parameters' objects go to the database. */
enum sqli_status sqli__lob_parameters_settle(struct sqli_statement *statement,
                                             struct sqli_error *error);
/* After it ran: whether its rows stay. */
void sqli__lob_parameters_done(struct sqli_statement *statement, bool failed);
/* True when running it writes to the database whatever its own table is. */
bool sqli__lob_parameters_any(const struct sqli_statement *statement);

/* The descriptor of column number of the present row; what it stands for is kept until CLOSE. */
enum sqli_status sqli__cursor_write_blob(struct sqli_statement *statement, uint32_t column,
                                         struct sqli_buffer *out, struct sqli_error *error);
/* OPEN and CLOSE of a cursor. */
void sqli__cursor_hold_lobs(struct sqli_statement *statement);
void sqli__cursor_release_lobs(struct sqli_statement *statement);

#endif
