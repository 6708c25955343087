/* Statements as the server knows them, and the cache of those that nobody uses at the moment. */
#include "client/prepared.h"

#include "base/alloc.h"
#include "client/connection.h"

enum { ARENA_MAX = 64 << 20, CACHE_MAX = 4096 };

/* --- the list --- */

static void unlink_prepared(struct sqli_prepared *p)
{
    if (p->previous)
        p->previous->next = p->next;
    else
        p->conn->prepared = p->next;
    if (p->next)
        p->next->previous = p->previous;
    p->previous = p->next = NULL;
}

static void put_first(struct sqli_prepared *p)
{
    p->next = p->conn->prepared;
    if (p->next)
        p->next->previous = p;
    p->conn->prepared = p;
}

static void destroy(struct sqli_prepared *p)
{
    sqli__task_drop(&p->task);
    unlink_prepared(p);
    sqli__shape_free(&p->shape);
    sqli__arena_free(&p->arena);
    sqli__free(p);
}

static void release(struct sqli_prepared *p, bool close)
{
    if (p->conn->open && p->answered)
        sqli__cleanup_later(p->conn, p->id, close, true);
    destroy(p);
}

/* --- describes --- */

/* Names are in the code set of the database; they get a NUL, which they don't count. */
static enum sqli_status keep_name(struct sqli_prepared *p, struct sqli_span name,
                                  struct sqli_span *kept, struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 4 * name.length + 16);
    enum sqli_status status = sqli__text_from_server(p->conn, name, &text, error);
    sqli__buffer_byte(&text, '\0');
    if (status == SQLI_OK)
        status = sqli__buffer_status(&text, error);
    if (status == SQLI_OK)
        *kept = sqli__arena_copy(&p->arena, sqli__buffer_view(&text));
    kept->length = text.length - 1;
    sqli__buffer_free(&text);
    return status ? status : sqli__arena_status(&p->arena, error);
}

static enum sqli_status on_describe(struct sqli_prepared *p, const struct sqli_describe *describe,
                                    struct sqli_error *error)
{
    p->id = describe->statement_id;
    p->type = describe->statement_type;
    p->tuple_size = describe->tuple_size > 0 ? describe->tuple_size : 0;
    SQLI_TRY(sqli__shape_init(&p->shape, describe, &p->conn->link.decoder.caps, error));
    p->names = sqli__arena_alloc(&p->arena, describe->count, sizeof *p->names);
    SQLI_TRY(sqli__arena_status(&p->arena, error));
    for (uint32_t i = 0; i < describe->count; i++)
        SQLI_TRY(keep_name(p, sqli__describe_name(describe, i), &p->names[i], error));
    p->column_count = describe->count;
    p->answered = true;
    return SQLI_OK;
}

/* The types of an INSERT's targets come with its own describe; the rest has to be asked for. */
static enum sqli_status on_prepare(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_prepared *p = ((struct sqli_task *)context)->owner;
    if (message->id != SQLI_MSG_DESCRIBE)
        return SQLI_OK;
    if (p->answered)
        return sqli__fail(error, SQLI_E_PROTOCOL, "two describes of one statement");
    return on_describe(p, &message->as.describe, error);
}

static enum sqli_status copy_type(struct sqli_prepared *p, const struct sqli_type *from,
                                  struct sqli_type *to, struct sqli_error *error)
{
    *to = *from;
    to->owner = sqli__arena_copy(&p->arena, from->owner);
    to->name = sqli__arena_copy(&p->arena, from->name);
    return sqli__arena_status(&p->arena, error);
}

static enum sqli_status on_inputs(void *context, const struct sqli_message *message,
                                  struct sqli_error *error)
{
    struct sqli_prepared *p = ((struct sqli_task *)context)->owner;
    if (message->id != SQLI_MSG_IDESCRIBE)
        return SQLI_OK;
    const struct sqli_idescribe *described = &message->as.idescribe;
    p->inputs = sqli__arena_alloc(&p->arena, described->count, sizeof *p->inputs);
    SQLI_TRY(sqli__arena_status(&p->arena, error));
    for (uint32_t i = 0; i < described->count; i++)
        SQLI_TRY(copy_type(p, &described->parameters[i].type, &p->inputs[i], error));
    p->input_count = described->count;
    return SQLI_OK;
}

/* --- asking --- */

static enum sqli_status submit_prepare(struct sqli_prepared *p)
{
    struct sqli_link *link = &p->conn->link;
    SQLI_TRY(sqli__cleanup_flush(p->conn, &p->conn->error));
    sqli__link_add(
        link, &(struct sqli_message){.id = SQLI_MSG_PREPARE, .as.sql = {p->placeholders, p->text}});
    sqli__link_tag(link, SQLI_MSG_NDESCRIBE);
    sqli__link_tag(link, SQLI_MSG_WANTDONE);
    return sqli__task_submit(&p->task, on_prepare);
}

static struct sqli_prepared *find(struct sqli_conn *conn, struct sqli_span text)
{
    struct sqli_prepared *p = conn->prepared;
    while (p && (p->used || !p->keep || !sqli__span_equal(p->text, text)))
        p = p->next;
    return p;
}

