/* The pieces of SQL in a routine: prepared when they are first reached, run with the variables that
 * they mention as parameters. */
#include "server/engine/routine.h"

#include "base/alloc.h"

enum { NOT_FOUND = 100 };

/* --- preparing --- */

static uint32_t use_slot(struct sqli_embedded *e, uint32_t slot)
{
    for (uint32_t i = 0; i < e->used; i++)
        if (e->slots[i] == slot)
            return i + 1;
    if (e->used == e->room) {
        uint32_t room = e->room ? 2 * e->room : 8;
        uint32_t *grown = sqli__realloc(e->slots, room * sizeof *grown);
        if (!grown) {
            e->failed = true;
            return 1;
        }
        e->slots = grown;
        e->room = room;
    }
    e->slots[e->used++] = slot;
    return e->used;
}

static uint32_t find_variable(void *context, struct sqli_span name, struct sqli_type *type,
                              const struct sqli_schema **schema)
{
    struct sqli_embedded *e = context;
    const struct sqli_spl_variable *variable = sqli__spl_find(e->piece->scope, name);
    if (!variable)
        return 0;
    *type = e->body->types[variable->slot].type;
    *schema = e->body->types[variable->slot].schema;
    return use_slot(e, variable->slot);
}

/* The types of what the values are assigned to. */
static enum sqli_status set_targets(struct sqli_embedded *e, struct sqli_error *error)
{
    const struct sqli_spl_sql *piece = e->piece;
    uint32_t returns = e->body->routine->return_count;
    if (piece->to_results && returns == 0)
        return sqli__fail(error, SQLI_E_RETURN_NONE, NULL);
    e->names.target_count = piece->to_results ? returns : piece->target_count;
    e->names.count_error = piece->to_results                ? SQLI_E_RETURN_COUNT
                           : piece->kind == SQLI_SPL_VALUES ? SQLI_E_SPL_VALUE_COUNT
                                                            : SQLI_E_SPL_VARIABLE_COUNT;
    if (e->names.target_count == 0)
        return SQLI_OK;
    e->targets = sqli__alloc_zeroed(e->names.target_count, sizeof *e->targets);
    if (!e->targets)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (uint32_t i = 0; i < e->names.target_count; i++)
        e->targets[i] = piece->to_results ? e->body->results[i] : e->body->types[piece->targets[i]];
    e->names.targets = e->targets;
    return SQLI_OK;
}

void sqli__embedded_free(struct sqli_embedded *embedded)
{
    sqli__statement_free(embedded->statement);
    sqli__free(embedded->slots);
    sqli__free(embedded->targets);
    sqli__free(embedded);
}

static bool is_forbidden(enum sqli_statement_kind kind)
{
    switch (kind) {
    case SQLI_STMT_DATABASE:
    case SQLI_STMT_CREATE_DATABASE:
    case SQLI_STMT_DROP_DATABASE:
    case SQLI_STMT_CLOSE_DATABASE:
    case SQLI_STMT_SAVEPOINT:
    case SQLI_STMT_RELEASE_SAVEPOINT:
    case SQLI_STMT_ROLLBACK_TO_SAVEPOINT: return true;
    default: return false;
    }
}

/* What a routine may do that a SELECT or another statement calls for its rows. */
static bool only_reads(enum sqli_statement_kind kind)
{
    switch (kind) {
    case SQLI_STMT_SELECT:
    case SQLI_STMT_EXECUTE_ROUTINE:
    case SQLI_STMT_SET_LOCK_MODE:
    case SQLI_STMT_SET_ISOLATION:
    case SQLI_STMT_SET_EXPLAIN:
    case SQLI_STMT_SET_OPTIMIZATION:
    case SQLI_STMT_SET_ENVIRONMENT: return true;
    default: return false;
    }
}

