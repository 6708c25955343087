/* Rows of one integer into batches of either kind. */
#ifndef SQLI_TESTS_CLIENT_ROWS_H
#define SQLI_TESTS_CLIENT_ROWS_H

#include "tests/client/fixture.h"

#include <poll.h>

/* Where a batch of the rows 0 to count - 1 has `twice`, it has the number 0 again; a negative one:
 * nowhere. */
static inline int64_t row_value(int i, int twice)
{
    return i == twice ? 0 : i + 1;
}

static inline int give_row(sqli_stmt *stmt, int64_t number)
{
    assert_int_equal(sqli_bind_int64(stmt, 1, number), SQLI_OK);
    return sqli_batch_row(stmt);
}

static inline void give_rows(sqli_stmt *stmt, int kind, int count, int twice)
{
    assert_int_equal(sqli_batch_begin(stmt, kind), SQLI_OK);
    for (int i = 0; i < count; i++)
        if (give_row(stmt, row_value(i, twice)))
            fail_msg("row %d: %s", i, sqli_errmsg(sqli_connection(stmt)));
}

static inline void end_well(sqli_stmt *stmt, int64_t wanted)
{
    int64_t rows = -1;
    if (sqli_batch_end(stmt, &rows))
        fail_msg("%s", sqli_errmsg(sqli_connection(stmt)));
    assert_int_equal(rows, wanted);
    assert_int_equal(sqli_rows(stmt), wanted);
    assert_int_equal(sqli_batch_failures(stmt), 0);
}

/* Calls until it is not SQLI_MORE, and counts how often it was. */
static inline int without_waiting(sqli_conn *db, sqli_stmt *stmt, int (*call)(sqli_stmt *),
                                  int *more)
{
    int result;
    while ((result = call(stmt)) == SQLI_MORE) {
        int wants = sqli_wants(db);
        struct pollfd ready = {sqli_fd(db), 0, 0};
        ready.events = (short)((wants & SQLI_WANTS_READ ? POLLIN : 0) |
                               (wants & SQLI_WANTS_WRITE ? POLLOUT : 0));
        assert_true(poll(&ready, 1, 10000) > 0);
        ++*more;
    }
    return result;
}

static inline int end_of_batch(sqli_stmt *stmt)
{
    return sqli_batch_end(stmt, NULL);
}

/* As stop, but sessions that were cut off may still be there for a moment. */
static inline int stop_later(void **state)
{
    for (int tries = 0; tries < 100 && in_sysmaster(*state, "DROP", ""); tries++)
        usleep(50000);
    return in_sysmaster(*state, "CREATE", " WITH LOG") | stop(state);
}

#endif
