/* From SQL text to a compiled statement, what the describe tells of it, and its parameters. */
#include "server/engine/routine.h"

#include "base/alloc.h"
#include "sql/text.h"
#include "value/utf8.h"

#include <stdio.h>

/* --- what a column or parameter looks like to a client --- */

/* Extended types travel with owner and name. Nothing here may point into the catalog, which forgets
 * its tables when a definition changes. */
static enum sqli_status describe_users(struct sqli_statement *s, const struct sqli_type *type,
                                       struct sqli_engine_column *column, struct sqli_error *error)
{
    struct sqli_user_type user;
    SQLI_TRY(sqli__catalog_user_type_name(s->engine->catalog, type->extended_id, &s->arena, &user,
                                          error));
    column->type.owner = user.owner;
    column->type.name = user.name;
    return SQLI_OK;
}

static enum sqli_status describe_type(struct sqli_statement *s, const struct sqli_type *type,
                                      const struct sqli_schema *schema,
                                      struct sqli_engine_column *column, struct sqli_error *error)
{
    struct sqli_arena *arena = &s->arena;
    column->type = *type;
    column->type.owner = sqli__span_text("");
    column->type.name = sqli__span_text("");
    if (sqli__type_is_users(type))
        return describe_users(s, type, column, error);
    if (type->code == SQLI_TYPE_UDTVAR || type->code == SQLI_TYPE_UDTFIXED) {
        column->type.owner = sqli__span_text("informix");
        column->type.name = sqli__arena_copy(arena, sqli__type_name(type));
    } else if (sqli__type_kind(type) == SQLI_KIND_COMPOSITE) {
        struct sqli_buffer text;
        sqli__buffer_init(&text, INT16_MAX);
        if (schema)
            sqli__schema_print(schema, &text);
        else
            sqli__buffer_span(&text, type->name);
        column->type.name = sqli__arena_copy(arena, sqli__buffer_view(&text));
        enum sqli_status status = sqli__buffer_status(&text, error);
        sqli__buffer_free(&text);
        SQLI_TRY(status);
    }
    return sqli__arena_status(arena, error);
}

static enum sqli_status describe_items(struct sqli_statement *s, const struct sqli_select *select,
                                       struct sqli_error *error)
{
    struct sqli_engine_column *columns =
        sqli__arena_alloc(&s->arena, select->item_count, sizeof *columns);
    s->writers = sqli__arena_alloc(&s->arena, select->item_count, sizeof *s->writers);
    if (!columns || !s->writers)
        return sqli__arena_status(&s->arena, error);
    uint32_t count = 0;
    for (const struct sqli_select_item *item = select->items; item; item = item->next) {
        struct sqli_engine_column *column = &columns[count++];
        column->name = sqli__arena_copy(&s->arena, item->name);
        SQLI_TRY(describe_type(s, &item->expr->type, item->expr->schema, column, error));
        if (item->expr->kind == SQLI_EXPR_COLUMN && !item->expr->nullable)
            column->type.flags |= SQLI_TYPE_NOT_NULL;
        /* A literal without a type of its own. */
        if (column->type.code == SQLI_TYPE_NULL)
            column->type = (struct sqli_type){.code = SQLI_TYPE_CHAR, .length = 1};
        sqli__image_writer_init(&s->writers[count - 1], &column->type, false);
    }
    s->info.columns = columns;
    s->info.column_count = count;
    return SQLI_OK;
}

/* A parameter that is assigned to a column as it is describes like the column. */
static void name_parameters(struct sqli_arena *arena, const struct sqli_assignment *assignments,
                            const struct sqli_source *target, struct sqli_engine_column *parameters)
{
    for (const struct sqli_assignment *a = assignments; a; a = a->next)
        if (a->value && a->value->kind == SQLI_EXPR_PARAMETER) {
            struct sqli_engine_column *parameter = &parameters[a->value->op - 1];
            parameter->name = sqli__arena_copy(arena, target->columns[a->index].name);
            if (!target->columns[a->index].nullable)
                parameter->type.flags |= SQLI_TYPE_NOT_NULL;
        }
}

