/* Runs SQL and prints what comes back:
 *
 *     query URL 'select ...' ...      the statements of the command line
 *     query URL < script.sql          or of a script: one ends with a ; at the end of a line
 */
#include <sqli.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_MAX = 1 << 20 };

static int complain(sqli_conn *db, const char *sql)
{
    fprintf(stderr, "%s%s%s\n", sql, *sql ? "\n  " : "", sqli_errmsg(db));
    if (*sqli_err_hint(sqli_last_error(db)))
        fprintf(stderr, "  %s\n", sqli_err_hint(sqli_last_error(db)));
    return 1;
}

static void print_names(sqli_stmt *stmt)
{
    for (int c = 1; c <= sqli_column_count(stmt); c++)
        printf("%s%s", c > 1 ? " | " : "", sqli_column_name(stmt, c));
    printf("\n");
}

static int print_row(sqli_conn *db, sqli_stmt *stmt, const char *sql)
{
    for (int c = 1; c <= sqli_column_count(stmt); c++) {
        const char *text = "NULL";
        if (sqli_get_text(stmt, c, &text, NULL) == SQLI_FAIL)
            return complain(db, sql);
        printf("%s%s", c > 1 ? " | " : "", text);
    }
    printf("\n");
    return 0;
}

static int run(sqli_conn *db, const char *sql)
{
    sqli_stmt *stmt;
    if (sqli_prepare(db, sql, -1, 0, &stmt))
        return complain(db, sql);
    int result, failed = 0;
    for (long row = 0; (result = sqli_step(stmt)) == SQLI_ROW && !failed; row++) {
        if (row == 0)
            print_names(stmt);
        failed = print_row(db, stmt, sql);
    }
    if (result == SQLI_FAIL)
        failed = complain(db, sql);
    sqli_finalize(stmt);
    return failed;
}

static int run_script(sqli_conn *db)
{
    static char sql[STATEMENT_MAX];
    size_t length = 0;
    while (length < sizeof sql - 1 && fgets(sql + length, (int)(sizeof sql - length), stdin)) {
        length += strlen(sql + length);
        if (length < 2 || strcmp(sql + length - 2, ";\n") != 0)
            continue;
        if (run(db, sql))
            return 1;
        length = 0;
    }
    return 0;
}

int main(int argc, char **argv)
{
    sqli_conn *db;
    if (argc < 2) {
        fprintf(stderr, "query URL [SQL...], for example\n"
                        "query informix://user:password@localhost:9088/stores?server=informix\n");
        return 2;
    }
    int failed = sqli_open(argv[1], &db) ? complain(db, "") : 0;
    for (int i = 2; i < argc && !failed; i++)
        failed = run(db, argv[i]);
    if (argc == 2 && !failed)
        failed = run_script(db);
    sqli_close(db);
    return failed;
}