static enum sqli_status check_kind(const struct sqli_frame *frame, enum sqli_statement_kind kind)
{
    if (kind == SQLI_STMT_CREATE_ROUTINE || kind == SQLI_STMT_CREATE_TRIGGER)
        return sqli__fail(frame->error, SQLI_E_ROUTINE_CREATE, NULL);
    if (is_forbidden(kind) || (frame->engine->reading && !only_reads(kind)))
        return sqli__fail(frame->error, SQLI_E_SPL_STATEMENT, NULL);
    return SQLI_OK;
}

static enum sqli_status prepare(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                struct sqli_embedded **embedded)
{
    struct sqli_embedded *e = sqli__alloc_zeroed(1, sizeof *e);
    bool position = piece->kind == SQLI_SPL_QUERY && piece->cursor.data;
    if (!e)
        return sqli__fail(frame->error, SQLI_E_NO_MEMORY, NULL);
    e->body = frame->body;
    e->piece = piece;
    e->names.find = find_variable;
    e->names.context = e;
    enum sqli_status status = set_targets(e, frame->error);
    if (status == SQLI_OK)
        status = sqli__statement_embed(frame->engine, piece->text, e, position, &e->statement,
                                       frame->error);
    if (status == SQLI_OK && e->failed)
        status = sqli__fail(frame->error, SQLI_E_NO_MEMORY, NULL);
    if (status) {
        frame->error->offset = 0; /* the client has another text before its eyes */
        sqli__embedded_free(e);
        return status;
    }
    *embedded = e;
    return SQLI_OK;
}

static enum sqli_status bind(struct sqli_frame *frame, struct sqli_embedded *e)
{
    struct sqli_statement *s = e->statement;
    bool call = s->tree->kind == SQLI_STMT_EXECUTE_ROUTINE; /* OUT needs no value */
    for (uint32_t i = 0; i < e->used && s->compiled; i++) {
        sqlite3_value *value = *sqli__frame_cell(frame, e->slots[i]);
        if (!value && !call)
            return sqli__fail_server(frame->error, SQLI_E_VARIABLE_UNDEFINED, 0, 0,
                                     frame->body->variables[e->slots[i]]->name);
        if (!value)
            sqlite3_bind_null(s->compiled, (int)i + 1);
        else if (sqlite3_bind_value(s->compiled, (int)i + 1, value) != SQLITE_OK)
            return sqli__fail(frame->error, SQLI_E_NO_MEMORY, NULL);
    }
    return SQLI_OK;
}

enum sqli_status sqli__embedded_take(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                     struct sqli_embedded **embedded)
{
    struct sqli_embedded *e = piece->prepared;
    uint64_t version = sqli__catalog_version(frame->engine->catalog);
    if (e) {
        piece->prepared = e->next;
        if (e->statement->database_bound && e->statement->catalog_version != version) {
            sqli__embedded_free(e);
            e = NULL;
        }
    }
    if (!e)
        SQLI_TRY(prepare(frame, piece, &e));
    if (!e)
        return SQLI_FAIL;
    enum sqli_status status = check_kind(frame, e->statement->tree->kind);
    if (status == SQLI_OK)
        status = bind(frame, e);
    if (status)
        sqli__embedded_give_back(piece, e);
    else
        *embedded = e;
    return status;
}

void sqli__embedded_give_back(struct sqli_spl_sql *piece, struct sqli_embedded *embedded)
{
    embedded->next = piece->prepared;
    piece->prepared = embedded;
}

/* --- values --- */

void sqli__values_free(struct sqli_values *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        sqlite3_value_free(values->values[i]);
    sqli__free(values->values);
    *values = (struct sqli_values){0};
}

static enum sqli_status make_room(struct sqli_values *values, uint32_t count,
                                  struct sqli_error *error)
{
    values->values = sqli__alloc_zeroed(count ? count : 1, sizeof(sqlite3_value *));
    values->count = values->values ? count : 0;
    return values->values ? SQLI_OK : sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
}