static const struct sqli_type *told_type(const struct sqli_statement_tree *tree, uint32_t i)
{
    const struct sqli_type *told = tree->parameters_told ? &tree->parameters_told[i] : NULL;
    return told && told->code != SQLI_TYPE_NULL ? told : &tree->parameters[i];
}

static enum sqli_status describe_parameters(struct sqli_statement *s, struct sqli_error *error)
{
    uint32_t count = s->tree->parameter_count;
    struct sqli_engine_column *parameters = sqli__arena_alloc(&s->arena, count, sizeof *parameters);
    s->bound_parameters = sqli__arena_alloc(&s->arena, count, sizeof *s->bound_parameters);
    if (!parameters || !s->bound_parameters)
        return sqli__arena_status(&s->arena, error);
    for (uint32_t i = 0; i < count; i++) {
        struct sqli_type *type = &s->tree->parameters[i];
        type->owner = sqli__arena_copy(&s->arena, type->owner);
        type->name = sqli__arena_copy(&s->arena, type->name);
        SQLI_TRY(describe_type(s, told_type(s->tree, i), s->tree->parameter_schemas[i],
                               &parameters[i], error));
        parameters[i].name = sqli__span_text("");
        if (type->code == SQLI_TYPE_NULL)
            parameters[i].type = (struct sqli_type){.code = SQLI_TYPE_CHAR, .length = 255};
    }
    if (s->tree->kind == SQLI_STMT_INSERT && s->tree->as.insert->values)
        name_parameters(&s->arena, s->tree->as.insert->assignments, s->tree->as.insert->target,
                        parameters);
    else if (s->tree->kind == SQLI_STMT_UPDATE || s->tree->kind == SQLI_STMT_UPDATE_ALL)
        name_parameters(&s->arena, s->tree->as.update->assignments, s->tree->as.update->target,
                        parameters);
    s->info.parameters = parameters;
    s->info.parameter_count = count;
    return SQLI_OK;
}

static bool is_serial(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_SERIAL || type->code == SQLI_TYPE_SERIAL8 ||
           type->code == SQLI_TYPE_BIGSERIAL;
}

/* The columns that an INSERT draws values for. */
static enum sqli_status describe_keys(struct sqli_statement *s, struct sqli_error *error)
{
    const struct sqli_source *target = s->tree->as.insert->target;
    uint32_t count = 0;
    for (uint32_t i = 0; i < target->count; i++)
        count += is_serial(&target->columns[i].type);
    if (count == 0)
        return SQLI_OK;
    s->keys = sqli__arena_alloc(&s->arena, count, sizeof *s->keys);
    if (!s->keys)
        return sqli__arena_status(&s->arena, error);
    for (uint32_t i = 0; i < target->count; i++)
        if (is_serial(&target->columns[i].type))
            s->keys[s->key_count++] = (struct sqli_engine_column){
                .name = sqli__arena_copy(&s->arena, target->columns[i].name),
                .type = target->columns[i].type};
    return sqli__arena_status(&s->arena, error);
}

uint32_t sqli__statement_keys(const struct sqli_statement *s, struct sqli_engine_column *keys,
                              uint32_t room)
{
    uint32_t count = s->key_count < room ? s->key_count : room;
    for (uint32_t i = 0; i < count; i++)
        keys[i] = s->keys[i];
    return count;
}

/* --- compiling --- */

/* What is nested deeper than SQLite's parser takes is too complex. Anything else is a mistake of
 * the emitter: SQLite's text says which, but is for the log and not for the client. */
