/* libsqli fetching 100,000 rows of INT, BIGINT, FLOAT, DATE, CHAR(16) from sqlid in this process:
 * by sqli_fetch_block, and by sqli_step with a getter for each column.
 *
 *   rows     all of it: rows as they come through the socket; first as time on the clock, where
 *            sqlid works at the same time, then as time of the thread that fetches, with what the
 *            kernel does for it
 *   at hand  the same with all rows in one reply that has come already: what is left is reading */
#include "bench/bench.h"
#include "include/sqli.h"
#include "server/server.h"

#include <string.h>

enum { ROWS = 100000, BLOCK = 4096, COLUMNS = 5 };

struct bench {
    struct sqli_server *server;
    sqli_conn *db;
    sqli_stmt *stmt;
    int64_t rows;
    double sum;
    double cpu; /* the least that one round has cost its thread, in nanoseconds per row */
    double at_hand;
};

static void must(struct bench *b, int result)
{
    if (result != SQLI_FAIL && result != SQLI_BUSY)
        return;
    fprintf(stderr, "bench_client: %s\n", sqli_errmsg(b->db));
    exit(1);
}

static void execute(struct bench *b, const char *sql)
{
    must(b, sqli_exec(b->db, sql, NULL));
}

/* --- the server and its table --- */

static void start(struct bench *b)
{
    struct sqli_server_options options;
    struct sqli_error error;
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    if (sqli__server_start(&options, &b->server, &error)) {
        fprintf(stderr, "bench_client: %s\n", error.message);
        exit(1);
    }
}

static void connect_with(struct bench *b, const char *rest)
{
    char url[200];
    snprintf(url, sizeof url, "informix://informix:in4mix@127.0.0.1:%u/%s",
             sqli__server_port(b->server), rest);
    must(b, sqli_open(url, &b->db));
}

static void fill(struct bench *b)
{
    char sql[64];
    connect_with(b, "sysmaster?server=informix");
    execute(b, "create database bench with log");
    execute(b, "create table ten (d integer)");
    for (int i = 0; i < 10; i++) {
        snprintf(sql, sizeof sql, "insert into ten values (%d)", i);
        execute(b, sql);
    }
    execute(b, "create table t (a integer, b bigint, c float, d date, e char(16))");
    execute(b, "insert into t select n, n * 1000003::bigint, n * 0.5::float, 40000 + mod(n, 10000),"
               " 'name ' || n from (select a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d "
               "as n from ten a, ten b, ten c, ten d, ten e) as x");
    sqli_close(b->db);
}

/* --- the two ways to fetch --- */

static void add_block(struct bench *b, const struct sqli_block *block)
{
    b->rows += block->rows;
    for (int i = 0; i < block->columns; i++)
        bench_keep(block->column[i].data);
}

static void by_block(struct bench *b)
{
    struct sqli_block block = {.size = sizeof block};
    int result;
    while ((result = sqli_fetch_block(b->stmt, BLOCK, &block)) == SQLI_ROW)
        add_block(b, &block);
    must(b, result);
}

static void read_row(struct bench *b)
{
    int64_t number = 0;
    double real = 0;
    struct sqli_moment day = {0};
    const char *text = NULL;
    size_t length;
    sqli_get_int64(b->stmt, 1, &number);
    b->sum += (double)number;
    sqli_get_int64(b->stmt, 2, &number);
    b->sum += (double)number;
    sqli_get_double(b->stmt, 3, &real);
    b->sum += real;
    sqli_get_moment(b->stmt, 4, &day);
    b->sum += day.day;
    sqli_get_text(b->stmt, 5, &text, &length);
    bench_keep(text);
    b->rows++;
}

static void by_step(struct bench *b)
{
    int result;
    while ((result = sqli_step(b->stmt)) == SQLI_ROW)
        read_row(b);
    must(b, result);
}

/* --- measuring --- */

static double thread_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void check_rows(struct bench *b)
{
    if (b->rows == ROWS)
        return;
    fprintf(stderr, "bench_client: %lld rows\n", (long long)b->rows);
    exit(1);
}

static void least(double *best, double took)
{
    if (*best == 0 || took / ROWS < *best)
        *best = took / ROWS;
}

static void round_of(struct bench *b, void (*fetch)(struct bench *b))
{
    double start = thread_now();
    b->rows = 0;
    fetch(b);
    least(&b->cpu, thread_now() - start);
    check_rows(b);
}

static void block_round(void *context)
{
    round_of(context, by_block);
}

static void step_round(void *context)
{
    round_of(context, by_step);
}

/* The first row waits for all of them. */
static void at_hand(struct bench *b, int rounds, bool blocks)
{
    b->at_hand = 0;
    for (int i = 0; i < rounds; i++) {
        struct sqli_block block = {.size = sizeof block};
        b->rows = 0;
        must(b, sqli_reset(b->stmt));
        if (blocks) {
            must(b, sqli_fetch_block(b->stmt, 1, &block));
            add_block(b, &block);
        } else {
            must(b, sqli_step(b->stmt));
            read_row(b);
        }
        double start = thread_now();
        if (blocks)
            by_block(b);
        else
            by_step(b);
        least(&b->at_hand, thread_now() - start);
        check_rows(b);
    }
}

static void measure(struct bench *b, int rounds, const char *what, bool blocks)
{
    connect_with(b, "bench?server=informix");
    must(b, sqli_prepare(b->db, "select a, b, c, d, e from t", -1, 0, &b->stmt));
    b->cpu = 0;
    double clock = bench_best(rounds, ROWS, blocks ? block_round : step_round, b);
    sqli_close(b->db);
    connect_with(b, "bench?server=informix&fetch-buffer=67108864&prefetch=off");
    must(b, sqli_prepare(b->db, "select a, b, c, d, e from t", -1, 0, &b->stmt));
    at_hand(b, rounds, blocks);
    sqli_close(b->db);
    printf("%s: %.0f rows a second\n", what, 1e9 / clock);
    bench_print("  a row, on the clock", clock);
    bench_print("  a row, time of the thread with its kernel", b->cpu);
    bench_print("  a row at hand", b->at_hand);
}

int main(int argc, char **argv)
{
    static struct bench b;
    int rounds = bench_rounds(argc, argv);
    start(&b);
    fill(&b);
    measure(&b, rounds, "sqli_fetch_block", true);
    printf("  goal: 20 ns at hand: %s\n", b.at_hand <= 20 ? "met" : "missed");
    measure(&b, rounds, "sqli_step and five getters", false);
    sqli__server_stop(b.server, true);
    sqli__server_close(b.server);
    return b.sum < 0;
}
