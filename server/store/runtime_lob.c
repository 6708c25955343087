/* What SQL does with BLOB and CLOB: files of the client, copies, descriptors. */
#include "server/store/lob.h"
#include "server/store/runtime_call.h"

#include "value/parts.h"
#include "value/scan.h"

#include <stdio.h>

enum { COPY_BYTES = 32000, NAME_MAX_BYTES = 4096 };

/* Where the statement may write, the object goes to the database at once; else it is private. */
static enum sqli_status make_object(sqlite3_context *context, int64_t *id)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    sqlite3 *db = sqlite3_context_db_handle(context);
    bool private = sqlite3_txn_state(db, "main") != SQLITE_TXN_WRITE;
    return sqli__lob_create(runtime->lobs, private, id, &runtime->error);
}

static void give_locator(sqlite3_context *context, int64_t id)
{
    struct sqli_smart_lob locator;
    sqli__locator_make(&locator, id);
    sqlite3_result_blob(context, locator.bytes, sizeof locator.bytes, SQLITE_TRANSIENT);
}

/* Files are the client's. The server has none that a client may name: -9810. */
static const struct sqli_client_files *client_files(sqlite3_context *context, sqlite3_value *where)
{
    const struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_span place = sqli__trimmed(sqli__storage_bytes(where));
    if (sqli__span_is_word(place, "client") && runtime->files && runtime->lobs)
        return runtime->files;
    sqli__call_fail(context, SQLI_E_SMART_LOB,
                    sqli__span_is_word(place, "client") ? "client" : "server");
    return NULL;
}

/* --- filetoblob, filetoclob --- */

struct filling {
    struct sqli_lobs *lobs;
    int64_t id;
    int64_t size;
};

static enum sqli_status take(void *to, struct sqli_span piece, struct sqli_error *error)
{
    struct filling *filling = to;
    SQLI_TRY(sqli__lob_write(filling->lobs, filling->id, filling->size, piece, error));
    filling->size += (int64_t)piece.length;
    return SQLI_OK;
}

/* The file is closed however it went, unless the client itself is the failure. */
static enum sqli_status fill(const struct sqli_client_files *files, struct sqli_span name,
                             struct filling *filling, struct sqli_error *error)
{
    struct sqli_error ignored;
    SQLI_TRY(files->open(files->context, name, false, error));
    enum sqli_status status = files->read(files->context, take, filling, error);
    if (status == SQLI_OK)
        status = sqli__lob_flush(filling->lobs, error);
    if (status != SQLI_OK) {
        sqli__lob_forget(filling->lobs);
        files->close(files->context, &ignored);
        return status;
    }
    return files->close(files->context, error);
}

/* (name, where[, table[, column]]): what the last two say of the place means nothing here. */
static void filetolob(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    const struct sqli_client_files *files = client_files(context, arguments[1]);
    if (!files)
        return;
    struct filling filling = {.lobs = runtime->lobs};
    enum sqli_status status = make_object(context, &filling.id);
    if (status == SQLI_OK) {
        status = fill(files, sqli__storage_bytes(arguments[0]), &filling, &runtime->error);
        if (status != SQLI_OK)
            sqli__lob_drop(runtime->lobs, filling.id);
    }
    if (status == SQLI_OK)
        give_locator(context, filling.id);
    else
        sqli__call_failed(context);
}

/* --- lotofile --- */

static enum sqli_status write_out(struct sqli_lobs *lobs, int64_t id,
                                  const struct sqli_client_files *files, struct sqli_error *error)
{
    uint8_t bytes[COPY_BYTES];
    size_t got;
    for (int64_t at = 0;; at += (int64_t)got) {
        SQLI_TRY(sqli__lob_read(lobs, id, at, bytes, sizeof bytes, &got, error));
        if (got == 0)
            return SQLI_OK;
        SQLI_TRY(files->write(files->context, sqli__span(bytes, got), error));
    }
}

