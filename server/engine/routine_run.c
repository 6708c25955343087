/* The statements of SPL, one after the other. */
#include "server/engine/routine.h"

#include "base/alloc.h"
#include "value/scan.h"

/* What follows a statement. */
enum flow {
    FLOW_NEXT,
    FLOW_EXIT,     /* a loop is left */
    FLOW_CONTINUE, /* a loop goes into its next round */
    FLOW_LEAVE,    /* a handler ended its block */
    FLOW_RETURN,
    FLOW_FAIL, /* frame->error says why */
};

static enum flow run_list(struct sqli_frame *frame, const struct sqli_spl_statement *list);
static enum flow run_block(struct sqli_frame *frame, const struct sqli_spl_block *block);

static enum flow flow_of(enum sqli_status status)
{
    return status == SQLI_OK ? FLOW_NEXT : FLOW_FAIL;
}

/* --- variables --- */

static struct sqli_global *find_global(const struct sqli_engine *engine, struct sqli_span name)
{
    struct sqli_global *global = engine->globals;
    while (global && !sqli__span_equal(global->name, name))
        global = global->next;
    return global;
}

sqlite3_value **sqli__frame_cell(struct sqli_frame *frame, uint32_t slot)
{
    const struct sqli_spl_variable *variable = frame->body->variables[slot];
    struct sqli_global *global =
        variable->global ? find_global(frame->engine, variable->name) : NULL;
    return global ? &global->value : &frame->slots[slot];
}

void sqli__frame_set(struct sqli_frame *frame, uint32_t slot, sqlite3_value *value)
{
    sqlite3_value **cell = sqli__frame_cell(frame, slot);
    sqlite3_value_free(*cell);
    *cell = value;
}

/* The first routine that declares it gives it its value. */
static enum sqli_status declare_global(struct sqli_frame *frame,
                                       const struct sqli_spl_variable *variable)
{
    struct sqli_engine *engine = frame->engine;
    const struct sqli_type *type = &frame->body->types[variable->slot].type;
    struct sqli_global *global = find_global(engine, variable->name);
    struct sqli_values values;
    if (global && (global->type.code != type->code || global->type.length != type->length))
        return sqli__fail_server(frame->error, SQLI_E_GLOBAL_DIFFERS, 0, 0, variable->name);
    if (global)
        return SQLI_OK;
    SQLI_TRY(sqli__piece_values(frame, variable->value, &values));
    global = sqli__alloc_zeroed(1, sizeof *global + variable->name.length);
    if (global) {
        memcpy(global + 1, variable->name.data, variable->name.length);
        global->name = sqli__span(global + 1, variable->name.length);
        global->type = (struct sqli_type){.code = type->code, .length = type->length};
        global->value = values.values[0];
        values.values[0] = NULL;
        global->next = engine->globals;
        engine->globals = global;
    }
    sqli__values_free(&values);
    return global ? SQLI_OK : sqli__fail(frame->error, SQLI_E_NO_MEMORY, NULL);
}

static enum sqli_status enter_block(struct sqli_frame *frame, const struct sqli_spl_block *block)
{
    for (const struct sqli_spl_variable *v = block->variables; v; v = v->next)
        if (v->global) {
            SQLI_TRY(declare_global(frame, v));
        } else {
            sqlite3_value_free(frame->slots[v->slot]);
            frame->slots[v->slot] = NULL;
        }
    return SQLI_OK;
}

/* --- exceptions --- */

static const struct sqli_spl_handler *find_handler(const struct sqli_frame *frame)
{
    int32_t code = frame->error->code;
    if (!frame->block || code == SQLI_E_INTERRUPTED || code == SQLI_E_STACK)
        return NULL; /* a break must end all */
    for (const struct sqli_spl_handler *h = frame->block->handlers; h; h = h->next) {
        bool fits = h->code_count == 0;
        for (uint32_t i = 0; i < h->code_count && !fits; i++)
            fits = h->codes[i] == code || (frame->error->isam && h->codes[i] == frame->error->isam);
        if (fits)
            return h;
    }
    return NULL;
}

