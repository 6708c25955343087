/* The emitter, where trees are deep or wide: SQLite's parser has a small stack, and its expressions
 * a limit. */
#include "tests/front/emit_trees.h"

#include <inttypes.h>

/* x_sum(x_sum(...(leaf, 1), 1), 1), or with the 1 on the left. */
static struct sqli_expr *nested(struct sqli_expr *leaf, size_t levels, bool right)
{
    for (size_t i = 0; i < levels; i++)
        leaf = right ? CALL(SQLI_TYPE_INTEGER, "x_sum", number(1), leaf)
                     : CALL(SQLI_TYPE_INTEGER, "x_sum", leaf, number(1));
    return leaf;
}

static struct sqli_expr *tree_of(struct sqli_source *source, size_t levels)
{
    if (levels == 0)
        return X(source);
    return CALL(SQLI_TYPE_INTEGER, "x_sum", nested(tree_of(source, levels - 1), 10, true),
                nested(tree_of(source, levels - 1), 20, false));
}

static void test_deep(void **state)
{
    (void)state;
    static const struct {
        size_t levels;
        bool right;
        const char *rows;
    } cases[] = {
        {5, false, "6;7;8;9"},           {5, true, "6;7;8;9"},
        {40, false, "41;42;43;44"},      {40, true, "41;42;43;44"},
        {850, false, "851;852;853;854"}, {850, true, "851;852;853;854"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_source *a = table("main.ta");
        struct sqli_select *select = SELECT(a, nested(X(a), cases[i].levels, cases[i].right));
        assert_rows(select, cases[i].rows);
        struct sqli_expr *key = nested(X(a), cases[i].levels, cases[i].right);
        int64_t wanted = (int64_t)cases[i].levels + 3;
        assert_rows(where(SELECT(a, X(a)), equal(key, number(wanted))), "3");
    }
    struct sqli_source *a = table("main.ta");
    assert_rows(where(SELECT(a, tree_of(a, 5)), equal(X(a), number(1))), "962");
    assert_refused(SELECT(a, nested(X(a), 1000, false)), SQLI_E_PARSE_STACK);
    assert_refused(SELECT(a, nested(X(a), 200000, false)), SQLI_E_PARSE_STACK);
}

static void test_deep_places(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    /* Cut off below an aggregate, never above one. */
    assert_rows(SELECT(a, nested(aggregate("sum", nested(X(a), 100, true)), 10, false)), "420");
    assert_refused(SELECT(a, nested(aggregate("sum", X(a)), 100, true)), SQLI_E_PARSE_STACK);
    /* In a subquery inside of what is deep itself. */
    struct sqli_select *inner = where(SELECT(b, nested(aggregate("max", X(b)), 3, true)),
                                      equal(nested(X(b), 60, true), nested(X(a), 60, false)));
    struct sqli_expr *value = nested(subquery(SQLI_EXPR_SUBQUERY, inner), 80, true);
    assert_rows(SELECT(a, value), "84;83;86;83");
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    struct sqli_update update = {.target = a};
    update.assignments = assign(0, nested(X(a), 120, true), NULL);
    update.where = equal(nested(X(a), 120, false), number(121));
    assert_sql_rows(emitted(sqli__emit_update(&update, 0, &sql, &error), &sql, &error), "");
    assert_sql_rows("SELECT x FROM ta ORDER BY x", "2;3;4;121");
    /* A CHECK may have no subquery. */
    assert_int_equal(sqli__emit_expression(nested(X(a), 120, true), &sql, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_PARSE_STACK);
    sqli__buffer_free(&sql);
}

static void test_wide(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta");
    static const enum sqli_expr_kind kinds[] = {SQLI_EXPR_AND, SQLI_EXPR_OR};
    static const char *const rows[] = {"1;3;4", "1;2;3;4"};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct sqli_expr *terms = make(kinds[k], 0), **end = &terms->args;
        for (int i = 0; i < 5000; i++, end = &(*end)->next)
            *end = compare(X(a), SQLI_COMPARE_NE, number(i % 2 ? 2 : i + 10));
        assert_rows(where(SELECT(a, X(a)), terms), rows[k]);
    }
    struct sqli_expr *in = ALL(SQLI_EXPR_IN_LIST, 0, X(a)), **end = &in->args->next;
    for (int i = 0; i < 20000; i++, end = &(*end)->next)
        *end = number(i + 3);
    assert_rows(where(SELECT(a, X(a)), in), "3;4");
}

/* Subqueries in each other's WHERE, as deep as anyone writes them. */
static void test_nested_queries(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta");
    struct sqli_select *select = SELECT(a, X(a));
    for (int i = 0; i < 7; i++) {
        struct sqli_source *b = table("main.ta");
        struct sqli_expr *in = ALL(SQLI_EXPR_IN_SELECT, 0, X(b));
        in->select = select;
        select = where(SELECT(b, X(b)),
                       ALL(SQLI_EXPR_AND, 0, in, compare(X(b), SQLI_COMPARE_GT, number(i - 4))));
    }
    assert_rows(select, "3;4");
    select = SELECT(a, X(a));
    for (int i = 0; i < 10; i++) {
        struct sqli_source *d = derived(select);
        select = SELECT(d, column(d, 0));
    }
    assert_rows(select, "1;2;3;4");
}

static enum sqli_status emit_any(void *context, struct sqli_error *error)
{
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, SQL_LIMIT);
    enum sqli_status status = sqli__emit_select(context, NULL, &sql, error);
    sqli__buffer_free(&sql);
    return status;
}