static enum sqli_status compile_failed(struct sqli_statement *s, int code, struct sqli_error *error)
{
    static const char *const limits[] = {"parser stack overflow", "Expression tree is too large",
                                         "too many", "at most"};
    const char *said = sqlite3_errmsg(sqli__store_sqlite(s->engine->store));
    if (code == SQLITE_TOOBIG)
        return sqli__fail(error, SQLI_E_PARSE_STACK, "the statement is too long");
    if ((code & 0xff) != SQLITE_ERROR || s->engine->runtime.error.code)
        return sqli__statement_fail(s, code, error);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (strstr(said, limits[i]))
            return sqli__fail(error, SQLI_E_PARSE_STACK,
                              "the statement is nested too deep or too wide");
    sqli__fail(error, SQLI_E_ROUTINE_INTERNAL, NULL);
    if (error)
        snprintf(error->message, sizeof error->message, "%s", said);
    return SQLI_FAIL;
}

enum sqli_status sqli__statement_compile(struct sqli_statement *s, const struct sqli_buffer *sql,
                                         sqlite3_stmt **compiled, struct sqli_error *error)
{
    SQLI_TRY(sqli__buffer_status(sql, error));
    sqlite3 *db = sqli__store_sqlite(s->engine->store);
    int code = sqlite3_prepare_v3(db, (const char *)sql->data, (int)sql->length,
                                  SQLITE_PREPARE_PERSISTENT, compiled, NULL);
    return code == SQLITE_OK ? SQLI_OK : compile_failed(s, code, error);
}

enum sqli_status sqli__statement_fail(struct sqli_statement *s, int sqlite_code,
                                      struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    sqlite3 *db = sqli__store_sqlite(engine->store);
    if ((sqlite_code & 0xff) != SQLITE_CONSTRAINT)
        return sqli__store_fail(engine->store, sqlite_code, error);
    sqli__catalog_constraint_error(engine->catalog, s->target, sqlite3_extended_errcode(db),
                                   sqlite3_errmsg(db), error);
    return SQLI_FAIL;
}

static const struct sqli_source *target_of(const struct sqli_statement *s)
{
    switch (s->tree->kind) {
    case SQLI_STMT_INSERT: return s->tree->as.insert->target;
    case SQLI_STMT_UPDATE:
    case SQLI_STMT_UPDATE_ALL:
    case SQLI_STMT_UPDATE_CURRENT: return s->tree->as.update->target;
    case SQLI_STMT_DELETE:
    case SQLI_STMT_DELETE_ALL:
    case SQLI_STMT_DELETE_CURRENT: return s->tree->as.remove->target;
    case SQLI_STMT_MERGE: return s->tree->as.merge->target;
    default: return NULL;
    }
}

const struct sqli_select *sqli__statement_select(const struct sqli_statement *s)
{
    switch (s->tree->kind) {
    case SQLI_STMT_SELECT:
    case SQLI_STMT_SELECT_INTO_TEMP: return s->tree->as.select;
    case SQLI_STMT_CREATE_TABLE:
    case SQLI_STMT_CREATE_TEMP_TABLE: return s->tree->as.create_table->select;
    default: return NULL;
    }
}

static enum sqli_status emit(const struct sqli_statement *s, struct sqli_buffer *sql,
                             struct sqli_error *error)
{
    const struct sqli_statement_tree *tree = s->tree;
    uint32_t parameters = tree->parameter_count;
    const struct sqli_select *select = sqli__statement_select(s);
    if (select) {
        struct sqli_emit_options options = {.rowid = s->positions};
        return sqli__emit_select(select, &options, sql, error);
    }
    switch (tree->kind) {
    case SQLI_STMT_INSERT: return sqli__emit_insert(tree->as.insert, sql, error);
    case SQLI_STMT_UPDATE:
    case SQLI_STMT_UPDATE_ALL:
    case SQLI_STMT_UPDATE_CURRENT:
        return sqli__emit_update(tree->as.update, parameters, sql, error);
    case SQLI_STMT_DELETE:
    case SQLI_STMT_DELETE_ALL:
    case SQLI_STMT_DELETE_CURRENT:
        return sqli__emit_delete(tree->as.remove, parameters, sql, error);
    case SQLI_STMT_MERGE: return sqli__emit_merge(tree->as.merge, sql, error);
    case SQLI_STMT_EXECUTE_ROUTINE: return sqli__emit_execute(tree->as.execute, sql, error);
    default: return SQLI_OK;
    }
}

