/* sqlid beside SQLite and beside a bare echo, all in one run:
 *
 *   rows     a table of 100,000 rows through the wire, beside SQLite's own loop of step and column
 *            over the same rows in a table of its own
 *   inserts  rows bound to a prepared INSERT in one transaction, many per request, beside
 *            SQLite's own prepared INSERT in one transaction; on the clock, and in processor time,
 *            which says more where the machine has other work
 *   round    OPEN, NFETCH and CLOSE of a query with one row in one request, beside as many bytes
 *            there and back through a socket that echoes */
#include "bench/bench.h"
#include "bench/wire_client.h"
#include "server/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROWS = 100000, BATCH = 1000, TRIPS = 2000, REQUEST_BYTES = 64 };

static const char *const columns =
    "(a INT NOT NULL, b BIGINT, c VARCHAR(20), d DECIMAL(10,2), e DATE, f FLOAT)";

struct bench {
    struct sqli_server *server;
    struct wire_client client;
    int16_t select, insert, one;
    int64_t bytes; /* of the reply with one row */
    sqlite3 *sqlite;
    sqlite3_stmt *own_select, *own_insert;
    char file[64]; /* SQLite's: where sqlid --memory has its own */
    int echo[2];
    double sum;
};

static void sqlite_must(struct bench *b, int code)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
        return;
    fprintf(stderr, "bench_server: %s\n", sqlite3_errmsg(b->sqlite));
    exit(1);
}

/* --- SQLite alone, with the storage forms that sqlid uses --- */

static void open_sqlite(struct bench *b)
{
    snprintf(b->file, sizeof b->file, "/dev/shm/bench-%ld.db", (long)getpid());
    sqlite_must(b, sqlite3_open(b->file, &b->sqlite));
    sqlite_must(b, sqlite3_exec(b->sqlite,
                                "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
                                "CREATE TABLE t(a INTEGER NOT NULL, b INTEGER, c TEXT COLLATE "
                                "RTRIM, d BLOB, e INTEGER, f REAL) STRICT",
                                NULL, NULL, NULL));
    sqlite_must(b, sqlite3_prepare_v2(b->sqlite, "SELECT a, b, c, d, e, f FROM t", -1,
                                      &b->own_select, NULL));
    sqlite_must(b, sqlite3_prepare_v2(b->sqlite, "INSERT INTO t VALUES (?,?,?,?,?,?)", -1,
                                      &b->own_insert, NULL));
}

static void sqlite_inserts(void *context)
{
    struct bench *b = context;
    static const uint8_t decimal[] = {0xc2, 0x0c, 0x22, 0x38};
    sqlite_must(b, sqlite3_exec(b->sqlite, "DELETE FROM t; BEGIN IMMEDIATE", NULL, NULL, NULL));
    for (int i = 0; i < ROWS; i++) {
        sqlite3_bind_int(b->own_insert, 1, i);
        sqlite3_bind_int64(b->own_insert, 2, (int64_t)i * 1000003);
        sqlite3_bind_text(b->own_insert, 3, "a name of a row", 15, SQLITE_STATIC);
        sqlite3_bind_blob(b->own_insert, 4, decimal, sizeof decimal, SQLITE_STATIC);
        sqlite3_bind_int(b->own_insert, 5, 40000 + i % 1000);
        sqlite3_bind_double(b->own_insert, 6, i * 0.5);
        sqlite_must(b, sqlite3_step(b->own_insert));
        sqlite3_reset(b->own_insert);
    }
    sqlite_must(b, sqlite3_exec(b->sqlite, "COMMIT", NULL, NULL, NULL));
}

static void sqlite_rows(void *context)
{
    struct bench *b = context;
    while (sqlite3_step(b->own_select) == SQLITE_ROW) {
        b->sum += sqlite3_column_int(b->own_select, 0);
        b->sum += (double)sqlite3_column_int64(b->own_select, 1);
        bench_keep(sqlite3_column_text(b->own_select, 2));
        b->sum += sqlite3_column_bytes(b->own_select, 2);
        bench_keep(sqlite3_column_blob(b->own_select, 3));
        b->sum += sqlite3_column_bytes(b->own_select, 3);
        b->sum += sqlite3_column_int(b->own_select, 4);
        b->sum += sqlite3_column_double(b->own_select, 5);
    }
    sqlite3_reset(b->own_select);
}

/* --- the same through sqlid --- */

