/* Large objects: what a row of BYTE, TEXT, BLOB or CLOB does not hold itself.
 *
 * An object is a number and bytes in pieces. The database has those that rows refer to, and a
 * session its private ones: data on the way into a row, and what a client made and no row has yet.
 * They lie in a SQLite database of the session's own, so that making them needs nobody's lock, and
 * are gone with it. A private object that went into a row stands for the copy in the database from
 * then on.
 *
 *   BYTE, TEXT    in a row: a BLOB is the contents, an INTEGER the number of the object
 *   BLOB, CLOB    in a row: the locator, a BLOB; it has the number
 *
 * Nothing counts references. Objects that no row has any more are found and removed by
 * sqli__lobs_sweep; those that a cursor may still show are held back until it is closed. */
#ifndef SQLI_SERVER_STORE_LOB_H
#define SQLI_SERVER_STORE_LOB_H

#include "server/store/database.h"
#include "value/lob.h"

enum {
    SQLI_LOB_PIECE = 1 << 16,
    SQLI_LOB_INLINE = 2048,      /* bytes of BYTE and TEXT that stay in the row */
    SQLI_LOB_MAX = INT32_MAX,    /* bytes of one object */
    SQLI_LOB_DESCRIPTORS = 1000, /* open at a time in a session */
};

struct sqli_lobs; /* of one session */

enum sqli_status sqli__lobs_open(struct sqli_lobs **lobs, struct sqli_error *error);
void sqli__lobs_close(struct sqli_lobs *lobs); /* NULL is fine */
/* The database of the session is open; NULL: it is about to be closed. Descriptors and private
 * objects end with it. */
void sqli__lobs_use(struct sqli_lobs *lobs, struct sqli_store *store);

/* --- objects; their numbers are positive in the database, negative when private --- */

enum sqli_status sqli__lob_create(struct sqli_lobs *lobs, bool private, int64_t *id,
                                  struct sqli_error *error);
/* Whether writing to it writes to the database. */
bool sqli__lob_stored(struct sqli_lobs *lobs, int64_t id);
/* -12048: it is gone. */
enum sqli_status sqli__lob_size(struct sqli_lobs *lobs, int64_t id, int64_t *size,
                                struct sqli_error *error);
/* *got is less than `most` at the end only. */
enum sqli_status sqli__lob_read(struct sqli_lobs *lobs, int64_t id, int64_t offset, uint8_t *room,
                                size_t most, size_t *got, struct sqli_error *error);
/* Beyond the end it fills with zeros. What is written is to be flushed before anything that is not
 * of this header sees it. */
enum sqli_status sqli__lob_write(struct sqli_lobs *lobs, int64_t id, int64_t offset,
                                 struct sqli_span bytes, struct sqli_error *error);
enum sqli_status sqli__lob_truncate(struct sqli_lobs *lobs, int64_t id, int64_t size,
                                    struct sqli_error *error);
enum sqli_status sqli__lob_flush(struct sqli_lobs *lobs, struct sqli_error *error);
/* What was written since the last flush is forgotten: its transaction is gone. */
void sqli__lob_forget(struct sqli_lobs *lobs);
void sqli__lob_drop(struct sqli_lobs *lobs, int64_t id);
/* The number for a row: that of a private object is the number of a new copy in the database, which
 * must be in a write transaction. -12048 when there is no such object. */
enum sqli_status sqli__lob_settle(struct sqli_lobs *lobs, int64_t id, int64_t *stored,
                                  struct sqli_error *error);
/* The row is there to stay: the private object stands for the stored one. */
void sqli__lob_settled(struct sqli_lobs *lobs, int64_t id, int64_t stored);

/* --- locators --- */

void sqli__locator_make(struct sqli_smart_lob *locator, int64_t id);
/* 0: no locator of ours. */
int64_t sqli__locator_id(struct sqli_span locator);

/* --- descriptors: an open BLOB or CLOB, from 1 --- */

enum sqli_lob_open {
    SQLI_LOB_APPEND = 0x01,
    SQLI_LOB_WRITE_ONLY = 0x02,
    SQLI_LOB_READ_ONLY = 0x04,
    SQLI_LOB_READ_AND_WRITE = 0x08,
    SQLI_LOB_DIRTY_READ = 0x10,
};

enum sqli_lob_whence { SQLI_LOB_SET, SQLI_LOB_CURRENT, SQLI_LOB_END };

struct sqli_lob_descriptor {
    int64_t id; /* 0: free */
    int64_t position;
    int32_t mode;
};

enum sqli_status sqli__descriptor_open(struct sqli_lobs *lobs, int64_t id, int32_t mode,
                                       int32_t *descriptor, struct sqli_error *error);
/* NULL with -9810 when it is not open. */
struct sqli_lob_descriptor *sqli__descriptor(struct sqli_lobs *lobs, int32_t descriptor,
                                             struct sqli_error *error);
enum sqli_status sqli__descriptor_close(struct sqli_lobs *lobs, int32_t descriptor,
                                        struct sqli_error *error);
enum sqli_status sqli__descriptor_seek(struct sqli_lobs *lobs, struct sqli_lob_descriptor *open,
                                       int64_t offset, int32_t whence, struct sqli_error *error);
/* At the position, which moves on. */
enum sqli_status sqli__descriptor_read(struct sqli_lobs *lobs, struct sqli_lob_descriptor *open,
                                       uint8_t *room, size_t most, size_t *got,
                                       struct sqli_error *error);
enum sqli_status sqli__descriptor_write(struct sqli_lobs *lobs, struct sqli_lob_descriptor *open,
                                        struct sqli_span bytes, struct sqli_error *error);
enum sqli_status sqli__descriptor_truncate(struct sqli_lobs *lobs,
                                           const struct sqli_lob_descriptor *open, int64_t size,
                                           struct sqli_error *error);

/* --- removal --- */

/* Who may show objects that rows have no more: an open cursor, a session with temporary tables. */
struct sqli_lob_hold {
    struct sqli_lob_hold *next;
    struct sqli_lob_hold **link; /* NULL: it holds nothing */
    struct sqli_database *database;
    uint64_t epoch;
};

void sqli__lob_hold(struct sqli_store *store, struct sqli_lob_hold *hold);
void sqli__lob_release(struct sqli_lob_hold *hold); /* held or not */

/* Rows with large objects were changed or removed: the next sweep has something to look for. */
void sqli__lob_suspect(struct sqli_store *store, int64_t rows);
/* Removes what nobody refers to or holds; outside a transaction. Does nothing where nothing is
 * suspected (fewer than `least` rows), or another session writes. */
void sqli__lobs_sweep(struct sqli_store *store, int64_t least);

#endif