static enum sqli_status compile(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, SQLI_STATEMENT_SQL);
    enum sqli_status status = emit(s, &sql, error);
    if (status == SQLI_OK && sql.length)
        status = sqli__statement_compile(s, &sql, &s->compiled, error);
    sqli__buffer_free(&sql);
    return status;
}

/* What works without an open database. */
static bool needs_database(enum sqli_statement_kind kind)
{
    switch (kind) {
    case SQLI_STMT_DATABASE:
    case SQLI_STMT_CREATE_DATABASE:
    case SQLI_STMT_DROP_DATABASE:
    case SQLI_STMT_RENAME_DATABASE:
    case SQLI_STMT_SET_LOCK_MODE:
    case SQLI_STMT_SET_ISOLATION:
    case SQLI_STMT_SET_EXPLAIN:
    case SQLI_STMT_SET_OPTIMIZATION:
    case SQLI_STMT_SET_ENVIRONMENT: return false;
    default: return true;
    }
}

/* The parameters of a statement in a routine are the variables that it mentions. */
static enum sqli_status number_variables(struct sqli_statement *s, struct sqli_statement_tree *tree,
                                         struct sqli_error *error)
{
    const struct sqli_embedded *e = s->embedded;
    tree->parameter_count = e->used;
    tree->parameters = sqli__arena_alloc(&s->arena, e->used, sizeof *tree->parameters);
    tree->parameter_schemas =
        sqli__arena_alloc(&s->arena, e->used, sizeof(const struct sqli_schema *));
    SQLI_TRY(sqli__arena_status(&s->arena, error));
    for (uint32_t i = 0; i < e->used; i++) {
        tree->parameters[i] = e->body->types[e->slots[i]].type;
        tree->parameter_schemas[i] = e->body->types[e->slots[i]].schema;
    }
    return SQLI_OK;
}

static enum sqli_status resolve_tree(struct sqli_statement *s, struct sqli_statement_tree *tree,
                                     struct sqli_error *error)
{
    struct sqli_catalog *catalog = s->engine->catalog;
    if (!s->embedded)
        return sqli__resolve(catalog, s->sql, &s->arena, tree, error);
    if (tree->parameter_count)
        return sqli__fail(error, SQLI_E_SYNTAX, NULL);
    SQLI_TRY(sqli__resolve_embedded(catalog, s->sql, &s->arena, tree, &s->embedded->names, error));
    return number_variables(s, tree, error);
}

/* The query of CREATE TABLE AS is resolved like one that stands alone. */
static enum sqli_status resolve(struct sqli_statement *s, struct sqli_error *error)
{
    const struct sqli_select *select = sqli__statement_select(s);
    if (!select || select == s->tree->as.select)
        return resolve_tree(s, s->tree, error);
    struct sqli_statement_tree query = *s->tree;
    query.kind = SQLI_STMT_SELECT;
    query.as.select = s->tree->as.create_table->select;
    SQLI_TRY(resolve_tree(s, &query, error));
    s->tree->parameter_count = query.parameter_count;
    s->tree->as.create_table->select = query.as.select;
    s->tree->parameters = query.parameters;
    s->tree->parameter_schemas = query.parameter_schemas;
    return SQLI_OK;
}

