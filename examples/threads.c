/* Many threads share a few connections of a pool:
 *
 *     threads URL
 */
#include <sqli.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8, TURNS = 20 };

static void *work(void *context)
{
    sqli_pool *pool = context;
    for (int turn = 0; turn < TURNS; turn++) {
        sqli_conn *db;
        if (sqli_pool_acquire(pool, &db)) {
            fprintf(stderr, "%s\n", sqli_err_message(sqli_pool_error(pool)));
            return NULL;
        }
        if (sqli_exec(db, "SELECT COUNT(*) FROM systables", NULL))
            fprintf(stderr, "%s\n", sqli_errmsg(db));
        sqli_pool_release(pool, db);
    }
    return context;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    sqli_pool *pool;
    struct sqli_pool_counts counts = {.size = sizeof counts};
    int failed = 0;
    if (argc < 2 || sqli_pool_open(argv[1], &pool)) {
        fprintf(stderr, "%s\n", argc < 2 ? "threads URL" : sqli_err_message(sqli_pool_error(pool)));
        return 1;
    }
    for (int i = 0; i < THREADS; i++)
        failed |= pthread_create(&threads[i], NULL, work, pool);
    for (int i = 0; i < THREADS; i++) {
        void *done;
        pthread_join(threads[i], &done);
        failed |= !done;
    }
    sqli_pool_counts(pool, &counts);
    printf("%" PRIu64 " times a connection, %" PRIu64 " opened\n", counts.acquired, counts.opened);
    sqli_pool_close(pool);
    return failed;
}
