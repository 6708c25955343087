/* Routines without SQL: by signature, with values (the fast path of the protocol). */
#include "server/engine/routine.h"

#include "base/alloc.h"

static bool skip_word(struct sqli_span *text, const char *word)
{
    size_t length = strlen(word);
    if (text->length <= length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text->data[i] | 0x20) != word[i])
            return false;
    if (text->data[length] != ' ')
        return false;
    *text = sqli__span(text->data + length + 1, text->length - length - 1);
    return true;
}

/* Of the types only the codes count here. */
static bool fits(const struct sqli_routine *routine, const struct sqli_spl_reference *reference,
                 struct sqli_arena *arena)
{
    uint32_t i = 0;
    for (const struct sqli_spl_return *t = reference->types; t; t = t->next, i++) {
        struct sqli_schema *schema;
        if (i == routine->parameter_count ||
            sqli__schema_parse(t->type.text, arena, &schema, NULL) != SQLI_OK ||
            schema->type.code != routine->parameters[i].type.code)
            return false;
    }
    return !reference->has_types || i == routine->parameter_count;
}

static enum sqli_status find(struct sqli_engine *engine, struct sqli_span signature,
                             struct sqli_arena *arena, int32_t *handle, struct sqli_error *error)
{
    struct sqli_spl_options options = {.single_byte = true};
    struct sqli_spl_reference reference;
    struct sqli_routine *routine;
    if (!skip_word(&signature, "function"))
        skip_word(&signature, "procedure");
    if (sqli__spl_parse_reference(signature, &options, arena, &reference, NULL) != SQLI_OK)
        return sqli__fail(error, SQLI_E_ROUTINE_SIGNATURE, NULL);
    SQLI_TRY(sqli__catalog_routines(engine->catalog, reference.owner, reference.name, arena,
                                    &routine, error));
    while (routine && !fits(routine, &reference, arena))
        routine = routine->next;
    if (!routine)
        return sqli__fail_server(error, SQLI_E_ROUTINE_NOT_FOUND, 0, 0, reference.name);
    *handle = SQLI_ROUTINE_HANDLES + routine->procid;
    return SQLI_OK;
}

enum sqli_status sqli__engine_routine(struct sqli_engine *engine, struct sqli_span signature,
                                      int32_t *handle, struct sqli_error *error)
{
    struct sqli_arena arena;
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    sqli__engine_start(engine);
    sqli__catalog_refresh(engine->catalog);
    sqli__arena_init(&arena, SQLI_ROUTINE_ARENA);
    enum sqli_status status = find(engine, signature, &arena, handle, error);
    sqli__arena_free(&arena);
    return status;
}

/* --- what a handle stands for --- */

/* NULL: the error says why. */
static struct sqli_routine *find_handle(struct sqli_engine *engine, int32_t handle,
                                        struct sqli_arena *arena, struct sqli_error *error)
{
    struct sqli_routine *routine = NULL;
    if (handle > SQLI_ROUTINE_HANDLES &&
        sqli__catalog_routine(engine->catalog, handle - SQLI_ROUTINE_HANDLES, arena, &routine,
                              error) != SQLI_OK)
        return NULL;
    if (!routine)
        sqli__fail(error, SQLI_E_ROUTINE_ID, "%d", (int)handle);
    return routine;
}

static bool gives_back(const struct sqli_routine_column *parameter)
{
    return parameter->mode == SQLI_ROUTINE_OUT || parameter->mode == SQLI_ROUTINE_INOUT;
}

bool sqli__routine_has_outputs(const struct sqli_routine *routine)
{
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        if (gives_back(&routine->parameters[i]))
            return true;
    return false;
}

static const struct sqli_engine_column *describe(const struct sqli_routine_column *columns,
                                                 uint32_t count, struct sqli_arena *arena)
{
    struct sqli_engine_column *described = sqli__arena_alloc(arena, count, sizeof *described);
    for (uint32_t i = 0; described && i < count; i++) {
        described[i].name = columns[i].name;
        described[i].type = columns[i].type;
        described[i].type.flags = 0;
    }
    return described;
}

enum sqli_status sqli__engine_routine_info(struct sqli_engine *engine, int32_t handle,
                                           struct sqli_arena *arena,
                                           struct sqli_engine_routine *info,
                                           struct sqli_error *error)
{
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    sqli__engine_start(engine);
    sqli__catalog_refresh(engine->catalog);
    const struct sqli_routine *routine = find_handle(engine, handle, arena, error);
    if (!routine)
        return SQLI_FAIL;
    bool *out = sqli__arena_alloc(arena, routine->parameter_count, sizeof *out);
    for (uint32_t i = 0; out && i < routine->parameter_count; i++)
        out[i] = gives_back(&routine->parameters[i]);
    *info = (struct sqli_engine_routine){
        .parameter_count = routine->parameter_count,
        .parameters = describe(routine->parameters, routine->parameter_count, arena),
        .out = out,
        .return_count = routine->return_count,
        .returns = describe(routine->returns, routine->return_count, arena)};
    return sqli__arena_status(arena, error);
}