static void start_server(struct bench *b)
{
    struct sqli_server_options options;
    struct sqli_error error;
    char sql[200];
    sqli__server_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.memory = true;
    if (sqli__server_start(&options, &b->server, &error)) {
        fprintf(stderr, "bench_server: %s\n", error.message);
        exit(1);
    }
    wire_connect(&b->client, sqli__server_port(b->server), "sysmaster");
    wire_execute(&b->client, "CREATE DATABASE bench WITH LOG");
    snprintf(sql, sizeof sql, "CREATE TABLE t %s", columns);
    wire_execute(&b->client, sql);
    b->select = wire_prepare(&b->client, "SELECT a, b, c, d, e, f FROM t");
    b->insert = wire_prepare(&b->client, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)");
    b->one = wire_prepare(&b->client, "SELECT FIRST 1 tabname FROM systables WHERE tabid = 1");
}

static void bind_number(struct sqli_bind_value *value, int type, uint8_t *image, size_t size)
{
    *value = (struct sqli_bind_value){.type = (uint16_t)type, .data = sqli__span(image, size)};
}

static void add_insert(struct bench *b, int i)
{
    uint8_t a[4], big[8], date[4], real[8];
    static const uint8_t decimal[] = {0xc2, 0x0c, 0x22, 0x38};
    double f = i * 0.5;
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    sqli__store32(a, (uint32_t)i);
    sqli__store64(big, (uint64_t)i * 1000003);
    sqli__store32(date, (uint32_t)(40000 + i % 1000));
    sqli__store64(real, bits);
    struct sqli_bind_value values[6];
    bind_number(&values[0], SQLI_TYPE_INTEGER, a, sizeof a);
    bind_number(&values[1], SQLI_TYPE_BIGINT, big, sizeof big);
    values[2] = (struct sqli_bind_value){.type = SQLI_TYPE_CHAR,
                                         .data = sqli__span_text("a name of a row")};
    values[3] = (struct sqli_bind_value){.type = SQLI_TYPE_DECIMAL,
                                         .data = sqli__span(decimal, sizeof decimal)};
    bind_number(&values[4], SQLI_TYPE_DATE, date, sizeof date);
    bind_number(&values[5], SQLI_TYPE_FLOAT, real, sizeof real);
    wire_add(&b->client, &(struct sqli_message){.id = SQLI_MSG_BIND, .as.bind = {6, values}});
    wire_add_tag(&b->client, SQLI_MSG_EXECUTE);
}

static void wire_inserts(void *context)
{
    struct bench *b = context;
    wire_add_tag(&b->client, SQLI_MSG_BEGIN);
    wire_round(&b->client);
    wire_execute(&b->client, "DELETE FROM t");
    for (int i = 0; i < ROWS;) {
        wire_add_id(&b->client, b->insert);
        for (int end = i + BATCH; i < end; i++)
            add_insert(b, i);
        wire_send(&b->client);
        if (i > BATCH)
            wire_receive(&b->client); /* of the batch before, while the server has this one */
    }
    wire_receive(&b->client);
    wire_add_tag(&b->client, SQLI_MSG_COMMIT);
    wire_round(&b->client);
}

static void add_open_and_fetch(struct bench *b, int16_t statement)
{
    wire_add_id(&b->client, statement);
    wire_add(&b->client, &(struct sqli_message){.id = SQLI_MSG_CURNAME,
                                                .as.bytes = sqli__span_text("bench_cursor")});
    wire_add_tag(&b->client, SQLI_MSG_OPEN);
    wire_add_id(&b->client, statement);
    wire_add(&b->client,
             &(struct sqli_message){.id = SQLI_MSG_NFETCH, .as.fetch = {.buffer = 256 << 10}});
}

static void wire_rows(void *context)
{
    struct bench *b = context;
    int64_t rows = 0;
    add_open_and_fetch(b, b->select);
    wire_round(&b->client);
    while (b->client.rows) {
        rows += b->client.rows;
        wire_add_id(&b->client, b->select);
        wire_add(&b->client,
                 &(struct sqli_message){.id = SQLI_MSG_NFETCH, .as.fetch = {.buffer = 256 << 10}});
        wire_round(&b->client);
    }
    wire_add_id(&b->client, b->select);
    wire_add_tag(&b->client, SQLI_MSG_CLOSE);
    wire_round(&b->client);
    if (rows != ROWS) {
        fprintf(stderr, "bench_server: %ld rows\n", (long)rows);
        exit(1);
    }
}

static void wire_trips(void *context)
{
    struct bench *b = context;
    for (int i = 0; i < TRIPS; i++) {
        add_open_and_fetch(b, b->one);
        wire_add_id(&b->client, b->one);
        wire_add_tag(&b->client, SQLI_MSG_CLOSE);
        wire_round(&b->client);
        b->bytes = b->client.bytes;
    }
}