static enum sqli_status analyse(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    const struct sqli_codeset_info *codeset = engine->runtime.settings.codeset;
    struct sqli_parse_options options = {
        .delimident = engine->runtime.delimident,
        .single_byte = codeset && codeset->bytes_max == 1,
        .ansi = engine->store && sqli__store_info(engine->store)->logging == SQLI_LOGGING_ANSI,
        .server = sqli__span_text(engine->runtime.server_name),
    };
    SQLI_TRY(sqli__parse(s->sql, &options, &s->arena, &s->tree, error));
    if (s->tree->unsupported)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "%s", s->tree->unsupported);
    if (!needs_database(s->tree->kind))
        return SQLI_OK;
    if (!engine->store)
        return sqli__fail(error, SQLI_E_NO_DATABASE, NULL);
    s->database_bound = true;
    sqli__catalog_refresh(engine->catalog);
    s->catalog_version = sqli__catalog_version(engine->catalog);
    return resolve(s, error);
}

/* In an ANSI database FOR UPDATE need not be said. */
static void position(struct sqli_statement *s, const struct sqli_select *select)
{
    bool ansi = sqli__store_info(s->engine->store)->logging == SQLI_LOGGING_ANSI;
    s->positions =
        s->info.for_update || (s->info.rows && (ansi || s->wants_position) && select->updatable);
    if (!s->positions)
        return;
    const struct sqli_table *table = select->from->table;
    s->locks = !table->temp;
    s->target = sqli__arena_copy(&s->arena, table->physical);
}

/* Kinds whose number no document tells go as the kind of definition that they are closest to. */
static int16_t described_type(enum sqli_statement_kind kind)
{
    switch (kind) {
    case SQLI_STMT_CREATE_SEQUENCE:
    case SQLI_STMT_CREATE_TYPE: return SQLI_STMT_CREATE_ROUTINE;
    case SQLI_STMT_DROP_SEQUENCE:
    case SQLI_STMT_DROP_TYPE:
    case SQLI_STMT_DROP_ROW_TYPE: return SQLI_STMT_DROP_ROUTINE;
    case SQLI_STMT_ALTER_SEQUENCE: return SQLI_STMT_ALTER_TABLE;
    case SQLI_STMT_RENAME_SEQUENCE:
    case SQLI_STMT_RENAME_INDEX:
    case SQLI_STMT_RENAME_CONSTRAINT: return SQLI_STMT_RENAME_TABLE;
    case SQLI_STMT_RENAME_DATABASE: return SQLI_STMT_CREATE_DATABASE;
    default: return (int16_t)kind;
    }
}

static enum sqli_status build(struct sqli_statement *s, struct sqli_error *error)
{
    SQLI_TRY(analyse(s, error));
    const struct sqli_statement_tree *tree = s->tree;
    s->info.type = described_type(tree->kind);
    const struct sqli_select *select = sqli__statement_select(s);
    if (select) {
        s->info.rows = tree->kind == SQLI_STMT_SELECT;
        s->info.for_update = s->info.rows && select->for_update;
        s->info.read_only = !select->updatable;
        position(s, select);
        SQLI_TRY(describe_items(s, select, error));
    } else if (tree->kind == SQLI_STMT_INSERT) {
        s->info.insert_values = tree->as.insert->literal_values;
        s->info.tabid = tree->as.insert->target->table->tabid;
        SQLI_TRY(describe_keys(s, error));
    }
    if (tree->kind == SQLI_STMT_EXECUTE_ROUTINE)
        SQLI_TRY(sqli__call_prepare(s, error));
    else if (tree->kind == SQLI_STMT_CREATE_ROUTINE)
        SQLI_TRY(sqli__routine_check(s->engine, tree->as.routine->text, error));
    const struct sqli_source *target = target_of(s);
    s->writes = target && !target->table->temp;
    s->large = sqli__lob_in_source(target);
    if (target)
        s->target = sqli__arena_copy(&s->arena, target->table->physical);
    if (tree->parameter_count)
        SQLI_TRY(describe_parameters(s, error));
    return compile(s, error);
}

