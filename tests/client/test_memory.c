/* Every allocation of a program's thread fails once, and then for ever: no leak, no crash, no wrong
 * value, and a connection that works afterwards or says that it is closed. */
#include "base/alloc.h"
#include "tests/client/fixture.h"

struct scarcity {
    bool for_ever;
    size_t until, count;
    long live;
};

static struct scarcity scarcity;
/* The server's threads have memory all the time. */
static _Thread_local bool is_watched;

static bool fails(void)
{
    size_t number = scarcity.count++;
    return scarcity.for_ever ? number >= scarcity.until : number == scarcity.until;
}

static void *scarce_allocate(void *context, size_t size)
{
    (void)context;
    if (!is_watched)
        return malloc(size);
    void *block = fails() ? NULL : malloc(size);
    scarcity.live += block != NULL;
    return block;
}

static void *scarce_resize(void *context, void *block, size_t size)
{
    (void)context;
    if (!is_watched)
        return realloc(block, size);
    void *moved = fails() ? NULL : realloc(block, size);
    scarcity.live += moved && !block;
    return moved;
}

static void scarce_release(void *context, void *block)
{
    (void)context;
    if (is_watched)
        scarcity.live--;
    free(block);
}

/* --- what a program does; it goes on whatever fails --- */

struct program {
    sqli_conn *db;
    int failures;
};

/* A failure has a reason, and nothing says SQLI_MORE here. */
static bool works(struct program *p, int result)
{
    assert_int_not_equal(result, SQLI_MORE);
    if (result != SQLI_FAIL)
        return true;
    assert_int_not_equal(sqli_errcode(p->db), 0);
    p->failures++;
    return false;
}

static sqli_stmt *prepare(struct program *p, const char *sql, unsigned flags)
{
    sqli_stmt *stmt = NULL;
    works(p, sqli_prepare(p->db, sql, -1, flags, &stmt));
    return stmt;
}

static void insert(struct program *p)
{
    sqli_stmt *stmt = prepare(p, "insert into scarce values (?, ?, ?)", 0);
    for (int i = 0; stmt && i < 3; i++) {
        bool bound = works(p, sqli_bind_int64(stmt, 1, i)) &&
                     works(p, sqli_bind_text(stmt, 2, "w\xc3\xb6rter", -1)) &&
                     works(p, sqli_bind_decimal(stmt, 3, "12.50", -1));
        if (bound)
            works(p, sqli_step(stmt));
    }
    sqli_finalize(stmt);
}

static void look_at_row(struct program *p, sqli_stmt *stmt)
{
    const char *text;
    int64_t number;
    double real;
    struct sqli_column_info info = {.size = sizeof info};
    if (works(p, sqli_get_int64(stmt, 1, &number)))
        assert_in_range(number, 0, 9);
    if (works(p, sqli_get_text(stmt, 2, &text, NULL)))
        assert_string_equal(text, "w\xc3\xb6rter");
    if (works(p, sqli_get_text(stmt, 3, &text, NULL)))
        assert_string_equal(text, "12.50");
    if (works(p, sqli_get_double(stmt, 3, &real)))
        assert_true(real == 12.5);
    works(p, sqli_column_info(stmt, 3, &info));
}

static void read_rows(struct program *p, const char *sql, unsigned flags)
{
    sqli_stmt *stmt = prepare(p, sql, flags);
    if (!stmt)
        return;
    works(p, sqli_describe(stmt));
    int result = sqli_step(stmt);
    while (works(p, result) && result == SQLI_ROW) {
        look_at_row(p, stmt);
        result = sqli_step(stmt);
    }
    works(p, sqli_reset(stmt));
    if (flags & SQLI_SCROLL)
        works(p, sqli_scroll(stmt, SQLI_TO_LAST, 0));
    sqli_finalize(stmt);
}

static void read_block(struct program *p)
{
    struct sqli_block block = {.size = sizeof block};
    sqli_stmt *stmt = prepare(p, "select a, b, c from scarce order by a", 0);
    if (!stmt)
        return;
    int result = sqli_fetch_block(stmt, 100, &block);
    if (works(p, result) && result == SQLI_ROW)
        assert_in_range(block.rows, 1, 20);
    sqli_finalize(stmt);
}

static void batch(struct program *p, int kind)
{
    sqli_stmt *stmt = prepare(p, "insert into scarce values (?, ?, ?)", 0);
    if (!stmt)
        return;
    bool begun = works(p, sqli_batch_begin(stmt, kind));
    for (int i = 0; begun && i < 3; i++)
        if (works(p, sqli_bind_int64(stmt, 1, i)) &&
            works(p, sqli_bind_text(stmt, 2, "w\xc3\xb6rter", -1)) &&
            works(p, sqli_bind_decimal(stmt, 3, "12.50", -1)))
            works(p, sqli_batch_row(stmt));
    if (begun)
        works(p, sqli_batch_end(stmt, NULL));
    sqli_finalize(stmt);
}

