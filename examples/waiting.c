/* Two queries at the same time in one thread, with poll: every call that would wait says SQLI_MORE,
 * and is made again when the socket is ready.
 *
 *     waiting URL 'select ...' 'select ...'
 */
#include <sqli.h>

#include <poll.h>
#include <stdio.h>

struct query {
    sqli_conn *db;
    sqli_stmt *stmt;
    const char *sql;
    int connected, over;
    long rows;
};

/* Goes as far as it can without waiting. */
static int advance(struct query *q)
{
    int result = q->connected ? SQLI_OK : sqli_connect(q->db);
    if (result == SQLI_OK) {
        q->connected = 1;
        if (!q->stmt)
            result = sqli_prepare(q->db, q->sql, -1, 0, &q->stmt);
    }
    while (result == SQLI_OK && (result = sqli_step(q->stmt)) == SQLI_ROW) {
        q->rows++;
        result = SQLI_OK;
    }
    q->over = result != SQLI_MORE;
    if (result == SQLI_FAIL)
        fprintf(stderr, "%s: %s\n", q->sql, sqli_errmsg(q->db));
    else if (q->over)
        printf("%s: %ld rows\n", q->sql, q->rows);
    return result;
}

/* Until one of them may go on. */
static void wait_for(struct query *queries, int count)
{
    struct pollfd ready[2];
    int timeout = -1;
    for (int i = 0; i < count; i++) {
        struct query *q = &queries[i];
        int wants = sqli_wants(q->db);
        int left = (int)sqli_timeout(q->db);
        ready[i].fd = q->over ? -1 : sqli_fd(q->db);
        ready[i].events = (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) |
                                  (wants & SQLI_WANTS_WRITE ? POLLOUT : 0));
        if (!q->over && left >= 0 && (timeout < 0 || left < timeout))
            timeout = left;
    }
    poll(ready, (nfds_t)count, timeout);
}

int main(int argc, char **argv)
{
    struct query queries[2] = {0};
    int failed = 0;
    if (argc != 4) {
        fprintf(stderr, "waiting URL SQL SQL\n");
        return 2;
    }
    for (int i = 0; i < 2; i++) {
        queries[i].sql = argv[2 + i];
        queries[i].db = sqli_new();
        if (sqli_set_url(queries[i].db, argv[1]) || sqli_set_nonblocking(queries[i].db, 1))
            queries[i].over = failed = 1;
    }
    while (!queries[0].over || !queries[1].over) {
        for (int i = 0; i < 2; i++)
            if (!queries[i].over && advance(&queries[i]) == SQLI_FAIL)
                failed = 1;
        if (!queries[0].over || !queries[1].over)
            wait_for(queries, 2);
    }
    for (int i = 0; i < 2; i++)
        sqli_close(queries[i].db);
    return failed;
}