static enum sqli_status set_variable(struct sqli_frame *frame, uint32_t slot,
                                     const struct sqli_type *type, const struct sqli_value *value)
{
    sqlite3_value *boxed;
    SQLI_TRY(sqli__box_value(frame->engine, type, value, &frame->body->types[slot].type, &boxed,
                             frame->error));
    sqli__frame_set(frame, slot, boxed);
    return SQLI_OK;
}

static enum sqli_status set_failure(struct sqli_frame *frame, const struct sqli_spl_handler *h,
                                    const struct sqli_error *failure)
{
    struct sqli_type integer = {.code = SQLI_TYPE_INTEGER, .length = 4};
    struct sqli_type text = {.code = SQLI_TYPE_VARCHAR, .length = 255};
    for (uint32_t i = 0; i < h->set_count; i++) {
        struct sqli_value value = {.kind = i < 2 ? SQLI_KIND_INTEGER : SQLI_KIND_TEXT};
        if (i < 2)
            value.as.integer = i == 0 ? failure->code : failure->isam;
        else
            value.as.bytes = sqli__span_text(failure->near);
        SQLI_TRY(set_variable(frame, h->set[i], i < 2 ? &integer : &text, &value));
    }
    return SQLI_OK;
}

/* After a failure: the block's handler runs, and a failure in it is for the block around. */
static enum flow handle(struct sqli_frame *frame)
{
    const struct sqli_spl_handler *handler = find_handler(frame);
    const struct sqli_spl_block *block = frame->block;
    if (!handler)
        return FLOW_FAIL;
    struct sqli_error failure = *frame->error;
    frame->block = NULL;
    enum flow flow = flow_of(set_failure(frame, handler, &failure));
    if (flow == FLOW_NEXT)
        flow = run_list(frame, handler->body);
    if (flow == FLOW_FAIL)
        return flow; /* the block has no handlers any more */
    frame->block = block;
    if (flow != FLOW_NEXT)
        return flow;
    return handler->resume ? FLOW_NEXT : FLOW_LEAVE;
}

/* --- IF --- */

static enum flow run_if(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    for (const struct sqli_spl_branch *branch = s->branches; branch; branch = branch->next) {
        bool holds = true;
        if (branch->condition && sqli__piece_condition(frame, branch->condition, &holds))
            return FLOW_FAIL;
        if (holds)
            return run_list(frame, branch->body);
    }
    return FLOW_NEXT;
}

/* --- loops --- */

/* EXIT and CONTINUE may mean a loop further out. */
static bool is_meant(const struct sqli_frame *frame, const struct sqli_spl_statement *loop)
{
    if (frame->label.data)
        return loop->label.data && sqli__span_equal(frame->label, loop->label);
    return frame->loop == SQLI_SPL_ANY_LOOP || frame->loop == loop->loop;
}

/* One round; *on: another one follows. */
static enum flow run_round(struct sqli_frame *frame, const struct sqli_spl_statement *loop,
                           bool *on)
{
    enum flow flow = run_list(frame, loop->body);
    *on = flow == FLOW_NEXT;
    if ((flow == FLOW_EXIT || flow == FLOW_CONTINUE) && is_meant(frame, loop)) {
        *on = flow == FLOW_CONTINUE;
        flow = FLOW_NEXT;
    }
    return flow;
}

static enum sqli_status check_break(const struct sqli_frame *frame)
{
    if (!atomic_load_explicit(&frame->engine->runtime.interrupted, memory_order_relaxed))
        return SQLI_OK;
    return sqli__fail(frame->error, SQLI_E_INTERRUPTED, NULL);
}

static enum flow run_while(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    enum flow flow = FLOW_NEXT;
    bool on = true;
    while (on) {
        bool holds = true;
        if (check_break(frame) || (s->sql && sqli__piece_condition(frame, s->sql, &holds)))
            return FLOW_FAIL;
        if (!holds)
            return FLOW_NEXT;
        flow = run_round(frame, s, &on);
    }
    return flow;
}

struct range {
    int64_t first, last, step;
    bool empty;
};