static enum sqli_status to_file(struct sqli_lobs *lobs, int64_t id,
                                const struct sqli_client_files *files, struct sqli_span name,
                                struct sqli_error *error)
{
    struct sqli_error ignored;
    int64_t size;
    SQLI_TRY(sqli__lob_size(lobs, id, &size, error));
    SQLI_TRY(files->open(files->context, name, true, error));
    enum sqli_status status = write_out(lobs, id, files, error);
    if (status == SQLI_OK)
        return files->close(files->context, error);
    files->close(files->context, &ignored);
    return status;
}

/* The name gets a suffix of its own, so that each row has its file, unless it ends with "!". */
static struct sqli_span file_name(struct sqli_span given, int64_t id, char room[])
{
    size_t length = given.length < NAME_MAX_BYTES ? given.length : NAME_MAX_BYTES;
    memcpy(room, given.data, length);
    if (length > 0 && room[length - 1] == '!')
        return sqli__span(room, length - 1);
    int suffix = snprintf(room + length, 32, ".%016llx", (unsigned long long)id);
    return sqli__span(room, length + (size_t)suffix);
}

/* (locator, name, where): the name of the file. */
static void lotofile(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    char room[NAME_MAX_BYTES + 32];
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    const struct sqli_client_files *files = client_files(context, arguments[2]);
    if (!files)
        return;
    int64_t id = sqli__locator_id(sqli__storage_bytes(arguments[0]));
    struct sqli_span name = file_name(sqli__storage_bytes(arguments[1]), id, room);
    if (to_file(runtime->lobs, id, files, name, &runtime->error) == SQLI_OK)
        sqli__give_text(context, name);
    else
        sqli__call_failed(context);
}

/* --- ifx_lo_open, locopy --- */

static void lo_open(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    int32_t descriptor;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    int64_t id = sqli__locator_id(sqli__storage_bytes(arguments[0]));
    int32_t mode = sqlite3_value_int(arguments[1]);
    if (!runtime->lobs)
        sqli__call_fail(context, SQLI_E_SMART_LOB, NULL);
    else if (sqli__descriptor_open(runtime->lobs, id, mode, &descriptor, &runtime->error))
        sqli__call_failed(context);
    else
        sqlite3_result_int(context, descriptor);
}

static enum sqli_status copy_object(struct sqli_lobs *lobs, int64_t from, int64_t to,
                                    struct sqli_error *error)
{
    uint8_t bytes[COPY_BYTES];
    size_t got;
    for (int64_t at = 0;; at += (int64_t)got) {
        SQLI_TRY(sqli__lob_read(lobs, from, at, bytes, sizeof bytes, &got, error));
        if (got == 0)
            return sqli__lob_flush(lobs, error);
        SQLI_TRY(sqli__lob_write(lobs, to, at, sqli__span(bytes, got), error));
    }
}

static void locopy(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    int64_t copy;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    int64_t id = sqli__locator_id(sqli__storage_bytes(arguments[0]));
    if (!runtime->lobs)
        sqli__call_fail(context, SQLI_E_SMART_LOB, NULL);
    else if (make_object(context, &copy) || copy_object(runtime->lobs, id, copy, &runtime->error))
        sqli__call_failed(context);
    else
        give_locator(context, copy);
}

/* Of BYTE and TEXT: the contents, or the number of an object. */
static void simple_length(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    int64_t size = sqlite3_value_bytes(arguments[0]);
    if (sqlite3_value_type(arguments[0]) == SQLITE_INTEGER &&
        sqli__lob_size(runtime->lobs, sqlite3_value_int64(arguments[0]), &size, &runtime->error))
        sqli__call_failed(context);
    else
        sqlite3_result_int64(context, size);
}

const struct sqli_function_row sqli__functions_lob[] = {
    {"x_f_simple_length", 1, 1, 0, simple_length},
    {"x_f_filetolob", 2, 4, 0, filetolob},
    {"x_f_lotofile", 3, 3, 0, lotofile},
    {"x_f_lo_open", 2, 2, 0, lo_open},
    {"x_f_locopy", 1, 3, 0, locopy},
    {0},
};
