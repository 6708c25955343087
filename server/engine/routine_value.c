/* Values of routines: copies, conversions, and bytes for the spool. */
#include "server/engine/routine.h"

sqlite3_value *sqli__box_copy(sqlite3_value *value)
{
    return value ? sqlite3_value_dup(value) : NULL;
}

/* SQLite makes values of columns only, so one is bound to a SELECT and read from it. */
static enum sqli_status box_statement(struct sqli_engine *engine, struct sqli_error *error)
{
    if (engine->box)
        return SQLI_OK;
    int code = sqlite3_prepare_v3(sqli__store_sqlite(engine->store), "SELECT ?1", -1,
                                  SQLITE_PREPARE_PERSISTENT, &engine->box, NULL);
    return code == SQLITE_OK ? SQLI_OK : sqli__store_fail(engine->store, code, error);
}

static enum sqli_status take_boxed(struct sqli_engine *engine, sqlite3_value **value,
                                   struct sqli_error *error)
{
    *value = NULL;
    if (sqlite3_step(engine->box) == SQLITE_ROW)
        *value = sqlite3_value_dup(sqlite3_column_value(engine->box, 0));
    sqlite3_reset(engine->box);
    sqlite3_clear_bindings(engine->box);
    return *value ? SQLI_OK : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
}

enum sqli_status sqli__box_integer(struct sqli_engine *engine, int64_t number,
                                   sqlite3_value **value, struct sqli_error *error)
{
    SQLI_TRY(box_statement(engine, error));
    sqlite3_bind_int64(engine->box, 1, number);
    return take_boxed(engine, value, error);
}

enum sqli_status sqli__box_value(struct sqli_engine *engine, const struct sqli_type *from,
                                 const struct sqli_value *given, const struct sqli_type *to,
                                 sqlite3_value **value, struct sqli_error *error)
{
    struct sqli_runtime *runtime = &engine->runtime;
    struct sqli_value fitted;
    SQLI_TRY(box_statement(engine, error));
    sqli__buffer_clear(&runtime->scratch);
    SQLI_TRY(sqli__convert(from, given, to, &runtime->settings, &runtime->scratch, &fitted, error));
    SQLI_TRY(sqli__storage_bind(engine->box, 1, to, &fitted, NULL, error));
    return take_boxed(engine, value, error);
}

enum sqli_status sqli__box_convert(struct sqli_engine *engine, const struct sqli_type *from,
                                   sqlite3_value *stored, const struct sqli_type *to,
                                   sqlite3_value **value, struct sqli_error *error)
{
    struct sqli_value loaded;
    if (!stored || sqlite3_value_type(stored) == SQLITE_NULL ||
        (from->code == to->code && from->length == to->length)) {
        *value = sqli__box_copy(stored);
        return *value || !stored ? SQLI_OK : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    SQLI_TRY(sqli__storage_load(from, stored, &loaded, error));
    return sqli__box_value(engine, from, &loaded, to, value, error);
}

/* --- as bytes: a byte for SQLite's type, a length, what it is --- */

static void pack_bytes(struct sqli_buffer *bytes, const void *data, int length)
{
    sqli__buffer_32(bytes, (uint32_t)length);
    sqli__buffer_append(bytes, length ? data : "", (size_t)length);
}

enum sqli_status sqli__values_pack(sqlite3_value **values, uint32_t count,
                                   struct sqli_buffer *bytes, struct sqli_error *error)
{
    sqli__buffer_clear(bytes);
    for (uint32_t i = 0; i < count; i++) {
        int type = values[i] ? sqlite3_value_type(values[i]) : SQLITE_NULL;
        sqli__buffer_byte(bytes, (uint8_t)type);
        uint64_t image;
        double real;
        switch (type) {
        case SQLITE_INTEGER:
            sqli__buffer_64(bytes, (uint64_t)sqlite3_value_int64(values[i]));
            break;
        case SQLITE_FLOAT:
            real = sqlite3_value_double(values[i]);
            memcpy(&image, &real, sizeof image);
            sqli__buffer_64(bytes, image);
            break;
        case SQLITE_TEXT: {
            const void *text = sqlite3_value_text(values[i]);
            pack_bytes(bytes, text, sqlite3_value_bytes(values[i]));
            break;
        }
        case SQLITE_BLOB: {
            const void *blob = sqlite3_value_blob(values[i]);
            pack_bytes(bytes, blob, sqlite3_value_bytes(values[i]));
            break;
        }
        default: break;
        }
    }
    return sqli__buffer_status(bytes, error);
}

void sqli__values_bind(struct sqli_span bytes, sqlite3_stmt *statement)
{
    const uint8_t *at = bytes.data, *end = bytes.data + bytes.length;
    for (int i = 1; at < end; i++) {
        int type = *at++;
        uint64_t image;
        double real;
        switch (type) {
        case SQLITE_INTEGER:
            sqlite3_bind_int64(statement, i, (int64_t)sqli__load64(at));
            at += 8;
            break;
        case SQLITE_FLOAT:
            image = sqli__load64(at);
            memcpy(&real, &image, sizeof real);
            sqlite3_bind_double(statement, i, real);
            at += 8;
            break;
        case SQLITE_TEXT:
            sqlite3_bind_text64(statement, i, (const char *)at + 4, sqli__load32(at),
                                SQLITE_TRANSIENT, SQLITE_UTF8);
            at += 4 + sqli__load32(at);
            break;
        case SQLITE_BLOB:
            sqlite3_bind_blob64(statement, i, at + 4, sqli__load32(at), SQLITE_TRANSIENT);
            at += 4 + sqli__load32(at);
            break;
        default: sqlite3_bind_null(statement, i); break;
        }
    }
}