static enum sqli_status copy_columns(sqlite3_stmt *row, struct sqli_values *values,
                                     struct sqli_error *error)
{
    for (uint32_t i = 0; i < values->count; i++) {
        values->values[i] = sqlite3_value_dup(sqlite3_column_value(row, (int)i));
        if (!values->values[i])
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    }
    values->found = true;
    return SQLI_OK;
}

/* An expression by itself reads no table, so what it calls may write. */
static int step(struct sqli_frame *frame, const struct sqli_statement *s)
{
    struct sqli_engine *engine = frame->engine;
    const struct sqli_select *select = sqli__statement_select(s);
    bool before = engine->expression;
    engine->expression = select && select->operation == SQLI_SET_NONE && !select->from;
    int code = sqlite3_step(s->compiled);
    engine->expression = before;
    return code;
}

static enum sqli_status null_row(struct sqli_frame *frame, struct sqli_values *values)
{
    struct sqli_value nothing = {.null = true};
    struct sqli_type type = {.code = SQLI_TYPE_INTEGER, .length = 4};
    for (uint32_t i = 0; i < values->count; i++)
        SQLI_TRY(sqli__box_value(frame->engine, &type, &nothing, &type, &values->values[i],
                                 frame->error));
    return SQLI_OK;
}

static enum sqli_status query_values(struct sqli_frame *frame, const struct sqli_embedded *e,
                                     struct sqli_values *values)
{
    struct sqli_statement *s = e->statement;
    bool query = e->piece->kind == SQLI_SPL_QUERY;
    SQLI_TRY(make_room(values, s->info.column_count, frame->error));
    int code = step(frame, s);
    enum sqli_status status = SQLI_OK;
    if (code == SQLITE_ROW)
        status = copy_columns(s->compiled, values, frame->error);
    else if (code != SQLITE_DONE)
        status = sqli__statement_fail(s, code, frame->error);
    else
        status = null_row(frame, values);
    if (status == SQLI_OK && query && code == SQLITE_ROW) {
        code = step(frame, s);
        if (code == SQLITE_ROW)
            status = sqli__fail(frame->error, SQLI_E_SUBQUERY_ROWS, NULL);
        else if (code != SQLITE_DONE)
            status = sqli__statement_fail(s, code, frame->error);
    }
    sqlite3_reset(s->compiled);
    if (query && status == SQLI_OK)
        frame->engine->runtime.last_rows = values->found;
    return status;
}

/* --- calls --- */

struct collecting {
    struct sqli_frame *frame;
    const struct sqli_embedded *e;
    struct sqli_values *values;
    struct sqli_rows *rows; /* FOREACH: all of them */
    struct sqli_buffer bytes;
};

/* What a routine of this declaration gives becomes what the targets take. */
static enum sqli_status convert_row(struct collecting *c, sqlite3_value **given,
                                    sqlite3_value **made, struct sqli_error *error)
{
    const struct sqli_routine *routine = c->e->statement->tree->as.execute->routine;
    for (uint32_t i = 0; i < c->e->names.target_count; i++)
        SQLI_TRY(sqli__box_convert(c->frame->engine, &routine->returns[i].type, given[i],
                                   &c->e->targets[i].type, &made[i], error));
    return SQLI_OK;
}

static enum sqli_status keep_one(void *context, sqlite3_value **given, uint32_t count,
                                 struct sqli_error *error)
{
    struct collecting *c = context;
    (void)count;
    if (c->e->names.target_count == 0)
        return SQLI_OK;
    if (c->values->found)
        return sqli__fail(error, SQLI_E_FUNCTION_ROWS, NULL);
    c->values->found = true;
    return convert_row(c, given, c->values->values, error);
}

