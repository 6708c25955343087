/* Rows as csv by a bare loop over libsqli: what `sqli --format csv` is held against, in
 * bench/compare-export. The server is sqlid in this process with rows of its own, or
 * SQLI_BENCH_URL, whose table `export` is printed to standard output once. */
#include "bench/bench.h"
#include "include/sqli.h"
#include "server/server.h"

enum { ROWS = 100000 };

struct bench {
    sqli_conn *db;
    FILE *out;
};

static void must(const struct bench *b, int result)
{
    if (result == SQLI_OK || result == SQLI_DONE)
        return;
    fprintf(stderr, "bench_export: %s\n", sqli_errmsg(b->db));
    exit(1);
}

static void print_row(const struct bench *b, sqli_stmt *stmt)
{
    for (int c = 1; c <= sqli_column_count(stmt); c++) {
        const char *text;
        size_t length;
        if (c > 1)
            putc_unlocked(',', b->out);
        if (sqli_get_text(stmt, c, &text, &length) == SQLI_OK)
            fwrite_unlocked(text, 1, length, b->out);
    }
    putc_unlocked('\n', b->out);
}

static void print_all(void *context)
{
    struct bench *b = context;
    sqli_stmt *stmt;
    int result;
    must(b, sqli_prepare(b->db, "SELECT * FROM export", -1, 0, &stmt));
    while ((result = sqli_step(stmt)) == SQLI_ROW)
        print_row(b, stmt);
    must(b, result);
    sqli_finalize(stmt);
}

static void fill(const struct bench *b)
{
    sqli_stmt *insert;
    int64_t rows;
    must(b, sqli_exec(b->db, "CREATE TEMP TABLE export (a INT, b VARCHAR(30), c DECIMAL(10,2))",
                      NULL));
    must(b, sqli_prepare(b->db, "INSERT INTO export VALUES (?, ?, ?)", -1, 0, &insert));
    must(b, sqli_begin(b->db));
    must(b, sqli_batch_begin(insert, SQLI_BATCH_BULK));
    for (int i = 0; i < ROWS; i++) {
        sqli_bind_int64(insert, 1, i);
        sqli_bind_text(insert, 2, "a name of a row", 15);
        sqli_bind_decimal(insert, 3, "1234.56", 7);
        must(b, sqli_batch_row(insert));
    }
    must(b, sqli_batch_end(insert, &rows));
    must(b, sqli_commit(b->db));
    sqli_finalize(insert);
}

static void measure_own(struct bench *b, int rounds)
{
    struct sqli_server *server;
    struct sqli_server_options options;
    struct sqli_error error;
    char url[256];
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    if (sqli__server_start(&options, &server, &error)) {
        fprintf(stderr, "bench_export: %s\n", error.message);
        exit(1);
    }
    snprintf(url, sizeof url, "informix://informix:in4mix@127.0.0.1:%u/sysmaster?server=informix",
             sqli__server_port(server));
    must(b, sqli_open(url, &b->db));
    fill(b);
    bench_print("csv by a bare loop, a row", bench_best(rounds, ROWS, print_all, b));
    sqli_close(b->db);
    sqli__server_stop(server, true);
    sqli__server_close(server);
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    const char *url = getenv("SQLI_BENCH_URL");
    b.out = url ? stdout : fopen("/dev/null", "we");
    if (!b.out)
        return 1;
    if (!url) {
        measure_own(&b, bench_rounds(argc, argv));
        return 0;
    }
    must(&b, sqli_open(url, &b.db));
    print_all(&b);
    sqli_close(b.db);
    return 0;
}
