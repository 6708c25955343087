/* The statements of a session by id, and what makes, runs and frees one. */
#include "base/alloc.h"
#include "protocol/statement_type.h"
#include "server/session/reply.h"

enum { PLACE = sizeof(void *) }; /* of a slot in the table */

/* --- slots --- */

/* A free place with the lowest id; -257. */
static enum sqli_status make_room(struct sqli_slots *t, struct sqli_error *error)
{
    if (t->lowest < t->room)
        return SQLI_OK;
    if (t->room == SQLI_SLOTS_MAX)
        return sqli__fail(error, SQLI_E_TOO_MANY_STATEMENTS, "%d", SQLI_SLOTS_MAX);
    uint32_t room = t->room ? 2 * t->room : 16;
    if (room > SQLI_SLOTS_MAX)
        room = SQLI_SLOTS_MAX;
    struct sqli_slot **slots = sqli__realloc(t->slots, room * PLACE);
    if (!slots)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    memset(slots + t->room, 0, (room - t->room) * PLACE);
    t->slots = slots;
    t->room = room;
    return SQLI_OK;
}

static struct sqli_slot *add_slot(struct sqli_session *session, struct sqli_error *error)
{
    struct sqli_slots *t = &session->slots;
    if (make_room(t, error) != SQLI_OK)
        return NULL;
    struct sqli_slot *slot = sqli__alloc_zeroed(1, sizeof *slot);
    if (!slot) {
        sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        return NULL;
    }
    slot->id = (int16_t)t->lowest;
    sqli__buffer_init(&slot->held, SQLI_WIRE_LENGTH_MAX);
    t->slots[t->lowest] = slot;
    while (t->lowest < t->room && t->slots[t->lowest])
        t->lowest++;
    return slot;
}

struct sqli_slot *sqli__slot_find(const struct sqli_session *session, int16_t id)
{
    const struct sqli_slots *t = &session->slots;
    return id >= 0 && (uint32_t)id < t->room ? t->slots[id] : NULL;
}

static void forget(struct sqli_session *session, const struct sqli_slot *slot)
{
    struct sqli_slot **pointers[] = {&session->prepared, &session->current, &session->command,
                                     &session->due_slot};
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++)
        if (*pointers[i] == slot)
            *pointers[i] = NULL;
    if (session->blobs.slot == slot)
        sqli__blobs_forget(&session->blobs);
}

void sqli__slot_release(struct sqli_session *session, struct sqli_slot *slot)
{
    struct sqli_slots *t = &session->slots;
    forget(session, slot);
    t->slots[slot->id] = NULL;
    t->memory -= slot->memory;
    if ((uint32_t)slot->id < t->lowest)
        t->lowest = (uint32_t)slot->id;
    sqli__statement_free(slot->statement);
    sqli__put_shape_free(&slot->put);
    sqli__buffer_free(&slot->held);
    sqli__free(slot->binary);
    sqli__free(slot);
}

void sqli__slots_free(struct sqli_session *session)
{
    struct sqli_slots *t = &session->slots;
    for (uint32_t i = 0; i < t->room; i++)
        if (t->slots[i])
            sqli__slot_release(session, t->slots[i]);
    sqli__free(t->slots);
    *t = (struct sqli_slots){0};
}

/* --- PREPARE and COMMAND --- */

/* An explicit connection stays with the database that its login named. */
static bool leaves_database(int type)
{
    return type == SQLI_STATEMENT_DATABASE || type == SQLI_STATEMENT_CLOSE_DATABASE ||
           type == SQLI_STATEMENT_CREATE_DATABASE || type == SQLI_STATEMENT_DROP_DATABASE ||
           type == SQLI_STATEMENT_START_DATABASE;
}

/* One statement may be as large as the limits of its parts let it; many together may not. */
static enum sqli_status count_memory(struct sqli_slots *t, struct sqli_slot *slot,
                                     struct sqli_error *error)
{
    slot->memory = sqli__statement_memory(slot->statement);
    t->memory += slot->memory;
    if (t->memory <= SQLI_STATEMENT_BYTES_MAX || t->memory == slot->memory)
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_TOO_MANY_STATEMENTS, NULL);
}

static enum sqli_status fill_slot(struct sqli_session *session, struct sqli_slot *slot,
                                  struct sqli_span sql, struct sqli_error *error)
{
    while (sql.length > 0 && sql.data[sql.length - 1] == '\0') /* some clients count it */
        sql.length--;
    SQLI_TRY(sqli__engine_prepare(session->engine, sql, &slot->statement, error));
    SQLI_TRY(count_memory(&session->slots, slot, error));
    if (session->explicit_connection &&
        leaves_database(sqli__statement_info(slot->statement)->type))
        return sqli__fail(error, SQLI_E_EXPLICIT_CONNECTION, NULL);
    return SQLI_OK;
}

static enum sqli_status prepare(struct sqli_session *session, struct sqli_span sql,
                                enum sqli_due due, struct sqli_error *error)
{
    struct sqli_slot *slot = add_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    if (fill_slot(session, slot, sql, error)) {
        sqli__slot_release(session, slot);
        return SQLI_FAIL;
    }
    session->prepared = slot;
    session->addressed = false;
    session->current = NULL;
    session->due = due;
    session->due_slot = slot;
    return SQLI_OK;
}

