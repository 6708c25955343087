/* What a session does with SQL: databases, statements, cursors, transactions.
 *
 * An engine belongs to one session and is used by one thread at a time; only
 * sqli__engine_interrupt may come from another. Nothing here knows messages: rows leave as tuple
 * payloads, parameters come as values. */
#ifndef SQLI_SERVER_ENGINE_ENGINE_H
#define SQLI_SERVER_ENGINE_ENGINE_H

#include "base/buffer.h"
#include "server/store/database.h"
#include "value/composite.h"

struct sqli_engine;
struct sqli_statement;

struct sqli_engine_options {
    struct sqli_databases *databases;
    struct sqli_span user;
    const char *server_name;
    const char *host_name;
    int32_t session_id;
    const struct sqli_client_files *files; /* NULL: none; outlives the engine */
};

enum sqli_status sqli__engine_open(const struct sqli_engine_options *options,
                                   struct sqli_engine **engine, struct sqli_error *error);
void sqli__engine_close(struct sqli_engine *engine); /* rolls back, closes everything */

/* The variables of the login and of SQ_INFO that mean something here: DBDATE, DELIMIDENT,
 * DB_LOCALE, CLIENT_LOCALE; others are passed over. A value that is no good is an error. */
enum sqli_status sqli__engine_environment(struct sqli_engine *engine, struct sqli_span name,
                                          struct sqli_span value, struct sqli_error *error);

/* The break of the client; from any thread. Ends what runs with -213; means nothing when nothing
 * runs, but within a request also what it runs next. */
void sqli__engine_interrupt(struct sqli_engine *engine);
/* A request begins or is over: a break that came before means nothing any more. */
void sqli__engine_request(struct sqli_engine *engine, bool begins);

/* --- databases --- */

/* Closes the one that is open, rolling back; -377 when a transaction is open. */
enum sqli_status sqli__engine_database(struct sqli_engine *engine, struct sqli_span name,
                                       bool exclusive, struct sqli_error *error);
enum sqli_status sqli__engine_close_database(struct sqli_engine *engine, struct sqli_error *error);
const struct sqli_database_info *sqli__engine_database_info(const struct sqli_engine *engine);
enum sqli_status sqli__engine_list(struct sqli_engine *engine, sqli_on_database *on_one,
                                   void *context);

/* --- transactions --- */

enum sqli_status sqli__engine_begin(struct sqli_engine *engine, struct sqli_error *error);
enum sqli_status sqli__engine_commit(struct sqli_engine *engine, struct sqli_error *error);
enum sqli_status sqli__engine_rollback(struct sqli_engine *engine, struct sqli_error *error);
enum sqli_status sqli__engine_savepoint(struct sqli_engine *engine, struct sqli_span name,
                                        bool unique, struct sqli_error *error);
enum sqli_status sqli__engine_savepoint_release(struct sqli_engine *engine, struct sqli_span name,
                                                struct sqli_error *error);
/* An absent name is the last savepoint. */
enum sqli_status sqli__engine_savepoint_rollback(struct sqli_engine *engine, struct sqli_span name,
                                                 struct sqli_error *error);

/* --- statements --- */

/* A column of a result, or a parameter. */
struct sqli_engine_column {
    struct sqli_span name; /* as described: "(count(*))" */
    struct sqli_type type; /* with SQLI_TYPE_NOT_NULL; extended types with owner and name */
};

/* What the describe group of PREPARE tells. */
struct sqli_statement_info {
    int16_t type; /* enum sqli_statement_type */
    bool rows;    /* it gives rows: OPEN, not EXECUTE */
    bool for_update;
    bool read_only;     /* no row can be changed through its cursor, ANSI database or not */
    bool insert_values; /* INSERT with nothing but constants */
    uint32_t column_count;
    const struct sqli_engine_column *columns; /* of the result */
    uint32_t parameter_count;
    const struct sqli_engine_column *parameters;
    int32_t tabid; /* INSERT: the table, for generated keys */
};

/* Never executes. The statement must not outlive its database; closing that closes it. */
enum sqli_status sqli__engine_prepare(struct sqli_engine *engine, struct sqli_span sql,
                                      struct sqli_statement **statement, struct sqli_error *error);
void sqli__statement_free(struct sqli_statement *statement); /* NULL is fine; closes its cursor */
const struct sqli_statement_info *sqli__statement_info(const struct sqli_statement *statement);
size_t sqli__statement_memory(const struct sqli_statement *statement); /* bytes, by and large */

/* One parameter, from 0; conversions happen here, so that -1213 and its kin come with the bind.
 * `type` is what the client says the value is. All hold until they are bound again. */
enum sqli_status sqli__statement_bind(struct sqli_statement *statement, uint32_t parameter,
                                      const struct sqli_type *type, const struct sqli_value *value,
                                      struct sqli_error *error);

struct sqli_result {
    int64_t rows;
    int64_t rowid;
    int32_t serial;
    int64_t serial8;
    int64_t bigserial;
    int16_t warnings;
    /* What happened around the statement; the session tells the client. */
    bool began, committed, rolled_back; /* BEGIN, COMMIT, ROLLBACK as SQL */
    bool database_changed;              /* DATABASE, CREATE DATABASE, CLOSE DATABASE */
};