static void no_line(void *context, const char *text)
{
    (void)context;
    assert_non_null(text);
}

static void do_everything(struct program *p)
{
    works(p, sqli_set_trace(p->db, no_line, NULL));
    works(p, sqli_exec(p->db, "create temp table scarce (a int, b varchar(20), c decimal(8,2))",
                       NULL));
    insert(p);
    works(p, sqli_set_trace(p->db, NULL, NULL));
    works(p, sqli_begin(p->db));
    works(p, sqli_savepoint(p->db, "here"));
    batch(p, SQLI_BATCH_EACH);
    batch(p, SQLI_BATCH_BULK);
    works(p, sqli_rollback_to(p->db, "here"));
    works(p, sqli_commit(p->db));
    read_rows(p, "select a, b, c from scarce order by a", 0);
    read_rows(p, "select a, b, c from scarce order by a", SQLI_SCROLL);
    read_rows(p, "select a, b, c from scarce order by a", 0);
    read_block(p);
    works(p, sqli_exec(p->db, "select nothing from scarce", NULL));
    works(p, sqli_set_isolation(p->db, "committed"));
    works(p, sqli_check(p->db));
}

/* With memory again. */
static void look_afterwards(struct fixture *f, struct program *p)
{
    bool open = sqli_is_open(p->db);
    if (open && sqli_in_transaction(p->db))
        assert_int_equal(sqli_rollback(p->db), SQLI_OK);
    if (open) {
        assert_string_equal(query(f, p->db, "select tabid from systables where tabid = 1"), "1");
        return;
    }
    assert_int_equal(sqli_exec(p->db, "update statistics", NULL), SQLI_FAIL);
    assert_int_not_equal(sqli_errcode(p->db), 0);
}

/* How many allocations there were. */
static size_t run(struct fixture *f, size_t until, bool for_ever)
{
    struct program p = {0};
    scarcity = (struct scarcity){.until = until, .for_ever = for_ever};
    is_watched = true;
    char url[1100];
    snprintf(url, sizeof url, "%s&database=%s", f->url, f->database);
    if (sqli_open(url, &p.db) == SQLI_OK)
        do_everything(&p);
    size_t count = scarcity.count;
    if (until == SIZE_MAX && p.failures != 1) /* the one that is meant to fail */
        fail_msg("%d failures with memory enough: %s", p.failures, sqli_errmsg(p.db));
    scarcity.until = SIZE_MAX;
    if (p.db)
        look_afterwards(f, &p);
    sqli_close(p.db);
    is_watched = false;
    if (scarcity.live)
        fail_msg("%ld blocks left behind after allocation %zu failed", scarcity.live, until);
    return count;
}

/* Before there is another thread. */
static void make_scarce(void)
{
    static const struct sqli_allocator allocator = {
        .size = sizeof allocator,
        .allocate = scarce_allocate,
        .resize = scarce_resize,
        .release = scarce_release,
    };
    sqli_set_allocator(&allocator);
}

static void test_each_allocation_fails(void **state)
{
    size_t all = run(*state, SIZE_MAX, false);
    assert_true(all > 100);
    print_message("%zu allocations\n", all);
    for (size_t i = 0; i < all; i++)
        run(*state, i, false);
}

/* The one that fails first matters less here, and a step that divides nothing hits all places. */
static void test_there_is_no_more(void **state)
{
    size_t all = run(*state, SIZE_MAX, false);
    for (size_t i = 0; i < all; i += 3)
        run(*state, i, true);
}

/* --- a pool --- */

static void test_a_pool(void **state)
{
    struct fixture *f = *state;
    char url[1100];
    bool failed = true;
    snprintf(url, sizeof url, "%s&database=%s&pool-min=1", f->url, f->database);
    for (size_t i = 0; failed; i++) {
        sqli_pool *pool;
        sqli_conn *db = NULL, *other = NULL;
        scarcity = (struct scarcity){.until = i};
        is_watched = true;
        failed = sqli_pool_open(url, &pool) != SQLI_OK;
        if (failed)
            assert_int_not_equal(sqli_err_code(sqli_pool_error(pool)), 0);
        else if (sqli_pool_acquire(pool, &db) || sqli_pool_acquire(pool, &other))
            assert_int_equal(sqli_err_code(sqli_pool_error(pool)), SQLI_E_NO_MEMORY);
        failed = scarcity.count > i;
        if (db)
            sqli_pool_release(pool, db);
        if (other)
            sqli_pool_release(pool, other);
        sqli_pool_close(pool);
        is_watched = false;
        assert_int_equal(scarcity.live, 0);
    }
}

int main(void)
{
    make_scarce();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_fails),
        cmocka_unit_test(test_there_is_no_more),
        cmocka_unit_test(test_a_pool),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
