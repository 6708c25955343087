/* The steps of check_turns.py, by libsqli. */
#include "include/sqli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 10000, LOB_SIZE = 1 << 20 };

static sqli_conn *db;

static void must(int result, int wanted, const char *what)
{
    if (result == wanted)
        return;
    fprintf(stderr, "%s: %d, %s\n", what, result, sqli_errmsg(db));
    exit(1);
}

static void done(const char *step)
{
    char line[16];
    printf("%s\n", step);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        exit(1);
}

static void select_ten(void)
{
    sqli_stmt *stmt;
    int result;
    must(sqli_prepare(db, "SELECT a, b FROM ten WHERE a >= ?", -1, 0, &stmt), SQLI_OK, "prepare");
    must(sqli_bind_int64(stmt, 1, 0), SQLI_OK, "bind");
    while ((result = sqli_step(stmt)) == SQLI_ROW)
        ;
    must(result, SQLI_DONE, "select");
    sqli_finalize(stmt);
}

static void bind_row(sqli_stmt *stmt, int number)
{
    must(sqli_bind_int64(stmt, 1, number), SQLI_OK, "bind");
    must(sqli_bind_text(stmt, 2, "some text", -1), SQLI_OK, "bind");
}

static void insert(int number)
{
    sqli_stmt *stmt;
    must(sqli_prepare(db, "INSERT INTO many VALUES (?, ?)", -1, 0, &stmt), SQLI_OK, "prepare");
    bind_row(stmt, number);
    must(sqli_step(stmt), SQLI_DONE, "insert");
    sqli_finalize(stmt);
}

static void batch(int kind)
{
    sqli_stmt *stmt;
    int64_t rows;
    must(sqli_prepare(db, "INSERT INTO many VALUES (?, ?)", -1, 0, &stmt), SQLI_OK, "prepare");
    must(sqli_batch_begin(stmt, kind), SQLI_OK, "batch");
    for (int i = 0; i < ROWS; i++) {
        bind_row(stmt, i);
        must(sqli_batch_row(stmt), SQLI_OK, "row");
    }
    must(sqli_batch_end(stmt, &rows), SQLI_OK, "batch");
    sqli_finalize(stmt);
}

static void write_lob(void)
{
    static char bytes[LOB_SIZE];
    sqli_stmt *stmt;
    sqli_lob *lob;
    must(sqli_lob_create(db, SQLI_BLOB, &lob), SQLI_OK, "lob");
    must(sqli_lob_write(lob, bytes, sizeof bytes), SQLI_OK, "write");
    must(sqli_prepare(db, "INSERT INTO lobs VALUES (?)", -1, 0, &stmt), SQLI_OK, "prepare");
    must(sqli_bind_lob(stmt, 1, lob), SQLI_OK, "bind");
    must(sqli_step(stmt), SQLI_DONE, "insert");
    must(sqli_lob_close(lob), SQLI_OK, "close");
    sqli_finalize(stmt);
}

static void read_lob(void)
{
    static char bytes[1 << 16];
    sqli_stmt *stmt;
    sqli_lob *lob;
    size_t got;
    must(sqli_prepare(db, "SELECT b FROM lobs", -1, 0, &stmt), SQLI_OK, "prepare");
    must(sqli_step(stmt), SQLI_ROW, "select");
    must(sqli_lob_open(stmt, 1, SQLI_LOB_READ, &lob), SQLI_OK, "open");
    do
        must(sqli_lob_read(lob, bytes, sizeof bytes, &got), SQLI_OK, "read");
    while (got);
    must(sqli_lob_close(lob), SQLI_OK, "close");
    sqli_finalize(stmt);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    must(sqli_open(argv[1], &db), SQLI_OK, "connect");
    done("connect");
    select_ten();
    done("select ten rows");
    select_ten();
    done("select them again");
    must(sqli_begin(db), SQLI_OK, "begin");
    done("begin");
    insert(1);
    done("insert a row");
    insert(2);
    done("insert another");
    must(sqli_commit(db), SQLI_OK, "commit");
    done("commit");
    must(sqli_begin(db), SQLI_OK, "begin");
    batch(SQLI_BATCH_EACH);
    done("batch of 10,000");
    batch(SQLI_BATCH_BULK);
    done("insert cursor, 10,000");
    write_lob();
    done("write a BLOB of 1 MiB");
    read_lob();
    done("read it");
    must(sqli_commit(db), SQLI_OK, "commit");
    sqli_close(db);
    return 0;
}