/* Any statement but one with rows (-260). On failure its own effects are gone, and nothing else. */
enum sqli_status sqli__statement_execute(struct sqli_statement *statement,
                                         struct sqli_result *result, struct sqli_error *error);
/* An INSERT, the generated keys of its last execution: the SERIAL columns of the row as a tuple
 * payload, described by sqli__statement_keys. */
uint32_t sqli__statement_keys(const struct sqli_statement *statement,
                              struct sqli_engine_column *keys, uint32_t room);

/* --- cursors: one per statement --- */

struct sqli_cursor_options {
    struct sqli_span name;
    bool scroll;
    bool hold;
    /* Per column: the extended type travels in its binary form. NULL: none does. */
    const bool *binary;
};

enum sqli_status sqli__cursor_open(struct sqli_statement *statement,
                                   const struct sqli_cursor_options *options,
                                   struct sqli_error *error);
/* After OPEN and before the first fetch: RET_TYPE comes that late. */
void sqli__cursor_binary(struct sqli_statement *statement, const bool *binary);
bool sqli__cursor_is_open(const struct sqli_statement *statement);
/* An open insert cursor: OPEN of an INSERT. Each PUT binds the row and executes. */

/* Appends one row's payload to `out`. SQLI_MORE: there is no further row; *count is then the number
 * of rows so far. */
enum sqli_status sqli__cursor_fetch(struct sqli_statement *statement, struct sqli_buffer *out,
                                    int64_t *count, struct sqli_error *error);
/* Scroll cursors: the row with this number, from 1; 0 for the last. *row says which it was.
 * SQLI_MORE: there is none. */
enum sqli_status sqli__cursor_fetch_at(struct sqli_statement *statement, int64_t number,
                                       struct sqli_buffer *out, int64_t *row,
                                       struct sqli_error *error);
void sqli__cursor_close(struct sqli_statement *statement);

/* --- routines without SQL --- */

/* Handles up to this one are not for stored routines. */
enum { SQLI_ROUTINE_HANDLES = 1000 };

/* A stored routine by its signature, "function informix.f(integer)": the handle comes from its
 * procid. -674 when there is none, -979 for what is no signature. */
enum sqli_status sqli__engine_routine(struct sqli_engine *engine, struct sqli_span signature,
                                      int32_t *handle, struct sqli_error *error);

/* What goes into a routine, and what comes out of it. */
struct sqli_engine_routine {
    uint32_t parameter_count;
    const struct sqli_engine_column *parameters;
    const bool *out; /* per parameter: OUT and INOUT */
    uint32_t return_count;
    const struct sqli_engine_column *returns;
};

/* In the arena of the caller. -9753 for a handle of nothing. */
enum sqli_status sqli__engine_routine_info(struct sqli_engine *engine, int32_t handle,
                                           struct sqli_arena *arena,
                                           struct sqli_engine_routine *info,
                                           struct sqli_error *error);

struct sqli_engine_call {
    int32_t handle;
    uint32_t count;
    const struct sqli_type *types; /* what the caller says the values are */
    const struct sqli_value *values;
};

/* Each value that comes out, those of OUT and INOUT parameters first; it holds during the call
 * only. What a routine returns is NULL when it returns no row. */
typedef enum sqli_status sqli_on_result(void *context, const struct sqli_type *type,
                                        const struct sqli_value *value, struct sqli_error *error);
/* One statement of the client, as an EXECUTE is. -9753 for a handle of nothing, -686 for more than
 * one row. */
enum sqli_status sqli__engine_call(struct sqli_engine *engine, const struct sqli_engine_call *given,
                                   sqli_on_result *on_result, void *context,
                                   struct sqli_error *error);

/* --- large objects --- */

/* A BYTE or TEXT parameter in pieces: one at a time in a session. */
enum sqli_status sqli__statement_blob_begin(struct sqli_statement *statement, uint32_t parameter,
                                            const struct sqli_type *type, struct sqli_error *error);
enum sqli_status sqli__statement_blob_piece(struct sqli_statement *statement,
                                            struct sqli_span bytes, struct sqli_error *error);
enum sqli_status sqli__statement_blob_end(struct sqli_statement *statement,
                                          struct sqli_error *error);

/* What a descriptor of a row stands for, until its cursor is closed (-602). */
struct sqli_blob {
    int64_t size;
    int64_t at; /* the next byte to read */
    int64_t id;
    int64_t number;
};

enum sqli_status sqli__cursor_blob(struct sqli_statement *statement, struct sqli_span descriptor,
                                   struct sqli_blob *blob, struct sqli_error *error);
enum sqli_status sqli__blob_read(struct sqli_statement *statement, struct sqli_blob *blob,
                                 uint8_t *room, size_t most, size_t *got, struct sqli_error *error);

/* The objects and descriptors of the session (store/lob.h); NULL while no database is open. */
struct sqli_lobs *sqli__engine_lobs(struct sqli_engine *engine);
/* Around what changes an object: in the database it takes a transaction. */
enum sqli_status sqli__engine_lob_change(struct sqli_engine *engine, int64_t id, bool *stored,
                                         struct sqli_error *error);
enum sqli_status sqli__engine_lob_changed(struct sqli_engine *engine, bool stored, bool failed,
                                          struct sqli_error *error);

#endif
