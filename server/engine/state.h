/* What an engine and its statements are made of; shared by the files of this folder. */
#ifndef SQLI_SERVER_ENGINE_STATE_H
#define SQLI_SERVER_ENGINE_STATE_H

#include "server/engine/definition.h"
#include "server/engine/engine.h"
#include "server/engine/lob.h"
#include "server/engine/spool.h"
#include "server/front/emit.h"
#include "server/front/parse.h"
#include "server/front/resolve.h"
#include "server/store/storage.h"

#include <pthread.h>

enum {
    SQLI_STATEMENT_ARENA = 64 << 20, /* bytes of the tree of one statement */
    SQLI_STATEMENT_SQL = 64 << 20,   /* bytes of its text, and of what SQLite gets */
    SQLI_SAVEPOINTS_MAX = 255,       /* open at a time */
    SQLI_STATEMENT_CACHE = 32,       /* released statements that are kept for the next PREPARE */
    SQLI_SWEEP_ROWS = 1000,          /* changed with large objects in them before a sweep */
    SQLI_PROGRESS_STEPS = 4000,      /* of SQLite's machine between two looks for a break */
};

struct sqli_body; /* routine.h */
struct sqli_global;
struct sqli_call;
struct sqli_embedded;

struct sqli_savepoint_mark {
    char name[SQLI_NAME_MAX + 1];
    bool unique;
};

struct sqli_engine {
    struct sqli_databases *databases;
    struct sqli_runtime runtime;
    struct sqli_store *store;     /* NULL: no database is open */
    struct sqli_catalog *catalog; /* likewise */
    char db_locale[64];           /* DB_LOCALE of the client: for CREATE DATABASE; "" */

    /* The client's transaction. SQLite's begins with the first write in it (transaction.c). */
    bool in_transaction;
    bool implicit;    /* nobody asked for it: the database follows ANSI */
    bool definitions; /* one was changed in the present transaction */
    bool deferred;    /* foreign keys wait for its COMMIT */
    bool request;     /* the session is in one */
    bool keep_going;  /* a break must not end what runs: SQLite would drop the transaction */

    /* Calls of routines. */
    struct sqli_body *bodies;
    struct sqli_global *globals;
    sqlite3_stmt *box;   /* SELECT ?1: makes values */
    uint32_t calls;      /* that are open: one is called by the other */
    bool call_savepoint; /* what the outermost one changes in the client's transaction is undone
                            to here when it fails */
    bool reading;        /* one is called for the rows of a statement: it must not write */
    bool expression;     /* the SQL that runs is an expression of a routine */

    struct sqli_savepoint_mark *savepoints;
    uint32_t savepoint_count;

    struct sqli_statement *statements; /* all that are alive, but for the cached */
    struct sqli_statement *cached;     /* newest first */
    uint32_t cached_count;
    uint32_t open_cursors; /* of clients, for rows: a program may have statements by the hundred */
    struct sqli_spool *spool; /* made when a cursor first needs it */
    struct sqli_incoming_lob incoming;
    struct sqli_lob_hold lob_hold; /* temporary tables may have large objects of others */
    int64_t clock_second;          /* of which the session's `now` is */
};

struct sqli_cursor {
    bool open;
    bool scroll;
    bool hold;
    bool insert;    /* an insert cursor: OPEN of an INSERT */
    bool exhausted; /* the compiled statement has no further row */
    bool running;   /* a routine runs for its rows, or goes through them: it stays open */
    bool spooled;   /* rows from here on are in the spool, and the compiled statement is reset */
    char name[SQLI_NAME_MAX + 1];
    int64_t rows; /* handed out (forward), or in the spool (scroll) */
    int64_t next; /* in the spool: the next one to hand out, from 1 */
    int64_t last; /* rows in the spool */
    uint32_t spool_id;
    int64_t rowid;     /* FOR UPDATE: of the last row that was handed out; 0: none */
    uint32_t lob_list; /* in the spool: what the descriptors of its rows stand for; 0: none yet */
    int64_t lobs;
    struct sqli_lob_hold lob_hold;
};

struct sqli_statement {
    struct sqli_engine *engine;
    struct sqli_statement *previous, *next;
    struct sqli_span sql;
    struct sqli_arena arena; /* the tree, and what the info points to */
    struct sqli_statement_tree *tree;
    struct sqli_statement_info info;
    sqlite3_stmt *compiled;   /* NULL: the kind needs none, or the database is closed */
    uint64_t catalog_version; /* that it was prepared for */
    bool database_bound;      /* means something only in the database that is open */
    bool dead;                /* that database is closed */
    bool writes;
    bool locks;              /* FOR UPDATE of a table that others see */
    bool positions;          /* its cursor knows the row that it stands on */
    struct sqli_span target; /* the table, as SQLite calls it, that it changes or may change */
    uint64_t bound;          /* how many of the parameters have a value */
    bool *bound_parameters;  /* which */
    uint8_t *kept;           /* SQLI_STORAGE_KEEP bytes for each of them; NULL: none is bound yet */
    struct sqli_lob_parameter *lobs;   /* per parameter; NULL: none is a large object */
    bool large;                        /* the table that it changes has large objects */
    struct sqli_image_writer *writers; /* per column of the result */
    struct sqli_engine_column *keys;   /* SERIAL columns of the table of an INSERT */
    uint32_t key_count;
    struct sqli_call *call;         /* EXECUTE of a routine */
    struct sqli_embedded *embedded; /* inside a routine: its variables */
    bool wants_position;            /* FOREACH with the name of a cursor */
    struct sqli_cursor cursor;
};

/* --- engine.c --- */

/* The time of the statement, and no break from before. */
void sqli__engine_start(struct sqli_engine *engine);
void sqli__engine_release_database(struct sqli_engine *engine);