/* From here on the catalog is that of one moment. What has no room is too complex. */
static enum sqli_status build_at_once(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_catalog *catalog = s->engine->catalog;
    struct sqli_error own;
    bool pinned = catalog && sqli__catalog_pin(catalog);
    enum sqli_status status = build(s, &own);
    if (pinned)
        sqli__catalog_unpin(catalog);
    if (status != SQLI_OK && own.code == SQLI_E_TOO_LARGE)
        sqli__fail(&own, SQLI_E_PARSE_STACK, "the statement is too long");
    if (status != SQLI_OK && error)
        *error = own;
    return status;
}

static struct sqli_statement *allocate(struct sqli_engine *engine, struct sqli_span sql)
{
    struct sqli_statement *s = sqli__alloc_zeroed(1, sizeof *s);
    if (!s)
        return NULL;
    s->engine = engine;
    sqli__arena_init(&s->arena, SQLI_STATEMENT_ARENA);
    s->sql = sqli__arena_copy(&s->arena, sql);
    if (s->sql.data)
        return s;
    sqli__arena_free(&s->arena);
    sqli__free(s);
    return NULL;
}

static void destroy(struct sqli_statement *s)
{
    if (s->call)
        sqlite3_finalize(s->call->row);
    sqlite3_finalize(s->compiled);
    sqli__arena_free(&s->arena);
    sqli__free(s->kept);
    sqli__free(s);
}

static void link_statement(struct sqli_statement *s)
{
    s->previous = NULL;
    s->next = s->engine->statements;
    if (s->next)
        s->next->previous = s;
    s->engine->statements = s;
}

static void unlink_statement(struct sqli_statement *s)
{
    if (s->previous)
        s->previous->next = s->next;
    else
        s->engine->statements = s->next;
    if (s->next)
        s->next->previous = s->previous;
    s->previous = s->next = NULL;
}

/* --- released statements that the next PREPARE of the same text takes --- */

static struct sqli_statement *take_cached(struct sqli_engine *engine, struct sqli_span sql)
{
    uint64_t version = engine->catalog ? sqli__catalog_version(engine->catalog) : 0;
    for (struct sqli_statement **at = &engine->cached; *at; at = &(*at)->next) {
        struct sqli_statement *s = *at;
        if (s->catalog_version != version || !sqli__span_equal(s->sql, sql))
            continue;
        *at = s->next;
        engine->cached_count--;
        return s;
    }
    return NULL;
}

/* Only what is compiled is worth keeping; the text of most others says something once. */
static bool worth_caching(const struct sqli_statement *s)
{
    return !s->embedded && s->compiled && !s->dead && s->engine->catalog && s->sql.length < 8192 &&
           s->catalog_version == sqli__catalog_version(s->engine->catalog);
}

static void cache(struct sqli_statement *s)
{
    struct sqli_engine *engine = s->engine;
    sqlite3_clear_bindings(s->compiled);
    s->bound = 0;
    if (s->info.parameter_count)
        memset(s->bound_parameters, 0, s->info.parameter_count * sizeof *s->bound_parameters);
    s->next = engine->cached;
    engine->cached = s;
    if (++engine->cached_count <= SQLI_STATEMENT_CACHE)
        return;
    struct sqli_statement **last = &engine->cached;
    while ((*last)->next)
        last = &(*last)->next;
    destroy(*last);
    *last = NULL;
    engine->cached_count--;
}

void sqli__statement_cache_clear(struct sqli_engine *engine)
{
    while (engine->cached) {
        struct sqli_statement *s = engine->cached;
        engine->cached = s->next;
        destroy(s);
    }
    engine->cached_count = 0;
}

/* --- the public face --- */

static bool is_utf8(const struct sqli_engine *engine)
{
    return engine->store && strcmp(engine->runtime.settings.codeset->iconv_name, "UTF-8") == 0;
}

/* What is stored must be read again; other code sets take every byte. */
static enum sqli_status check_characters(const struct sqli_engine *engine, struct sqli_span sql,
                                         struct sqli_error *error)
{
    size_t good = is_utf8(engine) ? sqli__utf8_prefix(sql) : sql.length;
    if (good == sql.length)
        return SQLI_OK;
    size_t place = sqli__sql_characters(sqli__span(sql.data, good)) + 1;
    return sqli__fail_server(error, SQLI_E_ILLEGAL_CHARACTER, 0, (int32_t)place,
                             sqli__span(NULL, 0));
}

