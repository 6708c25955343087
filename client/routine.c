/* Handles of routines, and calls. */
#include "client/routine.h"

#include "base/alloc.h"

enum { ROUTINES_MAX = 256 /* handles that are kept */ };

/* --- the list --- */

static void destroy(struct sqli_routine_handle *r)
{
    sqli__task_drop(&r->task);
    sqli__free(r->signature);
    sqli__free(r);
}

static struct sqli_routine_handle **find(struct sqli_conn *conn, const char *signature)
{
    struct sqli_routine_handle **at = &conn->routines;
    while (*at &&
           (strcmp((*at)->signature, signature) != 0 || strcmp((*at)->opened, conn->database) != 0))
        at = &(*at)->next;
    return at;
}

static void remove_at(struct sqli_routine_handle **at)
{
    struct sqli_routine_handle *r = *at;
    *at = r->next;
    destroy(r);
}

void sqli__routine_forget(struct sqli_conn *conn, const char *signature)
{
    struct sqli_routine_handle **at = find(conn, signature);
    if (*at)
        remove_at(at);
}

void sqli__routines_free(struct sqli_conn *conn)
{
    while (conn->routines)
        remove_at(&conn->routines);
}

/* The one that was made first goes, if nobody waits for it. */
static void make_room(struct sqli_conn *conn)
{
    uint32_t count = 0;
    struct sqli_routine_handle **oldest = NULL;
    for (struct sqli_routine_handle **at = &conn->routines; *at; at = &(*at)->next, count++)
        if (!(*at)->task.waiting)
            oldest = at;
    if (count >= ROUTINES_MAX && oldest)
        remove_at(oldest);
}

/* --- asking --- */

static enum sqli_status on_routine(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_routine_handle *r = ((struct sqli_task *)context)->owner;
    if (message->id != SQLI_MSG_GETROUTINE_REPLY)
        return SQLI_OK;
    const struct sqli_routine *got = &message->as.routine;
    if (got->database.length >= sizeof r->database)
        return sqli__fail(error, SQLI_E_PROTOCOL, "the name of a routine's database");
    if (got->database.length)
        memcpy(r->database, got->database.data, got->database.length);
    r->database[got->database.length] = '\0';
    r->handle = got->handle;
    return SQLI_OK;
}

static enum sqli_status submit(struct sqli_routine_handle *r)
{
    struct sqli_conn *conn = r->task.conn;
    SQLI_TRY(sqli__cleanup_flush(conn, &conn->error));
    sqli__link_add(&conn->link,
                   &(struct sqli_message){.id = SQLI_MSG_GETROUTINE,
                                          .as.routine.signature = sqli__span_text(r->signature)});
    r->asked = true;
    return sqli__task_submit(&r->task, on_routine);
}

static struct sqli_routine_handle *make(struct sqli_conn *conn, const char *signature)
{
    size_t size = strlen(signature) + 1;
    struct sqli_routine_handle *r = sqli__alloc_zeroed(1, sizeof *r);
    char *copy = sqli__alloc(size);
    if (!r || !copy) {
        sqli__free(r);
        sqli__free(copy);
        sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
        return NULL;
    }
    memcpy(copy, signature, size);
    r->signature = copy;
    memcpy(r->opened, conn->database, sizeof r->opened);
    sqli__task_init(&r->task, conn, r);
    r->next = conn->routines;
    conn->routines = r;
    return r;
}

enum sqli_status sqli__routine_ask(struct sqli_conn *conn, const char *signature)
{
    if (*find(conn, signature))
        return SQLI_OK;
    make_room(conn);
    struct sqli_routine_handle *r = make(conn, signature);
    if (!r)
        return SQLI_FAIL;
    enum sqli_status status = submit(r);
    if (status)
        sqli__routine_forget(conn, signature);
    return status;
}

enum sqli_status sqli__routine(struct sqli_conn *conn, const char *signature,
                               const struct sqli_routine_handle **routine)
{
    SQLI_TRY(sqli__routine_ask(conn, signature));
    struct sqli_routine_handle *r = *find(conn, signature);
    if (!r)
        return sqli__fail(&conn->error, SQLI_E_INTERNAL, "no handle of %s", signature);
    enum sqli_status status = sqli__task_settle(&r->task);
    *routine = r;
    if (status == SQLI_FAIL)
        sqli__routine_forget(conn, signature);
    return status;
}

/* --- calling --- */

enum sqli_status sqli__routine_submit(const struct sqli_routine_handle *routine,
                                      const struct sqli_bind *values, struct sqli_task *task,
                                      sqli_reply_message *message)
{
    struct sqli_link *link = &task->conn->link;
    struct sqli_message m = {.id = SQLI_MSG_EXFPROUTINE};
    m.as.routine.database = sqli__span_text(routine->database);
    m.as.routine.handle = routine->handle;
    m.as.routine.parameters = values->count;
    SQLI_TRY(sqli__cleanup_flush(task->conn, &task->conn->error));
    sqli__link_add(link, &m);
    if (values->count)
        sqli__link_add(link, &(struct sqli_message){.id = SQLI_MSG_BIND, .as.bind = *values});
    return sqli__task_submit(task, message);
}
