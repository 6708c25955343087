/* From the text of a routine to what can be run; kept while the text is the same. */
#include "server/engine/routine.h"

#include "base/alloc.h"
#include "sql/text.h"

static struct sqli_spl_options options_of(const struct sqli_engine *engine)
{
    const struct sqli_codeset_info *codeset = engine->runtime.settings.codeset;
    return (struct sqli_spl_options){engine->runtime.delimident,
                                     codeset && codeset->bytes_max == 1};
}

/* --- types --- */

static enum sqli_status like_type(struct sqli_engine *engine, struct sqli_body *body,
                                  const struct sqli_spl_type *type, struct sqli_variable *variable,
                                  struct sqli_error *error)
{
    const struct sqli_span none = {NULL, 0};
    const struct sqli_table *table;
    struct sqli_schema *schema;
    SQLI_TRY(sqli__catalog_table(engine->catalog, none, none, type->table, &table, error));
    if (!table)
        return sqli__fail_server(error, SQLI_E_TABLE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD, 0,
                                 type->table);
    int32_t found = sqli__table_column(table, type->column);
    if (found < 0)
        return sqli__fail_server(error, SQLI_E_COLUMN_NOT_FOUND, 0, 0, type->column);
    const struct sqli_table_column *column = &table->columns[found];
    variable->type = sqli__source_type(&column->type);
    variable->type.name = sqli__arena_copy(&body->arena, column->type.name);
    variable->type.owner = sqli__arena_copy(&body->arena, column->type.owner);
    if (!column->schema)
        return sqli__arena_status(&body->arena, error);
    SQLI_TRY(sqli__schema_parse(variable->type.name, &body->arena, &schema, error));
    variable->schema = schema;
    return SQLI_OK;
}

static uint8_t plain_code(uint8_t code)
{
    switch (code) {
    case SQLI_TYPE_SERIAL: return SQLI_TYPE_INTEGER;
    case SQLI_TYPE_SERIAL8: return SQLI_TYPE_INT8;
    case SQLI_TYPE_BIGSERIAL: return SQLI_TYPE_BIGINT;
    default: return code;
    }
}

static enum sqli_status written_type(struct sqli_engine *engine, struct sqli_body *body,
                                     const struct sqli_spl_type *type,
                                     struct sqli_variable *variable, struct sqli_error *error)
{
    struct sqli_schema *schema;
    if (sqli__schema_parse(type->text, &body->arena, &schema, NULL) != SQLI_OK)
        return sqli__fail_server(error, SQLI_E_SYNTAX, 0, 0, sqli__span(NULL, 0));
    SQLI_TRY(sqli__catalog_expand(engine->catalog, &body->arena, schema, error));
    variable->type = sqli__source_type(&schema->type);
    if (schema->count == 0 && sqli__type_kind(&schema->type) == SQLI_KIND_OPAQUE)
        return sqli__fail_server(error, SQLI_E_TYPE_NOT_FOUND, 0, 0, schema->type.name);
    if (schema->count == 0)
        return SQLI_OK;
    variable->schema = schema;
    return sqli__schema_plain_text(schema, &body->arena, &variable->type.name, error);
}

static enum sqli_status read_type(struct sqli_engine *engine, struct sqli_body *body,
                                  const struct sqli_spl_type *type, struct sqli_variable *variable,
                                  struct sqli_error *error)
{
    SQLI_TRY(type->text.data ? written_type(engine, body, type, variable, error)
                             : like_type(engine, body, type, variable, error));
    variable->type.flags = 0;
    variable->type.code = plain_code(variable->type.code);
    return SQLI_OK;
}

static enum sqli_status read_types(struct sqli_engine *engine, struct sqli_body *body,
                                   struct sqli_error *error)
{
    const struct sqli_spl_routine *routine = body->routine;
    uint32_t i = 0;
    body->variables = sqli__arena_alloc(&body->arena, routine->variable_count,
                                        sizeof(const struct sqli_spl_variable *));
    body->types = sqli__arena_alloc(&body->arena, routine->variable_count, sizeof *body->types);
    body->results = sqli__arena_alloc(&body->arena, routine->return_count, sizeof *body->results);
    SQLI_TRY(sqli__arena_status(&body->arena, error));
    for (const struct sqli_spl_variable *v = routine->variables; v; v = v->chain) {
        body->variables[v->slot] = v;
        SQLI_TRY(read_type(engine, body, &v->type, &body->types[v->slot], error));
    }
    for (const struct sqli_spl_return *r = routine->returns; r; r = r->next)
        SQLI_TRY(read_type(engine, body, &r->type, &body->results[i++], error));
    return SQLI_OK;
}

/* --- bodies --- */

static void free_body(struct sqli_body *body)
{
    struct sqli_spl_sql *piece = body->routine ? body->routine->pieces : NULL;
    for (; piece; piece = piece->next)
        while (piece->prepared) {
            struct sqli_embedded *embedded = piece->prepared;
            piece->prepared = embedded->next;
            sqli__embedded_free(embedded);
        }
    sqli__arena_free(&body->arena);
    sqli__free(body);
}

static enum sqli_status compile(struct sqli_engine *engine, struct sqli_body *body,
                                struct sqli_span text, struct sqli_error *error)
{
    struct sqli_spl_options options = options_of(engine);
    body->text = sqli__arena_copy(&body->arena, text);
    SQLI_TRY(sqli__arena_status(&body->arena, error));
    SQLI_TRY(sqli__spl_parse(body->text, &options, &body->arena, &body->routine, error));
    if (body->routine->external)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "EXTERNAL NAME");
    return read_types(engine, body, error);
}