static void test_memory(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    struct sqli_select *select = SELECT(chain(a, outer(b)), nested(X(a), 100, false));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), equal(T(b), text("x"))));
    assert_true(support_fail_each_allocation(emit_any, select) > 2);
}

/* --- random trees against our own arithmetic --- */

/* An expression over one number, and its value. */
struct valued {
    struct sqli_expr *expr;
    int64_t value;
};

static struct valued random_of(uint64_t *seed, struct sqli_source *a, int64_t x, int64_t depth);

static struct valued random_condition(uint64_t *seed, struct sqli_source *a, int64_t x,
                                      int64_t depth)
{
    struct valued one = random_of(seed, a, x, depth - 1);
    struct valued two = random_of(seed, a, x, support_random_between(seed, 0, depth - 1));
    bool same = one.value == two.value;
    struct valued other;
    switch (support_random_between(seed, 0, 4)) {
    case 0: return (struct valued){ALL(SQLI_EXPR_NOT, 0, equal(one.expr, two.expr)), !same};
    case 1:
        other = random_condition(seed, a, x, support_random_between(seed, 1, 2));
        return (struct valued){ALL(SQLI_EXPR_OR, 0, other.expr, equal(one.expr, two.expr)),
                               other.value || same};
    case 2: return (struct valued){ALL(SQLI_EXPR_IN_LIST, 0, two.expr, number(-1), one.expr), same};
    case 3: return (struct valued){ALL(SQLI_EXPR_IS_NULL, 0, one.expr), 0};
    default: return (struct valued){equal(one.expr, two.expr), same};
    }
}

static struct valued random_of(uint64_t *seed, struct sqli_source *a, int64_t x, int64_t depth)
{
    if (depth <= 0)
        return support_random_between(seed, 0, 1) ? (struct valued){X(a), x}
                                                  : (struct valued){number(7), 7};
    struct valued one = random_of(seed, a, x, depth - 1);
    struct valued two = random_of(seed, a, x, support_random_between(seed, 0, depth / 4));
    struct valued when;
    switch (support_random_between(seed, 0, 3)) {
    case 0:
        return (struct valued){CALL(SQLI_TYPE_INTEGER, "x_sum", one.expr, two.expr),
                               one.value + two.value};
    case 1:
        return (struct valued){CALL(SQLI_TYPE_INTEGER, "x_sum", two.expr, number(1), one.expr),
                               one.value + two.value + 1};
    case 2:
        when = random_condition(seed, a, x, support_random_between(seed, 1, 3));
        one.expr = ALL(SQLI_EXPR_CASE, 0, when.expr, two.expr, one.expr);
        one.expr->odd_else = true;
        return (struct valued){one.expr, when.value ? two.value : one.value};
    default:
        when = random_condition(seed, a, x, depth);
        two.expr = ALL(SQLI_EXPR_CASE, 0, when.expr, number(3), two.expr);
        two.expr->odd_else = true;
        return (struct valued){two.expr, when.value ? 3 : two.value};
    }
}

static void test_random(void **state)
{
    (void)state;
    uint64_t seed = 20261121;
    for (int i = 0; i < 300; i++) {
        struct sqli_source *a = table("main.ta");
        struct valued tree = random_of(&seed, a, 3, i % 10);
        struct sqli_expr *deep = nested(tree.expr, (size_t)i, i % 2);
        char rows[64];
        snprintf(rows, sizeof(rows), "%" PRId64, tree.value + i);
        assert_rows(where(SELECT(a, deep), equal(X(a), number(3))), rows);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_deep),           TEST(test_deep_places), TEST(test_wide),
        TEST(test_nested_queries), TEST(test_memory),      TEST(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