enum sqli_status sqli__engine_prepare(struct sqli_engine *engine, struct sqli_span sql,
                                      struct sqli_statement **statement, struct sqli_error *error)
{
    sqli__engine_start(engine);
    SQLI_TRY(check_characters(engine, sql, error));
    if (engine->catalog)
        sqli__catalog_refresh(engine->catalog);
    struct sqli_statement *s = take_cached(engine, sql);
    if (!s) {
        s = allocate(engine, sql);
        if (!s)
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        if (build_at_once(s, error)) {
            destroy(s);
            return SQLI_FAIL;
        }
    }
    link_statement(s);
    *statement = s;
    return SQLI_OK;
}

enum sqli_status sqli__statement_embed(struct sqli_engine *engine, struct sqli_span sql,
                                       struct sqli_embedded *embedded, bool position,
                                       struct sqli_statement **statement, struct sqli_error *error)
{
    struct sqli_statement *s = allocate(engine, sql);
    if (!s)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    s->embedded = embedded;
    s->wants_position = position;
    if (build_at_once(s, error)) {
        destroy(s);
        return SQLI_FAIL;
    }
    link_statement(s);
    *statement = s;
    return SQLI_OK;
}

void sqli__statement_free(struct sqli_statement *s)
{
    if (!s)
        return;
    sqli__cursor_close(s);
    sqli__lob_parameters_free(s);
    unlink_statement(s);
    if (worth_caching(s))
        cache(s);
    else
        destroy(s);
}

void sqli__statement_kill(struct sqli_statement *s)
{
    sqli__cursor_close(s);
    if (!s->database_bound)
        return;
    sqlite3_finalize(s->compiled);
    s->compiled = NULL;
    if (s->call)
        sqlite3_finalize(s->call->row);
    s->call = NULL;
    s->dead = true;
}

const struct sqli_statement_info *sqli__statement_info(const struct sqli_statement *s)
{
    return &s->info;
}

static bool same_columns(const struct sqli_engine_column *a, uint32_t a_count,
                         const struct sqli_engine_column *b, uint32_t b_count)
{
    if (a_count != b_count)
        return false;
    for (uint32_t i = 0; i < a_count; i++)
        if (a[i].type.code != b[i].type.code || a[i].type.length != b[i].type.length ||
            !sqli__span_equal(a[i].name, b[i].name))
            return false;
    return true;
}

/* What the client was told of the statement must still hold. */
static bool same_info(const struct sqli_statement_info *a, const struct sqli_statement_info *b)
{
    return a->type == b->type &&
           same_columns(a->columns, a->column_count, b->columns, b->column_count) &&
           same_columns(a->parameters, a->parameter_count, b->parameters, b->parameter_count);
}

/* The body of `fresh` becomes that of `s`: the client's pointer, its cursor and what is bound stay.
 */
static void take_over(struct sqli_statement *s, struct sqli_statement *fresh)
{
    if (s->compiled && fresh->compiled)
        sqlite3_transfer_bindings(s->compiled, fresh->compiled);
    for (uint32_t i = 0; i < s->info.parameter_count; i++)
        fresh->bound_parameters[i] = s->bound_parameters[i];
    for (uint32_t i = 0; i < s->info.column_count; i++)
        fresh->writers[i].binary = s->writers[i].binary;
    struct sqli_statement old = *s;
    s->sql = fresh->sql;
    s->arena = fresh->arena;
    s->tree = fresh->tree;
    s->info = fresh->info;
    s->compiled = fresh->compiled;
    s->catalog_version = fresh->catalog_version;
    s->bound_parameters = fresh->bound_parameters;
    s->writers = fresh->writers;
    s->keys = fresh->keys;
    s->key_count = fresh->key_count;
    s->writes = fresh->writes;
    s->large = fresh->large;
    s->locks = fresh->locks;
    s->positions = fresh->positions;
    s->target = fresh->target;
    s->call = fresh->call;
    if (old.call)
        sqlite3_finalize(old.call->row);
    sqlite3_finalize(old.compiled);
    sqli__arena_free(&old.arena);
    sqli__free(fresh);
}