enum sqli_status sqli__on_prepare(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    return prepare(session, message->as.sql.text, SQLI_DUE_PREPARED, error);
}

enum sqli_status sqli__on_command(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    if (session->command)
        sqli__slot_release(session, session->command);
    SQLI_TRY(prepare(session, message->as.sql.text, SQLI_DUE_COMMAND, error));
    session->command = session->due_slot;
    return SQLI_OK;
}

enum sqli_status sqli__on_generated_keys(struct sqli_session *session,
                                         const struct sqli_message *message,
                                         struct sqli_error *error)
{
    (void)message;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    slot->report_keys = true;
    return SQLI_OK;
}

/* Behind an ID it asks for the description of a statement that was prepared before. */
enum sqli_status sqli__on_ndescribe(struct sqli_session *session,
                                    const struct sqli_message *message, struct sqli_error *error)
{
    (void)message;
    session->describe = true;
    if (session->due != SQLI_DUE_NOTHING || !session->addressed)
        return SQLI_OK;
    session->due_slot = sqli__session_slot(session, error);
    session->due = SQLI_DUE_PREPARED;
    return session->due_slot ? SQLI_OK : SQLI_FAIL;
}

enum sqli_status sqli__on_wantdone(struct sqli_session *session, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    (void)message;
    (void)error;
    session->want_done = true;
    return SQLI_OK;
}

static enum sqli_status answer_prepared(struct sqli_session *session, const struct sqli_slot *slot,
                                        bool describe, bool done, struct sqli_error *error)
{
    const struct sqli_result nothing = {0};
    const struct sqli_statement_info *info = sqli__statement_info(slot->statement);
    if (describe)
        SQLI_TRY(sqli__reply_describe(session, slot, error));
    if (!done)
        return SQLI_OK;
    if (info->type == SQLI_STATEMENT_INSERT && info->insert_values)
        SQLI_TRY(sqli__reply_insertdone(session, &nothing, error));
    return sqli__reply_outcome(session, &nothing, error);
}

enum sqli_status sqli__answer_due(struct sqli_session *session, struct sqli_error *error)
{
    enum sqli_due due = session->due;
    const struct sqli_slot *slot = session->due_slot;
    bool describe = session->describe;
    bool done = session->want_done && due == SQLI_DUE_PREPARED;
    session->due = SQLI_DUE_NOTHING;
    session->due_slot = NULL;
    session->describe = false;
    session->want_done = false;
    if (due == SQLI_DUE_PUT)
        return sqli__reply_outcome(session, &session->put, error);
    if (due == SQLI_DUE_RESULTS)
        return sqli__reply_results(session, error);
    if (due == SQLI_DUE_CALL) {
        SQLI_TRY(sqli__call_routine(session, &(struct sqli_bind){.count = 0}, error));
        return sqli__answer_due(session, error);
    }
    if (due == SQLI_DUE_NOTHING || !slot)
        return SQLI_OK;
    return answer_prepared(session, slot, describe, done, error);
}

/* --- running and freeing --- */

enum sqli_status sqli__on_id(struct sqli_session *session, const struct sqli_message *message,
                             struct sqli_error *error)
{
    (void)error;
    session->addressed = true;
    session->current = sqli__slot_find(session, message->as.id_number);
    return SQLI_OK;
}

static enum sqli_status answer_transaction(struct sqli_session *session,
                                           const struct sqli_result *result,
                                           struct sqli_error *error)
{
    if (result->committed)
        SQLI_TRY(sqli__reply_xactstat(session, SQLI_EVENT_COMMIT, error));
    if (result->rolled_back)
        SQLI_TRY(sqli__reply_xactstat(session, SQLI_EVENT_ROLLBACK, error));
    if (result->began)
        SQLI_TRY(sqli__reply_xactstat(session, SQLI_EVENT_BEGIN, error));
    return SQLI_OK;
}

enum sqli_status sqli__on_execute(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    (void)message;
    struct sqli_result result = {0};
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    int16_t type = sqli__statement_info(slot->statement)->type;
    SQLI_TRY(sqli__bind_complete(slot, error));
    SQLI_TRY(sqli__statement_execute(slot->statement, &result, error));
    if (result.database_changed)
        result.warnings = sqli__database_warnings(session);
    SQLI_TRY(answer_transaction(session, &result, error));
    if (slot->report_keys)
        SQLI_TRY(sqli__reply_keys(session, slot, &result, error));
    if (type == SQLI_STATEMENT_INSERT)
        SQLI_TRY(sqli__reply_insertdone(session, &result, error));
    return sqli__reply_outcome(session, &result, error);
}

enum sqli_status sqli__on_release(struct sqli_session *session, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    (void)message;
    struct sqli_slot *slot = sqli__session_slot(session, error);
    if (!slot)
        return SQLI_FAIL;
    sqli__slot_release(session, slot);
    return SQLI_OK;
}

/* What stands between start and end is executed one by one, as without them. */
enum sqli_status sqli__on_batch(struct sqli_session *session, const struct sqli_message *message,
                                struct sqli_error *error)
{
    (void)message;
    return sqli__session_slot(session, error) ? SQLI_OK : SQLI_FAIL;
}
