/* Large objects in pieces, in the database and in the session's own. */
#include "server/store/lob.h"

#include "base/alloc.h"
#include "server/store/database_inside.h"

enum {
    PIECES = 1 << 15, /* room for the pieces of one object in the key space */
    NUMBER_BITS = 46, /* of an object's number */
    LOCATOR_MAGIC_SIZE = 4,
    LOCATOR_ID = 8, /* where it stands in a locator */
};

static const char locator_magic[LOCATOR_MAGIC_SIZE] = "SQLo";

/* --- the two places --- */

enum { NEW, LOOK, RESIZE, STAND_FOR, GONE, GET, PUT, CUT, STATEMENTS };

static const char *const sqls[STATEMENTS] = {
    [NEW] = "INSERT INTO main.sqlid_lob VALUES (?1, 0, 0)",
    [LOOK] = "SELECT size, retired FROM main.sqlid_lob WHERE id = ?1",
    [RESIZE] = "UPDATE main.sqlid_lob SET size = ?2 WHERE id = ?1",
    [STAND_FOR] = "UPDATE main.sqlid_lob SET retired = ?2 WHERE id = ?1",
    [GONE] = "DELETE FROM main.sqlid_lob WHERE id = ?1",
    [GET] = "SELECT data FROM main.sqlid_lobdata WHERE key = ?1",
    [PUT] = "REPLACE INTO main.sqlid_lobdata VALUES (?1, ?2)",
    [CUT] = "DELETE FROM main.sqlid_lobdata WHERE key BETWEEN ?1 AND ?2",
};

struct place {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
};

/* The piece that is being written. */
struct open_piece {
    int64_t id;   /* 0: none */
    int64_t size; /* of the object */
    int64_t number;
    size_t length;
    bool dirty;
    uint8_t *bytes;
};

struct sqli_lobs {
    struct place own;
    struct place database;
    struct sqli_store *store;
    int64_t last_private;
    struct open_piece piece;
    struct sqli_lob_descriptor *descriptors;
    int32_t descriptor_count;
};

/* In the session's own place `retired` is the stored object that a private one stands for. */
static int open_own(struct place *own)
{
    int code = sqlite3_open_v2(
        "", &own->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return code;
    return sqlite3_exec(own->db,
                        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1024;"
                        "CREATE TABLE sqlid_lob(id INTEGER PRIMARY KEY, size, retired);"
                        "CREATE TABLE sqlid_lobdata(key INTEGER PRIMARY KEY, data BLOB); BEGIN",
                        NULL, NULL, NULL);
}

static void finalize_all(struct place *place)
{
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(place->statements[i]);
        place->statements[i] = NULL;
    }
}

static void close_own(struct place *own)
{
    finalize_all(own);
    sqlite3_close(own->db);
    own->db = NULL;
}

enum sqli_status sqli__lobs_open(struct sqli_lobs **lobs, struct sqli_error *error)
{
    *lobs = sqli__alloc_zeroed(1, sizeof **lobs);
    return *lobs ? SQLI_OK : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
}

void sqli__lobs_use(struct sqli_lobs *lobs, struct sqli_store *store)
{
    sqli__lob_forget(lobs);
    finalize_all(&lobs->database);
    close_own(&lobs->own);
    sqli__free(lobs->descriptors);
    lobs->descriptors = NULL;
    lobs->descriptor_count = 0;
    lobs->store = store;
    lobs->database.db = store ? store->db : NULL;
}

void sqli__lobs_close(struct sqli_lobs *lobs)
{
    if (!lobs)
        return;
    sqli__lobs_use(lobs, NULL);
    sqli__free(lobs->piece.bytes);
    sqli__free(lobs);
}

