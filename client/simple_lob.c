/* BYTE and TEXT: FETCHBLOB brings the whole of an object, from its first byte to its last.
 *
 * The bytes flow into the window while the program reads, and only then: what is not asked for
 * stays with the server. If another call takes replies meanwhile, they flow past; what the window
 * has no room for is let go, and fetched again when it is wanted. So memory stays flat whatever the
 * size, and whatever else happens on the connection. */
#include "client/lob.h"

static enum sqli_status on_blob(void *context, const struct sqli_message *message,
                                struct sqli_error *error)
{
    struct sqli_lob *lob = ((struct sqli_task *)context)->owner;
    if (message->id != SQLI_MSG_BLOB)
        return SQLI_OK;
    struct sqli_span bytes = message->as.bytes;
    if (bytes.length == 0) {
        lob->window_ends = !lob->overrun;
        return SQLI_OK;
    }
    lob->overrun |= lob->window.length + bytes.length > SQLI_OBJECT_WINDOW;
    if (lob->overrun)
        return SQLI_OK;
    sqli__buffer_span(&lob->window, bytes);
    return sqli__buffer_status(&lob->window, error);
}

/* What lies in front of the position is not needed any more. */
static void drop_read(struct sqli_lob *lob)
{
    uint64_t passed = lob->position > lob->window_at ? lob->position - lob->window_at : 0;
    size_t size = passed < lob->window.length ? (size_t)passed : lob->window.length;
    sqli__buffer_consume(&lob->window, size);
    lob->window_at += size;
}

static enum sqli_status submit(struct sqli_lob *lob)
{
    struct sqli_conn *conn = lob->conn;
    sqli__task_drop(&lob->task);
    sqli__buffer_clear(&lob->window);
    lob->window_at = 0;
    lob->window_ends = lob->overrun = false;
    SQLI_TRY(sqli__cleanup_flush(conn, &conn->error));
    sqli__link_id(&conn->link, lob->stmt->prepared->id);
    sqli__link_add(&conn->link, &(struct sqli_message){
                                    .id = SQLI_MSG_FETCHBLOB,
                                    .as.bytes = sqli__span(lob->reference, lob->reference_length)});
    return sqli__task_submit(&lob->task, on_blob);
}

/* Whether what is under way leads to the position. */
static bool flows(const struct sqli_lob *lob)
{
    return lob->task.waiting && !lob->overrun && lob->position >= lob->window_at;
}

/* The position is not in the window. SQLI_OK: look again; SQLI_MORE: bytes have to come first. */
enum sqli_status sqli__simple_fill(struct sqli_lob *lob)
{
    if (lob->task.failed && !lob->task.waiting)
        return sqli__task_settle(&lob->task);
    if (!flows(lob))
        SQLI_TRY(submit(lob));
    drop_read(lob);
    enum sqli_status status = sqli__task_settle(&lob->task);
    if (status == SQLI_OK && !lob->window_ends && !lob->overrun)
        return sqli__fail(&lob->conn->error, SQLI_E_PROTOCOL, "a BYTE or TEXT without its end");
    return status;
}