static enum sqli_status read_range(struct sqli_frame *frame, const struct sqli_spl_range *from,
                                   struct range *range)
{
    struct sqli_values values;
    SQLI_TRY(sqli__piece_values(frame, from->values, &values));
    range->empty = false;
    for (uint32_t i = 0; i < values.count; i++)
        range->empty |= sqlite3_value_type(values.values[i]) == SQLITE_NULL;
    range->first = sqlite3_value_int64(values.values[0]);
    range->last = values.count > 1 ? sqlite3_value_int64(values.values[1]) : range->first;
    range->step = range->first <= range->last ? 1 : -1;
    if (values.count > 2)
        range->step = sqlite3_value_int64(values.values[2]);
    sqli__values_free(&values);
    if (range->step == 0)
        return sqli__fail(frame->error, SQLI_E_STEP_ZERO, NULL);
    if (!range->empty && range->first != range->last &&
        (range->step > 0) != (range->first < range->last))
        return sqli__fail(frame->error, SQLI_E_STEP, NULL);
    return SQLI_OK;
}

static enum flow run_range(struct sqli_frame *frame, const struct sqli_spl_statement *s,
                           const struct range *range, bool *on)
{
    enum flow flow = FLOW_NEXT;
    for (int64_t i = range->first;;) {
        sqlite3_value *value;
        if (check_break(frame) || sqli__box_integer(frame->engine, i, &value, frame->error))
            return FLOW_FAIL;
        sqli__frame_set(frame, s->slot, value);
        flow = run_round(frame, s, on);
        if (!*on)
            return flow;
        int64_t left = range->step > 0 ? range->last - i : i - range->last;
        if (left < (range->step > 0 ? range->step : -range->step))
            return flow;
        i += range->step;
    }
}

static enum flow run_for(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    enum flow flow = FLOW_NEXT;
    bool on = true;
    if (sqli__type_kind(&frame->body->types[s->slot].type) != SQLI_KIND_INTEGER)
        return flow_of(sqli__fail_server(frame->error, SQLI_E_LOOP_VARIABLE_TYPE, 0, 0,
                                         frame->body->variables[s->slot]->name));
    for (const struct sqli_spl_range *r = s->ranges; r && on; r = r->next) {
        struct range range;
        if (read_range(frame, r, &range))
            return FLOW_FAIL;
        if (!range.empty)
            flow = run_range(frame, s, &range, &on);
    }
    return flow;
}

static enum flow run_foreach(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    struct sqli_rows rows;
    enum flow flow = FLOW_NEXT;
    bool on = true;
    if (sqli__piece_rows(frame, s->sql, &rows))
        return FLOW_FAIL;
    for (int64_t number = 1; on; number++) {
        enum sqli_status status = check_break(frame);
        if (status == SQLI_OK)
            status = sqli__rows_next(frame, s->sql, &rows, number);
        if (status == SQLI_MORE)
            break;
        flow = status == SQLI_OK ? run_round(frame, s, &on) : FLOW_FAIL;
        on = on && flow != FLOW_FAIL;
    }
    sqli__rows_close(frame, s->sql, &rows);
    return flow;
}

static enum flow leave_loop(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    bool holds = true;
    if (s->sql && sqli__piece_condition(frame, s->sql, &holds))
        return FLOW_FAIL;
    if (!holds)
        return FLOW_NEXT;
    frame->loop = s->loop;
    frame->label = s->label;
    return s->kind == SQLI_SPL_EXIT ? FLOW_EXIT : FLOW_CONTINUE;
}

/* --- RETURN, RAISE --- */

static enum flow run_return(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    struct sqli_values values;
    if (!s->sql)
        return FLOW_RETURN;
    if (sqli__piece_values(frame, s->sql, &values))
        return FLOW_FAIL;
    enum sqli_status status =
        frame->sink->on_row(frame->sink->context, values.values, values.count, frame->error);
    sqli__values_free(&values);
    if (status)
        return FLOW_FAIL;
    return s->resume ? FLOW_NEXT : FLOW_RETURN;
}

/* Without blanks at its end; none where there is no such value. */
static struct sqli_span text_of(const struct sqli_values *values, uint32_t i)
{
    struct sqli_span text = {NULL, 0};
    if (values->count > i && sqlite3_value_type(values->values[i]) != SQLITE_NULL)
        text = sqli__span(sqlite3_value_text(values->values[i]),
                          (size_t)sqlite3_value_bytes(values->values[i]));
    while (text.length && text.data[text.length - 1] == ' ')
        text.length--;
    return text;
}