static enum sqli_status fail_sqlite(struct sqli_lobs *lobs, const struct place *place, int code,
                                    struct sqli_error *error)
{
    if (place == &lobs->database && lobs->store)
        return sqli__store_fail(lobs->store, code, error);
    if (code == SQLITE_NOMEM)
        return sqli__fail(error, SQLI_E_SMART_LOB_MEMORY, NULL);
    return sqli__fail_server(error, SQLI_E_SMART_LOB, SQLI_E_ISAM_DISK_FULL, 0,
                             sqli__span(NULL, 0));
}

static enum sqli_status place_of(struct sqli_lobs *lobs, int64_t id, struct place **place,
                                 struct sqli_error *error)
{
    *place = id < 0 ? &lobs->own : &lobs->database;
    if (id < 0 && !lobs->own.db) {
        int code = open_own(&lobs->own);
        if (code != SQLITE_OK) {
            close_own(&lobs->own);
            return fail_sqlite(lobs, &lobs->own, code, error);
        }
    }
    return (*place)->db ? SQLI_OK : sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
}

/* One of the statements with its first two parameters bound, the second of them where it is one. */
static enum sqli_status ready(struct sqli_lobs *lobs, struct place *place, int which, int64_t first,
                              sqlite3_stmt **statement, struct sqli_error *error)
{
    sqlite3_stmt **s = &place->statements[which];
    int code =
        *s ? SQLITE_OK
           : sqlite3_prepare_v3(place->db, sqls[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
    if (code != SQLITE_OK)
        return fail_sqlite(lobs, place, code, error);
    sqlite3_bind_int64(*s, 1, first);
    *statement = *s;
    return SQLI_OK;
}

static enum sqli_status finish(struct sqli_lobs *lobs, struct place *place, sqlite3_stmt *statement,
                               struct sqli_error *error)
{
    sqlite3_step(statement);
    int code = sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code == SQLITE_OK ? SQLI_OK : fail_sqlite(lobs, place, code, error);
}

static enum sqli_status run(struct sqli_lobs *lobs, struct place *place, int which, int64_t first,
                            int64_t second, struct sqli_error *error)
{
    sqlite3_stmt *statement = NULL;
    SQLI_TRY(ready(lobs, place, which, first, &statement, error));
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, second);
    return finish(lobs, place, statement, error);
}

static uint64_t magnitude(int64_t id)
{
    return id < 0 ? 0 - (uint64_t)id : (uint64_t)id;
}

static int64_t key(int64_t id, int64_t piece)
{
    return (int64_t)(magnitude(id) * PIECES + (uint64_t)piece);
}

/* --- finding one --- */

static enum sqli_status look(struct sqli_lobs *lobs, int64_t id, int64_t *size, int64_t *other,
                             struct sqli_error *error)
{
    struct place *place = NULL;
    sqlite3_stmt *statement = NULL;
    SQLI_TRY(place_of(lobs, id, &place, error));
    SQLI_TRY(ready(lobs, place, LOOK, id, &statement, error));
    int code = sqlite3_step(statement);
    *size = sqlite3_column_int64(statement, 0);
    *other = sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    if (code == SQLITE_ROW)
        return SQLI_OK;
    return code == SQLITE_DONE ? sqli__fail(error, SQLI_E_SMART_LOB_STALE, NULL)
                               : fail_sqlite(lobs, place, code, error);
}

/* *id becomes the number of the object that a private one stands for. */
static enum sqli_status find(struct sqli_lobs *lobs, int64_t *id, int64_t *size,
                             struct sqli_error *error)
{
    int64_t other;
    if (lobs->piece.id && (lobs->piece.id == *id || *id < 0))
        SQLI_TRY(sqli__lob_flush(lobs, error));
    SQLI_TRY(look(lobs, *id, size, &other, error));
    if (*id > 0 || other == 0)
        return SQLI_OK;
    *id = other;
    return find(lobs, id, size, error);
}

bool sqli__lob_stored(struct sqli_lobs *lobs, int64_t id)
{
    struct sqli_error ignored;
    int64_t size;
    return find(lobs, &id, &size, &ignored) == SQLI_OK && id > 0;
}

enum sqli_status sqli__lob_size(struct sqli_lobs *lobs, int64_t id, int64_t *size,
                                struct sqli_error *error)
{
    return find(lobs, &id, size, error);
}

/* --- making and removing --- */

/* Numbers are drawn by lot, so that one never means an object of another database. */
static int64_t draw(void)
{
    uint64_t number;
    sqlite3_randomness(sizeof number, &number);
    return (int64_t)(number >> (64 - NUMBER_BITS)) + 1;
}

enum sqli_status sqli__lob_create(struct sqli_lobs *lobs, bool private, int64_t *id,
                                  struct sqli_error *error)
{
    struct place *place = NULL;
    *id = private ? -++lobs->last_private : draw();
    SQLI_TRY(place_of(lobs, *id, &place, error));
    return run(lobs, place, NEW, *id, 0, error);
}

static enum sqli_status cut(struct sqli_lobs *lobs, struct place *place, int64_t id, int64_t piece,
                            struct sqli_error *error)
{
    return run(lobs, place, CUT, key(id, piece), key(id, PIECES - 1), error);
}

void sqli__lob_drop(struct sqli_lobs *lobs, int64_t id)
{
    struct place *place = NULL;
    struct sqli_error ignored;
    if (lobs->piece.id == id)
        sqli__lob_forget(lobs);
    if (place_of(lobs, id, &place, &ignored) || cut(lobs, place, id, 0, &ignored))
        return;
    run(lobs, place, GONE, id, 0, &ignored);
}

/* --- pieces --- */

/* The bytes of a piece into `room`; a missing one has none. */
static enum sqli_status get(struct sqli_lobs *lobs, int64_t id, int64_t piece, size_t from,
                            uint8_t *room, size_t most, size_t *got, struct sqli_error *error)
{
    struct place *place = NULL;
    sqlite3_stmt *statement = NULL;
    *got = 0;
    SQLI_TRY(place_of(lobs, id, &place, error));
    SQLI_TRY(ready(lobs, place, GET, key(id, piece), &statement, error));
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const uint8_t *data = sqlite3_column_blob(statement, 0);
        size_t length = (size_t)sqlite3_column_bytes(statement, 0);
        size_t left = length > from ? length - from : 0;
        *got = left < most ? left : most;
        if (*got)
            memcpy(room, data + from, *got);
    }
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLI_OK
                                                     : fail_sqlite(lobs, place, code, error);
}

