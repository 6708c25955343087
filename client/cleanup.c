/* Cursors and statements that nobody needs any more are closed and released with the next request,
 * so that doing so costs no round trip. */
#include "client/connection.h"

void sqli__cleanup_later(struct sqli_conn *conn, int16_t id, bool close, bool release)
{
    for (uint32_t i = 0; i < conn->cleanup_count; i++)
        if (conn->cleanups[i].id == id) {
            conn->cleanups[i].close |= close;
            conn->cleanups[i].release |= release;
            return;
        }
    if (conn->cleanup_count == SQLI_CLEANUP_MAX)
        sqli__cleanup_flush(conn, NULL);
    conn->cleanups[conn->cleanup_count++] =
        (struct sqli_cleanup){.id = id, .close = close, .release = release};
}

/* A request of its own for each statement, so that one which the server has forgotten does not keep
 * the others from going; nobody reads the answers. */
enum sqli_status sqli__cleanup_flush(struct sqli_conn *conn, struct sqli_error *error)
{
    uint32_t count = conn->cleanup_count;
    conn->cleanup_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct sqli_cleanup *c = &conn->cleanups[i];
        sqli__link_id(&conn->link, c->id);
        if (c->close)
            sqli__link_tag(&conn->link, SQLI_MSG_CLOSE);
        if (c->close && c->release)
            sqli__link_id(&conn->link, c->id);
        if (c->release)
            sqli__link_tag(&conn->link, SQLI_MSG_RELEASE);
        SQLI_TRY(sqli__link_submit(&conn->link, &(struct sqli_sink){0}, error));
    }
    return SQLI_OK;
}