/* --- prepare.c --- */

/* The query of a SELECT, and of what makes a table of one; NULL for all else. */
const struct sqli_select *sqli__statement_select(const struct sqli_statement *statement);
/* Prepares anew what another definition made stale: -710 when it would not look the same. */
enum sqli_status sqli__statement_refresh(struct sqli_statement *statement,
                                         struct sqli_error *error);
/* -254 unless all parameters have a value; the tree is fresh. */
enum sqli_status sqli__statement_ready(struct sqli_statement *statement, struct sqli_error *error);
enum sqli_status sqli__statement_compile(struct sqli_statement *statement,
                                         const struct sqli_buffer *sql, sqlite3_stmt **compiled,
                                         struct sqli_error *error);
void sqli__statement_note_bound(struct sqli_statement *statement, uint32_t parameter);
/* What a failed step means. */
enum sqli_status sqli__statement_fail(struct sqli_statement *statement, int sqlite_code,
                                      struct sqli_error *error);
/* The database closes. */
void sqli__statement_kill(struct sqli_statement *statement);
void sqli__statement_cache_clear(struct sqli_engine *engine);

/* A statement inside a routine; `position`: its cursor has a name. */
enum sqli_status sqli__statement_embed(struct sqli_engine *engine, struct sqli_span sql,
                                       struct sqli_embedded *embedded, bool position,
                                       struct sqli_statement **statement, struct sqli_error *error);

/* --- routine_body.c, routine_call.c --- */

void sqli__routines_install(struct sqli_engine *engine);
void sqli__routines_release(struct sqli_engine *engine);
enum sqli_status sqli__routine_check(struct sqli_engine *engine, struct sqli_span text,
                                     struct sqli_error *error);
/* In a transaction of the client, before the first write of a call. */
enum sqli_status sqli__call_savepoint(struct sqli_engine *engine, struct sqli_error *error);
/* EXECUTE: its columns; SQL of its arguments; its rows, one after the other; to its end. */
enum sqli_status sqli__call_prepare(struct sqli_statement *s, struct sqli_error *error);
enum sqli_status sqli__emit_execute(const struct sqli_execute *execute, struct sqli_buffer *sql,
                                    struct sqli_error *error);
enum sqli_status sqli__call_step(struct sqli_statement *s, struct sqli_error *error);
void sqli__call_reset(struct sqli_statement *s);
enum sqli_status sqli__call_execute(struct sqli_statement *s, struct sqli_result *result,
                                    struct sqli_error *error);
/* The statement that shows a row: s->compiled, or that of the call. */
sqlite3_stmt *sqli__statement_row(const struct sqli_statement *s);

/* --- transaction.c --- */

/* A statement runs: in an ANSI database it is in a transaction, whoever began that. */
void sqli__transaction_enter(struct sqli_engine *engine);
/* False where the database may be closed: no transaction, or an implicit one without changes. */
bool sqli__transaction_pending(const struct sqli_engine *engine);
/* What open cursors have not handed out is put aside, so that a write does not show in it. */
enum sqli_status sqli__transaction_detach(struct sqli_engine *engine, struct sqli_error *error);
/* SET TRANSACTION READ ONLY or READ WRITE, for the present transaction. */
void sqli__transaction_restrict(struct sqli_engine *engine, bool read_only);
/* -878 after READ ONLY. */
enum sqli_status sqli__transaction_writable(const struct sqli_engine *engine,
                                            struct sqli_error *error);
/* Before a write: SQLite's transaction begins, if it has not, and the rows of open cursors must not
 * depend on what is written. */
enum sqli_status sqli__transaction_write(struct sqli_engine *engine, struct sqli_error *error);
/* The same for one of temporary tables alone, which others need not wait for. */
enum sqli_status sqli__transaction_write_temp(struct sqli_engine *engine, struct sqli_error *error);
/* SET CONSTRAINTS: -691 where they are to be met at once, and are not. */
enum sqli_status sqli__transaction_defer(struct sqli_engine *engine, bool defer,
                                         struct sqli_error *error);
/* After a write: outside a transaction of the client it is committed, or rolled back. */
enum sqli_status sqli__transaction_done(struct sqli_engine *engine, bool failed,
                                        struct sqli_error *error);
/* Rolls back and forgets; closes cursors. */
void sqli__transaction_abandon(struct sqli_engine *engine);

/* --- execute.c --- */

/* Steps the compiled statement, which gives no rows, to its end. *code is SQLite's extended one. */
enum sqli_status sqli__statement_run(struct sqli_statement *statement, sqlite3_stmt *compiled,
                                     int *code, struct sqli_error *error);

/* A statement inside a routine, whose parameters are bound. */
enum sqli_status sqli__statement_run_inside(struct sqli_statement *statement,
                                            struct sqli_result *result, struct sqli_error *error);

/* --- unique.c --- */

/* UPDATE once more, after rows collided with others that it was still to change: its unique
 * constraints are looked at when it has ended. *rows: how many it changed. */
enum sqli_status sqli__update_deferred(struct sqli_statement *statement, int64_t *rows,
                                       struct sqli_error *error);

/* --- cursor.c --- */

/* Rows that are not read yet go to the spool, so that the cursor does not hold SQLite's. */
enum sqli_status sqli__cursor_detach(struct sqli_statement *statement, struct sqli_error *error);
/* The cursor that UPDATE or DELETE ... WHERE CURRENT OF means, when the statement fits it: -507,
 * -290, -277, -364, -266. */
enum sqli_status sqli__cursor_current(const struct sqli_statement *statement,
                                      struct sqli_cursor **cursor, struct sqli_error *error);

#endif