static enum sqli_status put(struct sqli_lobs *lobs, const struct open_piece *p,
                            struct sqli_error *error)
{
    struct place *place = NULL;
    sqlite3_stmt *statement = NULL;
    SQLI_TRY(place_of(lobs, p->id, &place, error));
    SQLI_TRY(ready(lobs, place, PUT, key(p->id, p->number), &statement, error));
    sqlite3_bind_blob64(statement, 2, p->bytes, p->length, SQLITE_STATIC);
    SQLI_TRY(finish(lobs, place, statement, error));
    return run(lobs, place, RESIZE, p->id, p->size, error);
}

void sqli__lob_forget(struct sqli_lobs *lobs)
{
    lobs->piece.id = 0;
    lobs->piece.dirty = false;
}

enum sqli_status sqli__lob_flush(struct sqli_lobs *lobs, struct sqli_error *error)
{
    struct open_piece *p = &lobs->piece;
    enum sqli_status status = p->id && p->dirty ? put(lobs, p, error) : SQLI_OK;
    sqli__lob_forget(lobs);
    return status;
}

/* The piece becomes the one that is written. */
static enum sqli_status turn_to(struct sqli_lobs *lobs, int64_t id, int64_t number, int64_t size,
                                struct sqli_error *error)
{
    struct open_piece *p = &lobs->piece;
    if (p->dirty)
        SQLI_TRY(put(lobs, p, error));
    sqli__lob_forget(lobs);
    if (!p->bytes)
        p->bytes = sqli__alloc(SQLI_LOB_PIECE);
    if (!p->bytes)
        return sqli__fail(error, SQLI_E_SMART_LOB_MEMORY, NULL);
    p->length = 0;
    if (number * SQLI_LOB_PIECE < size)
        SQLI_TRY(get(lobs, id, number, 0, p->bytes, SQLI_LOB_PIECE, &p->length, error));
    p->id = id;
    p->number = number;
    p->size = size;
    return SQLI_OK;
}

