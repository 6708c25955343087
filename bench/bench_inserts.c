/* Rows into a table through libsqli: a step for each, a batch of requests, a bulk load; each in one
 * transaction that is rolled back. The server is sqlid in this process, or what SQLI_BENCH_URL
 * names (bench/compare-inserts does that). */
#include "bench/bench.h"
#include "include/sqli.h"
#include "server/server.h"

#include <string.h>

enum { STEPS = 10000, ROWS = 100000, STEP = -1 };

struct bench {
    sqli_conn *db;
    sqli_stmt *insert;
    int kind; /* enum sqli_batch_kind, or STEP */
};

static void must(const struct bench *b, int result)
{
    if (result == SQLI_OK || result == SQLI_DONE)
        return;
    fprintf(stderr, "bench_inserts: %s\n", sqli_errmsg(b->db));
    exit(1);
}

static void bind(const struct bench *b, int i)
{
    sqli_bind_int64(b->insert, 1, i);
    sqli_bind_int64(b->insert, 2, (int64_t)i * 1000003);
    sqli_bind_text(b->insert, 3, "a name of a row", 15);
    sqli_bind_decimal(b->insert, 4, "1234.56", 7);
    sqli_bind_date(b->insert, 5, 2026, 1 + i % 12, 1 + i % 28);
    sqli_bind_double(b->insert, 6, i * 0.5);
}

static void insert_rows(void *context)
{
    struct bench *b = context;
    int64_t rows = 0;
    must(b, sqli_begin(b->db));
    if (b->kind != STEP)
        must(b, sqli_batch_begin(b->insert, b->kind));
    for (int i = 0; i < (b->kind == STEP ? STEPS : ROWS); i++) {
        bind(b, i);
        must(b, b->kind == STEP ? sqli_step(b->insert) : sqli_batch_row(b->insert));
    }
    if (b->kind != STEP)
        must(b, sqli_batch_end(b->insert, &rows));
    must(b, sqli_rollback(b->db));
}

static struct sqli_server *start_server(char *url, size_t room)
{
    struct sqli_server *server;
    struct sqli_server_options options;
    struct sqli_error error;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    if (sqli__server_start(&options, &server, &error)) {
        fprintf(stderr, "bench_inserts: %s\n", error.message);
        exit(1);
    }
    snprintf(url, room, "informix://informix:in4mix@127.0.0.1:%u/sysmaster?server=informix",
             sqli__server_port(server));
    return server;
}

static double thread_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* What passes on the clock, and what the client's thread takes of it; the best of each. */
static void measure_way(struct bench *b, int rounds, int rows, const char *what)
{
    double best = 1e30, best_own = 1e30;
    char line[80];
    for (int i = 0; i < rounds; i++) {
        double start = bench_now(), start_own = thread_now();
        insert_rows(b);
        double took = bench_now() - start, took_own = thread_now() - start_own;
        best = took < best ? took : best;
        best_own = took_own < best_own ? took_own : best_own;
    }
    bench_print(what, best / rows);
    snprintf(line, sizeof line, "%s: the client's part", what);
    bench_print(line, best_own / rows);
}

static void measure(struct bench *b, int rounds)
{
    static const struct {
        int kind;
        int rows;
        const char *what;
    } ways[] = {
        {STEP, STEPS, "one at a time, a row"},
        {SQLI_BATCH_EACH, ROWS, "batch, a row"},
        {SQLI_BATCH_BULK, ROWS, "bulk load, a row"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        b->kind = ways[i].kind;
        measure_way(b, rounds, ways[i].rows, ways[i].what);
    }
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    char own[256];
    const char *url = getenv("SQLI_BENCH_URL");
    struct sqli_server *server = url ? NULL : start_server(own, sizeof own);
    int opened = sqli_open(url ? url : own, &b.db);
    must(&b, opened);
    must(&b, sqli_exec(b.db,
                       "CREATE TEMP TABLE bench_rows (a INT NOT NULL, b BIGINT, c VARCHAR(20), "
                       "d DECIMAL(10,2), e DATE, f FLOAT)",
                       NULL));
    must(&b,
         sqli_prepare(b.db, "INSERT INTO bench_rows VALUES (?, ?, ?, ?, ?, ?)", -1, 0, &b.insert));
    measure(&b, bench_rounds(argc, argv));
    sqli_finalize(b.insert);
    sqli_close(b.db);
    if (server) {
        sqli__server_stop(server, true);
        sqli__server_close(server);
    }
    return 0;
}
