/* Stored routines: sysprocedures, sysproccolumns and sysprocbody. They are read anew each time:
 * a statement that calls a routine is prepared once. */
#include "server/store/catalog_inside.h"

struct reading {
    struct sqli_arena *arena;
    struct sqli_routine *first, **end;
    struct sqli_routine *present;
    uint32_t parameters, returns; /* of the present one, read so far */
};

static struct sqli_span text_of(struct sqli_arena *arena, sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    size_t length = (size_t)sqlite3_column_bytes(row, column);
    while (length && text[length - 1] == ' ')
        length--;
    return sqli__arena_copy(arena, sqli__span(text ? (const void *)text : "", length));
}

static enum sqli_status on_routine(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    struct sqli_routine *routine = sqli__arena_alloc(reading->arena, 1, sizeof *routine);
    if (!routine)
        return sqli__arena_status(reading->arena, error);
    routine->procid = sqlite3_column_int(row, 0);
    routine->name = text_of(reading->arena, row, 1);
    routine->owner = text_of(reading->arena, row, 2);
    const unsigned char *procedure = sqlite3_column_text(row, 3);
    routine->procedure = procedure && procedure[0] == 't';
    *reading->end = routine;
    reading->end = &routine->next;
    return sqli__arena_status(reading->arena, error);
}

static bool is_returned(int32_t mode)
{
    return mode == SQLI_ROUTINE_RETURN || mode == SQLI_ROUTINE_RETURN_MANY;
}

static enum sqli_status on_count(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    (void)error;
    if (is_returned(sqlite3_column_int(row, 0)))
        reading->present->return_count += (uint32_t)sqlite3_column_int(row, 1);
    else
        reading->present->parameter_count += (uint32_t)sqlite3_column_int(row, 1);
    return SQLI_OK;
}

static enum sqli_status on_column(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct reading *reading = context;
    struct sqli_routine *routine = reading->present;
    int32_t type = sqlite3_column_int(row, 1), mode = sqlite3_column_int(row, 4);
    struct sqli_routine_column *column = is_returned(mode)
                                             ? &routine->returns[reading->returns++]
                                             : &routine->parameters[reading->parameters++];
    column->name = text_of(reading->arena, row, 0);
    column->mode = (enum sqli_routine_mode)mode;
    column->type = (struct sqli_type){
        .code = (uint8_t)(type & 0xff),
        .flags = (uint16_t)(type & 0xff00),
        .length = sqlite3_column_int(row, 2) & 0xffff,
        .extended_id = sqlite3_column_int(row, 3),
    };
    sqli__catalog_name_type(&column->type);
    return sqli__arena_status(reading->arena, error);
}

/* ROW and collections stand in sysxtddesc. */
static enum sqli_status read_schemas(struct sqli_store *store, struct sqli_arena *arena,
                                     struct sqli_routine_column *columns, uint32_t count,
                                     struct sqli_error *error)
{
    for (uint32_t i = 0; i < count; i++)
        SQLI_TRY(
            sqli__catalog_read_schema(store, arena, &columns[i].type, &columns[i].schema, error));
    return SQLI_OK;
}

static enum sqli_status read_columns(struct sqli_catalog *catalog, struct reading *reading,
                                     struct sqli_error *error)
{
    struct sqli_store *store = sqli__catalog_store(catalog);
    struct sqli_routine *routine = reading->present;
    reading->parameters = reading->returns = 0;
    SQLI_TRY(sqli__store_run(store, on_count, reading, error,
                             "SELECT paramattr, count(*) FROM main.sysproccolumns WHERE procid = ? "
                             "GROUP BY paramattr",
                             "i", routine->procid));
    routine->parameters =
        sqli__arena_alloc(reading->arena, routine->parameter_count, sizeof *routine->parameters);
    routine->returns =
        sqli__arena_alloc(reading->arena, routine->return_count, sizeof *routine->returns);
    SQLI_TRY(sqli__arena_status(reading->arena, error));
    SQLI_TRY(sqli__store_run(store, on_column, reading, error,
                             "SELECT paramname, paramtype, paramlen, paramxid, paramattr FROM "
                             "main.sysproccolumns WHERE procid = ? ORDER BY paramid",
                             "i", routine->procid));
    SQLI_TRY(
        read_schemas(store, reading->arena, routine->parameters, routine->parameter_count, error));
    return read_schemas(store, reading->arena, routine->returns, routine->return_count, error);
}

enum sqli_status sqli__catalog_routines(struct sqli_catalog *catalog, struct sqli_span owner,
                                        struct sqli_span name, struct sqli_arena *arena,
                                        struct sqli_routine **first, struct sqli_error *error)
{
    struct reading reading = {.arena = arena, .end = &reading.first};
    *first = NULL;
    SQLI_TRY(sqli__store_run(sqli__catalog_store(catalog), on_routine, &reading, error,
                             "SELECT procid, procname, owner, isproc FROM main.sysprocedures "
                             "WHERE procname = ?1 AND (?2 IS NULL OR owner = ?2) ORDER BY procid",
                             "ss", name, owner));
    for (reading.present = reading.first; reading.present; reading.present = reading.present->next)
        SQLI_TRY(read_columns(catalog, &reading, error));
    *first = reading.first;
    return SQLI_OK;
}

enum sqli_status sqli__catalog_routine(struct sqli_catalog *catalog, int32_t procid,
                                       struct sqli_arena *arena, struct sqli_routine **routine,
                                       struct sqli_error *error)
{
    struct reading reading = {.arena = arena, .end = &reading.first};
    *routine = NULL;
    SQLI_TRY(sqli__store_run(sqli__catalog_store(catalog), on_routine, &reading, error,
                             "SELECT procid, procname, owner, isproc FROM main.sysprocedures "
                             "WHERE procid = ?1",
                             "i", procid));
    reading.present = reading.first;
    if (reading.present)
        SQLI_TRY(read_columns(catalog, &reading, error));
    *routine = reading.first;
    return SQLI_OK;
}

/* --- the text --- */

static enum sqli_status on_piece(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sqli_buffer *text = context;
    sqli__buffer_append(text, sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0));
    return sqli__buffer_status(text, error);
}

/* The last piece is filled with blanks. */
enum sqli_status sqli__catalog_routine_text(struct sqli_catalog *catalog, int32_t procid,
                                            struct sqli_buffer *text, struct sqli_error *error)
{
    SQLI_TRY(sqli__store_run(sqli__catalog_store(catalog), on_piece, text, error,
                             "SELECT data FROM main.sysprocbody WHERE procid = ? AND datakey = 'T' "
                             "ORDER BY seqno",
                             "i", procid));
    while (text->length && text->data[text->length - 1] == ' ')
        sqli__buffer_truncate(text, text->length - 1);
    return SQLI_OK;
}