static size_t put_into(struct open_piece *p, int64_t offset, struct sqli_span bytes)
{
    size_t at = (size_t)(offset % SQLI_LOB_PIECE);
    size_t room = SQLI_LOB_PIECE - at;
    size_t size = bytes.length < room ? bytes.length : room;
    if (at > p->length)
        memset(p->bytes + p->length, 0, at - p->length);
    memcpy(p->bytes + at, bytes.data, size);
    if (at + size > p->length)
        p->length = at + size;
    p->dirty = true;
    return size;
}

enum sqli_status sqli__lob_write(struct sqli_lobs *lobs, int64_t id, int64_t offset,
                                 struct sqli_span bytes, struct sqli_error *error)
{
    struct open_piece *p = &lobs->piece;
    int64_t size = p->size;
    if (p->id != id)
        SQLI_TRY(find(lobs, &id, &size, error));
    if (offset < 0 || offset > SQLI_LOB_MAX || bytes.length > (size_t)(SQLI_LOB_MAX - offset))
        return sqli__fail(error, SQLI_E_SMART_LOB_TOO_BIG, NULL);
    while (bytes.length > 0) {
        int64_t number = offset / SQLI_LOB_PIECE;
        if (p->id != id || p->number != number)
            SQLI_TRY(turn_to(lobs, id, number, p->id == id ? p->size : size, error));
        size_t done = put_into(p, offset, bytes);
        offset += (int64_t)done;
        bytes = sqli__span(bytes.data + done, bytes.length - done);
        if (offset > p->size)
            p->size = offset;
        size = p->size;
    }
    return SQLI_OK;
}

enum sqli_status sqli__lob_read(struct sqli_lobs *lobs, int64_t id, int64_t offset, uint8_t *room,
                                size_t most, size_t *got, struct sqli_error *error)
{
    int64_t size;
    *got = 0;
    SQLI_TRY(find(lobs, &id, &size, error));
    if (offset < 0 || offset >= size)
        return SQLI_OK;
    if (most > (size_t)(size - offset))
        most = (size_t)(size - offset);
    while (*got < most) {
        size_t from = (size_t)(offset % SQLI_LOB_PIECE), found;
        size_t wanted = most - *got;
        if (wanted > SQLI_LOB_PIECE - from)
            wanted = SQLI_LOB_PIECE - from;
        SQLI_TRY(get(lobs, id, offset / SQLI_LOB_PIECE, from, room + *got, wanted, &found, error));
        memset(room + *got + found, 0, wanted - found); /* nobody has written there */
        *got += wanted;
        offset += (int64_t)wanted;
    }
    return SQLI_OK;
}

/* The piece that is cut through loses what lay behind, or it would show again once the object
 * grows. */
enum sqli_status sqli__lob_truncate(struct sqli_lobs *lobs, int64_t id, int64_t size,
                                    struct sqli_error *error)
{
    int64_t present;
    struct place *place = NULL;
    if (size < 0 || size > SQLI_LOB_MAX)
        return sqli__fail(error, SQLI_E_SMART_LOB_TOO_BIG, NULL);
    SQLI_TRY(find(lobs, &id, &present, error));
    SQLI_TRY(place_of(lobs, id, &place, error));
    int64_t piece = size / SQLI_LOB_PIECE;
    size_t rest = (size_t)(size % SQLI_LOB_PIECE);
    SQLI_TRY(cut(lobs, place, id, piece + (rest > 0), error));
    if (rest > 0 && size < present) {
        SQLI_TRY(turn_to(lobs, id, piece, present, error));
        if (lobs->piece.length > rest)
            lobs->piece.length = rest;
        lobs->piece.size = size;
        lobs->piece.dirty = true;
        return sqli__lob_flush(lobs, error);
    }
    return run(lobs, place, RESIZE, id, size, error);
}