static enum flow run_raise(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    struct sqli_values values;
    if (sqli__piece_values(frame, s->sql, &values))
        return FLOW_FAIL;
    int32_t code = (int32_t)sqlite3_value_int64(values.values[0]);
    int32_t isam = values.count > 1 ? (int32_t)sqlite3_value_int64(values.values[1]) : 0;
    struct sqli_span text = text_of(&values, 2);
    if (values.count > 3)
        sqli__fail(frame->error, SQLI_E_SYNTAX, NULL);
    else
        sqli__fail_server(frame->error, code ? code : SQLI_E_RAISED, isam, 0, text);
    sqli__values_free(&values);
    return FLOW_FAIL;
}

/* The text knows nothing of the variables, and is prepared each time. */
static enum sqli_status run_immediate(struct sqli_frame *frame, struct sqli_spl_sql *sql)
{
    struct sqli_values values;
    SQLI_TRY(sqli__piece_values(frame, sql, &values));
    struct sqli_spl_sql piece = {.kind = SQLI_SPL_STATEMENT, .text = text_of(&values, 0)};
    struct sqli_scan scan = {.text = piece.text};
    struct sqli_span verb = sqli__scan_word(&scan);
    if (sqli__span_is_word(verb, "execute") || sqli__span_is_word(verb, "call"))
        piece.kind = SQLI_SPL_CALL;
    enum sqli_status status = values.count == 1 && piece.text.length
                                  ? sqli__piece_run(frame, &piece)
                                  : sqli__fail(frame->error, SQLI_E_SYNTAX, NULL);
    if (piece.prepared)
        sqli__embedded_free(piece.prepared);
    sqli__values_free(&values);
    return status;
}

static enum flow run_one(struct sqli_frame *frame, const struct sqli_spl_statement *s)
{
    switch (s->kind) {
    case SQLI_SPL_RUN: return flow_of(sqli__piece_run(frame, s->sql));
    case SQLI_SPL_EXECUTE: return flow_of(run_immediate(frame, s->sql));
    case SQLI_SPL_IF: return run_if(frame, s);
    case SQLI_SPL_WHILE: return run_while(frame, s);
    case SQLI_SPL_FOR: return run_for(frame, s);
    case SQLI_SPL_FOREACH: return run_foreach(frame, s);
    case SQLI_SPL_BLOCK: return run_block(frame, s->block);
    case SQLI_SPL_EXIT:
    case SQLI_SPL_CONTINUE: return leave_loop(frame, s);
    case SQLI_SPL_RETURN: return run_return(frame, s);
    case SQLI_SPL_RAISE: return run_raise(frame, s);
    case SQLI_SPL_NOTHING: return FLOW_NEXT;
    case SQLI_SPL_SYSTEM: break;
    }
    return flow_of(sqli__fail(frame->error, SQLI_E_SYSTEM_COMMAND, NULL));
}

static enum flow run_list(struct sqli_frame *frame, const struct sqli_spl_statement *list)
{
    for (const struct sqli_spl_statement *s = list; s; s = s->next) {
        enum flow flow = check_break(frame) ? FLOW_FAIL : run_one(frame, s);
        if (flow == FLOW_FAIL)
            flow = handle(frame);
        if (flow != FLOW_NEXT)
            return flow;
    }
    return FLOW_NEXT;
}

static enum flow run_block(struct sqli_frame *frame, const struct sqli_spl_block *block)
{
    const struct sqli_spl_block *before = frame->block;
    if (enter_block(frame, block))
        return FLOW_FAIL;
    frame->block = block;
    enum flow flow = run_list(frame, block->body);
    frame->block = before;
    return flow == FLOW_LEAVE ? FLOW_NEXT : flow;
}

enum sqli_status sqli__frame_run(struct sqli_frame *frame)
{
    return run_block(frame, frame->body->routine->block) == FLOW_FAIL ? SQLI_FAIL : SQLI_OK;
}
