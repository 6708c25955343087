/* The smallest useful program: connect, ask, print.
 *
 *     first informix://user:password@host:9088/stores?server=informix
 */
#include <sqli.h>

#include <inttypes.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    sqli_conn *db;
    sqli_stmt *stmt = NULL;
    int result = sqli_open(argc > 1 ? argv[1] : NULL, &db);
    if (result == SQLI_OK)
        result = sqli_prepare(db, "SELECT tabid, tabname FROM systables WHERE tabid < :most", -1, 0,
                              &stmt);
    if (result == SQLI_OK)
        result = sqli_bind_int64(stmt, sqli_bind_index(stmt, "most"), 5);
    while (result == SQLI_OK && (result = sqli_step(stmt)) == SQLI_ROW) {
        int64_t number;
        const char *name;
        result = sqli_get_int64(stmt, 1, &number);
        if (result == SQLI_OK)
            result = sqli_get_text(stmt, 2, &name, NULL);
        if (result == SQLI_OK)
            printf("%" PRId64 " %s\n", number, name);
    }
    if (result != SQLI_DONE)
        fprintf(stderr, "%s\n", sqli_errmsg(db));
    sqli_close(db); /* finalizes the statement, too */
    return result == SQLI_DONE ? 0 : 1;
}