/* --- into a row --- */

static enum sqli_status copy(struct sqli_lobs *lobs, int64_t from, int64_t size, int64_t to,
                             struct sqli_error *error)
{
    struct place *place = NULL;
    struct open_piece *p = &lobs->piece;
    SQLI_TRY(place_of(lobs, to, &place, error));
    for (int64_t number = 0; number * SQLI_LOB_PIECE < size; number++) {
        SQLI_TRY(turn_to(lobs, from, number, size, error));
        p->id = to;
        enum sqli_status status = put(lobs, p, error);
        sqli__lob_forget(lobs);
        if (status)
            return status;
    }
    return SQLI_OK;
}

enum sqli_status sqli__lob_settle(struct sqli_lobs *lobs, int64_t id, int64_t *stored,
                                  struct sqli_error *error)
{
    int64_t size;
    SQLI_TRY(find(lobs, &id, &size, error));
    *stored = id;
    if (id > 0)
        return SQLI_OK;
    SQLI_TRY(sqli__lob_create(lobs, false, stored, error));
    return copy(lobs, id, size, *stored, error);
}

void sqli__lob_settled(struct sqli_lobs *lobs, int64_t id, int64_t stored)
{
    struct place *place = NULL;
    struct sqli_error ignored;
    if (id >= 0 || place_of(lobs, id, &place, &ignored) || cut(lobs, place, id, 0, &ignored))
        return;
    run(lobs, place, STAND_FOR, id, stored, &ignored);
}

/* --- locators --- */

void sqli__locator_make(struct sqli_smart_lob *locator, int64_t id)
{
    *locator = (struct sqli_smart_lob){0};
    memcpy(locator->bytes, locator_magic, LOCATOR_MAGIC_SIZE);
    sqli__store64(locator->bytes + LOCATOR_ID, (uint64_t)id);
}

int64_t sqli__locator_id(struct sqli_span locator)
{
    if (locator.length != SQLI_SMART_LOB_SIZE ||
        memcmp(locator.data, locator_magic, LOCATOR_MAGIC_SIZE) != 0)
        return 0;
    return (int64_t)sqli__load64(locator.data + LOCATOR_ID);
}

/* --- descriptors --- */

static enum sqli_status free_place(struct sqli_lobs *lobs, int32_t *place, struct sqli_error *error)
{
    for (*place = 0; *place < lobs->descriptor_count; ++*place)
        if (lobs->descriptors[*place].id == 0)
            return SQLI_OK;
    if (*place == SQLI_LOB_DESCRIPTORS)
        return sqli__fail(error, SQLI_E_SMART_LOB_TABLE, NULL);
    int32_t room = *place ? 2 * *place : 8;
    if (room > SQLI_LOB_DESCRIPTORS)
        room = SQLI_LOB_DESCRIPTORS;
    struct sqli_lob_descriptor *larger =
        sqli__realloc(lobs->descriptors, (size_t)room * sizeof *larger);
    if (!larger)
        return sqli__fail(error, SQLI_E_SMART_LOB_MEMORY, NULL);
    memset(larger + *place, 0, (size_t)(room - *place) * sizeof *larger);
    lobs->descriptors = larger;
    lobs->descriptor_count = room;
    return SQLI_OK;
}

enum sqli_status sqli__descriptor_open(struct sqli_lobs *lobs, int64_t id, int32_t mode,
                                       int32_t *descriptor, struct sqli_error *error)
{
    int64_t size;
    int32_t place;
    if (id == 0)
        return sqli__fail(error, SQLI_E_SMART_LOB, NULL);
    SQLI_TRY(sqli__lob_size(lobs, id, &size, error));
    SQLI_TRY(free_place(lobs, &place, error));
    lobs->descriptors[place] = (struct sqli_lob_descriptor){.id = id, .mode = mode};
    *descriptor = place + 1;
    return SQLI_OK;
}