static enum sqli_status make(struct sqli_conn *conn, struct sqli_span text,
                             struct sqli_prepared **made)
{
    struct sqli_prepared *p = sqli__alloc_zeroed(1, sizeof *p);
    if (!p)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    p->conn = conn;
    p->used = true;
    sqli__task_init(&p->task, conn, p);
    sqli__arena_init(&p->arena, ARENA_MAX);
    put_first(p);
    p->text = sqli__arena_copy(&p->arena, text);
    *made = p;
    return sqli__arena_status(&p->arena, &conn->error);
}

enum sqli_status sqli__prepared_get(struct sqli_conn *conn, struct sqli_span text,
                                    uint32_t placeholders, bool cached,
                                    struct sqli_prepared **prepared)
{
    struct sqli_prepared *p = cached ? find(conn, text) : NULL;
    *prepared = p;
    if (p) {
        conn->cached_count--;
        p->used = p->older = true;
        unlink_prepared(p);
        put_first(p);
        return SQLI_OK;
    }
    enum sqli_status status = make(conn, text, &p);
    if (!p)
        return SQLI_FAIL;
    p->keep = cached;
    p->placeholders = placeholders;
    if (status == SQLI_OK)
        status = submit_prepare(p);
    if (status)
        destroy(p);
    else
        *prepared = p;
    return status;
}

enum sqli_status sqli__prepared_local(struct sqli_conn *conn, const struct sqli_describe *describe,
                                      struct sqli_prepared **prepared)
{
    struct sqli_prepared *p = NULL;
    enum sqli_status status = make(conn, sqli__span_text(""), &p);
    if (!p)
        return SQLI_FAIL;
    if (status == SQLI_OK)
        status = on_describe(p, describe, &conn->error);
    p->answered = false; /* there is nothing to release */
    if (status)
        destroy(p);
    else
        *prepared = p;
    return status;
}

enum sqli_status sqli__prepared_wait(struct sqli_prepared *p)
{
    SQLI_TRY(sqli__task_settle(&p->task));
    if (p->answered)
        return SQLI_OK;
    return sqli__fail(&p->conn->error, SQLI_E_PROTOCOL, "no describe of the statement");
}

enum sqli_status sqli__prepared_inputs(struct sqli_prepared *p)
{
    if (!p->has_inputs) {
        p->has_inputs = true;
        SQLI_TRY(sqli__cleanup_flush(p->conn, &p->conn->error));
        sqli__link_id(&p->conn->link, p->id);
        sqli__link_tag(&p->conn->link, SQLI_MSG_CIDESCRIBE);
        SQLI_TRY(sqli__task_submit(&p->task, on_inputs));
    }
    return sqli__task_settle(&p->task);
}

bool sqli__prepared_gives_rows(const struct sqli_prepared *p)
{
    return p->type == SQLI_STATEMENT_SELECT ||
           (p->type == SQLI_STATEMENT_EXECUTE_ROUTINE && p->column_count > 0);
}

/* --- giving back --- */

static uint32_t cache_size(const struct sqli_conn *conn)
{
    int64_t size = 0;
    sqli__option_number(&conn->options, SQLI_OPT_CACHE, 0, CACHE_MAX, &size, NULL);
    return (uint32_t)size;
}

/* The one that was used longest ago goes. */
static void make_room(struct sqli_conn *conn)
{
    struct sqli_prepared *oldest = NULL;
    for (struct sqli_prepared *p = conn->prepared; p; p = p->next)
        if (!p->used && p->keep)
            oldest = p;
    if (!oldest)
        return;
    conn->cached_count--;
    release(oldest, false);
}

/* A PREPARE without its answer: the statement is released when that comes, so that the server does
 * not keep what nobody can name any more. */
static void on_late_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct sqli_prepared *p = ((struct sqli_task *)context)->owner;
    (void)status;
    (void)error;
    p->task.waiting = 0;
    release(p, false);
}

void sqli__prepared_put(struct sqli_prepared *p, bool close)
{
    struct sqli_conn *conn = p->conn;
    uint32_t most = cache_size(conn);
    p->used = false;
    if (p->task.waiting && conn->open) {
        p->keep = false;
        sqli__link_late(&conn->link, &p->task, on_late_end);
        return;
    }
    if (!p->keep || !p->answered || !conn->open || p->task.failed || most == 0) {
        release(p, close);
        return;
    }
    if (close)
        sqli__cleanup_later(conn, p->id, true, false);
    unlink_prepared(p);
    put_first(p); /* before room is made: it is not the oldest */
    if (conn->cached_count >= most)
        make_room(conn);
    conn->cached_count++;
}

void sqli__prepared_forget(struct sqli_conn *conn)
{
    for (struct sqli_prepared *p = conn->prepared, *next; p; p = next) {
        next = p->next;
        bool cached = !p->used && p->keep;
        p->keep = false;
        if (cached)
            release(p, false);
    }
    conn->cached_count = 0;
}

void sqli__prepared_free_all(struct sqli_conn *conn)
{
    while (conn->prepared)
        destroy(conn->prepared);
    conn->cached_count = 0;
}
