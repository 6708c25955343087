/* Runs SQL on a server that scripts/server.py is told of: probe_server URL DATABASE [SQL]...
 *
 * Prints first what the server says of itself, then the first column of each row. What fails ends
 * it with "!", the code, what the step was, the message and the hint, on lines of their own. */
#include "include/sqli.h"

#include <stdio.h>
#include <stdlib.h>

static int complain(sqli_conn *db, const char *step)
{
    const char *hint = sqli_err_hint(sqli_last_error(db));
    printf("!\n%d\n%s\n%s\n%s\n", sqli_errcode(db), step, sqli_errmsg(db), hint ? hint : "");
    return 1;
}

static int run(sqli_conn *db, const char *sql)
{
    sqli_stmt *stmt;
    int result;
    if (sqli_prepare(db, sql, -1, 0, &stmt))
        return complain(db, sql);
    while ((result = sqli_step(stmt)) == SQLI_ROW) {
        const char *text = "NULL";
        if (sqli_get_text(stmt, 1, &text, NULL) == SQLI_FAIL)
            break;
        printf("%s\n", text);
    }
    int failed = result == SQLI_DONE ? 0 : complain(db, sql);
    sqli_finalize(stmt);
    return failed;
}

int main(int argc, char **argv)
{
    sqli_conn *db = sqli_new();
    if (!db || argc < 3)
        return 2;
    int failed = sqli_set_url(db, argv[1]) ? complain(db, "url") : 0;
    if (!failed && (sqli_set(db, "database", argv[2]) || sqli_connect(db)))
        failed = complain(db, "connect");
    if (!failed)
        printf("%s\n", sqli_info(db, "version"));
    for (int i = 3; i < argc && !failed; i++)
        failed = run(db, argv[i]);
    sqli_close(db);
    return failed;
}
