/* Large objects that are open: a BLOB or CLOB by its descriptor at the server, a BYTE or TEXT as
 * the stream that FETCHBLOB brings.
 *
 * Each operation is a machine: it says SQLI_MORE, and goes on where it was when it is called again.
 * What has come of the object and was not read yet stands in a window, so that small reads do not
 * cost a round trip each. */
#ifndef SQLI_CLIENT_LOB_H
#define SQLI_CLIENT_LOB_H

#include "client/statement.h"

enum {
    SQLI_OBJECT_PIECE = 1 << 20,  /* bytes that one request moves, */
    SQLI_OBJECT_CHUNK = 32000,    /* in chunks of so many */
    SQLI_OBJECT_WINDOW = 2 << 20, /* bytes that may wait to be read */
    SQLI_OBJECT_DESCRIPTOR = 68,  /* of a BYTE or TEXT, with capability 70; else 56 */
};

/* A machine, as sqli__drive wants it. */
typedef enum sqli_status sqli_advance(void *context);

/* What of a machine is under way. */
enum sqli_object_step {
    SQLI_OBJECT_IDLE,
    SQLI_OBJECT_CALLING, /* a routine */
    SQLI_OBJECT_READING,
    SQLI_OBJECT_WRITING,
};

struct sqli_lob {
    struct sqli_conn *conn; /* NULL: it was closed, and with it the object */
    struct sqli_lob *previous, *next;
    int type;  /* SQLI_BYTE, SQLI_TEXT, SQLI_BLOB, SQLI_CLOB */
    int mode;  /* enum sqli_lob_mode */
    bool lost; /* the connection it was opened on is another by now */
    struct sqli_task task;
    enum sqli_object_step step;
    sqli_advance *operation; /* is to be called again; NULL: none */

    uint64_t position;
    struct sqli_buffer window; /* bytes of the object from window_at on */
    uint64_t window_at;
    bool window_ends; /* behind them is nothing more */
    size_t done;      /* bytes that the present operation has moved */

    /* BLOB, CLOB */
    uint8_t locator[SQLI_SMART_LOB_SIZE];
    int32_t descriptor; /* 0: not open */
    uint64_t server_at; /* the position of the descriptor */
    uint64_t changes;   /* conn->lob_changes when the window was read */
    size_t ahead;       /* bytes to ask for, twice as many each time */
    bool written;
    uint32_t answered;                   /* LODATA: bytes that the answer told */
    int64_t number;                      /* what a routine gave back: a number, */
    uint8_t opaque[SQLI_SMART_LOB_SIZE]; /* and the first bytes of an opaque value */
    size_t opaque_length;

    /* BYTE, TEXT */
    struct sqli_stmt *stmt; /* NULL: the row is gone */
    uint8_t reference[SQLI_OBJECT_DESCRIPTOR];
    size_t reference_length;
    uint64_t told_size;
    int column;   /* whole_lob.c: that it was opened from */
    bool overrun; /* of what came meanwhile not everything was kept */
};

/* --- lob.c --- */

/* A handle for the column of the present row, not open yet. SQLI_NULL: the column is. */
enum sqli_status sqli__object_of_column(struct sqli_stmt *stmt, int column, int mode,
                                        struct sqli_lob **lob);
/* A handle for an object that does not exist yet. */
enum sqli_status sqli__object_new(struct sqli_conn *conn, int type, struct sqli_lob **made);
bool sqli__object_is_simple(const struct sqli_lob *lob);
/* Frees the handle; an open descriptor is closed without waiting. */
void sqli__object_free(struct sqli_lob *lob);
/* The connection begins anew, or ends: no handle has an object any more. */
void sqli__objects_lose(struct sqli_conn *conn, bool closed);

/* Machines: */
enum sqli_status sqli__object_open(struct sqli_lob *lob);
enum sqli_status sqli__object_create(struct sqli_lob *lob);
enum sqli_status sqli__object_read(struct sqli_lob *lob, void *bytes, size_t size, size_t *got);
enum sqli_status sqli__object_write(struct sqli_lob *lob, struct sqli_span bytes);
enum sqli_status sqli__object_size(struct sqli_lob *lob, uint64_t *size);
enum sqli_status sqli__object_truncate(struct sqli_lob *lob, uint64_t size);
enum sqli_status sqli__object_close(struct sqli_lob *lob);

/* --- smart_lob.c, simple_lob.c: the next bytes, from the position on, into the window --- */

enum sqli_status sqli__smart_fill(struct sqli_lob *lob, size_t wanted);
enum sqli_status sqli__simple_fill(struct sqli_lob *lob);

/* --- whole_lob.c: what other parts of the library need of large objects --- */

/* The whole object of a column, behind what `out` has, up to the option lob-limit. */
enum sqli_status sqli__lob_whole(struct sqli_stmt *stmt, int column, struct sqli_buffer *out);
/* The bytes are copied; when the statement runs they become an object at the server. */
enum sqli_status sqli__lob_bind_bytes(struct sqli_stmt *stmt, int parameter, int type,
                                      const void *bytes, size_t length);
/* Makes these objects, once for each run. */
enum sqli_status sqli__lobs_make(struct sqli_stmt *stmt);
/* The next run makes them again. */
void sqli__lobs_made_drop(struct sqli_stmt *stmt);

#endif
