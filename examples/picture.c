/* Puts a file into a BLOB, or gets it out again, without holding it in memory:
 *
 *     picture URL put NAME < file
 *     picture URL get NAME > file
 *
 * The table is made as: CREATE TABLE pictures (name VARCHAR(100), picture BLOB)
 */
#include <sqli.h>

#include <stdio.h>
#include <string.h>

enum { PIECE = 1 << 16 };

static int write_all(sqli_lob *lob)
{
    char piece[PIECE];
    size_t size;
    while ((size = fread(piece, 1, sizeof piece, stdin)) > 0)
        if (sqli_lob_write(lob, piece, size))
            return SQLI_FAIL;
    return SQLI_OK;
}

static int put(sqli_conn *db, const char *name)
{
    sqli_lob *lob = NULL;
    sqli_stmt *stmt;
    int result = sqli_begin(db);
    if (result == SQLI_OK)
        result = sqli_lob_create(db, SQLI_BLOB, &lob);
    if (result == SQLI_OK)
        result = write_all(lob);
    if (result == SQLI_OK)
        result = sqli_prepare(db, "INSERT INTO pictures VALUES (?, ?)", -1, 0, &stmt);
    if (result == SQLI_OK && (sqli_bind_text(stmt, 1, name, -1) || sqli_bind_lob(stmt, 2, lob) ||
                              sqli_step(stmt) != SQLI_DONE))
        result = SQLI_FAIL;
    if (result == SQLI_OK)
        result = sqli_lob_close(lob);
    return result == SQLI_OK ? sqli_commit(db) : result;
}

static int read_all(sqli_lob *lob)
{
    char piece[PIECE];
    size_t size;
    int result;
    while ((result = sqli_lob_read(lob, piece, sizeof piece, &size)) == SQLI_OK && size > 0)
        fwrite(piece, 1, size, stdout);
    return result;
}

static int get(sqli_conn *db, const char *name)
{
    sqli_lob *lob = NULL;
    sqli_stmt *stmt;
    int result = sqli_prepare(db, "SELECT picture FROM pictures WHERE name = ?", -1, 0, &stmt);
    if (result == SQLI_OK)
        result = sqli_bind_text(stmt, 1, name, -1);
    if (result == SQLI_OK)
        result = sqli_step(stmt);
    if (result == SQLI_DONE)
        fprintf(stderr, "there is no picture %s\n", name);
    if (result == SQLI_ROW)
        result = sqli_lob_open(stmt, 1, SQLI_LOB_READ, &lob);
    if (result == SQLI_OK)
        result = read_all(lob);
    sqli_lob_close(lob);
    return result;
}

int main(int argc, char **argv)
{
    sqli_conn *db;
    if (argc < 4 || (strcmp(argv[2], "put") != 0 && strcmp(argv[2], "get") != 0)) {
        fprintf(stderr, "picture URL put|get NAME\n");
        return 2;
    }
    int result = sqli_open(argv[1], &db);
    if (result == SQLI_OK)
        result = argv[2][0] == 'p' ? put(db, argv[3]) : get(db, argv[3]);
    if (result == SQLI_FAIL)
        fprintf(stderr, "%s\n", sqli_errmsg(db));
    sqli_close(db);
    return result == SQLI_OK ? 0 : 1;
}
