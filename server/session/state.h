/* What a session is made of; shared by the files of this folder.
 *
 * Messages are answered as they come, not when their request is whole: a request of a million rows
 * needs no memory. What a message says may depend on those behind it (PREPARE NDESCRIBE WANTDONE),
 * so its answer may wait until the next message that is not one of those: that is `due`. */
#ifndef SQLI_SERVER_SESSION_STATE_H
#define SQLI_SERVER_SESSION_STATE_H

#include "protocol/message.h"
#include "protocol/row.h"
#include "protocol/trace.h"
#include "server/engine/engine.h"
#include "server/session/session.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    SQLI_SLOTS_MAX = 10000,          /* statements of one session */
    SQLI_CURSOR_NAME_MAX = 128,      /* bytes */
    SQLI_FETCH_BUFFER_MAX = 1 << 20, /* bytes of the rows of one reply, whatever a client asks */
    SQLI_STATEMENT_BYTES_MAX = 256 << 20, /* of all statements of one session in memory */
    SQLI_SESSION_ARENA = 16 << 20,        /* for one reply */
};

/* The rows that PUT sends: their shape as RET_TYPE announced it. */
struct sqli_put_shape {
    struct sqli_shape shape;
    uint32_t *segments;
};

/* A statement of the client, from PREPARE to RELEASE, with its cursor. */
struct sqli_slot {
    struct sqli_statement *statement;
    size_t memory; /* that the statement took when it was prepared */
    int16_t id;
    bool report_keys;  /* generated keys, after each INSERT */
    bool miscounted;   /* the last BIND had another number of values than there are parameters */
    bool awaits_blobs; /* and values of it are still to come */
    bool autofree;     /* CLOSE releases it */

    /* For the next OPEN. */
    char cursor_name[SQLI_CURSOR_NAME_MAX + 1];
    bool scroll;
    bool hold;
    bool *binary; /* per column; NULL: no RET_TYPE came */

    /* The open cursor. */
    bool scrolls;
    bool single;             /* a fetch gives one row */
    bool ended;              /* all rows are out */
    int64_t rows;            /* how many that were */
    int64_t position;        /* scroll cursor: the row that it stands on */
    size_t row_size;         /* of every row, 0 if they differ */
    struct sqli_buffer held; /* a row that did not fit any more: the first of the next fetch */
    struct sqli_put_shape put;
};

/* The statements by id. Slots keep their address. */
struct sqli_slots {
    struct sqli_slot **slots;
    uint32_t room;
    uint32_t lowest; /* no id below is free */
    size_t memory;   /* of all of them */
};

/* BYTE and TEXT parameters of the last BIND: their data follow it. */
struct sqli_blobs {
    struct sqli_slot *slot; /* NULL: none are due */
    uint32_t count;
    uint32_t next;
    bool announced; /* BBIND came */
    struct sqli_blob_parameter {
        uint32_t parameter;
        uint8_t code;
    } * parameters;
};

/* SQ_FILE: see file.c. */
struct sqli_dialogue {
    bool began;     /* in the present message: `input` has all that was not read when it began */
    bool waits;     /* what comes now is for `input` */
    bool whole;     /* the request's end is in it */
    size_t request; /* so many bytes of the input belong to the request */
    size_t answer;  /* the length of the answer behind them that was read */
    struct sqli_buffer input;
    struct sqli_decoder decoder;
};

/* LODATA: the write whose chunks are coming. */
struct sqli_lob_write {
    int16_t descriptor;
    bool stored; /* in the database: it has a transaction */
    uint32_t total;
    uint32_t left;
};

/* EXFPROUTINE: the call that its BIND makes, or the end of the request where there are no values.
 */
struct sqli_routine_call {
    int32_t handle;               /* 0: none waits */
    bool called;                  /* one was in this request */
    bool described;               /* FPARAM came: the answer tells what the values are */
    struct sqli_results *results; /* of a stored routine, in `arena`, until they are due */
};

/* The vendor's client ends FPDESCRIBE with two EOT, and reads one answer. */
enum sqli_spare_eot { SQLI_SPARE_EOT_NONE, SQLI_SPARE_EOT_AFTER, SQLI_SPARE_EOT_NOW };

enum sqli_due {
    SQLI_DUE_NOTHING,
    SQLI_DUE_PREPARED,
    SQLI_DUE_COMMAND,
    SQLI_DUE_PUT,
    SQLI_DUE_CALL,
    SQLI_DUE_RESULTS
};

struct sqli_session {
    struct sqli_session_options options;
    struct sqli_engine *engine; /* NULL before the login */
    struct sqli_decoder decoder;
    struct sqli_buffer pending; /* the beginning of a message whose rest has not come */
    struct sqli_buffer *out;    /* of the present feed */
    struct sqli_arena arena;    /* what one reply message needs */
    bool logged_in;
    bool over;
    bool mute;                /* an answer could not be written: the session ends */
    bool agreed;              /* PROTOCOLS came */
    bool explicit_connection; /* the login named a database: it is the only one */
    pthread_mutex_t request; /* a break finds the request that runs, or none, and not half of one */
    bool running;            /* a request is there for a break to end */
    atomic_bool broken;      /* it was */
    struct sqli_trace *trace;
    size_t traced;           /* bytes of `out` */
    size_t behind;           /* bytes of the present feed that are not looked at yet */
    struct sqli_span unread; /* behind the present message, in what is being read */
    struct sqli_span beyond; /* and what comes behind that in the present feed */
    struct sqli_dialogue dialogue;
    struct sqli_client_files files;
    bool in_row; /* a TUPLE is being made, from `row_at` of `out` */
    size_t row_at;
    struct sqli_lob_write lob_write;
    struct sqli_routine_call routine;
    enum sqli_spare_eot spare_eot;