static enum sqli_status keep_all(void *context, sqlite3_value **given, uint32_t count,
                                 struct sqli_error *error)
{
    struct collecting *c = context;
    struct sqli_values values = {0};
    (void)count;
    SQLI_TRY(make_room(&values, c->e->names.target_count, error));
    enum sqli_status status = convert_row(c, given, values.values, error);
    if (status == SQLI_OK)
        status = sqli__values_pack(values.values, values.count, &c->bytes, error);
    if (status == SQLI_OK)
        status = sqli__spool_put(c->frame->engine->spool, c->rows->spool_id, ++c->rows->count,
                                 sqli__buffer_view(&c->bytes), error);
    sqli__values_free(&values);
    return status;
}

static enum sqli_status check_targets(const struct sqli_embedded *e, struct sqli_error *error)
{
    const struct sqli_routine *routine = e->statement->tree->as.execute->routine;
    if (!routine)
        return sqli__fail(error, SQLI_E_NOT_IMPLEMENTED, "CALL");
    uint32_t targets = e->names.target_count;
    if (targets && targets != routine->return_count)
        return sqli__fail(error,
                          targets < routine->return_count ? SQLI_E_FUNCTION_TOO_MANY
                                                          : SQLI_E_FUNCTION_TOO_FEW,
                          NULL);
    return SQLI_OK;
}

/* OUT and INOUT arguments that are variables get what the routine left. */
static enum sqli_status take_outputs(struct sqli_frame *frame, const struct sqli_embedded *e,
                                     sqlite3_value **outputs)
{
    const struct sqli_execute *execute = e->statement->tree->as.execute;
    for (uint32_t i = 0; i < execute->routine->parameter_count; i++) {
        sqlite3_value *value = NULL;
        if (execute->outputs[i] == 0)
            continue;
        uint32_t slot = e->slots[execute->outputs[i] - 1];
        SQLI_TRY(sqli__box_convert(frame->engine, &execute->routine->parameters[i].type, outputs[i],
                                   &frame->body->types[slot].type, &value, frame->error));
        sqli__frame_set(frame, slot, value);
    }
    return SQLI_OK;
}

static enum sqli_status call(struct sqli_frame *frame, const struct sqli_embedded *e,
                             struct sqli_sink *sink)
{
    struct sqli_values outputs = {0};
    SQLI_TRY(check_targets(e, frame->error));
    SQLI_TRY(make_room(&outputs, e->statement->tree->as.execute->routine->parameter_count,
                       frame->error));
    sink->outputs = outputs.values;
    bool before = frame->engine->expression;
    frame->engine->expression = true;
    enum sqli_status status = sqli__call_run(e->statement, sink, frame->error);
    frame->engine->expression = before;
    if (status == SQLI_OK)
        status = take_outputs(frame, e, outputs.values);
    sqli__values_free(&outputs);
    return status;
}

static enum sqli_status call_values(struct sqli_frame *frame, const struct sqli_embedded *e,
                                    struct sqli_values *values)
{
    struct collecting c = {.frame = frame, .e = e, .values = values};
    struct sqli_sink sink = {.on_row = keep_one, .context = &c};
    SQLI_TRY(make_room(values, e->names.target_count, frame->error));
    SQLI_TRY(call(frame, e, &sink));
    return values->found ? SQLI_OK : null_row(frame, values);
}

enum sqli_status sqli__piece_values(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                    struct sqli_values *values)
{
    struct sqli_embedded *e;
    *values = (struct sqli_values){0};
    SQLI_TRY(sqli__embedded_take(frame, piece, &e));
    bool user = piece->kind == SQLI_SPL_CALL && e->statement->tree->as.execute->routine;
    enum sqli_status status = user ? call_values(frame, e, values) : query_values(frame, e, values);
    sqli__embedded_give_back(piece, e);
    if (status)
        sqli__values_free(values);
    return status;
}