struct sqli_lob_descriptor *sqli__descriptor(struct sqli_lobs *lobs, int32_t descriptor,
                                             struct sqli_error *error)
{
    if (descriptor > 0 && descriptor <= lobs->descriptor_count &&
        lobs->descriptors[descriptor - 1].id)
        return &lobs->descriptors[descriptor - 1];
    sqli__fail_server(error, SQLI_E_SMART_LOB, SQLI_E_SMART_LOB_DESCRIPTOR, 0, sqli__span(NULL, 0));
    return NULL;
}

enum sqli_status sqli__descriptor_close(struct sqli_lobs *lobs, int32_t descriptor,
                                        struct sqli_error *error)
{
    struct sqli_lob_descriptor *open = sqli__descriptor(lobs, descriptor, error);
    if (!open)
        return SQLI_FAIL;
    open->id = 0;
    return SQLI_OK;
}

enum sqli_status sqli__descriptor_seek(struct sqli_lobs *lobs, struct sqli_lob_descriptor *open,
                                       int64_t offset, int32_t whence, struct sqli_error *error)
{
    int64_t base = 0;
    if (whence == SQLI_LOB_CURRENT)
        base = open->position;
    else if (whence == SQLI_LOB_END)
        SQLI_TRY(sqli__lob_size(lobs, open->id, &base, error));
    else if (whence != SQLI_LOB_SET)
        return sqli__fail(error, SQLI_E_SMART_LOB_WHENCE, NULL);
    if (offset > SQLI_LOB_MAX - base || offset < -base)
        return sqli__fail(error, SQLI_E_SMART_LOB_SEEK, NULL);
    open->position = base + offset;
    return SQLI_OK;
}

enum sqli_status sqli__descriptor_read(struct sqli_lobs *lobs, struct sqli_lob_descriptor *open,
                                       uint8_t *room, size_t most, size_t *got,
                                       struct sqli_error *error)
{
    int reads = SQLI_LOB_READ_ONLY | SQLI_LOB_READ_AND_WRITE | SQLI_LOB_DIRTY_READ;
    *got = 0;
    if ((open->mode & SQLI_LOB_WRITE_ONLY) && !(open->mode & reads))
        return sqli__fail(error, SQLI_E_SMART_LOB_NOT_READ, NULL);
    SQLI_TRY(sqli__lob_read(lobs, open->id, open->position, room, most, got, error));
    open->position += (int64_t)*got;
    return SQLI_OK;
}

static enum sqli_status check_writes(const struct sqli_lob_descriptor *open,
                                     struct sqli_error *error)
{
    int writes = SQLI_LOB_WRITE_ONLY | SQLI_LOB_READ_AND_WRITE | SQLI_LOB_APPEND;
    int reads = SQLI_LOB_READ_ONLY | SQLI_LOB_DIRTY_READ;
    if ((open->mode & reads) && !(open->mode & writes))
        return sqli__fail(error, SQLI_E_SMART_LOB_NOT_WRITE, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__descriptor_write(struct sqli_lobs *lobs, struct sqli_lob_descriptor *open,
                                        struct sqli_span bytes, struct sqli_error *error)
{
    SQLI_TRY(check_writes(open, error));
    if (open->mode & SQLI_LOB_APPEND)
        SQLI_TRY(sqli__lob_size(lobs, open->id, &open->position, error));
    SQLI_TRY(sqli__lob_write(lobs, open->id, open->position, bytes, error));
    open->position += (int64_t)bytes.length;
    return SQLI_OK;
}

enum sqli_status sqli__descriptor_truncate(struct sqli_lobs *lobs,
                                           const struct sqli_lob_descriptor *open, int64_t size,
                                           struct sqli_error *error)
{
    SQLI_TRY(check_writes(open, error));
    return sqli__lob_truncate(lobs, open->id, size, error);
}