enum sqli_status sqli__statement_refresh(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    if (s->dead)
        return sqli__fail(error, SQLI_E_STATEMENT_GONE, NULL);
    if (!s->database_bound)
        return SQLI_OK;
    sqli__catalog_refresh(engine->catalog);
    if (s->catalog_version == sqli__catalog_version(engine->catalog))
        return SQLI_OK;
    struct sqli_statement *fresh = allocate(engine, s->sql);
    if (!fresh)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    enum sqli_status status = build_at_once(fresh, error);
    if (status == SQLI_OK && !same_info(&s->info, &fresh->info))
        status = sqli__fail(error, SQLI_E_TABLE_CHANGED, NULL);
    if (status) {
        destroy(fresh);
        return status;
    }
    take_over(s, fresh);
    return SQLI_OK;
}

enum sqli_status sqli__statement_ready(struct sqli_statement *s, struct sqli_error *error)
{
    SQLI_TRY(sqli__statement_refresh(s, error));
    if (s->bound < s->info.parameter_count)
        return sqli__fail(error, SQLI_E_PARAMETER_COUNT, NULL);
    return SQLI_OK;
}

void sqli__statement_note_bound(struct sqli_statement *s, uint32_t parameter)
{
    if (s->bound_parameters[parameter])
        return;
    s->bound_parameters[parameter] = true;
    s->bound++;
}

/* Where a small value of the parameter stays. It is no part of the arena, because it outlives a new
 * body. NULL: there is no memory for it. */
static uint8_t *kept_value(struct sqli_statement *s, uint32_t parameter)
{
    if (!s->kept)
        s->kept = sqli__alloc_zeroed(s->info.parameter_count, SQLI_STORAGE_KEEP);
    return s->kept ? s->kept + (size_t)parameter * SQLI_STORAGE_KEEP : NULL;
}

enum sqli_status sqli__statement_bind(struct sqli_statement *s, uint32_t parameter,
                                      const struct sqli_type *type, const struct sqli_value *value,
                                      struct sqli_error *error)
{
    if (parameter >= s->info.parameter_count)
        return sqli__fail(error, SQLI_E_PARAMETER_COUNT, NULL);
    if (s->cursor.open && !s->cursor.insert)
        sqli__cursor_close(s);
    if (parameter == 0)
        SQLI_TRY(sqli__statement_refresh(s, error));
    if (s->dead)
        return sqli__fail(error, SQLI_E_STATEMENT_GONE, NULL);
    if (!value->null && value->kind == SQLI_KIND_TEXT && is_utf8(s->engine) &&
        !sqli__utf8_valid(value->as.bytes))
        return sqli__fail(error, SQLI_E_CODE_SET_CONVERSION, NULL);
    const struct sqli_type *target = &s->tree->parameters[parameter];
    if (target->code == SQLI_TYPE_NULL)
        target = type;
    struct sqli_runtime *runtime = &s->engine->runtime;
    sqli__buffer_clear(&runtime->scratch);
    struct sqli_value fitted;
    SQLI_TRY(
        sqli__convert(type, value, target, &runtime->settings, &runtime->scratch, &fitted, error));
    SQLI_TRY(sqli__storage_bind(s->compiled, (int)parameter + 1, target, &fitted,
                                kept_value(s, parameter), error));
    if (s->lobs || fitted.kind == SQLI_KIND_SMART_LOB)
        SQLI_TRY(sqli__lob_bound(s, parameter, &fitted, error));
    sqli__statement_note_bound(s, parameter);
    return SQLI_OK;
}