enum sqli_status sqli__piece_condition(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                       bool *holds)
{
    struct sqli_embedded *e;
    SQLI_TRY(sqli__embedded_take(frame, piece, &e));
    int code = step(frame, e->statement);
    enum sqli_status status = SQLI_OK;
    if (code == SQLITE_ROW)
        *holds = sqlite3_column_int(e->statement->compiled, 0) != 0;
    else
        status = sqli__statement_fail(e->statement, code, frame->error);
    sqlite3_reset(e->statement->compiled);
    sqli__embedded_give_back(piece, e);
    return status;
}

/* --- statements --- */

static enum sqli_status run_statement(struct sqli_frame *frame, struct sqli_spl_sql *piece)
{
    struct sqli_embedded *e;
    struct sqli_result result;
    SQLI_TRY(sqli__embedded_take(frame, piece, &e));
    bool before = frame->engine->expression;
    frame->engine->expression = false;
    enum sqli_status status = sqli__statement_run_inside(e->statement, &result, frame->error);
    frame->engine->expression = before;
    sqli__embedded_give_back(piece, e);
    return status;
}

/* For SQLCODE. Expressions are no statements. */
static void note_code(struct sqli_frame *frame, const struct sqli_spl_sql *piece,
                      enum sqli_status status, bool found)
{
    if (piece->kind != SQLI_SPL_VALUES && piece->kind != SQLI_SPL_CONDITION)
        frame->engine->runtime.sqlcode = status ? frame->error->code : found ? 0 : NOT_FOUND;
}

enum sqli_status sqli__piece_run(struct sqli_frame *frame, struct sqli_spl_sql *piece)
{
    struct sqli_values values = {0};
    enum sqli_status status = piece->kind == SQLI_SPL_STATEMENT
                                  ? run_statement(frame, piece)
                                  : sqli__piece_values(frame, piece, &values);
    note_code(frame, piece, status, piece->target_count == 0 || values.found);
    for (uint32_t i = 0; i < values.count && i < piece->target_count; i++) {
        sqli__frame_set(frame, piece->targets[i], values.values[i]);
        values.values[i] = NULL;
    }
    sqli__values_free(&values);
    return status;
}

/* --- FOREACH --- */

static enum sqli_status spool_query(struct sqli_frame *frame, struct sqli_embedded *e,
                                    struct collecting *c)
{
    struct sqli_statement *s = e->statement;
    struct sqli_values values = {0};
    int code;
    uint32_t count = s->info.column_count + s->positions;
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && (code = step(frame, s)) == SQLITE_ROW) {
        status = make_room(&values, count, frame->error);
        if (status == SQLI_OK)
            status = copy_columns(s->compiled, &values, frame->error);
        if (status == SQLI_OK)
            status = sqli__values_pack(values.values, values.count, &c->bytes, frame->error);
        if (status == SQLI_OK)
            status = sqli__spool_put(frame->engine->spool, c->rows->spool_id, ++c->rows->count,
                                     sqli__buffer_view(&c->bytes), frame->error);
        sqli__values_free(&values);
    }
    if (status == SQLI_OK && code != SQLITE_DONE)
        status = sqli__statement_fail(s, code, frame->error);
    sqlite3_reset(s->compiled);
    return status;
}

enum sqli_status sqli__call_row(struct sqli_engine *engine, uint32_t count, sqlite3_stmt **row,
                                struct sqli_error *error)
{
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, SQLI_STATEMENT_SQL);
    sqli__buffer_text(&sql, "SELECT ");
    for (uint32_t i = 0; i < count; i++)
        sqli__buffer_format(&sql, i ? ", ?%u" : "?%u", i + 1);
    enum sqli_status status = sqli__buffer_status(&sql, error);
    if (status == SQLI_OK) {
        int code = sqlite3_prepare_v3(sqli__store_sqlite(engine->store), (const char *)sql.data,
                                      (int)sql.length, 0, row, NULL);
        if (code != SQLITE_OK)
            status = sqli__store_fail(engine->store, code, error);
    }
    sqli__buffer_free(&sql);
    return status;
}