/* --- a socket that gives an answer of the same size --- */

static void read_all(int from, char *room, size_t size)
{
    for (size_t got = 0; got < size;) {
        ssize_t n = read(from, room + got, size - got);
        if (n <= 0)
            exit(1);
        got += (size_t)n;
    }
}

static void *echo(void *context)
{
    struct bench *b = context;
    char room[4096] = {0};
    for (;;) {
        for (size_t got = 0; got < REQUEST_BYTES;) {
            ssize_t n = read(b->echo[1], room, REQUEST_BYTES - got);
            if (n <= 0)
                return NULL;
            got += (size_t)n;
        }
        if (send(b->echo[1], room, (size_t)b->bytes, MSG_NOSIGNAL) <= 0)
            return NULL;
    }
}

static void open_echo(struct bench *b)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    b->echo[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, length) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&at, &length) ||
        connect(b->echo[0], (struct sockaddr *)&at, length))
        exit(1);
    b->echo[1] = accept(listener, NULL, NULL);
    for (int i = 0; i < 2; i++)
        setsockopt(b->echo[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    close(listener);
}

static void echo_trips(void *context)
{
    struct bench *b = context;
    char room[4096] = {0};
    for (int i = 0; i < TRIPS; i++) {
        if (send(b->echo[0], room, REQUEST_BYTES, MSG_NOSIGNAL) != REQUEST_BYTES)
            exit(1);
        read_all(b->echo[0], room, (size_t)b->bytes);
    }
}

/* Of the server's threads: all but this one. */
static double server_time(void)
{
    struct timespec all, own;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return (double)(all.tv_sec - own.tv_sec) * 1e9 + (double)(all.tv_nsec - own.tv_nsec);
}

static double own_time(void)
{
    struct timespec own;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return (double)own.tv_sec * 1e9 + (double)own.tv_nsec;
}

/* The best of some runs, per row, on the clock and in processor time. */
struct cost {
    double clock, processor;
};

static void run_inserts(struct bench *b, void (*work)(void *), double (*processor)(void),
                        struct cost *best)
{
    double clock = bench_now(), before = processor();
    work(b);
    clock = (bench_now() - clock) / ROWS;
    double used = (processor() - before) / ROWS;
    best->clock = clock < best->clock ? clock : best->clock;
    best->processor = used < best->processor ? used : best->processor;
}

static void compare(const char *what, double ours, double other)
{
    printf("%-52s %9.2f\n", what, ours / other);
}

static void compare_inserts(struct bench *b, int rounds)
{
    struct cost own = {1e30, 1e30}, wire = {1e30, 1e30};
    for (int i = 0; i < rounds; i++) {
        run_inserts(b, sqlite_inserts, own_time, &own);
        run_inserts(b, wire_inserts, server_time, &wire);
    }
    bench_print("SQLite: an insert of six columns", own.clock);
    bench_print("sqlid: the same, 1,000 in a request, two under way", wire.clock);
    compare("  times SQLite (goal: 3 at most)", wire.clock, own.clock);
    compare("  processor time of the server, times SQLite's", wire.processor, own.processor);
}

int main(int argc, char **argv)
{
    static struct bench b;
    int rounds = bench_rounds(argc, argv);
    rounds = rounds > 10 ? 10 : rounds;
    pthread_t thread;
    start_server(&b); /* first: it configures SQLite for the whole process */
    open_sqlite(&b);
    compare_inserts(&b, rounds);
    double own = bench_best(rounds, ROWS, sqlite_rows, &b);
    double wire = bench_best(rounds, ROWS, wire_rows, &b);
    bench_print("SQLite: a row of six columns", own);
    bench_print("sqlid: the same through the wire", wire);
    compare("  times SQLite (goal: 2 at most)", wire, own);
    wire = bench_best(rounds, TRIPS, wire_trips, &b);
    open_echo(&b);
    pthread_create(&thread, NULL, echo, &b);
    own = bench_best(rounds, TRIPS, echo_trips, &b);
    bench_print("bare echo of the same size", own);
    bench_print("sqlid: a query with one row", wire);
    bench_print("  more than the echo (goal: 30,000 at most)", wire - own);
    shutdown(b.echo[0], SHUT_RDWR);
    pthread_join(thread, NULL);
    wire_close(&b.client);
    sqlite3_finalize(b.own_select);
    sqlite3_finalize(b.own_insert);
    sqlite3_close(b.sqlite);
    unlink(b.file);
    sqli__server_stop(b.server, true);
    sqli__server_close(b.server);
    return b.sum < 0;
}