static enum sqli_status make_body(struct sqli_engine *engine, int32_t procid, struct sqli_span text,
                                  struct sqli_body **made, struct sqli_error *error)
{
    struct sqli_body *body = sqli__alloc_zeroed(1, sizeof *body);
    if (!body)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    sqli__arena_init(&body->arena, SQLI_ROUTINE_ARENA);
    body->procid = procid;
    body->version = sqli__catalog_version(engine->catalog);
    if (compile(engine, body, text, error)) {
        free_body(body);
        return SQLI_FAIL;
    }
    body->next = engine->bodies;
    engine->bodies = body;
    *made = body;
    return SQLI_OK;
}

static struct sqli_body *find_body(struct sqli_engine *engine, int32_t procid)
{
    struct sqli_body *body = engine->bodies;
    while (body && (body->procid != procid || body->stale))
        body = body->next;
    return body;
}

static void unlink_body(struct sqli_engine *engine, struct sqli_body *body)
{
    struct sqli_body **at = &engine->bodies;
    while (*at && *at != body)
        at = &(*at)->next;
    if (*at)
        *at = body->next;
}

static bool has_like(const struct sqli_body *body)
{
    for (const struct sqli_spl_variable *v = body->routine->variables; v; v = v->chain)
        if (!v->type.text.data)
            return true;
    return false;
}

static void discard(struct sqli_engine *engine, struct sqli_body *body)
{
    body->stale = true;
    if (body->active)
        return;
    unlink_body(engine, body);
    free_body(body);
}

static enum sqli_status read_body(struct sqli_engine *engine, int32_t procid,
                                  struct sqli_body **body, struct sqli_error *error)
{
    struct sqli_buffer text;
    struct sqli_body *known = *body;
    sqli__buffer_init(&text, SQLI_STATEMENT_SQL);
    enum sqli_status status = sqli__catalog_routine_text(engine->catalog, procid, &text, error);
    struct sqli_span view = sqli__buffer_view(&text);
    if (status == SQLI_OK && view.length == 0)
        status = sqli__fail(error, SQLI_E_ROUTINE_NOT_FOUND, NULL);
    if (status == SQLI_OK && known && sqli__span_equal(known->text, view) && !has_like(known)) {
        known->version = sqli__catalog_version(engine->catalog);
    } else if (status == SQLI_OK) {
        if (known)
            discard(engine, known);
        status = make_body(engine, procid, view, body, error);
    }
    sqli__buffer_free(&text);
    return status;
}

enum sqli_status sqli__body_acquire(struct sqli_engine *engine, int32_t procid,
                                    struct sqli_body **body, struct sqli_error *error)
{
    *body = find_body(engine, procid);
    if (!*body || (*body)->version != sqli__catalog_version(engine->catalog))
        SQLI_TRY(read_body(engine, procid, body, error));
    if (!*body)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    (*body)->active++;
    return SQLI_OK;
}

void sqli__body_release(struct sqli_engine *engine, struct sqli_body *body)
{
    body->active--;
    if (body->stale)
        discard(engine, body);
}

void sqli__routines_release(struct sqli_engine *engine)
{
    while (engine->bodies) {
        struct sqli_body *body = engine->bodies;
        engine->bodies = body->next;
        free_body(body);
    }
    while (engine->globals) {
        struct sqli_global *global = engine->globals;
        engine->globals = global->next;
        sqlite3_value_free(global->value);
        sqli__free(global);
    }
    sqlite3_finalize(engine->box);
    engine->box = NULL;
}

/* --- at CREATE --- */

/* The place in a piece as one in the routine. */
static void shift_offset(const struct sqli_engine *engine, struct sqli_span text,
                         const struct sqli_spl_sql *piece, struct sqli_error *error)
{
    bool single = options_of(engine).single_byte;
    size_t start = single ? piece->at + 1 : sqli__sql_character_offset(text, piece->at);
    int64_t offset = (int64_t)error->offset - piece->shift + (int64_t)start - 1;
    if (error->offset > 0)
        error->offset = (int32_t)(offset < 1 ? 1 : offset);
}

enum sqli_status sqli__routine_check(struct sqli_engine *engine, struct sqli_span text,
                                     struct sqli_error *error)
{
    struct sqli_spl_options options = options_of(engine);
    const struct sqli_parse_options parse = {.delimident = options.delimident,
                                             .single_byte = options.single_byte};
    struct sqli_spl_routine *routine;
    struct sqli_arena arena;
    sqli__arena_init(&arena, SQLI_ROUTINE_ARENA);
    enum sqli_status status = sqli__spl_parse(text, &options, &arena, &routine, error);
    if (status == SQLI_OK && routine->external)
        status = sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "EXTERNAL NAME");
    struct sqli_spl_sql *piece = status == SQLI_OK ? routine->pieces : NULL;
    for (; piece && status == SQLI_OK; piece = piece->next) {
        struct sqli_statement_tree *tree;
        struct sqli_error own;
        status = sqli__parse(piece->text, &parse, &arena, &tree, &own);
        if (status == SQLI_OK && tree->unsupported)
            status = sqli__fail(&own, SQLI_E_NOT_IMPLEMENTED, "%s", tree->unsupported);
        if (status != SQLI_OK)
            shift_offset(engine, text, piece, &own);
        if (status == SQLI_OK && tree->parameter_count)
            status = sqli__fail_server(&own, SQLI_E_SYNTAX, 0, (int32_t)piece->at + 1,
                                       sqli__span(NULL, 0));
        if (status != SQLI_OK && error)
            *error = own;
    }
    sqli__arena_free(&arena);
    return status;
}