/* While the loop runs, WHERE CURRENT OF finds the cursor by its name. */
static void name_cursor(struct sqli_embedded *e)
{
    struct sqli_cursor *cursor = &e->statement->cursor;
    size_t length = e->piece->cursor.length;
    if (!e->statement->positions || length > SQLI_NAME_MAX)
        return;
    cursor->open = cursor->running = true;
    cursor->hold = true;
    memcpy(cursor->name, e->piece->cursor.data, length);
    cursor->name[length] = '\0';
}

static enum sqli_status fill_rows(struct sqli_frame *frame, struct sqli_embedded *e,
                                  struct sqli_rows *rows)
{
    struct collecting c = {.frame = frame, .e = e, .rows = rows};
    struct sqli_sink sink = {.on_row = keep_all, .context = &c};
    bool user = e->piece->kind == SQLI_SPL_CALL;
    uint32_t count = user ? e->names.target_count : e->statement->info.column_count;
    SQLI_TRY(
        sqli__call_row(frame->engine, count + e->statement->positions, &rows->row, frame->error));
    sqli__buffer_init(&c.bytes, SQLI_STATEMENT_SQL);
    enum sqli_status status = user ? call(frame, e, &sink) : spool_query(frame, e, &c);
    sqli__buffer_free(&c.bytes);
    return status;
}

static enum sqli_status read_rows(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                  struct sqli_rows *rows)
{
    struct sqli_engine *engine = frame->engine;
    *rows = (struct sqli_rows){0};
    if (!engine->spool)
        SQLI_TRY(sqli__spool_open(&engine->spool, frame->error));
    SQLI_TRY(sqli__embedded_take(frame, piece, &rows->embedded));
    rows->spool_id = sqli__spool_id(engine->spool);
    enum sqli_status status = fill_rows(frame, rows->embedded, rows);
    if (status)
        sqli__rows_close(frame, piece, rows);
    else
        name_cursor(rows->embedded);
    return status;
}

enum sqli_status sqli__piece_rows(struct sqli_frame *frame, struct sqli_spl_sql *piece,
                                  struct sqli_rows *rows)
{
    enum sqli_status status = read_rows(frame, piece, rows);
    note_code(frame, piece, status, true);
    return status;
}

enum sqli_status sqli__rows_next(struct sqli_frame *frame, const struct sqli_spl_sql *piece,
                                 struct sqli_rows *rows, int64_t number)
{
    struct sqli_span bytes;
    struct sqli_values values = {0};
    note_code(frame, piece, SQLI_OK, number <= rows->count);
    if (number > rows->count)
        return SQLI_MORE;
    SQLI_TRY(sqli__spool_get(frame->engine->spool, rows->spool_id, number, &bytes, frame->error));
    sqli__values_bind(bytes, rows->row);
    SQLI_TRY(make_room(&values, piece->target_count, frame->error));
    enum sqli_status status = SQLI_OK;
    if (sqlite3_step(rows->row) == SQLITE_ROW)
        status = copy_columns(rows->row, &values, frame->error);
    if (rows->embedded->statement->positions)
        rows->embedded->statement->cursor.rowid =
            sqlite3_column_int64(rows->row, (int)piece->target_count);
    sqlite3_reset(rows->row);
    for (uint32_t i = 0; i < values.count && status == SQLI_OK; i++) {
        sqli__frame_set(frame, piece->targets[i], values.values[i]);
        values.values[i] = NULL;
    }
    sqli__values_free(&values);
    return status;
}

void sqli__rows_close(struct sqli_frame *frame, struct sqli_spl_sql *piece, struct sqli_rows *rows)
{
    sqlite3_finalize(rows->row);
    if (rows->spool_id)
        sqli__spool_drop(frame->engine->spool, rows->spool_id);
    rows->embedded->statement->cursor = (struct sqli_cursor){0};
    sqli__embedded_give_back(piece, rows->embedded);
}
