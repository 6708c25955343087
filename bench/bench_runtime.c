/* Nanoseconds for one call of a function of the runtime, as emitted SQL makes it, beside the same
 * scan without the call; and for one column's tuple image. */
#include "bench/bench.h"

#include "server/store/runtime.h"
#include "server/store/storage.h"

enum { ROWS = 200000, IMAGES = 200000 };

struct query {
    sqlite3_stmt *statement;
};

static void run(void *context)
{
    const struct query *query = context;
    while (sqlite3_step(query->statement) == SQLITE_ROW)
        bench_keep(query->statement);
    sqlite3_reset(query->statement);
}

static double measure(sqlite3 *db, int rounds, const char *expression)
{
    char sql[400];
    struct query query;
    snprintf(sql, sizeof sql, "SELECT count(%s) FROM t", expression);
    if (sqlite3_prepare_v2(db, sql, -1, &query.statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", expression, sqlite3_errmsg(db));
        exit(1);
    }
    double took = bench_best(rounds, ROWS, run, &query);
    sqlite3_finalize(query.statement);
    return took;
}

static void calls(sqlite3 *db, int rounds)
{
    static const struct {
        const char *base;
        const char *expression;
    } cases[] = {
        {"i", "x_int_add(i, i, 'integer')"},
        {"d", "x_dec_add(d, d)"},
        {"d", "x_dec_mul(d, d)"},
        {"d", "x_dec_div(d, d)"},
        {"i", "x_cast(i, 'integer', 'varchar(20)')"},
        {"i", "x_cast(i, 'integer', 'decimal(10,0)')"},
        {"d", "x_cast(d, 'decimal(8,2)', 'integer')"},
        {"d", "x_cast(d, 'decimal(8,2)', 'lvarchar')"},
        {"s", "x_cast(s, 'lvarchar', 'char(20)')"},
        {"s", "x_like(s, '%9%1')"},
        {"s", "x_f_upper(s)"},
        {"s", "x_f_substr(s, 2, 3)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double base = measure(db, rounds, cases[i].base);
        bench_print(cases[i].expression, measure(db, rounds, cases[i].expression) - base);
    }
}

static void aggregates(sqlite3 *db, int rounds)
{
    static const char *const cases[] = {"sum(i)",   "x_sum_int(i)",   "x_sum_dec(d)",
                                        "x_avg(d)", "x_count_dec(i)", "x_sum_real(r)"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[100];
        struct query query;
        snprintf(sql, sizeof sql, "SELECT %s FROM t", cases[i]);
        sqlite3_prepare_v2(db, sql, -1, &query.statement, NULL);
        bench_print(cases[i], bench_best(rounds, ROWS, run, &query));
        sqlite3_finalize(query.statement);
    }
}

struct image {
    struct sqli_image_writer writer;
    sqlite3_stmt *statement;
    struct sqli_buffer out;
};

static void write_images(void *context)
{
    struct image *image = context;
    for (int i = 0; i < IMAGES; i++) {
        if (i % 1000 == 0)
            sqli__buffer_clear(&image->out);
        sqli__image_write(&image->writer, image->statement, 0, &image->out, NULL);
    }
    bench_keep(image->out.data);
}

static void images(sqlite3 *db, int rounds)
{
    static const struct {
        const char *name, *column;
        struct sqli_type type;
    } cases[] = {
        {"image of INTEGER", "i", {.code = SQLI_TYPE_INTEGER, .length = 4}},
        {"image of DECIMAL(8,2)", "d", {.code = SQLI_TYPE_DECIMAL, .length = 0x0802}},
        {"image of VARCHAR(20)", "s", {.code = SQLI_TYPE_VARCHAR, .length = 20}},
        {"image of CHAR(20)", "s", {.code = SQLI_TYPE_CHAR, .length = 20}},
        {"image of FLOAT", "r", {.code = SQLI_TYPE_FLOAT, .length = 8}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[100];
        struct image image;
        snprintf(sql, sizeof sql, "SELECT %s FROM t LIMIT 1", cases[i].column);
        sqlite3_prepare_v2(db, sql, -1, &image.statement, NULL);
        sqlite3_step(image.statement);
        sqli__buffer_init(&image.out, 1 << 20);
        sqli__image_writer_init(&image.writer, &cases[i].type, false);
        bench_print(cases[i].name, bench_best(rounds, IMAGES, write_images, &image));
        sqli__buffer_free(&image.out);
        sqlite3_finalize(image.statement);
    }
}

int main(int argc, char **argv)
{
    static struct sqli_runtime runtime;
    sqlite3 *db;
    char fill[300];
    sqli__buffer_init(&runtime.scratch, 1 << 20);
    runtime.settings.date_format = sqli__date_iso;
    runtime.settings.century = 2000;
    runtime.settings.codeset = sqli__codeset_find(sqli__span_text("8859-1"));
    if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
        sqli__runtime_install(db, &runtime, NULL) != SQLI_OK)
        return 1;
    snprintf(fill, sizeof fill,
             "CREATE TABLE t(i, d, s, r); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
             "SELECT i + 1 FROM n WHERE i < %d) SELECT i, x_cast(i || '.25', 'lvarchar', "
             "'decimal(8,2)'), 'text ' || i, i * 0.5 FROM n",
             (int)ROWS);
    sqlite3_exec(db, fill, NULL, NULL, NULL);
    calls(db, bench_rounds(argc, argv));
    aggregates(db, bench_rounds(argc, argv));
    images(db, bench_rounds(argc, argv));
    sqlite3_close(db);
    sqli__buffer_free(&runtime.scratch);
    return 0;
}