    struct sqli_slots slots;
    struct sqli_blobs blobs;
    struct sqli_slot *prepared; /* the last one: what messages without an ID mean */

    /* The present request. */
    bool failed;    /* it was answered with an error; the rest is passed over */
    bool addressed; /* an ID came: `current` */
    struct sqli_slot *current;
    struct sqli_slot *command; /* of COMMAND: lives no longer than the request */
    bool describe;             /* NDESCRIBE came */
    bool want_done;            /* WANTDONE came */
    enum sqli_due due;
    struct sqli_slot *due_slot;
    struct sqli_result put; /* of the rows of PUT, summed */
};

/* What one message does. SQLI_FAIL: the request fails with that error, the session goes on. */
typedef enum sqli_status sqli_on_request(struct sqli_session *session,
                                         const struct sqli_message *message,
                                         struct sqli_error *error);

sqli_on_request sqli__on_prepare, sqli__on_command, sqli__on_generated_keys, sqli__on_ndescribe,
    sqli__on_wantdone, sqli__on_id, sqli__on_execute, sqli__on_release,
    sqli__on_batch;                                           /* statements.c */
sqli_on_request sqli__on_bind, sqli__on_bbind, sqli__on_blob; /* bind.c */
sqli_on_request sqli__on_cidescribe;                          /* describe.c */
sqli_on_request sqli__on_curname, sqli__on_hold, sqli__on_scroll, sqli__on_autofree,
    sqli__on_reopen, sqli__on_open, sqli__on_nfetch, sqli__on_sfetch, sqli__on_close; /* cursor.c */
sqli_on_request sqli__on_ret_type, sqli__on_put;                                      /* put.c */
sqli_on_request sqli__on_begin, sqli__on_commit, sqli__on_rollback, sqli__on_savepoint,
    sqli__on_savepoint_release, sqli__on_savepoint_rollback; /* transaction.c */
sqli_on_request sqli__on_login, sqli__on_protocols, sqli__on_info, sqli__on_version,
    sqli__on_dbopen, sqli__on_dbclose, sqli__on_dblist;                     /* login.c */
sqli_on_request sqli__on_fetchblob, sqli__on_lodata, sqli__on_lodata_chunk; /* lob.c */
sqli_on_request sqli__on_getroutine, sqli__on_exfproutine, sqli__on_fparam; /* fast_path.c */
sqli_on_request sqli__on_fpdescribe;                                        /* stored.c */
sqli_on_request sqli__on_stray;                                             /* refuse.c */

/* --- session.c --- */

/* The statement that a message is about; NULL with -258. */
struct sqli_slot *sqli__session_slot(struct sqli_session *session, struct sqli_error *error);

void sqli__session_trace(struct sqli_session *session, enum sqli_direction direction,
                         struct sqli_span bytes);
/* Before what is in `out` is taken. */
void sqli__session_trace_answers(struct sqli_session *session);

/* --- file.c --- */

void sqli__dialogue_init(struct sqli_session *session);
void sqli__dialogue_free(struct sqli_session *session);
void sqli__dialogue_hear(struct sqli_session *session, struct sqli_span bytes);
/* What is to be read next; the caller frees it. */
struct sqli_buffer sqli__dialogue_end(struct sqli_session *session);

/* --- lob.c --- */

/* Between the messages of a long answer: keeps what waits in `out` small. */
enum sqli_status sqli__reply_flows(struct sqli_session *session, struct sqli_error *error);

/* --- fast_path.c --- */

enum sqli_status sqli__call_routine(struct sqli_session *session, const struct sqli_bind *bind,
                                    struct sqli_error *error);

/* --- stored.c --- */

/* The answer is due then: whether it is described says the message behind the values. */
enum sqli_status sqli__call_stored(struct sqli_session *session, const struct sqli_bind *bind,
                                   int32_t handle, struct sqli_error *error);
enum sqli_status sqli__reply_results(struct sqli_session *session, struct sqli_error *error);

/* --- statements.c --- */

struct sqli_slot *sqli__slot_find(const struct sqli_session *session, int16_t id);
/* Frees the statement; the id is free again, and nothing in the session points to the slot. */
void sqli__slot_release(struct sqli_session *session, struct sqli_slot *slot);
void sqli__slots_free(struct sqli_session *session);
/* The answer that waits; before the next message that is none of its modifiers. */
enum sqli_status sqli__answer_due(struct sqli_session *session, struct sqli_error *error);

/* --- bind.c --- */

/* The type of a value as it was announced on the wire, for SQL: the codes that are only known there
 * become those of the type that they carry. */
struct sqli_type sqli__announced_type(uint16_t word, struct sqli_span owner, struct sqli_span name,
                                      int32_t length);
/* What a bound value says of its type is little; the rest follows from the value. */
struct sqli_type sqli__bound_type(const struct sqli_bind_value *v);
/* -254 or -609 unless every parameter has its value. */
enum sqli_status sqli__bind_complete(const struct sqli_slot *slot, struct sqli_error *error);
void sqli__blobs_forget(struct sqli_blobs *blobs);
void sqli__put_shape_free(struct sqli_put_shape *put);

/* --- describe.c --- */

enum sqli_status sqli__reply_describe(struct sqli_session *session, const struct sqli_slot *slot,
                                      struct sqli_error *error);
/* The keys that the last INSERT made, if it made any: their description and their row. */
enum sqli_status sqli__reply_keys(struct sqli_session *session, const struct sqli_slot *slot,
                                  const struct sqli_result *result, struct sqli_error *error);

/* --- login.c --- */

/* The warnings of a DBOPEN for the database that is open now. */
int16_t sqli__database_warnings(const struct sqli_session *session);

#endif
