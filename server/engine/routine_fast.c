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
    *handle = routine->procid;
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

struct calling {
    const struct sqli_routine *routine;
    sqli_on_result *on_result;
    void *context;
    bool called;
};

static enum sqli_status give_row(void *context, sqlite3_value **values, uint32_t count,
                                 struct sqli_error *error)
{
    struct calling *calling = context;
    if (calling->called)
        return sqli__fail(error, SQLI_E_FUNCTION_ROWS, NULL);
    calling->called = true;
    for (uint32_t i = 0; i < count; i++) {
        const struct sqli_type *type = &calling->routine->returns[i].type;
        struct sqli_value value;
        SQLI_TRY(sqli__storage_load(type, values[i], &value, error));
        SQLI_TRY(calling->on_result(calling->context, type, &value, error));
    }
    return SQLI_OK;
}

static enum sqli_status call(struct sqli_engine *engine, const struct sqli_engine_call *call,
                             struct calling *calling, sqlite3_value **values,
                             struct sqli_error *error)
{
    struct sqli_arguments arguments = {.values = values, .count = call->count};
    struct sqli_sink sink = {.on_row = give_row, .context = calling};
    for (uint32_t i = 0; i < call->count; i++)
        SQLI_TRY(sqli__box_value(engine, &call->types[i], &call->values[i],
                                 &calling->routine->parameters[i].type, &values[i], error));
    return sqli__routine_call(engine, call->handle, &arguments, &sink, error);
}

static enum sqli_status find_and_call(struct sqli_engine *engine,
                                      const struct sqli_engine_call *given,
                                      struct sqli_arena *arena, struct calling *calling,
                                      struct sqli_error *error)
{
    struct sqli_routine *routine;
    SQLI_TRY(sqli__catalog_routine(engine->catalog, given->handle, arena, &routine, error));
    if (!routine)
        return sqli__fail(error, SQLI_E_ROUTINE_ID, "%d", (int)given->handle);
    if (given->count > routine->parameter_count)
        return sqli__fail_server(error, SQLI_E_ROUTINE_TOO_MANY_ARGUMENTS, 0, 0, routine->name);
    calling->routine = routine;
    sqlite3_value **values = sqli__alloc_zeroed(given->count + 1U, sizeof(sqlite3_value *));
    if (!values)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    enum sqli_status status = call(engine, given, calling, values, error);
    for (uint32_t i = 0; i < given->count; i++)
        sqlite3_value_free(values[i]);
    sqli__free(values);
    return status;
}

enum sqli_status sqli__engine_call(struct sqli_engine *engine, const struct sqli_engine_call *given,
                                   sqli_on_result *on_result, void *context,
                                   struct sqli_error *error)
{
    struct calling calling = {.on_result = on_result, .context = context};
    struct sqli_arena arena;
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    sqli__engine_start(engine);
    sqli__catalog_refresh(engine->catalog);
    sqli__transaction_enter(engine);
    sqli__arena_init(&arena, SQLI_ROUTINE_ARENA);
    enum sqli_status status = find_and_call(engine, given, &arena, &calling, error);
    sqli__arena_free(&arena);
    return status;
}
