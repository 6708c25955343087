/* Loads lines "number|text" from standard input into a table, thousands of rows under way at once,
 * and tells which of them the server refused:
 *
 *     load URL table < lines
 */
#include <sqli.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(sqli_conn *db)
{
    fprintf(stderr, "%s\n", sqli_errmsg(db));
    return 1;
}

/* The parts of a line as the two values of a row. */
static int send_line(sqli_stmt *stmt, char *line)
{
    char *end = NULL;
    long long number = strtoll(line, &end, 10);
    line[strcspn(line, "\n")] = '\0';
    if (*end != '|')
        return SQLI_OK; /* what is no such line is passed over */
    if (sqli_bind_int64(stmt, 1, number) || sqli_bind_text(stmt, 2, end + 1, -1))
        return SQLI_FAIL;
    return sqli_batch_row(stmt);
}

static void tell_failures(sqli_stmt *stmt)
{
    int64_t row;
    const sqli_error *error;
    for (int i = 0; sqli_batch_failure(stmt, i, &row, &error) == SQLI_OK; i++)
        fprintf(stderr, "row %" PRId64 ": %s\n", row + 1, sqli_err_message(error));
    fprintf(stderr, "%" PRId64 " rows failed\n", sqli_batch_failures(stmt));
}

static int load(sqli_conn *db, const char *table)
{
    char sql[256], line[4096];
    sqli_stmt *stmt;
    int64_t rows = 0;
    snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?, ?)", table);
    if (sqli_begin(db) || sqli_prepare(db, sql, -1, 0, &stmt) ||
        sqli_batch_begin(stmt, SQLI_BATCH_EACH))
        return fail(db);
    while (fgets(line, sizeof line, stdin))
        if (send_line(stmt, line))
            return fail(db);
    int failed = sqli_batch_end(stmt, &rows) != SQLI_OK;
    if (failed && sqli_batch_failures(stmt) == 0)
        return fail(db);
    if (failed)
        tell_failures(stmt);
    if (sqli_commit(db))
        return fail(db);
    printf("%" PRId64 " rows\n", rows);
    return failed;
}

int main(int argc, char **argv)
{
    sqli_conn *db;
    if (argc < 3) {
        fprintf(stderr, "load URL table < lines\n");
        return 2;
    }
    int failed = sqli_open(argv[1], &db) ? fail(db) : load(db, argv[2]);
    sqli_close(db);
    return failed;
}