/* --- calling it --- */

struct calling {
    const struct sqli_engine_call *given;
    const struct sqli_routine *routine;
    sqli_on_result *on_result;
    void *context;
    bool returned;
    sqlite3_value **values;  /* per parameter: what came */
    sqlite3_value **outputs; /* likewise: what goes back */
    sqlite3_value **row;     /* what the routine returned */
};

static enum sqli_status keep_row(void *context, sqlite3_value **values, uint32_t count,
                                 struct sqli_error *error)
{
    struct calling *calling = context;
    if (calling->returned)
        return sqli__fail(error, SQLI_E_FUNCTION_ROWS, NULL);
    calling->returned = true;
    for (uint32_t i = 0; i < count; i++) {
        calling->row[i] = sqli__box_copy(values[i]);
        if (values[i] && !calling->row[i])
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    return SQLI_OK;
}

static enum sqli_status give(const struct calling *calling,
                             const struct sqli_routine_column *column, sqlite3_value *stored,
                             struct sqli_error *error)
{
    struct sqli_value value = {.kind = sqli__type_kind(&column->type), .null = true};
    if (stored)
        SQLI_TRY(sqli__storage_load(&column->type, stored, &value, error));
    return calling->on_result(calling->context, &column->type, &value, error);
}

static enum sqli_status give_all(const struct calling *calling, struct sqli_error *error)
{
    const struct sqli_routine *routine = calling->routine;
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        if (gives_back(&routine->parameters[i]))
            SQLI_TRY(give(calling, &routine->parameters[i], calling->outputs[i], error));
    for (uint32_t i = 0; i < routine->return_count; i++)
        SQLI_TRY(give(calling, &routine->returns[i], calling->row[i], error));
    return SQLI_OK;
}

/* OUT takes no value: what a client sends in its place is the type that it wants. */
static enum sqli_status run(struct sqli_engine *engine, struct calling *calling,
                            struct sqli_error *error)
{
    const struct sqli_engine_call *given = calling->given;
    struct sqli_arguments arguments = {.values = calling->values, .count = given->count};
    struct sqli_sink sink = {.on_row = keep_row, .context = calling, .outputs = calling->outputs};
    for (uint32_t i = 0; i < given->count; i++)
        if (calling->routine->parameters[i].mode != SQLI_ROUTINE_OUT)
            SQLI_TRY(sqli__box_value(engine, &given->types[i], &given->values[i],
                                     &calling->routine->parameters[i].type, &calling->values[i],
                                     error));
    SQLI_TRY(sqli__routine_call(engine, calling->routine->procid, &arguments, &sink, error));
    return give_all(calling, error);
}

static void free_values(sqlite3_value **values, uint32_t count)
{
    for (uint32_t i = 0; values && i < count; i++)
        sqlite3_value_free(values[i]);
    sqli__free(values);
}

static enum sqli_status find_and_call(struct sqli_engine *engine, struct calling *calling,
                                      struct sqli_arena *arena, struct sqli_error *error)
{
    const struct sqli_routine *routine = find_handle(engine, calling->given->handle, arena, error);
    if (!routine)
        return SQLI_FAIL;
    if (calling->given->count > routine->parameter_count)
        return sqli__fail_server(error, SQLI_E_ROUTINE_TOO_MANY_ARGUMENTS, 0, 0, routine->name);
    uint32_t parameters = routine->parameter_count, returns = routine->return_count;
    calling->routine = routine;
    calling->values = sqli__alloc_zeroed(parameters + 1U, sizeof(sqlite3_value *));
    calling->outputs = sqli__alloc_zeroed(parameters + 1U, sizeof(sqlite3_value *));
    calling->row = sqli__alloc_zeroed(returns + 1U, sizeof(sqlite3_value *));
    enum sqli_status status = calling->values && calling->outputs && calling->row
                                  ? run(engine, calling, error)
                                  : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    free_values(calling->values, parameters);
    free_values(calling->outputs, parameters);
    free_values(calling->row, returns);
    return status;
}

enum sqli_status sqli__engine_call(struct sqli_engine *engine, const struct sqli_engine_call *given,
                                   sqli_on_result *on_result, void *context,
                                   struct sqli_error *error)
{
    struct calling calling = {.given = given, .on_result = on_result, .context = context};
    struct sqli_arena arena;
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    sqli__engine_start(engine);
    sqli__catalog_refresh(engine->catalog);
    sqli__transaction_enter(engine);
    sqli__arena_init(&arena, SQLI_ROUTINE_ARENA);
    enum sqli_status status = find_and_call(engine, &calling, &arena, error);
    sqli__arena_free(&arena);
    return status;
}
